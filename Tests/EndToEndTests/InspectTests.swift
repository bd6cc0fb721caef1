import Auditing
import Foundation
import Model
import TestSupport
import Testing

@Suite("What inspect prints")
struct InspectTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private static let hostile = [
    "\"quoted", "=hyperlink(\"x\")", "+1+1", "-1-1", "@sum(a1)", "\t=1+1", "\r=1+1", "a\"b\tc", "=cmd|' /c calc'!a0",
  ]

  /// Names that DNS questions hold; any bytes may stand there.
  private func capture() throws -> String {
    let builder = PacketBuilder(from: "10.0.0.5", to: "10.0.0.1")
    let frames = InspectTests.hostile.enumerated().map { index, name in
      var question = DNSBuilder()
      question.questions = [(name + ".example", 1)]
      return TimedFrame(
        time: Timestamp(seconds: 1_700_000_000),
        bytes: builder.udp(
          from: UInt16(40_000 + index), to: 53, payload: question.message))
    }
    return try folder.write(PcapWriter.pcap(frames), to: "hostile.pcap")
  }

  private static let program = ["/usr/bin/soffice", "/usr/lib/libreoffice/program/soffice"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  @Test("names that begin like formulas or contain quotes and tabs are in one cell each, with harmless letters")
  func hostileNames() throws {
    let run = try Program.run(["inspect", capture()])
    #expect(run.code == 0)
    let lines = run.output.split(separator: "\n")
    #expect(lines.count == 1 + InspectTests.hostile.count)
    let names = Set(lines.dropFirst().map { String($0.split(separator: "\t", omittingEmptySubsequences: false)[4]) })
    #expect(names == Set(InspectTests.hostile.map { WireText.escaped($0.unicodeScalars) + ".example" }))
    #expect(lines.allSatisfy { $0.count { $0 == "\t" } == 7 })
  }

  @Test(
    "LibreOffice opens it with each cell in its place, and computes nothing",
    .enabled(if: program != nil, "LibreOffice (soffice) is not installed: apt-get install libreoffice-calc"))
  func spreadsheet() throws {
    let table = try Program.run(["inspect", capture()]).output
    let file = try folder.write(table, to: "names.csv")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(Self.program))
    // 9 is a tab, 34 is `"`, 76 is UTF-8; formulas would be evaluated, and their results written.
    process.arguments = [
      "-env:UserInstallation=file://\(folder.path("profile"))", "--headless", "--norestore",
      "--infilter=CSV:9,34,76,1,,1031,false,true,false,false,false,-1,true", "--convert-to",
      "csv:Text - txt - csv (StarCalc):9,34,76,1,,1033,false,false", "--outdir", folder.path("out"), file,
    ]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    let opened = try FileManager.default.contentsOfDirectory(atPath: folder.path("out"))
    let text = try String(contentsOfFile: folder.path("out/") + (try #require(opened.first)), encoding: .utf8)
    #expect(text == table)
  }

  @Test("a table has at most the requested rows, reports how many records got none, and is the same each time")
  func rows() throws {
    let all = try Program.run(["inspect", Project.sample, "--flows"])
    #expect(all.output.split(separator: "\n").count == 752 && !all.said.contains("--rows"))
    let some = try Program.run(["inspect", Project.sample, "--flows", "--rows", "100"])
    #expect(some.code == 0)
    #expect(some.output.split(separator: "\n").count == 101)
    #expect(
      some.said.contains(/the table has 100 rows, the most that --rows allows; [0-9]+ flow records got no row/),
      "\(some.said)")
    #expect(try Program.run(["inspect", Project.sample, "--flows", "--rows", "100"]).output == some.output)
    #expect(Set(all.output.split(separator: "\n")).isSuperset(of: some.output.split(separator: "\n").prefix(1)))
    let names = try Program.run(["inspect", Project.sample, "--rows", "7"])
    #expect(names.output.split(separator: "\n").count == 8 && names.said.contains("sightings of names got no row"))
    #expect(try Program.run(["inspect", Project.sample, "--rows", "0"]).code == 2)
  }
}
