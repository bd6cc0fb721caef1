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
      HelpTexts.Export.abstract.said,
    discussion: HelpTexts.Export.discussion.said)

  enum Table: String, CaseIterable, ExpressibleByArgument {
    case findings, transfers, flows, coverage, undescribed, claims, changes, register, all, dpia

    var tables: [ExportTable] { ExportTable(rawValue: rawValue).map { [$0] } ?? ExportTable.withoutDevices }
  }

  @Argument(help: ArgumentHelp(HelpTexts.Export.table.said))
  var table: Table

  @Option(help: ArgumentHelp(HelpTexts.storeToRead.said, valueName: "file"))
  var store: String?

  @Option(help: ArgumentHelp(HelpTexts.profile.said))
  var profile: ExportProfile?

  @Option(
    help:
      ArgumentHelp(HelpTexts.Export.format.said))
  var format: ExportFormat = .csv

  @Option(help: ArgumentHelp(HelpTexts.firstDayOrStored.said, valueName: "date"))
  var from: LocalDate?

  @Option(help: ArgumentHelp(HelpTexts.lastDayOrStored.said, valueName: "date"))
  var to: LocalDate?

  @Option(
    help: ArgumentHelp(
      HelpTexts.Export.output.said,
      valueName: "directory"))
  var output = "."

  @Option(
    help: ArgumentHelp(
      HelpTexts.Export.reclassified.said, valueName: "number"))
  var reclassified: Int64?

  @OptionGroup var baseline: BaselineOption

  @OptionGroup var reviewLimits: ReviewLimitOptions

  @OptionGroup var filter: FilterOptions

  @OptionGroup var verification: VerificationOption

  @OptionGroup var centre: CentreOptions

  func validate() throws {
    try centre.refuseStoreOptions(except: ["--profile"])
    if !centre.fleet, store == nil { throw ValidationError("Missing expected argument '--store <file>'") }
    if output == "-" && table == .all {
      throw ValidationError(
        HelpTexts.Export.oneTable.said
      )
    }
    if table == .dpia, output == "-" || format != .csv || reclassified != nil {
      throw ValidationError(
        HelpTexts.Export.dpiaAlone.said
      )
    }
    if output == "-" && format != .csv {
      throw ValidationError(HelpTexts.Export.onlyCSV.said)
    }
  }

  /// Lists the digests of the files beside them, under the name of the last, and records the export in the store.
  private func record(_ paths: [String], of store: String) throws {
    let name = paths.last.map { NSString(string: NSString(string: $0).lastPathComponent).deletingPathExtension } ?? ""
    try StoreUse(of: store, for: .export).record(
      files: paths, in: output, as: name.replacing(/^legend/, with: table.rawValue), from: from, to: to)
  }

  private func say(_ filter: RowFilter) {
    for sentence in filter.sentences(table.tables, .current) { Terminal.say(sentence) }
  }

  private static var defaultProfile: ExportProfile { Language.current == .german ? .officeGerman : .rfc4180 }

  func run() throws {
    guard !centre.fleet, let store else { try centre.become("export") }
    Interruption.watch { signal in
      Drafts.abandon {
        Terminal.say(
          "\negressaudit: \(HelpTexts.filesInterrupted.said)"
        )
        _exit(128 + signal)
      }
    }
    try verification.reading(store) { try write(from: $0, of: store, verified: $1) }
  }

  private func write(from database: AuditDatabase, of store: String, verified: () throws -> Void) throws {
    let sessions = try database.sessions()
    if let trial = Texts.trial(sessions, .current) { Terminal.say(trial) }
    Terminal.sayUnfinished(in: sessions)
    let reclassification = try reclassified.map { try Reclassified.find($0, in: database, store: store) }
    let filter = filter.filter
    if table == .dpia {
      let file = try AssessmentFile(
        database: database, language: (profile ?? Self.defaultProfile) == .officeGerman ? .german : .english,
        from: from,
        to: to, baseline: baseline.choice, filter: filter)
      try verified()
      let path = try file.write(to: output)
      Terminal.output(path + "\n")
      return try record([path], of: store)
    }
    let profile = profile ?? Self.defaultProfile
    if output == "-" {
      try verified()
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
      return try use.recordAfterwards(from: from, to: to, filesDigest: nil)
    }
    let request = ExportRequest(
      tables: table.tables, profile: profile, format: format, from: from, to: to, outputDirectory: output,
      baseline: baseline.choice, reviewLimits: reviewLimits.limits, filter: filter)
    var bar = ProgressBar()
    let files = try Exporter.run(
      request, database: database, reclassification: reclassification, beforeWriting: verified
    ) { progress in
      bar.show(share: nil, HelpTexts.rows(progress.table.rawValue, ProgressBar.grouped(UInt64(progress.rows))).said)
    }
    bar.clear()
    for file in files { Terminal.output(file.path + "\n") }
    try record(files.map(\.path), of: store)
    say(filter)
    for kept in files.compactMap(\.keptPath) {
      Terminal.say(HelpTexts.Export.kept(kept).said)
    }
  }
}

extension ExportProfile: ExpressibleByArgument {}
extension ExportFormat: ExpressibleByArgument {}

extension LocalDate: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
