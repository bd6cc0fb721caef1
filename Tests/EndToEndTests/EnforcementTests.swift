import Foundation
import TestSupport
import Testing

@Suite("From reviewed findings to a list, and from a finding to its reasons")
struct EnforcementTests {
  private static let office = Tool.find("/usr/bin/soffice", "/usr/lib/libreoffice/program/soffice")

  /// A store of the sample, and its findings table for German office programs.
  private func audited(_ folder: TemporaryDirectory) throws -> (store: String, table: String) {
    let store = folder.path("a.sqlite")
    try Project.replay([Project.sample], into: store)
    let run = try Program.run([
      "export", "findings", "--store", store, "--profile", "office-de", "--output", folder.path("out"),
    ])
    #expect(run.code == 0)
    return (store, try #require(run.output.split(separator: "\n").first { $0.hasSuffix(".csv") }.map(String.init)))
  }

  /// Writes a decision into the rows of error reports: status, note, two figures, role, day, measure.
  private func decide(_ table: String, _ words: String = ";bestätigt;;;;;12.05.2026;") throws {
    let text = try String(contentsOfFile: table, encoding: .utf8)
    let lines = text.components(separatedBy: "\r\n").map { line in
      guard line.contains("windows-error-reporting.") else { return line }
      let cells = words.split(separator: ";", omittingEmptySubsequences: false).dropFirst().map { "\"\($0)\"" }
      return line.replacing(
        ";" + Array(repeating: "\"\"", count: 7).joined(separator: ";") + ";",
        with: ";" + cells.joined(separator: ";") + ";")
    }
    try Data(lines.joined(separator: "\r\n").utf8).write(to: URL(fileURLWithPath: table))
  }

  private func export(_ format: String, _ table: String, _ more: [String] = []) throws -> Program.Run {
    try Program.run(["rules", "export", format, "--reviewed", table, "--rules", Project.rules] + more)
  }

  @Test("without a confirmed row there is no list and exit code 1; an invalid decision ends with 3 and its place")
  func refused() throws {
    let folder = try TemporaryDirectory()
    let (_, table) = try audited(folder)
    let output = folder.path("list")
    let empty = try export("hosts", table, ["--output", output])
    #expect(empty.code == 1)
    #expect(empty.said.hasPrefix("0 entries as hosts, from 0 confirmed findings.\n"))
    #expect(!FileManager.default.fileExists(atPath: output))
    try decide(table, ";bestätigt?;;;;;;")
    let wrong = try export("hosts", table)
    #expect(wrong.code == 3)
    #expect(wrong.output == "")
    #expect(wrong.said.contains(#", column "Status": 'bestätigt?' is no decision"#), "\(wrong.said)")
    #expect(try export("hosts", table, ["--dry-run"]).code == 2)
    #expect(try Program.run(["rules", "export", "hosts"]).code == 2)
    #expect(try export("iptables", table).code == 2)
    #expect(try export("hosts", folder.path("none.csv")).code == 3)
  }

  @Test(
    "a list of the sample contains what was confirmed; a dry run shows what it would have blocked, and writes nothing")
  func sample() throws {
    let folder = try TemporaryDirectory()
    let (store, table) = try audited(folder)
    try decide(table)
    let list = try export("hosts", table, ["--store", store])
    #expect(list.code == 0)
    #expect(
      list.output.split(separator: "\n").filter { $0.hasPrefix("0.0.0.0 ") }.map { $0.split(separator: " ")[1] }
        == ["oca.telemetry.microsoft.com", "umwatsonc.events.data.microsoft.com", "watson.telemetry.microsoft.com"])
    let output = folder.path("list")
    let dry = try export("hosts", table, ["--store", store, "--dry-run", "--language", "de", "--output", output])
    #expect(dry.code == 0)
    #expect(!FileManager.default.fileExists(atPath: output))
    #expect(dry.output.hasPrefix("Probelauf als hosts: 11.05.2026 bis 11.05.2026, 1 von 14 Tagen sind gespeichert."))
    #expect(dry.output.contains("insgesamt: 2 Datenflüsse, 2 von 8 Geräten, 4 schon blockierte Versuche\n"))
    #expect(
      dry.output.contains(
        "windows-error-reporting.kernel-mode-reports: Bei Sperrung: Berichte über Systemabstürze werden nicht gesendet."
      ))
    let sets = try export("nftables", table, ["--store", store])
    #expect(sets.output.contains("  198.51.100.25, # "))
    #expect(sets.output.contains("windows-error-reporting.user-mode-reports"))
  }

  @Test(
    "decisions that LibreOffice saved, with Windows-1252 and dates as shown, give the same list",
    .enabled(if: office != nil, "LibreOffice (soffice) is not installed: apt-get install libreoffice-calc"))
  func officeProgram() throws {
    let folder = try TemporaryDirectory()
    let (store, table) = try audited(folder)
    try decide(table)
    func convert(
      _ path: String, _ format: String, _ filter: [String], to name: String, locale: String = "de_DE.UTF-8"
    ) throws -> String {
      let run = try Tool.run(
        #require(Self.office),
        ["-env:UserInstallation=file://\(folder.path("profile-" + locale))", "--headless", "--norestore"] + filter
          + ["--convert-to", format, "--outdir", folder.path(name), path], environment: ["LC_ALL": locale])
      #expect(run.code == 0, "\(run.text)")
      let file = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
      return folder.path(name) + "/\(file).\(format.prefix { $0 != ":" })"
    }
    // 59 is `;`, 34 is `"`, 76 is UTF-8, 1 is Windows-1252, 9 is a tab, 1031 is German (Germany).
    let book = try convert(table, "xlsx", ["--infilter=CSV:59,34,76,1,,1031"], to: "book")
    let western = try convert(
      book, "csv:Text - txt - csv (StarCalc):59,34,1,1,,1031,false,true", [], to: "western")
    let tabs = try convert(book, "csv:Text - txt - csv (StarCalc):9,34,76,1,,1031,true,true", [], to: "tabs")
    #expect(try String(validating: Data(contentsOf: URL(fileURLWithPath: western)), as: UTF8.self) == nil)
    func lines(_ table: String) throws -> [Substring] {
      let run = try export("rpz", table, ["--store", store])
      #expect(run.code == 0, "\(run.said)")
      return run.output.split(separator: "\n").filter { !$0.hasPrefix("; reviewed ") }
    }
    let original = try lines(table)
    #expect(original.contains("; date 2026-05-12"))
    #expect(try lines(western) == original)
    #expect(try lines(tabs) == original)
    let shown = "csv:Text - txt - csv (StarCalc):59,34,76,1,,1031,false,true"
    let german = try convert(book, shown, [], to: "german")
    #expect(try String(contentsOfFile: german, encoding: .utf8).contains(";12.05.26;"))
    // An English office program makes it a date that is ambiguous between countries.
    let american = try convert(book, shown, [], to: "american", locale: "en_US.UTF-8")
    let refused = try export("rpz", american, ["--store", store])
    #expect(refused.code == 3)
    #expect(refused.said.contains("/05/26' is no date that can be read one way only"), "\(refused.said)")
  }

  @Test("a finding is explained by the rules that decided, and by those of today")
  func explained() throws {
    let folder = try TemporaryDirectory()
    let (store, table) = try audited(folder)
    let text = try String(contentsOfFile: table, encoding: .utf8)
    let line = try #require(text.components(separatedBy: "\r\n").first { $0.contains("windows-error-reporting.user") })
    let finding = String(try #require(line.firstMatch(of: /F-[0-9a-f]{12}/)).output)
    let explain = ["rules", "explain", finding, "--store", store, "--rules"]
    let same = try Program.run(explain + [Project.rules])
    #expect(same.code == 0)
    #expect(same.output.hasPrefix("\(finding): Windows error reporting, telemetry, "))
    #expect(same.output.contains(" x windows-error-reporting.user-mode-reports, revision 2, pattern "))
    #expect(same.output.contains(" says the same.\n"))
    #expect(same.output.contains("  If blocked       Crash reports of programs are not sent;"))

    let other = folder.path("rules")
    try FileManager.default.copyItem(atPath: Project.rules, toPath: other)
    let file = URL(fileURLWithPath: other + "/windows-error-reporting.yaml")
    let rules = try String(contentsOf: file, encoding: .utf8)
    try Data(rules.replacing("revision: 2\n", with: "revision: 3\n").utf8).write(to: file)
    let changed = try Program.run(explain + [other, "--language", "de"])
    #expect(changed.code == 0)
    #expect(changed.output.contains(" sagt anderes:\n"))
    #expect(changed.output.contains("windows-error-reporting.user-mode-reports, Revision 3, Muster "))
    try FileManager.default.removeItem(at: file)
    let broader = try Program.run(explain + [other])
    #expect(broader.output.contains(", pattern *.microsoft.com, unknown\n"), "\(broader.output)\(broader.said)")
    let strange = Project.root.appending(path: "Tests/RulesTests/Files/good").path
    let gone = try Program.run(explain + [strange])
    #expect(gone.output.contains(" x no rule\n"), "\(gone.output)\(gone.said)")

    let unknown = try Program.run(["rules", "explain", "F-000000000000", "--store", store, "--rules", Project.rules])
    #expect(unknown.code == 1)
    #expect(unknown.said.contains("there is no finding F-000000000000 in these days"))
    #expect(try Program.run(["rules", "explain", finding]).code == 2)
    #expect(try Program.run(["rules", "explain", "www.example.org", "--store", store]).code == 2)
  }
}
