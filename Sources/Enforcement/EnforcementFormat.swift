import Reporting

/// A kind of list that a firewall or a resolver reads.
public enum EnforcementFormat: String, Sendable, Hashable, CaseIterable {
  /// Two sets of addresses, for `nft -f`.
  case nftables
  /// Response policy zone, for BIND, Unbound, Knot Resolver and PowerDNS.
  case rpz
  /// `conf-file` of dnsmasq 2.86 or newer.
  case dnsmasq
  /// `include` of Unbound's `server` clause.
  case unbound
  /// Aliases with addresses, for the import under Firewall: Aliases.
  case opnsense
  /// Lines of a hosts file.
  case hosts

  /// What the format can express about names; nil for formats of addresses.
  var words: NamePolicy.Words? {
    switch self {
    case .nftables, .opnsense: nil
    case .rpz, .dnsmasq: .hostsAndBelow
    case .unbound: .belowWithHost
    case .hosts: .hostsOnly
    }
  }
}
