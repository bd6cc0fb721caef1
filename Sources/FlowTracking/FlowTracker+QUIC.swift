import Model
import Wire
import Streams

// Handshakes in datagrams: QUIC's Initial packets and DTLS, until the client's hello is whole.
extension FlowTracker {
  /// Datagrams of a flow whose Initial packets no key opens: more than this are no handshake. Of either side, or the one that has no such limit is
  /// the one that is attacked.
  private static let maximumUnreadableInitials = 16

  /// Looks whether a datagram is part of a handshake that tells a name; its first bytes decide whether more is looked at.
  mutating func readHandshake(in payload: RawSpan, _ slot: Int, isUp: Bool) {
    let first = payload.byte(0)
    if first & 0x80 != 0 {
      if isUp { readQUIC(payload, slot) } else { noteServerIdentifier(payload, slot) }
    } else if first & 0x40 != 0 {
      if isUp, table[slot].traffic.packetsUp == 1, table[slot].part == 0 { recognise(payload, slot) }
    } else if DTLSDatagram.isHandshake(payload) {
      readDTLS(payload, slot, isUp: isUp)
    } else if GoogleClientHello.hasPublicHeader(payload), isUp, !table[slot].flags.contains(.readUp) {
      _ = beginQUIC(slot)
      if let hello = GoogleClientHello(inClearPacket: payload) { note(hello, slot) }
    }
  }

  /// Whether a datagram of the side that is taken for the responder shows that it is the client: it holds a hello.
  mutating func beginsHandshake(_ payload: RawSpan, _ slot: Int) -> Bool {
    if DTLSDatagram.isClientHello(payload) {
      // Between peers (WebRTC) whoever was called says hello, so this tells only where the first datagram was missed.
      return table[slot].flags.contains(.originatorInferred)
    }
    guard payload.byte(0) & 0x80 != 0, table[slot].flags.isDisjoint(with: [.readUp, .readDown]) else { return false }
    if let detail = takeDetailIndex(slot), details[detail].quic?.isKnown == true { return false }
    guard case .initials(let packets) = QUICDatagram(payload), mayOpenInitials(slot) else { return false }
    var handshake = QUICClientHandshake()
    if handshake.open(packets) == .opened { return true }
    noteUnreadableInitials(slot)
    return false
  }

  private mutating func mayOpenInitials(_ slot: Int) -> Bool {
    guard table[slot].unreadableInitials <= FlowTracker.maximumUnreadableInitials else { return false }
    if !allowance.mayDeriveKeys { count(.quicInitialNotTried) }
    return allowance.mayDeriveKeys
  }

  private mutating func noteUnreadableInitials(_ slot: Int) {
    table[slot].unreadableInitials += 1
    allowance.noteUnreadableInitial()
  }

  private mutating func readQUIC(_ payload: RawSpan, _ slot: Int) {
    guard !table[slot].flags.contains(.readUp) else { return }
    switch QUICDatagram(payload) {
    case .initials(let packets):
      let detail = beginQUIC(slot)
      // Taken out, so that its buffers have one owner.
      guard mayOpenInitials(slot), var handshake = details[detail].quic else { return }
      details[detail].quic = nil
      let failures = handshake.failures
      let opening = handshake.open(packets)
      details[detail].quic = handshake
      // Packets to an id that is known to be no other connection's cost nothing.
      if handshake.failures > failures { noteUnreadableInitials(slot) }
      switch opening {
      case .opened: readHandshake(slot, isComplete: false)
      case .failed: if table[slot].unreadableInitials == 1 { count(.quicInitialUnreadable) }
      case .done: break
      }
      if table[slot].unreadableInitials > FlowTracker.maximumUnreadableInitials { table[slot].flags.insert(.readUp) }
    case .googleClear:
      _ = beginQUIC(slot)
      if let hello = GoogleClientHello(inClearPacket: payload) { note(hello, slot) }
    case .other:
      _ = beginQUIC(slot)
    case .retry, .versionNegotiation, .notQUIC:
      break
    }
  }

  private mutating func beginQUIC(_ slot: Int) -> Int {
    let detail = ensureDetail(slot)
    if details[detail].quic == nil { details[detail].quic = QUICClientHandshake() }
    return detail
  }

