import GRDB
public import Model

/// A named period of the site with one setting, such as "before" or "after" a policy.
public struct Phase: Sendable, Hashable {
  public var name: PhaseName
  /// Nil if none was given.
  public var setting: PhaseSetting?
  /// Names of the groups that it concerns; empty for the whole site.
  public var groups: [String]
  /// First hour completely within it.
  public var first: Hour
  /// First hour after it, later than `first`; nil while it is running.
  public var end: Hour?
  /// Day on which its beginning was entered, in UTC since 1970.
  public var enteredDay: Int64
  /// Day on which its end was entered; nil while it is running.
  public var endedDay: Int64?
  /// Entries of the evidence chain that vouch for it, ascending.
  public var chainSequences: [Int64]

  public init(
    name: PhaseName, setting: PhaseSetting? = nil, groups: [String] = [], first: Hour, end: Hour? = nil,
    enteredDay: Int64, endedDay: Int64? = nil, chainSequences: [Int64] = []
  ) {
    self.name = name
    self.setting = setting
    self.groups = groups
    self.first = first
    self.end = end
    self.enteredDay = enteredDay
    self.endedDay = endedDay
    self.chainSequences = chainSequences
  }

  /// O(groups).
  func overlaps(_ other: Phase) -> Bool {
    let isApart = end.map { $0 <= other.first } ?? false || other.end.map { $0 <= first } ?? false
    let sharesGroup = groups.isEmpty || other.groups.isEmpty || !Set(groups).isDisjoint(with: other.groups)
    return !isApart && sharesGroup
  }
}

/// Why a phase could not begin or end, for people: cause and next step.
public enum PhaseError: BilingualError, Sendable, Equatable {
  case nameTaken(PhaseName)
  /// Another phase of the same groups has hours in common with it.
  case overlaps(PhaseName, with: PhaseName)
  case unknown(PhaseName, known: [PhaseName])
  case stopped(PhaseName)
  case noneRuns
  case severalRun([PhaseName])
  /// Its end is not at least one whole hour after its beginning.
  case withoutHour(PhaseName)
}

extension AuditDatabase {
  /// Begins a phase, with an entry in the evidence chain.
  ///
  /// Throws `PhaseError` if the name is taken, or if the phase would overlap another one of the same groups. O(phases).
  ///
  /// - Parameters:
  ///   - first: first hour that lies wholly in the phase.
  ///   - day: today, in UTC since 1970.
  @discardableResult
  public func startPhase(
    _ name: PhaseName, setting: PhaseSetting? = nil, groups: [String] = [], first: Hour, day: Int64, toolVersion: String
  ) throws -> Phase {
    // The check reads the whole chain, so it comes before the lock that a service would wait for.
    _ = try phases()
    return try writing { database in
      let known = try PhaseRows(database).phases()
      guard !known.contains(where: { $0.name == name }) else { throw PhaseError.nameTaken(name) }
      var phase = Phase(
        name: name, setting: setting, groups: groups, first: first, enteredDay: day, chainSequences: [])
      if let other = known.first(where: phase.overlaps) { throw PhaseError.overlaps(name, with: other.name) }
      phase.chainSequences = [
        try PhaseRows(database).insert(.start, phase, hour: first, day: day, toolVersion: toolVersion)
      ]
      return phase
    }
  }

  /// Ends a running phase, with an entry in the evidence chain.
  ///
  /// Throws `PhaseError` if no such phase is running, or if it would not hold one whole hour. O(phases).
  ///
  /// - Parameters:
  ///   - name: nil for the only one that is running.
  ///   - end: first hour that does not lie wholly in the phase.
  ///   - day: today, in UTC since 1970.
  @discardableResult
  public func stopPhase(_ name: PhaseName?, end: Hour, day: Int64, toolVersion: String) throws -> Phase {
    // The check reads the whole chain, so it comes before the lock that a service would wait for.
    _ = try phases()
    return try writing { database in
      let known = try PhaseRows(database).phases()
      var phase = try Self.running(name, known)
      guard phase.first < end else { throw PhaseError.withoutHour(phase.name) }
      (phase.end, phase.endedDay) = (end, day)
      phase.chainSequences.append(
        try PhaseRows(database).insert(.stop, phase, hour: end, day: day, toolVersion: toolVersion))
      return phase
    }
  }

