import ArgumentParser
import Auditing
import Model
import Reporting
import Store

struct UnknownCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unknown",
    abstract: "Lists destinations that no rule describes, those most worth a look first.",
    discussion: """
      Only what at least as many devices contacted on one day as the smallest group has (privacy.group_minimum) is stored, by registered \
      domain and day, and nothing about a single device. A destination that fewer devices contact leaves no trace here.

      The same list with all columns is the table 'undescribed' of 'export'. 'rules draft NAME' writes a rule to fill in.
      """)

  @Option(help: ArgumentHelp("Store to read.", valueName: "file"))
  var store: String

  @Option(help: ArgumentHelp("First day, such as 2026-05-01. Default: the first stored day.", valueName: "date"))
  var from: LocalDate?

  @Option(help: ArgumentHelp("Last day, inclusive. Default: the last stored day.", valueName: "date"))
  var to: LocalDate?

  @Option(help: ArgumentHelp("Most destinations to print.", valueName: "number"))
  var limit = 50

  @OptionGroup var baseline: BaselineOption

  func validate() throws {
    if limit < 1 { throw ValidationError("--limit is \(limit); give a number from 1 on.") }
  }

  func run() throws {
    let database = try AuditDatabase(path: store, mode: .readExisting)
    Terminal.sayUnfinished(in: try database.sessions())
    Terminal.output(
      try UndescribedText.text(
        database: database, from: from, to: to, limit: limit, baseline: baseline.choice,
        language: Language.current))
  }
}
