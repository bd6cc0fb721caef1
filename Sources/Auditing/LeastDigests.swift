/// The smallest digests of an hour: two audits of the same traffic keep the same ones, regardless of its volume.
struct LeastDigests {
  /// Ascending.
  private var digests: [Int64] = []

  /// Most connections of an hour that are compared. So many suffice to detect that two captures overlap by a few
  /// seconds; most offices have fewer.
  static let limit = 512

  /// - Returns: true if it is among the smallest so far, and new.
  mutating func insert(_ digest: Int64) -> Bool {
    if digests.count >= LeastDigests.limit, let last = digests.last, digest >= last { return false }
    var (low, high) = (0, digests.count)
    while low < high {
      let middle = (low + high) / 2
      if digests[middle] < digest { low = middle + 1 } else { high = middle }
    }
    guard low == digests.count || digests[low] != digest else { return false }
    digests.insert(digest, at: low)
    if digests.count > LeastDigests.limit { digests.removeLast() }
    return true
  }
}

/// Another session of the store counts the same connections.
struct CountedBefore: Error {
  var session: Int64
}
