import Capture
import Foundation
import Model
import Privacy
import Store
import Synchronization

/// Changes and destroys pseudonym keys in parallel to the capture; checks once an hour, and soon after the start.
final class KeyJob: Sendable {
  private struct State {
    var isRunning = false
    var key: PseudonymKey
    /// The last completed order.
    var done: Order?
    /// After a failure, the next attempt is not before this time of `MachineClock.running`.
    var notBefore: TimeSpan?
  }

  private struct Order: Equatable {
    var interval: KeyInterval?
    var hour: Hour
  }

  private static let pauseAfterFailure = TimeSpan.seconds(600)

  private let rotation: KeyRotation
  private let pseudonyms: PseudonymSource
  private let state: Mutex<State>

  init(_ rotation: KeyRotation, key: PseudonymKey, _ pseudonyms: PseudonymSource) {
    self.rotation = rotation
    self.pseudonyms = pseudonyms
    state = Mutex(State(key: key))
  }

  /// Begins if the hour or the interval has changed and nothing is running; returns at once.
  func runIfDue(_ interval: KeyInterval?, at now: Timestamp) {
    let order = Order(interval: interval, hour: now.hour)
    let key = state.withLock { state -> PseudonymKey? in
      guard !state.isRunning, state.done != order, state.notBefore.map({ MachineClock.running >= $0 }) ?? true else {
        return nil
      }
      state.isRunning = true
      return state.key
    }
    guard let key else { return }
    let thread = Thread { [self] in
      Thread.current.name = "keys"
      let result = Result { try rotation.run(interval, key: key, at: now) }
      tell(result)
      let next = try? result.get().key
      if let next, next.identities.map(\.identity) != key.identities.map(\.identity) { pseudonyms.replace(by: next) }
      state.withLock { state in
        state.isRunning = false
        state.key = next ?? state.key
        state.done = next == nil ? state.done : order
        state.notBefore =
          next == nil
          ? TimeSpan(nanoseconds: MachineClock.running.nanoseconds + KeyJob.pauseAfterFailure.nanoseconds) : nil
      }
    }
    thread.start()
  }

  private func tell(_ result: Result<KeyRotation.Outcome, any Error>) {
    switch result {
    case .success(let outcome):
      if outcome.hasShredded { ServiceLog.write(.notice, "pseudonym_key_shredded") }
      if let day = outcome.changedFrom { ServiceLog.write(.notice, "pseudonym_key_changed", ["from": day.description]) }
    case .failure(let error):
      ServiceLog.write(
        .error, "pseudonym_key_failed", ["reason": "\(error)", "next": "tried again in ten minutes"])
    }
  }
}
