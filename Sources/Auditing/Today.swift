import Glibc
public import Model

/// Today by the clock of this machine, for advice to people and for tasks that are due, never for the classification of
/// flows.
public enum Today {
  /// Seconds since 1970-01-01T00:00:00Z.
  public static var second: Int64 { Int64(time(nil)) }

  /// Days since 1970-01-01 in UTC.
  public static var dayUTC: Int64 { Int64(time(nil)) / 86_400 }

  /// The current time, to the second.
  public static var now: Timestamp { Timestamp(seconds: second) }
}
