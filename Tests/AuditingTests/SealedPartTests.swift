import Cryptography
import Documents
import FlowTracking
import Foundation
import Location
import Model
import Privacy
import Rules
import Store
import TestSupport
import Testing

@testable import Auditing

@Suite("The sealed part")
struct SealedPartTests {
  let folder: TemporaryDirectory
  let maker: CertificateMaker

  init() throws {
    folder = try TemporaryDirectory()
    maker = CertificateMaker(folder)
    for name in ["dpo", "council"] { try maker.make(name) }
  }

  private static let both = "dpo_certificate: dpo.pem, works_council_certificate: council.pem"

  private func read(_ section: String, _ environment: [String: String] = [:]) throws -> AuditConfiguration {
    try AuditConfiguration(
      path: folder.write("sealed_part: { \(section) }\n", to: "site.yaml"), environment: environment)
  }

  private func faults(_ section: String) throws -> [String] {
    let error = #expect(throws: FileLoadError.self) { try read(section) }
    return error?.faults.map { $0.description.replacing(folder.path(""), with: "") } ?? []
  }

  private func certificate(_ name: String) throws -> EnvelopeCertificate {
    try EnvelopeCertificate(pem: [UInt8](Data(contentsOf: URL(fileURLWithPath: folder.path(name + ".pem")))))
  }

  // MARK: - Configuration

  @Test("is off without its section, and names the keys of its certificates otherwise")
  func configuration() throws {
    #expect(AuditConfiguration().sealedPart == nil && AuditConfiguration().settings.sealedPart == nil)
    let configuration = try read(Self.both)
    let keys = try #require(configuration.settings.sealedPart)
    #expect(try keys.dataProtectionOfficer == hexadecimal(certificate("dpo").keyDigest))
    #expect(try keys.worksCouncil == hexadecimal(certificate("council").keyDigest) && keys.emergency == nil)
    let digest = try Tool.run(
      "/bin/sh",
      [
        "-c",
        "openssl x509 -in '\(folder.path("dpo.pem"))' -noout -pubkey | openssl pkey -pubin -outform DER | sha256sum",
      ])
    #expect(digest.text.hasPrefix(keys.dataProtectionOfficer), "as the documentation says: \(digest.text)")
    // The environment may add the third.
    try maker.make("third")
    let third = try read(
      Self.both, ["EGRESSAUDIT_SEALED_PART_EMERGENCY_CERTIFICATE": folder.path("third.pem")])
    #expect(try third.settings.sealedPart?.emergency == hexadecimal(certificate("third").keyDigest))
    #expect(third.settings.sealedPart?.worksCouncil == keys.worksCouncil)
  }

  @Test("is refused with certificates that do not fit, and the message says what to do")
  func refused() throws {
    try maker.make("old", days: nil)
    try maker.make("short", .rsa(bits: 2_048))
    func only(_ section: String, _ expected: String) throws {
      let faults = try faults(section)
      #expect(faults.count == 1 && faults[0].contains(expected), "\(faults)")
    }
    try only("dpo_certificate: dpo.pem", "'sealed_part' has no key 'works_council_certificate'")
    try only(
      "dpo_certificate: dpo.pem, works_council_certificate: dpo.pem",
      "two of the certificates of 'sealed_part' have the same key")
    try only(Self.both + ", emergency_certificate: dpo.pem", "a key of its own for each holder")
    try only(
      "dpo_certificate: old.pem, works_council_certificate: council.pem",
      "old.pem: the certificate expired on 2021-01-01")
    try only(
      "dpo_certificate: short.pem, works_council_certificate: council.pem",
      "short.pem: the key has 2048 bits; expected at least 3000 bits")
    try only(
      "dpo_certificate: dpo.key, works_council_certificate: council.pem", "dpo.key: the file holds a private key")
    try only(
      "dpo_certificate: none.pem, works_council_certificate: council.pem", "none.pem: the file cannot be read")
    try only(
      "dpo_certificate: site.yaml, works_council_certificate: council.pem",
      "site.yaml: the file holds no certificate")
    try only(Self.both + ", key: x", "key")
    let long = try folder.write([UInt8](repeating: 0x41, count: 1 << 17), to: "long.pem")
    try only(
      "dpo_certificate: \(long), works_council_certificate: council.pem", "the file cannot be read")
  }

  @Test("may not be kept longer than single flows; without a time of its own it is kept as long as they are")
  func retention() throws {
    #expect(RetentionPolicy(days: [.evidence: 30, .sealed: 31]) == nil)
    let own = try #require(RetentionPolicy(days: [.evidence: 30, .sealed: 14]))
    #expect(own.cutoff(.sealed, on: 100) == Hour(sinceEpoch: 86 * 24) && own.text == "evidence=30,sealed=14")
    let none = try #require(RetentionPolicy(days: [.evidence: 30]))
    #expect(none.cutoff(.sealed, on: 100) == none.cutoff(.evidence, on: 100) && none.text == "evidence=30")
    #expect(RetentionPolicy.keepAll.cutoff(.sealed, on: 100) == nil)
    #expect(RetentionPolicy(days: [.sealed: 14])?.deletionDay(.sealed, observed: 1) == 16)
  }

