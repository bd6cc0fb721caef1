import Foundation
import Model
import Store
import TestSupport
import Testing

@Suite("Decisions that come back from the tables")
struct ReviewTests {
  let folder: TemporaryDirectory
  let store: String

  init() throws {
    folder = try TemporaryDirectory()
    store = folder.path("a.sqlite")
    _ = try Program.run(["replay", Project.sample, "--store", store, "--config", Project.sampleConfiguration])
  }

  /// Exports the findings, and gives their lines as cells.
  private func findings(_ profile: String) throws -> [[String]] {
    let export = try Program.run(["export", "findings", "--store", store, "--profile", profile, "--output", "-"])
    let separator: Character = profile == "office-de" ? ";" : ","
    return export.output.replacing("\u{feff}", with: "").split(separator: "\r\n").map { line in
      line.dropFirst().dropLast().split(separator: "\"\(separator)\"", omittingEmptySubsequences: false).map(
        String.init)
    }
  }

  private func save(_ lines: [[String]], separator: String = ";", as name: String = "findings.csv") throws -> String {
    let text = lines.map { $0.map { "\"\($0)\"" }.joined(separator: separator) }.joined(separator: "\r\n")
    try text.write(toFile: folder.path(name), atomically: true, encoding: .utf8)
    return folder.path(name)
  }

  private func importing(
    _ file: String, _ options: [String] = [], environment: [String: String] = [:]
  ) throws -> Program.Run {
    try Program.run(["review", "import", file, "--store", store] + options, environment: environment)
  }

