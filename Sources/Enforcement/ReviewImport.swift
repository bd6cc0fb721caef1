import Documents
import Foundation
import Model
import Reporting
import Store

/// A table that people filled in, compared with what the store gives for the same days, and the decisions in it.
///
/// Only the columns for people may differ, and those that show earlier decisions. Office programs may have sorted the
/// rows, left some out, hidden or added columns, and written numbers and times in another form.
public struct ReviewImport: Sendable {
  /// Decisions that are not recorded yet, in the order of the rows.
  public let decisions: [ReviewDecision]
  /// Rows whose entries the store already has: as the latest decision, or as one of the same file.
  public let known: Int
  /// Rows that nobody filled in.
  public let empty: Int
  /// Empty rows with an earlier decision, which stays in effect.
  public let kept: Int

  /// What an import has done, or would do, in one line.
  public func summary(_ language: Language, isRecorded: Bool) -> String {
    let count = decisions.count
    guard language == .german else {
      return
        "\(count) \(count == 1 ? "decision" : "decisions") \(isRecorded ? "recorded" : "would be recorded"), \(known) known already, "
        + "\(empty) \(empty == 1 ? "row" : "rows") left empty"
        + (kept > 0 ? "; \(kept) of them \(kept == 1 ? "keeps its" : "keep their") earlier decision" : "")
    }
    return
      "\(count) \(count == 1 ? "Entscheidung" : "Entscheidungen") \(isRecorded ? "übernommen" : "zu übernehmen"), \(known) bereits bekannt, "
      + "\(empty) \(empty == 1 ? "Zeile" : "Zeilen") nicht ausgefüllt"
      + (kept > 0 ? "; für \(kept) davon gilt die frühere Entscheidung weiter" : "")
  }

  /// Most faults of one message; a table of other days differs in every row.
  private static let faultLimit = 20

  /// Reads CSV, and by LibreOffice also xlsx and ods. O(rows of the table and of the store).
  ///
  /// - Parameters:
  ///   - role: of the person who decided, for rows that name none.
  ///   - now: when the decisions are recorded.
  ///   - baseline, reclassification: those that the table was exported with.
  ///
  /// Throws `FileLoadError` with every cell that differs, and what reading the store throws.
  public init(
    path: String, role: ReviewRole?, now: Timestamp, database: AuditDatabase, baseline: BaselineChoice = .newest,
    reclassification: Reclassification? = nil
  ) throws {
    let earlier = Dictionary(grouping: try database.reviewDecisions(), by: ReviewedRow.init)
    let clock = try SiteClock(of: database)
    var decisions: [ReviewDecision] = []
    var (known, empty, kept) = (0, 0, 0)
    // Two sheets may hold one table: which of two decisions counts, nobody could tell.
    var seen: [ReviewedRow: (sheet: Int, row: Int)] = [:]
    for (sheet, (table, saved)) in try SavedTable.tables(path: path).enumerated() {
      // A sum or a remark below the table has no id, and decides nothing.
      let rows = saved.rows.filter { row in
        !saved.text(table.rowColumn, in: row).isEmpty
          || Texts.columns(of: table).contains { $0.isForPeople && !saved.text($0.id, in: row).isEmpty }
      }
      guard let first = rows.first else { continue }
      let period = try SavedPeriod(Texts.columns(of: table), saved, first, clock: clock)
      let bytes = try Exporter.bytes(
        of: [table], profiles: [.officeGerman, .rfc4180], from: period.days.lowerBound, to: period.days.upperBound,
        baseline: baseline, database: database, reclassification: reclassification)
      let exported = try [ExportProfile.officeGerman, .rfc4180].map { profile in
        try StoredRows(table, bytes: bytes[table]?[profile] ?? [])
      }
      let reading = Reading(
        table: table, saved: saved, expected: period.isISO ? exported[1] : exported[0],
        lastDay: LocalDate(day: now.seconds / 86_400 + 1))
      var faults: [FileFault] = []
      for row in rows {
        let name = saved.text(table.rowColumn, in: row)
        faults += reading.differences(in: row)
        let entries = reading.entries(of: row, &faults)
        if let other = seen.updateValue((sheet, row.number), forKey: ReviewedRow(table, name)) {
          faults.append(
            saved.fault(
              row, table.rowColumn,
              other.sheet == sheet
                ? TableTexts.alsoInRow(SavedEntry.quoted(name), other.row)
                : TableTexts.alsoOnSheet(SavedEntry.quoted(name), other.row),
              expected: TableTexts.oneRowForID,
              next: FileTexts.removeOneOfTwo))
        }
        guard !entries.isEmpty else {
          empty += 1
          if earlier[ReviewedRow(table, name)] != nil { kept += 1 }
          continue
        }
        guard let decidedBy = entries[table.roleColumn] ?? role?.name else {
          faults.append(
            saved.fault(
              row, table.roleColumn, TableTexts.roleMissing,
              expected: TableTexts.roleOfDecision,
              next: TableTexts.fillRole))
          continue
        }
        let decision = ReviewDecision(
          table: table.rawValue, row: name, days: period.days, role: decidedBy, recordedAt: now,
          fileDigest: saved.digestBytes,
          content: ReviewDecision.Content(entries: entries, facts: exported[1].facts(of: name)))
        // A file that was read before undoes no later decision.
        let stored = earlier[ReviewedRow(decision)] ?? []
        if stored.last.map(decision.repeats) == true
          || stored.contains(where: { decision.repeats($0) && $0.fileDigest == decision.fileDigest })
        {
          known += 1
        } else {
          decisions.append(decision)
        }
      }
      guard faults.isEmpty else { throw FileLoadError(faults: Self.shortened(faults)) }
    }
    self.decisions = decisions
    self.known = known
    self.empty = empty
    self.kept = kept
  }

