import Model
import Store

/// A value of a day file, as CSV for ClickHouse: texts are quoted, numbers are not, and `\N` is no value.
enum FleetValue: Sendable, Equatable {
  case text(String)
  case integer(UInt64)
  case decimal(FixedDecimal)
  case none

  init(_ number: UInt64?) { self = number.map(FleetValue.integer) ?? .none }
  init(_ text: String?) { self = text.map(FleetValue.text) ?? .none }

  /// A share with four places, as the tables show it; no value of nothing.
  static func share(_ part: UInt64, of whole: UInt64) -> FleetValue {
    FixedDecimal(part, dividedBy: whole, places: 4).map(FleetValue.decimal) ?? .none
  }

  var csv: String {
    switch self {
    case .text(let text): "\"" + CSVFormat.safeText(text).replacing("\"", with: "\"\"") + "\""
    case .integer(let number): String(number)
    case .decimal(let number): number.text(decimalMark: ".")
    case .none: "\\N"
    }
  }
}

/// A table of a day file. The raw value is its name in the file.
enum FleetTable: String, CaseIterable, Sendable {
  case services, coverage, claims

  var columns: [String] {
    switch self {
    case .services: FleetServiceColumn.allCases.map(\.rawValue)
    case .coverage: FleetCoverageColumn.allCases.map(\.rawValue)
    case .claims: FleetClaimColumn.allCases.map(\.rawValue)
    }
  }
}

/// One row for each recipient, service, purpose class and class of groups.
enum FleetServiceColumn: String, CaseIterable {
  case groupClass = "group_class"
  case recipient
  case recipientName = "recipient_name"
  case recipientSeat = "recipient_seat"
  case parentSeat = "parent_seat"
  case thirdCountry = "third_country"
  case service
  case serviceTitle = "service_title"
  case purposeClass = "purpose_class"
  case devices
  case devicesObserved = "devices_observed"
  case deviceDays = "device_days"
  case sessions
  case blockedAttempts = "blocked_attempts"
  case bytesUp = "bytes_up"
  case bytesDown = "bytes_down"
  case idleShare = "idle_share"
  case namedShare = "named_share"
}

/// One row.
enum FleetCoverageColumn: String, CaseIterable {
  case assessable
  case whyNot = "why_not"
  case devices
  case deviceDays = "device_days"
  case hours
  case gapSeconds = "gap_seconds"
  case seconds
  case packets
  case packetsDropped = "packets_dropped"
  case flows
  case bytesOut = "bytes_out"
  case shareA = "share_a"
  case shareB = "share_b"
  case shareC = "share_c"
  case shareD = "share_d"
  case shareE = "share_e"
  case unexaminableFlows = "unexaminable_flows"
  case unexaminableBytes = "unexaminable_bytes"
  case canariesExpected = "canaries_expected"
  case canariesSeen = "canaries_seen"
  case ruleAgeDays = "rule_age_days"
}

/// One row for each claim, wording and time for which it is judged.
enum FleetClaimColumn: String, CaseIterable {
  case claim
  case wording
  case scope
  case days
  case saysGerman = "says_de"
  case saysEnglish = "says_en"
  case verdict
  case whyNot = "why_not"
  case gotThrough = "got_through"
  case sessions
  case bytesUp = "bytes_up"
  case blockedAttempts = "blocked_attempts"
  case deviceDays = "device_days"
  case hours
  case assessableHours = "assessable_hours"
  case bound
}

/// What a gateway reports to the centre about one reported day: a part of `findings`, `coverage` and `claims` of that
/// day.
struct FleetTables {
  /// Groups are not named: the names of a thousand sites cannot be compared, and each is known at its site alone.
  private enum GroupClass: String {
    case office
    case secrecyZone = "secrecy_zone"
    case collecting

    init(_ name: String, _ group: ReportedGroups.Group) {
      self = name == GroupName.collecting ? .collecting : group.secrecyZone == .none ? .office : .secrecyZone
    }
  }

  private struct Key: Hashable, Comparable {
    let service: AuditPeriod.ServiceKey
    let groupClass: String

    static func < (left: Key, right: Key) -> Bool {
      left.service != right.service ? left.service < right.service : left.groupClass < right.groupClass
    }
  }

  /// For how long a claim is judged. A day alone has too few device-days to prove much.
  private enum ClaimScope: String {
    case day
    case fourWeeks = "four_weeks"
  }

  let period: AuditPeriod
  /// The day and the 27 before it, as far as they are stored.
  let fourWeeks: AuditPeriod

