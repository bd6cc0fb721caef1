import FlowTracking
import Model
import TestSupport
import Testing

@Suite("Malformed and hostile frames never trap, and every frame is counted")
struct HostileFramesTests {
  private static func originals() -> [TimedFrame] {
    var frames: [TimedFrame] = []
    for (source, target) in [("10.0.0.5", "203.0.113.9"), ("fd00::5", "2001:db8::9")] {
      let builder = PacketBuilder(from: source, to: target)
      var conversation = TCPConversation(builder, clientSequence: 0xffff_ff80, start: fullHour)
      conversation.open()
      conversation.send(.client, ClientHelloBuilder("a.example").records(splitAt: [50]), segment: 70)
      conversation.send(.server, ServerHelloBuilder().record, segment: 50)
      conversation.close()
      frames += conversation.frames
      conversation = TCPConversation(builder, clientPort: 50_001, serverPort: 80, start: fullHour)
      conversation.open()
      let request = "POST http://a.example/ HTTP/1.1\r\nHost: b.example\r\nContent-Length: 30\r\n\r\n"
      conversation.send(.client, Array((request + String(repeating: "x", count: 30) + request).utf8), segment: 60)
      frames += conversation.frames
      let query = DNSBuilder.query("a.example")
      let answer = query.answered([
        .alias("a.example", of: "b.example"), .address("b.example", builder.destination),
      ])
      frames += dnsFrames(query, answer, at: fullHour, builder: builder)
      let refusal = builder.reversed.unreachable(code: 1, quoting: frames[0].bytes)
      frames.append(TimedFrame(time: fullHour, bytes: refusal))
    }
    return frames
  }

  @Test("mutations of valid frames in any order and at any time")
  func mutations() {
    var chance = SeededGenerator(seed: 61)
    let originals = HostileFramesTests.originals()
    var settings = TrackerSettings()
    settings.flowLimit = 40
    var time = fullHour
    var frames: [TimedFrame] = []
    for round in 0..<40_000 {
      guard var frame = originals.randomElement(using: &chance) else { return }
      time = time.advanced(by: TimeSpan(nanoseconds: Int64.random(in: -1_000_000_000...2_000_000_000, using: &chance)))
      if round % 4_000 == 0 { time = time.plus(Int64.random(in: 0...100_000, using: &chance)) }
      if Bool.random(using: &chance) {
        // Headers stay whole, so that the mutation reaches the streams.
        let kept = min(Int.random(in: 30...80, using: &chance), frame.bytes.count)
        frame.bytes = Array(frame.bytes[..<kept]) + chance.mutation(of: Array(frame.bytes[kept...]))
      } else if Bool.random(using: &chance) {
        frame.bytes = chance.mutation(of: frame.bytes)
      }
      frame.originalLength = frame.bytes.count + (Bool.random(using: &chance) ? 0 : 40)
      frame.time = time
      frames.append(frame)
    }
    let first = Tracked(frames, settings: settings)
    #expect(first.coverage.map(\.packetsSeen).reduce(0, +) == 40_000)
    #expect(first.records.allSatisfy { $0.end >= $0.start })
    #expect(Tracked(frames, settings: settings) == first)
  }

  @Test("noise on every link type, at the edges of time")
  func noise() {
    var chance = SeededGenerator(seed: 62)
    let links: [LinkType] = [.ethernet, .linuxCooked, .linuxCooked2, .raw, .null, LinkType(rawValue: 999)]
    let times = [Int64.min, Int64.min + 1, -1, 0, 1, .max - 1, .max].map(Timestamp.init(nanoseconds:))
    var frames: [TimedFrame] = []
    for time in times {
      for round in 0..<500 {
        var bytes = chance.bytes(Int.random(in: 0...120, using: &chance))
        let link = links[round % links.count]
        if link == .raw, !bytes.isEmpty { bytes[0] = round % 4 == 3 ? 0x45 : 0x60 }
        frames.append(TimedFrame(time: time, bytes: bytes, linkType: link))
      }
      frames += HostileFramesTests.originals().map { frame in
        var frame = frame
        frame.time = time
        return frame
      }
    }
    #expect(Tracked(frames).coverage.map(\.packetsSeen).reduce(0, +) == UInt64(frames.count))
  }
}
