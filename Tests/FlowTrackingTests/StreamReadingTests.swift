import FlowTracking
import Model
import TestSupport
import Testing
import Wire

@Suite("Names are read from the beginnings of streams")
struct StreamReadingTests {
  private static let name = "v10.events.data.microsoft.com"
  private static let hello = ClientHelloBuilder(name).record
  private static let evidence = NameEvidence(name: name, method: .sni, namingClass: .a)

  private func delivered(
    _ pieces: [Range<Int>], of stream: [UInt8], sequence: UInt32 = 1_000
  ) -> TCPConversation {
    var conversation = TCPConversation(client, clientSequence: sequence, start: fullHour)
    conversation.open()
    for piece in pieces { conversation.deliver(.client, Array(stream[piece]), at: piece.lowerBound) }
    conversation.acknowledge(.server)
    return conversation
  }

  @Test("a hello over two segments gives its name in every split, order, repetition and overlap")
  func twoSegments() {
    let stream = StreamReadingTests.hello
    let end = stream.count
    for split in 1..<end {
      let back = max(split - 17, 0)
      let orders: [[Range<Int>]] = [
        [0..<split, split..<end], [split..<end, 0..<split],
        [0..<split, 0..<split, split..<end], [split..<end, split..<end, 0..<split],
        [0..<split, back..<end], [back..<end, 0..<split], [split..<end, 0..<min(split + 17, end)],
        [0..<split, 0..<end],
      ]
      for (index, order) in orders.enumerated() {
        let sequence: UInt32 = index % 2 == 0 ? 1_000 : 0xffff_ffff &- UInt32(split)
        let tracked = Tracked(delivered(order, of: stream, sequence: sequence).frames)
        #expect(tracked.only?.name == StreamReadingTests.evidence, "split \(split), order \(index)")
        #expect(tracked.only?.traffic.missedBytes == 0)
        #expect(tracked.anomalies.isEmpty)
      }
    }
  }

