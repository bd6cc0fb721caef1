import Model
import Store

/// The hours that had to be observed.
enum ObservationWindow: Sendable {
  /// The chosen days, cut to the hours that are stored.
  case stored(Range<Hour>)
  /// Hours of a campaign that lie in the chosen days; never empty.
  case declared(Set<Hour>)

  var count: UInt64 {
    switch self {
    case .stored(let hours): UInt64(max(hours.upperBound.sinceEpoch - hours.lowerBound.sinceEpoch, 0))
    case .declared(let hours): UInt64(hours.count)
    }
  }

  func contains(_ hour: Hour) -> Bool {
    switch self {
    case .stored(let hours): hours.contains(hour)
    case .declared(let hours): hours.contains(hour)
    }
  }

  func forEach(_ body: (Hour) -> Void) {
    switch self {
    case .stored(let hours):
      for hour in hours.lowerBound.sinceEpoch..<hours.upperBound.sinceEpoch { body(Hour(sinceEpoch: hour)) }
    case .declared(let hours):
      for hour in hours.sorted() { body(hour) }
    }
  }

  /// Hours of `campaign` in the local days `from` to `to`, not before `kept`; the stored hours if it has none there.
  init(
    _ campaign: Campaign?, stored: Range<Hour>, from: LocalDate?, to: LocalDate?, kept: Hour?, clock: SiteClock
  ) {
    guard let campaign else {
      self = .stored(stored)
      return
    }
    var hours: Set<Hour> = []
    let first = max(campaign.firstDay, from?.day ?? campaign.firstDay)
    let last = min(campaign.lastDay, to?.day ?? campaign.lastDay)
    for day in stride(from: first, through: last, by: 1) {
      let date = LocalDate(day: day)
      guard campaign.hours.weekdays.contains(date.weekday) else { continue }
      for number in clock.firstHour(of: date).sinceEpoch..<clock.firstHour(of: date.next).sinceEpoch {
        let hour = Hour(sinceEpoch: number)
        guard campaign.hours.contains(weekday: date.weekday, hour: clock.hourOfDay(of: hour)) else { continue }
        if kept.map({ hour >= $0 }) ?? true { hours.insert(hour) }
      }
    }
    self = hours.isEmpty ? .stored(stored) : .declared(hours)
  }
}

extension SensorHour {
  /// Capture mode of an hour that nobody captured.
  static let nothingCaptured = "none"

  package var isMissing: Bool { captureMode == SensorHour.nothingCaptured }
}

/// The rows of coverage, with those that the store does not contain: quiet hours within a capture file, hours that
/// nobody captured, and the gaps between files.
struct ObservedTime {
  private(set) var rows: [SensorHour]
  let window: ObservationWindow

  /// A run of missing hours longer than a year becomes one row: a single packet with a wrong time must not fill the
  /// table.
  private static let longestRun = 8_784
  /// Seconds of silence between two files that are tolerated regardless of the packets around it.
  private static let shortest: Int64 = 120
  private static let longest: Int64 = 1_800

  private struct Gap {
    var from: Int64
    var to: Int64
    var cause: GapCause
  }

  /// - Parameters:
  ///   - spans: by sensor, then by time.
  ///   - sensor: to which hours are attributed that nobody captured.
  ///   - hours: those of the chosen days that are stored.
  init(rows: [SensorHour], spans: [ObservedSpan], window: ObservationWindow, hours: Range<Hour>, sensor: String) {
    self.rows = rows
    self.window = window
    for ofSensor in Dictionary(grouping: spans, by: \.sensor).values.sorted(by: { $0[0].sensor < $1[0].sensor }) {
      complete(ofSensor, hours)
    }
    addMissing(sensor: sensor, cause: spans.isEmpty ? .notObserved : .noFile)
    self.rows.sort {
      ($0.sensor, $0.coverage.hour.sinceEpoch, $0.ruleSetHash, $0.toolVersion, $0.captureMode)
        < ($1.sensor, $1.coverage.hour.sinceEpoch, $1.ruleSetHash, $1.toolVersion, $1.captureMode)
    }
  }

