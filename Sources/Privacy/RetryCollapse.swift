public import Model

/// Distinguishes repeated blocked attempts from new ones, so that a program that tries every ten seconds counts once.
///
/// It holds at most `capacity` pairs of device and rule, in two halves. When the newer half is full, it replaces the
/// older one, so that the least recently used pairs are evicted. The same calls give the same answers.
public struct RetryCollapse: Sendable {
  /// Longest pause between the end of one attempt and the start of the next that still counts as a retry.
  public static let window = TimeSpan.seconds(60)

  /// Pairs that were evicted before their minute was over; each may make one retry count as an attempt.
  public private(set) var evictedEarly: UInt64 = 0

  private struct Pair: Hashable {
    var device: DeviceIdentity
    var ruleID: String
  }

  private let half: Int
  private var newer: [Pair: Timestamp] = [:]
  private var older: [Pair: Timestamp] = [:]

  /// `capacity`: greatest number of pairs held, at least 2.
  public init(capacity: Int = 65_536) {
    precondition(capacity >= 2, "two halves need room for one pair each")
    half = capacity / 2
  }

  /// Whether this blocked attempt starts within `window` of the end of the last one by this device for this rule.
  ///
  /// Call it once for each blocked attempt, in the order of the records; a retry prolongs the attempt to which it
  /// belongs.
  public mutating func isRetry(device: DeviceIdentity, ruleID: String, start: Timestamp, end: Timestamp) -> Bool {
    let pair = Pair(device: device, ruleID: ruleID)
    let last = newer[pair] ?? older.removeValue(forKey: pair)
    if newer[pair] == nil && newer.count == half {
      evictedEarly += UInt64(older.values.count { start <= $0.advanced(by: Self.window) })
      older = newer
      newer = [:]
    }
    newer[pair] = max(last ?? end, end)
    return last.map { start <= $0.advanced(by: Self.window) } ?? false
  }
}
