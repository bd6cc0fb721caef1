import Model
import TestSupport
import Testing

@testable import FlowTracking

/// Each frame twice, the second time `delay` nanoseconds later, as from a mirror port that copies both directions.
private func doubled(
  _ frames: [TimedFrame], delay: Int64 = 40_000, copy: (TimedFrame) -> TimedFrame = { $0 }
) -> [TimedFrame] {
  frames.flatMap { frame in
    var again = copy(frame)
    again.time = frame.time.advanced(by: TimeSpan(nanoseconds: delay))
    return [frame, again]
  }
}

/// The packet as a router forwards it: one hop less, other hardware addresses, a new header checksum.
private func routed(_ frame: TimedFrame) -> TimedFrame {
  var frame = frame
  for index in 0..<12 { frame.bytes[index] ^= 0x10 }
  let isIPv4 = frame.bytes[12] == 8
  frame.bytes[isIPv4 ? 14 + 8 : 14 + 7] -= 1
  if isIPv4 { frame.bytes[14 + 10] &+= 1 }
  return frame
}

@Suite("Packets that are seen twice")
struct SeenTwiceTests {
  private static let ends = [("10.0.0.5", "203.0.113.9"), ("fd00::5", "2001:db8::9")]

  @Test(
    "count once if a mirror port delivers each packet twice, routed in between or not", arguments: ends,
    [false, true])
  func mirror(ends: (String, String), isRouted: Bool) throws {
    let frames = opaque(PacketBuilder(from: ends.0, to: ends.1), at: fullHour).frames
    let once = Tracked(frames)
    let twice = Tracked(doubled(frames, copy: isRouted ? routed : { $0 }))
    #expect(twice.records == once.records && once.only != nil)
    #expect(twice.total().bytesUp == once.total().bytesUp && once.total().bytesUp > 100)
    #expect(twice.anomalies == [.frameDuplicated: UInt64(frames.count)])
    #expect(twice.coverage.map(\.packetsSeen) == [UInt64(2 * frames.count)])
  }

  @Test("count once also as datagrams, fragments and packets in tunnels")
  func datagrams() {
    var fragments = client
    fragments.identification = 77
    fragments.ipv4Fragment = (0, true)
    let first = fragments.frame(
      transport: 17,
      Array(client.udp(from: 4_000, to: 443, payload: Array(repeating: 1, count: 96)).dropFirst(34)).prefix(64).map {
        $0
      })
    fragments.ipv4Fragment = (64, false)
    let second = fragments.frame(transport: 17, Array(repeating: 1, count: 40))
    let inside = Array(
      PacketBuilder(from: "10.0.0.6", to: "203.0.113.8").udp(from: 5_000, to: 443, payload: [1, 2, 3]).dropFirst(14))
    let frames = [
      client.udp(from: 4_001, to: 443, payload: Array(0..<20)), first, second,
      PacketBuilder(from: "10.0.0.1", to: "203.0.113.77").frame(transport: 4, inside),
    ].enumerated().map { TimedFrame(time: fullHour.plus(Int64($0.offset)), bytes: $0.element) }
    let once = Tracked(frames)
    let twice = Tracked(doubled(frames))
    #expect(twice.records == once.records)
    #expect(twice.anomalies[.frameDuplicated] == 5)
  }

  @Test("are two packets if the sender sent again: with another identification, or after more than 10 ms")
  func repeats() {
    let payload = Array<UInt8>(repeating: 7, count: 50)
    func total(_ second: [UInt8], after nanoseconds: Int64, from builder: PacketBuilder = client) -> UInt64 {
      let frames = [builder.udp(from: 4_000, to: 443, payload: payload), second].enumerated().map {
        TimedFrame(
          time: fullHour.advanced(by: TimeSpan(nanoseconds: Int64($0.offset) * nanoseconds)), bytes: $0.element)
      }
      return Tracked(frames).total().packetsUp
    }
    var counted = client
    counted.identification += 1
    let same = client.udp(from: 4_000, to: 443, payload: payload)
    #expect(total(counted.udp(from: 4_000, to: 443, payload: payload), after: 1_000) == 2)
    #expect(total(same, after: RecentPackets.moment.nanoseconds + 2_048) == 2)
    #expect(total(same, after: 1_000) == 1)
    // The checksum distinguishes contents if senders do not increment the identification.
    let newer = PacketBuilder(from: "fd00::5", to: "2001:db8::9")
    var otherPayload = payload
    otherPayload[20] ^= 1
    let first = newer.udp(from: 4_000, to: 443, payload: payload)
    #expect(first != newer.udp(from: 4_000, to: 443, payload: otherPayload))
    #expect(total(newer.udp(from: 4_000, to: 443, payload: otherPayload), after: 1_000, from: newer) == 2)
  }

