import Model
import Wire

// What the payloads say: DNS messages, and the beginnings of TCP streams.
extension FlowTracker {
  mutating func readDNS(_ packet: Packet, _ payload: RawSpan) {
    let message: DNSMessage
    do throws(WireError) {
      message = try DNSMessage(payload, isCapturedShort: packet.payloadCaptured < packet.payloadLength)
    } catch {
      count(Anomaly(error) ?? .dnsMessageInvalid)
      return
    }
    if message.isResponse {
      guard packet.sourcePort == 53 else { return }
      switch dns.answer(
        message, address: packet.destination, port: packet.destinationPort, resolver: packet.source, at: now)
      {
      case .learned: break
      case .unasked: count(.dnsAnswerUnasked)
      case .negative(let client, let vlan, let name):
        recordAttempt(
          device: client, address: packet.destination, vlan: vlan, name: name, at: now, outcome: .dnsBlocked)
      }
    } else {
      let client = clients.identity(packet.sourceHardware, packet.source)
      dns.ask(
        message, client: client, address: packet.source, port: packet.sourcePort, resolver: packet.destination,
        vlan: packet.vlan, at: now)
      guard settings.collectsSightings else { return }
      for question in message.questions where !question.name.isEmpty {
        sightings.append(
          NameSighting(
            carrier: .dns, client: packet.source, server: packet.destination, serverPort: packet.destinationPort,
            name: question.name, method: .dns, namingClass: .c, ech: .none))
      }
    }
  }

  /// Looks at new payload of one direction.
  ///
  /// - Parameters:
  ///   - sequence: of the payload's first byte.
  ///   - streamStart: of the stream's first byte, where this is the first payload of the direction.
  mutating func readStream(
    _ payload: RawSpan, _ packet: Packet, _ slot: Int, isUp: Bool, at sequence: UInt32, streamStart: UInt32
  ) {
    // A segment cut by the snapshot ends what can be read in order.
    let isShort = packet.payloadCaptured < packet.payloadLength
    switch takeReading(slot, isUp: isUp) {
    case .untouched:
      if sequence == streamStart {
        readBeginning(payload, slot, isUp: isUp, isShort: isShort, at: sequence)
      } else {
        var buffer = StreamBuffer(next: streamStart)
        if case .overflow = buffer.insert(payload, at: sequence) {
          giveUp(slot, isUp: isUp)
        } else {
          setReading(.collecting(buffer), slot, isUp: isUp)
        }
      }
    case .collecting(var buffer):
      let insertion = buffer.insert(payload, at: sequence)
      if buffer.sawDifference { count(.tcpOverlapDiffers) }
      switch insertion {
      case .waiting: setReading(.collecting(buffer), slot, isUp: isUp)
      case .overflow: giveUp(slot, isUp: isUp)
      case .extended: readCollected(&buffer, slot, isUp: isUp, isComplete: isShort)
      }
    case .searching:
      setReading(.searching, slot, isUp: true)
      search(payload, slot, isShort: isShort, at: sequence)
    }
  }

  /// Takes the state out, so that its buffer has one owner and an insertion copies nothing but the new bytes.
  private mutating func takeReading(_ slot: Int, isUp: Bool) -> FlowDetail.Reading {
    var reading = FlowDetail.Reading.untouched
    if let detail = takeDetailIndex(slot) {
      if isUp { swap(&details[detail].readingUp, &reading) } else { swap(&details[detail].readingDown, &reading) }
    }
    return reading
  }

  private mutating func setReading(_ reading: FlowDetail.Reading, _ slot: Int, isUp: Bool) {
    let detail = ensureDetail(slot)
    if isUp { details[detail].readingUp = reading } else { details[detail].readingDown = reading }
  }

  private mutating func stopReading(_ slot: Int, isUp: Bool) {
    table[slot].flags.insert(isUp ? .readUp : .readDown)
    if let detail = takeDetailIndex(slot) {
      if isUp { details[detail].readingUp = .untouched } else { details[detail].readingDown = .untouched }
    }
  }

  private mutating func giveUp(_ slot: Int, isUp: Bool) {
    count(.streamGivenUp)
    stopReading(slot, isUp: isUp)
  }

