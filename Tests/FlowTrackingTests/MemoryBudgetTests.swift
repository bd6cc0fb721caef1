import Model
import TestSupport
import Testing
import Wire

@testable import FlowTracking

@Suite("One memory budget is kept, and a flood of one kind takes no memory from another")
struct MemoryBudgetTests {
  private static let megabyte = 1 << 20

  private func settings(megabytes: Int) -> TrackerSettings {
    var settings = TrackerSettings()
    settings.memoryBudget = megabytes << 20
    return settings
  }

  private func address(_ number: Int) -> IPAddress { IPAddress(v4: 0x0a80_0000 | UInt32(number)) }

  /// A hello of about 16 kB that stays one byte short, from a client of its own.
  private func openHello(_ number: Int, name: String? = nil) -> [TimedFrame] {
    var builder = PacketBuilder(from: address(number), to: client.destination)
    builder.sourceHardware = HardwareAddress(bits: 0x0600_0000_0000 | UInt64(number))
    var conversation = TCPConversation(builder, start: fullHour.plus(Int64(number / 100)))
    conversation.open()
    var hello = ClientHelloBuilder(name ?? "h\(number).example")
    hello.paddedTo = 16_000
    conversation.send(.client, Array(hello.record.dropLast()))
    return conversation.frames
  }

  private func process(_ frames: [TimedFrame], _ tracker: inout FlowTracker) {
    for frame in frames {
      tracker.process(
        frame.bytes.span.bytes, originalLength: frame.originalLength, at: frame.time, linkType: frame.linkType)
    }
  }

  @Test("the shares together are less than the budget, whatever it is", arguments: [64, 512, 65_536])
  func shares(megabytes: Int) {
    let shares = MemoryShares(budget: megabytes << 20)
    let all = [
      shares.flows, shares.beginnings, shares.dns, shares.connections, shares.clients, shares.fragments, shares.records,
    ]
    #expect(all.allSatisfy { $0 > 0 })
    #expect(all.reduce(0, +) <= megabytes << 20)
  }

  @Test("incomplete hellos keep to their share; the received part of the oldest is read and still gives its name")
  func beginnings() {
    var tracker = FlowTracker(settings: settings(megabytes: 64))
    let share = MemoryShares(budget: 64 << 20).beginnings
    var most = 0
    for number in 0..<1_500 {
      process(openHello(number), &tracker)
      most = max(most, tracker.flows.details.beginningBytes)
    }
    #expect(most <= share)
    #expect(most > share / 2)
    let open = tracker.openFlows
    #expect(open == 1_500)
    tracker.finish()
    let records = tracker.takeRecords()
    #expect(Set(records.compactMap { $0.name?.name }).count == 1_500)
    let given = tracker.takeCoverage().reduce(0) { $0 + ($1.anomalies[.beginningEvicted] ?? 0) }
    // Each takes some 16 to 33 kB, depending on the capacity of its array.
    #expect((500...1_400).contains(given))
    let (beginnings, bytes) = (tracker.flows.details.beginningBytes, tracker.flows.details.bytes)
    #expect(beginnings == 0)
    #expect(bytes == 0)
    let oldest = tracker.flows.details.oldestWithBeginnings
    #expect(oldest == nil)
  }

  @Test("pieces of a DTLS certificate that never becomes whole are counted as beginnings")
  func certificatePieces() {
    var tracker = FlowTracker()
    var hello = ClientHelloBuilder(nil)
    hello.legacyVersion = 0xfefd
    hello.cookie = []
    let chain = [UInt8](repeating: 1, count: 16_000)
    let datagrams =
      [(true, Handshake.datagramRecord(1, hello.body, 0..<hello.body.count))]
      + stride(from: 1_000, to: 16_000, by: 1_000).map { (false, Handshake.datagramRecord(11, chain, $0..<$0 + 1_000)) }
    for (isUp, payload) in datagrams {
      let bytes =
        isUp
        ? client.udp(from: 5_000, to: 443, payload: payload)
        : client.reversed.udp(from: 443, to: 5_000, payload: payload)
      tracker.process(bytes.span.bytes, originalLength: bytes.count, at: fullHour, linkType: .ethernet)
    }
    let held = tracker.flows.details.beginningBytes
    #expect(held >= 15_000)
  }

