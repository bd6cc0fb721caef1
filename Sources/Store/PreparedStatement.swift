import GRDB
import GRDBSQLite
import Glibc
import Model

/// A value as SQLite stores it.
enum StoredValue {
  case null
  case integer(Int64)
  case text(String)
  case bytes([UInt8])
  /// 16 bytes, highest first.
  case halves(high: UInt64, low: UInt64)

  /// Counts are limited to `StoredColumn.greatestCount`.
  init(_ count: UInt64) { self = .integer(Int64(min(count, UInt64(StoredColumn.greatestCount)))) }
  init(_ flag: Bool) { self = .integer(flag ? 1 : 0) }
  var isText: Bool {
    if case .text = self { true } else { false }
  }

  init(_ text: String?) { self = text.map(Self.text) ?? .null }
  init(_ integer: Int64?) { self = integer.map(Self.integer) ?? .null }
}

/// A prepared SQL statement, run over SQLite's own interface.
///
/// In GRDB, texts end at the first NUL, in both directions, but names from the network may contain one. Here texts have
/// a length.
struct PreparedStatement {
  private let database: Database
  private let owner: Statement
  /// What the columns of the result may contain.
  private let checks: [ValueCheck]

  /// `isKept`: the connection caches the compiled statement; then it must not run recursively.
  init(_ database: Database, isKept: Bool = false, _ sql: String) throws {
    self.database = database
    owner = try isKept ? database.cachedStatement(sql: sql) : database.makeStatement(sql: sql)
    let raw = owner.sqliteStatement
    checks = (0..<sqlite3_column_count(raw)).map {
      ValueCheck(StoredRow.origin(raw, $0).flatMap { StoredTable.columns[$0] })
    }
  }

  private var raw: OpaquePointer { owner.sqliteStatement }

  /// Runs a statement that gives no rows.
  func run(_ values: [StoredValue] = []) throws {
    try bind(values)
    defer { sqlite3_reset(raw) }
    while try step() {}
  }

  /// Runs a statement that gives no rows. Texts and bytes are read from `form`, the canonical form of `values`, and not
  /// copied once more.
  ///
  /// NULLs at the end may be missing in `form`. `last`: the value of one more parameter.
  func run(_ values: [StoredValue], _ last: StoredValue, readFrom form: borrowing CanonicalForm) throws {
    precondition(
      values.count + 1 == Int(sqlite3_bind_parameter_count(raw)), "a value for each parameter")
    defer {
      sqlite3_reset(raw)
      // The bindings point to bytes that are released now.
      sqlite3_clear_bindings(raw)
    }
    try form.withBytes { bytes in
      var rest = bytes[...]
      for (index, value) in values.enumerated() {
        let parameter = Int32(index + 1)
        switch value {
        case .null:
          try bind(value, at: parameter)
          rest = rest.dropFirst(CanonicalForm.lengthSize)
        case .integer:
          try bind(value, at: parameter)
          rest = rest.dropFirst(CanonicalForm.lengthSize + MemoryLayout<Int64>.size)
        case .text, .bytes, .halves:
          let length = Int(
            UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: rest.startIndex, as: UInt32.self))
          )
          rest = rest.dropFirst(CanonicalForm.lengthSize)
          try bind(
            UnsafeRawBufferPointer(rebasing: rest.prefix(length)), at: parameter,
            isText: value.isText)
          rest = rest.dropFirst(length)
        }
      }
      try bind(last, at: Int32(values.count + 1))
      while try step() {}
    }
  }

  /// `bytes` must stay until the statement has run.
  private func bind(_ bytes: UnsafeRawBufferPointer, at index: Int32, isText: Bool) throws {
    // A null pointer would bind NULL.
    guard let start = bytes.baseAddress, !bytes.isEmpty else {
      return try bind(isText ? .text("") : .bytes([]), at: index)
    }
    let code =
      isText
      ? sqlite3_bind_text64(
        raw, index, start.assumingMemoryBound(to: CChar.self), UInt64(bytes.count), nil,
        UInt8(SQLITE_UTF8))
      : sqlite3_bind_blob64(raw, index, start, UInt64(bytes.count), nil)
    guard code == SQLITE_OK else { throw error(code) }
  }

  /// The result of `body` for the first row; nil if there is no row.
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

  /// Begins to read all rows, to be read beside those of another statement.
  func rows() throws -> Rows {
    try bind([])
    return Rows(statement: self)
  }

  /// The rows of a statement, one after another.
  struct Rows: ~Copyable {
    fileprivate let statement: PreparedStatement

    deinit { sqlite3_reset(statement.raw) }

    /// The next row, valid until this is called again; nil behind the last.
    mutating func next() throws -> StoredRow? {
      try statement.step() ? StoredRow(statement: statement.raw, checks: statement.checks) : nil
    }
  }

  private func read<Value>(_ body: (inout StoredRow) throws -> Value) throws -> Value {
    var row = StoredRow(statement: raw, checks: checks)
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
    precondition(
      values.count == Int(sqlite3_bind_parameter_count(raw)), "a value for each parameter")
    for (index, value) in values.enumerated() { try bind(value, at: Int32(index + 1)) }
  }

  /// `index`: from 1.
  private func bind(_ value: StoredValue, at index: Int32) throws {
    // SQLite copies the bytes before the call returns (SQLITE_TRANSIENT), so borrowed pointers suffice.
    let copies = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
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
            return sqlite3_bind_text64(
              raw, index, start, UInt64(characters.count), copies, UInt8(SQLITE_UTF8))
          }
        }
      case .halves(let high, let low):
        withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) {
          sqlite3_bind_blob64(raw, index, $0.baseAddress, UInt64($0.count), copies)
        }
      case .bytes(let bytes):
        bytes.isEmpty
          ? sqlite3_bind_zeroblob(raw, index, 0)
          : sqlite3_bind_blob64(raw, index, bytes, UInt64(bytes.count), copies)
      }
    guard code == SQLITE_OK else { throw error(code) }
  }

  private func error(_ code: Int32) -> DatabaseError {
    DatabaseError(
      resultCode: ResultCode(rawValue: code),
      message: sqlite3_errmsg(sqlite3_db_handle(raw)).map { String(cString: $0) })
  }
}

