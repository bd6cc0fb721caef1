internal import CXlsxWriter
import Foundation
import Model

/// A workbook in the format of Excel 2007 and later (ECMA-376, `.xlsx`): a sheet for each table, and one that explains
/// them.
///
/// Cells have the values of the CSV file of the same profile: numbers and times as such, everything else as text. No
/// text is ever written as a formula. The same rows give the same bytes. Rows are written to a temporary file beside
/// the workbook, so memory does not grow with them.
final class Workbook {
  /// Rows of a sheet, the headings included; the format has no more.
  static let rowLimit = 1_048_576
  /// UTF-16 code units in a cell; the format has no more.
  static let cellLimit = 32_767

  private let path: String
  private let format: CSVFormat
  private let book: UnsafeMutablePointer<lxw_workbook>
  private var isClosed = false
  private var styles: [Style: UnsafeMutablePointer<lxw_format>] = [:]
  private var sheets: [UnsafeMutablePointer<lxw_worksheet>] = []

  /// How a cell looks.
  private struct Style: Hashable {
    var numberFormat = "General"
    var isForPeople = false
    var isHeading = false
    var wraps = false
  }

  /// `path`: where the finished workbook is to be; temporary files are in the same folder and have no name. Throws
  /// `ReportingError`.
  init(path: String, format: CSVFormat, title: String) throws {
    self.path = path
    self.format = format
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let book = folder.withCString { folder in
      var options = lxw_workbook_options(
        constant_memory: 1, tmpdir: UnsafeMutablePointer(mutating: folder), use_zip64: 1)
      return workbook_new_opt(path, &options)
    }
    guard let book else { throw ReportingError.notWritable(path: path, reason: String(cString: strerror(errno))) }
    self.book = book
    try title.withCString { title in
      var properties = lxw_doc_properties()
      properties.title = UnsafeMutablePointer(mutating: title)
      // 1980-01-01, as the entries of the archive have: two exports of the same store have to be identical.
      properties.created = 315_532_800
      try check(workbook_set_properties(book, &properties))
    }
  }

  deinit {
    if !isClosed { lxw_workbook_free(book) }
  }

  /// Adds the sheet of a table.
  ///
  /// - Parameter rows: calls its argument with the cells of each row, in their order.
  /// - Returns: number of rows without the headings.
  func add(_ table: ExportTable, rows: ((([Cell]) throws -> Void) throws -> Void)) throws -> Int {
    let columns = Texts.columns(of: table)
    let sheet = try sheet(named: Texts.title(table)[format.profile.language])
    // The format stores heights with the rows, so widths are decided by the first ones.
    var first: [[Value]] = []
    var widths: [Int]?
    var count = 0
    try rows { cells in
      count += 1
      guard count < Self.rowLimit else { throw ReportingError.tooManyRows(table) }
      let values = try zip(columns, cells).map { column, cell in
        let value = value(cell)
        if case .text(let text) = value, text.utf16.count > Self.cellLimit {
          throw ReportingError.cellTooLong(table, column: column.id)
        }
        return value
      }
      if let widths { return try write(values, columns, table, widths, sheet, count) }
      first.append(values)
      guard first.count == 500 else { return }
      widths = try begin(sheet, table, columns, first)
      first = []
    }
    let decided = try widths ?? begin(sheet, table, columns, first)
    for (place, column) in columns.enumerated() {
      var options = lxw_row_col_options()
      if place >= table.firstTechnicalColumn { (options.hidden, options.level) = (1, 1) }
      try check(
        worksheet_set_column_opt(sheet, UInt16(place), UInt16(place), Double(decided[place]), nil, &options))
      if count > 0 { try restrict(column, sheet, place, rows: count) }
    }
    var folded = lxw_row_col_options(hidden: 0, level: 0, collapsed: 1)
    try check(
      worksheet_set_column_opt(sheet, UInt16(columns.count), UInt16(columns.count), LXW_DEF_COL_WIDTH, nil, &folded))
    worksheet_freeze_panes(sheet, 1, 0)
    try check(worksheet_autofilter(sheet, 0, 0, UInt32(count), UInt16(columns.count - 1)))
    worksheet_set_landscape(sheet)
    worksheet_set_paper(sheet, Self.paperA4)
    try check(worksheet_repeat_rows(sheet, 0, 0))
    return count
  }

