import Foundation
import GRDB
import Model
import Privacy
import Store
import Testing

@Suite("An audit that is removed from a store")
struct AuditRemovalTests {
  let folder: Folder
  let database: AuditDatabase

  init() throws {
    folder = try Folder()
    database = try AuditDatabase(path: folder.store, mode: .capture)
  }

  /// Two hours of one audit; another audit has the second one too. Each has a device and a name of its own, and they
  /// share one device.
  private func fill(_ database: AuditDatabase, _ number: UInt64) throws -> Int64 {
    let session = try database.begin()
    let first: Int64 = 1_000 + Int64(number)
    for hour in [first, first + 1] {
      var batch = AuditBatch()
      batch.flows = [
        flow {
          $0.device = number
          $0.hour = hour
          $0.name = "a\(number).events.example"
        },
        flow {
          $0.device = 9
          $0.hour = hour
          $0.name = "b\(number).events.example"
          $0.traffic = Traffic(bytesUp: 10 * number, bytesDown: number, packetsUp: 2, packetsDown: 1)
        },
      ]
      var coverage = CoverageHour(hour: Hour(sinceEpoch: hour))
      coverage.packetsSeen = 100 * number
      coverage.anomalies = [.timeWentBack: number]
      coverage.bytesOutByClass = [.a: 7 * number]
      batch.coverage = [coverage]
      batch.presence = [
        DevicePresence(day: 41, group: "office", device: pseudonym(number)),
        DevicePresence(day: 41, group: "office", device: pseudonym(9)),
      ]
      batch.connections = [ConnectionSample(hour: coverage.hour, digest: Int64(number))]
      try database.append(batch, to: session)
    }
    try database.endSession(session, packets: 200 * number)
    return session
  }

  private struct Content: Equatable {
    var usage: [RuleUsage]
    var coverage: [SensorHour]
    var presence: [DevicePresence]
    var flows: [PseudonymousFlow]
    var networks: [DestinationNetwork]
  }

  private func content(_ database: AuditDatabase) throws -> Content {
    Content(
      usage: try database.usage(), coverage: try database.coverage(in: always),
      presence: try database.presence(in: always), flows: try database.evidence().map(\.flow),
      networks: try database.networks(in: always).map(\.network))
  }

  @Test("leaves the others as if it had never existed, whichever it is and however often", arguments: [1, 2, 3])
  func leaves(number: UInt64) throws {
    var sessions: [UInt64: Int64] = [:]
    for each in 1...3 as ClosedRange<UInt64> { sessions[each] = try fill(database, each) }
    let record = try database.takeOut(try #require(sessions[number]), for: nil, day: 100, toolVersion: "1.0")
    // Four flows, two networks, two devices, two hours, two connections.
    #expect(record.rows == 12)
    #expect(try database.takenOutAudits() == [record])
    #expect(try database.deletions() == [])
    let other = try Folder()
    let expected = try AuditDatabase(path: other.store, mode: .capture)
    for each in 1...3 as ClosedRange<UInt64> where each != number { _ = try fill(expected, each) }
    #expect(try content(database) == content(expected))
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
    let check = try folder.recordedCheck()
    #expect(check.output.hasSuffix("\nholds\n"), "\(check.output)")
    #expect(try database.sessions().map(\.isTakenOut) == [number == 1, number == 2, number == 3])
    _ = try database.checkValues()

    try database.takeOut(try #require(sessions[number % 3 + 1]), for: nil, day: 100, toolVersion: "1.0")
    let last = try Folder()
    let single = try AuditDatabase(path: last.store, mode: .capture)
    _ = try fill(single, (number + 1) % 3 + 1)
    #expect(try content(database) == content(single))
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
  }

  private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }

  @Test(
    "has a record that cannot be changed without detection",
    arguments: [
      "UPDATE deletion SET session_id = 2", "UPDATE deletion SET replaced_by = 1",
      "UPDATE deletion SET session_id = NULL",
      "UPDATE deletion SET data_class = 'evidence'", "DELETE FROM deletion",
    ])
  func record(tampering: String) throws {
    let first = try fill(database, 1)
    let second = try fill(database, 2)
    let record = try database.takeOut(first, for: second, day: 100, toolVersion: "1.0")
    try AuditDatabase.meddle(folder.store, "DELETE FROM deleted_range; " + tampering)
    guard case .broken(let sequence, _) = try database.verifyChain() else {
      Issue.record("not seen")
      return
    }
    #expect(sequence <= record.chainSequence)
    #expect(try folder.recordedCheck().code == 1)
  }

  @Test("is replaced in one transaction, or not at all")
  func oneStep() throws {
    let first = try fill(database, 1)
    let before = try content(database)
    let next = try database.begin()
    struct Broken: Error {}
    #expect(throws: Broken.self) {
      try database.inOneStep {
        try database.takeOut(first, for: next, day: 100, toolVersion: "1.0")
        try database.append([flow()], to: next)
        throw Broken()
      }
    }
    #expect(try content(database) == before)
    #expect(try database.sessions().map(\.isUnfinished) == [false, true])
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
    try database.inOneStep {
      try database.takeOut(first, for: next, day: 100, toolVersion: "1.0")
      try database.append([flow()], to: next)
      // A concurrent reader sees the store as it was.
      #expect(try content(AuditDatabase(path: folder.store, mode: .readExisting)) == before)
      try database.endSession(next, packets: 1)
    }
    #expect(try database.evidence().map(\.session) == [next])
    #expect(try database.sessions().map(\.isUnfinished) == [false, false])
    #expect(try database.takenOutAudits().map(\.successor) == [next])
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
  }

