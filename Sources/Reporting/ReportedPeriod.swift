package import Model
package import Store

/// A period of a store as a document for people needs it: the rows of the tables as in the CSV files, and the sentences
/// about the period.
///
/// All figures are those of the tables, so that document and tables cannot differ.
package struct ReportedPeriod: Sendable {
  /// Whether findings may be rated.
  package enum Assessability: Sendable {
    case whole
    /// Some groups only.
    case partial
    case none
  }

  /// Devices of one finding before and after the latest measure that was meant for it.
  package struct MeasuredEffect: Sendable {
    package let finding: String
    package let measureTitle: String?
    package let measureDay: LocalDate
    /// Devices with answered contact on an earlier day; nil if no earlier day was observed.
    package let devicesBefore: Int?
    /// Devices with answered contact on a later day.
    package let devicesAfter: Int
    package let sessionsAfter: UInt64
    package let daysAfter: Int
  }

  /// A measure that the site declared.
  package struct DeclaredMeasure: Sendable {
    package let day: LocalDate?
    /// With its targets and the number of findings that it concerns.
    package let sentence: LocalizedText
  }

  package let site: String
  package let timeZone: String
  /// Local days of the period, inclusive: as requested, or those of the stored hours.
  package let days: ClosedRange<LocalDate>
  /// Smallest number of devices that may be shown (k).
  package let groupMinimum: Int
  /// Nil if there are fewer than that.
  package let devices: Int?
  package let workingHours: WorkingHours?
  package let assessability: Assessability
  /// Limits of the gate that are missed, each with what to do about it; empty if everything can be assessed.
  package let failures: [(text: LocalizedText, remedy: LocalizedText)]
  /// By rank.
  package let findings: [TableRow<FindingColumn>]
  package let transfers: [TableRow<TransferColumn>]
  /// Of the other hours, nothing was captured. By sensor, then by hour.
  package let coverage: [TableRow<CoverageColumn>]
  package let undescribed: [TableRow<UndescribedColumn>]
  package let claims: [TableRow<ClaimColumn>]
  /// What differs from the baseline; empty without one.
  package let changes: [TableRow<ChangeColumn>]
  /// What the imported lists name beside what was observed; empty without a list.
  package let register: [TableRow<RegisterColumn>]
  /// The imported lists, in the order of their kinds.
  package let documentedLists: [StoredDocumentedList]
  /// Which rows the tables above contain; all without a filter.
  package let filter: RowFilter
  /// The store was not verified.
  package let isUnverified: Bool
  /// Days of updates that were named with the baseline.
  package let patchDays: [LocalDate]
  /// By the id of each finding: the reasons for the points of its rank, most points first.
  package let rankReasons: [String: [LocalizedText]]
  package let effects: [MeasuredEffect]
  package let measures: [DeclaredMeasure]
  private let sentences: [Language: Sentences]

  /// Texts of the period in one language.
  package struct Sentences: Sendable {
    /// That the period is a trial, which concerns no office, or that the store was not verified; empty if neither is
    /// so.
    package let warnings: [String]
    /// Result of the gate, first line, then one line for each limit that is missed.
    package let verdict: [String]
    /// What was watched, and when.
    package let window: String
    /// Devices, flows and named bytes.
    package let observed: String
    /// What could not be examined, and what was lost.
    package let limits: [String]
    package let unfinished: [String]
    package let smallGroups: [String]
    package let locationSources: [String]
    package let deletions: [String]
    package let takenOut: [String]
    package let overrides: [String]
    package let gate: [String]
    /// The configuration files of the period's audits, by their hashes.
    package let configurations: [String]
    package let notClaimed: [String]
    package let reading: [String]
    /// The baseline, and what is new since it; empty without one.
    package let baseline: [String]
  }

  package func sentences(_ language: Language) -> Sentences { sentences[language]! }

  /// Reads the local days `from` to `to`, inclusive; nil means the first and the last stored day. O(rows of the store).
  ///
  /// Throws `ReportingError`, or what the database throws.
  package init(
    database: AuditDatabase, from: LocalDate? = nil, to: LocalDate? = nil, baseline: BaselineChoice = .newest,
    filter: RowFilter = RowFilter()
  ) throws {
    try self.init(source: database, from: from, to: to, baseline: baseline, filter: filter)
  }

  package init(
    source: some AuditSource, from: LocalDate? = nil, to: LocalDate? = nil, baseline: BaselineChoice = .newest,
    filter: RowFilter = RowFilter()
  ) throws {
    let period = try AuditPeriod(source: source, from: from, to: to, baseline: baseline)
    try filter.check(ExportTable.withoutDevices, of: period)
    self.filter = filter
    isUnverified = period.isUnverified
    let clock = period.clock
    func rows<C>(_ table: ExportTable, _ cells: [[Cell]]) -> [TableRow<C>] {
      let selection = filter.selection(of: table)
      return cells.filter { selection?.keeps($0) ?? true }.map { TableRow($0, clock: clock) }
    }
    let found = try period.findings()
    let verdict = period.verdict(found, period.coverageTotals)
    site = period.settings.site
    timeZone = period.settings.timeZone
    days = period.days
    groupMinimum = period.groupMinimum
    devices = period.siteDevices
    workingHours = period.settings.workingHours
    assessability = verdict.failures.isEmpty ? .whole : verdict.isPartial ? .partial : .none
    failures = verdict.failures.map { failure in
      let both = { (text: (Language) -> String) in LocalizedText(en: text(.english), de: text(.german)) }
      return (both { Texts.failure(failure, $0) }, both { Texts.remedy(failure, $0) })
    }
    // Evidence has another name in each export, and finding it would mean reading every flow.
    let findingsTable = FindingsTable(period: period, evidence: [:])
    let decided = try source.reviewDecisions()
    let decisions = { LatestDecisions(decided, about: $0, in: period, limits: ReviewLimits()) }
    let aboutFindings = decisions(.findings)
    findings = rows(.findings, found.map { aboutFindings.completed(findingsTable.cells($0)) })
    let transfersTable = TransfersTable(period: period)
    let aboutTransfers = decisions(.transfers)
    transfers = rows(.transfers, try period.transfers().map { aboutTransfers.completed(transfersTable.cells($0)) })
    let coverageTable = CoverageTable(period: period)
    coverage = period.coverage.map { TableRow(coverageTable.cells($0), clock: period.clock) }
    let undescribedTable = UndescribedTable(period: period)
    let aboutUndescribed = decisions(.undescribed)
    undescribed = rows(
      .undescribed,
      try period.undescribed(source).enumerated().map { index, summary in
        aboutUndescribed.completed(undescribedTable.cells(summary, rank: index + 1))
      })
    let assessments = try ClaimAssessment.all(source, period)
    claims = assessments.map { TableRow(ClaimsTable.cells($0), clock: period.clock) }
    let changesTable = ChangesTable(period: period)
    changes = rows(.changes, changesTable.changes.map(changesTable.cells))
    let registerTable = RegisterTable(period: period)
    register = rows(.register, try period.registerLines().map(registerTable.cells))
    documentedLists = period.documented.lists
    patchDays = period.comparison?.stored.content.patchDays.map { LocalDate(day: $0) } ?? []
    rankReasons = Dictionary(
      found.map { finding in
        let parts = ReviewScore.Part.allCases.filter { finding.score.points[$0] != nil }
          .sorted { finding.score.points[$0, default: 0] > finding.score.points[$1, default: 0] }
        return (finding.id, parts.map(Texts.scorePart))
      }
    ) { first, _ in first }
    let kept = Set(findings.map { $0.text(.findingID, .english) })
    effects =
      period.siteDevices == nil
      ? []
      : found.filter { kept.contains($0.id) }.compactMap { finding in
        finding.measureEffect.map { effect in
          MeasuredEffect(
            finding: finding.id, measureTitle: effect.measure.title, measureDay: effect.date,
            devicesBefore: effect.devicesBefore, devicesAfter: effect.devicesAfter,
            sessionsAfter: effect.sessionsAfter, daysAfter: effect.daysAfter)
        }
      }
    measures = period.settings.measures.map { measure in
      let rows = period.findingCount(of: measure)
      return DeclaredMeasure(
        day: LocalDate(measure.date),
        sentence: LocalizedText(
          en: Texts.measure(measure, rows: rows, .english), de: Texts.measure(measure, rows: rows, .german)))
    }
    sentences = Dictionary(
      uniqueKeysWithValues: [Language.english, .german].map { ($0, Sentences(period, verdict, $0)) })
  }
}

