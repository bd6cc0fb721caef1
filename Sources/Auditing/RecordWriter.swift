import FlowTracking
import Inspection
import Location
public import Model
import Privacy
import Rules
import Store

/// Classifies flow records, takes the person out of them, and stores them: all that happens between flow and disk.
///
/// Used by one thread.
struct RecordWriter {
  private let database: AuditDatabase
  private let session: Int64
  private var packets: UInt64 = 0
  private let rules: RuleSet
  private let pseudonyms: PseudonymSource
  private var pseudonymiser: Pseudonymiser
  /// Of the pseudonymiser, in its source.
  private var pseudonymVersion: Int
  private let configuration: AuditConfiguration
  private var owners: NetworkOwners
  private var judgements: Judgements
  private var retries = RetryCollapse()
  private var census = DeviceCensus()
  private var devices: [DeviceKey: KnownDevice] = [:]
  private var allowance = EvidenceAllowance()
  private(set) var counts = AuditCounts()
  /// In which a canary was seen. One an hour is expected, so that one an hour is counted.
  private var canaryHours: Set<Hour> = []
  private var controlHours: Set<ControlHour> = []
  private var samples: [Hour: LeastDigests] = [:]
  /// Nil if the site does not want the list.
  private var undescribed: UndescribedDestinations?
  private var destinations: RegisteredDomains
  private var agreedHours: AgreedHours?
  private var restUndescribed: [UndescribedDestination] = []
  private var restFlows: [PseudonymousFlow] = []
  private var undescribedTaken = Timestamp(seconds: 0)
  private var lastEnd: Timestamp?
  private let secrecyZones: Set<String>
  /// Connections that another session counts, too, by that session.
  private var countedBefore: [Int64: Int] = [:]
  /// Audits whose place this one takes.
  private let replaced: [Int64]
  /// A capture is stored as a whole or not at all.
  private let isOneStep: Bool
  /// Sums that are not stored yet. A capture's are stored with its end: adding to what is stored costs more than all
  /// else that a batch without findings needs.
  private var hours = KeyedSums<Hour, CoverageHour>()
  private var groups = KeyedSums<GroupKey, GroupHour>()

  /// Flows with a row of evidence that are not handed over yet. A capture's wait until there are many, so that their
  /// order shows nothing finer than their hours.
  private var flows: [PlacedFlow] = []
  /// Nil if the site keeps no sealed part; then the two below stay empty.
  private var sealedPart: ExactFlowBuffer?
  /// Of each of `flows`; nil for those of groups with special secrecy, which are not kept exactly.
  private var exact: [ExactFlow?] = []
  /// The same of the batch that is being stored.
  private var exactInBatch: [ExactFlow?] = []
  private var lastBlocks: [EnvelopedBlock] = []

  private struct PlacedFlow {
    let flow: PseudonymousFlow
    let place: UInt64
  }

  /// Flows of a capture that wait: some 30 MB.
  private static let flowLimit = 65_536

  /// A device has another pseudonym with each key.
  private struct DeviceKey: Hashable {
    let device: DeviceIdentity
    let epoch: Int
  }

  private struct KnownDevice {
    let pseudonym: DevicePseudonym
    /// Where it was seen last, which is stored already or in the batch under way.
    var presentDay = Int64.min
    var presentGroup = ""
    var evidence = EvidenceAllowance.Device()
  }

  /// A pseudonym costs an HMAC; a site has far fewer devices than this.
  private static let deviceLimit = 100_000

  /// Hours of sums that wait for the end of a capture: more than a year.
  private static let hourLimit = 10_000

  /// Seconds of observed time after which the list of destinations without a rule is stored again.
  private static let undescribedInterval: Int64 = 300

  init(
    database: AuditDatabase, session: Int64, rules: RuleSet, pseudonyms: PseudonymSource,
    configuration: AuditConfiguration, owners: NetworkOwners, replacing replaced: [Int64] = [], isOneStep: Bool = false
  ) {
    self.replaced = replaced
    self.isOneStep = isOneStep
    self.database = database
    self.session = session
    self.rules = rules
    judgements = Judgements(rules)
    self.pseudonyms = pseudonyms
    let version = pseudonyms.current
    (pseudonymVersion, pseudonymiser) = (version.number, version.pseudonymiser)
    self.configuration = configuration
    self.owners = owners
    undescribed =
      configuration.listsUndescribed ? UndescribedDestinations(minimum: configuration.settings.groupMinimum) : nil
    destinations = RegisteredDomains()
    agreedHours = AgreedHours(configuration.settings)
    sealedPart = configuration.sealedPart.map { ExactFlowBuffer($0, isLive: !isOneStep) }
    secrecyZones = Set(configuration.settings.groups.filter(\.isSecrecyZone).map(\.name))
  }

