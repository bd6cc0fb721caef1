/// Purpose of an endpoint according to its rule's sources: the eight classes of the exports.
public enum PurposeClass: String, Sendable, HashedByCase, Codable, CaseIterable {
  case telemetry
  case configFetch = "config_fetch"
  case requiredService = "required_service"
  case updateSecurity = "update_security"
  case licence
  case userFunction = "user_function"
  case advertising
  case unknown

  /// Whether it is what a label such as `telemetry` or `metrics` of a host name suggests.
  public var isSuggestedByNames: Bool { self == .telemetry || self == .advertising }
}

/// Who wrote the source of a fact, and for what.
public enum SourceKind: String, Sendable, Hashable, Codable, CaseIterable {
  /// The vendor of the service.
  case vendor
  case authority
  /// Papers, independent analyses, tests.
  case research
  /// A public list of names that is not meant for blocking.
  case list
  case blocklist

  /// As an addition to the title of a document, such as `by the vendor`.
  public var text: LocalizedText {
    switch self {
    case .vendor: LocalizedText(en: "by the vendor", de: "vom Anbieter")
    case .authority: LocalizedText(en: "by an authority", de: "von einer Behörde")
    case .research: LocalizedText(en: "independent analysis", de: "unabhängige Untersuchung")
    case .list: LocalizedText(en: "public list", de: "öffentliche Liste")
    case .blocklist: LocalizedText(en: "blocklist", de: "Sperrliste")
    }
  }
}

/// The source of a fact, with its place and date.
public struct SourceReference: Sendable, Hashable, Codable {
  /// What else than the names of its endpoints a rule has from a source.
  public enum Statement: String, Sendable, Hashable, Codable, CaseIterable {
    case dataCategories = "data_categories"
    case effect
    case level
    case purpose
  }

  public var document: String
  /// Heading, table row or line of the document; nil in registers, and if a version that did not store this wrote it.
  public var place: String?
  /// Nil in registers, and if nobody noted it.
  public var kind: SourceKind?
  /// Date of the content: ISO 8601 (`2024-03-06`), or a year or month if the source has no day.
  public var date: String
  /// Revision that was read, such as a short commit id.
  public var revision: String?
  /// Patterns and address ranges of the rule that this place names, sorted; nil if it names all of them and
  /// `supports` is nil.
  public var patterns: [String]?
  /// What else of the rule this place states; nil for nothing else.
  public var supports: [Statement]?

  public init(
    document: String, place: String? = nil, kind: SourceKind? = nil, date: String, revision: String? = nil,
    patterns: [String]? = nil, supports: [Statement]? = nil
  ) {
    self.document = document
    self.place = place
    self.kind = kind
    self.date = date
    self.revision = revision
    self.patterns = patterns
    self.supports = supports
  }

  private enum FormerKey: String, CodingKey {
    /// Versions up to 0.1 stored only whether the vendor wrote the document.
    case isByVendor
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    document = try values.decode(String.self, forKey: .document)
    place = try values.decodeIfPresent(String.self, forKey: .place)
    kind = try values.decodeIfPresent(SourceKind.self, forKey: .kind)
    date = try values.decode(String.self, forKey: .date)
    revision = try values.decodeIfPresent(String.self, forKey: .revision)
    patterns = try values.decodeIfPresent([String].self, forKey: .patterns)
    supports = try values.decodeIfPresent([Statement].self, forKey: .supports)
    let former = try decoder.container(keyedBy: FormerKey.self)
    if kind == nil, try former.decodeIfPresent(Bool.self, forKey: .isByVendor) == true { kind = .vendor }
  }

  /// Whether it names at least one of `patterns`.
  public func names(anyOf patterns: Set<String>) -> Bool {
    self.patterns.map { !patterns.isDisjoint(with: $0) } ?? (supports == nil)
  }
}

/// Legal entity that receives data, from the register of recipients.
public struct Recipient: Sendable, Hashable, Codable {
  public var id: String
  public var legalEntity: String
  /// Other names of it, such as brands; nil if a version that did not store them wrote it.
  public var aliases: [String]?
  /// ISO 3166 code of the country of establishment; nil is unknown.
  public var seat: String?
  public var parent: String?
  public var parentSeat: String?
  /// `processor`, `controller`, `sub_processor` or `unknown`, as claimed; the DPO confirms.
  public var roleAssumed: String
  /// Its entries in the register of transfer tools, in the order of that register; empty is unknown.
  public var transferTools: [TransferToolEntry]
  public var source: SourceReference

