import Model
import Privacy
import Store
import Testing

@Suite("Capture sessions")
struct SessionTests {
  let folder: Folder
  let database: AuditDatabase

  init() throws {
    folder = try Folder()
    database = try AuditDatabase(path: folder.store, mode: .capture)
  }

  @Test("are read with their settings, rule set, hours and packets")
  func told() throws {
    var settings = AuditSettings()
    settings.site = "rathaus"
    settings.groups = [GroupSettings(name: "Bürgerbüro", isSecrecyZone: true)]
    settings.workingHours = WorkingHours(weekdays: [1, 2, 3, 4, 5], from: 7, to: 18)
    settings.measureDate = "2026-05-01"
    let first = try database.beginSession(
      sensor: "gw1", captureMode: "live", interface: "interface", toolVersion: "1.2.3", ruleSet: exampleRuleSet,
      rules: [exampleFacts()], settings: settings, exportSalt: exampleKey.exportSalt)
    try database.append([flow { $0.hour = 1_005 }], to: first)
    var batch = AuditBatch()
    batch.coverage = [CoverageHour(hour: Hour(sinceEpoch: 1_009))]
    batch.flows = [flow { $0.hour = 1_003 }]
    try database.append(batch, to: first)
    try database.endSession(first, packets: 77)
    let second = try database.begin(sensor: "gw2")

    var expected = CaptureSession(
      id: 1, sensor: "gw1", captureMode: "live", toolVersion: "1.2.3", ruleSet: exampleRuleSet, settings: settings,
      firstHour: Hour(sinceEpoch: 1_003), lastHour: Hour(sinceEpoch: 1_009), packets: 77, isClosed: true, isWhole: true)
    let sessions = try database.sessions()
    #expect(sessions.count == 2)
    #expect(sessions[0] == expected)
    expected.id = second
    expected.sensor = "gw2"
    expected.captureMode = "replay"
    expected.toolVersion = "1.0"
    expected.settings = AuditSettings()
    expected.settings.site = "rathaus"
    expected.firstHour = nil
    expected.lastHour = nil
    expected.packets = 0
    expected.isClosed = false
    expected.isWhole = nil
    #expect(sessions[1] == expected)
  }

  @Test("keep each rule set once, with all its facts")
  func ruleSets() throws {
    let other = RuleSetStamp(version: "2", hash: "sha256:" + String(repeating: "cd", count: 32), date: "2026-12-01")
    _ = try database.begin(rules: [exampleFacts(id: "a"), exampleFacts(id: "b", service: "other")])
    _ = try database.begin(rules: [exampleFacts(id: "a"), exampleFacts(id: "b", service: "other")])
    _ = try database.begin(ruleSet: other, rules: [exampleFacts(id: "a", service: "changed")])
    #expect(
      try database.ruleFacts() == [
        exampleRuleSet.hash: ["a": exampleFacts(id: "a"), "b": exampleFacts(id: "b", service: "other")],
        other.hash: ["a": exampleFacts(id: "a", service: "changed")],
      ])
    #expect(try database.sessions().map(\.ruleSet) == [exampleRuleSet, exampleRuleSet, other])
  }

  @Test("of another site are refused, and nothing is changed")
  func site() throws {
    _ = try database.begin(site: "rathaus")
    let error = #expect(throws: StoreError.self) { try database.begin(site: "schule") }
    #expect(error?.problem == .siteDiffers(stored: "rathaus", given: "schule"))
    #expect(
      error?.description
        == "\(folder.store): the store belongs to site 'rathaus', the configuration says 'schule'; sites are not mixed: name another store for 'schule', or set the site to 'rathaus'"
    )
    #expect(try database.sessions().count == 1)
  }

  @Test("with another pseudonym key are refused, and the key's salt is kept for exports")
  func salt() throws {
    let empty = #expect(throws: StoreError.self) { try database.exportSalt() }
    #expect(empty?.problem == .noSession)
    _ = try database.begin()
    let other = PseudonymKey.fixed(bytes: Array(1...32)).exportSalt
    let error = #expect(throws: StoreError.self) { try database.begin(salt: other) }
    #expect(error?.problem == .pseudonymKeyDiffers)
    #expect(error?.description.contains("another pseudonym key") == true)
    #expect(try database.exportSalt() == exampleKey.exportSalt)
    #expect(try database.sessions().count == 1)
  }

  @Test("accept no rows before their beginning or after their end")
  func order() throws {
    let unknown = #expect(throws: StoreError.self) { try database.append([flow()], to: 1) }
    #expect(unknown?.problem == .sessionUnknown(1))
    let session = try database.begin()
    try database.endSession(session, packets: 1)
    let closed = #expect(throws: StoreError.self) { try database.append([flow()], to: session) }
    #expect(closed?.problem == .sessionClosed(session))
    #expect(throws: StoreError.self) { try database.endSession(session, packets: 2) }
    #expect(try database.sessions().map(\.packets) == [1])
  }

  @Test("of a live sensor show the progress of the latest run, and whether it ended in order")
  func liveEnd() throws {
    #expect(try database.latestLiveEnd(sensor: "gw1") == nil)
    func begin(_ sensor: String, _ mode: String = "live") throws -> Int64 {
      var settings = AuditSettings()
      settings.site = "rathaus"
      return try database.beginSession(
        sensor: sensor, captureMode: mode, interface: "interface", toolVersion: "1.0", ruleSet: exampleRuleSet,
        rules: [exampleFacts()], settings: settings, exportSalt: exampleKey.exportSalt)
    }
    func append(_ seconds: Int64, _ openFlows: UInt64, to session: Int64) throws {
      var batch = AuditBatch()
      batch.progress = LiveProgress(
        coveredUntil: Timestamp(nanoseconds: seconds * 1_000_000_000 + 999), openFlows: openFlows)
      try database.append(batch, to: session)
    }
    func end(_ seconds: Int64, _ openFlows: UInt64, isClosed: Bool) -> LiveEnd {
      LiveEnd(
        progress: LiveProgress(coveredUntil: Timestamp(seconds: seconds), openFlows: openFlows), isClosed: isClosed)
    }
    let first = try begin("gw1")
    // A run that stored nothing is not known yet.
    #expect(try database.latestLiveEnd(sensor: "gw1") == nil)
    try append(1_000, 3, to: first)
    try append(1_005, 4, to: first)
    #expect(try database.latestLiveEnd(sensor: "gw1") == end(1_005, 4, isClosed: false))
    try append(1_010, 0, to: first)
    try database.endSession(first, packets: 9)
    #expect(try database.latestLiveEnd(sensor: "gw1") == end(1_010, 0, isClosed: true))
    // A killed session that followed another one in the same run, as after a reload.
    let second = try begin("gw1")
    try append(1_010, 5, to: second)
    #expect(try database.latestLiveEnd(sensor: "gw1") == end(1_010, 5, isClosed: false))
    try append(9_999, 1, to: try begin("gw2"))
    try append(8_888, .max, to: try begin("gw1", "replay"))
    #expect(try database.latestLiveEnd(sensor: "gw1") == end(1_010, 5, isClosed: false))
    try append(2_000, .max, to: second)
    #expect(try database.latestLiveEnd(sensor: "gw1") == end(2_000, 9_007_199_254_740_991, isClosed: false))
  }
}
