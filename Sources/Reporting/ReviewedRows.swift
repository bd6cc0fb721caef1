package import Model
package import Store

/// A row of a table, regardless of the period.
package struct ReviewedRow: Hashable {
  let table: String
  let row: String

  package init(_ decision: ReviewDecision) {
    table = decision.table
    row = decision.row
  }

  package init(_ table: ExportTable, _ row: String) {
    self.table = table.rawValue
    self.row = row
  }
}

extension ExportTable {
  /// Column with the id that a row keeps in every period.
  package var rowColumn: String {
    switch self {
    case .transfers: TransferColumn.transferID.rawValue
    case .undescribed: UndescribedColumn.destination.rawValue
    case .findings, .flows, .coverage, .claims, .changes, .register: FindingColumn.findingID.rawValue
    }
  }

  package var roleColumn: String { self == .findings ? FindingColumn.confirmedByRole.rawValue : "decided_by_role" }

  package var dateColumn: String { self == .findings ? FindingColumn.confirmedOn.rawValue : "decided_on" }

  /// Columns that name a row for people, and the figures on which a decision rests.
  package var factColumns: [String] {
    switch self {
    case .undescribed: ["destination", "devices", "flows", "mb_up"]
    case .transfers: ["service", "recipient", "purpose_class", "devices_seen", "sessions", "mb_up"]
    case .findings, .flows, .coverage, .claims, .changes, .register:
      ["service", "group", "purpose_class", "devices_seen", "devices_observed", "sessions", "mb_up", "days_observed"]
    }
  }

  /// Figures that changed by more than `share` of their former value: devices as a share of those observed where these
  /// are known, counts and volumes for each day. Figures that became unknown or withheld, or known, have changed as
  /// well.
  ///
  /// - Parameters:
  ///   - old, new: facts by the id of the column, as `rfc4180` writes them.
  ///   - oldDays, newDays: local days that the table was about, and is about now; from 1.
  package func changes(
    from old: [String: String], of oldDays: Int, to new: [String: String], of newDays: Int, by share: Double
  ) -> [String] {
    func isNumber(_ facts: [String: String], _ column: String) -> Bool { facts[column].flatMap(Double.init) != nil }
    let knowsAll = [old, new].allSatisfy { isNumber($0, "devices_observed") }
    func rate(_ facts: [String: String], _ column: String, _ days: Int) -> Double? {
      guard let value = facts[column].flatMap(Double.init) else { return nil }
      if column.hasPrefix("devices") {
        guard knowsAll, let all = facts["devices_observed"].flatMap(Double.init), all > 0 else { return value }
        return value / all
      }
      let observed = facts["days_observed"].flatMap(Double.init).map { max($0, 1) }
      return value / (observed ?? Double(days))
    }
    return ["devices_seen", "devices", "devices_observed", "sessions", "flows", "mb_up"].compactMap { column in
      if let before = old[column], let after = new[column], before != after,
        !isNumber(old, column) || !isNumber(new, column)
      {
        return "\(column) \(CSVFormat.safeText(before)) -> \(CSVFormat.safeText(after))"
      }
      guard column != "devices_observed", factColumns.contains(column), let before = rate(old, column, oldDays),
        let after = rate(new, column, newDays),
        abs(after - before) > share * before
      else { return nil }
      return "\(column) \(Self.short(before)) -> \(Self.short(after))"
    }
  }

  private static func short(_ number: Double) -> String {
    let thousandths = Int64((min(number, 1e12) * 1000).rounded())
    let fraction = String(thousandths % 1000)
    return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
  }
}

extension ReviewDecision {
  /// What was decided, if it was: a status that is neither open nor deferred, or a filled `decision`.
  package func settledWord(_ table: ExportTable) -> String? {
    guard table == .findings else { return content.entries["decision"] }
    let status = content.entries[FindingColumn.status.rawValue]
    return status == "confirmed" || status == "rejected" ? status : nil
  }

  /// The day that the row names, else the one on which the decision was recorded, in UTC.
  package func date(in table: ExportTable) -> LocalDate {
    content.entries[table.dateColumn].flatMap { LocalDate($0) } ?? LocalDate(day: recordedAt.seconds / 86_400)
  }

