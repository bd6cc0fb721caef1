import Capture
import Dispatch
import FlowTracking
import Foundation
import Model
import Synchronization

/// Flow tracking on one thread or several, for the thread that reads packets.
///
/// With one, packets are tracked where they are read. With more, they are copied in batches to threads with a tracker
/// each. All packets of a device go to the same tracker, in both directions and with its DNS answers, because a flow is
/// named by the answers that its device received; all packets that pass one router go to one tracker.
struct Trackers: ~Copyable {
  /// Finished records and counts of trackers.
  struct Harvest: Sendable {
    var records: [FlowRecord] = []
    var coverage: [CoverageHour] = []
    var openFlows = 0
  }

  /// Nil if there are threads.
  private var tracker: FlowTracker?
  private let threads: [TrackerThread]
  private var batches: [FrameBatch?]
  private var settings: TrackerSettings
  /// Nil if there is one tracker.
  private var keys: DeviceKeys?
  /// Results of trackers that have been replaced.
  private var earlier = Harvest()

  init(settings: TrackerSettings, threads count: Int) {
    self.settings = settings
    tracker = count == 1 ? FlowTracker(settings: settings) : nil
    let share = Trackers.share(of: settings, count)
    threads = count == 1 ? [] : (0..<count).map { TrackerThread(number: $0, settings: share) }
    batches = Array(repeating: nil, count: threads.count)
    keys = count == 1 ? nil : DeviceKeys(inside: settings.insideNetworks)
  }

  /// The limits of flows and memory apply to all trackers together.
  private static func share(of settings: TrackerSettings, _ count: Int) -> TrackerSettings {
    var share = settings
    share.flowLimit = max(settings.flowLimit / count, 1)
    share.memoryBudget = settings.memoryBudget / count
    return share
  }

  var threadCount: Int { max(threads.count, 1) }

  @inline(__always)
  mutating func process(_ frame: borrowing CapturedFrame) {
    if threads.isEmpty {
      tracker?.process(frame.bytes, originalLength: frame.originalLength, at: frame.timestamp, linkType: frame.linkType)
    } else {
      distribute(frame)
    }
  }

  private mutating func distribute(_ frame: borrowing CapturedFrame) {
    let index = thread(for: frame)
    if batches[index]?.canTake(frame.bytes.byteCount) == false { flush(index) }
    let batch = batches[index] ?? threads[index].freeBatch()
    batch.append(frame)
    batches[index] = batch
  }

  /// Sends the batched frames to the threads.
  mutating func endRound() {
    for index in threads.indices { flush(index) }
  }

  private mutating func flush(_ index: Int) {
    guard let batch = batches[index] else { return }
    batches[index] = nil
    threads[index].send(.frames(batch))
  }

  mutating func advance(to time: Timestamp) {
    tracker?.advance(to: time)
    endRound()
    for thread in threads { thread.send(.advance(time)) }
  }

  /// Continues with other settings; the number of threads stays.
  mutating func adopt(_ settings: TrackerSettings) {
    self.settings = settings
    keys?.inside = settings.insideNetworks
    tracker?.adopt(settings)
    endRound()
    let share = Trackers.share(of: settings, threadCount)
    for thread in threads { thread.send(.adopt(share)) }
  }

  /// Ends some flows, so that records can be taken in between; after the last, tables are empty and time may be
  /// earlier.
  ///
  /// - Returns: true if none is left.
  mutating func finish(atMost limit: Int) -> Bool {
    if threads.isEmpty {
      let isDone = tracker.finish(atMost: limit)
      takeOfTracker()
      if isDone { tracker = FlowTracker(settings: settings) }
      return isDone
    }
    endRound()
    for thread in threads { thread.send(.finish(atMost: limit)) }
    for thread in threads { thread.waitUntilIdle() }
    return threads.allSatisfy(\.isFinished)
  }

  /// Ends the threads. Nothing may be called after that.
  mutating func close() {
    for thread in threads { thread.send(.close) }
  }

  /// Number of records that can be taken without waiting.
  var recordCount: Int {
    if threads.isEmpty { return tracker.recordCount + earlier.records.count }
    return threads.reduce(0) { $0 + $1.recordCount }
  }

  /// Takes the results. Waits until all packets that were read are tracked, so that the results are complete up to a
  /// known time.
  mutating func take() -> Harvest {
    takeOfTracker()
    endRound()
    for thread in threads { thread.send(.tell) }
    var harvest = earlier
    earlier = Harvest()
    for thread in threads {
      thread.waitUntilIdle()
      let part = thread.take()
      harvest.records += part.records
      harvest.coverage += part.coverage
      harvest.openFlows += part.openFlows
    }
    return harvest
  }

  private mutating func takeOfTracker() {
    guard threads.isEmpty, let records = tracker?.takeRecords(), let coverage = tracker?.takeCoverage(untilNow: true)
    else { return }
    earlier.records += records
    earlier.coverage += coverage
    earlier.openFlows = tracker.openFlows
  }

  private mutating func thread(for frame: borrowing CapturedFrame) -> Int {
    let key = keys?.key(of: frame) ?? 0
    // The finalizer of SplitMix64: consecutive keys are spread over the threads.
    var mixed = (key ^ key >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return Int(truncatingIfNeeded: (mixed ^ mixed >> 31) % UInt64(threads.count))
  }
}

extension FlowTracker? {
  fileprivate var recordCount: Int {
    switch self {
    case .some(let tracker): tracker.waiting.records
    case .none: 0
    }
  }

