import Cryptography
import Documents
import Foundation
import Model
import Reporting

/// A table of this program as an office program saved it: other separator, other encoding, other order of columns, own
/// columns added, or a sheet of a workbook.
struct SavedTable {
  struct Row {
    /// As a spreadsheet numbers it: the headings are row 1.
    let number: Int
    /// Without spaces and line ends around each cell.
    fileprivate let cells: [String]
  }

  let file: String
  /// SHA-256 of the bytes as they were saved, 32 bytes.
  let digestBytes: [UInt8]
  /// `sha256:` and 64 hexadecimal digits.
  var digest: String { "sha256:" + hexadecimal(digestBytes) }
  /// Rows with at least one filled cell.
  let rows: [Row]
  private let headings: [String]
  /// Most missing headings that a message lists, and most headings of another table.
  private static let namedHeadings = 5
  /// Index of each known column among the cells.
  private let places: [String: Int]

  /// Reads a file of at most `limit` bytes. O(bytes).
  ///
  /// Of a workbook (xlsx, ods, xls), which LibreOffice must be there to read, the sheet with the most of these headings
  /// is taken; with `isOnly`, a second sheet that has all needed ones is a fault, since its rows would be left out.
  ///
  /// - Parameters:
  ///   - needed: ids of columns that must be there.
  ///   - headings: what else the heading of a column may be, in lower case, by its id.
  init(
    path: String, columns: [Column], needed: [String], headings: [String: [String]] = [:], limit: Int = 64 << 20,
    isOnly: Bool = false
  ) throws(FileLoadError) {
    let bytes = try fileContents(path: path, what: TableTexts.savedTable, limit: limit)
    guard Self.isWorkbook(bytes) else {
      try self.init(bytes: bytes, file: path, columns: columns, needed: needed, headings: headings)
      return
    }
    let ids = Self.ids(of: columns, headings)
    let sheets = try SavedWorkbook.sheets(of: path, limit: limit).map { sheet throws(FileLoadError) in
      let headings = try Cells(Self.text(sheet, file: path), separator: SavedWorkbook.separator, file: path).first()
      return (sheet, Self.places(in: headings ?? [], ids))
    }
    let complete = sheets.count { _, places in needed.allSatisfy { places[$0] != nil } }
    if isOnly, complete > 1 {
      throw FileLoadError(
        FileFault(
          file: path, position: .table(row: nil, column: nil),
          problem: TableTexts.severalSheets(complete), expected: TableTexts.oneSheet,
          nextStep: TableTexts.joinSheets))
    }
    let sheet = sheets.max { $0.1.count < $1.1.count }?.0 ?? []
    try self.init(bytes: sheet, file: path, columns: columns, needed: needed, headings: headings, saved: bytes)
  }

