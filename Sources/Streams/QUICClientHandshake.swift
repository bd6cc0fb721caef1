import Cryptography
import Wire

/// A QUIC client's handshake as far as it can be read on the way (RFC 9001 §4, §5.2).
///
/// One pair of ports can carry several connections, one after the other: each begins with an Initial packet that its own
/// Destination Connection ID opens.
public struct QUICClientHandshake: Sendable {
  /// Those of the client's first Initial packet, or of the one after a Retry; nil if there was none, or its hello has been read.
  private var keys: QUICInitialKeys?
  private var version = QUICVersion.negotiation
  /// Destination Connection ID from which the keys come, or came.
  private var connectionID = QUICConnectionID()
  /// That of the last packet that nothing opened: later packets of a handshake go to an ID of the server's choice.
  private var dismissedID: QUICConnectionID?
  /// Those of connections before this one, oldest first: their first packet may come again.
  private var earlierIDs: [QUICConnectionID] = []
  private static let maximumEarlier = 4
  private var stream = RangeBuffer(limit: QUICClientHandshake.limit)
  private var hasHello = false
  /// Initial packets that no key opened, since the last that one did.
  public private(set) var failures = 0

  /// As for TLS over TCP.
  static let limit = TLSOpening.maximumHello

  public init() {}

  /// At least one packet was opened whose hello has not been read.
  public var isOpened: Bool { keys != nil }
  /// A packet was opened, now or before.
  public var isKnown: Bool { keys != nil || hasHello }

  public enum Opening: Sendable, Equatable {
    /// The packet's piece of the handshake has been taken in.
    case opened
    /// A packet of a handshake whose hello has been read.
    case done
    /// No key opens it: it is the server's, was damaged on the way, or is no Initial packet.
    case failed
  }

  /// Opens the Initial packets of a datagram and takes in their pieces of the handshake.
  ///
  /// Keys are derived for one packet of a datagram at most: if they do not open it, the rest of the datagram is not tried with others. So
  /// a datagram costs no more derivations however many packets lie in it.
  ///
  /// - Returns: `opened` if one was.
  public mutating func open(_ datagram: borrowing QUICDatagram, with opener: inout QUICInitialOpener) -> Opening {
    var result = Opening.done
    var mayDerive = true
    var packets = datagram.initialPackets
    while let packet = packets.next() {
      switch open(packet, with: &opener, mayDerive: &mayDerive) {
      case .opened: result = .opened
      case .failed: if result == .done { result = .failed }
      case .done: break
      }
    }
    return result
  }

  private mutating func open(
    _ packet: borrowing QUICInitialPacket, with opener: inout QUICInitialOpener, mayDerive: inout Bool
  ) -> Opening {
    let id = packet.destinationConnectionID
    if isFinished(id) || hasHello && id == dismissedID { return .done }
    if let keys {
      if opener.open(packet, with: keys) {
        insert(opener.frames, packet.version)
        return .opened
      }
      // RFC 9368 §2.3: the handshake goes on in another version, with keys from the same ID.
      if mayDerive, packet.version != version, let changed = opener.open(packet, derivingFrom: connectionID) {
        self.keys = changed
        version = packet.version
        insert(opener.frames, packet.version)
        return .opened
      }
    }
    // The first packet, one after a Retry or a version negotiation, or a new connection on the same ports.
    if mayDerive, keys == nil || id != connectionID, let fresh = opener.open(packet, derivingFrom: id) {
      begin(fresh, packet.version, id)
      insert(opener.frames, packet.version)
      return .opened
    }
    mayDerive = false
    failures += 1
    dismissedID = id
    return hasHello ? .done : .failed
  }

  private mutating func begin(_ keys: QUICInitialKeys, _ version: QUICVersion, _ id: QUICConnectionID) {
    if hasHello {
      if earlierIDs.count >= QUICClientHandshake.maximumEarlier { earlierIDs.removeFirst() }
      earlierIDs.append(connectionID)
    }
    self.keys = keys
    self.version = version
    connectionID = id
    dismissedID = nil
    stream = RangeBuffer(limit: QUICClientHandshake.limit)
    hasHello = false
    failures = 0
  }

  /// The hello of the connection with this ID has been read.
  private func isFinished(_ id: QUICConnectionID) -> Bool {
    hasHello && id == connectionID || earlierIDs.contains(id)
  }

  /// Takes in the frames of an opened packet.
  package mutating func insert(_ frames: RawSpan, _ version: QUICVersion = .version1) {
    QUICCryptoFrames.forEachPiece(in: frames, of: version) { offset, bytes in
      stream.insert(bytes, at: offset)
    }
  }

  /// Of the pieces that wait.
  package var allocatedBytes: Int { stream.allocatedBytes }

  /// Drops keys and pieces of a hello that will not be waited for any longer; that the flow is QUIC stays known.
  package mutating func giveUp() {
    guard keys != nil else { return }
    finish()
  }

  /// The hello has been read: drops keys and pieces.
  public mutating func finish() {
    keys = nil
    stream = RangeBuffer(limit: QUICClientHandshake.limit)
    hasHello = true
  }

  public enum Reading: Sendable, Equatable {
    case needsMore
    case clientHello(ClientHello)
    /// Google's own handshake message (Q050).
    case googleHello(GoogleClientHello)
    case broken(WireError)
  }

  /// Reads the ClientHello as far as it is there.
  ///
  /// - Parameter isComplete: no more will come; what lies before the first gap is read as far as it goes, and a hello whose beginning
  ///   is missing is broken if pieces of it were refused.
  public func read(isComplete: Bool = false) -> Reading {
    let known = stream.prefixLength
    guard known >= 4 else { return isComplete && stream.isOverfull ? .broken(.tooMany(.quicFrame)) : .needsMore }
    let head = stream.prefix(4)
    if head.elementsEqual("CHLO".utf8) {
      return GoogleClientHello(stream.prefix(known).span.bytes).map(Reading.googleHello)
        ?? (isComplete ? .broken(.truncated(.quicFrame)) : .needsMore)
    }
    let header = head.span.bytes
    guard header.byte(0) == 1 else { return .broken(.badValue(.tlsHandshakeHeader)) }
    let length = Int(header.uint32(0) & 0xff_ffff)
    guard length + 4 <= QUICClientHandshake.limit else { return .broken(.badLength(.tlsHandshakeHeader)) }
    let isWhole = known >= length + 4
    guard isWhole || isComplete else { return .needsMore }
    do throws(WireError) {
      let bytes = stream.prefix(min(known, length + 4))
      return .clientHello(try ClientHello(bytes.span.bytes.extracting(4..<bytes.count), isCut: !isWhole))
    } catch {
      return .broken(error)
    }
  }
}
