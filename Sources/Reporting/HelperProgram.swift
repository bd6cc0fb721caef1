import Foundation

/// Runs another program, such as LibreOffice or Chromium, for a limited time.
package enum HelperProgram {
  /// Seconds. Both programs need less than one minute for the largest files that this program makes; one that waits for
  /// an answer, which nobody can give, would wait for ever.
  package static let limit: Double = 600

  /// Runs a program without input and output. It is killed, with all programs that it started, when its time is over.
  ///
  /// Throws what `Process` throws if it cannot be started.
  ///
  /// - Parameter limit: in seconds.
  /// - Returns: how it ended; nil if the time was over.
  package static func run(
    _ program: String, _ arguments: [String], environment: [String: String]? = nil, limit: Double = limit
  ) throws -> Int32? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    if let environment { process.environment = environment }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    let ended = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in ended.signal() }
    try process.run()
    Drafts.helped(by: process.processIdentifier)
    let isInTime = ended.wait(timeout: .now() + limit) == .success
    if !isInTime { Drafts.stop(process.processIdentifier, by: SIGKILL) }
    process.waitUntilExit()
    Drafts.helped(by: 0)
    return isInTime ? process.terminationStatus : nil
  }
}
