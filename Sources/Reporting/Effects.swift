import Model
import Privacy
import Store

/// What was seen of a service after a measure that was meant for it.
struct MeasureEffect: Sendable, Equatable {
  let measure: Measure
  let date: LocalDate
  /// Devices with answered contact on an earlier day; nil if no earlier day was observed.
  let devicesBefore: Int?
  /// Devices with answered contact on a later day.
  let devicesAfter: Int
  let sessionsAfter: UInt64
  /// Observed days after the day of the measure; at least one.
  let daysAfter: Int

  /// Nearly all devices stopped, and a few go on.
  var isEndedButForFew: Bool { devicesBefore.map { devicesAfter > 0 && isFew(devicesAfter, of: $0) } ?? false }
}

/// What got through although most attempts were blocked.
struct BlockEffect: Sendable, Equatable {
  /// Hour from which on blocking explains the attempts best.
  let since: Hour
  /// From that hour on.
  let blocked: UInt64
  /// In later hours.
  let sessions: UInt64
  /// Devices with answered contact in later hours.
  let devices: Int
}

/// One device of at least five, or at most a tenth of them.
func isFew(_ part: Int, of whole: Int) -> Bool { whole >= 5 && part <= max(1, whole / 10) }

extension Contacts {
  /// Fewer blocked attempts show no block: a server may be down for an hour.
  private static let smallestBlock: UInt64 = 10
  /// Blocked attempts for each that got through. Where both are alike, a second way, such as a broken IPv6, fails
  /// beside the first.
  private static let blockedForEach: UInt64 = 4

  /// Nil if nothing was blocked steadily, or nothing got through in between.
  ///
  /// The block begins with the hour that leaves the fewest attempts unexplained: blocked ones before it, answered ones
  /// from it on. An answer counts as got through only if attempts are blocked after it as well, since else the block,
  /// or a fault, may have ended.
  func throughBlock(_ epochs: DeviceEpochs = .none) -> BlockEffect? {
    let hours = attempts.entries
    guard let lastBlocked = hours.last(where: { $0.blocked > 0 })?.hour else { return nil }
    let total = attempts.sessions
    var blockedBefore: UInt64 = 0
    var sessionsBefore: UInt64 = 0
    var best: (unexplained: UInt64, since: Hour)?
    for entry in hours {
      let unexplained = UInt64.saturatingSum(blockedBefore, total - min(total, sessionsBefore))
      if best.map({ unexplained <= $0.unexplained }) ?? true { best = (unexplained, entry.hour) }
      blockedBefore.addSaturating(entry.blocked)
      sessionsBefore.addSaturating(entry.sessions)
    }
    // No block at all leaves every blocked attempt unexplained.
    guard let best, best.unexplained < blockedBefore else { return nil }
    let later = hours.filter { $0.hour >= best.since }
    let blocked = later.reduce(into: UInt64(0)) { $0.addSaturating($1.blocked) }
    let through = later.filter { $0.hour > best.since }
    let sessions = through.reduce(into: UInt64(0)) { $0.addSaturating($1.sessions) }
    guard blocked >= Self.smallestBlock, sessions > 0, sessions <= blocked / Self.blockedForEach,
      through.contains(where: { $0.sessions > 0 && $0.hour <= lastBlocked })
    else { return nil }
    return BlockEffect(
      since: best.since, blocked: blocked, sessions: sessions,
      devices: epochs.count(devices.filter { $0.value.upperBound > best.since }.keys))
  }
}

extension UsageTotals {
  /// Of the row as a whole, else of the pattern with the most that got through.
  func throughBlock(_ epochs: DeviceEpochs) -> BlockEffect? {
    let whole = contacts.values.reduce(into: Contacts()) { $0.add($1) }
    return whole.throughBlock(epochs)
      ?? contacts.sorted { ($0.key.rule, $0.key.pattern) < ($1.key.rule, $1.key.pattern) }
      .compactMap { $0.value.throughBlock(epochs) }.max { $0.sessions < $1.sessions }
  }

  /// Effect of the latest measure that was meant for something in the row and that observed days follow; nil for none.
  ///
  /// - Parameters:
  ///   - rules: facts of the rules of the row.
  ///   - observed: local days with at least one observed hour.
  ///   - held: days with few devices, which are reported with a later one.
  func measureEffect(
    _ measures: [Measure], rules: [RuleFacts], observed: Set<LocalDate>, held: [ReportingDays.Run], clock: SiteClock,
    _ epochs: DeviceEpochs
  ) -> MeasureEffect? {
    measures.compactMap { measure -> MeasureEffect? in
      let meant = Set(rules.filter(measure.isMeant).map(\.baseID))
      guard !meant.isEmpty, let date = LocalDate(measure.date) else { return nil }
      // Usage of a small group is reported with a later day, and may be from before the measure.
      let last = held.filter { $0.first <= date }.compactMap(\.toldOn).reduce(date, max)
      guard observed.contains(where: { $0 > last }) else { return nil }
      let all = contacts.filter { meant.contains($0.key.rule) }.values.reduce(into: Contacts()) { $0.add($1) }
      return MeasureEffect(
        measure: measure, date: date,
        devicesBefore: observed.contains { $0 < date }
          ? epochs.count(all.devices.filter { clock.date(of: $0.value.lowerBound) < date }.keys) : nil,
        devicesAfter: epochs.count(all.devices.filter { clock.date(of: $0.value.upperBound) > last }.keys),
        sessionsAfter: all.attempts.entries.filter { clock.date(of: $0.hour) > last }.reduce(
          into: UInt64(0)
        ) {
          $0.addSaturating($1.sessions)
        },
        daysAfter: observed.count { $0 > last })
    }.max { $0.date < $1.date }
  }
}
