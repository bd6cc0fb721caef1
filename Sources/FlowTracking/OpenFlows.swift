import Model
import Streams
import Wire

/// The open flows: assigns each packet to its flow, ends flows that have timed out, and keeps all of them within the
/// memory budget.
///
/// Steps for each packet: `take` finds or begins its flow and determines its direction; `takeSegment` or `takeDatagram`
/// reads the payload; `settleIfTouched` updates the account of memory.
struct OpenFlows: ~Copyable {
  var table: FlowTable
  var details = FlowDetails()
  var shares: MemoryShares
  private var timeouts: FlowTimeouts
  var opener = QUICInitialOpener()
  /// While the tracker is finishing, the flows that are still to be ended; the next one is last.
  private var ending: [Int]?
  /// Used for every flow that has no detail.
  private var noDetail = FlowDetail()
  /// An empty array with capacity, reused for each segment that is read.
  var findings: [StreamFinding] = []

  init(_ settings: TrackerSettings, _ shares: MemoryShares) {
    self.shares = shares
    timeouts = FlowTimeouts(settings)
    table = FlowTable(limit: settings.flowLimit)
  }

  /// Continues with other bounds; flows above a lower limit are evicted as new ones come.
  mutating func adopt(_ settings: TrackerSettings, _ shares: MemoryShares) {
    self.shares = shares
    timeouts = FlowTimeouts(settings)
    table.limit = max(settings.flowLimit, FlowTable.smallestLimit)
  }

  enum Tracking {
    case tracked
    /// The packet of the flow's originator encloses another packet, whose bytes count again in the inner flow if that
    /// is tracked.
    ///
    /// - `isNew`: the flow began with it.
    case carries(flow: Int, isNew: Bool)
    /// The packet was not tracked: the allowance of this second for flows in nested or new tunnels is used up.
    case refused
  }

  /// Packets up to this depth begin flows without drawing on the allowance: a mirror port may deliver everything in a
  /// tunnel. Deeper ones draw on it, and so do packets in a tunnel that begins with the same frame, since real networks
  /// have few tunnels with many packets each.
  private static let ordinaryDepth = 1

  /// Processes a packet that is not a fragment.
  ///
  /// - Parameters:
  ///   - packet: not changed. Passed by value, its 250 bytes would be copied for each nested call.
  ///   - isInNewTunnel: the flow that carries the packet began with the same frame.
  mutating func take(
    _ packet: inout Packet, isInNewTunnel: Bool, _ bytes: RawSpan, _ site: inout SiteKnowledge,
    _ output: inout TrackerOutput
  ) -> Tracking {
    let (key, fromFirst) = FlowKey.of(&packet)
    let hash = table.hash(key)
    var known = table.find(key, hash: hash)
    if let slot = known, isOverdue(slot) || table[slot].isReplaced(by: &packet, fromFirst: fromFirst) {
      end(slot, &site, &output)
      known = nil
    }
    if known == nil, isInNewTunnel || packet.depth > OpenFlows.ordinaryDepth, !site.allowance.takeInnerFlow() {
      output.count(.innerFlowNotTracked)
      return .refused
    }
    let slot = known ?? begin(packet, key, hash: hash, fromFirst: fromFirst, &site, &output)
    let payload = bytes.extracting(packet.payloadOffset..<packet.payloadOffset + packet.payloadCaptured)
    var direction = table[slot].direction(fromFirst: fromFirst)
    if direction == .responder, beginsHandshake(&packet, payload, slot, &site, &output) {
      exchangeEnds(slot)
      direction = .originator
    }
    if known != nil { cutIfDue(slot, site, &output) }
    if direction == .originator, !table[slot].flags.contains(.originatorSeen) { noteOriginator(packet, slot, &site) }
    table[slot].last = site.now
    table[slot].sides[direction].bytes &+= UInt64(packet.ipPayloadLength)
    table[slot].sides[direction].packets &+= UInt32(truncatingIfNeeded: packet.packetCount)
    switch packet.transport {
    case .tcp: takeSegment(&packet, payload, slot, direction, &site, &output)
    case .udp: takeDatagram(&packet, payload, slot, direction, &site, &output)
    default: table[slot].sides[direction].marks.insert(.data)
    }
    if known == nil { schedule(slot) }
    if details.settleIfTouched(table[slot].detailIndex, of: slot) { keepBeginningsInShare(&site, &output) }
    return direction == .originator && packet.carriesPacket ? .carries(flow: slot, isNew: known == nil) : .tracked
  }

