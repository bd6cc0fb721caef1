import Dispatch
import Model
import Store
import Synchronization

/// What the packet thread hands to the writer at once.
struct RecordBatch: Sendable {
  var records: [FlowRecord]
  var coverage: [CoverageHour]
  /// How far a live sensor has come; nil for a replay.
  var progress: LiveProgress?
  /// Who judges and stores this batch and all after it, where it is not who did before.
  var writer: RecordWriter?
}

/// The one way from the packet thread to the writer: bounded, so that a slow disk cannot eat the memory.
final class BatchChannel: Sendable {
  /// Batches under way at most; 64 of 1,024 records are some 30 MB.
  static let capacity = 64

  private struct State {
    var batches: [RecordBatch] = []
    var isClosed = false
    var isAbandoned = false
  }

  private let state = Mutex(State())
  private let free = DispatchSemaphore(value: 0)
  private let filled = DispatchSemaphore(value: 0)

  init() {
    // Not as its first value: a semaphore that goes below it may not be given back, as where the reader stops early.
    for _ in 0..<BatchChannel.capacity { free.signal() }
  }

  /// Waits for room, at most until `deadline`. False where there is none by then, or where the reader has gone.
  func send(_ batch: RecordBatch, until deadline: DispatchTime = .distantFuture) -> Bool {
    guard free.wait(timeout: deadline) == .success else { return false }
    let accepted = state.withLock { state in
      if state.isAbandoned { return false }
      state.batches.append(batch)
      return true
    }
    if accepted { filled.signal() } else { free.signal() }
    return accepted
  }

  /// Batches that wait.
  var count: Int { state.withLock { $0.batches.count } }

  /// No more batches will come.
  func close() {
    state.withLock { $0.isClosed = true }
    filled.signal()
  }

  /// The reader gives up: senders are told instead of waiting for ever.
  func abandon() {
    state.withLock {
      $0.isAbandoned = true
      $0.batches = []
    }
    free.signal()
  }

  /// Waits for the next batch; nil after the last.
  func receive() -> RecordBatch? {
    filled.wait()
    let batch = state.withLock { state in state.batches.isEmpty ? nil : state.batches.removeFirst() }
    if batch != nil { free.signal() }
    return batch
  }
}
