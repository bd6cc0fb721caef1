import Foundation
import GRDB
import Model
import Privacy
import Store
import Testing

@Suite("Retention")
struct RetentionTests {
  let folder: Folder
  let database: AuditDatabase
  /// Hour 1000 lies on day 41; each day below has one hour with flows.
  private static let firstDay: Int64 = 41

  init() throws {
    folder = try Folder()
    database = try AuditDatabase(path: folder.store, mode: .capture)
  }

  /// Three flows on each of four days, and the rows that go with them. Places in the chain: the session 1, flows 2 to
  /// 13.
  @discardableResult
  private func fill(days: Int64 = 4, session: Int64? = nil) throws -> Int64 {
    let session = try session ?? database.begin()
    for day in 0..<days {
      let hour = (Self.firstDay + day) * 24 + 9
      var batch = AuditBatch()
      batch.flows = (1...3 as ClosedRange<UInt64>).map { device in
        flow {
          $0.device = device
          $0.hour = hour
          $0.name = "day\(day).device\(device).example"
        }
      }
      batch.coverage = [CoverageHour(hour: Hour(sinceEpoch: hour))]
      batch.presence = Set(
        (1...3).map { DevicePresence(day: Self.firstDay + day, group: "office", device: pseudonym($0)) })
      try database.append(batch, to: session)
    }
    return session
  }

  private func cutoff(_ day: Int64) -> Hour { Hour(sinceEpoch: (Self.firstDay + day) * 24) }

  private func reclassify() throws -> Reclassification {
    try database.reclassify(under: exampleRuleSet, rules: [exampleFacts()], toolVersion: "2.0") { _ in
      RuleAssignment(ruleID: "example-events", ruleRevision: 9, matchedPattern: "*.example", destinationName: nil)
    }
  }

