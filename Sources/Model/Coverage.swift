/// State of the capturing machine's clock.
public enum ClockState: String, Sendable, Hashable, Codable, CaseIterable {
  case synchronised = "yes"
  case notSynchronised = "no"
  case unknown
}

/// What one sensor saw, and what it could not see, in one hour. Adds up over sessions.
public struct CoverageHour: Sendable, Hashable, Codable {
  public var hour: Hour
  public var packetsSeen: UInt64 = 0
  public var packetsDroppedKernel: UInt64 = 0
  /// Captured TCP payload bytes, base of the loss estimate.
  public var tcpBytes: UInt64 = 0
  public var tcpMissedBytes: UInt64 = 0
  /// Seconds in which the sensor did not capture though it should have, by cause.
  public var gaps: [GapCause: UInt64] = [:]
  public var restarts: UInt64 = 0
  public var clock: ClockState = .unknown
  public var clockOffsetMilliseconds: Int64?
  /// How often the clock was set, by more than it can be slewed.
  public var clockSteps: UInt64 = 0
  /// Outbound bytes (IP payload, inside to outside) by the naming class of their flow.
  public var bytesOutByClass: [NamingClass: UInt64] = [:]
  public var outboundFlows: UInt64 = 0
  /// Outbound flows to an address that no DNS answer seen by this sensor gave to their device.
  public var flowsWithoutDNS: UInt64 = 0
  public var echFlows: UInt64 = 0
  public var dohFlows: UInt64 = 0
  public var vpnFlows: UInt64 = 0
  public var canariesExpected: UInt64 = 0
  public var canariesSeen: UInt64 = 0
  public var flowsEvicted: UInt64 = 0
  public var recordsLost: UInt64 = 0
  public var anomalies: [Anomaly: UInt64] = [:]

  public init(hour: Hour) { self.hour = hour }

  public var gapSeconds: UInt64 { gaps.values.saturatingSum }

  public var bytesOut: UInt64 { bytesOutByClass.values.saturatingSum }

  /// Adds the counts of another record of the same hour; the worse clock state stays.
  public mutating func merge(_ other: CoverageHour) {
    packetsSeen.addSaturating(other.packetsSeen)
    packetsDroppedKernel.addSaturating(other.packetsDroppedKernel)
    tcpBytes.addSaturating(other.tcpBytes)
    tcpMissedBytes.addSaturating(other.tcpMissedBytes)
    gaps.merge(other.gaps, uniquingKeysWith: UInt64.saturatingSum)
    restarts.addSaturating(other.restarts)
    if other.clock == .notSynchronised || clock == .unknown { clock = other.clock }
    if let offset = other.clockOffsetMilliseconds {
      clockOffsetMilliseconds =
        clockOffsetMilliseconds.map { offset.magnitude > $0.magnitude ? offset : $0 } ?? offset
    }
    clockSteps.addSaturating(other.clockSteps)
    bytesOutByClass.merge(other.bytesOutByClass, uniquingKeysWith: UInt64.saturatingSum)
    outboundFlows.addSaturating(other.outboundFlows)
    flowsWithoutDNS.addSaturating(other.flowsWithoutDNS)
    echFlows.addSaturating(other.echFlows)
    dohFlows.addSaturating(other.dohFlows)
    vpnFlows.addSaturating(other.vpnFlows)
    canariesExpected.addSaturating(other.canariesExpected)
    canariesSeen.addSaturating(other.canariesSeen)
    flowsEvicted.addSaturating(other.flowsEvicted)
    recordsLost.addSaturating(other.recordsLost)
    anomalies.merge(other.anomalies, uniquingKeysWith: UInt64.saturatingSum)
  }
}

