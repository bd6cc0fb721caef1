import ArgumentParser
import Auditing
import Model
import Reporting
import Store

struct ClaimsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "claims",
    abstract: "Says of each claim of the site whether it held: held, not held, or not assessable.",
    discussion: """
      The claims are those that the configuration stated when the store was filled; none is needed here. A timer can run it, for example after \
      each patch day.

      Exit codes: 0 all claims held, 1 one did not, 3 one cannot be assessed, or there is none.
      """)

  @Option(help: ArgumentHelp("Store to read.", valueName: "file"))
  var store: String

  @Option(help: ArgumentHelp("First day, local, such as 2026-05-01. Default: the first stored day.", valueName: "date"))
  var from: LocalDate?

  @Option(help: ArgumentHelp("Last day, inclusive. Default: the last stored day.", valueName: "date"))
  var to: LocalDate?

  @Option(help: "en or de. Default: de if the locale is German, else en.")
  var language: Language?

  @OptionGroup var baseline: BaselineOption

  func run() throws {
    let database = try AuditDatabase(path: store, mode: .readExisting)
    let report = try ClaimReport(
      database: database, language: language ?? .current, from: from, to: to, baseline: baseline.choice)
    Terminal.output(report.text)
    if report.verdicts.contains(.notHeld) { throw ExitCode(1) }
    if report.verdicts.isEmpty || report.verdicts.contains(.notAssessable) { throw ExitCode(3) }
  }
}
