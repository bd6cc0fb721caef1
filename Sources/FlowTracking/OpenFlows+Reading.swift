import Model
import Streams
import Wire

// Reading of the payload of segments and datagrams.
extension OpenFlows {
  mutating func takeSegment(
    _ packet: inout Packet, _ payload: RawSpan, _ slot: Int, _ direction: Direction, _ site: inout SiteKnowledge,
    _ output: inout TrackerOutput
  ) {
    output.tcpBytes &+= UInt64(packet.payloadLength)
    let place = details.take(&packet, direction, of: &table[slot])
    if let place {
      if payload.byteCount > 0, table[slot].sides[direction].reading != .done {
        var segment = FlowDetail.Segment()
        if direction == .originator {
          segment = FlowDetail.Segment(
            bytes: UInt64(packet.ipPayloadLength), packets: UInt32(truncatingIfNeeded: packet.packetCount))
        }
        let isShort = payload.byteCount < packet.payloadLength
        read(slot, direction, segment, &site, &output) { reader, context in
          reader.take(
            payload, at: place.sequence, streamStart: place.streamStart, isShort: isShort, &context)
        }
        if direction == .originator, isShort { table[slot].markNotInspected() }
      } else if direction == .originator {
        table[slot].markNotInspected()
      }
    }
    if packet.tcpFlags.contains(.rst) {
      schedule(slot)
    } else if packet.tcpFlags.contains(.fin) {
      // After its payload: a request in it may end a record to which the FIN does not belong.
      table[slot].sides[direction].marks.insert(.fin)
      table[slot].note(.fin, direction)
      if table[slot].sides.allSatisfy({ $0.marks.contains(.fin) }) { schedule(slot) }
    }
  }

  /// Runs the reader of a stream, and applies its findings to the flow.
  private mutating func read(
    _ slot: Int, _ direction: Direction, _ segment: FlowDetail.Segment, _ site: inout SiteKnowledge,
    _ output: inout TrackerOutput, _ body: (inout StreamReader, inout StreamContext) -> Void
  ) {
    let phase = table[slot].sides[direction].reading
    var reader = details.takeReader(direction, at: table[slot].detailIndex) ?? StreamReader(resuming: phase)
    var context = StreamContext(direction, &table[slot], site, findings: findings)
    findings = []
    if let index = table[slot].detailIndex { details[index].describe(to: &context, site) }
    body(&reader, &context)
    table[slot].searchBudget = context.searchBudget
    table[slot].sides[direction].reading = reader.phase
    site.allowance = context.allowance
    if reader.phase == .collecting { details.keep(reader, direction, of: &table[slot]) }
    var segment = segment
    for finding in context.findings {
      details.take(finding, direction, of: &table[slot], segment: &segment, &site, &output)
    }
    context.findings.removeAll(keepingCapacity: true)
    findings = context.findings
  }

  /// Reads unfinished beginnings when a flow ends or its beginnings are given up.
  mutating func finishReading(_ slot: Int, _ site: inout SiteKnowledge, _ output: inout TrackerOutput) {
    guard let index = table[slot].detailIndex else { return }
    details[index].finishDatagrams(of: &table[slot], &site, &output)
    guard table[slot].sides.originator.reading == .collecting else { return }
    read(slot, .originator, FlowDetail.Segment(), &site, &output) { reader, context in reader.finish(&context) }
  }

  mutating func takeDatagram(
    _ packet: inout Packet, _ payload: RawSpan, _ slot: Int, _ direction: Direction, _ site: inout SiteKnowledge,
    _ output: inout TrackerOutput
  ) {
    table[slot].note(.data, direction)
    table[slot].sides[direction].marks.insert(.data)
    guard payload.byteCount > 0, !packet.carriesPacket else { return }
    switch DatagramKind(payload, &packet, direction, of: &table[slot]) {
    case .dns(let mayAnswer):
      site.takeDNS(
        payload, SiteKnowledge.MessagePath(packet), isShort: payload.byteCount < packet.payloadLength,
        mayAnswer: mayAnswer, &output)
    case .linkLocalName(let carrier):
      site.takeLinkLocalName(payload, packet, carrier, isShort: payload.byteCount < packet.payloadLength, &output)
    case .deviceSearch: output.seeDeviceSearch(payload, packet, site.settings)
    case .hiddenPath(let path): details[details.ensure(for: &table[slot])].hiddenPath = path
    case .quicFromClient: takeClientQUIC(payload, slot, &site, &output)
    case .quicFromServer:
      guard let detail = table[slot].detailIndex else { return }
      details[detail].rememberServer(payload, of: &table[slot], &site)
    case .continuedQUIC:
      // The flow continues a known connection after a NAT rebinding or a pause.
      guard let name = site.connections.evidence(for: payload, to: table[slot].responder) else { return }
      let detail = details.ensure(for: &table[slot])
      details[detail].beginQUIC()
      details[detail].names.noteContinued(name)
    case .googleQUIC:
      guard table[slot].sides.originator.reading != .done else { return }
      takeGoogleQUIC(payload, slot, &site, &output)
    case .dtlsHello:
      guard table[slot].sides.originator.reading != .done else { return }
      details[details.ensure(for: &table[slot])].takeDTLSHello(payload, direction, of: &table[slot], &site, &output)
    case .dtlsAnswer:
      // `ensure` marks the detail as touched, so that the memory of the certificate's fragments is counted.
      guard table[slot].detail >= 0 else { return }
      details[details.ensure(for: &table[slot])].takeDTLSCertificate(payload, of: &table[slot], &site, &output)
    case .other: break
    }
  }

  /// A QUIC packet of the originator, which is read until its ClientHello is there.
  private mutating func takeClientQUIC(
    _ payload: RawSpan, _ slot: Int, _ site: inout SiteKnowledge, _ output: inout TrackerOutput
  ) {
    guard table[slot].sides.originator.reading != .done else { return }
    let datagram = QUICDatagram(payload)
    switch datagram.kind {
    case .initials:
      let detail = details.ensure(for: &table[slot])
      details[detail].take(datagram, of: &table[slot], with: &opener, &site, &output)
    case .googleClear: takeGoogleQUIC(payload, slot, &site, &output)
    case .later: details[details.ensure(for: &table[slot])].beginQUIC()
    case .retry, .versionNegotiation, .notQUIC: break
    }
  }

  /// A packet of a Google version before QUIC was standardised, whose hello is not encrypted.
  private mutating func takeGoogleQUIC(
    _ payload: RawSpan, _ slot: Int, _ site: inout SiteKnowledge, _ output: inout TrackerOutput
  ) {
    let detail = details.ensure(for: &table[slot])
    details[detail].beginQUIC()
    guard let hello = GoogleClientHello(inClearPacket: payload) else { return }
    details[detail].take(hello, of: &table[slot], &site, &output)
  }
}

extension StreamContext {
  fileprivate init(
    _ direction: Direction, _ flow: inout FlowEntry, _ site: borrowing SiteKnowledge, findings: [StreamFinding]
  ) {
    let side = flow.sides[direction]
    self.init(
      direction: direction, isDNS: flow.hasPort(53), isPPTP: flow.hasPort(1_723),
      acknowledged: side.marks.contains(.isAcknowledged) ? side.acknowledged : nil,
      certificateTexts: site.settings.certificateTexts,
      isOpenVPNAsked: flow.flags.contains(.openVPNAsked), searchBudget: flow.searchBudget, allowance: site.allowance,
      findings: findings)
  }
}