  private static let paperA4: UInt8 = 9

  /// Writes the headings and the first rows.
  ///
  /// - Returns: width of each column in characters.
  private func begin(
    _ sheet: UnsafeMutablePointer<lxw_worksheet>, _ table: ExportTable, _ columns: [Column], _ rows: [[Value]]
  ) throws -> [Int] {
    let titles = columns.map { $0.title[format.profile.language] }
    // The button of the filter needs room beside the longest word of a heading.
    var widths = zip(columns, titles).map { column, title in
      max((title.split(separator: " ").map(\.count).max() ?? 0) + 4, column.isForPeople ? 22 : 8)
    }
    for row in rows {
      for (place, value) in row.enumerated() { widths[place] = min(max(widths[place], value.width + 2), 60) }
    }
    let height = zip(titles, widths).map { Self.lines(of: $0.count, in: $1 - 3) }.max() ?? 1
    try check(worksheet_set_row(sheet, 0, Self.lineHeight * Double(height), nil))
    for (place, title) in titles.enumerated() {
      try write(
        title, sheet, 0, place, style(Style(isForPeople: columns[place].isForPeople, isHeading: true, wraps: true)))
    }
    for (number, row) in rows.enumerated() { try write(row, columns, table, widths, sheet, number + 1) }
    return widths
  }

  private func write(
    _ values: [Value], _ columns: [Column], _ table: ExportTable, _ widths: [Int],
    _ sheet: UnsafeMutablePointer<lxw_worksheet>, _ row: Int
  ) throws {
    // LibreOffice does not compute the height of a row that it reads. The rest of a longer text is in the cell
    // nevertheless.
    let lines = zip(values, widths).prefix(table.firstTechnicalColumn).map { Self.lines(of: $0.width, in: $1) }.max()
    try check(worksheet_set_row(sheet, UInt32(row), Self.lineHeight * Double(min(lines ?? 1, 12)), nil))
    for (place, value) in values.enumerated() {
      let column = columns[place]
      var style = Style(isForPeople: column.isForPeople)
      switch value {
      case .number(let number, let numberFormat, _):
        style.numberFormat = numberFormat
        try check(worksheet_write_number(sheet, UInt32(row), UInt16(place), number, self.style(style)))
      case .blank:
        style.wraps = true
        style.numberFormat = column.entry.map(numberFormat) ?? style.numberFormat
        try check(worksheet_write_blank(sheet, UInt32(row), UInt16(place), self.style(style)))
      case .text(let text):
        style.wraps = true
        try write(text, sheet, row, place, self.style(style))
      }
    }
  }

  /// Adds the sheet that explains the tables, as a page to be read from top to bottom.
  func add(explanations parts: [Legend.Part], title: String) throws {
    let sheet = try sheet(named: Texts.explanationsSheet[format.profile.language])
    let widths = [34, 22, 26, 30, 30, 30]
    for (place, width) in widths.enumerated() {
      try check(worksheet_set_column(sheet, UInt16(place), UInt16(place), Double(width), nil))
    }
    let (plain, bold) = (try style(Style(wraps: true)), try style(Style(isHeading: true, wraps: true)))
    var row = 0
    // The last cell of a row reaches to the last column.
    func add(_ cells: [String], _ style: UnsafeMutablePointer<lxw_format>) throws {
      let cells = cells.map(Self.escaped)
      let last = cells.count - 1
      let lines = cells.enumerated().map { place, text in
        Self.lines(of: text.count, in: place == last ? widths[last...].reduce(0, +) : widths[place])
      }
      try check(worksheet_set_row(sheet, UInt32(row), Self.lineHeight * Double(lines.max() ?? 1), nil))
      for (place, text) in cells.enumerated() { try write(text, sheet, row, place, style) }
      if last < widths.count - 1 {
        try check(
          worksheet_merge_range(
            sheet, UInt32(row), UInt16(last), UInt32(row), UInt16(widths.count - 1), cells[last], style))
      }
      row += 1
    }
    try add([title], bold)
    for part in parts {
      switch part {
      case .heading(let text):
        row += 1
        try add([text], bold)
      case .paragraph(let text): try add([text], plain)
      case .list(let items): for item in items { try add(["• " + item], plain) }
      case .table(let caption, let headings, let rows):
        row += 1
        try add([caption], bold)
        try add(headings, bold)
        for cells in rows { try add(cells, plain) }
      }
    }
    worksheet_set_landscape(sheet)
    worksheet_set_paper(sheet, Self.paperA4)
    worksheet_fit_to_pages(sheet, 1, 0)
  }

