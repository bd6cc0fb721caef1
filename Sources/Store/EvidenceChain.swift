import Cryptography
import GRDB

/// The last entry of the evidence chain; kept outside the store, it proves later that nothing was cut off.
public struct ChainHead: Sendable, Hashable {
  /// 0 if the chain is empty, else from 1.
  public let sequence: Int64
  /// 32 bytes.
  public let hash: [UInt8]

  public init(sequence: Int64, hash: [UInt8]) {
    self.sequence = sequence
    self.hash = hash
  }

  /// Head of an empty chain: SHA-256 of the text `egressaudit evidence chain v1`.
  public static let genesis = ChainHead(
    sequence: 0, hash: SHA256Digest.hash("egressaudit evidence chain v1".utf8))

  /// Head after one more entry: SHA-256 of this hash and the canonical form of kind, sequence and digest.
  func extended(by kind: ChainEntryKind, digest: [UInt8]) -> ChainHead {
    var form = CanonicalForm()
    form.append(kind.rawValue)
    form.append(sequence + 1)
    form.append(digest)
    var hasher = SHA256Hasher()
    hasher.update(hash)
    form.withBytes { hasher.update($0) }
    return ChainHead(sequence: sequence + 1, hash: hasher.finalize())
  }
}

/// What a chain entry vouches for.
enum ChainEntryKind: String, CaseIterable {
  /// The beginning of a capture session: sensor, program, settings, location databases, rule set and its facts.
  case session
  case flow
  /// All flows so far, classified by another rule set: program, rule set with its facts, and each classification.
  case reclassification
  /// Rows removed by retention, or with an audit that another replaced: number and kind of the rows, and the entries
  /// removed with them.
  case deletion
  /// What a site contacted in a period that people have looked at.
  case baseline
  case baselineRemoval = "baseline_removal"
  /// The beginning or the end of a phase: name, hour, setting and groups.
  case phase
  /// The import or the removal of a list of recipients that the controller's papers name.
  case documentedList = "documented_list"
  /// All parts of the tables that have changed since the previous seal.
  case seal
  /// A use of the store: action, role, time.
  case access
  /// Exact values of flows, in envelopes.
  case envelopedBlock = "enveloped_block"
  /// An opening of such envelopes: role, time, reason, number of flows.
  case reidentification
  /// A decision about a row of a table: entries, role, time, file, and the facts on which it was made.
  case review

  /// Its rows have the place of their entry in `chain_seq`.
  var table: String {
    switch self {
    case .session: "capture_session"
    case .flow: "flow_evidence"
    case .reclassification: "reclassification"
    case .deletion: "deletion"
    case .baseline: "baseline"
    case .baselineRemoval: "baseline_removal"
    case .phase: "phase_entry"
    case .documentedList: "documented_list"
    case .seal: "seal"
    case .access: "access_entry"
    case .envelopedBlock: "enveloped_block"
    case .reidentification: "reidentification"
    case .review: "review_decision"
    }
  }
}

/// Outcome of checking the evidence chain.
public enum ChainVerification: Sendable, Equatable {
  case intact(head: ChainHead)
  /// The rest is intact; the known head itself is among the entries that retention removed, so it no longer proves
  /// anything.
  case knownHeadDeleted(head: ChainHead)
  /// `sequence`: first invalid entry.
  case broken(sequence: Int64, because: ChainBreak)
}

public enum ChainBreak: Sendable, Equatable, CustomStringConvertible {
  /// The entry is missing, but later ones exist.
  case entryMissing
  /// The entry is not the one that followed its predecessor: it was changed, moved or inserted.
  case entryChanged
  /// The entry exists, but the row for which it vouches does not.
  case rowMissing
  case rowChanged
  /// A row that no entry vouches for.
  case rowUnchained
  /// The chain ends in front of the known head, or has another entry in its place.
  case headMissing

  public var description: String {
    switch self {
    case .entryMissing: "the chain entry is missing"
    case .entryChanged: "the chain entry was changed, moved or put in"
    case .rowMissing: "the row that the chain entry vouches for is missing"
    case .rowChanged: "the row was changed after it was written"
    case .rowUnchained: "the row was put in: no chain entry vouches for it"
    case .headMissing: "the chain does not reach the known head: its end was cut off or rewritten"
    }
  }
}

