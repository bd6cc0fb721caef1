import ArgumentParser
import Auditing
import Model
import Reporting
import Rules
import Store

extension RulesCommand {
  struct Reclassify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: HelpTexts.RulesReclassify.abstract.said,
      discussion: HelpTexts.RulesReclassify.discussion.said)

    @Option(help: ArgumentHelp(HelpTexts.RulesReclassify.store.said, valueName: "file"))
    var store: String

    @OptionGroup var site: SiteOptions

    func run() throws {
      let rules = try site.ruleSet(site.configuration())
      let database = try AuditDatabase(path: store, mode: .maintain)
      defer { database.close() }
      Terminal.sayUnfinished(in: try database.sessions())
      let classifier = EvidenceClassifier(rules: rules, sessions: try database.sessions())
      var bar = ProgressBar()
      let result = try database.reclassify(
        under: rules.stamp, rules: rules.verdictFacts, provenance: rules.provenance, toolVersion: ToolVersion.current,
        progress: { bar.show(share: nil, HelpTexts.RulesReclassify.progress(ProgressBar.grouped($0)).said) },
        classifier.assignment(for:))
      bar.clear()
      try EvidenceSealer(database, store: store).seal()
      Terminal.output("\(result.id)\n")
      Terminal.say(
        HelpTexts.RulesReclassify.done(
          result.id, ruleSet: result.ruleSet.version, matched: ProgressBar.grouped(result.matchedFlows),
          flows: ProgressBar.grouped(result.flows), store: store
        ).said)
    }
  }
}

/// A stored reclassification by its number.
enum Reclassified {
  static func find(_ number: Int64, in database: AuditDatabase, store: String) throws -> Reclassification {
    let all = try database.reclassifications()
    guard let found = all.first(where: { $0.id == number }) else {
      let known =
        all.isEmpty
        ? HelpTexts.RulesReclassify.none(store).said
        : HelpTexts.RulesReclassify.known(all.map { ($0.id, $0.ruleSet.version) }).said
      Terminal.say(HelpTexts.RulesReclassify.unknown(number, in: store, known).said)
      throw ExitCode(3)
    }
    return found
  }
}
