import FlowTracking
import Model
import TestSupport
import Testing

private let settingsName = "settings-win.data.microsoft.com"
private let name = settingsName
private let server = client.destination

private func answer(_ name: String = name, _ address: IPAddress = server, timeToLive: UInt32 = 300) -> DNSBuilder {
  DNSBuilder.query(name).answered([.address(name, address, timeToLive: timeToLive)])
}

@Suite("DNS names flows that show no name, and shows which names were blocked")
struct DNSNamingTests {
  @Test("the name asked for is the name, whatever aliases lead to the address")
  func asked() throws {
    let response = DNSBuilder.query(name).answered([
      .alias(name, of: "atm.example"), .alias("atm.example", of: "edge.example"), .address("edge.example", server),
    ])
    let frames = dnsFrames(.query(name), response, at: fullHour) + opaque(at: fullHour.plus(7)).frames
    let tracked = Tracked(frames)
    #expect(
      tracked.only?.name
        == NameEvidence(
          name: name, method: .dns, namingClass: .c, dnsAge: 6, aliases: ["atm.example", "edge.example"]))
    #expect(tracked.anomalies.isEmpty)
    #expect(tracked.sightings.map(\.carrier) == [.dns])
  }

  private static let chain = DNSBuilder.query("telemetry.firstparty.example").answered([
    .alias("telemetry.firstparty.example", of: name), .alias(name, of: "edge.example"),
    .address("edge.example", server),
  ])

  private func hello(_ shown: String, at time: Timestamp = fullHour.plus(1)) -> [TimedFrame] {
    var conversation = TCPConversation(client, start: time)
    conversation.open()
    conversation.send(.client, ClientHelloBuilder(shown).record)
    return conversation.frames
  }

  @Test(
    "a flow has the aliases of the name in its hello, even if the hello shows an alias or comes late")
  func aliases() throws {
    let asked = dnsFrames(.query("telemetry.firstparty.example"), Self.chain, at: fullHour)
    let own = try #require(Tracked(asked + hello("Telemetry.FirstParty.example")).only)
    #expect(own.name?.namingClass == .a)
    #expect(own.name?.aliases == [name, "edge.example"])
    #expect(own.otherAnswers.isEmpty)
    #expect(try #require(Tracked(asked + hello(name)).only).name?.aliases == ["edge.example"])
    let late = try #require(Tracked(asked + hello("telemetry.firstparty.example", at: fullHour.plus(1_000))).only)
    #expect(late.name?.aliases == [])
  }

  @Test("names that DNS gave for the address are kept if the flow shows none of them")
  func otherAnswers() throws {
    let asked = dnsFrames(.query("telemetry.firstparty.example"), Self.chain, at: fullHour)
    let other = try #require(Tracked(asked + hello("www.innocent.example")).only)
    #expect(other.name == NameEvidence(name: "www.innocent.example", method: .sni, namingClass: .a))
    #expect(
      other.otherAnswers == [AnsweredName(name: "telemetry.firstparty.example", aliases: [name, "edge.example"])])
    // Asked for both: no contradiction.
    let both =
      asked
      + dnsFrames(
        .query("www.innocent.example"), answer("www.innocent.example"), at: fullHour.advanced(by: .seconds(0)),
        port: 40_001)
    #expect(try #require(Tracked(both + hello("www.innocent.example")).only).otherAnswers.isEmpty)
    #expect(try #require(Tracked(asked + opaque(at: fullHour.plus(1)).frames).only).otherAnswers.isEmpty)
  }

  @Test("of an endless chain the first aliases are kept")
  func manyAliases() throws {
    var records: [DNSBuilder.Record] = [.alias("a.example", of: "c0.example")]
    for index in 0..<20 { records.append(.alias("c\(index).example", of: "c\(index + 1).example")) }
    records.append(.address("c20.example", server))
    let asked = dnsFrames(.query("a.example"), DNSBuilder.query("a.example").answered(records), at: fullHour)
    #expect(
      try #require(Tracked(asked + hello("a.example")).only).name?.aliases == (0..<8).map { "c\($0).example" })
  }

  @Test("a blocked name keeps the aliases of the answer")
  func blockedAlias() throws {
    let blocked = DNSBuilder.query("telemetry.firstparty.example").answered(
      [.alias("telemetry.firstparty.example", of: name)], responseCode: 3)
    let records = Tracked(dnsFrames(.query("telemetry.firstparty.example"), blocked, at: fullHour)).records
    let attempt = try #require(records.first { $0.outcome == .dnsBlocked })
    #expect(attempt.name?.name == "telemetry.firstparty.example")
    #expect(attempt.name?.aliases == [name])
  }

  @Test("resolved names are counted once, and count as contacted if any device contacts one of their addresses")
  func contacted() {
    let other = IPAddress("203.0.113.77")!
    let asked =
      dnsFrames(.query(name), answer(), at: fullHour) + dnsFrames(.query(name), answer(), at: fullHour.plus(60))
      + dnsFrames(.query("other.example"), answer("other.example", other), at: fullHour.plus(61))
    func counts(_ frames: [TimedFrame]) -> [UInt64] {
      let sights = Tracked(frames).coverage.compactMap(\.sight)
      return [sights.map(\.namesResolved).reduce(0, +), sights.map(\.namesContacted).reduce(0, +)]
    }
    #expect(counts(asked) == [2, 0])
    #expect(counts(asked + opaque(at: fullHour.plus(70)).frames) == [2, 1])
    // The site's resolver asked; a PC contacts.
    var another = PacketBuilder(from: IPAddress("10.0.0.77")!, to: other)
    another.sourceHardware = HardwareAddress(bits: 0x0200_0000_0077)
    var conversation = TCPConversation(another, start: fullHour.plus(70))
    conversation.open()
    #expect(counts(asked + conversation.frames) == [2, 1])
  }

  @Test("a name is valid for its time to live and ten minutes more")
  func lifetime() {
    func name(after seconds: Int64, timeToLive: UInt32) -> NamingClass? {
      Tracked(
        dnsFrames(.query(settingsName), answer(timeToLive: timeToLive), at: fullHour)
          + opaque(at: fullHour.plus(seconds)).frames
      ).only?.name?.namingClass
    }
    #expect(name(after: 899, timeToLive: 300) == .c)
    #expect(name(after: 902, timeToLive: 300) == nil)
    #expect(name(after: 599, timeToLive: 0) == .c)
    #expect(name(after: 602, timeToLive: 0) == nil)
    // At most a week.
    #expect(name(after: 604_800, timeToLive: .max) == .c)
    #expect(name(after: 604_800 + 700, timeToLive: .max) == nil)
  }

  @Test("an address with two names is ambiguous; the same name again, in any case, is not")
  func ambiguous() {
    let first = dnsFrames(.query(name), answer(), at: fullHour)
    let second = dnsFrames(.query("other.example"), answer("other.example"), at: fullHour.plus(2))
    let again = dnsFrames(.query(name.uppercased()), answer(name.uppercased()), at: fullHour.plus(2))
    let flow = opaque(at: fullHour.plus(10)).frames
    #expect(
      Tracked(first + second + flow).only?.name
        == NameEvidence(name: "other.example", method: .dns, namingClass: .d, dnsAge: 7, candidates: 2))
    #expect(Tracked(first + again + flow).only?.name?.namingClass == .c)
  }

  @Test("a name that has expired makes nothing ambiguous")
  func expiredCandidate() {
    let first = dnsFrames(.query(name), answer(timeToLive: 0), at: fullHour)
    let second = dnsFrames(.query("other.example"), answer("other.example"), at: fullHour.plus(700))
    let tracked = Tracked(first + second + opaque(at: fullHour.plus(710)).frames)
    #expect(tracked.only?.name?.name == "other.example")
    #expect(tracked.only?.name?.namingClass == .c)
  }

  @Test("an answer names only the flows of the client that asked")
  func perClient() {
    var other = client
    other.source = IPAddress(v4: 0x0a00_0063)
    other.sourceHardware = HardwareAddress(bits: 0x0200_0000_0063)
    let frames = dnsFrames(.query(name), answer(), at: fullHour)
    #expect(Tracked(frames + opaque(other, at: fullHour.plus(1)).frames).only?.name == nil)
    // The same device with another address is the same client.
    other.sourceHardware = client.sourceHardware
    #expect(Tracked(frames + opaque(other, at: fullHour.plus(1)).frames).only?.name?.name == name)
  }

  @Test("the flow's own hello outweighs DNS")
  func helloFirst() {
    var conversation = TCPConversation(client, start: fullHour.plus(1))
    conversation.open()
    conversation.send(.client, ClientHelloBuilder("own.example").record)
    let tracked = Tracked(dnsFrames(.query(name), answer(), at: fullHour) + conversation.frames)
    #expect(tracked.only?.name == NameEvidence(name: "own.example", method: .sni, namingClass: .a))
  }

  @Test("nothing is learned from unasked answers, or answers for another name, and they are counted")
  func unasked() {
    let flow = opaque(at: fullHour.plus(1)).frames
    let alone = Array(dnsFrames(.query(name), answer(), at: fullHour).dropFirst())
    #expect(Tracked(alone + flow).only?.name == nil)
    #expect(Tracked(alone + flow).anomalies == [.dnsAnswerUnasked: 1])
    let swapped = dnsFrames(.query("harmless.example"), answer(), at: fullHour)
    #expect(Tracked(swapped + flow).only?.name == nil)
    #expect(Tracked(swapped + flow).anomalies == [.dnsAnswerUnasked: 1])
    var forged = answer()
    forged.identifier = 0x4321
    #expect(Tracked(dnsFrames(.query(name), forged, at: fullHour) + flow).anomalies == [.dnsAnswerUnasked: 1])
  }

  @Test("malformed messages are counted")
  func broken() {
    let frame = TimedFrame(time: fullHour, bytes: resolver.udp(from: 40_000, to: 53, payload: [1, 2, 3]))
    #expect(Tracked([frame]).anomalies == [.dnsMessageInvalid: 1])
  }

  // MARK: Attempts that end at the name

  /// The records without the DNS flow itself.
  private func attempts(_ frames: [TimedFrame], until end: Timestamp? = nil) -> [FlowRecord] {
    Tracked(frames, until: end).records.filter { $0.responderPort != 53 }
  }

  @Test(
    "NXDOMAIN, REFUSED and unusable addresses are blocked attempts",
    arguments: [
      DNSBuilder.query(name).answered(responseCode: 3), DNSBuilder.query(name).answered(responseCode: 5),
      answer(name, IPAddress(v4: 0)), answer(name, IPAddress(v4: 0x7f00_0001)),
      answer(name, IPAddress(high: 0, low: 0)),
    ].map(\.message))
  func blocked(message: [UInt8]) throws {
    let frames = [
      TimedFrame(time: fullHour, bytes: resolver.udp(from: 40_000, to: 53, payload: DNSBuilder.query(name).message)),
      TimedFrame(time: fullHour.plus(1), bytes: resolver.reversed.udp(from: 53, to: 40_000, payload: message)),
    ]
    let records = attempts(frames)
    #expect(records.count == 1)
    let record = try #require(records.first)
    #expect(record.outcome == .dnsBlocked)
    #expect(record.device == clientHardware)
    #expect(record.originator == client.source)
    #expect(record.name == NameEvidence(name: name, method: .dns, namingClass: .c, dnsAge: 0))
    #expect(record.reach == .outbound)
    #expect(record.traffic == Traffic())
    #expect(record.start == fullHour.plus(1))
  }

  @Test("an empty answer, or an answer for a type without addresses, blocks nothing")
  func notBlocked() {
    #expect(attempts(dnsFrames(.query(name), DNSBuilder.query(name).answered(), at: fullHour)).isEmpty)
    let text = DNSBuilder.query(name, type: 16)
    #expect(attempts(dnsFrames(text, text.answered(responseCode: 3), at: fullHour)).isEmpty)
    let both = DNSBuilder.query(name).answered([.address(name, IPAddress(v4: 0)), .address(name, server)])
    #expect(attempts(dnsFrames(.query(name), both, at: fullHour)).isEmpty)
  }

  @Test("a question to a resolver that answers others is an attempt without answer; to an unknown one it is nothing")
  func unanswered() throws {
    let question = dnsFrames(.query("gone.example", identifier: 7), nil, at: fullHour.plus(1))
    #expect(attempts(question, until: fullHour.plus(60)).isEmpty)
    let heard = dnsFrames(.query(name), answer(), at: fullHour)
    #expect(attempts(heard + question, until: fullHour.plus(16)).count == 1)
    let record = try #require(attempts(heard + question, until: fullHour.plus(60)).first)
    #expect(record.outcome == .noAnswer)
    #expect(record.name?.name == "gone.example")
    #expect(record.start == fullHour.plus(1))
    // A late answer within the time limit is not an attempt without answer.
    let late = dnsFrames(
      .query("gone.example", identifier: 7), .query("gone.example", identifier: 7).answered(), at: fullHour.plus(14))
    #expect(attempts(heard + question + late.dropFirst(), until: fullHour.plus(60)).isEmpty)
  }

  @Test("a question that is repeated is one attempt")
  func repeated() {
    let heard = dnsFrames(.query(name), answer(), at: fullHour)
    let questions = [1, 3, 6].flatMap {
      dnsFrames(.query("gone.example", identifier: 7), nil, at: fullHour.plus($0))
    }
    #expect(attempts(heard + questions, until: fullHour.plus(60)).map(\.start) == [fullHour.plus(1)])
  }
}
