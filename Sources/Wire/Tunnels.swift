import Model

/// Flags and version in the first two bytes of GRE (RFC 1701, RFC 2637 §4.1, RFC 2890 §2).
private enum GREFlag {
  static let checksum: UInt16 = 0x8000
  static let routing: UInt16 = 0x4000
  static let key: UInt16 = 0x2000
  static let sequence: UInt16 = 0x1000
  static let acknowledgment: UInt16 = 0x0080
  static let version: UInt16 = 0x0007
}

/// Flags of L2TP (RFC 2661 §3.1).
private enum Layer2TunnelFlag {
  static let control: UInt16 = 0x8000
  static let length: UInt16 = 0x4000
  static let sequence: UInt16 = 0x0800
  static let offset: UInt16 = 0x0200
  static let version: UInt16 = 0x000f
}

/// Next protocol of VXLAN-GPE and NSH (RFC 8300 §12.2.5).
private enum NextProtocol {
  static let ipv4: UInt8 = 1
  static let ipv6: UInt8 = 2
  static let ethernet: UInt8 = 3
  static let serviceHeader: UInt8 = 4
  static let mpls: UInt8 = 5
}

// Tunnels: packets and frames inside packets.
extension PacketDecoder {
  // MARK: Generic routing encapsulation

  /// RFC 2784 §2, RFC 2890 §2, RFC 1701, RFC 2637 §4.1: flags 2, protocol 2, then, depending on the flags, checksum and
  /// offset 4, key 4, sequence 4, routing, acknowledgment 4.
  mutating func readGRE(_ reader: inout ByteReader) throws(WireError) -> Layer? {
    let flags = try reader.readUInt16(.tunnelHeader)
    let type = try reader.readUInt16(.tunnelHeader)
    let hasKey = flags & GREFlag.key != 0
    let hasSequence = flags & GREFlag.sequence != 0
    switch flags & GREFlag.version {
    case 0: break
    case 1:
      // Point-to-point tunneling: the key is length 2 and call 2; without a sequence number there is no payload.
      guard hasKey, type == EtherType.ppp else { throw .badValue(.tunnelHeader) }
      let length = Int(try reader.readUInt16(.tunnelHeader))
      try reader.skip(2, .tunnelHeader)
      guard hasSequence else { return nil }
      try reader.skip(flags & GREFlag.acknowledgment != 0 ? 8 : 4, .tunnelHeader)
      enter(.gre)
      limit(to: length, reader)
      return .ppp
    default: throw .badValue(.tunnelHeader)
    }
    let hasRouting = flags & GREFlag.routing != 0
    if flags & GREFlag.checksum != 0 || hasRouting { try reader.skip(4, .tunnelHeader) }
    let key = hasKey ? try reader.readUInt32(.tunnelHeader) : 0
    if hasSequence { try reader.skip(4, .tunnelHeader) }
    if hasRouting {
      // RFC 1701: family 2, offset 1, length 1, content; an empty one ends the list. Each step takes at least four
      // bytes.
      while true {
        let family = try reader.readUInt16(.tunnelHeader)
        try reader.skip(1, .tunnelHeader)
        let length = Int(try reader.readUInt8(.tunnelHeader))
        if family == 0 && length == 0 { break }
        try reader.skip(length, .tunnelHeader)
      }
    }
    switch type {
    case EtherType.bridgedEthernet:
      // NVGRE (RFC 7637 §3.2): the upper 24 bits of the key are the virtual subnet, the same in both directions.
      enter(.gre, identifier: UInt64(key >> 8))
      leaveVLAN()
      return .ethernet
    case EtherType.mirroredSpan:
      // ERSPAN without sequence numbers is type I, which has no header.
      enter(.erspan)
      leaveVLAN()
      return hasSequence ? .erspan2 : .ethernet
    case EtherType.mirroredSpan3:
      enter(.erspan)
      leaveVLAN()
      return .erspan3
    case EtherType.redirected:
      enter(.gre)
      return .redirected
    case EtherType.arubaWireless:
      enter(.gre)
      return .wireless(padded: false)
    default:
      enter(.gre)
      return .etherType(type)
    }
  }

