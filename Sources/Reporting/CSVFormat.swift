import Model

/// Written form of cells in one profile (RFC 4180, and what German office programs read without an import dialog).
package struct CSVFormat: Sendable {
  let profile: ExportProfile
  let clock: SiteClock

  /// Between two fields of a line.
  var delimiter: String { profile == .officeGerman ? ";" : "," }
  var decimalMark: String { profile == .officeGerman ? "," : "." }

  /// Byte order mark if the profile has one.
  var preamble: [UInt8] { profile == .officeGerman ? [0xef, 0xbb, 0xbf] : [] }

  func header(_ columns: [Column]) -> [UInt8] {
    var line: [UInt8] = []
    for column in columns {
      append(delimiterBefore: &line)
      Self.append(quoted: profile == .officeGerman ? column.title.de : column.id, to: &line)
    }
    return line + Self.lineEnd
  }

  /// A line that reuses the written fields of the line before, which has the same value in most columns.
  ///
  /// - Parameter previous: the line before and its cells; becomes this one. Empty before the first.
  func row(_ cells: [Cell], after previous: inout PreviousRow) -> [UInt8] {
    var line: [UInt8] = []
    line.reserveCapacity(previous.line.count + 64)
    var ends: [Int] = []
    ends.reserveCapacity(cells.count)
    for (column, cell) in cells.enumerated() {
      append(delimiterBefore: &line)
      if column < previous.cells.count, previous.cells[column] == cell {
        line += previous.line[previous.field(column)]
      } else {
        Self.append(quoted: text(cell), to: &line)
      }
      ends.append(line.count)
    }
    line += Self.lineEnd
    previous = PreviousRow(line: line, cells: cells, ends: ends)
    return line
  }

  func row(_ cells: [Cell]) -> [UInt8] {
    var previous = PreviousRow()
    return row(cells, after: &previous)
  }

  struct PreviousRow {
    fileprivate var line: [UInt8] = []
    fileprivate var cells: [Cell] = []
    /// Behind the last byte of each field.
    fileprivate var ends: [Int] = []

    /// Range of a field in the line, with its quotes: after the delimiter if there is a field before it.
    fileprivate func field(_ column: Int) -> Range<Int> { (column == 0 ? 0 : ends[column - 1] + 1)..<ends[column] }
  }

  private static let lineEnd: [UInt8] = [UInt8(ascii: "\r"), UInt8(ascii: "\n")]

  private func append(delimiterBefore line: inout [UInt8]) {
    if !line.isEmpty {
      line.append(profile == .officeGerman ? UInt8(ascii: ";") : UInt8(ascii: ","))
    }
  }

  /// Numbers too are quoted: LibreOffice with default settings takes the comma as well as the semicolon for a
  /// separator, and would split `0,010`.
  private static func append(quoted text: String, to line: inout [UInt8]) {
    let quote = UInt8(ascii: "\"")
    var text = text
    line.append(quote)
    text.withUTF8 { bytes in
      if bytes.contains(quote) {
        for byte in bytes { line += byte == quote ? [quote, quote] : [byte] }
      } else {
        line.append(contentsOf: bytes)
      }
    }
    line.append(quote)
  }

  /// Text of a cell, without quotes.
  func text(_ cell: Cell) -> String {
    switch cell {
    case .text(let text): Self.safeText(text)
    case .list(let parts): Self.safeList(parts)
    case .wire(let text): guardedAddress(Self.safeWire(text))
    case .address(let address): guardedAddress(address.description)
    case .integer(let number): String(number)
    case .signed(let number): String(number)
    case .decimal(let number): number.text(decimalMark: decimalMark)
    case .instant(let hour): instant(hour)
    case .instantUTC(let hour):
      profile == .officeGerman ? SiteClock.utc.germanText(hour) : SiteClock.isoText(hour)
    case .spans(let spans): Self.safeList(spans.map(span))
    case .dates(let dates): dateField(dates)
    case .localized(let text): Self.safeText(text[profile.language])
    case .localizedList(let parts): Self.safeList(parts.map { $0[profile.language] })
    case .failures(let failures): failures.map { Texts.failure($0, profile.language) }.joined(separator: "|")
    case .categories(let categories):
      Self.safeList(categories.map { profile == .officeGerman ? $0.title.de : $0.id })
    case .word(let vocabulary, let id): word(vocabulary, id)
    case .words(let vocabulary, let ids): ids.map { word(vocabulary, $0) }.joined(separator: "|")
    case .counts(let vocabulary, let counts):
      counts.map { "\(word(vocabulary, $0.id)): \($0.count)" }.joined(separator: "|")
    case .unknown: word(.absent, "unknown")
    case .notApplicable: word(.absent, "not_applicable")
    case .notAssessable: word(.absent, "not_assessable")
    case .withheld: word(.absent, "withheld")
    case .none: word(.absent, "none")
    case .empty: ""
    }
  }

  private func span(_ span: SensorSpan) -> String {
    let (first, last) = (instant(span.hours.lowerBound), instant(span.hours.upperBound))
    return profile == .officeGerman ? "\(span.sensor): \(first) bis \(last)" : "\(span.sensor):\(first)/\(last)"
  }

  private func instant(_ hour: Hour) -> String {
    profile == .officeGerman ? clock.germanText(hour) : SiteClock.isoText(hour)
  }

  /// The words of a vocabulary as they are written.
  func words(_ vocabulary: Vocabulary) -> [String] { Texts.words(vocabulary).map { word(vocabulary, $0.id) } }

  private func word(_ vocabulary: Vocabulary, _ id: String) -> String {
    guard let text = Texts.word(vocabulary, id) else { return Self.safeText(id) }
    return profile == .officeGerman ? text.de : id
  }

  /// A single full date stays a date; years, months and lists are text that no office program takes for a date.
  private func dateField(_ dates: [String]) -> String {
    let parsed = dates.map { LocalDate($0) }
    if dates.count == 1, let date = parsed[0] {
      return profile == .officeGerman ? date.germanText : date.description
    }
    guard profile == .officeGerman else { return Self.safeList(dates) }
    let texts = zip(dates, parsed).map { text, date in date?.germanText ?? text }
    return (dates.count == 1 ? "Stand " : "") + Self.safeList(texts)
  }

  /// German Excel reads an address such as 151.101.129.140 as a number with thousands marks.
  private func guardedAddress(_ text: String) -> String {
    guard profile == .officeGerman, text.utf8.allSatisfy({ $0 == UInt8(ascii: ".") || $0.isASCIIDigit }) else {
      return text
    }
    return "IP " + text
  }

  /// Control characters, and a first character that starts a formula, become `\xNN`.
  package static func safeText(_ text: String) -> String {
    if isPlain(text) { return text }
    guard let first = text.unicodeScalars.first,
      "=+-@\u{ff1d}\u{ff0b}\u{ff0d}\u{ff20}".unicodeScalars.contains(first)
    else { return safeControls(text) }
    return escaped(String(first).utf8) + safeControls(String(text.unicodeScalars.dropFirst()))
  }

  /// Printable ASCII without a backslash that begins with a letter or a digit: most texts, in which nothing needs to be
  /// escaped.
  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.utf8.first, first.isASCIIAlphanumeric else { return text.isEmpty }
    return text.utf8.allSatisfy { $0.isASCIIPrintable && $0 != UInt8(ascii: "\\") }
  }

  /// The backslash too, so that escaped text can be distinguished from text that was sent like that.
  private static func safeControls(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      // Non-characters have no place in XML, of which workbooks consist.
      if scalar.isHidden || scalar == "\\" || scalar.properties.isNoncharacterCodePoint {
        result += escaped(String(scalar).utf8)
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Parts divided by `|`, which inside a part becomes `\x7c`.
  static func safeList(_ parts: [String]) -> String {
    parts.enumerated().map { index, part in
      (index == 0 ? safeText(part) : safeControls(part)).replacing("|", with: "\\x7c")
    }.joined(separator: "|")
  }

  /// As `WireText`, except that tokens which replaced personal parts are kept.
  static func safeWire(_ text: String) -> String {
    if let first = text.utf8.first, first.isASCIIAlphanumeric,
      text.utf8.allSatisfy({
        $0.isASCIIAlphanumeric || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
      })
    {
      return text
    }
    var result = ""
    var rest = text.unicodeScalars[...]
    while let scalar = rest.first {
      if scalar == "{", let end = tokenEnd(rest) {
        result.unicodeScalars.append(contentsOf: rest[..<end])
        rest = rest[end...]
        continue
      }
      rest.removeFirst()
      result += WireText.escaped(CollectionOfOne(scalar), isBeginning: result.isEmpty)
    }
    return result
  }

  /// Index after the brace that closes a token such as `{tenant}`.
  private static func tokenEnd(_ text: Substring.UnicodeScalarView) -> String.Index? {
    guard let close = text.firstIndex(of: "}") else { return nil }
    let inner = text[text.index(after: text.startIndex)..<close]
    let isToken = !inner.isEmpty && inner.allSatisfy { ("a"..."z").contains($0) || $0 == "-" || $0 == "_" }
    return isToken ? text.index(after: close) : nil
  }

  private static func escaped(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { "\\x" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
