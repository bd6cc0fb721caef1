import ArgumentParser
import Auditing
import Glibc
import Model

struct CanaryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "canary",
    abstract: "Opens one harmless flow to the configured sink, which the sensor should see.",
    discussion: """
      A timer runs it once an hour on a machine whose traffic the sensor sees; the coverage counts the canaries that were seen. It opens one TCP \
      connection and begins a TLS handshake; it sends only the sink's name and random numbers. Exit code 0 means that a connection was made.

      With --shape telemetry it sends one flow by each way of naming that claims rely on: the ways in 'canary.paths'.
      """)

  @Option(
    help: ArgumentHelp("Configuration of the site (YAML), with the key 'canary'.", valueName: "file"))
  var config: String?

  @Option(help: ArgumentHelp("Host to connect to instead of the configured one.", valueName: "name"))
  var sink: String?

  @Option(help: ArgumentHelp("Port of --sink.", valueName: "number"))
  var port = CanarySink.standardPort

  enum Shape: String, CaseIterable, ExpressibleByArgument {
    case tls, telemetry
  }

  @Option(help: "tls: one connection; telemetry: one by each of the ways in 'canary.paths'.")
  var shape = Shape.tls

  func validate() throws {
    if shape == .telemetry, sink != nil {
      throw ValidationError(
        "--shape telemetry takes its ways from the configuration. Leave out --sink and give --config.")
    }
  }

  func run() throws {
    let canary = Canary(sink: try chosenSink())
    guard shape == .telemetry else {
      let outcome = try canary.send()
      Terminal.output(outcome == .answered ? "answered\n" : "connected, without an answer\n")
      return
    }
    guard !canary.sink.paths.isEmpty else {
      throw ValidationError(
        "No ways are configured. Expected 'canary: { sink: …, paths: [tls, quic] }' in the file given with --config.")
    }
    var failures: [CanaryError] = []
    for path in canary.sink.paths {
      do throws(CanaryError) {
        let outcome = try canary.send(by: path)
        Terminal.output("\(path.rawValue): \(outcome == .answered ? "answered" : "sent, without an answer")\n")
      } catch {
        Terminal.output("\(path.rawValue): \(error.reason)\n")
        failures.append(error)
      }
    }
    if let first = failures.first { throw first }
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
