/// A name as a message showed it, for people who look into their own capture.
public struct NameSighting: Sendable, Hashable {
  public enum Carrier: String, Sendable, Hashable, CaseIterable {
    case tls, dtls, quic, dns, http
    /// Alternative names of a server's certificate.
    case certificate
    /// Google's own QUIC, before the IETF's.
    case gquic
    /// Questions that stay on the link: they lead nowhere outside (RFC 6762, RFC 4795).
    case mdns, llmnr
    /// `Host` of a search for devices on the link (UPnP Device Architecture §1).
    case ssdp
    /// `:authority` of HTTP/2 without TLS (RFC 9113 §8.3.1).
    case http2
    /// Host and port that a SOCKS client asks for (RFC 1928 §4).
    case socks
  }

  public var carrier: Carrier
  /// Who sent the message that holds the name.
  public var client: IPAddress
  public var server: IPAddress
  public var serverPort: UInt16
  /// As sent: case and port kept; each byte of the wire is one scalar U+0000 to U+00FF. Empty for the root of DNS.
  public var name: String
  public var method: NameMethod
  public var namingClass: NamingClass
  public var ech: EncryptedClientHello

  public init(
    carrier: Carrier, client: IPAddress, server: IPAddress, serverPort: UInt16, name: String, method: NameMethod,
    namingClass: NamingClass, ech: EncryptedClientHello
  ) {
    self.carrier = carrier
    self.client = client
    self.server = server
    self.serverPort = serverPort
    self.name = name
    self.method = method
    self.namingClass = namingClass
    self.ech = ech
  }
}
