import Model
import Privacy
import Rules

/// Columns of `undescribed.csv` in their order.
package enum UndescribedColumn: String, CaseIterable, Sendable {
  case rank
  case destination
  case destinationKind = "destination_kind"
  case points
  case reasons
  case devices
  case days
  case firstSeen = "first_seen"
  case lastSeen = "last_seen"
  case newInPeriod = "new_in_period"
  case newSinceBaseline = "new_since_baseline"
  case baselineDay = "baseline_day"
  case baseline
  case flows
  case outsideHoursShare = "outside_hours_share"
  case mbUp = "mb_up"
  case mbDown = "mb_down"
  case uploadRatio = "upload_ratio"
  case steadyPeriod = "steady_period_s"
  case resembles
  case networkOwner = "network_owner"
  case namingClass = "naming_class"
  case latestDecision = "latest_decision"
  case latestDecisionOn = "latest_decision_on"
  case latestDecisionState = "latest_decision_state"
  case reviewAgainBy = "review_again_by"
  case serviceAssumed = "service_assumed"
  case decision
  case decidedByRole = "decided_by_role"
  case decidedOn = "decided_on"
  case site
  case periodStart = "period_start"
  case periodEnd = "period_end"
  case timeZone = "time_zone"
}

/// Reasons to examine a destination without a rule; each gives its points once.
package enum UndescribedReason: String, CaseIterable, Sendable {
  case manyDevices = "many_devices"
  case outsideHours = "outside_hours"
  case upload
  case steadyPeriod = "steady_period"
  case new
  case resemblesVendor = "resembles_vendor"
  case withoutName = "without_name"

  package var points: Int {
    switch self {
    case .outsideHours, .upload, .steadyPeriod: 3
    case .manyDevices, .new, .resemblesVendor: 2
    case .withoutName: 1
    }
  }
}

/// A destination that no rule describes, over the days of a period on which at least k devices contacted it.
package struct UndescribedSummary: Sendable {
  package let identity: UndescribedDestination.Identity
  /// On the day with most of them; sums over days would count a device once for each day.
  package let devices: UInt64
  package let days: Int
  /// First day in the store, which may be before the period.
  package let firstSeen: LocalDate
  package let lastSeen: LocalDate
  /// Nil if the store does not reach far enough back to know.
  package let isNew: Bool?
  package let flows: UInt64
  /// Nil if no hours were agreed on one of the days.
  package let flowsOutsideHours: UInt64?
  package let bytesUp: UInt64
  package let bytesDown: UInt64
  package let namingClass: NamingClass
  /// Number and name of each network, without those that are not known.
  package let networks: [String]
  package let period: UInt64?
  /// An often named domain that it is one slip away from, or whose name it contains.
  package let resembles: String?
  package let reasons: [UndescribedReason]

  package var points: Int { reasons.reduce(0) { $0 + $1.points } }

  /// Days before its first appearance that must be stored for a destination to count as new.
  static let daysBeforeNew: Int64 = 7

  /// - Parameters:
  ///   - rows: of one destination within the period, by day; at least one.
  ///   - firstDay: of the destination in the whole store.
  ///   - firstStoredDay: of anything in the store.
  ///   - minimum: k.
  init(_ rows: [UndescribedDestination], firstDay: Int64, firstStoredDay: Int64, minimum: Int) {
    identity = rows[0].identity
    // Several audits of one day may have counted the same devices.
    devices = rows.map(\.devices).max() ?? 0
    days = Set(rows.map(\.day)).count
    firstSeen = LocalDate(day: firstDay)
    lastSeen = LocalDate(day: rows.map(\.day).max() ?? firstDay)
    let beginsInPeriod = rows.contains { $0.day == firstDay }
    isNew = firstDay - firstStoredDay >= Self.daysBeforeNew ? beginsInPeriod : beginsInPeriod ? nil : false
    flows = rows.map(\.flows).saturatingSum
    flowsOutsideHours =
      rows.allSatisfy { $0.flowsOutsideHours != nil }
      ? rows.compactMap(\.flowsOutsideHours).saturatingSum : nil
    bytesUp = rows.map(\.bytesUp).saturatingSum
    bytesDown = rows.map(\.bytesDown).saturatingSum
    namingClass = rows.map(\.namingClass).min() ?? .e
    networks = Set(
      rows.compactMap { row in row.systemNumber.map { "AS\($0) \(row.systemName ?? "")".trimmed } }
    ).sorted()
    let periods = rows.compactMap(\.period).sorted()
    period = periods.count * 2 > rows.count ? periods[periods.count / 2] : nil
    if case .domain(let name) = identity { resembles = domainResembled(by: name) } else { resembles = nil }
    var reasons: [UndescribedReason] = []
    if devices >= UInt64(4 * minimum) { reasons.append(.manyDevices) }
    if let outside = flowsOutsideHours, flows > 0, outside * 2 >= flows { reasons.append(.outsideHours) }
    if bytesUp > bytesDown { reasons.append(.upload) }
    if period != nil { reasons.append(.steadyPeriod) }
    if isNew == true { reasons.append(.new) }
    if resembles != nil { reasons.append(.resemblesVendor) }
    switch identity {
    case .domain: break
    case .network, .unnamed: reasons.append(.withoutName)
    }
    self.reasons = reasons
  }
}

