import Model
import Privacy
import Store

extension Baseline {
  /// A baseline of what a source shows of the local days `from` to `to`, inclusive.
  ///
  /// Throws `ReportingError`: also if the coverage gate does not pass for the site, because what was not seen in such a
  /// period would look new in the next.
  init(
    _ source: some AuditSource, from: LocalDate, to: LocalDate, patchDays: [LocalDate]
  ) throws {
    let period = try AuditPeriod(source: source, from: from, to: to, baseline: .none)
    let failures = period.siteFailures
    guard failures.isEmpty else {
      throw ReportingError.baselineNotAssessable(failures.map { Texts.failure($0, .english) })
    }
    let days = period.clock.days(of: period.hours)
    let gate = CoverageGate(limits: period.settings.gate)
    let totals = period.coverageTotals
    let groups = period.groups.groups.mapValues { $0 }.map { name, group in
      (
        name,
        gate.failures(
          totals, group: group, isSiteTooSmall: period.groups.isSiteTooSmall, groupMinimum: period.groupMinimum,
          sums: period.groupSums[name]
        ).isEmpty
      )
    }
    let observed = period.observedDays.sorted()
    var services = try period.usage.map { key, totals in
      let rules = try period.register.merged(totals.rules)
      return Service(
        recipient: key.service.recipient, service: key.service.service, purpose: key.service.purpose, group: key.group,
        rules: rules.baseIDs, patterns: totals.patterns.sorted(),
        contact: totals.activeDays.isEmpty ? .attempts : .inBaseline,
        rhythm: Rhythm(of: period.contactDays(of: key), within: observed))
    }
    services += try Baseline.earlierServices(source, before: days, observed: observed, than: services)

    let listed = try period.undescribedByIdentity(source)
    let listedDays = listed.days.filter(days.contains)
    var destinations = listed.map { identity, rows in
      Destination(
        destination: identity.text, contact: .inBaseline,
        rhythm: Rhythm(of: Set(rows.map { LocalDate(day: $0.day) }), within: listedDays),
        devices: rows.map(\.devices).max() ?? 0)
    }
    destinations += try source.firstDaysOfUndescribed(
      through: days.lowerBound.day - 1, devices: UInt64(period.groupMinimum)
    ).keys.filter { listed[$0] == nil }.map {
      Destination(destination: $0.text, contact: .before, rhythm: Rhythm(of: [], within: listedDays), devices: 0)
    }
    self.init(
      firstDay: days.lowerBound.day, lastDay: days.upperBound.day, observedDays: observed.count,
      patchDays: Set(patchDays.map(\.day)).sorted(), groupMinimum: period.groupMinimum,
      groups: Dictionary(uniqueKeysWithValues: groups), ruleSets: period.ruleSetHashes.sorted(),
      // An older version of the program, or one configured not to, lists none.
      listsDestinations: !listed.isEmpty && period.undescribedLosses == 0,
      services: services.sorted { $0.order.lexicographicallyPrecedes($1.order) },
      destinations: destinations.sorted { $0.destination < $1.destination })
  }

  /// Services with answered contact on days of the store before `days`, as far as `services` shows no contact with
  /// them.
  private static func earlierServices(
    _ source: some AuditSource, before days: ClosedRange<LocalDate>, observed: [LocalDate], than services: [Service]
  ) throws -> [Service] {
    let earlier: AuditPeriod
    do {
      earlier = try AuditPeriod(source: source, from: nil, to: LocalDate(day: days.lowerBound.day - 1), baseline: .none)
    } catch ReportingError.nothingStored, ReportingError.tooFewDevices, ReportingError.deleted {
      return []
    }
    let seen = Set(services.filter { $0.contact == .inBaseline }.map(\.key))
    return try earlier.usage.filter { !$0.value.activeDays.isEmpty && !seen.contains($0.key) }.map { key, totals in
      Service(
        recipient: key.service.recipient, service: key.service.service, purpose: key.service.purpose, group: key.group,
        rules: try earlier.register.merged(totals.rules).baseIDs, patterns: totals.patterns.sorted(), contact: .before,
        rhythm: Rhythm(of: [], within: observed))
    }
  }
}

extension Baseline.Rhythm {
  /// Who knows pause and silence exactly can compute the day of a single visit from either, and from both if they are
  /// rounded on their own. So first and last day of contact are known by their week alone, counted from the end of the
  /// baseline: the pause before the first one is taken to last to the end of its week. The first week is the longest,
  /// with the days that make no whole week.
  init(of contact: Set<LocalDate>, within observed: [LocalDate]) {
    let days = observed.indices.filter { contact.contains(observed[$0]) }
    guard let first = days.first, let last = days.last else {
      self.init(longestPause: 0, silence: observed.count)
      return
    }
    let greatest = max(observed.count / 7 - 1, 0) * 7
    let weeksAfter = { (day: Int) in min((observed.count - 1 - day) / 7 * 7, greatest) }
    let lastOfWeek = { (day: Int) in observed.count - 1 - weeksAfter(day) }
    var longest = 0
    if weeksAfter(last) == greatest {
      longest = lastOfWeek(last)
    } else {
      if weeksAfter(first) < greatest { longest = lastOfWeek(first) }
      for (day, next) in zip(days, days.dropFirst()) { longest = max(longest, next - day - 1) }
    }
    self.init(longestPause: longest / 7 * 7, silence: weeksAfter(last))
  }

  /// The fewest whole weeks that are longer than any of its pauses, in days; the same for pauses that are not rounded
  /// yet.
  var unusualSilence: Int { (longestPause / 7 + 1) * 7 }
}

extension Baseline.Service {
  var key: AuditPeriod.FindingKey {
    AuditPeriod.FindingKey(
      service: AuditPeriod.ServiceKey(recipient: recipient, service: service, purpose: purpose), group: group)
  }

  fileprivate var order: [String] { [recipient, service, purpose.rawValue, group, contact.rawValue] }
}

extension MergedRules {
  /// Ids as the authors of the rules wrote them, each once, sorted.
  var baseIDs: [String] { Set(all.map(\.baseID)).sorted() }
}

extension AuditPeriod {
  /// What the coverage gate misses for the whole site.
  var siteFailures: [GateFailure] {
    CoverageGate(limits: settings.gate).failures(
      coverageTotals, group: groups.site, isSiteTooSmall: groups.isSiteTooSmall, groupMinimum: groupMinimum)
  }

  var ruleSetHashes: Set<String> { Set(coverage.lazy.filter { !$0.isMissing }.map(\.ruleSetHash)) }

  /// Days of answered contact with a service; empty if the group has none.
  ///
  /// The devices of a group stand in the collecting group on days on which they are too few, so that the days of both
  /// count for each.
  func contactDays(of key: FindingKey) -> Set<LocalDate> {
    guard let days = usage[key]?.activeDays, !days.isEmpty else { return [] }
    let others =
      key.group == GroupName.collecting
      ? groups.collected : groups.collected.contains(key.group) ? [GroupName.collecting] : []
    return others.reduce(into: days) { days, group in
      days.formUnion(usage[FindingKey(service: key.service, group: group)]?.activeDays ?? [])
    }
  }

  /// Times that a destination without a rule was not noted because memory was short.
  var undescribedLosses: UInt64 {
    coverage.compactMap { $0.coverage.anomalies[.undescribedNotNoted] }.saturatingSum
  }
}
