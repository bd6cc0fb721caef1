import ArgumentParser
import Auditing
import Foundation
import Model
import Reporting
import Rules

extension RulesCommand {
  struct Draft: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: HelpTexts.RulesDraft.abstract.said,
      discussion: HelpTexts.RulesDraft.discussion.said)

    @Argument(help: ArgumentHelp(HelpTexts.RulesDraft.name.said))
    var name: String

    @Option(
      help: ArgumentHelp(HelpTexts.RulesDraft.output.said, valueName: "directory"))
    var output: String?

    func run() throws {
      guard let draft = RuleDraft.file(for: name, today: LocalDate(day: Today.dayUTC).description) else {
        throw ValidationError(
          HelpTexts.RulesDraft.nameFault.said)
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

private struct DraftNotWritten: BilingualError {
  let path: String
  let reason: String

  var text: LocalizedText { HelpTexts.RulesDraft.notWritten(path, reason) }
}
