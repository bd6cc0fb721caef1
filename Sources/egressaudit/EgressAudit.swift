import ArgumentParser
import Glibc

/// The program: one subcommand per verb.
@main
struct EgressAudit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "egressaudit",
    abstract: "Shows which data leave for whom: names and classifies every outbound flow, for impact assessments.",
    subcommands: [Inspect.self])

  /// Exit codes: 0 done, 1 finding or failed check, 2 usage, 3 environment.
  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let code as ExitCode {
      Glibc.exit(code.rawValue)
    } catch {
      let code = exitCode(for: error)
      let text = fullMessage(for: error)
      if code.isSuccess {
        print(text)
        Glibc.exit(0)
      }
      Terminal.say(text)
      Glibc.exit(code == .validationFailure ? 2 : 3)
    }
  }
}
