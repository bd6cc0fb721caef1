import Foundation
import Model

/// Description of a CSV file for programs (W3C Metadata Vocabulary for Tabular Data, CSV on the Web).
struct CSVMetadata {
  let title: LocalizedText
  let columns: [Column]
  let profile: ExportProfile
  /// Name of the described file, which is in the same folder as the metadata.
  let fileName: String
  /// The table is of a trial.
  let isTrial: Bool

  init(table: ExportTable, profile: ExportProfile, fileName: String, isTrial: Bool) {
    self.init(
      title: Texts.title(table), columns: Texts.columns(of: table), profile: profile, fileName: fileName,
      isTrial: isTrial)
  }

  init(title: LocalizedText, columns: [Column], profile: ExportProfile, fileName: String, isTrial: Bool) {
    self.title = title
    self.columns = columns
    self.profile = profile
    self.fileName = fileName
    self.isTrial = isTrial
  }

  /// JSON with keys in order, so that two runs compare.
  func json() throws -> [UInt8] {
    var members: [String: JSON] = [
      "@context": ["http://www.w3.org/ns/csvw", ["@language": .text(profile.language.rawValue)]],
      "url": .text(fileName),
      "dc:title": localized(title),
      "dialect": [
        "delimiter": .text(CSVFormat(profile: profile, clock: .utc).delimiter),
        "encoding": "utf-8",
        "header": .flag(true),
        "lineTerminators": ["\r\n"],
        "quoteChar": "\"",
        "doubleQuote": .flag(true),
      ],
      "tableSchema": ["columns": .list(columns.map(column))],
    ]
    if isTrial { members["dc:description"] = localized(Texts.trial) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    return Array(try encoder.encode(JSON.object(members))) + [UInt8(ascii: "\n")]
  }

  private func column(_ column: Column) -> JSON {
    var members: [String: JSON] = [
      "name": .text(column.id),
      // A validator compares the header line with the titles, so the written title comes first.
      "titles": profile == .officeGerman
        ? ["de": .text(column.title.de), "en": .text(column.title.en)]
        : ["en": [.text(column.id), .text(column.title.en)], "de": .text(column.title.de)],
      "dc:description": localized(column.meaning),
      "datatype": datatype(column.kind),
    ]
    if let unit = column.unit { members["schema:unitText"] = localized(unit) }
    switch column.kind {
    case .integer, .decimal, .instant, .instantUTC, .date:
      members["null"] = .list([""] + Texts.words(.absent).map { .text(profile == .officeGerman ? $0.text.de : $0.id) })
    case .list, .words, .counts: members["separator"] = "|"
    case .text, .word, .human: break
    }
    return .object(members)
  }

  private func datatype(_ kind: Column.Kind) -> JSON {
    let isGerman = profile == .officeGerman
    switch kind {
    case .text, .list, .word, .words, .counts, .human: return "string"
    case .integer: return "integer"
    case .decimal: return isGerman ? ["base": "decimal", "format": ["decimalChar": ","]] : "decimal"
    case .instant, .instantUTC:
      return isGerman
        ? ["base": "dateTime", "format": "dd.MM.yyyy HH:mm:ss"]
        : ["base": "dateTime", "format": "yyyy-MM-ddTHH:mm:ssX"]
    // Sources may lack the day, and one cell may name several sources.
    case .date: return "string"
    }
  }

  private func localized(_ text: LocalizedText) -> JSON {
    [
      ["@value": .text(text.de), "@language": "de"],
      ["@value": .text(text.en), "@language": "en"],
    ]
  }
}

private indirect enum JSON: Encodable, ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  case text(String)
  case flag(Bool)
  case list([JSON])
  case object([String: JSON])

  init(stringLiteral value: String) { self = .text(value) }
  init(arrayLiteral elements: JSON...) { self = .list(elements) }
  init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(Dictionary(uniqueKeysWithValues: elements))
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .text(let value): try container.encode(value)
    case .flag(let value): try container.encode(value)
    case .list(let values): try container.encode(values)
    case .object(let members): try container.encode(members)
    }
  }
}
