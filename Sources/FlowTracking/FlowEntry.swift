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
    /// `next` is valid.
    static let hasSequence = Marks(rawValue: 1 << 4)
    /// `acknowledged` is valid.
    static let isAcknowledged = Marks(rawValue: 1 << 5)
    /// The SYN that opens the connection carried data (RFC 7413), which the other side need not have accepted.
    static let openingData = Marks(rawValue: 1 << 6)
  }

  /// IP payload bytes and packets of the current record; a record ends before its packets reach 2^32.
  var bytes: UInt64 = 0
  var packets: UInt32 = 0
  /// TCP sequence number behind the highest byte seen (RFC 9293 §3.4).
  var next: UInt32 = 0
  /// Highest acknowledgment that the other side sent for this one.
  var acknowledged: UInt32 = 0
  var marks: Marks = []
  /// The phase of reading this side's stream. A reader that collects a beginning is in the flow's detail.
  var reading = StreamReader.Phase.idle
  /// Events of this side that are in the flow's history, as a set of `FlowHistory.Event.mark`.
  var events: UInt16 = 0

  /// Bytes that the other side acknowledged but that were not captured.
  var missedBytes: UInt64 {
    guard marks.isSuperset(of: [.hasSequence, .isAcknowledged]) else { return 0 }
    return UInt64(max(Int32(bitPattern: acknowledged &- next), 0))
  }

  mutating func noteAcknowledgment(_ number: UInt32) {
    if !marks.contains(.isAcknowledged) || Int32(bitPattern: number &- acknowledged) > 0 { acknowledged = number }
    marks.insert(.isAcknowledged)
  }
}

/// One flow in the table: of fixed size and without references, so that a packet of a known flow touches no other
/// memory.
///
/// Most of its properties are inlined: called on a mutable entry, they would otherwise copy it.
///
/// The fields are ordered by use. A packet of a known flow reads and writes the first 128 bytes, two cache lines; the
/// third line is used when a flow begins or ends, or a record is cut.
struct FlowEntry {
  struct Flags: OptionSet {
    var rawValue: UInt16
    /// The originator is the first end of the key.
    static let originatorIsFirst = Flags(rawValue: 1 << 0)
    /// The originator was inferred: no SYN was seen.
    static let originatorInferred = Flags(rawValue: 1 << 1)
    /// A packet of the originator was seen, so its device is known.
    static let originatorSeen = Flags(rawValue: 1 << 2)
    /// A router or the responder reported the flow's destination as unreachable.
    static let unreachable = Flags(rawValue: 1 << 3)
    static let evicted = Flags(rawValue: 1 << 4)
    static let viaProxy = Flags(rawValue: 1 << 5)
    /// A ClientHello was seen: what the originator sends is encrypted.
    static let encrypted = Flags(rawValue: 1 << 6)
    /// In this record, the originator sent something that is neither known to be encrypted nor kept for inspection.
    static let notInspected = Flags(rawValue: 1 << 7)
    /// The client's first message may be one of OpenVPN; the answer decides.
    static let openVPNAsked = Flags(rawValue: 1 << 8)
    /// The datagrams are DNS messages, on any port.
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
  /// Number of segments that may still be searched for the beginning of a message.
  var searchBudget: UInt8 = FlowEntry.initialSearchBudget
  /// Datagrams of either side whose Initial packets could not be decrypted.
  var unreadableInitials: UInt8 = 0

  /// From here on, fields that a packet of a known flow does not touch.
  var history = FlowHistory()
  var number: UInt64
  var flowStart: Timestamp
  /// Sequence numbers of the SYNs; valid if they were seen.
  var initialSequences = Sides<UInt32>(both: 0)
  /// Bytes of the originator in packets that carry packets of other flows.
  var carriedBytes: UInt64 = 0
  /// Missed bytes that the flow's earlier records have reported.
  var missedReported: UInt64 = 0
  /// Hardware address of the originator, with the highest bit set; 0 if no frame of it had one. An optional would take
  /// 16 bytes.
  private var hardwareBits: UInt64 = 0

  /// Most segments of the originator that are searched for the beginning of a request or a ClientHello.
  static let initialSearchBudget: UInt8 = 48
  /// A record ends at this number of packets of a side, since the counter has 32 bits.
  static let packetsOfRecord = UInt32(1) << 31

  init(key: FlowKey, hash: UInt32, number: UInt64, at time: Timestamp) {
    self.key = key
    self.hash = hash
    self.number = number
    flowStart = time
    recordStart = time
    last = time
  }

  /// The value of an unused place.
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

  /// Exchanges the sides, after the first packet turned out to be the responder's. The originator's device is not known
  /// yet.
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

  /// Nothing shows yet that both sides have established the connection: no SYN of the responder, no data except on a
  /// SYN, and acknowledgments of at most one side.
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

  /// Whether the beginning and the end of the flow were seen. `isLast`: the record is the flow's last.
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

  /// Whether the last packet is the flow's first in this direction.
  func isFirstPacket(_ direction: Direction) -> Bool { sides[direction].packets == 1 && part == 0 }

  /// Records that the originator sent something that is neither known to be encrypted nor kept for inspection.
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

  /// Adds an event to the history if it is the first of its kind on this side.
  @inline(__always)
  mutating func note(_ event: FlowHistory.Event, _ direction: Direction) {
    guard sides[direction].events & event.mark == 0 else { return }
    sides[direction].events |= event.mark
    history.append(event, from: direction)
  }
}
