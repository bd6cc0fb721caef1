import GRDB
import GRDBSQLite
import Model

/// A value as SQLite keeps it.
enum StoredValue {
  case null
  case integer(Int64)
  case text(String)
  case bytes([UInt8])

  /// Counts stop at `StoredColumn.greatestCount`.
  init(_ count: UInt64) { self = .integer(Int64(min(count, UInt64(StoredColumn.greatestCount)))) }
  init(_ flag: Bool) { self = .integer(flag ? 1 : 0) }
  init(_ text: String?) { self = text.map(Self.text) ?? .null }
  init(_ integer: Int64?) { self = integer.map(Self.integer) ?? .null }
}

/// A prepared SQL statement, run over SQLite's own interface.
///
/// GRDB's text values end at the first NUL, in both directions; names from the wire may hold one. Here texts go by length.
struct PreparedStatement {
  private let database: Database
  private let owner: Statement
  /// What the columns of the result may hold; nil for those that SQLite computes.
  private let declared: [StoredColumn?]

  /// `isKept`: the connection keeps the compiled statement for the next time; then it must not run inside itself.
  init(_ database: Database, isKept: Bool = false, _ sql: String) throws {
    self.database = database
    owner = try isKept ? database.cachedStatement(sql: sql) : database.makeStatement(sql: sql)
    let raw = owner.sqliteStatement
    declared = (0..<sqlite3_column_count(raw)).map { StoredRow.origin(raw, $0).flatMap { StoredTable.columns[$0] } }
  }

  private var raw: OpaquePointer { owner.sqliteStatement }

  /// Runs a statement that gives no rows.
  func run(_ values: [StoredValue] = []) throws {
    try forEachRow(values) { _ in }
  }

  /// The first row's reading; nil where there is no row.
  func first<Value>(_ values: [StoredValue] = [], _ body: (inout StoredRow) throws -> Value) throws -> Value? {
    try bind(values)
    defer { sqlite3_reset(raw) }
    guard try step() else { return nil }
    return try read(body)
  }

  func forEachRow(_ values: [StoredValue] = [], _ body: (inout StoredRow) throws -> Void) throws {
    try bind(values)
    defer { sqlite3_reset(raw) }
    while try step() { try read(body) }
  }

  private func read<Value>(_ body: (inout StoredRow) throws -> Value) throws -> Value {
    var row = StoredRow(statement: raw, declared: declared)
    do {
      return try body(&row)
    } catch let damaged as DamagedValue {
      throw damaged.located(in: database)
    }
  }

  private func step() throws -> Bool {
    switch sqlite3_step(raw) {
    case SQLITE_ROW: true
    case SQLITE_DONE: false
    case let code: throw error(code)
    }
  }

  private func bind(_ values: [StoredValue]) throws {
    // SQLite copies the bytes before the call returns (SQLITE_TRANSIENT), so lent pointers suffice.
    let copies = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    precondition(values.count == Int(sqlite3_bind_parameter_count(raw)), "a value for each parameter")
    for (offset, value) in values.enumerated() {
      let index = Int32(offset + 1)
      let code =
        switch value {
        case .null: sqlite3_bind_null(raw, index)
        case .integer(let integer): sqlite3_bind_int64(raw, index, integer)
        case .text(var text):
          text.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) { characters in
              // A null pointer would bind NULL, not the empty text.
              guard let start = characters.baseAddress else {
                return sqlite3_bind_text64(raw, index, "", 0, copies, UInt8(SQLITE_UTF8))
              }
              return sqlite3_bind_text64(raw, index, start, UInt64(characters.count), copies, UInt8(SQLITE_UTF8))
            }
          }
        case .bytes(let bytes):
          bytes.isEmpty
            ? sqlite3_bind_zeroblob(raw, index, 0)
            : sqlite3_bind_blob64(raw, index, bytes, UInt64(bytes.count), copies)
        }
      guard code == SQLITE_OK else { throw error(code) }
    }
  }

  private func error(_ code: Int32) -> DatabaseError {
    DatabaseError(
      resultCode: ResultCode(rawValue: code),
      message: sqlite3_errmsg(sqlite3_db_handle(raw)).map { String(cString: $0) })
  }
}

