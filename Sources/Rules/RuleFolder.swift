import Documents
import Foundation
import Glibc

/// A rule directory on disk: reads its regular files, with limits for each and for all together.
final class RuleFolder {
  /// As the user named it.
  let path: String
  /// The same without symbolic links, with `/` at its end; nil if there is no such directory.
  private let root: String?
  /// Bytes that may still be read.
  private var budget = RuleBundle.sizeLimit

  /// In bytes. A file of this size has two million patterns.
  static let fileLimit = 64 << 20

  init(_ path: String) {
    self.path = path
    root = RuleFolder.resolved(path).map { $0 == "/" ? $0 : $0 + "/" }
  }

  /// Names of everything in `folder`, sorted; nil if it cannot be read.
  func listing(_ folder: String) -> [String]? {
    (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? path : path + "/" + folder))?.sorted()
  }

  /// The file at a path below the directory. A symbolic link is followed only if it leads to a file of the directory.
  func contents(_ name: String) throws(RuleFileRefusal) -> [UInt8] {
    guard let root, let place = RuleFolder.resolved(path + "/" + name) else {
      throw errno == ENOENT || errno == ENOTDIR ? .missing : .unreadable
    }
    guard place.hasPrefix(root) else { throw .outside }
    do {
      // The path has no link any more, unless somebody has put one there since.
      let file = try RegularFile(path: place, followsLink: false)
      guard file.size <= RuleFolder.fileLimit else { throw RuleFileRefusal.tooLong(bytes: file.size) }
      guard file.size <= budget else { throw RuleFileRefusal.directoryTooLong }
      budget -= file.size
      return try file.contents()
    } catch let error as RuleFileRefusal {
      throw error
    } catch RegularFile.Refusal.missing {
      throw .missing
    } catch RegularFile.Refusal.link {
      throw .outside
    } catch RegularFile.Refusal.notRegular {
      throw .notRegular
    } catch RegularFile.ReadFailure.changed {
      throw .changed
    } catch {
      throw .unreadable
    }
  }

  /// The path without symbolic links, `.` and `..` (realpath(3)).
  private static func resolved(_ path: String) -> String? {
    guard let text = realpath(path, nil) else { return nil }
    defer { free(text) }
    return String(cString: text)
  }
}

/// Why a file of a rule set is not read.
enum RuleFileRefusal: Error, Equatable {
  case missing
  case unreadable
  /// A folder, a device or a pipe.
  case notRegular
  /// Behind a symbolic link that leads out of the directory.
  case outside
  case tooLong(bytes: Int)
  /// With this file, all files that were read are larger than a bundle may be.
  case directoryTooLong
  case changed

  /// `file`: path below the root of the rules. The message shows nothing of the file's contents.
  func fault(in file: String) -> FileFault {
    let place = Place.start(of: file)
    switch self {
    case .missing:
      return place.fault(
        FileTexts.fileMissing, expected: RuleTexts.yamlFileOfFormat,
        next: RuleTexts.writeRuleFile)
    case .unreadable:
      return place.fault(
        FileTexts.fileUnreadable, expected: RuleTexts.yamlFileOfFormat,
        next: FileTexts.checkItsPermissions)
    case .notRegular:
      return place.fault(
        RuleTexts.folderDeviceOrPipe, expected: FileTexts.regularFile, next: RuleTexts.removeOrWriteFile)
    case .outside:
      return place.fault(
        RuleTexts.linkOutOfFolder, expected: RuleTexts.fileInFolder,
        next: RuleTexts.copyIntoFolder)
    case .tooLong(let bytes):
      return place.fault(
        RuleTexts.fileSize(bytes), expected: FileTexts.atMostBytes(RuleFolder.fileLimit),
        next: FileTexts.divideFile)
    case .directoryTooLong:
      return place.fault(
        RuleTexts.folderTooLarge,
        expected: RuleTexts.atMostBytesTogether(RuleBundle.sizeLimit),
        next: RuleTexts.splitRules)
    case .changed:
      return place.fault(
        FileTexts.fileChanged, expected: FileTexts.completeFile,
        next: FileTexts.runAgainWhenWritten)
    }
  }
}
