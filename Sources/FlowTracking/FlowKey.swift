import Model
import Wire

/// Identifies a flow, the same for both directions of its packets: the end with the smaller address (or port) is first.
struct FlowKey: Equatable {
  var firstAddress: IPAddress
  var secondAddress: IPAddress
  /// Port of the first end in the upper half.
  var ports: UInt32
  var transport: UInt8
  var vlan: UInt16
  var scope: UInt64

  /// - Returns: the key, and whether the packet goes from the first end to the second.
  @inline(__always)
  static func of(_ packet: inout Packet) -> (key: FlowKey, fromFirst: Bool) {
    of(
      packet.source, packet.sourcePort, packet.destination, packet.destinationPort, packet.transport.rawValue,
      vlan: packet.vlan, scope: packet.scope)
  }

  @inline(__always)
  static func of(
    _ source: IPAddress, _ sourcePort: UInt16, _ destination: IPAddress, _ destinationPort: UInt16,
    _ transport: UInt8, vlan: UInt16, scope: UInt64
  ) -> (key: FlowKey, fromFirst: Bool) {
    let fromFirst = source != destination ? source < destination : sourcePort <= destinationPort
    let key =
      fromFirst
      ? FlowKey(
        firstAddress: source, secondAddress: destination, ports: UInt32(sourcePort) << 16 | UInt32(destinationPort),
        transport: transport, vlan: vlan, scope: scope)
      : FlowKey(
        firstAddress: destination, secondAddress: source, ports: UInt32(destinationPort) << 16 | UInt32(sourcePort),
        transport: transport, vlan: vlan, scope: scope)
    return (key, fromFirst)
  }

  var firstPort: UInt16 { UInt16(ports >> 16) }
  var secondPort: UInt16 { UInt16(truncatingIfNeeded: ports) }

  /// A hash with a secret seed (multiply and fold), so that nobody can craft packets that all fall into one bucket.
  @inline(__always)
  func hash(seed: UInt64) -> UInt64 {
    func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
      let product = left.multipliedFullWidth(by: right)
      return product.high ^ product.low
    }
    let rest = UInt64(ports) << 32 | UInt64(transport) << 24 ^ UInt64(vlan) << 8 ^ scope &* 0x9e37_79b9_7f4a_7c15
    var value = fold(firstAddress.low ^ seed, secondAddress.low ^ 0xa076_1d64_78bd_642f)
    value = fold(value ^ firstAddress.high ^ rest, secondAddress.high ^ 0xe703_7ed1_a0b4_28db)
    return fold(value ^ rest, seed | 1)
  }
}

// MARK: - Who began

extension Packet {
  /// Whether the sender opened the flow, judged by the TCP handshake if it is seen, otherwise by ports and inside
  /// networks.
  func isFromOriginator(insideNetworks: InsideNetworks) -> (isOriginator: Bool, isInferred: Bool) {
    if transport == .tcp, tcpFlags.contains(.syn) { return (!tcpFlags.contains(.ack), false) }
    let sourceIsService = sourcePort < 1_024 && destinationPort >= 1_024
    let destinationIsService = destinationPort < 1_024 && sourcePort >= 1_024
    guard transport == .tcp else {
      // The first datagram is a request, unless it goes from a service to a client: then the request was not captured.
      return transport == .udp && sourceIsService ? (false, true) : (true, false)
    }
    if sourceIsService != destinationIsService { return (destinationIsService, true) }
    let sourceInside = insideNetworks.contains(source)
    if sourceInside != insideNetworks.contains(destination) { return (sourceInside, true) }
    // Otherwise the higher port is taken for the ephemeral one.
    return (sourcePort >= destinationPort, true)
  }
}

extension FlowEntry {
  /// Whether a SYN opens a new flow on the same ports: on a connection that has ended, or with another initial sequence
  /// number.
  @inline(__always)
  func isReplaced(by packet: inout Packet, fromFirst: Bool) -> Bool {
    guard packet.transport == .tcp, packet.tcpFlags.intersection([.syn, .ack]) == .syn else { return false }
    if isClosed { return true }
    guard direction(fromFirst: fromFirst) == .originator, sides.originator.marks.contains(.syn), hasData else {
      return false
    }
    let behind = Int32(bitPattern: packet.tcpSequence &+ 1 &- sides.originator.next)
    return behind > 0 || behind < -65_536
  }
}
