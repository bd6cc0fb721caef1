import Capture
import Glibc

/// What a crash must not leave behind: memory, which may hold a captured packet, an address or the pseudonym key.
public enum CrashSecrecy {
  /// Switches off Swift's crash report, which prints the memory that registers point to, and cores, and hides the memory of
  /// the program from other processes of its user. To be called before anything is read.
  ///
  /// To reproduce a fault with invented packets, set `SWIFT_BACKTRACE=enable=yes`; then nothing of this is done.
  public static func begin() {
    let backtrace = getenv("SWIFT_BACKTRACE").map { String(cString: $0) }
    // The program that writes the report reads the memory of this one.
    guard backtrace?.contains("enable=no") ?? true else { return }
    ProcessMemory.keepPrivate()
    guard backtrace == nil else { return }
    for number in [SIGQUIT, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP] { signal(number, SIG_DFL) }
  }
}
