import Model
import Testing

@testable import Reporting

@Suite("The time of a phase")
struct PhaseTimeTests {
  private let berlin = SiteClock(zone: "Europe/Berlin")!

  private func seconds(_ text: String) -> Int64 {
    let parts = text.split(separator: "T")
    let time = parts[1].split(separator: ":").map { Int64($0)! }
    return LocalDate(String(parts[0]))!.day * 86_400 + time[0] * 3_600 + time[1] * 60
  }

  @Test(
    "is local time of the site, a day, or UTC",
    arguments: [
      ("2026-05-04T10:30", "2026-05-04T08:30"), ("2026-05-04", "2026-05-03T22:00"),
      ("2026-01-04T00:00", "2026-01-03T23:00"), ("2026-05-04T08:30Z", "2026-05-04T08:30"),
    ])
  func forms(text: String, utc: String) throws {
    let time = try PhaseTime(text, berlin)
    #expect(time.earliest == seconds(utc) && time.latest == seconds(utc))
  }

  @Test("that the end of summer time repeats has two meanings, of which a phase takes the one that holds fewer hours")
  func repeated() throws {
    let time = try PhaseTime("2026-10-25T02:30", berlin)
    #expect(time.earliest == seconds("2026-10-25T00:30") && time.latest == seconds("2026-10-25T01:30"))
  }

  @Test("that the beginning of summer time skips is refused")
  func skipped() {
    #expect(throws: PhaseInput.noSuchTime) { try PhaseTime("2026-03-29T02:30", berlin) }
  }

  @Test("in a zone whose midnight was skipped begins with the first hour of the day")
  func skippedMidnight() throws {
    let cairo = try #require(SiteClock(zone: "Africa/Cairo"))
    let time = try PhaseTime("2026-04-24", cairo)
    #expect(time.earliest == cairo.firstHour(of: LocalDate("2026-04-24")!).start.seconds)
  }

  @Test(
    "in another form is refused",
    arguments: [
      "", "now", "2026-05-04T", "2026-05-04T10", "2026-05-04T10:3", "2026-05-04T24:00", "2026-05-04T10:60",
      "2026-05-04Z",
      "2026-13-04", "2026-05-04T10:30:00", "2026-05-04 10:30", "2026-05-04T+1:30", "2026-05-04T10:30T10:30",
    ])
  func refused(text: String) {
    #expect(throws: PhaseInput.time) { try PhaseTime(text, berlin) }
  }
}
