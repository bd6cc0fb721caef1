import Model

/// Proposed severity, 1 negligible to 4 maximum, and what raised it.
struct Severity: Sendable, Equatable {
  let value: Int
  let start: Int
  let zone: ReportedGroups.SecrecyZone

  /// `hasSteadyUpload`: bytes went up on at least half of the observed days.
  init(
    rules: [RuleFacts], zone: ReportedGroups.SecrecyZone, cleartextIdentifierSeen: Bool, hasSteadyUpload: Bool
  ) {
    start = rules.map { Self.start(of: $0, hasSteadyUpload: hasSteadyUpload) }.max() ?? 2
    self.zone = zone
    value = min(4, start + (zone == .none ? 0 : 1) + (cleartextIdentifierSeen ? 1 : 0))
  }

  /// Endpoint kinds of which no identifier is expected: connectivity checks, revocation lists, time.
  static let harmlessKinds: Set<String> = ["connectivity-probe", "certificate-check", "time"]
  /// Endpoint kinds and data levels that stand for usage data, optional diagnostics, search or typing.
  static let usageKinds: Set<String> = ["search-suggest", "speech-inking", "location"]
  static let optionalLevels: Set<String> = ["optional"]
  /// Documented categories that are content or derived from it: severity 4.
  static let contentCategories: Set<String> = [
    "activity-feed", "document-content", "email-subject", "feedback", "file-path", "memory-dump", "recent-documents",
    "source-code-context", "text-context",
  ]
  /// Documented categories that tell of a person's use of device or service, search and typing included: severity 3.
  static let usageCategories: Set<String> = [
    "accessibility", "app-usage", "biometric-timing", "browsing-history", "child-flag", "command-line-usage",
    "communication-statistics", "diagnostic-log", "document-metadata", "handwriting", "location", "login-events",
    "purchase", "search-query", "speech", "typed-text", "url-with-query", "visited-address-check", "web-performance",
    "wifi-identifiers", "work-pattern",
  ]
  /// The sender's address reaches every recipient, so it does not tell recipients apart.
  static let unavoidableCategories: Set<String> = ["network-source-address"]

  private static func start(of rule: RuleFacts, hasSteadyUpload: Bool) -> Int {
    let categories = Set(rule.categories.map(\.id)).subtracting(unavoidableCategories)
    var start: Int
    if harmlessKinds.contains(rule.kind) && categories.isEmpty {
      start = 1
    } else {
      switch rule.purpose {
      case .telemetry, .advertising: start = 3
      case .unknown: start = hasSteadyUpload ? 3 : 2
      case .configFetch, .requiredService, .updateSecurity, .licence, .userFunction: start = 2
      }
    }
    if usageKinds.contains(rule.kind) || rule.dataLevel.map(optionalLevels.contains) == true
      || !categories.isDisjoint(with: usageCategories)
    {
      start = max(start, 3)
    }
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
  var seenAfterMeasure: Bool

  /// kB (1000 byte) up per device-day.
  var uploadPerDeviceDay: Double { deviceDays > 0 ? Double(bytesUp) / 1000 / Double(deviceDays) : 0 }

  /// 1 to 4. `negativeProofLimit`: agreed limit for the upper bound 3/n where nothing was seen.
  func likelihood(negativeProofLimit: Double) -> Int {
    guard devicesSeen > 0 else {
      return deviceDays > 0 && 3 / Double(deviceDays) < negativeProofLimit ? 1 : 2
    }
    let prevalence = Double(devicesSeen) / Double(max(devicesObserved, 1))
    let persistence = Double(activeDays) / Double(max(daysObserved, 1))
    let upload = uploadPerDeviceDay
    if (prevalence >= 0.5 && persistence >= 0.8) || upload >= 1000 || seenAfterMeasure { return 4 }
    guard (prevalence < 0.1 || persistence < 0.2) && upload < 10 else { return 3 }
    let isMostlyIdle = bytesUpIdle.map { bytesUp > 0 && Double($0) / Double(bytesUp) > 0.5 } ?? false
    return isMostlyIdle ? 3 : 2
  }
}

/// Class of the proposed review priority.
enum Priority: String, Sendable, Comparable {
  case low
  case medium
  case high

  private static let matrix: [[Priority]] = [
    [.low, .low, .low, .low],
    [.low, .low, .medium, .medium],
    [.low, .medium, .high, .high],
    [.medium, .high, .high, .high],
  ]

  /// Both 1 to 4.
  init(severity: Int, likelihood: Int) { self = Self.matrix[severity - 1][likelihood - 1] }

  static func < (left: Priority, right: Priority) -> Bool { left.rank < right.rank }