  private static func shortened(_ faults: [FileFault]) -> [FileFault] {
    guard faults.count > faultLimit, let last = faults.last else { return faults }
    return faults.prefix(faultLimit) + [
      FileFault(
        file: last.file, position: .table(row: nil, column: nil),
        problem: TableTexts.moreCells(faults.count - faultLimit),
        expected: TableTexts.onlyPeoplesColumns,
        nextStep: TableTexts.exportAndCopy)
    ]
  }
}

extension SiteClock {
  /// Of the latest session's time zone.
  init(of database: AuditDatabase) throws {
    let zone = try database.sessions().last?.settings.timeZone ?? AuditSettings().timeZone
    guard let clock = SiteClock(zone: zone) else { throw ReportingError.unknownTimeZone(zone) }
    self = clock
  }
}

extension ReviewDecision {
  /// The same was decided about the same days in the same role.
  fileprivate func repeats(_ earlier: ReviewDecision) -> Bool {
    earlier.role == role && earlier.days == days && earlier.content.entries == content.entries
  }
}

/// The rows of a table as the store gives them now.
struct StoredRows {
  let table: ExportTable
  let saved: SavedTable
  private let rows: [String: SavedTable.Row]

  var ids: [String] { saved.rows.map { saved.text(table.rowColumn, in: $0) } }

  /// - Parameter bytes: the table as `Exporter` writes it.
  init(_ table: ExportTable, bytes: [UInt8]) throws {
    self.table = table
    let saved = try SavedTable(bytes: bytes, file: table.rawValue, table: table)
    self.saved = saved
    rows = Dictionary(saved.rows.map { (saved.text(table.rowColumn, in: $0), $0) }) { first, _ in first }
  }

  func row(_ id: String) -> SavedTable.Row? { rows[id] }

  func facts(of id: String) -> [String: String] {
    guard let row = rows[id] else { return [:] }
    return Dictionary(uniqueKeysWithValues: table.factColumns.map { ($0, saved.text($0, in: row)) })
  }
}

/// The days of a table, as its rows say them.
struct SavedPeriod {
  let days: ClosedRange<LocalDate>
  /// The table is of the profile `rfc4180`, whose times are in UTC; else they are local.
  let isISO: Bool

  init(
    _ columns: [Column], _ saved: SavedTable, _ row: SavedTable.Row, clock: SiteClock
  ) throws(FileLoadError) {
    let texts = [FindingColumn.periodStart, .periodEnd].map { saved.text($0.rawValue, in: row) }
    // Both profiles have titles of their own for this column; LibreOffice gives times another form.
    isISO = !columns.contains { $0.id == FindingColumn.periodStart.rawValue && saved.isGerman($0) }
    var dates: [LocalDate] = []
    for (index, column) in [FindingColumn.periodStart, .periodEnd].enumerated() {
      guard let moment = SavedMoment(texts[index]) else {
        throw FileLoadError(
          faults: [
            saved.fault(
              row, column.rawValue, TableTexts.noTime(SavedEntry.quoted(texts[index])),
              expected: TableTexts.exportedTime,
              next: TableTexts.restoreCell)
          ])
      }
      // The end is the first hour that does not belong to the period.
      let hour = Hour(sinceEpoch: moment.day.day * 24 + moment.hour - Int64(index))
      dates.append(
        isISO ? clock.date(of: hour) : LocalDate(day: moment.day.day + (moment.hour < Int64(index) ? -1 : 0)))
    }
    days = min(dates[0], dates[1])...max(dates[0], dates[1])
  }
}