  /// What is to be stored of a batch. Each batch is judged once, however often storing it is tried.
  mutating func judge(_ batch: RecordBatch) -> AuditBatch {
    let version = pseudonyms.current
    if version.number != pseudonymVersion {
      (pseudonymVersion, pseudonymiser) = (version.number, version.pseudonymiser)
      devices = [:]
    }
    var stored = AuditBatch()
    stored.progress = batch.progress
    stored.blocks = sealedPart?.takeDue(at: batch.progress?.coveredUntil.hour) ?? []
    packets += batch.coverage.reduce(0) { $0 + $1.packetsSeen }
    stored.spans = batch.spans
    // Out of `self` meanwhile, so that one of them can be passed on to be changed.
    var hours = KeyedSums<Hour, CoverageHour>()
    var groups = KeyedSums<GroupKey, GroupHour>()
    swap(&hours, &self.hours)
    swap(&groups, &self.groups)
    for hour in batch.coverage { hours.sums[hours.place(of: hour.hour)].merge(hour) }
    // Copying a record out of the array costs more than what most of them need.
    batch.records.withUnsafeBufferPointer { records in
      for index in records.indices { judge(records[index], &stored, &hours, &groups) }
    }
    if !isOneStep || flows.count >= RecordWriter.flowLimit {
      stored.flows = takeFlowsInPlace()
    }
    swap(&hours, &self.hours)
    swap(&groups, &self.groups)
    takeUndescribed(until: batch.records.last?.end, &stored)
    // A capture with another hour in each packet must not fill the memory.
    if !isOneStep || self.hours.count > RecordWriter.hourLimit {
      putSums(into: &stored)
      dropSums()
    }
    return stored
  }

  private mutating func judge(
    _ record: FlowRecord, _ stored: inout AuditBatch, _ hours: inout KeyedSums<Hour, CoverageHour>,
    _ groups: inout KeyedSums<GroupKey, GroupHour>
  ) {
    let isSeen = record.traffic.packetsUp + record.traffic.packetsDown > 0
    if record.part == 0 && isSeen { counts.flows += 1 }
    let hour = record.start.hour
    if record.traffic.missedBytes > 0 {
      hours.sums[hours.place(of: hour)].tcpMissedBytes += record.traffic.missedBytes
    }
    let isDevice = record.reach == .outbound || record.reach == .inside ? census.counts(record) : false
    if record.reach == .outbound, record.part == 0 { sample(record, hour, &stored) }
    guard record.reach == .outbound else {
      if record.reach == .transit && record.part == 0 {
        counts.transitFlows += 1
        if record.mayBeOfDevice { hours.sums[hours.place(of: hour)].transitFlows?.addSaturating(1) }
      }
      return
    }
    let place = hours.place(of: hour)
    if record.isProxyLeg {
      if record.part == 0 { hours.sums[place].anomalies[.proxyLegNotCounted, default: 0] += 1 }
      return
    }
    if !isDevice { hours.sums[place].anomalies[.senderNotCounted, default: 0] += 1 }
    assess(record, isDevice: isDevice, hour, &stored, &hours.sums[place], &groups)
  }

  /// By hour, then by their places: the order in which flows end would show when, to anyone who knows the time of one.
  private mutating func takeFlowsInPlace() -> [PseudonymousFlow] {
    // Flows are large; what is sorted is small.
    let order = flows.indices.map { (hour: flows[$0].flow.hour, place: flows[$0].place, index: $0) }
      .sorted { ($0.hour, $0.place, $0.index) < ($1.hour, $1.place, $1.index) }
    if sealedPart != nil { exactInBatch = order.map { exact[$0.index] } }
    defer { (flows, exact) = ([], []) }
    return order.map { flows[$0.index].flow }
  }

