import Model

/// IPv4 header (RFC 791 §3.1), checked by `init`, so that the getters cannot fail.
struct IPv4Header: ~Escapable {
  private let bytes: RawSpan

  /// Checks 20 <= header length <= captured bytes.
  @_lifetime(copy packet)
  init(_ packet: RawSpan, isCapturedShort: Bool) throws(WireError) {
    guard packet.byteCount >= 20 else {
      throw isCapturedShort ? .capturedShort(.ipv4Header) : .truncated(.ipv4Header)
    }
    guard packet.byte(0) >> 4 == 4 else { throw .badValue(.ipVersion) }
    let length = Int(packet.byte(0) & 0x0f) * 4
    guard length >= 20 else { throw .badLength(.ipv4Header) }
    guard length <= packet.byteCount else {
      throw isCapturedShort ? .capturedShort(.ipv4Header) : .truncated(.ipv4Header)
    }
    bytes = packet
  }

  var headerLength: Int { Int(bytes.byte(0) & 0x0f) * 4 }
  /// Header and payload in bytes; 0 if the network card will cut the segment (TCP segmentation offload).
  var totalLength: Int { Int(bytes.uint16(2)) }
  var identification: UInt16 { bytes.uint16(4) }
  var moreFragments: Bool { bytes.byte(6) & 0x20 != 0 }
  /// In bytes.
  var fragmentOffset: Int { Int(bytes.uint16(6) & 0x1fff) * 8 }
  var transport: UInt8 { bytes.byte(9) }
  var source: IPAddress { IPAddress(v4: bytes.uint32(12)) }
  var destination: IPAddress { IPAddress(v4: bytes.uint32(16)) }
}

/// IPv6 header with its chain of extension headers (RFC 8200 §3, §4), up to the header of a fragment.
struct IPv6Header {
  var source: IPAddress
  var destination: IPAddress
  /// Fixed header and the extension headers that were read, in bytes.
  var headerLength: Int
  /// Payload behind these headers in bytes, as the length field states; nil for a jumbogram or segmentation offload
  /// (field 0).
  var payloadLength: Int?
  /// Protocol number of what follows these headers: the transport or, in a fragment, the next header of the whole
  /// packet.
  var transport: UInt8
  var fragmentOffset = 0
  var moreFragments = false
  var identification: UInt32 = 0

  init(_ packet: RawSpan, isCapturedShort: Bool) throws(WireError) {
    var reader = ByteReader(packet, isCapturedShort: isCapturedShort)
    guard try reader.readUInt8(.ipv6Header) >> 4 == 6 else { throw .badValue(.ipVersion) }
    try reader.skip(3, .ipv6Header)
    let statedLength = Int(try reader.readUInt16(.ipv6Header))
    let next = try reader.readUInt8(.ipv6Header)
    try reader.skip(1, .ipv6Header)
    let addresses = try reader.readBytes(32, .ipv6Header)
    source = IPAddress(high: addresses.uint64(0), low: addresses.uint64(8))
    destination = IPAddress(high: addresses.uint64(16), low: addresses.uint64(24))
    let extensions = try ExtensionHeaders(&reader, first: next)
    transport = extensions.next
    fragmentOffset = extensions.fragmentOffset
    moreFragments = extensions.moreFragments
    identification = extensions.identification
    headerLength = reader.position
    if statedLength == 0 {
      payloadLength = nil
    } else {
      guard statedLength >= headerLength - 40 else { throw .badLength(.ipv6Header) }
      payloadLength = statedLength - (headerLength - 40)
    }
  }

  /// RFC 6946: an atomic fragment is a whole packet.
  var isFragment: Bool { fragmentOffset != 0 || moreFragments }
}

/// A chain of IPv6 extension headers (RFC 8200 §4), read up to the transport or the header of a fragment.
struct ExtensionHeaders {
  /// Protocol number of what follows.
  var next: UInt8
  var fragmentOffset = 0
  var moreFragments = false
  var identification: UInt32 = 0

  /// Most extension headers that are read. RFC 8200 §4.1 has six kinds, each at most once or twice; more are hostile.
  static let maximum = 10