/// Values as bytes, so that two programs hash the same row to the same digest.
///
/// Each value is four bytes of length, highest first, and that many bytes. An integer is eight bytes in two's
/// complement, highest first; a text is its UTF-8; NULL is the length ff ff ff ff and nothing after it.
struct CanonicalForm: ~Copyable {
  /// Bytes of the length before each value.
  static let lengthSize = 4

  /// Memory of its own, without the checks that an array makes at each write: values by the hundred million are written here. Nothing is
  /// written before `makeRoom` has made room for it.
  private var storage: UnsafeMutableRawPointer
  private var capacity = 512
  /// In bytes.
  private(set) var count = 0

  init() { storage = .allocate(byteCount: capacity, alignment: 16) }

  deinit { storage.deallocate() }

  init(_ values: some Sequence<StoredValue>) {
    self.init()
    for value in values {
      switch value {
      case .null: appendNull()
      case .integer(let integer): append(integer)
      case .text(let text): append(text)
      case .bytes(let bytes): append(bytes)
      case .halves(let high, let low): append(high, low)
      }
    }
  }

  var bytes: [UInt8] { withBytes { Array($0) } }

  var digest: [UInt8] {
    var hasher = SHA256Hasher()
    withBytes { hasher.update($0) }
    return hasher.finalize()
  }

  /// Calls `body` with the bytes, which it must not keep.
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try body(UnsafeRawBufferPointer(start: storage, count: count))
  }

  /// Removes all values, and keeps the memory.
  mutating func removeAll() { count = 0 }

  /// The length of the form of a row's remaining columns, and the form without the NULLs at its end.
  @discardableResult
  mutating func appendRow(_ row: inout StoredRow) -> ColumnKinds {
    let start = count
    makeRoom(for: CanonicalForm.lengthSize)
    count += CanonicalForm.lengthSize
    let kinds = row.append(to: &self, least: 0)
    put(UInt32(count - start - CanonicalForm.lengthSize), at: start)
    return kinds
  }

  mutating func appendNull() {
    makeRoom(for: CanonicalForm.lengthSize)
    put(UInt32.max, at: count)
    count += CanonicalForm.lengthSize
  }

  mutating func append(_ integer: Int64) {
    makeRoom(for: CanonicalForm.lengthSize + 8)
    put(UInt32(8), at: count)
    put(integer, at: count + CanonicalForm.lengthSize)
    count += CanonicalForm.lengthSize + 8
  }

  private mutating func append(_ high: UInt64, _ low: UInt64) {
    makeRoom(for: CanonicalForm.lengthSize + 16)
    put(UInt32(16), at: count)
    put(high, at: count + CanonicalForm.lengthSize)
    put(low, at: count + CanonicalForm.lengthSize + 8)
    count += CanonicalForm.lengthSize + 16
  }

  mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
  }

  mutating func append(_ bytes: [UInt8]) { bytes.withUnsafeBytes { append($0) } }

  mutating func append(_ content: UnsafeRawBufferPointer) {
    makeRoom(for: CanonicalForm.lengthSize + content.count)
    put(UInt32(content.count), at: count)
    if let start = content.baseAddress {
      (storage + count + CanonicalForm.lengthSize).copyMemory(from: start, byteCount: content.count)
    }
    count += CanonicalForm.lengthSize + content.count
  }

  private mutating func put(_ number: some FixedWidthInteger, at offset: Int) {
    storage.storeBytes(of: number.bigEndian, toByteOffset: offset, as: type(of: number))
  }

  private mutating func makeRoom(for added: Int) {
    if count + added > capacity { grow(to: count + added) }
  }

  private mutating func grow(to least: Int) {
    capacity = max(least, 2 * capacity)
    let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
    larger.copyMemory(from: storage, byteCount: count)
    storage.deallocate()
    storage = larger
  }
}

/// Reads and checks the chain of an open database.
struct EvidenceChain {
  let database: Database

