import ArgumentParser
import Auditing
import Model
import Reporting
import Store

struct PhaseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "phase",
    abstract: HelpTexts.Phase.abstract.said,
    discussion: HelpTexts.Phase.discussion.said,
    subcommands: [Start.self, Stop.self, List.self])

  struct Start: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: HelpTexts.Phase.startAbstract.said,
      discussion: HelpTexts.Phase.startDiscussion.said)

    @Argument(help: ArgumentHelp(HelpTexts.Phase.newName.said))
    var name: String

    @Option(help: ArgumentHelp(HelpTexts.Phase.setting.said, valueName: "text"))
    var setting: String?

    @Option(
      help: ArgumentHelp(HelpTexts.Phase.groups.said, valueName: "groups"))
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
      abstract: HelpTexts.Phase.stopAbstract.said, discussion: HelpTexts.Phase.stopDiscussion.said)

    @Argument(help: ArgumentHelp(HelpTexts.Phase.name.said))
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
      abstract: HelpTexts.Phase.listAbstract.said)

    @Option(help: ArgumentHelp(HelpTexts.storeToRead.said, valueName: "file"))
    var store: String

    func run() throws {
      let database = try AuditDatabase(path: store, mode: .readExisting)
      Terminal.output(try PhaseRecords.list(database: database, language: Language.current))
    }
  }
}

struct PhaseOptions: ParsableArguments {
  @Option(help: ArgumentHelp(HelpTexts.storeToWrite.said, valueName: "file"))
  var store: String

  @Option(
    help: ArgumentHelp(
      HelpTexts.Phase.at.said,
      valueName: "time"))
  var at: String?
}
