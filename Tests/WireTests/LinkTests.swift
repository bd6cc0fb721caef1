import Model
import TestSupport
import Testing
import Wire

private let inner = PacketBuilder(from: "10.0.0.5", to: "203.0.113.9")
private let innerSix = PacketBuilder(from: "fd00::5", to: "2001:db8::9")
private let payload: [UInt8] = [1, 2, 3, 4, 5]

/// A bare IP packet with a datagram to port 443.
private func ip(_ builder: PacketBuilder = inner) -> [UInt8] {
  var builder = builder
  builder.linkType = .raw
  return builder.udp(from: 50_000, to: 443, payload: payload)
}

private let one = ["10.0.0.5 > 203.0.113.9:443"]
private let oneSix = ["fd00::5 > 2001:db8::9:443"]
private let device = HardwareAddress(bits: 0x0200_0000_0001)
private let addresses: [UInt8] = [2, 0, 0, 0, 0, 0xfe, 2, 0, 0, 0, 0, 1]

/// Checks that the frame holds the datagram at the right place, that each shorter frame throws, and that a shorter
/// snapshot length is distinguished.
private func expect(
  _ header: [UInt8], _ link: LinkType, _ body: [UInt8] = ip(), hardware: HardwareAddress? = nil,
  _ location: SourceLocation = #_sourceLocation
) {
  let frame = header + body
  let decoded = DecodedFrame(frame, link)
  #expect(decoded.summary == (body[0] >> 4 == 4 ? one : oneSix), sourceLocation: location)
  guard let packet = decoded.packets.first else { return }
  #expect(packet.payloadOffset == frame.count - payload.count, sourceLocation: location)
  #expect(packet.payloadCaptured == payload.count, sourceLocation: location)
  #expect(packet.sourceHardware == hardware, sourceLocation: location)
  let headers = frame.count - payload.count
  for length in 0..<headers {
    let short = Array(frame.prefix(length))
    let cut = DecodedFrame(short, link, originalLength: frame.count)
    #expect(cut.packets.isEmpty, sourceLocation: location)
    #expect(cut.errors.count == 1, sourceLocation: location)
    if case .capturedShort = cut.errors.first {
    } else {
      Issue.record("\(cut.errors) at \(length)", sourceLocation: location)
    }
    let broken = DecodedFrame(short, link)
    #expect(broken.packets.isEmpty && broken.errors.count == 1, sourceLocation: location)
  }
}

@Suite("Links")
struct LinkTests {
  @Test("PPP: with and without address and control, with a protocol field of one byte, after a direction")
  func ppp() {
    expect([0xff, 3, 0, 0x21], .ppp)
    expect([0, 0x21], .ppp)
    expect([0x21], .ppp)
    expect([0xff, 3, 0, 0x57], .ppp, ip(innerSix))
    expect([0xff, 3, 0, 0x21], .pppSerial)
    expect([0, 3, 0, 0x21], .pppd)
    expect([1, 0xff, 3, 0, 0x21], .pppWithDirection)
    // Link control, compressed, encrypted.
    #expect(DecodedFrame([0xff, 3, 0xc0, 0x21, 1, 1], .ppp).errors == [.unsupported(.pppHeader)])
    #expect(DecodedFrame([0xff, 3, 0, 0xfd, 1, 1], .ppp).errors == [.unsupported(.pppHeader)])
    #expect(DecodedFrame([0xff, 3, 0, 0x53, 1, 1], .ppp).errors == [.encrypted(.pppHeader)])
  }

  @Test("Cisco HDLC, alone or among PPP")
  func hdlc() {
    expect([0x0f, 0, 8, 0], .ciscoHDLC)
    expect([0x8f, 0, 8, 0], .pppSerial)
    expect([0x0f, 0, 0x86, 0xdd], .ciscoHDLC, ip(innerSix))
  }

