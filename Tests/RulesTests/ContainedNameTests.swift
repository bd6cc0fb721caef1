import Model
import RuleTestSupport
import Testing

@testable import Rules

@Suite("Names that the name of a content network contains")
struct ContainedNameTests {
  private static let networks = """
    format: 1
    compared: "2026-11-24"
    networks:
      - id: first
        operator: First Network
        kind: content_delivery
        names: [akadns.net, edgekey.net]
        customer_names:
          - { suffix: akadns.net, source: { document: Example handbook, date: "2024" } }
          - { suffix: edgekey.net, source: { document: Example handbook, date: "2024" } }
          - { suffix: globalredir.akadns.net, source: { document: Example handbook, date: "2024" } }
        sources: [{ document: Example handbook, date: "2024" }]
      - id: second
        operator: Second Network
        kind: anycast
        names: [cdn.cloudflare.net]
        customer_names:
          - { suffix: cdn.cloudflare.net, source: { document: Example handbook, date: "2024" } }
        sources: [{ document: Example handbook, date: "2024" }]

    """

  private static func with(_ purpose: String, _ rule: String) -> String {
    rule.replacing("purpose: telemetry", with: "purpose: \(purpose)")
  }

  private static let services = [
    with("user_function", rule("s.events-page", patterns: ["events.vendor-five.com"], "purpose_reason: A calendar.")),
    rule("s.events", patterns: ["*.events.vendor-one.com"]),
    with("user_function", rule("s.mail", patterns: ["mail.vendor-one.com"], "ports: [443]")),
    with("user_function", rule("s.offices", patterns: ["*.vendor-two.com"], "personal_label: tenant")),
    with("user_function", rule("s.places", patterns: ["*.vendor-three.com"], "shared: true", "personal_label: tenant")),
    with("user_function", rule("s.portal", patterns: ["*.vendor-six.com"], "shared: true")),
    with("unknown", rule("s.unknown", patterns: ["www.vendor-four.com"])),
  ]

  private static let ofNetworks = [
    with(
      "unknown",
      rule("net.all", patterns: ["*.akadns.net", "*.cloudflare.net", "*.edgekey.net"], "shared: true")),
    with("unknown", rule("net.one", patterns: ["own.events.vendor-one.com.edgekey.net"])),
  ]

  private static func rules(_ services: [String: [String]], networks: String? = networks) throws -> RuleSet {
    var files: [String: String?] = [
      "example-telemetry.yaml": nil, "example-updates.yaml": nil, "registers/shared-networks.yaml": networks,
    ]
    for (service, rules) in services {
      files["\(service).yaml"] =
        "format: 1\nservice: \(service)\ntitle: { en: \(service), de: \(service) }\nvendor: Example\n"
        + "recipient: example-group\nrules:\n" + rules.joined(separator: "\n") + "\n"
    }
    return try RuleDirectory(replacing: files).load()
  }

  private static let all = Result { try rules(["net": ofNetworks, "s": services]) }

  private static let nested = Array(repeating: "edgekey.net", count: 20).joined(separator: ".")

