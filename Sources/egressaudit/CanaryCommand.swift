import ArgumentParser
import Auditing
import Glibc
import Model
import Reporting

struct CanaryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "canary",
    abstract: HelpTexts.Canary.abstract.said,
    discussion: HelpTexts.Canary.discussion.said)

  @Option(
    help: ArgumentHelp(HelpTexts.Canary.config.said, valueName: "file"))
  var config: String?

  @Option(help: ArgumentHelp(HelpTexts.Canary.sink.said, valueName: "name"))
  var sink: String?

  @Option(help: ArgumentHelp(HelpTexts.Canary.port.said, valueName: "number"))
  var port = CanarySink.standardPort

  enum Shape: String, CaseIterable, ExpressibleByArgument {
    case tls, telemetry
  }

  @Option(help: ArgumentHelp(HelpTexts.Canary.shape.said))
  var shape = Shape.tls

  func validate() throws {
    if shape == .telemetry, sink != nil {
      throw ValidationError(
        HelpTexts.Canary.shapeFault.said)
    }
  }

  func run() throws {
    let canary = Canary(sink: try chosenSink())
    guard shape == .telemetry else {
      let outcome = try canary.send()
      Terminal.output((outcome == .answered ? HelpTexts.Canary.answered : HelpTexts.Canary.connected).said + "\n")
      return
    }
    guard !canary.sink.paths.isEmpty else {
      throw ValidationError(
        HelpTexts.Canary.noPaths.said)
    }
    var failures: [CanaryError] = []
    for path in canary.sink.paths {
      do throws(CanaryError) {
        let outcome = try canary.send(by: path)
        Terminal.output(
          "\(path.rawValue): \((outcome == .answered ? HelpTexts.Canary.answered : HelpTexts.Canary.sent).said)\n")
      } catch {
        Terminal.output("\(path.rawValue): \(error.reason.said)\n")
        failures.append(error)
      }
    }
    if let first = failures.first { throw first }
  }

  private func chosenSink() throws -> CanarySink {
    if let sink {
      guard let chosen = CanarySink(name: sink, port: port) else {
        throw ValidationError(
          HelpTexts.Canary.sinkFault.said
        )
      }
      return chosen
    }
    guard let sink = try AuditConfiguration(path: config, environment: AuditConfiguration.processEnvironment).canary
    else {
      throw ValidationError(
        HelpTexts.Canary.noSink.said
      )
    }
    return sink
  }
}
