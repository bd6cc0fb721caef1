/// First messages of virtual private networks, as far as they can be recognised reliably.
public enum PrivateNetworkHandshake {
  /// Handshake initiation and response of WireGuard (Donenfeld 2017, §5.4): type, three zeros, and a length that no
  /// other message has.
  public static func isWireGuard(_ datagram: RawSpan, lengthOnWire: Int) -> Bool {
    guard lengthOnWire == 148 || lengthOnWire == 92, datagram.byteCount >= 4 else { return false }
    return datagram.uint32(0) == (lengthOnWire == 148 ? 0x0100_0000 : 0x0200_0000)
  }

  /// IKE (RFC 7296 §3.1): the header states the length of the datagram. On port 4500 it follows four zeros (RFC 3948
  /// §2.2).
  public static func isIKE(_ datagram: RawSpan, lengthOnWire: Int, hasMarker: Bool) -> Bool {
    let start = hasMarker ? 4 : 0
    guard datagram.byteCount >= start + 28, !hasMarker || datagram.uint32(0) == 0, datagram.uint64(start) != 0
    else { return false }
    // Version 1.0 or 2.x.
    return [1, 2].contains(datagram.byte(start + 17) >> 4)
      && Int(datagram.uint32(start + 24)) == lengthOnWire - start
  }

  /// ESP in UDP on port 4500 (RFC 3948 §2.1): a security parameters index of at least 256 (RFC 4303 §2.1), a sequence
  /// number, and at least one cipher block.
  public static func isEncapsulatedESP(_ datagram: RawSpan, lengthOnWire: Int) -> Bool {
    datagram.byteCount >= 8 && lengthOnWire >= 24 && datagram.uint32(0) >= 256
  }

  /// A control message of L2TP, version 2 or 3 (RFC 2661 §3.1, RFC 3931 §4.1.2.1): the flags of a control message, and
  /// the length of the datagram.
  public static func isL2TP(_ datagram: RawSpan, lengthOnWire: Int) -> Bool {
    datagram.byteCount >= 12 && datagram.uint16(0) & 0xc80f | 1 == 0xc803 && Int(datagram.uint16(2)) == lengthOnWire
  }

  /// The control connection of PPTP (RFC 2637 §2.1): length 2, message type 2, which is 1, magic cookie 4.
  public static func isPPTP(_ stream: RawSpan) -> Bool {
    stream.byteCount >= 8 && stream.uint16(2) == 1 && stream.uint32(4) == 0x1a2b_3c4d
  }

  /// The first message of an OpenVPN client: hard reset, version 2 or 3, key 0, with a length that one of the ways of
  /// authentication gives.
  public static func isOpenVPNClientReset(_ message: RawSpan, lengthOnWire: Int) -> Bool {
    guard message.byteCount >= 14 else { return false }
    switch message.byte(0) {
    case 0x38:
      // Opcode 1, session ID 8, number of acknowledgments 1, packet number 4; tls-auth adds 8 and a digest of 20, 32 or
      // 64 bytes, tls-crypt 40.
      if lengthOnWire == 14 { return message.byte(9) == 0 && message.uint32(10) == 0 }
      return [42, 54, 86].contains(lengthOnWire)
    case 0x50: return lengthOnWire > 54 + 256
    default: return false
    }
  }

  /// The answer of an OpenVPN server: hard reset, key 0, long enough to acknowledge the client's.
  public static func isOpenVPNServerReset(_ message: RawSpan, lengthOnWire: Int) -> Bool {
    message.byteCount >= 14 && message.byte(0) == 0x40 && lengthOnWire >= 26
  }
}
