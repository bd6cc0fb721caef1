import Model
import Wire

// What the beginnings of TCP streams say.
extension FlowTracker {
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
    readSegment(payload, slot, isUp: isUp, isShort: isShort, at: sequence, streamStart: streamStart)
  }

  private mutating func readSegment(
    _ payload: RawSpan, _ slot: Int, isUp: Bool, isShort: Bool, at sequence: UInt32, streamStart: UInt32
  ) {
    switch takeReading(slot, isUp: isUp) {
    case .untouched:
      if sequence == streamStart {
        readBeginning(payload, slot, isUp: isUp, isShort: isShort, at: sequence)
      } else {
        var buffer = StreamBuffer(next: streamStart)
        if case .overflow = buffer.insert(payload, at: sequence) {
          resynchronise(&buffer, payload, slot, isUp: isUp, isShort: isShort, at: sequence)
        } else {
          setReading(.collecting(buffer), slot, isUp: isUp)
        }
      }
    case .collecting(var buffer):
      let insertion = buffer.insert(payload, at: sequence)
      if buffer.hasKept { keepBody(&buffer, slot) }
      if buffer.sawDifference { count(.tcpOverlapDiffers) }
      switch insertion {
      case .waiting where isUp && isLost(buffer.next, slot): leaveGap(&buffer, slot)
      case .waiting: setReading(.collecting(buffer), slot, isUp: isUp)
      case .overflow: resynchronise(&buffer, payload, slot, isUp: isUp, isShort: isShort, at: sequence)
      case .extended: readCollected(&buffer, slot, isUp: isUp, isComplete: isShort)
      }
    case .searching:
      setReading(.searching, slot, isUp: true)
      search(payload, slot, isShort: isShort, at: sequence)
    }
  }

  /// Notes that the originator sent what is neither known to be encrypted nor kept.
  @inline(__always)
  mutating func markNotInspected(_ slot: Int) {
    if !table[slot].flags.contains(.encrypted) { table[slot].flags.insert(.notInspected) }
  }

  /// Keeps a message in clear text for the classes of identifiers in it, as far as there is room; of a body that is still to come, notes how much.
  ///
  /// - Parameters:
  ///   - bytes: from the message's first byte on.
  ///   - length: of the message; it may be longer than what is there.
  mutating func keepClearText(_ bytes: RawSpan, _ length: Int, _ form: ClearText.Form, _ slot: Int) {
    let detail = ensureDetail(slot)
    details[detail].sentClearText = true
    let here = min(length, bytes.byteCount)
    var text = details[detail].clearText ?? ClearText()
    details[detail].clearText = nil
    let kept = min(here, text.room)
    details[detail].bodyToKeep = min(length - here, text.room - kept)
    if kept + details[detail].bodyToKeep > 0 {
      text.begin(form)
      text.append(bytes.extracting(0..<kept).copyBytes())
    }
    if length > kept + details[detail].bodyToKeep { markNotInspected(slot) }
    details[detail].clearText = text
  }

  /// Keeps what has come of a body; see `keepClearText`.
  private mutating func keepBody(_ buffer: inout StreamBuffer, _ slot: Int) {
    let (bytes, isWhole) = buffer.takeKept()
    if !isWhole { markNotInspected(slot) }
    guard !bytes.isEmpty else { return }
    let detail = ensureDetail(slot)
    var text = details[detail].clearText ?? ClearText()
    details[detail].clearText = nil
    // A record was cut in the middle of the body.
    if text.messages.isEmpty { text.begin(.httpBody) }
    if bytes.count > text.room { markNotInspected(slot) }
    text.append(bytes)
    details[detail].clearText = text
  }

  private mutating func takeBodyToKeep(_ slot: Int, isUp: Bool) -> Int {
    guard isUp, let detail = takeDetailIndex(slot) else { return 0 }
    defer { details[detail].bodyToKeep = 0 }
    return details[detail].bodyToKeep
  }

  /// Takes the state out, so that its buffer has one owner and an insertion copies nothing but the new bytes.
  private mutating func takeReading(_ slot: Int, isUp: Bool) -> FlowDetail.Reading {
    var reading = FlowDetail.Reading.untouched
    hasToSettle = true
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

  /// Gives the order up where too much waits behind a gap: what is there is searched for the beginning of a message.
  private mutating func resynchronise(
    _ buffer: inout StreamBuffer, _ payload: RawSpan, _ slot: Int, isUp: Bool, isShort: Bool, at sequence: UInt32
  ) {
    count(.streamGivenUp)
    guard isUp else {
      stopReading(slot, isUp: false)
      return
    }
    markNotInspected(slot)
    startSearch(slot)
    readBehindGap(&buffer, slot)
    guard !table[slot].flags.contains(.readUp) else { return }
    readSegment(payload, slot, isUp: true, isShort: isShort, at: sequence, streamStart: sequence)
  }

  private mutating func readBehindGap(_ buffer: inout StreamBuffer, _ slot: Int) {
    for piece in buffer.takeWaiting() where !table[slot].flags.contains(.readUp) {
      readSegment(
        piece.bytes.span.bytes, slot, isUp: true, isShort: false, at: piece.sequence, streamStart: piece.sequence)
    }
  }

  /// The common case: the first segment holds the whole message, and nothing is copied.
  private mutating func readBeginning(_ payload: RawSpan, _ slot: Int, isUp: Bool, isShort: Bool, at sequence: UInt32) {
    switch interpret(payload, slot, isUp: isUp, scan: .nothing, isComplete: isShort) {
    case .needsMore(let needed, let reader):
      guard !isShort else {
        leaveUnread(slot, isUp: isUp)
        return
      }
      collect(payload, slot, isUp: isUp, at: sequence, needed: needed, scannedBy: reader)
    case .message(let length):
      var buffer = StreamBuffer(next: sequence)
      _ = buffer.insert(payload, at: sequence)
      buffer.consume(length)
      buffer.keepPassed(takeBodyToKeep(slot, isUp: isUp))
      readCollected(&buffer, slot, isUp: isUp, isComplete: isShort)
    case .search: leaveUnread(slot, isUp: isUp)
    case .stop: stopUnread(slot, isUp: isUp)
    }
  }

  /// Looks for a later beginning: what is here is understood by no reader.
  private mutating func leaveUnread(_ slot: Int, isUp: Bool) {
    if isUp { markNotInspected(slot) }
    searchOn(slot, isUp: isUp)
  }

  /// Reads no further; behind anything but a hello that leaves something unread.
  private mutating func stopUnread(_ slot: Int, isUp: Bool) {
    if isUp { markNotInspected(slot) }
    stopReading(slot, isUp: isUp)
  }

  private mutating func collect(
    _ payload: RawSpan, _ slot: Int, isUp: Bool, at sequence: UInt32, needed: Int,
    scannedBy reader: StreamBuffer.Scan.Reader?
  ) {
    var buffer = StreamBuffer(next: sequence)
    if case .overflow = buffer.insert(payload, at: sequence) {
      count(.streamGivenUp)
      stopUnread(slot, isUp: isUp)
      return
    }
    buffer.scan = StreamBuffer.Scan(reader: reader, count: payload.byteCount)
    buffer.needed = needed
    setReading(.collecting(buffer), slot, isUp: isUp)
  }

  private mutating func readCollected(_ buffer: inout StreamBuffer, _ slot: Int, isUp: Bool, isComplete: Bool) {
    // Bytes of messages that have been read and are taken off the buffer together: one by one the cost would not be linear.
    var read = 0
    while buffer.bytes.count - read >= buffer.needed || isComplete {
      guard buffer.bytes.count > read else { break }
      guard takeMessage() else {
        count(.messageNotRead)
        leaveUnread(slot, isUp: isUp)
        return
      }
      let unread = buffer.bytes.count - read
      let interpretation = interpret(
        buffer.bytes.span.bytes.extracting(read..<read + unread), slot, isUp: isUp, scan: buffer.scan,
        isComplete: isComplete)
      switch interpretation {
      case .needsMore(let needed, let reader):
        guard !isComplete else {
          leaveUnread(slot, isUp: isUp)
          return
        }
        buffer.scan = StreamBuffer.Scan(reader: reader, count: unread)
        buffer.needed = max(needed, unread + 1)
      case .message(let length):
        read += length
        buffer.scan = .nothing
        buffer.needed = 1
      case .search:
        leaveUnread(slot, isUp: isUp)
        return
      case .stop:
        stopUnread(slot, isUp: isUp)
        return
      }
    }
    if read > 0 {
      let (scan, needed) = (buffer.scan, buffer.needed)
      buffer.consume(read)
      buffer.keepPassed(takeBodyToKeep(slot, isUp: isUp))
      (buffer.scan, buffer.needed) = (scan, needed)
    }
    if isComplete { searchOn(slot, isUp: isUp) } else { setReading(.collecting(buffer), slot, isUp: isUp) }
  }

  /// Reads what is left when the flow ends or is evicted: a cut hello still tells its name, and so does what lies behind a gap.
  mutating func finishReading(_ slot: Int) {
    guard let detail = takeDetailIndex(slot) else { return }
    finishDatagrams(slot)
    finishStream(slot, detail)
    // Behind the gaps there may be others, but each round leaves fewer segments.
    while case .collecting(let buffer) = details[detail].readingUp, buffer.hasSomething { finishStream(slot, detail) }
  }

  private mutating func finishStream(_ slot: Int, _ detail: Int) {
    guard case .collecting(var buffer) = details[detail].readingUp else { return }
    details[detail].readingUp = .untouched
    leaveGap(&buffer, slot)
  }

  /// The responder has acknowledged a byte that was not captured: it will not come any more.
  private func isLost(_ next: UInt32, _ slot: Int) -> Bool {
    table[slot].flags.contains(.acknowledgedUp) && Int32(bitPattern: table[slot].up.acknowledged &- next) > 0
  }

  /// Reads what lies before a gap as far as it goes, and looks for beginnings in what came behind it.
  private mutating func leaveGap(_ buffer: inout StreamBuffer, _ slot: Int) {
    if buffer.hasWaiting { markNotInspected(slot) }
    if buffer.bytes.isEmpty {
      startSearch(slot)
    } else {
      readCollected(&buffer, slot, isUp: true, isComplete: true)
    }
    readBehindGap(&buffer, slot)
  }

  /// The server's direction is read from its beginning only.
  private mutating func searchOn(_ slot: Int, isUp: Bool) {
    if isUp { startSearch(slot) } else { stopReading(slot, isUp: false) }
  }

  private mutating func startSearch(_ slot: Int) {
    setReading(.searching, slot, isUp: true)
    setFraming(.unknown, slot, isUp: true)
  }

  /// Looks whether a segment begins a request or a hello: after a gap, after a plain beginning (STARTTLS), in a connection that was
  /// already open when the capture began.
  private mutating func search(_ payload: RawSpan, _ slot: Int, isShort: Bool, at sequence: UInt32) {
    guard spendSearch(slot) else {
      stopUnread(slot, isUp: true)
      return
    }
    let first = payload.byte(0)
    // Handshake record with a ClientHello, or a method.
    let mayBeTLS = first == 22 && (payload.byteCount < 6 || payload.byte(1) == 3 && payload.byte(5) == 1)
    guard mayBeTLS || (0x41...0x5a).contains(first) else {
      markNotInspected(slot)
      return
    }
    readBeginning(payload, slot, isUp: true, isShort: isShort, at: sequence)
  }

  enum Interpretation {
    /// Nothing changes before so many bytes are there; the reader, if any, need not look again at those that are.
    case needsMore(Int, scannedBy: StreamBuffer.Scan.Reader? = nil)
    /// So many bytes were a message; what follows may be another.
    case message(Int)
    /// Nothing known begins here; a later segment may.
    case search
    /// What matters has been seen.
    case stop
  }

  private mutating func interpret(
    _ bytes: RawSpan, _ slot: Int, isUp: Bool, scan: StreamBuffer.Scan, isComplete: Bool
  ) -> Interpretation {
    if let framed = interpretFramed(bytes, slot, isUp: isUp, isComplete: isComplete) { return framed }
    guard isUp else { return interpretAnswer(bytes, slot, isComplete: isComplete) }
    // 0x80, 0x81: the hello of old clients.
    if bytes.byte(0) == 22 || bytes.byte(0) & 0xfe == 0x80 {
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
    switch HTTPOpening(bytes, scanned: scan.count(for: .http), isComplete: isComplete) {
    case .request(let head):
      noteRequest(head, slot)
      let next = behindHead(head, slot)
      // What a client says to a proxy itself is not for the destination.
      if !head.isConnect {
        if case .message(let length) = next {
          keepClearText(bytes, length, .httpRequest, slot)
        } else {
          keepClearText(bytes, head.length, .httpRequest, slot)
        }
      }
      return next
    case .needsMore(let needed): return .needsMore(needed, scannedBy: .http)
    case .notHTTP: return interpretPlain(bytes, slot, scanned: scan.count(for: .plain), isComplete: isComplete)
    }
  }

  /// What may go over to TLS after a few messages in plain text.
  private mutating func interpretPlain(
    _ bytes: RawSpan, _ slot: Int, scanned: Int, isComplete: Bool
  ) -> Interpretation {
    switch PlainOpening(bytes, scanned: scanned) {
    case .message(let length):
      guard spendSearch(slot) else { return .stop }
      keepPlain(bytes, length, slot)
      return .message(length)
    case .needsMore(let needed): return isComplete ? .search : .needsMore(needed, scannedBy: .plain)
    case .notPlain: return .search
    }
  }

  /// Lines and messages of directories are looked into; of other protocols it is only known that they are in clear text.
  private mutating func keepPlain(_ bytes: RawSpan, _ length: Int, _ slot: Int) {
    let first = bytes.byte(0)
    // No line has a byte of 2, the tag of a message's number (RFC 4511 §4.1.1).
    let isDirectory = first == 0x30 && length > 2 && (bytes.byte(1) >= 0x80 || bytes.byte(2) == 2)
    let isLine = !isDirectory && length <= bytes.byteCount && bytes.byte(length - 1) == 0x0a && first != 0x3c
    guard isDirectory || isLine else {
      details[ensureDetail(slot)].sentClearText = true
      markNotInspected(slot)
      return
    }
    if isDirectory || PlainCommand(line: bytes.extracting(0..<length)) != nil {
      details[ensureDetail(slot)].isCleartext = true
    }
    keepClearText(bytes, length, isLine ? .lines : .directoryMessage, slot)
  }

  /// - Returns: false where the flow has been looked at often enough.
  private mutating func spendSearch(_ slot: Int) -> Bool {
    guard table[slot].searchBudget > 0 else { return false }
    table[slot].searchBudget -= 1
    return true
  }

  /// The server's stream: version and certificate behind a hello, which may follow plain answers (see `restartAnswer`).
  private mutating func interpretAnswer(_ bytes: RawSpan, _ slot: Int, isComplete: Bool) -> Interpretation {
    guard bytes.byte(0) == 22 else { return isComplete ? .stop : interpretPlainAnswer(bytes, slot) }
    switch TLSOpening(bytes, isComplete: isComplete) {
    case .needsMore(let needed): return .needsMore(needed)
    case .serverHello(let hello):
      noteServerHello(hello, slot)
      guard hello.version < .tls13, wantsCertificate(slot) else { return .stop }
      switch TLSCertificateReading(bytes, isComplete: isComplete) {
      case .needsMore(let needed): return .needsMore(needed)
      case .certificate(let certificate): note(certificate, slot)
      case .broken(let error): count(Anomaly(error) ?? .tlsMessageInvalid)
      case .none: break
      }
      return .stop
    default: return .stop
    }
  }

  /// Answers in plain text are passed over only where a hello has been seen: other streams of responders are not looked at.
  private mutating func interpretPlainAnswer(_ bytes: RawSpan, _ slot: Int) -> Interpretation {
    guard let detail = takeDetailIndex(slot), details[detail].offeredVersion != nil, spendSearch(slot) else {
      return .stop
    }
    // PostgreSQL answers with one letter.
    if bytes.byte(0) == 0x53, bytes.byteCount == 1 || bytes.byte(1) == 22 {
      return bytes.byteCount == 1 ? .needsMore(2) : .message(1)
    }
    return switch PlainOpening(bytes) {
    case .message(let length): .message(length)
    case .needsMore(let needed): .needsMore(needed)
    case .notPlain: .stop
    }
  }

  /// A name in a certificate is worth the reading only where there is no better one.
  func wantsCertificate(_ slot: Int) -> Bool {
    guard !settings.collectsSightings, let detail = takeDetailIndex(slot) else { return true }
    return details[detail].name == nil && details[detail].dns == nil
  }

  mutating func note(_ certificate: ServerCertificate, _ slot: Int) {
    for name in certificate.dnsNames { see(.certificate, name, .certificate, .d, .none, slot, isUp: true) }
    guard let name = certificate.hostName else { return }
    let detail = ensureDetail(slot)
    namesSeen &+= 1
    details[detail].certificateName = NameEvidence(
      name: withoutFinalDot(name), method: .certificate, namingClass: .d, candidates: max(certificate.dnsNames.count, 1)
    )
  }

  /// After a plain beginning, what the responder sends next is its part of the handshake.
  private mutating func restartAnswer(_ slot: Int) {
    guard table[slot].flags.isSuperset(of: [.dataDown, .sequenceDown]) else { return }
    let detail = ensureDetail(slot)
    guard details[detail].settledVersion == nil else { return }
    table[slot].flags.remove(.readDown)
    setFraming(.unknown, slot, isUp: false)
    details[detail].readingDown = .collecting(StreamBuffer(next: table[slot].down.next))
  }

  private mutating func noteServerHello(_ hello: ServerHello, _ slot: Int) {
    let detail = ensureDetail(slot)
    details[detail].settledVersion = hello.version
  }

  private mutating func noteClientHello(_ hello: ClientHello, _ slot: Int) {
    let detail = ensureDetail(slot)
    details[detail].offeredVersion = hello.highestVersion
    table[slot].flags.insert(.encrypted)
    restartAnswer(slot)
    noteHello(hello, slot, .tls, .sni, isUp: true)
  }

  mutating func noteHello(
    _ hello: ClientHello, _ slot: Int, _ carrier: NameSighting.Carrier, _ method: NameMethod, isUp: Bool
  ) {
    let detail = ensureDetail(slot)
    if isUp {
      details[detail].applicationProtocol = hello.applicationProtocols.first
      details[detail].offersResumption = hello.offersResumption
    }
    if hello.hasOverlongName { count(.nameTooLong) }
    guard let name = hello.serverName else { return }
    guard let offer = hello.ech, isOuterName(withoutFinalDot(name), of: offer) else {
      noteName(name, slot, carrier, method, hello.ech == nil ? .none : .offered, isUp: isUp)
      return
    }
    noteName(name, slot, carrier, method, .outerKnown, namingClass: .d, isUp: isUp)
    // What the client was looking for, if that name can be hidden so, is nearer to the truth than the name outside.
    if let hit = details[detail].dns, !hit.name.equalsIgnoringASCIICase(withoutFinalDot(name)),
      dns.offersECH(hit.name, at: now)
    {
      details[detail].name = NameEvidence(
        name: hit.name, method: .dns, namingClass: hit.candidates == 1 ? .c : .d, ech: .outerKnown, dnsAge: hit.age,
        candidates: hit.candidates, aliases: hit.aliases)
      details[detail].otherAnswers = []
    }
  }

  /// Random bytes that look like an offer (GREASE) cannot be told from a true one by themselves. The name beside them can: nobody visits
  /// a provider's public name for its own sake. An offer whose lengths no sealed hello can have hides nothing.
  private func isOuterName(_ name: String, of offer: EncryptedHelloOffer) -> Bool {
    offer.isPlausible && (settings.knownServices.isOuterName(name) || dns.isPublicNameOfECH(name, at: now))
  }

  /// A name that the client itself sent in this flow: class A, unless it is known to stand for another.
  mutating func noteName(
    _ name: String, _ slot: Int, _ carrier: NameSighting.Carrier, _ method: NameMethod, _ ech: EncryptedClientHello,
    namingClass: NamingClass = .a, isUp: Bool
  ) {
    let detail = ensureDetail(slot)
    namesSeen &+= 1
    see(carrier, name, method, namingClass, ech, slot, isUp: isUp)
    // What the responder says hello to is not the originator's destination.
    guard isUp else { return }
    let plain = withoutFinalDot(name)
    if carrier == .quic, let known = details[detail].name, !known.name.equalsIgnoringASCIICase(plain) {
      splitForNewName(slot)
    }
    details[detail].name = NameEvidence(name: plain, method: method, namingClass: namingClass, ech: ech)
    noteAnswers(slot)
    noteProxyRequest(plain, slot)
  }

  /// Puts what DNS told this client of the address beside the name that the flow shows.
  private mutating func noteAnswers(_ slot: Int) {
    guard let detail = takeDetailIndex(slot) else { return }
    details[detail].otherAnswers = []
    guard details[detail].dns != nil, let name = details[detail].name, name.ech != .outerKnown else { return }
    let entry = table[slot]
    let isFirst = entry.flags.contains(.originatorIsFirst)
    let originator = isFirst ? entry.key.firstAddress : entry.key.secondAddress
    let answers = dns.answers(
      client: clients.identity(entry.hardware == 0 ? nil : HardwareAddress(bits: entry.hardware), originator),
      address: isFirst ? entry.key.secondAddress : entry.key.firstAddress, at: now)
    for answer in answers.reversed() {
      if answer.name.equalsIgnoringASCIICase(name.name) {
        details[detail].name?.aliases = answer.aliases
        return
      }
      // A client may use the alias itself.
      if let place = answer.aliases.firstIndex(where: { $0.equalsIgnoringASCIICase(name.name) }) {
        details[detail].name?.aliases = Array(answer.aliases[(place + 1)...])
        return
      }
    }
    details[detail].otherAnswers = answers
  }

  private mutating func noteProxyRequest(_ destination: String, _ slot: Int) {
    guard table[slot].flags.contains(.viaProxy) else { return }
    let key = table[slot].key
    let proxy = table[slot].flags.contains(.originatorIsFirst) ? key.secondAddress : key.firstAddress
    proxies.note(destination, through: proxy, at: now)
  }

  private mutating func noteRequest(_ head: HTTPRequestHead, _ slot: Int) {
    details[ensureDetail(slot)].isCleartext = true
    if head.hasOverlongName { count(.nameTooLong) }
    if head.targetAuthority != nil { noteProxy(slot) }
    let method: NameMethod = head.isConnect ? .connect : .httpHost
    // RFC 9112 §3.2.2: the authority of an absolute target counts, not the Host field.
    guard let name = head.targetAuthority ?? head.host else { return }
    noteHost(name, shown: head.host ?? name, slot, .http, method)
  }

  /// The responder is a proxy: the name that led to it is not the destination's.
  mutating func noteProxy(_ slot: Int) {
    table[slot].flags.insert(.viaProxy)
    details[ensureDetail(slot)].dns = nil
    details[ensureDetail(slot)].otherAnswers = []
  }

  /// A name that a request or a proxy's client told in the clear: class B.
  ///
  /// - Parameter shown: the text for the sighting.
  /// - Returns: false where there is no name in it.
  @discardableResult
  mutating func noteHost(
    _ authority: String, shown: String, _ slot: Int, _ carrier: NameSighting.Carrier, _ method: NameMethod
  ) -> Bool {
    let host = withoutFinalDot(withoutPort(authority))
    guard !host.isEmpty else { return false }
    let detail = ensureDetail(slot)
    namesSeen &+= 1
    see(carrier, shown, method, .b, .none, slot, isUp: true)
    if let known = details[detail].name, !known.name.equalsIgnoringASCIICase(host) { splitForNewName(slot) }
    if details[detail].name?.name.equalsIgnoringASCIICase(host) != true {
      // A target given as an address names nothing.
      let isAddress = IPAddress(host.filter { $0 != "[" && $0 != "]" }) != nil
      details[detail].name = isAddress ? nil : NameEvidence(name: host, method: method, namingClass: .b)
      noteAnswers(slot)
    }
    noteProxyRequest(host.filter { $0 != "[" && $0 != "]" }, slot)
    return true
  }

  mutating func see(
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

  func withoutFinalDot(_ name: String) -> String { name.hasSuffix(".") ? String(name.dropLast()) : name }

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
