import Model
import Store

/// Facts of the stored rule sets about the rules that classified, across all sets of a period.
struct RuleRegister {
  private let facts: [String: [String: RuleFacts]]
  private let stamps: [String: RuleSetStamp]

  init(facts: [String: [String: RuleFacts]], sessions: [CaptureSession]) {
    self.facts = facts
    stamps = Dictionary(sessions.map { ($0.ruleSet.hash, $0.ruleSet) }, uniquingKeysWith: { first, _ in first })
  }

  func facts(_ rule: RuleKey) throws -> RuleFacts {
    guard let facts = facts[rule.ruleSetHash]?.facts(ofRule: rule.ruleID) else {
      throw ReportingError.ruleFactsMissing(ruleID: rule.ruleID, ruleSetHash: rule.ruleSetHash)
    }
    return facts
  }

  /// By rule id; empty for a rule set that the source does not know.
  func facts(of hash: String) -> [String: RuleFacts] { facts[hash] ?? [:] }

  /// Whether the rule set has a rule for each service of the claim, or at least one of its purpose.
  func knows(_ claim: Claim, _ hash: String) -> Bool {
    let concerned = Set(
      (facts[hash] ?? [:]).values.filter { claim.concerns(service: $0.service, purpose: $0.purpose) }.map(\.service))
    return claim.services.isEmpty ? !concerned.isEmpty : concerned.isSuperset(of: claim.services)
  }

  /// Whether a variant of a rule is what a claim is about.
  func hasRule(_ rule: String, concernedBy claim: Claim, in hashes: Set<String>) -> Bool {
    hashes.contains { hash in
      (facts[hash] ?? [:]).values.contains {
        $0.baseID == rule && claim.concerns(service: $0.service, purpose: $0.purpose)
      }
    }
  }

  /// Facts of the latest rule set that knows a service; nil if none of them does. O(rules).
  func facts(of service: AuditPeriod.ServiceKey, in hashes: Set<String>) -> RuleFacts? {
    let youngest = hashes.sorted { ((day($0)?.day ?? .min), $0) > ((day($1)?.day ?? .min), $1) }
    return youngest.lazy.compactMap { [facts] hash in
      (facts[hash] ?? [:]).values.filter { AuditPeriod.ServiceKey($0) == service }.min { $0.id < $1.id }
    }.first
  }

  func version(_ hash: String) -> String? { stamps[hash]?.version }

  /// Day of the rule set; nil if the store does not know it.
  func day(_ hash: String) -> LocalDate? { stamps[hash].flatMap { LocalDate.days(meantBy: $0.date)?.lowerBound } }

  /// Days from the rule set's date to the local day of `hour`; nil if the date is not known.
  func age(of hash: String, at hour: Hour, _ clock: SiteClock) -> Int? {
    day(hash).map { Int(clock.date(of: hour).day - $0.day) }
  }

  /// What administrators changed in the rule sets of `hashes`, each once; by rule, then override.
  func localOverrides(_ hashes: Set<String>) -> [RuleOverride] {
    let all = hashes.flatMap { hash in facts[hash].map { Array($0.values) } ?? [] }.flatMap { facts in
      facts.localOverrides.map { RuleOverride(rule: String(facts.id.prefix { $0 != "+" }), override: $0) }
    }
    return Set(all).sorted { $0.order.lexicographicallyPrecedes($1.order) }
  }

  /// The rules of one row taken together; texts come from the youngest rule set, there from the first rule id.
  func merged(_ rules: Set<RuleKey>) throws -> MergedRules {
    let ordered = rules.sorted { left, right in
      let leftDay = day(left.ruleSetHash)?.day ?? .min
      let rightDay = day(right.ruleSetHash)?.day ?? .min
      if leftDay != rightDay { return leftDay > rightDay }
      return (left.ruleSetHash, left.ruleID) < (right.ruleSetHash, right.ruleID)
    }
    let all = try ordered.map(facts)
    let hashes = Set(rules.map(\.ruleSetHash))
    return MergedRules(
      all: all, ids: Set(rules.map(\.ruleID)).sorted(), hashes: hashes.sorted(),
      versions: Set(hashes.compactMap(version)).sorted())
  }
}

