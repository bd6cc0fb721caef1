/// The settings that decide a result; stored with each capture session and printed with each result that they decided.
public struct AuditSettings: Sendable, Hashable, Codable {
  /// Name of the gateway or organisation, as it appears in file names: letters, digits and `-`.
  public var site = "site"
  public var sensor = "sensor"
  /// IANA name of the zone in which people read times.
  public var timeZone = "Europe/Berlin"
  public var groups: [GroupSettings] = []
  /// Smallest number of devices that may be reported as a group of its own (k).
  public var groupMinimum = 5
  /// Nil: no working hours were agreed, so `idle_share` is unknown.
  public var workingHours: WorkingHours?
  public var gate = GateLimits()
  /// Nil: none was declared, so the observed time is the stored time.
  public var campaign: Campaign?
  /// Address ranges that count as inside, in CIDR notation.
  public var insideNetworks: [String] = []
  /// `sha256:` and 64 hexadecimal digits of the configuration file, which also defines groups and exclusions; nil if
  /// there was no file.
  public var configurationHash: String?
  /// Public key that the rules were signed with, 64 hexadecimal digits; nil if they were not signed, or by version 0.1.
  /// The store sets it when a session begins.
  public var rulesKey: String?
  /// Date (ISO 8601) of the one measure in settings of version 0.1, which concerned telemetry; `measures` contains it
  /// too.
  public var measureDate: String?
  /// Keys that open the sealed part; nil if the site keeps none.
  public var sealedPart: SealedPartKeys?
  private var declaredMeasures: [Measure]?
  private var declaredClaims: [Claim]?
  private var declaredControls: [ControlPath]?
  private var listAgeDays: Int?
  private var trial: Bool?

  public init() {}

  /// Measures of the site against transmissions, in the order of the configuration.
  public var measures: [Measure] {
    get { (measureDate.map { [Measure(date: $0, purpose: .telemetry)] } ?? []) + (declaredMeasures ?? []) }
    set {
      measureDate = nil
      declaredMeasures = newValue.isEmpty ? nil : newValue
    }
  }

  /// What the site states about itself, in the order of the configuration; ids differ.
  public var claims: [Claim] {
    get { declaredClaims ?? [] }
    set { declaredClaims = newValue.isEmpty ? nil : newValue }
  }

  /// Ways by which a control is sent in each hour.
  public var controlPaths: [ControlPath] {
    get { declaredControls ?? [] }
    set { declaredControls = newValue.isEmpty ? nil : newValue }
  }

  /// Nobody works at the devices that are observed: a test PC, a laboratory. Whatever is reported of it says so.
  public var isTrial: Bool {
    get { trial ?? false }
    set { trial = newValue ? true : nil }
  }

  /// Days after which an entry in a public list of recipients must be looked up again.
  public var maximumListAgeDays: Int {
    get { listAgeDays ?? Self.standardListAgeDays }
    set { listAgeDays = newValue == Self.standardListAgeDays ? nil : newValue }
  }

  /// Participants of the EU-US Data Privacy Framework certify themselves again each year.
  private static let standardListAgeDays = 365
}

/// A measure of the site against transmissions; its effect is reported only for the transmissions that it concerns.
public struct Measure: Sendable, Hashable, Codable {
  /// ISO 8601 date; flows of that day itself count neither as before nor as after the measure.
  public var date: String
  /// Nil if the site gave it no title.
  public var title: String?
  /// Id of a recipient, a service or a rule in the rule set, or a purpose class; nil does not restrict the measure.
  public var recipient: String?
  public var service: String?
  public var purpose: PurposeClass?
  public var rule: String?

  public init(
    date: String, title: String? = nil, recipient: String? = nil, service: String? = nil, purpose: PurposeClass? = nil,
    rule: String? = nil
  ) {
    self.date = date
    self.title = title
    self.recipient = recipient
    self.service = service
    self.purpose = purpose
    self.rule = rule
  }

  /// Whether it concerns the destinations of a rule; the local variants of a rule count as the rule.
  public func isMeant(for facts: RuleFacts) -> Bool {
    (recipient == nil || recipient == facts.recipient.id) && (service == nil || service == facts.service)
      && (purpose == nil || purpose == facts.purpose) && (rule.map { $0 == facts.baseID } ?? true)
  }
}

public struct GroupSettings: Sendable, Hashable, Codable {
  public var name: String
  /// Data under special secrecy: health, social, youth, staff, works council (§ 203 StGB, social secrecy).
  public var isSecrecyZone: Bool

  public init(name: String, isSecrecyZone: Bool) {
    self.name = name
    self.isSecrecyZone = isSecrecyZone
  }
}

