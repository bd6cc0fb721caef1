import Dispatch
import Foundation
import Synchronization

/// Reloads rules and configuration while packets are captured, so that the watchdog is notified however long it takes.
///
/// One at a time: after a request during a reload, it is repeated, since the files may have changed after they were
/// read.
final class ReloadJob: Sendable {
  /// The loaded basis of the service.
  struct Loaded: Sendable {
    var basis: Basis
    var writer: RecordWriter
  }

  private enum Stage: Sendable {
    case idle
    case reading
    /// In the store.
    case beginningSession
    case done(Result<Loaded, any Error>)
    case ended
  }

  private struct State: Sendable {
    var stage = Stage.idle
    var isWantedAgain = false
  }

  private let read: @Sendable () throws -> Basis
  private let beginSession: @Sendable (Basis) throws -> RecordWriter
  private let state = Mutex(State())
  private let idle = DispatchSemaphore(value: 0)

  init(read: @escaping @Sendable () throws -> Basis, beginSession: @escaping @Sendable (Basis) throws -> RecordWriter) {
    self.read = read
    self.beginSession = beginSession
  }

  var isIdle: Bool {
    state.withLock { if case .idle = $0.stage { true } else { false } }
  }

  /// Begins a reload, or requests another if one is running; returns at once.
  func begin() {
    let begins = state.withLock { state in
      guard case .idle = state.stage else {
        state.isWantedAgain = true
        return false
      }
      state.stage = .reading
      return true
    }
    guard begins else { return }
    let thread = Thread { [self] in
      Thread.current.name = "reload"
      load()
    }
    thread.start()
  }

  private func load() {
    let result = Result {
      let basis = try read()
      let isEnded = state.withLock { state in
        if case .ended = state.stage { return true }
        state.stage = .beginningSession
        return false
      }
      // Does not begin a session that nobody would close.
      guard !isEnded else { throw CancellationError() }
      return Loaded(basis: basis, writer: try beginSession(basis))
    }
    state.withLock { state in
      if case .ended = state.stage { return }
      state.stage = .done(result)
    }
    idle.signal()
  }

  /// The result of a finished reload, once; begins another if that was requested in the meantime.
  func take() -> Result<Loaded, any Error>? {
    let (result, isWantedAgain) = state.withLock { state -> (Result<Loaded, any Error>?, Bool) in
      guard case .done(let result) = state.stage else { return (nil, false) }
      defer { state = State() }
      return (result, state.isWantedAgain)
    }
    if result != nil { idle.wait() }
    if isWantedAgain { begin() }
    return result
  }

  /// Ends the job; a session that was begun but not used is closed.
  func end(by deadline: DispatchTime) {
    let mustWait = state.withLock { state in
      switch state.stage {
      case .idle, .ended: return false
      case .reading:
        state.stage = .ended
        return false
      case .beginningSession, .done: return true
      }
    }
    guard mustWait, idle.wait(timeout: deadline) == .success else { return }
    state.withLock { state in
      if case .done(.success(var loaded)) = state.stage { try? loaded.writer.end() }
      state.stage = .ended
    }
  }
}
