import Documents
public import Model
import Reporting
public import Store

/// A sample that people filled in with their verdicts: how often the classification is right, by naming class.
public struct SampleEvaluation: Sendable {
  package let precisions: [SamplePrecision]
  /// Rule sets of all rows.
  private let ruleSetHashes: Set<String>
  private let rowCount: Int
  private let comparison: Comparison?

  /// Comparison of the sample with a store.
  private struct Comparison {
    /// Days from which the sample was drawn.
    var days: ClosedRange<LocalDate>
    /// Number of rows that are not in the store's draw.
    var strangers: Int
    /// Rule set of the latest audit of the store.
    var ruleSetHash: String?
    /// Share of the bytes sent that have no name, 0 to 1; nil if nothing was sent.
    var unnamedShare: Double?
  }

  private static let needed: [SampleColumn] = [
    .nameClass, .draw, .verdict, .purposeClass, .periodStart, .periodEnd, .flowID, .ruleID, .rulesetHash, .seed,
    .perClass,
    .flowsInClass,
  ]

  /// Most faults of one message.
  private static let faultLimit = 20

  /// Reads CSV, and by LibreOffice also xlsx and ods. O(rows), and with a store O(flows of the days).
  ///
  /// Throws `FileLoadError` with every cell that is at fault, and what reading the store throws.
  ///
  /// - Parameter database: the store that the sample was drawn from; its draw is repeated, and what people must not
  ///   change is compared with it. Nil compares nothing.
  public init(path: String, database: AuditDatabase? = nil) throws {
    let saved = try SavedTable(
      path: path, columns: Texts.sample, needed: Self.needed.map(\.rawValue), isOnly: true)
    var reading = SampleReading(saved: saved)
    for row in saved.rows { reading.read(row) }
    try reading.check(limit: Self.faultLimit)
    guard let first = reading.rows.first else {
      throw FileLoadError(
        FileFault(
          file: path, position: .table(row: nil, column: nil), problem: TableTexts.noRows,
          expected: TableTexts.sampleRows, nextStep: TableTexts.nameSample))
    }
    comparison = try database.map { database in
      let days = try SavedPeriod(Texts.sample, saved, first.saved, clock: SiteClock(of: database)).days
      let sample = try ClassificationSample(
        database: database, perClass: first.perClass, seed: first.seed, from: days.lowerBound, to: days.upperBound)
      let strangers = reading.compare(with: sample.flows)
      try reading.check(limit: Self.faultLimit)
      return Comparison(
        days: days, strangers: strangers, ruleSetHash: try database.sessions().max { $0.id < $1.id }?.ruleSet.hash,
        unnamedShare: sample.unnamedShare)
    }
    ruleSetHashes = Set(reading.rows.map(\.ruleSetHash))
    rowCount = reading.rows.count
    precisions = Dictionary(grouping: reading.rows, by: \.namingClass).sorted { $0.key < $1.key }.map {
      SamplePrecision($0.key, of: $0.value)
    }
  }

  /// The same for a report, one sentence or a few in each: the days of the sample first, then each naming class.
  public func sentences(_ language: Language) -> [String] {
    var sentences = comparison.map { [SampleSentences(language).days($0.days)] } ?? []
    for line in text(language).split(separator: "\n") {
      // Indented lines continue the line before.
      if line.hasPrefix("  "), let last = sentences.popLast() {
        sentences.append(last + line.dropFirst())
      } else {
        sentences.append(String(line))
      }
    }
    return sentences
  }

  /// Lines for people.
  public func text(_ language: Language) -> String {
    let sentences = SampleSentences(language)
    var lines = precisions.flatMap(sentences.precision)
    if precisions.contains(where: { $0.unsure > 0 }) { lines.append(sentences.unsureRule) }
    lines.append(sentences.scope)
    if let share = comparison?.unnamedShare { lines.append(sentences.unnamed(share)) }
    if ruleSetHashes.count > 1 { lines.append(sentences.severalRuleSets) }
    guard let comparison else { return (lines + [sentences.notCompared]).joined(separator: "\n") + "\n" }
    if comparison.strangers > 0 { lines.append(sentences.strangers(comparison.strangers, of: rowCount)) }
    if let hash = comparison.ruleSetHash, !ruleSetHashes.contains(hash) { lines.append(sentences.otherRuleSet) }
    return lines.joined(separator: "\n") + "\n"
  }
}

/// The rows of a saved sample, as they become verdicts.
private struct SampleReading {
  enum Verdict: String {
    case right, wrong, unsure
  }

  struct Row {
    let saved: SavedTable.Row
    let flow: ClassificationSample.Flow
    let draw: Int
    let verdict: Verdict?
    let ruleSetHash: String
    let seed: UInt32
    let perClass: Int
    let flowsInClass: UInt64

    var namingClass: NamingClass { flow.namingClass }
  }

  let saved: SavedTable
  private(set) var rows: [Row] = []
  private var faults: [FileFault] = []
  private var seen: [String: Int] = [:]

  init(saved: SavedTable) { self.saved = saved }

