import Cryptography
import Documents
public import Store

extension KeptEvidence {
  /// Reads what was kept outside the store.
  ///
  /// Throws `FileLoadError` with the place of the fault.
  ///
  /// - Parameters:
  ///   - heads: each a file of heads, or `SEAL:HASH` with 64 hexadecimal digits.
  ///   - publicKeys: PEM files.
  public init(heads: [String], publicKeys: [String]) throws(FileLoadError) {
    self.init()
    for text in heads {
      if let (seal, hash) = Self.namedHead(text) {
        self.heads[seal] = hash
      } else {
        signedHeads += try Self.records(path: text)
      }
    }
    for path in publicKeys { self.publicKeys.insert(try Self.publicKey(path: path)) }
  }

  private static func publicKey(path publicKey: String) throws(FileLoadError) -> Ed25519.PublicKey {
    let bytes = try fileContents(path: publicKey, what: ConfigurationTexts.publicKey, limit: 4_096)
    guard let key = Ed25519.PublicKey(pem: String(decoding: bytes, as: UTF8.self)) else {
      throw FileLoadError(
        Place.start(of: publicKey).fault(
          ConfigurationTexts.noPublicKey,
          expected: ConfigurationTexts.publicKeyExpected(Ed25519.PEM.publicKey.firstLine),
          next: ConfigurationTexts.namePublicKey))
    }
    return key
  }

  private static func records(path: String) throws(FileLoadError) -> [SignedHead] {
    let bytes = try fileContents(path: path, what: ConfigurationTexts.headsFile, limit: 1 << 26)
    do throws(HeadFileError) {
      return try SignedHead.records(in: String(decoding: bytes, as: UTF8.self))
    } catch {
      throw FileLoadError(
        Place(file: path, line: error.line, column: 1).fault(
          ConfigurationTexts.noHead, expected: error.expected,
          next: ConfigurationTexts.nameHeads))
    }
  }

  /// `SEAL:HASH`; nil for any other text.
  private static func namedHead(_ text: String) -> (seal: Int64, hash: [UInt8])? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let seal = Int64(parts[0]), seal > 0,
      let hash = decodeHexadecimal(Array(parts[1].utf8)), hash.count == 32
    else { return nil }
    return (seal, hash)
  }
}