  /// Local days of the table on which it rests, from 1.
  package var dayCount: Int { Int(days.upperBound.day - days.lowerBound.day) + 1 }
}

/// When a decision about a row has to be reviewed.
public struct ReviewLimits: Sendable, Equatable {
  /// A figure that differs from the one at the decision by more than this share has changed; from 0.
  public var changedShare: Double
  /// Days after which a decision is due again, from 0.
  public var dueAfterDays: Int64

  public init(changedShare: Double = 0.5, dueAfterDays: Int64 = 365) {
    self.changedShare = changedShare
    self.dueAfterDays = dueAfterDays
  }
}

/// The columns of a table that show what people last decided about its rows.
enum DecisionColumn: String, CaseIterable {
  case latestDecision = "latest_decision"
  case latestDecisionOn = "latest_decision_on"
  case latestDecisionState = "latest_decision_state"
  case reviewAgainBy = "review_again_by"
}

extension Column {
  /// It shows a decision of the store, which may have changed since, when a table was read back.
  package var isOfDecisions: Bool { DecisionColumn(rawValue: id) != nil }
}

/// What people last decided about the rows of one table, beside the present values of the table.
struct LatestDecisions {
  private let table: ExportTable
  private let limits: ReviewLimits
  private let format: CSVFormat
  /// Local days of the table.
  private let days: Int
  private let latest: [String: ReviewDecision]
  /// Places of the columns.
  private let places: [String: Int]

  init(_ decisions: [ReviewDecision], about table: ExportTable, in period: AuditPeriod, limits: ReviewLimits) {
    self.table = table
    self.limits = limits
    format = CSVFormat(profile: .rfc4180, clock: period.clock)
    let days = period.clock.days(of: period.hours)
    self.days = Int(days.upperBound.day - days.lowerBound.day) + 1
    latest = decisions.reduce(into: [:]) { latest, decision in
      if decision.table == table.rawValue { latest[decision.row] = decision }
    }
    places = Dictionary(
      uniqueKeysWithValues: Texts.columns(of: table).enumerated().map { ($0.element.id, $0.offset) })
  }

  /// A row with the cells of its latest decision, in the place of those that its table left as `none`.
  func completed(_ cells: [Cell]) -> [Cell] {
    guard let place = places[table.rowColumn], let decision = latest[format.text(cells[place])],
      let word = decision.settledWord(table)
    else { return cells }
    let date = decision.date(in: table)
    let facts = Dictionary(
      uniqueKeysWithValues: table.factColumns.compactMap { column in
        places[column].map { (column, format.text(cells[$0])) }
      })
    let changes = table.changes(
      from: decision.content.facts, of: decision.dayCount, to: facts, of: days, by: limits.changedShare)
    var cells = cells
    for column in DecisionColumn.allCases {
      guard let place = places[column.rawValue] else { continue }
      cells[place] =
        switch column {
        case .latestDecision: decisionCell(word)
        case .latestDecisionOn: .dates([date.description])
        case .latestDecisionState: .word(.decisionState, changes.isEmpty ? "holds" : "changed")
        case .reviewAgainBy: .dates([LocalDate(day: date.day + limits.dueAfterDays).description])
        }
    }
    return cells
  }

  private func decisionCell(_ word: String) -> Cell {
    switch table.decisionWords {
    case let words?: .word(words, word)
    case nil: .text(word)
    }
  }
}

extension ExportTable {
  /// Vocabulary of the decisions of the table; nil if people write a text.
  fileprivate var decisionWords: Vocabulary? {
    switch self {
    case .findings: .reviewStatus
    case .undescribed: .undescribedDecision
    case .transfers, .flows, .coverage, .claims, .changes, .register: nil
    }
  }

  /// A decision for people.
  package func decisionText(_ word: String, _ language: Language) -> String {
    decisionWords.map { Texts.word($0, word, language) } ?? word
  }
}

extension Texts {
  /// `mb_up 1.5 -> 3` with the title of the column in place of its id.
  package static func withTitle(_ change: String, of table: ExportTable, _ language: Language) -> String {
    guard let id = change.split(separator: " ").first,
      let column = columns(of: table).first(where: { $0.id == id })
    else { return change }
    return column.title[language] + change.dropFirst(id.count)
  }
}
