import Documents
import Model
import RuleTestSupport
import Rules
import Testing

@Suite("Imported rules beside rules that were written by hand")
struct ImportedRulesTests {
  /// A rule file as `rules import` writes it.
  private func imported(_ service: String, _ rules: String...) -> String {
    """
    format: 1
    service: \(service)
    title: { en: List, de: Liste }
    vendor: Example
    recipient: example-group
    origin: import
    rules:
    \(rules.joined(separator: "\n"))

    """
  }

  private func directory(
    _ imported: String, named name: String = "a-list.yaml", beside rules: String...
  ) throws -> RuleDirectory {
    let directory = try RuleDirectory(rules: ["windows": rules])
    try directory.write(Array(imported.utf8), to: name)
    return directory
  }

  @Test(
    "the rule written by hand wins over an imported one of the same strength, though the imported id comes first",
    arguments: ["v10.events.example.net", "*.events.example.net", "v*.events.example.net"])
  func curatedWins(pattern: String) throws {
    let directory = try directory(
      imported("a-list", rule("a-list.listed", patterns: [pattern])),
      beside: rule("windows.events", patterns: [pattern]))
    let explanation = try directory.load().explain(destination("v10.events.example.net"))
    #expect(explanation.winner?.verdict.facts.id == "windows.events")
    #expect(explanation.others.map { $0.match.verdict.facts.id } == ["a-list.listed"])
    #expect(explanation.others.map(\.lostBy) == [.curatedBeforeImported])
    #expect(
      explanation.text(in: .english).hasSuffix(
        "equal in all; the winner is written by hand, the other comes from an imported list\n"))
    #expect(
      explanation.text(in: .german).hasSuffix(
        "in allem gleich; die Siegerin ist von Hand geschrieben, die andere stammt aus einer eingelesenen Liste\n"))
  }

  @Test("the same holds for address ranges")
  func ranges() throws {
    let directory = try directory(
      imported("a-list", rule("a-list.listed", addresses: ["192.0.2.0/24"])),
      beside: rule("windows.range", addresses: ["192.0.2.0/24"]))
    let explanation = try directory.load().explain(destination(nil, address: "192.0.2.7"))
    #expect(explanation.winner?.verdict.facts.id == "windows.range")
    #expect(explanation.others.map(\.lostBy) == [.curatedBeforeImported])
  }

  @Test("a narrower imported pattern still wins, and the explanation says that it was imported")
  func narrower() throws {
    let directory = try directory(
      imported("a-list", rule("a-list.listed", patterns: ["v10.events.example.net"])),
      beside: rule("windows.events", patterns: ["*.events.example.net"]))
    let explanation = try directory.load().explain(destination("v10.events.example.net"))
    #expect(explanation.winner?.verdict.facts.id == "a-list.listed")
    #expect(explanation.text(in: .english).contains("  Origin           an imported list; a rule written by hand wins"))
    #expect(explanation.text(in: .german).contains("eine eingelesene Liste; eine von Hand geschriebene Regel gewinnt"))
  }

  @Test("lint accepts a pattern in both, and an example of the imported rule that the other one wins")
  func lint() throws {
    let curated = rule("windows.events", patterns: ["example.net"])
    let both = try directory(imported("a-list", rule("a-list.listed", patterns: ["example.net"])), beside: curated)
    #expect(both.lint() == [])
    // Between two imported files nothing but the id decides.
    let two = try directory(imported("a-list", rule("a-list.listed", patterns: ["example.net"])), beside: curated)
    try two.write(
      Array(imported("b-list", rule("b-list.listed", patterns: ["example.net"])).utf8), to: "b-list.yaml")
    #expect(
      two.lint().map(\.description) == [
        "b-list.yaml:13:16: the pattern 'example.net' is also in rule 'a-list.listed' (a-list.yaml:13); expected one rule for a destination, or 'shared: true' in both rules of two services; remove it from one of them, or mark both as shared"
      ])
  }

  @Test("the origin is one fixed word, and changes the hash of the rule set")
  func word() throws {
    let text = imported("a-list", rule("a-list.listed", patterns: ["example.net"]))
    let curated = rule("windows.events", patterns: ["example.net"], "ports: [80]")
    let other = try directory(text.replacing("origin: import", with: "origin: list"), beside: curated)
    #expect(
      other.lint().map(\.description) == [
        "a-list.yaml:6:9: 'origin' of the service is 'list'; expected one of import; choose one of them"
      ])
    let byHand = try directory(text.replacing("origin: import\n", with: ""), beside: curated).load()
    let listed = try directory(text, beside: curated).load()
    #expect(byHand.stamp != listed.stamp)
    #expect(listed.canonicalText.contains("\norigin\timport\n"))
    #expect(!byHand.canonicalText.contains("\norigin\t"))
  }
}
