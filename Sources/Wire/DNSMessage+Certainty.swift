import Model

extension DNSMessage {
  /// Whether a datagram on any port is a DNS query beyond doubt: one question of class IN for a host-like name, no
  /// answers, nothing behind it but EDNS, and no extra byte.
  public static func isCertainlyQuery(_ message: RawSpan) -> Bool {
    // Query, no error, no flags but RD, AD and CD; one question, no answers, no authorities, at most one additional
    // record.
    guard message.byteCount >= 12 + 5 + 4, message.uint16(2) & ~0x0130 == 0, message.uint16(4) == 1,
      message.uint32(6) == 0, message.uint16(10) <= 1
    else { return false }
    var offset = 12
    var labels = 0
    while offset < message.byteCount, message.byte(offset) != 0 {
      let length = Int(message.byte(offset))
      guard length <= 63, offset + 1 + length < message.byteCount else { return false }
      for index in offset + 1...offset + length {
        let byte = message.byte(index)
        guard byte.isASCIIAlphanumeric || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") else { return false }
      }
      offset += 1 + length
      labels += 1
    }
    let end = offset + 5
    // All types in use are below 512; class 1 is IN.
    guard labels >= 2, offset - 12 <= 254, end <= message.byteCount, (1..<512).contains(message.uint16(offset + 1)),
      message.uint16(offset + 3) == 1
    else { return false }
    if message.uint16(10) == 0 { return end == message.byteCount }
    // EDNS (RFC 6891 §6.1.2): name 1 (root), type 2, payload size 2, extended RCODE and flags 4, length of the options
    // 2.
    return message.byteCount >= end + 11 && message.byte(end) == 0 && message.uint16(end + 1) == 41
      && end + 11 + Int(message.uint16(end + 9)) == message.byteCount
  }
}
