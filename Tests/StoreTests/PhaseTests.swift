import Foundation
import GRDB
import Model
import Testing

@testable import Store

@Suite("A phase")
struct PhaseTests {
  let folder: Folder
  let database: AuditDatabase

  init() throws {
    folder = try Folder()
    database = try AuditDatabase(path: folder.store, mode: .capture)
    _ = try database.begin()
  }

  private func hour(_ number: Int64) -> Hour { Hour(sinceEpoch: number) }
  private func name(_ text: String) throws -> PhaseName { try #require(PhaseName(text)) }

  @discardableResult
  private func start(_ name: String, _ first: Int64, groups: [String] = []) throws -> Phase {
    try database.startPhase(
      self.name(name), setting: PhaseSetting("telemetry at level 0"), groups: groups, first: hour(first), day: 41,
      toolVersion: "1.0")
  }

  @discardableResult
  private func stop(_ name: String?, _ end: Int64) throws -> Phase {
    try database.stopPhase(name.map { try self.name($0) }, end: hour(end), day: 43, toolVersion: "1.0")
  }

  @Test("is read as it was entered, with the days of entry and its two entries of the evidence chain")
  func read() throws {
    try start("before", 1_000)
    try stop("before", 1_050)
    try start("after", 1_050, groups: ["office"])
    let phases = try database.phases()
    #expect(phases.map(\.name.description) == ["before", "after"])
    #expect(phases[0].first == hour(1_000) && phases[0].end == hour(1_050) && phases[0].groups == [])
    #expect(phases[0].setting == PhaseSetting("telemetry at level 0"))
    #expect(phases[0].enteredDay == 41 && phases[0].endedDay == 43 && phases[0].chainSequences == [2, 3])
    #expect(phases[1].end == nil && phases[1].groups == ["office"] && phases[1].chainSequences == [4])
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
    let check = try folder.recordedCheck()
    #expect(check.code == 0, "\(check.output)")
    #expect(check.output.hasSuffix("holds\n"))
  }

  @Test("can be entered by another program while a capture writes to the store")
  func besideCapture() throws {
    let other = try AuditDatabase(path: folder.store, mode: .maintain)
    try other.startPhase(name("before"), first: hour(1_000), day: 41, toolVersion: "1.0")
    let session = try database.begin(sensor: "gw2")
    try database.append([flow { $0.device = 1 }], to: session)
    try other.stopPhase(nil, end: hour(1_020), day: 41, toolVersion: "1.0")
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
    #expect(try database.phases().count == 1)
  }

  @Test("never gets the name of another one")
  func nameTaken() throws {
    try start("before", 1_000)
    #expect(throws: PhaseError.nameTaken(try name("before"))) { try start("before", 1_200) }
    try stop(nil, 1_010)
    #expect(throws: PhaseError.nameTaken(try name("before"))) { try start("before", 1_200) }
    #expect(try database.phases().count == 1)
  }

  @Test("of the same groups, or of the whole site, shares no hour with another; of other groups it may")
  func overlap() throws {
    try start("first", 1_000, groups: ["office", "school"])
    #expect(throws: PhaseError.overlaps(try name("second"), with: try name("first"))) {
      try start("second", 1_100, groups: ["school"])
    }
    #expect(throws: PhaseError.overlaps(try name("second"), with: try name("first"))) { try start("second", 1_100) }
    try start("beside", 1_000, groups: ["clinic"])
    try stop("first", 1_100)
    // The end is the first hour outside, so the next phase may begin with it.
    try start("next", 1_100, groups: ["school"])
    // A running phase lasts for ever, and one that begins earlier would run into it.
    #expect(throws: PhaseError.overlaps(try name("early"), with: try name("first"))) {
      try start("early", 900, groups: ["school"])
    }
    #expect(try database.phases().map(\.name.description) == ["beside", "first", "next"])
  }

  @Test("is stopped once, by name or as the only one that is running, and holds at least one whole hour")
  func stopping() throws {
    #expect(throws: PhaseError.noneRuns) { try stop(nil, 1_000) }
    #expect(throws: PhaseError.unknown(try name("first"), known: [])) { try stop("first", 1_000) }
    try start("first", 1_000, groups: ["office"])
    #expect(throws: PhaseError.withoutHour(try name("first"))) { try stop("first", 1_000) }
    try start("second", 1_000, groups: ["school"])
    #expect(throws: PhaseError.severalRun([try name("first"), try name("second")])) { try stop(nil, 1_001) }
    #expect(try stop("first", 1_001).end == hour(1_001))
    #expect(throws: PhaseError.stopped(try name("first"))) { try stop("first", 1_002) }
    #expect(try stop(nil, 1_009).name == name("second"))
  }

  @Test(
    "that somebody changed in the file is refused where it is read, and found by the check of the chain",
    arguments: [
      "UPDATE phase_entry SET hour = 990 WHERE id = 1", "UPDATE phase_entry SET setting = 'another' WHERE id = 1",
      "UPDATE phase_entry SET setting = NULL WHERE id = 1",
      "UPDATE phase_entry SET group_names = '[\"x\"]' WHERE id = 1",
      "UPDATE phase_entry SET name = 'other' WHERE id = 1", "UPDATE phase_entry SET day = 7 WHERE id = 2",
      "UPDATE phase_entry SET hour = 1 WHERE id = 2", "DELETE FROM phase_entry WHERE id = 1",
      "DELETE FROM phase_entry WHERE event = 'stop'", "DELETE FROM phase_entry",
      "INSERT INTO phase_entry SELECT 9, 99, 'start', 'made-up', 5, NULL, '[]', 3, '1.0'",
      "UPDATE phase_entry SET name = 'a b' WHERE id = 1",
      "UPDATE phase_entry SET setting = 'C:\\Users\\x' WHERE id = 1",
    ])
  func tampered(sql: String) throws {
    try start("before", 1_000)
    try stop("before", 1_050)
    try AuditDatabase.meddle(folder.store, sql)
    let error = #expect(throws: StoreError.self) { try database.phases() }
    #expect(error?.description.contains("table phase_entry") == true)
    guard case .broken = try database.verifyChain() else {
      Issue.record("the chain still holds")
      return
    }
  }

  @Test(
    "has a name of letters, digits, - and _, which can be no path and no range",
    arguments: [
      ("baseline", true), ("Level_0-a", true), ("7", true), (String(repeating: "a", count: 64), true), ("", false),
      (String(repeating: "a", count: 65), false), ("-x", false), ("_x", false), ("a/b", false), ("a.b", false),
      ("..", false), ("a b", false), ("Büro", false), ("a\n", false), ("m.muster@example.org", false),
    ])
  func names(text: String, isName: Bool) {
    #expect((PhaseName(text) != nil) == isName)
  }

  @Test(
    "has a setting in one line without addresses and paths",
    arguments: [
      ("GPO \"Security\": telemetry at level 0 / required", true), ("Diagnosedaten aus, Büro", true),
      ("AllowTelemetry=0", true),
      ("version 10.0.19045", true), (String(repeating: "ä", count: 200), true), ("", false), ("  ", false),
      (String(repeating: "a", count: 201), false), ("a\nb", false), ("a\u{202e}b", false),
      ("m.muster@example.org", false),
      ("for 10.20.1.7 alone", false), ("(10.20.1.7)", false), ("host fd00::17", false), ("C:\\Users\\muster", false),
      ("/home/muster", false), ("\\\\server\\share", false), ("~/notes", false),
    ])
  func settings(text: String, isSetting: Bool) {
    #expect((PhaseSetting(text) != nil) == isSetting)
  }
}
