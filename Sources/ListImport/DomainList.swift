import Model
import Rules

/// Names, one in each line. A name stands for its host, or for `reach`; a mark in front of it changes that.
struct DomainList: ListReader {
  var reach: ListCollector.Reach

  mutating func read(_ line: ArraySlice<UInt8>, into collector: inout ListCollector) {
    let line = line.trimmed
    if line.begins(with: "!") || line.begins(with: "//") || line.begins(with: ";") { return }
    let words = line.beforeComment(UInt8(ascii: "#")).words
    guard var name = words.first else { return }
    guard words.dropFirst().allSatisfy({ $0.first == UInt8(ascii: "@") }) else { return collector.reject(.notOfFormat) }
    if name.last == UInt8(ascii: ";") { name.removeLast() }
    switch name.firstIndex(of: UInt8(ascii: ":")).map({ name[..<$0].text }) {
    case "full": collector.add(name: name.dropFirst("full:".utf8.count), .host)
    case "domain": collector.add(name: name.dropFirst("domain:".utf8.count), .hostAndBelow)
    case "regexp": collector.reject(.regularExpression)
    case "keyword": collector.reject(.addressPart)
    case "include": collector.reject(.include)
    default: add(name, to: &collector)
    }
  }

  private func add(_ name: ArraySlice<UInt8>, to collector: inout ListCollector) {
    if name.begins(with: "+.") { return collector.add(name: name.dropFirst(2), .hostAndBelow) }
    if name.begins(with: ".") { return collector.add(name: name.dropFirst(), .hostAndBelow) }
    let isBelow = name.begins(with: "*.")
    let rest = isBelow ? name.dropFirst(2) : name
    if rest.contains(star) { return collector.reject(name.isText("*") ? .everything : .star) }
    if let range = IPPrefix(rest.text) { return collector.add(range: range) }
    collector.add(name: rest, isBelow ? .below : reach)
  }
}

/// Addresses and ranges, one in each line.
struct AddressList: ListReader {
  mutating func read(_ line: ArraySlice<UInt8>, into collector: inout ListCollector) {
    let text = line.prefix { $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: ";") }.trimmed
    if text.isEmpty { return }
    let ends = text.split(separator: UInt8(ascii: "-"), maxSplits: 1, omittingEmptySubsequences: false).map(\.trimmed)
    if ends.count == 1, let range = IPPrefix(text.text) {
      collector.add(range: range)
    } else if ends.count == 2, let first = IPAddress(ends[0].text), let last = IPAddress(ends[1].text),
      first.isIPv4 == last.isIPv4, first <= last
    {
      for range in IPPrefix.covering(first, last) { collector.add(range: range) }
    } else {
      collector.reject(.noAddress)
    }
  }
}

extension IPPrefix {
  /// The fewest prefixes that contain exactly the addresses from `first` to `last`, of one family; at most 254.
  static func covering(_ first: IPAddress, _ last: IPAddress) -> [IPPrefix] {
    let bits = first.isIPv4 ? 32 : 128
    let number = { (address: IPAddress) in
      address.isIPv4 ? UInt128(address.v4) : UInt128(address.high) << 64 | UInt128(address.low)
    }
    let end = number(last)
    var next = number(first)
    var prefixes: [IPPrefix] = []
    while next <= end {
      // As many host bits as the address has trailing zeros, and as fit into the rest.
      let left = end - next
      var host = min(next.trailingZeroBitCount, bits)
      if host == 128 || (UInt128(1) << UInt128(host)) - 1 > left {
        host = left == .max ? 128 : 127 - (left + 1).leadingZeroBitCount
      }
      let address =
        bits == 32
        ? IPAddress(v4: UInt32(truncatingIfNeeded: next))
        : IPAddress(high: UInt64(truncatingIfNeeded: next >> 64), low: UInt64(truncatingIfNeeded: next))
      guard let prefix = IPPrefix(address: address, length: bits - host) else { break }
      prefixes.append(prefix)
      guard host < 128 else { break }
      let (following, isOver) = next.addingReportingOverflow(UInt128(1) << UInt128(host))
      if isOver { break }
      next = following
    }
    return prefixes
  }
}
