import Model
import Wire

/// Turns frames into named flow records: decoding, flow table, streams, DNS memory, naming.
///
/// Used by one thread. Time is packet time and never runs back: the same frames give the same records. Take the results out now and
/// then; nothing else grows without bound.
///
/// A frame's way: `process` moves time on and counts it, `takePackets` unpacks it and drops what is excluded or repeated, and `OpenFlows`
/// does the rest.
public struct FlowTracker: ~Copyable {
  /// All frames so far, whatever they held.
  public private(set) var framesSeen: UInt64 = 0
  var flows: OpenFlows
  var site: SiteKnowledge
  var output = TrackerOutput()
  private var fragments: FragmentTable
  private var recent = RecentPackets()
  private var queue = FrameQueue()
  /// Of the frame that is being read, as it states it itself.
  private var frameTime = Timestamp(nanoseconds: .min)
  private var second = Int64.min
  private var isFinishing = false

  public init(settings: TrackerSettings = TrackerSettings()) {
    let shares = MemoryShares(budget: settings.memoryBudget)
    flows = OpenFlows(settings, shares)
    site = SiteKnowledge(settings, shares)
    fragments = FragmentTable(bytes: shares.fragments)
  }

  public var settings: TrackerSettings { site.settings }
  /// Finished records and those cut at an hour, in the order in which they ended.
  public var records: [FlowRecord] { output.records }
  public var sightings: [NameSighting] { output.sightings }
  /// How many of both wait to be taken; asked for after each packet.
  public var waiting: (records: Int, sightings: Int) { (output.records.count, output.sightings.count) }
  /// Finished hours of packet counts.
  public var coverage: [CoverageHour] { output.coverage }
  public var flowsSeen: UInt64 { output.flowsSeen }
  public var namesSeen: UInt64 { output.namesSeen }
  /// Flows under way.
  public var openFlows: Int { flows.table.count }

  /// Goes on by other settings; flows under way stay, and those above a lower limit go as new ones come.
  public mutating func adopt(_ settings: TrackerSettings) {
    takeQueued()
    let shares = MemoryShares(budget: settings.memoryBudget)
    site.adopt(settings, shares)
    flows.adopt(settings, shares)
    fragments.bytes = shares.fragments
  }

  // MARK: Frames
  /// Bytes of an Ethernet frame with a full packet: of longer ones, the beginning holds what is read of a flow.
  private static let fullFrame = 1_514

  /// Takes in one frame.
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

