import Auditing
import Foundation
import Model
import Reporting
import Rules
import Store
import TestSupport
import Testing

@Suite("Local overrides, from their file to the tables")
struct OverrideTests {
  let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private static let rule = "windows-diagnostic-data.event-upload"

  private func overrides(
    _ change: String = "purpose: required_service", starts: String = "2026-05-01", expires: String = "2026-05-31"
  ) throws -> String {
    try folder.write(
      """
      format: 1
      overrides:
        - id: own-contract
          rule: \(Self.rule)
          change: { \(change) }
          reason: Our contract of 2026 calls it required.
          author: Erika Mustermann
          created: 2026-05-01
          starts: \(starts)
          expires: \(expires)

      """, to: "overrides.yaml")
  }

  private func exports(_ store: String, overrides: String?) throws -> [String: Data] {
    try Project.replay(
      [Project.sample], into: folder.path(store), rules: RuleSource(Project.rules, overrides: overrides))
    return try Project.exports(of: folder.path(store), folder: folder.path(store + "-out"))
  }

  private func table(_ name: String, _ files: [String: Data]) throws -> String {
    String(
      decoding: try #require(files["\(name)_rathaus-musterstadt_2026-05-11_2026-05-11_rfc4180.csv"]), as: UTF8.self)
  }

  @Test("within its days an override changes findings and marks them, and its reason is only in the legend")
  func holds() throws {
    let files = try exports("a.sqlite", overrides: overrides())
    let findings = try table("findings", files)
    let marked = findings.split(separator: "\r\n").filter { $0.contains("\(Self.rule)+own-contract") }
    #expect(!marked.isEmpty)
    #expect(
      marked.allSatisfy {
        $0.contains("\"required_service\"") && $0.contains(" Local override: own-contract (purpose class).")
      })
    #expect(!findings.contains("\"\(Self.rule)\""))
    #expect(try table("flows", files).contains("\"\(Self.rule)+own-contract\""))
    let legends = files.filter { $0.key.hasSuffix(".html") }
    #expect(legends.count == 2)
    for legend in legends.values.map({ String(decoding: $0, as: UTF8.self) }) {
      #expect(
        legend.contains(
          "own-contract (rule \(Self.rule)): rule changed; for flows from 2026-05-01 to 2026-05-31 (UTC); written on 2026-05-01; reason: Our contract of 2026 calls it required."
        ))
      #expect(legend.contains("Lokale Abweichungen von den Regeln"))
    }
    // Who wrote it is nobody's business who reads results.
    for (name, bytes) in files { #expect(!String(decoding: bytes, as: UTF8.self).contains("Mustermann"), "\(name)") }
    // All of the store stands in its one file once an audit has ended.
    let store = try Data(contentsOf: URL(fileURLWithPath: folder.path("a.sqlite")))
    #expect(store.range(of: Data("Mustermann".utf8)) == nil)
    #expect(store.range(of: Data("own-contract".utf8)) != nil)
  }

