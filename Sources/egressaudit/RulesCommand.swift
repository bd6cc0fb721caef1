import ArgumentParser
import Auditing
import Location
import Model
import Reporting
import Rules
import Store

struct RulesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules",
    abstract: "Manages the rule files, which document what each destination is for.",
    subcommands: [
      Lint.self, Explain.self, List.self, Stale.self, Draft.self, Import.self, Diff.self, Reclassify.self, Export.self,
      Pack.self, Verify.self, Key.self,
    ])

  struct Lint: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Checks rule files; prints one line for each fault with file, line and the way to fix it.",
      discussion: """
        With --overrides, local overrides are checked too; their authors are shown, and which overrides have expired or soon will. \
        A warning names what may be right. Exit code 1 means that there is a fault.
        """)

    @Argument(help: "Rule directory or bundle. Default: the signed rules of the package, else the folder 'rules' here.")
    var path: String?

    @OptionGroup var files: RuleFileOptions

    @Option(
      help: ArgumentHelp(
        "Days after which a source is too old, counted to today (UTC). Without it, the age is not checked.",
        valueName: "days"))
    var maximumSourceAge: Int?

    func validate() throws {
      if let maximumSourceAge, !(0...100_000).contains(maximumSourceAge) {
        throw ValidationError("--maximum-source-age is \(maximumSourceAge). Expected days from 0 to 100000.")
      }
    }

    func run() throws {
      var source = path.map { RuleSource($0) } ?? RuleDirectory.standard
      source.publicKey = files.rulesKey ?? source.publicKey
      source.overrides = files.overrides
      let path = source.path
      guard RuleDirectory.exists(path) else {
        Terminal.say(
          "egressaudit: \(path): there is no such folder. Name the rule directory, for example: egressaudit rules lint rules"
        )
        throw ExitCode(3)
      }
      let limit = maximumSourceAge.map { RuleLint.SourceAgeLimit(days: $0, dayUTC: Today.dayUTC) }
      let faults = RuleLint.check(source, sourceAgeLimit: limit)
      for fault in faults { Terminal.output("\(fault)\n") }
      let lint = LintSummary(faults, of: source)
      if let lint, lint.hasFaults {
        Terminal.say("\(lint.counts) in \(path)")
        throw ExitCode(1)
      }
      if files.overrides != nil {
        let rules = try RuleSet(source)
        Terminal.output(rules.overridesText)
        Terminal.say(rules.overrideNotices(day: Today.dayUTC))
      }
      Terminal.say("No fault in \(path)" + (lint.map { ", \($0.counts)" } ?? ""))
    }
  }

  struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows which rules match a host name or address, which one wins, and what its sources say.",
      discussion: """
        For a finding such as F-0123456789ab it shows which rules, revisions and patterns decided, and whether today's rules give the \
        same result; name the store with --store.

        Exit code 1 means that no rule matches, or that there is no such finding.
        """)

    @Argument(help: "Host name, address, or id of a finding.")
    var destination: String

    @Option(help: ArgumentHelp("Store that holds the finding.", valueName: "file"))
    var store: String?

    @Option(
      help: ArgumentHelp("First day of the table with the finding. Default: the first stored day.", valueName: "date"))
    var from: LocalDate?

    @Option(help: ArgumentHelp("Last day of that table, inclusive. Default: the last stored day.", valueName: "date"))
    var to: LocalDate?

    @OptionGroup var site: SiteOptions

    @Option(help: "Port of the flow.")
    var port: UInt16 = 443

    @Option(help: "Transport of the flow: tcp or udp.")
    var transport: Transport = .tcp

    @Option(
      help: ArgumentHelp(
        "Day of the flow in UTC, which decides which local overrides apply. Default: today.", valueName: "date"))
    var day: LocalDate?

    @Option(help: "Language of the answer: de or en. Default: that of the locale.")
    var language: Language?

    enum Transport: String, CaseIterable, ExpressibleByArgument {
      case tcp, udp
    }

    func validate() throws {
      if destination.isEmpty { throw ValidationError("The name is empty. Expected a host name or an address.") }
      if FindingExplanation.isIdentifier(destination) {
        if store == nil { throw ValidationError("\(destination) is a finding. Name its store with --store.") }
      } else if store != nil || from != nil || to != nil {
        throw ValidationError(
          "--store, --from and --to are for findings, and '\(destination)' is not one. Expected F- and 12 hexadecimal digits."
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
      Terminal.output(explanation.text(in: language))
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
          "egressaudit: \(store): there is no finding \(destination) in these days. Give the days of its table with --from and --to, as for 'export'."
        )
        throw ExitCode(1)
      }
      Terminal.output(explanation.text(language ?? Language.current))
    }
  }
}
