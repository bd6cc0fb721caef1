import Model

/// Reads the packets of a frame one after the other: the outermost first, then the packets that tunnels carry in it.
///
/// No packet costs an allocation, and no frame more than `maximumSteps` headers. `carriesPacket` is set for a packet
/// that encloses another one, which the next call returns.
public struct PacketDecoder: ~Escapable {
  /// The header that begins at `offset`.
  enum Layer: Equatable {
    case link(LinkType)
    case ethernet
    case etherType(UInt16)
    case logicalLink
    case mpls
    case pppoe, ppp, pppSerial, ciscoHDLC
    case wireless(padded: Bool)
    /// A subframe of an A-MSDU, an aggregate of IEEE 802.11.
    case aggregate
    /// IP of the version that its first four bits state.
    case internet
    case ipv4, ipv6
    /// The payload of an IP packet that was reassembled from fragments.
    case reassembled
    case gre, erspan2, erspan3, redirected
    case etherIP
    case vxlan, vxlanExtended, geneve, serviceHeader
    case teredo, gtp, layer2Tunnel, locator, sniffer
  }

  /// A kind of tunnel, as part of a flow's scope: a conversation with the same addresses and ports outside the tunnel,
  /// or in another kind of tunnel, is another flow.
  enum Tunnel: UInt64 {
    case ip = 1
    case gre, erspan, etherIP, vxlan, geneve, teredo, gtp, layer2, locator, sniffer, pppoe, backbone
  }

  /// Most headers that are read in a frame; real frames have up to a dozen.
  static let maximumSteps = 256
  /// Deepest nesting of packets; real networks reach four.
  static let maximumDepth = 6

  private let bytes: RawSpan
  /// Nil if there is nothing more to read here.
  private var layer: Layer?
  private var offset = 0
  /// Offset behind the last captured byte of the layer.
  private var end: Int
  /// Offset behind the last byte of the layer on the wire, >= `end`.
  private var wireEnd: Int
  private var steps = 0
  private var depth = 0
  /// The error that the next call throws: the previous packet was read, but what it carries is malformed.
  private var failure: WireError?
  /// The common header fields of the fragments, for a reassembled packet; nil for a frame.
  private var reassembled: Reassembled?

  private struct Reassembled {
    var source: IPAddress
    var destination: IPAddress
    var transport: TransportProtocol
    var identification: UInt16
  }

  var vlan: UInt16 = 0
  var scope: UInt64 = 0
  /// Hardware address of the frame's sender.
  var hardware: HardwareAddress?
  var destinationHardware: HardwareAddress?

  /// The next frame in the same aggregate.
  private struct Next {
    var layer: Layer
    var offset: Int
    var end: Int
    var wireEnd: Int
    var vlan: UInt16
    var scope: UInt64
    var depth: Int
  }
  private var following: Next?

  /// - Parameters:
  ///   - frame: captured bytes, link header first.
  ///   - originalLength: bytes on the wire, >= `frame.byteCount`.
  @_lifetime(copy frame)
  public init(_ frame: RawSpan, originalLength: Int, linkType: LinkType) {
    bytes = frame
    // Most frames begin with this header: it saves a step.
    layer = linkType == .ethernet ? .ethernet : .link(linkType)
    end = frame.byteCount
    wireEnd = max(originalLength, frame.byteCount)
  }

  /// Reads the transport header of a packet that was reassembled from fragments, and the packets that it carries.
  ///
  /// - Parameters:
  ///   - payload: the data of the fragments from the beginning, without a gap.
  ///   - originalLength: bytes of the whole payload, >= `payload.byteCount`.
  ///   - fragment: one of the fragments, as a decoder returned it.
  @_lifetime(copy payload)
  public init(reassembled payload: RawSpan, originalLength: Int, of fragment: Packet) {
    bytes = payload
    layer = .reassembled
    end = payload.byteCount
    wireEnd = max(originalLength, payload.byteCount)
    reassembled = Reassembled(
      source: fragment.source, destination: fragment.destination, transport: fragment.transport,
      identification: fragment.identification)
    vlan = fragment.vlan
    scope = fragment.scope
    hardware = fragment.sourceHardware
    destinationHardware = fragment.destinationHardware
    depth = Int(fragment.depth)
  }

