import Auditing
import Matching
import Model
import Reporting
import Rules
import Store
import TestSupport
import Testing

@Suite("Coverage counts what cannot be examined, and a configured sinkhole blocks")
struct HiddenFlowsTests {
  private static let start = Timestamp(seconds: 1_700_000_000)
  private static let outward = PacketBuilder(from: "10.0.0.5", to: "203.0.113.9")
  private static let resolver = PacketBuilder(from: "10.0.0.5", to: "10.0.0.1")
  private static let name = "v10.events.data.microsoft.com"

  private func coverage(_ frames: [TimedFrame], _ folder: TemporaryDirectory) throws -> [CoverageHour] {
    let capture = try folder.write(PcapWriter.pcap(frames), to: "capture.pcap")
    try Project.replay([capture], into: folder.path("store.sqlite"), configuration: nil)
    let database = try AuditDatabase(path: folder.path("store.sqlite"), mode: .readExisting)
    let hour = HiddenFlowsTests.start.hour
    return try database.coverage(in: hour..<hour.next).map(\.coverage)
  }

  @Test("the project's registers name resolvers, relays, outer names and shared networks")
  func registers() throws {
    let networks = try NetworkRegisters(RuleSource(Project.rules))
    let services = networks.services
    for name in ["dns.google", "mozilla.cloudflare-dns.com", "dns.quad9.net", "doh.dns.apple.com", "dnsforge.de"] {
      #expect(services.kinds(ofName: name) == .resolver, "\(name)")
    }
    #expect(services.resolverAddresses.isSuperset(of: [IPAddress("9.9.9.9")!, IPAddress("2606:4700:4700::1111")!]))
    #expect(services.relays == ["mask.icloud.com", "mask-h2.icloud.com"])
    #expect(services.outerNames == ["cloudflare-ech.com", "cover.defo.ie", "public.tls-ech.dev"])
    #expect(networks.sharedNetworks.network(of: IPAddress("104.16.1.1")!)?.id == "cloudflare")
    #expect(networks.sharedNetworks.network(ofName: "otelrules.azureedge.net")?.kind == .anycast)
    #expect(networks.sharedNetworks.network(of: IPAddress("192.0.2.1")!) == nil)
  }

  @Test("DNS over TLS and over QUIC, a resolver's name, WireGuard and ESP are counted once each")
  func counts() throws {
    var overTLS = TCPConversation(HiddenFlowsTests.outward, serverPort: 853, start: HiddenFlowsTests.start)
    overTLS.open()
    var overHTTPS = TCPConversation(HiddenFlowsTests.outward, clientPort: 50_001, start: overTLS.time)
    overHTTPS.open()
    overHTTPS.send(.client, ClientHelloBuilder("dns.google").record)
    var plain = TCPConversation(HiddenFlowsTests.outward, clientPort: 50_002, start: overHTTPS.time)
    plain.open()
    plain.send(.client, ClientHelloBuilder(HiddenFlowsTests.name).record)
    let outward = HiddenFlowsTests.outward
    let packets = [
      outward.udp(from: 40_000, to: 853, payload: [0xc0, 0, 0, 1]),
      outward.udp(from: 40_001, to: 51_820, payload: [1, 0, 0, 0] + Array(repeating: 7, count: 144)),
      outward.frame(transport: 50, Array(repeating: 7, count: 60)),
    ].map { TimedFrame(time: plain.time, bytes: $0) }
    let folder = try TemporaryDirectory()
    let hours = try coverage(overTLS.frames + overHTTPS.frames + plain.frames + packets, folder)
    #expect(hours.map(\.outboundFlows) == [6])
    #expect(hours.map(\.dohFlows) == [3])
    #expect(hours.map(\.vpnFlows) == [2])
    #expect(hours.map(\.flowsWithoutDNS) == [6])
  }