  private static func running(_ name: PhaseName?, _ known: [Phase]) throws -> Phase {
    if let name {
      guard let phase = known.first(where: { $0.name == name }) else {
        throw PhaseError.unknown(name, known: known.map(\.name))
      }
      guard phase.end == nil else { throw PhaseError.stopped(name) }
      return phase
    }
    let running = known.filter { $0.end == nil }
    guard let phase = running.first else { throw PhaseError.noneRuns }
    guard running.count == 1 else { throw PhaseError.severalRun(running.map(\.name)) }
    return phase
  }

  /// All phases, by first hour, then by name.
  ///
  /// Each row is compared with its entry of the evidence chain; a row that differs or is missing is a damaged value.
  /// O(entries of the chain).
  public func phases() throws -> [Phase] {
    try reading { database in
      let phases = try PhaseRows(database).phases()
      try PhaseRows(database).checkChain()
      return phases
    }.sorted {
      ($0.first, $0.name.description) < ($1.first, $1.name.description)
    }
  }
}

/// What a row of `phase_entry` records.
enum PhaseEvent: String, CaseIterable {
  case start
  case stop
}

/// Reads and writes `phase_entry` of an open database.
struct PhaseRows {
  private let database: Database

  init(_ database: Database) { self.database = database }

  /// Returns the place in the evidence chain.
  fileprivate func insert(
    _ event: PhaseEvent, _ phase: Phase, hour: Hour, day: Int64, toolVersion: String
  ) throws -> Int64 {
    let chain = EvidenceChain(database: database)
    let head = try chain.head()
    let isStart = event == .start
    try PreparedStatement(
      database,
      """
      INSERT INTO phase_entry (chain_seq, event, name, hour, setting, group_names, day, tool_version)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """
    ).run([
      .integer(head.sequence + 1), .text(event.rawValue), .text(phase.name.description), .integer(hour.sinceEpoch),
      StoredValue(isStart ? phase.setting?.description : nil),
      StoredValue(isStart ? try JSONText.encode(phase.groups) : nil), .integer(day), .text(toolVersion),
    ])
    guard let digest = try chain.phaseDigest(sequence: head.sequence + 1) else { return head.sequence }
    return try chain.append(.phase, digest: digest, after: head).sequence
  }

  /// Throws `DamagedValue` if a row differs from its entry of the evidence chain, or is missing. O(entries of the
  /// chain).
  fileprivate func checkChain() throws {
    let chain = EvidenceChain(database: database)
    try chain.requireRows(of: .phase, key: "id", digest: chain.phaseDigest)
  }

  /// By number, which is the order in which they were entered.
  fileprivate func phases() throws -> [Phase] {
    var phases: [Phase] = []
    var places: [PhaseName: Int] = [:]
    try PreparedStatement(
      database,
      "SELECT id, chain_seq, event, name, hour, setting, group_names, day FROM phase_entry ORDER BY id"
    ).forEachRow { row in
      let (id, sequence) = (try row.integer(), try row.integer())
      let (event, name, hour) = (try row.value(PhaseEvent.self), try row.parsed(PhaseName.self), try row.hour())
      let setting = try row.optionalParsed(PhaseSetting.self)
      let groups = try row.optionalParsed([String].self)
      let day = try row.integer()
      switch (event, places[name]) {
      case (.start, nil):
        places[name] = phases.count
        phases.append(
          Phase(
            name: name, setting: setting, groups: groups ?? [], first: hour, enteredDay: day,
            chainSequences: [sequence]))
      case (.stop, let place?) where phases[place].end == nil && phases[place].first < hour:
        (phases[place].end, phases[place].endedDay) = (hour, day)
        phases[place].chainSequences.append(sequence)
      default:
        throw DamagedValue(
          table: "phase_entry", row: .number(id), column: "event", found: DamagedValueTexts.outOfOrder(event.rawValue),
          expected: DamagedValueTexts.phaseOrder)
      }
    }
    return phases
  }
}
