import Model
import Wire

/// The number of a name in a `NameTable`.
typealias NameNumber = Int32

/// Host names, each stored once under a number for as long as it has a holder.
///
/// A name has at most 255 bytes, as on the wire with its case; names that differ only in case are different names with
/// the same hash. `hold` and `number` add a holder, `release` removes one, and the last release frees the name. Bytes
/// are stored in words of eight, padded with zeros, and compared and hashed word by word. All operations are linear in
/// the length of the name. Unsafe storage behind a safe interface: `text(of:)` stores whole words into a string's
/// buffer of that capacity, whose bounds are checked.
struct NameTable: ~Copyable {
  private let inPlace = KeptInPlace()
  /// A name and its first words: one cache line for most names.
  private struct Entry: TableElement {
    var links = TableLinks()
    var holders: Int32 = 0
    /// Place of the next words; -1 if there are none.
    var rest: Int32 = -1
    var length: UInt8 = 0
    var isASCII = true
    var words = InlineArray<4, UInt64>(repeating: 0)

    static let vacant = Entry()
  }

  /// Three further words of a long name.
  private struct Rest {
    var next: Int32 = -1
    var words = InlineArray<3, UInt64>(repeating: 0)

    static let vacant = Rest()
  }

  private var entries = AgedTable<Entry>()
  private var rests = Slab<Rest>(vacant: .vacant)
  private let secret = SecretHash()

  /// Longest name in bytes (RFC 1035 §3.1).
  static let longest = 255

  /// Number of names that have a holder.
  var count: Int { entries.count }

  /// The number of a name, which the caller now holds. Names longer than 255 bytes, which do not occur on the wire, are
  /// cut.
  mutating func number(of name: RawSpan) -> NameNumber {
    let name = name.byteCount <= NameTable.longest ? name : name.extracting(0..<NameTable.longest)
    let hash = hash(of: name)
    if let place = entries.find(hash, { holds($0, name) }) {
      entries[place].holders += 1
      return NameNumber(place)
    }
    return NameNumber(insert(name, hash: hash))
  }

  /// The same for a string in which each byte is one scalar U+0000 to U+00FF.
  mutating func number(of text: String) -> NameNumber {
    let bytes = text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    return number(of: bytes.span.bytes)
  }

  /// Calls `body` with the bytes of such a string.
  static func withBytes<Result>(of text: String, _ body: (RawSpan) -> Result) -> Result {
    var text = text
    guard text.utf8.allSatisfy({ $0 < 0x80 }) else {
      let bytes = text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
      return body(bytes.span.bytes)
    }
    return text.withUTF8 { body($0.span.bytes) }
  }

  mutating func hold(_ number: NameNumber) { entries[Int(number)].holders += 1 }

  mutating func release(_ number: NameNumber) {
    entries[Int(number)].holders -= 1
    guard entries[Int(number)].holders == 0 else { return }
    var rest = entries[Int(number)].rest
    while rest >= 0 {
      let next = rests[Int(rest)].next
      rests.remove(Int(rest))
      rest = next
    }
    entries.remove(Int(number))
  }

  /// The hash of a name, the same for upper and lower case.
  func hash(of number: NameNumber) -> UInt32 { entries[Int(number)].links.hash }

  func hash(of name: RawSpan) -> UInt32 {
    var state = secret.start(name.byteCount)
    for index in 0..<NameTable.words(name.byteCount) { state = secret.mix(state, name.word(index).lowercasedASCII) }
    return secret.finish(state)
  }

  /// Memory of a name, in bytes.
  func bytes(of number: NameNumber) -> Int {
    let beyond = NameTable.words(Int(entries[Int(number)].length)) - 4
    return AgedTable<Entry>.bytesEach + (beyond > 0 ? (beyond + 2) / 3 * (MemoryLayout<Rest>.stride + 4) : 0)
  }

  /// The name as a string in which each byte is one scalar U+0000 to U+00FF.
  func text(of number: NameNumber) -> String {
    let length = Int(entries[Int(number)].length)
    let place = Int(number)
    guard entries[place].isASCII else {
      var text = String.UnicodeScalarView()
      for index in 0..<length {
        text.append(
          Unicode.Scalar(UInt8(truncatingIfNeeded: word(index / 8, of: place) >> UInt64(8 * (index % 8)))))
      }
      return String(text)
    }
    // The capacity is a multiple of eight, since whole words are stored.
    let count = NameTable.words(length)
    return String(unsafeUninitializedCapacity: 8 * count) { buffer in
      let bytes = UnsafeMutableRawBufferPointer(buffer)
      for index in 0..<count {
        bytes.storeBytes(of: word(index, of: place).littleEndian, toByteOffset: 8 * index, as: UInt64.self)
      }
      return length
    }
  }

