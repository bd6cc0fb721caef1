import Foundation
import TestSupport
import Testing

/// The field case as `scripts/make-captures --field` makes it, audited once for all tests that look at it.
final class FieldCase: Sendable {
  /// What the makers know of the whole site, beside the rows of the truth table.
  struct Site: Decodable, Sendable {
    var first_day: String
    var last_day: String
    var measure_day: String
    var patch_day: String
    var bytes_out: Int
    var hours: Int
    /// Of days that are told with a later one, or not yet.
    var hours_held_back: Int
    var canaries: Int
    var devices: Int
    var collected: [String]
    var excluded_names: [String]
    var unmatched_names: [String]
    var addresses: [String]
    /// Recipient, service, purpose class and group.
    var hidden: [String]
  }

  typealias Row = [String: String]

  let folder: TemporaryDirectory
  let seed: Int
  let site: Site
  /// Of all periods.
  let truth: [Row]

  /// The second has another hidden device and weekends with fewer devices than may be told; so has the third, which
  /// ends with summer time.
  static let seeds = [1, 7, 8]
  private static let cases = seeds.map { seed in Result { try FieldCase(seed: seed) } }

  static func with(seed: Int) throws -> FieldCase { try cases[try #require(seeds.firstIndex(of: seed))].get() }

  private init(seed: Int) throws {
    folder = try TemporaryDirectory()
    self.seed = seed
    let made = try Tool.run(
      Project.root.appending(path: "scripts/make-captures").path, ["--field", folder.path("."), "--seed", "\(seed)"])
    try #require(made.code == 0, "\(made.text)")
    let name = "field-case-\(seed)"
    site = try JSONDecoder().decode(
      Site.self, from: Data(contentsOf: URL(fileURLWithPath: folder.path("\(name).site.json"))))
    let lines = try String(contentsOfFile: folder.path("\(name).truth.tsv"), encoding: .utf8).split(separator: "\n")
      .map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
    truth = lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
    let run = try Program.run([
      "replay", capture, "--config", configuration, "--store", store, "--rules", Project.rules,
    ])
    try #require(run.code == 0, "\(run.said)")
  }

  /// The row in which one device still gets through after the measure.
  var hidden: [String] { site.hidden }

  var capture: String { folder.path("field-case-\(seed).pcap") }
  var configuration: String { folder.path("field-case-\(seed).yaml") }
  var store: String { folder.path("field-case-\(seed).sqlite") }

  /// Rows of a table of the store, exported from a copy so that no export knows of another.
  func table(_ name: String, from: String? = nil) throws -> [Row] {
    let copy = try TemporaryDirectory()
    for suffix in ["", "-wal", "-shm", ".key"] where FileManager.default.fileExists(atPath: store + suffix) {
      try FileManager.default.copyItem(atPath: store + suffix, toPath: copy.path("store.sqlite") + suffix)
    }
    return try FieldCase.table(
      name, of: copy.path("store.sqlite"), period: from.map { ["--from", $0, "--to", site.last_day] } ?? [])
  }

  /// Rows of a table as an export of `store` has them.
  static func table(_ name: String, of store: String, period: [String] = []) throws -> [Row] {
    let run = try Program.run(["export", name, "--store", store, "--profile", "rfc4180", "--output", "-"] + period)
    try #require(run.code == 0, "\(run.said)")
    let records = records(of: run.output)
    let header = try #require(records.first)
    return records.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(header, $0)) }
  }

  /// Of comma-separated text (RFC 4180).
  static func records(of text: String) -> [[String]] {
    var records: [[String]] = []
    var record: [String] = []
    var cell = ""
    var isQuoted = false
    var wasQuote = false
    for character in text {
      if isQuoted && character != "\"" {
        cell.append(character)
        continue
      }
      switch character {
      case "\"":
        // A quote that follows a closing one stands for itself.
        if wasQuote && !isQuoted { cell.append(character) }
        isQuoted.toggle()
      case ",":
        record.append(cell)
        cell = ""
      case "\r\n", "\n":
        records.append(record + [cell])
        record = []
        cell = ""
      default: cell.append(character)
      }
      wasQuote = character == "\"" && !isQuoted
    }
    return records
  }
}

extension FieldCase.Row {
  /// Recipient, service, purpose class, group: of rows of the findings and of their truth.
  var finding: [String] { ["recipient", "service", "purpose_class", "group"].map { self[$0] ?? "" } }

  func number(_ column: String) -> Int? { self[column].flatMap { Int($0) } }
}
