import Documents
import Matching
import Model
import RuleTestSupport
import Rules
import Testing

@Suite("What is left out")
struct LeftOutTests {
  @Test("agrees with the rules, or lint reports where it does not; loading ignores it")
  func good() throws {
    #expect(try RuleDirectory(replacing: ["left-out.yaml": try fixture("left-out.yaml")]).lint() == [])
    let broken = try RuleDirectory(replacing: ["left-out.yaml": "format: 1\n"])
    #expect(
      broken.lint().map(\.description) == [
        "left-out.yaml:1:1: the list has no key 'groups'; expected a list of groups; add 'groups:'"
      ])
    #expect(throws: Never.self) { try broken.load() }
  }

  @Test("is not compared with rules that do not load")
  func brokenRules() throws {
    let directory = try RuleDirectory(replacing: [
      "left-out.yaml": try fixture("left-out.yaml"), "example-telemetry.yaml": "format: 1\n",
    ])
    #expect(directory.lint().allSatisfy { $0.file == "example-telemetry.yaml" })
  }
}

@Suite("Registers")
struct RegisterTests {
  @Test("name the services that hide destinations")
  func services() throws {
    let services = try RuleSet(directory: goodDirectory).networks.services
    #expect(services.resolvers == ["dns.example.net", "dot.example.org"])
    #expect(services.resolverAddresses == [IPAddress("192.0.2.53")!, IPAddress("2001:db8::53")!])
    #expect(services.relays == ["mask.example.net"])
    #expect(services.outerNames == ["ech.example.net"])
    #expect(try NetworkRegisters(RuleSource(goodDirectory)).services == services)
  }

  @Test("of networks are read even if rules are broken, and a directory without them names nothing")
  func registersAlone() throws {
    let broken = try RuleDirectory(replacing: ["ruleset.yaml": "format: 2"])
    #expect(throws: FileLoadError.self) { try broken.load() }
    #expect(try broken.networks().services.outerNames == ["ech.example.net"])
    let names = ["outer-names", "relays", "resolvers", "shared-networks"].map { "registers/\($0).yaml" }
    let without = try RuleDirectory(replacing: Dictionary(uniqueKeysWithValues: names.map { ($0, nil) }))
    #expect(try without.load().networks.services == KnownServices())
    #expect(without.lint() == [])
  }

  @Test("that are broken or missing are refused with their place")
  func refused() throws {
    let broken = try RuleDirectory(replacing: ["registers/relays.yaml": "format: 1\ncompared: 2026-11-24\n"])
    let error = #expect(throws: FileLoadError.self) { try broken.networks() }
    #expect(
      error?.description
        == "registers/relays.yaml:1:1: the register has no key 'relays'; expected a list of entries; add 'relays:'")
    #expect(throws: FileLoadError.self) { try NetworkRegisters(RuleSource("/nonexistent/rules")) }
  }

  @Test(
    "give the network of an address or a name",
    arguments: [
      ("198.51.100.5", "example-anycast"), ("198.51.100.200", "example-content"), ("2001:db8:1::9", "example-anycast"),
      ("192.0.2.1", nil), ("a.CDN.example.net.", "example-content"), ("cdn.example.net", "example-content"),
      ("xcdn.example.net", nil), ("example.net", nil),
    ] as [(String, String?)])
  func sharedNetwork(destination: String, expected: String?) throws {
    let networks = try RuleSet(directory: goodDirectory).networks.sharedNetworks
    let found = IPAddress(destination).map { networks.network(of: $0) } ?? networks.network(ofName: destination)
    #expect(found?.id == expected)
  }

  @Test("mark the patterns of a rule that belong to a shared network")
  func sharedNetworkUses() throws {
    let directory = try RuleDirectory(rules: [
      "s": [
        rule("s.a", patterns: ["*.cdn.example.net", "a*.cdn.example.net", "cdn.*.net", "www.example.net"]),
        rule("s.b", addresses: ["198.51.100.0/26", "198.51.100.128/25", "198.51.0.0/16"]),
      ]
    ])
    let facts = try directory.load().facts
    #expect(
      facts.map { $0.sharedNetworks.map { "\($0.network.id): \($0.patterns.joined(separator: " "))" } } == [
        ["example-content: *.cdn.example.net a*.cdn.example.net"],
        ["example-anycast: 198.51.100.0/26", "example-content: 198.51.100.128/25"],
      ])
    #expect(facts[0].sharedNetworks[0].network.kind == .contentDelivery)
  }

  @Test("list a decision that covers the country of a recipient's seat")
  func adequacy() throws {
    let recipients = try fixture("good/registers/recipients.yaml").replacing("seat: \"NO\"", with: "seat: CH")
    let directory = try RuleDirectory(replacing: ["registers/recipients.yaml": recipients])
    let tools = try #require(try directory.load().facts.first).recipient.transferTools
    #expect(
      tools.map { "\($0.text.en) (\($0.asOf))" } == [
        "Standard contractual clauses: Example Corporation, stated (2021-09-15)",
        "Example framework: Example Holding, not entered (2026-10-07)",
        "Adequacy decision for Elsewhere: Example Corporation, covers the seat, until 2031-12-27 (2025-12-19)",
      ])
    #expect(
      tools.map(\.text.de) == [
        "Standardvertragsklauseln: Example Corporation, angegeben",
        "Beispielrahmen: Example Holding, nicht eingetragen",
        "Angemessenheitsbeschluss für Anderswo: Example Corporation, gilt für den Sitz, bis 27.12.2031",
      ])
    #expect(tools.map(\.validUntil) == [nil, nil, "2031-12-27"])
  }
}
