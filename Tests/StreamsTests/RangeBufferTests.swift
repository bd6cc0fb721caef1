import TestSupport
import Testing
@testable import Streams

@Suite("Pieces of a message are reassembled")
struct RangeBufferTests {
  private static let message = (0..<1_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 5) }

  private func buffer(_ pieces: [(offset: Int, bytes: [UInt8])], limit: Int = 32_768) -> RangeBuffer {
    var buffer = RangeBuffer(limit: limit)
    for piece in pieces { buffer.insert(piece.bytes.span.bytes, at: piece.offset) }
    return buffer
  }

  @Test("a piece far after a gap takes no more memory than its bytes and its offset")
  func gap() {
    let buffer = buffer([(32_766, [7])])
    #expect(buffer.content == [7])
    #expect(buffer.parts.count == 1)
    #expect(buffer.allocatedBytes < 256)
    #expect(buffer.prefixLength == 0)
  }

  @Test("a message in order is one part, however many pieces it came in")
  func order() {
    let buffer = buffer(Self.message.indices.map { ($0, [Self.message[$0]]) })
    #expect(buffer.parts.count == 1)
    #expect(Array(buffer.prefix(1_000)) == Self.message)
  }

  @Test("pieces in any order, repeated and overlapping, give the message", arguments: 0..<50)
  func anyOrder(seed: Int) {
    var chance = SeededGenerator(seed: UInt64(seed))
    let cuts = Set((0..<Int.random(in: 1...30, using: &chance)).map { _ in Int.random(in: 1..<1_000, using: &chance) })
    let bounds = [0] + cuts.sorted() + [1_000]
    var pieces = zip(bounds, bounds.dropFirst()).map { start, end -> (offset: Int, bytes: [UInt8]) in
      let from = max(start - Int.random(in: 0...40, using: &chance), 0)
      return (from, Array(Self.message[from..<min(end + Int.random(in: 0...40, using: &chance), 1_000)]))
    }
    pieces += pieces.prefix(3)
    pieces.shuffle(using: &chance)
    let buffer = buffer(pieces)
    #expect(buffer.prefixLength == 1_000)
    #expect(Array(buffer.prefix(1_000)) == Self.message)
    for length in [0, 1, 500, 999] { #expect(Array(buffer.prefix(length)) == Array(Self.message[..<length])) }
  }

  @Test("if pieces contradict each other, the bytes that came first are used")
  func contradiction() {
    let buffer = buffer([(2, [2, 2]), (0, [1, 1, 1, 1, 1, 1])])
    #expect(Array(buffer.prefix(6)) == [1, 1, 2, 2, 1, 1])
  }

  @Test("nothing is kept beyond the limit, before the beginning, or of an empty piece")
  func bounds() {
    var limited = buffer([(8, [1, 2, 3, 4]), (10, [5]), (-1, [6, 6, 6]), (3, []), (Int.max, [7])], limit: 10)
    #expect(limited.content == [1, 2])
    limited.insert([UInt8](repeating: 9, count: 20).span.bytes, at: 0)
    #expect(Array(limited.prefix(10)) == [9, 9, 9, 9, 9, 9, 9, 9, 1, 2])
  }

  @Test("separate parts are bounded, and pieces that join them are still accepted, up to a bound of their own")
  func looseParts() {
    var loose = RangeBuffer(limit: 32_768)
    for index in 0..<2_000 { loose.insert([UInt8]([1]).span.bytes, at: 2_000 + index * 2) }
    #expect(loose.isOverfull)
    #expect(loose.parts.count == RangeBuffer.maximumParts)
    // Each of these joins two parts.
    for index in 0..<255 { loose.insert([UInt8]([2]).span.bytes, at: 2_001 + index * 2) }
    #expect(loose.parts.count == 2 * RangeBuffer.maximumParts - 1)
    for index in 0..<2_000 { loose.insert([UInt8]([3]).span.bytes, at: 1_999 - index) }
    #expect(loose.parts.count == 2 * RangeBuffer.maximumParts)
  }
}
