import Model

/// Reads the packets of a frame one after the other: the outermost first, then what it carries, tunnel in tunnel.
///
/// No packet costs an allocation, and no frame more than `maximumSteps` headers. A packet that only says how another one is to be
/// delivered has `carriesPacket`; the carried packet comes with the next call.
public struct PacketDecoder: ~Escapable {
  /// What begins at `offset`.
  enum Layer: Equatable {
    case link(LinkType)
    case ethernet
    case etherType(UInt16)
    case logicalLink
    case mpls
    case pppoe, ppp, pppSerial, ciscoHDLC
    case wireless(padded: Bool)
    /// A subframe of an aggregate of IEEE 802.11.
    case aggregate
    /// IP, of the version that its first bits say.
    case internet
    case ipv4, ipv6
    /// What an IP packet carried in fragments.
    case reassembled
    case gre, erspan2, erspan3, redirected
    case etherIP
    case vxlan, vxlanExtended, geneve, serviceHeader
    case teredo, gtp, layer2Tunnel, locator, sniffer
  }

  /// Part of a flow's scope: an equal conversation outside the tunnel, or in another kind of tunnel, is another flow.
  enum Tunnel: UInt64 {
    case ip = 1
    case gre, erspan, etherIP, vxlan, geneve, teredo, gtp, layer2, locator, sniffer, pppoe, backbone
  }

  /// Headers of a frame that are looked at; real frames have a dozen.
  static let maximumSteps = 256
  /// Packets in packets; real nesting ends at four.
  static let maximumDepth = 6

  private let bytes: RawSpan
  /// Nil where nothing more is to be read here.
  private var layer: Layer?
  private var offset = 0
  /// Behind the last captured byte of the layer.
  private var end: Int
  /// Behind the last byte of the layer on the wire, >= `end`.
  private var wireEnd: Int
  private var steps = 0
  private var depth = 0
  /// What is thrown by the next call: the inside of the packet before is broken.
  private var failure: WireError?
  /// What the fragments said that make up the datagram; nil for a frame.
  private var reassembled: Reassembled?

  private struct Reassembled {
    var source: IPAddress
    var destination: IPAddress
    var transport: TransportProtocol
    var identification: UInt16
  }

  var vlan: UInt16 = 0
  var scope: UInt64 = 0
  /// Of the frame's sender.
  var hardware: HardwareAddress?
  var destinationHardware: HardwareAddress?

  /// Another frame beside this one, in the same aggregate.
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
    // The header that most frames begin with, without a step that only finds this out.
    layer = linkType == .ethernet ? .ethernet : .link(linkType)
    end = frame.byteCount
    wireEnd = max(originalLength, frame.byteCount)
  }

  /// Reads on in a datagram that was put together from fragments.
  ///
  /// - Parameters:
  ///   - payload: what the fragments carried, from the beginning without a gap.
  ///   - originalLength: bytes of the whole datagram, >= `payload.byteCount`.
  ///   - fragment: one of the fragments, as a decoder gave it.
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
  /// - Returns: false where the frame holds no more.
  /// - Throws: `WireError` for what is broken or not IP. There may be more packets all the same: call again until it returns false.
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

  /// Goes on to the next IP header.
  private mutating func findPacket() throws(WireError) -> Bool {
    // In a variable of its own: the decoder's would be written for each header.
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
      // A length that ends within the header that states it.
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

  /// Cuts the layer to `count` bytes from where the reader is: what lies behind is padding or another message.
  mutating func limit(to count: Int, _ reader: borrowing ByteReader) {
    let limit = offset + reader.position + count
    end = min(end, limit)
    wireEnd = max(min(wireEnd, limit), end)
  }

  /// Notes that `layer` begins again `count` bytes behind where the reader is.
  mutating func rememberNext(after count: Int, _ layer: Layer, _ reader: borrowing ByteReader) {
    let start = offset + reader.position + count
    guard start < end else { return }
    following = Next(
      layer: layer, offset: start, end: end, wireEnd: wireEnd, vlan: vlan, scope: scope, depth: depth)
  }

  /// Notes a tunnel in the scope of what it carries.
  ///
  /// Only what both directions of a conversation share may enter: neither GTP's tunnel end points nor keys of GRE nor labels do, nor the
  /// outer addresses, which differ where the way back is another.
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
    // Segmentation offload, or a packet beyond 64 KiB on its way to the card.
    if total == 0 { total = wireEnd - offset }
    guard total >= headerLength else { throw .badLength(.ipv4TotalLength) }
    packet.ipPayloadLength = total - headerLength
    if header.fragmentOffset > 0 || header.moreFragments {
      packet.fragment = Packet.Fragment(
        identification: UInt32(header.identification), offset: header.fragmentOffset, hasMore: header.moreFragments)
    }
    // Bytes behind the stated total are link padding.
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

  /// Moves on behind an IP header, up to the end of its packet.
  private mutating func narrow(_ headerLength: Int, _ total: Int) {
    let packetEnd = offset + total
    offset += headerLength
    end = max(min(end, packetEnd), offset)
    // A packet may state more than its frame holds: it was cut before it came here.
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
    // A fragment of a fragment.
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

  /// Looks whether a packet carries another one.
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
    // The device behind a tunnel is another one than the tunnel's end, except for hosts that reach IPv6 through IPv4.
    if tunnel != .teredo, packet.transport.rawValue != ProtocolNumber.ipv6 {
      hardware = nil
      destinationHardware = nil
    }
    if tunnel == .ipv4 || tunnel == .ipv6 || tunnel == .mpls { enter(.ip) }
    do {
      packet.carriesPacket = try findCarried(isUDP: isUDP)
    } catch {
      // Anything may use a port: what is no tunnel there is no fault.
      if !isUDP { failure = error }
    }
    if !packet.carriesPacket, failure == nil {
      layer = nil
      (end, wireEnd, vlan, scope) = (outerEnd, outerWireEnd, outerVLAN, outerScope)
      (hardware, destinationHardware) = (outerHardware, outerDestinationHardware)
    }
  }

  /// As `findPacket`, but only in the tunnel itself, not beside it.
  private mutating func findCarried(isUDP: Bool) throws(WireError) -> Bool {
    let beside = following
    following = nil
    defer { if following == nil { following = beside } }
    guard try findPacket() else { return false }
    return !isUDP || isPlausible
  }

  /// Whether an IP header with lengths that fit stands here.
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
