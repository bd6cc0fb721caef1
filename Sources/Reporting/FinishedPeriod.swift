public import Model
import Privacy
import Store

/// A period of a store that is over: no later packet changes what is reported about it.
public struct FinishedPeriod: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    case month
    /// The week before a patch day, the second Tuesday of a month, and the week that begins with it.
    case patchDay
  }

  public let kind: Kind
  /// Local days, inclusive. The store may begin within them.
  public let days: ClosedRange<LocalDate>
  /// The period began before `days`, but its first days were deleted after their retention time.
  public let isCutByDeletion: Bool

  /// Such as `2026-05` or `2026-05-12_patch-day`.
  package var name: String {
    switch kind {
    case .month: String(days.upperBound.description.prefix(7))
    case .patchDay: "\(LocalDate(day: days.upperBound.day - 6))_patch-day"
    }
  }
}

/// The periods of one kind that a store can report because they are over.
package struct FinishedPeriods: Sendable {
  /// In their order; none lies before the first stored day or after the last one.
  package let periods: [FinishedPeriod]
  /// Last stored day; nil if nothing is stored.
  package let lastStoredDay: LocalDate?
  /// The stored days that are over and were not deleted, first and last; nil if there is none.
  package let days: ClosedRange<LocalDate>?
  /// Runs of days of which no hour is stored, each longer than `longestSilence`.
  private let silences: [ClosedRange<LocalDate>]

  /// In days. A shorter silence is an outage, which reports have to state. A longer one is a clock that was wrong, or a
  /// store that was used again after years: nobody wants a report for each month since 1970.
  private static let longestSilence: Int64 = 92

  /// Of a store into which a service captures, a day is over three hours after its end, as in the tables. If all
  /// services that captured into it have ended in order, the calendar decides; audits of captures alone end with their
  /// last hour, because captures of the same days may follow. O(stored hours). Throws `ReportingError.unknownTimeZone`,
  /// or what the database throws.
  ///
  /// - Parameter now: the hour of the clock.
  package init(_ kind: FinishedPeriod.Kind, of source: some AuditSource, now: Hour) throws {
    let sessions = try source.sessions()
    guard let stored = try source.period(), let latest = sessions.max(by: { $0.id < $1.id }) else {
      (periods, lastStoredDay, days, silences) = ([], nil, nil, [])
      return
    }
    guard let clock = SiteClock(zone: latest.settings.timeZone) else {
      throw ReportingError.unknownTimeZone(latest.settings.timeZone)
    }
    let storedDays = clock.days(of: stored)
    var end = clock.date(of: stored.upperBound)
    let live = sessions.filter { $0.captureMode == "live" }
    if let open = ReportingDays.firstOpenDay(sessions, stored: stored, clock) {
      end = min(open, end)
    } else if !live.isEmpty, live.allSatisfy(\.isClosed) {
      end = max(end, clock.date(of: now))
    }
    let firstKept = try source.deletions().lazy.filter { $0.dataClass == .usage }.map(\.before).max()
      .map(clock.firstWholeDay)
    let first = max(storedDays.lowerBound, firstKept ?? storedDays.lowerBound)
    let silences = Self.silences(try source.coverage(in: stored), clock)
    self.silences = silences
    var found: [FinishedPeriod] = []
    var month = LocalDate(year: first.civil.year, month: first.civil.month, dayOfMonth: 1)
    while month <= storedDays.upperBound, month < end {
      let next = month.firstOfNextMonth
      let whole = kind == .month ? month...LocalDate(day: next.day - 1) : Self.weeks(aboutPatchDayOf: month)
      // Without a stored day before a patch day, nothing could be recognised as new.
      let isStored =
        kind == .month
        || first.day < whole.lowerBound.day + 7 && storedDays.upperBound.day >= whole.lowerBound.day + 7
      if isStored, whole.upperBound < end, !silences.contains(where: { $0.contains(whole) }) {
        let lower = max(whole.lowerBound, firstKept ?? whole.lowerBound)
        found.append(
          FinishedPeriod(
            kind: kind, days: lower...whole.upperBound, isCutByDeletion: lower > whole.lowerBound))
      }
      month = next
    }
    (periods, lastStoredDay) = (found, storedDays.upperBound)
    let last = min(storedDays.upperBound, LocalDate(day: end.day - 1))
    days = first <= last ? first...last : nil
  }

  /// Whether the day lies in a silence that is too long to be an outage.
  package func isSilent(_ day: LocalDate) -> Bool { silences.contains { $0.contains(day) } }

  private static func silences(_ coverage: [SensorHour], _ clock: SiteClock) -> [ClosedRange<LocalDate>] {
    let days = Set(coverage.lazy.filter { !$0.isMissing }.map { clock.date(of: $0.coverage.hour) }).sorted()
    return zip(days, days.dropFirst()).compactMap { earlier, later in
      later.day - earlier.day > longestSilence ? earlier.next...LocalDate(day: later.day - 1) : nil
    }
  }

  private static func weeks(aboutPatchDayOf month: LocalDate) -> ClosedRange<LocalDate> {
    var tuesday = LocalDate(day: month.day + 7)
    while !tuesday.isSecondTuesday { tuesday = tuesday.next }
    return LocalDate(day: tuesday.day - 7)...LocalDate(day: tuesday.day + 6)
  }
}

extension LocalDate {
  /// Whether many vendors publish their updates on this day.
  package var isSecondTuesday: Bool { weekday == 2 && (8...14).contains(civil.dayOfMonth) }

  fileprivate var firstOfNextMonth: LocalDate {
    let (year, month) = (civil.year, civil.month)
    return month == 12
      ? LocalDate(year: year + 1, month: 1, dayOfMonth: 1) : LocalDate(year: year, month: month + 1, dayOfMonth: 1)
  }
}
