import Model
import Streams
import Wire

extension FlowDetails {
  /// Applies a finding to its flow. Findings without a name or a kind of encryption do not create a detail.
  ///
  /// - Parameters:
  ///   - direction: who sent what was found.
  ///   - segment: bytes and packets that the originator's segment being read has added to the current record.
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

// Findings that change a flow's detail.
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

  /// Bytes and packets that the originator's segment being read has added to the flow's current record.
  struct Segment {
    var bytes: UInt64 = 0
    var packets: UInt32 = 0
  }

  // MARK: Hellos and certificates

  /// If TLS begins after plain text (STARTTLS), the handshake is in what the responder sends next.
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

  /// Records a name that a ClientHello shows. It names the flow only if the originator sent it.
  mutating func noteName(
    _ name: String, _ carrier: NameSighting.Carrier, _ method: NameMethod, _ ech: EncryptedClientHello,
    _ namingClass: NamingClass, _ direction: Direction, of flow: inout FlowEntry, _ site: inout SiteKnowledge,
    _ output: inout TrackerOutput
  ) {
    output.namesSeen &+= 1
    output.see(carrier, name, method, namingClass, ech, direction, of: flow, site.settings)
    // A ClientHello of the responder names no destination of the originator.
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
    // RFC 9112 §3.2.2: an absolute-form target takes precedence over the Host field.
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
      // A server push promises a request that the client did not make: it is reported, but does not name the flow.
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

  /// Records a name that a request, or a client of a proxy, sent in clear text: class B.
  ///
  /// - Parameter shown: the name as the sighting reports it.
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
      // An address is not a name.
      let isAddress = IPAddress(bare) != nil
      names.noteShown(isAddress ? nil : NameEvidence(name: host, method: method, namingClass: .b)) {
        site.relation(of: host, to: flow)
      }
    }
    site.noteProxyRequest(bare, of: flow)
  }

  /// Begins a new flow at another name on the same connection (requests through a proxy): the segment with the name,
  /// and what follows, belong to it.
  private mutating func split(
    _ flow: inout FlowEntry, segment: inout Segment, _ site: borrowing SiteKnowledge, _ output: inout TrackerOutput
  ) {
    let (originator, responder) = (flow.sides.originator, flow.sides.responder)
    guard originator.packets &+ responder.packets > 0 else { return }
    var moved = segment
    segment = Segment()
    // If both names are in the flow's only packet, the packet counts for the first.
    if originator.packets <= moved.packets { moved = Segment() }
    flow.sides.originator.bytes &-= moved.bytes
    flow.sides.originator.packets &-= moved.packets
    output.emit(&flow, &self, isLast: false, site)
    // Not `site.now`: a cut request is read only when the flow has ended.
    flow.startRecord(at: flow.last)
    flow.sides.originator.bytes = moved.bytes
    flow.sides.originator.packets = moved.packets
    flow.part = 0
    flow.number = output.takeFlowNumber()
  }

  // MARK: Clear text

  /// Keeps a message in clear text, as far as there is room, for the search for identifiers.
  private mutating func keep(_ form: ClearText.Form, _ bytes: [UInt8], length: Int, _ flow: inout FlowEntry) {
    sentClearText = true
    // Moved out, so that its buffer has one owner and is not copied.
    var text = clearText.take() ?? ClearText()
    if length > 0 { text.begin(form) }
    if length > text.room { flow.markNotInspected() }
    text.append(bytes)
    clearText = text
  }

  private mutating func keepBody(_ bytes: [UInt8], _ flow: inout FlowEntry) {
    guard !bytes.isEmpty else { return }
    var text = clearText.take() ?? ClearText()
    // The previous record ended in the middle of the body.
    if text.messages.isEmpty { text.begin(.httpBody) }
    if bytes.count > text.room { flow.markNotInspected() }
    text.append(bytes)
    clearText = text
  }
}

extension TrackerSettings {
  /// How many alternative names of a certificate are kept as text: the first names the flow, the others are only
  /// reported.
  var certificateTexts: Int { collectsSightings ? ServerCertificate.maximumNames : 1 }
}

extension TrackerOutput {
  /// Adds a sighting of a name, for people who inspect their own capture.
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
  // UTF-8 views here and below: iterating over characters would cost more than everything else that is done with a long
  // name.
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
