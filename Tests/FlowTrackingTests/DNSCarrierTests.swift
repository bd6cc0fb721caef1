import FlowTracking
import Model
import TestSupport
import Testing

private let name = "telemetry.example.com"
private let server = client.destination

/// A resolver's TCP connection; opened, not closed.
private func resolverConversation() -> TCPConversation {
  var conversation = TCPConversation(resolver, clientPort: 40_001, serverPort: 53, start: fullHour)
  conversation.open()
  return conversation
}

private func questions(_ tracked: Tracked) -> [String] {
  tracked.sightings.map { "\($0.carrier) \($0.client) \($0.server):\($0.serverPort) \($0.name)" }
}

@Suite("DNS is read over TCP and on other ports, and so are mDNS, LLMNR and SSDP")
struct DNSCarrierTests {
  private static let query = DNSBuilder.query(name, identifier: 1)
  private static let answer = query.answered([.address(name, server)])
  private static let second = DNSBuilder.query("second.example", type: 28, identifier: 2)

  // MARK: TCP

  @Test("several messages over TCP, split at every byte in both directions, name the flow that follows")
  func splits() {
    let up = DNSCarrierTests.query.streamed + DNSCarrierTests.second.streamed
    let down =
      DNSCarrierTests.answer.streamed
      + DNSCarrierTests.second.answered([.address("second.example", IPAddress(high: 1, low: 2))]).streamed
    let flow = opaque(at: fullHour.plus(5)).frames
    for split in 1..<max(up.count, down.count) {
      var conversation = resolverConversation()
      conversation.send(.client, Array(up.prefix(split)))
      conversation.send(.client, Array(up.dropFirst(split)))
      conversation.send(.server, Array(down.prefix(split)))
      conversation.send(.server, Array(down.dropFirst(split)))
      let tracked = Tracked(conversation.frames + flow)
      #expect(
        questions(tracked) == ["dns 10.0.0.5 10.0.0.1:53 \(name)", "dns 10.0.0.5 10.0.0.1:53 second.example"],
        "split \(split)")
      #expect(tracked.only?.name == NameEvidence(name: name, method: .dns, namingClass: .c, dnsAge: 4))
      #expect(tracked.only?.hadDNS == true)
      #expect(tracked.anomalies.isEmpty)
    }
  }

  @Test("segments of one byte, and segments out of order", arguments: [1, 2, 3])
  func smallSegments(size: Int) {
    var conversation = resolverConversation()
    conversation.send(.client, DNSCarrierTests.query.streamed, segment: size)
    let answer = DNSCarrierTests.answer.streamed
    conversation.deliver(.server, Array(answer[10...]), at: 10)
    conversation.deliver(.server, Array(answer[..<12]), at: 0)
    let tracked = Tracked(conversation.frames + opaque(at: fullHour.plus(5)).frames)
    #expect(tracked.only?.name?.name == name)
    #expect(tracked.anomalies.isEmpty)
  }

  @Test("a block over TCP is an attempt of its own")
  func blocked() throws {
    var conversation = resolverConversation()
    conversation.send(.client, DNSCarrierTests.query.streamed)
    conversation.send(.server, DNSCarrierTests.query.answered(responseCode: 3).streamed)
    let record = try #require(Tracked(conversation.frames).records.first { $0.outcome == .dnsBlocked })
    #expect(record.name?.name == name)
    #expect(record.device == clientHardware)
    #expect(record.originator == client.source)
  }

  @Test("a zone transfer is skipped, and later messages of the connection are read")
  func largeMessage() {
    var large = DNSBuilder.query("zone.example", type: 252, identifier: 9)
    large.answers = (0..<300).map { .other("zone.example", type: 16, Array(repeating: UInt8($0 & 0xff), count: 180)) }
    #expect(large.message.count > 50_000)
    var conversation = resolverConversation()
    conversation.send(.client, large.streamed + DNSCarrierTests.query.streamed)
    conversation.send(.server, large.answered(large.answers).streamed + DNSCarrierTests.answer.streamed)
    let tracked = Tracked(conversation.frames + opaque(at: fullHour.plus(5)).frames)
    #expect(tracked.sightings.map(\.name) == ["zone.example", name])
    #expect(tracked.only?.name?.name == name)
  }

  @Test("another protocol on port 53 is read as on any other port")
  func otherOnPort() {
    var conversation = resolverConversation()
    conversation.send(.client, ClientHelloBuilder("hidden.example").record)
    #expect(Tracked(conversation.frames).records.map(\.name?.name) == ["hidden.example"])
    var request = resolverConversation()
    request.send(.client, Array("GET / HTTP/1.1\r\nHost: web.example\r\n\r\n".utf8))
    #expect(Tracked(request.frames).records.map(\.name?.name) == ["web.example"])
  }

  @Test("a message of less than a header, or lost bytes, end the reading without a trap")
  func broken() {
    var conversation = resolverConversation()
    conversation.send(.client, DNSCarrierTests.query.streamed + [0, 3, 1, 2, 3] + DNSCarrierTests.second.streamed)
    let tracked = Tracked(conversation.frames)
    #expect(tracked.sightings.map(\.name) == [name])
    #expect(tracked.anomalies == [.dnsMessageInvalid: 1])
    var lossy = resolverConversation()
    lossy.send(.client, Array(DNSCarrierTests.query.streamed.dropLast(6)))
    lossy.lose(.client, 6)
    lossy.send(.client, DNSCarrierTests.second.streamed)
    #expect(Tracked(lossy.frames).sightings.map(\.name) == [])
  }

  @Test("mutated streams never trap")
  func mutations() {
    var chance = SeededGenerator(seed: 71)
    let stream = DNSCarrierTests.query.streamed + DNSCarrierTests.second.streamed + DNSCarrierTests.query.streamed
    for _ in 0..<1_500 {
      var conversation = resolverConversation()
      conversation.send(.client, chance.mutation(of: stream), segment: Int.random(in: 1...60, using: &chance))
      conversation.send(
        .server, chance.mutation(of: DNSCarrierTests.answer.streamed), segment: Int.random(in: 1...60, using: &chance))
      #expect(Tracked(conversation.frames).records.count >= 1)
    }
  }

  // MARK: UDP

  private func datagrams(_ port: UInt16, _ payloads: [(isUp: Bool, bytes: [UInt8])]) -> [TimedFrame] {
    payloads.enumerated().map { index, payload in
      TimedFrame(
        time: fullHour.plus(Int64(index)),
        bytes: payload.isUp
          ? resolver.udp(from: 40_000, to: port, payload: payload.bytes)
          : resolver.reversed.udp(from: port, to: 40_000, payload: payload.bytes))
    }
  }

  @Test("an unmistakable query on another port makes its flow DNS")
  func otherPort() {
    let frames = datagrams(
      5_300, [(true, DNSCarrierTests.query.message), (false, DNSCarrierTests.answer.message)])
    let tracked = Tracked(frames + opaque(at: fullHour.plus(5)).frames)
    #expect(questions(tracked) == ["dns 10.0.0.5 10.0.0.1:5300 \(name)"])
    #expect(tracked.only?.name?.name == name)
    // An ambiguous message does not: several questions, or an answer first.
    var two = DNSCarrierTests.query
    two.questions.append(("other.example", 1))
    #expect(Tracked(datagrams(5_300, [(true, two.message)])).sightings.isEmpty)
    #expect(Tracked(datagrams(5_300, [(true, DNSCarrierTests.answer.message)])).sightings.isEmpty)
    #expect(Tracked(datagrams(5_300, [(true, [1, 2, 3]), (true, DNSCarrierTests.query.message)])).sightings.isEmpty)
  }

  @Test("a question in a message that is malformed after it is shown, and the fault counted")
  func brokenQuery() {
    var bytes = DNSCarrierTests.query.message
    bytes.setUInt16(7, at: 4)
    let tracked = Tracked(datagrams(53, [(true, bytes)]))
    #expect(questions(tracked) == ["dns 10.0.0.5 10.0.0.1:53 \(name)"])
    #expect(tracked.anomalies == [.dnsMessageInvalid: 1])
  }

  @Test("odd bytes, punycode and the root are shown as sent")
  func oddNames() {
    let names = ["xn--mnchen-3ya.example", "\u{e4}\0.\u{ff}x", "UPPER.example", ""]
    let frames = names.enumerated().flatMap { index, text in
      dnsFrames(.query(text, identifier: UInt16(index)), nil, at: fullHour)
    }
    #expect(Tracked(frames).sightings.map(\.name) == names)
  }

  @Test(
    "questions on the local link have their own methods; nothing is learned from them, and none counts as unanswered",
    arguments: [
      (UInt16(5_353), "224.0.0.251", NameSighting.Carrier.mdns), (5_355, "224.0.0.252", .llmnr),
      (5_353, "ff02::fb", .mdns), (5_355, "ff02::1:3", .llmnr),
    ])
  func link(port: UInt16, group: String, carrier: NameSighting.Carrier) {
    let source = group.contains(":") ? "fe80::5" : "10.0.0.5"
    let ends = PacketBuilder(from: source, to: group)
    var query = DNSBuilder.query("printer.local")
    query.questions.append(("_ipp._tcp.local", 12))
    let answer = DNSBuilder.query("printer.local").answered([.address("printer.local", server)])
    let frames = [query.message, answer.message, [1, 2, 3]].enumerated().map { index, payload in
      TimedFrame(time: fullHour.plus(Int64(index)), bytes: ends.udp(from: port, to: port, payload: payload))
    }
    let tracked = Tracked(frames + opaque(at: fullHour.plus(5)).frames, until: fullHour.plus(600))
    #expect(
      questions(tracked) == ["printer.local", "_ipp._tcp.local"].map { "\(carrier) \(source) \(group):\(port) \($0)" })
    #expect(tracked.only?.name == nil)
    #expect(tracked.only?.hadDNS == false)
    #expect(tracked.anomalies == [.dnsMessageInvalid: 1])
    #expect(tracked.records.filter { $0.responderPort == port }.map(\.reach) == [.inside])
    #expect(tracked.records.count == 2)
  }

  @Test("an SSDP search shows its Host, and stays inside")
  func deviceSearch() {
    let ends = PacketBuilder(from: "10.0.0.5", to: "239.255.255.250")
    let text = "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\n\r\n"
    let answer = "HTTP/1.1 200 OK\r\nHost: not.example\r\n\r\n"
    let frames = [text, answer, "NOTIFY"].map {
      TimedFrame(time: fullHour, bytes: ends.udp(from: 50_000, to: 1_900, payload: Array($0.utf8)))
    }
    let tracked = Tracked(frames)
    #expect(questions(tracked) == ["ssdp 10.0.0.5 239.255.255.250:1900 239.255.255.250:1900"])
    #expect(tracked.records.map(\.reach) == [.inside])
    #expect(tracked.records.map(\.name) == [nil])
  }

  // MARK: Blocked and hidden names

  private func attempts(
    _ query: DNSBuilder, _ answer: DNSBuilder, _ settings: TrackerSettings = TrackerSettings()
  ) -> [FlowOutcome] {
    Tracked(dnsFrames(query, answer, at: fullHour), settings: settings).records.filter { $0.responderPort != 53 }
      .map(\.outcome)
  }

  @Test(
    "an Extended DNS Error for blocking is a block, whatever else the answer contains", arguments: [4, 15, 16, 17])
  func extendedErrors(code: Int) {
    let query = DNSCarrierTests.query
    #expect(attempts(query, DNSCarrierTests.answer.failing(code)) == [.dnsBlocked])
    #expect(attempts(query, query.answered(responseCode: 2).failing(code)) == [.dnsBlocked])
    let forged = dnsFrames(query, DNSCarrierTests.answer.failing(code), at: fullHour)
    #expect(Tracked(forged + opaque(at: fullHour.plus(5)).frames).only?.name == nil)
  }

  @Test("other errors are not a block", arguments: [0, 3, 18, 22, 23])
  func otherErrors(code: Int) {
    #expect(attempts(DNSCarrierTests.query, DNSCarrierTests.answer.failing(code)) == [])
    #expect(attempts(DNSCarrierTests.query, DNSCarrierTests.query.answered(responseCode: 2).failing(code)) == [])
  }

  @Test("the site's own sinkhole is a block only if it is configured, and only if no other address is answered")
  func sinkhole() throws {
    let query = DNSCarrierTests.query
    let sink = try #require(IPAddress("10.0.0.2"))
    let answer = query.answered([.address(name, sink)])
    #expect(attempts(query, answer) == [])
    var settings = TrackerSettings()
    settings.sinkholes = [try #require(IPPrefix("10.0.0.2"))]
    #expect(attempts(query, answer, settings) == [.dnsBlocked])
    #expect(attempts(query, query.answered([.address(name, sink), .address(name, server)]), settings) == [])
    #expect(attempts(query, query.answered([.address(name, IPAddress(v4: 0x0a00_0003))]), settings) == [])
  }

  @Test("hints of a service binding name the flow by the asked host", arguments: ["", "_8443._https."])
  func serviceHints(prefix: String) {
    let query = DNSBuilder.query(prefix + name, type: 65)
    let answer = query.answered([.service(prefix + name, parameters: [(4, [203, 0, 113, 9])])])
    let tracked = Tracked(dnsFrames(query, answer, at: fullHour) + opaque(at: fullHour.plus(5)).frames)
    #expect(tracked.only?.name == NameEvidence(name: name, method: .dns, namingClass: .c, dnsAge: 4))
  }

  /// The record of a hello with ECH and this outer name, after a service binding for `name`.
  private func hidden(outer: String, publicName: String?, age: Int64 = 5, ech: Bool = true) -> FlowRecord? {
    let query = DNSBuilder.query(name, type: 65)
    let parameters = [(4, [203, 0, 113, 9])] + (publicName.map { [(5, DNSBuilder.encryptedHelloList([$0]))] } ?? [])
    let answer = query.answered([.service(name, parameters: parameters)])
    var hello = ClientHelloBuilder(outer)
    if ech { hello.ech = .outer }
    var conversation = TCPConversation(client, start: fullHour.plus(age))
    conversation.open()
    conversation.send(.client, hello.record)
    return Tracked(dnsFrames(query, answer, at: fullHour) + conversation.frames).only
  }

  @Test("a public name known from DNS is replaced by the name asked for")
  func encryptedHello() {
    let evidence = hidden(outer: "Public.example", publicName: "public.example")?.name
    #expect(evidence == NameEvidence(name: name, method: .dns, namingClass: .c, ech: .outerKnown, dnsAge: 4))
    // GREASE, an unknown public name, no ECH, or an offer that has expired: the name of the hello is used.
    let greased = NameEvidence(name: name, method: .sni, namingClass: .a, ech: .offered)
    #expect(hidden(outer: name, publicName: "public.example")?.name == greased)
    let unknown = NameEvidence(name: "public.example", method: .sni, namingClass: .a, ech: .offered)
    #expect(hidden(outer: "public.example", publicName: nil)?.name == unknown)
    #expect(hidden(outer: "public.example", publicName: "public.example", age: 902)?.name == unknown)
    #expect(
      hidden(outer: "public.example", publicName: "public.example", ech: false)?.name
        == NameEvidence(name: "public.example", method: .sni, namingClass: .a))
  }

  // MARK: Memory

  @Test("a name by DNS survives the hour's cut and the active time-out")
  func cuts() {
    var conversation = TCPConversation(client, start: fullHour.plus(3_590))
    conversation.open()
    for _ in 0..<5 {
      conversation.send(.client, Array(repeating: 0xaa, count: 10))
      conversation.send(.server, Array(repeating: 0xbb, count: 10))
      conversation.pause(.seconds(1_000))
    }
    let tracked = Tracked(
      dnsFrames(DNSCarrierTests.query, DNSCarrierTests.answer, at: fullHour.plus(3_580)) + conversation.frames)
    let records = tracked.records.filter { $0.responderPort == 443 }
    #expect(records.map(\.part) == [0, 1, 2, 3])
    #expect(records.map(\.name?.name) == Array(repeating: name, count: 4))
    #expect(records.map(\.name?.dnsAge) == [9, 9, 9, 9])
    #expect(records.map(\.hadDNS) == Array(repeating: true, count: 4))
  }

  @Test("a flow without DNS before it is marked, even if its hello names it")
  func withoutDNS() {
    var conversation = TCPConversation(client, start: fullHour.plus(5))
    conversation.open()
    conversation.send(.client, ClientHelloBuilder(name).record)
    #expect(Tracked(conversation.frames).only?.hadDNS == false)
    let asked = dnsFrames(DNSCarrierTests.query, DNSCarrierTests.answer, at: fullHour)
    #expect(Tracked(asked + conversation.frames).only?.hadDNS == true)
    #expect(Tracked(asked + conversation.frames).only?.name?.namingClass == .a)
  }
}
