import ArgumentParser
import Auditing
import Privacy

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Audits network interfaces into a store, as a service, until it is stopped.",
    discussion: """
      The configuration names the interfaces: 'capture: { interfaces: [eth1] }'. SIGTERM and SIGINT end the run in order; SIGHUP reloads rules \
      and configuration. Logs go to standard error, one line for each event, with a priority that the journal understands.

      Needs the privilege to capture (CAP_NET_RAW).
      """)

  @OptionGroup var site: SiteOptions

  @Option(help: ArgumentHelp("Store to audit into; created if it does not exist.", valueName: "file"))
  var store = "/var/lib/egressaudit/audit.sqlite"

  @Option(
    help: ArgumentHelp(
      "Key that makes the pseudonyms, mode 0400. Default: the store's name with '.key'. Created with a new store.",
      valueName: "file"))
  var pseudonymKey: String?

  func run() throws {
    let keyFile = pseudonymKey ?? store + ".key"
    let (site, store) = (site, store)
    try LiveAudit(
      configurationFile: site.config ?? "the configuration", configuration: { try site.configuration() },
      rules: { site.ruleSource($0) }, store: store,
      pseudonymKey: { try StoreKey.loadOrCreate(path: keyFile, store: store) },
      signingKey: { try SigningKey.loadOrCreate(path: StoreKey.signingKeyPath(ofStoreAt: store)) }
    ).run()
  }
}
