import Model

/// What a TCP direction has sent so far, by sequence numbers (RFC 9293 §3.4).
struct SequenceState {
  /// Behind the highest byte seen.
  var next: UInt32 = 0
  /// Highest acknowledgment that the other side sent for this direction.
  var acknowledged: UInt32 = 0
  /// Of the SYN; valid where one was seen.
  var initial: UInt32 = 0
}

/// One flow in the table: fixed size, no references, so that a packet touches nothing else.
struct FlowEntry {
  struct Flags: OptionSet {
    var rawValue: UInt32
    static let originatorIsFirst = Flags(rawValue: 1 << 0)
    static let originatorInferred = Flags(rawValue: 1 << 1)
    static let synUp = Flags(rawValue: 1 << 2)
    static let synDown = Flags(rawValue: 1 << 3)
    static let finUp = Flags(rawValue: 1 << 4)
    static let finDown = Flags(rawValue: 1 << 5)
    static let resetUp = Flags(rawValue: 1 << 6)
    static let resetDown = Flags(rawValue: 1 << 7)
    static let unreachable = Flags(rawValue: 1 << 8)
    static let dataUp = Flags(rawValue: 1 << 9)
    static let dataDown = Flags(rawValue: 1 << 10)
    /// `up.next` (or `down.next`) holds.
    static let sequenceUp = Flags(rawValue: 1 << 11)
    static let sequenceDown = Flags(rawValue: 1 << 12)
    /// The other side's acknowledgments of this direction hold.
    static let acknowledgedUp = Flags(rawValue: 1 << 13)
    static let acknowledgedDown = Flags(rawValue: 1 << 14)
    /// No more of the direction's stream will be looked at.
    static let readUp = Flags(rawValue: 1 << 15)
    static let readDown = Flags(rawValue: 1 << 16)
    static let evicted = Flags(rawValue: 1 << 17)
    static let viaProxy = Flags(rawValue: 1 << 18)
    /// A packet of the originator has come: its device is known.
    static let originatorSeen = Flags(rawValue: 1 << 19)
    /// A hello has come: what the originator sends is encrypted.
    static let encrypted = Flags(rawValue: 1 << 20)
    /// The originator sent something in this record that is not known to be encrypted, and that is not kept.
    static let notInspected = Flags(rawValue: 1 << 21)
    /// The client's first message may be OpenVPN's; the answer decides.
    static let openVPNAsked = Flags(rawValue: 1 << 30)
    /// DNS messages, whatever the port.
    static let dns = Flags(rawValue: 1 << 31)
  }

  var key: FlowKey
  var number: UInt64
  var flowStart: Int64
  var recordStart: Int64
  var last: Int64
  var traffic = Traffic()
  /// Of `traffic.bytesUp`: packets that carry a packet of another flow.
  var carriedUp: UInt64 = 0
  var up = SequenceState()
  var down = SequenceState()
  /// Missed bytes that earlier records of the flow have told.
  var missedReported: UInt64 = 0
  /// Sixteen letters, first one in the lowest byte of the first word.
  var history: (UInt64, UInt64) = (0, 0)
  /// Hardware address of the originator; bit 63 set where one was seen.
  var hardware: UInt64 = 0
  var flags: Flags = []
  /// Index into the tracker's details, -1 for none.
  var detail: Int32 = -1
  var part: UInt32 = 0
  var recordHour: Int32 = 0
  var searchBudget: UInt16 = FlowEntry.initialSearchBudget
  /// Datagrams of either side whose Initial packets no key opened.
  var unreadableInitials: UInt8 = 0
  var hash: UInt32 = 0
  fileprivate(set) var wheelPrevious: Int32 = -1
  fileprivate(set) var wheelNext: Int32 = -1
  fileprivate(set) var wheelSlot: Int32 = -1

  /// Turns around all that is noted by sides; the new originator's device is not known yet.
  mutating func exchangeEnds() {
    func exchanged(_ up: Flags, _ down: Flags) -> Flags {
      (flags.contains(up) ? down : []).union(flags.contains(down) ? up : [])
    }
    let sides: [(up: Flags, down: Flags)] = [
      (.synUp, .synDown), (.finUp, .finDown), (.resetUp, .resetDown), (.dataUp, .dataDown),
      (.sequenceUp, .sequenceDown), (.acknowledgedUp, .acknowledgedDown), (.readUp, .readDown),
    ]
    for side in sides {
      let turned = exchanged(side.up, side.down)
      flags.subtract([side.up, side.down])
      flags.formUnion(turned)
    }
    flags.formSymmetricDifference(.originatorIsFirst)
    flags.insert(.originatorInferred)
    flags.subtract([.originatorSeen, .unreachable])
    hardware = 0
    swap(&up, &down)
    swap(&traffic.bytesUp, &traffic.bytesDown)
    swap(&traffic.packetsUp, &traffic.packetsDown)
    // Letters of the two sides differ in one bit.
    func turned(_ word: UInt64) -> UInt64 {
      (0..<8).reduce(word) { $0 ^ (word >> (8 * $1) & 0xff == 0 ? 0 : 0x20 << (8 * UInt64($1))) }
    }
    history = (turned(history.0), turned(history.1))
  }

