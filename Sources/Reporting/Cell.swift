import Model

/// How often a word of a vocabulary was counted.
struct WordCount: Sendable, Equatable {
  let id: String
  let count: UInt64
}

/// The hours of a sensor's rows in `coverage.csv`: begin of the first and end of the last.
struct SensorSpan: Sendable, Equatable {
  let sensor: String
  let hours: Range<Hour>
}

/// One value of a table, before a profile gives it its written form.
enum Cell: Sendable, Equatable {
  /// Text of the rules or the settings.
  case text(String)
  /// Parts of a list, already in their order.
  case list([String])
  /// Text that was sent over the wire: only letters, digits, `-`, `.`, `_` and tokens such as `{tenant}` pass.
  case wire(String)
  case address(IPAddress)
  case integer(UInt64)
  case signed(Int64)
  case decimal(FixedDecimal)
  /// The site's time in the German profile.
  case instant(Hour)
  /// UTC in both profiles, for columns that say so in their title.
  case instantUTC(Hour)
  /// Hours of sensors, in the zone of the table's other times.
  case spans([SensorSpan])
  /// ISO 8601 date, or year or month if the source has no day.
  case dates([String])
  case localized(LocalizedText)
  /// Parts of a list, already in their order.
  case localizedList([LocalizedText])
  case failures([GateFailure])
  /// Entries of a register: ids for programs, German titles for people.
  case categories([DataCategory])
  /// A word of a vocabulary, written as its id or as its German word.
  case word(Vocabulary, String)
  case words(Vocabulary, [String])
  /// Words of a vocabulary, each with how often it was counted.
  case counts(Vocabulary, [WordCount])
  case unknown
  case notApplicable
  case notAssessable
  /// Fewer devices than the smallest group contributed, or the figure would reveal what such devices did.
  case withheld
  /// Nothing there, and known to be so.
  case none
  /// To be filled by a human.
  case empty

  static func yesNo(_ value: Bool) -> Cell { .word(.yesNo, value ? "yes" : "no") }

  static func decimal(_ dividend: UInt64, dividedBy divisor: UInt64, places: Int) -> Cell {
    FixedDecimal(dividend, dividedBy: divisor, places: places).map(Cell.decimal) ?? .unknown
  }

  static func text(_ value: String?, else other: Cell) -> Cell { value.map(Cell.text) ?? other }
}