  /// In points; Excel's default for the default font.
  private static let lineHeight = 15.0

  /// Lines of a wrapped text; wrapping leaves about a tenth of each line empty.
  private static func lines(of characters: Int, in width: Int) -> Int {
    characters <= width ? 1 : (characters * 11 + width * 10 - 1) / (width * 10)
  }

  /// Writes the file; nothing can be added afterwards. Throws `ReportingError.notWritable`.
  func close() throws {
    // The library does not notice that a temporary file could not be written, and would pack the incomplete file.
    var size: Int64 = 0
    for sheet in sheets {
      guard let file = sheet.pointee.optimize_tmpfile else { continue }
      guard fflush(file) == 0, ferror(file) == 0 else {
        throw ReportingError.notWritable(path: path, reason: String(cString: strerror(errno)))
      }
      size += Int64(ftell(file))
    }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let free = try? FileManager.default.attributesOfFileSystem(forPath: folder)[.systemFreeSize] as? NSNumber
    // Packing needs room for a copy of each sheet and for the packed file.
    if let free, free.int64Value < size * 2 {
      throw ReportingError.notWritable(path: path, reason: String(cString: strerror(ENOSPC)))
    }
    isClosed = true
    try check(workbook_close(book))
  }

  private func sheet(named name: String) throws -> UnsafeMutablePointer<lxw_worksheet> {
    guard let sheet = workbook_add_worksheet(book, name) else {
      throw ReportingError.notWritable(path: path, reason: String(cString: strerror(errno)))
    }
    sheets.append(sheet)
    return sheet
  }

  private func write(
    _ text: String, _ sheet: UnsafeMutablePointer<lxw_worksheet>, _ row: Int, _ place: Int,
    _ style: UnsafeMutablePointer<lxw_format>
  ) throws {
    try check(worksheet_write_string(sheet, UInt32(row), UInt16(place), text, style))
  }

  /// A value as a spreadsheet knows it.
  private enum Value {
    case number(Double, format: String, width: Int)
    case text(String)
    case blank

    /// About how many characters are shown.
    var width: Int {
      switch self {
      case .number(_, _, let width): width
      case .text(let text): text.utf8.count
      case .blank: 0
      }
    }
  }

  /// A number that a spreadsheet would round, or a day that it does not know, is text: it keeps 15 digits, and its
  /// calendar begins in 1900 with a leap day that did not exist.
  private func value(_ cell: Cell) -> Value {
    let exact = UInt64(1_000_000_000_000_000)
    switch cell {
    case .empty: return .blank
    case .integer(let number) where number < exact:
      return .number(Double(number), format: "0", width: String(number).utf8.count)
    case .signed(let number) where number.magnitude < exact:
      return .number(Double(number), format: "0", width: String(number).utf8.count)
    case .decimal(let number) where number.units < exact:
      let text = number.text(decimalMark: ".")
      return .number(
        Double(text) ?? 0, format: number.places == 0 ? "0" : "0." + String(repeating: "0", count: number.places),
        width: text.utf8.count)
    case .instant(let hour): return instant(hour, format.profile == .officeGerman ? format.clock : .utc)
    case .instantUTC(let hour): return instant(hour, .utc)
    case .dates(let dates):
      guard dates.count == 1, let date = LocalDate(dates[0]), Self.knownDays.contains(date) else {
        return .text(Self.escaped(format.text(cell)))
      }
      return .number(Double(date.day) + Self.dayOfEpoch, format: numberFormat(.date), width: 10)
    default: return .text(Self.escaped(format.text(cell)))
    }
  }

  /// Readers take `_x0041_` in a text for the character of that number (ECMA-376 part 1, §22.9.2.19), so its first
  /// character gets that form itself.
  private static func escaped(_ text: String) -> String {
    text.contains("_x") ? text.replacing(/_(?=x[0-9A-Fa-f]{4}_)/, with: "_x005F_") : text
  }