/// What one column of a result may hold.
private struct ValueCheck {
  /// Nil for a column that SQLite computes.
  let declared: StoredColumn?
  /// The integers that it may contain; nil if the declaration requires more.
  let integers: ClosedRange<Int64>?

  init(_ declared: StoredColumn?) {
    self.declared = declared
    integers =
      switch declared?.content {
      case nil: .min ... .max
      case .integer(let range): range
      default: nil
      }
  }
}

/// Which of the first 64 columns of a row hold a value of which type; a bit for each, the lowest for the first. A canonical form does not
/// tell a text from bytes.
struct ColumnKinds: Equatable {
  var integers: UInt64 = 0
  var texts: UInt64 = 0
  var blobs: UInt64 = 0

  static func bit(_ column: Int32) -> UInt64 { column < 64 ? 1 << UInt64(column) : 0 }
}

/// One row of a result, read from left to right; valid until the next step.
///
/// Every value is checked against what its column may hold before it is given out.
struct StoredRow {
  fileprivate let statement: OpaquePointer
  private let checks: [ValueCheck]
  private var column: Int32 = 0

  fileprivate init(statement: OpaquePointer, checks: [ValueCheck]) {
    self.statement = statement
    self.checks = checks
  }

  mutating func integer() throws -> Int64 {
    guard let value = try optionalInteger() else { throw damaged(column - 1, DamagedValueTexts.wholeNumber) }
    return value
  }

