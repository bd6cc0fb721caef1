import CLinux
import Glibc
public import Model

/// The clocks of the machine, for live capture; a replay reads none.
public enum MachineClock {
  /// Wall-clock time, which people set and NTP corrects.
  public static var now: Timestamp { Timestamp(nanoseconds: reading(CLOCK_REALTIME)) }

  /// Time since the machine started, including suspension.
  public static var sinceBoot: TimeSpan { TimeSpan(nanoseconds: reading(CLOCK_BOOTTIME)) }

  /// Time since the machine started, without suspension.
  public static var running: TimeSpan { TimeSpan(nanoseconds: reading(CLOCK_MONOTONIC)) }

  /// Whether the clock is synchronised, and its offset as the kernel estimates it; `unknown` if the kernel does not
  /// report it.
  public static var state: (clock: ClockState, offsetMilliseconds: Int64?) {
    var isSynchronised: Int32 = 0
    var offset: Int64 = 0
    guard clinux_clock_state(&isSynchronised, &offset) == 0 else { return (.unknown, nil) }
    return isSynchronised == 0 ? (.notSynchronised, nil) : (.synchronised, offset / 1_000_000)
  }

  private static func reading(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
