import Foundation
import Model
import RuleTestSupport
import Testing

@testable import Rules

@Suite("Telling labels")
struct TellingLabelTests {
  @Test(
    "are the words alone, as the beginning of a word, and between hyphens",
    arguments: [
      ("telemetry.business.githubcopilot.com", "telemetry"), ("measure.office.net", "measure"),
      ("upload.fp.measure.office.com", "measure"), ("us-v20.events.endpoint.security.microsoft.com", "events"),
      ("otelrules.svc.static.microsoft", "otelrules"), ("eu-watsonc.events.data.microsoft.com", "eu-watsonc"),
      ("v10.vortex-win.data.microsoft.com", "vortex-win"), ("browser.pipe.aria.microsoft.com", "pipe.aria"),
      ("app-measurement.com", "app-measurement"), ("eventsapi.example.com", "eventsapi"),
      ("rum.example.net", "rum"), ("rum2.example.net", "rum2"), ("x_stats.example.net", "x_stats"),
      ("*events-data*.trafficmanager.net", "*events-data*"), ("*-crash.example.net", "*-crash"),
      ("reports.crashlytics.com", "crashlytics"),
    ])
  func telling(name: String, label: String) {
    #expect(TellingLabel.first(in: name) == label)
  }

  @Test(
    "are not other words that have these letters, nor top-level domains",
    arguments: [
      "hotel.example.com", "forum.example.com", "rumors.example.com", "drum.example.com", "app.diagrams.net",
      "prod.statsig.com", "central.crashplan.com", "example.events", "unmeasured.example.com", "pipe.example.com",
      "aria.microsoft.com", "aria.pipe.com", "pipe.aria", "microsoft.com", "", ".", "..", "-", "*",
    ])
  func other(name: String) {
    #expect(TellingLabel.first(in: name) == nil)
  }

  @Test(
    "count under '*' only where the pattern does not have them itself",
    arguments: [
      ("*.office.com", "upload.fp.measure.office.com", "measure"), ("*.office.com", "a.office.com", nil),
      ("*.events.example.net", "a.events.example.net", nil),
      ("*.events.example.net", "stats.events.example.net", "stats"),
      ("*-crash.example.net", "eu-crash.example.net", nil),
      ("eu-*.example.net", "eu-telemetry.example.net", "eu-telemetry"),
      ("a.*.example.net", "a.metrics.example.net", "metrics"),
      ("*.a.*.example.net", "stats.x.a.b.example.net", "stats"),
      ("*.aria.microsoft.com", "browser.pipe.aria.microsoft.com", "pipe.aria"),
      ("*.pipe.aria.microsoft.com", "browser.pipe.aria.microsoft.com", nil),
      ("telemetry.example.net", "telemetry.example.net", nil),
    ] as [(String, String, String?)])
  func covered(pattern: String, name: String, label: String?) throws {
    #expect(TellingLabel.first(in: name, under: try NamePattern(pattern)) == label)
  }
}

@Suite("Names that suggest telemetry")
struct DoubtTests {
  private func load(_ lines: String..., patterns: [String] = ["*.vendor-one.com"]) throws -> RuleSet {
    let rule = rule("s.a", patterns: patterns, lines.joined(separator: "\n    "))
    return try RuleDirectory(rules: [
      "s": [rule.replacing("purpose: telemetry\n    kind: telemetry", with: "purpose: user_function\n    kind: sync")]
    ]).load()
  }

