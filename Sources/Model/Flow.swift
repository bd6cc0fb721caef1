/// Transport protocol by IANA protocol number.
@frozen
public struct TransportProtocol: RawRepresentable, Sendable, Hashable, Comparable, CustomStringConvertible {
  public var rawValue: UInt8

  @inlinable
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  @inlinable public static var icmp: TransportProtocol { TransportProtocol(rawValue: 1) }
  @inlinable public static var tcp: TransportProtocol { TransportProtocol(rawValue: 6) }
  @inlinable public static var udp: TransportProtocol { TransportProtocol(rawValue: 17) }
  @inlinable public static var icmpv6: TransportProtocol { TransportProtocol(rawValue: 58) }

  @inlinable
  public static func < (left: TransportProtocol, right: TransportProtocol) -> Bool { left.rawValue < right.rawValue }

  public var description: String {
    switch self {
    case .icmp: "icmp"
    case .tcp: "tcp"
    case .udp: "udp"
    case .icmpv6: "icmpv6"
    default: "ip-\(rawValue)"
    }
  }
}

/// How a flow ended, as far as the gateway can see.
public enum FlowOutcome: String, Sendable, HashedByCase, Codable, CaseIterable {
  /// Both sides sent packets, or data went out on a flow whose beginning was not captured.
  case established
  /// The responder, or a device on the path, refused it (RST to a SYN, ICMP unreachable).
  case refused
  /// The originator got no answer.
  case noAnswer = "no_answer"
  /// The DNS answer for the name had nothing usable (NXDOMAIN, REFUSED, 0.0.0.0, ::).
  case dnsBlocked = "dns_blocked"

  /// A blocked attempt, counted separately from sessions.
  public var isBlockedAttempt: Bool { self != .established }
}

/// Which part of the flow this record, together with those before it, covers.
public enum FlowCompleteness: String, Sendable, Hashable, Codable, CaseIterable {
  case yes
  case startMissing = "start_missing"
  case endMissing = "end_missing"
  /// Neither beginning nor end, or evicted before its end.
  case cut
}

/// Encryption of the flow's content, as far as its handshake shows it.
public enum Encryption: String, Sendable, HashedByCase, Codable, CaseIterable {
  case none
  case tls10 = "tls1.0"
  case tls11 = "tls1.1"
  case tls12 = "tls1.2"
  case tls13 = "tls1.3"
  case quic
  /// Encrypted by other means, or TLS whose version was not seen.
  case other
  case unknown
}

/// Direction of a flow, according to the inside networks.
public enum FlowReach: String, Sendable, Hashable, Codable, CaseIterable {
  /// From inside to outside, or through an explicit proxy inside.
  case outbound
  case inbound
  /// Both ends inside, or not unicast.
  case inside
  /// Neither end inside.
  case transit
}

/// Why a flow's true destinations cannot be examined at the gateway: they are behind a tunnel or relay.
public enum HiddenPath: String, Sendable, HashedByCase, Codable, CaseIterable {
  case wireGuard = "wireguard"
  case openVPN = "openvpn"
  /// IKE or ESP.
  case ipsec
  case l2tp
  case pptp
  /// A relay service of the client's operating system, such as iCloud Private Relay.
  case relay
  /// The Tor network, as far as its handshakes show it.
  case tor
}

/// Counts of one flow record. Bytes are IP payload, transport header included.
@frozen
public struct Traffic: Sendable, Hashable, Codable {
  /// Originator to responder.
  public var bytesUp: UInt64 = 0
  public var bytesDown: UInt64 = 0
  public var packetsUp: UInt64 = 0
  public var packetsDown: UInt64 = 0
  /// TCP bytes of both directions that were sent according to the sequence numbers, but not captured.
  public var missedBytes: UInt64 = 0

  @inlinable
  public init() {}

  public init(
    bytesUp: UInt64, bytesDown: UInt64, packetsUp: UInt64, packetsDown: UInt64, missedBytes: UInt64 = 0
  ) {
    self.bytesUp = bytesUp
    self.bytesDown = bytesDown
    self.packetsUp = packetsUp
    self.packetsDown = packetsDown
    self.missedBytes = missedBytes
  }

  public static func += (left: inout Traffic, right: Traffic) {
    left.bytesUp &+= right.bytesUp
    left.bytesDown &+= right.bytesDown
    left.packetsUp &+= right.packetsUp
    left.packetsDown &+= right.packetsDown
    left.missedBytes &+= right.missedBytes
  }
}

