import FlowTracking
import Inspection
import Location
import Model
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
  private var devices: KnownDevices
  private let configuration: AuditConfiguration
  private var owners: NetworkOwners
  private var judgements: Judgements
  private var retries = RetryCollapse()
  private var census = DeviceCensus()
  private var allowance = EvidenceAllowance()
  private(set) var counts = AuditCounts()
  /// In which a canary was seen. One an hour is expected, so that one an hour is counted.
  private var canaryHours: Set<Hour> = []
  private var controlHours: Set<ControlHour> = []
  private var samples: [Hour: LeastDigests] = [:]
  /// Nil if the site does not want the list.
  private var undescribed: UndescribedContacts?
  private var restUndescribed: [UndescribedDestination] = []
  private var restFlows: [PseudonymousFlow] = []
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
  private var flows: WaitingFlows
  private var lastBlocks: [EnvelopedBlock] = []

  /// Hours of sums that wait for the end of a capture: more than a year.
  private static let hourLimit = 10_000

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
    devices = KnownDevices(pseudonyms)
    self.configuration = configuration
    self.owners = owners
    undescribed = configuration.listsUndescribed ? UndescribedContacts(configuration.settings) : nil
    flows = WaitingFlows(sealedPart: configuration.sealedPart.map { ExactFlowBuffer($0, isLive: !isOneStep) })
    secrecyZones = Set(configuration.settings.groups.filter(\.isSecrecyZone).map(\.name))
  }

  /// What is to be stored of a batch. Each batch is judged once, however often storing it is tried.
  mutating func judge(_ batch: RecordBatch) -> AuditBatch {
    devices.refresh()
    var stored = AuditBatch()
    stored.progress = batch.progress
    stored.blocks = flows.takeDueBlocks(at: batch.progress?.coveredUntil.hour)
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
    if !isOneStep || flows.areMany { stored.flows = flows.takeInOrder() }
    swap(&hours, &self.hours)
    swap(&groups, &self.groups)
    if let end = batch.records.last?.end, let due = undescribed?.takeDue(at: end) {
      stored.undescribed = due
      countUndescribedNotNoted()
    }
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

  private mutating func countUndescribedNotNoted() {
    guard let (hour, contacts) = undescribed?.takeNotNoted() else { return }
    hours.sums[hours.place(of: hour)].anomalies[.undescribedNotNoted, default: 0] += contacts
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
    flows.keepExact(stored)
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
    countUndescribedNotNoted()
    var rest = AuditBatch()
    rest.undescribed = restUndescribed
    if !flows.isEmpty { restFlows = flows.takeInOrder() }
    rest.flows = restFlows
    putSums(into: &rest)
    if !rest.isEmpty { flows.keepExact(try database.append(rest, to: session)) }
    restUndescribed = []
    restFlows = []
    dropSums()
    // Its flows have their places only now.
    lastBlocks += flows.takeBlocks()
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
    guard let digest = devices.pseudonymiser.connectionDigest(of: record) else { return }
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
    let place = devices.place(of: device, on: hour.dayUTC)
    if isPresent, let presence = devices.notePresence(of: place, on: hour.dayUTC, in: group) {
      stored.presence.insert(presence)
    }
    guard let judgement else {
      if isDevice, hasTraffic, undescribed != nil, !secrecyZones.contains(group), UndescribedContacts.isOne(record) {
        let owner = destinationNetwork(of: record).owner
        undescribed?.note(record, of: devices[place].pseudonym, namingClass, bytesUp: ownBytes, owner: owner)
      }
      return
    }
    let isRetry =
      record.outcome.isBlockedAttempt && record.part == 0
      && retries.isRetry(
        device: device, ruleID: judgement.verdict.ruleID, start: record.start, end: record.end)
    counts.matchedFlows += record.part == 0 ? 1 : 0
    let hasRow = allowance.take(at: record.end, of: &devices[place].evidence)
    let flow = devices.pseudonymiser.pseudonymise(
      record: record, device: devices[place].pseudonym, verdict: judgement.verdict, group: group,
      matchedBy: judgement.basis, isContradicted: judgement.isContradicted, tokenisedName: judgement.tokenisedName,
      destinationNetwork: destinationNetwork(of: record),
      cleartextIdentifierClasses: RecordWriter.identifierClasses(of: record, isSearched: hasRow),
      isRetry: isRetry)
    if hasRow {
      flows.append(flow, at: devices.pseudonymiser.place(of: record)) {
        secrecyZones.contains(group) ? nil : ExactFlow(of: record)
      }
    } else {
      stored.flowsWithoutRow.append(flow)
      coverage.anomalies[.evidenceNotKept, default: 0] += 1
    }
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
}

extension KeyedSums<Hour, CoverageHour> {
  fileprivate mutating func place(of hour: Hour) -> Int { place(of: hour, CoverageHour(hour: hour)) }
}
