import Model
import Testing

@Suite("Version of a rule set")
struct RuleSetVersionTests {
  @Test("is one to four numbers with dots between, and nothing else")
  func forms() {
    for text in ["1", "2026.11.1", "0.0.0.0", "999999999"] { #expect(RuleSetVersion(text)?.description == text) }
    for text in ["", ".", "1.", ".1", "1..2", "1.2.3.4.5", "1.a", "v1", "-1", "+1", " 1", "1 ", "1.0000000000", "١"] {
      #expect(RuleSetVersion(text) == nil, "\(text)")
    }
  }

  @Test("ranks by numbers, not by text; missing numbers count as 0")
  func order() {
    let ascending = ["0.9", "1", "1.0.1", "1.2", "1.10", "2026.2.1", "2026.11", "2026.11.1"].compactMap {
      RuleSetVersion($0)
    }
    #expect(ascending.count == 8)
    #expect(ascending.shuffled().sorted() == ascending)
    #expect(RuleSetVersion("2026.11") == RuleSetVersion("2026.11.0"))
    #expect(RuleSetVersion("2026.011") == RuleSetVersion("2026.11"))
    #expect(Set(["1", "1.0"].compactMap { RuleSetVersion($0) }).count == 1)
  }
}
