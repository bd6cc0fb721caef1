import GRDB
import Model
import Privacy

/// An audit whose rows were taken out of the store; the record stays, and is bound in the evidence chain.
public struct TakenOutAudit: Sendable, Equatable {
  /// Number of the record, from 1.
  public var id: Int64
  /// Place in the evidence chain, from 1.
  public var chainSequence: Int64
  /// Number of the capture session.
  public var session: Int64
  /// Number of the session that replaced it; nil if it was refused because others had counted the same traffic.
  public var successor: Int64?
  public var rows: UInt64
  /// Day on which it was done, in UTC since 1970.
  public var day: Int64
  public var toolVersion: String

  public init(
    id: Int64, chainSequence: Int64, session: Int64, successor: Int64?, rows: UInt64, day: Int64, toolVersion: String
  ) {
    self.id = id
    self.chainSequence = chainSequence
    self.session = session
    self.successor = successor
    self.rows = rows
    self.day = day
    self.toolVersion = toolVersion
  }
}

extension AuditDatabase {
  /// Removes all rows of an audit from the store, and leaves those of all others as if it had never existed; with a
  /// record in the evidence chain.
  ///
  /// One transaction, or part of one. O(rows of the audit, and of the flows of others in its hours). Throws
  /// `StoreError` with `.auditInseparable` if its share cannot be separated from the shares of others; then nothing is
  /// changed.
  ///
  /// - Parameters:
  ///   - successor: the session that replaces it; nil if it was refused.
  ///   - day: today, in UTC since 1970.
  @discardableResult
  public func takeOut(_ session: Int64, for successor: Int64?, day: Int64, toolVersion: String) throws -> TakenOutAudit
  {
    try writing { database in
      let removal = try AuditRemoval(of: session, in: database)
      guard try removal.isSeparable() else { throw StoreError(file: path, .auditInseparable(session)) }
      let rows = try removal.run(successor: successor, day: day, toolVersion: toolVersion)
      for coverage in rows.coverageOfOthers { try add(coverage, source: removal.source, in: database) }
      return rows.record
    }
  }

  /// Throws as `takeOut` would.
  public func checkSeparable(_ session: Int64) throws {
    try writing { database in
      guard try AuditRemoval(of: session, in: database).isSeparable() else {
        throw StoreError(file: path, .auditInseparable(session))
      }
    }
  }

  /// By number of their records, which is their order in time.
  public func takenOutAudits() throws -> [TakenOutAudit] {
    try rows(
      """
      SELECT id, chain_seq, session_id, replaced_by, row_count, day, tool_version FROM deletion
      WHERE session_id IS NOT NULL ORDER BY id
      """
    ) { row in
      TakenOutAudit(
        id: try row.integer(), chainSequence: try row.integer(), session: try row.integer(),
        successor: try row.optionalInteger(), rows: try row.count(), day: try row.integer(),
        toolVersion: try row.text())
    }
  }
}

/// Takes one audit out of an open database.
struct AuditRemoval {
  /// Value of `deletion.data_class` for rows of all classes.
  static let word = "audit"

  private let database: Database
  private let session: Int64
  let source: AuditDatabase.Source
  /// Nil if it stored nothing.
  private let hours: ClosedRange<Int64>?
  /// An older version wrote it, which did not store its share in coverage and presence separately.
  private let isOfOlderVersion: Bool

  init(of session: Int64, in database: Database) throws {
    self.database = database
    self.session = session
    let found = try PreparedStatement(
      database,
      """
      SELECT sensor, capture_mode, tool_version, rule_set_id, first_hour, last_hour, is_closed, is_whole
      FROM capture_session WHERE id = ?
      """
    ).first([.integer(session)]) { row in
      let source = AuditDatabase.Source(
        sensor: try row.text(), captureMode: try row.text(), toolVersion: try row.text(), ruleSetID: try row.integer())
      let (first, last) = (try row.optionalInteger(), try row.optionalInteger())
      _ = try row.flag()
      return (source, first, last, isMarked: try row.optionalInteger() != nil)
    }
    guard let (source, first, last, isMarked) = found else {
      throw DamagedValue(
        table: "capture_session", row: .number(session), column: "id", found: DamagedValueTexts.nothing,
        expected: DamagedValueTexts.auditNumber)
    }
    self.source = source
    hours = if let first, let last, first <= last { first...last } else { nil }
    isOfOlderVersion = !isMarked
  }

