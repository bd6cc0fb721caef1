import Model
import Privacy
import Store

/// Which days are reported alone, which only together with others, and which groups are reported alone on each day.
///
/// All of this depends on the day itself and the days before it, never on the days that are requested. So what two
/// exports have in common is the same in both, and their difference is a sum of whole days and groups of at least k
/// devices (docs/decisions/0042-fixed-cells.md).
struct ReportingDays {
  /// Days with too few devices, and the next day with enough, with which they are reported; nil if there is none yet.
  struct Run: Equatable {
    var first: LocalDate
    var toldOn: LocalDate?

    /// Whether a day belongs to those with too few devices.
    func holdsBack(_ date: LocalDate) -> Bool { first <= date && toldOn.map { date < $0 } ?? true }
  }

  /// In their order.
  private(set) var runs: [Run] = []
  /// No day has enough devices, and there were devices: only the sum of all days is reported.
  private(set) var isOneBlock = false
  /// The first day of which flows may still be under way, or were when the service was cut off; nil if there is none.
  /// No later day is reported either.
  private(set) var unfinished: LocalDate?
  /// Which pseudonyms of the store have which key.
  let epochs: DeviceEpochs
  /// Groups that are reported alone, by day; none on days that are missing.
  private var standing: [LocalDate: Set<String>] = [:]
  private let stored: ClosedRange<LocalDate>
  private let storedHours: Range<Hour>
  private let clock: SiteClock

  /// Hours after the end of a day in which flows of it that fell silent can still be stored: the time-out of an open
  /// TCP connection, 7,440 s, rounded up.
  static let hoursOfOpenFlows: Int64 = 3

  /// Reads which devices were present on each day of the whole store.
  ///
  /// `kept`: hours before it were deleted; it is no longer known whether they had enough devices.
  init(
    _ source: some AuditSource, sessions: [CaptureSession], stored hours: Range<Hour>, kept: Hour?, clock: SiteClock
  ) throws {
    self.clock = clock
    storedHours = hours
    stored = clock.days(of: hours)
    let minimum = GroupMinimum(sessions, clock)
    // If a single device may be shown, there is nothing to hide.
    if let open = Self.firstOpenDay(sessions, stored: hours, clock) {
      unfinished = [open, stored.upperBound].first { minimum.on($0) > 1 }
    }
    let presence = try source.presence(in: hours)
    let epochs = DeviceEpochs(changes: try source.pseudonymChanges(), presence: presence)
    self.epochs = epochs
    var present = Self.presence(presence, hours, clock)
    for (date, devices) in try Self.seenBesideOnly(source, presence, hours, minimum, clock) {
      present[date] = present[date]?.mapValues { $0.subtracting(devices) }
    }
    let datesWithFlows = Set(
      try source.coverage(in: hours).lazy.filter { !$0.isMissing && $0.coverage.outboundFlows > 0 }
        .map { clock.date(of: $0.coverage.hour) })
    // Presence is stored by UTC day: a device that is used around midnight may count to an adjacent local day.
    let candidates = Set(present.keys.flatMap { [LocalDate(day: $0.day - 1), $0, $0.next] })
    var hasEnough = false
    var isAfterDeletion = kept != nil
    for date in candidates.sorted() where stored.contains(date) {
      let groups = present[date] ?? [:]
      let count = epochs.count(groups.values.reduce(into: Set<DevicePseudonym>()) { $0.formUnion($1) })
      if try count == 0 && !datesWithFlows.contains(date) && !Self.hasUsage(source, date, clock) { continue }
      let k = minimum.on(date)
      hasEnough = hasEnough || count >= k
      let isWaiting = runs.last.map { $0.toldOn == nil } ?? false
      if count >= k, unfinished.map({ date < $0 }) ?? true {
        standing[date] = Self.standing(groups, minimum: k, collectsForOthers: isWaiting || isAfterDeletion, epochs)
        isAfterDeletion = false
        if isWaiting { runs[runs.count - 1].toldOn = date }
      } else if !isWaiting {
        runs.append(Run(first: date))
      }
    }
    if !hasEnough, !runs.isEmpty {
      isOneBlock = true
      runs = []
    }
  }

