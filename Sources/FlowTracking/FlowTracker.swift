import Model
import Wire

/// Turns frames into named flow records: decoding, flow table, streams, DNS memory, naming.
///
/// Used by one thread. Time is packet time and never runs back: the same frames give the same records. Take out `records`,
/// `sightings` and `coverage` now and then; nothing else grows without bound.
public struct FlowTracker: ~Copyable {
  public private(set) var settings: TrackerSettings
  /// Finished records and those cut at an hour, in the order in which they ended.
  public internal(set) var records: [FlowRecord] = []
  public internal(set) var sightings: [NameSighting] = []
  /// Finished hours of packet counts.
  public private(set) var coverage: [CoverageHour] = []
  /// All frames so far, whatever they held.
  public private(set) var framesSeen: UInt64 = 0
  public private(set) var flowsSeen: UInt64 = 0
  public internal(set) var namesSeen: UInt64 = 0

  var table: FlowTable
  var details = Slab(vacant: FlowDetail())
  var clients: ClientDirectory
  var dns: DNSMemory
  var fragments: FragmentTable
  var connections: QUICConnections
  private(set) var exclusions: Exclusions
  var recent = RecentPackets()
  var proxies = ProxyRequests()
  private(set) var shares: MemoryShares
  var account = MemoryAccount()
  /// A flow's detail may take more or less than is noted.
  var hasToSettle = false
  /// What the second may still cost that no handshake pays for.
  var allowance = SecondAllowance()
  /// The originator's segment that is being read; zero between segments.
  private var telling = Traffic()
  /// Messages of the segment that are still read without drawing on the second's allowance.
  private var messagesToRead = 0
  /// Of the frame that is being read, as it says itself.
  private(set) var frameTime = Timestamp(nanoseconds: .min)
  /// Packet time; the latest seen.
  var now = Timestamp(nanoseconds: .min)
  private var nowSecond = Int64.min
  private(set) var hour = Hour(sinceEpoch: .min)

  // Counts of the current hour.
  private var hourFrames: UInt64 = 0
  private var hourShortFrames: UInt64 = 0
  private var hourTCPBytes: UInt64 = 0
  private var hourEvictions: UInt64 = 0
  private var hourAnomalies: [Anomaly: UInt64] = [:]
  /// Flows that are still to be ended, where the tracker is finishing; the next one last.
  private var ending: [Int]?

  public init(settings: TrackerSettings = TrackerSettings()) {
    self.settings = settings
    shares = MemoryShares(budget: settings.memoryBudget)
    table = FlowTable(limit: settings.flowLimit)
    clients = ClientDirectory(bytes: shares.clients)
    dns = DNSMemory(bytes: shares.dns, sinkholes: settings.sinkholes)
    fragments = FragmentTable(bytes: shares.fragments)
    connections = QUICConnections(bytes: shares.connections)
    exclusions = Exclusions(settings.exclusions)
  }

  /// Flows under way.
  public var openFlows: Int { table.count }

  /// Goes on by other settings; flows under way stay, and those above a lower limit go as new ones come.
  public mutating func adopt(_ settings: TrackerSettings) {
    // What was learned of a network that is excluded no more would hold on.
    if !Set(self.settings.exclusions.networks).isSubset(of: settings.exclusions.networks) { clients.forgetExclusions() }
    self.settings = settings
    exclusions = Exclusions(settings.exclusions)
    shares = MemoryShares(budget: settings.memoryBudget)
    table.limit = max(settings.flowLimit, FlowTable.smallestLimit)
    clients.bytes = shares.clients
    dns.bytes = shares.dns
    dns.sinkholes = InsideNetworks(settings.sinkholes)
    fragments.bytes = shares.fragments
    connections.bytes = shares.connections
  }

  /// Counts a frame of this time that was taken in before, from another file.
  ///
  /// Where devices are excluded it is not counted: nobody looks whose it is.
  public mutating func noteRepeated(at time: Timestamp) {
    moveTime(to: time)
    if exclusions.isEmpty { count(.frameInTwoFiles) }
  }

  /// Takes in one frame.
  ///
  /// - Parameter originalLength: bytes on the wire, >= `frame.byteCount`.
  public mutating func process(_ frame: RawSpan, originalLength: Int, at time: Timestamp, linkType: LinkType) {
    framesSeen &+= 1
    frameTime = time
    moveTime(to: time)
    expireFlows(atMost: FlowTracker.expiriesForPacket)
    for _ in 0..<FlowTracker.evictionsForPacket where flowBytes > shares.flows { giveUpFlow() }
    if !exclusions.isEmpty, isExcluded(frame, linkType) { return }
    hourFrames &+= 1
    if frame.byteCount < originalLength, frame.byteCount < FlowTracker.fullFrame { hourShortFrames &+= 1 }
    trackPackets(PacketDecoder(frame, originalLength: originalLength, linkType: linkType), of: frame)
  }

  /// Bytes of an Ethernet frame with a full packet: of longer ones, the beginning holds what is read of a flow.
  private static let fullFrame = 1_514

  /// Two processors that stamp packets of one card differ by microseconds, and a packet may wait a moment before it is handed over.
  private static let ordinaryDisorder = TimeSpan(nanoseconds: -10_000_000)