  func head() throws -> ChainHead {
    try PreparedStatement(database, "SELECT seq, hash FROM chain_entry ORDER BY seq DESC LIMIT 1").first {
      ChainHead(sequence: try $0.integer(), hash: try $0.bytes())
    } ?? .genesis
  }

  /// Digest of a session's row and of everything to which it refers; nil if no row has this place in the chain.
  func sessionDigest(sequence: Int64) throws -> [UInt8]? {
    var hasher = SHA256Hasher()
    let ruleSet = try PreparedStatement(
      database,
      """
      SELECT rule_set.id, capture_session.id, meta.site, sensor, capture_mode, interface, tool_version,
        rule_set.hash, rule_set.version, rule_set.date, settings,
        location_databases
      FROM capture_session JOIN rule_set ON rule_set.id = rule_set_id JOIN meta
      WHERE chain_seq = ?
      """
    ).first([.integer(sequence)]) { row in
      let ruleSet = try row.integer()
      hasher.update(row.restForm)
      return ruleSet
    }
    guard let ruleSet else { return nil }
    try update(&hasher, withRulesOf: ruleSet)
    return hasher.finalize()
  }

  /// Digest of the reclassification that has this place in the chain; nil if there is none.
  func reclassificationDigest(sequence: Int64) throws -> [UInt8]? {
    try PreparedStatement(database, "SELECT id FROM reclassification WHERE chain_seq = ?")
      .first([.integer(sequence)]) { try $0.integer() }.map(reclassificationDigest(id:))
  }

  /// Digest of a reclassification's row, of its rule set and of all its judgements that are still there.
  func reclassificationDigest(id: Int64) throws -> [UInt8] {
    var hasher = SHA256Hasher()
    let found = try PreparedStatement(
      database,
      """
      SELECT rule_set.id, reclassification.id, tool_version, rule_set.hash, rule_set.version, rule_set.date, through_seq, flows
      FROM reclassification JOIN rule_set ON rule_set.id = rule_set_id WHERE reclassification.id = ?
      """
    ).first([.integer(id)]) { row in
      let ruleSet = try row.integer()
      hasher.update(row.restForm)
      return ruleSet
    }
    if let ruleSet = found { try update(&hasher, withRulesOf: ruleSet) }
    try PreparedStatement(
      database,
      """
      SELECT flow_seq, rule_id, rule_revision, matched_pattern, destination_name
      FROM reclassified_flow WHERE reclassification_id = ? ORDER BY flow_seq
      """
    ).forEachRow([.integer(id)]) { hasher.update($0.restForm) }
    return hasher.finalize()
  }

  private func update(_ hasher: inout SHA256Hasher, withRulesOf ruleSet: Int64) throws {
    try PreparedStatement(database, "SELECT rule_id, facts FROM rule_facts WHERE rule_set_id = ? ORDER BY rule_id")
      .forEachRow([.integer(ruleSet)]) { hasher.update($0.restForm) }
  }

  /// Digest of the decision that has this place in the chain; nil if there is none.
  func reviewDigest(sequence: Int64) throws -> [UInt8]? {
    try PreparedStatement(
      database,
      """
      SELECT id, table_name, row_name, first_day, last_day, role, recorded_second, file_digest, content
      FROM review_decision WHERE chain_seq = ?
      """
    ).first([.integer(sequence)]) { SHA256Digest.hash($0.restForm) }
  }

  /// Digest of the deletion that has this place in the chain; nil if there is none.
  private func deletionDigest(sequence: Int64) throws -> [UInt8]? {
    try PreparedStatement(database, "SELECT id FROM deletion WHERE chain_seq = ?")
      .first([.integer(sequence)]) { try $0.integer() }.map(deletionDigest(id:))
  }

  /// Digest of a deletion's row, of the audit and the ranges of entries that it removed, and of what it left of
  /// reclassifications.
  func deletionDigest(id: Int64) throws -> [UInt8] {
    var hasher = SHA256Hasher()
    for query in [
      "SELECT id, data_class, before_hour, row_count, day, tool_version FROM deletion WHERE id = ?",
      "SELECT session_id, replaced_by FROM deletion WHERE id = ? AND session_id IS NOT NULL",
      "SELECT first_seq, last_seq, last_hash FROM deleted_range WHERE deletion_id = ? ORDER BY first_seq",
      "SELECT reclassification_id, digest FROM reclassification_rest WHERE deletion_id = ? ORDER BY reclassification_id",
    ] {
      try PreparedStatement(database, query).forEachRow([.integer(id)]) { hasher.update($0.restForm) }
    }
    return hasher.finalize()
  }

