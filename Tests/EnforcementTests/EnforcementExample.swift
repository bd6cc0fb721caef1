import Foundation
import Model
import Privacy
import ReportTestSupport
import Reporting
import Rules
import Store
import TestSupport

@testable import Enforcement

/// Rules, a reviewed table and evidence for every way onto a list and off it.
enum EnforcementExample {
  static func rules() throws -> RuleSet {
    let directory = try TemporaryDirectory()
    let write = { (name: String, text: String) in
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(directory.url.path)/\(name)"))
    }
    try FileManager.default.createDirectory(
      atPath: directory.url.path + "/registers", withIntermediateDirectories: true)
    try write("ruleset.yaml", "format: 1\nversion: 2026.5.1\ndate: 2026-05-01\n")
    try write(
      "registers/recipients.yaml",
      """
      format: 1
      compared: 2026-05-01
      recipients:
        - { id: example, legal_entity: Example Corporation, seat: US, role: unknown, source: { document: List, date: 2024 } }

      """)
    try write(
      "registers/data-categories.yaml",
      """
      format: 1
      compared: 2026-05-01
      categories:
        - { id: usage, title: { en: Use, de: Nutzung }, personal: true, source: { document: List, date: 2024 } }

      """)
    try write(
      "example.yaml",
      """
      format: 1
      service: example
      title: { en: Example, de: Beispiel }
      vendor: Example
      recipient: example
      rules:
      """ + "\n"
        + rule("both", ["*.both.example.org", "both.example.org"], match: "both.example.org")
        + rule("deep", ["*.deep.events.example.net"], match: "x.deep.events.example.net")
        + rule(
          "events", ["*.events.example.net", "exact.example.net"], match: "exact.example.net",
          blocking: "{ essential: true, effect: { en: Reports stay here., de: Berichte bleiben hier. } }")
        + rule("keep", ["keep.events.example.net"], match: "keep.events.example.net")
        + rule("range", [], addresses: "[203.0.113.0/24, \"2001:db8:7::/48\"]", match: "203.0.113.9")
        + rule("second", ["v1.events.example.net"], match: "v1.events.example.net")
        + rule("shared", ["shared.example.net"], match: "shared.example.net", isShared: true)
        + rule("wild", ["watson.*.example.net"], match: "watson.eu.example.net")
        + rule("zcrash", ["*crash.events.example.net"], match: "xcrash.events.example.net"))
    return try RuleSet(directory: directory.url.path)
  }

  private static func rule(
    _ name: String, _ patterns: [String], addresses: String? = nil, match: String, isShared: Bool = false,
    blocking: String = "{ essential: false }"
  ) -> String {
    let list = patterns.map { "\"\($0)\"" }.joined(separator: ", ")
    return "  - { id: example.\(name), revision: 1, compared: 2026-05-01, purpose: telemetry, kind: telemetry, "
      + (patterns.isEmpty ? "" : "patterns: [\(list)], ") + (addresses.map { "addresses: \($0), " } ?? "")
      + (list.contains("*") ? "personal_label: none, " : "") + (isShared ? "shared: true, " : "")
      + "sources: [{ document: Handbook, place: page 1, kind: list, date: 2024 }], blocking: \(blocking), "
      + "examples: { match: [\"\(match)\"], differ: [other.example.com] } }\n"
  }

  /// One row for each rule; `open` ones are not confirmed.
  static func table(
    _ rules: RuleSet, open: Set<String> = ["deep", "keep", "zcrash"], extra: String = "",
    confirmedOn: String = "12.05.2026"
  ) throws -> ReviewedFindings {
    var text = "finding_id;group;service;destination_pattern;rule_id;ruleset_hash;status;confirmed_on\n"
    for (number, facts) in Set(rules.endpoints(day: 20_000).map(\.facts)).sorted(by: { $0.id < $1.id }).enumerated() {
      let patterns = rules.endpoints(day: 20_000).filter { $0.facts.id == facts.id }.map(\.pattern).joined(
        separator: "|")
      let isOpen = open.contains(String(facts.id.dropFirst("example.".count)))
      text +=
        "F-00000000000\(number);Bürgeramt;Beispiel;\(patterns);\(facts.id);\(rules.stamp.hash);"
        + (isOpen ? ";\n" : "bestätigt;\(confirmedOn)\n")
    }
    return try ReviewedFindings(bytes: Array((text + extra).utf8), file: "findings.csv")
  }