  /// Flows that are looked at for their time-out with each packet. Flows that began together end together: a packet must not pay for all of them.
  private static let expiriesForPacket = 8
  /// The same where no packet waits.
  private static let expiriesAtOnce = 4_096
  /// A packet adds a flow, its detail and its texts, which are less than the smallest eight flows.
  private static let evictionsForPacket = 8

  /// Moves packet time forward where no packet does: time-outs, hours.
  public mutating func advance(to time: Timestamp) {
    moveTime(to: time)
    expireFlows(atMost: FlowTracker.expiriesAtOnce)
  }

  /// Earlier times change nothing but a count.
  private mutating func moveTime(to time: Timestamp) {
    guard time > now else {
      if time < now.advanced(by: FlowTracker.ordinaryDisorder) { count(.timeWentBack) }
      return
    }
    // Before time moves on: what has waited too long came, at the latest, with the packet before.
    while let datagram = fragments.removeOldest(before: time) { settle(datagram) }
    now = time
    let second = time.seconds
    guard second != nowSecond else { return }
    nowSecond = second
    allowance = SecondAllowance()
    if time.hour != hour {
      finishHour()
      hour = time.hour
    }
    table.turn(to: second)
    for question in dns.unanswered(at: now) { recordUnanswered(question) }
  }

  private mutating func expireFlows(atMost limit: Int) {
    guard table.isBehind else { return }
    for _ in 0..<limit {
      guard let slot = table.nextDue() else { return }
      if deadline(slot) <= now { end(slot) } else { schedule(slot) }
    }
  }

  /// Whether a flow has timed out, and only waits to be looked at.
  private func isOverdue(_ slot: Int) -> Bool { table.isBehind && deadline(slot).seconds + 1 <= table.turnedTo }

  /// Ends every flow: no more frames will come.
  public mutating func finish() {
    while !finish(atMost: .max) {}
  }

  /// Ends some flows, so that records can be taken out in between: all together they would take as much memory as the flows.
  ///
  /// - Returns: true where none is left.
  public mutating func finish(atMost limit: Int) -> Bool {
    if ending == nil {
      while let datagram = fragments.removeOldest() { settle(datagram) }
      ending = table.all().reversed()
    }
    for _ in 0..<min(limit, ending?.count ?? 0) {
      if let slot = ending?.popLast() { end(slot) }
    }
    guard ending?.isEmpty != false else { return false }
    ending = nil
    for question in dns.unanswered(at: Timestamp(nanoseconds: .max)) { recordUnanswered(question) }
    finishHour()
    hour = Hour(sinceEpoch: .min)
    return true
  }

  public mutating func takeRecords() -> [FlowRecord] {
    defer { records.removeAll(keepingCapacity: true) }
    return records
  }

  public mutating func takeSightings() -> [NameSighting] {
    defer { sightings.removeAll(keepingCapacity: true) }
    return sightings
  }

  /// Packet counts of finished hours; with `untilNow`, those of the hour under way too, which goes on from zero.
  public mutating func takeCoverage(untilNow: Bool = false) -> [CoverageHour] {
    if untilNow { finishHour() }
    defer { coverage.removeAll() }
    return coverage
  }

  /// The frame under way is an excluded device's.
  mutating func uncountFrame() { hourFrames &-= 1 }

  mutating func count(_ anomaly: Anomaly) { hourAnomalies[anomaly, default: 0] += 1 }

  private mutating func finishHour() {
    for (anomaly, forgotten) in [
      (Anomaly.dnsForgotten, dns.takeEvictions()), (.quicConnectionForgotten, connections.takeEvictions()),
      (.clientForgotten, clients.takeEvictions()),
    ] where forgotten > 0 { hourAnomalies[anomaly, default: 0] += forgotten }
    let names = dns.takeResolutions()
    guard hourFrames > 0 || hourEvictions > 0 || !hourAnomalies.isEmpty || names.resolved > 0 || names.contacted > 0
    else {
      return
    }
    // Anomalies may be counted before the first packet sets the hour only for that very packet.
    var finished = CoverageHour(hour: hour.sinceEpoch == .min ? now.hour : hour)
    finished.packetsSeen = hourFrames
    finished.tcpBytes = hourTCPBytes
    finished.flowsEvicted = hourEvictions
    finished.anomalies = hourAnomalies
    finished.sight?.framesCapturedShort = hourShortFrames
    finished.sight?.namesResolved = names.resolved
    finished.sight?.namesContacted = names.contacted
    coverage.append(finished)
    hourFrames = 0
    hourShortFrames = 0
    hourTCPBytes = 0
    hourEvictions = 0
    hourAnomalies = [:]
  }
}

// MARK: - Packets to flows

extension FlowTracker {
  enum Tracking {
    case tracked
    /// The packet only carries another one for the flow's originator: its bytes count again in the flow inside, if that is read.
    case carries(flow: Int)
    /// The second has begun as many flows in tunnels within tunnels as it may: the packet was not looked at.
    case refused
  }

