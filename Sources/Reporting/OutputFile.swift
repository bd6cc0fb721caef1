import Foundation
import Synchronization

/// Files that are being written, so that they can be removed if the program is ended early.
package enum Drafts {
  private static let paths = Mutex<Set<String>>([])
  /// The running helper program, as the leader of its process group; 0 if there is none.
  private static let helper = Mutex<pid_t>(0)

  /// Registers a helper program, which is ended if this program is interrupted. To be called with 0 once it has ended.
  static func helped(by process: pid_t) { helper.withLock { $0 = process } }

  /// Ends a helper program, with those that it started.
  static func stop(_ process: pid_t, by signal: Int32) {
    if kill(-process, signal) != 0 { kill(process, signal) }
  }

  /// A file or a folder.
  fileprivate static func begin(_ path: String) { paths.withLock { _ = $0.insert(path) } }

  /// - Returns: what `rename` does.
  fileprivate static func place(_ path: String, at target: String) -> Int32 {
    paths.withLock {
      $0.remove(path)
      return rename(path, target)
    }
  }

  fileprivate static func remove(_ path: String) {
    paths.withLock {
      $0.remove(path)
      try? FileManager.default.removeItem(atPath: path)
    }
  }

  /// Removes all incomplete files and ends the program by `end`; no other file appears meanwhile.
  package static func abandon(_ end: () -> Never) -> Never {
    // It would continue to use files that are removed here.
    helper.withLock { if $0 > 0 { stop($0, by: SIGTERM) } }
    return paths.withLock { paths in
      for path in paths { try? FileManager.default.removeItem(atPath: path) }
      end()
    }
  }
}

/// A file that appears under its name only once it is complete.
package struct OutputFile: ~Copyable {
  private let path: String
  private let temporaryPath: String
  private let handle: FileHandle
  private var buffer: [UInt8] = []
  private var isFinished = false

  /// Bytes that are held back before they are written.
  private static let bufferLimit = 1 << 16

  package init(path: String) throws {
    self.path = path
    let url = URL(fileURLWithPath: path)
    temporaryPath = url.deletingLastPathComponent().appendingPathComponent(".\(url.lastPathComponent).partial").path
    Drafts.begin(temporaryPath)
    guard FileManager.default.createFile(atPath: temporaryPath, contents: nil, attributes: [.posixPermissions: 0o640]),
      let handle = FileHandle(forWritingAtPath: temporaryPath)
    else {
      throw ReportingError.notWritable(path: path, reason: String(cString: strerror(errno)))
    }
    self.handle = handle
  }

  /// Path of a folder for files, which is created if it does not exist.
  ///
  /// Throws `ReportingError.notWritable` or `.fileInPlaceOfFolder`.
  package static func folder(_ path: String) throws -> String {
    let directory = URL(fileURLWithPath: path, isDirectory: true)
    if let file = fileAmong(directory) { throw ReportingError.fileInPlaceOfFolder(path: file) }
    do {
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    } catch {
      throw ReportingError.notWritable(path: directory.path, reason: error.localizedDescription)
    }
    return directory.path
  }

  /// The nearest existing one of a folder and those above it, if that is a file.
  private static func fileAmong(_ folder: URL) -> String? {
    var url = folder.standardizedFileURL
    while true {
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) {
        return isFolder.boolValue ? nil : url.path
      }
      let above = url.deletingLastPathComponent()
      guard above.path != url.path else { return nil }
      url = above
    }
  }

  deinit {
    if !isFinished { Drafts.remove(temporaryPath) }
  }

  /// Lets another program or library write the content to the path that `writer` receives.
  package func write(by writer: (String) throws -> Void) throws { try writer(temporaryPath) }

  package mutating func write(_ bytes: [UInt8]) throws {
    buffer += bytes
    if buffer.count >= Self.bufferLimit { try flush() }
  }

  /// Moves the file to its path.
  ///
  /// - Parameter keepsOther: a file of that name with other bytes is moved aside instead of replaced: people may have
  ///   written into it.
  /// - Returns: the new path of the other file; nil if there was none.
  @discardableResult
  package mutating func finish(keepsOther: Bool = false) throws -> String? {
    try flush()
    do {
      try handle.synchronize()
      try handle.close()
    } catch {
      throw ReportingError.notWritable(path: path, reason: error.localizedDescription)
    }
    let kept = keepsOther ? try moveOtherAside() : nil
    guard Drafts.place(temporaryPath, at: path) == 0 else {
      throw ReportingError.notWritable(path: path, reason: String(cString: strerror(errno)))
    }
    isFinished = true
    return kept
  }

  private func moveOtherAside() throws -> String? {
    let manager = FileManager.default
    guard manager.fileExists(atPath: path), !manager.contentsEqual(atPath: path, andPath: temporaryPath) else {
      return nil
    }
    let url = URL(fileURLWithPath: path)
    let stem = url.deletingPathExtension().path
    var number = 1
    while manager.fileExists(atPath: "\(stem)_kept-\(number).\(url.pathExtension)") { number += 1 }
    let kept = "\(stem)_kept-\(number).\(url.pathExtension)"
    guard rename(path, kept) == 0 else {
      throw ReportingError.notWritable(path: kept, reason: String(cString: strerror(errno)))
    }
    return kept
  }

  private mutating func flush() throws {
    do { try handle.write(contentsOf: buffer) } catch {
      throw ReportingError.notWritable(path: path, reason: error.localizedDescription)
    }
    buffer.removeAll(keepingCapacity: true)
  }
}

/// A folder for intermediate files; it is deleted with its content when the value ends, unless it was placed.
package struct TemporaryFolder: ~Copyable {
  package let path: String

  private var isPlaced = false

  /// Made beside other output. Throws `ReportingError.notWritable`.
  ///
  /// - Parameter mode: permissions, reduced by the umask; the default is for the owner alone. A folder in a folder with
  ///   the set-group-ID bit inherits the group and the bit, which setting the permissions later would clear.
  package init(in directory: String, mode: UInt32 = 0o700) throws {
    path =
      URL(fileURLWithPath: directory, isDirectory: true)
      .appendingPathComponent(".egressaudit-" + UUID().uuidString + ".partial").path
    Drafts.begin(path)
    guard mkdir(path, mode) == 0 else {
      throw ReportingError.notWritable(path: directory, reason: String(cString: strerror(errno)))
    }
  }

  /// Keeps the folder with its content, under another name that no file has yet. Throws `ReportingError.notWritable`.
  package mutating func place(at target: String) throws {
    guard Drafts.place(path, at: target) == 0 else {
      throw ReportingError.notWritable(path: target, reason: String(cString: strerror(errno)))
    }
    isPlaced = true
  }

  deinit {
    if !isPlaced { Drafts.remove(path) }
  }
}