  /// `saved`: the bytes for the digest, if the table came from a workbook.
  init(
    bytes: [UInt8], file: String, columns: [Column], needed: [String], headings others: [String: [String]] = [:],
    saved: [UInt8]? = nil
  ) throws(FileLoadError) {
    self.file = file
    digestBytes = SHA256Digest.hash(saved ?? bytes)
    let text = try Self.text(bytes, file: file)
    if let fault = Self.emptiness(text, file: file) { throw FileLoadError(fault) }
    let ids = Self.ids(of: columns, others)
    let separator = try Self.separator(of: text, ids, file: file)
    var cells = try Cells(text, separator: separator, file: file)
    let headings = try cells.next() ?? []
    self.headings = headings
    let found = Self.places(in: headings, ids)
    if let fault = Self.wrongSeparator(headings, ids, file: file) { throw FileLoadError(fault) }
    // In a file that is something else, all headings would be missing.
    if !needed.contains(where: { found[$0] != nil }) {
      throw FileLoadError(
        FileFault(
          file: file, position: .table(row: 1, column: nil), problem: Self.list(headings),
          expected: TableTexts.headings(
            columns.filter { needed.contains($0.id) }.prefix(Self.namedHeadings).map { column in
              TableTexts.oneHeading(column.id, column.title.de, column.title.en)
            }, of: needed.count), nextStep: TableTexts.nameOrRestoreHeadings))
    }
    var faults: [FileFault] = []
    var missing = 0
    for column in columns {
      let fault = { (problem: LocalizedText, next: LocalizedText) in
        FileFault(
          file: file, position: .table(row: 1, column: column.id), problem: problem,
          expected: TableTexts.oneHeading(column.id, column.title.de, column.title.en), nextStep: next)
      }
      switch found[column.id]?.count ?? 0 {
      case 1: break
      case 0 where !needed.contains(column.id): break
      case 0:
        missing += 1
        if missing > Self.namedHeadings { continue }
        faults.append(
          fault(TableTexts.headingMissing, TableTexts.restoreHeading))
      // It would be unclear which of them counts.
      default: faults.append(fault(TableTexts.headingTwice, TableTexts.renameOthers))
      }
    }
    if missing > Self.namedHeadings {
      faults.append(
        FileFault(
          file: file, position: .table(row: 1, column: nil),
          problem: TableTexts.moreHeadings(missing - Self.namedHeadings),
          expected: TableTexts.allHeadings, nextStep: TableTexts.hideColumns))
    }
    guard faults.isEmpty else { throw FileLoadError(faults: faults) }
    places = found.compactMapValues(\.first)

    var rows: [Row] = []
    var number = 1
    var (surplus, widest): ([Int], Int) = ([], 0)
    while let row = try cells.next() {
      number += 1
      if row.allSatisfy(\.isEmpty) { continue }
      if row.count > headings.count, row[headings.count...].contains(where: { !$0.isEmpty }) {
        surplus.append(number)
        widest = max(widest, row.count)
      }
      rows.append(Row(number: number, cells: row))
    }
    // One line: if the separator is wrong, it is so in most rows.
    if let first = surplus.first {
      throw FileLoadError(
        FileFault(
          file: file, position: .table(row: first, column: nil),
          problem: surplus.count == 1
            ? TableTexts.cellCount(widest) : TableTexts.cellCounts(surplus.count - 1, widest),
          expected: TableTexts.headingCount(headings.count),
          nextStep: TableTexts.openWithItsSeparator))
    }
    self.rows = rows
  }

  /// The heading of a column is its German title, as in the profile `office-de`.
  func isGerman(_ column: Column) -> Bool {
    places[column.id].map { headings[$0].lowercased() == column.title.de.lowercased() } ?? false
  }

  /// The heading as in the file; nil if it has no such column.
  func heading(_ column: String) -> String? { places[column].map { headings[$0] } }

  func has(_ column: String) -> Bool { places[column] != nil }

  /// The tables with columns for people that a file holds, each with all its columns: one of a CSV file, one or more of
  /// a workbook. At least one.
  static func tables(path: String) throws(FileLoadError) -> [(table: ExportTable, saved: SavedTable)] {
    let limit = 64 << 20
    let bytes = try fileContents(path: path, what: TableTexts.savedTable, limit: limit)
    guard isWorkbook(bytes) else {
      let (table, isTable) = try nearest(bytes, file: path)
      if !isTable, let other = try tableWithoutDecisions(bytes, file: path) {
        throw FileLoadError(
          file: path, TableTexts.tableWithoutDecisions(other.rawValue), expected: TableTexts.tableWithDecisions,
          next: TableTexts.nameFilledIn)
      }
      if !isTable, let fault = try foreignTable(bytes, file: path) { throw FileLoadError(fault) }
      return [(table, try SavedTable(bytes: bytes, file: path, table: table, saved: bytes))]
    }
    var found: [(table: ExportTable, saved: SavedTable)] = []
    for sheet in try SavedWorkbook.sheets(of: path, limit: limit) {
      // Others, such as the explanations, are none. One that was a table is refused, not left out, if a heading of it
      // is wrong.
      guard case (let table, true) = try nearest(sheet, file: path) else { continue }
      found.append((table, try SavedTable(bytes: sheet, file: path, table: table, saved: bytes)))
    }
    guard !found.isEmpty else {
      throw FileLoadError(
        file: path, TableTexts.noSheet,
        expected: TableTexts.sheetExpected,
        next: TableTexts.restoreHeadings)
    }
    return found
  }

