import Auditing
import Enforcement
import Foundation
import Location
import Model
import Privacy
import Reporting
import Rules
import Store
import TestSupport
import Testing

@Suite("A store that somebody tampered with")
struct TamperedStoreTests {
  private static let base = Result { try TamperedStore() }

  /// A value in SQL, and the types of columns none of which may hold it.
  private struct Hostile: Sendable {
    var value: String
    var impossible: Set<String>
  }

  private static let hostile: [Hostile] = [
    Hostile(value: "9223372036854775807", impossible: ["INTEGER", "BLOB"]),
    Hostile(value: "-9223372036854775808", impossible: ["INTEGER", "BLOB"]),
    Hostile(value: "4611686018427387904", impossible: ["INTEGER", "BLOB"]),
    Hostile(value: "9007199254740992", impossible: ["INTEGER", "BLOB"]),
    Hostile(value: "9007199254740991", impossible: ["BLOB"]), Hostile(value: "-1", impossible: ["BLOB"]),
    Hostile(value: "0", impossible: ["BLOB"]),
    Hostile(value: "NULL", impossible: []), Hostile(value: "''", impossible: ["INTEGER", "BLOB"]),
    Hostile(value: "'0'", impossible: ["BLOB"]), Hostile(value: "x''", impossible: ["INTEGER", "TEXT"]),
    Hostile(value: "zeroblob(70000)", impossible: ["INTEGER", "TEXT", "BLOB"]),
    Hostile(value: "1e308", impossible: ["INTEGER", "BLOB"]), Hostile(value: "'NaN'", impossible: ["INTEGER", "BLOB"]),
    Hostile(value: "replace(hex(zeroblob(600000)), '00', 'ab')", impossible: ["INTEGER", "TEXT", "BLOB"]),
    Hostile(
      value: "char(27) || '[2J' || char(10) || char(8238) || 'x' || char(0)", impossible: ["INTEGER", "BLOB"]),
    Hostile(value: "'{\"a\":'", impossible: ["INTEGER", "BLOB"]),
    Hostile(value: "'{\"frame_truncated\":1e308,\"stopped\":-1}'", impossible: ["INTEGER", "BLOB"]),
    Hostile(value: "'[[[[[[[[' || hex(zeroblob(9000))", impossible: ["INTEGER", "BLOB"]),
  ]

  /// A revision is not summed: every number from 0 is valid.
  private static func isImpossible(_ hostile: Hostile, in column: TamperedStore.Column) -> Bool {
    hostile.impossible.contains(column.type) && !(column.name == "rule_revision" && !hostile.value.hasPrefix("-"))
  }

  @Test("has a row in each of its tables, so that every column is tested")
  func base() throws {
    let base = try Self.base.get()
    for table in Set(base.columns.map(\.table)) { #expect(try base.count(table) > 0, "\(table)") }
    #expect(base.columns.count > 150)
  }

  @Test(
    "is read or refused with table, row and column, for any value in any column: no verb traps, and check finds what any verb finds",
    .timeLimit(.minutes(15)),
    arguments: ["a-e", "f", "g-z"].flatMap { part in (0..<2).map { (part, $0) } })
  func everyColumn(tables: String, half: Int) throws {
    let base = try Self.base.get()
    let bounds = tables.split(separator: "-").map(String.init)
    let columns = base.columns.filter {
      let first = String($0.table.prefix(1))
      return bounds[0] <= first && first <= (bounds.last ?? "z")
    }
    var tried = 0
    let folder = try TemporaryDirectory()
    let verbs = try Verbs(base, store: folder.path("audit.sqlite"))
    for (index, column) in columns.enumerated() where index % 2 == half {
      for (number, hostile) in Self.hostile.enumerated() {
        guard try base.copy(to: verbs.store, with: hostile.value, in: column) else { continue }
        tried += 1
        let found = try verbs.check()
        if Self.isImpossible(hostile, in: column) {
          #expect(
            found?.description.contains("table \(column.table), row ") == true
              && found?.description.contains(", column \(column.name): found ") == true,
            "\(column) = \(hostile.value): \(found?.description ?? "check finds nothing")")
        }
        // Classifying and writing cost most: each column meets them with every fifth value, each value in every fifth
        // column.
        let refusals = try verbs.readers() + (number % 5 == index / 2 % 5 ? verbs.judgesAndWriters() : [])
        if refusals.contains(where: \.isDamage) {
          #expect(found?.isDamage == true, "\(column) = \(hostile.value): \(refusals) are not found by check")
        }
      }
    }
    #expect(tried > columns.count)
  }

