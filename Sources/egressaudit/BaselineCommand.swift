import ArgumentParser
import Auditing
import Model
import Reporting
import Store

struct BaselineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "baseline",
    abstract: "Keeps what a site contacted in a period, and shows what is new, back or gone since.",
    discussion: """
      A baseline holds the services and the destinations without a rule of a period that people have looked at; no device, and nothing \
      that fewer devices contacted than the smallest group has. It stays in the store until it is removed, also after the retention times.
      """,
    subcommands: [Set.self, List.self, Remove.self, Compare.self])

  struct Set: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Sets a baseline of a period.",
      discussion: """
        The period should be two weeks at least, with a patch day, a restart and a weekend. It is refused if the coverage gate does not \
        pass for the site: what was not seen then would look new later.
        """)

    @Argument(help: ArgumentHelp("Name: letters, digits, '-', '_' and '.'.", valueName: "name"))
    var name: BaselineName

    @Option(help: ArgumentHelp("Store to write to.", valueName: "file"))
    var store: String

    @Option(help: ArgumentHelp("First day, local, such as 2026-05-01.", valueName: "date"))
    var from: LocalDate

    @Option(help: ArgumentHelp("Last day, inclusive.", valueName: "date"))
    var to: LocalDate

    @Option(
      help: ArgumentHelp(
        "Day on which updates are installed, in the baseline or after it; may be given several times.",
        valueName: "date"))
    var patchDay: [LocalDate] = []

    func run() throws {
      let database = try AuditDatabase(path: store, mode: .maintain)
      defer { database.close() }
      Terminal.sayUnfinished(in: try database.sessions())
      Terminal.output(
        try BaselineReport.set(
          name, from: from, to: to, patchDays: patchDay, database: database, day: Today.dayUTC,
          toolVersion: ToolVersion.current, language: Language.current))
      try EvidenceSealer(database, store: store).seal()
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Lists the baselines of a store.")

    @Option(help: ArgumentHelp("Store to read.", valueName: "file"))
    var store: String

    func run() throws {
      Terminal.output(
        try BaselineReport.list(AuditDatabase(path: store, mode: .readExisting), language: Language.current))
    }
  }

  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Deletes what a baseline holds, and records that in the evidence chain.")

    @Argument(help: ArgumentHelp("Name of the baseline.", valueName: "name"))
    var name: BaselineName

    @Option(help: ArgumentHelp("Store to write to.", valueName: "file"))
    var store: String

    func run() throws {
      let database = try AuditDatabase(path: store, mode: .maintain)
      defer { database.close() }
      try database.removeBaseline(name, day: Today.dayUTC, toolVersion: ToolVersion.current)
      try EvidenceSealer(database, store: store).seal()
    }
  }

  struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows what is new, back or gone since a baseline.",
      discussion: """
        A timer can run it after each patch day. The table 'changes' of 'export' has a row for each line.

        Exit codes: 0 nothing new, 1 something is new or back, 3 that cannot be assessed.
        """)

    @Argument(help: ArgumentHelp("Name of the baseline.", valueName: "name"))
    var name: BaselineName

    @Option(help: ArgumentHelp("Store to read.", valueName: "file"))
    var store: String

    @Option(
      help: ArgumentHelp(
        "First day, local, from which changes count. Default for the sentence: the latest patch day after the baseline, else the day after it.",
        valueName: "date"))
    var from: LocalDate?

    @Option(help: ArgumentHelp("Last day, inclusive. Default: the last stored day.", valueName: "date"))
    var to: LocalDate?

    @Option(help: "en or de. Default: de if the locale is German, else en.")
    var language: Language?

    func run() throws {
      let database = try AuditDatabase(path: store, mode: .readExisting)
      Terminal.sayUnfinished(in: try database.sessions())
      let report = try BaselineReport(
        name, database: database, from: from, to: to, language: language ?? .current)
      Terminal.output(report.text)
      switch report.verdict {
      case .nothingNew: break
      case .somethingNew: throw ExitCode(1)
      case .notAssessable: throw ExitCode(3)
      }
    }
  }
}

/// The baseline that a verb compares its period with; the same in every verb.
struct BaselineOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      HelpTexts.baseline.said, valueName: "name"))
  var baseline: BaselineName?

  var choice: BaselineChoice { baseline.map(BaselineChoice.named) ?? .newest }
}

extension BaselineName: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
