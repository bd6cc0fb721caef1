import CMemory

/// Elements at places that never move, in blocks that are added as they are needed.
///
/// An array that grows copies itself: with hundreds of megabytes that holds up packets, and for a moment takes the room twice.
///
/// Unsafe storage behind a safe face: `subscript` checks the place against `used`, and every place below `used` is initialised: a place that is
/// given back holds `vacant`.
struct Slab<Element>: ~Copyable {
  private var blocks: [UnsafeMutablePointer<Element>] = []
  private var used = 0
  private var free: [Int32] = []
  private let vacant: Element

  /// As many elements that a block of any whole number of cache lines each fills whole huge pages; untouched pages take no memory.
  private static var blockBits: Int { 15 }
  private static var blockSize: Int { 1 << blockBits }

  /// - Parameter vacant: what a place holds that nobody uses: it owns no memory.
  init(vacant: Element) { self.vacant = vacant }

  deinit {
    for (index, block) in blocks.enumerated() {
      block.deinitialize(count: min(used - index * Slab.blockSize, Slab.blockSize))
      cmemory_free(block)
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
    return blocks[place >> Slab.blockBits].advanced(by: place & (Slab.blockSize - 1))
  }

  /// Gives a place that holds `element`.
  mutating func insert(_ element: Element) -> Int {
    if let place = free.popLast() {
      self[Int(place)] = element
      return Int(place)
    }
    if used == blocks.count * Slab.blockSize { addBlock() }
    blocks[used >> Slab.blockBits].advanced(by: used & (Slab.blockSize - 1)).initialize(to: element)
    used += 1
    return used - 1
  }

  private mutating func addBlock() {
    let bytes = cmemory_allocate(Slab.blockSize * MemoryLayout<Element>.stride)
    blocks.append(bytes!.bindMemory(to: Element.self, capacity: Slab.blockSize))
  }

  /// Takes a place back.
  mutating func remove(_ place: Int) {
    self[place] = vacant
    free.append(Int32(place))
  }

  /// All places in use.
  var places: [Int] {
    var isFree = Array(repeating: false, count: used)
    for place in free { isFree[Int(place)] = true }
    return (0..<used).filter { !isFree[$0] }
  }
}
