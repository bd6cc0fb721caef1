import ArgumentParser
import Auditing
import Matching
import Model
import Reporting

struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows the names and flows in a capture of your own; nothing is stored.",
    discussion: """
      Prints one line per distinct name (or flow, or anomaly) as tab-separated values with a header line.
      The output holds real addresses and names: treat it as personal data.
      Of the rules, only the registers of outer names, relays and resolvers are read, if they exist.
      """)

  @Argument(help: "Capture files (pcap, pcapng); - for standard input.")
  var captures: [String]

  @Flag(help: "One line per flow: 5-tuple, packets, bytes, missed bytes, outcome, name, class.")
  var flows = false

  @Flag(help: "One line per kind of anomaly with its count.")
  var anomalies = false

  @OptionGroup var site: SiteOptions

  @Option(help: ArgumentHelp("Most rows of the table, from 1 to 50000000.", valueName: "number"))
  var rows = CaptureInspector.rowLimit

  @Option(help: "Format of the output: tsv or json.")
  var format: InspectionTable.Format = .tsv

  func validate() throws {
    guard (1...50_000_000).contains(rows) else {
      throw ValidationError("--rows is \(rows). Expected a number from 1 to 50000000.")
    }
  }

  func run() throws {
    let configuration = try site.configuration()
    let services = try RuleDirectory.knownServices(of: site.ruleSource(configuration))
    if services == nil {
      Terminal.say(
        "egressaudit: no rule directory found, so public names of ECH are known from DNS answers only. Name the directory with --rules."
      )
    }
    var bar = ProgressBar()
    let result = CaptureInspector.inspect(
      captures, for: flows ? .flows : anomalies ? [] : .names, settings: configuration.tracker,
      knownServices: services ?? KnownServices(), rowLimit: rows
    ) { share in
      bar.show(share: share, "reading")
    }
    bar.clear()
    if result.packets == 0 && !result.problems.isEmpty {
      for problem in result.problems { Terminal.say("egressaudit: \(problem)") }
      throw ExitCode(3)
    }
    let table: InspectionTable =
      flows ? .flows(result.flows) : anomalies ? .anomalies(result.anomalies) : .names(result.names)
    try table.write(format, to: Terminal.output)
    let leftOut = flows ? result.leftOut.flows : anomalies ? 0 : result.leftOut.names
    if leftOut > 0 {
      Terminal.say(
        "egressaudit: the table has \(rows) rows, the most that --rows allows; \(leftOut) \(flows ? "flow records" : "sightings of names") "
          + "got no row. Split the capture, or raise --rows: a row takes about 200 bytes of memory."
      )
    }
    for problem in result.problems + result.notes { Terminal.say("egressaudit: \(problem)") }
    if !result.problems.isEmpty { throw ExitCode(3) }
  }
}
