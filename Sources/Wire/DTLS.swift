/// A datagram that begins with a DTLS handshake record (RFC 6347 §4.1, §4.2.2; RFC 9147 §4, §5.2).
public enum DTLSDatagram {
  /// Several records lie side by side in a datagram, and several fragments in a record.
  package static let maximumFragments = 64
  package static let recordHeader = 13
  package static let handshakeHeader = 12

  /// Whether a datagram begins with a handshake record that is not encrypted: cheap, and rarely wrong.
  public static func isHandshake(_ datagram: RawSpan) -> Bool {
    // Versions are 254.x; epoch 0 is not encrypted.
    datagram.byteCount >= recordHeader + handshakeHeader && datagram.byte(0) == TLSContentType.handshake
      && datagram.byte(1) == 0xfe && datagram.byte(2) >= 0xfc && datagram.uint16(3) == 0
  }

  /// Whether that record begins with a ClientHello.
  public static func isClientHello(_ datagram: RawSpan) -> Bool {
    isHandshake(datagram) && datagram.byte(recordHeader) == TLSHandshakeType.clientHello
  }
}
