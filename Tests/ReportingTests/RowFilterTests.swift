import Foundation
import Model
import ReportTestSupport
import Store
import Testing
import TestSupport

@testable import Reporting

@Suite("Rows of the tables that are chosen by group, service, recipient, purpose, priority and state")
struct RowFilterTests {
  /// The worked example, with a second group and a second service in both.
  private static let source: MemorySource = {
    var source = Example.workedExample()
    source.facts[Example.hash]?["clock"] = Example.rule(
      id: "clock", service: "clock", purpose: .requiredService,
      recipient: Recipient(
        id: "other", legalEntity: "Other Services Inc.", seat: "US", parent: nil, parentSeat: nil,
        roleAssumed: "unknown", source: SourceReference(document: "register", date: "2026")),
      title: LocalizedText(en: "Clock", de: "Zeitdienst"))
    for day in LocalDate("2026-05-04")!.day..<LocalDate("2026-05-18")!.day {
      for number in UInt8(41)...50 {
        source.present.append(DevicePresence(day: day, group: "Bauamt", device: Example.device(number)))
      }
    }
    let hour = Hour(sinceEpoch: LocalDate("2026-05-06")!.day * 24 + 9)
    for number in UInt8(39)...46 {
      let group = number > 40 ? "Bauamt" : "Sozialamt"
      source.usage.append(Example.use(hour, device: number, group: group, rule: "clock", up: 100, down: 0))
      source.usage.append(Example.use(hour, device: number, group: group, up: 100, down: 0))
    }
    return source
  }()

  private func text(
    _ table: ExportTable, _ filter: RowFilter = RowFilter(), profile: ExportProfile = .rfc4180,
    of source: MemorySource = RowFilterTests.source
  ) throws -> [Substring] {
    var bytes: [UInt8] = []
    try Exporter.write(table, profile: profile, from: nil, to: nil, filter: filter, source: source) { bytes += $0 }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
  }

  @Test(
    "A chosen row is, byte for byte, that of the whole table, and no other is written",
    arguments: [
      (RowFilter([.group: ["Bauamt"]]), 2), (RowFilter([.group: ["bauamt", "Sozialamt"]]), 4),
      (RowFilter([.service: ["Zeitdienst"]]), 2), (RowFilter([.service: ["CLOCK"], .group: ["Bauamt"]]), 1),
      (RowFilter([.recipient: ["Other Services Inc."]]), 2), (RowFilter([.purpose: ["telemetry"]]), 2),
      (RowFilter([.purpose: ["Telemetrie"], .recipient: ["Other Services Inc."]]), 0),
    ])
  func subset(filter: RowFilter, rows: Int) throws {
    for profile in ExportProfile.allCases {
      // The names of evidence belong to the export and not to the filter.
      let whole = try text(.findings, profile: profile)
      let chosen = try text(.findings, filter, profile: profile)
      #expect(chosen.count == rows + 1 && chosen.first == whole.first)
      #expect(chosen.allSatisfy(whole.contains))
    }
  }

  @Test(
    "Priority and state choose by the words of the row; what was decided is not open, and without a baseline nothing is new"
  )
  func states() throws {
    let whole = try table(.findings, Self.source)
    let priorities = Set(whole.map { $0["priority"]! })
    var counts = 0
    for priority in priorities { counts += try text(.findings, RowFilter([.priority: [priority]])).count - 1 }
    #expect(counts == whole.count && priorities.count > 1)
    let ids = whole.map { $0["finding_id"]! }
    #expect(try text(.findings, RowFilter(only: .open)).count == 5)
    var decided = Self.source
    let day = LocalDate("2026-05-18")!
    for (table, row, status) in [
      ("findings", ids[0], "confirmed"), ("findings", ids[1], "deferred"), ("transfers", ids[2], "confirmed"),
    ] {
      decided.decided.append(
        ReviewDecision(
          table: table, row: row, days: day...day, role: "DPO", recordedAt: Timestamp(seconds: day.day * 86_400),
          fileDigest: Array(repeating: 0, count: 32), content: .init(entries: ["status": status], facts: [:])))
    }
    // What was put off is open, and so is what another table decided.
    let open = try text(.findings, RowFilter(only: .open), of: decided)
    #expect(open.count == 4 && !open.contains { $0.contains(ids[0]) })
    #expect(try text(.findings, RowFilter(only: .new)).count == 1)
  }

  private static func same(_ texts: [String]) -> [LocalizedText] { texts.map { LocalizedText(en: $0, de: $0) } }

