import Cryptography
import Foundation
import GRDB
import Model
import Privacy
import Store
import Testing

@Suite("Evidence")
struct EvidenceTests {
  let folder: Folder
  let database: AuditDatabase

  init() throws {
    folder = try Folder()
    database = try AuditDatabase(path: folder.store, mode: .capture)
  }

  @Test("is read as it was written, in the chain's order, with its session's sensor and rule set")
  func roundTrip() throws {
    let flows = AggregateTests.mixed
    try database.append(flows, to: database.begin(sensor: "gw1"))
    let evidence = try database.evidence()
    #expect(evidence.map(\.flow) == flows)
    #expect(evidence.map(\.chainSequence) == Array(2...241))
    #expect(
      evidence.allSatisfy { $0.sensor == "gw1" && $0.interface == "file" && $0.ruleSetHash == exampleRuleSet.hash })
    #expect(Set(evidence.map(\.chainHash)).count == 240)
    #expect(evidence.last?.chainHash == (try database.chainHead().hash))
    let period = Hour(sinceEpoch: 1_001)..<Hour(sinceEpoch: 1_003)
    #expect(try database.evidence(in: period) == evidence.filter { period.contains($0.flow.hour) })
  }

  @Test(
    "keeps every byte of the wire in its texts, NUL and the empty text too",
    arguments: ["", "\0", "a\0b.example", "\u{0}\u{1}\u{7f}\u{80}\u{ff}", "ÿ\0", "{tenant}.example"])
  func wireText(text: String) throws {
    let given = flow {
      $0.name = text
      $0.applicationProtocol = text
      $0.pattern = text
    }
    try database.append([given], to: database.begin())
    #expect(try database.evidence().map(\.flow) == [given])
    #expect(
      try database.evidence().first?.flow.destinationName?.unicodeScalars.elementsEqual(text.unicodeScalars) == true)
    #expect(try database.usage().map(\.exampleName) == [text])
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
  }

  @Test("selects the first example in byte order, a shorter prefix first", arguments: [true, false])
  func example(isReversed: Bool) throws {
    let names = ["b\0z", "b\0a", "b", "c"]
    let session = try database.begin()
    for name in isReversed ? names.reversed() : names { try database.append([flow { $0.name = name }], to: session) }
    #expect(try database.usage().map(\.exampleName) == ["b"])
  }

  @Test("lets its reader make further queries to the store")
  func nested() throws {
    try database.append([flow(), flow()], to: database.begin())
    var seen = 0
    try database.forEachEvidence(in: always) { _ in
      seen += try database.evidence().count + database.usage().count + database.ruleFacts().count
    }
    #expect(seen == 8)
  }

  @Test("stops if its reader throws, with the reader's own error")
  func readerThrows() throws {
    struct Enough: Error {}
    try database.append([flow(), flow()], to: database.begin())
    var seen = 0
    #expect(throws: Enough.self) {
      try database.forEachEvidence(in: always) { _ in
        seen += 1
        throw Enough()
      }
    }
    #expect(seen == 1)
  }

  @Test("that was damaged is refused with the column, not shown")
  func damaged() throws {
    try database.append([flow()], to: database.begin())
    try AuditDatabase.meddle(folder.store, "UPDATE flow_evidence SET outcome = 'secret-value'")
    let error = #expect(throws: StoreError.self) { try database.evidence() }
    #expect(
      error?.description
        == "\(folder.store): the store is damaged: table flow_evidence, row 2, column outcome: found a text of 12 bytes, expected one of the words established, refused, no_answer, dns_blocked; restore the store from a backup, or audit the captures into a new one"
    )
    #expect(error?.description.contains("secret-value") == false)
  }

  @Test(
    "and the rest of the file contain no address of a device, no name except the tokenised one, and no exact time")
  func nothingPersonal() throws {
    let session = try database.begin()
    var batch = AuditBatch()
    batch.flows = [flow { $0.name = "{tenant}.events.example" }]
    batch.coverage = [CoverageHour(hour: Hour(sinceEpoch: 1_000))]
    batch.presence = [DevicePresence(day: 41, group: "office", device: pseudonym(1))]
    try database.append(batch, to: session)
    try database.endSession(session, packets: 1)
    let bytes = try folder.bytes()
    let key: [UInt8] = Array(0..<32)
    let second = Int64(1_000 * 3_600 + 1_234)

    #expect(bytes.range(of: Data("{tenant}.events.example".utf8)) != nil)
    #expect(bytes.range(of: Data(pseudonym(1).bytes)) != nil)
    for text in [
      "10.1.2.253", "0a0102fd", "02:00:5e:10:00:01", "02005e100001", "secret-name", "Secret-Name", "secret-request",
      "50123", "\(second)", hexadecimal(key),
    ] {
      #expect(bytes.range(of: Data(text.utf8)) == nil, "\(text)")
    }
    let numbers: [[UInt8]] = [
      [0x0a, 0x01, 0x02, 0xfd], [0xfd, 0x02, 0x01, 0x0a], [0x02, 0x00, 0x5e, 0x10, 0x00, 0x01],
      [0x01, 0x00, 0x10, 0x5e, 0x00, 0x02], key, withUnsafeBytes(of: second.bigEndian) { Array($0.suffix(4)) },
    ]
    for number in numbers { #expect(bytes.range(of: Data(number)) == nil, "\(hexadecimal(number))") }
  }
}

