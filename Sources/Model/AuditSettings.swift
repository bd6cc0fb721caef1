/// The settings that decide a result; stored with each capture session and printed wherever they decided something.
public struct AuditSettings: Sendable, Hashable, Codable {
  /// Name of the gateway or house, as it appears in file names: letters, digits and `-`.
  public var site = "site"
  public var sensor = "sensor"
  /// IANA name of the zone in which people read times.
  public var timeZone = "Europe/Berlin"
  public var groups: [GroupSettings] = []
  /// Smallest number of devices that may stand as a group of its own (k).
  public var groupMinimum = 5
  /// Nil: no working hours were agreed, so `idle_share` is unknown.
  public var workingHours: WorkingHours?
  public var gate = GateLimits()
  /// Nil: none was declared, so what is observed is what is stored.
  public var campaign: Campaign?
  /// Address ranges that count as inside, in CIDR notation.
  public var insideNetworks: [String] = []
  /// `sha256:` and 64 hexadecimal digits over the configuration file, which also says who is in a group or excluded; nil where there was none.
  public var configurationHash: String?
  /// Date (ISO 8601) of the one measure that settings of version 0.1 knew, which was meant for telemetry; `measures` tells of it, too.
  public var measureDate: String?
  private var declaredMeasures: [Measure]?
  private var listAgeDays: Int?

  public init() {}

  /// What the site did against transmissions, in the order of the configuration.
  public var measures: [Measure] {
    get { (measureDate.map { [Measure(date: $0, purpose: .telemetry)] } ?? []) + (declaredMeasures ?? []) }
    set {
      measureDate = nil
      declaredMeasures = newValue.isEmpty ? nil : newValue
    }
  }

  /// Days after which an entry in a public list of recipients must be looked up again.
  public var maximumListAgeDays: Int {
    get { listAgeDays ?? Self.standardListAgeDays }
    set { listAgeDays = newValue == Self.standardListAgeDays ? nil : newValue }
  }

  /// Participants of the EU-US Data Privacy Framework certify themselves again each year.
  private static let standardListAgeDays = 365
}

/// What the site did against transmissions: its effect is told only of what it was meant for.
public struct Measure: Sendable, Hashable, Codable {
  /// ISO 8601 date; on the day itself nobody can tell before from after.
  public var date: String
  /// Nil where the site gave it no name.
  public var title: String?
  /// Id of a recipient, a service or a rule as the rules have them, or a purpose class; what is nil is not asked for.
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

  /// Whether it was meant for what a rule recognises; the local variants of a rule count as the rule.
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

/// Working hours in the site's zone; outside them a transmission was not triggered by a person.
public struct WorkingHours: Sendable, Hashable, Codable {
  /// ISO weekdays, 1 Monday to 7 Sunday, in order: they are stored, and equal settings must be equal bytes.
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

/// The time in which the site meant to observe: hours of it that nobody captured are gaps.
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

  /// Longest campaign, in days: each of its hours is looked at.
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
  /// Largest share of established flows of which one direction only was seen, 0 to 1.
  public var maximumOneSided = 0.10
  /// Smallest share of the names resolved that were then contacted, 0 to 1.
  public var minimumContacted = 0.25
  /// Nothing counts as prevented while no flow to UDP port 443 was ever seen; false where the site's programs were told not to use QUIC.
  public var expectsQUIC = true
  /// Oldest rule set, in days before the period's end.
  public var maximumRuleAgeDays = 180
  public var minimumDeviceDays = 10
  /// Agreed limit for the upper bound 3/n where nothing was seen, 0 to 1.
  public var negativeProofLimit = 0.05

  public init() {}

  /// Limits that an older version did not know are the standard ones.
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
  }
}

/// Which rule set classified: enough to repeat it.
public struct RuleSetStamp: Sendable, Hashable, Codable {
  /// Version as the rule directory states it, such as `2026.11.1`.
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
