/// Types of DNS records that are read (IANA, "Domain Name System (DNS) Parameters", Resource Record TYPEs).
package enum DNSRecordType {
  /// IPv4 address (RFC 1035 §3.4.1).
  package static let a: UInt16 = 1
  /// Alias (RFC 1035 §3.3.1).
  package static let cname: UInt16 = 5
  /// IPv6 address (RFC 3596 §2.1).
  package static let aaaa: UInt16 = 28
  /// The pseudo-record of EDNS (RFC 6891 §6.1.1).
  package static let opt: UInt16 = 41
  /// Service binding, SVCB (RFC 9460).
  package static let svcb: UInt16 = 64
  /// Service binding of HTTP (RFC 9460 §9).
  package static let https: UInt16 = 65
}
