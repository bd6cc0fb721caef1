import Model

/// What a live sensor could not see, and how far its clock can be trusted, by the hour.
///
/// It reads no clock: readings are passed to it about once a second.
struct CoverageJournal {
  /// The clocks at one moment.
  struct Reading {
    /// Wall clock.
    var time: Timestamp
    /// Time since the machine started, including suspension.
    var sinceBoot: TimeSpan
    /// Time since the machine started, without suspension.
    var running: TimeSpan
    var clock: ClockState
    var clockOffsetMilliseconds: Int64?
    /// All interfaces have been captured since the previous reading.
    var isCapturing: Bool
  }

  enum Event: Equatable {
    /// Seconds for which the machine was suspended.
    case suspended(Int64)
    /// Milliseconds by which the wall clock was set; negative if it was set back.
    case clockStepped(Int64)
  }

  /// Machines inside send a canary each hour.
  var expectsCanaries = false {
    didSet { if !expectsCanaries { wholeSince = nil } }
  }

  private var hours: [Hour: CoverageHour] = [:]
  /// Since when canaries are expected and nothing was missed.
  private var wholeSince: Timestamp?
  private var last: Reading?
  /// Fractions of a second that have not been added yet.
  private var openGap: [GapCause: TimeSpan] = [:]

  /// NTP slews by at most 0.5 ms in a second, so a larger step means that the clock was set.
  private static let stepLimit = TimeSpan(nanoseconds: 500_000_000)
  private static let suspendLimit = TimeSpan(nanoseconds: 500_000_000)

  /// Processes a reading of the clocks.
  mutating func note(_ reading: Reading) -> [Event] {
    change(reading.time.hour) {
      var told = CoverageHour(hour: $0.hour)
      told.clock = reading.clock
      told.clockOffsetMilliseconds = reading.clockOffsetMilliseconds
      $0.merge(told)
    }
    defer { last = reading }
    noteCanary(reading)
    guard let last else { return [] }
    var events: [Event] = []
    let elapsed = TimeSpan(nanoseconds: reading.sinceBoot.nanoseconds - last.sinceBoot.nanoseconds)
    let awake = TimeSpan(nanoseconds: reading.running.nanoseconds - last.running.nanoseconds)
    let asleep = TimeSpan(nanoseconds: elapsed.nanoseconds - awake.nanoseconds)
    if asleep > CoverageJournal.suspendLimit {
      addGap(.suspended, lasting: asleep, until: reading.time)
      wholeSince = nil
      events.append(.suspended(asleep.seconds))
    }
    if !reading.isCapturing {
      addGap(.interfaceDown, lasting: awake, until: reading.time)
      wholeSince = nil
    }
    let step = TimeSpan(nanoseconds: reading.time.since(last.time).nanoseconds - elapsed.nanoseconds)
    if step.nanoseconds.magnitude > CoverageJournal.stepLimit.nanoseconds.magnitude {
      change(reading.time.hour) { $0.clockSteps += 1 }
      wholeSince = nil
      events.append(.clockStepped(step.nanoseconds / 1_000_000))
    }
    return events
  }

  /// One canary is expected in each hour that was captured completely: in any other it may have been sent during a gap.
  private mutating func noteCanary(_ reading: Reading) {
    guard expectsCanaries else { return }
    if let last, let wholeSince, last.time.hour < reading.time.hour, wholeSince <= last.time.hour.start {
      change(last.time.hour) { $0.canariesExpected += 1 }
    }
    wholeSince = wholeSince ?? reading.time
  }

  /// The run follows an earlier one that ended `end`.
  ///
  /// - Returns: seconds between the two runs, which were not captured; 0 if the clock shows none.
  mutating func noteRestart(at time: Timestamp, after end: Timestamp, wasClosed: Bool, openFlows: UInt64) -> Int64 {
    change(time.hour) { $0.restarts += 1 }
    let length = max(time.since(end), TimeSpan(nanoseconds: 0))
    addGap(wasClosed ? .stopped : .brokenOff, lasting: length, until: time)
    if !wasClosed && openFlows > 0 { change(end.hour) { $0.recordsLost += openFlows } }
    return length.seconds
  }

  mutating func noteDrops(_ packets: UInt64, at time: Timestamp) {
    if packets > 0 { change(time.hour) { $0.packetsDroppedKernel += packets } }
  }

  mutating func noteLostRecords(_ records: Int, at time: Timestamp) {
    if records > 0 { change(time.hour) { $0.recordsLost += UInt64(records) } }
  }

  /// Records that interfaces were closed and opened again, which may take a moment.
  mutating func noteReopening(at time: Timestamp) {
    wholeSince = nil
    addGap(.interfaceDown, lasting: .seconds(1), until: time)
  }

  /// Adds counts from elsewhere, or counts that could not be sent.
  mutating func add(_ coverage: [CoverageHour]) {
    for hour in coverage { change(hour.hour) { $0.merge(hour) } }
  }

  /// Removes and returns the counts since the last call, by hour.
  mutating func take() -> [CoverageHour] {
    defer { hours = [:] }
    return hours.values.sorted { $0.hour < $1.hour }
  }

  private mutating func change(_ hour: Hour, _ body: (inout CoverageHour) -> Void) {
    body(&hours[hour, default: CoverageHour(hour: hour)])
  }

  /// Assigns whole seconds to their hours. An hour completely within the gap gets no row, which means that it was not
  /// observed.
  private mutating func addGap(_ cause: GapCause, lasting length: TimeSpan, until end: Timestamp) {
    let whole = (openGap[cause]?.nanoseconds ?? 0) + length.nanoseconds
    openGap[cause] = TimeSpan(nanoseconds: whole % 1_000_000_000)
    let seconds = whole / 1_000_000_000
    guard seconds > 0 else { return }
    let start = end.seconds - seconds
    let inLast = min(seconds, end.seconds - end.hour.start.seconds)
    if inLast > 0 { change(end.hour) { $0.gaps[cause, default: 0] += UInt64(inLast) } }
    let firstHour = Timestamp(seconds: start).hour
    guard firstHour != end.hour else { return }
    let inFirst = min(firstHour.next.start.seconds - start, 3600)
    change(firstHour) { $0.gaps[cause, default: 0] += UInt64(inFirst) }
  }
}
