import ArgumentParser
import Auditing
import Glibc

/// The program, with one subcommand for each verb.
@main
struct EgressAudit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "egressaudit",
    abstract: "Shows which services receive data: names and classifies outbound flows for impact assessments.",
    discussion: """
      Start with a capture file:
        egressaudit replay morning.pcapng --store audit.sqlite
        egressaudit export all --store audit.sqlite --profile office-de --output report

      Exit codes: 0 done, 1 finding or failed check, 2 wrong usage, 3 something in the environment is missing or broken, \
      130 and 143 ended by Ctrl-C or SIGTERM.
      Data goes to standard output, messages for people to standard error.
      """,
    version: "egressaudit \(ToolVersion.current)",
    subcommands: [
      ReplayCommand.self, RunCommand.self, ExportCommand.self, UnknownCommand.self, ClaimsCommand.self,
      EvidenceCommand.self, Inspect.self, RulesCommand.self, RetentionCommand.self, CheckCommand.self,
      CanaryCommand.self,
    ])

  static func main() {
    leaveCrashesUndescribed()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let code as ExitCode {
      Glibc.exit(code.rawValue)
    } catch {
      let code = exitCode(for: error)
      // The program's own errors describe themselves; the argument parser's errors are messages, help or usage.
      if code == .failure {
        Terminal.say("egressaudit: \(error)")
        Glibc.exit(3)
      }
      let text = fullMessage(for: error)
      if code.isSuccess {
        Terminal.output(text + "\n")
        Glibc.exit(0)
      }
      Terminal.say(text)
      Glibc.exit(2)
    }
  }

  /// Switches Swift's crash report off: it prints the memory that registers point to, which may be a captured packet.
  ///
  /// To reproduce a fault with invented packets, set `SWIFT_BACKTRACE=enable=yes`.
  private static func leaveCrashesUndescribed() {
    guard getenv("SWIFT_BACKTRACE") == nil else { return }
    for number in [SIGQUIT, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP] { signal(number, SIG_DFL) }
  }
}
