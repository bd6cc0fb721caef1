import Model
import TestSupport
import Testing
import Wire

private func decode(_ frame: [UInt8], _ linkType: LinkType = .ethernet, originalLength: Int? = nil) throws -> Packet {
  try Packet(decoding: frame.span.bytes, originalLength: originalLength ?? frame.count, linkType: linkType)
}

private let four = PacketBuilder(from: "10.1.2.3", to: "192.0.2.7")
private let six = PacketBuilder(from: "2001:db8::3", to: "2001:db8:ffff::7")
private let payload: [UInt8] = Array("hello".utf8)

@Suite("Headers of a frame are read")
struct PacketTests {
  static let links: [LinkType] = [.ethernet, .linuxCooked, .linuxCooked2, .null, .loop, .raw]

  @Test("TCP is read through every link type and both IP versions", arguments: links, [four, six].map(\.source))
  func tcp(link: LinkType, source: IPAddress) throws {
    var builder = source.isIPv4 ? four : six
    builder.linkType = link
    let frame = builder.tcp(
      from: 50_123, to: 443, flags: [.psh, .ack], sequence: 0xfeed_beef, acknowledgment: 0x0102_0304, optionWords: 3,
      payload: payload)
    let packet = try decode(frame, link)
    #expect(packet.source == builder.source)
    #expect(packet.destination == builder.destination)
    #expect(packet.transport == .tcp)
    #expect(packet.sourcePort == 50_123)
    #expect(packet.destinationPort == 443)
    #expect(packet.tcpFlags == [.psh, .ack])
    #expect(packet.tcpSequence == 0xfeed_beef)
    #expect(packet.tcpAcknowledgment == 0x0102_0304)
    #expect(packet.ipPayloadLength == 20 + 12 + 5)
    #expect(packet.payloadLength == 5)
    #expect(packet.payloadCaptured == 5)
    #expect(Array(frame[packet.payloadOffset...]) == payload)
    #expect(packet.vlan == 0)
    #expect(packet.scope == 0)
    #expect(packet.fragment == nil)
    #expect(!packet.isUnreachable)
    let showsHardware = [.ethernet, .linuxCooked, .linuxCooked2].contains(link)
    #expect(packet.sourceHardware == (showsHardware ? builder.sourceHardware : nil))
  }

  @Test("raw frames with a fixed IP version are read", arguments: [(LinkType.ipv4, four.source), (.ipv6, six.source)])
  func fixedVersion(link: LinkType, source: IPAddress) throws {
    var builder = source.isIPv4 ? four : six
    builder.linkType = link
    #expect(try decode(builder.udp(from: 5_000, to: 53, payload: payload), link).destinationPort == 53)
  }

  @Test("UDP is read, and padding of short Ethernet frames is not payload")
  func udp() throws {
    var frame = four.udp(from: 5_353, to: 53, payload: payload)
    frame += Array(repeating: 0xee, count: 60 - frame.count)
    let packet = try decode(frame)
    #expect(packet.transport == .udp)
    #expect(packet.sourcePort == 5_353)
    #expect(packet.destinationPort == 53)
    #expect(packet.ipPayloadLength == 13)
    #expect(packet.payloadLength == 5)
    #expect(packet.payloadCaptured == 5)
    #expect(Array(frame[packet.payloadOffset..<packet.payloadOffset + 5]) == payload)
  }

  @Test("the innermost VLAN names the network, outer tags are its scope")
  func tags() throws {
    var builder = four
    builder.tags = [VLANTag(42)]
    var packet = try decode(builder.udp(from: 1, to: 2, payload: payload))
    #expect(packet.vlan == 42)
    #expect(packet.scope == 0)
    builder.tags = [VLANTag(7, etherType: 0x88a8), VLANTag(42)]
    packet = try decode(builder.udp(from: 1, to: 2, payload: payload))
    #expect(packet.vlan == 42)
    #expect(packet.scope == 7)
    builder.tags = [VLANTag(7, etherType: 0x9100), VLANTag(8), VLANTag(42)]
    packet = try decode(builder.udp(from: 1, to: 2, payload: payload))
    #expect(packet.vlan == 42)
    #expect(packet.scope == 7 << 12 | 8)
    builder.linkType = .linuxCooked2
    builder.tags = [VLANTag(4_094)]
    #expect(try decode(builder.udp(from: 1, to: 2, payload: payload), .linuxCooked2).vlan == 4_094)
  }