extension AuditPeriod {
  /// Destinations without a rule that many devices contacted in the period: by descending points, then devices.
  ///
  /// Days are those of UTC, as in the store. A day that is still observed is left out, and so is the day before,
  /// because flows that end later still belong to it: its sum would change each hour, and the difference of two sums
  /// could be a single device.
  package func undescribed(_ source: some AuditSource) throws -> [UndescribedSummary] {
    let listed = try undescribedByIdentity(source)
    guard !listed.isEmpty else { return [] }
    let firstDays = try source.firstDaysOfUndescribed(
      through: lastUndescribedDay.day, devices: UInt64(groupMinimum))
    let firstStoredDay = try source.period()?.lowerBound.dayUTC ?? days.lowerBound.day
    return listed.map { identity, rows in
      UndescribedSummary(
        rows, firstDay: firstDays[identity] ?? rows[0].day, firstStoredDay: firstStoredDay, minimum: groupMinimum)
    }.sorted {
      ($1.points, $1.devices, $0.identity.text) < ($0.points, $0.devices, $1.identity.text)
    }
  }
}

extension AuditPeriod {
  /// The last day whose rows may be shown.
  var lastUndescribedDay: LocalDate {
    min(days.upperBound, reporting.unfinished.map { LocalDate(day: $0.day - 2) } ?? days.upperBound)
  }

  /// Rows of the days that may be shown, as far as they reach the smallest number of devices.
  func undescribedByIdentity(
    _ source: some AuditSource
  ) throws -> [UndescribedDestination.Identity: [UndescribedDestination]] {
    guard days.lowerBound <= lastUndescribedDay else { return [:] }
    let rows = try source.undescribedDestinations(on: days.lowerBound.day...lastUndescribedDay.day)
      // A greater k than the one that held on the day.
      .filter { $0.devices >= UInt64(groupMinimum) }
    return Dictionary(grouping: rows, by: \.identity)
  }
}

/// `undescribed.csv`: one row for each destination that no rule describes.
struct UndescribedTable {
  let period: AuditPeriod

  func cells(_ summary: UndescribedSummary, rank: Int) -> [Cell] {
    UndescribedColumn.allCases.map { cell($0, summary, rank) }
  }

  private func change(_ summary: UndescribedSummary) -> BaselineChange? {
    period.comparison?.change(of: summary.identity)
  }

  private func cell(_ column: UndescribedColumn, _ summary: UndescribedSummary, _ rank: Int) -> Cell {
    switch column {
    case .rank: return .integer(UInt64(rank))
    case .destination:
      switch summary.identity {
      case .domain(let name): return .wire(name)
      case .network(let number): return .text("AS\(number)")
      case .unnamed: return .unknown
      }
    case .destinationKind: return .word(.destinationKind, summary.identity.kind)
    case .points: return .integer(UInt64(summary.points))
    case .reasons:
      return summary.reasons.isEmpty ? .none : .words(.undescribedReason, summary.reasons.map(\.rawValue))
    case .devices: return .integer(summary.devices)
    case .days: return .integer(UInt64(summary.days))
    case .firstSeen: return .dates([summary.firstSeen.description])
    case .lastSeen: return .dates([summary.lastSeen.description])
    case .newInPeriod: return summary.isNew.map(Cell.yesNo) ?? .unknown
    case .newSinceBaseline: return Cell(newSince: period.comparison, change(summary))
    case .baselineDay: return Cell(dayOf: change(summary))
    case .baseline: return .text(period.comparison?.name, else: .none)
    case .flows: return .integer(summary.flows)
    case .outsideHoursShare:
      return summary.flowsOutsideHours.map { .decimal($0, dividedBy: summary.flows, places: 4) } ?? .unknown
    case .mbUp: return .decimal(summary.bytesUp, dividedBy: 1_000_000, places: 6)
    case .mbDown: return .decimal(summary.bytesDown, dividedBy: 1_000_000, places: 6)
    case .uploadRatio:
      return .decimal(
        summary.bytesUp, dividedBy: UInt64.saturatingSum(summary.bytesUp, summary.bytesDown), places: 4)
    case .steadyPeriod: return summary.period.map(Cell.integer) ?? .none
    case .resembles: return .text(summary.resembles, else: .none)
    case .networkOwner: return summary.networks.isEmpty ? .unknown : .list(summary.networks)
    case .namingClass: return .word(.namingClass, summary.namingClass.rawValue)
    case .latestDecision, .latestDecisionOn, .latestDecisionState, .reviewAgainBy: return .none
    case .serviceAssumed, .decision, .decidedByRole, .decidedOn: return .empty
    case .site: return .text(period.settings.site)
    case .periodStart: return .instant(period.hours.lowerBound)
    case .periodEnd: return .instant(period.hours.upperBound)
    case .timeZone: return .text(period.settings.timeZone)
    }
  }
}

extension UndescribedDestination.Identity {
  var kind: String {
    switch self {
    case .domain: "domain"
    case .network: "network"
    case .unnamed: "unnamed"
    }
  }
}

extension String {
  fileprivate var trimmed: String { hasSuffix(" ") ? String(dropLast()) : self }
}
