import Cryptography
import GRDB
public import Model

/// One opening of the sealed part, bound in the evidence chain before anything is opened; the role is known, the person
/// is not.
public struct Reidentification: Sendable, Equatable {
  /// Why flows may be traced to a device; the agreement of the site says for which of them.
  public enum Purpose: String, Sendable, CaseIterable {
    /// An attack or malicious software (Art. 32 to 34 GDPR).
    case securityIncident = "security_incident"
    /// A person asks what is stored of them, or wants it corrected or erased (Art. 15 to 17 GDPR).
    case dataSubjectRequest = "data_subject_request"
    /// Somebody disputes a finding.
    case disputedFinding = "disputed_finding"
    /// An authority or a court orders it.
    case legalObligation = "legal_obligation"
    /// Whether the sealed part can be opened at all.
    case test
  }

  public var role: AccessEntry.Role
  public var time: Timestamp
  public var purpose: Purpose
  /// Reference of the file that states the reason.
  public var fileReference: String
  /// Number of requested flows.
  public var flows: UInt64
  /// Their first and last day, in UTC since 1970.
  public var days: ClosedRange<Int64>
  /// By the third key, without the data protection officer and the works council.
  public var isEmergency: Bool
  public var toolVersion: String

  public init(
    role: AccessEntry.Role, time: Timestamp, purpose: Purpose, fileReference: String, flows: UInt64,
    days: ClosedRange<Int64>, isEmergency: Bool, toolVersion: String
  ) {
    self.role = role
    self.time = time
    self.purpose = purpose
    self.fileReference = fileReference
    self.flows = flows
    self.days = days
    self.isEmergency = isEmergency
    self.toolVersion = toolVersion
  }

  /// Whether a text has 1 to 40 letters, digits and `-._/`, with at least one digit, so that it is a file reference and
  /// no sentence about a person.
  public static func isFileReference(_ text: String) -> Bool {
    text.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._\/-]{0,39}/) != nil && text.contains(where: \.isNumber)
  }
}

extension AuditDatabase {
  /// Records an opening, with an entry in the evidence chain.
  public func record(_ opening: Reidentification) throws {
    try writing { database in
      let chain = EvidenceChain(database: database)
      let head = try chain.head()
      try PreparedStatement(
        database,
        """
        INSERT INTO reidentification
          (chain_seq, role, second, purpose, file_reference, flows, first_day, last_day, is_emergency, tool_version)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
      ).run([
        .integer(head.sequence + 1), .text(opening.role.rawValue), .integer(opening.time.seconds),
        .text(opening.purpose.rawValue), .text(opening.fileReference), StoredValue(opening.flows),
        .integer(opening.days.lowerBound), .integer(opening.days.upperBound), StoredValue(opening.isEmergency),
        .text(opening.toolVersion),
      ])
      try chain.append(
        .reidentification, digest: try chain.reidentificationDigest(sequence: head.sequence + 1) ?? [], after: head)
    }
  }

  /// All openings, in their order.
  ///
  /// Throws `StoreError` for a row that differs from its entry of the evidence chain or is missing. O(entries of the
  /// chain).
  public func reidentifications() throws -> [Reidentification] {
    try reading { database in
      let chain = EvidenceChain(database: database)
      try chain.requireRows(of: .reidentification, key: "id", digest: chain.reidentificationDigest)
    }
    return try rows(
      """
      SELECT role, second, purpose, file_reference, flows, first_day, last_day, is_emergency, tool_version
      FROM reidentification ORDER BY id
      """
    ) { row in
      let (role, time) = (try row.value(AccessEntry.Role.self), Timestamp(seconds: try row.integer()))
      let (purpose, reference) = (try row.value(Reidentification.Purpose.self), try row.text())
      let flows = try row.count()
      let (first, last) = (try row.integer(), try row.integer())
      return Reidentification(
        role: role, time: time, purpose: purpose, fileReference: reference, flows: flows,
        days: first...max(first, last),
        isEmergency: try row.flag(), toolVersion: try row.text())
    }
  }
}

/// A file reference, as it is stored.
struct FileReference: ParsedText {
  init(storedText text: String) throws(TextFault) {
    guard Reidentification.isFileReference(text) else {
      throw TextFault("1 to 40 letters, digits and '-._/', of which one is a digit")
    }
  }
}

extension EvidenceChain {
  /// Digest of the opening that has this place in the chain; nil if none has.
  func reidentificationDigest(sequence: Int64) throws -> [UInt8]? {
    try PreparedStatement(
      database,
      """
      SELECT id, role, second, purpose, file_reference, flows, first_day, last_day, is_emergency, tool_version
      FROM reidentification WHERE chain_seq = ?
      """
    ).first([.integer(sequence)]) { SHA256Digest.hash($0.restForm) }
  }
}
