import Foundation
public import Model
public import Reporting
public import Store

/// The measurement as a file that the CNIL's open source tool for impact assessments (PIA) imports.
///
/// Everything that was measured, documented or proposed is a comment beside the question that it concerns. No question
/// is answered, no gauge set, and nothing evaluated: that is for people.
///
/// Source: https://github.com/LINCnil/pia, `PiaService.importData` and `src/assets/files/pia_architecture.json` (commit
/// 44dd313, 2026-04-24).
public struct AssessmentFile: Sendable {
  /// `dpia_SITE_FROM_TO_LANGUAGE.json`.
  public let fileName: String
  /// UTF-8. The same store, days and language give the same bytes.
  public let json: [UInt8]

  /// Reads the local days `from` to `to`, inclusive; nil means the first or the last stored day. O(rows of the store).
  ///
  /// Throws `ReportingError`, `RowFilterError`, or what the database throws.
  public init(
    database: AuditDatabase, language: Language, from: LocalDate? = nil, to: LocalDate? = nil,
    baseline: BaselineChoice = .newest, filter: RowFilter = RowFilter()
  ) throws {
    try self.init(
      try ReportedPeriod(database: database, from: from, to: to, baseline: baseline, filter: filter), language)
  }

  package init(_ period: ReportedPeriod, _ language: Language) throws {
    let content = Content(period: period, words: DocumentWords(language))
    fileName = ReportDocument.fileName("dpia", period, language, "json")
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    json = Array(try encoder.encode(content.assessment)) + [0x0a]
  }

  /// Writes the file into a folder, which is created if it does not exist, and returns its path. A file of the same
  /// name is replaced.
  ///
  /// Throws `ReportingError.notWritable`.
  public func write(to folder: String) throws -> String {
    let path = try OutputFile.folder(folder) + "/" + fileName
    var file = try OutputFile(path: path)
    try file.write(json)
    try file.finish()
    return path
  }
}

/// An assessment as the tool exports one; members that people fill are empty.
private struct Assessment: Encodable {
  struct PIA: Encodable {
    var name: String
    var category = ""
    // Names of persons, opinions and signatures.
    var author_name = ""
    var evaluator_name = ""
    var validator_name = ""
    var dpos_names = ""
    var people_names = ""
    var dpo_opinion = ""
    var concerned_people_opinion = ""
    var concerned_people_searched_content = ""
    var rejection_reason = ""
    var applied_adjustments = ""
    /// 0: in progress.
    var status = 0
    var is_example = 0
    var created_at: String
    var updated_at: String
  }

  struct Answer: Encodable {
    struct Data: Encodable {
      var text = ""
      var list: [String] = []

      enum CodingKeys: CodingKey { case text, gauge, list }

      func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(text, forKey: .text)
        // Encoded as null, since the tool exports every member.
        try container.encodeNil(forKey: .gauge)
        try container.encode(list, forKey: .list)
      }
    }

    var reference_to: Int
    var data = Data()
    var created_at: String
  }

  struct Comment: Encodable {
    var description: String
    var reference_to: Int
    var for_measure = false
    var created_at: String
  }

  var pia: PIA
  /// Empty, since the tool shows comments only beside a question that has an answer.
  var answers: [Answer]
  var comments: [Comment]
  var measures: [String] = []
  var evaluations: [String] = []
}

/// Questions of the tool about which a measurement can say something, by their number in `pia_architecture.json`.
private enum Question: Int, CaseIterable {
  case processing = 111
  case data = 121
  case supportingAssets = 123
  case processors = 226
  case transfers = 227
  case threats = 322
  case measures = 324
  case severity = 325
  case likelihood = 326
}

private struct Content {
  let period: ReportedPeriod
  let words: DocumentWords

  /// Most lines of one comment; the tables contain all.
  private static let lineLimit = 20

  private var language: Language { words.language }

  var assessment: Assessment {
    // Midnight after the last day, and not the time at which the file was made, so that two files can be compared.
    let moment = "\(period.days.upperBound.next)T00:00:00.000Z"
    let comments = Question.allCases.map { ($0, text(of: $0)) }.filter { !$0.1.isEmpty }
    return Assessment(
      pia: Assessment.PIA(name: words.title(period.site, period.days), created_at: moment, updated_at: moment),
      answers: comments.map { Assessment.Answer(reference_to: $0.0.rawValue, created_at: moment) },
      comments: comments.map {
        Assessment.Comment(
          description: printable(
            words.say("Proposal of egressaudit; people decide.", "Vorschlag von egressaudit; Menschen entscheiden.")
              + "\n"
              + $0.1.joined(separator: "\n"), keepingLines: true),
          reference_to: $0.0.rawValue, created_at: moment)
      })
  }

