import ArgumentParser
import Auditing
import Model
import Reporting
import Store

struct ClaimsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "claims",
    abstract: HelpTexts.Claims.abstract.said,
    discussion: HelpTexts.Claims.discussion.said)

  @Option(help: ArgumentHelp(HelpTexts.storeToRead.said, valueName: "file"))
  var store: String

  @Option(help: ArgumentHelp(HelpTexts.firstDayOrStored.said, valueName: "date"))
  var from: LocalDate?

  @Option(help: ArgumentHelp(HelpTexts.lastDayOrStored.said, valueName: "date"))
  var to: LocalDate?

  @Option(help: ArgumentHelp(HelpTexts.language.said))
  var language: Language?

  @OptionGroup var baseline: BaselineOption

  @OptionGroup var verification: VerificationOption

  func run() throws {
    let database = try verification.open(store)
    let report = try ClaimReport(
      database: database, language: language ?? .current, from: from, to: to, baseline: baseline.choice)
    Terminal.output(report.text)
    if report.verdicts.contains(.notHeld) { throw ExitCode(1) }
    if report.verdicts.isEmpty || report.verdicts.contains(.notAssessable) { throw ExitCode(3) }
  }
}
