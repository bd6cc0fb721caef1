public import Model

/// Sum of a day's traffic to one destination that no rule describes, of many devices together, never of one.
///
/// Made by `UndescribedDestinations` alone, and only once the smallest number of devices (k) was reached on that day.
public struct UndescribedDestination: Sendable, Hashable {
  /// What is known of the destination.
  public enum Identity: Sendable, Hashable {
    /// The domain that somebody registered: one label more than its public suffix.
    case domain(String)
    /// Flows without a name into the network of an autonomous system (RFC 6793), by its number from 1.
    case network(UInt32)
    /// Flows without a name to addresses whose network no database names.
    case unnamed
  }

  public var identity: Identity
  /// In UTC, since 1970.
  public var day: Int64
  /// Distinct devices; at least k. If the service was restarted, a device counts once for each run.
  public var devices: UInt64
  /// Established flows that began on the day.
  public var flows: UInt64
  /// Of these, those that began outside the agreed working hours; nil if none were agreed.
  public var flowsOutsideHours: UInt64?
  public var bytesUp: UInt64
  public var bytesDown: UInt64
  /// The best naming class of its flows.
  public var namingClass: NamingClass
  /// Number and name of the network of all flows; nil if they went into several, or if it is not known.
  public var systemNumber: UInt32?
  public var systemName: String?
  /// Seconds between two contacts of one device, if most of the sampled devices had steady intervals.
  public var period: UInt64?

  package init(
    identity: Identity, day: Int64, devices: UInt64, flows: UInt64, flowsOutsideHours: UInt64?, bytesUp: UInt64,
    bytesDown: UInt64, namingClass: NamingClass, systemNumber: UInt32?, systemName: String?, period: UInt64?
  ) {
    self.identity = identity
    self.day = day
    self.devices = devices
    self.flows = flows
    self.flowsOutsideHours = flowsOutsideHours
    self.bytesUp = bytesUp
    self.bytesDown = bytesDown
    self.namingClass = namingClass
    self.systemNumber = systemNumber
    self.systemName = systemName
    self.period = period
  }
}
