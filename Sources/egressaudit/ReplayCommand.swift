import ArgumentParser
import Auditing
import Glibc
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
      pseudonyms, hours and counts: never addresses of devices, exact times or contents. Then prints the results in plain sentences.

      An audit is stored whole or not at all. If Ctrl-C (exit code 130), SIGTERM (143) or a crash ends it early, it leaves only its name: \
      the store lists it as unfinished until the same capture is replayed. Packets that are in several of the files count once; a capture is \
      refused if an earlier audit already counted some of its connections.

      Exit code 3 means that a capture could not be read to its end; the readable part is in the store, marked as unfinished.
      """)

  @Argument(help: "Capture files (pcap, pcapng); - for standard input.")
  var captures: [String]

  @Option(help: ArgumentHelp("Store to audit into; created if it does not exist.", valueName: "file"))
  var store: String

  @OptionGroup var site: SiteOptions

  @Option(name: .customLong("site"), help: "Name of the organisation or gateway in file names and reports.")
  var siteName: String?

  @Option(
    help: ArgumentHelp(
      "Key that makes the pseudonyms, mode 0400. Default: the store's name with '.key'. Created with a new store.",
      valueName: "file"))
  var pseudonymKey: String?

  @Flag(help: "Replace a finished audit whose capture begins with the same packet.")
  var again = false

  func validate() throws {
    if let siteName, !AuditConfiguration.isSiteName(siteName) {
      throw ValidationError(
        "'\(siteName)' is not a site name. Expected letters, digits and '-', at most 64, such as rathaus-musterstadt.")
    }
  }

  func run() throws {
    var configuration = try site.configuration()
    if let siteName { configuration.settings.site = siteName }
    let (store, keyFile) = (store, pseudonymKey ?? store + ".key")
    var replay = Replay(
      captures: captures, store: store, rules: try site.auditedRuleSet(configuration), configuration: configuration,
      pseudonymKey: { try StoreKey.loadOrCreate(path: keyFile, store: store) },
      signingKey: { try SigningKey.loadOrCreate(path: StoreKey.signingKeyPath(ofStoreAt: store)) })
    replay.auditsAgain = again
    let interruption = replay.interruption
    Interruption.watch { signal in
      // Nothing is stored before the end, so the program may end at any point.
      guard interruption.wish(signal: signal) else { Glibc.exit(128 + signal) }
      sleep(ReplayCommand.patience)
      Terminal.say("\n\(ReplayError.interrupted(store: store))")
      _exit(128 + signal)
    }
    var bar = ProgressBar()
    let result: Replay.Result
    do {
      result = try replay.run { progress in
        bar.show(
          share: progress.share,
          "\(ProgressBar.grouped(progress.packets)) packets, \(ProgressBar.grouped(progress.flows)) flows, "
            + "\(ProgressBar.grouped(progress.names)) names")
      }
      bar.clear()
    } catch let error as ReplayError {
      bar.clear()
      guard case .interrupted = error, let signal = interruption.signal else { throw error }
      Terminal.say("egressaudit: \(error)")
      throw ExitCode(128 + signal)
    }
    let database = try AuditDatabase(path: store, mode: .readExisting)
    Terminal.output(try AuditSummary.text(database: database, language: Language.current))
    tellCounts(result)
    for problem in result.problems + result.notes { Terminal.say("egressaudit: \(problem)") }
    if !result.problems.isEmpty { throw ExitCode(3) }
  }

  /// Interval of the progress bar in seconds; a pipe may deliver nothing for longer than that.
  private static let patience: UInt32 = 2

  private func tellCounts(_ result: Replay.Result) {
    let counts = result.counts
    for replaced in result.replaced {
      Terminal.say("This audit replaced audit \(replaced), whose rows are no longer in the store.")
    }
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
