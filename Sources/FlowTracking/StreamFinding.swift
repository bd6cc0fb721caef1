import Model
import Streams
import Wire

/// Something that a reader found in a stream.
enum StreamFinding {
  case clientHello(ClientHello)
  case serverHello(ServerHello)
  case certificate(ServerCertificate)
  case request(HTTPRequestHead)
  /// HTTP/2 without TLS begins.
  case http2
  /// A request of HTTP/2 without TLS, or one that a server push promises.
  case http2Request(HPACKDecoder.Destination)
  /// A SOCKS client requests a destination; `host` is nil if it is given as an address.
  case proxyRequest(host: String?, port: UInt16)
  /// A DNS message over TCP, or the part of it that was captured.
  case dns([UInt8], isShort: Bool)
  /// A command of a known line-based protocol, or a message of LDAP.
  case plainCommand
  /// A message in clear text with its first `ClearText.limit` bytes.
  ///
  /// - `length`: length of the whole message in bytes.
  case clearText(ClearText.Form, [UInt8], length: Int)
  /// A further part of a message in clear text; `isWhole` is false if bytes before it were lost.
  case body([UInt8], isWhole: Bool)
  /// Clear text of a protocol that is not inspected.
  case otherClearText
  /// Bytes that no reader understands.
  case uninspected
  case hiddenPath(HiddenPath)
  /// The message may be the first one of an OpenVPN client; the answer decides.
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
  /// The other side's highest acknowledgment, nil if there is none: bytes in front of it that are missing will not
  /// come.
  let acknowledged: UInt32?
  /// The name in a server's certificate is wanted.
  var wantsCertificate = true
  /// How many alternative names of a certificate to keep as text.
  let certificateTexts: Int
  /// A command has been reported for this segment; one is enough to know that the stream is in clear text.
  var hasPlainCommand = false
  /// The originator has sent a `ClientHello`.
  var hasClientHello = false
  /// The originator speaks HTTP/2 without TLS.
  var isHTTP2 = false
  /// The originator's first message may be one of OpenVPN.
  let isOpenVPNAsked: Bool

  /// Number of segments that may still be searched for the beginning of a message.
  var searchBudget: UInt8
  /// Messages of this segment that are read without drawing on the allowance. Ordinary segments hold one or two; up to
  /// 160 frames of HTTP/2 fit into one.
  var freeMessages = 8
  var allowance: SecondAllowance
  var findings: [StreamFinding] = []

  /// Whether the missing byte at `sequence` was acknowledged, and so will not arrive any more.
  func isLost(_ sequence: UInt32) -> Bool {
    acknowledged.map { Int32(bitPattern: $0 &- sequence) > 0 } ?? false
  }

  /// - Returns: false if the flow's budget of searches is used up.
  mutating func takeSearch() -> Bool {
    guard searchBudget > 0 else { return false }
    searchBudget -= 1
    return true
  }

  /// - Returns: false if the free messages of the segment and the allowance of the second are used up.
  mutating func takeMessage() -> Bool {
    freeMessages -= 1
    return freeMessages >= 0 || allowance.takeMessage()
  }

  mutating func note(_ finding: StreamFinding) { findings.append(finding) }

  /// Reports a message in clear text with which `bytes` begins; its end may be missing.
  mutating func noteClearText(_ form: ClearText.Form, _ bytes: RawSpan, length: Int) {
    let here = min(length, bytes.byteCount, ClearText.limit)
    // Consecutive lines are joined into one finding: a packet can hold hundreds.
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
