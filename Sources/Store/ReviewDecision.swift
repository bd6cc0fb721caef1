import GRDB
public import Model

/// What people decided about one row of a table, as they wrote it into the table.
public struct ReviewDecision: Sendable, Equatable {
  /// The entries, and the facts on which they were made; all by the ID of the column.
  public struct Content: Sendable, Equatable, Codable {
    /// Without those that were left empty.
    public var entries: [String: String]
    /// Ids and numbers as `rfc4180` writes them.
    public var facts: [String: String]

    public init(entries: [String: String], facts: [String: String]) {
      self.entries = entries
      self.facts = facts
    }
  }

  /// `findings`, `transfers` or `undescribed`.
  public var table: String
  /// Id of the row; it is the same in every period.
  public var row: String
  /// Local days of the table.
  public var days: ClosedRange<LocalDate>
  /// Role of the person who decided; not a name.
  public var role: String
  public var recordedAt: Timestamp
  /// SHA-256 of the file that was read, 32 bytes.
  public var fileDigest: [UInt8]
  public var content: Content

  public init(
    table: String, row: String, days: ClosedRange<LocalDate>, role: String, recordedAt: Timestamp, fileDigest: [UInt8],
    content: Content
  ) {
    self.table = table
    self.row = row
    self.days = days
    self.role = role
    self.recordedAt = recordedAt
    self.fileDigest = fileDigest
    self.content = content
  }

  /// Tables whose rows people decide about.
  static let tables = ["findings", "transfers", "undescribed"]
}

extension AuditDatabase {
  /// Adds decisions in their order, each with an entry of its own in the evidence chain. One transaction.
  public func record(_ decisions: [ReviewDecision]) throws {
    guard !decisions.isEmpty else { return }
    try writing { database in
      let chain = EvidenceChain(database: database)
      var head = try chain.head()
      let insertion = try PreparedStatement(
        database,
        """
        INSERT INTO review_decision
          (chain_seq, table_name, row_name, first_day, last_day, role, recorded_second, file_digest, content)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
      for decision in decisions {
        let sequence = head.sequence + 1
        try insertion.run([
          .integer(sequence), .text(decision.table), .text(decision.row), .integer(decision.days.lowerBound.day),
          .integer(decision.days.upperBound.day), .text(decision.role), .integer(decision.recordedAt.seconds),
          .bytes(decision.fileDigest), .text(try JSONText.encode(decision.content)),
        ])
        let digest = try chain.reviewDigest(sequence: sequence) ?? []
        head = try chain.append(.review, digest: digest, after: head)
      }
    }
  }

  /// All decisions, in the order in which they were recorded.
  public func reviewDecisions() throws -> [ReviewDecision] {
    try rows(
      """
      SELECT table_name, row_name, first_day, last_day, role, recorded_second, file_digest, content FROM review_decision
      ORDER BY id
      """
    ) { row in
      let (table, name) = (try row.text(), try row.text())
      let (first, last) = (LocalDate(day: try row.integer()), LocalDate(day: try row.integer()))
      return ReviewDecision(
        table: table, row: name, days: min(first, last)...max(first, last), role: try row.text(),
        recordedAt: Timestamp(seconds: try row.integer()), fileDigest: try row.bytes(),
        content: try row.parsed(ReviewDecision.Content.self))
    }
  }
}