  mutating func optionalInteger() throws -> Int64? {
    let index = column
    column += 1
    // The common case, without the declaration.
    let raw = value(at: index)
    if sqlite3_value_type(raw) == SQLITE_INTEGER {
      let value = sqlite3_value_int64(raw)
      if let range = checks[Int(index)].integers, range.contains(value) { return value }
    }
    try check(index)
    switch sqlite3_column_type(statement, index) {
    case SQLITE_NULL: return nil
    case SQLITE_INTEGER: return sqlite3_column_int64(statement, index)
    default: throw damaged(index, DamagedValueTexts.wholeNumber)
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
    guard let value = try optionalText() else { throw damaged(column - 1, DamagedValueTexts.text) }
    return value
  }

  mutating func optionalText() throws -> String? {
    let index = try next()
    switch sqlite3_column_type(statement, index) {
    case SQLITE_NULL: return nil
    case SQLITE_TEXT: return String(decoding: bytes(at: index), as: UTF8.self)
    default: throw damaged(index, DamagedValueTexts.text)
    }
  }

  /// Like `optionalText`, but returns `known` if the column contains the same bytes, so that a repeated text is made
  /// once.
  mutating func optionalText(known: String?) throws -> String? {
    let index = try next()
    switch sqlite3_column_type(statement, index) {
    case SQLITE_NULL: return nil
    case SQLITE_TEXT:
      let bytes = bytes(at: index)
      return known?.hasUTF8(bytes) == true ? known : String(decoding: bytes, as: UTF8.self)
    default: throw damaged(index, DamagedValueTexts.text)
    }
  }

  mutating func value<Value: RawRepresentable<String>>(_: Value.Type) throws -> Value {
    guard let value = Value(rawValue: try text()) else { throw damaged(column - 1, DamagedValueTexts.word) }
    return value
  }

  /// As `value`, but faster for a word that comes again and again.
  mutating func value<Value: RawRepresentable<String>>(_: Value.Type, often: Value) throws -> Value {
    let raw = value(at: column)
    guard sqlite3_value_type(raw) == SQLITE_TEXT, often.rawValue.hasUTF8(Self.bytes(of: raw)) else {
      return try value(Value.self)
    }
    column += 1
    return often
  }

  mutating func optionalValue<Value: RawRepresentable<String>>(_: Value.Type) throws -> Value? {
    guard let text = try optionalText() else { return nil }
    guard let value = Value(rawValue: text) else { throw damaged(column - 1, DamagedValueTexts.word) }
    return value
  }

  /// `known`: the value of a text that need not be parsed.
  mutating func parsed<Value: ParsedText>(_: Value.Type, known: (String) -> Value? = { _ in nil }) throws -> Value {
    let index = column
    let text = try text()
    return try known(text) ?? parsed(Value.self, from: text, at: index)
  }

  mutating func optionalParsed<Value: ParsedText>(_: Value.Type) throws -> Value? {
    let index = column
    return try optionalText().map { try parsed(Value.self, from: $0, at: index) }
  }

  mutating func bytes() throws -> [UInt8] {
    guard let value = try optionalBytes() else { throw damaged(column - 1, DamagedValueTexts.bytes) }
    return value
  }

  mutating func optionalBytes() throws -> [UInt8]? {
    let index = try next()
    switch sqlite3_column_type(statement, index) {
    case SQLITE_NULL: return nil
    case SQLITE_BLOB: return Array(bytes(at: index))
    default: throw damaged(index, DamagedValueTexts.bytes)
    }
  }

  /// Two halves of a value of 16 bytes, highest byte first.
  mutating func sixteenBytes() throws -> (high: UInt64, low: UInt64) {
    guard let halves = try optionalSixteenBytes() else { throw damaged(column - 1, DamagedValueTexts.sixteenBytes) }
    return halves
  }

  mutating func optionalSixteenBytes() throws -> (high: UInt64, low: UInt64)? {
    let index = try next()
    guard sqlite3_column_type(statement, index) != SQLITE_NULL else { return nil }
    let bytes = bytes(at: index)
    guard sqlite3_column_type(statement, index) == SQLITE_BLOB, bytes.count == 16 else {
      throw damaged(index, DamagedValueTexts.sixteenBytes)
    }
    return (
      UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
      UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    )
  }

  /// Looks at one column of the row, wherever the reading is, and reads a text of a form of its own through. Throws
  /// `DamagedValue`.
  func check(_ index: Int) throws {
    try check(Int32(index))
    if case .parsed(let type)? = checks[index].declared?.content,
      sqlite3_column_type(statement, Int32(index)) != SQLITE_NULL
    {
      _ = try parsed(
        type, from: String(decoding: bytes(at: Int32(index)), as: UTF8.self), at: Int32(index))
    }
  }

  /// Skips columns without reading them.
  mutating func skip(_ columns: Int) { column += Int32(columns) }

  /// The integer in a column; nil if it contains something else.
  func rawInteger(_ index: Int) -> Int64? {
    sqlite3_column_type(statement, Int32(index)) == SQLITE_INTEGER ? sqlite3_column_int64(statement, Int32(index)) : nil
  }

  /// Adds the remaining columns to the canonical form of what the evidence chain vouches for.
  ///
  /// - Parameter least: behind so many values, NULLs at the end are left out; nil for none.
  @discardableResult
  mutating func append(to form: inout CanonicalForm, least: Int? = nil) -> ColumnKinds {
    var end = sqlite3_column_count(statement)
    if let least {
      let limit = column + Int32(least)
      while end > limit, sqlite3_column_type(statement, end - 1) == SQLITE_NULL { end -= 1 }
    }
    var kinds = ColumnKinds()
    while column < end {
      let raw = value(at: column)
      switch sqlite3_value_type(raw) {
      case SQLITE_NULL: form.appendNull()
      case SQLITE_INTEGER:
        form.append(sqlite3_value_int64(raw))
        kinds.integers |= ColumnKinds.bit(column)
      case SQLITE_TEXT:
        form.append(Self.bytes(of: raw))
        kinds.texts |= ColumnKinds.bit(column)
      case SQLITE_BLOB:
        form.append(Self.bytes(of: raw))
        kinds.blobs |= ColumnKinds.bit(column)
      default: form.append(Self.bytes(of: raw))
      }
      column += 1
    }
    return kinds
  }

  /// Goes on, or back, to a column.
  mutating func move(to index: Int) { column = Int32(index) }

  /// Canonical form of the remaining columns.
  var restForm: [UInt8] {
    mutating get {
      var form = CanonicalForm()
      append(to: &form)
      return form.bytes
    }
  }

  /// Index of the next column, after checking its value.
  private mutating func next() throws -> Int32 {
    let index = column
    column += 1
    try check(index)
    return index
  }

  private func check(_ index: Int32) throws {
    guard let declared = checks[Int(index)].declared else { return }
    let holds =
      switch (declared.content, sqlite3_column_type(statement, index)) {
      case (_, SQLITE_NULL): declared.isOptional
      case (.integer(let range), SQLITE_INTEGER): range.contains(sqlite3_column_int64(statement, index))
      case (.number(let numbers), SQLITE_INTEGER): numbers.contains(sqlite3_column_int64(statement, index))
      case (.text(let limit), SQLITE_TEXT): bytes(at: index).count <= limit
      case (.parsed, SQLITE_TEXT): bytes(at: index).count <= StoredColumn.parsedLimit
      case (.word(let words), SQLITE_TEXT):
        words.contains { $0.utf8.elementsEqual(bytes(at: index)) }
      case (.bytes(let counts), SQLITE_BLOB):
        counts.contains(Int(sqlite3_column_bytes(statement, index)))
      case (.blob(let limit), SQLITE_BLOB): Int(sqlite3_column_bytes(statement, index)) <= limit
      default: false
      }
    if !holds { throw damaged(index, declared.expectation) }
  }

  private func parsed<Value: ParsedText>(_: Value.Type, from text: String, at index: Int32) throws -> Value {
    do throws(TextFault) {
      return try Value(storedText: text)
    } catch {
      throw damaged(index, DamagedValueTexts.form(error.expected))
    }
  }

  /// The value of a column, whose type and content can be read without finding the column again.
  ///
  /// SQLite calls the value unprotected: it may be read as long as no other thread uses the connection. Each connection
  /// of the pool is used by one thread at a time.
  private func value(at index: Int32) -> OpaquePointer? { sqlite3_column_value(statement, index) }

  private func bytes(at index: Int32) -> UnsafeRawBufferPointer { Self.bytes(of: value(at: index)) }

  fileprivate static func bytes(of value: OpaquePointer?) -> UnsafeRawBufferPointer {
    // SQLite's documentation asks for the pointer before the length, because a conversion could move the bytes.
    let start = sqlite3_value_blob(value)
    return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_value_bytes(value)))
  }

  private func damaged(_ index: Int32, _ expected: LocalizedText) -> DamagedValue {
    let found =
      switch sqlite3_column_type(statement, index) {
      case SQLITE_NULL: DamagedValueTexts.nothing
      case SQLITE_INTEGER: DamagedValueTexts.number(sqlite3_column_int64(statement, index))
      case SQLITE_FLOAT: DamagedValueTexts.number(sqlite3_column_double(statement, index))
      case SQLITE_TEXT: DamagedValueTexts.text(bytes: bytes(at: index).count)
      default: DamagedValueTexts.bytes(bytes(at: index).count)
      }
    let origin = Self.origin(statement, index)?.split(separator: ".", maxSplits: 1).map(String.init) ?? []
    return DamagedValue(
      table: origin.first ?? "computed", row: nil,
      column: origin.last ?? String(cString: sqlite3_column_name(statement, index)), found: found,
      expected: expected)
  }

  /// The error for the column read last: it refers to a row of `table` that is not there.
  func missing(_ table: String) -> DamagedValue {
    var damaged = damaged(column - 1, DamagedValueTexts.row(of: table))
    damaged.found = DamagedValueTexts.danglingReference
    return damaged
  }

  private static func range<Number: FixedWidthInteger>(_: Number.Type) -> LocalizedText {
    DamagedValueTexts.range(from: Number.min, to: Number.max)
  }

  /// `table.column` of a column of a result; nil if SQLite computes it.
  fileprivate static func origin(_ statement: OpaquePointer, _ index: Int32) -> String? {
    guard let table = sqlite3_column_table_name(statement, index),
      let column = sqlite3_column_origin_name(statement, index)
    else { return nil }
    return String(cString: table) + "." + String(cString: column)
  }
}

