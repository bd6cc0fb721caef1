import Model
import Privacy
import Store

/// Reads from a period what it shows about one claim.
struct ClaimReading {
  private(set) var figures = ClaimFigures()
  private(set) var gaps: [ClaimGap] = []
  private(set) var breaches: [ClaimBreach] = []

  private let claim: Claim
  private let period: AuditPeriod
  private let limits: GateLimits
  /// Nil for the whole site.
  private let groups: Set<String>?

  init(_ claim: Claim, _ period: AuditPeriod, _ source: some AuditSource) throws {
    self.claim = claim
    self.period = period
    limits = period.settings.gate
    groups = claim.groups.isEmpty ? nil : Set(claim.groups)
    try readUsage()
    let sums = try readDevices(source)
    readOverrides()
    readGate(sums)
  }

  private func isClaimed(_ reported: String) -> Bool { groups?.contains(reported) ?? true }

  // MARK: Contact

  private mutating func readUsage() throws {
    let isCollected = groups.map { !$0.isDisjoint(with: period.groups.collected) } ?? false
    var collectedSessions: UInt64 = 0
    for (key, totals) in period.usage.sorted(by: { $0.key < $1.key }) {
      let isConcerned = claim.concerns(service: key.service.service, purpose: key.service.purpose)
      let wasReached = totals.sessions > 0 || !totals.devicesSeen.isEmpty
      guard isClaimed(key.group) else {
        if isCollected, key.group == GroupName.collecting, isConcerned, wasReached {
          collectedSessions.addSaturating(max(totals.sessions, 1))
        }
        continue
      }
      guard isConcerned else {
        figures.contradicted = UsageTotals.sum(figures.contradicted, totals.contradictedFlows)
        figures.uncertainBytes.addSaturating(totals.bytesByClass[.d] ?? 0)
        if key.service.purpose == .unknown { figures.unknownPurposeSessions.addSaturating(totals.sessions) }
        continue
      }
      figures.blockedAttempts.addSaturating(totals.blockedAttempts)
      guard !wasReached else {
        breaches.append(try breach(key, totals))
        continue
      }
      figures.unansweredBytes.addSaturating(totals.bytesUp)
    }
    if collectedSessions > 0 { gaps.append(.collected(sessions: collectedSessions)) }
    if figures.contradicted != 0 { gaps.append(.contradicted(figures.contradicted)) }
  }

  private func breach(_ key: AuditPeriod.FindingKey, _ totals: UsageTotals) throws -> ClaimBreach {
    let rules = try period.register.merged(totals.rules)
    let answered = totals.contacts.values.flatMap(\.devices.values)
    let first = answered.map(\.lowerBound).min()
    let last = answered.map(\.upperBound).max()
    let hours = first.flatMap { first in last.map { first...$0 } }
    let lastDay = last.map { period.clock.date(of: $0) }
    let measures = period.settings.measures.filter { measure in
      guard let date = LocalDate(measure.date), let lastDay, date <= lastDay else { return false }
      return rules.all.contains(where: measure.isMeant)
    }
    return ClaimBreach(
      key: key, findingID: period.identifier(of: key), rules: rules, patterns: totals.patterns.sorted(),
      sessions: totals.sessions, devices: period.deviceCount(totals.devicesSeen), days: totals.activeDays.count,
      bytesUp: totals.bytesUp, hours: hours, measure: measures.max { $0.date < $1.date })
  }

  // MARK: Devices, hours, canaries

