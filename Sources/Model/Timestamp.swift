/// A point in time, as nanoseconds since 1970-01-01T00:00:00Z.
///
/// Range: years 1677 to 2262. Packet time only; nothing in the pipeline reads a clock.
@frozen
public struct Timestamp: Sendable, Hashable, Comparable {
  public var nanoseconds: Int64

  @inlinable
  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// A whole second, clamped to the representable range.
  @inlinable
  public init(seconds: Int64) {
    let (value, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    nanoseconds = overflow ? (seconds < 0 ? .min : .max) : value
  }

  @inlinable
  public static func < (left: Timestamp, right: Timestamp) -> Bool { left.nanoseconds < right.nanoseconds }

  /// Seconds since 1970, rounded down.
  @inlinable
  public var seconds: Int64 { floorDivide(nanoseconds, 1_000_000_000) }

  /// Microseconds since 1970, rounded down.
  @inlinable
  public var microseconds: Int64 { floorDivide(nanoseconds, 1_000) }

  @inlinable
  public var hour: Hour { Hour(sinceEpoch: floorDivide(nanoseconds, 3_600_000_000_000)) }

  /// Later by `interval`, clamped to the representable range.
  @inlinable
  public func advanced(by interval: TimeSpan) -> Timestamp {
    let (value, overflow) = nanoseconds.addingReportingOverflow(interval.nanoseconds)
    return Timestamp(nanoseconds: overflow ? (interval.nanoseconds < 0 ? .min : .max) : value)
  }

  /// Time since `earlier`, clamped; negative if `earlier` is later.
  @inlinable
  public func since(_ earlier: Timestamp) -> TimeSpan {
    let (value, overflow) = nanoseconds.subtractingReportingOverflow(earlier.nanoseconds)
    return TimeSpan(nanoseconds: overflow ? (nanoseconds < earlier.nanoseconds ? .min : .max) : value)
  }
}

/// A length of time in nanoseconds; trivial, for the packet path.
@frozen
public struct TimeSpan: Sendable, Hashable, Comparable {
  public var nanoseconds: Int64

  @inlinable
  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  @inlinable
  public static func seconds(_ seconds: Int64) -> TimeSpan { TimeSpan(nanoseconds: seconds * 1_000_000_000) }

  @inlinable
  public static func < (left: TimeSpan, right: TimeSpan) -> Bool { left.nanoseconds < right.nanoseconds }

  /// Whole seconds, rounded down.
  @inlinable
  public var seconds: Int64 { floorDivide(nanoseconds, 1_000_000_000) }
}

/// A full hour in UTC: the finest time that is ever stored in the clear.
@frozen
public struct Hour: Sendable, Hashable, Comparable, Codable {
  /// Hours since 1970-01-01T00:00:00Z.
  public var sinceEpoch: Int64

  @inlinable
  public init(sinceEpoch: Int64) { self.sinceEpoch = sinceEpoch }

  @inlinable
  public static func < (left: Hour, right: Hour) -> Bool { left.sinceEpoch < right.sinceEpoch }

  @inlinable
  public var start: Timestamp { Timestamp(seconds: sinceEpoch &* 3600) }

  @inlinable
  public var next: Hour { Hour(sinceEpoch: sinceEpoch + 1) }

  /// Days since 1970-01-01 in UTC.
  @inlinable
  public var dayUTC: Int64 { floorDivide(sinceEpoch, 24) }
}

@inlinable
package func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
  let quotient = value / divisor
  return value % divisor < 0 ? quotient - 1 : quotient
}
