import Model
import Store

/// What the stored rule sets say about the rules that classified, across all sets of a period.
struct RuleRegister {
  private let facts: [String: [String: RuleFacts]]
  private let stamps: [String: RuleSetStamp]

  init(facts: [String: [String: RuleFacts]], sessions: [CaptureSession]) {
    self.facts = facts
    stamps = Dictionary(sessions.map { ($0.ruleSet.hash, $0.ruleSet) }, uniquingKeysWith: { first, _ in first })
  }

  func facts(_ rule: RuleKey) throws -> RuleFacts {
    guard let facts = facts[rule.ruleSetHash]?[rule.ruleID] else {
      throw ReportingError.ruleFactsMissing(ruleID: rule.ruleID, ruleSetHash: rule.ruleSetHash)
    }
    return facts
  }

  func version(_ hash: String) -> String? { stamps[hash]?.version }

  /// Day of the rule set; nil where the store does not know it.
  func day(_ hash: String) -> LocalDate? { stamps[hash].flatMap { SourceDate.day(of: $0.date) } }

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

/// Facts of all rules that stand behind one row; at least one.
struct MergedRules {
  let all: [RuleFacts]
  let ids: [String]
  let hashes: [String]
  let versions: [String]

  var leading: RuleFacts { all[0] }
  var isShared: Bool { all.contains(where: \.isShared) }
  /// Whether one of the patterns is known to lie on a network that stands for many places. False proves nothing.
  func isOnSharedNetwork(_ patterns: Set<String>) -> Bool {
    all.contains { facts in facts.sharedNetworks.contains { !patterns.isDisjoint(with: $0.patterns) } }
  }
  /// Ids, sorted.
  var localOverrides: [String] { Set(all.flatMap(\.localOverrides).map(\.id)).sorted() }
  var isDisputed: Bool { all.contains { !$0.disputes.isEmpty } }

  /// By id, the leading rule's titles first.
  var categories: [DataCategory] {
    var byID: [String: DataCategory] = [:]
    for category in all.flatMap(\.categories) where byID[category.id] == nil { byID[category.id] = category }
    return byID.values.sorted { $0.id < $1.id }
  }

  var sources: [SourceReference] {
    Set(all.flatMap(\.sources)).sorted {
      ($0.document, $0.date, $0.revision ?? "") < ($1.document, $1.date, $1.revision ?? "")
    }
  }
}
