import Foundation
import Glibc
import Model
import Privacy
import Report
import Store
import TestSupport
import Testing

@Suite("deliver: reports that come by themselves")
struct DeliverCommandTests {
  private let folder: TemporaryDirectory
  private var store: String { folder.path("store.sqlite") }
  private var reports: String { folder.path("reports") }

  init() throws {
    folder = try TemporaryDirectory()
    try Project.replay([Project.sample], into: store)
  }

  private func deliver(_ options: [String] = [], environment: [String: String] = [:]) throws -> Program.Run {
    try Program.run(["deliver", "--store", store, "--output", reports] + options, environment: environment)
  }

  private func names(_ path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }

  /// One frame without IP, which shows that the sensor still captures, and no device.
  private func finishMonth() throws {
    let frame = TimedFrame(
      time: Timestamp(nanoseconds: 1_780_387_200_000_000_000), bytes: Array(repeating: 0, count: 60))
    try Project.replay([try folder.write(PcapWriter.pcap([frame]), to: "june.pcap")], into: store)
  }

  @Test("before a month is finished it writes nothing and says so")
  func nothing() throws {
    let run = try deliver()
    #expect(run.code == 0 && run.output == "")
    #expect(run.said == "egressaudit: Month: none is finished yet; the store ends on 2026-05-11.\n")
    #expect(try names(reports) == [])
  }

