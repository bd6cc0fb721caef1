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
  /// If the rule of the own name states only whose it is, an alias whose rule states what it is for comes first.
  ///
  /// - Parameters:
  ///   - aliases: by which DNS led from the destination's name to its address.
  ///   - otherAnswers: names by which DNS led the client there, where the flow shows a name that is none of them.
  ///   - isShared: the address is known to stand for many places.
  public func attribution(
    of destination: Destination, aliases: [String] = [], otherAnswers: [AnsweredName] = [], isShared: Bool = false
  ) -> Attribution? {
    let ownEntry = winner(for: destination)
    let own = ownEntry.map { verdict(of: $0, for: destination.name) }
    let told = otherAnswers.isEmpty || isShared ? nil : contradiction(of: destination, own, otherAnswers)
    if let own, let ownEntry {
      let vendor = rules[ownEntry.rule].vendor
      if !aliases.isEmpty, statesOnlyWhose(own),
        let match = firstAlias(aliases, destination, vendor: vendor, where: { !statesOnlyWhose($0) })
      {
        return Attribution(verdict: match.verdict, basis: .alias, name: match.name, isContradicted: told != nil)
      }
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
  ///
  /// `vendor`: of the rule of the other name. Its own aliases on a platform count by a pattern with `*` in a fixed place
  /// whose labels nobody else assigns.
  public func weakVerdict(for destination: Destination, vendor: String? = nil) -> Verdict? {
    guard let name = destination.name, let entry = winner(for: destination) else { return nil }
    let verdict = verdict(of: entry, for: name)
    guard case .name(let pattern) = entry.target else { return nil }
    if pattern.kind == .exact { return verdict }
    if pattern.kind == .wildcard {
      if verdict.personalLabel == nil, rules[entry.rule].vendor == vendor { return verdict }
      // Not every list of public suffixes knows every platform, and there anybody can choose a name that fits.
      if verdict.facts.isShared { return nil }
    }
    if verdict.facts.isShared, verdict.personalLabel != nil { return nil }
    if verdict.facts.sharedNetworks.contains(where: { $0.patterns.contains(verdict.matchedPattern) }) { return nil }
    guard let owner = PublicSuffixList.installed.registrableDomain(of: name.lowercased()) else { return nil }
    let anchor = pattern.anchor
    return anchor == owner || anchor.hasSuffix("." + owner) ? verdict : nil
  }

  /// Vendor of the service of a rule; nil if there is no such rule.
  public func vendor(ofRule id: String) -> String? {
    let base = id.prefix { $0 != "+" }
    return rules.first { $0.facts.id == base }?.vendor
  }

  /// The purpose is unknown, or the rule is shared and describes all names of a registered domain.
  private func statesOnlyWhose(_ verdict: Verdict) -> Bool {
    if verdict.facts.purpose == .unknown { return true }
    guard verdict.facts.isShared, verdict.basis == .name, verdict.matchedPattern.hasPrefix("*.") else { return false }
    let domain = String(verdict.matchedPattern.dropFirst(2))
    return PublicSuffixList.installed.registrableDomain(of: domain) == domain
  }

  private func firstAlias(
    _ aliases: [String], _ destination: Destination, vendor: String? = nil,
    where isWanted: (Verdict) -> Bool = { _ in true }
  ) -> (verdict: Verdict, name: String)? {
    for alias in aliases {
      var target = destination
      target.name = alias
      target.address = nil
      if let verdict = weakVerdict(for: target, vendor: vendor), isWanted(verdict) { return (verdict, alias) }
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