/// One row of a result, read from left to right; valid until the next step.
///
/// Every value is checked against what its column may hold before it is given out.
struct StoredRow {
  private let statement: OpaquePointer
  private let declared: [StoredColumn?]
  private var column: Int32 = 0

  fileprivate init(statement: OpaquePointer, declared: [StoredColumn?]) {
    self.statement = statement
    self.declared = declared
  }

  mutating func integer() throws -> Int64 {
    guard let value = try optionalInteger() else { throw damaged(column - 1, "a whole number") }
    return value
  }

  mutating func optionalInteger() throws -> Int64? {
    let index = try next()
    switch sqlite3_column_type(statement, index) {
    case SQLITE_NULL: return nil
    case SQLITE_INTEGER: return sqlite3_column_int64(statement, index)
    default: throw damaged(index, "a whole number")
    }
  }

  mutating func number<Number: FixedWidthInteger>(_: Number.Type) throws -> Number {
    guard let value = Number(exactly: try integer()) else { throw damaged(column - 1, Self.range(Number.self)) }
    return value
  }

  mutating func optionalNumber<Number: FixedWidthInteger>(_: Number.Type) throws -> Number? {
    guard let integer = try optionalInteger() else { return nil }
    guard let value = Number(exactly: integer) else { throw damaged(column - 1, Self.range(Number.self)) }
    return value
  }

  mutating func count() throws -> UInt64 { try number(UInt64.self) }

  mutating func hour() throws -> Hour { Hour(sinceEpoch: try integer()) }

  mutating func optionalHour() throws -> Hour? { try optionalInteger().map(Hour.init(sinceEpoch:)) }

  mutating func flag() throws -> Bool { try integer() != 0 }

  mutating func optionalFlag() throws -> Bool? { try optionalInteger().map { $0 != 0 } }

  mutating func text() throws -> String {
    guard let value = try optionalText() else { throw damaged(column - 1, "a text") }
    return value
  }

  mutating func optionalText() throws -> String? {
    let index = try next()
    switch sqlite3_column_type(statement, index) {
    case SQLITE_NULL: return nil
    case SQLITE_TEXT: return String(decoding: bytes(at: index), as: UTF8.self)
    default: throw damaged(index, "a text")
    }
  }

  mutating func value<Value: RawRepresentable<String>>(_: Value.Type) throws -> Value {
    guard let value = Value(rawValue: try text()) else { throw damaged(column - 1, "one of its words") }
    return value
  }

  mutating func optionalValue<Value: RawRepresentable<String>>(_: Value.Type) throws -> Value? {
    guard let text = try optionalText() else { return nil }
    guard let value = Value(rawValue: text) else { throw damaged(column - 1, "one of its words") }
    return value
  }

  mutating func parsed<Value: ParsedText>(_: Value.Type) throws -> Value {
    let index = column
    return try parsed(Value.self, from: text(), at: index)
  }

  mutating func bytes() throws -> [UInt8] {
    guard let value = try optionalBytes() else { throw damaged(column - 1, "bytes") }
    return value
  }

  mutating func optionalBytes() throws -> [UInt8]? {
    let index = try next()
    switch sqlite3_column_type(statement, index) {
    case SQLITE_NULL: return nil
    case SQLITE_BLOB: return Array(bytes(at: index))
    default: throw damaged(index, "bytes")
    }
  }

  /// Looks at one column of the row, wherever the reading is, and reads a text of a form of its own through. Throws `DamagedValue`.
  func check(_ index: Int) throws {
    try check(Int32(index))
    if case .parsed(let type)? = declared[index]?.content {
      _ = try parsed(type, from: String(decoding: bytes(at: Int32(index)), as: UTF8.self), at: Int32(index))
    }
  }

  /// Nil where the column holds no whole number.
  func rawInteger(_ index: Int) -> Int64? {
    sqlite3_column_type(statement, Int32(index)) == SQLITE_INTEGER ? sqlite3_column_int64(statement, Int32(index)) : nil
  }

