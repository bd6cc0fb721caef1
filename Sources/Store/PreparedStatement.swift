import GRDB
import GRDBSQLite
import Model

/// A value as SQLite keeps it.
enum StoredValue {
  case null
  case integer(Int64)
  case text(String)
  case bytes([UInt8])

  init(_ count: UInt64) { self = .integer(Int64(clamping: count)) }
  init(_ flag: Bool) { self = .integer(flag ? 1 : 0) }
  init(_ text: String?) { self = text.map(Self.text) ?? .null }
  init(_ integer: Int64?) { self = integer.map(Self.integer) ?? .null }
}

/// A prepared SQL statement, run over SQLite's own interface.
///
/// GRDB's text values end at the first NUL, in both directions; names from the wire may hold one. Here texts go by length.
struct PreparedStatement {
  private let owner: Statement

  /// `isKept`: the connection keeps the compiled statement for the next time; then it must not run inside itself.
  init(_ database: Database, isKept: Bool = false, _ sql: String) throws {
    owner = try isKept ? database.cachedStatement(sql: sql) : database.makeStatement(sql: sql)
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
    var row = StoredRow(statement: raw)
    return try body(&row)
  }

  func forEachRow(_ values: [StoredValue] = [], _ body: (inout StoredRow) throws -> Void) throws {
    try bind(values)
    defer { sqlite3_reset(raw) }
    while try step() {
      var row = StoredRow(statement: raw)
      try body(&row)
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

/// A column whose value no program of this version writes.
struct DamagedColumn: Error {
  var name: String
}

/// One row of a result, read from left to right; valid until the next step.
struct StoredRow {
  private let statement: OpaquePointer
  private var column: Int32 = 0

  fileprivate init(statement: OpaquePointer) { self.statement = statement }

  mutating func integer() throws -> Int64 {
    guard let value = try optionalInteger() else { throw damaged() }
    return value
  }

  mutating func optionalInteger() throws -> Int64? {
    defer { column += 1 }
    switch sqlite3_column_type(statement, column) {
    case SQLITE_NULL: return nil
    case SQLITE_INTEGER: return sqlite3_column_int64(statement, column)
    default: throw damaged(column)
    }
  }

  mutating func number<Number: FixedWidthInteger>(_: Number.Type) throws -> Number {
    guard let value = Number(exactly: try integer()) else { throw damaged() }
    return value
  }

  mutating func optionalNumber<Number: FixedWidthInteger>(_: Number.Type) throws -> Number? {
    guard let integer = try optionalInteger() else { return nil }
    guard let value = Number(exactly: integer) else { throw damaged() }
    return value
  }

  mutating func count() throws -> UInt64 { try number(UInt64.self) }

  mutating func hour() throws -> Hour { Hour(sinceEpoch: try integer()) }

  mutating func flag() throws -> Bool { try integer() != 0 }

  mutating func text() throws -> String {
    guard let value = try optionalText() else { throw damaged() }
    return value
  }

  mutating func optionalText() throws -> String? {
    defer { column += 1 }
    switch sqlite3_column_type(statement, column) {
    case SQLITE_NULL: return nil
    case SQLITE_TEXT: return String(decoding: currentBytes, as: UTF8.self)
    default: throw damaged(column)
    }
  }

  mutating func value<Value: RawRepresentable<String>>(_: Value.Type) throws -> Value {
    guard let value = Value(rawValue: try text()) else { throw damaged() }
    return value
  }

  /// `count`: the only number of bytes that is legal; nil where any is.
  mutating func bytes(_ count: Int?) throws -> [UInt8] {
    guard let value = try optionalBytes(count) else { throw damaged() }
    return value
  }

  mutating func optionalBytes(_ count: Int?) throws -> [UInt8]? {
    defer { column += 1 }
    switch sqlite3_column_type(statement, column) {
    case SQLITE_NULL: return nil
    case SQLITE_BLOB where currentBytes.count == count ?? currentBytes.count: return Array(currentBytes)
    default: throw damaged(column)
    }
  }

  /// Adds the remaining columns to the canonical form of what the evidence chain vouches for.
  mutating func append(to form: inout CanonicalForm) {
    while column < sqlite3_column_count(statement) {
      switch sqlite3_column_type(statement, column) {
      case SQLITE_NULL: form.appendNull()
      case SQLITE_INTEGER: form.append(sqlite3_column_int64(statement, column))
      default: form.append(currentBytes)
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

  private var currentBytes: UnsafeRawBufferPointer {
    // SQLite asks for the pointer before the length, lest a conversion moves the bytes.
    let start = sqlite3_column_blob(statement, column)
    return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column)))
  }

  /// `index`: the column at fault; without it, the one just read.
  private func damaged(_ index: Int32? = nil) -> DamagedColumn {
    DamagedColumn(name: String(cString: sqlite3_column_name(statement, index ?? column - 1)))
  }
}
