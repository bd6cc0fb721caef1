import ArgumentParser
import Auditing
import Documents
import Location
import Model
import Reporting
import Rules
import Store

struct RulesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules",
    abstract: HelpTexts.Rules.abstract.said,
    subcommands: [
      Lint.self, Explain.self, List.self, Stale.self, Draft.self, Import.self, Diff.self, Reclassify.self, Export.self,
      Pack.self, Verify.self, Key.self,
    ])

  struct Lint: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: HelpTexts.Rules.lintAbstract.said,
      discussion: HelpTexts.Rules.lintDiscussion.said)

    @Argument(help: ArgumentHelp(HelpTexts.Site.rules.said))
    var path: String?

    @OptionGroup var files: RuleFileOptions

    @Option(
      help: ArgumentHelp(
        HelpTexts.Rules.maximumSourceAge.said,
        valueName: "days"))
    var maximumSourceAge: Int?

    func validate() throws {
      if let maximumSourceAge, !(0...100_000).contains(maximumSourceAge) {
        throw ValidationError(HelpTexts.Rules.maximumSourceAgeFault(maximumSourceAge).said)
      }
    }

    func run() throws {
      var source = path.map { RuleSource($0) } ?? RuleDirectory.standard
      source.publicKey = files.rulesKey ?? source.publicKey
      source.overrides = files.overrides
      let path = source.path
      guard RuleDirectory.exists(path) else {
        Terminal.say(
          HelpTexts.Rules.noFolder(path).said
        )
        throw ExitCode(3)
      }
      let limit = maximumSourceAge.map { RuleLint.SourceAgeLimit(days: $0, dayUTC: Today.dayUTC) }
      let faults = RuleLint.check(source, sourceAgeLimit: limit)
      for fault in faults { Terminal.output("\(fault.text.said)\n") }
      let lint = LintSummary(faults, of: source)
      if let lint, lint.faults > 0 {
        Terminal.say(HelpTexts.Rules.countsIn(path, lint.countsText).said)
        throw ExitCode(1)
      }
      if files.overrides != nil {
        let rules = try RuleSet(source)
        Terminal.output(rules.overridesText(.current))
        Terminal.say(rules.overrideNotices(day: Today.dayUTC))
      }
      Terminal.say(HelpTexts.Rules.noFault(path, warnings: lint?.countsText).said)
    }
  }

  struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: HelpTexts.Rules.explainAbstract.said,
      discussion: HelpTexts.Rules.explainDiscussion.said)

    @Argument(help: ArgumentHelp(HelpTexts.Rules.destination.said))
    var destination: String

    @Option(help: ArgumentHelp(HelpTexts.Rules.store.said, valueName: "file"))
    var store: String?

    @Option(
      help: ArgumentHelp(HelpTexts.Rules.from.said, valueName: "date"))
    var from: LocalDate?

    @Option(help: ArgumentHelp(HelpTexts.Rules.to.said, valueName: "date"))
    var to: LocalDate?

    @OptionGroup var site: SiteOptions

    @Option(help: ArgumentHelp(HelpTexts.Rules.port.said))
    var port: UInt16 = 443

    @Option(help: ArgumentHelp(HelpTexts.Rules.transport.said))
    var transport: Transport = .tcp

    @Option(
      help: ArgumentHelp(
        HelpTexts.Rules.day.said, valueName: "date"))
    var day: LocalDate?

    @Option(help: ArgumentHelp(HelpTexts.language.said))
    var language: Language?

    enum Transport: String, CaseIterable, ExpressibleByArgument {
      case tcp, udp
    }

    func validate() throws {
      if destination.isEmpty { throw ValidationError(HelpTexts.Rules.emptyName.said) }
      if FindingExplanation.isIdentifier(destination) {
        if store == nil { throw ValidationError(HelpTexts.Rules.findingWithoutStore(destination).said) }
      } else if store != nil || from != nil || to != nil {
        throw ValidationError(
          HelpTexts.Rules.noFinding(destination).said
        )
      }
    }

    func run() throws {
      let configuration = try site.configuration()
      let rules = try site.ruleSet(configuration)
      if let store { return try explainFinding(in: store, rules: rules) }
      let address = IPAddress(destination)
      let explanation = rules.explain(
        Destination(
          name: address == nil ? destination : nil, address: address, port: port,
          transport: transport == .tcp ? .tcp : .udp, day: day?.day ?? Today.dayUTC))
      let language = language ?? Language.current
      Terminal.output(explanation.text(in: language, words: Texts.ruleWords(language)))
      if let address {
        var owners = try NetworkOwners(configuration.location)
        let shared = rules.networks.sharedNetworks.network(of: address)
        Terminal.output("\n" + owners.text(for: address, sharedNetwork: shared, in: language))
      }
      if explanation.winner == nil { throw ExitCode(1) }
    }

    private func explainFinding(in store: String, rules: RuleSet) throws {
      let database = try AuditDatabase(path: store, mode: .readExisting)
      Terminal.sayUnfinished(in: try database.sessions())
      let classifier = EvidenceClassifier(rules: rules, sessions: try database.sessions())
      let explanation = try FindingExplanation(
        destination, database: database, from: from, to: to,
        today: FindingsDifference.Side(
          ruleSet: rules.stamp, rules: rules.verdictFacts, classify: classifier.assignment(for:)))
      guard let explanation else {
        Terminal.say(
          HelpTexts.Rules.unknownFinding(destination, in: store).said
        )
        throw ExitCode(1)
      }
      Terminal.output(explanation.text(language ?? Language.current))
    }
  }
}