  /// Marks the flow whose packet an ICMP message reports as undeliverable.
  mutating func takeUnreachable(_ packet: Packet) {
    let (key, fromFirst) = FlowKey.of(
      packet.quotedSource, packet.quotedSourcePort, packet.quotedDestination, packet.quotedDestinationPort,
      packet.quotedTransport.rawValue, vlan: packet.vlan, scope: packet.scope)
    guard let slot = table.find(key, hash: table.hash(key)) else { return }
    if table[slot].direction(fromFirst: fromFirst) == .originator { table[slot].flags.insert(.unreachable) }
  }

  // MARK: Beginnings and ends

  private mutating func begin(
    _ packet: Packet, _ key: FlowKey, hash: UInt32, fromFirst: Bool, _ site: inout SiteKnowledge,
    _ output: inout TrackerOutput
  ) -> Int {
    if isFull { makeRoom(&site, &output) }
    let (isOriginator, isInferred) = packet.isFromOriginator(insideNetworks: site.settings.insideNetworks)
    var flow = FlowEntry(key: key, hash: hash, number: output.takeFlowNumber(), at: site.now)
    if isOriginator == fromFirst { flow.flags.insert(.originatorIsFirst) }
    if isInferred { flow.flags.insert(.originatorInferred) }
    return table.insert(flow)
  }

  /// Whether a packet of the presumed responder shows that it is the client.
  @inline(__always)
  private mutating func beginsHandshake(
    _ packet: inout Packet, _ payload: RawSpan, _ slot: Int, _ site: inout SiteKnowledge, _ output: inout TrackerOutput
  ) -> Bool {
    guard payload.byteCount >= 6, table[slot].part == 0 else { return false }
    switch packet.transport {
    case .udp:
      let detail = table[slot].detailIndex
      let isQUIC = detail.map { details[$0].quic?.isKnown == true } ?? false
      return FlowDetail.beginsHandshake(payload, isQUIC: isQUIC, of: &table[slot], with: &opener, &site, &output)
    case .tcp:
      // A handshake record with a ClientHello. If a SYN was seen, the originator is known.
      return table[slot].flags.contains(.originatorInferred) && payload.byte(0) == 22 && payload.byte(1) == 3
        && payload.byte(5) == 1
    default: return false
    }
  }

  /// Exchanges the sides of a flow, after the first packet turned out to be the responder's.
  private mutating func exchangeEnds(_ slot: Int) {
    table[slot].exchangeEnds()
    if let detail = table[slot].detailIndex { details[detail].exchangeEnds() }
  }

  /// The originator's first packet, which need not be the flow's first, identifies its device, and so the name that the
  /// device resolved.
  private mutating func noteOriginator(_ packet: Packet, _ slot: Int, _ site: inout SiteKnowledge) {
    table[slot].flags.insert(.originatorSeen)
    table[slot].hardware = packet.sourceHardware
    site.noteClient(packet)
    let device = site.clients.identity(packet.sourceHardware, packet.source)
    if let hit = site.dns.noteContact(client: device, address: packet.destination, at: site.now) {
      details[details.ensure(for: &table[slot])].names.noteResolved(hit)
    }
  }

  /// Cuts the record at a full hour, at the active time-out or at `packetsOfRecord`, once the flow's outcome and name
  /// are known.
  private mutating func cutIfDue(_ slot: Int, _ site: borrowing SiteKnowledge, _ output: inout TrackerOutput) {
    let start = table[slot].recordStart
    let isLong = table[slot].sides.contains { $0.packets >= FlowEntry.packetsOfRecord }
    guard start < site.hourStart || site.now.since(start) >= timeouts.active || isLong else { return }
    // An attempt or a handshake across the full hour is not cut: it would look like a blocked or nameless flow.
    let isUndecided = table[slot].outcome != .established || isStillReading(slot)
    if isUndecided, !isLong, site.now.since(table[slot].flowStart) < .seconds(120) { return }
    emit(slot, isLast: false, site, &output)
    table[slot].startRecord(at: site.now)
  }

  private func isStillReading(_ slot: Int) -> Bool {
    guard table[slot].isTCP else { return false }
    if table[slot].sides.originator.marks.isDisjoint(with: [.data, .openingData]) { return true }
    guard table[slot].sides.originator.reading == .collecting, let detail = table[slot].detailIndex else {
      return false
    }
    return details[detail].names.shown == nil
  }

  private mutating func end(_ slot: Int, _ site: inout SiteKnowledge, _ output: inout TrackerOutput) {
    finishReading(slot, &site, &output)
    emit(slot, isLast: true, site, &output)
    details.remove(of: &table[slot])
    table.remove(slot)
  }

  private mutating func emit(
    _ slot: Int, isLast: Bool, _ site: borrowing SiteKnowledge, _ output: inout TrackerOutput
  ) {
    guard let detail = table[slot].detailIndex else {
      return output.emit(&table[slot], &noDetail, isLast: isLast, site)
    }
    output.emit(&table[slot], &details[detail], isLast: isLast, site)
    // The detail of a flow that ends is removed together with its account.
    if !isLast { details.settle(detail, of: slot) }
  }

