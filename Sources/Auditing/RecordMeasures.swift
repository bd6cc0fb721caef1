import FlowTracking
import Model
import Rules
import Store

extension FlowRecord {
  /// The true destination cannot be seen, whatever name the flow itself shows.
  ///
  /// - Parameter isNamedByRule: a rule knows the destination by its address.
  func isUnexaminable(isNamedByRule: Bool) -> Bool {
    guard !isBareOpening else { return false }
    return hiddenPath != nil || isEncryptedDNS || name?.ech == .outerKnown
      || (name.map { $0.namingClass == .e } ?? !isNamedByRule)
  }

  /// SYNs that were refused or not answered, too short for data beside a header with the options that systems send (at
  /// most 44 bytes).
  private var isBareOpening: Bool {
    transport == .tcp && outcome.isBlockedAttempt && traffic.bytesUp <= 44 &* traffic.packetsUp
  }

  /// It left for a network outside, from an address that a router passes on; requests for an address have neither.
  var mayBeOfDevice: Bool {
    outcome == .established && !originator.isUnspecified && !originator.isLinkLocal && !responder.isLinkLocal
  }

  private var hasBothDirections: Bool { traffic.packetsUp > 0 && traffic.packetsDown > 0 }

  var isSession: Bool {
    outcome == .established && hasBothDirections && (transport == .tcp || responderPort == 443)
  }
}

extension Destination {
  // Not a method of the writer, which would be copied for it.
  init(of record: FlowRecord, insideNetworks: InsideNetworks) {
    self.init(
      name: record.name?.name, seenAt: record.isThroughProxy ? nil : record.responder, port: record.responderPort,
      transport: record.transport, hour: record.start.hour, insideNetworks: insideNetworks)
  }
}

extension CoverageSight {
  /// Of an outbound flow's first record.
  mutating func note(_ record: FlowRecord) {
    guard record.part == 0, record.traffic.packetsUp + record.traffic.packetsDown > 0 else { return }
    if record.outcome == .established {
      if record.traffic.packetsUp > 0 && record.traffic.packetsDown > 0 {
        twoSidedFlows += 1
      } else {
        oneSidedFlows += 1
      }
    }
    if record.transport == .tcp, record.responderPort == 443 || record.isThroughProxy { webFlows += 1 }
    if record.transport == .udp, record.responderPort == 443 { quicFlows += 1 }
  }
}

extension GroupHour {
  /// - Parameter ownBytes: without what a tunnel carries for flows that are examined.
  mutating func note(_ record: FlowRecord, ownBytes: UInt64, isUnexaminable: Bool) {
    guard record.traffic.packetsUp > 0 else { return }
    bytesOut.addSaturating(ownBytes)
    if isUnexaminable { unexaminableBytes.addSaturating(ownBytes) }
    guard record.part == 0 else { return }
    outboundFlows += 1
    if isUnexaminable { unexaminableFlows += 1 }
    if record.isSession { sessions += 1 }
  }
}
