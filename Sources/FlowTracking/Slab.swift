import CMemory

/// Elements at places that never move, in blocks that are added as they are needed.
///
/// An array that grows copies itself: with hundreds of megabytes that holds up packets, and for a moment takes the room twice. A block is a
/// huge page, but for the first, which is small: most tables are.
///
/// Unsafe storage behind a safe face: `subscript` checks the place against `used`, and every place below `used` is initialised: a place that
/// is given back holds `vacant`.
struct Slab<Element>: ~Copyable {
  private var blocks: [UnsafeMutablePointer<Element>] = []
  private var used = 0
  private var free: [Int32] = []
  private let vacant: Element
  private let inPlace = KeptInPlace()

  private static var blockSize: Int { Int(cmemory_huge_page) / MemoryLayout<Element>.stride }
  private static var firstSize: Int { blockSize / 16 }

  /// - Parameter vacant: what a place holds that nobody uses: it owns no memory.
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

  /// Places in use.
  var count: Int { used - free.count }

  /// By address: read and changed in place, where a coroutine would copy elements of hundreds of bytes.
  subscript(place: Int) -> Element {
    @inline(__always) unsafeAddress { UnsafePointer(address(of: place)) }
    @inline(__always) unsafeMutableAddress { address(of: place) }
  }

  /// Valid for as long as the slab lives: elements never move. The place has been checked.
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

  /// Gives a place that holds `element`.
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

  /// Takes a place back.
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