  /// The first day of which flows may still be under way because a service observes the store, or was cut off; nil if
  /// none does.
  static func firstOpenDay(_ sessions: [CaptureSession], stored hours: Range<Hour>, _ clock: SiteClock) -> LocalDate? {
    // The last stored hour itself may have only begun.
    let firstOpen = Hour(sinceEpoch: hours.upperBound.sinceEpoch - 1 - hoursOfOpenFlows)
    let open = clock.date(of: max(hours.lowerBound, firstOpen))
    let isObserved = sessions.contains { session in
      !session.isClosed && session.captureMode == "live" && session.lastHour.map { clock.date(of: $0) >= open } ?? true
    }
    return isObserved ? open : nil
  }

  /// Groups that are reported alone: those of at least `minimum` devices, except for the smallest, which the collecting
  /// group needs to have that many itself.
  ///
  /// The smaller `minimum`, the fewer are collected: a group that is reported alone under a greater minimum is so under
  /// a smaller one, too.
  static func standing(
    _ groups: [String: Set<DevicePseudonym>], minimum: Int, collectsForOthers: Bool, _ epochs: DeviceEpochs = .none
  ) -> Set<String> {
    let ascending = groups.map { (key: $0.key, value: $0.value, count: epochs.count($0.value)) }
      .sorted { ($0.count, $0.key) < ($1.count, $1.key) }
    var collected: Set<DevicePseudonym> = []
    var rest = ascending[...]
    while let smallest = rest.first,
      smallest.count < minimum || (!collected.isEmpty || collectsForOthers) && epochs.count(collected) < minimum
    {
      collected.formUnion(smallest.value)
      rest.removeFirst()
    }
    return Set(rest.map(\.key))
  }

  /// Hours of the days that are reported on `from` to `to`; nil if there is none.
  func hours(from: LocalDate?, to: LocalDate?) -> Range<Hour>? {
    var first = max(from ?? stored.lowerBound, stored.lowerBound)
    var last = min(to ?? stored.upperBound, stored.upperBound)
    if isOneBlock {
      guard (first, last) == (stored.lowerBound, stored.upperBound) else { return nil }
    }
    if let run = runs.first(where: { $0.holdsBack(first) || $0.toldOn == first }) { first = run.first }
    if let run = runs.first(where: { $0.holdsBack(last) }) { last = LocalDate(day: run.first.day - 1) }
    guard first <= last else { return nil }
    let lower = max(storedHours.lowerBound, clock.firstHour(of: first))
    let upper = min(storedHours.upperBound, clock.firstHour(of: last.next))
    return lower < upper ? lower..<upper : nil
  }

  /// Hours of all days that are reported on `date`.
  func hours(toldOn date: LocalDate) -> Range<Hour> {
    let first = runs.first { $0.toldOn == date }?.first ?? date
    return clock.firstHour(of: first)..<max(clock.firstHour(of: first), clock.firstHour(of: date.next))
  }

  /// Name of the group under which the traffic of `group` on a day is reported.
  func reportedGroup(_ group: String, on date: LocalDate) -> String {
    standing[date]?.contains(group) == true ? group : GroupName.collecting
  }

  func reportedGroup(_ group: String, at hour: Hour) -> String { reportedGroup(group, on: clock.date(of: hour)) }

  func isHeldBack(_ hour: Hour) -> Bool { run(clock.date(of: hour)) != nil }

  /// The hour under which it is reported: all hours of a day that is reported with a later one count as the first hour
  /// of that day.
  func toldHour(_ hour: Hour) -> Hour { told(hour, of: clock.date(of: hour)).hour }

  /// The same with its day; `date`: that of `hour`.
  func told(_ hour: Hour, of date: LocalDate) -> (hour: Hour, date: LocalDate) {
    run(date)?.toldOn.map { (clock.firstHour(of: $0), $0) } ?? (hour, date)
  }

  private func run(_ date: LocalDate) -> Run? {
    standing[date] == nil ? runs.first { $0.holdsBack(date) } : nil
  }