  mutating func read(_ row: SavedTable.Row) {
    let id = text(.flowID, row)
    let verdict = text(.verdict, row)
    // Remarks below the table are ignored.
    if id.isEmpty, verdict.isEmpty { return }
    guard id.hasPrefix("L-"), EvidenceLookup.isReference(id) else {
      return refuse(
        row, .flowID, TableTexts.noFlow(SavedEntry.quoted(id)), expected: TableTexts.flowID,
        next: TableTexts.restoreDrawn)
    }
    if let other = seen.updateValue(row.number, forKey: id) {
      return refuse(
        row, .flowID, TableTexts.alsoInRow(SavedEntry.quoted(id), other), expected: TableTexts.oneRowForFlow,
        next: FileTexts.removeOneOfTwo)
    }
    let namingClass = word(.nameClass, .namingClass, row).flatMap(NamingClass.init)
    let purpose = word(.purposeClass, .purpose, row).flatMap(PurposeClass.init)
    let draw = number(.draw, row, in: 1...UInt64(ClassificationSample.perClassRange.upperBound))
    let seed = number(.seed, row, in: 0...UInt64(UInt32.max))
    let perClass = number(
      .perClass, row,
      in: UInt64(ClassificationSample.perClassRange.lowerBound)...UInt64(ClassificationSample.perClassRange.upperBound))
    let flowsInClass = number(.flowsInClass, row, in: 1...UInt64(1) << 53)
    let judged = verdict.isEmpty ? nil : word(.verdict, .sampleVerdict, row).flatMap(Verdict.init)
    guard let namingClass, let purpose, let draw, let seed, let perClass, let flowsInClass,
      verdict.isEmpty || judged != nil
    else { return }
    if let first = rows.first {
      for (column, agrees) in [(SampleColumn.seed, first.seed == seed), (.perClass, first.perClass == perClass)]
      where !agrees {
        refuse(
          row, column, TableTexts.numberDiffers(first.saved.number), expected: TableTexts.oneSample,
          next: TableTexts.evaluateAlone)
      }
    }
    rows.append(
      Row(
        saved: row,
        flow: ClassificationSample.Flow(
          id: id, namingClass: namingClass, purpose: purpose, ruleID: text(.ruleID, row)),
        draw: Int(draw), verdict: judged, ruleSetHash: text(.rulesetHash, row), seed: UInt32(seed),
        perClass: Int(perClass), flowsInClass: flowsInClass))
  }

  /// Adds a fault for each cell that differs from what was drawn; returns the number of rows that were not drawn.
  mutating func compare(with drawn: [ClassificationSample.Flow]) -> Int {
    let stored = Dictionary(drawn.map { ($0.id, $0) }) { first, _ in first }
    var strangers = 0
    for row in rows {
      guard let flow = stored[row.flow.id] else {
        strangers += 1
        continue
      }
      let cells: [(SampleColumn, String)] = [
        (.nameClass, flow.namingClass.rawValue), (.purposeClass, flow.purpose.rawValue), (.ruleID, flow.ruleID),
      ]
      let found = [row.flow.namingClass.rawValue, row.flow.purpose.rawValue, row.flow.ruleID]
      for ((column, expected), found) in zip(cells, found) where expected != found {
        refuse(
          row.saved, column, TableTexts.cellWasChanged(SavedEntry.quoted(text(column, row.saved))),
          expected: FileTexts.words(SavedEntry.quoted(expected)), next: TableTexts.restoreAndNote)
      }
    }
    return strangers
  }

  /// Throws the faults that were found.
  func check(limit: Int) throws(FileLoadError) {
    guard faults.isEmpty else { throw FileLoadError(faults: Array(faults.prefix(limit))) }
  }

  private func text(_ column: SampleColumn, _ row: SavedTable.Row) -> String { saved.text(column.rawValue, in: row) }

  private mutating func word(_ column: SampleColumn, _ vocabulary: Vocabulary, _ row: SavedTable.Row) -> String? {
    let text = text(column, row)
    let word = SavedEntry.word(text, of: vocabulary)
    if word == nil {
      refuse(
        row, column, TableTexts.notAllowed(SavedEntry.quoted(text)), expected: SavedEntry.words(of: vocabulary),
        next: column == .verdict
          ? TableTexts.writeWordOrEmpty : TableTexts.restoreDrawn)
    }
    return word
  }

  private mutating func number(
    _ column: SampleColumn, _ row: SavedTable.Row, in range: ClosedRange<UInt64>
  ) -> UInt64? {
    let text = text(column, row)
    guard let number = UInt64(text), range.contains(number) else {
      refuse(
        row, column, TableTexts.noSuchNumber(SavedEntry.quoted(text)),
        expected: FileTexts.wholeNumber(from: range.lowerBound, to: range.upperBound),
        next: TableTexts.restoreDrawn)
      return nil
    }
    return number
  }

  private mutating func refuse(
    _ row: SavedTable.Row, _ column: SampleColumn, _ problem: LocalizedText, expected: LocalizedText,
    next: LocalizedText
  ) {
    faults.append(saved.fault(row, column.rawValue, problem, expected: expected, next: next))
  }
}

extension SamplePrecision {
  fileprivate init(_ namingClass: NamingClass, of rows: [SampleReading.Row]) {
    self.init(namingClass, flows: rows.map(\.flowsInClass).max() ?? 0)
    for row in rows {
      switch row.verdict {
      case .right: right += 1
      case .wrong: wrong += 1
      case .unsure: unsure += 1
      case nil: empty += 1
      }
    }
    isChosen = rows.filter { $0.verdict != nil }.map(\.draw).max().map { $0 > judged } ?? false
  }
}
