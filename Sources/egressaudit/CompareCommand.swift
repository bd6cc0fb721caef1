import ArgumentParser
import Auditing
import Model
import Reporting
import Store

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract:
      HelpTexts.Compare.abstract.said,
    discussion: HelpTexts.Compare.discussion.said)

  @Option(help: ArgumentHelp(HelpTexts.storeToRead.said, valueName: "file"))
  var store: String

  @Option(help: ArgumentHelp(HelpTexts.Compare.beforeStore.said, valueName: "file"))
  var beforeStore: String?

  @Option(help: ArgumentHelp(HelpTexts.Compare.before.said, valueName: "period"))
  var before: String

  @Option(help: ArgumentHelp(HelpTexts.Compare.after.said, valueName: "period"))
  var after: String

  @Option(
    help: ArgumentHelp(
      HelpTexts.Compare.group.said, valueName: "groups"))
  var group: String?

  @Option(
    help: ArgumentHelp(
      HelpTexts.Compare.reclassified.said, valueName: "number"))
  var reclassified: Int64?

  @Option(help: ArgumentHelp(HelpTexts.language.said))
  var language: Language?

  @Option(help: ArgumentHelp(HelpTexts.Compare.profile.said))
  var profile: ExportProfile?

  @Option(help: ArgumentHelp(HelpTexts.folderForFiles.said, valueName: "directory"))
  var output: String

  @OptionGroup var verification: VerificationOption

  func validate() throws {
    if reclassified != nil && beforeStore != nil {
      throw ValidationError(
        HelpTexts.Compare.oneStore.said
      )
    }
  }

  func run() throws {
    let language = language ?? .current
    let database = try verification.open(store)
    let beforeDatabase = try beforeStore.map { try verification.open($0) }
    let report = try ComparisonReport(
      before: before, after: after, database: database, beforeDatabase: beforeDatabase,
      reclassification: reclassified.map { try Reclassified.find($0, in: database, store: store) },
      groups: group?.split(separator: ",").map(String.init) ?? [], language: language)
    let files = try report.write(
      to: output, profile: profile ?? (language == .german ? .officeGerman : .rfc4180))
    Terminal.output(report.text)
    for file in files { Terminal.output(file + "\n") }
    try StoreUse(of: store, for: .export).recordAfterwards(
      from: nil, to: nil, filesDigest: try Checksums(of: files).digest)
    if !report.isAssessable { throw ExitCode(3) }
  }
}
