import Cryptography
import Foundation
public import Model
import Privacy
public import Store

/// Columns of the sample in their order.
package enum SampleColumn: String, CaseIterable, Sendable {
  case nameClass = "name_class"
  case draw
  case dstName = "dst_name"
  case service
  case recipient
  case purposeClass = "purpose_class"
  case verdict
  case verdictNote = "verdict_note"
  case documentedSource = "documented_source"
  case documentedDate = "documented_date"
  case destinationPattern = "destination_pattern"
  case matchedBy = "matched_by"
  case nameMethod = "name_method"
  case isContradicted = "is_contradicted"
  case dnsAgeS = "dns_age_s"
  case ech
  case tlsVersion = "tls_version"
  case alpn
  case dstIP = "dst_ip"
  case proto
  case dstPort = "dst_port"
  case outcome
  case startBucket = "start_bucket"
  case timeZone = "time_zone"
  case group
  case site
  case periodStart = "period_start"
  case periodEnd = "period_end"
  case findingID = "finding_id"
  case flowID = "flow_id"
  case ruleID = "rule_id"
  case rulesetHash = "ruleset_hash"
  case seed
  case perClass = "per_class"
  case flowsInClass = "flows_in_class"
}

/// Flows drawn at random from the evidence, equally many of each naming class, for a person's verdict on whether their
/// classification is right (docs/decisions/0069-samples.md).
///
/// Only the record that begins a flow can be drawn, and no repeated attempt. The same store, days, number and seed give
/// the same flows; a smaller number gives the first of them.
public struct ClassificationSample {
  /// A naming class and what was drawn of it.
  public struct ClassSize: Sendable, Equatable {
    public var namingClass: NamingClass
    /// Flows that could be drawn.
    public var flows: UInt64
    public var drawn: Int
  }

  /// Cells of a drawn flow that the program filled, and that a person must not have changed.
  package struct Flow: Sendable, Equatable {
    /// As in the table of flows of the same days.
    package var id: String
    package var namingClass: NamingClass
    package var purpose: PurposeClass
    package var ruleID: String

    package init(id: String, namingClass: NamingClass, purpose: PurposeClass, ruleID: String) {
      (self.id, self.namingClass, self.purpose, self.ruleID) = (id, namingClass, purpose, ruleID)
    }
  }

  /// Paths of the files that were written.
  public struct Files: Sendable, Equatable {
    public var paths: [String]
    /// Where a table of the same name with other content was moved to; nil if there was none.
    public var keptPath: String?
  }

  /// If a quarter of them is wrong, the interval is 24 percentage points wide; if none is, 7 (`BinomialBounds`).
  public static let usualPerClass = 50

  /// Flows of a class that one sample can hold; no person judges more.
  public static let perClassRange = 1...10_000

  /// Classes of which a flow was found, in their order.
  public let classes: [ClassSize]
  /// In the order of the table.
  package let flows: [Flow]
  private let rows: [[Cell]]
  private let period: AuditPeriod
  private let seed: UInt32

  /// Draws from the local days `from` to `to`, inclusive. O(flows of the days).
  ///
  /// Throws `ReportingError`, or what the database throws.
  ///
  /// - Parameter perClass: within `perClassRange`.
  public init(
    database: AuditDatabase, perClass: Int, seed: UInt32, from: LocalDate? = nil, to: LocalDate? = nil
  ) throws {
    try self.init(source: database, perClass: perClass, seed: seed, from: from, to: to)
  }

  init(source: some AuditSource, perClass: Int, seed: UInt32, from: LocalDate?, to: LocalDate?) throws {
    let period = try AuditPeriod(source: source, from: from, to: to, sumsUsage: false, baseline: .none)
    var strata: [NamingClass: Stratum] = [:]
    let lottery = Lottery(seed: seed)
    try source.forEachEvidence(in: period.hours) { evidence in
      guard evidence.flow.opensFlow, !evidence.flow.isRetry else { return }
      strata[evidence.flow.namingClass, default: Stratum(limit: perClass)].offer(
        evidence, number: lottery.number(of: evidence))
    }
    var rows = SampleRows(period: period, tokens: try ExportTokens(source, period), seed: seed, perClass: perClass)
    var cells: [[Cell]] = []
    var flows: [Flow] = []
    for namingClass in strata.keys.sorted() {
      guard let stratum = strata[namingClass] else { continue }
      for (index, drawn) in stratum.drawn.enumerated() {
        cells.append(try rows.cells(drawn.evidence, draw: index + 1, of: stratum.flows))
        flows.append(try rows.flow(drawn.evidence))
      }
    }
    classes = strata.sorted { $0.key < $1.key }.map { namingClass, stratum in
      ClassSize(namingClass: namingClass, flows: stratum.flows, drawn: stratum.drawn.count)
    }
    self.rows = cells
    self.flows = flows
    self.period = period
    self.seed = seed
  }

  /// Share of the bytes sent in these days that have no name, 0 to 1; nil if nothing was sent.
  package var unnamedShare: Double? {
    let totals = period.coverageTotals.shown
    return totals.bytesOut > 0 ? Double(totals.bytesByClass[.e] ?? 0) / Double(totals.bytesOut) : nil
  }

  /// The table in one profile.
  func csv(_ profile: ExportProfile) -> [UInt8] {
    let format = CSVFormat(profile: profile, clock: period.clock)
    return rows.reduce(into: format.preamble + format.header(Texts.sample)) { $0 += format.row($1) }
  }

