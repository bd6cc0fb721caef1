/// A domain name in lower case and without trailing dot, then what is left of it label by label: `a.b.c`, `b.c`, `c`.
public func domainEndings(of name: String) -> some Sequence<String> {
  let whole = name.hasSuffix(".") ? String(name.dropLast()) : name
  return sequence(first: whole.lowercased()) { rest in
    rest.firstIndex(of: ".").map { String(rest[rest.index(after: $0)...]) }
  }
}

/// Domain names that each stand for themselves and for all names under them.
public struct DomainSet: Sendable, Hashable {
  private let names: Set<String>

  public init(_ names: some Sequence<String> = []) { self.names = Set(names.map { $0.lowercased() }) }

  /// Whether `name`, in any case, with or without trailing dot, is one of the names or lies under one; one look-up for each of its labels.
  public func contains(_ name: String) -> Bool {
    !names.isEmpty && domainEndings(of: name).contains(where: names.contains)
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