  /// Adds the remaining columns to the canonical form of what the evidence chain vouches for.
  ///
  /// - Parameter least: behind so many values, NULLs at the end are left out; nil for none.
  mutating func append(to form: inout CanonicalForm, least: Int? = nil) {
    var end = sqlite3_column_count(statement)
    if let least {
      let limit = column + Int32(least)
      while end > limit, sqlite3_column_type(statement, end - 1) == SQLITE_NULL { end -= 1 }
    }
    while column < end {
      switch sqlite3_column_type(statement, column) {
      case SQLITE_NULL: form.appendNull()
      case SQLITE_INTEGER: form.append(sqlite3_column_int64(statement, column))
      default: form.append(bytes(at: column))
      }
      column += 1
    }
  }

  /// Canonical form of the remaining columns.
  var restForm: [UInt8] {
    mutating get {
      var form = CanonicalForm()
      append(to: &form)
      return form.bytes
    }
  }

  /// Index of the column to be read, which holds what it may hold.
  private mutating func next() throws -> Int32 {
    let index = column
    column += 1
    try check(index)
    return index
  }

  private func check(_ index: Int32) throws {
    guard let declared = declared[Int(index)] else { return }
    let holds =
      switch (declared.content, sqlite3_column_type(statement, index)) {
      case (_, SQLITE_NULL): declared.isOptional
      case (.integer(let range), SQLITE_INTEGER): range.contains(sqlite3_column_int64(statement, index))
      case (.number(let numbers), SQLITE_INTEGER): numbers.contains(sqlite3_column_int64(statement, index))
      case (.text(let limit), SQLITE_TEXT): bytes(at: index).count <= limit
      case (.parsed, SQLITE_TEXT): bytes(at: index).count <= StoredColumn.parsedLimit
      case (.word(let words), SQLITE_TEXT):
        words.contains { $0.utf8.elementsEqual(bytes(at: index)) }
      case (.bytes(let counts), SQLITE_BLOB): counts.contains(bytes(at: index).count)
      default: false
      }
    if !holds { throw damaged(index, declared.expectation) }
  }

  private func parsed<Value: ParsedText>(_: Value.Type, from text: String, at index: Int32) throws -> Value {
    do throws(TextFault) {
      return try Value(storedText: text)
    } catch {
      throw damaged(index, error.expected)
    }
  }

  private func bytes(at index: Int32) -> UnsafeRawBufferPointer {
    // SQLite asks for the pointer before the length, lest a conversion moves the bytes.
    let start = sqlite3_column_blob(statement, index)
    return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, index)))
  }

  private func damaged(_ index: Int32, _ expected: String) -> DamagedValue {
    let found =
      switch sqlite3_column_type(statement, index) {
      case SQLITE_NULL: "nothing (NULL)"
      case SQLITE_INTEGER: "the number \(sqlite3_column_int64(statement, index))"
      case SQLITE_FLOAT: "the number \(sqlite3_column_double(statement, index))"
      case SQLITE_TEXT: "a text of \(bytes(at: index).count) bytes"
      default: "\(bytes(at: index).count) bytes"
      }
    let origin = Self.origin(statement, index)?.split(separator: ".", maxSplits: 1).map(String.init) ?? []
    return DamagedValue(
      table: origin.first ?? "computed", row: nil,
      column: origin.last ?? String(cString: sqlite3_column_name(statement, index)), found: found,
      expected: expected)
  }

  private static func range<Number: FixedWidthInteger>(_: Number.Type) -> String {
    "a whole number from \(Number.min) to \(Number.max)"
  }

  /// `table.column` of a column of a result; nil where SQLite computes it.
  fileprivate static func origin(_ statement: OpaquePointer, _ index: Int32) -> String? {
    guard let table = sqlite3_column_table_name(statement, index),
      let column = sqlite3_column_origin_name(statement, index)
    else { return nil }
    return String(cString: table) + "." + String(cString: column)
  }
}
