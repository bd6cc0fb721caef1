import Foundation
import Model
import Store
import Testing

@Suite("Baselines in the store")
struct BaselineTests {
  let folder: Folder
  let database: AuditDatabase
  let april = BaselineName("april")!

  init() throws {
    folder = try Folder()
    database = try AuditDatabase(path: folder.store, mode: .capture)
    try database.append([flow { $0.hour = 1_000 }], to: database.begin())
  }

  private func content(_ change: (inout Baseline) -> Void = { _ in }) -> Baseline {
    var baseline = Baseline(
      firstDay: 20_577, lastDay: 20_590, observedDays: 14, patchDays: [20_585, 20_620], groupMinimum: 5,
      groups: ["office": true, "ungrouped": false], ruleSets: [exampleRuleSet.hash], listsDestinations: true,
      services: [
        Baseline.Service(
          recipient: "example", service: "example", purpose: .telemetry, group: "office", rules: ["example-events"],
          patterns: ["*.events.example"], contact: .inBaseline, rhythm: Baseline.Rhythm(longestPause: 3, silence: 7))
      ],
      destinations: [
        Baseline.Destination(
          destination: "vendor.example", contact: .inBaseline, rhythm: Baseline.Rhythm(longestPause: 0, silence: 0),
          devices: 5)
      ])
    change(&baseline)
    return baseline
  }

  @Test("are read as they were set, in their order, and bound in the chain, which the recorded check confirms")
  func roundTrip() throws {
    let first = try database.setBaseline(content(), name: april, day: 20_591, toolVersion: "1.0")
    let second = try database.setBaseline(
      content { $0.services = [] }, name: BaselineName("2026.05")!, day: 20_592, toolVersion: "1.0")
    #expect(try database.baselines() == [first, second])
    #expect(first.content == content() && first.id == 1 && first.day == 20_591)
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
    #expect(try database.chainHead().sequence == 4)
    database.close()
    let check = try folder.recordedCheck()
    #expect(check.code == 0 && check.output.hasSuffix("holds\n"), "\(check.output)")
  }

  @Test(
    "have names of their own, which a removed one gives back; its content leaves the file, and the chain still holds")
  func removal() throws {
    try database.setBaseline(content(), name: april, day: 20_591, toolVersion: "1.0")
    #expect(throws: StoreError(file: folder.store, .baselineExists(april))) {
      try database.setBaseline(content(), name: april, day: 20_591, toolVersion: "1.0")
    }
    try database.removeBaseline(april, day: 20_600, toolVersion: "1.1")
    #expect(try database.baselines() == [])
    #expect(throws: StoreError(file: folder.store, .baselineUnknown(april, known: []))) {
      try database.removeBaseline(april, day: 20_600, toolVersion: "1.1")
    }
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
    let again = try database.setBaseline(content(), name: april, day: 20_601, toolVersion: "1.1")
    #expect(again.id == 2)
    try database.removeBaseline(april, day: 20_602, toolVersion: "1.1")
    database.close()
    #expect(try folder.bytes().firstRange(of: Data("vendor.example".utf8)) == nil)
    let check = try folder.recordedCheck()
    #expect(check.code == 0 && check.output.hasSuffix("holds\n"), "\(check.output)")
  }

  @Test(
    "that somebody changed are not read, and the chain names them",
    arguments: [
      ("UPDATE baseline SET content = replace(content, 'vendor', 'vandal')", ChainBreak.rowChanged),
      ("UPDATE baseline SET content = replace(content, '\"silence\":7', '\"silence\":0')", .rowChanged),
      ("UPDATE baseline SET name = 'may'", .rowChanged),
      ("UPDATE baseline SET content = NULL", .rowMissing),
      ("DELETE FROM baseline", .rowMissing),
      (
        """
        INSERT INTO baseline (chain_seq, name, day, tool_version, content_digest, content)
        SELECT 99, 'may', day, tool_version, content_digest, content FROM baseline
        """, .rowUnchained
      ),
      ("INSERT INTO baseline_removal VALUES (1, 99, 20600, '1.0')", .rowMissing),
    ])
  func tampering(sql: String, expected: ChainBreak) throws {
    try database.setBaseline(content(), name: april, day: 20_591, toolVersion: "1.0")
    database.close()
    try AuditDatabase.meddle(folder.store, sql)
    let changed = try AuditDatabase(path: folder.store, mode: .readExisting)
    guard case .broken(let sequence, let because) = try changed.verifyChain() else {
      Issue.record("the chain holds")
      return
    }
    #expect(because == expected && sequence == (expected == .rowUnchained ? 99 : 3))
    #expect(throws: StoreError.self) { try changed.baselines() }
    changed.close()
    #expect(try folder.recordedCheck().code == 1)
  }

  @Test("are not read if the removal of one was taken back or taken away")
  func removalTampering() throws {
    try database.setBaseline(content(), name: april, day: 20_591, toolVersion: "1.0")
    try database.removeBaseline(april, day: 20_600, toolVersion: "1.0")
    database.close()
    try AuditDatabase.meddle(folder.store, "UPDATE baseline_removal SET day = 20700")
    var changed = try AuditDatabase(path: folder.store, mode: .readExisting)
    #expect(throws: StoreError.self) { try changed.baselines() }
    changed.close()
    try AuditDatabase.meddle(folder.store, "DELETE FROM baseline_removal")
    changed = try AuditDatabase(path: folder.store, mode: .readExisting)
    #expect(throws: StoreError.self) { try changed.baselines() }
    changed.close()
  }

  @Test(
    "are refused where their content breaks its own rules, even with a digest that fits",
    arguments: [
      { $0.lastDay = $0.firstDay - 1 }, { $0.observedDays = 15 }, { $0.patchDays = [2, 1] }, { $0.groupMinimum = 0 },
      { $0.services[0].rhythm.longestPause = 15 }, { $0.destinations[0].rhythm.silence = -7 },
      { $0.destinations[0].devices = 4 }, { $0.destinations[0].contact = .attempts },
      { $0.lastDay = .max },
    ] as [@Sendable (inout Baseline) -> Void])
  func faults(change: @Sendable (inout Baseline) -> Void) throws {
    try database.setBaseline(content(change), name: april, day: 20_591, toolVersion: "1.0")
    #expect(throws: StoreError.self) { try database.baselines() }
  }

  @Test("are named by letters, digits, '-', '_' and '.', and begin with a letter or digit")
  func names() {
    for name in ["a", "2026.05", "Nach-Patch_1", String(repeating: "x", count: 64)] {
      #expect(BaselineName(name)?.description == name)
    }
    for name in ["", "-a", ".a", "a b", "ä", "a\n", "a/b", "=1", String(repeating: "x", count: 65)] {
      #expect(BaselineName(name) == nil, "\(name)")
    }
  }
}
