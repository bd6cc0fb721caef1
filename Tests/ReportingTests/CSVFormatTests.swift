import Foundation
import Model
import ReportTestSupport
import Testing

@testable import Reporting

@Suite struct CSVFormatTests {
  private let german = CSVFormat(profile: .officeGerman, clock: SiteClock(zone: TimeZone(identifier: "Europe/Berlin")!))
  private let plain = CSVFormat(profile: .rfc4180, clock: SiteClock(zone: TimeZone(identifier: "Europe/Berlin")!))

  private func text(_ cells: [Cell], _ format: CSVFormat) -> String {
    String(decoding: format.row(cells), as: UTF8.self)
  }

  @Test("Each kind of cell has its form in the profile for programs")
  func programs() {
    let cells: [Cell] = [
      .text("Müller \"GmbH\""), .list(["a|b", "c"]), .integer(42), .signed(-7),
      .decimal(FixedDecimal(units: 1250, places: 3)), .instant(Example.hour("2026-05-11", 6)), .dates(["2026-05-01"]),
      .dates(["2024-10"]), .word(.purpose, "telemetry"), .unknown, .notApplicable, .notAssessable, .none, .empty,
      .yesNo(true),
    ]
    #expect(
      text(cells, plain)
        == #""Müller ""GmbH""","a\x7cb|c","42","-7","1.250","2026-05-11T06:00:00Z","2026-05-01","2024-10","#
        + #""telemetry","unknown","not_applicable","not_assessable","none","","yes""# + "\r\n")
  }

  @Test("A line that repeats fields of the line before is the line that stands alone")
  func repeated() {
    let rows: [[Cell]] = [
      [.text("a\"b"), .integer(1), .empty, .wire("x.example")],
      [.text("a\"b"), .integer(2), .empty, .wire("x.example")],
      [.integer(2), .integer(2), .empty, .wire("y.example")], [.text(""), .text("2"), .text(""), .text("y.example")],
      [.text("")], [.text(""), .text("2"), .unknown, .none, .none],
    ]
    for format in [plain, german] {
      var previous = CSVFormat.PreviousRow()
      let lines = rows.map { format.row($0, after: &previous) }
      #expect(lines == rows.map { format.row($0) })
    }
  }

  @Test("Each kind of cell has its form in the German office profile")
  func office() {
    let cells: [Cell] = [
      .text("Müller \"GmbH\""), .integer(42), .decimal(FixedDecimal(units: 5, places: 3)),
      .instant(Example.hour("2026-05-11", 6)), .instantUTC(Example.hour("2026-05-11", 6)), .dates(["2026-05-01"]),
      .dates(["2024-10"]), .dates(["2026-05-01", "2024"]), .word(.purpose, "telemetry"), .unknown, .notApplicable,
      .notAssessable, .none, .empty, .yesNo(false), .word(.group, "collecting_group"), .word(.group, "Amt"),
      .address(IPAddress("151.101.129.140")!), .wire("1.2.3.4"), .address(IPAddress("2603:1020::1")!),
    ]
    #expect(
      text(cells, german)
        == #""Müller ""GmbH""";"42";"0,005";"11.05.2026 08:00:00";"11.05.2026 06:00:00";"01.05.2026";"#
        + #""Stand 2024-10";"01.05.2026|2024";"Telemetrie";"unbekannt";"entfällt";"nicht bewertbar";"keine";"";"#
        + #""nein";"Sammelgruppe";"#
        + #""Amt";"IP 151.101.129.140";"IP 1.2.3.4";"2603:1020::1""# + "\r\n")
    #expect(german.preamble == [0xef, 0xbb, 0xbf])
    #expect(plain.preamble.isEmpty)
  }

  @Test(
    "Text that a spreadsheet could evaluate, and control characters, are escaped",
    arguments: [
      ("=cmd|' /C calc'!A0", #"\x3dcmd|' /C calc'!A0"#), ("+1", #"\x2b1"#), ("-1", #"\x2d1"#),
      ("@SUM(A1)", #"\x40SUM(A1)"#),
      ("\tx", #"\x09x"#), ("\r=x", #"\x0d=x"#), ("a\nb", #"a\x0ab"#), ("a\0b", #"a\x00b"#), ("a-b=c", "a-b=c"),
      ("ＡＢ", "ＡＢ"), ("＝1", #"\xef\xbc\x9d1"#), (#"a\x41"#, #"a\x5cx41"#), ("a\u{202e}b", #"a\xe2\x80\xaeb"#), ("", ""),
      ("ä ö ü ß €", "ä ö ü ß €"),
    ])
  func formulas(raw: String, expected: String) {
    #expect(CSVFormat.safeText(raw) == expected)
  }

  @Test(
    "In text from the wire only letters, digits, dash, dot, underscore and tokens are unchanged",
    arguments: [
      ("v10.events.data.microsoft.com", "v10.events.data.microsoft.com"), ("=cmd|calc", #"\x3dcmd\x7ccalc"#),
      ("-x.de", #"\x2dx.de"#), ("a-x.de", "a-x.de"), ("m\u{fc}ller.de", #"m\xfcller.de"#), ("a\0b", #"a\x00b"#),
      ("{tenant}.sharepoint.com", "{tenant}.sharepoint.com"), ("{=1}", #"\x7b\x3d1\x7d"#), ("{a", #"\x7ba"#),
      ("a b\"c;d", #"a\x20b\x22c\x3bd"#), ("a\\b", #"a\x5cb"#), ("http/1.1", #"http\x2f1.1"#),
      ("\u{20ac}", #"\xe2\x82\xac"#),
    ])
  func wire(raw: String, expected: String) {
    #expect(CSVFormat.safeWire(raw) == expected)
  }

  @Test("Every byte of the wire has a form without quotes, delimiters or line breaks")
  func allBytes() {
    for byte in UInt8.min...UInt8.max {
      let written = CSVFormat.safeWire(String(UnicodeScalar(byte)))
      #expect(written.utf8.allSatisfy { (0x21...0x7e).contains($0) && $0 != 0x22 && $0 != 0x2c && $0 != 0x3b })
    }
  }

  @Test("Decimals are computed with integers and rounded half up")
  func decimals() {
    #expect(FixedDecimal(1, dividedBy: 3, places: 4)?.text(decimalMark: ".") == "0.3333")
    #expect(FixedDecimal(2, dividedBy: 3, places: 4)?.text(decimalMark: ",") == "0,6667")
    #expect(FixedDecimal(1, dividedBy: 2, places: 0)?.text(decimalMark: ".") == "1")
    #expect(FixedDecimal(61_000_000, dividedBy: 1_000_000, places: 3)?.text(decimalMark: ".") == "61.000")
    #expect(FixedDecimal(.max, dividedBy: 1_000_000, places: 3)?.text(decimalMark: ".") == "18446744073709.552")
    #expect(FixedDecimal(1, dividedBy: 0, places: 3) == nil)
    #expect(FixedDecimal(.max, dividedBy: 1, places: 3) == nil)
  }

  @Test("Within each vocabulary ids and German words map onto each other", arguments: Vocabulary.allCases)
  func vocabularies(vocabulary: Vocabulary) {
    let words = Texts.words(vocabulary)
    #expect(Set(words.map(\.id)).count == words.count)
    #expect(Set(words.map(\.text.de)).count == words.count)
    let absent = Texts.words(.absent)
    for word in words {
      for other in absent where other.id != word.id && other.text.de == word.text.de {
        // "keine" (none) is the same word for an encryption and for a list.
        #expect(other.id == "none")
      }
    }
  }
}
