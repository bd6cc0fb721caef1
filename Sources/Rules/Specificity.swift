import Model

/// How narrow a pattern of a rule is. The narrowest that matches a destination wins; between two of one rule their text
/// decides.
struct Specificity: Sendable, Hashable {
  enum Kind: Int, Sendable, Hashable {
    case exact
    case wildcard
    case suffix
    case address
  }

  var kind: Kind
  var literalLabels: Int
  var hasPorts: Bool
  var prefixLength: Int
  var hasTransport: Bool
  var literalCharacters: Int
  var stars: Int
  var isImported: Bool
  var ruleID: String

  fileprivate init(
    kind: Kind, literalLabels: Int = 0, hasPorts: Bool, prefixLength: Int = 0, hasTransport: Bool,
    literalCharacters: Int = 0, stars: Int = 0, isImported: Bool, ruleID: String
  ) {
    self.kind = kind
    self.literalLabels = literalLabels
    self.hasPorts = hasPorts
    self.prefixLength = prefixLength
    self.hasTransport = hasTransport
    self.literalCharacters = literalCharacters
    self.stars = stars
    self.isImported = isImported
    self.ruleID = ruleID
  }

  /// The order, except for the rule's ID and the text, as one number, for sorting millions; the least wins.
  var order: UInt64 {
    func most(_ value: Int) -> UInt64 { 0xff - UInt64(value) }
    var number = UInt64(kind.rawValue)
    number = number << 8 | most(literalLabels)
    number = number << 1 | (hasPorts ? 0 : 1)
    number = number << 8 | most(prefixLength)
    number = number << 1 | (hasTransport ? 0 : 1)
    number = number << 8 | most(literalCharacters)
    number = number << 8 | UInt64(stars)
    return number << 1 | (isImported ? 1 : 0)
  }

  /// The first step of the order in which the two differ; nil for two patterns of one rule that differ in text only.
  static func decidingStep(_ left: Specificity, _ right: Specificity) -> DecidingStep? {
    if left.kind != right.kind {
      if left.kind == .address || right.kind == .address { return .nameBeforeAddress }
      return left.kind == .exact || right.kind == .exact ? .exactBeforePattern : .fixedDepthBeforeAnyDepth
    }
    if left.literalLabels != right.literalLabels { return .moreLabels }
    if left.hasPorts != right.hasPorts { return .port }
    if left.prefixLength != right.prefixLength { return .longerPrefix }
    if left.hasTransport != right.hasTransport { return .transport }
    if left.literalCharacters != right.literalCharacters { return .moreCharacters }
    if left.stars != right.stars { return .fewerStars }
    if left.isImported != right.isImported { return .curatedBeforeImported }
    return left.ruleID != right.ruleID ? .ruleID : nil
  }
}

/// The step of the matching order that decided between the winner and another rule that also matches.
public enum DecidingStep: String, Sendable, Hashable, CaseIterable {
  /// A rule that knows the name wins over one that knows the address range.
  case nameBeforeAddress = "name_before_address"
  /// A host name wins over a pattern with `*`.
  case exactBeforePattern = "exact_before_pattern"
  /// `*` for one label wins over a leading `*.` for names at any depth.
  case fixedDepthBeforeAnyDepth = "fixed_depth_before_any_depth"
  case moreLabels = "more_labels"
  case port
  case longerPrefix = "longer_prefix"
  case transport
  case moreCharacters = "more_characters"
  case fewerStars = "fewer_stars"
  /// A rule that was written by hand wins over one from an imported list.
  case curatedBeforeImported = "curated_before_imported"
  case ruleID = "rule_id"
}

extension CompiledRule {
  func specificity(of pattern: NamePattern) -> Specificity {
    Specificity(
      kind: pattern.kind == .exact ? .exact : pattern.kind == .wildcard ? .wildcard : .suffix,
      literalLabels: pattern.literalLabels, hasPorts: condition?.ports.isEmpty == false,
      hasTransport: condition?.transport != nil, literalCharacters: pattern.literalCharacters, stars: pattern.stars,
      isImported: isImported, ruleID: facts.id)
  }

  func specificity(of prefix: IPPrefix) -> Specificity {
    Specificity(
      kind: .address, hasPorts: condition?.ports.isEmpty == false, prefixLength: prefix.length,
      hasTransport: condition?.transport != nil, isImported: isImported, ruleID: facts.id)
  }
}
