import Cryptography
import GRDB
public import Model

/// One use of the store by a person or the service, bound in the evidence chain; the role is known, the person is not.
public struct AccessEntry: Sendable, Equatable {
  public enum Action: String, Sendable, CaseIterable {
    case export, report, package, deliver
  }

  /// By membership in the groups of the package.
  public enum Role: String, Sendable, CaseIterable {
    /// root, or the service's own account.
    case administrator
    case dataProtectionOfficer = "data_protection_officer"
    case auditor
    case worksCouncil = "works_council"
    case unknown
  }

  public var action: Action
  public var role: Role
  public var time: Timestamp
  /// Local days that were asked for; nil begins with the first stored day, or ends with the last.
  public var firstDay: LocalDate?
  public var lastDay: LocalDate?
  /// SHA-256 of the list of the files that were written and their digests, 32 bytes; nil if none were.
  public var filesDigest: [UInt8]?
  public var toolVersion: String

  public init(
    action: Action, role: Role, time: Timestamp, firstDay: LocalDate?, lastDay: LocalDate?, filesDigest: [UInt8]?,
    toolVersion: String
  ) {
    self.action = action
    self.role = role
    self.time = time
    self.firstDay = firstDay
    self.lastDay = lastDay
    self.filesDigest = filesDigest
    self.toolVersion = toolVersion
  }
}

extension AuditDatabase {
  /// Records a use of the store, with an entry in the evidence chain.
  public func record(_ access: AccessEntry) throws {
    try writing { database in
      let chain = EvidenceChain(database: database)
      let head = try chain.head()
      try PreparedStatement(
        database,
        """
        INSERT INTO access_entry (chain_seq, action, role, second, first_day, last_day, files_digest, tool_version)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """
      ).run([
        .integer(head.sequence + 1), .text(access.action.rawValue), .text(access.role.rawValue),
        .integer(access.time.seconds), StoredValue(access.firstDay?.day),
        StoredValue(access.lastDay?.day),
        access.filesDigest.map { .bytes($0) } ?? .null, .text(access.toolVersion),
      ])
      try chain.append(.access, digest: try chain.accessDigest(sequence: head.sequence + 1) ?? [], after: head)
    }
  }

  /// In the order in which they were recorded.
  public func accessEntries() throws -> [AccessEntry] {
    try rows(
      "SELECT action, role, second, first_day, last_day, files_digest, tool_version FROM access_entry ORDER BY id"
    ) { row in
      let (action, role) = (try row.value(AccessEntry.Action.self), try row.value(AccessEntry.Role.self))
      let time = Timestamp(seconds: try row.integer())
      let first = try row.optionalInteger().map(LocalDate.init(day:))
      let last = try row.optionalInteger().map(LocalDate.init(day:))
      return AccessEntry(
        action: action, role: role, time: time, firstDay: first, lastDay: last, filesDigest: try row.optionalBytes(),
        toolVersion: try row.text())
    }
  }
}

extension EvidenceChain {
  /// Digest of the use of the store that has this place in the chain; nil if none has.
  func accessDigest(sequence: Int64) throws -> [UInt8]? {
    try PreparedStatement(
      database,
      """
      SELECT id, action, role, second, first_day, last_day, files_digest, tool_version FROM access_entry
      WHERE chain_seq = ?
      """
    ).first([.integer(sequence)]) { SHA256Digest.hash($0.restForm) }
  }
}
