import GRDB
public import Model
import Privacy

/// The rule that another rule set assigns to one stored flow.
public struct RuleAssignment: Sendable, Hashable {
  public var ruleID: String
  public var ruleRevision: Int
  public var matchedPattern: String
  /// Name with the personal parts by this rule replaced by tokens; nil if the stored name may stay.
  public var destinationName: String?

  public init(ruleID: String, ruleRevision: Int, matchedPattern: String, destinationName: String?) {
    self.ruleID = ruleID
    self.ruleRevision = ruleRevision
    self.matchedPattern = matchedPattern
    self.destinationName = destinationName
  }
}

/// A classification of all flows of the evidence by another rule set; the first classification is kept.
public struct Reclassification: Sendable, Equatable {
  /// From 1.
  public var id: Int64
  public var ruleSet: RuleSetStamp
  public var toolVersion: String
  /// Last place in the evidence chain that was considered.
  public var throughSequence: Int64
  /// Number of flows considered.
  public var flows: UInt64
  /// Number of those flows for which the rule set has a rule.
  public var matchedFlows: UInt64
}

extension AuditDatabase {
  /// Judges all stored flows by another rule set, and keeps the result beside the first one, bound in the evidence
  /// chain.
  ///
  /// One transaction; O(flows). `rules`: facts of every rule that `classify` may name. Nil from `classify` means that
  /// no rule fits. `progress` is called with the number of flows now and then.
  public func reclassify(
    under ruleSet: RuleSetStamp, rules: [RuleFacts], provenance: RuleProvenance = RuleProvenance(path: ""),
    toolVersion: String,
    progress: (UInt64) -> Void = { _ in },
    _ classify: (FlowEvidence) throws -> RuleAssignment?
  ) throws -> Reclassification {
    try writing { database in
      try acceptForReclassification(provenance, in: database)
      let ruleSetID = try store(ruleSet, rules, in: database)
      let chain = EvidenceChain(database: database)
      let head = try chain.head()
      try PreparedStatement(
        database,
        "INSERT INTO reclassification (chain_seq, rule_set_id, tool_version, through_seq, flows) VALUES (?, ?, ?, ?, 0)"
      ).run([
        .integer(head.sequence + 1), .integer(ruleSetID), .text(toolVersion), .integer(head.sequence),
      ])
      let id = database.lastInsertedRowID
      let insertion = try PreparedStatement(
        database,
        """
        INSERT INTO reclassified_flow
          (reclassification_id, flow_seq, rule_id, rule_revision, matched_pattern, destination_name)
        VALUES (?, ?, ?, ?, ?, ?)
        """)
      var (flows, matched): (UInt64, UInt64) = (0, 0)
      var reader = try EvidenceReader(database)
      try PreparedStatement(database, EvidenceReader.whole).forEachRow { row in
        let evidence = try reader.evidence(&row)
        flows += 1
        if flows % 10_000 == 0 { progress(flows) }
        guard let assignment = try classify(evidence) else { return }
        matched += 1
        try insertion.run([
          .integer(id), .integer(evidence.chainSequence), .text(assignment.ruleID),
          .integer(Int64(assignment.ruleRevision)), .text(assignment.matchedPattern),
          StoredValue(assignment.destinationName),
        ])
      }
      try PreparedStatement(database, "UPDATE reclassification SET flows = ? WHERE id = ?")
        .run([StoredValue(flows), .integer(id)])
      try chain.append(.reclassification, digest: try chain.reclassificationDigest(id: id), after: head)
      return Reclassification(
        id: id, ruleSet: ruleSet, toolVersion: toolVersion, throughSequence: head.sequence, flows: flows,
        matchedFlows: matched)
    }
  }

  /// By number, which is their order in time.
  public func reclassifications() throws -> [Reclassification] {
    try rows(
      """
      SELECT reclassification.id, version, hash, date, tool_version, through_seq, flows,
        (SELECT count(*) FROM reclassified_flow WHERE reclassification_id = reclassification.id)
      FROM reclassification LEFT JOIN rule_set ON rule_set.id = rule_set_id ORDER BY reclassification.id
      """
    ) { row in
      Reclassification(
        id: try row.integer(),
        ruleSet: RuleSetStamp(version: try row.text(), hash: try row.text(), date: try row.text()),
        toolVersion: try row.text(), throughSequence: try row.integer(), flows: try row.count(),
        matchedFlows: try row.count())
    }
  }

  /// The flows for which the other rule set has a rule, as it judges them; by place in the chain.
  public func forEachEvidence(
    in period: Range<Hour>, under reclassification: Reclassification, _ body: (FlowEvidence) throws -> Void
  ) throws {
    var reader = try reading { try EvidenceReader($0) }
    try forEachRow(
      EvidenceReader.reclassified, [.integer(reclassification.id)] + period.bounds
    ) { row in
      var evidence = try reader.evidence(&row)
      evidence.ruleSetHash = reclassification.ruleSet.hash
      evidence.assign(
        RuleAssignment(
          ruleID: try row.text(), ruleRevision: try row.number(Int.self), matchedPattern: try row.text(),
          destinationName: try row.optionalText()))
      try body(evidence)
    }
  }
}

extension FlowEvidence {
  /// Replaces the stored classification.
  public mutating func assign(_ assignment: RuleAssignment) {
    flow = flow.judged(
      ruleID: assignment.ruleID, ruleRevision: assignment.ruleRevision, matchedPattern: assignment.matchedPattern,
      destinationName: assignment.destinationName)
  }
}

/// Hourly aggregates made from evidence, as the writer makes them from flows.
public struct EvidenceUsage {
  private struct Source: Hashable {
    var sensor: String
    var ruleSetHash: String
  }

  private var sums: [Source: UsageSum] = [:]

  public init() {}

  public mutating func add(_ evidence: FlowEvidence) {
    sums[Source(sensor: evidence.sensor, ruleSetHash: evidence.ruleSetHash), default: UsageSum()].add(evidence.flow)
  }

  /// By rule id, group, hour, device, sensor, rule set hash, pattern, naming class, encryption: the order of
  /// `forEachUsage`.
  public var rows: [RuleUsage] {
    sums.flatMap { source, sum in
      sum.counts.map { key, counts in
        RuleUsage(
          sensor: source.sensor, hour: key.hour, group: key.group, device: key.device,
          ruleSetHash: source.ruleSetHash, ruleID: key.ruleID, matchedPattern: key.matchedPattern,
          namingClass: key.namingClass, encryption: key.encryption, sessions: counts.sessions,
          blockedAttempts: counts.blockedAttempts, echFlows: counts.echFlows, traffic: counts.traffic,
          cleartextIdentifierClasses: counts.cleartextIdentifierClasses, exampleName: counts.exampleName,
          aliasFlows: counts.aliasFlows, contradictedFlows: counts.contradictedFlows)
      }
    }.sorted { left, right in
      guard (left.ruleID, left.group, left.hour) == (right.ruleID, right.group, right.hour) else {
        return (left.ruleID, left.group, left.hour) < (right.ruleID, right.group, right.hour)
      }
      guard left.device == right.device else {
        return left.device < right.device
      }
      return
        (left.sensor, left.ruleSetHash, left.matchedPattern, left.namingClass.rawValue, left.encryption.rawValue)
        < (right.sensor, right.ruleSetHash, right.matchedPattern, right.namingClass.rawValue, right.encryption.rawValue)
    }
  }
}
