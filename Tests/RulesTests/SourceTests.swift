import Documents
import Foundation
import Model
import RuleTestSupport
import Rules
import Testing

@Suite("Sources of rules")
struct SourceTests {
  private static let plain = "[{ document: Example list, place: line 1, kind: list, date: 2024 }]"

  private func directory(_ sources: String, _ patterns: [String] = ["a.example.net", "b.example.net"]) throws
    -> RuleDirectory
  {
    let rule = rule("s.a", patterns: patterns, addresses: patterns.count > 1 ? ["198.51.0.0/16"] : [])
    #expect(rule.contains(Self.plain))
    return try RuleDirectory(rules: ["s": [rule.replacing(Self.plain, with: sources)]])
  }

  private func faults(_ sources: String) throws -> [String] {
    let directory = try directory(sources)
    let error = #expect(throws: FileLoadError.self) { try directory.load() }
    return error?.faults.map { $0.description.drop { $0 != " " }.description } ?? []
  }

  private func source(_ keys: String, kind: String = "vendor") -> String {
    "{ document: Handbook, place: page 1, kind: \(kind), date: 2024, \(keys) }"
  }

  @Test("state which patterns they name, what else they state, where, and who wrote them")
  func patterns() throws {
    let rules = try directory(
      """
      [{ document: Handbook, place: page 7, kind: vendor, date: 2024, patterns: [b.example.net, 198.51.0.0/16] }, \
      { document: List, place: line 3, kind: blocklist, date: 2025, patterns: [a.example.net], supports: [purpose, level] }, \
      { document: Notes, place: line 1, kind: research, date: 2026, supports: [data_categories] }]
      """
    ).load()
    let facts = try #require(rules.facts.first)
    #expect(facts.sources.map(\.kind) == [.vendor, .blocklist, .research])
    #expect(facts.sources.map(\.place) == ["page 7", "line 3", "line 1"])
    #expect(facts.sources.map(\.patterns) == [["198.51.0.0/16", "b.example.net"], ["a.example.net"], nil])
    #expect(facts.sources.map(\.supports) == [nil, [.level, .purpose], [.dataCategories]])
    let named = { (patterns: Set<String>) in facts.sources(of: patterns).map(\.document) }
    #expect(named(["a.example.net"]) == ["List"])
    #expect(named(["b.example.net"]) == ["Handbook"])
    #expect(named(["a.example.net", "198.51.0.0/16"]) == ["Handbook", "List"])
    #expect(named([]) == [])
    for line in [
      "source-place\tpage 7", "source-kind\tblocklist", "source-pattern\ta.example.net",
      "source-supports\tdata_categories",
    ] { #expect(rules.canonicalText.contains(line + "\n")) }
  }

  @Test("need not repeat the only pattern of a rule, nor what an imported list names")
  func allPatterns() throws {
    let one = try directory("[\(source("revision: r1"))]", ["a.example.net"]).load()
    #expect(one.facts[0].sources(of: ["a.example.net"]).map(\.document) == ["Handbook"])
    for kind in ["list", "blocklist"] {
      let list = try directory("[\(source("revision: r1", kind: kind))]").load()
      #expect(list.facts[0].sources(of: ["b.example.net"]).map(\.document) == ["Handbook"])
    }
    let silent =
      " the source does not state what it names; expected 'patterns', 'supports' or both; "
      + "add 'patterns:' with what this place names, or 'supports:' with what else it states"
    for kind in ["vendor", "authority", "research"] {
      #expect(try faults("[\(source("revision: r1", kind: kind))]") == [silent])
    }
    #expect(
      try faults("[\(source("revision: r1", kind: "list")), \(source("revision: r1", kind: "list"))]")
        == [silent, silent])
  }

  @Test("are refused if they name a pattern that the rule lacks, or if no source names a pattern")
  func refused() throws {
    #expect(
      try faults("[\(source("patterns: [c.example.net]"))]") == [
        " the rule has no 'c.example.net'; expected a pattern or an address range of this rule; did you mean 'a.example.net'?"
      ])
    #expect(
      try faults("[\(source("patterns: [a.example.net, 198.51.0.0/16]")), \(source("supports: [effect]"))]") == [
        " no source names 'b.example.net'; expected a source for each pattern and range; add it to 'patterns:' of the source that names it"
      ])
  }

  @Test("are refused without a place or a kind; the former key for the vendor's documents leads to the new one")
  func keys() throws {
    #expect(
      try faults("[{ document: Handbook, date: 2024, by_vendor: true, patterns: [a.example.net] }]") == [
        " the source has no key 'kind'; expected one of vendor, authority, research, list, blocklist; add 'kind:'",
        " the source has no key 'place'; expected where it is in the document: a heading, a table row, a line; add 'place:'",
        " unknown key 'by_vendor' in the source; expected one of document, place, kind, date, revision, patterns, supports; write 'kind: vendor' instead, if it still holds",
      ])
    #expect(
      try faults("[\(source("supports: [data]"))]").first
        == " an item of 'supports' is 'data'; expected one of data_categories, effect, level, purpose; choose one of them"
    )
  }

  @Test("of an earlier version are read from a store: the vendor's, or of unknown authors")
  func former() throws {
    let read = { (json: String) in
      try JSONDecoder().decode(SourceReference.self, from: Data("{\"document\":\"D\",\"date\":\"2024\",\(json)}".utf8))
    }
    #expect(try read("\"isByVendor\":true").kind == .vendor)
    #expect(try read("\"isByVendor\":false").kind == nil)
    #expect(try read("\"revision\":\"r\"").kind == nil)
    #expect(try read("\"kind\":\"list\",\"isByVendor\":true").kind == .list)
  }

  @Test("name no pattern that a local override added")
  func localOverride() throws {
    let directory = try directory("[{ document: Handbook, place: line 1, kind: list, date: 2024 }]")
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
        "registers/transfer-tools.yaml:9:14: the tool expires on 2031-12-27, before it starts on 2031-12-28; expected a last day that is not before the first; correct 'expires' or 'starts'"
      ])
  }
}
