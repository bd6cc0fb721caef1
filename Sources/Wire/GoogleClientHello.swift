/// CHLO of Google's own QUIC handshake, as far as naming needs it.
public struct GoogleClientHello: Sendable, Equatable {
  public var serverName: String?

  private static let maximumEntries = 128

  /// `CHLO`.
  private static let tag: UInt32 = 0x4348_4c4f
  /// `SNI` and a zero.
  private static let serverNameTag: UInt32 = 0x534e_4900

  /// Reads a message that begins with `CHLO`: tag 4, entries 2, padding 2, then tag and end offset of each, little-endian, then values.
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

  /// Whether a datagram has the public header of Google's versions before the 44th: flags with the version bit, an id of eight
  /// bytes, and the version, `Q0` and two digits.
  public static func hasPublicHeader(_ datagram: RawSpan) -> Bool {
    guard datagram.byteCount >= 13, datagram.byte(0) & 0xc9 == 0x09 else { return false }
    let version = datagram.uint32(9)
    return version >> 16 == 0x5130 && (0x30...0x39).contains(version >> 8 & 0xff)
      && (0x30...0x39).contains(version & 0xff)
  }

  /// Looks for a CHLO in a packet of Q046 or older, whose first packets are not encrypted: header, hash of 12 bytes, stream frame, message.
  public init?(inClearPacket packet: RawSpan) {
    /// Longest connection ids, packet number, hash and frame header together.
    let furthest = min(packet.byteCount - 8, 80)
    guard furthest > 0 else { return nil }
    for offset in 0..<furthest where packet.uint32(offset) == GoogleClientHello.tag {
      self.init(packet.extracting(offset..<packet.byteCount))
      return
    }
    return nil
  }
}
