import Model
import Streams
import Wire

extension FlowDetails {
  /// Takes a finding into its flow. Those that say nothing of names or encryption make no detail.
  ///
  /// - Parameters:
  ///   - direction: who sent it.
  ///   - segment: what the originator's segment that holds it takes of the current record.
  mutating func take(
    _ finding: StreamFinding, _ direction: Direction, of flow: inout FlowEntry, segment: inout FlowDetail.Segment,
    _ site: inout SiteKnowledge, _ output: inout TrackerOutput
  ) {
    switch finding {
    case .dns(let message, let isShort):
      site.takeDNS(
        message.span.bytes, SiteKnowledge.MessagePath(flow, direction), isShort: isShort,
        mayAnswer: direction == .responder, &output)
    case .uninspected: flow.markNotInspected()
    case .openVPNQuestion: flow.flags.insert(.openVPNAsked)
    case .anomaly(let anomaly): output.count(anomaly)
    default: self[ensure(for: &flow)].take(finding, direction, of: &flow, segment: &segment, &site, &output)
    }
  }
}

// What a finding changes in its flow.
extension FlowDetail {
  fileprivate mutating func take(
    _ finding: StreamFinding, _ direction: Direction, of flow: inout FlowEntry, segment: inout Segment,
    _ site: inout SiteKnowledge, _ output: inout TrackerOutput
  ) {
    switch finding {
    case .clientHello(let hello):
      offeredVersion = hello.highestVersion
      flow.flags.insert(.encrypted)
      restartAnswer(&flow)
      note(hello, direction, .tls, of: &flow, &site, &output)
    case .serverHello(let hello): settledVersion = hello.version
    case .certificate(let certificate): note(certificate, of: flow, site, &output)
    case .request(let head): note(head, of: &flow, segment: &segment, &site, &output)
    case .http2:
      isCleartext = true
      isHTTP2 = true
      sentClearText = true
    case .http2Request(let destination): note(destination, direction, of: &flow, segment: &segment, &site, &output)
    case .proxyRequest(let host, let port):
      noteProxy(of: &flow)
      if let host {
        noteHost(host, shown: "\(host):\(port)", .socks, .connect, of: &flow, segment: &segment, &site, &output)
      }
    case .plainCommand: isCleartext = true
    case .clearText(let form, let bytes, let length): keep(form, bytes, length: length, &flow)
    case .body(let bytes, let isWhole):
      if !isWhole { flow.markNotInspected() }
      keepBody(bytes, &flow)
    case .otherClearText:
      sentClearText = true
      flow.markNotInspected()
    case .hiddenPath(let path): hiddenPath = path
    case .dns, .uninspected, .openVPNQuestion, .anomaly: break
    }
  }

  /// What the originator's segment that is being read takes of the flow's current record.
  struct Segment {
    var bytes: UInt64 = 0
    var packets: UInt32 = 0
  }

  // MARK: Hellos and certificates

  /// After a plain beginning, what the responder sends next is its part of the handshake.
  private mutating func restartAnswer(_ flow: inout FlowEntry) {
    guard flow.sides.responder.marks.isSuperset(of: [.data, .hasSequence]), settledVersion == nil else { return }
    flow.sides.responder.reading = .collecting
    readers.responder.wrappedValue = StreamReader(restartingAt: flow.sides.responder.next)
  }

  mutating func note(
    _ hello: ClientHello, _ direction: Direction, _ carrier: NameSighting.Carrier, of flow: inout FlowEntry,
    _ site: inout SiteKnowledge, _ output: inout TrackerOutput
  ) {
    if direction == .originator {
      applicationProtocol = hello.applicationProtocol
      offersResumption = hello.offersResumption
    }
    if hello.hasOverlongName { output.count(.nameTooLong) }
    guard let name = hello.serverName else { return }
    let method: NameMethod = carrier == .quic ? .quicSNI : .sni
    guard let offer = hello.ech, site.isOuterName(name.withoutFinalDot, of: offer) else {
      noteName(
        name, carrier, method, hello.ech == nil ? .none : .offered, .a, direction, of: &flow, &site, &output)
      return
    }
    noteName(name, carrier, method, .outerKnown, .d, direction, of: &flow, &site, &output)
    let now = site.now
    names.preferResolved { site.dns.offersECH($0, at: now) }
  }