  /// Writes the table, its description for programs, and the legend. A table of the same name that somebody filled in
  /// is kept under another.
  ///
  /// Throws `ReportingError.notWritable`.
  public func write(to directory: String, profile: ExportProfile) throws -> Files {
    let folder = URL(fileURLWithPath: try OutputFile.folder(directory), isDirectory: true)
    let name = { (content: String, suffix: String) in
      period.fileName(content, chosen: "seed-\(seed)", profile, suffix)
    }
    let table = name("sample", "csv")
    let metadata = CSVMetadata(
      title: Texts.sampleTitle, columns: Texts.sample, profile: profile, fileName: table, isTrial: period.isTrial)
    let legend = Legend(
      period: period, profile: profile, tables: [],
      further: [
        DescribedTable(
          name: "sample", title: Texts.sampleTitle, sortKey: Texts.sampleSortKey, columns: Texts.sample)
      ])
    var kept: String?
    let contents = [
      (table, csv(profile)), (table + "-metadata.json", try metadata.json()),
      (name("sample-legend", "html"), try legend.html()),
    ]
    let paths = try contents.map { name, bytes in
      let path = folder.appendingPathComponent(name).path
      var file = try OutputFile(path: path)
      try file.write(bytes)
      if let other = try file.finish(keepsOther: name == table) { kept = other }
      return path
    }
    return Files(paths: paths, keptPath: kept)
  }

  /// What was drawn, what could not be drawn because it was not stored, and what to do next, in lines for people.
  public func text(_ language: Language) -> String {
    let sentences =
      Texts.warnings(period, language) + Texts.sampleDrawn(classes, seed: seed, language)
      + AuditSummary.withoutRow(period.coverageTotals, language)
      + (rows.isEmpty ? [] : [Texts.sampleNextStep[language]])
    return sentences.joined(separator: "\n") + "\n"
  }
}

/// Gives each flow a number that depends only on the store and the seed.
private struct Lottery {
  private let prefix: [UInt8]

  init(seed: UInt32) { prefix = Array("egressaudit sample v1|\(seed)|".utf8) }

  func number(of evidence: FlowEvidence) -> UInt64 {
    SHA256Digest.hash(prefix + evidence.chainHash).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }
}

/// Flows of one naming class: those with the smallest numbers, so that every set of that many flows is equally
/// probable.
private struct Stratum {
  let limit: Int
  private(set) var flows: UInt64 = 0
  /// By number, ascending.
  private(set) var drawn: [(number: UInt64, evidence: FlowEvidence)] = []

  init(limit: Int) { self.limit = limit }

  /// O(log limit) for a flow that is not drawn, which most are.
  mutating func offer(_ evidence: FlowEvidence, number: UInt64) {
    flows += 1
    if drawn.count == limit {
      guard let last = drawn.last, number < last.number else { return }
      drawn.removeLast()
    }
    var (low, high) = (0, drawn.count)
    while low < high {
      let middle = low + (high - low) / 2
      if drawn[middle].number <= number { low = middle + 1 } else { high = middle }
    }
    drawn.insert((number, evidence), at: low)
  }
}

/// Cells of drawn flows: those of the table of flows, without the device and the exact bytes, and what the rule states.
private struct SampleRows {
  let period: AuditPeriod
  let tokens: ExportTokens
  let seed: UInt32
  let perClass: Int
  private var table: FlowsTable

  init(period: AuditPeriod, tokens: ExportTokens, seed: UInt32, perClass: Int) {
    (self.period, self.tokens, self.seed, self.perClass) = (period, tokens, seed, perClass)
    table = FlowsTable(period: period, tokens: tokens)
  }

  func flow(_ evidence: FlowEvidence) throws -> ClassificationSample.Flow {
    ClassificationSample.Flow(
      id: tokens.flow(chainHash: evidence.chainHash), namingClass: evidence.flow.namingClass,
      purpose: try period.findingKey(of: evidence).service.purpose, ruleID: evidence.flow.ruleID)
  }

  mutating func cells(_ evidence: FlowEvidence, draw: Int, of flows: UInt64) throws -> [Cell] {
    let shown = Dictionary(
      uniqueKeysWithValues: zip(FlowColumn.allCases, try table.sorted([evidence]).flatMap { try table.cells($0) }))
    let rule = RuleKey(ruleSetHash: evidence.ruleSetHash, ruleID: evidence.flow.ruleID)
    let rules = try period.register.merged([rule])
    let pattern = evidence.flow.matchedPattern
    return SampleColumn.allCases.map { column in
      switch column {
      case .draw: return .integer(UInt64(draw))
      case .service: return .localized(rules.leading.serviceTitle)
      case .recipient: return .text(rules.leading.recipient.legalEntity)
      case .verdict, .verdictNote: return .empty
      case .documentedSource: return rules.sourcesCell(of: [pattern])
      case .documentedDate: return rules.sourceDatesCell(of: [pattern])
      case .destinationPattern: return .list([pattern])
      case .site: return .text(period.settings.site)
      case .periodStart: return .instant(period.hours.lowerBound)
      case .periodEnd: return .instant(period.hours.upperBound)
      case .seed: return .integer(UInt64(seed))
      case .perClass: return .integer(UInt64(perClass))
      case .flowsInClass: return .integer(flows)
      case .nameClass, .dstName, .purposeClass, .matchedBy, .nameMethod, .isContradicted, .dnsAgeS, .ech, .tlsVersion,
        .alpn, .dstIP, .proto, .dstPort, .outcome, .startBucket, .timeZone, .group, .findingID, .flowID, .ruleID,
        .rulesetHash:
        return FlowColumn(rawValue: column.rawValue).flatMap { shown[$0] } ?? .unknown
      }
    }
  }
}
