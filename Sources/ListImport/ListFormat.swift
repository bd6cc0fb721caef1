import Model

/// How a list that others keep is written.
public enum ListFormat: String, Sendable, CaseIterable {
  /// Filters of Adblock Plus and AdGuard, of which those that name a whole host are carried.
  case adblock
  /// Addresses, CIDR ranges and ranges `first-last`, one a line.
  case cidr
  /// Options `address`, `local`, `server`, `ipset` and `nftset` of dnsmasq.
  case dnsmasq
  /// Names, one a line, also with the marks of dnscrypt-proxy, Clash and v2fly.
  case domains
  /// `hosts(5)`, names led to nowhere.
  case hosts
  /// Answer of the web service for endpoints of Microsoft 365 (JSON).
  case microsoft365 = "microsoft-365"
  /// Response policy zone (draft-vixie-dnsop-dns-rpz) as a zone file (RFC 1035 §5).
  case responsePolicyZone = "rpz"
  /// The folder `data` of WindowsSpyBlocker.
  case windowsSpyBlocker = "windows-spy-blocker"

  /// Who keeps lists of this format.
  var sourceKind: SourceKind {
    switch self {
    case .adblock, .dnsmasq, .hosts, .responsePolicyZone, .windowsSpyBlocker: .blocklist
    case .cidr, .domains: .list
    case .microsoft365: .vendor
    }
  }
}
