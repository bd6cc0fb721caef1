import Model
import Store

/// What a capture lacks to prove that a transmission would have been seen, had one got through.
enum ProofGap: Sendable, Equatable {
  /// Hours that an older version wrote, which did not measure it.
  case notMeasured(hours: Int)
  /// Hours that miss a limit of the gate.
  case hoursNotAssessable(hours: Int)
  /// Hours with attempts in which no flow was seen in both directions.
  case oneDirection(hours: Int)
  /// Hours with attempts in which nothing went to TCP port 443.
  case noWebFlow(hours: Int)
  /// Nothing went to UDP port 443 in the whole period.
  case noQUICFlow
  /// Local days with attempts on which no device of the group reached anything else.
  case groupReachedNothing(days: Int)
  /// Hours with attempts in which a canary was missing.
  case canaryMissing(hours: Int)
}

/// Decides whether "nothing got through" is based on a capture that could have seen a success.
struct SuccessProof {
  private struct SeenHour {
    var sight: CoverageSight? = CoverageSight()
    var isAssessable = true
    var isBlind = false
    var missesCanary = false
  }

  private var hours: [Hour: SeenHour] = [:]
  private var lacksQUIC: Bool
  private let groups: [String: Set<LocalDate>]
  private let clock: SiteClock

  /// - Parameters:
  ///   - rows: of all sensors, completed.
  ///   - reached: local days on which a reported group had an established session to anything.
  ///   - expectsQUIC: a site whose programs use QUIC shows some to a sensor that can see it.
  init(
    rows: [SensorHour], reached: [String: Set<LocalDate>], expectsQUIC: Bool, clock: SiteClock,
    failures: (SensorHour) -> [GateFailure]
  ) {
    groups = reached
    self.clock = clock
    lacksQUIC = expectsQUIC && !rows.contains { $0.coverage.sight.map { $0.quicFlows > 0 } == true }
    let canaries = CanaryCounts.byHour(rows)
    for row in rows where !row.isMissing {
      let failed = failures(row)
      var seen = hours[row.coverage.hour] ?? SeenHour()
      seen.sight = seen.sight.flatMap { sight in row.coverage.sight.map { sight + $0 } }
      seen.isAssessable = seen.isAssessable && failed.isEmpty
      seen.isBlind = seen.isBlind || failed.contains(where: \.hidesSuccess)
      if let canary = canaries[CanaryCounts.Key(row)], canary.seen < canary.expected { seen.missesCanary = true }
      hours[row.coverage.hour] = seen
    }
  }

  /// What is missing for the proof for a group whose attempts in `attempts` were blocked; empty if it is proven.
  func gaps(attempts: Set<Hour>, group: String) -> [ProofGap] { gaps(attempts: [group: attempts]) }

  /// The same about several groups, each with the hours of its attempts.
  func gaps(attempts byGroup: [String: Set<Hour>]) -> [ProofGap] {
    let attempts = byGroup.values.reduce(into: Set<Hour>()) { $0.formUnion($1) }
    let unmeasured = hours.values.count { $0.sight == nil }
    if unmeasured > 0 { return [.notMeasured(hours: unmeasured)] }
    let count = { (fails: (Hour, SeenHour) -> Bool) in
      attempts.count { hour in fails(hour, hours[hour] ?? SeenHour(sight: CoverageSight())) }
    }
    let blind = hours.count { hour, seen in seen.isBlind || attempts.contains(hour) && !seen.isAssessable }
    var gaps: [ProofGap] = []
    func note(_ hours: Int, _ gap: (Int) -> ProofGap) { if hours > 0 { gaps.append(gap(hours)) } }
    note(blind) { .hoursNotAssessable(hours: $0) }
    note(count { ($1.sight?.twoSidedFlows ?? 0) == 0 }) { .oneDirection(hours: $0) }
    note(count { ($1.sight?.webFlows ?? 0) == 0 }) { .noWebFlow(hours: $0) }
    if lacksQUIC { gaps.append(.noQUICFlow) }
    let days = byGroup.reduce(into: Set<LocalDate>()) { days, group in
      days.formUnion(Set(group.value.map { clock.date(of: $0) }).subtracting(groups[group.key] ?? []))
    }
    note(days.count) { .groupReachedNothing(days: $0) }
    note(count { $1.missesCanary }) { .canaryMissing(hours: $0) }
    return gaps
  }
}

extension GateFailure {
  /// Transmissions may have been missed, or may have lacked the name that identifies them.
  var hidesSuccess: Bool {
    switch self {
    case .unfinished, .seenTwice: false
    case .oneSided, .neverContacted, .portMissing, .capturedShort, .unexaminable, .loss, .givenUp: true
    case .gap, .canaries, .named, .ruleAge, .deviceDays, .tooFewDevices, .clock, .nothingSeen: false
    }
  }
}
