import Documents
import Model

/// Faults of tables that people filled in.
enum TableTexts {
  static let noRecipientNamed = LocalizedText(en: "no row names a recipient", de: "Keine Zeile nennt einen Empfänger")
  static let legalEntityInRow = LocalizedText(
    en: "the name of a legal entity in at least one row",
    de: "der Name einer juristischen Person in mindestens einer Zeile")
  static let fillRecipients = LocalizedText(
    en: "fill the column in, or give the heading 'recipient' or 'Empfänger' to the column that has the names",
    de: "die Spalte ausfüllen oder der Spalte mit den Namen die Überschrift 'recipient' oder 'Empfänger' geben")
  static func recipientCount(_ count: Int) -> LocalizedText {
    LocalizedText(en: "the file names \(count) recipients", de: "Die Datei nennt \(count) Empfänger")
  }
  static func atMost(_ count: Int) -> LocalizedText {
    LocalizedText(en: "at most \(count)", de: "höchstens \(count)")
  }
  static let leaveOutRows = LocalizedText(
    en: "leave out rows that concern no recipient", de: "Zeilen weglassen, die keinen Empfänger betreffen")
  static func severalRecipients(_ count: Int) -> LocalizedText {
    LocalizedText(
      en: "the cell names \(count) recipients, and other columns speak of one",
      de: "Die Zelle nennt \(count) Empfänger, andere Spalten sprechen von einem")
  }
  static let oneRecipient = LocalizedText(
    en: "one recipient in a row that has other names or a confirmed recipient",
    de: "ein einziger Empfänger in einer Zeile mit anderen Namen oder einem bestätigten Empfänger")
  static let divideRow = LocalizedText(
    en: "divide the row, one recipient in each", de: "die Zeile aufteilen, mit einem Empfänger in jeder")
  static let otherConfirmed = LocalizedText(
    en: "an earlier row confirms another recipient for the same name",
    de: "Eine frühere Zeile bestätigt für denselben Namen einen anderen Empfänger")
  static let sameInBoth = LocalizedText(
    en: "the same in both rows, or nothing in one of them",
    de: "dasselbe in beiden Zeilen, oder nichts in einer von ihnen")
  static let correctOneRow = LocalizedText(en: "correct one of the two rows", de: "eine der beiden Zeilen berichtigen")
  static func partCount(_ recipient: String, _ references: Int, _ names: Int) -> LocalizedText {
    LocalizedText(
      en: "\(recipient) has \(references) references and \(names) other names up to here",
      de: "\(recipient) hat bis hierher \(references) Fundstellen und \(names) andere Namen")
  }
  static func partLimit(_ count: Int, _ length: Int) -> LocalizedText {
    LocalizedText(
      en: "at most \(count) of each, and \(length) characters of references",
      de: "höchstens \(count) von beiden, und \(length) Zeichen für die Fundstellen")
  }
  static let summarise = LocalizedText(
    en: "summarise the references of this recipient, such as by the range of their numbers",
    de: "die Fundstellen dieses Empfängers zusammenfassen, etwa als Nummernbereich")
  static func unknownRecipient(_ name: String) -> LocalizedText {
    LocalizedText(
      en: "\(name) is no recipient of the rules of this store",
      de: "\(name) ist kein Empfänger der Regeln dieses Speichers")
  }
  static let recipientAsSpelt = LocalizedText(
    en: "a recipient as the column 'recipient' of the table 'transfers' or 'register' spells it, or none",
    de:
      "ein Empfänger in der Schreibweise der Spalte 'recipient' (Empfänger) der Tabelle 'transfers' oder 'register', oder keiner"
  )
  static let copyName = LocalizedText(en: "copy the name from the table", de: "den Namen aus der Tabelle kopieren")
  static func characterCount(_ text: String, _ count: Int) -> LocalizedText {
    LocalizedText(en: "\(text) has \(count) characters", de: "\(text) hat \(count) Zeichen")
  }
  static let shortenOrDivide = LocalizedText(
    en: "shorten the cell, or divide its parts by ';'", de: "die Zelle kürzen oder ihre Teile mit ';' trennen")
  static let oneRowForID = LocalizedText(en: "one row for each id", de: "eine Zeile je Kennung")
  static let roleMissing = LocalizedText(
    en: "the row is filled in, and nobody's role is named",
    de: "Die Zeile ist ausgefüllt, aber keine Funktion ist genannt")
  static let roleOfDecision = LocalizedText(
    en: "the role of who decided", de: "die Funktion der Person, die entschieden hat")
  static let fillRole = LocalizedText(
    en: "fill the cell in, or name the role of all such rows with --role",
    de: "die Zelle ausfüllen oder die Funktion für alle solchen Zeilen mit --role angeben")
  static func moreCells(_ count: Int) -> LocalizedText {
    LocalizedText(en: "\(count) more cells differ", de: "Weitere \(count) Zellen weichen ab")
  }
  static let onlyPeoplesColumns = LocalizedText(
    en: "that only the columns for people are changed", de: "dass nur die Spalten zum Ausfüllen geändert sind")
  static let exportAndCopy = LocalizedText(
    en: "export the table again, and copy the entries into it",
    de: "die Tabelle erneut ausgeben und die Eintragungen übertragen")
  static func noTime(_ text: String) -> LocalizedText {
    LocalizedText(en: "\(text) is no time", de: "\(text) ist keine Zeitangabe")
  }
  static let exportedTime = LocalizedText(en: "the time that was exported", de: "die ausgegebene Zeitangabe")
  static let restoreCell = LocalizedText(
    en: "restore the cell from the exported table", de: "die Zelle aus der ausgegebenen Tabelle wiederherstellen")
  static func noRow(_ id: String) -> LocalizedText {
    LocalizedText(en: "\(id) names no row of these days", de: "\(id) bezeichnet keine Zeile dieser Tage")
  }
  static let currentID = LocalizedText(
    en: "an id of the table as the store gives it now",
    de: "eine Kennung der Tabelle, wie der Speicher sie jetzt ausgibt")
  static let restoreOrExportID = LocalizedText(
    en: "restore the cell from the exported table; if the store has changed since, export it again",
    de:
      "die Zelle aus der ausgegebenen Tabelle wiederherstellen; hat sich der Speicher seitdem geändert, sie erneut ausgeben"
  )
  static func cellChanged(_ text: String, _ others: LocalizedText) -> LocalizedText {
    LocalizedText(en: "\(text) was changed\(others.en)", de: "\(text) wurde geändert\(others.de)")
  }
  static let restoreOrExport = LocalizedText(
    en: "restore the cell; if the store has changed since, export the table again",
    de: "die Zelle wiederherstellen; hat sich der Speicher seitdem geändert, die Tabelle erneut ausgeben")
  static func notAllowed(_ text: String) -> LocalizedText {
    LocalizedText(en: "\(text) is not allowed here", de: "\(text) ist hier nicht zulässig")
  }
  static let correctOrEmpty = LocalizedText(
    en: "correct the cell, or leave it empty", de: "die Zelle berichtigen oder leer lassen")
  static func inFuture(_ text: String) -> LocalizedText {
    LocalizedText(en: "\(text) is in the future", de: "\(text) liegt in der Zukunft")
  }
  static func dayUpTo(_ day: LocalDate) -> LocalizedText {
    LocalizedText(en: "a day up to \(day)", de: "ein Tag bis zum \(day.germanText)")
  }
  static func role(_ count: Int) -> LocalizedText {
    LocalizedText(
      en: "a role in one line of at most \(count) characters, such as DSB",
      de: "eine Funktion in einer Zeile mit höchstens \(count) Zeichen, etwa DSB")
  }
  static func noFinding(_ text: String) -> LocalizedText {
    LocalizedText(en: "\(text) names no finding", de: "\(text) bezeichnet keine Feststellung")
  }
  static let findingID = LocalizedText(en: "F- and 12 hexadecimal digits", de: "F- und 12 hexadezimale Ziffern")
  static func noDecision(_ text: String) -> LocalizedText {
    LocalizedText(en: "\(text) is no decision", de: "\(text) ist keine Entscheidung")
  }
  static let writeWordOrEmpty = LocalizedText(
    en: "write one of these words, or leave the cell empty",
    de: "eines dieser Wörter eintragen oder die Zelle leer lassen")
  static func ambiguousDate(_ text: String) -> LocalizedText {
    LocalizedText(en: "\(text) is no date that can be read one way only", de: "\(text) ist kein eindeutiges Datum")
  }
  static let day = LocalizedText(
    en: "a day such as 31.05.2026 or 2026-05-31", de: "ein Tag wie 31.05.2026 oder 2026-05-31")
  static let writeDayOrEmpty = LocalizedText(
    en: "write the day so, or leave the cell empty", de: "den Tag so eintragen oder die Zelle leer lassen")
  static func decidedOtherwise(_ finding: String, _ here: String, _ there: String, _ file: String, _ row: Int)
    -> LocalizedText
  {
    LocalizedText(
      en: "\(finding) is \(here) here and \(there) in \(file), row \(row)",
      de: "\(finding) ist hier \(here), aber \(there) in \(file), Zeile \(row)")
  }
  static let oneDecision = LocalizedText(en: "one decision for each finding", de: "eine Entscheidung je Feststellung")
  static let correctOneDecision = LocalizedText(
    en: "correct one of the two, or name only one table",
    de: "eine der beiden berichtigen oder nur eine Tabelle angeben")
  static let noRows = LocalizedText(en: "the table has no row", de: "Die Tabelle hat keine Zeile")
  static let sampleRows = LocalizedText(en: "the rows of the sample", de: "die Zeilen der Stichprobe")
  static let nameSample = LocalizedText(
    en: "name the table that 'egressaudit sample' wrote",
    de: "die Tabelle angeben, die 'egressaudit sample' geschrieben hat")
  static func noFlow(_ text: String) -> LocalizedText {
    LocalizedText(en: "\(text) names no flow", de: "\(text) bezeichnet keinen Datenfluss")
  }
  static let flowID = LocalizedText(en: "L- and 16 hexadecimal digits", de: "L- und 16 hexadezimale Ziffern")
  static let restoreDrawn = LocalizedText(
    en: "restore the cell from the table that was drawn", de: "die Zelle aus der gezogenen Tabelle wiederherstellen")
  static func alsoInRow(_ text: String, _ row: Int) -> LocalizedText {
    LocalizedText(en: "\(text) is in row \(row) too", de: "\(text) steht auch in Zeile \(row)")
  }
  static let oneRowForFlow = LocalizedText(en: "one row for each flow", de: "eine Zeile je Datenfluss")
  static func numberDiffers(_ row: Int) -> LocalizedText {
    LocalizedText(en: "the number differs from that of row \(row)", de: "Die Zahl weicht von der in Zeile \(row) ab")
  }
  static let oneSample = LocalizedText(en: "the rows of one sample", de: "die Zeilen einer einzigen Stichprobe")
  static let evaluateAlone = LocalizedText(
    en: "evaluate each sample by itself", de: "jede Stichprobe für sich auswerten")
  static func cellWasChanged(_ text: String) -> LocalizedText {
    LocalizedText(en: "\(text) was changed", de: "\(text) wurde geändert")
  }
  static let restoreAndNote = LocalizedText(
    en: "restore the cell, and write what would be right into the note",
    de: "die Zelle wiederherstellen und in die Anmerkung schreiben, was richtig wäre")
  static func noSuchNumber(_ text: String) -> LocalizedText {
    LocalizedText(en: "\(text) is no such number", de: "\(text) ist keine zulässige Zahl")
  }
  static func textLength(_ count: Int) -> LocalizedText {
    LocalizedText(en: "a text of at most \(count) characters", de: "ein Text mit höchstens \(count) Zeichen")
  }
  static let savedTable = LocalizedText(en: "the saved table", de: "die gespeicherte Tabelle")
  static func severalSheets(_ count: Int) -> LocalizedText {
    LocalizedText(
      en: "\(count) sheets of the workbook have the headings of this list",
      de: "\(count) Blätter der Arbeitsmappe haben die Überschriften dieser Liste")
  }
  static let oneSheet = LocalizedText(en: "one such sheet", de: "ein einziges solches Blatt")
  static let joinSheets = LocalizedText(
    en: "put all rows into one sheet, or save the sheet that is meant as CSV and name that file",
    de: "alle Zeilen in ein Blatt übernehmen, oder das gemeinte Blatt als CSV speichern und diese Datei angeben")
  static func oneHeading(_ id: String, _ german: String, _ english: String) -> LocalizedText {
    LocalizedText(
      en: "one heading \"\(id)\", \"\(german)\" or \"\(english)\"",
      de: "eine Überschrift „\(id)“, „\(german)“ oder „\(english)“")
  }
  static func tableWithoutDecisions(_ table: String) -> LocalizedText {
    LocalizedText(
      en: "this is the table \(table), in which there are no decisions",
      de: "Dies ist die Tabelle \(table); in ihr stehen keine Entscheidungen")
  }
  static let tableWithDecisions = LocalizedText(
    en: "the headings of the table findings, transfers or undescribed, as 'export' writes it",
    de: "die Überschriften der Tabelle findings, transfers oder undescribed, wie 'export' sie schreibt")
  static let nameFilledIn = LocalizedText(
    en: "name the table that was filled in", de: "die ausgefüllte Tabelle angeben")
  static func headingsFound(_ headings: [String], more: Int) -> LocalizedText {
    let list = headings.joined(separator: ", ")
    guard !headings.isEmpty else {
      return LocalizedText(en: "the first row has no headings", de: "Die erste Zeile enthält keine Überschriften")
    }
    return LocalizedText(
      en: "the headings are \(list)" + (more > 0 ? " and \(more) more" : ""),
      de: "Die Überschriften lauten \(list)" + (more > 0 ? " und \(more) weitere" : ""))
  }
  /// - Parameter headings: the first ones of `count`.
  static func headings(_ headings: [LocalizedText], of count: Int) -> LocalizedText {
    let more = count - headings.count
    return LocalizedText(
      en: headings.map(\.en).joined(separator: ", ") + (more > 0 ? " and \(more) more" : ""),
      de: headings.map(\.de).joined(separator: ", ") + (more > 0 ? " und \(more) weitere" : ""))
  }
  static let nameOrRestoreHeadings = LocalizedText(
    en: "name the right file, or give its columns these headings",
    de: "die richtige Datei angeben oder ihren Spalten diese Überschriften geben")
  static let saveOrNameAnother = LocalizedText(
    en: "save the table once more, or name another file",
    de: "die Tabelle noch einmal speichern oder eine andere Datei angeben")
  static let isPDF = LocalizedText(en: "the file is a PDF document", de: "Die Datei ist ein PDF-Dokument")
  static let isPicture = LocalizedText(en: "the file is a picture", de: "Die Datei ist ein Bild")
  static let headingMissing = LocalizedText(en: "no column has this heading", de: "Keine Spalte hat diese Überschrift")
  static let restoreHeading = LocalizedText(
    en: "restore the heading, and save the table as CSV with its first row",
    de: "die Überschrift wiederherstellen und die Tabelle mit ihrer ersten Zeile als CSV speichern")
  static let headingTwice = LocalizedText(
    en: "several columns have this heading", de: "Mehrere Spalten haben diese Überschrift")
  static let renameOthers = LocalizedText(
    en: "remove or rename the others", de: "die übrigen entfernen oder umbenennen")
  static func moreHeadings(_ count: Int) -> LocalizedText {
    LocalizedText(en: "\(count) more headings are missing", de: "Weitere \(count) Überschriften fehlen")
  }
  static let allHeadings = LocalizedText(
    en: "all headings of the exported table", de: "alle Überschriften der ausgegebenen Tabelle")
  static let hideColumns = LocalizedText(
    en: "hide columns instead of deleting them", de: "Spalten ausblenden, statt sie zu löschen")
  static func cellCount(_ count: Int) -> LocalizedText {
    LocalizedText(en: "the row has \(count) cells", de: "Die Zeile hat \(count) Zellen")
  }
  static func cellCounts(_ rows: Int, _ count: Int) -> LocalizedText {
    LocalizedText(
      en: "this row and \(rows) more have up to \(count) cells",
      de: "Diese Zeile und \(rows) weitere haben bis zu \(count) Zellen")
  }
  static func headingCount(_ count: Int) -> LocalizedText {
    LocalizedText(
      en: "at most \(count), as many as there are headings", de: "höchstens \(count), so viele wie Überschriften")
  }
  static let openWithItsSeparator = LocalizedText(
    en: "open the exported table again with the separator it was written with, and save it once more",
    de: "die ausgegebene Tabelle mit ihrem ursprünglichen Trennzeichen öffnen und noch einmal speichern")
  static let noSheet = LocalizedText(
    en: "no sheet is a table with columns to fill in", de: "Kein Blatt ist eine Tabelle mit Spalten zum Ausfüllen")
  static let sheetExpected = LocalizedText(
    en: "a sheet with the headings of findings, transfers or undescribed",
    de: "ein Blatt mit den Überschriften von findings, transfers oder undescribed")
  static let restoreHeadings = LocalizedText(
    en: "restore the headings from the exported table",
    de: "die Überschriften aus der ausgegebenen Tabelle wiederherstellen")
  static func headingsInOneCell(_ count: Int) -> LocalizedText {
    LocalizedText(
      en: "one cell holds \(count) headings: the table was opened with a wrong separator, and saved so",
      de:
        "Eine Zelle enthält \(count) Überschriften: Die Tabelle wurde mit einem falschen Trennzeichen geöffnet und so gespeichert"
    )
  }
  static let cellForEach = LocalizedText(en: "a cell for each heading", de: "eine Zelle je Überschrift")
  static let csv = LocalizedText(en: "a text file with separators (CSV)", de: "eine Textdatei mit Trennzeichen (CSV)")
  static let saveAsCSV = LocalizedText(
    en: "save the table as \"CSV UTF-8\" and name that file",
    de: "die Tabelle als „CSV UTF-8“ speichern und diese Datei angeben")
  static let isWorkbook = LocalizedText(
    en: "the file is a workbook (xlsx, ods or xls)", de: "Die Datei ist eine Arbeitsmappe (xlsx, ods oder xls)")
  static let endsInCharacter = LocalizedText(
    en: "the file ends in the middle of a character (UTF-16)", de: "Die Datei endet mitten in einem Zeichen (UTF-16)")
  static let invalidUTF8 = LocalizedText(en: "the file is not valid UTF-8", de: "Die Datei ist kein gültiges UTF-8")
  static let unknownEncoding = LocalizedText(
    en: "the encoding is neither UTF-8 nor Windows-1252", de: "Die Zeichenkodierung ist weder UTF-8 noch Windows-1252")
  static let nulCharacters = LocalizedText(
    en: "the file holds NUL characters, as UTF-16 without a byte order mark does",
    de: "Die Datei enthält NUL-Zeichen, wie UTF-16 ohne Bytereihenfolge-Markierung")
  static let textAfterQuote = LocalizedText(
    en: "text follows a closing quotation mark", de: "Auf ein schließendes Anführungszeichen folgt Text")
  static let separatorOrEnd = LocalizedText(
    en: "a separator or the end of the line", de: "ein Trennzeichen oder das Zeilenende")
  static let quoteNotClosed = LocalizedText(
    en: "a quotation mark is never closed", de: "Ein Anführungszeichen wird nicht geschlossen")
  static let closingQuote = LocalizedText(
    en: "a closing quotation mark before the end of the file",
    de: "ein schließendes Anführungszeichen vor dem Ende der Datei")
  static let saveOnceMore = LocalizedText(
    en: "the file may be cut short: save the table once more from the office program",
    de: "die Datei ist vielleicht abgeschnitten: die Tabelle im Büroprogramm noch einmal speichern")
  static func workbookUnreadable(_ reason: LocalizedText) -> LocalizedText {
    LocalizedText(
      en: "the workbook cannot be read: \(reason.en)", de: "Die Arbeitsmappe lässt sich nicht lesen: \(reason.de)")
  }
  static let workbookExpected = LocalizedText(
    en: "a workbook that LibreOffice opens, or a text file with separators (CSV)",
    de: "eine Arbeitsmappe, die LibreOffice öffnet, oder eine Textdatei mit Trennzeichen (CSV)")

  static func alsoOnSheet(_ text: String, _ row: Int) -> LocalizedText {
    LocalizedText(
      en: "\(text) is in row \(row) of another sheet too", de: "\(text) steht auch in Zeile \(row) eines anderen Blatts"
    )
  }
  /// What follows the first changed cells of a row; empty for none.
  static func othersChanged(_ count: Int) -> LocalizedText {
    guard count > 0 else { return FileTexts.words("") }
    return LocalizedText(
      en: ", and so were \(count) more in this row", de: ", ebenso \(count) weitere Zellen dieser Zeile")
  }
  static func openWith(_ separator: Character) -> LocalizedText {
    let isTabulator = separator == "\t"
    return LocalizedText(
      en:
        "open the exported table again with \(isTabulator ? "the tabulator" : "\"\(separator)\"") as separator, and save it once more",
      de:
        "die ausgegebene Tabelle mit dem Trennzeichen \(isTabulator ? "Tabulator" : "„\(separator)“") öffnen und noch einmal speichern"
    )
  }
}
