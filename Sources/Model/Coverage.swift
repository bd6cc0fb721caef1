/// State of the capturing machine's clock.
public enum ClockState: String, Sendable, Hashable, Codable, CaseIterable {
  case synchronised = "yes"
  case notSynchronised = "no"
  case unknown
}

/// What one sensor saw and could not see in one hour; records of several sessions can be added.
public struct CoverageHour: Sendable, Hashable, Codable {
  public var hour: Hour
  public var packetsSeen: UInt64 = 0
  public var packetsDroppedKernel: UInt64 = 0
  /// Captured TCP payload bytes, the base of the loss estimate.
  public var tcpBytes: UInt64 = 0
  public var tcpMissedBytes: UInt64 = 0
  /// Seconds in which the sensor did not capture though it should have, by cause.
  public var gaps: [GapCause: UInt64] = [:]
  public var restarts: UInt64 = 0
  public var clock: ClockState = .unknown
  public var clockOffsetMilliseconds: Int64?
  /// How often the clock was stepped, that is, set by more than it can be slewed.
  public var clockSteps: UInt64 = 0
  /// Outbound bytes (IP payload, inside to outside) by the naming class of their flow.
  @SortedCounts public var bytesOutByClass: [NamingClass: UInt64] = [:]
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
  /// Nil if a version that did not measure it yet wrote a part of the hour.
  public var sight: CoverageSight? = CoverageSight()
  /// Packets that the recorder dropped according to the recording itself; 0 if it does not state a number.
  public var dropStatements: UInt64 = 0
  /// Established flows between two addresses of which neither is inside, though a device may have sent them: they are
  /// not assessed. Nil if a version that did not count them yet wrote a part of the hour.
  public var transitFlows: UInt64? = 0
  /// Controls that were seen, by way and group; nil if there were none.
  public var controls: ControlCounts?

  public init(hour: Hour) { self.hour = hour }

  public var gapSeconds: UInt64 { gaps.values.saturatingSum }

  public var bytesOut: UInt64 { bytesOutByClass.values.saturatingSum }

  /// The plain counts, for sums and limits.
  public static var counts: [WritableKeyPath<CoverageHour, UInt64>] {
    [
      \.packetsSeen, \.packetsDroppedKernel, \.tcpBytes, \.tcpMissedBytes, \.restarts, \.clockSteps, \.outboundFlows,
      \.flowsWithoutDNS, \.echFlows, \.dohFlows, \.vpnFlows, \.canariesExpected, \.canariesSeen, \.flowsEvicted,
      \.recordsLost, \.dropStatements,
    ]
  }

  /// Adds the counts of another record of the same hour, and keeps the worse clock state.
  public mutating func merge(_ other: CoverageHour) {
    for count in CoverageHour.counts { self[keyPath: count].addSaturating(other[keyPath: count]) }
    gaps.merge(other.gaps, uniquingKeysWith: UInt64.saturatingSum)
    bytesOutByClass.merge(other.bytesOutByClass, uniquingKeysWith: UInt64.saturatingSum)
    anomalies.merge(other.anomalies, uniquingKeysWith: UInt64.saturatingSum)
    if other.clock == .notSynchronised || clock == .unknown { clock = other.clock }
    if let offset = other.clockOffsetMilliseconds {
      clockOffsetMilliseconds =
        clockOffsetMilliseconds.map { offset.magnitude > $0.magnitude ? offset : $0 } ?? offset
    }
    sight = sight.flatMap { sight in other.sight.map { sight + $0 } }
    if let seen = other.controls {
      var sum = controls ?? ControlCounts()
      sum.add(seen)
      controls = sum
    }
    transitFlows = transitFlows.flatMap { own in other.transitFlows.map { .saturatingSum(own, $0) } }
  }
}

/// Counts by kind whose encoded form lists the kinds in the order of their names, so that equal counts have equal
/// bytes.
///
/// The form is that of a dictionary whose keys are no strings: kinds and counts in turn. It is decoded in any order.
@propertyWrapper
public struct SortedCounts<Kind: RawRepresentable<String> & Codable & Hashable & Sendable>: Sendable, Hashable, Codable
{
  public var wrappedValue: [Kind: UInt64]

  public init(wrappedValue: [Kind: UInt64]) { self.wrappedValue = wrappedValue }

  public init(from decoder: any Decoder) throws { wrappedValue = try [Kind: UInt64](from: decoder) }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    for (kind, count) in wrappedValue.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      try container.encode(kind)
      try container.encode(count)
    }
  }
}

