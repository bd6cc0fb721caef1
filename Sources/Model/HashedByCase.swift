/// An enumeration with string raw values that is hashed by its case number, which is faster for sums that are updated
/// for each flow: the standard library would hash the string.
public protocol HashedByCase: Hashable, RawRepresentable, BitwiseCopyable {}

extension HashedByCase {
  /// Number of the case in the order of declaration, from 0.
  @inlinable
  public var caseNumber: Int { withUnsafeBytes(of: self) { Int($0[0]) } }

  @inlinable
  public func hash(into hasher: inout Hasher) { hasher.combine(caseNumber) }
}
