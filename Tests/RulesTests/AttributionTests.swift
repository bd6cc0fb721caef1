import Model
import RuleTestSupport
import Rules
import Testing

@Suite("A flow is attributed by its name, else by its aliases, else by the names from DNS")
struct AttributionTests {
  private let rules: RuleSet

  init() throws {
    let directory = try RuleDirectory(rules: [
      "events": [
        rule("events.upload", patterns: ["*.events.vendor-one.com", "events.vendor-one.com"], "shared: true"),
        rule("events.storage", patterns: ["*.blob.core.windows.net"], "shared: true", "personal_label: tenant"),
        rule("events.platform", patterns: ["*.windows.net"], "shared: true", "personal_label: tenant"),
      ],
      "mail": [rule("mail.box", patterns: ["mail.vendor-two.com"])],
    ])
    rules = try directory.load()
  }

  private func attribution(
    _ name: String?, aliases: [String] = [], answers: [AnsweredName] = [], isShared: Bool = false
  ) -> [String]? {
    rules.attribution(
      of: Destination(name: name, address: nil, port: 443, transport: .tcp), aliases: aliases, otherAnswers: answers,
      isShared: isShared
    ).map { [$0.verdict.facts.id, $0.basis.rawValue, $0.name ?? "", $0.isContradicted ? "contradicted" : ""] }
  }

  @Test("the name comes first, then the alias nearest to it")
  func order() {
    let vendor = "v10.events.vendor-one.com"
    #expect(attribution(vendor, aliases: ["mail.vendor-two.com"]) == ["events.upload", "name", vendor, ""])
    #expect(attribution("telemetry.firstparty.example", aliases: [vendor]) == ["events.upload", "alias", vendor, ""])
    #expect(
      attribution("telemetry.firstparty.example", aliases: ["x.example", vendor, "mail.vendor-two.com"])
        == ["events.upload", "alias", vendor, ""])
    #expect(
      attribution("telemetry.firstparty.example", aliases: ["MAIL.vendor-two.com."])
        == ["mail.box", "alias", "MAIL.vendor-two.com.", ""])
    #expect(attribution("telemetry.firstparty.example", aliases: ["x.example"]) == nil)
    #expect(attribution(nil) == nil)
  }

  @Test("an alias at a provider of many customers does not attribute the flow")
  func strangers() {
    #expect(attribution("www.shop.example", aliases: ["shop.blob.core.windows.net"]) == nil)
    #expect(attribution("www.shop.example", aliases: ["shop.z6.web.core.windows.net"]) == nil)
    #expect(attribution("shop.blob.core.windows.net")?.first == "events.storage")
  }

  @Test("a name that contradicts the client's own DNS answer is marked, and without a rule it is attributed by DNS")
  func contradiction() {
    let told = [AnsweredName(name: "v10.events.vendor-one.com", aliases: [])]
    #expect(
      attribution("www.innocent.example", answers: told)
        == ["events.upload", "answer", "v10.events.vendor-one.com", "contradicted"])
    #expect(
      attribution("mail.vendor-two.com", answers: told) == ["mail.box", "name", "mail.vendor-two.com", "contradicted"])
    // By an alias of a name from DNS.
    let byAlias = [AnsweredName(name: "telemetry.firstparty.example", aliases: ["v10.events.vendor-one.com"])]
    #expect(
      attribution("www.innocent.example", answers: byAlias)
        == ["events.upload", "answer", "v10.events.vendor-one.com", "contradicted"])
    // Several answers, all of one service.
    #expect(
      attribution("www.innocent.example", answers: told + [AnsweredName(name: "events.vendor-one.com", aliases: [])])?
        .last
        == "contradicted")
  }

  @Test("a name with another explanation is not a contradiction")
  func noContradiction() {
    let told = [AnsweredName(name: "v10.events.vendor-one.com", aliases: [])]
    #expect(attribution("www.innocent.example", answers: told, isShared: true) == nil)
    #expect(attribution("www.vendor-one.com", answers: told) == nil)
    #expect(attribution("self.events.vendor-one.com", answers: told)?.last == "")
    #expect(attribution("www.innocent.example", answers: [AnsweredName(name: "unknown.example", aliases: [])]) == nil)
    #expect(
      attribution("www.innocent.example", answers: told + [AnsweredName(name: "unknown.example", aliases: [])]) == nil)
    #expect(
      attribution("www.innocent.example", answers: told + [AnsweredName(name: "mail.vendor-two.com", aliases: [])])
        == nil)
    #expect(
      attribution("www.innocent.example", answers: [AnsweredName(name: "shop.blob.core.windows.net", aliases: [])])
        == nil)
  }
}