  @Test("priority bits of a tag are not part of its identifier")
  func priority() throws {
    var builder = four
    builder.tags = [VLANTag(0xf02a)]
    #expect(try decode(builder.udp(from: 1, to: 2, payload: payload)).vlan == 42)
  }

  @Test("four tags are read, five are too many")
  func tagLimit() throws {
    var builder = four
    builder.tags = Array(repeating: VLANTag(9), count: 4)
    #expect(try decode(builder.udp(from: 1, to: 2, payload: payload)).vlan == 9)
    builder.tags.append(VLANTag(9))
    #expect(throws: WireError.tooMany(.vlanTag)) { try decode(builder.udp(from: 1, to: 2, payload: payload)) }
  }

  @Test("IPv4 options are skipped")
  func options() throws {
    var builder = four
    builder.ipv4OptionWords = 10
    let packet = try decode(builder.udp(from: 1, to: 2, payload: payload))
    #expect(packet.destinationPort == 2)
    #expect(packet.ipPayloadLength == 13)
  }

  @Test("IPv4 fragments have their offset and no ports, not even the first one")
  func ipv4Fragments() throws {
    var builder = four
    builder.identification = 77
    builder.ipv4Fragment = (0, true)
    var packet = try decode(builder.udp(from: 1_111, to: 2_222, payload: payload))
    #expect(packet.fragment == Packet.Fragment(identification: 77, offset: 0, hasMore: true))
    #expect(packet.sourcePort == 0)
    #expect(packet.payloadLength == 13)
    builder.ipv4Fragment = (1_480, false)
    packet = try decode(builder.frame(transport: 17, payload))
    #expect(packet.fragment == Packet.Fragment(identification: 77, offset: 1_480, hasMore: false))
    #expect(packet.transport == .udp)
    #expect(packet.payloadOffset == 34)
    #expect(packet.payloadLength == 5)
  }

  @Test("IPv6 fragments have their offset and no ports; an atomic one is whole")
  func ipv6Fragments() throws {
    var builder = six
    builder.ipv6Extensions = [.fragment(offset: 0, more: true, identification: 70_000)]
    var packet = try decode(builder.udp(from: 1_111, to: 2_222, payload: payload))
    #expect(packet.fragment == Packet.Fragment(identification: 70_000, offset: 0, hasMore: true))
    #expect(packet.sourcePort == 0)
    #expect(packet.ipPayloadLength == 13)
    // The fragmented part begins with another extension header, which belongs to the whole datagram.
    builder.ipv6Extensions.append(.destination(content: [1, 4, 0, 0, 0, 0]))
    packet = try decode(builder.udp(from: 1_111, to: 2_222, payload: payload))
    #expect(packet.transport.rawValue == 60)
    #expect(packet.payloadLength == 21)
    builder.ipv6Extensions = [.fragment(offset: 1_448, more: false, identification: 70_000)]
    packet = try decode(builder.frame(transport: 17, payload))
    #expect(packet.fragment == Packet.Fragment(identification: 70_000, offset: 1_448, hasMore: false))
    #expect(packet.payloadLength == 5)
    builder.ipv6Extensions = [.fragment(offset: 0, more: false, identification: 7)]
    packet = try decode(builder.udp(from: 1_111, to: 2_222, payload: payload))
    #expect(packet.fragment == nil)
    #expect(packet.sourcePort == 1_111)
  }

  @Test("every kind of IPv6 extension header is skipped")
  func extensions() throws {
    var builder = six
    builder.ipv6Extensions = [
      .hopByHop(content: [5, 2, 0, 0, 0, 0]), .destination(content: Array(repeating: 1, count: 30)),
      .routing(content: [0, 0, 0, 0, 0, 0]), .authentication(content: Array(repeating: 3, count: 22)),
      .fragment(offset: 0, more: false, identification: 1), .destination(content: [1, 4, 0, 0, 0, 0]),
    ]
    let packet = try decode(builder.tcp(from: 1, to: 443, flags: .syn))
    #expect(packet.transport == .tcp)
    #expect(packet.destinationPort == 443)
    #expect(packet.ipPayloadLength == 20)
  }

