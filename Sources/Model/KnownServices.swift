/// Domain names that each stand for themselves and for all names under them.
public struct DomainSet: Sendable, Hashable {
  private let names: Set<String>
  private let matcher: NameMatcher

  public init(_ names: some Sequence<String> = []) {
    self.names = Set(names.map { $0.lowercased() })
    matcher = NameMatcher(self.names.flatMap { [$0, "*.\($0)"] })
  }

  /// Whether `name`, in any case, with or without trailing dot, is one of the names or lies under one; a name with an empty label does not.
  public func contains(_ name: String) -> Bool {
    var isFound = false
    matcher.forEachMatch(name) { _ in isFound = true }
    return isFound
  }

  public static func == (left: DomainSet, right: DomainSet) -> Bool { left.names == right.names }

  public func hash(into hasher: inout Hasher) { hasher.combine(names) }
}

/// Public services behind which the true destination of a flow cannot be seen, as the registers of a rule set name them.
public struct KnownServices: Sendable, Hashable {
  /// Resolvers that answer over TLS, QUIC or HTTPS and whose names serve nothing else.
  public var resolvers = DomainSet()
  /// Addresses at which those resolvers answer, and nothing else.
  public var resolverAddresses: Set<IPAddress> = []
  /// Relays that carry a client's traffic on, encrypted.
  public var relays = DomainSet()
  /// Public names of Encrypted ClientHello (RFC 9849 §4), in lower case: they stand in hellos whose true name is sealed.
  public var outerNames: Set<String> = []

  public init() {}
}
