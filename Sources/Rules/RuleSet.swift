import Cryptography
import Documents
import Matching
public import Model

/// Destination of a flow, as far as rules use it.
public struct Destination: Sendable, Hashable {
  /// Host name in any case, with or without trailing dot; nil if the flow has none.
  public var name: String?
  public var address: IPAddress?
  public var port: UInt16
  public var transport: TransportProtocol
  /// Day of the flow since 1970-01-01 in UTC, which decides whether local overrides apply; nil for the rules as their
  /// authors wrote them.
  public var day: Int64?

  public init(name: String?, address: IPAddress?, port: UInt16, transport: TransportProtocol, day: Int64? = nil) {
    self.name = name
    self.address = address
    self.port = port
    self.transport = transport
    self.day = day
  }
}

/// All rules of a rule directory or bundle with their local overrides, checked and compiled.
///
/// It never changes, and reads nothing once it is made.
public struct RuleSet: Sendable {
  /// Version and date as the rules state them, and the SHA-256 of `canonicalText`.
  public let stamp: RuleSetStamp
  /// Everything that decides a result, one line each, in one defined order; independent of comments, formatting and
  /// order of files.
  public let canonicalText: String
  /// Origin of the rules, by which a store decides whether it accepts them.
  public private(set) var provenance: RuleProvenance
  /// By id.
  let overrides: [AuthoredOverride]

  /// One pattern or address range of one rule.
  struct Entry: Sendable {
    enum Target: Sendable {
      case name(NamePattern)
      case range(IPPrefix)
    }

    /// Index into `rules`.
    var rule: Int
    var target: Target
  }

  /// Indices of an entry; small, since there may be millions.
  private struct EntryIndex: Sendable {
    /// Index into `rules`.
    var rule: UInt32
    /// Index into the patterns or the address ranges of the rule.
    var item: UInt32
  }

  public let networks: NetworkRegisters
  /// Sorted by id.
  let rules: [CompiledRule]
  /// Conditions of all rules, in their order.
  private let conditions: [FlowCondition?]
  /// Patterns of all rules by rank: of those that match, the lowest index wins.
  private let names: [EntryIndex]
  private let nameMatcher: NameMatcher
  /// Address ranges of all rules by rank; all of them rank behind every name.
  private let ranges: [EntryIndex]
  private let rangeMatcher: AddressMatcher

  /// Reads, checks and compiles a rule directory without overrides. Throws every fault of every file at once.
  public init(directory: String) throws(FileLoadError) { try self.init(RuleSource(directory)) }

  /// Reads, checks and compiles rules and overrides; the one way in which rules are loaded. Throws every fault of every
  /// file at once.
  public init(_ source: RuleSource) throws(FileLoadError) {
    try self.init(source.open(), of: source)
  }

  /// `tree`: what `source` opened.
  init(_ tree: RuleFileTree, of source: RuleSource) throws(FileLoadError) {
    try self.init(RuleFiles(tree), in: tree, of: source)
  }

  /// `files`: those of `tree`, which `source` opened.
  init(_ files: RuleFiles, in tree: RuleFileTree, of source: RuleSource) throws(FileLoadError) {
    guard files.faults.isEmpty else { throw FileLoadError(faults: files.faults) }
    let overrides = source.overrides.map { LocalOverrides(path: $0, upon: files, in: tree) } ?? LocalOverrides()
    guard overrides.faults.isEmpty else { throw FileLoadError(faults: overrides.faults) }
    try self.init(files, overrides)
    guard let header = files.header else { throw FileLoadError(faults: files.faults) }
    provenance = RuleProvenance(
      path: source.path, bundle: try tree.bundle?.stamp(version: header.version),
      acceptsUnsigned: source.acceptsUnsigned, acceptedKey: source.acceptedKey)
  }

