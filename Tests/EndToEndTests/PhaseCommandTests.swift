import Foundation
import Privacy
import Rules
import Store
import TestSupport
import Testing

@Suite("The verbs phase and compare")
struct PhaseCommandTests {
  private static let day = "2026-05-11..2026-05-11"

  let folder: TemporaryDirectory
  let store: String

  init() throws {
    folder = try TemporaryDirectory()
    store = folder.path("audit.sqlite")
    try Project.replay([Project.sample], into: store)
  }

  private func run(_ arguments: String..., language: String = "C") throws -> Program.Run {
    try Program.run(arguments + ["--store", store], environment: ["LANG": language])
  }

  private func compare(_ more: [String] = [], store: String? = nil, to output: String) throws -> Program.Run {
    try Program.run(
      [
        "compare", "--store", store ?? self.store, "--before", PhaseCommandTests.day, "--after", PhaseCommandTests.day,
        "--output", folder.path(output),
      ] + more)
  }

  /// Contents by file name.
  private func files(_ output: String) throws -> [String: Data] {
    let directory = URL(fileURLWithPath: folder.path(output))
    return try FileManager.default.contentsOfDirectory(atPath: directory.path).reduce(into: [:]) { files, name in
      files[name] = try Data(contentsOf: directory.appendingPathComponent(name))
    }
  }

