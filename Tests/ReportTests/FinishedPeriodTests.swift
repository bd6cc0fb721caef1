import Model
import Privacy
import ReportTestSupport
import Store
import Testing

@testable import Reporting

@Suite("finished periods of a store")
struct FinishedPeriodTests {
  /// The worked example: 4 to 17 May 2026, Berlin.
  private var source = Example.workedExample()

  private func all(_ kind: FinishedPeriod.Kind, now: Hour = Example.hour("2026-11-30", 12)) throws -> [[String]] {
    try FinishedPeriods(kind, of: source, now: now).periods.map {
      [$0.name, $0.days.lowerBound.description, $0.days.upperBound.description] + ($0.isCutByDeletion ? ["cut"] : [])
    }
  }

  private func last(_ kind: FinishedPeriod.Kind) throws -> [String]? { try all(kind).last }

  private mutating func keepUsage(from day: String, _ hour: Int64) {
    source.deleted = [
      Deletion(
        id: 1, chainSequence: 2, dataClass: .usage, before: Example.hour(day, hour), rows: 1,
        day: LocalDate("2026-06-01")!.day, toolVersion: "0.2.0")
    ]
  }

  private mutating func store(_ day: String, _ hour: Int64) {
    source.rows.append(Example.sensorHour(Example.hour(day, hour)))
  }

  private mutating func isObserved() {
    source.storedSessions[0].captureMode = "live"
    source.storedSessions[0].isClosed = false
  }

  @Test("a month of captures is finished once its last hour is stored")
  mutating func month() throws {
    #expect(try last(.month) == nil)
    // In Berlin May ends at 22 o'clock of UTC.
    store("2026-05-31", 20)
    #expect(try last(.month) == nil)
    store("2026-05-31", 21)
    #expect(try last(.month) == ["2026-05", "2026-05-01", "2026-05-31"])
    store("2026-07-05", 9)
    #expect(try last(.month) == ["2026-06", "2026-06-01", "2026-06-30"])
  }

  @Test("a month into which a service captures is finished three hours later, when its last day is reported")
  mutating func observedMonth() throws {
    isObserved()
    for (day, hour) in [("2026-05-31", 21 as Int64), ("2026-05-31", 23), ("2026-06-01", 0)] {
      store(day, hour)
      #expect(try last(.month) == nil)
    }
    store("2026-06-01", 1)
    #expect(try last(.month) == ["2026-05", "2026-05-01", "2026-05-31"])
  }

  @Test("the year turns with the month")
  mutating func january() throws {
    for month in 6...12 { store("2026-\(month < 10 ? "0" : "")\(month)-15", 9) }
    store("2027-01-01", 0)
    #expect(try last(.month) == ["2026-12", "2026-12-01", "2026-12-31"])
  }

  @Test("a month in an outage is reported, one in a silence of more than a quarter is not, such as those since 1970")
  mutating func silence() throws {
    store("2026-08-03", 9)
    #expect(try all(.month).map(\.[0]) == ["2026-05", "2026-06", "2026-07"])
    store("2026-11-04", 9)
    #expect(try all(.month).map(\.[0]) == ["2026-05", "2026-06", "2026-07", "2026-08"])
    store("1970-01-01", 0)
    #expect(try all(.month).map(\.[0]) == ["1970-01", "2026-05", "2026-06", "2026-07", "2026-08"])
    store("2026-10-01", 9)
    #expect(
      try all(.month).map(\.[0]) == ["1970-01", "2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10"])
  }

  @Test("the days about a patch day are finished when its week is over, and have at least one stored day before it")
  mutating func patchDay() throws {
    // The second Tuesday is 12 May; its week ends with 18 May.
    #expect(try last(.patchDay) == nil)
    store("2026-05-18", 20)
    #expect(try last(.patchDay) == nil)
    store("2026-05-18", 21)
    #expect(try last(.patchDay) == ["2026-05-12_patch-day", "2026-05-05", "2026-05-18"])
    source.rows.removeAll { $0.coverage.hour < Example.hour("2026-05-11", 22) }
    #expect(try last(.patchDay) == nil)
    source.rows.append(Example.sensorHour(Example.hour("2026-05-11", 21)))
    #expect(try last(.patchDay)?.first == "2026-05-12_patch-day")
  }

  @Test("no month is skipped while the service is off: every one from the first stored day on is finished in turn")
  mutating func gap() throws {
    isObserved()
    for (day, hour) in [("2026-06-30", 18 as Int64), ("2026-08-05", 9)] { store(day, hour) }
    #expect(try all(.month).map { $0[0] } == ["2026-05", "2026-06", "2026-07"])
    #expect(
      try all(.patchDay).map { $0[0] } == ["2026-05-12_patch-day", "2026-06-09_patch-day", "2026-07-14_patch-day"])
  }

  @Test("after a service has ended in order, the calendar finishes the month in which it ended, and no later one")
  mutating func ended() throws {
    isObserved()
    store("2026-06-02", 9)
    #expect(try all(.month).map { $0[0] } == ["2026-05"])
    source.storedSessions[0].isClosed = true
    #expect(try all(.month, now: Example.hour("2026-06-30", 21)).map { $0[0] } == ["2026-05"])
    // In Berlin June ends at 22 o'clock of UTC.
    #expect(try all(.month, now: Example.hour("2026-06-30", 22)).map { $0[0] } == ["2026-05", "2026-06"])
    #expect(try all(.month).map { $0[0] } == ["2026-05", "2026-06"])
    #expect(try all(.patchDay).map { $0[0] } == ["2026-05-12_patch-day"])
  }

  @Test("captures that were audited may have others of the same month to follow, whatever the calendar says")
  func captures() throws {
    let finished = try FinishedPeriods(.month, of: source, now: Example.hour("2026-11-30", 12))
    #expect(finished.periods == [])
    #expect(finished.lastStoredDay == LocalDate("2026-05-17"))
  }

  @Test("a month whose first days retention deleted begins with the first whole day that is left")
  mutating func cut() throws {
    store("2026-06-01", 9)
    // In Berlin 2 o'clock of the 5th, so that the 6th is the first whole day.
    keepUsage(from: "2026-05-05", 0)
    #expect(try all(.month) == [["2026-05", "2026-05-06", "2026-05-31", "cut"]])
    #expect(try all(.patchDay) == [["2026-05-12_patch-day", "2026-05-06", "2026-05-18", "cut"]])
    // The days that the periods begin with can be asked for, and the report says why they are the first.
    let day = LocalDate("2026-05-06")
    let sentences = try ReportedPeriod(source: source, from: day).sentences(.english)
    #expect(
      sentences.limits.contains(
        "The report begins on 2026-05-06, because the sums of earlier days were deleted after their retention time (usage_days)."
      ))
    keepUsage(from: "2026-04-30", 22)
    #expect(try all(.month) == [["2026-05", "2026-05-01", "2026-05-31"]])
  }

  @Test("a month that retention deleted wholly is none")
  mutating func deletedMonth() throws {
    store("2026-07-01", 9)
    keepUsage(from: "2026-06-01", 0)
    #expect(try all(.month) == [["2026-06", "2026-06-02", "2026-06-30", "cut"]])
    #expect(try all(.patchDay).map { $0[0] } == ["2026-06-09_patch-day"])
  }

  @Test("an empty store has none")
  func empty() throws {
    for kind in [FinishedPeriod.Kind.month, .patchDay] {
      let finished = try FinishedPeriods(kind, of: MemorySource(), now: Example.hour("2026-11-30", 12))
      #expect(finished.periods == [])
      #expect(finished.lastStoredDay == nil)
    }
  }
}
