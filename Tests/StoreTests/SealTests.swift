import Cryptography
import Foundation
import GRDB
import Model
import Privacy
import Store
import Testing

/// A store as a service fills it: four days of traffic, sealed and signed after each, then an hour that is not sealed yet.
struct SealedStore {
  let folder: Folder
  let database: AuditDatabase
  let key = SigningKey(privateKey: Ed25519.PrivateKey(bytes: Array(repeating: 5, count: 32))!)
  /// Day of the first hour.
  static let firstDay: Int64 = 20_000

  init() throws {
    folder = try Folder()
    database = try AuditDatabase(path: folder.store, mode: .capture)
    var settings = AuditSettings()
    settings.site = "rathaus"
    let session = try database.beginSession(
      sensor: "gw1", captureMode: "live", interface: "interface", toolVersion: "1.0", ruleSet: exampleRuleSet,
      rules: [exampleFacts()], settings: settings, exportSalt: exampleKey.exportSalt)
    for day in Self.firstDay..<Self.firstDay + 4 {
      try append(day: day, to: session)
      _ = try sign(at: day * 86_400 + 10 * 3_600)
    }
    try append(day: Self.firstDay + 4, to: session)
  }

  static func hour(_ day: Int64) -> Int64 { day * 24 + 9 }

  /// Three flows of as many devices at nine o'clock of a day, and what belongs to them.
  func append(day: Int64, to session: Int64) throws {
    let hour = Self.hour(day)
    var batch = AuditBatch()
    batch.flows = (1...3 as ClosedRange<UInt64>).map { device in
      flow {
        $0.device = device
        $0.hour = hour
      }
    }
    batch.coverage = [CoverageHour(hour: Hour(sinceEpoch: hour))]
    batch.presence = Set((1...3).map { DevicePresence(day: day, group: "office", device: pseudonym($0)) })
    batch.groups = [GroupHour(hour: Hour(sinceEpoch: hour), group: "office")]
    batch.connections = [ConnectionSample(hour: Hour(sinceEpoch: hour), digest: 7)]
    try database.append(batch, to: session)
  }

  func sign(at second: Int64) throws -> SignedHead {
    try #require(try database.seal(signedWith: key, at: Timestamp(seconds: second), toolVersion: "1.0"))
  }

  /// The verification of a copy in which `sql` was done.
  func verification(after sql: String = "", against kept: KeptEvidence = KeptEvidence()) throws -> StoreVerification {
    let database = try copy(after: sql)
    defer { database.close() }
    return try database.verify(against: kept)
  }

  /// The verification of such a copy, of which somebody else reads the sums of these hours.
  func verification(
    after sql: String, besideReaderOf periods: [Range<Hour>], against kept: KeptEvidence = KeptEvidence()
  ) throws -> StoreVerification {
    try copy(after: sql).close()
    let parts = SharedUsageParts()
    let readers = try periods.map { _ in
      try AuditDatabase(path: folder.path + "/copy.sqlite", mode: .readExisting, usageParts: parts)
    }
    let verifier = try AuditDatabase(path: folder.path + "/copy.sqlite", mode: .readExisting)
    defer { for database in readers + [verifier] { database.close() } }
    for (reader, period) in zip(readers, periods) { _ = try? reader.scanUsage(in: period) { _, _ in } }
    parts.close()
    return try verifier.verify(against: kept, usage: parts)
  }

  private func copy(after sql: String) throws -> AuditDatabase {
    let copy = folder.path + "/copy.sqlite"
    for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: copy + suffix) }
    let queue = try DatabaseQueue(path: folder.store)
    try queue.backup(to: DatabaseQueue(path: copy))
    try queue.close()
    try AuditDatabase.meddle(copy, "PRAGMA journal_mode = WAL;" + sql)
    return try AuditDatabase(path: copy, mode: .readExisting)
  }
}

@Suite("Seals")
struct SealTests {
  let store: SealedStore
  let parts: [Int64]

  init() throws {
    store = try SealedStore()
    parts = (0..<5).map { SealedStore.hour(SealedStore.firstDay + $0) }
  }

  private func hour(_ day: Int) -> StoreVerification.Part { .hour(Hour(sinceEpoch: parts[day])) }

