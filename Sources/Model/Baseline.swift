/// What a site contacted in a period that people have looked at; later periods are compared with it.
///
/// It outlives the hourly sums, so it names no device, no number of devices below the smallest group, and no day of
/// contact.
public struct Baseline: Sendable, Hashable, Codable {
  /// How a service or a destination stood at the end of the baseline.
  public enum Contact: String, Sendable, Hashable, Codable, CaseIterable {
    /// Contact was answered on at least one day of the baseline.
    case inBaseline = "in_baseline"
    /// Contact was answered on earlier days of the store, and on none of the baseline.
    case before
    /// Only attempts were seen, none of which was answered.
    case attempts
  }

  /// How long contact paused, in observed days, so coarsely that no day of contact can be computed from it.
  public struct Rhythm: Sendable, Hashable, Codable {
    /// The longest pause before a day of contact, counted from the first day of the baseline, rounded down to whole
    /// weeks. The pause before the first day of contact, and all pauses if contact ended in the first week or two, are
    /// as long as `silence` lets them be.
    public var longestPause: Int
    /// From the last day of contact to the end of the baseline, rounded down to whole weeks, of which at least one
    /// remains before it; all days of the baseline if none of them had contact.
    public var silence: Int

    public init(longestPause: Int, silence: Int) {
      self.longestPause = longestPause
      self.silence = silence
    }
  }

  /// A service with a rule, in one reported group.
  public struct Service: Sendable, Hashable, Codable {
    /// Id of the recipient in the register.
    public var recipient: String
    /// Id of the service in the rules.
    public var service: String
    public var purpose: PurposeClass
    /// As reported: the name of a group, `ungrouped`, or the collecting group.
    public var group: String
    /// Ids of the rules as their authors wrote them, sorted.
    public var rules: [String]
    /// Patterns and ranges that matched, sorted.
    public var patterns: [String]
    public var contact: Contact
    /// Of contact within the baseline.
    public var rhythm: Rhythm

    public init(
      recipient: String, service: String, purpose: PurposeClass, group: String, rules: [String], patterns: [String],
      contact: Contact, rhythm: Rhythm
    ) {
      self.recipient = recipient
      self.service = service
      self.purpose = purpose
      self.group = group
      self.rules = rules
      self.patterns = patterns
      self.contact = contact
      self.rhythm = rhythm
    }
  }

  /// A destination without a rule that at least as many devices contacted on one day as the smallest group has.
  public struct Destination: Sendable, Hashable, Codable {
    /// Registered domain; `AS` and the number of a network; empty if neither is known.
    public var destination: String
    /// `inBaseline` or `before`.
    public var contact: Contact
    /// Of contact within the baseline.
    public var rhythm: Rhythm
    /// On the day of the baseline with most of them; 0 unless contact was seen in it.
    public var devices: UInt64

    public init(destination: String, contact: Contact, rhythm: Rhythm, devices: UInt64) {
      self.destination = destination
      self.contact = contact
      self.rhythm = rhythm
      self.devices = devices
    }
  }

  /// First and last local day, since 1970.
  public var firstDay: Int64
  public var lastDay: Int64
  /// Local days with at least one observed hour.
  public var observedDays: Int
  /// Days since 1970 on which updates are installed, ascending; they may lie within the baseline or after it.
  public var patchDays: [Int64]
  /// Smallest number of devices (k) that held in the baseline.
  public var groupMinimum: Int
  /// Reported groups, and whether the coverage gate passed for each.
  public var groups: [String: Bool]
  /// Hashes of the rule sets that judged its hours, sorted.
  public var ruleSets: [String]
  /// Whether destinations without a rule were listed and none of them was lost.
  public var listsDestinations: Bool
  public var services: [Service]
  public var destinations: [Destination]

  public init(
    firstDay: Int64, lastDay: Int64, observedDays: Int, patchDays: [Int64], groupMinimum: Int, groups: [String: Bool],
    ruleSets: [String], listsDestinations: Bool, services: [Service], destinations: [Destination]
  ) {
    self.firstDay = firstDay
    self.lastDay = lastDay
    self.observedDays = observedDays
    self.patchDays = patchDays
    self.groupMinimum = groupMinimum
    self.groups = groups
    self.ruleSets = ruleSets
    self.listsDestinations = listsDestinations
    self.services = services
    self.destinations = destinations
  }

  /// First to last local day.
  public var days: ClosedRange<LocalDate> { LocalDate(day: firstDay)...LocalDate(day: lastDay) }
}

/// Name of a baseline: 1 to 64 letters and digits of ASCII, `-`, `_` and `.`, of which the first is a letter or a
/// digit.
public struct BaselineName: Sendable, Hashable, CustomStringConvertible {
  public let description: String

  /// Nil for anything else.
  public init?(_ text: String) {
    let isPlain = { (byte: UInt8) in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
    guard (1...64).contains(text.utf8.count), let first = text.utf8.first, isPlain(first),
      text.utf8.allSatisfy({ isPlain($0) || [0x2D, 0x2E, 0x5F].contains($0) })
    else { return nil }
    description = text
  }
}
