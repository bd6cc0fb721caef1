import CMemory

/// Elements at places that never move, in blocks that are allocated as needed.
///
/// A growing array copies itself: with hundreds of megabytes this delays packets and briefly needs twice the memory.
/// Each block is a huge page, except the first, which is smaller, since most tables are small.
///
/// Unsafe storage behind a safe interface: `subscript` checks the place against `used`, and every place below `used` is
/// initialised; a removed one holds `vacant`.
struct Slab<Element>: ~Copyable {
  private var blocks: [UnsafeMutablePointer<Element>] = []
  private var used = 0
  private var free: [Int32] = []
  private let vacant: Element
  private let inPlace = KeptInPlace()

  private static var blockSize: Int { Int(cmemory_huge_page) / MemoryLayout<Element>.stride }
  private static var firstSize: Int { blockSize / 16 }

  /// - Parameter vacant: the value of an unused place; it owns no memory.
  init(vacant: Element) { self.vacant = vacant }

  deinit {
    var left = used
    for (index, block) in blocks.enumerated() {
      let count = min(left, index == 0 ? Slab.firstSize : Slab.blockSize)
      block.deinitialize(count: count)
      cmemory_free(block)
      left -= count
    }
  }

  /// Number of places in use.
  var count: Int { used - free.count }

  /// By address, so that elements are read and changed in place: a coroutine would copy their hundreds of bytes.
  subscript(place: Int) -> Element {
    @inline(__always) unsafeAddress { UnsafePointer(address(of: place)) }
    @inline(__always) unsafeMutableAddress { address(of: place) }
  }

  /// The address of a place, valid for as long as the slab lives, since elements never move. The place is checked.
  @inline(__always)
  func address(of place: Int) -> UnsafeMutablePointer<Element> {
    precondition(place >= 0 && place < used)
    return unchecked(place)
  }

  @inline(__always)
  private func unchecked(_ place: Int) -> UnsafeMutablePointer<Element> {
    let rest = place - Slab.firstSize
    if rest < 0 { return blocks[0].advanced(by: place) }
    return blocks[1 + rest / Slab.blockSize].advanced(by: rest % Slab.blockSize)
  }

  /// Stores `element` and returns its place.
  mutating func insert(_ element: consuming Element) -> Int {
    if let place = free.popLast() {
      self[Int(place)] = element
      return Int(place)
    }
    if used == Slab.firstSize + (blocks.count - 1) * Slab.blockSize || used == 0 { addBlock() }
    unchecked(used).initialize(to: element)
    used += 1
    return used - 1
  }

  private mutating func addBlock() {
    let size = blocks.isEmpty ? Slab.firstSize : Slab.blockSize
    let bytes = cmemory_allocate(size * MemoryLayout<Element>.stride, blocks.isEmpty ? 0 : 1)!
    blocks.append(bytes.bindMemory(to: Element.self, capacity: size))
  }

  /// Frees a place.
  mutating func remove(_ place: Int) {
    let element = address(of: place)
    element.deinitialize(count: 1)
    element.initialize(to: vacant)
    free.append(Int32(place))
  }

  /// All places in use.
  var places: [Int] {
    var isFree = Array(repeating: false, count: used)
    for place in free { isFree[Int(place)] = true }
    return (0..<used).filter { !isFree[$0] }
  }
}
