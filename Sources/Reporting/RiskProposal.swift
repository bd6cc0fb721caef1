import Model

/// Proposed severity, 1 negligible to 4 maximum, and what raised it.
struct Severity: Sendable, Equatable {
  let value: Int
  let start: Int
  let zone: ReportedGroups.SecrecyZone

  /// Whether the zone raised it: it does so only for data about people.
  let isLiftedByZone: Bool

  /// `hasUpload`: bytes went up in answered contact; `hasSteadyUpload`: on at least half of the days.
  init(
    rules: [RuleFacts], zone: ReportedGroups.SecrecyZone, cleartextIdentifierSeen: Bool, hasUpload: Bool,
    hasSteadyUpload: Bool
  ) {
    start = rules.map { Self.start(of: $0, hasSteadyUpload: hasSteadyUpload) }.max() ?? 2
    self.zone = zone
    isLiftedByZone = zone != .none && rules.contains { Self.isAboutPeople($0, hasUpload: hasUpload) }
    value = min(4, start + (isLiftedByZone ? 1 : 0) + (cleartextIdentifierSeen ? 1 : 0))
  }

  /// Identifiers of a person, an account or a device; the identification of a program is none.
  static func isIdentifier(_ identifier: IdentifierClass) -> Bool {
    identifier != .userAgent && identifier != .notInspected
  }

  /// Endpoint kinds that concern the machine or its sign-in, not what a person does.
  static let impersonalKinds: Set<String> = harmlessKinds.union(["authentication", "licensing", "update"])

  private static func isAboutPeople(_ rule: RuleFacts, hasUpload: Bool) -> Bool {
    if rule.isForContainedName, hasUpload { return true }
    return switch rule.purpose {
    case .telemetry, .advertising: true
    case .userFunction: !impersonalKinds.contains(rule.kind)
    case .unknown: hasUpload && !impersonalKinds.contains(rule.kind)
    case .configFetch, .requiredService, .updateSecurity, .licence: false
    }
  }

  /// Endpoint kinds of which no identifier is expected: connectivity checks, revocation lists, time.
  static let harmlessKinds: Set<String> = ["connectivity-probe", "certificate-check", "time"]
  /// Endpoint kinds and data levels that mean usage data, optional diagnostics, search or typing.
  static let usageKinds: Set<String> = ["search-suggest", "speech-inking", "location"]
  static let optionalLevels: Set<String> = ["optional"]
  /// Documented categories that are content or derived from it: severity 4.
  static let contentCategories: Set<String> = [
    "activity-feed", "document-content", "email-subject", "feedback", "file-path", "memory-dump", "recent-documents",
    "source-code-context", "text-context",
  ]
  /// Documented categories about a person's use of device or service, search and typing included: severity 3.
  static let usageCategories: Set<String> = [
    "accessibility", "app-usage", "biometric-timing", "browsing-history", "child-flag", "command-line-usage",
    "communication-statistics", "diagnostic-log", "document-metadata", "handwriting", "location", "login-events",
    "purchase", "search-query", "speech", "typed-text", "url-with-query", "visited-address-check", "web-performance",
    "wifi-identifiers", "work-pattern",
  ]
  /// The sender's address reaches every recipient, so it does not distinguish recipients.
  static let unavoidableCategories: Set<String> = ["network-source-address"]

  private static func start(of rule: RuleFacts, hasSteadyUpload: Bool) -> Int {
    let categories = Set(rule.categories.map(\.id)).subtracting(unavoidableCategories)
    let ofUnknown = hasSteadyUpload ? 3 : 2
    var start: Int
    if harmlessKinds.contains(rule.kind) && categories.isEmpty {
      start = 1
    } else {
      switch rule.purpose {
      case .telemetry, .advertising: start = 3
      case .unknown: start = ofUnknown
      case .configFetch, .requiredService, .updateSecurity, .licence, .userFunction: start = 2
      }
    }
    if usageKinds.contains(rule.kind) || rule.dataLevel.map(optionalLevels.contains) == true
      || !categories.isDisjoint(with: usageCategories)
    {
      start = max(start, 3)
    }
    // Whoever chose the name of a content network must not be rated lower for the name that it contains.
    if rule.isForContainedName { start = max(start, ofUnknown) }
    return categories.isDisjoint(with: contentCategories) ? start : 4
  }
}

/// Measured inputs of the likelihood, with the numbers that the reason prints.
struct LikelihoodInputs: Sendable, Equatable {
  var devicesSeen: Int
  var devicesObserved: Int
  var activeDays: Int
  var daysObserved: Int
  var bytesUp: UInt64
  var bytesUpIdle: UInt64?
  /// Devices times the days on which each was there.
  var deviceDays: Int
  /// Of the days above, those of the agreed working week; nil if no working hours are agreed, or none of its days was
  /// observed.
  var workingDays: DayCounts?
  var seenAfterMeasure: Bool
  /// Something got through although most attempts were blocked.
  var seenThroughBlock = false

  struct DayCounts: Sendable, Equatable {
    var active: Int
    var observed: Int
  }

