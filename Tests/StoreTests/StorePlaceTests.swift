import Foundation
import Glibc
import Model
import Privacy
import Store
import Testing

@Suite("A store that is removed while it is in use")
struct StorePlaceTests {
  let folder: Folder
  let database: AuditDatabase
  let session: Int64
  private var aside: String { folder.path + "/aside.sqlite" }

  init() throws {
    folder = try Folder()
    database = try AuditDatabase(path: folder.store, mode: .capture)
    session = try database.begin()
    try database.append([flow()], to: session)
    #expect(database.displacement == nil)
  }

  private func refusal() throws -> StoreError.Problem? {
    #expect(throws: StoreError.self) { try database.append([flow()], to: session) }?.problem
  }

  @Test("deleted: accepts no more rows")
  func deleted() throws {
    unlink(folder.store)
    #expect(database.displacement == .gone)
    #expect(try refusal() == .displaced(.gone))
  }

  @Test("moved away: accepts no more rows, is whole in its new place, and is used again when it is back")
  func moved() throws {
    try #require(rename(folder.store, aside) == 0)
    #expect(try refusal() == .displaced(.gone))
    database.rescue()
    let copy = try AuditDatabase(path: aside, mode: .readExisting)
    #expect(try copy.evidence().count == 1)
    #expect(try copy.verifyChain() == .intact(head: copy.chainHead()))
    copy.close()

    try #require(rename(aside, folder.store) == 0)
    #expect(database.displacement == nil)
    try database.append([flow()], to: session)
    #expect(try database.evidence().count == 2)
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
  }

  @Test("replaced by another store: writes to neither, and the other one keeps its rows")
  func replaced() throws {
    let other = try Folder()
    do {
      let database = try AuditDatabase(path: other.store, mode: .capture)
      try database.append([flow { $0.hour = 7 }], to: database.begin())
      database.close()
    }
    try #require(rename(other.store, folder.store) == 0)
    #expect(database.displacement == .replaced)
    #expect(try refusal() == .displaced(.replaced))
    database.rescue()
    database.close()
    let now = try AuditDatabase(path: folder.store, mode: .capture)
    #expect(try now.evidence().map(\.flow.hour.sinceEpoch) == [7])
    try now.append([flow()], to: now.begin())
    #expect(try now.verifyChain() == .intact(head: now.chainHead()))
  }

  @Test("without its write-ahead log: accepts no more rows, and all rows accepted before are in the file")
  func logDeleted() throws {
    unlink(folder.store + "-wal")
    #expect(database.displacement == .logGone)
    #expect(try refusal() == .displaced(.logGone))
    database.rescue()
    database.close()
    let again = try AuditDatabase(path: folder.store, mode: .readExisting)
    #expect(try again.evidence().count == 1)
  }
}
