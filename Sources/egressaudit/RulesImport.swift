import ArgumentParser
import Foundation
import ListImport
import Model
import Reporting
import Rules

extension RulesCommand {
  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Makes a rule file from a list that others maintain, and lists entries that could not be imported.",
      discussion: """
        adblock              filters of Adblock Plus and AdGuard that name a whole host: ||name^
        cidr                 addresses, CIDR ranges and ranges first-last, one a line
        dnsmasq              address=/name/, local=/name/, server=/name/, ipset and nftset
        domains              names, one a line; also *.name, .name, full:name and domain:name
        hosts                hosts file that maps names to 0.0.0.0, :: or this machine
        microsoft-365        JSON of the web service for endpoints of Microsoft 365
        rpz                  response policy zone as a zone file
        windows-spy-blocker  the folder data of WindowsSpyBlocker

        The rules name their origin: name, SHA-256 and date of the list. Facts that a list does not state are 'unknown': fill them in before you \
        rely on the file.
        """)

    @Argument(help: "Format of the list.")
    var format: ListFormat

    @Argument(help: "The list: a file, or for windows-spy-blocker a folder.")
    var list: String

    @Option(help: ArgumentHelp("Date of the list, such as 2026-05-01, 2026-05 or 2026.", valueName: "date"))
    var date: DateArgument

    @Option(
      help: ArgumentHelp(
        "Rule file to write; its name without .yaml is the name of the service. Default: standard output.",
        valueName: "file"))
    var output: String?

    @Option(help: ArgumentHelp("Title or address of the list. Default: its file name.", valueName: "text"))
    var document: String?

    @Option(help: ArgumentHelp("Vendor whose products use the destinations.", valueName: "name"))
    var vendor = "unknown"

    @Option(help: ArgumentHelp("Recipient of the data: an id from registers/recipients.yaml.", valueName: "id"))
    var recipient = "unknown"

    @Option(help: "Purpose class of the rules. Default: from the format if it has one, else unknown.")
    var purpose: PurposeClass?

    @Option(help: "Finer class of the rules. Default: from the format if it has one, else other.")
    var kind: EndpointKind?

    @Option(
      help: ArgumentHelp(
        "Import only what no rule of this directory or bundle recognises yet; rules of the purpose unknown do not count.",
        valueName: "path"))
    var onlyNewTo: String?

    @Option(help: ArgumentHelp("Public key that the bundle of --only-new-to must be signed with.", valueName: "file"))
    var rulesKey: String?

    @Flag(help: "Each name also includes all names below it (hosts and domains only).")
    var subdomains = false

    func validate() throws {
      if subdomains, format != .hosts, format != .domains {
        throw ValidationError(
          "--subdomains is for the formats hosts and domains. The format \(format.rawValue) itself says what its names include."
        )
      }
      for (option, text) in [("document", document), ("vendor", vendor)] where text?.isEmpty == true {
        throw ValidationError("--\(option) is empty. Write a text, or omit the option.")
      }
      if !RuleImport.isServiceName(recipient) {
        throw ValidationError("--recipient is not an id. Expected lower-case letters, digits and '-'.")
      }
      if let output, serviceName(of: output) == nil {
        throw ValidationError(
          "--output does not name a rule file. Expected lower-case letters, digits and '-', then .yaml: rules/\(RuleImport.service(fromFileName: list)).yaml"
        )
      }
    }

    func run() throws {
      if let output, FileManager.default.fileExists(atPath: output) {
        Terminal.say(
          "egressaudit: \(output): the file exists already. Name another, or move it away; it may have been edited.")
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
      let count = { (number: Int, one: String, many: String) in
        "\(ProgressBar.grouped(UInt64(number))) \(number == 1 ? one : many)"
      }
      let patterns = count(imported.patternCount, "pattern", "patterns")
      let ranges = count(imported.rangeCount, "address range", "address ranges")
      var lines = ["\(patterns) and \(ranges) in \(count(imported.ruleCount, "rule", "rules"))"]
      let left = imported.notCarried.reduce(0) { $0 + $1.count }
      if left > 0 { lines.append("Not imported: \(ProgressBar.grouped(UInt64(left))). The file lists every line.") }
      for entry in imported.notCarried {
        lines.append("  \(entry.count) × \(entry.reason.text): \(entry.places(limit: 5))")
      }
      lines.append(
        "Next: put the file into a rule directory, fill in the unknown facts, and run 'egressaudit rules lint'.")
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
