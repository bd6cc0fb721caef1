import ArgumentParser
import Auditing
import Documents
import Glibc
import Model
import Reporting
import Rules

/// Options for rules in addition to their path; the same in every verb.
struct RuleFileOptions: ParsableArguments {
  @Option(help: ArgumentHelp(HelpTexts.Site.rulesKey.said, valueName: "file"))
  var rulesKey: String?

  @Option(help: ArgumentHelp(HelpTexts.Site.overrides.said, valueName: "file"))
  var overrides: String?
}

/// Options for the paths of rules and configuration; the same in every verb.
struct SiteOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      HelpTexts.Site.rules.said,
      valueName: "path"))
  var rules: String?

  @OptionGroup var ruleFiles: RuleFileOptions

  @Flag(help: ArgumentHelp(HelpTexts.Site.acceptUnsigned.said))
  var acceptUnsignedRules = false

  @Option(
    help: ArgumentHelp(
      HelpTexts.Site.acceptKey.said, valueName: "key"))
  var acceptRulesKey: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      HelpTexts.Site.config.said,
      valueName: "file"))
  var config: String?

  /// The rules that the command line names, else those of the configuration.
  func ruleSource(_ configuration: AuditConfiguration) -> RuleSource {
    var configuration = configuration
    if let rules { configuration.name(rules: rules) }
    var source = configuration.rules
    source.publicKey = ruleFiles.rulesKey ?? source.publicKey
    source.overrides = ruleFiles.overrides ?? source.overrides
    source.acceptsUnsigned = acceptUnsignedRules || source.acceptsUnsigned
    source.acceptedKey = acceptRulesKey ?? source.acceptedKey
    return source
  }

  func validate() throws {
    if let acceptRulesKey, !RuleSource.isKey(acceptRulesKey) {
      throw ValidationError(
        HelpTexts.Site.acceptKeyFault.said
      )
    }
  }

  /// Loads the rules, and prints which local overrides have expired or soon will.
  func ruleSet(_ configuration: AuditConfiguration) throws -> RuleSet {
    let ruleSet = try RuleSet(ruleSource(configuration))
    Terminal.say(ruleSet.overrideNotices(day: Today.dayUTC))
    return ruleSet
  }

  /// The same for an audit; also prints what lint finds in the rules.
  func auditedRuleSet(_ configuration: AuditConfiguration) throws -> RuleSet {
    let source = ruleSource(configuration)
    let (ruleSet, findings) = try RuleLint.load(source)
    if let lint = LintSummary(findings, of: source) {
      Terminal.say(HelpTexts.Rules.usedDespite(lint.countsText).said)
      for finding in lint.first { Terminal.say("  \(finding.text.said)") }
      Terminal.say(HelpTexts.Rules.seeAll(lint.command).said)
    }
    Terminal.say(ruleSet.overrideNotices(day: Today.dayUTC))
    return ruleSet
  }

  func configuration() throws -> AuditConfiguration {
    try AuditConfiguration(path: config, environment: AuditConfiguration.processEnvironment)
  }
}

/// A store to read, and the days of it that count.
struct StoredDaysOptions: ParsableArguments {
  @Option(help: ArgumentHelp(HelpTexts.storeToRead.said, valueName: "file"))
  var store: String

  @Option(help: ArgumentHelp(HelpTexts.firstDayOrStored.said, valueName: "date"))
  var from: LocalDate?

  @Option(help: ArgumentHelp(HelpTexts.lastDayOrStored.said, valueName: "date"))
  var to: LocalDate?
}

/// Options that filter the rows of the tables; the same in every verb.
struct FilterOptions: ParsableArguments {
  @Option(help: ArgumentHelp(HelpTexts.Rows.group.said, valueName: "name"))
  var group: [String] = []

  @Option(
    help: ArgumentHelp(HelpTexts.Rows.service.said, valueName: "title"))
  var service: [String] = []

  @Option(help: ArgumentHelp(HelpTexts.Rows.recipient.said, valueName: "name"))
  var recipient: [String] = []

  @Option(
    help: ArgumentHelp(
      HelpTexts.Rows.purpose.said, valueName: "class"))
  var purpose: [String] = []

  @Option(
    help: ArgumentHelp(HelpTexts.Rows.priority.said, valueName: "word"))
  var priority: [String] = []

  @Option(help: ArgumentHelp(HelpTexts.Rows.only.said))
  var only: RowFilter.State?

  var filter: RowFilter {
    RowFilter(
      [.group: group, .service: service, .recipient: recipient, .purpose: purpose, .priority: priority], only: only)
  }
}

extension RowFilter.State: ExpressibleByArgument {}

extension LintSummary {
  var countsText: LocalizedText { HelpTexts.Rules.counts(faults: faults, warnings: warnings) }
}

extension LocalizedText {
  /// The text in the language of this run.
  var said: String { self[.current] }
}

extension Language {
  /// The one that `--language` names, else German if the locale is German (`LC_ALL`, `LC_MESSAGES`, `LANG`, in this
  /// order).
  static var current: Language {
    let named = zip(CommandLine.arguments, CommandLine.arguments.dropFirst()).first { $0.0 == "--language" }
    if let named = named.flatMap({ Language(rawValue: $0.1) }) { return named }
    for name in ["LC_ALL", "LC_MESSAGES", "LANG"] {
      guard let value = getenv(name).map({ String(cString: $0) }), !value.isEmpty else { continue }
      return value.hasPrefix("de") ? .german : .english
    }
    return .english
  }
}

extension Language: ExpressibleByArgument {}
extension InspectionTable.Format: ExpressibleByArgument {}
