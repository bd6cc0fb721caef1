import Model
import Wire

/// What a datagram is, judged by its ports, its first bytes and its position in the flow.
enum DatagramKind {
  /// - `mayAnswer`: the sender is the side to which queries go, so its answers are accepted.
  case dns(mayAnswer: Bool)
  /// A query on the local link (mDNS, RFC 6762; LLMNR, RFC 4795).
  case linkLocalName(NameSighting.Carrier)
  /// SSDP: HTTP in datagrams (UPnP Device Architecture §1.3).
  case deviceSearch
  /// The handshake of a virtual private network.
  case hiddenPath(HiddenPath)
  /// A long header of QUIC (RFC 9000 §17.2).
  case quicFromClient, quicFromServer
  /// A short header of QUIC (RFC 9000 §17.3) from the client, as the first packet of a flow.
  case continuedQUIC
  /// The public header of Google QUIC.
  case googleQUIC
  case dtlsHello
  /// A handshake message of the DTLS server.
  case dtlsAnswer
  case other

  /// Sets the flags `dns` and `openVPNAsked` of the flow, which only its first datagrams can show.
  init(_ payload: RawSpan, _ packet: inout Packet, _ direction: Direction, of flow: inout FlowEntry) {
    func hasPort(_ port: UInt16) -> Bool { packet.sourcePort == port || packet.destinationPort == port }
    if hasPort(53) {
      self = .dns(mayAnswer: packet.sourcePort == 53)
    } else if hasPort(5_353) {
      self = .linkLocalName(.mdns)
    } else if hasPort(5_355) {
      self = .linkLocalName(.llmnr)
    } else if hasPort(1_900) {
      self = .deviceSearch
    } else {
      let isFirst = direction == .originator && flow.isFirstPacket(.originator)
      if isFirst, DNSMessage.isCertainlyQuery(payload) { flow.flags.insert(.dns) }
      if flow.flags.contains(.dns) {
        self = .dns(mayAnswer: direction == .responder)
      } else if let path = HiddenPath(handshake: payload, &packet, direction, of: &flow) {
        self = .hiddenPath(path)
      } else {
        // Only first datagrams are tested for OpenVPN: one in 32 of QUIC's protected packets begins with the same byte.
        if isFirst, PrivateNetworkHandshake.isOpenVPNClientReset(payload, lengthOnWire: packet.payloadLength) {
          flow.flags.insert(.openVPNAsked)
        }
        self.init(handshake: payload, direction, isFirst: isFirst)
      }
    }
  }

  private init(handshake payload: RawSpan, _ direction: Direction, isFirst: Bool) {
    let first = payload.byte(0)
    if first & 0x80 != 0 {
      self = direction == .originator ? .quicFromClient : .quicFromServer
    } else if first & 0x40 != 0 {
      self = isFirst ? .continuedQUIC : .other
    } else if DTLSDatagram.isHandshake(payload) {
      if DTLSDatagram.isClientHello(payload) {
        self = .dtlsHello
      } else {
        self = direction == .responder ? .dtlsAnswer : .other
      }
    } else if direction == .originator, GoogleClientHello.hasPublicHeader(payload) {
      self = .googleQUIC
    } else {
      self = .other
    }
  }
}

extension HiddenPath {
  /// The private network to whose handshake a datagram belongs; nil if there is none.
  fileprivate init?(
    handshake payload: RawSpan, _ packet: inout Packet, _ direction: Direction, of flow: inout FlowEntry
  ) {
    let length = packet.payloadLength
    if PrivateNetworkHandshake.isWireGuard(payload, lengthOnWire: length) {
      self = .wireGuard
      return
    }
    switch direction == .originator ? packet.destinationPort : packet.sourcePort {
    case 500 where PrivateNetworkHandshake.isIKE(payload, lengthOnWire: length, hasMarker: false):
      self = .ipsec
    case 4_500
    where PrivateNetworkHandshake.isIKE(payload, lengthOnWire: length, hasMarker: true)
      || PrivateNetworkHandshake.isEncapsulatedESP(payload, lengthOnWire: length):
      self = .ipsec
    case 1_701 where PrivateNetworkHandshake.isL2TP(payload, lengthOnWire: length): self = .l2tp
    // On the port of OpenVPN the client's message is proof enough.
    case 1_194
    where direction == .originator && PrivateNetworkHandshake.isOpenVPNClientReset(payload, lengthOnWire: length):
      self = .openVPN
    default:
      guard direction == .responder, flow.flags.contains(.openVPNAsked), flow.sides.responder.packets == 1,
        PrivateNetworkHandshake.isOpenVPNServerReset(payload, lengthOnWire: length)
      else { return nil }
      self = .openVPN
    }
  }
}

extension TrackerOutput {
  /// Adds a sighting of the host that a search for devices (SSDP) names.
  mutating func seeDeviceSearch(_ payload: RawSpan, _ packet: Packet, _ settings: TrackerSettings) {
    guard settings.collectsSightings, case .request(let head) = HTTPOpening(payload, isComplete: true),
      let host = head.host
    else { return }
    sightings.append(
      NameSighting(
        carrier: .ssdp, client: packet.source, server: packet.destination, serverPort: packet.destinationPort,
        name: host, method: .httpHost, namingClass: .b, ech: .none))
  }
}