  private var bounds: [StoredValue] {
    hours.map { [.integer($0.lowerBound), .integer($0.upperBound)] } ?? [.integer(0), .integer(-1)]
  }

  /// Other audits by the same sensor and rules that have hours in common with this one, and were not taken out.
  private func companions(by condition: String = "TRUE", _ values: [StoredValue] = []) throws -> UInt64 {
    try PreparedStatement(
      database,
      """
      SELECT count(*) FROM capture_session
      WHERE last_hour >= ? AND first_hour <= ? AND id <> ? AND sensor = ? AND rule_set_id = ?
        AND NOT EXISTS (SELECT * FROM deletion WHERE session_id = capture_session.id) AND \(condition)
      """
    ).first(bounds + [.integer(session), .text(source.sensor), .integer(source.ruleSetID)] + values) { try $0.count() }
      ?? 0
  }

  /// Whether its share in all sums can be separated from the shares of others.
  func isSeparable() throws -> Bool {
    guard let hours else { return true }
    if isOfOlderVersion {
      let shared = try PreparedStatement(
        database, "SELECT count(*) FROM device_presence WHERE session_id = 0 AND day BETWEEN ? AND ?"
      ).first([
        .integer(Hour(sinceEpoch: hours.lowerBound).dayUTC), .integer(Hour(sinceEpoch: hours.upperBound).dayUTC),
      ]) { try $0.count() }
      guard shared == 0 else { return false }
    }
    guard try companions() > 0 else { return true }
    // The sums of others are added up again from their flows, which must all be there.
    let deleted = try PreparedStatement(
      database,
      "SELECT count(*) FROM deletion WHERE data_class = ? AND before_hour > ?"
    ).first([.text(DataClass.evidence.rawValue), .integer(hours.lowerBound)]) { try $0.count() }
    guard deleted == 0, try flowsOfOthersWithoutRow() == 0 else { return false }
    return try companions(
      by: "capture_mode = ? AND tool_version = ? AND is_whole IS NULL",
      [.text(source.captureMode), .text(source.toolVersion)]) == 0
  }

  /// Flows of others in its hours that are in the sums only.
  private func flowsOfOthersWithoutRow() throws -> UInt64 {
    var all: UInt64 = 0
    try PreparedStatement(
      database, "SELECT anomalies FROM coverage_hour WHERE hour BETWEEN ? AND ? AND sensor = ? AND rule_set_id = ?"
    ).forEachRow(bounds + [.text(source.sensor), .integer(source.ruleSetID)]) { row in
      all.addSaturating(try row.parsed([Anomaly: UInt64].self)[.evidenceNotKept] ?? 0)
    }
    var own: UInt64 = 0
    try PreparedStatement(database, "SELECT coverage FROM session_coverage WHERE session_id = ?")
      .forEachRow([.integer(session)]) { row in
        own.addSaturating(try row.parsed(CoverageHour.self).anomalies[.evidenceNotKept] ?? 0)
      }
    return all - min(own, all)
  }

