import Cryptography
import GRDB
public import Model
import Privacy

/// Reading. Orders are defined by values, not by the order of insertion, except for the evidence, which has the order
/// of the chain. The closures may also read from the store.
extension AuditDatabase {
  /// By number, which is the order in which they began.
  public func sessions() throws -> [CaptureSession] {
    try rows(
      """
      SELECT capture_session.id, sensor, capture_mode, tool_version, rule_set.version, rule_set.hash, rule_set.date,
        settings, location_databases, first_hour, last_hour, packets, is_closed, is_whole,
        EXISTS (SELECT * FROM deletion WHERE session_id = capture_session.id)
      FROM capture_session LEFT JOIN rule_set ON rule_set.id = rule_set_id ORDER BY capture_session.id
      """
    ) { row in
      CaptureSession(
        id: try row.integer(), sensor: try row.text(), captureMode: try row.text(), toolVersion: try row.text(),
        ruleSet: RuleSetStamp(version: try row.text(), hash: try row.text(), date: try row.text()),
        settings: try row.parsed(AuditSettings.self), locationDatabases: try row.parsed([LocationDatabaseStamp].self),
        firstHour: try row.optionalHour(),
        lastHour: try row.optionalHour(), packets: try row.count(),
        isClosed: try row.flag(), isWhole: try row.optionalInteger().map { $0 != 0 }, isTakenOut: try row.flag())
    }
  }

  /// Audits of captures that begin with one of these packets, and that were not taken out; by number.
  public func audits(ofCaptures fingerprints: [[UInt8]]) throws -> [CaptureSession] {
    let numbers = try fingerprints.flatMap { fingerprint in
      try rows("SELECT id FROM capture_session WHERE capture_fingerprint = ?", [.bytes(fingerprint)]) {
        try $0.integer()
      }
    }
    return try sessions().filter { numbers.contains($0.id) && !$0.isTakenOut }
  }

  /// Where the latest live run of `sensor` ended, or was cut off; nil if there was none.
  public func latestLiveEnd(sensor: String) throws -> LiveEnd? {
    try rows(
      """
      SELECT covered_until, open_flows, is_closed FROM capture_session
      WHERE sensor = ? AND capture_mode = 'live' AND covered_until IS NOT NULL
      ORDER BY covered_until DESC, id DESC LIMIT 1
      """, [.text(sensor)]
    ) { row in
      LiveEnd(
        progress: LiveProgress(coveredUntil: Timestamp(seconds: try row.integer()), openFlows: try row.count()),
        isClosed: try row.flag())
    }.first
  }

  /// First stored hour to the hour after the last, of coverage and usage; nil for an empty store.
  public func period() throws -> Range<Hour>? {
    let hours = try ["coverage_hour", "usage_hour"].flatMap { table in
      try ["ASC", "DESC"].flatMap { order in
        try rows("SELECT hour FROM \(table) ORDER BY hour \(order) LIMIT 1") { try $0.hour() }
      }
    }
    guard let first = hours.min(), let last = hours.max() else { return nil }
    return first..<last.next
  }

  /// By hour, sensor, rule set hash, capture mode, program version; one row for each such combination.
  public func coverage(in period: Range<Hour>) throws -> [SensorHour] {
    try rows(CoverageRow.period, period.bounds) { row in
      SensorHour(
        sensor: try row.text(), captureMode: try row.text(), toolVersion: try row.text(), ruleSetHash: try row.text(),
        coverage: try CoverageRow.coverage(&row))
    }
  }

  /// By hour and group; a group has several rows for an hour that several sessions observed.
  public func groupHours(in period: Range<Hour>) throws -> [GroupHour] {
    try rows(GroupRow.period, period.bounds) { try GroupRow.group(&$0) }
  }

  /// Of all sessions that read capture files to their end; by sensor, then by time.
  public func spans() throws -> [ObservedSpan] {
    try rows(
      """
      SELECT sensor, tool_version, rule_set.hash, first_second, last_second, begins, edge_silence
      FROM capture_span
      LEFT JOIN capture_session ON capture_session.id = session_id
      LEFT JOIN rule_set ON rule_set.id = rule_set_id
      ORDER BY sensor, first_second, last_second, session_id
      """
    ) { row in
      ObservedSpan(
        sensor: try row.text(), toolVersion: try row.text(), ruleSetHash: try row.text(),
        span: CaptureSpan(
          first: try row.integer(), last: try row.integer(), begins: try row.value(CaptureSpan.Beginning.self),
          edgeSilence: try row.integer()))
    }
  }

  /// By day, group, device: all days that the period touches.
  public func presence(in period: Range<Hour>) throws -> [DevicePresence] {
    guard !period.isEmpty else { return [] }
    let lastDay = Hour(sinceEpoch: period.upperBound.sinceEpoch - 1).dayUTC
    return try rows(
      """
      SELECT DISTINCT day, group_name, device FROM device_presence
      WHERE day BETWEEN ? AND ? ORDER BY day, group_name, device
      """,
      [.integer(period.lowerBound.dayUTC), .integer(lastDay)]
    ) { DevicePresence(day: try $0.integer(), group: try $0.text(), device: try $0.device()) }
  }

