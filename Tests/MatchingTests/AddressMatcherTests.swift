import Matching
import Model
import TestSupport
import Testing

@Suite("Address matcher")
struct AddressMatcherTests {
  private func matches(_ prefixes: [String], _ address: String) throws -> [Int] {
    let matcher = AddressMatcher(try prefixes.map { try #require(IPPrefix($0)) })
    var found: [Int] = []
    matcher.forEachMatch(try #require(IPAddress(address))) { found.append($0) }
    return found.sorted()
  }

  @Test("finds every range that contains an address, each once, by its index")
  func every() throws {
    let prefixes = [
      "192.0.2.0/24", "0.0.0.0/0", "192.0.2.128/25", "192.0.2.0/24", "192.0.2.1/32", "192.0.3.0/24", "::/0",
      "2001:db8::/32",
      "255.255.255.255/32", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128",
    ]
    #expect(try matches(prefixes, "192.0.2.1") == [0, 1, 3, 4])
    #expect(try matches(prefixes, "192.0.2.200") == [0, 1, 2, 3])
    #expect(try matches(prefixes, "192.0.2.0") == [0, 1, 3])
    #expect(try matches(prefixes, "192.0.1.255") == [1])
    #expect(try matches(prefixes, "0.0.0.0") == [1])
    #expect(try matches(prefixes, "255.255.255.255") == [1, 8])
    #expect(try matches(prefixes, "2001:db8::1") == [6, 7])
    #expect(try matches(prefixes, "::") == [6])
    #expect(try matches(prefixes, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff") == [6, 9])
    #expect(try matches(["2001:db8::/32"], "192.0.2.1") == [])
    #expect(try matches([], "192.0.2.1") == [])
  }

  @Test("agrees with a plain comparison on random ranges and addresses", arguments: 1...20)
  func agreesWithPlainComparison(seed: UInt64) {
    var dice = SeededGenerator(seed: seed)
    // Few different bits, so that ranges are nested and have common beginnings.
    func address(_ isIPv4: Bool) -> IPAddress {
      let bits = [0, 1, 0x80, 0x8000_0000, 0xff, UInt64.max].randomElement(using: &dice)!
      let other = UInt64.random(in: 0 ... .max, using: &dice) & UInt64.random(in: 0 ... .max, using: &dice)
      return isIPv4
        ? IPAddress(v4: UInt32(truncatingIfNeeded: bits ^ (other >> 56) << 24))
        : IPAddress(high: bits << 32 ^ other >> 60, low: bits ^ other & 3)
    }
    let prefixes = (0..<Int.random(in: 0...300, using: &dice)).map { _ in
      let isIPv4 = Bool.random(using: &dice)
      return IPPrefix(address: address(isIPv4), length: Int.random(in: 0...(isIPv4 ? 32 : 128), using: &dice))!
    }
    let matcher = AddressMatcher(prefixes)
    for _ in 0..<500 {
      let address = address(Bool.random(using: &dice))
      var found: [Int] = []
      matcher.forEachMatch(address) { found.append($0) }
      #expect(found.sorted() == prefixes.indices.filter { prefixes[$0].contains(address) }, "\(address)")
    }
  }

  @Test("keeps few bytes of each of 50,000 ranges")
  func size() {
    let prefixes = (0..<50_000).map { IPPrefix(address: IPAddress(v4: 0x0a00_0000 + UInt32($0) << 8), length: 24)! }
    // Four for the start, twelve for the rest, up to eight for the list of blocks, and what arrays keep in reserve.
    #expect(AddressMatcher(prefixes).storedBytes < 32 * prefixes.count)
  }
}
