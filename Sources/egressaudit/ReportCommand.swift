import ArgumentParser
import Auditing
import Enforcement
import Foundation
import Glibc
import Model
import Report
import Reporting
import Store
import Synchronization

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: HelpTexts.Report.abstract.said,
    discussion: HelpTexts.Report.discussion.said)

  @Option(help: ArgumentHelp(HelpTexts.storeToRead.said, valueName: "file"))
  var store = "/var/lib/egressaudit/audit.sqlite"

  @Option(help: ArgumentHelp(HelpTexts.firstDay.said, valueName: "date"))
  var from: LocalDate?

  @Option(help: ArgumentHelp(HelpTexts.lastDay.said, valueName: "date"))
  var to: LocalDate?

  @OptionGroup var baseline: BaselineOption

  @OptionGroup var filter: FilterOptions

  @OptionGroup var verification: VerificationOption

  @Option(
    help: ArgumentHelp(
      HelpTexts.Report.before.said, valueName: "period"))
  var before: String?

  @Option(help: ArgumentHelp(HelpTexts.Report.after.said, valueName: "period"))
  var after: String?

  @Option(help: ArgumentHelp(HelpTexts.Report.sample.said, valueName: "table"))
  var sample: String?

  @Option(help: ArgumentHelp(HelpTexts.language.said))
  var language: Language?

  @Option(help: ArgumentHelp(HelpTexts.Report.output.said, valueName: "directory"))
  var output = "."

  @Flag(help: ArgumentHelp(HelpTexts.Report.markdown.said))
  var markdown = false

  @Flag(help: ArgumentHelp(HelpTexts.Report.pdf.said))
  var pdf = false

  @Flag(help: ArgumentHelp(HelpTexts.Report.odt.said))
  var odt = false

  @Flag(help: ArgumentHelp(HelpTexts.Report.docx.said))
  var docx = false

  @OptionGroup var centre: CentreOptions

  @Option(help: ArgumentHelp(HelpTexts.Centre.keys.said, valueName: "directory"))
  var keys: String?

  @Option(help: ArgumentHelp(HelpTexts.Centre.reports.said, valueName: "directory"))
  var reports: String?

  @Option(help: ArgumentHelp(HelpTexts.Centre.silentAfter.said, valueName: "days"))
  var silentAfter: Int?

  func validate() throws {
    if !centre.fleet, keys != nil || reports != nil || silentAfter != nil {
      throw ValidationError(HelpTexts.Centre.onlyFleet.said)
    }
    try centre.refuseStoreOptions(except: ["--keys", "--reports", "--silent-after"])
    if (before == nil) != (after == nil) {
      throw ValidationError(HelpTexts.Report.bothPeriods.said)
    }
  }

  func run() throws {
    if centre.fleet { try centre.become("report") }
    let isPageWritten = Mutex(false)
    Interruption.watch { signal in
      Drafts.abandon {
        let isWritten = isPageWritten.withLock(\.self)
        Terminal.say("\negressaudit: \(HelpTexts.Report.interrupted(isWritten: isWritten).said)")
        _exit(128 + signal)
      }
    }
    try verification.reading(store) {
      try write(from: $0, verified: $1) { isPageWritten.withLock { $0 = true } }
    }
  }

  private func write(
    from database: AuditDatabase, verified: () throws -> Void, pageWritten: () -> Void
  ) throws {
    Terminal.sayUnfinished(in: try database.sessions())
    let language = language ?? .current
    let isAsked = from != nil || to != nil
    let now = Hour(sinceEpoch: Today.second / 3600)
    let month = isAsked ? nil : try Delivery.lastPeriod(.month, of: database, now: now)
    if !isAsked { Terminal.say("egressaudit: \(Delivery.chosen(month, language))") }
    let document = try ReportDocument(
      database: database, language: language, from: from ?? month?.days.lowerBound, to: to ?? month?.days.upperBound,
      baseline: baseline.choice, filter: filter.filter,
      compared: before.flatMap { before in after.map { (before, $0) } },
      sample: try sample.map { try SampleEvaluation(path: $0, database: database).sentences(language) } ?? [])
    try verified()
    let page = try document.write(to: output)
    pageWritten()
    var files = [page]
    Terminal.output(page + "\n")
    func note(_ path: String) {
      files.append(path)
      Terminal.output(path + "\n")
    }
    if markdown { note(try document.writeMarkdown(to: output)) }
    for (isAsked, form) in [(pdf, DocumentForm.pdf), (odt, .odt), (docx, .docx)] where isAsked {
      note(try document.write(form, besides: page))
    }
    try StoreUse(of: store, for: .report).record(
      files: files, in: output, as: NSString(string: document.fileName).deletingPathExtension,
      from: from ?? month?.days.lowerBound, to: to ?? month?.days.upperBound)
  }
}