  /// Digest of the beginning or end of a phase that has this place in the chain; nil if none has.
  func phaseDigest(sequence: Int64) throws -> [UInt8]? {
    try PreparedStatement(
      database,
      """
      SELECT id, event, name, hour, setting, group_names, day, tool_version FROM phase_entry WHERE chain_seq = ?
      """
    ).first([.integer(sequence)]) { row in
      var form = CanonicalForm()
      row.append(to: &form)
      return form.digest
    }
  }

  /// The statement that adds entries; for many of them it is prepared once.
  func insertion() throws -> PreparedStatement {
    try PreparedStatement(
      database, isKept: true,
      "INSERT INTO chain_entry (seq, kind, digest, hash) VALUES (?, ?, ?, ?)")
  }

  /// Appends an entry to `head`, and returns the new head.
  @discardableResult
  func append(
    _ kind: ChainEntryKind, digest: [UInt8], after head: ChainHead,
    by insertion: PreparedStatement? = nil
  ) throws -> ChainHead {
    guard head.sequence < StoredColumn.greatestSerial else {
      throw DamagedValue(
        table: "chain_entry", row: .number(head.sequence), column: "seq",
        found: DamagedValueTexts.number(head.sequence),
        expected: DamagedValueTexts.roomForNext)
    }
    let entry = head.extended(by: kind, digest: digest)
    try (insertion ?? self.insertion())
      .run([.integer(entry.sequence), .text(kind.rawValue), .bytes(digest), .bytes(entry.hash)])
    return entry
  }

  /// Entries that retention removed: last place and its hash, by first place. The entry of their deletion, which is
  /// later in the chain, vouches for them.
  private func deletedRanges() throws -> [Int64: ChainHead] {
    var ranges: [Int64: ChainHead] = [:]
    try PreparedStatement(
      database,
      """
      SELECT first_seq, last_seq, last_hash FROM deleted_range JOIN deletion ON deletion.id = deletion_id
      WHERE last_seq < chain_seq
      """
    ).forEachRow { row in
      ranges[try row.integer()] = ChainHead(sequence: try row.integer(), hash: try row.bytes())
    }
    return ranges
  }

  /// Digests of what the latest deletion left of reclassifications, by their place in the chain.
  private func reclassificationRests() throws -> [Int64: [UInt8]] {
    var rests: [Int64: [UInt8]] = [:]
    try PreparedStatement(
      database,
      """
      SELECT reclassification.chain_seq, digest FROM reclassification_rest
        JOIN reclassification ON reclassification.id = reclassification_id
        JOIN deletion ON deletion.id = deletion_id
      WHERE reclassification.chain_seq < deletion.chain_seq ORDER BY deletion_id
      """
    ).forEachRow { rests[try $0.integer()] = try $0.bytes() }
    return rests
  }

