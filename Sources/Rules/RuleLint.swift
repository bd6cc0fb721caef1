import Model

/// Checks of rules that go beyond what loading needs: does each rule say what its author meant?
public enum RuleLint {
  /// How old a source may be.
  public struct SourceAgeLimit: Sendable {
    let days: Int
    let today: CivilDate

    /// `today` as an ISO 8601 date; nil where it is none. A source is too old when it is more than `days` days older.
    public init?(days: Int, today: String) {
      guard let today = CivilDate(today) else { return nil }
      self.days = days
      self.today = today
    }
  }

  /// Every fault of the rules and of the overrides upon them, in order of file, line and column; empty where all is well.
  ///
  /// Examples are tried only once the rules can be loaded, and so are overrides. Without a limit the age of sources is not judged.
  public static func check(_ source: RuleSource, sourceAgeLimit: SourceAgeLimit? = nil) -> [FileFault] {
    let tree: RuleFileTree
    do throws(FileLoadError) { tree = try source.open() } catch { return error.faults }
    let files = RuleFiles(tree)
    let rules = files.services.flatMap(\.rules)
    var faults = files.faults
    faults += order(of: files)
    faults += registers(in: files)
    faults += rules.flatMap(breadth)
    faults += rules.flatMap(misspellings)
    faults += repetitions(in: files.services)
    if let sourceAgeLimit { faults += rules.flatMap { age(of: $0, limit: sourceAgeLimit) } }
    // Without overrides: the examples are those of the rules' authors.
    let ruleSet = try? RuleSet(files)
    if let ruleSet {
      faults += rules.flatMap { examples(of: $0, in: ruleSet) }
      if let path = source.overrides {
        let overrides = LocalOverrides(path: path, upon: files, in: tree)
        faults += overrides.faults
        faults += overrides.additions.flatMap { breadth(of: $0) + misspellings(in: $0) }
      }
    }
    faults += LeftOut.faults(tree, rules: rules, ruleSet: ruleSet)
    return faults.sorted()
  }

  // MARK: Order

  private static func order(of files: RuleFiles) -> [FileFault] {
    var faults = [
      order(
        "recipients", files.recipients.map { Placed(value: $0.recipient.id, place: $0.place) }, areIdentifiers: true),
      order(
        "categories", files.categories.map { Placed(value: $0.category.id, place: $0.place) }, areIdentifiers: true),
    ]
    for service in files.services {
      faults.append(order("rules", service.rules.map(\.id), areIdentifiers: true))
      for rule in service.rules {
        faults += [
          order("patterns", rule.patterns.map { $0.map(\.text) }),
          order("addresses", rule.addresses.map { $0.map(\.description) }),
          order("ports", rule.ports),
          order("data_categories", rule.categories.map { $0.map(\.category.id) }),
        ]
      }
    }
    return faults.compactMap { $0 }
  }

  /// The first item that stands behind a greater one, or twice; loading has already told of identifiers that stand twice.
  static func order<Item: Comparable & CustomStringConvertible>(
    _ list: String, _ items: [Placed<Item>], areIdentifiers: Bool = false
  ) -> FileFault? {
    for (earlier, later) in zip(items, items.dropFirst()) {
      if later.value == earlier.value && !areIdentifiers {
        return later.place.fault(
          "'\(list)' has \(quoted(later.value.description)) twice", expected: "each item once", next: "remove one")
      }
      if later.value < earlier.value {
        return later.place.fault(
          "'\(list)' is not sorted: \(quoted(later.value.description)) stands after \(quoted(earlier.value.description))",
          expected: "ascending order, texts by ASCII code", next: "move it up")
      }
    }
    return nil
  }

  // MARK: Breadth and spelling

  private static func breadth(of rule: RuleFiles.Rule) -> [FileFault] {
    let names = rule.patterns.filter {
      let anchor = $0.value.anchor
      return anchor.count < 2 || anchor.count == 2 && sharedEndings.contains(anchor.joined(separator: "."))
    }
    let ranges = rule.addresses.filter { $0.value.length < ($0.value.address.isIPv4 ? 8 : 16) }
    return names.map {
      $0.place.fault(
        "the pattern \(quoted($0.value.text)) is too broad: it speaks for names of strangers",
        expected: "a registered domain at its end, without '*'", next: "name the vendor's own domain")
    }
      + ranges.map {
        $0.place.fault(
          "the address range '\($0.value)' is too broad: it speaks for networks of strangers",
          expected: "a prefix of at least /8 (IPv4) or /16 (IPv6)", next: "name the ranges that the source lists")
      }
  }

  private static func misspellings(in rule: RuleFiles.Rule) -> [FileFault] {
    rule.patterns.compactMap { pattern in
      let domain = pattern.value.anchor.suffix(2).joined(separator: ".")
      guard !oftenNamedDomains.contains(domain), !genuineNeighbours.contains(domain),
        let meant = oftenNamedDomains.sorted().first(where: { editDistance(domain, $0) == 1 })
      else { return nil }
      return pattern.place.fault(
        "the pattern \(quoted(pattern.value.text)) names \(quoted(domain)), one slip away from '\(meant)'",
        expected: "a domain as its owner spells it", next: "did you mean '\(meant)'?")
    }
  }

