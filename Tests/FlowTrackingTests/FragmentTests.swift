import FlowTracking
import Model
import TestSupport
import Testing

/// A datagram in fragments, each in a frame of its own.
private struct Fragments {
  var builder = client
  var identification: UInt32 = 7
  /// Transport header and payload.
  var content: [UInt8]

  init(_ payload: [UInt8], builder: PacketBuilder = client) {
    var raw = builder
    raw.linkType = .raw
    content = Array(raw.udp(from: 50_000, to: 53, payload: payload).dropFirst(builder.source.isIPv4 ? 20 : 40))
    self.builder = builder
  }

  func piece(_ range: Range<Int>, isLast: Bool? = nil, bytes: [UInt8]? = nil) -> [UInt8] {
    var part = builder
    let more = !(isLast ?? (range.upperBound == content.count))
    part.ipv6Extensions = [.fragment(offset: range.lowerBound, more: more, identification: identification)]
    part.ipv4Fragment = (range.lowerBound, more)
    part.identification = UInt16(truncatingIfNeeded: identification)
    return part.frame(transport: 17, bytes ?? Array(content[range]))
  }

  /// Fragments of `size` bytes, a multiple of eight.
  func pieces(_ size: Int) -> [[UInt8]] {
    stride(from: 0, to: content.count, by: size).map { piece($0..<min($0 + size, content.count)) }
  }
}

/// `step`: nanoseconds between two frames.
private func timed(_ frames: [[UInt8]], at time: Timestamp = fullHour, step: Int64 = 0) -> [TimedFrame] {
  frames.enumerated().map {
    TimedFrame(time: time.advanced(by: TimeSpan(nanoseconds: Int64($0.offset) * step)), bytes: $0.element)
  }
}

private let query = DNSBuilder.query("a.long.name.that.needs.some.room.to.be.split.example").message
private let name = "a.long.name.that.needs.some.room.to.be.split.example"

@Suite("Fragments of datagrams")
struct FragmentTests {
  static let ends = [client, PacketBuilder(from: "fd00::5", to: "2001:db8::9")]

  @Test("in any order they give the datagram, and each counts for its flow", arguments: [0, 1])
  func order(index: Int) throws {
    let fragments = Fragments(query, builder: FragmentTests.ends[index])
    let pieces = fragments.pieces(24)
    var chance = SeededGenerator(seed: 71)
    for _ in 0..<20 {
      let tracked = Tracked(timed(pieces.shuffled(using: &chance)))
      #expect(tracked.sightings.map(\.name) == [name])
      let record = try #require(tracked.records.first { $0.responderPort == 53 && $0.originatorPort == 50_000 })
      #expect(record.traffic.packetsUp == UInt64(pieces.count))
      #expect(record.traffic.bytesUp == UInt64(fragments.content.count))
      #expect(tracked.anomalies == [:])
    }
  }

  @Test("a repeated fragment counts as a packet and changes nothing else", arguments: [0, 1])
  func repeated(index: Int) throws {
    let fragments = Fragments(query, builder: FragmentTests.ends[index])
    let pieces = fragments.pieces(24)
    let tracked = Tracked(timed([pieces[0], pieces[0], pieces[1], pieces[1]] + pieces[2...], step: 20_000_000))
    #expect(tracked.sightings.map(\.name) == [name])
    #expect(tracked.records.first?.traffic.packetsUp == UInt64(pieces.count + 2))
    #expect(tracked.anomalies == [:])
  }

  @Test("overlap in IPv4: the bytes that came first are used, and the overlap is counted")
  func firstWins() {
    let fragments = Fragments(query)
    let wrong = [UInt8](repeating: 0x21, count: 200)
    let count = fragments.content.count
    // Overlaps the first and the last fragment and the gap between them: only the gap is filled.
    let hole = Array(wrong[0..<16]) + Array(fragments.content[16..<40]) + Array(wrong[0..<8])
    let tracked = Tracked(
      timed([
        fragments.piece(0..<16), fragments.piece(40..<count), fragments.piece(0..<48, isLast: false, bytes: hole),
      ]))
    #expect(tracked.sightings.map(\.name) == [name])
    #expect(tracked.anomalies == [.ipFragmentsOverlap: 1])
  }

