import ArgumentParser
import Auditing
import Model
import Privacy
import Reporting
import Store

struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Audits capture files into a store.",
    discussion: """
      Reads the captures in the order of their packets' times, names and classifies each outbound flow, and stores \
      pseudonyms, hours and counts: never addresses of devices, exact times or contents. Then prints in plain sentences what was found.

      Exit code 3 with a message where a capture could not be read to its end; what was readable is in the store.
      """)

  @Argument(help: "Capture files (pcap, pcapng); - for standard input.")
  var captures: [String]

  @Option(help: ArgumentHelp("Store to audit into; made where it is missing.", valueName: "file"))
  var store: String

  @OptionGroup var site: SiteOptions

  @Option(name: .customLong("site"), help: "Name of the house or gateway in file names and reports.")
  var siteName: String?

  @Option(
    help: ArgumentHelp(
      "Key that makes the pseudonyms, mode 0400. Without it: the store's name with '.key'. Made with a new store.",
      valueName: "file"))
  var pseudonymKey: String?

  @Flag(help: "Audit although the store already holds a capture that begins with the same packet.")
  var again = false

  func validate() throws {
    if let siteName, !AuditConfiguration.isSiteName(siteName) {
      throw ValidationError(
        "'\(siteName)' is no site name. Expected letters, digits and '-', at most 64, such as rathaus-musterstadt.")
    }
  }

  func run() throws {
    var configuration = try site.configuration()
    if let siteName { configuration.settings.site = siteName }
    let (store, keyFile) = (store, pseudonymKey ?? store + ".key")
    var replay = Replay(
      captures: captures, store: store, rules: try site.ruleSet(configuration), configuration: configuration,
      pseudonymKey: { try StoreKey.loadOrCreate(path: keyFile, store: store) })
    replay.auditsAgain = again
    var bar = ProgressBar()
    let result = try replay.run { progress in
      bar.show(
        share: progress.share,
        "\(ProgressBar.grouped(progress.packets)) packets, \(ProgressBar.grouped(progress.flows)) flows, "
          + "\(ProgressBar.grouped(progress.names)) names")
    }
    bar.clear()
    let database = try AuditDatabase(path: store, mode: .readExisting)
    Terminal.output(try AuditSummary.text(database: database, language: Language.current))
    tellCounts(result)
    for problem in result.problems { Terminal.say("egressaudit: \(problem)") }
    if !result.problems.isEmpty { throw ExitCode(3) }
  }

  private func tellCounts(_ result: Replay.Result) {
    let counts = result.counts
    Terminal.say(
      "Read \(ProgressBar.grouped(counts.packets)) packets in \(ProgressBar.grouped(counts.flows)) flows; "
        + "\(ProgressBar.grouped(counts.outboundFlows)) went outside, \(ProgressBar.grouped(counts.matchedFlows)) "
        + "flows and attempts are described by rule set \(result.ruleSet.version).")
    if counts.transitFlows > 0 {
      Terminal.say(
        "\(ProgressBar.grouped(counts.transitFlows)) flows have no inside end and were not assessed. "
          + "If they are yours, list your networks under 'inside_networks' in the file given with --config.")
    }
  }
}
