import Foundation
public import Model
public import Store

/// Two periods of one store or of two, compared: a table, and sentences that claim no cause.
public struct ComparisonReport: Sendable {
  /// Both periods and the results, in plain sentences.
  public let text: String
  /// Whether the coverage gate holds in both periods.
  public let isAssessable: Bool
  private let rows: [[Cell]]
  private let names: [String]
  private let clock: SiteClock
  /// Of one of the periods.
  private let isTrial: Bool
  private let isUnverified: Bool

  /// Compares two periods, each the name of a phase or a range of local days such as `2026-05-04..2026-05-08`.
  ///
  /// Throws `ComparisonError`, `PhaseError`, `ReportingError`, or what the database throws. O(rows of both periods +
  /// draws × devices × services).
  ///
  /// - Parameters:
  ///   - beforeDatabase: contains the earlier period; nil if that is in `database`, too.
  ///   - reclassification: judgement of `database` by another rule set to be compared instead of the first one; then
  ///     both periods are in it.
  ///   - groups: shows only these groups; empty for all. No figure depends on it.
  public init(
    before: String, after: String, database: AuditDatabase, beforeDatabase: AuditDatabase? = nil,
    reclassification: Reclassification? = nil, groups: [String] = [], language: Language
  ) throws {
    let selections = BeforeAfter(before: before, after: after)
    guard let reclassification else {
      try self.init(
        selections, before: beforeDatabase ?? database, after: database, isOneStore: beforeDatabase == nil,
        groups: groups, language: language)
      return
    }
    let source = try ReclassifiedSource(database, reclassification)
    try self.init(selections, before: source, after: source, groups: groups, language: language)
  }

  init(
    _ selections: BeforeAfter<String>, before: some AuditSource, after: some AuditSource, isOneStore: Bool = true,
    groups: [String] = [], language: Language
  ) throws {
    let comparison = try Comparison(selections, before: before, after: after, isOneStore: isOneStore, groups: groups)
    let warnings = [comparison.sides.before, comparison.sides.after].lazy.map { Texts.warnings($0.period, language) }
      .first { !$0.isEmpty }
    text =
      ((warnings ?? []) + ComparisonWords(comparison: comparison, language: language).lines).joined(separator: "\n")
      + "\n"
    isAssessable = comparison.isAssessable
    isTrial = comparison.sides.before.period.isTrial || comparison.sides.after.period.isTrial
    isUnverified = comparison.sides.before.period.isUnverified || comparison.sides.after.period.isUnverified
    let table = ComparisonTable(comparison: comparison)
    rows = comparison.rows.map(table.cells)
    let period = comparison.sides.after.period
    names = [period.settings.site, comparison.sides.before.label, comparison.sides.after.label]
    clock = period.clock
  }

  /// What a document shows of it beside the sentences: for each row the sessions per device-day, as in the table.
  ///
  /// The first value of each row is its heading.
  package func excerpt(_ language: Language) -> (headings: [String], rows: [[String]]) {
    let shown: [ComparisonColumn] = [
      .service, .purposeClass, .group, .state, .sessionsPerDeviceDayBefore, .sessionsPerDeviceDayAfter, .sessionsChange,
      .sessionsChangeLow, .sessionsChangeHigh,
    ]
    let places = shown.compactMap(ComparisonColumn.allCases.firstIndex)
    let words = CellText(language: language, clock: clock)
    return (
      places.map { Texts.comparison[$0].title[language] },
      rows.map { row in
        let total = Texts.comparisonSum[language]
        return places.enumerated().map { position, place in
          if position == 0, case .notApplicable = row[place] { return total }
          return words.text(row[place])
        }
      }
    )
  }

  /// The table in one profile.
  func csv(_ profile: ExportProfile) -> [UInt8] {
    let format = CSVFormat(profile: profile, clock: clock)
    return rows.reduce(into: format.preamble + format.header(Texts.comparison)) { $0 += format.row($1) }
  }

  /// Writes the table, its description for programs and the sentences, and returns the paths of the files.
  ///
  /// Throws `ReportingError.notWritable` or `.fileInPlaceOfFolder`.
  public func write(to directory: String, profile: ExportProfile) throws -> [String] {
    let folder = URL(fileURLWithPath: try OutputFile.folder(directory), isDirectory: true)
    let stem =
      (["comparison"] + (isTrial ? ["trial"] : []) + (isUnverified ? ["unverified"] : [])
      + names.map(Self.fileName) + [profile.rawValue]).joined(separator: "_")
    let metadata = CSVMetadata(
      title: Texts.comparisonTitle, columns: Texts.comparison, profile: profile, fileName: stem + ".csv",
      isTrial: isTrial)
    let files = [
      (stem + ".csv", csv(profile)), (stem + ".csv-metadata.json", try metadata.json()),
      (stem + ".txt", Array(text.utf8)),
    ]
    return try files.map { name, bytes in
      let path = folder.appendingPathComponent(name).path
      var file = try OutputFile(path: path)
      try file.write(bytes)
      try file.finish()
      return path
    }
  }

  /// Characters that are unsafe in file names become `-`.
  private static func fileName(_ text: String) -> String {
    String(
      text.unicodeScalars.map { scalar -> Character in
        scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
          ? Character(scalar) : "-"
      })
  }
}