  @Test("incomplete hellos take no memory from flows, DNS answers and complete hellos")
  func isolation() {
    var tracker = FlowTracker(settings: settings(megabytes: 64))
    let query = DNSBuilder.query("quiet.example", type: 1)
    process(
      dnsFrames(
        query, query.answered([.address("quiet.example", client.destination, timeToLive: 3_600)]), at: fullHour),
      &tracker)
    for number in 0..<1_500 { process(openHello(number), &tracker) }
    var whole = TCPConversation(
      PacketBuilder(from: address(70_000), to: client.destination), start: fullHour.plus(20))
    whole.open()
    whole.send(.client, ClientHelloBuilder("whole.example").record)
    whole.close()
    process(whole.frames + opaque(at: fullHour.plus(21)).frames, &tracker)
    tracker.finish()
    let records = tracker.takeRecords()
    #expect(records.contains { $0.name?.name == "whole.example" && $0.name?.namingClass == .a })
    #expect(records.contains { $0.name?.name == "quiet.example" && $0.name?.namingClass == .c })
    let evicted = tracker.takeCoverage().reduce(0) { $0 + $1.flowsEvicted }
    #expect(evicted == 0)
  }

  @Test("flows keep to their share in bytes, even if their number would allow more")
  func flows() {
    let share = MemoryShares(budget: 64 << 20).flows
    var tracker = FlowTracker(settings: settings(megabytes: 64))
    var most = 0
    var started = 0
    for number in 0..<150_000 {
      let bytes = PacketBuilder(from: address(number), to: client.destination).udp(from: 5_000, to: 9_999, payload: [1])
      tracker.process(
        bytes.span.bytes, originalLength: bytes.count, at: fullHour.advanced(by: TimeSpan(nanoseconds: Int64(number))),
        linkType: .ethernet)
      started += 1
      most = max(most, tracker.flows.bytes)
      if tracker.records.count > 1_000 { _ = tracker.takeRecords() }
    }
    #expect(most <= share + FlowTable.bytesEach)
    let open = tracker.openFlows
    #expect((100_000..<150_000).contains(open))
    let evicted = tracker.takeCoverage(untilNow: true).reduce(0) { $0 + Int($1.flowsEvicted) }
    #expect(evicted == started - open)
  }

  @Test("a budget lowered during the run is kept as further packets arrive")
  func lowered() {
    var tracker = FlowTracker(settings: settings(megabytes: 512))
    for number in 0..<1_000 { process(openHello(number), &tracker) }
    let before = tracker.flows.details.beginningBytes
    tracker.adopt(settings(megabytes: 64))
    process(openHello(1_001), &tracker)
    let after = tracker.flows.details.beginningBytes
    #expect(before > MemoryShares(budget: 64 << 20).beginnings)
    #expect(after <= MemoryShares(budget: 64 << 20).beginnings)
  }

  @Test("questions that are answered at once leave nothing behind, even if time does not advance")
  func standingTime() {
    var memory = DNSMemory(questionLimit: 100)
    var allowance = SecondAllowance()
    let query = DNSBuilder.query("a.example", identifier: 7)
    let address = IPAddress(v4: 0x0a00_0005)
    for _ in 0..<5_000 {
      guard let question = try? DNSMessage(query.message.span.bytes),
        let answer = try? DNSMessage(
          query.answered([.address("a.example", client.destination)]).message.span.bytes)
      else { return }
      memory.ask(
        question, client: .address(address), address: address, port: 4_000, resolver: client.destination, vlan: 0,
        at: fullHour)
      _ = memory.answer(
        answer, address: address, port: 4_000, resolver: client.destination, at: fullHour, allowance: &allowance)
    }
    let waiting = memory.openQuestions
    let names = memory.keptNames
    #expect(waiting == 0)
    #expect(names == 1)
  }

  @Test("a router is remembered while a flood of hardware addresses passes")
  func routers() {
    var directory = ClientDirectory(bytes: 100_000)
    let hour = fullHour.hour
    let router = HardwareAddress(bits: 0x0200_0000_0001)
    for number in 0..<5 { directory.note(router, address(number), at: hour) }
    #expect(directory.identity(router, address(0)) == .address(address(0)))
    for number in 0..<20_000 {
      directory.note(HardwareAddress(bits: 0x0600_0000_0000 | UInt64(number)), address(number), at: hour)
    }
    let forgotten = directory.takeEvictions()
    #expect(forgotten > 15_000)
    #expect(directory.identity(router, address(0)) == .address(address(0)))
  }

