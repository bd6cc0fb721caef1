import Model

/// How many flows an audit stores as single rows of evidence. Beyond it a flow counts in every sum, but has no row of
/// its own.
///
/// Each row is hashed, chained and kept for months, so without a limit whoever sends many short flows to a destination
/// that a rule describes decides how much disk and processor time the audit takes. Rows refill with the time of the
/// capture, so the same capture gives the same rows.
struct EvidenceAllowance {
  /// Rows that may be stored at once, and rows that are added each second up to that number.
  fileprivate struct Rate {
    var burst: Int64
    var rowsPerSecond: Int64
  }

  /// A count of rows that may be stored now.
  fileprivate struct Rows {
    private var left: Int64
    /// Second since 1970 up to which `left` was refilled.
    private var refilled: Int64

    init(_ rate: Rate, at second: Int64) {
      left = rate.burst
      refilled = second
    }

    /// Refills the rows for this second; true if there is one. A step back in time changes nothing.
    mutating func refill(_ rate: Rate, at second: Int64) -> Bool {
      // The product of a full refill cannot overflow.
      let passed = min(max(second - refilled, 0), rate.burst)
      left = min(rate.burst, left + passed * rate.rowsPerSecond)
      refilled = second
      return left > 0
    }

    mutating func take() { left -= 1 }
  }

  /// The share of one device.
  struct Device {
    fileprivate var rows: Rows?

    init() {}
  }

  /// A gateway of 1,000 PCs begins some 200 flows a second to all destinations, and some 2,000 in a burst. 256 rows a
  /// second are at most 22 million a day.
  private static let whole = Rate(burst: 16_384, rowsPerSecond: 256)
  /// Two program starts of a whole office behind one address fit into the burst. No device takes more than an eighth of
  /// what all may store.
  private static let device = Rate(burst: 4_096, rowsPerSecond: 32)

  /// Records arrive in the order in which flows end. A flow that timed out ended up to 7,440 s earlier, so only a
  /// larger step back is one of the capture's clock.
  private static let greatestDelay: Int64 = 10_800

  private var second = Int64.min
  private var rows: Rows?

  /// Whether the next flow gets a row.
  ///
  /// - Parameters:
  ///   - end: last packet of its record.
  ///   - device: the share of the device that began it.
  mutating func take(at end: Timestamp, of device: inout Device) -> Bool {
    if end.seconds > second || end.seconds < second - Self.greatestDelay { second = end.seconds }
    var all = rows ?? Rows(Self.whole, at: second)
    var own = device.rows ?? Rows(Self.device, at: second)
    let mayTake = all.refill(Self.whole, at: second) && own.refill(Self.device, at: second)
    if mayTake {
      all.take()
      own.take()
    }
    rows = all
    device.rows = own
    return mayTake
  }
}
