import Matching
import Model

extension SiteKnowledge {
  /// The kinds of services to which the name of a flow belongs.
  ///
  /// - Parameter record: not changed. Passed by value, it would be copied with all its strings.
  func kinds(ofNameOf record: inout FlowRecord) -> KnownServices.Kinds {
    guard let name = record.name?.name else { return [] }
    return settings.knownServices.kinds(ofName: name)
  }

  /// Whether a flow is encrypted DNS: DNS over TLS (RFC 7858) and over QUIC (RFC 9250) by port and ALPN protocol, any
  /// by the name of a resolver; if no name was seen, DNS over HTTPS by address.
  ///
  /// - Parameters:
  ///   - record: not changed. Passed by value, it would be copied with all its strings.
  ///   - kinds: the kinds of services to which its name belongs.
  func isEncryptedDNS(_ record: inout FlowRecord, _ kinds: KnownServices.Kinds) -> Bool {
    guard record.transport == .tcp || record.transport == .udp else { return false }
    if record.responderPort == 853 { return true }
    if let offered = record.applicationProtocol, offered == "dot" || offered.hasPrefix("doq") { return true }
    if record.name != nil { return kinds.contains(.resolver) }
    return record.responderPort == 443 && settings.knownServices.resolverAddresses.contains(record.responder)
  }

  /// How a flow hides its destination if no handshake showed it, judged by transport protocol, by the name of a relay,
  /// or by a name like those of Tor.
  ///
  /// - Parameters:
  ///   - record: not changed. Passed by value, it would be copied with all its strings.
  ///   - kinds: the kinds of services to which its name belongs.
  func hiddenPath(of record: inout FlowRecord, _ kinds: KnownServices.Kinds) -> HiddenPath? {
    // Packets that were carried unencrypted have been tracked as flows of their own.
    guard record.carriedBytesUp == 0 else { return nil }
    switch record.transport.rawValue {
    // ESP (RFC 4303). An authentication header (RFC 4302) does not encrypt.
    case 50: return .ipsec
    // L2TP version 3 (RFC 3931 §4.1.1).
    case 115: return .l2tp
    default:
      guard let name = record.name?.name else { return nil }
      if kinds.contains(.relay) { return .relay }
      return HiddenPath.looksLikeTor(name, &record) ? .tor : nil
    }
  }
}

extension KnownServices {
  func isOuterName(_ name: String) -> Bool { outerNames.contains(name.lowercased()) }
}

extension HiddenPath {
  /// Tor sends a random server name: `www.`, 4 to 25 characters of base 32, and `.com` or `.net`, and does not resolve
  /// it (`crypto_random_hostname` in its source). Few real names have a digit from 2 to 7 or five consonants in a row.
  fileprivate static func looksLikeTor(_ name: String, _ record: inout FlowRecord) -> Bool {
    guard record.transport == .tcp, !record.hadDNS, !record.isThroughProxy, record.name?.method == .sni,
      name.utf8.starts(with: "www.".utf8)
    else { return false }
    let labels = name.split(separator: ".", omittingEmptySubsequences: false)
    guard labels.count == 3, labels[0] == "www", ["com", "net"].contains(labels[2]),
      (4...25).contains(labels[1].utf8.count),
      labels[1].utf8.allSatisfy({ $0.isASCIILowercase || (UInt8(ascii: "2")...UInt8(ascii: "7")).contains($0) })
    else { return false }
    var consonants = 0
    var longest = 0
    for byte in labels[1].utf8 {
      if byte < UInt8(ascii: "a") { return true }
      consonants = "aeiouy".utf8.contains(byte) ? 0 : consonants + 1
      longest = max(longest, consonants)
    }
    return longest >= 5
  }
}
