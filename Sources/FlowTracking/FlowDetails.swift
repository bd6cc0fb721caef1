import Model
import Wire

/// The details of those flows that have any, with an account of their memory, which senders control.
struct FlowDetails: ~Copyable {
  private var details = Slab(vacant: FlowDetail())
  /// Strings of the flows (names, protocols), in bytes.
  private(set) var textBytes = 0
  /// Beginnings of streams and handshakes, in bytes.
  private(set) var beginningBytes = 0
  /// Queue of the details with beginnings, the longest waiting first: they are given up in this order.
  private var oldestHolder: Int32 = -1
  private var newestHolder: Int32 = -1
  /// A detail has been touched, so its memory may differ from its account.
  private var isUnsettled = false

  /// Bytes of all details without beginnings.
  var bytes: Int { details.count * MemoryLayout<FlowDetail>.stride + textBytes }

  subscript(index: Int) -> FlowDetail {
    @inline(__always) unsafeAddress { UnsafePointer(details.address(of: index)) }
    @inline(__always) unsafeMutableAddress { details.address(of: index) }
  }

  /// The place of a flow's detail, which is created if there is none.
  mutating func ensure(for flow: inout FlowEntry) -> Int {
    isUnsettled = true
    if flow.detail < 0 { flow.detail = Int32(details.insert(FlowDetail())) }
    return Int(flow.detail)
  }

  /// Moves the reader of a stream's beginning out, so that its buffer has one owner and is not copied.
  mutating func takeReader(_ direction: Direction, at index: Int?) -> StreamReader? {
    guard let index else { return nil }
    isUnsettled = true
    return details[index].readers[direction].wrappedValue.take()
  }

  mutating func keep(_ reader: consuming StreamReader, _ direction: Direction, of flow: inout FlowEntry) {
    let index = ensure(for: &flow)
    details[index].readers[direction].wrappedValue = reader
  }

  mutating func remove(of flow: inout FlowEntry) {
    guard let index = flow.detailIndex else { return }
    let account = details[index].account
    textBytes -= account.texts
    beginningBytes -= account.beginnings
    if account.beginnings > 0 { unqueue(index) }
    details.remove(index)
    flow.detail = -1
  }

  // MARK: Account

  /// Updates the account of the flow's detail if it was touched since the last call. Must be called before another flow
  /// is processed.
  @inline(__always)
  mutating func settleIfTouched(_ index: Int?, of slot: Int) -> Bool {
    guard isUnsettled else { return false }
    isUnsettled = false
    if let index { settle(index, of: slot) }
    return true
  }

  /// Updates the account of the detail of the flow at `slot`.
  mutating func settle(_ index: Int, of slot: Int) {
    let before = details[index].account
    let (texts, beginnings) = self[index].measure()
    textBytes += texts - before.texts
    beginningBytes += beginnings - before.beginnings
    details[index].account.texts = texts
    details[index].account.beginnings = beginnings
    if before.beginnings == 0, beginnings > 0 { queue(index, slot) }
    if before.beginnings > 0, beginnings == 0 { unqueue(index) }
  }

  /// The slot of the flow whose beginnings have waited longest.
  var oldestWithBeginnings: Int? { oldestHolder >= 0 ? Int(details[Int(oldestHolder)].account.slot) : nil }

  private mutating func queue(_ index: Int, _ slot: Int) {
    details[index].account.slot = Int32(slot)
    details[index].account.older = newestHolder
    details[index].account.newer = -1
    if newestHolder >= 0 {
      details[Int(newestHolder)].account.newer = Int32(index)
    } else {
      oldestHolder = Int32(index)
    }
    newestHolder = Int32(index)
  }

  private mutating func unqueue(_ index: Int) {
    let (older, newer) = (details[index].account.older, details[index].account.newer)
    if older >= 0 { details[Int(older)].account.newer = newer } else { oldestHolder = newer }
    if newer >= 0 { details[Int(newer)].account.older = older } else { newestHolder = older }
  }
}

// MARK: - TCP

extension FlowDetails {
  /// The position of a segment's payload in its stream.
  struct SegmentPlace {
    /// Sequence number of the first payload byte.
    var sequence: UInt32
    /// Sequence number of the stream's first byte, if this is the first payload of the direction.
    var streamStart: UInt32
  }

