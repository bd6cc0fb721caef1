import Cryptography
import Documents
public import Model

/// Which rows of the tables are written.
///
/// Rows are chosen by their cells and never computed again, so a filtered table shows nothing that the whole table does
/// not.
public struct RowFilter: Sendable, Equatable {
  /// Properties by which a row can be chosen; the name of the option is `--` and the raw value.
  public enum Criterion: String, Sendable, Hashable, CaseIterable {
    case group, service, recipient, purpose, priority
  }

  public enum State: String, Sendable, Hashable, CaseIterable {
    /// New or back since the baseline.
    case new
    /// Nothing was decided about the row.
    case open
  }

  /// A row must have one of the values of each criterion: ids, or words in either language, in any case.
  public var values: [Criterion: [String]]
  public var only: State?

  public init(_ values: [Criterion: [String]] = [:], only: State? = nil) {
    self.values = values.filter { !$0.value.isEmpty }
    self.only = only
  }

  public var isEmpty: Bool { values.isEmpty && only == nil }

  /// The rows of one table; nil if no part of the filter is about the table.
  func selection(of table: ExportTable) -> Selection? {
    let selection = Selection(
      wanted: values.compactMap { criterion, values in
        criterion.column(of: table).map { ($0, Set(values.map { $0.lowercased() })) }
      },
      only: only.flatMap { state in state.column(of: table).map { (state, $0) } })
    return selection.wanted.isEmpty && selection.only == nil ? nil : selection
  }

  struct Selection {
    fileprivate let wanted: [(column: Int, values: Set<String>)]
    fileprivate let only: (state: State, column: Int)?

    /// O(criteria).
    func keeps(_ cells: [Cell]) -> Bool {
      guard wanted.allSatisfy({ !$0.values.isDisjoint(with: RowFilter.spellings(of: cells[$0.column])) }) else {
        return false
      }
      guard let only else { return true }
      switch (only.state, cells[only.column]) {
      case (.new, .word(_, let id)): return ["new", "returned"].contains(id)
      case (.new, _): return false
      case (.open, let cell): return cell == .none
      }
    }
  }

  /// Accepted spellings of a value, in lower case.
  private static func spellings(of cell: Cell) -> Set<String> {
    var spellings: Set<String> = []
    for language in [Language.english, .german] {
      let text = CellText(language: language, clock: .utc)
      spellings.insert(text.text(cell).lowercased())
      spellings.formUnion(text.parts(cell).map { $0.lowercased() })
    }
    switch cell {
    case .word(_, let id): spellings.insert(id.lowercased())
    case .words(_, let ids): spellings.formUnion(ids.map { $0.lowercased() })
    default: break
    }
    return spellings
  }

  /// The five that are most like a value, in whichever language it is; all words of a column that has only a few.
  private static func nearestNames(to value: String, among known: [Cell]) -> [LocalizedText] {
    let texts = [Language.english, .german].map { CellText(language: $0, clock: .utc) }
    var names: [String: LocalizedText] = [:]
    for cell in known {
      let name = LocalizedText(en: texts[0].text(cell), de: texts[1].text(cell))
      var spellings: Set = [name.en, name.de]
      if case .word(_, let id) = cell { spellings.insert(id) }
      for spelling in spellings { names[spelling] = name }
    }
    var nearestNames: [LocalizedText] = []
    for spelling in nearest(names.count, to: value, in: names.keys) {
      guard let name = names[spelling], !nearestNames.contains(name) else { continue }
      nearestNames.append(name)
    }
    let isClosed = known.allSatisfy { if case .word(.purpose, _) = $0 { true } else { false } }
    return Array(nearestNames.prefix(isClosed ? nearestNames.count : 5))
  }

  /// Throws `RowFilterError` if a value is none of the period, or if no table has a column for a part of the filter.
  func check(_ tables: [ExportTable], of period: AuditPeriod) throws {
    for criterion in Criterion.allCases {
      guard let values = values[criterion] else { continue }
      guard tables.contains(where: { criterion.column(of: $0) != nil }) else {
        throw RowFilterError.noColumn(option: criterion.rawValue, tables: tables)
      }
      let known = try period.filterValues(of: criterion, in: tables)
      let spellings = known.reduce(into: Set<String>()) { $0.formUnion(Self.spellings(of: $1)) }
      for value in values where !spellings.contains(value.lowercased()) {
        throw RowFilterError.unknownValue(
          option: criterion.rawValue, value: value, nearest: Self.nearestNames(to: value, among: known))
      }
    }
    if let only, !tables.contains(where: { only.column(of: $0) != nil }) {
      throw RowFilterError.noColumn(option: "only", tables: tables)
    }
  }

  /// Part of a file's name: the values without characters that are unsafe in file names, and six hexadecimal digits of
  /// a hash of the filter; nil for a table that is not filtered.
  package func fileNamePart(for tables: [ExportTable]) -> String? {
    guard tables.contains(where: { selection(of: $0) != nil }) else { return nil }
    let parts = Criterion.allCases.flatMap { values[$0] ?? [] } + (only.map { [$0.rawValue] } ?? [])
    let readable = String(parts.joined(separator: "-").unicodeScalars.prefix(40)).fileNamePart
    let digest = hexadecimal(SHA256Digest.hash(description(.english).utf8)).prefix(6)
    return "only-\(readable)-\(digest)"
  }

