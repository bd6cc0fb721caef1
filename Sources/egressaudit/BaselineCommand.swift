import ArgumentParser
import Auditing
import Model
import Reporting
import Store

struct BaselineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "baseline",
    abstract: HelpTexts.Baseline.abstract.said,
    discussion: HelpTexts.Baseline.discussion.said,
    subcommands: [Set.self, List.self, Remove.self, Compare.self])

  struct Set: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: HelpTexts.Baseline.setAbstract.said,
      discussion: HelpTexts.Baseline.setDiscussion.said)

    @Argument(help: ArgumentHelp(HelpTexts.Baseline.newName.said, valueName: "name"))
    var name: BaselineName

    @Option(help: ArgumentHelp(HelpTexts.storeToWrite.said, valueName: "file"))
    var store: String

    @Option(help: ArgumentHelp(HelpTexts.firstDay.said, valueName: "date"))
    var from: LocalDate

    @Option(help: ArgumentHelp(HelpTexts.lastDay.said, valueName: "date"))
    var to: LocalDate

    @Option(
      help: ArgumentHelp(
        HelpTexts.Baseline.patchDay.said,
        valueName: "date"))
    var patchDay: [LocalDate] = []

    func run() throws {
      let database = try AuditDatabase(path: store, mode: .maintain)
      defer { database.close() }
      try VerifiedStore.verify(database, of: store)
      Terminal.sayUnfinished(in: try database.sessions())
      Terminal.output(
        try BaselineReport.set(
          name, from: from, to: to, patchDays: patchDay, database: database, day: Today.dayUTC,
          toolVersion: ToolVersion.current, language: Language.current))
      try EvidenceSealer(database, store: store).seal()
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: HelpTexts.Baseline.listAbstract.said)

    @Option(help: ArgumentHelp(HelpTexts.storeToRead.said, valueName: "file"))
    var store: String

    func run() throws {
      Terminal.output(
        try BaselineReport.list(AuditDatabase(path: store, mode: .readExisting), language: Language.current))
    }
  }

  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: HelpTexts.Baseline.removeAbstract.said)

    @Argument(help: ArgumentHelp(HelpTexts.Baseline.name.said, valueName: "name"))
    var name: BaselineName

    @Option(help: ArgumentHelp(HelpTexts.storeToWrite.said, valueName: "file"))
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
      abstract: HelpTexts.Baseline.compareAbstract.said,
      discussion: HelpTexts.Baseline.compareDiscussion.said)

    @Argument(help: ArgumentHelp(HelpTexts.Baseline.name.said, valueName: "name"))
    var name: BaselineName

    @Option(help: ArgumentHelp(HelpTexts.storeToRead.said, valueName: "file"))
    var store: String

    @Option(
      help: ArgumentHelp(
        HelpTexts.Baseline.from.said,
        valueName: "date"))
    var from: LocalDate?

    @Option(help: ArgumentHelp(HelpTexts.lastDayOrStored.said, valueName: "date"))
    var to: LocalDate?

    @Option(help: ArgumentHelp(HelpTexts.language.said))
    var language: Language?

    @OptionGroup var verification: VerificationOption

    func run() throws {
      let report = try verification.report(on: store) { database in
        Terminal.sayUnfinished(in: try database.sessions())
        return try BaselineReport(name, database: database, from: from, to: to, language: language ?? .current)
      }
      Terminal.output(report.text)
      switch report.verdict {
      case .nothingNew: break
      case .somethingNew: throw ExitCode(1)
      case .notAssessable: throw ExitCode(3)
      }
    }
  }
}

/// The baseline with which a verb compares its period; the same in every verb.
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
