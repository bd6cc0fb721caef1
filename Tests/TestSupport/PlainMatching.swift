/// Whether a host name matches a pattern: the definition of the rule format, written without regard to speed.
public func plainlyFits(_ pattern: String, _ name: String) -> Bool {
  func labelFits(_ pattern: Substring, _ label: Substring) -> Bool {
    guard let first = pattern.first else { return label.isEmpty }
    if first == "*" {
      return label.indices.contains { labelFits(pattern.dropFirst(), label[$0...]) }
        || labelFits(pattern.dropFirst(), "")
    }
    return label.first == first && labelFits(pattern.dropFirst(), label.dropFirst())
  }
  let name = name.count > 1 && name.hasSuffix(".") ? name.dropLast() : name[...]
  var labels = name.lowercased().split(separator: ".", omittingEmptySubsequences: false)
  if labels.contains("") { return false }
  var parts = pattern.lowercased().split(separator: ".", omittingEmptySubsequences: false)
  if pattern.count > 2, pattern.hasPrefix("*.") {
    parts.removeFirst()
    guard labels.count > parts.count else { return false }
    labels = labels.suffix(parts.count)
  }
  return parts.count == labels.count && zip(parts, labels).allSatisfy { labelFits($0, $1) }
}
