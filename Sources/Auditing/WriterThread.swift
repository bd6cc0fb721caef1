import Dispatch
import Foundation
import Model
import Store
import Synchronization

/// The thread that classifies and stores, while another one decodes.
final class WriterThread: Sendable {
  /// What happens if a batch cannot be stored.
  enum Patience: Sendable {
    /// The run ends with the error.
    case none
    /// The batch is tried again each second if the disk has room. The closure gets the first failure, and nil when
    /// storing succeeds again.
    case untilStopped(DiskGuard, @Sendable ((any Error)?) -> Void)
  }

  private struct State {
    var counts = AuditCounts()
    var outcome: Swift.Result<AuditCounts, any Error>?
    /// Records that were taken and could not be stored.
    var lostRecords: UInt64 = 0
    /// The current batch could not be stored yet.
    var hasTrouble = false
    /// Set when the run is ending: after this time, what cannot be stored is given up.
    var deadline: DispatchTime?
    /// The run is to be discarded.
    var isGivenUp = false
    /// All named captures were read to their end.
    var isWhole = true
  }

  private let channel = BatchChannel()
  private let state = Mutex(State())
  private let done = DispatchSemaphore(value: 0)

  init(_ writer: RecordWriter, patience: Patience = .none) {
    let thread = Thread { [self] in
      Thread.current.name = "writer"
      let outcome = Swift.Result { try writer.run { try self.work(writer, patience) } }
      if case .failure = outcome {
        let waiting = channel.abandon()
        state.withLock { $0.lostRecords += UInt64(waiting) }
      }
      state.withLock { $0.outcome = outcome }
      done.signal()
    }
    thread.start()
  }

  private func work(_ first: RecordWriter, _ patience: Patience) throws -> AuditCounts {
    var writer = first
    var earlier = AuditCounts()
    while let batch = channel.receive() {
      if isGivenUp { break }
      if let next = batch.writer {
        try trying(patience) { try writer.end() }
        earlier = earlier.sum(writer.counts)
        writer = next
      }
      let judged = writer.judge(batch)
      do {
        try trying(patience) { try writer.store(judged) }
      } catch {
        state.withLock { $0.lostRecords += UInt64(batch.records.count) }
        throw error
      }
      let counts = earlier.sum(writer.counts)
      state.withLock { $0.counts = counts }
    }
    if isGivenUp { throw CancellationError() }
    let isWhole = state.withLock { $0.isWhole }
    try trying(patience) { try writer.end(isWhole: isWhole) }
    return earlier.sum(writer.counts)
  }

  private var isGivenUp: Bool { state.withLock { $0.isGivenUp } }

  private func trying(_ patience: Patience, _ body: () throws -> Void) throws {
    guard case .untilStopped(let disk, let tell) = patience else { return try body() }
    while true {
      do {
        try disk.check()
        try body()
        if hasTrouble { tell(nil) }
        hasTrouble = false
        return
      } catch {
        guard state.withLock({ $0.deadline.map { DispatchTime.now() < $0 } ?? true }) else { throw error }
        if !hasTrouble { tell(error) }
        hasTrouble = true
        Thread.sleep(forTimeInterval: 1)
      }
    }
  }

  private(set) var hasTrouble: Bool {
    get { state.withLock { $0.hasTrouble } }
    set { state.withLock { $0.hasTrouble = newValue } }
  }

  var hasFailed: Bool {
    state.withLock {
      if case .failure = $0.outcome { return true }
      return false
    }
  }

  /// Number of batches that wait to be stored.
  var waitingBatches: Int { channel.count }

  /// Records that `send` accepted and that were given up at the end.
  var lostRecords: UInt64 { state.withLock { $0.lostRecords } }

  /// Sums so far.
  var counts: AuditCounts { state.withLock { $0.counts } }

  /// - Returns: false if there was no room until `deadline`: the batch is lost.
  @discardableResult
  func send(_ batch: RecordBatch, until deadline: DispatchTime = .distantFuture) -> Bool {
    channel.send(batch, until: deadline)
  }

  /// Ends and rolls back what the current step has stored, and waits until that is done.
  func giveUp() {
    state.withLock { $0.isGivenUp = true }
    channel.close()
    done.wait()
  }

  /// Waits until everything is stored; what cannot be stored by `deadline` is given up, and the error is thrown.
  ///
  /// - Parameter isWhole: all captures that were named were read to their end.
  func finish(by deadline: DispatchTime = .distantFuture, isWhole: Bool = true) throws -> AuditCounts {
    state.withLock {
      $0.deadline = deadline
      $0.isWhole = isWhole
    }
    channel.close()
    done.wait()
    return try state.withLock { try $0.outcome?.get() } ?? AuditCounts()
  }
}
