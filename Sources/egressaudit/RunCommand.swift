import ArgumentParser
import Auditing
import Reporting
import Privacy

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: HelpTexts.Run.abstract.said,
    discussion: HelpTexts.Run.discussion.said)

  @OptionGroup var site: SiteOptions

  @Option(help: ArgumentHelp(HelpTexts.Replay.store.said, valueName: "file"))
  var store = "/var/lib/egressaudit/audit.sqlite"

  @Option(
    help: ArgumentHelp(
      HelpTexts.Replay.pseudonymKey.said,
      valueName: "file"))
  var pseudonymKey: String?

  func run() throws {
    let keyFile = pseudonymKey ?? store + ".key"
    let (site, store) = (site, store)
    try LiveAudit(
      configurationFile: site.config ?? "--config", configuration: { try site.configuration() },
      rules: { site.ruleSource($0) }, store: store, keyFile: keyFile,
      signingKey: { try SigningKey.loadOrCreate(path: StoreKey.signingKeyPath(ofStoreAt: store)) }
    ).run()
  }
}
