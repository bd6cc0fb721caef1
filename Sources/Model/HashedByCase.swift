/// An enumeration with texts as raw values that is hashed by its case: the standard library would hash the text, in sums that are made for each
/// flow.
public protocol HashedByCase: Hashable, RawRepresentable, BitwiseCopyable {}

extension HashedByCase {
  /// Of the first case 0, of the next one 1.
  @inlinable
  public var caseNumber: Int { withUnsafeBytes(of: self) { Int($0[0]) } }

  @inlinable
  public func hash(into hasher: inout Hasher) { hasher.combine(caseNumber) }
}
