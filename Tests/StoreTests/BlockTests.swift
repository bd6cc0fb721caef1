import Foundation
import GRDB
import Model
import Privacy
import Store
import Testing

@Suite("Blocks of the sealed part")
struct BlockTests {
  let folder: Folder
  let database: AuditDatabase

  init() throws {
    folder = try Folder()
    database = try AuditDatabase(path: folder.store, mode: .capture)
  }

  static func block(day: Int64 = 41, _ content: String = "telling-content") -> EnvelopedBlock {
    let key = { (digit: String) in String(repeating: digit, count: 64) }
    return EnvelopedBlock(
      day: day, keys: SealedPartKeys(dataProtectionOfficer: key("d"), worksCouncil: key("c"), emergency: nil),
      content: Array(content.utf8))
  }

  /// Two flows and then a block, on each of two days; places: session 1, flows 2, 3, block 4, flows 5, 6, block 7.
  @discardableResult
  private func fill() throws -> Int64 {
    let session = try database.begin()
    for day in [41, 42] as [Int64] {
      var batch = AuditBatch()
      batch.flows = ([1, 2] as [UInt64]).map { device in
        flow {
          $0.device = device
          $0.hour = day * 24 + 9
        }
      }
      let stored = try database.append(batch, to: session)
      #expect(stored.firstFlow == (day == 41 ? 2 : 5))
      var blocks = AuditBatch()
      blocks.blocks = [Self.block(day: day, "telling-content-\(day)")]
      #expect(try database.append(blocks, to: session).firstFlow == nil)
    }
    return session
  }

  @Test("are found by a flow: the next block of its audit and day")
  func find() throws {
    let session = try fill()
    #expect(try database.block(ofFlow: 2)?.content == Array("telling-content-41".utf8))
    #expect(try database.block(ofFlow: 6)?.id == 2)
    let block = try #require(try database.block(ofFlow: 3))
    #expect(block.keys == Self.block().keys && block.session == session && block.day == 41 && block.chainSequence == 4)
    // No flow, none of this audit, and a flow after the last block.
    #expect(try database.block(ofFlow: 4) == nil)
    #expect(try database.block(ofFlow: 99) == nil)
    let other = try database.begin()
    try database.append([flow { $0.hour = 41 * 24 }], to: other)
    #expect(try database.block(ofFlow: 9) == nil)
    var late = AuditBatch()
    late.blocks = [Self.block(day: 42)]
    try database.append(late, to: other)
    #expect(try database.block(ofFlow: 9) == nil, "a block of another day")
  }

  @Test("hold in the chain, for both verifiers")
  func chain() throws {
    try fill()
    try database.record(opening())
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
    let check = try folder.recordedCheck()
    #expect(check.code == 0 && !check.output.contains("enveloped_block"), "\(check.output)")
    #expect(try database.reidentifications() == [opening()])
  }

  private func opening(isEmergency: Bool = false) -> Reidentification {
    Reidentification(
      role: .worksCouncil, time: Timestamp(seconds: 7_000), purpose: .securityIncident, fileReference: "2026-17/DSB",
      flows: 2, days: 41...42, isEmergency: isEmergency, toolVersion: "1.0")
  }

  @Test(
    "that were changed are found by both verifiers",
    arguments: [
      "UPDATE enveloped_block SET content = zeroblob(18) WHERE id = 1",
      "UPDATE enveloped_block SET content = zeroblob(18), content_digest = zeroblob(32) WHERE id = 1",
      "UPDATE enveloped_block SET day = 40 WHERE id = 1", "UPDATE enveloped_block SET dpo_key = zeroblob(32)",
      "UPDATE enveloped_block SET works_council_key = zeroblob(32)",
      "UPDATE enveloped_block SET emergency_key = zeroblob(32)", "DELETE FROM enveloped_block WHERE id = 2",
      "INSERT INTO enveloped_block SELECT 9, 99, session_id, day, dpo_key, works_council_key, NULL, content_digest, content FROM enveloped_block WHERE id = 1",
      "UPDATE reidentification SET is_emergency = 0", "UPDATE reidentification SET purpose = 'test'",
      "UPDATE reidentification SET flows = 1", "UPDATE reidentification SET second = 8000",
      "UPDATE reidentification SET file_reference = '2026-18'", "DELETE FROM reidentification",
      "INSERT INTO reidentification SELECT 9, 99, role, second, purpose, file_reference, flows, first_day, last_day, 1, tool_version FROM reidentification",
    ])
  func tampered(sql: String) throws {
    try fill()
    try database.record(opening(isEmergency: true))
    try AuditDatabase.meddle(folder.store, sql)
    guard case .broken = try database.verifyChain() else {
      Issue.record("not found")
      return
    }
    #expect(try folder.recordedCheck().output.contains("FAULT"))
    if sql.contains("reidentification") {
      #expect(throws: StoreError.self) { try database.reidentifications() }
    } else if sql.contains("content = zeroblob(18) WHERE") {
      #expect(throws: StoreError.self) { try database.block(ofFlow: 2) }
    }
  }

