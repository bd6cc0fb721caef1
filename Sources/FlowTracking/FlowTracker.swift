import Model
import Wire

/// Turns frames into named flow records: decoding, flow table, streams, DNS memory, naming.
///
/// Used by one thread. Time is packet time and never runs backwards: the same frames give the same records. The caller
/// takes the results out regularly; nothing else grows without bound.
///
/// Steps for each frame: `process` advances time and counts the frame, `takePackets` decodes it and drops excluded and
/// repeated packets, and `OpenFlows` does the rest.
public struct FlowTracker: ~Copyable {
  /// Number of all frames so far.
  public private(set) var framesSeen: UInt64 = 0
  var flows: OpenFlows
  var site: SiteKnowledge
  var output = TrackerOutput()
  private var fragments: FragmentTable
  var recent = RecentPackets()
  private var queue = FrameQueue()
  /// Time stamp of the frame being read; it may be earlier than `site.now`.
  private(set) var frameTime = Timestamp(nanoseconds: .min)
  private var second = Int64.min
  private var isFinishing = false

  public init(settings: TrackerSettings = TrackerSettings()) {
    let shares = MemoryShares(budget: settings.memoryBudget)
    flows = OpenFlows(settings, shares)
    site = SiteKnowledge(settings, shares)
    fragments = FragmentTable(bytes: shares.fragments)
  }

  public var settings: TrackerSettings { site.settings }
  /// Records that ended with their flow or at an hour, in the order in which they ended.
  public var records: [FlowRecord] { output.records }
  public var sightings: [NameSighting] { output.sightings }
  /// Number of records and sightings that wait to be taken.
  public var waiting: (records: Int, sightings: Int) { (output.records.count, output.sightings.count) }
  /// Packet counts of finished hours.
  public var coverage: [CoverageHour] { output.coverage }
  public var flowsSeen: UInt64 { output.flowsSeen }
  public var namesSeen: UInt64 { output.namesSeen }
  /// Number of open flows.
  public var openFlows: Int { flows.table.count }

  /// Continues with other settings. Open flows stay; those above a lower limit are evicted as new ones come.
  public mutating func adopt(_ settings: TrackerSettings) {
    takeQueued()
    let shares = MemoryShares(budget: settings.memoryBudget)
    site.adopt(settings, shares)
    flows.adopt(settings, shares)
    fragments.bytes = shares.fragments
  }

  // MARK: Frames
  /// Bytes of an Ethernet frame with a packet of 1,500 bytes. Of a longer frame, nothing behind them is read for
  /// naming, so that cutting it there loses nothing.
  private static let fullFrame = 1_514

  /// Processes one frame.
  ///
  /// - Parameter originalLength: bytes on the wire, >= `frame.byteCount`.
  public mutating func process(_ frame: RawSpan, originalLength: Int, at time: Timestamp, linkType: LinkType) {
    framesSeen &+= 1
    guard frame.byteCount <= FrameQueue.longest, flows.table.isLarge else {
      takeQueued()
      return take(frame, originalLength: originalLength, at: time, linkType: linkType)
    }
    let hash = FlowKey.guess(frame, linkType).map { flows.table.hash($0) }
    if let hash { flows.table.prefetchBucket(hash) }
    queue.append(frame, originalLength: originalLength, at: time, linkType: linkType, hash: hash)
    if queue.isFull { takeQueued() }
  }

  /// Processes the queued frames.
  private mutating func takeQueued() {
    guard !queue.isEmpty else { return }
    // Moved out, so that its bytes can be borrowed while the tracker changes.
    var waiting = FrameQueue.none
    swap(&waiting, &queue)
    for frame in waiting.frames {
      if let hash = frame.hash { flows.table.prefetchEntry(hash) }
    }
    for index in waiting.frames.indices {
      let frame = waiting.frames[index]
      take(waiting.bytes(of: index), originalLength: frame.originalLength, at: frame.time, linkType: frame.linkType)
    }
    waiting.removeAll()
    swap(&waiting, &queue)
  }

  private mutating func take(_ frame: RawSpan, originalLength: Int, at time: Timestamp, linkType: LinkType) {
    frameTime = time
    moveTime(to: time)
    flows.expire(atMost: FlowTracker.expiriesForPacket, &site, &output)
    flows.keepInShare(&site, &output)
    if !site.exclusions.isEmpty, site.isExcluded(frame, linkType) { return }
    output.frames &+= 1
    if frame.byteCount < originalLength, frame.byteCount < FlowTracker.fullFrame { output.framesCapturedShort &+= 1 }
    var decoder = PacketDecoder(frame, originalLength: originalLength, linkType: linkType)
    takePackets(&decoder, of: frame)
  }