  @Test("DNS answers of addresses that are known keep to their share too")
  func knownAddresses() {
    var tracker = FlowTracker(settings: settings(megabytes: 64))
    let share = MemoryShares(budget: 64 << 20).dns
    let long = String(repeating: "a", count: 60)
    var most = 0
    for round in 0..<8 {
      for number in 0..<2_000 {
        let name = "n\(round).example"
        let query = DNSBuilder.query(name)
        let aliases = (0..<7).map { "\(long).\(long).c\(round)-\(number)-\($0).example" }
        var answers: [DNSBuilder.Record] = []
        for (from, to) in zip([name] + aliases, aliases) { answers.append(.alias(from, of: to)) }
        answers.append(.address(aliases[6], address(number)))
        process(dnsFrames(query, query.answered(answers), at: fullHour.plus(Int64(round))), &tracker)
        most = max(most, tracker.site.dns.answerBytes)
      }
    }
    #expect(most <= share / 2)
  }

  @Test("ids of QUIC connections are evicted by their memory, the oldest first")
  func connections() {
    var connections = QUICConnections(bytes: 50_000)
    let server = FlowEntry.End(address: client.destination, port: 443)
    let evidence = NameEvidence(name: "a.example", method: .quicSNI, namingClass: .a)
    func identifier(_ number: Int) -> [UInt8] { [1, 2, 3, 4, 5, 6, UInt8(number >> 8), UInt8(number & 0xff)] }
    for number in 0..<1_000 { connections.remember(identifier(number), at: server, evidence) }
    let evictions = connections.takeEvictions()
    #expect((500..<1_000).contains(evictions))
    func known(_ number: Int) -> Bool {
      let packet = [UInt8(0x41)] + identifier(number) + [0, 0, 0]
      return connections.evidence(for: packet.span.bytes, to: server) != nil
    }
    #expect(!known(0))
    #expect(known(999))
  }
}

@Suite("Flows that time out together are ended a few at a time")
struct ExpiryTests {
  private func datagram(_ number: Int, at time: Timestamp) -> TimedFrame {
    let source = IPAddress(v4: 0x0a80_0000 | UInt32(number))
    return TimedFrame(
      time: time, bytes: PacketBuilder(from: source, to: client.destination).udp(from: 5_000, to: 9_999, payload: [1]))
  }

  private func process(_ frame: TimedFrame, _ tracker: inout FlowTracker) {
    tracker.process(
      frame.bytes.span.bytes, originalLength: frame.originalLength, at: frame.time, linkType: frame.linkType)
  }

  @Test("each packet ends eight, and without packets the rest ends at once")
  func pace() {
    var tracker = FlowTracker()
    for number in 0..<100 { process(datagram(number, at: fullHour), &tracker) }
    process(datagram(1_000, at: fullHour.plus(200)), &tracker)
    var ended = [tracker.records.count]
    process(datagram(1_000, at: fullHour.plus(200)), &tracker)
    ended.append(tracker.records.count)
    tracker.advance(to: fullHour.plus(201))
    ended.append(tracker.records.count)
    #expect(ended == [8, 16, 100])
    let open = tracker.openFlows
    #expect(open == 1)
  }

  @Test("a packet of a timed-out flow that still waits to be ended begins a new flow")
  func overdue() {
    var tracker = FlowTracker()
    for number in 0..<100 { process(datagram(number, at: fullHour), &tracker) }
    // The last one would be ended last.
    process(datagram(99, at: fullHour.plus(200)), &tracker)
    tracker.finish()
    let records = tracker.takeRecords().filter { $0.originator == IPAddress(v4: 0x0a80_0063) }
    #expect(records.map(\.traffic.packetsUp) == [1, 1])
    #expect(Set(records.map(\.flowNumber)).count == 2)
  }

  @Test("all flows can be ended in steps, in the order in which they began")
  func steps() {
    var tracker = FlowTracker()
    for number in 0..<10 { process(datagram(number, at: fullHour), &tracker) }
    var numbers: [[UInt64]] = []
    var isDone = false
    while !isDone {
      isDone = tracker.finish(atMost: 4)
      numbers.append(tracker.takeRecords().map(\.flowNumber))
    }
    #expect(numbers == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]])
    let seen = tracker.takeCoverage().map(\.packetsSeen)
    #expect(seen == [10])
  }
}

@Suite("Input that costs more than its bytes draws on an allowance for each second")
struct SecondAllowanceTests {
  private func anomalies(_ tracker: inout FlowTracker) -> [Anomaly: UInt64] {
    tracker.takeCoverage(untilNow: true).reduce(into: [:]) { $0.merge($1.anomalies, uniquingKeysWith: +) }
  }

  private func process(_ bytes: [UInt8], at time: Timestamp, _ tracker: inout FlowTracker) {
    tracker.process(bytes.span.bytes, originalLength: bytes.count, at: time, linkType: .ethernet)
  }

