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

  @OptionGroup var days: StoredDaysOptions

  @Option(help: ArgumentHelp(HelpTexts.language.said))
  var language: Language?

  @OptionGroup var baseline: BaselineOption

  @OptionGroup var verification: VerificationOption

  func run() throws {
    let report = try verification.report(on: days.store) { database in
      try ClaimReport(
        database: database, language: language ?? .current, from: days.from, to: days.to, baseline: baseline.choice)
    }
    Terminal.output(report.text)
    if report.verdicts.contains(.notHeld) { throw ExitCode(1) }
    if report.verdicts.isEmpty || report.verdicts.contains(.notAssessable) { throw ExitCode(3) }
  }
}
