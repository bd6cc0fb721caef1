public import Model

/// Tells a repeated blocked attempt from a new one, so that a program that knocks every ten seconds counts once.
///
/// Bound: at most `capacity` pairs of device and rule, held in two halves. When the newer half is full, the older half goes
/// and the newer takes its place, so that what goes is what was asked for longest ago. Same questions, same answers.
public struct RetryCollapse: Sendable {
  /// Longest pause between the end of one attempt and the start of the next that still counts as a retry.
  public static let window = TimeSpan.seconds(60)

  /// Pairs that had to go before their minute was over; each may turn one retry into an attempt of its own.
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

  /// True where this blocked attempt starts within `window` of the end of the last one by this device to this rule.
  ///
  /// Ask once for each blocked attempt, in the order of the records; a retry prolongs the attempt that it belongs to.
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