  /// Of flows that are stored now.
  private mutating func keepExact(_ stored: StoredBatch) {
    if let first = stored.firstFlow { sealedPart?.add(exactInBatch, from: first) }
    exactInBatch = []
  }

  private func putSums(into batch: inout AuditBatch) {
    batch.coverage = hours.sums.sorted { $0.hour < $1.hour }
    batch.groups = groups.sums.sorted { ($0.hour, $0.group) < ($1.hour, $1.group) }
  }

  private mutating func dropSums() {
    hours = KeyedSums()
    groups = KeyedSums()
  }

  mutating func store(_ batch: AuditBatch) throws {
    guard !batch.isEmpty else { return }
    let stored = try database.append(batch, to: session)
    keepExact(stored)
    countedBefore.merge(stored.countedBefore, uniquingKeysWith: +)
    guard isOneStep else { return }
    for (other, connections) in countedBefore.sorted(by: { $0.key < $1.key })
    where connections >= RecordWriter.sameTraffic {
      throw CountedBefore(session: other)
    }
  }

  /// One connection may be answered twice, at the end of one capture and at the beginning of the next.
  private static let sameTraffic = 2

  /// Ends the session in order. `isWhole`: all captures that were named were read to their end.
  mutating func end(isWhole: Bool = true) throws {
    // Kept for another try if storing fails.
    restUndescribed += undescribed?.takeChanged() ?? []
    if let lastEnd, let dropped = undescribed?.takeDropped(), dropped > 0 {
      hours.sums[hours.place(of: lastEnd.hour)].anomalies[.undescribedNotNoted, default: 0] += dropped
    }
    var rest = AuditBatch()
    rest.undescribed = restUndescribed
    if !flows.isEmpty { restFlows = takeFlowsInPlace() }
    rest.flows = restFlows
    putSums(into: &rest)
    if !rest.isEmpty { keepExact(try database.append(rest, to: session)) }
    restUndescribed = []
    restFlows = []
    dropSums()
    // Its flows have their places only now.
    lastBlocks += sealedPart?.take() ?? []
    if !lastBlocks.isEmpty {
      var last = AuditBatch()
      last.blocks = lastBlocks
      try database.append(last, to: session)
      lastBlocks = []
    }
    try database.endSession(session, packets: packets, isWhole: isWhole)
    try database.seal(toolVersion: ToolVersion.current)
  }

  /// Runs `body`, which stores all batches; for a capture as one step, which begins by taking out the audits whose
  /// place it takes.
  func run<Value>(_ body: () throws -> Value) throws -> Value {
    guard isOneStep else { return try body() }
    return try database.inOneStep {
      for earlier in replaced {
        try database.takeOut(earlier, for: session, day: Today.dayUTC, toolVersion: ToolVersion.current)
      }
      return try body()
    }
  }

  private mutating func sample(_ record: FlowRecord, _ hour: Hour, _ stored: inout AuditBatch) {
    guard let digest = pseudonymiser.connectionDigest(of: record) else { return }
    if samples[hour, default: LeastDigests()].insert(digest) {
      stored.connections.insert(ConnectionSample(hour: hour, digest: digest))
    }
  }