  @Test("overlap in IPv6: the datagram is discarded with later fragments, and the overlap is counted")
  func void() {
    let fragments = Fragments(query, builder: FragmentTests.ends[1])
    let pieces = fragments.pieces(24)
    let overlap = fragments.piece(16..<32, isLast: false)
    let tracked = Tracked(timed([pieces[0], overlap] + pieces[1...] + [pieces[0]], step: 20_000_000))
    #expect(tracked.records.isEmpty && tracked.sightings.isEmpty)
    #expect(tracked.anomalies == [.ipFragmentsOverlap: 1])
  }

  @Test("a fragment that contradicts itself or the end is ignored")
  func invalid() {
    let fragments = Fragments(query)
    let pieces = fragments.pieces(24)
    let count = fragments.content.count
    let lies = [
      // Not whole units, empty, beyond 64 KiB, another end, after the end.
      fragments.piece(24..<30, isLast: false), fragments.piece(24..<24, isLast: false),
      fragments.piece(24..<40, isLast: true), fragments.piece(8..<16, isLast: true),
    ]
    let behind = Fragments([UInt8](repeating: 0, count: 400))
    var frames = [pieces[pieces.count - 1]] + lies
    frames.append(behind.piece(count / 8 * 8 + 8..<count / 8 * 8 + 16))
    let tracked = Tracked(timed(frames + pieces.dropLast()))
    #expect(tracked.sightings.map(\.name) == [name])
    #expect(tracked.anomalies == [.ipFragmentInvalid: 5])
  }

  @Test("without the first fragment the flow is unknown; without another one the first determines it")
  func incomplete() throws {
    let fragments = Fragments(query)
    let pieces = fragments.pieces(24)
    var tracked = Tracked(timed(Array(pieces[1...])))
    #expect(tracked.records.isEmpty)
    #expect(tracked.anomalies == [.ipFragmentsWithoutFirst: 1])
    tracked = Tracked(timed([pieces[0], pieces[2]]))
    let record = try #require(tracked.records.first { $0.originatorPort == 50_000 })
    #expect(record.traffic.packetsUp == 2)
    #expect(record.traffic.bytesUp == 48)
    #expect(tracked.anomalies[.ipFragmentsIncomplete] == 1)
  }

  @Test("after thirty seconds the wait for missing fragments ends")
  func timeout() {
    let fragments = Fragments(query)
    let pieces = fragments.pieces(48)
    for (delay, names) in [(29, [name]), (30, [])] as [(Int64, [String])] {
      let frames = timed([pieces[0]]) + timed(Array(pieces[1...]), at: fullHour.plus(delay))
      #expect(Tracked(frames).sightings.map(\.name) == names)
    }
  }

  @Test("datagrams of equal identification are distinguished by addresses, protocol and network")
  func apart() {
    var first = Fragments(query)
    var second = Fragments(DNSBuilder.query("another.name.that.is.as.long.as.the.first.one.example").message)
    second.builder.tags = [VLANTag(7)]
    var frames = zip(first.pieces(24), second.pieces(24)).flatMap { [$0, $1] }
    #expect(Set(Tracked(timed(frames)).sightings.map(\.name)).count == 2)
    second.builder.tags = []
    second.identification = 8
    first.identification = 9
    frames = zip(first.pieces(24), second.pieces(24)).flatMap { [$0, $1] }
    #expect(Set(Tracked(timed(frames)).sightings.map(\.name)).count == 2)
  }

  @Test("the oldest datagram is evicted if a thousand wait, and counted")
  func bound() {
    let fragments = (0..<1_100).map { number in
      var fragments = Fragments(query)
      fragments.identification = UInt32(number)
      return fragments
    }
    let begun = fragments.map { $0.piece(24..<48) }
    let tracked = Tracked(timed(begun))
    #expect(tracked.anomalies == [.ipFragmentsEvicted: 76, .ipFragmentsWithoutFirst: 1_100])
  }

  @Test("four megabytes of fragments are kept, whatever their offsets")
  func memory() {
    let content = [UInt8](repeating: 1, count: 65_000)
    let frames = (0..<100).map { number in
      var fragments = Fragments(content)
      fragments.identification = UInt32(number)
      return fragments.piece(8..<64_008)
    }
    let evicted = Tracked(timed(frames)).anomalies[.ipFragmentsEvicted] ?? 0
    #expect(evicted == 100 - UInt64(4 << 20) / (64_000 + 512 + 32))
    // One byte at the far end costs one byte.
    let far = (0..<1_000).map { number in
      var fragments = Fragments(content)
      fragments.identification = UInt32(number)
      return fragments.piece(65_000..<65_008)
    }
    #expect(Tracked(timed(far)).anomalies[.ipFragmentsEvicted] == nil)
  }

