import Model
import Streams
import Wire

// Handshakes in datagrams: QUIC's Initial packets and DTLS, until the client's hello is whole.
extension FlowDetail {
  /// Datagrams of a flow whose Initial packets no key opens: more than this are no handshake. The limit holds for both sides together, or
  /// the side without one would be the one that is attacked.
  private static let maximumUnreadableInitials = 16

  /// Whether a datagram of the side that is taken for the responder shows that it is the client: it holds a hello.
  static func beginsHandshake(
    _ payload: RawSpan, isQUIC: Bool, of flow: inout FlowEntry, with opener: inout QUICInitialOpener,
    _ site: inout SiteKnowledge, _ output: inout TrackerOutput
  ) -> Bool {
    if DTLSDatagram.isClientHello(payload) {
      // Between peers (WebRTC) whoever was called says hello, so this counts only if the first datagram was missed.
      return flow.flags.contains(.originatorInferred)
    }
    guard payload.byte(0) & 0x80 != 0, !flow.sides.contains(where: { $0.reading == .done }),
      !isQUIC
    else { return false }
    let datagram = QUICDatagram(payload)
    guard datagram.kind == .initials, mayOpenInitials(of: &flow, site, &output) else { return false }
    var handshake = QUICClientHandshake()
    if handshake.open(datagram, with: &opener) == .opened { return true }
    noteUnreadableInitials(of: &flow, &site)
    return false
  }

  private static func mayOpenInitials(
    of flow: inout FlowEntry, _ site: borrowing SiteKnowledge, _ output: inout TrackerOutput
  ) -> Bool {
    guard flow.unreadableInitials <= FlowDetail.maximumUnreadableInitials else { return false }
    if !site.allowance.mayDeriveKeys { output.count(.quicInitialNotTried) }
    return site.allowance.mayDeriveKeys
  }

  private static func noteUnreadableInitials(of flow: inout FlowEntry, _ site: inout SiteKnowledge) {
    flow.unreadableInitials += 1
    site.allowance.noteUnreadableInitial()
  }

  // MARK: QUIC

  /// Notes that the flow is QUIC.
  mutating func beginQUIC() {
    if quic == nil { quic = QUICClientHandshake() }
  }

  /// Reads what a client's Initial packets hold of its hello.
  mutating func take(
    _ datagram: QUICDatagram, of flow: inout FlowEntry, with opener: inout QUICInitialOpener,
    _ site: inout SiteKnowledge, _ output: inout TrackerOutput
  ) {
    beginQUIC()
    // Taken out, so that its buffers have one owner.
    guard FlowDetail.mayOpenInitials(of: &flow, site, &output), var handshake = quic.take() else { return }
    let failures = handshake.failures
    let opening = handshake.open(datagram, with: &opener)
    let isUnreadable = handshake.failures > failures
    quic = handshake
    // Packets to an id that is known to be no other connection's cost nothing.
    if isUnreadable { FlowDetail.noteUnreadableInitials(of: &flow, &site) }
    switch opening {
    case .opened: readHandshake(of: &flow, isComplete: false, &site, &output)
    case .failed: if flow.unreadableInitials == 1 { output.count(.quicInitialUnreadable) }
    case .done: break
    }
    if flow.unreadableInitials > FlowDetail.maximumUnreadableInitials { flow.sides.originator.reading = .done }
  }

  private mutating func readHandshake(
    of flow: inout FlowEntry, isComplete: Bool, _ site: inout SiteKnowledge, _ output: inout TrackerOutput
  ) {
    guard let handshake = quic, handshake.isOpened else { return }
    switch handshake.read(isComplete: isComplete) {
    case .needsMore: return
    case .clientHello(let hello): note(hello, .originator, .quic, of: &flow, &site, &output)
    case .googleHello(let hello): take(hello, of: &flow, &site, &output)
    case .broken(let error): output.count(Anomaly(error) ?? .quicHandshakeInvalid)
    }
    // That it was QUIC stays, and a further connection on these ports is read too.
    quic?.finish()
    flow.sides.responder.reading = .idle
  }