/// Working hours in the site's zone; a transmission outside them is taken as not triggered by a person.
public struct WorkingHours: Sendable, Hashable, Codable {
  /// ISO weekdays, 1 Monday to 7 Sunday, in ascending order, so that equal settings are stored as equal bytes.
  public private(set) var weekdays: [Int]
  /// First hour of work, 0 to 23.
  public var from: Int
  /// Hour at which work ends, 1 to 24, exclusive.
  public var to: Int

  public init(weekdays: Set<Int>, from: Int, to: Int) {
    self.weekdays = weekdays.sorted()
    self.from = from
    self.to = to
  }

  /// `hour` 0 to 23, `weekday` 1 to 7, both local.
  public func contains(weekday: Int, hour: Int) -> Bool {
    weekdays.contains(weekday) && hour >= from && hour < to
  }
}

/// The time in which the site planned to observe; each of its hours that was not captured is a gap.
public struct Campaign: Sendable, Hashable, Codable {
  /// First and last local day, since 1970, inclusive.
  public var firstDay: Int64
  public var lastDay: Int64
  /// Weekdays and hours of each day.
  public var hours: WorkingHours

  public init(firstDay: Int64, lastDay: Int64, hours: WorkingHours) {
    self.firstDay = firstDay
    self.lastDay = lastDay
    self.hours = hours
  }

  /// Longest campaign, in days; bounded because the gate examines each of its hours.
  public static let longest: Int64 = 3_660
}

/// Limits of the coverage gate; a period that misses one is not assessable.
public struct GateLimits: Sendable, Hashable, Codable {
  /// Largest tolerated share of lost packets or bytes, 0 to 1.
  public var maximumLoss = 0.01
  /// Largest tolerated share of gaps in the observed time, 0 to 1.
  public var maximumGap = 0.02
  /// Smallest share of canaries that must have been seen, 0 to 1.
  public var minimumCanaries = 0.95
  /// Smallest share of outbound bytes named by class A, B or C, 0 to 1.
  public var minimumNamed = 0.80
  /// Largest share of outbound flows, or of their bytes, whose true destination cannot be seen, 0 to 1.
  public var maximumUnexaminable = 0.10
  /// Largest share of established flows of which only one direction was seen, 0 to 1.
  public var maximumOneSided = 0.10
  /// Smallest share of the resolved names that were then contacted, 0 to 1.
  public var minimumContacted = 0.25
  /// If true, nothing counts as prevented unless a flow to UDP port 443 was seen; false if the site's programs are
  /// configured not to use QUIC.
  public var expectsQUIC = true
  /// Oldest rule set, in days before the period's end.
  public var maximumRuleAgeDays = 180
  public var minimumDeviceDays = 10
  /// Agreed limit for the upper bound if nothing was seen, 0 to 1.
  public var negativeProofLimit = 0.05
  private var hiddenDeviceDays: Double?

  /// Largest share of device-days with a flow whose true destination cannot be seen, 0 to 1, for a claim to hold.
  public var maximumHiddenDeviceDays: Double {
    get { hiddenDeviceDays ?? 0 }
    set { hiddenDeviceDays = newValue == 0 ? nil : newValue }
  }

  public init() {}

  /// Limits that an older version did not store get their default values.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    maximumLoss = try values.decode(Double.self, forKey: .maximumLoss)
    maximumGap = try values.decode(Double.self, forKey: .maximumGap)
    minimumCanaries = try values.decode(Double.self, forKey: .minimumCanaries)
    minimumNamed = try values.decode(Double.self, forKey: .minimumNamed)
    maximumUnexaminable =
      try values.decodeIfPresent(Double.self, forKey: .maximumUnexaminable) ?? maximumUnexaminable
    maximumOneSided = try values.decodeIfPresent(Double.self, forKey: .maximumOneSided) ?? maximumOneSided
    expectsQUIC = try values.decodeIfPresent(Bool.self, forKey: .expectsQUIC) ?? expectsQUIC
    minimumContacted = try values.decodeIfPresent(Double.self, forKey: .minimumContacted) ?? minimumContacted
    maximumRuleAgeDays = try values.decode(Int.self, forKey: .maximumRuleAgeDays)
    minimumDeviceDays = try values.decode(Int.self, forKey: .minimumDeviceDays)
    negativeProofLimit = try values.decode(Double.self, forKey: .negativeProofLimit)
    hiddenDeviceDays = try values.decodeIfPresent(Double.self, forKey: .hiddenDeviceDays)
  }
}

/// The rule set that classified a flow, identified well enough to repeat the classification.
public struct RuleSetStamp: Sendable, Hashable, Codable {
  /// Version from the rule directory, such as `2026.11.1`.
  public var version: String
  /// `sha256:` and 64 hexadecimal digits over the compiled set.
  public var hash: String
  /// ISO 8601 date of the rule set.
  public var date: String

  public init(version: String, hash: String, date: String) {
    self.version = version
    self.hash = hash
    self.date = date
  }
}
