/// Where the name of a flow's destination comes from.
public enum NameMethod: String, Sendable, HashedByCase, Codable, CaseIterable {
  /// `server_name` of a TLS ClientHello (RFC 6066 §3).
  case sni
  /// `server_name` of a ClientHello in QUIC Initial packets (RFC 9001 §4).
  case quicSNI = "quic_sni"
  /// `Host` field or absolute target of an HTTP request (RFC 9112 §3).
  case httpHost = "http_host"
  /// Target of a proxy's CONNECT (RFC 9110 §9.3.6).
  case connect
  /// Name in a server certificate that was sent in the clear.
  case certificate
  /// A DNS answer that this very client was given.
  case dns
  /// No name; only the address range of a rule matches.
  case range
  case none
}

/// How far a name can be trusted.
public enum NamingClass: String, Sendable, HashedByCase, Codable, CaseIterable, Comparable {
  /// Seen in this flow's own ClientHello.
  case a = "A"
  /// HTTP Host or proxy CONNECT.
  case b = "B"
  /// DNS answer given to this very client, within its time to live plus grace, one name only.
  case c = "C"
  /// Ambiguous, from a certificate only, from a vendor's address range only, or the outer name of an encrypted
  /// ClientHello.
  case d = "D"
  /// No name.
  case e = "E"

  public static func < (left: NamingClass, right: NamingClass) -> Bool { left.rawValue < right.rawValue }
}

/// Encrypted ClientHello as the wire shows it (RFC 9849).
public enum EncryptedClientHello: String, Sendable, HashedByCase, Codable, CaseIterable {
  case none
  /// The extension is present; it may be GREASE, which looks the same.
  case offered
  /// The extension is present and the outer name is a provider's known public name: the true name is hidden.
  case outerKnown = "outer_known"
}

/// The evidence by which a flow was attributed to its rule.
public enum MatchBasis: String, Sendable, HashedByCase, Codable, CaseIterable {
  /// The destination's name.
  case name
  /// An alias by which DNS led from the destination's name to its address (CNAME, RFC 1035 §3.6.2).
  case alias
  /// Another name, by which DNS had led this very client to the address.
  case answer
  /// The address alone.
  case range
}

/// A name for which DNS gave a client an address, with the aliases between name and address.
public struct AnsweredName: Sendable, Hashable {
  public var name: String
  /// In the order of the answer.
  public var aliases: [String]

  public init(name: String, aliases: [String]) {
    self.name = name
    self.aliases = aliases
  }

  package var allocatedBytes: Int {
    name.allocatedBytes + aliases.allocatedBytes + aliases.reduce(0) { $0 + $1.allocatedBytes }
  }
}

/// A name and the evidence for it.
public struct NameEvidence: Sendable, Hashable {
  /// As sent, case kept, without trailing dot; each byte of the wire is one scalar U+0000 to U+00FF.
  public var name: String
  public var method: NameMethod
  public var namingClass: NamingClass
  public var ech: EncryptedClientHello
  /// Seconds from the DNS answer to the flow's start, >= 0; nil if DNS played no part.
  public var dnsAge: Int64?
  /// How many names the client may have meant; 1 if the name is certain.
  public var candidates: Int
  /// Aliases by which DNS led this client from the name to the address, in the order of the answer; empty if there were
  /// none.
  public var aliases: [String]

  public init(
    name: String, method: NameMethod, namingClass: NamingClass, ech: EncryptedClientHello = .none,
    dnsAge: Int64? = nil, candidates: Int = 1, aliases: [String] = []
  ) {
    self.name = name
    self.method = method
    self.namingClass = namingClass
    self.ech = ech
    self.dnsAge = dnsAge
    self.candidates = candidates
    self.aliases = aliases
  }

  package var allocatedBytes: Int {
    name.allocatedBytes + aliases.allocatedBytes + aliases.reduce(0) { $0 + $1.allocatedBytes }
  }
}
