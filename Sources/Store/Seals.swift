import Cryptography
import Foundation
import GRDB
import Model
import Privacy

/// A table whose rows change after they were written, so that no entry of the chain can contain their digest
/// immediately. Seals bind them part by part.
enum SealedTable: String, CaseIterable {
  case coverage = "coverage_hour"
  case usage = "usage_hour"
  case networks = "network_hour"
  case groups = "group_hour"
  case sessionCoverage = "session_coverage"
  case connections = "connection_sample"
  case presence = "device_presence"
  case undescribed = "undescribed_day"
  case spans = "capture_span"
  case sessions = "capture_session"
  case store = "meta"
  case bundle = "accepted_bundle"

  /// Unit of the number of a part.
  enum Unit {
    /// Since 1970 in UTC.
    case hour
    case day
    /// One row for each part.
    case row
  }

  var unit: Unit {
    switch self {
    case .coverage, .usage, .networks, .groups, .sessionCoverage, .connections, .spans: .hour
    case .presence, .undescribed: .day
    case .sessions, .store, .bundle: .row
    }
  }

  /// The number of a row's part, in SQL.
  var part: String {
    switch self {
    case .coverage, .usage, .networks, .groups, .sessionCoverage, .connections: "hour"
    case .presence, .undescribed: "day"
    case .spans: "last_second / 3600"
    case .sessions: "id"
    case .store, .bundle: "only_row"
    }
  }

  private var declaration: StoredTable {
    guard let table = StoredTable.all.first(where: { $0.name == rawValue }) else {
      preconditionFailure("every table is declared")
    }
    return table
  }

  /// Columns of the primary key, in the order of the rows in a digest.
  var key: String { declaration.key.joined(separator: ", ") }

  /// By name, in the order of their declaration: whoever renames two columns changes their values.
  var columns: String { declaration.columns.map(\.name).joined(separator: ", ") }

  /// Whether each row belongs to one session.
  var hasSession: Bool { declaration.columns.contains { $0.name == "session_id" } }

  /// Data class with which retention deletes it; nil if it is kept.
  var dataClass: DataClass? {
    DataClass.allCases.first { $0.tables.contains { $0.name == rawValue } }
  }

  /// Whether a deletion of everything before `cutoff` takes the whole part.
  func isDeleted(_ part: Int64, before cutoff: Hour) -> Bool {
    switch unit {
    case .hour: part < cutoff.sinceEpoch
    case .day: part < cutoff.dayUTC
    case .row: false
    }
  }

  /// The first hour of a part; nil if its number is no time.
  func firstHour(of part: Int64) -> Hour? {
    switch unit {
    case .hour: Hour(sinceEpoch: part)
    case .day: Hour(sinceEpoch: part * 24)
    case .row: nil
    }
  }
}

/// All rows of a table that are sealed together.
struct SealedPart: Hashable {
  var table: SealedTable
  /// Hour or day since 1970, or the number of a row.
  var part: Int64
}

/// The rows of a part.
struct PartDigest: Equatable {
  var rows: UInt64 = 0
  /// 32 bytes.
  var digest: [UInt8]

  /// Of a part without rows.
  static let empty = PartDigest(rows: 0, digest: SHA256Digest.hash([]))
}

/// The rows of a part as a seal binds them: a digest over a random salt and the digest of the rows.
///
/// Without the salt nobody can find out by trying which rows it has, even for a part with three devices.
struct SealedDigest: Equatable {
  static let saltLength = 16

  /// 32 bytes.
  var digest: [UInt8]
  /// Nil once retention has deleted it.
  var salt: [UInt8]?

  init(digest: [UInt8], salt: [UInt8]?) {
    self.digest = digest
    self.salt = salt
  }

  init(of part: PartDigest) {
    let salt = SecureRandom.bytes(count: SealedDigest.saltLength)
    self.init(digest: SHA256Digest.hash(salt + part.digest), salt: salt)
  }

  /// Whether it may belong to a part without rows.
  var mayBeEmpty: Bool { salt == nil || binds(.empty) }

