public import Cryptography
import GRDB
public import Model
public import Privacy

/// A head of the evidence chain with the signature of the store's owner.
///
/// It names the seal and not the place in the chain, which counts flows: readers of the journal would see how many an
/// hour had. Kept outside the store, it proves later that nothing before it was cut off or rewritten; with the public
/// key, also to others. Its text is what `openssl pkeyutl -verify -rawin` checks: the lines of `statement`, byte for
/// byte.
public struct SignedHead: Sendable, Equatable {
  /// Hash of the first entry of the chain, 32 bytes, which identifies the store.
  public var store: [UInt8]
  /// Number of the seal that is the head, from 1.
  public var seal: Int64
  /// Hash of its entry, 32 bytes.
  public var hash: [UInt8]
  /// When it was signed, to the second.
  public var time: Timestamp
  public var publicKey: Ed25519.PublicKey
  /// 64 bytes.
  public var signature: [UInt8]

  public init(
    store: [UInt8], seal: Int64, hash: [UInt8], time: Timestamp, publicKey: Ed25519.PublicKey, signature: [UInt8]
  ) {
    self.store = store
    self.seal = seal
    self.hash = hash
    self.time = time
    self.publicKey = publicKey
    self.signature = signature
  }

  /// Signs; `time` is cut to the second.
  init(store: [UInt8], seal: Int64, hash: [UInt8], time: Timestamp, key: SigningKey) {
    self.init(
      store: store, seal: seal, hash: hash, time: Timestamp(seconds: time.seconds), publicKey: key.publicKey,
      signature: [])
    signature = key.privateKey.signature(of: Array(statement.utf8))
  }

  /// The signed text: six lines, each with a line feed at its end.
  public var statement: String {
    """
    egressaudit evidence head v1
    store \(hexadecimal(store))
    seal \(seal)
    hash \(hexadecimal(hash))
    time \(time.isoText)
    key \(hexadecimal(publicKey.bytes))

    """
  }

  /// The statement, the signature as Base64 in a line of its own, and an empty line: one record of a file of heads.
  public var record: String { statement + "signature \(Base64.text(of: signature))\n\n" }

  /// A request in DER that a time-stamp authority stamps `statement` (RFC 3161), 59 bytes.
  public var timeStampRequest: [UInt8] { TimeStampRequest.der(digest: SHA256Digest.hash(Array(statement.utf8))) }

  public var isValid: Bool { publicKey.isSignature(signature, of: Array(statement.utf8)) }

  /// The records of a file of heads, in their order.
  ///
  /// Throws `HeadFileError` with the line of the first fault. Signatures are read, not checked.
  public static func records(in text: String) throws(HeadFileError) -> [SignedHead] {
    var heads: [SignedHead] = []
    var reader = HeadReader(text)
    while reader.skipEmptyLines() { heads.append(try reader.head()) }
    return heads
  }
}

/// Why a file of heads cannot be read.
public struct HeadFileError: BilingualError, Equatable {
  /// From 1.
  public var line: Int
  public var expected: LocalizedText

  public init(line: Int, expected: LocalizedText) {
    self.line = line
    self.expected = expected
  }

  public var text: LocalizedText {
    LocalizedText(en: "line \(line): expected \(expected.en)", de: "Zeile \(line): erwartet: \(expected.de)")
  }
}

/// Reads records of heads line by line.
private struct HeadReader {
  private let lines: [Substring]
  private var next = 0

