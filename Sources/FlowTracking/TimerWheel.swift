/// A timer wheel: returns the slots whose second has passed, soonest first, in constant time for each.
///
/// It has one place for each second; a slot with a deadline beyond the wheel's range is returned early, and the caller
/// schedules it again. Each place holds a queue, so that the slot that has waited longest is found in constant time,
/// however many wait for the same second.
struct TimerWheel: ~Copyable {
  private let inPlace = KeptInPlace()
  private struct Link {
    var previous: Int32 = -1
    var next: Int32 = -1
    /// The place of the wheel at which the slot waits; -1 if it does not wait.
    var place: Int32 = -1
  }

  private var links = Slab(vacant: Link())
  private var heads = [Int32](repeating: -1, count: TimerWheel.size)
  private var tails = [Int32](repeating: -1, count: TimerWheel.size)
  /// A bit for each place with slots. Without it, the search for the next slot would pass as many empty places as a
  /// time-out has seconds.
  private var occupied = [UInt64](repeating: 0, count: TimerWheel.size / 64)
  /// The second up to which slots have been returned; earlier than `turnedTo` while due slots are left.
  private var second: Int64?
  /// The second up to which slots are due.
  private(set) var turnedTo = Int64.min

  private static let size = 2_048
  static var bytesEach: Int { MemoryLayout<Link>.stride }

  init() {}

  /// Schedules a slot for `second`, or for the end of the wheel's range.
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

  /// Whether the slot waits at the place where `schedule` would put it.
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

  /// Sets the current second; `nextDue` then returns the slots that are due.
  mutating func turn(to second: Int64) {
    if self.second == nil { self.second = second }
    turnedTo = max(turnedTo, second)
  }

  /// There may be slots that are due.
  var isBehind: Bool { second.map { $0 < turnedTo } ?? false }

  /// Removes and returns the next slot whose second has passed, soonest first; nil if none is left.
  ///
  /// One at a time: if all of a second were returned together, a million flows that began together would delay one
  /// packet, and all their records would be in memory at once.
  mutating func nextDue() -> Int? {
    guard var at = second, at < turnedTo else { return nil }
    // After a jump in time, one turn of the wheel visits every place.
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

  /// The slot with the nearest deadline; of several, the one that has waited longest.
  func soonest() -> Int? {
    let now = second ?? 0
    return secondsToNext(behind: now).map { Int(heads[TimerWheel.place(of: now + $0)]) }
  }

  private static func place(of second: Int64) -> Int { Int(second & Int64(size - 1)) }

  private func place(at second: Int64) -> Int {
    let now = self.second ?? second
    // Not earlier than the current second: otherwise it would be returned at once, again and again.
    let due = min(max(second, now + 1, turnedTo + 1), now + Int64(TimerWheel.size) - 1)
    return TimerWheel.place(of: due)
  }

  /// Seconds from `second` to the next place with slots, from 1 to the size of the wheel; nil if there are none.
  private func secondsToNext(behind second: Int64) -> Int64? {
    let start = TimerWheel.place(of: second + 1)
    // The word of the first place is examined twice: first its bits from that place on, last the bits in front of it.
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
