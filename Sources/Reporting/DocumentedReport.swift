public import Model
public import Store

/// What the imported lists of a store contain, and which of their names a person has to confirm.
public struct DocumentedReport: Sendable {
  private let lists: [StoredDocumentedList]
  private let matching: DocumentedMatching

  /// Doubtful names that are printed; the table `register` has all.
  private static let lineLimit = 50

  /// Compares the lists with the recipients of all rule sets of the store.
  public init(database: AuditDatabase) throws {
    lists = try database.documentedLists()
    matching = DocumentedMatching(Set(try database.ruleFacts().values.flatMap { $0.values.map(\.recipient) }))
  }

  /// Lines for people, each with a line end.
  public func text(_ language: Language) -> String {
    guard !lists.isEmpty else {
      return language == .german
        ? "Es ist keine Liste eingelesen.\n" : "No list was imported.\n"
    }
    return lists.flatMap { lines($0, language) }.map { $0 + "\n" }.joined()
  }

  private func lines(_ list: StoredDocumentedList, _ language: Language) -> [String] {
    let german = language == .german
    let found = list.content.entries.map { (entry: $0, matches: matching.matches($0)) }
    let certain = found.count { $0.matches.contains { $0.doubt == nil } }
    let doubtful = found.filter { !$0.matches.isEmpty && $0.matches.allSatisfy { $0.doubt != nil } }
    let unknown = found.count { $0.matches.isEmpty }
    let title = Texts.word(.documentedList, list.kind.rawValue, language)
    let day = Texts.date(LocalDate(day: list.day).description, language)
    var lines = [
      german
        ? "\(title): eingelesen am \(day); Empfänger: \(found.count), davon stimmen mit einem Empfänger der Regeln überein: \(certain), zweifelhaft: \(doubtful.count), ohne Regel: \(unknown)"
        : "\(title): imported on \(day); recipients: \(found.count), of which match a recipient of the rules: \(certain), doubtful: \(doubtful.count), without a rule: \(unknown)"
    ]
    let pairs = doubtful.flatMap { found in found.matches.map { (found.entry.recipient, $0) } }
    lines += pairs.prefix(Self.lineLimit).map { name, match in
      let doubt = match.doubt.map { Texts.word(.matchDoubt, $0.rawValue, language) } ?? ""
      return "  "
        + (german ? "zweifelhaft: " : "doubtful: ")
        + "\"\(CSVFormat.safeText(name))\" – \"\(CSVFormat.safeText(match.recipient))\" (\(doubt))"
    }
    if pairs.count > Self.lineLimit {
      let more = pairs.count - Self.lineLimit
      lines.append(
        german
          ? "  und \(more) weitere; die Tabelle „register“ enthält alle"
          : "  and \(more) more; the table 'register' has all")
    }
    if !pairs.isEmpty {
      lines.append(
        german
          ? "  Zur Klärung den Empfänger der Regeln, oder „keiner“, in die Spalte „bestätigter Empfänger“ der Liste schreiben und sie erneut einlesen."
          : "  To settle them, write the recipient of the rules, or none, into the column 'confirmed recipient' of the list, and import it again."
      )
    }
    return lines
  }
}
