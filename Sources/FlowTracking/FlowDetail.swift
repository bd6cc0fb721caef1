import Model
import Wire
import Streams

/// What some flows need beyond their entry: names, streams that are being read, holes.
struct FlowDetail {
  enum Reading {
    /// No byte of the direction has been looked at.
    case untouched
    /// Bytes are put in order until a message is whole.
    case collecting(StreamBuffer)
    /// Only the beginnings of segments are looked at.
    case searching
  }

  /// What a direction of a stream is made of, where more than its beginning is read.
  enum Framing {
    /// A message of any kind begins here.
    case unknown
    /// DNS messages behind their lengths (RFC 1035 §4.2.2).
    case dns
    case chunks
    case chunkTrailers
    case socks5
    case http2(HTTP2Reader)
  }

  struct Hole {
    var isUp: Bool
    var start: UInt32
    var end: UInt32

    var length: UInt64 { UInt64(end &- start) }
  }

  var readingUp = Reading.untouched
  var readingDown = Reading.untouched
  var framingUp = Framing.unknown
  var framingDown = Framing.unknown
  /// Name seen in the flow itself.
  var name: NameEvidence?
  /// Name by which the client found the address; used where the flow shows none.
  var dns: DNSMemory.Hit?
  /// Names by which the client found the address, where the flow shows another.
  var otherAnswers: [AnsweredName] = []
  var offeredVersion: TLSVersion?
  var settledVersion: TLSVersion?
  var applicationProtocol: String?
  /// Nothing but a hello can make the flow encrypted.
  var isCleartext = false
  /// Name in the server's certificate; used where there is no other.
  var certificateName: NameEvidence?
  /// The client showed a ticket, a pre-shared key or a session id of an earlier connection.
  var offersResumption = false
  /// Nil for flows that are no QUIC; emptied once the hello has been read.
  var quic: QUICClientHandshake?
  /// Messages of DTLS while they are being put together.
  var dtlsHello: DTLSHandshakeMessage?
  var dtlsCertificate: DTLSHandshakeMessage?
  var clearText: ClearText?
  /// Bytes of the message that was read last which are still to come, and to be kept.
  var bodyToKeep = 0
  /// Something was sent in clear text, in whichever record.
  var sentClearText = false
  var hiddenPath: HiddenPath?
  /// Gaps that later segments may still fill, oldest first.
  var holes: [Hole] = []
  /// Bytes of gaps that were dropped from `holes`.
  var settledHoles: UInt64 = 0
  var account = Account()

  /// More gaps than this at a time are not reordering but loss.
  static let maximumHoles = 32

  mutating func addHole(isUp: Bool, from start: UInt32, to end: UInt32) {
    makeRoomForHole()
    holes.append(Hole(isUp: isUp, start: start, end: end))
  }

  /// The oldest gap is taken for lost, whether a new one is added or a segment splits one: each segment looks at all of them.
  private mutating func makeRoomForHole() {
    if holes.count >= FlowDetail.maximumHoles { settledHoles += holes.removeFirst().length }
  }

  /// - Returns: true where the segment filled some of a gap, so it was no retransmission.
  mutating func fillHoles(isUp: Bool, from start: UInt32, to end: UInt32) -> Bool {
    var filled = false
    // Behind its last byte, of a gap that the segment splits.
    var rest: Hole?
    var kept = 0
    for index in holes.indices {
      var hole = holes[index]
      let begins = Int32(bitPattern: start &- hole.end) < 0
      let ends = Int32(bitPattern: end &- hole.start) > 0
      if hole.isUp == isUp, begins, ends {
        filled = true
        let keepsHead = Int32(bitPattern: start &- hole.start) > 0
        let keepsTail = Int32(bitPattern: hole.end &- end) > 0
        guard keepsHead || keepsTail else { continue }
        // A segment lies within one gap at most: gaps of a side do not overlap.
        if keepsHead, keepsTail { rest = Hole(isUp: isUp, start: end, end: hole.end) }
        if keepsHead { hole.end = start } else { hole.start = end }
      }
      holes[kept] = hole
      kept += 1
    }
    if kept < holes.count { holes.removeLast(holes.count - kept) }
    if let rest {
      makeRoomForHole()
      holes.append(rest)
    }
    return filled
  }

  /// The other side turned out to be the originator.
  mutating func exchangeEnds() {
    swap(&readingUp, &readingDown)
    swap(&framingUp, &framingDown)
    dns = nil
    otherAnswers = []
    clearText = nil
    for index in holes.indices { holes[index].isUp.toggle() }
  }

  var openBytes: UInt64 { holes.reduce(settledHoles) { $0 + $1.length } }
}
