import Model

/// Finds the address ranges that an address lies in: one look-up for each prefix length that occurs.
struct AddressMatcher: Sendable {
  private var lengthsIPv4: [Int]
  private var lengthsIPv6: [Int]
  private var ranges: [IPPrefix: [Int]] = [:]

  /// `prefixes` in order of rank: the answers are indices into it.
  init(_ prefixes: [IPPrefix]) {
    for (index, prefix) in prefixes.enumerated() { ranges[prefix, default: []].append(index) }
    lengthsIPv4 = Set(prefixes.filter(\.address.isIPv4).map(\.length)).sorted()
    lengthsIPv6 = Set(prefixes.filter { !$0.address.isIPv4 }.map(\.length)).sorted()
  }

  /// Calls `body` with the index of each range that holds `address`, in no particular order.
  func forEachMatch(_ address: IPAddress, _ body: (Int) -> Void) {
    for length in address.isIPv4 ? lengthsIPv4 : lengthsIPv6 {
      guard let prefix = IPPrefix(address: address, length: length), let found = ranges[prefix] else { continue }
      for index in found { body(index) }
    }
  }
}
