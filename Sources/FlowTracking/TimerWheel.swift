/// A timer wheel: hands out the slots whose second has passed, soonest first, in constant time for each.
///
/// One place a second; a deadline further away than the wheel reaches is handed out early, and the caller schedules it again. Each place
/// holds a queue, so that the slot that has waited longest is at hand however many wait for the same second.
struct TimerWheel: ~Copyable {
  private let inPlace = KeptInPlace()
  private struct Link {
    var previous: Int32 = -1
    var next: Int32 = -1
    /// On which place of the wheel the slot waits; -1 for none.
    var place: Int32 = -1
  }

  private var links = Slab(vacant: Link())
  private var heads = [Int32](repeating: -1, count: TimerWheel.size)
  private var tails = [Int32](repeating: -1, count: TimerWheel.size)
  /// A bit for each place with slots, or the search for the next one would walk over as many empty ones as a time-out has seconds.
  private var occupied = [UInt64](repeating: 0, count: TimerWheel.size / 64)
  /// Up to which the wheel has turned; behind `turnedTo` while slots still wait to be looked at.
  private var second: Int64?
  /// To which it is to turn.
  private(set) var turnedTo = Int64.min

  private static let size = 2_048
  static var bytesEach: Int { MemoryLayout<Link>.stride }

  init() {}

  /// Puts a slot where the wheel comes by at `second`, or as late as the wheel reaches.
  mutating func schedule(_ slot: Int, at second: Int64) {
    while slot >= links.count { _ = links.insert(Link()) }
    cancel(slot)
    let place = place(at: second)
    let last = tails[place]
    links[slot] = Link(previous: last, place: Int32(place))
    if last >= 0 {
      links[Int(last)].next = Int32(slot)
    } else {
      heads[place] = Int32(slot)
      occupied[place / 64] |= 1 << UInt64(place % 64)
    }
    tails[place] = Int32(slot)
  }

  /// Whether the slot waits where `schedule` would put it.
  func isScheduled(_ slot: Int, at second: Int64) -> Bool {
    slot < links.count && links[slot].place == place(at: second)
  }

  mutating func cancel(_ slot: Int) {
    guard slot < links.count, links[slot].place >= 0 else { return }
    let link = links[slot]
    let place = Int(link.place)
    if link.previous >= 0 { links[Int(link.previous)].next = link.next } else { heads[place] = link.next }
    if link.next >= 0 { links[Int(link.next)].previous = link.previous } else { tails[place] = link.previous }
    links[slot].place = -1
    if heads[place] < 0 { occupied[place / 64] &= ~(1 << UInt64(place % 64)) }
  }

  /// Tells the wheel how late it is; `nextDue` then gives the slots that it passes.
  mutating func turn(to second: Int64) {
    if self.second == nil { self.second = second }
    turnedTo = max(turnedTo, second)
  }

  /// Slots may wait whose second has passed.
  var isBehind: Bool { second.map { $0 < turnedTo } ?? false }

  /// The next slot whose second has passed, soonest first, taken off the wheel; nil if none is left.
  ///
  /// One at a time: were all of a second handed out together, a million flows that began together would hold up one packet, and their
  /// records would lie in memory together.
  mutating func nextDue() -> Int? {
    guard var at = second, at < turnedTo else { return nil }
    // After a jump in time one turn passes every place.
    at = max(at, turnedTo - Int64(TimerWheel.size))
    guard let ahead = secondsToNext(behind: at), at + ahead <= turnedTo else {
      second = turnedTo
      return nil
    }
    second = at + ahead - 1
    let slot = Int(heads[TimerWheel.place(of: at + ahead)])
    cancel(slot)
    return slot
  }

  /// The slot that waits for the next time-out, the longest waiting if several do.
  func soonest() -> Int? {
    let now = second ?? 0
    return secondsToNext(behind: now).map { Int(heads[TimerWheel.place(of: now + $0)]) }
  }

  private static func place(of second: Int64) -> Int { Int(second & Int64(size - 1)) }

  private func place(at second: Int64) -> Int {
    let now = self.second ?? second
    // Not before the second to which the wheel turns: behind that it would be handed out at once, again and again.
    let due = min(max(second, now + 1, turnedTo + 1), now + Int64(TimerWheel.size) - 1)
    return TimerWheel.place(of: due)
  }

  /// How many seconds behind `second` the next place with slots lies, from 1 to the size of the wheel; nil if none has any.
  private func secondsToNext(behind second: Int64) -> Int64? {
    let start = TimerWheel.place(of: second + 1)
    // The word of the first place is looked at twice: its bits from there on first, those before it last.
    for step in 0...occupied.count {
      let index = (start / 64 + step) % occupied.count
      var word = occupied[index]
      if step == 0 { word &= .max << UInt64(start % 64) }
      if step == occupied.count { word &= ~(.max << UInt64(start % 64)) }
      if word != 0 {
        let place = index * 64 + word.trailingZeroBitCount
        return Int64((place - start + TimerWheel.size) % TimerWheel.size) + 1
      }
    }
    return nil
  }
}
