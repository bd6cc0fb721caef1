import Foundation

/// A program of the machine, run to its end.
public enum Tool {
  public struct Run: Sendable {
    public var code: Int32
    /// Standard output and standard error together.
    public var text: String
  }

  /// The first of `paths` that can be run.
  public static func find(_ paths: String...) -> String? {
    paths.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// `environment`: variables in addition to those of the test.
  public static func run(
    _ path: String, _ arguments: [String], environment: [String: String] = [:]
  ) throws -> Run {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let output = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Run(code: process.terminationStatus, text: String(decoding: bytes, as: UTF8.self))
  }
}