  @Test(
    "have the rule of the contained name, whose pattern continues with the ending of the network",
    arguments: [
      ("mail.vendor-one.com.edgekey.net", "s.mail", "mail.vendor-one.com.edgekey.net"),
      ("MAIL.vendor-one.com.EdgeKey.NET.", "s.mail", "mail.vendor-one.com.edgekey.net"),
      ("a.events.vendor-one.com.cdn.cloudflare.net", "s.events", "*.events.vendor-one.com.cdn.cloudflare.net"),
      ("stats.events.vendor-one.com.akadns.net", "s.events", "*.events.vendor-one.com.akadns.net"),
      ("0a1b2c3d4e5f6071.events.vendor-one.com.edgekey.net", "s.events", "*.events.vendor-one.com.edgekey.net"),
      (
        "mail.vendor-one.com.edgekey.net.globalredir.akadns.net", "s.mail",
        "mail.vendor-one.com.edgekey.net.globalredir.akadns.net"
      ),
      ("mail.vendor-one.com.edgekey.net.edgekey.net", "s.mail", "mail.vendor-one.com.edgekey.net.edgekey.net"),
      ("office.vendor-two.com.edgekey.net", "s.offices", "*.vendor-two.com.edgekey.net"),
      ("www.vendor-six.com.edgekey.net", "s.portal", "*.vendor-six.com.edgekey.net"),
    ])
  func found(name: String, rule: String, pattern: String) throws {
    let rules = try Self.all.get()
    let verdict = try #require(rules.verdict(for: destination(name)))
    let base = try #require(rules.facts.first { $0.id == rule })
    #expect([verdict.facts.id, verdict.matchedPattern] == [rule + "+contained-name", pattern])
    #expect(verdict.basis == .name)
    #expect(verdict.facts.purpose == base.purpose)
    #expect(verdict.facts.isShared)
    #expect(verdict.facts.baseID == rule)
    #expect(verdict.personalLabel == (rule == "s.offices" ? "tenant" : nil))
    #expect(verdict.facts.sources(of: [pattern]) == base.sources)
    #expect(rules.verdict(forWholeNameOf: destination(name))?.facts.baseID == "net.all")
    // They are not stored, but made from the rule.
    #expect(rules.verdictFacts.allSatisfy { $0.id != verdict.facts.id })
    let stored = Dictionary(uniqueKeysWithValues: rules.verdictFacts.map { ($0.id, $0) })
    #expect(stored.facts(ofRule: verdict.facts.id) == verdict.facts)
    #expect(stored.facts(ofRule: rule) == base)
  }

  @Test(
    "do not count if the name only looks like one, if its rule says no more, or if anybody could choose it twice",
    arguments: [
      ("mail.vendor-one.com.edgekey.net.evil.com", nil), ("mail.vendor-one.comedgekey.net", nil),
      ("mail.vendor-one.com.notedgekey.net", nil), ("edgekey.net", nil), (".edgekey.net", nil),
      ("mail.vendor-one.com..edgekey.net", nil), ("", nil), (".", nil),
      ("evilmail.vendor-one.com.edgekey.net", "net.all"), ("a.evilevents.vendor-one.com.edgekey.net", "net.all"),
      ("mail.vendor-one.com.evil.com.edgekey.net", "net.all"), ("com.edgekey.net", "net.all"),
      ("co.uk.edgekey.net", "net.all"), ("globalredir.akadns.net", "net.all"),
      ("edgekey.net.globalredir.akadns.net", "net.all"), ("mail.vendor-one.com-v1.edgekey.net", "net.all"),
      // The rule of a network says what is below that, too.
      ("x.edgekey.net.edgekey.net", "net.all"),
      ("mail.vendor-one.com.edgekey.net.edgekey.net.edgekey.net", "net.all"),
      // Users of the platform choose the name, and customers of the network once more.
      ("office.vendor-three.com.edgekey.net", "net.all"),
      // Neither rule states a purpose.
      ("www.vendor-four.com.edgekey.net", "net.all"),
      // A rule for this very name remains, and below a further network too.
      ("own.events.vendor-one.com.edgekey.net", "net.one"),
      ("own.events.vendor-one.com.edgekey.net.akadns.net", "net.all+telling-label"),
      // A label that suggests telemetry stays in doubt, also if the rule of the name gives a reason for it.
      ("metrics.vendor-two.com.edgekey.net", "net.all+telling-label"),
      ("events.vendor-five.com.edgekey.net", "net.all+telling-label"),
      // Its customers choose no names below it.
      ("mail.vendor-one.com.www.cloudflare.net", "net.all"),
    ] as [(String, String?)])
  func notFound(name: String, rule: String?) throws {
    #expect(try Self.all.get().verdict(for: destination(name))?.facts.id == rule)
  }

  @Test("count without a rule of the network, on the ports of their rule, and only if the register has the suffix")
  func conditions() throws {
    let name = "mail.vendor-one.com.edgekey.net"
    let alone = try Self.rules(["s": Self.services])
    #expect(alone.verdict(for: destination(name))?.facts.id == "s.mail+contained-name")
    #expect(alone.verdict(for: destination(name, port: 80)) == nil)
    #expect(alone.verdict(for: destination("events.vendor-five.com.edgekey.net")) == nil)
    #expect(try Self.all.get().verdict(for: destination(name, port: 80))?.facts.id == "net.all")
    let unregistered = try Self.rules(["net": Self.ofNetworks, "s": Self.services], networks: nil)
    #expect(unregistered.verdict(for: destination(name))?.facts.id == "net.all")
  }

