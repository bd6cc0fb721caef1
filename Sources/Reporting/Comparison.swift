import Model
import Privacy
import Store

/// Which of the two periods of a comparison had contact. The raw value is its word in `comparison.csv`.
enum ComparisonState: String, Sendable, CaseIterable {
  case both
  /// Nothing was seen after, and the coverage gate holds there.
  case onlyBefore = "only_before"
  /// Nothing was seen before, and the coverage gate holds there.
  case onlyAfter = "only_after"
  /// Answered contact before; after it attempts that were not answered, of which it is proven that an answer would have
  /// been seen.
  case attemptsAfter = "attempts_after"
  /// The same the other way round.
  case attemptsBefore = "attempts_before"
  /// Attempts that were not answered, and nothing else.
  case attemptsOnly = "attempts_only"
  case notAssessable = "not_assessable"
}

/// A reason for which a row of a comparison cannot be assessed.
enum ComparisonGap: Sendable, Equatable {
  case gate(ComparisonPart, GateFailure)
  /// Some hours of the period had rules that do not know the service.
  case noRule(ComparisonPart)
  /// The group is not reported on its own on any day of the period.
  case noGroup(ComparisonPart)
  /// There were attempts in the period but no answered contact; with what is missing to prove that an answer would have
  /// been seen.
  case proof(ComparisonPart, [ProofGap])
}

enum ComparisonPart: Sendable, Equatable {
  case before
  case after
}

/// Differences of the two periods besides the setting.
enum ComparisonDifference: Sendable, Equatable {
  case sites
  case ruleSets
  case insideNetworks
  case groups
  /// The configuration files differ, in any part.
  case configuration
  case groupMinimum(BeforeAfter<Int>)
  case sensors
  case programs
  /// Groups that are reported on their own on all days of one period only.
  case reportedGroups
  case weekdays
  /// The pseudonyms of two stores have different keys, so that nobody knows which devices are the same.
  case pseudonyms
  /// Another pseudonym key began on these days (in UTC) within the time of the comparison.
  case keyChanged([LocalDate])
  /// Days that are in both periods.
  case sharedDays(Int)
  case partialDays(Int)
  /// A phase that is not stopped yet.
  case running(ComparisonPart)
  /// The sessions with a purpose became fewer or more within one period already.
  case drift(ComparisonPart, PurposeClass, isFall: Bool)
}

/// One row of a comparison.
struct ComparisonRow {
  /// Figures of one period.
  struct Figures: Equatable {
    fileprivate let shown: [ComparedMeasure: UInt64]

    /// Nil if fewer devices than the smallest group contributed, or if the figure would reveal what such devices did.
    subscript(measure: ComparedMeasure) -> UInt64? { shown[measure] }
  }

  let key: ComparisonKey
  let state: ComparisonState
  let gaps: [ComparisonGap]
  let figures: BeforeAfter<Figures>
  /// Devices present, and their device-days, in the scope of the row.
  let present: BeforeAfter<(devices: Int, days: UInt64)>
  let changes: [ComparedMeasure: RelativeChange]
  let intervals: [ComparedMeasure: ChangeInterval]
  /// If a period had no contact: the share of its device-days, and of its devices, that had any at most, with 95 %
  /// confidence each.
  let bound: (deviceDays: Double, devices: Double)?
  /// Nil for a sum.
  let facts: RuleFacts?
}

/// Two periods of one or two stores compared.
struct Comparison {
  let sides: BeforeAfter<ComparisonPeriod>
  /// By purpose, with telemetry first, then by scope and service; sums come before their parts.
  let rows: [ComparisonRow]
  /// Failures of the coverage gate for the whole site.
  let gaps: [ComparisonGap]
  let differences: [ComparisonDifference]
  /// Nil for the whole site.
  let groups: Set<String>?
  let minimum: Int

  /// Whether the coverage gate holds in both periods, and, if groups were chosen, for one of them at least.
  var isAssessable: Bool { gaps.isEmpty && (groups == nil || totals.contains { $0.gaps.isEmpty }) }

