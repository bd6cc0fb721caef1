import Model
import ReportTestSupport
import Store
import Testing

@testable import Reporting

@Suite struct FindingsTests {
  static let notAssessableReason = LocalizedText(
    en:
      "Not assessable: 5 device-days (minimum 10). To fix it: observe longer. Content: not seen. Secrecy zone: yes. Source: Microsoft (2026-04-01; link). Access by third parties (E3): access by a parent in a third country.",
    de:
      "Nicht bewertbar: 5 Gerätetage (mindestens 10). Abhilfe: länger beobachten. Inhalte: nicht gesehen. Geheimnisschutz: ja. Quelle: Microsoft (01.04.2026; link). Zugriff Dritter (E3): Zugriff der Konzernmutter im Drittland."
  )

  @Test("The worked example of the risk method comes out as specified")
  func workedExample() throws {
    let source = Example.workedExample()
    let rows = try table(.findings, source)
    #expect(rows.count == 1)
    let row = rows[0]
    #expect(row["devices_seen"] == "38")
    #expect(row["devices_observed"] == "40")
    #expect(row["active_days"] == "13")
    #expect(row["days_observed"] == "14")
    #expect(row["up_per_device_day"] == "112.000")
    #expect(row["idle_share"] == "0.7100")
    #expect(row["severity_proposed"] == "4")
    #expect(row["likelihood_proposed"] == "4")
    #expect(row["priority"] == "high")
    #expect(row["confidence"] == "high")
    #expect(row["naming_share_A_B"]?.hasPrefix("0.97") == true)
    #expect(row["rank"] == "1")
    #expect(
      row["reason"]
        == "38 of 40 devices of the group sent data at least once, on 13 of 14 days, to a service that the sources named below describe as diagnostic data. After the measure of 1 May: still contact from 38 of 40 devices (before: not observed), 988 sessions on 14 observed days. Outside agreed hours: 71 % of the bytes sent. Working days: 13 of 14. Content: not seen. Secrecy zone: yes. Source: Microsoft (2026-04-01; link). Access by third parties (E3): access by a parent in a third country. Proposed priority: high (severity 4, likelihood 4, class stable)."
    )
    #expect(
      try table(.findings, source, .officeGerman)[0]["reason"]
        == "38 von 40 Geräten der Gruppe sendeten mindestens einmal, an 13 von 14 Tagen, Daten an einen Dienst, den die unten genannten Quellen beschreiben als: Diagnosedaten. Nach der Maßnahme vom 1. Mai: weiter Kontakt von 38 von 40 Geräten (vorher: nicht beobachtet), 988 Verbindungen an 14 beobachteten Tagen. Außerhalb der vereinbarten Arbeitszeit: 71 % der gesendeten Bytes. Arbeitstage: 13 von 14. Inhalte: nicht gesehen. Geheimnisschutz: ja. Quelle: Microsoft (01.04.2026; link). Zugriff Dritter (E3): Zugriff der Konzernmutter im Drittland. Vorgeschlagener Vorrang: hoch (Schwere 4, Eintrittswahrscheinlichkeit 4, Klasse stabil)."
    )
    let period = try AuditPeriod(source: source, from: nil, to: nil)
    #expect(period.coverageTotals.canaries == CanaryCounts(expected: 336, seen: 335))
    let loss = try #require(period.coverageTotals.loss)
    #expect(FixedDecimal(loss.part, dividedBy: loss.whole, places: 4)?.text(decimalMark: ".") == "0.0002")
    let proposal = try #require(try period.findings()[0].proposal)
    #expect(proposal.severity.start == 3)
    #expect(proposal.isStable)
  }

  @Test(
    "Reasons name content, every source in full and every flag, and claim nothing that was not observed",
    arguments: Language.allCases)
  func reasonIsWhole(language: Language) throws {
    for purpose in PurposeClass.allCases {
      for document in ["", "x", String(repeating: "Sehr langer Titel einer Quelle ", count: 20)] {
        for isBlocked in [false, true] {
          var source = Example.workedExample()
          var american = Example.microsoft
          (american.seat, american.transferTools) = ("US", [])
          let sources =
            document.isEmpty ? [] : [SourceReference(document: document, date: "2024-10", revision: "7af7e3d")]
          source.facts = [
            Example.hash: ["windows-diag": Example.rule(purpose: purpose, sources: sources, recipient: american)]
          ]
          for index in source.usage.indices {
            source.usage[index].encryption = .none
            source.usage[index].cleartextIdentifierClasses = Set(IdentifierClass.allCases)
            if isBlocked {
              (source.usage[index].sessions, source.usage[index].blockedAttempts) = (0, 3)
              source.usage[index].traffic.bytesDown = 0
            }
          }
          let period = try AuditPeriod(source: source, from: nil, to: nil)
          let text = Reason(finding: try period.findings()[0], period: period).text(language)
          #expect(!text.contains("…"), "\(text)")
          #expect(
            text.contains(document.isEmpty ? (language == .german ? "Quelle: keine." : "Source: none.") : document),
            "\(text)")
          #expect(isBlocked != (text.contains("Content: ") || text.contains("Inhalte: ")), "\(text)")
          for flag in ["seat_third_country", "tool_none_known"] + (isBlocked ? [] : ["cleartext"]) {
            #expect(text.contains(Texts.word(.thirdPartyAccess, flag, language)), "\(text)")
          }
          for identifier in IdentifierClass.allCases {
            #expect(text.contains(Texts.word(.identifier, identifier.rawValue, language)), "\(text)")
          }
          for word in [
            "personal data", "personenbezogen", "unlawful", "rechtswidrig", "breach", "high risk", "hohes Risiko",
            "violat",
          ] {
            #expect(!text.contains(word), "\(text)")
          }
          #expect(isBlocked != (text.contains("sent data") || text.contains("sendete")), "\(text)")
        }
      }
    }
  }

  @Test("A failed gate gives no rating, keeps the measured figures, and gives the reason and what to fix")
  func notAssessable() throws {
    let row = try table(.findings, Example.smallMorning())[0]
    for column in ["severity_proposed", "likelihood_proposed", "priority", "confidence"] {
      #expect(row[column] == "not_assessable", "\(column)")
    }
    #expect(row["bytes_up"] == "3000")
    #expect(row["reason"] == Self.notAssessableReason.en)
    #expect(
      try table(.findings, Example.smallMorning(), .officeGerman)[0]["reason"] == Self.notAssessableReason.de)
  }

  @Test("The secrecy zone counts for a collecting group that contains one, and the reason says so")
  func collectedZone() throws {
    var source = Example.workedExample()
    for index in source.present.indices where source.present[index].device > Example.device(38) {
      source.present[index].group = "Jugendamt"
    }
    for index in source.usage.indices { source.usage[index].group = "Bauamt" }
    for index in source.present.indices where source.present[index].group == "Sozialamt" {
      source.present[index].group = "Bauamt"
    }
    var settings = source.storedSessions[0].settings
    settings.groups = [
      GroupSettings(name: "Bauamt", isSecrecyZone: false), GroupSettings(name: "Jugendamt", isSecrecyZone: true),
    ]
    source.storedSessions[0].settings = settings
    let row = try table(.findings, source)[0]
    #expect(row["group"] == "collecting_group")
    #expect(row["devices_observed"] == "40")
    #expect(row["severity_proposed"] == "4")
    #expect(row["reason"]?.contains("Secrecy zone: within the collecting group.") == true)
  }

  @Test("Only blocked attempts: prevented, seen by no device, reported as attempts")
  func blockedOnly() throws {
    var source = Example.workedExample()
    for index in source.usage.indices {
      (source.usage[index].sessions, source.usage[index].blockedAttempts) = (0, 1)
      source.usage[index].traffic = Traffic(bytesUp: 60, bytesDown: 0, packetsUp: 1, packetsDown: 0)
    }
    source.showsSuccess()
    let row = try table(.findings, source)[0]
    #expect(row["dsk_case"] == "1_prevented")
    #expect(row["devices_seen"] == "0")
    #expect(row["active_days"] == "0")
    #expect(row["blocked_attempts"] == "988")
    #expect(row["sessions"] == "0")
    #expect(row["likelihood_proposed"] == "1")
    #expect(row["priority"] == "low")
    #expect(row["ech_share"] == "unknown")
    #expect(
      row["reason"]
        == "988 attempts of the group (40 devices) to reach a service that the sources named below describe as diagnostic data were blocked; none was seen to get through. After the measure of 1 May: no answered contact seen on 14 observed days (devices before: not observed). Blocked: 988 attempts. Applies to: the observed path only. Secrecy zone: yes. Source: Microsoft (2026-04-01; link). Access by third parties (E3): access by a parent in a third country. Proposed priority: low (severity 4, likelihood 1, class stable)."
    )
  }

  @Test("Telemetry that goes out is not minimised without a measure, and open with one")
  func dskCase() throws {
    var source = Example.smallMorning()
    #expect(try table(.findings, source)[0]["dsk_case"] == "3_not_minimised")
    #expect(try table(.findings, source, .officeGerman)[0]["dsk_case"] == "3 nicht minimiert")
    source.storedSessions[0].settings.measureDate = "2026-05-01"
    #expect(try table(.findings, source)[0]["dsk_case"] == "open")
    source.facts = [Example.hash: ["windows-diag": Example.rule(purpose: .updateSecurity)]]
    #expect(try table(.findings, source)[0]["dsk_case"] == "open")
  }

  @Test("Telemetry on the day of the measure does not yet count as after it")
  func dayOfMeasure() throws {
    var source = Example.workedExample()
    source.storedSessions[0].settings.measureDate = "2026-05-16"
    #expect(
      try table(.findings, source)[0]["reason"]?.contains("After the measure of 16 May: no answered contact") == true)
    source.storedSessions[0].settings.measureDate = "2026-05-15"
    #expect(
      try table(.findings, source)[0]["reason"]?.contains(
        "After the measure of 15 May: still contact from 38 of 40 devices (before: 38), 76 sessions on 2 observed days."
      )
        == true)
  }

  @Test("Rows are split by recipient, service, purpose and group; lists are sorted")
  func split() throws {
    var source = Example.smallMorning()
    let hour = Example.hour("2026-05-11", 6)
    source.facts[Example.hash]?["windows-crash"] = Example.rule(
      id: "windows-crash", categories: [], disputes: ["a list calls it required"], isShared: true)
    source.facts[Example.hash]?["update"] = Example.rule(
      id: "update", service: "windows-update", purpose: .updateSecurity, kind: "update", categories: [], sources: [])
    source.usage += [
      Example.use(hour, device: 3, rule: "windows-crash", pattern: "a.example", name: "a.example"),
      Example.use(hour, device: 3, rule: "update", pattern: "*.update.example", name: nil),
    ]
    let rows = try table(.findings, source)
    #expect(rows.map { $0["rule_id"] } == ["windows-crash|windows-diag", "update"])
    #expect(rows[0]["destination_pattern"] == "*.events.data.microsoft.com|a.example")
    #expect(rows[0]["destination_example"] == "a.example")
    #expect(rows[0]["class_disputed"] == "yes")
    #expect(rows[0]["devices_seen"] == "3")
    #expect(rows[1]["destination_example"] == "unknown")
    #expect(rows[1]["documented_source"] == "unknown")
    #expect(rows[1]["data_categories_documented"] == "unknown")
    #expect(Set(rows.compactMap { $0["finding_id"] }).count == 2)
    let transfers = try table(.transfers, source)
    #expect(transfers.map { $0["devices_seen"] } == ["3", "1"])
    #expect(transfers[0]["findings"] == rows[0]["finding_id"])
    #expect(transfers[0]["destinations"] == "2|*.events.data.microsoft.com|a.example")
  }

  @Test("A rule that the store does not know is an error that names it")
  func missingFacts() throws {
    var source = Example.smallMorning()
    source.facts = [:]
    #expect(throws: ReportingError.ruleFactsMissing(ruleID: "windows-diag", ruleSetHash: Example.hash)) {
      try table(.findings, source)
    }
  }
}
