import Model
import TestSupport
import Testing
import Wire

private let outer = PacketBuilder(from: "192.0.2.1", to: "192.0.2.2")
private let outerSix = PacketBuilder(from: "2001:db8:1::1", to: "2001:db8:1::2")
private let inner = PacketBuilder(from: "10.0.0.5", to: "203.0.113.9")
private let innerSix = PacketBuilder(from: "fd00::5", to: "2001:db8::9")
private let payload: [UInt8] = [1, 2, 3, 4, 5]
private let innerLine = "10.0.0.5 > 203.0.113.9:443"
private let innerSixLine = "fd00::5 > 2001:db8::9:443"

private func ethernet(_ builder: PacketBuilder = inner) -> [UInt8] {
  builder.udp(from: 50_000, to: 443, payload: payload)
}

private func ip(_ builder: PacketBuilder = inner) -> [UInt8] { Array(ethernet(builder).dropFirst(14)) }

/// Checks a frame of two packets: the outer one carries the inner, whose payload is at the frame's end; each shorter
/// frame gives the outer one or an error, and never an inner one that is not there.
private func expect(
  _ frame: [UInt8], _ expected: String = innerLine, _ location: SourceLocation = #_sourceLocation
) {
  let decoded = DecodedFrame(frame)
  #expect(decoded.errors == [], sourceLocation: location)
  #expect(decoded.packets.map(\.carriesPacket) == [true, false], sourceLocation: location)
  #expect(decoded.summary.last == expected, sourceLocation: location)
  guard let packet = decoded.packets.last else { return }
  #expect(packet.depth == 1, sourceLocation: location)
  #expect(packet.scope != 0, sourceLocation: location)
  #expect(packet.payloadOffset == frame.count - payload.count, sourceLocation: location)
  #expect(packet.payloadLength == payload.count, sourceLocation: location)
  for length in 0..<frame.count {
    let short = Array(frame.prefix(length))
    for original in [length, frame.count] {
      let cut = DecodedFrame(short, originalLength: original)
      #expect(cut.packets.count <= 2, sourceLocation: location)
      // There is an inner packet only if both ports of the inner datagram are present.
      if length < frame.count - payload.count { #expect(cut.packets.count < 2, sourceLocation: location) }
    }
  }
}

@Suite("Tunnels by protocol number")
struct ProtocolTunnelTests {
  @Test("IP in IP, both versions in both")
  func ipInIP() {
    expect(outer.frame(transport: 4, ip()))
    expect(outer.frame(transport: 41, ip(innerSix)), innerSixLine)
    expect(outerSix.frame(transport: 4, ip()))
    expect(outerSix.frame(transport: 41, ip(innerSix)), innerSixLine)
    // MPLS in IP.
    expect(outer.frame(transport: 137, [0, 1, 1, 64] + ip()))
    // EtherIP.
    expect(outer.frame(transport: 97, [0x30, 0] + ethernet()))
    let decoded = DecodedFrame(outer.frame(transport: 97, [0x20, 0] + ethernet()))
    #expect(decoded.errors == [.badValue(.tunnelHeader)])
    #expect(decoded.packets.map(\.carriesPacket) == [false])
  }

  @Test("after an authentication header in IPv4")
  func authentication() {
    let header: [UInt8] = [17, 4] + [UInt8](repeating: 0, count: 22)
    let datagram = Array(ip().dropFirst(20))
    let decoded = DecodedFrame(outer.frame(transport: 51, header + datagram))
    #expect(decoded.summary == ["192.0.2.1 > 192.0.2.2:443"])
    #expect(decoded.packets.map(\.ipPayloadLength) == [13])
  }

  @Test("GRE: every option announced by its flags is skipped")
  func gre() {
    for bits in 0..<8 {
      var header: [UInt8] = []
      let flags = (bits & 1 != 0 ? 0x8000 : 0) | (bits & 2 != 0 ? 0x2000 : 0) | (bits & 4 != 0 ? 0x1000 : 0)
      header.appendUInt16(flags)
      header.appendUInt16(0x0800)
      header += [UInt8](repeating: 7, count: bits.nonzeroBitCount * 4)
      expect(outer.frame(transport: 47, header + ip()))
    }
    expect(outer.frame(transport: 47, [0, 0, 0x86, 0xdd] + ip(innerSix)), innerSixLine)
    expect(outer.frame(transport: 47, [0, 0, 0x65, 0x58] + ethernet()))
    expect(outer.frame(transport: 47, [0, 0, 0x88, 0x47, 0, 1, 1, 64] + ip()))
    // Routing (RFC 1701): checksum and offset, one entry of four bytes, the empty one.
    let routing: [UInt8] = [0x40, 0, 8, 0, 0, 0, 0, 0, 8, 0, 0, 4, 1, 1, 1, 1, 0, 0, 0, 0]
    expect(outer.frame(transport: 47, routing + ip()))
  }

  @Test("GRE for WCCP, ERSPAN and access points")
  func otherGRE() {
    expect(outer.frame(transport: 47, [0, 0, 0x88, 0x3e] + ip()))
    expect(outer.frame(transport: 47, [0, 0, 0x88, 0x3e, 0, 0, 0, 0] + ip()))
    // ERSPAN: the first type has no header, the second needs the sequence number, the third may have a subheader.
    expect(outer.frame(transport: 47, [0, 0, 0x88, 0xbe] + ethernet()))
    let sequence: [UInt8] = [0x10, 0, 0x88, 0xbe, 0, 0, 0, 1]
    expect(outer.frame(transport: 47, sequence + [0x10, 7, 0, 1, 0, 0, 0, 0] + ethernet()))
    let third: [UInt8] = [0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 7, 0, 1, 0, 0, 0, 0, 0, 0]
    expect(outer.frame(transport: 47, third + [0, 0] + ethernet()))
    expect(outer.frame(transport: 47, third + [0, 1] + [UInt8](repeating: 0, count: 8) + ethernet()))
    expect(outer.frame(transport: 47, third + [0x08, 0] + ip()))
    #expect(
      DecodedFrame(outer.frame(transport: 47, third + [0x04, 0] + ip())).errors == [.unsupported(.tunnelHeader)])
    let wireless: [UInt8] =
      [8, 1, 0, 0] + [UInt8](repeating: 2, count: 18) + [0, 0, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0]
    expect(outer.frame(transport: 47, [0, 0, 0x82, 0] + wireless + ip()))
  }

  @Test("PPTP: PPP after a sequence number, nothing without one")
  func pptp() {
    var header: [UInt8] = [0x30, 0x81, 0x88, 0x0b]
    header.appendUInt16(ip().count + 4)
    header += [0, 9, 0, 0, 0, 1, 0, 0, 0, 1]
    expect(outer.frame(transport: 47, header + [0xff, 3, 0, 0x21] + ip()))
    let decoded = DecodedFrame(outer.frame(transport: 47, [0x20, 0x81, 0x88, 0x0b, 0, 0, 0, 9, 0, 0, 0, 1]))
    #expect(decoded.packets.map(\.carriesPacket) == [false])
    #expect(decoded.errors == [])
    #expect(
      DecodedFrame(outer.frame(transport: 47, [0, 1, 0x88, 0x0b] + ip())).errors == [.badValue(.tunnelHeader)])
    #expect(DecodedFrame(outer.frame(transport: 47, [0, 2, 8, 0] + ip())).errors == [.badValue(.tunnelHeader)])
  }

  @Test("deeply nested packets are read up to six")
  func bomb() {
    var builder = outer
    builder.linkType = .raw
    var bytes = ip()
    for _ in 0..<5 { bytes = builder.frame(transport: 4, bytes) }
    #expect(DecodedFrame(bytes, .raw).packets.count == 6)
    #expect(DecodedFrame(bytes, .raw).errors == [])
    for _ in 0..<200 { bytes = builder.frame(transport: 4, bytes) }
    let decoded = DecodedFrame(bytes, .raw)
    #expect(decoded.packets.count == 6)
    #expect(decoded.errors == [.tooMany(.tunnelDepth)])
  }

  @Test("an outer packet whose content is not IP carries no packet")
  func notIP() {
    let decoded = DecodedFrame(outer.frame(transport: 47, [0, 0, 8, 6] + payload))
    #expect(decoded.packets.map(\.carriesPacket) == [false])
    #expect(decoded.errors == [.unsupported(.etherType)])
  }
}

