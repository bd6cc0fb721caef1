/// Transport protocol by IANA protocol number.
@frozen
public struct TransportProtocol: RawRepresentable, Sendable, Hashable, Comparable, CustomStringConvertible {
  public var rawValue: UInt8

  @inlinable
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let icmp = TransportProtocol(rawValue: 1)
  public static let tcp = TransportProtocol(rawValue: 6)
  public static let udp = TransportProtocol(rawValue: 17)
  public static let icmpv6 = TransportProtocol(rawValue: 58)

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
public enum FlowOutcome: String, Sendable, Hashable, Codable, CaseIterable {
  /// Both sides spoke, or data went out on a flow whose beginning was not captured.
  case established
  /// The responder, or a device on the way, said no (RST to a SYN, ICMP unreachable).
  case refused
  /// The originator tried and heard nothing.
  case noAnswer = "no_answer"
  /// The name was asked for and answered with nothing usable (NXDOMAIN, REFUSED, 0.0.0.0, ::).
  case dnsBlocked = "dns_blocked"

  /// An attempt that got nothing out: counted apart from sessions.
  public var isBlockedAttempt: Bool { self != .established }
}

/// Which parts of a flow's life this record, together with those before it, covers.
public enum FlowCompleteness: String, Sendable, Hashable, Codable, CaseIterable {
  case yes
  case startMissing = "start_missing"
  case endMissing = "end_missing"
  /// Neither begin nor end, or evicted before its end.
  case cut
}

/// Protection of the flow's content as far as its handshake shows it.
public enum Encryption: String, Sendable, Hashable, Codable, CaseIterable {
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

/// Where a flow goes, judged by the inside networks.
public enum FlowReach: String, Sendable, Hashable, Codable, CaseIterable {
  /// From inside to outside, or through an explicit proxy inside.
  case outbound
  case inbound
  /// Both ends inside, or not unicast.
  case inside
  /// Neither end inside.
  case transit
}

/// Why a flow's true destinations cannot be examined at the gateway: they lie behind another network's tunnel or relay.
public enum HiddenPath: String, Sendable, Hashable, Codable, CaseIterable {
  case wireGuard = "wireguard"
  case openVPN = "openvpn"
  /// IKE or ESP.
  case ipsec
  case l2tp
  case pptp
  /// A relay service that the client's system brings, such as iCloud Private Relay.
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
  /// TCP bytes of both directions that sequence numbers prove were sent but that were not captured.
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

/// One flow, or the part of it that lies in one hour and one active time-out.
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
  /// Of `traffic.bytesUp`: packets that carry a packet of another flow, as a tunnel's do whose inside is examined. These bytes are counted
  /// there too.
  public var carriedBytesUp: UInt64
  public var outcome: FlowOutcome
  public var completeness: FlowCompleteness
  /// The originator was guessed: no SYN was seen.
  public var originatorInferred: Bool
  public var encryption: Encryption
  /// Application protocol that the originator offered first (RFC 7301), such as `h2`.
  public var applicationProtocol: String?
  public var name: NameEvidence?
  public var reach: FlowReach
  /// The flow's life in letters, upper case for the originator: S SYN, h SYN+ACK, a bare ACK,
  /// d data, f FIN, r RST, g gap, t retransmission, k keep-alive, w zero window.
  public var history: String
  /// What the originator sent in clear text, as far as it was kept.
  public var clearText: ClearText?
  /// The originator sent more that is not known to be encrypted.
  public var hasUninspectedClearText = false
  /// Names by which DNS had led the client to the responder's address, where the flow shows a name that is none of them.
  public var otherAnswers: [AnsweredName] = []
  /// The client had been given the responder's address by DNS; false for an address that came from elsewhere, such as encrypted DNS.
  public var hadDNS = false
  /// Questions to a resolver that nobody on the way can read: DNS over TLS, QUIC or HTTPS.
  public var isEncryptedDNS = false
  /// Nil for flows whose destination is their responder, or the name that they show.
  public var hiddenPath: HiddenPath?
  /// The client showed a session ticket, a pre-shared key or a session id of an earlier connection, which links the two.
  public var offersResumption = false
  /// The responder is an explicit proxy: its address is not the destination's.
  public var isThroughProxy = false
  /// A proxy's own flow to a destination that its clients asked it for: the second leg of flows that are counted already.
  public var isProxyLeg = false
  /// TCP sequence numbers with which originator (upper half) and responder began; nil where one of them was not seen.
  public var initialSequences: UInt64?

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

  /// What it takes in memory, with the texts that it may be the last to hold.
  package var allocatedBytes: Int {
    MemoryLayout<FlowRecord>.stride + (name?.allocatedBytes ?? 0) + (applicationProtocol?.allocatedBytes ?? 0)
      + history.allocatedBytes + (clearText?.allocatedBytes ?? 0)
      + otherAnswers.allocatedBytes + otherAnswers.reduce(0) { $0 + $1.allocatedBytes }
  }
}