  private mutating func assess(
    _ record: FlowRecord, isDevice: Bool, _ hour: Hour, _ stored: inout AuditBatch,
    _ coverage: inout CoverageHour,
    _ groups: inout KeyedSums<GroupKey, GroupHour>
  ) {
    let group = configuration.groups.group(of: record.originator, vlan: record.vlan)
    let isShared = !record.otherAnswers.isEmpty && destinationNetwork(of: record).anycastOrCDN == .yes
    let judgement = judgements.judgement(
      of: Destination(of: record, insideNetworks: configuration.tracker.insideNetworks), record, isShared: isShared)
    let isUnexaminable = record.isUnexaminable(isNamedByRule: judgement != nil)
    // A tunnel's or a relay's own name is not the destination's.
    let namingClass = max(record.name?.namingClass ?? (judgement == nil ? .e : .d), isUnexaminable ? .d : .a)
    let hasTraffic = record.traffic.packetsUp > 0
    // What a tunnel carries is counted by the flows inside it.
    let ownBytes = record.traffic.bytesUp - min(record.carriedBytesUp, record.traffic.bytesUp)
    if hasTraffic {
      coverage.bytesOutByClass[namingClass, default: 0] += ownBytes
      if record.part == 0 {
        coverage.outboundFlows += 1
        if !record.hadDNS { coverage.flowsWithoutDNS += 1 }
        if record.name.map({ $0.ech != .none }) == true { coverage.echFlows += 1 }
        if record.isEncryptedDNS { coverage.dohFlows += 1 }
        if record.hiddenPath != nil { coverage.vpnFlows += 1 }
      }
      if isUnexaminable {
        if record.part == 0 { coverage.sight?.unexaminableFlows += 1 }
        coverage.sight?.unexaminableBytes += ownBytes
      }
      if record.part == 0 { counts.outboundFlowsByClass[namingClass, default: 0] += 1 }
      counts.outboundBytes += ownBytes
    }
    coverage.sight?.note(record)
    // It is of the machine that sends it, not of a device at work. A flow to a destination that a rule describes is
    // none, whatever name it shows: the sink's name in a ClientHello would hide it.
    if let sink = configuration.canary, judgement == nil, let path = sink.path(of: record) {
      note(path, to: sink, hasTraffic: hasTraffic, group: group, hour, &coverage)
      return
    }
    let groupPlace = groups.place(of: GroupKey(hour: hour, group: group), GroupHour(hour: hour, group: group))
    groups.sums[groupPlace].note(record, ownBytes: ownBytes, isUnexaminable: isUnexaminable)
    let device = isDevice ? record.device : DeviceCensus.uncounted
    // Whatever counts a session is among the devices that were there.
    // A device of which the sensor sees only what it receives would be counted as observed.
    let onlyReceives = !hasTraffic && record.traffic.packetsDown > 0
    let isPresent = isDevice && !onlyReceives || judgement != nil && record.outcome == .established
    guard isPresent || judgement != nil || isDevice && hasTraffic else { return }
    let place = place(of: device, on: hour.dayUTC)
    if isPresent { notePresence(of: place, hour.dayUTC, group, &stored) }
    guard let judgement else {
      if isDevice, hasTraffic, !secrecyZones.contains(group) {
        noteUndescribed(record, of: devices.values[place].pseudonym, namingClass, ownBytes)
      }
      return
    }
    let isRetry =
      record.outcome.isBlockedAttempt && record.part == 0
      && retries.isRetry(
        device: device, ruleID: judgement.verdict.ruleID, start: record.start, end: record.end)
    counts.matchedFlows += record.part == 0 ? 1 : 0
    let hasRow = allowance.take(at: record.end, of: &devices.values[place].evidence)
    let flow = pseudonymiser.pseudonymise(
      record: record, device: devices.values[place].pseudonym, verdict: judgement.verdict, group: group,
      matchedBy: judgement.basis, isContradicted: judgement.isContradicted, tokenisedName: judgement.tokenisedName,
      destinationNetwork: destinationNetwork(of: record),
      cleartextIdentifierClasses: RecordWriter.identifierClasses(of: record, isSearched: hasRow),
      isRetry: isRetry)
    if hasRow {
      flows.append(PlacedFlow(flow: flow, place: pseudonymiser.place(of: record)))
      if sealedPart != nil { exact.append(secrecyZones.contains(group) ? nil : ExactFlow(of: record)) }
    } else {
      stored.flowsWithoutRow.append(flow)
      coverage.anomalies[.evidenceNotKept, default: 0] += 1
    }
  }

  /// What no rule describes leaves no trace but in the list of such destinations, which knows no device.
  private mutating func noteUndescribed(
    _ record: FlowRecord, of device: DevicePseudonym, _ namingClass: NamingClass, _ bytesUp: UInt64
  ) {
    guard undescribed != nil, record.outcome == .established, record.traffic.packetsDown > 0 else { return }
    let owner = destinationNetwork(of: record).owner
    let identity: UndescribedDestination.Identity =
      if let domain = record.name.flatMap({ destinations.domain(of: $0.name) }) {
        .domain(domain)
      } else if let number = owner.systemNumber {
        .network(number)
      } else {
        .unnamed
      }
    let contact = UndescribedDestinations.Contact(
      identity: identity, device: device, start: record.start,
      opensFlow: record.part == 0,
      isOutsideHours: agreedHours?.isOutside(record.start.hour), bytesUp: bytesUp,
      bytesDown: record.traffic.bytesDown, namingClass: namingClass, owner: owner)
    undescribed?.note(contact)
  }

