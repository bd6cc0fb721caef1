import Foundation
import GRDB
import Model
import Store
import Testing

@Suite("Opening a store")
struct OpeningTests {
  static let next = Schema(
    migrations: Schema.current.migrations + [
      Migration(identifier: "V0099_later_step", sql: "ALTER TABLE meta ADD COLUMN later TEXT")
    ])

  @Test("creates the file and its side files for owner and group only")
  func mode() throws {
    let folder = try Folder()
    let database = try AuditDatabase(path: folder.store, mode: .capture)
    let session = try database.begin()
    for name in ["audit.sqlite", "audit.sqlite-wal", "audit.sqlite-shm"] {
      let attributes = try FileManager.default.attributesOfItem(atPath: folder.path + "/" + name)
      #expect(attributes[.posixPermissions] as? Int == 0o640, "\(name)")
    }
    try database.endSession(session, packets: 0)
  }

  @Test("a second time finds the stored rows and repeats no migration")
  func twice() throws {
    let folder = try Folder()
    for _ in 1...2 {
      let database = try AuditDatabase(path: folder.store, mode: .capture)
      try database.append([flow()], to: database.begin())
    }
    let database = try AuditDatabase(path: folder.store, mode: .readExisting)
    #expect(try database.sessions().map(\.id) == [1, 2])
    #expect(try database.usage().map(\.sessions) == [2])
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
  }

