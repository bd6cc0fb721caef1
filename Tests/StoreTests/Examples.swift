import Foundation
import GRDB
import Model
import Privacy
import Store

/// A folder of the test's own, removed at its end.
final class Folder: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "egressaudit-store-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var store: String { path + "/audit.sqlite" }

  /// All bytes of all files in the folder, side files included.
  func bytes() throws -> Data {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted().reduce(into: Data()) {
      $0 += try Data(contentsOf: URL(fileURLWithPath: path + "/" + $1))
    }
  }

  /// Runs the verifier of the documentation, which was written without the program.
  func recordedCheck() throws -> (code: Int32, output: String) {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "docs/evidence-verifier.py").path
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", script, store]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
  }
}

extension AuditDatabase {
  /// A change of the store by another program.
  static func meddle(_ path: String, _ sql: String) throws {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
    try queue.close()
  }

  func begin(
    sensor: String = "gw1", toolVersion: String = "1.0", ruleSet: RuleSetStamp = exampleRuleSet,
    rules: [RuleFacts] = [exampleFacts()], site: String = "rathaus", salt: [UInt8] = exampleKey.exportSalt
  ) throws -> Int64 {
    var settings = AuditSettings()
    settings.site = site
    return try beginSession(
      sensor: sensor, captureMode: "replay", interface: "file", toolVersion: toolVersion, ruleSet: ruleSet,
      rules: rules, settings: settings, exportSalt: salt)
  }

  func append(_ flows: [PseudonymousFlow], to session: Int64) throws {
    var batch = AuditBatch()
    batch.flows = flows
    try append(batch, to: session)
  }

  func usage(in period: Range<Hour> = always) throws -> [RuleUsage] {
    var result: [RuleUsage] = []
    try forEachUsage(in: period) { result.append($0) }
    return result
  }

  func evidence(in period: Range<Hour> = always) throws -> [FlowEvidence] {
    var result: [FlowEvidence] = []
    try forEachEvidence(in: period) { result.append($0) }
    return result
  }
}

let always = Hour(sinceEpoch: 0)..<Hour(sinceEpoch: 1_000_000)
let exampleKey = PseudonymKey.fixed(bytes: Array(0..<32))
let exampleRuleSet = RuleSetStamp(
  version: "2026.11.1", hash: "sha256:" + String(repeating: "ab", count: 32), date: "2026-11-01")

func exampleFacts(id: String = "example-events", service: String = "example") -> RuleFacts {
  RuleFacts(
    id: id, revision: 3, service: service, serviceTitle: LocalizedText(en: "Example", de: "Beispiel für Ämter"),
    recipient: Recipient(
      id: "example", legalEntity: "Example Inc.", seat: "US", parent: nil, parentSeat: nil, roleAssumed: "unknown",
      source: SourceReference(document: "register", date: "2026")),
    purpose: .telemetry, kind: "diagnostics", dataLevel: "optional", categories: [], sources: [], disputes: [],
    isShared: false, isEssential: false, blockingEffect: nil)
}

func exampleDevice(_ number: UInt64) -> DeviceIdentity {
  .hardware(HardwareAddress(bits: 0x02_00_5e_10_00_00 + number))
}

func pseudonym(_ number: UInt64) -> DevicePseudonym {
  Pseudonymiser(key: exampleKey).pseudonym(of: exampleDevice(number))
}

/// Values that differ between flows of a test; all others are the same.
struct ExampleFlow {
  var device: UInt64 = 1
  var hour: Int64 = 1_000
  var group = "office"
  var rule = "example-events"
  var pattern = "*.events.example"
  var name: String? = "v10.events.example"
  var namingClass = NamingClass.a
  var ech = EncryptedClientHello.none
  var encryption = Encryption.tls13
  var outcome = FlowOutcome.established
  var part: UInt32 = 0
  var isRetry = false
  var traffic = Traffic(bytesUp: 1_000, bytesDown: 200, packetsUp: 9, packetsDown: 8, missedBytes: 3)
  var identifiers: Set<IdentifierClass> = []
  var applicationProtocol: String? = "h2"
  var network = DestinationNetwork.unknown
  var matchedBy = MatchBasis.name
  var isContradicted = false

  func pseudonymous() -> PseudonymousFlow {
    var record = FlowRecord(
      flowNumber: 7, part: part, device: exampleDevice(device), originator: IPAddress(v4: 0x0a01_02fd),
      responder: IPAddress(v4: 0xc633_6407), originatorPort: 50_123, responderPort: 443, transport: .tcp, vlan: 12,
      start: Timestamp(seconds: hour * 3_600 + 1_234), end: Timestamp(seconds: hour * 3_600 + 1_250), traffic: traffic,
      outcome: outcome, completeness: .endMissing, originatorInferred: true, encryption: encryption,
      applicationProtocol: applicationProtocol,
      name: NameEvidence(name: "Secret-Name.example", method: .sni, namingClass: namingClass, ech: ech, dnsAge: 17),
      reach: .outbound, history: "ShADd")
    var text = ClearText()
    text.begin(.httpRequest)
    text.append(Array("GET /secret-request".utf8))
    record.clearText = text
    let pseudonymiser = Pseudonymiser(key: exampleKey)
    return pseudonymiser.pseudonymise(
      record: record, device: pseudonymiser.pseudonym(of: record.device),
      verdict: Verdict(facts: exampleFacts(id: rule), matchedPattern: pattern, basis: .name, personalLabel: nil),
      group: group, matchedBy: matchedBy, isContradicted: isContradicted, tokenisedName: name,
      destinationNetwork: network, cleartextIdentifierClasses: identifiers,
      isRetry: isRetry)
  }
}

func flow(_ change: (inout ExampleFlow) -> Void = { _ in }) -> PseudonymousFlow {
  var example = ExampleFlow()
  change(&example)
  return example.pseudonymous()
}
