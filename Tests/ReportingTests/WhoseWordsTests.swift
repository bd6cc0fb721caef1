import Foundation
import Model
import ReportTestSupport
import Rules
import Store
import Testing

@testable import Reporting

@Suite("Sources of the statements in a result")
struct WhoseWordsTests {
  private func source(_ document: String, _ kind: SourceKind?, _ patterns: [String]? = nil, place: String? = nil)
    -> SourceReference
  {
    SourceReference(document: document, place: place, kind: kind, date: "2026-04-01", patterns: patterns)
  }

  /// The only finding of the worked example, where the rule has these sources and overrides.
  private func finding(
    _ sources: [SourceReference], _ overrides: [LocalOverride] = [], pattern: String = "a.example",
    purpose: PurposeClass = .telemetry, profile: ExportProfile = .rfc4180
  ) throws -> [String: String] {
    var store = Example.workedExample()
    var facts = Example.rule(purpose: purpose, sources: sources)
    facts.localOverrides = overrides
    store.facts = [Example.hash: ["windows-diag": facts]]
    for index in store.usage.indices { store.usage[index].matchedPattern = pattern }
    return try #require(try table(.findings, store, profile).first)
  }

  private func override(_ parts: [LocalOverride.Part]?, adding patterns: [String]? = nil) -> LocalOverride {
    LocalOverride(
      id: "own", firstDay: "2026-05-01", lastDay: "2026-06-01", created: "2026-05-01", reason: "r", parts: parts,
      addedPatterns: patterns)
  }

