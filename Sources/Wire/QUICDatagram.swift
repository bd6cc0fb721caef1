/// A datagram with a QUIC long header, and the Initial packets in it, which may be coalesced (RFC 9000 §12.2).
public struct QUICDatagram: ~Escapable {
  public enum Kind: Sendable, Equatable {
    /// At least one Initial packet.
    case initials
    /// A Retry: the client begins again with the server's connection ID (RFC 9000 §17.2.5).
    case retry
    case versionNegotiation
    /// Only packets of later stages (0-RTT, Handshake).
    case later
    /// Google QUIC version 46, whose handshake is not encrypted.
    case googleClear
    /// Not QUIC, or a version whose Initial packets cannot be decrypted.
    case notQUIC
  }

  public let kind: Kind
  private let bytes: RawSpan

  /// Most packets of a datagram that are read: more than fit into one of 1,500 bytes.
  package static let maximumPackets = 16

  /// Reads the headers of all packets.
  ///
  /// - Complexity: linear in the number of packets, which is bounded.
  @_lifetime(copy datagram)
  public init(_ datagram: RawSpan) {
    bytes = datagram
    kind = QUICDatagram.kind(of: datagram)
  }

  /// The Initial packets, front to back.
  public var initialPackets: InitialPackets {
    @_lifetime(copy self)
    get { InitialPackets(bytes) }
  }

  private static func kind(of datagram: RawSpan) -> Kind {
    guard datagram.byteCount >= 21, datagram.byte(0) & 0x80 != 0 else { return .notQUIC }
    let version = QUICVersion(rawValue: datagram.uint32(1))
    if version == .negotiation {
      // RFC 9000 §17.2.1: connection IDs, then at least one version.
      return Int(datagram.byte(5)) <= QUICConnectionID.maximumLength ? .versionNegotiation : .notQUIC
    }
    if version == .googleQ046 { return .googleClear }
    guard version.isReadable else { return .notQUIC }
    var kind = Kind.notQUIC
    var packets = LongHeaders(datagram)
    while let header = packets.next() {
      switch header.type {
      case .initial: kind = .initials
      case .zeroRTT, .handshake: if kind == .notQUIC { kind = .later }
      case .retry: return .retry
      }
    }
    return kind
  }

  /// The Initial packets of a datagram with the same Destination Connection ID as the first.
  ///
  /// Receivers ignore packets with another Destination Connection ID than the first (RFC 9000 §12.2), and each ID would
  /// cost a derivation of keys.
  public struct InitialPackets: ~Escapable {
    private var headers: LongHeaders
    private var first: QUICConnectionID?

    @_lifetime(copy datagram)
    fileprivate init(_ datagram: RawSpan) { headers = LongHeaders(datagram) }

    @_lifetime(copy self)
    public mutating func next() -> QUICInitialPacket? {
      while let header = headers.next() {
        guard header.type == .initial, first == nil || first == header.destinationConnectionID else { continue }
        first = header.destinationConnectionID
        return QUICInitialPacket(
          version: header.version, destinationConnectionID: header.destinationConnectionID,
          sourceConnectionID: header.sourceConnectionID, bytes: header.packet,
          packetNumberOffset: header.packetNumberOffset)
      }
      return nil
    }
  }
}

/// A long header (RFC 9000 §17.2).
private struct LongHeader: ~Escapable {
  enum PacketType: UInt8 {
    case initial, zeroRTT, handshake, retry

    init(firstByte: UInt8, version: QUICVersion) {
      let bits = firstByte >> 4 & 3
      let number = version.hasTurnedHeaders ? (bits &- 1) & 3 : bits
      self = PacketType(rawValue: number) ?? .initial
    }
  }

  let type: PacketType
  let version: QUICVersion
  let destinationConnectionID: QUICConnectionID
  let sourceConnectionID: QUICConnectionID
  /// 0 in a Retry, which has no packet number.
  let packetNumberOffset: Int
  /// The packet from its first byte to the end that its length field states; a Retry extends to the end of the
  /// datagram.
  let packet: RawSpan

  /// The shortest protected payload: header protection needs a sample of 16 bytes, 4 bytes behind the start of the
  /// packet number (RFC 9001 §5.4.2).
  private static let shortestPayload = 20

  /// Nil if the bytes do not begin with a whole packet of a readable version.
  @_lifetime(copy bytes)
  init?(_ bytes: RawSpan) {
    do throws(WireError) {
      var reader = ByteReader(bytes)
      let first = try reader.readUInt8(.quicHeader)
      version = QUICVersion(rawValue: try reader.readUInt32(.quicHeader))
      guard version.isReadable else { return nil }
      let destinationLength = Int(try reader.readUInt8(.quicConnectionID))
      guard destinationLength <= QUICConnectionID.maximumLength else { return nil }
      destinationConnectionID = QUICConnectionID(try reader.readBytes(destinationLength, .quicConnectionID))
      let sourceLength = Int(try reader.readUInt8(.quicConnectionID))
      guard sourceLength <= QUICConnectionID.maximumLength else { return nil }
      sourceConnectionID = QUICConnectionID(try reader.readBytes(sourceLength, .quicConnectionID))
      type = PacketType(firstByte: first, version: version)
      if type == .retry {
        packetNumberOffset = 0
        packet = bytes
        return
      }
      if type == .initial {
        try reader.skip(Int(clamping: try reader.readVariableInteger(.quicHeader)), .quicHeader)
      }
      let length = Int(clamping: try reader.readVariableInteger(.quicHeader))
      packetNumberOffset = reader.position
      guard length >= LongHeader.shortestPayload, length <= reader.remaining else { return nil }
      packet = bytes.extracting(0..<packetNumberOffset + length)
    } catch {
      return nil
    }
  }
}

/// The long headers of a datagram, front to back, up to the first that cannot be read, at most `maximumPackets`.
private struct LongHeaders: ~Escapable {
  private var rest: RawSpan
  private var count = 0

  @_lifetime(copy datagram)
  init(_ datagram: RawSpan) { rest = datagram }

  @_lifetime(copy self)
  mutating func next() -> LongHeader? {
    guard count < QUICDatagram.maximumPackets, rest.byteCount >= 7, rest.byte(0) & 0x80 != 0,
      let header = LongHeader(rest)
    else { return nil }
    count += 1
    rest = rest.extracting(header.packet.byteCount..<rest.byteCount)
    return header
  }
}