  /// Flows of the claimed groups to anything, on all days; nil if they were not measured.
  private mutating func readDevices(_ source: some AuditSource) throws -> GroupHour? {
    let assessable = readHours()
    var present: [LocalDate: Set<DevicePseudonym>] = [:]
    var unseenGroups = Set(period.settings.groups.map(\.name)).filter { groups?.contains($0) ?? true }
    for entry in try source.presence(in: period.hours) {
      unseenGroups.remove(entry.group)
      let date = period.reporting.date(ofPresence: entry.day)
      guard isClaimed(period.reporting.reportedGroup(entry.group, on: date)) else { continue }
      present[date, default: []].insert(entry.device)
    }
    figures.unseenGroups = unseenGroups.sorted()
    var flows: [LocalDate: GroupHour] = [:]
    var sums: GroupHour?
    // Only these are printed.
    var shown: GroupHour?
    for row in try source.groupHours(in: period.hours) {
      let date = period.clock.date(of: row.hour)
      guard isClaimed(period.reporting.reportedGroup(row.group, on: date)) else { continue }
      flows[date, default: GroupHour(hour: row.hour, group: row.group)].add(row)
      sums = sums ?? GroupHour(hour: row.hour, group: row.group)
      sums?.add(row)
      guard !period.reporting.isHeldBack(row.hour) else { continue }
      shown = shown ?? GroupHour(hour: row.hour, group: row.group)
      shown?.add(row)
    }
    var devices: Set<DevicePseudonym> = []
    var weighted = 0.0
    var hiddenBefore = 0
    for (date, present) in present.sorted(by: { $0.key < $1.key }) {
      guard let hours = assessable[date], hours.assessable > 0 else { continue }
      devices.formUnion(present)
      figures.deviceDays += present.count
      weighted += Double(present.count) * Double(hours.assessable) / Double(hours.all)
      hiddenBefore = min(ClaimReading.hidden(flows[date], before: hiddenBefore), present.count)
      figures.hiddenDeviceDays += hiddenBefore
    }
    // The fewer devices, the greater the bound over them.
    figures.devices = period.deviceCount(devices)
    figures.absentDeviceDays = max(figures.devices * assessable.count - figures.deviceDays, 0)
    figures.detectionFloor =
      figures.deviceDays == 0
      ? 0 : ClaimFigures.floor(figures.canaries, figures.controls, hourShare: weighted / Double(figures.deviceDays))
    figures.deviceDays -= figures.hiddenDeviceDays
    try readFlows(shown, source)
    return sums
  }

  /// Upper bound of the devices with a flow on that day whose true destination cannot be seen. A flow counts on the day
  /// on which it begins; if a day only has bytes of earlier flows, as many devices may have had some as on the day
  /// before.
  private static func hidden(_ sums: GroupHour?, before: Int) -> Int {
    guard let sums else { return 0 }
    let begun = Int(clamping: sums.unexaminableFlows)
    return sums.unexaminableBytes > 0 ? max(begun, before, 1) : begun
  }

  private mutating func readFlows(_ sums: GroupHour?, _ source: some AuditSource) throws {
    guard let sums else { return }
    figures.flows = sums.outboundFlows
    let described = try describedSessions(source)
    figures.flowsWithoutRule = sums.outboundFlows - min(sums.outboundFlows, described)
    let listed = try period.undescribed(source)
    if let comparison = period.comparison, comparison.days != nil {
      let states = listed.map { comparison.change(of: $0.identity)?.state ?? .known }
      figures.undescribedSince = comparison.stored.name
      figures.undescribed = (
        listed.count, states.count { if case .new = $0 { true } else { false } },
        states.count { if case .notAssessable = $0 { true } else { false } }
      )
    } else {
      figures.undescribed = (
        listed.count, listed.count { $0.isNew == true }, listed.count { $0.isNew == nil }
      )
    }
    figures.unexaminableFlows = sums.unexaminableFlows
    figures.unexaminableBytes = sums.unexaminableBytes
    figures.unexaminable = Share.larger(
      Share(sums.unexaminableFlows, of: sums.outboundFlows), Share(sums.unexaminableBytes, of: sums.bytesOut))
  }

  /// Sessions that rules describe. Those of days with too few devices are known only together with those of the day on
  /// which they are reported; so neither counts.
  private func describedSessions(_ source: some AuditSource) throws -> UInt64 {
    let told = Set(period.heldBack.compactMap(\.toldOn))
    guard !period.heldBack.isEmpty else {
      return period.usage.filter { isClaimed($0.key.group) }.values.map(\.sessions).saturatingSum
    }
    var sessions: UInt64 = 0
    _ = try source.scanUsage(in: period.hours) { use, names in
      let date = period.clock.date(of: use.hour)
      guard !period.reporting.isHeldBack(use.hour), !told.contains(date),
        isClaimed(period.reporting.reportedGroup(names.labels[use.label].group, on: date))
      else { return }
      sessions.addSaturating(use.sessions)
    }
    return sessions
  }

