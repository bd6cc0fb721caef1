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
    abstract: "Day files of aggregates, by which a centre sees many gateways.",
    discussion: """
      The centre is a ClickHouse server, or one SQLite file for few gateways. docs/fleet.md describes the columns, the set-up, and what is refused.
      """,
    subcommands: [Export.self])

  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract:
        "Writes one signed file for each day that is over: sums by service, coverage and claims, without devices.",
      discussion: """
        A day with too few devices is in the file of the day with which it is told. A file is never changed. The files are to be fetched by the \
        administrator's own transport; this command opens no connection.

        Prints the path of each file that was written, and to standard error the cursor after the last one.
        """)

    @Option(help: ArgumentHelp("Store to read.", valueName: "file"))
    var store = "/var/lib/egressaudit/audit.sqlite"

    @Option(
      help: ArgumentHelp(
        "Writes the days after this cursor, as an earlier run printed it, or all with 'start'. Default: after the last file in the folder.",
        valueName: "cursor"))
    var since: String?

    @Option(help: ArgumentHelp("Folder for the files, created if it does not exist.", valueName: "directory"))
    var output = "/var/lib/egressaudit/fleet"

    @Option(
      help: ArgumentHelp(
        "Key that signs the files (Ed25519, PEM), readable by its owner alone. Default: the store's own, STORE.signing-key.",
        valueName: "file"))
    var signingKey: String?

    @Option(
      help: ArgumentHelp(
        "Name of the gateway at the centre. Default: the site of the configuration.", valueName: "name"))
    var gateway: String?

    func validate() throws {
      if let since, FleetCursor(since) == nil {
        throw ValidationError(
          "--since is no cursor. Expected 'start', or number, day and hash such as 12:2026-05-04: and 64 hexadecimal digits, as an earlier run printed it."
        )
      }
    }

    func run() throws {
      Interruption.watch { signal in
        Drafts.abandon {
          Terminal.say(
            "\negressaudit: Interrupted. Files that were complete are in place; nothing is left of the one under way.")
          _exit(128 + signal)
        }
      }
      let key = try SigningKey.load(path: signingKey ?? StoreKey.signingKeyPath(ofStoreAt: store))
      let database = try VerifiedStore.open(store)
      let export = try FleetExport(gateway: gateway, key: key.privateKey, database: database)
      var written: [(path: String, days: ClosedRange<LocalDate>)] = []
      let cursor = try export.write(
        from: database, since: since.flatMap { FleetCursor($0) }, to: output, toolVersion: ToolVersion.current,
        now: Hour(sinceEpoch: Today.second / 3600),
        output: { path, days in
          Terminal.output(path + "\n")
          written.append((path, days))
        })
      if let first = written.first, let last = written.last {
        let use = StoreUse(of: store, for: .deliver)
        try use.tell(
          try use.record(
            from: first.days.lowerBound, to: last.days.upperBound,
            filesDigest: try Checksums(of: written.map(\.path)).digest))
      }
      Terminal.say("egressaudit: Day files of \(export.gateway) are written up to the cursor \(cursor).")
    }
  }
}