/// Counts that show whether a sensor could have seen a transmission, and what it could not examine. Each outbound flow
/// counts in the hour in which it began.
public struct CoverageSight: Sendable, Hashable, Codable {
  /// Flows whose true destination cannot be seen: tunnels, relays, Tor, encrypted DNS, a name that ECH hides, or no
  /// name at all.
  public var unexaminableFlows: UInt64 = 0
  /// IP payload bytes of those flows from inside to outside.
  public var unexaminableBytes: UInt64 = 0
  /// Established flows of which packets of both directions were seen.
  public var twoSidedFlows: UInt64 = 0
  /// Established flows of which packets of only one direction were seen.
  public var oneSidedFlows: UInt64 = 0
  /// Flows and attempts to TCP port 443, or through a proxy.
  public var webFlows: UInt64 = 0
  /// Flows and attempts to UDP port 443.
  public var quicFlows: UInt64 = 0
  /// Names for which DNS gave an address; a repeated answer counts again only after a while.
  public var namesResolved: UInt64 = 0
  /// Those of the resolved names to one of whose addresses a packet was then sent.
  public var namesContacted: UInt64 = 0
  /// Frames that were truncated and of which fewer bytes than a full Ethernet frame were captured.
  public var framesCapturedShort: UInt64 = 0

  public init() {}

  /// All counts, for sums and limits.
  public static var counts: [WritableKeyPath<CoverageSight, UInt64>] {
    [
      \.unexaminableFlows, \.unexaminableBytes, \.twoSidedFlows, \.oneSidedFlows, \.webFlows, \.quicFlows,
      \.namesResolved, \.namesContacted, \.framesCapturedShort,
    ]
  }

  public static func + (left: CoverageSight, right: CoverageSight) -> CoverageSight {
    var sum = left
    for count in counts { sum[keyPath: count].addSaturating(right[keyPath: count]) }
    return sum
  }
}

/// Outbound traffic of a group's devices in one hour, to any destination.
public struct GroupHour: Sendable, Hashable {
  public var hour: Hour
  public var group: String
  /// Established flows of which both directions were seen, over TCP or to port 443.
  public var sessions: UInt64 = 0
  /// Flows that sent at least one packet.
  public var outboundFlows: UInt64 = 0
  public var unexaminableFlows: UInt64 = 0
  /// IP payload bytes from inside to outside.
  public var bytesOut: UInt64 = 0
  public var unexaminableBytes: UInt64 = 0

  public init(hour: Hour, group: String) {
    self.hour = hour
    self.group = group
  }

  /// All counts, for sums and limits.
  public static var counts: [WritableKeyPath<GroupHour, UInt64>] {
    [\.sessions, \.outboundFlows, \.unexaminableFlows, \.bytesOut, \.unexaminableBytes]
  }

  /// Adds the counts of another record, of the same hour and group or of one that is reported together with it.
  public mutating func add(_ other: GroupHour) {
    for count in GroupHour.counts { self[keyPath: count].addSaturating(other[keyPath: count]) }
  }
}

/// A period in which a capture has no gap that its packets would show.
public struct CaptureSpan: Sendable, Hashable {
  /// The kind of gap before the period.
  public enum Beginning: String, Sendable, Hashable, CaseIterable {
    /// No capture file covers it.
    case file
    /// A silence in a file that is improbable, given the packets around it.
    case silence
  }

  /// Seconds since 1970 of the first and the last packet.
  public var first: Int64
  public var last: Int64
  public var begins: Beginning
  /// A silence this many times as long as those around it is improbable.
  public static let usualTimes: Int64 = 5

  /// Longest silence in the ten minutes after `first` and before `last`, in seconds.
  public var edgeSilence: Int64

  public init(first: Int64, last: Int64, begins: Beginning, edgeSilence: Int64) {
    self.first = first
    self.last = last
    self.begins = begins
    self.edgeSilence = edgeSilence
  }
}

/// Why a sensor did not capture for a time. The raw value is its name in `coverage`.
public enum GapCause: String, Sendable, HashedByCase, Codable, CaseIterable, CodingKeyRepresentable {
  /// Between an orderly end and the next start.
  case stopped
  /// Between the last stored batch and the next start of a run that had no orderly end: it was killed, or power failed.
  case brokenOff = "broken_off"
  /// An interface was missing, switched off or without a link, or was being opened again.
  case interfaceDown = "interface_down"
  /// The machine was suspended.
  case suspended
  /// Nothing captured in the whole hour, for an unknown reason.
  case notObserved = "not_observed"
  /// No capture file covers the time.
  case noFile = "no_file"
  /// A silence within a capture file that is improbable, given the packets around it.
  case silence

