import ArgumentParser
import Auditing
import Glibc

struct CanaryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "canary",
    abstract: "Opens one harmless flow to the configured sink, which the sensor should see.",
    discussion: """
      A timer runs it once an hour on a machine whose traffic the sensor sees; the coverage counts the canaries that were seen. It opens one TCP \
      connection and begins a TLS handshake; it sends only the sink's name and random numbers. Exit code 0 means that a connection was made.
      """)

  @Option(
    help: ArgumentHelp("Configuration of the site (YAML), with the key 'canary'.", valueName: "file"))
  var config: String?

  @Option(help: ArgumentHelp("Host to connect to instead of the configured one.", valueName: "name"))
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
          "--sink is not a host name. Expected a name such as canary.musterstadt.example; an address has no name to see."
        )
      }
      return chosen
    }
    guard let sink = try AuditConfiguration(path: config, environment: AuditConfiguration.processEnvironment).canary
    else {
      throw ValidationError(
        "No sink is configured. Expected 'canary: { sink: canary.musterstadt.example }' in the file given with --config, or --sink."
      )
    }
    return sink
  }
}
