import Model

/// Decides whether a hardware address belongs to one device, or to a router with many devices behind it.
///
/// A router is recognised by its many inside IPv4 addresses; devices behind it are distinguished by network address.
/// IPv6 addresses do not count: a single device has several, and new ones every day (RFC 8981).
///
/// Bounded in bytes: the oldest hardware addresses are evicted first, but a router that was seen in this hour is passed
/// over a few times, since without it all devices behind it would count as one.
struct ClientDirectory {
  /// How a hardware address relates to excluded networks.
  private enum Exclusion {
    case none
    /// It used an address of an excluded network: its other addresses belong to the same device.
    case byIPv4, byIPv6
    /// It used addresses inside and outside of one: there may be several devices behind it, so each address is judged
    /// on its own.
    case undecidable
  }

  private struct Seen {
    /// IPv4 addresses of this hour; the first `count` are valid.
    var addresses = SIMD4<UInt32>()
    var count: UInt8 = 0
    var hour: Hour
    var isRouter = false
    var exclusion = Exclusion.none
  }

  /// Most inside IPv4 addresses of a device within an hour; with more it is a router.
  static let maximumAddresses = 3

  /// Most bytes for all hardware addresses.
  var bytes: Int
  private var seen: [HardwareAddress: Seen] = [:]
  private var order = Fifo<HardwareAddress>()
  private var evictions: UInt64 = 0
  /// Number of known routers. Most sites see none, and need no look-ups.
  private var routers = 0

  init(bytes: Int = MemoryShares().clients) { self.bytes = bytes }

  /// Bytes for each hardware address: its places in the dictionary, which is up to two thirds empty, and in the queue.
  private static let bytesEach =
    3 * (MemoryLayout<HardwareAddress>.stride + MemoryLayout<Seen>.stride) + 2 * MemoryLayout<HardwareAddress>.stride
  private static let secondChances = 8

  /// Number of hardware addresses that were evicted since the last call.
  mutating func takeEvictions() -> UInt64 {
    defer { evictions = 0 }
    return evictions
  }

  mutating func note(_ hardware: HardwareAddress, _ address: IPAddress, at hour: Hour) {
    guard address.isIPv4, !address.isUnspecified else { return }
    guard var entry = seen[hardware] else {
      var entry = Seen(hour: hour)
      entry.addresses[0] = address.v4
      entry.count = 1
      seen[hardware] = entry
      order.append(hardware)
      if seen.count * ClientDirectory.bytesEach > bytes { evict(at: hour) }
      return
    }
    if entry.isRouter {
      // Its hour is updated, at most once an hour.
      guard entry.hour != hour else { return }
      entry.hour = hour
      seen[hardware] = entry
      return
    }
    if entry.hour != hour {
      entry.hour = hour
      entry.count = 0
    } else {
      for index in 0..<Int(entry.count) where entry.addresses[index] == address.v4 { return }
    }
    if Int(entry.count) < ClientDirectory.maximumAddresses {
      entry.addresses[Int(entry.count)] = address.v4
      entry.count += 1
    } else {
      entry.isRouter = true
      routers += 1
    }
    seen[hardware] = entry
  }

  private mutating func evict(at hour: Hour) {
    for chance in 0...ClientDirectory.secondChances {
      guard let oldest = order.popFirst() else { return }
      let isNeeded =
        seen[oldest].map {
          ($0.isRouter || $0.exclusion != .none) && hour.sinceEpoch - $0.hour.sinceEpoch <= 1
        } ?? false
      guard isNeeded, chance < ClientDirectory.secondChances else {
        if seen.removeValue(forKey: oldest)?.isRouter == true { routers -= 1 }
        evictions += 1
        return
      }
      order.append(oldest)
    }
  }

  // MARK: Excluded networks

  /// Records that a hardware address uses an address of an excluded network.
  mutating func noteExcluded(_ hardware: HardwareAddress, _ address: IPAddress, at hour: Hour) {
    if address.isIPv4 { note(hardware, address, at: hour) }
    var entry = seen[hardware] ?? Seen(hour: hour)
    let isNew = seen[hardware] == nil
    let exclusion = entry.exclusion
    switch exclusion {
    case .byIPv4, .undecidable: break
    case .none, .byIPv6:
      // If there is another IPv4 address in the same hour, it is outside of excluded networks.
      if address.isIPv4 {
        entry.exclusion = entry.count > 1 ? .undecidable : .byIPv4
      } else {
        entry.exclusion = .byIPv6
      }
    }
    guard isNew || entry.exclusion != exclusion || entry.hour != hour && !address.isIPv4 else { return }
    if !address.isIPv4, entry.hour != hour { (entry.hour, entry.count) = (hour, 0) }
    seen[hardware] = entry
    guard isNew else { return }
    order.append(hardware)
    if seen.count * ClientDirectory.bytesEach > bytes { evict(at: hour) }
  }

  /// Whether a hardware address that uses `address`, which is in no excluded network, belongs to an excluded device.
  ///
  /// A second IPv4 address ends the exclusion: the hardware address may be a router's.
  mutating func isExcluded(_ hardware: HardwareAddress, using address: IPAddress, at hour: Hour) -> Bool {
    guard isExcluded(hardware, using: address), address.isIPv4 else {
      if address.isIPv4, seen[hardware]?.exclusion == .byIPv4 { seen[hardware]?.exclusion = .undecidable }
      return isExcluded(hardware, using: address)
    }
    note(hardware, address, at: hour)
    guard let entry = seen[hardware], entry.count <= 1, !entry.isRouter else {
      seen[hardware]?.exclusion = .undecidable
      return false
    }
    return true
  }

  func isExcluded(_ hardware: HardwareAddress, using address: IPAddress) -> Bool {
    guard let entry = seen[hardware], !entry.isRouter else { return false }
    return switch entry.exclusion {
    case .none, .undecidable: false
    case .byIPv4: !address.isIPv4
    case .byIPv6: true
    }
  }

  mutating func forgetExclusions() {
    for hardware in seen.keys { seen[hardware]?.exclusion = .none }
  }

  func identity(_ hardware: HardwareAddress?, _ address: IPAddress) -> DeviceIdentity {
    guard let hardware, !hardware.isGroup, hardware.bits != 0 else { return .address(address) }
    return routers > 0 && seen[hardware]?.isRouter == true ? .address(address) : .hardware(hardware)
  }
}
