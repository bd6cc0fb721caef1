package import Model

/// A row of a table, as in the CSV files.
package struct TableRow<Column: RawRepresentable<String> & CaseIterable & Hashable & Sendable>: Sendable {
  private let cells: [Column: Cell]
  private let clock: SiteClock

  /// - Parameter cells: in the order of the columns.
  init(_ cells: [Cell], clock: SiteClock) {
    self.cells = Dictionary(zip(Column.allCases, cells)) { first, _ in first }
    self.clock = clock
  }

  /// The value as people read it, with the words, dates and decimal mark of a language; items of lists are separated by
  /// commas.
  ///
  /// It may contain any visible character; invisible ones are written as `\xNN`.
  package func text(_ column: Column, _ language: Language) -> String {
    guard let cell = cells[column] else { return "" }
    return CellText(language: language, clock: clock).text(cell)
  }

  /// The parts of a list, each as people read it; one part for any other value, none for an absent one.
  package func parts(_ column: Column, _ language: Language) -> [String] {
    guard let cell = cells[column] else { return [] }
    return CellText(language: language, clock: clock).parts(cell)
  }

  /// An integer; nil if the value is none, or absent.
  package func count(_ column: Column) -> UInt64? {
    if case .integer(let count)? = cells[column] { count } else { nil }
  }

  /// A decimal number; nil if the value is none, or absent.
  package func decimal(_ column: Column) -> FixedDecimal? {
    if case .decimal(let number)? = cells[column] { number } else { nil }
  }

  /// Ids of words; empty if the value is absent.
  package func words(_ column: Column) -> [String] {
    switch cells[column] {
    case .word(_, let id): [id]
    case .words(_, let ids): ids
    default: []
    }
  }

  /// Local day on which an hour or a date lies; nil if the value is absent.
  package func day(_ column: Column) -> LocalDate? {
    switch cells[column] {
    case .instant(let hour), .instantUTC(let hour): clock.date(of: hour)
    case .dates(let dates): dates.first.flatMap { LocalDate($0) }
    default: nil
    }
  }

  /// Nil if the value is no hour.
  package func hour(_ column: Column) -> Hour? {
    switch cells[column] {
    case .instant(let hour), .instantUTC(let hour): hour
    default: nil
    }
  }

  /// Local hour of the day, 0 to 23; nil if the value is no hour.
  package func hourOfDay(_ column: Column) -> Int? {
    switch cells[column] {
    case .instant(let hour), .instantUTC(let hour): clock.hourOfDay(of: hour)
    default: nil
    }
  }
}

/// Written form of cells in a document for people.
struct CellText {
  let language: Language
  let clock: SiteClock

  private var isGerman: Bool { language == .german }

  func text(_ cell: Cell) -> String {
    let parts = parts(cell)
    return parts.isEmpty ? absent(cell) : parts.joined(separator: ", ")
  }

  func parts(_ cell: Cell) -> [String] {
    switch cell {
    case .text(let text): [printable(text)]
    case .list(let parts): parts.map { printable($0) }
    case .wire(let text): [CSVFormat.safeWire(text)]
    case .address(let address): [address.description]
    case .integer(let number): [String(number)]
    case .signed(let number): [String(number)]
    case .decimal(let number): [number.text(decimalMark: isGerman ? "," : ".")]
    case .instant(let hour), .instantUTC(let hour): [instant(hour)]
    case .spans(let spans):
      spans.map { span in
        let hours = [span.hours.lowerBound, span.hours.upperBound].map(instant)
        return "\(printable(span.sensor)): \(hours[0]) \(isGerman ? "bis" : "to") \(hours[1])"
      }
    case .dates(let dates): dates.map { printable(Texts.date($0, language)) }
    case .localized(let text): [printable(text[language])]
    case .localizedList(let parts): parts.map { printable($0[language]) }
    case .failures(let failures): failures.map { Texts.failure($0, language) }
    case .categories(let categories): categories.map { printable($0.title[language]) }
    case .word(let vocabulary, let id): [word(vocabulary, id)]
    case .words(let vocabulary, let ids): ids.map { word(vocabulary, $0) }
    case .counts(let vocabulary, let counts): counts.map { "\(word(vocabulary, $0.id)): \($0.count)" }
    case .unknown, .notApplicable, .notAssessable, .withheld, .none, .empty: []
    }
  }

  private func absent(_ cell: Cell) -> String {
    switch cell {
    case .unknown: word(.absent, "unknown")
    case .notApplicable: word(.absent, "not_applicable")
    case .notAssessable: word(.absent, "not_assessable")
    case .withheld: word(.absent, "withheld")
    case .empty: ""
    default: word(.absent, "none")
    }
  }

  private func word(_ vocabulary: Vocabulary, _ id: String) -> String {
    printable(Texts.word(vocabulary, id, language))
  }

  /// `2026-05-11 08:00` or `11.05.2026 08:00`, in the site's zone.
  private func instant(_ hour: Hour) -> String {
    let german = clock.germanText(hour)
    return isGerman
      ? String(german.dropLast(3)) : clock.date(of: hour).description + german.dropFirst(10).dropLast(3)
  }
}
