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
    abstract: HelpTexts.Replay.abstract.said,
    discussion: HelpTexts.Replay.discussion.said)

  @Argument(help: ArgumentHelp(HelpTexts.Replay.captures.said))
  var captures: [String]

  @Option(help: ArgumentHelp(HelpTexts.Replay.store.said, valueName: "file"))
  var store: String

  @OptionGroup var site: SiteOptions

  @Option(name: .customLong("site"), help: ArgumentHelp(HelpTexts.Replay.siteName.said))
  var siteName: String?

  @Option(
    help: ArgumentHelp(
      HelpTexts.Replay.pseudonymKey.said,
      valueName: "file"))
  var pseudonymKey: String?

  @Flag(help: ArgumentHelp(HelpTexts.Replay.again.said))
  var again = false

  func validate() throws {
    if let siteName, !AuditConfiguration.isSiteName(siteName) {
      throw ValidationError(
        HelpTexts.Replay.siteFault(siteName).said)
    }
  }

  func run() throws {
    var configuration = try site.configuration()
    if let siteName { configuration.settings.site = siteName }
    let (store, keyFile) = (store, pseudonymKey ?? store + ".key")
    var replay = Replay(
      captures: captures, store: store, rules: try site.auditedRuleSet(configuration), configuration: configuration,
      pseudonymKey: {
        try StoreKey.loadOrCreate(path: keyFile, store: store, credential: try StoreKey.credential())
      },
      signingKey: { try SigningKey.loadOrCreate(path: StoreKey.signingKeyPath(ofStoreAt: store)) })
    replay.auditsAgain = again
    let interruption = replay.interruption
    Interruption.watch { signal in
      // Nothing is stored before the end, so the program may end at any point.
      guard interruption.wish(signal: signal) else { Glibc.exit(128 + signal) }
      sleep(ReplayCommand.patience)
      Terminal.say("\n\(ReplayError.interrupted(store: store).text.said)")
      _exit(128 + signal)
    }
    var bar = ProgressBar()
    let result: Replay.Result
    do {
      result = try replay.run { progress in
        bar.show(
          share: progress.share,
          HelpTexts.Replay.progress(
            packets: ProgressBar.grouped(progress.packets), flows: ProgressBar.grouped(progress.flows),
            names: ProgressBar.grouped(progress.names)
          ).said)
      }
      bar.clear()
    } catch let error as ReplayError {
      bar.clear()
      guard case .interrupted = error, let signal = interruption.signal else { throw error }
      Terminal.say("egressaudit: \(error.text.said)")
      throw ExitCode(128 + signal)
    }
    let database = try AuditDatabase(path: store, mode: .readExisting, knownRules: result.knownRules)
    Terminal.output(try AuditSummary.text(database: database, language: Language.current))
    tellCounts(result)
    for problem in result.problems + result.notes { Terminal.say("egressaudit: \(LocalizedText(of: problem).said)") }
    if !result.problems.isEmpty { throw ExitCode(3) }
  }

  /// Interval of the progress bar in seconds; a pipe may deliver nothing for longer than that.
  private static let patience: UInt32 = 2

  private func tellCounts(_ result: Replay.Result) {
    let counts = result.counts
    for replaced in result.replaced {
      Terminal.say(HelpTexts.Replay.replaced(replaced).said)
    }
    Terminal.say(
      HelpTexts.Replay.counts(
        packets: ProgressBar.grouped(counts.packets), flows: ProgressBar.grouped(counts.flows),
        outbound: ProgressBar.grouped(counts.outboundFlows), matched: ProgressBar.grouped(counts.matchedFlows),
        ruleSet: result.ruleSet.version
      ).said)
    if counts.transitFlows > 0 {
      Terminal.say(
        HelpTexts.Replay.transit(ProgressBar.grouped(counts.transitFlows)).said)
    }
  }
}
