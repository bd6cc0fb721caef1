import Matching
import Model

/// Limits and time-outs of flow tracking; all times are packet time.
public struct TrackerSettings: Sendable, Equatable {
  public var insideNetworks = InsideNetworks()
  /// Devices whose packets are dropped before anything is derived from them.
  public var exclusions = ExcludedDevices()
  /// Addresses with which the site's resolver answers for blocked names, besides 0.0.0.0, :: and loopback.
  public var sinkholes: [IPPrefix] = []
  /// Known resolvers, relays and public names of Encrypted ClientHello. Without them, encrypted DNS is recognised only
  /// by port and ALPN protocol, and relays not at all.
  public var knownServices = KnownServices()
  /// Most flows at a time; the one whose time-out is nearest is evicted first, and counted.
  public var flowLimit = 1_000_000
  /// Bytes for everything that senders can make grow, including records that wait to be stored; `MemoryShares` divides
  /// it. Flows are bounded by this and by `flowLimit`.
  public var memoryBudget = MemoryShares.standardBudget
  /// Established TCP connections, as long as a NAT must keep them (RFC 5382 §5, REQ-5). Push services are silent for
  /// more than half an hour, and a connection that continues after its flow has ended has no name.
  public var establishedTimeout = TimeSpan.seconds(7_440)
  /// Unanswered TCP attempts: longer than a SYN is retransmitted.
  public var openingTimeout = TimeSpan.seconds(75)
  /// After a FIN of both sides or a RST: late packets still belong to the flow.
  public var closedTimeout = TimeSpan.seconds(10)
  /// UDP except DNS, and other transports.
  public var datagramTimeout = TimeSpan.seconds(180)
  public var dnsTimeout = TimeSpan.seconds(20)
  /// A long flow gets a record at least this often, and at each full hour.
  public var activeTimeout = TimeSpan.seconds(1_800)
  /// Each name is reported as a `NameSighting`, for the verb `inspect`.
  public var collectsSightings = false

  public init() {}
}

/// The time-outs of the settings without the lists, since they are used for every packet.
struct FlowTimeouts {
  let established, opening, closed, datagram, dns, active: TimeSpan

  init(_ settings: TrackerSettings) {
    established = settings.establishedTimeout
    opening = settings.openingTimeout
    closed = settings.closedTimeout
    datagram = settings.datagramTimeout
    dns = settings.dnsTimeout
    active = settings.activeTimeout
  }
}
