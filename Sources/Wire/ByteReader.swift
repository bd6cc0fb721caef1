/// Reads borrowed bytes in network order, front to back, and checks the bounds at every read.
///
/// Invariant: `0 <= offset <= bytes.byteCount`. No read leaves the span; each one that would throws instead.
public struct ByteReader: ~Escapable {
  @usableFromInline let bytes: RawSpan
  @usableFromInline private(set) var offset: Int
  /// Bytes beyond the end existed on the wire but were not captured.
  @usableFromInline let isCapturedShort: Bool

  @inlinable
  @_lifetime(copy bytes)
  public init(_ bytes: RawSpan, isCapturedShort: Bool = false) {
    self.bytes = bytes
    self.offset = 0
    self.isCapturedShort = isCapturedShort
  }

  /// Bytes read so far.
  public var position: Int { offset }
  public var remaining: Int { bytes.byteCount - offset }
  public var isAtEnd: Bool { offset == bytes.byteCount }

  /// The next byte, which stays unread. The caller has checked that there is one.
  @inline(__always)
  func peek() -> UInt8 { bytes.byte(offset) }

  /// The next two bytes, which stay unread. The caller has checked that they are there.
  @inline(__always)
  func peekUInt16() -> UInt16 { bytes.uint16(offset) }

  /// The bytes that have not been read yet.
  var unread: RawSpan {
    @_lifetime(copy self)
    get { bytes.extracting(offset..<bytes.byteCount) }
  }

  /// Skips bytes. The caller has checked that there are so many.
  mutating func advance(by count: Int) {
    precondition(count >= 0 && count <= remaining)
    offset += count
  }

  /// The error to throw if `field` extends beyond the last byte.
  @inline(__always)
  func shortage(_ field: WireField) -> WireError { isCapturedShort ? .capturedShort(field) : .truncated(field) }

  @inline(__always)
  mutating func take(_ count: Int, _ field: WireField) throws(WireError) -> Int {
    guard count >= 0, count <= bytes.byteCount - offset else { throw shortage(field) }
    let start = offset
    offset = start + count
    return start
  }

  public mutating func readUInt8(_ field: WireField) throws(WireError) -> UInt8 {
    let start = try take(1, field)
    return bytes.byte(start)
  }

  public mutating func readUInt16(_ field: WireField) throws(WireError) -> UInt16 {
    let start = try take(2, field)
    return bytes.uint16(start)
  }

  public mutating func readUInt24(_ field: WireField) throws(WireError) -> Int {
    let start = try take(3, field)
    return Int(bytes.byte(start)) << 16 | Int(bytes.uint16(start + 1))
  }

  public mutating func readUInt32(_ field: WireField) throws(WireError) -> UInt32 {
    let start = try take(4, field)
    return bytes.uint32(start)
  }

  /// Reads a little-endian field, as in link headers that machines write in their own byte order.
  mutating func readLittleUInt16(_ field: WireField) throws(WireError) -> UInt16 {
    try readUInt16(field).byteSwapped
  }

  mutating func readLittleUInt32(_ field: WireField) throws(WireError) -> UInt32 {
    try readUInt32(field).byteSwapped
  }

  public mutating func skip(_ count: Int, _ field: WireField) throws(WireError) { _ = try take(count, field) }

  /// Skips zeros, eight bytes at a time: most of an Initial packet is padding.
  mutating func skipZeros() {
    while remaining >= 8, bytes.uint64(offset) == 0 { offset += 8 }
    while remaining > 0, bytes.byte(offset) == 0 { offset += 1 }
  }

  /// The next `count` bytes as a span of their own.
  @_lifetime(copy self)
  public mutating func readBytes(_ count: Int, _ field: WireField) throws(WireError) -> RawSpan {
    let start = try take(count, field)
    return bytes.extracting(start..<start + count)
  }

  /// A reader over the next `count` bytes, for a part with a length prefix; it cannot reach the bytes behind them.
  @_lifetime(copy self)
  public mutating func readPart(_ count: Int, _ field: WireField) throws(WireError) -> ByteReader {
    let start = try take(count, field)
    return ByteReader(bytes.extracting(start..<start + count), isCapturedShort: false)
  }

