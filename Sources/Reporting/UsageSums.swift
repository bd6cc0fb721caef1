import Foundation
import Model
import Privacy
import Store

/// Sums the hourly aggregates of a period by finding, and notes which devices were present.
///
/// A period of a large site has millions of rows, so that rows of one label and one reported group are summed first,
/// with devices by number; their common values are added to the totals once. O(rows).
struct UsageSums: Sendable {
  /// Values that all rows of an hour share.
  private struct Time {
    /// The hour itself, and the local day on which it was.
    var hour: Hour
    var date: LocalDate
    /// The hour and the day under which they are reported.
    var toldHour: Hour
    var toldDate: LocalDate
    /// Outside working hours.
    var isIdle: Bool
  }

  /// Rows of one label and one reported group.
  private struct Part {
    var label: Int
    var key: AuditPeriod.FindingKey
    var totals = LabelTotals()
  }

  /// Of a label: its place among the parts on the day that was met last, and the number of its group.
  private struct Place {
    var date: LocalDate
    var part: Int
    var group: Int
  }

  let reporting: ReportingDays
  let clock: SiteClock
  let workingHours: WorkingHours?
  let register: RuleRegister

  private(set) var devices: DeviceCounts
  private var parts: [Part] = []
  private var places: [Place?] = []
  private var partOf: [PartKey: Int] = [:]
  private var services: [RuleKey: AuditPeriod.ServiceKey] = [:]
  private var time: Time?
  /// Of each group and device, by number: the day on which the device was noted last.
  private var noted: [[LocalDate?]] = []
  private var groups: [String: Int] = [:]

  private struct PartKey: Hashable {
    var label: Int
    var group: String
  }

  init(
    devices: DeviceCounts, reporting: ReportingDays, clock: SiteClock, workingHours: WorkingHours?,
    register: RuleRegister
  ) {
    self.devices = devices
    self.reporting = reporting
    self.clock = clock
    self.workingHours = workingHours
    self.register = register
  }

  /// Throws if the store does not know the rule.
  mutating func add(_ usage: LabelledUsage, _ names: UsageNames) throws {
    let time = self.time(of: usage.hour)
    let place = try place(of: usage.label, on: time.date, names)
    parts[place.part].totals.add(
      usage, at: time.hour, told: (time.toldHour, time.toldDate), isIdle: time.isIdle)
    if !isNoted(usage.device, in: place.group, on: time.date) {
      devices.note(
        names.devices[usage.device], group: names.labels[usage.label].group, on: time.date)
    }
  }

  /// Groups for which devices are remembered by number. Their names come from the store: one group and one device in
  /// each row of a hostile store would otherwise make memory grow with the square of its rows.
  private static let rememberedGroups = 16

  private mutating func isNoted(_ device: Int, in group: Int, on date: LocalDate) -> Bool {
    guard group < UsageSums.rememberedGroups else { return false }
    while noted[group].count <= device { noted[group].append(nil) }
    if noted[group][device] == date { return true }
    noted[group][device] = date
    return false
  }

  /// A period from so many hours on is read by two threads: below, a thread costs more than it saves.
  private static let sharedFrom: Int64 = 48

  /// Adds all rows of a period: the devices, and the totals of each finding. The second half is added on another thread, if the source can
  /// be read there; sums do not depend on the order of the rows.
  consuming func read(
    _ source: some AuditSource, in period: Range<Hour>
  ) throws -> (devices: DeviceCounts, totals: [AuditPeriod.FindingKey: UsageTotals]) {
    let (first, last) = (period.lowerBound.sinceEpoch, period.upperBound.sinceEpoch)
    guard let beside = source.beside, last - first >= UsageSums.sharedFrom else {
      return try sum(source, in: period)
    }
    let middle = Hour(sinceEpoch: first + (last - first) / 2)
    let other = UsageSums(
      devices: DeviceCounts(reporting), reporting: reporting, clock: clock, workingHours: workingHours,
      register: register)
    let later = Later {
      try other.sum(beside, in: middle..<period.upperBound)
    }
    let earlier = Result { [self] in try self.sum(source, in: period.lowerBound..<middle) }
    // Waits in any case: nobody else may use the connection before.
    let second = later.value
    var (devices, totals) = try earlier.get()
    let (secondDevices, secondTotals) = try second.get()
    devices.formUnion(secondDevices)
    for (key, sums) in secondTotals { totals[key, default: UsageTotals()].add(sums) }
    return (devices, totals)
  }

