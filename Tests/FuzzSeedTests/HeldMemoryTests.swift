import FlowTracking
import Glibc
import Model
import TestSupport
import Testing

/// A sender must not be able to make the tracker use more memory than in proportion to the bytes sent.
///
/// Measured: bytes that the heap has handed out, by the allocator's own account, after many flows were brought to the
/// same point. Each case runs in a process of its own, where nothing else allocates.
@Suite("Memory for hostile input is in proportion to the bytes sent")
struct HeldMemoryTests {
  /// Entry and detail of a flow, and what names of ordinary length take.
  private static let flowBytes = 4_096
  /// Storage that the tables take before they are filled: a block of 2 MB for the details among it.
  private static let tableBytes = 5 << 20
  /// Arrays double as they grow, and while they grow both copies are there.
  private static let allowedShare = 2.5

  private typealias Information = @convention(c) (Int32, UnsafeMutablePointer<FILE>?) -> Int32

  /// Bytes in use in all arenas, from the totals at the end of the output of malloc_info(3).
  private static func bytesInUse() -> Int {
    guard let symbol = dlsym(nil, "malloc_info") else { preconditionFailure("the C library has no malloc_info") }
    var text: UnsafeMutablePointer<CChar>?
    var length = 0
    let stream = open_memstream(&text, &length)
    _ = unsafeBitCast(symbol, to: Information.self)(0, stream)
    fclose(stream)
    defer { free(text) }
    let lines = String(decoding: UnsafeRawBufferPointer(start: text, count: length), as: UTF8.self).split(
      separator: "\n")
    func last(_ beginning: String) -> Int {
      guard let line = lines.last(where: { $0.hasPrefix(beginning) }), let size = line.firstRange(of: "size=\"") else {
        preconditionFailure("malloc_info says nothing of \(beginning)")
      }
      return Int(line[size.upperBound...].prefix { $0.isNumber }) ?? 0
    }
    return last("<system type=\"current\"") + last("<total type=\"mmap\"") - last("<total type=\"fast\"")
      - last("<total type=\"rest\"")
  }

  /// Bytes of a tracker's memory after `frames`, without the records, which have been taken.
  private static func kept(after frames: [TimedFrame]) -> Int {
    var tracker = FlowTracker()
    let before = bytesInUse()
    for frame in frames {
      tracker.process(
        frame.bytes.span.bytes, originalLength: frame.originalLength, at: frame.time, linkType: frame.linkType)
      if tracker.records.count > 1_000 { _ = tracker.takeRecords() }
    }
    let kept = bytesInUse() - before
    tracker.finish()
    return kept
  }

  /// - Parameter frames: the frames of one flow whose client has the given address.
  private static func expectProportion(flows: Int = 400, _ frames: (IPAddress) -> [TimedFrame]) {
    let all = (0..<flows).flatMap { frames(IPAddress(v4: 0x0a80_0000 | UInt32($0))) }
      .map { TimedFrame(time: Timestamp(seconds: 1_700_000_000), bytes: $0.bytes) }
    let sent = all.reduce(0) { $0 + $1.bytes.count }
    let kept = kept(after: all)
    precondition(
      Double(kept) <= Double(sent) * allowedShare + Double(flows * flowBytes + tableBytes),
      "\(kept) bytes are kept after \(sent) bytes in \(flows) flows")
  }

  private static let server: IPAddress = IPAddress(v4: 0xc612_0101)

  private static func stream(
    from client: IPAddress, port: UInt16 = 443, _ bytes: [UInt8], answer: [UInt8] = []
  ) -> [TimedFrame] {
    var conversation = TCPConversation(PacketBuilder(from: client, to: server), serverPort: port)
    conversation.open()
    conversation.send(.client, bytes)
    conversation.send(.server, answer)
    return conversation.frames
  }

  private static func datagram(from client: IPAddress, port: UInt16 = 443, _ payload: [UInt8]) -> [TimedFrame] {
    let bytes = PacketBuilder(from: client, to: server).udp(from: 40_000, to: port, payload: payload)
    return [TimedFrame(time: Timestamp(seconds: 1_700_000_000), bytes: bytes)]
  }

