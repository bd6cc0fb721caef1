import Model
import TestSupport
import Testing
import Wire

@testable import Auditing

@Suite("Canaries")
struct CanaryTests {
  @Test("send a ClientHello with the name of their sink, to servers of TLS 1.2 and 1.3")
  func hello() throws {
    var generator = SeededGenerator(seed: 7)
    let bytes = Canary.clientHello(serverName: "canary.musterstadt.example", using: &generator)
    let body = Array(bytes.dropFirst(9))
    #expect(bytes.prefix(3) == [22, 3, 1])
    #expect(Int(bytes[3]) << 8 + Int(bytes[4]) == bytes.count - 5)
    let hello = try ClientHello(body.span.bytes)
    #expect(hello.serverName == "canary.musterstadt.example")
  }

  @Test(
    "have a name as their sink, since an address has no visible name",
    arguments: ["", "canary", "192.0.2.1", "2001:db8::1", "a..example", "-a.example", "a_b.example", "a.example."])
  func noSink(name: String) {
    #expect(CanarySink(name: name) == nil)
  }

  @Test("are recognised by name and port, in upper or lower case")
  func destination() throws {
    let sink = try #require(CanarySink(name: "Canary.Musterstadt.example", port: 8_443))
    #expect(sink.isDestination(name: "canary.MUSTERSTADT.example", port: 8_443))
    #expect(!sink.isDestination(name: "canary.musterstadt.example", port: 443))
    #expect(!sink.isDestination(name: "a.canary.musterstadt.example", port: 8_443))
    #expect(!sink.isDestination(name: nil, port: 8_443))
  }

  @Test("fail with the next step if their sink has no address")
  func noAddress() throws {
    let sink = try #require(CanarySink(name: "canary.invalid"))
    let error = #expect(throws: CanaryError.self) { try Canary(sink: sink).send() }
    #expect(
      error?.description.hasPrefix("the canary's sink canary.invalid, port 443: its name has no address (") == true)
    #expect(error?.description.hasSuffix("correct canary.sink, or let this machine reach it") == true)
  }

  @Test("are sent to the sink of the configuration, to port 443 by default")
  func configuration() throws {
    let folder = try TemporaryDirectory()
    let file = try folder.write("canary: { sink: canary.musterstadt.example }\n", to: "site.yaml")
    #expect(AuditConfiguration().canary == nil)
    #expect(try AuditConfiguration(path: file).canary == CanarySink(name: "canary.musterstadt.example", port: 443))
    #expect(
      try AuditConfiguration(path: file, environment: ["EGRESSAUDIT_CANARY_PORT": "8443"]).canary
        == CanarySink(name: "canary.musterstadt.example", port: 8_443))
    let bad = try folder.write("canary: { sink: 192.0.2.1, port: 0 }\n", to: "bad.yaml")
    let error = #expect(throws: (any Error).self) { try AuditConfiguration(path: bad) }
    #expect(
      error.map { "\($0)" } == """
        \(bad):1:17: 'sink' of 'canary' is '192.0.2.1'; expected the name of a host, such as canary.musterstadt.example; not an address; correct the value
        \(bad):1:34: 'port' of 'canary' is '0'; expected a port from 1 to 65535; correct the value
        """)
  }
}
