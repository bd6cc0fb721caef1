import Model

/// Names of public services behind which the true destinations cannot be seen.
///
/// Sources, read on 2026-11-24: the resolvers that Chromium brings (`net/dns/public/doh_provider_entry.cc` at 0297de7cbfef), public resolvers of
/// operators in Europe and of those that systems offer, by their own setup pages, and for relays Apple's "Prepare your network or web server for
/// iCloud Private Relay". Each entry stands for itself and all names under it.
enum WellKnownServices {
  /// Resolvers that answer over TLS, QUIC or HTTPS and whose names serve nothing else.
  private static let resolvers: Set<String> = [
    "8888.google", "adult-filter-dns.cleanbrowsing.org", "cloudflare-dns.com", "d.adguard-dns.com",
    "dns-family.adguard.com", "dns-unfiltered.adguard.com", "dns.adguard-dns.com", "dns.adguard.com",
    "dns.alidns.com", "dns.controld.com", "dns.digitale-gesellschaft.ch", "dns.google", "dns.google.com",
    "dns.levonet.sk", "dns.mullvad.net", "dns.nextdns.io", "dns.opendns.com", "dns.quad9.net", "dns.switch.ch",
    "dns.umbrella.com", "dns10.quad9.net", "dns11.quad9.net", "dns12.quad9.net", "dns9.quad9.net", "dnsforge.de",
    "doh-01.spectrum.com", "doh-02.spectrum.com", "doh.applied-privacy.net", "doh.cleanbrowsing.org", "doh.cox.net",
    "doh.dns.apple.com", "doh.dns.sb", "doh.familyshield.opendns.com", "doh.ffmuc.net", "doh.opendns.com", "doh.pub",
    "doh.quickline.ch", "doh.umbrella.com", "doh.xfinity.com", "dot.cox.net", "dot.dns.sb", "dot.ffmuc.net",
    "dot.pub", "dot.quickline.ch", "dot.sb", "dot.xfinity.com", "dot1.applied-privacy.net",
    "family-filter-dns.cleanbrowsing.org", "family.adguard-dns.com", "freedns.controld.com", "noads.joindns4.eu",
    "odvr.nic.cz", "one.one.one.one", "protective.joindns4.eu", "public.dns.iij.jp",
    "security-filter-dns.cleanbrowsing.org", "unfiltered.adguard-dns.com", "unfiltered.joindns4.eu",
  ]

  /// Relays that carry a client's traffic on, encrypted.
  private static let relays: Set<String> = ["mask-h2.icloud.com", "mask.icloud.com"]

  /// DNS over TLS (RFC 7858) and over QUIC (RFC 9250) by port and protocol name, everything by name.
  static func isEncryptedDNS(_ record: FlowRecord) -> Bool {
    guard record.transport == .tcp || record.transport == .udp else { return false }
    if record.responderPort == 853 { return true }
    if let offered = record.applicationProtocol, offered == "dot" || offered.hasPrefix("doq") { return true }
    return record.name.map { contains($0.name, in: resolvers) } ?? false
  }

  static func isRelay(_ name: String) -> Bool { contains(name, in: relays) }

  private static func contains(_ name: String, in names: Set<String>) -> Bool {
    var rest = name.lowercased()[...]
    while true {
      if names.contains(String(rest)) { return true }
      guard let dot = rest.firstIndex(of: ".") else { return false }
      rest = rest[rest.index(after: dot)...]
    }
  }
}

extension HiddenPath {
  /// Of a flow that no handshake tells: by transport protocol, or by the name of a relay.
  init?(_ record: FlowRecord) {
    // What is carried in the clear has been examined as flows of its own.
    guard record.carriedBytesUp == 0 else { return nil }
    switch record.transport.rawValue {
    // ESP (RFC 4303). Behind an authentication header (RFC 4302) all is in the clear.
    case 50: self = .ipsec
    // L2TP version 3 (RFC 3931 §4.1.1).
    case 115: self = .l2tp
    default:
      guard let name = record.name?.name, WellKnownServices.isRelay(name) else { return nil }
      self = .relay
    }
  }
}
