import Model
import Privacy
import Store

/// A rule of a certain rule set.
struct RuleKey: Hashable, Sendable {
  var ruleSetHash: String
  var ruleID: String
}

/// A pattern of a rule, regardless of the rule set; the local variants of a rule count as the rule.
struct PatternKey: Hashable, Sendable {
  var rule: String
  var pattern: String
}

/// Attempts by hour, ascending; each hour once.
struct HourlyAttempts: Sendable, Equatable {
  struct Entry: Sendable, Equatable {
    var hour: Hour
    var sessions: UInt64
    var blocked: UInt64

    /// Adds the attempts of another entry of the same hour.
    fileprivate mutating func add(_ other: Entry) {
      sessions.addSaturating(other.sessions)
      blocked.addSaturating(other.blocked)
    }
  }

  private(set) var entries: [Entry] = []

  var sessions: UInt64 { entries.reduce(into: 0) { $0.addSaturating($1.sessions) } }

  /// O(1) if `entry` is not earlier than the last one, else O(entries).
  mutating func add(_ entry: Entry) {
    guard let last = entries.last, last.hour >= entry.hour else { return entries.append(entry) }
    if last.hour == entry.hour { return entries[entries.count - 1].add(entry) }
    add(HourlyAttempts(entries: [entry]))
  }

  /// O(entries of both).
  mutating func add(_ other: HourlyAttempts) {
    guard !entries.isEmpty else {
      entries = other.entries
      return
    }
    var sum: [Entry] = []
    sum.reserveCapacity(entries.count + other.entries.count)
    var rest = other.entries[...]
    for var entry in entries {
      while let next = rest.first, next.hour < entry.hour { sum.append(rest.removeFirst()) }
      if let next = rest.first, next.hour == entry.hour {
        entry.add(next)
        rest.removeFirst()
      }
      sum.append(entry)
    }
    entries = sum + rest
  }
}

/// When a destination was contacted, and how often it was tried.
struct Contacts: Sendable {
  /// First and last hour of answered contact, by device.
  var devices: [DevicePseudonym: ClosedRange<Hour>] = [:]
  var attempts = HourlyAttempts()

  mutating func add(_ other: Contacts) {
    devices.merge(other.devices) {
      min($0.lowerBound, $1.lowerBound)...max($0.upperBound, $1.upperBound)
    }
    attempts.add(other.attempts)
  }
}

/// Sums of hourly aggregates for one row of a table.
struct UsageTotals {
  var sessions: UInt64 = 0
  var blockedAttempts: UInt64 = 0
  var echFlows: UInt64 = 0
  var bytesUp: UInt64 = 0
  var bytesDown: UInt64 = 0
  /// Bytes up outside working hours.
  var bytesUpIdle: UInt64 = 0
  /// Of both directions.
  var bytesByClass: [NamingClass: UInt64] = [:]
  /// Devices whose contact was answered.
  var devicesSeen: Set<DevicePseudonym> = []
  /// Local days with answered contact.
  var activeDays: Set<LocalDate> = []
  /// Local days on which bytes went up in answered contact.
  var uploadDays: Set<LocalDate> = []
  /// Hours with blocked attempts.
  var blockedHours: Set<Hour> = []
  var firstHour: Hour?
  var lastHour: Hour?
  var encryptions: Set<Encryption> = []
  /// Without `notInspected`.
  var identifierClasses: Set<IdentifierClass> = []
  /// Some clear text was not inspected: identifiers that were not found may be there.
  var hasUninspectedClearText = false
  var patterns: Set<String> = []
  var exampleName: String?
  /// Sessions and attempts attributed by an alias; nil if it is not known of all.
  var aliasFlows: UInt64? = 0
  /// Sessions and attempts for which DNS pointed to another service; nil if it is not known of all.
  var contradictedFlows: UInt64? = 0
  var rules: Set<RuleKey> = []
  var sensors: Set<String> = []
  var contacts: [PatternKey: Contacts] = [:]

  init() {}

  mutating func add(_ other: UsageTotals) {
    sessions.addSaturating(other.sessions)
    blockedAttempts.addSaturating(other.blockedAttempts)
    echFlows.addSaturating(other.echFlows)
    bytesUp.addSaturating(other.bytesUp)
    bytesDown.addSaturating(other.bytesDown)
    bytesUpIdle.addSaturating(other.bytesUpIdle)
    bytesByClass.merge(other.bytesByClass, uniquingKeysWith: UInt64.saturatingSum)
    devicesSeen.formUnion(other.devicesSeen)
    activeDays.formUnion(other.activeDays)
    uploadDays.formUnion(other.uploadDays)
    blockedHours.formUnion(other.blockedHours)
    firstHour = [firstHour, other.firstHour].compactMap(\.self).min()
    lastHour = [lastHour, other.lastHour].compactMap(\.self).max()
    encryptions.formUnion(other.encryptions)
    identifierClasses.formUnion(other.identifierClasses)
    hasUninspectedClearText = hasUninspectedClearText || other.hasUninspectedClearText
    patterns.formUnion(other.patterns)
    exampleName = Self.first(exampleName, other.exampleName)
    aliasFlows = Self.sum(aliasFlows, other.aliasFlows)
    contradictedFlows = Self.sum(contradictedFlows, other.contradictedFlows)
    rules.formUnion(other.rules)
    sensors.formUnion(other.sensors)
    for (key, contact) in other.contacts { contacts[key, default: Contacts()].add(contact) }
  }

  static func sum(_ left: UInt64?, _ right: UInt64?) -> UInt64? {
    left.flatMap { left in right.map { .saturatingSum(left, $0) } }
  }

  private static func first(_ left: String?, _ right: String?) -> String? {
    [left, right].compactMap(\.self).min()
  }
}
