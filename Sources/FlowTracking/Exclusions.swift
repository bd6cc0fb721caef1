import Model
import Wire

/// The excluded devices, in a form for fast look-ups on the packet path.
struct Exclusions {
  let hardware: Set<HardwareAddress>
  let networks: InsideNetworks
  let isEmpty: Bool

  init(_ devices: ExcludedDevices) {
    hardware = devices.hardwareAddresses
    networks = InsideNetworks(devices.networks)
    isEmpty = devices.hardwareAddresses.isEmpty && devices.networks.isEmpty
  }
}

// Packets from and to excluded devices are dropped before anything is counted or learned from them.
extension SiteKnowledge {
  /// Examines the link header alone, so that malformed frames and those without IP are dropped too; learns addresses
  /// from ARP.
  mutating func isExcluded(_ frame: RawSpan, _ linkType: LinkType) -> Bool {
    guard linkType == .ethernet, frame.byteCount >= 14 else { return false }
    let destination = HardwareAddress(bits: UInt64(frame.uint16(0)) << 32 | UInt64(frame.uint32(2)))
    let source = HardwareAddress(bits: UInt64(frame.uint16(6)) << 32 | UInt64(frame.uint32(8)))
    if exclusions.hardware.contains(source) || exclusions.hardware.contains(destination) { return true }
    guard let binding = AddressResolution(frame, linkType: linkType) else { return false }
    return isExcluded(binding.hardware, binding.address, isSender: true)
  }

  /// Whether either end is excluded: by its hardware address, its network address, or another network address that its
  /// hardware address has used.
  mutating func isExcluded(_ packet: Packet) -> Bool {
    isExcluded(packet.sourceHardware, packet.source, isSender: true)
      || isExcluded(packet.destinationHardware, packet.destination, isSender: false)
  }

  /// Whether a flow belongs to an excluded device. Packets may have been tracked before the device was known as
  /// excluded, so records are checked again before they are emitted.
  func wasExcluded(_ hardware: HardwareAddress?, _ originator: IPAddress, _ responder: IPAddress) -> Bool {
    guard !exclusions.isEmpty else { return false }
    if exclusions.networks.contains(originator) || exclusions.networks.contains(responder) { return true }
    guard let hardware else { return false }
    return exclusions.hardware.contains(hardware) || clients.isExcluded(hardware, using: originator)
  }

  private mutating func isExcluded(_ hardware: HardwareAddress?, _ address: IPAddress, isSender: Bool) -> Bool {
    if let hardware, exclusions.hardware.contains(hardware) { return true }
    let isInNetwork = exclusions.networks.contains(address)
    // Behind an address outside the site, the hardware address is the router's.
    guard let hardware, !hardware.isGroup, isInNetwork || settings.insideNetworks.contains(address) else {
      return isInNetwork
    }
    if isInNetwork {
      // A packet to an excluded device may carry the hardware address of a router on the way.
      if isSender { clients.noteExcluded(hardware, address, at: now.hour) }
      return true
    }
    return clients.isExcluded(hardware, using: address, at: now.hour)
  }
}
