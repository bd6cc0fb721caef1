import Documents
import Model

/// `left-out.yaml`: names of sources that no rule contains literally, with the reason. It is not part of a rule set;
/// lint compares it with the rules.
struct LeftOut {
  enum State: String, CaseIterable {
    /// A rule with a broader pattern recognises the names, so listing each would add nothing.
    case covered
    /// No rule is about them.
    case outside
    /// The source is wrong.
    case wrong
  }

  struct Group {
    var id: Placed<String>
    var state: State
    var coveredBy: [Placed<String>]
    var names: [Placed<NamePattern>]
  }

  private(set) var groups: [Group] = []

  /// Empty if the directory has no such file.
  init(_ reader: RuleFilesReader) {
    guard reader.exists(RuleFiles.leftOutFile), let root = reader.root(of: RuleFiles.leftOutFile),
      let fields = Fields(
        root, what: RuleTexts.list, keys: ["format", "groups"], file: RuleFiles.leftOutFile, faults: reader.faults)
    else { return }
    fields.checkFormat()
    groups = fields.list("groups", of: FileTexts.groups, required: true).compactMap(reader.leftOutGroup)
  }

  /// Every fault of the file, by itself and compared with the rules; `ruleSet` is nil if the rules do not load.
  static func faults(_ tree: RuleFileTree, rules: [RuleFiles.Rule], ruleSet: RuleSet?) -> [FileFault] {
    let collector = FaultCollector()
    let list = LeftOut(RuleFilesReader(tree: tree, faults: collector))
    return collector.faults + list.faults(rules: rules, ruleSet: ruleSet)
  }

  private func faults(rules: [RuleFiles.Rule], ruleSet: RuleSet?) -> [FileFault] {
    var faults: [FileFault?] = [RuleLint.order("groups", groups.map(\.id))]
    let ids = Set(rules.map(\.id.value))
    let patterns = Dictionary(
      rules.flatMap { rule in rule.patterns.map { ($0.value.text, rule.id.value) } },
      uniquingKeysWith: { first, _ in first })
    var first: [String: Place] = [:]
    for group in groups {
      faults.append(RuleLint.order("covered_by", group.coveredBy))
      faults.append(RuleLint.order("names", group.names.map { $0.map(\.text) }))
      for rule in group.coveredBy where ruleSet != nil && !ids.contains(rule.value) {
        faults.append(
          rule.place.fault(
            RuleTexts.noRule(quoted(rule.value)), expected: RuleTexts.recognisingRule,
            next: suggestion(for: rule.value, in: ids, otherwise: RuleTexts.correctTheID)))
      }
      for name in group.names {
        if let place = first[name.value.text] {
          faults.append(
            name.place.fault(
              RuleTexts.alsoInLine(quoted(name.value.text), place.line), expected: RuleTexts.eachNameOnce,
              next: RuleTexts.removeOne))
        }
        first[name.value.text] = first[name.value.text] ?? name.place
        if let id = patterns[name.value.text] {
          faults.append(
            name.place.fault(
              RuleTexts.leftOutAndPattern(quoted(name.value.text), id), expected: FileTexts.oneOfTwo,
              next: RuleTexts.removeHereOrThere))
        } else if let ruleSet {
          faults.append(contradiction(name, in: group, ruleSet))
        }
      }
    }
    return faults.compactMap { $0 }
  }

  private func contradiction(_ name: Placed<NamePattern>, in group: Group, _ ruleSet: RuleSet) -> FileFault? {
    // A leading '*.' means names that nobody has listed; one of them is tried.
    let example = name.value.kind == .suffix ? "left-out" + name.value.text.dropFirst() : name.value.text
    let winner = ruleSet.verdict(
      for: Destination(name: example, address: nil, port: 443, transport: .tcp))?.facts.id
    let named = group.coveredBy.map(\.value)
    switch (group.state, winner) {
    case (.covered, .some(let winner)) where named.contains(winner): return nil
    case (.covered, .some(let winner)):
      return name.place.fault(
        RuleTexts.wonBy(quoted(name.value.text), winner), expected: FileTexts.oneOf(named.joined(separator: ", ")),
        next: RuleTexts.nameRuleOrMoveName)
    case (.covered, nil):
      return name.place.fault(
        RuleTexts.recognisedByNoRule(quoted(name.value.text)), expected: FileTexts.oneOf(named.joined(separator: ", ")),
        next: RuleTexts.moveToOutside)
    case (_, .some(let winner)):
      return name.place.fault(
        RuleTexts.leftOutButWon(quoted(name.value.text), group.state.rawValue, winner),
        expected: RuleTexts.unknownName, next: RuleTexts.moveToCovered)
    case (_, nil): return nil
    }
  }
}

extension RuleFilesReader {
  fileprivate func leftOutGroup(_ node: YAMLNode) -> LeftOut.Group? {
    let keys = ["id", "state", "covered_by", "reason", "names", "sources"]
    guard
      let fields = Fields(node, what: RuleTexts.group, keys: keys, file: RuleFiles.leftOutFile, faults: faults)
    else { return nil }
    let before = faults.faults.count
    let id = identifier(in: fields)
    let state = fields.word("state", LeftOut.State.self)
    let coveredBy = fields.texts("covered_by", of: RuleTexts.ruleIDs)
    _ = fields.localized("reason")
    let names = fields.texts("names", of: RuleTexts.namesOfSource, required: true)
      .compactMap(pattern)
    _ = fields.list("sources", of: RuleTexts.sources, required: true).compactMap {
      source($0, file: RuleFiles.leftOutFile)
    }
    if let state, (state.value == .covered) == coveredBy.isEmpty {
      faults.add(
        state.place.fault(
          state.value == .covered
            ? RuleTexts.coveredWithoutRule : RuleTexts.ruleWithoutCovered,
          expected: RuleTexts.coveredByExpected,
          next: RuleTexts.addOrRemoveKey))
    }
    guard faults.faults.count == before, let id, let state else { return nil }
    return LeftOut.Group(id: id, state: state.value, coveredBy: coveredBy, names: names)
  }
}
