import Capture
import Foundation
import Model
import Privacy
import Store
import Synchronization

/// Deletes expired rows once a day, in parallel to the capture.
final class RetentionJob: Sendable {
  private struct State {
    var isRunning = false
    /// The last completed order.
    var done: Order?
    /// After a failure, the next attempt is not before this time of `MachineClock.running`.
    var notBefore: TimeSpan?
  }

  private struct Order: Equatable {
    var policy: RetentionPolicy
    /// Since 1970 in UTC.
    var day: Int64
  }

  private static let pauseAfterFailure = TimeSpan.seconds(3_600)

  private let database: AuditDatabase
  private let state = Mutex(State())

  init(_ database: AuditDatabase) { self.database = database }

  /// Begins if the day or the times have changed and nothing is running; returns at once.
  func runIfDue(_ policy: RetentionPolicy, day: Int64) {
    guard policy != .keepAll else { return }
    let order = Order(policy: policy, day: day)
    let isDue = state.withLock { state in
      guard !state.isRunning, state.done != order, state.notBefore.map({ MachineClock.running >= $0 }) ?? true else {
        return false
      }
      state.isRunning = true
      return true
    }
    guard isDue else { return }
    let thread = Thread { [self] in
      Thread.current.name = "retention"
      let isDone = delete(order)
      state.withLock { state in
        state.isRunning = false
        state.done = isDone ? order : state.done
        state.notBefore =
          isDone
          ? nil
          : TimeSpan(nanoseconds: MachineClock.running.nanoseconds + RetentionJob.pauseAfterFailure.nanoseconds)
      }
    }
    thread.start()
  }

  /// False if it failed; what was deleted until then stays deleted.
  private func delete(_ order: Order) -> Bool {
    do {
      for dataClass in DataClass.allCases {
        guard let cutoff = order.policy.cutoff(dataClass, on: order.day) else { continue }
        let rows = try database.delete(
          dataClass, before: cutoff, day: order.day, toolVersion: ToolVersion.current
        ).reduce(0) { $0 + $1.rows }
        // Without the number, which is that of one day's rows.
        if rows > 0 { ServiceLog.write(.notice, "deleted", ["data_class": dataClass.rawValue]) }
      }
      return true
    } catch {
      ServiceLog.write(.error, "deletion_failed", ["reason": "\(error)", "next": "tried again in an hour"])
      return false
    }
  }
}
