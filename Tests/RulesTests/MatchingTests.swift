import Model
import RuleTestSupport
import Rules
import TestSupport
import Testing

@Suite("Matching")
struct MatchingTests {
  /// Pattern, name, whether it matches.
  static let fits: [(String, String, Bool)] = [
    ("v10.events.example.net", "v10.events.example.net", true),
    ("v10.events.example.net", "V10.Events.EXAMPLE.net", true),
    ("v10.events.example.net", "v10.events.example.net.", true),
    ("v10.events.example.net", "v10.events.example.net..", false),
    ("v10.events.example.net", "a.v10.events.example.net", false),
    ("v10.events.example.net", "xv10.events.example.net", false),
    ("v10.events.example.net", "events.example.net", false),
    ("*.example.net", "a.example.net", true),
    ("*.example.net", "a.b.c.example.net", true),
    ("*.example.net", "example.net", false),
    ("*.example.net", ".example.net", false),
    ("*.example.net", "a..example.net", false),
    ("*.example.net", "aexample.net", false),
    ("*.example.net", "a.example.net.evil.org", false),
    ("watson.*.example.net", "watson.eu.example.net", true),
    ("watson.*.example.net", "watson.eu.west.example.net", false),
    ("watson.*.example.net", "watson.example.net", false),
    ("watson.*.example.net", "watson..example.net", false),
    ("*-crash.example.net", "eu-crash.example.net", true),
    ("*-crash.example.net", "-crash.example.net", true),
    ("*-crash.example.net", "eu.x-crash.example.net", false),
    ("*-crash.example.net", "eu-crash2.example.net", false),
    ("v*-*c.example.net", "v10-euc.example.net", true),
    ("v*-*c.example.net", "v10-eu.example.net", false),
    ("*.watson.*.example.net", "a.b.watson.eu.example.net", true),
    ("*.watson.*.example.net", "watson.eu.example.net", false),
    ("*.*.example.net", "a.b.example.net", true),
    ("*.*.example.net", "a.example.net", false),
  ]

  @Test("a pattern matches", arguments: fits)
  func fit(pattern: String, name: String, expected: Bool) throws {
    let directory = try RuleDirectory(rules: ["s": [rule("s.a", patterns: [pattern])]])
    let verdict = try directory.load().verdict(for: destination(name))
    #expect((verdict != nil) == expected)
    #expect((verdict?.matchedPattern ?? pattern) == pattern)
  }

  struct Duel: Sendable, CustomTestStringConvertible {
    var step: DecidingStep
    /// Keys of the rule that wins, then of the one that loses. Ids are chosen so that the id alone would decide
    /// otherwise.
    var winner: (patterns: [String], addresses: [String], lines: String)
    var loser: (patterns: [String], addresses: [String], lines: String)
    var target: Destination { destination(winner.patterns.isEmpty ? nil : "a.b.example.net", address: "192.0.2.7") }
    var testDescription: String { step.rawValue }
  }

  static let duels: [Duel] = [
    Duel(step: .nameBeforeAddress, winner: (["*.net"], [], ""), loser: ([], ["192.0.2.7/32"], "ports: [443]")),
    Duel(
      step: .exactBeforePattern, winner: (["a.b.example.net"], [], ""),
      loser: (["*.b.example.net"], [], "ports: [443]")),
    Duel(
      step: .exactBeforePattern, winner: (["a.b.example.net"], [], ""),
      loser: (["a*.b.example.net"], [], "ports: [443]")),
    Duel(
      step: .fixedDepthBeforeAnyDepth, winner: (["a.*.*.net"], [], ""),
      loser: (["*.b.example.net"], [], "ports: [443]")),
    Duel(
      step: .moreLabels, winner: (["*.b.example.net"], [], ""), loser: (["*.example.net"], [], "ports: [443]")),
    Duel(
      step: .moreLabels, winner: (["a*.b.example.net"], [], ""), loser: (["a.*.*.net"], [], "ports: [443]")),
    Duel(
      step: .port, winner: (["*.example.net"], [], "ports: [80, 443]"), loser: (["*.example.net"], [], "transport: tcp")
    ),
    Duel(
      step: .port, winner: ([], ["192.0.0.0/16"], "ports: [443]"), loser: ([], ["192.0.2.0/24"], "transport: tcp")),
    Duel(step: .longerPrefix, winner: ([], ["192.0.2.0/24"], ""), loser: ([], ["192.0.0.0/16"], "transport: tcp")),
    Duel(
      step: .transport, winner: (["*.b.example.net"], [], "transport: tcp"), loser: (["*.b.example.net"], [], "")),
    Duel(
      step: .transport, winner: (["a*.b.example.net"], [], "transport: tcp"), loser: (["*a.b.example.net"], [], "")),
    Duel(
      step: .moreCharacters, winner: (["a.b*.example.net"], [], ""), loser: (["a.*.example.net"], [], "")),
    Duel(
      step: .fewerStars, winner: (["a.*b.example.net"], [], ""), loser: (["a.*b*.example.net"], [], "")),
  ]

