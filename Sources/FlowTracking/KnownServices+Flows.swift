import Matching
import Model

extension SiteKnowledge {
  /// What the name of a flow belongs to.
  ///
  /// - Parameter record: not changed. By value it would be copied with all its texts.
  func kinds(ofNameOf record: inout FlowRecord) -> KnownServices.Kinds {
    guard let name = record.name?.name else { return [] }
    return settings.knownServices.kinds(ofName: name)
  }

  /// DNS over TLS (RFC 7858) and over QUIC (RFC 9250) by port and protocol name, everything by name; if no name was seen, HTTPS by address.
  ///
  /// - Parameters:
  ///   - record: not changed. By value it would be copied with all its texts.
  ///   - kinds: what its name belongs to.
  func isEncryptedDNS(_ record: inout FlowRecord, _ kinds: KnownServices.Kinds) -> Bool {
    guard record.transport == .tcp || record.transport == .udp else { return false }
    if record.responderPort == 853 { return true }
    if let offered = record.applicationProtocol, offered == "dot" || offered.hasPrefix("doq") { return true }
    if record.name != nil { return kinds.contains(.resolver) }
    return record.responderPort == 443 && settings.knownServices.resolverAddresses.contains(record.responder)
  }

  /// How a flow hides its destination if no handshake shows it: by transport protocol, or by the name of a relay.
  ///
  /// - Parameters:
  ///   - record: not changed. By value it would be copied with all its texts.
  ///   - kinds: what its name belongs to.
  func hiddenPath(of record: inout FlowRecord, _ kinds: KnownServices.Kinds) -> HiddenPath? {
    // What is carried in the clear has been examined as flows of its own.
    guard record.carriedBytesUp == 0 else { return nil }
    switch record.transport.rawValue {
    // ESP (RFC 4303). Behind an authentication header (RFC 4302) all is in the clear.
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

  /// Tor shows a name that it has thrown dice for, `www.`, 4 to 25 signs of base 32 and `.com` or `.net`, and asks no resolver for it
  /// (`crypto_random_hostname` in its source). Of names that people gave, few have a digit from 2 to 7 or five consonants in a row.
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