  @Test("check shows the keys, and warns of other keys than before and of a certificate that ends soon")
  func check() throws {
    try maker.make("soon", days: 30)
    try maker.make("third")
    let store = folder.path("a.sqlite")
    let check = SelfCheck(configurationFile: nil, rules: RuleSource(Self.rules), store: store, pseudonymKey: nil)
    let configuration = try read(Self.both)
    let keys = try #require(configuration.settings.sealedPart)
    let points = check.sealedPartPoints(configuration)
    #expect(points.map(\.status) == [.ok] && points[0].message.en.contains(keys.dataProtectionOfficer))
    #expect(points[0].message.de.contains(keys.worksCouncil))
    #expect(check.sealedPartPoints(AuditConfiguration()) == [])
    do {
      let database = try AuditDatabase(path: store, mode: .capture)
      defer { database.close() }
      _ = try begin(database, configuration)
    }
    #expect(check.sealedPartPoints(configuration).map(\.status) == [.ok])
    let soon = try read("dpo_certificate: soon.pem, works_council_certificate: council.pem")
    let changed = check.sealedPartPoints(soon)
    #expect(changed.map(\.status) == [.ok, .warning, .warning])
    #expect(changed[1].message.en.hasPrefix("a certificate expires on "))
    #expect(changed[2].message.en.hasPrefix("the keys are not those of the latest audit"))
    let off = check.sealedPartPoints(AuditConfiguration())
    #expect(off.map(\.status) == [.warning] && off[0].message.de.hasPrefix("keiner ist eingerichtet"))
    let third = try read(Self.both + ", emergency_certificate: third.pem")
    #expect(check.sealedPartPoints(third).map(\.status) == [.ok, .warning], "a third key is another set of keys")
  }

  // MARK: - Blocks

