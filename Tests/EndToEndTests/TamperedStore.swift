import Auditing
import Cryptography
import Foundation
import GRDB
import Model
import Privacy
import Rules
import Store
import TestSupport

/// A small store with a row in every table, and functions that put any value into copies of it.
///
/// An attacker with write access is bound by no schema: the tables of the copy lose their types and conditions before a
/// value is put in, and get their declarations back afterwards.
final class TamperedStore: Sendable {
  /// A column of a table.
  struct Column: Sendable, CustomStringConvertible {
    var table: String
    var name: String
    /// `INTEGER`, `TEXT` or `BLOB`; empty in SQLite's own table.
    var type: String

    var description: String { "\(table).\(name)" }
  }

  let folder: TemporaryDirectory
  let rules: RuleSource
  let captures: [String]
  let columns: [Column]
  private let schema: [String: String]

  init() throws {
    folder = try TemporaryDirectory()
    let directory = folder.path("rules")
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
    for name in ["registers", "ruleset.yaml", "windows-settings.yaml", "windows-push.yaml", "jetbrains.yaml"] {
      try FileManager.default.copyItem(atPath: Project.rules + "/" + name, toPath: directory + "/" + name)
    }
    rules = RuleSource(directory)
    // Of the morning's first and last hours, and a rest for later.
    let parts = try PcapngSplitter.split(Project.sample, after: [500, 4_400, 500], into: folder.path(""))
    captures = [parts[0], parts[2], parts[3]]
    let store = folder.path("base.sqlite")
    try Project.replay([captures[0]], into: store, rules: rules)
    try Project.replay([captures[1]], into: store, rules: rules)
    do {
      let database = try AuditDatabase(path: store, mode: .capture)
      let ruleSet = try RuleSet(rules)
      let classifier = EvidenceClassifier(rules: ruleSet, sessions: try database.sessions())
      _ = try database.reclassify(
        under: ruleSet.stamp, rules: ruleSet.facts, toolVersion: ToolVersion.current, classifier.assignment(for:))
      let phase = try database.startPhase(
        PhaseName("level-0")!, setting: PhaseSetting("telemetry at level 0"), groups: ["Sozialamt"],
        first: try database.period()!.lowerBound, day: 20_000, toolVersion: ToolVersion.current)
      try database.stopPhase(phase.name, end: phase.first.next, day: 20_000, toolVersion: ToolVersion.current)
      let decided = LocalDate(day: 20_000)
      try database.record([
        ReviewDecision(
          table: "findings", row: "F-0123456789ab", days: decided...decided, role: "DPO",
          recordedAt: Timestamp(seconds: 20_000 * 86_400), fileDigest: Array(repeating: 0, count: 32),
          content: ReviewDecision.Content(entries: ["status": "confirmed"], facts: ["service": "Example"]))
      ])
      // The second takes the place of the first.
      for name in ["Example Ltd", "Example Limited"] {
        try database.setDocumentedList(
          DocumentedRecipients(entries: [.init(recipient: name, references: ["V-1"])]), kind: .contract,
          fileDigest: Array(repeating: 0, count: 32), day: 20_000, toolVersion: ToolVersion.current)
      }
      var hours: [Hour] = []
      try database.forEachEvidence(in: try database.period()!) { hours.append($0.flow.hour) }
      try database.delete(.evidence, before: hours.min()!.next, day: 20_000, toolVersion: ToolVersion.current)
      let firstDay = hours.min()!.dayUTC
      let baseline = Baseline(
        firstDay: firstDay - 20, lastDay: firstDay - 10, observedDays: 11, patchDays: [firstDay - 15], groupMinimum: 5,
        groups: ["ungrouped": true], ruleSets: [ruleSet.stamp.hash], listsDestinations: true, services: [],
        destinations: [
          Baseline.Destination(
            destination: "gone.example", contact: .inBaseline, rhythm: Baseline.Rhythm(longestPause: 0, silence: 0),
            devices: 6)
        ])
      for name in ["removed", "kept"] {
        try database.setBaseline(
          baseline, name: BaselineName(name)!, day: 20_000, toolVersion: ToolVersion.current)
      }
      try database.removeBaseline(BaselineName("removed")!, day: 20_000, toolVersion: ToolVersion.current)
      try database.record(
        AccessEntry(
          action: .export, role: .auditor, time: Timestamp(seconds: 20_000 * 86_400), firstDay: decided,
          lastDay: decided,
          filesDigest: Array(repeating: 0, count: 32), toolVersion: ToolVersion.current))
      let sessions = try database.sessions()
      try database.record(
        Reidentification(
          role: .worksCouncil, time: Timestamp(seconds: 20_000 * 86_400), purpose: .test, fileReference: "2026-1",
          flows: 1, days: 20_000...20_000, isEmergency: false, toolVersion: ToolVersion.current))
      let open = try database.beginSession(
        sensor: "gw2", captureMode: "live", interface: "interface", toolVersion: ToolVersion.current,
        ruleSet: ruleSet.stamp, rules: ruleSet.verdictFacts, settings: sessions[0].settings,
        exportSalt: Project.fixedKey.exportSalt)
      var sealed = AuditBatch()
      let digest = String(repeating: "ab", count: 32)
      sealed.blocks = [
        EnvelopedBlock(
          day: 20_000,
          keys: SealedPartKeys(dataProtectionOfficer: digest, worksCouncil: digest, emergency: digest),
          content: [1, 2, 3])
      ]
      try database.append(sealed, to: open)
      try database.endSession(open, packets: 0)
      let signer = SigningKey(privateKey: Ed25519.PrivateKey(bytes: Array(repeating: 5, count: 32))!)
      _ = try database.seal(
        signedWith: signer, at: Timestamp(seconds: 20_000 * 86_400), toolVersion: ToolVersion.current)
      database.close()
    }
    let queue = try DatabaseQueue(path: store)
    (columns, schema) = try queue.write { database in
      // Values that only a signed bundle has.
      try database.execute(
        sql: "INSERT INTO accepted_bundle (only_row, version, content_hash) VALUES (1, '2026.1', 'sha256:00')")
      try database.execute(sql: "INSERT INTO unsealed_part VALUES ('accepted_bundle', 1)")
      // Too few devices of the morning contact the same host without a rule.
      try database.execute(
        sql: """
          INSERT INTO undescribed_day
          SELECT first_hour / 24, 'vendor.example', id, 7, 30, 4, 100, 200, 'A', 64500, 'Example', 900
          FROM capture_session ORDER BY id LIMIT 1
          """)
      let tables = try String.fetchAll(
        database, sql: "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
      let columns = try tables.flatMap { table in
        try Row.fetchAll(database, sql: "SELECT name, type FROM pragma_table_info(?)", arguments: [table])
          .map { Column(table: table, name: $0["name"], type: $0["type"]) }
      }
      let words = try Row.fetchAll(database, sql: "SELECT name, sql FROM sqlite_master WHERE type = 'table'")
      return (columns, Dictionary(uniqueKeysWithValues: words.map { ($0["name"], $0["sql"]) }))
    }
    try queue.close()
  }

  /// Rows of a table.
  func count(_ table: String) throws -> Int {
    try DatabaseQueue(path: folder.path("base.sqlite")).read {
      try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)")
    }
      ?? 0
  }