  @Test(
    "is refused by the program with exit code 3 even unverified, by check with exit code 1 and one line that names the place",
    arguments: [
      ("flow_evidence", "duration_class", "-1"), ("usage_hour", "bytes_up", "4611686018427387904"),
      ("coverage_hour", "hour", "9007199254740992"), ("capture_session", "settings", "'{}'"),
      ("meta", "export_salt", "x''"),
    ])
  func program(table: String, name: String, value: String) throws {
    let base = try Self.base.get()
    let folder = try TemporaryDirectory()
    let store = folder.path("audit.sqlite")
    let column = try #require(base.columns.first { ($0.table, $0.name) == (table, name) })
    #expect(try base.copy(to: store, with: value, in: column))
    let verified = try Program.run(["export", "all", "--store", store, "--output", folder.path("report")])
    #expect(verified.code == 1 || verified.code == 3, "\(verified.said)")
    #expect(!FileManager.default.fileExists(atPath: folder.path("report")))
    let export = try Program.run(["export", "all", "--store", store, "--output", folder.path("report"), "--unverified"])
    #expect(export.code == 3, "\(export.said)")
    let place =
      /egressaudit: The evidence .*\n\n?egressaudit: .*: the store is damaged: table (\w+), row [0-9]+.*, column (\w+): found .*\n/
    let found = try #require(export.said.wholeMatch(of: place))
    #expect((String(found.1), String(found.2)) == (table, name))
    let check = try Program.run(["check", "--store", store, "--listen", "0", "--rules", Project.rules])
    #expect(check.code == 1)
    let lines = check.output.split(separator: "\n").filter { $0.hasPrefix("FAILED  store: ") }
    #expect(lines.count == 1 && lines[0].contains("table \(table), row ") && lines[0].contains(", column \(name): "))
  }

  @Test("shows no escape and reverses no line, whatever its texts: neither in terminal nor legend nor tables")
  func escapes() throws {
    let base = try Self.base.get()
    let folder = try TemporaryDirectory()
    let store = folder.path("audit.sqlite")
    // Texts that the program can still read, with control characters in them.
    let sign = "char(27) || '[31m' || char(8238) || char(155)"
    let hidden = { (text: String) in
      text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" && $0 != "\r" || [0x9b, 0x202e].contains($0.value) }
    }
    for (table, name, value) in [
      ("capture_session", "settings", "replace(settings, '\"site\":\"', '\"site\":\"\\u001b[31m\\u202e\\u009b')"),
      ("usage_hour", "group_name", sign), ("usage_hour", "matched_pattern", sign), ("usage_hour", "rule_id", sign),
      ("rule_set", "version", sign), ("deletion", "tool_version", sign), ("meta", "site", sign),
      ("rule_facts", "facts", "replace(facts, '\"en\":\"', '\"en\":\"\\u001b[31m\\u202e\\u009b')"),
    ] {
      let column = try #require(base.columns.first { ($0.table, $0.name) == (table, name) })
      #expect(try base.copy(to: store, with: value, in: column), "\(column)")
      let report = folder.path("report-\(table)-\(name)")
      for arguments in [
        ["export", "all", "--store", store, "--output", report, "--profile", "office-de"],
        ["export", "flows", "--store", store, "--output", report, "--profile", "office-de"],
        ["check", "--store", store, "--listen", "0", "--rules", Project.rules],
        ["check", "--store", store, "--listen", "0", "--rules", Project.rules, "--json"],
        ["retention", "list", "--store", store],
        ["rules", "diff", base.rules.path, Project.rules, "--store", store],
        [
          "replay", base.captures[2], "--store", store, "--config", Project.sampleConfiguration, "--rules",
          base.rules.path,
        ],
      ] {
        let run = try Program.run(arguments)
        #expect(!hidden(run.output) && !hidden(run.said), "\(column): \(arguments)")
        #expect([0, 1, 3].contains(run.code))
      }
      for file in (try? FileManager.default.contentsOfDirectory(atPath: report)) ?? [] {
        let text = try String(contentsOfFile: report + "/" + file, encoding: .utf8)
        #expect(!hidden(text), "\(column): \(file)")
      }
    }
  }

  /// The refusal of a verb.
  private struct Refusal: CustomStringConvertible {
    var verb: String
    var description: String
    var isDamage: Bool
  }

  /// The readers of stores, called in this process: a trap would end it.
  private struct Verbs {
    let base: TamperedStore
    let store: String
    let rules: RuleSet
    let configuration: AuditConfiguration

    init(_ base: TamperedStore, store: String) throws {
      self.base = base
      self.store = store
      rules = try RuleSet(base.rules)
      var configuration = try AuditConfiguration(path: Project.sampleConfiguration)
      configuration.location = .none
      self.configuration = configuration
    }