  private func instant(_ hour: Hour, _ clock: SiteClock) -> Value {
    guard Self.knownDays.contains(clock.date(of: hour)) else { return .text(format.text(.instantUTC(hour))) }
    return .number(
      Double(clock.localSeconds(hour)) / 86400 + Self.dayOfEpoch,
      format: format.profile == .officeGerman ? "dd.mm.yyyy hh:mm:ss" : "yyyy-mm-dd\"T\"hh:mm:ss\"Z\"", width: 20)
  }

  /// Number of 1970-01-01 in the calendar of spreadsheets.
  private static let dayOfEpoch = 25569.0
  private static let knownDays =
    LocalDate(year: 1900, month: 3, dayOfMonth: 1)...LocalDate(year: 9999, month: 12, dayOfMonth: 31)

  /// Of a cell that people fill in. Text is marked as such: otherwise `007` would lose its zeros.
  private func numberFormat(_ entry: Column.Entry) -> String {
    switch entry {
    case .text, .word: "@"
    case .level: "0"
    case .date: format.profile == .officeGerman ? "dd.mm.yyyy" : "yyyy-mm-dd"
    }
  }

  /// Offers the words of a column that people fill in, and refuses what would not be understood when it is read back.
  private func restrict(
    _ column: Column, _ sheet: UnsafeMutablePointer<lxw_worksheet>, _ place: Int, rows: Int
  ) throws {
    var validation = lxw_data_validation()
    var words: [String] = []
    switch column.entry {
    case nil, .text: return
    case .word(let vocabulary): words = format.words(vocabulary)
    case .level: words = (1...4).map(String.init)
    case .date: break
    }
    // The library expects mutable strings, and copies them.
    var list: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    let message = strdup(Texts.allowedEntries(words)[format.profile.language])
    let title = strdup(Texts.entryRefused[format.profile.language])
    defer { for text in list + [message, title] { free(text) } }
    validation.error_message = message
    validation.error_title = title
    if words.isEmpty {
      validation.validate = UInt8(LXW_VALIDATION_TYPE_DATE.rawValue)
      validation.criteria = UInt8(LXW_VALIDATION_CRITERIA_GREATER_THAN_OR_EQUAL_TO.rawValue)
      validation.value_datetime = lxw_datetime(year: 2000, month: 1, day: 1, hour: 0, min: 0, sec: 0)
      try check(worksheet_data_validation_range(sheet, 1, UInt16(place), UInt32(rows), UInt16(place), &validation))
    } else {
      validation.validate = UInt8(LXW_VALIDATION_TYPE_LIST.rawValue)
      try list.withUnsafeMutableBufferPointer { list in
        validation.value_list = list.baseAddress
        try check(worksheet_data_validation_range(sheet, 1, UInt16(place), UInt32(rows), UInt16(place), &validation))
      }
    }
  }

  private func style(_ style: Style) throws -> UnsafeMutablePointer<lxw_format> {
    if let known = styles[style] { return known }
    guard let made = workbook_add_format(book) else {
      throw ReportingError.notWritable(path: path, reason: String(cString: strerror(errno)))
    }
    if style.numberFormat != "General" { format_set_num_format(made, style.numberFormat) }
    if style.isHeading { format_set_bold(made) }
    if style.isHeading || style.isForPeople {
      // Dark text on either keeps a contrast above 7:1.
      format_set_bg_color(made, style.isForPeople ? (style.isHeading ? 0xffe699 : 0xfff8e1) : 0xececec)
      format_set_border(made, UInt8(LXW_BORDER_THIN.rawValue))
      format_set_border_color(made, 0xbfbfbf)
    }
    if style.wraps { format_set_text_wrap(made) }
    format_set_align(made, UInt8(LXW_ALIGN_VERTICAL_TOP.rawValue))
    styles[style] = made
    return made
  }

  private func check(_ error: lxw_error) throws {
    guard error == LXW_NO_ERROR else {
      throw ReportingError.notWritable(path: path, reason: lxw_strerror(error).map { String(cString: $0) } ?? "")
    }
  }
}
