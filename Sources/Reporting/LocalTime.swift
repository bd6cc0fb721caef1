import Foundation
import Model

/// A calendar day as people at the site count it.
public struct LocalDate: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// Days since 1970-01-01.
  public let day: Int64

  package init(day: Int64) { self.day = day }

  /// Reads an ISO 8601 date such as `2026-05-31`; nil for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.utf8.count) == [4, 2, 2],
      parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
      let year = Int64(parts[0]), let month = Int64(parts[1]), let dayOfMonth = Int64(parts[2])
    else { return nil }
    self.init(year: year, month: month, dayOfMonth: dayOfMonth)
    guard civil == (year, month, dayOfMonth) else { return nil }
  }

  /// Proleptic Gregorian calendar, years counted from March so that the leap day comes last.
  init(year: Int64, month: Int64, dayOfMonth: Int64) {
    let shifted = month > 2 ? year : year - 1
    let era = floorDivide(shifted, 400)
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + dayOfMonth - 1
    day = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  package var civil: (year: Int64, month: Int64, dayOfMonth: Int64) {
    let era = floorDivide(day + 719_468, 146_097)
    let dayOfEra = day + 719_468 - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  /// ISO weekday, 1 Monday to 7 Sunday.
  var weekday: Int { Int(day + 3 - floorDivide(day + 3, 7) * 7) + 1 }

  /// Number of its ISO week, counted from the one that holds 1970-01-01.
  var week: Int64 { floorDivide(day + 3, 7) }

  var next: LocalDate { LocalDate(day: day + 1) }

  /// ISO 8601.
  public var description: String {
    let date = civil
    return padded(date.year, 4) + "-" + padded(date.month, 2) + "-" + padded(date.dayOfMonth, 2)
  }

  /// `TT.MM.JJJJ`.
  package var germanText: String {
    let date = civil
    return padded(date.dayOfMonth, 2) + "." + padded(date.month, 2) + "." + padded(date.year, 4)
  }

  public static func < (left: LocalDate, right: LocalDate) -> Bool { left.day < right.day }
}

/// Turns the hours of the store, which are UTC, into the site's days and times, daylight saving included.
package struct SiteClock: Sendable {
  let zone: TimeZone

  static let utc = SiteClock(zone: .gmt)

  init(zone: TimeZone) { self.zone = zone }

  /// Nil where this machine does not know the zone.
  init?(zone identifier: String) {
    guard let zone = TimeZone(identifier: identifier) else { return nil }
    self.init(zone: zone)
  }

  package func date(of hour: Hour) -> LocalDate { LocalDate(day: floorDivide(localSeconds(hour), 86400)) }

  /// Local days that a period touches.
  func days(of period: Range<Hour>) -> ClosedRange<LocalDate> {
    let first = date(of: period.lowerBound)
    // Zones have gone back by a day, as at a new date line.
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

  /// `TT.MM.JJJJ HH:MM:SS`.
  func germanText(_ hour: Hour) -> String { date(of: hour).germanText + " " + time(hour) }

  /// `2026-05-11T06:00:00Z`, in UTC whatever the zone.
  static func isoText(_ hour: Hour) -> String {
    utc.date(of: hour).description + "T" + utc.time(hour) + "Z"
  }

  private func time(_ hour: Hour) -> String {
    let local = localSeconds(hour)
    let second = local - floorDivide(local, 86400) * 86400
    return padded(second / 3600, 2) + ":" + padded(second / 60 % 60, 2) + ":" + padded(second % 60, 2)
  }

  private func localSeconds(_ hour: Hour) -> Int64 { hour.start.seconds + offset(at: hour.start.seconds) }

  private func offset(at seconds: Int64) -> Int64 {
    Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))))
  }
}

package func padded(_ number: Int64, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
