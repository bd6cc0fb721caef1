import Model
import Privacy
import Store

/// Columns of `changes.csv` in their order.
package enum ChangeColumn: String, CaseIterable, Sendable {
  case change
  case kind
  case name
  case recipient
  case purposeClass = "purpose_class"
  case group
  case day
  case devices
  case inBaseline = "in_baseline"
  case why
  case findingID = "finding_id"
  case ruleID = "rule_id"
  case baseline
  case baselineStart = "baseline_start"
  case baselineEnd = "baseline_end"
  case patchDays = "patch_days"
  case site
  case comparedStart = "compared_start"
  case comparedEnd = "compared_end"
  case timeZone = "time_zone"
}

/// `changes.csv`: one row for everything that is not as it was in the baseline.
struct ChangesTable {
  let period: AuditPeriod

  /// New first, then back, gone, and not assessable; each by day, then in the order of the comparison.
  var changes: [BaselineChange] {
    (period.comparison?.changes ?? []).filter { $0.state != .known }.enumerated().sorted { left, right in
      let order = { (change: BaselineChange) in [change.state.order, change.state.day?.day ?? 0] }
      let (first, second) = (order(left.element), order(right.element))
      return first == second ? left.offset < right.offset : first.lexicographicallyPrecedes(second)
    }.map(\.element)
  }

  func cells(_ change: BaselineChange) -> [Cell] {
    guard let comparison = period.comparison else { return [] }
    return ChangeColumn.allCases.map { cell($0, change, comparison) }
  }

  private func cell(_ column: ChangeColumn, _ change: BaselineChange, _ comparison: BaselineComparison) -> Cell {
    let baseline = comparison.stored.content
    switch column {
    case .change: return .word(.baselineState, change.state.word)
    case .day: return Cell(dayOf: change)
    case .devices:
      // No device contacted a service that is gone.
      return period.groups.isSiteTooSmall ? .unknown : .integer(UInt64(change.devices))
    case .inBaseline: return change.contact.map { .word(.baselineContact, $0.rawValue) } ?? .none
    case .why:
      guard case .notAssessable(let doubt) = change.state else { return .notApplicable }
      return .localized(
        LocalizedText(en: Texts.baselineDoubt(doubt, .english), de: Texts.baselineDoubt(doubt, .german)))
    case .baseline: return .text(comparison.stored.name.description)
    case .baselineStart: return .dates([baseline.days.lowerBound.description])
    case .baselineEnd: return .dates([baseline.days.upperBound.description])
    case .patchDays:
      let days = baseline.patchDays.map { LocalDate(day: $0).description }
      return days.isEmpty ? .none : .dates(days)
    case .site: return .text(period.settings.site)
    case .comparedStart: return comparison.days.map { .dates([$0.lowerBound.description]) } ?? .notApplicable
    case .comparedEnd: return comparison.days.map { .dates([$0.upperBound.description]) } ?? .notApplicable
    case .timeZone: return .text(period.settings.timeZone)
    case .kind, .name, .recipient, .purposeClass, .group, .findingID, .ruleID: return cell(column, of: change.subject)
    }
  }

  private func cell(_ column: ChangeColumn, of subject: BaselineChange.Subject) -> Cell {
    switch (subject, column) {
    case (.service, .kind): .word(.changeSubject, "service")
    case (.service(_, let title, _, _), .name): .localized(title)
    case (.service(_, _, let recipient, _), .recipient): .text(recipient)
    case (.service(let key, _, _, _), .purposeClass): .word(.purpose, key.service.purpose.rawValue)
    case (.service(let key, _, _, _), .group): .word(.group, key.group)
    case (.service(let key, _, _, _), .findingID): .text(period.identifier(of: key))
    case (.service(_, _, _, let rules), .ruleID): .list(rules)
    case (.destination(let identity), .kind): .word(.changeSubject, identity.kind)
    case (.destination(.domain(let name)), .name): .wire(name)
    case (.destination(let identity), .name): identity == .unnamed ? .unknown : .text(identity.text)
    default: .notApplicable
    }
  }
}

extension BaselineState {
  fileprivate var order: Int64 {
    switch self {
    case .new: 0
    case .returned: 1
    case .gone: 2
    case .attemptsOnly: 3
    case .notAssessable: 4
    case .known: 5
    }
  }
}

extension BaselineChange {
  /// Nil if that is not known.
  var isNewOrBack: Bool? {
    switch state {
    case .new, .returned: true
    case .known, .gone, .attemptsOnly: false
    case .notAssessable: nil
    }
  }
}

extension Cell {
  /// `change`: of a row; nil if it shows only days that are not compared.
  init(newSince comparison: BaselineComparison?, _ change: BaselineChange?) {
    guard let comparison else {
      self = .unknown
      return
    }
    guard let change else {
      self = comparison.days == nil ? .notApplicable : .word(.baselineState, BaselineState.known.word)
      return
    }
    if case .notAssessable = change.state {
      self = .notAssessable
    } else {
      self = .word(.baselineState, change.state.word)
    }
  }

  init(dayOf change: BaselineChange?) {
    self = change?.state.day.map { .dates([$0.description]) } ?? .notApplicable
  }
}
