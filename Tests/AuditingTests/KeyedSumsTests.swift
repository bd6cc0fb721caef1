@testable import Auditing
import Testing

@Suite("Sums by key")
struct KeyedSumsTests {
  @Test("each key has one sum, in the order in which the keys came, however they alternate")
  func alternatingKeys() {
    var sums = KeyedSums<String, Int>()
    #expect(sums.isEmpty)
    for (key, number) in [("a", 1), ("a", 2), ("b", 10), ("a", 4), ("c", 100), ("b", 20), ("b", 30)] {
      sums.sums[sums.place(of: key, 0)] += number
    }
    #expect(sums.sums == [7, 60, 100])
    #expect(sums.count == 3)
    #expect(sums.place(of: "c", 5) == 2 && sums.sums[2] == 100, "a known key does not begin again")
  }
}