  /// Without a provenance.
  init(_ files: RuleFiles, _ overrides: LocalOverrides = LocalOverrides()) throws(FileLoadError) {
    guard files.faults.isEmpty, let header = files.header else { throw FileLoadError(faults: files.faults) }
    provenance = RuleProvenance(path: "")
    self.overrides = overrides.entries.map(\.authored)
    let networks = NetworkRegisters(files.networks)
    let rules = files.services.flatMap { service in
      service.rules.flatMap { overrides.variants(of: $0, in: service) }
    }
    .map { CompiledRule($0, networks: networks.sharedNetworks) }
    .sorted { $0.facts.id < $1.facts.id }
    self.rules = rules
    self.networks = networks
    canonicalText = RuleSet.canonicalText(of: rules, files.networks, header: header)
    stamp = RuleSetStamp(
      version: header.version, hash: "sha256:" + hexadecimal(SHA256Digest.hash(canonicalText.utf8)), date: header.date)

    ages =
      files.services.flatMap(\.rules).map { rule in
        RuleAge(name: rule.id.value, compared: rule.compared, sources: rule.sources.map(\.value))
      } + files.registerAges
    conditions = rules.map(\.condition)
    // Variants of one rule have one id.
    var ids: [UInt32] = []
    for index in rules.indices {
      ids.append(index > 0 && rules[index - 1].facts.id == rules[index].facts.id ? ids[index - 1] : UInt32(index))
    }
    func ranked<Target>(
      _ targets: (CompiledRule) -> [Target], _ specificity: (CompiledRule, Target) -> Specificity,
      _ text: (Target) -> String
    ) -> [EntryIndex] {
      rules.indices.flatMap { index in
        // Taken out of the list once, not for each of a million patterns.
        let rule = rules[index]
        return targets(rule).enumerated().map { item, target in
          (order: specificity(rule, target).order, entry: EntryIndex(rule: UInt32(index), item: UInt32(item)))
        }
      }.sorted { left, right in
        if left.order != right.order { return left.order < right.order }
        let (first, second) = (left.entry, right.entry)
        // The targets of a rule are sorted.
        if first.rule == second.rule { return first.item < second.item }
        let (firstID, secondID) = (ids[Int(first.rule)], ids[Int(second.rule)])
        if firstID != secondID { return firstID < secondID }
        return text(targets(rules[Int(first.rule)])[Int(first.item)])
          < text(targets(rules[Int(second.rule)])[Int(second.item)])
      }.map(\.entry)
    }
    names = ranked(\.patterns, { $0.specificity(of: $1) }, \.text)
    nameMatcher = NameMatcher(names.map { rules[Int($0.rule)].patterns[Int($0.item)].text })
    ranges = ranked(\.addresses, { $0.specificity(of: $1) }, \.description)
    rangeMatcher = AddressMatcher(ranges.map { rules[Int($0.rule)].addresses[Int($0.item)] })
  }

  /// When each rule, as its authors wrote it, and each register was last compared with its sources; in no order.
  let ages: [RuleAge]

  /// Facts of every rule and of every local variant, sorted by rule id.
  public var facts: [RuleFacts] { rules.map(\.facts) }

  /// All facts to which verdicts can refer, except those for contained names: those of `facts`, and of rules under whose
  /// `*` a label can suggest telemetry.
  public var verdictFacts: [RuleFacts] { rules.flatMap { [$0.facts] + ($0.doubted.map { [$0] } ?? []) } }

  /// By id.
  public var localOverrides: [LocalOverride] { overrides.map(\.facts) }

  /// The rule that wins for `destination`; nil if none matches.
  ///
  /// For a name of a content network, the rule of a name that it contains may win.
  public func verdict(for destination: Destination) -> Verdict? {
    let own = verdict(forWholeNameOf: destination)
    return containedName(in: destination, own)?.verdict ?? own
  }

  /// The rule that wins for `destination` without regard to names that its name contains.
  public func verdict(forWholeNameOf destination: Destination) -> Verdict? {
    winner(for: destination).map { verdict(of: $0, for: destination.name) }
  }

