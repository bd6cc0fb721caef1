import Model
import Documents
import Foundation
import RuleTestSupport
import Rules
import Testing

/// A service or register file with a fault in it. Comments at its end give its place (`# as:`) and the message (`#
/// expect:`).
struct BrokenFile {
  let fixturePath: String
  let path: String
  let contents: String
  let expected: [String]

  init(_ fixturePath: String) throws {
    let text = try fixture(fixturePath)
    let comments = { (mark: String) in
      text.split(separator: "\n").filter { $0.hasPrefix(mark) }.map { String($0.dropFirst(mark.count)) }
    }
    self.fixturePath = fixturePath
    contents = text
    path = try #require(comments("# as: ").first)
    expected = comments("# expect: ")
  }

  /// Compares the messages, or rewrites the file's comments if snapshots are updated.
  func check(_ faults: [FileFault]) throws {
    let told = faults.map(\.description)
    #expect(told == expected)
    for fault in faults {
      #expect(fault.text.de != fault.text.en)
      #expect(fault.text.de.contains("; erwartet: "))
    }
    if told != expected, updatesSnapshots {
      let kept = contents.split(separator: "\n", omittingEmptySubsequences: false)
        .filter { !$0.hasPrefix("# expect: ") }.joined(separator: "\n")
      let text = kept + told.map { "# expect: \($0)\n" }.joined()
      try Data(text.utf8).write(to: fixtures.appending(path: fixturePath))
    }
  }
}

@Suite("Faults of a rule directory")
struct FaultTests {
  @Test("refuses to load, with every fault", arguments: fixtureNames("broken/refused"))
  func refused(name: String) throws {
    let broken = try BrokenFile("broken/refused/\(name)")
    let directory = try RuleDirectory(replacing: [broken.path: broken.contents])
    let error = #expect(throws: FileLoadError.self) { try directory.load() }
    try broken.check(try #require(error).faults)
    try broken.check(directory.lint())
  }

  @Test("loads, and lint reports every fault", arguments: fixtureNames("broken/linted"))
  func linted(name: String) throws {
    let broken = try BrokenFile("broken/linted/\(name)")
    let directory = try RuleDirectory(replacing: [broken.path: broken.contents])
    #expect(throws: Never.self) { try directory.load() }
    try broken.check(directory.lint())
  }

  @Test("finds nothing in a good directory")
  func good() throws {
    #expect(RuleLint.check(RuleSource(goodDirectory)) == [])
  }
}

@Suite("Faults of files as a whole")
struct FileFaultTests {
  private func faults(replacing files: [String: String?]) throws -> [String] {
    try RuleDirectory(replacing: files).lint().map(\.description)
  }

  @Test("names a missing file, and reports no fault for references into it")
  func missingFile() throws {
    #expect(
      try faults(replacing: ["registers/recipients.yaml": nil, "ruleset.yaml": nil]) == [
        "registers/recipients.yaml:1:1: the file is missing; expected a readable YAML file that begins with 'format: 1'; write it; docs/rule-format.md shows what belongs there",
        "ruleset.yaml:1:1: the file is missing; expected a readable YAML file that begins with 'format: 1'; write it; docs/rule-format.md shows what belongs there",
      ])
  }