  /// Like `readPart`, but if fewer bytes are left it returns those, marked as captured short: the lax reading of cut
  /// messages.
  @_lifetime(copy self)
  public mutating func readPartOrRest(_ count: Int) -> ByteReader {
    let length = min(max(count, 0), remaining)
    let start = offset
    offset = start + length
    return ByteReader(bytes.extracting(start..<start + length), isCapturedShort: length < count)
  }

  @_lifetime(copy self)
  public mutating func readRest() -> RawSpan {
    let start = offset
    offset = bytes.byteCount
    return bytes.extracting(start..<bytes.byteCount)
  }
}

extension RawSpan {
  /// The caller has checked `0 <= offset < byteCount`. The span checks it again and traps; it never reads outside.
  @inline(__always)
  package func byte(_ offset: Int) -> UInt8 { unsafeLoad(fromByteOffset: offset, as: UInt8.self) }

  @inline(__always)
  package func uint16(_ offset: Int) -> UInt16 {
    UInt16(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self))
  }

  @inline(__always)
  package func uint32(_ offset: Int) -> UInt32 {
    UInt32(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  @inline(__always)
  package func uint64(_ offset: Int) -> UInt64 {
    UInt64(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// The offset of the first `value` at or behind `start`; nil if there is none.
  ///
  /// Compares 64 bytes at a time, then eight: a search byte by byte for the ends of lines would make a segment cost
  /// several times an ordinary one.
  package func firstOffset(of value: UInt8, from start: Int) -> Int? {
    let pattern = 0x0101_0101_0101_0101 &* UInt64(value)
    let wanted = SIMD16<UInt8>(repeating: value)
    var offset = start
    while offset + 64 <= byteCount {
      let found =
        (sixteen(offset) .== wanted) .| (sixteen(offset + 16) .== wanted) .| (sixteen(offset + 32) .== wanted)
        .| (sixteen(offset + 48) .== wanted)
      let halves = unsafeBitCast(found, to: SIMD2<UInt64>.self)
      if halves[0] | halves[1] != 0 { break }
      offset += 64
    }
    while offset + 8 <= byteCount {
      // An equal byte becomes zero. The test below is exact for the lowest zero byte only, which is the first in
      // little-endian order.
      let difference = unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian ^ pattern
      let zeros = (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080
      if zeros != 0 { return offset + zeros.trailingZeroBitCount / 8 }
      offset += 8
    }
    while offset < byteCount {
      if byte(offset) == value { return offset }
      offset += 1
    }
    return nil
  }

  /// A copy, for the capped prefixes that outlive a packet.
  package func copyBytes() -> [UInt8] {
    withUnsafeBytes { Array($0) }
  }

  /// The caller has checked that 16 bytes are there.
  @inline(__always)
  private func sixteen(_ offset: Int) -> SIMD16<UInt8> {
    unsafeLoadUnaligned(fromByteOffset: offset, as: SIMD16<UInt8>.self)
  }

  private var isASCII: Bool {
    var all: UInt8 = 0
    var words: UInt64 = 0
    var offset = 0
    while offset + 8 <= byteCount {
      words |= uint64(offset)
      offset += 8
    }
    while offset < byteCount {
      all |= byte(offset)
      offset += 1
    }
    return words & 0x8080_8080_8080_8080 == 0 && all < 0x80
  }

  /// Text with one scalar U+0000 to U+00FF for each byte, so that no byte of the wire is lost.
  package func latin1Text() -> String {
    if isASCII { return withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
    var text = String.UnicodeScalarView()
    for index in 0..<byteCount { text.append(Unicode.Scalar(byte(index))) }
    return String(text)
  }
}

// Names of hosts.
extension RawSpan {
  /// Longest host name in bytes (RFC 1035 §3.1). A longer one cannot be resolved, and converting, looking up and
  /// storing it would cost in proportion to its length.
  static var longestHostName: Int { 255 }
  /// Longest host name with a colon and a port, in bytes.
  package static var longestAuthority: Int { longestHostName + 6 }

  /// The bytes as a host name; nil if they are longer than any host name.
  func hostName() -> String? { byteCount <= RawSpan.longestHostName ? latin1Text() : nil }

  /// The bytes as a host name with a port; nil if they are longer than any.
  func authority() -> String? { byteCount <= RawSpan.longestAuthority ? latin1Text() : nil }
}
