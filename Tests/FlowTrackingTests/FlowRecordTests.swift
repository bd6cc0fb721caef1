import FlowTracking
import Model
import TestSupport
import Testing
import Wire

@Suite("Packets become flow records")
struct FlowRecordTests {
  @Test("a whole connection gives one record with every count")
  func whole() throws {
    var conversation = TCPConversation(client, start: fullHour)
    conversation.open()
    conversation.send(.client, ClientHelloBuilder("telemetry.example.com").record)
    conversation.send(.server, ServerHelloBuilder().record)
    conversation.acknowledge(.client)
    conversation.close()
    let hello = UInt64(ClientHelloBuilder("telemetry.example.com").record.count)
    let answer = UInt64(ServerHelloBuilder().record.count)
    let tracked = Tracked(conversation.frames)
    var record = FlowRecord(
      flowNumber: 0, part: 0, device: clientHardware, originator: client.source, responder: client.destination,
      originatorPort: 50_000, responderPort: 443, transport: .tcp, vlan: nil, start: fullHour,
      end: fullHour.advanced(by: TimeSpan(nanoseconds: 8_000_000)),
      traffic: Traffic(bytesUp: 6 * 20 + hello, bytesDown: 3 * 20 + answer, packetsUp: 6, packetsDown: 3),
      outcome: .established, completeness: .yes, originatorInferred: false, encryption: .tls13,
      applicationProtocol: "h2", name: NameEvidence(name: "telemetry.example.com", method: .sni, namingClass: .a),
      reach: .outbound, history: "ShADdFf")
    record.initialSequences = 1_000 << 32 | 9_000
    #expect(tracked.records == [record])
    #expect(tracked.anomalies.isEmpty)
    #expect(tracked.coverage.map(\.packetsSeen) == [9])
    #expect(tracked.coverage.map(\.tcpBytes) == [hello + answer])
    #expect(
      tracked.sightings == [
        NameSighting(
          carrier: .tls, client: client.source, server: client.destination, serverPort: 443,
          name: "telemetry.example.com", method: .sni, namingClass: .a, ech: .none)
      ])
  }

  @Test("equal frames give equal records, whatever the table's secret")
  func determinism() {
    var chance = SeededGenerator(seed: 31)
    var frames: [TimedFrame] = []
    for number in 0..<60 {
      var builder = client
      builder.destination = IPAddress(v4: 0xcb00_7100 + UInt32(number % 9))
      builder.source = IPAddress(v4: 0x0a00_0000 + UInt32(number % 5))
      let time = fullHour.plus(Int64.random(in: 0...1_500, using: &chance))
      var conversation = TCPConversation(builder, clientPort: UInt16(40_000 + number), start: time, step: .seconds(9))
      conversation.open()
      conversation.send(.client, ClientHelloBuilder("n\(number % 4).example").record, segment: 90)
      conversation.send(.server, chance.bytes(5_000))
      if number % 3 == 0 { conversation.close() }
      frames += conversation.frames
      frames += dnsFrames(
        .query("n\(number).example", identifier: UInt16(number)),
        number % 2 == 0
          ? .query("n\(number).example", identifier: UInt16(number)).answered([
            .address("n\(number).example", builder.destination)
          ]) : nil, at: time)
    }
    frames = frames.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
    var settings = TrackerSettings()
    settings.flowLimit = 16
    let first = Tracked(frames, settings: settings)
    #expect(first.records.count > 100)
    #expect(first.coverage.map(\.flowsEvicted).reduce(0, +) > 0)
    for _ in 0..<3 { #expect(Tracked(frames, settings: settings) == first) }
  }

  // MARK: Originator

  @Test("the originator is the sender of the SYN, even if only the answer was captured")
  func originatorBySYN() throws {
    var conversation = TCPConversation(client, start: fullHour)
    conversation.open()
    conversation.send(.server, [1, 2, 3])
    for missing in [0, 1] {
      let record = try #require(Tracked(Array(conversation.frames.dropFirst(missing))).only)
      #expect(record.originator == client.source)
      #expect(!record.originatorInferred)
      #expect(record.completeness == .endMissing)
    }
  }

  @Test(
    "without a handshake the service port determines the originator, whoever is seen first", arguments: [true, false])
  func originatorByPort(fromServer: Bool) throws {
    var conversation = TCPConversation(client, start: fullHour)
    conversation.send(fromServer ? .server : .client, [1, 2, 3])
    conversation.send(fromServer ? .client : .server, [1, 2, 3])
    let record = try #require(Tracked(conversation.frames).only)
    #expect(record.originator == client.source)
    #expect(record.originatorInferred)
    #expect(record.completeness == .cut)
    #expect(record.traffic == Traffic(bytesUp: 23, bytesDown: 23, packetsUp: 1, packetsDown: 1))
  }

  @Test("a device is identified by its hardware address even if the other side was seen first")
  func deviceOfOriginatorSeenLate() throws {
    var conversation = TCPConversation(client, start: fullHour)
    conversation.send(.server, [1, 2, 3])
    conversation.send(.client, [1, 2, 3])
    let frames =
      dnsFrames(
        .query("a.example"), .query("a.example").answered([.address("a.example", client.destination)]),
        at: fullHour.plus(-5)) + conversation.frames
    let record = try #require(Tracked(frames).only)
    #expect(record.device == clientHardware)
    #expect(record.name?.name == "a.example")
    #expect(record.name?.dnsAge == 5)
  }

  @Test("with two high ports the inside end is the originator, between equals the higher port")
  func originatorByNetwork() throws {
    var conversation = TCPConversation(client, clientPort: 5_000, serverPort: 9_000, start: fullHour)
    conversation.send(.server, [1, 2, 3])
    #expect(Tracked(conversation.frames).records.map(\.originator) == [client.source])
    let inside = PacketBuilder(from: "10.0.0.5", to: "10.0.0.6")
    conversation = TCPConversation(inside, clientPort: 5_000, serverPort: 9_000, start: fullHour)
    conversation.send(.client, [1, 2, 3])
    #expect(Tracked(conversation.frames).records.map(\.originator) == [inside.destination])
    #expect(Tracked(conversation.frames).records.map(\.reach) == [.inside])
  }

  @Test("a datagram from a service to a client is an answer to a question that was not seen")
  func datagramOriginator() throws {
    let answer = TimedFrame(time: fullHour, bytes: client.reversed.udp(from: 443, to: 50_000, payload: [1]))
    let record = try #require(Tracked([answer]).only)
    #expect(record.originator == client.source)
    #expect(record.originatorInferred)
    #expect(record.completeness == .startMissing)
    let question = TimedFrame(time: fullHour, bytes: client.udp(from: 50_000, to: 443, payload: [1]))
    #expect(Tracked([question]).only?.originatorInferred == false)
  }

  @Test(
    "the direction of a flow follows from the inside networks",
    arguments: [
      ("10.0.0.5", "203.0.113.9", FlowReach.outbound), ("203.0.113.9", "10.0.0.5", .inbound),
      ("10.0.0.5", "192.168.1.1", .inside), ("198.51.100.1", "203.0.113.9", .transit),
      ("fd00::1", "2001:db8::1", .outbound), ("10.0.0.5", "224.0.0.251", .inside), ("fe80::1", "ff02::fb", .inside),
      ("10.0.0.5", "255.255.255.255", .inside),
    ])
  func reach(from: String, to: String, expected: FlowReach) {
    let builder = PacketBuilder(from: from, to: to)
    let frame = TimedFrame(time: fullHour, bytes: builder.udp(from: 50_000, to: 443, payload: [1]))
    #expect(Tracked([frame]).only?.reach == expected)
  }

  // MARK: Outcome

  @Test("a SYN that is answered by RST or ICMP is refused, one without answer is unanswered")
  func attempts() throws {
    var conversation = TCPConversation(client, start: fullHour)
    conversation.syn()
    #expect(Tracked(conversation.frames).only?.outcome == .noAnswer)
    #expect(Tracked(conversation.frames).only?.completeness == .yes)
    let message = client.reversed.unreachable(code: 13, quoting: conversation.frames[0].bytes)
    let unreachable = conversation.frames + [TimedFrame(time: conversation.time, bytes: message)]
    #expect(Tracked(unreachable).only?.outcome == .refused)
    conversation.reset(.server)
    #expect(Tracked(conversation.frames).only?.outcome == .refused)
    #expect(Tracked(conversation.frames).only?.history == "Sr")
  }

  @Test("a datagram that an ICMP message answers is refused, but not a packet too big for the path")
  func datagramAttempts() {
    let attempt = TimedFrame(time: fullHour, bytes: client.udp(from: 50_000, to: 443, payload: [1]))
    func after(_ code: UInt8) -> FlowOutcome? {
      let message = client.reversed.unreachable(code: code, quoting: attempt.bytes)
      return Tracked([attempt, TimedFrame(time: fullHour.plus(1), bytes: message)]).only?.outcome
    }
    #expect(Tracked([attempt]).only?.outcome == .noAnswer)
    #expect(after(3) == .refused)
    #expect(after(4) == .noAnswer)
    let answer = TimedFrame(time: fullHour, bytes: client.reversed.udp(from: 443, to: 50_000, payload: [1]))
    #expect(Tracked([attempt, answer]).only?.outcome == .established)
  }

  @Test("a repeated SYN is one attempt")
  func repeatedSYN() throws {
    var conversation = TCPConversation(client, start: fullHour)
    for wait in [1, 2, 4, 8, 16, 32] {
      conversation.syn()
      conversation.pause(.seconds(Int64(wait)))
    }
    let record = try #require(Tracked(conversation.frames).only)
    #expect(record.outcome == .noAnswer)
    #expect(record.traffic == Traffic(bytesUp: 120, bytesDown: 0, packetsUp: 6, packetsDown: 0))
  }

  @Test("data on a SYN is no connection until the responder answers, or data follows behind the SYN")
  func dataOnSYN() throws {
    let payload = [UInt8](repeating: 0xaa, count: 200)
    let syn = client.tcp(from: 50_000, to: 443, flags: .syn, sequence: 100, acknowledgment: 0, payload: payload)
    let attempts = (0..<3).map { TimedFrame(time: fullHour.plus($0), bytes: syn) }
    func answered(_ flags: TCPFlags) -> FlowOutcome? {
      let bytes = client.reversed.tcp(
        from: 443, to: 50_000, flags: flags, sequence: 9_000, acknowledgment: 301, payload: [])
      return Tracked(attempts + [TimedFrame(time: fullHour.plus(3), bytes: bytes)]).only?.outcome
    }
    let unanswered = try #require(Tracked(attempts).only)
    #expect(unanswered.outcome == .noAnswer && unanswered.completeness == .yes)
    // More than bare SYNs have: what they carried is not known.
    #expect(unanswered.traffic == Traffic(bytesUp: 660, bytesDown: 0, packetsUp: 3, packetsDown: 0))
    #expect(answered([.rst, .ack]) == .refused)
    #expect(answered([.syn, .ack]) == .established)
    let more = client.tcp(
      from: 50_000, to: 443, flags: [.psh, .ack], sequence: 301, acknowledgment: 9_001, payload: [1])
    #expect(Tracked(attempts + [TimedFrame(time: fullHour.plus(3), bytes: more)]).only?.outcome == .established)
  }

  // MARK: Time

  @Test("a flow over full hours is cut at each, and the parts add up")
  func hours() throws {
    var conversation = TCPConversation(client, start: fullHour.plus(-10))
    conversation.open()
    conversation.send(.client, ClientHelloBuilder("a.example").record)
    for _ in 0..<60 {
      conversation.pause(.seconds(100))
      conversation.send(.client, Array(repeating: 1, count: 50))
      conversation.send(.server, Array(repeating: 1, count: 70))
    }
    conversation.close()
    let tracked = Tracked(conversation.frames)
    let records = tracked.records
    #expect(Set(records.map(\.flowNumber)) == [0])
    #expect(records.map(\.part) == (0..<UInt32(records.count)).map { $0 })
    #expect(records.allSatisfy { $0.start.hour == $0.end.hour && $0.name?.name == "a.example" })
    #expect(Set(records.map(\.start.hour.sinceEpoch)).count == 3)
    let hello = UInt64(ClientHelloBuilder("a.example").record.count)
    #expect(
      tracked.total()
        == Traffic(
          bytesUp: 4 * 20 + 20 + hello + 60 * 70, bytesDown: 2 * 20 + 60 * 90, packetsUp: 5 + 60, packetsDown: 62))
    #expect(records.dropLast().allSatisfy { $0.completeness == .yes })
    // No record lasts longer than the active time-out.
    #expect(records.allSatisfy { $0.end.since($0.start) <= .seconds(1_800) })
    #expect(tracked.coverage.map(\.hour.start) == [fullHour.plus(-3_600), fullHour, fullHour.plus(3_600)])
    #expect(tracked.coverage.map(\.packetsSeen).reduce(0, +) == UInt64(conversation.frames.count))
  }

  @Test("an attempt and a handshake across the full hour stay whole")
  func straddle() throws {
    var conversation = TCPConversation(client, start: fullHour.plus(-2))
    conversation.syn()
    conversation.pause(.seconds(4))
    conversation.syn()
    let attempt = try #require(Tracked(conversation.frames).only)
    #expect(attempt.outcome == .noAnswer)
    #expect(attempt.start == fullHour.plus(-2))
    #expect(attempt.traffic.packetsUp == 2)

    conversation = TCPConversation(client, start: fullHour.plus(-2))
    conversation.open()
    let record = ClientHelloBuilder("a.example").record
    conversation.deliver(.client, Array(record[..<100]), at: 0)
    conversation.pause(.seconds(4))
    conversation.deliver(.client, Array(record[100...]), at: 100)
    let handshake = try #require(Tracked(conversation.frames).only)
    #expect(handshake.name?.name == "a.example")
    #expect(handshake.part == 0)
  }

  @Test("datagrams belong together up to the time-out of packet time")
  func datagramTimeout() {
    func frames(_ gap: Int64) -> [TimedFrame] {
      [fullHour, fullHour.plus(gap)].map {
        TimedFrame(time: $0, bytes: client.udp(from: 50_000, to: 443, payload: [1]))
      }
    }
    #expect(Tracked(frames(179)).records.count == 1)
    #expect(Tracked(frames(182)).records.count == 2)
    #expect(Tracked(frames(182)).records.map(\.flowNumber) == [0, 1])
  }

  @Test("connections end by their state's time-out", arguments: [false, true])
  func connectionTimeout(isOpen: Bool) {
    func frames(_ gap: Int64) -> [TimedFrame] {
      var conversation = TCPConversation(client, start: fullHour)
      if isOpen { conversation.open() } else { conversation.syn() }
      if isOpen { conversation.send(.client, [0xaa]) }
      conversation.pause(.seconds(gap))
      if isOpen { conversation.send(.client, [0xaa]) } else { conversation.syn() }
      return conversation.frames
    }
    let timeout: Int64 = isOpen ? 7_440 : 75
    #expect(Set(Tracked(frames(timeout - 1)).records.map(\.flowNumber)) == [0])
    #expect(Set(Tracked(frames(timeout + 2)).records.map(\.flowNumber)) == [0, 1])
  }

  @Test(
    "a bare acknowledgment holds a flow no longer than a SYN, unless the other side acknowledges too",
    arguments: [false, true])
  func bareAcknowledgment(isAnswered: Bool) {
    func frames(_ gap: Int64) -> [TimedFrame] {
      var conversation = TCPConversation(client, start: fullHour, step: .seconds(0))
      conversation.acknowledge(.client)
      if isAnswered { conversation.acknowledge(.server) }
      conversation.pause(.seconds(gap))
      conversation.acknowledge(.client)
      return conversation.frames
    }
    let timeout: Int64 = isAnswered ? 7_440 : 75
    #expect(Set(Tracked(frames(timeout - 1)).records.map(\.flowNumber)) == [0])
    #expect(Set(Tracked(frames(timeout + 2)).records.map(\.flowNumber)) == [0, 1])
  }

  @Test("flows also end when time passes without packets")
  func advance() {
    let frame = TimedFrame(time: fullHour, bytes: client.udp(from: 50_000, to: 443, payload: [1]))
    var tracker = FlowTracker()
    tracker.process(frame.bytes.span.bytes, originalLength: frame.bytes.count, at: frame.time, linkType: .ethernet)
    tracker.advance(to: fullHour.plus(180))
    var ended = tracker.takeRecords().count
    #expect(ended == 0)
    tracker.advance(to: fullHour.plus(181))
    ended = tracker.takeRecords().count
    #expect(ended == 1)
  }

  @Test("packets out of order by no more than the difference of processor clocks are not counted as odd")
  func ordinaryDisorder() {
    let frames = [0, 5, -5, 3, -6].map {
      TimedFrame(
        time: fullHour.advanced(by: TimeSpan(nanoseconds: $0 * 1_000_000)),
        bytes: client.udp(from: 50_000, to: 443, payload: [UInt8($0 + 10)]))
    }
    #expect(Tracked(frames).anomalies == [.timeWentBack: 1])
  }

  @Test("a time stamp that goes back is counted and changes nothing else")
  func timeGoesBack() {
    let frames = [5, 3, 4, 6].map {
      TimedFrame(time: fullHour.plus($0), bytes: client.udp(from: 50_000, to: 443, payload: [1]))
    }
    let tracked = Tracked(frames)
    #expect(tracked.anomalies == [.timeWentBack: 2])
    #expect(tracked.only?.start == fullHour.plus(5))
    #expect(tracked.only?.end == fullHour.plus(6))
    #expect(tracked.only?.traffic.packetsUp == 4)
  }

  @Test("a reused port is another flow")
  func portReuse() {
    var first = TCPConversation(client, start: fullHour)
    first.open()
    first.send(.client, ClientHelloBuilder("one.example").record)
    var open = first
    open.pause(.seconds(1))
    first.close()
    var second = TCPConversation(client, clientSequence: 700_000, start: first.time)
    second.open()
    second.send(.client, ClientHelloBuilder("two.example").record)
    for frames in [first.frames + second.frames, open.frames + second.frames] {
      let records = Tracked(frames).records
      #expect(records.map(\.flowNumber) == [0, 1])
      #expect(records.map(\.name?.name) == ["one.example", "two.example"])
    }
    first.reset(.server)
    #expect(Tracked(first.frames + second.frames).records.map(\.flowNumber) == [0, 1])
  }

  // MARK: Loss

  @Test(
    "missed bytes are exact: for gaps, for bytes known only from acknowledgments, and across the sequence number's wrap",
    arguments: [UInt32(1_000), 0xffff_ff00, 0x7fff_ff00])
  func missedBytes(sequence: UInt32) throws {
    var conversation = TCPConversation(client, clientSequence: sequence, serverSequence: sequence, start: fullHour)
    conversation.open()
    conversation.send(.client, Array(repeating: 0xaa, count: 300))
    conversation.lose(.client, 77)
    conversation.send(.client, Array(repeating: 0xaa, count: 300))
    conversation.lose(.server, 1_000)
    conversation.send(.server, Array(repeating: 0xbb, count: 10))
    conversation.lose(.client, 5)
    conversation.acknowledge(.server)
    let record = try #require(Tracked(conversation.frames).only)
    #expect(record.traffic.missedBytes == 77 + 1_000 + 5)
    #expect(record.history.contains("G") && record.history.contains("g"))
  }

  @Test(
    "reordered segments are not a loss, and retransmitted ones count once as loss",
    arguments: [UInt32(1_000), 0xffff_ff00])
  func reordering(sequence: UInt32) throws {
    var chance = SeededGenerator(seed: 41)
    for _ in 0..<50 {
      var conversation = TCPConversation(client, clientSequence: sequence, start: fullHour)
      conversation.open()
      let order = (0..<20).shuffled(using: &chance)
      for piece in order { conversation.deliver(.client, Array(repeating: 0xaa, count: 30), at: piece * 30) }
      for piece in order.prefix(5) { conversation.deliver(.client, Array(repeating: 0xaa, count: 30), at: piece * 30) }
      conversation.acknowledge(.server)
      #expect(Tracked(conversation.frames).only?.traffic.missedBytes == 0)
      // One segment never arrives.
      conversation = TCPConversation(client, clientSequence: sequence, start: fullHour)
      conversation.open()
      for piece in order where piece != 7 {
        conversation.deliver(.client, Array(repeating: 0xaa, count: 30), at: piece * 30)
      }
      conversation.acknowledge(.server)
      #expect(Tracked(conversation.frames).only?.traffic.missedBytes == 30)
    }
  }

  @Test("a loss is in the record of its hour, once")
  func missedPerHour() {
    var conversation = TCPConversation(client, start: fullHour.plus(-10))
    conversation.open()
    conversation.send(.client, [0xaa])
    conversation.lose(.client, 100)
    conversation.send(.client, [0xaa])
    conversation.pause(.seconds(20))
    conversation.lose(.client, 7)
    conversation.send(.client, [0xaa])
    #expect(Tracked(conversation.frames).records.map(\.traffic.missedBytes) == [100, 7])
  }

  // MARK: Devices, bounds

  @Test(
    "four inside addresses behind one hardware address in an hour are a router, three are a device", arguments: [3, 4])
  func router(addresses: Int) {
    let frames = (0..<addresses).map { number in
      var builder = client
      builder.source = IPAddress(v4: 0x0a00_0010 + UInt32(number))
      return TimedFrame(time: fullHour.plus(Int64(number)), bytes: builder.udp(from: 50_000, to: 443, payload: [1]))
    }
    let records = Tracked(frames).records
    #expect(records.count == addresses)
    #expect(records.allSatisfy { $0.device == (addresses < 4 ? clientHardware : .address($0.originator)) })
  }

  @Test("addresses of different hours do not make a router")
  func noRouter() {
    let frames = (0..<6).map { number in
      var builder = client
      builder.source = IPAddress(v4: 0x0a00_0010 + UInt32(number))
      return TimedFrame(
        time: fullHour.plus(Int64(number) * 1_800), bytes: builder.udp(from: 50_000, to: 443, payload: [1]))
    }
    #expect(Tracked(frames).records.allSatisfy { $0.device == clientHardware })
  }

  @Test("without hardware addresses a device is its address")
  func noHardware() {
    var builder = client
    builder.linkType = .raw
    let frame = TimedFrame(time: fullHour, bytes: builder.udp(from: 50_000, to: 443, payload: [1]), linkType: .raw)
    #expect(Tracked([frame]).only?.device == .address(client.source))
  }

  @Test("VLANs are recorded and distinguish equal addresses")
  func vlans() {
    let frames = [nil, 7, 8].map { (tag: UInt16?) in
      var builder = client
      builder.tags = tag.map { [VLANTag($0)] } ?? []
      return TimedFrame(time: fullHour, bytes: builder.udp(from: 50_000, to: 443, payload: [1]))
    }
    #expect(Tracked(frames).records.map(\.vlan) == [nil, 7, 8])
  }

  @Test("a full table evicts the flow that would end first, and counts it")
  func eviction() {
    var settings = TrackerSettings()
    settings.flowLimit = 16
    let frames = (0..<20).map { number in
      TimedFrame(
        time: fullHour.plus(Int64(number)), bytes: client.udp(from: UInt16(50_000 + number), to: 443, payload: [1]))
    }
    let tracked = Tracked(frames, settings: settings)
    #expect(tracked.records.map(\.flowNumber) == Array(0..<20))
    #expect(tracked.records.map(\.completeness) == Array(repeating: .cut, count: 4) + Array(repeating: .yes, count: 16))
    #expect(tracked.coverage.map(\.flowsEvicted) == [4])
  }

  @Test("a full table keeps an active flow, however early it began")
  func evictionOfIdleFlows() {
    var settings = TrackerSettings()
    settings.flowLimit = 16
    let packet = { (second: Int64, port: UInt16) in
      TimedFrame(time: fullHour.plus(second), bytes: client.udp(from: port, to: 443, payload: [1]))
    }
    var frames = (0..<16).map { packet(Int64($0), UInt16(50_000 + $0)) }
    frames.append(packet(20, 50_000))
    frames += (16..<20).map { packet(Int64($0 + 10), UInt16(50_000 + $0)) }
    let records = Tracked(frames, settings: settings).records
    #expect(records.prefix(4).map(\.originatorPort) == [50_001, 50_002, 50_003, 50_004])
    #expect(records.first { $0.originatorPort == 50_000 }?.completeness == .yes)
  }

  @Test(
    "with a limit lowered below the open flows, four are evicted for each new one, oldest first, and each is counted"
  )
  func evictionAfterLoweredLimit() {
    var settings = TrackerSettings()
    settings.flowLimit = 100
    var tracker = FlowTracker(settings: settings)
    func begin(_ flows: Range<Int>) -> [Int] {
      flows.map { number in
        let bytes = client.udp(from: UInt16(50_000 + number), to: 443, payload: [1])
        tracker.process(
          bytes.span.bytes, originalLength: bytes.count,
          at: fullHour.advanced(by: TimeSpan(nanoseconds: Int64(number))),
          linkType: .ethernet)
        return tracker.openFlows
      }
    }
    #expect(begin(0..<100) == Array(1...100))
    settings.flowLimit = 20
    tracker.adopt(settings)
    #expect(tracker.openFlows == 100)
    // Three fewer with each new flow, until one is evicted for each new one.
    #expect(begin(100..<130) == (1...26).map { 100 - 3 * $0 } + [20, 20, 20, 20])
    #expect(tracker.takeRecords().map(\.flowNumber) == Array(0..<110))
    // With capacity again, no flow is evicted.
    settings.flowLimit = 30
    tracker.adopt(settings)
    #expect(begin(130..<142) == Array(21...30) + [30, 30])
    tracker.finish()
    #expect(tracker.takeCoverage().map(\.flowsEvicted) == [112])
    let records = tracker.takeRecords()
    #expect(records.map(\.completeness) == [.cut, .cut] + Array(repeating: .yes, count: 30))
  }
}
