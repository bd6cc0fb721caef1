/// Host name patterns, up to millions of them, and which of them a name fits.
///
/// `*` stands for any number of characters of one label, also none; a leading `*.` for every name below, at any depth. Letters fit in
/// either case.
///
/// A name is walked label by label from the right, as long as what has been walked is the ending of a pattern. Endings are known by their
/// hash alone, but what they lead to is compared with the text of the pattern, so that two endings of one hash change no answer. The
/// hash is seeded anew for each matcher: nobody can choose names, or patterns, that meet in it.
///
/// ```
///  events.data.microsoft.com   endings: com, microsoft.com, data.microsoft.com, events.data.microsoft.com
///  watson.*.microsoft.com      endings: com, microsoft.com; there the label `*`, and behind it, under a seed of its own, watson
/// ```
public struct NameMatcher: Sendable {
  private enum Kind: UInt8 {
    /// A pattern for this name alone.
    case exact
    /// A pattern for every name below.
    case below
    /// A pattern with `*` in a label, for names of as many labels.
    case exactWithStar
    /// A pattern with `*` in a label, for every name below.
    case belowWithStar
    /// A label with `*`, behind which the walk goes on under a seed of its own.
    case label

    /// Else there must be labels left in front of the ending.
    var isForWholeName: Bool { self == .exact || self == .exactWithStar }
  }

  /// Endings by their hash, about four to a bucket. Upper half: where the records of the bucket begin. Lower half: one bit of 16 for each
  /// ending, and one of 16 for each record. One more item ends the list.
  ///
  /// A look-up waits longer for each place of a large memory than for all its arithmetic. This list is small enough for a near cache; most
  /// misses need nothing else, and what a hit needs further stands in one place.
  private var buckets: [UInt64]
  /// Records of one bucket after those of the other, each `headLength` bytes and its text in lower case, without a leading `*.`.
  ///
  /// Head: the lower half of the hash of the ending; number, which is the index of a pattern, both lowest byte first; kind; length of the text.
  private var records: [UInt8] = []
  private let bucketCount: UInt64
  /// The hash of no label at all: the seed.
  private let root: UInt64

  private static let headLength = 10

  /// `patterns`: the answers are indices into them; 2³¹ bytes at most.
  ///
  /// A pattern of more than 255 bytes fits nothing, since no host name is as long (RFC 1035 §2.3.4). O(n log n) for n bytes of patterns.
  public init(_ patterns: [String]) {
    root = UInt64.random(in: 0 ... .max)
    var endings: Set<UInt64> = [root]
    var texts: [UInt8] = []
    var drafts: [Draft] = []
    var labels: [StarLabel: UInt32] = [:]
    endings.reserveCapacity(patterns.count)
    drafts.reserveCapacity(patterns.count)
    for (index, pattern) in patterns.enumerated() where pattern.utf8.count <= UInt8.max {
      let isBelow = pattern.utf8.count > 2 && pattern.utf8.starts(with: [star, dot])
      let start = texts.count
      texts.append(contentsOf: pattern.utf8.dropFirst(isBelow ? 2 : 0).lazy.map(foldedToLowerCase))
      let text = start..<texts.count
      var hasStar = false
      var ending = root
      var end = text.upperBound
      while end > start {
        let rest = texts.span.extracting(start..<end)
        let (begin, hash) = NameMatcher.ending(of: rest, upTo: rest.count, after: ending)
        let label = start + begin..<end
        if texts[label].contains(star) {
          hasStar = true
          let key = StarLabel(ending: ending, text: Array(texts[label]))
          if labels[key] == nil {
            let number = UInt32(labels.count)
            labels[key] = number
            drafts.append(Draft(ending: ending, kind: .label, number: number, text: label))
          }
          ending = NameMatcher.seed(behind: labels[key] ?? 0, root)
        } else {
          ending = hash
        }
        endings.insert(ending)
        end = start + max(begin - 1, 0)
      }
      let kind: Kind = isBelow ? hasStar ? .belowWithStar : .below : hasStar ? .exactWithStar : .exact
      drafts.append(Draft(ending: ending, kind: kind, number: UInt32(index), text: text))
    }

    bucketCount = UInt64(endings.count / 4 + 1)
    buckets = Array(repeating: 0, count: Int(bucketCount) + 1)
    for ending in endings { buckets[bucket(of: ending)] |= NameMatcher.mark(of: ending) }
    for index in drafts.indices {
      let ending = drafts[index].ending
      drafts[index].bucket = bucket(of: ending)
      buckets[drafts[index].bucket] |= NameMatcher.mark(
        ofRecordAt: ending, isForWholeName: drafts[index].kind.isForWholeName)
    }
    drafts.sort { ($0.bucket, $0.text.lowerBound) < ($1.bucket, $1.text.lowerBound) }
    records.reserveCapacity(drafts.reduce(0) { $0 + NameMatcher.headLength + $1.text.count })
    var next = drafts.startIndex
    for bucket in buckets.indices {
      buckets[bucket] |= UInt64(records.count) << 32
      while next < drafts.endIndex, drafts[next].bucket == bucket {
        let draft = drafts[next]
        for part in [UInt32(truncatingIfNeeded: draft.ending), draft.number] {
          for shift in [0, 8, 16, 24] as [UInt32] { records.append(UInt8(truncatingIfNeeded: part >> shift)) }
        }
        records += [draft.kind.rawValue, UInt8(draft.text.count)]
        records += texts[draft.text]
        next += 1
      }
    }
  }

