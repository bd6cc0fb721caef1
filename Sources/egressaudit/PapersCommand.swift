import ArgumentParser
import Auditing
import Foundation
import Glibc
import Model
import Privacy
import Report
import Reporting
import Rules
import Store

struct PapersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "papers",
    abstract:
      "Writes drafts of the papers that an office needs about the tool itself, from the configuration in force.",
    discussion: """
      record-of-processing  entry of the record of processing activities (Art. 30 GDPR)
      impact-assessment     draft of a data protection impact assessment (Art. 35)
      works-agreement       draft of an agreement with the works council, with the configuration as annex
      notice                notice to employees (Art. 13 and 14)
      measures              measures by protection goal of the Standard Data Protection Model

      They state what the configuration says: times of deletion, groups, exclusions, keys, smallest group. What only people know or decide, and \
      questions of law, are marked and left open. Each is an HTML file that Word and LibreOffice open; a file that somebody changed is kept.
      """)

  @Option(help: ArgumentHelp("Configuration of the site (YAML).", valueName: "file"))
  var config: String

  @Option(
    help: ArgumentHelp(
      "Store of the service: adds what it holds, and whether it was filled with this configuration.", valueName: "file")
  )
  var store: String?

  @Option(help: "en or de. Default: de if the locale is German, else en.")
  var language: Language?

  @Option(help: ArgumentHelp("Folder for the files, created if it does not exist.", valueName: "directory"))
  var output = "."

  @Flag(help: "Also make an ODT of each, by LibreOffice.")
  var odt = false

  @Flag(help: "Also make a DOCX of each, by LibreOffice.")
  var docx = false

  func run() throws {
    Interruption.watch { signal in
      Drafts.abandon {
        Terminal.say(
          "\negressaudit: Interrupted. Files that were complete are in place; nothing is left of the one under way.")
        _exit(128 + signal)
      }
    }
    let configuration = try AuditConfiguration(path: config, environment: AuditConfiguration.processEnvironment)
    var facts = PaperFacts(configuration, store: store)
    facts.stored = try store.map { path in
      try PaperFacts.Stored(AuditDatabase(path: path, mode: .readExisting), configured: configuration.settings)
    }
    for kind in PaperKind.allCases {
      let paper = ToolPaper(kind, facts: facts, language: language ?? .current)
      let (path, kept) = try paper.write(to: output)
      Terminal.output(path + "\n")
      if let kept {
        Terminal.say(
          "A file of this name with other content existed, perhaps with your entries. It was renamed to \(kept)")
      }
      for (isAsked, form) in [(odt, DocumentForm.odt), (docx, .docx)] where isAsked {
        Terminal.output(try paper.write(form, besides: path) + "\n")
      }
    }
  }
}

extension PaperFacts {
  /// - Parameter store: beside it is the pseudonym key; nil for the store of the service.
  init(_ configuration: AuditConfiguration, store: String?) {
    let days = configuration.retention.days
    self.init(
      toolVersion: ToolVersion.current, settings: configuration.settings,
      groups: configuration.groups.definitions.map { group in
        Group(
          name: group.name, networks: group.networks.map(\.description), vlans: group.vlans.sorted().map(Int.init),
          isSecrecyZone: group.isSecrecyZone)
      },
      excludedHardwareAddresses: configuration.exclusions.hardwareAddresses.count,
      excludedNetworks: configuration.exclusions.networks.count, evidenceDays: days[.evidence], usageDays: days[.usage],
      coverageDays: days[.coverage], undescribedDays: days[.undescribed],
      listsUndescribed: configuration.listsUndescribed,
      interfaces: configuration.captured.interfaces, isPromiscuous: configuration.captured.isPromiscuous,
      hasFilter: configuration.captured.isFiltered, canarySink: configuration.canary?.name,
      writesMetrics: configuration.writesMetrics,
      requiresSignedRules: configuration.rules.publicKey != nil && !configuration.rules.acceptsUnsigned,
      pseudonymKeyFile: (store ?? "/var/lib/egressaudit/audit.sqlite") + ".key")
  }
}

extension PaperFacts.Stored {
  /// Throws what the database throws.
  init(_ database: AuditDatabase, configured: AuditSettings) throws {
    let latest = try database.sessions().max { $0.id < $1.id }
    let clock = latest.flatMap { SiteClock(zone: $0.settings.timeZone) }
    let stored = try database.period()
    self.init(
      days: clock.flatMap { clock in stored.map { clock.days(of: $0) } }, ruleSetVersion: latest?.ruleSet.version,
      deletions: try database.deletions().count,
      isConfiguredAlike: latest.map { $0.settings.configurationHash == configured.configurationHash } ?? true)
  }
}
