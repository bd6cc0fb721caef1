import Foundation
import Model
import ReportTestSupport
import Store
import TestSupport
import Testing

@testable import Reporting

/// Opens an export with LibreOffice as a German office would, if it is installed.
@Suite struct OfficeProgramTests {
  private static let program = ["/usr/bin/soffice", "/usr/lib/libreoffice/program/soffice"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  @Test(
    "LibreOffice with German settings reads umlauts, decimals, dates and a formula-like name, also after save and re-open",
    .enabled(if: program != nil, "LibreOffice (soffice) is not installed: apt-get install libreoffice-calc"))
  func roundTrip() throws {
    let directory = try TemporaryDirectory()
    var source = Example.smallMorning()
    source.usage[0].exampleName = "=cmd|' /c calc'!a0"
    source.usage[1].exampleName = nil
    source.facts[Example.hash]?["windows-diag"] = Example.rule(
      sources: [SourceReference(document: "=HYPERLINK(\"x\")", date: "2024-10")])
    let files = try Exporter.run(
      ExportRequest(tables: [.findings, .flows], profile: .officeGerman, outputDirectory: directory.url.path),
      source: source, progress: { _ in })
    // 59 is `;`, 34 is `"`, 76 is UTF-8, 1031 is German (Germany).
    for file in files.filter({ $0.rows != nil }) {
      try convert(file.path, to: "xlsx", filter: "--infilter=CSV:59,34,76,1,,1031", in: directory.url.path)
      let book = file.path.replacing(".csv", with: ".xlsx")
      try convert(
        book, to: "csv:Text - txt - csv (StarCalc):44,34,76,1,,1033,false,false", filter: nil, in: directory.url.path)
      let text = try String(contentsOfFile: file.path, encoding: .utf8)
      #expect(!text.hasPrefix("\u{feff}"), "the converted file took the place of the export")
      if text.contains("Empfänger,Zweckklasse,Geräte mit") {
        #expect(text.contains("Windows-Diagnosedaten (für Geräte)"))
        #expect(text.contains(#"\x3dcmd\x7c\x27\x20\x2fc\x20calc\x27\x21a0"#))
        #expect(text.contains(#"\x3dHYPERLINK(""x"")"#))
        #expect(text.contains("Stand 2024-10"))
        #expect(text.contains(",2,5,2,0,0.003,unbekannt,"))
      } else {
        #expect(text.contains("IP 20.42.65.92"))
        #expect(text.contains("zustande gekommen"))
      }
    }
  }

  @Test(
    "A double click in a fresh German LibreOffice, and OK in its import dialog, gives every figure under its heading, in all tables",
    .enabled(
      if: FileManager.default.isExecutableFile(atPath: "/usr/bin/Xvfb")
        && FileManager.default.isExecutableFile(atPath: "/usr/bin/xdotool") && program != nil,
      "Xvfb, xdotool or LibreOffice is not installed: scripts/test installs them"))
  func importDialog() throws {
    let directory = try TemporaryDirectory()
    let files = try Exporter.run(
      ExportRequest(tables: ExportTable.allCases, profile: .officeGerman, outputDirectory: directory.url.path),
      source: Example.smallMorning(), progress: { _ in })
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let process = Process()
    process.executableURL = root.appendingPathComponent("scripts/office-import")
    process.arguments = files.filter { $0.rows != nil }.map(\.path)
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(text)")
    #expect(text.split(separator: "\n").count { $0.hasSuffix(", 0 differences") } == 8)
  }

  /// Writes the result beside the input; a CSV takes the name of the export again.
  @Test("a LibreOffice that never ends is killed after its time, and the message says so and what to do instead")
  func timeLimit() throws {
    let directory = try TemporaryDirectory()
    let script = directory.path("soffice")
    // Ends with the folder, should it not be killed.
    try "#!/bin/sh\nwhile [ -e \"$0\" ]; do sleep 0.1; done\n".write(toFile: script, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
    let error = #expect(throws: ReportingError.self) {
      try OfficeProgram.run([], by: script, for: "a.xlsx", in: directory.path("."), limit: 0.2)
    }
    #expect(
      error?.description
        == "Cannot convert a.xlsx: LibreOffice was ended because it had not finished after 0 s. Write the workbook with --format xlsx, and save it there by hand."
    )
    #expect(try HelperProgram.run("/bin/false", []) == 1)
  }

  private func convert(_ path: String, to format: String, filter: String?, in directory: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(Self.program))
    process.arguments =
      ["-env:UserInstallation=file://\(directory)/profile", "--headless", "--norestore"]
      + (filter.map { [$0] } ?? []) + ["--convert-to", format, "--outdir", directory, path]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }
}