  mutating func track(_ packet: Packet, _ frame: RawSpan) -> Tracking {
    let (key, fromFirst) = FlowKey.of(packet)
    let hash = table.hash(key)
    var slot = table.find(key, hash: hash)
    if let known = slot, isOverdue(known) || beginsAnew(packet, table[known]) {
      end(known)
      slot = nil
    }
    let isNew = slot == nil
    if isNew, packet.depth > FlowTracker.ordinaryDepth, !allowance.takeInnerFlow() {
      count(.innerFlowNotTracked)
      return .refused
    }
    let current = slot ?? begin(packet, key: key, hash: hash, fromFirst: fromFirst)
    var isUp = table[current].flags.contains(.originatorIsFirst) == fromFirst
    if !isUp, beginsHandshake(packet, frame, current) {
      exchangeEnds(current)
      isUp = true
    }
    if !isNew { cutIfDue(current) }
    if isUp && !table[current].flags.contains(.originatorSeen) { noteOriginator(packet, current) }
    table[current].last = now.nanoseconds
    let bytes = UInt64(packet.ipPayloadLength)
    if isUp {
      table[current].traffic.bytesUp &+= bytes
      table[current].traffic.packetsUp &+= packet.packetCount
    } else {
      table[current].traffic.bytesDown &+= bytes
      table[current].traffic.packetsDown &+= packet.packetCount
    }
    if packet.transport == .tcp {
      if isUp { telling = Traffic(bytesUp: bytes, bytesDown: 0, packetsUp: packet.packetCount, packetsDown: 0) }
      messagesToRead = FlowTracker.messagesInSegment
      trackTCP(packet, frame, current, isUp: isUp)
      telling = Traffic()
    } else if packet.transport == .udp {
      trackUDP(packet, frame, current, isUp: isUp)
    } else {
      table[current].flags.insert(isUp ? .dataUp : .dataDown)
    }
    if isNew { schedule(current) }
    if hasToSettle {
      hasToSettle = false
      settleAccount(current)
      keepBeginningsInShare()
    }
    return isUp && packet.carriesPacket ? .carries(flow: current) : .tracked
  }

  /// Packets in packets up to this depth begin flows without a limit of their own: a mirror port may deliver everything in a tunnel. What goes through
  /// tunnels in there begins fewer flows in a second than the allowance.
  private static let ordinaryDepth = 1
  /// Messages of a segment that are read without a limit of their own. Real ones hold one or two; 160 frames of HTTP/2 fit into one.
  private static let messagesInSegment = 8

  /// A SYN on a connection that has ended, or with another beginning than the one that is known, opens a new flow on the old ports.
  private func beginsAnew(_ packet: Packet, _ entry: FlowEntry) -> Bool {
    guard packet.transport == .tcp, packet.tcpFlags.intersection([.syn, .ack]) == .syn else { return false }
    let flags = entry.flags
    if !flags.isDisjoint(with: [.resetUp, .resetDown]) || flags.isSuperset(of: [.finUp, .finDown]) {
      return true
    }
    let fromFirst = FlowKey.of(packet).fromFirst
    guard flags.contains(.originatorIsFirst) == fromFirst, flags.contains(.synUp) else { return false }
    let behind = Int32(bitPattern: packet.tcpSequence &+ 1 &- entry.up.next)
    return !flags.isDisjoint(with: [.dataUp, .dataDown]) && (behind > 0 || behind < -65_536)
  }

  /// Whether a packet of the side that is taken for the responder shows that it is the client.
  @inline(__always)
  private mutating func beginsHandshake(_ packet: Packet, _ frame: RawSpan, _ slot: Int) -> Bool {
    guard packet.payloadCaptured >= 6, table[slot].part == 0 else { return false }
    let payload = frame.extracting(packet.payloadOffset..<packet.payloadOffset + packet.payloadCaptured)
    if packet.transport == .udp { return beginsHandshake(payload, slot) }
    // A handshake record with a ClientHello. Where a SYN was seen, it is known who began.
    return packet.transport == .tcp && table[slot].flags.contains(.originatorInferred) && payload.byte(0) == 22
      && payload.byte(1) == 3 && payload.byte(5) == 1
  }

  /// The first packet seen was the responder's: turns all around that was noted by sides.
  private mutating func exchangeEnds(_ slot: Int) {
    table[slot].exchangeEnds()
    if let detail = takeDetailIndex(slot) { details[detail].exchangeEnds() }
  }

  /// The flow whose time-out comes next.
  ///
  /// The wheel holds flows where their first packets put them; those that have gone on since are put right as they come up. One
  /// packet pays for a few only, so that a flood of new flows costs the same each.
  private mutating func flowToGiveUp() -> Int? {
    for _ in 0..<FlowTracker.evictionLooks {
      guard let slot = table.soonest(), !table.isScheduled(slot, at: deadline(slot).seconds + 1) else { break }
      schedule(slot)
    }
    return table.soonest()
  }

  private static let evictionLooks = 8
  /// Flows given up for a new one: more than one only after the limit was lowered. All at once would hold up packets, and fill the channel to the
  /// store.
  private static let evictionsForEach = 4

  private mutating func giveUpFlow() {
    guard let victim = flowToGiveUp() else { return }
    table[victim].flags.insert(.evicted)
    hourEvictions += 1
    end(victim)
  }

