import Model

/// A host name pattern of a rule file.
struct NamePattern: Sendable, Hashable {
  enum Kind: Sendable, Hashable {
    /// One host name.
    case exact
    /// A fixed number of labels, `*` in at least one of them.
    case wildcard
    /// A leading `*.`: every name below, at any depth, not the name itself.
    case suffix
  }

  /// As written in the rule file: lower case, no trailing dot.
  let text: String
  let kind: Kind

  /// Left to right; the leading `*` of a suffix is not among them. O(characters): a rule set holds too many patterns to keep them taken apart.
  var labels: [LabelPattern] {
    text.utf8.split(separator: dot).dropFirst(kind == .suffix ? 1 : 0).map { LabelPattern(bytes: Array($0)) }
  }

  var literalLabels: Int { labels.count { $0.isLiteral } }
  var literalCharacters: Int { labels.reduce(0) { $0 + $1.literalCharacters } }
  var stars: Int { text.utf8.count { $0 == star } }

  /// Throws what is wrong with the text, without a place.
  init(_ text: String) throws(PatternDefect) {
    let legal =
      "a host name in lower case such as 'v10.events.data.microsoft.com', with '*' for one label or part of one"
    func defect(_ problem: String, expected: String = legal, next: String) -> PatternDefect {
      PatternDefect(problem: "pattern \(quoted(text)) \(problem)", expected: expected, nextStep: next)
    }
    if text.utf8.contains(where: { (0x41...0x5a).contains($0) }) {
      throw defect("has capital letters", next: "write \(quoted(text.lowercased()))")
    }
    if let stranger = text.unicodeScalars.first(where: { !LabelPattern.isLegal($0) && $0 != "." }) {
      let next =
        text.contains("/") || text.contains(":")
        ? "name the host only; ports go to 'ports', address ranges to 'addresses'"
        : stranger.isASCII ? "remove the character" : "write the name in its ASCII form (punycode, 'xn--…')"
      throw defect("has the character \(quoted(String(stranger)))", next: next)
    }
    var parts = text.split(separator: ".", omittingEmptySubsequences: false)
    if parts.contains("") {
      throw defect("has an empty label", next: "remove the superfluous dot")
    }
    if text.utf8.count > 253 || parts.contains(where: { $0.utf8.count > 63 }) {
      throw defect("is too long", expected: "at most 63 characters a label and 253 in all", next: "shorten it")
    }
    if text.contains("**") { throw defect("has '*' twice in a row", next: "write one '*'") }
    if IPAddress(text) != nil {
      throw defect("is an address", next: "move it to 'addresses' as '\(text)/32'")
    }
    let isSuffix = parts.count > 1 && parts[0] == "*"
    if isSuffix { parts.removeFirst() }
    let isLiteral = parts.map { !$0.utf8.contains(star) }
    guard isLiteral.contains(true) else {
      throw defect(
        "names no label", expected: "at least one label without '*'", next: "name the domain it is meant for")
    }
    self.text = text
    kind = isSuffix ? .suffix : isLiteral.contains(false) ? .wildcard : .exact
  }

  /// Trailing labels without `*`, left to right: what the pattern's owner must have registered.
  var anchor: [String] {
    labels.reversed().prefix(while: \.isLiteral).reversed().map { String(decoding: $0.bytes, as: UTF8.self) }
  }
}

struct PatternDefect: Error, Sendable, Hashable {
  var problem: String
  var expected: String
  var nextStep: String
}

/// One label of a pattern: literal, or with `*` for any number of characters; a lone `*` stands for one label.
struct LabelPattern: Sendable, Hashable {
  let bytes: [UInt8]

  var isLiteral: Bool { !bytes.contains(star) }
  var literalCharacters: Int { bytes.count { $0 != star } }

  static func isLegal(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "0"..."9", "-", "_", "*": true
    default: false
    }
  }
}

let star = UInt8(ascii: "*")
let dot = UInt8(ascii: ".")
