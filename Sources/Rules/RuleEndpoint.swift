public import Model

/// One pattern or address range of one rule, for those who make lists of them.
public struct RuleEndpoint: Sendable, Hashable {
  public enum Target: Sendable, Hashable {
    /// One host name.
    case host(String)
    /// Every name below this one, at any depth, not the name itself.
    case below(String)
    /// `*` stands elsewhere than for the whole first label.
    case wildcard
    case range(IPPrefix)
  }

  /// As written in the rule.
  public let pattern: String
  public let target: Target
  public let facts: RuleFacts
}

extension RuleSet {
  /// All patterns and address ranges of the rules that hold on a day (since 1970-01-01 in UTC); by rule id, patterns before ranges, each
  /// sorted. O(patterns).
  public func endpoints(day: Int64) -> [RuleEndpoint] {
    rules.filter { $0.condition?.days?.admits(day) ?? true }.flatMap { rule in
      rule.patterns.map { RuleEndpoint(pattern: $0.text, target: .init($0), facts: rule.facts) }
        + rule.addresses.map { RuleEndpoint(pattern: $0.description, target: .range($0), facts: rule.facts) }
    }
  }
}

extension RuleEndpoint.Target {
  fileprivate init(_ pattern: NamePattern) {
    switch pattern.kind {
    case .exact: self = .host(pattern.text)
    case .suffix where pattern.labels.allSatisfy(\.isLiteral): self = .below(String(pattern.text.dropFirst(2)))
    case .suffix, .wildcard: self = .wildcard
    }
  }
}
