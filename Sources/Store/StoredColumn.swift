import GRDB
public import Model

/// What a column of the store may contain: declared once, in `StoredTable.all`, and checked whenever a value of it is
/// read.
///
/// A store is input: anyone who can write to its folder can put anything into it, regardless of the schema.
struct StoredColumn: Sendable {
  enum Content: Sendable {
    case integer(ClosedRange<Int64>)
    /// One of a few numbers.
    case number([Int64])
    /// UTF-8, at most so many bytes.
    case text(limit: Int)
    /// One of a few words.
    case word([String])
    /// As many bytes as one of these.
    case bytes([Int])
    /// At most so many bytes.
    case blob(limit: Int)
    /// UTF-8 of a form that its type reads.
    case parsed(any ParsedText.Type)
  }

  var content: Content
  var isOptional = false

  var orNull: StoredColumn { StoredColumn(content: content, isOptional: true) }

  /// For people.
  var expectation: LocalizedText {
    let value =
      switch content {
      case .integer(let range): DamagedValueTexts.range(from: range.lowerBound, to: range.upperBound)
      case .number(let numbers): DamagedValueTexts.numbers(numbers)
      case .text(let limit): DamagedValueTexts.text(limit: limit)
      case .word(let words): DamagedValueTexts.words(words)
      case .bytes(let counts): DamagedValueTexts.bytes(counts)
      case .blob(let limit): DamagedValueTexts.bytes(limit: limit)
      case .parsed: DamagedValueTexts.text(limit: StoredColumn.parsedLimit)
      }
    return isOptional ? DamagedValueTexts.orNothing(value) : value
  }
}

extension StoredColumn {
  /// Greatest count that is written and read; sums of one row stop there. More than any network carries in an hour, and
  /// the greatest whole number that spreadsheets and JSON readers keep exactly.
  static let greatestCount: Int64 = 1 << 53 - 1
  /// For names and patterns; names from the network are far shorter.
  static let textLimit = 1 << 20
  /// For settings and facts; the inside networks of a large site fill some megabytes.
  static let parsedLimit = 1 << 24
  /// For a block of the sealed part; the flows of one block fill far less.
  static let blobLimit = 1 << 28

  /// Part of an `ON CONFLICT DO UPDATE` that adds the new count of a column to the stored one.
  static func saturatingSum(_ column: String) -> String {
    """
    \(column) = CASE WHEN \(column) > \(greatestCount) - excluded.\(column)
      THEN \(greatestCount) ELSE \(column) + excluded.\(column) END
    """
  }

  static let count = StoredColumn(content: .integer(0...greatestCount))
  /// The first is 1. The last leaves room for the next, which is counted up from it.
  static let serial = StoredColumn(content: .integer(1...greatestSerial))
  static let greatestSerial = greatestCount - 1
  /// The range of a `Timestamp`: the years 1677 to 2262.
  static let hour = StoredColumn(content: .integer(-2_562_048...2_562_047))
  static let day = StoredColumn(content: .integer(-106_752...106_751))
  static let second = StoredColumn(content: .integer(-9_223_372_037...9_223_372_036))
  /// An hour, a day, or the number of a row.
  static let part = StoredColumn(content: .integer(-2_562_048...greatestSerial))
  static let flag = StoredColumn(content: .integer(0...1))
  static let text = StoredColumn(content: .text(limit: textLimit))
  static let device = StoredColumn.bytes([16])
  static let digest = StoredColumn.bytes([32])
  static let blob = StoredColumn(content: .blob(limit: blobLimit))

  static func integer(_ range: ClosedRange<Int64>) -> StoredColumn { StoredColumn(content: .integer(range)) }
  static func number(_ numbers: [Int64]) -> StoredColumn { StoredColumn(content: .number(numbers)) }
  static func word(_ words: [String]) -> StoredColumn { StoredColumn(content: .word(words)) }
  static func bytes(_ counts: [Int]) -> StoredColumn { StoredColumn(content: .bytes(counts)) }
  static func parsed(_ type: any ParsedText.Type) -> StoredColumn { StoredColumn(content: .parsed(type)) }

  static func word<Value: CaseIterable & RawRepresentable<String>>(_: Value.Type) -> StoredColumn {
    word(Value.allCases.map(\.rawValue))
  }
}

/// A table of the store, with what each of its columns may contain.
struct StoredTable: Sendable {
  var name: String
  /// Columns of the primary key, in its order.
  var key: [String]
  /// Columns in the order of the table.
  var columns: [(name: String, column: StoredColumn)]

  init(_ name: String, key: [String], _ columns: KeyValuePairs<String, StoredColumn>) {
    self.name = name
    self.key = key
    self.columns = columns.map { (name: $0.key, column: $0.value) }
  }

  /// The column that is also the row's number; nil if rows have another kind of key.
  private var numberColumn: Int? {
    guard key.count == 1, let index = columns.firstIndex(where: { $0.name == key[0] }),
      case .integer = columns[index].column.content
    else { return nil }
    return index
  }

  /// Reads all rows in the order of their key; O(rows).
  ///
  /// - Parameter column: checks this column only; nil checks all.
  /// - Returns: the number of rows. Throws `DamagedValue` at the first value that its column may not hold.
  @discardableResult
  func check(column: String? = nil, in database: Database) throws -> UInt64 {
    let numberColumn = numberColumn
    let looked = columns.indices.filter { column == nil || columns[$0].name == column }
    var place: UInt64 = 0
    try PreparedStatement(
      database,
      "SELECT \(columns.map(\.name).joined(separator: ", ")) FROM \(name) ORDER BY \(key.joined(separator: ", "))"
    ).forEachRow { row in
      place += 1
      do {
        for index in looked { try row.check(index) }
      } catch var damaged as DamagedValue {
        damaged.row = numberColumn.flatMap { row.rawInteger($0) }.map { .number($0) } ?? .place(place)
        throw damaged
      }
    }
    return place
  }
}

/// A stored value that its column may not contain: no program of this version writes it. The message contains kinds and
/// numbers, never a stored text.
public struct DamagedValue: BilingualError, Sendable, Equatable {
  public enum Row: Sendable, Equatable {
    /// Value of the row's one key column.
    case number(Int64)
    /// From 1, in the order of the table's key.
    case place(UInt64)
  }

  public var table: String
  /// Nil only if the row cannot be found again.
  public var row: Row?
  public var column: String
  /// Kind, and for numbers the number.
  public var found: LocalizedText
  public var expected: LocalizedText

  public var text: LocalizedText {
    let place =
      switch row {
      case .number(let number): LocalizedText(en: ", row \(number)", de: ", Zeile \(number)")
      case .place(let place):
        LocalizedText(
          en: ", row \(place) in the order of its key", de: ", Zeile \(place) in der Reihenfolge ihres Schlüssels")
      case nil: LocalizedText(en: "", de: "")
      }
    return LocalizedText(
      en: "table \(table)\(place.en), column \(column): found \(found.en), expected \(expected.en)",
      de: "Tabelle \(table)\(place.de), Spalte \(column): vorgefunden: \(found.de); erwartet: \(expected.de)")
  }

  /// The same with its row. A query shows values without the keys of their tables, so the table is read for it.
  func located(in database: Database) -> DamagedValue {
    guard row == nil, let table = StoredTable.all.first(where: { $0.name == table }) else { return self }
    do {
      try table.check(column: column, in: database)
      // The value is missing because its row is: a query shows nothing in its place.
      try StoredTable.checkReferences(in: database)
      return self
    } catch {
      return error as? DamagedValue ?? self
    }
  }
}