  private mutating func begin(_ packet: Packet, key: FlowKey, hash: UInt32, fromFirst: Bool) -> Int {
    for _ in 0..<FlowTracker.evictionsForEach where isOutOfFlows { giveUpFlow() }
    let (isOriginator, isInferred) = senderIsOriginator(packet)
    var flags: FlowEntry.Flags = []
    if isOriginator == fromFirst { flags.insert(.originatorIsFirst) }
    if isInferred { flags.insert(.originatorInferred) }
    var entry = FlowEntry(
      key: key, number: flowsSeen, flowStart: now.nanoseconds, recordStart: now.nanoseconds, last: now.nanoseconds)
    entry.recordHour = Int32(clamping: hour.sinceEpoch)
    entry.flags = flags
    entry.hash = hash
    flowsSeen &+= 1
    return table.insert(entry)
  }

  /// The originator's first packet, which need not be the flow's, tells its device, and by that the name that led it here.
  private mutating func noteOriginator(_ packet: Packet, _ slot: Int) {
    table[slot].flags.insert(.originatorSeen)
    table[slot].hardware = remember(packet)
    let device = clients.identity(packet.sourceHardware, packet.source)
    dns.noteContact(client: device, address: packet.destination, at: now)
    if let hit = dns.name(client: device, address: packet.destination, at: now) {
      let detail = ensureDetail(slot)
      details[detail].dns = hit
    }
  }

  /// Notes who uses a hardware address; 0 where the frame has none.
  private mutating func remember(_ packet: Packet) -> UInt64 {
    guard let hardware = packet.sourceHardware else { return 0 }
    if settings.insideNetworks.contains(packet.source) { clients.note(hardware, packet.source, at: hour) }
    return hardware.bits | 1 << 63
  }

  /// Who opened the flow: by the handshake where it is seen, else by ports and inside networks.
  private func senderIsOriginator(_ packet: Packet) -> (isOriginator: Bool, isInferred: Bool) {
    if packet.transport == .tcp, packet.tcpFlags.contains(.syn) {
      return (!packet.tcpFlags.contains(.ack), false)
    }
    let isTCP = packet.transport == .tcp
    let sourceIsService = packet.sourcePort < 1_024 && packet.destinationPort >= 1_024
    let destinationIsService = packet.destinationPort < 1_024 && packet.sourcePort >= 1_024
    if !isTCP {
      // The first datagram is the question, unless it comes from a service to a client: then the question was missed.
      return packet.transport == .udp && sourceIsService ? (false, true) : (true, false)
    }
    if sourceIsService != destinationIsService { return (destinationIsService, true) }
    let sourceInside = settings.insideNetworks.contains(packet.source)
    let destinationInside = settings.insideNetworks.contains(packet.destination)
    if sourceInside != destinationInside { return (sourceInside, true) }
    // Between equals the higher port is the ephemeral one.
    return (packet.sourcePort >= packet.destinationPort, true)
  }

  mutating func noteUnreachable(_ packet: Packet) {
    let (key, fromFirst) = FlowKey.of(
      packet.quotedSource, packet.quotedSourcePort, packet.quotedDestination, packet.quotedDestinationPort,
      packet.quotedTransport.rawValue, vlan: packet.vlan, scope: packet.scope)
    guard let slot = table.find(key, hash: table.hash(key)) else { return }
    let isUp = table[slot].flags.contains(.originatorIsFirst) == fromFirst
    if isUp { table[slot].flags.insert(.unreachable) }
  }

  private mutating func trackUDP(_ packet: Packet, _ frame: RawSpan, _ slot: Int, isUp: Bool) {
    addHistory("D", slot, isUp: isUp)
    table[slot].flags.insert(isUp ? .dataUp : .dataDown)
    guard packet.payloadCaptured > 0, !packet.carriesPacket else { return }
    let payload = frame.extracting(packet.payloadOffset..<packet.payloadOffset + packet.payloadCaptured)
    if readDatagram(packet, payload, slot, isUp: isUp) { return }
    readHandshake(in: payload, slot, isUp: isUp)
  }

