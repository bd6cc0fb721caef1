import ArgumentParser
import Auditing
import Glibc
import Model
import Report
import Reporting
import Store

struct DeliverCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deliver",
    abstract: HelpTexts.Deliver.abstract.said,
    discussion: HelpTexts.Deliver.discussion.said)

  @Option(
    help: ArgumentHelp(
      HelpTexts.Deliver.configuration.said,
      valueName: "file"))
  var config: String?

  @Option(help: ArgumentHelp(HelpTexts.storeToRead.said, valueName: "file"))
  var store = "/var/lib/egressaudit/audit.sqlite"

  @Option(
    help: ArgumentHelp(HelpTexts.Deliver.output.said, valueName: "directory"))
  var output = "/var/lib/egressaudit/reports"

  func run() throws {
    Interruption.watch { signal in
      Drafts.abandon {
        Terminal.say(
          "\negressaudit: \(HelpTexts.Deliver.interrupted.said)")
        _exit(128 + signal)
      }
    }
    let reports = try AuditConfiguration(path: config, environment: AuditConfiguration.processEnvironment).reports
    let database = try VerifiedStore.open(store)
    Terminal.sayUnfinished(in: try database.sessions())
    let delivery = Delivery(languages: reports.languages, includesPatchDays: reports.includesPatchDays)
    let use = StoreUse(of: store, for: .deliver)
    try delivery.write(
      from: database, to: output, language: .current, now: Hour(sinceEpoch: Today.second / 3600),
      say: { Terminal.say("egressaudit: \($0)") },
      record: { period, checksums in
        use.tell(
          try use.record(
            from: period.days.lowerBound, to: period.days.upperBound, filesDigest: checksums.digest))
      },
      output: { Terminal.output($0 + "\n") })
  }
}