    func check() throws -> Refusal? {
      try run("check") { _ = try AuditDatabase(path: store, mode: .readExisting).checkValues() }
    }

    /// Those that read and refuse.
    func readers() throws -> [Refusal] {
      var reader: AuditDatabase?
      if let refusal = try run("open", { reader = try AuditDatabase(path: store, mode: .readExisting) }) {
        return [refusal]
      }
      guard let database = reader else { return [] }
      return try [
        run("lists") {
          _ = try database.sessions()
          _ = try database.latestLiveEnd(sensor: "gw-musterstadt")
          _ = try database.deletions()
          _ = try database.reviewDecisions()
          _ = try database.reclassifications()
          _ = try database.phases()
          _ = try database.documentedLists()
          _ = try database.blocks()
          _ = try database.reidentifications()
          for dataClass in DataClass.allCases {
            _ = try database.deletedBefore(dataClass)
            _ = try database.rowCount(of: dataClass, before: Hour(sinceEpoch: 1_000_000))
          }
        },
        run("verify") { _ = try database.verifyChain() },
        run("summary") { _ = try AuditSummary.text(database: database, language: .german) },
        run("export") {
          // Findings are worked out for the summary; those of the transfers are the same.
          for table in [ExportTable.flows, .coverage] {
            try Exporter.write(table, profile: .officeGerman, database: database) { _ in }
          }
        },
      ].compactMap(\.self)
    }

    /// Those that judge flows anew or write, and refuse.
    func judgesAndWriters() throws -> [Refusal] {
      try [
        run("export --reclassified") {
          let database = try AuditDatabase(path: store, mode: .readExisting)
          guard let reclassification = try database.reclassifications().first else { return }
          for table in ExportTable.allCases {
            try Exporter.write(table, profile: .rfc4180, database: database, reclassification: reclassification) { _ in
            }
          }
        },
        run("export all") {
          let request = ExportRequest(
            tables: ExportTable.allCases, profile: .officeGerman, outputDirectory: store + ".report")
          _ = try Exporter.run(request, database: AuditDatabase(path: store, mode: .readExisting))
        },
        run("rules export") { _ = try RecentEvidence(database: AuditDatabase(path: store, mode: .readExisting)) },
        run("rules explain") {
          let database = try AuditDatabase(path: store, mode: .readExisting)
          let today = try side(database)
          _ = try FindingExplanation("F-000000000000", database: database, today: today)?.text(.english)
        },
        run("rules diff") {
          let database = try AuditDatabase(path: store, mode: .readExisting)
          let side = try side(database)
          _ = try FindingsDifference(database: database, before: side, after: side).text(.german)
        },
        run("replay") {
          _ = try Replay(
            captures: [base.captures[2]], store: store, rules: rules, configuration: configuration,
            pseudonymKey: { Project.fixedKey }
          ).run()
        },
        run("rules reclassify") {
          let database = try AuditDatabase(path: store, mode: .maintain)
          defer { database.close() }
          let classifier = EvidenceClassifier(rules: rules, sessions: try database.sessions())
          _ = try database.reclassify(
            under: rules.stamp, rules: rules.facts, toolVersion: "1", classifier.assignment(for:))
        },
        run("retention") {
          let database = try AuditDatabase(path: store, mode: .maintain)
          defer { database.close() }
          for dataClass in DataClass.allCases {
            try database.delete(dataClass, before: Hour(sinceEpoch: 1_000_000), day: 20_001, toolVersion: "1")
          }
        },
      ].compactMap(\.self)
    }

    private func side(_ database: AuditDatabase) throws -> FindingsDifference.Side {
      let classifier = EvidenceClassifier(rules: rules, sessions: try database.sessions())
      return FindingsDifference.Side(ruleSet: rules.stamp, rules: rules.facts, classify: classifier.assignment(for:))
    }

    /// Errors of our own describe themselves; any other is a fault of the program.
    private func run(_ verb: String, _ body: () throws -> Void) throws -> Refusal? {
      do {
        try body()
        return nil
      } catch let error as StoreError {
        var isDamage = false
        if case .damaged = error.problem { isDamage = true }
        return Refusal(verb: verb, description: "\(verb): \(error)", isDamage: isDamage)
      } catch let error as ReportingError {
        return Refusal(verb: verb, description: "\(verb): \(error)", isDamage: false)
      } catch let error as ReplayError {
        return Refusal(verb: verb, description: "\(verb): \(error)", isDamage: false)
      }
    }
  }
}
