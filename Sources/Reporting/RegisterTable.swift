import Model
import Store

/// Columns of `register.csv` in their order.
package enum RegisterColumn: String, CaseIterable, Sendable {
  case result
  case list
  case documentedName = "documented_name"
  case recipient
  case doubt
  case observed
  case reference
  case importedOn = "imported_on"
  case transfers
  case groupMinimum = "group_minimum"
  case site
  case periodStart = "period_start"
  case periodEnd = "period_end"
  case timeZone = "time_zone"
}

/// `register.csv`: what the controller's papers name, beside what was observed.
struct RegisterTable {
  let period: AuditPeriod

  func cells(_ line: RegisterComparison.Line) -> [Cell] { RegisterColumn.allCases.map { cell($0, line) } }

  private func cell(_ column: RegisterColumn, _ line: RegisterComparison.Line) -> Cell {
    switch column {
    case .result: return .word(.registerResult, line.result.rawValue)
    case .list: return .word(.documentedList, line.list.rawValue)
    case .documentedName: return .text(line.entry?.recipient, else: .none)
    case .recipient: return .text(line.recipient, else: .none)
    case .doubt: return line.doubt.map { .word(.matchDoubt, $0.rawValue) } ?? .notApplicable
    case .observed:
      guard line.result != .withoutRule else { return .unknown }
      return line.isObserved.map(Cell.yesNo) ?? .notAssessable
    case .reference:
      guard let entry = line.entry else { return .notApplicable }
      return entry.references.isEmpty ? .none : .list(entry.references)
    case .importedOn:
      let list = period.documented.lists.first { $0.kind == line.list }
      return list.map { .dates([LocalDate(day: $0.day).description]) } ?? .unknown
    case .transfers: return line.transfers.isEmpty ? .none : .list(line.transfers)
    case .groupMinimum: return .integer(UInt64(period.groupMinimum))
    case .site: return .text(period.settings.site)
    case .periodStart: return .instant(period.hours.lowerBound)
    case .periodEnd: return .instant(period.hours.upperBound)
    case .timeZone: return .text(period.settings.timeZone)
    }
  }
}
