import TestSupport
import Testing
import Wire

@Suite("A byte is searched for many at a time")
struct ByteSearchTests {
  @Test(
    "and found at the same place as in a search byte by byte, from any start, also next to bytes that differ by one bit"
  )
  func sameAsOneByOne() {
    var chance = SeededGenerator(seed: 81)
    for _ in 0..<3_000 {
      let value = chance.bytes(1)[0]
      // Few values, so that hits and neighbours of the value are common.
      let near = [value, value ^ 1, value ^ 0x80, value &+ 1, value &- 1, 0, 0xff, value ^ 0x40]
      let bytes = chance.bytes(Int.random(in: 0...40, using: &chance)).map { near[Int($0 & 7)] }
      let start = Int.random(in: 0...bytes.count, using: &chance)
      let expected = bytes[start...].firstIndex(of: value)
      #expect(bytes.span.bytes.firstOffset(of: value, from: start) == expected)
    }
  }

  @Test("and found at every place of a long text, but not before the start")
  func longTexts() {
    for length in [63, 64, 65, 200] {
      for place in 0..<length {
        var bytes = [UInt8](repeating: 0x0b, count: length)
        bytes[place] = 0x0a
        let found = (0...length).map { bytes.span.bytes.firstOffset(of: 0x0a, from: $0) }
        #expect(found == (0...length).map { $0 <= place ? place : nil }, "\(place) of \(length)")
      }
    }
  }
}