  /// - Parameter knownHeads: heads that were kept elsewhere.
  func verify(knownHeads: Set<ChainHead>) throws -> ChainVerification {
    var flows = FlowDigests(try PreparedStatement(database, FlowDigests.query).rows())
    try flows.begin()
    var head = ChainHead.genesis
    var verdict: ChainVerification?
    var missingHeads = knownHeads.subtracting([.genesis])
    var deletedHeads: Set<ChainHead> = []
    let deleted = try deletedRanges()
    let rests = try reclassificationRests()

    try PreparedStatement(database, "SELECT seq, kind, digest, hash FROM chain_entry ORDER BY seq").forEachRow { row in
      guard verdict == nil else { return }
      let sequence = try row.integer()
      while head.sequence + 1 < sequence, let end = deleted[head.sequence + 1],
        head.sequence < end.sequence, end.sequence < sequence
      {
        let range = head.sequence + 1..<end.sequence
        for known in missingHeads where range.contains(known.sequence) { deletedHeads.insert(known) }
        head = end
        missingHeads.remove(head)
      }
      let expected = head.sequence + 1
      guard sequence == expected else {
        verdict = .broken(sequence: expected, because: .entryMissing)
        return
      }
      guard let kind = try? row.value(ChainEntryKind.self, often: .flow), let digest = try? row.bytes(),
        case let next = head.extended(by: kind, digest: digest),
        let hash = try? row.bytes(), hash == next.hash
      else {
        verdict = .broken(sequence: expected, because: .entryChanged)
        return
      }
      let found: [UInt8]? =
        switch kind {
        case .session: try sessionDigest(sequence: sequence)
        case .flow: try flows.digest(sequence: sequence)
        case .reclassification: try reclassificationDigest(sequence: sequence)
        case .deletion: try deletionDigest(sequence: sequence)
        case .baseline: try baselineDigest(sequence: sequence)
        case .baselineRemoval: try baselineRemovalDigest(sequence: sequence)
        case .phase: try phaseDigest(sequence: sequence)
        case .documentedList: try documentedListDigest(sequence: sequence)
        case .review: try reviewDigest(sequence: sequence)
        case .seal: try sealDigest(sequence: sequence)
        case .access: try accessDigest(sequence: sequence)
        case .envelopedBlock: try blockDigest(sequence: sequence)
        case .reidentification: try reidentificationDigest(sequence: sequence)
        }
      guard found == (kind == .reclassification ? rests[sequence] ?? digest : digest) else {
        verdict = .broken(sequence: sequence, because: found == nil ? .rowMissing : .rowChanged)
        return
      }
      head = next
      missingHeads.remove(head)
    }
    if let verdict { return verdict }

    let unchained = try PreparedStatement(
      database,
      "SELECT min(chain_seq) FROM ("
        + ChainEntryKind.allCases.filter { $0 != .flow }.map {
          """
          SELECT chain_seq FROM \($0.table)
          WHERE NOT EXISTS (SELECT * FROM chain_entry WHERE seq = chain_seq AND kind = '\($0.rawValue)')
          """
        }.joined(separator: "\nUNION ALL\n") + ")"
    ).first { try $0.optionalInteger() }
    if let sequence = [unchained.flatMap({ $0 }), flows.unchained].compactMap(\.self).min() {
      return .broken(sequence: sequence, because: .rowUnchained)
    }
    missingHeads.subtract(deletedHeads)
    if let missing = missingHeads.map(\.sequence).min() { return .broken(sequence: missing, because: .headMissing) }
    return deletedHeads.isEmpty ? .intact(head: head) : .knownHeadDeleted(head: head)
  }
}

/// Digests of the flows, read beside the entries of the chain: both are in the order of the chain, and looking each flow up by its number
/// costs more than reading the next.
private struct FlowDigests: ~Copyable {
  private var rows: PreparedStatement.Rows
  /// The flow that was read last and is not behind the entries yet.
  private var row: StoredRow?
  private var sequence: Int64?
  private var form = CanonicalForm()
  /// The first flow that was passed over.
  private var skipped: Int64?

  init(_ rows: consuming PreparedStatement.Rows) { self.rows = rows }

  static let query =
    "SELECT chain_seq, \(FlowRow.columns.joined(separator: ", ")) FROM flow_evidence ORDER BY chain_seq"

  /// Reads the first flow; to be called before anything else.
  mutating func begin() throws { try advance() }

  private mutating func advance() throws {
    row = try rows.next()
    // Any number: a flow that no entry can have is one without entry.
    sequence = row?.rawInteger(0)
  }

  /// Digest of the flow that has this place in the chain; nil if there is none. Must be called with ascending places.
  mutating func digest(sequence wanted: Int64) throws -> [UInt8]? {
    while let sequence, sequence < wanted {
      skipped = skipped ?? sequence
      try advance()
    }
    guard sequence == wanted, var found = row else { return nil }
    form.removeAll()
    found.move(to: 1)
    found.append(to: &form, least: FlowRow.leastValues)
    try advance()
    return form.digest
  }

  /// The first flow for which no digest was asked, once the chain was read to its end.
  var unchained: Int64? { skipped ?? sequence }
}
