import ArgumentParser
import Auditing
import Glibc
import Model
import Report
import Reporting
import Store

struct DeliverCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deliver",
    abstract:
      "Writes report and tables of the last finished month into a folder, once; a timer of the package runs it.",
    discussion: """
      Each period gets a folder of its own, such as 2026-05, with the report in German and English and the tables of 'export all'. A folder that \
      is there is left as it is. With 'reports: { patch_day: true }' in the configuration there is also one for each patch day, the second \
      Tuesday of a month: the week before it and the week that begins with it, such as 2026-05-12_patch-day.

      Prints the path of each folder that was written.
      """)

  @Option(
    help: ArgumentHelp(
      "Configuration of the site (YAML): 'reports' says in which languages, and whether patch days are delivered.",
      valueName: "file"))
  var config: String?

  @Option(help: ArgumentHelp("Store to read.", valueName: "file"))
  var store = "/var/lib/egressaudit/audit.sqlite"

  @Option(
    help: ArgumentHelp("Folder for the folders of the periods, created if it does not exist.", valueName: "directory"))
  var output = "/var/lib/egressaudit/reports"

  func run() throws {
    Interruption.watch { signal in
      Drafts.abandon {
        Terminal.say(
          "\negressaudit: Interrupted. Folders that were complete are in place; nothing is left of the one under way.")
        _exit(128 + signal)
      }
    }
    let reports = try AuditConfiguration(path: config, environment: AuditConfiguration.processEnvironment).reports
    let database = try AuditDatabase(path: store, mode: .readExisting)
    Terminal.sayUnfinished(in: try database.sessions())
    let delivery = Delivery(languages: reports.languages, includesPatchDays: reports.includesPatchDays)
    for path in try delivery.write(
      from: database, to: output, language: .current, say: { Terminal.say("egressaudit: \($0)") })
    {
      Terminal.output(path + "\n")
    }
  }
}