  /// - Parameters:
  ///   - selections: name of a phase or range of days, of each side.
  ///   - groups: shows only rows of these groups; empty for all. No figure depends on it.
  ///
  /// Throws `ComparisonError`, `PhaseError`, `ReportingError`, or what the database throws.
  init(
    _ selections: BeforeAfter<String>, before: some AuditSource, after: some AuditSource, isOneStore: Bool,
    groups: [String]
  ) throws {
    let sides = BeforeAfter(
      before: try ComparisonPeriod(selections.before, before), after: try ComparisonPeriod(selections.after, after))
    self.sides = sides
    let halves = BeforeAfter(
      before: try ComparisonScan.halves(of: sides.before.period, before),
      after: try ComparisonScan.halves(of: sides.after.period, after))
    let sums = halves.map(ComparisonSums.init(adding:))
    let isOfOneKey = try isOneStore || before.exportSalt() == after.exportSalt()
    let keyChanges = sides.keyChanges
    let isPaired = isOfOneKey && keyChanges.isEmpty
    minimum = max(sides.before.period.groupMinimum, sides.after.period.groupMinimum)
    self.groups = try Self.shown(groups, sides)
    gaps = Self.siteGaps(sides)
    let visible = ComparisonDisclosure(
      sums, minimum: sides.map { [minimum] in minimum * $0.keys })
    let work = ComparisonWork(sides: sides, sums: sums, isPaired: isPaired, disclosure: visible)
    var rows: [ComparisonRow] = []
    for scope in Set(sums.both.flatMap(\.days.keys)).sorted() {
      rows += try work.rows(of: scope, siteGaps: gaps)
    }
    self.rows = rows.filter { [shown = self.groups] row in
      guard let shown else { return true }
      guard case .group(let name) = row.key.scope else { return false }
      return shown.contains(name)
    }
    .sorted { left, right in
      let (leftFirst, rightFirst) = (left.key.purpose == .telemetry, right.key.purpose == .telemetry)
      return leftFirst == rightFirst ? left.key < right.key : leftFirst
    }
    var differences = Self.differences(sides, isOneStore: isOneStore, isPaired: isOfOneKey)
    if !keyChanges.isEmpty { differences.append(.keyChanged(keyChanges)) }
    for (part, parts, side) in [
      (ComparisonPart.before, halves.before, sides.before), (.after, halves.after, sides.after),
    ] {
      // Halves with different keys have no device in common.
      guard side.keys == 1 else { continue }
      differences += work.drift(parts, minimum: minimum).map { .drift(part, $0.purpose, isFall: $0.isFall) }
    }
    self.differences = differences
  }

  /// Sums of each purpose over the whole site, or of each group if groups were chosen.
  var totals: [ComparisonRow] {
    rows.filter { row in row.key.service == nil && (groups != nil || row.key.scope == .site) }
  }

  private static func shown(_ asked: [String], _ sides: BeforeAfter<ComparisonPeriod>) throws -> Set<String>? {
    let reported = sides.map { Set($0.period.groups.groups.keys) }
    let known = reported.before.union(reported.after)
    guard asked.allSatisfy(known.contains) else { throw ComparisonError.unknownGroup(known: known.sorted()) }
    let limits = ([asked] + sides.both.compactMap { $0.phase?.groups }).filter { !$0.isEmpty }.map { Set($0) }
    guard let first = limits.first else { return nil }
    let common = limits.dropFirst().reduce(first) { $0.intersection($1) }
    guard !common.isEmpty else { throw ComparisonError.noCommonGroup }
    return common
  }

  private static func siteGaps(_ sides: BeforeAfter<ComparisonPeriod>) -> [ComparisonGap] {
    func failures(_ part: ComparisonPart, _ side: ComparisonPeriod) -> [ComparisonGap] {
      side.period.failures(group: side.period.groups.site, sums: nil).map { .gate(part, $0) }
    }
    return failures(.before, sides.before) + failures(.after, sides.after)
  }