  /// Updates the state of the connection from a segment's header: flags except FIN, sequence numbers, acknowledgment,
  /// gaps, history.
  ///
  /// - Returns: the position of its payload; nil if there is none.
  mutating func take(_ segment: inout Packet, _ direction: Direction, of flow: inout FlowEntry) -> SegmentPlace? {
    let flags = segment.tcpFlags
    if flags.contains(.rst) {
      flow.sides[direction].marks.insert(.reset)
      flow.note(.reset, direction)
      return nil
    }
    let marks = flow.sides[direction].marks
    let isKnown = marks.contains(.hasSequence)
    let expected = flow.sides[direction].next
    let start = flags.contains(.syn) ? segment.tcpSequence &+ 1 : segment.tcpSequence
    let dataEnd = start &+ UInt32(truncatingIfNeeded: segment.payloadLength)
    let end = flags.contains(.fin) ? dataEnd &+ 1 : dataEnd

    // RFC 9293 §3.8.6. A RST has been handled above; the window of a SYN is not yet in use.
    if segment.tcpWindow == 0, !flags.contains(.syn) { flow.note(.zeroWindow, direction) }
    if isKnown, isKeepAlive(&segment, expected: expected) {
      flow.note(.keepAlive, direction)
      noteAcknowledgment(&segment, direction, of: &flow)
      return nil
    }
    if flags.contains(.syn) {
      flow.sides[direction].marks.insert(.syn)
      flow.initialSequences[direction] = segment.tcpSequence
      flow.note(flags.contains(.ack) ? .synAck : .syn, direction)
    } else if segment.payloadLength == 0, !flags.contains(.fin) {
      flow.note(.ack, direction)
    }
    let hadPayload = !marks.isDisjoint(with: [.data, .openingData])
    if !isKnown || flags.contains(.syn) && !hadPayload {
      flow.sides[direction].marks.insert(.hasSequence)
      flow.sides[direction].next = end
    } else {
      let ahead = Int32(bitPattern: start &- expected)
      if ahead > 0 {
        flow.note(.gap, direction)
        self[ensure(for: &flow)].gaps.add(direction, from: expected, to: start)
        flow.sides[direction].next = end
      } else if segment.payloadLength > 0 || flags.contains(.fin) {
        if ahead < 0 { noteRepeat(direction, of: &flow, from: start, to: end) }
        if Int32(bitPattern: end &- expected) > 0 { flow.sides[direction].next = end }
      }
    }
    noteAcknowledgment(&segment, direction, of: &flow)
    let hasPayload = segment.payloadLength > 0
    if hasPayload {
      flow.note(.data, direction)
      // Data on a SYN do not show that there is a connection: the responder may not exist.
      let isOnOpening = flags.contains(.syn) && !flags.contains(.ack)
      flow.sides[direction].marks.insert(isOnOpening ? .openingData : .data)
    }
    return hasPayload ? SegmentPlace(sequence: start, streamStart: !hadPayload && isKnown ? expected : start) : nil
  }

  private func noteAcknowledgment(_ segment: inout Packet, _ direction: Direction, of flow: inout FlowEntry) {
    // It acknowledges bytes of the other side.
    if segment.tcpFlags.contains(.ack) {
      flow.sides[direction.other].noteAcknowledgment(segment.tcpAcknowledgment)
    }
  }

  private mutating func noteRepeat(_ direction: Direction, of flow: inout FlowEntry, from start: UInt32, to end: UInt32)
  {
    if let index = flow.detailIndex, self[index].gaps.fill(direction, from: start, to: end) { return }
    flow.note(.retransmission, direction)
  }
}

extension FlowEntry {
  var detailIndex: Int? { detail >= 0 ? Int(detail) : nil }
}

/// RFC 9293 §3.8.4: a segment with the sequence number of the last byte, and at most one byte of payload, which has no
/// meaning; the other side must answer.
@inline(__always)
private func isKeepAlive(_ segment: inout Packet, expected: UInt32) -> Bool {
  segment.payloadLength <= 1 && segment.tcpSequence == expected &- 1
    && segment.tcpFlags.isDisjoint(with: [.syn, .fin, .rst])
}
