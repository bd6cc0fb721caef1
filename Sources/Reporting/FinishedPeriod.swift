public import Model
import Store

/// A period of a store that is over: no later packet changes what is reported of it.
public struct FinishedPeriod: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    case month
    /// The week before a patch day, the second Tuesday of a month, and the week that begins with it.
    case patchDay
  }

  public let kind: Kind
  /// Local days, inclusive. The store may begin within them.
  public let days: ClosedRange<LocalDate>

  /// Such as `2026-05` or `2026-05-12_patch-day`.
  package var name: String {
    switch kind {
    case .month: String(days.lowerBound.description.prefix(7))
    case .patchDay: "\(LocalDate(day: days.lowerBound.day + 7))_patch-day"
    }
  }
}

extension FinishedPeriod {
  /// The last period of a kind whose end is stored; nil if there is none.
  ///
  /// Of a store into which a service captures, a day is over three hours after its end, as in the tables. O(sessions).
  /// Throws `ReportingError.unknownTimeZone`, or what the database throws.
  package static func last(_ kind: Kind, of source: some AuditSource) throws -> FinishedPeriod? {
    let sessions = try source.sessions()
    guard let stored = try source.period(), let latest = sessions.max(by: { $0.id < $1.id }) else { return nil }
    guard let clock = SiteClock(zone: latest.settings.timeZone) else {
      throw ReportingError.unknownTimeZone(latest.settings.timeZone)
    }
    let end = clock.date(of: stored.upperBound)
    let open = ReportingDays.firstOpenDay(sessions, stored: stored, clock).map { min($0, end) } ?? end
    let days =
      switch kind {
      case .month: month(before: open)
      case .patchDay: patchDay(before: open)
      }
    let first = clock.days(of: stored).lowerBound
    // Without a day before it, nothing could be told to be new.
    guard kind == .month ? first <= days.upperBound : first.day < days.lowerBound.day + 7 else { return nil }
    return FinishedPeriod(kind: kind, days: days)
  }

  private static func month(before day: LocalDate) -> ClosedRange<LocalDate> {
    let first = { (day: LocalDate) in
      LocalDate(year: day.civil.year, month: day.civil.month, dayOfMonth: 1)
    }
    let last = LocalDate(day: first(day).day - 1)
    return first(last)...last
  }

  private static func patchDay(before day: LocalDate) -> ClosedRange<LocalDate> {
    // The latest day on which a patch day can have been for its week to be over.
    var tuesday = LocalDate(day: day.day - 7)
    while !tuesday.isSecondTuesday { tuesday = LocalDate(day: tuesday.day - 1) }
    return LocalDate(day: tuesday.day - 7)...LocalDate(day: tuesday.day + 6)
  }
}

extension LocalDate {
  /// Whether many vendors publish their updates on this day.
  package var isSecondTuesday: Bool { weekday == 2 && (8...14).contains(civil.dayOfMonth) }
}
