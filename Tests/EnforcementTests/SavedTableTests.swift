import Documents
import Foundation
import Model
import Reporting
import TestSupport
import Testing

@testable import Enforcement

@Suite("Findings tables as office programs save them")
struct SavedTableTests {
  private static let german =
    "Feststellung;Gruppe;Dienst;Ziel (Muster);Regeln;Regelsatz-Prüfsumme;Status;bestätigt am"
  private static let row =
    #""F-0123456789ab";"Bürgeramt";"Diagnose; Geräte";"*.a.example.net|b.example.net";"x.one|x.two";"sha256:aa";bestätigt;12.05.2026"#
  private static let expected = ReviewedFindings.Row(
    row: 2, finding: "F-0123456789ab", status: .confirmed, confirmedOn: LocalDate("2026-05-12"), group: "Bürgeramt",
    service: "Diagnose; Geräte", rules: ["x.one", "x.two"], patterns: ["*.a.example.net", "b.example.net"],
    ruleSetHashes: ["sha256:aa"])

  private func read(_ bytes: [UInt8]) throws -> ReviewedFindings {
    try ReviewedFindings(bytes: bytes, file: "findings.csv")
  }

  private func message(_ text: String) -> String {
    message(Array(text.utf8))
  }

  private func message(_ bytes: [UInt8]) -> String {
    do {
      _ = try read(bytes)
      return "read"
    } catch { return "\(error)" }
  }