  @Test("bind every row of every table that changes; what was written since the last one is named as not proven")
  func whole() throws {
    let result = try store.verification()
    #expect(result.faults == [])
    #expect(
      result.tables.filter { $0.rows > 0 }.map { "\($0.name) \($0.rows) \($0.parts) \($0.soundParts)" } == [
        "coverage_hour 5 5 4", "usage_hour 15 5 4", "network_hour 5 5 4", "group_hour 5 5 4",
        "connection_sample 5 5 4", "device_presence 15 5 4", "capture_session 1 1 0", "meta 1 1 1",
      ])
    #expect(
      result.unproven == [
        .noKeptHead, .unsealed(table: "coverage_hour", parts: [hour(4)]),
        .unsealed(table: "usage_hour", parts: [hour(4)]), .unsealed(table: "network_hour", parts: [hour(4)]),
        .unsealed(table: "group_hour", parts: [hour(4)]), .unsealed(table: "connection_sample", parts: [hour(4)]),
        .unsealed(table: "device_presence", parts: [.day(SealedStore.firstDay + 4)]),
        .unsealed(table: "capture_session", parts: [.row(1)]), .keyOfStore, .unsigned(entries: 3),
      ])
    #expect(result.reconciledHours == 5)
    #expect(result.keys == [store.key.publicKey])
    #expect(result.lastSigned?.seal == 4)
  }

  @Test("leave nothing unproven once all is sealed, the key is known and a head was kept")
  func proven() throws {
    let head = try store.sign(at: (SealedStore.firstDay + 4) * 86_400 + 10 * 3_600)
    var kept = KeptEvidence()
    kept.publicKeys = [store.key.publicKey]
    kept.signedHeads = try SignedHead.records(in: head.record)
    let result = try store.verification(against: kept)
    #expect(result.faults == [])
    #expect(result.unproven == [])
  }

  /// What the attack does, in SQL, and the fault that is found.
  static let attacks: [(name: String, sql: String, isFound: @Sendable (StoreVerification.Fault) -> Bool)] = [
    ("a sum", "UPDATE usage_hour SET bytes_up = bytes_up + 1 WHERE hour = H", { $0.isChange(of: "usage_hour") }),
    (
      "a smaller device count",
      "DELETE FROM usage_hour WHERE hour = H AND device = (SELECT max(device) FROM usage_hour)",
      { $0.isChange(of: "usage_hour") }
    ),
    ("another rule", "UPDATE usage_hour SET rule_id = 'harmless' WHERE hour = H", { $0.isChange(of: "usage_hour") }),
    (
      "all sums of an hour", "DELETE FROM usage_hour WHERE hour = H",
      { if case .missing("usage_hour", _) = $0 { true } else { false } }
    ),
    (
      "sums of an hour without traffic",
      "INSERT INTO usage_hour SELECT H + 1, rule_id, group_name, device, sensor, rule_set_id, matched_pattern, naming_class, encryption, sessions, blocked_attempts, ech_flows, bytes_up, bytes_down, packets_up, packets_down, missed_bytes, cleartext_classes, example_name, alias_flows, contradicted_flows FROM usage_hour WHERE hour = H",
      { if case .unbound("usage_hour", _) = $0 { true } else { false } }
    ),
    (
      "coverage", "UPDATE coverage_hour SET packets_dropped_kernel = 0, packets_seen = 9 WHERE hour = H",
      { $0.isChange(of: "coverage_hour") }
    ),
    (
      "presence",
      "DELETE FROM device_presence WHERE day = H / 24 AND device = (SELECT max(device) FROM device_presence)",
      { $0.isChange(of: "device_presence") }
    ),
    ("a network", "UPDATE network_hour SET country = 'DE' WHERE hour = H", { $0.isChange(of: "network_hour") }),
    ("a group", "UPDATE group_hour SET sessions = 1 WHERE hour = H", { $0.isChange(of: "group_hour") }),
    ("a sample", "UPDATE connection_sample SET digest = 8 WHERE hour = H", { $0.isChange(of: "connection_sample") }),
    ("the salt", "UPDATE meta SET export_salt = zeroblob(32)", { $0.isChange(of: "meta") }),
    (
      "a sum, marked as new",
      "UPDATE usage_hour SET bytes_up = 0 WHERE hour = H; INSERT INTO unsealed_part VALUES ('usage_hour', H)",
      { if case .changedLate("usage_hour", _) = $0 { true } else { false } }
    ),
    (
      "a second rule set", "INSERT INTO rule_set VALUES (2, 'sha256:1', '1', '2026-01-01')",
      { if case .ruleSetWithoutEntry(2) = $0 { true } else { false } }
    ),
    (
      "sums of a second rule set",
      "INSERT INTO rule_set VALUES (2, 'sha256:1', '1', '2026-01-01'); UPDATE usage_hour SET rule_set_id = 2 WHERE hour = H",
      { $0.isChange(of: "usage_hour") }
    ),
    (
      "a part of a seal", "UPDATE sealed_part SET digest = zeroblob(32) WHERE table_name = 'usage_hour' AND part = H",
      { $0.isChain(.rowChanged) }
    ),
    (
      "a part put into a seal", "INSERT INTO sealed_part VALUES (1, 'usage_hour', H + 3, zeroblob(32), NULL)",
      { $0.isChain(.rowChanged) }
    ),
    ("a seal", "DELETE FROM sealed_part WHERE seal_id = 2; DELETE FROM seal WHERE id = 2", { $0.isChain(.rowMissing) }),
    ("a seal without entry", "INSERT INTO seal VALUES (9, 99, '1.0')", { $0.isChain(.rowUnchained) }),
    (
      "a use without entry", "INSERT INTO access_entry VALUES (9, 99, 'export', 'auditor', 1, NULL, NULL, NULL, '1.0')",
      { $0.isChain(.rowUnchained) }
    ),
    (
      "a session without entry",
      "INSERT INTO capture_session (chain_seq, sensor, capture_mode, interface, tool_version, rule_set_id, settings, location_databases) SELECT 99, sensor, capture_mode, interface, tool_version, rule_set_id, settings, location_databases FROM capture_session",
      { $0.isChain(.rowUnchained) }
    ),
    (
      "settings", "UPDATE capture_session SET settings = replace(settings, 'rathaus', 'rathau5')",
      { $0.isChain(.rowChanged) }
    ),
    ("the site", "UPDATE meta SET site = 'other'", { $0.isChain(.rowChanged) }),
    (
      "a byte of a flow", "UPDATE flow_evidence SET bytes_up = bytes_up + 1 WHERE chain_seq = 3",
      { $0.isChain(.rowChanged) }
    ),
    ("an entry", "UPDATE chain_entry SET digest = zeroblob(32) WHERE seq = 3", { $0.isChain(.entryChanged) }),
    (
      "two flows swapped",
      "UPDATE flow_evidence SET chain_seq = -1 WHERE chain_seq = 3; UPDATE flow_evidence SET chain_seq = 3 WHERE chain_seq = 4; UPDATE flow_evidence SET chain_seq = 4 WHERE chain_seq = -1",
      { $0.isChain(.rowChanged) }
    ),
    (
      "flows hidden by an orphan range",
      "INSERT INTO deleted_range SELECT 1, 2, 4, hash FROM chain_entry WHERE seq = 4; DELETE FROM flow_evidence WHERE chain_seq BETWEEN 2 AND 4; DELETE FROM chain_entry WHERE seq BETWEEN 2 AND 4",
      { $0.isChain(.entryMissing) }
    ),
    (
      "a signature", "UPDATE signed_head SET signature = zeroblob(64) WHERE seq = 17",
      { if case .signature(4) = $0 { true } else { false } }
    ),
    (
      "the time of a signature", "UPDATE signed_head SET second = second + 1 WHERE seq = 17",
      { if case .signature(4) = $0 { true } else { false } }
    ),
  ]

  @Test("find each attack on a sealed store", arguments: attacks.indices)
  func attack(index: Int) throws {
    let attack = Self.attacks[index]
    let result = try store.verification(after: attack.sql.replacing(/\bH\b/, with: "\(parts[1])"))
    #expect(result.faults.contains(where: attack.isFound), "\(attack.name): \(result.faults)")
    #expect(!result.holds)
  }

  /// Hours from the first part on.
  private func hours(_ range: Range<Int64>) -> Range<Hour> {
    Hour(sinceEpoch: parts[0] + range.lowerBound)..<Hour(sinceEpoch: parts[0] + range.upperBound)
  }

  @Test(
    "are verified with the same result if somebody else reads the sums at the same time: all of them, in two halves, some or none",
    arguments: [[-9..<1_000], [-9..<40, 40..<1_000], [20..<60], [2_000..<2_001], []])
  func beside(_ read: [Range<Int64>]) throws {
    let periods = read.map(hours)
    for (name, sql) in Self.attacks.map({ ($0.name, $0.sql) }) + [("no attack", "")] {
      let sql = sql.replacing(/\bH\b/, with: String(parts[1]))
      let alone = try store.verification(after: sql)
      #expect(try store.verification(after: sql, besideReaderOf: periods) == alone, "\(name)")
    }
  }

  @Test(
    "find rows of the sums that whoever reads the period does not see",
    arguments: [
      "INSERT INTO usage_hour SELECT H - 500, rule_id, group_name, device, sensor, rule_set_id, matched_pattern, naming_class, encryption, sessions, blocked_attempts, ech_flows, bytes_up, bytes_down, packets_up, packets_down, missed_bytes, cleartext_classes, example_name, alias_flows, contradicted_flows FROM usage_hour WHERE hour = H",
      "INSERT INTO usage_hour SELECT H + 500, rule_id, group_name, device, sensor, rule_set_id, matched_pattern, naming_class, encryption, sessions, blocked_attempts, ech_flows, bytes_up, bytes_down, packets_up, packets_down, missed_bytes, cleartext_classes, example_name, alias_flows, contradicted_flows FROM usage_hour WHERE hour = H",
    ])
  func outside(_ sql: String) throws {
    let sql = sql.replacing(/\bH\b/, with: String(parts[1]))
    let number = parts[1] + (sql.contains("+ 500") ? 500 : -500)
    let result = try store.verification(after: sql, besideReaderOf: [hours(0..<97)])
    #expect(
      result.faults.first == .unbound(table: "usage_hour", parts: [.hour(Hour(sinceEpoch: number))]), "\(result.faults)"
    )
  }

  @Test("with a head that was kept find an end that was cut off")
  func cutEnd() throws {
    let head = try #require(try store.database.lastSignedHead())
    let cut = """
      DELETE FROM signed_head WHERE seq = 17; DELETE FROM sealed_part WHERE seal_id = 4; DELETE FROM seal WHERE id = 4;
      DELETE FROM flow_evidence WHERE chain_seq > 13; DELETE FROM chain_entry WHERE seq > 13;
      """
      + ["coverage_hour", "usage_hour", "network_hour", "group_hour", "connection_sample"]
      .map { "DELETE FROM \($0) WHERE hour > \(parts[2]);" }.joined()
        + """
        DELETE FROM device_presence WHERE day > \(SealedStore.firstDay + 2); DELETE FROM unsealed_part WHERE part > 1;
        """
    #expect(try store.verification(after: cut).faults == [])
    var kept = KeptEvidence()
    kept.signedHeads = [head]
    #expect(try store.verification(after: cut, against: kept).faults == [.keptHeadMissing(seal: 4)])
  }

  @Test("do not hold under another key than the one that was kept, nor against a head of another store")
  func otherKey() throws {
    var kept = KeptEvidence()
    let other = SigningKey(privateKey: .generate())
    kept.publicKeys = [other.publicKey]
    #expect(try store.verification(against: kept).faults == [.keyUnknown])
    let second = try SealedStore()
    kept = KeptEvidence()
    var head = try #require(try second.database.lastSignedHead())
    head.store = Array(repeating: 1, count: 32)
    kept.signedHeads = [head]
    let faults = try store.verification(against: kept).faults
    #expect(faults.contains(.otherStore(seal: 4)))
    #expect(faults.contains(.keptSignature(seal: 4)))
  }

  @Test("hold after retention, which deletes sealed parts, and after it was done again")
  func retention() throws {
    for (day, dataClass) in [(1, DataClass.evidence), (2, .usage), (3, .coverage)] {
      try store.database.delete(
        dataClass, before: Hour(sinceEpoch: (SealedStore.firstDay + Int64(day)) * 24), day: 20_050, toolVersion: "1.0")
    }
    var result = try store.verification()
    #expect(result.faults == [])
    #expect(result.unproven.contains(.notReconciled(hours: 0)) == false)
    #expect(result.reconciledHours == 3)
    // Nobody can try any more which devices were there.
    let salts = try DatabaseQueue(path: store.folder.store).read {
      try Int.fetchOne($0, sql: "SELECT count(*) FROM sealed_part WHERE salt IS NULL") ?? 0
    }
    #expect(salts == 2 * 5 + 3)
    _ = try store.sign(at: (SealedStore.firstDay + 4) * 86_400 + 11 * 3_600)
    result = try store.verification()
    #expect(result.faults == [])
    // A row that comes back is not what was deleted.
    let back = "INSERT INTO device_presence VALUES (\(SealedStore.firstDay), 'office', zeroblob(16), 1)"
    #expect(
      try store.verification(after: back).faults == [
        .unbound(table: "device_presence", parts: [.day(SealedStore.firstDay)])
      ])
  }

  @Test("made over a change that came too late show it")
  func laundered() throws {
    try AuditDatabase.meddle(
      store.folder.store,
      "UPDATE usage_hour SET missed_bytes = 1 WHERE hour = \(parts[0]); INSERT INTO unsealed_part VALUES ('usage_hour', \(parts[0]))"
    )
    _ = try store.sign(at: (SealedStore.firstDay + 4) * 86_400 + 10 * 3_600)
    let faults = try store.verification().faults
    #expect(
      faults == [.changedLate(table: "usage_hour", parts: [hour(0)]), .sumsDiffer(hours: [Hour(sinceEpoch: parts[0])])])
  }

  @Test("of an older store are missing; the next one binds everything")
  func olderStore() throws {
    let unsealed = """
      INSERT OR IGNORE INTO unsealed_part SELECT table_name, part FROM sealed_part; DELETE FROM sealed_part; DELETE FROM seal; DELETE FROM signed_head;
      DELETE FROM flow_evidence WHERE chain_seq > 4; DELETE FROM chain_entry WHERE seq > 4;
      """
    #expect(try store.verification(after: unsealed).unproven.contains(.neverSealed))
  }

  @Test("and nothing else are written where nothing has happened")
  func idle() throws {
    let first = try store.sign(at: (SealedStore.firstDay + 5) * 86_400)
    let second = try store.sign(at: (SealedStore.firstDay + 6) * 86_400)
    #expect(first == second)
    #expect(try store.database.signedHeads().count == 5)
  }
}

