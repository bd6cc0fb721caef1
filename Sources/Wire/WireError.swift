/// Why bytes could not be parsed: a trivial value, since it is thrown on the packet path.
public enum WireError: Error, Sendable, Hashable {
  /// The captured bytes end in front of the field; the packet on the wire may be whole.
  case capturedShort(WireField)
  /// The message ends in front of a field that it must contain.
  case truncated(WireField)
  /// A length field contradicts the lengths around it.
  case badLength(WireField)
  /// A value that the format does not allow.
  case badValue(WireField)
  /// More nested or repeated parts than the limit that guards against hostile input.
  case tooMany(WireField)
  /// Well formed, but of a kind that this program does not read.
  case unsupported(WireField)
  /// Encrypted on the link: nothing behind the field can be examined.
  case encrypted(WireField)
}

/// The part of a message to which an error refers.
public enum WireField: UInt8, Sendable, Hashable {
  case linkHeader, vlanTag, etherType, logicalLink, mplsLabel, pppHeader, wirelessHeader
  case tunnelHeader, tunnelDepth
  case ipVersion, ipv4Header, ipv4TotalLength, ipv6Header, ipv6Extension
  case tcpHeader, tcpDataOffset, udpHeader, udpLength, icmpHeader
  case dnsHeader, dnsName, dnsQuestion, dnsRecord
  case tlsRecordHeader, tlsHandshakeHeader, tlsVersion, tlsRandom, tlsSessionID, tlsCipherSuites
  case tlsCompressionMethods, tlsExtensions, tlsServerName, tlsProtocolNames, tlsSupportedVersions
  case tlsCertificate, dtlsRecordHeader
  case httpRequestLine, httpField, http2Frame, http2Field
  case quicHeader, quicConnectionID, quicFrame
}