  private func text(of question: Question) -> [String] {
    let sentences = period.sentences(language)
    switch question {
    case .processing:
      return [sentences.window, sentences.observed] + sentences.verdict
        + period.filter.sentences(ExportTable.withoutDevices, language) + sentences.notClaimed.map { "- " + $0 }
    case .data:
      let categories = counted(period.transfers.flatMap { $0.parts(.dataCategoriesDocumented, language) })
      let identifiers = counted(period.findings.flatMap { $0.parts(.cleartextIdentifierClasses, language) })
      return part(
        words.say(
          "Documented by the sources, not observed; by number of services:",
          "Von den Quellen dokumentiert, nicht beobachtet; nach Zahl der Dienste:"), categories)
        + part(
          words.say(
            "Identifiers seen in clear text; by number of findings:",
            "Im Klartext gesehene Kennungen; nach Zahl der Feststellungen:"), identifiers)
    case .supportingAssets:
      return part(
        words.say("Services that were contacted:", "Dienste, zu denen Kontakt bestand:"),
        period.transfers.map {
          "\($0.text(.service, language)) (\($0.text(.purposeClass, language))), \($0.text(.recipient, language))"
        })
    case .processors:
      return part(
        words.say(
          "Recipients: role as claimed; named in contract; in the record (Art. 30):",
          "Empfänger: angegebene Rolle; im Vertrag genannt; im Verzeichnis (Art. 30):"),
        distinct(
          period.transfers.map {
            "\($0.text(.recipient, language)): \($0.text(.roleAssumed, language)); \($0.text(.inContractList, language)); \($0.text(.inArt30Record, language))"
          }))
    case .transfers:
      return part(
        words.say(
          "Recipients: seat; parent company; third country; transfer tool according to the register:",
          "Empfänger: Sitz; Konzernmutter; Drittland; Übermittlungsinstrument laut Register:"),
        distinct(
          period.transfers.map {
            "\($0.text(.recipient, language)): \($0.text(.recipientSeat, language)); \($0.text(.groupParent, language)); \($0.text(.thirdCountry, language)); \($0.text(.transferToolState, language))"
          }))
    case .threats:
      return part(
        words.say(
          "First findings by rank, with the proposed review priority:",
          "Erste Feststellungen nach Rang, mit vorgeschlagenem Prüfvorrang:"),
        period.findings.map { "\(name($0)): \($0.text(.priority, language)). \($0.text(.reason, language))" })
    case .measures:
      return part(
        words.say("Measures that the site declared:", "Vom Standort erklärte Maßnahmen:"),
        period.measures.map { $0.sentence[language] })
    case .severity, .likelihood:
      let isSeverity = question == .severity
      return part(
        isSeverity
          ? words.say(
            "Proposed severity, 1 to 4, of the first findings:",
            "Vorgeschlagene Schwere, 1 bis 4, der ersten Feststellungen:")
          : words.say(
            "Proposed likelihood, 1 to 4, of the first findings:",
            "Vorgeschlagene Eintrittswahrscheinlichkeit, 1 bis 4, der ersten Feststellungen:"),
        period.findings.map {
          "\(name($0)): \($0.text(isSeverity ? .severityProposed : .likelihoodProposed, language))"
        })
    }
  }

  private func name(_ row: TableRow<FindingColumn>) -> String {
    "\(row.text(.findingID, language)), \(row.text(.service, language)), \(row.text(.group, language))"
  }

  /// A heading with its lines; empty if there are none.
  private func part(_ heading: String, _ lines: [String]) -> [String] {
    guard !lines.isEmpty else { return [] }
    let more = lines.count - Self.lineLimit
    return [heading] + lines.prefix(Self.lineLimit).map { "- " + $0 }
      + (more > 0 ? [words.say("- and \(more) more in the tables", "- und \(more) weitere in den Tabellen")] : [])
  }

  private func distinct(_ texts: [String]) -> [String] { Set(texts).sorted() }

  /// Most frequent first.
  private func counted(_ texts: [String]) -> [String] {
    Dictionary(grouping: texts, by: \.self).map { (text: $0.key, count: $0.value.count) }
      .sorted { ($1.count, $0.text) < ($0.count, $1.text) }.map { "\($0.text): \($0.count)" }
  }
}
