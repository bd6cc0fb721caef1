import Model
import Privacy
import ReportTestSupport
import Store
import Testing

@testable import Reporting

/// An attacker with several exports tries to learn about fewer than k devices by subtracting them.
@Suite("Differences of exports")
struct DifferenceAttackTests {
  private let office = Office.oneSaturday()

  @Test("Friday to Saturday minus Friday is zero, and Saturday alone is refused with the next step")
  func friday() throws {
    let (friday, saturday, sunday, monday) = (Office.day(4), Office.day(5), Office.day(6), Office.day(7))
    for table in [ExportTable.findings, .transfers, .flows] {
      #expect(
        try bytes(table, office.source, from: friday, to: saturday)
          == bytes(table, office.source, from: friday, to: friday))
    }
    for table in [ExportTable.findings, .transfers, .flows] {
      for from in [saturday, sunday] {
        let error = #expect(throws: ReportingError.self) { _ = try office.rows(table, from, sunday) }
        #expect(
          error?.description
            == "On none of the chosen days were 5 devices at the site (group_minimum); such days are told together with the next day that has as many. Choose a later day for --to; coverage alone can be had for any day."
        )
      }
    }
    // Saturday's figures are not lost: they are with Monday's, among the devices present on Monday.
    #expect(
      try bytes(.findings, office.source, from: saturday, to: monday)
        == bytes(.findings, office.source, from: monday, to: monday))
    let rows = try office.rows(.findings, monday, monday).sorted { ($0["group"] ?? "") < ($1["group"] ?? "") }
    #expect(rows.map { $0["group"] } == ["Kasse", "collecting_group"])
    #expect(rows.map { $0["devices_observed"] } == ["6", "7"])
    #expect(rows.map { $0["sessions"] } == ["6", "7"])
    #expect(rows.map { $0["first_seen"] } == ["2026-05-11T10:00:00Z", "2026-05-10T22:00:00Z"])
  }

  @Test("devices that came only after midnight, on the same day in UTC, do not hide the one that was there before")
  func nightUpdate() throws {
    var office = Office.oneSaturday()
    let saturday = Office.day(5)
    // Sunday, half past midnight in Berlin.
    let night = Hour(sinceEpoch: saturday.day * 24 + 22)
    for device in 11...16 as ClosedRange<UInt8> {
      office.source.present.removeAll { $0.day == saturday.day && $0.device == Example.device(device) }
      office.source.present.append(DevicePresence(day: saturday.day, group: "Kasse", device: Example.device(device)))
      office.source.usage.append(Example.use(night, device: device, group: "Kasse"))
    }
    for table in [ExportTable.findings, .transfers, .flows] {
      #expect(throws: ReportingError.self, "\(table)") { _ = try office.rows(table, saturday, saturday) }
    }
    let flows = try office.rows(.coverage, saturday, saturday).map { $0["outbound_flows"] }
    #expect(flows.count == 24 && Set(flows) == ["unknown"])
    // Those that were there on the day, too, count.
    for device in 11...16 as ClosedRange<UInt8> {
      office.source.usage.append(
        Example.use(Hour(sinceEpoch: saturday.day * 24 + 9), device: device, group: "Kasse"))
    }
    #expect(try office.rows(.findings, saturday, saturday).map { $0["devices_observed"] } == ["6"])
  }

  @Test("coverage hides the hours of a day on which nobody is known to have been there, but something was sent")
  func flowsWithoutPresence() throws {
    var office = Office()
    for day in 0..<3 as Range<Int64> { office.add(Office.day(day), day == 1 ? [:] : ["Kasse": [1, 2, 3, 4, 5, 6]]) }
    func flows() throws -> Set<String?> {
      Set(try office.rows(.coverage, Office.day(1), Office.day(1)).map { $0["outbound_flows"] })
    }
    #expect(try flows() == ["unknown"])
    let hours = Office.day(1).day * 24 - 2..<Office.day(1).day * 24 + 22
    for index in office.source.rows.indices where hours.contains(office.source.rows[index].coverage.hour.sinceEpoch) {
      office.source.rows[index].coverage.outboundFlows = 0
    }
    #expect(try flows() == ["0"])
  }

  @Test("a week minus the week without its last day gives that whole day, and vice versa")
  func week() throws {
    func sum(_ from: Int64, _ to: Int64, _ column: String) throws -> Int {
      try office.rows(.findings, Office.day(from), Office.day(to)).reduce(0) { $0 + (Int($1[column] ?? "") ?? 0) }
    }
    let sessions = try (0..<8).map { try sum(0, $0, "sessions") }
    #expect(sessions == [12, 24, 36, 48, 60, 60, 60, 73])
    #expect(try sum(5, 7, "sessions") == 13)
  }

  @Test("for any days, each group is a sum of the same cells, and each cell has at least k devices")
  func cells() throws {
    var generator = SeededGenerator(state: 7)
    for _ in 0..<4 {
      let office = Self.randomOffice(&generator)
      func totals(_ from: Int64, _ to: Int64) throws -> (sums: [String: UInt64], groups: [String: Int])? {
        do {
          let period = try AuditPeriod(source: office.source, from: Office.day(from), to: Office.day(to))
          return (
            period.usage.reduce(into: [:]) { $0[$1.key.group, default: 0] += $1.value.bytesUp },
            period.groups.groups.mapValues(\.devices)
          )
        } catch ReportingError.tooFewDevices {
          return nil
        }
      }
      let single = try (0..<10).map { try totals($0, $0) }
      for cell in single { #expect(cell?.groups.values.allSatisfy { $0 >= 5 } != false) }
      for from in 0..<10 as Range<Int64> {
        for to in from..<10 {
          let expected = single[Int(from)...Int(to)].compactMap { $0?.sums }.reduce(into: [:]) {
            $0.merge($1, uniquingKeysWith: +)
          }
          #expect(try totals(from, to)?.sums ?? [:] == expected)
        }
      }
    }
  }

  @Test("for two exports with different k, the figures under the greater are sums of those under the smaller")
  func twoMinimums() throws {
    var generator = SeededGenerator(state: 11)
    for _ in 0..<20 {
      let office = Self.randomOffice(&generator)
      let cells = try [4, 9].map { try Self.cells(office, minimum: $0) }
      for large in cells[1].values {
        for small in cells[0].values { #expect(small.isSubset(of: large) || small.isDisjoint(with: large)) }
      }
      #expect(cells[0].values.allSatisfy { Set($0.map(\.device)).count >= 4 })
    }
  }

  @Test("a later, lower k reveals no day: the k in force when it was observed remains its minimum")
  func lowered() throws {
    var office = Office.oneSaturday()
    office.source.storedSessions[0].firstHour = office.source.rows.first?.coverage.hour
    office.source.storedSessions[0].lastHour = office.source.rows.last?.coverage.hour
    var lower = office.source.storedSessions[0]
    lower.id = 2
    lower.settings.groupMinimum = 1
    (lower.firstHour, lower.lastHour) = (nil, nil)
    let before = try bytes(.findings, office.source)
    office.source.storedSessions.append(lower)
    #expect(try bytes(.findings, office.source) == before)
    #expect(throws: ReportingError.self) { _ = try office.rows(.findings, Office.day(5), Office.day(5)) }
    // A day observed only under the lower k may be reported by it; a higher k applies at once to all days.
    lower.firstHour = Example.hour("2026-05-08", 22)
    lower.lastHour = Example.hour("2026-05-09", 21)
    office.source.storedSessions[0].lastHour = Example.hour("2026-05-08", 21)
    office.source.storedSessions[1] = lower
    #expect(try office.rows(.findings, Office.day(5), Office.day(5)).map { $0["devices_observed"] } == ["1"])
    office.source.storedSessions[1].settings.groupMinimum = 7
    #expect(try office.rows(.findings, nil, nil).map { $0["group"] } == ["collecting_group"])
  }

  @Test("a day under observation is not reported, so no two exports of it differ by an hour")
  func underWay() throws {
    var office = Office.oneSaturday()
    office.source.storedSessions[0].captureMode = "live"
    office.source.storedSessions[0].isClosed = false
    #expect(
      try bytes(.findings, office.source) == bytes(.findings, office.source, from: nil, to: Office.day(4)))
    let error = #expect(throws: ReportingError.self) { _ = try office.rows(.findings, Office.day(7), nil) }
    #expect(error?.description.contains("The day 2026-05-11 is told once it is over") == true)
    // With k = 1 nothing is held back.
    office.source.storedSessions[0].settings.groupMinimum = 1
    #expect(try office.rows(.findings, Office.day(7), nil).count == 2)
  }

  @Test("a day is reported once three hours after it are observed, in which its silent connections are stored")
  func afterMidnight() throws {
    var office = Office.oneSaturday()
    office.source.storedSessions[0].captureMode = "live"
    office.source.storedSessions[0].isClosed = false
    let midnight = SiteClock(zone: "Europe/Berlin")!.firstHour(of: Office.day(8))
    for number in Int64(0)..<4 {
      office.source.rows.append(Example.sensorHour(Hour(sinceEpoch: midnight.sinceEpoch + number)))
      let days = try Set(office.rows(.flows, nil, nil).map { $0["start_bucket"]?.prefix(10) })
      #expect(days.contains("2026-05-11") == (number == 3), "\(number)")
    }
    // An audit that has ended has stored all its flows.
    office.source.rows.removeLast(3)
    office.source.storedSessions[0].isClosed = true
    #expect(try Set(office.rows(.flows, nil, nil).map { $0["start_bucket"]?.prefix(10) }).contains("2026-05-11"))
  }

  @Test("a site that never has k devices is reported only as a whole, and its days cannot be chosen")
  func smallSite() throws {
    var office = Office()
    for day in 0..<5 { office.add(Office.day(Int64(day)), ["Kasse": [1, 2, 3]]) }
    #expect(throws: ReportingError.self) { _ = try office.rows(.findings, Office.day(1), nil) }
    #expect(throws: ReportingError.self) { _ = try office.rows(.flows, nil, Office.day(3)) }
    let rows = try office.rows(.findings, Office.day(0), Office.day(4))
    #expect(rows.map { $0["group"] } == ["collecting_group"])
    #expect(rows.map { $0["devices_seen"] } == ["unknown"])
    #expect(try office.rows(.flows, nil, nil).allSatisfy { $0["device_token"] == "unknown" })
  }

  @Test("flows of a day with too few devices show neither its hours nor their devices, and count for the same findings")
  func flows() throws {
    let findings = try office.rows(.findings, nil, nil)
    let flows = try office.rows(.flows, nil, nil)
    #expect(flows.count == 73)
    for finding in findings {
      #expect(String(flows.count { $0["finding_id"] == finding["finding_id"] }) == finding["sessions"])
    }
    let held = flows.filter { $0["device_token"] == "unknown" }
    #expect(held.map { $0["start_bucket"] } == ["2026-05-10T22:00:00Z"])
    #expect(!flows.contains { $0["start_bucket"]?.hasPrefix("2026-05-09") == true })
  }

  @Test("coverage of such a day shows no traffic by the hour, in any export")
  func coverage() throws {
    for (from, to) in [(nil, nil), (Office.day(5), Office.day(5))] as [(LocalDate?, LocalDate?)] {
      let rows = try office.rows(.coverage, from, to)
      let saturday = rows.filter { $0["hour_utc"]?.hasPrefix("2026-05-09T1") == true }
      #expect(saturday.count == 10)
      for row in saturday {
        for column in CoverageColumn.traffic { #expect(row[column.rawValue] == "unknown", "\(column)") }
        #expect(row["gap_seconds"] == "0")
      }
      #expect(rows.filter { $0["hour_utc"] == "2026-05-08T10:00:00Z" }.allSatisfy { $0["outbound_flows"] == "20" })
    }
  }

  @Test("a deletion by retention reveals no day that was reported with another")
  func deletion() throws {
    let before = try AuditPeriod(source: office.source, from: Office.day(7), to: nil).usage
    var source = office.source
    let cutoff = Example.hour("2026-05-10", 22)
    source.deleted = [
      Deletion(
        id: 1, chainSequence: 90, dataClass: .usage, before: cutoff, rows: 1, day: Office.day(8).day,
        toolVersion: "0.1.0")
    ]
    source.usage.removeAll { $0.hour < cutoff }
    source.present.removeAll { $0.day < cutoff.dayUTC + 1 }
    let after = try AuditPeriod(source: source, from: Office.day(7), to: nil).usage
    // Bauamt was in the collecting group with the one person of Saturday; reported alone, it would reveal that person.
    #expect(Set(after.keys) == Set(before.keys))
  }

  @Test("merged groups and days are named at the terminal and in the legend, in both languages")
  func told() throws {
    let german = try AuditSummary.text(source: office.source, language: .german, from: nil, to: nil)
    #expect(german.contains("\nIn der Sammelgruppe stehen, an mindestens einem Tag: Bauamt, Kasse.\n"))
    #expect(
      german.contains(
        "\nWeniger als 5 Geräte am Standort gesehen: 09.05.2026 bis 10.05.2026. Die Zahlen stehen zusammen mit denen vom 11.05.2026, in der Sammelgruppe.\n"
      ))
    let english = try AuditSummary.text(source: office.source, language: .english, from: nil, to: Office.day(6))
    #expect(
      english.contains(
        "\nFewer than 5 devices were seen at the site: 2026-05-09 to 2026-05-10. The figures are combined with those of 2026-05-11, in the collecting group.\n"
      ))
    let period = try AuditPeriod(source: office.source, from: nil, to: nil)
    let legend = String(
      decoding: try Legend(period: period, profile: .officeGerman, tables: [.findings]).html(), as: UTF8.self)
    #expect(legend.contains("<h2>Kleine Gruppen und Tage mit wenigen Geräten</h2>"))
    #expect(legend.contains("<li>In the collecting group on at least one day: Bauamt, Kasse.</li>"))
    #expect(legend.contains("<li>Weniger als 5 Geräte am Standort gesehen: 09.05.2026 bis 10.05.2026."))
    // Nothing is listed if nothing was combined.
    #expect(
      try !AuditSummary.text(source: office.source, language: .german, from: nil, to: Office.day(4))
        .contains("Sammelgruppe"))
  }

  @Test(
    "sums that are printed hold no flow that coverage withholds, in the summary and in the claims, and the gate looks at all"
  )
  func printedSums() throws {
    var source = office.source
    source.storedSessions[0].settings.claims = [
      Claim(id: "none", says: LocalizedText(en: "No telemetry.", de: "Keine Telemetrie."), purpose: .telemetry)
    ]
    // Saturday and Sunday: 100 flows in each hour, of which nothing has a name; else 10.
    let weekend = Example.hour("2026-05-08", 22)..<Example.hour("2026-05-10", 22)
    for index in source.rows.indices {
      let hour = source.rows[index].coverage.hour
      let flows: UInt64 = weekend.contains(hour) ? 100 : 10
      source.rows[index].coverage.outboundFlows = flows
      source.rows[index].coverage.bytesOutByClass = [weekend.contains(hour) ? .e : .a: flows * 1_000]
      source.rows[index].coverage.echFlows = flows / 5
      source.rows[index].coverage.sight = CoverageSight()
      source.rows[index].coverage.sight?.twoSidedFlows = flows
      var sums = GroupHour(hour: hour, group: "Kasse")
      (sums.outboundFlows, sums.bytesOut) = (flows, flows * 1_000)
      source.groups.append(sums)
    }
    let shown = try csvRows(.coverage, source, from: nil, to: nil).compactMap { Int($0["outbound_flows"] ?? "") }
      .reduce(0, +)
    #expect(shown == 6 * 24 * 10)
    let summary = try AuditSummary.text(source: source, language: .english, from: nil, to: nil)
    #expect(
      summary.contains(
        "12 devices and 1440 outbound flows were seen; the destination is named for 100 % of the bytes sent. Flows and bytes of days with fewer than 5 devices are not counted here."
      ))
    // All flows decide, but their share is that of all.
    #expect(summary.contains("named bytes "))
    let spots = try #require(csvRows(.claims, source, from: nil, to: nil).first?["blind_spots"])
    #expect(spots.contains("flows that cannot be examined: 0 of 1440"))
    // 12 sessions on each of five days; those of Monday cannot be told from those of Saturday.
    #expect(spots.contains("at most 1380 of 1440"))
    #expect(spots.contains("or one that looks the same: 288;"))
    #expect(spots.contains("one direction alone was seen: 0 of 1440"))
  }

  // MARK: Offices at random

  private struct DeviceDay: Hashable {
    var device: DevicePseudonym
    var date: LocalDate
  }

  private struct CellKey: Hashable {
    var group: String
    var told: LocalDate
  }

  private static func randomOffice(_ generator: inout SeededGenerator) -> Office {
    var office = Office()
    let groups: [(name: String, devices: ClosedRange<UInt8>)] = [
      ("Amt", 1...3), ("Bauamt", 10...14), ("Kasse", 20...25), ("Schule", 30...41), ("ungrouped", 50...51),
    ]
    for day in 0..<10 {
      let share = UInt64([2, 30, 60, 95].randomElement(using: &generator)!)
      var present: [String: [UInt8]] = [:]
      for group in groups {
        let devices = group.devices.filter { _ in UInt64.random(in: 0..<100, using: &generator) < share }
        if !devices.isEmpty { present[group.name] = devices }
      }
      office.add(Office.day(Int64(day)), present, at: Int64.random(in: 0..<22, using: &generator))
    }
    return office
  }

  /// Device-days by their cell; those that are not reported have none.
  private static func cells(_ office: Office, minimum: Int) throws -> [CellKey: Set<DeviceDay>] {
    var source = office.source
    source.storedSessions[0].settings.groupMinimum = minimum
    let stored = try #require(source.period())
    let clock = SiteClock(zone: "Europe/Berlin")!
    let reporting = try ReportingDays(
      source, sessions: source.storedSessions, stored: stored, kept: nil, clock: clock)
    guard !reporting.isOneBlock else { return [:] }
    return source.usage.reduce(into: [:]) { cells, usage in
      let date = clock.date(of: usage.hour)
      let told = clock.date(of: reporting.toldHour(usage.hour))
      guard !reporting.isHeldBack(usage.hour) || told != date else { return }
      cells[CellKey(group: reporting.reportedGroup(usage.group, on: date), told: told), default: []]
        .insert(DeviceDay(device: usage.device, date: date))
    }
  }
}
