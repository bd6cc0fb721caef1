import Foundation
import Model
import Store
import TestSupport
import Testing

@Suite("The verb sample")
struct SampleCommandTests {
  let folder: TemporaryDirectory
  let store: String

  init() throws {
    folder = try TemporaryDirectory()
    store = folder.path("a.sqlite")
    _ = try Program.run(["replay", Project.sample, "--store", store, "--config", Project.sampleConfiguration])
  }

  private func draw(_ options: [String] = [], profile: String = "office-de") throws -> String {
    let run = try Program.run(
      [
        "sample", "--store", store, "--per-class", "20", "--seed", "7", "--profile", profile, "--output",
        folder.path("drawn"),
      ] + options)
    #expect(run.code == 0 && run.output.split(separator: "\n").count == 3, "\(run)")
    #expect(run.said.contains("Drawn with seed 7:\n  Naming class A: "), "\(run.said)")
    return String(try #require(run.output.split(separator: "\n").first))
  }

  /// Writes words into the column of verdicts, row by row, again from the first word if there are fewer.
  private func judge(_ path: String, _ words: [String]) throws -> String {
    let lines = try String(contentsOfFile: path, encoding: .utf8).components(separatedBy: "\r\n")
    let place = try #require(lines[0].components(separatedBy: ";").firstIndex(of: "\"Urteil\""))
    let judged = lines.dropFirst().filter { !$0.isEmpty }.enumerated().map { index, line in
      var cells = line.components(separatedBy: "\";\"")
      cells[place] = words[index % words.count]
      return cells.joined(separator: "\";\"")
    }
    let file = folder.path("judged.csv")
    try ([lines[0]] + judged).joined(separator: "\r\n").write(toFile: file, atomically: true, encoding: .utf8)
    return file
  }

  private func evaluate(_ file: String, _ options: [String] = []) throws -> Program.Run {
    try Program.run(["sample", "evaluate", file] + options)
  }

  @Test("what was drawn comes back judged, and the store that drew it has nothing to object")
  func roundTrip() throws {
    let file = try judge(draw(), ["richtig"])
    let run = try evaluate(file, ["--store", store])
    #expect(run.code == 0 && !run.output.contains("Caution"), "\(run)")
    #expect(run.output.contains("Naming class A: 20 of 20 right, 0 wrong, 0 unsure. Share of right ones: 100 %."))
    #expect(run.output.contains("In these days ") && run.output.contains(" of the bytes sent had no name."))
    let german = try evaluate(file, ["--store", store, "--language", "de"])
    #expect(german.output.contains("Namensklasse A: 20 von 20 richtig") && !german.output.contains(" of "))
  }

  @Test("a row of another store, a changed class and another rule set are noticed")
  func others() throws {
    let file = try judge(draw(), ["richtig", "falsch"])
    // The same capture under another key: the same flows under other names.
    let other = folder.path("b.sqlite")
    _ = try Program.run(["replay", Project.sample, "--store", other, "--config", Project.sampleConfiguration])
    let foreign = try evaluate(file, ["--store", other])
    #expect(foreign.code == 0 && foreign.output.contains("Caution: this store did not draw "), "\(foreign)")

    let text = try String(contentsOfFile: file, encoding: .utf8)
    let changed = folder.path("changed.csv")
    let line = try #require(text.components(separatedBy: "\r\n").first { $0.contains("\"Telemetrie\"") })
    try text.replacing(line, with: line.replacing("\"Telemetrie\"", with: "\"Werbung\"")).write(
      toFile: changed, atomically: true, encoding: .utf8)
    let refused = try evaluate(changed, ["--store", store])
    #expect(refused.code == 3 && refused.output == "", "\(refused)")
    #expect(
      refused.said.contains("column \"Zweckklasse\": 'Werbung' was changed; expected 'telemetry'; restore the cell"),
      "\(refused)")

    let hash = try #require(text.firstMatch(of: /sha256:[0-9a-f]{64}/)).0
    try text.replacing(hash, with: "sha256:" + String(repeating: "0", count: 64)).write(
      toFile: changed, atomically: true, encoding: .utf8)
    let old = try evaluate(changed, ["--store", store])
    #expect(old.output.contains("Caution: the store is now classified by another rule set"), "\(old)")
  }

