import Cryptography
import Foundation
import Model
import Privacy
import Store

/// An observation period of a store, with everything that all tables share: settings, clock, coverage, groups, totals.
package struct AuditPeriod {
  /// Key of a row of the transfers.
  struct ServiceKey: Hashable, Comparable {
    var recipient: String
    var service: String
    var purpose: PurposeClass

    static func < (left: ServiceKey, right: ServiceKey) -> Bool {
      (left.recipient, left.service, left.purpose.rawValue) < (right.recipient, right.service, right.purpose.rawValue)
    }
  }

  /// Key of a row of the findings.
  struct FindingKey: Hashable, Comparable {
    var service: ServiceKey
    /// As reported.
    var group: String

    static func < (left: FindingKey, right: FindingKey) -> Bool {
      left.service != right.service ? left.service < right.service : left.group < right.group
    }
  }

  /// First and last day that were asked for; nil for all that is stored.
  let asked: (from: LocalDate?, to: LocalDate?)
  package let hours: Range<Hour>
  /// Days as asked for, or those of the stored hours; last day inclusive.
  package let days: ClosedRange<LocalDate>
  package let clock: SiteClock
  let settings: AuditSettings
  /// The store was not verified.
  let isUnverified: Bool
  /// No seal binds the sums.
  let isNeverSealed: Bool
  /// At least one audit of the store was a trial.
  let isTrial: Bool
  let register: RuleRegister
  /// With quiet and missing hours; by sensor, then by time.
  package let coverage: [SensorHour]
  let window: ObservationWindow
  /// Flows of each reported group to anything, added up.
  let groupSums: [String: GroupHour]
  let proof: SuccessProof
  let groups: ReportedGroups
  let reporting: ReportingDays
  /// Days with too few devices, which the period reports together with other days or could not report yet.
  let heldBack: [ReportingDays.Run]
  let lastStoredDay: LocalDate
  private let firstStoredDay: LocalDate
  /// The greatest of the smallest numbers of devices (k) that hold on days of the period.
  let groupMinimum: Int
  /// Empty where it was not asked for.
  let usage: [FindingKey: UsageTotals]
  /// Networks into which flows of a service went.
  let networks: [ServiceKey: NetworkTotals]
  /// Databases from which the sessions of the period took the owners of addresses; by date, then citation.
  let locationDatabases: [LocationDatabaseStamp]
  /// Local days with at least one observed hour.
  let observedDays: Set<LocalDate>
  /// What retention deleted from the store, by number.
  let deletions: [Deletion]
  /// Audits that another one replaced, or that were refused; by number of their record.
  let takenOutAudits: [TakenOutAudit]
  /// Audits with stored hours of the period, by number.
  let audits: [CaptureSession]
  /// All audits that may lack something of the period, by number.
  let unfinishedAudits: [CaptureSession]
  /// Recipients that the controller's papers name, compared with those of the period.
  let documented: RegisterComparison
  /// Nil if there is no baseline to compare the period with.
  private(set) var comparison: BaselineComparison?
  /// First and last hour of each sensor's rows.
  private let sensorHours: [String: Range<Hour>]

  /// `from`, `to`: local days, inclusive; the period is cut to the hours that are stored.
  ///
  /// Hours whose sums retention deleted are not part of it: services would seem to have been silent.
  ///
  /// - Parameters:
  ///   - isCoverageOnly: nothing is reported about flows, so that all stored hours can be included.
  ///   - sumsUsage: the sums of the hourly aggregates are needed, which are most of the rows to be read.
  ///   - baseline: with which the period is compared.
  package init(
    source: some AuditSource, from: LocalDate?, to: LocalDate?, isCoverageOnly: Bool = false,
    sumsUsage: Bool = true, baseline: BaselineChoice = .newest
  ) throws {
    asked = (from, to)
    if let from, let to, from > to { throw ReportingError.daysReversed(from: from, to: to) }
    let sessions = try source.sessions()
    guard let stored = try source.period(), let latest = sessions.max(by: { $0.id < $1.id }) else {
      let unfinished = sessions.count { $0.isUnfinished }
      throw unfinished > 0 ? ReportingError.onlyUnfinished(unfinished) : ReportingError.emptyStore
    }
    // The latest settings apply, except for the smallest number of devices: it never falls below that of the day.
    settings = latest.settings
    isUnverified = source.isUnverified
    isNeverSealed = try source.isNeverSealed()
    isTrial = sessions.containsTrial
    guard let clock = SiteClock(zone: settings.timeZone) else {
      throw ReportingError.unknownTimeZone(settings.timeZone)
    }
    self.clock = clock
    let deletions = try source.deletions()
    self.deletions = deletions
    let kept = deletions.lazy.filter { $0.dataClass == .usage }.map(\.before).max()
    if !isCoverageOnly, let from, let kept, clock.firstHour(of: from) < kept {
      throw ReportingError.deleted(from: from, firstKept: clock.firstWholeDay(from: kept))
    }
    let lower = max(
      from.map(clock.firstHour) ?? stored.lowerBound, stored.lowerBound,
      isCoverageOnly ? stored.lowerBound : kept ?? stored.lowerBound)
    let upper = min(to.map { clock.firstHour(of: $0.next) } ?? stored.upperBound, stored.upperBound)
    let storedDays = clock.days(of: stored)
    guard lower < upper else {
      throw ReportingError.nothingStored(from: storedDays.lowerBound, to: storedDays.upperBound)
    }
    let reporting = try ReportingDays(source, sessions: sessions, stored: stored, kept: kept, clock: clock)
    self.reporting = reporting
    groupMinimum = GroupMinimum(sessions, clock).greatest(in: clock.days(of: lower..<upper))
    if isCoverageOnly {
      hours = lower..<upper
    } else {
      guard let told = reporting.hours(from: from, to: to) else {
        throw ReportingError.tooFewDevices(
          minimum: groupMinimum, stored: storedDays, isOneBlock: reporting.isOneBlock,
          unfinished: reporting.unfinished)
      }
      let first = max(told.lowerBound, kept ?? told.lowerBound)
      guard first < told.upperBound else {
        throw ReportingError.nothingStored(from: storedDays.lowerBound, to: storedDays.upperBound)
      }
      hours = first..<told.upperBound
    }
    unfinishedAudits = sessions.filter { [hours] in $0.mayLack(in: hours) }
    audits = sessions.filter { [hours] audit in
      guard !audit.isTakenOut, let first = audit.firstHour else { return false }
      return first < hours.upperBound && audit.lastHour.map { $0 >= hours.lowerBound } ?? true
    }
    takenOutAudits = try source.takenOutAudits()
    let shown = clock.days(of: hours)
    lastStoredDay = storedDays.upperBound
    firstStoredDay = storedDays.lowerBound
    let lastAsked = to ?? storedDays.upperBound
    heldBack = reporting.runs.filter { run in
      run.first <= lastAsked && run.toldOn.map { $0 >= shown.lowerBound } ?? true
    }
    let firstDay = from ?? shown.lowerBound
    days = firstDay...max(firstDay, to ?? shown.upperBound)
    register = RuleRegister(facts: try source.ruleFacts(), sessions: sessions)
    window = ObservationWindow(
      settings.campaign, stored: hours, from: from, to: to,
      kept: deletions.lazy.filter { $0.dataClass == .coverage || $0.dataClass == .usage && kept != nil }.map(\.before)
        .max(), clock: clock)
    coverage =
      ObservedTime(
        rows: try source.coverage(in: hours), spans: try source.spans(), window: window, hours: hours,
        sensor: latest.sensor
      ).rows
    let observed = coverage.filter { !$0.isMissing }
    observedDays = Set(observed.map { clock.date(of: $0.coverage.hour) })
    sensorHours = observed.reduce(into: [:]) { spans, row in
      let hour = row.coverage.hour
      let span = spans[row.sensor] ?? hour..<hour.next
      spans[row.sensor] = min(span.lowerBound, hour)..<max(span.upperBound, hour.next)
    }

    let hashes = Set(observed.map(\.ruleSetHash))
    let lists = isCoverageOnly ? [] : try source.documentedLists()
    documented = RegisterComparison(
      lists,
      recipients: lists.isEmpty
        ? [] : Set(hashes.flatMap { [register] in register.facts(of: $0).values.map(\.recipient) }))

    var counts = DeviceCounts(reporting)
    let dates = clock.days(of: hours)
    for entry in try source.presence(in: hours) {
      let date = reporting.date(ofPresence: entry.day)
      if dates.contains(date) { counts.note(entry.device, group: entry.group, on: date) }
    }
    let usageSums = UsageSums(
      devices: counts, reporting: reporting, clock: clock, workingHours: settings.workingHours,
      register: register)
    // Usage can only add devices to those that were present. If these are enough, it is not read for their number
    // alone.
    if sumsUsage || !isCoverageOnly && counts.deviceCount < groupMinimum {
      (counts, usage) = try usageSums.read(source, in: hours)
    } else {
      usage = [:]
    }
    let databases = Dictionary(sessions.map { ($0.id, $0.locationDatabases) }) { first, _ in first }
    var networks: [ServiceKey: NetworkTotals] = [:]
    var serviceKeys: [RuleKey: ServiceKey] = [:]
    for row in try source.networks(in: hours) {
      let rule = RuleKey(ruleSetHash: row.ruleSetHash, ruleID: row.ruleID)
      let service = try serviceKeys[rule] ?? ServiceKey(register.facts(rule))
      serviceKeys[rule] = service
      networks[service, default: NetworkTotals()].add(row.network, by: databases[row.session] ?? [])
    }
    self.networks = networks
    locationDatabases = NetworkTotals.sorted(networks.values.reduce(into: []) { $0.formUnion($1.databases) })

    groups = counts.reportedGroups(minimum: groupMinimum, settings: settings.groups)
    var sums: [String: GroupHour] = [:]
    var reached: [String: Set<LocalDate>] = [:]
    for row in sumsUsage ? try source.groupHours(in: hours) : [] {
      let date = clock.date(of: row.hour)
      let name = reporting.reportedGroup(row.group, on: date)
      sums[name, default: GroupHour(hour: row.hour, group: name)].add(row)
      if row.sessions > 0 { reached[name, default: []].insert(date) }
    }
    groupSums = sums
    let canaries = CanaryCounts.byHour(coverage)
    let gate = CoverageGate(limits: settings.gate)
    proof = SuccessProof(rows: coverage, reached: reached, expectsQUIC: settings.gate.expectsQUIC, clock: clock) {
      [register] row in
      gate.failures(
        CoverageTotals(
          row.coverage, canaries: canaries[CanaryCounts.Key(row)],
          ruleAgeDays: register.age(of: row.ruleSetHash, at: row.coverage.hour, clock)))
    }
    comparison = isCoverageOnly ? nil : try BaselineComparison(baseline, for: self, source)
  }

  var daysObserved: Int { observedDays.count }

  /// Requested days from `first` on of which nothing is stored because they lie before or after all stored hours. Those
  /// of a declared campaign count as missing hours of coverage instead.
  func daysNotStored(from first: LocalDate?) -> Int {
    guard case .stored = window else { return 0 }
    let before = asked.from.map { firstStoredDay.day - max($0, first ?? $0).day } ?? 0
    let after = asked.to.map { $0.day - lastStoredDay.day } ?? 0
    return Int(max(before, 0) + max(after, 0))
  }

  var coverageTotals: CoverageTotals {
    let ages = Set(coverage.lazy.filter { !$0.isMissing }.map(\.ruleSetHash)).map { ruleAge($0, at: lastHour) }
    var totals = CoverageTotals(
      coverage, window: window, ruleAgeDays: ages.contains(nil) ? nil : ages.compactMap(\.self).max())
    totals.unfinishedAudits = unfinishedAudits.count
    let shown = coverage.filter { !reporting.isHeldBack($0.coverage.hour) }
    if shown.count < coverage.count {
      totals.show(CoverageTotals(shown, window: window, ruleAgeDays: totals.ruleAgeDays))
    }
    return totals
  }

  /// Days from the rule set's date to the day of `hour`; nil if the date is not known.
  func ruleAge(_ hash: String, at hour: Hour) -> Int? {
    register.age(of: hash, at: hour, clock)
  }

  var lastHour: Hour { Hour(sinceEpoch: hours.upperBound.sinceEpoch - 1) }

  func identifier(of key: FindingKey) -> String {
    identifier("F-", ["finding"] + fields(of: key.service) + [key.group])
  }

  func identifier(of key: ServiceKey) -> String { identifier("T-", ["transfer"] + fields(of: key)) }

  /// References to the rows of `coverage.csv` about these sensors in the period.
  func coverageReference(_ sensors: Set<String>) -> [SensorSpan] {
    sensors.sorted().compactMap { sensor in sensorHours[sensor].map { SensorSpan(sensor: sensor, hours: $0) } }
  }

  /// Year in which the period ends.
  var year: Int64 { clock.date(of: lastHour).civil.year }

  /// Name of a file of this period: content, a mark if it is of a trial, site, days, what was chosen of it, and
  /// profile. Characters of the site's name that are unsafe in file names become `-`. No row of a table can state that
  /// it is of a trial, so the file name does.
  func fileName(_ content: String, chosen: String?, _ profile: ExportProfile, _ suffix: String) -> String {
    let site = String(
      settings.site.unicodeScalars.map { scalar -> Character in
        scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
          ? Character(scalar) : "-"
      })
    let parts =
      [content] + (isTrial ? ["trial"] : []) + (isUnverified ? ["unverified"] : [])
      + [site, days.lowerBound.description, days.upperBound.description]
    return (parts + [chosen].compactMap(\.self) + [profile.rawValue]).joined(separator: "_") + "." + suffix
  }

  /// Row of the findings to which a stored flow counts.
  func findingKey(of evidence: FlowEvidence) throws -> FindingKey {
    let rule = RuleKey(ruleSetHash: evidence.ruleSetHash, ruleID: evidence.flow.ruleID)
    return FindingKey(
      service: ServiceKey(try register.facts(rule)),
      group: reporting.reportedGroup(evidence.flow.group, at: evidence.flow.hour))
  }

  private func fields(of key: ServiceKey) -> [String] { [key.recipient, key.service, key.purpose.rawValue] }

  /// The period is not part of the identifier, so that a row keeps it from one report to the next.
  private func identifier(_ prefix: String, _ fields: [String]) -> String {
    let all = (fields + [settings.site]).joined(separator: "\u{1f}")
    return prefix + hexadecimal(SHA256Digest.hash(Array(all.utf8)).prefix(6))
  }
}

extension AuditPeriod.ServiceKey {
  init(_ facts: RuleFacts) {
    self.init(recipient: facts.recipient.id, service: facts.service, purpose: facts.purpose)
  }
}

extension AuditPeriod {
  /// Smallest number of devices that can have these pseudonyms.
  package func deviceCount(_ devices: some Collection<DevicePseudonym>) -> Int { reporting.epochs.count(devices) }

  /// Days (in UTC) of the period on which another pseudonym key began.
  var keyChanges: [LocalDate] { reporting.epochs.changes(in: hours) }

  /// Devices at the site; nil where there are fewer than a group may have, so that no figure about devices may leave
  /// the program.
  package var siteDevices: Int? { groups.isSiteTooSmall ? nil : groups.site.devices }

  /// Whether the stored days have so few devices that the tables report them only all together.
  package var reportsAllDaysTogether: Bool { reporting.isOneBlock }
}
