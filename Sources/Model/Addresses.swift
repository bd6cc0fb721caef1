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

/// Writes digits into the buffer of a string under construction. The caller has provided room for the longest text.
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
  /// Reads dotted decimal or IPv6 text (RFC 4291 §2.2); nil for anything else, zone identifiers included. It allocates
  /// nothing: requests name hosts that may be addresses.
  public init?(_ text: String) {
    let bytes = text.utf8Span.span
    if bytes.indices.contains(where: { bytes[$0] == UInt8(ascii: ":") }) {
      guard let value = IPAddress.parseIPv6(bytes) else { return nil }
      self = value
    } else {
      guard let bits = IPAddress.parseIPv4(bytes) else { return nil }
      self.init(v4: bits)
    }
  }

  private static func parseIPv4(_ text: Span<UInt8>) -> UInt32? {
    guard (7...15).contains(text.count) else { return nil }
    var bits: UInt32 = 0
    var octet: UInt32 = 0
    var octets = 0
    var digits = 0
    for index in text.indices {
      let byte = text[index]
      if byte == UInt8(ascii: ".") {
        guard digits > 0, octets < 3 else { return nil }
        bits = bits << 8 | octet
        octets += 1
        (octet, digits) = (0, 0)
      } else {
        // No digit may follow a leading zero: some programs read such a number as octal.
        guard byte.isASCIIDigit, digits == 0 || octet > 0 else { return nil }
        octet = octet * 10 + UInt32(byte - UInt8(ascii: "0"))
        digits += 1
        guard octet <= 255 else { return nil }
      }
    }
    return octets == 3 && digits > 0 ? bits << 8 | octet : nil
  }

  private static func parseIPv6(_ text: Span<UInt8>) -> IPAddress? {
    // The longest text has six groups of four digits before an IPv4 address.
    guard (2...45).contains(text.count) else { return nil }
    var bits: UInt128 = 0
    var groups = 0
    // Groups before `::`.
    var gap: Int?
    var index = 0
    func isColon(_ index: Int) -> Bool { index < text.count && text[index] == UInt8(ascii: ":") }
    if isColon(0) {
      guard isColon(1) else { return nil }
      gap = 0
      index = 2
    }
    while index < text.count {
      let start = index
      var group: UInt128 = 0
      while index < text.count, index < start + 4, let digit = hexadecimalDigit(text[index]) {
        group = group << 4 | UInt128(digit)
        index += 1
      }
      if index < text.count, text[index] == UInt8(ascii: ".") {
        guard groups <= 6, let last = parseIPv4(text.extracting(start...)) else { return nil }
        bits = bits << 32 | UInt128(last)
        groups += 2
        break
      }
      guard index > start, groups < 8 else { return nil }
      bits = bits << 16 | group
      groups += 1
      guard index < text.count else { break }
      guard isColon(index), index + 1 < text.count else { return nil }
      index += 1
      if isColon(index) {
        guard gap == nil else { return nil }
        gap = groups
        index += 1
      }
    }
    if let gap {
      guard groups <= 7 else { return nil }
      let behind = UInt128(16 * (groups - gap))
      bits = ((bits >> behind) << UInt128(16 * (8 - gap))) | (bits & ((1 << behind) - 1))
    } else if groups != 8 {
      return nil
    }
    return IPAddress(high: UInt64(truncatingIfNeeded: bits >> 64), low: UInt64(truncatingIfNeeded: bits))
  }

  private static func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
    if byte.isASCIIDigit { return byte - UInt8(ascii: "0") }
    return byte.isASCIIHexadecimal ? byte.asciiLowercased - UInt8(ascii: "a") + 10 : nil
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

  /// Reads six pairs of hexadecimal digits separated by `:` or `-`; nil for anything else.
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