  @Test("PPP over Ethernet: the session is part of the scope, and bytes beyond the stated length are padding")
  func pppoe() {
    let body = ip()
    let header: [UInt8] = [0x11, 0, 0x12, 0x34, 0, UInt8(body.count + 2), 0, 0x21]
    expect(addresses + [0x88, 0x64] + header, .ethernet, hardware: device)
    expect(header, .pppOverEthernet)
    let padded = DecodedFrame(addresses + [0x88, 0x64] + header + body + [9, 9, 9])
    #expect(padded.packets.map(\.payloadCaptured) == [5])
    #expect(padded.packets[0].scope & 0xffff == 0x1234)
    var discovery = header
    discovery[1] = 9
    #expect(DecodedFrame(addresses + [0x88, 0x64] + discovery + body).errors == [.unsupported(.pppHeader)])
    discovery[0] = 0x21
    #expect(DecodedFrame(addresses + [0x88, 0x64] + discovery + body).errors == [.badValue(.pppHeader)])
    // A stated length that ends within the IP header.
    var short = header
    short[5] = 12
    #expect(DecodedFrame(addresses + [0x88, 0x64] + short + body).errors == [.truncated(.ipv4Header)])
  }

  @Test("802.3 with 802.2, with and without SNAP")
  func logicalLink() {
    let body = ip()
    expect(addresses + [0, UInt8(body.count + 8), 0xaa, 0xaa, 3, 0, 0, 0, 8, 0], .ethernet, hardware: device)
    expect(addresses + [0, UInt8(body.count + 3), 6, 6, 3], .ethernet, hardware: device)
    #expect(
      DecodedFrame(addresses + [0, 8, 0xaa, 0xaa, 3, 0, 0, 0x0c, 1, 8] + body).errors == [.unsupported(.logicalLink)])
    #expect(DecodedFrame(addresses + [0, 38, 0x42, 0x42, 3, 0, 0, 0]).errors == [.unsupported(.logicalLink)])
    // On Linux's cooked link the protocol 4 announces 802.2.
    expect(
      [0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0, 4, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0], .linuxCooked, hardware: device)
  }

  @Test("MPLS: by the IP version after the last label, with a pseudowire's control word, bounded")
  func mpls() {
    let bottom: [UInt8] = [0, 1, 0x01, 64]
    let upper: [UInt8] = [0, 1, 0x00, 64]
    expect(addresses + [0x88, 0x47] + upper + upper + bottom, .ethernet, hardware: device)
    expect(addresses + [0x88, 0x48] + bottom, .ethernet, ip(innerSix), hardware: device)
    expect(bottom, .mpls)
    expect(bottom + [0, 0, 0, 0] + addresses + [8, 0], .mpls, hardware: device)
    let many = Array(repeating: upper, count: 15).flatMap { $0 }
    expect(many + bottom, .mpls)
    #expect(DecodedFrame(many + upper + bottom + ip(), .mpls).errors == [.tooMany(.mplsLabel)])
    #expect(DecodedFrame(bottom + [0x70], .mpls).errors == [.unsupported(.mplsLabel)])
  }

  @Test("loopback and filter logs")
  func loopback() {
    expect([2, 0, 0, 0], .null)
    expect([0, 0, 0, 24], .loop, ip(innerSix))
    expect([0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0], .encapsulated)
    expect([1, 2] + [UInt8](repeating: 0, count: 22), .ipnet)
    // 61 bytes, padded to 64.
    expect([61] + [UInt8](repeating: 0, count: 63), .packetFilterLog)
    #expect(DecodedFrame([3] + ip(), .packetFilterLog).errors == [.badLength(.linkHeader)])
  }

  @Test("NFLOG in both byte orders, with the sender's hardware address if it is given")
  func netfilterLog() {
    let body = ip()
    let length = UInt8(body.count + 4)
    let prefix: [UInt8] = [2, 0, 0, 0, 8, 0, 1, 0, 8, 0, 1, 0, 5, 0, 10, 0, 0, 0, 0, 0]
    expect(prefix + [length, 0, 9, 0], .nflog)
    let hardware: [UInt8] = [16, 0, 8, 0, 0, 6, 0, 0, 2, 0, 0, 0, 0, 1, 0, 0]
    expect(prefix + hardware + [length, 0, 9, 0], .nflog, hardware: device)
    expect([0, 0, 0, 0, 0, 8, 0, 1, 8, 0, 1, 0, 0, length, 0, 9], .nflog)
    #expect(DecodedFrame([2, 0, 0, 0, 3, 0, 1, 0] + body, .nflog).errors == [.badLength(.linkHeader)])
    #expect(DecodedFrame([7, 0, 0, 0] + body, .nflog).errors == [.unsupported(.linkHeader)])
  }

  @Test("PKTAP of macOS and PPI give the link type of each frame")
  func nestedLinks() {
    expect([0, 0, 8, 0, 1, 0, 0, 0] + addresses + [8, 0], .perPacketInformation, hardware: device)
    expect([20, 0, 0, 0, 1, 0, 0, 0, 12, 0, 0, 0] + [UInt8](repeating: 0, count: 8), .packetTap)
    #expect(DecodedFrame([0, 0, 7, 0, 1, 0, 0, 0] + ip(), .perPacketInformation).errors == [.badLength(.linkHeader)])
    // Endlessly nested links are not read.
    let nested = Array(repeating: [0, 0, 8, 0, 192, 0, 0, 0] as [UInt8], count: 1_000).flatMap { $0 }
    #expect(DecodedFrame(nested, .perPacketInformation).errors == [.tooMany(.tunnelDepth)])
  }

  @Test("tags before the IP header: MACsec without encryption, security groups, backbone bridging")
  func tags() {
    expect(addresses + [0x88, 0xe5, 0, 0, 0, 0, 0, 1, 8, 0], .ethernet, hardware: device)
    expect(
      addresses + [0x88, 0xe5, 0x20, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 8, 0], .ethernet, hardware: device)
    #expect(
      DecodedFrame(addresses + [0x88, 0xe5, 0x2c] + [UInt8](repeating: 0, count: 40)).errors
        == [.encrypted(.linkHeader)])
    expect(addresses + [0x89, 0x09, 1, 1, 0, 1, 0, 7, 8, 0], .ethernet, hardware: device)
    expect(addresses + [0x88, 0xe7, 0, 0, 0, 5] + addresses + [8, 0], .ethernet, hardware: device)
  }

  @Test("an unsupported link type is reported as such")
  func unknown() {
    #expect(DecodedFrame(ip(), LinkType(rawValue: 189)).errors == [.unsupported(.linkHeader)])
    #expect(!LinkType(rawValue: 189).isSupported)
  }
}

