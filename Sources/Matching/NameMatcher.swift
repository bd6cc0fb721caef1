import CMemory
import Model

/// Host name patterns, up to millions of them, with a look-up of all patterns that match a name.
///
/// A `*` matches any number of characters of one label, also none; a leading `*.` matches every name below, at any
/// depth. Matching ignores case.
///
/// A look-up walks the labels of a name from the right and hashes each suffix. The hash of a suffix leads to records; a
/// record matches only if its text does, so two suffixes with one hash change no answer. The hash has a random seed for
/// each matcher, so nobody can choose names or patterns that collide.
///
/// ```
///  events.data.microsoft.com   suffixes: com, microsoft.com, data.microsoft.com, events.data.microsoft.com
///  watson.*.microsoft.com      suffixes: com, microsoft.com; then the label `*`; then, with a seed of its own, watson
/// ```
public struct NameMatcher: Sendable {
  /// Kind of a record. The lowest bit is set if the suffix must be the whole name; otherwise labels must be left before
  /// it.
  private enum Kind: UInt8 {
    /// A pattern for every name below.
    case below = 0
    /// A pattern for this name alone.
    case exact = 1
    /// A pattern with `*` in a label, for every name below.
    case belowWithStar = 2
    /// A pattern with `*` in a label, for names of as many labels.
    case exactWithStar = 3
    /// A label with `*`; after it the walk continues with a seed of its own.
    case label = 4

    var isForWholeName: Bool { rawValue & 1 == 1 }
  }

  /// A Bloom filter with eight bits for each record. A suffix sets two bits, both in the same word; about one in twenty
  /// suffixes without a record finds its bits set by others.
  ///
  /// One byte for each pattern stays in the processor's cache when the records do not, and most suffixes of most names
  /// need nothing else.
  private var filter: [UInt64]
  /// A hash table whose buckets are lines of 128 bytes, about a third full: the number of bytes of records, the
  /// records, and a last byte that is 1 if more records of this bucket are in `overflow`.
  ///
  /// In a large table, one cache miss costs more than all arithmetic of a look-up, so all records of a suffix are in
  /// one place.
  ///
  /// A record is: its number, which is the index of a pattern, little-endian; its kind, with five bits of the hash
  /// above it; the length of its text; the text in lower case, without a leading `*.`.
  private var lines: [UInt8]
  /// Bytes before the first line, so that each line is aligned to two cache lines.
  private let padding: Int
  private let lineCount: Int
  /// Start of each overflow bucket in `overflow`, with about two records to a bucket; one more item marks the end.
  private var overflowStarts: [UInt32] = [0, 0]
  private var overflow: [UInt8] = []
  /// The hash of the empty suffix: the seed.
  private let root: UInt64
  /// No pattern has a suffix with fewer labels; few lists have patterns for a whole top-level domain.
  private let fewestLabels: Int

  private static let lineLength = 128
  private static let recordHeadLength = 6

  /// `patterns` has at most 2³¹ bytes; look-ups return indices into it.
  ///
  /// A pattern of more than 255 bytes matches nothing, since no host name is that long (RFC 1035 §2.3.4). O(n) for n
  /// bytes of patterns, but O(n log n) for those whose suffixes collide.
  public init(_ patterns: [String]) {
    root = UInt64.random(in: 0 ... .max)
    var drafts: [Draft] = []
    var labels: [StarLabel: UInt32] = [:]
    var fewestLabels = Int.max
    drafts.reserveCapacity(patterns.count)
    for (index, pattern) in patterns.enumerated() where pattern.utf8.count <= HostName.limit {
      let utf8 = pattern.utf8Span.span
      let isBelow = utf8.count > 2 && utf8[0] == star && utf8[1] == dot
      var memory = HostName.noMemory
      guard let length = HostName.fold(utf8.extracting((isBelow ? 2 : 0)...), into: &memory) else { continue }
      let name = HostName(memory.span, count: length.count, isCut: length.isCut)
      var hasStar = false
      var ending = root
      var end = name.count
      var depth = 0
      while end > 0 {
        let start = name.labelStart(upTo: end)
        if let text = name.labelWithStar(start..<end) {
          if !hasStar { fewestLabels = min(fewestLabels, depth) }
          hasStar = true
          let key = StarLabel(ending: ending, text: text)
          if labels[key] == nil {
            let number = UInt32(labels.count)
            labels[key] = number
            drafts.append(
              Draft(ending: ending, number: number, pattern: UInt32(index), kind: .label, text: start..<end))
          }
          ending = NameMatcher.seed(behind: labels[key] ?? 0, root)
        } else {
          ending = name.hash(start..<end, after: ending)
        }
        end = max(start - 1, 0)
        depth += 1
      }
      if !hasStar { fewestLabels = min(fewestLabels, depth) }
      let kind: Kind = isBelow ? hasStar ? .belowWithStar : .below : hasStar ? .exactWithStar : .exact
      drafts.append(
        Draft(ending: ending, number: UInt32(index), pattern: UInt32(index), kind: kind, text: 0..<name.count))
    }

    self.fewestLabels = fewestLabels
    filter = Array(repeating: 0, count: drafts.count / 8 + 1)
    let size = drafts.reduce(0) { $0 + NameMatcher.recordHeadLength + $1.text.count }
    lineCount = size * 3 / NameMatcher.lineLength + 1
    lines = Array(repeating: 0, count: (lineCount + 1) * NameMatcher.lineLength)
    // The array may be copied to another address, which costs time but changes no answer.
    padding = lines.withUnsafeBufferPointer {
      -Int(bitPattern: $0.baseAddress) & (NameMatcher.lineLength - 1)
    }
    fill(with: drafts, patterns)
  }

