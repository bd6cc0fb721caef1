public import Model
import Store

/// One side of a comparison: the whole local days of a phase, or of days that were named.
struct ComparisonPeriod {
  /// Name of the phase, or `2026-05-04..2026-05-08`.
  let label: String
  /// Nil if it was named by days.
  let phase: Phase?
  let period: AuditPeriod
  /// Local days of which only a part lies in the phase; they count on neither side.
  let partialDays: Int
  /// Sessions that observed some of its hours, by number.
  let sessions: [CaptureSession]

  /// `selection`: name of a phase, or first and last local day with `..` between them.
  ///
  /// A day counts only if all its hours lie in the phase, and a day that is reported together with earlier ones only if
  /// those do, too: the cells of the report are never cut (docs/decisions/0042-fixed-cells.md). Throws
  /// `ComparisonError` or `ReportingError`.
  init(_ selection: String, _ source: some AuditSource) throws {
    let sessions = try source.sessions()
    guard let stored = try source.period(), let settings = sessions.max(by: { $0.id < $1.id })?.settings else {
      throw ReportingError.emptyStore
    }
    guard let clock = SiteClock(zone: settings.timeZone) else {
      throw ReportingError.unknownTimeZone(settings.timeZone)
    }
    let choice = try Choice(selection, try source.phases(), stored, clock)
    label = choice.label
    phase = choice.phase
    partialDays = choice.partialDays
    period = try Self.period(of: choice, source, clock)
    self.sessions = sessions.filter { [period] session in
      guard !session.isTakenOut else { return false }
      guard let first = session.firstHour, let last = session.lastHour else { return true }
      return first < period.hours.upperBound && last >= period.hours.lowerBound
    }
  }

  private static func period(of choice: Choice, _ source: some AuditSource, _ clock: SiteClock) throws -> AuditPeriod {
    let period = try AuditPeriod(source: source, from: choice.first, to: choice.last)
    // The report of the first day includes earlier days, on which too few devices were present.
    guard let first = choice.first, period.hours.lowerBound < clock.firstHour(of: first) else { return period }
    let run = period.reporting.runs.first { $0.holdsBack(first) || $0.toldOn == first }
    guard let next = run?.toldOn?.next, choice.last.map({ next <= $0 }) ?? true else {
      throw ComparisonError.noWholeDay(choice.label)
    }
    return try AuditPeriod(source: source, from: next, to: choice.last)
  }

  /// The days that a side is about.
  private struct Choice {
    var label: String
    var phase: Phase?
    var first: LocalDate?
    var last: LocalDate?
    var partialDays = 0

    init(_ selection: String, _ phases: [Phase], _ stored: Range<Hour>, _ clock: SiteClock) throws {
      label = selection
      if let separator = selection.firstRange(of: "..") {
        guard let from = LocalDate(String(selection[..<separator.lowerBound])),
          let to = LocalDate(String(selection[separator.upperBound...]))
        else { throw ComparisonError.selection }
        guard from <= to else { throw ComparisonError.daysReversed(from: from, to: to) }
        (first, last) = (from, to)
        return
      }
      guard let name = PhaseName(selection), LocalDate(selection) == nil else { throw ComparisonError.selection }
      guard let phase = phases.first(where: { $0.name == name }) else {
        throw PhaseError.unknown(name, known: phases.map(\.name))
      }
      self.phase = phase
      let first = clock.firstWholeDay(from: phase.first)
      self.first = first
      let end = phase.end ?? stored.upperBound
      if let stop = phase.end { last = LocalDate(day: clock.date(of: stop).day - 1) }
      guard clock.firstHour(of: first.next) <= end else { throw ComparisonError.noWholeDay(selection) }
      if clock.firstHour(of: first) > phase.first { partialDays += 1 }
      if let stop = phase.end, clock.firstHour(of: clock.date(of: stop)) < stop { partialDays += 1 }
    }
  }
}

/// Why two periods cannot be compared, for people: cause and next step.
public enum ComparisonError: BilingualError, Sendable, Equatable {
  /// A side is neither the name of a phase nor a range of days.
  case selection
  case daysReversed(from: LocalDate, to: LocalDate)
  /// No day that can be reported lies wholly in the phase of this name.
  case noWholeDay(String)
  case noCommonGroup
  /// A group that neither period reports on its own.
  case unknownGroup(known: [String])
}
