public import Model
import Privacy
import Store

/// With which baseline a period is compared.
public enum BaselineChoice: Sendable, Equatable {
  /// The one that was set last, of those that end before the last day of the period.
  case newest
  case named(BaselineName)
  case none
}

/// State of a service or a destination compared with a baseline. The raw value is its word in tables.
enum BaselineState: Sendable, Equatable {
  case known
  /// Not seen in the baseline nor before it; first seen on this day.
  case new(LocalDate)
  /// Seen in the baseline or before it, then silent, then seen again on this day.
  case returned(LocalDate)
  /// Seen in the baseline, and not since, although it would have been.
  case gone
  /// The same, but there were attempts, none of which got an answer.
  case attemptsOnly
  case notAssessable(BaselineDoubt)

  var word: String {
    switch self {
    case .known: "known"
    case .new: "new"
    case .returned: "returned"
    case .gone: "gone"
    case .attemptsOnly: "attempts_only"
    case .notAssessable: "not_assessable"
    }
  }

  var day: LocalDate? {
    switch self {
    case .new(let day), .returned(let day): day
    case .known, .gone, .attemptsOnly, .notAssessable: nil
    }
  }
}

/// Why nobody can tell whether something is new or gone.
enum BaselineDoubt: Sendable, Equatable {
  // Doubts about something that is not in the baseline:
  /// The coverage gate did not pass for the group in the baseline.
  case groupNotCovered
  /// The rules of the baseline did not have this rule, or an earlier revision of it.
  case ruleChanged
  /// The baseline lists no destinations without a rule, or not all.
  case notListed
  /// Fewer devices contacted it than the smallest group had in the baseline.
  case belowFormerMinimum

  // Doubts about something that is only in the baseline:
  /// No row of the period may show this group.
  case groupNotShown
  /// The rules of some hours do not have the rule.
  case ruleMissing
  case gate([GateFailure])
  case proof([ProofGap])
  /// Fewer observed days than are needed.
  case tooShort(days: Int, needed: Int)
  /// More devices are needed for a row now than contacted it in the baseline.
  case belowMinimum
  /// The period lists no destinations without a rule, or not all.
  case notListedNow

  /// Whether something new may hide behind it.
  var mayBeNew: Bool {
    switch self {
    case .groupNotCovered, .ruleChanged, .notListed, .belowFormerMinimum: true
    case .groupNotShown, .ruleMissing, .gate, .proof, .tooShort, .belowMinimum, .notListedNow: false
    }
  }
}

/// A service or a destination without a rule, compared with a baseline.
struct BaselineChange {
  enum Subject {
    case service(AuditPeriod.FindingKey, title: LocalizedText, recipient: String, rules: [String])
    case destination(UndescribedDestination.Identity)
  }

  let subject: Subject
  let state: BaselineState
  /// Its state at the end of the baseline; nil if it is not in the baseline.
  let contact: Baseline.Contact?
  /// Since the baseline, with answered contact; of a destination the most of one day.
  let devices: Int
  /// The same devices of a service, to count those of several services; empty for destinations.
  let pseudonyms: Set<DevicePseudonym>
}

/// The days between a baseline and the end of a period, compared with the baseline.
struct BaselineComparison {
  let stored: StoredBaseline
  /// The days that are compared; nil if the period ends with the baseline, before it, or shows none of them.
  let days: ClosedRange<LocalDate>?
  /// Whether days between the baseline and these are not compared, because they are no longer stored in full.
  let hasHole: Bool
  /// Gate limits that these days miss for the site.
  let failures: [GateFailure]
  /// Other rules judged these days than the baseline.
  let rulesDiffer: Bool
  /// Groups that have rows now and had none in the baseline; their services are compared with those of the whole site.
  let newGroups: [String]
  /// Services by key, then destinations; also those that are as before.
  let changes: [BaselineChange]
  private let services: [AuditPeriod.FindingKey: BaselineChange]
  private let destinations: [UndescribedDestination.Identity: BaselineChange]

