import Auditing
import Foundation
import Model
import Reporting
import Store
import TestSupport
import Testing
import Wire

@Suite("Claims, from packets to the verdict")
struct ClaimTests {
  private static let vendor = "v10.events.data.microsoft.com"
  /// Of the page that everyone visits, and of what is hidden.
  private static let server = IPAddress("203.0.113.20")!
  private static let other = IPAddress("198.51.100.77")!
  /// 2023-11-15, a whole day in UTC.
  private static let start = Timestamp(seconds: 1_700_006_400)

  private static let configuration = """
    site: { name: haus, time_zone: Etc/UTC }
    inside_networks: [10.0.0.0/8, "2001:db8:20::/48"]
    location: none
    canary: { sink: canary.site.example }
    gate: { minimum_device_days: 5, negative_proof_limit: 0.6 }
    claims:
      - { id: off, says: { en: No telemetry leaves., de: Es geht keine Telemetrie hinaus. }, purpose: telemetry }
      - { id: no-mailbox, says: No mailboxes., services: [microsoft-365-exchange] }

    """

  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  /// Frames of one device in one minute of an hour.
  private struct Client {
    var builder: PacketBuilder
    var time: Timestamp

    init(_ device: Int, hour: Int, minute: Int, to destination: IPAddress = ClaimTests.server) {
      builder = PacketBuilder(from: IPAddress(v4: 0x0a01_0000 + UInt32(device)), to: destination)
      builder.sourceHardware = HardwareAddress(bits: 0x0200_0000_0100 + UInt64(device))
      time = ClaimTests.start.advanced(by: .seconds(Int64(hour * 3_600 + minute * 60)))
    }

    private var port: UInt16 { UInt16(40_000 + time.seconds / 60 % 1_440) }

    func asks(_ name: String, _ answers: [DNSBuilder.Record]? = nil) -> [TimedFrame] {
      var resolver = builder
      resolver.source = IPAddress(v4: UInt32(truncatingIfNeeded: builder.sourceHardware.bits & 0xff) + 0x0a01_0000)
      resolver.destination = IPAddress("10.0.0.1")!
      let query = DNSBuilder.query(name)
      let answer = query.answered(answers ?? [.address(name, builder.destination)])
      return [
        TimedFrame(time: time, bytes: resolver.udp(from: port, to: 53, payload: query.message)),
        TimedFrame(time: time, bytes: resolver.reversed.udp(from: 53, to: port, payload: answer.message)),
      ]
    }

    func sends(_ bytes: [[UInt8]], to serverPort: UInt16 = 443) -> [TimedFrame] {
      var conversation = TCPConversation(
        builder, clientPort: port, serverPort: serverPort, start: time.advanced(by: .seconds(1)))
      conversation.open()
      for part in bytes {
        conversation.send(.client, part)
        conversation.send(.server, Array("HTTP/1.1 200 OK\r\n\r\n".utf8))
      }
      conversation.close()
      return conversation.frames
    }

    func hello(_ name: String?, ech: ClientHelloBuilder.ECH? = nil) -> [TimedFrame] {
      var hello = ClientHelloBuilder(name)
      hello.ech = ech
      return sends([hello.record])
    }

    func datagrams(_ payloads: [[UInt8]], to serverPort: UInt16 = 443, isAnswered: Bool = true) -> [TimedFrame] {
      payloads.map { TimedFrame(time: time, bytes: builder.udp(from: port, to: serverPort, payload: $0)) }
        + (isAnswered
          ? [TimedFrame(time: time, bytes: builder.reversed.udp(from: serverPort, to: port, payload: [0x40, 1, 2, 3]))]
          : [])
    }

    func quic(_ name: String) -> [TimedFrame] {
      datagrams([QUICBuilder().initial(QUICBuilder.crypto(ClientHelloBuilder(name).handshake, at: 0), paddedTo: 1_162)])
    }
  }

