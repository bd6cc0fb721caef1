import Foundation

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
    guard FileManager.default.createFile(atPath: temporaryPath, contents: nil, attributes: [.posixPermissions: 0o640]),
      let handle = FileHandle(forWritingAtPath: temporaryPath)
    else {
      throw ReportingError.notWritable(path: path, reason: String(cString: strerror(errno)))
    }
    self.handle = handle
  }

  deinit {
    if !isFinished { try? FileManager.default.removeItem(atPath: temporaryPath) }
  }

  package mutating func write(_ bytes: [UInt8]) throws {
    buffer += bytes
    if buffer.count >= Self.bufferLimit { try flush() }
  }

  /// Puts the file in its place.
  ///
  /// - Parameter keepsOther: a file of that name with other bytes is moved aside instead of replaced: people may have written into it.
  /// - Returns: where the other file lies now; nil where there was none.
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
    guard rename(temporaryPath, path) == 0 else {
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
