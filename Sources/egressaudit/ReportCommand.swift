import ArgumentParser
import Auditing
import Glibc
import Model
import Report
import Reporting
import Store
import Synchronization

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Writes one page (HTML) for people: first page, chapters of an impact assessment, pictures, evidence.",
    discussion: """
      The figures are those of the tables that 'export all' writes for the same days. The page loads nothing and runs nothing, so it can be \
      opened anywhere, printed and filed.

      Without --from and --to it covers the last finished calendar month of the store, or all stored days if no month is finished, and names \
      which of them it chose.
      """)

  @Option(help: ArgumentHelp("Store to read.", valueName: "file"))
  var store = "/var/lib/egressaudit/audit.sqlite"

  @Option(help: ArgumentHelp("First day, local, such as 2026-05-01.", valueName: "date"))
  var from: LocalDate?

  @Option(help: ArgumentHelp("Last day, inclusive.", valueName: "date"))
  var to: LocalDate?

  @OptionGroup var baseline: BaselineOption

  @OptionGroup var filter: FilterOptions

  @Option(
    help: ArgumentHelp(
      "Also compare this phase or period, such as 2026-05-04..2026-05-08, with that of --after.", valueName: "period"))
  var before: String?

  @Option(help: ArgumentHelp("Phase or period to compare with that of --before.", valueName: "period"))
  var after: String?

  @Option(help: "en or de. Default: de if the locale is German, else en.")
  var language: Language?

  @Option(help: ArgumentHelp("Folder for the file, created if it does not exist.", valueName: "directory"))
  var output = "."

  @Flag(help: "Also write it as Markdown, without the pictures.")
  var markdown = false

  @Flag(help: "Also make a PDF of it, tagged and with page numbers, by Chromium.")
  var pdf = false

  @Flag(help: "Also make an ODT of it, without the pictures, by LibreOffice.")
  var odt = false

  @Flag(help: "Also make a DOCX of it, without the pictures, by LibreOffice.")
  var docx = false

  func validate() throws {
    if (before == nil) != (after == nil) {
      throw ValidationError("A comparison needs both periods: name one with --before and one with --after.")
    }
  }

  func run() throws {
    let isPageWritten = Mutex(false)
    Interruption.watch { signal in
      Drafts.abandon {
        let isWritten = isPageWritten.withLock(\.self)
        Terminal.say(
          "\negressaudit: Interrupted. \(isWritten ? "No further file was written." : "No report was written.")")
        _exit(128 + signal)
      }
    }
    let database = try AuditDatabase(path: store, mode: .readExisting)
    Terminal.sayUnfinished(in: try database.sessions())
    let language = language ?? .current
    let isAsked = from != nil || to != nil
    let month = isAsked ? nil : try Delivery.lastPeriod(.month, of: database)
    if !isAsked { Terminal.say("egressaudit: \(Delivery.chosen(month, language))") }
    let document = try ReportDocument(
      database: database, language: language, from: from ?? month?.days.lowerBound, to: to ?? month?.days.upperBound,
      baseline: baseline.choice, filter: filter.filter,
      compared: before.flatMap { before in after.map { (before, $0) } })
    let page = try document.write(to: output)
    isPageWritten.withLock { $0 = true }
    Terminal.output(page + "\n")
    if markdown { Terminal.output(try document.writeMarkdown(to: output) + "\n") }
    for (isAsked, form) in [(pdf, DocumentForm.pdf), (odt, .odt), (docx, .docx)] where isAsked {
      Terminal.output(try document.write(form, besides: page) + "\n")
    }
  }
}
