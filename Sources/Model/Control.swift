/// Way by which a control goes to the site's own sink: one for each way of naming that a claim relies on.
public enum ControlPath: String, Sendable, HashedByCase, Codable, CaseIterable {
  /// A name resolved by DNS, then TLS over TCP.
  case tls
  /// TLS to an address that no DNS answer gave.
  case tlsWithoutDNS = "tls_without_dns"
  case quic
  /// HTTP in clear text.
  case http
  /// TLS over IPv6.
  case ipv6
  /// CONNECT to the site's proxy.
  case proxy
}

/// Hours in which controls were seen, by way and by the group of the machine that sent them.
public struct ControlCounts: Sendable, Hashable, Codable {
  public struct Entry: Sendable, Hashable, Codable {
    public var path: ControlPath
    public var group: String
    public var seen: UInt64
  }

  /// By way, then group; each pair once.
  public private(set) var entries: [Entry] = []

  public init() {}

  public mutating func add(_ path: ControlPath, group: String, seen: UInt64 = 1) {
    if let index = entries.firstIndex(where: { $0.path == path && $0.group == group }) {
      return entries[index].seen.addSaturating(seen)
    }
    entries.append(Entry(path: path, group: group, seen: seen))
    entries.sort { ($0.path.rawValue, $0.group) < ($1.path.rawValue, $1.group) }
  }

  public mutating func add(_ other: ControlCounts) {
    for entry in other.entries { add(entry.path, group: entry.group, seen: entry.seen) }
  }

  /// The same with no count above `limit`.
  public func clamped(to limit: UInt64) -> ControlCounts {
    var result = self
    for index in entries.indices { result.entries[index].seen = min(entries[index].seen, limit) }
    return result
  }
}