  /// Whether it binds these rows; false without a salt.
  func binds(_ part: PartDigest) -> Bool { salt.map { SHA256Digest.hash($0 + part.digest) == digest } ?? false }
}

/// Hashes the rows of a part: the length of each row's canonical form in four bytes, highest first, and then the form,
/// without the NULLs at its end. A column that is added later is NULL in older rows, so they keep their digest.
struct PartHasher: ~Copyable {
  /// Hashing many rows at once costs less than a call for each.
  private static let chunk = 1 << 16

  private var hasher = SHA256Hasher()
  private var form = CanonicalForm()
  private var rows: UInt64 = 0
  /// Where the form of the row that was added last begins.
  private var last = 0
  /// False if the rows are only put into their form.
  private let isNeeded: Bool

  init(isNeeded: Bool = true) { self.isNeeded = isNeeded }

  /// Adds the remaining columns of a row, and tells what is in which of them.
  @discardableResult
  mutating func add(_ row: inout StoredRow) -> ColumnKinds {
    if form.count >= PartHasher.chunk { flush() }
    rows += 1
    last = form.count
    return form.appendRow(&row)
  }

  /// Lends the form of the row that was added last, without its length.
  func withLastRow<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try form.withBytes { try body(UnsafeRawBufferPointer(rebasing: $0[(last + CanonicalForm.lengthSize)...])) }
  }

  private mutating func flush() {
    if isNeeded { form.withBytes { hasher.update($0) } }
    form.removeAll()
  }

  /// Ends the part; what is added next belongs to another.
  mutating func endPart() -> PartDigest {
    flush()
    defer { rows = 0 }
    return PartDigest(rows: rows, digest: hasher.finalizeAndRestart())
  }
}

/// Digests of the parts of `usage_hour` that somebody makes who reads the sums anyway, for a verification of the same store on another
/// thread: most of a store is these rows, and so they are read once instead of twice.
public final class SharedUsageParts: @unchecked Sendable {
  /// Held whenever one of the following is read or written.
  private let condition = NSCondition()
  private var claimed: [Range<Hour>] = []
  private var parts: [Int64: PartDigest] = [:]
  /// Nothing is added any more, and nothing is claimed.
  private var isClosed = false

  public init() {}

  /// Whether whoever reads these hours now is to give their digests, since nobody else reads them.
  func claim(_ period: Range<Hour>) -> Bool {
    condition.withLock {
      guard !isClosed, !claimed.contains(where: { $0.overlaps(period) }) else { return false }
      claimed.append(period)
      return true
    }
  }

  func add(_ part: Int64, _ digest: PartDigest) { condition.withLock { if !isClosed { parts[part] = digest } } }

  /// Whoever reads the sums has read what it needs, or failed.
  public func close() {
    condition.withLock {
      isClosed = true
      condition.broadcast()
    }
  }

  /// Waits until all are there; empty if nobody has begun to read them.
  func whole() -> [Int64: PartDigest] {
    condition.withLock {
      if claimed.isEmpty { isClosed = true }
      while !isClosed { condition.wait() }
      return parts
    }
  }
}

/// Parts of the tables that change, and the seals that bind them.
struct Seals {
  let database: Database

  /// Records that rows of these parts were written; must be called in the same transaction.
  func noteChanged(_ parts: Set<SealedPart>) throws {
    let insertion = try PreparedStatement(
      database, isKept: true, "INSERT OR IGNORE INTO unsealed_part (table_name, part) VALUES (?, ?)")
    for part in parts { try insertion.run([.text(part.table.rawValue), .integer(part.part)]) }
  }

  /// Parts that have changed since the last seal; by table and number.
  func unsealed() throws -> [SealedPart] {
    var parts: [SealedPart] = []
    try PreparedStatement(database, "SELECT table_name, part FROM unsealed_part ORDER BY table_name, part").forEachRow {
      parts.append(SealedPart(table: try $0.value(SealedTable.self), part: try $0.integer()))
    }
    return parts
  }

