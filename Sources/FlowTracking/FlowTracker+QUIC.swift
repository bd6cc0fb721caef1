import Model
import Wire

// QUIC: opening the client's Initial packets until its hello is whole.
extension FlowTracker {
  /// More unreadable Initial packets than this are no handshake.
  private static let maximumQUICFailures = 16

  mutating func readQUIC(_ payload: RawSpan, _ slot: Int, isUp: Bool) {
    switch QUICDatagram(payload) {
    case .initials(let packets):
      let detail = beginQUIC(slot)
      // Taken out, so that its buffers have one owner.
      guard var handshake = details[detail].quic else { return }
      details[detail].quic = nil
      for packet in packets where !handshake.open(packet) {
        if handshake.failures == 1 { count(.quicInitialUnreadable) }
        if handshake.failures > FlowTracker.maximumQUICFailures { table[slot].flags.insert(.readUp) }
      }
      details[detail].quic = handshake
      if !table[slot].flags.contains(.readUp) { readHandshake(slot, isUp: isUp, isComplete: false) }
    case .googleClear:
      _ = beginQUIC(slot)
      if let hello = GoogleClientHello(inClearPacket: payload) { note(hello, slot, isUp: isUp) }
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

  mutating func readHandshake(_ slot: Int, isUp: Bool, isComplete: Bool) {
    guard let detail = takeDetailIndex(slot), let handshake = details[detail].quic, handshake.isOpened else { return }
    switch handshake.read(isComplete: isComplete) {
    case .needsMore: return
    case .clientHello(let hello): noteHello(hello, slot, .quic, .quicSNI, isUp: isUp)
    case .googleHello(let hello): note(hello, slot, isUp: isUp)
    case .broken(let error): count(Anomaly(error) ?? .quicHandshakeInvalid)
    }
    table[slot].flags.insert(.readUp)
    // Keys and pieces are done with; that it was QUIC stays.
    details[detail].quic = QUICClientHandshake()
  }

  private mutating func note(_ hello: GoogleClientHello, _ slot: Int, isUp: Bool) {
    table[slot].flags.insert(.readUp)
    if let name = hello.serverName { noteName(name, slot, .gquic, .quicSNI, .none, isUp: isUp) }
  }
}
