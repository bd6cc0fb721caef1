import Foundation
import Model
import ReportTestSupport
import Testing

@testable import Reporting

@Suite struct LocalTimeTests {
  private let berlin = SiteClock(zone: TimeZone(identifier: "Europe/Berlin")!)

  @Test("Dates are read and written, impossible ones refused")
  func dates() {
    #expect(LocalDate("2024-02-29")?.description == "2024-02-29")
    #expect(LocalDate("1970-01-01")?.day == 0)
    #expect(LocalDate("2026-05-11")?.weekday == 1)
    #expect(LocalDate("2026-05-10")?.weekday == 7)
    #expect(LocalDate("1969-12-31")?.weekday == 3)
    for text in ["2025-02-29", "2026-13-01", "2026-1-01", "2026-00-10", "", "11.05.2026", "2026-05-11 ", "２０２６-05-11"] {
      #expect(LocalDate(text) == nil, "\(text)")
    }
    for day in stride(from: Int64(-800_000), to: 800_000, by: 997) {
      #expect(LocalDate(LocalDate(day: day).description)?.day == day || LocalDate(day: day).civil.year < 0)
    }
  }

  @Test("The day on which clocks go forward has 23 hours, and the day on which they go back has 25")
  func daylightSaving() {
    let spring = LocalDate("2026-03-29")!
    let autumn = LocalDate("2026-10-25")!
    let length = { (date: LocalDate) in
      berlin.firstHour(of: date.next).sinceEpoch - berlin.firstHour(of: date).sinceEpoch
    }
    #expect(length(spring) == 23)
    #expect(length(autumn) == 25)
    #expect(berlin.germanText(berlin.firstHour(of: spring)) == "29.03.2026 00:00:00")
    let hours = (0..<23).map { Hour(sinceEpoch: berlin.firstHour(of: spring).sinceEpoch + $0) }
    #expect(Set(hours.map(berlin.date)) == [spring])
    #expect(hours.map(berlin.hourOfDay) == [0, 1] + Array(3...23))
  }

  @Test("Hours of the store become the site's days")
  func localDays() {
    #expect(berlin.date(of: Example.hour("2026-05-10", 22)).description == "2026-05-11")
    #expect(SiteClock.isoText(Example.hour("2026-05-11", 6)) == "2026-05-11T06:00:00Z")
    #expect(berlin.germanText(Example.hour("2026-05-11", 6)) == "11.05.2026 08:00:00")
  }

  @Test("Days of an export are local, daylight saving included")
  func exportOnTheShortDay() throws {
    var source = Example.smallMorning()
    source.usage = []
    source.rows = (0..<72).map { Example.sensorHour(Hour(sinceEpoch: LocalDate("2026-03-28")!.day * 24 + $0)) }
    let day = LocalDate("2026-03-29")
    let period = try AuditPeriod(source: source, from: day, to: day)
    #expect(SiteClock.isoText(period.hours.lowerBound) == "2026-03-28T23:00:00Z")
    #expect(SiteClock.isoText(period.hours.upperBound) == "2026-03-29T22:00:00Z")
    #expect(period.daysObserved == 1)
    #expect(period.coverage.count == 23)
  }
}
