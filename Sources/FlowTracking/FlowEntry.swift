import Model
import Wire

/// What one side of a flow has sent.
struct FlowSide {
  struct Marks: OptionSet {
    var rawValue: UInt8
    static let syn = Marks(rawValue: 1 << 0)
    static let fin = Marks(rawValue: 1 << 1)
    static let reset = Marks(rawValue: 1 << 2)
    static let data = Marks(rawValue: 1 << 3)
    /// `next` holds.
    static let hasSequence = Marks(rawValue: 1 << 4)
    /// `acknowledged` holds.
    static let isAcknowledged = Marks(rawValue: 1 << 5)
    /// Data came on the SYN that opens the connection (RFC 7413); the other side need not have taken it.
    static let openingData = Marks(rawValue: 1 << 6)
  }

  /// IP payload and packets of the current record; a record ends before its packets reach 2^32.
  var bytes: UInt64 = 0
  var packets: UInt32 = 0
  /// TCP sequence number behind the highest byte seen (RFC 9293 §3.4).
  var next: UInt32 = 0
  /// Highest acknowledgment that the other side sent for this one.
  var acknowledged: UInt32 = 0
  var marks: Marks = []
  /// How far what this side sends has been read. Beginnings that are collected lie in the flow's detail.
  var reading = StreamReader.Phase.idle
  /// Events that the flow's history holds of this side.
  var events: UInt16 = 0

  /// Bytes that the other side acknowledged but that no packet showed.
  var missedBytes: UInt64 {
    guard marks.isSuperset(of: [.hasSequence, .isAcknowledged]) else { return 0 }
    return UInt64(max(Int32(bitPattern: acknowledged &- next), 0))
  }

  /// The byte at this sequence number was acknowledged: if it was not captured, it will not come any more.
  func hasAcknowledged(beyond sequence: UInt32) -> Bool {
    marks.contains(.isAcknowledged) && Int32(bitPattern: acknowledged &- sequence) > 0
  }

  mutating func noteAcknowledgment(_ number: UInt32) {
    if !marks.contains(.isAcknowledged) || Int32(bitPattern: number &- acknowledged) > 0 { acknowledged = number }
    marks.insert(.isAcknowledged)
  }
}

/// One flow in the table: of fixed size and without references, so that a packet of a known flow touches nothing else.
///
/// Most of its questions are inlined: asked of an entry that can change, they would be answered by a copy of it.
///
/// The order of its fields is that of their use. A packet of a known flow reads and writes the first 128 bytes, two lines of cache; the
/// third line is touched as a flow begins, ends or is cut.
struct FlowEntry {
  struct Flags: OptionSet {
    var rawValue: UInt16
    /// The originator is the first end of the key.
    static let originatorIsFirst = Flags(rawValue: 1 << 0)
    /// The originator was guessed: no SYN was seen.
    static let originatorInferred = Flags(rawValue: 1 << 1)
    /// A packet of the originator has come, so its device is known.
    static let originatorSeen = Flags(rawValue: 1 << 2)
    /// A router or the responder reported the flow's destination as unreachable.
    static let unreachable = Flags(rawValue: 1 << 3)
    static let evicted = Flags(rawValue: 1 << 4)
    static let viaProxy = Flags(rawValue: 1 << 5)
    /// A hello has come: what the originator sends is encrypted.
    static let encrypted = Flags(rawValue: 1 << 6)
    /// The originator sent something in this record that is not known to be encrypted, and that is not kept.
    static let notInspected = Flags(rawValue: 1 << 7)
    /// The client's first message may be OpenVPN's; the answer decides.
    static let openVPNAsked = Flags(rawValue: 1 << 8)
    /// The datagrams are DNS messages, whatever the port.
    static let dns = Flags(rawValue: 1 << 9)
  }

  let key: FlowKey
  var sides = Sides(both: FlowSide())
  var last: Timestamp
  var recordStart: Timestamp
  let hash: UInt32
  /// Index into the tracker's details, -1 for none.
  var detail: Int32 = -1
  /// 0 for the flow's first record.
  var part: UInt32 = 0
  var flags: Flags = []
  /// Segments that are still looked at for the beginning of a message.
  var searchBudget: UInt8 = FlowEntry.initialSearchBudget
  /// Datagrams of either side whose Initial packets no key opened.
  var unreadableInitials: UInt8 = 0

  /// What a packet of a known flow does not touch begins here.
  var history = FlowHistory()
  var number: UInt64
  var flowStart: Timestamp
  /// Sequence numbers of the SYNs; valid if they were seen.
  var initialSequences = Sides<UInt32>(both: 0)
  /// Of the originator's bytes: packets that carry a packet of another flow.
  var carriedBytes: UInt64 = 0
  /// Missed bytes that earlier records of the flow have reported.
  var missedReported: UInt64 = 0
  /// Hardware address of the originator, with the highest bit set; 0 if no frame of it had one. An optional would take 16 bytes.
  private var hardwareBits: UInt64 = 0

  /// Segments of the originator that are looked at for the beginning of a request or a hello before the flow is left alone.
  static let initialSearchBudget: UInt8 = 48
  /// A record with as many packets of a side is cut: their number has 32 bits.
  static let packetsOfRecord = UInt32(1) << 31

  init(key: FlowKey, hash: UInt32, number: UInt64, at time: Timestamp) {
    self.key = key
    self.hash = hash
    self.number = number
    flowStart = time
    recordStart = time
    last = time
  }