  /// A name that the client itself sent in this flow.
  mutating func noteName(
    _ name: String, _ carrier: NameSighting.Carrier, _ method: NameMethod, _ ech: EncryptedClientHello,
    _ namingClass: NamingClass, _ direction: Direction, of flow: inout FlowEntry, _ site: inout SiteKnowledge,
    _ output: inout TrackerOutput
  ) {
    output.namesSeen &+= 1
    output.see(carrier, name, method, namingClass, ech, direction, of: flow, site.settings)
    // What the responder says hello to is not the originator's destination.
    guard direction == .originator else { return }
    let plain = name.withoutFinalDot
    var segment = Segment()
    if carrier == .quic, names.contradicts(plain) { split(&flow, segment: &segment, site, &output) }
    names.noteShown(NameEvidence(name: plain, method: method, namingClass: namingClass, ech: ech)) {
      site.relation(of: plain, to: flow)
    }
    site.noteProxyRequest(plain, of: flow)
  }

  mutating func note(
    _ certificate: ServerCertificate, of flow: FlowEntry, _ site: borrowing SiteKnowledge, _ output: inout TrackerOutput
  ) {
    for name in certificate.dnsNames {
      output.see(.certificate, name, .certificate, .d, .none, .originator, of: flow, site.settings)
    }
    guard let name = certificate.hostName else { return }
    output.namesSeen &+= 1
    names.noteCertificate(
      NameEvidence(
        name: name.withoutFinalDot, method: .certificate, namingClass: .d,
        candidates: max(certificate.nameCount, 1)))
  }

  // MARK: Requests

  private mutating func note(
    _ head: HTTPRequestHead, of flow: inout FlowEntry, segment: inout Segment, _ site: inout SiteKnowledge,
    _ output: inout TrackerOutput
  ) {
    isCleartext = true
    if head.hasOverlongName { output.count(.nameTooLong) }
    if head.targetAuthority != nil { noteProxy(of: &flow) }
    // RFC 9112 §3.2.2: the authority of an absolute target counts, not the Host field.
    guard let name = head.targetAuthority ?? head.host else { return }
    noteHost(
      name, shown: head.host ?? name, .http, head.isConnect ? .connect : .httpHost, of: &flow, segment: &segment, &site,
      &output)
  }

  private mutating func note(
    _ destination: HPACKDecoder.Destination, _ direction: Direction, of flow: inout FlowEntry, segment: inout Segment,
    _ site: inout SiteKnowledge, _ output: inout TrackerOutput
  ) {
    guard let name = destination.authority ?? destination.host else { return }
    let method: NameMethod = destination.isConnect ? .connect : .httpHost
    guard direction == .originator else {
      // A server's push promises a request that nobody made: shown, but no name of the flow.
      output.see(.http2, name, method, .b, .none, .responder, of: flow, site.settings)
      return
    }
    if destination.isConnect { noteProxy(of: &flow) }
    noteHost(name, shown: name, .http2, method, of: &flow, segment: &segment, &site, &output)
  }

  private mutating func noteProxy(of flow: inout FlowEntry) {
    flow.flags.insert(.viaProxy)
    names.forgetResolved()
  }

  /// A name that a request or a proxy's client sent in clear text: class B.
  ///
  /// - Parameter shown: the text for the sighting.
  private mutating func noteHost(
    _ authority: String, shown: String, _ carrier: NameSighting.Carrier, _ method: NameMethod,
    of flow: inout FlowEntry, segment: inout Segment, _ site: inout SiteKnowledge, _ output: inout TrackerOutput
  ) {
    let host = authority.withoutPort.withoutFinalDot
    guard !host.isEmpty else { return }
    output.namesSeen &+= 1
    output.see(carrier, shown, method, .b, .none, .originator, of: flow, site.settings)
    if names.contradicts(host) { split(&flow, segment: &segment, site, &output) }
    let bare = host.withoutBrackets
    if names.shown == nil || names.contradicts(host) {
      // A target given as an address names nothing.
      let isAddress = IPAddress(bare) != nil
      names.noteShown(isAddress ? nil : NameEvidence(name: host, method: method, namingClass: .b)) {
        site.relation(of: host, to: flow)
      }
    }
    site.noteProxyRequest(bare, of: flow)
  }