@Suite("Wireless frames")
struct WirelessTests {
  private static let logical: [UInt8] = [0xaa, 0xaa, 3, 0, 0, 0, 8, 0]

  private static func address(_ last: UInt8) -> [UInt8] { [2, 0, 0, 0, 0, last] }

  /// A data frame whose addresses end in 1, 2, 3 and 4.
  private static func header(
    subtype: UInt8 = 0, flags: UInt8, control: [UInt8] = [], sequence: UInt16 = 0x1230, padding: Int = 0
  ) -> [UInt8] {
    let three = address(1) + address(2) + address(3)
    return [subtype << 4 | 8, flags, 0, 0] + three + [UInt8(sequence & 0xff), UInt8(sequence >> 8)]
      + (flags & 3 == 3 ? address(4) : []) + control + [UInt8](repeating: 0, count: padding)
  }

  private static func hardware(_ last: UInt64) -> HardwareAddress { HardwareAddress(bits: 0x0200_0000_0000 | last) }

  @Test("data frames: the direction determines which address is the sender's")
  func directions() {
    for (flags, sender) in [(0, 2), (1, 2), (2, 3), (3, 4)] as [(UInt8, UInt64)] {
      expect(
        WirelessTests.header(flags: flags) + WirelessTests.logical, .wireless, hardware: WirelessTests.hardware(sender))
    }
  }

  @Test("quality of service, high throughput control, radiotap's padding")
  func quality() {
    let sender = WirelessTests.hardware(2)
    expect(
      WirelessTests.header(subtype: 8, flags: 1, control: [0, 0]) + WirelessTests.logical, .wireless, hardware: sender)
    expect(
      WirelessTests.header(subtype: 8, flags: 0x81, control: [0, 0, 1, 2, 3, 4]) + WirelessTests.logical, .wireless,
      hardware: sender)
    let frame = WirelessTests.header(subtype: 8, flags: 1, control: [0, 0]) + [0, 0] + WirelessTests.logical
    // Presence bits 0 and 1: clock of eight bytes, flags with padding; then a second word of presence bits.
    let clock = [UInt8](repeating: 0, count: 8)
    expect([0, 0, 17, 0, 3, 0, 0, 0] + clock + [0x20] + frame, .radiotap, hardware: sender)
    expect(
      [0, 0, 25, 0, 3, 0, 0, 0x80, 0, 0, 0, 0] + [0, 0, 0, 0] + clock + [0x20] + frame, .radiotap, hardware: sender)
    expect([0, 0, 9, 0, 2, 0, 0, 0, 0x20] + frame, .radiotap, hardware: sender)
  }

