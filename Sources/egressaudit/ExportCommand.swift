import ArgumentParser
import Auditing
import Foundation
import Glibc
import Model
import Report
import Reporting
import Store

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract:
      "Writes findings, transfers, coverage, destinations without a rule, claims, changes and the register as CSV files or one workbook; flows only if named.",
    discussion: """
      findings   one row per service, purpose and group: the DPO's working list
      transfers  one row per recipient, service and purpose: the transfer map
      coverage   one row per hour: what was seen, what was lost, what can be assessed
      undescribed  one row per destination that no rule describes and many devices contacted
      claims     one row per claim of the site: whether it held, with its bound and blind spots
      changes    one row per service or destination that is new, back or gone since the baseline
      register   one row per recipient that contracts or the record of processing (Art. 30) name, or do not name
      all        these seven
      dpia       no table: a file for the CNIL's PIA tool, with what was measured as comments, and no gauge set
      flows      the evidence, for auditors: one row per flow, hours instead of times, a token for each device

      Each CSV file comes with a description for programs (-metadata.json, W3C CSVW), and each export with a legend for people (HTML). \
      With --format xlsx or ods there is one file instead: a workbook with a sheet for each table and one that explains them. \
      The profile office-de opens with a double click in German Excel and LibreOffice; rfc4180 is for programs.

      --group, --service, --recipient, --purpose, --priority and --only choose rows of those tables that have such a column. The figures \
      of a row do not change, and the names of the files contain the choice.
      """)

  enum Table: String, CaseIterable, ExpressibleByArgument {
    case findings, transfers, flows, coverage, undescribed, claims, changes, register, all, dpia

    var tables: [ExportTable] { ExportTable(rawValue: rawValue).map { [$0] } ?? ExportTable.withoutDevices }
  }

  @Argument(help: "findings, transfers, coverage, undescribed, claims, changes, register, all, flows, or dpia.")
  var table: Table

  @Option(help: ArgumentHelp("Store to read.", valueName: "file"))
  var store: String

  @Option(help: "rfc4180 or office-de. Default: office-de if the locale is German, else rfc4180.")
  var profile: ExportProfile?

  @Option(
    help:
      "csv, xlsx (one workbook with all tables and their explanations) or ods (the same; needs LibreOffice).")
  var format: ExportFormat = .csv

  @Option(help: ArgumentHelp("First day, local, such as 2026-05-01. Default: the first stored day.", valueName: "date"))
  var from: LocalDate?

  @Option(help: ArgumentHelp("Last day, inclusive. Default: the last stored day.", valueName: "date"))
  var to: LocalDate?

  @Option(
    help: ArgumentHelp(
      "Folder for the files, created if it does not exist; - writes one table to standard output.",
      valueName: "directory"))
  var output = "."

  @Option(
    help: ArgumentHelp(
      "Classify by another rule set: number of a classification that 'rules reclassify' stored.", valueName: "number"))
  var reclassified: Int64?

  @OptionGroup var baseline: BaselineOption

  @OptionGroup var reviewLimits: ReviewLimitOptions

  @OptionGroup var filter: FilterOptions

  @OptionGroup var verification: VerificationOption

  func validate() throws {
    if output == "-" && table == .all {
      throw ValidationError(
        "Standard output takes only one table. Name one of findings, transfers, flows, coverage, undescribed, claims, changes, register."
      )
    }
    if table == .dpia, output == "-" || format != .csv || reclassified != nil {
      throw ValidationError(
        "dpia is one JSON file in a folder, of the stored classification. Leave out --format and --reclassified, and name a folder with --output."
      )
    }
    if output == "-" && format != .csv {
      throw ValidationError("Standard output takes only CSV. Name a folder with --output, or leave out --format.")
    }
  }

  /// Lists the digests of the files beside them, under the name of the last, and records the export in the store.
  private func record(_ paths: [String]) throws {
    let name = paths.last.map { NSString(string: NSString(string: $0).lastPathComponent).deletingPathExtension } ?? ""
    try StoreUse(of: store, for: .export).record(
      files: paths, in: output, as: name.replacing(/^legend/, with: table.rawValue), from: from, to: to)
  }

  private func say(_ filter: RowFilter) {
    for sentence in filter.sentences(table.tables, .current) { Terminal.say(sentence) }
  }

  private static var defaultProfile: ExportProfile { Language.current == .german ? .officeGerman : .rfc4180 }

  func run() throws {
    Interruption.watch { signal in
      Drafts.abandon {
        Terminal.say(
          "\negressaudit: Interrupted. Files that were complete are in place; nothing is left of the one under way."
        )
        _exit(128 + signal)
      }
    }
    let database = try verification.open(store)
    Terminal.sayUnfinished(in: try database.sessions())
    let reclassification = try reclassified.map { try Reclassified.find($0, in: database, store: store) }
    let filter = filter.filter
    if table == .dpia {
      let file = try AssessmentFile(
        database: database, language: (profile ?? Self.defaultProfile) == .officeGerman ? .german : .english,
        from: from,
        to: to, baseline: baseline.choice, filter: filter)
      let path = try file.write(to: output)
      Terminal.output(path + "\n")
      return try record([path])
    }
    let profile = profile ?? Self.defaultProfile
    if output == "-" {
      for table in table.tables {
        try Exporter.write(
          table, profile: profile, from: from, to: to, baseline: baseline.choice, reviewLimits: reviewLimits.limits,
          filter: filter, database: database, reclassification: reclassification
        ) { bytes in
          try Terminal.output(bytes)
        }
      }
      say(filter)
      let use = StoreUse(of: store, for: .export)
      return try use.tell(try use.record(from: from, to: to, filesDigest: nil))
    }
    let request = ExportRequest(
      tables: table.tables, profile: profile, format: format, from: from, to: to, outputDirectory: output,
      baseline: baseline.choice, reviewLimits: reviewLimits.limits, filter: filter)
    var bar = ProgressBar()
    let files = try Exporter.run(request, database: database, reclassification: reclassification) { progress in
      bar.show(share: nil, "\(progress.table.rawValue): \(ProgressBar.grouped(UInt64(progress.rows))) rows")
    }
    bar.clear()
    for file in files { Terminal.output(file.path + "\n") }
    try record(files.map(\.path))
    say(filter)
    for kept in files.compactMap(\.keptPath) {
      Terminal.say("A file of this name with other content existed, perhaps with your notes. It was renamed to \(kept)")
    }
  }
}

extension ExportProfile: ExpressibleByArgument {}
extension ExportFormat: ExpressibleByArgument {}

extension LocalDate: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
