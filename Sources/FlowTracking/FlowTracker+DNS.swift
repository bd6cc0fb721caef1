import Model
import Wire

// DNS and its relatives on the link: questions, answers, and what clients learn from them.
/// Who sent a message to whom.
struct MessagePath {
  var source: IPAddress
  var destination: IPAddress
  var sourcePort: UInt16
  var destinationPort: UInt16
  var sourceHardware: HardwareAddress?
  var vlan: UInt16
}

extension MessagePath {
  init(_ packet: Packet) {
    self.init(
      source: packet.source, destination: packet.destination, sourcePort: packet.sourcePort,
      destinationPort: packet.destinationPort, sourceHardware: packet.sourceHardware, vlan: packet.vlan)
  }
}

extension FlowTracker {
  /// - Parameter mayAnswer: the sender is where questions go, so its answers count.
  mutating func readDNS(_ payload: RawSpan, _ path: MessagePath, isShort: Bool, mayAnswer: Bool) {
    guard let message = message(payload, isShort: isShort) else { return }
    if message.isResponse {
      guard mayAnswer else { return }
      switch dns.answer(
        message, address: path.destination, port: path.destinationPort, resolver: path.source, at: now,
        allowance: &allowance)
      {
      case .learned: break
      case .unasked: count(.dnsAnswerUnasked)
      case .negative(let client, let vlan, let name, let aliases):
        recordAttempt(
          device: client, address: path.destination, vlan: vlan, name: name, aliases: aliases, at: now,
          outcome: .dnsBlocked)
      }
    } else {
      let client = clients.identity(path.sourceHardware, path.source)
      dns.ask(
        message, client: client, address: path.source, port: path.sourcePort, resolver: path.destination,
        vlan: path.vlan, at: now)
      seeQuestions(message, path, .dns)
    }
  }

  /// Names of the link lead to no flow outside: they are shown, but neither learned nor missed.
  mutating func readLinkLocalName(
    _ payload: RawSpan, _ packet: Packet, _ carrier: NameSighting.Carrier, isShort: Bool
  ) {
    guard let message = message(payload, isShort: isShort), !message.isResponse else { return }
    seeQuestions(message, MessagePath(packet), carrier)
  }

  private mutating func message(_ payload: RawSpan, isShort: Bool) -> DNSMessage? {
    do throws(WireError) {
      // Of what is asked only the first question counts; the others are shown.
      let limit = settings.collectsSightings ? DNSMessage.maximumQuestions : 1
      let message = try DNSMessage(payload, isCapturedShort: isShort, questionLimit: limit)
      if let fault = message.fault { count(Anomaly(fault) ?? .dnsMessageInvalid) }
      return message
    } catch {
      count(Anomaly(error) ?? .dnsMessageInvalid)
      return nil
    }
  }

  private mutating func seeQuestions(_ message: DNSMessage, _ path: MessagePath, _ carrier: NameSighting.Carrier) {
    guard settings.collectsSightings else { return }
    for question in message.questions {
      sightings.append(
        NameSighting(
          carrier: carrier, client: path.source, server: path.destination, serverPort: path.destinationPort,
          name: question.name, method: .dns, namingClass: .c, ech: .none))
    }
  }
}
