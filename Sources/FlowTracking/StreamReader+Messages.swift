import Model
import Streams
import Wire

// Reading of the messages of a stream, by protocol.
extension StreamReader {
  /// Reads the message with which the bytes begin.
  ///
  /// - Parameters:
  ///   - scan: how far earlier calls have searched the bytes.
  ///   - isComplete: no bytes will follow: a cut message is read as far as it is there.
  mutating func interpret(
    _ bytes: RawSpan, scan: StreamBuffer.Scan, isComplete: Bool, _ context: inout StreamContext
  ) -> Interpretation {
    if let framed = interpretFramed(bytes, isComplete: isComplete, &context) { return framed }
    switch context.direction {
    case .originator: return interpretRequest(bytes, scan: scan, isComplete: isComplete, &context)
    case .responder: return interpretAnswer(bytes, scan: scan, isComplete: isComplete, &context)
    }
  }

  /// - Returns: nil if the bytes are the beginning of a TLS or HTTP/1 message, or of nothing known.
  private mutating func interpretFramed(
    _ bytes: RawSpan, isComplete: Bool, _ context: inout StreamContext
  ) -> Interpretation? {
    switch framing {
    case .unknown:
      switch context.direction {
      case .originator: return beginFraming(bytes, isComplete: isComplete, &context)
      case .responder: return beginAnswer(bytes, isComplete: isComplete, &context)
      }
    case .dns: return readDNS(bytes, isComplete: isComplete, &context)
    case .chunks: return readChunk(bytes, isTrailer: false, &context)
    case .chunkTrailers: return readChunk(bytes, isTrailer: true, &context)
    case .socks5: return readSOCKS(SOCKSMessage(afterGreeting: bytes), &context)
    case .http2(let reader):
      // Taken out, so that its table has one owner.
      framing = .unknown
      return readHTTP2(bytes, reader, &context)
    }
  }

  private mutating func beginFraming(
    _ bytes: RawSpan, isComplete: Bool, _ context: inout StreamContext
  ) -> Interpretation? {
    if context.isDNS, let read = beginDNS(bytes, isComplete: isComplete, &context) { return read }
    switch bytes.byte(0) {
    case 4, 5: return readSOCKS(SOCKSMessage(opening: bytes), &context)
    case UInt8(ascii: "P"):  // as in PRI
      switch HTTP2Reader.preface(of: bytes) {
      case .none: return nil
      case .needsMore(let needed): return .needsMore(needed)
      case .whole(let length):
        context.note(.http2)
        framing = .http2(HTTP2Reader())
        return .message(length)
      }
    default: return beginsPrivateNetwork(bytes, &context) ? .stop : nil
    }
  }

  private mutating func beginAnswer(
    _ bytes: RawSpan, isComplete: Bool, _ context: inout StreamContext
  ) -> Interpretation? {
    if context.isDNS, let read = beginDNS(bytes, isComplete: isComplete, &context) { return read }
    if context.isHTTP2 { return readHTTP2(bytes, HTTP2Reader(), &context) }
    if bytes.byteCount > 2, context.isOpenVPNAsked,
      PrivateNetworkHandshake.isOpenVPNServerReset(
        bytes.extracting(2..<bytes.byteCount), lengthOnWire: Int(bytes.uint16(0)))
    {
      context.note(.hiddenPath(.openVPN))
      return .stop
    }
    return nil
  }

  /// Reads the beginning of a client's stream without a framing of its own: TLS, HTTP/1, or plain text.
  private mutating func interpretRequest(
    _ bytes: RawSpan, scan: StreamBuffer.Scan, isComplete: Bool, _ context: inout StreamContext
  ) -> Interpretation {
    // 22: a handshake record; 0x80, 0x81: the hello of old clients (RFC 5246 appendix E.2).
    if bytes.byte(0) == 22 || bytes.byte(0) & 0xfe == 0x80 {
      var walk = scan.recordWalk
      switch TLSOpening(bytes, resuming: &walk, isComplete: isComplete) {
      case .clientHello(let hello):
        context.note(.clientHello(hello))
        return .stop
      case .needsMore(let needed): return isComplete ? .search : .needsMore(needed, scanned: .tls(walk))
      case .broken(let error):
        context.note(.anomaly(Anomaly(error) ?? .tlsMessageInvalid))
        return .search
      case .serverHello, .other, .notTLS: return .search
      }
    }
    switch HTTPOpening(bytes, scanned: scan.httpCount, isComplete: isComplete) {
    case .request(let head):
      context.note(.request(head))
      let next = behindHead(head)
      // A CONNECT is for the proxy, not for the destination.
      if !head.isConnect {
        if case .message(let length) = next {
          keepClearText(.httpRequest, bytes, length: length, &context)
        } else {
          keepClearText(.httpRequest, bytes, length: head.length, &context)
        }
      }
      return next
    case .needsMore(let needed): return .needsMore(needed, scanned: .http(bytes.byteCount))
    case .notHTTP: return interpretPlain(bytes, scanned: scan.plainCount, isComplete: isComplete, &context)
    }
  }

