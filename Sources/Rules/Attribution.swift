public import Model

/// What a flow is attributed to, and by what.
public struct Attribution: Sendable, Hashable {
  public var verdict: Verdict
  public var basis: MatchBasis
  /// The name that the rule's pattern fits, as it was told; nil where the address decided. For a match by alias or answer not the name that the flow
  /// shows: no rule speaks of that one.
  public var name: String?
  /// The flow shows one name, and DNS had led the client to the address by another, which stands for another service.
  public var isContradicted: Bool
}

extension RuleSet {
  /// The rule for a flow: by its own name, else by the first alias that has one, else by the name that DNS had told; nil where none fits.
  ///
  /// - Parameters:
  ///   - aliases: by which DNS led from the destination's name to its address.
  ///   - otherAnswers: names by which DNS led the client there, where the flow shows a name that is none of them.
  ///   - isShared: the address is known to stand for many places.
  public func attribution(
    of destination: Destination, aliases: [String] = [], otherAnswers: [AnsweredName] = [], isShared: Bool = false
  ) -> Attribution? {
    let own = verdict(for: destination)
    let told = otherAnswers.isEmpty || isShared ? nil : contradiction(of: destination, own, otherAnswers)
    if let own {
      return Attribution(
        verdict: own, basis: own.basis == .name ? .name : .range,
        name: own.basis == .name ? destination.name : nil, isContradicted: told != nil)
    }
    if let match = firstAlias(aliases, destination) {
      return Attribution(verdict: match.verdict, basis: .alias, name: match.name, isContradicted: told != nil)
    }
    return told.map { Attribution(verdict: $0.verdict, basis: .answer, name: $0.name, isContradicted: true) }
  }

  /// The rule for a name that stands for another one as its alias or instead of it; nil also where the rule speaks of a platform whose customers,
  /// strangers to each other, choose names there, or of a content network.
  public func weakVerdict(for destination: Destination) -> Verdict? {
    guard let name = destination.name, let verdict = verdict(for: destination), verdict.basis == .name else {
      return nil
    }
    guard verdict.matchedPattern.contains("*") else { return verdict }
    if verdict.facts.isShared, verdict.personalLabel != nil { return nil }
    if verdict.facts.sharedNetworks.contains(where: { $0.patterns.contains(verdict.matchedPattern) }) { return nil }
    guard let owner = PublicSuffixList.installed.registrableDomain(of: name.lowercased()),
      let anchor = (try? NamePattern(verdict.matchedPattern))?.anchor
    else { return nil }
    return anchor == owner || anchor.hasSuffix("." + owner) ? verdict : nil
  }

  private func firstAlias(_ aliases: [String], _ destination: Destination) -> (verdict: Verdict, name: String)? {
    for alias in aliases {
      var target = destination
      target.name = alias
      target.address = nil
      if let verdict = weakVerdict(for: target) { return (verdict, alias) }
    }
    return nil
  }

  /// What the client's own answers say, where all of them speak of one service, and it is another than the flow's name speaks of.
  ///
  /// Names of one owner do not contradict each other, and on an address that many share any name is possible.
  private func contradiction(
    of destination: Destination, _ own: Verdict?, _ answers: [AnsweredName]
  ) -> (verdict: Verdict, name: String)? {
    guard let shown = destination.name else { return nil }
    let owner = PublicSuffixList.installed.registrableDomain(of: shown.lowercased())
    var told: (verdict: Verdict, name: String)?
    for answer in answers {
      let names = [answer.name] + answer.aliases
      guard owner == nil || owner != PublicSuffixList.installed.registrableDomain(of: answer.name.lowercased()),
        !names.contains(where: { networks.sharedNetworks.network(ofName: $0) != nil }),
        let match = firstAlias(names, destination),
        told == nil || told?.verdict.facts.service == match.verdict.facts.service
      else { return nil }
      told = match
    }
    guard let told, told.verdict.facts.service != own?.facts.service else { return nil }
    return told
  }
}
