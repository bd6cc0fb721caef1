import FlowTracking
import Model
import TestSupport
import Testing
import Wire
import Streams

/// A sender must not be able to cause more work than in proportion to the bytes sent.
///
@Suite("The cost of hostile input is linear", .serialized)
struct LinearCostTests {
  private static func track(_ frames: [TimedFrame], flowLimit: Int = 1_000) {
    var settings = TrackerSettings()
    settings.flowLimit = flowLimit
    var tracker = FlowTracker(settings: settings)
    for frame in frames {
      tracker.process(
        frame.bytes.span.bytes, originalLength: frame.originalLength, at: frame.time, linkType: frame.linkType)
      if tracker.records.count > 1_000 { _ = tracker.takeRecords() }
    }
    tracker.finish()
  }

  private static let builder = PacketBuilder(from: "10.0.0.5", to: "203.0.113.9")

  /// One client's bytes, in segments of `size` bytes.
  private static func segments(_ bytes: [UInt8], of size: Int = 1, port: UInt16 = 443) -> [TimedFrame] {
    var conversation = TCPConversation(builder, serverPort: port)
    conversation.open()
    conversation.send(.client, bytes, segment: size)
    return conversation.frames
  }

  @Test("a DNS message whose names are pointers to pointers")
  func dnsPointers() {
    let growth = CostGrowth.measure(
      of: 1_000,
      { size in
        // A record whose data is a chain of pointers, each to the one before, then records whose names point to its
        // end.
        var message: [UInt8] = [0x12, 0x34, 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1]
        let records = size / 24
        message.setUInt16(records + 1, at: 6)
        message += [0, 0, 16, 0, 1, 0, 0, 0, 0]
        var chain: [UInt8] = []
        var last = 12
        for _ in 0..<size / 4 {
          let here = message.count + 2 + chain.count
          chain.appendUInt16(0xc000 | last)
          last = here
        }
        message.appendPart16(chain)
        for _ in 0..<records {
          message.appendUInt16(0xc000 | last)
          message += [0, 16, 0, 1, 0, 0, 0, 0, 0, 0]
        }
        return message
      },
      { message in
        for _ in 0..<10 { _ = try? DNSMessage(message.span.bytes) }
      })
    #expect(growth < CostGrowth.allowed)
  }

  @Test("a DNS message of many aliases and addresses")
  func dnsRecords() {
    let growth = CostGrowth.measure(
      of: 100,
      { size in
        var answers = (0..<20).map { DNSBuilder.Record.alias("a\($0).example", of: "a\($0 + 1).example") }
        answers += (0..<size).map { DNSBuilder.Record.address("a20.example", IPAddress(v4: UInt32($0))) }
        return DNSBuilder.query("a0.example").answered(answers).message
      },
      { message in
        for _ in 0..<10 { _ = try? DNSMessage(message.span.bytes) }
      })
    #expect(growth < CostGrowth.allowed)
  }

  @Test("a hello of many extensions, names and protocols")
  func helloParts() {
    let growth = CostGrowth.measure(
      of: 500,
      { size in
        var hello = ClientHelloBuilder(nil)
        var names: [UInt8] = []
        var protocols: [UInt8] = []
        for _ in 0..<size {
          names += [1, 0, 1, 0x61]
          protocols += [1, 0x61]
        }
        var nameList: [UInt8] = []
        nameList.appendPart16(names)
        var protocolList: [UInt8] = []
        protocolList.appendPart16(protocols)
        hello.leadingExtensions =
          [(0, nameList), (16, protocolList)] + (0..<size / 8).map { (UInt16(1_000 + $0), [1]) }
        return hello.record
      },
      { stream in
        for _ in 0..<10 { _ = TLSOpening(stream.span.bytes) }
      })
    #expect(growth < CostGrowth.allowed)
  }

  @Test("a hello in records and segments of one byte")
  func helloRecords() {
    let growth = CostGrowth.measure(
      of: 600,
      { size in
        var hello = ClientHelloBuilder("a.example")
        hello.paddedTo = size
        return Self.segments(hello.records(splitAt: Array(1..<size)))
      },
      { Self.track($0) })
    #expect(growth < CostGrowth.allowed)
  }

  @Test("an endless request line, in segments of one byte")
  func requestLine() {
    let growth = CostGrowth.measure(
      of: 4_000,
      { size in Self.segments(Array("GET /".utf8) + Array(repeating: 0x61, count: size - 6), port: 80) },
      { Self.track($0) })
    #expect(growth < CostGrowth.allowed)
  }

