import Cryptography

/// QUIC version number (RFC 9000 §15), also those of Google's own protocol.
public struct QUICVersion: RawRepresentable, Sendable, Hashable {
  public var rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  public static let negotiation = QUICVersion(rawValue: 0)
  public static let version1 = QUICVersion(rawValue: 1)
  /// RFC 9369 §3.1.
  public static let version2 = QUICVersion(rawValue: 0x6b33_43cf)
  /// draft-ietf-quic-v2-01 and later drafts of version 2; 0xff020000 in the first.
  static let version2Draft = QUICVersion(rawValue: 0x709a_50c4)
  static let version2FirstDraft = QUICVersion(rawValue: 0xff02_0000)
  /// Google QUIC with the handshake in the clear.
  static let googleQ046 = QUICVersion(rawValue: 0x5130_3436)
  static let googleQ050 = QUICVersion(rawValue: 0x5130_3530)
  static let googleT050 = QUICVersion(rawValue: 0x5430_3530)
  static let googleT051 = QUICVersion(rawValue: 0x5430_3531)

  /// Number of the IETF draft, for 0xff0000NN.
  private var draft: UInt32? { rawValue >> 8 == 0xff_0000 ? rawValue & 0xff : nil }

  /// 0x?a?a?a?a: sent to make sure that version negotiation works (RFC 9000 §15).
  var isReserved: Bool { rawValue & 0x0f0f_0f0f == 0x0a0a_0a0a }

  /// Initial packets of this version can be opened.
  var isReadable: Bool { !initialSalts.isEmpty }

  /// Salts of the Initial keys, likeliest first; empty where none is known.
  var initialSalts: [QUICInitialSalt] {
    switch self {
    case .version1: return QUICVersion.saltsVersion1
    case .version2: return QUICVersion.saltsVersion2
    case .version2Draft, .version2FirstDraft: return QUICVersion.saltsVersion2Draft
    case .googleQ050: return QUICVersion.saltsQ050
    case .googleT050: return QUICVersion.saltsT050
    case .googleT051: return QUICVersion.saltsT051
    // Facebook's mvfst took over the salts of the drafts of its time.
    case QUICVersion(rawValue: 0xface_b001): return QUICVersion.saltsDraft21
    case QUICVersion(rawValue: 0xface_b002), QUICVersion(rawValue: 0xface_b00e): return QUICVersion.saltsDraft23
    default: break
    }
    // Whoever forces a negotiation seals as the version that it would speak next, which the packet does not tell.
    if isReserved { return QUICVersion.saltsReserved }
    switch draft {
    case .some(21...22): return QUICVersion.saltsDraft21
    case .some(23...28): return QUICVersion.saltsDraft23
    case .some(29...32): return QUICVersion.saltsDraft29
    case .some(33...34): return QUICVersion.saltsVersion1
    default: return []
    }
  }

  /// Google's versions with TLS or its own handshake in CRYPTO frames number their frames in the old way.
  var hasGoogleFrames: Bool { self == .googleQ050 || self == .googleT050 || self == .googleT051 }

  /// RFC 9369 §3.2 turned the numbers of the long headers.
  var hasTurnedHeaders: Bool { self == .version2 || self == .version2Draft }

  var labels: QUICInitialKeys.Labels {
    self == .version2 || self == .version2Draft || self == .version2FirstDraft ? .version2 : .version1
  }

  private static let saltsReserved = saltsVersion1 + saltsDraft29 + saltsDraft23

