public import Model

/// Why a destination was classified as it was: every rule that matches, ranked, and the step that decided for the
/// winner.
public struct Explanation: Sendable {
  /// A rule with its narrowest pattern that matches.
  public struct Match: Sendable {
    public let verdict: Verdict
    let rule: CompiledRule
    /// The label of the name, under `*`, that suggests telemetry although the rule describes another purpose.
    let tellingLabel: String?
  }

  /// A rule that also matches, and the first step of the matching order in which the winner is ahead.
  public struct Other: Sendable {
    public let match: Match
    public let lostBy: DecidingStep
  }

  /// A rule whose pattern matches, but which applies only to other ports, another transport or other days.
  public struct Excluded: Sendable {
    public let match: Match
    /// Ports that the rule requires, if the destination's is not among them.
    public let ports: [UInt16]
    /// Transport that the rule requires, if it is not the destination's.
    public let transport: TransportProtocol?
    /// Overrides by which the rule does not apply on the destination's day, or applies only on other days.
    let overrides: [AuthoredOverride]
  }

  /// The name of a content network contains another name, and the winner is the rule of that.
  public struct Contained: Sendable {
    public let name: String
    public let network: SharedNetwork
    /// The rule of the whole network; nil if there is none.
    public let ofNetwork: Match?
  }

  /// For a name that no rule matches, the rule that shares the most trailing labels with it and has the fewest others.
  public struct Neighbour: Sendable {
    public let match: Match
    /// At least two labels.
    public let sharedEnding: String
  }

  public let destination: Destination
  public let winner: Match?
  /// Nil if the winner is a rule of the destination's whole name.
  public let contained: Contained?
  /// Best first; without the rule of a whole network that is named in `contained`.
  public let others: [Other]
  /// Best first.
  public let excluded: [Excluded]
  /// Nil if a rule matches, or if none shares two labels.
  public let neighbour: Neighbour?
}

extension RuleSet {
  /// Everything that `verdict(for:)` considers, and how it decided. Reads all rules, so it is not meant for each flow.
  public func explain(_ destination: Destination) -> Explanation {
    let entries = entriesFitting(destination)
    var explained: Set<Int> = []
    let fitting = entries.filter { rules[$0.rule].admits(destination) && explained.insert($0.rule).inserted }
    let excluded = entries.filter { explained.insert($0.rule).inserted }.map { entry in
      let condition = rules[entry.rule].condition
      let ports = condition?.ports ?? []
      return Explanation.Excluded(
        match: match(entry, destination.name), ports: ports.contains(destination.port) ? [] : ports,
        transport: condition?.transport == destination.transport ? nil : condition?.transport,
        overrides: rules[entry.rule].overrides(excluding: destination.day))
    }
    let others = fitting.dropFirst().compactMap { entry in
      Specificity.decidingStep(specificity(of: fitting[0]), specificity(of: entry)).map {
        Explanation.Other(match: match(entry, destination.name), lostBy: $0)
      }
    }
    let own = fitting.first.map { match($0, destination.name) }
    let contained = containedName(in: destination, own?.verdict)
    return Explanation(
      destination: destination,
      winner: contained.map {
        Explanation.Match(verdict: $0.verdict, rule: rules[$0.entry.rule], tellingLabel: nil)
      } ?? own,
      contained: contained.map { Explanation.Contained(name: $0.name, network: $0.network, ofNetwork: own) },
      others: others, excluded: excluded,
      neighbour: entries.isEmpty && contained == nil ? destination.name.flatMap(neighbour) : nil)
  }

  private func match(_ entry: Entry, _ name: String?) -> Explanation.Match {
    let verdict = verdict(of: entry, for: name)
    var label: String?
    if verdict.facts.doubtedPurpose != nil, case .name(let pattern) = entry.target {
      label = name.flatMap { TellingLabel.first(in: $0, under: pattern) }
    }
    return Explanation.Match(verdict: verdict, rule: rules[entry.rule], tellingLabel: label)
  }

  private func neighbour(of name: String) -> Explanation.Neighbour? {
    let labels = name.lowercased().split(separator: ".")
    guard labels.count >= 2 else { return nil }
    let ending = Array(labels.suffix(2).joined(separator: ".").utf8)
    var best: (shared: Int, beside: Int, entry: Entry)?
    for entry in nameEntries {
      // Only patterns with the same last two labels are split into labels.
      guard case .name(let pattern) = entry.target, pattern.text.utf8.suffix(ending.count).elementsEqual(ending)
      else { continue }
      let parts = pattern.labels
      let shared = zip(labels.reversed(), parts.reversed()).prefix { label, part in
        part.isLiteral && label.utf8.elementsEqual(part.bytes)
      }.count
      let beside = parts.count - shared
      guard shared >= 2 else { continue }
      if let best, (best.shared, -best.beside) >= (shared, -beside) { continue }
      best = (shared, beside, entry)
    }
    return best.map {
      Explanation.Neighbour(
        match: match($0.entry, nil), sharedEnding: labels.suffix($0.shared).joined(separator: "."))
    }
  }
}

extension CompiledRule {
  /// The overrides by which the rule does not apply on `day`: for a variant those that made it, for the original those
  /// in force on that day.
  fileprivate func overrides(excluding day: Int64?) -> [AuthoredOverride] {
    switch condition?.days {
    case .within where condition?.days?.admits(day) == false: overrides
    case .outside: overrides.filter { override in day.map(override.days.contains) ?? false }
    case .within, nil: []
    }
  }
}