  public init(
    id: String, legalEntity: String, aliases: [String]? = nil, seat: String?, parent: String?, parentSeat: String?,
    roleAssumed: String,
    transferTools: [TransferToolEntry] = [], source: SourceReference
  ) {
    self.id = id
    self.legalEntity = legalEntity
    self.aliases = aliases
    self.seat = seat
    self.parent = parent
    self.parentSeat = parentSeat
    self.roleAssumed = roleAssumed
    self.transferTools = transferTools
    self.source = source
  }
}

/// Statement of a register or a contract about one tool for transfers to third countries (GDPR Art. 45 to 47). People
/// confirm whether the tool applies.
public struct TransferToolEntry: Sendable, Hashable, Codable {
  public enum Status: String, Sendable, Hashable, Codable, CaseIterable {
    /// The decision covers the country of the seat.
    case covered
    /// It is in the list of the tool.
    case entered
    /// It was looked up in the list of the tool and is not there.
    case notEntered = "not_entered"
    /// The source says that the contract or the rules are in use.
    case stated
  }

  /// Id of the tool in the register.
  public var tool: String
  public var title: LocalizedText
  /// Name in the list or the contract, which may be the parent's.
  public var entity: String
  public var status: Status
  /// ISO 8601 date, or a year or month, for which the source is valid.
  public var asOf: String
  /// Not the list or the contract itself was read, but a text that quotes it.
  public var isSecondHand: Bool
  /// First and last day (ISO 8601) on which the tool is in force by its own text; nil if the text sets none.
  public var validFrom: String?
  public var validUntil: String?
  public var source: SourceReference

  public init(
    tool: String, title: LocalizedText, entity: String, status: Status, asOf: String, isSecondHand: Bool = false,
    validFrom: String? = nil, validUntil: String? = nil, source: SourceReference
  ) {
    self.tool = tool
    self.title = title
    self.entity = entity
    self.status = status
    self.asOf = asOf
    self.isSecondHand = isSecondHand
    self.validFrom = validFrom
    self.validUntil = validUntil
    self.source = source
  }

  /// Such as `EU-US Data Privacy Framework: GitHub, entered (second hand)`.
  public var text: LocalizedText {
    let words: (en: String, de: String) =
      switch status {
      case .stated: ("stated", "angegeben")
      case .covered: ("covers the seat", "gilt für den Sitz")
      case .entered: ("entered", "eingetragen")
      case .notEntered: ("not entered", "nicht eingetragen")
      }
    let reading: (en: String, de: String) = isSecondHand ? (" (second hand)", " (aus zweiter Hand)") : ("", "")
    let end: (en: String, de: String) =
      validUntil.map {
        (", until \($0)", ", bis " + $0.split(separator: "-").reversed().joined(separator: "."))
      } ?? ("", "")
    return LocalizedText(
      en: "\(title.en): \(entity), \(words.en)\(reading.en)\(end.en)",
      de: "\(title.de): \(entity), \(words.de)\(reading.de)\(end.de)")
  }
}

/// A network whose addresses are used in many places: an address leads to the nearest place (anycast), or a name to
/// changing addresses (content delivery).
public struct SharedNetwork: Sendable, Hashable, Codable {
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    case anycast
    case contentDelivery = "content_delivery"
  }

  public var id: String
  public var operatorName: String
  public var kind: Kind
  public var sources: [SourceReference]

  public init(id: String, operatorName: String, kind: Kind, sources: [SourceReference]) {
    self.id = id
    self.operatorName = operatorName
    self.kind = kind
    self.sources = sources
  }
}

/// Patterns of a rule that belong to a shared network, as written in the rule.
public struct SharedNetworkUse: Sendable, Hashable, Codable {
  public var network: SharedNetwork
  /// Sorted.
  public var patterns: [String]

  public init(network: SharedNetwork, patterns: [String]) {
    self.network = network
    self.patterns = patterns
  }
}

/// Kind of data that is sent according to a source, from the register of data categories.
public struct DataCategory: Sendable, Hashable, Codable {
  public var id: String
  public var title: LocalizedText
  /// It is personal data, according to the source or by its nature.
  public var isPersonal: Bool