  @Test("outside its days an override changes nothing but the hash and the legend")
  func holdsNot() throws {
    let with = try exports("a.sqlite", overrides: overrides(starts: "2026-05-12"))
    let without = try exports("b.sqlite", overrides: nil)
    // The chain binds the rule set, so that names of evidence differ too.
    let hash = /sha256:[0-9a-f]{64}|E-[0-9a-f]{16}/
    for name in ["findings", "transfers"] {
      #expect(
        try table(name, with).replacing(hash, with: "H") == table(name, without).replacing(hash, with: "H"), "\(name)")
    }
    #expect(try table("findings", with) != table("findings", without))
    for (name, bytes) in without {
      #expect(!String(decoding: bytes, as: UTF8.self).contains("Local overrides"), "\(name)")
    }
  }

  @Test("audited again it gives the same bytes, and a reclassification the same tables")
  func again() throws {
    let file = try overrides()
    let first = try exports("a.sqlite", overrides: file)
    #expect(try exports("b.sqlite", overrides: file) == first)
    let store = folder.path("a.sqlite")
    let judged = try Program.run([
      "rules", "reclassify", "--store", store, "--rules", Project.rules, "--overrides", file,
    ])
    #expect(judged.code == 0)
    let export = try Program.run([
      "export", "findings", "--store", store, "--profile", "rfc4180", "--reclassified", "1", "--output", "-",
    ])
    #expect(export.output == (try table("findings", first)))
  }

  @Test("a rule that is switched off stores none of the flows that only it matched, and the legend says so")
  func disabled() throws {
    let files = try exports("a.sqlite", overrides: overrides("disabled: true"))
    #expect(!(try table("flows", files)).contains(Self.rule))
    let legend = try #require(files.first { $0.key.hasSuffix("rfc4180.html") }).value
    #expect(
      String(decoding: legend, as: UTF8.self).contains(
        "own-contract (rule \(Self.rule)): rule switched off; flows that only it matched were not stored; for flows from"
      ))
  }

  @Test(
    "an expired override causes a warning at the start of an audit, in check and in lint, and one that ends soon is noted"
  )
  func notices() throws {
    let file = try overrides()
    let arguments = ["replay", Project.sample, "--config", Project.sampleConfiguration, "--store"]
    let warning =
      "the override 'own-contract' of the rule '\(Self.rule)' expired on 2026-05-31: flows of later days are judged as the rule says; remove it, or write down why it goes on and set a new 'expires'"
    let named = ["--rules", Project.rules, "--overrides", file]
    let replay = try Program.run(arguments + [folder.path("a.sqlite")] + named)
    #expect(replay.code == 0)
    #expect(replay.said.hasPrefix("egressaudit: warning: \(warning)\n"))
    let check = try Program.run(["check"] + named)
    #expect(check.output.contains("ok      local overrides: \(file): 1 override\n"))
    #expect(check.output.contains("look    local overrides: \(warning). To do: "))
    let lint = try Program.run(["rules", "lint", Project.rules, "--overrides", file])
    #expect(lint.code == 0)
    #expect(lint.said.contains("egressaudit: warning: \(warning)\n"))
    #expect(
      lint.output
        == "own-contract: changes \(Self.rule), 2026-05-01 to 2026-05-31: Our contract of 2026 calls it required. (Erika Mustermann, 2026-05-01)\n"
    )
    let formatter = ISO8601DateFormatter()
    formatter.formatOptions = [.withFullDate]
    let soon = formatter.string(from: Date(timeIntervalSinceNow: 10 * 86_400))
    let note = try Program.run([
      "rules", "lint", Project.rules, "--overrides", overrides(expires: soon),
    ])
    #expect(
      note.said.contains("egressaudit: note: the override 'own-contract' of the rule '\(Self.rule)' expires on \(soon)")
    )
  }

  @Test("the configuration names the file beside it; explain and diff show it; a fault stops the audit")
  func configuration() throws {
    _ = try overrides()
    let sample = try String(contentsOfFile: Project.sampleConfiguration, encoding: .utf8)
    let configuration = try folder.write(
      sample + "\nrules: { path: \(Project.rules), overrides: overrides.yaml }\n", to: "site.yaml")
    let explain = { (day: String) in
      try Program.run([
        "rules", "explain", "v10.events.data.microsoft.com", "--config", configuration, "--day", day, "--language",
        "en",
      ]).output
    }
    let inside = try explain("2026-05-11")
    #expect(inside.contains("Rule \(Self.rule)+own-contract wins"))
    #expect(
      inside.contains(
        "own-contract, 2026-05-01 to 2026-05-31: Our contract of 2026 calls it required. (Erika Mustermann, 2026-05-01)"
      ))
    #expect(try explain("2026-06-01").contains("Rule \(Self.rule) wins"))
    let store = folder.path("a.sqlite")
    try Project.replay([Project.sample], into: store)
    let difference = try Program.run([
      "rules", "diff", Project.rules, Project.rules, "--overrides-after", folder.path("overrides.yaml"),
      "--store", store, "--language", "en",
    ])
    #expect(difference.code == 1)
    #expect(difference.output.contains("  locally overridden: \(Self.rule)+own-contract: "))
    #expect(
      difference.output.contains(
        "  appears: Windows diagnostic data, service that the product requires, Bürgeramt: 29 sessions; "))
    #expect(
      difference.output.contains(
        "  changes: Windows diagnostic data, telemetry, Bürgeramt: 49 sessions → 20 sessions; "))
    _ = try folder.write("format: 1\noverrides: [{ id: a, ruel: b }]\n", to: "overrides.yaml")
    let broken = try Program.run([
      "replay", Project.sample, "--config", configuration, "--store", folder.path("b.sqlite"),
    ])
    #expect(broken.code == 3)
    #expect(broken.said.contains("unknown key 'ruel' in the override"))
    #expect(broken.said.contains("did you mean 'rule'?"))
    #expect(!FileManager.default.fileExists(atPath: folder.path("b.sqlite")))
  }

  @Test("an unknown key below rules is a fault that names the nearest legal one")
  func configurationFaults() throws {
    let configuration = try folder.write("rules: { pubic_key: a }\n", to: "site.yaml")
    let run = try Program.run(["check", "--config", configuration])
    #expect(run.code == 1)
    #expect(run.output.contains("unknown key 'pubic_key' in 'rules'"))
    #expect(run.output.contains("did you mean 'public_key'?"))
  }
}