  /// Nil if no baseline is chosen. Throws `ReportingError.baselineUnknown`.
  init?(_ choice: BaselineChoice, for period: AuditPeriod, _ source: some AuditSource) throws {
    let shown = period.clock.days(of: period.hours)
    guard let stored = try Self.choose(choice, lastDay: shown.upperBound, try source.baselines()) else { return nil }
    self.stored = stored
    let first = LocalDate(day: stored.content.lastDay + 1)
    var watch: AuditPeriod?
    if first <= shown.upperBound {
      do {
        let kept = period.deletions.lazy.filter { $0.dataClass == .usage }.map(\.before).max()
        let firstKept = kept.map { period.clock.firstWholeDay(from: $0) } ?? first
        // Usage shows which destinations have a rule now, even if only those without one are asked for.
        watch = try AuditPeriod(
          source: source, from: max(first, firstKept), to: shown.upperBound, baseline: .none)
      } catch ReportingError.nothingStored, ReportingError.tooFewDevices, ReportingError.daysReversed {
        watch = nil
      }
    }
    // Days with too few devices are reported with the next one; such a block may reach into the baseline.
    guard let watch, watch.clock.days(of: watch.hours).lowerBound >= first else {
      (days, hasHole, failures, rulesDiffer, newGroups) = (nil, false, [], false, [])
      (changes, services, destinations) = ([], [:], [:])
      return
    }
    var reading = BaselineReading(stored.content, watch)
    try reading.readServices()
    try reading.readDestinations(source)
    days = reading.days
    hasHole = reading.hasHole
    failures = watch.siteFailures
    rulesDiffer = watch.ruleSetHashes != Set(stored.content.ruleSets)
    newGroups = watch.groups.groups.keys.filter { stored.content.groups[$0] == nil }.sorted()
    services = reading.services
    destinations = reading.destinations
    changes =
      services.sorted { $0.key < $1.key }.map(\.value)
      + destinations.sorted { $0.key.text < $1.key.text }.map(\.value)
  }

  private static func choose(
    _ choice: BaselineChoice, lastDay: LocalDate, _ all: [StoredBaseline]
  ) throws -> StoredBaseline? {
    switch choice {
    case .none: return nil
    case .newest: return all.last { LocalDate(day: $0.content.lastDay) < lastDay }
    case .named(let name):
      guard let stored = all.last(where: { $0.name == name }) else {
        throw ReportingError.baselineUnknown(name, known: all.map(\.name))
      }
      return stored
    }
  }

  /// Nil for a row that was only seen on days that are not compared.
  func change(of key: AuditPeriod.FindingKey) -> BaselineChange? { services[key] }
  func change(of identity: UndescribedDestination.Identity) -> BaselineChange? { destinations[identity] }

  /// Whether there is at least one day from `day` to the last, and all of them are compared; nil means the day after
  /// the baseline.
  func comparesAllDays(since day: LocalDate?) -> Bool {
    let next = LocalDate(day: stored.content.lastDay + 1)
    return days?.contains(max(day ?? next, next)) ?? false
  }

  var name: String { stored.name.description }

  /// The latest patch day after the baseline that is not after its comparison.
  var patchDay: LocalDate? {
    guard let days else { return nil }
    return stored.content.patchDays.map { LocalDate(day: $0) }.last { days.contains($0) }
  }
}

/// Compares the days after a baseline with it.
private struct BaselineReading {
  private(set) var services: [AuditPeriod.FindingKey: BaselineChange] = [:]
  private(set) var destinations: [UndescribedDestination.Identity: BaselineChange] = [:]

  private let baseline: Baseline
  private let watch: AuditPeriod
  /// The days that are compared.
  let days: ClosedRange<LocalDate>
  /// Whether days between the baseline and these are not compared; nobody knows what was contacted on them.
  let hasHole: Bool
  /// Ascending.
  private let observed: [LocalDate]
  private let byKey: [AuditPeriod.ServiceKey: [Baseline.Service]]
  private let byRule: [String: [Baseline.Service]]
  private let byPattern: [String: [Baseline.Service]]
  private let patterns: Set<String>

