/// A day of the proleptic Gregorian calendar, in no time zone of its own.
public struct LocalDate: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// Days since 1970-01-01.
  public let day: Int64

  package init(day: Int64) { self.day = day }

  /// Reads an ISO 8601 date such as `2026-05-31`; nil for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.utf8.count) == [4, 2, 2],
      parts.allSatisfy({ $0.utf8.allSatisfy { $0.isASCIIDigit } }),
      let year = Int64(parts[0]), let month = Int64(parts[1]), let dayOfMonth = Int64(parts[2])
    else { return nil }
    self.init(year: year, month: month, dayOfMonth: dayOfMonth)
    guard civil == (year, month, dayOfMonth) else { return nil }
  }

  /// Computes the day number with years that begin in March, so that the leap day is the last of the year.
  package init(year: Int64, month: Int64, dayOfMonth: Int64) {
    let shifted = month > 2 ? year : year - 1
    let era = floorDivide(shifted, 400)
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + dayOfMonth - 1
    day = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// Year, month 1 to 12, day of the month 1 to 31.
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
  package var weekday: Int { Int(day + 3 - floorDivide(day + 3, 7) * 7) + 1 }

  /// Number of its ISO week, counted from the week of 1970-01-01, which is 0.
  package var week: Int64 { floorDivide(day + 3, 7) }

  package var next: LocalDate { LocalDate(day: day + 1) }

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

  /// The days that a date means if the day, or day and month, may be missing: `2024-10` means 1 to 31 October 2024.
  ///
  /// - Returns: nil if `text` is no such date.
  package static func days(meantBy text: String) -> ClosedRange<LocalDate>? {
    switch text.utf8.count {
    case 4:
      guard let first = LocalDate(text + "-01-01"), let last = LocalDate(text + "-12-31") else { return nil }
      return first...last
    case 7:
      guard let first = LocalDate(text + "-01") else { return nil }
      let (year, month, _) = first.civil
      let next = month == 12 ? (year + 1, 1) : (year, month + 1)
      return first...LocalDate(day: LocalDate(year: next.0, month: next.1, dayOfMonth: 1).day - 1)
    default: return LocalDate(text).map { $0...$0 }
    }
  }
}

/// A number in decimal digits, padded with zeros to `width`.
package func padded(_ number: Int64, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

extension Timestamp {
  /// ISO 8601 in UTC to the second, such as `2026-05-11T06:00:00Z`.
  package var isoText: String {
    let day = LocalDate(day: floorDivide(seconds, 86_400))
    let second = seconds - day.day * 86_400
    return "\(day)T\(padded(second / 3_600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))Z"
  }

  /// Reads a text in the form of `isoText`; nil for anything else.
  package init?(isoText text: String) {
    let parts = text.split(separator: "T", omittingEmptySubsequences: false)
    guard parts.count == 2, let day = LocalDate(String(parts[0])) else { return nil }
    let clock = parts[1].dropLast().split(separator: ":", omittingEmptySubsequences: false).compactMap { Int64($0) }
    guard clock.count == 3, (0..<24).contains(clock[0]), (0..<60).contains(clock[1]), (0..<60).contains(clock[2]) else {
      return nil
    }
    self.init(seconds: day.day * 86_400 + clock[0] * 3_600 + clock[1] * 60 + clock[2])
    guard isoText == text else { return nil }
  }
}