  private mutating func takeUndescribed(
    until end: Timestamp?, _ stored: inout AuditBatch
  ) {
    guard let end else { return }
    lastEnd = end
    // A clock that was set back must not stop the list.
    guard !(0..<Self.undescribedInterval).contains(end.seconds - undescribedTaken.seconds) else { return }
    undescribedTaken = end
    stored.undescribed = undescribed?.takeChanged() ?? []
    let dropped = undescribed?.takeDropped() ?? 0
    guard dropped > 0 else { return }
    hours.sums[hours.place(of: end.hour)].anomalies[.undescribedNotNoted, default: 0] += dropped
  }

  /// A control, of which each hour counts one for each way and group.
  private mutating func note(
    _ path: ControlPath, to sink: CanarySink, hasTraffic: Bool, group: String, _ hour: Hour,
    _ coverage: inout CoverageHour
  ) {
    guard hasTraffic else { return }
    if path != .http, path != .proxy, canaryHours.insert(hour).inserted {
      coverage.canariesSeen += 1
      counts.canariesSeen += 1
    }
    guard sink.paths.contains(path),
      controlHours.insert(ControlHour(hour: hour, path: path, group: group)).inserted
    else { return }
    var controls = coverage.controls ?? ControlCounts()
    controls.add(path, group: group)
    coverage.controls = controls
  }

  /// Searching a packet costs more than all else that is done with a flow, so only flows with a row of evidence are
  /// searched.
  private static func identifierClasses(of record: FlowRecord, isSearched: Bool) -> Set<IdentifierClass> {
    guard isSearched else {
      return record.clearText != nil || record.hasUninspectedClearText ? [.notInspected] : []
    }
    let found = record.clearText.map { IdentifierInspector.classes(in: $0) } ?? []
    return record.hasUninspectedClearText ? found.union([.notInspected]) : found
  }

  private struct ControlHour: Hashable {
    var hour: Hour
    var path: ControlPath
    var group: String
  }

  private struct GroupKey: Hashable {
    var hour: Hour
    var group: String
  }

  /// Looked up now, so that the fact is of the time of observation. Only an address that is the destination's own and
  /// outside tells something of it.
  private mutating func destinationNetwork(of record: FlowRecord) -> DestinationNetwork {
    guard !record.responder.isUnspecified, !record.isThroughProxy,
      !configuration.tracker.insideNetworks.contains(record.responder)
    else { return .unknown }
    let owner = owners.owner(of: record.responder)
    let shared = rules.networks.sharedNetworks
    let isRegistered =
      shared.network(of: record.responder) != nil
      || record.name.map { name in
        shared.network(ofName: name.name) != nil || name.aliases.contains { shared.network(ofName: $0) != nil }
      } ?? false
    return DestinationNetwork(
      owner: owner,
      anycastOrCDN: AnycastOrCDN(
        databaseSaysAnycast: owner.traits.contains(.anycast), register: isRegistered ? .yes : .unknown))
  }

  /// The day decides about the key, whenever the flow is stored: so a device has one pseudonym on each day.
  private mutating func place(
    of device: DeviceIdentity, on day: Int64
  ) -> Dictionary<DeviceKey, KnownDevice>.Index {
    let key = DeviceKey(device: device, epoch: pseudonymiser.epoch(of: day))
    if let known = devices.index(forKey: key) { return known }
    if devices.count >= RecordWriter.deviceLimit { devices = [:] }
    devices[key] = KnownDevice(pseudonym: pseudonymiser.pseudonym(of: device, epoch: key.epoch))
    return devices.index(forKey: key)!
  }

  /// Each device has a row for a day and a group, however many flows it has.
  private mutating func notePresence(
    of place: Dictionary<DeviceKey, KnownDevice>.Index, _ day: Int64, _ group: String, _ stored: inout AuditBatch
  ) {
    guard devices.values[place].presentDay != day || devices.values[place].presentGroup != group else { return }
    devices.values[place].presentDay = day
    devices.values[place].presentGroup = group
    stored.presence.insert(DevicePresence(day: day, group: group, device: devices.values[place].pseudonym))
  }
}

extension KeyedSums<Hour, CoverageHour> {
  fileprivate mutating func place(of hour: Hour) -> Int { place(of: hour, CoverageHour(hour: hour)) }
}