  @Test("\"Its vendor documents\" is written only if the source of the matched pattern is the vendor's")
  func vendor() throws {
    let sentence = { (row: [String: String]) in
      row["reason"].flatMap { $0.firstRange(of: "to a service ").map { range in row["reason"]![range.upperBound...] } }
        .map { String($0.prefix { $0 != "." }) }
    }
    let vendor = source("Handbook", .vendor, ["a.example"])
    let list = source("List", .blocklist, ["b.example"])
    #expect(sentence(try finding([vendor, list])) == "that its vendor documents as diagnostic data")
    #expect(
      sentence(try finding([vendor, list], pattern: "b.example"))
        == "that others than its vendor describe as diagnostic data")
    #expect(
      sentence(try finding([source("Notes", nil)]))
        == "that the sources named below describe as diagnostic data")
    #expect(sentence(try finding([vendor, list], pattern: "c.example")) == "whose purpose no source names")
    #expect(sentence(try finding([vendor], purpose: .unknown)) == "whose purpose no source names")
    #expect(
      try finding([vendor], profile: .officeGerman)["reason"]?.contains(
        "den sein Anbieter dokumentiert als: Diagnosedaten.")
        == true)
  }

  @Test("A name that the name of a content network contains is called a hint, with the sources of its rule")
  func containedName() throws {
    var store = Example.workedExample()
    let facts = Example.rule(sources: [
      source("Handbook", .vendor, ["*.a.example"]), source("List", .blocklist, ["b.example"]),
    ])
    store.facts = [Example.hash: ["windows-diag": facts]]
    let plain = try #require(try table(.findings, store).first)
    for index in store.usage.indices {
      store.usage[index].ruleID = "windows-diag+contained-name"
      store.usage[index].matchedPattern = "*.a.example.edgekey.net"
    }
    let row = try #require(try table(.findings, store).first)
    #expect(row["rule_id"] == "windows-diag+contained-name")
    #expect(row["destination_pattern"] == "*.a.example.edgekey.net")
    #expect(row["documented_source"] == "Handbook")
    #expect([plain["confidence"], row["confidence"]] == ["high", "medium"])
    #expect([plain["purpose_class"], row["purpose_class"]] == ["telemetry", "telemetry"])
    #expect(
      row["reason"]?.contains(
        "Contained name: the name of a content network contains a name of this service; its customers choose such names, so this is only a hint."
      ) == true)
    #expect(plain["reason"]?.contains("Contained name") == false)
    #expect(
      try table(.findings, store, .officeGerman)[0]["reason"]?.contains(
        "Enthaltener Name: der Name eines Content-Netzes enthält einen Namen dieses Dienstes; solche Namen wählen die Kunden des Netzes, der Name ist daher nur ein Hinweis."
      ) == true)
    #expect(try table(.transfers, store)[0]["anycast_or_cdn"] == "yes")
  }

  @Test("Only sources of the matched patterns are cited, with their owner")
  func cited() throws {
    let sources = [
      source("Handbook", .vendor, ["a.example"], place: "table row 7"), source("List", .blocklist, ["b.example"]),
      source("Notes", nil),
    ]
    let row = try finding(sources)
    #expect(row["documented_source"] == "Handbook, table row 7|Notes")
    #expect(row["documented_date"] == "2026-04-01|2026-04-01")
    #expect(
      row["reason"]?.contains("Source: Handbook, table row 7 (2026-04-01; by the vendor); Notes (2026-04-01).") == true)
    #expect(
      try finding(sources, pattern: "b.example")["reason"]?.contains(
        "Source: List (2026-04-01; blocklist); Notes (2026-04-01).") == true)
  }

  @Test("A local override is the site's statement: purpose, patterns, and no documented data")
  func localOverride() throws {
    let vendor = source("Handbook", .vendor)
    let purpose = try finding([vendor], [override([.purpose])])
    #expect(
      purpose["reason"]?.contains(
        "to a service that this site itself classifies as diagnostic data (local override own).")
        == true)
    #expect(purpose["reason"]?.contains("Local override: own (purpose class).") == true)
    #expect(purpose["reason"]?.contains("vendor documents") == false)
    let added = try finding([vendor], [override([.patterns], adding: ["a.example"])])
    #expect(added["documented_source"] == "unknown")
    #expect(added["documented_date"] == "unknown")
    #expect(added["data_categories_documented"] == "unknown")
    #expect(
      added["reason"]?.contains("that this site itself classifies as diagnostic data (local override own).") == true)
    #expect(added["reason"]?.contains("Local override: own (patterns added). Source: none.") == true)
    // The override added another pattern; this one is the vendor's.
    let other = try finding([vendor], [override([.patterns], adding: ["c.example"])])
    #expect(other["reason"]?.contains("that its vendor documents as diagnostic data.") == true)
    // A store of an older version does not know what the override changed, so nothing counts as the vendor's statement.
    let old = try finding([vendor], [override(nil)])
    #expect(old["reason"]?.contains("vendor documents") == false)
    #expect(old["reason"]?.contains("Local override: own, what it changes is not stored.") == true)
    #expect(try table(.transfers, Example.workedExample())[0]["documented_source"] == "Microsoft (link)")
  }

  @Test(
    "Each pattern of the shipped rules has a source, and each source a kind and a place")
  func shippedRules() throws {
    let rules = try RuleSet(
      directory: URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("rules").path)
    let attribution = { (name: String) throws -> PurposeAuthor in
      let verdict = try #require(
        rules.verdict(for: Destination(name: name, address: nil, port: 443, transport: .tcp)), "\(name)")
      return MergedRules(all: [verdict.facts], ids: [], hashes: [], versions: []).attribution(
        of: [verdict.matchedPattern])
    }
    #expect(try attribution("v10.events.data.microsoft.com") == .vendor)
    #expect(try attribution("incoming.telemetry.mozilla.org") == .vendor)
    // Named only by block lists.
    #expect(try attribution("ca.telemetry.microsoft.com") == .others)
    #expect(try attribution("sentry.io") == .others)
    for source in rules.facts.flatMap(\.sources) {
      #expect(source.kind != nil && source.place != nil, "\(source.document)")
      // A thread about a list is no list, nor are logs of what computers contacted.
      if source.document.contains(" issue ") || source.document.contains(" logs/") { continue }
      if source.document.contains("blocklist") || source.document.contains("WindowsSpyBlocker")
        || source.document.contains("v2fly") || source.document.contains("MISP")
      {
        #expect(source.kind == .blocklist || source.kind == .list, "\(source.document)")
      }
    }
  }
}
