package import Model

/// Fewest insertions, deletions, replacements and swaps of neighbours that turn one text into the other (optimal string
/// alignment).
///
/// Complexity: O(n · m).
func editDistance(_ left: String, _ right: String) -> Int {
  let left = Array(left.utf8)
  let right = Array(right.utf8)
  var beforePrevious = [Int](repeating: 0, count: right.count + 1)
  var previous = Array(0...right.count)
  for i in left.indices {
    var current = [i + 1] + previous.dropFirst()
    for j in right.indices {
      let replacement = previous[j] + (left[i] == right[j] ? 0 : 1)
      current[j + 1] = min(previous[j + 1] + 1, current[j] + 1, replacement)
      if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
        current[j + 1] = min(current[j + 1], beforePrevious[j - 1] + 1)
      }
    }
    beforePrevious = previous
    previous = current
  }
  return previous[right.count]
}

/// Whether one insertion, deletion, replacement or swap of neighbours turns one text into the other: an `editDistance`
/// of 1 in O(n).
package func isOneSlip(_ left: [UInt8], _ right: [UInt8]) -> Bool {
  let shorter = min(left.count, right.count)
  guard max(left.count, right.count) - shorter <= 1 else { return false }
  var start = 0
  while start < shorter, left[start] == right[start] { start += 1 }
  var end = 0
  while end < shorter - start, left[left.count - 1 - end] == right[right.count - 1 - end] { end += 1 }
  switch (left.count - start - end, right.count - start - end) {
  case (1, 1), (1, 0), (0, 1): return true
  case (2, 2): return left[start] == right[start + 1] && left[start + 1] == right[start]
  default: return false
  }
}

/// The candidate that `text` was most likely meant to be; nil if none is similar.
package func nearest(to text: String, in candidates: some Sequence<String>) -> String? {
  let limit = max(1, min(3, text.utf8.count / 3))
  return candidates.map { (distance: editDistance(text, $0), candidate: $0) }
    .filter { $0.distance <= limit }
    .min { ($0.distance, $0.candidate) < ($1.distance, $1.candidate) }?.candidate
}

/// The `count` candidates most similar to `text`, best first: those that contain it or that it contains, then by edit
/// distance, without regard to case.
package func nearest(_ count: Int, to text: String, in candidates: some Sequence<String>) -> [String] {
  let text = text.lowercased()
  let rated = candidates.map { candidate in
    let other = candidate.lowercased()
    let holds = !text.isEmpty && (other.contains(text) || text.contains(other))
    // Only the beginning of a long text is compared, since the cost is the product of both lengths.
    return (holds ? 0 : 1, editDistance(String(text.prefix(100)), String(other.prefix(100))), candidate)
  }
  return rated.sorted { $0 < $1 }.prefix(count).map(\.2)
}

/// The next step for a value that is none of `candidates`.
package func suggestion(for text: String, in candidates: some Sequence<String>, otherwise: LocalizedText)
  -> LocalizedText
{
  nearest(to: text, in: candidates).map { FileTexts.didYouMean($0) } ?? otherwise
}