extension FlowRecord {
  /// The true destination cannot be seen, whatever name the flow itself shows.
  ///
  /// - Parameter isNamedByRule: a rule knows the destination by its address.
  fileprivate func isUnexaminable(isNamedByRule: Bool) -> Bool {
    guard !isBareOpening else { return false }
    return hiddenPath != nil || isEncryptedDNS || name?.ech == .outerKnown
      || (name.map { $0.namingClass == .e } ?? !isNamedByRule)
  }

  /// SYNs that were refused or not answered, too short for data beside a header with the options that systems send (at
  /// most 44 bytes).
  private var isBareOpening: Bool {
    transport == .tcp && outcome.isBlockedAttempt && traffic.bytesUp <= 44 &* traffic.packetsUp
  }

  /// It left for a network outside, from an address that a router passes on; requests for an address have neither.
  fileprivate var mayBeOfDevice: Bool {
    outcome == .established && !originator.isUnspecified && !originator.isLinkLocal && !responder.isLinkLocal
  }

  private var hasBothDirections: Bool { traffic.packetsUp > 0 && traffic.packetsDown > 0 }

  fileprivate var isSession: Bool {
    outcome == .established && hasBothDirections && (transport == .tcp || responderPort == 443)
  }
}

extension Destination {
  // Not a method of the writer, which would be copied for it.
  fileprivate init(of record: FlowRecord, insideNetworks: InsideNetworks) {
    self.init(
      name: record.name?.name, seenAt: record.isThroughProxy ? nil : record.responder, port: record.responderPort,
      transport: record.transport, hour: record.start.hour, insideNetworks: insideNetworks)
  }
}

extension CoverageSight {
  /// Of an outbound flow's first record.
  fileprivate mutating func note(_ record: FlowRecord) {
    guard record.part == 0, record.traffic.packetsUp + record.traffic.packetsDown > 0 else { return }
    if record.outcome == .established {
      if record.traffic.packetsUp > 0 && record.traffic.packetsDown > 0 {
        twoSidedFlows += 1
      } else {
        oneSidedFlows += 1
      }
    }
    if record.transport == .tcp, record.responderPort == 443 || record.isThroughProxy { webFlows += 1 }
    if record.transport == .udp, record.responderPort == 443 { quicFlows += 1 }
  }
}

extension GroupHour {
  /// - Parameter ownBytes: without what a tunnel carries for flows that are examined.
  fileprivate mutating func note(_ record: FlowRecord, ownBytes: UInt64, isUnexaminable: Bool) {
    guard record.traffic.packetsUp > 0 else { return }
    bytesOut.addSaturating(ownBytes)
    if isUnexaminable { unexaminableBytes.addSaturating(ownBytes) }
    guard record.part == 0 else { return }
    outboundFlows += 1
    if isUnexaminable { unexaminableFlows += 1 }
    if record.isSession { sessions += 1 }
  }
}

/// Sums of one run, for the person who started it; no device and no name.
public struct AuditCounts: Sendable, Equatable {
  public var packets: UInt64 = 0
  public var flows: UInt64 = 0
  public var outboundFlows: UInt64 { outboundFlowsByClass.values.reduce(0, +) }
  public var outboundFlowsByClass: [NamingClass: UInt64] = [:]
  /// IP payload bytes from inside to outside.
  public var outboundBytes: UInt64 = 0
  /// Outbound flows and attempts that a rule describes.
  public var matchedFlows: UInt64 = 0
  /// Flows between two addresses that are both not inside: the inside networks may be wrong.
  public var transitFlows: UInt64 = 0
  /// Test flows that were seen, at most one an hour.
  public var canariesSeen: UInt64 = 0
  /// Names seen in handshakes and requests.
  public var names: UInt64 = 0

  func sum(_ other: AuditCounts) -> AuditCounts {
    var sum = self
    for count in [
      \.packets, \.flows, \.outboundBytes, \.matchedFlows, \.transitFlows, \.canariesSeen, \.names,
    ] as [WritableKeyPath<AuditCounts, UInt64>] { sum[keyPath: count] += other[keyPath: count] }
    sum.outboundFlowsByClass.merge(other.outboundFlowsByClass, uniquingKeysWith: +)
    return sum
  }
}