  @Test("A purpose is taken in either language, and a mistyped one gets the words of the reader's language")
  func purposes() throws {
    let whole = try text(.findings, RowFilter([.purpose: ["telemetry"]]))
    #expect(try text(.findings, RowFilter([.purpose: ["Telemetrie"]])) == whole)
    let error = try #require(
      #expect(throws: RowFilterError.self) { try text(.findings, RowFilter([.purpose: ["Telemetri"]])) })
    #expect(
      error.text
        == LocalizedText(
          en:
            "No row of these days has 'Telemetri' as --purpose. The nearest values are: telemetry; licence; advertising; unknown; settings fetched; function that a user calls; update or security; service that the product requires.",
          de:
            "Keine Zeile dieser Tage hat 'Telemetri' als --purpose. Am nächsten kommen: Telemetrie; Lizenz; Werbung; unbekannt; Konfigurationsabruf; Nutzerfunktion; Aktualisierung oder Sicherheit; als für den Betrieb erforderlich bezeichneter Dienst."
        ))
  }

  @Test("A value that no row has is refused with the nearest ones, and so is a table without the column")
  func refused() throws {
    #expect(
      throws: RowFilterError.unknownValue(
        option: "group", value: "Sozalamt", nearest: Self.same(["Sozialamt", "Bauamt"]))
    ) { try text(.findings, RowFilter([.group: ["Bauamt", "Sozalamt"]])) }
    #expect(
      throws: RowFilterError.unknownValue(
        option: "recipient", value: "microsoft",
        nearest: Self.same(["Microsoft Ireland Operations Limited", "Other Services Inc."]))
    ) { try text(.transfers, RowFilter([.recipient: ["microsoft"]])) }
    #expect(throws: RowFilterError.noColumn(option: "group", tables: [.transfers])) {
      try text(.transfers, RowFilter([.group: ["Bauamt"]]))
    }
    #expect(throws: RowFilterError.noColumn(option: "only", tables: [.coverage])) {
      try text(.coverage, RowFilter(only: .open))
    }
    let purpose = #expect(throws: RowFilterError.self) { try text(.findings, RowFilter([.purpose: ["telemetri"]])) }
    #expect(
      purpose?.description.hasPrefix(
        "No row of these days has 'telemetri' as --purpose. The nearest values are: telemetry; ") == true)
  }

  @Test("The names of the files contain the choice, two choices never have the same name, and the legend states both")
  func names() throws {
    let folder = try TemporaryDirectory()
    func files(_ filter: RowFilter) throws -> [String] {
      try Exporter.run(
        ExportRequest(
          tables: [.findings, .transfers], profile: .officeGerman, outputDirectory: folder.path("out"), filter: filter),
        source: Self.source, progress: { _ in }
      ).map { String($0.path.split(separator: "/").last!) }
    }
    let chosen = try files(RowFilter([.group: ["Bauamt"], .purpose: ["telemetry"]]))
    #expect(chosen[0].hasPrefix("findings_rathaus-gw1_2026-05-04_2026-05-17_only-Bauamt-telemetry-"))
    #expect(chosen[0].hasSuffix("_office-de.csv"))
    // The transfers have no group, but a purpose.
    #expect(chosen[2].contains("_only-Bauamt-telemetry-"))
    let other = try files(RowFilter([.group: ["Bauamt"]]))
    #expect(other[2] == "transfers_rathaus-gw1_2026-05-04_2026-05-17_office-de.csv")
    #expect(Set(chosen).isDisjoint(with: other))
    let legend = try String(contentsOfFile: folder.path("out/" + other[4]), encoding: .utf8)
    #expect(legend.contains("Gruppe: Bauamt") && legend.contains("not chosen by group"))
    // Both would read as `a-b`.
    let names = try ["a b", "a-b"].map { try #require(RowFilter([.service: [$0]]).fileNamePart(for: [.findings])) }
    #expect(names[0] != names[1] && names[0].hasPrefix("only-a-b-"))
    #expect(RowFilter([.service: ["../../etc/\u{202e}"]]).fileNamePart(for: [.findings])?.contains("/") == false)
  }

  @Test("The report holds the chosen rows only, and says so on its first page and in its name")
  func report() throws {
    let filter = RowFilter([.group: ["Bauamt"]])
    let whole = try ReportedPeriod(source: Self.source)
    let period = try ReportedPeriod(source: Self.source, filter: filter)
    #expect(whole.findings.count == 4 && period.findings.count == 2)
    #expect(period.transfers.count == whole.transfers.count)
    #expect(filter.sentences(ExportTable.withoutDevices, .english)[0].hasPrefix("Chosen rows – group: Bauamt."))
  }
}