  /// Digest of the rows that a part has now. O(its rows).
  func digest(of part: SealedPart) throws -> PartDigest {
    var hasher = PartHasher()
    try PreparedStatement(
      database, isKept: true,
      "SELECT \(part.table.columns) FROM \(part.table.rawValue) WHERE \(part.table.part) = ? ORDER BY \(part.table.key)"
    ).forEachRow([.integer(part.part)]) { hasher.add(&$0) }
    return hasher.endPart()
  }

  /// Calls `body` with each part of a table that has rows, by number. O(rows of the table).
  func forEachPart(of table: SealedTable, _ body: (Int64, PartDigest) throws -> Void) throws {
    var current: Int64?
    var hasher = PartHasher()
    try PreparedStatement(
      database, "SELECT \(table.part), \(table.columns) FROM \(table.rawValue) ORDER BY \(table.part), \(table.key)"
    ).forEachRow { row in
      let part = try row.integer()
      if let last = current, last != part { try body(last, hasher.endPart()) }
      current = part
      hasher.add(&row)
    }
    if let current { try body(current, hasher.endPart()) }
  }

  /// Deletes the salts of all parts of a class before `cutoff`; their digests are kept, but no longer prove anything.
  func deleteSalts(of dataClass: DataClass, before cutoff: Hour) throws {
    for table in SealedTable.allCases where table.dataClass == dataClass {
      try PreparedStatement(
        database, "UPDATE sealed_part SET salt = NULL WHERE table_name = ? AND part < ? AND salt IS NOT NULL"
      ).run([.text(table.rawValue), .integer(table.unit == .day ? cutoff.dayUTC : cutoff.sinceEpoch)])
    }
  }

  /// Seals unless the head is a seal and nothing has changed since; returns the head.
  func sealIfNeeded(toolVersion: String) throws -> ChainHead {
    let head = try EvidenceChain(database: database).head()
    guard head != .genesis else { return head }
    let kind = try PreparedStatement(database, "SELECT kind FROM chain_entry WHERE seq = ?")
      .first([.integer(head.sequence)]) { try $0.value(ChainEntryKind.self) }
    guard try kind != .seal || !unsealed().isEmpty else { return head }
    return try seal(toolVersion: toolVersion)
  }

  /// Seals all parts that have changed since the last seal. O(their rows).
  ///
  /// - Returns: the head of the chain, which is the entry of the new seal.
  private func seal(toolVersion: String) throws -> ChainHead {
    let chain = EvidenceChain(database: database)
    let head = try chain.head()
    let sequence = head.sequence + 1
    try PreparedStatement(database, "INSERT INTO seal (chain_seq, tool_version) VALUES (?, ?)").run([
      .integer(sequence), .text(toolVersion),
    ])
    let id = database.lastInsertedRowID
    let insertion = try PreparedStatement(
      database,
      "INSERT INTO sealed_part (seal_id, table_name, part, digest, salt) VALUES (?, ?, ?, ?, ?)")
    for part in try unsealed() {
      let sealed = SealedDigest(of: try digest(of: part))
      try insertion.run([
        .integer(id), .text(part.table.rawValue), .integer(part.part), .bytes(sealed.digest),
        sealed.salt.map { .bytes($0) } ?? .null,
      ])
    }
    try PreparedStatement(database, "DELETE FROM unsealed_part").run()
    return try chain.append(.seal, digest: try chain.sealDigest(sequence: sequence) ?? [], after: head)
  }
}

extension EvidenceChain {
  /// Digest of the seal that has this place in the chain, with its parts; nil if none has.
  func sealDigest(sequence: Int64) throws -> [UInt8]? {
    var hasher = SHA256Hasher()
    let seal = try PreparedStatement(
      database, isKept: true, "SELECT id, id, tool_version FROM seal WHERE chain_seq = ?"
    ).first([.integer(sequence)]) { row in
      let id = try row.integer()
      hasher.update(row.restForm)
      return id
    }
    guard let seal else { return nil }
    try PreparedStatement(
      database, isKept: true,
      "SELECT table_name, part, digest FROM sealed_part WHERE seal_id = ? ORDER BY table_name, part"
    ).forEachRow([.integer(seal)]) { hasher.update($0.restForm) }
    return hasher.finalize()
  }
}
