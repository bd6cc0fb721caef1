import Model
import Wire

// What single datagrams say: names, and handshakes of private networks.
extension FlowTracker {
  /// - Returns: false where the datagram is of no kind that is read here.
  mutating func readDatagram(_ packet: Packet, _ payload: RawSpan, _ slot: Int, isUp: Bool) -> Bool {
    let isShort = packet.payloadCaptured < packet.payloadLength
    func hasPort(_ port: UInt16) -> Bool { packet.sourcePort == port || packet.destinationPort == port }
    if hasPort(53) {
      readDNS(payload, MessagePath(packet), isShort: isShort, mayAnswer: packet.sourcePort == 53)
    } else if hasPort(5_353) {
      readLinkLocalName(payload, packet, .mdns, isShort: isShort)
    } else if hasPort(5_355) {
      readLinkLocalName(payload, packet, .llmnr, isShort: isShort)
    } else if hasPort(1_900) {
      readDeviceSearch(payload, packet)
    } else {
      if isUp, table[slot].traffic.packetsUp == 1, table[slot].part == 0, DNSMessage.isCertainlyQuery(payload) {
        table[slot].flags.insert(.dns)
      }
      guard table[slot].flags.contains(.dns) else {
        return noteHandshake(payload, packet, slot, isUp: isUp)
      }
      readDNS(payload, MessagePath(packet), isShort: isShort, mayAnswer: !isUp)
    }
    return true
  }

  /// SSDP: HTTP in datagrams (UPnP Device Architecture §1.3).
  private mutating func readDeviceSearch(_ payload: RawSpan, _ packet: Packet) {
    guard settings.collectsSightings, case .request(let head) = HTTPOpening(payload, isComplete: true),
      let host = head.host
    else { return }
    sightings.append(
      NameSighting(
        carrier: .ssdp, client: packet.source, server: packet.destination, serverPort: packet.destinationPort,
        name: host, method: .httpHost, namingClass: .b, ech: .none))
  }

  // MARK: Private networks

  mutating func hide(_ slot: Int, _ path: HiddenPath) {
    let detail = ensureDetail(slot)
    details[detail].hiddenPath = path
  }

  private mutating func noteHandshake(_ payload: RawSpan, _ packet: Packet, _ slot: Int, isUp: Bool) -> Bool {
    let length = packet.payloadLength
    guard let path = handshake(payload, packet, slot, isUp: isUp) else {
      // Only the first datagrams can be question and answer: of QUIC's protected packets each 32nd begins with the same byte.
      if isUp, table[slot].traffic.packetsUp == 1, table[slot].part == 0,
        PrivateNetworkHandshake.isOpenVPNClientReset(payload, lengthOnWire: length)
      {
        table[slot].flags.insert(.openVPNAsked)
      }
      return false
    }
    hide(slot, path)
    return true
  }

  private func handshake(_ payload: RawSpan, _ packet: Packet, _ slot: Int, isUp: Bool) -> HiddenPath? {
    let length = packet.payloadLength
    if PrivateNetworkHandshake.isWireGuard(payload, lengthOnWire: length) { return .wireGuard }
    let port = isUp ? packet.destinationPort : packet.sourcePort
    switch port {
    case 500:
      if PrivateNetworkHandshake.isIKE(payload, lengthOnWire: length, hasMarker: false) { return .ipsec }
    case 4_500:
      if PrivateNetworkHandshake.isIKE(payload, lengthOnWire: length, hasMarker: true)
        || PrivateNetworkHandshake.isEncapsulatedESP(payload, lengthOnWire: length)
      {
        return .ipsec
      }
    case 1_701:
      if PrivateNetworkHandshake.isL2TP(payload, lengthOnWire: length) { return .l2tp }
    case 1_194:
      // On its own port the question is proof enough.
      if isUp, PrivateNetworkHandshake.isOpenVPNClientReset(payload, lengthOnWire: length) { return .openVPN }
    default: break
    }
    if !isUp, table[slot].flags.contains(.openVPNAsked), table[slot].traffic.packetsDown == 1,
      PrivateNetworkHandshake.isOpenVPNServerReset(payload, lengthOnWire: length)
    {
      return .openVPN
    }
    return nil
  }

  /// The first bytes that a client sends over TCP.
  ///
  /// - Returns: true where nothing in the stream can be read.
  mutating func beginsPrivateNetwork(_ bytes: RawSpan, _ slot: Int) -> Bool {
    guard bytes.byteCount > 2 else { return false }
    let key = table[slot].key
    if key.firstPort == 1_723 || key.secondPort == 1_723, PrivateNetworkHandshake.isPPTP(bytes) {
      hide(slot, .pptp)
      return true
    }
    // OpenVPN over TCP puts a length before each message.
    let length = Int(bytes.uint16(0))
    guard length == bytes.byteCount - 2,
      PrivateNetworkHandshake.isOpenVPNClientReset(bytes.extracting(2..<bytes.byteCount), lengthOnWire: length)
    else { return false }
    table[slot].flags.insert(.openVPNAsked)
    return true
  }
}