  /// Counts a frame that was already processed from another capture file.
  ///
  /// If devices are excluded it is not counted, since it is not decoded and may be one of theirs.
  public mutating func noteRepeated(at time: Timestamp) {
    takeQueued()
    moveTime(to: time)
    if site.exclusions.isEmpty { output.count(.frameInTwoFiles) }
  }

  // MARK: Fragments

  mutating func collect(_ packet: Packet, _ fragment: Packet.Fragment, of bytes: RawSpan) {
    while fragments.isFull(adding: packet.payloadCaptured), let oldest = fragments.removeOldest() {
      output.count(.ipFragmentsEvicted)
      settle(oldest)
    }
    let data = bytes.extracting(packet.payloadOffset..<packet.payloadOffset + packet.payloadCaptured)
    let addition = fragments.add(packet, fragment, data, at: site.now)
    if let anomaly = addition.anomaly { output.count(anomaly) }
    if let whole = addition.whole { take(whole) }
  }

  /// Uses an incomplete datagram as far as possible: its first fragment identifies the flow.
  private mutating func settle(_ datagram: FragmentTable.Datagram) {
    guard datagram.hasFirst else {
      if datagram.packets > 0 { output.count(.ipFragmentsWithoutFirst) }
      return
    }
    output.count(.ipFragmentsIncomplete)
    take(datagram)
  }

  private mutating func take(_ datagram: FragmentTable.Datagram) {
    let content = datagram.prefix
    let bytes = content.span.bytes
    var decoder = PacketDecoder(reassembled: bytes, originalLength: datagram.length, of: datagram.header)
    takePackets(&decoder, of: bytes, from: (datagram.packets, Int(clamping: datagram.bytes)))
  }

  // MARK: Time

  /// Larger steps back are counted. Clocks of two processors that serve one network card differ by microseconds, and
  /// packets may be delivered with a short delay.
  private static let ordinaryDisorder = TimeSpan(nanoseconds: -10_000_000)
  /// Most flows that are checked for their time-out with each packet. Flows that began together expire together: one
  /// packet must not pay for all of them.
  private static let expiriesForPacket = 8
  /// The same when no packet is waiting.
  private static let expiriesAtOnce = 4_096

  /// Advances packet time while no packets arrive, so that time-outs and hours take effect.
  public mutating func advance(to time: Timestamp) {
    takeQueued()
    moveTime(to: time)
    flows.expire(atMost: FlowTracker.expiriesAtOnce, &site, &output)
  }

  /// Advances time; an earlier time is only counted.
  private mutating func moveTime(to time: Timestamp) {
    guard time > site.now else {
      if time < site.now.advanced(by: FlowTracker.ordinaryDisorder) { output.count(.timeWentBack) }
      return
    }
    // Before time advances: these fragments arrived with the previous packet at the latest.
    while let datagram = fragments.removeOldest(before: time) { settle(datagram) }
    site.now = time
    guard time.seconds != second else { return }
    second = time.seconds
    site.allowance = SecondAllowance()
    if time.hour != site.hour {
      finishHour()
      site.hour = time.hour
    }
    flows.table.timers.turn(to: second)
    site.recordUnanswered(until: time, &output)
  }

  private mutating func finishHour() {
    site.countEvictions(&output)
    let names = site.dns.takeResolutions()
    // `hour` is nil only before the first packet; anomalies that are counted then belong to it.
    output.finishHour(
      site.hour ?? site.now.hour, namesResolved: names.resolved, namesContacted: names.contacted)
  }

  // MARK: End

  /// Ends all flows, after the last frame.
  public mutating func finish() {
    while !finish(atMost: .max) {}
  }

  /// Ends some flows, so that the caller can take records out in between: the records of all flows together would need
  /// as much memory as the flows.
  ///
  /// - Returns: true if no flow is left.
  public mutating func finish(atMost limit: Int) -> Bool {
    takeQueued()
    if !isFinishing {
      while let datagram = fragments.removeOldest() { settle(datagram) }
      isFinishing = true
    }
    guard flows.finish(atMost: limit, &site, &output) else { return false }
    isFinishing = false
    site.recordUnanswered(until: Timestamp(nanoseconds: .max), &output)
    finishHour()
    site.hour = nil
    return true
  }

  // MARK: Results

  public mutating func takeRecords() -> [FlowRecord] {
    takeQueued()
    defer { output.records.removeAll(keepingCapacity: true) }
    return output.records
  }

  public mutating func takeSightings() -> [NameSighting] {
    takeQueued()
    defer { output.sightings.removeAll(keepingCapacity: true) }
    return output.sightings
  }

  /// Packet counts of finished hours; with `untilNow` also those of the current hour, whose counts start again from
  /// zero.
  public mutating func takeCoverage(untilNow: Bool = false) -> [CoverageHour] {
    takeQueued()
    if untilNow { finishHour() }
    defer { output.coverage.removeAll() }
    return output.coverage
  }
}
