public import Model

/// Sums of one run, for the person who started it; no device and no name.
public struct AuditCounts: Sendable, Equatable {
  public var packets: UInt64 = 0
  public var flows: UInt64 = 0
  public var outboundFlows: UInt64 { outboundFlowsByClass.values.reduce(0, +) }
  public var outboundFlowsByClass: [NamingClass: UInt64] = [:]
  /// IP payload bytes from inside to outside.
  public var outboundBytes: UInt64 = 0
  /// Outbound flows and attempts that a rule describes.
  public var matchedFlows: UInt64 = 0
  /// Flows between two addresses that are both not inside: the inside networks may be wrong.
  public var transitFlows: UInt64 = 0
  /// Test flows that were seen, at most one an hour.
  public var canariesSeen: UInt64 = 0
  /// Names seen in handshakes and requests.
  public var names: UInt64 = 0

  func sum(_ other: AuditCounts) -> AuditCounts {
    var sum = self
    for count in [
      \.packets, \.flows, \.outboundBytes, \.matchedFlows, \.transitFlows, \.canariesSeen, \.names,
    ] as [WritableKeyPath<AuditCounts, UInt64>] { sum[keyPath: count] += other[keyPath: count] }
    sum.outboundFlowsByClass.merge(other.outboundFlowsByClass, uniquingKeysWith: +)
    return sum
  }
}
