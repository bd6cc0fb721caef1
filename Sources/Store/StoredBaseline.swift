import Cryptography
import GRDB
public import Model

/// A baseline of the store.
public struct StoredBaseline: Sendable, Equatable {
  /// From 1, in the order in which they were set.
  public let id: Int64
  public let name: BaselineName
  /// Day on which it was set, in UTC since 1970.
  public let day: Int64
  public let toolVersion: String
  public let content: Baseline

  public init(id: Int64, name: BaselineName, day: Int64, toolVersion: String, content: Baseline) {
    self.id = id
    self.name = name
    self.day = day
    self.toolVersion = toolVersion
    self.content = content
  }
}

/// Baselines are bound in the evidence chain, both when they are set and when they are removed.
extension AuditDatabase {
  /// Those that were not removed, in the order in which they were set.
  ///
  /// Throws `StoreError` for a content that is not the one that was stored, and for a baseline or a removal that
  /// differs from its entry of the evidence chain or is missing. O(entries of the chain).
  public func baselines() throws -> [StoredBaseline] {
    let baselines = try rows(
      """
      SELECT id, name, day, tool_version, content_digest, content FROM baseline WHERE content IS NOT NULL ORDER BY id
      """
    ) { row in
      let id = try row.integer()
      let name = try row.parsed(BaselineName.self)
      let (day, toolVersion, digest) = (try row.integer(), try row.text(), try row.bytes())
      let stored = try row.parsed(BaselineContent.self)
      guard stored.digest == digest else {
        throw DamagedValue(
          table: "baseline", row: .number(id), column: "content", found: DamagedValueTexts.otherText,
          expected: DamagedValueTexts.textOfDigest)
      }
      return StoredBaseline(id: id, name: name, day: day, toolVersion: toolVersion, content: stored.baseline)
    }
    try reading { database in
      let chain = EvidenceChain(database: database)
      try chain.requireRows(of: .baseline, key: "id", digest: chain.baselineDigest)
      try chain.requireRows(of: .baselineRemoval, key: "baseline_id", digest: chain.baselineRemovalDigest)
    }
    return baselines
  }

  /// Stores a baseline; `day`: today, in UTC since 1970.
  ///
  /// Throws `StoreError` if there is one of that name.
  @discardableResult
  public func setBaseline(
    _ content: Baseline, name: BaselineName, day: Int64, toolVersion: String
  ) throws -> StoredBaseline {
    guard try !baselines().contains(where: { $0.name == name }) else {
      throw StoreError(file: path, .baselineExists(name))
    }
    return try writing { database in
      let text = try JSONText.encode(content)
      let chain = EvidenceChain(database: database)
      let head = try chain.head()
      try PreparedStatement(
        database,
        "INSERT INTO baseline (chain_seq, name, day, tool_version, content_digest, content) VALUES (?, ?, ?, ?, ?, ?)"
      ).run([
        .integer(head.sequence + 1), .text(name.description), .integer(day), .text(toolVersion),
        .bytes(SHA256Digest.hash(text.utf8)), .text(text),
      ])
      let id = database.lastInsertedRowID
      try chain.append(.baseline, digest: try chain.baselineDigest(sequence: head.sequence + 1) ?? [], after: head)
      return StoredBaseline(id: id, name: name, day: day, toolVersion: toolVersion, content: content)
    }
  }

  /// Deletes the content of a baseline, and records the removal; `day`: today, in UTC since 1970.
  ///
  /// Throws `StoreError` if there is none of that name.
  public func removeBaseline(_ name: BaselineName, day: Int64, toolVersion: String) throws {
    let all = try baselines()
    guard let baseline = all.first(where: { $0.name == name }) else {
      throw StoreError(file: path, .baselineUnknown(name, known: all.map(\.name)))
    }
    try writing { database in
      let chain = EvidenceChain(database: database)
      let head = try chain.head()
      try PreparedStatement(database, "UPDATE baseline SET content = NULL WHERE id = ?").run([.integer(baseline.id)])
      try PreparedStatement(
        database, "INSERT INTO baseline_removal (baseline_id, chain_seq, day, tool_version) VALUES (?, ?, ?, ?)"
      ).run([.integer(baseline.id), .integer(head.sequence + 1), .integer(day), .text(toolVersion)])
      try chain.append(
        .baselineRemoval, digest: try chain.baselineRemovalDigest(sequence: head.sequence + 1) ?? [], after: head)
    }
  }
}

