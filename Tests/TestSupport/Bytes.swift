extension [UInt8] {
  /// Bytes from hexadecimal digits; other characters are skipped.
  public init(hexadecimal text: String) {
    let digits = text.compactMap(\.hexDigitValue)
    precondition(digits.count.isMultiple(of: 2), "an odd number of hexadecimal digits")
    self = stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }

  /// Appends the low 16 bits in network order.
  public mutating func appendUInt16(_ value: Int) {
    append(UInt8(truncatingIfNeeded: value >> 8))
    append(UInt8(truncatingIfNeeded: value))
  }

  public mutating func appendUInt24(_ value: Int) {
    append(UInt8(truncatingIfNeeded: value >> 16))
    appendUInt16(value)
  }

  public mutating func appendUInt32(_ value: UInt32) {
    appendUInt16(Int(value >> 16))
    appendUInt16(Int(value & 0xffff))
  }

  public mutating func appendUInt64(_ value: UInt64) {
    appendUInt32(UInt32(value >> 32))
    appendUInt32(UInt32(truncatingIfNeeded: value))
  }

  /// Overwrites two bytes in network order: for length fields that are known late, or must be false.
  public mutating func setUInt16(_ value: Int, at offset: Int) {
    self[offset] = UInt8(truncatingIfNeeded: value >> 8)
    self[offset + 1] = UInt8(truncatingIfNeeded: value)
  }

  /// Appends the length of `part` in two bytes, then `part`.
  public mutating func appendPart16(_ part: [UInt8]) {
    appendUInt16(part.count)
    append(contentsOf: part)
  }
}

/// A repeatable source of randomness (SplitMix64): the same seed gives the same test.
public struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
    return value ^ value >> 31
  }

  public mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
  }

  /// A copy with a few bytes changed, removed, repeated or truncated, as from a faulty or hostile sender.
  public mutating func mutation(of message: [UInt8]) -> [UInt8] {
    var result = message
    for _ in 0..<Int.random(in: 1...4, using: &self) {
      guard !result.isEmpty else { break }
      let index = Int.random(in: 0..<result.count, using: &self)
      switch Int.random(in: 0..<6, using: &self) {
      case 0: result[index] = UInt8(truncatingIfNeeded: next())
      case 1: result[index] ^= 1 << UInt8(truncatingIfNeeded: next() & 7)
      case 2: result[index] = [0x00, 0x01, 0x7f, 0x80, 0xc0, 0xff].randomElement(using: &self) ?? 0
      case 3: result.removeSubrange(index..<min(index + Int.random(in: 1...8, using: &self), result.count))
      case 4: result.insert(contentsOf: bytes(Int.random(in: 1...8, using: &self)), at: index)
      default: result.removeSubrange(index...)
      }
    }
    return result
  }
}