  /// The common case: the first segment holds the whole message, and nothing is copied.
  private mutating func readBeginning(_ payload: RawSpan, _ slot: Int, isUp: Bool, isShort: Bool, at sequence: UInt32) {
    guard isUp else {
      guard payload.byte(0) == 22 else {
        stopReading(slot, isUp: false)
        return
      }
      switch TLSOpening(payload, isComplete: isShort) {
      case .needsMore(let needed): collect(payload, slot, isUp: false, at: sequence, needed: needed)
      case .serverHello(let hello):
        noteServerHello(hello, slot)
        stopReading(slot, isUp: false)
      default: stopReading(slot, isUp: false)
      }
      return
    }
    switch interpret(payload, slot, scanned: 0, isComplete: isShort) {
    case .needsMore(let needed): collect(payload, slot, isUp: true, at: sequence, needed: needed)
    case .message(let length):
      var buffer = StreamBuffer(next: sequence)
      _ = buffer.insert(payload, at: sequence)
      buffer.consume(length)
      readCollected(&buffer, slot, isUp: true, isComplete: isShort)
    case .search: startSearch(slot)
    case .stop: stopReading(slot, isUp: true)
    }
  }

  private mutating func collect(_ payload: RawSpan, _ slot: Int, isUp: Bool, at sequence: UInt32, needed: Int) {
    var buffer = StreamBuffer(next: sequence)
    if case .overflow = buffer.insert(payload, at: sequence) {
      giveUp(slot, isUp: isUp)
      return
    }
    buffer.scanned = payload.byteCount
    buffer.needed = needed
    setReading(.collecting(buffer), slot, isUp: isUp)
  }

  private mutating func readCollected(_ buffer: inout StreamBuffer, _ slot: Int, isUp: Bool, isComplete: Bool) {
    while buffer.bytes.count >= buffer.needed || isComplete {
      guard !buffer.bytes.isEmpty else { break }
      guard isUp else {
        switch TLSOpening(buffer.bytes.span.bytes, isComplete: isComplete) {
        case .needsMore(let needed):
          buffer.needed = needed
          setReading(.collecting(buffer), slot, isUp: false)
        case .serverHello(let hello):
          noteServerHello(hello, slot)
          stopReading(slot, isUp: false)
        default: stopReading(slot, isUp: false)
        }
        return
      }
      switch interpret(buffer.bytes.span.bytes, slot, scanned: buffer.scanned, isComplete: isComplete) {
      case .needsMore(let needed):
        buffer.scanned = buffer.bytes.count
        buffer.needed = needed
      case .message(let length):
        buffer.consume(length)
      case .search:
        startSearch(slot)
        return
      case .stop:
        stopReading(slot, isUp: true)
        return
      }
    }
    if isComplete { startSearch(slot) } else { setReading(.collecting(buffer), slot, isUp: isUp) }
  }

  /// Reads what is left when the flow ends or is evicted: a cut hello still tells its name.
  mutating func finishReading(_ slot: Int) {
    guard let detail = takeDetailIndex(slot) else { return }
    if details[detail].quic != nil, !table[slot].flags.contains(.readUp) {
      readHandshake(slot, isUp: true, isComplete: true)
    }
    if case .collecting(var buffer) = details[detail].readingUp, !buffer.bytes.isEmpty {
      details[detail].readingUp = .untouched
      readCollected(&buffer, slot, isUp: true, isComplete: true)
    }
  }

  private mutating func startSearch(_ slot: Int) {
    setReading(.searching, slot, isUp: true)
  }

  /// Looks whether a segment begins a request or a hello: after a gap, after a plain beginning (STARTTLS), in a connection that was
  /// already open when the capture began.
  private mutating func search(_ payload: RawSpan, _ slot: Int, isShort: Bool, at sequence: UInt32) {
    guard table[slot].searchBudget > 0 else {
      stopReading(slot, isUp: true)
      return
    }
    table[slot].searchBudget -= 1
    let first = payload.byte(0)
    // Handshake record with a ClientHello, or a method.
    let mayBeTLS = first == 22 && (payload.byteCount < 6 || payload.byte(1) == 3 && payload.byte(5) == 1)
    guard mayBeTLS || (0x41...0x5a).contains(first) else { return }
    readBeginning(payload, slot, isUp: true, isShort: isShort, at: sequence)
  }

  private enum Interpretation {
    case needsMore(Int)
    /// So many bytes were a message; what follows may be another.
    case message(Int)
    /// Nothing known begins here; a later segment may.
    case search
    /// What matters has been seen.
    case stop
  }

  private mutating func interpret(
    _ bytes: RawSpan, _ slot: Int, scanned: Int, isComplete: Bool
  ) -> Interpretation {
    if bytes.byte(0) == 22 {
      switch TLSOpening(bytes, isComplete: isComplete) {
      case .clientHello(let hello):
        noteClientHello(hello, slot)
        return .stop
      case .needsMore(let needed): return isComplete ? .search : .needsMore(needed)
      case .broken(let error):
        count(Anomaly(error) ?? .tlsMessageInvalid)
        return .search
      case .serverHello, .other, .notTLS: return .search
      }
    }
    switch HTTPOpening(bytes, scanned: scanned, isComplete: isComplete) {
    case .request(let head):
      noteRequest(head, bytes, slot)
      guard !head.isCut, let body = head.bodyLength, !head.isUpgrade else { return .search }
      return .message(head.length + body)
    case .needsMore(let needed): return .needsMore(needed)
    case .notHTTP: return .search
    }
  }

