import Model

/// IPv4 header (RFC 791 §3.1), checked once: the getters cannot fail afterwards.
struct IPv4Header: ~Escapable {
  private let bytes: RawSpan

  /// Proves 20 <= header length <= captured bytes.
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
  /// Header and payload; 0 where the sender's card cuts segments (TCP segmentation offload).
  var totalLength: Int { Int(bytes.uint16(2)) }
  var identification: UInt16 { bytes.uint16(4) }
  var moreFragments: Bool { bytes.byte(6) & 0x20 != 0 }
  /// In bytes.
  var fragmentOffset: Int { Int(bytes.uint16(6) & 0x1fff) * 8 }
  var transport: UInt8 { bytes.byte(9) }
  var source: IPAddress { IPAddress(v4: bytes.uint32(12)) }
  var destination: IPAddress { IPAddress(v4: bytes.uint32(16)) }
}

/// IPv6 header with its chain of extension headers (RFC 8200 §3, §4), up to a fragment header that splits the packet.
struct IPv6Header {
  var source: IPAddress
  var destination: IPAddress
  /// Fixed header and the extension headers that were read, in bytes.
  var headerLength: Int
  /// Payload behind these headers as the header states it; nil for a jumbogram or offload (length field 0).
  var payloadLength: Int?
  /// What begins behind these headers: a transport, or in a fragment whatever the whole packet goes on with.
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

/// A chain of IPv6 extension headers (RFC 8200 §4), read up to the transport or to a fragment header that splits the packet.
struct ExtensionHeaders {
  /// Protocol number of what follows.
  var next: UInt8
  var fragmentOffset = 0
  var moreFragments = false
  var identification: UInt32 = 0

  /// RFC 8200 §4.1 knows six kinds, each at most once or twice; more is hostile.
  static let maximum = 10

  init(_ reader: inout ByteReader, first: UInt8) throws(WireError) {
    next = first
    var count = 0
    while true {
      switch next {
      case 0, 43, 60, 135, 139, 140:
        // Hop-by-hop, routing, destination, mobility, HIP, Shim6: next header 1, length in 8-byte units less one.
        let following = try reader.readUInt8(.ipv6Extension)
        let length = (Int(try reader.readUInt8(.ipv6Extension)) + 1) * 8
        try reader.skip(length - 2, .ipv6Extension)
        next = following
      case 51:
        next = try ExtensionHeaders.readAuthentication(&reader)
      case 44:
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