  private struct DayHours {
    var all = 0
    var assessable = 0
  }

  /// Hours of each local day that had to be observed, and those of them in which contact would have been seen.
  private mutating func readHours() -> [LocalDate: DayHours] {
    let canaries = CanaryCounts.byHour(period.coverage)
    let gate = CoverageGate(limits: limits)
    var isAssessable: [Hour: Bool] = [:]
    var isPartial: Set<Hour> = []
    for row in period.coverage {
      let hour = row.coverage.hour
      let counts = canaries[CanaryCounts.Key(row)] ?? CanaryCounts(expected: 0, seen: 0)
      let failures = gate.failures(
        CoverageTotals(
          row.coverage, canaries: counts, ruleAgeDays: period.ruleAge(row.ruleSetHash, at: hour)))
      let sees =
        !row.isMissing && counts.expected > 0 && counts.seen == counts.expected
        && !failures.contains(where: \.blindsHour)
      isAssessable[hour] = (isAssessable[hour] ?? true) && sees
      if !row.isMissing, counts.expected == 0 { isPartial.insert(hour) }
    }
    figures.canaries = CanaryCounts(period.coverage)
    figures.controls = period.settings.controlPaths.map { control($0, canaries) }
    var days: [LocalDate: DayHours] = [:]
    let edges = [period.hours.lowerBound, period.lastHour]
    period.window.forEach { hour in
      // A recording begins and ends within an hour, in which no canary is expected: that hour is not part of the base.
      if edges.contains(hour), isPartial.contains(hour) { return }
      let date = period.clock.date(of: hour)
      days[date, default: DayHours()].all += 1
      figures.hours += 1
      guard isAssessable[hour] == true else { return }
      days[date, default: DayHours()].assessable += 1
      figures.assessableHours += 1
    }
    return days
  }

  /// One of each way is expected in each hour in which a canary is.
  private func control(_ path: ControlPath, _ canaries: [CanaryCounts.Key: CanaryCounts]) -> ClaimControl {
    var expected: Set<CanaryCounts.Key> = []
    var seen: Set<CanaryCounts.Key> = []
    var groups: Set<String> = []
    for row in period.coverage {
      let key = CanaryCounts.Key(row)
      guard let counts = canaries[key], counts.expected > 0 else { continue }
      expected.insert(key)
      for entry in row.coverage.controls?.entries ?? [] where entry.path == path && entry.seen > 0 {
        seen.insert(key)
        groups.insert(entry.group)
      }
    }
    return ClaimControl(
      path: path, counts: CanaryCounts(expected: UInt64(expected.count), seen: UInt64(seen.count)),
      groups: groups.sorted())
  }

  // MARK: Needs