  private static func differences(
    _ sides: BeforeAfter<ComparisonPeriod>, isOneStore: Bool, isPaired: Bool
  ) -> [ComparisonDifference] {
    func differ<Value: Hashable>(_ value: (ComparisonPeriod) -> Set<Value>) -> Bool {
      value(sides.before) != value(sides.after)
    }
    let periods = sides.map(\.period)
    var found: [ComparisonDifference] = []
    if differ({ [$0.period.settings.site] }) { found.append(.sites) }
    if differ({ Set($0.observed.map(\.ruleSetHash)) }) { found.append(.ruleSets) }
    if differ({ Set($0.sessions.map { Set($0.settings.insideNetworks) }) }) { found.append(.insideNetworks) }
    if differ({ Set($0.sessions.map { Set($0.settings.groups) }) }) { found.append(.groups) }
    if differ({ Set($0.sessions.map(\.settings.configurationHash)) }) { found.append(.configuration) }
    let minimums = periods.map(\.groupMinimum)
    if minimums.before != minimums.after { found.append(.groupMinimum(minimums)) }
    if differ({ Set($0.observed.map(\.sensor)) }) { found.append(.sensors) }
    if differ({ Set($0.observed.map(\.toolVersion)) }) { found.append(.programs) }
    if differ({ Set($0.period.groups.groups.keys).union($0.period.groups.collected.map { "\u{1f}" + $0 }) }) {
      found.append(.reportedGroups)
    }
    if differ({ Set($0.period.observedDays.map(\.weekday)) }) { found.append(.weekdays) }
    if !isPaired { found.append(.pseudonyms) }
    if isOneStore {
      let shared = periods.before.observedDays.intersection(periods.after.observedDays).count
      if shared > 0 { found.append(.sharedDays(shared)) }
    }
    let partial = sides.before.partialDays + sides.after.partialDays
    if partial > 0 { found.append(.partialDays(partial)) }
    if let phase = sides.before.phase, phase.end == nil { found.append(.running(.before)) }
    if let phase = sides.after.phase, phase.end == nil { found.append(.running(.after)) }
    return found
  }
}

extension BeforeAfter<ComparisonPeriod> {
  /// Days (in UTC) on which another pseudonym key began, from the first hour of both periods to the last.
  fileprivate var keyChanges: [LocalDate] {
    let hours = both.map(\.period.hours)
    guard let first = hours.map(\.lowerBound).min(), let last = hours.map(\.upperBound).max() else { return [] }
    return Set(both.flatMap { $0.period.reporting.epochs.changes(in: first..<last) }).sorted()
  }
}

extension ComparisonPeriod {
  /// Number of pseudonym keys of the period. A device has at most so many pseudonyms.
  var keys: Int { period.keyChanges.count + 1 }

  /// Hours that were captured.
  var observed: [SensorHour] { period.coverage.filter { !$0.isMissing } }
}

extension AuditPeriod {
  /// Limits of the coverage gate that a group misses.
  func failures(group: ReportedGroups.Group, sums: GroupHour?) -> [GateFailure] {
    CoverageGate(limits: settings.gate).failures(
      coverageTotals, group: group, isSiteTooSmall: groups.isSiteTooSmall, groupMinimum: groupMinimum, sums: sums)
  }
}

extension AuditPeriod {
  /// Hours with attempts, by reported group.
  fileprivate func attempts(of row: ComparisonKey) -> [String: Set<Hour>] {
    var attempts: [String: Set<Hour>] = [:]
    for (key, totals) in usage where key.service.purpose == row.purpose && !totals.blockedHours.isEmpty {
      guard row.service == nil || row.service == key.service else { continue }
      guard row.scope == .site || row.scope == .group(key.group) else { continue }
      attempts[key.group, default: []].formUnion(totals.blockedHours)
    }
    return attempts
  }
}

/// Computes the rows of a comparison, one scope after the other.
private struct ComparisonWork {
  let sides: BeforeAfter<ComparisonPeriod>
  let sums: BeforeAfter<ComparisonSums>
  let isPaired: Bool
  let disclosure: ComparisonDisclosure

  /// Share of samples in which a bound does not hold.
  private static let error = 0.05

