import Foundation
import Model
import Rules
import TestSupport
import Testing

@Suite("rules import")
struct RulesImportTests {
  private static let list = """
    127.0.0.1 localhost
    0.0.0.0 telemetry.example.com
    0.0.0.0 events.microsft.com

    """

  @Test("writes the rule file to standard output and messages for people to standard error")
  func standardOutput() throws {
    let folder = try TemporaryDirectory()
    let path = try folder.write(Self.list, to: "Office List.txt")
    let run = try Program.run([
      "rules", "import", "hosts", path, "--date", "2024-07", "--purpose", "telemetry", "--kind", "telemetry",
    ])
    #expect(run.code == 0)
    #expect(
      run.output.contains("\nservice: office-list\n") && run.output.contains("\n      - telemetry.example.com\n")
        && run.output.contains("\n    purpose: telemetry\n    kind: telemetry\n"))
    #expect(
      run.said == """
        2 patterns and 0 address ranges in 1 rule
        Not imported: 1. The file lists every line.
          1 × a name that only a machine or a network of its own knows: line 1
        Next: put the file into a rule directory, fill in the unknown facts, and run 'egressaudit rules lint'.

        """)
  }

  @Test("a file in a copy of the rules passes lint with them, and explain names the list")
  func withTheRules() throws {
    let folder = try TemporaryDirectory()
    let rules = folder.path("rules")
    try FileManager.default.copyItem(atPath: Project.root.appending(path: "rules").path, toPath: rules)
    let path = try folder.write(Self.list, to: "list.txt")
    let output = rules + "/office-list.yaml"
    let arguments = ["rules", "import", "hosts", path, "--date", "2024-07-13", "--subdomains", "--output", output]
    let run = try Program.run(arguments)
    #expect(run.code == 0 && run.output == "")
    let lint = try Program.run(["rules", "lint", rules])
    #expect(lint.code == 0, "\(lint.output)")
    #expect(
      lint.output.contains(
        ": warning: the pattern 'events.microsft.com' names 'microsft.com', which is almost 'microsoft.com' (edit distance 1); expected a domain as its owner spells it; if 'microsoft.com' was meant, correct it; else leave it\n"
      ))
    #expect(lint.said == "No fault in \(rules), 2 warnings\n")
    let explained = try Program.run(["rules", "explain", "a.telemetry.example.com", "--rules", rules])
    #expect(
      explained.code == 0 && explained.output.contains("office-list.listed") && explained.output.contains("list.txt"))
    let new = folder.path("new.yaml")
    let onlyNew = try Program.run([
      "rules", "import", "domains", folder.write("v10.events.data.microsoft.com\nnew.example.com\n", to: "more.txt"),
      "--date", "2024", "--only-new-to", Project.rules, "--output", new,
    ])
    #expect(onlyNew.code == 0 && onlyNew.said.contains("  1 × a rule recognises it already: line 1\n"))
    let again = try Program.run(arguments)
    #expect(again.code == 3)
    #expect(
      again.said
        == "egressaudit: \(output): the file exists already. Name another, or move it away; it may have been edited.\n"
    )
  }

  @Test(
    "wrong usage ends with 2 and says what is expected",
    arguments: [
      (["hosts", "list.txt"], "Missing expected argument '--date <date>'"),
      (["hosts", "list.txt", "--date", "2024-13"], "The value '2024-13' is invalid for '--date <date>'"),
      (["host", "list.txt", "--date", "2024"], "'host' is invalid for '<format>'"),
      (["rpz", "list.txt", "--date", "2024", "--subdomains"], "--subdomains is for the formats hosts and domains."),
      (["rpz", "My List.txt", "--date", "2024", "--output", "Rules.yml"], "then .yaml: rules/my-list.yaml"),
      (["rpz", "list.txt", "--date", "2024", "--recipient", "A: b"], "--recipient is not an id."),
      (["rpz", "list.txt", "--date", "2024", "--document", ""], "--document is empty."),
    ])
  func usage(arguments: [String], message: String) throws {
    let run = try Program.run(["rules", "import"] + arguments)
    #expect(run.code == 2 && run.output == "")
    #expect(run.said.contains(message), "said: \(run.said)")
  }

  @Test("a list without an importable entry ends with 3 and writes nothing")
  func nothing() throws {
    let folder = try TemporaryDirectory()
    let path = try folder.write(Self.list, to: "list.txt")
    let output = folder.path("rules.yaml")
    let run = try Program.run(["rules", "import", "cidr", path, "--date", "2024", "--output", output])
    #expect(run.code == 3 && run.output == "")
    #expect(
      run.said.hasPrefix("egressaudit: \(path):1:1: nothing in the list could be carried over; most often: no address"))
    #expect(!FileManager.default.fileExists(atPath: output))
  }

  @Test("lint checks the age of sources if a limit is given")
  func sourceAge() throws {
    let rules = Project.root.appending(path: "rules").path
    #expect(try Program.run(["rules", "lint", rules, "--maximum-source-age", "100000"]).code == 0)
    let strict = try Program.run(["rules", "lint", rules, "--maximum-source-age", "365"])
    #expect(strict.code == 1)
    #expect(
      strict.output.split(separator: "\n").allSatisfy {
        $0.contains("is older than 365 days; expected a source that was read again")
      })
    #expect(try Program.run(["rules", "lint", rules, "--maximum-source-age", "-1"]).code == 2)
  }

  @Test(
    "a list of each format goes through import, lint, match, review and export, and comes out as a list that blocks the same",
    arguments: [
      ("hosts", "hosts.txt", "telemetry.example.net"), ("adblock", "adblock.txt", "a.b.telemetry.example.net"),
      ("dnsmasq", "dnsmasq.conf", "beacon.example.org"), ("domains", "domains.txt", nil), ("rpz", "policy.rpz", nil),
      ("microsoft-365", "endpoints.json", nil), ("windows-spy-blocker", "windows-spy-blocker", nil),
      ("cidr", "ranges.txt", nil),
    ] as [(String, String, String?)])
  func roundTrip(format: String, list: String, name: String?) throws {
    let folder = try TemporaryDirectory()
    let files = Project.root.appending(path: "Tests/RulesTests/Files").path
    let rules = folder.path("rules")
    try FileManager.default.createDirectory(atPath: rules, withIntermediateDirectories: false)
    for part in ["ruleset.yaml", "registers"] {
      try FileManager.default.copyItem(atPath: "\(files)/good/\(part)", toPath: "\(rules)/\(part)")
    }
    let imported = try Program.run([
      "rules", "import", format, "\(files)/lists/\(list)", "--date", "2026-05-01", "--recipient", "example-unknown",
      "--output", "\(rules)/imported.yaml",
    ])
    #expect(imported.code == 0, "\(imported.said)")
    let lint = try Program.run(["rules", "lint", rules])
    #expect(lint.code == 0, "\(lint.output)")
    if let name { #expect(try Program.run(["rules", "explain", name, "--rules", rules]).code == 0) }

    let ruleSet = try RuleSet(directory: rules)
    let endpoints = ruleSet.endpoints(day: 20_000)
    #expect(endpoints.count > 1)
    var table = "finding_id,group,service,destination_pattern,rule_id,ruleset_hash,status,confirmed_on\n"
    for (number, facts) in Set(endpoints.map(\.facts)).sorted(by: { $0.id < $1.id }).enumerated() {
      let patterns = endpoints.filter { $0.facts.id == facts.id }.map(\.pattern).joined(separator: "|")
      table +=
        "F-00000000000\(number),office,imported,\(patterns),\(facts.id),\(ruleSet.stamp.hash),confirmed,2026-05-12\n"
    }
    let reviewed = try folder.write(table, to: "findings.csv")
    let ranges = endpoints.compactMap { if case .range(let range) = $0.target { range } else { nil as IPPrefix? } }
    for (format, text) in [("hosts", "0.0.0.0 "), ("nftables", "add element ")] {
      let fits = endpoints.contains { if case .range = $0.target { format == "nftables" } else { format == "hosts" } }
      let export = try Program.run([
        "rules", "export", format, "--reviewed", reviewed, "--rules", rules, "--include-shared",
      ])
      // A list of ranges alone is no hosts file, and the reverse.
      #expect(export.code == (fits && export.output != "" ? 0 : 1), "\(export.said)")
      for case .host(let host) in endpoints.map(\.target) where format == "hosts" {
        #expect(export.output.contains(text + host + " #"), "\(host)")
      }
      for range in ranges
      where format == "nftables" && !ranges.contains(where: { $0 != range && $0.contains(range.address) }) {
        #expect(export.output.contains(text) && export.output.contains(range.address.description), "\(range)")
      }
    }
  }
}
