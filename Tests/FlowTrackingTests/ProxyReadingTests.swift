import FlowTracking
import Model
import TestSupport
import Testing

private let name = "telemetry.example.com"
private let proxy = PacketBuilder(from: "10.0.0.5", to: "10.0.0.2")
private let hello = ClientHelloBuilder(name).record

private func request(_ host: String, _ target: String = "/", _ fields: String = "") -> [UInt8] {
  Array("GET \(target) HTTP/1.1\r\nHost: \(host)\r\n\(fields)\r\n".utf8)
}

private func tracked(
  _ stream: [UInt8], segment: Int = 1_460, port: UInt16 = 80, builder: PacketBuilder = client
) -> Tracked {
  var conversation = TCPConversation(builder, serverPort: port, start: fullHour)
  conversation.open()
  conversation.send(.client, stream, segment: segment)
  return Tracked(conversation.frames)
}

/// The stream in two segments, split at every byte, gives the same as in one.
private func expectSplitsEqual(_ stream: [UInt8], _ port: UInt16, builder: PacketBuilder = client) {
  let whole = tracked(stream, segment: stream.count, port: port, builder: builder)
  for split in 1..<stream.count {
    var conversation = TCPConversation(builder, serverPort: port, start: fullHour)
    conversation.open()
    conversation.send(.client, Array(stream[..<split]))
    conversation.send(.client, Array(stream[split...]))
    let parts = Tracked(conversation.frames)
    #expect(parts.sightings == whole.sightings, "split \(split)")
    #expect(parts.records.map(\.name) == whole.records.map(\.name), "split \(split)")
    #expect(parts.anomalies == whole.anomalies)
  }
}

@Suite("Requests are found after chunks, gaps, upgrades and proxies")
struct ProxyReadingTests {
  // MARK: HTTP/1

  private static let chunked =
    request("one.example", "/", "Transfer-Encoding: chunked\r\n")
    + Array("4\r\nGET \r\n1f;x=y\r\nGET / HTTP/1.1\r\nHost: no.example\r\n0\r\nChecksum: 1\r\n\r\n".utf8)
    + request("one.example:81")

  @Test("requests after chunked bodies are found, whatever the chunks contain", arguments: [1, 7, 1_460])
  func chunks(segment: Int) {
    let body = "GET / HTTP/1.1\r\nHost: no.example\r\n\r\n"
    let stream =
      request("one.example", "/", "Transfer-Encoding: chunked\r\n")
      + Array("\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n3;x=y\r\nGET\r\n0\r\nChecksum: 1\r\n\r\n".utf8)
      + request("one.example:81")
    #expect(tracked(stream, segment: segment).sightings.map(\.name) == ["one.example", "one.example:81"])
    if segment == 1 { expectSplitsEqual(stream, 80) }
  }

  @Test("a chunk that is far longer than the limit is skipped")
  func longChunk() {
    let stream =
      request("one.example", "/", "Transfer-Encoding: chunked\r\n") + Array("30000\r\n".utf8)
      + Array(repeating: 0x47, count: 0x30000) + Array("\r\n0\r\n\r\n".utf8) + request("two.example")
    #expect(tracked(stream).sightings.map(\.name) == ["one.example", "two.example"])
    #expect(tracked(stream).anomalies.isEmpty)
  }

  @Test("a gap in a body does not affect the request after it")
  func gapInBody() {
    var conversation = TCPConversation(client, serverPort: 80, start: fullHour)
    conversation.open()
    let body = 200_000
    conversation.send(.client, request("one.example", "/", "Content-Length: \(body)\r\n"))
    conversation.send(.client, Array(repeating: 0x47, count: 50_000))
    conversation.lose(.client, 3_000)
    conversation.send(.client, Array(repeating: 0x47, count: body - 53_000))
    conversation.send(.client, request("two.example"), segment: 11)
    let tracked = Tracked(conversation.frames)
    #expect(tracked.sightings.map(\.name) == ["one.example", "two.example"])
    #expect(tracked.anomalies.isEmpty)
  }

  @Test(
    "after a gap in a head, the next segment that begins a request is read, at the flow's end or when too much waits")
  func gapInHead() {
    for following in [1, 100] {
      var conversation = TCPConversation(client, serverPort: 80, start: fullHour)
      conversation.open()
      conversation.send(.client, request("one.example"))
      conversation.send(.client, Array(request("lost.example").dropLast(20)))
      conversation.lose(.client, 20)
      for _ in 0..<following { conversation.send(.client, request("three.example")) }
      let tracked = Tracked(conversation.frames)
      #expect(tracked.sightings.map(\.name).prefix(2) == ["one.example", "three.example"])
      #expect(Set(tracked.sightings.map(\.name)) == ["one.example", "three.example"])
      #expect(tracked.anomalies == (following == 1 ? [:] : [.streamGivenUp: 1]))
    }
  }