extension EvidenceChain {
  /// Digest of the baseline that has this place in the chain; nil if there is none, or if its content is missing
  /// without a removal.
  func baselineDigest(sequence: Int64) throws -> [UInt8]? {
    try PreparedStatement(
      database,
      """
      SELECT content_digest, content, EXISTS (SELECT * FROM baseline_removal WHERE baseline_id = id), id, name, day,
        tool_version, content_digest
      FROM baseline WHERE chain_seq = ?
      """
    ).first([.integer(sequence)]) { row -> [UInt8]? in
      let digest = try row.bytes()
      let content = try row.optionalText()
      let isRemoved = try row.integer() != 0
      guard isRemoved == (content == nil) else { return nil }
      // An empty digest matches no row: the content was changed.
      guard content.map({ SHA256Digest.hash($0.utf8) == digest }) ?? true else { return [] }
      return SHA256Digest.hash(row.restForm)
    }.flatMap { $0 }
  }

  /// Digest of the removal that has this place in the chain; nil if there is none.
  func baselineRemovalDigest(sequence: Int64) throws -> [UInt8]? {
    try PreparedStatement(
      database, "SELECT baseline_id, day, tool_version FROM baseline_removal WHERE chain_seq = ?"
    ).first([.integer(sequence)]) { SHA256Digest.hash($0.restForm) }
  }
}

extension BaselineName: ParsedText {
  init(storedText text: String) throws(TextFault) {
    guard let name = BaselineName(text) else {
      throw TextFault("1 to 64 letters and digits, '-', '_' and '.', of which the first is a letter or a digit")
    }
    self = name
  }
}

/// The text of a baseline's content, and what it says.
struct BaselineContent: ParsedText {
  let baseline: Baseline
  let digest: [UInt8]

  init(storedText text: String) throws(TextFault) {
    baseline = try Baseline(storedText: text)
    digest = SHA256Digest.hash(text.utf8)
  }
}

extension Baseline: ParsedText {
  init(storedText text: String) throws(TextFault) {
    let baseline = try JSONText.decode(Baseline.self, from: text, expecting: "a baseline as JSON with all members")
    func require(_ holds: Bool, _ expected: String) throws(TextFault) {
      if !holds { throw TextFault("a baseline with \(expected)") }
    }
    let days = Int64(-106_752)...106_751
    try require(
      days.contains(baseline.firstDay) && days.contains(baseline.lastDay) && baseline.firstDay <= baseline.lastDay,
      "days since 1970 in their order")
    let length = 0...Int(baseline.lastDay - baseline.firstDay + 1)
    try require(length.contains(baseline.observedDays), "no more observed days than it has")
    try require(
      baseline.patchDays.allSatisfy(days.contains) && baseline.patchDays == Set(baseline.patchDays).sorted(),
      "patch days since 1970 in their order")
    try require((1...1_000).contains(baseline.groupMinimum), "a number from 1 to 1000 as groupMinimum")
    try require(
      (baseline.services.map(\.rhythm) + baseline.destinations.map(\.rhythm)).allSatisfy {
        length.contains($0.longestPause) && length.contains($0.silence)
      }, "no pause that is longer than itself")
    try require(
      baseline.destinations.allSatisfy {
        $0.contact != .attempts && $0.devices <= UInt64(StoredColumn.greatestCount)
          && ($0.contact == .before ? $0.devices == 0 : $0.devices >= UInt64(baseline.groupMinimum))
      }, "no destination that fewer devices contacted than groupMinimum")
    self = baseline
  }
}
