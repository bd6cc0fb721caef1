import Model
import Wire

/// What is known beyond single flows: devices of addresses, requests to resolvers and proxies, names of QUIC
/// connections.
struct SiteKnowledge: ~Copyable {
  private(set) var settings: TrackerSettings
  private(set) var exclusions: Exclusions
  var clients: ClientDirectory
  var dns: DNSMemory
  /// The DNS message being read; reused, so that its arrays are allocated once.
  private var message = DNSMessage()
  var connections: QUICConnections
  var proxies = ProxyRequests()
  /// The remaining limits of the current second.
  var allowance = SecondAllowance()
  /// The latest packet time.
  var now = Timestamp(nanoseconds: .min)
  /// The hour of `now`; nil before the first packet, and after the last.
  var hour: Hour? {
    didSet { hourStart = hour?.start ?? Timestamp(nanoseconds: .min) }
  }
  /// Records that began before this belong to an earlier hour.
  private(set) var hourStart = Timestamp(nanoseconds: .min)

  init(_ settings: TrackerSettings, _ shares: MemoryShares) {
    self.settings = settings
    exclusions = Exclusions(settings.exclusions)
    clients = ClientDirectory(bytes: shares.clients)
    dns = DNSMemory(bytes: shares.dns, sinkholes: settings.sinkholes)
    connections = QUICConnections(bytes: shares.connections)
  }

  /// Continues with other settings.
  mutating func adopt(_ settings: TrackerSettings, _ shares: MemoryShares) {
    // Otherwise what was learned of a network that is no longer excluded would stay in effect.
    if !Set(self.settings.exclusions.networks).isSubset(of: settings.exclusions.networks) { clients.forgetExclusions() }
    self.settings = settings
    exclusions = Exclusions(settings.exclusions)
    clients.bytes = shares.clients
    dns.bytes = shares.dns
    dns.sinkholes = InsideNetworks(settings.sinkholes)
    connections.bytes = shares.connections
  }

  /// Counts what was evicted for lack of room.
  mutating func countEvictions(_ output: inout TrackerOutput) {
    output.count(.dnsForgotten, dns.takeEvictions())
    output.count(.quicConnectionForgotten, connections.takeEvictions())
    output.count(.clientForgotten, clients.takeEvictions())
  }

  /// Records which inside address a hardware address uses.
  mutating func noteClient(_ packet: Packet) {
    guard let hardware = packet.sourceHardware, settings.insideNetworks.contains(packet.source) else { return }
    clients.note(hardware, packet.source, at: now.hour)
  }

  @inline(__always)
  func device(of flow: FlowEntry) -> DeviceIdentity { clients.identity(flow.hardware, flow.originator.address) }

  /// How a name that a flow shows relates to its client's DNS answers for the responder's address.
  func relation(of name: String, to flow: FlowEntry) -> DNSMemory.Relation {
    dns.relation(of: name, client: device(of: flow), address: flow.responder.address, at: now)
  }

  /// Whether the name is only the public name of an Encrypted ClientHello. A GREASE extension (RFC 9849 §6.2) looks
  /// like a genuine one, so the name decides: nobody visits a provider's public name for its own sake. An extension
  /// with implausible lengths hides nothing.
  func isOuterName(_ name: String, of offer: EncryptedClientHelloExtension) -> Bool {
    offer.isPlausible && (settings.knownServices.isOuterName(name) || dns.isPublicNameOfECH(name, at: now))
  }

  /// Records the destination that a client requested from a proxy.
  mutating func noteProxyRequest(_ destination: String, of flow: FlowEntry) {
    if flow.flags.contains(.viaProxy) { proxies.note(destination, through: flow.responder.address, at: now) }
  }
}

// MARK: - DNS

extension SiteKnowledge {
  /// Who sent a DNS message to whom.
  struct MessagePath {
    var source: FlowEntry.End
    var destination: FlowEntry.End
    var sourceHardware: HardwareAddress?
    var vlan: UInt16

    init(_ packet: Packet) {
      source = FlowEntry.End(address: packet.source, port: packet.sourcePort)
      destination = FlowEntry.End(address: packet.destination, port: packet.destinationPort)
      sourceHardware = packet.sourceHardware
      vlan = packet.vlan
    }

    init(_ flow: FlowEntry, _ direction: Direction) {
      source = flow.end(direction)
      destination = flow.end(direction.other)
      sourceHardware = direction == .originator ? flow.hardware : nil
      vlan = flow.key.vlan
    }
  }

