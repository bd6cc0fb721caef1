import ArgumentParser
import Auditing
import Foundation
import Model
import Rules

extension RulesCommand {
  struct Draft: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Writes a rule to fill in for a destination that no rule describes.",
      discussion: """
        The file has "?" wherever a person must find something out: which company it is, what the destination is for, which document \
        says so. 'rules lint' refuses it until nothing is left open.
        """)

    @Argument(help: "Host name or domain, such as one that 'egressaudit unknown' lists.")
    var name: String

    @Option(
      help: ArgumentHelp("Folder of the rules, for the new file. Default: standard output.", valueName: "directory"))
    var output: String?

    func run() throws {
      guard let draft = RuleDraft.file(for: name, today: LocalDate(day: Today.dayUTC).description) else {
        throw ValidationError(
          "The name given is no host name below a public suffix. Give one such as telemetry.example.com, without '*'.")
      }
      guard let output else { return Terminal.output(draft.text) }
      let path = URL(fileURLWithPath: output).appending(path: draft.name).path
      do {
        try Data(draft.text.utf8).write(to: URL(fileURLWithPath: path), options: .withoutOverwriting)
      } catch {
        throw DraftNotWritten(path: path, reason: error.localizedDescription)
      }
      Terminal.output(path + "\n")
    }
  }
}

private struct DraftNotWritten: Error, CustomStringConvertible {
  let path: String
  let reason: String

  var description: String {
    "\(path): the draft was not written (\(reason)). Expected an existing folder that has no such file; name another folder, or edit the file that is there"
  }
}