  @Test("a flow's line shows what hides its destinations, even if its ports are used twice")
  func lines() throws {
    let outward = HiddenFlowsTests.outward
    let handshake: [UInt8] = [1, 0, 0, 0] + Array(repeating: 7, count: 144)
    let packets: [(seconds: Int64, bytes: [UInt8])] = [
      (0, outward.udp(from: 40_000, to: 853, payload: [0xc0, 0, 0, 1])),
      // A silent flow ends before ten minutes: two records of one line.
      (0, outward.udp(from: 40_001, to: 51_820, payload: [9])),
      (600, outward.udp(from: 40_001, to: 51_820, payload: handshake)),
      (600, outward.udp(from: 40_002, to: 9_999, payload: [9])),
    ]
    let frames = packets.map {
      TimedFrame(time: HiddenFlowsTests.start.advanced(by: .seconds($0.seconds)), bytes: $0.bytes)
    }
    let folder = try TemporaryDirectory()
    let capture = try folder.write(PcapWriter.pcap(frames), to: "capture.pcap")
    var text = ""
    try InspectionTable.flows(CaptureInspector.inspect([capture]).flows).write(.tsv) { text += $0 }
    let lines = text.split(separator: "\n")
      .map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
    #expect(lines.first?.suffix(2) == ["hidden_path", "encrypted_dns"])
    #expect(
      lines.dropFirst().map { [$0[4], $0[5]] + $0.suffix(2) } == [
        ["853", "1", "", "yes"], ["51820", "2", "wireguard", "no"], ["9999", "1", "", "no"],
      ])
  }

  @Test(
    "the address of a proxy outside is not that of the target: no range of a rule applies to it",
    arguments: [false, true])
  func proxyInARange(isProxy: Bool) throws {
    let inRange = PacketBuilder(from: "10.0.0.5", to: "13.107.6.153")
    var conversation = TCPConversation(inRange, serverPort: 443, start: HiddenFlowsTests.start)
    conversation.open()
    conversation.send(.client, isProxy ? Array("CONNECT 203.0.113.9:443 HTTP/1.1\r\n\r\n".utf8) : [1, 2, 3])
    let folder = try TemporaryDirectory()
    let hours = try coverage(conversation.frames, folder)
    #expect(hours.map(\.outboundFlows) == [1])
    let database = try AuditDatabase(path: folder.path("store.sqlite"), mode: .readExisting)
    var flows = 0
    try database.forEachEvidence(in: HiddenFlowsTests.start.hour..<HiddenFlowsTests.start.hour.next) { _ in flows += 1 }
    #expect(flows == (isProxy ? 0 : 1))
  }

  @Test("the configuration names the sinkhole", arguments: [true, false])
  func sinkhole(isConfigured: Bool) throws {
    let query = DNSBuilder.query(HiddenFlowsTests.name)
    let answer = query.answered([.address(HiddenFlowsTests.name, IPAddress(v4: 0x0a00_0035))])
    let frames = [
      TimedFrame(
        time: HiddenFlowsTests.start, bytes: HiddenFlowsTests.resolver.udp(from: 40_000, to: 53, payload: query.message)
      ),
      TimedFrame(
        time: HiddenFlowsTests.start,
        bytes: HiddenFlowsTests.resolver.reversed.udp(from: 53, to: 40_000, payload: answer.message)),
    ]
    let folder = try TemporaryDirectory()
    let text = isConfigured ? "sinkhole_addresses: [10.0.0.53]\n" : "site: { name: house }\n"
    let configuration = try folder.write(text, to: "configuration.yaml")
    let capture = try folder.write(PcapWriter.pcap(frames), to: "capture.pcap")
    let result = try Project.replay([capture], into: folder.path("store.sqlite"), configuration: configuration)
    #expect(result.counts.matchedFlows == (isConfigured ? 1 : 0))
  }

  @Test("a value that is not an address is refused with its place")
  func configurationFault() throws {
    let folder = try TemporaryDirectory()
    let path = try folder.write("sinkhole_addresses: [sinkhole.example]\n", to: "configuration.yaml")
    #expect(throws: (any Error).self) { try AuditConfiguration(path: path) }
  }
}