  @Test("do not count if the rule of the network states a purpose and is not shared")
  func purposeOfNetwork() throws {
    let rules = try Self.rules(["net": [rule("net.all", patterns: ["*.edgekey.net"])], "s": Self.services])
    #expect(rules.verdict(for: destination("mail.vendor-one.com.edgekey.net"))?.facts.id == "net.all")
  }

  @Test("nest at most twice, however long the name is, and nothing follows from the end of a name that is too long")
  func long() throws {
    let rules = try Self.all.get()
    let full = "mail.vendor-one.com." + Self.nested
    #expect(full.utf8.count == 259)
    for count in [254, 259] {
      let name = String(full.suffix(count))
      #expect(rules.verdict(for: destination(name))?.facts.id == "net.all")
    }
    let label = String(repeating: "a", count: 63)
    let most = "\(label).\(label).\(label).\(label.prefix(29)).events.vendor-one.com.edgekey.net"
    #expect(most.utf8.count == 255)
    #expect(rules.verdict(for: destination(most))?.facts.id == "s.events+contained-name")
    let tooLong = "a" + most.replacing("events", with: "a.events")
    #expect(rules.verdict(for: destination(tooLong))?.facts.id == "net.all+telling-label")
  }

  @Test("are attributed by their own name; an alias with a purpose comes first, and is never read like this itself")
  func attribution() throws {
    let rules = try Self.all.get()
    let attribution = { (name: String, aliases: [String]) in
      rules.attribution(of: destination(name), aliases: aliases).map {
        [$0.verdict.facts.id, $0.basis.rawValue, $0.name ?? ""]
      }
    }
    let name = "mail.vendor-one.com.edgekey.net"
    #expect(attribution(name, []) == ["s.mail+contained-name", "name", name])
    #expect(attribution(name, ["e1.x.edgekey.net", "www.vendor-four.com"]) == ["s.mail+contained-name", "name", name])
    let alias = "a.events.vendor-one.com"
    #expect(attribution(name, [alias]) == ["s.events", "alias", alias])
    #expect(attribution("www.shop.example", [name]) == nil)
    // DNS gave the contained name itself.
    let told = [AnsweredName(name: "mail.vendor-one.com", aliases: [])]
    #expect(rules.attribution(of: destination(name), otherAnswers: told)?.isContradicted == false)
  }

  @Test("are explained with the contained name and the rule of the network")
  func explained() throws {
    let explanation = try Self.all.get().explain(destination("a.events.vendor-one.com.edgekey.net"))
    #expect(explanation.winner?.verdict.facts.id == "s.events+contained-name")
    #expect(explanation.contained?.name == "a.events.vendor-one.com")
    #expect(explanation.contained?.ofNetwork?.verdict.facts.baseID == "net.all")
    #expect(explanation.others.isEmpty)
    let lines = { (language: Language) in explanation.text(in: language).split(separator: "\n").map(String.init) }
    #expect(
      lines(.english)[1]
        == "Rule s.events+contained-name wins, through the pattern *.events.vendor-one.com.edgekey.net.")
    #expect(
      lines(.english)[4]
        == "  Contained name   the name of a content network (First Network) contains the name a.events.vendor-one.com; its customers choose such names, so this is only a hint; the rule of the whole network is net.all"
    )
    #expect(
      lines(.german)[4]
        == "  Enthaltener Name         der Name eines Content-Netzes (First Network) enthält den Namen a.events.vendor-one.com; solche Namen wählen die Kunden des Netzes, der Name ist daher nur ein Hinweis; die Regel des ganzen Netzes ist net.all"
    )
    let alone = try Self.rules(["s": Self.services]).explain(destination("mail.vendor-one.com.edgekey.net"))
    #expect(alone.winner?.verdict.facts.id == "s.mail+contained-name")
    #expect(alone.neighbour == nil)
    #expect(alone.text(in: .english).contains("so this is only a hint\n"))
  }
}