  private mutating func fill(with drafts: [Draft], _ patterns: [String]) {
    var overflowing: [Draft] = []
    for draft in drafts {
      let bits = NameMatcher.filterBits(of: draft.ending, isForWholeName: draft.kind.isForWholeName)
      filter[place(of: draft.ending, in: filter.count)] |= bits
      let line = self.line(of: draft.ending)
      let used = Int(lines[line])
      if used + NameMatcher.recordHeadLength + draft.text.count <= NameMatcher.lineLength - 2 {
        var next = line + 1 + used
        draft.forEachByte(of: patterns) { byte in
          lines[next] = byte
          next += 1
        }
        lines[line] = UInt8(next - line - 1)
      } else {
        lines[line + NameMatcher.lineLength - 1] = 1
        overflowing.append(draft)
      }
    }
    let bucketCount = overflowing.count / 2 + 1
    var sorted = overflowing.enumerated().map { (bucket: place(of: $1.ending, in: bucketCount), index: $0) }
    sorted.sort { $0 < $1 }
    overflowStarts = []
    overflowStarts.reserveCapacity(bucketCount + 1)
    overflow.reserveCapacity(overflowing.reduce(0) { $0 + NameMatcher.recordHeadLength + $1.text.count })
    for (bucket, index) in sorted {
      while overflowStarts.count <= bucket { overflowStarts.append(UInt32(overflow.count)) }
      overflowing[index].forEachByte(of: patterns) { overflow.append($0) }
    }
    while overflowStarts.count <= bucketCount { overflowStarts.append(UInt32(overflow.count)) }
  }

  /// A record before its place in the table is known.
  private struct Draft {
    var ending: UInt64
    var number: UInt32
    /// The pattern that contains the record's text at `text`, counted after a leading `*.`.
    var pattern: UInt32
    var kind: Kind
    var text: Range<Int>

    func forEachByte(of patterns: [String], _ body: (UInt8) -> Void) {
      for shift in [0, 8, 16, 24] as [UInt32] { body(UInt8(truncatingIfNeeded: number >> shift)) }
      body(NameMatcher.tag(of: ending) | kind.rawValue)
      body(UInt8(text.count))
      let utf8 = patterns[Int(pattern)].utf8Span.span
      let start = utf8.count > 2 && utf8[0] == star && utf8[1] == dot ? 2 : 0
      for index in text { body(utf8[start + index].asciiLowercased) }
    }
  }

  private struct StarLabel: Hashable {
    var ending: UInt64
    var text: [UInt8]
  }

  /// Calls `body` with the index of each pattern that matches, in no particular order; a pattern with `*` in a label
  /// may come twice.
  ///
  /// One trailing dot is ignored, and a name with an empty label matches nothing. Of a name that is too long for a host
  /// name, the last 255 bytes are used. O(bytes of the name) on average for patterns without `*` in a label; each label
  /// with `*` is tried at most once on average, in O(its bytes × bytes of the label).
  public func forEachMatch(_ name: String, _ body: (Int) -> Void) {
    let utf8 = name.utf8Span
    let bytes = utf8.span
    let isRooted = bytes.count > 1 && bytes[bytes.count - 1] == dot
    var memory = HostName.noMemory
    guard
      let length = HostName.fold(bytes.extracting(0..<(isRooted ? bytes.count - 1 : bytes.count)), into: &memory)
    else { return }
    let name = HostName(memory.span, count: length.count, isCut: length.isCut)
    visit(name, upTo: name.count, ending: root, skipping: fewestLabels, body)
  }

