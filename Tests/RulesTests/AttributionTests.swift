import Foundation
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

  @Test("an alias counts before a rule that states only whose the name is, and only if its rule states what it is for")
  func aliasSaysMore() throws {
    let rules = try RuleDirectory(rules: [
      "s": [
        rule(
          "s.events", patterns: ["*events-data*.trafficmanager.net", "collector-*.cloudapp.azure.com"], "shared: true"),
        rule("s.mail", patterns: ["mail.vendor-one.com"]),
        rule("s.vendor", patterns: ["*.vendor-one.com"], "shared: true"),
      ],
      "t": [
        rule("t.unknown", patterns: ["*.vendor-two.com"]).replacing("purpose: telemetry", with: "purpose: unknown")
      ],
    ]).load()
    let attribution = { (name: String?, aliases: [String]) in
      rules.attribution(
        of: Destination(name: name, address: nil, port: 443, transport: .tcp), aliases: aliases
      ).map { [$0.verdict.facts.id, $0.basis.rawValue, $0.name ?? ""] }
    }
    let collector = "eu-events-data-1.trafficmanager.net"
    #expect(attribution("x.vendor-one.com", [collector]) == ["s.events", "alias", collector])
    #expect(attribution("x.vendor-one.com", ["x.example", collector]) == ["s.events", "alias", collector])
    // The name itself is known, or the alias says no more.
    #expect(attribution("mail.vendor-one.com", [collector]) == ["s.mail", "name", "mail.vendor-one.com"])
    #expect(attribution("x.vendor-one.com", ["y.vendor-one.com"]) == ["s.vendor", "name", "x.vendor-one.com"])
    #expect(attribution("x.vendor-one.com", ["a.vendor-two.com"]) == ["s.vendor", "name", "x.vendor-one.com"])
    #expect(attribution("a.vendor-two.com", ["mail.vendor-one.com"]) == ["s.mail", "alias", "mail.vendor-one.com"])
    // Anybody can choose such a name on a platform: only the vendor's own names lead to it.
    #expect(attribution("www.shop.example", [collector]) == nil)
    #expect(attribution("www.shop.example", ["collector-1.cloudapp.azure.com"]) == nil)
    #expect(attribution(collector, []) == ["s.events", "name", collector])
    // A flow without a name of its own.
    #expect(attribution(nil, ["mail.vendor-one.com"]) == ["s.mail", "alias", "mail.vendor-one.com"])
  }

  @Test("an alias on a platform of a stranger counts for no other vendor, nor if customers assign its labels")
  func platforms() throws {
    let own = rule("own.all", patterns: ["*.vendor-one.com"], "shared: true")
    func attributed(_ labels: String, vendor: String) throws -> String? {
      let directory = try RuleDirectory(rules: [
        "own": [own],
        "s": [
          rule("s.a", patterns: ["*-collector.azurewebsites.net"], "shared: true", "personal_label: \(labels)")
        ],
      ])
      let path = URL(fileURLWithPath: directory.path + "/s.yaml")
      let text = try String(contentsOf: path, encoding: .utf8).replacing("vendor: Example", with: "vendor: \(vendor)")
      try Data(text.utf8).write(to: path)
      return try directory.load().attribution(
        of: Destination(name: "x.vendor-one.com", address: nil, port: 443, transport: .tcp),
        aliases: ["eu-collector.azurewebsites.net"])?.verdict.facts.id
    }
    #expect(try attributed("none", vendor: "Example") == "s.a")
    #expect(try attributed("tenant", vendor: "Example") == "own.all")
    #expect(try attributed("none", vendor: "Stranger") == "own.all")
  }
}
