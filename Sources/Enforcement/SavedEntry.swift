import Documents
import Model
import Reporting

/// Conversion of cells that people fill into stored values.
enum SavedEntry {
  /// Longest entry in characters; a note is a paragraph, not a file.
  static let limit = 10_000

  /// A text unchanged, a date as ISO 8601, a word as its ID, a level as one digit; nil for what the column does not
  /// allow.
  static func value(_ text: String, of entry: Column.Entry) -> String? {
    switch entry {
    case .text: text.count <= limit ? text : nil
    case .date: SavedDate.read(text)?.description
    case .word(let vocabulary): word(text, of: vocabulary)
    case .level: (1...4).map(String.init).first { $0 == text }
    }
  }

  /// What a column allows, for a message.
  static func expectation(of entry: Column.Entry) -> LocalizedText {
    switch entry {
    case .text: TableTexts.textLength(limit)
    case .date: TableTexts.day
    case .word(let vocabulary): words(of: vocabulary)
    case .level: FileTexts.oneOf("1, 2, 3, 4")
    }
  }

  /// ID of a word that was written as its ID or in either language, in any case; nil for another text.
  static func word(_ text: String, of vocabulary: Vocabulary) -> String? {
    Texts.words(vocabulary).first { word in
      [word.id, word.text.de, word.text.en].contains { $0.lowercased() == text.lowercased() }
    }?.id
  }

  static func words(of vocabulary: Vocabulary) -> LocalizedText {
    FileTexts.oneOf(Texts.words(vocabulary).map { "\"\($0.text.de)\" (\($0.id))" }.joined(separator: ", "))
  }

  static func quoted(_ text: String) -> String {
    "'\(CSVFormat.safeText(String(text.prefix(60))))\(text.count > 60 ? "…" : "")'"
  }
}