  @Test("the count of the heap includes kept memory")
  func account() async {
    await #expect(processExitsWith: .success) {
      let before = HeldMemoryTests.bytesInUse()
      let kept = (0..<100).map { [UInt8](repeating: UInt8($0), count: 10_000) }
      let counted = HeldMemoryTests.bytesInUse() - before
      precondition((1_000_000...1_200_000).contains(counted), "\(counted) bytes for \(kept.count) arrays of 10,000")
    }
  }

  @Test("the last byte of a DTLS hello of 32 kB in each of many flows")
  func farDTLSFragment() async {
    await #expect(processExitsWith: .success) {
      HeldMemoryTests.expectProportion { client in
        let record = Handshake.datagramRecord(1, [UInt8](repeating: 1, count: 32_767), 32_766..<32_767)
        return HeldMemoryTests.datagram(from: client, port: 40_001, record)
      }
    }
  }

  @Test("the last byte of a QUIC hello of 32 kB in each of many flows")
  func farCryptoFrame() async {
    await #expect(processExitsWith: .success) {
      let packet = QUICBuilder().initial(QUICBuilder.crypto([1], at: 32_766))
      HeldMemoryTests.expectProportion { HeldMemoryTests.datagram(from: $0, packet) }
    }
  }

  @Test("request heads that do not end")
  func heads() async {
    await #expect(processExitsWith: .success) {
      let head = Array("GET / HTTP/1.1\r\n".utf8) + [UInt8](repeating: 0x61, count: 15_000)
      HeldMemoryTests.expectProportion { HeldMemoryTests.stream(from: $0, port: 80, head) }
    }
  }

  @Test("hellos that lack their last byte")
  func hellos() async {
    await #expect(processExitsWith: .success) {
      var hello = ClientHelloBuilder("a.example")
      hello.paddedTo = 16_000
      let bytes = Array(hello.record.dropLast())
      HeldMemoryTests.expectProportion { HeldMemoryTests.stream(from: $0, bytes) }
    }
  }

  @Test("certificate chains that stay incomplete")
  func certificates() async {
    await #expect(processExitsWith: .success) {
      var hello = ServerHelloBuilder()
      hello.selectedVersion = nil
      let open: [UInt8] = [11, 0, 0x7d, 0x06, 0, 0x7d, 0x03, 0, 0x7d, 0] + [UInt8](repeating: 1, count: 14_000)
      var record: [UInt8] = [22, 3, 3]
      record.appendPart16(Handshake.message(2, hello.body) + open)
      HeldMemoryTests.expectProportion {
        HeldMemoryTests.stream(from: $0, ClientHelloBuilder(nil).record, answer: record)
      }
    }
  }

  @Test("segments that wait after a gap")
  func gaps() async {
    await #expect(processExitsWith: .success) {
      HeldMemoryTests.expectProportion { client in
        var conversation = TCPConversation(PacketBuilder(from: client, to: HeldMemoryTests.server))
        conversation.open()
        for part in 0..<20 { conversation.deliver(.client, [UInt8](repeating: 1, count: 1_400), at: 1 + part * 1_400) }
        return conversation.frames
      }
    }
  }

  @Test("segments of one byte that wait after a gap")
  func crumbs() async {
    await #expect(processExitsWith: .success) {
      HeldMemoryTests.expectProportion { client in
        var conversation = TCPConversation(PacketBuilder(from: client, to: HeldMemoryTests.server))
        conversation.open()
        for part in 0..<60 { conversation.deliver(.client, [1], at: 1 + part) }
        return conversation.frames
      }
    }
  }

  @Test("DNS over TCP with a length of 64 kB")
  func longDNS() async {
    await #expect(processExitsWith: .success) {
      let message: [UInt8] =
        [0xff, 0xff, 0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0] + [UInt8](repeating: 0, count: 15_000)
      HeldMemoryTests.expectProportion { HeldMemoryTests.stream(from: $0, port: 53, message) }
    }
  }

  @Test("header blocks of HTTP/2 without an end")
  func headerBlocks() async {
    await #expect(processExitsWith: .success) {
      let zeros = [UInt8](repeating: 0, count: 14_000)
      let bytes =
        HTTP2Frame.clientBeginning + HTTP2Frame(type: 1, stream: 1, zeros).bytes
        + HTTP2Frame(type: 9, stream: 1, zeros).bytes + HTTP2Frame(type: 9, stream: 1, zeros).bytes
      HeldMemoryTests.expectProportion { HeldMemoryTests.stream(from: $0, port: 80, bytes) }
    }
  }

  @Test("handshakes in pieces of one byte that do not join")
  func scatteredPieces() async {
    await #expect(processExitsWith: .success) {
      let frames = (0..<200).flatMap { QUICBuilder.crypto([1], at: 2 + 2 * $0) }
      let packet = QUICBuilder().initial(frames, paddedTo: 1_200)
      HeldMemoryTests.expectProportion { HeldMemoryTests.datagram(from: $0, packet) }
    }
  }

  @Test("first fragments of datagrams that never become whole")
  func fragments() async {
    await #expect(processExitsWith: .success) {
      HeldMemoryTests.expectProportion(flows: 5_000) { client in
        var builder = PacketBuilder(from: client, to: HeldMemoryTests.server)
        builder.ipv4Fragment = (0, true)
        return [
          TimedFrame(
            time: Timestamp(seconds: 1_700_000_000),
            bytes: builder.frame(transport: 17, [UInt8](repeating: 1, count: 16)))
        ]
      }
    }
  }

  /// Twice as many questions as the memory can hold: a queue that is cleared when full keeps only little.
  ///
  /// - Parameter identifiers: number of different identifiers of the questions, before they repeat.
  private static func expectNoQueue(identifiers: Int) {
    let builder = PacketBuilder(from: "10.0.0.5", to: "203.0.113.9")
    let query = DNSBuilder.query("a.example")
    let answer = query.answered([.address("a.example", server)])
    var frames = [
      builder.udp(from: 4_000, to: 53, payload: query.message),
      builder.reversed.udp(from: 53, to: 4_000, payload: answer.message),
    ]
    var tracker = FlowTracker()
    let before = bytesInUse()
    for index in 0..<140_000 {
      for turn in frames.indices {
        // After the headers of Ethernet, IPv4 and UDP.
        frames[turn].setUInt16(index % identifiers, at: 42)
        let frame = frames[turn]
        tracker.process(
          frame.span.bytes, originalLength: frame.count, at: Timestamp(seconds: 1_700_000_000), linkType: .ethernet)
      }
    }
    let kept = bytesInUse() - before
    precondition(kept < tableBytes + (2 << 20), "\(kept) bytes are kept of questions that were all answered")
  }

  @Test("questions that are answered at once while time does not advance")
  func standingTime() async {
    await #expect(processExitsWith: .success) { HeldMemoryTests.expectNoQueue(identifiers: 65_536) }
  }

  @Test("one question that is repeated and answered at once while time does not advance")
  func standingQuestion() async {
    await #expect(processExitsWith: .success) { HeldMemoryTests.expectNoQueue(identifiers: 1) }
  }
}
