import Model
import Wire

extension Anomaly {
  /// Nil if the frame is merely not IP.
  init?(_ error: WireError) {
    switch error {
    case .capturedShort: self = .frameCapturedShort
    case .tooMany(.ipv6Extension), .tooMany(.vlanTag): self = .ipExtensionsTooDeep
    case .tooMany(.tunnelDepth), .tooMany(.mplsLabel): self = .tunnelTooDeep
    case .unsupported(.linkHeader): self = .linkTypeUnsupported
    case .encrypted: self = .linkEncrypted
    case .unsupported: return nil
    case .truncated(let field), .badLength(let field), .badValue(let field), .tooMany(let field):
      switch field {
      case .ipVersion, .ipv4Header, .ipv4TotalLength, .ipv6Header, .ipv6Extension: self = .ipHeaderInvalid
      case .tcpHeader, .tcpDataOffset: self = .tcpHeaderInvalid
      case .udpHeader, .udpLength: self = .udpHeaderInvalid
      case .dnsHeader, .dnsName, .dnsQuestion, .dnsRecord: self = .dnsMessageInvalid
      case .httpRequestLine, .httpField, .http2Frame, .http2Field: self = .httpHeadInvalid
      case .quicHeader, .quicConnectionID, .quicFrame: self = .quicHandshakeInvalid
      case .linkHeader, .vlanTag, .etherType, .logicalLink, .mplsLabel, .pppHeader, .wirelessHeader, .icmpHeader:
        self = .frameTruncated
      case .tunnelHeader, .tunnelDepth: self = .tunnelHeaderInvalid
      case .tlsRecordHeader, .tlsHandshakeHeader, .tlsVersion, .tlsRandom, .tlsSessionID, .tlsCipherSuites,
        .tlsCompressionMethods, .tlsExtensions, .tlsServerName, .tlsProtocolNames, .tlsSupportedVersions,
        .tlsCertificate, .dtlsRecordHeader:
        self = .tlsMessageInvalid
      }
    }
  }
}