  @Test("ten IPv6 extension headers are read, eleven are too many")
  func extensionLimit() throws {
    var builder = six
    builder.ipv6Extensions = Array(repeating: .destination(content: []), count: 10)
    #expect(try decode(builder.tcp(from: 1, to: 443, flags: .syn)).destinationPort == 443)
    builder.ipv6Extensions.append(.destination(content: []))
    #expect(throws: WireError.tooMany(.ipv6Extension)) { try decode(builder.tcp(from: 1, to: 443, flags: .syn)) }
  }

  @Test("length fields of 0 mean the frame's own length (segmentation offload)")
  func zeroLengths() throws {
    var frame = four.tcp(from: 1, to: 443, flags: .ack, payload: payload)
    frame.setUInt16(0, at: 14 + 2)
    #expect(try decode(frame).payloadLength == 5)
    #expect(try decode(frame, originalLength: frame.count + 1_000).payloadLength == 1_005)
    frame = six.tcp(from: 1, to: 443, flags: .ack, payload: payload)
    frame.setUInt16(0, at: 14 + 4)
    #expect(try decode(frame).payloadLength == 5)
    frame = six.udp(from: 1, to: 443, payload: payload)
    frame.setUInt16(0, at: 14 + 4)
    frame.setUInt16(0, at: 14 + 40 + 4)
    #expect(try decode(frame).payloadLength == 5)
  }

  @Test("an unreachable message names the flow that it quotes", arguments: [four.source, six.source])
  func unreachable(source: IPAddress) throws {
    let builder = source.isIPv4 ? four : six
    let attempts = [
      (TransportProtocol.tcp, builder.tcp(from: 50_000, to: 443, flags: .syn)),
      (.udp, builder.udp(from: 50_000, to: 443, payload: payload)),
    ]
    for (transport, frame) in attempts {
      let message = builder.reversed.unreachable(code: source.isIPv4 ? 3 : 4, quoting: frame)
      let packet = try decode(message)
      #expect(packet.isUnreachable)
      #expect(packet.transport == (source.isIPv4 ? .icmp : .icmpv6))
      #expect(packet.quotedSource == builder.source)
      #expect(packet.quotedDestination == builder.destination)
      #expect(packet.quotedTransport == transport)
      #expect(packet.quotedSourcePort == 50_000)
      #expect(packet.quotedDestinationPort == 443)
    }
  }

  @Test("an unreachable message that quotes too little names no flow", arguments: [four.source, six.source])
  func shortQuote(source: IPAddress) throws {
    let builder = source.isIPv4 ? four : six
    let frame = builder.udp(from: 50_000, to: 443, payload: payload)
    let whole = (source.isIPv4 ? 20 : 40) + 4
    for quoted in 0...whole {
      let message = builder.reversed.unreachable(code: 1, quoting: frame, quotedBytes: quoted)
      #expect(try decode(message).isUnreachable == (quoted == whole))
    }
  }

  @Test("a packet that is too big for the path is not refused (RFC 1191)")
  func fragmentationNeeded() throws {
    let frame = four.udp(from: 50_000, to: 443, payload: payload)
    #expect(try !decode(four.reversed.unreachable(code: 4, quoting: frame)).isUnreachable)
  }

  @Test("other bytes are not IP")
  func notIP() {
    var arp = four.udp(from: 1, to: 2, payload: payload)
    arp.setUInt16(0x0806, at: 12)
    #expect(throws: WireError.unsupported(.etherType)) { try decode(arp) }
    #expect(throws: WireError.unsupported(.ipVersion)) { try decode([0x50, 0, 0, 0], .raw) }
    #expect(throws: WireError.unsupported(.linkHeader)) { try decode(arp, LinkType(rawValue: 147)) }
  }