  /// ERSPAN type II (draft-foschiano-erspan §4.2): version 4 bits, VLAN 12, class 3, encapsulation 2, truncated 1,
  /// session 10, reserved 12, port 20.
  mutating func readERSPAN2(_ reader: inout ByteReader) throws(WireError) -> Layer? {
    guard try reader.readUInt8(.tunnelHeader) >> 4 == 1 else { throw .badValue(.tunnelHeader) }
    try reader.skip(7, .tunnelHeader)
    return .ethernet
  }

  /// ERSPAN type III (draft-foschiano-erspan §4.3): 4 bytes as in type II, then timestamp 4, security group 2, flags 2;
  /// eight more bytes if the last flag is set.
  mutating func readERSPAN3(_ reader: inout ByteReader) throws(WireError) -> Layer? {
    guard try reader.readUInt8(.tunnelHeader) >> 4 == 2 else { throw .badValue(.tunnelHeader) }
    try reader.skip(9, .tunnelHeader)
    let flags = try reader.readUInt16(.tunnelHeader)
    if flags & 1 != 0 { try reader.skip(8, .tunnelHeader) }
    switch flags >> 10 & 0x1f {
    case 0: return .ethernet
    case 2: return .internet
    default: throw .unsupported(.tunnelHeader)
    }
  }

  /// WCCP, by which routers redirect packets to a web cache: its second version puts four bytes before the packet.
  mutating func readRedirected(_ reader: inout ByteReader) throws(WireError) -> Layer? {
    guard reader.remaining > 0 else { throw reader.shortage(.tunnelHeader) }
    if reader.peek() >> 4 != 4 { try reader.skip(4, .tunnelHeader) }
    return .ipv4
  }

  /// RFC 3378 §3: version 4 bits, reserved 12.
  mutating func readEtherIP(_ reader: inout ByteReader) throws(WireError) -> Layer? {
    guard try reader.readUInt16(.tunnelHeader) >> 12 == 3 else { throw .badValue(.tunnelHeader) }
    enter(.etherIP)
    leaveVLAN()
    return .ethernet
  }

  // MARK: Overlay networks

  /// RFC 7348 §5: flags 1, reserved or group policy 3, network 3, reserved 1.
  mutating func readVXLAN(_ reader: inout ByteReader) throws(WireError) -> Layer? {
    guard try reader.readUInt8(.tunnelHeader) & 0x08 != 0 else { throw .badValue(.tunnelHeader) }
    try reader.skip(3, .tunnelHeader)
    enter(.vxlan, identifier: UInt64(try reader.readUInt24(.tunnelHeader)))
    try reader.skip(1, .tunnelHeader)
    leaveVLAN()
    return .ethernet
  }

  /// VXLAN-GPE (draft-ietf-nvo3-vxlan-gpe §3): flags 1, reserved 2, next protocol 1, network 3, reserved 1.
  mutating func readExtendedVXLAN(_ reader: inout ByteReader) throws(WireError) -> Layer? {
    let flags = try reader.readUInt8(.tunnelHeader)
    guard flags & 0x30 == 0, flags & 0x08 != 0 else { throw .badValue(.tunnelHeader) }
    try reader.skip(2, .tunnelHeader)
    let next = try reader.readUInt8(.tunnelHeader)
    enter(.vxlan, identifier: UInt64(try reader.readUInt24(.tunnelHeader)))
    try reader.skip(1, .tunnelHeader)
    leaveVLAN()
    guard flags & 0x04 != 0 else { return .ethernet }
    return try PacketDecoder.layer(nextProtocol: next)
  }