  @Test("under the '*' of another purpose have an unknown purpose, and keep the rule")
  func doubted() throws {
    let rules = try load("shared: true")
    let plain = try #require(rules.verdict(for: destination("portal.vendor-one.com"))?.facts)
    #expect([plain.id, plain.purpose.rawValue] == ["s.a", "user_function"])
    for name in ["upload.fp.measure.vendor-one.com", "TELEMETRY.vendor-one.com", "eu-watsonc.vendor-one.com."] {
      let facts = try #require(rules.verdict(for: destination(name))?.facts)
      #expect([facts.id, facts.purpose.rawValue, facts.kind] == ["s.a+telling-label", "unknown", "other"])
      #expect(facts.doubtedPurpose == .userFunction)
      #expect(facts.baseID == "s.a")
      #expect(facts.sources == plain.sources)
    }
    #expect(rules.facts.map(\.id) == ["s.a"])
    #expect(rules.verdictFacts.map(\.id) == ["s.a", "s.a+telling-label"])
    #expect(try load(patterns: ["metrics.vendor-one.com"]).verdictFacts.map(\.id) == ["s.a"])
  }

  @Test(
    "have the purpose of their rule if its pattern has the label, or if the rule describes telemetry or advertising")
  func established() throws {
    let named = try load(patterns: ["*.events.vendor-one.com", "metrics.vendor-one.com"])
    for name in ["a.events.vendor-one.com", "metrics.vendor-one.com"] {
      #expect(named.verdict(for: destination(name))?.facts.purpose == .userFunction)
    }
    #expect(named.verdict(for: destination("stats.events.vendor-one.com"))?.facts.doubtedPurpose == .userFunction)
    for purpose in ["telemetry", "advertising"] {
      let rules = try RuleDirectory(rules: [
        "s": [
          rule("s.a", patterns: ["*.vendor-one.com"]).replacing("purpose: telemetry", with: "purpose: \(purpose)")
        ]
      ]).load()
      #expect(rules.verdict(for: destination("metrics.vendor-one.com"))?.facts.id == "s.a")
      #expect(rules.verdictFacts.count == 1)
    }
  }

  @Test("are explained with the label and the purpose of the rule")
  func explained() throws {
    let text = try load("shared: true").explain(destination("a.measure.vendor-one.com"))
    #expect(
      text.text(in: .english).contains(
        "the label 'measure' of the name suggests telemetry, and for other names the rule describes user_function"))
    #expect(text.text(in: .english).contains("Purpose class    unknown (other)"))
    #expect(
      text.text(in: .german).contains(
        "der Namensteil 'measure' deutet auf Telemetrie, und für andere Namen beschreibt die Regel user_function"))
  }

  @Test("keep their doubt if a token has replaced the label")
  func tokens() throws {
    let rules = try load("personal_label: tenant")
    let verdict = try #require(rules.verdict(for: destination("{tenant}.vendor-one.com")))
    #expect(verdict.facts.id == "s.a")
    #expect(rules.doubting(verdict).facts.id == "s.a+telling-label")
    #expect(rules.doubting(verdict).personalLabel == "tenant")
  }
}

@Suite("Legal forms")
struct LegalFormTests {
  @Test(
    "are found in registered names",
    arguments: [
      "Zoom Communications, Inc.", "Microsoft Corporation", "Google Ireland Limited", "DENIC eG", "SAP SE",
      "Adjust GmbH", "JetBrains s.r.o.", "ESET, spol. s r.o.", "AO Kaspersky Lab", "Spotify AB", "Adyen N.V.",
      "Samsung Electronics Co., Ltd.", "Novo A/S", "Criteo S.A.", "Internet Security Research Group",
      "Python Software Foundation", "X Corp.", "King.com Limited", "Nextcloud GmbH", "GlobalSign NV/SA",
      "Media.net Advertising FZ-LLC",
      "SolarWinds Software Europe DAC", "Bundesamt für Sicherheit",
    ])
  func found(name: String) { #expect(LegalForm.isNamed(in: name)) }

  @Test(
    "are missing in brands and placeholders",
    arguments: ["Adobe", "Level 3 CDN", "Akamai CDN", "unknown", "Let's Encrypt", "AMD", "", "Sagen", "Incorrect"])
  func missing(name: String) { #expect(!LegalForm.isNamed(in: name)) }
}