  @Test("a request head of many lines, in segments of one byte")
  func requestFields() {
    let growth = CostGrowth.measure(
      of: 4_000,
      { size in
        var head = Array("GET /\(String(repeating: "x", count: size / 2)) HTTP/1.1\r\n".utf8)
        while head.count < size - 6 { head += [0x61, 0x3a, 0x0a] }
        return Self.segments(head, port: 80)
      },
      { Self.track($0) })
    #expect(growth < CostGrowth.allowed)
  }

  @Test("thousands of requests in one stream")
  func pipelining() {
    let growth = CostGrowth.measure(
      of: 400,
      { size in
        let request = Array("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n".utf8)
        return Self.segments(Array((0..<size).map { _ in request }.joined()), of: 30_000, port: 80)
      },
      { Self.track($0) })
    #expect(growth < CostGrowth.allowed)
  }

  @Test("thousands of segments that overlap, arrive backwards and contradict each other")
  func overlaps() {
    let growth = CostGrowth.measure(
      of: 2_000,
      { size in
        var conversation = TCPConversation(Self.builder)
        conversation.open()
        let hello = [22, 3, 1, 0x40, 0, 1, 0, 0x3f, 0xfc] + [UInt8](repeating: 3, count: 20_000)
        conversation.deliver(.client, Array(hello[..<8]), at: 0)
        for index in 0..<size {
          let start = 9 + (size - index) * 3 % 16_000
          conversation.deliver(.client, [UInt8](repeating: UInt8(index & 0xff), count: 5), at: start)
        }
        return conversation.frames
      },
      { Self.track($0) })
    #expect(growth < CostGrowth.allowed)
  }

  @Test("a stream with a hole before every segment")
  func holes() {
    let growth = CostGrowth.measure(
      of: 2_000,
      { size in
        var conversation = TCPConversation(Self.builder)
        conversation.open()
        for index in 0..<size { conversation.deliver(.client, [0x61], at: 1 + index * 2) }
        return conversation.frames
      },
      { Self.track($0) })
    #expect(growth < CostGrowth.allowed)
  }

  @Test("a QUIC handshake in frames of one byte with gaps")
  func cryptoFrames() {
    let growth = CostGrowth.measure(
      of: 1_000,
      { size in
        // Offsets 2, 4, 6, …: nothing joins.
        (1...size / 100).map { packet -> [UInt8] in
          var frames: [UInt8] = []
          for index in 0..<100 {
            frames.append(6)
            frames.appendUInt32(0x8000_0000 | UInt32((packet * 100 + index) * 2))
            frames += [1, 0x61]
          }
          return frames
        }
      },
      { packets in
        var handshake = QUICClientHandshake()
        for frames in packets {
          handshake.insert(frames.span.bytes)
          _ = handshake.read()
        }
      })
    #expect(growth < CostGrowth.allowed)
  }

  @Test("more flows than the table holds")
  func flows() {
    let growth = CostGrowth.measure(
      of: 2_000,
      { size in
        (0..<size).map { index in
          var builder = Self.builder
          builder.source = IPAddress(v4: 0x0a00_0000 | UInt32(index))
          return TimedFrame(
            time: Timestamp(seconds: 1_700_000_000 + Int64(index / 1_000)),
            bytes: builder.udp(from: 5_000, to: 9_999, payload: [1]))
        }
      },
      { Self.track($0, flowLimit: $0.count / 4) })
    #expect(growth < CostGrowth.allowed)
  }

  @Test("unanswered questions, and answers with many addresses")
  func dnsMemory() {
    let growth = CostGrowth.measure(
      of: 500,
      { size in
        (0..<size).flatMap { index in
          let time = Timestamp(seconds: 1_700_000_000 + Int64(index / 100))
          let query = DNSBuilder.query("a\(index).example", identifier: UInt16(index & 0xffff))
          let answer = query.answered(
            (0..<8).map { .address("a\(index).example", IPAddress(v4: UInt32(index * 8 + $0))) })
          let question = TimedFrame(time: time, bytes: Self.builder.udp(from: 4_000, to: 53, payload: query.message))
          guard index.isMultiple(of: 2) else { return [question] }
          return [
            question,
            TimedFrame(time: time, bytes: Self.builder.reversed.udp(from: 53, to: 4_000, payload: answer.message)),
          ]
        }
      },
      { Self.track($0) })
    #expect(growth < CostGrowth.allowed)
  }

  /// A client with a different inside address for each index.
  private static func builder(_ index: Int) -> PacketBuilder {
    var builder = Self.builder
    builder.source = IPAddress(v4: 0x0a80_0000 | UInt32(index))
    return builder
  }