  private mutating func readHandshake(_ slot: Int, isComplete: Bool) {
    guard let detail = takeDetailIndex(slot), let handshake = details[detail].quic, handshake.isOpened else { return }
    switch handshake.read(isComplete: isComplete) {
    case .needsMore: return
    case .clientHello(let hello): noteHello(hello, slot, .quic, .quicSNI, isUp: true)
    case .googleHello(let hello): note(hello, slot)
    case .broken(let error): count(Anomaly(error) ?? .quicHandshakeInvalid)
    }
    // That it was QUIC stays, and a further connection on these ports is read too.
    details[detail].quic?.finish()
    table[slot].flags.remove(.readDown)
  }

  private mutating func note(_ hello: GoogleClientHello, _ slot: Int) {
    table[slot].flags.insert(.readUp)
    if let name = hello.serverName { noteName(name, slot, .gquic, .quicSNI, .none, isUp: true) }
  }

  /// Remembers the id that the server chose (RFC 9000 §7.2: that of its first Initial packet), once the connection has a name.
  private mutating func noteServerIdentifier(_ payload: RawSpan, _ slot: Int) {
    guard !table[slot].flags.contains(.readDown), let detail = takeDetailIndex(slot), let name = details[detail].name,
      details[detail].quic?.isKnown == true, case .initials(let packets) = QUICDatagram(payload)
    else { return }
    table[slot].flags.insert(.readDown)
    connections.remember(packets[0].sourceConnectionID, at: server(slot), name)
  }

  /// A flow that begins in the middle of a connection that is known: a rebinding, or the end of a pause.
  private mutating func recognise(_ payload: RawSpan, _ slot: Int) {
    guard let evidence = connections.evidence(for: payload, to: server(slot)) else { return }
    let detail = beginQUIC(slot)
    details[detail].name = evidence
  }

  private func server(_ slot: Int) -> QUICConnections.Server {
    let key = table[slot].key
    return table[slot].flags.contains(.originatorIsFirst)
      ? QUICConnections.Server(address: key.secondAddress, port: key.secondPort)
      : QUICConnections.Server(address: key.firstAddress, port: key.firstPort)
  }

  private mutating func readDTLS(_ payload: RawSpan, _ slot: Int, isUp: Bool) {
    if DTLSDatagram.isClientHello(payload) {
      readDTLSHello(payload, slot, isUp: isUp)
    } else if !isUp {
      readDTLSCertificate(payload, slot)
    }
  }

  private mutating func readDTLSHello(_ payload: RawSpan, _ slot: Int, isUp: Bool) {
    guard !table[slot].flags.contains(.readUp) else { return }
    let detail = ensureDetail(slot)
    var message = details[detail].dtlsHello ?? DTLSHandshakeMessage(.clientHello)
    details[detail].dtlsHello = nil
    do throws(WireError) {
      try message.take(payload)
      guard let hello = try message.clientHello() else {
        details[detail].dtlsHello = message
        return
      }
      note(hello, slot, isUp: isUp)
    } catch {
      count(Anomaly(error) ?? .tlsMessageInvalid)
    }
    table[slot].flags.insert(.readUp)
  }

  private mutating func note(_ hello: ClientHello, _ slot: Int, isUp: Bool) {
    let detail = ensureDetail(slot)
    details[detail].offeredVersion = hello.highestVersion
    noteHello(hello, slot, .dtls, .sni, isUp: isUp)
  }

  private mutating func readDTLSCertificate(_ payload: RawSpan, _ slot: Int) {
    guard !table[slot].flags.contains(.readDown), let detail = takeDetailIndex(slot),
      details[detail].offeredVersion != nil, wantsCertificate(slot)
    else { return }
    var message = details[detail].dtlsCertificate ?? DTLSHandshakeMessage(.certificate)
    details[detail].dtlsCertificate = nil
    do throws(WireError) {
      try message.take(payload)
      guard let certificate = try message.certificate() else {
        details[detail].dtlsCertificate = message
        return
      }
      note(certificate, slot)
    } catch {
      count(Anomaly(error) ?? .tlsMessageInvalid)
    }
    table[slot].flags.insert(.readDown)
  }

  /// Reads what is left when the flow ends: a cut hello still tells its name.
  mutating func finishDatagrams(_ slot: Int) {
    guard !table[slot].flags.contains(.readUp), let detail = takeDetailIndex(slot) else { return }
    readHandshake(slot, isComplete: true)
    if let hello = try? details[detail].dtlsHello?.clientHello(isComplete: true) { note(hello, slot, isUp: true) }
  }
}