  private static let rules = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "rules").path

  private func begin(_ database: AuditDatabase, _ configuration: AuditConfiguration) throws -> Int64 {
    try database.beginSession(
      sensor: "gw1", captureMode: "live", interface: "interface", toolVersion: "1.0",
      ruleSet: RuleSetStamp(version: "1", hash: "sha256:" + String(repeating: "ab", count: 32), date: "2026-11-01"),
      rules: [], settings: configuration.settings,
      exportSalt: PseudonymKey.fixed(bytes: Array(repeating: 7, count: PseudonymKey.length)).exportSalt)
  }

  /// Flows to a described name that begin one after the other.
  private func records(_ count: Int, from second: Int64) -> [FlowRecord] {
    var tracker = FlowTracker(settings: TrackerSettings())
    for number in 0..<count {
      var client = PacketBuilder(from: "10.20.1.\(11 + number)", to: "198.51.100.7")
      client.sourceHardware = HardwareAddress(bits: 0x0200_0000_0a11 + UInt64(number))
      var conversation = TCPConversation(
        client, clientPort: UInt16(20_000 + number),
        start: Timestamp(nanoseconds: (second + Int64(number)) * 1_000_000_000 + 123_456_789))
      conversation.open()
      conversation.send(.client, ClientHelloBuilder("v10.events.data.microsoft.com").record)
      conversation.send(.server, [UInt8](repeating: 7, count: 90))
      conversation.close()
      for frame in conversation.frames {
        tracker.process(
          frame.bytes.span.bytes, originalLength: frame.originalLength, at: frame.time, linkType: frame.linkType)
      }
    }
    _ = tracker.finish(atMost: .max)
    return tracker.takeRecords()
  }

  private func batch(_ records: [FlowRecord], at second: Int64) -> RecordBatch {
    var batch = RecordBatch(records: records, coverage: [])
    batch.progress = LiveProgress(coveredUntil: Timestamp(seconds: second), openFlows: 0)
    return batch
  }

  private func writer(_ database: AuditDatabase, _ configuration: AuditConfiguration) throws -> RecordWriter {
    var configuration = configuration
    configuration.location = .none
    let key = PseudonymKey.fixed(bytes: Array(repeating: 7, count: PseudonymKey.length))
    return RecordWriter(
      database: database, session: try begin(database, configuration), rules: try RuleSet(directory: Self.rules),
      pseudonyms: PseudonymSource(key), configuration: configuration, owners: try NetworkOwners(.none))
  }

  /// Both envelopes opened.
  private func opened(_ content: [UInt8]) throws -> [SealedPartText.Row] {
    func key(_ name: String) throws -> EnvelopeKey {
      try EnvelopeKey(
        pem: [UInt8](Data(contentsOf: URL(fileURLWithPath: folder.path(name + ".key")))), passphrase: nil)
    }
    let text = try #require(try key("dpo").open(content).flatMap { try key("council").open($0) })
    return try #require(SealedPartText.rows(of: text))
  }

  /// The first second of an hour that begins at 23:00 UTC.
  private static let evening: Int64 = (19_700 * 24 + 23) * 3_600

  @Test("of a service is written once an hour, with its flows or without, and with the place of each flow in the chain")
  func hourly() throws {
    let database = try AuditDatabase(path: folder.path("a.sqlite"), mode: .capture)
    var writer = try writer(database, try read(Self.both))
    let first = Self.evening
    func store(_ records: [FlowRecord], at second: Int64) throws {
      let judged = writer.judge(batch(records, at: second))
      try writer.store(judged)
    }
    try store(records(3, from: first + 5), at: first + 20)
    try store(records(2, from: first + 100), at: first + 200)
    #expect(try database.blocks() == [], "the hour goes on")
    // Flows of the hour before midnight that ended after it, and one of the day after.
    try store(records(1, from: first + 3_590) + records(1, from: first + 3_700), at: first + 3_800)
    #expect(try database.blocks().map(\.day) == [19_700])
    try store([], at: first + 7_300)
    try store([], at: first + 11_000)
    try writer.end()
    let blocks = try database.blocks()
    // The last two hours had no flows.
    #expect(blocks.map(\.day) == [19_700, 19_700, 19_701, 19_701, 19_701])
    let rows = try blocks.map { try opened($0.content ?? []) }
    #expect(rows.map(\.count) == [5, 1, 1, 0, 0])
    var flows: [FlowEvidence] = []
    try database.forEachEvidence(in: Hour(sinceEpoch: 0)..<Hour(sinceEpoch: 1_000_000)) { flows.append($0) }
    #expect(Set(rows.joined().map(\.place)) == Set(flows.map(\.chainSequence)) && flows.count == 7)
    let pseudonymiser = Pseudonymiser(
      key: PseudonymKey.fixed(bytes: Array(repeating: 7, count: PseudonymKey.length)))
    for row in rows.joined() {
      let flow = try #require(flows.first { $0.chainSequence == row.place })
      let device = try #require(HardwareAddress(row.cells[3]))
      #expect(flow.flow.device == pseudonymiser.pseudonym(of: .hardware(device)), "the row is that of its flow")
      #expect(row.cells[1].hasSuffix(".123456789Z") && row.cells[9] == "v10.events.data.microsoft.com")
      #expect(try database.block(ofFlow: row.place)?.content != nil)
    }
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
  }

  @Test("of a service that is killed lacks the flows since the last block; a batch that is tried again is sealed once")
  func killed() throws {
    let path = folder.path("a.sqlite")
    let database = try AuditDatabase(path: path, mode: .capture)
    var writer = try writer(database, try read(Self.both))
    try writer.store(writer.judge(batch(records(3, from: Self.evening + 5), at: Self.evening + 20)))
    let next = writer.judge(batch(records(1, from: Self.evening + 3_650), at: Self.evening + 3_700))
    #expect(next.blocks.count == 1)
    // The store refuses the batch: it comes a second time.
    try? database.inOneStep {
      try database.append(next, to: 1)
      throw CancellationError()
    }
    #expect(try database.blocks() == [])
    try writer.store(next)
    #expect(try database.blocks().count == 1 && opened(database.blocks()[0].content ?? []).count == 3)
    // Killed here: nothing more is written.
    var flows: [Int64] = []
    try database.forEachEvidence(in: Hour(sinceEpoch: 0)..<Hour(sinceEpoch: 1_000_000)) {
      flows.append($0.chainSequence)
    }
    #expect(flows.count == 4)
    #expect(try flows.map { try database.block(ofFlow: $0) != nil } == [true, true, true, false])
  }

  @Test("keeps names that hold tabs, line feeds or other bytes in one cell")
  func names() throws {
    var record = records(1, from: Self.evening)[0]
    record.name?.name = "a\tb\nc%d \u{ff}.example"
    let recipients = SealedPartRecipients(
      dataProtectionOfficer: try certificate("dpo"), worksCouncil: try certificate("council"), emergency: nil)
    let flows: [(place: Int64, flow: ExactFlow)] = [(7, ExactFlow(of: record))]
    let block = try #require(recipients.seal(flows, day: 19_700))
    let rows = try opened(block.content)
    #expect(rows.count == 1 && rows[0].place == 7 && rows[0].cells[9] == "a%09b%0ac%25d%20%ff.example")
    for text in ["", "egressaudit sealed part v1\n", "x\n" + SealedPartText.columns.joined(separator: "\t") + "\n"] {
      #expect(SealedPartText.rows(of: Array(text.utf8)) == nil, "\(text)")
    }
  }
}
