import Documents
import Model
import Yams

/// `left-out.yaml`: what sources name and no rule carries word for word, with the reason. It is no part of a rule set; lint holds it to the rules.
struct LeftOut {
  enum State: String, CaseIterable {
    /// A rule with a broader pattern recognises the names, and carrying each would say no more.
    case covered
    /// No rule speaks of them.
    case outside
    /// The source errs.
    case wrong
  }

  struct Group {
    var id: Placed<String>
    var state: State
    var coveredBy: [Placed<String>]
    var names: [Placed<NamePattern>]
  }

  private(set) var groups: [Group] = []

  /// Nothing where the directory has no such file.
  init(_ reader: RuleFilesReader) {
    guard reader.exists(RuleFiles.leftOutFile), let root = reader.root(of: RuleFiles.leftOutFile),
      let fields = Fields(
        root, what: "the list", keys: ["format", "groups"], file: RuleFiles.leftOutFile, faults: reader.faults)
    else { return }
    fields.checkFormat()
    groups = fields.list("groups", of: "groups", required: true).compactMap(reader.leftOutGroup)
  }

  /// Every fault of the file, alone and against the rules; `ruleSet` is nil where the rules do not load.
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
            "no rule \(quoted(rule.value))", expected: "the id of a rule that recognises the names",
            next: suggestion(for: rule.value, in: ids, otherwise: "correct the id")))
      }
      for name in group.names {
        if let place = first[name.value.text] {
          faults.append(
            name.place.fault(
              "\(quoted(name.value.text)) also stands in line \(place.line)", expected: "each name once",
              next: "remove one"))
        }
        first[name.value.text] = first[name.value.text] ?? name.place
        if let id = patterns[name.value.text] {
          faults.append(
            name.place.fault(
              "\(quoted(name.value.text)) is left out, and '\(id)' has it as a pattern", expected: "one of the two",
              next: "remove it here or there"))
        } else if let ruleSet {
          faults.append(contradiction(name, in: group, ruleSet))
        }
      }
    }
    return faults.compactMap { $0 }
  }

  private func contradiction(_ name: Placed<NamePattern>, in group: Group, _ ruleSet: RuleSet) -> FileFault? {
    // A leading '*.' stands for names that nobody has listed; one of them is tried.
    let example = name.value.kind == .suffix ? "left-out" + name.value.text.dropFirst() : name.value.text
    let winner = ruleSet.verdict(
      for: Destination(name: example, address: nil, port: 443, transport: .tcp))?.facts.id
    let named = group.coveredBy.map(\.value)
    switch (group.state, winner) {
    case (.covered, .some(let winner)) where named.contains(winner): return nil
    case (.covered, .some(let winner)):
      return name.place.fault(
        "\(quoted(name.value.text)) is won by '\(winner)'", expected: "one of \(named.joined(separator: ", "))",
        next: "name that rule in 'covered_by', or move the name")
    case (.covered, nil):
      return name.place.fault(
        "\(quoted(name.value.text)) is recognised by no rule", expected: "one of \(named.joined(separator: ", "))",
        next: "move it to a group whose state is 'outside'")
    case (_, .some(let winner)):
      return name.place.fault(
        "\(quoted(name.value.text)) is left out as \(group.state.rawValue), but '\(winner)' wins it",
        expected: "a name that no rule knows", next: "move it to a group whose state is 'covered'")
    case (_, nil): return nil
    }
  }
}

extension RuleFilesReader {
  fileprivate func leftOutGroup(_ node: Node) -> LeftOut.Group? {
    let keys = ["id", "state", "covered_by", "reason", "names", "sources"]
    guard
      let fields = Fields(node, what: "the group", keys: keys, file: RuleFiles.leftOutFile, faults: faults)
    else { return nil }
    let before = faults.faults.count
    let id = identifier(in: fields)
    let state = fields.word("state", LeftOut.State.self)
    let coveredBy = fields.texts("covered_by", of: "rule ids")
    _ = fields.localized("reason")
    let names = fields.texts("names", of: "host names or patterns as the source has them", required: true)
      .compactMap(pattern)
    _ = fields.list("sources", of: "sources", required: true).compactMap { source($0, file: RuleFiles.leftOutFile) }
    if let state, (state.value == .covered) == coveredBy.isEmpty {
      faults.add(
        state.place.fault(
          state.value == .covered
            ? "a covered group without 'covered_by'" : "'covered_by' in a group that is not covered",
          expected: "'covered_by' with rule ids where the state is 'covered', and only there",
          next: "add or remove the key"))
    }
    guard faults.faults.count == before, let id, let state else { return nil }
    return LeftOut.Group(id: id, state: state.value, coveredBy: coveredBy, names: names)
  }
}
