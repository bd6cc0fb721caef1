import Model

/// Replaces the personal parts of a host name by tokens before the name is stored.
public enum NameTokeniser {
  /// The name in lower case, with tokens.
  ///
  /// Labels that the rule's pattern spells out are kept. If the rule says that the labels under its `*` are personal,
  /// all of them become one `{personalLabel}`; else only those that look like an identifier become `{id}`. O(length of
  /// the name).
  public static func tokenise(_ name: String, pattern: String, personalLabel: String?) -> String {
    let labels = lowercased(name).split(separator: ".", omittingEmptySubsequences: false)
    let patternLabels = pattern.split(separator: ".", omittingEmptySubsequences: false)
    let isSuffix = patternLabels.first == "*"
    // A pattern that is not a name (an address range) spells out nothing.
    let fixed = patternLabels.count <= labels.count ? patternLabels[...] : []
    var result: [String] = []
    for (index, label) in labels.enumerated() {
      let fromRight = labels.count - index
      let matching =
        fromRight <= fixed.count ? fixed[fixed.endIndex - fromRight] : (isSuffix || fixed.isEmpty ? "*" : nil)
      guard let matching, matching.contains("*") else {
        result.append(String(label))
        continue
      }
      if let personalLabel {
        let token = "{\(personalLabel)}"
        if result.last != token { result.append(token) }
      } else {
        result.append(looksLikeIdentifier(label) ? "{id}" : String(label))
      }
    }
    return result.joined(separator: ".")
  }

  /// ASCII only, as DNS compares (RFC 4343); all other bytes are unchanged.
  private static func lowercased(_ name: String) -> String {
    var text = String.UnicodeScalarView()
    for scalar in name.unicodeScalars {
      text.append((0x41...0x5a).contains(scalar.value) ? Unicode.Scalar(UInt8(scalar.value) | 0x20) : scalar)
    }
    return String(text)
  }

  /// Shortest run of hexadecimal digits that counts as an identifier; words of the letters a to f are shorter.
  private static let shortestHexadecimal = 12
  private static let shortestNumber = 7

  private static func looksLikeIdentifier(_ label: Substring) -> Bool {
    let bytes = Array(label.utf8)
    if bytes.contains(0x40) { return true }
    if isGUID(bytes) || isDeviceName(label) { return true }
    var run = 0
    var digits = 0
    var numberRun = 0
    for byte in bytes {
      let isDigit = (0x30...0x39).contains(byte)
      if isDigit || (0x61...0x66).contains(byte) {
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

  /// Words for a kind of device that occur with another part, as in `first-last-pc` and `desktop-7f3k2a1`.
  private static func isDeviceName(_ label: Substring) -> Bool {
    let parts = label.split(separator: "-")
    guard parts.count > 1, let first = parts.first, let last = parts.last else { return false }
    return deviceWords.contains(first) || deviceWords.contains(last)
  }

  private static let deviceWords: Set<Substring> = [
    "desktop", "ipad", "iphone", "laptop", "macbook", "nb", "notebook", "pc", "phone", "surface", "tablet",
    "thinkpad", "workstation", "ws",
  ]

  /// 8-4-4-4-12 hexadecimal digits (RFC 9562 §4).
  private static func isGUID(_ bytes: [UInt8]) -> Bool {
    guard bytes.count == 36 else { return false }
    return bytes.enumerated().allSatisfy { index, byte in
      [8, 13, 18, 23].contains(index)
        ? byte == 0x2d : (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }
  }
}
