import Model
import Privacy
import ReportTestSupport
import Store
import Testing

@testable import Reporting

@Suite("The list of destinations without a rule")
struct UndescribedTests {
  /// 14 local days from 2026-05-04 on.
  private static let first = LocalDate("2026-05-04")!.day

  private func destination(
    _ name: String, day: Int64 = 9, devices: UInt64 = 6, flows: UInt64 = 10, outside: UInt64? = 0, up: UInt64 = 100,
    down: UInt64 = 200, period: UInt64? = nil
  ) -> UndescribedDestination {
    UndescribedDestination(
      identity: UndescribedDestination.Identity(text: name), day: Self.first + day, devices: devices, flows: flows,
      flowsOutsideHours: outside, bytesUp: up, bytesDown: down, namingClass: .a, systemNumber: 64_500,
      systemName: "Beispielnetz", period: period)
  }

  private func source(_ rows: [UndescribedDestination]) -> MemorySource {
    var source = Example.workedExample()
    source.undescribed = rows
    return source
  }

  @Test("those with most reasons come first, then those of most devices; each reason gives its points once")
  func ranking() throws {
    let rows = try table(
      .undescribed,
      source([
        destination("plain.example", day: 0), destination("popular.example", day: 0, devices: 20),
        destination("night.example", day: 0, outside: 5), destination("upload.example", day: 0, up: 201),
        destination("beacon.example", day: 0, period: 900), destination("new.example"),
        destination("microsoft-events.example", day: 0),
        destination("AS64500", day: 0), destination("all.example", devices: 24, outside: 10, up: 300, period: 60),
      ]))
    #expect(
      rows.map { [$0["rank"], $0["destination"], $0["points"], $0["reasons"]] } == [
        ["1", "all.example", "13", "many_devices|outside_hours|upload|steady_period|new"],
        ["2", "beacon.example", "3", "steady_period"], ["3", "night.example", "3", "outside_hours"],
        ["4", "upload.example", "3", "upload"], ["5", "popular.example", "2", "many_devices"],
        ["6", "microsoft-events.example", "2", "resembles_vendor"], ["7", "new.example", "2", "new"],
        ["8", "AS64500", "1", "without_name"], ["9", "plain.example", "0", "none"],
      ])
    #expect(rows[0]["steady_period_s"] == "60" && rows[8]["steady_period_s"] == "none")
    #expect(rows[5]["resembles"] == "microsoft.com" && rows[0]["network_owner"] == "AS64500 Beispielnetz")
  }

  @Test("days of one destination make one row: sums of flows, the most devices of a day, first and last day")
  func days() throws {
    let rows = try table(
      .undescribed,
      source([
        destination("a.example", day: 8, devices: 5), destination("a.example", day: 9, devices: 8),
        destination("a.example", day: 11, devices: 6, outside: nil),
      ]))
    #expect(rows.count == 1)
    #expect(rows[0]["devices"] == "8" && rows[0]["days"] == "3" && rows[0]["flows"] == "30")
    #expect(rows[0]["first_seen"] == "2026-05-12" && rows[0]["last_seen"] == "2026-05-15")
    #expect(rows[0]["outside_hours_share"] == "unknown" && rows[0]["upload_ratio"] == "0.3333")
  }

  @Test("new is only what a store of seven earlier days did not show before")
  func new() throws {
    let source = source([
      destination("early.example", day: 0), destination("early.example", day: 10), destination("late.example", day: 10),
      destination("first.example", day: 2),
    ])
    let period = { (from: String) in try csvRows(.undescribed, source, from: LocalDate(from), to: nil) }
    let all = try period("2026-05-04").map { [$0["destination"], $0["new_in_period"]] }
    #expect(Set(all) == [["late.example", "yes"], ["early.example", "unknown"], ["first.example", "unknown"]])
    let later = try period("2026-05-12").map { [$0["destination"], $0["new_in_period"]] }
    #expect(Set(later) == [["late.example", "yes"], ["early.example", "no"]])
  }

  @Test("a row below today's smallest group is not shown, even though the store has it")
  func greaterMinimum() throws {
    var source = source([
      destination("a.example", devices: 5), destination("b.example", devices: 6),
      destination("b.example", day: 3, devices: 5),
    ])
    source.storedSessions[0].settings.groupMinimum = 6
    let rows = try table(.undescribed, source)
    #expect(rows.map { $0["destination"] } == ["b.example"])
    #expect(rows[0]["first_seen"] == "2026-05-13" && rows[0]["days"] == "1")
  }

  @Test(
    "a day that is still observed, and the day before, are not shown: two exports an hour apart would differ by one device"
  )
  func unfinishedDay() throws {
    var source = source([
      destination("a.example", day: 11), destination("c.example", day: 12), destination("b.example", day: 13),
    ])
    source.storedSessions[0].captureMode = "live"
    source.storedSessions[0].isClosed = false
    #expect(try table(.undescribed, source).map { $0["destination"] } == ["a.example"])
  }

  @Test("the terminal shows the same order, in both languages, and counts what it leaves out")
  func text() throws {
    let source = source([
      destination("a.example", up: 2_500_000, period: 900), destination("b.example", day: 1), destination("c.example"),
    ])
    let period = try AuditPeriod(source: source, from: nil, to: nil)
    let summaries = try period.undescribed(source)
    #expect(
      UndescribedText.text(summaries, minimum: 5, limit: 1, language: .english) == """
        1. a.example: 6 devices, 1 day, first on 2026-05-13, 2.500 MB sent, every 900 s
           more sent than received, steady period, new
        … and 2 more (--limit)

        """)
    #expect(
      UndescribedText.text(summaries, minimum: 5, limit: 5, language: .german).hasPrefix(
        """
        1. a.example: 6 Geräte, 1 Tag, zuerst 13.05.2026, gesendet 2,500 MB, alle 900 s
           mehr gesendet als empfangen, fester Takt, neu
        2. c.example
        """))
    #expect(
      UndescribedText.text([], minimum: 5, limit: 5, language: .english)
        == "No destination without a rule that at least 5 devices contacted on one day.\n")
  }
}
