package import Model

/// Reads a whole regular file of at most `limit` bytes; with `isSecret`, only its owner may have rights to it.
///
/// - Parameter what: the file's name in messages, such as `the rule bundle`.
package func fileContents(path: String, what: LocalizedText, limit: Int, isSecret: Bool = false) throws(FileLoadError)
  -> [UInt8]
{
  func refusal(_ problem: LocalizedText, _ expected: LocalizedText, _ next: LocalizedText) -> FileLoadError {
    FileLoadError(Place.start(of: path).fault(FileTexts.statement(what, problem), expected: expected, next: next))
  }
  let file: RegularFile
  do throws(RegularFile.Refusal) {
    file = try RegularFile(path: path)
  } catch {
    switch error {
    case .missing: throw refusal(FileTexts.missing, FileTexts.readableFile, FileTexts.checkThePath)
    case .unreadable: throw refusal(FileTexts.unreadable, FileTexts.readableFile, FileTexts.checkItsPermissions)
    case .notRegular: throw refusal(FileTexts.folderOrDevice, FileTexts.file, FileTexts.nameTheFileItself)
    case .link: throw refusal(FileTexts.link, FileTexts.file, FileTexts.nameTheFileItself)
    }
  }
  if isSecret, file.mode & 0o077 != 0 {
    throw refusal(FileTexts.usableByOthers, FileTexts.ownerOnly, FileTexts.takeRightsAway(path))
  }
  guard file.size <= limit else {
    throw refusal(FileTexts.size(file.size), FileTexts.atMostBytes(limit), FileTexts.nameAnotherFile)
  }
  do throws(RegularFile.ReadFailure) {
    return try file.contents()
  } catch {
    switch error {
    case .changed:
      throw refusal(
        FileTexts.changed, FileTexts.completeFile, FileTexts.runAgainWhenWritten)
    case .unreadable: throw refusal(FileTexts.unreadable, FileTexts.readableFile, FileTexts.checkTheDisk)
    }
  }
}
