import Testing

@testable import Reporting

@Suite("The bootstrap over devices")
struct ClusterBootstrapTests {
  private func intervals(
    _ before: [UInt64], _ after: [UInt64], days: UInt64 = 5, isPaired: Bool = true
  ) -> ClusterBootstrap.Intervals {
    func contacts(_ sessions: [UInt64]) -> [(device: Int, contact: DeviceContact)] {
      sessions.enumerated().filter { $0.element > 0 }.map {
        (device: $0.offset, contact: DeviceContact(sessions: $0.element, isReached: true))
      }
    }
    let bootstrap = ClusterBootstrap(
      days: BeforeAfter(before: before.map { _ in days }, after: after.map { _ in days }), isPaired: isPaired)
    return bootstrap.intervals(of: [BeforeAfter(before: contacts(before), after: contacts(after))])[0]
  }

  @Test(
    "states a change in hundredths of a per cent by whole numbers, rounded half up",
    arguments: [
      (10, 5, 10, 10, -5_000), (10, 10, 10, 10, 0), (10, 10, 10, 20, -5_000), (3, 1, 1, 1, -6_667),
      (1, 3, 1, 1, 20_000),
      (10, 0, 1, 1, -10_000), (20_001, 1, 1, 1, -10_000), (19_999, 1, 1, 1, -9_999),
    ] as [(UInt64, UInt64, UInt64, UInt64, Int64)])
  func change(before: UInt64, after: UInt64, baseBefore: UInt64, baseAfter: UInt64, hundredths: Int64) throws {
    let change = try #require(
      RelativeChange(
        BeforeAfter(before: before, after: after), per: BeforeAfter(before: baseBefore, after: baseAfter)))
    #expect(change.hundredths == hundredths)
  }

  @Test("has no change of nothing, none of no device-days, and none that is bounded if there was nothing before")
  func undefined() {
    let one = BeforeAfter<UInt64>(before: 1, after: 1)
    #expect(RelativeChange(BeforeAfter(before: 0, after: 0), per: one) == nil)
    #expect(RelativeChange(one, per: BeforeAfter(before: 0, after: 1)) == nil)
    #expect(RelativeChange(one, per: BeforeAfter(before: 1, after: 0)) == nil)
    #expect(RelativeChange(BeforeAfter(before: 0, after: 1), per: one) == .unbounded)
    #expect(RelativeChange(BeforeAfter(before: 0, after: 1), per: one)?.percent == nil)
  }

  @Test("survives counts that no network carries")
  func greatest() {
    let greatest = [UInt64](repeating: .max, count: 8)
    let found = intervals(greatest, greatest, days: .max)[.sessions]
    #expect(found == ChangeInterval(low: RelativeChange(.one, per: .one)!, high: RelativeChange(.one, per: .one)!))
    let all = BeforeAfter<UInt64>(before: .max, after: .max)
    #expect(RelativeChange(all, per: all) != nil)
  }

  @Test("rounds the ends of an interval outwards to whole per cent")
  func rounding() throws {
    func change(_ after: UInt64) throws -> RelativeChange {
      try #require(RelativeChange(BeforeAfter(before: 10_000, after: after), per: .one))
    }
    let interval = ChangeInterval(low: try change(401), high: try change(501))
    #expect(interval.low.hundredths == -9_599 && interval.lowPercent == -96)
    #expect(interval.high.hundredths == -9_499 && interval.highPercent == -94)
    let growth = ChangeInterval(low: try change(10_199), high: try change(10_201))
    #expect(growth.lowPercent == 1 && growth.highPercent == 3)
    #expect(ChangeInterval(low: try change(10_000), high: .unbounded).highPercent == nil)
  }

  @Test("gives no interval for fewer than five devices in one of the periods")
  func fewDevices() {
    #expect(intervals([5, 5, 5, 5], [1, 1, 1, 1]).isEmpty)
    #expect(intervals([5, 5, 5, 5, 5], [1, 1, 1, 1, 1])[.sessions] != nil)
    #expect(intervals([5, 5, 5, 5, 5], [1, 1, 1, 1], isPaired: false).isEmpty)
  }

  @Test("is wide if one device makes nearly all of the traffic")
  func oneDevice() throws {
    let others = [UInt64](repeating: 5, count: 19)
    let found = try #require(intervals([5_000] + others, [2_500] + others)[.sessions])
    // The sum fell by 49 per cent; without that device nothing changed.
    #expect(found.lowPercent == -50 && found.highPercent == 0)
    #expect(found.holdsNoChange)
    let alone = try #require(intervals([5_000] + others.map { _ in 0 }, [2_500] + others.map { _ in 0 })[.sessions])
    // A draw without it has no events at all and could mean any change.
    #expect(alone.low == .least && alone.high == .unbounded)
  }

  @Test("is narrower for the same devices in both periods than for devices that nobody can match")
  func pairing() throws {
    let before: [UInt64] = (1...20).map { $0 * $0 }
    let after = before.map { $0 / 2 }
    let paired = try #require(intervals(before, after)[.sessions])
    let apart = try #require(intervals(before, after, isPaired: false)[.sessions])
    #expect(!paired.holdsNoChange)
    #expect(paired.high.hundredths - paired.low.hundredths < 300)
    #expect(apart.high.hundredths - apart.low.hundredths > 5_000)
    #expect(apart.low < paired.low && paired.high < apart.high)
  }

  @Test("gives exactly these intervals, on every machine")
  func exact() throws {
    let found = intervals([10, 20, 30, 40, 50, 60, 70, 80, 90, 100], [9, 11, 20, 18, 30, 31, 30, 44, 41, 60])
    let sessions = try #require(found[.sessions])
    #expect([sessions.low.hundredths, sessions.high.hundredths] == ClusterBootstrapTests.exactSessions)
    let devices = try #require(found[.devices])
    #expect(devices.low.hundredths == 0 && devices.high.hundredths == 0)
    #expect(found[.blockedAttempts] == nil)
  }

  /// Computed by a program of a few lines in another language.
  private static let exactSessions: [Int64] = [-5_220, -4_000]

  @Test("draws each place with the same frequency from a sequence that is defined")
  func numbers() {
    // First numbers of SplitMix64 with the state 1234567, from its reference implementation.
    var reference = SplitMix64(state: 1_234_567)
    #expect(reference.next() == 6_457_827_717_110_365_317)
    #expect(reference.next() == 3_203_168_211_198_807_973)
    var generator = SplitMix64(state: 7)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<7_000 { counts[Int(generator.next(below: 7))] += 1 }
    #expect(counts.allSatisfy { (850...1_150).contains($0) })
  }

  @Test("covers the true change in at least 90 of 100 samples, of devices that differ much", arguments: [10, 30])
  func coverage(devices: Int) {
    var generator = SplitMix64(state: UInt64(devices))
    /// Sum of rolls, whose mean is `mean`: counts of rare events.
    func count(_ mean: UInt64) -> UInt64 { (0..<mean * 2).reduce(0) { sum, _ in sum + generator.next(below: 2) } }
    var covered = 0
    for _ in 0..<200 {
      var before: [UInt64] = []
      var after: [UInt64] = []
      for _ in 0..<devices {
        // A quarter of the devices sends five times as much as the others; each keeps 40 per cent on average.
        let mean: UInt64 = generator.next(below: 4) == 0 ? 50 : 10
        before.append(count(mean))
        after.append(count(mean * 2 / 5))
      }
      guard let found = intervals(before, after)[.sessions] else { continue }
      if found.low.hundredths <= -6_000 && found.high.hundredths >= -6_000 { covered += 1 }
    }
    #expect(covered >= 180, "covered \(covered) of 200")
  }
}

extension BeforeAfter<UInt64> {
  fileprivate static let one = BeforeAfter(before: 1, after: 1)
}
