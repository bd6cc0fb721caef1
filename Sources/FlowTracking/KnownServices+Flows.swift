import Model

extension KnownServices {
  /// DNS over TLS (RFC 7858) and over QUIC (RFC 9250) by port and protocol name, everything by name; where no name was seen, HTTPS by address.
  func isEncryptedDNS(_ record: FlowRecord) -> Bool {
    guard record.transport == .tcp || record.transport == .udp else { return false }
    if record.responderPort == 853 { return true }
    if let offered = record.applicationProtocol, offered == "dot" || offered.hasPrefix("doq") { return true }
    if let name = record.name { return resolvers.contains(name.name) }
    return record.responderPort == 443 && resolverAddresses.contains(record.responder)
  }

  func isOuterName(_ name: String) -> Bool { outerNames.contains(name.lowercased()) }
}

extension HiddenPath {
  /// Of a flow that no handshake tells: by transport protocol, or by the name of a relay.
  init?(_ record: FlowRecord, _ services: KnownServices) {
    // What is carried in the clear has been examined as flows of its own.
    guard record.carriedBytesUp == 0 else { return nil }
    switch record.transport.rawValue {
    // ESP (RFC 4303). Behind an authentication header (RFC 4302) all is in the clear.
    case 50: self = .ipsec
    // L2TP version 3 (RFC 3931 §4.1.1).
    case 115: self = .l2tp
    default:
      guard let name = record.name?.name, services.relays.contains(name) else { return nil }
      self = .relay
    }
  }
}
