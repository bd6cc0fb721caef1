import Documents
import Foundation
import Model
import Rules
import Testing

package let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .appending(path: "RulesTests/Files")
package let goodDirectory = fixtures.appending(path: "good").path

/// Names of the fixture files of one folder, sorted.
package func fixtureNames(_ folder: String) -> [String] {
  let names = try? FileManager.default.contentsOfDirectory(atPath: fixtures.appending(path: folder).path)
  return (names ?? []).sorted()
}

package func fixture(_ path: String) throws -> String {
  try String(contentsOf: fixtures.appending(path: path), encoding: .utf8)
}

/// With UPDATE_SNAPSHOTS=1 in the environment, tests rewrite their snapshots and fail once, so that somebody reads the
/// change.
package let updatesSnapshots = ProcessInfo.processInfo.environment["UPDATE_SNAPSHOTS"] == "1"

package func checkSnapshot(_ text: String, _ name: String) throws {
  let file = fixtures.appending(path: "snapshots/\(name)")
  let expected = try? String(contentsOf: file, encoding: .utf8)
  #expect(text == expected)
  if text != expected, updatesSnapshots { try Data(text.utf8).write(to: file) }
}

/// A rule directory that exists as long as this value: the valid one, with some files replaced.
package final class RuleDirectory {
  package let path: String

  /// `replacing`: contents by path; nil deletes the file.
  package init(replacing files: [String: String?] = [:]) throws {
    let root = FileManager.default.temporaryDirectory.appending(path: "rules-\(UUID().uuidString)")
    path = root.path
    try FileManager.default.copyItem(atPath: goodDirectory, toPath: path)
    for (name, contents) in files {
      let file = root.appending(path: name)
      try? FileManager.default.removeItem(at: file)
      if let contents { try Data(contents.utf8).write(to: file) }
    }
  }

  /// Only the given files, by path.
  package init(only files: [String: String]) throws {
    let root = FileManager.default.temporaryDirectory.appending(path: "rules-\(UUID().uuidString)")
    path = root.path
    try FileManager.default.createDirectory(
      at: root.appending(path: "registers"), withIntermediateDirectories: true)
    for (name, contents) in files { try Data(contents.utf8).write(to: root.appending(path: name)) }
  }

  /// The valid registers with one service file for each group of rules, which are made by `rule`.
  package convenience init(rules: [String: [String]]) throws {
    var files: [String: String?] = ["example-telemetry.yaml": nil, "example-updates.yaml": nil]
    for (service, rules) in rules {
      files["\(service).yaml"] = """
        format: 1
        service: \(service)
        title: { en: \(service), de: \(service) }
        vendor: Example
        recipient: example-group
        rules:
        \(rules.joined(separator: "\n"))

        """
    }
    try self.init(replacing: files)
  }

  package func load() throws(FileLoadError) -> RuleSet { try RuleSet(directory: path) }

  package func networks() throws(FileLoadError) -> NetworkRegisters { try NetworkRegisters(RuleSource(path)) }

  package func lint() -> [FileFault] { RuleLint.check(RuleSource(path)) }

  /// Replaces a file by bytes that need not be text.
  package func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
  }

  /// Puts a folder where a file belongs.
  package func makeFolder(_ name: String) throws {
    try FileManager.default.removeItem(atPath: path + "/" + name)
    try FileManager.default.createDirectory(atPath: path + "/" + name, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// A rule for tests; `lines` are further keys.
package func rule(_ id: String, patterns: [String] = [], addresses: [String] = [], _ lines: String...) -> String {
  let list = { (items: [String]) in "[" + items.map { "\"\($0)\"" }.joined(separator: ", ") + "]" }
  var keys = ["revision: 1", "compared: 2026-11-24", "purpose: telemetry", "kind: telemetry"]
  if patterns.contains(where: { $0.contains("*") }), !lines.contains(where: { $0.hasPrefix("personal_label:") }) {
    keys.append("personal_label: none")
  }
  if !patterns.isEmpty { keys.append("patterns: \(list(patterns))") }
  if !addresses.isEmpty { keys.append("addresses: \(list(addresses))") }
  keys += lines
  keys += [
    "sources: [{ document: Example list, place: line 1, kind: list, date: 2024 }]", "blocking: { essential: false }",
    "examples: { match: [example.net], differ: [example.org] }",
  ]
  return "  - id: \(id)\n" + keys.map { "    \($0)" }.joined(separator: "\n")
}

/// A destination of a flow to port 443 over TCP, unless the test says otherwise.
package func destination(
  _ name: String?, address: String? = nil, port: UInt16 = 443, transport: TransportProtocol = .tcp
)
  -> Destination
{
  Destination(name: name, address: address.flatMap { IPAddress($0) }, port: port, transport: transport)
}
