import Model

extension DNSMessage {
  /// Reads a name with compression pointers (RFC 1035 §4.1.4) and leaves the reader behind it.
  ///
  /// Each pointer must lead in front of the part that contains it, so no byte is read twice and no loop is possible.
  ///
  /// - Parameter pointers: how many pointers may still be followed in this message.
  mutating func readName(
    _ reader: inout ByteReader, in message: RawSpan, _ pointers: inout Int
  ) throws(WireError) -> Name {
    let start = nameBytes.count
    let offset = reader.position
    let allowed = pointers
    do throws(WireError) {
      var limit = offset
      var pointer = try readLabels(&reader, from: start)
      while let target = pointer {
        guard target < limit else { throw .badValue(.dnsName) }
        guard pointers > 0 else { throw .tooMany(.dnsName) }
        pointers -= 1
        var part = ByteReader(message.extracting(0..<limit))
        try part.skip(target, .dnsName)
        pointer = try readLabels(&part, from: start)
        limit = target
      }
    } catch {
      nameBytes.removeLast(nameBytes.count - start)
      throw error
    }
    return Name(start: start, length: nameBytes.count - start, offset: offset, pointers: allowed - pointers)
  }

  /// Reads labels up to the end of the name or to a pointer.
  ///
  /// - Returns: where the pointer leads; nil at the end of the name.
  // A chain of pointers calls it once for each: as a call of its own that doubled the cost of such a message.
  @inline(__always)
  private mutating func readLabels(_ reader: inout ByteReader, from start: Int) throws(WireError) -> Int? {
    while true {
      let length = try reader.readUInt8(.dnsName)
      if length == 0 { return nil }
      if length & 0xc0 == 0xc0 { return Int(length & 0x3f) << 8 | Int(try reader.readUInt8(.dnsName)) }
      guard length & 0xc0 == 0 else { throw .badValue(.dnsName) }
      try append(try reader.readBytes(Int(length), .dnsName), from: start)
    }
  }

  /// Appends a label to the name that begins at `start`. A name has at most 255 bytes on the wire (RFC 1035 §3.1),
  /// which are 253 as text.
  private mutating func append(_ label: RawSpan, from start: Int) throws(WireError) {
    let length = nameBytes.count - start
    guard length + (length == 0 ? 0 : 1) + label.byteCount <= 253 else { throw .badLength(.dnsName) }
    if length > 0 { nameBytes.append(UInt8(ascii: ".")) }
    label.withUnsafeBytes { nameBytes.append(contentsOf: $0) }
  }

  /// Removes the name that was read last from the name buffer.
  mutating func drop(_ name: Name) { nameBytes.removeLast(name.length) }

  /// DNS compares names without regard to ASCII case (RFC 4343).
  func areSame(_ left: Name, _ right: Name) -> Bool {
    guard left.length == right.length else { return false }
    let bytes = nameBytes.span
    for index in 0..<left.length {
      let (one, other) = (bytes[left.start + index], bytes[right.start + index])
      guard one == other || (one | 0x20 == other | 0x20 && one.isASCIILetter) else { return false }
    }
    return true
  }
}

extension String {
  /// DNS compares names without regard to ASCII case (RFC 4343).
  package func equalsIgnoringASCIICase(_ other: String) -> Bool {
    if self == other { return true }
    guard utf8.count == other.utf8.count else { return false }
    return zip(utf8, other.utf8).allSatisfy { left, right in
      left == right || (left | 0x20 == right | 0x20 && left.isASCIILetter)
    }
  }
}