  private mutating func trackTCP(_ packet: Packet, _ frame: RawSpan, _ slot: Int, isUp: Bool) {
    let flags = packet.tcpFlags
    hourTCPBytes &+= UInt64(packet.payloadLength)
    if flags.contains(.rst) {
      table[slot].flags.insert(isUp ? .resetUp : .resetDown)
      addHistory("R", slot, isUp: isUp)
      schedule(slot)
      return
    }
    let sequenceFlag: FlowEntry.Flags = isUp ? .sequenceUp : .sequenceDown
    let isKnown = table[slot].flags.contains(sequenceFlag)
    let expected = isUp ? table[slot].up.next : table[slot].down.next
    let start = flags.contains(.syn) ? packet.tcpSequence &+ 1 : packet.tcpSequence
    let dataEnd = start &+ UInt32(truncatingIfNeeded: packet.payloadLength)
    let end = flags.contains(.fin) ? dataEnd &+ 1 : dataEnd

    // RFC 9293 §3.8.6: no window; a RST tells none, and a SYN rarely.
    if packet.tcpWindow == 0, !flags.contains(.syn) { addHistory("W", slot, isUp: isUp) }
    if isKnown, isKeepAlive(packet, expected: expected) {
      addHistory("K", slot, isUp: isUp)
      if flags.contains(.ack) { noteAcknowledgment(packet.tcpAcknowledgment, slot, isUp: isUp) }
      return
    }
    if flags.contains(.syn) {
      table[slot].flags.insert(isUp ? .synUp : .synDown)
      if isUp { table[slot].up.initial = packet.tcpSequence } else { table[slot].down.initial = packet.tcpSequence }
      addHistory(flags.contains(.ack) ? "H" : "S", slot, isUp: isUp)
    } else if packet.payloadLength == 0 && !flags.contains(.fin) {
      addHistory("A", slot, isUp: isUp)
    }
    if !isKnown || (flags.contains(.syn) && table[slot].flags.isDisjoint(with: isUp ? .dataUp : .dataDown)) {
      table[slot].flags.insert(sequenceFlag)
      setNext(end, slot, isUp: isUp)
    } else {
      let ahead = Int32(bitPattern: start &- expected)
      if ahead > 0 {
        addHistory("G", slot, isUp: isUp)
        let detail = ensureDetail(slot)
        details[detail].addHole(isUp: isUp, from: expected, to: start)
        setNext(end, slot, isUp: isUp)
      } else if packet.payloadLength > 0 || flags.contains(.fin) {
        if ahead < 0 { noteRepeat(slot, isUp: isUp, from: start, to: end) }
        if Int32(bitPattern: end &- expected) > 0 { setNext(end, slot, isUp: isUp) }
      }
    }
    if flags.contains(.ack) { noteAcknowledgment(packet.tcpAcknowledgment, slot, isUp: isUp) }
    if packet.payloadLength > 0 {
      addHistory("D", slot, isUp: isUp)
      let isFirstData = table[slot].flags.isDisjoint(with: isUp ? .dataUp : .dataDown)
      table[slot].flags.insert(isUp ? .dataUp : .dataDown)
      if packet.payloadCaptured > 0, !table[slot].flags.contains(isUp ? .readUp : .readDown) {
        let payload = frame.extracting(packet.payloadOffset..<packet.payloadOffset + packet.payloadCaptured)
        let begin = isFirstData && isKnown ? expected : start
        readStream(payload, packet, slot, isUp: isUp, at: start, streamStart: begin)
        if isUp, packet.payloadCaptured < packet.payloadLength { markNotInspected(slot) }
      } else if isUp {
        markNotInspected(slot)
      }
    }
    if flags.contains(.fin) {
      table[slot].flags.insert(isUp ? .finUp : .finDown)
      addHistory("F", slot, isUp: isUp)
      if table[slot].flags.isSuperset(of: [.finUp, .finDown]) { schedule(slot) }
    }
  }

  /// RFC 9293 §3.8.4: the byte before the next one, or none, so that the other side answers. The byte may be any, and is no data.
  private func isKeepAlive(_ packet: Packet, expected: UInt32) -> Bool {
    packet.payloadLength <= 1 && packet.tcpSequence == expected &- 1
      && packet.tcpFlags.isDisjoint(with: [.syn, .fin, .rst])
  }

  private mutating func setNext(_ next: UInt32, _ slot: Int, isUp: Bool) {
    if isUp { table[slot].up.next = next } else { table[slot].down.next = next }
  }

  private mutating func noteRepeat(_ slot: Int, isUp: Bool, from start: UInt32, to end: UInt32) {
    let detail = Int(table[slot].detail)
    let filled = detail >= 0 && details[detail].fillHoles(isUp: isUp, from: start, to: end)
    if !filled { addHistory("T", slot, isUp: isUp) }
  }

  /// An acknowledgment speaks of the other direction's bytes.
  private mutating func noteAcknowledgment(_ number: UInt32, _ slot: Int, isUp: Bool) {
    if isUp {
      let isNewer = Int32(bitPattern: number &- table[slot].down.acknowledged) > 0
      if isNewer || !table[slot].flags.contains(.acknowledgedDown) { table[slot].down.acknowledged = number }
      table[slot].flags.insert(.acknowledgedDown)
    } else {
      let isNewer = Int32(bitPattern: number &- table[slot].up.acknowledged) > 0
      if isNewer || !table[slot].flags.contains(.acknowledgedUp) { table[slot].up.acknowledged = number }
      table[slot].flags.insert(.acknowledgedUp)
    }
  }

  /// Adds a letter once per direction.
  @inline(__always)
  private mutating func addHistory(_ letter: Unicode.Scalar, _ slot: Int, isUp: Bool) {
    let code = UInt64(letter.value) | (isUp ? 0 : 0x20)
    var word = table[slot].history.0
    for _ in 0..<8 {
      if word & 0xff == code { return }
      if word & 0xff == 0 { break }
      word >>= 8
    }
    appendHistory(code, slot)
  }

  private mutating func appendHistory(_ code: UInt64, _ slot: Int) {
    for index in UInt64(0)..<16 {
      let shift = (index & 7) * 8
      let letter = (index < 8 ? table[slot].history.0 : table[slot].history.1) >> shift & 0xff
      if letter == code { return }
      guard letter == 0 else { continue }
      if index < 8 {
        table[slot].history.0 |= code << shift
      } else {
        table[slot].history.1 |= code << shift
      }
      return
    }
  }

