import Capture
import FlowTracking
import Model
import Wire

/// A key for each device, so that one tracker gets all its packets: both directions, its DNS answers, and ICMP errors.
///
/// The key is the first hardware address seen, so that a device's IPv4 and IPv6 addresses have the same key. A network
/// address in use keeps its key, so that its flows are not split if two routers, or a virtual address (VRRP), show
/// different hardware addresses in the two directions. Memory is bounded; each call costs one or two look-ups.
struct DeviceKeys {
  var inside: InsideNetworks

  private struct Address: Hashable {
    var address: IPAddress
    var vlan: UInt16
    /// Distinguishes equal addresses in different networks.
    var scope: UInt64
  }

  /// One end of a frame, with the hardware address seen, which may be a router's.
  private struct End {
    var address: IPAddress
    var port: UInt16
    /// 0 for unknown.
    var hardware: UInt64
  }

  /// Two generations: what is not used during one is forgotten with the next, so that an address that DHCP assigns to
  /// another device gets that device's key.
  private var current: [Address: UInt64] = [:]
  private var previous: [Address: UInt64] = [:]
  private var currentSince = Timestamp(nanoseconds: 0)
  /// The last look-up: packets of one device come in runs.
  private var latest: (address: Address, key: UInt64)?
  private var packet = Packet()

  static let generation = TimeSpan.seconds(1_800)
  static let limit = 65_536

  /// Tables grow with the number of addresses: those of a site fit into a cache, unlike a table with room for the
  /// limit.
  init(inside: InsideNetworks) { self.inside = inside }

  /// - Returns: 0 if the frame belongs to no device.
  mutating func key(of frame: borrowing CapturedFrame) -> UInt64 {
    var decoder = PacketDecoder(frame.bytes, originalLength: frame.originalLength, linkType: frame.linkType)
    do throws(WireError) {
      guard try decoder.next(&packet) else { return 0 }
    } catch {
      return 0
    }
    let age = frame.timestamp.nanoseconds &- currentSince.nanoseconds
    if current.count >= DeviceKeys.limit || age.magnitude > DeviceKeys.generation.nanoseconds.magnitude {
      beginGeneration(frame.timestamp)
    }
    var source = End(address: packet.source, port: packet.sourcePort, hardware: 0)
    var destination = End(address: packet.destination, port: packet.destinationPort, hardware: 0)
    if frame.linkType == .ethernet, frame.bytes.byteCount >= 12 {
      destination.hardware = DeviceKeys.hardware(frame.bytes, at: 0)
      source.hardware = DeviceKeys.hardware(frame.bytes, at: 6)
    }
    if packet.isUnreachable {
      // An ICMP error belongs to the flow that it quotes, in the other direction; its sender may be a router.
      (source.address, source.port) = (packet.quotedDestination, packet.quotedDestinationPort)
      (destination.address, destination.port) = (packet.quotedSource, packet.quotedSourcePort)
    }
    switch (inside.contains(source.address), inside.contains(destination.address)) {
    case (true, false): return key(of: source)
    case (false, true): return key(of: destination)
    case (let areInside, _):
      guard let client = client(source, destination) else {
        return min(DeviceKeys.key(of: source.address), DeviceKeys.key(of: destination.address))
      }
      return areInside ? key(of: client) : DeviceKeys.key(of: client.address)
    }
  }

  /// Of two ends inside, or two outside, the client, by whose DNS answers the flow is named: its port is the ephemeral
  /// one. Nil if the ports do not show it.
  private func client(_ source: End, _ destination: End) -> End? {
    // A tunnel's ports may differ by direction (RFC 7348 §5).
    if packet.carriesPacket { return nil }
    // Fragments have no ports; of datagrams with names, only DNS answers are so long.
    if packet.fragment != nil { return destination }
    if source.port == destination.port { return nil }
    return source.port > destination.port ? source : destination
  }

  private mutating func key(of end: End) -> UInt64 {
    let address = Address(address: end.address, vlan: packet.vlan, scope: packet.scope)
    if let latest, latest.address == address { return latest.key }
    if let key = current[address] {
      latest = (address, key)
      return key
    }
    if let key = previous[address] {
      current[address] = key
      return key
    }
    let key = end.hardware == 0 ? DeviceKeys.key(of: end.address) : end.hardware
    // The sender of an ICMP error need not be the device, so it does not set a key.
    if !packet.isUnreachable { current[address] = key }
    return key
  }

  private mutating func beginGeneration(_ time: Timestamp) {
    latest = nil
    swap(&current, &previous)
    current.removeAll(keepingCapacity: true)
    currentSince = time
  }

  private static func key(of address: IPAddress) -> UInt64 { address.high ^ address.low }

  /// - Returns: 0 for group addresses and if there is none.
  private static func hardware(_ bytes: RawSpan, at offset: Int) -> UInt64 {
    let address = HardwareAddress(
      bits: (0..<6).reduce(0) { $0 << 8 | UInt64(bytes.unsafeLoad(fromByteOffset: offset + $1, as: UInt8.self)) })
    return address.isGroup ? 0 : address.bits
  }
}