  @Test("the narrower rule wins, and the explanation names the step", arguments: duels)
  func order(duel: Duel) throws {
    let directory = try RuleDirectory(rules: [
      "s": [
        rule("s.a", patterns: duel.loser.patterns, addresses: duel.loser.addresses, duel.loser.lines),
        rule("s.z", patterns: duel.winner.patterns, addresses: duel.winner.addresses, duel.winner.lines),
      ]
    ])
    let ruleSet = try directory.load()
    #expect(ruleSet.verdict(for: duel.target)?.facts.id == "s.z")
    let explanation = ruleSet.explain(duel.target)
    #expect(explanation.winner?.verdict == ruleSet.verdict(for: duel.target))
    #expect(explanation.others.map { $0.match.verdict.facts.id } == ["s.a"])
    #expect(explanation.others.map(\.lostBy) == [duel.step])
  }

  @Test("if all else is equal, the rule id decides, not the order of files")
  func ruleIdentifierDecides() throws {
    let directory = try RuleDirectory(rules: [
      "b": [rule("b.one", patterns: ["*.example.net"])], "a": [rule("a.two", patterns: ["*.example.net"])],
    ])
    let explanation = try directory.load().explain(destination("x.example.net"))
    #expect(explanation.winner?.verdict.facts.id == "a.two")
    #expect(explanation.others.map(\.lostBy) == [.ruleID])
  }

  @Test("a rule of other ports or of the other transport does not win, and the next one does")
  func constraints() throws {
    let directory = try RuleDirectory(rules: [
      "s": [
        rule("s.a", patterns: ["a.example.net"], "ports: [80]"),
        rule("s.b", patterns: ["a.example.net"], "transport: udp"),
        rule("s.c", patterns: ["*.example.net"]),
      ]
    ])
    let ruleSet = try directory.load()
    let winner = { (port: UInt16, transport: TransportProtocol) in
      ruleSet.verdict(for: destination("a.example.net", port: port, transport: transport))?.facts.id
    }
    #expect(winner(80, .tcp) == "s.a")
    #expect(winner(80, .udp) == "s.a")
    #expect(winner(443, .udp) == "s.b")
    #expect(winner(443, .tcp) == "s.c")
    let explanation = ruleSet.explain(destination("a.example.net"))
    #expect(explanation.excluded.map { $0.match.verdict.facts.id } == ["s.a", "s.b"])
    #expect(explanation.excluded.map(\.ports) == [[80], []])
    #expect(explanation.excluded.map(\.transport) == [nil, .udp])
  }

  @Test("address ranges match by family, and only if no name matches")
  func addresses() throws {
    let directory = try RuleDirectory(rules: [
      "s": [
        rule("s.all", addresses: ["0.0.0.0/0", "::/0"]),
        rule("s.six", addresses: ["2001:db8::/32", "2001:db8:1::/48"]),
        rule("s.name", patterns: ["*.example.net"], addresses: ["192.0.2.0/24"]),
      ]
    ])
    let ruleSet = try directory.load()
    let verdict = { (name: String?, address: String?) in ruleSet.verdict(for: destination(name, address: address)) }
    #expect(verdict(nil, "2001:db8:1::5")?.matchedPattern == "2001:db8:1::/48")
    #expect(verdict(nil, "2001:db8:2::5")?.matchedPattern == "2001:db8::/32")
    #expect(verdict(nil, "2001:db9::5")?.matchedPattern == "::/0")
    #expect(verdict(nil, "198.51.100.1")?.matchedPattern == "0.0.0.0/0")
    #expect(verdict(nil, "192.0.2.200")?.matchedPattern == "192.0.2.0/24")
    #expect(verdict(nil, "192.0.2.200")?.basis == .addressRange)
    #expect(verdict("a.example.net", "2001:db8:1::5")?.matchedPattern == "*.example.net")
    #expect(verdict("a.example.net", "2001:db8:1::5")?.basis == .name)
    #expect(verdict("a.example.org", "192.0.2.1")?.basis == .addressRange)
    #expect(verdict(nil, nil) == nil)
  }

