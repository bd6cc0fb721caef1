import Capture
import FlowTracking
import Model
import TestSupport
import Testing
import Wire

@testable import Auditing

@Suite("Trackers on several threads")
struct TrackersTests {
  private static let inside = TrackerSettings().insideNetworks

  private func key(_ bytes: [UInt8], _ linkType: LinkType = .ethernet) -> UInt64 {
    var packet = Packet()
    return Trackers.key(
      of: CapturedFrame(
        bytes: bytes.span.bytes, originalLength: bytes.count, timestamp: Timestamp(seconds: 0), linkType: linkType),
      &packet, inside: Self.inside)
  }

  private func builder(_ source: String, _ destination: String, hardware: UInt64 = 0x0200_0000_0a01) -> PacketBuilder {
    var builder = PacketBuilder(from: source, to: destination)
    builder.sourceHardware = HardwareAddress(bits: hardware)
    return builder
  }

  @Test("a device's packets have one key both ways, under all its addresses and with its DNS answers")
  func affinity() {
    let hardware: UInt64 = 0x0200_0000_0a01
    let out = builder("10.20.1.11", "198.51.100.7")
    #expect(key(out.udp(from: 50_000, to: 443, payload: [1])) == hardware)
    #expect(key(out.reversed.udp(from: 443, to: 50_000, payload: [1])) == hardware)
    let other = builder("fd00:20::a1", "2001:db8:100::7")
    #expect(key(other.udp(from: 50_000, to: 443, payload: [1])) == hardware)
    #expect(key(other.reversed.udp(from: 443, to: 50_000, payload: [1])) == hardware)
    let resolver = builder("10.20.1.11", "10.20.0.53")
    #expect(key(resolver.udp(from: 50_000, to: 53, payload: [1])) == hardware)
    #expect(key(resolver.reversed.udp(from: 53, to: 50_000, payload: [1])) == hardware)
  }

  @Test("packets between two inside, or two outside, have one key both ways")
  func neighbours() {
    for (source, destination) in [("10.20.1.11", "10.20.1.12"), ("198.51.100.1", "198.51.100.2")] {
      let there = builder(source, destination)
      let keys = [
        key(there.udp(from: 50_000, to: 445, payload: [1])),
        key(there.reversed.udp(from: 445, to: 50_000, payload: [1])),
      ]
      #expect(keys[0] == keys[1])
    }
  }

  @Test("frames that are no packets have a key too, however they are cut")
  func cut() {
    let frame = builder("10.20.1.11", "198.51.100.7").udp(from: 50_000, to: 443, payload: [1, 2, 3])
    for length in 0...frame.count { _ = key(Array(frame.prefix(length))) }
    #expect(key([1, 2, 3]) == 0)
    #expect(key(frame, LinkType(rawValue: 9_999)) == 0)
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
    frames.sort { $0.time < $1.time }
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
    trackers.finish()
    let last = trackers.take()
    trackers.close()
    harvest.records += last.records
    harvest.coverage += last.coverage
    // Numbers of flows are those of one tracker.
    func text(_ records: [FlowRecord]) -> [String] {
      records.map { record in
        var record = record
        record.flowNumber = 0
        return "\(record)"
      }.sorted()
    }
    #expect(harvest.records.count == 200)
    #expect(text(harvest.records) == text(expectedRecords))
    #expect(harvest.coverage.reduce(0) { $0 + $1.packetsSeen } == UInt64(frames.count))
    #expect(last.openFlows == 0)
  }

  @Test("go on after all was ended, and take over other settings", arguments: [1, 2])
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
      trackers.beginAnew()
      let ended = trackers.take()
      #expect(ended.records.count == 1 && ended.openFlows == 0, "round \(round)")
    }
    trackers.finish()
    trackers.close()
  }
}
