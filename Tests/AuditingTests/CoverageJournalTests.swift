import Model
import Testing

@testable import Auditing

@Suite("The coverage journal")
struct CoverageJournalTests {
  /// 2026-05-11T06:00:00Z.
  private static let hour = Hour(sinceEpoch: 494_118)
  private static let start = hour.start

  private func reading(
    at seconds: Int64, boot: Int64? = nil, running: Int64? = nil, clock: ClockState = .synchronised, offset: Int64? = 0,
    isCapturing: Bool = true
  ) -> CoverageJournal.Reading {
    CoverageJournal.Reading(
      time: Self.start.advanced(by: .seconds(seconds)), sinceBoot: .seconds(boot ?? seconds),
      running: .seconds(running ?? boot ?? seconds), clock: clock, clockOffsetMilliseconds: offset,
      isCapturing: isCapturing)
  }

  @Test("a quiet second changes nothing but the state of the clock")
  func quiet() {
    var journal = CoverageJournal()
    #expect(journal.note(reading(at: 10)) == [])
    #expect(journal.note(reading(at: 11, offset: -3)) == [])
    #expect(journal.note(reading(at: 12, offset: 2)) == [])
    var expected = CoverageHour(hour: Self.hour)
    expected.clock = .synchronised
    expected.clockOffsetMilliseconds = -3
    #expect(journal.take() == [expected])
    #expect(journal.take() == [])
  }

  @Test("a canary is expected in each hour that was captured from its beginning to its end, and in no other")
  func canaries() {
    var journal = CoverageJournal()
    journal.expectsCanaries = true
    func expected() -> [UInt64] { journal.take().map(\.canariesExpected) }
    _ = journal.note(reading(at: -10))
    _ = journal.note(reading(at: 1))
    #expect(expected() == [0, 0])
    _ = journal.note(reading(at: 3_601))
    #expect(expected() == [1, 0])
    // Not captured for one second of it.
    _ = journal.note(reading(at: 5_000, isCapturing: false))
    _ = journal.note(reading(at: 5_001))
    _ = journal.note(reading(at: 7_201))
    #expect(expected().allSatisfy { $0 == 0 })
    _ = journal.note(reading(at: 10_801))
    #expect(expected() == [1, 0])
    // Suspended for one second of it.
    _ = journal.note(reading(at: 12_000, running: 11_999))
    _ = journal.note(reading(at: 12_001, running: 12_000))
    _ = journal.note(reading(at: 14_401, running: 14_400))
    #expect(expected().allSatisfy { $0 == 0 })
    // Switched off, and on again in the middle of an hour.
    journal.expectsCanaries = false
    _ = journal.note(reading(at: 18_001, running: 18_000))
    _ = journal.note(reading(at: 20_000, running: 19_999))
    journal.expectsCanaries = true
    _ = journal.note(reading(at: 20_001, running: 20_000))
    _ = journal.note(reading(at: 21_601, running: 21_600))
    #expect(expected().allSatisfy { $0 == 0 })
    _ = journal.note(reading(at: 25_201, running: 25_200))
    #expect(expected() == [1, 0])
  }

  @Test("an hour in which the clock was unsynchronised at any time is reported as unsynchronised")
  func clock() {
    var journal = CoverageJournal()
    _ = journal.note(reading(at: 1, clock: .notSynchronised, offset: nil))
    _ = journal.note(reading(at: 2))
    #expect(journal.take().map(\.clock) == [.notSynchronised])
  }

  @Test("time in which an interface was not captured is a gap, also over a full hour, and parts of a second add up")
  func interfaceDown() {
    var journal = CoverageJournal()
    _ = journal.note(reading(at: 3_598))
    _ = journal.note(reading(at: 3_599, isCapturing: false))
    var late = reading(at: 3_602, isCapturing: false)
    late.running = TimeSpan(nanoseconds: 3_602_600_000_000)
    late.sinceBoot = late.running
    late.time = late.time.advanced(by: TimeSpan(nanoseconds: 600_000_000))
    _ = journal.note(late)
    var later = reading(at: 3_604, isCapturing: false)
    later.running = TimeSpan(nanoseconds: 3_604_100_000_000)
    later.sinceBoot = later.running
    later.time = later.time.advanced(by: TimeSpan(nanoseconds: 100_000_000))
    _ = journal.note(later)
    #expect(journal.take().map(\.gaps) == [[.interfaceDown: 2], [.interfaceDown: 4]])
  }

  @Test("a suspend is a gap and not a clock step; hours wholly suspended get no row")
  func suspended() {
    var journal = CoverageJournal()
    _ = journal.note(reading(at: 3_500))
    let hours: Int64 = 3
    #expect(
      journal.note(reading(at: 3_500 + hours * 3_600, boot: 3_500 + hours * 3_600, running: 3_501))
        == [.suspended(hours * 3_600 - 1)])
    let rows = journal.take()
    #expect(rows.map(\.hour.sinceEpoch) == [494_118, 494_121])
    #expect(rows.map { $0.gaps[.suspended] } == [99, 3_500])
    #expect(rows.map(\.clockSteps) == [0, 0])
  }

  @Test(
    "a step of the clock is counted, forwards and backwards; slewing is not",
    arguments: [(-7_200, 1), (2, 1), (0, 0)])
  func step(seconds: Int64, count: UInt64) {
    var journal = CoverageJournal()
    _ = journal.note(reading(at: 7_300))
    var next = reading(at: 7_301 + seconds, boot: 7_301)
    // The most that NTP slews in a second.
    if seconds == 0 { next.time = next.time.advanced(by: TimeSpan(nanoseconds: 500_000)) }
    let events = journal.note(next)
    #expect(events == (count == 0 ? [] : [.clockStepped(seconds * 1_000)]))
    #expect(journal.take().map(\.clockSteps).reduce(0, +) == count)
  }

  @Test("a restart records the length and cause of the gap, and the number of flows cut off")
  func restart() {
    var journal = CoverageJournal()
    let end = Self.start.advanced(by: .seconds(3_590))
    #expect(
      journal.noteRestart(at: end.advanced(by: .seconds(30)), after: end, wasClosed: false, openFlows: 7) == 30)
    var first = CoverageHour(hour: Self.hour)
    first.gaps = [.brokenOff: 10]
    first.recordsLost = 7
    var second = CoverageHour(hour: Self.hour.next)
    second.gaps = [.brokenOff: 20]
    second.restarts = 1
    #expect(journal.take() == [first, second])
    #expect(journal.noteRestart(at: end, after: end.advanced(by: .seconds(9)), wasClosed: true, openFlows: 7) == 0)
    #expect(journal.take().map(\.gaps) == [[:]])
  }

  @Test("drops, lost records and other counts add up, and counts that could not be delivered are delivered later")
  func counts() {
    var journal = CoverageJournal()
    journal.noteDrops(3, at: Self.start)
    journal.noteDrops(0, at: Self.hour.next.start)
    journal.noteLostRecords(4, at: Self.start)
    var other = CoverageHour(hour: Self.hour)
    other.packetsSeen = 5
    journal.add([other])
    let taken = journal.take()
    #expect(taken.map(\.packetsDroppedKernel) == [3])
    #expect(taken.map(\.recordsLost) == [4])
    #expect(taken.map(\.packetsSeen) == [5])
    journal.noteReopening(at: Self.start.advanced(by: .seconds(60)))
    journal.add(taken)
    #expect(journal.take().map { [$0.packetsSeen, $0.packetsDroppedKernel, $0.gapSeconds] } == [[5, 3, 1]])
  }
}