  private static func layer(nextProtocol: UInt8) throws(WireError) -> Layer {
    switch nextProtocol {
    case NextProtocol.ipv4: .ipv4
    case NextProtocol.ipv6: .ipv6
    case NextProtocol.ethernet: .ethernet
    case NextProtocol.serviceHeader: .serviceHeader
    case NextProtocol.mpls: .mpls
    default: throw .unsupported(.tunnelHeader)
    }
  }

  /// RFC 8926 §3.4: version 2 bits, length of options 6 in words of four bytes, flags 1, protocol 2, network 3,
  /// reserved 1, options.
  mutating func readGeneve(_ reader: inout ByteReader) throws(WireError) -> Layer? {
    let first = try reader.readUInt8(.tunnelHeader)
    guard first >> 6 == 0 else { throw .badValue(.tunnelHeader) }
    try reader.skip(1, .tunnelHeader)
    let type = try reader.readUInt16(.tunnelHeader)
    enter(.geneve, identifier: UInt64(try reader.readUInt24(.tunnelHeader)))
    try reader.skip(1 + Int(first & 0x3f) * 4, .tunnelHeader)
    leaveVLAN()
    return .etherType(type)
  }

  /// Network Service Header, NSH (RFC 8300 §2.2): version and flags 4 bits, time to live 6, length 6 in words of four
  /// bytes, …, next protocol 1.
  mutating func readServiceHeader(_ reader: inout ByteReader) throws(WireError) -> Layer? {
    let first = try reader.readUInt16(.tunnelHeader)
    let length = Int(first & 0x3f) * 4
    try reader.skip(1, .tunnelHeader)
    let next = try reader.readUInt8(.tunnelHeader)
    guard length >= 8 else { throw .badLength(.tunnelHeader) }
    try reader.skip(length - 4, .tunnelHeader)
    return try PacketDecoder.layer(nextProtocol: next)
  }

  /// LISP, the Locator/ID Separation Protocol (RFC 9300 §5.1): flags and nonce 4, instance or locator bits 4.
  mutating func readLocator(_ reader: inout ByteReader) throws(WireError) -> Layer? {
    try reader.skip(8, .tunnelHeader)
    enter(.locator)
    return .internet
  }

  // MARK: Teredo

  /// Whether a datagram can contain an IPv6 packet of Teredo: any at the port of Teredo, others (between two clients)
  /// if an address has the prefix 2001::/32.
  static func mayBeTeredo(_ payload: RawSpan, _ packet: Packet) -> Bool {
    guard payload.byteCount >= 40 else { return false }
    if packet.sourcePort == TunnelPort.teredo || packet.destinationPort == TunnelPort.teredo { return true }
    guard payload.byte(0) >> 4 == 6, Int(payload.uint16(4)) + 40 == packet.payloadLength else { return false }
    return payload.uint32(8) == 0x2001_0000 || payload.uint32(24) == 0x2001_0000
  }

  /// RFC 4380 §5.1.1: authentication and origin indication, both optional, then the IPv6 packet.
  mutating func readTeredo(_ reader: inout ByteReader) throws(WireError) -> Layer? {
    if reader.remaining >= 2, reader.peekUInt16() == 0x0001 {
      // Indicator 2, length of the client identifier 1, length of the authentication value 1, both of these, nonce 8,
      // confirmation 1.
      try reader.skip(2, .tunnelHeader)
      let identifier = Int(try reader.readUInt8(.tunnelHeader))
      let authentication = Int(try reader.readUInt8(.tunnelHeader))
      try reader.skip(identifier + authentication + 9, .tunnelHeader)
    }
    if reader.remaining >= 2, reader.peekUInt16() == 0 { try reader.skip(8, .tunnelHeader) }
    enter(.teredo)
    return .ipv6
  }

  // MARK: Mobile networks, layer 2 tunnels

