import ArgumentParser
import Auditing
import Glibc

struct CanaryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "canary",
    abstract: "Opens one harmless flow to the sink that the configuration names, for the sensor to see.",
    discussion: """
      Run once an hour by a timer on a machine whose traffic the sensor sees; the coverage tells how many were seen. It opens one TCP \
      connection and begins a TLS handshake; nothing is sent but the sink's name and random numbers. Exit code 0 where a connection was made.
      """)

  @Option(
    help: ArgumentHelp("Configuration of the site (YAML), with the key 'canary'.", valueName: "file"))
  var config: String?

  @Option(help: ArgumentHelp("Host to connect to, instead of the one of the configuration.", valueName: "name"))
  var sink: String?

  @Option(help: ArgumentHelp("Port of --sink.", valueName: "number"))
  var port = CanarySink.standardPort

  func run() throws {
    let outcome = try Canary(sink: try chosenSink()).send()
    Terminal.output(outcome == .answered ? "answered\n" : "connected, without an answer\n")
  }

  private func chosenSink() throws -> CanarySink {
    if let sink {
      guard let chosen = CanarySink(name: sink, port: port) else {
        throw ValidationError(
          "--sink is no name of a host. Expected one such as canary.musterstadt.example; an address has no name to see."
        )
      }
      return chosen
    }
    guard let sink = try AuditConfiguration(path: config, environment: AuditConfiguration.processEnvironment).canary
    else {
      throw ValidationError(
        "No sink is named. Expected 'canary: { sink: canary.musterstadt.example }' in the file given with --config, or --sink."
      )
    }
    return sink
  }
}
