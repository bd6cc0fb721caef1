import Auditing
import Foundation
import Glibc
import Model
import Privacy
import TestSupport
import Testing

@Suite("init: the first configuration")
struct InitCommandTests {
  private let folder: TemporaryDirectory
  private var file: String { folder.path("egressaudit.yaml") }

  init() throws { folder = try TemporaryDirectory() }

  private static let options = [
    "--site", "rathaus-musterstadt", "--time-zone", "Europe/Vienna", "--working-hours", "mon-thu,sat 7-18", "--inside",
    "10.0.0.0/8,2001:db8:20::/48", "--group", "Bürgeramt=10.20.1.0/24, 10.20.3.0/24", "--group",
    "Amt \"für\" Soziales!=10.20.2.0/24", "--claims", "telemetry,advertising", "--interfaces", "eth1,eth2.20",
  ]

  @Test("every option is in the file, and what is written has a meaning for the program that is the same")
  func options() throws {
    let run = try Program.run(["init", file] + Self.options)
    #expect(run.code == 0 && run.output == file + "\n", "\(run.said)")
    #expect(run.said.contains("Interfaces of this machine:\n"))
    #expect(run.said.hasSuffix("egressaudit check --config \(file) --store /var/lib/egressaudit/audit.sqlite\n"))
    let configuration = try AuditConfiguration(path: file)
    let settings = configuration.settings
    #expect(settings.site == "rathaus-musterstadt" && settings.timeZone == "Europe/Vienna")
    #expect(settings.workingHours == WorkingHours(weekdays: [1, 2, 3, 4, 6], from: 7, to: 18))
    #expect(settings.insideNetworks == ["10.0.0.0/8", "2001:db8:20::/48"])
    #expect(settings.groups.map(\.name) == ["Bürgeramt", "Amt \"für\" Soziales"])
    #expect(settings.groups.map(\.isSecrecyZone) == [false, true])
    #expect(settings.claims.map(\.purpose) == [.telemetry, .advertising])
    #expect(settings.claims[1].says.de == "Nichts aus der Zweckklasse „Werbung“ verlässt den Standort.")
    #expect(settings.groupMinimum == 5 && !settings.isTrial)
    #expect(configuration.captured.interfaces == ["eth1", "eth2.20"])
    #expect(configuration.retention.days == [.evidence: 30, .usage: 90, .coverage: 400, .undescribed: 90])
    var state = stat()
    #expect(stat(file, &state) == 0 && state.st_mode & 0o007 == 0)
  }

