import Model

/// Tells whether a hardware address stands for one device or for a router with many behind it.
///
/// A router is known by its many inside IPv4 addresses; behind one, devices are told apart by network address. IPv6 addresses do not
/// count: a single device has several, and new ones every day (RFC 8981).
struct ClientDirectory {
  private struct Seen {
    var addresses: [UInt32] = []
    var hour: Hour
    var isRouter = false
  }

  /// A device with more inside IPv4 addresses than this within an hour is a router.
  static let maximumAddresses = 3
  /// Most hardware addresses that are remembered; further ones are taken as devices.
  static let limit = 65_536

  private var seen: [HardwareAddress: Seen] = [:]

  mutating func note(_ hardware: HardwareAddress, _ address: IPAddress, at hour: Hour) {
    guard address.isIPv4, !address.isUnspecified else { return }
    guard var entry = seen[hardware] else {
      if seen.count < ClientDirectory.limit { seen[hardware] = Seen(addresses: [address.v4], hour: hour) }
      return
    }
    guard !entry.isRouter else { return }
    if entry.hour != hour {
      entry.hour = hour
      entry.addresses = []
    } else if entry.addresses.contains(address.v4) {
      return
    }
    entry.addresses.append(address.v4)
    if entry.addresses.count > ClientDirectory.maximumAddresses {
      entry.isRouter = true
      entry.addresses = []
    }
    seen[hardware] = entry
  }

  func identity(_ hardware: HardwareAddress?, _ address: IPAddress) -> DeviceIdentity {
    guard let hardware, !hardware.isGroup, hardware.bits != 0, seen[hardware]?.isRouter != true else {
      return .address(address)
    }
    return .hardware(hardware)
  }
}
