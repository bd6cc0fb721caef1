import Model
import Store

/// Columns of `comparison.csv` in their order.
enum ComparisonColumn: String, CaseIterable {
  case purposeClass = "purpose_class"
  case group
  case recipient
  case service
  case state
  case why
  case devicesBefore = "devices_before"
  case devicesAfter = "devices_after"
  case devicesChange = "devices_change"
  case devicesChangeLow = "devices_change_low"
  case devicesChangeHigh = "devices_change_high"
  case sessionsBefore = "sessions_before"
  case sessionsAfter = "sessions_after"
  case sessionsPerDeviceDayBefore = "sessions_per_device_day_before"
  case sessionsPerDeviceDayAfter = "sessions_per_device_day_after"
  case sessionsChange = "sessions_change"
  case sessionsChangeLow = "sessions_change_low"
  case sessionsChangeHigh = "sessions_change_high"
  case blockedBefore = "blocked_attempts_before"
  case blockedAfter = "blocked_attempts_after"
  case blockedPerDeviceDayBefore = "blocked_per_device_day_before"
  case blockedPerDeviceDayAfter = "blocked_per_device_day_after"
  case blockedChange = "blocked_change"
  case blockedChangeLow = "blocked_change_low"
  case blockedChangeHigh = "blocked_change_high"
  case bytesUpBefore = "bytes_up_before"
  case bytesUpAfter = "bytes_up_after"
  case bytesUpPerDeviceDayBefore = "bytes_up_per_device_day_before"
  case bytesUpPerDeviceDayAfter = "bytes_up_per_device_day_after"
  case bytesUpChange = "bytes_up_change"
  case bytesUpChangeLow = "bytes_up_change_low"
  case bytesUpChangeHigh = "bytes_up_change_high"
  case boundDeviceDay = "absence_bound_device_day"
  case boundDevice = "absence_bound_device"
  case devicesPresentBefore = "devices_present_before"
  case devicesPresentAfter = "devices_present_after"
  case deviceDaysBefore = "device_days_before"
  case deviceDaysAfter = "device_days_after"
  case before
  case after
  case settingBefore = "setting_before"
  case settingAfter = "setting_after"
  case beforeStart = "before_start"
  case beforeEnd = "before_end"
  case afterStart = "after_start"
  case afterEnd = "after_end"
  case timeZone = "time_zone"
  case site
  case groupMinimum = "group_minimum"
  case rulesetHashBefore = "ruleset_hash_before"
  case rulesetHashAfter = "ruleset_hash_after"
  case bootstrapDraws = "bootstrap_draws"
  case bootstrapSeed = "bootstrap_seed"
}

/// `comparison.csv`: one row for each purpose, group and service, and for their sums.
struct ComparisonTable {
  let comparison: Comparison

  func cells(_ row: ComparisonRow) -> [Cell] { ComparisonColumn.allCases.map { cell($0, row) } }

  private func cell(_ column: ComparisonColumn, _ row: ComparisonRow) -> Cell {
    switch column {
    case .purposeClass: .word(.purpose, row.key.purpose.rawValue)
    case .group: group(row.key.scope)
    case .recipient: .text(row.facts?.recipient.legalEntity, else: .notApplicable)
    case .service: row.facts.map { .localized($0.serviceTitle) } ?? .notApplicable
    case .state: .word(.comparisonState, row.state.rawValue)
    case .why: row.gaps.isEmpty ? .notApplicable : .localizedList(row.gaps.map(Texts.comparisonGap))
    case .devicesBefore: count(row.figures.before[.devices])
    case .devicesAfter: count(row.figures.after[.devices])
    case .devicesChange: change(.devices, row)
    case .devicesChangeLow: low(.devices, row)
    case .devicesChangeHigh: high(.devices, row)
    case .sessionsBefore: count(row.figures.before[.sessions])
    case .sessionsAfter: count(row.figures.after[.sessions])
    case .sessionsPerDeviceDayBefore: rate(row.figures.before[.sessions], row.present.before.days)
    case .sessionsPerDeviceDayAfter: rate(row.figures.after[.sessions], row.present.after.days)
    case .sessionsChange: change(.sessions, row)
    case .sessionsChangeLow: low(.sessions, row)
    case .sessionsChangeHigh: high(.sessions, row)
    case .blockedBefore: count(row.figures.before[.blockedAttempts])
    case .blockedAfter: count(row.figures.after[.blockedAttempts])
    case .blockedPerDeviceDayBefore: rate(row.figures.before[.blockedAttempts], row.present.before.days)
    case .blockedPerDeviceDayAfter: rate(row.figures.after[.blockedAttempts], row.present.after.days)
    case .blockedChange: change(.blockedAttempts, row)
    case .blockedChangeLow: low(.blockedAttempts, row)
    case .blockedChangeHigh: high(.blockedAttempts, row)
    case .bytesUpBefore: count(row.figures.before[.bytesUp])
    case .bytesUpAfter: count(row.figures.after[.bytesUp])
    case .bytesUpPerDeviceDayBefore: rate(row.figures.before[.bytesUp], row.present.before.days)
    case .bytesUpPerDeviceDayAfter: rate(row.figures.after[.bytesUp], row.present.after.days)
    case .bytesUpChange: change(.bytesUp, row)
    case .bytesUpChangeLow: low(.bytesUp, row)
    case .bytesUpChangeHigh: high(.bytesUp, row)
    case .boundDeviceDay: row.bound.map { share($0.deviceDays) } ?? .notApplicable
    case .boundDevice: row.bound.map { share($0.devices) } ?? .notApplicable
    case .devicesPresentBefore: present(comparison.sides.before, row.present.before.devices)
    case .devicesPresentAfter: present(comparison.sides.after, row.present.after.devices)
    case .deviceDaysBefore: present(comparison.sides.before, Int(clamping: row.present.before.days))
    case .deviceDaysAfter: present(comparison.sides.after, Int(clamping: row.present.after.days))
    default: ofComparison(column)
    }
  }

