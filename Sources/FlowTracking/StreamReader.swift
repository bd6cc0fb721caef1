import Model
import Streams
import Wire

/// Reads one direction of a TCP stream: puts its beginning in order, message by message, and reports what it finds.
///
/// It knows neither the flow nor the table: what it needs of them comes in a `StreamContext`, and what it finds goes back in there.
///
/// ```
///            first segment         message not whole          gap given up, or nothing known begins here
///     idle ────────────────▶ collecting ⟲ ───────────────────────▶ searching ⟲   (originator only)
///       │                        │                                     │
///       └────────────────────────┴───────── nothing more to read ──────┴──────▶ done
/// ```
struct StreamReader {
  private enum State {
    /// No byte of the direction has been looked at.
    case idle
    /// Bytes are put in order until a message is whole.
    case collecting(StreamBuffer)
    /// Only the beginnings of segments are looked at.
    case searching
    case done
  }

  /// What the stream is made of, if more than its beginning is read.
  enum Framing {
    /// A message of any kind begins here.
    case unknown
    /// DNS messages behind their lengths (RFC 1035 §4.2.2).
    case dns
    case chunks
    case chunkTrailers
    case socks5
    indirect case http2(HTTP2Reader)
  }

  private var state: State
  var framing = Framing.unknown

  /// What interpreting the bytes at the beginning of the stream came to.
  enum Interpretation {
    /// Nothing changes before so many bytes are there, and the reader need not look again at what it has scanned.
    case needsMore(Int, scanned: StreamBuffer.Scan = .nothing)
    /// So many bytes were a message; what follows may be another.
    case message(Int)
    /// Nothing known begins here; a later segment may.
    case search
    /// What matters has been seen.
    case stop
  }

  /// The state without what is collected.
  enum Phase: UInt8 {
    case idle, collecting, searching, done
  }

  var phase: Phase {
    switch state {
    case .idle: .idle
    case .collecting: .collecting
    case .searching: .searching
    case .done: .done
    }
  }

  /// Bytes of a beginning wait for what is missing before or behind them.
  private var hasBeginning: Bool {
    if case .collecting(let buffer) = state { return buffer.hasSomething }
    return false
  }

  /// What it takes in memory beyond its own size.
  var allocatedBytes: Int {
    var bytes = 0
    if case .collecting(let buffer) = state { bytes += buffer.allocatedBytes }
    if case .http2(let reader) = framing { bytes += reader.allocatedBytes }
    return bytes
  }

  /// Goes on in a phase in which nothing is collected.
  init(resuming phase: Phase) {
    switch phase {
    case .idle, .collecting: state = .idle
    case .searching: state = .searching
    case .done: state = .done
    }
  }

  /// Begins again at a byte of the stream: what comes next is another message, such as the responder's part of a TLS handshake behind
  /// lines in plain text.
  init(restartingAt sequence: UInt32) { state = .collecting(StreamBuffer(next: sequence)) }

  // MARK: Segments

  /// Looks at new payload.
  ///
  /// - Parameters:
  ///   - sequence: of the payload's first byte.
  ///   - streamStart: of the stream's first byte, if this is the first payload of the direction.
  ///   - isShort: the snapshot cut the segment; that ends what can be read in order.
  mutating func take(
    _ payload: RawSpan, at sequence: UInt32, streamStart: UInt32, isShort: Bool, _ context: inout StreamContext
  ) {
    // Taken out, so that its buffer has one owner and an insertion copies nothing but the new bytes.
    var current = State.idle
    swap(&current, &state)
    switch consume current {
    case .idle where sequence == streamStart: readBeginning(payload, at: sequence, isShort: isShort, &context)
    case .idle:
      var buffer = StreamBuffer(next: streamStart)
      if case .overflow = buffer.insert(payload, at: sequence) {
        resynchronise(&buffer, payload, at: sequence, isShort: isShort, &context)
      } else {
        state = .collecting(buffer)
      }
    case .collecting(var buffer): insert(payload, at: sequence, isShort: isShort, into: &buffer, &context)
    case .searching:
      state = .searching
      search(payload, at: sequence, isShort: isShort, &context)
    case .done: state = .done
    }
  }

