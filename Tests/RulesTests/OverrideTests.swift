import Documents
import Foundation
import Model
import RuleTestSupport
import Rules
import TestSupport
import Testing

@Suite("Local overrides")
struct OverrideTests {
  let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func override(
    _ id: String, rule: String = "example-telemetry.events", _ change: String, starts: String? = nil,
    expires: String = "2026-12-31", reason: String = "It is our own mirror."
  ) -> String {
    """
      - id: \(id)
        rule: \(rule)
        change: { \(change) }
        reason: \(reason)
        author: Network team
        created: 2026-11-01
        \(starts.map { "starts: \($0)" } ?? "# none")
        expires: \(expires)
    """
  }

  private func source(_ overrides: [String], rules: String = goodDirectory) throws -> RuleSource {
    let text = "format: 1\noverrides:\n" + overrides.joined(separator: "\n") + "\n"
    return RuleSource(rules, overrides: try folder.write(text, to: "overrides.yaml"))
  }

  private func load(_ overrides: String...) throws -> RuleSet { try RuleSet(source(overrides)) }

  /// The expected messages, with the path of the file as `FILE`.
  private func faults(_ overrides: [String]) throws -> [String] {
    let source = try source(overrides)
    let linted = RuleLint.check(source).map(\.description)
    let error = #expect(throws: FileLoadError.self) { try RuleSet(source) }
    #expect(error?.faults.map(\.description) == linted)
    return linted.map { $0.replacing(source.overrides ?? "", with: "FILE") }
  }

  private func day(_ text: String) throws -> Int64 {
    let formatter = ISO8601DateFormatter()
    formatter.formatOptions = [.withFullDate]
    return Int64(try #require(formatter.date(from: text)).timeIntervalSince1970) / 86_400
  }

  private func verdict(_ rules: RuleSet, _ name: String, on date: String?) throws -> Verdict? {
    rules.verdict(
      for: Destination(
        name: name, address: nil, port: 443, transport: .tcp, day: try date.map { try day($0) }))
  }

  @Test("a changed purpose applies from the first day to the last, and the rule as written on all others")
  func purpose() throws {
    let rules = try load(override("own-mirror", "purpose: required_service"))
    let ids = try ["2026-10-31", "2026-11-01", "2026-12-31", "2027-01-01", nil].map {
      try verdict(rules, "a.events.example.net", on: $0)?.facts.id
    }
    let original = "example-telemetry.events"
    let local = "example-telemetry.events+own-mirror"
    #expect(ids == [original, local, local, original, original])
    let facts = try #require(try verdict(rules, "a.events.example.net", on: "2026-11-15")).facts
    #expect(facts.purpose == .requiredService)
    #expect(
      facts.localOverrides == [
        LocalOverride(
          id: "own-mirror", firstDay: "2026-11-01", lastDay: "2026-12-31", created: "2026-11-01",
          reason: "It is our own mirror.", parts: [.purpose])
      ])
    #expect(try verdict(rules, "a.events.example.net", on: nil)?.facts.localOverrides == [])
    #expect(try verdict(rules, "a.events.example.net", on: nil)?.facts.purpose == .telemetry)
  }

  @Test("the first day may differ from the day of writing")
  func starts() throws {
    let rules = try load(override("own-mirror", "shared: false", starts: "2026-05-01"))
    #expect(try verdict(rules, "a.events.example.net", on: "2026-05-01")?.facts.isShared == false)
    #expect(try verdict(rules, "a.events.example.net", on: "2026-04-30")?.facts.isShared == true)
  }

  @Test("a rule that is switched off leaves its names to the next rule, or to none")
  func disabled() throws {
    let rules = try RuleDirectory(rules: [
      "s": [rule("s.narrow", patterns: ["a.example.net"]), rule("s.wide", patterns: ["*.example.net"])]
    ])
    let off = { (id: String) in override("off-\(id)", rule: "s.\(id)", "disabled: true") }
    let one = try RuleSet(source([off("narrow")], rules: rules.path))
    #expect(try verdict(one, "a.example.net", on: "2026-11-01")?.facts.id == "s.wide")
    #expect(try verdict(one, "a.example.net", on: "2027-01-01")?.facts.id == "s.narrow")
    let both = try RuleSet(source([off("narrow"), off("wide")], rules: rules.path))
    #expect(try verdict(both, "a.example.net", on: "2026-11-01") == nil)
    // Results must be able to show what was switched off.
    #expect(both.facts.map(\.id) == ["s.narrow", "s.narrow+off-narrow", "s.wide", "s.wide+off-wide"])
    #expect(both.facts[1].localOverrides.map(\.disablesRule) == [true])
  }

