/// Domain names that each stand for themselves and for all names under them.
public struct DomainSet: Sendable, Hashable {
  private let names: Set<String>

  public init(_ names: some Sequence<String> = []) { self.names = Set(names.map { $0.lowercased() }) }

  /// Whether `name`, in any case, with or without trailing dot, is one of the names or lies under one; one look-up for each of its labels.
  public func contains(_ name: String) -> Bool {
    guard !names.isEmpty else { return false }
    var rest = name.lowercased()[...]
    if rest.last == "." { rest.removeLast() }
    while true {
      if names.contains(String(rest)) { return true }
      guard let dot = rest.firstIndex(of: ".") else { return false }
      rest = rest[rest.index(after: dot)...]
    }
  }
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
