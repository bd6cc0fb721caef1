import Dispatch
import Model
import Store
import Synchronization

/// A batch of records and counts from the packet thread to the writer.
struct RecordBatch: Sendable {
  var records: [FlowRecord]
  var coverage: [CoverageHour]
  /// How far a live sensor has come; nil for a replay.
  var progress: LiveProgress?
  /// Periods that the whole capture covers; sent with its last batch.
  var spans: [CaptureSpan] = []
  /// The writer for this batch and all later ones, if it changes.
  var writer: RecordWriter?
}

extension RecordBatch {
  /// Most records of a batch.
  static let size = 1_024

  /// Splits records into parts for batches, limited in number and in bytes, so that a full channel stays within its
  /// share of memory.
  ///
  /// - Parameter bytes: most bytes for all waiting records.
  /// - Returns: at least one part, which is empty if there is no record.
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

/// The channel from the packet thread to the writer, bounded, so that a slow disk cannot exhaust memory.
final class BatchChannel: Sendable {
  /// Most waiting batches.
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
    // Not as its initial value: a semaphore may not be released while its count is below that, as happens if the reader
    // stops early.
    for _ in 0..<BatchChannel.capacity { free.signal() }
  }

  /// Waits for room, at most until `deadline`, and sends the batch. False if there is no room by then, or if the reader
  /// has ended.
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

  /// Number of waiting batches.
  var count: Int { state.withLock { $0.batches.count } }

  /// No more batches will come.
  func close() {
    state.withLock { $0.isClosed = true }
    filled.signal()
  }

  /// The reader gives up; senders get false instead of waiting forever.
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