  /// Reads what is left when the flow ends or is given up: a cut hello still holds its name, and so may what lies behind a gap.
  mutating func finish(_ context: inout StreamContext) {
    guard phase == .collecting else { return }
    repeat {
      guard case .collecting(var buffer) = state else { return }
      state = .idle
      leaveGap(&buffer, &context)
      // Behind the gap there may be others, but each round leaves fewer segments.
    } while hasBeginning
  }

  private mutating func insert(
    _ payload: RawSpan, at sequence: UInt32, isShort: Bool, into buffer: inout StreamBuffer,
    _ context: inout StreamContext
  ) {
    let insertion = buffer.insert(payload, at: sequence)
    if buffer.hasKept {
      let (bytes, isWhole) = buffer.takeKept()
      context.note(.body(bytes, isWhole: isWhole))
    }
    if buffer.sawDifference { context.note(.anomaly(.tcpOverlapDiffers)) }
    switch insertion {
    case .waiting where context.direction == .originator && context.isLost(buffer.next): leaveGap(&buffer, &context)
    case .waiting: state = .collecting(buffer)
    case .overflow: resynchronise(&buffer, payload, at: sequence, isShort: isShort, &context)
    case .extended: readCollected(&buffer, isComplete: isShort, &context)
    }
  }

  /// The common case: the first segment holds the whole message, and nothing is copied.
  private mutating func readBeginning(
    _ payload: RawSpan, at sequence: UInt32, isShort: Bool, _ context: inout StreamContext
  ) {
    switch interpret(payload, scan: .nothing, isComplete: isShort, &context) {
    case .needsMore(let needed, let scan):
      guard !isShort else { return leaveUnread(&context) }
      var buffer = StreamBuffer(next: sequence)
      if case .overflow = buffer.insert(payload, at: sequence) {
        context.note(.anomaly(.streamGivenUp))
        return stopUnread(&context)
      }
      buffer.scan = scan
      buffer.needed = needed
      state = .collecting(buffer)
    case .message(let length):
      let read = min(length, payload.byteCount)
      var buffer = StreamBuffer(next: sequence &+ UInt32(read), skipping: length - read)
      _ = buffer.insert(payload.extracting(read..<payload.byteCount), at: buffer.next)
      buffer.keepPassed(takeBodyToKeep())
      readCollected(&buffer, isComplete: isShort, &context)
    case .search: leaveUnread(&context)
    case .stop: stopUnread(&context)
    }
  }

  private mutating func readCollected(
    _ buffer: inout StreamBuffer, isComplete: Bool, _ context: inout StreamContext
  ) {
    // Bytes of messages that have been read and are taken off the buffer together: one by one the cost would not be linear.
    var read = 0
    while buffer.bytes.count - read >= buffer.needed || isComplete {
      guard buffer.bytes.count > read else { break }
      guard context.takeMessage() else {
        context.note(.anomaly(.messageNotRead))
        return leaveUnread(&context)
      }
      let unread = buffer.bytes.count - read
      let interpretation = interpret(
        buffer.bytes.span.bytes.extracting(read..<read + unread), scan: buffer.scan, isComplete: isComplete, &context)
      switch interpretation {
      case .needsMore(let needed, let scan):
        guard !isComplete else { return leaveUnread(&context) }
        buffer.scan = scan
        buffer.needed = max(needed, unread + 1)
      case .message(let length):
        read += length
        buffer.scan = .nothing
        buffer.needed = 1
      case .search: return leaveUnread(&context)
      case .stop: return stopUnread(&context)
      }
    }
    if read > 0 {
      let (scan, needed) = (buffer.scan, buffer.needed)
      buffer.consume(read)
      buffer.keepPassed(takeBodyToKeep())
      (buffer.scan, buffer.needed) = (scan, needed)
    }
    if isComplete { searchOn(&context) } else { state = .collecting(buffer) }
  }