  // MARK: Plain text

  /// Reads a message of a protocol that can change to TLS (STARTTLS).
  private mutating func interpretPlain(
    _ bytes: RawSpan, scanned: Int, isComplete: Bool, _ context: inout StreamContext
  ) -> Interpretation {
    switch PlainOpening(bytes, scanned: scanned) {
    case .message(let length):
      guard context.takeSearch() else { return .stop }
      keepPlain(bytes, length, &context)
      return .message(length)
    case .needsMore(let needed): return isComplete ? .search : .needsMore(needed, scanned: .plain(bytes.byteCount))
    case .notPlain: return .search
    }
  }

  /// Keeps lines and LDAP messages for inspection; of other protocols it is only reported that they are in clear text.
  private mutating func keepPlain(_ bytes: RawSpan, _ length: Int, _ context: inout StreamContext) {
    let first = bytes.byte(0)
    // No line contains a byte 2, the tag of an LDAP message ID (RFC 4511 §4.1.1).
    let isDirectory = first == DERTag.sequence.rawValue && length > 2 && (bytes.byte(1) >= 0x80 || bytes.byte(2) == 2)
    // A message that begins with < is XML, as in XMPP.
    let isLine =
      !isDirectory && length <= bytes.byteCount && bytes.byte(length - 1) == UInt8(ascii: "\n")
      && first != UInt8(ascii: "<")
    guard isDirectory || isLine else { return context.note(.otherClearText) }
    if !context.hasPlainCommand, isDirectory || PlainCommand(line: bytes.extracting(0..<length)) != nil {
      context.hasPlainCommand = true
      context.note(.plainCommand)
    }
    keepClearText(isLine ? .lines : .directoryMessage, bytes, length: length, &context)
  }

  // MARK: Answers

  /// Reads a server's stream for version and certificate. The ServerHello may follow plain answers
  /// (`StreamReader(restartingAt:)`).
  private mutating func interpretAnswer(
    _ bytes: RawSpan, scan: StreamBuffer.Scan, isComplete: Bool, _ context: inout StreamContext
  ) -> Interpretation {
    guard bytes.byte(0) == 22 else { return isComplete ? .stop : interpretPlainAnswer(bytes, &context) }
    var walk = scan.recordWalk
    switch TLSOpening(bytes, resuming: &walk, isComplete: isComplete) {
    case .needsMore(let needed): return .needsMore(needed, scanned: .tls(walk))
    case .serverHello(let hello):
      context.note(.serverHello(hello))
      // From TLS 1.3 on certificates are encrypted (RFC 8446 §2).
      guard hello.version < .tls13, context.wantsCertificate else { return .stop }
      switch TLSCertificateReading(bytes, isComplete: isComplete, textLimit: context.certificateTexts) {
      case .needsMore(let needed): return .needsMore(needed)
      case .certificate(let certificate): context.note(.certificate(certificate))
      case .broken(let error): context.note(.anomaly(Anomaly(error) ?? .tlsMessageInvalid))
      case .none: break
      }
      return .stop
    default: return .stop
    }
  }

  /// Skips an answer in plain text after a ClientHello. Other streams of responders are not read.
  private mutating func interpretPlainAnswer(_ bytes: RawSpan, _ context: inout StreamContext) -> Interpretation {
    guard context.hasClientHello, context.takeSearch() else { return .stop }
    // PostgreSQL accepts TLS with the single letter S.
    if bytes.byte(0) == UInt8(ascii: "S"), bytes.byteCount == 1 || bytes.byte(1) == 22 {
      return bytes.byteCount == 1 ? .needsMore(2) : .message(1)
    }
    return switch PlainOpening(bytes) {
    case .message(let length): .message(length)
    case .needsMore(let needed): .needsMore(needed)
    case .notPlain: .stop
    }
  }

  // MARK: DNS over TCP

  /// Most bytes of a DNS message that are read; longer ones (zone transfers) have the questions at the beginning.
  private static let longestDNSRead = 16_384
  /// Length of a DNS header in bytes (RFC 1035 §4.1.1).
  private static let dnsHeaderLength = 12

