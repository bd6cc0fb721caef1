import Model

/// Labels of host names that suggest telemetry, whatever a rule says about the domain.
///
/// A label is split at `-`, `_` and `*`. It is telling if one of the parts is one of the words or begins with one;
/// `rum` is too short for that and counts only alone or before digits. The two labels `pipe.aria` count together. The
/// top-level domain never counts, since `events` is one. Names may be in upper or lower case.
package enum TellingLabel {
  private static let words = [
    "telemetry", "measure", "events", "watson", "vortex", "beacon", "metrics", "crash", "diag", "stats", "otel",
  ].map { Array($0.utf8) }
  private static let shortWords = ["rum"].map { Array($0.utf8) }
  /// Words that begin with a telling word but mean something else.
  private static let otherWords = ["crashplan", "diagram", "statsig"].map { Array($0.utf8) }
  private static let aria = Array("aria".utf8)
  private static let firstLetters = Set((words + shortWords + [aria]).compactMap(\.first))

  /// The first telling label of a name or pattern, in lower case; nil if there is none. O(length).
  package static func first(in name: String) -> String? { first(in: name) { _, _ in false } }

  /// The first telling label of `name`, in lower case, that `pattern` does not contain itself but covers by `*`; nil if
  /// there is none. `pattern` must match `name`. O(length).
  static func first(in name: String, under pattern: NamePattern) -> String? {
    guard pattern.kind != .exact else { return nil }
    let written = pattern.text.utf8.split(separator: dot, omittingEmptySubsequences: false)
    return first(in: name) { index, count in
      // A leading `*.` covers the labels that the others leave, which are counted from the end.
      let place = index - (count - written.count)
      return place >= 0 && text(at: place, of: written) != nil
    }
  }

  /// `isWritten`: whether the pattern of a rule contains the label at this index, of so many labels.
  private static func first(in name: String, isWritten: (Int, Int) -> Bool) -> String? {
    // For nearly all names this test suffices, and nothing is allocated.
    guard mayBeTelling(name.utf8) else { return nil }
    let folded = name.utf8.last == dot ? name.dropLast().lowercased() : name.lowercased()
    let labels = folded.utf8.split(separator: dot, omittingEmptySubsequences: false)
    for index in labels.indices {
      if let text = text(at: index, of: labels), !isWritten(index, labels.count) { return text }
    }
    return nil
  }

  private static func mayBeTelling(_ name: String.UTF8View) -> Bool {
    var isStart = true
    for index in name.indices {
      let byte = name[index]
      if isStart, firstLetters.contains(byte | 0x20) {
        let rest = name[index...]
        if words.contains(where: { begins(rest, with: $0) }) || shortWords.contains(where: { begins(rest, with: $0) })
          || begins(rest, with: aria)
        {
          return true
        }
      }
      isStart = byte == dot || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == star
    }
    return false
  }

  private static func begins(_ text: Substring.UTF8View, with word: [UInt8]) -> Bool {
    text.starts(with: word) { $0 | 0x20 == $1 }
  }

  private static func text(at index: Int, of labels: [Substring.UTF8View]) -> String? {
    guard index + 1 < labels.count else { return nil }
    let label = labels[index]
    if label.split(whereSeparator: { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || $0 == star })
      .contains(where: isTelling)
    {
      return String(Substring(label))
    }
    let isPipe = label.elementsEqual("pipe".utf8) && labels[index + 1].elementsEqual("aria".utf8)
    return isPipe && index + 2 < labels.count ? "pipe.aria" : nil
  }

  private static func isTelling(_ part: Substring.UTF8View) -> Bool {
    if words.contains(where: { part.starts(with: $0) }) { return !otherWords.contains { part.starts(with: $0) } }
    return shortWords.contains { part.starts(with: $0) && part.dropFirst($0.count).allSatisfy { $0.isASCIIDigit } }
  }
}
