import ArgumentParser
import Auditing
import Model
import Privacy
import Reporting
import Store

struct RetentionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retention",
    abstract: "Deletes data older than the agreed times, and lists earlier deletions.",
    discussion: """
      The configuration sets the times: retention.evidence_days for single flows, usage_days for sums by device and hour, \
      coverage_days for what was seen and lost. The running service deletes by itself each day; this verb is for stores of 'replay'.
      """,
    subcommands: [Delete.self, List.self])

  struct Delete: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Deletes rows after their retention time, and records the deletion in the evidence chain.",
      discussion: """
        Deleted rows are overwritten in the file. Exports and copies of the store are not touched: delete them yourself.
        """)

    @Option(help: ArgumentHelp("Store to delete from.", valueName: "file"))
    var store: String

    @Option(help: ArgumentHelp("Configuration with the retention times (YAML).", valueName: "file"))
    var config: String

    @Flag(help: "Only print how many rows would be deleted.")
    var dryRun = false

    func run() throws {
      let policy = try AuditConfiguration(path: config, environment: AuditConfiguration.processEnvironment).retention
      guard policy != .keepAll else {
        throw RetentionMissing(configuration: config)
      }
      let today = Today.dayUTC
      let database = try AuditDatabase(path: store, mode: dryRun ? .readExisting : .maintain)
      Terminal.sayUnfinished(in: try database.sessions())
      defer { database.close() }
      var bar = ProgressBar()
      for dataClass in DataClass.allCases {
        guard let cutoff = policy.cutoff(dataClass, on: today), let days = policy.days[dataClass] else {
          Terminal.output("\(dataClass.rawValue): kept indefinitely\n")
          continue
        }
        let rows: UInt64
        if dryRun {
          rows = try database.rowCount(of: dataClass, before: cutoff)
        } else {
          rows = try database.delete(
            dataClass, before: cutoff, day: today, toolVersion: ToolVersion.current
          ) { bar.show(share: nil, "\(dataClass.rawValue): \(ProgressBar.grouped($0)) rows") }.reduce(0) {
            $0 + $1.rows
          }
          bar.clear()
        }
        Terminal.output(
          "\(dataClass.rawValue): \(rows) rows older than \(days) days \(dryRun ? "would be deleted" : "deleted")\n")
      }
      if !dryRun { try EvidenceSealer(database, store: store).seal() }
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists what was deleted from a store, when, and which entry of the evidence chain records it.")

    @Option(help: ArgumentHelp("Store to read.", valueName: "file"))
    var store: String

    func run() throws {
      let sentences = try DeletionRecords.text(
        database: AuditDatabase(path: store, mode: .readExisting), language: Language.current)
      Terminal.output(sentences)
    }
  }
}

private struct RetentionMissing: Error, CustomStringConvertible {
  let configuration: String

  var description: String {
    "\(configuration): no retention times are set, so nothing was deleted. Expected a key such as 'retention: {evidence_days: 90}'; "
      + "write the agreed times there"
  }
}
