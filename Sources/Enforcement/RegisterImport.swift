import Documents
public import Model
import Reporting
public import Store

/// A list of recipients as the controller keeps it: an export of its contracts, or of its record of processing
/// activities.
public struct RegisterImport: Sendable {
  public let content: DocumentedRecipients
  /// SHA-256 of the file, 32 bytes.
  public let fileDigest: [UInt8]
  /// Rows that name no recipient.
  public let rowsWithout: Int

  /// Largest file in bytes. Lists of a thousand contracts have less than one megabyte.
  static let fileLimit = 8 << 20
  /// Longest name or reference in characters.
  private static let textLimit = 300
  /// Most other names, and most references, of one recipient in all its rows.
  static let partLimit = 500
  /// Most UTF-16 code units of all references of one recipient with separators; a cell of a workbook has 32,767.
  static let referenceLength = 30_000
  /// Most faults of one message; if a column contains something else, each of its cells is one.
  private static let faultLimit = 20
  /// What people write if there is no recipient.
  private static let nobody: Set<String> = [
    "keine", "keiner", "kein", "entfällt", "entfaellt", "nicht vorhanden", "none", "no", "n/a", "n. a.",
    "not applicable",
  ]

  /// Reads CSV, and by LibreOffice also xlsx and ods. O(rows · recipients of the store).
  ///
  /// Throws `FileLoadError` with every cell that is at fault, and what reading the store throws.
  public init(path: String, database: AuditDatabase) throws {
    try self.init(path: path, recipients: try database.ruleFacts().values.flatMap { $0.values.map(\.recipient) })
  }

  /// - Parameter recipients: all that a person may confirm.
  init(path: String, recipients: [Recipient]) throws(FileLoadError) {
    let matching = DocumentedMatching(Set(recipients))
    let saved = try SavedTable(
      path: path, columns: Texts.documentedList, needed: ["recipient"], headings: Texts.documentedHeadings,
      limit: Self.fileLimit, isOnly: true)
    var reading = Reading(saved: saved, matching: matching)
    for row in saved.rows { reading.read(row) }
    guard reading.faults.isEmpty else {
      throw FileLoadError(faults: Array(reading.faults.prefix(Self.faultLimit)))
    }
    guard !reading.entries.isEmpty else {
      throw FileLoadError(
        FileFault(
          file: path, position: .table(row: nil, column: saved.heading("recipient")),
          problem: TableTexts.noRecipientNamed, expected: TableTexts.legalEntityInRow,
          nextStep:
            TableTexts.fillRecipients))
    }
    guard reading.entries.count <= DocumentedRecipients.mostEntries else {
      throw FileLoadError(
        FileFault(
          file: path, position: .table(row: nil, column: nil),
          problem: TableTexts.recipientCount(reading.entries.count),
          expected: TableTexts.atMost(DocumentedRecipients.mostEntries), nextStep: TableTexts.leaveOutRows)
      )
    }
    content = DocumentedRecipients(entries: reading.entries)
    fileDigest = saved.digestBytes
    rowsWithout = reading.rowsWithout
  }

  /// The rows of a file as they become entries; rows with the same name become one.
  private struct Reading {
    let saved: SavedTable
    let matching: DocumentedMatching
    var entries: [DocumentedRecipients.Entry] = []
    var faults: [FileFault] = []
    var rowsWithout = 0
    private var places: [LegalName: Int] = [:]
    /// Recipients with more parts than `partLimit`, for which one fault is enough.
    private var full: Set<LegalName> = []
    private var known: Set<String>

    init(saved: SavedTable, matching: DocumentedMatching) {
      self.saved = saved
      self.matching = matching
      known = Set(matching.recipients)
    }

    mutating func read(_ row: SavedTable.Row) {
      let names = parts("recipient", row)
      guard !names.isEmpty else {
        rowsWithout += 1
        return
      }
      let (aliases, references) = (parts("aliases", row), parts("reference", row))
      let confirmed = confirmed(row)
      if names.count > 1, !aliases.isEmpty || confirmed != nil {
        faults.append(
          saved.fault(
            row, "recipient", TableTexts.severalRecipients(names.count),
            expected: TableTexts.oneRecipient,
            next: TableTexts.divideRow))
        return
      }
      for name in names { add(name, aliases, references, confirmed, row) }
    }

