import Foundation
import Model
import Store
import TestSupport
import Privacy
import Testing

@Suite("The field case: 40 PCs of a town hall in 14 days, compared with the true values", .serialized)
struct FieldCaseTests {
  /// Columns of the findings, and of the truth where they have other names.
  private static let figures = [
    ("devices_seen", "devices_seen"), ("devices_observed", "devices_observed"), ("sessions", "sessions"),
    ("blocked_attempts", "blocked_attempts"), ("bytes_up", "bytes_up"), ("bytes_down", "bytes_down"),
    ("active_days", "active_days"), ("days_observed", "days_observed"), ("first_seen", "first_hour"),
    ("last_seen", "last_hour"),
  ]

  @Test(
    "each row of the findings has the true figures, and no row is missing or additional", arguments: FieldCase.seeds,
    ["all", "after"])
  func figures(seed: Int, period: String) throws {
    let field = try FieldCase.with(seed: seed)
    let findings = try field.table("findings", from: period == "after" ? field.site.measure_day : nil)
    let truth = field.truth.filter { $0["period"] == period }
    #expect(truth.count > 60)
    #expect(
      findings.map(\.finding).sorted { $0.lexicographicallyPrecedes($1) }
        == truth.map(\.finding).sorted { $0.lexicographicallyPrecedes($1) })
    let found = Dictionary(findings.map { ($0.finding, $0) }) { first, _ in first }
    var differences: [String] = []
    for expected in truth {
      guard let row = found[expected.finding] else { continue }
      for (column, name) in FieldCaseTests.figures where row[column] != expected[name] {
        differences.append("\(expected.finding) \(column): \(row[column] ?? "-"), true is \(expected[name] ?? "-")")
      }
      if !isRounded(
        row["idle_share"], try #require(expected.number("bytes_up_idle")), of: try #require(expected.number("bytes_up"))
      ) {
        differences.append("\(expected.finding) idle_share: \(row["idle_share"] ?? "-")")
      }
    }
    #expect(differences == [])
  }

  /// Whether a share with four places is the nearest to `part` of `whole`.
  private func isRounded(_ share: String?, _ part: Int, of whole: Int) -> Bool {
    guard whole > 0 else { return Double(share ?? "") == nil }
    guard let digits = share?.split(separator: "."), digits.count == 2, digits[1].count == 4,
      let tenThousandths = Int(digits.joined())
    else { return false }
    return abs(tenThousandths * whole - part * 10_000) * 2 <= whole
  }

  @Test(
    "only services that were tried after the measure and never got through are called prevented",
    arguments: FieldCase.seeds)
  func prevented(seed: Int) throws {
    let field = try FieldCase.with(seed: seed)
    let never = field.truth.filter {
      $0["period"] == "after" && $0.number("sessions") == 0 && $0.number("blocked_attempts") != 0
    }
    let findings = try field.table("findings", from: field.site.measure_day)
    let prevented = findings.filter { $0["dsk_case"] == "1_prevented" }.map(\.finding)
    #expect(!prevented.isEmpty)
    #expect(Set(prevented).isSubset(of: never.map(\.finding)))
    // The truth has the case that would be worst: one device that gets through where all others are blocked.
    let hidden = try #require(findings.first { $0.finding == field.hidden })
    #expect(hidden["dsk_case"] != "1_prevented")
    #expect(try #require(hidden.number("blocked_attempts")) > 0 && hidden.number("devices_seen") == 1)
  }

  @Test(
    "coverage has each hour, each canary and each outbound byte, except those of excluded devices",
    arguments: FieldCase.seeds)
  func coverage(seed: Int) throws {
    let field = try FieldCase.with(seed: seed)
    let hours = try field.table("coverage")
    #expect(hours.count == field.site.hours)
    #expect(hours.compactMap { $0.number("canaries_seen") }.reduce(0, +) == field.site.canaries)
    #expect(hours.compactMap { $0.number("bytes_out") }.reduce(0, +) == field.site.bytes_out)
    #expect(hours.filter { $0["bytes_out"] == "unknown" }.count == field.site.hours_held_back)
  }

  @Test(
    "claims have each of the three verdicts, with a canary in every hour, and the verb exits with that of the worst")
  func claims() throws {
    let field = try FieldCase.with(seed: 1)
    let rows = try field.table("claims")
    #expect(rows.map { $0["claim_id"] } == ["no-jetbrains", "no-kaspersky", "no-telemetry"])
    #expect(rows.map { $0["verdict"] } == ["held", "not_assessable", "not_held"])
    #expect(rows.allSatisfy { $0["controls_sent"] == $0["controls_seen"] })
    #expect(rows[0]["controls_sent"] == "334" && rows[1]["period_start"] == "2026-06-14T22:00:00Z")
    #expect(
      rows[0]["why"]?.hasPrefix("In 365 device-days on which contact would have been seen, none was; with 95 %") == true
    )
    #expect(rows[1]["why"]?.contains("too few device-days for the agreed bound") == true)
    // One device that gets through where all others are blocked is enough.
    let after = try field.table("claims", from: field.site.measure_day)
    #expect(after.map { $0["verdict"] } == ["held", "not_assessable", "not_held"])
    #expect(after[2]["got_through"]?.contains("Windows diagnostic data, Sozialamt") == true)
    #expect(try Program.run(["claims", "--store", field.store]).code == 1)
  }

  @Test("sessions and blocked attempts of every finding can be recounted from the exported flows")
  func countedAgain() throws {
    let field = try FieldCase.with(seed: 1)
    let flows = try field.table("flows").filter { $0["opens_flow"] == "yes" }
    let sessions = Dictionary(grouping: flows.filter { $0["outcome"] == "established" }) { $0["finding_id"] }
    let blocked = Dictionary(grouping: flows.filter { $0["outcome"] != "established" && $0["is_retry"] == "no" }) {
      $0["finding_id"]
    }
    let findings = try field.table("findings")
    #expect(flows.count > 5_000)
    for finding in findings {
      #expect(finding.number("sessions") == sessions[finding["finding_id"], default: []].count)
      #expect(finding.number("blocked_attempts") == blocked[finding["finding_id"], default: []].count)
    }
    let refused = flows.filter { $0["outcome"] == "dns_blocked" }
    #expect(!refused.isEmpty)
    #expect(refused.allSatisfy { $0["proto"] == "not_applicable" && $0["dst_port"] == "not_applicable" })
  }

  @Test(
    "no name of an excluded PC's destination or of a host without a rule is in the store or in a table",
    arguments: FieldCase.seeds)
  func nothingOfOthers(seed: Int) throws {
    let field = try FieldCase.with(seed: seed)
    var bytes = try Data(contentsOf: URL(fileURLWithPath: field.store))
    if FileManager.default.fileExists(atPath: field.store + "-wal") {
      bytes += try Data(contentsOf: URL(fileURLWithPath: field.store + "-wal"))
    }
    #expect(!field.site.addresses.isEmpty)
    // Names that rules have are in the store with the rules; of the excluded PC's none may be in a row of traffic.
    let database = try AuditDatabase(path: field.store, mode: .readExisting)
    var contacted: Set<String> = []
    let period = try #require(try database.period())
    try database.forEachEvidence(in: period) { contacted.insert($0.flow.destinationName ?? "") }
    for row in try database.undescribedDestinations(on: 0...period.upperBound.dayUTC) {
      contacted.insert(row.identity.text)
    }
    #expect(!contacted.isEmpty && contacted.isDisjoint(with: field.site.excluded_names))
    for text in field.site.unmatched_names + field.site.addresses + ["Personalrat"] {
      #expect(bytes.range(of: Data(text.utf8)) == nil, "\(text) is in the store")
    }
    let packed = try field.site.addresses.compactMap { text -> String? in
      let address = try #require(IPAddress(text))
      guard address.isIPv4 else { return nil }
      return (0..<8).map { String(address.v4 >> UInt32(28 - 4 * $0) & 15, radix: 16) }.joined()
    }
    #expect(try FieldCaseTests.values(of: field.store, containing: packed) == "")
  }

  @Test("without exclusions the same capture shows the three PCs and their own destinations")
  func excludedAreInTheCapture() throws {
    let field = try FieldCase.with(seed: 1)
    let text = try String(contentsOfFile: field.configuration, encoding: .utf8)
    let part = try #require(text.range(of: "exclusions:\n(  .*\n)+", options: .regularExpression))
    let folder = try TemporaryDirectory()
    let configuration = try folder.write(text.replacingCharacters(in: part, with: ""), to: "all.yaml")
    let all = folder.path("all.sqlite")
    let run = try Program.run([
      "replay", field.capture, "--config", configuration, "--store", all, "--rules", Project.rules,
    ])
    try #require(run.code == 0, "\(run.said)")
    let findings = try FieldCase.table("findings", of: all)
    #expect(findings.count { $0["service"] == "Zoom" } > 0)
    let devices = try AuditDatabase(path: all, mode: .readExisting)
    let hours = try #require(try devices.period())
    #expect(Set(try devices.presence(in: hours).map(\.device)).count == field.site.devices + 3)
  }

  /// Columns of the store with one of some bytes in a value. Columns of hashes and pseudonyms are left out: a million random bytes contain
  /// four given ones by chance in one run of a hundred.
  private static func values(of store: String, containing bytes: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      [
        "python3", "-c",
        """
        import sqlite3, sys
        database = sqlite3.connect(sys.argv[1])
        random = {"hash", "digest", "device", "last_hash", "export_salt", "capture_fingerprint"}
        tables = [name for name, in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for column in [row[1] for row in database.execute(f"PRAGMA table_info({table})")]:
                if column in random: continue
                for value in map(bytes.fromhex, sys.argv[2:]):
                    query = f"SELECT count(*) FROM {table} WHERE instr(CAST({column} AS BLOB), ?)"
                    if database.execute(query, [value]).fetchone()[0]: print(table, column, value.hex())
        """, store,
      ] + bytes
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return String(decoding: text, as: UTF8.self)
  }
}