  /// A copy at `path` whose first row holds `value` (in SQL) in `column`; false where no file can hold it there.
  func copy(to path: String, with value: String, in column: Column) throws -> Bool {
    for suffix in ["", "-wal", "-shm", ".lock"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    try FileManager.default.copyItem(atPath: folder.path("base.sqlite"), toPath: path)
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    defer { try? queue.close() }
    let words = schema[column.table] ?? ""
    let key = words.contains("WITHOUT ROWID") ? "(\(try self.key(of: column.table, queue)))" : "(rowid)"
    do {
      try queue.writeWithoutTransaction { database in
        let loose = words.replacing("NOT NULL", with: "").replacing(/CHECK \([^)]*\)/, with: "")
          .replacing("STRICT, WITHOUT ROWID", with: "WITHOUT ROWID").replacing(") STRICT", with: ")")
        try self.rewrite(column.table, as: loose, in: database)
        try database.execute(
          sql: """
            UPDATE \(column.table) SET \(column.name) = \(value)
            WHERE \(key) = (SELECT \(key.dropFirst().dropLast()) FROM \(column.table) LIMIT 1)
            """)
        try self.rewrite(column.table, as: words, in: database)
      }
      return true
    } catch let error as DatabaseError where [.SQLITE_MISMATCH, .SQLITE_CONSTRAINT].contains(error.resultCode) {
      return false
    }
  }

  private func key(of table: String, _ queue: DatabaseQueue) throws -> String {
    try queue.read {
      try String.fetchAll($0, sql: "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", arguments: [table])
    }.joined(separator: ", ")
  }

  private func rewrite(_ table: String, as words: String, in database: Database) throws {
    guard table != "sqlite_sequence" else { return }
    try database.execute(sql: "PRAGMA writable_schema = ON")
    try database.execute(sql: "UPDATE sqlite_master SET sql = ? WHERE name = ?", arguments: [words, table])
    try database.execute(sql: "PRAGMA writable_schema = RESET")
  }
}
