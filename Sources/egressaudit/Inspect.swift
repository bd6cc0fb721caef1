import ArgumentParser
import Auditing
import Matching
import Model
import Reporting

struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: HelpTexts.Inspect.abstract.said,
    discussion: HelpTexts.Inspect.discussion.said)

  @Argument(help: ArgumentHelp(HelpTexts.Inspect.captures.said))
  var captures: [String]

  @Flag(help: ArgumentHelp(HelpTexts.Inspect.flows.said))
  var flows = false

  @Flag(help: ArgumentHelp(HelpTexts.Inspect.anomalies.said))
  var anomalies = false

  @OptionGroup var site: SiteOptions

  @Option(help: ArgumentHelp(HelpTexts.Inspect.rows.said, valueName: "number"))
  var rows = CaptureInspector.rowLimit

  @Option(help: ArgumentHelp(HelpTexts.Inspect.format.said))
  var format: InspectionTable.Format = .tsv

  func validate() throws {
    guard (1...50_000_000).contains(rows) else {
      throw ValidationError(HelpTexts.Inspect.rowsFault(rows).said)
    }
  }

  func run() throws {
    let configuration = try site.configuration()
    let services = try RuleDirectory.knownServices(of: site.ruleSource(configuration))
    if services == nil {
      Terminal.say(
        HelpTexts.Inspect.noRules.said
      )
    }
    var bar = ProgressBar()
    let result = CaptureInspector.inspect(
      captures, for: flows ? .flows : anomalies ? [] : .names, settings: configuration.tracker,
      knownServices: services ?? KnownServices(), rowLimit: rows
    ) { share in
      bar.show(share: share, HelpTexts.Inspect.reading.said)
    }
    bar.clear()
    if result.packets == 0 && !result.problems.isEmpty {
      for problem in result.problems { Terminal.say("egressaudit: \(LocalizedText(of: problem).said)") }
      throw ExitCode(3)
    }
    let table: InspectionTable =
      flows ? .flows(result.flows) : anomalies ? .anomalies(result.anomalies) : .names(result.names)
    try table.write(format, to: Terminal.output)
    let leftOut = flows ? result.leftOut.flows : anomalies ? 0 : result.leftOut.names
    if leftOut > 0 {
      Terminal.say(
        HelpTexts.Inspect.leftOut(leftOut, ofFlows: flows, rows: rows).said
      )
    }
    for problem in result.problems + result.notes { Terminal.say("egressaudit: \(LocalizedText(of: problem).said)") }
    if !result.problems.isEmpty { throw ExitCode(3) }
  }
}
