import ArgumentParser
import Auditing
import Model
import Privacy
import Reporting
import Store

struct RetentionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retention",
    abstract: HelpTexts.Retention.abstract.said,
    discussion: HelpTexts.Retention.discussion.said,
    subcommands: [Delete.self, List.self])

  struct Delete: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: HelpTexts.Retention.deleteAbstract.said,
      discussion: HelpTexts.Retention.deleteDiscussion.said)

    @Option(help: ArgumentHelp(HelpTexts.Retention.store.said, valueName: "file"))
    var store: String

    @Option(help: ArgumentHelp(HelpTexts.Retention.config.said, valueName: "file"))
    var config: String

    @Flag(help: ArgumentHelp(HelpTexts.Retention.dryRun.said))
    var dryRun = false

    func run() throws {
      let policy = try AuditConfiguration(path: config, environment: AuditConfiguration.processEnvironment).retention
      guard policy != .keepAll else {
        throw RetentionMissing(configuration: config)
      }
      let today = Today.dayUTC
      let database = try AuditDatabase(path: store, mode: dryRun ? .readExisting : .maintain)
      Terminal.sayUnfinished(in: try database.sessions())
      defer { database.close() }
      var bar = ProgressBar()
      for dataClass in DataClass.allCases {
        guard let cutoff = policy.cutoff(dataClass, on: today), let days = policy.days(of: dataClass) else {
          // Most sites keep no sealed part.
          if dataClass == .sealed { continue }
          Terminal.output(HelpTexts.Retention.kept(dataClass.rawValue).said + "\n")
          continue
        }
        let rows: UInt64
        if dryRun {
          rows = try database.rowCount(of: dataClass, before: cutoff)
        } else {
          rows = try database.delete(
            dataClass, before: cutoff, day: today, toolVersion: ToolVersion.current
          ) { bar.show(share: nil, HelpTexts.rows(dataClass.rawValue, ProgressBar.grouped($0)).said) }.reduce(0) {
            $0 + $1.rows
          }
          bar.clear()
        }
        if dataClass == .sealed, rows == 0, policy.days[.sealed] == nil { continue }
        Terminal.output(
          HelpTexts.Retention.rows(dataClass.rawValue, rows, days: days, isDeleted: !dryRun).said + "\n")
      }
      if !dryRun { try EvidenceSealer(database, store: store).seal() }
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: HelpTexts.Retention.listAbstract.said)

    @Option(help: ArgumentHelp(HelpTexts.storeToRead.said, valueName: "file"))
    var store: String

    func run() throws {
      let sentences = try DeletionRecords.text(
        database: AuditDatabase(path: store, mode: .readExisting), language: Language.current)
      Terminal.output(sentences)
    }
  }
}

private struct RetentionMissing: BilingualError {
  let configuration: String

  var text: LocalizedText { HelpTexts.Retention.noTimes(configuration) }
}