/// One flow, or the part of it within one hour and one active time-out.
///
/// Records of one flow share `flowNumber` and have disjoint packets, so their counts add up.
public struct FlowRecord: Sendable, Equatable {
  /// Serial number of the flow within its tracker, from 0 in order of first packet.
  public var flowNumber: UInt64
  /// 0 for the first record of a flow, then 1, 2, …
  public var part: UInt32
  public var device: DeviceIdentity
  public var originator: IPAddress
  public var responder: IPAddress
  public var originatorPort: UInt16
  public var responderPort: UInt16
  public var transport: TransportProtocol
  /// VLAN identifier, 1 to 4094; nil for untagged.
  public var vlan: UInt16?
  /// First and last packet of this record; both lie in the same hour.
  public var start: Timestamp
  public var end: Timestamp
  public var traffic: Traffic
  /// The part of `traffic.bytesUp` in packets that carry a packet of another flow, as in an examined tunnel. These
  /// bytes count for the inner flow too.
  public var carriedBytesUp: UInt64
  public var outcome: FlowOutcome
  public var completeness: FlowCompleteness
  /// The originator was inferred, because no SYN was seen.
  public var originatorInferred: Bool
  public var encryption: Encryption
  /// Application protocol that the originator offered first (RFC 7301), such as `h2`.
  public var applicationProtocol: String?
  public var name: NameEvidence?
  public var reach: FlowReach
  /// The flow's history in letters, upper case for the originator: S SYN, h SYN+ACK, a bare ACK,
  /// d data, f FIN, r RST, g gap, t retransmission, k keep-alive, w zero window.
  public var history: String
  /// Clear text of the originator, as far as it was kept.
  public var clearText: ClearText?
  /// The originator sent further bytes that are not known to be encrypted.
  public var hasUninspectedClearText = false
  /// Names by which DNS had led the client to the responder's address, if the flow shows a name that is none of them.
  public var otherAnswers: [AnsweredName] = []
  /// DNS had given the client the responder's address; false for an address from another source, such as encrypted DNS.
  public var hadDNS = false
  /// Encrypted DNS, which nobody on the path can read: DNS over TLS, QUIC or HTTPS.
  public var isEncryptedDNS = false
  /// Nil if the destination is the responder or the name that the flow shows.
  public var hiddenPath: HiddenPath?
  /// The client showed a session ticket, a pre-shared key or a session id of an earlier connection, which links the
  /// two.
  public var offersResumption = false
  /// The responder is an explicit proxy: its address is not the destination's.
  public var isThroughProxy = false
  /// A proxy's flow to a destination that its clients asked for: the second leg of flows that are counted already.
  public var isProxyLeg = false
  /// Initial TCP sequence numbers of originator (upper half) and responder; nil if one of them was not seen.
  public var initialSequences: UInt64?

  // Inlined, so that its twenty values are not copied on the way.
  @inlinable
  public init(
    flowNumber: UInt64, part: UInt32, device: DeviceIdentity, originator: IPAddress, responder: IPAddress,
    originatorPort: UInt16, responderPort: UInt16, transport: TransportProtocol, vlan: UInt16?, start: Timestamp,
    end: Timestamp, traffic: Traffic, carriedBytesUp: UInt64 = 0, outcome: FlowOutcome, completeness: FlowCompleteness,
    originatorInferred: Bool, encryption: Encryption, applicationProtocol: String?, name: NameEvidence?,
    reach: FlowReach, history: String
  ) {
    self.flowNumber = flowNumber
    self.part = part
    self.device = device
    self.originator = originator
    self.responder = responder
    self.originatorPort = originatorPort
    self.responderPort = responderPort
    self.transport = transport
    self.vlan = vlan
    self.start = start
    self.end = end
    self.traffic = traffic
    self.carriedBytesUp = carriedBytesUp
    self.outcome = outcome
    self.completeness = completeness
    self.originatorInferred = originatorInferred
    self.encryption = encryption
    self.applicationProtocol = applicationProtocol
    self.name = name
    self.reach = reach
    self.history = history
  }

  /// Bytes in memory, including texts that no other value may hold.
  package var allocatedBytes: Int {
    MemoryLayout<FlowRecord>.stride + (name?.allocatedBytes ?? 0) + (applicationProtocol?.allocatedBytes ?? 0)
      + history.allocatedBytes + (clearText?.allocatedBytes ?? 0)
      + otherAnswers.allocatedBytes + otherAnswers.reduce(0) { $0 + $1.allocatedBytes }
  }
}