  private func ofComparison(_ column: ComparisonColumn) -> Cell {
    let (before, after) = (comparison.sides.before, comparison.sides.after)
    return switch column {
    case .before: .text(before.label)
    case .after: .text(after.label)
    case .settingBefore: .text(before.phase?.setting?.description, else: .unknown)
    case .settingAfter: .text(after.phase?.setting?.description, else: .unknown)
    case .beforeStart: .instant(before.period.hours.lowerBound)
    case .beforeEnd: .instant(before.period.hours.upperBound)
    case .afterStart: .instant(after.period.hours.lowerBound)
    case .afterEnd: .instant(after.period.hours.upperBound)
    case .timeZone: .text(after.period.settings.timeZone)
    case .site: .text(after.period.settings.site)
    case .groupMinimum: .integer(UInt64(comparison.minimum))
    case .rulesetHashBefore: .list(Set(before.observed.map(\.ruleSetHash)).sorted())
    case .rulesetHashAfter: .list(Set(after.observed.map(\.ruleSetHash)).sorted())
    case .bootstrapDraws: .integer(UInt64(ClusterBootstrap.draws))
    case .bootstrapSeed: .text(ComparisonTable.seed)
    default: .unknown
    }
  }

  /// Hexadecimal, with 16 digits.
  static let seed = "0x" + String(ClusterBootstrap.seed, radix: 16)

  private func group(_ scope: ComparisonScope) -> Cell {
    switch scope {
    case .site: .notApplicable
    case .group(let name): .word(.group, name)
    }
  }

  private func count(_ figure: UInt64?) -> Cell { figure.map { .integer($0) } ?? .withheld }

  private func rate(_ figure: UInt64?, _ days: UInt64) -> Cell {
    figure.map { .decimal($0, dividedBy: days, places: 3) } ?? .withheld
  }

  private func present(_ side: ComparisonPeriod, _ number: Int) -> Cell {
    side.period.groups.isSiteTooSmall ? .unknown : .integer(UInt64(number))
  }

  private func change(_ measure: ComparedMeasure, _ row: ComparisonRow) -> Cell {
    number(measure, row) { row.changes[measure]?.percent }
  }

  private func low(_ measure: ComparedMeasure, _ row: ComparisonRow) -> Cell {
    number(measure, row) { row.intervals[measure]?.lowPercent }
  }

  private func high(_ measure: ComparedMeasure, _ row: ComparisonRow) -> Cell {
    number(measure, row) { row.intervals[measure]?.highPercent }
  }

  private func number(_ measure: ComparedMeasure, _ row: ComparisonRow, _ value: () -> Int64?) -> Cell {
    if row.state == .notAssessable { return .notAssessable }
    if row.figures.both.contains(where: { $0[measure] == nil }) { return .withheld }
    return value().map(Cell.signed) ?? .notApplicable
  }

  /// Rounded up.
  private func share(_ value: Double) -> Cell {
    .decimal(FixedDecimal(units: UInt64((value * 1_000_000).rounded(.up)), places: 6))
  }
}