@Suite("Tunnels in datagrams")
struct DatagramTunnelTests {
  private func frame(_ port: UInt16, _ header: [UInt8], _ body: [UInt8] = ethernet(), from source: UInt16 = 40_000)
    -> [UInt8]
  {
    outer.udp(from: source, to: port, payload: header + body)
  }

  @Test("VXLAN: the network is part of the scope")
  func vxlan() {
    expect(frame(4_789, [8, 0, 0, 0, 0, 0, 42, 0]))
    expect(frame(8_472, [8, 0, 0, 0, 0, 0, 42, 0]))
    // With a group policy.
    expect(frame(4_789, [0x88, 0, 0, 9, 0, 0, 42, 0]))
    let first = DecodedFrame(frame(4_789, [8, 0, 0, 0, 0, 0, 42, 0])).packets[1].scope
    let other = DecodedFrame(frame(4_789, [8, 0, 0, 0, 0, 0, 43, 0])).packets[1].scope
    #expect(first & 0xff_ffff == 42)
    #expect(other & 0xff_ffff == 43)
    expect(frame(4_790, [0x0c, 0, 0, 3, 0, 0, 42, 0]))
    expect(frame(4_790, [0x0c, 0, 0, 1, 0, 0, 42, 0], ip()))
    expect(frame(4_790, [0x0c, 0, 0, 2, 0, 0, 42, 0], ip(innerSix)), innerSixLine)
    expect(frame(4_790, [0x0c, 0, 0, 4, 0, 0, 42, 0, 0x0f, 0xc2, 1, 1, 0, 0, 1, 255], ip()))
  }