  init(_ baseline: Baseline, _ watch: AuditPeriod) {
    self.baseline = baseline
    self.watch = watch
    days = watch.clock.days(of: watch.hours)
    hasHole = days.lowerBound.day > baseline.lastDay + 1
    observed = watch.observedDays.sorted()
    byKey = Dictionary(grouping: baseline.services, by: \.key.service)
    let index = { (names: (Baseline.Service) -> [String]) in
      baseline.services.reduce(into: [String: [Baseline.Service]]()) { index, service in
        for name in names(service) { index[name, default: []].append(service) }
      }
    }
    byRule = index(\.rules)
    byPattern = index(\.patterns)
    patterns = Set(byPattern.keys)
  }

  // MARK: Services

  /// What the baseline has of a service under any name: the same ids, the same rule, or the same pattern.
  ///
  /// A group that the baseline does not have is compared with the whole site, so that a new name of a group changes
  /// nothing. The collecting group is compared with every group that it may hold.
  private func known(_ key: AuditPeriod.FindingKey, rules: [String], patterns: Set<String>) -> Set<Baseline.Service> {
    let all =
      (byKey[key.service] ?? []) + rules.flatMap { byRule[$0] ?? [] } + patterns.flatMap { byPattern[$0] ?? [] }
    return Set(baseline.groups[key.group] == nil ? all : all.filter { mayHold(key.group, $0.group) })
  }

  /// Whether a reported group of the period holds devices of a group of the baseline: the collecting group may hold
  /// those of a group that has too few devices on some days, or that has no rows of its own now.
  private func mayHold(_ group: String, _ former: String) -> Bool {
    group == former
      || group == GroupName.collecting
        && (watch.groups.collected.contains(former) || watch.groups.groups[former] == nil)
  }

  mutating func readServices() throws {
    var seen: Set<Baseline.Service> = []
    var attempted: [Baseline.Service: AuditPeriod.FindingKey] = [:]
    for (key, totals) in watch.usage {
      let rules = try watch.register.merged(totals.rules)
      let known = known(key, rules: rules.baseIDs, patterns: totals.patterns)
      let contact = Baseline.Contact.allCases.first { contact in known.contains { $0.contact == contact } }
      let days = totals.activeDays.sorted()
      let state: BaselineState
      if days.isEmpty {
        // Attempts alone are nothing new if there was anything before; whether contact is gone is read below.
        state = known.isEmpty ? newness(key, rules, totals, day: firstDay(of: totals)) : .known
        for service in known where service.group == key.group { attempted[service] = key }
      } else {
        seen.formUnion(key.group == GroupName.collecting ? known.filter { mayHold(key.group, $0.group) } : known)
        switch contact {
        case .inBaseline?, .before?:
          state = reappearance(
            on: days, after: known.filter { $0.contact == contact }.map(\.rhythm), isBefore: contact == .before,
            observed: observed,
            contact: watch.contactDays(of: key))
        case .attempts?, nil: state = newness(key, rules, totals, day: days[0])
        }
      }
      services[key] = BaselineChange(
        subject: .service(
          key, title: rules.leading.serviceTitle, recipient: rules.leading.recipient.legalEntity, rules: rules.ids),
        state: state, contact: contact, devices: watch.deviceCount(totals.devicesSeen), pseudonyms: totals.devicesSeen)
    }
    // Of a group without rows now, what its site still contacts is not gone; nor is it of the collecting group, whose
    // groups may have rows of their own now.
    let site = try SiteContacts(watch)
    for service in baseline.services where service.contact == .inBaseline && !seen.contains(service) {
      let isShown = watch.groups.groups[service.group] != nil
      if !isShown || service.group == GroupName.collecting, site.has(service) { continue }
      let key = attempted[service] ?? service.key
      if services[key] != nil, attempted[service] == nil { continue }
      let facts = watch.register.facts(ofRules: service.rules, in: baseline.ruleSets)
      services[key] = BaselineChange(
        subject: services[key]?.subject
          ?? .service(
            key,
            title: facts?.serviceTitle ?? LocalizedText(en: service.service, de: service.service),
            recipient: facts?.recipient.legalEntity ?? service.recipient, rules: service.rules),
        state: isShown ? absence(of: service, attemptedAs: attempted[service]) : .notAssessable(.groupNotShown),
        contact: .inBaseline, devices: 0, pseudonyms: [])
    }
  }

