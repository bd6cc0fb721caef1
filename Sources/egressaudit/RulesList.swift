import ArgumentParser
import Auditing
import Model
import Reporting
import Rules
import Store

extension RulesCommand {
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Writes every pattern with its purpose, recipient and sources as CSV or JSON, for other programs.",
      discussion: """
        docs/rules-list.md describes the columns. The same rules give the same bytes. Local overrides are included if they hold on \
        the day.
        """)

    @OptionGroup var site: SiteOptions

    @Option(help: "csv or json.")
    var format: RuleList.Format = .csv

    @Option(help: ArgumentHelp("File to write. Default: standard output.", valueName: "file"))
    var output: String?

    @Option(
      help: ArgumentHelp("Day in UTC on which local overrides have to hold. Default: today.", valueName: "date"))
    var day: LocalDate?

    func run() throws {
      let rules = try site.ruleSet(site.configuration())
      let list = RuleList(rules, day: day?.day ?? Today.dayUTC)
      let bytes = try list.bytes(format)
      guard let output else { return Terminal.output(String(decoding: bytes, as: UTF8.self)) }
      var file = try OutputFile(path: output)
      try file.write(bytes)
      try file.finish()
      Terminal.say("Wrote \(output): \(list.count) patterns")
    }
  }

  struct Stale: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists rules and registers by the day of their last comparison with their sources, oldest first.",
      discussion: """
        With --store, rules that were contacted come first, and among those of one day the most contacted. Register files have no \
        contacts.
        """)

    @OptionGroup var site: SiteOptions

    @Option(help: ArgumentHelp("Store whose contacts are counted by rule.", valueName: "file"))
    var store: String?

    @Option(help: "Language of the answer: de or en. Default: that of the locale.")
    var language: Language?

    func run() throws {
      let rules = try site.ruleSet(site.configuration())
      let contacts = try store.map { try AuditDatabase(path: $0, mode: .readExisting).contactsByRule() }
      Terminal.output(RuleAges(rules, contacts: contacts).text(in: language ?? Language.current))
    }
  }
}

extension RuleList.Format: ExpressibleByArgument {}
