import Model

/// What flow tracking needs of one packet: a trivial value that is reused for every packet and holds no bytes.
public struct Packet: Sendable {
  /// A fragment of an IP packet: it has no ports and no transport header; its data are the payload.
  public struct Fragment: Sendable, Equatable {
    public var identification: UInt32
    /// Offset of the fragment's data in the whole packet, in bytes.
    public var offset: Int
    public var hasMore: Bool

    public init(identification: UInt32, offset: Int, hasMore: Bool) {
      self.identification = identification
      self.offset = offset
      self.hasMore = hasMore
    }
  }

  public var source = IPAddress(high: 0, low: 0)
  public var destination = IPAddress(high: 0, low: 0)
  public var transport = TransportProtocol(rawValue: 0)
  public var sourcePort: UInt16 = 0
  public var destinationPort: UInt16 = 0
  /// Innermost VLAN identifier, 0 for untagged.
  public var vlan: UInt16 = 0
  /// Outer VLAN tags and tunnels of the packet, which distinguish equal addresses in different networks; 0 for none.
  /// Exact for one tunnel or up to five tags, a hash for more.
  public var scope: UInt64 = 0
  public var sourceHardware: HardwareAddress?
  public var destinationHardware: HardwareAddress?
  /// Nil for a whole packet.
  public var fragment: Fragment?
  /// How many packets enclose this one in the frame: 0 for the outermost.
  public var depth: UInt8 = 0
  /// The payload is another packet, which comes next.
  public var carriesPacket = false
  /// Packets on the wire: more than 1 for a packet that was reassembled from fragments.
  public var packetCount: UInt64 = 1

  /// Identification field of IPv4, by which fragments belong together (RFC 791 §3.2); 0 for IPv6.
  public var identification: UInt16 = 0
  /// As sent; 0 for other transports than TCP and UDP.
  public var transportChecksum: UInt16 = 0

  /// Bytes behind the IP header and its extension headers, as the IP header states.
  public var ipPayloadLength = 0
  /// Offset of the transport payload in the decoded bytes.
  public var payloadOffset = 0
  /// Transport payload bytes that were captured.
  public var payloadCaptured = 0
  /// Transport payload bytes on the wire, >= `payloadCaptured`.
  public var payloadLength = 0

  /// Valid iff `transport == .tcp` and not a fragment.
  public var tcpFlags: TCPFlags = []
  public var tcpSequence: UInt32 = 0
  public var tcpAcknowledgment: UInt32 = 0
  /// As sent, not scaled.
  public var tcpWindow: UInt16 = 0

  /// Valid iff `isUnreachable`: the packet that could not be delivered, as the ICMP message quotes it.
  public var quotedSource = IPAddress(high: 0, low: 0)
  public var quotedDestination = IPAddress(high: 0, low: 0)
  public var quotedTransport = TransportProtocol(rawValue: 0)
  public var quotedSourcePort: UInt16 = 0
  public var quotedDestinationPort: UInt16 = 0
  /// An ICMP destination unreachable (RFC 792; RFC 4443 §3.1) with enough quoted to name the flow.
  public var isUnreachable = false

  public init() {}
}

extension Packet {
  /// Reads the outermost packet of a frame.
  ///
  /// - Parameters:
  ///   - frame: captured bytes.
  ///   - originalLength: bytes on the wire, >= `frame.byteCount`.
  /// - Throws: `WireError` if the frame is not IP, malformed, or cut in front of the ports; it then belongs to no flow.
  public init(
    decoding frame: RawSpan, originalLength: Int, linkType: LinkType
  ) throws(WireError) {
    self.init()
    var decoder = PacketDecoder(frame, originalLength: originalLength, linkType: linkType)
    guard try decoder.next(&self) else { throw .unsupported(.etherType) }
  }

  /// Reads the transport header; `ipPayloadLength` and `transport` are set.
  ///
  /// - Parameters:
  ///   - bytes: captured part of the IP payload.
  ///   - offset: offset of `bytes` in the decoded bytes.
  mutating func decodeTransport(_ bytes: RawSpan, offset: Int, _ isCapturedShort: Bool) throws(WireError) {
    payloadOffset = offset
    let isShort = isCapturedShort || bytes.byteCount < ipPayloadLength
    switch transport {
    case .tcp:
      let header = try TCPHeader(bytes, isCapturedShort: isShort)
      sourcePort = header.sourcePort
      destinationPort = header.destinationPort
      tcpFlags = header.flags
      tcpSequence = header.sequence
      tcpAcknowledgment = header.acknowledgment
      tcpWindow = header.window
      transportChecksum = header.checksum
      guard header.headerLength <= ipPayloadLength else { throw .badLength(.tcpDataOffset) }
      place(headerLength: header.headerLength, bytes.byteCount, statedLength: ipPayloadLength)
    case .udp:
      let header = try UDPHeader(bytes, isCapturedShort: isShort)
      sourcePort = header.sourcePort
      destinationPort = header.destinationPort
      transportChecksum = header.checksum
      // A length beyond the IP payload is false, or that of a datagram in fragments: the bytes that are there count.
      let stated = header.statedLength == 0 ? ipPayloadLength : min(header.statedLength, ipPayloadLength)
      place(headerLength: UDPHeader.length, min(bytes.byteCount, stated), statedLength: stated)
    case .icmp:
      payloadCaptured = bytes.byteCount
      payloadLength = ipPayloadLength
      // "Fragmentation needed" only says that the packet is too big for the path (RFC 1191 §3).
      if bytes.byteCount >= 8 + 20, bytes.byte(0) == ICMPType.unreachable, bytes.byte(1) != ICMPType.fragmentationNeeded
      {
        readQuoted(bytes.extracting(8..<bytes.byteCount))
      }
    case .icmpv6:
      payloadCaptured = bytes.byteCount
      payloadLength = ipPayloadLength
      if bytes.byteCount >= 8 + 40, bytes.byte(0) == ICMPType.unreachable6 {
        readQuoted(bytes.extracting(8..<bytes.byteCount))
      }
    default:
      payloadCaptured = bytes.byteCount
      payloadLength = ipPayloadLength
    }
  }

  private mutating func place(headerLength: Int, _ captured: Int, statedLength: Int) {
    let header = min(headerLength, captured)
    payloadOffset += header
    payloadCaptured = captured - header
    payloadLength = max(statedLength - headerLength, payloadCaptured)
  }

  /// Reads the headers that an ICMP message quotes; if they cannot be read, `isUnreachable` stays false.
  private mutating func readQuoted(_ bytes: RawSpan) {
    var transportOffset = 0
    if bytes.byte(0) >> 4 == 4 {
      guard let header = try? IPv4Header(bytes, isCapturedShort: true), header.fragmentOffset == 0 else { return }
      quotedSource = header.source
      quotedDestination = header.destination
      quotedTransport = TransportProtocol(rawValue: header.transport)
      transportOffset = header.headerLength
    } else {
      guard let header = try? IPv6Header(bytes, isCapturedShort: true), header.fragmentOffset == 0 else { return }
      quotedSource = header.source
      quotedDestination = header.destination
      quotedTransport = TransportProtocol(rawValue: header.transport)
      transportOffset = header.headerLength
    }
    guard quotedTransport == .tcp || quotedTransport == .udp, bytes.byteCount >= transportOffset + 4 else { return }
    quotedSourcePort = bytes.uint16(transportOffset)
    quotedDestinationPort = bytes.uint16(transportOffset + 2)
    isUnreachable = true
  }
}