  /// A new name on the same connection (requests through a proxy): the segment that holds it, and what follows, is a flow of its own.
  private mutating func split(
    _ flow: inout FlowEntry, segment: inout Segment, _ site: borrowing SiteKnowledge, _ output: inout TrackerOutput
  ) {
    let (originator, responder) = (flow.sides.originator, flow.sides.responder)
    guard originator.packets &+ responder.packets > 0 else { return }
    var moved = segment
    segment = Segment()
    // Two names in the flow's only packet: it stays with the first.
    if originator.packets <= moved.packets { moved = Segment() }
    flow.sides.originator.bytes &-= moved.bytes
    flow.sides.originator.packets &-= moved.packets
    output.emit(&flow, &self, isLast: false, site)
    // Not now: a cut request is read only when the flow has ended.
    flow.startRecord(at: flow.last)
    flow.sides.originator.bytes = moved.bytes
    flow.sides.originator.packets = moved.packets
    flow.part = 0
    flow.number = output.takeFlowNumber()
  }

  // MARK: Clear text

  /// Keeps a message in clear text for the search for identifiers, as far as there is room.
  private mutating func keep(_ form: ClearText.Form, _ bytes: [UInt8], length: Int, _ flow: inout FlowEntry) {
    sentClearText = true
    // Taken out, so that its buffer has one owner.
    var text = clearText.take() ?? ClearText()
    if length > 0 { text.begin(form) }
    if length > text.room { flow.markNotInspected() }
    text.append(bytes)
    clearText = text
  }

  private mutating func keepBody(_ bytes: [UInt8], _ flow: inout FlowEntry) {
    guard !bytes.isEmpty else { return }
    var text = clearText.take() ?? ClearText()
    // A record was cut in the middle of the body.
    if text.messages.isEmpty { text.begin(.httpBody) }
    if bytes.count > text.room { flow.markNotInspected() }
    text.append(bytes)
    clearText = text
  }
}

extension TrackerSettings {
  /// Alternative names of a certificate of which texts are made: the first one names the flow, the others are only shown.
  var certificateTexts: Int { collectsSightings ? ServerCertificate.maximumNames : 1 }
}

extension TrackerOutput {
  /// Shows a name to people who look into their own capture.
  mutating func see(
    _ carrier: NameSighting.Carrier, _ name: String, _ method: NameMethod, _ namingClass: NamingClass,
    _ ech: EncryptedClientHello, _ direction: Direction, of flow: FlowEntry, _ settings: TrackerSettings
  ) {
    guard settings.collectsSightings else { return }
    let (client, server) = (flow.end(direction), flow.end(direction.other))
    sightings.append(
      NameSighting(
        carrier: carrier, client: client.address, server: server.address, serverPort: server.port, name: name,
        method: method, namingClass: namingClass, ech: ech))
  }
}

extension String {
  // By bytes, here and below: walking a long name character by character costs more than all else that is done with it.
  fileprivate var withoutFinalDot: String {
    utf8.last == UInt8(ascii: ".") ? String(self[..<utf8.index(before: endIndex)]) : self
  }

  /// `host:port` and `[address]:port` without the port (RFC 3986 §3.2).
  fileprivate var withoutPort: String {
    guard let colon = utf8.lastIndex(of: UInt8(ascii: ":")) else { return self }
    let port = utf8[utf8.index(after: colon)...]
    guard port.allSatisfy({ $0.isASCIIDigit }) else { return self }
    let host = self[..<colon]
    // A bare IPv6 address has colons of its own.
    return host.utf8.contains(UInt8(ascii: ":")) && host.utf8.last != UInt8(ascii: "]") ? self : String(host)
  }

  fileprivate var withoutBrackets: String {
    guard utf8.contains(where: { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "]") }) else { return self }
    return String(decoding: utf8.filter { $0 != UInt8(ascii: "[") && $0 != UInt8(ascii: "]") }, as: UTF8.self)
  }
}
