import FlowTracking
import Model
import TestSupport
import Testing
import Wire

private let name = "v10.events.data.microsoft.com"
private let hello = ClientHelloBuilder(name).record
private let evidence = NameEvidence(name: name, method: .sni, namingClass: .a)

/// Each protocol that begins in plain text: its port, and the turns of client and server; an empty first turn means
/// that the server begins.
private struct PlainDialogue: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var port: UInt16
  /// Client, server, client, …
  var turns: [[UInt8]]

  init(_ name: String, _ port: UInt16, _ turns: [String]) {
    self.init(name, port, bytes: turns.map { Array($0.utf8) })
  }

  init(_ name: String, _ port: UInt16, bytes turns: [[UInt8]]) {
    testDescription = name
    self.port = port
    self.turns = turns
  }

  /// The client's stream up to the hello.
  var commands: [UInt8] { turns.enumerated().filter { $0.offset % 2 == 0 }.flatMap(\.element) }

  static let all = [
    PlainDialogue(
      "SMTP", 25, ["", "220 mx ESMTP\r\n", "EHLO a\r\n", "250-mx\r\n250 STARTTLS\r\n", "STARTTLS\r\n", "220 go\r\n"]),
    PlainDialogue(
      "IMAP", 143, ["", "* OK\r\n", "a CAPABILITY\r\n", "* CAPABILITY\r\na OK\r\n", "b STARTTLS\r\n", "b OK\r\n"]),
    PlainDialogue("POP3", 110, ["", "+OK\r\n", "CAPA\r\n", "+OK\r\nSTLS\r\n.\r\n", "STLS\r\n", "+OK\r\n"]),
    PlainDialogue("FTP", 21, ["", "220 x\r\n", "AUTH TLS\r\n", "234 go\r\n"]),
    PlainDialogue(
      "XMPP", 5_222,
      [
        "<?xml version='1.0'?><stream:stream to='a' xmlns='jabber:client'>",
        "<?xml version='1.0'?><stream:stream><stream:features><starttls/></stream:features>",
        "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
      ]),
    PlainDialogue(
      "LDAP", 389,
      bytes: [
        [UInt8](hexadecimal: "301d02010177188016") + Array("1.3.6.1.4.1.1466.20037".utf8),
        [UInt8](hexadecimal: "300c02010178070a010004000400"),
      ]),
    PlainDialogue("PostgreSQL", 5_432, bytes: [[UInt8](hexadecimal: "0000000804d2162f"), [0x53]]),
    PlainDialogue(
      "MySQL", 3_306,
      bytes: [
        [], [0x4a, 0, 0, 0, 0x0a] + Array(repeating: 0x38, count: 73),
        [UInt8](hexadecimal: "2000000185ae7f0000000001") + [0x21] + Array(repeating: 0, count: 23),
      ]),
    PlainDialogue("PROXY line", 443, ["PROXY TCP4 192.0.2.1 192.0.2.2 5 443\r\n"]),
  ]
}

@Suite("ClientHellos are found wherever they begin")
struct PlainBeginningTests {
  private func opened(_ port: UInt16) -> TCPConversation {
    var conversation = TCPConversation(client, serverPort: port, start: fullHour)
    conversation.open()
    return conversation
  }

  private func server12(_ conversation: inout TCPConversation) {
    conversation.send(
      .server, TLSRecords.bytes(CertificateBuilder(["*.a.example"]).flight(), version: 0x0303), segment: 300)
  }

  @Test("after plain text, turn by turn, name and version are read", arguments: PlainDialogue.all)
  private func turns(dialogue: PlainDialogue) throws {
    for segment in [1, 5, 200, 1_460] {
      var conversation = opened(dialogue.port)
      for (index, turn) in dialogue.turns.enumerated() {
        conversation.send(index % 2 == 0 ? .client : .server, turn, segment: segment)
      }
      conversation.send(.client, hello, segment: segment)
      server12(&conversation)
      let record = try #require(Tracked(conversation.frames).records.first)
      #expect(record.name == evidence, "segments of \(segment)")
      // MySQL's greeting is not text, but its server's hello is found, since it follows the client's.
      #expect(record.encryption == .tls12, "segments of \(segment)")
    }
  }

