import Foundation
public import Model
public import Reporting
public import Store

/// Report and tables of finished periods, written without anybody asking for them: each period once, into a folder of its own.
public struct Delivery: Sendable {
  /// The report is written in each; the first one decides how the tables are written.
  public var languages: [Language]
  /// Also delivers the days about the last patch day.
  public var includesPatchDays: Bool

  public init(languages: [Language] = [.german, .english], includesPatchDays: Bool = false) {
    self.languages = languages
    self.includesPatchDays = includesPatchDays
  }

  /// The last finished period of a kind; nil if none is finished. O(sessions). Throws what the database throws.
  public static func lastPeriod(_ kind: FinishedPeriod.Kind, of database: AuditDatabase) throws -> FinishedPeriod? {
    try FinishedPeriod.last(kind, of: database)
  }

  /// Says which days a report covers that nobody chose.
  public static func chosen(_ month: FinishedPeriod?, _ language: Language) -> String {
    Texts.chosenPeriod(month, language)
  }

  /// Writes what is finished and not yet in `folder`, which is made if it does not exist.
  ///
  /// A period's folder (`2026-05`, `2026-05-12_patch-day`) appears once all its files are complete and is not touched again, so that notes in
  /// them stay. O(rows of the store). Throws `ReportingError`, or what the database throws.
  ///
  /// - Parameter say: is given one sentence in `language` for each kind of period.
  /// - Returns: paths of the folders that were written.
  public func write(
    from database: AuditDatabase, to folder: String, language: Language, say: (String) -> Void
  ) throws -> [String] {
    let folder = try OutputFile.folder(folder)
    var written: [String] = []
    for kind in includesPatchDays ? [FinishedPeriod.Kind.month, .patchDay] : [.month] {
      let outcome = try write(kind, from: database, to: folder)
      say(Texts.delivery(kind, outcome, language))
      if case .written(_, let path) = outcome { written.append(path) }
    }
    return written
  }

  private func write(
    _ kind: FinishedPeriod.Kind, from database: AuditDatabase, to folder: String
  ) throws -> DeliveryOutcome {
    guard let period = try FinishedPeriod.last(kind, of: database) else { return .nothingFinished }
    let (from, to) = (period.days.lowerBound, period.days.upperBound)
    let target = folder + "/" + period.name
    guard !FileManager.default.fileExists(atPath: target) else { return .alreadyThere(period.days, path: target) }
    var draft = try TemporaryFolder(in: folder, mode: 0o750)
    for language in languages {
      _ = try ReportDocument(database: database, language: language, from: from, to: to).write(to: draft.path)
    }
    _ = try Exporter.run(
      ExportRequest(
        profile: languages.first == .english ? .rfc4180 : .officeGerman, from: from, to: to,
        outputDirectory: draft.path), database: database)
    try draft.place(at: target)
    return .written(period.days, path: target)
  }
}