  /// With all columns of the table.
  init(bytes: [UInt8], file: String, table: ExportTable, saved: [UInt8]? = nil) throws(FileLoadError) {
    let columns = Texts.columns(of: table)
    try self.init(bytes: bytes, file: file, columns: columns, needed: columns.map(\.id), saved: saved)
  }

  /// A fault that names the content of a file that is none of the tables; nil if it may be one that was opened with a
  /// wrong separator.
  private static func foreignTable(_ bytes: [UInt8], file: String) throws(FileLoadError) -> FileFault? {
    let text = try text(bytes, file: file)
    if let fault = emptiness(text, file: file) { return fault }
    let ids = ids(of: ExportTable.allCases.filter(\.hasHumanColumns).flatMap { Texts.columns(of: $0) })
    let headings = try Cells(text, separator: try separator(of: text, ids, file: file), file: file).first() ?? []
    guard wrongSeparator(headings, ids, file: file) == nil else { return nil }
    return FileFault(
      file: file, position: .table(row: 1, column: nil), problem: list(headings),
      expected: TableTexts.tableWithDecisions,
      nextStep: TableTexts.nameFilledIn)
  }

  /// A fault for a file without any text; nil if there is text.
  private static func emptiness(_ text: [UInt8], file: String) -> FileFault? {
    guard text.allSatisfy({ [0x09, 0x0a, 0x0d, 0x20].contains($0) }) else { return nil }
    return FileFault(
      file: file, position: .table(row: nil, column: nil), problem: FileTexts.emptyFile,
      expected: TableTexts.workbookExpected, nextStep: TableTexts.saveOrNameAnother)
  }

  private static func list(_ headings: [String]) -> LocalizedText {
    let named = headings.filter { !$0.isEmpty }
    return TableTexts.headingsFound(
      named.prefix(namedHeadings).map(SavedEntry.quoted), more: max(named.count - namedHeadings, 0))
  }

  /// The exported table without columns for people that a file is: it has at least half of its headings, and more than
  /// of any other.
  private static func tableWithoutDecisions(_ bytes: [UInt8], file: String) throws(FileLoadError) -> ExportTable? {
    let text = try text(bytes, file: file)
    var nearest: (table: ExportTable, known: Int)?
    for table in ExportTable.allCases where !table.hasHumanColumns {
      let columns = Texts.columns(of: table)
      let ids = ids(of: columns)
      let headings = try Cells(text, separator: try separator(of: text, ids, file: file), file: file).first() ?? []
      let known = places(in: headings, ids).count
      if known > max(nearest?.known ?? 0, 2), known * 2 >= columns.count { nearest = (table, known) }
    }
    return nearest?.table
  }

  /// The table with columns for people whose headings a file has most of, and whether it is that table: it has half of
  /// them, or the id of the rows and a column for people.
  private static func nearest(_ bytes: [UInt8], file: String) throws(FileLoadError) -> (
    table: ExportTable, isTable: Bool
  ) {
    let text = try text(bytes, file: file)
    var nearest = (table: ExportTable.findings, known: -1, isTable: false)
    for table in ExportTable.allCases where table.hasHumanColumns {
      let columns = Texts.columns(of: table)
      let ids = ids(of: columns)
      let headings = try Cells(text, separator: try separator(of: text, ids, file: file), file: file).first() ?? []
      let places = places(in: headings, ids)
      guard places.count > nearest.known else { continue }
      let isFilledIn = places[table.rowColumn] != nil && columns.contains { $0.isForPeople && places[$0.id] != nil }
      nearest = (table, places.count, isFilledIn || places.count * 2 >= columns.count)
    }
    return (nearest.table, nearest.isTable)
  }

  /// The separator with which the first line has most known headings; the name of the file does not show it.
  private static func separator(of text: [UInt8], _ ids: [String: String], file: String) throws(FileLoadError) -> UInt8
  {
    let candidates = try [UInt8(ascii: ";"), UInt8(ascii: ","), UInt8(ascii: "\t")].map {
      separator throws(FileLoadError) in
      let headings = try Cells(text, separator: separator, file: file).first()
      return (separator, headings.map { places(in: $0, ids).count } ?? -1)
    }
    return candidates.max { $0.1 < $1.1 }?.0 ?? UInt8(ascii: ";")
  }

