import ArgumentParser
import Auditing
import Glibc

/// The program: one subcommand per verb.
@main
struct EgressAudit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "egressaudit",
    abstract: "Shows which data leave for whom: names and classifies outbound flows for impact assessments.",
    discussion: """
      Start with a capture file:
        egressaudit replay morning.pcapng --store audit.sqlite
        egressaudit export all --store audit.sqlite --profile office-de --output report

      Exit codes: 0 done, 1 finding or failed check, 2 wrong usage, 3 something in the environment is missing or broken, \
      130 and 143 ended by Ctrl-C or SIGTERM.
      Data goes to standard output, words for people to standard error.
      """,
    version: "egressaudit \(ToolVersion.current)",
    subcommands: [
      ReplayCommand.self, RunCommand.self, ExportCommand.self, EvidenceCommand.self, Inspect.self, RulesCommand.self,
      RetentionCommand.self, CheckCommand.self, CanaryCommand.self,
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
      // Errors of our own describe themselves; the parser's are messages, help or usage.
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

  /// Swift describes a crash on standard error with the memory that registers point to, which may be a captured packet.
  ///
  /// Who looks for a fault with made-up packets sets `SWIFT_BACKTRACE=enable=yes`.
  private static func leaveCrashesUndescribed() {
    guard getenv("SWIFT_BACKTRACE") == nil else { return }
    for number in [SIGQUIT, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP] { signal(number, SIG_DFL) }
  }
}
