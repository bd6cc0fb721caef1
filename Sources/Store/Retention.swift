import GRDB
public import Model
public import Privacy

/// What a deletion removed; the record stays, and is bound in the evidence chain.
public struct Deletion: Sendable, Equatable {
  /// From 1.
  public var id: Int64
  /// Place in the evidence chain, from 1.
  public var chainSequence: Int64
  public var dataClass: DataClass
  /// Rows of the hours before this one were to be deleted.
  public var before: Hour
  public var rows: UInt64
  /// Day on which it was done, in UTC since 1970.
  public var day: Int64
  public var toolVersion: String

  public init(
    id: Int64, chainSequence: Int64, dataClass: DataClass, before: Hour, rows: UInt64, day: Int64, toolVersion: String
  ) {
    self.id = id
    self.chainSequence = chainSequence
    self.dataClass = dataClass
    self.before = before
    self.rows = rows
    self.day = day
    self.toolVersion = toolVersion
  }
}

extension AuditDatabase {
  /// Most flows that one transaction deletes, so that the writer is not kept waiting.
  static let flowsPerDeletion = 50_000

  /// Deletes all rows of a data class from hours before `cutoff`, and writes a record of it into the evidence chain.
  ///
  /// In steps of at most a day of data, each one transaction with a record of its own: what was interrupted goes on at
  /// the next call. The rows are overwritten in the file, and the side file that still holds them is emptied, as soon
  /// as no other program reads. Free space in the file is used again. O(rows deleted), for evidence also O(rows of the
  /// reclassifications that they belong to).
  ///
  /// - Parameters:
  ///   - day: today, in UTC since 1970.
  ///   - progress: is called with the number of rows deleted so far.
  /// - Returns: the records, in order; none where there was nothing to delete.
  @discardableResult
  public func delete(
    _ dataClass: DataClass, before cutoff: Hour, day: Int64, toolVersion: String, progress: (UInt64) -> Void = { _ in }
  ) throws -> [Deletion] {
    var records: [Deletion] = []
    var rows: UInt64 = 0
    while let record = try writing({
      try RetentionStep(database: $0, dataClass: dataClass, before: cutoff, day: day, toolVersion: toolVersion).run()
    }) {
      records.append(record)
      rows += record.rows
      progress(rows)
    }
    if !records.isEmpty { try emptySideFile() }
    return records
  }

  /// Rows of a data class from hours before `cutoff`.
  public func rowCount(of dataClass: DataClass, before cutoff: Hour) throws -> UInt64 {
    try dataClass.tables.reduce(0) { sum, table in
      try sum
        + rows("SELECT count(*) FROM \(table.name) WHERE \(table.isBefore)", [table.bound(cutoff)]) { try $0.count() }[
          0]
    }
  }

  /// All deletions, by number, which is their order in time.
  public func deletions() throws -> [Deletion] {
    try rows(
      """
      SELECT id, chain_seq, data_class, before_hour, row_count, day, tool_version FROM deletion
      WHERE session_id IS NULL ORDER BY id
      """,
      [], Deletion.init(row:))
  }

  /// Latest hour before which rows of a data class were deleted; nil if none were.
  public func deletedBefore(_ dataClass: DataClass) throws -> Hour? {
    try rows(
      "SELECT before_hour FROM deletion WHERE data_class = ? ORDER BY before_hour DESC LIMIT 1",
      [.text(dataClass.rawValue)]
    ) { try $0.hour() }.first
  }

  /// The write-ahead log holds pages as they were before the deletion.
  private func emptySideFile() throws {
    guard let writer else { return }
    try Self.explaining(path) {
      do {
        _ = try writer.writeWithoutTransaction { try $0.checkpoint(.truncate) }
      } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY || error.resultCode == .SQLITE_LOCKED {
        // A reader still needs the old pages; the next deletion, or the end of the last program, empties the file.
      }
    }
  }
}

extension Deletion {
  init(row: inout StoredRow) throws {
    self.init(
      id: try row.integer(), chainSequence: try row.integer(), dataClass: try row.value(DataClass.self),
      before: try row.hour(), rows: try row.count(), day: try row.integer(), toolVersion: try row.text())
  }
}