  @Test("a datagram in hundreds of tiny fragments is not reassembled")
  func tiny() {
    let fragments = Fragments([UInt8](repeating: 1, count: 8_000))
    let tracked = Tracked(timed(fragments.pieces(8)))
    #expect((tracked.anomalies[.ipFragmentInvalid] ?? 0) > 700)
    #expect(tracked.records.map(\.traffic.packetsUp) == [256])
  }

  @Test("fragments truncated by the snapshot length give the contiguous captured part")
  func snapshot() throws {
    let fragments = Fragments(query)
    let pieces = fragments.pieces(48)
    var frames = timed(pieces)
    frames[1].bytes.removeLast(10)
    let record = try #require(Tracked(frames).records.first { $0.originatorPort == 50_000 })
    #expect(record.traffic.bytesUp == UInt64(fragments.content.count))
    #expect(record.traffic.packetsUp == UInt64(pieces.count))
  }

  @Test("fragments in a tunnel, a tunnel in fragments, and both")
  func tunnels() {
    var raw = client
    raw.linkType = .raw
    let end = PacketBuilder(from: "192.0.2.1", to: "192.0.2.2")
    let inside = Fragments(query).pieces(24).map { end.frame(transport: 4, Array($0.dropFirst(14))) }
    #expect(Tracked(timed(inside)).sightings.map(\.name) == [name])
    var around = Fragments(query, builder: end)
    func split(_ packet: [UInt8]) -> [[UInt8]] {
      around.content = packet
      around.identification += 1
      return stride(from: 0, to: packet.count, by: 40).map { start in
        var part = end
        part.ipv4Fragment = (start, start + 40 < packet.count)
        part.identification = UInt16(around.identification)
        return part.frame(transport: 4, Array(packet[start..<min(start + 40, packet.count)]))
      }
    }
    let whole = raw.udp(from: 50_000, to: 53, payload: query)
    let outer = Tracked(timed(split(whole)))
    #expect(outer.sightings.map(\.name) == [name])
    #expect(outer.records.contains { $0.transport.rawValue == 4 && $0.carriedBytesUp == UInt64(whole.count) })
    let both = Fragments(query).pieces(24).flatMap { split(Array($0.dropFirst(14))) }
    #expect(Tracked(timed(both)).sightings.map(\.name) == [name])
  }

  @Test("an extension header after the fragment header belongs to the whole datagram")
  func extensionInside() {
    var fragments = Fragments(query, builder: FragmentTests.ends[1])
    fragments.content = [17, 0, 1, 4, 0, 0, 0, 0] + fragments.content
    let frames = stride(from: 0, to: fragments.content.count, by: 32).map { start in
      var part = fragments.builder
      let end = min(start + 32, fragments.content.count)
      part.ipv6Extensions = [.fragment(offset: start, more: end < fragments.content.count, identification: 3)]
      return part.frame(transport: 60, Array(fragments.content[start..<end]))
    }
    #expect(Tracked(timed(frames)).sightings.map(\.name) == [name])
  }

  @Test("fragments in any order, truncated and altered, never trap and give consistent results")
  func noise() {
    var chance = SeededGenerator(seed: 72)
    var frames: [TimedFrame] = []
    for round in 0..<20_000 {
      let builder = FragmentTests.ends[round % 2]
      var fragments = Fragments(query, builder: builder)
      fragments.identification = UInt32.random(in: 0..<8, using: &chance)
      let start = Int.random(in: 0..<12, using: &chance) * 8
      let end = min(start + Int.random(in: 0..<80, using: &chance), fragments.content.count)
      guard start <= end else { continue }
      let bytes = fragments.piece(start..<end, isLast: Int.random(in: 0..<6, using: &chance) == 0)
      frames.append(
        TimedFrame(
          time: fullHour.advanced(by: TimeSpan(nanoseconds: Int64(round) * 10_000_000)),
          bytes: round % 5 == 0 ? chance.mutation(of: bytes) : bytes))
    }
    #expect(Tracked(frames) == Tracked(frames))
  }
}
