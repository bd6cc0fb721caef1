/// What an endpoint is for, as its rule's sources describe it: the eight classes of the exports.
public enum PurposeClass: String, Sendable, Hashable, Codable, CaseIterable {
  case telemetry
  case configFetch = "config_fetch"
  case requiredService = "required_service"
  case updateSecurity = "update_security"
  case licence
  case userFunction = "user_function"
  case advertising
  case unknown
}

/// A text in the two languages that people read.
public struct LocalizedText: Sendable, Hashable, Codable {
  public var en: String
  public var de: String

  public init(en: String, de: String) {
    self.en = en
    self.de = de
  }
}

/// Where a fact is written, and as of when.
public struct SourceReference: Sendable, Hashable, Codable {
  public var document: String
  /// ISO 8601 date (`2024-03-06`), or a year or month where the source has no day.
  public var date: String
  /// Revision that was read, such as a short commit id.
  public var revision: String?

  public init(document: String, date: String, revision: String? = nil) {
    self.document = document
    self.date = date
    self.revision = revision
  }
}

/// Legal entity that receives data, from the register of recipients.
public struct Recipient: Sendable, Hashable, Codable {
  public var id: String
  public var legalEntity: String
  /// ISO 3166 code of the country of establishment; nil is unknown.
  public var seat: String?
  public var parent: String?
  public var parentSeat: String?
  /// `processor`, `controller`, `sub_processor` or `unknown`, as claimed; the DPO confirms.
  public var roleAssumed: String
  /// Transfer tool according to the register, with its date; nil is unknown.
  public var transferTool: String?
  public var transferToolDate: String?
  public var source: SourceReference

  public init(
    id: String, legalEntity: String, seat: String?, parent: String?, parentSeat: String?, roleAssumed: String,
    transferTool: String?, transferToolDate: String?, source: SourceReference
  ) {
    self.id = id
    self.legalEntity = legalEntity
    self.seat = seat
    self.parent = parent
    self.parentSeat = parentSeat
    self.roleAssumed = roleAssumed
    self.transferTool = transferTool
    self.transferToolDate = transferToolDate
    self.source = source
  }
}

/// Kind of data that a source says is sent, from the register of data categories.
public struct DataCategory: Sendable, Hashable, Codable {
  public var id: String
  public var title: LocalizedText
  /// The source calls it, or it is by its nature, personal data.
  public var isPersonal: Bool

  public init(id: String, title: LocalizedText, isPersonal: Bool) {
    self.id = id
    self.title = title
    self.isPersonal = isPersonal
  }
}

/// Everything about a rule that a result must be able to tell without the rule files: stored beside the evidence.
public struct RuleFacts: Sendable, Hashable, Codable {
  public var id: String
  public var revision: Int
  /// Identifier of the service, such as `windows-diagnostic-data`.
  public var service: String
  public var serviceTitle: LocalizedText
  public var recipient: Recipient
  public var purpose: PurposeClass
  /// Finer class of the source, such as `diagnostics-crash`.
  public var kind: String
  /// Level at which the source places the transmission (`security`, `required`, `optional`, …); nil where it says none.
  public var dataLevel: String?
  public var categories: [DataCategory]
  public var sources: [SourceReference]
  /// Sources that see the endpoint differently, each as a sentence.
  public var disputes: [String]
  /// The endpoint also serves other ends; a name match alone is weaker.
  public var isShared: Bool
  public var isEssential: Bool
  public var blockingEffect: LocalizedText?

  public init(
    id: String, revision: Int, service: String, serviceTitle: LocalizedText, recipient: Recipient,
    purpose: PurposeClass, kind: String, dataLevel: String?, categories: [DataCategory], sources: [SourceReference],
    disputes: [String], isShared: Bool, isEssential: Bool, blockingEffect: LocalizedText?
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
  }
}

/// Answer of the rule set for one destination: which rule won, and by what.
public struct Verdict: Sendable, Hashable {
  public enum Basis: String, Sendable, Hashable, Codable {
    case name
    /// Address range only: naming class D.
    case addressRange
  }

  public var facts: RuleFacts
  /// The pattern of the rule file that matched, as written there.
  public var matchedPattern: String
  public var basis: Basis
  /// What the parts under the pattern's `*` stand for where they are personal, such as `tenant`; nil where they are not.
  public var personalLabel: String?

  public init(facts: RuleFacts, matchedPattern: String, basis: Basis, personalLabel: String?) {
    self.facts = facts
    self.matchedPattern = matchedPattern
    self.basis = basis
    self.personalLabel = personalLabel
  }
}