@Suite("The evidence chain")
struct ChainTests {
  let folder: Folder
  let database: AuditDatabase

  init() throws {
    folder = try Folder()
    database = try AuditDatabase(path: folder.store, mode: .capture)
  }

  /// A session (entry 1) and eight flows (2 to 9).
  func fill() throws {
    try database.append((1...8).map { number in flow { $0.device = number } }, to: database.begin())
  }

  func verdict(after sql: String, knownHead: ChainHead? = nil) throws -> ChainVerification {
    try AuditDatabase.meddle(folder.store, sql)
    return try database.verifyChain(knownHead: knownHead)
  }

  @Test("begins with a fixed hash")
  func genesis() throws {
    #expect(
      hexadecimal(ChainHead.genesis.hash) == "54b07bd09747badb3eb252cce26802c9e3a49c6cac9a14edf0f7496b2b69bc22")
    #expect(try database.chainHead() == .genesis)
    #expect(try database.verifyChain() == .intact(head: .genesis))
    #expect(try database.verifyChain(knownHead: .genesis) == .intact(head: .genesis))
  }

  @Test("digests rows and binds entries as the decision record describes, so that other programs can verify it")
  func known() throws {
    try database.append(
      [
        flow {
          $0.name = "a\0ÿ.example"
          $0.applicationProtocol = nil
        }
      ], to: database.begin())
    let raw = try DatabaseQueue(path: folder.store)
    let rows = try raw.read { try Row.fetchAll($0, sql: "SELECT * FROM chain_entry") }
    #expect(rows.map { $0["kind"] as String } == ["session", "flow"])

    // The rest is computed without the store's own code; the flow's digest comes from the record's Python.
    let flowDigest: Data = rows[1]["digest"]
    #expect(hexadecimal(flowDigest) == "95832d1dc76cf1274a72ed925a5c26d3ca67dd7fbd0ab1fdcb68d7131b506fc7")
    func field(_ bytes: [UInt8]) -> [UInt8] {
      withUnsafeBytes(of: UInt32(bytes.count).bigEndian) { Array($0) } + bytes
    }
    let stored = try raw.read { database in
      (
        settings: try String.fetchOne(database, sql: "SELECT settings FROM capture_session")!,
        facts: try String.fetchOne(database, sql: "SELECT facts FROM rule_facts")!
      )
    }
    let session = [
      "\0\0\0\0\0\0\0\u{1}", "rathaus", "gw1", "replay", "file", "1.0", exampleRuleSet.hash, "2026.11.1", "2026-11-01",
      stored.settings, "[]", "example-events", stored.facts,
    ]
    #expect(rows[0]["digest"] as Data == Data(SHA256Digest.hash(session.flatMap { field(Array($0.utf8)) })))

    var hash = ChainHead.genesis.hash
    for (index, kind) in ["session", "flow"].enumerated() {
      let sequence: [UInt8] = [0, 0, 0, 0, 0, 0, 0, UInt8(index + 1)]
      let digest: Data = rows[index]["digest"]
      hash = SHA256Digest.hash(hash + field(Array(kind.utf8)) + field(sequence) + field(Array(digest)))
      #expect(rows[index]["hash"] as Data == Data(hash))
    }
    #expect(try database.chainHead() == ChainHead(sequence: 2, hash: hash))
  }

  @Test("is intact over batches, sessions and a reopened store")
  func holds() throws {
    try fill()
    try database.append([flow()], to: 1)
    try database.append([flow()], to: database.begin())
    database.close()
    let again = try AuditDatabase(path: folder.store, mode: .capture)
    try again.append([flow()], to: again.begin())
    #expect(try again.chainHead().sequence == 14)
    #expect(try again.verifyChain() == .intact(head: again.chainHead()))
  }

  @Test(
    "finds any changed value of a row",
    arguments: [
      "destination_name = 'other.example'", "destination_name = NULL", "bytes_up = bytes_up + 1",
      "device = zeroblob(16)", "hour = hour - 1", "session_id = 2", "is_retry = 1",
      "destination_name = destination_name || char(0)", "application_protocol = ''",
      "group_name = substr(group_name, 1, 5), duration_class = 1", "rule_id = 'x', matched_pattern = 'y'",
    ])
  func changedRow(change: String) throws {
    try fill()
    #expect(
      try verdict(after: "UPDATE flow_evidence SET \(change) WHERE chain_seq = 5")
        == .broken(sequence: 5, because: .rowChanged))
  }

  @Test("finds rows that were swapped")
  func swappedRows() throws {
    try fill()
    let swap = """
      UPDATE flow_evidence SET chain_seq = 100 WHERE chain_seq = 4;
      UPDATE flow_evidence SET chain_seq = 4 WHERE chain_seq = 6;
      UPDATE flow_evidence SET chain_seq = 6 WHERE chain_seq = 100;
      """
    #expect(try verdict(after: swap) == .broken(sequence: 4, because: .rowChanged))
  }

  @Test("finds a deleted row, and an inserted one")
  func deletedRow() throws {
    try fill()
    #expect(
      try verdict(after: "DELETE FROM flow_evidence WHERE chain_seq = 7") == .broken(sequence: 7, because: .rowMissing))
  }

  @Test("finds an inserted row")
  func addedRow() throws {
    try fill()
    let copy = """
      CREATE TEMP TABLE copy AS SELECT * FROM flow_evidence WHERE chain_seq = 7;
      UPDATE copy SET chain_seq = 10;
      INSERT INTO flow_evidence SELECT * FROM copy;
      """
    #expect(try verdict(after: copy) == .broken(sequence: 10, because: .rowUnchained))
  }

  @Test("finds a deleted entry, even together with its row")
  func deletedEntry() throws {
    try fill()
    let deletion = "DELETE FROM chain_entry WHERE seq = 3; DELETE FROM flow_evidence WHERE chain_seq = 3"
    #expect(try verdict(after: deletion) == .broken(sequence: 3, because: .entryMissing))
  }

  @Test("finds entries that moved up to hide a deleted one")
  func closedGap() throws {
    try fill()
    let closed = """
      DELETE FROM chain_entry WHERE seq = 3; DELETE FROM flow_evidence WHERE chain_seq = 3;
      UPDATE chain_entry SET seq = seq - 1 WHERE seq > 3; UPDATE flow_evidence SET chain_seq = chain_seq - 1 WHERE chain_seq > 3;
      """
    #expect(try verdict(after: closed) == .broken(sequence: 3, because: .entryChanged))
  }

  @Test("finds entries that were swapped together with their rows")
  func swappedEntries() throws {
    try fill()
    let swap = ["chain_entry SET seq", "flow_evidence SET chain_seq"].map { table in
      let column = table.split(separator: " ").last!
      return """
        UPDATE \(table) = 100 WHERE \(column) = 4; UPDATE \(table) = 4 WHERE \(column) = 6;
        UPDATE \(table) = 6 WHERE \(column) = 100;
        """
    }
    #expect(try verdict(after: swap.joined()) == .broken(sequence: 4, because: .entryChanged))
  }

  @Test(
    "finds a changed entry",
    arguments: ["digest = zeroblob(32)", "hash = zeroblob(32)", "kind = 'session'", "kind = 'x'", "hash = zeroblob(1)"])
  func changedEntry(change: String) throws {
    try fill()
    #expect(
      try verdict(after: "UPDATE chain_entry SET \(change) WHERE seq = 5")
        == .broken(sequence: 5, because: .entryChanged))
  }

  @Test(
    "finds a session that was changed, with its rule set, its facts and its site",
    arguments: [
      "UPDATE capture_session SET sensor = 'x'", "UPDATE capture_session SET settings = replace(settings, '5', '4')",
      "UPDATE rule_set SET version = 'x'", "UPDATE rule_facts SET facts = replace(facts, 'telemetry', 'unknown')",
      "UPDATE rule_facts SET rule_id = 'x'", "UPDATE meta SET site = 'x'",
    ])
  func changedSession(change: String) throws {
    try fill()
    #expect(try verdict(after: change) == .broken(sequence: 1, because: .rowChanged))
  }

  @Test("finds a deleted session")
  func deletedSession() throws {
    try fill()
    #expect(try verdict(after: "DELETE FROM capture_session") == .broken(sequence: 1, because: .rowMissing))
  }

  @Test("finds a cut-off end only with a head that was kept elsewhere")
  func cutEnd() throws {
    try fill()
    let known = try database.chainHead()
    #expect(known.sequence == 9)
    try database.append([flow()], to: 1)
    #expect(try database.verifyChain(knownHead: known) == .intact(head: database.chainHead()))
    let cut = "DELETE FROM chain_entry WHERE seq > 8; DELETE FROM flow_evidence WHERE chain_seq > 8"
    let shorter = try verdict(after: cut)
    #expect(shorter == .intact(head: try database.chainHead()))
    #expect(try database.chainHead().sequence == 8)
    #expect(try database.verifyChain(knownHead: known) == .broken(sequence: 9, because: .headMissing))
    // A rewritten end does not match the known head.
    try database.append([flow { $0.device = 99 }], to: 1)
    #expect(try database.verifyChain(knownHead: known) == .broken(sequence: 9, because: .headMissing))
  }
}
