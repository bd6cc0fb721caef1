import Testing

@testable import FlowTracking

@Suite("Names are kept once, under numbers")
struct NameTableTests {
  /// Of each length around the ends of words and parts, and with bytes that are no ASCII.
  private static let texts =
    ["", "a", "www.example.org", "m\u{fc}nchen.example", "\u{ff}\u{80}"]
    + [7, 8, 9, 31, 32, 33, 55, 56, 57, 79, 80, 81, 253, 255].map { String(repeating: "x", count: $0 - 1) + "y" }

  @Test("a name comes back as it was written", arguments: texts)
  func text(_ text: String) {
    var table = NameTable()
    let number = table.number(of: text)
    let back = table.text(of: number)
    #expect(back == text)
  }

  @Test("the same name has one number, and in another case a second one with the same hash")
  func numbers() {
    var table = NameTable()
    let first = table.number(of: "www.Example.org")
    let again = table.number(of: "www.Example.org")
    let other = table.number(of: "WWW.EXAMPLE.ORG")
    let sameHash = table.hash(of: first) == table.hash(of: other)
    let areSame = table.areSame(first, other)
    let isSame = NameTable.withBytes(of: "wWw.example.orG") { table.isSame(first, $0) }
    #expect(first == again)
    #expect(first != other)
    #expect(sameHash)
    #expect(areSame)
    #expect(isSame)
    let count = table.count
    #expect(count == 2)
  }

  @Test(
    "characters that are no letters and differ in the bit of case only make different names",
    arguments: [("a@b", "a`b"), ("a[b", "a{b"), ("a\u{c1}", "a\u{e1}"), ("a", "b"), ("ab", "abc")])
  func different(_ one: String, _ other: String) {
    var table = NameTable()
    let (first, second) = (table.number(of: one), table.number(of: other))
    let areSame = table.areSame(first, second)
    let isSame = NameTable.withBytes(of: other) { table.isSame(first, $0) }
    #expect(!areSame)
    #expect(!isSame)
  }

  @Test("a name is there until its last holder has released it, and its room is used again")
  func release() {
    var table = NameTable()
    for text in Self.texts {
      let number = table.number(of: text)
      table.hold(number)
      table.release(number)
      let back = table.text(of: number)
      #expect(back == text)
      table.release(number)
    }
    let count = table.count
    #expect(count == 0)
    let first = table.number(of: "a.example")
    table.release(first)
    let second = table.number(of: "b.example")
    #expect(first == second)
  }

  @Test("a name longer than any on the wire is cut to 255 bytes")
  func tooLong() {
    var table = NameTable()
    let number = table.number(of: String(repeating: "x", count: 400))
    let back = table.text(of: number)
    #expect(back == String(repeating: "x", count: 255))
  }
}

@Suite("A table knows the age of its elements")
struct AgedTableTests {
  private struct Element: TableElement {
    var links = TableLinks()
    var value: Int
    static let vacant = Element(value: -1)
  }

  /// Few different hashes: many elements meet in a bucket, also once buckets are split.
  private func hash(_ value: Int) -> UInt32 { UInt32(value % 97) &* 0x9e37_79b9 }

  @Test("finding, removing and the order of age hold through growth and any order of steps")
  func model() {
    var table = AgedTable<Element>()
    var order: [Int] = []
    var state: UInt64 = 1
    func next(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    for step in 0..<20_000 {
      let value = next(1_000)
      let place = table.find(hash(value)) { $0.value == value }
      #expect((place != nil) == order.contains(value))
      switch (place, next(4)) {
      case (nil, _):
        let added = table.insert(Element(value: value), hash: hash(value))
        #expect(table[added].value == value)
        order.append(value)
      case (let place?, 0):
        table.remove(place)
        order.removeAll { $0 == value }
      case (let place?, 1):
        table.makeNewest(place)
        order.removeAll { $0 == value }
        order.append(value)
      default: break
      }
      if step % 16 == 0, let oldest = table.oldest {
        #expect(table[oldest].value == order[0])
      }
      let count = table.count
      #expect(count == order.count)
    }
    while let oldest = table.oldest {
      #expect(table[oldest].value == order.removeFirst())
      table.remove(oldest)
    }
    #expect(order.isEmpty)
  }
}