  /// An Initial packet that no key decrypts.
  private static let garbage: [UInt8] = {
    var packet = QUICBuilder().initial(QUICBuilder.crypto([1, 2, 3], at: 0), paddedTo: 100)
    for index in packet.indices.suffix(60) { packet[index] ^= 0x55 }
    return packet
  }()

  @Test(
    "undecryptable Initial packets are tried up to a number a second, then counted; each second starts again"
  )
  func unreadableInitials() {
    var tracker = FlowTracker()
    func send(_ count: Int, from first: Int, at time: Timestamp) {
      for number in first..<first + count {
        let source = IPAddress(v4: 0x0a80_0000 | UInt32(number))
        let builder = PacketBuilder(from: source, to: client.destination)
        process(builder.udp(from: 5_000, to: 443, payload: Self.garbage), at: time, &tracker)
      }
      _ = tracker.takeRecords()
    }
    send(8_192, from: 0, at: fullHour)
    var notTried = [anomalies(&tracker)[.quicInitialNotTried]]
    send(10, from: 40_000, at: fullHour)
    notTried.append(anomalies(&tracker)[.quicInitialNotTried])
    send(10, from: 50_000, at: fullHour.plus(1))
    notTried.append(anomalies(&tracker)[.quicInitialNotTried])
    #expect(notTried == [nil, 10, nil])
  }

  @Test("each side of a flow has seventeen tries, also the responder")
  func tries() {
    for isUp in [true, false] {
      var tracker = FlowTracker()
      process(client.udp(from: 5_000, to: 443, payload: [1]), at: fullHour, &tracker)
      var builder = client
      for _ in 0..<100 {
        builder.identification &+= 1
        let bytes =
          isUp
          ? builder.udp(from: 5_000, to: 443, payload: Self.garbage)
          : builder.reversed.udp(from: 443, to: 5_000, payload: Self.garbage)
        process(bytes, at: fullHour, &tracker)
      }
      guard let slot = tracker.flows.table.all().first else {
        Issue.record("no flow")
        return
      }
      // Packets to an id that is known to be invalid are not tried again.
      let tries = tracker.flows.table[slot].unreadableInitials
      #expect(tries == 17, "\(isUp)")
    }
  }

  @Test(
    "flows in tunnels within tunnels are refused beyond the allowance; their bytes stay with the flow that carries them"
  )
  func innerFlows() {
    func packet(_ number: Int, depth: Int) -> [UInt8] {
      let source = IPAddress(v4: 0x0a80_0000 | UInt32(number))
      let inner = PacketBuilder(from: source, to: client.destination)
      var payload = Array(inner.udp(from: 5_000, to: 9_999, payload: [1]).dropFirst(14))
      for _ in 1..<depth { payload = Array(client.frame(transport: 4, payload).dropFirst(14)) }
      return client.frame(transport: 4, payload)
    }
    var allowed = SecondAllowance()
    let taken = (0..<4_200).count { _ in allowed.takeInnerFlow() }
    #expect(taken == 4_096)
    var tracker = FlowTracker()
    process(packet(1, depth: 2), at: fullHour, &tracker)
    tracker.site.allowance = allowed
    process(packet(2, depth: 2), at: fullHour, &tracker)
    process(packet(3, depth: 1), at: fullHour, &tracker)
    tracker.finish()
    let refusals = anomalies(&tracker)[.innerFlowNotTracked]
    #expect(refusals == 1)
    let records = tracker.takeRecords()
    let udp = records.filter { $0.transport == .udp }.map(\.originator)
    #expect(udp.contains(IPAddress(v4: 0x0a80_0001)) && udp.contains(IPAddress(v4: 0x0a80_0003)))
    #expect(!udp.contains(IPAddress(v4: 0x0a80_0002)))
    // All bytes that are not a tracked inner flow count for the carrying flow.
    let own = records.reduce(0) { $0 + $1.traffic.bytesUp - $1.carriedBytesUp }
    let refused = UInt64(20 + 9)
    #expect(own == records.filter { $0.transport == .udp }.reduce(0) { $0 + $1.traffic.bytesUp } + refused)
  }