  /// The cell of an existing column; empty if the row ends before it, since Excel leaves out separators after the last
  /// filled cell of a block of rows.
  func text(_ column: String, in row: Row) -> String {
    guard let place = places[column], place < row.cells.count else { return "" }
    return row.cells[place]
  }

  func fault(_ row: Row, _ column: String, _ problem: LocalizedText, expected: LocalizedText, next: LocalizedText)
    -> FileFault
  {
    FileFault(
      file: file, position: .table(row: row.number, column: places[column].map { headings[$0] } ?? column),
      problem: problem,
      expected: expected, nextStep: next)
  }

  static func isWorkbook(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: [0x50, 0x4b, 0x03, 0x04]) || bytes.starts(with: [0xd0, 0xcf, 0x11, 0xe0])
  }

  /// Ids of columns by what a heading may be: an id, or a title in either language, in any case.
  private static func ids(of columns: [Column], _ others: [String: [String]] = [:]) -> [String: String] {
    columns.reduce(into: [:]) { ids, column in
      for heading in [column.id, column.title.de, column.title.en] + others[column.id, default: []] {
        ids[heading.lowercased()] = column.id
      }
    }
  }

  /// A fault if a cell of the first row contains several headings: the table was opened with the wrong separator.
  private static func wrongSeparator(_ headings: [String], _ ids: [String: String], file: String) -> FileFault? {
    for heading in headings {
      for separator in [";", ",", "\t"] as [Character] {
        let parts = heading.split(separator: separator).map { $0.trimmingCharacters(in: ["\"", " "]).lowercased() }
        let known = parts.count { ids[$0] != nil }
        guard known >= 3 else { continue }
        return FileFault(
          file: file, position: .table(row: 1, column: nil),
          problem: TableTexts.headingsInOneCell(known),
          expected: TableTexts.cellForEach,
          nextStep: TableTexts.openWith(separator))
      }
    }
    return nil
  }

  /// Indices of each column, by ID.
  private static func places(in headings: [String], _ ids: [String: String]) -> [String: [Int]] {
    var places: [String: [Int]] = [:]
    for (place, heading) in headings.enumerated() {
      if let id = ids[heading.lowercased()] { places[id, default: []].append(place) }
    }
    return places
  }

  /// The text in UTF-8 without byte order mark, from any encoding in which the file was saved.
  private static func text(_ bytes: [UInt8], file: String) throws(FileLoadError) -> [UInt8] {
    let refuse = { (problem: LocalizedText) in
      FileLoadError(
        file: file, problem, expected: TableTexts.csv,
        next: TableTexts.saveAsCSV)
    }
    if isWorkbook(bytes) {
      throw refuse(TableTexts.isWorkbook)
    }
    if let kind = pictureOrDocument(bytes) { throw refuse(kind) }
    let text: [UInt8]
    if bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) {
      guard bytes.count % 2 == 0 else { throw refuse(TableTexts.endsInCharacter) }
      let isLittle = bytes[0] == 0xff
      let units = stride(from: 2, to: bytes.count, by: 2).map { place in
        UInt16(bytes[isLittle ? place + 1 : place]) << 8 | UInt16(bytes[isLittle ? place : place + 1])
      }
      text = Array(String(decoding: units, as: UTF16.self).utf8)
    } else if bytes.starts(with: [0xef, 0xbb, 0xbf]) {
      text = Array(bytes.dropFirst(3))
      guard String(validating: text, as: UTF8.self) != nil else { throw refuse(TableTexts.invalidUTF8) }
    } else if String(validating: bytes, as: UTF8.self) != nil {
      text = bytes
    } else {
      guard let western = windows1252(bytes) else { throw refuse(TableTexts.unknownEncoding) }
      text = western
    }
    guard !text.contains(0) else {
      throw refuse(TableTexts.nulCharacters)
    }
    return text
  }

  /// Recognised by the first bytes; nil if it is neither.
  private static func pictureOrDocument(_ bytes: [UInt8]) -> LocalizedText? {
    if bytes.starts(with: "%PDF-".utf8) { return TableTexts.isPDF }
    let pictures: [[UInt8]] = [
      [0x89, 0x50, 0x4e, 0x47], [0xff, 0xd8, 0xff], Array("GIF8".utf8), [0x49, 0x49, 0x2a, 0], [0x4d, 0x4d, 0, 0x2a],
    ]
    let isPicture =
      pictures.contains { bytes.starts(with: $0) }
      || bytes.starts(with: "RIFF".utf8) && bytes.dropFirst(8).starts(with: "WEBP".utf8)
    return isPicture ? TableTexts.isPicture : nil
  }

  /// Decodes Windows-1252, in which German Excel saves "CSV"; nil if a byte is not assigned (WHATWG Encoding Standard,
  /// index windows-1252, without its five control characters).
  private static func windows1252(_ bytes: [UInt8]) -> [UInt8]? {
    let high: [UInt32] = [
      0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0,
      0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e,
      0x0178,
    ]
    var text = ""
    for byte in bytes {
      let value = (0x80...0x9f).contains(byte) ? high[Int(byte) - 0x80] : UInt32(byte)
      guard value != 0 || byte == 0, let scalar = Unicode.Scalar(value) else { return nil }
      text.unicodeScalars.append(scalar)
    }
    return Array(text.utf8)
  }
}

