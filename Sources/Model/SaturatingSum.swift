/// Sums of counts saturate at the greatest number instead of trapping, because a store may have been tampered with.
extension UInt64 {
  package static func saturatingSum(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? .max : sum
  }

  package mutating func addSaturating(_ other: UInt64) { self = .saturatingSum(self, other) }
}

extension Sequence<UInt64> {
  package var saturatingSum: UInt64 { reduce(0, UInt64.saturatingSum) }
}
