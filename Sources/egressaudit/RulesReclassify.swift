import ArgumentParser
import Auditing
import Model
import Rules
import Store

extension RulesCommand {
  struct Reclassify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Classifies all stored flows by another rule set, and keeps both classifications.",
      discussion: """
        The first classification stays; the new one gets a number and an entry in the evidence chain. \
        'export --reclassified NUMBER' writes its tables. 'rules diff' shows beforehand what would change.
        """)

    @Option(help: ArgumentHelp("Store whose flows are classified.", valueName: "file"))
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
        progress: { bar.show(share: nil, "\(ProgressBar.grouped($0)) flows") }, classifier.assignment(for:))
      bar.clear()
      try EvidenceSealer(database, store: store).seal()
      Terminal.output("\(result.id)\n")
      Terminal.say(
        "Classification \(result.id) by rule set \(result.ruleSet.version): \(ProgressBar.grouped(result.matchedFlows)) of "
          + "\(ProgressBar.grouped(result.flows)) stored flows have a rule. Write its tables with: "
          + "egressaudit export all --store \(store) --reclassified \(result.id)")
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
        ? "it holds none; make one with 'egressaudit rules reclassify --store \(store) --rules DIRECTORY'"
        : "expected one of " + all.map { "\($0.id) (rule set \($0.ruleSet.version))" }.joined(separator: ", ")
      Terminal.say("egressaudit: \(store): there is no reclassification \(number); \(known)")
      throw ExitCode(3)
    }
    return found
  }
}