extension StoreVerification.Fault {
  fileprivate func isChange(of table: String) -> Bool {
    if case .changed(table, _) = self { true } else { false }
  }

  fileprivate func isChain(_ expected: ChainBreak) -> Bool {
    if case .chain(_, expected) = self { true } else { false }
  }
}

@Suite("A signed head")
struct SignedHeadTests {
  @Test("is read back from its record, byte for byte")
  func record() throws {
    let store = try SealedStore()
    let heads = try store.database.signedHeads()
    #expect(heads.map(\.seal) == [1, 2, 3, 4])
    #expect(heads.allSatisfy { $0.isValid })
    #expect(try SignedHead.records(in: heads.map(\.record).joined()) == heads)
    #expect(
      heads[0].statement == """
        egressaudit evidence head v1
        store \(hexadecimal(heads[0].store))
        seal 1
        hash \(hexadecimal(heads[0].hash))
        time 2024-10-04T10:00:00Z
        key \(hexadecimal(store.key.publicKey.bytes))

        """)
  }

  @Test("that is cut off or changed anywhere is refused with its line, or does not hold")
  func damaged() throws {
    let store = try SealedStore()
    let record = try #require(try store.database.lastSignedHead()).record
    let error = #expect(throws: HeadFileError.self) { try SignedHead.records(in: "egressaudit evidence head v2\n") }
    #expect(
      error?.text
        == LocalizedText(
          en: "line 1: expected the line 'egressaudit evidence head v1'",
          de: "Zeile 1: erwartet: die Zeile 'egressaudit evidence head v1'"))
    for length in 1..<record.utf8.count - 2 {
      #expect(throws: HeadFileError.self, "\(length)") { try SignedHead.records(in: String(record.prefix(length))) }
    }
    for index in record.indices where record[index].isHexDigit && record[index] != "f" {
      var changed = record
      changed.replaceSubrange(index...index, with: record[index] == "0" ? "1" : "0")
      let heads = (try? SignedHead.records(in: changed)) ?? []
      #expect(!heads.contains { $0.isValid && changed != record })
    }
  }

  @Test("is accepted by openssl, and refused by it if a byte differs")
  func openSSL() throws {
    let store = try SealedStore()
    let head = try #require(try store.database.lastSignedHead())
    let folder = store.folder.path
    func verify(_ statement: String) throws -> Int32 {
      try Data(statement.utf8).write(to: URL(fileURLWithPath: folder + "/head"))
      try Data(head.signature).write(to: URL(fileURLWithPath: folder + "/head.sig"))
      try Data(head.publicKey.pem.utf8).write(to: URL(fileURLWithPath: folder + "/key.pub"))
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
      process.arguments = [
        "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", folder + "/key.pub", "-in", folder + "/head", "-sigfile",
        folder + "/head.sig",
      ]
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      return process.terminationStatus
    }
    #expect(try verify(head.statement) == 0)
    #expect(try verify(head.statement.replacingOccurrences(of: "seal 4", with: "seal 5")) != 0)
  }
}
