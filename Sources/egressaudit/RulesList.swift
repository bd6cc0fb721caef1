import ArgumentParser
import Auditing
import Model
import Reporting
import Rules
import Store

extension RulesCommand {
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: HelpTexts.RulesList.abstract.said,
      discussion: HelpTexts.RulesList.discussion.said)

    @OptionGroup var site: SiteOptions

    @Option(help: ArgumentHelp(HelpTexts.RulesList.format.said))
    var format: RuleList.Format = .csv

    @Option(help: ArgumentHelp(HelpTexts.RulesExport.output.said, valueName: "file"))
    var output: String?

    @Option(
      help: ArgumentHelp(HelpTexts.RulesList.day.said, valueName: "date"))
    var day: LocalDate?

    func run() throws {
      let rules = try site.ruleSet(site.configuration())
      let list = RuleList(rules, day: day?.day ?? Today.dayUTC)
      let bytes = try list.bytes(format)
      guard let output else { return Terminal.output(String(decoding: bytes, as: UTF8.self)) }
      var file = try OutputFile(path: output)
      try file.write(bytes)
      try file.finish()
      Terminal.say(HelpTexts.RulesList.wrote(output, list.count).said)
    }
  }

  struct Stale: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: HelpTexts.RulesList.staleAbstract.said,
      discussion: HelpTexts.RulesList.staleDiscussion.said)

    @OptionGroup var site: SiteOptions

    @Option(help: ArgumentHelp(HelpTexts.RulesList.store.said, valueName: "file"))
    var store: String?

    @Option(help: ArgumentHelp(HelpTexts.language.said))
    var language: Language?

    func run() throws {
      let rules = try site.ruleSet(site.configuration())
      let contacts = try store.map { try AuditDatabase(path: $0, mode: .readExisting).contactsByRule() }
      Terminal.output(RuleAges(rules, contacts: contacts).text(in: language ?? Language.current))
    }
  }
}

extension RuleList.Format: ExpressibleByArgument {}
