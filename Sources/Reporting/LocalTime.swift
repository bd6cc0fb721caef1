import Foundation
import Model

/// Turns the hours of the store, which are UTC, into the site's days and times, daylight saving included.
package struct SiteClock: Sendable {
  let zone: TimeZone

  static let utc = SiteClock(zone: .gmt)

  init(zone: TimeZone) { self.zone = zone }

  /// Nil if this machine does not know the zone.
  package init?(zone identifier: String) {
    guard let zone = TimeZone(identifier: identifier) else { return nil }
    self.init(zone: zone)
  }

  package func date(of hour: Hour) -> LocalDate { LocalDate(day: floorDivide(localSeconds(hour), 86400)) }

  /// Local days that overlap a period.
  package func days(of period: Range<Hour>) -> ClosedRange<LocalDate> {
    let first = date(of: period.lowerBound)
    // Zones have been set back by a day, when the date line was moved.
    return first...max(first, date(of: Hour(sinceEpoch: period.upperBound.sinceEpoch - 1)))
  }

  /// 0 to 23.
  func hourOfDay(of hour: Hour) -> Int {
    let seconds = localSeconds(hour)
    return Int((seconds - floorDivide(seconds, 86400) * 86400) / 3600)
  }

  /// First stored hour that begins at or after the local midnight of `date`.
  package func firstHour(of date: LocalDate) -> Hour {
    var seconds = date.day * 86400 - offset(at: date.day * 86400)
    seconds = date.day * 86400 - offset(at: seconds)
    return Hour(sinceEpoch: floorDivide(seconds + 3599, 3600))
  }

  /// First local day that begins at or after `hour`.
  func firstWholeDay(from hour: Hour) -> LocalDate {
    let day = date(of: hour)
    return firstHour(of: day) < hour ? day.next : day
  }

  /// Seconds since 1970 at which clocks of the zone show a time, ascending: none if they skip it, two if it is
  /// repeated.
  ///
  /// `secondOfDay`: 0 to 86399.
  func seconds(of date: LocalDate, at secondOfDay: Int64) -> [Int64] {
    let local = date.day * 86400 + secondOfDay
    let offsets = Set([-1, 0, 1].map { offset(at: local + $0 * 86400) })
    return offsets.map { local - $0 }.filter { $0 + offset(at: $0) == local }.sorted()
  }

  /// `TT.MM.JJJJ HH:MM:SS`.
  func germanText(_ hour: Hour) -> String { date(of: hour).germanText + " " + time(hour) }

  /// `2026-05-11T06:00:00Z`, in UTC regardless of the zone.
  static func isoText(_ hour: Hour) -> String { hour.start.isoText }

  private func time(_ hour: Hour) -> String {
    let local = localSeconds(hour)
    let second = local - floorDivide(local, 86400) * 86400
    return padded(second / 3600, 2) + ":" + padded(second / 60 % 60, 2) + ":" + padded(second % 60, 2)
  }

  /// Seconds since 1970-01-01 00:00 by local wall-clock time.
  func localSeconds(_ hour: Hour) -> Int64 { hour.start.seconds + offset(at: hour.start.seconds) }

  private func offset(at seconds: Int64) -> Int64 {
    Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))))
  }
}