  /// A record while its place is not yet known.
  private struct Draft {
    var ending: UInt64
    var kind: Kind
    var number: UInt32
    var text: Range<Int>
    var bucket = 0
  }

  private struct StarLabel: Hashable {
    var ending: UInt64
    var text: [UInt8]
  }

  /// Calls `body` with the index of each pattern that fits, in no particular order; with that of a pattern with `*` in a label perhaps twice.
  ///
  /// One trailing dot is ignored, and a name with an empty label fits nothing. O(bytes of the name) on average for patterns without `*`
  /// in a label; each label with `*` is tried at most once on average, in O(its bytes × bytes of the label).
  public func forEachMatch(_ name: String, _ body: (Int) -> Void) {
    let utf8 = name.utf8Span
    let bytes = utf8.span
    let isRooted = bytes.count > 1 && bytes[bytes.count - 1] == dot
    let name = bytes.extracting(0..<(isRooted ? bytes.count - 1 : bytes.count))
    visit(name, upTo: name.count, ending: root, body)
  }

  /// Bytes that the matcher keeps; a measure for tests and benchmarks.
  package var storedBytes: Int { records.capacity + buckets.capacity * MemoryLayout<UInt64>.stride }

  /// The most bytes of records that one step of a walk can look at; a measure for tests.
  package var longestBucket: Int {
    zip(buckets, buckets.dropFirst()).map { Int($1 >> 32) - Int($0 >> 32) }.max() ?? 0
  }

  // MARK: The walk

  /// `end`: how many bytes of the name, counted from its start, are still to be walked.
  private func visit(_ name: Span<UInt8>, upTo end: Int, ending: UInt64, _ body: (Int) -> Void) {
    var end = end
    var ending = ending
    // Eight endings at a time: the processor waits for all their buckets at once, and not for one after the other.
    while true {
      var endings = InlineArray<8, (hash: UInt64, end: Int)>(repeating: (ending, end))
      var count = 1
      while count < endings.count, end > 0 {
        let (start, hash) = NameMatcher.ending(of: name, upTo: end, after: ending)
        ending = hash
        end = max(start - 1, 0)
        endings[count] = (ending, end)
        count += 1
      }
      var marks = InlineArray<8, UInt64>(repeating: 0)
      for index in 0..<count { marks[index] = buckets[bucket(of: endings[index].hash)] }
      for index in 0..<count {
        let (hash, end) = endings[index]
        if marks[index] & NameMatcher.mark(of: hash) == 0 { return }
        if marks[index] & NameMatcher.mark(ofRecordAt: hash, isForWholeName: end == 0) != 0 {
          visitRecords(of: hash, name, upTo: end, body)
        }
      }
      if end == 0 { return }
      let (start, hash) = NameMatcher.ending(of: name, upTo: end, after: ending)
      ending = hash
      end = max(start - 1, 0)
    }
  }

  private func visitRecords(of ending: UInt64, _ name: Span<UInt8>, upTo end: Int, _ body: (Int) -> Void) {
    let bucket = bucket(of: ending)
    let range = Int(buckets[bucket] >> 32)..<Int(buckets[bucket + 1] >> 32)
    let records = records.span
    func number(at offset: Int) -> UInt32 {
      UInt32(records[offset]) | UInt32(records[offset + 1]) << 8 | UInt32(records[offset + 2]) << 16
        | UInt32(records[offset + 3]) << 24
    }
    let tag = UInt32(truncatingIfNeeded: ending)
    var next = range.lowerBound
    while next < range.upperBound {
      let head = next
      let start = head + NameMatcher.headLength
      next = start + Int(records[head + 9])
      guard number(at: head) == tag, let kind = Kind(rawValue: records[head + 8]), kind.isForWholeName == (end == 0)
      else { continue }
      let text = records.extracting(start..<next)
      let number = number(at: head + 4)
      switch kind {
      case .exact, .below: if NameMatcher.hasTail(name, from: end, text) { body(Int(number)) }
      case .exactWithStar, .belowWithStar:
        if NameMatcher.labels(of: name, from: end, fit: text) { body(Int(number)) }
      case .label:
        let start = NameMatcher.labelStart(name, upTo: end)
        if NameMatcher.label(text, fits: name.extracting(start..<end)) {
          visit(name, upTo: max(start - 1, 0), ending: NameMatcher.seed(behind: number, root), body)
        }
      }
    }
  }

