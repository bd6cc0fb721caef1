import Foundation
import GRDB
import Model
import TestSupport
import Testing

/// Runs the built program like its users.
enum Program {
  struct Run {
    var code: Int32
    var output: String
    var said: String
  }

  /// The one built with the tests, or another one that is named, such as the program of a package.
  static let path = ProcessInfo.processInfo.environment["TESTED_PROGRAM"] ?? builtPath

  static let builtPath = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    .appending(path: "egressaudit").path

  static func run(
    _ arguments: [String], input: String? = nil, environment: [String: String] = [:], folder: String? = nil
  ) throws -> Run {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.currentDirectoryURL = folder.map { URL(fileURLWithPath: $0) } ?? Project.root
    process.environment = ["PATH": "/usr/bin:/bin", "LANG": "C"].merging(environment) { $1 }
    let output = Pipe()
    let said = Pipe()
    process.standardOutput = output
    process.standardError = said
    process.standardInput =
      try input.map { try FileHandle(forReadingFrom: URL(fileURLWithPath: $0)) } ?? FileHandle.nullDevice
    try process.run()
    let outputBytes = output.fileHandleForReading.readDataToEndOfFile()
    let saidBytes = said.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Run(
      code: process.terminationStatus, output: String(decoding: outputBytes, as: UTF8.self),
      said: String(decoding: saidBytes, as: UTF8.self))
  }
}

