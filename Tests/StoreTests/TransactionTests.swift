import Foundation
import GRDB
import Model
import Privacy
import Store
import Synchronization
import Testing

@Suite("A batch")
struct TransactionTests {
  let folder: Folder
  let database: AuditDatabase

  init() throws {
    folder = try Folder()
    database = try AuditDatabase(path: folder.store, mode: .capture)
  }

  @Test("that fails in its middle leaves nothing behind, and the next one is stored")
  func failing() throws {
    let session = try database.begin()
    try database.append([flow()], to: session)
    let before = (try database.usage(), try database.evidence(), try database.sessions(), try database.chainHead())
    try AuditDatabase.meddle(
      folder.store,
      """
      CREATE TRIGGER stop BEFORE INSERT ON flow_evidence WHEN NEW.chain_seq = 60
      BEGIN SELECT RAISE(ABORT, 'stopped'); END
      """)
    var batch = AuditBatch()
    batch.flows = (0..<100).map { number in flow { $0.device = number } }
    batch.coverage = [CoverageHour(hour: Hour(sinceEpoch: 1))]
    batch.presence = [DevicePresence(day: 1, group: "office", device: pseudonym(1))]
    let error = #expect(throws: StoreError.self) { try database.append(batch, to: session) }
    #expect(error?.problem == .sqlite(code: 1_811, message: "stopped"))
    #expect(try database.usage() == before.0)
    #expect(try database.evidence() == before.1)
    #expect(try database.sessions() == before.2)
    #expect(try database.chainHead() == before.3)
    #expect(try database.coverage(in: always) == [])

    try AuditDatabase.meddle(folder.store, "DROP TRIGGER stop")
    try database.append(batch, to: session)
    #expect(try database.evidence().count == 101)
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
  }

  @Test("in whose middle the machine stops leaves the state before it")
  func cutOff() throws {
    let session = try database.begin()
    try database.append([flow(), flow()], to: session)
    let head = try database.chainHead()
    // A batch larger than SQLite's cache is on the disk in part before it is over; the disk keeps that part, without
    // the mark of a commit, as it would when the power fails.
    try AuditDatabase.meddle(
      folder.store,
      """
      CREATE TRIGGER stop BEFORE INSERT ON flow_evidence WHEN NEW.chain_seq = 3000
      BEGIN SELECT RAISE(ABORT, 'stopped'); END
      """)
    let names = (0..<4_000).map { number in
      flow { $0.name = "unfinished\(number)" + String(repeating: "x", count: 2_000) }
    }
    #expect(throws: StoreError.self) { try database.append(names, to: session) }
    let copy = folder.path + "/copy.sqlite"
    for suffix in ["", "-wal"] {
      try FileManager.default.copyItem(atPath: folder.store + suffix, toPath: copy + suffix)
    }
    let log = try Data(contentsOf: URL(fileURLWithPath: copy + "-wal"))
    #expect(log.range(of: Data("unfinished100x".utf8)) != nil)

    try AuditDatabase.meddle(copy, "DROP TRIGGER stop")
    let left = try AuditDatabase(path: copy, mode: .capture)
    #expect(try left.chainHead() == head)
    #expect(try left.verifyChain() == .intact(head: head))
    #expect(try left.usage().map(\.sessions) == [2])
    #expect(try left.sessions().map(\.isClosed) == [false])
    try left.append([flow()], to: session)
    #expect(try left.evidence().count == 3)
  }

  @Test("waits for another program's lock")
  func busy() throws {
    let session = try database.begin()
    let other = try DatabaseQueue(path: folder.store)
    let held = DispatchSemaphore(value: 0)
    let free = DispatchSemaphore(value: 0)
    let ended = DispatchSemaphore(value: 0)
    let wasEmpty = Atomic(false)
    // Threads of their own: tasks wait their turn behind other tests for longer than the store waits for a lock.
    Thread.detachNewThread {
      try? other.write { _ in
        held.signal()
        free.wait()
      }
      ended.signal()
    }
    held.wait()
    Thread.detachNewThread { [database] in
      usleep(200_000)
      wasEmpty.store((try? database.evidence().isEmpty) == true, ordering: .sequentiallyConsistent)
      free.signal()
      ended.signal()
    }
    try database.append([flow()], to: session)
    ended.wait()
    ended.wait()
    let sawNothing = wasEmpty.load(ordering: .sequentiallyConsistent)
    #expect(sawNothing)
    #expect(try database.evidence().count == 1)
  }

  @Test("and reclassifications and deletions of a second program form one chain")
  func twoWriters() throws {
    let other = try AuditDatabase(path: folder.store, mode: .maintain)
    let session = try database.begin()
    for round in 1...5 {
      try database.append([flow(), flow { $0.hour = 10 }], to: session)
      _ = try other.reclassify(under: exampleRuleSet, rules: [exampleFacts()], toolVersion: "1.0") { _ in nil }
      try other.delete(.evidence, before: Hour(sinceEpoch: 11), day: 20_000, toolVersion: "1.0")
      #expect(try database.evidence().count == round)
    }
    #expect(try database.verifyChain() == .intact(head: other.chainHead()))
    #expect(try database.chainHead().sequence == 21)
  }

  @Test("without rows is no change")
  func empty() throws {
    let session = try database.begin()
    let head = try database.chainHead()
    try database.append(AuditBatch(), to: session)
    #expect(try database.chainHead() == head)
    #expect(try database.sessions().map(\.firstHour) == [nil])
  }
}