  @Test("each false length or version is named")
  func lies() {
    func change(_ frame: [UInt8], _ body: (inout [UInt8]) -> Void) -> [UInt8] {
      var frame = frame
      body(&frame)
      return frame
    }
    let tcp4 = four.tcp(from: 1, to: 443, flags: .ack, payload: payload)
    let udp4 = four.udp(from: 1, to: 443, payload: payload)
    let tcp6 = six.tcp(from: 1, to: 443, flags: .ack, payload: payload)
    var chained = six
    chained.ipv6Extensions = [.hopByHop(content: [])]
    let cases: [(WireError, [UInt8])] = [
      (.badValue(.ipVersion), change(tcp4) { $0[14] = 0x65 }),
      (.badLength(.ipv4Header), change(tcp4) { $0[14] = 0x44 }),
      (.truncated(.ipv4Header), change(Array(tcp4.prefix(14 + 40))) { $0[14] = 0x4f }),
      (.badLength(.ipv4TotalLength), change(tcp4) { $0.setUInt16(19, at: 16) }),
      (.badLength(.tcpDataOffset), change(tcp4) { $0[14 + 20 + 12] = 0x40 }),
      (.badLength(.tcpDataOffset), change(tcp4) { $0[14 + 20 + 12] = 0xf0 }),
      (.truncated(.tcpHeader), change(tcp4) { $0.setUInt16(20 + 19, at: 16) }),
      (.badLength(.udpLength), change(udp4) { $0.setUInt16(7, at: 14 + 20 + 4) }),
      (.truncated(.udpHeader), change(udp4) { $0.setUInt16(20 + 7, at: 16) }),
      (.badValue(.ipVersion), change(tcp6) { $0[14] = 0x45 }),
      (.badLength(.ipv6Header), change(chained.tcp(from: 1, to: 2, flags: .syn)) { $0.setUInt16(7, at: 14 + 4) }),
      (.truncated(.ipv6Extension), change(chained.tcp(from: 1, to: 2, flags: .syn)) { $0[14 + 41] = 200 }),
    ]
    for (error, frame) in cases {
      // The IPv4 header of 60 bytes is false only if the frame has fewer.
      #expect(throws: error) { try decode(frame) }
    }
  }

  @Test("for a UDP length beyond the IP payload only the actual bytes count")
  func udpLengthBeyond() throws {
    var frame = four.udp(from: 1, to: 443, payload: payload)
    frame.setUInt16(9_999, at: 14 + 20 + 4)
    let packet = try decode(frame)
    #expect(packet.payloadLength == 5)
    #expect(packet.payloadCaptured == 5)
  }

  @Test("a frame cut by the snapshot length anywhere is short, never malformed", arguments: links)
  func capturedShort(link: LinkType) throws {
    for source in [four, six] {
      var builder = source
      builder.linkType = link
      if link == .ethernet { builder.tags = [VLANTag(3)] }
      if !source.source.isIPv4 { builder.ipv6Extensions = [.hopByHop(content: []), .destination(content: [])] }
      let frame = builder.tcp(from: 50_000, to: 443, flags: .ack, optionWords: 2, payload: payload)
      let transport = frame.count - 5 - 8 - 20
      for length in 0..<frame.count {
        let cut = Array(frame.prefix(length))
        if length < transport + 20 {
          let error = #expect(throws: WireError.self) { try decode(cut, link, originalLength: frame.count) }
          guard case .capturedShort = error else {
            Issue.record("\(String(describing: error)) at \(length) bytes")
            continue
          }
        } else {
          let packet = try decode(cut, link, originalLength: frame.count)
          #expect(packet.payloadLength == 5)
          #expect(packet.payloadCaptured == max(0, length - transport - 28))
          #expect(packet.payloadOffset + packet.payloadCaptured == length)
          #expect(packet.ipPayloadLength == 33)
        }
      }
    }
  }

  @Test("the missing fields of a frame truncated on the wire are named")
  func truncated() {
    var builder = four
    builder.tags = [VLANTag(3)]
    let frame = builder.tcp(from: 50_000, to: 443, flags: .ack, payload: payload)
    let fields: [(Range<Int>, WireError)] = [
      (0..<14, .truncated(.linkHeader)), (14..<16, .truncated(.vlanTag)), (16..<18, .truncated(.etherType)),
      (18..<38, .truncated(.ipv4Header)),
    ]
    for (lengths, error) in fields {
      for length in lengths { #expect(throws: error) { try decode(Array(frame.prefix(length))) } }
    }
    let frame6 = six.tcp(from: 50_000, to: 443, flags: .ack, payload: payload)
    for length in 14..<54 {
      #expect(throws: WireError.truncated(.ipv6Header)) { try decode(Array(frame6.prefix(length))) }
    }
  }
}