@Suite("The command line")
struct CommandLineTests {
  @Test("rows of an export can be traced to the evidence chain with the store, and unknown names cannot")
  func evidence() throws {
    let folder = try TemporaryDirectory()
    let store = folder.path("audit.sqlite")
    try Project.replay([Project.sample], into: store)
    func export(_ table: String) throws -> String {
      try Program.run(["export", table, "--store", store, "--profile", "rfc4180", "--output", "-"]).output
    }
    let flow = try #require(try export("flows").firstMatch(of: /L-[0-9a-f]{16}/)).output
    let finding = try #require(try export("findings").firstMatch(of: /E-[0-9a-f]{16}/)).output
    let found = try Program.run(["evidence", String(flow), String(finding), "--store", store])
    #expect(found.code == 0, "\(found.said)")
    let lines = found.output.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[0].wholeMatch(of: /L-[0-9a-f]{16}: entry [0-9]+ of the evidence chain, sha256:[0-9a-f]{64}/) != nil)
    #expect(
      lines[1].wholeMatch(of: /E-[0-9a-f]{16}: [0-9]+ flows? of finding F-[0-9a-f]{12}, .* of the evidence chain/)
        != nil)
    #expect(lines[2].wholeMatch(of: /The evidence chain is intact, up to entry [0-9]+\./) != nil)
    let strange = try Program.run(["evidence", "L-0000000000000000", "--store", store])
    #expect(strange.code == 1)
    #expect(
      strange.output.hasPrefix("L-0000000000000000: belongs to no row of such an export; give the same --from, --to"))
    let wrong = try Program.run(["evidence", "D-0a1b2c3d4e5f", "--store", store])
    #expect(wrong.code == 2)
    #expect(wrong.said.contains("A reference is L- or E- and 16 hexadecimal digits"))
    #expect(!wrong.said.contains("0a1b2c3d4e5f, "))

    let queue = try DatabaseQueue(path: store)
    try queue.write { try $0.execute(sql: "UPDATE usage_hour SET bytes_up = bytes_up + 1 WHERE bytes_up > 0") }
    try queue.close()
    let tampered = try Program.run(["evidence", String(flow), "--store", store])
    #expect(tampered.code == 1 && tampered.output.contains("The evidence chain is intact"), "\(tampered.output)")
    #expect(
      tampered.said.contains("does not hold, so the row may not come from what was stored:\n- "), "\(tampered.said)")
  }

  @Test("help ends with 0 and names every verb and exit code", arguments: [["--help"], ["help"]])
  func help(arguments: [String]) throws {
    let run = try Program.run(arguments)
    #expect(run.code == 0)
    for verb in ["replay", "export", "inspect", "rules", "check", "Exit codes"] { #expect(run.output.contains(verb)) }
    #expect(run.said == "")
  }

  @Test("a folder given as a file, and a file given as a folder, are named as what they are")
  func folderAndFile() throws {
    let folder = try TemporaryDirectory()
    let configuration = try Program.run(["papers", "--config", folder.url.path, "--output", folder.path("out")])
    #expect(configuration.code == 3)
    #expect(
      configuration.said
        == "egressaudit: \(folder.url.path):1:1: this is a folder; expected a readable YAML file; name the file itself, which may be in this folder\n"
    )
    let file = try folder.write([], to: "file")
    for output in [file, file + "/below/it"] {
      let run = try Program.run(["papers", "--config", Project.sampleConfiguration, "--output", output])
      #expect(run.code == 3 && run.output == "")
      #expect(
        run.said
          == "egressaudit: \(file) is a file, and a folder is needed there to write several files into. Give another folder, or move the file away.\n"
      )
    }
  }

  @Test(
    "wrong usage ends with 2 and says what is expected",
    arguments: [
      (["replya"], "egressaudit has no verb 'replya'; did you mean 'replay'?"),
      (["rules", "lst"], "egressaudit rules has no verb 'lst'; did you mean 'list'?"),
      (["help", "reprot"], "egressaudit: egressaudit has no verb 'reprot'; did you mean 'report'?\n"),
      (["help", "rules", "exlain"], "egressaudit rules has no verb 'exlain'; did you mean 'explain'?"),
      (["frobnicate"], "the verbs are init, replay, run, report, deliver, export, "),
      (["export", "findngs", "--store", "x"], "findngs"),
      (["replay", "a.pcap"], "--store"),
      (["export", "all", "--store", "x", "--output", "-"], "Standard output takes only one table."),
      (["export", "findings", "--store", "x", "--from", "2026-13-01"], "2026-13-01"),
      (["replay", "a.pcap", "--store", "x", "--site", "a/b"], "'a/b' is not a site name."),
    ])
  func usage(arguments: [String], message: String) throws {
    let run = try Program.run(arguments)
    #expect(run.code == 2)
    #expect(run.output == "")
    #expect(run.said.contains(message), "said: \(run.said)")
  }

  @Test("a fault of the environment ends with 3 and says the next step")
  func environment() throws {
    let folder = try TemporaryDirectory()
    let store = folder.path("a.sqlite")
    let missing = try Program.run(["replay", folder.path("none.pcap"), "--store", store])
    #expect(missing.code == 3)
    #expect(missing.said.contains("No such file or directory"))
    #expect(missing.said.contains("No packet could be read: nothing was stored."))
    #expect(!FileManager.default.fileExists(atPath: store) && !FileManager.default.fileExists(atPath: store + ".key"))
    let twice = try Program.run(["inspect", Project.sample, Project.sample])
    #expect(twice.code == 3 && twice.said.contains("is named twice"))
    let noStore = try Program.run(["export", "all", "--store", store, "--output", folder.path("out")])
    #expect(noStore.code == 3)
    #expect(noStore.said.contains("a.sqlite"))
    let noRules = try Program.run(["replay", Project.sample, "--store", store, "--rules", folder.path("none")])
    #expect(noRules.code == 3)
    #expect(noRules.said.contains("ruleset.yaml"))
  }

  @Test("a capture truncated in a packet is audited up to there, reported, and ends with 3")
  func cut() throws {
    let folder = try TemporaryDirectory()
    let bytes = try Data(contentsOf: URL(fileURLWithPath: Project.sample))
    let file = folder.path("cut.pcapng")
    try bytes.prefix(bytes.count / 2 + 1).write(to: URL(fileURLWithPath: file))
    let run = try Program.run([
      "replay", file, "--store", folder.path("a.sqlite"), "--config", Project.sampleConfiguration,
    ])
    #expect(run.code == 3)
    #expect(run.said.contains("ends early after"))
    #expect(run.output.contains("8 devices"))
  }

  @Test(
    "replay reads standard input, and a second audit of the same capture is refused unless it replaces the first"
  )
  func standardInput() throws {
    let folder = try TemporaryDirectory()
    let arguments = ["replay", "-", "--store", folder.path("a.sqlite"), "--config", Project.sampleConfiguration]
    let first = try Program.run(arguments, input: Project.sample)
    #expect(first.code == 0, "said: \(first.said)")
    #expect(first.output.contains("Findings: "))
    let second = try Program.run(arguments, input: Project.sample)
    #expect(second.code == 3)
    #expect(second.said.contains("already holds a whole audit of a capture that begins with the same packet"))
    let third = try Program.run(arguments + ["--again"], input: Project.sample)
    #expect(third.code == 0)
  }

  @Test("texts follow the locale, ids do not")
  func german() throws {
    let folder = try TemporaryDirectory()
    let run = try Program.run(
      ["replay", Project.sample, "--store", folder.path("a.sqlite"), "--config", Project.sampleConfiguration],
      environment: ["LANG": "de_DE.UTF-8"])
    #expect(run.code == 0)
    #expect(
      run.output.hasPrefix(
        "Bewertbar: Die Abdeckung hält alle Grenzen ein.\nBeobachtet wurde der Standort rathaus-musterstadt"))
    let exported = try Program.run(
      ["export", "findings", "--store", folder.path("a.sqlite"), "--output", "-"], environment: ["LANG": "de_DE.UTF-8"])
    #expect(exported.output.hasPrefix("\u{feff}\"Rang\";\"Vorgeschlagener Prüfvorrang\";"))
    let neutral = try Program.run(["export", "findings", "--store", folder.path("a.sqlite"), "--output", "-"])
    #expect(neutral.output.hasPrefix("\"rank\",\"priority\","))
  }

  @Test("an export keeps a findings file that somebody edited")
  func keepsNotes() throws {
    let folder = try TemporaryDirectory()
    let store = folder.path("a.sqlite")
    _ = try Program.run(["replay", Project.sample, "--store", store, "--config", Project.sampleConfiguration])
    let export = ["export", "findings", "--store", store, "--profile", "office-de", "--output", folder.path("out")]
    let first = try Program.run(export)
    let file = try #require(first.output.split(separator: "\n").first.map(String.init))
    #expect(try Program.run(export).said == "")
    try "notes".write(toFile: file, atomically: true, encoding: .utf8)
    let again = try Program.run(export)
    let kept = file.replacing(".csv", with: "_kept-1.csv")
    #expect(again.code == 0)
    #expect(again.said.contains(kept))
    #expect(try String(contentsOfFile: kept, encoding: .utf8) == "notes")
  }

  @Test("an export is one workbook if asked for; without LibreOffice, ods says so before anything is written")
  func workbook() throws {
    let folder = try TemporaryDirectory()
    let store = folder.path("a.sqlite")
    _ = try Program.run(["replay", Project.sample, "--store", store, "--config", Project.sampleConfiguration])
    let export = ["export", "all", "--store", store, "--output", folder.path("out"), "--format"]
    let book = try Program.run(export + ["xlsx"])
    let file = folder.path("out/tables_rathaus-musterstadt_2026-05-11_2026-05-11_rfc4180.xlsx")
    #expect(book.code == 0 && book.output == file + "\n" && book.said == "", "\(book)")
    #expect(try Data(contentsOf: URL(fileURLWithPath: file)).starts(with: [0x50, 0x4b, 0x03, 0x04]))
    let none = try Program.run(export + ["ods"], environment: ["PATH": "/nonexistent"])
    #expect(none.code == 3 && none.said.contains("LibreOffice (soffice) is not on the path"), "\(none)")
    // The workbook and the list of digests.
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("out")).count == 2)
    let piped = try Program.run(["export", "claims", "--store", store, "--format", "xlsx", "--output", "-"])
    #expect(piped.code == 2 && piped.said.contains("Standard output takes only CSV."), "\(piped)")
  }

  @Test("rules lint ends with 1 on a fault and 0 on none; explain ends with 1 if no rule matches")
  func rules() throws {
    #expect(try Program.run(["rules", "lint"]).code == 0)
    let folder = try TemporaryDirectory()
    #expect(try Program.run(["rules", "lint", folder.path("none")]).code == 3)
    #expect(try Program.run(["rules", "explain", ""]).code == 2)
    let faulty = try Program.run(["rules", "lint", folder.path("")])
    #expect(faulty.code == 1)
    #expect(faulty.output.contains("ruleset.yaml:1:1: the file is missing"))
    let explained = try Program.run(["rules", "explain", "v10.events.data.microsoft.com", "--language", "de"])
    #expect(explained.code == 0)
    #expect(explained.output.contains("Windows-Diagnosedaten"))
    #expect(try Program.run(["rules", "explain", "www.example.org"]).code == 1)
  }

  @Test("check names each point, and ends with 1 if one failed")
  func check() throws {
    let folder = try TemporaryDirectory()
    let good = try Program.run(["check", "--config", Project.sampleConfiguration, "--store", folder.path("a.sqlite")])
    #expect(good.code == 0, "output: \(good.output)")
    let file = folder.path("site.yaml")
    try "site: { nme: x }\n".write(toFile: file, atomically: true, encoding: .utf8)
    let bad = try Program.run(["check", "--config", file, "--json"])
    #expect(bad.code == 1)
    #expect(bad.output.contains("unknown key 'nme'"))
    #expect(bad.output.contains("did you mean") || bad.output.contains("name"))
  }

  @Test("the README lists every verb", arguments: [[], ["rules"]])
  func readme(group: [String]) throws {
    let help = try Program.run(group + ["--help"]).output
    // The list ends with an empty line; a line that begins with more than two spaces continues a description.
    let list = try #require(help.components(separatedBy: "SUBCOMMANDS:\n").last).components(separatedBy: "\n\n")[0]
    let verbs = list.split(separator: "\n").filter { !$0.hasPrefix("   ") }
      .compactMap { $0.split(separator: " ").first.map(String.init) }
    #expect(verbs.count > 6)
    let readme = try String(contentsOf: Project.root.appending(path: "README.md"), encoding: .utf8)
    for verb in verbs where !["help", "rules"].contains(verb) {
      #expect(
        readme.contains("`" + (["egressaudit"] + group + [verb]).joined(separator: " "))
          || readme.contains("`" + (group + [verb]).joined(separator: " ")))
    }
  }

  @Test("inspect prints the table that it promises, as lines and as JSON")
  func inspect() throws {
    let lines = try Program.run(["inspect", Project.sample])
    #expect(lines.code == 0)
    #expect(lines.output.hasPrefix("proto\tclient\tserver\tserver_port\tname\tmethod\tclass\tech\n"))
    let flows = try Program.run(["inspect", Project.sample, "--flows", "--format", "json"])
    let objects = try JSONSerialization.jsonObject(with: Data(flows.output.utf8)) as? [[String: Any]]
    #expect(objects?.count == 751)
    #expect(try Program.run(["inspect", Project.sample, "--anomalies"]).output == "anomaly\tcount\n")
  }

  @Test("check reports a rule directory without resolvers, relays and outer names")
  func checkWithoutRegisters() throws {
    let folder = try TemporaryDirectory()
    let rules = folder.path("rules")
    try FileManager.default.copyItem(atPath: Project.rules, toPath: rules)
    #expect(!(try Program.run(["check", "--rules", rules])).output.contains("look    registers"))
    for register in ["outer-names", "relays", "resolvers"] {
      try FileManager.default.removeItem(atPath: "\(rules)/registers/\(register).yaml")
    }
    #expect(try Program.run(["check", "--rules", rules]).output.contains("look    registers: no resolvers"))
  }

  @Test("inspect knows the outer names of the rule directory, reports a missing directory, and refuses a wrong one")
  func inspectWithRules() throws {
    var hello = ClientHelloBuilder("cloudflare-ech.com")
    hello.ech = .outer
    var conversation = TCPConversation(
      PacketBuilder(from: "10.0.0.5", to: "203.0.113.9"), start: Timestamp(seconds: 1_700_000_000))
    conversation.open()
    conversation.send(.client, hello.record)
    let folder = try TemporaryDirectory()
    let capture = try folder.write(PcapWriter.pcap(conversation.frames), to: "hello.pcap")
    let known = try Program.run(["inspect", capture])
    #expect(known.said == "")
    #expect(known.output.contains("\tcloudflare-ech.com\tsni\tD\touter_known\n"))
    let without = try Program.run(["inspect", capture], folder: folder.path(""))
    #expect(without.code == 0)
    #expect(without.said.contains("no rule directory found"))
    #expect(without.output.contains("\tcloudflare-ech.com\tsni\tA\toffered\n"))
    let named = try Program.run(["inspect", capture, "--rules", Project.rules], folder: folder.path(""))
    #expect(named.output == known.output)
    let wrong = try Program.run(["inspect", capture, "--rules", folder.path("nowhere")])
    #expect(wrong.code == 3)
    #expect(wrong.said.contains("the rule directory cannot be read"))
  }
}
