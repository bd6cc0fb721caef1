import Model
import ReportTestSupport
import Store
import Testing

@testable import Reporting

@Suite struct AuditSummaryTests {
  private func text(_ source: MemorySource, _ language: Language) throws -> String {
    try AuditSummary.text(source: source, language: language, from: nil, to: nil)
  }

  @Test("A rated period is summarised in plain German sentences")
  func german() throws {
    let source = Example.workedExample()
    let id = try #require(try table(.findings, source)[0]["finding_id"])
    let lines = try text(source, .german).split(separator: "\n").map(String.init)
    #expect(lines[0] == "Bewertbar: Die Abdeckung hält alle Grenzen ein.")
    #expect(
      lines[1]
        == "Beobachtet wurde der Standort rathaus-gw1 vom 04.05.2026 00:00 bis 18.05.2026 00:00 (Europe/Berlin).")
    #expect(
      lines[2]
        == "Gesehen wurden 40 Geräte und 6720 Datenflüsse nach außen; das Ziel ist für 99 % der gesendeten Bytes benannt."
    )
    #expect(
      lines[3]
        == "Nicht einsehbar (VPN, Relay, Tor, verschlüsseltes DNS, ECH oder ohne Namen): 0 % der Datenflüsse, 0 % der Bytes nach außen."
    )
    #expect(lines[4] == "Nicht alles war zu sehen: 672 vom Kern verworfene Pakete. Je Stunde in coverage.csv.")
    #expect(lines[5] == "Feststellungen: 1, vorgeschlagener Prüfvorrang: 1 hoch.")
    #expect(
      lines[6].hasPrefix(
        "  hoch: Windows-Diagnosedaten (für Geräte), Sozialamt (\(id)). 38 von 40 Geräten der Gruppe sendeten"))
    #expect(
      lines[7]
        == "Nächster Schritt: coverage.csv prüfen, dann findings.csv von Rang 1 an durchgehen und die leeren Spalten ausfüllen."
    )
    #expect(lines.count == 8)
  }

  @Test("For a period that is not assessable, the first line says so, with the reason and what to do")
  func notAssessable() throws {
    var source = Example.smallMorning()
    source.rows[0].coverage.sight?.unexaminableFlows = 1
    source.rows[0].coverage.sight?.unexaminableBytes = 1
    #expect(
      try text(source, .english) == """
        Not assessable because:
          5 device-days (minimum 10): observe longer
        Site rathaus-gw1 was observed from 2026-05-11T06:00:00Z to 2026-05-11T07:00:00Z.
        5 devices and 20 outbound flows were seen; the destination is named for 99 % of the bytes sent.
        Hidden (VPN, relay, Tor, encrypted DNS, ECH, or without a name): 5 % of the outbound flows, 1 % of the bytes sent.
        Not everything could be seen: 2 packets dropped by the kernel. By the hour in coverage.csv.
        Findings: 1, proposed review priority: 1 not assessable.
        Next step: fix the points above and observe again; the measured figures are in findings.csv.

        """)
  }

  @Test("If only some groups can be rated, the first line says that others cannot")
  func partly() throws {
    var source = Example.workedExample()
    source.usage.append(Example.use(source.rows[0].coverage.hour, device: 99, group: "Bauamt"))
    for device in UInt8(60)...64 {
      source.present.append(
        DevicePresence(day: source.rows[30].coverage.hour.dayUTC, group: "Bauamt", device: Example.device(device)))
    }
    let lines = try text(source, .english).split(separator: "\n")
    #expect(lines[0] == "Partly not assessable because:")
    #expect(lines[1].hasSuffix("device-days (minimum 10): observe longer"))
  }

  @Test("The number of hours with an unknown clock state is given")
  func clock() throws {
    var source = Example.smallMorning()
    source.rows[0].coverage.clock = .unknown
    #expect(
      try text(source, .english).contains(
        "The recorder's clock is not known for 1 hour; times hold as far as it was right."))
    #expect(
      try text(source, .german).contains(
        "Die Uhr des aufzeichnenden Rechners ist für 1 Stunde nicht bekannt; Zeiten gelten, soweit sie richtig ging."))
    source.rows.append(Example.sensorHour(Example.hour("2026-05-11", 7)) { $0.clock = .unknown })
    #expect(try text(source, .german).contains("für 2 Stunden nicht bekannt"))
  }

  @Test("Every loss is given with its sum, and nothing if there is none")
  func losses() throws {
    let hour = Example.hour("2026-05-11", 6)
    var source = Example.smallMorning()
    source.rows = [
      Example.sensorHour(hour) {
        $0.packetsDroppedKernel = 0
        $0.tcpMissedBytes = 1
        $0.recordsLost = 2
        $0.flowsEvicted = 3
        $0.anomalies = [.timeWentBack: 4, .dnsMessageInvalid: 5]
      }
    ]
    #expect(
      try text(source, .english).contains(
        "Not everything could be seen: 1 missed TCP bytes, 2 flow records lost, 3 flows evicted, 9 anomalies. By the hour in coverage.csv."
      ))
    source.rows = [Example.sensorHour(hour) { $0.packetsDroppedKernel = 0 }]
    #expect(!(try text(source, .english).contains("Not everything")))
    #expect(!(try text(source, .english).contains("stored singly")))
    source.rows = [
      Example.sensorHour(hour) {
        $0.packetsDroppedKernel = 0
        $0.anomalies = [.evidenceNotKept: 7]
      }
    ]
    let english = try text(source, .english)
    #expect(!english.contains("Not everything"))
    #expect(
      english.contains(
        "Too many flows in a short time: 7 are in all sums, but were not stored singly as evidence.\n"))
    #expect(
      try text(source, .german).contains(
        "Zu viele Datenflüsse in kurzer Zeit: 7 sind in allen Summen enthalten, aber nicht einzeln als Beleg gespeichert.\n"
      ))
  }

  @Test("A site too small to show devices gives no number of devices")
  func small() throws {
    var source = Example.smallMorning()
    source.present = []
    let summary = try text(source, .english)
    #expect(summary.contains("Fewer than 5 devices and 20 outbound flows were seen"))
    #expect(!summary.contains("device-days"))
  }

  @Test("A period without a match is reported with its limits")
  func nothing() throws {
    var source = Example.smallMorning()
    source.usage = []
    #expect(
      try text(source, .english).contains("No flow matched a rule. This holds only for the observed path and period."))
  }
}
