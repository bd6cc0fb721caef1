public import Model
import Reporting
public import Store

/// Decided and open rows, changes since the decisions, and decisions that are due for another review.
public struct ReviewReport: Sendable {
  /// A row of a table with its latest decision.
  struct Entry: Sendable, Equatable {
    var row: String
    /// Its name for people, such as service and group.
    var name: [String]
    var state: State
  }

  enum State: Sendable, Equatable {
    case open
    /// `changes`: figures that moved by more than the set share, as lines for people; `isDue`: the decision is too old.
    case decided(on: LocalDate, role: String, word: String, changes: [String], isDue: Bool)
  }

  let tables: [(table: ExportTable, entries: [Entry])]
  let language: Language
  let from: LocalDate?
  let to: LocalDate?
  let limits: ReviewLimits

  public var isSettled: Bool {
    tables.allSatisfy { _, entries in
      entries.allSatisfy { entry in
        guard case .decided(_, _, _, let changes, let isDue) = entry.state else { return false }
        return changes.isEmpty && !isDue
      }
    }
  }

  /// Reads the tables for the local days `from` to `to`, inclusive, and all decisions. O(rows of the store).
  ///
  /// - Parameters:
  ///   - today: days since 1970-01-01 in UTC.
  ///   - limits: when a decision is due for another review.
  public init(
    database: AuditDatabase, from: LocalDate? = nil, to: LocalDate? = nil, today: Int64,
    limits: ReviewLimits = ReviewLimits(), language: Language
  ) throws {
    let clock = try SiteClock(of: database)
    var latest: [ReviewedRow: ReviewDecision] = [:]
    for decision in try database.reviewDecisions() { latest[ReviewedRow(decision)] = decision }
    let reviewed = ExportTable.allCases.filter(\.hasHumanColumns)
    // Figures are compared as stored, and rows are named in the language of the reader.
    let profiles: [ExportProfile] = language == .german ? [.rfc4180, .officeGerman] : [.rfc4180]
    let bytes = try Exporter.bytes(of: reviewed, profiles: profiles, from: from, to: to, database: database)
    tables = try reviewed.map { table in
      let stored = try StoredRows(table, bytes: bytes[table]?[.rfc4180] ?? [])
      let named = try bytes[table]?[.officeGerman].map { try StoredRows(table, bytes: $0) } ?? stored
      // A table without rows has no figures that could have changed.
      let days = try stored.saved.rows.first.map {
        try SavedPeriod(Texts.columns(of: table), stored.saved, $0, clock: clock).days
      }
      let dayCount = days.map { Int($0.upperBound.day - $0.lowerBound.day) + 1 } ?? 1
      let entries = stored.ids.map { id in
        let facts = stored.facts(of: id)
        let names = named.facts(of: id)
        let name = table.factColumns.prefix(table == .undescribed ? 1 : 3).compactMap { names[$0] }
        guard let decision = latest[ReviewedRow(table, id)], let word = decision.settledWord(table) else {
          return Entry(row: id, name: name, state: .open)
        }
        let date = decision.date(in: table)
        return Entry(
          row: id, name: name,
          state: .decided(
            on: date, role: decision.role, word: table.decisionText(word, language),
            changes: table.changes(
              from: decision.content.facts, of: decision.dayCount, to: facts, of: dayCount, by: limits.changedShare),
            isDue: today - date.day > limits.dueAfterDays))
      }
      return (table, entries)
    }
    self.from = from
    self.to = to
    self.limits = limits
    self.language = language
  }

  /// Lines for people.
  public var text: String {
    let german = language == .german
    func name(_ entry: Entry) -> String {
      ([entry.row] + entry.name).map { CSVFormat.safeText($0) }.joined(separator: ", ")
    }
    var lines: [String] = []
    for (table, entries) in tables {
      var (open, changed, due) = ([String](), [String](), [String]())
      for entry in entries {
        guard case .decided(let date, let role, let word, let changes, let isDue) = entry.state else {
          open.append(name(entry))
          continue
        }
        let decision = "\(word), \(Texts.date(date.description, language)), \(CSVFormat.safeText(role))"
        if !changes.isEmpty {
          let figures = changes.map { Texts.withTitle($0, of: table, language) }.joined(separator: "; ")
          changed.append("\(name(entry)) (\(decision)): \(figures)")
        }
        if isDue { due.append("\(name(entry)) (\(decision))") }
      }
      let decided = entries.count - open.count
      lines.append(
        german
          ? "\(Texts.title(table).de): \(entries.count) Zeilen, \(decided) entschieden, \(open.count) offen, \(changed.count) seither geändert, \(due.count) erneut zu prüfen"
          : "\(Texts.title(table).en): \(entries.count) rows, \(decided) decided, \(open.count) open, \(changed.count) changed since, \(due.count) to be reviewed again"
      )
      lines += Self.section(german ? "geändert" : "changed", changed, german)
      lines += Self.section(german ? "erneut zu prüfen" : "to be reviewed again", due, german)
      lines += Self.section(german ? "offen" : "open", open, german)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func section(_ title: String, _ items: [String], _ german: Bool) -> [String] {
    let shown = items.prefix(20).map { "  \(title): \($0)" }
    return items.count > shown.count
      ? shown + ["  " + (german ? "und \(items.count - 20) weitere" : "and \(items.count - 20) more")] : shown
  }
}
