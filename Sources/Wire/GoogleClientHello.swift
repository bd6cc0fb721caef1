/// CHLO, the client hello of Google's QUIC Crypto handshake, as far as naming needs it.
public struct GoogleClientHello: Sendable, Equatable {
  public var serverName: String?

  private static let maximumEntries = 128

  /// `CHLO`.
  private static let tag: UInt32 = 0x4348_4c4f
  /// `SNI` and a zero.
  private static let serverNameTag: UInt32 = 0x534e_4900

  /// Reads a message that begins with `CHLO`: tag 4, number of entries 2, padding 2; for each entry its tag 4 and the
  /// end offset of its value 4, both little-endian; then the values.
  public init?(_ message: RawSpan) {
    guard message.byteCount >= 8, message.uint32(0) == GoogleClientHello.tag else { return nil }
    let entries = Int(message.uint16(4).byteSwapped)
    let values = 8 + entries * 8
    guard entries <= GoogleClientHello.maximumEntries, message.byteCount >= values else { return nil }
    var start = 0
    for index in 0..<entries {
      let at = 8 + index * 8
      let end = Int(message.uint32(at + 4).byteSwapped)
      guard end >= start else { return nil }
      if message.uint32(at) == GoogleClientHello.serverNameTag {
        guard values + end <= message.byteCount else { return nil }
        serverName = message.extracting(values + start..<values + end).hostName()
        return
      }
      start = end
    }
  }

  /// Whether a datagram has the public header of Google QUIC before version 44: flags with the version bit, a
  /// connection ID of eight bytes, and the version, `Q0` and two digits.
  public static func hasPublicHeader(_ datagram: RawSpan) -> Bool {
    guard datagram.byteCount >= 13, datagram.byte(0) & 0xc9 == 0x09 else { return false }
    let version = datagram.uint32(9)
    return version >> 16 == 0x5130 && (0x30...0x39).contains(version >> 8 & 0xff)
      && (0x30...0x39).contains(version & 0xff)
  }

  /// Looks for a CHLO in a first packet of Q046 or older, which is not encrypted: header, hash of 12 bytes, stream
  /// frame, message.
  public init?(inClearPacket packet: RawSpan) {
    // The longest connection IDs, packet number, hash and frame header together.
    let furthest = min(packet.byteCount - 8, 80)
    guard furthest > 0 else { return nil }
    for offset in 0..<furthest where packet.uint32(offset) == GoogleClientHello.tag {
      self.init(packet.extracting(offset..<packet.byteCount))
      return
    }
    return nil
  }
}