  @Test("what it writes has no failed point of check about the configuration")
  func check() throws {
    #expect(try Program.run(["init", file] + Self.options).code == 0)
    let run = try Program.run(["check", "--config", file, "--listen", "0", "--rules", Project.rules])
    #expect(
      run.output.contains("ok      configuration: \(file): site rathaus-musterstadt, 2 inside networks, 2 groups\n"))
  }

  @Test("without options and without a terminal it takes the proposals, and a replay needs nothing else")
  func proposals() throws {
    let run = try Program.run(["init"], folder: folder.path("."))
    #expect(run.code == 0 && run.output == "egressaudit.yaml\n", "\(run.said)")
    let settings = try AuditConfiguration(path: file).settings
    #expect(settings.site == "site" && settings.workingHours == nil && settings.groupMinimum == 5)
    #expect(settings.claims.map(\.purpose) == [.telemetry])
  }

  @Test("an existing file stays as it is, unless --force is given")
  func existing() throws {
    _ = try folder.write("mine\n", to: "egressaudit.yaml")
    let refused = try Program.run(["init", file])
    #expect(refused.code == 3 && refused.said.contains("exists and was left as it is"))
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "mine\n")
    #expect(chmod(file, 0o600) == 0)
    #expect(try Program.run(["init", file, "--force"]).code == 0)
    // Who could read it before can read it now, and nobody else.
    var state = stat()
    #expect(stat(file, &state) == 0 && state.st_mode & 0o777 == 0o600)
    #expect(try AuditConfiguration(path: file).settings.site == "site")
    // Only root may give a file to somebody else.
    let owner: uid_t = geteuid() == 0 ? 65_534 : geteuid()
    #expect(chown(file, owner, getegid()) == 0 && chmod(file, 0o664) == 0)
    #expect(try Program.run(["init", file, "--force"]).code == 0)
    #expect(stat(file, &state) == 0 && state.st_mode & 0o777 == 0o664 && state.st_uid == owner)
  }

  @Test("no other file is touched, and a symbolic link that leads nowhere stays unless --force is given")
  func foreign() throws {
    _ = try folder.write("mine\n", to: "egressaudit.yaml.partial")
    #expect(symlink("nowhere", file) == 0)
    let refused = try Program.run(["init", file])
    #expect(refused.code == 3 && refused.said.contains("exists and was left as it is"), "\(refused.said)")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: file) == "nowhere")
    #expect(try Program.run(["init", file, "--force"]).code == 0)
    #expect(try AuditConfiguration(path: file).settings.site == "site")
    #expect(unlink(file) == 0)
    #expect(try Program.run(["init", file]).code == 0)
    var state = stat()
    #expect(stat(file, &state) == 0 && state.st_nlink == 1 && state.st_mode & 0o777 == 0o640)
    #expect(try String(contentsOfFile: folder.path("egressaudit.yaml.partial"), encoding: .utf8) == "mine\n")
    #expect(
      try Set(FileManager.default.contentsOfDirectory(atPath: folder.path(".")))
        == ["egressaudit.yaml", "egressaudit.yaml.partial"])
  }

  @Test(
    "a wrong option is wrong usage, says what is expected, and leaves no file",
    arguments: [
      (["--site", "a/b"], "letters, digits and '-'"), (["--time-zone", "Berlin"], "an IANA time zone"),
      (["--working-hours", "mon-fri 18-7"], "'mon-fri 7-18' or none"),
      (["--working-hours", "fri-mon 7-18"], "'mon-fri 7-18' or none"),
      (["--inside", "10.0.0.0/8,house"], "address ranges"), (["--group", "Amt"], "is no group"),
      (["--claims", "spying"], "telemetry, config_fetch"), (["--interfaces", "any"], "names of interfaces"),
      (["--claims", "telemetry,telemetry"], "telemetry, config_fetch"),
    ])
  func faults(options: [String], expected: String) throws {
    let run = try Program.run(["init", file] + options)
    #expect(run.code == 2 && run.said.contains(expected), "\(run.said)")
    #expect(!FileManager.default.fileExists(atPath: file))
  }

  @Test("answers that contradict each other are told, and leave no file")
  func contradiction() throws {
    let run = try Program.run(["init", file, "--group", "A=10.1.0.0/16", "--group", "B=10.1.0.0/16"])
    #expect(run.code == 3 && run.said.contains("the groups contradict each other"), "\(run.said)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path(".")) == [])
  }

  @Test("a trial on one PC observes this machine's own addresses only, and every report of it says so first")
  func trial() throws {
    let run = try Program.run(["init", file, "--single-pc", "--inside", "10.20.1.11,2001:db8:20:1::11"])
    #expect(run.code == 0, "\(run.said)")
    let settings = try AuditConfiguration(path: file).settings
    #expect(settings.isTrial && settings.groupMinimum == 1 && settings.gate.minimumDeviceDays == 1)
    #expect(settings.insideNetworks == ["10.20.1.11/32", "2001:db8:20:1::11/128"])
    #expect(settings.claims.isEmpty)
    let check = try Program.run(["check", "--config", file, "--listen", "0", "--rules", Project.rules])
    #expect(check.output.contains("look    trial: "))

    let store = folder.path("trial.sqlite")
    try Project.replay([Project.sample], into: store, configuration: file)
    for (language, mark) in [("de", "PROBEBETRIEB: "), ("en", "TRIAL: ")] {
      let report = try Program.run([
        "report", "--store", store, "--language", language, "--output", folder.path("report"),
      ])
      #expect(report.code == 0, "\(report.said)")
      let page = try String(contentsOfFile: report.output.trimmingCharacters(in: .newlines), encoding: .utf8)
      let main = try #require(page.firstRange(of: "<main"))
      let first = page[main.lowerBound...].prefix(2_000)
      #expect(first.contains(mark), "\(language)")
    }
    let compared = ["--before", "2026-05-11..2026-05-11", "--after", "2026-05-11..2026-05-11"]
    for verb in [
      ["claims", "--language", "de"], ["unknown"],
      ["compare", "--language", "de", "--output", folder.path("compared")] + compared,
    ] {
      let output = try Program.run(verb + ["--store", store]).output
      #expect(output.hasPrefix("PROBEBETRIEB: ") || output.hasPrefix("TRIAL: "), "\(verb) \(output)")
    }
    // A row of a table has no place for it: the name of the file says it, and the description for programs.
    let export = try Program.run(["export", "all", "--store", store, "--output", folder.path("tables")])
    #expect(export.code == 0 && export.said.hasPrefix("TRIAL: "), "\(export.said)")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path("tables"))
    #expect(files.count > 10 && files.allSatisfy { $0.contains("_trial_") }, "\(files)")
    for file in files where file.hasSuffix(".json") {
      let text = try String(contentsOfFile: folder.path("tables/\(file)"), encoding: .utf8)
      #expect(text.contains("\"TRIAL: ") && text.contains("\"PROBEBETRIEB: "), "\(file)")
    }
    let legend = try #require(files.first { $0.hasSuffix(".html") })
    let page = try String(contentsOfFile: folder.path("tables/\(legend)"), encoding: .utf8)
    #expect(page.firstMatch(of: #/<h1>[^<]*<\/h1>\s*<p>TRIAL: /#) != nil)
  }

  @Test("a group of one device is refused outside a trial, and a trial over a network that may be an office, too")
  func persons() throws {
    func faults(_ text: String) throws -> String {
      let check = try Program.run([
        "check", "--config", try folder.write(text, to: "c.yaml"), "--listen", "0", "--rules", Project.rules,
      ])
      #expect(check.code == 1)
      return check.output
    }
    #expect(try faults("privacy: { group_minimum: 1 }\n").contains("c.yaml:1:27: a group of one device is a person"))
    #expect(
      try faults("trial: false\nprivacy: { group_minimum: 1 }\n").contains("a group of one device is a person"))
    #expect(try faults("trial: true\n").contains("a trial cannot observe 10.0.0.0/8, which may be an office"))
    #expect(
      try faults("trial: true\ninside_networks: [10.20.1.1, \"2001:db8::/48\"]\n").contains(
        "a trial cannot observe 2001:db8::/48"))
    // Also a network of a few addresses, or many addresses, may be an office; a group may name a person.
    #expect(
      try faults("trial: true\ninside_networks: [10.20.1.8/31]\n").contains("a trial cannot observe 10.20.1.8/31"))
    let nine = (1...9).map { "10.20.1.\($0)" }
    #expect(
      try faults("trial: true\ninside_networks: [\(nine.joined(separator: ", "))]\n").contains(
        "a trial cannot observe 9 addresses, which may be an office"))
    #expect(
      try faults("trial: true\ninside_networks: [10.20.1.1]\ngroups: [{ name: Mayer, networks: [10.20.1.1] }]\n")
        .contains("a trial has no groups, which could name persons"))
    let eight = nine.prefix(7) + ["\"2001:db8::1\""]
    let small = try folder.write(
      "trial: true\ninside_networks: [\(eight.joined(separator: ", "))]\nprivacy: { group_minimum: 1 }\n",
      to: "small.yaml")
    #expect(try AuditConfiguration(path: small).settings.groupMinimum == 1)
    let grouped = try Program.run(["init", file, "--single-pc", "--group", "Mayer=10.20.1.1"])
    #expect(grouped.code == 2 && grouped.said.contains("A trial has no groups."), "\(grouped.said)")
  }
}