  @Test("and closing it leaves all rows in the one file, even if a value still refers to the store")
  func closed() throws {
    let folder = try Folder()
    let database = try AuditDatabase(path: folder.store, mode: .capture)
    try database.append([flow(), flow()], to: database.begin())
    let head = try database.chainHead()
    database.close()
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["audit.sqlite"])
    let copy = folder.path + "/copy.sqlite"
    try FileManager.default.copyItem(atPath: folder.store, toPath: copy)
    #expect(try AuditDatabase(path: copy, mode: .readExisting).verifyChain() == .intact(head: head))
    #expect(throws: StoreError.self) { try database.chainHead() }
  }

  @Test("for reading is refused if there is no store")
  func nothing() throws {
    let folder = try Folder()
    let missing = #expect(throws: StoreError.self) { try AuditDatabase(path: folder.store, mode: .readExisting) }
    #expect(missing?.problem == .missing)
    #expect(
      missing?.description
        == "\(folder.store): there is no store here; name the right file, or make one with `egressaudit replay`"
    )
    #expect(!FileManager.default.fileExists(atPath: folder.store))

    try Data().write(to: URL(fileURLWithPath: folder.store))
    #expect(throws: StoreError.self) { try AuditDatabase(path: folder.store, mode: .readExisting) }
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.store)).isEmpty)
    _ = try AuditDatabase(path: folder.store, mode: .capture)
    #expect(try AuditDatabase(path: folder.store, mode: .readExisting).period() == nil)
  }

  @Test("is refused for a folder, which names the store in it, and for a pipe")
  func folderOrPipe() throws {
    let folder = try Folder()
    let empty = #expect(throws: StoreError.self) { try AuditDatabase(path: folder.path, mode: .capture) }
    #expect(
      empty?.description
        == "\(folder.path): this is a folder; expected the file of a store, such as audit.sqlite in it")
    try Data().write(to: URL(fileURLWithPath: folder.path + "/north.sqlite"))
    for mode in [AuditDatabase.OpenMode.capture, .maintain, .readExisting] {
      let error = #expect(throws: StoreError.self) { try AuditDatabase(path: folder.path, mode: mode) }
      #expect(error?.problem == .folder(store: "north.sqlite"))
    }
    let pipe = folder.path + "/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    let error = #expect(throws: StoreError.self) { try AuditDatabase(path: pipe, mode: .readExisting) }
    #expect(error?.problem == .notAFile)
  }

  @Test("is refused for a missing folder")
  func noFolder() throws {
    let folder = try Folder()
    let error = #expect(throws: StoreError.self) {
      try AuditDatabase(path: folder.path + "/none/audit.sqlite", mode: .capture)
    }
    #expect(error?.problem == .cannotOpen)
  }

  @Test("is refused for a file that is not a database, which is unchanged", arguments: [true, false])
  func notADatabase(isReading: Bool) throws {
    let folder = try Folder()
    let text = Data(String(repeating: "protocol of the meeting\n", count: 100).utf8)
    try text.write(to: URL(fileURLWithPath: folder.store))
    let error = #expect(throws: StoreError.self) {
      try AuditDatabase(path: folder.store, mode: isReading ? .readExisting : .capture)
    }
    #expect(error?.problem == .notADatabase)
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.store)) == text)
  }

  @Test("is refused for another program's database, which is unchanged", arguments: [true, false])
  func otherProgram(isReading: Bool) throws {
    let folder = try Folder()
    try AuditDatabase.meddle(folder.store, "CREATE TABLE addresses (name TEXT)")
    let before = try folder.bytes()
    let error = #expect(throws: StoreError.self) {
      try AuditDatabase(path: folder.store, mode: isReading ? .readExisting : .capture)
    }
    #expect(error?.problem == .otherProgram)
    #expect(try folder.bytes() == before)
  }

  @Test("by several programs at once creates one store, into which each captures after the one before")
  func atOnce() async throws {
    let folder = try Folder()
    let refusals = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          for refusals in 0..<1_000 {
            do {
              let database = try AuditDatabase(path: folder.store, mode: .capture)
              try database.append([flow()], to: database.begin())
              database.close()
              return refusals
            } catch let error as StoreError {
              guard case .capturing = error.problem else { throw error }
              usleep(20_000)
            }
          }
          throw CocoaError(.fileLocking)
        }
      }
      return try await group.reduce(0, +)
    }
    let database = try AuditDatabase(path: folder.store, mode: .readExisting)
    #expect(try database.usage().map(\.sessions) == [8], "\(refusals) refusals")
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
  }

  @Test("of a newer program is refused with both versions", arguments: [true, false])
  func newer(isReading: Bool) throws {
    let folder = try Folder()
    _ = try AuditDatabase(path: folder.store, mode: .capture, schema: Self.next)
    let error = #expect(throws: StoreError.self) {
      try AuditDatabase(path: folder.store, mode: isReading ? .readExisting : .capture)
    }
    #expect(error?.problem == .schemaNewer(found: 99, known: Schema.current.version))
    #expect(
      error?.description
        == "\(folder.store): the store has schema version 99, this program knows versions up to \(Schema.current.version); update egressaudit here, or use the program that wrote the store"
    )
  }

  @Test("of an older program is refused for reading and migrated for writing, with all its rows")
  func older() throws {
    let folder = try Folder()
    do {
      let database = try AuditDatabase(path: folder.store, mode: .capture)
      try database.append([flow()], to: database.begin())
    }
    let error = #expect(throws: StoreError.self) {
      try AuditDatabase(path: folder.store, mode: .readExisting, schema: Self.next)
    }
    #expect(error?.problem == .schemaOlder(found: Schema.current.version, known: 99))
    #expect(
      error?.description.contains(
        "schema version \(Schema.current.version), this program reads version 99; keep a copy, then let") == true)
    _ = try AuditDatabase(path: folder.store, mode: .capture, schema: Self.next)
    let database = try AuditDatabase(path: folder.store, mode: .readExisting, schema: Self.next)
    #expect(try database.evidence().map(\.flow) == [flow()])
  }

  @Test("leaves the store as it was if a migration fails")
  func failingStep() throws {
    let folder = try Folder()
    do {
      let database = try AuditDatabase(path: folder.store, mode: .capture)
      try database.append([flow()], to: database.begin())
    }
    let broken = Schema(
      migrations: Self.next.migrations + [
        Migration(identifier: "V0999_orphans", sql: "DELETE FROM rule_facts; DELETE FROM rule_set")
      ])
    #expect(throws: StoreError.self) { try AuditDatabase(path: folder.store, mode: .capture, schema: broken) }
    let database = try AuditDatabase(path: folder.store, mode: .readExisting)
    #expect(try database.evidence().map(\.flow) == [flow()])
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
  }

  @Test("numbers the schema's migrations upwards from the first")
  func steps() {
    let numbers = Schema.current.migrations.compactMap(\.number)
    #expect(numbers.count == Schema.current.migrations.count)
    #expect(numbers.first == 1 && numbers == Set(numbers).sorted())
    #expect(Schema.current.migrations.allSatisfy { $0.identifier.wholeMatch(of: /V[0-9]{4}_[a-z_]+/) != nil })
    #expect(Schema.current.version == numbers.last)
  }

  @Test("for reading shows one state, whatever is written meanwhile, and accepts no rows")
  func snapshot() throws {
    let folder = try Folder()
    let writer = try AuditDatabase(path: folder.store, mode: .capture)
    let session = try writer.begin()
    try writer.append([flow()], to: session)
    let reader = try AuditDatabase(path: folder.store, mode: .readExisting)
    try writer.append([flow { $0.hour = 2_000 }], to: session)
    #expect(try reader.evidence().count == 1)
    #expect(try reader.period() == Hour(sinceEpoch: 1_000)..<Hour(sinceEpoch: 1_001))
    #expect(try writer.period() == Hour(sinceEpoch: 1_000)..<Hour(sinceEpoch: 2_001))
    #expect(try AuditDatabase(path: folder.store, mode: .readExisting).evidence().count == 2)
    let error = #expect(throws: StoreError.self) { try reader.append([flow()], to: session) }
    #expect(error?.problem == .openedForReading)
  }
}
