import ArgumentParser
import Auditing
import Model

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Checks whether machine, configuration, rules and store are ready for an audit.",
    discussion:
      "Prints one line for each point; each failed point says what to do. Exit code 1 means that a point failed.")

  @OptionGroup var site: SiteOptions

  @Option(help: ArgumentHelp("Store that will be used.", valueName: "file"))
  var store: String?

  @Option(help: ArgumentHelp("Pseudonym key that will be used.", valueName: "file"))
  var pseudonymKey: String?

  @Option(
    help: ArgumentHelp(
      "Longest time to listen on the configured interfaces, from 0 (not at all) to 30.",
      valueName: "seconds"))
  var listen = 5

  @Flag(help: "Print JSON, for programs.")
  var json = false

  func validate() throws {
    guard (0...30).contains(listen) else {
      throw ValidationError("--listen is \(listen). Expected seconds from 0 to 30.")
    }
  }

  func run() throws {
    // A faulty configuration is a point of the check.
    let rules = site.ruleSource((try? site.configuration()) ?? AuditConfiguration())
    var check = SelfCheck(
      configurationFile: site.config, rules: rules, store: store, pseudonymKey: pseudonymKey,
      environment: AuditConfiguration.processEnvironment)
    check.listening = .seconds(Int64(listen))
    let results = check.run()
    Terminal.output(json ? SelfCheck.json(results) : SelfCheck.text(results))
    if results.contains(where: { $0.status == .failed }) { throw ExitCode(1) }
  }
}
