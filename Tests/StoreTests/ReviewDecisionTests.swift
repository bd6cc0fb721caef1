import Foundation
import GRDB
import Model
import Store
import Testing

@Suite("Decisions of people")
struct ReviewDecisionTests {
  let folder: Folder
  let database: AuditDatabase

  init() throws {
    folder = try Folder()
    database = try AuditDatabase(path: folder.store, mode: .capture)
    try database.append([flow()], to: database.begin())
  }

  private func decision(_ row: String, status: String = "confirmed") -> ReviewDecision {
    ReviewDecision(
      table: "findings", row: row, days: LocalDate("2026-05-01")!...LocalDate("2026-05-31")!, role: "DSB",
      recordedAt: Timestamp(seconds: 1_780_000_000), fileDigest: Array(repeating: 7, count: 32),
      content: ReviewDecision.Content(
        entries: ["status": status, "dpo_note": "Größe \"x\"; 2 %\u{1f600}"], facts: ["sessions": "12"]))
  }

  @Test("come back as they were recorded, in their order, each with an entry of the chain")
  func recorded() throws {
    let decisions = [
      decision("F-0123456789ab"), decision("F-0123456789ac"), decision("F-0123456789ab", status: "rejected"),
    ]
    try database.record(Array(decisions.prefix(2)))
    try database.record([])
    try database.record(Array(decisions.suffix(1)))
    #expect(try database.reviewDecisions() == decisions)
    #expect(try database.chainHead().sequence == 5)
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
    let check = try folder.recordedCheck()
    #expect(check.code == 0 && check.output.hasSuffix("holds\n"), "\(check.output)")
  }

  @Test(
    "that were changed, removed or put in are detected",
    arguments: [
      ("UPDATE review_decision SET role = 'x'", 3, ChainBreak.rowChanged),
      ("UPDATE review_decision SET recorded_second = 1", 3, .rowChanged),
      ("UPDATE review_decision SET row_name = 'F-000000000000'", 3, .rowChanged),
      ("UPDATE review_decision SET last_day = 99999", 3, .rowChanged),
      ("UPDATE review_decision SET file_digest = zeroblob(32)", 3, .rowChanged),
      ("UPDATE review_decision SET content = replace(content, 'confirmed', 'rejected')", 3, .rowChanged),
      ("DELETE FROM review_decision", 3, .rowMissing),
      (
        "INSERT INTO review_decision VALUES (9, 99, 'findings', 'F-0', 1, 1, 'x', 0, zeroblob(32), '{}')", 99,
        .rowUnchained
      ),
    ])
  func meddled(sql: String, sequence: Int64, because: ChainBreak) throws {
    try database.record([decision("F-0123456789ab")])
    try AuditDatabase.meddle(folder.store, sql)
    #expect(try database.verifyChain() == .broken(sequence: sequence, because: because))
  }

  @Test("are not read from a store in which their text is no such text")
  func damaged() throws {
    try database.record([decision("F-0123456789ab")])
    try AuditDatabase.meddle(folder.store, "UPDATE review_decision SET content = '{\"entries\":3}'")
    #expect(throws: (any Error).self) { try database.reviewDecisions() }
  }
}