  /// Takes in the frames that have waited for one another.
  private mutating func takeQueued() {
    guard !queue.isEmpty else { return }
    // Taken out, so that its bytes can be lent while the tracker changes.
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

  /// Counts a frame of this time that was taken in before, from another file.
  ///
  /// If devices are excluded it is not counted: nobody looks whose it is.
  public mutating func noteRepeated(at time: Timestamp) {
    takeQueued()
    moveTime(to: time)
    if site.exclusions.isEmpty { output.count(.frameInTwoFiles) }
  }

  /// Takes in all packets that a decoder finds in `bytes`.
  ///
  /// - Parameter datagram: if they were put together from fragments: these count for the flow.
  private mutating func takePackets(
    _ decoder: inout PacketDecoder, of bytes: RawSpan, from datagram: (packets: UInt64, bytes: Int)? = nil
  ) {
    var packet = Packet()
    var isOutermost = true
    var carrier: Int?
    var carriedBytes: UInt64 = 0
    var isInNewTunnel = false
    /// Packets around an excluded one; what that one carries is excluded with it.
    var excludedDepth: UInt8?
    var isCounted = datagram == nil
    while true {
      do throws(WireError) {
        guard try decoder.next(&packet) else { return }
      } catch {
        if let anomaly = Anomaly(error) { output.count(anomaly) }
        carrier = nil
        continue
      }
      if !site.exclusions.isEmpty {
        if let excludedDepth, packet.depth > excludedDepth { continue }
        excludedDepth = site.isExcluded(packet) ? packet.depth : nil
        if excludedDepth != nil {
          if isCounted, packet.depth == 0 { output.frames &-= 1 }
          isCounted = false
          carrier = nil
          continue
        }
      }
      // What is put together from fragments was looked at part by part.
      if datagram == nil || !isOutermost {
        switch recent.note(&packet, in: bytes, at: frameTime) {
        case .first: break
        case .elsewhere: output.count(.frameInTwoNetworks)
        case .again:
          output.count(.frameDuplicated)
          // What carries it is no traffic of its own, as the first time.
          if let carrier { flows.table[carrier].carriedBytes &+= carriedBytes }
          carrier = nil
          isOutermost = false
          continue
        }
      }
      // Before anything else happens to the table: the carrier's slot still holds it.
      let outer = carrier
      if let outer { flows.table[outer].carriedBytes &+= carriedBytes }
      carrier = nil
      if let fragment = packet.fragment {
        collect(packet, fragment, of: bytes)
        continue
      }
      if let datagram, isOutermost {
        packet.packetCount = datagram.packets
        packet.ipPayloadLength = datagram.bytes
      }
      isOutermost = false
      if packet.isUnreachable { flows.takeUnreachable(packet) }
      // An aggregate holds frames of their own, one beside the other.
      if packet.depth == 0 { isInNewTunnel = false }
      switch flows.take(&packet, isInNewTunnel: isInNewTunnel, bytes, &site, &output) {
      case .tracked: break
      case .carries(let slot, let isNew):
        carrier = slot
        isInNewTunnel = isInNewTunnel || isNew
      case .refused:
        // Nobody examines it, so it stays with the flow that carries it. Nothing was given up for it: that flow is still there.
        if let outer { flows.table[outer].carriedBytes &-= carriedBytes }
      }
      carriedBytes = UInt64(packet.ipPayloadLength)
    }
  }

  // MARK: Fragments

  private mutating func collect(_ packet: Packet, _ fragment: Packet.Fragment, of bytes: RawSpan) {
    while fragments.isFull(adding: packet.payloadCaptured), let oldest = fragments.removeOldest() {
      output.count(.ipFragmentsEvicted)
      settle(oldest)
    }
    let data = bytes.extracting(packet.payloadOffset..<packet.payloadOffset + packet.payloadCaptured)
    let addition = fragments.add(packet, fragment, data, at: site.now)
    if let anomaly = addition.anomaly { output.count(anomaly) }
    if let whole = addition.whole { take(whole) }
  }

  /// Makes the best of a datagram that will not become whole: its first part tells the flow.
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

  /// Two processors that stamp packets of one card differ by microseconds, and a packet may wait a moment before it is handed over.
  private static let ordinaryDisorder = TimeSpan(nanoseconds: -10_000_000)
  /// Flows that are looked at for their time-out with each packet. Flows that began together end together: a packet must not pay for all
  /// of them.
  private static let expiriesForPacket = 8
  /// The same if no packet waits.
  private static let expiriesAtOnce = 4_096

  /// Moves packet time forward if no packet does: time-outs, hours.
  public mutating func advance(to time: Timestamp) {
    takeQueued()
    moveTime(to: time)
    flows.expire(atMost: FlowTracker.expiriesAtOnce, &site, &output)
  }

  /// Earlier times change nothing but a count.
  private mutating func moveTime(to time: Timestamp) {
    guard time > site.now else {
      if time < site.now.advanced(by: FlowTracker.ordinaryDisorder) { output.count(.timeWentBack) }
      return
    }
    // Before time moves on: what has waited too long came, at the latest, with the packet before.
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
    // Anomalies may be counted before the first packet sets the hour only for that very packet.
    output.finishHour(
      site.hour ?? site.now.hour, namesResolved: names.resolved, namesContacted: names.contacted)
  }

  // MARK: End

  /// Ends every flow: no more frames will come.
  public mutating func finish() {
    while !finish(atMost: .max) {}
  }

  /// Ends some flows, so that records can be taken out in between: all together they would take as much memory as the flows.
  ///
  /// - Returns: true if none is left.
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

  /// Packet counts of finished hours; with `untilNow`, those of the hour under way too, which goes on from zero.
  public mutating func takeCoverage(untilNow: Bool = false) -> [CoverageHour] {
    takeQueued()
    if untilNow { finishHour() }
    defer { output.coverage.removeAll() }
    return output.coverage
  }
}
