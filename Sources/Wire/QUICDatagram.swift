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