  /// Reads the next packet.
  ///
  /// - Returns: false if the frame holds no more packets.
  /// - Throws: `WireError` for what is malformed or not IP. More packets may follow: call again until it returns false.
  public mutating func next(_ packet: inout Packet) throws(WireError) -> Bool {
    if let failure {
      self.failure = nil
      layer = nil
      throw failure
    }
    do {
      guard try findPacket() else { return false }
      try readPacket(&packet)
    } catch {
      layer = nil
      throw error
    }
    return true
  }

  // MARK: Layers

  /// Reads headers up to the next IP header.
  private mutating func findPacket() throws(WireError) -> Bool {
    // A local variable: the decoder's own would be written to memory for each header.
    var found = layer
    while true {
      guard let layer = found else {
        guard let next = following else {
          self.layer = nil
          return false
        }
        following = nil
        (found, offset, end, wireEnd) = (next.layer, next.offset, next.end, next.wireEnd)
        (vlan, scope, depth) = (next.vlan, next.scope, next.depth)
        continue
      }
      switch layer {
      case .ipv4, .ipv6, .reassembled:
        self.layer = layer
        return true
      default: break
      }
      steps += 1
      guard steps <= PacketDecoder.maximumSteps else {
        following = nil
        throw .tooMany(.tunnelDepth)
      }
      var reader = ByteReader(bytes.extracting(offset..<end), isCapturedShort: wireEnd > end)
      found = try readLayer(&reader, layer)
      offset += reader.position
      // The stated length ends within the header that states it.
      guard offset <= end else { throw .badLength(.tunnelHeader) }
    }
  }

  private mutating func readLayer(_ reader: inout ByteReader, _ layer: Layer) throws(WireError) -> Layer? {
    switch layer {
    case .link(let type): return try readLink(&reader, type)
    case .ethernet: return try readEthernet(&reader)
    case .etherType(let type): return try readEtherType(&reader, type)
    case .logicalLink: return try readLogicalLink(&reader)
    case .mpls: return try readLabels(&reader)
    case .pppoe: return try readPPPoE(&reader)
    case .ppp: return try readPPP(&reader)
    case .pppSerial: return try readPPPSerial(&reader)
    case .ciscoHDLC: return try readCiscoHDLC(&reader)
    case .wireless(let padded): return try readWireless(&reader, isPadded: padded)
    case .aggregate: return try readAggregate(&reader)
    case .internet:
      guard reader.remaining > 0 else { throw reader.shortage(.ipVersion) }
      switch reader.peek() >> 4 {
      case 4: return .ipv4
      case 6: return .ipv6
      default: throw .unsupported(.ipVersion)
      }
    case .gre: return try readGRE(&reader)
    case .erspan2: return try readERSPAN2(&reader)
    case .erspan3: return try readERSPAN3(&reader)
    case .redirected: return try readRedirected(&reader)
    case .etherIP: return try readEtherIP(&reader)
    case .vxlan: return try readVXLAN(&reader)
    case .vxlanExtended: return try readExtendedVXLAN(&reader)
    case .geneve: return try readGeneve(&reader)
    case .serviceHeader: return try readServiceHeader(&reader)
    case .teredo: return try readTeredo(&reader)
    case .gtp: return try readGTP(&reader)
    case .layer2Tunnel: return try readLayer2Tunnel(&reader)
    case .locator: return try readLocator(&reader)
    case .sniffer: return try readSniffer(&reader)
    case .ipv4, .ipv6, .reassembled: return layer
    }
  }

  /// Limits the layer to `count` bytes from the reader's position: what follows is padding or another message.
  mutating func limit(to count: Int, _ reader: borrowing ByteReader) {
    let limit = offset + reader.position + count
    end = min(end, limit)
    wireEnd = max(min(wireEnd, limit), end)
  }

  /// Records that another `layer` begins `count` bytes behind the reader's position.
  mutating func rememberNext(after count: Int, _ layer: Layer, _ reader: borrowing ByteReader) {
    let start = offset + reader.position + count
    guard start < end else { return }
    following = Next(
      layer: layer, offset: start, end: end, wireEnd: wireEnd, vlan: vlan, scope: scope, depth: depth)
  }

  /// Adds a tunnel to the scope of the packets that it carries.
  ///
  /// The identifier must be the same in both directions of a conversation. Tunnel end points of GTP, keys of GRE and
  /// MPLS labels are not; neither are the outer addresses if the two directions take different routes.
  ///
  /// - Parameter identifier: below 2^32.
  mutating func enter(_ tunnel: Tunnel, identifier: UInt64 = 0) {
    let mixed = scope &* 0x9e37_79b9_7f4a_7c15
    scope = (mixed << 29 | mixed >> 35) ^ (tunnel.rawValue << 56 | identifier)
  }

