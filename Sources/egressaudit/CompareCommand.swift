import ArgumentParser
import Auditing
import Model
import Reporting
import Store

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract:
      "Compares two phases or periods: services, devices, sessions, blocked attempts and bytes, each with its change and interval.",
    discussion: """
      A period is the name of a phase ('egressaudit phase list') or a first and a last local day, such as 2026-05-04..2026-05-08. Only whole \
      local days count. Rates refer to device-days; intervals come from a bootstrap over devices with a fixed seed.

      The comparison claims no cause.

      Exit codes: 0 compared, 2 a period or group that there is not, 3 the coverage of one of the periods does not allow it.
      """)

  @Option(help: ArgumentHelp("Store to read.", valueName: "file"))
  var store: String

  @Option(help: ArgumentHelp("Store that holds the period before, if it is another one.", valueName: "file"))
  var beforeStore: String?

  @Option(help: ArgumentHelp("Period before: a phase, or first and last day.", valueName: "period"))
  var before: String

  @Option(help: ArgumentHelp("Period after: a phase, or first and last day.", valueName: "period"))
  var after: String

  @Option(
    help: ArgumentHelp(
      "Show only these reported groups, separated by commas. Default: all, and the site.", valueName: "groups"))
  var group: String?

  @Option(
    help: ArgumentHelp(
      "Compare by another rule set: number of a classification that 'rules reclassify' stored.", valueName: "number"))
  var reclassified: Int64?

  @Option(help: "en or de. Default: de if the locale is German, else en.")
  var language: Language?

  @Option(help: "rfc4180 or office-de. Default: office-de if the language is German, else rfc4180.")
  var profile: ExportProfile?

  @Option(help: ArgumentHelp("Folder for the files, created if it does not exist.", valueName: "directory"))
  var output: String

  func validate() throws {
    if reclassified != nil && beforeStore != nil {
      throw ValidationError(
        "--reclassified names a classification of one store. Leave out --before-store, or compare without --reclassified."
      )
    }
  }

  func run() throws {
    let language = language ?? .current
    let database = try AuditDatabase(path: store, mode: .readExisting)
    let beforeDatabase = try beforeStore.map { try AuditDatabase(path: $0, mode: .readExisting) }
    let report = try ComparisonReport(
      before: before, after: after, database: database, beforeDatabase: beforeDatabase,
      reclassification: reclassified.map { try Reclassified.find($0, in: database, store: store) },
      groups: group?.split(separator: ",").map(String.init) ?? [], language: language)
    let files = try report.write(
      to: output, profile: profile ?? (language == .german ? .officeGerman : .rfc4180))
    Terminal.output(report.text)
    for file in files { Terminal.output(file + "\n") }
    if !report.isAssessable { throw ExitCode(3) }
  }
}