  /// What a place holds that no flow uses.
  static let vacant = FlowEntry(
    key: FlowKey(
      firstAddress: IPAddress(high: 0, low: 0), secondAddress: IPAddress(high: 0, low: 0), ports: 0, transport: 0,
      vlan: 0, scope: 0),
    hash: 0, number: 0, at: Timestamp(nanoseconds: 0))
}

// MARK: - Ends

extension FlowEntry {
  /// Hardware address of the originator; nil if no frame of it had one.
  @inline(__always)
  var hardware: HardwareAddress? {
    get { hardwareBits == 0 ? nil : HardwareAddress(bits: hardwareBits) }
    set { hardwareBits = newValue.map { $0.bits | 1 << 63 } ?? 0 }
  }

  /// Address and port of one end.
  struct End: Hashable {
    var address: IPAddress
    var port: UInt16
  }

  @inline(__always)
  func end(_ direction: Direction) -> End {
    flags.contains(.originatorIsFirst) == (direction == .originator)
      ? End(address: key.firstAddress, port: key.firstPort) : End(address: key.secondAddress, port: key.secondPort)
  }

  @inline(__always)
  var originator: End { end(.originator) }
  @inline(__always)
  var responder: End { end(.responder) }

  @inline(__always)
  func direction(fromFirst: Bool) -> Direction {
    flags.contains(.originatorIsFirst) == fromFirst ? .originator : .responder
  }

  @inline(__always)
  func hasPort(_ port: UInt16) -> Bool { key.firstPort == port || key.secondPort == port }

  @inline(__always)
  var isTCP: Bool { key.transport == TransportProtocol.tcp.rawValue }

  /// The first packet seen was the responder's: all that was noted by sides changes sides. The originator's device is not known yet.
  mutating func exchangeEnds() {
    flags.formSymmetricDifference(.originatorIsFirst)
    flags.insert(.originatorInferred)
    flags.subtract([.originatorSeen, .unreachable])
    hardware = nil
    sides.exchange()
    initialSequences.exchange()
    history.exchange()
  }
}

// MARK: - State

extension FlowEntry {
  /// Both sides have sent their FIN, or one has reset the connection: a SYN on these ports opens another flow.
  @inline(__always)
  var isClosed: Bool {
    sides.contains { $0.marks.contains(.reset) } || sides.allSatisfy { $0.marks.contains(.fin) }
  }

  @inline(__always)
  var hasData: Bool { sides.contains { $0.marks.contains(.data) } }

  /// No sign yet that both sides hold a connection: no SYN of the responder, no data behind a SYN, and acknowledgments
  /// of one side at most.
  @inline(__always)
  var isOpening: Bool {
    !sides.responder.marks.contains(.syn) && !hasData && !sides.allSatisfy { $0.marks.contains(.isAcknowledged) }
  }

  @inline(__always)
  var outcome: FlowOutcome {
    guard isTCP else {
      if sides.responder.marks.contains(.data) { return .established }
      return flags.contains(.unreachable) ? .refused : .noAnswer
    }
    if sides.responder.marks.contains(.syn) || hasData { return .established }
    let wasReset = sides.responder.marks.contains(.reset)
    if sides.originator.marks.contains(.syn) { return wasReset || flags.contains(.unreachable) ? .refused : .noAnswer }
    // Only bare acknowledgments or a FIN: the tail of a connection.
    return wasReset && !sides.originator.marks.contains(.fin) ? .refused : .established
  }

  /// Whether beginning and end of the flow were seen, for a record that is its last one or not.
  @inline(__always)
  func completeness(isLast: Bool) -> FlowCompleteness {
    if flags.contains(.evicted) { return .cut }
    guard isTCP else { return flags.contains(.originatorInferred) ? .startMissing : .yes }
    let hasStart = sides.contains { $0.marks.contains(.syn) }
    let hasEnd = outcome != .established || !isLast || isClosed
    return switch (hasStart, hasEnd) {
    case (true, true): .yes
    case (true, false): .endMissing
    case (false, true): .startMissing
    case (false, false): .cut
    }
  }

  @inline(__always)
  func timeout(_ timeouts: FlowTimeouts) -> TimeSpan {
    guard isTCP else { return hasPort(53) ? timeouts.dns : timeouts.datagram }
    if isClosed { return timeouts.closed }
    return isOpening ? timeouts.opening : timeouts.established
  }

  /// Bytes and packets of the current record.
  @inline(__always)
  var traffic: Traffic {
    Traffic(
      bytesUp: sides.originator.bytes, bytesDown: sides.responder.bytes, packetsUp: UInt64(sides.originator.packets),
      packetsDown: UInt64(sides.responder.packets))
  }

  /// The flow's very first packet of a direction: only it can be a question, or the answer to one.
  func isFirstPacket(_ direction: Direction) -> Bool { sides[direction].packets == 1 && part == 0 }

  /// Notes that the originator sent what is neither known to be encrypted nor kept.
  @inline(__always)
  mutating func markNotInspected() {
    if !flags.contains(.encrypted) { flags.insert(.notInspected) }
  }

  /// Begins the flow's next record.
  mutating func startRecord(at time: Timestamp) {
    part += 1
    for direction in [Direction.originator, .responder] {
      sides[direction].bytes = 0
      sides[direction].packets = 0
    }
    carriedBytes = 0
    recordStart = time
    flags.remove(.notInspected)
  }

  /// Adds an event to the history, once for each side.
  @inline(__always)
  mutating func note(_ event: FlowHistory.Event, _ direction: Direction) {
    guard sides[direction].events & event.mark == 0 else { return }
    sides[direction].events |= event.mark
    history.append(event, from: direction)
  }
}
