import Foundation
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

@Suite("Legal forms")
struct LegalFormTests {
  @Test(
    "are found in registered names",
    arguments: [
      "Zoom Communications, Inc.", "Microsoft Corporation", "Google Ireland Limited", "DENIC eG", "SAP SE",
      "Adjust GmbH", "JetBrains s.r.o.", "ESET, spol. s r.o.", "AO Kaspersky Lab", "Spotify AB", "Adyen N.V.",
      "Samsung Electronics Co., Ltd.", "Novo A/S", "Criteo S.A.", "Internet Security Research Group",
      "Python Software Foundation", "X Corp.", "King.com Limited", "Nextcloud GmbH", "Bundesamt für Sicherheit",
    ])
  func found(name: String) { #expect(LegalForm.isNamed(in: name)) }

  @Test(
    "are missing in brands and placeholders",
    arguments: ["Adobe", "Level 3 CDN", "Akamai CDN", "unknown", "Let's Encrypt", "AMD", "", "Sagen", "Incorrect"])
  func missing(name: String) { #expect(!LegalForm.isNamed(in: name)) }
}