  @Test("a large hello in many shuffled segments gives its name")
  func manySegments() {
    var builder = ClientHelloBuilder(StreamReadingTests.name)
    builder.paddedTo = 1_900
    let stream = builder.records(splitAt: [3, 700, 1_300])
    var chance = SeededGenerator(seed: 51)
    for _ in 0..<100 {
      let bounds = Set((0..<6).map { _ in Int.random(in: 1..<stream.count, using: &chance) }).sorted()
      let pieces = zip([0] + bounds, bounds + [stream.count]).map { $0..<$1 }
      #expect(
        Tracked(delivered(pieces.shuffled(using: &chance), of: stream).frames).only?.name == StreamReadingTests.evidence
      )
    }
  }

  @Test("overlapping segments that differ are counted; the bytes in order decide")
  func contradiction() {
    let stream = StreamReadingTests.hello
    var conversation = TCPConversation(client, start: fullHour)
    conversation.open()
    conversation.deliver(.client, Array(stream[..<150]), at: 0)
    conversation.deliver(.client, Array(repeating: 0x78, count: 50), at: 100)
    conversation.deliver(.client, Array(stream[150...]), at: 150)
    let tracked = Tracked(conversation.frames)
    #expect(tracked.only?.name == StreamReadingTests.evidence)
    #expect(tracked.anomalies == [.tcpOverlapDiffers: 1])
  }

  @Test("a segment far outside the window neither traps nor removes the name")
  func farSegment() {
    let stream = StreamReadingTests.hello
    for distance in [0x7fff_ffff, 0x8000_0000, 0x8000_0001, 0xffff_0000] {
      var conversation = TCPConversation(client, start: fullHour)
      conversation.open()
      conversation.deliver(.client, Array(stream[..<50]), at: 0)
      let frame = client.tcp(
        from: 50_000, to: 443, flags: [.ack], sequence: conversation.nextSequence(.client) &+ UInt32(distance),
        payload: [1, 2, 3])
      conversation.frames.append(TimedFrame(time: conversation.time, bytes: frame))
      conversation.deliver(.client, Array(stream[50...]), at: 50)
      #expect(Tracked(conversation.frames).only?.name == StreamReadingTests.evidence)
    }
  }

  @Test("a hello whose end was lost gives its name at the flow's end, if the name was before the loss")
  func lostEnd() {
    var builder = ClientHelloBuilder(StreamReadingTests.name)
    builder.paddedTo = 1_500
    let stream = builder.record
    #expect(Tracked(delivered([0..<400], of: stream).frames).only?.name == StreamReadingTests.evidence)
    #expect(Tracked(delivered([0..<120], of: stream).frames).only?.name == nil)
  }

  @Test("a hello cut by the snapshot length gives the whole name or none")
  func snapshot() {
    let conversation = delivered([0..<StreamReadingTests.hello.count], of: StreamReadingTests.hello)
    var names: Set<String?> = []
    for length in 54..<conversation.frames[3].bytes.count {
      var frames = conversation.frames
      frames[3].bytes = Array(frames[3].bytes.prefix(length))
      let record = Tracked(frames).only
      #expect(record?.traffic == Tracked(conversation.frames).only?.traffic)
      names.insert(record?.name?.name)
    }
    #expect(names == [nil, StreamReadingTests.name])
  }

  @Test("ECH, protocols and versions go into the record")
  func helloFacts() throws {
    var builder = ClientHelloBuilder("public.example.")
    builder.ech = .outer
    builder.applicationProtocols = ["http/1.1"]
    var conversation = TCPConversation(client, start: fullHour)
    conversation.open()
    conversation.send(.client, builder.record)
    var record = try #require(Tracked(conversation.frames).only)
    #expect(record.name == NameEvidence(name: "public.example", method: .sni, namingClass: .a, ech: .offered))
    #expect(record.applicationProtocol == "http/1.1")
    // The server's choice was not seen.
    #expect(record.encryption == .other)
    for (version, expected) in [(UInt16?.none, Encryption.tls12), (0x0304, .tls13)] {
      var answered = conversation
      var server = ServerHelloBuilder()
      server.selectedVersion = version
      answered.send(.server, server.record, segment: 40)
      record = try #require(Tracked(answered.frames).only)
      #expect(record.encryption == expected)
    }
  }

  @Test("a hello after a clear beginning (STARTTLS) is found")
  func startTLS() {
    var conversation = TCPConversation(client, serverPort: 587, start: fullHour)
    conversation.open()
    conversation.send(.server, Array("220 mail.example ESMTP\r\n".utf8))
    conversation.send(.client, Array("EHLO x\r\n".utf8))
    conversation.send(.client, Array("STARTTLS\r\n".utf8))
    conversation.send(.server, Array("220 go ahead\r\n".utf8))
    conversation.send(.client, StreamReadingTests.hello, segment: 100)
    #expect(Tracked(conversation.frames).records.map(\.name) == [StreamReadingTests.evidence])
  }

  @Test("a connection whose beginning was missed gives a later request's name")
  func middle() {
    var conversation = TCPConversation(client, serverPort: 80, start: fullHour)
    conversation.send(.client, Array(repeating: 0xaa, count: 50))
    conversation.send(.client, request("GET", "/", host: "late.example"))
    #expect(Tracked(conversation.frames).records.map(\.name?.name) == ["late.example"])
  }

  @Test("malformed hellos are counted")
  func broken() {
    var stream = StreamReadingTests.hello
    stream[5 + 4 + 34] = 99
    let tracked = Tracked(delivered([0..<stream.count], of: stream).frames)
    #expect(tracked.anomalies == [.tlsMessageInvalid: 1])
    #expect(tracked.only?.name == nil)
  }

  @Test("a stream with too much after a gap is given up and counted")
  func givenUp() {
    var conversation = TCPConversation(client, start: fullHour)
    conversation.open()
    conversation.deliver(.client, Array(StreamReadingTests.hello[..<50]), at: 0)
    for index in 0..<65 { conversation.deliver(.client, [1], at: 60 + 2 * index) }
    #expect(Tracked(conversation.frames).anomalies == [.streamGivenUp: 1])
  }

  // MARK: HTTP

  private func request(_ method: String, _ target: String, host: String, body: Int = 0) -> [UInt8] {
    let length = body > 0 ? "Content-Length: \(body)\r\n" : ""
    return Array("\(method) \(target) HTTP/1.1\r\nHost: \(host)\r\n\(length)\r\n".utf8)
      + Array(repeating: 0x47, count: body)
  }

  /// A client's stream to port 80, in segments of `segment` bytes.
  private func requests(_ stream: [UInt8], segment: Int) -> Tracked {
    var conversation = TCPConversation(client, serverPort: 80, start: fullHour)
    conversation.open()
    conversation.send(.client, stream, segment: segment)
    return Tracked(conversation.frames)
  }

  @Test("requests with bodies, pipelined in segments of any size, are all seen", arguments: [1, 7, 40, 100, 1_460])
  func pipelining(segment: Int) throws {
    // The body of the first looks like a request of another host.
    let stream =
      request("POST", "/a", host: "Telemetry.example:8080", body: 3_000)
      + request("GET", "/b", host: "telemetry.example")
      + request("PUT", "/c", host: "telemetry.example", body: 10) + request("GET", "/d", host: "telemetry.example")
    let tracked = requests(stream, segment: segment)
    let record = try #require(tracked.records.first)
    #expect(tracked.records.count == 1)
    #expect(record.name == NameEvidence(name: "Telemetry.example", method: .httpHost, namingClass: .b))
    #expect(record.encryption == .none)
    #expect(
      tracked.sightings.map(\.name) == ["Telemetry.example:8080"] + Array(repeating: "telemetry.example", count: 3))
    #expect(record.clearText?.bytes == stream)
    #expect(record.clearText?.messages.map(\.form) == Array(repeating: .httpRequest, count: 4))
    #expect(!record.hasUninspectedClearText)
  }

  @Test("the content of a body is not a request")
  func bodyHoldsRequest() {
    let inner = request("GET", "/", host: "inner.example")
    var stream = Array("POST / HTTP/1.1\r\nHost: outer.example\r\nContent-Length: \(inner.count)\r\n\r\n".utf8)
    let head = stream.count
    stream += inner + request("GET", "/", host: "outer.example")
    #expect(requests(stream, segment: head).records.map(\.name?.name) == ["outer.example"])
    #expect(requests(stream, segment: head).sightings.map(\.name) == ["outer.example", "outer.example"])
  }

  @Test("another host through the same proxy connection is a flow of its own", arguments: [20, 1_460])
  func proxyHosts(segment: Int) {
    let proxy = PacketBuilder(from: "10.0.0.5", to: "10.0.0.2")
    var conversation = TCPConversation(proxy, serverPort: 3_128, start: fullHour)
    conversation.open()
    for target in ["one.example", "two.example:81", "TWO.example"] {
      conversation.send(.client, request("GET", "http://\(target)/x", host: "ignored.example"), segment: segment)
      conversation.send(.server, Array("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".utf8))
    }
    let records = Tracked(conversation.frames).records
    #expect(records.map(\.name?.name) == ["one.example", "two.example"])
    #expect(records.map(\.flowNumber) == [0, 1])
    #expect(records.map(\.part) == [0, 0])
    #expect(records.map(\.reach) == [.outbound, .outbound])
    #expect(records.allSatisfy { $0.clearText?.messages.first?.start == 0 && !$0.hasUninspectedClearText })
    let total = records.reduce(into: Traffic()) { $0 += $1.traffic }
    #expect(total.packetsUp + total.packetsDown == UInt64(conversation.frames.count))
  }

  @Test("the packet that names another host counts for that host")
  func proxyHostBytes() {
    let proxy = PacketBuilder(from: "10.0.0.5", to: "10.0.0.2")
    var conversation = TCPConversation(proxy, serverPort: 3_128, start: fullHour)
    conversation.open()
    let opening = conversation.frames.count
    let first = request("GET", "http://one.example/", host: "one.example")
    let second = request("POST", "http://two.example/upload", host: "two.example")
    for message in [first, second] { conversation.send(.client, message) }
    let records = Tracked(conversation.frames).records
    #expect(records.map(\.name?.name) == ["one.example", "two.example"])
    #expect(records.map(\.traffic.packetsUp) == [3, 1])
    #expect(
      records.map { $0.traffic.bytesUp - $0.traffic.packetsUp * 20 } == [UInt64(first.count), UInt64(second.count)])
    #expect(opening == 3)
  }

  @Test("two hosts in the only packet of a capture share nothing: it stays with the first")
  func proxyHostsInOnePacket() {
    let proxy = PacketBuilder(from: "10.0.0.5", to: "10.0.0.2")
    var conversation = TCPConversation(proxy, serverPort: 3_128, start: fullHour)
    conversation.send(
      .client,
      request("GET", "http://one.example/", host: "one.example")
        + request("GET", "http://two.example/", host: "two.example"))
    let records = Tracked(conversation.frames).records
    #expect(records.map(\.name?.name) == ["one.example", "two.example"])
    #expect(records.map(\.traffic.packetsUp) == [1, 0])
  }

  @Test("a request truncated by the flow's end belongs to the time of its packet")
  func cutRequestThroughProxy() {
    let proxy = PacketBuilder(from: "10.0.0.5", to: "10.0.0.2")
    var conversation = TCPConversation(proxy, serverPort: 3_128, start: fullHour.plus(-60))
    conversation.open()
    conversation.send(.client, request("GET", "http://one.example/", host: "one.example"))
    conversation.send(.client, Array(request("GET", "http://two.example/", host: "two.example").dropLast(2)))
    let last = conversation.frames[4].time
    let records = Tracked(conversation.frames, until: fullHour.plus(3_000)).records
    #expect(records.map(\.name?.name) == ["one.example", "two.example"])
    #expect(records.map(\.end) == [last, last])
    #expect(records.map(\.start) == [fullHour.plus(-60), last])
  }

  @Test("CONNECT gives class B, the hello after it class A", arguments: [false, true])
  func connect(hasHello: Bool) throws {
    let proxy = PacketBuilder(from: "10.0.0.5", to: "10.0.0.2")
    var conversation = TCPConversation(proxy, serverPort: 3_128, start: fullHour)
    conversation.open()
    conversation.send(.client, request("CONNECT", "\(StreamReadingTests.name):443", host: "x"))
    conversation.send(.server, Array("HTTP/1.1 200 Connection established\r\n\r\n".utf8))
    if hasHello { conversation.send(.client, StreamReadingTests.hello, segment: 99) }
    let record = try #require(Tracked(conversation.frames).records.first)
    #expect(Tracked(conversation.frames).records.count == 1)
    #expect(
      record.name
        == (hasHello
          ? StreamReadingTests.evidence
          : NameEvidence(name: StreamReadingTests.name, method: .connect, namingClass: .b)))
    #expect(record.reach == .outbound)
    #expect(record.clearText == nil)
  }

  @Test("a host that is an address gives no name", arguments: ["203.0.113.9", "203.0.113.9:8080", "[2001:db8::9]:80"])
  func addressHost(host: String) {
    #expect(requests(request("GET", "/", host: host), segment: 1_460).records.map(\.name) == [nil])
  }
}
