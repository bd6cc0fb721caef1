/// An IPv4 or IPv6 address in 16 bytes; IPv4 is kept in its mapped form (RFC 4291 §2.5.5.2).
@frozen
public struct IPAddress: Sendable, Hashable, Comparable {
  /// First eight bytes in network order, read as a big-endian number.
  public var high: UInt64
  /// Last eight bytes in network order, read as a big-endian number.
  public var low: UInt64

  @inlinable
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// An IPv4 address from its 32 bits, first octet in the highest byte.
  @inlinable
  public init(v4 bits: UInt32) {
    high = 0
    low = 0xffff_0000_0000 | UInt64(bits)
  }

  @inlinable
  public var isIPv4: Bool { high == 0 && low >> 32 == 0xffff }

  /// The 32 bits of an IPv4 address; meaningless if `isIPv4` is false.
  @inlinable
  public var v4: UInt32 { UInt32(truncatingIfNeeded: low) }

  @inlinable
  public var isUnspecified: Bool { high == 0 && (low == 0 || low == 0xffff_0000_0000) }

  @inlinable
  public var isLoopback: Bool { isIPv4 ? v4 >> 24 == 127 : high == 0 && low == 1 }

  @inlinable
  public var isMulticast: Bool { isIPv4 ? v4 >> 28 == 0xe : high >> 56 == 0xff }

  @inlinable
  public var isIPv4Broadcast: Bool { isIPv4 && v4 == 0xffff_ffff }

  /// 169.254.0.0/16 (RFC 3927) or fe80::/10 (RFC 4291 §2.5.6).
  @inlinable
  public var isLinkLocal: Bool { isIPv4 ? v4 >> 16 == 0xa9fe : high >> 54 == 0x3fa }

  @inlinable
  public static func < (left: IPAddress, right: IPAddress) -> Bool {
    left.high != right.high ? left.high < right.high : left.low < right.low
  }
}

extension IPAddress: CustomStringConvertible {
  /// Dotted decimal, or the canonical IPv6 text of RFC 5952.
  public var description: String {
    // The longest text has eight groups of four digits.
    String(unsafeUninitializedCapacity: 39) { buffer in
      var text = DigitWriter(buffer: buffer)
      if isIPv4 {
        for octet in UInt32(0)..<4 {
          if octet > 0 { text.append(UInt8(ascii: ".")) }
          text.appendDecimal(UInt8(truncatingIfNeeded: v4 >> (24 - 8 * octet)))
        }
      } else {
        let gap = longestGap
        var index = 0
        while index < 8 {
          if index == gap.lowerBound, !gap.isEmpty {
            text.append(UInt8(ascii: ":"))
            text.append(UInt8(ascii: ":"))
            index = gap.upperBound
            continue
          }
          if index > 0, index != gap.upperBound || gap.isEmpty { text.append(UInt8(ascii: ":")) }
          text.appendHexadecimal(group(index))
          index += 1
        }
      }
      return text.count
    }
  }

  /// The 16 bits at an index from 0 to 7.
  private func group(_ index: Int) -> UInt16 {
    UInt16(truncatingIfNeeded: (index < 4 ? high : low) >> UInt64(48 - 16 * (index % 4)))
  }

  /// The first of the longest runs of zero groups, if it has more than one; else empty (RFC 5952 §4.2).
  private var longestGap: Range<Int> {
    var best = 0..<0
    var index = 0
    while index < 8 {
      var end = index
      while end < 8 && group(end) == 0 { end += 1 }
      if end - index > max(best.count, 1) { best = index..<end }
      index = max(end, index + 1)
    }
    return best
  }
}

/// Writes digits into the memory of a string that is being made. Whoever makes it has counted how many there can be.
private struct DigitWriter {
  let buffer: UnsafeMutableBufferPointer<UInt8>
  private(set) var count = 0

  init(buffer: UnsafeMutableBufferPointer<UInt8>) { self.buffer = buffer }

  mutating func append(_ byte: UInt8) {
    buffer.initializeElement(at: count, to: byte)
    count += 1
  }

  mutating func appendDecimal(_ value: UInt8) {
    if value >= 100 { append(UInt8(ascii: "0") + value / 100) }
    if value >= 10 { append(UInt8(ascii: "0") + value / 10 % 10) }
    append(UInt8(ascii: "0") + value % 10)
  }

  mutating func appendHexadecimal(_ value: UInt16) {
    var shift: UInt16 = 12
    while shift > 0, value >> shift == 0 { shift -= 4 }
    while true {
      let digit = UInt8(value >> shift & 0xf)
      append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit)
      guard shift > 0 else { return }
      shift -= 4
    }
  }
}

extension IPAddress: LosslessStringConvertible {
  /// Reads dotted decimal or IPv6 text (RFC 4291 §2.2); nil for anything else, zone identifiers included.
  public init?(_ text: String) {
    if text.contains(":") {
      guard let value = IPAddress.parseIPv6(text[...]) else { return nil }
      self = value
    } else {
      guard let bits = IPAddress.parseIPv4(text[...]) else { return nil }
      self.init(v4: bits)
    }
  }