  @Test(
    "a sample that LibreOffice opened and saved comes back",
    .enabled(if: Tool.find("/usr/bin/soffice") != nil, "LibreOffice is not installed: scripts/test installs it"),
    arguments: ["xlsx", "ods"])
  func office(kind: String) throws {
    let file = try judge(draw(), ["richtig", "richtig", "unsicher"])
    let run = try Tool.run(
      "/usr/bin/soffice",
      [
        "-env:UserInstallation=file://" + folder.path("settings"), "--headless", "--norestore",
        "--infilter=CSV:59,34,76,1,,1031", "--convert-to", kind, "--outdir", folder.path("."), file,
      ])
    #expect(run.code == 0, "\(run.text)")
    let plain = try evaluate(file, ["--store", store])
    let saved = try evaluate(folder.path("judged." + kind), ["--store", store])
    #expect(saved.code == 0 && saved.output == plain.output && plain.output.contains("unsure. Share"), "\(saved)")
  }

  @Test("a number of rows out of range, and a table without its headings, are refused with what to do")
  func refused() throws {
    let none = try Program.run(["sample", "--store", store, "--per-class", "0", "--output", folder.path("drawn")])
    #expect(none.code == 2 && none.said.contains("--per-class is a number from 1 to 10000."), "\(none)")
    let german = try Program.run(
      ["sample", "--store", store, "--per-class", "0", "--output", folder.path("drawn")],
      environment: ["LANG": "de_DE.UTF-8"])
    #expect(german.said.contains("Fehler: --per-class ist eine Zahl von 1 bis 10000."), "\(german)")
    let path = folder.path("other.csv")
    try "a;b\n1;2\n".write(toFile: path, atomically: true, encoding: .utf8)
    let wrong = try evaluate(path)
    #expect(
      wrong.code == 3
        && wrong.said.contains("other.csv, row 1: the headings are 'a', 'b'; expected one heading \"name_class\""),
      "\(wrong)")
  }

  @Test(
    "a report shows the precision of each naming class with its interval, in its own language, and no such chapter without a sample"
  )
  func inReport() throws {
    let table = try judge(try draw(), ["richtig"])
    func page(_ options: [String]) throws -> String {
      let run = try Program.run(["report", "--store", store, "--output", folder.path("report")] + options)
      #expect(run.code == 0, "\(run)")
      return try String(
        contentsOfFile: try #require(run.output.split(separator: "\n").first.map(String.init)), encoding: .utf8)
    }
    let german = try page(["--sample", table, "--language", "de"])
    #expect(german.contains("Beurteilte Stichprobe von Datenflüssen"))
    #expect(german.contains("wurden zufällig gezogen und von Menschen beurteilt, für jede Namensklasse getrennt."))
    #expect(
      german.contains(
        "Namensklasse A: 20 von 20 richtig, 0 falsch, 0 unsicher. Anteil richtiger Zuordnungen: 100 %. 95-%-Intervall für alle"
      ))
    #expect(try page(["--sample", table, "--language", "en"]).contains("Judged sample of flows"))
    #expect(try !page(["--language", "de"]).contains("Beurteilte Stichprobe"))
    let changed = try String(contentsOfFile: table, encoding: .utf8).replacing("\"Telemetrie\"", with: "\"Werbung\"")
    try changed.write(toFile: table, atomically: true, encoding: .utf8)
    let refused = try Program.run(["report", "--store", store, "--output", folder.path("report"), "--sample", table])
    #expect(refused.code == 3 && refused.output.isEmpty && refused.said.contains("was changed; expected"))
  }
}
