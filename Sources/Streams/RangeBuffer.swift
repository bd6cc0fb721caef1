import Model

/// Bytes of one message that arrive in pieces with offsets, in any order, duplicated or overlapping: CRYPTO frames of
/// QUIC, fragments of DTLS.
///
/// Memory is taken for received bytes, not for gaps: otherwise one byte at a high offset could claim the whole limit.
/// If pieces overlap, the bytes that arrived first are kept.
///
///     arrives         parts, by offset          content, in order of arrival   prefix
///     ─────────────   ───────────────────────   ────────────────────────────   ──────
///     nothing yet     ─                         ─                              0
///     B at 8 to 12    ........[B B)             B                              0       waits behind a gap
///     C at 12 to 16   ........[B B][C C)        B C: one part                  0       follows on the latest piece
///     A at 0 to 4     [A A)....[B B C C)        B C A                          4       begins the message
///     D at 2 to 10    [A A)[D)[B B C C)         B C A D, D only from 4 to 8    16      closes the gap
///
/// Invariant: parts are in order of their offsets, none is empty and none overlaps another.
struct RangeBuffer: Sendable {
  struct Part {
    var start: Int32
    var end: Int32
    /// Index of its first byte in `content`.
    var position: Int32
  }

  /// Clients split a hello into some tens of pieces. At this number of parts, a piece that touches no other is refused;
  /// at twice the number, every piece is. Otherwise each piece would cost more than the one before.
  static let maximumParts = 256

  /// Bytes from this offset on are not kept.
  private let limit: Int
  private(set) var content: [UInt8] = []
  private(set) var parts: [Part] = []
  /// A piece was refused because there were too many separate parts.
  private(set) var isOverfull = false

  init(limit: Int) { self.limit = limit }

  /// Number of bytes from the beginning without a gap.
  private(set) var prefixLength = 0

  var allocatedBytes: Int { content.allocatedBytes + parts.allocatedBytes }

  /// Adds a piece.
  ///
  /// - Parameter offset: offset of the piece's first byte in the message; a piece that begins at or behind the limit,
  ///   or in front of 0, is ignored.
  /// - Complexity: linear in the bytes of the piece and in the number of parts, which is bounded.
  mutating func insert(_ piece: RawSpan, at offset: Int) {
    guard offset >= 0, offset < limit else { return }
    let end = min(offset + min(piece.byteCount, limit), limit)
    var next = offset
    var index = firstPart(endingBehind: offset)
    while next < end {
      let known = index < parts.count ? Int(parts[index].start) : Int.max
      if known <= next {
        next = Int(parts[index].end)
        index += 1
        continue
      }
      let stop = min(known, end)
      guard add(piece.extracting(next - offset..<stop - offset), at: next, before: &index) else { return }
      next = stop
    }
    if offset <= prefixLength { extendPrefix() }
  }

  /// The first `count` bytes; nothing is copied if they arrived in order.
  ///
  /// - Parameter count: 0 to `prefixLength`; more traps.
  func prefix(_ count: Int) -> ArraySlice<UInt8> {
    precondition(count <= prefixLength)
    if let first = parts.first, Int(first.end) >= count { return content[Int(first.position)...].prefix(count) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    for part in parts {
      guard bytes.count < count else { break }
      let length = min(Int(part.end - part.start), count - bytes.count)
      bytes.append(contentsOf: content[Int(part.position)..<Int(part.position) + length])
    }
    return bytes[...]
  }

  private func firstPart(endingBehind offset: Int) -> Int {
    var (low, high) = (0, parts.count)
    while low < high {
      let middle = (low + high) / 2
      if Int(parts[middle].end) > offset { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// Adds bytes that no part holds yet.
  ///
  /// - Returns: false if there is no room for another part.
  private mutating func add(_ bytes: RawSpan, at start: Int, before index: inout Int) -> Bool {
    let end = Int32(start + bytes.byteCount)
    let position = Int32(content.count)
    let joinsLeft = index > 0 && parts[index - 1].end == Int32(start)
    // A piece that continues the latest one extends its part, so that a message in order is one part.
    if joinsLeft, parts[index - 1].position + (parts[index - 1].end - parts[index - 1].start) == position {
      parts[index - 1].end = end
    } else {
      let joins = joinsLeft || index < parts.count && parts[index].start == end
      guard parts.count < RangeBuffer.maximumParts * (joins ? 2 : 1) else {
        isOverfull = true
        return false
      }
      parts.insert(Part(start: Int32(start), end: end, position: position), at: index)
      index += 1
    }
    bytes.withUnsafeBytes { content.append(contentsOf: $0) }
    return true
  }

  private mutating func extendPrefix() {
    guard prefixLength < limit else { return }
    var index = firstPart(endingBehind: prefixLength)
    while index < parts.count, Int(parts[index].start) <= prefixLength {
      prefixLength = Int(parts[index].end)
      index += 1
    }
  }
}
