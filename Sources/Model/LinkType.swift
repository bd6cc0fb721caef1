/// Kind of link header, by libpcap's DLT number on Linux.
public struct LinkType: RawRepresentable, Sendable, Hashable {
  public var rawValue: Int32

  public init(rawValue: Int32) { self.rawValue = rawValue }

  public static let null = LinkType(rawValue: 0)
  public static let ethernet = LinkType(rawValue: 1)
  public static let ppp = LinkType(rawValue: 9)
  public static let raw = LinkType(rawValue: 12)
  /// PPP in HDLC-like framing, or Cisco HDLC.
  public static let pppSerial = LinkType(rawValue: 50)
  public static let pppOverEthernet = LinkType(rawValue: 51)
  public static let ciscoHDLC = LinkType(rawValue: 104)
  public static let wireless = LinkType(rawValue: 105)
  public static let loop = LinkType(rawValue: 108)
  /// OpenBSD's `enc`: packets before encryption.
  public static let encapsulated = LinkType(rawValue: 109)
  public static let linuxCooked = LinkType(rawValue: 113)
  public static let packetFilterLog = LinkType(rawValue: 117)
  public static let prism = LinkType(rawValue: 119)
  public static let radiotap = LinkType(rawValue: 127)
  public static let wirelessAVS = LinkType(rawValue: 163)
  /// PPP whose address byte gives the direction.
  public static let pppd = LinkType(rawValue: 166)
  public static let perPacketInformation = LinkType(rawValue: 192)
  public static let pppWithDirection = LinkType(rawValue: 204)
  public static let mpls = LinkType(rawValue: 219)
  /// Solaris's `ipnet`.
  public static let ipnet = LinkType(rawValue: 226)
  public static let ipv4 = LinkType(rawValue: 228)
  public static let ipv6 = LinkType(rawValue: 229)
  public static let nflog = LinkType(rawValue: 239)
  /// macOS's PKTAP, whose header gives the link type of each packet.
  public static let packetTap = LinkType(rawValue: 258)
  public static let linuxCooked2 = LinkType(rawValue: 276)

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
