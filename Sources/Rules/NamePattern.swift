import Documents
import Model

/// A host name pattern of a rule file.
package struct NamePattern: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    /// One host name.
    case exact
    /// A fixed number of labels, `*` in at least one of them.
    case wildcard
    /// A leading `*.`: every name below, at any depth, not the name itself.
    case suffix
  }

  /// As written in the rule file: lower case, no trailing dot.
  package let text: String
  package let kind: Kind

  /// Labels from left to right, without the leading `*` of a suffix. Computed in O(characters), since a rule set has
  /// too many patterns to store them split.
  package var labels: [LabelPattern] {
    text.utf8.split(separator: dot).dropFirst(kind == .suffix ? 1 : 0).map { LabelPattern(bytes: Array($0)) }
  }

  var literalLabels: Int { Shape(text).literalLabels }
  /// Without dots.
  var literalCharacters: Int { text.utf8.count { $0 != star && $0 != dot } }
  var stars: Int { text.utf8.count { $0 == star } }

  /// Throws the fault of the text, without a place.
  package init(_ text: String) throws(PatternDefect) {
    let legal =
      RuleTexts.hostNamePattern
    func defect(_ problem: LocalizedText, expected: LocalizedText = legal, next: LocalizedText) -> PatternDefect {
      PatternDefect(problem: RuleTexts.pattern(quoted(text), problem), expected: expected, nextStep: next)
    }
    let shape = Shape(text)
    if shape.hasCapitals {
      throw defect(RuleTexts.hasCapitals, next: RuleTexts.write(quoted(text.lowercased())))
    }
    if shape.hasStrangers, let stranger = text.unicodeScalars.first(where: { !LabelPattern.isLegal($0) && $0 != "." }) {
      let next =
        text.contains("/") || text.contains(":")
        ? RuleTexts.hostOnly
        : stranger.isASCII ? RuleTexts.removeTheCharacter : RuleTexts.writeASCIIForm
      throw defect(RuleTexts.hasCharacter(quoted(String(stranger))), next: next)
    }
    if shape.hasEmptyLabel { throw defect(RuleTexts.hasEmptyLabel, next: RuleTexts.removeDot) }
    if text.utf8.count > 253 || shape.longestLabel > 63 {
      throw defect(RuleTexts.isTooLong, expected: RuleTexts.lengthExpected, next: RuleTexts.shorten)
    }
    if shape.hasDoubleStar { throw defect(RuleTexts.hasDoubleStar, next: RuleTexts.writeOneStar) }
    if shape.hasDigitsOnly, IPAddress(text) != nil {
      throw defect(RuleTexts.isAddress, next: RuleTexts.moveToAddresses(text))
    }
    guard shape.literalLabels > 0 else {
      throw defect(
        RuleTexts.namesNoLabel, expected: RuleTexts.oneFixedLabel, next: RuleTexts.nameTheDomain)
    }
    self.text = text
    kind = shape.isSuffix ? .suffix : shape.literalLabels < shape.labels ? .wildcard : .exact
  }

  /// Trailing labels without `*`: what the pattern's owner must have registered.
  var anchor: String {
    guard kind != .exact, let last = text.utf8.lastIndex(of: star) else { return text }
    return text.utf8[last...].firstIndex(of: dot).map { String(text[text.index(after: $0)...]) } ?? ""
  }

  /// Properties of a text that are found in one pass over its bytes, since there may be millions of patterns.
  private struct Shape {
    var labels = 1
    var literalLabels = 0
    var longestLabel = 0
    /// The first of several labels is a lone `*`.
    var isSuffix = false
    var hasCapitals = false
    var hasStrangers = false
    var hasEmptyLabel = false
    var hasDoubleStar = false
    /// Digits and dots.
    var hasDigitsOnly = true

    init(_ text: String) {
      var length = 0
      var stars = 0
      var previous = dot
      func end(_ shape: inout Shape) {
        if length == 0 { shape.hasEmptyLabel = true }
        if stars == 0 { shape.literalLabels += 1 }
        shape.longestLabel = max(shape.longestLabel, length)
        (length, stars) = (0, 0)
      }
      for byte in text.utf8 {
        if byte == dot {
          if labels == 1, length == 1, stars == 1 { isSuffix = true }
          end(&self)
          labels += 1
        } else {
          length += 1
          if byte == star {
            stars += 1
            if previous == star { hasDoubleStar = true }
          }
          let isDigit = byte.isASCIIDigit
          if !isDigit { hasDigitsOnly = false }
          if byte.isASCIIUppercase { hasCapitals = true }
          if !isDigit, !LabelPattern.isLegal(Unicode.Scalar(byte)) { hasStrangers = true }
        }
        previous = byte
      }
      end(&self)
    }
  }
}

package struct PatternDefect: Error, Sendable, Hashable {
  var problem: LocalizedText
  var expected: LocalizedText
  var nextStep: LocalizedText
}

/// One label of a pattern: literal, or with `*` for any number of characters; a lone `*` matches one label.
package struct LabelPattern: Sendable, Hashable {
  package let bytes: [UInt8]

  package var isLiteral: Bool { !bytes.contains(star) }

  static func isLegal(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "0"..."9", "-", "_", "*": true
    default: false
    }
  }
}

package let star = UInt8(ascii: "*")
package let dot = UInt8(ascii: ".")
