import Model

enum EtherType {
  static let ipv4: UInt16 = 0x0800
  static let ipv6: UInt16 = 0x86dd
  static let vlan: UInt16 = 0x8100
  static let serviceVLAN: UInt16 = 0x88a8
  static let oldServiceVLAN: UInt16 = 0x9100
  static let otherOldServiceVLAN: UInt16 = 0x9200
  /// Transparent Ethernet bridging (RFC 1701): a whole Ethernet frame.
  static let bridgedEthernet: UInt16 = 0x6558
  static let ppp: UInt16 = 0x880b
  static let mpls: UInt16 = 0x8847
  static let mplsMulticast: UInt16 = 0x8848
  static let pppoeSession: UInt16 = 0x8864
  static let macSecurity: UInt16 = 0x88e5
  /// Service tag of provider backbone bridging (IEEE 802.1ah).
  static let backboneService: UInt16 = 0x88e7
  /// Cisco's security group tag.
  static let ciscoMetadata: UInt16 = 0x8909
  static let networkServiceHeader: UInt16 = 0x894f
  /// ERSPAN, types 1 and 2.
  static let mirroredSpan: UInt16 = 0x88be
  /// ERSPAN, type 3.
  static let mirroredSpan3: UInt16 = 0x22eb
  /// WCCP, by which routers redirect packets to a web cache.
  static let redirected: UInt16 = 0x883e
  /// Range of Aruba's access points: a frame of IEEE 802.11 follows.
  static let arubaWireless: ClosedRange<UInt16> = 0x8200...0x83ff
  /// Smaller numbers are lengths (IEEE 802.3 §3.2.6).
  static let smallest: UInt16 = 0x0600
}

/// PPP protocol numbers (IANA, "PPP DLL Protocol Numbers").
private enum PPPProtocol {
  static let ipv4: UInt16 = 0x0021
  static let ipv6: UInt16 = 0x0057
  static let mpls: UInt16 = 0x0281
  static let mplsMulticast: UInt16 = 0x0283
  /// Encrypted, for a multilink bundle (RFC 1968 §2).
  static let encrypted: UInt16 = 0x0053
  /// Encrypted, for one link (RFC 1968 §2).
  static let individuallyEncrypted: UInt16 = 0x0055
}

/// Service access points of LLC (IEEE 802.2), destination and source, with their lowest bits cleared.
private enum LinkService {
  /// A SNAP header follows (RFC 1042).
  static let subnetworkAccess: UInt16 = 0xaaaa
  static let ipv4: UInt16 = 0x0606
  /// The only control byte that carries data here: unnumbered information.
  static let unnumberedInformation: UInt8 = 3
}

// Link layers: the headers in front of IP on one network.
extension PacketDecoder {
  /// Most stacked VLAN tags: more than any network uses. Bounds the cost of a frame full of tags.
  static let maximumTags = 4
  /// Most stacked MPLS labels: more than any network uses.
  static let maximumLabels = 16

