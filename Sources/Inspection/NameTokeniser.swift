import Model

/// Replaces the personal parts of a host name by tokens before the name is stored.
public enum NameTokeniser {
  /// The name in lower case, with tokens.
  ///
  /// Labels that the rule's pattern spells out are kept. If the rule says that the labels under its `*` are personal,
  /// all of them become one `{personalLabel}`; else only those that look like an identifier become `{id}`. O(length of
  /// the name).
  public static func tokenise(_ name: String, pattern: String, personalLabel: String?) -> String {
    let name = lowercased(name)
    let hasWildcard = pattern.utf8.contains(UInt8(ascii: "*"))
    if !hasWildcard, labelCount(pattern) == labelCount(name) { return name }
    let labels = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let patternLabels = pattern.utf8.split(
      separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let isSuffix = patternLabels.first?.elementsEqual("*".utf8) == true
    // A pattern that is not a name (an address range) spells out nothing.
    let fixed = patternLabels.count <= labels.count ? patternLabels[...] : []
    let token = personalLabel.map { "{\($0)}" }
    var result = ""
    var isBehindFirst = false
    var endsWithToken = false
    func append(_ label: Substring) {
      if isBehindFirst { result += "." }
      result += label
      isBehindFirst = true
    }
    for (index, label) in labels.enumerated() {
      let fromRight = labels.count - index
      let isSpeltOut =
        fromRight <= fixed.count
        ? !fixed[fixed.endIndex - fromRight].contains(UInt8(ascii: "*"))
        : !(isSuffix || fixed.isEmpty)
      if isSpeltOut {
        append(Substring(label))
      } else if let token {
        if !endsWithToken { append(token[...]) }
      } else {
        append(looksLikeIdentifier(label) ? "{id}" : Substring(label))
      }
      endsWithToken = !isSpeltOut && token != nil
    }
    return result
  }

  private static func labelCount(_ name: String) -> Int {
    name.utf8.count { $0 == UInt8(ascii: ".") } + 1
  }

  /// ASCII only, as DNS compares (RFC 4343); all other bytes are unchanged.
  private static func lowercased(_ name: String) -> String {
    if !name.utf8.contains(where: { $0.isASCIIUppercase }) { return name }
    var text = String.UnicodeScalarView()
    for scalar in name.unicodeScalars {
      text.append((0x41...0x5a).contains(scalar.value) ? Unicode.Scalar(UInt8(scalar.value) | 0x20) : scalar)
    }
    return String(text)
  }

  /// Shortest run of hexadecimal digits that counts as an identifier; words of the letters a to f are shorter.
  private static let shortestHexadecimal = 12
  private static let shortestNumber = 7

  private static func looksLikeIdentifier(_ bytes: Substring.UTF8View) -> Bool {
    if bytes.contains(UInt8(ascii: "@")) { return true }
    if isGUID(bytes) || isDeviceName(bytes) { return true }
    var run = 0
    var digits = 0
    var numberRun = 0
    for byte in bytes {
      let isDigit = byte.isASCIIDigit
      if byte.isLowercaseHexadecimal {
        run += 1
        digits += isDigit ? 1 : 0
        if run >= shortestHexadecimal && digits >= 2 { return true }
      } else {
        run = 0
        digits = 0
      }
      numberRun = isDigit ? numberRun + 1 : 0
      if numberRun >= shortestNumber { return true }
    }
    return false
  }

  /// Words for a kind of device beside another part, as in `first-last-pc` and `desktop-7f3k2a1`.
  private static func isDeviceName(_ label: Substring.UTF8View) -> Bool {
    let parts = label.split(separator: UInt8(ascii: "-"))
    guard parts.count > 1, let first = parts.first, let last = parts.last else { return false }
    return deviceWords.contains(Substring(first)) || deviceWords.contains(Substring(last))
  }

  private static let deviceWords: Set<Substring> = [
    "desktop", "ipad", "iphone", "laptop", "macbook", "nb", "notebook", "pc", "phone", "surface", "tablet",
    "thinkpad", "workstation", "ws",
  ]

  /// 8-4-4-4-12 hexadecimal digits (RFC 9562 §4).
  private static func isGUID(_ bytes: Substring.UTF8View) -> Bool {
    guard bytes.count == 36 else { return false }
    return bytes.enumerated().allSatisfy { index, byte in
      [8, 13, 18, 23].contains(index)
        ? byte == UInt8(ascii: "-") : byte.isLowercaseHexadecimal
    }
  }
}
