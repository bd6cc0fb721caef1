import ArgumentParser
import Foundation
import ListImport
import Model
import Reporting
import Rules

extension RulesCommand {
  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: HelpTexts.RulesImport.abstract.said,
      discussion: HelpTexts.RulesImport.discussion.said)

    @Argument(help: ArgumentHelp(HelpTexts.RulesImport.format.said))
    var format: ListFormat

    @Argument(help: ArgumentHelp(HelpTexts.RulesImport.list.said))
    var list: String

    @Option(help: ArgumentHelp(HelpTexts.RulesImport.date.said, valueName: "date"))
    var date: DateArgument

    @Option(
      help: ArgumentHelp(
        HelpTexts.RulesImport.output.said,
        valueName: "file"))
    var output: String?

    @Option(help: ArgumentHelp(HelpTexts.RulesImport.document.said, valueName: "text"))
    var document: String?

    @Option(help: ArgumentHelp(HelpTexts.RulesImport.vendor.said, valueName: "name"))
    var vendor = "unknown"

    @Option(help: ArgumentHelp(HelpTexts.RulesImport.recipient.said, valueName: "id"))
    var recipient = "unknown"

    @Option(help: ArgumentHelp(HelpTexts.RulesImport.purpose.said))
    var purpose: PurposeClass?

    @Option(help: ArgumentHelp(HelpTexts.RulesImport.kind.said))
    var kind: EndpointKind?

    @Option(
      help: ArgumentHelp(
        HelpTexts.RulesImport.onlyNewTo.said,
        valueName: "path"))
    var onlyNewTo: String?

    @Option(help: ArgumentHelp(HelpTexts.RulesImport.rulesKey.said, valueName: "file"))
    var rulesKey: String?

    @Flag(help: ArgumentHelp(HelpTexts.RulesImport.subdomains.said))
    var subdomains = false

    func validate() throws {
      if subdomains, format != .hosts, format != .domains {
        throw ValidationError(
          HelpTexts.RulesImport.subdomainsFault(format.rawValue).said
        )
      }
      for (option, text) in [("document", document), ("vendor", vendor)] where text?.isEmpty == true {
        throw ValidationError(HelpTexts.RulesImport.emptyOption(option).said)
      }
      if !RuleImport.isServiceName(recipient) {
        throw ValidationError(HelpTexts.RulesImport.recipientFault.said)
      }
      if let output, serviceName(of: output) == nil {
        throw ValidationError(
          HelpTexts.RulesImport.outputFault(RuleImport.service(fromFileName: list)).said
        )
      }
    }

    func run() throws {
      if let output, FileManager.default.fileExists(atPath: output) {
        Terminal.say(
          HelpTexts.RulesImport.exists(output).said)
        throw ExitCode(3)
      }
      var labels = RuleImport.Labels(
        service: output.flatMap(serviceName) ?? RuleImport.service(fromFileName: list), date: date.text)
      labels.document = document
      labels.vendor = vendor
      labels.recipient = recipient
      labels.purpose = purpose
      labels.kind = kind
      labels.includesSubdomains = subdomains
      let known = try onlyNewTo.map { try RuleSet(RuleSource($0, publicKey: rulesKey)) }
      let imported = try RuleImport(format, path: list, labels: labels, known: known)
      if let output {
        var file = try OutputFile(path: output)
        try file.write(Array(imported.text.utf8))
        try file.finish()
      } else {
        try Terminal.output(Array(imported.text.utf8)[...])
      }
      Terminal.say(summary(of: imported))
    }

    private func serviceName(of path: String) -> String? {
      let url = URL(fileURLWithPath: path)
      let name = url.deletingPathExtension().lastPathComponent
      return url.pathExtension == "yaml" && RuleImport.isServiceName(name) ? name : nil
    }

    private func summary(of imported: RuleImport) -> String {
      var lines = [
        HelpTexts.RulesImport.imported(
          patterns: imported.patternCount, ranges: imported.rangeCount, rules: imported.ruleCount,
          ProgressBar.grouped
        ).said
      ]
      let left = imported.notCarried.reduce(0) { $0 + $1.count }
      if left > 0 { lines.append(HelpTexts.RulesImport.notImported(ProgressBar.grouped(UInt64(left))).said) }
      for entry in imported.notCarried {
        lines.append("  \(entry.count) × \(entry.reason.text.said): \(entry.places(limit: 5).said)")
      }
      lines.append(
        HelpTexts.RulesImport.nextStep.said)
      return lines.joined(separator: "\n")
    }
  }
}

/// A date of a source; the day may be missing, or day and month.
struct DateArgument: ExpressibleByArgument {
  let text: String

  init?(argument: String) {
    guard LocalDate.days(meantBy: argument) != nil else { return nil }
    text = argument
  }
}

extension ListFormat: ExpressibleByArgument {}
extension PurposeClass: ExpressibleByArgument {}
extension EndpointKind: ExpressibleByArgument {}
