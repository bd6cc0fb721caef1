import Cryptography
import FlowTracking
import Foundation
import Glibc
import Location
import Model
import Privacy
import Rules
import Store
import TestSupport
import Testing

@testable import Auditing

/// A store with its key file, changed every quarter.
private final class KeyedStore {
  let folder: TemporaryDirectory
  let database: AuditDatabase
  let store: String
  let path: String
  var key: PseudonymKey
  var session: Int64 = 0

  static let device = DeviceIdentity.address(IPAddress("10.20.1.11")!)

  init(credential: KeyCredential? = nil, oldKey: Bool = false) throws {
    folder = try TemporaryDirectory()
    store = folder.path("audit.sqlite")
    path = store + ".key"
    key = try StoreKey.loadOrCreate(path: path, store: store, credential: credential)
    if oldKey { key = try PseudonymKey.load(path: path) }
    database = try AuditDatabase(path: store, mode: .capture)
    session = try begin(rules: "a")
  }

  func begin(rules digit: Character) throws -> Int64 {
    try database.beginSession(
      sensor: "gw1", captureMode: "live", interface: "interface", toolVersion: "1.0",
      ruleSet: RuleSetStamp(version: "1", hash: "sha256:" + String(repeating: digit, count: 64), date: "2026-05-01"),
      rules: [], settings: AuditSettings(), exportSalt: key.exportSalt)
  }

