import Capture
import FlowTracking
import Model
import TestSupport
import Testing

@testable import Auditing

@Suite("Trackers on several threads")
struct TrackersTests {
  private func builder(_ source: String, _ destination: String, hardware: UInt64 = 0x0200_0000_0a01) -> PacketBuilder {
    var builder = PacketBuilder(from: source, to: destination)
    builder.sourceHardware = HardwareAddress(bits: hardware)
    return builder
  }

  @Test("give the records and counts of one, whatever their number", arguments: [1, 2, 3, 16])
  func sameRecords(threads: Int) throws {
    var frames: [TimedFrame] = []
    for device in 0..<40 {
      let client = builder(
        "10.20.1.\(10 + device)", "198.51.100.7", hardware: 0x0200_0000_0a00 + UInt64(device))
      for index in 0..<5 {
        var conversation = TCPConversation(
          client, clientPort: UInt16(40_000 + index), start: Timestamp(seconds: 1_700_000_000 + Int64(device % 7)))
        conversation.open()
        conversation.send(.client, ClientHelloBuilder("host\(index).example").record)
        conversation.send(.server, [UInt8](repeating: 7, count: 900))
        frames += conversation.frames
      }
    }
    let records = try same(frames, threads: threads)
    #expect(records.count == 200)
  }

  @Test(
    "give the records and counts of one with another return path, fragmented DNS answers, and refusals by gateways",
    arguments: [2, 3, 16])
  func sameRecordsOfManyPaths(threads: Int) throws {
    var frames: [TimedFrame] = []
    for device in 0..<40 {
      var time = Timestamp(seconds: 1_700_000_000 + Int64(device % 7))
      func append(_ bytes: [UInt8]) {
        time = time.advanced(by: TimeSpan(nanoseconds: 10_000_000))
        frames.append(TimedFrame(time: time, bytes: bytes))
      }
      let address = "10.20.1.\(10 + device)"
      let hardware = 0x0200_0000_0a00 + UInt64(device)
      let responder = IPAddress("2001:db8:100::7")!
      let name = "host\(device).example"
      let query = DNSBuilder.query(name, type: 28)
      let resolver = builder(address, "10.20.0.53", hardware: hardware)
      append(resolver.udp(from: 50_000, to: 53, payload: query.message))
      // Inbound packets pass another router than outbound ones.
      var back = resolver.reversed
      back.destinationHardware = HardwareAddress(bits: 0x0200_0000_0b00 + UInt64(device))
      var whole = back
      whole.linkType = .raw
      let answer = whole.udp(
        from: 53, to: 50_000,
        payload: query.answered([.address(name, responder)]).message)
      let datagram = Array(answer.dropFirst(20))
      for start in stride(from: 0, to: datagram.count, by: 16) {
        let end = min(start + 16, datagram.count)
        back.ipv4Fragment = (start, end < datagram.count)
        append(back.frame(transport: 17, Array(datagram[start..<end])))
      }
      // Named only by the DNS answer, over the other IP version.
      var out = PacketBuilder(from: IPAddress("fd00:20::\(10 + device)")!, to: responder)
      out.sourceHardware = HardwareAddress(bits: hardware)
      append(out.udp(from: 50_001, to: 8_443, payload: [1]))
      append(out.reversed.udp(from: 8_443, to: 50_001, payload: [1]))
      let refused = builder(address, "198.51.100.7", hardware: hardware).udp(from: 50_002, to: 9_443, payload: [1])
      append(refused)
      append(builder("10.20.0.1", address, hardware: 0x0200_0000_00fe).unreachable(code: 13, quoting: refused))
    }
    let records = try same(frames, threads: threads)
    let named = records.filter { $0.responderPort == 8_443 }
    #expect(named.count == 40)
    #expect(Set(named.compactMap { $0.name?.name.description }).count == 40)
    #expect(records.count { $0.outcome == .refused } == 40)
  }

  /// - Returns: the records of one tracker for the frames, and those of the given number of threads.
  private func same(_ unordered: [TimedFrame], threads: Int) throws -> [FlowRecord] {
    let frames = unordered.sorted { $0.time < $1.time }
    var expected = FlowTracker()
    for frame in frames {
      expected.process(
        frame.bytes.span.bytes, originalLength: frame.originalLength, at: frame.time, linkType: frame.linkType)
    }
    expected.finish()
    let expectedRecords = expected.takeRecords()
    var trackers = Trackers(settings: TrackerSettings(), threads: threads)
    var harvest = Trackers.Harvest()
    for (index, frame) in frames.enumerated() {
      trackers.process(
        CapturedFrame(
          bytes: frame.bytes.span.bytes, originalLength: frame.originalLength, timestamp: frame.time,
          linkType: frame.linkType))
      if index % 100 == 99 {
        trackers.endRound()
        let part = trackers.take()
        harvest.records += part.records
        harvest.coverage += part.coverage
      }
    }
    var last = Trackers.Harvest(openFlows: .max)
    // A few frames at a time, with records taken in between.
    var isDone = false
    while !isDone {
      isDone = trackers.finish(atMost: 7)
      last = trackers.take()
      harvest.records += last.records
      harvest.coverage += last.coverage
    }
    trackers.close()
    // Flow numbers are unique only within one tracker.
    func text(_ records: [FlowRecord]) -> [String] {
      records.map { record in
        var record = record
        record.flowNumber = 0
        return "\(record)"
      }.sorted()
    }
    #expect(text(harvest.records) == text(expectedRecords))
    #expect(harvest.coverage.reduce(0) { $0 + $1.packetsSeen } == UInt64(frames.count))
    #expect(last.openFlows == 0)
    return harvest.records
  }

  @Test("continue after all flows were ended, and accept new settings", arguments: [1, 2])
  func again(threads: Int) {
    var trackers = Trackers(settings: TrackerSettings(), threads: threads)
    let bytes = builder("10.20.1.11", "198.51.100.7").udp(from: 50_000, to: 443, payload: [1])
    for round in 1...3 {
      trackers.process(
        CapturedFrame(
          bytes: bytes.span.bytes, originalLength: bytes.count, timestamp: Timestamp(seconds: 1_700_000_000),
          linkType: .ethernet))
      let open = trackers.take()
      #expect(open.openFlows == 1 && open.records.isEmpty, "round \(round)")
      trackers.adopt(TrackerSettings())
      let isDone = trackers.finish(atMost: 1)
      #expect(isDone, "round \(round)")
      let ended = trackers.take()
      #expect(ended.records.count == 1 && ended.openFlows == 0, "round \(round)")
    }
    trackers.close()
  }
}
