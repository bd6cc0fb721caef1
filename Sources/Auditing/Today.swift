import Glibc

/// Today by the clock of this machine; asked for advice to people, never for a result.
public enum Today {
  /// Days since 1970-01-01 in UTC.
  public static var dayUTC: Int64 { Int64(time(nil)) / 86_400 }
}
