import Glibc
public import Model

/// A network interface of this machine and its addresses, as listed by the kernel.
public struct MachineInterface: Sendable, Equatable {
  public let name: String
  /// It is switched on and has a link.
  public let isRunning: Bool
  public let isLoopback: Bool
  /// In the kernel's order.
  public let addresses: [Address]

  public struct Address: Sendable, Equatable {
    public let address: IPAddress
    /// Network of the address.
    public let network: IPPrefix
  }

  /// All interfaces, in the kernel's order; empty if it does not list them.
  public static var all: [MachineInterface] {
    var first: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&first) == 0 else { return [] }
    defer { freeifaddrs(first) }
    var found: [MachineInterface] = []
    for entry in sequence(first: first, next: { $0?.pointee.ifa_next }) {
      guard let entry = entry?.pointee, let namePointer = entry.ifa_name else { continue }
      let name = String(cString: namePointer)
      let flags = Int32(bitPattern: entry.ifa_flags)
      let address = Address(entry)
      let index = found.firstIndex { $0.name == name }
      let known = index.map { found[$0].addresses } ?? []
      let interface = MachineInterface(
        name: name, isRunning: flags & Int32(IFF_UP) != 0 && flags & Int32(IFF_RUNNING) != 0,
        isLoopback: flags & Int32(IFF_LOOPBACK) != 0, addresses: known + (address.map { [$0] } ?? []))
      if let index { found[index] = interface } else { found.append(interface) }
    }
    return found
  }
}

extension MachineInterface.Address {
  /// Nil if the entry has no IP address.
  fileprivate init?(_ entry: ifaddrs) {
    guard let address = entry.ifa_addr, let mask = entry.ifa_netmask, let value = Self.read(address),
      let bits = Self.read(mask)
    else { return nil }
    let length =
      value.isIPv4
      ? (~bits.v4).leadingZeroBitCount
      : bits.high == .max ? 64 + (~bits.low).leadingZeroBitCount : (~bits.high).leadingZeroBitCount
    guard let network = IPPrefix(address: value, length: length) else { return nil }
    self.init(address: value, network: network)
  }

  /// Safe: for these two families the kernel provides a `sockaddr_in` or a `sockaddr_in6`, and each field is within it.
  private static func read(_ pointer: UnsafeMutablePointer<sockaddr>) -> IPAddress? {
    switch Int32(pointer.pointee.sa_family) {
    case AF_INET:
      let bits = UnsafeRawPointer(pointer).loadUnaligned(as: sockaddr_in.self).sin_addr.s_addr
      return IPAddress(v4: UInt32(bigEndian: bits))
    case AF_INET6:
      let bytes = UnsafeRawPointer(pointer).loadUnaligned(as: sockaddr_in6.self).sin6_addr
      return withUnsafeBytes(of: bytes) { bytes in
        IPAddress(
          high: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
          low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
      }
    default: return nil
    }
  }
}
