import ArgumentParser
import Auditing
import Model
import Reporting
import Rules
import Store

extension RulesCommand {
  struct Diff: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Says what a rule set says otherwise than another, and which past findings would change.",
      discussion: """
        Where overrides are named, each side is judged with its own. \
        With --store, the flows that are stored are judged by both rule sets, and the findings compared. Nothing is written. \
        Exit code 0 where nothing differs, 1 where something does.
        """)

    @Argument(help: "Rule directory or bundle of today.")
    var before: String

    @Argument(help: "Rule directory or bundle to compare with it.")
    var after: String

    @Option(help: ArgumentHelp("Public key that rule bundles must be signed with.", valueName: "file"))
    var rulesKey: String?

    @Option(help: ArgumentHelp("Local overrides of the first rules (YAML).", valueName: "file"))
    var overridesBefore: String?

    @Option(help: ArgumentHelp("Local overrides of the second rules (YAML).", valueName: "file"))
    var overridesAfter: String?

    @Option(help: ArgumentHelp("Store whose flows are judged by both.", valueName: "file"))
    var store: String?

    @Option(
      help: ArgumentHelp("First day, local, such as 2026-05-01. Without it: the first stored.", valueName: "date"))
    var from: LocalDate?

    @Option(help: ArgumentHelp("Last day, inclusive. Without it: the last stored.", valueName: "date"))
    var to: LocalDate?

    @Option(help: "Language of the answer: de or en. Without it: that of the locale.")
    var language: ReportLanguage?

    func validate() throws {
      if store == nil, from != nil || to != nil {
        throw ValidationError("--from and --to choose stored days. Name the store with --store.")
      }
    }

    func run() throws {
      // One of the two may be a directory of one's own.
      let source = { (path: String, overrides: String?) in
        RuleSource(path, publicKey: RuleDirectory.isDirectory(path) ? nil : rulesKey, overrides: overrides)
      }
      let old = try RuleSet(source(before, overridesBefore))
      let new = try RuleSet(source(after, overridesAfter))
      let language = language ?? Language.current
      let rules = RuleSetDifference(from: old, to: new)
      Terminal.output(rules.text(in: language == .german ? .german : .english))
      var isSame = rules.isEmpty
      if let store {
        let database = try AuditDatabase(path: store, mode: .readExisting)
        Terminal.sayUnfinished(in: try database.sessions())
        let sessions = try database.sessions()
        let side = { (rules: RuleSet) in
          let classifier = EvidenceClassifier(rules: rules, sessions: sessions)
          return FindingsDifference.Side(
            ruleSet: rules.stamp, rules: rules.facts, classify: classifier.assignment(for:))
        }
        let findings = try FindingsDifference(
          database: database, before: side(old), after: side(new), from: from, to: to)
        Terminal.output(findings.text(language))
        isSame = isSame && findings.isEmpty
      }
      if !isSame { throw ExitCode(1) }
    }
  }
}