  @Test("a hello sent without waiting is found at every split", arguments: PlainDialogue.all)
  private func pipelined(dialogue: PlainDialogue) {
    let stream = dialogue.commands + hello
    let end = stream.count
    for split in 1..<end {
      for order in [[0..<split, split..<end], [split..<end, 0..<split]] {
        var conversation = opened(dialogue.port)
        for piece in order { conversation.deliver(.client, Array(stream[piece]), at: piece.lowerBound) }
        #expect(Tracked(conversation.frames).records.map(\.name) == [evidence], "split \(split)")
      }
    }
  }

  @Test("a hello after an uncaptured but acknowledged command is found")
  func lostCommand() {
    var conversation = opened(587)
    conversation.send(.client, Array("EHLO a\r\n".utf8))
    conversation.lose(.client, 10)
    conversation.acknowledge(.server)
    conversation.send(.client, hello, segment: 100)
    // More than can wait after a gap.
    conversation.send(.client, Array(repeating: 0x17, count: 60_000))
    #expect(Tracked(conversation.frames).records.map(\.name) == [evidence])
  }

  @Test("clear mail is not searched any more after some lines")
  func clearMail() {
    var conversation = opened(25)
    for index in 0..<200 { conversation.send(.client, Array("line \(index)\r\n".utf8)) }
    conversation.send(.client, hello)
    #expect(Tracked(conversation.frames).records.map(\.name) == [nil])
  }

  @Test("the hello of SSL 2.0 shows that there is TLS, and the server's hello which version")
  func oldHello() throws {
    var conversation = opened(443)
    conversation.send(
      .client, [UInt8](hexadecimal: "801c0103010003000000100000040000000000000000000000000000000 0"), segment: 7)
    server12(&conversation)
    let record = try #require(Tracked(conversation.frames).only)
    #expect(record.encryption == .tls12)
    #expect(record.name == NameEvidence(name: "*.a.example", method: .certificate, namingClass: .d))
  }

  @Test("a hello from the assumed server reverses the direction of the flow")
  func turnedAround() throws {
    var conversation = TCPConversation(client, clientPort: 443, serverPort: 50_000, start: fullHour)
    conversation.send(.server, [1, 2, 3])
    conversation.acknowledge(.client)
    // By its port, 443 is the server; the hello shows the opposite.
    conversation.send(.client, hello)
    conversation.send(.server, ServerHelloBuilder().record)
    let record = try #require(Tracked(conversation.frames).records.first)
    #expect(record.originator == client.source)
    #expect(record.originatorPort == 443)
    #expect(record.device == clientHardware)
    #expect(record.name == evidence)
    #expect(record.encryption == .tls13)
    #expect(record.history == "dAD")
    #expect(record.traffic.packetsUp == 2 && record.traffic.packetsDown == 2)
    #expect(record.completeness == .cut)
  }
}

@Suite("Certificates and tickets are noted")
struct ServerSideTests {
  private func record(
    _ builder: ClientHelloBuilder, _ certificate: CertificateBuilder, dns: Bool = false, segment: Int = 1_460
  ) -> FlowRecord? {
    var conversation = TCPConversation(client, start: fullHour.plus(1))
    conversation.open()
    conversation.send(.client, builder.record)
    conversation.send(
      .server, TLSRecords.bytes(certificate.flight(), splitAt: [10, 200], version: 0x0303), segment: segment)
    let query = DNSBuilder.query("asked.example")
    let frames =
      dns ? dnsFrames(query, query.answered([.address("asked.example", client.destination)]), at: fullHour) : []
    return Tracked(frames + conversation.frames).only
  }

