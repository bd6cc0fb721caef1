public import Model

/// One pattern or address range of one rule, for those who make lists of them.
public struct RuleEndpoint: Sendable, Hashable {
  public enum Target: Sendable, Hashable {
    /// One host name.
    case host(String)
    /// Every name below this one, at any depth, not the name itself.
    case below(String)
    /// A pattern with `*` elsewhere than as the whole first label.
    case wildcard
    case range(IPPrefix)
  }

  /// As written in the rule.
  public let pattern: String
  public let target: Target
  public let facts: RuleFacts
  /// Vendor of the product, as in the rule file.
  public let vendor: String
  /// Empty for all.
  public let ports: [UInt16]
  /// Nil for all.
  public let transport: TransportProtocol?
  /// Who assigns the part under `*`: `tenant`, `user`, `device` or `none`; nil without `*`.
  public let personalLabel: String?
}

extension RuleSet {
  /// All patterns and address ranges of the rules that hold on a day (since 1970-01-01 in UTC); by rule id, patterns
  /// before ranges, each sorted. O(patterns).
  public func endpoints(day: Int64) -> [RuleEndpoint] {
    rules.filter { $0.condition?.days?.admits(day) ?? true }.flatMap { rule in
      rule.patterns.map { rule.endpoint($0.text, .init($0), label: $0.kind == .exact ? nil : rule.personalLabel) }
        + rule.addresses.map { rule.endpoint($0.description, .range($0), label: nil) }
    }
  }
}

extension CompiledRule {
  fileprivate func endpoint(_ text: String, _ target: RuleEndpoint.Target, label: PersonalLabel?) -> RuleEndpoint {
    RuleEndpoint(
      pattern: text, target: target, facts: facts, vendor: vendor, ports: condition?.ports ?? [],
      transport: condition?.transport, personalLabel: label?.rawValue)
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
