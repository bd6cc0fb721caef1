import Foundation
import Glibc
import Model
import Store
import TestSupport
import Testing

/// What becomes of the store while the service writes to it; an extension, since it needs the machine for itself as the
/// service does.
extension LiveTests {
  @Test("a store that is moved away and put back is logged, shown in the metrics, and gets all flows seen meanwhile")
  func storeMovedAndBack() throws {
    let network = try NetworkNamespace()
    let capture = try sampleCapture()
    let metrics = folder.path("egressaudit.prom")
    let service = try Service(
      in: network, folder: folder, configuration: configuration(["in0"]) + "metrics: { file: \(metrics) }\n")
    #expect(told(by: metrics, "egressaudit_storing 1"))
    let aside = folder.path("aside.sqlite")
    try #require(rename(store, aside) == 0)
    let sent = try network.send(capture)
    #expect(service.says("<3>event=store_displaced reason=\"\(store): the store was deleted or moved away"))
    #expect(told(by: metrics, "egressaudit_storing 0"))
    try #require(rename(aside, store) == 0)
    #expect(service.says("<5>event=store_back"))
    #expect(service.stop().code == 0)
    let total = try seen()
    #expect(total.packets == UInt64(sent) && total.recordsLost == 0)
    #expect(try stored(store) == 360)
    let database = try AuditDatabase(path: store, mode: .readExisting)
    #expect(try database.sessions().map(\.isClosed) == [true])
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
    #expect(service.log.ranges(of: "event=store_displaced").count == 1)
  }

  @Test(
    "a store that is deleted, or replaced by another file, ends the service with exit code 3; the lost records are counted",
    arguments: [false, true])
  func storeGone(isReplaced: Bool) throws {
    let network = try NetworkNamespace()
    let capture = try sampleCapture()
    let service = try Service(in: network, folder: folder, configuration: configuration(["in0"]))
    let aside = folder.path("aside.sqlite")
    try #require(rename(store, aside) == 0)
    let text = "minutes of the meeting\n"
    if isReplaced {
      _ = try folder.write(text, to: "live.sqlite")
    } else {
      try FileManager.default.removeItem(atPath: aside)
    }
    try network.send(capture)
    service.process.waitUntilExit()
    #expect(service.process.terminationStatus == 3)
    let reason = isReplaced ? "another file was put in the place of the store" : "the store was deleted or moved away"
    #expect(service.log.contains("<3>event=store_displaced reason=\"\(store): \(reason)"))
    #expect(service.log.contains("egressaudit: \(store): \(reason)"))
    let stopped = try #require(service.log.firstMatch(of: /event=stopped dropped=\d+ records_lost=(\d+)/))
    // All that began and ended, inside ones too.
    #expect(try #require(Int(stopped.1)) >= 360)
    if isReplaced {
      #expect(try String(contentsOfFile: store, encoding: .utf8) == text)
      let database = try AuditDatabase(path: aside, mode: .readExisting)
      #expect(try database.verifyChain() == .intact(head: database.chainHead()))
    } else {
      #expect(!FileManager.default.fileExists(atPath: store))
      // As the service manager would start it.
      let again = try Service(in: network, folder: folder, configuration: configuration(["in0"]))
      try network.send(capture)
      #expect(again.stop().code == 0)
      #expect(try stored(store) == 360)
    }
  }

  @Test("a replay or a second service into a store in use is refused, but reading it is not")
  func secondWriter() throws {
    let network = try NetworkNamespace()
    let capture = try sampleCapture()
    let service = try Service(in: network, folder: folder, configuration: configuration(["in0"]))
    try network.send(capture)
    let replay = try Program.run([
      "replay", capture, "--store", store, "--config", folder.path("site.yaml"), "--rules", Project.rules,
    ])
    #expect(replay.code == 3)
    let expected =
      "egressaudit: \(store): process \(service.process.processIdentifier) captures into this store already, and two would count the same traffic twice; name another store, or end that process first (a service: systemctl stop egressaudit)\n"
    #expect(replay.said == expected)
    let second = try network.run(
      "sh", "-c",
      "'\(Program.path)' run --config '\(folder.path("site.yaml"))' --rules '\(Project.rules)' --store '\(store)' 2>&1; test $? -eq 3"
    )
    #expect(second.hasSuffix(expected))
    let check = try Program.run(["check", "--store", store, "--listen", "0", "--rules", Project.rules])
    #expect(check.output.contains("ok      store: \(store): 1 session, all "))
    #expect(service.stop().code == 0)
    #expect(try seen().packets == 5_559)
    #expect(try stored(store) == 360)
    #expect(try AuditDatabase(path: store, mode: .readExisting).sessions().count == 1)
  }
}
