import Model

/// Request line and header section of an HTTP/1 request (RFC 9112 §2 to §5), as far as naming and framing need them.
public struct HTTPRequestHead: Sendable, Equatable {
  public var method: String
  /// `Host` field as sent, including a port; nil if there is none.
  public var host: String?
  /// Authority of an absolute-form target or of CONNECT, as sent, including a port; nil for other targets.
  public var targetAuthority: String?
  /// The authority of the target, or the host, is longer than any host name with a port. It is not kept.
  public var hasOverlongName = false
  /// Body length in bytes by `Content-Length`; nil if unknown (chunked), 0 if there is no body.
  public var bodyLength: Int?
  /// The body uses the chunked transfer coding (RFC 9112 §7.1).
  public var isChunked = false
  /// The request asks for another protocol on this connection (RFC 9110 §7.8), such as WebSocket.
  public var isUpgrade: Bool
  /// The protocol asked for is WebSocket (RFC 6455 §4.1): no further request follows.
  public var isWebSocket = false
  /// Bytes of the head, including the empty line.
  public var length: Int
  /// The head was cut by the snapshot length or by loss.
  public var isCut: Bool

  public var isConnect: Bool { method == "CONNECT" }

  /// Most field lines that are read; bounds the work for a hostile head.
  static let maximumFields = 256
}

/// The result of reading the beginning of a stream as an HTTP/1 request.
public enum HTTPOpening: Sendable, Equatable {
  case request(HTTPRequestHead)
  case notHTTP
  /// The end of the head is missing; read again when the stream holds at least this many bytes.
  case needsMore(Int)
}

extension HTTPOpening {
  /// Longest head that is waited for, in bytes. Servers refuse longer ones too (8 KiB are usual).
  public static let maximumHead = 16_384

  /// Reads the beginning of a stream.
  ///
  /// - Parameters:
  ///   - scanned: bytes that an earlier call read before it returned `needsMore`.
  ///   - isComplete: no more bytes will come; a cut head is read as far as it is there.
  public init(_ stream: RawSpan, scanned: Int = 0, isComplete: Bool = false) {
    guard HTTPRequestHead.mayBegin(stream) else {
      self = .notHTTP
      return
    }
    guard HTTPRequestHead.mayHaveRequestLine(stream, scanned: scanned) else {
      self = .notHTTP
      return
    }
    guard let end = HTTPRequestHead.endOfHead(stream, from: max(scanned - 3, 0)) else {
      if isComplete || stream.byteCount >= HTTPOpening.maximumHead {
        self = HTTPRequestHead(stream, isCut: true).map(HTTPOpening.request) ?? .notHTTP
      } else {
        self = .needsMore(stream.byteCount + 1)
      }
      return
    }
    self = HTTPRequestHead(stream.extracting(0..<end), isCut: false).map(HTTPOpening.request) ?? .notHTTP
  }
}

extension HTTPRequestHead {
  /// Longest method in bytes (`VERSION-CONTROL` has 15, `UPDATEREDIRECTREF` 17).
  static let maximumMethod = 20

  /// Whether the stream begins with upper-case letters (or `-`, `_`) up to a space; also true while the space has not
  /// arrived yet.
  static func mayBegin(_ stream: RawSpan) -> Bool {
    for index in 0..<min(stream.byteCount, maximumMethod + 1) {
      let byte = stream.byte(index)
      if byte == UInt8(ascii: " ") { return index >= 3 }
      guard byte.isASCIIUppercase || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") else { return false }
    }
    return stream.byteCount <= maximumMethod
  }

  /// False if the first line is complete but no request line: other protocols begin with a word and a space too (`EHLO
  /// host` of SMTP).
  ///
  /// Only a line that ends behind `scanned` is examined, so that segments of one byte cost no more than others.
  static func mayHaveRequestLine(_ stream: RawSpan, scanned: Int = 0) -> Bool {
    guard var end = stream.firstOffset(of: UInt8(ascii: "\n"), from: scanned) else { return true }
    // This is a later line: an earlier call has examined the first one.
    guard stream.extracting(0..<min(scanned, end)).firstOffset(of: UInt8(ascii: "\n"), from: 0) == nil else {
      return true
    }
    if end > 0, stream.byte(end - 1) == UInt8(ascii: "\r") { end -= 1 }
    // RFC 9112 §2.3: the line ends with the version.
    return end >= 9 && stream.byte(end - 9) == UInt8(ascii: " ")
      && stream.extracting(end - 8..<end).starts(with: "HTTP/1.")
  }

