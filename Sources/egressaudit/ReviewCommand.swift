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
    abstract: HelpTexts.Review.abstract.said,
    subcommands: [Import.self, Status.self])

  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: HelpTexts.Review.importAbstract.said,
      discussion: HelpTexts.Review.importDiscussion.said)

    @Argument(help: ArgumentHelp(HelpTexts.Review.file.said))
    var file: String

    @Option(help: ArgumentHelp(HelpTexts.Review.importStore.said, valueName: "file"))
    var store: String

    @Option(
      help: ArgumentHelp(HelpTexts.Review.role.said))
    var role: ReviewRole?

    @Option(
      help: ArgumentHelp(
        HelpTexts.Review.reclassified.said, valueName: "number"))
    var reclassified: Int64?

    @OptionGroup var baseline: BaselineOption

    @Flag(help: ArgumentHelp(HelpTexts.Review.dryRun.said))
    var dryRun = false

    @Option(help: ArgumentHelp(HelpTexts.language.said))
    var language: Language?

    func run() throws {
      Interruption.watch { signal in
        // LibreOffice had a copy of the table in a temporary folder.
        Drafts.abandon {
          Terminal.say("\negressaudit: \(HelpTexts.Review.interrupted.said)")
          _exit(128 + signal)
        }
      }
      let database = try AuditDatabase(path: store, mode: dryRun ? .readExisting : .maintain)
      defer { database.close() }
      try VerifiedStore.verify(database, of: store)
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
      abstract: HelpTexts.Review.statusAbstract.said,
      discussion: HelpTexts.Review.statusDiscussion.said)

    @OptionGroup var days: StoredDaysOptions

    @OptionGroup var limits: ReviewLimitOptions

    @Option(help: ArgumentHelp(HelpTexts.language.said))
    var language: Language?

    @OptionGroup var verification: VerificationOption

    func run() throws {
      let report = try verification.report(on: days.store) { database in
        try ReviewReport(
          database: database, from: days.from, to: days.to, today: Today.dayUTC, limits: limits.limits,
          language: language ?? Language.current)
      }
      Terminal.output(report.text)
      if !report.isSettled { throw ExitCode(1) }
    }
  }
}

/// When a decision is due for another review.
struct ReviewLimitOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      HelpTexts.Review.changedShare.said, valueName: "share"))
  var changedShare = ReviewLimits().changedShare

  @Option(help: ArgumentHelp(HelpTexts.Review.dueAfter.said, valueName: "days"))
  var dueAfter = ReviewLimits().dueAfterDays

  var limits: ReviewLimits { ReviewLimits(changedShare: changedShare, dueAfterDays: dueAfter) }

  func validate() throws {
    guard changedShare >= 0, changedShare.isFinite else {
      throw ValidationError(HelpTexts.Review.changedShareFault.said)
    }
    guard (0...100_000).contains(dueAfter) else { throw ValidationError(HelpTexts.Review.dueAfterFault.said) }
  }
}

extension ReviewRole: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
