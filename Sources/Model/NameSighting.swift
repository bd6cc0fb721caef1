/// A name that a message contained, for people who inspect their own capture.
public struct NameSighting: Sendable, Hashable {
  public enum Carrier: String, Sendable, Hashable, CaseIterable {
    case tls, dtls, quic, dns, http
    /// Alternative names of a server's certificate.
    case certificate
    /// Google QUIC, the predecessor of the IETF's.
    case gquic
    /// Queries on the local link, which lead to nothing outside (RFC 6762, RFC 4795).
    case mdns, llmnr
    /// `Host` of a search for devices on the local link (SSDP, UPnP Device Architecture §1).
    case ssdp
    /// `:authority` of HTTP/2 without TLS (RFC 9113 §8.3.1).
    case http2
    /// Host and port that a SOCKS client requests (RFC 1928 §4).
    case socks
  }

  public var carrier: Carrier
  /// Sender of the message that contains the name.
  public var client: IPAddress
  public var server: IPAddress
  public var serverPort: UInt16
  /// As sent, including case and port; each byte of the wire is one scalar U+0000 to U+00FF. Empty for the root of DNS.
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