    private mutating func add(
      _ name: String, _ aliases: [String], _ references: [String], _ confirmed: [String]?, _ row: SavedTable.Row
    ) {
      let legal = LegalName(name)
      guard let place = places[legal] else {
        let entry = DocumentedRecipients.Entry(
          recipient: name, aliases: aliases, references: references, confirmed: confirmed)
        guard isWithinLimits(entry) else {
          refuse(entry, legal, row)
          return
        }
        places[legal] = entries.count
        entries.append(entry)
        return
      }
      var entry = entries[place]
      if let confirmed, let earlier = entry.confirmed, Set(confirmed) != Set(earlier) {
        faults.append(
          saved.fault(
            row, "confirmed_recipient", TableTexts.otherConfirmed,
            expected: TableTexts.sameInBoth, next: TableTexts.correctOneRow))
        return
      }
      entry.confirmed = entry.confirmed ?? confirmed
      let spellings = [name] + aliases
      entry.aliases += spellings.filter { $0 != entry.recipient && !entry.aliases.contains($0) }
      entry.references += references.filter { !entry.references.contains($0) }
      guard isWithinLimits(entry) else {
        refuse(entry, legal, row)
        return
      }
      entries[place] = entry
    }

    private mutating func refuse(_ entry: DocumentedRecipients.Entry, _ legal: LegalName, _ row: SavedTable.Row) {
      guard full.insert(legal).inserted else { return }
      faults.append(
        saved.fault(
          row, "recipient",
          TableTexts.partCount(SavedEntry.quoted(entry.recipient), entry.references.count, entry.aliases.count),
          expected:
            TableTexts.partLimit(RegisterImport.partLimit, RegisterImport.referenceLength),
          next: TableTexts.summarise))
    }

    private func isWithinLimits(_ entry: DocumentedRecipients.Entry) -> Bool {
      entry.aliases.count <= RegisterImport.partLimit && entry.references.count <= RegisterImport.partLimit
        && entry.references.reduce(0) { $0 + $1.utf16.count + 1 } <= RegisterImport.referenceLength
    }

    /// Recipients as the rules spell them; nil if the cell is empty or contains no word, such as `?`: then nothing is
    /// confirmed.
    private mutating func confirmed(_ row: SavedTable.Row) -> [String]? {
      let text = saved.text("confirmed_recipient", in: row)
      guard text.contains(where: { $0.isLetter || $0.isNumber }) else { return nil }
      var confirmed: [String] = []
      for name in parts("confirmed_recipient", row) {
        guard let recipient = matching.recipient(named: name) else {
          faults.append(
            saved.fault(
              row, "confirmed_recipient", TableTexts.unknownRecipient(SavedEntry.quoted(name)),
              expected:
                TableTexts.recipientAsSpelt,
              next: suggestion(for: name, in: known, otherwise: TableTexts.copyName)))
          continue
        }
        if !confirmed.contains(recipient) { confirmed.append(recipient) }
      }
      return confirmed
    }

    /// Parts of a cell, separated by `;`, `|` or line ends, each once.
    private mutating func parts(_ column: String, _ row: SavedTable.Row) -> [String] {
      var parts: [String] = []
      for part in saved.text(column, in: row).split(whereSeparator: { $0 == ";" || $0 == "|" || $0.isNewline }) {
        let text = part.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        // A reference may consist of digits and punctuation; a name must have a letter or a digit.
        let isNothing =
          RegisterImport.nobody.contains(text.lowercased()) || !text.contains { $0.isLetter || $0.isNumber }
        guard !isNothing, !parts.contains(text) else { continue }
        guard text.count <= RegisterImport.textLimit else {
          faults.append(
            saved.fault(
              row, column, TableTexts.characterCount(SavedEntry.quoted(text), text.count),
              expected: TableTexts.atMost(RegisterImport.textLimit), next: TableTexts.shortenOrDivide))
          continue
        }
        parts.append(text)
      }
      return parts
    }
  }
}
