import Model
import RuleTestSupport
import Rules
import Testing

@Suite("Difference of two rule sets")
struct RuleSetDifferenceTests {
  private func difference(_ old: [String], _ new: [String]) throws -> RuleSetDifference {
    RuleSetDifference(
      from: try RuleDirectory(rules: ["here": old]).load(), to: try RuleDirectory(rules: ["here": new]).load())
  }

  @Test("is empty for the same rules, however they are written")
  func same() throws {
    let rules = [rule("here.a", patterns: ["a.example.net"]), rule("here.b", patterns: ["b.example.net"])]
    let difference = try difference(rules, rules)
    #expect(difference.isEmpty)
    #expect(
      difference.text(in: .english) == "Rules, 2026.11.1 against 2026.11.1: 0 new, 0 gone, 0 changed\n")
  }

  @Test("names added, removed and changed rules, with the changed values")
  func changes() throws {
    let difference = try difference(
      [
        rule("here.a", patterns: ["a.example.net"]),
        rule("here.b", patterns: ["b.example.net", "bb.example.net"], "disputes: [\"A list says no.\"]"),
      ],
      [
        rule(
          "here.b", patterns: ["*.b.example.net", "bb.example.net"], "personal_label: tenant", "shared: true",
          "disputes: [\"A list says yes.\"]"),
        rule("here.c", patterns: ["c.example.net"]),
      ])
    #expect(difference.changes.map(\.ruleID) == ["here.a", "here.b", "here.c"])
    #expect(
      difference.changes.map(\.change) == [
        .removed,
        .changed(
          values: [
            "+pattern *.b.example.net", "+personal-label tenant", "+shared yes", "-pattern b.example.net", "-shared no",
          ],
          reworded: ["dispute"]),
        .added,
      ])
    #expect(
      difference.text(in: .german) == """
        Regeln, 2026.11.1 gegen 2026.11.1: 1 neu, 1 entfallen, 1 geändert
          entfallen: here.a
          geändert: here.b: +pattern *.b.example.net; +personal-label tenant; +shared yes; -pattern b.example.net; -shared no; anders formuliert: dispute
          neu: here.c

        """)
  }
}