  /// Bytes of memory of the matcher; a measure for tests and benchmarks.
  package var storedBytes: Int {
    filter.capacity * 8 + lines.capacity + overflow.capacity + overflowStarts.capacity * 4
  }

  /// The most bytes of records that one step of a walk can read; a measure for tests.
  package var longestBucket: Int {
    NameMatcher.lineLength + (zip(overflowStarts, overflowStarts.dropFirst()).map { Int($1 - $0) }.max() ?? 0)
  }

  // MARK: The walk

  /// `end`: the number of bytes of the name, from its start, that are still to be walked.
  /// `skipped`: the number of suffixes, from the given one on, that have no record.
  private func visit(
    _ name: HostName, upTo end: Int, ending: UInt64, skipping skipped: Int, _ body: (Int) -> Void
  ) {
    var end = end
    var ending = ending
    var skipped = skipped
    while true {
      if skipped > 0 {
        skipped &-= 1
      } else {
        // Prefetched before it is known to be needed, so that a hit waits for filter and line at the same time.
        bringNear(line(of: ending))
        let bits = NameMatcher.filterBits(of: ending, isForWholeName: end == 0 && !name.isCut)
        if filter[place(of: ending, in: filter.count)] & bits == bits {
          visitRecords(of: ending, name, upTo: end, body)
        }
      }
      guard end > 0 else { return }
      (ending, end) = name.step(from: end, after: ending)
    }
  }

  private func visitRecords(of ending: UInt64, _ name: HostName, upTo end: Int, _ body: (Int) -> Void) {
    let line = line(of: ending)
    let used = Int(lines[line])
    visit(lines.span.bytes.extracting(line + 1..<line + 1 + used), of: ending, name, upTo: end, body)
    guard lines[line + NameMatcher.lineLength - 1] != 0 else { return }
    let bucket = place(of: ending, in: overflowStarts.count - 1)
    let range = Int(overflowStarts[bucket])..<Int(overflowStarts[bucket + 1])
    visit(overflow.span.bytes.extracting(range), of: ending, name, upTo: end, body)
  }

  private func visit(
    _ records: RawSpan, of ending: UInt64, _ name: HostName, upTo end: Int, _ body: (Int) -> Void
  ) {
    let expected = NameMatcher.tag(of: ending) | (end == 0 && !name.isCut ? 1 : 0)
    var next = 0
    while next < records.byteCount {
      let head = next
      let start = head &+ NameMatcher.recordHeadLength
      next = start &+ Int(records.unsafeLoad(fromByteOffset: head &+ 5, as: UInt8.self))
      let tagged = records.unsafeLoad(fromByteOffset: head &+ 4, as: UInt8.self)
      guard tagged & 0xf9 == expected, let kind = Kind(rawValue: tagged & 7) else { continue }
      let text = records.extracting(start..<next)
      let number = UInt32(littleEndian: records.unsafeLoadUnaligned(fromByteOffset: head, as: UInt32.self))
      switch kind {
      case .exact, .below: if name.hasTail(from: end, text) { body(Int(number)) }
      case .exactWithStar, .belowWithStar: if name.labels(from: end, fit: text) { body(Int(number)) }
      case .label:
        guard end > 0 else { continue }
        let start = name.labelStart(upTo: end)
        if name.label(start..<end, fits: text) {
          visit(name, upTo: max(start - 1, 0), ending: NameMatcher.seed(behind: number, root), skipping: 0, body)
        }
      }
    }
  }

  private func place(of ending: UInt64, in count: Int) -> Int {
    Int(truncatingIfNeeded: ending.multipliedFullWidth(by: UInt64(truncatingIfNeeded: count)).high)
  }

  /// Prefetches both cache lines of a bucket.
  private func bringNear(_ line: Int) {
    lines.withUnsafeBufferPointer { bytes in
      guard let start = bytes.baseAddress else { return }
      cmemory_prefetch(start + line)
      cmemory_prefetch(start + line + NameMatcher.lineLength / 2)
    }
  }

  private func line(of ending: UInt64) -> Int { padding + place(of: ending, in: lineCount) * NameMatcher.lineLength }

  /// Two bits of a word, or one if they coincide; other bits if the suffix must be the whole name.
  private static func filterBits(of ending: UInt64, isForWholeName: Bool) -> UInt64 {
    let chosen = isForWholeName ? ending >> 28 : ending
    return 1 << (chosen & 63) | 1 << (chosen >> 6 & 63)
  }