  /// The offset behind the empty line, nil if there is none yet; bare line feeds are tolerated (RFC 9112 §2.2).
  static func endOfHead(_ stream: RawSpan, from start: Int) -> Int? {
    var start = start
    let count = stream.byteCount
    while let index = stream.firstOffset(of: UInt8(ascii: "\n"), from: start) {
      if index + 1 < count, stream.byte(index + 1) == UInt8(ascii: "\n") { return index + 2 }
      if index + 2 < count, stream.byte(index + 1) == UInt8(ascii: "\r"), stream.byte(index + 2) == UInt8(ascii: "\n") {
        return index + 3
      }
      start = index + 1
    }
    return nil
  }

  init?(_ head: RawSpan, isCut: Bool) {
    self.init(
      method: "", host: nil, targetAuthority: nil, bodyLength: 0, isUpgrade: false, length: head.byteCount,
      isCut: isCut)
    var lineStart = 0
    var fields = 0
    var isFirst = true
    var isFramed = false
    while lineStart < head.byteCount, fields <= HTTPRequestHead.maximumFields {
      let end = head.firstOffset(of: UInt8(ascii: "\n"), from: lineStart) ?? head.byteCount
      let isWholeLine = end < head.byteCount
      var textEnd = end
      if textEnd > lineStart, isWholeLine, head.byte(textEnd - 1) == UInt8(ascii: "\r") { textEnd -= 1 }
      let line = head.extracting(lineStart..<textEnd)
      if isFirst {
        // If the line's end is missing, the target may be cut in the middle of a name.
        guard isWholeLine, readRequestLine(line) else { return nil }
        isFirst = false
      } else if isWholeLine {
        readField(line, isFramed: &isFramed)
      }
      fields += 1
      lineStart = end + 1
    }
    guard !isFirst else { return nil }
  }

  private mutating func readRequestLine(_ line: RawSpan) -> Bool {
    var firstSpace = 0
    while firstSpace < line.byteCount, line.byte(firstSpace) != UInt8(ascii: " ") { firstSpace += 1 }
    var lastSpace = line.byteCount - 1
    while lastSpace > firstSpace, line.byte(lastSpace) != UInt8(ascii: " ") { lastSpace -= 1 }
    guard firstSpace > 0, lastSpace > firstSpace else { return false }
    // RFC 9112 §2.3. Other protocols with such a line (RTSP, SIP) have other versions.
    let version = line.extracting(lastSpace + 1..<line.byteCount)
    guard version.byteCount == 8, version.starts(with: "HTTP/1.") else { return false }
    method = line.extracting(0..<firstSpace).latin1Text()
    let target = line.extracting(firstSpace + 1..<lastSpace)
    if isConnect {
      targetAuthority = target.withoutUserInformation().authority()
      hasOverlongName = targetAuthority == nil
    } else if let start = target.endOfScheme() {
      var end = start
      while end < target.byteCount, !"/?#".utf8.contains(target.byte(end)) { end += 1 }
      let authority = target.extracting(start..<end).withoutUserInformation()
      if authority.byteCount > 0 {
        targetAuthority = authority.authority()
        hasOverlongName = targetAuthority == nil
      }
    }
    return true
  }

  /// - Parameter isFramed: an earlier field has determined the body's length, or that it is unknown.
  private mutating func readField(_ line: RawSpan, isFramed: inout Bool) {
    guard let colon = line.firstOffset(of: UInt8(ascii: ":"), from: 0), colon > 0 else { return }
    let name = line.extracting(0..<colon)
    var start = colon + 1
    while start < line.byteCount, line.byte(start) == UInt8(ascii: " ") || line.byte(start) == UInt8(ascii: "\t") {
      start += 1
    }
    var end = line.byteCount
    while end > start, line.byte(end - 1) == UInt8(ascii: " ") || line.byte(end - 1) == UInt8(ascii: "\t") { end -= 1 }
    let value = line.extracting(start..<end)
    if name.equalsIgnoringCase("host") {
      if host == nil, value.byteCount > 0 {
        host = value.withoutUserInformation().authority()
        if host == nil { hasOverlongName = true }
      }
    } else if name.equalsIgnoringCase("content-length") {
      // RFC 9112 §6.3: a transfer coding overrides the length, and contradictory lengths are invalid.
      let length = value.decimal()
      bodyLength = !isFramed || length == bodyLength ? length : nil
      isFramed = true
    } else if name.equalsIgnoringCase("transfer-encoding") {
      bodyLength = nil
      isFramed = true
      // RFC 9112 §6.3: chunked frames the body only if it is the last coding.
      let last = value.extracting(max(value.byteCount - 7, 0)..<value.byteCount)
      isChunked = last.equalsIgnoringCase("chunked")
    } else if name.equalsIgnoringCase("upgrade") {
      isUpgrade = true
      isWebSocket = value.equalsIgnoringCase("websocket")
    }
  }
}

