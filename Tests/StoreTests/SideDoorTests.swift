import Foundation
import GRDB
import Model
import Privacy
import Store
import TestSupport
import Testing

/// What the form of the store's file could show beside its rows.
@Suite("Side doors of the store's file")
struct SideDoorTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  private func query<Value: DatabaseValueConvertible>(_ sql: String, _: Value.Type) throws -> [Value] {
    try DatabaseQueue(path: folder.store).read { try Value.fetchAll($0, sql: sql) }
  }

  @Test("of the tables that name a device, only the evidence has row numbers, and they are its places in the chain")
  func rowNumbers() throws {
    _ = try AuditDatabase(path: folder.store, mode: .capture)
    let tables = try query(
      """
      SELECT name FROM sqlite_master WHERE type = 'table'
        AND EXISTS (SELECT * FROM pragma_table_info(sqlite_master.name) WHERE name = 'device') ORDER BY name
      """, String.self)
    #expect(tables == ["device_presence", "flow_evidence", "usage_hour"])
    let numbered = try tables.filter { table in
      do {
        _ = try query("SELECT rowid FROM \(table)", Int64.self)
        return true
      } catch is DatabaseError { return false }
    }
    #expect(numbered == ["flow_evidence"])
    let key = try query("SELECT name FROM pragma_table_info('flow_evidence') WHERE pk > 0", String.self)
    #expect(key == ["chain_seq"])
  }

  @Test("no column of any table holds a time finer than the hour, but for those that concern no device")
  func columns() throws {
    _ = try AuditDatabase(path: folder.store, mode: .capture)
    let fine = try query(
      """
      SELECT sqlite_master.name || '.' || columns.name FROM sqlite_master
        JOIN pragma_table_info(sqlite_master.name) AS columns
      WHERE sqlite_master.type = 'table' AND (columns.name LIKE '%second%' OR columns.name LIKE '%time%'
        OR columns.name LIKE '%minute%' OR columns.name LIKE '%until%' OR columns.name LIKE '%stamp%') ORDER BY 1
      """, String.self)
    #expect(
      fine == [
        "access_entry.second", "capture_session.covered_until", "capture_span.first_second", "capture_span.last_second",
        "reidentification.second", "review_decision.recorded_second", "signed_head.second",
        // Not a time but the span between contacts of a destination that many devices contact.
        "undescribed_day.period_seconds",
      ])
  }

  @Test("rows in the order of arrival leave tables sorted by device, whatever came first")
  func presenceIsSorted() throws {
    let database = try AuditDatabase(path: folder.store, mode: .capture)
    let session = try database.begin()
    for device in [3, 1, 2] as [UInt64] {
      var batch = AuditBatch()
      batch.presence = [DevicePresence(day: 41, group: "office", device: pseudonym(device))]
      try database.append(batch, to: session)
    }
    let devices = try query("SELECT device FROM device_presence", Data.self).map { [UInt8]($0) }
    #expect(devices == [1, 2, 3].map { pseudonym($0).bytes }.sorted { $0.lexicographicallyPrecedes($1) })
  }

  @Test("after the deletion of all classes no byte of a device, a destination or a place is in any file")
  func deletedClasses() throws {
    let database = try AuditDatabase(path: folder.store, mode: .capture)
    let session = try database.begin()
    let name = "telling-destination.example"
    let domain = "telling-undescribed.example"
    for hour in [1_000, 1_001] as [Int64] {
      var batch = AuditBatch()
      batch.flows = (1...50 as ClosedRange<UInt64>).map { device in
        flow {
          $0.device = device
          $0.hour = hour
          $0.name = name
        }
      }
      batch.coverage = [CoverageHour(hour: Hour(sinceEpoch: hour))]
      batch.presence = Set(
        (1...50).map { DevicePresence(day: 41, group: "telling-group", device: pseudonym(UInt64($0))) })
      batch.connections = [ConnectionSample(hour: Hour(sinceEpoch: hour), digest: 0x1a_5bc7_d3e9_f142)]
      batch.spans = [CaptureSpan(first: 3_600_123, last: 3_601_457, begins: .file, edgeSilence: 0)]
      batch.undescribed = [
        UndescribedDestination(
          identity: .domain(domain), day: 41, devices: 50, flows: 50, flowsOutsideHours: nil, bytesUp: 1, bytesDown: 1,
          namingClass: .a, systemNumber: nil, systemName: nil, period: nil)
      ]
      try database.append(batch, to: session)
    }
    var secrets: [String: Data] = [
      "name": Data(name.utf8), "domain": Data(domain.utf8), "group": Data("telling-group".utf8),
      "connection": Data([0x1a, 0x5b, 0xc7, 0xd3, 0xe9, 0xf1, 0x42]),
    ]
    for device in [1, 25, 50] as [UInt64] { secrets["device \(device)"] = Data(pseudonym(device).bytes) }
    let hashes = try query("SELECT hash FROM chain_entry WHERE kind = 'flow' LIMIT 3", Data.self)
    let before = try folder.bytes()
    for (kind, secret) in secrets { #expect(before.range(of: secret) != nil, "\(kind) was never stored") }
    for hash in hashes { #expect(before.range(of: hash) != nil) }
    for dataClass in DataClass.allCases {
      try database.delete(dataClass, before: Hour(sinceEpoch: 1_008), day: 100, toolVersion: "1.0")
    }
    let after = try folder.bytes()
    for (kind, secret) in secrets { #expect(after.range(of: secret) == nil, "\(kind) is still in a file") }
    for hash in hashes { #expect(after.range(of: hash) == nil) }
    #expect(try query("PRAGMA freelist_count", Int.self)[0] > 0, "there are free pages")
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
  }
}