  // MARK: Gaps

  /// Gives the order up if too much waits behind a gap: what is there is searched for the beginning of a message.
  private mutating func resynchronise(
    _ buffer: inout StreamBuffer, _ payload: RawSpan, at sequence: UInt32, isShort: Bool,
    _ context: inout StreamContext
  ) {
    context.note(.anomaly(.streamGivenUp))
    guard context.direction == .originator else { return stop() }
    context.note(.uninspected)
    startSearch()
    readBehindGap(&buffer, &context)
    take(payload, at: sequence, streamStart: sequence, isShort: isShort, &context)
  }

  /// Reads what lies before a gap as far as it goes, and looks for beginnings in what came behind it.
  private mutating func leaveGap(_ buffer: inout StreamBuffer, _ context: inout StreamContext) {
    if buffer.hasWaiting { context.note(.uninspected) }
    if buffer.bytes.isEmpty { startSearch() } else { readCollected(&buffer, isComplete: true, &context) }
    readBehindGap(&buffer, &context)
  }

  private mutating func readBehindGap(_ buffer: inout StreamBuffer, _ context: inout StreamContext) {
    for piece in buffer.takeWaiting() {
      take(piece.bytes.span.bytes, at: piece.sequence, streamStart: piece.sequence, isShort: false, &context)
    }
  }

  /// Looks whether a segment begins a request or a hello: after a gap, after a plain beginning (STARTTLS), in a connection that was
  /// already open when the capture began.
  private mutating func search(
    _ payload: RawSpan, at sequence: UInt32, isShort: Bool, _ context: inout StreamContext
  ) {
    guard context.takeSearch() else { return stopUnread(&context) }
    // A method of HTTP or a command begins with a capital letter.
    guard payload.mayBeginClientHello || payload.byte(0).isASCIIUppercase else {
      return context.note(.uninspected)
    }
    readBeginning(payload, at: sequence, isShort: isShort, &context)
  }

  // MARK: Ways on

  /// Looks for a later beginning: no reader understands what is here.
  private mutating func leaveUnread(_ context: inout StreamContext) {
    if context.direction == .originator { context.note(.uninspected) }
    searchOn(&context)
  }

  /// Reads no further; behind anything but a hello that leaves something unread.
  private mutating func stopUnread(_ context: inout StreamContext) {
    if context.direction == .originator { context.note(.uninspected) }
    stop()
  }

  /// The responder's direction is read from its beginning only.
  private mutating func searchOn(_ context: inout StreamContext) {
    if context.direction == .originator { startSearch() } else { stop() }
  }

  private mutating func startSearch() {
    state = .searching
    framing = .unknown
  }

  private mutating func stop() { state = .done }

  // MARK: Bodies

  /// Bytes of the message that was read last which are still to come, and to be kept.
  private var bodyToKeep = 0

  private mutating func takeBodyToKeep() -> Int {
    defer { bodyToKeep = 0 }
    return bodyToKeep
  }

  /// Reports a message in clear text, and has as much of it kept as is still to come.
  mutating func keepClearText(
    _ form: ClearText.Form, _ bytes: RawSpan, length: Int, _ context: inout StreamContext
  ) {
    context.noteClearText(form, bytes, length: length)
    bodyToKeep = max(min(length, ClearText.limit) - bytes.byteCount, 0)
  }
}

extension RawSpan {
  /// A TLS record of type handshake (22) with a `ClientHello` (1), or too few bytes to rule that out.
  fileprivate var mayBeginClientHello: Bool {
    byte(0) == 22 && (byteCount < 6 || byte(1) == 3 && byte(5) == 1)
  }
}
