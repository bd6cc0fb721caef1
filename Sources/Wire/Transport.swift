/// TCP header flags (RFC 9293 §3.1).
@frozen
public struct TCPFlags: OptionSet, Sendable, Hashable {
  public var rawValue: UInt8

  @inlinable
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  @inlinable public static var fin: TCPFlags { TCPFlags(rawValue: 0x01) }
  @inlinable public static var syn: TCPFlags { TCPFlags(rawValue: 0x02) }
  @inlinable public static var rst: TCPFlags { TCPFlags(rawValue: 0x04) }
  @inlinable public static var psh: TCPFlags { TCPFlags(rawValue: 0x08) }
  @inlinable public static var ack: TCPFlags { TCPFlags(rawValue: 0x10) }
}

/// TCP header (RFC 9293 §3.1), checked by `init`, so that the getters cannot fail.
struct TCPHeader: ~Escapable {
  private let bytes: RawSpan

  /// Checks that the fixed 20 bytes are there. Options are not read; the snapshot length may cut them.
  @_lifetime(copy segment)
  init(_ segment: RawSpan, isCapturedShort: Bool) throws(WireError) {
    guard segment.byteCount >= 20 else {
      throw isCapturedShort ? .capturedShort(.tcpHeader) : .truncated(.tcpHeader)
    }
    guard segment.byte(12) >> 4 >= 5 else { throw .badLength(.tcpDataOffset) }
    bytes = segment
  }

  var sourcePort: UInt16 { bytes.uint16(0) }
  var destinationPort: UInt16 { bytes.uint16(2) }
  var sequence: UInt32 { bytes.uint32(4) }
  var acknowledgment: UInt32 { bytes.uint32(8) }
  /// 20 to 60 bytes.
  var headerLength: Int { Int(bytes.byte(12) >> 4) * 4 }
  var flags: TCPFlags { TCPFlags(rawValue: bytes.byte(13)) }
  var window: UInt16 { bytes.uint16(14) }
  var checksum: UInt16 { bytes.uint16(16) }
}

/// UDP header (RFC 768), checked by `init`, so that the getters cannot fail.
struct UDPHeader: ~Escapable {
  static let length = 8
  private let bytes: RawSpan

  /// Checks that eight bytes are there, and that the length field is 0 (jumbogram, RFC 2675 §4) or at least 8.
  @_lifetime(copy datagram)
  init(_ datagram: RawSpan, isCapturedShort: Bool) throws(WireError) {
    guard datagram.byteCount >= UDPHeader.length else {
      throw isCapturedShort ? .capturedShort(.udpHeader) : .truncated(.udpHeader)
    }
    let stated = datagram.uint16(4)
    guard stated == 0 || stated >= 8 else { throw .badLength(.udpLength) }
    bytes = datagram
  }

  var sourcePort: UInt16 { bytes.uint16(0) }
  var destinationPort: UInt16 { bytes.uint16(2) }
  /// Header and data in bytes; 0 for a jumbogram.
  var statedLength: Int { Int(bytes.uint16(4)) }
  var checksum: UInt16 { bytes.uint16(6) }
}
