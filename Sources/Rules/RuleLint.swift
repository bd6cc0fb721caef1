import Documents
import Model

/// Checks of rules beyond those of loading: whether each rule says what its author meant.
public enum RuleLint {
  /// How old a source may be.
  public struct SourceAgeLimit: Sendable {
    let days: Int
    /// Days since 1970-01-01.
    let today: Int64

    /// `today` is an ISO 8601 date; nil if it is not. A source is too old if it is more than `days` days older.
    public init?(days: Int, today: String) {
      guard let today = LocalDate(today) else { return nil }
      self.days = days
      self.today = today.day
    }

    /// `dayUTC` in days since 1970-01-01.
    public init(days: Int, dayUTC: Int64) {
      self.days = days
      today = dayUTC
    }
  }

  /// Every fault and warning about the rules and their overrides, in order of file, line and column.
  ///
  /// Examples are tried only once the rules can be loaded, and so are overrides. Without a limit the age of sources is
  /// not judged.
  public static func check(_ source: RuleSource, sourceAgeLimit: SourceAgeLimit? = nil) -> [FileFault] {
    let tree: RuleFileTree
    do throws(FileLoadError) { tree = try source.open() } catch { return error.faults }
    let files = RuleFiles(tree)
    // Without overrides: the examples are those of the rules' authors.
    return findings(files, try? RuleSet(files), overrides: source.overrides, in: tree, sourceAgeLimit: sourceAgeLimit)
  }

  /// Loads rules with their overrides, and returns what lint finds in the same files, which are read once.
  ///
  /// Throws what `RuleSet` throws.
  public static func load(_ source: RuleSource) throws(FileLoadError) -> (ruleSet: RuleSet, findings: [FileFault]) {
    let tree = try source.open()
    let files = RuleFiles(tree)
    let ruleSet = try RuleSet(files, in: tree, of: source)
    let written = source.overrides == nil ? ruleSet : try RuleSet(files)
    return (ruleSet, findings(files, written, overrides: source.overrides, in: tree))
  }

