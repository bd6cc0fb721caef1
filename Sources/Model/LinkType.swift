/// Kind of link header, by libpcap's DLT number on Linux.
@frozen
public struct LinkType: RawRepresentable, Sendable, Hashable {
  public var rawValue: Int32

  @inlinable
  public init(rawValue: Int32) { self.rawValue = rawValue }

  @inlinable public static var null: LinkType { LinkType(rawValue: 0) }
  @inlinable public static var ethernet: LinkType { LinkType(rawValue: 1) }
  @inlinable public static var ppp: LinkType { LinkType(rawValue: 9) }
  @inlinable public static var raw: LinkType { LinkType(rawValue: 12) }
  /// PPP in HDLC-like framing, or Cisco HDLC.
  @inlinable public static var pppSerial: LinkType { LinkType(rawValue: 50) }
  @inlinable public static var pppOverEthernet: LinkType { LinkType(rawValue: 51) }
  @inlinable public static var ciscoHDLC: LinkType { LinkType(rawValue: 104) }
  @inlinable public static var wireless: LinkType { LinkType(rawValue: 105) }
  @inlinable public static var loop: LinkType { LinkType(rawValue: 108) }
  /// OpenBSD's `enc`: packets before encryption.
  @inlinable public static var encapsulated: LinkType { LinkType(rawValue: 109) }
  @inlinable public static var linuxCooked: LinkType { LinkType(rawValue: 113) }
  @inlinable public static var packetFilterLog: LinkType { LinkType(rawValue: 117) }
  @inlinable public static var prism: LinkType { LinkType(rawValue: 119) }
  @inlinable public static var radiotap: LinkType { LinkType(rawValue: 127) }
  @inlinable public static var wirelessAVS: LinkType { LinkType(rawValue: 163) }
  /// PPP whose address byte gives the direction.
  @inlinable public static var pppd: LinkType { LinkType(rawValue: 166) }
  @inlinable public static var perPacketInformation: LinkType { LinkType(rawValue: 192) }
  @inlinable public static var pppWithDirection: LinkType { LinkType(rawValue: 204) }
  @inlinable public static var mpls: LinkType { LinkType(rawValue: 219) }
  /// Solaris's `ipnet`.
  @inlinable public static var ipnet: LinkType { LinkType(rawValue: 226) }
  @inlinable public static var ipv4: LinkType { LinkType(rawValue: 228) }
  @inlinable public static var ipv6: LinkType { LinkType(rawValue: 229) }
  @inlinable public static var nflog: LinkType { LinkType(rawValue: 239) }
  /// macOS's PKTAP, whose header gives the link type of each packet.
  @inlinable public static var packetTap: LinkType { LinkType(rawValue: 258) }
  @inlinable public static var linuxCooked2: LinkType { LinkType(rawValue: 276) }

  public var isSupported: Bool {
    switch self {
    case .null, .ethernet, .ppp, .raw, .pppSerial, .pppOverEthernet, .ciscoHDLC, .wireless, .loop, .encapsulated,
      .linuxCooked, .packetFilterLog, .prism, .radiotap, .wirelessAVS, .pppd, .perPacketInformation,
      .pppWithDirection, .mpls, .ipnet, .ipv4, .ipv6, .nflog, .packetTap, .linuxCooked2:
      true
    default: false
    }
  }
}