  private static func parseIPv4(_ text: Substring) -> UInt32? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bits: UInt32 = 0
    for part in parts {
      guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy({ $0.isASCIIDigit }),
        let value = UInt8(part), part.utf8.count == 1 || part.utf8.first != UInt8(ascii: "0")
      else { return nil }
      bits = bits << 8 | UInt32(value)
    }
    return bits
  }

  private static func parseIPv6(_ text: Substring) -> IPAddress? {
    func groups(_ part: Substring) -> [UInt16]? {
      if part.isEmpty { return [] }
      var result: [UInt16] = []
      let pieces = part.split(separator: ":", omittingEmptySubsequences: false)
      for (index, piece) in pieces.enumerated() {
        if piece.contains(".") {
          guard index == pieces.count - 1, let bits = parseIPv4(piece) else { return nil }
          result.append(UInt16(bits >> 16))
          result.append(UInt16(truncatingIfNeeded: bits))
        } else {
          guard (1...4).contains(piece.utf8.count), piece.first != "+", piece.first != "-",
            let value = UInt16(piece, radix: 16)
          else { return nil }
          result.append(value)
        }
      }
      return result
    }
    var all: [UInt16]
    if let gap = text.firstRange(ofDoubleColon: ()) {
      guard let head = groups(text[..<gap.lowerBound]), let tail = groups(text[gap.upperBound...]),
        head.count + tail.count <= 7
      else { return nil }
      all = head + Array(repeating: 0, count: 8 - head.count - tail.count) + tail
    } else {
      guard let parsed = groups(text) else { return nil }
      all = parsed
    }
    guard all.count == 8 else { return nil }
    let half = { (part: ArraySlice<UInt16>) in part.reduce(UInt64(0)) { $0 << 16 | UInt64($1) } }
    return IPAddress(high: half(all[..<4]), low: half(all[4...]))
  }
}

extension Substring {
  fileprivate func firstRange(ofDoubleColon: Void) -> Range<Index>? {
    var index = startIndex
    while index < endIndex {
      let next = self.index(after: index)
      if next < endIndex, self[index] == ":", self[next] == ":" { return index..<self.index(after: next) }
      index = next
    }
    return nil
  }
}

/// An address range in CIDR notation (RFC 4632).
public struct IPPrefix: Sendable, Hashable, Comparable, CustomStringConvertible {
  public let address: IPAddress
  /// Prefix length in the family's own bits: 0 to 32 for IPv4, 0 to 128 for IPv6.
  public let length: Int

  /// Nil if the length is out of range for the family; host bits are set to zero.
  public init?(address: IPAddress, length: Int) {
    guard (0...(address.isIPv4 ? 32 : 128)).contains(length) else { return nil }
    self.length = length
    let bits = address.isIPv4 ? length + 96 : length
    let high = bits >= 64 ? UInt64.max : bits == 0 ? 0 : UInt64.max << UInt64(64 - bits)
    let low = bits <= 64 ? 0 : bits >= 128 ? UInt64.max : UInt64.max << UInt64(128 - bits)
    self.address = IPAddress(high: address.high & high, low: address.low & low)
  }

  /// Reads `address/length`, or a lone address as its host prefix.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = IPAddress(String(parts[0])) else { return nil }
    guard parts.count == 2 else {
      self.init(address: address, length: address.isIPv4 ? 32 : 128)
      return
    }
    guard parts[1].utf8.allSatisfy({ $0.isASCIIDigit }), let length = Int(parts[1]) else { return nil }
    self.init(address: address, length: length)
  }

  public func contains(_ other: IPAddress) -> Bool {
    other.isIPv4 == address.isIPv4 && IPPrefix(address: other, length: length)?.address == address
  }

  public static func < (left: IPPrefix, right: IPPrefix) -> Bool {
    left.address != right.address ? left.address < right.address : left.length < right.length
  }

  public var description: String { "\(address)/\(length)" }
}

/// A 48-bit IEEE 802 hardware address.
@frozen
public struct HardwareAddress: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The six bytes as a number, first byte highest; the upper 16 bits are zero.
  public var bits: UInt64

  @inlinable
  public init(bits: UInt64) { self.bits = bits & 0xffff_ffff_ffff }

  @inlinable
  public var isGroup: Bool { bits >> 40 & 1 == 1 }

  @inlinable
  public static func < (left: HardwareAddress, right: HardwareAddress) -> Bool { left.bits < right.bits }

  /// Reads six pairs of hexadecimal digits divided by `:` or `-`.
  public init?(_ text: String) {
    let parts = text.split(whereSeparator: { $0 == ":" || $0 == "-" })
    guard parts.count == 6, parts.allSatisfy({ $0.utf8.count == 2 }) else { return nil }
    var bits: UInt64 = 0
    for part in parts {
      guard let value = UInt8(part, radix: 16) else { return nil }
      bits = bits << 8 | UInt64(value)
    }
    self.init(bits: bits)
  }

  public var description: String {
    (0..<6).map { index in
      let value = UInt8(truncatingIfNeeded: bits >> UInt64(40 - 8 * index))
      return (value < 16 ? "0" : "") + String(value, radix: 16)
    }.joined(separator: ":")
  }
}

/// Identity of a device in an inside network: its hardware address if the capture shows it, else its network address.
public enum DeviceIdentity: Sendable, Hashable, Comparable {
  case hardware(HardwareAddress)
  case address(IPAddress)
}