  @Test("whose content somebody removed are listed as not proven, and as no fault")
  func withheld() throws {
    try fill()
    try AuditDatabase.meddle(folder.store, "UPDATE enveloped_block SET content = NULL WHERE id = 2")
    let result = try database.verify()
    #expect(result.holds && result.unproven.contains(.blocksWithheld(1)))
    let check = try folder.recordedCheck()
    #expect(check.code == 0 && check.output.contains("NOT PROVEN enveloped_block 2"), "\(check.output)")
  }

  @Test("are emptied by retention, day by day, with a record; not a byte of them is left, and what comes back is found")
  func retention() throws {
    try fill()
    #expect(try database.rowCount(of: .sealed, before: Hour(sinceEpoch: 42 * 24)) == 1)
    let content = try database.block(ofFlow: 2)?.content
    let records = try database.delete(.sealed, before: Hour(sinceEpoch: 42 * 24), day: 100, toolVersion: "1.0")
    #expect(records.map(\.rows) == [1] && records.map(\.dataClass) == [.sealed])
    #expect(try database.block(ofFlow: 2)?.content == nil && database.block(ofFlow: 5)?.content != nil)
    #expect(try folder.bytes().range(of: Data("telling-content-41".utf8)) == nil)
    #expect(try folder.bytes().range(of: Data("telling-content-42".utf8)) != nil)
    #expect(try database.delete(.sealed, before: Hour(sinceEpoch: 42 * 24), day: 100, toolVersion: "1.0") == [])
    let result = try database.verify()
    #expect(result.holds && !result.unproven.contains(.blocksWithheld(1)))
    #expect(try folder.recordedCheck().output.contains("enveloped_block") == false)
    let hexadecimal = content?.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() ?? ""
    try AuditDatabase.meddle(folder.store, "UPDATE enveloped_block SET content = x'\(hexadecimal)' WHERE id = 1")
    guard case .broken(4, _) = try database.verifyChain() else {
      Issue.record("what came back was not found")
      return
    }
    #expect(try folder.recordedCheck().output.contains("FAULT enveloped_block 1"))
  }

  @Test("go with the audit that is taken out")
  func takenOut() throws {
    let session = try fill()
    try database.takeOut(session, for: nil, day: 100, toolVersion: "1.0")
    #expect(try database.blocks() == [])
    #expect(try folder.recordedCheck().output.contains("enveloped_block") == false)
    let result = try database.verify()
    #expect(result.holds && !result.unproven.contains(.blocksWithheld(2)))
  }

  @Test("are in no copy that is passed on, and the copy says so")
  func copy() throws {
    try fill()
    let copy = folder.path + "/copy.sqlite"
    try database.copy(to: copy)
    try AuditDatabase.withholdBlocks(inCopy: copy)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: copy))
    #expect(bytes.range(of: Data("telling-content".utf8)) == nil)
    let other = try AuditDatabase(path: copy, mode: .readExisting)
    #expect(try other.verify().unproven.contains(.blocksWithheld(2)) && other.verify().holds)
    #expect(try other.evidence().count == 4)
    #expect(try database.blocks().count == 2)
  }

  @Test("a file reference is the sign of a file, and no sentence or name")
  func references() {
    for text in ["2026-17", "DSB/2026.4", "1", String(repeating: "7", count: 40)] {
      #expect(Reidentification.isFileReference(text), "\(text)")
    }
    for text in ["", "Erika", "Erika Mustermann 1", "-1", "2026 17", "ä1", String(repeating: "7", count: 41), "1\n"] {
      #expect(!Reidentification.isFileReference(text), "\(text)")
    }
  }
}
