/// Host name patterns, up to millions of them, and which of them a name fits.
///
/// `*` stands for any number of characters of one label, also none; a leading `*.` for every name below, at any depth. Letters fit in
/// either case.
///
/// All endings of all patterns stand in one hash table, and a name is walked label by label from the right until it leaves them. The
/// table is only a guide: what it leads to is compared with the text of the pattern, so that two endings of one hash change no
/// answer. The hash is seeded anew for each matcher, so that nobody can choose names, or patterns, that meet in it.
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
  }

  /// Records, those of one ending one behind the other: kind, with the highest bit set where another one follows; length of the text; number,
  /// four bytes, lowest first; text in lower case, without a leading `*.`. The number of a pattern is its index.
  ///
  /// All in one place, since a look-up waits longer for each place of a large memory than for its arithmetic.
  private var records: [UInt8] = []
  /// Open addressing by ending: 32 bits of its hash, and where its records begin plus one; 0 where empty. At most half full.
  private var slots: [UInt64]
  /// The hash of no label at all: the seed.
  private let root: UInt64

  private static let noRecord = UInt32.max - 1
  private static let isFollowed: UInt8 = 0x80
  private static let headLength = 6

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

    slots = Array(repeating: 0, count: max(2 * endings.count, 4))
    // Endings that agree in 32 bits and stand side by side share a slot, and so their records.
    for ending in endings { slots[slot(of: ending)] = ending << 32 | UInt64(NameMatcher.noRecord + 1) }
    for index in drafts.indices { drafts[index].slot = slot(of: drafts[index].ending) }
    drafts.sort { ($0.slot, $0.text.lowerBound) < ($1.slot, $1.text.lowerBound) }
    records.reserveCapacity(drafts.reduce(0) { $0 + NameMatcher.headLength + $1.text.count })
    for (index, draft) in drafts.enumerated() {
      if index == 0 || drafts[index - 1].slot != draft.slot {
        slots[draft.slot] = draft.ending << 32 | UInt64(records.count + 1)
      }
      let isLast = index + 1 == drafts.count || drafts[index + 1].slot != draft.slot
      records.append(draft.kind.rawValue | (isLast ? 0 : NameMatcher.isFollowed))
      records.append(UInt8(draft.text.count))
      for shift in [0, 8, 16, 24] as [UInt32] { records.append(UInt8(truncatingIfNeeded: draft.number >> shift)) }
      records += texts[draft.text]
    }
  }

  /// A record while its place is not yet known.
  private struct Draft {
    var ending: UInt64
    var kind: Kind
    var number: UInt32
    var text: Range<Int>
    var slot = 0
  }

  private struct StarLabel: Hashable {
    var ending: UInt64
    var text: [UInt8]
  }

  /// Calls `body` with the index of each pattern that fits, in no particular order.
  ///
  /// One trailing dot is ignored, and a name with an empty label fits nothing. O(bytes of the name) on average for patterns without `*`
  /// in a label; each label with `*` is tried at most once, in O(its bytes × bytes of the label).
  public func forEachMatch(_ name: String, _ body: (Int) -> Void) {
    let utf8 = name.utf8Span
    let bytes = utf8.span
    let isRooted = bytes.count > 1 && bytes[bytes.count - 1] == dot
    let name = bytes.extracting(0..<(isRooted ? bytes.count - 1 : bytes.count))
    visit(name, upTo: name.count, ending: root, body)
  }

  /// Bytes that the matcher keeps; a measure for tests and benchmarks.
  package var storedBytes: Int { records.capacity + slots.capacity * MemoryLayout<UInt64>.stride }

  /// The most slots that one step of a walk can look at; a measure for tests.
  package var longestProbe: Int {
    guard let gap = slots.firstIndex(of: 0) else { return slots.count }
    var longest = 0
    var run = 0
    for offset in 1...slots.count {
      run = slots[(gap + offset) % slots.count] == 0 ? 0 : run + 1
      longest = max(longest, run)
    }
    return longest + 1
  }

  // MARK: The table

  private func home(of ending: UInt64) -> Int {
    Int(truncatingIfNeeded: ending.multipliedFullWidth(by: UInt64(slots.count)).high)
  }

  /// The slot that holds `ending`, or the empty one where it would stand.
  private func slot(of ending: UInt64) -> Int {
    var position = home(of: ending)
    while slots[position] != 0, slots[position] >> 32 != ending & 0xffff_ffff {
      position = position + 1 == slots.count ? 0 : position + 1
    }
    return position
  }

  // MARK: The walk

  /// `end`: how many bytes of the name, counted from its start, are still to be walked.
  private func visit(_ name: Span<UInt8>, upTo end: Int, ending: UInt64, _ body: (Int) -> Void) {
    var end = end
    var ending = ending
    while true {
      let slot = slots[slot(of: ending)]
      if slot == 0 { return }
      let first = UInt32(truncatingIfNeeded: slot) - 1
      if first != NameMatcher.noRecord { visitRecords(at: Int(first), name, upTo: end, body) }
      if end == 0 { return }
      let (start, hash) = NameMatcher.ending(of: name, upTo: end, after: ending)
      ending = hash
      end = max(start - 1, 0)
    }
  }

  private func visitRecords(at first: Int, _ name: Span<UInt8>, upTo end: Int, _ body: (Int) -> Void) {
    let records = records.span
    var offset = first
    while true {
      let head = records[offset]
      let text = records.extracting(
        offset + NameMatcher.headLength..<offset + NameMatcher.headLength + Int(records[offset + 1]))
      let number =
        UInt32(records[offset + 2]) | UInt32(records[offset + 3]) << 8 | UInt32(records[offset + 4]) << 16
        | UInt32(records[offset + 5]) << 24
      switch Kind(rawValue: head & ~NameMatcher.isFollowed) {
      case .exact: if end == 0, NameMatcher.isName(name, text) { body(Int(number)) }
      case .below: if end > 0, NameMatcher.isName(name, below: text) { body(Int(number)) }
      case .exactWithStar:
        if end == 0, NameMatcher.labels(of: name, fit: text, isBelow: false) { body(Int(number)) }
      case .belowWithStar:
        if end > 0, NameMatcher.labels(of: name, fit: text, isBelow: true) { body(Int(number)) }
      case .label:
        let start = NameMatcher.labelStart(name, upTo: end)
        if end > 0, NameMatcher.label(text, fits: name.extracting(start..<end)) {
          visit(name, upTo: max(start - 1, 0), ending: NameMatcher.seed(behind: number, root), body)
        }
      case nil: return
      }
      if head & NameMatcher.isFollowed == 0 { return }
      offset += NameMatcher.headLength + text.count
    }
  }

  // MARK: Comparing with the text of a pattern

  private static func isName(_ name: Span<UInt8>, _ text: Span<UInt8>) -> Bool {
    name.count == text.count && hasTail(name, text) && !hasEmptyLabel(name)
  }

  private static func isName(_ name: Span<UInt8>, below text: Span<UInt8>) -> Bool {
    let above = name.count - text.count
    return above > 0 && name[above - 1] == dot && hasTail(name, text) && !hasEmptyLabel(name)
  }

  /// `text` is not longer than the name.
  private static func hasTail(_ name: Span<UInt8>, _ text: Span<UInt8>) -> Bool {
    let above = name.count - text.count
    for index in text.indices where text[index] != foldedToLowerCase(name[above + index]) { return false }
    return true
  }

  private static func labels(of name: Span<UInt8>, fit text: Span<UInt8>, isBelow: Bool) -> Bool {
    var textEnd = text.count
    var nameEnd = name.count
    while true {
      let textStart = labelStart(text, upTo: textEnd)
      let nameStart = labelStart(name, upTo: nameEnd)
      guard label(text.extracting(textStart..<textEnd), fits: name.extracting(nameStart..<nameEnd)) else { return false }
      if textStart == 0 { return (nameStart > 0) == isBelow && !hasEmptyLabel(name) }
      if nameStart == 0 { return false }
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

  private static func seed(behind label: UInt32, _ root: UInt64) -> UInt64 { mixed(root ^ UInt64(label) << 8) }

  /// Each bit of the result depends on all bits of `value`, which hold the seed: who does not know it cannot aim.
  private static func mixed(_ value: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
    return product.high ^ product.low
  }
}

private let star = UInt8(ascii: "*")
private let dot = UInt8(ascii: ".")

@inline(__always)
private func foldedToLowerCase(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
