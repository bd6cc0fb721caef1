import Archives
import Cryptography
import Foundation
import Model

/// The digests of the files of an export, as `sha256sum -c` reads them: for each file a line with 64 hexadecimal
/// digits, two blanks and its name.
public struct Checksums: Sendable {
  public let text: String

  /// Name of the list beside delivered files, without its suffix.
  package static let deliveredName = "files"

  /// SHA-256 of the text, 32 bytes; it is recorded in the evidence chain.
  public var digest: [UInt8] { SHA256Digest.hash(text.utf8) }

  /// Of files of one folder; by name. Throws `ReportingError.notWritable` for one that cannot be read. O(bytes).
  public init(of paths: [String]) throws {
    let lines = try paths.map { path in
      let url = URL(fileURLWithPath: path)
      return (name: url.lastPathComponent, digest: try Self.digest(of: path))
    }.sorted { $0.name < $1.name }
    text = lines.map { "\(hexadecimal($0.digest))  \($0.name)\n" }.joined()
  }

  /// Writes the list as `name`, with the suffix `.sha256`, into a folder, and returns its path.
  public func write(to folder: String, as name: String) throws -> String {
    let path = try OutputFile.folder(folder) + "/" + name + ".sha256"
    var file = try OutputFile(path: path)
    try file.write(Array(text.utf8))
    try file.finish()
    return path
  }

  /// Names and digests in hexadecimal digits of a list that `text` is; nil for anything else, and for names that lead
  /// out of the folder or come twice.
  package static func entries(of text: String) -> [(name: String, digest: String)]? {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.last == "", lines.count > 1 else { return nil }
    let entries = lines.dropLast().compactMap { line -> (name: String, digest: String)? in
      let (digest, name) = (String(line.prefix(64)), String(line.dropFirst(66)))
      guard line.dropFirst(64).hasPrefix("  "), digest.utf8.count == 64,
        digest.utf8.allSatisfy(\.isLowercaseHexadecimal), ArchiveReader.isPlain(name), !name.contains("/")
      else { return nil }
      return (name, digest)
    }
    return entries.count == lines.count - 1 && Set(entries.map(\.name)).count == entries.count ? entries : nil
  }

  /// SHA-256 of a file, 32 bytes. Throws `ReportingError.notWritable` if it cannot be read.
  package static func digest(of path: String) throws -> [UInt8] {
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw ReportingError.notWritable(path: path, reason: String(cString: strerror(errno)))
    }
    defer { try? file.close() }
    var hasher = SHA256Hasher()
    while let part = try file.read(upToCount: 1 << 20), !part.isEmpty { hasher.update(part) }
    return hasher.finalize()
  }
}