  private var rank: Int {
    switch self {
    case .low: 0
    case .medium: 1
    case .high: 2
    }
  }
}

/// Why third parties could get access (event E3); register facts and clear text only, never part of the score.
enum ThirdPartyFlag: Sendable {
  case cleartext
  case seatThirdCountry
  case parentThirdCountry
  case toolMissingOrOutdated
}

/// What the program proposes for one finding; people decide.
struct RiskProposal: Sendable, Equatable {
  let severity: Severity
  let likelihood: Int
  let priority: Priority
  /// The class stays the same if severity or likelihood moves by one.
  let isStable: Bool

  init(severity: Severity, likelihood: Int) {
    self.severity = severity
    self.likelihood = likelihood
    let priority = Priority(severity: severity.value, likelihood: likelihood)
    self.priority = priority
    let neighbours = [
      (severity.value - 1, likelihood), (severity.value + 1, likelihood), (severity.value, likelihood - 1),
      (severity.value, likelihood + 1),
    ]
    isStable = neighbours.allSatisfy { severity, likelihood in
      !(1...4).contains(severity) || !(1...4).contains(likelihood)
        || Priority(severity: severity, likelihood: likelihood) == priority
    }
  }
}

/// How sure the attribution to a service is; never part of the score.
enum Confidence: String, Sendable {
  case high
  case medium
  case low
  case notAssessable = "not_assessable"

  /// `bytes`: of both directions, by naming class. `isShared`: the endpoint also serves other ends.
  init(bytes: [NamingClass: UInt64], isShared: Bool, isAssessable: Bool) {
    let total = bytes.values.saturatingSum
    let ownName = UInt64.saturatingSum(bytes[.a] ?? 0, bytes[.b] ?? 0)
    let named = UInt64.saturatingSum(ownName, bytes[.c] ?? 0)
    // Without multiplication, which could go beyond 64 bits: at most a tenth, or two, are otherwise.
    let isMostlyOwn = (total - ownName) <= total / 10
    let isMostlyNamed = (total - named) <= total / 5
    if !isAssessable {
      self = .notAssessable
    } else if total > 0 && isMostlyOwn {
      self = isShared ? .medium : .high
    } else if total > 0 && isMostlyNamed {
      self = isShared ? .low : .medium
    } else {
      self = .low
    }
  }
}

/// Countries of the European Union and the European Economic Area (ISO 3166), as of 2026.
enum EuropeanEconomicArea {
  static let countries: Set<String> = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT",
    "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
  ]
}

extension Recipient {
  /// All entries of the register in one text; nil where there is none.
  var transferToolsText: LocalizedText? {
    if transferTools.isEmpty { return nil }
    let texts = transferTools.map(\.text)
    return LocalizedText(
      en: texts.map(\.en).joined(separator: "; "), de: texts.map(\.de).joined(separator: "; "))
  }

  private var isSeatOutside: Bool? { seat.map { !EuropeanEconomicArea.countries.contains($0) } }

  /// False where the register names no parent.
  private var isParentOutside: Bool? {
    parent == nil && parentSeat == nil ? false : parentSeat.map { !EuropeanEconomicArea.countries.contains($0) }
  }

  /// Word of `Vocabulary.thirdCountryHint`.
  var thirdCountryHint: String {
    if isSeatOutside == true || isParentOutside == true { return "yes" }
    return isSeatOutside == false && isParentOutside == false ? "no" : "not_determinable"
  }

  /// Word of `Vocabulary.thirdCountry`.
  var thirdCountry: String {
    if isSeatOutside == true { return "yes" }
    if isParentOutside == true { return "possible" }
    return isSeatOutside == false && isParentOutside == false ? "no" : "unknown"
  }

  /// `toolDateLimit`: a register entry older than this day is outdated.
  func thirdPartyFlags(hasCleartext: Bool, toolDateLimit: LocalDate) -> [ThirdPartyFlag] {
    var flags: [ThirdPartyFlag] = hasCleartext ? [.cleartext] : []
    if isSeatOutside == true { flags.append(.seatThirdCountry) }
    if isParentOutside == true { flags.append(.parentThirdCountry) }
    let isToolCurrent = transferTools.contains {
      $0.isFavourable && SourceDate.day(of: $0.asOf).map { $0 >= toolDateLimit } == true
    }
    if (isSeatOutside == true || isParentOutside == true) && !isToolCurrent { flags.append(.toolMissingOrOutdated) }
    return flags
  }
}

/// Dates of sources, which may lack the day or the month.
enum SourceDate {
  /// First day that the text can mean: `2024-10` is 2024-10-01; nil where it is no date.
  static func day(of text: String) -> LocalDate? {
    switch text.utf8.count {
    case 4: LocalDate(text + "-01-01")
    case 7: LocalDate(text + "-01")
    default: LocalDate(text)
    }
  }
}
