import Model
import RuleTestSupport
import Rules
import Testing

@Suite("Explanation")
struct ExplanationTests {
  static let cases: [(name: String, destination: Destination)] = [
    ("winner-and-loser", destination("eu-crash.events.example.net")),
    ("personal-label", destination("contoso.events.example.net", address: "192.0.2.9")),
    ("other-port", destination("watson.eu.example.net", port: 80, transport: .udp)),
    ("address-range", destination(nil, address: "2001:db8::1")),
    ("neighbour", destination("\u{1b}[31m.x.example.net")),
    ("nothing-near", destination("www.example.org")),
  ]

  @Test("is given in English and German", arguments: cases)
  func text(name: String, destination: Destination) throws {
    let explanation = try RuleSet(directory: goodDirectory).explain(destination)
    for language in Language.allCases {
      try checkSnapshot(explanation.text(in: language), "\(name).\(language.rawValue).txt")
    }
  }

  @Test("gives every step of the order between rules of one file a reason of its own in both languages")
  func reasons() throws {
    for language in Language.allCases {
      var reasons: Set<Substring> = []
      for duel in MatchingTests.duels {
        let directory = try RuleDirectory(rules: [
          "s": [
            rule("s.a", patterns: duel.loser.patterns, addresses: duel.loser.addresses, duel.loser.lines),
            rule("s.z", patterns: duel.winner.patterns, addresses: duel.winner.addresses, duel.winner.lines),
          ]
        ])
        let text = try directory.load().explain(duel.target).text(in: language)
        reasons.insert(try #require(text.split(separator: "\n").last).split(separator: ": ").last ?? "")
      }
      // Without the rule id, and the origin, which is that of a file.
      #expect(reasons.count == DecidingStep.allCases.count - 2)
    }
  }

  @Test("lists the other service of a shared endpoint")
  func sharedEndpoint() throws {
    let directory = try RuleDirectory(rules: [
      "a": [rule("a.one", patterns: ["example.net"], "shared: true")],
      "b": [rule("b.one", patterns: ["example.net"], "shared: true")],
    ])
    let explanation = try directory.load().explain(destination("example.net"))
    #expect(explanation.winner?.verdict.facts.id == "a.one")
    #expect(explanation.others.map { $0.match.verdict.facts.id } == ["b.one"])
    #expect(
      explanation.text(in: .german).hasSuffix(
        "  b.one (b, telemetry), das Muster example.net: in allem gleich; die Kennung der Siegerin steht im Alphabet vorn\n"
      ))
  }

  @Test("names the nearest rule only if two labels are shared, and the longest suffix wins")
  func neighbour() throws {
    let directory = try RuleDirectory(rules: [
      "s": [
        rule("s.a", patterns: ["*.example.net"]), rule("s.b", patterns: ["v10.events.example.net"]),
        rule("s.c", patterns: ["a.*.com"]),
      ]
    ])
    let ruleSet = try directory.load()
    let near = { (name: String) in ruleSet.explain(destination(name)).neighbour }
    #expect(near("Events.Example.net.") == nil)
    #expect(near("example.net")?.match.verdict.facts.id == "s.a")
    #expect(near("example.net")?.sharedEnding == "example.net")
    #expect(near("b.x.com") == nil)
    let exact = try RuleDirectory(rules: [
      "s": [rule("s.a", patterns: ["x.example.net"]), rule("s.b", patterns: ["v10.events.example.net"])]
    ]).load()
    #expect(exact.explain(destination("Events.Example.net.")).neighbour?.match.verdict.facts.id == "s.b")
    #expect(exact.explain(destination("Events.Example.net.")).neighbour?.sharedEnding == "events.example.net")
  }
}
