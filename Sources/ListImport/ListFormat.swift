import Model

/// Format of a list that others maintain.
public enum ListFormat: String, Sendable, CaseIterable {
  /// Filters of Adblock Plus and AdGuard, of which those of whole hosts are imported.
  case adblock
  /// Addresses, CIDR ranges and ranges `first-last`, one in each line.
  case cidr
  /// Options `address`, `local`, `server`, `ipset` and `nftset` of dnsmasq.
  case dnsmasq
  /// Names, one in each line, also with the marks of dnscrypt-proxy, Clash and v2fly.
  case domains
  /// `hosts(5)`: names with an unspecified or loopback address.
  case hosts
  /// Answer of the web service for endpoints of Microsoft 365 (JSON).
  case microsoft365 = "microsoft-365"
  /// Response policy zone (draft-vixie-dnsop-dns-rpz) as a zone file (RFC 1035 §5).
  case responsePolicyZone = "rpz"
  /// The folder `data` of WindowsSpyBlocker.
  case windowsSpyBlocker = "windows-spy-blocker"

  /// Who maintains lists of this format.
  var sourceKind: SourceKind {
    switch self {
    case .adblock, .dnsmasq, .hosts, .responsePolicyZone, .windowsSpyBlocker: .blocklist
    case .cidr, .domains: .list
    case .microsoft365: .vendor
    }
  }
}