  /// Reads the link header of a captured frame.
  mutating func readLink(_ reader: inout ByteReader, _ type: LinkType) throws(WireError) -> Layer? {
    switch type {
    case .ethernet: return .ethernet
    case .linuxCooked:
      // LINKTYPE_LINUX_SLL: packet type 2, ARPHRD 2, address length 2, address 8, protocol 2.
      try reader.skip(2, .linkHeader)
      let hardwareType = try reader.readUInt16(.linkHeader)
      let addressLength = try reader.readUInt16(.linkHeader)
      try readCookedAddress(&reader, hardwareType: hardwareType, length: addressLength)
      return PacketDecoder.cookedPayload(try reader.readUInt16(.linkHeader), hardwareType: hardwareType)
    case .linuxCooked2:
      // LINKTYPE_LINUX_SLL2: protocol 2, reserved 2, interface 4, ARPHRD 2, packet type 1, address length 1, address 8.
      let etherType = try reader.readUInt16(.linkHeader)
      try reader.skip(6, .linkHeader)
      let hardwareType = try reader.readUInt16(.linkHeader)
      try reader.skip(1, .linkHeader)
      let addressLength = UInt16(try reader.readUInt8(.linkHeader))
      try readCookedAddress(&reader, hardwareType: hardwareType, length: addressLength)
      return PacketDecoder.cookedPayload(etherType, hardwareType: hardwareType)
    case .null, .loop:
      // LINKTYPE_NULL: address family in the capturing machine's byte order; LINKTYPE_LOOP: in network order. It is not
      // needed: the IP header states its version.
      try reader.skip(4, .linkHeader)
      return .internet
    case .encapsulated:
      // LINKTYPE_ENC: address family 4, security parameter index 4, flags 4.
      try reader.skip(12, .linkHeader)
      return .internet
    case .ipnet:
      try reader.skip(24, .linkHeader)
      return .internet
    case .packetFilterLog:
      // LINKTYPE_PFLOG: the first byte is the length of the header without its padding to four bytes.
      let length = Int(try reader.readUInt8(.linkHeader))
      guard length >= 4 else { throw .badLength(.linkHeader) }
      try reader.skip((length + 3) & ~3 - 1, .linkHeader)
      return .internet
    case .raw, .ipv4, .ipv6: return .internet
    case .mpls: return .mpls
    case .ppp: return .ppp
    case .pppSerial: return .pppSerial
    case .pppd, .pppWithDirection:
      try reader.skip(1, .linkHeader)
      if type == .pppd { try reader.skip(1, .linkHeader) }
      return .ppp
    case .pppOverEthernet: return .pppoe
    case .ciscoHDLC: return .ciscoHDLC
    case .nflog: return try readNetfilterLog(&reader)
    case .wireless: return .wireless(padded: false)
    case .radiotap: return try readRadiotap(&reader)
    case .prism, .wirelessAVS: return try readPrism(&reader)
    case .perPacketInformation:
      // PPI: version 1, flags 1, length 2, link type 4; little-endian.
      try reader.skip(2, .linkHeader)
      let length = Int(try reader.readLittleUInt16(.linkHeader))
      let inner = try reader.readLittleUInt32(.linkHeader)
      guard length >= 8 else { throw .badLength(.linkHeader) }
      try reader.skip(length - 8, .linkHeader)
      return .link(LinkType(rawValue: Int32(bitPattern: inner)))
    case .packetTap:
      // PKTAP of macOS (LINKTYPE_PKTAP): length 4, next record 4, link type 4, …; little-endian.
      let length = Int(try reader.readLittleUInt32(.linkHeader))
      try reader.skip(4, .linkHeader)
      let inner = try reader.readLittleUInt32(.linkHeader)
      guard length >= 12 else { throw .badLength(.linkHeader) }
      try reader.skip(length - 12, .linkHeader)
      return .link(LinkType(rawValue: Int32(bitPattern: inner)))
    default:
      throw .unsupported(.linkHeader)
    }
  }

  private mutating func readCookedAddress(
    _ reader: inout ByteReader, hardwareType: UInt16, length: UInt16
  ) throws(WireError) {
    let high = try reader.readUInt32(.linkHeader)
    let low = try reader.readUInt32(.linkHeader)
    // ARPHRD_ETHER; other media have no IEEE 802 address here.
    hardware = hardwareType == 1 && length == 6 ? HardwareAddress(bits: UInt64(high) << 16 | UInt64(low >> 16)) : nil
  }

  private static func cookedPayload(_ etherType: UInt16, hardwareType: UInt16) -> Layer {
    // 0x0004: an IEEE 802.2 header follows. Devices of type ARPHRD_NONE and tunnels leave the protocol 0.
    switch etherType {
    case 4: .logicalLink
    case 0: .internet
    default: .etherType(etherType)
    }
  }

  /// IEEE 802.3: destination 6, source 6, EtherType 2, or instead a length, which IEEE 802.2 follows.
  mutating func readEthernet(_ reader: inout ByteReader) throws(WireError) -> Layer? {
    destinationHardware = try PacketDecoder.readHardware(&reader, .linkHeader)
    hardware = try PacketDecoder.readHardware(&reader, .linkHeader)
    let etherType = try reader.readUInt16(.linkHeader)
    return etherType < EtherType.smallest ? .logicalLink : .etherType(etherType)
  }

  static func readHardware(_ reader: inout ByteReader, _ field: WireField) throws(WireError) -> HardwareAddress {
    let high = try reader.readUInt16(field)
    let low = try reader.readUInt32(field)
    return HardwareAddress(bits: UInt64(high) << 32 | UInt64(low))
  }

