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
  /// Bytes of gaps that are no longer waited for.
  private var lost: UInt64 = 0

  /// More gaps than this at a time are not reordering but loss.
  static let limit = 32

  /// Gaps that may still be filled.
  var count: Int { gaps.count }

  /// Bytes that no segment has shown.
  var missingBytes: UInt64 { gaps.reduce(lost) { $0 + $1.length } }

  mutating func add(_ direction: Direction, from start: UInt32, to end: UInt32) {
    makeRoom()
    gaps.append(Gap(direction: direction, start: start, end: end))
  }

  /// The oldest gap is taken for lost, whether a new one is added or a segment splits one: each segment looks at all of them.
  private mutating func makeRoom() {
    if gaps.count >= SequenceGaps.limit { lost += gaps.removeFirst().length }
  }

  /// Takes a segment that begins before the highest byte seen.
  ///
  /// - Returns: true if the segment filled some of a gap, so it was no retransmission.
  mutating func fill(_ direction: Direction, from start: UInt32, to end: UInt32) -> Bool {
    var filled = false
    // Behind its last byte, of a gap that the segment splits.
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
        // A segment lies within one gap at most: gaps of a side do not overlap.
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

  /// The other side turned out to be the originator.
  mutating func exchange() {
    for index in gaps.indices { gaps[index].direction = gaps[index].direction.other }
  }
}