  /// RFC 7766 §8: length 2, then the message. Returns nil if the bytes on the port of DNS are something else.
  private mutating func beginDNS(
    _ bytes: RawSpan, isComplete: Bool, _ context: inout StreamContext
  ) -> Interpretation? {
    guard bytes.byteCount >= 2 else { return .needsMore(2) }
    guard bytes.uint16(0) >= StreamReader.dnsHeaderLength else { return nil }
    guard bytes.byteCount >= 8 else { return .needsMore(8) }
    // A query from the originator or a response from the responder, a known opcode, and a question.
    let flags = bytes.uint16(4)
    let isQuery = flags & 0x8000 == 0
    guard isQuery == (context.direction == .originator), flags >> 11 & 0x0f <= 6, (1...16).contains(bytes.uint16(6))
    else { return nil }
    framing = .dns
    return readDNS(bytes, isComplete: isComplete, &context)
  }

  private mutating func readDNS(
    _ bytes: RawSpan, isComplete: Bool, _ context: inout StreamContext
  ) -> Interpretation {
    guard bytes.byteCount >= 2 else { return .needsMore(2) }
    let length = Int(bytes.uint16(0))
    guard length >= StreamReader.dnsHeaderLength else {
      context.note(.anomaly(.dnsMessageInvalid))
      return .stop
    }
    let wanted = min(length, StreamReader.longestDNSRead)
    guard bytes.byteCount >= 2 + wanted || isComplete else { return .needsMore(2 + wanted) }
    // DNS messages are not inspected for identifiers.
    if context.direction == .originator { context.note(.uninspected) }
    let message = bytes.extracting(2..<min(2 + wanted, bytes.byteCount))
    context.note(.dns(message.copyBytes(), isShort: message.byteCount < length))
    return .message(2 + length)
  }

  // MARK: HTTP

  /// How reading continues after a request's head.
  private mutating func behindHead(_ head: HTTPRequestHead) -> Interpretation {
    if head.isWebSocket { return .stop }
    if head.isCut { return .search }
    if head.isChunked {
      framing = .chunks
      return .message(head.length)
    }
    guard let body = head.bodyLength else { return .search }
    return .message(head.length + body)
  }

  private mutating func readChunk(
    _ bytes: RawSpan, isTrailer: Bool, _ context: inout StreamContext
  ) -> Interpretation {
    switch HTTPChunk(bytes, isTrailer: isTrailer) {
    case .chunk(let length):
      let line = (bytes.firstOffset(of: UInt8(ascii: "\n"), from: 0) ?? 0) + 1
      keepClearText(.httpBody, bytes.extracting(line..<bytes.byteCount), length: length - line, &context)
      return .message(length)
    case .trailer(let length):
      context.note(.uninspected)
      return .message(length)
    case .last(let length):
      framing = .chunkTrailers
      return .message(length)
    case .end(let length):
      framing = .unknown
      return .message(length)
    case .needsMore(let needed): return .needsMore(needed)
    case .broken: return .search
    }
  }

  private mutating func readHTTP2(
    _ bytes: RawSpan, _ reader: consuming HTTP2Reader, _ context: inout StreamContext
  ) -> Interpretation {
    // Header fields are not kept for inspection.
    if context.direction == .originator { context.note(.uninspected) }
    let step = reader.read(bytes)
    framing = .http2(reader)
    switch step {
    case .needsMore(let needed): return .needsMore(needed)
    case .frame(let length, let destination):
      if let destination { context.note(.http2Request(destination)) }
      return .message(length)
    case .broken(let error):
      context.note(.anomaly(Anomaly(error) ?? .httpHeadInvalid))
      return .stop
    }
  }

  // MARK: Proxies and private networks

  private mutating func readSOCKS(_ message: SOCKSMessage, _ context: inout StreamContext) -> Interpretation? {
    switch message {
    case .notSOCKS: return nil
    case .needsMore(let needed): return .needsMore(needed)
    case .greeting(let length):
      framing = .socks5
      return .message(length)
    case .credentials(let length): return .message(length)
    case .request(let length, let host, let port):
      framing = .unknown
      context.note(.proxyRequest(host: host, port: port))
      return .message(length)
    }
  }

  /// - Returns: true if the stream belongs, or may belong, to a virtual private network, and nothing more in it can be
  ///   read.
  private func beginsPrivateNetwork(_ bytes: RawSpan, _ context: inout StreamContext) -> Bool {
    guard bytes.byteCount > 2 else { return false }
    if context.isPPTP, PrivateNetworkHandshake.isPPTP(bytes) {
      context.note(.hiddenPath(.pptp))
      return true
    }
    // OpenVPN over TCP prefixes each message with its length.
    let length = Int(bytes.uint16(0))
    guard length == bytes.byteCount - 2,
      PrivateNetworkHandshake.isOpenVPNClientReset(bytes.extracting(2..<bytes.byteCount), lengthOnWire: length)
    else { return false }
    context.note(.openVPNQuestion)
    return true
  }
}
