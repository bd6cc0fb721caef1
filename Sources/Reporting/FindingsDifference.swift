public import Model
public import Store

/// Findings of a stored period that would differ under another rule set.
public struct FindingsDifference: Sendable {
  /// A rule set, and its judgement of stored flows.
  public struct Side {
    var ruleSet: RuleSetStamp
    var rules: [RuleFacts]
    var classify: (FlowEvidence) -> RuleAssignment?

    /// `rules`: facts of every rule that `classify` may name.
    public init(
      ruleSet: RuleSetStamp, rules: [RuleFacts], classify: @escaping (FlowEvidence) -> RuleAssignment?
    ) {
      self.ruleSet = ruleSet
      self.rules = rules
      self.classify = classify
    }
  }

  /// One finding as one rule set yields it.
  struct Figures: Sendable, Equatable {
    var title: LocalizedText
    var sessions: UInt64
    var blockedAttempts: UInt64
    var bytesUp: UInt64
    /// Nil if the site is too small to show devices.
    var devices: Int?
    /// Word of `Vocabulary.priority`.
    var priority: String
  }

  struct Change: Sendable, Equatable {
    var purpose: PurposeClass
    /// As reported.
    var group: String
    /// At least one of the two.
    var before: Figures?
    var after: Figures?
  }

  /// By recipient, service, purpose class and group.
  let changes: [Change]
  let unchanged: Int
  let from: LocalDate
  let to: LocalDate

  public var isEmpty: Bool { changes.isEmpty }

  /// Judges the evidence of the local days `from` to `to`, inclusive, by both rule sets; nil means all. O(flows).
  public init(
    database: AuditDatabase, before: Side, after: Side, from: LocalDate? = nil, to: LocalDate? = nil
  ) throws {
    let old = try FindingsDifference.findings(database, before, from, to)
    let new = try FindingsDifference.findings(database, after, from, to)
    var changes: [Change] = []
    var unchanged = 0
    for key in Set(old.figures.keys).union(new.figures.keys).sorted() {
      let (before, after) = (old.figures[key], new.figures[key])
      if before == after {
        unchanged += 1
      } else {
        changes.append(Change(purpose: key.service.purpose, group: key.group, before: before, after: after))
      }
    }
    self.changes = changes
    self.unchanged = unchanged
    self.from = new.days.lowerBound
    self.to = new.days.upperBound
  }

  private static func findings(
    _ database: AuditDatabase, _ side: Side, _ from: LocalDate?, _ to: LocalDate?
  ) throws -> (figures: [AuditPeriod.FindingKey: Figures], days: ClosedRange<LocalDate>) {
    let source = ReclassifiedSource(database, ruleSet: side.ruleSet, rules: side.rules, classify: side.classify)
    let period = try AuditPeriod(source: source, from: from, to: to)
    let figures = try period.findings().map { finding in
      (
        finding.key,
        Figures(
          title: finding.rules.leading.serviceTitle, sessions: finding.totals.sessions,
          blockedAttempts: finding.totals.blockedAttempts, bytesUp: finding.totals.bytesUp,
          devices: period.groups.isSiteTooSmall ? nil : period.deviceCount(finding.totals.devicesSeen),
          priority: finding.proposal?.priority.rawValue ?? "not_assessable")
      )
    }
    return (Dictionary(uniqueKeysWithValues: figures), period.days)
  }

  /// Lines for people.
  public func text(_ language: Language) -> String {
    let german = language == .german
    let days = german ? "\(from.germanText) bis \(to.germanText)" : "\(from) to \(to)"
    var lines = [
      german
        ? "Feststellungen, \(days): \(changes.count) anders, \(unchanged) gleich"
        : "Findings, \(days): \(changes.count) differ, \(unchanged) are the same"
    ]
    lines += changes.map { "  " + line($0, language) }
    lines.append(
      german
        ? "Beurteilt ist, was gespeichert ist: Datenflüsse, die damals eine Regel trafen. Ziele ohne Regel sind nicht gespeichert; ob eine neue Regel sie träfe, zeigt erst eine neue Beobachtung."
        : "Judged is what is stored: flows that matched a rule when they were seen. Destinations without a rule are not stored; whether a new rule fits them shows only when they are observed again."
    )
    return lines.joined(separator: "\n") + "\n"
  }

  private func line(_ change: Change, _ language: Language) -> String {
    let german = language == .german
    let title = CSVFormat.safeText((change.after ?? change.before)?.title[language] ?? "")
    let head = [
      title, Texts.word(.purpose, change.purpose.rawValue, language),
      CSVFormat.safeText(Texts.word(.group, change.group, language)),
    ].joined(separator: ", ")
    switch (change.before, change.after) {
    case (let before?, nil): return (german ? "entfällt: " : "ends: ") + head + ": " + all(before, language)
    case (nil, let after?): return (german ? "kommt hinzu: " : "appears: ") + head + ": " + all(after, language)
    case (let before, let after):
      let old = before.map { parts($0, language) } ?? []
      let new = after.map { parts($0, language) } ?? []
      let moved = zip(old, new).compactMap { $0 == $1 ? nil : "\($0) → \($1)" }
      return (german ? "ändert sich: " : "changes: ") + head + ": " + moved.joined(separator: "; ")
    }
  }

  private func all(_ figures: Figures, _ language: Language) -> String {
    parts(figures, language).joined(separator: "; ")
  }

  private func parts(_ figures: Figures, _ language: Language) -> [String] {
    let german = language == .german
    let megabytes =
      FixedDecimal(figures.bytesUp, dividedBy: 1_000_000, places: 6)?.text(decimalMark: german ? "," : ".") ?? "0"
    return [
      "\(figures.sessions) \(german ? "Verbindungen" : "sessions")",
      "\(figures.blockedAttempts) \(german ? "blockierte Versuche" : "blocked attempts")",
      "\(megabytes) MB \(german ? "hin" : "up")",
      figures.devices.map { "\($0) \(german ? "Geräte" : "devices")" }
        ?? (german ? "Geräte unbekannt" : "devices unknown"),
      "\(german ? "Vorrang" : "priority") \(Texts.word(.priority, figures.priority, language))",
    ]
  }
}