  private static func datagrams(_ count: Int, to port: UInt16, _ payload: (Int) -> [UInt8]) -> [TimedFrame] {
    (0..<count).map {
      TimedFrame(
        time: Timestamp(seconds: 1_700_000_000), bytes: builder($0).udp(from: 40_000, to: port, payload: payload($0)))
    }
  }

  @Test("QUIC Initial packets of many connections in a datagram")
  func coalescedInitials() {
    let growth = CostGrowth.measure(
      of: 4,
      { size in
        Self.datagrams(20, to: 443) { flow in
          (0..<size).flatMap { packet -> [UInt8] in
            [0xc0, 0x1a, 0x2a, 0x3a, 0x4a, 8, UInt8(flow), UInt8(packet), 0, 0, 0, 0, 0, 0, 0, 0, 0x40, 0x14]
              + [UInt8](repeating: 0, count: 20)
          }
        }
      },
      { Self.track($0) })
    #expect(growth < CostGrowth.allowed)
  }

  @Test("packets in packets, with other addresses at each level")
  func tunnels() {
    let growth = CostGrowth.measure(
      of: 250,
      { size in
        (0..<size).map { index in
          var bytes = Self.builder(index).tcp(from: 40_000, to: 443, flags: .syn)
          for level in 1..<8 {
            var outer = Self.builder(index)
            outer.destination = IPAddress(v4: 0xc612_0000 | UInt32(index * 8 + level))
            bytes = outer.frame(transport: 4, Array(bytes.dropFirst(outer.linkLength)))
          }
          return TimedFrame(time: Timestamp(seconds: 1_700_000_000), bytes: bytes)
        }
      },
      { Self.track($0, flowLimit: 500) })
    #expect(growth < CostGrowth.allowed)
  }

  @Test("a hello whose name is thousands of bytes long")
  func longName() {
    let growth = CostGrowth.measure(
      of: 3_000,
      { size in
        let name = (0..<size / 10).map { _ in "aaaaaaaaa" }.joined(separator: ".")
        return (0..<20).flatMap { _ in Self.segments(ClientHelloBuilder(name).record, of: 1_460) }
      },
      { Self.track($0) })
    #expect(growth < CostGrowth.allowed)
  }

  @Test("requests alternating between two hosts in one stream")
  func alternatingHosts() {
    let growth = CostGrowth.measure(
      of: 500,
      { size in
        let requests = (0..<size).map { "GET / HTTP/1.1\r\nHost:\($0 % 2)\r\n\r\n" }
        return Self.segments(Array(requests.joined().utf8), of: 1_460, port: 80)
      },
      { Self.track($0) })
    #expect(growth < CostGrowth.allowed)
  }

  @Test("a body in chunks of one byte")
  func chunks() {
    let growth = CostGrowth.measure(
      of: 2_000,
      { size in
        let head = "POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n"
        return Self.segments(
          Array((head + String(repeating: "1\r\na\r\n", count: size)).utf8), of: 1_460, port: 80)
      },
      { Self.track($0) })
    #expect(growth < CostGrowth.allowed)
  }

  @Test("header blocks that reference one long field of the HPACK table again and again")
  func indexedFields() {
    let growth = CostGrowth.measure(
      of: 200,
      { size in
        let name = [UInt8](repeating: 0x61, count: 120)
        var bytes = HTTP2Frame.clientBeginning
        bytes += HTTP2Frame(type: 1, flags: 4, stream: 1, [0x41, UInt8(name.count)] + name).bytes
        for block in 0..<10 {
          bytes +=
            HTTP2Frame(
              type: 1, flags: 4, stream: UInt32(2 * block + 3), [UInt8](repeating: 0xbe, count: size)
            ).bytes
        }
        return Self.segments(bytes, of: 1_460, port: 80)
      },
      { Self.track($0) })
    #expect(growth < CostGrowth.allowed)
  }

  @Test("fields that evict one another from the HPACK table")
  func pushedOutFields() {
    let growth = CostGrowth.measure(
      of: 250,
      { size in
        let block = (0..<size).flatMap { _ -> [UInt8] in [0x40, 0, 0] }
        let bytes = HTTP2Frame.clientBeginning + HTTP2Frame(type: 1, flags: 4, stream: 1, block).bytes
        return (0..<10).flatMap { _ in Self.segments(bytes, of: 1_460, port: 80) }
      },
      { Self.track($0) })
    #expect(growth < CostGrowth.allowed)
  }