  @Test("UTF-8 with and without byte order mark, UTF-16 and Windows-1252 give the same rows")
  func encodings() throws {
    let text = Self.german + "\r\n" + Self.row + "\r\n"
    var western: [UInt8] = []
    for scalar in text.unicodeScalars { western.append(UInt8(scalar.value)) }
    let wide = text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
    let wideBig = text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)] }
    for bytes in [
      Array(text.utf8), [0xef, 0xbb, 0xbf] + Array(text.utf8), western, [0xff, 0xfe] + wide, [0xfe, 0xff] + wideBig,
    ] {
      #expect(try read(bytes).rows == [Self.expected])
    }
    #expect(
      try read(Array(text.utf8)).digest
        == "sha256:ec68cd950e2051352976e04e8e4628e57bfe86dcfebf5a9ada3e717d5c644153")
  }

  @Test(
    "separators, line ends, order of columns, own columns, headings of three kinds and missing last cells make no difference",
    arguments: [
      german.replacing(";", with: "\t") + "\n"
        + row.replacing("\";\"", with: "\"\t\"").replacing("\";b", with: "\"\tb")
        .replacing("t;1", with: "t\t1"),
      german.replacing(";", with: ",") + "\r"
        + row.replacing("\";\"", with: "\",\"").replacing("\";b", with: "\",b").replacing("t;1", with: "t,1"),
      "sep=;\r\n" + german.uppercased() + "\r\n" + row,
      "Finding;Group;Service;Destination (pattern);Rules;Rule set hash;Status;Confirmed on\n" + row,
      "finding_id;group;service;destination_pattern;rule_id;ruleset_hash;status;confirmed_on;;\n" + row + ";;",
      german + ";Wiedervorlage\n" + row,
      "mine;status;confirmed_on;finding_id;service;group;rule_id;destination_pattern;ruleset_hash\n"
        + #""two\nlines""#.replacing("\\n", with: "\n")
        + #";" CONFIRMED ";2026-05-12 00:00:00;F-0123456789ab;"Diagnose; Geräte";Bürgeramt;x.one|x.two;*.a.example.net|b.example.net;sha256:aa"#,
    ])
  func shapes(text: String) throws {
    #expect(try read(Array(text.utf8)).rows == [Self.expected])
  }

  @Test("an empty cell, a row of empty cells and a truncated row are read correctly")
  func gaps() throws {
    let text = Self.german + "\n;;;;;;;\n\nF-0123456789ab;g;s;p;r;h\nF-0123456789ac;g;s;p;r;h;;\n"
    let rows = try read(Array(text.utf8)).rows
    #expect(rows.map(\.row) == [4, 5])
    #expect(rows.map(\.status) == [.open, .open])
    #expect(rows.map(\.confirmedOn) == [nil, nil])
  }

  @Test(
    "days are read as office programs rewrite them; an ambiguous date is refused",
    arguments: [
      ("12.05.2026", "2026-05-12"), ("12.5.2026", "2026-05-12"), ("2.5.26", "2026-05-02"),
      ("12.05.2026 00:00:00", "2026-05-12"), ("2026-05-12", "2026-05-12"), ("2026-05-12T10:00:00Z", "2026-05-12"),
      ("5/6/2026", nil), ("46153", nil), ("31.02.2026", nil), ("12. Mai", nil), ("..", nil), (" ", nil),
      ("1.1.99999", nil), ("-1.1.2026", nil), ("12.05.2026 08:00 was never seen", nil), ("12.05.2026 or later", nil),
      ("2026-05-12 2026-05-13", nil), ("12.05.2026 08:00:00Z 09:00", nil), ("12.05.2026 08:00:00.x", nil),
      ("12.05.2026 9223372036854775807:00", nil), ("12.05.2026 -1:00", nil),
    ])
  func days(text: String, day: String?) {
    #expect(SavedDate.read(text)?.description == day)
  }

  @Test(
    "a time is read to the minute, and refused outside of a day",
    arguments: [
      ("11.05.2026 08:30:59", [8, 30]), ("11.05.2026 8:30", [8, 30]), ("2026-05-11T08:30:00.25Z", [8, 30]),
      ("11.05.2026  24:00", [24, 0]), ("11.05.2026", [0, 0]), ("11.05.2026 24:01", nil), ("11.05.2026 25:00", nil),
      ("11.05.2026 08:60", nil), ("11.05.2026 08:00:61", nil), ("11.05.2026 08", nil), ("11.05.2026 08:00:00:00", nil),
      ("11.05.2026 008:00", nil), ("11.05.2026T", nil),
    ] as [(String, [Int64]?)])
  func times(text: String, time: [Int64]?) {
    #expect(SavedMoment(text).map { [$0.hour, $0.minute] } == time)
  }

  @Test("an unreadable value is reported with file, row, column, value and the way to fix it")
  func messages() {
    let head = Self.german + "\r\n"
    #expect(
      message(head + "F-0123456789ab;g;s;p;r;h;bestätgt;\r\nF-12;g;s;p;r;h;;5/6/2026\r\n")
        == """
        findings.csv, row 2, column "Status": 'bestätgt' is no decision; expected one of "offen" (open), "bestätigt" (confirmed), "verworfen" (rejected), "zurückgestellt" (deferred); write one of these words, or leave the cell empty
        findings.csv, row 3, column "Feststellung": 'F-12' names no finding; expected F- and 12 hexadecimal digits; restore the cell from the exported table
        findings.csv, row 3, column "bestätigt am": '5/6/2026' is no date that can be read one way only; expected a day such as 31.05.2026 or 2026-05-31; write the day so, or leave the cell empty
        """)
    #expect(
      message("Feststellung;Status;Status;Gruppe;Dienst;Ziel (Muster);Regelsatz-Prüfsumme\n")
        == """
        findings.csv, row 1, column "status": several columns have this heading; expected one heading "status", "Status" or "Status"; remove or rename the others
        findings.csv, row 1, column "rule_id": no column has this heading; expected one heading "rule_id", "Regeln" or "Rules"; restore the heading, and save the table as CSV with its first row
        """)
    #expect(
      message(head + "a;b;c;d;e;f;g;h;i\r\n").hasPrefix("findings.csv, row 2: the row has 9 cells; expected at most 8"))
    #expect(
      message(head + "a;b;c;d;e;f;g;h;i\r\na\r\na;b;c;d;e;f;g;h;;k\r\n")
        == "findings.csv, row 2: this row and 1 more have up to 10 cells; expected at most 8, as many as there are headings; open the exported table again with the separator it was written with, and save it once more"
    )
    #expect(message(head + "\"open").hasPrefix("findings.csv, row 2: a quotation mark is never closed;"))
    #expect(message(head + "\"a\"b;").hasPrefix("findings.csv, row 2: text follows a closing quotation mark;"))
    #expect(message([0x50, 0x4b, 3, 4, 9]).hasPrefix("findings.csv: the file is a workbook (xlsx, ods or xls);"))
    #expect(message([0xef, 0xbb, 0xbf, 0xff]).hasPrefix("findings.csv: the file is not valid UTF-8;"))
    #expect(message([0x61, 0x81, 0x62]).contains("neither UTF-8 nor Windows-1252"))
    #expect(message([0x61, 0, 0x62]).contains("the file holds NUL characters"))
    #expect(message([0xff, 0xfe, 0x61]).contains("ends in the middle of a character"))
    let nothing =
      "findings.csv: the file is empty; expected a workbook that LibreOffice opens, or a text file with separators (CSV); save the table once more, or name another file"
    for text in ["", "\r\n \n", "\u{feff}"] { #expect(message(text) == nothing) }
    #expect(
      message("Name;Vorname\na;b\n").hasPrefix(
        "findings.csv, row 1: the headings are 'Name', 'Vorname'; expected one heading \"group\", \"Gruppe\" or \"Group\", one heading "
      ))
    #expect(message("Name;;b;c;d;e;f\na;b\n").contains("'Name', 'b', 'c', 'd', 'e' and 1 more; expected"))
    #expect(
      message("%PDF-1.4\n")
        == "findings.csv: the file is a PDF document; expected a text file with separators (CSV); save the table as \"CSV UTF-8\" and name that file"
    )
    for picture: [UInt8] in [[0x89, 0x50, 0x4e, 0x47, 0, 0], [0xff, 0xd8, 0xff, 0xe0], Array("RIFF0000WEBP".utf8)] {
      #expect(message(picture).hasPrefix("findings.csv: the file is a picture; expected a text file"))
    }
    #expect(throws: FileLoadError.self) { try ReviewedFindings(path: "/nowhere/findings.csv") }
  }

  @Test(
    "a table that was cut by the wrong separator is reported as that, in one line",
    arguments: [("\"", ";"), ("\"\"", ","), ("", "\t")])
  func wrongSeparator(quote: String, separator: String) {
    // As saved after it was opened with another separator: one cell holds the whole line, with its quotes doubled.
    let line = Self.german.split(separator: ";").map { quote + $0 + quote }.joined(separator: separator)
    let other = separator == ";" ? "," : ";"
    #expect(
      message("\"\(line.replacing("\"", with: "\"\""))\"\(other)\r\n")
        == "findings.csv, row 1: one cell holds 8 headings: the table was opened with a wrong separator, and saved so; expected a cell for each heading; open the exported table again with \(separator == "\t" ? "the tabulator" : "\"\(separator)\"") as separator, and save it once more"
    )
  }

  @Test(
    "a workbook that LibreOffice saved gives the rows of the table in it, and its own digest",
    .enabled(
      if: Tool.find("/usr/bin/soffice") != nil, "LibreOffice is not installed: scripts/test installs it"),
    arguments: ["xlsx", "ods", "xls"])
  func workbooks(kind: String) throws {
    let folder = try TemporaryDirectory()
    let csv = folder.path("findings.csv")
    try Data(("\u{feff}" + Self.german + "\r\n" + Self.row + "\r\n").utf8).write(to: URL(fileURLWithPath: csv))
    let run = try Tool.run(
      "/usr/bin/soffice",
      [
        "-env:UserInstallation=file://" + folder.path("settings"), "--headless", "--norestore",
        "--infilter=CSV:59,34,76,1,,1031", "--convert-to", kind, "--outdir", folder.path("."), csv,
      ])
    #expect(run.code == 0, "\(run.text)")
    let book = folder.path("findings." + kind)
    let table = try ReviewedFindings(path: book)
    #expect(table.rows == [Self.expected])
    let sum = try Tool.run("/usr/bin/sha256sum", [book])
    #expect(table.digest == "sha256:" + sum.text.prefix(64))
  }

  @Test("a file that only looks like a workbook is refused with the way out")
  func noWorkbook() throws {
    let folder = try TemporaryDirectory()
    try Data([0x50, 0x4b, 0x03, 0x04, 0x09]).write(to: URL(fileURLWithPath: folder.path("a.xlsx")))
    let error = #expect(throws: FileLoadError.self) { try ReviewedFindings(path: folder.path("a.xlsx")) }
    #expect(error?.description.contains("save the table as \"CSV UTF-8\" and name that file") == true)
  }

  @Test("two decisions on one finding are refused with both places, the same one twice is not")
  func contradiction() throws {
    let one = try read(Array((Self.german + "\n" + Self.row).utf8))
    let other = try ReviewedFindings(
      bytes: Array((Self.german + "\n\n" + Self.row.replacing("bestätigt;", with: "verworfen;")).utf8), file: "b.csv")
    try ReviewedFindings.check([one, one])
    let error = #expect(throws: FileLoadError.self) { try ReviewedFindings.check([one, other]) }
    #expect(
      error?.description
        == #"b.csv, row 3, column "status": F-0123456789ab is rejected here and confirmed in findings.csv, row 2; expected one decision for each finding; correct one of the two, or name only one table"#
    )
  }

  @Test("a table truncated or changed at any byte is read or refused, and never confirms more than it contains")
  func hostile() throws {
    let text = Array((Self.german + "\r\n" + Self.row + "\r\n" + Self.row + "\r\n").utf8)
    var read = 0
    for length in 0..<text.count {
      guard let table = try? self.read(Array(text[..<length])) else { continue }
      read += 1
      #expect(table.rows.allSatisfy { $0.finding == "F-0123456789ab" })
    }
    #expect(read > 0)
    for place in stride(from: 0, to: text.count, by: 3) {
      for byte: UInt8 in [0, 0x0a, 0x22, 0x3b, 0x80, 0xff] {
        var changed = text
        changed[place] = byte
        if let table = try? self.read(changed) { #expect(table.rows.count <= 4) }
      }
    }
    let quotes = Array((Self.german + "\n" + String(repeating: "\"\"\"", count: 50_000)).utf8)
    #expect(throws: FileLoadError.self) { try self.read(quotes) }
    _ = try? self.read(Array(repeating: UInt8(ascii: ";"), count: 100_000))
    _ = try? self.read(Array(repeating: UInt8(ascii: "\n"), count: 100_000))
  }
}
