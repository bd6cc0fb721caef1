/// A doubt about a well-formed pattern.
package enum PatternDoubt: Sendable, Hashable {
  /// Its last label has `*`, so it does not end in anybody's domain.
  case noEnding
  /// Nothing but a public suffix is fixed in it.
  case publicSuffix(String)
  /// It matches names that a provider assigns to its customers under this suffix.
  case customers(suffix: String)
  /// Its domain differs from an often named one by one insertion, deletion, replacement or swap; it may be a domain of
  /// its own.
  case misspelt(domain: String, meant: String)
}

extension PublicSuffixList {
  /// Nil if there is no doubt about `pattern`.
  package func doubt(about pattern: NamePattern) -> PatternDoubt? {
    let isExact = pattern.kind == .exact
    return doubt(about: isExact ? pattern.text : pattern.anchor, standsForMore: !isExact)
  }

  /// The same for a pattern that ends in these labels; `standsForMore` if it has `*` in front of them.
  package func doubt(about ending: String, standsForMore: Bool) -> PatternDoubt? {
    if ending.isEmpty { return .noEnding }
    if let domain = registrableDomain(of: ending) {
      return oftenNamedDomain(meantBy: domain).map { .misspelt(domain: domain, meant: $0) }
    }
    switch section(of: ending) {
    case .registry: return .publicSuffix(ending)
    case .provider where standsForMore: return .customers(suffix: ending)
    case .provider, nil: return nil
    }
  }
}
