import Model

/// A column as people and programs need it described.
package struct Column: Sendable, Equatable {
  /// How a cell with a value is to be read; any cell may contain a word of `Vocabulary.absent` instead.
  package enum Kind: Sendable, Equatable {
    case text
    /// Parts divided by `|`.
    case list
    case integer
    case decimal
    case instant
    case instantUTC
    case date
    case word(Vocabulary)
    case words(Vocabulary)
    /// Parts divided by `|`, each a word, a colon and how often it was counted.
    case counts(Vocabulary)
    /// Left empty for people.
    case human(Entry)
  }

  /// What people enter in a cell that is left to them.
  package enum Entry: Sendable, Equatable {
    case text
    case date
    case word(Vocabulary)
    /// 1 to 4, as severity and likelihood are proposed.
    case level
  }

  package let id: String
  package let title: LocalizedText
  package let kind: Kind
  let unit: LocalizedText?
  let meaning: LocalizedText

  /// What people enter in its cells; nil for a column that the program fills.
  package var entry: Entry? {
    if case .human(let entry) = kind { return entry }
    return nil
  }

  package var isForPeople: Bool { entry != nil }
}

extension Texts {
  package static func columns(of table: ExportTable) -> [Column] {
    switch table {
    case .findings: findings
    case .transfers: transfers
    case .flows: flows
    case .coverage: coverage
    case .undescribed: undescribed
    case .claims: claims
    case .changes: changes
    case .register: register
    }
  }

  static func column(
    _ id: String, _ titleEN: String, _ titleDE: String, _ kind: Column.Kind, unit: (en: String, de: String)? = nil,
    en: String, de: String
  ) -> Column {
    Column(
      id: id, title: LocalizedText(en: titleEN, de: titleDE), kind: kind,
      unit: unit.map { LocalizedText(en: $0.en, de: $0.de) }, meaning: LocalizedText(en: en, de: de))
  }
}
