import ArgumentParser
import Auditing
import Model

struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows the names and flows in a capture that you own; nothing is stored.",
    discussion: """
      Prints one line per distinct name (or flow, or anomaly) as tab-separated values with a header line.
      The output holds real addresses and names: treat it as personal data.
      Of the rules, only the registers of outer names, relays and resolvers are read, where there are any.
      """)

  @Argument(help: "Capture files (pcap, pcapng); - for standard input.")
  var captures: [String]

  @Flag(help: "One line per flow: 5-tuple, packets, bytes, missed bytes, outcome, name, class.")
  var flows = false

  @Flag(help: "One line per kind of anomaly with its count.")
  var anomalies = false

  @OptionGroup var site: SiteOptions

  @Option(help: "Form of the output: tsv or json.")
  var format: CaptureInspector.Format = .tsv

  func run() throws {
    let configuration = try site.configuration()
    let services = try RuleDirectory.knownServices(of: site.ruleSource(configuration))
    if services == nil {
      Terminal.say(
        "egressaudit: no rule directory found, so public names of ECH are told by DNS answers only. Name it with --rules."
      )
    }
    var bar = ProgressBar()
    let result = CaptureInspector.inspect(
      captures, settings: configuration.tracker, knownServices: services ?? KnownServices()
    ) { share in
      bar.show(share: share, "reading")
    }
    bar.clear()
    if result.packets == 0 && !result.problems.isEmpty {
      for problem in result.problems { Terminal.say("egressaudit: \(problem)") }
      throw ExitCode(3)
    }
    if flows {
      Terminal.output(result.flowsText(format))
    } else if anomalies {
      Terminal.output(result.anomaliesText(format))
    } else {
      Terminal.output(result.namesText(format))
    }
    for problem in result.problems { Terminal.say("egressaudit: \(problem)") }
    if !result.problems.isEmpty { throw ExitCode(3) }
  }
}
