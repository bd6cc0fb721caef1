import Foundation
import GRDB
import Model
import Privacy
import Store
import Testing

@Suite("Reclassification")
struct ReclassificationTests {
  let folder: Folder
  let database: AuditDatabase
  private static let otherRuleSet = RuleSetStamp(
    version: "2027.1.1", hash: "sha256:" + String(repeating: "cd", count: 32), date: "2027-01-01")

  init() throws {
    folder = try Folder()
    database = try AuditDatabase(path: folder.store, mode: .capture)
  }

  /// Every second flow gets another rule, the others none.
  @discardableResult
  private func reclassify(_ flows: UInt64 = 6) throws -> Reclassification {
    try database.append((1...flows).map { number in flow { $0.device = number } }, to: database.begin())
    return try database.reclassify(
      under: ReclassificationTests.otherRuleSet, rules: [exampleFacts(id: "other-rule")], toolVersion: "2.0"
    ) { evidence in
      evidence.chainSequence % 2 == 0
        ? RuleAssignment(
          ruleID: "other-rule", ruleRevision: 9, matchedPattern: "*.other.example",
          destinationName: "{user}.other.example")
        : nil
    }
  }

  private func judged(_ reclassification: Reclassification) throws -> [FlowEvidence] {
    var result: [FlowEvidence] = []
    try database.forEachEvidence(in: always, under: reclassification) { result.append($0) }
    return result
  }

  @Test("keeps both classifications, and records both in the chain")
  func both() throws {
    let result = try reclassify()
    #expect(result.id == 1)
    #expect(result.ruleSet == ReclassificationTests.otherRuleSet)
    #expect(result.toolVersion == "2.0")
    #expect(result.throughSequence == 7)
    #expect(result.flows == 6)
    #expect(result.matchedFlows == 3)
    #expect(try database.reclassifications() == [result])
    let first = try database.evidence()
    #expect(first.map(\.flow.ruleID) == Array(repeating: "example-events", count: 6))
    let other = try judged(result)
    #expect(other.map(\.chainSequence) == [2, 4, 6])
    #expect(other.map(\.chainHash) == first.filter { $0.chainSequence % 2 == 0 }.map(\.chainHash))
    #expect(Set(other.map(\.ruleSetHash)) == [ReclassificationTests.otherRuleSet.hash])
    #expect(Set(other.map(\.flow.ruleID)) == ["other-rule"])
    #expect(Set(other.map(\.flow.ruleRevision)) == [9])
    #expect(Set(other.map(\.flow.matchedPattern)) == ["*.other.example"])
    #expect(Set(other.map(\.flow.destinationName)) == ["{user}.other.example"])
    #expect(try database.chainHead().sequence == 8)
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
    #expect(try database.ruleFacts()[ReclassificationTests.otherRuleSet.hash]?.keys.sorted() == ["other-rule"])
  }

  @Test("may be repeated for later flows")
  func again() throws {
    try reclassify()
    let second = try reclassify(2)
    #expect(second.id == 2)
    #expect(second.flows == 8)
    #expect(second.throughSequence == 11)
    #expect(try database.reclassifications().map(\.flows) == [6, 8])
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
  }

  @Test("that ends with an error leaves nothing")
  func error() throws {
    struct Enough: Error {}
    try database.append([flow(), flow()], to: database.begin())
    let head = try database.chainHead()
    #expect(throws: Enough.self) {
      _ = try database.reclassify(under: ReclassificationTests.otherRuleSet, rules: [], toolVersion: "2.0") {
        evidence in
        if evidence.chainSequence == 3 { throw Enough() }
        return nil
      }
    }
    #expect(try database.reclassifications() == [])
    #expect(try database.chainHead() == head)
    #expect(try database.ruleFacts().keys.sorted() == [exampleRuleSet.hash])
  }

  @Test(
    "that was changed is detected",
    arguments: [
      ("UPDATE reclassified_flow SET rule_id = 'nicer' WHERE flow_seq = 4", 8, ChainBreak.rowChanged),
      ("DELETE FROM reclassified_flow WHERE flow_seq = 2", 8, .rowChanged),
      ("INSERT INTO reclassified_flow VALUES (1, 3, 'x', 1, 'x', NULL)", 8, .rowChanged),
      ("UPDATE reclassification SET flows = 5", 8, .rowChanged),
      ("UPDATE rule_set SET date = '2020-01-01' WHERE version = '2027.1.1'", 8, .rowChanged),
      ("DELETE FROM reclassification", 8, .rowMissing),
      ("INSERT INTO reclassification VALUES (2, 99, 1, '2.0', 7, 6)", 99, .rowUnchained),
    ])
  func meddled(sql: String, sequence: Int64, because: ChainBreak) throws {
    try reclassify()
    try AuditDatabase.meddle(folder.store, sql)
    #expect(try database.verifyChain() == .broken(sequence: sequence, because: because))
  }

  @Test("computes from evidence the same aggregates as the writer from flows")
  func aggregates() throws {
    try database.append(AggregateTests.mixed, to: database.begin(sensor: "gw1"))
    try database.append(AggregateTests.mixed, to: database.begin(sensor: "gw2"))
    var usage = EvidenceUsage()
    try database.forEachEvidence(in: always) { usage.add($0) }
    #expect(usage.rows.count > 10)
    #expect(try usage.rows == database.usage())
  }

  @Test("the independent verifier of the documentation confirms the chain and finds a changed row")
  func recordedCheck() throws {
    try reclassify()
    let held = try folder.recordedCheck()
    #expect(held.code == 0)
    #expect(held.output.hasSuffix("holds\n"))
    try AuditDatabase.meddle(folder.store, "UPDATE reclassified_flow SET rule_id = 'nicer' WHERE flow_seq = 4")
    let broken = try folder.recordedCheck()
    #expect(broken.code == 1)
    #expect(broken.output.contains("FAULT chain_entry 8:"))
  }
}
