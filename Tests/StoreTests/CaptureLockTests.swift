import Model
import Foundation
import Glibc
import Privacy
import Store
import Testing

@Suite("Two programs at one store")
struct CaptureLockTests {
  let folder: Folder
  private var lock: String { folder.store + ".lock" }

  init() throws { folder = try Folder() }

  @Test("a second capture is refused with the number of the process that captures, and changes nothing")
  func second() throws {
    let database = try AuditDatabase(path: folder.store, mode: .capture)
    let session = try database.begin()
    let head = try database.chainHead()
    let error = #expect(throws: StoreError.self) { try AuditDatabase(path: folder.store, mode: .capture) }
    #expect(error?.problem == .capturing(process: getpid()))
    #expect(
      error?.description
        == "\(folder.store): process \(getpid()) captures into this store already, and two would count the same traffic twice; name another store, or end that process first (a service: systemctl stop egressaudit)"
    )
    try database.append([flow()], to: session)
    #expect(try database.chainHead().sequence == head.sequence + 1)
    let attributes = try FileManager.default.attributesOfItem(atPath: lock)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
  }

  @Test("a second capture under another name of the same store is refused")
  func otherName() throws {
    let database = try AuditDatabase(path: folder.store, mode: .capture)
    let name = folder.path + "/other-name.sqlite"
    try FileManager.default.createSymbolicLink(atPath: name, withDestinationPath: folder.store)
    let error = #expect(throws: StoreError.self) { try AuditDatabase(path: name, mode: .capture) }
    #expect(error?.problem == .capturing(process: getpid()))
    withExtendedLifetime(database) {}
  }

  @Test("reading, reclassifying and deleting remain possible, but begin no session")
  func others() throws {
    let database = try AuditDatabase(path: folder.store, mode: .capture)
    try database.append([flow()], to: database.begin())
    #expect(try AuditDatabase(path: folder.store, mode: .readExisting).evidence().count == 1)
    let other = try AuditDatabase(path: folder.store, mode: .maintain)
    #expect(
      try other.reclassify(under: exampleRuleSet, rules: [exampleFacts()], toolVersion: "1.0") { _ in nil }.flows == 1)
    let error = #expect(throws: StoreError.self) { try other.begin() }
    #expect(error?.problem == .openedForMaintenance)
  }

  @Test("a store is unlocked once it is closed, and no other file is left")
  func closed() throws {
    for _ in 1...2 {
      let database = try AuditDatabase(path: folder.store, mode: .capture)
      database.close()
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["audit.sqlite"])
    }
  }

  @Test("the lock file of a dead process locks nothing", arguments: ["", "999999\n", "none\n"])
  func stale(content: String) throws {
    try Data(content.utf8).write(to: URL(fileURLWithPath: lock))
    let database = try AuditDatabase(path: folder.store, mode: .capture)
    #expect(try String(contentsOfFile: lock, encoding: .utf8) == "\(getpid())\n")
    withExtendedLifetime(database) {}
  }

  @Test("a refusal names the process that holds the lock, which is released when that process is killed")
  func otherProcess() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "python3", "-c",
      """
      import fcntl, os, sys, time
      file = open(sys.argv[1], "w")
      fcntl.flock(file, fcntl.LOCK_EX)
      file.write(str(os.getpid()))
      file.flush()
      print("held", flush=True)
      time.sleep(60)
      """, lock,
    ]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    try #require(output.fileHandleForReading.availableData.starts(with: Data("held".utf8)))
    let error = #expect(throws: StoreError.self) { try AuditDatabase(path: folder.store, mode: .capture) }
    #expect(error?.problem == .capturing(process: process.processIdentifier))
    #expect(!FileManager.default.fileExists(atPath: folder.store))
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    _ = try AuditDatabase(path: folder.store, mode: .capture).begin()
  }

  @Test("if the lock file is removed, the next write takes the lock again, so that no other process gets it")
  func removed() throws {
    let database = try AuditDatabase(path: folder.store, mode: .capture)
    let session = try database.begin()
    unlink(lock)
    try database.append([flow()], to: session)
    let error = #expect(throws: StoreError.self) { try AuditDatabase(path: folder.store, mode: .capture) }
    #expect(error?.problem == .capturing(process: getpid()))
  }

  @Test("if the lock file is a link, nothing is written to its target")
  func link() throws {
    let elsewhere = folder.path + "/elsewhere"
    try Data("text\n".utf8).write(to: URL(fileURLWithPath: elsewhere))
    try FileManager.default.createSymbolicLink(atPath: lock, withDestinationPath: elsewhere)
    let error = #expect(throws: StoreError.self) { try AuditDatabase(path: folder.store, mode: .capture) }
    #expect(error?.problem == .cannotOpen)
    #expect(try String(contentsOfFile: elsewhere, encoding: .utf8) == "text\n")
  }
}