  // RFC 9001 §5.2, RFC 9369 §3.3.1, draft-ietf-quic-v2-01 §3.3.1, draft-ietf-quic-tls-21, -23 and -29 §5.2; Google's as in its published sources.
  private static let saltsVersion1 = [
    QUICInitialSalt([
      0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f,
      0x0a,
    ])
  ]
  private static let saltsVersion2 = [
    QUICInitialSalt([
      0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93, 0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e,
      0xd9,
    ])
  ]
  private static let saltsVersion2Draft = [
    QUICInitialSalt([
      0xa7, 0x07, 0xc2, 0x03, 0xa5, 0x9b, 0x47, 0x18, 0x4a, 0x1d, 0x62, 0xca, 0x57, 0x04, 0x06, 0xea, 0x7a, 0xe3, 0xe5,
      0xd3,
    ])
  ]
  private static let saltsDraft21 = [
    QUICInitialSalt([
      0x7f, 0xbc, 0xdb, 0x0e, 0x7c, 0x66, 0xbb, 0xe9, 0x19, 0x3a, 0x96, 0xcd, 0x21, 0x51, 0x9e, 0xbd, 0x7a, 0x02, 0x64,
      0x4a,
    ])
  ]
  private static let saltsDraft23 = [
    QUICInitialSalt([
      0xc3, 0xee, 0xf7, 0x12, 0xc7, 0x2e, 0xbb, 0x5a, 0x11, 0xa7, 0xd2, 0x43, 0x2b, 0xb4, 0x63, 0x65, 0xbe, 0xf9, 0xf5,
      0x02,
    ])
  ]
  private static let saltsDraft29 = [
    QUICInitialSalt([
      0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97, 0x86, 0xf1, 0x9c, 0x61, 0x11, 0xe0, 0x43, 0x90, 0xa8,
      0x99,
    ])
  ]
  private static let saltsQ050 = [
    QUICInitialSalt([
      0x50, 0x45, 0x74, 0xef, 0xd0, 0x66, 0xfe, 0x2f, 0x9d, 0x94, 0x5c, 0xfc, 0xdb, 0xd3, 0xa7, 0xf0, 0xd3, 0xb5, 0x6b,
      0x45,
    ])
  ]
  private static let saltsT050 = [
    QUICInitialSalt([
      0x7f, 0xf5, 0x79, 0xe5, 0xac, 0xd0, 0x72, 0x91, 0x55, 0x80, 0x30, 0x4c, 0x43, 0xa2, 0x36, 0x7c, 0x60, 0x48, 0x83,
      0x10,
    ])
  ]
  private static let saltsT051 = [
    QUICInitialSalt([
      0x7a, 0x4e, 0xde, 0xf4, 0xe7, 0xcc, 0xee, 0x5f, 0xa4, 0x50, 0x6c, 0x19, 0x12, 0x4f, 0xc8, 0xcc, 0xda, 0x6e, 0x03,
      0x3d,
    ])
  ]
}

/// A QUIC Initial packet as it lies in a datagram: readable without keys, payload still sealed (RFC 9000 §17.2.2).
public struct QUICInitialPacket: Sendable, Equatable {
  public var version: QUICVersion
  /// 0 to 20 bytes.
  public var destinationConnectionID: [UInt8]
  public var sourceConnectionID: [UInt8]
  /// Header and sealed payload, from the packet's first byte.
  var bytes: [UInt8]
  /// Where the hidden packet number begins in `bytes`.
  var packetNumberOffset: Int

  /// The frames of the packet.
  ///
  /// - Returns: nil where the keys do not fit: the packet is the server's, was broken on the way, or is none at all.
  public func open(with keys: QUICInitialKeys) -> [UInt8]? {
    // RFC 9001 §5.4.2: the sample stands as if the packet number had four bytes.
    let sampleStart = packetNumberOffset + 4
    guard bytes.count >= sampleStart + 16 else { return nil }
    let packet = bytes.span.bytes
    let mask = keys.headerMask(sample: packet.extracting(sampleStart..<sampleStart + 16))
    let first = bytes[0] ^ mask[0] & 0x0f
    // RFC 9000 §17.2: the reserved bits are zero. With wrong keys three packets of four are refused here, before all is decrypted.
    guard version.hasGoogleFrames || first & 0x0c == 0 else { return nil }
    let payloadStart = packetNumberOffset + Int(first & 0x03) + 1
    var header = Array(bytes[..<payloadStart])
    header[0] = first
    var number: UInt64 = 0
    for index in packetNumberOffset..<payloadStart {
      header[index] ^= mask[1 + index - packetNumberOffset]
      number = number << 8 | UInt64(header[index])
    }
    return keys.open(packet.extracting(payloadStart..<bytes.count), header: header, packetNumber: number)
  }

  /// Keys of the client whose first Initial packet went to `connectionID`, likeliest first; each is derived when it is asked for.
  public func clientKeys(connectionID: [UInt8]) -> some Sequence<QUICInitialKeys> {
    version.initialSalts.lazy.map { QUICInitialKeys(salt: $0, connectionID: connectionID, labels: version.labels) }
  }
}

/// What a datagram with a QUIC long header holds.
public enum QUICDatagram: Sendable, Equatable {
  case initials([QUICInitialPacket])
  /// A Retry: the client will begin again with the server's connection id (RFC 9000 §17.2.5).
  case retry
  case versionNegotiation
  /// Long headers of later stages (0-RTT, Handshake) only, or a version whose Initial packets cannot be opened.
  case other
  case googleClear
  case notQUIC
}

