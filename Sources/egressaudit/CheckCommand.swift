import ArgumentParser
import Auditing
import Model
import Reporting

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: HelpTexts.Check.abstract.said,
    discussion:
      HelpTexts.Check.discussion.said)

  @OptionGroup var site: SiteOptions

  @Option(help: ArgumentHelp(HelpTexts.Check.store.said, valueName: "file"))
  var store: String?

  @Option(help: ArgumentHelp(HelpTexts.Check.pseudonymKey.said, valueName: "file"))
  var pseudonymKey: String?

  @Option(
    help: ArgumentHelp(
      HelpTexts.Check.listen.said,
      valueName: "seconds"))
  var listen = 5

  @Flag(help: ArgumentHelp(HelpTexts.Check.json.said))
  var json = false

  func validate() throws {
    guard (0...30).contains(listen) else {
      throw ValidationError(HelpTexts.Check.listenFault(listen).said)
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
    Terminal.output(json ? SelfCheck.json(results) : SelfCheck.text(results, .current))
    if results.contains(where: { $0.status == .failed }) { throw ExitCode(1) }
  }
}