  private func firstDay(of totals: UsageTotals) -> LocalDate {
    totals.firstHour.map { watch.clock.date(of: $0) } ?? observed.first ?? LocalDate(day: baseline.lastDay + 1)
  }

  /// Of something that the baseline does not have.
  private func newness(
    _ key: AuditPeriod.FindingKey, _ rules: MergedRules, _ totals: UsageTotals, day: LocalDate
  ) -> BaselineState {
    if baseline.groups[key.group] == false { return .notAssessable(.groupNotCovered) }
    let hadRules = rules.all.allSatisfy { facts in
      baseline.ruleSets.allSatisfy { watch.register.hasRule(facts.baseID, revision: facts.revision, in: $0) }
    }
    guard !hadRules else { return .new(day) }
    // What has a rule now may have been listed without one.
    let wasListed = baseline.destinations.contains { destination in
      totals.patterns.contains { UndescribedDestination.covers($0, destination.destination) }
    }
    return wasListed ? .known : .notAssessable(.ruleChanged)
  }

  /// Of something that was contacted in the baseline or before: whether it was silent in between.
  /// - Parameters:
  ///   - days: of contact since the baseline, ascending; at least one.
  ///   - rhythms: what the baseline has of it; at least one.
  ///   - isBefore: none of them had contact in the baseline, so that it is back whatever happened on days that are not
  ///     compared.
  ///   - observed: days on which contact would have been seen, ascending.
  ///   - contact: days that end a silence, `days` among them.
  private func reappearance(
    on days: [LocalDate], after rhythms: [Baseline.Rhythm], isBefore: Bool, observed: [LocalDate],
    contact: Set<LocalDate>
  ) -> BaselineState {
    let days = Set(days)
    let needed = needed(rhythms)
    var silence = hasHole && !isBefore ? 0 : rhythms.map(\.silence).min() ?? 0
    var returned: LocalDate?
    for day in observed {
      if contact.contains(day) {
        if silence >= needed, days.contains(day) { returned = day }
        silence = 0
      } else {
        silence += 1
      }
    }
    return returned.map(BaselineState.returned) ?? .known
  }

  /// Observed days of silence that are more than its rhythm.
  private func needed(_ rhythms: [Baseline.Rhythm]) -> Int {
    rhythms.map(\.unusualSilence).max() ?? 7
  }

  private func absence(of service: Baseline.Service, attemptedAs key: AuditPeriod.FindingKey?) -> BaselineState {
    let hashes = watch.ruleSetHashes
    guard service.rules.contains(where: { rule in hashes.allSatisfy { watch.register.hasRule(rule, in: $0) } }) else {
      return .notAssessable(.ruleMissing)
    }
    let failures = CoverageGate(limits: watch.settings.gate).failures(
      watch.coverageTotals, group: watch.groups.groups[service.group] ?? watch.groups.site,
      isSiteTooSmall: watch.groups.isSiteTooSmall, groupMinimum: watch.groupMinimum,
      sums: watch.groupSums[service.group])
    guard failures.isEmpty else { return .notAssessable(.gate(failures)) }
    let hours = key.flatMap { watch.usage[$0]?.blockedHours } ?? []
    let gaps = hours.isEmpty ? [] : watch.proof.gaps(attempts: hours, group: service.group)
    guard gaps.isEmpty else { return .notAssessable(.proof(gaps)) }
    let state = absence(days: observed.count, after: service.rhythm)
    return state == .gone && !hours.isEmpty ? .attemptsOnly : state
  }

  /// Of something that was silent on all of so many observed days since the baseline.
  private func absence(days: Int, after rhythm: Baseline.Rhythm) -> BaselineState {
    let needed = needed([rhythm]) - (hasHole ? 0 : rhythm.silence)
    return days >= max(needed, 1) ? .gone : .notAssessable(.tooShort(days: days, needed: needed))
  }

  // MARK: Destinations without a rule