  @Test(
    "a table that was sorted, filtered, widened, and saved with other numbers and times gives its decisions, once",
    arguments: ["office-de", "rfc4180"])
  func habits(profile: String) throws {
    var lines = try findings(profile)
    let german = profile == "office-de"
    let place = { (title: String) in try #require(lines[0].firstIndex(of: title)) }
    let (status, note) = (try place(german ? "Status" : "status"), try place(german ? "Vermerk DSB" : "dpo_note"))
    let (role, day) = (
      try place(german ? "bestätigt durch (Rolle)" : "confirmed_by_role"),
      try place(german ? "bestätigt am" : "confirmed_on")
    )
    let id = try place(german ? "Feststellung" : "finding_id")
    lines[3][status] = "BESTÄTIGT"
    lines[3][role] = "DSB"
    lines[3][day] = "12.5.26"
    lines[5][note] = "Was ist das?"
    let (first, second) = (lines[3][id], lines[5][id])
    // Numbers without their last zeros, times without seconds, a column of the reader's own, another order, rows left out.
    for row in lines.indices.dropFirst() {
      for column in lines[row].indices {
        if lines[row][column].wholeMatch(of: /[0-9]+[,.][0-9]*0/) != nil { lines[row][column].removeLast() }
        if german, lines[row][column].wholeMatch(of: /[0-9.]{10} [0-9]{2}:[0-9]{2}:00/) != nil {
          lines[row][column].removeLast(3)
        }
      }
    }
    var saved = [lines[0] + ["Wiedervorlage"]]
    saved += lines.dropFirst().prefix(8).reversed().map { $0 + ["x"] }
    let file = try save(saved)

    let unnamed = try importing(file)
    #expect(unnamed.code == 3 && unnamed.said.contains("nobody's role is named"), "\(unnamed)")
    #expect(unnamed.said.split(separator: "\n").count == 1)
    let tried = try importing(file, ["--role", "IT", "--dry-run"])
    #expect(tried.output == "2 decisions would be recorded, 0 known already, 6 rows left empty\n", "\(tried)")
    let done = try importing(file, ["--role", "IT"])
    #expect(done.code == 0 && done.output == "2 decisions recorded, 0 known already, 6 rows left empty\n", "\(done)")
    let inGerman = try importing(file, ["--role", "IT", "--language", "de"])
    #expect(
      inGerman.output == "0 Entscheidungen übernommen, 2 bereits bekannt, 6 Zeilen nicht ausgefüllt\n", "\(inGerman)")
    let again = try importing(file, ["--role", "IT"])
    #expect(again.output == "0 decisions recorded, 2 known already, 6 rows left empty\n", "\(again)")

    let database = try AuditDatabase(path: store, mode: .readExisting)
    let decisions = try database.reviewDecisions()
    #expect(decisions.map(\.row) == [second, first])
    #expect(decisions.map(\.role) == ["IT", "DSB"])
    #expect(
      decisions.map(\.content.entries) == [
        ["dpo_note": "Was ist das?"],
        ["status": "confirmed", "confirmed_by_role": "DSB", "confirmed_on": "2026-05-12"],
      ])
    let date = LocalDate("2026-05-11")!
    #expect(decisions.map(\.days) == [date...date, date...date])
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))

    let state = try Program.run(["review", "status", "--store", store])
    #expect(state.code == 1)
    let report = state.output.split(separator: "\n")
    #expect(
      report.first?.hasPrefix(
        "Findings: \(lines.count - 1) rows, 1 decided, \(lines.count - 2) open, 0 changed since, ") == true)
    let strict = try Program.run(["review", "status", "--store", store, "--due-after", "0", "--language", "de"])
    #expect(strict.output.contains("  erneut zu prüfen: \(first), "))
    #expect(strict.output.contains("(bestätigt, 12.05.2026, DSB)"))
    #expect(strict.output.contains("Telemetrie") && !strict.output.contains("telemetry"), "\(strict.output)")
  }

  @Test("the next tables show what was decided, when, whether its figures still hold, and until when it holds")
  func shown() throws {
    let before = try findings("rfc4180")
    let place = { (title: String) in try #require(before[0].firstIndex(of: title)) }
    let columns = try ["latest_decision", "latest_decision_on", "latest_decision_state", "review_again_by"].map(place)
    let cells = { (row: [String]) in columns.map { row[$0] } }
    let none = ["none", "none", "none", "none"]
    #expect(before.dropFirst().allSatisfy { cells($0) == none })

    var lines = before
    let (status, role, day) = (try place("status"), try place("confirmed_by_role"), try place("confirmed_on"))
    for (row, word) in [(1, "confirmed"), (2, "rejected"), (3, "deferred")] {
      lines[row][status] = word
      lines[row][role] = "DPO"
      lines[row][day] = "2026-05-12"
    }
    let file = try save(lines, separator: ",")
    #expect(try importing(file).code == 0)
    let after = try findings("rfc4180")
    #expect(cells(after[1]) == ["confirmed", "2026-05-12", "holds", "2027-05-12"])
    #expect(cells(after[2]) == ["rejected", "2026-05-12", "holds", "2027-05-12"])
    #expect(after.dropFirst(3).allSatisfy { cells($0) == none }, "a deferred row is not decided")
    // The cells for people stay empty, and no other cell differs.
    #expect(
      zip(before, after).allSatisfy { old, new in
        old.indices.allSatisfy { columns.contains($0) || old[$0] == new[$0] }
      })
    // A table of before the decisions is read back all the same, and so is one of after them.
    #expect(try importing(file).output.hasPrefix("0 decisions recorded, 3 known already"))
    let german = try findings("office-de")
    let state = try #require(german[0].firstIndex(of: "Stand der Entscheidung"))
    #expect(german[1][state] == "gilt weiter" && german[3][state] == "keine")

    // The same decision, as if it had been made about a tenth of the sessions.
    let database = try AuditDatabase(path: store, mode: .maintain)
    var decision = try #require(try database.reviewDecisions().first)
    let sessions = try #require(decision.content.facts["sessions"].flatMap(UInt64.init))
    decision.content.facts["sessions"] = String(sessions * 10 + 10)
    try database.record([decision])
    database.close()
    #expect(cells(try findings("rfc4180")[1]) == ["confirmed", "2026-05-12", "changed", "2027-05-12"])
    // Of the two decided rows one still holds: it is no task of the report's first page.
    let page = try Program.run([
      "report", "--store", store, "--language", "en", "--output", folder.path("report"),
    ])
    let text = try String(contentsOfFile: page.output.trimmingCharacters(in: .whitespacesAndNewlines), encoding: .utf8)
    #expect(text.contains("Decided: 2; of these the figures of 1 have changed since."))
    let tasks = try #require(
      text.split(separator: "What to do first").dropFirst().first?.split(separator: "</ol>").first)
    let id = try place("finding_id")
    #expect(tasks.contains(after[1][id]) && !tasks.contains(after[2][id]), "\(tasks)")
    #expect(text.contains("(figures changed)"))
    let lenient = try Program.run([
      "export", "findings", "--store", store, "--profile", "rfc4180", "--output", "-", "--changed-share", "0.99",
      "--due-after", "30",
    ])
    #expect(lenient.output.contains("\"confirmed\",\"2026-05-12\",\"holds\",\"2026-06-11\""))
    let refused = try Program.run(["export", "findings", "--store", store, "--output", "-", "--changed-share=-1"])
    #expect(refused.code == 2 && refused.said.contains("--changed-share is a share such as 0.5"), "\(refused)")
  }

  @Test("whatever else was changed is refused with row, column, found and expected, and nothing is recorded")
  func refused() throws {
    var lines = try findings("office-de")
    let place = { (title: String) in try #require(lines[0].firstIndex(of: title)) }
    let (status, sessions, service) = (try place("Status"), try place("Verbindungen"), try place("Dienst"))
    let (id, severity) = (try place("Feststellung"), try place("Schwere bestätigt"))
    let original = lines
    lines[1][status] = "bestätigt"
    lines[1][sessions] += "0"
    lines[2][service] = "Telemetrie, harmlos"
    lines[3][id] = "F-000000000000"
    lines[4][id] = lines[5][id]
    lines[6][status] = "vielleicht"
    lines[6][severity] = "5"
    let run = try importing(try save(lines), ["--role", "DSB"])
    #expect(run.code == 3 && run.output == "")
    let faults = run.said.split(separator: "\n").map(String.init)
    #expect(
      faults[0].hasSuffix(
        "findings.csv, row 2, column \"Verbindungen\": '\(lines[1][sessions])' was changed; expected '\(original[1][sessions])'; restore the cell; if the store has changed since, export the table again"
      ), "\(faults[0])")
    for part in [
      "row 3, column \"Dienst\": 'Telemetrie, harmlos' was changed; expected '\(original[2][service])'",
      "row 4, column \"Feststellung\": 'F-000000000000' names no row of these days",
      "row 6, column \"Feststellung\": '\(lines[5][id])' is in row 5 too",
      "row 7, column \"Status\": 'vielleicht' is not allowed here; expected one of \"offen\" (open)",
      "row 7, column \"Schwere bestätigt\": '5' is not allowed here; expected one of 1, 2, 3, 4",
    ] {
      #expect(faults.contains { $0.contains(part) }, "\(part)")
    }
    #expect(try AuditDatabase(path: store, mode: .readExisting).reviewDecisions() == [])
  }

  @Test("a table that was cut by the wrong separator is refused in one line, and so is one without decisions columns")
  func wrongSeparator() throws {
    let lines = try findings("office-de")
    let cut = lines.map { [$0.joined(separator: ",")] }
    let run = try importing(try save(cut), ["--role", "DSB"])
    #expect(run.code == 3)
    let said = run.said.split(separator: "\n")
    #expect(said.count == 1 && said[0].contains("the table was opened with a wrong separator"), "\(run.said)")
    for table in ["coverage", "flows", "changes", "register"] {
      let other = try Program.run(["export", table, "--store", store, "--profile", "office-de", "--output", "-"])
      #expect(other.code == 0, "\(other.said)")
      let refused = try importing(try folder.write(other.output, to: "other.csv"), ["--role", "DSB"])
      #expect(refused.code == 3 && refused.said.contains("this is the table \(table), in which there are no decisions"))
      #expect(refused.said.split(separator: "\n").count == 1, "\(refused.said)")
    }
  }

  @Test(
    "a heading that is there twice, renamed or missing is refused, whether people or the program fill the column in")
  func headings() throws {
    let lines = try findings("office-de")
    let place = { (title: String) in try #require(lines[0].firstIndex(of: title)) }
    let (status, sessions) = (try place("Status"), try place("Verbindungen"))
    var decided = lines
    decided[3][status] = "bestätigt"
    var falsified = decided
    for row in falsified.indices.dropFirst() { falsified[row][sessions] = "9999" }

    for (name, original, table) in [("Status", status, decided), ("Verbindungen", sessions, falsified)] {
      let twice = table.enumerated().map { [$0 == 0 ? name : lines[$0][original]] + $1 }
      let refused = try importing(try save(twice), ["--role", "DSB"])
      #expect(refused.code == 3 && refused.output == "", "\(refused)")
      #expect(refused.said.contains("several columns have this heading; expected one heading"), "\(refused)")
      var renamed = table
      renamed[0][original] += " (neu)"
      let missing = try importing(try save(renamed), ["--role", "DSB"])
      #expect(missing.code == 3 && missing.output == "", "\(missing)")
      #expect(missing.said.split(separator: "\n").count == 1, "\(missing)")
      #expect(missing.said.contains("no column has this heading; expected one heading"), "\(missing)")
    }
    let kept = try ["Feststellung", "Zeitraum von", "Zeitraum bis", "Status"].map(place)
    let narrow = try importing(try save(decided.map { line in kept.map { line[$0] } }), ["--role", "DSB"])
    #expect(narrow.code == 3, "\(narrow)")
    #expect(narrow.said.split(separator: "\n").count == 6, "\(narrow)")
    #expect(narrow.said.contains("\(lines[0].count - 9) more headings are missing"), "\(narrow)")
    #expect(try AuditDatabase(path: store, mode: .readExisting).reviewDecisions() == [])
  }

  @Test("a row that is in two sheets of a workbook is refused, and a sheet that is none of the tables is left out")
  func sheets() throws {
    var lines = try findings("office-de")
    let place = { (title: String) in try #require(lines[0].firstIndex(of: title)) }
    let (status, id) = (try place("Status"), try place("Feststellung"))
    lines[1][status] = "bestätigt"
    _ = try save(lines, as: "book-Findings.csv")
    _ = try save([["Dienst", "Status"], ["a", "verworfen"]], as: "book-Notes.csv")
    let book = try folder.workbook("cp '\(folder.path("book-"))'*.csv \"$outdir\"")
    let tried = try importing(book.file, ["--role", "DSB", "--dry-run"], environment: book.environment)
    #expect(tried.output.hasPrefix("1 decision would be recorded, 0 known already, "), "\(tried)")
    lines[1][status] = "verworfen"
    _ = try save(Array(lines.prefix(2)), as: "book-Findings_2.csv")
    let twice = try importing(book.file, ["--role", "DSB"], environment: book.environment)
    #expect(twice.code == 3 && twice.output == "", "\(twice)")
    #expect(
      twice.said.contains(
        "row 2, column \"Feststellung\": '\(lines[1][id])' is in row 2 of another sheet too; expected one row for each id; remove one of the two"
      ), "\(twice)")
    // A sheet that was a table is not left out because of a wrong heading.
    lines[0][status] = "Status DSB"
    _ = try save(Array(lines.prefix(2)), as: "book-Findings_2.csv")
    let renamed = try importing(book.file, ["--role", "DSB"], environment: book.environment)
    #expect(renamed.code == 3 && renamed.said.contains("no column has this heading"), "\(renamed)")
    #expect(try AuditDatabase(path: store, mode: .readExisting).reviewDecisions() == [])
  }

  @Test("a small workbook whose sheets unpack to more than is read is refused before they are in memory")
  func unpacked() throws {
    let book = try folder.workbook("truncate -s 65M \"$outdir/book-Findings.csv\"")
    let refused = try importing(book.file, ["--role", "DSB"], environment: book.environment)
    #expect(refused.code == 3 && refused.output == "", "\(refused)")
    #expect(
      refused.said.contains("Its sheets have 68157440 bytes as text, and at most 67108864 are read."), "\(refused)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("tmp")).isEmpty)
  }

  @Test(
    "an import that is interrupted while LibreOffice reads the workbook leaves no copy of it",
    arguments: [SIGINT, SIGTERM])
  func interrupted(signal: Int32) throws {
    // Ends with the folder.
    let book = try folder.workbook(": > '\(folder.path("started"))'; while [ -e \"$0\" ]; do sleep 0.1; done")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Program.path)
    process.arguments = ["review", "import", book.file, "--store", store, "--role", "DSB"]
    process.environment = book.environment
    let said = Pipe()
    process.standardError = said
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    while process.isRunning, !FileManager.default.fileExists(atPath: folder.path("started")) { usleep(1_000) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("tmp")).count == 1)
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    let text = String(decoding: said.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(process.terminationStatus == 128 + signal && process.terminationReason == .exit, "\(text)")
    #expect(text.contains("Interrupted. Either all decisions of the table were recorded, or none."))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("tmp")) == [])
  }

  @Test(
    "a day after tomorrow is refused; a row without an id and without entries is no row of the table, wherever it is")
  func futureAndSums() throws {
    var lines = try findings("office-de")
    let place = { (title: String) in try #require(lines[0].firstIndex(of: title)) }
    let (status, day, id) = (try place("Status"), try place("bestätigt am"), try place("Feststellung"))
    lines[1][status] = "bestätigt"
    lines[1][day] = "31.12.2999"
    let future = try importing(try save(lines), ["--role", "DSB"])
    #expect(future.code == 3, "\(future)")
    #expect(
      future.said.contains("row 2, column \"bestätigt am\": '31.12.2999' is in the future; expected a day up to 20"),
      "\(future)")
    lines[1][day] = "12.05.2026"
    let rest = lines.count - 2
    var sum = lines[0].map { _ in "" }
    sum[0] = "Summe"
    lines.insert(sum, at: 1)
    lines.append(sum)
    let done = try importing(try save(lines), ["--role", "DSB"])
    #expect(done.output == "1 decision recorded, 0 known already, \(rest) rows left empty\n", "\(done)")
    // A decision is not taken back by emptied cells.
    (lines[2][status], lines[2][day]) = ("", "")
    let emptied = try importing(try save(lines), ["--role", "DSB"])
    #expect(
      emptied.output
        == "0 decisions recorded, 0 known already, \(rest + 1) rows left empty; 1 of them keeps its earlier decision\n",
      "\(emptied)")
    lines[2][status] = "bestätigt"
    lines[2][id] = ""
    let unnamed = try importing(try save(lines), ["--role", "DSB"])
    #expect(unnamed.code == 3 && unnamed.said.contains("'' names no row of these days"), "\(unnamed)")
  }

  @Test(
    "an older file that is read once more undoes no later decision, and the same decision in another role is one of its own"
  )
  func order() throws {
    var lines = try findings("office-de")
    let status = try #require(lines[0].firstIndex(of: "Status"))
    lines[1][status] = "verworfen"
    let older = try save(lines, as: "older.csv")
    lines[1][status] = "bestätigt"
    let newer = try save(lines, as: "newer.csv")
    let rest = "\(lines.count - 2) rows left empty\n"
    for (file, role, answer) in [
      (older, "IT", "1 decision recorded, 0 known already, "), (newer, "IT", "1 decision recorded, 0 known already, "),
      (older, "IT", "0 decisions recorded, 1 known already, "),
      (newer, " DSB ", "1 decision recorded, 0 known already, "),
      (newer, "DSB", "0 decisions recorded, 1 known already, "),
      (newer, "IT", "0 decisions recorded, 1 known already, "),
    ] {
      let run = try importing(file, ["--role", role])
      #expect(run.output.hasPrefix(answer), "\(run)")
      #expect(run.output.contains(rest), "\(run)")
    }
    let decisions = try AuditDatabase(path: store, mode: .readExisting).reviewDecisions()
    #expect(decisions.map(\.role) == ["IT", "IT", "DSB"])
    #expect(decisions.map { $0.content.entries["status"] } == ["rejected", "confirmed", "confirmed"])
  }

  @Test(
    "a role that is empty, longer than 200 characters or has control characters is refused, in the option and in the table",
    arguments: ["", " ", "\u{1b}[31mDSB", "DSB\nIT", "DSB\u{2028}IT", String(repeating: "D", count: 201)])
  func roles(role: String) throws {
    var lines = try findings("office-de")
    let place = { (title: String) in try #require(lines[0].firstIndex(of: title)) }
    let (status, decidedBy) = (try place("Status"), try place("bestätigt durch (Rolle)"))
    lines[1][status] = "bestätigt"
    let option = try importing(try save(lines), ["--role", role])
    #expect(option.code == 2 && option.said.contains("--role"), "\(option)")
    lines[1][decidedBy] = role
    let cell = try importing(try save(lines))
    #expect(cell.code == 3 && cell.output == "", "\(cell)")
    #expect(try AuditDatabase(path: store, mode: .readExisting).reviewDecisions() == [])
  }

  @Test(
    "a workbook that LibreOffice edited and saved gives its decisions, in both profiles and both kinds",
    .enabled(
      if: Tool.find("/usr/lib/libreoffice/program/soffice") != nil,
      "LibreOffice is not installed: scripts/test installs it"), arguments: ["office-de", "rfc4180"])
  func workbook(profile: String) throws {
    let export = ["export", "findings", "--store", store, "--profile", profile, "--output", folder.path("out")]
    let csv = try Program.run(export).output.split(separator: "\n")[0]
    let book = try #require(try Program.run(export + ["--format", "xlsx"]).output.split(separator: "\n").first)
    try FileManager.default.createDirectory(atPath: folder.path("edited"), withIntermediateDirectories: false)
    let edited = try Tool.run(
      Project.root.path + "/scripts/workbook-check", ["--edit", folder.path("edited"), String(book), String(csv)])
    #expect(edited.code == 0, "\(edited.text)")
    let first = try importing(folder.path("edited/edited.ods"), ["--role", "DSB"])
    #expect(first.output == "1 decision recorded, 0 known already, 34 rows left empty\n", "\(first)")
    let second = try importing(folder.path("edited/edited.xlsx"), ["--role", "DSB"])
    #expect(second.output == "0 decisions recorded, 1 known already, 34 rows left empty\n", "\(second)")
    #expect(
      try AuditDatabase(path: store, mode: .readExisting).reviewDecisions().map(\.content.entries) == [
        [
          "status": "confirmed", "severity_confirmed": "3", "confirmed_on": "2026-05-31", "dpo_note": "007 = null",
        ]
      ])
  }

  @Test("a later period shows the earlier decision, and marks a row whose figures moved by more than the set share")
  func changed() throws {
    var lines = try findings("rfc4180")
    let place = { (title: String) in try #require(lines[0].firstIndex(of: title)) }
    let (status, id, mb) = (try place("status"), try place("finding_id"), try place("mb_up"))
    let row = try #require(lines.indices.dropFirst().first { Double(lines[$0][mb]) ?? 0 > 0.001 })
    lines[row][status] = "confirmed"
    #expect(try importing(try save(lines, separator: ","), ["--role", "DSB"]).code == 0)
    let name = lines[row][id]
    do {
      // As if it had been decided on half the volume.
      let database = try AuditDatabase(path: store, mode: .maintain)
      var decision = try #require(try database.reviewDecisions().first)
      decision.content.facts["mb_up"] = "0.0001"
      try database.record([decision])
    }
    let state = try Program.run(["review", "status", "--store", store])
    #expect(state.output.contains("  changed: \(name), "), "\(state.output)")
    #expect(state.output.contains(": MB up 0.000 -> "))
    let tolerant = try Program.run(["review", "status", "--store", store, "--changed-share", "1e9"])
    #expect(!tolerant.output.contains("  changed: "))
    let seen = try #require(lines[0].firstIndex(of: "devices_seen"))
    for word in ["withheld", "unknown"] {
      let database = try AuditDatabase(path: store, mode: .maintain)
      var decision = try #require(try database.reviewDecisions().first)
      decision.content.facts["devices_seen"] = word
      try database.record([decision])
      let changed = try Program.run(["review", "status", "--store", store, "--changed-share", "1e9"])
      #expect(changed.code == 1)
      #expect(changed.output.contains("  changed: \(name), "), "\(changed.output)")
      #expect(changed.output.contains(": Devices with contact \(word) -> \(lines[row][seen])\n"), "\(changed.output)")
    }
  }
}
