public import Model

/// Kinds of rows with a retention time each; of the first three, those that reveal most about a person first.
public enum DataClass: String, Sendable, Hashable, Codable, CaseIterable {
  /// Single flows: one row each, with pseudonym, hour and destination.
  case evidence
  /// Sums by device and hour, and which devices were present on which day.
  case usage
  /// What the sensor saw and lost, by hour; nothing about a device.
  case coverage
  /// Destinations that no rule describes, by day; nothing about a device.
  case undescribed
  /// Exact times, addresses and names, in envelopes.
  case sealed
}

/// How long each data class is kept.
public struct RetentionPolicy: Sendable, Hashable {
  /// Whole days after the day of observation, as they were agreed.
  public let days: [DataClass: Int]

  /// Nothing is deleted.
  public static let keepAll = RetentionPolicy()

  /// Default of a new configuration, until the site has agreed on its own times: single flows 30 days, sums and
  /// destinations without a rule 90, coverage 400.
  public static let proposal = RetentionPolicy(
    ordered: [.evidence: 30, .usage: 90, .coverage: 400, .undescribed: 90])

  private init(ordered days: [DataClass: Int] = [:]) { self.days = days }

  /// Nil if a class that reveals more is kept longer than one that reveals less, since evidence must not outlive its
  /// sums, nor the sealed part its evidence.
  public init?(days: [DataClass: Int]) {
    let ordered = [DataClass.evidence, .usage, .coverage].map { days[$0] ?? .max }
    guard days[.sealed].map({ $0 <= ordered[0] }) ?? true else { return nil }
    guard zip(ordered, ordered.dropFirst()).allSatisfy({ $0 <= $1 }) else { return nil }
    self.days = days
  }

  /// The days of each class in words of the configuration, such as `evidence=30,usage=90`; `none` if nothing is
  /// deleted.
  public var text: String {
    let parts = DataClass.allCases.compactMap { dataClass in days[dataClass].map { "\(dataClass.rawValue)=\($0)" } }
    return parts.isEmpty ? "none" : parts.joined(separator: ",")
  }

  /// Whole days after the day of observation; nil if the class is kept until the store is deleted. The sealed part is
  /// kept as long as single flows, unless it has a time of its own.
  public func days(of dataClass: DataClass) -> Int? {
    days[dataClass] ?? (dataClass == .sealed ? days[.evidence] : nil)
  }

  /// On `day` (in UTC since 1970), rows of hours before this one must be deleted; nil if the class is kept.
  public func cutoff(_ dataClass: DataClass, on day: Int64) -> Hour? {
    days(of: dataClass).map { Hour(sinceEpoch: (day - Int64($0)) * 24) }
  }

  /// The day (in UTC since 1970) on which rows that were observed on `day` are deleted; nil if the class is kept.
  public func deletionDay(_ dataClass: DataClass, observed day: Int64) -> Int64? {
    days(of: dataClass).map { day + Int64($0) + 1 }
  }
}
