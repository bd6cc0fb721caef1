import Foundation
import Model
import Rules
import Store
import TestSupport
import Testing

@Suite("Past findings under another rule set")
struct ReclassificationTests {
  private static let rule = "id: windows-diagnostic-data.event-upload"

  /// The project's rules with one purpose changed.
  private func otherRules(_ folder: TemporaryDirectory) throws -> String {
    let path = folder.path("other-rules")
    try FileManager.default.copyItem(atPath: Project.rules, toPath: path)
    let file = URL(fileURLWithPath: path + "/windows-diagnostic-data.yaml")
    let text = try String(contentsOf: file, encoding: .utf8)
    let changed = text.replacing("purpose: telemetry", with: "purpose: required_service")
    #expect(changed != text)
    try Data(changed.utf8).write(to: file)
    return path
  }

  private func lines(_ text: String) -> [Substring] { text.split(separator: "\n") }

  @Test("the same rule set gives the same tables byte by byte, in files of their own")
  func sameRules() throws {
    let folder = try TemporaryDirectory()
    let store = folder.path("a.sqlite")
    try Project.replay([Project.sample], into: store)
    let judged = try Program.run(["rules", "reclassify", "--store", store, "--rules", Project.rules])
    #expect(judged.code == 0)
    #expect(judged.output == "1\n")
    func export(_ more: [String]) throws -> [Substring] {
      try ["all", "flows"].flatMap { table in
        let run = try Program.run(
          ["export", table, "--store", store, "--profile", "rfc4180", "--output", folder.path("out")] + more)
        #expect(run.code == 0)
        return lines(run.output)
      }
    }
    let pairs = zip(try export([]), try export(["--reclassified", "1"])).filter { $0.0.hasSuffix(".csv") }
    #expect(pairs.count == 8)
    for (original, other) in pairs {
      #expect(other.contains("-reclassified-1_"))
      #expect(
        try Data(contentsOf: URL(fileURLWithPath: String(original)))
          == Data(contentsOf: URL(fileURLWithPath: String(other))), "\(other.suffix(60))")
    }
    let database = try AuditDatabase(path: store, mode: .readExisting)
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
  }

  @Test("a changed purpose is shown beforehand, and changes its findings only in the new tables")
  func changedPurpose() throws {
    let folder = try TemporaryDirectory()
    let store = folder.path("a.sqlite")
    try Project.replay([Project.sample], into: store)
    let other = try otherRules(folder)
    let before = try Program.run(["export", "findings", "--store", store, "--profile", "rfc4180", "--output", "-"])
    let difference = try Program.run(
      ["rules", "diff", Project.rules, other, "--store", store, "--language", "en"])
    #expect(difference.code == 1)
    #expect(difference.output.contains("+purpose required_service; -purpose telemetry"))
    let told = lines(difference.output)
    let ends = told.filter { $0.hasPrefix("  ends: ") }
    let appears = told.filter { $0.hasPrefix("  appears: ") || $0.hasPrefix("  changes: ") }
    #expect(!ends.isEmpty)
    #expect(ends.count == appears.count)
    let same = try Program.run(["rules", "diff", Project.rules, Project.rules, "--store", store, "--language", "en"])
    #expect(same.code == 0)

    #expect(try Program.run(["rules", "reclassify", "--store", store, "--rules", other]).code == 0)
    let again = try Program.run(["export", "findings", "--store", store, "--profile", "rfc4180", "--output", "-"])
    #expect(again.output == before.output)
    let moved = try Program.run([
      "export", "findings", "--store", store, "--profile", "rfc4180", "--output", "-", "--reclassified", "1",
    ])
    #expect(moved.code == 0)
    let hash = try RuleSet(directory: other).stamp.hash
    #expect(lines(moved.output).dropFirst().allSatisfy { $0.contains(hash) })
    #expect(!before.output.contains(hash))
  }

  @Test("a missing reclassification is reported with the existing ones")
  func unknown() throws {
    let folder = try TemporaryDirectory()
    let store = folder.path("a.sqlite")
    try Project.replay([Project.sample], into: store)
    let none = try Program.run(["export", "findings", "--store", store, "--output", "-", "--reclassified", "3"])
    #expect(none.code == 3)
    #expect(none.said.contains("there is no reclassification 3; it holds none"))
  }
}