  /// Sessions and blocked attempts of all stored hours, by the id of the rule as its authors wrote it. O(rows).
  public func contactsByRule() throws -> [String: UInt64] {
    guard let period = try period() else { return [:] }
    var contacts: [Int: UInt64] = [:]
    let names = try scanUsage(in: period) { usage, _ in
      contacts[usage.label, default: 0].addSaturating(.saturatingSum(usage.sessions, usage.blockedAttempts))
    }
    return contacts.reduce(into: [:]) { sums, entry in
      sums[String(names.labels[entry.key].ruleID.prefix { $0 != "+" }), default: 0].addSaturating(entry.value)
    }
  }

  /// Rule facts by rule set hash, then by rule id.
  public func ruleFacts() throws -> [String: [String: RuleFacts]] {
    var result: [String: [String: RuleFacts]] = [:]
    let all = try rows(
      """
      SELECT rule_set.hash, rule_id, facts FROM rule_facts LEFT JOIN rule_set ON rule_set_id = rule_set.id
      """
    ) { row in
      let (hash, rule) = (try row.text(), try row.text())
      return (hash: hash, facts: try row.parsed(RuleFacts.self) { knownRules?.facts(of: rule, storedAs: $0) })
    }
    for (hash, facts) in all { result[hash, default: [:]][facts.id] = facts }
    return result
  }

  /// The salt of the first session; throws if there was none.
  public func exportSalt() throws -> [UInt8] {
    guard let salt = try rows("SELECT export_salt FROM meta", [], { try $0.bytes() }).first else {
      throw StoreError(file: path, .noSession)
    }
    return salt
  }

  /// By rule id, group, hour, device, sensor, rule set hash, pattern, naming class, encryption; texts by their UTF-8
  /// bytes.
  public func forEachUsage(in period: Range<Hour>, _ body: (RuleUsage) throws -> Void) throws {
    try forEachRow(UsageRow.query, period.bounds) { try body(try UsageRow.usage(&$0)) }
  }

  /// By rule set hash, rule id, session, then by the network's members; each once, whatever its hours.
  public func networks(in period: Range<Hour>) throws -> [RuleNetwork] {
    try rows(NetworkRow.query, period.bounds) { try NetworkRow.network(&$0) }
  }

  /// By place in the chain.
  public func forEachEvidence(in period: Range<Hour>, _ body: (FlowEvidence) throws -> Void) throws {
    let query = EvidenceReader.query(period, stored: try evidencePeriod())
    var reader = try reading { try EvidenceReader($0) }
    try forEachRow(query.sql, query.values) { try body(try reader.evidence(&$0)) }
  }

  /// The hours of a period that have flows, ascending.
  public func evidenceHours(in period: Range<Hour>) throws -> [Hour] {
    try rows(
      "SELECT DISTINCT hour FROM flow_evidence WHERE hour >= ? AND hour < ? ORDER BY hour",
      period.bounds
    ) {
      try $0.hour()
    }
  }

  /// From the first hour with a flow to the one after the last; nil if there is no flow.
  private func evidencePeriod() throws -> Range<Hour>? {
    func end(_ order: String) throws -> Hour? {
      try rows("SELECT hour FROM flow_evidence ORDER BY hour \(order) LIMIT 1") { try $0.hour() }
        .first
    }
    guard let first = try end("ASC"), let last = try end("DESC") else { return nil }
    return first..<last.next
  }

  /// The chain's last entry, to be kept outside the store.
  public func chainHead() throws -> ChainHead {
    try Self.explaining(path) { try reader.unsafeReentrantRead { try EvidenceChain(database: $0).head() } }
  }

  /// Hash of the last chain entry among those of the flows of `period`, 32 bytes; nil if none is stored. O(flows of the
  /// period).
  ///
  /// It does not change any more once the period is over, unlike `chainHead()`.
  public func chainHash(ofFlowsIn period: Range<Hour>) throws -> [UInt8]? {
    try rows(
      """
      SELECT hash FROM chain_entry
      WHERE seq = (SELECT max(chain_seq) FROM flow_evidence WHERE hour >= ? AND hour < ?)
      """, period.bounds
    ) { try $0.bytes() }.first
  }

  /// Checks every entry of the chain against its predecessor and its row; O(rows).
  ///
  /// `knownHead`: a head that was kept outside the store; without it, a cut-off end cannot be detected. Must not be
  /// called from within `forEachUsage` or `forEachEvidence`.
  public func verifyChain(knownHead: ChainHead? = nil) throws -> ChainVerification {
    try Self.explaining(path) {
      try reader.read { try EvidenceChain(database: $0).verify(knownHeads: Set([knownHead].compactMap { $0 })) }
    }
  }

  func rows<Value>(
    _ query: String, _ values: [StoredValue] = [], _ body: (inout StoredRow) throws -> Value
  ) throws -> [Value] {
    var result: [Value] = []
    try forEachRow(query, values) { result.append(try body(&$0)) }
    return result
  }

  func forEachRow(
    _ query: String, _ values: [StoredValue], _ body: (inout StoredRow) throws -> Void
  ) throws {
    try reading { try PreparedStatement($0, query).forEachRow(values, body) }
  }

  // "Unsafe" in GRDB means only that several queries may see different states. Exports read a store that is opened as a
  // snapshot.
  func reading<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try Self.explaining(path) { try reader.unsafeReentrantRead(body) }
  }
}

extension Range<Hour> {
  var bounds: [StoredValue] { [.integer(lowerBound.sinceEpoch), .integer(upperBound.sinceEpoch)] }
}