  /// The entry that wins for `destination` as a whole; nil if none matches.
  func winner(for destination: Destination) -> Entry? {
    // The closures capture the lists that they need instead of `self`, whose copy would cost more than the search.
    if let name = destination.name {
      var best = Int.max
      nameMatcher.forEachMatch(name) { [names, conditions] index in
        if index < best, conditions[Int(names[index].rule)]?.admits(destination) ?? true { best = index }
      }
      if best < Int.max { return nameEntry(best) }
    }
    if let address = destination.address {
      var best = Int.max
      rangeMatcher.forEachMatch(address) { [ranges, conditions] index in
        if index < best, conditions[Int(ranges[index].rule)]?.admits(destination) ?? true { best = index }
      }
      if best < Int.max { return rangeEntry(best) }
    }
    return nil
  }

  /// Every entry whose name pattern or address range matches, best first, regardless of ports and transport.
  func entriesFitting(_ destination: Destination) -> [Entry] {
    var fittingNames: [Int] = []
    var fittingRanges: [Int] = []
    if let name = destination.name { nameMatcher.forEachMatch(name) { fittingNames.append($0) } }
    if let address = destination.address { rangeMatcher.forEachMatch(address) { fittingRanges.append($0) } }
    return Set(fittingNames).sorted().map(nameEntry) + fittingRanges.sorted().map(rangeEntry)
  }

  /// Whether a rule whose purpose is known recognises all names of a pattern by name, on any port.
  package func recognises(pattern: String) -> Bool {
    // Labels that no pattern contains, so that only `*` matches them; a leading `*.` matches at any depth.
    let probe = pattern.hasPrefix("*.") ? "zq0x7.zq0x7" + pattern.dropFirst() : pattern
    let destination = Destination(
      name: probe.replacing("*", with: "zq0x7"), address: nil, port: 443, transport: .tcp)
    return entriesFitting(destination).contains { rules[$0.rule].facts.purpose != .unknown }
  }

  /// Whether a rule whose purpose is known contains the whole range.
  package func recognises(range: IPPrefix) -> Bool {
    entriesFitting(Destination(name: nil, address: range.address, port: 443, transport: .tcp)).contains { entry in
      guard case .range(let prefix) = entry.target else { return false }
      return prefix.length <= range.length && rules[entry.rule].facts.purpose != .unknown
    }
  }

  /// Every name pattern, best first.
  var nameEntries: some Sequence<Entry> { names.indices.lazy.map(nameEntry) }

  private func nameEntry(_ rank: Int) -> Entry {
    let rule = Int(names[rank].rule)
    return Entry(rule: rule, target: .name(rules[rule].patterns[Int(names[rank].item)]))
  }

  private func rangeEntry(_ rank: Int) -> Entry {
    let rule = Int(ranges[rank].rule)
    return Entry(rule: rule, target: .range(rules[rule].addresses[Int(ranges[rank].item)]))
  }

  /// `name`: that of the destination.
  func verdict(of entry: Entry, for name: String?) -> Verdict {
    switch entry.target {
    case .name(let pattern):
      Verdict(
        facts: facts(of: rules[entry.rule], through: pattern, for: name), matchedPattern: pattern.text, basis: .name,
        personalLabel: pattern.kind == .exact ? nil : rules[entry.rule].hiddenLabel)
    case .range(let prefix):
      Verdict(
        facts: rules[entry.rule].facts, matchedPattern: prefix.description, basis: .addressRange, personalLabel: nil)
    }
  }

  private func facts(of rule: CompiledRule, through pattern: NamePattern, for name: String?) -> RuleFacts {
    guard let doubted = rule.doubted, let name, TellingLabel.first(in: name, under: pattern) != nil else {
      return rule.facts
    }
    return doubted
  }

  /// The verdict for a name whose telling label was replaced by a token.
  public func doubting(_ verdict: Verdict) -> Verdict {
    guard let doubted = rules.first(where: { $0.facts.id == verdict.facts.id })?.doubted else { return verdict }
    var verdict = verdict
    verdict.facts = doubted
    return verdict
  }

