import Model
import Reporting
import Rules

/// What belongs on a list according to reviewed tables and a rule set, and what does not, with the reason.
struct EnforcementSelection {
  /// One pattern of one rule.
  struct Key: Hashable, Comparable {
    var rule: String
    var pattern: String

    static func < (left: Key, right: Key) -> Bool {
      (left.rule, left.pattern) < (right.rule, right.pattern)
    }
  }

  /// A confirmed pattern or an address that is not on the list.
  struct LeftOut: Hashable {
    enum Reason: Hashable {
      /// Today's rule set has no such pattern in the rules of the finding.
      case notInRules
      /// Only the name of a content network contains a name of the rule.
      case containedName
      case sharedRule
      /// Another rule that is not confirmed has the same pattern.
      case samePattern(rule: String)
      /// The format cannot express such a pattern, and no names were seen, or no store was given.
      case notExpressible(hasEvidence: Bool)
      /// It is an address range, but the format is for names.
      case noName
      /// No address of it was seen, or no store was given.
      case noAddress(hasEvidence: Bool)
      /// The address also serves a rule that is not confirmed.
      case addressServes(rule: String)
      case sharedNetwork
    }

    var what: String
    /// Nil if no rule is meant.
    var rule: String?
    var reason: Reason
  }

  /// A row of a reviewed table that is not confirmed.
  struct Other: Hashable {
    var file: String
    var row: ReviewedFindings.Row

    func hash(into hasher: inout Hasher) { hasher.combine(row.finding) }
  }

  /// Confirmed findings behind each chosen pattern, sorted.
  let findings: [Key: [String]]
  let chosen: [RuleEndpoint]
  /// All other patterns and ranges of the rule set.
  let rest: [RuleEndpoint]
  private(set) var leftOut: [LeftOut]
  let confirmed: Int
  /// In the order of the tables.
  let others: [Other]
  /// Rules that are chosen although an unconfirmed row also names them, since a list does not distinguish groups.
  let contested: [String: [Other]]
  /// Hashes of other rule sets that classified confirmed findings.
  let otherRuleSets: [String]

  init(_ tables: [ReviewedFindings], rules: [RuleEndpoint], ruleSetHash: String, includesShared: Bool) {
    let byPattern = Dictionary(grouping: rules, by: \.pattern)
    var findings: [Key: Set<String>] = [:]
    var leftOut: Set<LeftOut> = []
    var others: [Other] = []
    var confirmedRows: Set<String> = []
    var hashes: Set<String> = []
    for table in tables {
      for row in table.rows {
        guard row.status == .confirmed else {
          others.append(Other(file: table.file, row: row))
          continue
        }
        confirmedRows.insert(row.finding)
        hashes.formUnion(row.ruleSetHashes)
        for pattern in row.patterns {
          let matches = (byPattern[pattern] ?? []).filter { row.rules.contains($0.facts.id) }
          for match in matches {
            findings[Key(rule: match.facts.id, pattern: pattern), default: []].insert(row.finding)
          }
          if matches.isEmpty {
            let isContained = rules.contains {
              pattern.hasPrefix($0.pattern + ".") && row.rules.contains($0.facts.idForContainedName)
            }
            leftOut.insert(LeftOut(what: pattern, rule: nil, reason: isContained ? .containedName : .notInRules))
          }
        }
      }
    }
    for endpoint in rules {
      let key = Key(rule: endpoint.facts.id, pattern: endpoint.pattern)
      guard findings[key] != nil, !includesShared else { continue }
      let reason: LeftOut.Reason?
      if endpoint.facts.isShared {
        reason = .sharedRule
      } else {
        reason = byPattern[endpoint.pattern]?.map(\.facts.id)
          .first { findings[Key(rule: $0, pattern: endpoint.pattern)] == nil }.map { .samePattern(rule: $0) }
      }
      if let reason { leftOut.insert(LeftOut(what: endpoint.pattern, rule: endpoint.facts.id, reason: reason)) }
    }
    for gone in leftOut {
      if let rule = gone.rule { findings[Key(rule: rule, pattern: gone.what)] = nil }
    }
    let isChosen = { (endpoint: RuleEndpoint) in
      findings[Key(rule: endpoint.facts.id, pattern: endpoint.pattern)] != nil
    }
    chosen = rules.filter(isChosen)
    rest = rules.filter { !isChosen($0) }
    self.findings = findings.mapValues { $0.sorted() }
    self.leftOut = Array(leftOut)
    confirmed = confirmedRows.count
    self.others = others
    contested = others.reduce(into: [:]) { contested, other in
      for pattern in other.row.patterns {
        for rule in Set(other.row.rules) where findings[Key(rule: rule, pattern: pattern)] != nil {
          if contested[rule]?.last != other { contested[rule, default: []].append(other) }
        }
      }
    }
    otherRuleSets = hashes.subtracting([ruleSetHash]).sorted()
  }

  mutating func leaveOut(_ what: String, of rule: String, _ reason: LeftOut.Reason) {
    let entry = LeftOut(what: what, rule: rule, reason: reason)
    if !leftOut.contains(entry) { leftOut.append(entry) }
  }

  func findings(of endpoint: RuleEndpoint) -> [String] {
    findings[Key(rule: endpoint.facts.id, pattern: endpoint.pattern)] ?? []
  }
}