  @Test("are two packets if TCP retransmitted the segment")
  func retransmission() throws {
    var conversation = TCPConversation(client, start: fullHour)
    conversation.open()
    conversation.send(.client, Array(repeating: 1, count: 100))
    conversation.deliver(.client, Array(repeating: 1, count: 100), at: 0)
    let tracked = Tracked(conversation.frames)
    #expect(tracked.total().bytesUp == 40 + 2 * 120)
    #expect(try #require(tracked.only).history.contains("T"))
    #expect(tracked.anomalies == [:])
  }

  @Test("count in both flows if the two sides of a router have VLANs of their own, and are counted as an anomaly")
  func networks() {
    let frames = opaque(at: fullHour).frames
    let tagged = { (frame: TimedFrame) -> TimedFrame in
      var frame = routed(frame)
      frame.bytes.insert(contentsOf: [0x81, 0, 0, 20], at: 12)
      frame.originalLength = frame.bytes.count
      return frame
    }
    let tracked = Tracked(doubled(frames, copy: tagged))
    #expect(tracked.records.count == 2)
    #expect(tracked.anomalies == [.frameInTwoNetworks: UInt64(frames.count)])
  }

  @Test(
    "in two files are counted by the hour, but not if devices are excluded, whose packets they may be",
    arguments: [false, true])
  func twoFiles(excludes: Bool) throws {
    var settings = TrackerSettings()
    if excludes { settings.exclusions.networks = [try #require(IPPrefix("10.9.0.0/16"))] }
    var tracker = FlowTracker(settings: settings)
    tracker.noteRepeated(at: fullHour)
    tracker.finish()
    let coverage = tracker.takeCoverage()
    #expect(coverage.map(\.anomalies) == (excludes ? [] : [[.frameInTwoFiles: 1]]))
  }

  @Test("count once if both legs of a proxy are seen, whichever leg ends first", arguments: [false, true])
  func proxy(outerEndsFirst: Bool) throws {
    let tracked = Tracked(proxyLegs("telemetry.example.com", "telemetry.example.com", outerEndsFirst: outerEndsFirst))
    let outbound = tracked.records.filter { $0.reach == .outbound }
    #expect(outbound.count == 2)
    #expect(outbound.filter(\.isThroughProxy).map(\.isProxyLeg) == [false])
    #expect(outbound.filter { !$0.isThroughProxy }.map(\.isProxyLeg) == [true])
  }

  @Test("do not include a proxy's own flow to a destination that no client asked for")
  func proxyItself() throws {
    let tracked = Tracked(proxyLegs("telemetry.example.com", "updates.example.com", outerEndsFirst: false))
    #expect(tracked.records.filter { $0.reach == .outbound && !$0.isThroughProxy }.map(\.isProxyLeg) == [false])
  }

  private func proxyLegs(_ asked: String, _ contacted: String, outerEndsFirst: Bool) -> [TimedFrame] {
    let hello = { (name: String) in ClientHelloBuilder(name).record }
    var inner = TCPConversation(PacketBuilder(from: "10.0.0.5", to: "10.0.0.2"), serverPort: 3_128, start: fullHour)
    inner.open()
    inner.send(.client, Array("CONNECT \(asked):443 HTTP/1.1\r\nHost: \(asked):443\r\n\r\n".utf8))
    var builder = PacketBuilder(from: "10.0.0.2", to: "203.0.113.9")
    builder.sourceHardware = HardwareAddress(bits: 0x0200_0000_0002)
    var outer = TCPConversation(builder, clientPort: 40_000, start: inner.time)
    outer.open()
    inner.time = outer.time
    inner.send(.server, Array("HTTP/1.1 200 OK\r\n\r\n".utf8))
    inner.send(.client, hello(asked))
    outer.time = inner.time
    outer.send(.client, hello(contacted))
    outer.send(.server, Array(repeating: 9, count: 300))
    inner.time = outer.time
    inner.send(.server, Array(repeating: 9, count: 300))
    if outerEndsFirst {
      outer.close()
      inner.pause(.seconds(60))
      inner.close()
    } else {
      inner.close()
      outer.pause(.seconds(60))
      outer.close()
    }
    return (inner.frames + outer.frames).sorted { $0.time < $1.time }
  }
}