  /// The causes that a service can have; the others apply to recordings, or to the store as a whole.
  public static let ofService: [GapCause] = [.stopped, .brokenOff, .interfaceDown, .suspended]
}

/// Something odd or malformed on the wire that is counted, never logged singly. The raw value is its name in
/// `coverage`.
public enum Anomaly: String, Sendable, HashedByCase, Codable, CaseIterable, CodingKeyRepresentable {
  case frameTruncated = "frame_truncated"
  case frameCapturedShort = "frame_captured_short"
  case linkTypeUnsupported = "link_type_unsupported"
  case linkEncrypted = "link_encrypted"
  case tunnelHeaderInvalid = "tunnel_header_invalid"
  case tunnelTooDeep = "tunnel_too_deep"
  case ipHeaderInvalid = "ip_header_invalid"
  case ipExtensionsTooDeep = "ip_extensions_too_deep"
  /// A fragment of a datagram that contradicts itself or the other fragments.
  case ipFragmentInvalid = "ip_fragment_invalid"
  case ipFragmentsOverlap = "ip_fragments_overlap"
  /// Datagrams of which later fragments came, but never the first, which identifies the flow.
  case ipFragmentsWithoutFirst = "ip_fragments_without_first"
  /// Datagrams whose first fragment came, but not all.
  case ipFragmentsIncomplete = "ip_fragments_incomplete"
  /// Datagrams that were evicted for newer ones before all fragments had come.
  case ipFragmentsEvicted = "ip_fragments_evicted"
  case tcpHeaderInvalid = "tcp_header_invalid"
  case tcpOverlapDiffers = "tcp_overlap_differs"
  case udpHeaderInvalid = "udp_header_invalid"
  case dnsMessageInvalid = "dns_message_invalid"
  case dnsAnswerUnasked = "dns_answer_unasked"
  case tlsMessageInvalid = "tls_message_invalid"
  case quicHandshakeInvalid = "quic_handshake_invalid"
  case quicInitialUnreadable = "quic_initial_unreadable"
  /// Initial packets that were not decrypted, because too many before them in the same second were invalid.
  case quicInitialNotTried = "quic_initial_not_tried"
  /// Connections that were evicted for newer ones: if they continue under another address, that flow has no name.
  case quicConnectionForgotten = "quic_connection_forgotten"
  case httpHeadInvalid = "http_head_invalid"
  /// A host name that is longer than any can be; it is not kept.
  case nameTooLong = "name_too_long"
  /// Segments with very many messages, after many such segments in the same second: the rest of them was not read.
  case messageNotRead = "message_not_read"
  case streamGivenUp = "stream_given_up"
  /// Beginnings of streams and handshakes that were evicted for newer ones before they were whole.
  case beginningEvicted = "beginning_evicted"
  /// Flows in tunnels within tunnels, or in new tunnels, that were not tracked, because too many began in the same
  /// second.
  case innerFlowNotTracked = "inner_flow_not_tracked"
  /// DNS questions and answers that were evicted for newer ones while they were still valid.
  case dnsForgotten = "dns_forgotten"
  /// Hardware addresses that were evicted for newer ones.
  case clientForgotten = "client_forgotten"
  /// Outbound flows of senders that were never answered and show no hardware address of their own: these do not count
  /// as devices.
  case senderNotCounted = "sender_not_counted"
  case timeWentBack = "time_went_back"
  /// Packets that came a second time within 10 ms, as from mirror ports that copy both directions; counted once.
  case frameDuplicated = "frame_duplicated"
  /// Packets that are in several capture files of one run; counted once.
  case frameInTwoFiles = "frame_in_two_files"
  /// Packets that came a second time in another VLAN or tunnel; counted in both.
  case frameInTwoNetworks = "frame_in_two_networks"
  /// Flows of a proxy to destinations that its clients asked for; counted as flows of the clients.
  case proxyLegNotCounted = "proxy_leg_not_counted"
  /// Flows to destinations without a rule for which there was no room in the list of such destinations.
  case undescribedNotNoted = "undescribed_not_noted"
  /// Flows that a rule describes and that count in the sums, but were not stored singly: there were too many in too
  /// short a time.
  case evidenceNotKept = "evidence_not_kept"
}