  /// kB (1000 byte) up per device-day.
  var uploadPerDeviceDay: Double { deviceDays > 0 ? Double(bytesUp) / 1000 / Double(deviceDays) : 0 }

  /// Share of the days with answered contact, 0 to 1: of the working days if these are known.
  var persistence: Double {
    let days = workingDays ?? DayCounts(active: activeDays, observed: daysObserved)
    return Double(days.active) / Double(max(days.observed, 1))
  }

  /// 1 to 4. `negativeProofLimit`: agreed limit for the upper bound 3/n if nothing was seen.
  func likelihood(negativeProofLimit: Double) -> Int {
    guard devicesSeen > 0 else {
      return deviceDays > 0 && 3 / Double(deviceDays) < negativeProofLimit ? 1 : 2
    }
    if seenAfterMeasure || seenThroughBlock { return 4 }
    let prevalence = Double(devicesSeen) / Double(max(devicesObserved, 1))
    let persistence = persistence
    let upload = uploadPerDeviceDay
    let isMostlyIdle = bytesUpIdle.map { bytesUp > 0 && Double($0) / Double(bytesUp) > 0.5 } ?? false
    let isSmall = upload < 10 && !isMostlyIdle
    if upload >= 1000 || (prevalence >= 0.5 && persistence >= 0.8 && !isSmall) { return 4 }
    return isSmall && (persistence < 0.2 || (prevalence < 0.1 && persistence < 0.8)) ? 2 : 3
  }
}

/// Class of the proposed review priority.
enum Priority: String, Sendable, Comparable {
  case low
  case medium
  case high

  private static let matrix: [[Priority]] = [
    [.low, .low, .low, .low],
    [.low, .low, .low, .medium],
    [.low, .medium, .medium, .high],
    [.low, .medium, .high, .high],
  ]

  /// Both 1 to 4.
  init(severity: Int, likelihood: Int) { self = Self.matrix[severity - 1][likelihood - 1] }

  static func < (left: Priority, right: Priority) -> Bool { left.order < right.order }

  var order: Int {
    switch self {
    case .low: 0
    case .medium: 1
    case .high: 2
    }
  }
}

/// What the program proposes for one finding; people decide.
struct RiskProposal: Sendable, Equatable {
  let severity: Severity
  let likelihood: Int
  /// The matrix yields high, but so many rows before it are high that the class would not show where to begin.
  private(set) var isHeldBack = false
  /// Nothing but blocked attempts was seen: never above low.
  let isOnlyBlocked: Bool

  init(severity: Severity, likelihood: Int, isOnlyBlocked: Bool = false) {
    self.severity = severity
    self.likelihood = likelihood
    self.isOnlyBlocked = isOnlyBlocked
  }

  var priority: Priority { isHeldBack ? .medium : unlimitedPriority }

  /// As the matrix yields it, regardless of the other rows.
  var unlimitedPriority: Priority {
    isOnlyBlocked ? .low : Priority(severity: severity.value, likelihood: likelihood)
  }

  mutating func holdBack() { isHeldBack = true }

  /// The class stays the same if severity or likelihood moves by one.
  var isStable: Bool {
    if isOnlyBlocked { return true }
    let neighbours = [
      (severity.value - 1, likelihood), (severity.value + 1, likelihood), (severity.value, likelihood - 1),
      (severity.value, likelihood + 1),
    ]
    return !isHeldBack
      && neighbours.allSatisfy { severity, likelihood in
        !(1...4).contains(severity) || !(1...4).contains(likelihood)
          || Priority(severity: severity, likelihood: likelihood) == priority
      }
  }

  /// Rows that may be high: a third of the rated ones, and five in a short table.
  static func highLimit(rated: Int) -> Int { max(5, rated / 3) }
}

/// How sure the attribution to a service is; never part of the score.
enum Confidence: String, Sendable {
  case high
  case medium
  case low
  case notAssessable = "not_assessable"

  /// `bytes`: of both directions, by naming class. `isShared`: the endpoint also serves other purposes. `isDoubted`: a
  /// label of a name suggests another purpose than its rule.
  init(bytes: [NamingClass: UInt64], isShared: Bool, isDoubted: Bool, isAssessable: Bool) {
    let total = bytes.values.saturatingSum
    let ownName = UInt64.saturatingSum(bytes[.a] ?? 0, bytes[.b] ?? 0)
    let named = UInt64.saturatingSum(ownName, bytes[.c] ?? 0)
    // Without multiplication, which could go beyond 64 bits: at most a tenth, or two, are otherwise.
    let isMostlyOwn = (total - ownName) <= total / 10
    let isMostlyNamed = (total - named) <= total / 5
    if !isAssessable {
      self = .notAssessable
    } else if isDoubted {
      self = .low
    } else if total > 0 && isMostlyOwn {
      self = isShared ? .medium : .high
    } else if total > 0 && isMostlyNamed {
      self = isShared ? .low : .medium
    } else {
      self = .low
    }
  }
}
