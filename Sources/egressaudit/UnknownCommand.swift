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

  @OptionGroup var days: StoredDaysOptions

  @Option(help: ArgumentHelp(HelpTexts.Unknown.limit.said, valueName: "number"))
  var limit = 50

  @OptionGroup var baseline: BaselineOption

  @OptionGroup var verification: VerificationOption

  func validate() throws {
    if limit < 1 { throw ValidationError(HelpTexts.Unknown.limitFault(limit).said) }
  }

  func run() throws {
    let text = try verification.report(on: days.store) { database in
      Terminal.sayUnfinished(in: try database.sessions())
      return try UndescribedText.text(
        database: database, from: days.from, to: days.to, limit: limit, baseline: baseline.choice,
        language: Language.current)
    }
    Terminal.output(text)
  }
}
