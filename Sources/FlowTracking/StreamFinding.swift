import Model
import Streams
import Wire

/// What a reader found in a stream, in the order in which it was sent.
enum StreamFinding {
  case clientHello(ClientHello)
  case serverHello(ServerHello)
  case certificate(ServerCertificate)
  case request(HTTPRequestHead)
  /// HTTP/2 without TLS begins.
  case http2
  /// A request of HTTP/2 without TLS, or one that a server's push promises.
  case http2Request(HPACKDecoder.Destination)
  /// A SOCKS client asks for a destination; nil where it names none.
  case proxyRequest(host: String?, port: UInt16)
  /// A DNS message, or the part of it that was captured.
  case dns([UInt8], isShort: Bool)
  /// A command of a known protocol of lines, or a message of LDAP.
  case plainCommand
  /// A message in clear text with its first `ClearText.limit` bytes.
  ///
  /// - `length`: of the whole message, in bytes.
  case clearText(ClearText.Form, [UInt8], length: Int)
  /// A further part of a message in clear text; `isWhole` is false if bytes before it were lost.
  case body([UInt8], isWhole: Bool)
  /// Clear text of a protocol that is not looked into.
  case otherClearText
  /// Bytes that are read by nobody.
  case uninspected
  case hiddenPath(HiddenPath)
  /// The message may be the first of an OpenVPN client; the answer decides.
  case openVPNQuestion
  case anomaly(Anomaly)
}

/// The facts about the flow that a stream reader needs, the limits of its work, and the list of its findings.
struct StreamContext {
  let direction: Direction
  /// DNS messages are expected.
  let isDNS: Bool
  /// Messages of PPTP are expected.
  let isPPTP: Bool
  /// The other side, as far as it acknowledged anything: bytes before this sequence number that are missing will not come.
  let acknowledged: UInt32?
  /// A name in the server's certificate would be of use.
  var wantsCertificate = true
  /// Alternative names of a certificate of which texts are of use.
  let certificateTexts: Int
  /// One command is enough to know that the stream is in clear text.
  var hasPlainCommand = false
  /// The originator has sent a `ClientHello`.
  var hasClientHello = false
  /// The originator speaks HTTP/2 without TLS.
  var isHTTP2 = false
  /// The originator's first message may be OpenVPN's.
  let isOpenVPNAsked: Bool

  /// Segments that may still be searched for the beginning of a message.
  var searchBudget: UInt8
  /// Messages of this segment that are read without drawing on the second's allowance: real segments hold one or two; 160 frames of
  /// HTTP/2 fit into one.
  var freeMessages = 8
  var allowance: SecondAllowance
  var findings: [StreamFinding] = []

  /// The byte will not come any more.
  func isLost(_ sequence: UInt32) -> Bool {
    acknowledged.map { Int32(bitPattern: $0 &- sequence) > 0 } ?? false
  }

  /// - Returns: false if the flow has been looked at often enough.
  mutating func takeSearch() -> Bool {
    guard searchBudget > 0 else { return false }
    searchBudget -= 1
    return true
  }

  /// - Returns: false if the segment has had its messages, and the second too.
  mutating func takeMessage() -> Bool {
    freeMessages -= 1
    return freeMessages >= 0 || allowance.takeMessage()
  }

  mutating func note(_ finding: StreamFinding) { findings.append(finding) }

  /// Reports a message in clear text; `bytes` begins with it, and need not hold all of it.
  mutating func noteClearText(_ form: ClearText.Form, _ bytes: RawSpan, length: Int) {
    let here = min(length, bytes.byteCount, ClearText.limit)
    // Lines that follow one another are one message: a packet can hold hundreds.
    if form == .lines, case .clearText(.lines, var lines, let earlier) = findings.last {
      findings.removeLast()
      if lines.count < ClearText.limit {
        bytes.extracting(0..<here).withUnsafeBytes { lines.append(contentsOf: $0) }
      }
      return note(.clearText(.lines, lines, length: earlier + length))
    }
    note(.clearText(form, bytes.extracting(0..<here).copyBytes(), length: length))
  }
}