  fileprivate var openFlows: Int {
    switch self {
    case .some(let tracker): tracker.openFlows
    case .none: 0
    }
  }

  fileprivate mutating func finish(atMost limit: Int) -> Bool { self?.finish(atMost: limit) ?? true }
}

/// A batch of frames with their bytes. One thread fills it, then another reads it.
final class FrameBatch: @unchecked Sendable {
  private struct Head {
    var range: Range<Int>
    var originalLength: Int
    var timestamp: Timestamp
    var linkType: LinkType
  }

  // Only one thread has the batch at a time, so the run-time check of exclusivity, which costs more than copying a
  // small frame, is unnecessary.
  @exclusivity(unchecked) private var heads: [Head] = []
  @exclusivity(unchecked) private var bytes: [UInt8] = []

  private static let byteLimit = 1 << 18
  private static let frameLimit = 1_024

  init() {
    heads.reserveCapacity(FrameBatch.frameLimit)
    bytes.reserveCapacity(FrameBatch.byteLimit)
  }

  /// Whether there is room for a frame; an empty batch takes a frame of any size.
  func canTake(_ count: Int) -> Bool {
    heads.isEmpty || (heads.count < FrameBatch.frameLimit && bytes.count + count <= FrameBatch.byteLimit)
  }

  func append(_ frame: borrowing CapturedFrame) {
    let start = bytes.count
    frame.bytes.withUnsafeBytes { bytes.append(contentsOf: $0) }
    heads.append(
      Head(
        range: start..<bytes.count, originalLength: frame.originalLength, timestamp: frame.timestamp,
        linkType: frame.linkType))
  }

  func track(with tracker: inout FlowTracker) {
    for head in heads {
      tracker.process(
        bytes.span.bytes.extracting(head.range), originalLength: head.originalLength, at: head.timestamp,
        linkType: head.linkType)
    }
  }

  func clear() {
    heads.removeAll(keepingCapacity: true)
    bytes.removeAll(keepingCapacity: bytes.count <= FrameBatch.byteLimit)
  }
}

/// A thread with a tracker of its own, which executes orders in sequence.
final class TrackerThread: Sendable {
  enum Order: Sendable {
    case frames(FrameBatch)
    case advance(Timestamp)
    case adopt(TrackerSettings)
    /// Publishes the counts of the current hour so far.
    case tell
    /// Ends some flows, and begins with empty tables after the last.
    case finish(atMost: Int)
    case close
  }

  private struct State {
    var orders: [Order] = []
    var free: [FrameBatch] = []
    var harvest = Trackers.Harvest()
    var isFinished = false
  }

  private let state = Mutex(State())
  /// Signals waiting orders.
  private let orders = DispatchSemaphore(value: 0)
  /// Room for orders: if the thread is too slow, the reader waits, and the kernel's ring fills.
  private let room = DispatchSemaphore(value: 0)

  /// 16 batches of 256 KiB.
  private static let orderLimit = 16

  init(number: Int, settings: TrackerSettings) {
    for _ in 0..<TrackerThread.orderLimit { room.signal() }
    let thread = Thread { [self] in
      Thread.current.name = "tracker \(number)"
      work(settings)
    }
    thread.start()
  }

  func send(_ order: Order) {
    room.wait()
    state.withLock { $0.orders.append(order) }
    orders.signal()
  }

  /// Must be called by the one thread that gives orders.
  func waitUntilIdle() {
    for _ in 0..<TrackerThread.orderLimit { room.wait() }
    for _ in 0..<TrackerThread.orderLimit { room.signal() }
  }

  func freeBatch() -> FrameBatch { state.withLock { $0.free.popLast() } ?? FrameBatch() }

  var recordCount: Int { state.withLock { $0.harvest.records.count } }
  /// The last `finish` order left no flow.
  var isFinished: Bool { state.withLock { $0.isFinished } }

  func take() -> Trackers.Harvest {
    state.withLock { state in
      defer { state.harvest = Trackers.Harvest(openFlows: state.harvest.openFlows) }
      return state.harvest
    }
  }

  private func work(_ first: TrackerSettings) {
    var settings = first
    var tracker = FlowTracker(settings: settings)
    while true {
      orders.wait()
      let order = state.withLock { $0.orders.removeFirst() }
      var coverage: [CoverageHour] = []
      var isFinished = false
      switch order {
      case .frames(let batch):
        batch.track(with: &tracker)
        batch.clear()
        state.withLock { $0.free.append(batch) }
      case .advance(let time): tracker.advance(to: time)
      case .adopt(let next):
        settings = next
        tracker.adopt(next)
      case .tell: coverage = tracker.takeCoverage(untilNow: true)
      case .finish(let limit):
        isFinished = tracker.finish(atMost: limit)
        coverage = tracker.takeCoverage()
      case .close: return
      }
      let records = tracker.takeRecords()
      let openFlows = tracker.openFlows
      state.withLock {
        $0.harvest.records += records
        $0.harvest.coverage += coverage
        $0.harvest.openFlows = openFlows
        $0.isFinished = isFinished
      }
      if isFinished { tracker = FlowTracker(settings: settings) }
      room.signal()
    }
  }
}