  @discardableResult
  func run(_ time: String, _ interval: KeyInterval? = .quarter, credential: KeyCredential? = nil) throws
    -> KeyRotation.Outcome
  {
    let outcome = try KeyRotation(database: database, path: path, credential: credential)
      .run(interval, key: key, at: #require(Timestamp(isoText: time)))
    key = outcome.key
    return outcome
  }

  func pseudonym(on day: String, _ key: PseudonymKey? = nil) throws -> DevicePseudonym {
    let maker = Pseudonymiser(key: key ?? self.key)
    return maker.pseudonym(of: Self.device, epoch: maker.epoch(of: try #require(LocalDate(day)).day))
  }

  var actions: [AccessEntry.Action] { get throws { try database.accessEntries().map(\.action) } }
  var text: String { get throws { try String(contentsOfFile: path, encoding: .utf8) } }
}

@Suite("A change of the pseudonym key")
struct KeyRotationTests {
  @Test("happens on the first day of the next quarter, and the earlier key is destroyed six hours into it")
  func quarter() throws {
    let site = try KeyedStore()
    try site.run("2026-11-30T12:00:00Z")
    #expect(try site.actions == [.keyMade])
    let first = site.key
    let old = try site.pseudonym(on: "2026-12-31")
    let secret = try #require(try site.text.split(separator: "\n").last)
    try site.run("2026-12-30T23:00:00Z")
    #expect(try site.text.split(separator: "\n").count == 2)

    let changed = try site.run("2026-12-31T13:00:00Z")
    #expect(changed.changedFrom == LocalDate("2027-01-01"))
    #expect(try site.pseudonym(on: "2026-12-31") == old)
    let new = try site.pseudonym(on: "2027-01-01")
    #expect(new != old)
    // Before the border both are there, whoever starts meanwhile.
    #expect(try StoreKey.loadOrCreate(path: site.path, store: site.store).identities.count == 2)
    #expect(try !site.run("2027-01-01T05:59:59Z").hasShredded)
    #expect(try site.run("2027-01-01T06:00:00Z").hasShredded)
    #expect(try site.actions == [.keyMade, .keyChanged, .keyShredded])
    let entries = try site.database.accessEntries()
    #expect(entries[1].firstDay == LocalDate("2027-01-01") && entries[1].filesDigest == site.key.identities[0].identity)
    #expect(entries[2].filesDigest == first.identities[0].identity && entries[2].filesDigest == entries[0].filesDigest)

    // Nothing that is left gives the earlier pseudonym.
    #expect(try !site.text.contains(secret))
    let loaded = try StoreKey.loadOrCreate(path: site.path, store: site.store)
    #expect(loaded.identities.count == 1 && loaded.firstDay == LocalDate("2027-01-01")?.day)
    #expect(try site.pseudonym(on: "2027-01-01", loaded) == new)
    #expect(try site.pseudonym(on: "2026-12-31", loaded) == new)
    // What recognises captures, connections and exports goes on.
    #expect(loaded.exportSalt == first.exportSalt)
    let time = Timestamp(seconds: 1_800_000_000)
    #expect(loaded.fingerprint(of: [1, 2, 3], at: time) == first.fingerprint(of: [1, 2, 3], at: time))
    #expect(try site.database.pseudonymChanges() == [LocalDate("2027-01-01")!])
    try site.database.seal(toolVersion: "1.0")
    #expect(try site.database.verify().faults == [])
  }

  @Test(
    "comes the day after a border that the service missed, and once, however long it was missed",
    arguments: [
      ("2027-02-10T12:00:00Z", "2027-02-11"), ("2027-02-10T23:55:00Z", "2027-02-12"),
      ("2029-06-30T12:00:00Z", "2029-07-01"),
    ])
  func late(_ time: String, _ day: String) throws {
    let site = try KeyedStore()
    try site.run("2026-11-30T12:00:00Z")
    #expect(try site.run(time).changedFrom == LocalDate(day))
    #expect(try site.run(time).changedFrom == nil)
    #expect(try site.actions == [.keyMade, .keyChanged])
  }

  @Test("does not happen unless it is configured, nor within a month, a quarter or a year")
  func never() throws {
    let site = try KeyedStore()
    try site.run("2026-10-01T12:00:00Z", nil)
    for (time, interval) in [
      ("2026-10-30T23:00:00Z", KeyInterval.month), ("2026-12-30T23:00:00Z", .quarter), ("2026-12-30T23:00:00Z", .year),
      ("2036-12-30T23:00:00Z", nil),
    ] {
      #expect(try site.run(time, interval).changedFrom == nil)
    }
    #expect(try site.actions == [.keyMade])
  }

  @Test("of a store whose key an older version made leaves its pseudonyms alone until the day after")
  func upgrade() throws {
    let site = try KeyedStore(oldKey: true)
    let old = try site.pseudonym(on: "2026-11-30")
    #expect(try site.run("2026-11-30T12:00:00Z").changedFrom == LocalDate("2026-12-01"))
    #expect(try site.pseudonym(on: "2026-11-30") == old)
    try site.run("2026-12-01T06:00:00Z")
    #expect(try site.actions == [.keyChanged, .keyShredded])
    #expect(try site.database.accessEntries()[1].filesDigest == nil)
  }

  @Test("that was interrupted between file and chain is completed")
  func interrupted() throws {
    let site = try KeyedStore()
    try site.run("2026-11-30T12:00:00Z")
    site.key = try site.key.changed(from: #require(LocalDate("2027-01-01")).day, path: site.path, credential: nil)
    try site.run("2026-12-31T13:00:00Z")
    #expect(try site.actions == [.keyMade, .keyChanged])
    site.key = try site.key.shredded(path: site.path)
    try site.run("2027-01-01T13:00:00Z")
    #expect(try site.actions == [.keyMade, .keyChanged, .keyShredded])
    try site.run("2027-01-01T14:00:00Z")
    #expect(try site.actions.count == 3)
  }

  @Test("overwrites the bytes of the earlier file")
  func overwritten() throws {
    let site = try KeyedStore()
    let other = site.folder.path("link")
    #expect(link(site.path, other) == 0)
    let size = try Data(contentsOf: URL(fileURLWithPath: other)).count
    _ = try site.key.changed(from: 30_000, path: site.path, credential: nil)
    #expect(try Data(contentsOf: URL(fileURLWithPath: other)) == Data(count: size))
    let attributes = try FileManager.default.attributesOfItem(atPath: site.path)
    #expect(attributes[.posixPermissions] as? Int == 0o400)
  }

  @Test("makes an older copy of the key file useless")
  func olderCopy() throws {
    let site = try KeyedStore()
    let copy = try Data(contentsOf: URL(fileURLWithPath: site.path))
    try site.run("2026-11-30T12:00:00Z")
    try site.run("2026-12-31T13:00:00Z")
    chmod(site.path, 0o600)
    try copy.write(to: URL(fileURLWithPath: site.path))
    let error = #expect(throws: StoreError.self) { try StoreKey.loadOrCreate(path: site.path, store: site.store) }
    #expect(error?.problem == .pseudonymKeyEarlier(since: LocalDate("2027-01-01")!))
  }

  @Test("gives each flow the pseudonym of its day, also one that is stored after the change")
  func flows() throws {
    let first = PseudonymKey.fixed(bytes: Array(repeating: 7, count: PseudonymKey.length))
    let folder = try TemporaryDirectory()
    let path = try folder.write(String(repeating: "07", count: 32) + "\n", to: "key")
    chmod(path, 0o400)
    let border: Int64 = 20_000
    let source = PseudonymSource(first)
    var configuration = AuditConfiguration()
    configuration.location = .none
    let rules = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "rules").path
    var writer = RecordWriter(
      database: try AuditDatabase(path: folder.path("a.sqlite"), mode: .capture), session: 1,
      rules: try RuleSet(directory: rules), pseudonyms: source, configuration: configuration,
      owners: try NetworkOwners(.none))
    let hardware = HardwareAddress(bits: 0x0200_0000_0a11)
    let device = DeviceIdentity.hardware(hardware)
    func presence(at second: Int64) -> Set<DevicePresence> {
      var tracker = FlowTracker(settings: TrackerSettings())
      var client = PacketBuilder(from: "10.20.1.11", to: "198.51.100.7")
      client.sourceHardware = hardware
      var conversation = TCPConversation(client, clientPort: 20_000, start: Timestamp(seconds: second))
      conversation.open()
      conversation.send(.client, ClientHelloBuilder("v10.events.data.microsoft.com").record)
      conversation.send(.server, [UInt8](repeating: 7, count: 90))
      conversation.close()
      for frame in conversation.frames {
        tracker.process(
          frame.bytes.span.bytes, originalLength: frame.originalLength, at: frame.time, linkType: frame.linkType)
      }
      _ = tracker.finish(atMost: .max)
      return writer.judge(RecordBatch(records: tracker.takeRecords(), coverage: [])).presence
    }
    let before = try #require(presence(at: border * 86_400 - 30).first)
    #expect(before.device == Pseudonymiser(key: first).pseudonym(of: device))
    let changed = try first.changed(from: border, path: path, credential: nil)
    source.replace(by: changed)
    let maker = Pseudonymiser(key: changed)
    #expect(presence(at: border * 86_400 - 20).first == before)
    let after = try #require(presence(at: border * 86_400 + 20).first)
    #expect(after.day == border && after.device == maker.pseudonym(of: device, epoch: 1))
    #expect(after.device != before.device)
    // A late flow of the day before, and again one of the day.
    #expect(presence(at: border * 86_400 - 10).allSatisfy { $0 == before })
    #expect(presence(at: border * 86_400 + 40).allSatisfy { $0 == after })
  }
}

@Suite("A credential beside the pseudonym key")
struct KeyCredentialTests {
  private func credential(_ digits: String, _ folder: TemporaryDirectory) throws -> KeyCredential {
    _ = try folder.write(String(repeating: digits, count: 32) + "\n", to: KeyCredential.name)
    return try #require(try KeyCredential.load(folder: folder.path("")))
  }

  @Test("is needed from the beginning if the key was made with it, and another does not do")
  func needed() throws {
    let folder = try TemporaryDirectory()
    let given = try credential("ab", folder)
    let site = try KeyedStore(credential: given)
    let expected = site.key.exportSalt
    #expect(site.key.needsCredential)
    #expect(try StoreKey.loadOrCreate(path: site.path, store: site.store, credential: given).exportSalt == expected)
    #expect(throws: KeyFileError(.pseudonyms, .credentialMissing, path: site.path)) {
      try StoreKey.loadOrCreate(path: site.path, store: site.store)
    }
    let other = try credential("cd", folder)
    #expect(throws: KeyFileError(.pseudonyms, .credentialDiffers, path: site.path)) {
      try StoreKey.loadOrCreate(path: site.path, store: site.store, credential: other)
    }
    // Neither the stored digits nor the credential alone are the secret.
    let stored = try #require(try site.text.split(separator: "\n").last?.split(separator: " ")[1])
    let alone = PseudonymKey.fixed(bytes: try #require(decodeHexadecimal(Array(stored.utf8))))
    #expect(try site.pseudonym(on: "2026-11-30", alone) != site.pseudonym(on: "2026-11-30"))
  }

  @Test("that is added later takes part from the next change of the key on")
  func later() throws {
    let site = try KeyedStore()
    try site.run("2026-11-30T12:00:00Z")
    let old = try site.pseudonym(on: "2026-12-31")
    let folder = try TemporaryDirectory()
    let given = try credential("ab", folder)
    #expect(try !StoreKey.loadOrCreate(path: site.path, store: site.store, credential: given).needsCredential)
    try site.run("2026-12-31T12:00:00Z", credential: given)
    #expect(site.key.needsCredential)
    #expect(try site.pseudonym(on: "2026-12-31") == old)
    #expect(throws: KeyFileError(.pseudonyms, .credentialMissing, path: site.path)) {
      try StoreKey.loadOrCreate(path: site.path, store: site.store)
    }
  }

  @Test("is nil without a folder or without the file, and refused with another content")
  func content() throws {
    #expect(try KeyCredential.load(folder: nil).map { _ in true } == nil)
    let folder = try TemporaryDirectory()
    #expect(try KeyCredential.load(folder: folder.path("")).map { _ in true } == nil)
    let path = folder.path("") + "/" + KeyCredential.name
    for text in ["", "ab\n", String(repeating: "ab", count: 33), String(repeating: "xy", count: 32)] {
      _ = try folder.write(text, to: KeyCredential.name)
      let error = #expect(throws: KeyFileError.self) { try KeyCredential.load(folder: folder.path("")) }
      #expect(error?.key == .credential && error?.path == path)
      #expect(error.map { "\($0)".contains("expected a credential of 64 hexadecimal digits") } == true)
    }
  }
}

@Suite("Entries about rules")
struct RulesChangedTests {
  @Test("are made if an audit goes by other rules than the one before, and only then")
  func changed() throws {
    let site = try KeyedStore()
    let time = Timestamp(seconds: 1_800_000_000)
    try site.database.noteRules(of: site.session, at: time)
    #expect(try site.actions == [])
    let same = try site.begin(rules: "a")
    try site.database.noteRules(of: same, at: time)
    #expect(try site.actions == [])
    let other = try site.begin(rules: "b")
    try site.database.noteRules(of: other, at: time)
    let entry = try #require(try site.database.accessEntries().last)
    #expect(entry.action == .rulesChanged && entry.time == time)
    #expect(entry.filesDigest == Array(repeating: 0xbb, count: 32))
  }
}