  @Test("a connection whose first segment was lost gives the requests after it")
  func lostFirst() {
    var conversation = TCPConversation(client, serverPort: 80, start: fullHour)
    conversation.open()
    conversation.lose(.client, 500)
    conversation.send(.client, request("late.example"), segment: 20)
    #expect(Tracked(conversation.frames).records.map(\.name?.name) == ["late.example"])
  }

  @Test("after an upgrade to WebSocket nothing is read; after a refused upgrade to HTTP/2 the connection is still read")
  func upgrades() {
    let socket = request("one.example", "/", "Upgrade: WebSocket\r\n") + request("two.example")
    #expect(tracked(socket).sightings.map(\.name) == ["one.example"])
    let clear = request("one.example", "/", "Upgrade: h2c\r\n") + request("two.example")
    #expect(tracked(clear).sightings.map(\.name) == ["one.example", "two.example"])
  }

  // MARK: HTTP/2

  private static let clear =
    HTTP2Frame.clientBeginning + HTTP2Frame.request(name, stream: 1).bytes
    + HTTP2Frame(type: 0, stream: 1, Array(repeating: 0x47, count: 50)).bytes
    // By index into the dynamic table.
    + HTTP2Frame(type: 1, flags: 5, stream: 3, [0x82, 0x86, 0x84, 0xbe]).bytes

  @Test("HTTP/2 without TLS gives its authorities, split at every byte")
  func http2() throws {
    let whole = tracked(ProxyReadingTests.clear)
    #expect(whole.sightings.map { "\($0.carrier) \($0.name)" } == ["http2 \(name)", "http2 \(name)"])
    let record = try #require(whole.records.first)
    #expect(whole.records.count == 1)
    #expect(record.name == NameEvidence(name: name, method: .httpHost, namingClass: .b))
    #expect(record.encryption == .none)
    #expect(record.reach == .outbound)
    #expect(whole.anomalies.isEmpty)
    expectSplitsEqual(ProxyReadingTests.clear, 80)
  }

  @Test("requests before and after an upgrade to HTTP/2 are read")
  func upgradeToHTTP2() {
    var conversation = TCPConversation(client, serverPort: 80, start: fullHour)
    conversation.open()
    conversation.send(.client, request(name, "/", "Connection: Upgrade\r\nUpgrade: h2c\r\n"))
    conversation.send(.server, Array("HTTP/1.1 101 Switching Protocols\r\n\r\n".utf8))
    conversation.send(.client, ProxyReadingTests.clear, segment: 9)
    let tracked = Tracked(conversation.frames)
    #expect(tracked.sightings.map(\.carrier) == [.http, .http2, .http2])
    #expect(tracked.records.map(\.name?.name) == [name])
  }

  @Test("a server's PUSH_PROMISE is shown as the server's, and names nothing")
  func promise() {
    var conversation = TCPConversation(client, serverPort: 80, start: fullHour)
    conversation.open()
    conversation.send(.client, HTTP2Frame.clientBeginning)
    var promise = HTTP2Frame.request("promised.example", stream: 1)
    promise.type = 5
    promise.payload = [0, 0, 0, 2] + promise.payload
    conversation.send(.server, HTTP2Frame(type: 4, stream: 0, []).bytes + promise.bytes, segment: 5)
    let tracked = Tracked(conversation.frames)
    #expect(tracked.sightings.map(\.name) == ["promised.example"])
    #expect(tracked.sightings.map(\.client) == [client.destination])
    #expect(tracked.sightings.map(\.serverPort) == [50_000])
    #expect(tracked.records.map(\.name) == [nil])
  }

  @Test("what a server sends over HTTP/2 is read also if its client's first frame is broken")
  func brokenClient() {
    var conversation = TCPConversation(client, serverPort: 80, start: fullHour)
    conversation.open()
    let settings = HTTP2Frame(type: 4, stream: 0, []).bytes
    conversation.send(
      .client, HTTP2Frame.clientBeginning.dropLast(settings.count) + HTTP2Frame(type: 1, stream: 0, [0xff]).bytes)
    var promise = HTTP2Frame.request("promised.example", stream: 1)
    promise.type = 5
    promise.payload = [0, 0, 0, 2] + promise.payload
    conversation.send(.server, settings + promise.bytes)
    #expect(Tracked(conversation.frames).sightings.map(\.name) == ["promised.example"])
  }

