import Model

/// A name that the name of a content network contains, such as `www.example.com` in `www.example.com.edgekey.net`, and
/// its rule.
struct ContainedName {
  let name: String
  let entry: RuleSet.Entry
  /// Of the rule for contained names; its pattern continues with the suffix of the network.
  let verdict: Verdict
  let network: SharedNetwork
}

extension RuleSet {
  /// Names nest where one network of an operator leads to another: `www.example.com.edgekey.net.globalredir.akadns.net`.
  private static let mostSuffixes = 2

  /// The name that the destination's name contains, if no rule or only that of the network describes the whole name and
  /// the rule of the contained name states a purpose; else nil.
  ///
  /// A customer of the network can choose any name. So the contained name is judged like an alias, and a label that
  /// suggests telemetry stays in doubt unless the rule describes telemetry or advertising. Looks up at most two names more.
  ///
  /// `own`: the verdict for the whole name.
  func containedName(in destination: Destination, _ own: Verdict?) -> ContainedName? {
    guard var rest = destination.name, rest.utf8.count <= 255 else { return nil }
    var own = own
    var suffixes = ""
    var target = destination
    target.address = nil
    for _ in 0..<Self.mostSuffixes {
      if let own, !mayBeOfNetwork(own) { return nil }
      guard let found = networks.sharedNetworks.customerName(in: rest), own.map({ describes($0, found.suffix) }) ?? true
      else { return nil }
      suffixes = ".\(found.suffix)\(suffixes)"
      rest = found.name
      target.name = rest
      let entry = winner(for: target)
      if let entry, var verdict = weakVerdict(of: entry, for: rest), verdict.facts.purpose != .unknown,
        verdict.facts.purpose.isSuggestedByNames || TellingLabel.first(in: rest) == nil
      {
        verdict.facts = verdict.facts.forContainedName
        verdict.matchedPattern += suffixes
        return ContainedName(name: rest, entry: entry, verdict: verdict, network: found.network)
      }
      own = entry.map { self.verdict(of: $0, for: rest) }
    }
    return nil
  }

  /// Excludes most verdicts without a look-up.
  private func mayBeOfNetwork(_ verdict: Verdict) -> Bool {
    verdict.basis == .name && (verdict.facts.isShared || verdict.facts.purpose == .unknown)
      && verdict.matchedPattern.hasPrefix("*.")
  }

  /// Whether the pattern matches all names under a suffix.
  private func describes(_ verdict: Verdict, _ suffix: String) -> Bool {
    let domain = verdict.matchedPattern.dropFirst(2)
    return suffix == domain || suffix.hasSuffix("." + domain)
  }
}