  /// Reads tags and returns the layer that the EtherType announces. Throws `unsupported` for an EtherType that carries
  /// no IP.
  mutating func readEtherType(_ reader: inout ByteReader, _ type: UInt16) throws(WireError) -> Layer? {
    var etherType = type
    var tags = 0
    while true {
      switch etherType {
      case EtherType.vlan, EtherType.serviceVLAN, EtherType.oldServiceVLAN, EtherType.otherOldServiceVLAN:
        guard tags < PacketDecoder.maximumTags else { throw .tooMany(.vlanTag) }
        // IEEE 802.1Q §9.6: priority 3, drop eligible 1, identifier 12; then the next EtherType.
        let tag = try reader.readUInt16(.vlanTag) & 0x0fff
        if tags > 0 || vlan != 0 { scope = (scope << 12 | scope >> 52) ^ UInt64(vlan) }
        vlan = tag
        tags += 1
        etherType = try reader.readUInt16(.etherType)
        if etherType < 0x0600 { return .logicalLink }
      case EtherType.ciscoMetadata:
        try reader.skip(6, .etherType)
        etherType = try reader.readUInt16(.etherType)
        guard etherType != EtherType.ciscoMetadata else { throw .badValue(.etherType) }
      case EtherType.ipv4: return .ipv4
      case EtherType.ipv6: return .ipv6
      case EtherType.pppoeSession: return .pppoe
      case EtherType.mpls, EtherType.mplsMulticast: return .mpls
      case EtherType.bridgedEthernet: return .ethernet
      case EtherType.ppp: return .ppp
      case EtherType.networkServiceHeader: return .serviceHeader
      case EtherType.backboneService:
        // IEEE 802.1ah §9.7: flags and service identifier 4; the customer's frame follows.
        enter(.backbone, identifier: UInt64(try reader.readUInt32(.vlanTag) & 0x00ff_ffff))
        return .ethernet
      case EtherType.macSecurity:
        // IEEE 802.1AE §9.3: control 1, short length 1, packet number 4, secure channel identifier 8 if a bit of the
        // control is set.
        let control = try reader.readUInt8(.linkHeader)
        guard control & 0x0c == 0 else { throw .encrypted(.linkHeader) }
        try reader.skip(control & 0x20 == 0 ? 5 : 13, .linkHeader)
        etherType = try reader.readUInt16(.etherType)
        guard etherType != EtherType.macSecurity else { throw .badValue(.etherType) }
      default: throw .unsupported(.etherType)
      }
    }
  }

  /// Logical Link Control, LLC (IEEE 802.2), with or without SNAP.
  mutating func readLogicalLink(_ reader: inout ByteReader) throws(WireError) -> Layer? {
    let services = try reader.readUInt16(.logicalLink)
    let control = try reader.readUInt8(.logicalLink)
    guard control == LinkService.unnumberedInformation else { throw .unsupported(.logicalLink) }
    switch services & 0xfefe {
    case LinkService.subnetworkAccess:
      // RFC 1042: organisation 3, EtherType 2. 0x0000f8 is bridged Ethernet (IEEE 802.1H).
      let organisation = try reader.readUInt24(.logicalLink)
      let type = try reader.readUInt16(.logicalLink)
      guard organisation == 0 || organisation == 0xf8 else { throw .unsupported(.logicalLink) }
      return .etherType(type)
    case LinkService.ipv4: return .ipv4
    default: throw .unsupported(.logicalLink)
    }
  }

  /// RFC 3032 §2.1: label 20 bits, class 3, bottom of stack 1, time to live 8.
  mutating func readLabels(_ reader: inout ByteReader) throws(WireError) -> Layer? {
    var count = 0
    while true {
      let entry = try reader.readUInt32(.mplsLabel)
      count += 1
      if entry & 0x100 != 0 { break }
      guard count < PacketDecoder.maximumLabels else { throw .tooMany(.mplsLabel) }
    }
    guard reader.remaining > 0 else { throw reader.shortage(.ipVersion) }
    switch reader.peek() >> 4 {
    case 4: return .ipv4
    case 6: return .ipv6
    case 0:
      // RFC 4385 §3: the control word of a pseudowire, by which Ethernet (RFC 4448) is carried.
      try reader.skip(4, .mplsLabel)
      return .ethernet
    default: throw .unsupported(.mplsLabel)
    }
  }