  init(_ text: String) { lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) }

  /// False at the end.
  mutating func skipEmptyLines() -> Bool {
    while next < lines.count, lines[next].isEmpty { next += 1 }
    return next < lines.count
  }

  mutating func head() throws(HeadFileError) -> SignedHead {
    guard lines[next] == "egressaudit evidence head v1" else {
      throw fault(HeadTexts.firstLine)
    }
    next += 1
    let store = try bytes("store", 32)
    guard let seal = Int64(try word("seal")), seal > 0 else { throw faultBefore(HeadTexts.seal) }
    let hash = try bytes("hash", 32)
    guard let time = Timestamp(isoText: try word("time")) else {
      throw faultBefore(HeadTexts.time)
    }
    guard let key = Ed25519.PublicKey(bytes: try bytes("key", Ed25519.keyLength)) else {
      throw faultBefore(HeadTexts.digits("key", 64))
    }
    guard let signature = Base64.bytes(of: try word("signature")), signature.count == Ed25519.signatureLength else {
      throw faultBefore(HeadTexts.signature)
    }
    return SignedHead(
      store: store, seal: seal, hash: hash, time: time, publicKey: key, signature: signature)
  }

  /// What follows `name` and a blank in the next line.
  private mutating func word(_ name: String) throws(HeadFileError) -> String {
    guard next < lines.count, lines[next].hasPrefix(name + " ") else {
      throw fault(HeadTexts.line(name))
    }
    next += 1
    return String(lines[next - 1].dropFirst(name.count + 1))
  }

  private mutating func bytes(_ name: String, _ count: Int) throws(HeadFileError) -> [UInt8] {
    guard let bytes = decodeHexadecimal(Array(try word(name).utf8)), bytes.count == count else {
      throw faultBefore(HeadTexts.digits(name, 2 * count))
    }
    return bytes
  }

  private func fault(_ expected: LocalizedText) -> HeadFileError { HeadFileError(line: next + 1, expected: expected) }
  private func faultBefore(_ expected: LocalizedText) -> HeadFileError { HeadFileError(line: next, expected: expected) }
}

extension AuditDatabase {
  /// Seals what has changed since the last seal. One transaction; O(rows of the parts that changed).
  public func seal(toolVersion: String) throws {
    try writing { _ = try Seals(database: $0).sealIfNeeded(toolVersion: toolVersion) }
  }

  /// Seals what has changed since the last seal, and signs the head of the chain. One transaction; O(rows of the parts
  /// that changed).
  ///
  /// - Parameter time: the current time; only the signature depends on it.
  /// - Returns: the signed head; that of the last time if nothing has happened since, and nil for an empty store.
  public func seal(signedWith key: SigningKey, at time: Timestamp, toolVersion: String) throws -> SignedHead? {
    try writing { database in
      let chain = EvidenceChain(database: database)
      let head = try Seals(database: database).sealIfNeeded(toolVersion: toolVersion)
      guard head != .genesis else { return nil }
      if let known = try chain.lastSignedHead(), known.hash == head.hash, known.publicKey == key.publicKey {
        return known
      }
      let seal = try PreparedStatement(database, "SELECT id FROM seal WHERE chain_seq = ?")
        .first([.integer(head.sequence)]) { try $0.integer() }
      guard let seal else { return nil }
      let signed = SignedHead(store: try chain.storeIdentity(), seal: seal, hash: head.hash, time: time, key: key)
      try PreparedStatement(
        database, "INSERT OR REPLACE INTO signed_head (seq, second, public_key, signature) VALUES (?, ?, ?, ?)"
      ).run([
        .integer(head.sequence), .integer(signed.time.seconds), .bytes(key.publicKey.bytes), .bytes(signed.signature),
      ])
      return signed
    }
  }

  /// The latest; nil if no head is signed.
  public func lastSignedHead() throws -> SignedHead? {
    try reading { try EvidenceChain(database: $0).lastSignedHead() }
  }

  /// Signed heads in the order of the chain; they are not verified.
  public func signedHeads() throws -> [SignedHead] {
    try reading { try EvidenceChain(database: $0).signedHeads() }
  }
}

extension EvidenceChain {
  /// Hash of the first entry.
  func storeIdentity() throws -> [UInt8] {
    try PreparedStatement(database, "SELECT hash FROM chain_entry WHERE seq = 1").first { try $0.bytes() } ?? []
  }

  func lastSignedHead() throws -> SignedHead? { try signedHeads("ORDER BY signed_head.seq DESC LIMIT 1").first }

  /// Those whose entry is still in the chain, in its order.
  func signedHeads(_ order: String = "ORDER BY signed_head.seq") throws -> [SignedHead] {
    let store = try storeIdentity()
    var heads: [SignedHead] = []
    try PreparedStatement(
      database,
      """
      SELECT seal.id, hash, second, public_key, signature
      FROM signed_head JOIN chain_entry ON chain_entry.seq = signed_head.seq JOIN seal ON chain_seq = signed_head.seq
      \(order)
      """
    ).forEachRow { row in
      let (seal, hash) = (try row.integer(), try row.bytes())
      let time = Timestamp(seconds: try row.integer())
      guard let key = Ed25519.PublicKey(bytes: try row.bytes()) else { return }
      heads.append(
        SignedHead(
          store: store, seal: seal, hash: hash, time: time, publicKey: key, signature: try row.bytes()))
    }
    return heads
  }
}
