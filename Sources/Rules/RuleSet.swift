import Cryptography
public import Model

/// Where a flow goes, as rules see it.
public struct Destination: Sendable, Hashable {
  /// Host name in any case, with or without trailing dot; nil where the flow has none.
  public var name: String?
  public var address: IPAddress?
  public var port: UInt16
  public var transport: TransportProtocol

  public init(name: String?, address: IPAddress?, port: UInt16, transport: TransportProtocol) {
    self.name = name
    self.address = address
    self.port = port
    self.transport = transport
  }
}

/// All rules of a rule directory, checked and compiled; it never changes and reads nothing once it is made.
public struct RuleSet: Sendable {
  /// Version and date as the directory states them, and the SHA-256 of `canonicalText`.
  public let stamp: RuleSetStamp
  /// Facts of every rule, sorted by rule id.
  public let facts: [RuleFacts]
  /// Everything that decides a result, one line each, in one defined order; independent of comments, formatting and order of files.
  public let canonicalText: String

  /// One pattern or address range of one rule.
  struct Entry: Sendable {
    var rule: CompiledRule
    var specificity: Specificity
    var verdict: Verdict
  }

  /// Patterns of all rules by rank: of those that fit, the lowest index wins.
  let nameEntries: [Entry]
  let namePatterns: [NamePattern]
  private let nameMatcher: NameMatcher
  /// Address ranges of all rules by rank; all rank behind every name.
  let addressEntries: [Entry]
  private let addressMatcher: AddressMatcher

  /// Reads, checks and compiles a rule directory. Throws every fault of every file at once.
  public init(directory: String) throws(RuleLoadError) {
    try self.init(RuleFiles(directory: directory))
  }

  init(_ files: RuleFiles) throws(RuleLoadError) {
    guard files.faults.isEmpty, let header = files.header else { throw RuleLoadError(faults: files.faults) }
    let rules = files.services.flatMap { service in service.rules.map { CompiledRule($0, of: service) } }
      .sorted { $0.facts.id < $1.facts.id }
    facts = rules.map(\.facts)
    canonicalText = RuleSet.canonicalText(of: rules, header: header)
    stamp = RuleSetStamp(
      version: header.version, hash: "sha256:" + hexadecimal(SHA256Digest.hash(canonicalText.utf8)), date: header.date)

    let names = rules.flatMap { rule in rule.patterns.map { (pattern: $0, entry: Entry(rule, $0)) } }
      .sorted { $0.entry.specificity < $1.entry.specificity }
    nameEntries = names.map(\.entry)
    namePatterns = names.map(\.pattern)
    nameMatcher = NameMatcher(namePatterns)
    let addresses = rules.flatMap { rule in rule.addresses.map { (prefix: $0, entry: Entry(rule, $0)) } }
      .sorted { $0.entry.specificity < $1.entry.specificity }
    addressEntries = addresses.map(\.entry)
    addressMatcher = AddressMatcher(addresses.map(\.prefix))
  }

  /// The rule that wins for `destination`; nil where none fits.
  public func verdict(for destination: Destination) -> Verdict? {
    var best = Int.max
    if let name = destination.name {
      nameMatcher.forEachMatch(name) { index in
        if index < best, nameEntries[index].rule.admits(destination) { best = index }
      }
      if best < Int.max { return nameEntries[best].verdict }
    }
    if let address = destination.address {
      addressMatcher.forEachMatch(address) { index in
        if index < best, addressEntries[index].rule.admits(destination) { best = index }
      }
      if best < Int.max { return addressEntries[best].verdict }
    }
    return nil
  }

  /// Every entry whose name pattern or address range fits, best first; ports and transport are not looked at.
  func entriesFitting(_ destination: Destination) -> [Entry] {
    var names: [Int] = []
    var addresses: [Int] = []
    if let name = destination.name { nameMatcher.forEachMatch(name) { names.append($0) } }
    if let address = destination.address { addressMatcher.forEachMatch(address) { addresses.append($0) } }
    return names.sorted().map { nameEntries[$0] } + addresses.sorted().map { addressEntries[$0] }
  }
}

/// A rule as the matcher and the explanation need it. Lists that are sets are sorted.
struct CompiledRule: Sendable {
  let facts: RuleFacts
  let vendor: String
  let products: [String]
  let roleNote: LocalizedText?
  let categorySources: [SourceReference]
  let patterns: [NamePattern]
  let addresses: [IPPrefix]
  let ports: [UInt16]
  let transport: TransportProtocol?
  let personalLabel: PersonalLabel?

  init(_ rule: RuleFiles.Rule, of service: RuleFiles.Service) {
    let categories = Dictionary(rule.categories.map { ($0.value.category.id, $0.value) }) { first, _ in first }
      .values.sorted { $0.category.id < $1.category.id }
    facts = RuleFacts(
      id: rule.id.value, revision: rule.revision, service: service.id, serviceTitle: service.title,
      recipient: service.recipient.recipient, purpose: rule.purpose, kind: rule.kind.rawValue,
      dataLevel: rule.level?.rawValue, categories: categories.map(\.category), sources: rule.sources.map(\.value),
      disputes: rule.disputes, isShared: rule.isShared, isEssential: rule.isEssential,
      blockingEffect: rule.blockingEffect)
    vendor = service.vendor
    products = rule.products
    roleNote = service.recipient.roleNote
    categorySources = categories.map(\.source)
    patterns = Set(rule.patterns.map(\.value)).sorted { $0.text < $1.text }
    addresses = Set(rule.addresses.map(\.value)).sorted()
    ports = Set(rule.ports.map(\.value)).sorted()
    transport = rule.transport
    personalLabel = rule.personalLabel
  }

  func admits(_ destination: Destination) -> Bool {
    (ports.isEmpty || ports.contains(destination.port)) && (transport == nil || transport == destination.transport)
  }
}

extension RuleSet.Entry {
  init(_ rule: CompiledRule, _ pattern: NamePattern) {
    let kind: Specificity.Kind =
      switch pattern.kind {
      case .exact: .exact
      case .wildcard: .wildcard
      case .suffix: .suffix
      }
    self.init(
      rule: rule,
      specificity: Specificity(
        kind: kind, literalLabels: pattern.literalLabels, hasPorts: !rule.ports.isEmpty,
        hasTransport: rule.transport != nil, literalCharacters: pattern.literalCharacters, stars: pattern.stars,
        ruleID: rule.facts.id, pattern: pattern.text),
      verdict: Verdict(
        facts: rule.facts, matchedPattern: pattern.text, basis: .name,
        personalLabel: pattern.kind == .exact ? nil : rule.personalLabel?.rawValue))
  }

  init(_ rule: CompiledRule, _ prefix: IPPrefix) {
    self.init(
      rule: rule,
      specificity: Specificity(
        kind: .address, hasPorts: !rule.ports.isEmpty, prefixLength: prefix.length,
        hasTransport: rule.transport != nil, ruleID: rule.facts.id, pattern: prefix.description),
      verdict: Verdict(
        facts: rule.facts, matchedPattern: prefix.description, basis: .addressRange, personalLabel: nil))
  }
}
