import Glibc

/// Bytes of a regular file of at most `limit` bytes; with `isSecret`, only its owner may have rights to it.
package func fileContents(path: String, what: String, limit: Int, isSecret: Bool = false) throws(FileLoadError)
  -> [UInt8]
{
  func refusal(_ problem: String, _ expected: String, _ next: String) -> FileLoadError {
    FileLoadError(Place.start(of: path).fault("\(what) \(problem)", expected: expected, next: next))
  }
  // A pipe without writer would hang the opening.
  let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
  guard descriptor >= 0 else {
    throw errno == ENOENT
      ? refusal("is missing", "a readable file", "check the path")
      : refusal("cannot be read", "a readable file", "check its permissions")
  }
  defer { close(descriptor) }
  var status = stat()
  guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
    throw refusal("is a folder or a device", "a file", "name the file itself")
  }
  if isSecret, status.st_mode & 0o077 != 0 {
    throw refusal("may be used by others than its owner", "the mode 0400", "run: chmod 0400 '\(path)'")
  }
  guard status.st_size <= limit else {
    throw refusal("has \(status.st_size) bytes", "at most \(limit) bytes", "name another file")
  }
  var bytes: [UInt8] = []
  var piece = [UInt8](repeating: 0, count: 1 << 16)
  while bytes.count <= limit {
    let count = read(descriptor, &piece, piece.count)
    if count < 0 && errno == EINTR { continue }
    guard count >= 0 else { throw refusal("cannot be read", "a readable file", "check the disk") }
    if count == 0 { return bytes }
    bytes += piece[..<count]
  }
  throw refusal("grows while it is read", "at most \(limit) bytes", "name a file that is complete")
}
