import Foundation
public import Model
public import Reporting
public import Store

/// Writes report and tables of finished periods automatically, each period once, into a folder of its own.
public struct Delivery: Sendable {
  /// Languages of the report; tables are written in the first.
  public var languages: [Language]
  /// Also delivers the days around the last patch day.
  public var includesPatchDays: Bool

  public init(languages: [Language] = [.german, .english], includesPatchDays: Bool = false) {
    self.languages = languages
    self.includesPatchDays = includesPatchDays
  }

  /// The last finished period of a kind; nil if none is finished. O(sessions + stored months). Throws what the database
  /// throws.
  ///
  /// - Parameter now: the hour of the clock.
  public static func lastPeriod(
    _ kind: FinishedPeriod.Kind, of database: AuditDatabase, now: Hour
  ) throws -> FinishedPeriod? {
    try FinishedPeriods(kind, of: database, now: now).periods.last
  }

  /// A sentence about the days of a report if nobody chose them.
  public static func chosen(_ month: FinishedPeriod?, _ language: Language) -> String {
    Texts.chosenPeriod(month, language)
  }

  /// Writes every finished period that is not yet in `folder`, which is created if it does not exist.
  ///
  /// A period's folder (`2026-05`, `2026-05-12_patch-day`) appears once all its files are complete and is not touched
  /// again, so that notes in them stay. O(rows of the store). Throws what the database throws, and `DeliveryFailure` at
  /// the end if a period failed; the others are written all the same. An earlier period than the last that has too few
  /// devices is no failure: it would be one for ever.
  ///
  /// - Parameters:
  ///   - now: the hour of the clock.
  ///   - say: called with sentences in `language` about what was written, and what was not.
  ///   - record: called with each period and the digests of its files before they are moved to their place; if it
  ///     throws, the period is not delivered.
  ///   - output: called with the path of each written folder.
  public func write(
    from database: AuditDatabase, to folder: String, language: Language, now: Hour, say: (String) -> Void,
    record: (FinishedPeriod, Checksums) throws -> Void, output: (String) -> Void
  ) throws {
    let folder = try OutputFile.folder(folder)
    var failures: [LocalizedText] = []
    for kind in includesPatchDays ? [FinishedPeriod.Kind.month, .patchDay] : [.month] {
      let finished = try FinishedPeriods(kind, of: database, now: now)
      let missing = finished.periods.filter { !FileManager.default.fileExists(atPath: folder + "/" + $0.name) }
      for period in missing {
        let path = folder + "/" + period.name
        do {
          try write(period, from: database, in: folder, to: path, record: record)
          say(Texts.delivery(kind, .written(period, path: path), language))
          output(path)
        } catch {
          let reason = LocalizedText(of: error)
          let sentence = LocalizedText(
            en: Texts.delivery(kind, .failed(period, reason: reason.en), .english),
            de: Texts.delivery(kind, .failed(period, reason: reason.de), .german))
          if case ReportingError.tooFewDevices = error, period != finished.periods.last {
            say(sentence[language])
          } else {
            failures.append(sentence)
          }
        }
      }
      guard missing.isEmpty else { continue }
      let outcome: DeliveryOutcome =
        if let last = finished.periods.last {
          .alreadyThere(last, path: folder + "/" + last.name, lastStoredDay: finished.lastStoredDay)
        } else {
          .nothingFinished(lastStoredDay: finished.lastStoredDay)
        }
      say(Texts.delivery(kind, outcome, language))
    }
    if !failures.isEmpty { throw DeliveryFailure(sentences: failures) }
  }

  private func write(
    _ period: FinishedPeriod, from database: AuditDatabase, in folder: String, to path: String,
    record: (FinishedPeriod, Checksums) throws -> Void
  ) throws {
    let (from, to) = (period.days.lowerBound, period.days.upperBound)
    var draft = try TemporaryFolder(in: folder, mode: 0o750)
    var files = try languages.map {
      try ReportDocument(database: database, language: $0, from: from, to: to).write(to: draft.path)
    }
    files += try Exporter.run(
      ExportRequest(
        profile: languages.first == .english ? .rfc4180 : .officeGerman, from: from, to: to,
        outputDirectory: draft.path), database: database
    ).map(\.path)
    let checksums = try Checksums(of: files)
    _ = try checksums.write(to: draft.path, as: Checksums.deliveredName)
    try record(period, checksums)
    try draft.place(at: path)
  }
}

/// Periods that could not be delivered.
public struct DeliveryFailure: BilingualError {
  /// One for each period, with its reason.
  public let sentences: [LocalizedText]

  public var text: LocalizedText { sentences.joined(separator: "\n") }
}
