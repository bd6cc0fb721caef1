import Model
import Privacy
import Store

/// A store as another rule set judges it: same hours, devices and bytes, other rules.
///
/// Aggregates are computed from the evidence of the period, so memory is bounded by their number: one for each hour,
/// device and pattern.
struct ReclassifiedSource: AuditSource {
  let base: AuditDatabase
  var isUnverified: Bool { base.isUnverified }
  func isNeverSealed() throws -> Bool { try base.isNeverSealed() }
  let ruleSet: RuleSetStamp
  let rules: [RuleFacts]
  /// Calls its last argument with the flows of a period that have a rule, as the other rule set judges them, in chain
  /// order.
  let evidence: (Range<Hour>, (FlowEvidence) throws -> Void) throws -> Void

  /// Judges the flows now, by `classify`, which returns nil if no rule matches.
  init(
    _ base: AuditDatabase, ruleSet: RuleSetStamp, rules: [RuleFacts],
    classify: @escaping (FlowEvidence) -> RuleAssignment?
  ) {
    self.base = base
    self.ruleSet = ruleSet
    self.rules = rules
    evidence = { period, body in
      try base.forEachEvidence(in: period) { stored in
        guard let assignment = classify(stored) else { return }
        var judged = stored
        judged.ruleSetHash = ruleSet.hash
        judged.assign(assignment)
        try body(judged)
      }
    }
  }

  /// Reads a stored judgement.
  init(_ base: AuditDatabase, _ reclassification: Reclassification) throws {
    self.base = base
    ruleSet = reclassification.ruleSet
    rules = try base.ruleFacts()[ruleSet.hash].map { Array($0.values) } ?? []
    evidence = { period, body in try base.forEachEvidence(in: period, under: reclassification, body) }
  }

  func sessions() throws -> [CaptureSession] {
    try base.sessions().map {
      var session = $0
      session.ruleSet = ruleSet
      return session
    }
  }

  func period() throws -> Range<Hour>? { try base.period() }

  func undescribedDestinations(on days: ClosedRange<Int64>) throws -> [UndescribedDestination] {
    try base.undescribedDestinations(on: days)
  }

  func firstDaysOfUndescribed(through day: Int64, devices: UInt64) throws -> [UndescribedDestination.Identity: Int64] {
    try base.firstDaysOfUndescribed(through: day, devices: devices)
  }

  func baselines() throws -> [StoredBaseline] { try base.baselines() }

  func groupHours(in period: Range<Hour>) throws -> [GroupHour] { try base.groupHours(in: period) }

  func spans() throws -> [ObservedSpan] {
    try base.spans().map {
      var span = $0
      span.ruleSetHash = ruleSet.hash
      return span
    }
  }

  /// The sums are computed from the evidence, so they reach back no further than that.
  func deletions() throws -> [Deletion] {
    try base.deletions().flatMap { deletion in
      guard deletion.dataClass == .evidence else { return [deletion] }
      var sums = deletion
      sums.dataClass = .usage
      return [deletion, sums]
    }
  }

  func pseudonymChanges() throws -> [LocalDate] { try base.pseudonymChanges() }

  func reviewDecisions() throws -> [ReviewDecision] { try base.reviewDecisions() }

  func phases() throws -> [Phase] { try base.phases() }
  func documentedLists() throws -> [StoredDocumentedList] { try base.documentedLists() }

  func takenOutAudits() throws -> [TakenOutAudit] { try base.takenOutAudits() }

  /// Hours that differ only in their rule set become one. Flows without a row of evidence cannot be judged again, so
  /// they are missing here.
  func coverage(in period: Range<Hour>) throws -> [SensorHour] {
    struct Key: Hashable {
      var hour: Hour
      var sensor: String
      var captureMode: String
      var toolVersion: String
    }
    var places: [Key: Int] = [:]
    var merged: [SensorHour] = []
    for var row in try base.coverage(in: period) {
      row.coverage.recordsLost.addSaturating(row.coverage.anomalies[.evidenceNotKept] ?? 0)
      let key = Key(
        hour: row.coverage.hour, sensor: row.sensor, captureMode: row.captureMode, toolVersion: row.toolVersion)
      if let place = places[key] {
        merged[place].coverage.merge(row.coverage)
      } else {
        places[key] = merged.count
        row.ruleSetHash = ruleSet.hash
        merged.append(row)
      }
    }
    return merged
  }

  func presence(in period: Range<Hour>) throws -> [DevicePresence] { try base.presence(in: period) }

  func ruleFacts() throws -> [String: [String: RuleFacts]] {
    [ruleSet.hash: Dictionary(rules.map { ($0.id, $0) }) { first, _ in first }]
  }

  func exportSalt() throws -> [UInt8] { try base.exportSalt() }

  func scanUsage(in period: Range<Hour>, _ body: (LabelledUsage, UsageNames) throws -> Void) throws
    -> UsageNames
  {
    var usage = EvidenceUsage()
    try evidence(period) { usage.add($0) }
    return try UsageNames(scanning: usage.rows, body)
  }

  func devicesWithUsage(in period: Range<Hour>) throws -> Set<DevicePseudonym> {
    try base.devicesWithUsage(in: period)
  }

  func networks(in period: Range<Hour>) throws -> [RuleNetwork] {
    var networks: Set<RuleNetwork> = []
    try evidence(period) { if let network = $0.network { networks.insert(network) } }
    return Array(networks)
  }

  func evidenceHours(in period: Range<Hour>) throws -> [Hour] {
    var hours: Set<Hour> = []
    try evidence(period) { hours.insert($0.flow.hour) }
    return hours.sorted()
  }

  func forEachEvidence(in period: Range<Hour>, _ body: (FlowEvidence) throws -> Void) throws {
    try evidence(period, body)
  }
}