  @Test("headers of adapters")
  func adapters() {
    let frame = WirelessTests.header(flags: 1) + WirelessTests.logical
    let sender = WirelessTests.hardware(2)
    expect([0, 0, 8, 0, 0, 0, 0, 0] + frame, .radiotap, hardware: sender)
    expect([0x44, 0, 0, 0, 144, 0, 0, 0] + [UInt8](repeating: 0, count: 136) + frame, .prism, hardware: sender)
    expect([0, 0, 0, 0x44, 0, 0, 0, 16] + [UInt8](repeating: 0, count: 8) + frame, .prism, hardware: sender)
    expect(
      [0x80, 0x21, 0x10, 1, 0, 0, 0, 64] + [UInt8](repeating: 0, count: 56) + frame, .wirelessAVS, hardware: sender)
    expect([0, 0, 8, 0, 105, 0, 0, 0] + frame, .perPacketInformation, hardware: sender)
    #expect(DecodedFrame([0, 0, 7, 0, 0, 0, 0, 0] + frame, .radiotap).errors == [.badLength(.linkHeader)])
    #expect(DecodedFrame([0, 0, 8, 0, 3, 0, 0, 0] + frame, .radiotap).errors == [.badLength(.linkHeader)])
    #expect(DecodedFrame([1, 0, 8, 0, 0, 0, 0, 0] + frame, .radiotap).errors == [.badValue(.linkHeader)])
    let endless = [0, 0, 255, 0] + [UInt8](repeating: 0xff, count: 400)
    #expect(DecodedFrame(endless, .radiotap).errors == [.tooMany(.linkHeader)])
  }

  @Test("protected frames cannot be examined, and frames without data have no content")
  func protected() {
    let body = WirelessTests.logical + ip()
    #expect(
      DecodedFrame(WirelessTests.header(flags: 0x41) + body, .wireless).errors == [.encrypted(.wirelessHeader)])
    // Null data, a beacon, an acknowledgment.
    for first in [0x48, 0x80, 0xd4] as [UInt8] {
      var frame = WirelessTests.header(flags: 0) + body
      frame[0] = first
      #expect(DecodedFrame(frame, .wireless).summary == [])
    }
    #expect(
      DecodedFrame(WirelessTests.header(flags: 1, sequence: 0x1231) + body, .wireless).errors
        == [.unsupported(.wirelessHeader)])
  }

  @Test("each frame of an aggregate is read, with its own sender")
  func aggregate() {
    func subframe(_ sender: UInt8, _ body: [UInt8]) -> [UInt8] {
      var bytes = WirelessTests.address(9) + WirelessTests.address(sender)
      bytes.appendPart16(WirelessTests.logical + body)
      return bytes + [UInt8](repeating: 0, count: -bytes.count & 3)
    }
    let header = WirelessTests.header(subtype: 8, flags: 1, control: [0x80, 0])
    let frame = header + subframe(5, ip()) + subframe(6, [0x70]) + subframe(7, ip())
    let decoded = DecodedFrame(frame, .wireless)
    #expect(decoded.summary == one + one + ["truncated(Wire.WireField.ipv4Header)"])
    #expect(decoded.packets.map(\.sourceHardware) == [WirelessTests.hardware(5), WirelessTests.hardware(7)])
    // Subframes without content: as many as fit, within the bound.
    let empty = header + [UInt8](repeating: 0, count: 16 * 1_000)
    #expect(DecodedFrame(empty, .wireless).errors.last == .tooMany(.tunnelDepth))
  }

  @Test("a frame that holds no packet stays without one, however often it is asked")
  func askedAgain() throws {
    // A beacon, which carries no data (IEEE 802.11 §9.3.3.2), and behind its control field the head of another one.
    let beacon: [UInt8] = [0x80, 0, 0x80, 0] + Array(repeating: 0, count: 60)
    let bytes = beacon.span.bytes
    var decoder = PacketDecoder(bytes, originalLength: beacon.count, linkType: .wireless)
    var packet = Packet()
    for _ in 0..<3 {
      let isThere = try decoder.next(&packet)
      #expect(!isThere)
    }
  }
}
