import Model
import Wire

/// The packets of the last milliseconds, to recognise packets that a mirror port delivers twice, because it copies both
/// directions of a port, or both ports of a packet's path.
///
/// Copies agree in everything that routers do not change: addresses, transport header with checksum, length, and the
/// identification that senders increment (RFC 791 §3.2). A retransmission has another identification, or comes later.
/// The table has a fixed size; newer packets replace older ones.
struct RecentPackets: ~Copyable {
  enum Sighting {
    case first
    case again
    /// The packet was seen in another VLAN or tunnel: it counts in both flows.
    case elsewhere
  }

  private struct Entry {
    var key: UInt64 = 0
    /// In units of 1,024 ns.
    var tick: UInt32 = 0
    var network: UInt32 = 0
  }

  private var entries = [Entry](repeating: Entry(), count: RecentPackets.size)
  private static let size = 8_192
  /// Longest time between two copies. Routers and switches delay packets by less, and no sender retransmits so soon.
  static let moment = TimeSpan(nanoseconds: 10_000_000)
  /// The same for packets without an identification, of which a copy cannot be distinguished from a retransmission.
  static let momentWithoutIdentification = TimeSpan(nanoseconds: 1_000_000)

  /// - Parameters:
  ///   - packet: not changed. Passed by value, it would be copied, which costs more than the whole call.
  ///   - bytes: the frame that contains the packet.
  ///   - time: time stamp of the packet itself; a packet captured later may have an earlier one.
  mutating func note(_ packet: inout Packet, in bytes: RawSpan, at time: Timestamp) -> Sighting {
    let isFragment = packet.fragment != nil
    let isIdentified = isFragment ? true : packet.identification != 0
    let moment = isIdentified ? RecentPackets.moment : RecentPackets.momentWithoutIdentification
    let key = RecentPackets.key(&packet, bytes)
    let tick = UInt32(truncatingIfNeeded: time.nanoseconds >> 10)
    let network = UInt32(truncatingIfNeeded: mixed(UInt64(packet.vlan) ^ packet.scope &* 0x9e37_79b9_7f4a_7c15))
    let place = Int(truncatingIfNeeded: key & UInt64(RecentPackets.size - 1))
    let known = entries[place]
    guard known.key == key,
      Int32(bitPattern: tick &- known.tick).magnitude <= UInt32(moment.nanoseconds >> 10)
    else {
      entries[place] = Entry(key: key, tick: tick, network: network)
      return .first
    }
    return known.network == network ? .again : .elsewhere
  }

  /// A hash of the packet, never 0, which marks an empty place.
  @inline(__always)
  private static func key(_ packet: inout Packet, _ bytes: RawSpan) -> UInt64 {
    var key = mixed(packet.source.low ^ packet.source.high &* 0x9e37_79b9_7f4a_7c15)
    key = mixed(key ^ packet.destination.low ^ packet.destination.high &* 0xc2b2_ae3d_27d4_eb4f)
    let ports = UInt64(packet.sourcePort) << 16 | UInt64(packet.destinationPort)
    key = mixed(key ^ ports << 32 ^ UInt64(packet.identification) << 16 ^ UInt64(packet.transportChecksum))
    var rest = UInt64(truncatingIfNeeded: packet.ipPayloadLength) << 16 | UInt64(packet.transport.rawValue)
    if let fragment = packet.fragment { rest ^= UInt64(fragment.offset) << 40 | UInt64(fragment.identification) << 32 }
    key = mixed(key ^ rest)
    if packet.transport == .tcp {
      // In a capture on the sending machine the checksum may not be filled in yet, so that an acknowledgment and the
      // FIN after it can differ in flags alone.
      key = mixed(key ^ UInt64(packet.tcpSequence) << 32 ^ UInt64(packet.tcpAcknowledgment))
      key = mixed(key ^ UInt64(packet.tcpFlags.rawValue))
    } else if packet.payloadCaptured >= 8 {
      key = mixed(key ^ bytes.uint64(packet.payloadOffset))
      key = mixed(key ^ bytes.uint64(packet.payloadOffset + packet.payloadCaptured - 8))
    }
    return key == 0 ? 1 : key
  }
}

@inline(__always)
private func mixed(_ value: UInt64) -> UInt64 {
  let product = (value ^ 0x2545_f491_4f6c_dd1d).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
  return product.high ^ product.low
}
