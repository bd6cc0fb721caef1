import Auditing
import Foundation
import Reporting
import Store
import TestSupport
import Testing

/// Captures of others, which are not part of the project. `EGRESSAUDIT_CORPUS` names their folder.
private let corpus = ProcessInfo.processInfo.environment["EGRESSAUDIT_CORPUS"]

@Suite("Captures that nobody here wrote")
struct CorpusTests {
  private func captures() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: corpus! + "/pcaps").sorted()
      .filter { $0.hasSuffix(".pcap") || $0.hasSuffix(".pcapng") || $0.hasSuffix(".cap") }
      .map { corpus! + "/pcaps/" + $0 }
  }

  @Test(
    "each is audited and exported without a trap, whatever is in it",
    .enabled(if: corpus != nil, "EGRESSAUDIT_CORPUS names no folder: nothing to audit"))
  func audited() throws {
    let folder = try TemporaryDirectory()
    var readable = 0
    for (index, capture) in try captures().enumerated() {
      let store = folder.path("\(index).sqlite")
      do {
        try Project.replay([capture], into: store, configuration: nil)
      } catch is ReplayError {
        continue
      }
      readable += 1
      _ = try Project.exports(of: store, folder: folder.path("\(index)"))
    }
    #expect(readable > 100)
  }
}