  private mutating func noteServerHello(_ hello: ServerHello, _ slot: Int) {
    let detail = ensureDetail(slot)
    details[detail].settledVersion = hello.version
  }

  private mutating func noteClientHello(_ hello: ClientHello, _ slot: Int) {
    let detail = ensureDetail(slot)
    details[detail].offeredVersion = hello.highestVersion
    details[detail].requestHead = nil
    noteHello(hello, slot, .tls, .sni, isUp: true)
  }

  mutating func noteHello(
    _ hello: ClientHello, _ slot: Int, _ carrier: NameSighting.Carrier, _ method: NameMethod, isUp: Bool
  ) {
    let detail = ensureDetail(slot)
    details[detail].applicationProtocol = hello.applicationProtocols.first
    let ech: EncryptedClientHello = hello.offersECH ? .offered : .none
    guard let name = hello.serverName else { return }
    noteName(name, slot, carrier, method, ech, isUp: isUp)
  }

  /// A name that the client itself sent in this flow: class A.
  mutating func noteName(
    _ name: String, _ slot: Int, _ carrier: NameSighting.Carrier, _ method: NameMethod, _ ech: EncryptedClientHello,
    isUp: Bool
  ) {
    let detail = ensureDetail(slot)
    namesSeen &+= 1
    details[detail].name = NameEvidence(name: withoutFinalDot(name), method: method, namingClass: .a, ech: ech)
    see(carrier, name, method, .a, ech, slot, isUp: isUp)
  }

  private mutating func noteRequest(_ head: HTTPRequestHead, _ bytes: RawSpan, _ slot: Int) {
    let detail = ensureDetail(slot)
    details[detail].isCleartextHTTP = true
    if head.targetAuthority != nil { table[slot].flags.insert(.viaProxy) }
    let method: NameMethod = head.isConnect ? .connect : .httpHost
    // RFC 9112 §3.2.2: the authority of an absolute target counts, not the Host field.
    guard let name = head.targetAuthority ?? head.host else { return }
    let host = withoutFinalDot(withoutPort(name))
    guard !host.isEmpty else { return }
    namesSeen &+= 1
    see(.http, head.host ?? name, method, .b, .none, slot, isUp: true)
    if let known = details[detail].name, !known.name.equalsIgnoringASCIICase(host) { splitForNewName(slot) }
    if details[detail].name?.name.equalsIgnoringASCIICase(host) != true {
      // A target given as an address names nothing.
      let isAddress = IPAddress(host.filter { $0 != "[" && $0 != "]" }) != nil
      details[detail].name = isAddress ? nil : NameEvidence(name: host, method: method, namingClass: .b)
    }
    if details[detail].requestHead == nil, !head.isConnect {
      let length = min(head.length, bytes.byteCount, FlowDetail.maximumRequestHead)
      details[detail].requestHead = bytes.extracting(0..<length).copyBytes()
    }
  }

  private mutating func see(
    _ carrier: NameSighting.Carrier, _ name: String, _ method: NameMethod, _ namingClass: NamingClass,
    _ ech: EncryptedClientHello, _ slot: Int, isUp: Bool
  ) {
    guard settings.collectsSightings else { return }
    let key = table[slot].key
    let clientIsFirst = table[slot].flags.contains(.originatorIsFirst) == isUp
    sightings.append(
      NameSighting(
        carrier: carrier, client: clientIsFirst ? key.firstAddress : key.secondAddress,
        server: clientIsFirst ? key.secondAddress : key.firstAddress,
        serverPort: clientIsFirst ? key.secondPort : key.firstPort, name: name, method: method,
        namingClass: namingClass, ech: ech))
  }

  private func withoutFinalDot(_ name: String) -> String { name.hasSuffix(".") ? String(name.dropLast()) : name }

  /// `host:port` and `[address]:port` without the port (RFC 3986 §3.2).
  private func withoutPort(_ authority: String) -> String {
    guard let colon = authority.lastIndex(of: ":") else { return authority }
    let port = authority[authority.index(after: colon)...]
    guard port.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return authority }
    let host = authority[..<colon]
    // A bare IPv6 address has colons of its own.
    return host.contains(":") && !host.hasSuffix("]") ? authority : String(host)
  }
}