  @Test("deletes the flows of earlier days with their entries, and records each day in the chain")
  func evidence() throws {
    try fill()
    let head = try database.chainHead()
    let records = try database.delete(.evidence, before: cutoff(2), day: 100, toolVersion: "1.0")
    #expect(
      records == [
        Deletion(
          id: 1, chainSequence: 14, dataClass: .evidence, before: cutoff(1), rows: 3, day: 100, toolVersion: "1.0"),
        Deletion(
          id: 2, chainSequence: 15, dataClass: .evidence, before: cutoff(2), rows: 3, day: 100, toolVersion: "1.0"),
      ])
    #expect(try database.deletions() == records)
    #expect(try database.deletedBefore(.evidence) == cutoff(2))
    #expect(try database.deletedBefore(.usage) == nil)
    #expect(try database.evidence().map(\.chainSequence) == Array(8...13))
    #expect(try database.usage().count == 12)
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
    #expect(try database.verifyChain(knownHead: head) == .intact(head: database.chainHead()))
    let check = try folder.recordedCheck()
    #expect(check.output.hasSuffix("holds\n"))
    #expect(try database.delete(.evidence, before: cutoff(2), day: 100, toolVersion: "1.0") == [])
  }

  @Test("counts beforehand the rows that it would delete")
  func counts() throws {
    try fill()
    #expect(try database.rowCount(of: .evidence, before: cutoff(2)) == 6)
    // Six sums, two networks, six devices present.
    #expect(try database.rowCount(of: .usage, before: cutoff(2)) == 14)
    // Two hours of the sensor, and the audit's share of each.
    #expect(try database.rowCount(of: .coverage, before: cutoff(2)) == 4)
    for dataClass in DataClass.allCases {
      let rows = try database.rowCount(of: dataClass, before: cutoff(2))
      let records = try database.delete(dataClass, before: cutoff(2), day: 100, toolVersion: "1.0")
      #expect(records.reduce(0) { $0 + $1.rows } == rows)
      #expect(try database.rowCount(of: dataClass, before: cutoff(2)) == 0)
    }
    #expect(try database.evidence().count == 6)
    #expect(try database.usage().count == 6)
    #expect(try database.presence(in: always).count == 6)
    #expect(try database.coverage(in: always).count == 2)
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
  }

  @Test("a cutoff within a day leaves the day's presence until the day is over")
  func withinADay() throws {
    try fill()
    let noon = Hour(sinceEpoch: cutoff(1).sinceEpoch + 12)
    #expect(try database.rowCount(of: .usage, before: noon) == 11)
    try database.delete(.usage, before: noon, day: 100, toolVersion: "1.0")
    #expect(try database.presence(in: always).count == 9)
    #expect(try database.usage().count == 6)
  }

  @Test("leaves no deleted byte in any file")
  func noBytes() throws {
    try fill()
    let secrets = (1...3).map { Data("day0.device\($0).example".utf8) }
    let before = try folder.bytes()
    for secret in secrets { #expect(before.range(of: secret) != nil) }
    try database.delete(.evidence, before: cutoff(1), day: 100, toolVersion: "1.0")
    try database.delete(.usage, before: cutoff(1), day: 100, toolVersion: "1.0")
    let after = try folder.bytes()
    for secret in secrets { #expect(after.range(of: secret) == nil) }
    #expect(after.range(of: Data("day1.device1.example".utf8)) != nil)
  }

  @Test("a store that is filled and emptied day by day grows no larger than one with only the days kept")
  func growth() throws {
    let session = try database.begin()
    var sizes: [Int] = []
    for day in 0..<40 as Range<Int64> {
      let hour = (Self.firstDay + day) * 24 + 9
      try database.append(
        (1...400 as ClosedRange<UInt64>).map { device in
          flow {
            $0.device = device
            $0.hour = hour
          }
        }, to: session)
      for dataClass in DataClass.allCases {
        try database.delete(dataClass, before: cutoff(day - 4), day: Self.firstDay + day, toolVersion: "1.0")
      }
      let attributes = try FileManager.default.attributesOfItem(atPath: folder.store)
      sizes.append(attributes[.size] as? Int ?? 0)
    }
    #expect(sizes[39] <= sizes[9] + 40_000)
    #expect(sizes[9] > 500_000)
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
  }

  @Test("more flows than one transaction may delete go in several, each with its record")
  func manyFlows() throws {
    let session = try database.begin()
    for _ in 0..<12 {
      try database.append(Array(repeating: flow(), count: 5_000), to: session)
    }
    let records = try database.delete(.evidence, before: cutoff(1), day: 100, toolVersion: "1.0")
    #expect(records.map(\.rows) == [50_000, 10_000])
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
  }

  @Test("keeps the reclassification of the remaining flows, recorded in the chain")
  func reclassified() throws {
    try fill()
    let judgement = try reclassify()
    try database.delete(.evidence, before: cutoff(1), day: 100, toolVersion: "1.0")
    try database.delete(.evidence, before: cutoff(2), day: 101, toolVersion: "1.0")
    var judged: [Int64] = []
    try database.forEachEvidence(in: always, under: judgement) { judged.append($0.chainSequence) }
    #expect(judged == Array(8...13))
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
    #expect(try folder.recordedCheck().output.hasSuffix("holds\n"))
    try AuditDatabase.meddle(folder.store, "UPDATE reclassified_flow SET rule_id = 'nicer' WHERE flow_seq = 9")
    #expect(try database.verifyChain() == .broken(sequence: 14, because: .rowChanged))
    #expect(try folder.recordedCheck().output.contains("FAULT chain_entry 14:"))
  }

  @Test("reports that a known head is among the deleted entries")
  func knownHead() throws {
    let session = try database.begin()
    try database.append([flow { $0.hour = 990 }, flow { $0.hour = 991 }], to: session)
    let inside = ChainHead(sequence: 2, hash: try #require(database.evidence().first?.chainHash))
    let end = try database.chainHead()
    try database.append([flow()], to: session)
    try database.delete(.evidence, before: Hour(sinceEpoch: 992), day: 100, toolVersion: "1.0")
    #expect(try database.verifyChain(knownHead: end) == .intact(head: database.chainHead()))
    #expect(try database.verifyChain(knownHead: inside) == .knownHeadDeleted(head: database.chainHead()))
    let other = ChainHead(sequence: 3, hash: inside.hash)
    #expect(try database.verifyChain(knownHead: other) == .broken(sequence: 3, because: .headMissing))
  }

  @Test(
    "no deletion record hides other deletions, insertions or changes",
    arguments: [
      ("DELETE FROM flow_evidence WHERE chain_seq = 9", 9, ChainBreak.rowMissing),
      ("DELETE FROM flow_evidence WHERE chain_seq = 9; DELETE FROM chain_entry WHERE seq = 9", 9, .entryMissing),
      ("UPDATE deletion SET row_count = 2", 14, .rowChanged),
      ("UPDATE deletion SET day = 99", 14, .rowChanged),
      ("DELETE FROM deleted_range", 2, .entryMissing),
      ("UPDATE deleted_range SET last_seq = 3", 4, .entryMissing),
      ("UPDATE deleted_range SET last_seq = 1", 2, .entryMissing),
      ("UPDATE deleted_range SET last_seq = 99", 2, .entryMissing),
      ("UPDATE deleted_range SET last_hash = zeroblob(32)", 5, .entryChanged),
      (
        """
        DELETE FROM flow_evidence WHERE chain_seq = 9;
        INSERT INTO deleted_range SELECT 1, 9, 9, hash FROM chain_entry WHERE seq = 9; DELETE FROM chain_entry WHERE seq = 9
        """, 14, .rowChanged
      ),
      ("INSERT INTO deletion VALUES (2, 99, 'evidence', 2000, 0, 100, '1.0', NULL, NULL)", 99, .rowUnchained),
      ("DELETE FROM deletion", 2, .entryMissing),
      ("INSERT INTO reclassification_rest VALUES (1, 1, zeroblob(32))", 14, .rowChanged),
    ])
  func meddled(sql: String, sequence: Int64, because: ChainBreak) throws {
    try fill()
    try database.delete(.evidence, before: cutoff(1), day: 100, toolVersion: "1.0")
    try AuditDatabase.meddle(folder.store, sql)
    #expect(try database.verifyChain() == .broken(sequence: sequence, because: because))
  }

  @Test("continues while another program reads, which still sees its own snapshot")
  func reader() throws {
    try fill()
    let reader = try AuditDatabase(path: folder.store, mode: .readExisting)
    try database.delete(.evidence, before: cutoff(4), day: 100, toolVersion: "1.0")
    #expect(try reader.evidence().count == 12)
    #expect(try database.evidence().isEmpty)
  }

  @Test("a store that was opened for reading deletes nothing")
  func readOnly() throws {
    try fill()
    let reader = try AuditDatabase(path: folder.store, mode: .readExisting)
    #expect {
      try reader.delete(.evidence, before: cutoff(4), day: 100, toolVersion: "1.0")
    } throws: { ($0 as? StoreError)?.problem == .openedForReading }
  }
}