  // MARK: Details

  func takeDetailIndex(_ slot: Int) -> Int? { table[slot].detail >= 0 ? Int(table[slot].detail) : nil }

  mutating func ensureDetail(_ slot: Int) -> Int {
    hasToSettle = true
    if let index = takeDetailIndex(slot) { return index }
    let index = details.insert(FlowDetail())
    table[slot].detail = Int32(index)
    return index
  }

  mutating func releaseDetail(_ slot: Int) {
    guard let index = takeDetailIndex(slot) else { return }
    closeAccount(index)
    details.remove(index)
    table[slot].detail = -1
  }
}

// MARK: - Time-outs and records

extension FlowTracker {
  private func timeout(_ flags: FlowEntry.Flags, _ key: FlowKey) -> TimeSpan {
    guard key.transport == TransportProtocol.tcp.rawValue else {
      return key.firstPort == 53 || key.secondPort == 53 ? settings.dnsTimeout : settings.datagramTimeout
    }
    if !flags.isDisjoint(with: [.resetUp, .resetDown]) || flags.isSuperset(of: [.finUp, .finDown]) {
      return settings.closedTimeout
    }
    let isOpening = flags.contains(.synUp) && flags.isDisjoint(with: [.synDown, .dataUp, .dataDown])
    return isOpening ? settings.openingTimeout : settings.establishedTimeout
  }

  private func deadline(_ slot: Int) -> Timestamp {
    Timestamp(nanoseconds: table[slot].last).advanced(by: timeout(table[slot].flags, table[slot].key))
  }

  private mutating func schedule(_ slot: Int) {
    table.schedule(slot, at: deadline(slot).seconds + 1)
  }

  /// Cuts a record at a full hour or the active time-out, once it is known what the flow is.
  private mutating func cutIfDue(_ slot: Int) {
    let isNewHour = Int64(table[slot].recordHour) != hour.sinceEpoch
    let age = now.since(Timestamp(nanoseconds: table[slot].recordStart))
    guard isNewHour || age >= settings.activeTimeout else { return }
    // An attempt or a handshake that straddles the hour stays whole: cut, it would look like a blocked or nameless flow.
    let isUndecided =
      outcome(table[slot].flags, table[slot].key) != .established || isStillReading(slot)
    if isUndecided && now.since(Timestamp(nanoseconds: table[slot].flowStart)) < .seconds(120) { return }
    emit(slot, isFinal: false)
    startRecord(slot, at: now)
  }

  private func isStillReading(_ slot: Int) -> Bool {
    guard table[slot].key.transport == TransportProtocol.tcp.rawValue else { return false }
    if table[slot].flags.isDisjoint(with: .dataUp) { return true }
    guard let detail = takeDetailIndex(slot), case .collecting = details[detail].readingUp else { return false }
    return details[detail].name == nil
  }

  mutating func startRecord(_ slot: Int, at time: Timestamp) {
    table[slot].part += 1
    table[slot].traffic = Traffic()
    table[slot].carriedUp = 0
    table[slot].recordStart = time.nanoseconds
    table[slot].recordHour = Int32(clamping: time.hour.sinceEpoch)
    table[slot].flags.remove(.notInspected)
  }

  /// A new name on the same connection (requests through a proxy): the packet that told it, and what follows, is a flow of its own.
  mutating func splitForNewName(_ slot: Int) {
    let bytes = table[slot].traffic
    guard bytes.packetsUp &+ bytes.packetsDown > 0 else { return }
    var telling = telling
    // Two names in the flow's only packet: it stays with the first.
    if bytes.packetsUp <= telling.packetsUp { telling = Traffic() }
    self.telling = Traffic()
    table[slot].traffic.bytesUp &-= telling.bytesUp
    table[slot].traffic.packetsUp &-= telling.packetsUp
    emit(slot, isFinal: false)
    // Not now: a cut request is read only when the flow has ended.
    startRecord(slot, at: Timestamp(nanoseconds: table[slot].last))
    table[slot].traffic = telling
    table[slot].part = 0
    table[slot].number = flowsSeen
    flowsSeen &+= 1
  }

  /// - Returns: false where the segment has had its messages, and the second too.
  mutating func takeMessage() -> Bool {
    messagesToRead -= 1
    return messagesToRead >= 0 || allowance.takeMessage()
  }

  mutating func end(_ slot: Int) {
    messagesToRead = FlowTracker.messagesInSegment
    finishReading(slot)
    emit(slot, isFinal: true)
    releaseDetail(slot)
    table.remove(slot)
  }

  func outcome(_ flags: FlowEntry.Flags, _ key: FlowKey) -> FlowOutcome {
    if key.transport == TransportProtocol.tcp.rawValue {
      if flags.contains(.synDown) || !flags.isDisjoint(with: [.dataUp, .dataDown]) { return .established }
      if flags.contains(.synUp) {
        return flags.isDisjoint(with: [.resetDown, .unreachable]) ? .noAnswer : .refused
      }
      // Only bare acknowledgments or a FIN: the tail of a connection.
      return flags.contains(.resetDown) && flags.isDisjoint(with: .finUp) ? .refused : .established
    }
    if flags.contains(.dataDown) { return .established }
    return flags.contains(.unreachable) ? .refused : .noAnswer
  }

