/// Bytes of a regular file of at most `limit` bytes, whole or not at all; with `isSecret`, only its owner may have rights to it.
///
/// - Parameter what: names the file in messages, as in `the rule bundle`.
package func fileContents(path: String, what: String, limit: Int, isSecret: Bool = false) throws(FileLoadError)
  -> [UInt8]
{
  func refusal(_ problem: String, _ expected: String, _ next: String) -> FileLoadError {
    FileLoadError(Place.start(of: path).fault("\(what) \(problem)", expected: expected, next: next))
  }
  let file: RegularFile
  do throws(RegularFile.Refusal) {
    file = try RegularFile(path: path)
  } catch {
    switch error {
    case .missing: throw refusal("is missing", "a readable file", "check the path")
    case .unreadable: throw refusal("cannot be read", "a readable file", "check its permissions")
    case .notRegular: throw refusal("is a folder or a device", "a file", "name the file itself")
    case .link: throw refusal("is a symbolic link", "a file", "name the file itself")
    }
  }
  if isSecret, file.mode & 0o077 != 0 {
    throw refusal("may be used by others than its owner", "the mode 0400", "run: chmod 0400 '\(path)'")
  }
  guard file.size <= limit else {
    throw refusal("has \(file.size) bytes", "at most \(limit) bytes", "name another file")
  }
  do throws(RegularFile.ReadFailure) {
    return try file.contents()
  } catch {
    switch error {
    case .changed:
      throw refusal(
        "was changed while it was read", "a file that is completely written", "run this again when it is written")
    case .unreadable: throw refusal("cannot be read", "a readable file", "check the disk")
    }
  }
}