  // MARK: Packets

  private mutating func readPacket(_ packet: inout Packet) throws(WireError) {
    steps += 1
    guard depth < PacketDecoder.maximumDepth, steps <= PacketDecoder.maximumSteps else {
      following = nil
      throw .tooMany(.tunnelDepth)
    }
    let isReassembled = layer == .reassembled
    packet = Packet()
    packet.vlan = vlan
    packet.scope = scope
    packet.sourceHardware = hardware
    packet.destinationHardware = destinationHardware
    packet.depth = UInt8(truncatingIfNeeded: depth)
    let isCapturedShort = wireEnd > end
    if isReassembled {
      try readReassembled(&packet, isCapturedShort)
    } else if layer == .ipv4 {
      try readIPv4(&packet, isCapturedShort)
    } else {
      try readIPv6(&packet, isCapturedShort)
    }
    layer = nil
    guard packet.fragment == nil else {
      packet.payloadOffset = offset
      packet.payloadCaptured = end - offset
      packet.payloadLength = max(packet.ipPayloadLength, packet.payloadCaptured)
      return
    }
    try packet.decodeTransport(bytes.extracting(offset..<end), offset: offset, isCapturedShort)
    enterTunnel(&packet)
  }

  private mutating func readIPv4(_ packet: inout Packet, _ isCapturedShort: Bool) throws(WireError) {
    let header = try IPv4Header(bytes.extracting(offset..<end), isCapturedShort: isCapturedShort)
    packet.source = header.source
    packet.destination = header.destination
    packet.transport = TransportProtocol(rawValue: header.transport)
    packet.identification = header.identification
    let headerLength = header.headerLength
    var total = header.totalLength
    // Segmentation offload: the network card fills in the length later.
    if total == 0 { total = wireEnd - offset }
    guard total >= headerLength else { throw .badLength(.ipv4TotalLength) }
    packet.ipPayloadLength = total - headerLength
    if header.fragmentOffset > 0 || header.moreFragments {
      packet.fragment = Packet.Fragment(
        identification: UInt32(header.identification), offset: header.fragmentOffset, hasMore: header.moreFragments)
    }
    // Bytes behind the total length are padding of the link layer.
    narrow(headerLength, total)
    if packet.fragment == nil { try skipAuthentication(&packet, isCapturedShort) }
  }

  private mutating func readIPv6(_ packet: inout Packet, _ isCapturedShort: Bool) throws(WireError) {
    let header = try IPv6Header(bytes.extracting(offset..<end), isCapturedShort: isCapturedShort)
    packet.source = header.source
    packet.destination = header.destination
    packet.transport = TransportProtocol(rawValue: header.transport)
    packet.ipPayloadLength = header.payloadLength ?? max(wireEnd - offset - header.headerLength, 0)
    if header.isFragment {
      packet.fragment = Packet.Fragment(
        identification: header.identification, offset: header.fragmentOffset, hasMore: header.moreFragments)
    }
    narrow(header.headerLength, header.headerLength + packet.ipPayloadLength)
  }

  /// Moves `offset` behind an IP header, and `end` to the end of its packet.
  private mutating func narrow(_ headerLength: Int, _ total: Int) {
    let packetEnd = offset + total
    offset += headerLength
    end = max(min(end, packetEnd), offset)
    // A packet may state more bytes than its frame holds: it was cut before it was captured.
    wireEnd = max(packetEnd, end)
  }

  private mutating func readReassembled(_ packet: inout Packet, _ isCapturedShort: Bool) throws(WireError) {
    if let reassembled {
      packet.source = reassembled.source
      packet.destination = reassembled.destination
      packet.transport = reassembled.transport
      packet.identification = reassembled.identification
    }
    packet.ipPayloadLength = wireEnd - offset
    if packet.source.isIPv4 {
      try skipAuthentication(&packet, isCapturedShort)
      return
    }
    var reader = ByteReader(bytes.extracting(offset..<end), isCapturedShort: isCapturedShort)
    let extensions = try ExtensionHeaders(&reader, first: packet.transport.rawValue)
    // Fragments do not contain fragments.
    guard extensions.fragmentOffset == 0, !extensions.moreFragments else { throw .badValue(.ipv6Extension) }
    packet.transport = TransportProtocol(rawValue: extensions.next)
    packet.ipPayloadLength -= reader.position
    offset += reader.position
  }