  /// Segments of the originator that are looked at for the beginning of a request or a hello before the flow is left alone.
  static let initialSearchBudget: UInt16 = 48

  /// What a place holds that no flow uses.
  static let vacant = FlowEntry(
    key: FlowKey(
      firstAddress: IPAddress(high: 0, low: 0), secondAddress: IPAddress(high: 0, low: 0), ports: 0, transport: 0,
      vlan: 0, scope: 0),
    number: 0, flowStart: 0, recordStart: 0, last: 0)
}

/// All flows that are under way: a bounded hash table over a slab, with a wheel of time-outs.
///
/// Unsafe storage behind a safe face: buckets hold only places of the slab, and are read within the mask.
struct FlowTable: ~Copyable {
  private var entries = Slab(vacant: FlowEntry.vacant)
  /// Upper half: hash; lower half: slot + 1; 0 is empty. Linear probing, deletion by shifting back.
  private var buckets: UnsafeMutablePointer<UInt64>
  private var bucketMask: Int
  var limit: Int
  private let seed: UInt64

  /// One slot a second. A deadline further away than the wheel is looked at again when its slot comes.
  private var wheel: [Int32]
  /// The newest flow of each slot; the lists are queues, so that the oldest is at hand however many wait for the same second.
  private var wheelEnds: [Int32]
  /// A bit for each slot that has flows, or the search for the next one would walk over as many empty ones as a time-out has seconds.
  private var occupied: [UInt64]
  /// Up to which the wheel has turned; behind `turnedTo` while flows still wait to be looked at.
  private var wheelSecond: Int64?
  /// To which it is to turn.
  private(set) var turnedTo = Int64.min
  private static let wheelSize = 2_048
  static let smallestLimit = 16

  /// What a flow takes here: its entry, and two to four buckets.
  static let bytesEach = MemoryLayout<FlowEntry>.stride + 4 * MemoryLayout<UInt64>.stride

  /// - Parameter limit: most flows at a time; `bytesEach` is allocated for each as they come.
  init(limit: Int) {
    self.limit = max(limit, FlowTable.smallestLimit)
    bucketMask = 63
    buckets = .allocate(capacity: bucketMask + 1)
    buckets.initialize(repeating: 0, count: bucketMask + 1)
    wheel = Array(repeating: -1, count: FlowTable.wheelSize)
    wheelEnds = wheel
    occupied = Array(repeating: 0, count: FlowTable.wheelSize / 64)
    seed = UInt64.random(in: .min ... .max)
  }

  deinit { buckets.deallocate() }

  /// Flows under way.
  var count: Int { entries.count }

  subscript(slot: Int) -> FlowEntry {
    @inline(__always) unsafeAddress { UnsafePointer(entries.address(of: slot)) }
    @inline(__always) unsafeMutableAddress { entries.address(of: slot) }
  }

  var isFull: Bool { count >= limit }

  @inline(__always)
  func hash(_ key: FlowKey) -> UInt32 { UInt32(truncatingIfNeeded: key.hash(seed: seed) >> 32) }

  @inline(__always)
  func find(_ key: FlowKey, hash: UInt32) -> Int? {
    var bucket = Int(hash) & bucketMask
    while true {
      let value = buckets[bucket]
      if value == 0 { return nil }
      if UInt32(truncatingIfNeeded: value >> 32) == hash {
        let slot = Int(UInt32(truncatingIfNeeded: value)) - 1
        if entries[slot].key == key { return slot }
      }
      bucket = (bucket + 1) & bucketMask
    }
  }

  /// Adds a flow that is not there yet. The caller keeps the limit, which may have been lowered below the flows that are there.
  mutating func insert(_ entry: FlowEntry) -> Int {
    if (count + 1) * 2 > bucketMask + 1 { growBuckets() }
    let slot = entries.insert(entry)
    place(hash: entry.hash, slot: slot)
    return slot
  }

  mutating func remove(_ slot: Int) {
    unschedule(slot)
    let hash = entries[slot].hash
    var bucket = Int(hash) & bucketMask
    while Int(UInt32(truncatingIfNeeded: buckets[bucket])) - 1 != slot { bucket = (bucket + 1) & bucketMask }
    // Shift back what would no longer be found over the hole.
    var hole = bucket
    var probe = (bucket + 1) & bucketMask
    while buckets[probe] != 0 {
      let home = Int(UInt32(truncatingIfNeeded: buckets[probe] >> 32)) & bucketMask
      if (probe - home) & bucketMask >= (probe - hole) & bucketMask {
        buckets[hole] = buckets[probe]
        hole = probe
      }
      probe = (probe + 1) & bucketMask
    }
    buckets[hole] = 0
    entries.remove(slot)
  }

