import ArgumentParser
import Auditing
import Glibc
import Model
import Privacy
import Reporting
import Store

struct FleetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fleet",
    abstract: HelpTexts.Fleet.abstract.said,
    discussion: HelpTexts.Fleet.discussion.said,
    subcommands: [Export.self])

  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: HelpTexts.Fleet.export.said,
      discussion: HelpTexts.Fleet.exportDiscussion.said)

    @Option(help: ArgumentHelp(HelpTexts.storeToRead.said, valueName: "file"))
    var store = "/var/lib/egressaudit/audit.sqlite"

    @Option(
      help: ArgumentHelp(
        HelpTexts.Fleet.since.said,
        valueName: "cursor"))
    var since: String?

    @Option(help: ArgumentHelp(HelpTexts.Fleet.output.said, valueName: "directory"))
    var output = "/var/lib/egressaudit/fleet"

    @Option(
      help: ArgumentHelp(
        HelpTexts.Fleet.signingKey.said,
        valueName: "file"))
    var signingKey: String?

    @Option(
      help: ArgumentHelp(
        HelpTexts.Fleet.gateway.said, valueName: "name"))
    var gateway: String?

    @Option(help: ArgumentHelp(HelpTexts.Fleet.reports.said, valueName: "directory"))
    var reports: String?

    func validate() throws {
      if let since, FleetCursor(since) == nil {
        throw ValidationError(HelpTexts.Fleet.noCursor.said)
      }
    }

    func run() throws {
      Interruption.watch { signal in
        Drafts.abandon {
          Terminal.say(
            "\negressaudit: \(HelpTexts.Fleet.interrupted.said)")
          _exit(128 + signal)
        }
      }
      let database = try VerifiedStore.open(store)
      let key = try SigningKey.load(path: signingKey ?? StoreKey.signingKeyPath(ofStoreAt: store))
      let export = try FleetExport(gateway: gateway, key: key.privateKey, database: database)
      var written: [(path: String, days: ClosedRange<LocalDate>)] = []
      func note(_ path: String, _ days: ClosedRange<LocalDate>) {
        Terminal.output(path + "\n")
        written.append((path, days))
      }
      let cursor = try export.write(
        from: database, since: since.flatMap { FleetCursor($0) }, to: output, toolVersion: ToolVersion.current,
        now: Hour(sinceEpoch: Today.second / 3600), output: note)
      var failure: FleetMonthsFailure?
      if let reports {
        do {
          try export.writeMonths(
            from: database, deliveries: reports, to: output, toolVersion: ToolVersion.current, output: note)
        } catch let error as FleetMonthsFailure {
          failure = error
        }
      }
      if let first = written.map(\.days.lowerBound).min(), let last = written.map(\.days.upperBound).max() {
        let use = StoreUse(of: store, for: .deliver)
        try use.recordAfterwards(from: first, to: last, filesDigest: try Checksums(of: written.map(\.path)).digest)
      }
      Terminal.say("egressaudit: \(HelpTexts.Fleet.written(export.gateway, "\(cursor)").said)")
      if let failure { throw failure }
    }
  }
}
