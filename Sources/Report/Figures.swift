import Model
import Reporting

/// Sums over rows of the tables, for the pictures and the first page. They contain nothing that the tables do not show.
struct Figures {
  /// Transmissions to one recipient.
  struct Recipient {
    let name: String
    /// Bytes up by kind of purpose.
    var bytes: [PurposeKind: UInt64] = [:]

    var total: UInt64 { bytes.values.saturatingSum }
  }

  /// Purpose classes as distinguished in the picture of the recipients.
  enum PurposeKind: CaseIterable {
    case telemetry, advertising, userFunction, unknown, operation

    init(purpose: String) {
      self =
        switch purpose {
        case PurposeClass.telemetry.rawValue: .telemetry
        case PurposeClass.advertising.rawValue: .advertising
        case PurposeClass.userFunction.rawValue: .userFunction
        case PurposeClass.unknown.rawValue: .unknown
        default: .operation
        }
    }

    var area: Chart.Area {
      switch self {
      case .telemetry: .first
      case .advertising: .second
      case .userFunction: .third
      case .unknown: .fourth
      case .operation: .fifth
      }
    }
  }

  /// One local day of the coverage.
  struct Day {
    let date: LocalDate
    /// Bytes out; nil if the day may not be shown alone, or was not captured.
    var bytes: UInt64?
    /// Number of assessable hours.
    var assessable = 0
    var notAssessable = 0
    var missing = 0
  }

  /// One hour of the week, over all weeks of the period.
  struct WeekHour {
    var bytes: UInt64 = 0
    /// Number of hours whose bytes are known.
    var hours: UInt64 = 0

    /// Mean bytes in an hour; nil if none is known.
    var mean: UInt64? { hours == 0 ? nil : bytes / hours }
  }

  /// With answered contact, most bytes up first.
  let recipients: [Recipient]
  /// Rows of transfers with answered contact to recipients outside the EU and the EEA; of these, those without a
  /// transfer tool that was checked first hand.
  let thirdCountry: (services: Int, withoutCheckedTool: Int)
  /// Rows of transfers to recipients in the EU or the EEA whose parent company is outside.
  let foreignParents: Int
  /// Recipients of both kinds.
  let thirdCountryRecipients: Int
  let bytesUp: UInt64
  let bytesOut: UInt64
  let outboundFlows: UInt64
  /// Flows whose destination cannot be seen; nil if an hour did not measure it.
  let hiddenFlows: UInt64?
  let dnsOverHTTPSFlows: UInt64
  let vpnFlows: UInt64
  /// Share of the bytes out by naming class A to E, 0 to 1.
  let namingShares: [Double]
  let days: [Day]
  /// Monday to Sunday, hours 0 to 23.
  let week: [[WeekHour]]
  /// Rows of findings with contact, by the ID of the encryption.
  let encryptions: [(id: String, rows: Int)]
  /// Rows of findings with contact.
  let contacted: Int
  /// Days of updates in the period: those named with the baseline, else the second Tuesdays.
  let patchDays: [LocalDate]
  /// The latest of them that is not the first day of the period; nil for none.
  let patchDay: LocalDate?