  /// The day, after those that are reported with it.
  var days: ClosedRange<LocalDate> { period.clock.days(of: period.hours) }

  /// Rows in their order, values in the order of the columns. Throws if the store does not know a rule, or what the
  /// database throws.
  func rows(of table: FleetTable, _ source: some AuditSource) throws -> [[FleetValue]] {
    switch table {
    case .services: try services()
    case .coverage: [coverage()]
    case .claims:
      try claims(.day, of: period, source) + claims(.fourWeeks, of: fourWeeks, source)
    }
  }

  /// Shown from k on: as in comparisons, no number from 1 to k - 1 is shown. If there are no devices, there is nothing
  /// to hide.
  private func shown(_ devices: Int) -> FleetValue {
    devices == 0 || devices >= period.groupMinimum ? .integer(UInt64(devices)) : .none
  }

  private func services() throws -> [[FleetValue]] {
    let standings = try period.transferStandings()
    let classes = period.groups.groups.reduce(into: [:]) { $0[$1.key] = GroupClass($1.key, $1.value) }
    var observed: [GroupClass: (devices: Int, days: Int)] = [:]
    for (name, group) in period.groups.groups {
      guard let groupClass = classes[name] else { continue }
      observed[groupClass, default: (0, 0)].devices += group.devices
      observed[groupClass, default: (0, 0)].days += group.deviceDays
    }
    var sums: [Key: (totals: UsageTotals, groupClass: GroupClass)] = [:]
    for (key, totals) in period.usage {
      // A group without presence has no row among the groups; what it sent is reported with the others that are too
      // small.
      let groupClass = classes[key.group] ?? .collecting
      sums[
        Key(service: key.service, groupClass: groupClass.rawValue), default: (UsageTotals(), groupClass)
      ].totals.add(totals)
    }
    return try sums.sorted { $0.key < $1.key }.map { key, sum in
      let recipient = try period.register.merged(sum.totals.rules).leading
      let totals = sum.totals
      let bytes = UInt64.saturatingSum(totals.bytesUp, totals.bytesDown)
      return FleetServiceColumn.allCases.map { column in
        switch column {
        case .groupClass: .text(key.groupClass)
        case .recipient: .text(key.service.recipient)
        case .recipientName: .text(recipient.recipient.legalEntity)
        case .recipientSeat: FleetValue(recipient.recipient.seat)
        case .parentSeat: FleetValue(recipient.recipient.parentSeat)
        case .thirdCountry: .text(standings[key.service]?.thirdCountry ?? "unknown")
        case .service: .text(key.service.service)
        case .serviceTitle: .text(recipient.serviceTitle.en)
        case .purposeClass: .text(key.service.purpose.rawValue)
        case .devices: shown(period.deviceCount(totals.devicesSeen))
        case .devicesObserved: shown(observed[sum.groupClass]?.devices ?? 0)
        case .deviceDays: shown(observed[sum.groupClass]?.days ?? 0)
        case .sessions: .integer(totals.sessions)
        case .blockedAttempts: .integer(totals.blockedAttempts)
        case .bytesUp: .integer(totals.bytesUp)
        case .bytesDown: .integer(totals.bytesDown)
        case .idleShare:
          period.settings.workingHours == nil ? .none : .share(totals.bytesUpIdle, of: totals.bytesUp)
        case .namedShare:
          .share(
            UInt64.saturatingSum(totals.bytesByClass[.a] ?? 0, totals.bytesByClass[.b] ?? 0), of: bytes)
        }
      }
    }
  }

  private func coverage() -> [FleetValue] {
    let all = period.coverageTotals
    let totals = all.shown
    // Limits of one group concern only its own rows. A single day has too few device-days, a month has enough.
    let failures = CoverageGate(limits: period.settings.gate).failures(all)
    let observed = period.coverage.filter { !$0.isMissing }
    let tellsDrops = observed.allSatisfy { $0.captureMode != "replay" || $0.coverage.dropStatements > 0 }
    let share = { (name: NamingClass) in FleetValue.share(totals.bytesByClass[name] ?? 0, of: totals.bytesOut) }
    return FleetCoverageColumn.allCases.map { column in
      switch column {
      case .assessable: .text(failures.isEmpty && totals.flows > 0 ? "yes" : "no")
      case .whyNot:
        .text(((totals.flows == 0 ? [GateFailure.nothingSeen] : []) + failures).map(\.code).joined(separator: "|"))
      case .devices: shown(period.groups.site.devices)
      case .deviceDays: shown(period.groups.site.deviceDays)
      case .hours: .integer(UInt64(Set(observed.map(\.coverage.hour)).count))
      case .gapSeconds: .integer(totals.gapSeconds)
      case .seconds: .integer(totals.seconds)
      case .packets: .integer(totals.packetsSeen)
      case .packetsDropped: tellsDrops ? .integer(totals.packetsDropped) : .none
      case .flows: .integer(totals.flows)
      case .bytesOut: .integer(totals.bytesOut)
      case .shareA: share(.a)
      case .shareB: share(.b)
      case .shareC: share(.c)
      case .shareD: share(.d)
      case .shareE: share(.e)
      case .unexaminableFlows: .integer(totals.sight.unexaminableFlows)
      case .unexaminableBytes: .integer(totals.sight.unexaminableBytes)
      case .canariesExpected: .integer(totals.canaries.expected)
      case .canariesSeen: .integer(totals.canaries.seen)
      case .ruleAgeDays: FleetValue(totals.ruleAgeDays.flatMap { UInt64(exactly: $0) })
      }
    }
  }