  @Test("tags of a frame in a tunnel are its own; those around the tunnel distinguish networks")
  func innerTags() {
    var tagged = inner
    tagged.tags = [VLANTag(7)]
    var around = outer
    around.tags = [VLANTag(99)]
    let header: [UInt8] = [8, 0, 0, 0, 0, 0, 42, 0]
    let bytes = around.udp(from: 1, to: 4_789, payload: header + ethernet(tagged))
    #expect(DecodedFrame(bytes).packets.map(\.vlan) == [99, 7])
    let untagged = around.udp(from: 1, to: 4_789, payload: header + ethernet())
    #expect(DecodedFrame(untagged).packets.map(\.vlan) == [99, 0])
    let plain = DecodedFrame(frame(4_789, header)).packets[1].scope
    #expect(DecodedFrame(untagged).packets[1].scope != plain)
  }

  @Test("Geneve with options of every length")
  func geneve() {
    for words in [0, 1, 63] as [UInt8] {
      let options = [UInt8](repeating: 0, count: Int(words) * 4)
      expect(frame(6_081, [words, 0, 0x65, 0x58, 0, 0, 42, 0] + options))
    }
    expect(frame(6_081, [0, 0, 8, 0, 0, 0, 42, 0], ip()))
    expect(frame(6_081, [0, 0, 0x86, 0xdd, 0, 0, 42, 0], ip(innerSix)), innerSixLine)
  }

