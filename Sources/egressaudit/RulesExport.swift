import ArgumentParser
import Auditing
import Enforcement
import Model
import Reporting
import Rules
import Store

extension RulesCommand {
  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: HelpTexts.RulesExport.abstract.said,
      discussion: HelpTexts.RulesExport.discussion.said)

    @Argument(help: ArgumentHelp(HelpTexts.RulesExport.format.said))
    var format: EnforcementFormat

    @Option(
      help: ArgumentHelp(
        HelpTexts.RulesExport.reviewed.said, valueName: "file"))
    var reviewed: [String]

    @OptionGroup var site: SiteOptions

    @Option(
      help: ArgumentHelp(
        HelpTexts.RulesExport.store.said,
        valueName: "file"))
    var store: String?

    @Option(help: ArgumentHelp(HelpTexts.RulesExport.output.said, valueName: "file"))
    var output: String?

    @Option(
      help: ArgumentHelp(HelpTexts.RulesExport.date.said, valueName: "date"))
    var date: LocalDate?

    @Flag(help: ArgumentHelp(HelpTexts.RulesExport.includeShared.said))
    var includeShared = false

    @Flag(help: ArgumentHelp(HelpTexts.RulesExport.dryRun.said))
    var dryRun = false

    @Option(help: ArgumentHelp(HelpTexts.language.said))
    var language: Language?

    func validate() throws {
      if reviewed.isEmpty { throw ValidationError(HelpTexts.RulesExport.noTable.said) }
      if dryRun, store == nil {
        throw ValidationError(HelpTexts.RulesExport.dryRunWithoutStore.said)
      }
    }

    func run() throws {
      let language = language ?? Language.current
      let rules = try site.ruleSet(site.configuration())
      let tables = try reviewed.map { try ReviewedFindings(path: $0) }
      // Local overrides apply by the day: here the date of the list, so that the same tables give the same list
      // tomorrow.
      let day = (date ?? EnforcementList.date(of: tables))?.day ?? Today.dayUTC
      let evidence = try store.map { try RecentEvidence(database: VerifiedStore.open($0)) }
      let list = try EnforcementList(
        format, of: tables, rules: rules.endpoints(day: day), ruleSet: rules.stamp, evidence: evidence,
        includesShared: includeShared, date: date)
      if dryRun, let text = list.dryRun(language) {
        Terminal.output(text)
      } else if !list.isEmpty {
        if let output {
          try list.write(to: output, toolVersion: ToolVersion.current)
        } else {
          Terminal.output(try list.text(toolVersion: ToolVersion.current))
        }
      }
      Terminal.write(list.report(language))
      if list.isEmpty { throw ExitCode(1) }
    }
  }
}

extension EnforcementFormat: ExpressibleByArgument {}
