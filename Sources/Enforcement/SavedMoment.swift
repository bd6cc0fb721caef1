import Model

/// Days as people and office programs write them.
enum SavedDate {
  /// Day, month and year with full stops, or ISO 8601, each with an optional time; nil for anything else. `5/6/2026` is
  /// nil, since it means May in one country and June in another.
  static func read(_ text: String) -> LocalDate? { SavedMoment(text)?.day }

  /// A day without a time.
  fileprivate static func day(_ text: Substring) -> LocalDate? {
    if let date = LocalDate(String(text)) { return date }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { $0.isASCIIDigit } }),
      (1...2).contains(parts[0].utf8.count), (1...2).contains(parts[1].utf8.count),
      parts[2].utf8.count == 4 || parts[2].utf8.count == 2
    else { return nil }
    let padded = { (part: Substring) in part.utf8.count == 1 ? "0" + part : String(part) }
    let year = parts[2].utf8.count == 2 ? "20" + parts[2] : String(parts[2])
    return LocalDate("\(year)-\(padded(parts[1]))-\(padded(parts[0]))")
  }
}

/// A day and a time to the minute, in any form that office programs write; they drop the seconds.
struct SavedMoment: Equatable {
  let day: LocalDate
  /// 0 to 24, the latter only at minute 0; 0 for a day without a time.
  let hour: Int64
  /// 0 to 59.
  let minute: Int64

  /// Nil unless the text is one day and at most one time, `HH:MM[:SS[.f]][Z]`, and nothing else.
  init?(_ text: String) {
    let end = text.firstIndex { $0.isWhitespace || $0 == "T" } ?? text.endIndex
    guard let day = SavedDate.day(text[..<end]) else { return nil }
    self.day = day
    guard end < text.endIndex else {
      (hour, minute) = (0, 0)
      return
    }
    guard let time = Self.time(text[end...].dropFirst().drop(while: \.isWhitespace)) else { return nil }
    (hour, minute) = time
  }

  private static func time(_ text: Substring) -> (hour: Int64, minute: Int64)? {
    let parts = (text.hasSuffix("Z") ? text.dropLast() : text).split(separator: ":", omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count), let hour = number(parts[0], in: 0...24),
      let minute = number(parts[1], in: 0...59), hour < 24 || minute == 0
    else { return nil }
    guard parts.count == 3 else { return (hour, minute) }
    let seconds = parts[2].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard number(seconds[0], in: 0...60) != nil, seconds.count == 1 || isDigits(seconds[1]) else { return nil }
    return (hour, minute)
  }

  /// One or two digits.
  private static func number(_ text: Substring, in range: ClosedRange<Int64>) -> Int64? {
    guard isDigits(text), text.utf8.count <= 2 else { return nil }
    return Int64(text).flatMap { range.contains($0) ? $0 : nil }
  }

  private static func isDigits(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { $0.isASCIIDigit }
  }
}
