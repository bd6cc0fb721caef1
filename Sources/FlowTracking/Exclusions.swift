import Model
import Wire

/// Whose packets are not looked at, in the form that the packet path asks for.
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

// What an excluded device sends or receives is dropped before anything is counted or learned from it.
extension SiteKnowledge {
  /// Looks at the link header alone, so that broken frames and those without IP are dropped too; learns from ARP.
  mutating func isExcluded(_ frame: RawSpan, _ linkType: LinkType) -> Bool {
    guard linkType == .ethernet, frame.byteCount >= 14 else { return false }
    let destination = HardwareAddress(bits: UInt64(frame.uint16(0)) << 32 | UInt64(frame.uint32(2)))
    let source = HardwareAddress(bits: UInt64(frame.uint16(6)) << 32 | UInt64(frame.uint32(8)))
    if exclusions.hardware.contains(source) || exclusions.hardware.contains(destination) { return true }
    guard let binding = AddressResolution(frame, linkType: linkType) else { return false }
    return isExcluded(binding.hardware, binding.address, isSender: true)
  }

  /// By either end: its hardware address, its network address, or what else its hardware address was seen to use.
  mutating func isExcluded(_ packet: Packet) -> Bool {
    isExcluded(packet.sourceHardware, packet.source, isSender: true)
      || isExcluded(packet.destinationHardware, packet.destination, isSender: false)
  }

  /// Whether a flow is an excluded device's. Its packets may have been tracked before the device was known, so records are checked once
  /// more before they are handed over.
  func wasExcluded(_ hardware: HardwareAddress?, _ originator: IPAddress, _ responder: IPAddress) -> Bool {
    guard !exclusions.isEmpty else { return false }
    if exclusions.networks.contains(originator) || exclusions.networks.contains(responder) { return true }
    guard let hardware else { return false }
    return exclusions.hardware.contains(hardware) || clients.isExcluded(hardware, using: originator)
  }

  private mutating func isExcluded(_ hardware: HardwareAddress?, _ address: IPAddress, isSender: Bool) -> Bool {
    if let hardware, exclusions.hardware.contains(hardware) { return true }
    let isInNetwork = exclusions.networks.contains(address)
    // The hardware address beside an address outside is the router's.
    guard let hardware, !hardware.isGroup, isInNetwork || settings.insideNetworks.contains(address) else {
      return isInNetwork
    }
    if isInNetwork {
      // What is sent to an excluded device may go by way of a router, whose hardware address it bears.
      if isSender { clients.noteExcluded(hardware, address, at: now.hour) }
      return true
    }
    return clients.isExcluded(hardware, using: address, at: now.hour)
  }
}