  private consuming func sum(
    _ source: some AuditSource, in period: Range<Hour>
  ) throws -> (devices: DeviceCounts, totals: [AuditPeriod.FindingKey: UsageTotals]) {
    var sums = self
    let names = try source.scanUsage(in: period) { try sums.add($0, $1) }
    return (sums.devices, sums.totals(names))
  }

  /// The totals of each finding.
  private consuming func totals(_ names: UsageNames) -> [AuditPeriod.FindingKey: UsageTotals] {
    var totals: [AuditPeriod.FindingKey: UsageTotals] = [:]
    for part in parts {
      totals[part.key, default: UsageTotals()].add(
        UsageTotals(part.totals, of: names.labels[part.label], devices: names.devices))
    }
    return totals
  }

  private mutating func time(of hour: Hour) -> Time {
    if let time, time.hour == hour { return time }
    let date = clock.date(of: hour)
    let told = reporting.told(hour, of: date)
    let made = Time(
      hour: hour, date: date, toldHour: told.hour, toldDate: told.date,
      isIdle: workingHours.map {
        !$0.contains(weekday: date.weekday, hour: clock.hourOfDay(of: hour))
      } ?? false)
    time = made
    return made
  }

  private mutating func place(of label: Int, on date: LocalDate, _ names: UsageNames) throws
    -> Place
  {
    while places.count <= label { places.append(nil) }
    if let place = places[label], place.date == date { return place }
    let group = names.labels[label].group
    let reported = reporting.reportedGroup(group, on: date)
    let key = PartKey(label: label, group: reported)
    let part = partOf[key] ?? parts.count
    if part == parts.count {
      let service = try service(of: names.labels[label])
      parts.append(
        Part(label: label, key: AuditPeriod.FindingKey(service: service, group: reported)))
      partOf[key] = part
    }
    let number = groups[group] ?? noted.count
    if number == noted.count {
      noted.append([])
      groups[group] = number
    }
    let place = Place(date: date, part: part, group: number)
    places[label] = place
    return place
  }

  private mutating func service(of label: UsageLabel) throws -> AuditPeriod.ServiceKey {
    let rule = RuleKey(ruleSetHash: label.ruleSetHash, ruleID: label.ruleID)
    if let known = services[rule] { return known }
    let service = AuditPeriod.ServiceKey(try register.facts(rule))
    services[rule] = service
    return service
  }
}

/// What a thread of its own computes.
private final class Later<Value: Sendable>: @unchecked Sendable {
  private let condition = NSCondition()
  /// Nil until it is there; read and written with the condition held.
  private var result: Result<Value, any Error>?

  init(_ body: @escaping @Sendable () throws -> Value) {
    let thread = Thread { [self] in
      let result = Result { try body() }
      condition.withLock {
        self.result = result
        condition.signal()
      }
    }
    thread.stackSize = 8 << 20
    thread.start()
  }

  /// Waits for it.
  var value: Result<Value, any Error> {
    condition.withLock {
      while true {
        if let result { return result }
        condition.wait()
      }
    }
  }
}

/// Sums of rows that have one label; devices by number.
struct LabelTotals {
  private(set) var sessions: UInt64 = 0
  private(set) var blockedAttempts: UInt64 = 0
  private(set) var echFlows: UInt64 = 0
  private(set) var bytesUp: UInt64 = 0
  private(set) var bytesDown: UInt64 = 0
  private(set) var bytesUpIdle: UInt64 = 0
  /// Nil if it is not known of all.
  private(set) var aliasFlows: UInt64? = 0
  private(set) var contradictedFlows: UInt64? = 0
  private(set) var exampleName: String?
  /// First and last hour of answered contact as they are reported.
  private(set) var devices: [Int: ClosedRange<Hour>] = [:]
  /// By the hour under which they are reported.
  private(set) var attempts = HourlyAttempts()
  /// As they are told.
  private(set) var activeDays = DistinctRun<LocalDate>()
  private(set) var uploadDays = DistinctRun<LocalDate>()
  private(set) var blockedHours = DistinctRun<Hour>()
  private(set) var hours: ClosedRange<Hour>?