  public init(id: String, title: LocalizedText, isPersonal: Bool) {
    self.id = id
    self.title = title
    self.isPersonal = isPersonal
  }
}

/// A change that an administrator made to one rule for a limited time. It has no author, since results show it.
public struct LocalOverride: Sendable, Hashable, Codable {
  /// What an override can change in a rule.
  public enum Part: String, Sendable, Hashable, Codable, CaseIterable {
    case disabled
    case purpose
    case recipient
    case patterns
    case addresses
    case shared
  }

  public var id: String
  /// First and last day of the flows to which it applies, in UTC (ISO 8601).
  public var firstDay: String
  public var lastDay: String
  /// Day on which it was written (ISO 8601).
  public var created: String
  public var reason: String
  /// The rule is switched off.
  public var disablesRule: Bool
  /// What it changes; nil if a version that did not store this wrote it.
  public var parts: [Part]?
  /// Patterns and address ranges that it adds; nil if there are none, or if that was not stored.
  public var addedPatterns: [String]?

  public init(
    id: String, firstDay: String, lastDay: String, created: String, reason: String, disablesRule: Bool = false,
    parts: [Part]? = nil, addedPatterns: [String]? = nil
  ) {
    self.id = id
    self.firstDay = firstDay
    self.lastDay = lastDay
    self.created = created
    self.reason = reason
    self.disablesRule = disablesRule
    self.parts = parts
    self.addedPatterns = addedPatterns
  }

  /// True also if it was not stored what the override changed.
  public func changes(_ part: Part) -> Bool { parts?.contains(part) ?? true }
}

/// Everything about a rule that results need without the rule files; stored with the evidence.
public struct RuleFacts: Sendable, Hashable, Codable {
  /// For a variant by local overrides, their ids follow: `rule+override`.
  public var id: String
  public var revision: Int
  /// Identifier of the service, such as `windows-diagnostic-data`.
  public var service: String
  public var serviceTitle: LocalizedText
  public var recipient: Recipient
  public var purpose: PurposeClass
  /// Finer class of the source, such as `diagnostics-crash`.
  public var kind: String
  /// Level at which the source places the transmission (`security`, `required`, `optional`, …); nil if it names none.
  public var dataLevel: String?
  public var categories: [DataCategory]
  public var sources: [SourceReference]
  /// Sources that disagree, one sentence for each.
  public var disputes: [String]
  /// The endpoint also serves other purposes, so that a name match alone is weaker.
  public var isShared: Bool
  public var isEssential: Bool
  public var blockingEffect: LocalizedText?
  /// Products or builds to which its sources refer; nil if a version that did not store this wrote it.
  public var products: [String]?
  /// Day on which the rule was last compared with its sources (ISO 8601); nil if a version that did not store this
  /// wrote it.
  public var compared: String?
  /// Why the purpose is none of telemetry and advertising although a name suggests it; an English sentence.
  public var purposeReason: String?
  /// What the rule describes, if a label under its `*` suggests telemetry, so that `purpose` is unknown; else nil.
  public var doubtedPurpose: PurposeClass?
  /// Its patterns that are known to belong to shared networks; others may belong to one too.
  public var sharedNetworks: [SharedNetworkUse]
  /// The local overrides that made this variant of the rule, by id; empty for the rule as its authors wrote it.
  public var localOverrides: [LocalOverride]

  public init(
    id: String, revision: Int, service: String, serviceTitle: LocalizedText, recipient: Recipient,
    purpose: PurposeClass, kind: String, dataLevel: String?, categories: [DataCategory], sources: [SourceReference],
    disputes: [String], isShared: Bool, isEssential: Bool, blockingEffect: LocalizedText?,
    products: [String]? = nil, compared: String? = nil, purposeReason: String? = nil,
    sharedNetworks: [SharedNetworkUse] = [], localOverrides: [LocalOverride] = []
  ) {
    self.id = id
    self.revision = revision
    self.service = service
    self.serviceTitle = serviceTitle
    self.recipient = recipient
    self.purpose = purpose
    self.kind = kind
    self.dataLevel = dataLevel
    self.categories = categories
    self.sources = sources
    self.disputes = disputes
    self.isShared = isShared
    self.isEssential = isEssential
    self.blockingEffect = blockingEffect
    self.products = products
    self.compared = compared
    self.purposeReason = purposeReason
    self.sharedNetworks = sharedNetworks
    self.localOverrides = localOverrides
  }