  @Test("the verdict carries the facts of the files, and the personal part only under '*'")
  func facts() throws {
    let ruleSet = try RuleSet(directory: goodDirectory)
    #expect(
      ruleSet.facts.map(\.id) == [
        "example-telemetry.crash", "example-telemetry.events", "example-updates.download",
      ])
    let source = SourceReference(
      document: "Example handbook", place: "table row \"Crash\"", kind: .vendor, date: "2024-03-06",
      revision: "7af7e3d",
      patterns: ["*-crash.events.example.net", "watson.*.example.net"], supports: [.dataCategories])
    let recipient = Recipient(
      id: "example-group", legalEntity: "Example Corporation", aliases: ["Example"], seat: "NO",
      parent: "Example Holding", parentSeat: "US",
      roleAssumed: "processor",
      transferTools: [
        TransferToolEntry(
          tool: "example-clauses",
          title: LocalizedText(en: "Standard contractual clauses", de: "Standardvertragsklauseln"),
          entity: "Example Corporation", status: .stated, asOf: "2021-09-15",
          source: SourceReference(
            document: "Example data protection addendum", date: "2024-03-06", revision: "7af7e3d")),
        TransferToolEntry(
          tool: "example-framework", title: LocalizedText(en: "Example framework", de: "Beispielrahmen"),
          entity: "Example Holding", status: .notEntered, asOf: "2026-10-07",
          source: SourceReference(document: "Example list of participants", date: "2026-10-07")),
      ],
      source: SourceReference(
        document: "Example data protection addendum", date: "2024-03-06", revision: "7af7e3d"))
    let crash = RuleFacts(
      id: "example-telemetry.crash", revision: 2, service: "example-telemetry",
      serviceTitle: LocalizedText(en: "Example diagnostics", de: "Beispieldiagnose"), recipient: recipient,
      purpose: .telemetry, kind: "diagnostics-crash", dataLevel: nil,
      categories: [
        DataCategory(
          id: "crash-report", title: LocalizedText(en: "Crash report", de: "Absturzbericht"), isPersonal: false),
        DataCategory(
          id: "device-identifier", title: LocalizedText(en: "Device identifier", de: "Gerätekennung"),
          isPersonal: true),
      ],
      sources: [source], disputes: ["A blocklist (2024-07-13) calls it a tracker."], isShared: false,
      isEssential: false,
      blockingEffect: LocalizedText(en: "Crash reports stay here.", de: "Absturzberichte bleiben hier."),
      products: [], compared: "2026-11-24")
    #expect(
      ruleSet.verdict(for: destination("EU-crash.events.example.net"))
        == Verdict(
          facts: crash, matchedPattern: "*-crash.events.example.net", basis: .name, personalLabel: nil))
    #expect(ruleSet.verdict(for: destination("v10.events.example.net"))?.personalLabel == nil)
    #expect(ruleSet.verdict(for: destination("contoso.events.example.net"))?.personalLabel == "tenant")
    #expect(ruleSet.verdict(for: destination("contoso.events.example.net"))?.facts.dataLevel == "required")
  }
}

@Suite("Hostile names")
struct HostileNameTests {
  static let names: [String] = {
    var names = ["", ".", "..", "...", "*", "*.example.net", "\u{0}", "\u{0}.example.net", "\u{ff}\u{80}.example.net"]
    names.append(String(repeating: ".", count: 255))
    names.append(String(repeating: "a.", count: 127) + "a")
    names.append(String(repeating: "a", count: 255))
    names.append(String(repeating: "a", count: 240) + ".example.net")
    names.append(String(repeating: "aaaab", count: 48) + ".example.net")
    names.append(String(String.UnicodeScalarView((0...0xff).compactMap { Unicode.Scalar($0) })))
    names.append(String(repeating: "\u{c4}", count: 243) + ".example.net")
    return names
  }()

  /// Patterns that would take exponential time in a backtracking matcher.
  static let patterns =
    ["*.example.net", "*a*a*a*a*a*a*a*b.example.net", "*.*.*.*.*.*.*.*.net"]
    + (1...60).map { String(repeating: "a*.", count: $0) + "net" }

  /// Backtracking would try each of 60 `*` at each place, and would not end.
  @Test("are matched by the right patterns, and never trap", arguments: names)
  func hostile(name: String) throws {
    let directory = try RuleDirectory(rules: ["s": [rule("s.a", patterns: HostileNameTests.patterns)]])
    let ruleSet = try directory.load()
    let isBelow = name.hasSuffix(".example.net") && name != ".example.net"
    #expect((ruleSet.verdict(for: destination(name)) != nil) == isBelow)
  }

  @Test("every byte of the wire, as one scalar, is matched unchanged")
  func everyScalar() throws {
    let ruleSet = try RuleSet(directory: goodDirectory)
    for value in UInt8.min...UInt8.max where value != UInt8(ascii: ".") {
      let name = String(Unicode.Scalar(value)) + ".events.example.net"
      #expect(ruleSet.verdict(for: destination(name))?.facts.id == "example-telemetry.events")
      let stranger = "v10.events" + String(Unicode.Scalar(value)) + ".example.net"
      #expect(ruleSet.verdict(for: destination(stranger)) == nil)
    }
  }
}

