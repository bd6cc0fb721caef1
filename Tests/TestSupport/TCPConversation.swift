import Model
import Wire

/// Scripts one TCP connection and collects its frames, one every `step`.
///
/// Stream offsets count a side's data bytes from 0; sequence numbers follow from them and wrap as they should.
public struct TCPConversation: Sendable {
  public enum Side: Sendable {
    case client, server
  }

  private struct End {
    var initialSequence: UInt32
    /// Highest stream offset sent so far.
    var sent = 0
    var hasFinished = false
  }

  public let builder: PacketBuilder
  public let clientPort: UInt16
  public let serverPort: UInt16
  public let step: TimeSpan
  /// Time of the next frame.
  public var time: Timestamp
  /// In the order in which they are captured.
  public var frames: [TimedFrame] = []

  private var client: End
  private var server: End

  /// - Parameter builder: makes the client's frames; its `reversed` makes the server's.
  public init(
    _ builder: PacketBuilder, clientPort: UInt16 = 50_000, serverPort: UInt16 = 443, clientSequence: UInt32 = 1_000,
    serverSequence: UInt32 = 9_000, start: Timestamp = Timestamp(seconds: 1_700_000_000),
    step: TimeSpan = TimeSpan(nanoseconds: 1_000_000)
  ) {
    self.builder = builder
    self.clientPort = clientPort
    self.serverPort = serverPort
    self.step = step
    time = start
    client = End(initialSequence: clientSequence)
    server = End(initialSequence: serverSequence)
  }

  /// SYN, SYN/ACK and the acknowledgment.
  public mutating func open() {
    syn()
    synAck()
    acknowledge(.client)
  }

  public mutating func syn() { add(.client, .syn, sequence: client.initialSequence, acknowledgment: 0) }

  public mutating func synAck() {
    add(
      .server, [.syn, .ack], sequence: server.initialSequence, acknowledgment: client.initialSequence &+ 1)
  }

  /// A bare acknowledgment of all bytes that the other side has sent.
  public mutating func acknowledge(_ side: Side) { add(side, .ack, sequence: nextSequence(side)) }

  /// Data after all bytes that this side has sent, in segments of at most `segment` bytes.
  public mutating func send(_ side: Side, _ bytes: [UInt8], segment: Int = 1_460) {
    var start = 0
    while start < bytes.count {
      let end = min(start + segment, bytes.count)
      deliver(side, Array(bytes[start..<end]), at: sent(side))
      start = end
    }
  }

  /// One segment at any stream offset: what was sent before is a retransmission or overlap, what leaves a gap is loss
  /// or reordering.
  public mutating func deliver(_ side: Side, _ bytes: [UInt8], at offset: Int) {
    add(
      side, [.psh, .ack], sequence: initialSequence(side) &+ 1 &+ UInt32(truncatingIfNeeded: offset), payload: bytes)
    change(side) { $0.sent = max($0.sent, offset + bytes.count) }
  }

  /// Bytes that were sent but not captured.
  public mutating func lose(_ side: Side, _ count: Int) { change(side) { $0.sent += count } }

  public mutating func finish(_ side: Side) {
    add(side, [.fin, .ack], sequence: nextSequence(side))
    change(side) { $0.hasFinished = true }
  }

  /// FIN of both sides, and the last acknowledgment.
  public mutating func close() {
    finish(.client)
    finish(.server)
    acknowledge(.client)
  }

  public mutating func reset(_ side: Side) { add(side, [.rst, .ack], sequence: nextSequence(side)) }

  public mutating func pause(_ span: TimeSpan) { time = time.advanced(by: span) }

  /// Stream bytes of this side so far, lost ones included.
  public func sent(_ side: Side) -> Int { side == .client ? client.sent : server.sent }

  /// Sequence number of this side's next new byte.
  public func nextSequence(_ side: Side) -> UInt32 {
    let end = side == .client ? client : server
    return end.initialSequence &+ 1 &+ UInt32(truncatingIfNeeded: end.sent) &+ (end.hasFinished ? 1 : 0)
  }

  private func initialSequence(_ side: Side) -> UInt32 {
    side == .client ? client.initialSequence : server.initialSequence
  }

  private mutating func change(_ side: Side, _ body: (inout End) -> Void) {
    if side == .client { body(&client) } else { body(&server) }
  }

  private mutating func add(
    _ side: Side, _ flags: TCPFlags, sequence: UInt32, acknowledgment: UInt32? = nil, payload: [UInt8] = []
  ) {
    let other: Side = side == .client ? .server : .client
    var maker = side == .client ? builder : builder.reversed
    // Senders increment it; only a copy made by a mirror port has the same value.
    maker.identification &+= UInt16(truncatingIfNeeded: frames.count)
    let bytes = maker.tcp(
      from: side == .client ? clientPort : serverPort, to: side == .client ? serverPort : clientPort, flags: flags,
      sequence: sequence, acknowledgment: acknowledgment ?? nextSequence(other), payload: payload)
    frames.append(TimedFrame(time: time, bytes: bytes, linkType: builder.linkType))
    time = time.advanced(by: step)
  }
}