  private mutating func readGate(_ sums: GroupHour?) {
    let totals = period.coverageTotals
    let group = ReportedGroups.Group(devices: figures.devices, deviceDays: figures.deviceDays, secrecyZone: .none)
    let failures = CoverageGate(limits: limits).failures(
      totals, group: group, isSiteTooSmall: period.groups.isSiteTooSmall, groupMinimum: period.groupMinimum, sums: sums)
    // Without an assessable hour there is no device-day; the reason is listed below.
    gaps += failures.filter { if case .deviceDays = $0 { figures.assessableHours > 0 } else { true } }
      .map(ClaimGap.gate)
    let notStored = period.daysNotStored(from: claim.from.flatMap { LocalDate($0) })
    if notStored > 0 { gaps.append(.notStored(days: notStored)) }
    if totals.unmeasuredHours > 0 { gaps.append(.notMeasured(hours: Int(clamping: totals.unmeasuredHours))) }
    figures.recordedHours = totals.clockUnknownHours
    let sight = totals.shown.sight
    figures.oneSided = (sight.oneSidedFlows, .saturatingSum(sight.oneSidedFlows, sight.twoSidedFlows))
    figures.encryptedHellos =
      period.coverage.map(\.coverage).filter { !period.reporting.isHeldBack($0.hour) }.map(\.echFlows)
      .saturatingSum
    let transit = period.coverage.filter { !$0.isMissing }.reduce(UInt64?(0)) { sum, row in
      UsageTotals.sum(sum, row.coverage.transitFlows)
    }
    if transit != 0 { gaps.append(.transit(transit)) }
    let strangers = period.coverage.count { !$0.isMissing && !period.register.knows(claim, $0.ruleSetHash) }
    if strangers > 0 { gaps.append(.noRules(hours: strangers)) }
    if figures.canaries.expected == 0 {
      gaps.append(.noCanary)
    } else if Double(figures.assessableHours) < limits.minimumCanaries * Double(figures.hours) {
      gaps.append(
        .hours(
          figures.assessableHours * 10_000 / max(figures.hours, 1), limit: hundredths(limits.minimumCanaries)))
    }
    for control in figures.controls where control.counts.expected > 0 {
      let (expected, seen) = (control.counts.expected, control.counts.seen)
      guard Double(seen) < limits.minimumCanaries * Double(expected) else { continue }
      gaps.append(
        .control(
          control.path, share: Int(clamping: seen * 10_000 / expected), limit: hundredths(limits.minimumCanaries)))
    }
    if limits.expectsQUIC, totals.sight.quicFlows == 0 { gaps.append(.noQUIC) }
    let all = figures.deviceDays + figures.hiddenDeviceDays
    if Double(figures.hiddenDeviceDays) > limits.maximumHiddenDeviceDays * Double(all) {
      gaps.append(
        .hidden(
          figures.hiddenDeviceDays, share: (figures.hiddenDeviceDays * 10_000 + all - 1) / max(all, 1),
          limit: hundredths(limits.maximumHiddenDeviceDays)))
    }
    // Without canaries or device-days the bound is 1, and what is missing is listed already.
    let bound = figures.boundOverDeviceDays
    let isUnbounded = figures.detectionFloor <= 0
    if isUnbounded ? gaps.isEmpty : bound > limits.negativeProofLimit {
      gaps.append(
        .bound(
          Int((bound * 10_000).rounded(.up)), limit: hundredths(limits.negativeProofLimit),
          deviceDays: figures.deviceDays, needed: figures.deviceDays(for: limits.negativeProofLimit)))
    }
  }

  /// Overrides may disable the rules that a claim is about.
  private mutating func readOverrides() {
    let changed: Set<LocalOverride.Part> = [.disabled, .purpose, .patterns, .addresses]
    let hashes = Set(period.coverage.lazy.filter { !$0.isMissing }.map(\.ruleSetHash))
    let entries = period.register.localOverrides(hashes).filter { entry in
      changed.contains(where: entry.override.changes)
    }
    figures.overrides = entries.count
    let concerned = entries.count { entry in
      // Of a changed purpose, the former one is not known.
      claim.services.isEmpty
        ? entry.override.changes(.purpose) || period.register.hasRule(entry.rule, concernedBy: claim, in: hashes)
        : claim.services.contains { entry.rule.hasPrefix($0 + ".") }
    }
    if concerned > 0 { gaps.append(.overridden(concerned)) }
  }

  private func hundredths(_ share: Double) -> Int { Int((share * 10_000).rounded()) }
}

extension GateFailure {
  /// Contact in an hour with this fault may have gone unseen. Shares, which mean little for a quiet hour, are judged
  /// for the whole period.
  fileprivate var blindsHour: Bool {
    switch self {
    case .loss, .givenUp, .gap, .canaries, .neverContacted, .portMissing, .capturedShort, .unfinished: true
    case .oneSided(let share, _): share >= 5_000
    case .named, .ruleAge, .deviceDays, .tooFewDevices, .seenTwice, .unexaminable, .clock, .nothingSeen: false
    }
  }
}