  @Test("a month whose delivery cannot be recorded is not there, and comes with the next run")
  func unrecorded() throws {
    struct Locked: Error {}
    try finishMonth()
    let database = try AuditDatabase(path: store, mode: .readExisting)
    let failure = #expect(throws: DeliveryFailure.self) {
      try Delivery().write(
        from: database, to: reports, language: .english, now: Hour(sinceEpoch: 600_000), say: { _ in },
        record: { _, _ in throw Locked() }, output: { _ in Issue.record("it is there") })
    }
    #expect(failure?.description.contains("not written") == true)
    #expect(try names(reports) == [])
    #expect(try deliver().code == 0)
    #expect(try names(reports) == ["2026-05"])
    let entries = try AuditDatabase(path: store, mode: .readExisting).accessEntries()
    #expect(entries.filter { $0.action == .deliver }.count == 1)
  }

  @Test("a finished month has the report in both languages and all tables in a folder of its own, once")
  func month() throws {
    try finishMonth()
    let run = try deliver(environment: ["LANG": "de_DE.UTF-8"])
    #expect(run.code == 0, "\(run.said)")
    #expect(run.output == reports + "/2026-05\n")
    #expect(
      run.said == "egressaudit: Monat, 01.05.2026 bis 31.05.2026: Bericht und Tabellen liegen in \(reports)/2026-05.\n")
    #expect(try names(reports) == ["2026-05"])
    let files = try names(reports + "/2026-05")
    let days = "rathaus-musterstadt_2026-05-01_2026-05-31"
    #expect(files.filter { $0.hasPrefix("report_") } == ["report_\(days)_de.html", "report_\(days)_en.html"])
    for table in ["findings", "transfers", "coverage", "undescribed", "claims", "changes"] {
      #expect(files.contains("\(table)_\(days)_office-de.csv"), "\(table)")
    }
    #expect(!files.contains { $0.hasPrefix("flows") })

    // What people wrote there stays, and nothing is written twice.
    let note = reports + "/2026-05/report_\(days)_de.html"
    try "mine".write(toFile: note, atomically: false, encoding: .utf8)
    let again = try deliver()
    #expect(again.code == 0 && again.output == "")
    #expect(
      again.said
        == "egressaudit: Month, 2026-05-01 to 2026-05-31: already in \(reports)/2026-05; the store ends on 2026-06-02.\n"
    )
    #expect(try String(contentsOfFile: note, encoding: .utf8) == "mine")
    #expect(try names(reports) == ["2026-05"])
  }

  @Test("the configuration chooses the languages, the first one also for the tables")
  func languages() throws {
    try finishMonth()
    let configuration = try folder.write("reports: { languages: [en], patch_day: true }\n", to: "site.yaml")
    let run = try deliver(["--config", configuration])
    #expect(run.code == 0, "\(run.said)")
    let files = try names(reports + "/2026-05")
    #expect(files.filter { $0.hasSuffix(".html") && $0.hasPrefix("report_") }.count == 1)
    #expect(files.contains { $0.hasSuffix("_en.html") } && files.contains { $0.hasSuffix("_rfc4180.csv") })
    #expect(!files.contains { $0.contains("office-de") })
    // 12 May is the second Tuesday, and the store has the day before it.
    #expect(try names(reports) == ["2026-05", "2026-05-12_patch-day"])
    #expect(run.output == "\(reports)/2026-05\n\(reports)/2026-05-12_patch-day\n")
    #expect(try names(reports + "/2026-05-12_patch-day").contains { $0.contains("_2026-05-05_2026-05-18_") })
  }

  @Test("a period that cannot be written fails the run at its end, after the others were written")
  func failure() throws {
    try finishMonth()
    let configuration = try folder.write("reports: { languages: [en], patch_day: true }\n", to: "site.yaml")
    try FileManager.default.createDirectory(atPath: reports, withIntermediateDirectories: false)
    try FileManager.default.createSymbolicLink(
      atPath: reports + "/2026-05", withDestinationPath: folder.path("nowhere"))
    let run = try deliver(["--config", configuration])
    #expect(run.code == 3)
    #expect(run.output == reports + "/2026-05-12_patch-day\n")
    let lines = run.said.split(separator: "\n")
    #expect(
      lines.first?.hasPrefix("egressaudit: Patch day, 2026-05-05 to 2026-05-18: report and tables are in ") == true)
    #expect(lines.last?.hasPrefix("egressaudit: Month, 2026-05-01 to 2026-05-31: not written. ") == true, "\(run.said)")
  }

  @Test(
    "a month whose first days retention deleted is delivered from the first whole day on, and so is the report without days"
  )
  func cut() throws {
    try finishMonth()
    // Midnight of UTC is 2 o'clock in Berlin.
    let kept = Hour(sinceEpoch: LocalDate("2026-05-12")!.day * 24)
    let deletions = try AuditDatabase(path: store, mode: .capture)
      .delete(.usage, before: kept, day: LocalDate("2026-06-02")!.day, toolVersion: "0.2.0")
    #expect(!deletions.isEmpty)
    let run = try deliver(environment: ["LANG": "de_DE.UTF-8"])
    #expect(run.code == 0, "\(run.said)")
    #expect(run.output == reports + "/2026-05\n")
    #expect(
      run.said
        == "egressaudit: Monat, 13.05.2026 bis 31.05.2026: Bericht und Tabellen liegen in \(reports)/2026-05. Die Tage davor sind nach Ablauf der Speicherfrist (usage_days) gelöscht.\n"
    )
    let report = try Program.run(["report", "--store", store, "--output", folder.path("report")])
    #expect(report.code == 0)
    #expect(
      report.said
        == "egressaudit: The report covers 2026-05-13 to 2026-05-31, the last finished month of the store. The days before were deleted after their retention time (usage_days).\n"
    )
  }

  @Test("folders and files get the group of the folder that they are written into, and no other user reads them")
  func groups() throws {
    try finishMonth()
    try FileManager.default.createDirectory(atPath: reports, withIntermediateDirectories: false)
    #expect(chmod(reports, 0o2750) == 0)
    let mask = umask(0o027)
    defer { umask(mask) }
    #expect(try deliver().code == 0)
    var state = stat()
    #expect(stat(reports + "/2026-05", &state) == 0)
    #expect(state.st_mode & 0o7777 == 0o2750)
    for name in try names(reports + "/2026-05") {
      #expect(stat(reports + "/2026-05/" + name, &state) == 0)
      #expect(state.st_mode & 0o7777 == 0o640, "\(name)")
    }
  }

  @Test("a faulty value is told with its place")
  func faults() throws {
    let configuration = try folder.write("reports: { languages: [fr], patch_day: maybe }\n", to: "site.yaml")
    let run = try deliver(["--config", configuration])
    #expect(run.code == 3)
    #expect(run.said.contains("expected de or en") && run.said.contains("site.yaml:1:"), "\(run.said)")
    #expect(!FileManager.default.fileExists(atPath: reports))
  }

  @Test("report without days names the period that it chose")
  func chosen() throws {
    let whole = try Program.run(["report", "--store", store, "--output", folder.path("report")])
    #expect(whole.said == "egressaudit: No month of the store is finished yet; the report covers all stored days.\n")
    try finishMonth()
    let month = try Program.run(
      ["report", "--store", store, "--output", folder.path("report")], environment: ["LANG": "de_DE.UTF-8"])
    #expect(
      month.said
        == "egressaudit: Der Bericht umfasst 01.05.2026 bis 31.05.2026, den letzten abgeschlossenen Monat des Speichers.\n"
    )
    #expect(month.output.hasSuffix("/report_rathaus-musterstadt_2026-05-01_2026-05-31_de.html\n"))
    let asked = try Program.run([
      "report", "--store", store, "--from", "2026-05-11", "--to", "2026-05-11", "--output", folder.path("report"),
    ])
    #expect(asked.code == 0 && asked.said == "")
  }

  /// As `replay` and `run` make it beside a store.
  private func makeSigningKey() throws { _ = try SigningKey.loadOrCreate(path: store + ".signing-key") }

  /// Packs what was delivered and loads it into a centre of one SQLite file, as its administrator does.
  private func load(into centre: String) throws -> Program.Run {
    let run = try Program.run([
      "fleet", "export", "--store", store, "--output", folder.path("fleet"), "--reports", reports,
    ])
    #expect(run.code == 0, "\(run.said)")
    try FileManager.default.createDirectory(atPath: folder.path("keys"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: store + ".signing-key.pub", toPath: folder.path("keys/rathaus-musterstadt.pub"))
    let loading = try Tool.run(
      Project.root.appending(path: "scripts/fleet/load").path,
      ["--file", centre, "--keys", folder.path("keys"), folder.path("fleet")])
    #expect(loading.code == 0, "\(loading.text)")
    return run
  }

  @Test(
    "the centre gives each table and the report of a month back, byte for byte as the gateway's own store gives them")
  func centre() throws {
    try makeSigningKey()
    try finishMonth()
    #expect(try deliver().code == 0)
    let centre = folder.path("fleet.sqlite")
    let run = try load(into: centre)
    #expect(run.output.hasSuffix("/rathaus-musterstadt_2026-05.tar\n"), "\(run.output)")

    let options = ["--fleet", "--file", centre, "--month", "2026-05", "--gateway", "rathaus-musterstadt"]
    let all = try Program.run(["export", "all"] + options + ["--output", folder.path("all")])
    #expect(all.code == 0, "\(all.said)")
    let given = folder.path("all/rathaus-musterstadt/2026-05")
    let days = ["--from", "2026-05-01", "--to", "2026-05-31"]
    for command in [
      ["export", "all", "--profile", "office-de"], ["report", "--language", "de"], ["report", "--language", "en"],
    ] {
      let own = folder.path("own")
      #expect(try Program.run(command + days + ["--store", store, "--output", own]).code == 0)
    }
    let compared = try names(folder.path("own")).filter { !$0.hasSuffix(".sha256") }
    #expect(compared.count == 7 * 2 + 1 + 2)
    for name in compared {
      #expect(
        FileManager.default.contentsEqual(atPath: folder.path("own/" + name), andPath: given + "/" + name), "\(name)")
    }
    #expect(try names(given).sorted() == (compared + ["manifest.json", "manifest.sig"]).sorted())

    let report = try Program.run(
      ["report"] + options + ["--language", "de", "--output", folder.path("report")])
    let name = "rathaus-musterstadt/2026-05/report_rathaus-musterstadt_2026-05-01_2026-05-31_de.html"
    #expect(report.code == 0 && report.output == folder.path("report/" + name) + "\n", "\(report.said)")
    #expect(
      FileManager.default.contentsEqual(
        atPath: folder.path("report/" + name), andPath: given + "/" + (name as NSString).lastPathComponent))
  }

  @Test("a month is packed once; one that somebody changed, or that this store did not deliver, is never packed")
  func packed() throws {
    try makeSigningKey()
    try finishMonth()
    #expect(try deliver().code == 0)
    let findings = reports + "/2026-05/findings_rathaus-musterstadt_2026-05-01_2026-05-31_office-de.csv"
    let kept = try Data(contentsOf: URL(fileURLWithPath: findings))
    let export = ["fleet", "export", "--store", store, "--output", folder.path("fleet"), "--reports", reports]

    try (kept + Data("x".utf8)).write(to: URL(fileURLWithPath: findings))
    let changed = try Program.run(export)
    #expect(changed.code == 3 && changed.said.contains("\(findings) is missing or was changed since it was delivered"))
    #expect(!(try names(folder.path("fleet")).contains { $0.contains("_2026-05.tar") }))

    // Who changes the list with the file is caught by the record in the store.
    let list = reports + "/2026-05/files.sha256"
    let lines = try String(contentsOfFile: list, encoding: .utf8)
    try lines.split(separator: "\n").dropLast().map { $0 + "\n" }.joined()
      .write(toFile: list, atomically: false, encoding: .utf8)
    let forged = try Program.run(export, environment: ["LANG": "de_DE.UTF-8"])
    #expect(
      forged.code == 3 && forged.said.contains("Im Speicher ist nicht vermerkt, dass diese Dateien"), "\(forged.said)")

    try kept.write(to: URL(fileURLWithPath: findings))
    try lines.write(toFile: list, atomically: false, encoding: .utf8)
    let tar = folder.path("fleet/rathaus-musterstadt_2026-05.tar")
    #expect(try Program.run(export).output == tar + "\n")
    let bytes = try Data(contentsOf: URL(fileURLWithPath: tar))
    #expect(try Program.run(export).output == "")
    try FileManager.default.removeItem(atPath: folder.path("fleet/months"))
    try FileManager.default.removeItem(atPath: tar)
    #expect(try Program.run(export).output == tar + "\n")
    #expect(try Data(contentsOf: URL(fileURLWithPath: tar)) == bytes)

    try "2026-5\n".write(toFile: folder.path("fleet/months"), atomically: false, encoding: .utf8)
    #expect(try Program.run(export).said.contains("fleet/months does not say which months were packed"))
    try FileManager.default.removeItem(atPath: folder.path("fleet/months"))
    let missing = try Program.run(export.dropLast() + [folder.path("nowhere")])
    #expect(missing.code == 3 && missing.said.contains("nowhere is no folder that can be read"))
  }

  @Test(
    "what only a store or only a centre understands is refused by name",
    arguments: [
      (["report", "--fleet"], "--fleet needs one of --server and --file"),
      (["report", "--month", "2026-05"], "need --fleet"),
      (["report", "--keys", "k"], "need --fleet"),
      (["export", "all", "--server", "http://127.0.0.1:1"], "need --fleet"),
      (["export", "all"], "Missing expected argument '--store <file>'"),
      (["report", "--fleet", "--file", "f", "--pdf"], "--pdf is for one store, not for a centre"),
      (["report", "--fleet", "--file", "f", "--store=s"], "--store is for one store, not for a centre"),
      (["export", "all", "--fleet", "--file", "f", "--group", "a"], "--group is for one store, not for a centre"),
    ])
  func mixed(arguments: [String], message: String) throws {
    let run = try Program.run(arguments)
    #expect(run.code == 2 && run.said.contains(message), "\(run.said)")
  }

  @Test("without the programs of the centre the next step is named")
  func notInstalled() throws {
    let run = try Program.run(["report", "--fleet", "--file", "f"], folder: folder.path("."))
    #expect(run.code == 3 && run.said.contains("Install the package egressaudit-fleet-centre"), "\(run.said)")
  }
}