  func specificity(of entry: Entry) -> Specificity {
    switch entry.target {
    case .name(let pattern): rules[entry.rule].specificity(of: pattern)
    case .range(let prefix): rules[entry.rule].specificity(of: prefix)
    }
  }
}

/// A rule as the matcher and the explanation need it. Lists that are sets are sorted.
struct CompiledRule: Sendable {
  let facts: RuleFacts
  /// Facts for names under `*` with a label that suggests telemetry; nil if the rule describes telemetry or
  /// advertising, has no `*`, or the site itself set the purpose.
  let doubted: RuleFacts?
  let vendor: String
  /// From a list that `rules import` converted.
  let isImported: Bool
  let roleNote: LocalizedText?
  let categorySources: [SourceReference]
  let patterns: [NamePattern]
  let addresses: [IPPrefix]
  /// Nil if the rule applies to all ports and transports on all days.
  let condition: FlowCondition?
  /// Nil in a rule without `*`.
  let personalLabel: PersonalLabel?
  /// Overrides that made this variant; for the rule as its authors wrote it, all that refer to it. By ID.
  let overrides: [AuthoredOverride]

  init(_ variant: LocalOverrides.Variant, networks: SharedNetworks) {
    let rule = variant.rule
    let service = variant.service
    let written = rule.patterns.map(\.value)
    let isSorted = zip(written, written.dropFirst()).allSatisfy { $0.text < $1.text }
    patterns = isSorted ? written : Set(written).sorted { $0.text < $1.text }
    addresses = Set(rule.addresses.map(\.value)).sorted()
    let categories = Dictionary(rule.categories.map { ($0.value.category.id, $0.value) }) { first, _ in first }
      .values.sorted { $0.category.id < $1.category.id }
    facts = RuleFacts(
      id: rule.id.value, revision: rule.revision, service: service.id, serviceTitle: service.title,
      recipient: service.recipient.recipient, purpose: rule.purpose, kind: rule.kind.rawValue,
      dataLevel: rule.level?.rawValue, categories: categories.map(\.category), sources: rule.sources.map(\.value),
      disputes: rule.disputes, isShared: rule.isShared, isEssential: rule.isEssential,
      blockingEffect: rule.blockingEffect, products: rule.products, compared: rule.compared,
      purposeReason: rule.purposeReason, sharedNetworks: networks.uses(of: patterns, addresses),
      localOverrides: variant.isLocal ? variant.overrides.map(\.facts) : [])
    let isDecided = facts.purpose.isSuggestedByNames || facts.localOverrides.contains { $0.changes(.purpose) }
    doubted = isDecided || patterns.allSatisfy { $0.kind == .exact } ? nil : facts.doubted
    vendor = service.vendor
    isImported = service.isImported
    roleNote = service.recipient.roleNote
    categorySources = categories.map(\.source)
    condition = FlowCondition(
      ports: Set(rule.ports.map(\.value)).sorted(), transport: rule.transport, days: variant.days)
    personalLabel = rule.personalLabel
    overrides = variant.overrides
  }

  /// What results show for the part under `*`; nil if nothing is personal there.
  var hiddenLabel: String? { personalLabel == .vendor ? nil : personalLabel?.rawValue }

  func admits(_ destination: Destination) -> Bool { condition?.admits(destination) ?? true }
}

/// The ports, transport and days to which a rule is limited.
struct FlowCondition: Sendable {
  /// Empty: any.
  let ports: [UInt16]
  /// Nil: any.
  let transport: TransportProtocol?
  /// Nil: any.
  let days: DayCondition?

  /// Nil if there is no limitation.
  init?(ports: [UInt16], transport: TransportProtocol?, days: DayCondition?) {
    if ports.isEmpty && transport == nil && days == nil { return nil }
    self.ports = ports
    self.transport = transport
    self.days = days
  }

  func admits(_ destination: Destination) -> Bool {
    (ports.isEmpty || ports.contains(destination.port)) && (transport == nil || transport == destination.transport)
      && (days?.admits(destination.day) ?? true)
  }
}