  /// Ends up to `limit` flows, after the last packet.
  ///
  /// - Returns: true if no flow is left.
  mutating func finish(atMost limit: Int, _ site: inout SiteKnowledge, _ output: inout TrackerOutput) -> Bool {
    var left = ending ?? table.all().reversed()
    // So that the list has one owner and is not copied.
    ending = nil
    for _ in 0..<min(limit, left.count) {
      if let slot = left.popLast() { end(slot, &site, &output) }
    }
    ending = left.isEmpty ? nil : left
    return left.isEmpty
  }

  // MARK: Time-outs

  /// Ends flows whose time-out has passed.
  mutating func expire(atMost limit: Int, _ site: inout SiteKnowledge, _ output: inout TrackerOutput) {
    guard table.timers.isBehind else { return }
    for _ in 0..<limit {
      guard let slot = table.timers.nextDue() else { return }
      if deadline(slot) <= site.now { end(slot, &site, &output) } else { schedule(slot) }
    }
  }

  private func deadline(_ slot: Int) -> Timestamp {
    table[slot].last.advanced(by: table[slot].timeout(timeouts))
  }

  /// Whether a flow has timed out but has not been ended yet.
  private func isOverdue(_ slot: Int) -> Bool {
    table.timers.isBehind && deadline(slot).seconds + 1 <= table.timers.turnedTo
  }

  mutating func schedule(_ slot: Int) {
    table.timers.schedule(slot, at: deadline(slot).seconds + 1)
  }

  // MARK: Memory

  private static let evictionLooks = 8
  /// Most flows that are evicted for a new one; more than one only after the limit was lowered. Evicting all at once
  /// would delay packets and fill the channel to the writer.
  private static let evictionsForEach = 4
  /// Most flows that are evicted for a packet. It adds a flow, its detail and its strings, which take less than the
  /// smallest eight flows.
  private static let evictionsForPacket = 8

  /// Bytes of all flows without beginnings.
  var bytes: Int { table.count * FlowTable.bytesEach + details.bytes }

  /// There is no room for another flow, by number or by memory.
  private var isFull: Bool { table.isFull || bytes >= shares.flows }

  /// Evicts flows until there is room for a new one.
  private mutating func makeRoom(_ site: inout SiteKnowledge, _ output: inout TrackerOutput) {
    for _ in 0..<OpenFlows.evictionsForEach where isFull { giveUp(&site, &output) }
  }

  /// Evicts flows until the others fit into their share of memory.
  mutating func keepInShare(_ site: inout SiteKnowledge, _ output: inout TrackerOutput) {
    guard bytes > shares.flows else { return }
    for _ in 0..<OpenFlows.evictionsForPacket where bytes > shares.flows { giveUp(&site, &output) }
  }

  private mutating func giveUp(_ site: inout SiteKnowledge, _ output: inout TrackerOutput) {
    guard let victim = flowToGiveUp() else { return }
    table[victim].flags.insert(.evicted)
    output.flowsEvicted += 1
    end(victim, &site, &output)
  }

  /// The flow whose time-out is nearest.
  ///
  /// The timer wheel holds flows at the deadlines of their first packets; those that had later packets are rescheduled
  /// when they come up. One packet reschedules only a few, so that the cost of each new flow in a flood is constant.
  private mutating func flowToGiveUp() -> Int? {
    for _ in 0..<OpenFlows.evictionLooks {
      guard let slot = table.timers.soonest(),
        !table.timers.isScheduled(slot, at: deadline(slot).seconds + 1)
      else { break }
      schedule(slot)
    }
    return table.timers.soonest()
  }

  /// Gives up the oldest beginnings until the others fit into their share of memory.
  ///
  /// The amortised cost is one beginning for each packet, since packets created them, however many are given up at
  /// once.
  private mutating func keepBeginningsInShare(_ site: inout SiteKnowledge, _ output: inout TrackerOutput) {
    while details.beginningBytes > shares.beginnings, let slot = details.oldestWithBeginnings {
      giveUpReading(slot, &site, &output)
    }
  }

  /// Reads the beginnings of a flow as far as they are there, and drops them.
  private mutating func giveUpReading(_ slot: Int, _ site: inout SiteKnowledge, _ output: inout TrackerOutput) {
    output.count(.beginningEvicted)
    finishReading(slot, &site, &output)
    guard let detail = table[slot].detailIndex else { return }
    if details[detail].clearText != nil { table[slot].flags.insert(.notInspected) }
    table[slot].markNotInspected()
    details[detail].dropBeginnings()
    table[slot].sides.originator.reading = .done
    table[slot].sides.responder.reading = .done
    details.settle(detail, of: slot)
  }
}