  private func place(hash: UInt32, slot: Int) {
    var bucket = Int(hash) & bucketMask
    while buckets[bucket] != 0 { bucket = (bucket + 1) & bucketMask }
    buckets[bucket] = UInt64(hash) << 32 | UInt64(slot + 1)
  }

  private mutating func growBuckets() {
    let old = buckets
    let oldCount = bucketMask + 1
    bucketMask = oldCount * 2 - 1
    buckets = .allocate(capacity: bucketMask + 1)
    buckets.initialize(repeating: 0, count: bucketMask + 1)
    for index in 0..<oldCount where old[index] != 0 {
      place(
        hash: UInt32(truncatingIfNeeded: old[index] >> 32), slot: Int(UInt32(truncatingIfNeeded: old[index])) - 1)
    }
    old.deallocate()
  }
}

// MARK: - Time-outs

extension FlowTable {
  /// Puts the flow where the wheel comes by at `second`, or as late as the wheel reaches.
  mutating func schedule(_ slot: Int, at second: Int64) {
    unschedule(slot)
    let place = wheelPlace(at: second)
    let last = wheelEnds[place]
    entries[slot].wheelSlot = Int32(place)
    entries[slot].wheelNext = -1
    entries[slot].wheelPrevious = last
    if last >= 0 {
      entries[Int(last)].wheelNext = Int32(slot)
    } else {
      wheel[place] = Int32(slot)
      occupied[place / 64] |= 1 << UInt64(place % 64)
    }
    wheelEnds[place] = Int32(slot)
  }

  /// Whether the flow waits where `schedule` would put it.
  func isScheduled(_ slot: Int, at second: Int64) -> Bool { entries[slot].wheelSlot == wheelPlace(at: second) }

  private func wheelPlace(at second: Int64) -> Int {
    let now = wheelSecond ?? second
    // Not before the second to which the wheel turns: behind that it would be handed out at once, again and again.
    let due = min(max(second, now + 1, turnedTo + 1), now + Int64(FlowTable.wheelSize) - 1)
    return Int(due & Int64(FlowTable.wheelSize - 1))
  }

  private mutating func unschedule(_ slot: Int) {
    let place = entries[slot].wheelSlot
    guard place >= 0 else { return }
    let previous = entries[slot].wheelPrevious
    let next = entries[slot].wheelNext
    if previous >= 0 { entries[Int(previous)].wheelNext = next } else { wheel[Int(place)] = next }
    if next >= 0 { entries[Int(next)].wheelPrevious = previous } else { wheelEnds[Int(place)] = previous }
    entries[slot].wheelSlot = -1
    if wheel[Int(place)] < 0 { occupied[Int(place) / 64] &= ~(1 << UInt64(place % 64)) }
  }

  /// How many seconds behind `second` the next slot with flows lies, from 1 to the size of the wheel; nil where none has any.
  private func secondsToNext(behind second: Int64) -> Int64? {
    let start = Int((second + 1) & Int64(FlowTable.wheelSize - 1))
    // The word of the first slot is looked at twice: its bits from there on first, those before it last.
    for step in 0...occupied.count {
      let index = (start / 64 + step) % occupied.count
      var word = occupied[index]
      if step == 0 { word &= .max << UInt64(start % 64) }
      if step == occupied.count { word &= ~(.max << UInt64(start % 64)) }
      if word != 0 {
        let place = index * 64 + word.trailingZeroBitCount
        return Int64((place - start + FlowTable.wheelSize) % FlowTable.wheelSize) + 1
      }
    }
    return nil
  }

  /// Tells the wheel how late it is; `nextDue` then gives the flows that it passes.
  mutating func turn(to second: Int64) {
    if wheelSecond == nil { wheelSecond = second }
    turnedTo = max(turnedTo, second)
  }

  /// Flows may wait whose second has passed.
  var isBehind: Bool { wheelSecond.map { $0 < turnedTo } ?? false }

  /// The next flow whose second has passed, soonest first, taken off the wheel; nil where none is left.
  ///
  /// One at a time: were all of a second handed out together, a million flows that began together would hold up one packet, and their records would
  /// lie in memory together.
  mutating func nextDue() -> Int? {
    guard var at = wheelSecond, at < turnedTo else { return nil }
    // After a jump in time one turn passes every slot.
    at = max(at, turnedTo - Int64(FlowTable.wheelSize))
    guard let ahead = secondsToNext(behind: at), at + ahead <= turnedTo else {
      wheelSecond = turnedTo
      return nil
    }
    wheelSecond = at + ahead - 1
    let slot = Int(wheel[Int((at + ahead) & Int64(FlowTable.wheelSize - 1))])
    unschedule(slot)
    return slot
  }

  /// The flow that waits for the next time-out, the longest waiting where several do.
  func soonest() -> Int? {
    let now = wheelSecond ?? 0
    return secondsToNext(behind: now).map { Int(wheel[Int((now + $0) & Int64(FlowTable.wheelSize - 1))]) }
  }

  /// All flows, in the order in which they began.
  func all() -> [Int] { entries.places.sorted { entries[$0].number < entries[$1].number } }
}
