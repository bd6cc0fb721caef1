import Model

/// One message of a protocol that begins in plain text and can change to TLS (STARTTLS): SMTP, IMAP, POP3, FTP, NNTP,
/// Sieve, IRC and the PROXY protocol (lines), XMPP (elements), LDAP, PostgreSQL, MySQL, TDS and RDP (messages with a
/// length).
///
/// Reading such a stream message by message finds the ClientHello regardless of segment boundaries, also if the client
/// sends it without waiting for the server's answer.
public enum PlainOpening: Sendable, Equatable {
  /// A message of this length in bytes, which TLS may follow.
  case message(Int)
  case notPlain
  /// Too little yet; nothing changes before the stream holds this many bytes.
  case needsMore(Int)

  /// Longest line in bytes. RFC 5321 §4.5.3.1.4 allows 512; lines of IMAP can be longer, but not before TLS.
  static let maximumLine = 1_024
  static let maximumMessage = 4_096
  /// Longest beginning of an LDAP message up to the tag of its operation: tag, length, message ID with tag and length,
  /// tag.
  private static let longestDirectoryHead = 1 + 5 + 6 + 1

  /// - Parameters:
  ///   - stream: at least one byte.
  ///   - scanned: bytes that an earlier call read before it returned `needsMore`.
  /// - Complexity: linear in the bytes from `scanned` on, at most `maximumMessage`.
  public init(_ stream: RawSpan, scanned: Int = 0) {
    let first = stream.byte(0)
    switch first {
    case 0x00: self = PlainOpening.exact(stream, length: 8) { PlainOpening.isPostgreSQLRequest(stream) }
    case 0x03: self = PlainOpening.readRemoteDesktop(stream)
    case 0x12: self = PlainOpening.readTabularData(stream)
    case 0x20: self = PlainOpening.exact(stream, length: 36) { PlainOpening.isMySQLRequest(stream) }
    case DERTag.sequence.rawValue:
      // While it could be an LDAP message, earlier calls did not look for a line.
      let seen = scanned < PlainOpening.longestDirectoryHead ? 0 : scanned
      self = PlainOpening.readDirectoryMessage(stream) ?? PlainOpening.readLine(stream, seen)
    case UInt8(ascii: "<"): self = PlainOpening.readElement(stream, scanned)
    case UInt8(ascii: "\n"), UInt8(ascii: "\r"): self = .message(1)
    case UInt8(ascii: "!")...UInt8(ascii: "~"): self = PlainOpening.readLine(stream, scanned)
    default: self = .notPlain
    }
  }

  /// A message of a fixed length.
  private static func exact(_ stream: RawSpan, length: Int, _ isOne: () -> Bool) -> PlainOpening {
    guard stream.byteCount >= length else { return .needsMore(length) }
    return isOne() ? .message(length) : .notPlain
  }

  private static func readLine(_ stream: RawSpan, _ scanned: Int) -> PlainOpening {
    let end = min(stream.byteCount, maximumLine)
    var start = min(scanned, end)
    while start + 8 <= end, isPrintable(stream.uint64(start)) { start += 8 }
    for index in start..<end {
      switch stream.byte(index) {
      case UInt8(ascii: "\n"): return .message(index + 1)
      case UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: " ")...UInt8(ascii: "~"): break
      default: return .notPlain
      }
    }
    return end < maximumLine ? .needsMore(stream.byteCount + 1) : .notPlain
  }

  /// Whether all eight bytes are between space and `~`: most of a line is skipped by this test.
  private static func isPrintable(_ bytes: UInt64) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let high = 0x80 &* ones
    // Below 0x20 the subtraction borrows, from 0x7f on the addition carries, each into the highest bit of its byte;
    // above 0x7f it is set already.
    return ((bytes &- 0x20 &* ones) | (bytes &+ ones) | bytes) & high == 0
  }

  /// XMPP (RFC 6120 §4, §5): reads up to the end of a tag. A `>` in an attribute only splits a message in two.
  private static func readElement(_ stream: RawSpan, _ scanned: Int) -> PlainOpening {
    let end = min(stream.byteCount, maximumMessage)
    for index in min(scanned, end)..<end {
      let byte = stream.byte(index)
      if byte == UInt8(ascii: ">") { return .message(index + 1) }
      guard
        byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
          || byte >= UInt8(ascii: " ")
      else { return .notPlain }
    }
    return end < maximumMessage ? .needsMore(stream.byteCount + 1) : .notPlain
  }

  /// LDAP (RFC 4511 §4.1.1): a sequence of a message ID and an operation, such as the extended request StartTLS
  /// (§4.14).
  ///
  /// - Returns: nil if it is no LDAP message.
  private static func readDirectoryMessage(_ stream: RawSpan) -> PlainOpening? {
    guard stream.byteCount >= 2 else { return .needsMore(2) }
    var length = Int(stream.byte(1))
    var start = 2
    if length > 0x80 {
      let size = length & 0x7f
      guard size <= 4 else { return nil }
      start += size
      guard stream.byteCount >= start else { return .needsMore(start) }
      length = (2..<start).reduce(0) { $0 << 8 | Int(stream.byte($1)) }
    }
    guard length >= 5, length <= maximumMessage, length != 0x80 else { return nil }
    guard stream.byteCount >= start + 2 else { return .needsMore(start + 2) }
    let idLength = Int(stream.byte(start + 1))
    guard stream.byte(start) == 2, (1...4).contains(idLength) else { return nil }
    let operation = start + 2 + idLength
    guard stream.byteCount > operation else { return .needsMore(operation + 1) }
    // Operations are tags of the application class.
    guard stream.byte(operation) & 0xc0 == 0x40 else { return nil }
    return .message(start + length)
  }

  /// SSLRequest and GSSENCRequest (PostgreSQL, "Message Formats"): length 4, which is eight, and a request code 4.
  private static func isPostgreSQLRequest(_ stream: RawSpan) -> Bool {
    stream.uint32(0) == 8 && (stream.uint32(4) == 80_877_103 || stream.uint32(4) == 80_877_104)
  }

  /// SSLRequest of MySQL: length 3, which is 32, packet number 1, and the capability flag CLIENT_SSL, 0x0800;
  /// little-endian.
  private static func isMySQLRequest(_ stream: RawSpan) -> Bool {
    stream.uint32(0) == 0x2000_0001 && stream.byte(5) & 0x08 != 0
  }

  /// Connection request of X.224 in TPKT (RFC 1006 §6).
  private static func readRemoteDesktop(_ stream: RawSpan) -> PlainOpening {
    guard stream.byteCount >= 6 else { return .needsMore(6) }
    let length = Int(stream.uint16(2))
    guard stream.byte(1) == 0, (11...maximumMessage).contains(length), stream.byte(5) == 0xe0 else { return .notPlain }
    return .message(length)
  }

  /// PRELOGIN of TDS (MS-TDS §2.2.3.1, §2.2.6.5): type 0x12, status 1, length 2, …. TLS records follow inside further
  /// such packets, of which only the header is skipped.
  private static func readTabularData(_ stream: RawSpan) -> PlainOpening {
    guard stream.byteCount >= 9 else { return .needsMore(9) }
    let length = Int(stream.uint16(2))
    guard stream.byte(1) <= 1, length > 8, length <= 32_767, stream.byte(7) == 0 else { return .notPlain }
    return .message(stream.byte(8) == 22 ? 8 : length)
  }
}