  func rows(of scope: ComparisonScope, siteGaps: [ComparisonGap]) throws -> [ComparisonRow] {
    let devices = sums.map { $0.days[scope] ?? [:] }
    let places = DevicePlaces(devices, isPaired: isPaired)
    let keys = Set(sums.both.flatMap(\.contacts.keys)).filter { $0.scope == scope }.sorted()
    let contacts = keys.map { key in places.contacts(sums.map { $0.contacts[key] ?? [:] }) }
    let intervals = ClusterBootstrap(days: places.days, isPaired: isPaired).intervals(of: contacts)
    let present = devices.map { (devices: $0.count, days: $0.values.saturatingSum) }
    let scopeGaps = siteGaps + gaps(of: scope, present)
    return try zip(keys, intervals).map { key, intervals in
      let contacts = sums.map { $0.contacts[key] ?? [:] }
      let totals = contacts.map { devices in
        ComparedMeasure.allCases.reduce(into: [ComparedMeasure: UInt64]()) { totals, measure in
          totals[measure] = devices.values.map { $0[measure] }.saturatingSum
        }
      }
      let shown = BeforeAfter(
        before: totals.before.filter { disclosure.isShown(key, $0.key, .before) },
        after: totals.after.filter { disclosure.isShown(key, $0.key, .after) })
      let isWhole = { (measure: ComparedMeasure) in shown.both.allSatisfy { $0[measure] != nil } }
      let gaps = scopeGaps + ruleGaps(of: key) + proofGaps(of: key, totals)
      let state = gaps.isEmpty ? Self.state(totals) : .notAssessable
      return ComparisonRow(
        key: key, state: state, gaps: gaps, figures: shown.map { ComparisonRow.Figures(shown: $0) }, present: present,
        changes: gaps.isEmpty ? changes(totals, present).filter { isWhole($0.key) } : [:],
        // If nothing is left, each draw gives the same; only the exact bound shows how much there may have been.
        intervals: gaps.isEmpty
          ? intervals.filter { isWhole($0.key) && (totals.after[$0.key] ?? 0) > 0 } : [:],
        bound: bound(state, present), facts: try facts(of: key))
    }
  }

  private static func state(_ totals: BeforeAfter<[ComparedMeasure: UInt64]>) -> ComparisonState {
    let isReached = totals.map { ($0[.devices] ?? 0) > 0 }
    let isAttempted = totals.map { ($0[.blockedAttempts] ?? 0) > 0 }
    return switch (isReached.before, isReached.after) {
    case (true, true): .both
    case (true, false): isAttempted.after ? .attemptsAfter : .onlyBefore
    case (false, true): isAttempted.before ? .attemptsBefore : .onlyAfter
    case (false, false): .attemptsOnly
    }
  }

  /// Attempts without an answer show no absence of contact if an answer might have gone by unseen.
  private func proofGaps(
    of key: ComparisonKey, _ totals: BeforeAfter<[ComparedMeasure: UInt64]>
  ) -> [ComparisonGap] {
    let (part, side): (ComparisonPart, ComparisonPeriod)
    switch Self.state(totals) {
    case .attemptsAfter: (part, side) = (.after, sides.after)
    case .attemptsBefore: (part, side) = (.before, sides.before)
    case .both, .onlyBefore, .onlyAfter, .attemptsOnly, .notAssessable: return []
    }
    let gaps = side.period.proof.gaps(attempts: side.period.attempts(of: key))
    return gaps.isEmpty ? [] : [.proof(part, gaps)]
  }

  private func changes(
    _ totals: BeforeAfter<[ComparedMeasure: UInt64]>, _ present: BeforeAfter<(devices: Int, days: UInt64)>
  ) -> [ComparedMeasure: RelativeChange] {
    var changes: [ComparedMeasure: RelativeChange] = [:]
    for measure in ComparedMeasure.allCases {
      changes[measure] = RelativeChange(
        totals.map { $0[measure] ?? 0 }, per: present.map { measure == .devices ? UInt64($0.devices) : $0.days })
    }
    return changes
  }

  private func bound(
    _ state: ComparisonState, _ present: BeforeAfter<(devices: Int, days: UInt64)>
  ) -> (deviceDays: Double, devices: Double)? {
    let silent: (devices: Int, days: UInt64)
    let keys: Int
    switch state {
    case .onlyBefore, .attemptsAfter: (silent, keys) = (present.after, sides.after.keys)
    case .onlyAfter, .attemptsBefore: (silent, keys) = (present.before, sides.before.keys)
    case .both, .attemptsOnly, .notAssessable: return nil
    }
    return (
      BinomialBounds.upper(0, of: Int(clamping: silent.days), error: Self.error),
      BinomialBounds.upper(0, of: (silent.devices + keys - 1) / keys, error: Self.error)
    )
  }

