import Model
import Privacy
import Rules
public import Store

/// Why a finding was made: rules, revisions and patterns that decided, and whether another rule set would decide the
/// same.
public struct FindingExplanation {
  /// One judgement of a stored flow.
  struct Judgement: Hashable {
    var rule: String
    var revision: Int
    var pattern: String
    var ruleSetHash: String
  }

  let finding: Finding
  /// Of the table that contains it.
  let rows: Int
  let period: AuditPeriod
  let ruleSets: [String: RuleSetStamp]
  let today: RuleSetStamp
  let todaysFacts: [String: RuleFacts]
  /// Flows and attempts by what decided when they were seen; retries within 60 s count once.
  let decided: [Judgement: UInt64]
  /// The same by the judgement of today's rule set; nil means no rule.
  let decidedToday: [Judgement?: UInt64]
  /// Today's rule, revision and pattern are those that decided, for every flow.
  let isSameToday: Bool

  /// The finding with this id among those of the local days `from` to `to`, inclusive; nil means all that is stored.
  /// Nil if there is none: an id is valid for the days of its table only. O(flows of the days).
  ///
  /// `today`: the rule set to compare with, its rules, and its judgement of a stored flow.
  public init?(
    _ identifier: String, database: AuditDatabase, from: LocalDate? = nil, to: LocalDate? = nil,
    today: FindingsDifference.Side
  ) throws {
    try self.init(identifier, source: database, from: from, to: to, today: today)
  }

  /// Whether a text is the id of a finding: `F-` and 12 hexadecimal digits in lower case.
  public static func isIdentifier(_ text: String) -> Bool { Finding.isIdentifier(text) }

  init?(
    _ identifier: String, source: some AuditSource, from: LocalDate?, to: LocalDate?, today: FindingsDifference.Side
  ) throws {
    let period = try AuditPeriod(source: source, from: from, to: to)
    let findings = try period.findings()
    guard var finding = findings.first(where: { $0.id == identifier }) else { return nil }
    rows = findings.count
    self.period = period
    self.today = today.ruleSet
    todaysFacts = Dictionary(today.rules.map { ($0.id, $0) }) { first, _ in first }
    ruleSets = Dictionary(try source.sessions().map { ($0.ruleSet.hash, $0.ruleSet) }) { first, _ in first }
    var decided: [Judgement: UInt64] = [:]
    var decidedToday: [Judgement?: UInt64] = [:]
    var isSameToday = true
    var flows: FindingFlows?
    try source.forEachEvidence(in: period.hours) { evidence in
      guard try period.findingKey(of: evidence) == finding.key else { return }
      var seen = flows ?? FindingFlows()
      // Taken out first, so that the hosts are not copied for each flow.
      flows = nil
      seen.add(evidence)
      flows = seen
      guard evidence.flow.opensFlow, !evidence.flow.isRetry else { return }
      let flow = evidence.flow
      let judgement = Judgement(
        rule: flow.ruleID, revision: flow.ruleRevision, pattern: flow.matchedPattern,
        ruleSetHash: evidence.ruleSetHash)
      decided[judgement, default: 0] += 1
      let assignment = today.classify(evidence).map {
        Judgement(
          rule: $0.ruleID, revision: $0.ruleRevision, pattern: $0.matchedPattern, ruleSetHash: today.ruleSet.hash)
      }
      decidedToday[assignment, default: 0] += 1
      let isSame =
        (judgement.rule, judgement.revision, judgement.pattern)
        == (assignment?.rule ?? "", assignment?.revision ?? 0, assignment?.pattern ?? "")
      isSameToday = isSameToday && isSame
    }
    finding.flows = flows
    self.finding = finding
    self.decided = decided
    self.decidedToday = decidedToday
    self.isSameToday = isSameToday
  }