  /// Adds quiet hours and gaps of one sensor's spans.
  private mutating func complete(_ spans: [ObservedSpan], _ hours: Range<Hour>) {
    var places: [Hour: Int] = [:]
    var live: Set<Hour> = []
    for (index, row) in rows.enumerated() where row.sensor == spans[0].sensor {
      places[row.coverage.hour] = places[row.coverage.hour] ?? index
      if row.captureMode == "live" { live.insert(row.coverage.hour) }
    }
    func change(_ hour: Hour, _ span: ObservedSpan, _ seconds: Int64, _ cause: GapCause?) {
      guard hours.contains(hour), !live.contains(hour) else { return }
      let place: Int
      if let known = places[hour] {
        place = known
      } else {
        place = rows.count
        places[hour] = place
        rows.append(
          SensorHour(
            sensor: span.sensor, captureMode: "replay", toolVersion: span.toolVersion, ruleSetHash: span.ruleSetHash,
            coverage: CoverageHour(hour: hour)))
      }
      if let cause, seconds > 0 { rows[place].coverage.gaps[cause, default: 0].addSaturating(UInt64(seconds)) }
    }
    var covered = spans[0].span.first
    var edge = spans[0].span.edgeSilence
    for (index, entry) in spans.enumerated() {
      let span = entry.span
      if index > 0, let gap = ObservedTime.gap(from: covered, edge: edge, to: span) {
        let (first, last) = (Timestamp(seconds: gap.from).hour, Timestamp(seconds: gap.to).hour)
        // Nothing is known of an hour that lies wholly in the gap.
        change(first, entry, min(gap.to, first.next.start.seconds) - gap.from, gap.cause)
        if first != last { change(last, entry, gap.to - last.start.seconds, gap.cause) }
      } else if index > 0 {
        fill(from: covered, to: span.first, hours) { change($0, entry, 0, nil) }
      }
      fill(from: span.first, to: span.last, hours) { change($0, entry, 0, nil) }
      if span.last >= covered { edge = span.edgeSilence }
      covered = max(covered, span.last)
    }
    // A declared hour has to be observed from its beginning to its end.
    guard case .declared(let declared) = window else { return }
    let (first, last) = (spans[0], spans.max { $0.span.last < $1.span.last } ?? spans[0])
    let begin = Timestamp(seconds: first.span.first).hour
    let early = first.span.first - begin.start.seconds
    if declared.contains(begin), early > ObservedTime.tolerance(first.span.edgeSilence) {
      change(begin, first, early, .noFile)
    }
    let end = Timestamp(seconds: last.span.last).hour
    let late = end.next.start.seconds - last.span.last
    if declared.contains(end), late > ObservedTime.tolerance(last.span.edgeSilence) { change(end, last, late, .noFile) }
  }

  /// Calls `body` with the hours from one second to another that are in the period.
  private func fill(from: Int64, to: Int64, _ hours: Range<Hour>, _ body: (Hour) -> Void) {
    let first = max(Timestamp(seconds: from).hour, hours.lowerBound)
    let last = min(Timestamp(seconds: to).hour, Hour(sinceEpoch: hours.upperBound.sinceEpoch - 1))
    for hour in stride(from: first.sinceEpoch, through: last.sinceEpoch, by: 1) { body(Hour(sinceEpoch: hour)) }
  }

  /// The gap before a file; nil if the silence is like those within the files, as between files of one recording.
  private static func gap(from covered: Int64, edge: Int64, to next: CaptureSpan) -> Gap? {
    guard next.first > covered else { return nil }
    if next.begins == .silence { return Gap(from: covered, to: next.first, cause: .silence) }
    guard next.first - covered > tolerance(max(edge, next.edgeSilence)) else { return nil }
    return Gap(from: covered, to: next.first, cause: .noFile)
  }

  private static func tolerance(_ edge: Int64) -> Int64 {
    min(max(min(edge, longest) * CaptureSpan.usualTimes, shortest), longest)
  }

  private mutating func addMissing(sensor: String, cause: GapCause) {
    let known = Set(rows.map(\.coverage.hour))
    var run: (first: Hour, last: Hour)?
    var missing: [SensorHour] = []
    func end(_ run: (first: Hour, last: Hour)) {
      let length = run.last.sinceEpoch - run.first.sinceEpoch + 1
      let isLong = length > ObservedTime.longestRun
      for hour in run.first.sinceEpoch...(isLong ? run.first.sinceEpoch : run.last.sinceEpoch) {
        var coverage = CoverageHour(hour: Hour(sinceEpoch: hour))
        coverage.gaps = [cause: 3600 * UInt64(isLong ? length : 1)]
        missing.append(
          SensorHour(
            sensor: sensor, captureMode: SensorHour.nothingCaptured, toolVersion: "", ruleSetHash: "",
            coverage: coverage))
      }
    }
    window.forEach { hour in
      guard !known.contains(hour) else { return }
      if let open = run, open.last.next == hour {
        run?.last = hour
      } else {
        if let run { end(run) }
        run = (hour, hour)
      }
    }
    if let run { end(run) }
    rows += missing
  }
}