extension QUICDatagram {
  /// More packets than fit side by side in a datagram of Internet size.
  static let maximumPackets = 16
  /// RFC 9000 §17.2: longest connection id of version 1; others may have more, which nobody uses.
  static let maximumConnectionID = 20

  /// Reads the packets of a datagram, which may be coalesced (RFC 9000 §12.2).
  ///
  /// - Complexity: linear in the length of `datagram`.
  public init(_ datagram: RawSpan) {
    guard datagram.byteCount >= 21, datagram.byte(0) & 0x80 != 0 else {
      self = .notQUIC
      return
    }
    let version = QUICVersion(rawValue: datagram.uint32(1))
    if version == .negotiation {
      // RFC 9000 §17.2.1: connection ids, then at least one version.
      let isPlausible = Int(datagram.byte(5)) <= QUICDatagram.maximumConnectionID
      self = isPlausible ? .versionNegotiation : .notQUIC
      return
    }
    if version == .googleQ046 {
      self = .googleClear
      return
    }
    guard version.isReadable else {
      self = .notQUIC
      return
    }
    var initials: [QUICInitialPacket] = []
    var sawLongHeader = false
    var start = 0
    packets: for _ in 0..<QUICDatagram.maximumPackets {
      guard start + 7 <= datagram.byteCount, datagram.byte(start) & 0x80 != 0 else { break }
      let rest = datagram.extracting(start..<datagram.byteCount)
      switch QUICDatagram.readPacket(rest) {
      case .initial(let packet, let length):
        // RFC 9000 §12.2: what goes to another connection than the first packet is ignored. Each id would cost keys of its own.
        let isSame = initials.first.map { $0.destinationConnectionID == packet.destinationConnectionID } ?? true
        if isSame { initials.append(packet) }
        start += length
        sawLongHeader = true
      case .later(let length):
        start += length
        sawLongHeader = true
      case .retry:
        self = .retry
        return
      case nil:
        break packets
      }
    }
    if !initials.isEmpty {
      self = .initials(initials)
    } else {
      self = sawLongHeader ? .other : .notQUIC
    }
  }

  private enum ReadPacket {
    case initial(QUICInitialPacket, length: Int)
    case later(length: Int)
    case retry
  }

  /// Kind of long header (RFC 9000 §17.2).
  private enum PacketKind: UInt8 {
    case initial, zeroRTT, handshake, retry

    init(firstByte: UInt8, version: QUICVersion) {
      let bits = firstByte >> 4 & 3
      let number = version.hasTurnedHeaders ? (bits &- 1) & 3 : bits
      self = PacketKind(rawValue: number) ?? .initial
    }
  }

  private static func readPacket(_ bytes: RawSpan) -> ReadPacket? {
    do throws(WireError) {
      var reader = ByteReader(bytes)
      let first = try reader.readUInt8(.quicHeader)
      let version = QUICVersion(rawValue: try reader.readUInt32(.quicHeader))
      guard version.isReadable else { return nil }
      let destinationLength = Int(try reader.readUInt8(.quicConnectionID))
      guard destinationLength <= maximumConnectionID else { return nil }
      let destination = try reader.readBytes(destinationLength, .quicConnectionID)
      let sourceLength = Int(try reader.readUInt8(.quicConnectionID))
      guard sourceLength <= maximumConnectionID else { return nil }
      let source = try reader.readBytes(sourceLength, .quicConnectionID)
      let kind = PacketKind(firstByte: first, version: version)
      if kind == .retry { return .retry }
      if kind == .initial {
        try reader.skip(Int(clamping: try reader.readVariableInteger(.quicHeader)), .quicHeader)
      }
      let length = Int(clamping: try reader.readVariableInteger(.quicHeader))
      let numberOffset = reader.position
      guard length >= 20, length <= reader.remaining else { return nil }
      let end = numberOffset + length
      guard kind == .initial else { return .later(length: end) }
      return .initial(
        QUICInitialPacket(
          version: version, destinationConnectionID: destination.copyBytes(), sourceConnectionID: source.copyBytes(),
          bytes: bytes.extracting(0..<end).copyBytes(), packetNumberOffset: numberOffset),
        length: end)
    } catch {
      return nil
    }
  }
}

extension ByteReader {
  /// RFC 9000 §16: the two highest bits tell the length, 1, 2, 4 or 8 bytes.
  mutating func readVariableInteger(_ field: WireField) throws(WireError) -> UInt64 {
    let first = try readUInt8(field)
    var value = UInt64(first & 0x3f)
    for _ in 1..<(1 << Int(first >> 6)) { value = value << 8 | UInt64(try readUInt8(field)) }
    return value
  }
}

