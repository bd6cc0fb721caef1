import Auditing
import Foundation
import GRDB
import Model
import Privacy
import Reporting
import Store
import TestSupport
import Testing

@Suite(
  "A store that version 0.1.0 wrote, from the first 2,200 packets of the sample capture and three of its rule files")
struct OldStoreTests {
  let folder: TemporaryDirectory
  let store: String

  /// Restores the store from the text that SQLite made of it.
  init() throws {
    folder = try TemporaryDirectory()
    store = folder.path("old.sqlite")
    let text = try String(
      contentsOf: Project.root.appending(path: "Tests/EndToEndTests/Files/store-0.1.0.sql"), encoding: .utf8)
    var configuration = Configuration()
    // The tables come in the order of their names, those that refer before those that are referred to.
    configuration.foreignKeysEnabled = false
    let queue = try DatabaseQueue(path: store, configuration: configuration)
    try queue.write { try $0.execute(sql: text) }
    try queue.close()
  }

  @Test("opens, keeps its chain, and gives the figures of version 0.1.0")
  func figures() throws {
    // A reader changes nothing: a store is migrated by a writer.
    #expect(throws: StoreError.self) { try AuditDatabase(path: store, mode: .readExisting) }
    try AuditDatabase(path: store, mode: .capture).close()
    let database = try AuditDatabase(path: store, mode: .readExisting)
    guard case .intact(let head) = try database.verifyChain() else {
      Issue.record("the chain does not hold")
      return
    }
    #expect(head.sequence == 67)
    database.close()
    let findings = try FieldCase.table("findings", of: store).map { row in
      ["service", "group", "sessions", "blocked_attempts", "bytes_up", "devices_seen"].map { row[$0] ?? "" }
    }
    #expect(
      Set(findings) == [
        ["Windows connectivity, certificate and time checks", "Bürgeramt", "8", "0", "1196", "4"],
        ["Windows connectivity, certificate and time checks", "Sozialamt", "8", "0", "1196", "4"],
        ["Windows connectivity, certificate and time checks", "Bürgeramt", "4", "0", "1268", "4"],
        ["Windows connectivity, certificate and time checks", "Sozialamt", "4", "0", "1268", "4"],
        ["Windows diagnostic data", "Bürgeramt", "13", "3", "31958", "4"],
        ["Windows diagnostic data", "Sozialamt", "13", "1", "26260", "4"],
        ["Office and Microsoft 365 Apps diagnostics", "Bürgeramt", "4", "0", "5474", "4"],
        ["Office and Microsoft 365 Apps diagnostics", "Sozialamt", "4", "0", "5292", "4"],
      ])
    let coverage = try FieldCase.table("coverage", of: store)
    #expect(coverage.map { [$0["packets_seen"], $0["bytes_out"]] } == [["2200", "236387"]])
  }

  @Test("is told to have no seal on its sums: on standard error, in the legend and on the first page")
  func neverSealed() throws {
    try AuditDatabase(path: store, mode: .capture).close()
    let output = folder.path("unsealed")
    for arguments in [["export", "findings", "--profile", "rfc4180"], ["report", "--language", "en"]] {
      let copy = folder.path("\(arguments[0]).sqlite")
      for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: store + suffix) {
        try FileManager.default.copyItem(atPath: store + suffix, toPath: copy + suffix)
      }
      let run = try Program.run(arguments + ["--store", copy, "--output", output])
      #expect(run.code == 0)
      #expect(
        run.said.contains(
          "egressaudit: NOT SEALED: no seal binds the sums, presence and coverage of this store, so nothing shows whether they were changed. "
        ), "\(run.said)")
    }
    let pages = try FileManager.default.contentsOfDirectory(atPath: output).filter { $0.hasSuffix(".html") }
    #expect(pages.count == 2)
    for page in pages {
      let text = try String(contentsOfFile: output + "/" + page, encoding: .utf8)
      #expect(text.contains("NOT SEALED: no seal binds the sums, presence and coverage of this store"), "\(page)")
    }
  }

  @Test("says since when and up to which hour its sums are bound by later versions only")
  func bound() throws {
    let database = try AuditDatabase(path: store, mode: .capture)
    defer { database.close() }
    #expect(try database.verify().unproven.contains(.neverSealed))
    // As the service of this version does at its start.
    let old = try #require(try database.sessions().last)
    _ = try database.beginSession(
      sensor: "gw1", captureMode: "live", interface: "interface", toolVersion: "0.2.0", ruleSet: old.ruleSet, rules: [],
      settings: old.settings, exportSalt: database.exportSalt())
    let time = Timestamp(seconds: 1_800_000_000)
    let key = try SigningKey.loadOrCreate(path: store + ".signing-key")
    try EvidenceSealer(database, store: store, key: key).seal(at: time)
    let last = try #require(try database.sessions().compactMap(\.lastHour).max())
    let result = try database.verify()
    #expect(result.faults == [])
    #expect(result.unproven.contains(.boundLater(since: time, through: last)))
    #expect(
      VerificationTexts.text(result, store: store, .english).contains(
        "they were there before the first seal, as an older version leaves them, and are bound only since 2027-01-15T08:00:00Z. Whether they were changed before that, nothing shows."
      ))
    #expect(
      VerificationTexts.text(result, store: store, .german).contains(
        "sind erst seit 2027-01-15T08:00:00Z gebunden."))
  }

  @Test("accepts new observations in addition to its rows")
  func goesOn() throws {
    // The rest of the same capture, so that the old hour goes on.
    let parts = try PcapngSplitter.split(Project.sample, after: [2_200], into: folder.path("."))
    try Project.replay([parts[1]], into: store)
    let database = try AuditDatabase(path: store, mode: .readExisting)
    let hours = try #require(try database.period())
    #expect(try database.coverage(in: hours).reduce(0) { $0 + $1.coverage.packetsSeen } == 5_559)
    #expect(try Set(database.presence(in: hours).map(\.device)).count == 8)
    guard case .intact = try database.verifyChain() else {
      Issue.record("the chain does not hold")
      return
    }
    // And the first part again is still known.
    #expect(throws: ReplayError.self) { try Project.replay([parts[0]], into: store) }
  }
}
