import Glibc

/// A regular file that is open for reading piece by piece.
///
/// It is not memory-mapped: if another program truncates a mapped file, the reading process is killed.
package final class RegularFile: Sendable {
  /// Why a file could not be opened.
  package enum Refusal: Error, Sendable, Hashable {
    case missing
    /// With the system's reason.
    case unreadable(String)
    /// A folder, a device or a pipe.
    case notRegular
    /// A symbolic link, although none may be followed.
    case link
  }

  /// Why the whole of an open file was not read.
  package enum ReadFailure: Error, Sendable, Hashable {
    /// It became longer or shorter after it was opened.
    case changed
    case unreadable
  }

  package let path: String
  /// In bytes, at the time of opening.
  package let size: Int
  /// The lowest nine bits: rights of the owner, the group and others.
  package let mode: mode_t
  private let descriptor: Int32

  /// - Parameter followsLink: whether `path` itself may be a symbolic link.
  package init(path: String, followsLink: Bool = true) throws(Refusal) {
    // Otherwise opening a pipe without a writer would block.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | (followsLink ? 0 : O_NOFOLLOW))
    guard descriptor >= 0 else {
      switch errno {
      case ENOENT: throw .missing
      case ELOOP where !followsLink: throw .link
      default: throw .unreadable(String(cString: strerror(errno)))
      }
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

  /// The whole file; a file that another program is still writing is refused, since its end would be missing.
  package func contents() throws(ReadFailure) -> [UInt8] {
    let bytes = bytes(at: 0, count: size)
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .unreadable }
    guard Int(status.st_size) == size else { throw .changed }
    guard let bytes else { throw .unreadable }
    return bytes
  }
}