  private func emitCompleteness(_ slot: Int, isFinal: Bool) -> FlowCompleteness {
    let flags = table[slot].flags
    if flags.contains(.evicted) { return .cut }
    guard table[slot].key.transport == TransportProtocol.tcp.rawValue else {
      return flags.contains(.originatorInferred) ? .startMissing : .yes
    }
    let hasStart = !flags.isDisjoint(with: [.synUp, .synDown])
    let isAttempt = outcome(flags, table[slot].key) != .established
    let hasEnd =
      isAttempt || !isFinal || !flags.isDisjoint(with: [.resetUp, .resetDown])
      || flags.isSuperset(of: [.finUp, .finDown])
    return switch (hasStart, hasEnd) {
    case (true, true): .yes
    case (true, false): .endMissing
    case (false, true): .startMissing
    case (false, false): .cut
    }
  }

  /// Bytes that sequence numbers and acknowledgments prove, but that no packet showed.
  private func missedBytes(_ slot: Int) -> UInt64 {
    let flags = table[slot].flags
    var missed = takeDetailIndex(slot).map { details[$0].openBytes } ?? 0
    if flags.isSuperset(of: [.sequenceUp, .acknowledgedUp]) {
      missed += UInt64(max(Int32(bitPattern: table[slot].up.acknowledged &- table[slot].up.next), 0))
    }
    if flags.isSuperset(of: [.sequenceDown, .acknowledgedDown]) {
      missed += UInt64(max(Int32(bitPattern: table[slot].down.acknowledged &- table[slot].down.next), 0))
    }
    return missed
  }

  private mutating func emit(_ slot: Int, isFinal: Bool) {
    let entry = table[slot]
    let flags = entry.flags
    let originatorIsFirst = flags.contains(.originatorIsFirst)
    let originator = originatorIsFirst ? entry.key.firstAddress : entry.key.secondAddress
    let responder = originatorIsFirst ? entry.key.secondAddress : entry.key.firstAddress
    let detail = takeDetailIndex(slot)
    var traffic = entry.traffic
    let missed = missedBytes(slot)
    traffic.missedBytes = missed > entry.missedReported ? missed - entry.missedReported : 0
    table[slot].missedReported = max(missed, entry.missedReported)
    var reach = settings.insideNetworks.reach(originator: originator, responder: responder)
    if reach == .inside, flags.contains(.viaProxy) { reach = .outbound }
    let hardware = entry.hardware == 0 ? nil : HardwareAddress(bits: entry.hardware)
    var record = FlowRecord(
      flowNumber: entry.number, part: entry.part, device: clients.identity(hardware, originator),
      originator: originator, responder: responder,
      originatorPort: originatorIsFirst ? entry.key.firstPort : entry.key.secondPort,
      responderPort: originatorIsFirst ? entry.key.secondPort : entry.key.firstPort,
      transport: TransportProtocol(rawValue: entry.key.transport),
      vlan: entry.key.vlan == 0 ? nil : entry.key.vlan, start: Timestamp(nanoseconds: entry.recordStart),
      end: Timestamp(nanoseconds: entry.last), traffic: traffic, carriedBytesUp: entry.carriedUp,
      outcome: outcome(flags, entry.key),
      completeness: emitCompleteness(slot, isFinal: isFinal),
      originatorInferred: flags.contains(.originatorInferred), encryption: encryption(slot, detail),
      applicationProtocol: detail.flatMap { details[$0].applicationProtocol },
      name: detail.flatMap { evidence(details[$0]) }, reach: reach, history: historyText(entry))
    record.otherAnswers = detail.map { details[$0].otherAnswers } ?? []
    record.clearText = detail.flatMap { details[$0].clearText }
    record.offersResumption = detail.map { details[$0].offersResumption } ?? false
    record.hadDNS = detail.map { details[$0].dns != nil } ?? false
    record.isThroughProxy = flags.contains(.viaProxy)
    if flags.isSuperset(of: [.synUp, .synDown]) {
      record.initialSequences = UInt64(entry.up.initial) << 32 | UInt64(entry.down.initial)
    }
    record.hiddenPath = detail.flatMap { details[$0].hiddenPath } ?? HiddenPath(record, settings.knownServices)
    record.isEncryptedDNS = settings.knownServices.isEncryptedDNS(record)
    record.hasUninspectedClearText = hasUninspectedClearText(entry, detail, record)
    if reach == .outbound, !record.isThroughProxy, !proxies.isEmpty {
      record.isProxyLeg = proxies.wereAsked(
        of: originator, for: record.name?.name ?? "\(responder)", since: Timestamp(nanoseconds: entry.flowStart))
    }
    if !wasExcluded(hardware, originator, responder) { records.append(record) }
    if let detail, details[detail].clearText != nil {
      details[detail].clearText = nil
      settleAccount(slot)
    }
  }

  private func evidence(_ detail: FlowDetail) -> NameEvidence? {
    if let name = detail.name { return name }
    guard let hit = detail.dns else { return detail.certificateName }
    return NameEvidence(
      name: hit.name, method: .dns, namingClass: hit.candidates == 1 ? .c : .d, dnsAge: hit.age,
      candidates: hit.candidates, aliases: hit.aliases)
  }