/// Why a sensor did not capture for a time. The raw value is its name in coverage.
public enum GapCause: String, Sendable, Hashable, Codable, CaseIterable, CodingKeyRepresentable {
  /// Between an end in order and the next start.
  case stopped
  /// Between the last batch that was stored and the next start, where the run had no end in order: killed, or without power.
  case brokenOff = "broken_off"
  /// An interface was missing, switched off or without a link, or was being opened anew.
  case interfaceDown = "interface_down"
  /// The machine slept.
  case suspended
}

/// Something odd or broken on the wire that is counted, never logged one by one. The raw value is its name in coverage.
public enum Anomaly: String, Sendable, Hashable, Codable, CaseIterable, CodingKeyRepresentable {
  case frameTruncated = "frame_truncated"
  case frameCapturedShort = "frame_captured_short"
  case linkTypeUnsupported = "link_type_unsupported"
  case linkEncrypted = "link_encrypted"
  case tunnelHeaderInvalid = "tunnel_header_invalid"
  case tunnelTooDeep = "tunnel_too_deep"
  case ipHeaderInvalid = "ip_header_invalid"
  case ipExtensionsTooDeep = "ip_extensions_too_deep"
  /// A part of a datagram that contradicts itself or the other parts.
  case ipFragmentInvalid = "ip_fragment_invalid"
  case ipFragmentsOverlap = "ip_fragments_overlap"
  /// Datagrams of which later parts came, but never the first, which tells the flow.
  case ipFragmentsWithoutFirst = "ip_fragments_without_first"
  /// Datagrams whose first part came, but not all.
  case ipFragmentsIncomplete = "ip_fragments_incomplete"
  /// Datagrams that were given up for newer ones before all parts had come.
  case ipFragmentsEvicted = "ip_fragments_evicted"
  case tcpHeaderInvalid = "tcp_header_invalid"
  case tcpOverlapDiffers = "tcp_overlap_differs"
  case udpHeaderInvalid = "udp_header_invalid"
  case dnsMessageInvalid = "dns_message_invalid"
  case dnsAnswerUnasked = "dns_answer_unasked"
  case tlsMessageInvalid = "tls_message_invalid"
  case quicHandshakeInvalid = "quic_handshake_invalid"
  case quicInitialUnreadable = "quic_initial_unreadable"
  /// Initial packets that were not tried: too many before them in the same second were none.
  case quicInitialNotTried = "quic_initial_not_tried"
  /// Connections that were given up for newer ones: what goes on under a changed address has no name.
  case quicConnectionForgotten = "quic_connection_forgotten"
  case httpHeadInvalid = "http_head_invalid"
  /// A host's name that is longer than any can be; it is not kept.
  case nameTooLong = "name_too_long"
  /// Segments of very many messages, after many such in the same second: the rest of them was not read.
  case messageNotRead = "message_not_read"
  case streamGivenUp = "stream_given_up"
  /// Beginnings of streams and handshakes that were given up for newer ones before they were whole.
  case beginningEvicted = "beginning_evicted"
  /// Flows in tunnels within tunnels that were not tracked: too many began in the same second.
  case innerFlowNotTracked = "inner_flow_not_tracked"
  /// Questions and answers of DNS that were given up for newer ones while they still held.
  case dnsForgotten = "dns_forgotten"
  /// Hardware addresses that were given up for newer ones.
  case clientForgotten = "client_forgotten"
  /// Outbound flows of senders that nobody answered and that show no hardware address of their own: they are not counted as devices.
  case senderNotCounted = "sender_not_counted"
  case timeWentBack = "time_went_back"
  /// Packets that came a second time within a moment, as mirror ports deliver them that copy both directions: counted once.
  case frameDuplicated = "frame_duplicated"
  /// Packets that stand in several capture files of one run: counted once.
  case frameInTwoFiles = "frame_in_two_files"
  /// Packets that came a second time with another VLAN, or inside another tunnel: counted in both.
  case frameInTwoNetworks = "frame_in_two_networks"
  /// Flows of a proxy to destinations that its clients asked it for: counted as theirs.
  case proxyLegNotCounted = "proxy_leg_not_counted"
}
