import Model

/// Finds the ranges that contain an address, among up to hundreds of thousands, in O(log ranges + nesting of the
/// ranges).
package struct AddressMatcher: Sendable {
  private let ipv4: PrefixTable<UInt32>
  private let ipv6: PrefixTable<UInt128>

  /// `prefixes` in order of rank: the answers are indices into it. O(n log n).
  package init(_ prefixes: [IPPrefix]) {
    let ranked = prefixes.enumerated()
    ipv4 = PrefixTable(ranked.filter(\.element.address.isIPv4).map { ($1.address.v4, $1.length, $0) })
    ipv6 = PrefixTable(ranked.filter { !$0.element.address.isIPv4 }.map { ($1.address.bits, $1.length, $0) })
  }

  /// Calls `body` with the index of each range that contains `address`, in no particular order.
  package func forEachMatch(_ address: IPAddress, _ body: (Int) -> Void) {
    if address.isIPv4 { ipv4.forEachMatch(address.v4, body) } else { ipv6.forEachMatch(address.bits, body) }
  }

  /// Bytes of memory of the matcher; a measure for tests and benchmarks.
  package var storedBytes: Int { ipv4.storedBytes + ipv6.storedBytes }
}

extension IPAddress {
  fileprivate var bits: UInt128 { UInt128(high) << 64 | UInt128(low) }
}

/// Prefixes of one family in order of their first address.
///
/// Of two prefixes, one contains the other or they are disjoint. So the last prefix that begins at or before an address
/// is within every prefix that contains the address, and these are found by going outward from it.
private struct PrefixTable<Bits: FixedWidthInteger & UnsignedInteger & Sendable>: Sendable {
  struct Entry: Sendable {
    var length: UInt8
    var index: UInt32
    /// Position of the narrowest prefix around this one; `none` if there is none.
    var enclosing: UInt32
  }

  private var starts: [Bits] = []
  private var entries: [Entry] = []
  /// For each value of the highest bits, the number of prefixes that begin in front of it; one more item marks the end.
  private var blocks: [UInt32] = []
  private var blockShift = Bits.bitWidth

  private static var none: UInt32 { .max }

  init(_ prefixes: [(start: Bits, length: Int, index: Int)]) {
    let sorted = prefixes.sorted { ($0.start, $0.length) < ($1.start, $1.length) }
    starts = sorted.map(\.start)
    entries.reserveCapacity(sorted.count)
    var around: [UInt32] = []
    for (position, prefix) in sorted.enumerated() {
      while let last = around.last, !holds(Int(last), prefix.start) { around.removeLast() }
      entries.append(
        Entry(
          length: UInt8(prefix.length), index: UInt32(prefix.index), enclosing: around.last ?? PrefixTable.none))
      around.append(UInt32(position))
    }
    // About one prefix for each block: the search inside a block is short, and the list no longer than the table.
    var blockBits = 0
    while blockBits < 24, 1 << blockBits < sorted.count { blockBits += 1 }
    blockShift = Bits.bitWidth - blockBits
    blocks.reserveCapacity(1 << blockBits + 1)
    var position = 0
    for block in 0..<1 << blockBits {
      while position < starts.count, Int(truncatingIfNeeded: starts[position] >> blockShift) < block { position += 1 }
      blocks.append(UInt32(position))
    }
    blocks.append(UInt32(starts.count))
  }

  func forEachMatch(_ address: Bits, _ body: (Int) -> Void) {
    let block = Int(truncatingIfNeeded: address >> blockShift)
    var low = Int(blocks[block])
    var high = Int(blocks[block + 1])
    while low < high {
      let middle = (low + high) / 2
      if starts[middle] <= address { low = middle + 1 } else { high = middle }
    }
    var position = low > 0 ? UInt32(low - 1) : PrefixTable.none
    while position != PrefixTable.none {
      let entry = entries[Int(position)]
      if holds(Int(position), address) { body(Int(entry.index)) }
      position = entry.enclosing
    }
  }

  var storedBytes: Int {
    starts.capacity * MemoryLayout<Bits>.stride + entries.capacity * MemoryLayout<Entry>.stride
      + blocks.capacity * MemoryLayout<UInt32>.stride
  }

  private func holds(_ position: Int, _ address: Bits) -> Bool {
    (starts[position] ^ address) >> (Bits.bitWidth - Int(entries[position].length)) == 0
  }
}
