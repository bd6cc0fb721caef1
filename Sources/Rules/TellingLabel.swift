/// Labels of host names that suggest telemetry, whatever a rule says about the domain.
///
/// A label is split at `-`, `_` and `*`. It is telling if one of the parts is one of the words or begins with one; `rum`
/// is too short for that and counts only alone or before digits. The two labels `pipe.aria` count together. The top-level
/// domain never counts, since `events` is one.
package enum TellingLabel {
  private static let words = [
    "telemetry", "measure", "events", "watson", "vortex", "beacon", "metrics", "crash", "diag", "stats", "otel",
  ].map { Array($0.utf8) }
  private static let shortWords = ["rum"].map { Array($0.utf8) }
  /// Words that begin with a telling one and mean something else: two products, and a drawing.
  private static let otherWords = ["crashplan", "diagram", "statsig"].map { Array($0.utf8) }

  /// The first telling label of a name or pattern in lower case; nil if there is none. O(length).
  package static func first(in name: String) -> String? {
    let labels = name.utf8.split(separator: dot, omittingEmptySubsequences: false)
    return labels.indices.lazy.compactMap { text(at: $0, of: labels) }.first
  }

  /// The first telling label of `name`, in lower case, that `pattern` does not have itself but covers by `*`; nil if
  /// there is none. `pattern` must fit `name`. O(length).
  static func first(in name: String, under pattern: NamePattern) -> String? {
    guard pattern.kind != .exact else { return nil }
    let labels = name.utf8.split(separator: dot, omittingEmptySubsequences: false)
    let written = pattern.text.utf8.split(separator: dot, omittingEmptySubsequences: false)
    // A leading `*.` covers the labels that the others leave, which are counted from the end.
    let offset = labels.count - written.count
    return labels.indices.lazy.compactMap { index in
      guard let text = text(at: index, of: labels) else { return nil }
      return index < offset || self.text(at: index - offset, of: written) == nil ? text : nil
    }.first
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
    return shortWords.contains { part.starts(with: $0) && part.dropFirst($0.count).allSatisfy { $0 &- 0x30 < 10 } }
  }
}
