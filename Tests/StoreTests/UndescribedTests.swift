import Model
import Privacy
import Store
import Testing

@Suite("Destinations without a rule in the store")
struct UndescribedTests {
  let folder: Folder
  let database: AuditDatabase

  init() throws {
    folder = try Folder()
    database = try AuditDatabase(path: folder.store, mode: .capture)
  }

  private func destination(
    _ identity: UndescribedDestination.Identity = .domain("vendor.example"), day: Int64 = 20_000, devices: UInt64 = 7,
    flows: UInt64 = 30, outside: UInt64? = 4, system: UInt32? = 4_294_967_295, period: UInt64? = 900
  ) -> UndescribedDestination {
    UndescribedDestination(
      identity: identity, day: day, devices: devices, flows: flows, flowsOutsideHours: outside, bytesUp: .max,
      bytesDown: 2, namingClass: .c, systemNumber: system, systemName: system == nil ? nil : "Beispielnetz",
      period: period)
  }

  private func append(_ destinations: [UndescribedDestination], to session: Int64) throws {
    var batch = AuditBatch()
    batch.undescribed = destinations
    try database.append(batch, to: session)
  }

  @Test("what is written is read again: domains, networks, and what has neither; counts stop at 2^53 - 1")
  func roundTrip() throws {
    let session = try database.begin()
    let rows = [
      destination(.unnamed, outside: nil, system: nil, period: nil), destination(.network(64_500)), destination(),
    ]
    try append(rows, to: session)
    let expected = rows.map {
      var row = $0
      row.bytesUp = 1 << 53 - 1
      return row
    }
    #expect(try database.undescribedDestinations(on: 20_000...20_000) == expected)
    #expect(try database.undescribedDestinations(on: 20_001...30_000) == [])
  }

  @Test("a day that is given again keeps the greater figures, and each audit has a row of its own")
  func again() throws {
    let first = try database.begin()
    try append([destination()], to: first)
    try append([destination(devices: 9, flows: 20)], to: first)
    #expect(try database.undescribedDestinations(on: 20_000...20_000).map(\.devices) == [9])
    #expect(try database.undescribedDestinations(on: 20_000...20_000).map(\.flows) == [30])
    let second = try database.begin()
    try append([destination(devices: 5)], to: second)
    #expect(try database.undescribedDestinations(on: 20_000...20_000).map(\.devices) == [9, 5])
    #expect(try database.firstDaysOfUndescribed(through: 20_000, devices: 9) == [.domain("vendor.example"): 20_000])
    #expect(try database.firstDaysOfUndescribed(through: 19_999, devices: 1) == [:])
    #expect(try database.firstDaysOfUndescribed(through: 20_000, devices: 10) == [:])
  }

  @Test("retention deletes them by a time of their own, with a record in the chain")
  func retention() throws {
    let session = try database.begin()
    try append([destination(), destination(day: 20_001)], to: session)
    let records = try database.delete(
      .undescribed, before: Hour(sinceEpoch: 20_001 * 24), day: 20_010, toolVersion: "1.0")
    #expect(records.map(\.rows) == [1] && records.map(\.dataClass) == [.undescribed])
    #expect(try database.undescribedDestinations(on: 0...30_000).map(\.day) == [20_001])
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
  }
}
