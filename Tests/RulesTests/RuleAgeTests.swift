import Foundation
import Model
import RuleTestSupport
import Rules
import Testing

@Suite("Ages of rules")
struct RuleAgeTests {
  private func rules() throws -> RuleSet {
    let changed = { (id: String, day: String) in
      rule(id, patterns: ["\(id).example.net"]).replacing("compared: 2026-11-24", with: "compared: \(day)")
    }
    return try RuleDirectory(rules: [
      "s": [
        changed("s.a", "2026-11-24"), changed("s.b", "2026-01-02"), changed("s.c", "2026-11-24"),
        changed("s.d", "2025-01-02"),
      ]
    ]).load()
  }

  @Test("are listed oldest comparison first")
  func order() throws {
    let names = RuleAges(try rules()).entries.map(\.name).filter { $0.hasPrefix("s.") }
    #expect(names == ["s.d", "s.b", "s.a", "s.c"])
    let register = RuleAges(try rules()).entries.first { $0.name == "registers/recipients.yaml" }
    #expect(register?.compared == "2026-11-24")
    #expect(register?.oldestSource == "2024")
  }

  @Test("begin with what was contacted, and of one day with what was contacted most")
  func contacts() throws {
    let ages = RuleAges(try rules(), contacts: ["s.a": 3, "s.c": 40, "s.b": 1])
    #expect(ages.entries.map(\.name).filter { $0.hasPrefix("s.") } == ["s.b", "s.c", "s.a", "s.d"])
    let text = ages.text(in: .english)
    #expect(
      text.hasPrefix(
        "compared    oldest source  contacts    rule or register\n2026-01-02  2024           1           s.b\n"))
    #expect(ages.text(in: .german).hasPrefix("verglichen  älteste Quelle  Kontakte    Regel oder Register\n"))
  }
}
