import TestSupport
import Testing
import Wire

@testable import FlowTracking

@Suite("One direction of a TCP stream is put in order")
struct StreamBufferTests {
  private static let text: [UInt8] = Array("the quick brown fox jumps over the lazy dog".utf8)

  @discardableResult
  private func insert(
    _ buffer: inout StreamBuffer, _ bytes: [UInt8], at sequence: UInt32
  ) -> StreamBuffer.Insertion {
    buffer.insert(bytes.span.bytes, at: sequence)
  }

  @Test("segments in any order, repeated and overlapping, give the stream; sequence numbers wrap")
  func anyOrder() {
    var chance = SeededGenerator(seed: 11)
    for round in 0..<2_000 {
      let start = UInt32(truncatingIfNeeded: chance.next())
      let first: UInt32 = round % 3 == 0 ? 0xffff_fff0 : start
      let message = chance.bytes(Int.random(in: 1...300, using: &chance))
      var pieces: [Range<Int>] = []
      var at = 0
      while at < message.count {
        let end = min(at + Int.random(in: 1...60, using: &chance), message.count)
        pieces.append(max(at - Int.random(in: 0...20, using: &chance), 0)..<end)
        if Bool.random(using: &chance) { pieces.append(at..<end) }
        at = end
      }
      pieces.shuffle(using: &chance)
      var buffer = StreamBuffer(next: first)
      for piece in pieces {
        insert(&buffer, Array(message[piece]), at: first &+ UInt32(piece.lowerBound))
      }
      #expect(buffer.bytes == message)
      #expect(buffer.next == first &+ UInt32(message.count))
      #expect(!buffer.sawDifference)
    }
  }

  @Test("only a segment that closes a gap extends the stream")
  func insertions() {
    var buffer = StreamBuffer(next: 100)
    #expect(insert(&buffer, [], at: 100) == .waiting)
    #expect(insert(&buffer, [3, 4], at: 102) == .waiting)
    #expect(buffer.bytes.isEmpty)
    #expect(insert(&buffer, [1, 2], at: 100) == .extended)
    #expect(buffer.bytes == [1, 2, 3, 4])
    #expect(insert(&buffer, [2, 3], at: 101) == .waiting)
    #expect(insert(&buffer, [9], at: 40) == .waiting)
    #expect(insert(&buffer, [4, 5], at: 103) == .extended)
    #expect(buffer.bytes == [1, 2, 3, 4, 5])
  }

  @Test("bytes in order are kept, and a difference is reported for the segment that differs, not for those after it")
  func overlap() {
    var buffer = StreamBuffer(next: 0)
    insert(&buffer, [1, 2, 3], at: 0)
    #expect(!buffer.sawDifference)
    insert(&buffer, [9, 3, 4], at: 1)
    #expect(buffer.sawDifference)
    #expect(buffer.bytes == [1, 2, 3, 4])
    insert(&buffer, [5], at: 4)
    #expect(!buffer.sawDifference)
    insert(&buffer, [2, 3], at: 1)
    #expect(!buffer.sawDifference)
    #expect(buffer.bytes == [1, 2, 3, 4, 5])
  }

  @Test("a difference after a gap is reported when the gap closes")
  func overlapBehindGap() {
    var buffer = StreamBuffer(next: 0)
    insert(&buffer, [7, 8], at: 2)
    insert(&buffer, [1, 2, 3, 4], at: 0)
    #expect(buffer.bytes == [1, 2, 3, 4])
    #expect(buffer.sawDifference)
  }

  @Test("a body is skipped, whether it has arrived already, in part, or comes later")
  func skip() {
    var buffer = StreamBuffer(next: 10)
    insert(&buffer, StreamBufferTests.text, at: 10)
    buffer.consume(4)
    #expect(buffer.bytes == Array(StreamBufferTests.text.dropFirst(4)))
    buffer.consume(100)
    #expect(buffer.bytes.isEmpty)
    let next = buffer.next
    insert(&buffer, Array(repeating: 0, count: 60), at: next)
    #expect(buffer.bytes.isEmpty)
    insert(&buffer, [0, 0, 42], at: next &+ 59)
    // 104 consumed of 43 + 62 bytes.
    #expect(buffer.bytes == [42])
    #expect(!buffer.sawDifference)
  }

  @Test("a stream beyond the bounds is given up")
  func bounds() {
    var buffer = StreamBuffer(next: 0)
    #expect(insert(&buffer, Array(repeating: 1, count: StreamBuffer.limit), at: 0) == .extended)
    #expect(insert(&buffer, [1], at: UInt32(StreamBuffer.limit)) == .overflow)
    buffer = StreamBuffer(next: 0)
    for index in 0..<64 { #expect(insert(&buffer, [1], at: UInt32(2 + 2 * index)) == .waiting) }
    #expect(insert(&buffer, [1], at: 1_000) == .overflow)
    buffer = StreamBuffer(next: 0)
    #expect(insert(&buffer, Array(repeating: 1, count: StreamBuffer.limit), at: 1) == .waiting)
    #expect(insert(&buffer, [1], at: 50_000) == .overflow)
  }

  @Test("a segment half the sequence space away is not taken and does not trap")
  func halfway() {
    for start in [UInt32(0), 5, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff] {
      var buffer = StreamBuffer(next: start)
      insert(&buffer, [1], at: start)
      for distance in [UInt32(0x7fff_ffff), 0x8000_0000, 0x8000_0001] {
        #expect(insert(&buffer, [9, 9], at: start &+ 1 &+ distance) == .waiting)
        #expect(buffer.bytes == [1])
      }
    }
  }
}
