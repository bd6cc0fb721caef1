public import Model
public import Store

/// Begins, ends and lists the phases of a store, with times as people write them.
public enum PhaseRecords {
  /// Begins a phase and returns a sentence about it.
  ///
  /// A phase counts from the first hour that lies wholly in it: one that begins at 10:20 has its first hour at 11:00.
  ///
  /// Throws `PhaseInput` for a malformed text and `PhaseError` for a phase that the store does not accept.
  ///
  /// - Parameters:
  ///   - at: local time of the site such as `2026-05-04T10:30`, or a day; nil for now.
  ///   - now: seconds since 1970.
  public static func start(
    _ name: String, setting: String? = nil, groups: [String] = [], at: String? = nil, now: Int64, toolVersion: String,
    database: AuditDatabase, language: Language
  ) throws -> String {
    let (settings, clock) = try site(database)
    guard let phaseName = PhaseName(name), LocalDate(name) == nil else { throw PhaseInput.name }
    let phaseSetting = try setting.map { text in
      guard let setting = PhaseSetting(text) else { throw PhaseInput.setting }
      return setting
    }
    let known = settings.groups.map(\.name) + [GroupName.ungrouped]
    for group in groups where !known.contains(group) { throw PhaseInput.group(known: known) }
    guard Set(groups).count == groups.count else { throw PhaseInput.groupTwice }
    let second = try at.map { try PhaseTime($0, clock).latest } ?? now
    guard second <= now else { throw PhaseInput.future }
    let phase = try database.startPhase(
      phaseName, setting: phaseSetting, groups: groups, first: Hour(sinceEpoch: floorDivide(second + 3_599, 3_600)),
      day: floorDivide(now, 86_400), toolVersion: toolVersion)
    return Texts.phase(phase, clock, language) + "\n"
  }

  /// Ends a phase and returns a sentence about it.
  ///
  /// The hour in which it ends does not count: one that ends at 16:20 has its last hour from 15:00 to 16:00.
  ///
  /// - Parameters: as of `start`; `name`: nil for the only phase that is running.
  public static func stop(
    _ name: String?, at: String? = nil, now: Int64, toolVersion: String, database: AuditDatabase, language: Language
  ) throws -> String {
    let clock = try site(database).clock
    let phaseName = try name.map { text in
      guard let name = PhaseName(text) else { throw PhaseInput.name }
      return name
    }
    let second = try at.map { try PhaseTime($0, clock).earliest } ?? now
    guard second <= now else { throw PhaseInput.future }
    let phase = try database.stopPhase(
      phaseName, end: Timestamp(seconds: second).hour, day: floorDivide(now, 86_400), toolVersion: toolVersion)
    return Texts.phase(phase, clock, language) + "\n"
  }

  /// One line for each phase, by its beginning.
  public static func list(database: AuditDatabase, language: Language) throws -> String {
    let phases = try database.phases()
    guard !phases.isEmpty else {
      return language == .german
        ? "keine: Der Speicher enthält keine Phase. Nächster Schritt: 'egressaudit phase start'\n"
        : "none: the store holds no phase. Next step: 'egressaudit phase start'\n"
    }
    let clock = try site(database).clock
    return phases.map { Texts.phase($0, clock, language) + "\n" }.joined()
  }

  private static func site(_ database: AuditDatabase) throws -> (settings: AuditSettings, clock: SiteClock) {
    guard let settings = try database.sessions().max(by: { $0.id < $1.id })?.settings else {
      throw ReportingError.emptyStore
    }
    guard let clock = SiteClock(zone: settings.timeZone) else {
      throw ReportingError.unknownTimeZone(settings.timeZone)
    }
    return (settings, clock)
  }
}

/// What is wrong with the input for a phase, for people. No message repeats the input: it may name a person.
public enum PhaseInput: BilingualError, Sendable, Equatable {
  case name
  case setting
  /// A group that the settings of the latest session do not have.
  case group(known: [String])
  case groupTwice
  case time
  /// A local time that is skipped when summer time begins.
  case noSuchTime
  case future
}

/// The seconds since 1970 that a local time can mean: two in the hour that is repeated at the end of summer time.
struct PhaseTime {
  let earliest: Int64
  let latest: Int64

  /// Reads `2026-05-04T10:30`, the same with `Z` for UTC, or `2026-05-04` for the beginning of a local day.
  ///
  /// Throws `PhaseInput`.
  init(_ text: String, _ clock: SiteClock) throws {
    let isUTC = text.hasSuffix("Z")
    let parts = (isUTC ? text.dropLast() : text[...]).split(separator: "T", omittingEmptySubsequences: false)
    guard parts.count <= 2, let date = LocalDate(String(parts[0])) else { throw PhaseInput.time }
    var second: Int64 = 0
    if parts.count == 2 {
      let numbers = parts[1].split(separator: ":", omittingEmptySubsequences: false)
      guard numbers.count == 2,
        numbers.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
        let hour = Int64(numbers[0]), let minute = Int64(numbers[1]), hour < 24, minute < 60
      else { throw PhaseInput.time }
      second = hour * 3_600 + minute * 60
    } else if isUTC {
      throw PhaseInput.time
    }
    let instants = (isUTC ? .utc : clock).seconds(of: date, at: second)
    guard let first = instants.first, let last = instants.last else {
      // A day may begin after midnight.
      guard parts.count == 1 else { throw PhaseInput.noSuchTime }
      earliest = clock.firstHour(of: date).start.seconds
      latest = earliest
      return
    }
    (earliest, latest) = (first, last)
  }
}