  // MARK: Comparing with the text of a pattern

  /// Whether `text` is what stands behind `name[..<end]` and its dot.
  private static func hasTail(_ name: Span<UInt8>, from end: Int, _ text: Span<UInt8>) -> Bool {
    let start = end == 0 ? 0 : end + 1
    guard name.count - start == text.count else { return false }
    for index in text.indices where text[index] != foldedToLowerCase(name[start + index]) { return false }
    return !hasEmptyLabel(name)
  }

  /// Whether what stands behind `name[..<end]` and its dot fits `text` label by label.
  private static func labels(of name: Span<UInt8>, from end: Int, fit text: Span<UInt8>) -> Bool {
    let start = end == 0 ? 0 : end + 1
    var textEnd = text.count
    var nameEnd = name.count
    while true {
      let textStart = labelStart(text, upTo: textEnd)
      let nameStart = labelStart(name, upTo: nameEnd)
      guard label(text.extracting(textStart..<textEnd), fits: name.extracting(nameStart..<nameEnd)) else {
        return false
      }
      if textStart == 0 || nameStart <= start { return textStart == 0 && nameStart == start && !hasEmptyLabel(name) }
      textEnd = textStart - 1
      nameEnd = nameStart - 1
    }
  }

  /// Goes back to the last `*` only, so that a hostile label costs O(n · m), never more.
  private static func label(_ pattern: Span<UInt8>, fits label: Span<UInt8>) -> Bool {
    var position = 0
    var index = 0
    var retry: (position: Int, index: Int)?
    while position < label.count {
      if index < pattern.count, pattern[index] == star {
        index += 1
        retry = (position, index)
      } else if index < pattern.count, pattern[index] == foldedToLowerCase(label[position]) {
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
    while index < pattern.count, pattern[index] == star { index += 1 }
    return index == pattern.count
  }

  // MARK: Names

  private static func labelStart(_ name: Span<UInt8>, upTo end: Int) -> Int {
    var start = end
    while start > 0, name[start - 1] != dot { start -= 1 }
    return start
  }

  private static func hasEmptyLabel(_ name: Span<UInt8>) -> Bool {
    var previous = dot
    for index in name.indices {
      if name[index] == dot && previous == dot { return true }
      previous = name[index]
    }
    return previous == dot
  }

  /// Where the last label of `name[..<end]` begins, and the hash of what stands behind it together with that label.
  private static func ending(
    of name: Span<UInt8>, upTo end: Int, after ending: UInt64
  ) -> (start: Int, hash: UInt64) {
    var hash = ending
    var word: UInt64 = 0
    var start = end
    while start > 0, name[start - 1] != dot {
      start -= 1
      word = word << 8 | UInt64(foldedToLowerCase(name[start]))
      if (end - start) & 7 == 0 {
        hash = mixed(hash ^ word)
        word = 0
      }
    }
    return (start, mixed(hash ^ word))
  }

  private func bucket(of ending: UInt64) -> Int {
    Int(truncatingIfNeeded: ending.multipliedFullWidth(by: bucketCount).high)
  }

  private static func mark(of ending: UInt64) -> UInt64 { 1 << (ending & 15) }

  private static func mark(ofRecordAt ending: UInt64, isForWholeName: Bool) -> UInt64 {
    0x1_0000 << (ending >> (isForWholeName ? 4 : 8) & 15)
  }

  private static func seed(behind label: UInt32, _ root: UInt64) -> UInt64 { mixed(root ^ UInt64(label) << 8) }

  /// Each bit of the result depends on all bits of `value`, which hold the seed: who does not know it cannot aim.
  private static func mixed(_ value: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
    return product.high ^ product.low
  }
}

private let star = UInt8(ascii: "*")
private let dot = UInt8(ascii: ".")

@inlinable
package func foldedToLowerCase(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
