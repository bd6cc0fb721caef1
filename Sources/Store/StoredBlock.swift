import Cryptography
import GRDB
public import Model
import Privacy

/// A block of the sealed part as it is stored.
public struct StoredBlock: Sendable, Equatable {
  /// From 1.
  public var id: Int64
  /// Place in the evidence chain, from 1.
  public var chainSequence: Int64
  public var session: Int64
  /// In UTC since 1970.
  public var day: Int64
  public var keys: SealedPartKeys
  /// CMS in DER; nil once it was deleted.
  public var content: [UInt8]?
}

extension AuditDatabase {
  /// The block with the exact values of a flow, by the flow's place in the evidence chain; nil if the flow is not
  /// stored, or if no block was written for it.
  ///
  /// The exact values of a flow are in the first block of its audit and day that comes after it in the chain. Throws
  /// `StoreError` for a block that differs from its entry of the chain.
  public func block(ofFlow place: Int64) throws -> StoredBlock? {
    let flow = try rows("SELECT session_id, hour FROM flow_evidence WHERE chain_seq = ?", [.integer(place)]) {
      (session: try $0.integer(), day: try $0.hour().dayUTC)
    }.first
    guard let flow else { return nil }
    return try blocks(
      where: "session_id = ? AND day = ? AND chain_seq > ? ORDER BY chain_seq LIMIT 1",
      [.integer(flow.session), .integer(flow.day), .integer(place)]
    ).first
  }

  /// All blocks with content, by number. O(bytes of the blocks).
  public func blocks() throws -> [StoredBlock] { try blocks(where: "content IS NOT NULL ORDER BY id", []) }

  private func blocks(where condition: String, _ values: [StoredValue]) throws -> [StoredBlock] {
    try rows(
      """
      SELECT id, chain_seq, session_id, day, dpo_key, works_council_key, emergency_key, content_digest, content
      FROM enveloped_block WHERE \(condition)
      """, values
    ) { row in
      let (id, place, session, day) = (try row.integer(), try row.integer(), try row.integer(), try row.integer())
      let keys = SealedPartKeys(
        dataProtectionOfficer: hexadecimal(try row.bytes()), worksCouncil: hexadecimal(try row.bytes()),
        emergency: try row.optionalBytes().map { hexadecimal($0) })
      let digest = try row.bytes()
      let content = try row.optionalBytes()
      guard content.map({ SHA256Digest.hash($0) == digest }) ?? true else {
        throw DamagedValue(
          table: "enveloped_block", row: .number(id), column: "content", found: DamagedValueTexts.otherBytes,
          expected: DamagedValueTexts.bytesOfDigest)
      }
      return StoredBlock(id: id, chainSequence: place, session: session, day: day, keys: keys, content: content)
    }
  }

  /// Removes the contents of all blocks from a copy of a store, so that it can be passed on; their entries in the chain
  /// are kept.
  public static func withholdBlocks(inCopy path: String) throws {
    try explaining(path) {
      let copy = try DatabaseQueue(path: path)
      try copy.inDatabase { database in
        let held = try PreparedStatement(database, "SELECT count(*) FROM enveloped_block WHERE content IS NOT NULL")
          .first { try $0.count() }
        guard held != 0 else { return }
        try database.execute(sql: "PRAGMA secure_delete = ON")
        try database.execute(sql: "UPDATE enveloped_block SET content = NULL")
        try database.execute(sql: "VACUUM")
        _ = try? database.checkpoint(.truncate)
      }
      try copy.close()
    }
  }
}

extension EvidenceChain {
  /// Adds blocks, each with its entry.
  func append(_ blocks: [EnvelopedBlock], session: Int64) throws {
    for block in blocks {
      let head = try head()
      func bytes(_ key: String) -> StoredValue { .bytes(decodeHexadecimal(Array(key.utf8)) ?? []) }
      try PreparedStatement(
        database, isKept: true,
        """
        INSERT INTO enveloped_block
          (chain_seq, session_id, day, dpo_key, works_council_key, emergency_key, content_digest, content)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """
      ).run([
        .integer(head.sequence + 1), .integer(session), .integer(block.day), bytes(block.keys.dataProtectionOfficer),
        bytes(block.keys.worksCouncil), block.keys.emergency.map(bytes) ?? .null,
        .bytes(SHA256Digest.hash(block.content)), .bytes(block.content),
      ])
      try append(.envelopedBlock, digest: try blockDigest(sequence: head.sequence + 1) ?? [], after: head)
    }
  }

  /// In SQL, of a row of `enveloped_block`: a deletion that comes later in the chain took its content.
  static let isBlockDeleted = """
    EXISTS (SELECT * FROM deletion WHERE deletion.chain_seq > enveloped_block.chain_seq
      AND (deletion.session_id = enveloped_block.session_id
        OR data_class = 'sealed' AND deletion.session_id IS NULL AND before_hour >= (enveloped_block.day + 1) * 24))
    """

  /// Digest of the block that has this place in the chain; nil if none has, or if its content is there although it was
  /// deleted.
  ///
  /// Missing content is no contradiction: the copy in a package lacks it for all blocks.
  func blockDigest(sequence: Int64) throws -> [UInt8]? {
    try PreparedStatement(
      database, isKept: true,
      """
      SELECT content_digest, content, \(Self.isBlockDeleted), id, session_id, day, dpo_key, works_council_key,
        emergency_key, content_digest
      FROM enveloped_block WHERE chain_seq = ?
      """
    ).first([.integer(sequence)]) { row -> [UInt8]? in
      let digest = try row.bytes()
      let content = try row.optionalBytes()
      let isDeleted = try row.integer() != 0
      guard content == nil || !isDeleted else { return nil }
      // An empty digest matches no row: the content was changed.
      guard content.map({ SHA256Digest.hash($0) == digest }) ?? true else { return [] }
      return SHA256Digest.hash(row.restForm)
    }.flatMap { $0 }
  }
}