extension ReportedPeriod.Sentences {
  fileprivate init(
    _ period: AuditPeriod, _ result: (failures: [GateFailure], isPartial: Bool), _ language: Language
  ) {
    let totals = period.coverageTotals
    warnings = Texts.warnings(period, language)
    verdict = Texts.verdict(result.failures, isPartial: result.isPartial, language)
      .map { String($0.trimmingPrefix("  ")) }
    let text = CellText(language: language, clock: period.clock)
    window = DocumentWords(language).window(
      printable(period.settings.site), from: text.text(.instant(period.hours.lowerBound)),
      to: text.text(.instant(period.hours.upperBound)), zone: printable(period.settings.timeZone))
    observed = AuditSummary.observed(period, totals, language)
    limits =
      AuditSummary.hidden(totals, language) + AuditSummary.clock(period, totals, language)
      + AuditSummary.losses(totals, language) + Texts.firstKeptDay(period, language)
    unfinished = Texts.unfinished(period.unfinishedAudits, language)
    smallGroups = Texts.smallGroups(period, language)
    locationSources = Texts.locationSources(period.locationDatabases, language)
    deletions = Texts.deletions(period.deletions, period.clock, language)
    takenOut = Texts.takenOut(period.takenOutAudits, language)
    overrides = period.register.localOverrides(
      Set(period.coverage.lazy.filter { !$0.isMissing }.map(\.ruleSetHash))
    ).map { Texts.localOverride($0, language) }
    gate = Texts.gateLimits(period.settings).map { $0[language] }
    configurations = Texts.configurations(period, language)
    notClaimed = Texts.notClaimed.map { $0[language] }
    reading = Texts.readingRules.map { $0[language] }
    baseline = BaselineReport.sentences(period, language)
  }
}

extension AuditPeriod {
  /// Rows of the findings that a measure concerns. A measure that matches no row may name something that no rule has.
  func findingCount(of measure: Measure) -> Int {
    usage.values.count { totals in
      totals.rules.contains { rule in
        // A rule that the store does not know has already stopped the tables.
        (try? register.facts(rule)).map(measure.isMeant) ?? false
      }
    }
  }
}
