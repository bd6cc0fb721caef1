/// Settings for capturing network interfaces.
public struct CaptureSettings: Sendable, Hashable {
  /// Names of the interfaces, such as `eth1`; all are read as one, in the order of time.
  public var interfaces: [String] = []
  /// Most captured bytes of a frame; the default is enough for jumbo frames and for segments that interfaces merge.
  public var snapLength = 262_144
  /// Kernel memory for waiting packets of each interface, in MiB.
  public var ringMegabytes = 32
  /// Number of threads that track flows; with more than one, a further thread reads.
  public var threads = 1
  /// Also captures frames to other stations, for mirror ports; a gateway does not need it.
  public var isPromiscuous = false
  /// Nil to capture everything.
  public var filter: PacketFilter?

  public init() {}

  /// Allowed values of `snapLength`.
  public static let snapLengths = 256...262_144
  /// Allowed values of `ringMegabytes`.
  public static let ringSizes = 1...2_047
  /// Allowed values of `threads`.
  public static let threadCounts = 1...16

  /// Whether the kernel allows the name for an interface (1 to 15 printable ASCII characters, no `/`, `:` or space).
  ///
  /// `any` is refused: on a gateway it shows each forwarded packet twice.
  public static func isInterfaceName(_ text: String) -> Bool {
    (1...15).contains(text.utf8.count) && !["any", ".", ".."].contains(text)
      && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != 0x2f && $0 != UInt8(ascii: ":") }
  }
}