  /// Five bits of the hash, above the bits of the kind.
  private static func tag(of ending: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: ending >> 20) & 0xf8 }

  private static func seed(behind label: UInt32, _ root: UInt64) -> UInt64 { mixed(root ^ UInt64(label) << 8) }
}

/// A name in lower case, prepared for a walk over its labels from the right.
private struct HostName: ~Escapable {
  /// RFC 1035 §2.3.4.
  static let limit = 255

  /// Bytes of the name, eight to a word, and zeros after its end; then one bit for each byte that is a dot, 64 to a
  /// word.
  ///
  /// The caller provides it, since the compiler would copy an array within a structure for each access.
  typealias Memory = InlineArray<37, UInt64>

  static var noMemory: Memory { Memory(repeating: 0) }

  private static let firstOfDots = 33

  private let memory: RawSpan
  let count: Int
  /// Labels at its start were left out, since it is longer than any host name.
  let isCut: Bool

  @_lifetime(copy memory)
  init(_ memory: Span<UInt64>, count: Int, isCut: Bool) {
    self.memory = memory.bytes
    self.count = count
    self.isCut = isCut
  }

  /// Nil if the name has an empty label, or if its last label is longer than any host name.
  static func fold(_ name: Span<UInt8>, into memory: inout Memory) -> (count: Int, isCut: Bool)? {
    var first = 0
    let isCut = name.count > HostName.limit
    if isCut {
      guard !HostName.hasEmptyLabel(name) else { return nil }
      first = name.count - HostName.limit
      while first < name.count, name[first - 1] != dot { first += 1 }
    }
    let count = name.count - first
    guard count > 0, name[name.count - 1] != dot else { return nil }
    let bytes = name.bytes.extracting(first...)
    var isAfterDot: UInt64 = 1
    var emptyLabels: UInt64 = 0
    var at = 0
    while at < count {
      let word = HostName.word(of: bytes, at: at)
      let found = HostName.positions(of: dot, in: word)
      emptyLabels |= found & (found << 1 | isAfterDot)
      isAfterDot = found >> 7
      memory[HostName.firstOfDots + (at >> 6)] |= found << UInt64(at & 63)
      memory[at >> 3] = HostName.foldedToLowerCase(word).littleEndian
      at &+= 8
    }
    return emptyLabels == 0 ? (count, isCut) : nil
  }

  private func byte(_ index: Int) -> UInt8 { memory.unsafeLoad(fromByteOffset: index, as: UInt8.self) }