/// One saved table, with the rows that the store gives.
private struct Reading {
  let table: ExportTable
  let saved: SavedTable
  let expected: StoredRows
  /// The latest day on which anything can be decided: tomorrow in UTC, which is today elsewhere.
  let lastDay: LocalDate

  /// Faults for cells that only the program fills and that differ from what it would write.
  func differences(in row: SavedTable.Row) -> [FileFault] {
    let name = saved.text(table.rowColumn, in: row)
    guard let stored = expected.row(name) else {
      return [
        saved.fault(
          row, table.rowColumn, TableTexts.noRow(SavedEntry.quoted(name)),
          expected: TableTexts.currentID,
          next: TableTexts.restoreOrExportID)
      ]
    }
    let changed = Texts.columns(of: table).filter { column in
      !column.isForPeople && !column.isOfDecisions && saved.has(column.id)
        && !Self.agree(
          saved.text(column.id, in: row), expected.saved.text(column.id, in: stored), column.kind)
    }
    // A row with the ID of another differs in most cells, so the first few are enough.
    return changed.prefix(3).enumerated().map { number, column in
      let (found, wanted) = Self.parts(
        saved.text(column.id, in: row), expected.saved.text(column.id, in: stored))
      let others = TableTexts.othersChanged(number == 2 ? max(changed.count - 3, 0) : 0)
      return saved.fault(
        row, column.id, TableTexts.cellChanged(SavedEntry.quoted(found), others),
        expected: FileTexts.words(SavedEntry.quoted(wanted)),
        next: TableTexts.restoreOrExport)
    }
  }

  /// Of two long texts, what begins shortly before their first difference.
  private static func parts(_ found: String, _ wanted: String) -> (String, String) {
    let common = zip(found, wanted).prefix { $0 == $1 }.count
    guard common > 40 else { return (found, wanted) }
    return ("…" + found.dropFirst(common - 20), "…" + wanted.dropFirst(common - 20))
  }

  /// What people wrote, by column; adds a fault for each cell that the column does not allow.
  func entries(of row: SavedTable.Row, _ faults: inout [FileFault]) -> [String: String] {
    var entries: [String: String] = [:]
    for column in Texts.columns(of: table) {
      guard let entry = column.entry, case let text = saved.text(column.id, in: row), !text.isEmpty else { continue }
      let isRole = column.id == table.roleColumn
      guard let value = isRole ? ReviewRole(text)?.name : SavedEntry.value(text, of: entry) else {
        faults.append(
          saved.fault(
            row, column.id, TableTexts.notAllowed(SavedEntry.quoted(text)),
            expected: isRole ? ReviewRole.expectation : SavedEntry.expectation(of: entry),
            next: TableTexts.correctOrEmpty))
        continue
      }
      if entry == .date, value > lastDay.description {
        faults.append(
          saved.fault(
            row, column.id, TableTexts.inFuture(SavedEntry.quoted(text)), expected: TableTexts.dayUpTo(lastDay),
            next: TableTexts.correctOrEmpty))
        continue
      }
      entries[column.id] = value
    }
    return entries
  }

  /// White space, zeros behind the decimal mark, the mark itself and seconds do not count.
  private static func agree(_ found: String, _ wanted: String, _ kind: Column.Kind) -> Bool {
    if words(found) == words(wanted) { return true }
    switch kind {
    case .integer, .decimal: return number(found).map { $0 == number(wanted) } ?? false
    case .instant, .instantUTC, .date: return SavedMoment(found).map { $0 == SavedMoment(wanted) } ?? false
    case .text, .list, .word, .words, .counts, .human: return false
    }
  }

  private static func words(_ text: String) -> [Substring] { text.split(whereSeparator: \.isWhitespace) }

  /// Digits before and behind the mark, without needless zeros; nil for what is no plain number.
  private static func number(_ text: String) -> [Substring]? {
    let parts = text.split(omittingEmptySubsequences: false) { $0 == "," || $0 == "." }
    guard (1...2).contains(parts.count), !parts[0].isEmpty,
      parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } })
    else { return nil }
    let whole = parts[0].drop { $0 == "0" }
    var fraction = parts.count == 2 ? parts[1] : ""
    while fraction.last == "0" { fraction.removeLast() }
    return [whole, fraction]
  }
}
