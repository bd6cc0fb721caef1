import Model
import Wire
import Streams

// Streams of which more than the beginning is read: several messages, each of which tells where it ends.
extension FlowTracker {
  private func framing(_ slot: Int, isUp: Bool) -> FlowDetail.Framing {
    guard let detail = takeDetailIndex(slot) else { return .unknown }
    return isUp ? details[detail].framingUp : details[detail].framingDown
  }

  mutating func setFraming(_ framing: FlowDetail.Framing, _ slot: Int, isUp: Bool) {
    let detail = ensureDetail(slot)
    if isUp { details[detail].framingUp = framing } else { details[detail].framingDown = framing }
  }

  /// - Returns: nil where the bytes are the beginning of a TLS or HTTP/1 message, or of nothing known.
  mutating func interpretFramed(
    _ bytes: RawSpan, _ slot: Int, isUp: Bool, isComplete: Bool
  ) -> Interpretation? {
    switch framing(slot, isUp: isUp) {
    case .unknown: isUp ? beginFraming(bytes, slot, isComplete: isComplete) : beginAnswer(bytes, slot, isComplete)
    case .dns: readDNSMessage(bytes, slot, isUp: isUp, isComplete: isComplete)
    case .chunks: readChunk(bytes, slot, isTrailer: false)
    case .chunkTrailers: readChunk(bytes, slot, isTrailer: true)
    case .socks5: readSOCKS(SOCKSMessage(afterGreeting: bytes), slot)
    case .http2: readHTTP2(bytes, slot, isUp: isUp)
    }
  }

  private mutating func beginFraming(_ bytes: RawSpan, _ slot: Int, isComplete: Bool) -> Interpretation? {
    if isDNSPort(slot), let read = beginDNS(bytes, slot, isUp: true, isComplete: isComplete) { return read }
    switch bytes.byte(0) {
    case 4, 5: return readSOCKS(SOCKSMessage(opening: bytes), slot)
    case 0x50:
      switch HTTP2Reader.preface(of: bytes) {
      case .none: return nil
      case .needsMore(let needed): return .needsMore(needed)
      case .whole(let length):
        let detail = ensureDetail(slot)
        details[detail].isCleartext = true
        details[detail].sentClearText = true
        details[detail].framingUp = .http2(HTTP2Reader())
        return .message(length)
      }
    default: return beginsPrivateNetwork(bytes, slot) ? .stop : nil
    }
  }

  private mutating func beginAnswer(_ bytes: RawSpan, _ slot: Int, _ isComplete: Bool) -> Interpretation? {
    if isDNSPort(slot), let read = beginDNS(bytes, slot, isUp: false, isComplete: isComplete) { return read }
    if case .http2 = framing(slot, isUp: true) {
      setFraming(.http2(HTTP2Reader()), slot, isUp: false)
      return readHTTP2(bytes, slot, isUp: false)
    }
    if bytes.byteCount > 2, table[slot].flags.contains(.openVPNAsked),
      PrivateNetworkHandshake.isOpenVPNServerReset(
        bytes.extracting(2..<bytes.byteCount), lengthOnWire: Int(bytes.uint16(0)))
    {
      hide(slot, .openVPN)
      return .stop
    }
    return nil
  }

  // MARK: DNS over TCP

  private func isDNSPort(_ slot: Int) -> Bool { table[slot].key.firstPort == 53 || table[slot].key.secondPort == 53 }

  /// RFC 7766 §8: a length of two bytes, then the message. Anything else on the port is not read as DNS.
  private mutating func beginDNS(
    _ bytes: RawSpan, _ slot: Int, isUp: Bool, isComplete: Bool
  ) -> Interpretation? {
    guard bytes.byteCount >= 2 else { return .needsMore(2) }
    guard bytes.uint16(0) >= 12 else { return nil }
    guard bytes.byteCount >= 8 else { return .needsMore(8) }
    // Query or response as its direction demands, a known operation, and a question.
    let flags = bytes.uint16(4)
    guard (flags & 0x8000 == 0) == isUp, flags >> 11 & 0x0f <= 6, (1...16).contains(bytes.uint16(6)) else { return nil }
    setFraming(.dns, slot, isUp: isUp)
    return readDNSMessage(bytes, slot, isUp: isUp, isComplete: isComplete)
  }

  /// Longer messages (zone transfers) are read so far: questions stand at the beginning.
  private static let longestDNSRead = 16_384