/// The CRYPTO frames of an opened Initial packet (RFC 9000 §19.6): pieces of the handshake at their offsets.
enum QUICCryptoFrames {
  /// More than real clients put into a packet, which cut a hello into some ten pieces; what follows is not read.
  static let maximumPieces = 32

  /// Calls `body` with offset and bytes of each piece; other legal frames are passed over, and what is none ends the reading.
  static func forEachPiece(
    in frames: RawSpan, of version: QUICVersion = .version1, _ body: (_ offset: Int, _ bytes: RawSpan) -> Void
  ) {
    var reader = ByteReader(frames)
    var pieces = 0
    do throws(WireError) {
      let hasGoogleFrames = version.hasGoogleFrames
      // PADDING; PING, which has another number in Google's versions.
      let ping: UInt8 = hasGoogleFrames ? 0x07 : 0x01
      while !reader.isAtEnd {
        let first = reader.peek()
        if first == 0 || first == ping {
          try reader.skip(1, .quicFrame)
          continue
        }
        let type = try reader.readVariableInteger(.quicFrame)
        switch (type, hasGoogleFrames) {
        case (0x02, false), (0x03, false):
          // RFC 9000 §19.3: largest, delay, count of ranges, first range, then pairs; counts of ECN in type 3.
          _ = try reader.readVariableInteger(.quicFrame)
          _ = try reader.readVariableInteger(.quicFrame)
          let ranges = try reader.readVariableInteger(.quicFrame)
          guard ranges <= UInt64(frames.byteCount) else { return }
          for _ in 0..<(1 + 2 * ranges + (type == 3 ? 3 : 0)) { _ = try reader.readVariableInteger(.quicFrame) }
        case (0x06, false), (0x08, true):
          guard pieces < maximumPieces else { return }
          pieces += 1
          let offset = Int(clamping: try reader.readVariableInteger(.quicFrame))
          let length = Int(clamping: try reader.readVariableInteger(.quicFrame))
          body(offset, try reader.readBytes(length, .quicFrame))
        default:
          // CONNECTION_CLOSE and what does not belong here (RFC 9000 §17.2.2).
          return
        }
      }
    } catch {
      return
    }
  }
}