  /// What was chosen, such as `group: Sozialamt; priority: high`.
  package func description(_ language: Language) -> String {
    let german = language == .german
    var parts = Criterion.allCases.compactMap { criterion in
      values[criterion].map { "\(criterion.title[language]): \($0.map { printable($0) }.joined(separator: ", "))" }
    }
    switch only {
    case .new: parts.append(german ? "nur neue oder wieder aufgetretene" : "only new or back since the baseline")
    case .open: parts.append(german ? "nur ohne Entscheidung" : "only those without a decision")
    case nil: break
    }
    return parts.joined(separator: "; ")
  }

  /// Sentences about what was chosen, and in which of the tables; empty without a filter.
  package func sentences(_ tables: [ExportTable], _ language: Language) -> [String] {
    guard !isEmpty else { return [] }
    let german = language == .german
    var lines = [
      german
        ? "Ausgewählte Zeilen – \(description(.german)). Ihre Zahlen sind die der vollständigen Tabellen; die übrigen Zeilen fehlen."
        : "Chosen rows – \(description(.english)). Their figures are those of the whole tables; all other rows are missing."
    ]
    let options = values.keys.sorted { $0.rawValue < $1.rawValue }
    for table in tables {
      let missing =
        options.filter { $0.column(of: table) == nil }.map { $0.title[language] }
        + (only.flatMap { $0.column(of: table) == nil ? [german ? "nur …" : "only …"] : nil } ?? [])
      guard !missing.isEmpty else { continue }
      lines.append(
        german
          ? "\(Texts.title(table).de) (\(table.rawValue)): nicht ausgewählt nach \(missing.joined(separator: ", ")), da diese Tabelle keine solche Spalte hat."
          : "\(Texts.title(table).en) (\(table.rawValue)): not chosen by \(missing.joined(separator: ", ")), because this table has no such column."
      )
    }
    return lines
  }
}

extension RowFilter.Criterion {
  fileprivate var title: LocalizedText {
    switch self {
    case .group: LocalizedText(en: "group", de: "Gruppe")
    case .service: LocalizedText(en: "service", de: "Dienst")
    case .recipient: LocalizedText(en: "recipient", de: "Empfänger")
    case .purpose: LocalizedText(en: "purpose class", de: "Zweckklasse")
    case .priority: LocalizedText(en: "priority", de: "Vorrang")
    }
  }

  /// Place of its column; nil if the table has none.
  fileprivate func column(of table: ExportTable) -> Int? {
    let id =
      switch self {
      case .group: FindingColumn.group.rawValue
      case .service: table == .changes ? ChangeColumn.name.rawValue : FindingColumn.service.rawValue
      case .recipient: FindingColumn.recipient.rawValue
      case .purpose: FindingColumn.purposeClass.rawValue
      case .priority: FindingColumn.priority.rawValue
      }
    return Texts.columns(of: table).firstIndex { $0.id == id }
  }
}

extension RowFilter.State {
  /// Index of the column that shows whether a row is new, or the state of its latest decision; nil if the table has
  /// none.
  fileprivate func column(of table: ExportTable) -> Int? {
    let id =
      switch (self, table) {
      case (.new, .changes): ChangeColumn.change.rawValue
      case (.new, _): FindingColumn.newSinceBaseline.rawValue
      case (.open, _): FindingColumn.latestDecisionState.rawValue
      }
    return Texts.columns(of: table).firstIndex { $0.id == id }
  }
}

extension AuditPeriod {
  /// All values by which rows of the period can be chosen.
  fileprivate func filterValues(of criterion: RowFilter.Criterion, in tables: [ExportTable]) throws -> [Cell] {
    switch criterion {
    case .purpose: return Texts.words(.purpose).map { .word(.purpose, $0.id) }
    case .priority: return Texts.words(.priority).map { .word(.priority, $0.id) }
    case .group:
      return Set(usage.keys.map(\.group)).union(groupSums.keys).sorted().map { .word(.group, $0) }
    case .service, .recipient:
      let leading = try usage.values.map { try register.merged($0.rules).leading }
      var values: [Cell] = leading.map {
        criterion == .service ? .localized($0.serviceTitle) : .text($0.recipient.legalEntity)
      }
      for change in comparison?.changes ?? [] {
        guard case .service(_, let title, let recipient, _) = change.subject else { continue }
        values.append(criterion == .service ? .localized(title) : .text(recipient))
      }
      if criterion == .recipient, tables.contains(.register) {
        values += try registerLines().compactMap { $0.recipient.map { .text($0) } }
      }
      return values
    }
  }
}

/// Why rows could not be chosen; each message states the fault and the next step.
public enum RowFilterError: BilingualError, Sendable, Equatable {
  case unknownValue(option: String, value: String, nearest: [LocalizedText])
  case noColumn(option: String, tables: [ExportTable])
}
