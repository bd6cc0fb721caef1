import Model
import ReportTestSupport
import Store
import Testing

@testable import Reporting

@Suite struct ObservedTimeTests {
  private let first = Example.hour("2026-05-11", 6)

  private func hour(_ number: Int64) -> Hour { Hour(sinceEpoch: first.sinceEpoch + number) }

  private func span(
    _ from: Int64, _ to: Int64, sensor: String = "gw1", begins: CaptureSpan.Beginning = .file, edge: Int64 = 10
  ) -> ObservedSpan {
    let start = first.start.seconds
    return ObservedSpan(
      sensor: sensor, toolVersion: "0.1.0", ruleSetHash: Example.hash,
      span: CaptureSpan(first: start + from, last: start + to, begins: begins, edgeSilence: edge))
  }

  private func observed(
    rows: [Int64], _ spans: [ObservedSpan], hours count: Int64, window: ObservationWindow? = nil
  ) -> ObservedTime {
    let hours = first..<hour(count)
    return ObservedTime(
      rows: rows.map { Example.sensorHour(hour($0)) }, spans: spans, window: window ?? .stored(hours), hours: hours,
      sensor: "gw1")
  }

  private func gaps(_ time: ObservedTime) -> [[GapCause: UInt64]] { time.rows.map(\.coverage.gaps) }

  @Test("Quiet hours within a file become rows without a gap")
  func quiet() {
    let time = observed(rows: [0, 3], [span(100, 3 * 3600 + 50)], hours: 4)
    #expect(gaps(time) == [[:], [:], [:], [:]])
    #expect(time.rows.map(\.coverage.packetsSeen) == [10_000, 0, 0, 10_000])
    #expect(time.rows.map(\.captureMode) == ["replay", "replay", "replay", "replay"])
  }

  @Test(
    "Consecutive files with a silence like those within them leave no gap; a longer silence is a gap in both hours")
  func between() {
    let joined = observed(rows: [0, 1], [span(0, 3500), span(3750, 7100, edge: 50)], hours: 2)
    #expect(gaps(joined) == [[:], [:]])
    let apart = observed(rows: [0, 1], [span(0, 3500), span(3751, 7100, edge: 50)], hours: 2)
    #expect(gaps(apart) == [[.noFile: 100], [.noFile: 151]])
    let silent = observed(rows: [0], [span(0, 1000), span(1400, 3600, begins: .silence)], hours: 1)
    #expect(gaps(silent) == [[.silence: 400]])
  }

  @Test("Hours wholly between files are rows of the missing file")
  func missing() {
    let time = observed(rows: [0, 3], [span(0, 3000), span(3 * 3600 + 600, 4 * 3600 - 1)], hours: 4)
    #expect(gaps(time) == [[.noFile: 600], [.noFile: 3600], [.noFile: 3600], [.noFile: 600]])
    #expect(time.rows.map(\.isMissing) == [false, true, true, false])
  }

  @Test("Overlapping files of one sensor are one period; another sensor's files are separate")
  func overlapping() {
    let time = observed(
      rows: [0, 1], [span(0, 7000), span(500, 900), span(6900, 7100), span(4000, 7100, sensor: "gw2")], hours: 2)
    #expect(gaps(time) == [[:], [:], [:]])
    #expect(time.rows.map(\.sensor) == ["gw1", "gw1", "gw2"])
  }

  @Test("Rows of the first version, and of a service, cover their whole hours")
  func withoutSpans() {
    let time = observed(rows: [0, 2], [], hours: 3)
    #expect(gaps(time) == [[:], [.notObserved: 3600], [:]])
  }

  @Test("The missing minutes and hours of a declared campaign are gaps, and nothing else is")
  func declared() {
    let window = ObservationWindow.declared([hour(0), hour(1), hour(4)])
    let time = observed(rows: [1, 2], [span(3600 + 900, 3 * 3600 - 900)], hours: 3, window: window)
    #expect(time.rows.map(\.coverage.hour) == [hour(0), hour(1), hour(2), hour(4)])
    #expect(gaps(time) == [[.noFile: 3600], [.noFile: 900], [:], [.noFile: 3600]])
    let totals = CoverageTotals(time.rows, window: window, ruleAgeDays: 0)
    #expect(totals.seconds == 3 * 3600)
    #expect(totals.gapSeconds == 8100)
  }

  @Test(
    "A campaign is its weekdays and hours in local time, limited to the chosen days and to those that retention kept")
  func campaign() throws {
    let clock = try #require(SiteClock(zone: "Europe/Berlin"))
    let day = { (text: String) in LocalDate(text)!.day }
    let campaign = Campaign(
      firstDay: day("2026-03-23"), lastDay: day("2026-04-03"),
      hours: WorkingHours(weekdays: Set(1...5), from: 7, to: 18))
    func window(_ from: String?, _ to: String?, kept: Hour? = nil) -> ObservationWindow {
      ObservationWindow(
        campaign, stored: first..<hour(1), from: from.flatMap { LocalDate($0) }, to: to.flatMap { LocalDate($0) },
        kept: kept, clock: clock)
    }
    #expect(window(nil, nil).count == 110)
    #expect(window("2026-03-27", "2026-03-30").count == 22)
    // Summer time begins on 29 March.
    #expect(window(nil, nil).contains(Example.hour("2026-03-27", 6)))
    #expect(!window(nil, nil).contains(Example.hour("2026-03-30", 16)))
    #expect(window(nil, nil).contains(Example.hour("2026-03-30", 5)))
    #expect(window(nil, nil, kept: Example.hour("2026-04-03", 0)).count == 11)
    // Chosen days without a campaign: the stored hours were to be observed.
    #expect(window("2026-03-28", "2026-03-29").count == 1)
  }

  @Test(
    "A packet with a wrong time, years away, gives one row, not a hundred thousand, and all hours in between are gaps")
  func years() {
    let time = observed(rows: [0, 200_000], [], hours: 200_001)
    #expect(time.rows.count == 3)
    #expect(time.rows[1].coverage.gaps == [.notObserved: 199_999 * 3600])
    let totals = CoverageTotals(time.rows, window: time.window, ruleAgeDays: 0)
    #expect(totals.gapSeconds == 199_999 * 3600)
  }
}
