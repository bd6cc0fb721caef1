import Cryptography
import Wire

/// A QUIC client's handshake, as far as an observer on the path can read it (RFC 9001 §4, §5.2).
///
/// One pair of ports can carry several connections, one after the other: each begins with an Initial packet whose
/// Destination Connection ID gives the keys.
public struct QUICClientHandshake: Sendable {
  /// Keys of the client's first Initial packet, or of the one after a Retry; nil if there was none, or its hello has
  /// been read.
  private var keys: QUICInitialKeys?
  private var version = QUICVersion.negotiation
  /// Destination Connection ID from which the current or last keys were derived.
  private var connectionID = QUICConnectionID()
  /// Destination Connection ID of the last packet that could not be decrypted: later packets of a handshake go to an ID
  /// that the server chose.
  private var dismissedID: QUICConnectionID?
  /// Destination Connection IDs of earlier connections, oldest first: their first packet may be retransmitted.
  private var earlierIDs: [QUICConnectionID] = []
  private static let maximumEarlier = 4
  private var stream = RangeBuffer(limit: QUICClientHandshake.limit)
  private var hasHello = false
  /// Initial packets that could not be decrypted since the last that could.
  public private(set) var failures = 0

  /// Longest hello in bytes, as for TLS over TCP.
  static let limit = TLSOpening.maximumHello

  public init() {}

  /// At least one packet was decrypted, and its hello has not been read yet.
  public var isOpened: Bool { keys != nil }
  /// At least one packet was decrypted, in this connection or an earlier one.
  public var isKnown: Bool { keys != nil || hasHello }

  public enum Opening: Sendable, Equatable {
    /// The packet was decrypted, and its pieces of the handshake were added.
    case opened
    /// A packet of a handshake whose hello has been read.
    case done
    /// The packet cannot be decrypted: it is the server's, was damaged in transit, or is no Initial packet.
    case failed
  }

  /// Decrypts the Initial packets of a datagram and adds their pieces of the handshake.
  ///
  /// Keys are derived for at most one packet that they fail to decrypt: the rest of the datagram is then not tried with
  /// others. So the cost of derivations does not grow with the packets in a datagram.
  ///
  /// - Returns: `opened` if at least one packet was decrypted.
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
      // RFC 9368 §2.3: the handshake continues in another version, with keys from the same connection ID.
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

  /// Adds the CRYPTO frames of a decrypted packet.
  package mutating func insert(_ frames: RawSpan, _ version: QUICVersion = .version1) {
    QUICCryptoFrames.forEachPiece(in: frames, of: version) { offset, bytes in
      stream.insert(bytes, at: offset)
    }
  }

  /// Memory of the pieces that are kept, in bytes.
  package var allocatedBytes: Int { stream.allocatedBytes }

  /// Drops the keys and pieces of a hello that is no longer waited for. `isKnown` stays true.
  package mutating func giveUp() {
    guard keys != nil else { return }
    finish()
  }

  /// Drops keys and pieces after the hello has been read.
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

  /// Reads the ClientHello from the pieces that have arrived.
  ///
  /// - Parameter isComplete: no more pieces will come; the bytes in front of the first gap are read. A hello whose
  ///   beginning is missing is `broken` if pieces of it were refused.
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
