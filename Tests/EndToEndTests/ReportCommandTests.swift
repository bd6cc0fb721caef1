import Foundation
import Glibc
import Model
import Privacy
import Report
import Store
import TestSupport
import Testing

@Suite("report, from the command line")
struct ReportCommandTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  @Test(
    "it prints the path of one file that holds everything, in the language that was asked for", arguments: ["de", "en"])
  func sample(language: String) throws {
    try Project.replay([Project.sample], into: folder.path("store.sqlite"))
    let run = try Program.run([
      "report", "--store", folder.path("store.sqlite"), "--language", language, "--output", folder.path("new/report"),
    ])
    #expect(run.code == 0)
    let path = folder.path("new/report/report_rathaus-musterstadt_2026-05-11_2026-05-11_\(language).html")
    #expect(run.output == path + "\n")
    let page = try String(contentsOfFile: path, encoding: .utf8)
    #expect(page.contains("<html lang=\"\(language)\">"))
    #expect(
      page.contains(
        language == "de"
          ? "Bewertbar: Die Abdeckung hält alle Grenzen ein." : "Assessable: the coverage keeps all limits."))
    #expect(!page.contains("http://") && !page.contains("https://") && !page.contains("<script"))
  }

  @Test("without options it reads the store of the service, and says that there is none")
  func withoutStore() throws {
    let run = try Program.run(["report", "--output", folder.path("report")])
    #expect(run.code == 3)
    #expect(run.said.contains("/var/lib/egressaudit/audit.sqlite"))
  }

  @Test("ended while another program makes a form of it, it keeps the page, leaves nothing temporary, and tells so")
  func ended() throws {
    let store = folder.path("store.sqlite")
    try Project.replay([Project.sample], into: store)
    let manager = FileManager.default
    for name in ["programs", "temporary"] {
      try manager.createDirectory(atPath: folder.path(name), withIntermediateDirectories: false)
    }
    // The program waits at the pipes until the test has sent the signal.
    let (begun, waiting) = (folder.path("begun"), folder.path("waiting"))
    for path in [begun, waiting] { #expect(mkfifo(path, 0o600) == 0) }
    try Data("#!/bin/sh\n: > '\(begun)'\nexec /bin/cat '\(waiting)'\n".utf8)
      .write(to: URL(fileURLWithPath: folder.path("programs/soffice")))
    #expect(chmod(folder.path("programs/soffice"), 0o700) == 0)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Program.path)
    process.arguments = ["report", "--store", store, "--language", "en", "--output", folder.path("report"), "--odt"]
    process.environment = ["PATH": folder.path("programs"), "TMPDIR": folder.path("temporary"), "LANG": "C"]
    let said = Pipe()
    process.standardError = said
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let beginning = open(begun, O_RDONLY)
    #expect(beginning >= 0)
    close(beginning)
    #expect(try manager.contentsOfDirectory(atPath: folder.path("temporary")).count == 1)
    kill(process.processIdentifier, SIGTERM)
    process.waitUntilExit()
    close(open(waiting, O_WRONLY))
    #expect(process.terminationStatus == 128 + SIGTERM)
    let text = String(decoding: said.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(text.contains("egressaudit: Interrupted. No further file was written."), "\(text)")
    #expect(try manager.contentsOfDirectory(atPath: folder.path("temporary")) == [])
    #expect(
      try manager.contentsOfDirectory(atPath: folder.path("report"))
        == ["report_rathaus-musterstadt_2026-05-11_2026-05-11_en.html"])
  }

  @Test("with two periods it shows their comparison as compare words it; with one it is wrong usage")
  func compared() throws {
    let store = folder.path("store.sqlite")
    try Project.replay([Project.sample], into: store)
    let day = "2026-05-11..2026-05-11"
    let run = try Program.run([
      "report", "--store", store, "--language", "en", "--before", day, "--after", day, "--output",
      folder.path("report"),
    ])
    #expect(run.code == 0, "\(run.said)")
    let page = try String(contentsOfFile: run.output.trimmingCharacters(in: .newlines), encoding: .utf8)
    let comparison = try Program.run([
      "compare", "--store", store, "--language", "en", "--before", day, "--after", day, "--output",
      folder.path("comparison"),
    ])
    let sentences = comparison.output.split(separator: "\n").filter { !$0.hasPrefix(folder.path("comparison")) }
    #expect(sentences.count >= 3)
    let text = page.replacing("&#39;", with: "'").replacing("&quot;", with: "\"").replacing("&amp;", with: "&")
    for sentence in sentences { #expect(text.contains(sentence), "\(sentence)") }
    #expect(page.contains("<h3>Two periods compared</h3>"))

    let alone = try Program.run(["report", "--store", store, "--before", day, "--output", folder.path("alone")])
    #expect(alone.code == 2 && alone.said.contains("A comparison needs both periods"))
    let unknown = try Program.run([
      "report", "--store", store, "--before", "pilot", "--after", day, "--output", folder.path("unknown"),
    ])
    #expect(unknown.code == 2 && unknown.said.contains("pilot"))
    #expect(!FileManager.default.fileExists(atPath: folder.path("unknown")))
  }

  @Test("another key of the pseudonyms changes no byte of the report")
  func keys() throws {
    let pages = try [UInt8(7), 9].map { byte in
      let store = folder.path("store-\(byte).sqlite")
      try Project.replay(
        [Project.sample], into: store, key: .fixed(bytes: Array(repeating: byte, count: 32)))
      return try ReportDocument(database: AuditDatabase(path: store, mode: .readExisting), language: .german).html
    }
    #expect(pages[0] == pages[1])
  }

  @Test(
    "the report of the field case shows no number of devices below five, no device, no address and no name of a person's host"
  )
  func fieldCase() throws {
    let field = try FieldCase.with(seed: 1)
    let page = String(
      decoding: try ReportDocument(
        database: AuditDatabase(path: field.store, mode: .readExisting), language: .english
      ).html, as: UTF8.self)
    for secret in field.site.addresses + field.site.excluded_names { #expect(!page.contains(">\(secret)<")) }
    #expect(page.contains("fewer than 5"))
    for cell in page.matches(of: /data-heading="(?:Devices|devices before|devices after)"[^>]*>([^<]*)</) {
      let shown = cell.1.split(separator: " ")
      #expect(["0", "fewer"].contains(shown[0]) || Int(shown[0]).map { $0 >= 5 } == true, "\(cell.1)")
    }
    // Tokens of exports, and the pseudonyms of the store in hexadecimal digits.
    #expect(page.matches(of: /\b[DLE]-[0-9a-f]{12,}/).isEmpty)
  }

  @Test(
    "the report of the field case repeats every finding, with sessions, blocked attempts and upload as in findings.csv")
  func fieldFigures() throws {
    let field = try FieldCase.with(seed: 1)
    let page = String(
      decoding: try ReportDocument(
        database: AuditDatabase(path: field.store, mode: .readExisting), language: .english
      ).html, as: UTF8.self)
    let table = try #require(page.components(separatedBy: "<caption>Findings by rank</caption>").last)
      .components(separatedBy: "</table>")[0]
    let shown = table.components(separatedBy: "<tr ").dropFirst(2).map { row in
      row.matches(of: />([^<]*)<\/t[hd]>/).map { String($0.1) }
    }
    let rows = try field.table("findings")
    #expect(rows.count == 78)
    let megabytes = { (bytes: Int) in
      let thousands = (bytes + 500) / 1000
      return "\(thousands / 1000)." + String(format: "%03d", thousands % 1000)
    }
    #expect(
      shown.map { [$0[0]] + $0[4...6] }
        == rows.map { row in
          [row["finding_id"]!, row["sessions"]!, row["blocked_attempts"]!, megabytes(Int(row["bytes_up"]!)!)]
        })
  }
}
