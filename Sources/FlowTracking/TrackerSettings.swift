import Matching
import Model

/// Bounds and time-outs of flow tracking; packet time only.
public struct TrackerSettings: Sendable, Equatable {
  public var insideNetworks = InsideNetworks()
  /// Whose packets are dropped before anything is made of them.
  public var exclusions = ExcludedDevices()
  /// Where the site's resolver leads names that it blocks, beside 0.0.0.0, :: and loopback: a name that is answered so is blocked.
  public var sinkholes: [IPPrefix] = []
  /// Resolvers, relays and outer names; without them encrypted DNS is told by port and protocol name, relays not at all.
  public var knownServices = KnownServices()
  /// Most flows at a time; the one whose time-out is nearest goes first, and is counted.
  public var flowLimit = 1_000_000
  /// Bytes for everything that senders can lengthen, records that wait to be stored included; `MemoryShares` divides it. Flows are bounded by both.
  public var memoryBudget = MemoryShares.standardBudget
  /// TCP connections that are open, as long as a NAT keeps them at least (RFC 5382 §5, REQ-5). Push services stay silent for more than half
  /// an hour, and what continues after its flow ended has no name.
  public var establishedTimeout = TimeSpan.seconds(7_440)
  /// TCP attempts without an answer; longer than the retransmissions of a SYN.
  public var openingTimeout = TimeSpan.seconds(75)
  /// After FIN of both sides or RST: late packets still belong to the flow.
  public var closedTimeout = TimeSpan.seconds(10)
  /// UDP and everything else.
  public var datagramTimeout = TimeSpan.seconds(180)
  public var dnsTimeout = TimeSpan.seconds(20)
  /// A flow that goes on gets a record of what it did so far at least this often, and at each full hour.
  public var activeTimeout = TimeSpan.seconds(1_800)
  /// Names are reported one by one, for `inspect`.
  public var collectsSightings = false

  public init() {}
}

/// The time-outs of the settings, without the lists beside them: they are asked for with every packet.
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