  @Test("the certificate names a flow that shows no other name", arguments: [1, 33, 1_460])
  func certificate(segment: Int) throws {
    let nameless = ClientHelloBuilder(nil)
    let certificate = CertificateBuilder(["b.example", "c.example"])
    #expect(
      record(nameless, certificate, segment: segment)?.name
        == NameEvidence(name: "b.example", method: .certificate, namingClass: .d, candidates: 2))
    #expect(
      record(nameless, CertificateBuilder(nil), segment: segment)?.name
        == NameEvidence(name: "cn.example", method: .certificate, namingClass: .d))
    #expect(record(ClientHelloBuilder(name), certificate, segment: segment)?.name == evidence)
    #expect(record(nameless, certificate, dns: true, segment: segment)?.name?.method == .dns)
  }

  @Test("all names of a certificate are sightings")
  func sightings() {
    var conversation = TCPConversation(client, start: fullHour)
    conversation.open()
    conversation.send(.client, hello)
    conversation.send(.server, TLSRecords.bytes(CertificateBuilder(["b.example", "c.example"]).flight()))
    let seen = Tracked(conversation.frames).sightings
    #expect(seen.map(\.carrier) == [.tls, .certificate, .certificate])
    #expect(seen.map(\.name) == [name, "b.example", "c.example"])
    #expect(seen.allSatisfy { $0.client == client.source && $0.server == client.destination })
  }

  @Test("a malformed certificate is counted")
  func broken() {
    var conversation = TCPConversation(client, start: fullHour)
    conversation.open()
    conversation.send(.client, ClientHelloBuilder(nil).record)
    var flight = CertificateBuilder(["b.example"]).flight()
    flight[4 + 72 + 4 + 6] = 0x31
    conversation.send(.server, TLSRecords.bytes(flight))
    let tracked = Tracked(conversation.frames)
    #expect(tracked.only?.name == nil)
    #expect(tracked.anomalies == [.tlsMessageInvalid: 1])
  }

  @Test("a ticket is noted as resumption, and its content is not kept", arguments: [false, true])
  func ticket(isOffered: Bool) {
    var builder = ClientHelloBuilder(name)
    if isOffered { builder.leadingExtensions = [(35, [1, 2, 3])] }
    var conversation = TCPConversation(client, start: fullHour)
    conversation.open()
    conversation.send(.client, builder.record)
    #expect(Tracked(conversation.frames).only?.offersResumption == isOffered)
  }

  @Test("a provider's public name hides another one, if the ECH offer is plausible")
  func outerName() {
    func name(_ outer: String, keyLength: Int = 32) -> NameEvidence? {
      var builder = ClientHelloBuilder(outer)
      builder.ech = .outer
      builder.echKeyLength = keyLength
      var conversation = TCPConversation(client, start: fullHour)
      conversation.open()
      conversation.send(.client, builder.record)
      return Tracked(conversation.frames).only?.name
    }
    #expect(
      name("Cloudflare-ECH.com.")
        == NameEvidence(name: "Cloudflare-ECH.com", method: .sni, namingClass: .d, ech: .outerKnown))
    #expect(
      name("cloudflare-ech.com", keyLength: 3)
        == NameEvidence(name: "cloudflare-ech.com", method: .sni, namingClass: .a, ech: .offered))
    #expect(name("a.example")?.ech == .offered)
  }
}

@Suite("Names are read from datagrams")
struct DatagramHandshakeTests {
  private static let quicHello: [UInt8] = {
    var builder = ClientHelloBuilder(name)
    builder.paddedTo = 1_500
    return builder.handshake
  }()
  private static let quicEvidence = NameEvidence(name: name, method: .quicSNI, namingClass: .a)

  private func initial(_ builder: QUICBuilder = QUICBuilder(), _ range: Range<Int>? = nil) -> [UInt8] {
    let range = range ?? 0..<DatagramHandshakeTests.quicHello.count
    return builder.initial(
      QUICBuilder.crypto(DatagramHandshakeTests.quicHello[range], at: range.lowerBound))
  }

  /// Datagrams of the client (`true`) and the server, one every millisecond.
  private func frames(
    _ datagrams: [(Bool, [UInt8])], from port: UInt16 = 50_000, to serverPort: UInt16 = 443,
    at time: Timestamp = fullHour, builder: PacketBuilder = client
  ) -> [TimedFrame] {
    datagrams.enumerated().map { index, datagram in
      var builder = builder
      builder.identification &+= UInt16(index)
      let bytes =
        datagram.0
        ? builder.udp(from: port, to: serverPort, payload: datagram.1)
        : builder.reversed.udp(from: serverPort, to: port, payload: datagram.1)
      return TimedFrame(time: time.advanced(by: TimeSpan(nanoseconds: Int64(index) * 1_000_000)), bytes: bytes)
    }
  }

  private static let serverID: [UInt8] = [0xf0, 0x67, 0xa5, 0x50, 0x2a, 0x42, 0x62, 0xb5]

  private var answer: [UInt8] {
    var builder = QUICBuilder()
    builder.side = .server
    builder.destinationID = []
    builder.sourceID = DatagramHandshakeTests.serverID
    return builder.initial([2, 0, 0, 0, 0])
  }

