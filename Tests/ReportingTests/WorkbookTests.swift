import Foundation
import Model
import ReportTestSupport
import Store
import TestSupport
import Testing

@testable import Reporting

@Suite struct WorkbookTests {
  /// Texts that a spreadsheet could run, decode, cut or refuse, and numbers that it would round.
  private static var hostileMorning: MemorySource {
    var source = Example.smallMorning()
    source.usage[0].exampleName = "=cmd|' /c calc'!a0"
    source.evidence[0] = Example.flow(
      Example.hour("2026-05-11", 6), device: 1, sequence: 12, bytesUp: 1_234_567_890_123_456_789)
    source.facts[Example.hash]?["windows-diag"] = Example.rule(
      sources: [
        SourceReference(document: "=HYPERLINK(\"x\")", date: "1899-12-31"),
        SourceReference(document: "_x0041_ & <b> \u{fffe}\u{1f600} \u{202e}", date: "2024-10"),
      ],
      title: LocalizedText(en: "007", de: "1.5; \"größer\", + Prüfung"))
    return source
  }

  @Test(
    "Each cell of a workbook is the one of the CSV file, numbers and times as such, text never as a formula",
    arguments: ExportProfile.allCases)
  func cells(profile: ExportProfile) throws {
    let directory = try TemporaryDirectory()
    let output = try check(Self.hostileMorning, profile, directory.url.path, [])
    #expect(output.count { $0.hasSuffix(" cells, 0 differences") } == ExportTable.allCases.count, "\(output)")
    let german = profile == .officeGerman
    let words = german ? "offen,bestätigt,verworfen,zurückgestellt" : "open,confirmed,rejected,deferred"
    #expect(
      output[1]
        == #"  frozen True, filter True, folded from site to ruleset_hash, lists {"R": ["list", "\"\#(words)\""], "T": ["list", "\"1,2,3,4\""], "U": ["list", "\"1,2,3,4\""], "W": ["date", "36526"]}"#
    )
    #expect(output.count { $0.hasPrefix("  frozen True, filter True, folded from ") } == ExportTable.allCases.count)
  }

  @Test(
    "LibreOffice fills a row in, saves xlsx and ods, and no other cell changes",
    .enabled(
      if: FileManager.default.isExecutableFile(atPath: "/usr/lib/libreoffice/program/soffice"),
      "LibreOffice is not installed: scripts/test installs it"),
    arguments: ExportProfile.allCases)
  func edited(profile: ExportProfile) throws {
    let directory = try TemporaryDirectory()
    try FileManager.default.createDirectory(atPath: directory.url.path + "/edited", withIntermediateDirectories: false)
    let output = try check(
      Self.hostileMorning, profile, directory.url.path, ["--edit", directory.url.path + "/edited"])
    #expect(output.count { $0.hasSuffix(" cells, 0 differences") } == 3 * ExportTable.allCases.count, "\(output)")
    let status = profile == .officeGerman ? "bestätigt" : "confirmed"
    #expect(output.filter { $0.hasPrefix("edited") } == ["edited.xlsx, \(status)", "edited-ods.xlsx, \(status)"])
    #expect(output.count { $0.hasPrefix("  frozen True, filter True, folded from ") } == 3 * ExportTable.allCases.count)
  }

  @Test(
    "As an OpenDocument spreadsheet, the workbook has the same cells, and nothing is left beside it",
    .enabled(if: (try? OfficeProgram.path) != nil, "LibreOffice is not installed: scripts/test installs it"))
  func openDocument() throws {
    let directory = try TemporaryDirectory()
    let files = try Exporter.run(
      ExportRequest(profile: .officeGerman, format: .ods, outputDirectory: directory.url.path + "/report"),
      source: Self.hostileMorning, progress: { _ in })
    #expect(files.map(\.content) == [.workbook])
    let name = "tables_rathaus-gw1_2026-05-11_2026-05-11_office-de"
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.url.path + "/report") == [name + ".ods"])
    try OfficeProgram.convert(files[0].path, to: "xlsx", in: directory.url.path)
    let output = try check(
      Self.hostileMorning, .officeGerman, directory.url.path, [], book: directory.url.path + "/\(name).xlsx",
      tables: ExportTable.withoutDevices)
    #expect(output.count { $0.hasSuffix(" cells, 0 differences") } == 7, "\(output)")
    // The conversion back loses the frozen headings, so they are looked for in the spreadsheet itself.
    let frozen = try Tool.run(
      "/usr/bin/python3",
      [
        "-c",
        """
        import sys, zipfile
        settings = zipfile.ZipFile(sys.argv[1]).read("settings.xml").decode()
        print(settings.count('"VerticalSplitMode" config:type="short">2<'), "frozen sheets")
        """, files[0].path,
      ])
    #expect(frozen.text == "7 frozen sheets\n")
  }

  @Test("The same store gives the same workbook, byte for byte, under one name and with nothing beside it")
  func sameBytes() throws {
    let directory = try TemporaryDirectory()
    let run = { (folder: String) in
      try Exporter.run(
        ExportRequest(profile: .officeGerman, format: .xlsx, outputDirectory: directory.url.path + folder),
        source: Example.smallMorning(), progress: { _ in })
    }
    let files = [try run("/a"), try run("/b"), try run("/a")].map { $0[0].path }
    let bytes = try files.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
    #expect(bytes[0] == bytes[1] && bytes[0].count > 10_000)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: directory.url.path + "/a")
        == ["tables_rathaus-gw1_2026-05-11_2026-05-11_office-de.xlsx"])
  }

  @Test("A workbook that people wrote into is moved aside, not replaced")
  func keptAside() throws {
    let directory = try TemporaryDirectory()
    let request = ExportRequest(
      tables: [.findings], profile: .rfc4180, format: .xlsx, outputDirectory: directory.url.path)
    let path = try Exporter.run(request, source: Example.smallMorning(), progress: { _ in })[0].path
    #expect(path.hasSuffix("/findings_rathaus-gw1_2026-05-11_2026-05-11_rfc4180.xlsx"))
    try Data("edited".utf8).write(to: URL(fileURLWithPath: path))
    let kept = try Exporter.run(request, source: Example.smallMorning(), progress: { _ in })[0].keptPath
    #expect(kept == directory.url.path + "/findings_rathaus-gw1_2026-05-11_2026-05-11_rfc4180_kept-1.xlsx")
    #expect(try String(contentsOfFile: kept ?? "", encoding: .utf8) == "edited")
  }

  @Test("A text too long for a cell stops the export with table, column and way out, and leaves no file")
  func longCell() throws {
    let directory = try TemporaryDirectory()
    var source = Example.smallMorning()
    // Each of these takes two UTF-16 code units.
    let title = String(repeating: "\u{1f600}", count: Workbook.cellLimit / 2)
    let run = {
      _ = try Exporter.run(
        ExportRequest(profile: .officeGerman, format: .xlsx, outputDirectory: directory.url.path),
        source: source, progress: { _ in })
    }
    source.facts[Example.hash]?["windows-diag"] = Example.rule(title: LocalizedText(en: "", de: title + "ab"))
    #expect(throws: ReportingError.cellTooLong(.findings, column: "service")) { try run() }
    #expect(
      ReportingError.cellTooLong(.findings, column: "service").description
        == "A cell of the table findings, column service, is longer than 32767 characters, and a workbook cannot hold it. Choose fewer days with --from and --to, or write the table with --format csv."
    )
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.url.path) == [])
  }

  @Test("One row more than a sheet holds stops the export with the table and the way out; as many as it holds do not")
  func manyRows() throws {
    let directory = try TemporaryDirectory()
    let path = directory.url.path + "/book.xlsx"
    let book = try Workbook(path: path, format: CSVFormat(profile: .rfc4180, clock: .utc), title: "")
    let add = { (rows: Int) in
      try book.add(rows == 1_048_575 ? .claims : .coverage) { add in for _ in 0..<rows { try add([]) } }
    }
    let rows = try add(1_048_575)
    #expect(rows == 1_048_575)
    #expect(throws: ReportingError.tooManyRows(.coverage)) { try add(1_048_576) }
    #expect(
      ReportingError.tooManyRows(.coverage).description
        == "The table coverage has more than 1048575 rows, and a sheet of a workbook has no room for them. Choose fewer days with --from and --to, or write it with --format csv."
    )
  }

  @Test("A folder that cannot be written to is named, not passed over")
  func notWritable() {
    #expect(throws: ReportingError.self) {
      let book = try Workbook(
        path: "/dev/null/book.xlsx", format: CSVFormat(profile: .rfc4180, clock: .utc), title: "")
      _ = try book.add(.claims) { _ in }
      try book.close()
    }
  }

  @Test("Each table names a technical column that it has", arguments: ExportTable.allCases)
  func technical(table: ExportTable) {
    #expect(table.firstTechnicalColumn < Texts.columns(of: table).count)
    #expect(Texts.columns(of: table)[table.firstTechnicalColumn...].filter(\.isForPeople).map(\.id) == [])
  }

  /// Exports all tables in both formats, and compares them by `scripts/workbook-check`.
  private func check(
    _ source: MemorySource, _ profile: ExportProfile, _ folder: String, _ options: [String], book: String? = nil,
    tables: [ExportTable] = ExportTable.allCases
  ) throws -> [String] {
    let export = { (format: ExportFormat) in
      try Exporter.run(
        ExportRequest(tables: tables, profile: profile, format: format, outputDirectory: folder), source: source,
        progress: { _ in })
    }
    let files = try export(.csv).filter { $0.rows != nil }.map(\.path)
    let path = try book ?? export(.xlsx)[0].path
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let compared = try Tool.run(root.appendingPathComponent("scripts/workbook-check").path, options + [path] + files)
    #expect(compared.code == 0, "\(compared.text)")
    return compared.text.split(separator: "\n").map(String.init)
  }
}