/// The values of the first columns of a row as they are stored: kind, length and bytes of each. They are not checked.
struct FirstColumns: RawValues {
  private let statement: OpaquePointer
  private let columns: Int32

  init(_ row: StoredRow, count: Int) {
    statement = row.statement
    columns = Int32(count)
  }

  var form: [UInt8] {
    var form: [UInt8] = []
    for column in 0..<columns {
      let raw = sqlite3_column_value(statement, column)
      let type = sqlite3_value_type(raw)
      form.append(UInt8(truncatingIfNeeded: type))
      var integer = type == SQLITE_INTEGER ? sqlite3_value_int64(raw) : 0
      withUnsafeBytes(of: &integer) { integer in
        let value = type == SQLITE_INTEGER ? UnsafeRawBufferPointer(integer) : StoredRow.bytes(of: raw)
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: value.count)) { form.append(contentsOf: $0) }
        form.append(contentsOf: value)
      }
    }
    return form
  }

  func have(_ form: UnsafeRawBufferPointer) -> Bool {
    var rest = form[...]
    for column in 0..<columns {
      let raw = sqlite3_column_value(statement, column)
      let type = sqlite3_value_type(raw)
      guard rest.first == UInt8(truncatingIfNeeded: type) else { return false }
      let isInteger = type == SQLITE_INTEGER
      var integer = isInteger ? sqlite3_value_int64(raw) : 0
      let isSame = withUnsafeBytes(of: &integer) { integer in
        let value = isInteger ? UnsafeRawBufferPointer(integer) : StoredRow.bytes(of: raw)
        var count = UInt32(truncatingIfNeeded: value.count)
        let head = withUnsafeBytes(of: &count) {
          Self.removePrefix(UnsafeRawBufferPointer($0), after: 1, of: &rest)
        }
        return head && Self.removePrefix(value, after: 0, of: &rest)
      }
      guard isSame else { return false }
    }
    return rest.isEmpty
  }

  private static func removePrefix(
    _ prefix: UnsafeRawBufferPointer, after skipped: Int,
    of rest: inout Slice<UnsafeRawBufferPointer>
  ) -> Bool {
    let count = skipped + prefix.count
    guard rest.count >= count else { return false }
    defer { rest = rest.dropFirst(count) }
    guard let start = prefix.baseAddress, let other = rest.base.baseAddress else {
      return prefix.isEmpty
    }
    return memcmp(other + rest.startIndex + skipped, start, prefix.count) == 0
  }
}

extension String {
  /// Whether its UTF-8 is exactly these bytes.
  func hasUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
    utf8.withContiguousStorageIfAvailable { own in
      guard own.count == bytes.count else { return false }
      guard let first = own.baseAddress, let second = bytes.baseAddress else { return true }
      return memcmp(first, second, own.count) == 0
    } ?? false
  }
}
