/// Statement of the site that something does not leave it, such as "Windows diagnostic data are off"; a report judges
/// whether it held.
public struct Claim: Sendable, Hashable, Codable {
  /// Most claims of one site; each is compared with everything that was seen.
  public static let most = 100

  /// Lower-case letters, digits and `-`.
  public var id: String
  public var says: LocalizedText
  /// Purpose class of the rules whose destinations must not be contacted; nil does not restrict the services.
  public var purpose: PurposeClass?
  /// Ids of services in the rule set, sorted; empty does not restrict the purpose.
  public var services: [String]
  /// Names of groups, sorted; empty stands for the whole site.
  public var groups: [String]
  /// First local day for which it is stated (ISO 8601); nil for all observed days.
  public var from: String?

  public init(
    id: String, says: LocalizedText, purpose: PurposeClass? = nil, services: [String] = [], groups: [String] = [],
    from: String? = nil
  ) {
    self.id = id
    self.says = says
    self.purpose = purpose
    self.services = services.sorted()
    self.groups = groups.sorted()
    self.from = from
  }

  /// Whether it has the same ID, services, groups and first day as another claim; the wording may differ.
  public func hasScope(of other: Claim) -> Bool {
    id == other.id && purpose == other.purpose && services == other.services && groups == other.groups
      && from == other.from
  }

  /// Whether the destinations of a service are among those that must not be contacted.
  public func concerns(service: String, purpose: PurposeClass) -> Bool {
    (services.isEmpty || services.contains(service)) && (self.purpose == nil || self.purpose == purpose)
  }
}
