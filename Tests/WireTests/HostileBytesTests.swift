import Model
import TestSupport
import Testing
import Wire

/// For all bytes from the wire, reading ends, and ends without a trap.
@Suite("Malformed and hostile bytes never trap")
struct HostileBytesTests {
  private static let four = PacketBuilder(from: "10.0.0.1", to: "192.0.2.1")
  private static var six: PacketBuilder {
    var builder = PacketBuilder(from: "fd00::1", to: "2001:db8::1")
    builder.ipv6Extensions = [
      .hopByHop(content: [1, 4, 0, 0, 0, 0]), .fragment(offset: 0, more: false, identification: 9),
      .authentication(content: Array(repeating: 0, count: 22)),
    ]
    return builder
  }

  private static func wholeFrames() -> [(LinkType, [UInt8])] {
    var result: [(LinkType, [UInt8])] = []
    for link in [LinkType.ethernet, .linuxCooked, .linuxCooked2, .null, .loop, .raw] {
      for var builder in [four, six] {
        builder.linkType = link
        if link == .ethernet { builder.tags = [VLANTag(1, etherType: 0x88a8), VLANTag(2)] }
        let attempt = builder.udp(from: 5_000, to: 53, payload: [1, 2, 3])
        result.append((link, attempt))
        result.append((link, builder.tcp(from: 1, to: 2, flags: .syn, optionWords: 5, payload: [1])))
        result.append((link, builder.reversed.unreachable(code: 1, quoting: attempt)))
      }
    }
    return result
  }

  @Test("frames")
  func frames() {
    var chance = SeededGenerator(seed: 1)
    let originals = HostileBytesTests.wholeFrames()
    for _ in 0..<40_000 {
      guard let (link, frame) = originals.randomElement(using: &chance) else { return }
      let bytes = chance.mutation(of: frame)
      let extra = Bool.random(using: &chance) ? 0 : Int.random(in: 0...2_000, using: &chance)
      let packet = try? Packet(decoding: bytes.span.bytes, originalLength: bytes.count + extra, linkType: link)
      guard let packet else { continue }
      let isInside =
        packet.payloadOffset >= 0 && packet.payloadCaptured >= 0
        && packet.payloadOffset + packet.payloadCaptured <= bytes.count
      #expect(isInside)
      #expect(packet.payloadLength >= packet.payloadCaptured)
      #expect(packet.ipPayloadLength >= 0)
    }
  }

  @Test("DNS messages")
  func dns() {
    var chance = SeededGenerator(seed: 2)
    let originals = [
      DNSBuilder.query("settings-win.data.microsoft.com").message,
      DNSBuilder.query("a.example").answered([
        .alias("a.example", of: "b.example"), .alias("b.example", of: "c.b.example"),
        .address("c.b.example", IPAddress(v4: 1)), .address("c.b.example", IPAddress(high: 1, low: 1)),
      ]).message,
    ]
    for round in 0..<40_000 {
      let bytes = chance.mutation(of: originals[round % 2])
      let message = try? DNSMessage(bytes.span.bytes, isCapturedShort: round % 3 == 0)
      guard let message else { continue }
      #expect(message.questions.allSatisfy { $0.name.unicodeScalars.count <= 253 })
      #expect(message.aliases.allSatisfy { $0.unicodeScalars.count <= 253 })
    }
  }

  @Test("ClientHellos")
  func hellos() {
    var chance = SeededGenerator(seed: 3)
    var builder = ClientHelloBuilder("v10.events.data.microsoft.com")
    builder.ech = .outer
    let originals =
      RecordedHello.all.map(\.stream) + [
        builder.record, builder.records(splitAt: [3, 50, 51, 120]), ServerHelloBuilder().record,
      ]
    for _ in 0..<30_000 {
      guard let original = originals.randomElement(using: &chance) else { return }
      let bytes = chance.mutation(of: original)
      if case .needsMore(let needed) = TLSOpening(bytes.span.bytes) { #expect(needed > bytes.count) }
      if case .needsMore = TLSOpening(bytes.span.bytes, isComplete: true) { #expect(bytes.isEmpty) }
      let body = Array(bytes.dropFirst(9))
      _ = try? ClientHello(body.span.bytes, isCut: Bool.random(using: &chance))
    }
  }

  @Test("a reader never asks for more bytes than it needs to decide, also for malformed hellos")
  func promises() {
    var chance = SeededGenerator(seed: 4)
    let original = ClientHelloBuilder("a.example").records(splitAt: [3, 50, 51, 120])
    for _ in 0..<300 {
      let bytes = chance.mutation(of: original)
      var promised = 0
      for length in 0...bytes.count {
        let prefix = Array(bytes.prefix(length))
        switch TLSOpening(prefix.span.bytes) {
        case .needsMore(let needed): promised = max(promised, needed)
        case .notTLS, .broken: break
        default: #expect(length >= promised)
        }
      }
    }
  }

  @Test("request heads")
  func requests() {
    var chance = SeededGenerator(seed: 5)
    let original = Array(
      "POST http://u:p@h.example:80/x?y HTTP/1.1\r\nHost: h.example\r\nContent-Length: 12\r\nUpgrade: x\r\n\r\n".utf8)
    for round in 0..<30_000 {
      let bytes = chance.mutation(of: original)
      let scanned = Int.random(in: 0...bytes.count, using: &chance)
      if case .request(let head) = HTTPOpening(bytes.span.bytes, scanned: scanned, isComplete: round % 2 == 0) {
        #expect(head.length <= bytes.count)
        #expect(head.targetAuthority?.contains("@") != true)
      }
    }
  }

  @Test("noise")
  func noise() {
    var chance = SeededGenerator(seed: 6)
    for _ in 0..<20_000 {
      var bytes = chance.bytes(Int.random(in: 0...200, using: &chance))
      for link in [LinkType.ethernet, .linuxCooked, .raw] {
        _ = try? Packet(decoding: bytes.span.bytes, originalLength: bytes.count, linkType: link)
      }
      _ = try? DNSMessage(bytes.span.bytes)
      _ = try? ClientHello(bytes.span.bytes, isCut: true)
      if bytes.count > 6 { bytes.replaceSubrange(0..<3, with: [22, 3, 1]) }
      _ = TLSOpening(bytes.span.bytes, isComplete: true)
      _ = HTTPOpening(bytes.span.bytes, isComplete: true)
    }
  }
}