  @Test("malformed HTTP/2 is counted and not read further")
  func brokenHTTP2() {
    let stream =
      HTTP2Frame.clientBeginning + HTTP2Frame(type: 1, flags: 4, stream: 1, [0xff, 0xff, 0xff, 0xff, 0xff]).bytes
    #expect(tracked(stream + HTTP2Frame.request(name, stream: 3).bytes).anomalies == [.httpHeadInvalid: 1])
    #expect(tracked(stream + HTTP2Frame.request(name, stream: 3).bytes).sightings.isEmpty)
  }

  @Test("mutations never trap")
  func mutations() {
    var chance = SeededGenerator(seed: 72)
    let streams = [ProxyReadingTests.clear, ProxyReadingTests.chunked, ProxyReadingTests.socks5 + hello, hello]
    for round in 0..<2_000 {
      let bytes = chance.mutation(of: streams[round % streams.count])
      guard !bytes.isEmpty else { continue }
      _ = tracked(bytes, segment: Int.random(in: 1...100, using: &chance), port: 1_080)
    }
  }

  // MARK: SOCKS and CONNECT

  private static let socks4 = [4, 1, 1, 0xbb, 0, 0, 0, 1, 0x75, 0] + Array(name.utf8) + [0]
  private static let socks5: [UInt8] =
    [5, 2, 0, 2] + [1, 1, 0x75, 1, 0x70] + [5, 1, 0, 3, UInt8(name.utf8.count)] + Array(name.utf8) + [1, 0xbb]

  @Test("a SOCKS client's host is class B; a hello after it is class A", arguments: [socks4, socks5])
  func socks(opening: [UInt8]) throws {
    let alone = tracked(opening, port: 1_080, builder: proxy)
    let record = try #require(alone.records.first)
    #expect(record.name == NameEvidence(name: name, method: .connect, namingClass: .b))
    #expect(record.reach == .outbound)
    #expect(alone.sightings.map { "\($0.carrier) \($0.name)" } == ["socks \(name):443"])
    let followed = tracked(opening + hello, port: 1_080, builder: proxy)
    #expect(followed.records.map(\.name) == [NameEvidence(name: name, method: .sni, namingClass: .a)])
    #expect(followed.records.map(\.reach) == [.outbound])
    expectSplitsEqual(opening + hello, 1_080, builder: proxy)
  }

  @Test("a SOCKS client that asks for an address is named by what follows")
  func socksAddress() {
    let opening: [UInt8] = [5, 1, 0, 5, 1, 0, 1, 203, 0, 113, 9, 0, 80]
    #expect(tracked(opening, port: 1_080, builder: proxy).records.map(\.name) == [nil])
    let followed = tracked(opening + request("web.example"), port: 1_080, builder: proxy)
    #expect(followed.records.map(\.name) == [NameEvidence(name: "web.example", method: .httpHost, namingClass: .b)])
    #expect(followed.records.map(\.reach) == [.outbound])
  }

  @Test("the FIN of a segment that asks for another host belongs to the flow of that host")
  func finalRequest() {
    var conversation = TCPConversation(proxy, serverPort: 3_128, start: fullHour)
    conversation.open()
    conversation.send(.client, request("a.example", "http://a.example/"))
    conversation.send(.server, Array("HTTP/1.1 204 No Content\r\n\r\n".utf8))
    conversation.send(.client, request("b.example", "http://b.example/"))
    // The FIN flag, behind the headers of Ethernet and IPv4 and 13 bytes of the TCP header.
    conversation.frames[conversation.frames.count - 1].bytes[14 + 20 + 13] |= 0x01
    let records = Tracked(conversation.frames).records
    #expect(records.map(\.name?.name) == ["a.example", "b.example"])
    #expect(records.map { $0.history.contains("F") } == [false, true])
  }