  private mutating func readDNSMessage(
    _ bytes: RawSpan, _ slot: Int, isUp: Bool, isComplete: Bool
  ) -> Interpretation {
    guard bytes.byteCount >= 2 else { return .needsMore(2) }
    let length = Int(bytes.uint16(0))
    guard length >= 12 else {
      count(.dnsMessageInvalid)
      return .stop
    }
    let wanted = min(length, FlowTracker.longestDNSRead)
    guard bytes.byteCount >= 2 + wanted || isComplete else { return .needsMore(2 + wanted) }
    // What is asked for is looked at, but not for identifiers.
    if isUp { markNotInspected(slot) }
    let message = bytes.extracting(2..<min(2 + wanted, bytes.byteCount))
    readDNS(message, path(slot, isUp: isUp), isShort: message.byteCount < length, mayAnswer: !isUp)
    return .message(2 + length)
  }

  private func path(_ slot: Int, isUp: Bool) -> MessagePath {
    let entry = table[slot]
    let fromFirst = entry.flags.contains(.originatorIsFirst) == isUp
    return MessagePath(
      source: fromFirst ? entry.key.firstAddress : entry.key.secondAddress,
      destination: fromFirst ? entry.key.secondAddress : entry.key.firstAddress,
      sourcePort: fromFirst ? entry.key.firstPort : entry.key.secondPort,
      destinationPort: fromFirst ? entry.key.secondPort : entry.key.firstPort,
      sourceHardware: isUp && entry.hardware != 0 ? HardwareAddress(bits: entry.hardware) : nil, vlan: entry.key.vlan)
  }

  // MARK: HTTP

  /// What follows a request's head on its connection.
  mutating func behindHead(_ head: HTTPRequestHead, _ slot: Int) -> Interpretation {
    if head.isWebSocket { return .stop }
    if head.isCut { return .search }
    if head.isChunked {
      setFraming(.chunks, slot, isUp: true)
      return .message(head.length)
    }
    guard let body = head.bodyLength else { return .search }
    return .message(head.length + body)
  }

  private mutating func readChunk(_ bytes: RawSpan, _ slot: Int, isTrailer: Bool) -> Interpretation {
    switch HTTPChunk(bytes, isTrailer: isTrailer) {
    case .chunk(let length):
      let line = (bytes.firstOffset(of: 0x0a, from: 0) ?? 0) + 1
      keepClearText(bytes.extracting(line..<bytes.byteCount), length - line, .httpBody, slot)
      return .message(length)
    case .trailer(let length):
      markNotInspected(slot)
      return .message(length)
    case .last(let length):
      setFraming(.chunkTrailers, slot, isUp: true)
      return .message(length)
    case .end(let length):
      setFraming(.unknown, slot, isUp: true)
      return .message(length)
    case .needsMore(let needed): return .needsMore(needed)
    case .broken: return .search
    }
  }

  private mutating func readHTTP2(_ bytes: RawSpan, _ slot: Int, isUp: Bool) -> Interpretation {
    guard case .http2(var reader) = framing(slot, isUp: isUp) else { return .stop }
    // Its fields are not kept.
    if isUp { markNotInspected(slot) }
    // Taken out, so that its table has one owner.
    setFraming(.unknown, slot, isUp: isUp)
    let step = reader.read(bytes)
    setFraming(.http2(reader), slot, isUp: isUp)
    switch step {
    case .needsMore(let needed): return .needsMore(needed)
    case .frame(let length, let destination):
      if let destination { noteDestination(destination, slot, isUp: isUp) }
      return .message(length)
    case .broken(let error):
      count(Anomaly(error) ?? .httpHeadInvalid)
      return .stop
    }
  }

  private mutating func noteDestination(_ destination: HPACKDecoder.Destination, _ slot: Int, isUp: Bool) {
    guard let name = destination.authority ?? destination.host else { return }
    let method: NameMethod = destination.isConnect ? .connect : .httpHost
    guard isUp else {
      // A server's push promises a request that nobody made: shown, but no name of the flow.
      see(.http2, name, method, .b, .none, slot, isUp: false)
      return
    }
    if destination.isConnect { noteProxy(slot) }
    noteHost(name, shown: name, slot, .http2, method)
  }

  // MARK: SOCKS

  private mutating func readSOCKS(_ message: SOCKSMessage, _ slot: Int) -> Interpretation? {
    switch message {
    case .notSOCKS: return nil
    case .needsMore(let needed): return .needsMore(needed)
    case .greeting(let length):
      setFraming(.socks5, slot, isUp: true)
      return .message(length)
    case .credentials(let length): return .message(length)
    case .request(let length, let host, let port):
      setFraming(.unknown, slot, isUp: true)
      noteProxy(slot)
      if let host { noteHost(host, shown: "\(host):\(port)", slot, .socks, .connect) }
      return .message(length)
    }
  }
}
