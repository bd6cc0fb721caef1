import Model
import ReportTestSupport
import Reporting
import Store
import Testing

@Suite("finished periods of a store")
struct FinishedPeriodTests {
  /// The worked example: 4 to 17 May 2026, Berlin.
  private var source = Example.workedExample()

  private func last(_ kind: FinishedPeriod.Kind) throws -> [String]? {
    try FinishedPeriod.last(kind, of: source).map {
      [$0.name, $0.days.lowerBound.description, $0.days.upperBound.description]
    }
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
    store("2027-01-01", 0)
    #expect(try last(.month) == ["2026-12", "2026-12-01", "2026-12-31"])
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

  @Test("an empty store has none")
  func empty() throws {
    #expect(try FinishedPeriod.last(.month, of: MemorySource()) == nil)
    #expect(try FinishedPeriod.last(.patchDay, of: MemorySource()) == nil)
  }
}