  private func gaps(
    of scope: ComparisonScope, _ present: BeforeAfter<(devices: Int, days: UInt64)>
  ) -> [ComparisonGap] {
    guard case .group(let name) = scope else { return [] }
    func gaps(_ part: ComparisonPart, _ side: ComparisonPeriod) -> [ComparisonGap] {
      guard let group = side.period.groups.groups[name] else { return [.noGroup(part)] }
      let ofSite = side.period.failures(group: side.period.groups.site, sums: nil)
      return side.period.failures(group: group, sums: side.period.groupSums[name])
        .filter { !ofSite.contains($0) }.map { .gate(part, $0) }
    }
    return gaps(.before, sides.before) + gaps(.after, sides.after)
  }

  /// A period whose rules do not know a service shows no contact with it, even if there was some.
  private func ruleGaps(of key: ComparisonKey) -> [ComparisonGap] {
    guard let service = key.service else { return [] }
    let claim = Claim(
      id: "", says: LocalizedText(en: "", de: ""), purpose: service.purpose, services: [service.service])
    func isKnown(_ side: ComparisonPeriod) -> Bool {
      Set(side.observed.map(\.ruleSetHash)).allSatisfy { side.period.register.knows(claim, $0) }
    }
    return (isKnown(sides.before) ? [] : [.noRule(.before)]) + (isKnown(sides.after) ? [] : [.noRule(.after)])
  }

  private func facts(of key: ComparisonKey) throws -> RuleFacts? {
    guard let service = key.service else { return nil }
    return [sides.after, sides.before].lazy.compactMap { side in
      side.period.register.facts(of: service, in: Set(side.observed.map(\.ruleSetHash)))
    }.first
  }

  /// Purposes of which the sessions became fewer or more from the first to the second half of one period, by more than
  /// devices differ.
  func drift(_ halves: [ComparisonSums], minimum: Int) -> [(purpose: PurposeClass, isFall: Bool)] {
    let parts = BeforeAfter(before: halves[0], after: halves[1])
    let places = DevicePlaces(parts.map { $0.days[.site] ?? [:] }, isPaired: true)
    let keys = Set(parts.both.flatMap(\.contacts.keys)).filter { key in
      key.scope == .site && key.service == nil
        && parts.both.allSatisfy { ($0.contacts[key] ?? [:]).values.count { $0.sessions > 0 } >= minimum }
    }.sorted()
    let intervals = ClusterBootstrap(days: places.days, isPaired: true)
      .intervals(of: keys.map { key in places.contacts(parts.map { $0.contacts[key] ?? [:] }) })
    return zip(keys, intervals).compactMap { key, intervals in
      guard let sessions = intervals[.sessions], !sessions.holdsNoChange else { return nil }
      return (key.purpose, sessions.high.hundredths < 0)
    }
  }
}

/// The index of each device among those of a scope: the same in both periods if devices are paired.
private struct DevicePlaces {
  private let places: BeforeAfter<[DevicePseudonym: Int]>
  let days: BeforeAfter<[UInt64]>

  init(_ devices: BeforeAfter<[DevicePseudonym: UInt64]>, isPaired: Bool) {
    let all = Set(devices.before.keys).union(devices.after.keys)
    let order = devices.map { (isPaired ? all : Set($0.keys)).sorted() }
    places = order.map { Dictionary(uniqueKeysWithValues: $0.enumerated().map { ($1, $0) }) }
    days = BeforeAfter(
      before: order.before.map { devices.before[$0] ?? 0 }, after: order.after.map { devices.after[$0] ?? 0 })
  }

  func contacts(_ contacts: BeforeAfter<[DevicePseudonym: DeviceContact]>) -> ClusterBootstrap.Contacts {
    BeforeAfter(
      before: Self.entries(contacts.before, places.before), after: Self.entries(contacts.after, places.after))
  }

