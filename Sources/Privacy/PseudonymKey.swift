import Cryptography
import Model
import Glibc

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
  public static func load(path: String) throws(PseudonymKeyError) -> PseudonymKey {
    let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      switch errno {
      case ENOENT: throw .missing(path: path)
      case ELOOP: throw .symbolicLink(path: path)
      default: throw .unreadable(path: path, reason: systemReason())
      }
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .unreadable(path: path, reason: systemReason()) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
    guard status.st_mode & 0o077 == 0 else {
      throw .openToOthers(path: path, mode: UInt16(truncatingIfNeeded: status.st_mode & 0o7777))
    }
    return PseudonymKey(bytes: try parse(readAll(descriptor, path: path), path: path))
  }

  /// The key in the file at `path`; if there is no file, a new key is made and written with mode 0400.
  ///
  /// The file appears completely or not at all: it is written under another name and then linked, so that two programs
  /// that start at once agree on one key.
  public static func loadOrCreate(path: String) throws(PseudonymKeyError) -> PseudonymKey {
    var status = stat()
    guard lstat(path, &status) != 0, errno == ENOENT else { return try load(path: path) }

    let draft = "\(path).\(hexadecimal(SecureRandom.bytes(count: 8)))"
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o400)
    guard descriptor >= 0 else { throw .notCreatable(path: path, reason: systemReason()) }
    defer {
      close(descriptor)
      unlink(draft)
    }
    let text = Array((header + "\n" + hexadecimal(SecureRandom.bytes(count: length)) + "\n").utf8)
    guard fchmod(descriptor, 0o400) == 0, write(descriptor, text, text.count) == text.count, fsync(descriptor) == 0,
      link(draft, path) == 0 || errno == EEXIST
    else { throw .notCreatable(path: path, reason: systemReason()) }
    syncFolder(of: path)
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

  /// Without this, a power cut could lose the key file, and its store could never be continued.
  private static func syncFolder(of path: String) {
    let folder = path.lastIndex(of: "/").map { path[...$0] } ?? "."
    let descriptor = open(String(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  private static func readAll(_ descriptor: Int32, path: String) throws(PseudonymKeyError) -> [UInt8] {
    var content = [UInt8](repeating: 0, count: 4096)
    var filled = 0
    while filled < content.count {
      let count = content.withUnsafeMutableBytes { buffer in
        read(descriptor, buffer.baseAddress! + filled, buffer.count - filled)
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .unreadable(path: path, reason: systemReason()) }
      if count == 0 { break }
      filled += count
    }
    return Array(content.prefix(filled))
  }

  private static func parse(_ content: [UInt8], path: String) throws(PseudonymKeyError) -> [UInt8] {
    var key: [UInt8]?
    let lines = content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() where !line.isEmpty && line.first != UInt8(ascii: "#") {
      guard key == nil, let bytes = bytes(hexadecimal: line), bytes.count == length else {
        throw .malformed(path: path, line: index + 1, length: line.count)
      }
      key = bytes
    }
    guard let key else { throw .malformed(path: path, line: lines.count, length: 0) }
    return key
  }

  private static func bytes(hexadecimal digits: ArraySlice<UInt8>) -> [UInt8]? {
    let values = digits.compactMap { Character(UnicodeScalar($0)).hexDigitValue.map(UInt8.init) }
    guard values.count == digits.count, values.count.isMultiple(of: 2) else { return nil }
    return stride(from: 0, to: values.count, by: 2).map { values[$0] << 4 | values[$0 + 1] }
  }
}

/// Printing, dumping or interpolating a key does not reveal it.
extension PseudonymKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "PseudonymKey(secret)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Why a key file was refused.
public enum PseudonymKeyError: Error, Equatable, CustomStringConvertible {
  case missing(path: String)
  case symbolicLink(path: String)
  case notAFile(path: String)
  /// `mode`: permission bits.
  case openToOthers(path: String, mode: UInt16)
  /// `line` from 1; `length` of that line in bytes.
  case malformed(path: String, line: Int, length: Int)
  case unreadable(path: String, reason: String)
  case notCreatable(path: String, reason: String)

  public var description: String {
    switch self {
    case .missing(let path):
      "\(path): there is no pseudonym key file here; restore it from your backup, or name the right file"
    case .symbolicLink(let path):
      "\(path): the pseudonym key file is a symbolic link, which another could point elsewhere; name the file itself"
    case .notAFile(let path):
      "\(path): expected a pseudonym key file, found a folder or device; name the file itself"
    case .openToOthers(let path, let mode):
      """
      \(path): others than the owner may use this pseudonym key file (mode 0\(String(mode, radix: 8))), \
      expected 0400; run: chmod 0400 '\(path)'
      """
    case .malformed(let path, let line, let length):
      """
      \(path):\(line): expected one line of 64 hexadecimal digits (lines with # are comments), \
      found \(length) bytes of another form; restore the file from your backup. \
      Only if no store was ever made with it, delete it, and a new key is made
      """
    case .unreadable(let path, let reason):
      "\(path): the pseudonym key file cannot be read (\(reason)); run as the file's owner"
    case .notCreatable(let path, let reason):
      "\(path): the pseudonym key file cannot be made (\(reason)); check that the folder exists and is yours to write"
    }
  }
}

private func systemReason() -> String { String(cString: strerror(errno)) }
