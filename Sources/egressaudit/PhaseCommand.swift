import ArgumentParser
import Auditing
import Model
import Reporting
import Store

struct PhaseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "phase",
    abstract: "Records in a store when a phase of an experiment began and ended, such as before and after a policy.",
    discussion: """
      Each beginning and each end is an entry of the evidence chain and cannot be changed afterwards. A service may write to the store \
      meanwhile. 'compare' compares two phases.

      Name and setting are printed in reports. Write what was set, and name no person, device or address.
      """,
    subcommands: [Start.self, Stop.self, List.self])

  struct Start: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Begins a phase.",
      discussion: "The phase counts from the first hour that lies wholly in it. A group is in one phase at a time.")

    @Argument(help: "Name of the phase: letters, digits, - and _, such as level-0. A name is used once.")
    var name: String

    @Option(help: ArgumentHelp("What is set while it lasts, in one line.", valueName: "text"))
    var setting: String?

    @Option(
      help: ArgumentHelp("Groups that it concerns, separated by commas. Default: the whole site.", valueName: "groups"))
    var groups: String?

    @OptionGroup var time: PhaseOptions

    func run() throws {
      let database = try AuditDatabase(path: time.store, mode: .maintain)
      defer { database.close() }
      Terminal.output(
        try PhaseRecords.start(
          name, setting: setting, groups: groups?.split(separator: ",").map(String.init) ?? [], at: time.at,
          now: Today.second, toolVersion: ToolVersion.current, database: database, language: Language.current))
      try EvidenceSealer(database, store: time.store).seal()
    }
  }

  struct Stop: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Ends a phase.", discussion: "The hour in which it ends does not count.")

    @Argument(help: "Name of the phase. Default: the only one that is running.")
    var name: String?

    @OptionGroup var time: PhaseOptions

    func run() throws {
      let database = try AuditDatabase(path: time.store, mode: .maintain)
      defer { database.close() }
      Terminal.output(
        try PhaseRecords.stop(
          name, at: time.at, now: Today.second, toolVersion: ToolVersion.current, database: database,
          language: Language.current))
      try EvidenceSealer(database, store: time.store).seal()
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists the phases of a store: time, groups, setting, and the entries of the evidence chain.")

    @Option(help: ArgumentHelp("Store to read.", valueName: "file"))
    var store: String

    func run() throws {
      let database = try AuditDatabase(path: store, mode: .readExisting)
      Terminal.output(try PhaseRecords.list(database: database, language: Language.current))
    }
  }
}

struct PhaseOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Store to write to.", valueName: "file"))
  var store: String

  @Option(
    help: ArgumentHelp(
      "When it was, if not now: local time of the site such as 2026-05-04T10:30, a day, or UTC with Z.",
      valueName: "time"))
  var at: String?
}
