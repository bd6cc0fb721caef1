/// Gaps in the sequence numbers of both directions of a TCP connection that later segments may still fill.
struct SequenceGaps {
  private struct Gap {
    var direction: Direction
    var start: UInt32
    var end: UInt32

    var length: UInt64 { UInt64(end &- start) }
  }

  /// Oldest first.
  private var gaps: [Gap] = []
  /// Bytes of gaps that are counted as lost.
  private var lost: UInt64 = 0

  /// Most gaps at a time; with more, it is loss and not reordering.
  static let limit = 32

  /// Number of gaps that may still be filled.
  var count: Int { gaps.count }

  /// Bytes that were not captured.
  var missingBytes: UInt64 { gaps.reduce(lost) { $0 + $1.length } }

  mutating func add(_ direction: Direction, from start: UInt32, to end: UInt32) {
    makeRoom()
    gaps.append(Gap(direction: direction, start: start, end: end))
  }

  /// Counts the oldest gap as lost if the limit is reached. The limit bounds the cost of `fill`, which visits all gaps.
  private mutating func makeRoom() {
    if gaps.count >= SequenceGaps.limit { lost += gaps.removeFirst().length }
  }

  /// Processes a segment that begins in front of the highest byte seen.
  ///
  /// - Returns: true if the segment filled part of a gap, so it was no retransmission.
  mutating func fill(_ direction: Direction, from start: UInt32, to end: UInt32) -> Bool {
    var filled = false
    // If the segment splits a gap, the part behind it.
    var rest: Gap?
    var kept = 0
    for index in gaps.indices {
      var gap = gaps[index]
      let begins = Int32(bitPattern: start &- gap.end) < 0
      let ends = Int32(bitPattern: end &- gap.start) > 0
      if gap.direction == direction, begins, ends {
        filled = true
        let keepsHead = Int32(bitPattern: start &- gap.start) > 0
        let keepsTail = Int32(bitPattern: gap.end &- end) > 0
        guard keepsHead || keepsTail else { continue }
        // This can happen only once, since gaps of one side do not overlap.
        if keepsHead, keepsTail { rest = Gap(direction: direction, start: end, end: gap.end) }
        if keepsHead { gap.end = start } else { gap.start = end }
      }
      gaps[kept] = gap
      kept += 1
    }
    if kept < gaps.count { gaps.removeLast(gaps.count - kept) }
    if let rest {
      makeRoom()
      gaps.append(rest)
    }
    return filled
  }

  /// Exchanges the directions, after the other side turned out to be the originator.
  mutating func exchange() {
    for index in gaps.indices { gaps[index].direction = gaps[index].direction.other }
  }
}
