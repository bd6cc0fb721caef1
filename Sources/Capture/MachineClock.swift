import CLinux
import Glibc
public import Model

/// The clocks of the machine that captures live; replays read none.
public enum MachineClock {
  /// What people set and NTP corrects.
  public static var now: Timestamp { Timestamp(nanoseconds: reading(CLOCK_REALTIME)) }

  /// Since the machine started, with the time it slept.
  public static var sinceBoot: TimeSpan { TimeSpan(nanoseconds: reading(CLOCK_BOOTTIME)) }

  /// Since the machine started, without the time it slept.
  public static var running: TimeSpan { TimeSpan(nanoseconds: reading(CLOCK_MONOTONIC)) }

  /// Whether something keeps the clock right, and how far off the kernel knows it to be; `unknown` where the system does not say.
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
