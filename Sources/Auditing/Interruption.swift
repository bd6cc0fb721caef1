import Foundation
import Glibc
import Synchronization

/// A request to end early, by Ctrl-C or SIGTERM, which is accepted until the work is about to conclude.
public final class Interruption: Sendable {
  private enum State {
    case none
    case wished(signal: Int32)
    /// The current step is completed; a request comes too late.
    case concluded
  }

  private let state = Mutex(State.none)

  public init() {}

  /// Number of the signal; nil if none came in time.
  public var signal: Int32? {
    state.withLock {
      if case .wished(let signal) = $0 { return signal }
      return nil
    }
  }

  /// - Returns: false if it comes too late.
  @discardableResult
  public func wish(signal: Int32) -> Bool {
    state.withLock {
      if case .concluded = $0 { return false }
      $0 = .wished(signal: signal)
      return true
    }
  }

  /// From now on the work can no longer be interrupted.
  ///
  /// - Returns: false if the work must end instead.
  func conclude() -> Bool {
    state.withLock {
      if case .wished = $0 { return false }
      $0 = .concluded
      return true
    }
  }

  /// Calls `hear` for each SIGINT and SIGTERM from now on, on a thread of its own. Must be called before there are
  /// other threads.
  public static func watch(_ hear: @escaping @Sendable (Int32) -> Void) {
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM] { sigaddset(&signals, number) }
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    Thread {
      var signals = sigset_t()
      sigemptyset(&signals)
      for number in [SIGINT, SIGTERM] { sigaddset(&signals, number) }
      var number: Int32 = 0
      while sigwait(&signals, &number) == 0 { hear(number) }
    }.start()
  }
}
