import Documents
import Foundation
import Model
import RuleTestSupport
import Rules
import TestSupport
import Testing

@Suite("docs/rule-format.md")
struct DocumentTests {
  private func document() throws -> String {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return try String(contentsOf: root.appending(path: "docs/rule-format.md"), encoding: .utf8)
  }

  /// Files that the document shows, by name.
  private func files() throws -> [String: String] {
    var files: [String: String] = [:]
    for block in try document().components(separatedBy: "\n```yaml ").dropFirst() {
      let lines = block.components(separatedBy: "\n")
      files[lines[0]] = lines.dropFirst().prefix { $0 != "```" }.joined(separator: "\n") + "\n"
    }
    return files
  }

  @Test("shows files that load without a fault")
  func examples() throws {
    let files = try files()
    #expect(files.count == 10)
    let directory = try RuleDirectory(only: files)
    #expect(directory.lint().map(\.description) == [])
    #expect(try directory.load().facts.count == 2)
  }

  @Test("shows local overrides that load with these files")
  func overrides() throws {
    let text = try #require(try document().components(separatedBy: "\n```yaml\n# overrides.yaml\n").dropFirst().first)
    let folder = try TemporaryDirectory()
    let path = try folder.write(text.components(separatedBy: "```")[0], to: "overrides.yaml")
    let directory = try RuleDirectory(only: files())
    let source = RuleSource(directory.path, overrides: path)
    #expect(RuleLint.check(source).map(\.description) == [])
    #expect(try RuleSet(source).localOverrides.map(\.id) == ["own-mirror"])
  }

  @Test("lists every step of the matching order")
  func matchingOrder() throws {
    let table = try #require(try document().components(separatedBy: "| step | wins | loses |").last)
    let steps = table.components(separatedBy: "\n").prefix { $0.isEmpty || $0.hasPrefix("|") }
      .filter { $0.dropFirst(2).first?.isNumber ?? false }
    #expect(steps.count == DecidingStep.allCases.count)
  }
}