  @Test("patterns for lists are those of the rules that apply on the day")
  func endpoints() throws {
    let rules = try RuleDirectory(rules: [
      "s": [rule("s.narrow", patterns: ["a.example.net"]), rule("s.wide", patterns: ["*.example.net"])]
    ])
    let overrides = [
      override("off", rule: "s.narrow", "disabled: true"),
      override("more", rule: "s.wide", "patterns: [b.example.org]"),
    ]
    let set = try RuleSet(source(overrides, rules: rules.path))
    #expect(try set.endpoints(day: day("2026-11-01")).map(\.pattern) == ["*.example.net", "b.example.org"])
    #expect(try set.endpoints(day: day("2027-01-01")).map(\.pattern) == ["a.example.net", "*.example.net"])
  }

  @Test("added patterns and ranges match only on these days, with the rule's personal labels")
  func added() throws {
    let rules = try load(
      override("own-hosts", "patterns: [\"*.relay.example.org\"], addresses: [198.51.100.0/24]"))
    let added = try verdict(rules, "contoso.relay.example.org", on: "2026-11-01")
    #expect(added?.facts.id == "example-telemetry.events+own-hosts")
    #expect(added?.matchedPattern == "*.relay.example.org")
    #expect(added?.personalLabel == "tenant")
    #expect(try verdict(rules, "contoso.relay.example.org", on: "2027-01-01") == nil)
    #expect(
      try verdict(rules, "v10.events.example.net", on: "2026-11-01")?.facts.id == "example-telemetry.events+own-hosts")
    let address = Destination(
      name: nil, address: IPAddress("198.51.100.7"), port: 443, transport: .tcp, day: try day("2026-11-02"))
    #expect(rules.verdict(for: address)?.matchedPattern == "198.51.100.0/24")
  }

  @Test("another recipient comes from the register, with its transfer tools")
  func recipient() throws {
    let rules = try load(override("other-contract", "recipient: example-unknown"))
    let recipient = try verdict(rules, "a.events.example.net", on: "2026-11-01")?.facts.recipient
    #expect(recipient?.id == "example-unknown")
    #expect(recipient?.legalEntity == "Example Elsewhere Limited")
  }

  @Test("overrides of one rule combine on common days, and each combination is a variant")
  func together() throws {
    let rules = try load(
      override("b-shared", "shared: false", starts: "2026-11-10", expires: "2026-11-20"),
      override("a-purpose", "purpose: unknown", starts: "2026-11-05", expires: "2026-11-25"))
    let ids = try ["2026-11-04", "2026-11-05", "2026-11-10", "2026-11-20", "2026-11-21", "2026-11-25", "2026-11-26"].map
    {
      try verdict(rules, "a.events.example.net", on: $0)?.facts.id.dropFirst("example-telemetry.events".count)
    }
    #expect(ids == ["", "+a-purpose", "+a-purpose+b-shared", "+a-purpose+b-shared", "+a-purpose", "+a-purpose", ""])
  }

  @Test("the same override may be repeated on other days under another id")
  func again() throws {
    let rules = try load(
      override("first", "purpose: unknown", starts: "2026-11-01", expires: "2026-11-10"),
      override("second", "purpose: licence", starts: "2026-11-11", expires: "2026-11-20"))
    #expect(try verdict(rules, "a.events.example.net", on: "2026-11-10")?.facts.purpose == .unknown)
    #expect(try verdict(rules, "a.events.example.net", on: "2026-11-11")?.facts.purpose == .licence)
  }

  @Test("changes the hash with everything that results show, but not with the author")
  func hash() throws {
    let original = try RuleSet(directory: goodDirectory)
    let base = override("own-mirror", "purpose: unknown")
    let rules = try load(base)
    #expect(rules.stamp.hash != original.stamp.hash)
    #expect(rules.stamp.version == original.stamp.version)
    for (old, new) in [
      ("own-mirror", "our-mirror"), ("unknown", "licence"), ("It is", "This is"),
      ("created: 2026-11-01", "created: 2026-10-31"),
      ("# none", "starts: 2026-11-02"), ("2026-12-31", "2027-01-01"),
    ] {
      let other = base.replacing(old, with: new)
      #expect(other != base)
      #expect(try load(other).stamp.hash != rules.stamp.hash, "\(new)")
    }
    let author = try load(base.replacing("Network team", with: "Frau Muster"))
    #expect(author.stamp == rules.stamp)
    #expect(author.facts == rules.facts)
    #expect(!author.canonicalText.contains("Muster"))
    let spaced = try load("# remark\n" + base)
    #expect(spaced.canonicalText == rules.canonicalText)
    #expect(rules.canonicalText.hasPrefix(String(original.canonicalText.prefix(200))))
  }

  @Test("reports each fault with its place and the nearest legal name")
  func illegal() throws {
    #expect(
      try faults([override("a", rule: "example-telemetry.event", "purpose: unknown")]) == [
        "FILE:4:11: no rule 'example-telemetry.event'; expected the id of a rule of this rule set; did you mean 'example-telemetry.events'?"
      ])
    #expect(
      try faults([override("a", "purpos: unknown")])
        == [
          "FILE:5:15: unknown key 'purpos' in 'change' of the override; expected one of disabled, purpose, recipient, patterns, addresses, personal_label, shared; did you mean 'purpose'?",
          "FILE:5:13: the override changes nothing; expected 'disabled: true' alone, or at least one of purpose, recipient, patterns, addresses, shared; state what is to be different",
        ].sorted())
    #expect(
      try faults([override("a", "purpose: telemetrie")])[0].hasPrefix(
        "FILE:5:24: 'purpose' of 'change' of the override is 'telemetrie'; expected one of telemetry, "))
    #expect(
      try faults([override("a", "recipient: example-grup")]) == [
        "FILE:5:26: no recipient 'example-grup' in registers/recipients.yaml; expected an id of that file; did you mean 'example-group'?"
      ])
    #expect(
      try faults([override("a", "disabled: true, shared: true")]) == [
        "FILE:5:13: an override that disables its rule changes more; expected 'disabled: true' alone, or at least one of purpose, recipient, patterns, addresses, shared; remove the other keys"
      ])
    #expect(
      try faults([override("a", "disabled: false, shared: true")]) == [
        "FILE:5:25: 'disabled' is false, which changes nothing; expected true, or no such key; remove the key"
      ])
    #expect(
      try faults([override("a", "shared: true", expires: "2026-10-31")]) == [
        "FILE:10:14: the override expires on 2026-10-31, before it starts on 2026-11-01; expected a last day that is not before the first; correct 'expires' or 'starts'"
      ])
    #expect(
      try faults([override("a", "shared: true").replacing("    expires: 2026-12-31", with: "    # none")]) == [
        "FILE:3:5: the override has no key 'expires'; expected a date such as 2026-11-24; add 'expires:'"
      ])
    #expect(
      try faults([override("a", "shared: true"), override("a", rule: "example-telemetry.crash", "shared: true")]) == [
        "FILE:11:5: the id 'a' is used twice, first at line 3; expected each id once; give one of the two another id"
      ])
    #expect(
      try faults([override("a", "patterns: [Example.net]")])[0].hasPrefix(
        "FILE:5:26: pattern 'Example.net' has capital letters"))
  }

  @Test("refuses the id that results give to names with telling labels; a purpose that a site sets is not doubted")
  func doubtID() throws {
    #expect(
      try faults([override("telling-label", "purpose: unknown")]) == [
        "FILE:3:9: the id 'telling-label' is what results call names that suggest telemetry; expected another id; rename the override"
      ])
    #expect(
      try faults([override("contained-name", "purpose: unknown")]) == [
        "FILE:3:9: the id 'contained-name' is what results call names that another name contains; expected another id; rename the override"
      ])
    let rules = try RuleDirectory(rules: [
      "s": [rule("s.a", patterns: ["*.example.net"]).replacing("purpose: telemetry", with: "purpose: licence")]
    ])
    let set = try RuleSet(source([override("own", rule: "s.a", "purpose: user_function")], rules: rules.path))
    #expect(try verdict(set, "metrics.example.net", on: "2026-11-01")?.facts.id == "s.a+own")
    #expect(try verdict(set, "metrics.example.net", on: "2027-01-01")?.facts.id == "s.a+telling-label")
  }

  @Test("refuses an added '*' without a statement of who assigns its labels, and such a statement without need")
  func personalLabels() throws {
    let rules = try RuleDirectory(rules: ["s": [rule("s.a", patterns: ["example.net"])]])
    func problems(_ change: String, rule: String = "s.a") throws -> [String] {
      let source = try source(
        [override("a", rule: rule, change)], rules: rule == "s.a" ? rules.path : goodDirectory)
      return RuleLint.check(source).map(\.problem.en)
    }
    let unstated = "nothing states who assigns the labels under '*' in '*.example.org'"
    let needless = "'personal_label' of an override that adds no '*', or whose rule has the key"
    #expect(try problems("patterns: [\"*.example.org\"]") == [unstated])
    #expect(try problems("patterns: [\"*.example.org\"], personal_label: none") == [])
    #expect(try problems("patterns: [b.example.org], personal_label: user") == [needless])
    #expect(
      try problems("patterns: [\"*.example.org\"], personal_label: user", rule: "example-telemetry.events") == [
        needless
      ])
    let labelled = try RuleSet(
      source(
        [override("a", rule: "s.a", "patterns: [\"*.example.org\"], personal_label: user")], rules: rules.path))
    #expect(try verdict(labelled, "jo.example.org", on: "2026-11-01")?.personalLabel == "user")
  }

  @Test("refuses overrides that contradict each other on a day, and accepts them on different days")
  func contradictions() throws {
    #expect(
      try faults([override("a", "purpose: unknown"), override("b", "purpose: licence")]) == [
        "FILE:11:5: the overrides 'a' and 'b' contradict each other in 'purpose' on the same days; expected one override for each fact of a rule on a day; let one end before the other starts, or remove one"
      ])
    #expect(
      try faults([override("a", "disabled: true"), override("b", "shared: true")])[0].contains(
        "contradict each other in 'disabled'"))
  }

  @Test("refuses a pattern that a rule has already, its own or another")
  func repeated() throws {
    #expect(
      try faults([override("a", "patterns: [v10.events.example.net]")]) == [
        "FILE:5:26: 'v10.events.example.net' is already in the rule 'example-telemetry.events' on these days; expected a pattern or range that no rule has; change that rule by an override of its own, or remove it here"
      ])
    #expect(
      try faults([
        override("a", "patterns: [n.example.org]"),
        override("b", rule: "example-telemetry.crash", "patterns: [n.example.org]"),
      ])[0].contains("'n.example.org' is already in the rule 'example-telemetry.events' on these days"))
  }

  @Test("refuses too many overrides")
  func tooMany() throws {
    let told = try faults((0...1000).map { override("n\($0)", "purpose: unknown") })
    #expect(
      told.contains("FILE:1:1: the file has 1001 overrides; expected at most 1000; write rules of your own instead"))
    // And one line for each of the rest, all of which change the same fact.
    #expect(told.count == 1 + 999)
  }

  @Test("lint checks added patterns like those of rules")
  func lintOfPatterns() throws {
    let source = try source([override("a", "patterns: [\"*.com\", telemetry.microsft.com]")])
    #expect(
      RuleLint.check(source).map { $0.description.replacing(source.overrides ?? "", with: "FILE") } == [
        "FILE:5:26: the pattern '*.com' is too broad: all that is fixed in it is the public suffix 'com', under which strangers register names; expected a registered domain at its end, without '*'; name the vendor's own domain",
        "FILE:5:35: warning: the pattern 'telemetry.microsft.com' names 'microsft.com', which is almost 'microsoft.com' (edit distance 1); expected a domain as its owner spells it; if 'microsoft.com' was meant, correct it; else leave it",
      ])
  }

  @Test("never traps on a truncated file")
  func truncated() throws {
    let text = "format: 1\noverrides:\n" + override("a", "purpose: unknown, patterns: [n.example.org]") + "\n"
    for length in 0...text.utf8.count {
      let path = try folder.write(Array(text.utf8.prefix(length)), to: "cut.yaml")
      let faults = RuleLint.check(RuleSource(goodDirectory, overrides: path))
      #expect(faults.isEmpty == (length >= text.utf8.count - 1), "length \(length)")
    }
    let missing = RuleLint.check(RuleSource(goodDirectory, overrides: folder.path("none.yaml")))
    #expect(missing.map(\.problem.en) == ["the file is missing"])
  }

  @Test("the first and last days of the calendar are days like others")
  func farDays() throws {
    let rules = try load(override("a", "purpose: unknown", starts: "0000-01-01", expires: "9999-12-31"))
    for day in [Int64.min, 0, .max] {
      _ = rules.verdict(
        for: Destination(name: "a.events.example.net", address: nil, port: 1, transport: .tcp, day: day))
    }
    #expect(try verdict(rules, "a.events.example.net", on: "2026-11-01")?.facts.purpose == .unknown)
  }

  @Test("reports which have expired, and which soon will")
  func notices() throws {
    let rules = try load(override("own-mirror", "purpose: unknown"))
    let told = { (date: String) in try rules.overrideNotices(day: day(date)).map(\.text.en) }
    #expect(try told("2026-11-30") == [])
    let soon = "the override 'own-mirror' of the rule 'example-telemetry.events' expires on 2026-12-31, "
    #expect(try told("2026-12-01") == [soon + "in 30 days; renew it if its reason still holds"])
    #expect(try told("2026-12-30") == [soon + "in 1 day; renew it if its reason still holds"])
    #expect(try told("2026-12-31") == [soon + "today; renew it if its reason still holds"])
    #expect(
      try told("2027-01-01") == [
        "the override 'own-mirror' of the rule 'example-telemetry.events' expired on 2026-12-31: flows of later days are judged as the rule says; remove it, or write down why it goes on and set a new 'expires'"
      ])
  }

  @Test(
    "explains the override that applies on a day, and the rule that does not", arguments: Language.allCases)
  func explanation(language: Language) throws {
    let rules = try load(
      override("own-mirror", "purpose: required_service"),
      override("off", rule: "example-telemetry.crash", "disabled: true"))
    let text = { (name: String, date: String) in
      rules.explain(
        Destination(name: name, address: nil, port: 443, transport: .tcp, day: try day(date))
      ).text(in: language)
    }
    try checkSnapshot(text("a.events.example.net", "2026-11-15"), "override-holds.\(language.rawValue).txt")
    try checkSnapshot(text("a.events.example.net", "2027-01-01"), "override-expired.\(language.rawValue).txt")
    try checkSnapshot(text("eu-crash.events.example.net", "2026-11-15"), "override-disables.\(language.rawValue).txt")
  }

  @Test("a difference shows where variants differ from their rule")
  func difference() throws {
    let original = try RuleSet(directory: goodDirectory)
    let rules = try load(override("own-mirror", "purpose: required_service, patterns: [n.example.org]"))
    #expect(
      RuleSetDifference(from: original, to: rules).text(in: .english) == """
        Rules, 2026.11.1 against 2026.11.1: 1 new, 0 gone, 0 changed
          locally overridden: example-telemetry.events+own-mirror: +local-override own-mirror; +local-override-created 2026-11-01; +local-override-days 2026-11-01 2026-12-31; +local-override-reason It is our own mirror.; +pattern n.example.org; +purpose required_service; -purpose telemetry

        """)
    let longer = try load(
      override("own-mirror", "purpose: required_service, patterns: [n.example.org]", expires: "2027-01-31"))
    #expect(
      RuleSetDifference(from: rules, to: longer).text(in: .german) == """
        Regeln, 2026.11.1 gegen 2026.11.1: 0 neu, 0 entfallen, 1 geändert
          geändert: example-telemetry.events+own-mirror: +local-override-days 2026-11-01 2027-01-31; -local-override-days 2026-11-01 2026-12-31

        """)
    #expect(
      RuleSetDifference(from: rules, to: original).text(in: .english).hasSuffix(
        "  gone: example-telemetry.events+own-mirror\n"))
  }
}