  @Test("Teredo: bare, with origin, with authentication; between clients by the prefix alone")
  func teredo() {
    expect(frame(3_544, [], ip(innerSix)), innerSixLine)
    let origin: [UInt8] = [0, 0, 1, 2, 3, 4, 5, 6]
    let authentication: [UInt8] = [0, 1, 2, 3, 9, 9, 9, 9, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    expect(frame(3_544, origin, ip(innerSix)), innerSixLine)
    expect(frame(3_544, authentication + origin, ip(innerSix)), innerSixLine)
    let peer = PacketBuilder(from: "2001:0:4136:e378:8000:63bf:3fff:fdd2", to: "2001:db8::9")
    expect(
      frame(50_001, [], Array(ethernet(peer).dropFirst(14))), "2001:0:4136:e378:8000:63bf:3fff:fdd2 > 2001:db8::9:443")
    #expect(DecodedFrame(frame(50_001, [], ip(innerSix))).packets.count == 1)
  }

  @Test("GTP: G-PDUs with sequence numbers and extensions; the tunnel end points are not part of the flow key")
  func gtp() {
    func header(_ flags: UInt8, _ body: [UInt8], tunnel: UInt8 = 1) -> [UInt8] {
      var bytes: [UInt8] = [flags, 255]
      bytes.appendUInt16(body.count)
      return bytes + [0, 0, 0, tunnel] + body
    }
    expect(frame(2_152, header(0x30, ip()), []))
    expect(frame(2_152, header(0x32, [0, 1, 0, 0] + ip()), []))
    expect(frame(2_152, header(0x34, [0, 0, 0, 0x85, 1, 0, 9, 0x85, 2, 0, 0, 0, 0, 0, 0, 0] + ip()), []))
    expect(frame(40_000, header(0x30, ip()), [], from: 2_152))
    let scopes = [1, 2].map { tunnel in
      DecodedFrame(frame(2_152, header(0x30, ip(), tunnel: tunnel), [])).packets[1].scope
    }
    #expect(scopes[0] == scopes[1])
    // An extension of length 0 would repeat forever; an echo carries nothing.
    #expect(DecodedFrame(frame(2_152, header(0x34, [0, 0, 0, 0x85, 0] + ip()), [])).packets.count == 1)
    var echo = header(0x32, [0, 1, 0, 0])
    echo[1] = 1
    #expect(DecodedFrame(frame(2_152, echo, [])).packets.map(\.carriesPacket) == [false])
  }

  @Test("L2TP: data messages with all their fields, no control messages")
  func layer2() {
    let ppp: [UInt8] = [0xff, 3, 0, 0x21] + ip()
    expect(frame(1_701, [0, 2, 0, 1, 0, 2], ppp))
    var header: [UInt8] = [0x4a, 2]
    header.appendUInt16(16 + ppp.count)
    header += [0, 1, 0, 2, 0, 0, 0, 0, 0, 2, 0, 0]
    expect(frame(1_701, header, ppp))
    #expect(DecodedFrame(frame(1_701, [0xc8, 2, 0, 12, 0, 1, 0, 0, 0, 0, 0, 0], [])).packets.count == 1)
  }

  @Test("GRE and MPLS in UDP, LISP, TZSP")
  func others() {
    expect(frame(4_754, [0, 0, 8, 0], ip()))
    expect(frame(6_635, [0, 1, 1, 64], ip()))
    expect(frame(4_341, [0x80, 0, 0, 0, 0, 0, 0, 0], ip()))
    expect(frame(37_008, [1, 0, 0, 1, 0, 10, 2, 1, 1, 1]))
  }

  @Test("a tunnel's port may carry anything: other content is neither a tunnel nor a fault")
  func notTunnels() {
    var chance = SeededGenerator(seed: 91)
    for port in [2_152, 3_544, 4_341, 4_754, 4_789, 4_790, 6_081, 6_635, 1_701, 37_008] as [UInt16] {
      for _ in 0..<500 {
        let noise = chance.bytes(Int.random(in: 0...60, using: &chance))
        let decoded = DecodedFrame(frame(port, noise, []))
        #expect(decoded.packets.map(\.carriesPacket) == [false])
        #expect(decoded.errors == [])
      }
    }
    // An inner packet whose stated length is longer than its datagram.
    var lying = ip()
    lying.setUInt16(lying.count + 1, at: 2)
    #expect(DecodedFrame(frame(4_341, [0x80, 0, 0, 0, 0, 0, 0, 0], lying)).packets.count == 1)
  }

  @Test("a packet whose stated length ends within its header is not a tunnel")
  func lyingLengths() {
    let ppp: [UInt8] = [0xff, 3, 0, 0x21] + ip()
    for length in 4...20 as ClosedRange<UInt8> {
      let header: [UInt8] = [0x4a, 2, 0, length, 0, 1, 0, 2, 0, 0, 0, 0, 0, 2, 0, 0]
      #expect(DecodedFrame(frame(1_701, header, ppp)).packets.map(\.carriesPacket) == [false])
    }
    for length in 0...27 as ClosedRange<UInt8> {
      let header: [UInt8] = [0x34, 255, 0, length, 0, 0, 0, 1, 0, 0, 0, 0x85, 1, 0, 9, 0]
      #expect(DecodedFrame(frame(2_152, header, ip())).packets.map(\.carriesPacket) == [false])
      let point: [UInt8] = [0x30, 0x81, 0x88, 0x0b, 0, length, 0, 9, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0x21]
      let decoded = DecodedFrame(outer.frame(transport: 47, point + ip()))
      #expect(decoded.packets.count == 1 && decoded.errors.count == 1 || length >= 22)
    }
  }

  @Test("the hardware address is given for hosts that tunnel themselves, not for tunnel end points")
  func hardware() {
    let header: [UInt8] = [8, 0, 0, 0, 0, 0, 42, 0]
    var other = inner
    other.sourceHardware = HardwareAddress(bits: 7)
    let own = outer.sourceHardware
    #expect(DecodedFrame(frame(4_789, header, ethernet(other))).packets.map(\.sourceHardware?.bits) == [own.bits, 7])
    #expect(DecodedFrame(outer.frame(transport: 4, ip())).packets.map(\.sourceHardware) == [own, nil])
    #expect(DecodedFrame(outer.frame(transport: 41, ip(innerSix))).packets.map(\.sourceHardware) == [own, own])
    #expect(DecodedFrame(frame(3_544, [], ip(innerSix))).packets.map(\.sourceHardware) == [own, own])
  }

  @Test("mutations of nested tunnels never trap and stay within the bounds")
  func mutations() {
    var chance = SeededGenerator(seed: 92)
    let vxlan = frame(4_789, [8, 0, 0, 0, 0, 0, 42, 0], outer.frame(transport: 47, [0, 0, 8, 0] + ip()))
    let gtp = outer.frame(
      transport: 47,
      [0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 7, 0, 1, 0, 0, 0, 0]
        + frame(2_152, [0x34, 255, 0, 41, 0, 0, 0, 1, 0, 0, 0, 0x85, 1, 0, 9, 0], ip()))
    for _ in 0..<20_000 {
      guard let original = [vxlan, gtp].randomElement(using: &chance) else { return }
      let bytes = chance.mutation(of: original)
      let decoded = DecodedFrame(bytes, originalLength: bytes.count + Int.random(in: 0...9, using: &chance))
      #expect(decoded.packets.count <= 8)
      for packet in decoded.packets {
        #expect(packet.payloadOffset >= 0 && packet.payloadOffset + packet.payloadCaptured <= bytes.count)
        #expect(packet.payloadCaptured <= packet.payloadLength)
      }
    }
  }
}
