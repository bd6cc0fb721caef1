public import Model

/// The rule to which a flow is attributed, and the evidence for it.
public struct Attribution: Sendable, Hashable {
  public var verdict: Verdict
  public var basis: MatchBasis
  /// The name that the rule's pattern matches, as sent; nil if the address decided. For a match by alias or answer, it
  /// is not the name that the flow shows.
  public var name: String?
  /// The flow shows one name, but DNS led the client to the address by another, which belongs to another service.
  public var isContradicted: Bool
}

extension RuleSet {
  /// The rule for a flow: by its own name, else by the first alias that has a rule, else by the name that DNS resolved;
  /// nil if none matches.
  ///
  /// If the rule of its own name states only the recipient, or belongs to a name that its own name contains, an alias
  /// whose rule states a purpose takes precedence.
  ///
  /// - Parameters:
  ///   - aliases: aliases by which DNS led from the destination's name to its address.
  ///   - otherAnswers: names by which DNS led the client to the address, if the flow shows a name that is none of them.
  ///   - isShared: the address is known to belong to a shared network.
  public func attribution(
    of destination: Destination, aliases: [String] = [], otherAnswers: [AnsweredName] = [], isShared: Bool = false
  ) -> Attribution? {
    let ownEntry = winner(for: destination)
    let ofWholeName = ownEntry.map { verdict(of: $0, for: destination.name) }
    let contained = containedName(in: destination, ofWholeName)?.verdict
    let own = contained ?? ofWholeName
    let told = otherAnswers.isEmpty || isShared ? nil : contradiction(of: destination, own, otherAnswers)
    if let own {
      let vendor = ownEntry.map { rules[$0.rule].vendor }
      if !aliases.isEmpty, contained != nil || statesOnlyWhose(own),
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

  /// The rule for a name that is an alias of another one or used instead of it. Also nil if the rule is about a
  /// platform on which customers choose names, or about a content delivery network.
  ///
  /// `vendor`: vendor of the rule of the other name. Its own aliases on a platform count if a pattern with `*` in a
  /// fixed place matches whose labels nobody else assigns.
  public func weakVerdict(for destination: Destination, vendor: String? = nil) -> Verdict? {
    guard let name = destination.name, let entry = winner(for: destination) else { return nil }
    return weakVerdict(of: entry, for: name, vendor: vendor)
  }

  /// `entry`: the winner for the name.
  func weakVerdict(of entry: Entry, for name: String, vendor: String? = nil) -> Verdict? {
    let verdict = verdict(of: entry, for: name)
    guard case .name(let pattern) = entry.target else { return nil }
    if pattern.kind == .exact { return verdict }
    if pattern.kind == .wildcard {
      if verdict.personalLabel == nil, rules[entry.rule].vendor == vendor { return verdict }
      // The public suffix list does not contain every platform, and on a platform anybody can choose a name that
      // matches.
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

  /// The rule of the client's DNS answers, if all of them belong to one service and the flow's name belongs to another.
  ///
  /// Names of one owner do not contradict each other, and any name is possible at a shared address.
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
