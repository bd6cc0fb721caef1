public import Model

/// Public services that hide the true destination of a flow, from the registers of a rule set.
public struct KnownServices: Sendable, Hashable {
  /// Domain names of resolvers that answer over TLS, QUIC or HTTPS and whose names serve nothing else, in lower case.
  /// As with relays, each includes all names below it.
  public let resolvers: Set<String>
  /// Addresses of those resolvers that serve nothing else.
  public let resolverAddresses: Set<IPAddress>
  /// Domain names of relays that forward a client's encrypted traffic, in lower case.
  public let relays: Set<String>
  /// Public names of Encrypted ClientHello (RFC 9849 §4), in lower case: the visible names of hellos whose true name is
  /// encrypted.
  public let outerNames: Set<String>
  /// Patterns of resolvers (the first `resolverPatterns`), then of relays.
  private let matcher: NameMatcher
  private let resolverPatterns: Int

  /// Kinds of services to which a name belongs.
  public struct Kinds: OptionSet, Sendable {
    public var rawValue: UInt8
    public static let resolver = Kinds(rawValue: 1 << 0)
    public static let relay = Kinds(rawValue: 1 << 1)

    public init(rawValue: UInt8) { self.rawValue = rawValue }
  }

  public init(
    resolvers: some Sequence<String> = [], resolverAddresses: Set<IPAddress> = [], relays: some Sequence<String> = [],
    outerNames: Set<String> = []
  ) {
    self.resolvers = Set(resolvers.map { $0.lowercased() })
    self.resolverAddresses = resolverAddresses
    self.relays = Set(relays.map { $0.lowercased() })
    self.outerNames = outerNames
    let patterns = KnownServices.patterns(self.resolvers)
    resolverPatterns = patterns.count
    matcher = NameMatcher(patterns + KnownServices.patterns(self.relays))
  }

  private static func patterns(_ names: Set<String>) -> [String] { names.flatMap { [$0, "*.\($0)"] } }

  /// The kinds of services to which `name` belongs, in any case, with or without trailing dot; empty for a name with an
  /// empty label.
  ///
  /// One look-up for all kinds, since each flow with a name makes it.
  public func kinds(ofName name: String) -> Kinds {
    var kinds: Kinds = []
    // A local copy, since the closure would otherwise capture a copy of this whole value.
    let resolverPatterns = resolverPatterns
    matcher.forEachMatch(name) { kinds.insert($0 < resolverPatterns ? .resolver : .relay) }
    return kinds
  }

  public static func == (left: KnownServices, right: KnownServices) -> Bool {
    left.resolvers == right.resolvers && left.resolverAddresses == right.resolverAddresses
      && left.relays == right.relays
      && left.outerNames == right.outerNames
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(resolvers)
    hasher.combine(resolverAddresses)
    hasher.combine(relays)
    hasher.combine(outerNames)
  }
}