  private func claims(
    _ scope: ClaimScope, of judged: AuditPeriod, _ source: some AuditSource
  ) throws -> [[FleetValue]] {
    let statements = Dictionary(grouping: ClaimStatement.all(try source.sessions(), judged.clock), by: \.claim.id)
    return try ClaimAssessment.all(source, judged).map { assessment in
      let claim = assessment.claim
      let figures = assessment.figures
      let wording = statements[claim.id]?.firstIndex(of: assessment.statement).map { UInt64($0) + 1 }
      let days = (assessment.period ?? judged).clock.days(of: (assessment.period ?? judged).hours)
      let gaps = assessment.gaps.map(\.code)
      let services = Set(assessment.breaches.map(\.key.service.service)).sorted()
      return FleetClaimColumn.allCases.map { column in
        switch column {
        case .claim: .text(claim.id)
        case .wording: .integer(wording ?? 0)
        case .scope: .text(scope.rawValue)
        case .days: .integer(UInt64(days.upperBound.day - days.lowerBound.day + 1))
        case .saysGerman: .text(claim.says.de)
        case .saysEnglish: .text(claim.says.en)
        case .verdict: .text(assessment.verdict.rawValue)
        case .whyNot:
          .text(
            gaps.enumerated().filter { !gaps[..<$0.offset].contains($0.element) }.map(\.element).joined(separator: "|"))
        case .gotThrough: .text(services.joined(separator: "|"))
        case .sessions: .integer(assessment.breaches.map(\.sessions).saturatingSum)
        case .bytesUp: .integer(assessment.breaches.map(\.bytesUp).saturatingSum)
        case .blockedAttempts: .integer(figures.blockedAttempts)
        case .deviceDays: shown(figures.deviceDays)
        case .hours: .integer(UInt64(figures.hours))
        case .assessableHours: .integer(UInt64(figures.assessableHours))
        case .bound:
          // Rounded up, as in the tables.
          assessment.verdict == .held
            ? .decimal(FixedDecimal(units: UInt64((figures.boundOverDeviceDays * 10_000).rounded(.up)), places: 4))
            : .none
        }
      }
    }
  }
}

extension GateFailure {
  /// The limit without its figures, such as `gap`.
  var code: String {
    switch self {
    case .loss: "loss"
    case .givenUp: "given_up"
    case .gap: "gap"
    case .canaries: "canaries"
    case .named: "named"
    case .ruleAge: "rule_age"
    case .deviceDays: "device_days"
    case .tooFewDevices: "too_few_devices"
    case .unfinished: "unfinished"
    case .seenTwice: "seen_twice"
    case .unexaminable: "unexaminable"
    case .oneSided: "one_sided"
    case .neverContacted: "never_contacted"
    case .portMissing: "port_missing"
    case .capturedShort: "captured_short"
    case .clock: "clock"
    case .nothingSeen: "nothing_seen"
    }
  }
}

extension ClaimGap {
  /// The need without its figures, such as `no_canary`.
  var code: String {
    switch self {
    case .gate(let failure): failure.code
    case .beginsLater: "begins_later"
    case .noFigures: "no_figures"
    case .notStored: "not_stored"
    case .noRules: "no_rules"
    case .notMeasured: "not_measured"
    case .transit: "transit"
    case .noCanary: "no_canary"
    case .control: "control"
    case .hours: "hours"
    case .hidden: "hidden"
    case .contradicted: "contradicted"
    case .noQUIC: "no_quic"
    case .overridden: "overridden"
    case .collected: "collected"
    case .bound: "bound"
    }
  }
}
