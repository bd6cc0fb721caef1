import Glibc

/// A regular file that is open for reading, piece by piece.
///
/// It is not mapped: a mapped file that another program cuts short ends the process that reads it.
package final class RegularFile: Sendable {
  /// Why a file could not be opened.
  package enum Refusal: Error, Sendable, Hashable {
    case missing
    /// With the system's reason.
    case unreadable(String)
    /// A folder, a device or a pipe.
    case notRegular
  }

  package let path: String
  /// In bytes, when the file was opened.
  package let size: Int
  /// The lowest nine bits: rights of the owner, the group and others.
  package let mode: mode_t
  private let descriptor: Int32

  package init(path: String) throws(Refusal) {
    // A pipe without a writer would make the call wait for ever.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw errno == ENOENT ? .missing : .unreadable(String(cString: strerror(errno)))
    }
    self.descriptor = descriptor
    self.path = path
    var status = stat()
    let isKnown = fstat(descriptor, &status) == 0
    size = Int(status.st_size)
    mode = status.st_mode & 0o777
    guard isKnown, status.st_mode & S_IFMT == S_IFREG else { throw .notRegular }
  }

  deinit { close(descriptor) }

  /// Fills `buffer` from `offset` on; false if the file ends before, or cannot be read.
  package func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Bool {
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

  /// `count` bytes from `offset` on; nil if the file ends before, or cannot be read.
  package func bytes(at offset: Int, count: Int) -> [UInt8]? {
    guard offset >= 0, count >= 0, count <= size, offset <= size - count else { return nil }
    var isWhole = true
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      isWhole = read(at: offset, into: UnsafeMutableRawBufferPointer(buffer))
      if !isWhole { buffer.initialize(repeating: 0) }
      filled = count
    }
    return isWhole ? bytes : nil
  }

  /// The whole file as it was when it was opened; nil if it was cut since, or cannot be read.
  package func contents() -> [UInt8]? { bytes(at: 0, count: size) }
}
