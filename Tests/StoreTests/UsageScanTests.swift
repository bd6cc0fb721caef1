import Foundation
import GRDB
import Model
import Privacy
import Store
import Synchronization
import Testing

@Suite("A scan of usage")
struct UsageScanTests {
  let folder: Folder
  let database: AuditDatabase

  init() throws {
    folder = try Folder()
    database = try AuditDatabase(path: folder.store, mode: .capture)
  }

  /// What a scan gives of a row, without numbers.
  private func text(_ row: LabelledUsage, _ names: UsageNames) -> String {
    let label = names.labels[row.label]
    return text(
      label.sensor, row.hour, label.group, names.devices[row.device], label.ruleSetHash, label.ruleID,
      label.matchedPattern, label.namingClass, label.encryption, row.sessions, row.blockedAttempts, row.echFlows,
      row.bytesUp, row.bytesDown, label.cleartextIdentifierClasses, row.exampleName, row.aliasFlows,
      row.contradictedFlows)
  }

  private func text(_ row: RuleUsage) -> String {
    text(
      row.sensor, row.hour, row.group, row.device, row.ruleSetHash, row.ruleID, row.matchedPattern, row.namingClass,
      row.encryption, row.sessions, row.blockedAttempts, row.echFlows, row.traffic.bytesUp, row.traffic.bytesDown,
      row.cleartextIdentifierClasses, row.exampleName, row.aliasFlows, row.contradictedFlows)
  }

  private func text(
    _ sensor: String, _ hour: Hour, _ group: String, _ device: DevicePseudonym, _ ruleSet: String, _ rule: String,
    _ pattern: String, _ namingClass: NamingClass, _ encryption: Encryption, _ sessions: UInt64, _ blocked: UInt64,
    _ ech: UInt64, _ up: UInt64, _ down: UInt64, _ classes: Set<IdentifierClass>, _ name: String?, _ alias: UInt64?,
    _ contradicted: UInt64?
  ) -> String {
    let texts = [sensor, group, ruleSet, rule, pattern, namingClass.rawValue, encryption.rawValue, name ?? "no name"]
    let counts = [sessions, blocked, ech, up, down, alias ?? .max, contradicted ?? .max]
    return "\(hour.sinceEpoch) \(device.bytes) \(texts) \(counts) \(classes.map(\.rawValue).sorted())"
  }

  private func scanned(_ period: Range<Hour> = always) throws -> [String] {
    var rows: [String] = []
    _ = try database.scanUsage(in: period) { rows.append(text($0, $1)) }
    return rows
  }

  @Test("gives the same rows as reading them whole, and each label and device once")
  func sameRows() throws {
    try database.append(AggregateTests.mixed, to: database.begin(sensor: "gw1"))
    try database.append(AggregateTests.mixed, to: database.begin(sensor: "gw2"))
    #expect(try scanned().sorted() == database.usage().map(text).sorted())
    let period = Hour(sinceEpoch: 1_001)..<Hour(sinceEpoch: 1_003)
    #expect(try scanned(period).sorted() == database.usage(in: period).map(text).sorted())
    let names = try database.scanUsage(in: always) { _, _ in }
    #expect(Set(names.labels).count == names.labels.count)
    #expect(Set(names.devices).count == names.devices.count)
  }

  @Test(
    "refuses a value that no program writes, in a row whose label was met before as in any other",
    arguments: [
      ("encryption = 'secret-value'", "column encryption: found a text of 12 bytes"),
      ("naming_class = 'F'", "column naming_class: found a text of 1 bytes"),
      ("cleartext_classes = -1", "column cleartext_classes: found the number -1"),
      ("bytes_up = 9007199254740992", "column bytes_up: found the number 9007199254740992"),
      ("device = x'00'", "column device: found 1 bytes"),
      ("hour = 2562048", "column hour: found the number 2562048"),
      ("rule_set_id = 7", "column rule_set_id: found a reference to a row that is not there"),
    ])
  func damaged(_ change: String, _ found: String) throws {
    try database.append(
      (0..<20).map { number in flow { $0.hour = 1_000 + Int64(number) } }, to: database.begin())
    #expect(try scanned().count == 20)
    try AuditDatabase.meddle(folder.store, "UPDATE usage_hour SET \(change) WHERE hour = 1010")
    let all = Hour(sinceEpoch: 0)..<Hour(sinceEpoch: 3_000_000)
    let error = #expect(throws: StoreError.self) { try scanned(all) }
    #expect(error?.description.contains("table usage_hour") == true)
    #expect(error?.description.contains(found) == true, "\(error?.description ?? "")")
  }

  @Test("over the second connection of a store gives what the first gives, whatever is written meanwhile")
  func twin() throws {
    let session = try database.begin()
    try database.append(AggregateTests.mixed, to: session)
    let reader = try AuditDatabase(path: folder.store, mode: .readExisting, hasTwin: true)
    let twin = try #require(reader.twin)
    let before = try scanned()
    try database.append((0..<20).map { number in flow { $0.hour = 1_000 + Int64(number) } }, to: session)
    #expect(try scanned() != before)
    for connection in [reader, twin] {
      var rows: [String] = []
      _ = try connection.scanUsage(in: always) { rows.append(text($0, $1)) }
      #expect(rows == before)
    }
    #expect(try AuditDatabase(path: folder.store, mode: .readExisting).twin == nil)
    reader.close()
  }

  @Test("finds the second connection at the state of the first, or none, while somebody writes")
  func twinBesideWriter() throws {
    let session = try database.begin()
    let isOver = Mutex(false)
    let writing = Thread { [database] in
      var hour: Int64 = 1_000
      while !isOver.withLock(\.self) {
        hour += 1
        try? database.append([flow { $0.hour = hour }], to: session)
      }
    }
    writing.start()
    defer { isOver.withLock { $0 = true } }
    var heads: Set<ChainHead> = []
    for _ in 0..<100 {
      let reader = try AuditDatabase(path: folder.store, mode: .readExisting, hasTwin: true)
      defer { reader.close() }
      heads.insert(try reader.chainHead())
      if let twin = reader.twin { #expect(try twin.chainHead() == reader.chainHead()) }
    }
    #expect(heads.count > 1)
  }

  @Test("and of evidence tells apart more combinations of values than are remembered at once")
  func manyCombinations() throws {
    let flows = (0..<16_400).map { number in
      flow {
        $0.pattern = "p\(number % 16_390).example"
        $0.device = UInt64(number % 7)
      }
    }
    try database.append(flows, to: database.begin())
    #expect(try database.evidence().map(\.flow) == flows)
    #expect(try scanned().sorted() == database.usage().map(text).sorted())
  }
}
