import Model
import Streams
import Wire

/// Reads one direction of a TCP stream: reassembles its beginning message by message, and reports what it finds.
///
/// It knows neither the flow nor the table: a `StreamContext` holds what it needs of them, and receives its findings.
///
/// ```
///            first segment         message not whole          gap given up, or nothing known begins here
///     idle ────────────────▶ collecting ⟲ ───────────────────────▶ searching ⟲   (originator only)
///       │                        │                                     │
///       └────────────────────────┴───────── nothing more to read ──────┴──────▶ done
/// ```
struct StreamReader {
  private enum State {
    /// No byte of the direction has been read.
    case idle
    /// Bytes are reassembled until a message is complete.
    case collecting(StreamBuffer)
    /// Only the beginnings of segments are examined.
    case searching
    case done
  }

  /// The protocol of the following messages, if more than the stream's beginning is read.
  enum Framing {
    /// A message of any protocol may follow.
    case unknown
    /// DNS messages with a length prefix (RFC 1035 §4.2.2).
    case dns
    case chunks
    case chunkTrailers
    case socks5
    indirect case http2(HTTP2Reader)
  }

  private var state: State
  var framing = Framing.unknown

  /// The result of interpreting the bytes at the beginning of the stream.
  enum Interpretation {
    /// Call again when at least this many bytes are there; what is `scanned` need not be searched again.
    case needsMore(Int, scanned: StreamBuffer.Scan = .nothing)
    /// A message of this length in bytes, which may extend beyond those that have arrived; another may follow.
    case message(Int)
    /// No known message begins here; one may begin at a later segment.
    case search
    /// Nothing further in the stream needs to be read.
    case stop
  }

  /// The state without its buffer.
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

  /// Bytes have been collected but not read.
  private var hasBeginning: Bool {
    if case .collecting(let buffer) = state { return buffer.hasSomething }
    return false
  }

  /// Memory beyond its own size, in bytes.
  var allocatedBytes: Int {
    var bytes = 0
    if case .collecting(let buffer) = state { bytes += buffer.allocatedBytes }
    if case .http2(let reader) = framing { bytes += reader.allocatedBytes }
    return bytes
  }

  /// Continues in a phase without collected bytes.
  init(resuming phase: Phase) {
    switch phase {
    case .idle, .collecting: state = .idle
    case .searching: state = .searching
    case .done: state = .done
    }
  }

  /// Starts again at a sequence number of the stream, at which another message begins, such as the ServerHello behind
  /// plain text.
  init(restartingAt sequence: UInt32) { state = .collecting(StreamBuffer(next: sequence)) }

  // MARK: Segments

  /// Processes new payload.
  ///
  /// - Parameters:
  ///   - sequence: sequence number of the payload's first byte.
  ///   - streamStart: sequence number of the stream's first byte, if this is the first payload of the direction.
  ///   - isShort: the snapshot length cut the segment, so that nothing behind it can be read in order.
  mutating func take(
    _ payload: RawSpan, at sequence: UInt32, streamStart: UInt32, isShort: Bool, _ context: inout StreamContext
  ) {
    // Moved out, so that its buffer has one owner and an insertion copies only the new bytes.
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

  /// Reads the collected bytes when the flow ends or is given up: a cut ClientHello, or a message behind a gap, may
  /// still contain a name.
  mutating func finish(_ context: inout StreamContext) {
    guard phase == .collecting else { return }
    repeat {
      guard case .collecting(var buffer) = state else { return }
      state = .idle
      leaveGap(&buffer, &context)
      // There may be further gaps behind this one, but each round leaves fewer segments.
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

  /// Reads a segment that begins a message. In the common case it holds the whole message, and nothing is copied.
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
    // Bytes of the messages that have been read. They are removed from the buffer together, since removing them one by
    // one would not be linear.
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

  /// Gives up the reassembly if too much waits behind a gap, and searches what is there for the beginning of a message.
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

  /// Reads the bytes in front of a gap as a cut message, and searches the segments behind it for the beginning of
  /// another.
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

  /// Reads a segment if it begins with a request or a ClientHello: after a gap, after plain text (STARTTLS), or in a
  /// connection that was already open when the capture began.
  private mutating func search(
    _ payload: RawSpan, at sequence: UInt32, isShort: Bool, _ context: inout StreamContext
  ) {
    guard context.takeSearch() else { return stopUnread(&context) }
    // An HTTP method or a command begins with a capital letter.
    guard payload.mayBeginClientHello || payload.byte(0).isASCIIUppercase else {
      return context.note(.uninspected)
    }
    readBeginning(payload, at: sequence, isShort: isShort, &context)
  }

  // MARK: Continuing

  /// No reader understands what is here; searches for a later beginning.
  private mutating func leaveUnread(_ context: inout StreamContext) {
    if context.direction == .originator { context.note(.uninspected) }
    searchOn(&context)
  }

  /// Stops reading, and reports that the originator's bytes from here on are not inspected.
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

  /// How many bytes of the last message have not arrived yet and are to be kept.
  private var bodyToKeep = 0

  private mutating func takeBodyToKeep() -> Int {
    defer { bodyToKeep = 0 }
    return bodyToKeep
  }

  /// Reports a message in clear text, and has the part that has not arrived yet kept, up to `ClearText.limit`.
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
