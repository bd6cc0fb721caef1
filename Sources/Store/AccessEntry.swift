import Cryptography
import GRDB
public import Model

/// One use of the store or of its keys by a person or the service, bound in the evidence chain; the role is known, the
/// person is not.
public struct AccessEntry: Sendable, Equatable {
  public enum Action: String, Sendable, CaseIterable {
    case export, report, package, deliver
    /// The first pseudonym key was made; `filesDigest` identifies it.
    case keyMade = "key_made"
    /// Another pseudonym key is used from `firstDay` (in UTC) on; `filesDigest` identifies it.
    case keyChanged = "key_changed"
    /// An earlier pseudonym key was destroyed; `filesDigest` identifies it, unless an older version made it.
    case keyShredded = "key_shredded"
    /// The key that signs heads was made; `filesDigest` is its public key.
    case signingKeyMade = "signing_key_made"
    /// An audit began with other rules than the one before; `filesDigest` is the hash of the rule set.
    case rulesChanged = "rules_changed"
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
  /// Requested local days; nil means the first or the last stored day.
  public var firstDay: LocalDate?
  public var lastDay: LocalDate?
  /// SHA-256 of the list of written files and their digests, or the digest that the action defines; 32 bytes, nil if
  /// there is none.
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

extension AuditDatabase {
  /// First days of the pseudonym keys that followed the store's first one, in UTC, ascending.
  ///
  /// A key that never made a pseudonym is among them, too.
  public func pseudonymChanges() throws -> [LocalDate] {
    try rows(
      "SELECT DISTINCT first_day FROM access_entry WHERE action = ? AND first_day IS NOT NULL ORDER BY first_day",
      [.text(AccessEntry.Action.keyChanged.rawValue)]
    ) { LocalDate(day: try $0.integer()) }
  }

  /// What a store knows of the key of its pseudonyms.
  public struct KeyState: Sendable, Equatable {
    /// See `PseudonymKey.exportSalt`.
    public var exportSalt: [UInt8]
    /// First day of the latest key, in UTC; nil if it was never changed.
    public var latestFirstDay: LocalDate?
    /// Identifies the latest key; nil if it was never changed.
    public var latestIdentity: [UInt8]?
  }

  /// The key state of a store; nil if there is no store yet, or none that holds pseudonyms.
  ///
  /// Reads before anything is opened for writing, also stores of older versions.
  public static func keyState(ofStoreAt path: String) throws -> KeyState? {
    try looking(at: path) { database in
      guard let salt = try PreparedStatement(database, "SELECT export_salt FROM meta").first([], { try $0.bytes() })
      else {
        return nil
      }
      var state = KeyState(exportSalt: salt)
      guard try database.tableExists("access_entry") else { return state }
      let latest = try PreparedStatement(
        database, "SELECT first_day, files_digest FROM access_entry WHERE action = ? ORDER BY id DESC LIMIT 1"
      ).first([.text(AccessEntry.Action.keyChanged.rawValue)]) {
        (day: try $0.optionalInteger(), identity: try $0.optionalBytes())
      }
      state.latestFirstDay = latest?.day.map(LocalDate.init(day:))
      state.latestIdentity = latest?.identity
      return state
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