  /// Deletes its rows, and returns the coverage of others in its hours, to be added again.
  func run(successor: Int64?, day: Int64, toolVersion: String) throws -> (
    record: TakenOutAudit, coverageOfOthers: [CoverageHour]
  ) {
    var places: [Int64] = []
    try PreparedStatement(
      database, "SELECT chain_seq FROM flow_evidence WHERE hour BETWEEN ? AND ? AND session_id = ? ORDER BY chain_seq"
    ).forEachRow(bounds + [.integer(session)]) { places.append(try $0.integer()) }
    try noteChangedParts()
    let evidence = try EvidenceRemoval(of: places, in: database)
    var rows = UInt64(places.count)
    for table in SealedTable.allCases where table.hasSession {
      try PreparedStatement(database, "DELETE FROM \(table.rawValue) WHERE session_id = ?").run([.integer(session)])
      rows += UInt64(database.changesCount)
    }
    try PreparedStatement(database, "UPDATE enveloped_block SET content = NULL WHERE session_id = ?")
      .run([.integer(session)])
    rows += UInt64(database.changesCount)
    try sumUsageAnew()
    let coverage = try takeCoverage()
    let before = Hour(sinceEpoch: hours.map { $0.upperBound + 1 } ?? 0)
    let (id, place) = try DeletionRow(
      word: AuditRemoval.word, before: before, rows: rows, day: day, toolVersion: toolVersion, session: session,
      successor: successor
    ).write(in: database) { try evidence.note(of: $0, in: database) }
    return (
      TakenOutAudit(
        id: id, chainSequence: place, session: session, successor: successor, rows: rows, day: day,
        toolVersion: toolVersion), coverage
    )
  }

  /// All parts in which it may have rows.
  private func noteChangedParts() throws {
    var parts: Set<SealedPart> = [SealedPart(table: .sessions, part: session)]
    for table in [SealedTable.usage, .coverage] {
      try PreparedStatement(database, "SELECT DISTINCT hour FROM \(table.rawValue) WHERE hour BETWEEN ? AND ?")
        .forEachRow(bounds) { parts.insert(SealedPart(table: table, part: try $0.integer())) }
    }
    for table in SealedTable.allCases where table.hasSession {
      try PreparedStatement(database, "SELECT DISTINCT \(table.part) FROM \(table.rawValue) WHERE session_id = ?")
        .forEachRow([.integer(session)]) { parts.insert(SealedPart(table: table, part: try $0.integer())) }
    }
    try Seals(database: database).noteChanged(parts)
  }

  /// The sums of its hours, from the flows of the others that share them.
  private func sumUsageAnew() throws {
    let key = bounds + [.text(source.sensor), .integer(source.ruleSetID)]
    try PreparedStatement(
      database, "DELETE FROM usage_hour WHERE hour BETWEEN ? AND ? AND sensor = ? AND rule_set_id = ?"
    ).run(key)
    guard try companions() > 0 else { return }
    var sum = UsageSum()
    var reader = FlowReader()
    try PreparedStatement(
      database,
      """
      SELECT \(FlowReader.columns)
      FROM flow_evidence JOIN capture_session ON capture_session.id = session_id
      WHERE hour BETWEEN ? AND ? AND sensor = ? AND rule_set_id = ?
      """
    ).forEachRow(key) { sum.add(try reader.flow(&$0).flow) }
    let usage = try PreparedStatement(database, isKept: true, UsageSum.statement)
    for (key, counts) in sum.counts {
      try usage.run(UsageSum.values(key, counts, sensor: source.sensor, ruleSet: source.ruleSetID))
    }
  }

  /// Deletes the coverage of its hours, and returns the shares of others.
  private func takeCoverage() throws -> [CoverageHour] {
    let key =
      bounds + [
        .text(source.sensor), .integer(source.ruleSetID), .text(source.captureMode), .text(source.toolVersion),
      ]
    let condition = "hour BETWEEN ? AND ? AND sensor = ? AND rule_set_id = ? AND capture_mode = ? AND tool_version = ?"
    try PreparedStatement(database, "DELETE FROM coverage_hour WHERE \(condition)").run(key)
    var coverage: [CoverageHour] = []
    try PreparedStatement(
      database,
      """
      SELECT hour, coverage FROM session_coverage JOIN capture_session ON capture_session.id = session_id
      WHERE \(condition)
      """
    ).forEachRow(key) { row in
      let hour = try row.hour()
      var share = try row.parsed(CoverageHour.self)
      share.hour = hour
      coverage.append(share)
    }
    return coverage
  }
}