  mutating func readDestinations(_ source: some AuditSource) throws {
    let listed = try watch.undescribedByIdentity(source)
    let listedDays = listed.days
    let known = Dictionary(baseline.destinations.map { (UndescribedDestination.Identity(text: $0.destination), $0) }) {
      first, _ in first
    }
    for (identity, rows) in listed {
      let days = Set(rows.map { LocalDate(day: $0.day) }).sorted()
      let state: BaselineState
      if let destination = known[identity] {
        state = reappearance(
          on: days, after: [destination.rhythm], isBefore: destination.contact == .before, observed: listedDays,
          contact: Set(days))
      } else if patterns.contains(where: { UndescribedDestination.covers($0, identity.text) }) {
        // A rule described it.
        state = .known
      } else if !baseline.listsDestinations {
        state = .notAssessable(.notListed)
      } else if let first = rows.filter({ $0.devices >= UInt64(baseline.groupMinimum) }).map(\.day).min() {
        state = .new(LocalDate(day: first))
      } else {
        state = .notAssessable(.belowFormerMinimum)
      }
      destinations[identity] = BaselineChange(
        subject: .destination(identity), state: state, contact: known[identity]?.contact,
        devices: Int(clamping: rows.map(\.devices).max() ?? 0), pseudonyms: [])
    }
    let described = Set(watch.usage.values.flatMap(\.patterns))
    for (identity, destination) in known where destination.contact == .inBaseline && listed[identity] == nil {
      if described.contains(where: { UndescribedDestination.covers($0, identity.text) }) { continue }
      destinations[identity] = BaselineChange(
        subject: .destination(identity), state: absence(of: destination, listedDays: listedDays),
        contact: .inBaseline, devices: 0, pseudonyms: [])
    }
  }

  private func absence(of destination: Baseline.Destination, listedDays: [LocalDate]) -> BaselineState {
    if listedDays.isEmpty || watch.undescribedLosses > 0 { return .notAssessable(.notListedNow) }
    if destination.devices < UInt64(watch.groupMinimum) { return .notAssessable(.belowMinimum) }
    let failures = watch.siteFailures
    guard failures.isEmpty else { return .notAssessable(.gate(failures)) }
    return absence(days: listedDays.count, after: destination.rhythm)
  }
}

/// What any group of a period contacted, by everything by which the service of a baseline is recognised.
private struct SiteContacts {
  private var keys: Set<AuditPeriod.ServiceKey> = []
  private var rules: Set<String> = []
  private var patterns: Set<String> = []

  init(_ period: AuditPeriod) throws {
    for (key, totals) in period.usage where !totals.activeDays.isEmpty {
      keys.insert(key.service)
      rules.formUnion(try period.register.merged(totals.rules).baseIDs)
      patterns.formUnion(totals.patterns)
    }
  }

  func has(_ service: Baseline.Service) -> Bool {
    keys.contains(service.key.service) || !rules.isDisjoint(with: service.rules)
      || !patterns.isDisjoint(with: service.patterns)
  }
}

extension [UndescribedDestination.Identity: [UndescribedDestination]] {
  /// Days on which anything was listed, ascending. On others the list may have been switched off, or deleted meanwhile.
  var days: [LocalDate] { Set(values.joined().map(\.day)).sorted().map { LocalDate(day: $0) } }
}

extension UndescribedDestination {
  /// Whether a pattern of a rule lies in a registered domain.
  fileprivate static func covers(_ pattern: String, _ domain: String) -> Bool {
    guard !domain.isEmpty else { return false }
    return pattern == domain || pattern.hasSuffix("." + domain)
  }
}

extension RuleRegister {
  /// Whether a rule set has a variant of a rule.
  fileprivate func hasRule(_ rule: String, revision: Int? = nil, in hash: String) -> Bool {
    (facts(of: hash)[rule].map { [$0] } ?? facts(of: hash).values.filter { $0.baseID == rule }).contains {
      revision == nil || $0.revision == revision
    }
  }

  /// What one of the rule sets says of the first of the rules that it has.
  fileprivate func facts(ofRules rules: [String], in hashes: [String]) -> RuleFacts? {
    hashes.lazy.compactMap { hash in rules.lazy.compactMap { facts(of: hash)[$0] }.first }.first
  }
}