  // MARK: Repetition

  private struct Use {
    var text: String
    /// How messages call it.
    var what: String
    var place: Place
    var service: String
    var rule: RuleFiles.Rule
  }

  /// The same pattern in two rules, where nothing but the rule id decides which of them wins.
  ///
  /// Only the same pattern can keep another from ever winning: a pattern that fits all names of another one and more has fewer
  /// literal labels, fewer literal characters or more `*`, and so ranks behind it.
  private static func repetitions(in services: [RuleFiles.Service]) -> [FileFault] {
    let uses = services.flatMap { service in
      service.rules.flatMap { rule in
        rule.patterns.map {
          Use(text: $0.value.text, what: "pattern", place: $0.place, service: service.id, rule: rule)
        }
          + rule.addresses.map {
            Use(text: $0.value.description, what: "address range", place: $0.place, service: service.id, rule: rule)
          }
      }
    }
    return Dictionary(grouping: uses, by: \.text).values.flatMap { group -> [FileFault] in
      let ranked = group.sorted { ($0.rule.id.value, $0.place) < ($1.rule.id.value, $1.place) }
      return ranked.indices.flatMap { loser in
        ranked[..<loser].compactMap { repetition(of: ranked[loser], after: $0) }.prefix(1)
      }
    }
  }

  private static func repetition(of loser: Use, after winner: Use) -> FileFault? {
    let losing = loser.rule
    let winning = winner.rule
    let losingPorts = Set(losing.ports.map(\.value))
    let winningPorts = Set(winning.ports.map(\.value))
    guard losing.id.value != winning.id.value,
      losingPorts.isEmpty == winningPorts.isEmpty, losingPorts.isEmpty || !losingPorts.isDisjoint(with: winningPorts),
      losing.transport == winning.transport,
      !(losing.isShared && winning.isShared && loser.service != winner.service)
    else { return nil }
    let other = "rule '\(winning.id.value)' (\(winner.place.file):\(winner.place.line))"
    let problem =
      if losingPorts == winningPorts {
        "the \(loser.what) \(quoted(loser.text)) also stands in \(other)"
      } else if losingPorts.isSubset(of: winningPorts) {
        "the \(loser.what) \(quoted(loser.text)) can never win: \(other) has it for the same ports and more"
      } else {
        "the \(loser.what) \(quoted(loser.text)) meets \(other) on some of its ports"
      }
    return loser.place.fault(
      problem, expected: "one rule for a destination, or 'shared: true' in both rules of two services",
      next: "remove it from one of them, or mark both as shared")
  }

  // MARK: Sources and examples

  private static func age(of rule: RuleFiles.Rule, limit: SourceAgeLimit) -> [FileFault] {
    rule.sources.compactMap { source in
      guard let date = CivilDate(source.value.date, wholeDay: false),
        limit.today.daysSinceEpoch - date.daysSinceEpoch > limit.days
      else { return nil }
      return source.place.fault(
        "the source of \(source.value.date) is older than \(limit.days) days", expected: "a source that was read again",
        next: "check the document and set its new date")
    }
  }

  private static func examples(of rule: RuleFiles.Rule, in ruleSet: RuleSet) -> [FileFault] {
    let id = rule.id.value
    let explain = { (example: String) in
      "run 'egressaudit rules explain \(example)', then correct the pattern or the example"
    }
    let matching = rule.matching.compactMap { example -> FileFault? in
      let explanation = ruleSet.explain(example.value)
      guard let winner = explanation.winner?.verdict else {
        return example.place.fault(
          "the example \(quoted(text(of: example))) is matched by no rule", expected: "'\(id)' to win it",
          next: explain(text(of: example)))
      }
      let isPartner = explanation.others.contains {
        $0.match.verdict.facts.id == id && $0.lostBy == .ruleID && rule.isShared && winner.facts.isShared
      }
      if winner.facts.id == id || isPartner { return nil }
      return example.place.fault(
        "the example \(quoted(text(of: example))) is won by '\(winner.facts.id)' through \(quoted(winner.matchedPattern))",
        expected: "'\(id)' to win it", next: explain(text(of: example)))
    }
    let differing = rule.differing.compactMap { example -> FileFault? in
      guard let winner = ruleSet.verdict(for: example.value), winner.facts.id == id else { return nil }
      return example.place.fault(
        "the counter-example \(quoted(text(of: example))) is won by this rule through \(quoted(winner.matchedPattern))",
        expected: "another rule or none to win it", next: explain(text(of: example)))
    }
    return matching + differing
  }

  private static func text(of example: Placed<Destination>) -> String {
    example.value.name ?? example.value.address?.description ?? ""
  }
}
