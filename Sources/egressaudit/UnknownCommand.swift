import ArgumentParser
import Auditing
import Model
import Reporting
import Store

struct UnknownCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unknown",
    abstract: HelpTexts.Unknown.abstract.said,
    discussion: HelpTexts.Unknown.discussion.said)

  @Option(help: ArgumentHelp(HelpTexts.storeToRead.said, valueName: "file"))
  var store: String

  @Option(help: ArgumentHelp(HelpTexts.firstDayOrStored.said, valueName: "date"))
  var from: LocalDate?

  @Option(help: ArgumentHelp(HelpTexts.lastDayOrStored.said, valueName: "date"))
  var to: LocalDate?

  @Option(help: ArgumentHelp(HelpTexts.Unknown.limit.said, valueName: "number"))
  var limit = 50

  @OptionGroup var baseline: BaselineOption

  @OptionGroup var verification: VerificationOption

  func validate() throws {
    if limit < 1 { throw ValidationError(HelpTexts.Unknown.limitFault(limit).said) }
  }

  func run() throws {
    let database = try verification.open(store)
    Terminal.sayUnfinished(in: try database.sessions())
    Terminal.output(
      try UndescribedText.text(
        database: database, from: from, to: to, limit: limit, baseline: baseline.choice,
        language: Language.current))
  }
}
