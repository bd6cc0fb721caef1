import Dispatch
import Model
import Store
import TestSupport
import Testing

@testable import Auditing

@Suite("Messages to the service manager and the journal")
struct ServiceTests {
  @Test("messages reach a socket in the file system and one outside it", arguments: [false, true])
  func notify(isAbstract: Bool) throws {
    let folder = try TemporaryDirectory()
    let socket = try NotifySocket(in: folder, isAbstract: isAbstract)
    let manager = ServiceManager(environment: ["NOTIFY_SOCKET": socket.name])
    manager.notify("READY=1", "STATUS=Capturing")
    #expect(socket.wait(for: "READY=1", seconds: 5) == "READY=1\nSTATUS=Capturing")
  }

  @Test(
    "an invalid address is ignored, and so is one at which nobody listens",
    arguments: ["", "@", "/", "relative", "/nowhere/socket", String(repeating: "/x", count: 100)])
  func nobody(address: String) {
    ServiceManager(environment: ["NOTIFY_SOCKET": address]).notify("READY=1")
  }

  @Test(
    "the watchdog interval is used only if it is for this process",
    arguments: [
      ([:], nil), (["WATCHDOG_USEC": "30000000"], 30), (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"], nil),
      (["WATCHDOG_USEC": "0"], nil), (["WATCHDOG_USEC": "-5"], nil), (["WATCHDOG_USEC": "soon"], nil),
      (["WATCHDOG_USEC": "99999999999999999999"], nil),
    ] as [([String: String], Int64?)])
  func watchdog(environment: [String: String], seconds: Int64?) {
    #expect(ServiceManager(environment: environment).watchdogInterval == seconds.map(TimeSpan.seconds))
  }

  @Test("a line for the journal is one line, whatever its values contain")
  func line() {
    #expect(
      ServiceLog.line(.notice, "started", ["version": "0.1.0", "count": 3])
        == "<5>event=started version=0.1.0 count=3\n")
    #expect(
      ServiceLog.line(.error, "store_failed", ["reason": "a \"b\"\nc\\\u{1b}[2J", "empty": ""])
        == "<3>event=store_failed reason=\"a \\\"b\\\"; c\\\\ [2J\" empty=\"\"\n")
  }

  @Test("a full channel accepts nothing until the reader has taken a batch")
  func channel() {
    let channel = BatchChannel()
    let batch = RecordBatch(records: [], coverage: [])
    for _ in 0..<BatchChannel.capacity { #expect(channel.send(batch, until: .now())) }
    #expect(!channel.send(batch, until: .now()))
    #expect(!channel.send(batch, until: .now() + .milliseconds(20)))
    #expect(channel.receive() != nil)
    #expect(channel.send(batch, until: .now()))
  }
}
