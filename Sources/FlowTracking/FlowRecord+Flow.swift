import Model
import Wire

extension TrackerOutput {
  /// Emits a record of the flow since its previous record.
  ///
  /// - Parameter isLast: the flow ends with this record.
  mutating func emit(
    _ flow: inout FlowEntry, _ detail: inout FlowDetail, isLast: Bool, _ site: borrowing SiteKnowledge
  ) {
    if !site.wasExcluded(flow.hardware, flow.originator.address, flow.responder.address) {
      let traffic = flow.takeTraffic(besides: detail.gaps.missingBytes)
      var reach = site.settings.insideNetworks.reach(
        originator: flow.originator.address, responder: flow.responder.address)
      if reach == .inside, flow.flags.contains(.viaProxy) { reach = .outbound }
      records.append(
        FlowRecord(
          flowNumber: flow.number, part: flow.part, device: site.device(of: flow), originator: flow.originator.address,
          responder: flow.responder.address, originatorPort: flow.originator.port, responderPort: flow.responder.port,
          transport: TransportProtocol(rawValue: flow.key.transport), vlan: flow.key.vlan == 0 ? nil : flow.key.vlan,
          start: flow.recordStart, end: flow.last, traffic: traffic, carriedBytesUp: flow.carriedBytes,
          outcome: flow.outcome, completeness: flow.completeness(isLast: isLast),
          originatorInferred: flow.flags.contains(.originatorInferred), encryption: detail.encryption,
          applicationProtocol: detail.applicationProtocol, name: detail.names.evidence, reach: reach,
          history: flow.history.text))
      // In its place: a record that is passed on is copied with all its texts.
      records[records.count - 1].complete(&flow, &detail, site)
    }
    detail.clearText = nil
  }
}

extension FlowRecord {
  /// Adds what depends on the parts that the record has already.
  ///
  /// - Parameters:
  ///   - flow: not changed, but by value it would be copied.
  ///   - detail: likewise, with all its strings.
  fileprivate mutating func complete(
    _ flow: inout FlowEntry, _ detail: inout FlowDetail, _ site: borrowing SiteKnowledge
  ) {
    otherAnswers = detail.names.otherAnswers
    clearText = detail.clearText
    offersResumption = detail.offersResumption
    hadDNS = detail.names.resolved != nil
    isThroughProxy = flow.flags.contains(.viaProxy)
    if flow.sides.allSatisfy({ $0.marks.contains(.syn) }) {
      initialSequences = UInt64(flow.initialSequences.originator) << 32 | UInt64(flow.initialSequences.responder)
    }
    hiddenPath = detail.hiddenPath
    let kinds = site.kinds(ofNameOf: &self)
    if hiddenPath == nil { hiddenPath = site.hiddenPath(of: &self, kinds) }
    isEncryptedDNS = site.isEncryptedDNS(&self, kinds)
    hasUninspectedClearText = hasUninspectedClearText(of: flow, sentClearText: detail.sentClearText)
    if reach == .outbound, !isThroughProxy, !site.proxies.isEmpty {
      isProxyLeg = site.proxies.wereAsked(
        of: originator, for: name?.name ?? "\(responder)", since: flow.flowStart)
    }
  }

  /// Whether, in this record, the originator sent something that is neither known to be encrypted nor kept for
  /// inspection.
  @inline(__always)
  private func hasUninspectedClearText(of flow: FlowEntry, sentClearText: Bool) -> Bool {
    switch hiddenPath {
    case .wireGuard, .openVPN, .ipsec, .relay, .tor: return false
    case .l2tp, .pptp, nil: break
    }
    guard flow.isTCP else {
      // Packets that carry others are covered by the records of the flows inside.
      return flow.sides.originator.bytes > flow.carriedBytes && flow.sides.originator.marks.contains(.data)
        && encryption == .unknown
    }
    guard flow.flags.contains(.notInspected) else { return false }
    // Pieces of a ClientHello that arrived out of order are not clear text.
    return !flow.flags.contains(.encrypted) || sentClearText
  }
}

extension FlowEntry {
  /// The traffic since the last record. Its missed bytes are those that sequence numbers and acknowledgments prove but that
  /// were not captured, without those that earlier records reported.
  ///
  /// - Parameter missing: bytes of the gaps in the sequence numbers.
  fileprivate mutating func takeTraffic(besides missing: UInt64) -> Traffic {
    let missed = missing + sides.originator.missedBytes + sides.responder.missedBytes
    var traffic = traffic
    traffic.missedBytes = missed > missedReported ? missed - missedReported : 0
    missedReported = max(missed, missedReported)
    return traffic
  }
}
