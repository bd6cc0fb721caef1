import Model
import Privacy
import ReportTestSupport
import Store

@testable import Reporting

/// A store of an office, day by day: the devices present, and what each sent.
struct Office {
  static let first = LocalDate("2026-05-04")!

  var source = MemorySource()
  private var sequence: Int64 = 0
  private let clock = SiteClock(zone: "Europe/Berlin")!

  init(minimum: Int = 5) {
    var settings = Example.settings()
    settings.groupMinimum = minimum
    settings.workingHours = WorkingHours(weekdays: [1, 2, 3, 4, 5], from: 7, to: 18)
    source.storedSessions = [Example.session(settings)]
    source.facts = [Example.hash: ["windows-diag": Example.rule()]]
  }

  /// A whole day on which `present` devices of each group were present; each sent a distinctive number of bytes at
  /// noon.
  mutating func add(_ date: LocalDate, _ present: [String: [UInt8]], at hourOfDay: Int64 = 10) {
    for hour in clock.firstHour(of: date).sinceEpoch..<clock.firstHour(of: date.next).sinceEpoch {
      source.rows.append(Example.sensorHour(Hour(sinceEpoch: hour)))
    }
    for (group, devices) in present.sorted(by: { $0.key < $1.key }) {
      for device in devices {
        let hour = Hour(sinceEpoch: date.day * 24 + hourOfDay)
        source.present.append(DevicePresence(day: hour.dayUTC, group: group, device: Example.device(device)))
        let up = UInt64(device) * 1_000_000 + UInt64(date.day)
        source.usage.append(Example.use(hour, device: device, group: group, up: up))
        sequence += 1
        var flow = Example.flow(hour, device: device, group: group, sequence: sequence, bytesUp: up)
        flow.chainHash = (0..<32).map { UInt8(truncatingIfNeeded: sequence >> (8 * ($0 % 8))) }
        source.evidence.append(flow)
      }
    }
  }

  /// Two departments of six, on the working days of one week and the Monday of the next; on Saturday one person was
  /// present.
  static func oneSaturday() -> Office {
    var office = Office()
    let staff: [String: [UInt8]] = ["Bauamt": [1, 2, 3, 4, 5, 6], "Kasse": [11, 12, 13, 14, 15, 16]]
    for day in 0..<8 {
      office.add(
        LocalDate(day: first.day + Int64(day)), day == 5 ? ["Kasse": [13]] : day == 6 ? [:] : staff)
    }
    return office
  }

  static func day(_ number: Int64) -> LocalDate { LocalDate(day: first.day + number) }

  func rows(_ table: ExportTable, _ from: LocalDate?, _ to: LocalDate?) throws -> [[String: String]] {
    try csvRows(table, source, from: from, to: to)
  }
}
