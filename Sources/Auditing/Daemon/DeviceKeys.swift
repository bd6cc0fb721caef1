import Capture
import FlowTracking
import Model
import Wire

/// What all packets of a device have in common, so that one tracker gets them all: both directions, its DNS answers, and refusals.
///
/// The key is the hardware address at first sight, so that a device's IPv4 and IPv6 addresses stay together. A network address that is in
/// use keeps its key: where two routers, or a virtual address (VRRP), show another hardware address in each direction, its flows are not torn.
/// Memory is bounded; each call costs a look or two into a table.
struct DeviceKeys {
  var inside: InsideNetworks

  private struct Address: Hashable {
    var address: IPAddress
    var vlan: UInt16
    /// Tells equal addresses in different networks apart.
    var scope: UInt64
  }

  /// One end of a frame, with what is seen of its hardware: a router's, where one is between.
  private struct End {
    var address: IPAddress
    var port: UInt16
    /// 0 for unknown.
    var hardware: UInt64
  }

  /// Two generations: what is not used while one lasts is forgotten with the next, so that an address that DHCP gives to
  /// another device gets that one's key.
  private var current: [Address: UInt64] = [:]
  private var previous: [Address: UInt64] = [:]
  private var currentSince = Timestamp(nanoseconds: 0)
  /// What was looked up last: packets of one device come in runs.
  private var latest: (address: Address, key: UInt64)?
  private var packet = Packet()

  static let generation = TimeSpan.seconds(1_800)
  static let limit = 65_536

  /// Tables grow with the addresses that are there: those of a site lie in a near cache, as a table with room for the
  /// limit would not.
  init(inside: InsideNetworks) { self.inside = inside }

  /// - Returns: 0 for what belongs to no device.
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
      // A refusal belongs to what it refuses, and goes the other way; who sends it may be a router.
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

  /// Of two ends inside, or two outside, the one whose names a flow between them has: its port is the ephemeral one. Nil where ports do not tell.
  private func client(_ source: End, _ destination: End) -> End? {
    // A tunnel's ports may differ by direction (RFC 7348 §5).
    if packet.carriesPacket { return nil }
    // Parts of datagrams have no ports; of what has names, only answers of DNS are that long.
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
    // Whoever sends a refusal need not be the device; what was refused without being seen needs no key.
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

  /// - Returns: 0 for groups and for none.
  private static func hardware(_ bytes: RawSpan, at offset: Int) -> UInt64 {
    let address = HardwareAddress(
      bits: (0..<6).reduce(0) { $0 << 8 | UInt64(bytes.unsafeLoad(fromByteOffset: offset + $1, as: UInt8.self)) })
    return address.isGroup ? 0 : address.bits
  }
}