  @Test("names a file that would be ignored because of its extension")
  func wrongEnding() throws {
    #expect(
      try faults(replacing: ["other.yml": "format: 1\n", "README.md": "no rules"]) == [
        "other.yml:1:1: the file ends in .yml and is not read; expected the ending .yaml; rename it to 'other.yaml'"
      ])
  }

  @Test("names a file that cannot be read")
  func unreadableFile() throws {
    let directory = try RuleDirectory()
    try directory.makeFolder("example-updates.yaml")
    #expect(
      directory.lint().map(\.description) == [
        "example-updates.yaml:1:1: this is a folder, a device or a pipe; expected a regular file; remove it, or write a file instead"
      ])
  }

  @Test("names a missing directory")
  func missingDirectory() {
    let error = #expect(throws: FileLoadError.self) { try RuleSet(directory: "/nonexistent/rules") }
    #expect(
      error?.description
        == "/nonexistent/rules:1:1: the rule directory cannot be read; expected a readable directory with 'ruleset.yaml'; check the path and its permissions"
    )
  }

  @Test("names a file that is not UTF-8")
  func notUTF8() throws {
    let directory = try RuleDirectory()
    try directory.write([0x66, 0xfc, 0x72], to: "example-updates.yaml")
    #expect(
      directory.lint().map(\.description) == [
        "example-updates.yaml:1:1: the file is not UTF-8; expected UTF-8 text; save it again in UTF-8"
      ])
  }

  @Test("reports the faults of all files at once, in order of their place")
  func allFiles() throws {
    let updates = try fixture("good/example-updates.yaml").replacing("kind: update", with: "kind: patch")
    let telemetry = try fixture("good/example-telemetry.yaml").replacing("level: required", with: "level: high")
    let told = try faults(replacing: ["example-updates.yaml": updates, "example-telemetry.yaml": telemetry])
    #expect(
      told.map { $0.prefix(while: { $0 != " " }) } == ["example-telemetry.yaml:38:12:", "example-updates.yaml:12:11:"])
  }

  @Test("shows control characters of a faulty value as codes")
  func controlCharacters() throws {
    let updates = try fixture("good/example-updates.yaml").replacing(
      "kind: update", with: "kind: \"\\u202e\\u00e4\"")
    #expect(
      try faults(replacing: ["example-updates.yaml": updates])[0].hasPrefix(
        "example-updates.yaml:12:11: 'kind' of the rule is '\\x202eä'; expected one of "))
  }
}

@Suite("Lint of several rules")
struct LintTests {
  @Test("lets two services share an endpoint if both rules say so")
  func sharedEndpoint() throws {
    func fault(_ first: String, _ second: String) throws -> [String] {
      let directory = try RuleDirectory(rules: [
        "a": [rule("a.one", patterns: ["example.net"], first)], "b": [rule("b.one", patterns: ["example.net"], second)],
      ])
      return directory.lint().map(\.problem.en)
    }
    let repeated = "the pattern 'example.net' is also in rule 'a.one' (a.yaml:12)"
    let lost = "the example 'example.net' is won by 'a.one' through 'example.net'"
    #expect(try fault("shared: true", "shared: true") == [])
    #expect(try fault("shared: true", "shared: false") == [repeated, lost])
    #expect(try fault("shared: false", "shared: true") == [repeated, lost])
  }

  @Test("lets two rules divide an endpoint by port or transport")
  func dividedEndpoint() throws {
    for (first, second) in [
      ("ports: [80]", "ports: [443]"), ("transport: tcp", "transport: udp"), ("ports: [80]", "transport: udp"),
    ] {
      let directory = try RuleDirectory(rules: [
        "s": [rule("s.a", patterns: ["example.net"], first), rule("s.b", patterns: ["example.net"], second)]
      ])
      #expect(directory.lint().map(\.description) == [])
    }
  }

  @Test("checks the age of sources only on request; a month counts as its last day")
  func sourceAge() throws {
    let limit = try #require(RuleLint.SourceAgeLimit(days: 262, today: "2024-11-23"))
    #expect(
      RuleLint.check(RuleSource(goodDirectory), sourceAgeLimit: limit).map(\.description) == [
        "example-telemetry.yaml:52:9: the source of 2023 is older than 262 days; expected a source that was read again; check the document and set its new date"
      ])
    let longer = try #require(RuleLint.SourceAgeLimit(days: 261, today: "2024-11-23"))
    #expect(RuleLint.check(RuleSource(goodDirectory), sourceAgeLimit: longer).count == 3)
    #expect(RuleLint.SourceAgeLimit(days: 1, today: "2024-11") == nil)
  }
}