  /// The hello of Google's own QUIC.
  mutating func take(
    _ hello: GoogleClientHello, of flow: inout FlowEntry, _ site: inout SiteKnowledge, _ output: inout TrackerOutput
  ) {
    flow.sides.originator.reading = .done
    guard let name = hello.serverName else { return }
    noteName(name, .gquic, .quicSNI, .none, .a, .originator, of: &flow, &site, &output)
  }

  /// Remembers the id that the server chose (RFC 9000 §7.2: that of its first Initial packet), once the connection has a name.
  func rememberServer(_ payload: RawSpan, of flow: inout FlowEntry, _ site: inout SiteKnowledge) {
    guard flow.sides.responder.reading != .done, let name = names.shown, quic?.isKnown == true else { return }
    let datagram = QUICDatagram(payload)
    var packets = datagram.initialPackets
    guard datagram.kind == .initials, let first = packets.next() else { return }
    flow.sides.responder.reading = .done
    site.connections.remember(first.sourceConnectionID.bytes, at: flow.responder, name)
  }

  // MARK: DTLS

  mutating func takeDTLSHello(
    _ payload: RawSpan, _ direction: Direction, of flow: inout FlowEntry, _ site: inout SiteKnowledge,
    _ output: inout TrackerOutput
  ) {
    guard flow.sides.originator.reading != .done else { return }
    var message = dtlsHello.take() ?? DTLSHandshakeMessage(.clientHello)
    do throws(WireError) {
      try message.take(payload)
      guard let hello = try message.clientHello() else {
        dtlsHello = message
        return
      }
      takeDTLS(hello, direction, of: &flow, &site, &output)
    } catch {
      output.count(Anomaly(error) ?? .tlsMessageInvalid)
    }
    flow.sides.originator.reading = .done
  }

  private mutating func takeDTLS(
    _ hello: ClientHello, _ direction: Direction, of flow: inout FlowEntry, _ site: inout SiteKnowledge,
    _ output: inout TrackerOutput
  ) {
    offeredVersion = hello.highestVersion
    note(hello, direction, .dtls, of: &flow, &site, &output)
  }

  mutating func takeDTLSCertificate(
    _ payload: RawSpan, of flow: inout FlowEntry, _ site: inout SiteKnowledge, _ output: inout TrackerOutput
  ) {
    guard flow.sides.responder.reading != .done, offeredVersion != nil, wantsCertificate(site) else {
      return
    }
    var message = dtlsCertificate.take() ?? DTLSHandshakeMessage(.certificate)
    do throws(WireError) {
      try message.take(payload)
      guard let certificate = try message.certificate(textLimit: site.settings.certificateTexts) else {
        dtlsCertificate = message
        return
      }
      note(certificate, of: flow, site, &output)
    } catch {
      output.count(Anomaly(error) ?? .tlsMessageInvalid)
    }
    flow.sides.responder.reading = .done
  }

  /// A name in a certificate is worth the reading only if there is no better one, or if all names are shown.
  mutating func wantsCertificate(_ site: borrowing SiteKnowledge) -> Bool {
    site.settings.collectsSightings || names.wantsCertificate
  }

  /// Writes what a stream's reader must know of the flow. Changes nothing, as `measure`.
  mutating func describe(to context: inout StreamContext, _ site: borrowing SiteKnowledge) {
    context.wantsCertificate = wantsCertificate(site)
    context.hasClientHello = offeredVersion != nil
    context.isHTTP2 = isHTTP2
  }

  // MARK: End

  /// Reads what is left when the flow ends: a cut hello still holds its name.
  mutating func finishDatagrams(
    of flow: inout FlowEntry, _ site: inout SiteKnowledge, _ output: inout TrackerOutput
  ) {
    guard flow.sides.originator.reading != .done else { return }
    readHandshake(of: &flow, isComplete: true, &site, &output)
    if let hello = try? dtlsHello?.clientHello(isComplete: true) {
      takeDTLS(hello, .originator, of: &flow, &site, &output)
    }
  }
}
