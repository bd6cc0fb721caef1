import Model

/// What an `AgedTable` stores in each of its elements.
struct TableLinks {
  var hash: UInt32 = 0
  /// Place of the next element in the same bucket; -1 if there is none.
  fileprivate var next: Int32 = -1
  /// Places of the neighbours in the order of age; -1 if there is none.
  fileprivate var older: Int32 = -1
  fileprivate var newer: Int32 = -1
}

/// An element of an `AgedTable`: a plain value of fixed size that owns no memory.
protocol TableElement {
  /// Set by the table only.
  var links: TableLinks { get set }
  /// The value of an unused place.
  static var vacant: Self { get }
}

/// A hash table that knows which of its elements is the oldest.
///
/// It grows by one bucket at a time (linear hashing: W. Litwin, VLDB 1980), so that no packet waits for a table to be
/// rebuilt, and nothing is copied. Finding, adding and removing take constant time on average. The caller bounds the
/// number of elements, and passes hashes that senders cannot predict (`SecretHash`).
struct AgedTable<Element: TableElement>: ~Copyable {
  private var elements = Slab<Element>(vacant: .vacant)
  /// Place of the first element of each bucket; -1 if the bucket is empty.
  private var buckets = Slab<Int32>(vacant: -1)
  /// Number of buckets at the last complete doubling, a power of two; those below `buckets.count - wholeBuckets` have
  /// been split since.
  private var wholeBuckets: Int
  private var oldestPlace: Int32 = -1
  private var newestPlace: Int32 = -1

  /// Bytes for each element: its place, a bucket, and an entry in the list of free places.
  static var bytesEach: Int { MemoryLayout<Element>.stride + 2 * MemoryLayout<Int32>.stride }
  private static var initialBuckets: Int { 64 }

  init() {
    wholeBuckets = AgedTable.initialBuckets
    for _ in 0..<AgedTable.initialBuckets { _ = buckets.insert(-1) }
  }

  var count: Int { elements.count }

  /// Place of the element that was least recently added or made the newest; nil if the table is empty.
  var oldest: Int? { oldestPlace < 0 ? nil : Int(oldestPlace) }

  subscript(place: Int) -> Element {
    @inline(__always) unsafeAddress { UnsafePointer(elements.address(of: place)) }
    @inline(__always) unsafeMutableAddress { elements.address(of: place) }
  }

  /// Place of the element with this hash that `isSought` accepts; nil if there is none.
  @inline(__always)
  func find(_ hash: UInt32, _ isSought: (borrowing Element) -> Bool) -> Int? {
    var place = buckets[bucket(of: hash)]
    while place >= 0 {
      if elements[Int(place)].links.hash == hash, isSought(elements[Int(place)]) { return Int(place) }
      place = elements[Int(place)].links.next
    }
    return nil
  }

  /// Adds an element that is not in the table yet, as the newest, and returns its place, which it keeps until it is
  /// removed.
  mutating func insert(_ element: Element, hash: UInt32) -> Int {
    if count >= buckets.count { splitNextBucket() }
    let place = elements.insert(element)
    let bucket = bucket(of: hash)
    elements[place].links = TableLinks(hash: hash, next: buckets[bucket])
    buckets[bucket] = Int32(place)
    linkAsNewest(place)
    return place
  }

  mutating func remove(_ place: Int) {
    let links = elements[place].links
    unlink(place)
    let bucket = bucket(of: links.hash)
    if buckets[bucket] == Int32(place) {
      buckets[bucket] = links.next
    } else {
      var before = Int(buckets[bucket])
      while elements[before].links.next != Int32(place) { before = Int(elements[before].links.next) }
      elements[before].links.next = links.next
    }
    elements.remove(place)
  }

  mutating func makeNewest(_ place: Int) {
    guard newestPlace != Int32(place) else { return }
    unlink(place)
    linkAsNewest(place)
  }

  @inline(__always)
  private func bucket(of hash: UInt32) -> Int {
    let bucket = Int(hash) & (2 * wholeBuckets - 1)
    return bucket < buckets.count ? bucket : bucket - wholeBuckets
  }

  private mutating func splitNextBucket() {
    if buckets.count == 2 * wholeBuckets { wholeBuckets *= 2 }
    let old = buckets.count - wholeBuckets
    let new = buckets.insert(-1)
    var place = buckets[old]
    buckets[old] = -1
    while place >= 0 {
      let next = elements[Int(place)].links.next
      let bucket = Int(elements[Int(place)].links.hash) & (2 * wholeBuckets - 1) == new ? new : old
      elements[Int(place)].links.next = buckets[bucket]
      buckets[bucket] = place
      place = next
    }
  }

  private mutating func linkAsNewest(_ place: Int) {
    elements[place].links.older = newestPlace
    elements[place].links.newer = -1
    if newestPlace >= 0 {
      elements[Int(newestPlace)].links.newer = Int32(place)
    } else {
      oldestPlace = Int32(place)
    }
    newestPlace = Int32(place)
  }

  private mutating func unlink(_ place: Int) {
    let (older, newer) = (elements[place].links.older, elements[place].links.newer)
    if older >= 0 { elements[Int(older)].links.newer = newer } else { oldestPlace = newer }
    if newer >= 0 { elements[Int(newer)].links.older = older } else { newestPlace = older }
  }
}

/// A hash with a secret of this process, so that no sender can fill one bucket: folded products of 64-bit numbers.
struct SecretHash {
  private let first = UInt64.random(in: .min ... .max)
  private let second = UInt64.random(in: .min ... .max)

  @inline(__always)
  func start(_ length: Int) -> UInt64 { UInt64(truncatingIfNeeded: length) }

  @inline(__always)
  func mix(_ state: UInt64, _ word: UInt64) -> UInt64 {
    let product = (word ^ first).multipliedFullWidth(by: state ^ second)
    return product.high ^ product.low
  }

  @inline(__always)
  func finish(_ state: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: mix(state, first &+ second) >> 16) }

  @inline(__always)
  func of(_ address: IPAddress) -> UInt32 { finish(mix(mix(start(16), address.high), address.low)) }
}