  @Test("cannot be removed if flows of audits with the same hours were deleted; then nothing is changed")
  func withoutEvidence() throws {
    let first = try fill(database, 1)
    _ = try fill(database, 2)
    try database.delete(.evidence, before: Hour(sinceEpoch: 1_003), day: 100, toolVersion: "1.0")
    let before = try content(database)
    let error = #expect(throws: StoreError.self) {
      try database.takeOut(first, for: nil, day: 100, toolVersion: "1.0")
    }
    #expect(error?.problem == .auditInseparable(first))
    #expect(throws: StoreError.self) { try database.checkSeparable(first) }
    #expect(try content(database) == before)
  }

  @Test(
    "cannot be removed if flows of others in its hours are in the sums only; its own flows without a row prevent nothing"
  )
  func flowsWithoutRow() throws {
    let first = try fill(database, 1)
    var coverage = CoverageHour(hour: Hour(sinceEpoch: 1_001))
    coverage.anomalies = [.evidenceNotKept: 1]
    var batch = AuditBatch()
    batch.flowsWithoutRow = [flow { $0.hour = 1_001 }]
    batch.coverage = [coverage]
    let second = try database.begin()
    try database.append(batch, to: second)
    try database.endSession(second, packets: 1)
    #expect(throws: StoreError.self) { try database.checkSeparable(first) }
    try database.takeOut(second, for: nil, day: 100, toolVersion: "1.0")
    let other = try Folder()
    let expected = try AuditDatabase(path: other.store, mode: .capture)
    _ = try fill(expected, 1)
    #expect(try content(database) == content(expected))
    try database.checkSeparable(first)
  }

  @Test("names other audits that count the same connections")
  func connections() throws {
    let first = try fill(database, 1)
    let next = try database.begin()
    var batch = AuditBatch()
    batch.connections = [
      ConnectionSample(hour: Hour(sinceEpoch: 1_001), digest: 1),
      ConnectionSample(hour: Hour(sinceEpoch: 1_000), digest: 1),
      ConnectionSample(hour: Hour(sinceEpoch: 1_001), digest: 4),
    ]
    #expect(try database.append(batch, to: next).countedBefore == [first: 1])
    #expect(try database.append(batch, to: next).countedBefore == [first: 1])
  }

  // MARK: Stores of earlier versions

  /// Turns the store into one before migration 3 of the schema.
  private func downgrade() throws {
    database.close()
    try AuditDatabase.meddle(
      folder.store,
      """
      DROP TABLE session_coverage;
      DROP TABLE connection_sample;
      CREATE TABLE old (day INTEGER NOT NULL, group_name TEXT NOT NULL, device BLOB NOT NULL,
        PRIMARY KEY (day, group_name, device)) STRICT, WITHOUT ROWID;
      INSERT INTO old SELECT DISTINCT day, group_name, device FROM device_presence;
      DROP TABLE device_presence;
      ALTER TABLE old RENAME TO device_presence;
      ALTER TABLE capture_session DROP COLUMN is_whole;
      CREATE TABLE old (
        id INTEGER PRIMARY KEY AUTOINCREMENT, chain_seq INTEGER NOT NULL UNIQUE, data_class TEXT NOT NULL,
        before_hour INTEGER NOT NULL, row_count INTEGER NOT NULL, day INTEGER NOT NULL, tool_version TEXT NOT NULL
      ) STRICT;
      INSERT INTO old SELECT id, chain_seq, data_class, before_hour, row_count, day, tool_version FROM deletion;
      DROP TABLE deletion;
      ALTER TABLE old RENAME TO deletion;
      DELETE FROM schema_migration WHERE identifier LIKE 'V0003%';
      """)
  }

  @Test("may come from a store of an earlier version, which opens, reads and verifies as before")
  func upgrade() throws {
    let first = try fill(database, 1)
    _ = try database.delete(.evidence, before: Hour(sinceEpoch: 1_002), day: 99, toolVersion: "1.0")
    let second = try fill(database, 2)
    let unfinished = try database.begin()
    try database.append([flow { $0.hour = 1_030 }], to: unfinished)
    let before = try content(database)
    let records = try database.deletions()
    try downgrade()
    let upgraded = try AuditDatabase(path: folder.store, mode: .capture)
    #expect(try content(upgraded) == before)
    #expect(try upgraded.deletions() == records)
    #expect(try upgraded.takenOutAudits() == [])
    #expect(try upgraded.verifyChain() == .intact(head: upgraded.chainHead()))
    #expect(try upgraded.sessions().map(\.isWhole) == [nil, nil, nil])
    #expect(try upgraded.sessions().map(\.isUnfinished) == [false, false, true])
    _ = try upgraded.checkValues()
    // Both finished audits saw device 9 on that day, and it is unknown whether only one of them did.
    for shared in [first, second] { #expect(throws: StoreError.self) { try upgraded.checkSeparable(shared) } }
  }

  @Test("of an earlier version can be removed if it shares no day with others")
  func olderAudit() throws {
    let first = try fill(database, 1)
    try downgrade()
    let upgraded = try AuditDatabase(path: folder.store, mode: .capture)
    try upgraded.takeOut(first, for: nil, day: 100, toolVersion: "1.0")
    #expect(
      try content(upgraded) == Content(usage: [], coverage: [], presence: [], flows: [], networks: []))
    #expect(try upgraded.verifyChain() == .intact(head: upgraded.chainHead()))
  }
}