/// A local override and the rule that it speaks of.
struct RuleOverride: Hashable {
  let rule: String
  let override: LocalOverride

  fileprivate var order: [String] {
    [rule, override.id, override.firstDay, override.lastDay, override.created, override.reason]
  }
}

/// Facts of all rules that contribute to one row; at least one.
struct MergedRules {
  let all: [RuleFacts]
  let ids: [String]
  let hashes: [String]
  let versions: [String]

  var leading: RuleFacts { all[0] }
  var isShared: Bool { all.contains(where: \.isShared) }
  /// A label of a name suggests telemetry, while the rule describes something else.
  var isDoubted: Bool { all.contains { $0.doubtedPurpose != nil } }
  /// Whether one of the patterns is known to lie on a network that is used at many places (anycast). False proves
  /// nothing.
  func isOnSharedNetwork(_ patterns: Set<String>) -> Bool {
    all.contains { facts in
      facts.isForContainedName || facts.sharedNetworks.contains { !patterns.isDisjoint(with: $0.patterns) }
    }
  }
  /// Ids, sorted.
  var localOverrides: [String] { Set(all.flatMap(\.localOverrides).map(\.id)).sorted() }
  var isDisputed: Bool { all.contains { !$0.disputes.isEmpty } }

  /// What sources of the matched `patterns` document, by id, the leading rule's titles first; nothing documents what a
  /// local override added.
  func categories(of patterns: Set<String>) -> [DataCategory] {
    var byID: [String: DataCategory] = [:]
    for facts in all where !facts.sources(of: patterns).isEmpty {
      for category in facts.categories where byID[category.id] == nil { byID[category.id] = category }
    }
    return byID.values.sorted { $0.id < $1.id }
  }

  /// Products and builds to which the sources of the matched `patterns` refer, sorted.
  func products(of patterns: Set<String>) -> [String] {
    Set(all.filter { !$0.sources(of: patterns).isEmpty }.flatMap { $0.products ?? [] }).sorted()
  }

  /// Sources that name at least one of the matched `patterns`, each once; by document, place, date and revision.
  func sources(of patterns: Set<String>) -> [SourceReference] {
    var byText: [[String]: SourceReference] = [:]
    for source in all.flatMap({ $0.sources(of: patterns) }) {
      let key = [source.document, source.place ?? "", source.date, source.revision ?? ""]
      guard var known = byText[key] else {
        byText[key] = source
        continue
      }
      known.patterns = known.patterns.flatMap { left in source.patterns.map { Set(left + $0).sorted() } }
      // A document can be that of the vendor for one service and another's for the next.
      if known.kind != source.kind { known.kind = nil }
      byText[key] = known
    }
    return byText.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
  }

  /// Who says what the matched `patterns` are for.
  func attribution(of patterns: Set<String>) -> PurposeAuthor {
    let changed = all.flatMap(\.localOverrides).filter { $0.changes(.purpose) }
    if !changed.isEmpty { return .localOverride(Set(changed.map(\.id)).sorted()) }
    let added = all.flatMap(\.localOverrides).filter { override in
      override.addedPatterns.map { !patterns.isDisjoint(with: $0) } ?? false
    }
    if !added.isEmpty { return .localOverride(Set(added.map(\.id)).sorted()) }
    if all.allSatisfy({ $0.doubtedPurpose != nil }) { return .doubted }
    let sources = patterns.map { pattern in all.flatMap { $0.sources(of: [pattern]) } }
    guard sources.contains(where: { !$0.isEmpty }) else { return .nobody }
    if sources.allSatisfy({ $0.contains { $0.kind == .vendor } }) { return .vendor }
    return sources.allSatisfy { $0.allSatisfy { $0.kind.map { $0 != .vendor } ?? false } } ? .others : .namedSources
  }
}

/// Who says what an endpoint is for.
enum PurposeAuthor: Sendable, Equatable {
  /// The vendor of the service, for each pattern that matched.
  case vendor
  /// Only others than the vendor.
  case others
  /// Sources of which some are the vendor's, or nobody noted whose they are.
  case namedSources
  /// The site itself, by these overrides.
  case localOverride([String])
  /// The sources name the domain for another purpose than a label of the name suggests.
  case doubted
  case nobody
}
