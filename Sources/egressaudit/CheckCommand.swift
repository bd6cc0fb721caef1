import ArgumentParser
import Auditing

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Checks whether machine, configuration, rules and store are fit for an audit.",
    discussion: "One line per point; each failed one says what to do. Exit code 1 where a point failed.")

  @OptionGroup var site: SiteOptions

  @Option(help: ArgumentHelp("Store that will be used.", valueName: "file"))
  var store: String?

  @Option(help: ArgumentHelp("Pseudonym key that will be used.", valueName: "file"))
  var pseudonymKey: String?

  @Flag(help: "Answer as JSON, for programs.")
  var json = false

  func run() throws {
    // A faulty configuration is a point of the check.
    let rules = site.ruleSource((try? site.configuration()) ?? AuditConfiguration())
    let results = SelfCheck(
      configurationFile: site.config, rules: rules, store: store, pseudonymKey: pseudonymKey,
      environment: AuditConfiguration.processEnvironment
    ).run()
    Terminal.output(json ? SelfCheck.json(results) : SelfCheck.text(results))
    if results.contains(where: { $0.status == .failed }) { throw ExitCode(1) }
  }
}