  @Test("the name of a proxy is not a destination if its client asks for an address")
  func proxyName() {
    let query = DNSBuilder.query("proxy.example")
    let lookup = dnsFrames(query, query.answered([.address("proxy.example", proxy.destination)]), at: fullHour)
    for opening in [
      Array("CONNECT 203.0.113.9:443 HTTP/1.1\r\n\r\n".utf8), [5, 1, 0, 5, 1, 0, 1, 203, 0, 113, 9, 0, 80],
    ] {
      var conversation = TCPConversation(proxy, serverPort: 3_128, start: fullHour.plus(5))
      conversation.open()
      conversation.send(.client, opening)
      let flow = Tracked(lookup + conversation.frames).records.first { $0.responderPort == 3_128 }
      #expect(flow?.reach == .outbound)
      #expect(flow?.name == nil)
    }
  }

  @Test(
    "the stream after CONNECT is read, also after the proxy's answer and in any segments", arguments: [1, 33, 1_460])
  func connect(segment: Int) {
    for inner in [hello, request("inner.example"), ProxyReadingTests.clear] {
      var conversation = TCPConversation(proxy, serverPort: 3_128, start: fullHour)
      conversation.open()
      conversation.send(.client, Array("CONNECT outer.example:443 HTTP/1.1\r\n\r\n".utf8), segment: segment)
      conversation.send(.server, Array("HTTP/1.1 200 Connection established\r\n\r\n".utf8))
      conversation.send(.client, inner, segment: segment)
      let names = Tracked(conversation.frames).records.compactMap(\.name?.name)
      // A hello is the same flow's better name; another host in the clear is a flow of its own.
      #expect(
        names
          == (inner == hello ? [name] : ["outer.example", inner == ProxyReadingTests.clear ? name : "inner.example"]))
    }
  }
}

@Suite("Flows whose destinations cannot be seen are marked")
struct HiddenPathTests {
  private func datagrams(_ port: UInt16, _ payloads: [(isUp: Bool, bytes: [UInt8])]) -> [HiddenPath?] {
    let frames = payloads.enumerated().map { index, payload in
      TimedFrame(
        time: fullHour.plus(Int64(index)),
        bytes: payload.isUp
          ? client.udp(from: 40_000, to: port, payload: payload.bytes)
          : client.reversed.udp(from: port, to: 40_000, payload: payload.bytes))
    }
    return Tracked(frames).records.map(\.hiddenPath)
  }

  private func padded(_ bytes: [UInt8], _ length: Int) -> [UInt8] {
    bytes + Array(repeating: 0xaa, count: length - bytes.count)
  }

  @Test("private networks over UDP")
  func overUDP() {
    #expect(datagrams(51_820, [(true, padded([1, 0, 0, 0], 148))]) == [.wireGuard])
    #expect(datagrams(12_345, [(false, padded([2, 0, 0, 0], 92))]) == [.wireGuard])
    #expect(datagrams(51_820, [(true, padded([4, 0, 0, 0], 96))]) == [nil])
    let ike: [UInt8] = Array(repeating: 7, count: 16) + [33, 0x20, 34, 8, 0, 0, 0, 0, 0, 0, 0, 28]
    #expect(datagrams(500, [(true, ike)]) == [.ipsec])
    #expect(datagrams(501, [(true, ike)]) == [nil])
    #expect(datagrams(4_500, [(true, [0, 0, 0, 0] + ike)]) == [.ipsec])
    #expect(datagrams(4_500, [(true, [0xff]), (false, padded([1, 2, 3, 4], 80))]) == [.ipsec])
    #expect(datagrams(4_500, [(true, [0xff])]) == [nil])
    #expect(datagrams(1_701, [(true, padded([0xc8, 2, 0, 30], 30))]) == [.l2tp])
    let asks: [UInt8] = [0x38, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0]
    #expect(datagrams(1_194, [(true, asks)]) == [.openVPN])
    #expect(datagrams(443, [(true, asks)]) == [nil])
    #expect(datagrams(443, [(true, asks), (false, padded([0x40], 26))]) == [.openVPN])
    #expect(datagrams(443, [(false, padded([0x40], 26))]) == [nil])
    // Protected packets of QUIC, after its handshake, begin with any byte from 0x40 to 0x7f.
    let hello: [UInt8] = padded([0xc0, 0, 0, 0, 1], 1_200)
    let alike: [(isUp: Bool, bytes: [UInt8])] = [
      (true, padded([0x50], 499)), (false, padded([0x57], 1_200)), (false, padded([0x40], 1_406)),
    ]
    #expect(datagrams(443, [(true, hello), (false, hello)] + alike) == [nil])
    // The same if the capture began in the middle.
    #expect(datagrams(443, alike) == [nil])
  }