  /// `ruleSet`: the rules without overrides; nil if they do not load.
  private static func findings(
    _ files: RuleFiles, _ ruleSet: RuleSet?, overrides: String?, in tree: RuleFileTree,
    sourceAgeLimit: SourceAgeLimit? = nil
  ) -> [FileFault] {
    let rules = files.services.flatMap(\.rules)
    var faults = files.faults
    faults += order(of: files)
    faults += registers(in: files)
    let suffixes = PublicSuffixList()
    faults += rules.flatMap { doubts(about: $0, suffixes) + breadth(of: $0.addresses) + reasons(of: $0) }
    faults += repetitions(in: files.services)
    if let sourceAgeLimit { faults += rules.flatMap { age(of: $0, limit: sourceAgeLimit) } }
    if let ruleSet {
      faults += rules.flatMap { examples(of: $0, in: ruleSet) }
      if let path = overrides {
        let overrides = LocalOverrides(path: path, upon: files, in: tree)
        faults += overrides.faults
        faults += overrides.additions.flatMap { doubts(about: $0, suffixes) + breadth(of: $0.addresses) }
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

  /// A fault for the first item that is out of order or repeated; loading has already reported repeated identifiers.
  static func order<Item: Comparable & CustomStringConvertible>(
    _ list: String, _ items: [Placed<Item>], areIdentifiers: Bool = false
  ) -> FileFault? {
    for (earlier, later) in zip(items, items.dropFirst()) {
      if later.value == earlier.value && !areIdentifiers {
        return later.place.fault(
          RuleTexts.itemTwice(list, quoted(later.value.description)), expected: RuleTexts.eachItemOnce,
          next: RuleTexts.removeOne)
      }
      if later.value < earlier.value {
        return later.place.fault(
          RuleTexts.unsorted(list, quoted(later.value.description), quoted(earlier.value.description)),
          expected: RuleTexts.ascending, next: RuleTexts.moveUp)
      }
    }
    return nil
  }

  // MARK: Breadth and spelling

  private static func doubts(about rule: RuleFiles.Rule, _ suffixes: PublicSuffixList) -> [FileFault] {
    rule.patterns.compactMap { pattern in
      guard let doubt = suffixes.doubt(about: pattern.value) else { return nil }
      let text = quoted(pattern.value.text)
      let expected = RuleTexts.registeredDomain
      switch doubt {
      case .noEnding:
        return pattern.place.fault(
          RuleTexts.endsInStar(text), expected: expected,
          next: RuleTexts.nameVendorDomain)
      case .publicSuffix(let suffix):
        return pattern.place.fault(
          RuleTexts.onlySuffix(text, quoted(suffix)),
          expected: expected, next: RuleTexts.nameVendorDomain)
      case .customers(let suffix) where !rule.isShared:
        return pattern.place.fault(
          RuleTexts.customerNames(text, quoted(suffix)),
          expected: RuleTexts.sharedOrOneCustomer,
          next: RuleTexts.addSharedOrHosts)
      case .misspelt(let domain, let meant):
        return pattern.place.warning(
          RuleTexts.almost(text, quoted(domain), meant),
          expected: RuleTexts.domainAsSpelt, next: RuleTexts.correctIfMeant(meant))
      case .customers: return nil
      }
    }
  }

  private static func breadth(of ranges: [Placed<IPPrefix>]) -> [FileFault] {
    ranges.filter(\.value.isTooBroad).map {
      $0.place.fault(
        RuleTexts.rangeTooBroad($0.value.description),
        expected: RuleTexts.narrowPrefix, next: RuleTexts.nameRangesOfSource)
    }
  }

  // MARK: What a rule has to state

  /// Names that suggest telemetry under another purpose, and data that no source documents.
  private static func reasons(of rule: RuleFiles.Rule) -> [FileFault] {
    var faults: [FileFault] = []
    if !rule.purpose.isSuggestedByNames, rule.purposeReason == nil,
      let (pattern, label) = rule.patterns.lazy.compactMap({ pattern in
        TellingLabel.first(in: pattern.value.text).map { (pattern, $0) }
      }).first
    {
      faults.append(
        pattern.place.fault(
          RuleTexts.suggestsTelemetry(quoted(label), quoted(pattern.value.text), rule.purpose.rawValue),
          expected: RuleTexts.telemetryOrReason,
          next: RuleTexts.addPurposeReason))
    }
    if let category = rule.categories.first,
      !rule.sources.contains(where: { $0.value.supports?.contains(.dataCategories) ?? false })
    {
      faults.append(
        category.place.fault(
          RuleTexts.dataWithoutSource, expected: RuleTexts.supportingSource,
          next: RuleTexts.addSourceOrRemoveData))
    }
    return faults
  }

  // MARK: Repetition

  private struct Use {
    var text: String
    /// Name in messages.
    var what: LocalizedText
    var place: Place
    /// Index of the rule among all.
    var owner: Int
  }

  private struct Owner {
    var service: RuleFiles.Service
    var rule: RuleFiles.Rule
  }

  /// The same pattern in two rules, so that only the rule ID decides which one wins. A rule written by hand wins over
  /// an imported one, so both may have the pattern.
  ///
  /// Only the same pattern can prevent another from ever winning: a pattern that matches all names of another one and
  /// more has fewer literal labels, fewer literal characters or more `*`, and so ranks behind it.
  private static func repetitions(in services: [RuleFiles.Service]) -> [FileFault] {
    let owners = services.flatMap { service in service.rules.map { Owner(service: service, rule: $0) } }
    let uses = owners.enumerated().flatMap { index, owner in
      owner.rule.patterns.map { Use(text: $0.value.text, what: RuleTexts.patternWord, place: $0.place, owner: index) }
        + owner.rule.addresses.map {
          Use(text: $0.value.description, what: RuleTexts.addressRangeWord, place: $0.place, owner: index)
        }
    }
    let groups = Dictionary(grouping: uses, by: \.text).values.filter { $0.count > 1 }
    return groups.flatMap { group -> [FileFault] in
      let ranked = group.sorted {
        (owners[$0.owner].rule.id.value, $0.place) < (owners[$1.owner].rule.id.value, $1.place)
      }
      return ranked.indices.flatMap { loser in
        ranked[..<loser].compactMap { repetition(of: ranked[loser], after: $0, owners) }.prefix(1)
      }
    }
  }

  private static func repetition(of loser: Use, after winner: Use, _ owners: [Owner]) -> FileFault? {
    let losing = owners[loser.owner].rule
    let winning = owners[winner.owner].rule
    let losingPorts = Set(losing.ports.map(\.value))
    let winningPorts = Set(winning.ports.map(\.value))
    guard losing.id.value != winning.id.value,
      losingPorts.isEmpty == winningPorts.isEmpty, losingPorts.isEmpty || !losingPorts.isDisjoint(with: winningPorts),
      losing.transport == winning.transport,
      owners[loser.owner].service.isImported == owners[winner.owner].service.isImported,
      !(losing.isShared && winning.isShared && owners[loser.owner].service.id != owners[winner.owner].service.id)
    else { return nil }
    let other = RuleTexts.ruleAt(winning.id.value, winner.place.file, winner.place.line)
    func fault(_ problem: LocalizedText) -> FileFault {
      loser.place.fault(
        problem, expected: RuleTexts.oneRule,
        next: RuleTexts.removeOrShare)
    }
    if losingPorts == winningPorts {
      return fault(RuleTexts.alsoIn(loser.what, quoted(loser.text), other))
    }
    if losingPorts.isSubset(of: winningPorts) {
      return fault(
        RuleTexts.neverWins(loser.what, quoted(loser.text), other))
    }
    return fault(RuleTexts.meets(loser.what, quoted(loser.text), other))
  }

  // MARK: Sources and examples

  private static func age(of rule: RuleFiles.Rule, limit: SourceAgeLimit) -> [FileFault] {
    rule.sources.compactMap { source in
      guard let last = LocalDate.days(meantBy: source.value.date)?.upperBound,
        limit.today - last.day > Int64(limit.days)
      else { return nil }
      return source.place.fault(
        RuleTexts.sourceOld(source.value.date, limit.days), expected: RuleTexts.sourceReadAgain,
        next: RuleTexts.checkDocument)
    }
  }

  private static func examples(of rule: RuleFiles.Rule, in ruleSet: RuleSet) -> [FileFault] {
    let id = rule.id.value
    let explain = { (example: String) in
      RuleTexts.explainExample(example)
    }
    let matching = rule.matching.compactMap { example -> FileFault? in
      // `explain` takes much longer, so it is called only for a failed example.
      if ruleSet.verdict(for: example.value)?.facts.baseID == id { return nil }
      let explanation = ruleSet.explain(example.value)
      guard let winner = explanation.winner?.verdict else {
        return example.place.fault(
          RuleTexts.exampleUnmatched(quoted(text(of: example))), expected: RuleTexts.toWin(id),
          next: explain(text(of: example)))
      }
      let isPartner = explanation.others.contains {
        $0.match.verdict.facts.baseID == id && $0.lostBy == .ruleID && rule.isShared && winner.facts.isShared
      }
      let isBehindCurated = explanation.others.contains {
        $0.match.verdict.facts.baseID == id && $0.match.rule.isImported && explanation.winner?.rule.isImported == false
      }
      if isPartner || isBehindCurated { return nil }
      return example.place.fault(
        RuleTexts.exampleWonBy(quoted(text(of: example)), winner.facts.id, quoted(winner.matchedPattern)),
        expected: RuleTexts.toWin(id), next: explain(text(of: example)))
    }
    let differing = rule.differing.compactMap { example -> FileFault? in
      guard let winner = ruleSet.verdict(for: example.value), winner.facts.baseID == id else { return nil }
      return example.place.fault(
        RuleTexts.counterExampleWon(quoted(text(of: example)), quoted(winner.matchedPattern)),
        expected: RuleTexts.anotherToWin, next: explain(text(of: example)))
    }
    return matching + differing
  }

  private static func text(of example: Placed<Destination>) -> String {
    example.value.name ?? example.value.address?.description ?? ""
  }
}

extension IPPrefix {
  /// Whether the prefix is shorter than any range of one vendor: /8 (IPv4), /16 (IPv6).
  package var isTooBroad: Bool { length < (address.isIPv4 ? 8 : 16) }
}