  @Test("phase begins, ends and lists phases in whole hours, each an entry of a chain that stays intact")
  func phases() throws {
    #expect(
      try run("phase", "list").output == "none: the store holds no phase. Next step: 'egressaudit phase start'\n")
    let start = try run(
      "phase", "start", "level-0", "--setting", "GPO telemetry at level 0", "--groups", "Bürgeramt", "--at",
      "2026-05-11T08:20")
    #expect(start.code == 0, "\(start.said)")
    #expect(
      start.output.hasPrefix(
        "level-0: since 2026-05-11T07:00:00Z, still running; groups: Bürgeramt; setting: GPO telemetry at level 0; entered on 20"
      ))
    #expect(try run("phase", "stop", "--at", "2026-05-11T11:59").code == 0)
    let list = try run("phase", "list", language: "de_DE.UTF-8").output
    #expect(list.hasPrefix("level-0: 11.05.2026 09:00:00 bis 11.05.2026 11:00:00; Gruppen: Bürgeramt; Einstellung: "))
    let database = try AuditDatabase(path: store, mode: .readExisting)
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
    #expect(try database.phases().flatMap(\.chainSequences).count == 2)
  }

  @Test(
    "phase refuses what it is given wrongly with the next step, and repeats none of it",
    arguments: [
      (["start", "x/../y"], "The name of a phase has 1 to 64 letters"),
      (["start", "2026-05-11"], "The name of a phase has 1 to 64 letters"),
      (["start", "level-0", "--setting", "for m.muster@example.org"], "A setting is one line"),
      (["start", "level-0", "--groups", "Geheimamt"], "Its groups are: Bürgeramt, Sozialamt, ungrouped."),
      (["start", "level-0", "--groups", "Sozialamt,Sozialamt"], "A group is named twice."),
      (["start", "level-0", "--at", "gestern"], "The time is not understood."),
      (["start", "level-0", "--at", "2200-01-01"], "The time lies in the future."),
      (["start", "level-0", "--at", "2026-13-01"], "The time is not understood."),
      (["stop", "level-0"], "The store holds no phase 'level-0'."),
    ])
  func refused(arguments: [String], message: String) throws {
    let run = try Program.run(["phase"] + arguments + ["--store", store])
    #expect(run.code == 2 && run.output.isEmpty)
    #expect(run.said.hasPrefix("egressaudit: ") && run.said.contains(message))
    for word in ["x/../y", "muster", "Geheimamt", "gestern"] { #expect(!run.said.contains(word)) }
  }

  @Test("phase stop without a running phase ends with exit code 3, because its arguments are right")
  func noneRuns() throws {
    let stopped = try run("phase", "stop")
    #expect(stopped.code == 3 && stopped.said.contains("No phase is running."))
  }

  @Test("an unknown baseline and reversed days are faults of the arguments: exit code 2")
  func argumentFaults() throws {
    for (arguments, message) in [
      (["baseline", "compare", "april"], "The store has no baseline april."),
      (["baseline", "remove", "april"], "april"),
      (["claims", "--baseline", "april"], "The store has no baseline april."),
      (["claims", "--from", "2026-05-12", "--to", "2026-05-11"], "Exchange --from and --to."),
    ] {
      let run = try Program.run(arguments + ["--store", store])
      #expect(run.code == 2 && run.said.contains(message), "\(arguments): \(run.code) \(run.said)")
    }
  }

  @Test("compare writes table, description and sentences, the same bytes each time")
  func compared() throws {
    let first = try compare(to: "first")
    #expect(first.code == 0, "\(first.said)")
    #expect(first.output.contains("(0 %, 95 % interval 0 to 0); the interval holds 0, so a change is not shown."))
    #expect(first.output.contains("The comparison does not show that the setting is the cause"))
    let names = try files("first").keys.sorted()
    let stem = "comparison_rathaus-musterstadt_2026-05-11--2026-05-11_2026-05-11--2026-05-11_rfc4180"
    #expect(names == [".csv", ".csv-metadata.json", ".txt"].map { stem + $0 })
    #expect(try compare(to: "second").code == 0)
    #expect(try files("first") == files("second"))
    let german = try compare(["--language", "de"], to: "german")
    #expect(
      german.code == 0 && german.output.contains("Der Vergleich zeigt nicht, dass die Einstellung die Ursache ist"))
    #expect(try files("german").keys.contains { $0.hasSuffix("office-de.csv") })
  }

  @Test("compare repeats its figures from the stored single flows, classified again by the same rules")
  func fromEvidence() throws {
    #expect(try compare(to: "sums").code == 0)
    #expect(try Program.run(["rules", "reclassify", "--store", store, "--rules", Project.rules]).code == 0)
    let again = try compare(["--reclassified", "1"], to: "evidence")
    #expect(again.code == 0, "\(again.said)")
    #expect(try files("sums") == files("evidence"))
    #expect(try compare(["--reclassified", "2"], to: "none").code == 3)
  }

  @Test("compare takes the period before from another store, and says if nobody can match the devices")
  func twoStores() throws {
    let other = folder.path("other.sqlite")
    try Project.replay([Project.sample], into: other)
    let same = try compare(["--before-store", other], to: "same")
    #expect(same.code == 0 && !same.output.contains("pseudonym keys"))
    let foreign = folder.path("foreign.sqlite")
    try Project.replay(
      [Project.sample], into: foreign, key: .fixed(bytes: Array(repeating: 9, count: 32)))
    let apart = try compare(["--before-store", foreign], to: "apart")
    #expect(apart.code == 0 && apart.output.contains("the stores have different pseudonym keys"))
  }

  @Test("compare exits with 3 and the reason if the coverage of a period does not allow it")
  func notAssessable() throws {
    let text = try String(contentsOfFile: Project.sampleConfiguration, encoding: .utf8)
      .replacing("minimum_device_days: 4", with: "minimum_device_days: 400")
    let strict = folder.path("strict.sqlite")
    try Project.replay([Project.sample], into: strict, configuration: folder.write(text, to: "strict.yaml"))
    let run = try compare(store: strict, to: "strict")
    #expect(run.code == 3)
    #expect(run.output.contains("Not assessable because: before: 8 device-days (minimum 400)"))
    #expect(run.output.contains("rfc4180.csv"))
  }

  @Test("compare refuses a period that is none, a phase without a whole day, and a group that is not reported")
  func faults() throws {
    #expect(try run("phase", "start", "morning", "--at", "2026-05-11T08:00").code == 0)
    #expect(try run("phase", "stop", "--at", "2026-05-11T12:00").code == 0)
    let output = folder.path("none")
    for (before, message, code) in [
      ("2026-05-11..", "A period is the name of a phase", Int32(2)),
      ("2026-05-11", "A period is the name of a phase", 2), ("evening", "Its phases are: morning.", 2),
      ("morning", "holds no whole local day", 3),
      ("2026-05-12..2026-05-11", "Write the period as 2026-05-11..2026-05-12.", 2),
    ] {
      let run = try Program.run([
        "compare", "--store", store, "--before", before, "--after", PhaseCommandTests.day, "--output", output,
      ])
      #expect(run.code == code && run.said.contains(message), "\(before): \(run.said)")
    }
    let group = try compare(["--group", "Geheimamt"], to: "none")
    #expect(group.code == 2 && group.said.contains("The reported groups are: Bürgeramt, Sozialamt."))
    #expect(!FileManager.default.fileExists(atPath: output))
  }
}
