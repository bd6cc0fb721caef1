internal import CArchive
import Foundation
public import Model

/// Why an archive could not be written or read.
public struct ArchiveError: BilingualError, Equatable {
  public var path: String
  public var reason: LocalizedText

  public init(path: String, reason: LocalizedText) {
    self.path = path
    self.reason = reason
  }

  public var text: LocalizedText { LocalizedText(en: "\(path): \(reason.en)", de: "\(path): \(reason.de)") }
}

/// How the bytes of an archive are stored.
public enum ArchiveCompression: Sendable {
  /// Uncompressed, so that any tar program can read it.
  case none
  /// Zstandard (RFC 8878).
  case zstandard
}

/// Writes a tar archive (POSIX, `ustar`): the same files give the same bytes, regardless of who writes them and when.
public struct ArchiveWriter: ~Copyable {
  private let path: String
  private let archive: OpaquePointer

  /// Writes a new file; throws `ArchiveError`.
  public init(path: String, compression: ArchiveCompression) throws {
    self.path = path
    guard let archive = archive_write_new() else { preconditionFailure("no memory for an archive") }
    self.archive = archive
    if compression == .zstandard { try check(archive_write_add_filter_zstd(archive)) }
    try check(archive_write_set_format_ustar(archive))
    try check(archive_write_open_filename(archive, path))
  }

  /// Adds the file at `source` under the given name; throws `ArchiveError`, or the error of reading the file.
  public func add(_ source: String, as name: String) throws {
    guard let file = FileHandle(forReadingAtPath: source), let size = try? file.seekToEnd() else {
      throw ArchiveError(path: source, reason: ArchiveTexts.unreadable)
    }
    defer { try? file.close() }
    try file.seek(toOffset: 0)
    try begin(name, size: Int64(size))
    while let part = try file.read(upToCount: 1 << 20), !part.isEmpty {
      try part.withUnsafeBytes { try write($0) }
    }
    try check(archive_write_finish_entry(archive))
  }

  /// Adds a file with this content; throws `ArchiveError`.
  public func add(_ content: [UInt8], as name: String) throws {
    try begin(name, size: Int64(content.count))
    try content.withUnsafeBytes { try write($0) }
    try check(archive_write_finish_entry(archive))
  }

  public consuming func finish() throws { try check(archive_write_close(archive)) }

  deinit { archive_write_free(archive) }

  private func begin(_ name: String, size: Int64) throws {
    let entry = archive_entry_new()
    defer { archive_entry_free(entry) }
    archive_entry_set_pathname(entry, name)
    archive_entry_set_size(entry, size)
    archive_entry_set_filetype(entry, ArchiveReader.regularFile)
    archive_entry_set_perm(entry, 0o644)
    archive_entry_set_mtime(entry, 0, 0)
    try check(archive_write_header(archive, entry))
  }

  /// If the disk is full, fewer bytes are written than were given.
  private func write(_ bytes: UnsafeRawBufferPointer) throws {
    guard archive_write_data(archive, bytes.baseAddress, bytes.count) == bytes.count else { throw failure }
  }

  private func check(_ code: Int32) throws {
    guard code == ARCHIVE_OK else { throw failure }
  }

  private var failure: ArchiveError { .of(archive, path) }
}

/// Unpacks archives of unknown origin.
public enum ArchiveReader {
  /// Most files of an archive: far more than a package has.
  private static let fileLimit = 10_000
  /// Most bytes of all files together.
  private static let byteLimit = 64 << 30
  /// Bytes that must stay free on the file system.
  private static let reserve = 100 << 20
  private static let block = 1 << 16
  /// `AE_IFREG`, which the header defines with a cast that Swift does not read.
  static let regularFile: UInt32 = 0o100000

  /// Writes all files into `folder`, and returns their names in the order of the archive.
  ///
  /// Throws `ArchiveError` for anything but regular files with different plain relative names, and for more than 10,000
  /// files, more than 64 GiB, or more bytes than the file system has room for.
  public static func unpack(_ path: String, into folder: String) throws -> [String] {
    guard let archive = archive_read_new() else { preconditionFailure("no memory for an archive") }
    defer { archive_read_free(archive) }
    func check(_ code: Int32) throws {
      guard code == ARCHIVE_OK else { throw ArchiveError.of(archive, path) }
    }
    try check(archive_read_support_filter_zstd(archive))
    try check(archive_read_support_format_tar(archive))
    try check(archive_read_open_filename(archive, path, block))
    let free = try? FileManager.default.attributesOfFileSystem(forPath: folder)[.systemFreeSize] as? NSNumber
    let limit = min(byteLimit, max((free ?? nil)?.intValue ?? byteLimit, reserve) - reserve)
    var names: [String] = []
    var known: Set<String> = []
    var bytes = 0
    var entry: OpaquePointer?
    while true {
      let code = archive_read_next_header(archive, &entry)
      if code == ARCHIVE_EOF { break }
      try check(code)
      guard let name = archive_entry_pathname(entry).map({ String(cString: $0) }), isPlain(name),
        archive_entry_filetype(entry) == regularFile, archive_entry_hardlink(entry) == nil
      else {
        throw ArchiveError(
          path: path,
          reason: ArchiveTexts.noPlainFile(names.count + 1))
      }
      guard names.count < fileLimit, known.insert(name).inserted else {
        throw ArchiveError(path: path, reason: ArchiveTexts.tooManyFiles(fileLimit))
      }
      names.append(name)
      let target = folder + "/" + name
      try FileManager.default.createDirectory(
        atPath: (target as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      guard FileManager.default.createFile(atPath: target, contents: nil, attributes: [.posixPermissions: 0o600]),
        let file = FileHandle(forWritingAtPath: target)
      else { throw ArchiveError(path: target, reason: ArchiveTexts.notWritable) }
      defer { try? file.close() }
      var buffer = [UInt8](repeating: 0, count: block)
      while true {
        let count = archive_read_data(archive, &buffer, buffer.count)
        guard count >= 0 else { throw ArchiveError.of(archive, path) }
        if count == 0 { break }
        bytes += count
        guard bytes <= limit else {
          throw ArchiveError(
            path: path,
            reason: ArchiveTexts.tooLong((folder as NSString).deletingLastPathComponent)
          )
        }
        try file.write(contentsOf: buffer.prefix(count))
      }
    }
    return names
  }

  /// Whether a name is a relative path of at most four components of letters, digits, `.`, `_`, `-` and `+`, none of
  /// which begins with a full stop; at most 99 bytes.
  public static func isPlain(_ name: String) -> Bool {
    let components = name.split(separator: "/", omittingEmptySubsequences: false)
    return components.count <= 4 && name.utf8.count <= 99
      && components.allSatisfy { component in
        !component.isEmpty && component.first != "."
          && component.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
              UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"),
              UInt8(ascii: "+"):
              true
            default: false
            }
          }
      }
  }
}

extension ArchiveError {
  fileprivate static func of(_ archive: OpaquePointer, _ path: String) -> ArchiveError {
    ArchiveError(
      path: path, reason: ArchiveTexts.ofLibrary(archive_error_string(archive).map { String(cString: $0) }))
  }
}
