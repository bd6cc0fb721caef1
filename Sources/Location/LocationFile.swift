import Cryptography
import Glibc

/// A regular file that is read in place, piece by piece.
///
/// Not mapped: a mapped file that another program cuts short ends the process that reads it.
final class LocationFile: Sendable {
  let path: String
  /// When it was opened, in bytes.
  let size: Int
  private let descriptor: Int32

  init(path: String) throws(LocationDatabaseError) {
    // A pipe without writer would hang the opening.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw LocationDatabaseError(
        file: path, errno == ENOENT ? .missing : .unreadable(String(cString: strerror(errno))))
    }
    self.descriptor = descriptor
    self.path = path
    var status = stat()
    let isKnown = fstat(descriptor, &status) == 0
    size = Int(status.st_size)
    guard isKnown, status.st_mode & S_IFMT == S_IFREG else {
      throw LocationDatabaseError(file: path, .noRegularFile)
    }
  }

  deinit { close(descriptor) }

  /// Fills `buffer` from `offset` on; false where the file ends before, or cannot be read.
  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Bool {
    var filled = 0
    while filled < buffer.count {
      let count = pread(
        descriptor, buffer.baseAddress.map { $0 + filled }, buffer.count - filled, off_t(offset + filled))
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      filled += count
    }
    return true
  }

  /// `count` bytes from `offset` on; nil where the file ends before, or cannot be read.
  func bytes(at offset: Int, count: Int) -> [UInt8]? {
    guard offset >= 0, count >= 0, count <= size, offset <= size - count else { return nil }
    var isWhole = true
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      isWhole = read(at: offset, into: UnsafeMutableRawBufferPointer(buffer))
      if !isWhole { buffer.initialize(repeating: 0) }
      filled = count
    }
    return isWhole ? bytes : nil
  }

  /// `sha256:` and 64 hexadecimal digits over the whole file; nil where it cannot be read.
  func hash() -> String? {
    let step = 1 << 20
    var hasher = SHA256Hasher()
    var offset = 0
    while offset < size {
      guard let piece = bytes(at: offset, count: min(step, size - offset)) else { return nil }
      hasher.update(piece)
      offset += piece.count
    }
    return "sha256:" + hexadecimal(hasher.finalize())
  }
}
