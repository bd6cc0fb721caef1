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
  /// For which times the whole capture stands; told with its last batch.
  var spans: [CaptureSpan] = []
  /// Who judges and stores this batch and all after it, where it is not who did before.
  var writer: RecordWriter?
}

extension RecordBatch {
  /// Most records of a batch.
  static let size = 1_024

  /// Cuts records into the parts that batches may hold: of so many records, and so many bytes that a full channel keeps to its share of the memory.
  ///
  /// - Parameter bytes: for all records that wait.
  /// - Returns: at least one part, which is empty where there is no record.
  static func parts(of records: [FlowRecord], within bytes: Int) -> [[FlowRecord]] {
    let most = bytes / BatchChannel.capacity
    var parts: [[FlowRecord]] = []
    var start = 0
    var held = 0
    for index in records.indices {
      let cost = records[index].allocatedBytes
      if index > start, held + cost > most || index - start >= size {
        parts.append(Array(records[start..<index]))
        start = index
        held = 0
      }
      held += cost
    }
    return start == 0 ? [records] : parts + [Array(records[start...])]
  }
}

/// The one way from the packet thread to the writer: bounded, so that a slow disk cannot eat the memory.
final class BatchChannel: Sendable {
  /// Batches under way at most.
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
  ///
  /// - Returns: records that were waiting, and are lost.
  func abandon() -> Int {
    let waiting = state.withLock { state in
      defer { state.batches = [] }
      state.isAbandoned = true
      return state.batches.reduce(0) { $0 + $1.records.count }
    }
    free.signal()
    return waiting
  }

  /// Waits for the next batch; nil after the last.
  func receive() -> RecordBatch? {
    filled.wait()
    let batch = state.withLock { state in state.batches.isEmpty ? nil : state.batches.removeFirst() }
    if batch != nil { free.signal() }
    return batch
  }
}
