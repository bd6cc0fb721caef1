import Model
import Privacy
import Store

/// Whose figures a row of a comparison holds.
enum ComparisonScope: Hashable, Comparable {
  case site
  /// As reported.
  case group(String)

  static func < (left: ComparisonScope, right: ComparisonScope) -> Bool {
    switch (left, right) {
    case (.site, .group): true
    case (.group(let left), .group(let right)): left < right
    default: false
    }
  }
}

/// A service in a group, or the sum of all services of a purpose in a group or at the site.
struct ComparisonKey: Hashable, Comparable {
  var purpose: PurposeClass
  var scope: ComparisonScope
  /// Nil for the sum of the purpose.
  var service: AuditPeriod.ServiceKey?

  static func < (left: ComparisonKey, right: ComparisonKey) -> Bool {
    if left.purpose != right.purpose { return left.purpose.rawValue < right.purpose.rawValue }
    if left.scope != right.scope { return left.scope < right.scope }
    guard let leftService = left.service, let rightService = right.service else {
      return left.service == nil && right.service != nil
    }
    return leftService < rightService
  }
}

/// Counts of each device in one period, or in a part of its days.
struct ComparisonSums {
  /// Device-days.
  fileprivate(set) var days: [ComparisonScope: [DevicePseudonym: UInt64]] = [:]
  fileprivate(set) var contacts: [ComparisonKey: [DevicePseudonym: DeviceContact]] = [:]
}

/// Adds a period up by device, service and group; O(rows). Memory grows with devices × services.
struct ComparisonScan {
  private let period: AuditPeriod
  /// First day of the second half of the observed days.
  private let middle: LocalDate?
  private var days: [Int: [ComparisonScope: [DevicePseudonym: Set<LocalDate>]]] = [:]
  private var contacts: [CellKey: [Int: DeviceContact]] = [:]
  private var labels: [Label?] = []
  private var services: [RuleKey: AuditPeriod.ServiceKey] = [:]
  private var time: (hour: Hour, date: LocalDate)?

  private struct CellKey: Hashable {
    var half: Int
    var group: String
    var service: AuditPeriod.ServiceKey
  }

  /// Of a label: the cell on the day that was met last.
  private struct Label {
    var date: LocalDate
    var cell: CellKey
  }

  /// The sums of both halves of the observed days; together they are the period.
  static func halves(of period: AuditPeriod, _ source: some AuditSource) throws -> [ComparisonSums] {
    var scan = ComparisonScan(period)
    let dates = period.clock.days(of: period.hours)
    for entry in try source.presence(in: period.hours) {
      let date = period.reporting.date(ofPresence: entry.day)
      if dates.contains(date) { scan.note(entry.device, group: entry.group, on: date) }
    }
    let names = try source.scanUsage(in: period.hours) { try scan.add($0, $1) }
    return [scan.sums(of: 0, names), scan.sums(of: 1, names)]
  }

  private init(_ period: AuditPeriod) {
    self.period = period
    let observed = period.observedDays.sorted()
    middle = observed.count > 1 ? observed[observed.count / 2] : nil
  }

  private func half(_ date: LocalDate) -> Int { middle.map { date < $0 ? 0 : 1 } ?? 0 }

  private mutating func note(_ device: DevicePseudonym, group: String, on date: LocalDate) {
    let reported = period.reporting.reportedGroup(group, on: date)
    for scope in [ComparisonScope.site, .group(reported)] {
      days[half(date), default: [:]][scope, default: [:]][device, default: []].insert(date)
    }
  }

  private mutating func add(_ usage: LabelledUsage, _ names: UsageNames) throws {
    let date = date(of: usage.hour)
    let cell = try cell(of: usage.label, on: date, names)
    contacts[cell, default: [:]][usage.device, default: DeviceContact()].add(
      DeviceContact(
        sessions: usage.sessions, blockedAttempts: usage.blockedAttempts, bytesUp: usage.bytesUp,
        isReached: usage.isAnswered))
    note(names.devices[usage.device], group: names.labels[usage.label].group, on: date)
  }

  private mutating func date(of hour: Hour) -> LocalDate {
    if let time, time.hour == hour { return time.date }
    let date = period.clock.date(of: hour)
    time = (hour, date)
    return date
  }

  private mutating func cell(of label: Int, on date: LocalDate, _ names: UsageNames) throws -> CellKey {
    while labels.count <= label { labels.append(nil) }
    if let known = labels[label], known.date == date { return known.cell }
    let name = names.labels[label]
    let rule = RuleKey(ruleSetHash: name.ruleSetHash, ruleID: name.ruleID)
    let service = try services[rule] ?? AuditPeriod.ServiceKey(period.register.facts(rule))
    services[rule] = service
    let cell = CellKey(
      half: half(date), group: period.reporting.reportedGroup(name.group, on: date), service: service)
    labels[label] = Label(date: date, cell: cell)
    return cell
  }

  private func sums(of half: Int, _ names: UsageNames) -> ComparisonSums {
    var sums = ComparisonSums()
    sums.days = (days[half] ?? [:]).mapValues { $0.mapValues { UInt64($0.count) } }
    for (cell, devices) in contacts where cell.half == half {
      let purpose = cell.service.purpose
      for key in [
        ComparisonKey(purpose: purpose, scope: .group(cell.group), service: cell.service),
        ComparisonKey(purpose: purpose, scope: .group(cell.group)), ComparisonKey(purpose: purpose, scope: .site),
      ] {
        for (device, contact) in devices {
          sums.contacts[key, default: [:]][names.devices[device], default: DeviceContact()].add(contact)
        }
      }
    }
    return sums
  }
}

extension ComparisonSums {
  /// The sums of days that do not overlap.
  init(adding parts: [ComparisonSums]) {
    self.init()
    for part in parts {
      for (scope, devices) in part.days {
        days[scope, default: [:]].merge(devices, uniquingKeysWith: UInt64.saturatingSum)
      }
      for (key, devices) in part.contacts {
        contacts[key, default: [:]].merge(devices) { left, right in
          var sum = left
          sum.add(right)
          return sum
        }
      }
    }
  }
}
