import Capture
import Dispatch
import FlowTracking
import Foundation
import Model
import Store
import Synchronization

/// The thread that captures, decodes and tracks, for as long as the service runs.
final class SensorThread: Sendable {
  /// Figures for the service manager and the log.
  struct Figures: Sendable {
    var packets: UInt64 = 0
    var openFlows: UInt64 = 0
    /// Sum of everything that was sent to the writer, of all hours.
    var coverage = CoverageHour(hour: Hour(sinceEpoch: 0))
    var drops: UInt64 = 0
    var lostRecords: UInt64 = 0
    var isCapturing = false
    /// When the thread last completed a round, without suspension.
    var lastRound = MachineClock.running
  }

  /// What can be exchanged while the thread runs.
  struct Basis: Sendable {
    var capture: CaptureSettings
    var tracker: TrackerSettings
    var expectsCanaries: Bool
    /// Writer of what ends from then on.
    var writer: RecordWriter
  }

  /// Orders to the thread.
  struct Orders: Sendable {
    /// The thread must end, and send what it has by then.
    var stopBy: DispatchTime?
    var basis: Basis?
  }

  private let orders = Mutex(Orders())
  private let latest = Mutex(Figures())
  private let done = DispatchSemaphore(value: 0)

  /// - Parameters:
  ///   - interfaces: interfaces that have been surveyed once.
  ///   - journal: with what is known of the time before the start.
  init(_ interfaces: CaptureInterfaces, tracker: TrackerSettings, journal: CoverageJournal, writer: WriterThread) {
    let thread = Thread { [self] in
      Thread.current.name = "sensor"
      var sensor = Sensor(interfaces, tracker: tracker, journal: journal, writer: writer)
      sensor.run(orders: { self.takeOrders() }, report: { figures in self.latest.withLock { $0 = figures } })
      done.signal()
    }
    thread.start()
  }

  var figures: Figures { latest.withLock { $0 } }

  func adopt(_ basis: Basis) {
    let unused = orders.withLock { orders in
      defer { orders.basis = basis }
      return orders.basis
    }
    if let unused { SensorThread.closeUnused(unused.writer) }
  }

  /// Closes the session of a writer that was replaced before it was used. On another queue, since the store may be
  /// locked.
  fileprivate static func closeUnused(_ writer: RecordWriter) {
    Thread.detachNewThread {
      var writer = writer
      try? writer.end()
    }
  }

  /// Ends all flows and sends their records; those that the writer does not take by `deadline` are lost, and counted.
  func stop(by deadline: DispatchTime) {
    orders.withLock { $0.stopBy = deadline }
    done.wait()
  }

  private func takeOrders() -> Orders {
    orders.withLock { orders in
      defer { orders.basis = nil }
      return orders
    }
  }
}

/// The loop of the thread. Packets are read and tracked at once; records go to the writer in batches and never wait for
/// the disk.
private struct Sensor: ~Copyable {
  private var interfaces: CaptureInterfaces
  private var trackers: Trackers
  /// Bytes for records that wait to be stored.
  private var recordBytes: Int
  private var journal: CoverageJournal
  private let writer: WriterThread
  private var figures = SensorThread.Figures()
  /// Sent with the next batch.
  private var nextWriter: RecordWriter?

  /// Time of the latest packet.
  private var latestPacket = Timestamp(nanoseconds: .min)
  private var lastSecond = MachineClock.running
  private var lastBatch = MachineClock.running

  /// Flows that are ended between two checks of the writer.
  private static let flowsAtOnce = 8_192
  /// Seconds for which the writer is waited for when all flows are ended because the clock was set back.
  private static let patienceSeconds = 2
  /// Most packets between two readings of the clock.
  private static let packetsPerRound = 1_024
  /// Most packets that are read at the end.
  private static let packetsAtEnd = 131_072
  private static let wait: Int32 = 100
  /// A killed run loses at most the finished records of these seconds.
  private static let batchInterval = TimeSpan.seconds(5)
  /// If the rings are empty, all packets older than this have been read.
  private static let settled = TimeSpan.seconds(-1)
  /// Packets of several network cards may be out of order by less; more means that the clock was set back.
  private static let setBack = TimeSpan.seconds(-5)

  init(
    _ interfaces: CaptureInterfaces, tracker settings: TrackerSettings, journal: CoverageJournal, writer: WriterThread
  ) {
    self.interfaces = interfaces
    trackers = Trackers(settings: settings, threads: interfaces.settings.threads)
    recordBytes = MemoryShares(budget: settings.memoryBudget).records
    self.journal = journal
    self.writer = writer
  }

  mutating func run(orders: () -> SensorThread.Orders, report: (SensorThread.Figures) -> Void) {
    lookAround()
    handOver(until: .now())
    while true {
      let order = orders()
      if let deadline = order.stopBy { return finish(by: deadline, report) }
      if let basis = order.basis { adopt(basis) }
      read()
      let now = MachineClock.running
      if now.nanoseconds - lastSecond.nanoseconds >= TimeSpan.seconds(1).nanoseconds {
        lastSecond = now
        lookAround()
      }
      let isDue = now.nanoseconds - lastBatch.nanoseconds >= Sensor.batchInterval.nanoseconds
      if isDue || trackers.recordCount >= RecordBatch.size { handOver(until: .now()) }
      figures.lastRound = now
      report(figures)
    }
  }

