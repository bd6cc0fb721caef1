import Cryptography
import Model

/// The secret from which device pseudonyms are made; with it, anyone can identify the device of a pseudonym.
///
/// It is stored in a file of its own outside the database, readable only by its owner:
///
/// ```
/// # egressaudit pseudonym key: keep it secret and apart from the store
/// 64 hexadecimal digits
/// ```
public struct PseudonymKey: Sendable {
  /// Length in bytes.
  public static let length = 32

  let bytes: [UInt8]

  /// The key in these bytes, for tests and fixed examples; `bytes.count` must be `length`.
  public static func fixed(bytes: [UInt8]) -> PseudonymKey {
    precondition(bytes.count == length, "a pseudonym key has \(length) bytes")
    return PseudonymKey(bytes: bytes)
  }

  /// The key in the file at `path`.
  ///
  /// Refuses a symbolic link, a file that others than its owner may read or write, and a file in another format.
  public static func load(path: String) throws(KeyFileError) -> PseudonymKey {
    PseudonymKey(bytes: try parse(KeyFile.contents(path: path, of: .pseudonyms), path: path))
  }

  /// The key in the file at `path`; if there is no file, a new key is made and written with mode 0400.
  ///
  /// The file appears completely or not at all: it is written under another name and then linked, so that two programs
  /// that start at once agree on one key.
  public static func loadOrCreate(path: String) throws(KeyFileError) -> PseudonymKey {
    guard !KeyFile.exists(path: path) else { return try load(path: path) }
    let text = header + "\n" + hexadecimal(SecureRandom.bytes(count: length)) + "\n"
    try KeyFile.create(path: path, text: text, of: .pseudonyms)
    return try load(path: path)
  }

  /// Secret from which an export derives its device tokens; the key cannot be computed from it.
  public var exportSalt: [UInt8] {
    HKDFSHA256.derive(from: bytes, info: Array("egressaudit export salt v1".utf8))
  }

  /// Shows whether a capture was audited before: the same first frame at the same time gives the same 32 bytes, from
  /// which neither can be computed.
  public func fingerprint(of firstFrame: [UInt8], at time: Timestamp) -> [UInt8] {
    let key = HKDFSHA256.derive(from: bytes, info: Array("egressaudit capture fingerprint v1".utf8))
    let instant = withUnsafeBytes(of: time.nanoseconds.bigEndian) { Array($0) }
    return HMACSHA256.code(of: instant + firstFrame, key: key)
  }

  private static let header = "# egressaudit pseudonym key: keep it secret and apart from the store"

  private static func parse(_ content: [UInt8], path: String) throws(KeyFileError) -> [UInt8] {
    var key: [UInt8]?
    let lines = content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() where !line.isEmpty && line.first != UInt8(ascii: "#") {
      guard key == nil, let bytes = decodeHexadecimal(line), bytes.count == length else {
        throw KeyFileError(.pseudonyms, .malformed(line: index + 1, length: line.count), path: path)
      }
      key = bytes
    }
    guard let key else { throw KeyFileError(.pseudonyms, .malformed(line: lines.count, length: 0), path: path) }
    return key
  }
}

/// Printing, dumping or interpolating a key does not reveal it.
extension PseudonymKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "PseudonymKey(secret)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
