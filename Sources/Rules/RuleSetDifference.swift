public import Model

/// The differences between two rule sets.
public struct RuleSetDifference: Sendable {
  public enum Change: Sendable, Equatable {
    case added
    case removed
    /// A variant by local overrides was added; values as in `changed`, compared with the rule that it varies.
    case overridden(values: [String], reworded: [String])
    /// `values`: facts that were added (`+`) and removed (`-`); `reworded`: keys of facts that are sentences and
    /// differ.
    case changed(values: [String], reworded: [String])
  }

  public let before: RuleSetStamp
  public let after: RuleSetStamp
  /// By rule id; registers of networks by the names of their files.
  public let changes: [(ruleID: String, change: Change)]

  /// Compares everything that goes into the hash of a rule set; O(rules).
  public init(from before: RuleSet, to after: RuleSet) {
    self.before = before.stamp
    self.after = after.stamp
    let old = RuleSetDifference.blocks(of: before)
    let new = RuleSetDifference.blocks(of: after)
    changes = Set(old.keys).union(new.keys).sorted().compactMap { id in
      switch (old[id], new[id]) {
      case (nil, let after?):
        guard let rule = id.firstIndex(of: "+").flatMap({ new[String(id[..<$0])] }) else { return (id, .added) }
        let (values, reworded) = RuleSetDifference.change(rule, after)
        return (id, .overridden(values: values, reworded: reworded))
      case (_?, nil): return (id, .removed)
      case (let before?, let after?):
        if before == after { return nil }
        let (values, reworded) = RuleSetDifference.change(before, after)
        return (id, .changed(values: values, reworded: reworded))
      case (nil, nil): return nil
      }
    }
  }

  public var isEmpty: Bool { changes.isEmpty }

  /// Lines of the canonical text by rule; the text has one defined order, so that equal rules have equal lines.
  private static func blocks(of rules: RuleSet) -> [String: [Substring]] {
    var blocks: [String: [Substring]] = [:]
    var current: String?
    for line in rules.canonicalText.split(separator: "\n") {
      let fields = line.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false)
      if fields.first == "rule", fields.count == 2 { current = String(fields[1]) }
      // After the rules follow the registers of networks, each with its own heading.
      if let register = fields.first.flatMap({ NetworkRegister(rawValue: String($0)) }) { current = register.file }
      if let current { blocks[current, default: []].append(line) }
    }
    return blocks
  }

  /// Facts whose values are listed; of the others, which are sentences, only that they differ.
  private static let told: Set<Substring> = [
    "pattern", "address", "port", "purpose", "kind", "level", "recipient", "revision", "shared", "essential",
    "compared", "data-category", "transport", "personal-label", "product", "name", "range", "local-override",
    "local-override-days", "local-override-created", "local-override-reason", "local-override-disables",
  ]

  private static func change(
    _ before: [Substring], _ after: [Substring]
  ) -> (values: [String], reworded: [String]) {
    let difference = after.difference(from: before)
    var details: [String] = []
    var untold: Set<Substring> = []
    for change in difference {
      let (line, sign) =
        switch change {
        case .insert(_, let line, _): (line, "+")
        case .remove(_, let line, _): (line, "-")
        }
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      // The IDs of a variant and its rule always differ.
      guard let key = fields.first, key != "rule" else { continue }
      if told.contains(key) {
        details.append("\(sign)\(key) \(fields.dropFirst().joined(separator: " "))")
      } else {
        untold.insert(key)
      }
    }
    return (details.sorted(), untold.sorted().map(String.init))
  }

  /// Lines for people; keys are those of the rule format.
  public func text(in language: Language) -> String {
    let german = language == .german
    let count = { (isCounted: (Change) -> Bool) in changes.count { isCounted($0.change) } }
    let removed = count { $0 == .removed }
    let changed = count {
      if case .changed = $0 { return true }
      return false
    }
    let added = changes.count - removed - changed
    var lines = [
      german
        ? "Regeln, \(before.version) gegen \(after.version): \(added) neu, \(removed) entfallen, \(changed) geändert"
        : "Rules, \(before.version) against \(after.version): \(added) new, \(removed) gone, \(changed) changed"
    ]
    for (id, change) in changes {
      switch change {
      case .added: lines.append("  " + (german ? "neu: " : "new: ") + id)
      case .removed: lines.append("  " + (german ? "entfallen: " : "gone: ") + id)
      case .overridden(let values, let reworded):
        lines.append(line(german ? "lokal abweichend" : "locally overridden", id, values, reworded, german))
      case .changed(let values, let reworded):
        lines.append(line(german ? "geändert" : "changed", id, values, reworded, german))
      }
    }
    return lines.map { printable($0) + "\n" }.joined()
  }

  private func line(_ head: String, _ id: String, _ values: [String], _ reworded: [String], _ german: Bool) -> String {
    let others =
      reworded.isEmpty ? [] : [(german ? "anders formuliert: " : "reworded: ") + reworded.joined(separator: ", ")]
    return "  \(head): \(id): " + (values + others).joined(separator: "; ")
  }
}
