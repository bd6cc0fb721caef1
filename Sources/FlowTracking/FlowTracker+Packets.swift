import Model
import Wire

extension FlowTracker {
  /// What is known between the packets of one frame or reassembled datagram, of which each may carry the next.
  private struct Unpacking {
    /// Packets and bytes of a reassembled datagram, which count for its flow; nil for a frame.
    let datagram: (packets: UInt64, bytes: Int)?
    var isOutermost = true
    /// The flow that carries the next packet, and the bytes of that packet.
    var carrier: (slot: Int, bytes: UInt64)?
    var isInNewTunnel = false
    /// Depth of an excluded packet; the packets that it carries are excluded with it.
    var excludedDepth: UInt8?
    /// Whether the frame still counts: it does not once one of its packets was excluded.
    var isFrameCounted: Bool

    init(_ datagram: (packets: UInt64, bytes: Int)?) {
      self.datagram = datagram
      isFrameCounted = datagram == nil
    }
  }

  /// Processes all packets that a decoder finds in `bytes`: drops excluded and repeated ones, collects fragments, and
  /// gives the others to their flows.
  ///
  /// - Parameter datagram: for a reassembled packet, the number and bytes of its fragments.
  mutating func takePackets(
    _ decoder: inout PacketDecoder, of bytes: RawSpan, from datagram: (packets: UInt64, bytes: Int)? = nil
  ) {
    var packet = Packet()
    var unpacking = Unpacking(datagram)
    while true {
      do throws(WireError) {
        guard try decoder.next(&packet) else { return }
      } catch {
        if let anomaly = Anomaly(error) { output.count(anomaly) }
        unpacking.carrier = nil
        continue
      }
      if isExcluded(packet, &unpacking) || isRepeated(&packet, of: bytes, &unpacking) { continue }
      // Before the table changes, while the carrier's slot is still valid.
      let outer = unpacking.carrier
      if let outer { flows.table[outer.slot].carriedBytes &+= outer.bytes }
      unpacking.carrier = nil
      if let fragment = packet.fragment {
        collect(packet, fragment, of: bytes)
        continue
      }
      track(&packet, of: bytes, carriedBy: outer, &unpacking)
    }
  }

  @inline(__always)
  private mutating func isExcluded(_ packet: Packet, _ unpacking: inout Unpacking) -> Bool {
    guard !site.exclusions.isEmpty else { return false }
    if let depth = unpacking.excludedDepth, packet.depth > depth { return true }
    guard site.isExcluded(packet) else {
      unpacking.excludedDepth = nil
      return false
    }
    unpacking.excludedDepth = packet.depth
    if unpacking.isFrameCounted, packet.depth == 0 { output.frames &-= 1 }
    unpacking.isFrameCounted = false
    unpacking.carrier = nil
    return true
  }

  /// Whether the packet was already seen at another place of the network.
  @inline(__always)
  private mutating func isRepeated(_ packet: inout Packet, of bytes: RawSpan, _ unpacking: inout Unpacking) -> Bool {
    // The fragments of a reassembled packet have been checked one by one.
    if unpacking.datagram != nil, unpacking.isOutermost { return false }
    switch recent.note(&packet, in: bytes, at: frameTime) {
    case .first: return false
    case .elsewhere:
      output.count(.frameInTwoNetworks)
      return false
    case .again:
      output.count(.frameDuplicated)
      // The packet around it is no traffic of its own, as for the first copy.
      if let outer = unpacking.carrier { flows.table[outer.slot].carriedBytes &+= outer.bytes }
      unpacking.carrier = nil
      unpacking.isOutermost = false
      return true
    }
  }

  /// Gives a packet to its flow, which may carry the next one.
  @inline(__always)
  private mutating func track(
    _ packet: inout Packet, of bytes: RawSpan, carriedBy outer: (slot: Int, bytes: UInt64)?,
    _ unpacking: inout Unpacking
  ) {
    if let datagram = unpacking.datagram, unpacking.isOutermost {
      packet.packetCount = datagram.packets
      packet.ipPayloadLength = datagram.bytes
    }
    unpacking.isOutermost = false
    if packet.isUnreachable { flows.takeUnreachable(packet) }
    // The next frame of an aggregate is independent of the previous one.
    if packet.depth == 0 { unpacking.isInNewTunnel = false }
    switch flows.take(&packet, isInNewTunnel: unpacking.isInNewTunnel, bytes, &site, &output) {
    case .tracked: break
    case .carries(let slot, let isNew):
      unpacking.carrier = (slot, UInt64(packet.ipPayloadLength))
      unpacking.isInNewTunnel = unpacking.isInNewTunnel || isNew
    case .refused:
      // It is not tracked, so its bytes stay with the flow that carries it. That flow still exists: nothing was
      // evicted for the refused packet.
      if let outer { flows.table[outer.slot].carriedBytes &-= outer.bytes }
    }
  }
}
