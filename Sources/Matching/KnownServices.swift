public import Model

/// Domain names, each of which includes all names below it.
public struct DomainSet: Sendable, Hashable {
  private let names: Set<String>
  private let matcher: NameMatcher

  public init(_ names: some Sequence<String> = []) {
    self.names = Set(names.map { $0.lowercased() })
    matcher = NameMatcher(self.names.flatMap { [$0, "*.\($0)"] })
  }

  /// Whether `name`, in any case, with or without trailing dot, is one of the names or below one; false for a name with
  /// an empty label.
  public func contains(_ name: String) -> Bool {
    var isFound = false
    matcher.forEachMatch(name) { _ in isFound = true }
    return isFound
  }

  public static func == (left: DomainSet, right: DomainSet) -> Bool { left.names == right.names }

  public func hash(into hasher: inout Hasher) { hasher.combine(names) }
}

/// Public services that hide the true destination of a flow, from the registers of a rule set.
public struct KnownServices: Sendable, Hashable {
  /// Resolvers that answer over TLS, QUIC or HTTPS and whose names serve nothing else.
  public var resolvers = DomainSet()
  /// Addresses of those resolvers that serve nothing else.
  public var resolverAddresses: Set<IPAddress> = []
  /// Relays that forward a client's encrypted traffic.
  public var relays = DomainSet()
  /// Public names of Encrypted ClientHello (RFC 9849 §4), in lower case: the visible names of hellos whose true name is
  /// encrypted.
  public var outerNames: Set<String> = []

  public init() {}
}
