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
  /// Nil for everything.
  public var filter: PacketFilter?

  public init() {}

  public static let snapLengths = 256...262_144
  public static let ringSizes = 1...2_047
  public static let threadCounts = 1...16

  /// A name that the kernel can give an interface (at most 15 bytes, no `/`, no space).
  ///
  /// Not `any`: on a gateway it shows each forwarded packet twice.
  public static func isInterfaceName(_ text: String) -> Bool {
    (1...15).contains(text.utf8.count) && !["any", ".", ".."].contains(text)
      && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != 0x2f && $0 != UInt8(ascii: ":") }
  }
}