/// The definition of patterns and their order in docs/rule-format.md, written without regard to speed.
private struct PlainRules {
  struct Rule {
    var id: String
    var patterns: [String]
    var addresses: [String]
    var ports: [UInt16]
    var transport: TransportProtocol?
  }

  var rules: [Rule]

  /// Ids and patterns or ranges of all that fit, best first.
  func matches(_ destination: Destination) -> [(id: String, pattern: String)] {
    var found: [(rank: [Int], id: String, pattern: String)] = []
    for rule in rules {
      guard rule.ports.isEmpty || rule.ports.contains(destination.port),
        rule.transport == nil || rule.transport == destination.transport
      else { continue }
      let hasPorts = rule.ports.isEmpty ? 0 : 1
      let hasTransport = rule.transport == nil ? 0 : 1
      for pattern in rule.patterns where destination.name.map({ plainlyFits(pattern, $0) }) ?? false {
        let labels = pattern.split(separator: ".")
        let kind = !pattern.contains("*") ? 0 : pattern.hasPrefix("*.") ? 2 : 1
        let stars = pattern.count { $0 == "*" }
        let dots = pattern.count { $0 == "." }
        found.append(
          (
            [
              0, kind, -labels.count { !$0.contains("*") }, -hasPorts, 0, -hasTransport,
              -(pattern.count - stars - dots),
              stars,
            ], rule.id, pattern
          ))
      }
      for range in rule.addresses {
        guard let prefix = IPPrefix(range), destination.address.map(prefix.contains) ?? false else { continue }
        found.append(([1, 0, 0, -hasPorts, -prefix.length, -hasTransport, 0, 0], rule.id, range))
      }
    }
    return found.sorted {
      $0.rank != $1.rank ? $0.rank.lexicographicallyPrecedes($1.rank) : ($0.id, $0.pattern) < ($1.id, $1.pattern)
    }.map { ($0.id, $0.pattern) }
  }
}

@Suite("Matching of random rules")
struct RandomRulesTests {
  @Test("agrees with the rule format taken word for word", arguments: 1...12)
  func agreesWithTheFormat(seed: UInt64) throws {
    var dice = SeededGenerator(seed: seed)
    func label(_ letters: String) -> String {
      String((0..<Int.random(in: 1...2, using: &dice)).map { _ in letters.randomElement(using: &dice)! })
    }
    func pattern() -> String {
      let labels = (0..<Int.random(in: 1...3, using: &dice)).map { _ in
        label("aabc*").replacing("**", with: "*")
      }
      return (labels + ["c"]).joined(separator: ".")
    }
    let plain = PlainRules(
      rules: (0..<20).map { number in
        PlainRules.Rule(
          id: "s.r\(number)", patterns: Set((0..<3).map { _ in pattern() }).sorted(),
          addresses: Set(
            (0..<2).map { _ in "10.0.\(Int.random(in: 0...3, using: &dice)).0/\(Int.random(in: 20...24, using: &dice))"
            }
          )
          .compactMap { IPPrefix($0)?.description },
          ports: [[], [], [443], [80, 443], [80]].randomElement(using: &dice)!,
          transport: [nil, nil, .tcp, .udp].randomElement(using: &dice)!)
      })
    let directory = try RuleDirectory(rules: [
      "s": plain.rules.map { one in
        var lines: [String] = []
        if !one.ports.isEmpty { lines.append("ports: [\(one.ports.map(String.init).joined(separator: ", "))]") }
        if let transport = one.transport { lines.append("transport: \(transport == .tcp ? "tcp" : "udp")") }
        return rule(one.id, patterns: one.patterns, addresses: one.addresses, lines.joined(separator: "\n    "))
      }
    ])
    let ruleSet = try directory.load()
    for _ in 0..<500 {
      let labels = (0..<Int.random(in: 1...4, using: &dice)).map { _ in label("abc") }
      let target = destination(
        Int.random(in: 0..<6, using: &dice) == 0 ? nil : (labels + ["c"]).joined(separator: "."),
        address: "10.0.\(Int.random(in: 0...9, using: &dice)).1", port: [80, 443, 53].randomElement(using: &dice)!,
        transport: [.tcp, .udp].randomElement(using: &dice)!)
      let expected = plain.matches(target)
      let verdict = ruleSet.verdict(for: target)
      #expect(verdict?.facts.id == expected.first?.id, "\(target)")
      #expect(verdict?.matchedPattern == expected.first?.pattern, "\(target)")
      let explanation = ruleSet.explain(target)
      var told: Set<String> = []
      let rules = expected.filter { told.insert($0.id).inserted }
      let found = [explanation.winner].compactMap { $0 } + explanation.others.map(\.match)
      #expect(found.map { $0.verdict.facts.id } == rules.map(\.id), "\(target)")
      #expect(found.map { $0.verdict.matchedPattern } == rules.map(\.pattern), "\(target)")
    }
  }
}
