import Model
import Streams
import Wire

// Handshakes in datagrams: Initial packets of QUIC, and DTLS, until the ClientHello is complete.
extension FlowDetail {
  /// Most datagrams of a flow whose Initial packets cannot be decrypted; after that, it is no handshake. The limit is
  /// for both sides together, since an attacker would use a side without one.
  private static let maximumUnreadableInitials = 16

  /// Whether a datagram of the presumed responder shows that it is the client, because it contains a ClientHello.
  static func beginsHandshake(
    _ payload: RawSpan, isQUIC: Bool, of flow: inout FlowEntry, with opener: inout QUICInitialOpener,
    _ site: inout SiteKnowledge, _ output: inout TrackerOutput
  ) -> Bool {
    if DTLSDatagram.isClientHello(payload) {
      // Between peers (WebRTC) the called side may send the ClientHello, so it counts only if the originator was
      // inferred.
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

  /// Marks the flow as QUIC.
  mutating func beginQUIC() {
    if quic == nil { quic = QUICClientHandshake() }
  }

  /// Adds the pieces of the ClientHello in a client's Initial packets, and reads it when it is complete.
  mutating func take(
    _ datagram: QUICDatagram, of flow: inout FlowEntry, with opener: inout QUICInitialOpener,
    _ site: inout SiteKnowledge, _ output: inout TrackerOutput
  ) {
    beginQUIC()
    // Moved out, so that its buffers have one owner and are not copied.
    guard FlowDetail.mayOpenInitials(of: &flow, site, &output), var handshake = quic.take() else { return }
    let failures = handshake.failures
    let opening = handshake.open(datagram, with: &opener)
    let isUnreadable = handshake.failures > failures
    quic = handshake
    // Packets to a connection ID that was dismissed before cost no derivation.
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
    // `quic` stays set: it marks the flow as QUIC, and reads a further connection on these ports.
    quic?.finish()
    flow.sides.responder.reading = .idle
  }

  /// Takes the name from the hello of Google QUIC.
  mutating func take(
    _ hello: GoogleClientHello, of flow: inout FlowEntry, _ site: inout SiteKnowledge, _ output: inout TrackerOutput
  ) {
    flow.sides.originator.reading = .done
    guard let name = hello.serverName else { return }
    noteName(name, .gquic, .quicSNI, .none, .a, .originator, of: &flow, &site, &output)
  }

  /// Remembers the connection ID that the server chose (in its first Initial packet, RFC 9000 §7.2), once the
  /// connection has a name.
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

  /// A certificate is read only if the flow has no better name, or if all names are reported.
  mutating func wantsCertificate(_ site: borrowing SiteKnowledge) -> Bool {
    site.settings.collectsSightings || names.wantsCertificate
  }

  /// Copies the facts that a stream's reader needs into its context. It changes nothing in the detail; it is mutating
  /// for the reason given at `measure`.
  mutating func describe(to context: inout StreamContext, _ site: borrowing SiteKnowledge) {
    context.wantsCertificate = wantsCertificate(site)
    context.hasClientHello = offeredVersion != nil
    context.isHTTP2 = isHTTP2
  }

  // MARK: End

  /// Reads unfinished handshakes when the flow ends: a cut ClientHello may still contain the name.
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