extension FileLoadError {
  fileprivate init(file: String, _ problem: LocalizedText, expected: LocalizedText, next: LocalizedText) {
    self.init(
      FileFault(
        file: file, position: .table(row: nil, column: nil), problem: problem, expected: expected, nextStep: next))
  }
}

/// Cells of a text with separators (RFC 4180), row by row; lines end with CR LF, LF or CR.
private struct Cells {
  private let text: [UInt8]
  private let separator: UInt8
  private let file: String
  private var place = 0
  private var row = 0

  private static let quote = UInt8(ascii: "\"")
  private static let carriageReturn = UInt8(ascii: "\r")
  private static let lineFeed = UInt8(ascii: "\n")

  init(_ text: [UInt8], separator: UInt8, file: String) throws(FileLoadError) {
    self.text = text
    self.separator = separator
    self.file = file
    // Some programs begin with a line that names the separator; no spreadsheet shows it as a row.
    let head = Array("sep=".utf8)
    if text.starts(with: head), text.count > head.count {
      place = head.count + 1
      skipLineEnd()
    }
  }

  func first() throws(FileLoadError) -> [String]? {
    var copy = self
    // A wrong separator may split quoted headings; then it is not the one.
    do { return try copy.next() } catch { return nil }
  }

  /// The next row; nil after the last one.
  mutating func next() throws(FileLoadError) -> [String]? {
    guard place < text.count else { return nil }
    row += 1
    var cells: [String] = []
    while true {
      cells.append(try cell())
      guard place < text.count else { return cells }
      if text[place] == separator {
        place += 1
        continue
      }
      skipLineEnd()
      return cells
    }
  }

  private mutating func cell() throws(FileLoadError) -> String {
    guard place < text.count, text[place] == Self.quote else {
      let start = place
      while place < text.count, !endsCell(text[place]) { place += 1 }
      return Self.trimmed(text[start..<place])
    }
    place += 1
    var content: [UInt8] = []
    while place < text.count {
      let byte = text[place]
      place += 1
      guard byte == Self.quote else {
        content.append(byte)
        continue
      }
      if place < text.count, text[place] == Self.quote {
        content.append(byte)
        place += 1
        continue
      }
      guard place == text.count || endsCell(text[place]) else {
        throw fault(TableTexts.textAfterQuote, expected: TableTexts.separatorOrEnd)
      }
      return Self.trimmed(content[...])
    }
    throw fault(TableTexts.quoteNotClosed, expected: TableTexts.closingQuote)
  }

  private func endsCell(_ byte: UInt8) -> Bool {
    byte == separator || byte == Self.carriageReturn || byte == Self.lineFeed
  }

  private mutating func skipLineEnd() {
    if place < text.count, text[place] == Self.carriageReturn { place += 1 }
    if place < text.count, text[place] == Self.lineFeed { place += 1 }
  }

  private func fault(_ problem: LocalizedText, expected: LocalizedText) -> FileLoadError {
    FileLoadError(faults: [
      FileFault(
        file: file, position: .table(row: row, column: nil), problem: problem, expected: expected,
        nextStep: TableTexts.saveOnceMore)
    ])
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
