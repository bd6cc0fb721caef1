import Model

/// What flow tracking needs of one packet: a trivial value that is filled again and again, with no bytes in it.
public struct Packet: Sendable {
  public enum Fragment: Sendable {
    case whole
    /// Carries the transport header; what follows is in other packets.
    case first
    /// No transport header: ports are 0.
    case later
  }

  public var source = IPAddress(high: 0, low: 0)
  public var destination = IPAddress(high: 0, low: 0)
  public var transport = TransportProtocol(rawValue: 0)
  public var sourcePort: UInt16 = 0
  public var destinationPort: UInt16 = 0
  /// Innermost VLAN identifier, 0 for untagged.
  public var vlan: UInt16 = 0
  /// Outer VLAN tags and, later, tunnel identifiers: tells equal addresses in different networks apart; 0 for none.
  public var scope: UInt32 = 0
  public var sourceHardware: HardwareAddress?
  public var fragment = Fragment.whole

  /// Bytes behind the IP header and its extensions, as the IP header states them.
  public var ipPayloadLength = 0
  /// Where the transport payload begins in the frame.
  public var payloadOffset = 0
  /// Transport payload bytes that were captured.
  public var payloadCaptured = 0
  /// Transport payload bytes on the wire, >= `payloadCaptured`.
  public var payloadLength = 0

  /// Valid iff `transport == .tcp` and not a later fragment.
  public var tcpFlags: TCPFlags = []
  public var tcpSequence: UInt32 = 0
  public var tcpAcknowledgment: UInt32 = 0

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
  /// Reads all headers of a frame.
  ///
  /// - Parameters:
  ///   - frame: captured bytes.
  ///   - originalLength: bytes on the wire, >= `frame.byteCount`.
  /// - Throws: `WireError` for what is not IP, broken, or cut before the transport ports; the frame then belongs to no flow.
  public init(
    decoding frame: RawSpan, originalLength: Int, linkType: LinkType
  ) throws(WireError) {
    self.init()
    let isCapturedShort = originalLength > frame.byteCount
    let link = try LinkHeader(frame, type: linkType, isCapturedShort: isCapturedShort)
    vlan = link.vlan
    scope = link.outerVLANs
    sourceHardware = link.source
    let network = frame.extracting(link.length..<frame.byteCount)
    var etherType = link.etherType
    if etherType == 0 {
      guard network.byteCount > 0 else { throw isCapturedShort ? .capturedShort(.ipVersion) : .truncated(.ipVersion) }
      switch network.byte(0) >> 4 {
      case 4: etherType = EtherType.ipv4
      case 6: etherType = EtherType.ipv6
      default: throw .unsupported(.ipVersion)
      }
    }
    switch etherType {
    case EtherType.ipv4:
      try decodeIPv4(network, offset: link.length, lengthOnWire: originalLength - link.length, isCapturedShort)
    case EtherType.ipv6:
      try decodeIPv6(network, offset: link.length, lengthOnWire: originalLength - link.length, isCapturedShort)
    default:
      throw .unsupported(.etherType)
    }
  }

  private mutating func decodeIPv4(
    _ bytes: RawSpan, offset: Int, lengthOnWire: Int, _ isCapturedShort: Bool
  ) throws(WireError) {
    let header = try IPv4Header(bytes, isCapturedShort: isCapturedShort)
    source = header.source
    destination = header.destination
    transport = TransportProtocol(rawValue: header.transport)
    let headerLength = header.headerLength
    var total = header.totalLength
    if total == 0 { total = lengthOnWire }
    guard total >= headerLength else { throw .badLength(.ipv4TotalLength) }
    ipPayloadLength = total - headerLength
    if header.fragmentOffset > 0 {
      fragment = .later
    } else if header.moreFragments {
      fragment = .first
    }
    // Bytes behind the stated total are link padding.
    let end = min(total, bytes.byteCount)
    try decodeTransport(
      bytes.extracting(headerLength..<max(end, headerLength)), offset: offset + headerLength, isCapturedShort)
  }

  private mutating func decodeIPv6(
    _ bytes: RawSpan, offset: Int, lengthOnWire: Int, _ isCapturedShort: Bool
  ) throws(WireError) {
    let header = try IPv6Header(bytes, isCapturedShort: isCapturedShort)
    source = header.source
    destination = header.destination
    transport = TransportProtocol(rawValue: header.transport)
    ipPayloadLength = header.payloadLength ?? max(lengthOnWire - header.headerLength, 0)
    if header.fragmentOffset > 0 {
      fragment = .later
    } else if header.moreFragments {
      fragment = .first
    }
    let end = min(header.headerLength + ipPayloadLength, bytes.byteCount)
    try decodeTransport(
      bytes.extracting(header.headerLength..<max(end, header.headerLength)), offset: offset + header.headerLength,
      isCapturedShort)
  }

  private mutating func decodeTransport(
    _ bytes: RawSpan, offset: Int, _ isCapturedShort: Bool
  ) throws(WireError) {
    payloadOffset = offset
    guard fragment != .later else {
      payloadCaptured = bytes.byteCount
      payloadLength = ipPayloadLength
      return
    }
    let isShort = isCapturedShort || bytes.byteCount < ipPayloadLength
    switch transport {
    case .tcp:
      let header = try TCPHeader(bytes, isCapturedShort: isShort)
      sourcePort = header.sourcePort
      destinationPort = header.destinationPort
      tcpFlags = header.flags
      tcpSequence = header.sequence
      tcpAcknowledgment = header.acknowledgment
      guard header.headerLength <= ipPayloadLength else { throw .badLength(.tcpDataOffset) }
      place(headerLength: header.headerLength, bytes.byteCount, statedLength: ipPayloadLength)
    case .udp:
      let header = try UDPHeader(bytes, isCapturedShort: isShort)
      sourcePort = header.sourcePort
      destinationPort = header.destinationPort
      // A length beyond the IP payload is a lie, or a datagram in fragments: what is there counts.
      let stated = header.statedLength == 0 ? ipPayloadLength : min(header.statedLength, ipPayloadLength)
      place(headerLength: UDPHeader.length, min(bytes.byteCount, stated), statedLength: stated)
    case .icmp:
      payloadCaptured = bytes.byteCount
      payloadLength = ipPayloadLength
      // Code 4 only says that the packet is too big for the path (RFC 1191 §3).
      if bytes.byteCount >= 8 + 20, bytes.byte(0) == 3, bytes.byte(1) != 4 {
        readQuoted(bytes.extracting(8..<bytes.byteCount))
      }
    case .icmpv6:
      payloadCaptured = bytes.byteCount
      payloadLength = ipPayloadLength
      if bytes.byteCount >= 8 + 40, bytes.byte(0) == 1 { readQuoted(bytes.extracting(8..<bytes.byteCount)) }
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

  /// The head of the packet that an ICMP message quotes; what cannot be read leaves `isUnreachable` false.
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