  /// Local day to which a device's presence on a UTC day counts: that of the middle of the stored hours of the UTC day.
  func date(ofPresence day: Int64) -> LocalDate { Self.date(ofPresence: day, storedHours, clock) }

  private static func date(ofPresence day: Int64, _ stored: Range<Hour>, _ clock: SiteClock) -> LocalDate {
    let lower = max(day * 24, stored.lowerBound.sinceEpoch)
    let upper = min(day * 24 + 24, stored.upperBound.sinceEpoch)
    return clock.date(of: Hour(sinceEpoch: lower < upper ? lower + (upper - lower) / 2 : day * 24 + 12))
  }

  private static func presence(
    _ presence: [DevicePresence], _ hours: Range<Hour>, _ clock: SiteClock
  ) -> [LocalDate: [String: Set<DevicePseudonym>]] {
    presence.reduce(into: [:]) { days, entry in
      days[date(ofPresence: entry.day, hours, clock), default: [:]][entry.group, default: []].insert(entry.device)
    }
  }

  /// Devices whose presence counts to a local day, although all their known hours on that UTC day belong to an adjacent
  /// local day. Six devices that fetch an update after midnight must not hide the one that was present on the day
  /// before.
  private static func seenBesideOnly(
    _ source: some AuditSource, _ presence: [DevicePresence], _ stored: Range<Hour>, _ minimum: GroupMinimum,
    _ clock: SiteClock
  ) throws -> [LocalDate: Set<DevicePseudonym>] {
    var found: [LocalDate: Set<DevicePseudonym>] = [:]
    for day in Set(presence.map(\.day)).sorted() {
      let date = date(ofPresence: day, stored, clock)
      guard minimum.on(date) > 1 else { continue }
      let universal = (Hour(sinceEpoch: day * 24)..<Hour(sinceEpoch: day * 24 + 24)).clamped(to: stored)
      let local = (clock.firstHour(of: date)..<max(clock.firstHour(of: date), clock.firstHour(of: date.next)))
        .clamped(to: stored)
      var beside: Set<DevicePseudonym> = []
      for hours in [
        universal.lowerBound..<min(max(local.lowerBound, universal.lowerBound), universal.upperBound),
        max(min(local.upperBound, universal.upperBound), universal.lowerBound)..<universal.upperBound,
      ] where !hours.isEmpty {
        beside.formUnion(try source.devicesWithUsage(in: hours))
      }
      var hour = local.lowerBound
      while !beside.isEmpty, hour < local.upperBound {
        beside.subtract(try source.devicesWithUsage(in: hour..<hour.next))
        hour = hour.next
      }
      if !beside.isEmpty { found[date, default: []].formUnion(beside) }
    }
    return found
  }

  private static func hasUsage(_ source: some AuditSource, _ date: LocalDate, _ clock: SiteClock) throws -> Bool {
    let first = clock.firstHour(of: date)
    let next = clock.firstHour(of: date.next)
    return first < next ? try !source.devicesWithUsage(in: first..<next).isEmpty : false
  }
}

/// The smallest number of devices that may be shown as a group (k), by day: the greatest that was in force when it was
/// observed, or is now.
struct GroupMinimum {
  private let latest: Int
  private let sessions: [(days: ClosedRange<LocalDate>, minimum: Int)]

  init(_ sessions: [CaptureSession], _ clock: SiteClock) {
    latest = sessions.max { $0.id < $1.id }?.settings.groupMinimum ?? AuditSettings().groupMinimum
    self.sessions = sessions.compactMap { session in
      guard let first = session.firstHour, let last = session.lastHour, first <= last else { return nil }
      return (clock.days(of: first..<last.next), session.settings.groupMinimum)
    }
  }

  func on(_ date: LocalDate) -> Int {
    sessions.lazy.filter { $0.days.contains(date) }.map(\.minimum).reduce(latest, max)
  }

  func greatest(in days: ClosedRange<LocalDate>) -> Int {
    sessions.lazy.filter { $0.days.overlaps(days) }.map(\.minimum).reduce(latest, max)
  }
}