  private static func entries(
    _ contacts: [DevicePseudonym: DeviceContact], _ places: [DevicePseudonym: Int]
  ) -> [(device: Int, contact: DeviceContact)] {
    contacts.compactMap { device, contact in places[device].map { (device: $0, contact: contact) } }
  }
}

/// Decides which figures are shown: none to which fewer devices than the smallest group contributed, and none from
/// which such a figure follows by subtraction.
///
/// The sum of a purpose at the site is that of its groups, the sum of a group that of its services. If some parts of a
/// sum are withheld, the smallest others join them until at least as many devices as the smallest group contributed to
/// what is withheld. Parts of a withheld sum are withheld, too. Each measure of each period is treated on its own,
/// because many devices with blocked attempts do not hide the one that had contact, and all of this regardless of the
/// groups that are asked for. A figure to which no device contributed is 0 and is shown.
struct ComparisonDisclosure {
  private var withheld: BeforeAfter<[ComparedMeasure: Set<ComparisonKey>]>

  /// `minimum`: of pseudonyms; that of devices, times the keys of the period.
  init(_ sums: BeforeAfter<ComparisonSums>, minimum: BeforeAfter<Int>) {
    withheld = BeforeAfter(
      before: Self.withheld(sums.before, minimum.before), after: Self.withheld(sums.after, minimum.after))
  }

  private static func withheld(_ sums: ComparisonSums, _ minimum: Int) -> [ComparedMeasure: Set<ComparisonKey>] {
    var withheld = ComparedMeasure.allCases.reduce(into: [ComparedMeasure: Set<ComparisonKey>]()) {
      $0[$1] = Self.withheld(sums, $1, minimum)
    }
    // Sessions and bytes beside a withheld number of devices would mostly be those of these devices; blocked attempts
    // send bytes, too.
    for measure in [ComparedMeasure.sessions, .bytesUp] {
      withheld[measure, default: []].formUnion(withheld[.devices] ?? [])
    }
    return withheld
  }

  func isShown(_ key: ComparisonKey, _ measure: ComparedMeasure, _ part: ComparisonPart) -> Bool {
    (part == .before ? withheld.before : withheld.after)[measure]?.contains(key) != true
  }

  private static func withheld(
    _ sums: ComparisonSums, _ measure: ComparedMeasure, _ minimum: Int
  ) -> Set<ComparisonKey> {
    let contributors = sums.contacts.mapValues { devices in Set(devices.filter { $0.value[measure] > 0 }.keys) }
      .filter { !$0.value.isEmpty }
    var services: [ComparisonKey: [ComparisonKey]] = [:]
    var groups: [PurposeClass: [ComparisonKey]] = [:]
    var sites: [ComparisonKey] = []
    for key in contributors.keys.sorted() {
      if key.service != nil {
        services[ComparisonKey(purpose: key.purpose, scope: key.scope), default: []].append(key)
      } else if key.scope == .site {
        sites.append(key)
      } else {
        groups[key.purpose, default: []].append(key)
      }
    }
    var withheld: Set<ComparisonKey> = []
    func withhold(_ parts: [ComparisonKey], of sum: ComparisonKey) {
      withheld.formUnion(
        withheld.contains(sum) ? Set(parts) : Self.withheld(parts.map { ($0, contributors[$0] ?? []) }, minimum))
    }
    for site in sites {
      if (contributors[site] ?? []).count < minimum { withheld.insert(site) }
      let parts = groups[site.purpose] ?? []
      withhold(parts, of: site)
      for part in parts { withhold(services[part] ?? [], of: part) }
    }
    return withheld
  }

  private static func withheld(
    _ parts: [(key: ComparisonKey, devices: Set<DevicePseudonym>)], _ minimum: Int
  ) -> Set<ComparisonKey> {
    let ascending = parts.sorted { ($0.devices.count, $0.key) < ($1.devices.count, $1.key) }
    var devices: Set<DevicePseudonym> = []
    var keys: Set<ComparisonKey> = []
    for part in ascending {
      guard part.devices.count < minimum || (!keys.isEmpty && devices.count < minimum) else { break }
      keys.insert(part.key)
      devices.formUnion(part.devices)
    }
    return keys
  }
}