  private func encryption(_ slot: Int, _ detail: Int?) -> Encryption {
    guard let detail else { return .unknown }
    if let version = details[detail].settledVersion {
      return switch version {
      case .tls10: .tls10
      case .tls11: .tls11
      case .tls12: .tls12
      case .tls13: .tls13
      default: .other
      }
    }
    if details[detail].quic != nil { return .quic }
    if details[detail].offeredVersion != nil { return .other }
    return details[detail].isCleartext ? .none : .unknown
  }

  /// Whether the originator sent something in this record that is neither known to be encrypted nor kept for the inspection.
  private func hasUninspectedClearText(_ entry: FlowEntry, _ detail: Int?, _ record: FlowRecord) -> Bool {
    switch record.hiddenPath {
    case .wireGuard, .openVPN, .ipsec, .relay, .tor: return false
    case .l2tp, .pptp, nil: break
    }
    guard entry.key.transport == TransportProtocol.tcp.rawValue else {
      // Packets that carry others are told by the flows inside.
      return entry.traffic.bytesUp > entry.carriedUp && entry.flags.contains(.dataUp) && record.encryption == .unknown
    }
    guard entry.flags.contains(.notInspected) else { return false }
    // Pieces of a hello that came in disorder are no clear text.
    return !entry.flags.contains(.encrypted) || detail.map { details[$0].sentClearText } ?? false
  }

  private func historyText(_ entry: FlowEntry) -> String {
    var text = ""
    for index in UInt64(0)..<16 {
      let letter = UInt8(truncatingIfNeeded: (index < 8 ? entry.history.0 : entry.history.1) >> ((index & 7) * 8))
      if letter == 0 { break }
      text.unicodeScalars.append(Unicode.Scalar(letter))
    }
    return text
  }

  private mutating func recordUnanswered(_ question: DNSMemory.Unanswered) {
    recordAttempt(
      device: question.client, address: question.address, vlan: question.vlan, name: question.name, aliases: [],
      at: question.asked, outcome: .noAnswer)
  }

  /// An attempt that ended at the name: there is no flow to the destination, only the question.
  mutating func recordAttempt(
    device: DeviceIdentity, address: IPAddress, vlan: UInt16, name: String, aliases: [String], at time: Timestamp,
    outcome: FlowOutcome
  ) {
    var hardware: HardwareAddress?
    if case .hardware(let known) = device { hardware = known }
    guard !wasExcluded(hardware, address, address) else { return }
    records.append(
      FlowRecord(
        flowNumber: flowsSeen, part: 0, device: device, originator: address,
        responder: IPAddress(high: 0, low: 0), originatorPort: 0, responderPort: 0, transport: .udp,
        vlan: vlan == 0 ? nil : vlan, start: time, end: time, traffic: Traffic(), outcome: outcome,
        completeness: .yes, originatorInferred: false, encryption: .unknown, applicationProtocol: nil,
        name: NameEvidence(name: name, method: .dns, namingClass: .c, dnsAge: 0, aliases: aliases),
        reach: settings.insideNetworks.contains(address) ? .outbound : .transit, history: ""))
    flowsSeen &+= 1
  }
}

extension Anomaly {
  /// Nil for what is merely not IP.
  init?(_ error: WireError) {
    switch error {
    case .capturedShort: self = .frameCapturedShort
    case .tooMany(.ipv6Extension), .tooMany(.vlanTag): self = .ipExtensionsTooDeep
    case .tooMany(.tunnelDepth), .tooMany(.mplsLabel): self = .tunnelTooDeep
    case .unsupported(.linkHeader): self = .linkTypeUnsupported
    case .encrypted: self = .linkEncrypted
    case .unsupported: return nil
    case .truncated(let field), .badLength(let field), .badValue(let field), .tooMany(let field):
      switch field {
      case .ipVersion, .ipv4Header, .ipv4TotalLength, .ipv6Header, .ipv6Extension: self = .ipHeaderInvalid
      case .tcpHeader, .tcpDataOffset: self = .tcpHeaderInvalid
      case .udpHeader, .udpLength: self = .udpHeaderInvalid
      case .dnsHeader, .dnsName, .dnsQuestion, .dnsRecord: self = .dnsMessageInvalid
      case .httpRequestLine, .httpField, .http2Frame, .http2Field: self = .httpHeadInvalid
      case .quicHeader, .quicConnectionID, .quicFrame: self = .quicHandshakeInvalid
      case .linkHeader, .vlanTag, .etherType, .logicalLink, .mplsLabel, .pppHeader, .wirelessHeader, .icmpHeader:
        self = .frameTruncated
      case .tunnelHeader, .tunnelDepth: self = .tunnelHeaderInvalid
      case .tlsRecordHeader, .tlsHandshakeHeader, .tlsVersion, .tlsRandom, .tlsSessionID, .tlsCipherSuites,
        .tlsCompressionMethods, .tlsExtensions, .tlsServerName, .tlsProtocolNames, .tlsSupportedVersions,
        .tlsCertificate, .dtlsRecordHeader:
        self = .tlsMessageInvalid
      }
    }
  }
}