  private mutating func read() {
    let source = interfaces
    let reading = source.read(limit: Sensor.packetsPerRound, waiting: Sensor.wait) { frame in take(frame) }
    trackers.endRound()
    figures.packets &+= UInt64(reading.frames)
    // If no packet arrives, the wall clock ends flows and hours.
    if let emptyAt = reading.emptyAt { advance(to: emptyAt.advanced(by: Sensor.settled)) }
  }

  @inline(__always)
  private mutating func take(_ frame: borrowing CapturedFrame) {
    if frame.timestamp < latestPacket {
      if frame.timestamp < latestPacket.advanced(by: Sensor.setBack) { beginAnew() }
    } else {
      latestPacket = frame.timestamp
    }
    trackers.process(frame)
  }

  private mutating func advance(to time: Timestamp) {
    if time < latestPacket.advanced(by: Sensor.setBack) { beginAnew() }
    guard time > latestPacket else { return }
    latestPacket = time
    trackers.advance(to: time)
  }

  /// The clock was set back. A tracker's time never runs backwards, so its flows end here and continue as new ones.
  private mutating func beginAnew() {
    endFlows(by: .now() + .seconds(Sensor.patienceSeconds))
    latestPacket = Timestamp(nanoseconds: .min)
  }

  /// Ends all flows. Their records are sent in between: together they would need as much memory as the flows.
  private mutating func endFlows(by deadline: DispatchTime) {
    while !trackers.finish(atMost: Sensor.flowsAtOnce) { handOver(until: deadline) }
    handOver(until: deadline)
  }

  private mutating func lookAround() {
    let wasCapturing = interfaces.areCapturing
    let changes = interfaces.survey()
    ServiceLog.write(changes)
    figures.isCapturing = interfaces.areCapturing
    let now = MachineClock.now
    let drops = interfaces.takeDrops()
    figures.drops += drops
    journal.noteDrops(drops, at: now)
    let state = MachineClock.state
    let events = journal.note(
      CoverageJournal.Reading(
        time: now, sinceBoot: MachineClock.sinceBoot, running: MachineClock.running, clock: state.clock,
        clockOffsetMilliseconds: state.offsetMilliseconds,
        isCapturing: wasCapturing && figures.isCapturing && changes.isEmpty))
    for event in events {
      switch event {
      case .suspended(let seconds): ServiceLog.write(.warning, "machine_suspended", ["seconds": seconds])
      case .clockStepped(let milliseconds):
        ServiceLog.write(.warning, "clock_stepped", ["milliseconds": milliseconds])
      }
    }
  }

  private mutating func adopt(_ basis: SensorThread.Basis) {
    // What has ended is classified as before.
    handOver(until: .now())
    if let unused = nextWriter { SensorThread.closeUnused(unused) }
    nextWriter = basis.writer
    journal.expectsCanaries = basis.expectsCanaries
    trackers.adopt(basis.tracker)
    recordBytes = MemoryShares(budget: basis.tracker.memoryBudget).records
    var capture = basis.capture
    // Open flows stay with their threads.
    capture.threads = interfaces.settings.threads
    guard capture != interfaces.settings else { return }
    drain()
    interfaces.close()
    let drops = interfaces.takeDrops()
    figures.drops += drops
    journal.noteDrops(drops, at: MachineClock.now)
    journal.noteReopening(at: MachineClock.now)
    interfaces = CaptureInterfaces(capture)
    ServiceLog.write(interfaces.survey())
  }

  /// Sends records and counts to the writer in batches. If it has no room by `deadline`, records are lost, and counted;
  /// counts are kept for later.
  private mutating func handOver(until deadline: DispatchTime) {
    lastBatch = MachineClock.running
    let now = MachineClock.now
    let harvest = trackers.take()
    figures.openFlows = UInt64(harvest.openFlows)
    let progress = LiveProgress(coveredUntil: now, openFlows: figures.openFlows)
    journal.add(harvest.coverage)
    var lost = 0
    let parts = RecordBatch.parts(of: harvest.records, within: recordBytes)
    for (index, part) in parts.enumerated() {
      let coverage = journal.take()
      let batch = RecordBatch(
        records: part, coverage: coverage, progress: index == parts.count - 1 ? progress : nil,
        writer: nextWriter)
      if writer.send(batch, until: deadline) {
        nextWriter = nil
        for hour in coverage { figures.coverage.merge(hour) }
      } else {
        journal.add(coverage)
        lost += part.count
      }
    }
    guard lost > 0 else { return }
    figures.lostRecords += UInt64(lost)
    journal.noteLostRecords(lost, at: now)
    ServiceLog.write(.error, "records_lost", ["records": lost, "reason": "the store did not take them in time"])
  }

  private mutating func finish(by deadline: DispatchTime, _ report: (SensorThread.Figures) -> Void) {
    drain()
    lookAround()
    endFlows(by: deadline)
    // Stores the count of the last losses too.
    handOver(until: deadline)
    trackers.close()
    report(figures)
  }

  /// Reads the packets that wait in the rings, which belong to the old settings.
  private mutating func drain() {
    let source = interfaces
    let count = source.drain(limit: Sensor.packetsAtEnd) { frame in take(frame) }
    figures.packets &+= UInt64(count)
  }
}
