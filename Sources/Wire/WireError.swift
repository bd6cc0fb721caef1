/// Why bytes could not be read as what they should be: a trivial value, made on the packet path.
public enum WireError: Error, Sendable, Hashable {
  /// The snapshot ended before the field; the packet itself may be whole.
  case capturedShort(WireField)
  /// The message ended before the field that it promised.
  case truncated(WireField)
  /// A length field contradicts what surrounds it.
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

/// The part of a message that an error speaks of.
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
