import Documents
import Model
import Reporting

/// What a person decided about a finding.
public enum ReviewStatus: String, Sendable, Hashable, CaseIterable {
  /// Also if the cell was left empty.
  case open
  case confirmed
  case rejected
  case deferred
}

/// A findings table with the decisions that people wrote into it.
public struct ReviewedFindings: Sendable {
  struct Row: Sendable, Equatable {
    /// As a spreadsheet numbers it: the headings are row 1.
    var row: Int
    /// `F-` and 12 hexadecimal digits.
    var finding: String
    var status: ReviewStatus
    /// Day of the decision; nil if the cell was left empty.
    var confirmedOn: LocalDate?
    var group: String
    var service: String
    var rules: [String]
    /// Host name patterns and address ranges that matched.
    var patterns: [String]
    var ruleSetHashes: [String]
  }

  /// As the user named it.
  let file: String
  /// `sha256:` and 64 hexadecimal digits of the file.
  let digest: String
  let rows: [Row]

  private static let needed: [FindingColumn] = [
    .findingID, .group, .service, .destinationPattern, .ruleID, .rulesetHash, .status,
  ]

  /// Reads `findings.csv` as saved by people. Throws the faults of all cells together. O(bytes).
  public init(path: String) throws(FileLoadError) {
    try self.init(
      SavedTable(path: path, columns: Texts.columns(of: .findings), needed: Self.needed.map(\.rawValue)))
  }

  init(bytes: [UInt8], file: String) throws(FileLoadError) {
    try self.init(
      SavedTable(
        bytes: bytes, file: file, columns: Texts.columns(of: .findings), needed: Self.needed.map(\.rawValue)))
  }

  private init(_ table: SavedTable) throws(FileLoadError) {
    file = table.file
    digest = table.digest
    var faults: [FileFault] = []
    rows = table.rows.compactMap { row in
      let text = { (column: FindingColumn) in table.text(column.rawValue, in: row) }
      let list = { (column: FindingColumn) in text(column).split(separator: "|").map(String.init) }
      let finding = text(.findingID)
      if !FindingExplanation.isIdentifier(finding) {
        faults.append(
          table.fault(
            row, FindingColumn.findingID.rawValue, TableTexts.noFinding(SavedEntry.quoted(finding)),
            expected: TableTexts.findingID, next: TableTexts.restoreCell))
      }
      let status =
        text(.status).isEmpty
        ? .open : SavedEntry.word(text(.status), of: .reviewStatus).flatMap(ReviewStatus.init(rawValue:))
      if status == nil {
        faults.append(
          table.fault(
            row, FindingColumn.status.rawValue, TableTexts.noDecision(SavedEntry.quoted(text(.status))),
            expected: SavedEntry.words(of: .reviewStatus), next: TableTexts.writeWordOrEmpty))
      }
      let day = text(.confirmedOn)
      let confirmedOn = day.isEmpty ? nil : SavedDate.read(day)
      if confirmedOn == nil, !day.isEmpty {
        faults.append(
          table.fault(
            row, FindingColumn.confirmedOn.rawValue,
            TableTexts.ambiguousDate(SavedEntry.quoted(day)),
            expected: TableTexts.day, next: TableTexts.writeDayOrEmpty))
      }
      return Row(
        row: row.number, finding: finding, status: status ?? .open, confirmedOn: confirmedOn, group: text(.group),
        service: text(.service), rules: list(.ruleID), patterns: list(.destinationPattern),
        ruleSetHashes: list(.rulesetHash))
    }
    guard faults.isEmpty else { throw FileLoadError(faults: faults) }
  }

  /// Throws if two rows decide one finding differently.
  static func check(_ tables: [ReviewedFindings]) throws(FileLoadError) {
    var first: [String: (file: String, row: Row)] = [:]
    var faults: [FileFault] = []
    for table in tables {
      for row in table.rows {
        guard let earlier = first[row.finding] else {
          first[row.finding] = (table.file, row)
          continue
        }
        if earlier.row.status != row.status {
          faults.append(
            FileFault(
              file: table.file, position: .table(row: row.row, column: FindingColumn.status.rawValue),
              problem:
                TableTexts.decidedOtherwise(
                  row.finding, row.status.rawValue, earlier.row.status.rawValue, earlier.file, earlier.row.row),
              expected: TableTexts.oneDecision, nextStep: TableTexts.correctOneDecision))
        }
      }
    }
    guard faults.isEmpty else { throw FileLoadError(faults: faults) }
  }
}