extension DataClass {
  struct Table {
    enum Time: String {
      case day
      case hour
      /// In seconds: a row that goes on after the cutoff stays.
      case lastSecond = "last_second"
    }

    var name: String
    /// The column that holds the time.
    var time = Time.hour

    /// The column that is emptied, if its rows stay; nil if rows are deleted.
    var content: String?

    /// Condition with one parameter, `bound(cutoff)`.
    var isBefore: String { time.rawValue + " < ?" + (content.map { " AND \($0) IS NOT NULL" } ?? "") }

    /// Removes rows before the one parameter, `bound(cutoff)`.
    var removal: String {
      (content.map { "UPDATE \(name) SET \($0) = NULL" } ?? "DELETE FROM \(name)") + " WHERE " + isBefore
    }

    /// A day is deleted when all its hours are.
    func bound(_ cutoff: Hour) -> StoredValue {
      switch time {
      case .day: .integer(cutoff.dayUTC)
      case .hour: .integer(cutoff.sinceEpoch)
      case .lastSecond: .integer(cutoff.start.seconds)
      }
    }

    /// Of a row's time.
    func dayUTC(_ time: Int64) -> Int64 {
      switch self.time {
      case .day: time
      case .hour: Hour(sinceEpoch: time).dayUTC
      case .lastSecond: Timestamp(seconds: time).hour.dayUTC
      }
    }
  }

  /// Tables whose rows are counted and deleted, together with dependent rows.
  var tables: [Table] {
    switch self {
    case .evidence: [Table(name: "flow_evidence")]
    case .usage:
      [
        Table(name: "usage_hour"), Table(name: "network_hour"), Table(name: "group_hour"),
        Table(name: "device_presence", time: .day), Table(name: "connection_sample"),
      ]
    case .coverage:
      [
        Table(name: "coverage_hour"), Table(name: "session_coverage"),
        Table(name: "capture_span", time: .lastSecond),
      ]
    case .undescribed: [Table(name: "undescribed_day", time: .day)]
    case .sealed: [Table(name: "enveloped_block", time: .day, content: "content")]
    }
  }
}

/// One transaction of a deletion.
private struct RetentionStep {
  let database: Database
  let dataClass: DataClass
  let before: Hour
  let day: Int64
  let toolVersion: String

  /// Nil if nothing is left to delete.
  func run() throws -> Deletion? {
    // The end of the oldest day that holds rows: a day of data at a time.
    let oldest = try dataClass.tables.compactMap { table in
      try PreparedStatement(
        database,
        "SELECT \(table.time.rawValue) FROM \(table.name) WHERE \(table.isBefore) ORDER BY \(table.time.rawValue) LIMIT 1"
      )
      .first([table.bound(before)]) { table.dayUTC(try $0.integer()) }
    }.min()
    guard let oldest else { return nil }
    let end = min(before, Hour(sinceEpoch: (oldest + 1) * 24))
    guard dataClass == .evidence else {
      var rows: UInt64 = 0
      for table in dataClass.tables {
        try PreparedStatement(database, table.removal).run([table.bound(end)])
        rows += UInt64(database.changesCount)
      }
      try Seals(database: database).deleteSalts(of: dataClass, before: end)
      return try record(before: end, rows: rows)
    }
    return try deleteEvidence(before: end)
  }

  private func deleteEvidence(before end: Hour) throws -> Deletion {
    var places: [Int64] = []
    try PreparedStatement(
      database, "SELECT chain_seq FROM flow_evidence WHERE hour < ? ORDER BY hour, chain_seq LIMIT ?"
    ).forEachRow([.integer(end.sinceEpoch), .integer(Int64(AuditDatabase.flowsPerDeletion))]) {
      places.append(try $0.integer())
    }
    let removal = try EvidenceRemoval(of: places.sorted(), in: database)
    return try record(before: end, rows: UInt64(places.count)) { try removal.note(of: $0, in: database) }
  }

