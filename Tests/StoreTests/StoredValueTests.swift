import Foundation
import GRDB
import Model
import Privacy
import Testing

@testable import Store

@Suite("A stored value")
struct StoredValueTests {
  let folder: Folder
  let database: AuditDatabase

  init() throws {
    folder = try Folder()
    database = try AuditDatabase(path: folder.store, mode: .capture)
    var batch = AuditBatch()
    batch.flows = (0..<3).map { number in flow { $0.device = number } }
    batch.coverage = [CoverageHour(hour: Hour(sinceEpoch: 1_000))]
    var group = GroupHour(hour: Hour(sinceEpoch: 1_000), group: "office")
    group.sessions = 2
    batch.groups = [group]
    batch.spans = [CaptureSpan(first: 3_600_000, last: 3_603_000, begins: .file, edgeSilence: 4)]
    batch.presence = [DevicePresence(day: 41, group: "office", device: pseudonym(1))]
    try database.append(batch, to: database.begin())
  }

  @Test("of settings of the first version is read with the default limits that it lacked")
  func firstSettings() throws {
    let text = try String(decoding: JSONEncoder().encode(AuditSettings()), as: UTF8.self)
    var older = text
    for member in [
      #""maximumUnexaminable":0.1,?"#, #""maximumOneSided":0.1,?"#, #""minimumContacted":0.25,?"#,
      #""expectsQUIC":true,?"#,
    ] {
      let part = try #require(older.range(of: member, options: .regularExpression))
      older.removeSubrange(part)
    }
    older = older.replacingOccurrences(of: ",}", with: "}")
    #expect(try AuditSettings(storedText: older) == AuditSettings())
    #expect(throws: TextFault.self) {
      try AuditSettings(
        storedText: text.replacingOccurrences(of: #""maximumUnexaminable":0.1"#, with: #""maximumUnexaminable":1.5"#))
    }
  }

  @Test("has a declaration for each column of the schema, and no other column is declared")
  func declared() throws {
    let inSchema = try DatabaseQueue(path: folder.store).read { database in
      try String.fetchAll(
        database,
        sql: """
          SELECT tables.name || '.' || columns.name FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
          WHERE tables.type = 'table'
          """)
    }
    #expect(Set(inSchema) == Set(StoredTable.columns.keys))
  }

  @Test(
    "is found by check where it is read, with table, row and column; rows without a number are named by their position")
  func place() throws {
    #expect(try database.checkValues() == 30 + UInt64(Schema.current.migrations.count))
    try AuditDatabase.meddle(
      folder.store, "UPDATE usage_hour SET bytes_up = -4 WHERE device = (SELECT max(device) FROM usage_hour)")
    let expected =
      "\(folder.store): the store is damaged: table usage_hour, row 3 in the order of its key, column bytes_up: found the number -4, expected a whole number from 0 to 9007199254740991; restore the store from a backup, or audit the captures into a new one"
    #expect(#expect(throws: StoreError.self) { try database.usage() }?.description == expected)
    #expect(#expect(throws: StoreError.self) { try database.checkValues() }?.description == expected)
  }

  @Test("that refers to a missing row is refused, not left out")
  func reference() throws {
    try AuditDatabase.meddle(
      folder.store, "UPDATE usage_hour SET rule_set_id = 77 WHERE device = (SELECT min(device) FROM usage_hour)")
    let expected =
      "table usage_hour, row 1 in the order of its key, column rule_set_id: found a reference to a row that is not there, expected the number of a row of table rule_set"
    #expect(#expect(throws: StoreError.self) { try database.usage() }?.description.contains(expected) == true)
    #expect(#expect(throws: StoreError.self) { try database.checkValues() }?.description.contains(expected) == true)
    let opening = #expect(throws: StoreError.self) { try AuditDatabase(path: folder.store, mode: .maintain) }
    #expect(opening?.description.contains(expected) == true)
  }

  @Test(
    "of the settings is refused with the impossible member",
    arguments: [
      ("gate.maximumLoss", "1e308", "a share from 0 to 1 as gate.maximumLoss"),
      ("gate.maximumLoss", "-0.1", "a share from 0 to 1 as gate.maximumLoss"),
      ("gate.negativeProofLimit", "2", "a share from 0 to 1 as gate.negativeProofLimit"),
      ("gate.maximumRuleAgeDays", "9223372036854775807", "days from 0 to 100000 as gate.maximumRuleAgeDays"),
      ("gate.minimumDeviceDays", "-1", "device-days from 0 to 100000 as gate.minimumDeviceDays"),
      ("groupMinimum", "0", "a number from 1 to 1000 as groupMinimum"),
      ("groupMinimum", "1e400", "settings as JSON with all members"),
      ("groupMinimum", "NaN", "settings as JSON with all members"),
      ("timeZone", "\"../../etc/passwd\"", "an IANA name such as Europe/Berlin as timeZone"),
      ("timeZone", "\"\"", "an IANA name such as Europe/Berlin as timeZone"),
      ("insideNetworks", "[\"10.0.0.0/99\"]", "address ranges such as 10.0.0.0/8 as insideNetworks"),
      ("workingHours", "{\"weekdays\":[0],\"from\":8,\"to\":17}", "numbers from 1 to 7 as workingHours.weekdays"),
      ("workingHours", "{\"weekdays\":[1],\"from\":99,\"to\":17}", "an hour from 0 to 23 as workingHours.from"),
    ])
  func settings(member: String, value: String, expected: String) throws {
    let text = try DatabaseQueue(path: folder.store).read {
      try String.fetchOne($0, sql: "SELECT settings FROM capture_session")!
    }
    let name = String(member.split(separator: ".").last!)
    var changed = text.replacing(
      try Regex("\"\(name)\":(\"[^\"]*\"|\\[[^\\]]*\\]|[-0-9.e+]+)"), with: "\"\(name)\":\(value)")
    if name == "workingHours" { changed = text.dropLast() + ",\"workingHours\":\(value)}" }
    try #require(changed != text)
    try AuditDatabase.meddle(
      folder.store, "UPDATE capture_session SET settings = '\(changed)'")
    let error = #expect(throws: StoreError.self) { try database.sessions() }
    guard case .damaged(let damaged)? = error?.problem else {
      Issue.record("\(error?.description ?? "")")
      return
    }
    #expect((damaged.table, damaged.row, damaged.column) == ("capture_session", .number(1), "settings"))
    #expect(damaged.expected.en.hasSuffix(expected))
    #expect(damaged.found.en == "a text of \(changed.utf8.count) bytes")
  }

  @Test("of endlessly nested JSON is refused")
  func nested() throws {
    let deep = String(repeating: "[", count: 1_000_000)
    try AuditDatabase.meddle(folder.store, "UPDATE coverage_hour SET gaps = '\(deep)'")
    let error = #expect(throws: StoreError.self) { try database.coverage(in: always) }
    #expect(
      error?.description.contains("column gaps: found a text of 1000000 bytes, expected counts from 0 to") == true)
  }

  @Test("is not read at all if the store contains code that would run when it is read", arguments: [true, false])
  func code(isReading: Bool) throws {
    database.close()
    try AuditDatabase.meddle(
      folder.store, "CREATE TRIGGER quiet AFTER INSERT ON flow_evidence BEGIN DELETE FROM coverage_hour; END")
    let error = #expect(throws: StoreError.self) {
      try AuditDatabase(path: folder.store, mode: isReading ? .readExisting : .capture)
    }
    #expect(error?.problem == .runsCode)
  }

  @Test("at the end of the chain's numbers is reported, since no entry can follow")
  func chainEnd() throws {
    try AuditDatabase.meddle(folder.store, "UPDATE chain_entry SET seq = 9007199254740991 WHERE seq = 4")
    let error = #expect(throws: StoreError.self) { try database.begin() }
    #expect(error?.description.contains("table chain_entry, row 9007199254740991, column seq") == true)
  }
}