  init(_ reader: inout ByteReader, first: UInt8) throws(WireError) {
    next = first
    var count = 0
    while true {
      switch next {
      case ProtocolNumber.hopByHopOptions, ProtocolNumber.routing, ProtocolNumber.destinationOptions,
        ProtocolNumber.mobility, ProtocolNumber.hostIdentity, ProtocolNumber.shim6:
        // Next header 1, length in 8-byte units less one.
        let following = try reader.readUInt8(.ipv6Extension)
        let length = (Int(try reader.readUInt8(.ipv6Extension)) + 1) * 8
        try reader.skip(length - 2, .ipv6Extension)
        next = following
      case ProtocolNumber.authentication:
        next = try ExtensionHeaders.readAuthentication(&reader)
      case ProtocolNumber.fragment:
        // RFC 8200 §4.5: next header 1, reserved 1, offset 13 bits, reserved 2 bits, more 1 bit, identification 4.
        let following = try reader.readUInt8(.ipv6Extension)
        try reader.skip(1, .ipv6Extension)
        let field = try reader.readUInt16(.ipv6Extension)
        identification = try reader.readUInt32(.ipv6Extension)
        fragmentOffset = Int(field & 0xfff8)
        moreFragments = field & 1 == 1
        next = following
        if field & 0xfff9 != 0 { return }
      default:
        return
      }
      count += 1
      guard count <= ExtensionHeaders.maximum else { throw .tooMany(.ipv6Extension) }
    }
  }

  /// Authentication header (RFC 4302 §2): next header 1, length in 4-byte units less two, …
  ///
  /// - Returns: protocol number of what follows.
  static func readAuthentication(_ reader: inout ByteReader) throws(WireError) -> UInt8 {
    let following = try reader.readUInt8(.ipv6Extension)
    let length = (Int(try reader.readUInt8(.ipv6Extension)) + 2) * 4
    try reader.skip(length - 2, .ipv6Extension)
    return following
  }
}

/// Protocol numbers, including those of IPv6 extension headers (IANA, "Assigned Internet Protocol Numbers").
enum ProtocolNumber {
  static let hopByHopOptions: UInt8 = 0
  /// IPv4 in IP (RFC 2003).
  static let ipv4: UInt8 = 4
  /// IPv6 in IP (RFC 4213).
  static let ipv6: UInt8 = 41
  static let routing: UInt8 = 43
  static let fragment: UInt8 = 44
  static let gre: UInt8 = 47
  static let authentication: UInt8 = 51
  static let destinationOptions: UInt8 = 60
  /// Ethernet in IP (RFC 3378).
  static let etherIP: UInt8 = 97
  /// Mobility of IPv6 (RFC 6275).
  static let mobility: UInt8 = 135
  /// MPLS in IP (RFC 4023).
  static let mpls: UInt8 = 137
  /// Host Identity Protocol, HIP (RFC 7401).
  static let hostIdentity: UInt8 = 139
  static let shim6: UInt8 = 140
}

/// Messages of ICMP (RFC 792) and ICMPv6 (RFC 4443) that quote a packet that did not arrive.
enum ICMPType {
  /// Destination unreachable of ICMP.
  static let unreachable: UInt8 = 3
  /// Code of `unreachable`: the packet is too big and may not be fragmented (RFC 1191).
  static let fragmentationNeeded: UInt8 = 4
  /// Destination unreachable of ICMPv6.
  static let unreachable6: UInt8 = 1
}

/// UDP ports at which tunnels end (IANA, "Service Name and Transport Protocol Port Number Registry").
enum TunnelPort {
  /// L2TP (RFC 2661).
  static let layer2Tunnel: UInt16 = 1_701
  /// GTP-U of mobile networks (3GPP TS 29.281).
  static let gtp: UInt16 = 2_152
  /// Teredo (RFC 4380).
  static let teredo: UInt16 = 3_544
  /// LISP (RFC 9300).
  static let locator: UInt16 = 4_341
  /// GRE in UDP (RFC 8086).
  static let gre: UInt16 = 4_754
  static let vxlan: UInt16 = 4_789
  /// VXLAN with other payloads than Ethernet, VXLAN-GPE.
  static let extendedVXLAN: UInt16 = 4_790
  /// Geneve (RFC 8926).
  static let geneve: UInt16 = 6_081
  /// MPLS in UDP (RFC 7510).
  static let mpls: UInt16 = 6_635
  /// VXLAN at the default port of Linux, chosen before the registration.
  static let unregisteredVXLAN: UInt16 = 8_472
  /// TZSP (TaZmen Sniffer Protocol), by which routers forward captured frames.
  static let sniffer: UInt16 = 37_008
}
