import Cryptography
import Foundation
import Model
import RuleTestSupport
import Rules
import Testing

@Suite("Stamp of a rule set")
struct StampTests {
  @Test("is the SHA-256 of the canonical text, with the directory's version and date")
  func stamp() throws {
    let ruleSet = try RuleSet(directory: goodDirectory)
    #expect(ruleSet.stamp.version == "2026.11.1")
    #expect(ruleSet.stamp.date == "2026-11-24")
    #expect(ruleSet.stamp.hash == "sha256:" + hexadecimal(SHA256Digest.hash(ruleSet.canonicalText.utf8)))
    try checkSnapshot(ruleSet.canonicalText, "canonical.txt")
  }

  @Test("does not change with comments, formatting, order of keys and rules, or the order of sets")
  func independentOfFormatting() throws {
    let files = [
      "example-telemetry.yaml", "example-updates.yaml", "registers/recipients.yaml", "registers/data-categories.yaml",
    ]
    var rewritten = Dictionary(
      uniqueKeysWithValues: try files.map { name -> (String, String?) in
        let text = try fixture("good/\(name)")
        let spaced = text.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("#") }
          .map { $0.isEmpty ? "" : "\($0)  # remark" }.joined(separator: "\n\n")
        return (name, spaced)
      })
    let telemetry = try fixture("good/example-telemetry.yaml")
    let start = try #require(telemetry.range(of: "  - id: example-telemetry.crash")).lowerBound
    let middle = try #require(telemetry.range(of: "  - id: example-telemetry.events")).lowerBound
    rewritten["example-telemetry.yaml"] = String(telemetry[..<start] + telemetry[middle...] + telemetry[start..<middle])
      .replacing("[crash-report, device-identifier]", with: "[device-identifier, crash-report]")
      .replacing("[192.0.2.0/24, \"2001:db8::/32\"]", with: "[\"2001:db8::/32\", 192.0.2.0/24]")
      .replacing(
        "      - \"*.events.example.net\"\n      - v10.events.example.net\n",
        with: "      - 'v10.events.example.net'\n      - '*.events.example.net'\n")
    let directory = try RuleDirectory(replacing: rewritten)
    let original = try RuleSet(directory: goodDirectory)
    let other = try directory.load()
    #expect(other.canonicalText == original.canonicalText)
    #expect(other.stamp == original.stamp)
  }

  /// File, old text, new text.
  static let changes: [(String, String, String)] = [
    ("ruleset.yaml", "2026.11.1", "2026.11.2"),
    ("ruleset.yaml", "2026-11-24", "2026-11-25"),
    ("example-telemetry.yaml", "en: Example diagnostics", "en: Example diagnosis"),
    ("example-telemetry.yaml", "de: Beispieldiagnose", "de: Beispieldiagnostik"),
    ("example-telemetry.yaml", "vendor: Example", "vendor: Example Ltd"),
    ("example-telemetry.yaml", "recipient: example-group", "recipient: example-unknown"),
    ("example-telemetry.yaml", "example-telemetry.crash", "example-telemetry.crashes"),
    ("example-telemetry.yaml", "revision: 2", "revision: 3"),
    ("example-telemetry.yaml", "purpose: telemetry", "purpose: unknown"),
    ("example-telemetry.yaml", "kind: diagnostics-crash", "kind: telemetry"),
    ("example-telemetry.yaml", "level: required", "level: optional"),
    ("example-telemetry.yaml", "Example Office 11", "Example Office 12"),
    ("example-telemetry.yaml", "supports: [data_categories]", "supports: [data_categories, level]"),
    ("example-telemetry.yaml", "table row \"Crash\"", "table row \"Crashes\""),
    ("example-telemetry.yaml", "kind: blocklist", "kind: list"),
    ("example-telemetry.yaml", "compared: \"2026-11-24\"", "compared: \"2026-11-25\""),
    ("example-telemetry.yaml", "level: required", "level: required\n    purpose_reason: It is so."),
    ("example-telemetry.yaml", "ports: [443]", "ports: [80, 443]"),
    ("example-telemetry.yaml", "transport: tcp", "transport: udp"),
    ("example-telemetry.yaml", "personal_label: tenant", "personal_label: user"),
    ("example-telemetry.yaml", "[crash-report, device-identifier]", "[crash-report]"),
    ("example-telemetry.yaml", "shared: true", "shared: false"),
    ("example-telemetry.yaml", "document: Example handbook", "document: Example book"),
    ("example-telemetry.yaml", "\"2024-03-06\"", "\"2024-03-07\""),
    ("example-telemetry.yaml", "revision: 7af7e3d", "revision: 7af7e3e"),
    ("example-telemetry.yaml", "a tracker.", "no tracker."),
    ("example-telemetry.yaml", "essential: false", "essential: true"),
    ("example-telemetry.yaml", "Crash reports stay here.", "Nothing."),
    ("registers/recipients.yaml", "Example Corporation", "Example Company"),
    ("registers/recipients.yaml", "seat: \"NO\"", "seat: SE"),
    ("registers/recipients.yaml", "aliases: [Example]", "aliases: [Examples]"),
    ("registers/recipients.yaml", "parent: Example Holding", "parent: Example Holdings"),
    ("registers/recipients.yaml", "parent_seat: US", "parent_seat: IE"),
    ("registers/recipients.yaml", "role: processor", "role: controller"),
    ("registers/recipients.yaml", "only for enrolled", "for enrolled"),
    ("registers/transfer-tools.yaml", "en: Standard contractual clauses", "en: Clauses"),
    ("registers/transfer-tools.yaml", "entity: Example Holding", "entity: Example Holdings"),
    ("registers/transfer-tools.yaml", "status: not_entered", "status: entered"),
    ("registers/transfer-tools.yaml", "2021-09-15", "2021-09-16"),
    ("registers/transfer-tools.yaml", "status: stated", "second_hand: true\n    status: stated"),
    ("registers/transfer-tools.yaml", "Example list of participants", "Example list"),
    ("registers/resolvers.yaml", "dns.example.net", "dns.example.com"),
    ("registers/resolvers.yaml", "192.0.2.53/32", "192.0.2.54/32"),
    ("registers/relays.yaml", "mask.example.net", "masks.example.net"),
    ("registers/outer-names.yaml", "ech.example.net", "ech.example.com"),
    ("registers/shared-networks.yaml", "Example Anycast", "Example Anycasts"),
    ("registers/shared-networks.yaml", "kind: anycast", "kind: content_delivery"),
    ("registers/shared-networks.yaml", "cdn.example.net", "cdn.example.com"),
    ("registers/shared-networks.yaml", "198.51.100.0/25", "198.51.100.0/26"),
    ("registers/shared-networks.yaml", "Example ranges", "Example list of ranges"),
    ("registers/shared-networks.yaml", "suffix: edge", "suffix: a.edge"),
    ("registers/shared-networks.yaml", "Example guide", "Example guides"),
    ("registers/recipients.yaml", "Example data protection addendum", "Example addendum"),
    ("registers/data-categories.yaml", "en: Crash report", "en: Report of a crash"),
    ("registers/data-categories.yaml", "personal: false", "personal: true"),
    ("registers/data-categories.yaml", "date: \"2024-03\"", "date: \"2024-04\""),
  ]

  @Test("changes with every fact", arguments: changes)
  func changesWithFacts(file: String, old: String, new: String) throws {
    let text = try fixture("good/\(file)")
    #expect(text.contains(old))
    let directory = try RuleDirectory(replacing: [file: text.replacing(old, with: new, maxReplacements: 1)])
    #expect(
      try directory.load().stamp.hash != RuleSet(directory: goodDirectory).stamp.hash)
  }

  @Test("does not change with examples, left-out.yaml, or register entries that no rule uses")
  func independentOfExamples() throws {
    let updates = try fixture("good/example-updates.yaml").replacing("a.b.download", with: "c.download")
    let categories =
      try fixture("good/registers/data-categories.yaml") + """
          - id: unused
            title: { en: Unused, de: Unbenutzt }
            personal: false
            source: { document: Example list, date: 2024 }

        """
    let directory = try RuleDirectory(replacing: [
      "example-updates.yaml": updates, "registers/data-categories.yaml": categories,
      "left-out.yaml": try fixture("left-out.yaml"),
    ])
    #expect(try directory.load().stamp == RuleSet(directory: goodDirectory).stamp)
  }
}
