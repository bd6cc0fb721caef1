import Model
import Privacy
import Store

/// A rule of a certain rule set.
struct RuleKey: Hashable, Sendable {
  var ruleSetHash: String
  var ruleID: String
}

/// A pattern of a rule, whatever rule set it stood in; the local variants of a rule count as the rule.
struct PatternKey: Hashable, Sendable {
  var rule: String
  var pattern: String
}

/// When a destination was contacted, and how often it was tried.
struct Contacts: Sendable {
  struct Attempts: Sendable {
    var sessions: UInt64 = 0
    var blocked: UInt64 = 0
  }

  /// First and last hour of answered contact, by device.
  var devices: [DevicePseudonym: ClosedRange<Hour>] = [:]
  var attempts: [Hour: Attempts] = [:]

  mutating func add(_ other: Contacts) {
    devices.merge(other.devices) {
      min($0.lowerBound, $1.lowerBound)...max($0.upperBound, $1.upperBound)
    }
    for (hour, counts) in other.attempts {
      attempts[hour, default: Attempts()].sessions.addSaturating(counts.sessions)
      attempts[hour, default: Attempts()].blocked.addSaturating(counts.blocked)
    }
  }
}

/// Hourly aggregates added up for one row of a table.
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
  /// Whose contact was answered.
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
  /// Some clear text was not looked into: what was not found may be there.
  var hasUninspectedClearText = false
  var patterns: Set<String> = []
  var exampleName: String?
  /// Sessions and attempts attributed by an alias; nil where it is not known of all.
  var aliasFlows: UInt64? = 0
  /// Sessions and attempts of which DNS told another service; nil where it is not known of all.
  var contradictedFlows: UInt64? = 0
  var rules: Set<RuleKey> = []
  var sensors: Set<String> = []
  var contacts: [PatternKey: Contacts] = [:]

  /// `hour`: of the attempts and flows themselves, where they are told in another one.
  mutating func add(_ usage: RuleUsage, at hour: Hour? = nil, date: LocalDate, isIdle: Bool) {
    sessions.addSaturating(usage.sessions)
    blockedAttempts.addSaturating(usage.blockedAttempts)
    echFlows.addSaturating(usage.echFlows)
    bytesUp.addSaturating(usage.traffic.bytesUp)
    bytesDown.addSaturating(usage.traffic.bytesDown)
    if isIdle { bytesUpIdle.addSaturating(usage.traffic.bytesUp) }
    bytesByClass[usage.namingClass, default: 0].addSaturating(
      .saturatingSum(usage.traffic.bytesUp, usage.traffic.bytesDown))
    let key = PatternKey(rule: String(usage.ruleID.prefix { $0 != "+" }), pattern: usage.matchedPattern)
    var contact = Contacts()
    if usage.sessions > 0 || usage.blockedAttempts > 0 {
      contact.attempts[usage.hour] = Contacts.Attempts(sessions: usage.sessions, blocked: usage.blockedAttempts)
    }
    // A flow that began in an earlier hour has no session here, but its answers count.
    if usage.sessions > 0 || (usage.blockedAttempts == 0 && usage.traffic.bytesDown > 0) {
      devicesSeen.insert(usage.device)
      activeDays.insert(date)
      if usage.traffic.bytesUp > 0 { uploadDays.insert(date) }
      contact.devices[usage.device] = usage.hour...usage.hour
    }
    if usage.blockedAttempts > 0 { blockedHours.insert(hour ?? usage.hour) }
    contacts[key, default: Contacts()].add(contact)
    firstHour = min(firstHour ?? usage.hour, usage.hour)
    lastHour = max(lastHour ?? usage.hour, usage.hour)
    encryptions.insert(usage.encryption)
    identifierClasses.formUnion(usage.cleartextIdentifierClasses.subtracting([.notInspected]))
    if usage.cleartextIdentifierClasses.contains(.notInspected) { hasUninspectedClearText = true }
    patterns.insert(usage.matchedPattern)
    exampleName = Self.first(exampleName, usage.exampleName)
    aliasFlows = Self.sum(aliasFlows, usage.aliasFlows)
    contradictedFlows = Self.sum(contradictedFlows, usage.contradictedFlows)
    rules.insert(RuleKey(ruleSetHash: usage.ruleSetHash, ruleID: usage.ruleID))
    sensors.insert(usage.sensor)
  }

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

  private static func sum(_ left: UInt64?, _ right: UInt64?) -> UInt64? {
    left.flatMap { left in right.map { .saturatingSum(left, $0) } }
  }

  private static func first(_ left: String?, _ right: String?) -> String? {
    [left, right].compactMap(\.self).min()
  }
}