  /// `hour`: of the row; `told`: the hour and the day under which it is reported.
  mutating func add(
    _ usage: LabelledUsage, at hour: Hour, told: (hour: Hour, date: LocalDate), isIdle: Bool
  ) {
    sessions.addSaturating(usage.sessions)
    blockedAttempts.addSaturating(usage.blockedAttempts)
    echFlows.addSaturating(usage.echFlows)
    bytesUp.addSaturating(usage.bytesUp)
    bytesDown.addSaturating(usage.bytesDown)
    if isIdle { bytesUpIdle.addSaturating(usage.bytesUp) }
    aliasFlows = UsageTotals.sum(aliasFlows, usage.aliasFlows)
    contradictedFlows = UsageTotals.sum(contradictedFlows, usage.contradictedFlows)
    if let name = usage.exampleName { exampleName = exampleName.map { min($0, name) } ?? name }
    hours = hours?.extended(to: told.hour) ?? told.hour...told.hour
    if usage.sessions > 0 || usage.blockedAttempts > 0 {
      attempts.add(
        HourlyAttempts.Entry(
          hour: told.hour, sessions: usage.sessions, blocked: usage.blockedAttempts))
    }
    if usage.blockedAttempts > 0 { blockedHours.insert(hour) }
    if usage.isAnswered {
      activeDays.insert(told.date)
      if usage.bytesUp > 0 { uploadDays.insert(told.date) }
      devices[usage.device, default: told.hour...told.hour].extend(to: told.hour)
    }
  }
}

/// A set whose values mostly come in runs of equal ones.
struct DistinctRun<Value: Hashable & Sendable>: Sendable {
  private(set) var values: Set<Value> = []
  private var last: Value?

  mutating func insert(_ value: Value) {
    guard value != last else { return }
    values.insert(value)
    last = value
  }
}

extension ClosedRange<Hour> {
  fileprivate func extended(to hour: Hour) -> ClosedRange<Hour> {
    contains(hour) ? self : Swift.min(lowerBound, hour)...Swift.max(upperBound, hour)
  }

  fileprivate mutating func extend(to hour: Hour) { self = extended(to: hour) }
}

extension UsageTotals {
  /// The totals of rows of one label. `devices`: by number.
  init(_ sums: LabelTotals, of label: UsageLabel, devices: [DevicePseudonym]) {
    sessions = sums.sessions
    blockedAttempts = sums.blockedAttempts
    echFlows = sums.echFlows
    bytesUp = sums.bytesUp
    bytesDown = sums.bytesDown
    bytesUpIdle = sums.bytesUpIdle
    bytesByClass = [label.namingClass: .saturatingSum(sums.bytesUp, sums.bytesDown)]
    activeDays = sums.activeDays.values
    uploadDays = sums.uploadDays.values
    blockedHours = sums.blockedHours.values
    firstHour = sums.hours?.lowerBound
    lastHour = sums.hours?.upperBound
    encryptions = [label.encryption]
    identifierClasses = label.cleartextIdentifierClasses.subtracting([.notInspected])
    hasUninspectedClearText = label.cleartextIdentifierClasses.contains(.notInspected)
    patterns = [label.matchedPattern]
    exampleName = sums.exampleName
    aliasFlows = sums.aliasFlows
    contradictedFlows = sums.contradictedFlows
    rules = [RuleKey(ruleSetHash: label.ruleSetHash, ruleID: label.ruleID)]
    sensors = [label.sensor]
    var contact = Contacts()
    for (device, hours) in sums.devices { contact.devices[devices[device]] = hours }
    contact.attempts = sums.attempts
    devicesSeen = Set(contact.devices.keys)
    contacts = [
      PatternKey(rule: String(label.ruleID.prefix { $0 != "+" }), pattern: label.matchedPattern):
        contact
    ]
  }
}
