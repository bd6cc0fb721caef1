import Model

/// The site's own addresses: a flow from them to other addresses is outbound.
public struct InsideNetworks: Sendable, Equatable {
  public let prefixes: [IPPrefix]
  private let masks: [(mask: IPAddress, value: IPAddress)]

  /// Private, shared and link-local ranges (RFC 1918, RFC 6598, RFC 3927, RFC 4193, RFC 4291) and loopback.
  public static let privateRanges = [
    "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "::1/128",
    "fc00::/7", "fe80::/10",
  ]

  public init(_ prefixes: [IPPrefix] = InsideNetworks.privateRanges.compactMap(IPPrefix.init)) {
    self.prefixes = prefixes
    masks = prefixes.map { prefix in
      let bits = prefix.address.isIPv4 ? prefix.length + 96 : prefix.length
      let high = bits >= 64 ? UInt64.max : bits == 0 ? 0 : UInt64.max << UInt64(64 - bits)
      let low = bits <= 64 ? 0 : bits >= 128 ? UInt64.max : UInt64.max << UInt64(128 - bits)
      return (IPAddress(high: high, low: low), prefix.address)
    }
  }

  public static func == (left: InsideNetworks, right: InsideNetworks) -> Bool { left.prefixes == right.prefixes }

  public func contains(_ address: IPAddress) -> Bool {
    masks.contains { address.high & $0.mask.high == $0.value.high && address.low & $0.mask.low == $0.value.low }
  }

  /// How a flow from `originator` to `responder` crosses the site's border. Multicast and broadcast stay inside.
  func reach(originator: IPAddress, responder: IPAddress) -> FlowReach {
    if responder.isMulticast || responder.isIPv4Broadcast || responder.isUnspecified { return .inside }
    return switch (contains(originator), contains(responder)) {
    case (true, true): .inside
    case (true, false): .outbound
    case (false, true): .inbound
    case (false, false): .transit
    }
  }
}
