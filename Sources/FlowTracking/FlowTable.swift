import CMemory
import Model

/// All open flows: a bounded hash table over a slab, with a timer wheel for their time-outs.
///
/// Unsafe storage behind a safe interface: buckets hold only places of the slab, and are accessed within the mask.
struct FlowTable: ~Copyable {
  private var entries = Slab(vacant: FlowEntry.vacant)
  /// Upper half: hash; lower half: slot + 1; 0 is empty. Linear probing, with deletion by shifting back.
  private var buckets: UnsafeMutablePointer<UInt64>
  private var bucketMask: Int
  var limit: Int
  private let seed: UInt64

  var timers = TimerWheel()
  static let smallestLimit = 16

  /// Bytes for each flow: its entry, its place on the timer wheel, and up to eight thirds of a bucket.
  static let bytesEach = MemoryLayout<FlowEntry>.stride + TimerWheel.bytesEach + 8 * MemoryLayout<UInt64>.stride / 3

  /// - Parameter limit: most flows at a time; memory is allocated as they come, `bytesEach` for each.
  init(limit: Int) {
    self.limit = max(limit, FlowTable.smallestLimit)
    bucketMask = 63
    buckets = FlowTable.emptyBuckets(bucketMask + 1)
    seed = UInt64.random(in: .min ... .max)
  }

  deinit { cmemory_free(buckets) }

  /// Number of open flows.
  var count: Int { entries.count }

  subscript(slot: Int) -> FlowEntry {
    @inline(__always) unsafeAddress { UnsafePointer(entries.address(of: slot)) }
    @inline(__always) unsafeMutableAddress { entries.address(of: slot) }
  }

  var isFull: Bool { count >= limit }

  /// There are so many flows that most are not in the processor's caches.
  var isLarge: Bool { count >= 16_384 }

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

  /// Prefetches the memory that `find` reads first.
  @inline(__always)
  func prefetchBucket(_ hash: UInt32) { cmemory_prefetch(buckets + (Int(hash) & bucketMask)) }

  /// Prefetches the entry of the flow that `find` probably returns; its bucket should be in a cache.
  @inline(__always)
  func prefetchEntry(_ hash: UInt32) {
    var bucket = Int(hash) & bucketMask
    while buckets[bucket] != 0 {
      if UInt32(truncatingIfNeeded: buckets[bucket] >> 32) == hash {
        let entry = UnsafeRawPointer(entries.address(of: Int(UInt32(truncatingIfNeeded: buckets[bucket])) - 1))
        cmemory_prefetch(entry)
        cmemory_prefetch(entry + 64)
        return
      }
      bucket = (bucket + 1) & bucketMask
    }
  }

  /// Adds a flow that is not in the table yet. The caller enforces the limit, which may have been lowered below the
  /// number of flows.
  mutating func insert(_ entry: FlowEntry) -> Int {
    if (count + 1) * 4 > (bucketMask + 1) * 3 { growBuckets() }
    let slot = entries.insert(entry)
    place(hash: entry.hash, slot: slot)
    return slot
  }

  mutating func remove(_ slot: Int) {
    timers.cancel(slot)
    let hash = entries[slot].hash
    var bucket = Int(hash) & bucketMask
    while Int(UInt32(truncatingIfNeeded: buckets[bucket])) - 1 != slot { bucket = (bucket + 1) & bucketMask }
    // Shift entries back that could no longer be found behind the hole.
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

  private static func emptyBuckets(_ count: Int) -> UnsafeMutablePointer<UInt64> {
    let size = count * MemoryLayout<UInt64>.stride
    let isLarge = size >= Int(cmemory_huge_page)
    let buckets = cmemory_allocate(size, isLarge ? 1 : 0)!.bindMemory(to: UInt64.self, capacity: count)
    buckets.initialize(repeating: 0, count: count)
    return buckets
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
    buckets = FlowTable.emptyBuckets(bucketMask + 1)
    for index in 0..<oldCount where old[index] != 0 {
      place(
        hash: UInt32(truncatingIfNeeded: old[index] >> 32), slot: Int(UInt32(truncatingIfNeeded: old[index])) - 1)
    }
    cmemory_free(old)
  }

  /// Slots of all flows, in the order in which they began.
  func all() -> [Int] { entries.places.sorted { entries[$0].number < entries[$1].number } }
}
