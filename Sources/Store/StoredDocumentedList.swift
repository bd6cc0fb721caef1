import Cryptography
import GRDB
public import Model

/// A list of the recipients that the controller's papers name, as it was imported.
public struct StoredDocumentedList: Sendable, Equatable {
  public let kind: DocumentedListKind
  /// Day of the import, in UTC since 1970.
  public let day: Int64
  /// SHA-256 of the file that was read, 32 bytes.
  public let fileDigest: [UInt8]
  public let content: DocumentedRecipients

  public init(kind: DocumentedListKind, day: Int64, fileDigest: [UInt8], content: DocumentedRecipients) {
    self.kind = kind
    self.day = day
    self.fileDigest = fileDigest
    self.content = content
  }
}

/// Imports and removals are bound in the evidence chain.
extension AuditDatabase {
  /// Those in force, at most one of each kind, in the order of the kinds.
  ///
  /// Throws `StoreError` for a content that is not the one that was stored, and for a row that differs from its entry
  /// of the evidence chain or is missing. O(entries of the chain).
  public func documentedLists() throws -> [StoredDocumentedList] {
    let lists = try rows(
      """
      SELECT id, kind, day, file_digest, content_digest, content FROM documented_list WHERE content IS NOT NULL
      """
    ) { row in
      let (id, kind, day) = (try row.integer(), try row.value(DocumentedListKind.self), try row.integer())
      let (file, digest) = (try row.optionalBytes(), try row.optionalBytes())
      let stored = try row.parsed(DocumentedContent.self)
      guard let file, stored.digest == digest else {
        throw DamagedValue(
          table: "documented_list", row: .number(id), column: "content", found: DamagedValueTexts.otherText,
          expected: DamagedValueTexts.textOfDigest)
      }
      return StoredDocumentedList(kind: kind, day: day, fileDigest: file, content: stored.recipients)
    }
    try reading { database in
      let chain = EvidenceChain(database: database)
      try chain.requireRows(of: .documentedList, key: "id", digest: chain.documentedListDigest)
    }
    return DocumentedListKind.allCases.flatMap { kind in lists.filter { $0.kind == kind } }
  }

  /// Stores a list, and deletes the content of the one of the same kind before it.
  ///
  /// - Parameters:
  ///   - fileDigest: SHA-256 of the file that was read, 32 bytes.
  ///   - day: today, in UTC since 1970.
  @discardableResult
  public func setDocumentedList(
    _ content: DocumentedRecipients, kind: DocumentedListKind, fileDigest: [UInt8], day: Int64, toolVersion: String
  ) throws -> StoredDocumentedList {
    _ = try documentedLists()
    let text = try JSONText.encode(content)
    try addDocumentedList(kind: kind, day: day, toolVersion: toolVersion, file: fileDigest, text: text)
    return StoredDocumentedList(kind: kind, day: day, fileDigest: fileDigest, content: content)
  }

  /// Deletes what a list holds, and records the removal; `day`: today, in UTC since 1970.
  ///
  /// Throws `StoreError` if there is none of that kind.
  public func removeDocumentedList(_ kind: DocumentedListKind, day: Int64, toolVersion: String) throws {
    guard try documentedLists().contains(where: { $0.kind == kind }) else {
      throw StoreError(file: path, .documentedListUnknown(kind))
    }
    try addDocumentedList(kind: kind, day: day, toolVersion: toolVersion, file: nil, text: nil)
  }

  private func addDocumentedList(
    kind: DocumentedListKind, day: Int64, toolVersion: String, file: [UInt8]?, text: String?
  ) throws {
    try writing { database in
      let chain = EvidenceChain(database: database)
      let head = try chain.head()
      try PreparedStatement(database, "UPDATE documented_list SET content = NULL WHERE kind = ?")
        .run([.text(kind.rawValue)])
      try PreparedStatement(
        database,
        """
        INSERT INTO documented_list (chain_seq, kind, day, tool_version, file_digest, content_digest, content)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """
      ).run([
        .integer(head.sequence + 1), .text(kind.rawValue), .integer(day), .text(toolVersion),
        file.map { .bytes($0) } ?? .null, text.map { .bytes(SHA256Digest.hash($0.utf8)) } ?? .null, StoredValue(text),
      ])
      try chain.append(
        .documentedList, digest: try chain.documentedListDigest(sequence: head.sequence + 1) ?? [], after: head)
    }
  }
}

extension EvidenceChain {
  /// Digest of the import or the removal that has this place in the chain; nil if none has, or if its content is there
  /// or gone against the rule.
  func documentedListDigest(sequence: Int64) throws -> [UInt8]? {
    try PreparedStatement(
      database,
      """
      SELECT content_digest, content,
        EXISTS (SELECT * FROM documented_list AS later WHERE later.kind = this.kind AND later.id > this.id),
        id, kind, day, tool_version, file_digest, content_digest
      FROM documented_list AS this WHERE chain_seq = ?
      """
    ).first([.integer(sequence)]) { row -> [UInt8]? in
      let digest = try row.optionalBytes()
      let content = try row.optionalText()
      let isReplaced = try row.integer() != 0
      guard (content == nil) == (isReplaced || digest == nil) else { return nil }
      // An empty digest is that of no row: the content was changed.
      guard content.map({ SHA256Digest.hash($0.utf8) == digest }) ?? true else { return [] }
      return SHA256Digest.hash(row.restForm)
    }.flatMap { $0 }
  }
}

/// The text of a list's content, and what it says.
struct DocumentedContent: ParsedText {
  let recipients: DocumentedRecipients
  let digest: [UInt8]

  init(storedText text: String) throws(TextFault) {
    recipients = try DocumentedRecipients(storedText: text)
    digest = SHA256Digest.hash(text.utf8)
  }
}

extension DocumentedRecipients: ParsedText {
  init(storedText text: String) throws(TextFault) {
    let recipients = try JSONText.decode(
      DocumentedRecipients.self, from: text, expecting: "documented recipients as JSON with all members")
    guard recipients.entries.count <= Self.mostEntries,
      Set(recipients.entries.map(\.recipient)).count == recipients.entries.count,
      recipients.entries.allSatisfy({ !$0.recipient.isEmpty })
    else { throw TextFault("at most \(Self.mostEntries) documented recipients with names of their own") }
    self = recipients
  }
}
