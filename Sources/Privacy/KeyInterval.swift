import Model

/// How long a pseudonym key holds; the raw value is its word in the configuration.
public enum KeyInterval: String, Sendable, CaseIterable {
  case month, quarter, year

  /// Number of the month, quarter or year (in UTC) of a day since 1970; numbers are consecutive.
  package func number(of day: Int64) -> Int64 {
    let (year, month, _) = LocalDate(day: day).civil
    return switch self {
    case .month: year * 12 + month - 1
    case .quarter: year * 4 + (month - 1) / 3
    case .year: year
    }
  }
}
