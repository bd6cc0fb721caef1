/// Kind of link header, by libpcap's DLT number on Linux.
public struct LinkType: RawRepresentable, Sendable, Hashable {
  public var rawValue: Int32

  public init(rawValue: Int32) { self.rawValue = rawValue }

  public static let null = LinkType(rawValue: 0)
  public static let ethernet = LinkType(rawValue: 1)
  public static let raw = LinkType(rawValue: 12)
  public static let loop = LinkType(rawValue: 108)
  public static let linuxCooked = LinkType(rawValue: 113)
  public static let ipv4 = LinkType(rawValue: 228)
  public static let ipv6 = LinkType(rawValue: 229)
  public static let linuxCooked2 = LinkType(rawValue: 276)

  public var isSupported: Bool {
    switch self {
    case .null, .ethernet, .raw, .loop, .linuxCooked, .ipv4, .ipv6, .linuxCooked2: true
    default: false
    }
  }
}
