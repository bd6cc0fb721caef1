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

  private func record(
    _ name: String?, _ method: NameMethod, port: UInt16 = 443, transport: TransportProtocol = .tcp,
    to responder: String = "192.0.2.7"
  ) -> FlowRecord {
    var record = FlowRecord(
      flowNumber: 1, part: 0, device: .address(IPAddress("10.0.0.5")!), originator: IPAddress("10.0.0.5")!,
      responder: IPAddress(responder)!, originatorPort: 50_000, responderPort: port, transport: transport, vlan: nil,
      start: Timestamp(seconds: 0), end: Timestamp(seconds: 0), traffic: Traffic(), outcome: .established,
      completeness: .yes, originatorInferred: false, encryption: .tls13, applicationProtocol: nil,
      name: name.map { NameEvidence(name: $0, method: method, namingClass: .a) }, reach: .outbound, history: "")
    record.hadDNS = true
    return record
  }

  @Test("are recognised by name and port, in upper or lower case, each by its way")
  func ways() throws {
    var sink = try #require(CanarySink(name: "Canary.Musterstadt.example", port: 8_443))
    let name = "canary.MUSTERSTADT.example"
    #expect(sink.path(of: record(name, .sni, port: 8_443)) == .tls)
    #expect(sink.path(of: record(name, .sni)) == nil)
    #expect(sink.path(of: record("a." + name, .sni, port: 8_443)) == nil)
    #expect(sink.path(of: record(nil, .none, port: 8_443)) == nil)
    #expect(sink.path(of: record(name, .quicSNI, port: 8_443, transport: .udp)) == .quic)
    #expect(sink.path(of: record(name, .sni, port: 8_443, to: "2001:db8::7")) == .ipv6)
    var direct = record(name, .sni, port: 8_443)
    direct.hadDNS = false
    #expect(sink.path(of: direct) == .tlsWithoutDNS)
    // A visit to the sink, and one by the proxy, unless these are agreed ways.
    let plain = record(name, .httpHost, port: 80)
    var proxied = record(name, .connect, port: 3_128)
    proxied.isThroughProxy = true
    #expect(sink.path(of: plain) == nil && sink.path(of: proxied) == nil)
    sink.paths = [.http, .proxy]
    #expect(sink.path(of: plain) == .http && sink.path(of: proxied) == .proxy)
  }

  @Test("by QUIC are one datagram of 1,200 bytes whose Initial packet shows the sink's name")
  func quic() throws {
    var generator = SeededGenerator(seed: 7)
    let datagram = Canary.initialPacket(serverName: "canary.musterstadt.example", using: &generator)
    #expect(datagram.count == 1_200)
    let builder = PacketBuilder(from: "10.0.0.5", to: "192.0.2.7")
    let folder = try TemporaryDirectory()
    let frames = [
      TimedFrame(time: Timestamp(seconds: 0), bytes: builder.udp(from: 50_000, to: 443, payload: datagram))
    ]
    let capture = try folder.write(PcapWriter.pcap(frames), to: "quic.pcap")
    let flows = CaptureInspector.inspect([capture]).flows
    #expect(flows.map(\.name) == ["canary.musterstadt.example"])
    #expect(flows.map(\.method) == [.quicSNI])
  }

  @Test("by ways need what the ways need, and the faults have their places")
  func wayFaults() throws {
    let folder = try TemporaryDirectory()
    let good = try folder.write(
      """
      canary:
        { sink: a.example, paths: [proxy, tls_without_dns, tls], address: 192.0.2.7, proxy: "proxy.example:3128",
          http_port: 8080 }

      """, to: "site.yaml")
    let configuration = try AuditConfiguration(path: good)
    #expect(configuration.canary?.paths == [.tls, .tlsWithoutDNS, .proxy])
    #expect(configuration.settings.controlPaths == [.tls, .tlsWithoutDNS, .proxy])
    #expect(configuration.canary?.proxy == HostAndPort("proxy.example:3128"))
    #expect(configuration.canary?.httpPort == 8_080)
    let bad = try folder.write("canary: { sink: a.example, paths: [tls_without_dns, telepathy] }\n", to: "bad.yaml")
    let error = #expect(throws: (any Error).self) { try AuditConfiguration(path: bad) }
    #expect(
      error.map { "\($0)" } == """
        \(bad):1:9: 'paths' of 'canary' has tls_without_dns, but there is no 'address'; expected both; add 'address:'
        \(bad):1:53: the value is not one that fits here; expected one of tls, tls_without_dns, quic, http, ipv6, proxy; correct the value
        """)
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
