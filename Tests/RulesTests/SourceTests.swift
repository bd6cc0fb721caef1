import Documents
import Foundation
import Model
import RuleTestSupport
import Rules
import Testing

@Suite("Sources of rules")
struct SourceTests {
  private func directory(_ sources: String) throws -> RuleDirectory {
    let rule = rule("s.a", patterns: ["a.example.net", "b.example.net"], addresses: ["198.51.0.0/16"])
    return try RuleDirectory(rules: [
      "s": [rule.replacing("[{ document: Example handbook, date: 2024 }]", with: sources)]
    ])
  }

  private func faults(_ sources: String) throws -> [String] {
    let directory = try directory(sources)
    let error = #expect(throws: FileLoadError.self) { try directory.load() }
    return error?.faults.map { $0.description.drop { $0 != " " }.description } ?? []
  }

  @Test("say which patterns they name, and whether they are the vendor's")
  func patterns() throws {
    let rules = try directory(
      """
      [{ document: Handbook, date: 2024, by_vendor: true, patterns: [b.example.net, 198.51.0.0/16] }, { document: List, date: 2025, by_vendor: false, patterns: [a.example.net] }, { document: Notes, date: 2026 }]
      """
    ).load()
    let facts = try #require(rules.facts.first)
    #expect(facts.sources.map(\.isByVendor) == [true, false, nil])
    #expect(facts.sources.map(\.patterns) == [["198.51.0.0/16", "b.example.net"], ["a.example.net"], nil])
    let named = { (patterns: Set<String>) in facts.sources(of: patterns).map(\.document) }
    #expect(named(["a.example.net"]) == ["List", "Notes"])
    #expect(named(["b.example.net"]) == ["Handbook", "Notes"])
    #expect(named(["a.example.net", "198.51.0.0/16"]) == ["Handbook", "List", "Notes"])
    #expect(named([]) == [])
    #expect(rules.canonicalText.contains("source-pattern\ta.example.net\n"))
    #expect(rules.canonicalText.contains("source-by-vendor\tno\n"))
  }

  @Test("are refused if they name a pattern that the rule lacks, or if no source names a pattern")
  func refused() throws {
    #expect(
      try faults("[{ document: Handbook, date: 2024, patterns: [c.example.net] }]") == [
        " the rule has no 'c.example.net'; expected a pattern or an address range of this rule; did you mean 'a.example.net'?"
      ])
    #expect(
      try faults("[{ document: Handbook, date: 2024, patterns: [a.example.net, 198.51.0.0/16] }]") == [
        " no source names 'b.example.net'; expected a source for each pattern and range; add it to 'patterns:' of the source that names it"
      ])
  }

  @Test("name no pattern that a local override added")
  func localOverride() throws {
    let directory = try directory("[{ document: Handbook, date: 2024 }]")
    let overrides = directory.path + "/own.overrides"
    try Data(
      """
      format: 1
      overrides:
        - id: own
          rule: s.a
          change: { patterns: [own.example.org], addresses: [203.0.113.0/24] }
          reason: It is a mirror.
          author: admin
          created: "2026-11-01"
          expires: "2026-12-31"

      """.utf8
    ).write(to: URL(fileURLWithPath: overrides))
    let rules = try RuleSet(RuleSource(directory.path, overrides: overrides))
    let facts = try #require(rules.facts.first { $0.id == "s.a+own" })
    #expect(facts.localOverrides.map(\.parts) == [[.patterns, .addresses]])
    #expect(facts.localOverrides.map(\.addedPatterns) == [["203.0.113.0/24", "own.example.org"]])
    #expect(facts.sources(of: ["own.example.org", "203.0.113.0/24"]) == [])
    #expect(facts.sources(of: ["own.example.org", "a.example.net"]).map(\.document) == ["Handbook"])
    #expect(facts.baseID == "s.a")
  }

  @Test("a transfer tool that ends before it begins is refused")
  func toolDays() throws {
    let tools = try fixture("good/registers/transfer-tools.yaml")
      .replacing("expires: \"2031-12-27\"", with: "starts: \"2031-12-28\"\n    expires: \"2031-12-27\"")
    let directory = try RuleDirectory(replacing: ["registers/transfer-tools.yaml": tools])
    let error = #expect(throws: FileLoadError.self) { try directory.load() }
    #expect(
      error?.faults.map(\.description) == [
        "registers/transfer-tools.yaml:8:14: the tool expires on 2031-12-27, before it starts on 2031-12-28; expected a last day that is not before the first; correct 'expires' or 'starts'"
      ])
  }
}