  /// The eight bytes from `index` on.
  private func word(at index: Int) -> UInt64 {
    UInt64(littleEndian: memory.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
  }

  private func dots(_ item: Int) -> UInt64 {
    memory.unsafeLoad(fromByteOffset: (HostName.firstOfDots + item) * 8, as: UInt64.self)
  }

  /// Start of the last label of the first `end` bytes.
  @inline(__always)
  func labelStart(upTo end: Int) -> Int {
    var item = (end - 1) >> 6
    var bits = dots(item) & UInt64.max >> UInt64(63 - (end - 1) & 63)
    while bits == 0, item > 0 {
      item -= 1
      bits = dots(item)
    }
    return bits == 0 ? 0 : (item << 6) + 64 - bits.leadingZeroBitCount
  }

  /// The hash of a suffix extended by the label before it.
  @inline(__always)
  func hash(_ label: Range<Int>, after ending: UInt64) -> UInt64 {
    var hash = ending
    var at = label.lowerBound
    while label.upperBound &- at > 8 {
      hash = mixed(hash ^ word(at: at))
      at &+= 8
    }
    return mixed(hash ^ word(at: at) & UInt64.max &>> UInt64(truncatingIfNeeded: 64 &- (label.upperBound &- at) &* 8))
  }

  /// The hash extended by the last label of the first `end` bytes, and the number of bytes before that label and its
  /// dot.
  @inline(__always)
  func step(from end: Int, after ending: UInt64) -> (hash: UInt64, end: Int) {
    let start = labelStart(upTo: end)
    return (hash(start..<end, after: ending), max(start - 1, 0))
  }

  /// Nil if the label has no `*`.
  func labelWithStar(_ label: Range<Int>) -> [UInt8]? {
    for index in label where byte(index) == star { return label.map { byte($0) } }
    return nil
  }

  // MARK: Comparing with the text of a pattern

  /// Whether `text` equals the part after the first `end` bytes and their dot.
  func hasTail(from end: Int, _ text: RawSpan) -> Bool {
    let start = end == 0 ? 0 : end + 1
    guard count - start == text.byteCount else { return false }
    var at = 0
    while text.byteCount &- at > 8 {
      if HostName.word(of: text, at: at) != word(at: start &+ at) { return false }
      at &+= 8
    }
    // The bytes after the end of the name are zero, as in the word of the text.
    return HostName.word(of: text, at: at) == word(at: start &+ at)
  }

  /// Whether the part after the first `end` bytes and their dot matches `text` label by label.
  func labels(from end: Int, fit text: RawSpan) -> Bool {
    let start = end == 0 ? 0 : end + 1
    var textEnd = text.byteCount
    var nameEnd = count
    while true {
      var textStart = textEnd
      while textStart > 0, text.unsafeLoad(fromByteOffset: textStart - 1, as: UInt8.self) != dot { textStart -= 1 }
      let nameStart = labelStart(upTo: nameEnd)
      guard label(nameStart..<nameEnd, fits: text.extracting(textStart..<textEnd)) else { return false }
      if textStart == 0 || nameStart <= start { return textStart == 0 && nameStart == start }
      textEnd = textStart - 1
      nameEnd = nameStart - 1
    }
  }

  /// Backtracks to the last `*` only, so that a hostile label costs at most O(n · m).
  func label(_ label: Range<Int>, fits pattern: RawSpan) -> Bool {
    func fixed(_ index: Int) -> UInt8? {
      index < pattern.byteCount ? pattern.unsafeLoad(fromByteOffset: index, as: UInt8.self) : nil
    }
    var position = label.lowerBound
    var index = 0
    var retry: (position: Int, index: Int)?
    while position < label.upperBound {
      if fixed(index) == star {
        index += 1
        retry = (position, index)
      } else if fixed(index) == byte(position) {
        index += 1
        position += 1
      } else if let last = retry {
        position = last.position + 1
        index = last.index
        retry = (position, index)
      } else {
        return false
      }
    }
    while fixed(index) == star { index += 1 }
    return index == pattern.byteCount
  }

  // MARK: Eight bytes at a time

  /// The bytes from `index` on, the first lowest, with zeros after the last; `index` is less than their number.
  @inline(__always)
  private static func word(of bytes: RawSpan, at index: Int) -> UInt64 {
    let left = bytes.byteCount &- index
    if left >= 8 { return UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)) }
    guard bytes.byteCount >= 8 else { return shortWord(of: bytes, at: index) }
    // Loads the last eight bytes and shifts out those before `index`.
    let last = UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: bytes.byteCount &- 8, as: UInt64.self))
    return last &>> UInt64(truncatingIfNeeded: (8 &- left) &* 8)
  }

  @inline(never)
  private static func shortWord(of bytes: RawSpan, at index: Int) -> UInt64 {
    var word: UInt64 = 0
    for offset in index..<bytes.byteCount {
      word |= UInt64(bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)) << UInt64((offset - index) * 8)
    }
    return word
  }

  private static func hasEmptyLabel(_ name: Span<UInt8>) -> Bool {
    var previous = dot
    for index in name.indices {
      if name[index] == dot && previous == dot { return true }
      previous = name[index]
    }
    return previous == dot
  }

  /// One bit for each of the eight bytes, that of the first byte lowest.
  private static func positions(of byte: UInt8, in word: UInt64) -> UInt64 {
    let low: UInt64 = 0x7f7f_7f7f_7f7f_7f7f
    let difference = word ^ (UInt64(byte) &* 0x0101_0101_0101_0101)
    let zeros = ~((difference & low) &+ low | difference | low)
    // Moves the highest bit of byte n to bit 56 + n; no two products meet.
    return ((zeros >> 7) &* 0x0102_0408_1020_4080) >> 56
  }

  private static func foldedToLowerCase(_ word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let low = word & (ones &* 0x7f)
    // The highest bit of each byte shows: at least "A"; above "Z"; not ASCII.
    let fromA = low &+ ones &* (0x80 - 0x41)
    let aboveZ = low &+ ones &* (0x80 - 0x5b)
    let isCapital = fromA & ~aboveZ & ~word & (ones &* 0x80)
    return word | isCapital >> 2
  }
}

/// Each bit of the result depends on all bits of `value`, which include the seed; nobody who lacks it can cause
/// collisions.
private func mixed(_ value: UInt64) -> UInt64 {
  let product = value.multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
  return product.high ^ product.low
}

private let star = UInt8(ascii: "*")
private let dot = UInt8(ascii: ".")