  private mutating func skipAuthentication(_ packet: inout Packet, _ isCapturedShort: Bool) throws(WireError) {
    guard packet.transport.rawValue == ProtocolNumber.authentication else { return }
    var reader = ByteReader(bytes.extracting(offset..<end), isCapturedShort: isCapturedShort)
    packet.transport = TransportProtocol(rawValue: try ExtensionHeaders.readAuthentication(&reader))
    packet.ipPayloadLength = max(packet.ipPayloadLength - reader.position, end - offset - reader.position)
    offset += reader.position
  }

  // MARK: Tunnels

  /// Finds out whether a packet carries another one.
  private mutating func enterTunnel(_ packet: inout Packet) {
    let isUDP = packet.transport == .udp
    guard let tunnel = isUDP ? tunnel(of: packet) : PacketDecoder.tunnel(of: packet.transport) else { return }
    let (outerEnd, outerWireEnd, outerVLAN, outerScope) = (end, wireEnd, vlan, scope)
    let (outerHardware, outerDestinationHardware) = (hardware, destinationHardware)
    offset = packet.payloadOffset
    end = offset + packet.payloadCaptured
    wireEnd = offset + packet.payloadLength
    layer = tunnel
    depth += 1
    // The device that sends through a tunnel is not the end of the tunnel, except for hosts that reach IPv6 through
    // IPv4.
    if tunnel != .teredo, packet.transport.rawValue != ProtocolNumber.ipv6 {
      hardware = nil
      destinationHardware = nil
    }
    if tunnel == .ipv4 || tunnel == .ipv6 || tunnel == .mpls { enter(.ip) }
    do {
      packet.carriesPacket = try findCarried(isUDP: isUDP)
    } catch {
      // Any protocol may use a UDP port: what cannot be read as a tunnel there is no fault.
      if !isUDP { failure = error }
    }
    if !packet.carriesPacket, failure == nil {
      layer = nil
      (end, wireEnd, vlan, scope) = (outerEnd, outerWireEnd, outerVLAN, outerScope)
      (hardware, destinationHardware) = (outerHardware, outerDestinationHardware)
    }
  }

  /// Like `findPacket`, but only in the tunnel itself, not in the next frame of an aggregate.
  private mutating func findCarried(isUDP: Bool) throws(WireError) -> Bool {
    let beside = following
    following = nil
    defer { if following == nil { following = beside } }
    guard try findPacket() else { return false }
    return !isUDP || isPlausible
  }

  /// Whether an IP header whose length fits begins at `offset`.
  private var isPlausible: Bool {
    let room = wireEnd - offset
    let header = bytes.extracting(offset..<end)
    if layer == .ipv4 {
      guard header.byteCount >= 20, header.byte(0) >> 4 == 4, header.byte(0) & 0x0f >= 5 else { return false }
      let total = Int(header.uint16(2))
      return total == 0 || total >= 20 && total <= room
    }
    guard header.byteCount >= 40, header.byte(0) >> 4 == 6 else { return false }
    return Int(header.uint16(4)) + 40 <= room
  }

  private static func tunnel(of transport: TransportProtocol) -> Layer? {
    switch transport.rawValue {
    case ProtocolNumber.ipv4: .ipv4
    case ProtocolNumber.ipv6: .ipv6
    case ProtocolNumber.gre: .gre
    case ProtocolNumber.etherIP: .etherIP
    case ProtocolNumber.mpls: .mpls
    default: nil
    }
  }

  private func tunnel(of packet: Packet) -> Layer? {
    guard packet.payloadCaptured >= 8 else { return nil }
    switch packet.destinationPort {
    case TunnelPort.gtp: return .gtp
    case TunnelPort.locator: return .locator
    case TunnelPort.gre: return .gre
    case TunnelPort.vxlan, TunnelPort.unregisteredVXLAN: return .vxlan
    case TunnelPort.extendedVXLAN: return .vxlanExtended
    case TunnelPort.geneve: return .geneve
    case TunnelPort.mpls: return .mpls
    case TunnelPort.sniffer: return .sniffer
    default: break
    }
    if packet.sourcePort == TunnelPort.layer2Tunnel || packet.destinationPort == TunnelPort.layer2Tunnel {
      return .layer2Tunnel
    }
    if packet.sourcePort == TunnelPort.gtp { return .gtp }
    let payload = bytes.extracting(packet.payloadOffset..<packet.payloadOffset + packet.payloadCaptured)
    return PacketDecoder.mayBeTeredo(payload, packet) ? .teredo : nil
  }
}