  /// Plain text for a terminal, one fact a line.
  public func text(_ language: Language) -> String {
    let german = language == .german
    let say = language.say
    let purpose = Texts.word(.purpose, finding.key.service.purpose.rawValue, language)
    let group = CSVFormat.safeText(Texts.word(.group, finding.key.group, language))
    let days = [period.days.lowerBound, period.days.upperBound].map { german ? $0.germanText : $0.description }
    var lines = [
      "\(finding.id): \(CSVFormat.safeText(finding.rules.leading.serviceTitle[language])), \(purpose), \(group), "
        + "\(days[0]) \(say("to", "bis")) \(days[1])",
      "", Reason(finding: finding, period: period).text(language), "",
    ]
    lines += score(language)
    lines += hosts(language)
    lines += AuditSummary.withoutRow(period.coverageTotals, language).flatMap { [$0, ""] }
    lines += [say("Decided by:", "Entschieden durch:")]
    lines += Self.lines(decided.map { ($0.key, $0.value) }) { judgement in
      let version = ruleSets[judgement.ruleSetHash]?.version ?? say("unknown", "unbekannt")
      return rule(judgement, say) + say(", rule set ", ", Regelsatz ") + "\(version) (\(judgement.ruleSetHash))"
    }
    let rules = "\(today.version) (\(today.hash))"
    if decided.isEmpty {
      // Retention deletes flows before sums, and flows beyond the allowance are only summed.
      lines.append(
        say(
          "  \(finding.rules.ids.joined(separator: ", ")); single flows of these days are not stored, or not any more, so today's rules cannot judge them.",
          "  \(finding.rules.ids.joined(separator: ", ")); einzelne Datenflüsse dieser Tage sind nicht oder nicht mehr gespeichert, deshalb kann der heutige Regelsatz sie nicht beurteilen."
        ))
    } else if isSameToday {
      lines.append(say("Today's rule set \(rules) says the same.", "Der heutige Regelsatz \(rules) sagt dasselbe."))
    } else {
      lines.append(say("Today's rule set \(rules) says otherwise:", "Der heutige Regelsatz \(rules) sagt anderes:"))
      lines += Self.lines(decidedToday.map { ($0.key, $0.value) }) { judgement in
        guard let judgement else { return say("no rule", "keine Regel") }
        let purpose = todaysFacts.facts(ofRule: judgement.rule).map {
          Texts.word(.purpose, $0.purpose.rawValue, language)
        }
        return rule(judgement, say) + (purpose.map { ", " + $0 } ?? "")
      }
    }
    for facts in finding.rules.all {
      lines += ["", say("Rule \(facts.id) as it was then:", "Regel \(facts.id), wie sie damals war:")]
      lines.append(
        facts.explanation(
          in: german ? .german : .english, patterns: finding.totals.patterns, words: Texts.ruleWords(language)))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Its rank in the table, and the points that decide it.
  private func score(_ language: Language) -> [String] {
    let german = language == .german
    let score = finding.score
    let head =
      german
      ? "Rang \(finding.rank) von \(rows); Punkte: \(score.total)"
      : "Rank \(finding.rank) of \(rows); points: \(score.total)"
    let parts = ReviewScore.Part.allCases.compactMap { part in
      score.points[part].map {
        "  \($0) \(german ? "von" : "of") \(part.maximum): \(Texts.scorePart(part)[language])"
      }
    }
    return [head] + parts + [""]
  }

  /// Each destination with the outcomes of its attempts.
  private func hosts(_ language: Language) -> [String] {
    guard let flows = finding.flows, !flows.hosts.isEmpty else { return [] }
    let words = ReasonWords(language: language, year: period.year)
    return [words.say("Destinations:", "Ziele:")] + flows.sortedHosts.map { "  " + words.host($0.name, $0.counts) } + [
      ""
    ]
  }

  private func rule(_ judgement: Judgement, _ say: (String, String) -> String) -> String {
    "\(judgement.rule), " + say("revision ", "Revision ") + "\(judgement.revision), "
      + say("pattern ", "Muster ") + CSVFormat.safeText(judgement.pattern)
  }

  private static func lines<Key>(_ counts: [(Key, UInt64)], _ text: (Key) -> String) -> [String] {
    counts.map { (text($0.0), $0.1) }.sorted { $0.0 < $1.0 }.map { "  \($0.1) x \($0.0)" }
  }
}
