import Capture
import Cryptography
import Foundation
import Model
import Store
import Synchronization

/// Seals the store and signs the head of its evidence chain, soon after the start and then once an hour, in parallel to
/// the capture.
final class SealingJob: Sendable {
  private struct State {
    var isRunning = false
    /// Time of the next run on `MachineClock.running`; the first is at once.
    var notBefore = TimeSpan(nanoseconds: 0)
  }

  private static let hour = TimeSpan.seconds(3_600)
  private static let pauseAfterFailure = TimeSpan.seconds(60)

  private let sealer: EvidenceSealer
  private let state = Mutex(State())

  init(_ sealer: EvidenceSealer) { self.sealer = sealer }

  /// Begins if an hour has passed and nothing is running; returns at once.
  func runIfDue(at now: TimeSpan) {
    let isDue = state.withLock { state in
      guard !state.isRunning, now >= state.notBefore else { return false }
      state.isRunning = true
      return true
    }
    guard isDue else { return }
    let thread = Thread { [self] in
      Thread.current.name = "sealing"
      let isDone = seal()
      state.withLock { state in
        state.isRunning = false
        let pause = isDone ? SealingJob.hour : SealingJob.pauseAfterFailure
        state.notBefore = TimeSpan(nanoseconds: MachineClock.running.nanoseconds + pause.nanoseconds)
      }
    }
    thread.start()
  }

  /// Seals what the capture stored at its end.
  func end() { _ = seal() }

  /// False if it failed.
  private func seal() -> Bool {
    do {
      if let head = try sealer.seal() {
        ServiceLog.write(
          .notice, "evidence_head",
          [
            "seal": head.seal, "hash": hexadecimal(head.hash), "time": head.time.isoText,
            "key": hexadecimal(head.publicKey.bytes), "signature": Base64.text(of: head.signature),
          ])
      }
      return true
    } catch {
      ServiceLog.write(.error, "sealing_failed", ["reason": "\(error)", "next": "tried again in a minute"])
      return false
    }
  }
}
