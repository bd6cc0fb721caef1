import ArgumentParser
import Auditing
import Model
import Reporting
import Rules
import Store

extension RulesCommand {
  struct Diff: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: HelpTexts.RulesDiff.abstract.said,
      discussion: HelpTexts.RulesDiff.discussion.said)

    @Argument(help: ArgumentHelp(HelpTexts.RulesDiff.before.said))
    var before: String

    @Argument(help: ArgumentHelp(HelpTexts.RulesDiff.after.said))
    var after: String

    @Option(help: ArgumentHelp(HelpTexts.RulesDiff.rulesKey.said, valueName: "file"))
    var rulesKey: String?

    @Option(help: ArgumentHelp(HelpTexts.RulesDiff.overridesBefore.said, valueName: "file"))
    var overridesBefore: String?

    @Option(help: ArgumentHelp(HelpTexts.RulesDiff.overridesAfter.said, valueName: "file"))
    var overridesAfter: String?

    @Option(help: ArgumentHelp(HelpTexts.RulesDiff.store.said, valueName: "file"))
    var store: String?

    @Option(
      help: ArgumentHelp(HelpTexts.firstDayOrStored.said, valueName: "date"))
    var from: LocalDate?

    @Option(help: ArgumentHelp(HelpTexts.lastDayOrStored.said, valueName: "date"))
    var to: LocalDate?

    @Option(help: ArgumentHelp(HelpTexts.language.said))
    var language: Language?

    func validate() throws {
      if store == nil, from != nil || to != nil {
        throw ValidationError(HelpTexts.RulesDiff.daysWithoutStore.said)
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