  @Test("0-RTT, answers and a Retry between the parts of a hello change nothing")
  func mixed() {
    let zero = QUICBuilder().later(.zeroRTT)
    var retried = QUICBuilder()
    retried.keyID = [1, 2, 3, 4, 5, 6, 7, 8]
    retried.token = [1, 2, 3]
    let tracked = Tracked(
      frames([
        (true, initial(QUICBuilder(), 0..<700)), (true, zero), (false, QUICBuilder().retry(token: [1, 2, 3])),
        (true, zero), (true, initial(retried, 600..<1_500)), (false, answer), (true, initial(retried, 0..<700)),
      ]))
    #expect(tracked.only?.name == DatagramHandshakeTests.quicEvidence)
    #expect(tracked.only?.encryption == .quic)
    #expect(tracked.anomalies.isEmpty)
  }

  @Test("a second connection on the same ports to another name is a flow of its own")
  func secondConnection() {
    var other = QUICBuilder()
    other.keyID = [7, 7, 7, 7, 7, 7, 7, 7]
    let second = other.initial(QUICBuilder.crypto(ClientHelloBuilder("other.example").handshake, at: 0))
    let tracked = Tracked(
      frames([(true, initial()), (false, answer), (true, second), (true, second), (true, initial())]))
    #expect(tracked.records.map(\.name?.name) == [name, "other.example"])
    #expect(tracked.records.map(\.flowNumber) == [0, 1])
    #expect(tracked.total().packetsUp == 4)
    #expect(tracked.anomalies.isEmpty)
  }

  @Test(
    "in a capture that begins with the server's packet, the client's packet reverses the direction",
    arguments: [443, 4_433])
  func turnedAround(port: UInt16) throws {
    let tracked = Tracked(frames([(false, answer), (true, initial()), (false, answer)], to: port))
    let record = try #require(tracked.records.first)
    #expect(tracked.records.count == 1)
    #expect(record.originator == client.source)
    #expect(record.responderPort == port)
    #expect(record.name == DatagramHandshakeTests.quicEvidence)
    #expect(record.device == clientHardware)
    #expect(record.traffic.packetsUp == 1 && record.traffic.packetsDown == 2)
    #expect(record.completeness == .startMissing)
    #expect(record.history == "dD")
  }

  @Test("a connection that migrates or pauses keeps its name by the id that the server chose")
  func migration() {
    let opening = frames([
      (true, initial()), (false, answer), (true, QUICBuilder.short(to: DatagramHandshakeTests.serverID)),
    ])
    func later(_ identifier: [UInt8], port: UInt16 = 50_001, to serverPort: UInt16 = 443) -> FlowRecord? {
      let more = frames([(true, QUICBuilder.short(to: identifier))], from: port, to: serverPort, at: fullHour.plus(400))
      return Tracked(opening + more).records.last
    }
    #expect(later(DatagramHandshakeTests.serverID)?.name == DatagramHandshakeTests.quicEvidence)
    #expect(later(DatagramHandshakeTests.serverID)?.encryption == .quic)
    // The same ports, after a pause that ended the flow.
    #expect(later(DatagramHandshakeTests.serverID, port: 50_000)?.name == DatagramHandshakeTests.quicEvidence)
    var other = DatagramHandshakeTests.serverID
    other[7] ^= 1
    #expect(later(other)?.name == nil)
    #expect(later(DatagramHandshakeTests.serverID, to: 8_443)?.name == nil)
    #expect(later(Array(DatagramHandshakeTests.serverID.prefix(4)))?.name == nil)
  }

  private static let dtlsHello: ClientHelloBuilder = {
    var builder = ClientHelloBuilder("turn.example")
    builder.legacyVersion = 0xfefd
    builder.cookie = []
    return builder
  }()

  @Test("the name is read from DTLS, also in fragments and after a cookie")
  func datagramTLS() throws {
    let body = DatagramHandshakeTests.dtlsHello.body
    let chain = CertificateBuilder(["b.example"]).chain()
    for split in stride(from: 1, to: body.count, by: 13) {
      let tracked = Tracked(
        frames([
          (true, Handshake.datagramRecord(1, body, split..<body.count)),
          (false, Handshake.datagramRecord(3, [0xfe, 0xff, 0], 0..<3)),
          (true, Handshake.datagramRecord(1, body, 0..<split)),
          (false, Handshake.datagramRecord(11, chain, 0..<chain.count)),
        ]))
      let record = try #require(tracked.only)
      #expect(record.name == NameEvidence(name: "turn.example", method: .sni, namingClass: .a))
      #expect(record.encryption == .other)
      #expect(tracked.sightings.map(\.carrier) == [.dtls, .certificate])
      #expect(tracked.anomalies.isEmpty)
    }
  }

