import ArgumentParser
import Auditing
import Glibc
import Model
import Reporting
import Store

/// The program, with one subcommand for each verb.
@main
struct EgressAudit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "egressaudit",
    abstract: HelpTexts.Program.abstract.said,
    discussion: HelpTexts.Program.discussion.said,
    version: "egressaudit \(ToolVersion.current)",
    subcommands: [
      InitCommand.self, ReplayCommand.self, RunCommand.self, ReportCommand.self, DeliverCommand.self,
      ExportCommand.self,
      UnknownCommand.self,
      ClaimsCommand.self, PhaseCommand.self, CompareCommand.self, BaselineCommand.self, ReviewCommand.self,
      RegisterCommand.self, SampleCommand.self,
      EvidenceCommand.self, VerifyCommand.self, PackageCommand.self, Inspect.self,
      RulesCommand.self, RetentionCommand.self, ReidentifyCommand.self,
      CheckCommand.self,
      CanaryCommand.self,
      PapersCommand.self,
      FleetCommand.self,
    ])

  static func main() {
    CrashSecrecy.begin()
    if let fault = mistypedVerb(CommandLine.arguments.dropFirst()) {
      Terminal.say("egressaudit: \(fault)")
      Glibc.exit(2)
    }
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let code as ExitCode {
      Glibc.exit(code.rawValue)
    } catch {
      let code = exitCode(for: error)
      // The program's own errors describe themselves; the argument parser's errors are messages, help or usage.
      if code == .failure {
        Terminal.say("egressaudit: \(LocalizedText(of: error).said)")
        Glibc.exit(isArgumentFault(error) ? 2 : 3)
      }
      let text = HelpTexts.localized(fullMessage(for: error), .current)
      if code.isSuccess {
        Terminal.output(text + "\n")
        Glibc.exit(0)
      }
      Terminal.say(text)
      Glibc.exit(2)
    }
  }

  /// Whether the error is a wrong argument that only the store reveals: a name that it does not have, or a time that
  /// does not exist.
  private static func isArgumentFault(_ error: any Error) -> Bool {
    switch error {
    case is PhaseInput, PhaseError.unknown, ReportingError.daysReversed, ReportingError.baselineUnknown,
      ComparisonError.selection, ComparisonError.daysReversed, ComparisonError.unknownGroup, is RowFilterError:
      true
    case let error as StoreError:
      switch error.problem {
      case .baselineUnknown, .documentedListUnknown: true
      default: false
      }
    default: false
    }
  }

  /// The argument parser only calls a mistyped verb an unexpected argument, and names none that exists.
  private static func mistypedVerb(_ arguments: ArraySlice<String>) -> String? {
    var commands = configuration.subcommands
    var path = "egressaudit"
    // The parser shows the help of the program for a verb that it does not know.
    for argument in arguments.first == "help" ? arguments.dropFirst() : arguments {
      let names = commands.map { $0._commandName }
      guard !names.isEmpty, !argument.hasPrefix("-"), argument != "help" else { return nil }
      guard let command = commands.first(where: { $0._commandName == argument }) else {
        return HelpTexts.Program.noVerb(printable(argument), of: path, verbs: names).said
      }
      commands = command.configuration.subcommands
      path += " \(argument)"
    }
    return nil
  }
}