  /// One hour with five devices, and older days that no list uses.
  static func evidence() throws -> MemorySource {
    var source = Example.smallMorning()
    let hour = Example.hour("2026-05-20", 14)
    source.rows = [Example.sensorHour(Example.hour("2026-05-01", 6)), Example.sensorHour(hour)]
    source.present = (1...5).map {
      DevicePresence(day: hour.dayUTC, group: "Sozialamt", device: Example.device($0))
    }
    source.storedSessions[0].settings.insideNetworks = ["10.0.0.0/8"]
    source.usage = []
    source.evidence = [
      flow(hour, 1, "v9.events.example.net", "198.51.100.1", "events", "*.events.example.net"),
      flow(hour, 2, "v9.events.example.net", "198.51.100.1", "events", "*.events.example.net"),
      flow(hour, 2, "{user}.events.example.net", "198.51.100.2", "events", "*.events.example.net"),
      // Text from the wire that a list must not contain.
      flow(hour, 2, "a b\n.events.example.net", "198.51.100.2", "events", "*.events.example.net"),
      flow(hour, 3, "exact.example.net", "198.51.100.3", "events", "exact.example.net"),
      // The same address serves a rule that is not confirmed.
      flow(hour, 4, "keep.events.example.net", "198.51.100.3", "keep", "keep.events.example.net"),
      flow(hour, 4, "watson.eu.example.net", "198.51.100.4", "wild", "watson.*.example.net", isShared: true),
      // Through a proxy.
      flow(hour, 5, "both.example.org", "10.1.1.1", "both", "both.example.org"),
      flow(hour, 5, "both.example.org", nil, "both", "both.example.org", outcome: .dnsBlocked),
      flow(hour, 5, nil, "203.0.113.77", "range", "203.0.113.0/24"),
      flow(
        Example.hour("2026-05-01", 6), 1, "old.events.example.net", "198.51.100.99", "events", "*.events.example.net"),
    ]
    source.facts = [
      Example.hash: Dictionary(
        uniqueKeysWithValues: try rules().facts.map { ($0.id, $0) })
    ]
    return source
  }

  private static func flow(
    _ hour: Hour, _ device: UInt8, _ name: String?, _ address: String?, _ rule: String, _ pattern: String,
    outcome: FlowOutcome = .established, isShared: Bool = false
  ) -> FlowEvidence {
    var evidence = Example.flow(hour, device: device, sequence: Int64(device))
    evidence.flow = PseudonymousFlow(
      device: Example.device(device), group: "Sozialamt", hour: hour, durationClass: 1, transport: .tcp,
      destinationPort: 443, destinationAddress: address.flatMap(IPAddress.init),
      destinationNetwork: DestinationNetwork(owner: .unknown, anycastOrCDN: isShared ? .yes : .unknown),
      destinationName: name, nameMethod: .sni, namingClass: .a, dnsAge: nil, ech: .none, encryption: .tls13,
      applicationProtocol: nil, traffic: Traffic(bytesUp: 1, bytesDown: 1, packetsUp: 1, packetsDown: 1),
      completeness: .yes, outcome: outcome, originatorInferred: false, opensFlow: true, isRetry: false,
      cleartextIdentifierClasses: [], ruleID: "example." + rule, ruleRevision: 1, matchedPattern: pattern)
    return evidence
  }

  static func list(
    _ format: EnforcementFormat, open: Set<String> = ["deep", "keep", "zcrash"], evidence: Bool = true,
    includesShared: Bool = false
  ) throws -> EnforcementList {
    let rules = try rules()
    return try EnforcementList(
      format, of: [table(rules, open: open)], rules: rules.endpoints(day: 20_000), ruleSet: rules.stamp,
      evidence: evidence ? RecentEvidence(source: Self.evidence()) : nil, includesShared: includesShared)
  }
}