  /// Processes a DNS message: a client's question, or a resolver's answer.
  ///
  /// - Parameter mayAnswer: the sender is the side to which queries go, so its answers are accepted.
  mutating func takeDNS(
    _ payload: RawSpan, _ path: MessagePath, isShort: Bool, mayAnswer: Bool, _ output: inout TrackerOutput
  ) {
    guard readMessage(payload, isShort: isShort, &output) else { return }
    guard message.isResponse else {
      dns.ask(
        message, client: clients.identity(path.sourceHardware, path.source.address), address: path.source.address,
        port: path.source.port, resolver: path.destination.address, vlan: path.vlan, at: now)
      showQuestions(path, .dns, &output)
      return
    }
    guard mayAnswer else { return }
    switch dns.answer(
      message, address: path.destination.address, port: path.destination.port, resolver: path.source.address, at: now,
      allowance: &allowance)
    {
    case .learned: break
    case .unasked: output.count(.dnsAnswerUnasked)
    case .negative(let client, let vlan, let name, let aliases):
      recordAttempt(
        client, path.destination.address, vlan: vlan, name: name, aliases: aliases, at: now, .dnsBlocked, &output)
    }
  }

  /// Names on the local link lead to no flow outside: they are reported, but not remembered, and missing answers do not
  /// count.
  mutating func takeLinkLocalName(
    _ payload: RawSpan, _ packet: Packet, _ carrier: NameSighting.Carrier, isShort: Bool, _ output: inout TrackerOutput
  ) {
    guard readMessage(payload, isShort: isShort, &output), !message.isResponse else { return }
    showQuestions(MessagePath(packet), carrier, &output)
  }

  /// Reads a message into `message`.
  ///
  /// - Returns: false if it cannot be read.
  private mutating func readMessage(_ payload: RawSpan, isShort: Bool, _ output: inout TrackerOutput) -> Bool {
    do throws(WireError) {
      // Only the first question is used; the others are only reported.
      let limit = settings.collectsSightings ? DNSMessage.maximumQuestions : 1
      try message.read(payload, isCapturedShort: isShort, questionLimit: limit)
      if let fault = message.fault { output.count(Anomaly(fault) ?? .dnsMessageInvalid) }
      return true
    } catch {
      output.count(Anomaly(error) ?? .dnsMessageInvalid)
      return false
    }
  }

  private func showQuestions(
    _ path: MessagePath, _ carrier: NameSighting.Carrier, _ output: inout TrackerOutput
  ) {
    guard settings.collectsSightings else { return }
    for question in message.questions {
      output.sightings.append(
        NameSighting(
          carrier: carrier, client: path.source.address, server: path.destination.address,
          serverPort: path.destination.port, name: question.name, method: .dns, namingClass: .c, ech: .none))
    }
  }

  /// Emits records for questions without an answer.
  mutating func recordUnanswered(until time: Timestamp, _ output: inout TrackerOutput) {
    for question in dns.unanswered(at: time) {
      recordAttempt(
        question.client, question.address, vlan: question.vlan, name: question.name, aliases: [], at: question.asked,
        .noAnswer, &output)
    }
  }

  /// Emits a record for an attempt that ended at name resolution: there is no flow to the destination, only the
  /// question.
  private func recordAttempt(
    _ device: DeviceIdentity, _ address: IPAddress, vlan: UInt16, name: String, aliases: [String],
    at time: Timestamp, _ outcome: FlowOutcome, _ output: inout TrackerOutput
  ) {
    var hardware: HardwareAddress?
    if case .hardware(let known) = device { hardware = known }
    guard !wasExcluded(hardware, address, address) else { return }
    output.records.append(
      FlowRecord(
        flowNumber: output.takeFlowNumber(), part: 0, device: device, originator: address,
        responder: IPAddress(high: 0, low: 0), originatorPort: 0, responderPort: 0, transport: .udp,
        vlan: vlan == 0 ? nil : vlan, start: time, end: time, traffic: Traffic(), outcome: outcome,
        completeness: .yes, originatorInferred: false, encryption: .unknown, applicationProtocol: nil,
        name: NameEvidence(name: name, method: .dns, namingClass: .c, dnsAge: 0, aliases: aliases),
        reach: settings.insideNetworks.contains(address) ? .outbound : .transit, history: ""))
  }
}
