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
    abstract: HelpTexts.Papers.abstract.said,
    discussion: HelpTexts.Papers.discussion.said)

  @Option(help: ArgumentHelp(HelpTexts.configuration.said, valueName: "file"))
  var config: String

  @Option(
    help: ArgumentHelp(
      HelpTexts.Papers.store.said, valueName: "file")
  )
  var store: String?

  @Option(help: ArgumentHelp(HelpTexts.language.said))
  var language: Language?

  @Option(help: ArgumentHelp(HelpTexts.folderForFiles.said, valueName: "directory"))
  var output = "."

  @Flag(help: ArgumentHelp(HelpTexts.Papers.odt.said))
  var odt = false

  @Flag(help: ArgumentHelp(HelpTexts.Papers.docx.said))
  var docx = false

  func run() throws {
    Interruption.watch { signal in
      Drafts.abandon {
        Terminal.say(
          "\negressaudit: \(HelpTexts.filesInterrupted.said)")
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
          HelpTexts.Papers.kept(kept).said)
      }
      for (isAsked, form) in [(odt, DocumentForm.odt), (docx, .docx)] where isAsked {
        Terminal.output(try paper.write(form, besides: path) + "\n")
      }
    }
  }
}

extension PaperFacts {
  /// - Parameter store: the store beside which the pseudonym key is; nil for the store of the service.
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
      filter: configuration.captured.filter, canarySink: configuration.canary?.name,
      writesMetrics: configuration.writesMetrics,
      requiresSignedRules: configuration.rules.publicKey != nil && !configuration.rules.acceptsUnsigned,
      pseudonymKeyFile: (store ?? "/var/lib/egressaudit/audit.sqlite") + ".key", keyInterval: configuration.keyInterval,
      ruleOverrides: configuration.rules.overrides, reportsPatchDays: configuration.reports.includesPatchDays,
      reportLanguages: configuration.reports.languages, sinkholes: configuration.sinkholes,
      locationDatabases: configuration.locationFiles)
    sealedDays = configuration.retention.days(of: .sealed)
  }
}

extension PaperFacts.Stored {
  /// Throws errors of the database.
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