  @Test("flows in tunnels that begin with the same packet draw on that allowance too; those in known tunnels do not")
  func newTunnels() {
    func packet(_ number: Int, through end: IPAddress) -> [UInt8] {
      let inner = PacketBuilder(from: IPAddress(v4: 0x0a80_0000 | UInt32(number)), to: client.destination)
      return PacketBuilder(from: client.source, to: end).frame(
        transport: 4, Array(inner.udp(from: 5_000, to: 9_999, payload: [1]).dropFirst(14)))
    }
    let ends = (1...3).map { IPAddress(v4: 0xc633_6400 | UInt32($0)) }
    var used = SecondAllowance()
    while used.takeInnerFlow() {}
    var tracker = FlowTracker()
    process(packet(1, through: ends[0]), at: fullHour, &tracker)
    tracker.site.allowance = used
    process(packet(2, through: ends[0]), at: fullHour, &tracker)
    process(packet(3, through: ends[1]), at: fullHour, &tracker)
    // The tunnel is known now.
    process(packet(4, through: ends[1]), at: fullHour, &tracker)
    process(packet(5, through: ends[2]), at: fullHour, &tracker)
    tracker.finish()
    #expect(anomalies(&tracker)[.innerFlowNotTracked] == 2)
    let records = tracker.takeRecords()
    let inner = records.filter { $0.transport == .udp }.map { $0.originator.v4 & 0xff }
    #expect(inner.sorted() == [1, 2, 4])
    // The refused packets of 29 bytes stay with their tunnels.
    let own = records.filter { $0.transport != .udp }.map { $0.traffic.bytesUp - $0.carriedBytesUp }
    #expect(own.sorted() == [0, 29, 29])
  }

  @Test("of a segment of fifty requests the first eight are always read, the others draw on the allowance")
  func tinyRequests() {
    var conversation = TCPConversation(client, serverPort: 80)
    conversation.open()
    let requests = (0..<50).map { "GET / HTTP/1.1\r\nHost: h\($0)\r\n\r\n" }.joined()
    conversation.send(.client, Array(requests.utf8), segment: 2_000)
    let segment = conversation.frames
    conversation.frames = []
    conversation.send(.client, Array("GET / HTTP/1.1\r\nHost: last.example\r\n\r\n".utf8))
    func names(messagesLeft: Int) -> ([String?], UInt64?) {
      var tracker = FlowTracker()
      for frame in segment + conversation.frames {
        if frame == segment.last {
          let used = (0..<65_536 - messagesLeft).count { _ in tracker.site.allowance.takeMessage() }
          precondition(used == 65_536 - messagesLeft)
        }
        process(frame.bytes, at: fullHour, &tracker)
      }
      tracker.finish()
      return (tracker.takeRecords().map(\.name?.name), anomalies(&tracker)[.messageNotRead])
    }
    // The segment's packet goes to the flow of its second name; those between that and the last have no packet left.
    #expect(names(messagesLeft: 1_000) == (["h0", "h1", "h49", "last.example"], nil))
    #expect(names(messagesLeft: 10) == (["h0", "h1", "h18", "last.example"], 1))
    #expect(names(messagesLeft: 0) == (["h0", "h1", "h8", "last.example"], 1))
  }

  @Test("a host name that is too long is not kept, and counted", arguments: [255, 256])
  func longNames(length: Int) {
    let name = String(repeating: "a", count: length)
    var hello = TCPConversation(client)
    hello.open()
    hello.send(.client, ClientHelloBuilder(name).record)
    let tls = Tracked(hello.frames)
    #expect(tls.records.map(\.name?.name) == [length == 255 ? name : nil])
    #expect(tls.anomalies == (length == 255 ? [:] : [.nameTooLong: 1]))
    var request = TCPConversation(client, serverPort: 80)
    request.open()
    request.send(.client, Array("GET / HTTP/1.1\r\nHost: \(name)aaaaaa\r\n\r\n".utf8))
    let http = Tracked(request.frames)
    #expect(http.anomalies == (length == 255 ? [:] : [.nameTooLong: 1]))
  }

  @Test("addresses of an answer beyond the eighth draw on the allowance, and those that are refused are counted")
  func addresses() throws {
    var memory = DNSMemory()
    var allowance = SecondAllowance()
    for _ in 0..<4_096 - 2 { _ = allowance.takeAddress() }
    let address = IPAddress(v4: 0x0a00_0005)
    let query = DNSBuilder.query("many.example", identifier: 1)
    let answers = query.answered((1...20).map { .address("many.example", IPAddress(v4: 0xc000_0200 | UInt32($0))) })
    memory.ask(
      try DNSMessage(query.message.span.bytes), client: .address(address), address: address, port: 4_000,
      resolver: client.destination, vlan: 0, at: fullHour)
    _ = memory.answer(
      try DNSMessage(answers.message.span.bytes), address: address, port: 4_000, resolver: client.destination,
      at: fullHour, allowance: &allowance)
    let known = (1...20).filter {
      memory.noteContact(
        client: .address(address), address: IPAddress(v4: 0xc000_0200 | UInt32($0)), at: fullHour) != nil
    }
    #expect(known == Array(1...10))
    let forgotten = memory.takeEvictions()
    #expect(forgotten == 10)
  }
}