  @Test("datagrams in fragments of eight bytes, last one first")
  func fragments() {
    let growth = CostGrowth.measure(
      of: 1_000,
      { size in
        (0..<size).map { index in
          var builder = Self.builder(index / 250)
          builder.ipv4Fragment = (offset: (251 - index % 250) * 16, more: true)
          return TimedFrame(
            time: Timestamp(seconds: 1_700_000_000),
            bytes: builder.frame(transport: 17, [UInt8](repeating: 1, count: 8)))
        }
      },
      { Self.track($0) })
    #expect(growth < CostGrowth.allowed)
  }

  @Test("refusals of flows that never existed")
  func refusals() {
    let growth = CostGrowth.measure(
      of: 1_000,
      { size in
        (0..<size).map { index in
          let builder = Self.builder(index)
          let quoted = builder.tcp(from: 40_000, to: 443, flags: .syn)
          return TimedFrame(
            time: Timestamp(seconds: 1_700_000_000), bytes: builder.reversed.unreachable(code: 1, quoting: quoted))
        }
      },
      { Self.track($0, flowLimit: $0.count / 4) })
    #expect(growth < CostGrowth.allowed)
  }

  @Test("new hardware addresses and VLAN tags with each packet")
  func hardwareAddresses() {
    let growth = CostGrowth.measure(
      of: 2_000,
      { size in
        (0..<size).map { index in
          var builder = Self.builder(index)
          builder.sourceHardware = HardwareAddress(bits: 0x0200_0000_0000 | UInt64(index))
          builder.tags = [VLANTag(UInt16(1 + index % 4_000))]
          return TimedFrame(
            time: Timestamp(seconds: 1_700_000_000), bytes: builder.tcp(from: 40_000, to: 443, flags: .syn))
        }
      },
      { Self.track($0, flowLimit: $0.count / 4) })
    #expect(growth < CostGrowth.allowed)
  }

  @Test("a new name for the same address with each answer")
  func namesOfOneAddress() {
    let growth = CostGrowth.measure(
      of: 500,
      { size in
        (0..<size).flatMap { index -> [TimedFrame] in
          let query = DNSBuilder.query("a\(index).example", identifier: UInt16(index & 0xffff))
          let answer = query.answered([.address("a\(index).example", IPAddress(v4: 0xc612_0001))])
          return [
            Self.builder.udp(from: 4_000, to: 53, payload: query.message),
            Self.builder.reversed.udp(from: 53, to: 4_000, payload: answer.message),
          ].map { TimedFrame(time: Timestamp(seconds: 1_700_000_000), bytes: $0) }
        }
      },
      { Self.track($0) })
    #expect(growth < CostGrowth.allowed)
  }

  @Test("names that do not exist, asked for by many clients")
  func nameErrors() {
    let growth = CostGrowth.measure(
      of: 500,
      { size in
        (0..<size).flatMap { index -> [TimedFrame] in
          let query = DNSBuilder.query("a\(index).example", identifier: UInt16(index & 0xffff))
          return [
            Self.builder(index).udp(from: 4_000, to: 53, payload: query.message),
            Self.builder(index).reversed.udp(from: 53, to: 4_000, payload: query.answered(responseCode: 3).message),
          ].map { TimedFrame(time: Timestamp(seconds: 1_700_000_000), bytes: $0) }
        }
      },
      { Self.track($0) })
    #expect(growth < CostGrowth.allowed)
  }

  /// One gap of megabytes, and a segment at each of `places` in it that leaves a gap before and after it.
  private static func splitGap(_ size: Int, _ places: [Int]) -> [TimedFrame] {
    var conversation = TCPConversation(builder)
    conversation.open()
    // Begins no known message, so that the following bytes are only searched.
    conversation.deliver(.client, [0xff], at: 0)
    conversation.deliver(.client, [0x61], at: 10 + 2 * size)
    for place in places { conversation.deliver(.client, [0x61], at: 5 + 2 * place) }
    return conversation.frames
  }

  @Test("a gap that each segment splits, ascending")
  func gapSplitForwards() {
    let growth = CostGrowth.measure(of: 2_000, { Self.splitGap($0, Array(0..<$0)) }, { Self.track($0) })
    #expect(growth < CostGrowth.allowed)
  }

  @Test("a gap that each segment splits, descending")
  func gapSplitBackwards() {
    let growth = CostGrowth.measure(of: 2_000, { Self.splitGap($0, (0..<$0).reversed()) }, { Self.track($0) })
    #expect(growth < CostGrowth.allowed)
  }

  @Test("a gap that each segment splits, at random places")
  func gapSplitAnywhere() {
    let growth = CostGrowth.measure(
      of: 2_000,
      { size in
        var dice = SeededGenerator(seed: 1)
        return Self.splitGap(size, (0..<size).shuffled(using: &dice))
      },
      { Self.track($0) })
    #expect(growth < CostGrowth.allowed)
  }
}