  @Test("a hello from the called peer is recorded, but does not name the caller's destination")
  func peer() {
    let body = DatagramHandshakeTests.dtlsHello.body
    let tracked = Tracked(
      frames(
        [(true, [0, 1, 0, 0]), (false, Handshake.datagramRecord(1, body, 0..<body.count))], to: 40_001))
    #expect(tracked.records.map(\.name) == [nil])
    #expect(tracked.records.map(\.originator) == [client.source])
    #expect(tracked.sightings.map(\.client) == [client.destination])
  }

  @Test("mutated handshakes in any order never trap")
  func hostile() {
    var chance = SeededGenerator(seed: 81)
    let body = DatagramHandshakeTests.dtlsHello.body
    let originals = [
      initial(), answer, QUICBuilder().later(.handshake), QUICBuilder.short(to: DatagramHandshakeTests.serverID),
      Handshake.datagramRecord(1, body, 0..<body.count), QUICBuilder().retry(token: [1]),
    ]
    for _ in 0..<40 {
      let datagrams = (0..<30).map { _ in
        (Bool.random(using: &chance), chance.mutation(of: originals.randomElement(using: &chance) ?? []))
      }
      #expect(!Tracked(frames(datagrams)).records.isEmpty)
    }
  }
}

@Suite("Oddities of TCP are in the history")
struct HistoryTests {
  @Test("a keep-alive is neither data nor a retransmission, whatever its byte")
  func keepAlive() throws {
    var conversation = TCPConversation(client, start: fullHour)
    conversation.open()
    conversation.send(.client, Array(hello[..<100]))
    conversation.acknowledge(.server)
    for payload: [UInt8] in [[], [0]] {
      let frame = client.tcp(
        from: 50_000, to: 443, flags: .ack, sequence: conversation.nextSequence(.client) &- 1, payload: payload)
      conversation.frames.append(TimedFrame(time: conversation.time, bytes: frame))
    }
    conversation.send(.client, Array(hello[100...]))
    let tracked = Tracked(conversation.frames)
    #expect(tracked.only?.history == "ShADaK")
    #expect(tracked.only?.name == evidence)
    #expect(tracked.only?.traffic.missedBytes == 0)
    #expect(tracked.anomalies.isEmpty)
  }

  @Test("a closed window is recorded, and the byte that probes it is data")
  func zeroWindow() throws {
    var conversation = TCPConversation(client, start: fullHour)
    conversation.open()
    conversation.send(.client, Array(hello[..<100]))
    var closed = client.reversed.tcp(
      from: 443, to: 50_000, flags: .ack, sequence: conversation.nextSequence(.server),
      acknowledgment: conversation.nextSequence(.client))
    closed.replaceSubrange(14 + 20 + 14..<14 + 20 + 16, with: [0, 0])
    conversation.frames.append(TimedFrame(time: conversation.time, bytes: closed))
    conversation.deliver(.client, [hello[100]], at: 100)
    conversation.deliver(.client, Array(hello[100...]), at: 100)
    let tracked = Tracked(conversation.frames)
    #expect(tracked.only?.history == "ShADwaT")
    #expect(tracked.only?.name == evidence)
    #expect(tracked.anomalies.isEmpty)
  }

  @Test("a simultaneous open is one flow, whose originator came first")
  func simultaneous() {
    let time = fullHour
    func frame(_ builder: PacketBuilder, _ flags: TCPFlags, _ sequence: UInt32, _ number: UInt32, up: Bool) -> [UInt8] {
      builder.tcp(
        from: up ? 50_000 : 443, to: up ? 443 : 50_000, flags: flags, sequence: sequence, acknowledgment: number)
    }
    let frames = [
      frame(client, .syn, 100, 0, up: true), frame(client.reversed, .syn, 900, 0, up: false),
      frame(client, [.syn, .ack], 100, 901, up: true), frame(client.reversed, [.syn, .ack], 900, 101, up: false),
      client.tcp(from: 50_000, to: 443, flags: [.psh, .ack], sequence: 101, acknowledgment: 901, payload: hello),
    ]
    let tracked = Tracked(frames.map { TimedFrame(time: time, bytes: $0) })
    #expect(tracked.only?.name == evidence)
    #expect(tracked.only?.outcome == .established)
    #expect(tracked.only?.originatorInferred == false)
    #expect(tracked.only?.history == "SsHhD")
    #expect(tracked.only?.traffic.missedBytes == 0)
  }
}