  private func record(before end: Hour, rows: UInt64, details: (Int64) throws -> Void = { _ in }) throws -> Deletion {
    let (id, place) = try DeletionRow(
      word: dataClass.rawValue, before: end, rows: rows, day: day, toolVersion: toolVersion
    ).write(in: database, details: details)
    return Deletion(
      id: id, chainSequence: place, dataClass: dataClass, before: end, rows: rows, day: day, toolVersion: toolVersion)
  }
}

/// A record of a deletion, with its entry in the chain.
struct DeletionRow {
  /// Column `data_class`.
  var word: String
  var before: Hour
  var rows: UInt64
  var day: Int64
  var toolVersion: String
  var session: Int64?
  var successor: Int64?

  /// Writes the record, and its dependent rows by `details`; returns its number and its place in the chain.
  func write(in database: Database, details: (Int64) throws -> Void) throws -> (id: Int64, place: Int64) {
    let chain = EvidenceChain(database: database)
    let head = try chain.head()
    try PreparedStatement(
      database,
      """
      INSERT INTO deletion
        (chain_seq, data_class, before_hour, row_count, day, tool_version, session_id, replaced_by)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """
    ).run([
      .integer(head.sequence + 1), .text(word), .integer(before.sinceEpoch), StoredValue(rows), .integer(day),
      .text(toolVersion), StoredValue(session), StoredValue(successor),
    ])
    let id = database.lastInsertedRowID
    try details(id)
    try chain.append(.deletion, digest: try chain.deletionDigest(id: id), after: head)
    return (id, head.sequence + 1)
  }
}

/// Flows that are removed with their entries of the chain, and what is kept so that a verification skips them.
struct EvidenceRemoval {
  private var ranges: [ClosedRange<Int64>] = []
  private var hashes: [[UInt8]] = []
  private var judgements: Set<Int64> = []

  /// Deletes them. `places`: in the chain, ascending.
  init(of places: [Int64], in database: Database) throws {
    for place in places {
      if let last = ranges.last, last.upperBound + 1 == place {
        ranges[ranges.count - 1] = last.lowerBound...place
      } else {
        ranges.append(place...place)
      }
    }
    let judged = try PreparedStatement(
      database, "SELECT DISTINCT reclassification_id FROM reclassified_flow WHERE flow_seq BETWEEN ? AND ?")
    let hash = try PreparedStatement(database, "SELECT hash FROM chain_entry WHERE seq = ?")
    let deletions = try [
      "DELETE FROM reclassified_flow WHERE flow_seq BETWEEN ? AND ?",
      "DELETE FROM flow_evidence WHERE chain_seq BETWEEN ? AND ?", "DELETE FROM chain_entry WHERE seq BETWEEN ? AND ?",
    ].map { try PreparedStatement(database, $0) }
    for range in ranges {
      let bounds: [StoredValue] = [.integer(range.lowerBound), .integer(range.upperBound)]
      try judged.forEachRow(bounds) { judgements.insert(try $0.integer()) }
      // A chain that was damaged before is no reason to keep what must go; the check then names the place.
      hashes.append(try hash.first([.integer(range.upperBound)]) { try $0.bytes() } ?? [])
      for deletion in deletions { try deletion.run(bounds) }
    }
  }

  /// Records the removed entries, and what is left of reclassifications, for a deletion.
  func note(of deletion: Int64, in database: Database) throws {
    let insertion = try PreparedStatement(
      database, "INSERT INTO deleted_range (deletion_id, first_seq, last_seq, last_hash) VALUES (?, ?, ?, ?)")
    for (range, hash) in zip(ranges, hashes) {
      try insertion.run([.integer(deletion), .integer(range.lowerBound), .integer(range.upperBound), .bytes(hash)])
    }
    let chain = EvidenceChain(database: database)
    let rest = try PreparedStatement(
      database, "INSERT INTO reclassification_rest (deletion_id, reclassification_id, digest) VALUES (?, ?, ?)")
    for reclassification in judgements.sorted() {
      let digest = try chain.reclassificationDigest(id: reclassification)
      try rest.run([.integer(deletion), .integer(reclassification), .bytes(digest)])
    }
  }
}