  init(_ period: ReportedPeriod) {
    let reached = period.transfers.filter { ($0.count(.sessions) ?? 0) > 0 }
    (recipients, bytesUp) = Self.recipients(reached)
    let outside = reached.filter { $0.words(.thirdCountry) == ["yes"] }
    let parents = reached.filter { $0.words(.thirdCountry) == ["possible"] }
    thirdCountry = (outside.count, outside.count { $0.words(.transferToolState) != ["valid_checked"] })
    foreignParents = parents.count
    thirdCountryRecipients = Set((outside + parents).map { $0.text(.recipient, .english) }).count
    bytesOut = period.coverage.compactMap { $0.count(.bytesOut) }.saturatingSum
    outboundFlows = period.coverage.compactMap { $0.count(.outboundFlows) }.saturatingSum
    let measured = period.coverage.filter { $0.count(.outboundFlows) != nil }
    hiddenFlows =
      measured.isEmpty || measured.contains { $0.count(.unexaminableFlows) == nil }
      ? nil : measured.compactMap { $0.count(.unexaminableFlows) }.saturatingSum
    dnsOverHTTPSFlows = period.coverage.compactMap { $0.count(.dohFlows) }.saturatingSum
    vpnFlows = period.coverage.compactMap { $0.count(.vpnFlows) }.saturatingSum
    namingShares = Self.namingShares(period.coverage, bytesOut)
    days = Self.days(period.coverage)
    week = Self.week(period.coverage)
    let contacts = period.findings.filter { ($0.count(.sessions) ?? 0) > 0 }
    contacted = contacts.count
    encryptions = Dictionary(grouping: contacts.flatMap { $0.words(.encryption) }, by: \.self)
      .map { ($0.key, $0.value.count) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    let named = period.patchDays.filter(period.days.contains).sorted()
    patchDays = named.isEmpty ? Self.secondTuesdays(in: period.days) : named
    patchDay = patchDays.last { $0 > period.days.lowerBound }
  }

  private static func recipients(_ transfers: [TableRow<TransferColumn>]) -> ([Recipient], UInt64) {
    var recipients: [String: Recipient] = [:]
    for row in transfers {
      let name = row.text(.recipient, .english)
      // Megabytes with six decimal places are bytes.
      let bytes = row.decimal(.mbUp).map { $0.places == 6 ? $0.units : 0 } ?? 0
      let kind = PurposeKind(purpose: row.words(.purposeClass).first ?? "")
      let sum = recipients[name, default: Recipient(name: name)].bytes[kind, default: 0]
      recipients[name, default: Recipient(name: name)].bytes[kind] = .saturatingSum(sum, bytes)
    }
    let sorted = recipients.values.sorted { ($1.total, $0.name) < ($0.total, $1.name) }
    return (sorted, sorted.map(\.total).saturatingSum)
  }

  private static func namingShares(_ coverage: [TableRow<CoverageColumn>], _ bytesOut: UInt64) -> [Double] {
    guard bytesOut > 0 else { return [] }
    let columns: [CoverageColumn] = [.shareA, .shareB, .shareC, .shareD, .shareE]
    return columns.map { column in
      let bytes = coverage.reduce(0.0) { sum, row in
        guard let share = row.decimal(column), let out = row.count(.bytesOut) else { return sum }
        // Four decimal places.
        return sum + Double(out) * Double(share.units) / 10_000
      }
      return min(bytes / Double(bytesOut), 1)
    }
  }

  private static func days(_ coverage: [TableRow<CoverageColumn>]) -> [Day] {
    var days: [LocalDate: Day] = [:]
    // An hour has several rows if there are several sensors or rule sets.
    var isAssessable: [Hour: Bool] = [:]
    for row in coverage {
      guard let date = row.day(.hourUTC), let hour = row.hour(.hourUTC) else { continue }
      var day = days[date] ?? Day(date: date)
      if row.words(.captureMode) == ["none"] {
        // A long run of hours without capture is one row.
        day.missing += min(Int(clamping: (row.count(.gapSeconds) ?? 3600) / 3600), 24)
      } else {
        isAssessable[hour] = (isAssessable[hour] ?? true) && row.words(.assessable) == ["yes"]
      }
      if let bytes = row.count(.bytesOut) { day.bytes = .saturatingSum(day.bytes ?? 0, bytes) }
      days[date] = day
    }
    for (date, rows) in Dictionary(grouping: coverage, by: { $0.day(.hourUTC) }) {
      guard let date else { continue }
      let known = Set(rows.compactMap { $0.hour(.hourUTC) }).compactMap { isAssessable[$0] }
      days[date]?.assessable = known.count(where: \.self)
      days[date]?.notAssessable = known.count { !$0 }
    }
    return days.values.sorted { $0.date < $1.date }
  }

  private static func week(_ coverage: [TableRow<CoverageColumn>]) -> [[WeekHour]] {
    var hours: [Hour: (bytes: UInt64, day: Int, hourOfDay: Int)] = [:]
    for row in coverage {
      guard let bytes = row.count(.bytesOut), let hour = row.hour(.hourUTC), let date = row.day(.hourUTC),
        let hourOfDay = row.hourOfDay(.hourUTC)
      else { continue }
      let known = hours[hour]?.bytes ?? 0
      hours[hour] = (.saturatingSum(known, bytes), date.weekday - 1, hourOfDay)
    }
    var week = Array(repeating: Array(repeating: WeekHour(), count: 24), count: 7)
    for (bytes, day, hourOfDay) in hours.values where (0..<24).contains(hourOfDay) {
      week[day][hourOfDay].bytes.addSaturating(bytes)
      week[day][hourOfDay].hours += 1
    }
    return week
  }

  /// The days on which Microsoft publishes its monthly updates.
  static func secondTuesdays(in days: ClosedRange<LocalDate>) -> [LocalDate] {
    let (first, last) = (days.lowerBound.civil, days.upperBound.civil)
    let begin = first.year * 12 + first.month - 1
    // Bounded, since a store with wrong times may seem to span millennia.
    let months = begin...min(max(begin, last.year * 12 + last.month - 1), begin + 1_200)
    return months.map { month in
      let first = LocalDate(year: floorDivide(month, 12), month: month - floorDivide(month, 12) * 12 + 1, dayOfMonth: 1)
      // From the weekday of the first (1 for Monday) to the first Tuesday, and a week.
      return LocalDate(day: first.day + Int64((9 - first.weekday) % 7) + 7)
    }.filter(days.contains)
  }

  /// 0 for no bytes, 1 to 5 for fifths of the greatest mean; nil if nothing is known.
  var weekSteps: [[Int?]] {
    let greatest = week.joined().compactMap(\.mean).max() ?? 0
    return week.map { row in
      row.map { hour in
        hour.mean.map { mean in
          mean == 0 || greatest == 0 ? 0 : min(5, 1 + Int(Double(mean) / Double(greatest) * 5))
        }
      }
    }
  }

  /// Greatest mean bytes in an hour of the week.
  var greatestWeekHour: UInt64 { week.joined().compactMap(\.mean).max() ?? 0 }
}