/// One element of the chunked transfer coding (RFC 9112 §7.1). Lengths are in bytes.
public enum HTTPChunk: Sendable, Equatable {
  /// A chunk: size line, data, and the line end behind the data.
  case chunk(length: Int)
  /// The line of the last chunk; trailer fields follow.
  case last(length: Int)
  /// A trailer field line.
  case trailer(length: Int)
  /// The empty line: the next request may follow.
  case end(length: Int)
  /// Read again when at least this many bytes are there.
  case needsMore(Int)
  case broken

  /// Longest line in bytes: extensions and trailer fields are hardly used.
  static let longestLine = 4_096

  /// Reads a size line or, behind the last chunk, a trailer line.
  public init(_ bytes: RawSpan, isTrailer: Bool) {
    var end = 0
    while end < bytes.byteCount, bytes.byte(end) != UInt8(ascii: "\n") { end += 1 }
    guard end < min(bytes.byteCount, HTTPChunk.longestLine) else {
      self = bytes.byteCount < HTTPChunk.longestLine ? .needsMore(bytes.byteCount + 1) : .broken
      return
    }
    let hasReturn = end > 0 && bytes.byte(end - 1) == UInt8(ascii: "\r")
    if isTrailer {
      self = end == (hasReturn ? 1 : 0) ? .end(length: end + 1) : .trailer(length: end + 1)
      return
    }
    var size = 0
    var digits = 0
    while digits < end, let digit = bytes.byte(digits).hexadecimalDigit {
      size = size << 4 | digit
      digits += 1
      // Ten digits are a terabyte: no sender means it.
      guard digits <= 10 else { break }
    }
    let following = digits < end ? bytes.byte(digits) : UInt8(ascii: "\r")
    guard (1...10).contains(digits), "\r; \t".utf8.contains(following) else {
      self = .broken
      return
    }
    self = size == 0 ? .last(length: end + 1) : .chunk(length: end + 1 + size + (hasReturn ? 2 : 1))
  }
}

extension UInt8 {
  fileprivate var hexadecimalDigit: Int? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(self - UInt8(ascii: "0"))
    case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(self - UInt8(ascii: "A") + 10)
    case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(self - UInt8(ascii: "a") + 10)
    default: nil
    }
  }
}

extension RawSpan {
  fileprivate func starts(with text: StaticString) -> Bool {
    guard byteCount >= text.utf8CodeUnitCount else { return false }
    for index in 0..<text.utf8CodeUnitCount where byte(index) != text.utf8Start[index] { return false }
    return true
  }

  /// Compares without regard to ASCII case; `text` must be lower case.
  fileprivate func equalsIgnoringCase(_ text: StaticString) -> Bool {
    guard byteCount == text.utf8CodeUnitCount else { return false }
    for index in 0..<byteCount {
      if byte(index).asciiLowercased != text.utf8Start[index] { return false }
    }
    return true
  }

  /// The part behind the last `@` of an authority: user information is personal, and not part of the name.
  @_lifetime(copy self)
  fileprivate func withoutUserInformation() -> RawSpan {
    var start = 0
    while let index = firstOffset(of: UInt8(ascii: "@"), from: start) { start = index + 1 }
    return extracting(start..<byteCount)
  }

  /// The bytes as a decimal number; nil for anything but 1 to 15 digits.
  fileprivate func decimal() -> Int? {
    guard (1...15).contains(byteCount) else { return nil }
    var value = 0
    for index in 0..<byteCount {
      guard byte(index).isASCIIDigit else { return nil }
      value = value * 10 + Int(byte(index) - UInt8(ascii: "0"))
    }
    return value
  }

  /// The offset behind `scheme://` (RFC 3986 §3.1); nil if there is none.
  fileprivate func endOfScheme() -> Int? {
    var index = 0
    while index < min(byteCount, 16), byte(index) != UInt8(ascii: ":") {
      guard byte(index).isASCIILetter else { return nil }
      index += 1
    }
    guard index > 0, index + 2 < byteCount, byte(index) == UInt8(ascii: ":"), byte(index + 1) == UInt8(ascii: "/"),
      byte(index + 2) == UInt8(ascii: "/")
    else { return nil }
    return index + 3
  }
}