  /// Six devices that visit a page in each hour of a day, and a canary in each.
  private static func day(canaries: Bool = true) -> [TimedFrame] {
    (0..<24).flatMap { hour -> [TimedFrame] in
      let work = (1...6).flatMap { device -> [TimedFrame] in
        let client = Client(device, hour: hour, minute: [1, 10, 20, 30, 40, 58][device - 1])
        return client.asks("www.example.org")
          + (hour == 3 ? client.quic("www.example.org") : client.hello("www.example.org"))
      }
      let canary = Client(99, hour: hour, minute: 15)
      return work + (canaries ? canary.asks("canary.site.example") + canary.hello("canary.site.example") : [])
    }
  }

  private func audit(_ frames: [TimedFrame], _ configuration: String = configuration) throws -> [String: FieldCase.Row]
  {
    let ordered = frames.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
    let capture = try folder.write(PcapWriter.pcap(ordered.map(\.element)), to: "day.pcap")
    let file = try folder.write(configuration, to: "site.yaml")
    let store = folder.path("\(UUID()).sqlite")
    try Project.replay([capture], into: store, configuration: file)
    let database = try AuditDatabase(path: store, mode: .readExisting)
    var bytes: [UInt8] = []
    try Exporter.write(.claims, profile: .rfc4180, database: database) { bytes += $0 }
    let records = FieldCase.records(of: String(decoding: bytes, as: UTF8.self))
    let rows = records.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(records[0], $0)) }
    return Dictionary(uniqueKeysWithValues: rows.map { ($0["claim_id"] ?? "", $0) })
  }

  @Test("a covered day without telemetry holds")
  func held() throws {
    let rows = try audit(ClaimTests.day())
    let off = try #require(rows["off"])
    #expect(off["verdict"] == "held", "\(off["why"] ?? "")")
    #expect(off["device_days"] == "6" && off["controls_sent"] == "24" && off["controls_seen"] == "24")
    #expect(rows["no-mailbox"]?["verdict"] == "held")
  }

  @Test("without canaries nothing holds, and a canary that is missing in hours is not made up for")
  func withoutCanaries() throws {
    let off = try #require(try audit(ClaimTests.day(canaries: false))["off"])
    #expect(off["verdict"] == "not_assessable")
    #expect(off["why"]?.contains("canaries 0 % (minimum 95 %)") == true)
    let without = ClaimTests.configuration.replacing("canary: { sink: canary.site.example }\n", with: "")
    let none = try #require(try audit(ClaimTests.day(), without)["off"])
    #expect(none["verdict"] == "not_assessable")
    #expect(none["why"]?.contains("no canary was set up") == true)
  }

  @Test("controls by each way are counted with the group that sent them, and a way that is not seen prevents held")
  func controls() throws {
    let all = ClaimTests.configuration.replacing(
      "canary: { sink: canary.site.example }",
      with:
        "canary: { sink: canary.site.example, paths: [tls, tls_without_dns, quic, http, ipv6, proxy], address: 198.51.100.8, proxy: \"10.0.0.3:3128\" }"
    )
    let name = "canary.site.example"
    func sent(_ hour: Int) -> [TimedFrame] {
      var direct = Client(99, hour: hour, minute: 16, to: IPAddress("198.51.100.8")!)
      var frames = direct.hello(name)
      direct = Client(99, hour: hour, minute: 17)
      frames += direct.quic(name)
      direct = Client(99, hour: hour, minute: 18)
      frames += direct.sends([Array("HEAD / HTTP/1.1\r\nHost: \(name)\r\n\r\n".utf8)], to: 80)
      var second = Client(99, hour: hour, minute: 19, to: IPAddress("2001:db8:ffff::8")!)
      second.builder.source = IPAddress("2001:db8:20:1::99")!
      frames += second.hello(name)
      let proxied = Client(99, hour: hour, minute: 20, to: IPAddress("10.0.0.3")!)
      return frames
        + proxied.sends(
          [Array("CONNECT \(name):443 HTTP/1.1\r\nHost: \(name):443\r\n\r\n".utf8), ClientHelloBuilder(name).record],
          to: 3_128)
    }
    // By canary, the six ways are each seen in 24 hours: 0.025/7 for each.
    let complete = try #require(try audit(ClaimTests.day() + (0..<24).flatMap(sent), all)["off"])
    #expect(
      complete["controls"]
        == "DNS and TLS: expected 24, seen 24, from no group|TLS without DNS: expected 24, seen 24, from no group|QUIC: expected 24, seen 24, from no group|plain HTTP: expected 24, seen 24, from no group|IPv6: expected 24, seen 24, from no group|by the proxy: expected 24, seen 24, from no group"
    )
    #expect(complete["detection_floor"] == "0.7907")
    #expect(complete["verdict"] == "held" && complete["device_days"] == "6")
    #expect(complete["why"]?.contains("controls by") == false, "\(complete["why"] ?? "")")
    #expect(complete["blind_spots"]?.contains("ways without a control") == false)
    let partly = try #require(try audit(ClaimTests.day() + (0..<24).flatMap { $0 < 20 ? sent($0) : [] }, all)["off"])
    #expect(partly["verdict"] == "not_assessable")
    #expect(partly["why"]?.contains("controls by QUIC seen 83.33 % (minimum 95 %)") == true, "\(partly["why"] ?? "")")
    #expect(partly["controls"]?.contains("DNS and TLS: expected 24, seen 24") == true)
    let none = try #require(try audit(ClaimTests.day())["off"])
    #expect(none["controls"] == "none")
    #expect(
      none["blind_spots"]?.contains(
        "ways without a control: DNS and TLS, TLS without DNS, QUIC, plain HTTP, IPv6, by the proxy") == true)
  }

  /// A way by which telemetry leaves, and what the claim then says: a verdict, and a part of its reason.
  private struct Channel: CustomTestStringConvertible {
    var testDescription: String
    var claim = "off"
    var verdict = "not_held"
    var why = ""
    var frames: @Sendable (Client) -> [TimedFrame]
  }

  private static let channels: [Channel] = [
    Channel(testDescription: "DNS and TLS") { $0.asks(vendor) + $0.hello(vendor) },
    Channel(testDescription: "TLS without DNS") { $0.hello(vendor) },
    Channel(testDescription: "QUIC") { $0.quic(vendor) },
    Channel(testDescription: "plain HTTP") {
      $0.sends([Array("POST /x HTTP/1.1\r\nHost: \(vendor)\r\nContent-Length: 0\r\n\r\n".utf8)], to: 80)
    },
    Channel(testDescription: "an alias of the site's own name") {
      let own = "telemetry.ours.example"
      return $0.asks(own, [.alias(own, of: vendor), .address(vendor, other)]) + $0.hello(own)
    },
    Channel(testDescription: "DNS, and a hello without a name") { $0.asks(vendor) + $0.hello(nil) },
    Channel(testDescription: "another name in the hello than DNS gave the address for") {
      $0.asks(vendor) + $0.hello("www.innocent.example")
    },
    Channel(testDescription: "IPv6") {
      var client = $0
      client.builder.source = IPAddress("2001:db8:20:1::11")!
      client.builder.destination = IPAddress("2001:db8:ffff::1")!
      return client.hello(vendor)
    },
    Channel(testDescription: "a proxy inside") {
      var client = $0
      client.builder.destination = IPAddress("10.0.0.3")!
      return client.sends(
        [
          Array("CONNECT \(vendor):443 HTTP/1.1\r\nHost: \(vendor):443\r\n\r\n".utf8),
          ClientHelloBuilder(vendor).record,
        ],
        to: 3_128)
    },
    Channel(testDescription: "a proxy outside") {
      $0.sends([Array("CONNECT \(vendor):443 HTTP/1.1\r\nHost: \(vendor):443\r\n\r\n".utf8)], to: 8_080)
    },
    Channel(testDescription: "an address in a rule's range, without DNS and without a name", claim: "no-mailbox") {
      var client = $0
      client.builder.destination = IPAddress("13.107.6.153")!
      return client.sends([[1, 2, 3]])
    },
    Channel(
      testDescription: "an address that no rule knows, without DNS and without a name", verdict: "not_assessable",
      why: "up to 1 device-days with flows whose destination cannot be seen"
    ) { $0.sends([[1, 2, 3]]) },
    Channel(
      testDescription: "IPv6 of a network that is not configured as inside", verdict: "not_assessable",
      why: "1 flows have no inside end and were not assessed"
    ) {
      var client = $0
      client.builder.source = IPAddress("2001:db8:30:1::11")!
      client.builder.destination = IPAddress("2001:db8:ffff::1")!
      return client.hello(vendor)
    },
    Channel(
      testDescription: "a relay", verdict: "not_assessable",
      why: "up to 1 device-days with flows whose destination cannot be seen"
    ) { $0.quic("mask.icloud.com") },
    Channel(
      testDescription: "a tunnel", verdict: "not_assessable",
      why: "up to 1 device-days with flows whose destination cannot be seen"
    ) { $0.datagrams([[1, 0, 0, 0] + Array(repeating: 7, count: 144)], to: 51_820) },
    Channel(
      testDescription: "encrypted DNS", verdict: "not_assessable",
      why: "up to 1 device-days with flows whose destination cannot be seen"
    ) { $0.hello("dns.google") },
    Channel(
      testDescription: "an encrypted ClientHello behind a provider's public name", verdict: "not_assessable",
      why: "up to 1 device-days with flows whose destination cannot be seen"
    ) { $0.hello("cloudflare-ech.com", ech: .outer) },
    Channel(
      testDescription: "QUIC of a version that cannot be opened", verdict: "not_assessable",
      why: "up to 1 device-days with flows whose destination cannot be seen"
    ) {
      var builder = QUICBuilder()
      builder.version = 0xfaca_de01
      return $0.datagrams([builder.initial(Array(repeating: 1, count: 200), paddedTo: 1_162)])
    },
    Channel(
      testDescription: "the name of a service with a rule, for which DNS did not give the address",
      verdict: "not_assessable", why: "1 flows show the name of one service while DNS gave the address for another"
    ) { $0.asks(vendor) + $0.hello("login.microsoftonline.com") },
  ]

  @Test(
    "each way by which telemetry can leave makes the claim fail or shows as what prevents a verdict",
    arguments: channels)
  private func channel(_ channel: Channel) throws {
    let hidden = channel.frames(Client(4, hour: 7, minute: 33, to: ClaimTests.other))
    let row = try #require(try audit(ClaimTests.day() + hidden)[channel.claim])
    #expect(row["verdict"] == channel.verdict, "\(row["why"] ?? "")")
    #expect(channel.why.isEmpty || row["why"]?.contains(channel.why) == true, "\(row["why"] ?? "")")
    if channel.verdict == "not_held" {
      #expect(row["sessions"] == "1" && row["first_seen"] == "2023-11-15T07:00:00Z")
      #expect(row["got_through"]?.contains("devices: fewer than 5") == true)
    }
  }

  @Test("blocked attempts by DNS, by silence and by refusal are shown and do not make the claim fail")
  func blocked() throws {
    let client = Client(4, hour: 7, minute: 33, to: ClaimTests.other)
    let question = DNSBuilder.query(ClaimTests.vendor)
    var resolver = client.builder
    resolver.destination = IPAddress("10.0.0.1")!
    let refused = [
      TimedFrame(time: client.time, bytes: resolver.udp(from: 40_777, to: 53, payload: question.message)),
      TimedFrame(
        time: client.time,
        bytes: resolver.reversed.udp(from: 53, to: 40_777, payload: question.answered(responseCode: 3).message)),
    ]
    let other = Client(5, hour: 9, minute: 33, to: ClaimTests.other)
    var silence = TCPConversation(other.builder, clientPort: 41_000, start: other.time.advanced(by: .seconds(1)))
    silence.syn()
    let row = try #require(
      try audit(ClaimTests.day() + refused + other.asks(ClaimTests.vendor) + silence.frames)["off"])
    #expect(row["verdict"] == "held", "\(row["why"] ?? "")")
    #expect(row["blocked_attempts"] == "2" && row["got_through"] == "none")
  }

  @Test("openings of connections that nobody answers hide nothing, unless they carry data or are datagrams")
  func openings() throws {
    let client = Client(4, hour: 7, minute: 33, to: ClaimTests.other)
    func openings(_ data: [UInt8]) -> [TimedFrame] {
      (0..<3).map { attempt in
        TimedFrame(
          time: client.time.advanced(by: .seconds(attempt)),
          bytes: client.builder.tcp(from: 40_900, to: 23, flags: .syn, sequence: 9, payload: data))
      }
    }
    #expect(try audit(ClaimTests.day() + openings([]))["off"]?["verdict"] == "held")
    for hidden in [
      openings(Array(repeating: 7, count: 60)), client.datagrams([[1, 2, 3]], to: 9_999, isAnswered: false),
    ] {
      let row = try #require(try audit(ClaimTests.day() + hidden)["off"])
      #expect(row["verdict"] == "not_assessable")
      #expect(row["why"]?.contains("up to 1 device-days with flows whose destination cannot be seen") == true)
    }
  }

  @Test("a device of which only answers are seen is none of those observed")
  func answersAlone() throws {
    // The last byte of the hardware address to which answers go.
    let silent = (0..<24).flatMap { hour in
      Client(60, hour: hour, minute: 40).hello("www.example.org").filter { $0.bytes[5] == 60 }
    }
    let row = try #require(try audit(ClaimTests.day() + silent)["off"])
    #expect(row["device_days"] == "6", "\(row["why"] ?? "")")
  }

  @Test("the verb exits with 0, 1 and 3, in both languages, and needs no configuration")
  func verb() throws {
    func run(_ frames: [TimedFrame], _ configuration: String = ClaimTests.configuration, _ more: [String] = [])
      throws -> Program.Run
    {
      let ordered = frames.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
      let capture = try folder.write(PcapWriter.pcap(ordered.map(\.element)), to: "day.pcap")
      let file = try folder.write(configuration, to: "site.yaml")
      let store = folder.path("\(UUID()).sqlite")
      try Project.replay([capture], into: store, configuration: file)
      return try Program.run(["claims", "--store", store] + more)
    }
    let held = try run(ClaimTests.day())
    #expect(held.code == 0, "\(held.said)")
    #expect(held.output.contains("Claim off: held. \"No telemetry leaves.\" In 6 device-days"))
    let sent = ClaimTests.day() + Client(4, hour: 7, minute: 33, to: ClaimTests.other).hello(ClaimTests.vendor)
    let notHeld = try run(sent, ClaimTests.configuration, ["--language", "de"])
    #expect(notHeld.code == 1)
    #expect(notHeld.output.contains("Zusicherung off: nicht gehalten. \"Es geht keine Telemetrie hinaus.\""))
    #expect(try run(ClaimTests.day(canaries: false)).code == 3)
    // One that failed counts more than one that cannot be assessed.
    let both = ClaimTests.configuration.replacing("says: No mailboxes.", with: "from: 2024-01-01, says: No mailboxes.")
    #expect(try run(sent, both).code == 1)
    #expect(try run(ClaimTests.day(), both).code == 3)
    let unclaimed = String(try #require(ClaimTests.configuration.split(separator: "claims:").first))
    let none = try run(ClaimTests.day(), unclaimed)
    #expect(none.code == 3 && none.output.contains("No session of the store states a claim"))
    #expect(try Program.run(["claims"]).code == 2)
    #expect(try Program.run(["claims", "--store", folder.path("missing.sqlite")]).code == 3)
  }

  @Test("a claim about an unknown service is refused at the start and by check, with the nearest name")
  func unknownService() throws {
    let file = try folder.write(
      ClaimTests.configuration.replacing("microsoft-365-exchange", with: "microsoft-365-exchang"), to: "site.yaml")
    let capture = try folder.write(PcapWriter.pcap(ClaimTests.day()), to: "day.pcap")
    let replay = try Program.run([
      "replay", capture, "--config", file, "--store", folder.path("a.sqlite"), "--rules", Project.rules,
    ])
    #expect(replay.code == 3)
    #expect(replay.said.contains("site.yaml:8:"))
    #expect(replay.said.contains("did you mean 'microsoft-365-exchange'?"))
    let check = try Program.run(["check", "--config", file, "--rules", Project.rules])
    #expect(check.output.contains("FAILED  claims: "))
    #expect(check.output.contains("did you mean 'microsoft-365-exchange'?"))
  }
}