  /// GTP-U, the user plane of mobile networks (3GPP TS 29.281 §5.1): flags 1, type 1, length 2, tunnel end point 4; if
  /// a flag is set, sequence number 2, N-PDU number 1 and next extension header 1.
  mutating func readGTP(_ reader: inout ByteReader) throws(WireError) -> Layer? {
    let flags = try reader.readUInt8(.tunnelHeader)
    guard flags >> 5 == 1, flags & 0x10 != 0 else { throw .badValue(.tunnelHeader) }
    // Type 255 (G-PDU) carries a packet; all others are messages between the nodes.
    guard try reader.readUInt8(.tunnelHeader) == 255 else { return nil }
    let length = Int(try reader.readUInt16(.tunnelHeader))
    try reader.skip(4, .tunnelHeader)
    limit(to: length, reader)
    if flags & 7 != 0 {
      try reader.skip(3, .tunnelHeader)
      var next = try reader.readUInt8(.tunnelHeader)
      // §5.2.1: length 1 in words of four bytes, content, next extension 1. Each step takes at least four bytes.
      while flags & 4 != 0, next != 0 {
        let words = Int(try reader.readUInt8(.tunnelHeader))
        guard words > 0 else { throw .badLength(.tunnelHeader) }
        try reader.skip(words * 4 - 2, .tunnelHeader)
        next = try reader.readUInt8(.tunnelHeader)
      }
    }
    enter(.gtp)
    return .internet
  }

  /// RFC 2661 §3.1: flags and version 2, length 2 if its flag is set, tunnel 2, session 2, then, depending on the
  /// flags, sequence numbers 4, offset 2 with padding.
  mutating func readLayer2Tunnel(_ reader: inout ByteReader) throws(WireError) -> Layer? {
    let flags = try reader.readUInt16(.tunnelHeader)
    guard flags & Layer2TunnelFlag.version == 2 else { throw .badValue(.tunnelHeader) }
    guard flags & Layer2TunnelFlag.control == 0 else { return nil }
    if flags & Layer2TunnelFlag.length != 0 {
      let length = Int(try reader.readUInt16(.tunnelHeader))
      guard length >= 4 else { throw .badLength(.tunnelHeader) }
      limit(to: length - 4, reader)
    }
    try reader.skip(4, .tunnelHeader)
    if flags & Layer2TunnelFlag.sequence != 0 { try reader.skip(4, .tunnelHeader) }
    if flags & Layer2TunnelFlag.offset != 0 {
      try reader.skip(Int(try reader.readUInt16(.tunnelHeader)), .tunnelHeader)
    }
    enter(.layer2)
    return .ppp
  }

  /// TZSP (TaZmen Sniffer Protocol), by which routers forward captured frames: version 1, type 1, encapsulation 2, then
  /// fields: kind 1, length 1, content.
  mutating func readSniffer(_ reader: inout ByteReader) throws(WireError) -> Layer? {
    guard try reader.readUInt16(.tunnelHeader) & 0xfffe == 0x0100 else { throw .badValue(.tunnelHeader) }
    let encapsulation = try reader.readUInt16(.tunnelHeader)
    // Kind 1 ends the list, kind 0 is padding; both have no length.
    while true {
      let kind = try reader.readUInt8(.tunnelHeader)
      if kind == 1 { break }
      if kind != 0 { try reader.skip(Int(try reader.readUInt8(.tunnelHeader)), .tunnelHeader) }
    }
    enter(.sniffer)
    leaveVLAN()
    switch encapsulation {
    case 1: return .ethernet
    case 0x12: return .wireless(padded: false)
    default: throw .unsupported(.tunnelHeader)
    }
  }

  /// A frame in a tunnel has VLAN tags of its own: the tag outside the tunnel becomes part of the scope.
  private mutating func leaveVLAN() {
    guard vlan != 0 else { return }
    scope = (scope << 12 | scope >> 52) ^ UInt64(vlan)
    vlan = 0
  }
}
