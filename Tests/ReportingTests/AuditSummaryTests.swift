import Model
import Store
import Testing

@testable import Reporting

@Suite struct AuditSummaryTests {
  private func text(_ source: MemorySource, _ language: ReportLanguage) throws -> String {
    try AuditSummary.text(source: source, language: language, from: nil, to: nil)
  }

  @Test("A rated period is told in plain German sentences")
  func german() throws {
    let source = Example.workedExample()
    let id = try #require(try table(.findings, source)[0]["finding_id"])
    let lines = try text(source, .german).split(separator: "\n").map(String.init)
    #expect(
      lines[0]
        == "Beobachtet wurde der Standort rathaus-gw1 vom 04.05.2026 00:00 bis 18.05.2026 00:00 (Europe/Berlin).")
    #expect(
      lines[1]
        == "Gesehen wurden 40 Geräte und 6720 Datenflüsse nach außen; das Ziel ist für 99 % der gesendeten Bytes benannt."
    )
    #expect(lines[2] == "Nicht alles war zu sehen: 672 vom Kern verworfene Pakete. Je Stunde in coverage.csv.")
    #expect(lines[3] == "Feststellungen: 1, vorgeschlagener Prüfvorrang: 1 hoch.")
    #expect(
      lines[4].hasPrefix(
        "  hoch: Windows-Diagnosedaten (für Geräte), Sozialamt (\(id)). 38 von 40 Geräten der Gruppe sendeten"))
    #expect(
      lines[5]
        == "Nächster Schritt: coverage.csv prüfen, dann findings.csv nach Prüfvorrang sortieren und die leeren Spalten ausfüllen."
    )
    #expect(lines.count == 6)
  }

  @Test("A period that is not assessable says why and what to mend")
  func notAssessable() throws {
    #expect(
      try text(Example.smallMorning(), .english) == """
        Site rathaus-gw1 was observed from 2026-05-11T06:00:00Z to 2026-05-11T07:00:00Z.
        5 devices and 20 outbound flows were seen; the destination is named for 99 % of the bytes sent.
        Not everything could be seen: 2 packets dropped by the kernel. By the hour in coverage.csv.
        Findings: 1, proposed review priority: 1 not assessable.
        Not assessable because:
          5 device-days (minimum 10): observe longer
        Next step: mend the points above and observe again; the measured figures are in findings.csv.

        """)
  }

  @Test("Every loss is told with its sum, and none where all is well")
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
  }

  @Test("A site too small to show devices gives no number of them")
  func small() throws {
    var source = Example.smallMorning()
    source.present = []
    let summary = try text(source, .english)
    #expect(summary.contains("Fewer than 5 devices and 20 outbound flows were seen"))
    #expect(!summary.contains("device-days"))
  }

  @Test("No match is told with its limits")
  func nothing() throws {
    var source = Example.smallMorning()
    source.usage = []
    #expect(
      try text(source, .english).contains("No flow matched a rule. This holds only for the observed path and period."))
  }
}
