import Model

/// Finds the periods that capture files cover, from the times of their packets alone.
///
/// Time between two files is of neither. A silence within a file is a break only where it is improbable: it lasts two
/// minutes to half an hour, and in the ten minutes before and after there was something in every minute, so that the
/// silence is at least five times as long as the longest in them. What is longer is an office that sleeps, up to five
/// days; what is shorter, or in a network with few packets, cannot be told from a pause.
struct ObservedSpans {
  /// Seconds of a slot, the unit in which times with packets are recorded.
  private static let slot: Int64 = 5
  /// Ten minutes, in slots.
  private static let window: Int64 = 120
  /// Two minutes and half an hour, in slots.
  private static let suspicious: ClosedRange<Int64> = 24...360
  /// Five days, in slots: a long weekend.
  private static let longestSleep: Int64 = 86_400
  /// A minute, in slots.
  private static let longestUsual: Int64 = 12
  private static let slotsBeside = 10

  /// The ten minutes before or after a silence.
  private struct Side {
    /// Slots with packets.
    var slots = 0
    /// In slots.
    var longest: Int64 = 0
  }

  /// A silence whose following ten minutes are not complete yet.
  private struct Silence {
    /// Seconds of the packets before and after it.
    var from: Int64
    var to: Int64
    var isBetweenFiles: Bool
    var before: Side
    var after = Side(slots: 1)
    var lastSlot: Int64

    var start: Int64 { floorDivide(to, ObservedSpans.slot) }
    var length: Int64 { start - floorDivide(from, ObservedSpans.slot) }

    var isBreak: Bool {
      if isBetweenFiles || length > ObservedSpans.longestSleep { return true }
      let usual = max(before.longest, after.longest, 1)
      return min(before.slots, after.slots) >= ObservedSpans.slotsBeside && usual <= ObservedSpans.longestUsual
        && length >= CaptureSpan.usualTimes * usual
    }
  }

  /// Slots with packets of the last ten minutes, oldest first.
  private var recent: [Int64] = []
  private var open: [Silence] = []
  private var found: [Silence] = []
  private var first: Int64?
  private var last = Int64.min
  private var isBetweenFiles = false

  /// Records that no file covers the time between the previous and the next packet.
  mutating func noteFileEdge() { isBetweenFiles = true }

  mutating func note(_ time: Timestamp) {
    let second = time.seconds
    defer { isBetweenFiles = false }
    guard second > last else { return }
    defer { last = second }
    let number = floorDivide(second, ObservedSpans.slot)
    guard let previous = recent.last else {
      first = second
      recent = [number]
      return
    }
    guard number > previous || isBetweenFiles else { return }
    if !open.isEmpty { look(at: number) }
    let length = number - previous
    if isBetweenFiles || ObservedSpans.suspicious.contains(length) || length > ObservedSpans.longestSleep {
      open.append(
        Silence(from: last, to: second, isBetweenFiles: isBetweenFiles, before: sideBefore(previous), lastSlot: number))
    }
    if recent.count > 2 * Int(ObservedSpans.window) { recent.removeAll { $0 < number - ObservedSpans.window } }
    if number > previous { recent.append(number) }
  }

  /// Adds a slot with packets: it extends or completes the window after each silence that is still under examination.
  private mutating func look(at number: Int64) {
    for index in open.indices where number > open[index].lastSlot {
      let end = open[index].start + ObservedSpans.window
      open[index].after.longest = max(open[index].after.longest, min(number, end) - open[index].lastSlot)
      if number <= end { open[index].after.slots += 1 }
      open[index].lastSlot = number
    }
    settle { number > $0.start + ObservedSpans.window }
  }

  private mutating func settle(where isWhole: (Silence) -> Bool) {
    for silence in open where isWhole(silence) && silence.isBreak { found.append(silence) }
    open.removeAll(where: isWhole)
  }

  private func sideBefore(_ end: Int64) -> Side {
    var side = Side()
    var next = end
    let start = end - ObservedSpans.window
    for slot in recent.reversed() {
      side.longest = max(side.longest, next - max(slot, start))
      guard slot >= start else { break }
      side.slots += 1
      next = slot
    }
    return side
  }

  /// The spans of all packets so far, in order; empty if there were none.
  mutating func finish() -> [CaptureSpan] {
    guard let first, let newest = recent.last else { return [] }
    settle { _ in true }
    found.sort { $0.from < $1.from }
    var spans: [CaptureSpan] = []
    var start = first
    var begins = CaptureSpan.Beginning.file
    var edge: Int64 = 0
    for silence in found {
      spans.append(
        CaptureSpan(
          first: start, last: silence.from, begins: begins,
          edgeSilence: max(edge, silence.before.longest) * ObservedSpans.slot))
      start = silence.to
      begins = silence.isBetweenFiles ? .file : .silence
      edge = silence.after.longest
    }
    spans.append(
      CaptureSpan(
        first: start, last: last, begins: begins,
        edgeSilence: max(edge, sideBefore(newest).longest) * ObservedSpans.slot))
    return spans
  }
}
