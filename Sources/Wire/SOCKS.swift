import Model

/// A message of a client to a SOCKS proxy: version 4 and 4a (Ying-Da Lee, 1992), version 5 (RFC 1928, RFC 1929).
/// Lengths are in bytes.
public enum SOCKSMessage: Sendable, Equatable {
  /// Offer of authentication methods (RFC 1928 §3); credentials or the request follow.
  case greeting(length: Int)
  /// User name and password (RFC 1929 §2), which are not read; the request follows.
  case credentials(length: Int)
  /// The request to connect; the bytes of the proxied connection follow.
  case request(length: Int, host: String?, port: UInt16)
  /// Read again when at least this many bytes are there.
  case needsMore(Int)
  case notSOCKS

  /// Longest user name and host name of version 4, in bytes.
  static let longestText = 255

  /// Reads the beginning of a client's stream.
  public init(opening stream: RawSpan) {
    guard stream.byteCount > 0 else {
      self = .needsMore(2)
      return
    }
    switch stream.byte(0) {
    case 4: self = SOCKSMessage.version4(stream)
    case 5:
      guard stream.byteCount >= 2 else {
        self = .needsMore(2)
        return
      }
      let count = Int(stream.byte(1))
      guard (1...16).contains(count) else {
        self = .notSOCKS
        return
      }
      for index in 2..<2 + count where index < stream.byteCount {
        // Methods above 9 are not registered; 0x80 to 0xfe are private, 0xff means "no acceptable method".
        guard stream.byte(index) <= 9 || (0x80...0xfe).contains(stream.byte(index)) else {
          self = .notSOCKS
          return
        }
      }
      self = stream.byteCount >= 2 + count ? .greeting(length: 2 + count) : .needsMore(2 + count)
    default: self = .notSOCKS
    }
  }

  /// Reads what follows the greeting of version 5.
  public init(afterGreeting stream: RawSpan) {
    self = .notSOCKS
    guard stream.byteCount >= 2 else {
      self = .needsMore(2)
      return
    }
    switch (stream.byte(0), stream.byte(1)) {
    case (1, _):
      let passwordAt = 2 + Int(stream.byte(1))
      guard stream.byteCount > passwordAt else {
        self = .needsMore(passwordAt + 1)
        return
      }
      let end = passwordAt + 1 + Int(stream.byte(passwordAt))
      self = stream.byteCount >= end ? .credentials(length: end) : .needsMore(end)
    case (5, 1):
      // RFC 1928 §4: version, command, reserved, address type, address, port.
      guard stream.byteCount >= 5 else {
        self = .needsMore(5)
        return
      }
      guard stream.byte(2) == 0 else { return }
      // Address types: 1 is IPv4, 3 a host name, 4 IPv6.
      switch stream.byte(3) {
      case 1: self = SOCKSMessage.request(stream, textAt: nil, portAt: 8)
      case 3: self = SOCKSMessage.request(stream, textAt: 5, portAt: 5 + Int(stream.byte(4)))
      case 4: self = SOCKSMessage.request(stream, textAt: nil, portAt: 20)
      default: return
      }
    default: return
    }
  }

  private static func request(_ stream: RawSpan, textAt: Int?, portAt: Int) -> SOCKSMessage {
    guard stream.byteCount >= portAt + 2 else { return .needsMore(portAt + 2) }
    guard let textAt else { return .request(length: portAt + 2, host: nil, port: stream.uint16(portAt)) }
    let host = stream.extracting(textAt..<portAt)
    guard host.isHostLike else { return .notSOCKS }
    return .request(length: portAt + 2, host: host.latin1Text(), port: stream.uint16(portAt))
  }

  /// Version 1, command 1, port 2, address 4, user name up to a zero byte; for an address 0.0.0.x a host name up to a
  /// zero byte (4a).
  private static func version4(_ stream: RawSpan) -> SOCKSMessage {
    if stream.byteCount >= 2, stream.byte(1) != 1 { return .notSOCKS }
    guard stream.byteCount >= 9 else { return .needsMore(9) }
    guard stream.uint16(2) != 0 else { return .notSOCKS }
    let address = stream.uint32(4)
    let namesHost = address >> 8 == 0 && address != 0
    guard namesHost || address >> 24 != 0 else { return .notSOCKS }
    switch text(stream, from: 8) {
    case .needsMore(let needed): return .needsMore(needed)
    case .broken: return .notSOCKS
    case .end(let userEnd):
      guard namesHost else { return .request(length: userEnd + 1, host: nil, port: stream.uint16(2)) }
      switch text(stream, from: userEnd + 1) {
      case .needsMore(let needed): return .needsMore(needed)
      case .broken: return .notSOCKS
      case .end(let end):
        let host = stream.extracting(userEnd + 1..<end)
        return host.isHostLike
          ? .request(length: end + 1, host: host.latin1Text(), port: stream.uint16(2)) : .notSOCKS
      }
    }
  }

  private enum TextEnd {
    case end(Int)
    case needsMore(Int)
    case broken
  }

  /// The end of printable text that a zero byte terminates.
  private static func text(_ stream: RawSpan, from start: Int) -> TextEnd {
    var index = start
    while index < stream.byteCount, stream.byte(index) != 0 {
      guard stream.byte(index).isASCIIPrintable, index - start < longestText else { return .broken }
      index += 1
    }
    return index < stream.byteCount ? .end(index) : .needsMore(stream.byteCount + 1)
  }
}

extension RawSpan {
  /// Whether the text is not empty and has no character that host names and addresses cannot contain. Bytes beyond
  /// ASCII are accepted.
  fileprivate var isHostLike: Bool {
    for index in 0..<byteCount {
      let byte = byte(index)
      guard byte > UInt8(ascii: " "), byte != UInt8(ascii: "/"), byte != UInt8(ascii: "\\"), byte != 0x7f else {
        return false
      }
    }
    return byteCount > 0
  }
}
