import ArgumentParser
import Auditing
import Enforcement
import Glibc
import Model
import Reporting
import Store

struct ReviewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "review",
    abstract: "Takes back what people decided in the tables, and says what is open.",
    subcommands: [Import.self, Status.self])

  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Records the decisions of a table that people filled in, each in the evidence chain.",
      discussion: """
        Reads CSV in whatever form an office program saved it; xlsx and ods by LibreOffice. The table is compared with what the store \
        gives for the same days: only the columns for people may differ. If anything else does, nothing is recorded, and row, column, \
        found and expected value are printed. Rows may be sorted or left out, columns hidden or added. Exit code 3 means refused.
        """)

    @Argument(help: "Table as it was saved: findings, transfers or undescribed, or a workbook with them.")
    var file: String

    @Option(help: ArgumentHelp("Store that the table was exported from.", valueName: "file"))
    var store: String

    @Option(
      help: "Role of the person who decided, for rows that name none: one line of at most 200 characters, and no name.")
    var role: ReviewRole?

    @Option(
      help: ArgumentHelp(
        "The classification by another rule set that the table was exported with.", valueName: "number"))
    var reclassified: Int64?

    @OptionGroup var baseline: BaselineOption

    @Flag(help: "Only check the file, and print how many decisions would be recorded.")
    var dryRun = false

    @Option(help: "Language of the answer: de or en. Default: that of the locale.")
    var language: Language?

    func run() throws {
      Interruption.watch { signal in
        // LibreOffice had a copy of the table in a temporary folder.
        Drafts.abandon {
          Terminal.say("\negressaudit: Interrupted. Either all decisions of the table were recorded, or none.")
          _exit(128 + signal)
        }
      }
      let database = try AuditDatabase(path: store, mode: dryRun ? .readExisting : .maintain)
      defer { database.close() }
      let reclassification = try reclassified.map { try Reclassified.find($0, in: database, store: store) }
      let review = try ReviewImport(
        path: file, role: role, now: Timestamp(seconds: Today.second), database: database, baseline: baseline.choice,
        reclassification: reclassification)
      if !dryRun {
        try database.record(review.decisions)
        try EvidenceSealer(database, store: store).seal()
      }
      Terminal.output(review.summary(language ?? .current, isRecorded: !dryRun) + "\n")
    }
  }

  struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists what is open, what changed since it was decided, and what is to be reviewed again.",
      discussion: "Exit code 1 means that something is open, changed or due.")

    @Option(help: ArgumentHelp("Store to read.", valueName: "file"))
    var store: String

    @Option(help: ArgumentHelp("First day, local. Default: the first stored day.", valueName: "date"))
    var from: LocalDate?

    @Option(help: ArgumentHelp("Last day, inclusive. Default: the last stored day.", valueName: "date"))
    var to: LocalDate?

    @OptionGroup var limits: ReviewLimitOptions

    @Option(help: "Language of the answer: de or en. Default: that of the locale.")
    var language: Language?

    func run() throws {
      let database = try AuditDatabase(path: store, mode: .readExisting)
      let report = try ReviewReport(
        database: database, from: from, to: to, today: Today.dayUTC, limits: limits.limits)
      Terminal.output(report.text(language ?? Language.current))
      if !report.isSettled { throw ExitCode(1) }
    }
  }
}

/// When a decision no longer counts without another look.
struct ReviewLimitOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A row has changed since its decision if a figure moved by more than this share.", valueName: "share"))
  var changedShare = ReviewLimits().changedShare

  @Option(help: ArgumentHelp("Days after which a decision is to be made again.", valueName: "days"))
  var dueAfter = ReviewLimits().dueAfterDays

  var limits: ReviewLimits { ReviewLimits(changedShare: changedShare, dueAfterDays: dueAfter) }

  func validate() throws {
    guard changedShare >= 0, changedShare.isFinite else {
      throw ValidationError("--changed-share is a share such as 0.5, not below 0.")
    }
    guard (0...100_000).contains(dueAfter) else { throw ValidationError("--due-after is a number of days from 0.") }
  }
}

extension ReviewRole: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
