import Documents
public import Model
import Reporting
public import Rules

/// A list of confirmed destinations, for a firewall or a resolver. It blocks only what loads it.
public struct EnforcementList {
  enum Content {
    case names(NamePolicy)
    case addresses(AddressPolicy)
  }

  let format: EnforcementFormat
  let ruleSet: RuleSetStamp
  /// Digests of the reviewed tables, sorted.
  let reviewed: [String]
  let evidence: RecentEvidence?
  let selection: EnforcementSelection
  let content: Content
  let rules: [RuleEndpoint]
  /// The requested day, else the last day on which a row was confirmed; nil if the tables name none.
  let date: LocalDate?

  /// `rules`: all patterns of `ruleSet`. Without `evidence`, lists of addresses hold the ranges of the rules only, and
  /// patterns that a format has no word for are left out. `includesShared`: also endpoints and addresses that are known
  /// to serve other ends. Throws `FileLoadError` where two rows decide one finding differently. O(patterns + rows +
  /// destinations).
  public init(
    _ format: EnforcementFormat, of tables: [ReviewedFindings], rules: [RuleEndpoint], ruleSet: RuleSetStamp,
    evidence: RecentEvidence? = nil, includesShared: Bool = false, date: LocalDate? = nil
  ) throws(FileLoadError) {
    try ReviewedFindings.check(tables)
    self.format = format
    self.ruleSet = ruleSet
    self.rules = rules
    self.evidence = evidence
    reviewed = Set(tables.map(\.digest)).sorted()
    self.date = date ?? Self.date(of: tables)
    var selection = EnforcementSelection(
      tables, rules: rules, ruleSetHash: ruleSet.hash, includesShared: includesShared)
    content =
      if let words = format.words {
        .names(NamePolicy(&selection, words: words, evidence: evidence))
      } else {
        .addresses(AddressPolicy(&selection, evidence: evidence, includesShared: includesShared))
      }
    self.selection = selection
  }

  /// The last day on which a row was confirmed; nil if no row states one.
  public static func date(of tables: [ReviewedFindings]) -> LocalDate? {
    tables.flatMap(\.rows).filter { $0.status == .confirmed }.compactMap(\.confirmedOn).max()
  }

  public var isEmpty: Bool { count == 0 }

  /// Names, domains or address ranges that are to be blocked.
  var count: Int {
    switch content {
    case .names(let policy): policy.blocked
    case .addresses(let policy): policy.ranges.count
    }
  }

  /// Facts of the rules behind the list; sorted by id.
  var chosenRules: [RuleFacts] { Self.facts(selection.chosen) }

  static func facts(_ endpoints: [RuleEndpoint]) -> [RuleFacts] {
    Dictionary(endpoints.map { ($0.facts.id, $0.facts) }) { first, _ in first }.values.sorted { $0.id < $1.id }
  }

  /// The file. Same tables, rules, evidence and date give the same bytes. Throws `ReportingError.undatedList`.
  public func text(toolVersion: String) throws -> String {
    guard let date else { throw ReportingError.undatedList }
    let head =
      [
        "egressaudit \(toolVersion): confirmed findings as \(format.rawValue)",
        "date \(date)",
        "rules \(ruleSet.version) \(ruleSet.hash)",
      ] + reviewed.map { "reviewed \($0)" }
      + (evidence.map { ["evidence \($0.days.lowerBound) to \($0.days.upperBound)"] } ?? [])
    let lines =
      switch content {
      case .names(let policy):
        switch format {
        case .rpz: ResponsePolicyZone(policy, head: head, date: date).lines
        case .dnsmasq: policy.dnsmasq(head: head)
        case .unbound: policy.unbound(head: head)
        case .hosts, .nftables, .opnsense: policy.hostsFile(head: head)
        }
      case .addresses(let policy):
        format == .opnsense ? try policy.openSenseAliases(head: head) : policy.nftables(head: head)
      }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Writes the file, which appears once it is complete. Throws `ReportingError`.
  public func write(to path: String, toolVersion: String) throws {
    var file = try OutputFile(path: path)
    try file.write(Array(text(toolVersion: toolVersion).utf8))
    try file.finish()
  }
}
