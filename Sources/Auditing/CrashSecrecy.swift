import Capture
import Glibc

/// Prevents that a crash leaves memory behind, which may contain a captured packet, an address or the pseudonym key.
public enum CrashSecrecy {
  /// Disables core dumps and Swift's crash report, which prints the memory to which registers point, and hides the
  /// memory of the program from other processes of its user. Must be called before anything is read.
  ///
  /// To reproduce a fault with invented packets, set `SWIFT_BACKTRACE=enable=yes`; then it does nothing.
  public static func begin() {
    let backtrace = getenv("SWIFT_BACKTRACE").map { String(cString: $0) }
    // The program that writes the report reads the memory of this one.
    guard backtrace?.contains("enable=no") ?? true else { return }
    ProcessMemory.keepPrivate()
    guard backtrace == nil else { return }
    for number in [SIGQUIT, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP] { signal(number, SIG_DFL) }
  }
}