/// A QUIC client's handshake as far as it can be read on the way (RFC 9001 §4, §5.2).
///
/// One pair of ports can carry several connections, one after the other: each begins with an Initial packet that its own
/// Destination Connection ID opens.
public struct QUICClientHandshake: Sendable {
  /// Those of the client's first Initial packet, or of the one after a Retry; nil when there was none, or its hello has been read.
  private var keys: QUICInitialKeys?
  private var version = QUICVersion.negotiation
  /// Destination Connection ID from which the keys come.
  private var connectionID: [UInt8] = []
  /// That of the last packet that nothing opened: later packets of a handshake go to an id of the server's choice.
  private var dismissedID: [UInt8]?
  /// Those of handshakes whose hello has been read, oldest first: their first packet may come again.
  private var finishedIDs: [[UInt8]] = []
  private static let maximumFinished = 4
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
    /// No key opens it: it is the server's, was broken on the way, or is none at all.
    case failed
  }

  /// Opens the packets of a datagram and takes in their pieces of the handshake.
  ///
  /// Keys are derived for one packet of a datagram at most: where they do not open it, the rest of the datagram is not tried with others. So
  /// a datagram costs no more derivations however many packets lie in it.
  ///
  /// - Returns: `opened` where one was.
  public mutating func open(_ packets: [QUICInitialPacket]) -> Opening {
    var result = Opening.done
    var mayDerive = true
    for packet in packets {
      switch open(packet, mayDerive: &mayDerive) {
      case .opened: result = .opened
      case .failed: if result == .done { result = .failed }
      case .done: break
      }
    }
    return result
  }

  /// Opens a packet and takes in its piece of the handshake.
  public mutating func open(_ packet: QUICInitialPacket) -> Opening {
    var mayDerive = true
    return open(packet, mayDerive: &mayDerive)
  }

  private mutating func open(_ packet: QUICInitialPacket, mayDerive: inout Bool) -> Opening {
    let id = packet.destinationConnectionID
    if finishedIDs.contains(id) || hasHello && id == dismissedID { return .done }
    if let keys {
      if let frames = packet.open(with: keys) {
        insert(frames, packet.version)
        return .opened
      }
      // RFC 9368 §2.3: the handshake goes on in another version, with keys from the same id.
      if mayDerive, packet.version != version, let change = opened(packet, connectionID) {
        self.keys = change.keys
        version = packet.version
        insert(change.frames, packet.version)
        return .opened
      }
    }
    // The first packet, one after a Retry or a version negotiation, or a new connection on the same ports.
    if mayDerive, keys == nil || id != connectionID, let fresh = opened(packet, id) {
      keys = fresh.keys
      version = packet.version
      connectionID = id
      dismissedID = nil
      stream = RangeBuffer(limit: QUICClientHandshake.limit)
      hasHello = false
      failures = 0
      insert(fresh.frames, packet.version)
      return .opened
    }
    mayDerive = false
    failures += 1
    dismissedID = id
    return hasHello ? .done : .failed
  }

  private func opened(
    _ packet: QUICInitialPacket, _ connectionID: [UInt8]
  ) -> (keys: QUICInitialKeys, frames: [UInt8])? {
    for keys in packet.clientKeys(connectionID: connectionID) {
      if let frames = packet.open(with: keys) { return (keys, frames) }
    }
    return nil
  }

  /// Takes in the frames of an opened packet.
  package mutating func insert(_ frames: [UInt8], _ version: QUICVersion = .version1) {
    QUICCryptoFrames.forEachPiece(in: frames.span.bytes, of: version) { offset, bytes in
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
    if finishedIDs.count >= QUICClientHandshake.maximumFinished { finishedIDs.removeFirst() }
    finishedIDs.append(connectionID)
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
  ///   is missing is broken where pieces of it were refused.
  public func read(isComplete: Bool = false) -> Reading {
    let known = stream.prefixLength
    guard known >= 4 else { return isComplete && stream.isOverfull ? .broken(.tooMany(.quicFrame)) : .needsMore }
    let head = stream.prefix(4)
    if head == [0x43, 0x48, 0x4c, 0x4f] {
      return GoogleClientHello(stream.prefix(known)).map(Reading.googleHello)
        ?? (isComplete ? .broken(.truncated(.quicFrame)) : .needsMore)
    }
    guard head[0] == 1 else { return .broken(.badValue(.tlsHandshakeHeader)) }
    let length = Int(head[1]) << 16 | Int(head[2]) << 8 | Int(head[3])
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

/// CHLO of Google's own QUIC handshake, as far as naming needs it.
public struct GoogleClientHello: Sendable, Equatable {
  public var serverName: String?

  private static let maximumEntries = 128

  /// Reads a message that begins with `CHLO`: tag 4, entries 2, padding 2, then tag and end offset of each, little-endian, then values.
  public init?(_ message: [UInt8]) {
    guard message.count >= 8, message[..<4] == [0x43, 0x48, 0x4c, 0x4f] else { return nil }
    let entries = Int(message[4]) | Int(message[5]) << 8
    let values = 8 + entries * 8
    guard entries <= GoogleClientHello.maximumEntries, message.count >= values else { return nil }
    var start = 0
    for index in 0..<entries {
      let at = 8 + index * 8
      let end = (0..<4).reduce(0) { $0 | Int(message[at + 4 + $1]) << (8 * $1) }
      guard end >= start else { return nil }
      if message[at..<at + 4] == [0x53, 0x4e, 0x49, 0] {
        guard values + end <= message.count else { return nil }
        serverName = message.span.bytes.extracting(values + start..<values + end).hostName()
        return
      }
      start = end
    }
  }

  /// Whether a datagram has the public header of Google's versions before the 44th: flags with the version bit, an id of eight
  /// bytes, and the version, `Q0` and two digits.
  public static func hasPublicHeader(_ datagram: RawSpan) -> Bool {
    guard datagram.byteCount >= 13, datagram.byte(0) & 0xc9 == 0x09 else { return false }
    let version = datagram.uint32(9)
    return version >> 16 == 0x5130 && (0x30...0x39).contains(version >> 8 & 0xff)
      && (0x30...0x39).contains(version & 0xff)
  }

  /// Looks for a CHLO in a packet of Q046 or older, whose first packets are not encrypted: header, hash of 12 bytes, stream frame, message.
  public init?(inClearPacket packet: RawSpan) {
    /// Longest connection ids, packet number, hash and frame header together.
    let furthest = min(packet.byteCount - 8, 80)
    guard furthest > 0 else { return nil }
    for offset in 0..<furthest where packet.uint32(offset) == 0x4348_4c4f {
      self.init(packet.extracting(offset..<packet.byteCount).copyBytes())
      return
    }
    return nil
  }
}
