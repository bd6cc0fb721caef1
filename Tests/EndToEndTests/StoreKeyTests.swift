import Foundation
import Store
import TestSupport
import Testing

@Suite("The key beside a store")
struct StoreKeyTests {
  let folder: TemporaryDirectory
  let store: String
  private var key: String { store + ".key" }

  init() throws {
    folder = try TemporaryDirectory()
    store = folder.path("audit.sqlite")
    #expect(try replay(Project.sample).code == 0)
  }

  private func replay(_ capture: String) throws -> Program.Run {
    try Program.run([
      "replay", capture, "--store", store, "--config", Project.sampleConfiguration, "--again", "--rules", Project.rules,
    ])
  }

  private func check() throws -> String {
    try Program.run(["check", "--store", store, "--listen", "0", "--rules", Project.rules]).output
  }

  @Test("is created with a new store, and used again")
  func made() throws {
    let attributes = try FileManager.default.attributesOfItem(atPath: key)
    #expect(attributes[.posixPermissions] as? Int == 0o400)
    #expect(
      try check().contains("ok      pseudonym key: \(key): readable for its owner alone, and that of the store\n"))
    #expect(try replay(Project.sample).code == 0)
    let database = try AuditDatabase(path: store, mode: .readExisting)
    #expect(try Set(database.presence(in: #require(try database.period())).map(\.device)).count == 8)
  }

  @Test("is not created again if it is missing: the same devices would count as others")
  func missing() throws {
    try FileManager.default.removeItem(atPath: key)
    let before = try Data(contentsOf: URL(fileURLWithPath: store))
    let run = try replay(Project.sample)
    let expected =
      "\(store): the store was filled with a pseudonym key, and there is none at \(key): with a new one the same devices would count as others; restore the key file from your backup, name it with --pseudonym-key, or name a new store"
    #expect(run.code == 3)
    #expect(run.said == "egressaudit: \(expected)\n")
    // SQLite leaves its side files behind whoever may only read.
    let sideFiles: Set = ["audit.sqlite-wal", "audit.sqlite-shm"]
    let files = try Set(FileManager.default.contentsOfDirectory(atPath: folder.path("")))
    #expect(
      files.subtracting(sideFiles) == [
        "audit.sqlite", "audit.sqlite.heads", "audit.sqlite.signing-key", "audit.sqlite.signing-key.pub",
      ])
    #expect(try Data(contentsOf: URL(fileURLWithPath: store)) == before)
    #expect(try check().contains("FAILED  pseudonym key: \(expected). To do: "))
  }

  @Test("that is not the store's is refused, by check too")
  func other() throws {
    try FileManager.default.removeItem(atPath: key)
    _ = try folder.write(String(repeating: "ab", count: 32) + "\n", to: "audit.sqlite.key")
    try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: key)
    let run = try replay(Project.sample)
    #expect(run.code == 3)
    #expect(run.said.contains("\(store): the store was filled with another pseudonym key"))
    #expect(try check().contains("FAILED  pseudonym key: \(store): the store was filled with another pseudonym key"))
  }
}
