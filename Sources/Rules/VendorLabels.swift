import Documents
import Yams

/// `vendor-labels.yaml`: patterns under whose `*` the vendor alone names hosts, such as regions and shards. It is no part of a rule set; lint holds it to
/// the rules: each other pattern with `*` needs a token.
struct VendorLabels {
  struct Group {
    var id: Placed<String>
    var patterns: [Placed<NamePattern>]
  }

  private let groups: [Group]
  private let isThere: Bool

  /// Nothing where the directory has no such file.
  private init(_ reader: RuleFilesReader) {
    isThere = reader.exists(RuleFiles.vendorLabelsFile)
    guard isThere, let root = reader.root(of: RuleFiles.vendorLabelsFile),
      let fields = Fields(
        root, what: "the list", keys: ["format", "groups"], file: RuleFiles.vendorLabelsFile, faults: reader.faults)
    else {
      groups = []
      return
    }
    fields.checkFormat()
    groups = fields.list("groups", of: "groups", required: true).compactMap(reader.vendorLabelGroup)
  }

  /// Every fault of the file, alone and against the rules; none where there is no such file.
  static func faults(_ tree: RuleFileTree, rules: [RuleFiles.Rule]) -> [FileFault] {
    let collector = FaultCollector()
    let list = VendorLabels(RuleFilesReader(tree: tree, faults: collector))
    guard list.isThere, collector.faults.isEmpty else { return collector.faults }
    return list.faults(rules: rules)
  }

  private func faults(rules: [RuleFiles.Rule]) -> [FileFault] {
    var faults: [FileFault?] = [RuleLint.order("groups", groups.map(\.id), areIdentifiers: true)]
    let undecided = rules.filter { $0.personalLabel == nil }.flatMap(\.patterns).filter { $0.value.kind != .exact }
    let open = Set(undecided.map(\.value.text))
    var decided: Set<String> = []
    for group in groups {
      faults.append(RuleLint.order("patterns", group.patterns.map { $0.map(\.text) }))
      for pattern in group.patterns {
        let text = pattern.value.text
        if !open.contains(text) {
          faults.append(
            pattern.place.fault(
              "no rule without 'personal_label' has the pattern \(quoted(text))",
              expected: "a pattern with '*' of such a rule",
              next: "remove it"))
        } else if !decided.insert(text).inserted {
          faults.append(
            pattern.place.fault(
              "\(quoted(text)) stands in two groups", expected: "each pattern once", next: "remove one"))
        }
      }
    }
    faults += undecided.filter { !decided.contains($0.value.text) }.map {
      $0.place.fault(
        "nothing says who chooses the labels under '*' in \(quoted($0.value.text))",
        expected: "'personal_label' in the rule, or the pattern in \(RuleFiles.vendorLabelsFile)",
        next: "add 'personal_label: tenant' where customers choose them, else name the pattern in that file")
    }
    return faults.compactMap { $0 }
  }
}

extension RuleFilesReader {
  fileprivate func vendorLabelGroup(_ node: Node) -> VendorLabels.Group? {
    guard
      let fields = Fields(
        node, what: "the group", keys: ["id", "reason", "patterns"], file: RuleFiles.vendorLabelsFile, faults: faults)
    else { return nil }
    let before = faults.faults.count
    let id = identifier(in: fields)
    _ = fields.localized("reason")
    let patterns = fields.texts("patterns", of: "host name patterns with '*'", required: true).compactMap(pattern)
    guard faults.faults.count == before, let id else { return nil }
    return VendorLabels.Group(id: id, patterns: patterns)
  }
}
