public import Model

/// The network address that the sender of an ARP message claims for its hardware address (RFC 826).
public struct AddressResolution: Sendable, Equatable {
  public var hardware: HardwareAddress
  public var address: IPAddress

  private static let etherType: UInt16 = 0x0806
  /// Hardware type 1 (Ethernet), protocol type IPv4, address lengths 6 and 4.
  private static let ethernetAndIPv4: [UInt16] = [1, 0x0800, 0x0604]

  /// Nil for frames of other link types than Ethernet, for frames that are not ARP, and if the sender has no address
  /// yet.
  public init?(_ frame: RawSpan, linkType: LinkType) {
    guard linkType == .ethernet, frame.byteCount >= 14 + 28 else { return nil }
    var offset = 12
    // Tags of IEEE 802.1Q, each of four bytes.
    while [0x8100, 0x88a8, 0x9100].contains(frame.uint16(offset)), frame.byteCount >= offset + 4 + 2 + 28 {
      offset += 4
    }
    guard frame.uint16(offset) == AddressResolution.etherType, frame.byteCount >= offset + 2 + 28 else { return nil }
    offset += 2
    for (index, value) in AddressResolution.ethernetAndIPv4.enumerated() {
      guard frame.uint16(offset + 2 * index) == value else { return nil }
    }
    hardware = HardwareAddress(bits: UInt64(frame.uint16(offset + 8)) << 32 | UInt64(frame.uint32(offset + 10)))
    address = IPAddress(v4: frame.uint32(offset + 14))
    guard !hardware.isGroup, hardware.bits != 0, !address.isUnspecified else { return nil }
  }
}
