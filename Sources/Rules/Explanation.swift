public import Model

/// Why a destination was classified as it was: every rule that fits, ranked, and what set the winner apart.
public struct Explanation: Sendable {
  /// A rule with its narrowest pattern that fits.
  public struct Match: Sendable {
    public let verdict: Verdict
    let rule: CompiledRule
  }

  /// A rule that also fits, and the first step of the matching order in which the winner is ahead.
  public struct Other: Sendable {
    public let match: Match
    public let lostBy: DecidingStep
  }

  /// A rule whose pattern fits but that speaks of other ports or of the other transport only.
  public struct Excluded: Sendable {
    public let match: Match
    /// Ports that the rule asks for, where the destination's is not among them.
    public let ports: [UInt16]
    /// Transport that the rule asks for, where it is not the destination's.
    public let transport: TransportProtocol?
  }

  /// The rule that shares the most trailing labels with a name that no rule fits, and has the fewest labels beside them.
  public struct Neighbour: Sendable {
    public let match: Match
    /// At least two labels.
    public let sharedEnding: String
  }

  public let destination: Destination
  public let winner: Match?
  /// Best first.
  public let others: [Other]
  /// Best first.
  public let excluded: [Excluded]
  /// Nil where a rule fits, or where none shares two labels.
  public let neighbour: Neighbour?
}

extension RuleSet {
  /// Everything that `verdict(for:)` weighs, and how it decided. Reads all rules: for people, not for each flow.
  public func explain(_ destination: Destination) -> Explanation {
    let entries = entriesFitting(destination)
    var explained: Set<String> = []
    var fitting: [Entry] = []
    var excluded: [Explanation.Excluded] = []
    for entry in entries where entry.rule.admits(destination) && explained.insert(entry.rule.facts.id).inserted {
      fitting.append(entry)
    }
    for entry in entries where explained.insert(entry.rule.facts.id).inserted {
      let rule = entry.rule
      excluded.append(
        Explanation.Excluded(
          match: Explanation.Match(entry),
          ports: rule.ports.contains(destination.port) ? [] : rule.ports,
          transport: rule.transport == destination.transport ? nil : rule.transport))
    }
    let others = fitting.dropFirst().compactMap { entry in
      Specificity.decidingStep(fitting[0].specificity, entry.specificity).map {
        Explanation.Other(match: Explanation.Match(entry), lostBy: $0.step)
      }
    }
    return Explanation(
      destination: destination, winner: fitting.first.map { Explanation.Match($0) }, others: others, excluded: excluded,
      neighbour: entries.isEmpty ? destination.name.flatMap(neighbour) : nil)
  }

  private func neighbour(of name: String) -> Explanation.Neighbour? {
    let labels = name.lowercased().split(separator: ".")
    var best: (shared: Int, index: Int)?
    for (index, pattern) in namePatterns.enumerated() {
      let shared = zip(labels.reversed(), pattern.labels.reversed()).prefix { label, part in
        part.isLiteral && label.utf8.elementsEqual(part.bytes)
      }.count
      guard shared >= 2 else { continue }
      if let best, (best.shared, -namePatterns[best.index].labels.count) >= (shared, -pattern.labels.count) { continue }
      best = (shared, index)
    }
    return best.map {
      Explanation.Neighbour(
        match: Explanation.Match(nameEntries[$0.index]), sharedEnding: labels.suffix($0.shared).joined(separator: "."))
    }
  }
}

extension Explanation.Match {
  init(_ entry: RuleSet.Entry) { self.init(verdict: entry.verdict, rule: entry.rule) }
}