  /// RFC 2516 §4: version and type 1, code 1, session 2, length 2; then PPP without framing.
  mutating func readPPPoE(_ reader: inout ByteReader) throws(WireError) -> Layer? {
    guard try reader.readUInt8(.pppHeader) == 0x11 else { throw .badValue(.pppHeader) }
    guard try reader.readUInt8(.pppHeader) == 0 else { throw .unsupported(.pppHeader) }
    let session = try reader.readUInt16(.pppHeader)
    enter(.pppoe, identifier: UInt64(session))
    limit(to: Int(try reader.readUInt16(.pppHeader)), reader)
    return .ppp
  }

  /// RFC 1661 §2, RFC 1662 §3: address and control may be absent; a protocol field with an odd first byte is one byte
  /// long.
  mutating func readPPP(_ reader: inout ByteReader) throws(WireError) -> Layer? {
    if reader.remaining > 0, reader.peek() == 0xff { try reader.skip(2, .pppHeader) }
    var number = UInt16(try reader.readUInt8(.pppHeader))
    if number & 1 == 0 { number = number << 8 | UInt16(try reader.readUInt8(.pppHeader)) }
    switch number {
    case PPPProtocol.ipv4: return .ipv4
    case PPPProtocol.ipv6: return .ipv6
    case PPPProtocol.mpls, PPPProtocol.mplsMulticast: return .mpls
    case PPPProtocol.individuallyEncrypted, PPPProtocol.encrypted: throw .encrypted(.pppHeader)
    default: throw .unsupported(.pppHeader)
    }
  }

  /// LINKTYPE_PPP_HDLC: a first byte of 0x0f or 0x8f means Cisco HDLC, any other PPP.
  mutating func readPPPSerial(_ reader: inout ByteReader) throws(WireError) -> Layer? {
    guard reader.remaining > 0 else { throw reader.shortage(.pppHeader) }
    return reader.peek() == 0x0f || reader.peek() == 0x8f ? .ciscoHDLC : .ppp
  }

  /// Address 1, control 1, EtherType 2.
  mutating func readCiscoHDLC(_ reader: inout ByteReader) throws(WireError) -> Layer? {
    try reader.skip(2, .linkHeader)
    return .etherType(try reader.readUInt16(.linkHeader))
  }

  /// NFULA_HWADDR and NFULA_PAYLOAD of Linux's `nfnetlink_log.h`.
  private static var netfilterHardwareAddress: UInt16 { 8 }
  private static var netfilterPayload: UInt16 { 9 }

  /// LINKTYPE_NFLOG: family 1, version 1, resource 2; then attributes, each: length 2, type 2, content, padding to four
  /// bytes.
  private mutating func readNetfilterLog(_ reader: inout ByteReader) throws(WireError) -> Layer? {
    let family = try reader.readUInt8(.linkHeader)
    // Unspecified, or AF_INET or AF_INET6 of Linux.
    guard family == 0 || family == 2 || family == 10 else { throw .unsupported(.linkHeader) }
    try reader.skip(3, .linkHeader)
    while true {
      var length = Int(try reader.readLittleUInt16(.linkHeader))
      var type = try reader.readLittleUInt16(.linkHeader)
      if type & 0xff == 0 {
        // Types are small numbers, so this machine wrote in network order.
        type = type.byteSwapped
        length = Int(UInt16(truncatingIfNeeded: length).byteSwapped)
      }
      guard length >= 4 else { throw .badLength(.linkHeader) }
      switch type {
      case PacketDecoder.netfilterPayload:
        limit(to: length - 4, reader)
        return .internet
      case PacketDecoder.netfilterHardwareAddress where length >= 14:
        // Length 2, padding 2, address 8.
        var part = try reader.readPart((length - 4 + 3) & ~3, .linkHeader)
        try part.skip(4, .linkHeader)
        hardware = try PacketDecoder.readHardware(&part, .linkHeader)
      default:
        try reader.skip((length - 4 + 3) & ~3, .linkHeader)
      }
    }
  }
}
