import CPcap

/// How network interfaces are captured.
public struct CaptureSettings: Sendable, Hashable {
  /// Names of the interfaces, such as `eth1`; all are read as one, in the order of time.
  public var interfaces: [String] = []
  /// Most bytes kept of a frame; the default keeps all of what interfaces merge and of jumbo frames.
  public var snapLength = 262_144
  /// Kernel memory for packets that wait, for each interface, in MiB.
  public var ringMegabytes = 32
  /// Threads that track flows; with more than one, another one reads.
  public var threads = 1
  /// Take in frames to other stations too: for mirror ports. A gateway is addressed itself.
  public var isPromiscuous = false
  /// What the kernel lets through, in the language of pcap-filter(7); nil for everything.
  public var filter: String?

  public init() {}

  public static let snapLengths = 256...262_144
  public static let ringSizes = 1...2_047
  public static let threadCounts = 1...16

  /// A name that the kernel can give an interface (at most 15 bytes, no `/`, no space).
  ///
  /// Not `any`: on a gateway it shows each forwarded packet twice.
  public static func isInterfaceName(_ text: String) -> Bool {
    (1...15).contains(text.utf8.count) && !["any", ".", ".."].contains(text)
      && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != 0x2f && $0 != 0x3a }
  }

  /// Why libpcap does not understand a filter; nil where it does.
  public static func fault(inFilter text: String) -> String? {
    guard let handle = pcap_open_dead(LinkTypeNumber.ethernet, Int32(snapLengths.upperBound)) else { return nil }
    defer { pcap_close(handle) }
    var program = bpf_program()
    guard pcap_compile(handle, &program, text, 1, PacketFilter.unknownNetmask) == 0 else {
      return String(cString: pcap_geterr(handle))
    }
    pcap_freecode(&program)
    return nil
  }
}

enum LinkTypeNumber {
  static let ethernet: Int32 = 1
}

enum PacketFilter {
  /// PCAP_NETMASK_UNKNOWN: only `ip broadcast` would need one.
  static let unknownNetmask: UInt32 = 0xffff_ffff
}
