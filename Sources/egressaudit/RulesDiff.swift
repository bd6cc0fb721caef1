import ArgumentParser
import Auditing
import Model
import Reporting
import Rules
import Store

extension RulesCommand {
  struct Diff: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows where two rule sets differ, and which past findings would change.",
      discussion: """
        If overrides are named, each rule set is used with its own. \
        With --store, the stored flows are classified by both rule sets, and the findings compared. Nothing is written. \
        Exit code 0 means that nothing differs, 1 that something does.
        """)

    @Argument(help: "Rule directory or bundle in use today.")
    var before: String

    @Argument(help: "Rule directory or bundle to compare with it.")
    var after: String

    @Option(help: ArgumentHelp("Public key that rule bundles must be signed with.", valueName: "file"))
    var rulesKey: String?

    @Option(help: ArgumentHelp("Local overrides of the first rules (YAML).", valueName: "file"))
    var overridesBefore: String?

    @Option(help: ArgumentHelp("Local overrides of the second rules (YAML).", valueName: "file"))
    var overridesAfter: String?

    @Option(help: ArgumentHelp("Store whose flows are classified by both.", valueName: "file"))
    var store: String?

    @Option(
      help: ArgumentHelp("First day, local, such as 2026-05-01. Default: the first stored day.", valueName: "date"))
    var from: LocalDate?

    @Option(help: ArgumentHelp("Last day, inclusive. Default: the last stored day.", valueName: "date"))
    var to: LocalDate?

    @Option(help: "Language of the answer: de or en. Default: that of the locale.")
    var language: Language?

    func validate() throws {
      if store == nil, from != nil || to != nil {
        throw ValidationError("--from and --to choose stored days. Name the store with --store.")
      }
    }

    func run() throws {
      // The key is for bundles; either of the two may be an unsigned directory.
      let source = { (path: String, overrides: String?) in
        RuleSource(path, publicKey: RuleDirectory.isDirectory(path) ? nil : rulesKey, overrides: overrides)
      }
      let old = try RuleSet(source(before, overridesBefore))
      let new = try RuleSet(source(after, overridesAfter))
      let language = language ?? Language.current
      let rules = RuleSetDifference(from: old, to: new)
      Terminal.output(rules.text(in: language))
      var isSame = rules.isEmpty
      if let store {
        let database = try AuditDatabase(path: store, mode: .readExisting)
        Terminal.sayUnfinished(in: try database.sessions())
        let sessions = try database.sessions()
        let side = { (rules: RuleSet) in
          let classifier = EvidenceClassifier(rules: rules, sessions: sessions)
          return FindingsDifference.Side(
            ruleSet: rules.stamp, rules: rules.verdictFacts, classify: classifier.assignment(for:))
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
