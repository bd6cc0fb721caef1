public import Model
import Cryptography
import Glibc

/// Files of secret keys: complete or absent, of one owner, and never a link.
enum KeyFile {
  /// In bytes; files of RSA keys have some 4,000, and may contain further text.
  private static let sizeLimit = 16_384

  static func exists(path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 || errno != ENOENT
  }

  /// Refuses a symbolic link, a folder or device, and, unless it `mayBeShared`, a file that others than its owner may
  /// read or write.
  static func contents(
    path: String, of key: KeyFileError.Key, mayBeShared: Bool = false
  ) throws(KeyFileError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      switch errno {
      case ENOENT: throw KeyFileError(key, .missing, path: path)
      case ELOOP: throw KeyFileError(key, .symbolicLink, path: path)
      default: throw KeyFileError(key, .unreadable(reason: systemReason()), path: path)
      }
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw KeyFileError(key, .unreadable(reason: systemReason()), path: path)
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw KeyFileError(key, .notAFile, path: path) }
    guard mayBeShared || status.st_mode & 0o077 == 0 else {
      throw KeyFileError(key, .openToOthers(mode: UInt16(truncatingIfNeeded: status.st_mode & 0o7777)), path: path)
    }
    var content = [UInt8](repeating: 0, count: sizeLimit)
    var filled = 0
    while filled < content.count {
      let count = content.withUnsafeMutableBytes { buffer in
        read(descriptor, buffer.baseAddress! + filled, buffer.count - filled)
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw KeyFileError(key, .unreadable(reason: systemReason()), path: path) }
      if count == 0 { break }
      filled += count
    }
    return Array(content.prefix(filled))
  }

  /// Writes a new file; if another program has created it in the meantime, that one stays.
  ///
  /// The file appears completely or not at all: it is written under another name and then linked, so that two programs
  /// that start at once agree on one key.
  static func create(path: String, text: String, mode: mode_t = 0o400, of key: KeyFileError.Key) throws(KeyFileError) {
    let draft = "\(path).\(hexadecimal(SecureRandom.bytes(count: 8)))"
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw KeyFileError(key, .notCreatable(reason: systemReason()), path: path) }
    defer {
      close(descriptor)
      unlink(draft)
    }
    let bytes = Array(text.utf8)
    guard fchmod(descriptor, mode) == 0, write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0,
      link(draft, path) == 0 || errno == EEXIST
    else { throw KeyFileError(key, .notCreatable(reason: systemReason()), path: path) }
    syncFolder(of: path)
  }

  /// Replaces the text of a file, as a whole or not at all, and overwrites the bytes of the old one.
  ///
  /// The old bytes remain on file systems that do not write in place (copy on write, snapshots), on disks that move
  /// blocks (SSD), and in backups.
  static func overwrite(path: String, text: String, of key: KeyFileError.Key) throws(KeyFileError) {
    func problem() -> KeyFileError { KeyFileError(key, .notChangeable(reason: systemReason()), path: path) }
    var old = stat()
    guard lstat(path, &old) == 0, old.st_mode & S_IFMT == S_IFREG else { throw problem() }
    let draft = "\(path).\(hexadecimal(SecureRandom.bytes(count: 8)))"
    try create(path: draft, text: text, of: key)
    // The owner's file may not be written to, not even by the owner.
    let descriptor = chmod(path, 0o600) == 0 ? open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC) : -1
    guard descriptor >= 0 else {
      defer { unlink(draft) }
      throw problem()
    }
    defer { close(descriptor) }
    guard chown(draft, old.st_uid, old.st_gid) == 0 || geteuid() != 0, rename(draft, path) == 0 else {
      defer {
        fchmod(descriptor, 0o400)
        unlink(draft)
      }
      throw problem()
    }
    syncFolder(of: path)
    let zeros = [UInt8](repeating: 0, count: min(Int(old.st_size), sizeLimit))
    guard write(descriptor, zeros, zeros.count) == zeros.count, fsync(descriptor) == 0 else { throw problem() }
  }

  /// Writes a file that everybody may read, unless it already has this text.
  static func replace(path: String, text: String, of key: KeyFileError.Key) throws(KeyFileError) {
    let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    if descriptor >= 0 {
      defer { close(descriptor) }
      var content = [UInt8](repeating: 0, count: sizeLimit)
      let count = read(descriptor, &content, content.count)
      if count >= 0, content.prefix(count).elementsEqual(text.utf8) { return }
      unlink(path)
    }
    try create(path: path, text: text, mode: 0o644, of: key)
  }

  /// Without this, a power cut could lose the key file, and its store could never be continued.
  private static func syncFolder(of path: String) {
    let folder = path.lastIndex(of: "/").map { path[...$0] } ?? "."
    let descriptor = open(String(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}

/// Why a key file was refused.
public struct KeyFileError: BilingualError, Equatable {
  public enum Key: Sendable, Equatable {
    /// The key of the pseudonyms.
    case pseudonyms
    /// The key that signs heads of the evidence chain.
    case signatures
    /// A private key that opens the sealed part.
    case sealedPart
    /// The passphrase of an encrypted private key.
    case passphrase
    /// The credential that the service manager adds to the key of the pseudonyms.
    case credential
  }

  public enum Problem: Sendable, Equatable {
    case missing
    case symbolicLink
    case notAFile
    /// `mode`: permission bits.
    case openToOthers(mode: UInt16)
    /// `line` from 1; `length` of that line in bytes.
    case malformed(line: Int, length: Int)
    case notPEM
    case unreadable(reason: String)
    case notCreatable(reason: String)
    case notChangeable(reason: String)
    /// The key was made with a credential, and the service manager passes none.
    case credentialMissing
    case credentialDiffers
  }

  public var key: Key
  public var problem: Problem
  public var path: String

  public init(_ key: Key, _ problem: Problem, path: String) {
    self.key = key
    self.problem = problem
    self.path = path
  }
}

private func systemReason() -> String { String(cString: strerror(errno)) }