  /// Id of the rule as its authors wrote it.
  public var baseID: String { String(id.prefix { $0 != "+" }) }

  /// What follows the id of a rule, after `+`, for names whose labels suggest telemetry. No override may have this id.
  public static let doubtID = "telling-label"

  /// What follows the id of a rule, after `+`, for names of content networks that contain a name of the rule. No
  /// override may have this id.
  public static let containedNameID = "contained-name"

  /// Whether the rule holds for names of content networks that contain a name of it.
  public var isForContainedName: Bool { id.hasSuffix("+" + Self.containedNameID) }

  /// Id of `forContainedName`.
  public var idForContainedName: String { id + "+" + Self.containedNameID }

  /// The rule as it holds for names of content networks that contain a name of it. Customers of the network choose
  /// these names, so that they prove as little as those of a shared endpoint.
  public var forContainedName: RuleFacts {
    var facts = self
    facts.id = idForContainedName
    facts.isShared = true
    return facts
  }

  /// The pattern of the rule behind a matched one. They differ only for a contained name, whose matched pattern
  /// continues with the suffix of the content network.
  private func written(_ pattern: String) -> String {
    guard isForContainedName else { return pattern }
    let all = sources.lazy.flatMap { $0.patterns ?? [] } + localOverrides.lazy.flatMap { $0.addedPatterns ?? [] }
    return all.filter { pattern.hasPrefix($0 + ".") }.max { $0.utf8.count < $1.utf8.count } ?? pattern
  }

  /// The rule as it holds for a name under its `*` with a label that suggests telemetry: nobody says what that host is
  /// for, or which data it receives.
  public var doubted: RuleFacts {
    var facts = self
    facts.id += "+" + Self.doubtID
    facts.doubtedPurpose = purpose
    facts.purpose = .unknown
    facts.kind = "other"
    facts.dataLevel = nil
    facts.categories = []
    return facts
  }

  /// The sources that name at least one of `patterns`. No source names patterns that a local override added.
  public func sources(of patterns: Set<String>) -> [SourceReference] {
    let written = Set(patterns.map(written)).subtracting(localOverrides.flatMap { $0.addedPatterns ?? [] })
    return written.isEmpty ? [] : sources.filter { $0.names(anyOf: written) }
  }
}

extension [String: RuleFacts] {
  /// The facts of a rule by its id. Those of rules for contained names are made from the rule, not stored.
  public func facts(ofRule id: String) -> RuleFacts? {
    if let facts = self[id] { return facts }
    let ending = "+" + RuleFacts.containedNameID
    return id.hasSuffix(ending) ? self[String(id.dropLast(ending.count))]?.forContainedName : nil
  }
}

/// Answer of the rule set for one destination: the rule that won, and the pattern or range that matched.
public struct Verdict: Sendable, Hashable {
  public enum Basis: String, Sendable, Hashable, Codable {
    case name
    /// Address range only: naming class D.
    case addressRange
  }

  /// Shared by reference: the facts have some thirty strings and arrays, and each copy of a verdict would retain all of
  /// them.
  private var shared: Shared
  public var facts: RuleFacts {
    _read { yield shared.facts }
    set { shared = Shared(newValue) }
  }
  /// `facts.id`, without a copy of the facts.
  public var ruleID: String { shared.facts.id }
  /// `facts.revision`, without a copy of the facts.
  public var ruleRevision: Int { shared.facts.revision }
  /// The pattern of the rule file that matched, as written there; for a name that the name of a content network
  /// contains, with the network's suffix after it.
  public var matchedPattern: String
  public var basis: Basis
  /// Meaning of the parts under the pattern's `*` if they are personal, such as `tenant`; else nil.
  public var personalLabel: String?

  public init(facts: RuleFacts, matchedPattern: String, basis: Basis, personalLabel: String?) {
    shared = Shared(facts)
    self.matchedPattern = matchedPattern
    self.basis = basis
    self.personalLabel = personalLabel
  }

  private final class Shared: Sendable, Hashable {
    let facts: RuleFacts

    init(_ facts: RuleFacts) { self.facts = facts }

    static func == (left: Shared, right: Shared) -> Bool { left === right || left.facts == right.facts }
    func hash(into hasher: inout Hasher) { hasher.combine(facts) }
  }
}
