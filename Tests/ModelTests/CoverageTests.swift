import Foundation
import Model
import Testing

@Suite("Coverage of an hour")
struct CoverageTests {
  @Test(
    "equal counts of bytes by naming class are encoded to equal bytes, whatever the order in which they were counted")
  func canonicalBytes() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let texts = try (0..<50).map { round in
      var hour = CoverageHour(hour: Hour(sinceEpoch: 1))
      for namingClass in NamingClass.allCases.shuffled() { hour.bytesOutByClass[namingClass] = 7 }
      // A dictionary that had more room once lists its keys in another order.
      hour.bytesOutByClass.reserveCapacity(1 << (round % 8))
      return String(decoding: try encoder.encode(hour), as: UTF8.self)
    }
    #expect(Set(texts).count == 1)
    #expect(texts[0].contains(#""bytesOutByClass":["A",7,"B",7,"C",7,"D",7,"E",7]"#))
  }

  @Test("counts that an earlier version stored in another order are read")
  func earlierOrder() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    var hour = CoverageHour(hour: Hour(sinceEpoch: 1))
    hour.bytesOutByClass = [.a: 1, .c: 3]
    let text = String(decoding: try encoder.encode(hour), as: UTF8.self)
    let earlier = text.replacing(#"["A",1,"C",3]"#, with: #"["C",3,"A",1]"#)
    #expect(earlier != text)
    #expect(try JSONDecoder().decode(CoverageHour.self, from: Data(earlier.utf8)) == hour)
  }

  @Test("each plain count is in the list by which hours are added up")
  func everyCount() {
    var one = CoverageHour(hour: Hour(sinceEpoch: 1))
    for (index, count) in CoverageHour.counts.enumerated() { one[keyPath: count] = UInt64(index + 1) }
    // It may be unknown, so it is added up by itself.
    one.transitFlows = nil
    let plain = Mirror(reflecting: one).children.compactMap { $0.value as? UInt64 }
    #expect(plain.sorted() == (1...UInt64(CoverageHour.counts.count)).map { $0 })
    var sum = one
    sum.merge(one)
    #expect(sum.transitFlows == nil)
    #expect(CoverageHour.counts.map { sum[keyPath: $0] } == CoverageHour.counts.map { 2 * one[keyPath: $0] })
  }
}