  @Test("private networks over TCP")
  func overTCP() {
    func path(_ port: UInt16, _ up: [UInt8], _ down: [UInt8]) -> [HiddenPath?] {
      var conversation = TCPConversation(client, serverPort: port, start: fullHour)
      conversation.open()
      conversation.send(.client, up)
      conversation.send(.server, down)
      return Tracked(conversation.frames).records.map(\.hiddenPath)
    }
    let asks: [UInt8] = [0, 14, 0x38, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0]
    #expect(path(443, asks, [0, 26] + padded([0x40], 26)) == [.openVPN])
    #expect(path(443, asks, [1, 2, 3]) == [nil])
    #expect(path(1_723, padded([0, 156, 0, 1, 0x1a, 0x2b, 0x3c, 0x4d], 156), [0]) == [.pptp])
    #expect(path(1_724, padded([0, 156, 0, 1, 0x1a, 0x2b, 0x3c, 0x4d], 156), [0]) == [nil])
  }

  @Test(
    "ESP and L2TP by their protocol numbers; AH is decoded, as it hides nothing",
    arguments: [(UInt8(50), HiddenPath.ipsec), (115, .l2tp)])
  func protocols(number: UInt8, path: HiddenPath) {
    let frame = TimedFrame(time: fullHour, bytes: client.frame(transport: number, Array(repeating: 1, count: 40)))
    #expect(Tracked([frame]).records.map(\.hiddenPath) == [path])
    #expect(Tracked([frame]).records.map(\.reach) == [.outbound])
  }

  private func record(
    _ port: UInt16, _ hello: ClientHelloBuilder, to builder: PacketBuilder = client,
    settings: TrackerSettings = exampleSettings
  ) -> FlowRecord? {
    var conversation = TCPConversation(builder, serverPort: port, start: fullHour)
    conversation.open()
    conversation.send(.client, hello.record)
    return Tracked(conversation.frames, settings: settings).records.first
  }

  @Test("a resolver without a name by its address, on port 443 only; a name takes precedence over the address")
  func resolverAddress() {
    let known = PacketBuilder(from: "10.0.0.5", to: "203.0.113.53")
    #expect(record(443, ClientHelloBuilder(nil), to: known)?.isEncryptedDNS == true)
    #expect(record(443, ClientHelloBuilder(nil))?.isEncryptedDNS == false)
    #expect(record(80, ClientHelloBuilder(nil), to: known)?.isEncryptedDNS == false)
    #expect(record(443, ClientHelloBuilder("www.example"), to: known)?.isEncryptedDNS == false)
  }

  @Test("without registers, only ports and protocol names mark encrypted DNS, and no relay is known")
  func noRegisters() {
    let none = TrackerSettings()
    #expect(record(443, ClientHelloBuilder("dns.google"), settings: none)?.isEncryptedDNS == false)
    #expect(record(853, ClientHelloBuilder("dns.google"), settings: none)?.isEncryptedDNS == true)
    #expect(record(443, ClientHelloBuilder("mask.icloud.com"), settings: none)?.hiddenPath == nil)
  }

  @Test("encrypted DNS by port, protocol name and the resolvers' names")
  func encryptedDNS() {
    #expect(record(853, ClientHelloBuilder(nil))?.isEncryptedDNS == true)
    for name in ["dns.google", "DNS.Google.", "mozilla.cloudflare-dns.com", "abc123.dns.nextdns.io"] {
      #expect(record(443, ClientHelloBuilder(name))?.isEncryptedDNS == true, "\(name)")
    }
    for name in ["google", "xdns.google", "dns.google.example", "cloudflare.com", "nextdns.io"] {
      #expect(record(443, ClientHelloBuilder(name))?.isEncryptedDNS == false, "\(name)")
    }
    var hello = ClientHelloBuilder("resolver.example")
    for (offered, expected) in [("dot", true), ("doq", true), ("doq-i02", true), ("h2", false)] {
      hello.applicationProtocols = [offered]
      #expect(record(8_853, hello)?.isEncryptedDNS == expected)
    }
    let frame = TimedFrame(time: fullHour, bytes: client.udp(from: 40_000, to: 853, payload: [0xc0, 1, 2, 3]))
    #expect(Tracked([frame]).records.map(\.isEncryptedDNS) == [true])
  }

  @Test("a relay by its name")
  func relay() {
    #expect(record(443, ClientHelloBuilder("mask.icloud.com"))?.hiddenPath == .relay)
    #expect(record(443, ClientHelloBuilder("www.icloud.com"))?.hiddenPath == nil)
  }
}
