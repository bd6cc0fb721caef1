/// Datagrams that begin with a DTLS handshake record (RFC 6347 §4.1, §4.2.2; RFC 9147 §4, §5.2).
public enum DTLSDatagram {
  /// Most handshake fragments that are read of a datagram, which may hold several records of several fragments.
  package static let maximumFragments = 64
  /// Length of a record header in epoch 0, in bytes (RFC 6347 §4.1).
  package static let recordHeader = 13
  /// Length of a handshake message's header, in bytes (RFC 6347 §4.2.2).
  package static let handshakeHeader = 12

  /// Whether a datagram begins with a handshake record that is not encrypted: a cheap test of the record's header,
  /// rarely wrong.
  public static func isHandshake(_ datagram: RawSpan) -> Bool {
    // DTLS versions begin with 254; records of epoch 0 are not encrypted.
    datagram.byteCount >= recordHeader + handshakeHeader && datagram.byte(0) == TLSContentType.handshake
      && datagram.byte(1) == 0xfe && datagram.byte(2) >= 0xfc && datagram.uint16(3) == 0
  }

  /// Whether that record begins with a ClientHello.
  public static func isClientHello(_ datagram: RawSpan) -> Bool {
    isHandshake(datagram) && datagram.byte(recordHeader) == TLSHandshakeType.clientHello
  }
}