  /// Whether two names are equal without regard to case (RFC 4343).
  func areSame(_ left: NameNumber, _ right: NameNumber) -> Bool {
    if left == right { return true }
    let (one, other) = (Int(left), Int(right))
    guard entries[one].links.hash == entries[other].links.hash, entries[one].length == entries[other].length else {
      return false
    }
    return (0..<NameTable.words(Int(entries[one].length))).allSatisfy {
      word($0, of: one).lowercasedASCII == word($0, of: other).lowercasedASCII
    }
  }

  /// Whether `name` is equal to the name with this number without regard to case.
  func isSame(_ number: NameNumber, _ name: RawSpan) -> Bool {
    let place = Int(number)
    guard Int(entries[place].length) == name.byteCount else { return false }
    for index in 0..<NameTable.words(name.byteCount)
    where word(index, of: place).lowercasedASCII != name.word(index).lowercasedASCII { return false }
    return true
  }

  /// The first byte; nil for the empty name.
  func firstByte(of number: NameNumber) -> UInt8? {
    entries[Int(number)].length == 0 ? nil : UInt8(truncatingIfNeeded: entries[Int(number)].words[0])
  }

  /// - Returns: whether the bytes are exactly those of the name, including case.
  private func holds(_ entry: borrowing Entry, _ name: RawSpan) -> Bool {
    guard Int(entry.length) == name.byteCount else { return false }
    let count = NameTable.words(name.byteCount)
    for index in 0..<min(count, 4) where entry.words[index] != name.word(index) { return false }
    var rest = entry.rest
    var index = 4
    while index < count {
      guard rests[Int(rest)].words[(index - 4) % 3] == name.word(index) else { return false }
      index += 1
      if (index - 4).isMultiple(of: 3) { rest = rests[Int(rest)].next }
    }
    return true
  }

  private mutating func insert(_ name: RawSpan, hash: UInt32) -> Int {
    let count = NameTable.words(name.byteCount)
    var entry = Entry(holders: 1, length: UInt8(name.byteCount))
    for index in 0..<count where name.word(index) & 0x8080_8080_8080_8080 != 0 { entry.isASCII = false }
    for index in 0..<min(count, 4) { entry.words[index] = name.word(index) }
    // From the end, so that the place of the next part is known.
    var part = (max(count - 4, 0) + 2) / 3 - 1
    while part >= 0 {
      var rest = Rest(next: entry.rest)
      for index in 0..<3 where 4 + 3 * part + index < count { rest.words[index] = name.word(4 + 3 * part + index) }
      entry.rest = Int32(rests.insert(rest))
      part -= 1
    }
    return entries.insert(entry, hash: hash)
  }

  private func word(_ index: Int, of place: Int) -> UInt64 {
    if index < 4 { return entries[place].words[index] }
    var rest = entries[place].rest
    for _ in 0..<(index - 4) / 3 { rest = rests[Int(rest)].next }
    return rests[Int(rest)].words[(index - 4) % 3]
  }

  private static func words(_ length: Int) -> Int { (length + 7) / 8 }
}

extension RawSpan {
  /// Eight bytes from `8 * index` on, the first in the lowest byte; zeros behind the end.
  @inline(__always)
  fileprivate func word(_ index: Int) -> UInt64 {
    let start = 8 * index
    if start + 8 <= byteCount { return unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self).littleEndian }
    var word: UInt64 = 0
    for offset in start..<byteCount { word |= UInt64(byte(offset)) << UInt64(8 * (offset - start)) }
    return word
  }
}

extension UInt64 {
  /// Eight bytes with the letters A to Z in lower case.
  @inline(__always)
  fileprivate var lowercasedASCII: UInt64 {
    // These additions do not carry between bytes. They set the highest bit of each byte from A on, and of each byte
    // behind Z.
    let low = self & 0x7f7f_7f7f_7f7f_7f7f
    let fromA = low &+ 0x3f3f_3f3f_3f3f_3f3f
    let behindZ = low &+ 0x2525_2525_2525_2525
    return self | ((fromA ^ behindZ) & ~self & 0x8080_8080_8080_8080) >> 2
  }
}
