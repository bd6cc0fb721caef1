package import Model

/// Parts of messages about faults in files that people write, for every reader of such files.
package enum FileTexts {
  package static func statement(_ what: LocalizedText, _ problem: LocalizedText) -> LocalizedText {
    LocalizedText(
      en: "\(what.en) \(problem.en)", de: "\(what.de.prefix(1).uppercased())\(what.de.dropFirst()) \(problem.de)")
  }
  package static func at(_ path: String, _ problem: LocalizedText) -> LocalizedText {
    LocalizedText(en: "\(path): \(problem.en)", de: "\(path): \(problem.de)")
  }
  package static let missing = LocalizedText(en: "is missing", de: "ist nicht vorhanden")
  package static let readableFile = LocalizedText(en: "a readable file", de: "eine lesbare Datei")
  package static let checkThePath = LocalizedText(en: "check the path", de: "den Pfad prüfen")
  package static let unreadable = LocalizedText(en: "cannot be read", de: "lässt sich nicht lesen")
  package static let checkItsPermissions = LocalizedText(en: "check its permissions", de: "die Zugriffsrechte prüfen")
  package static let folderOrDevice = LocalizedText(en: "is a folder or a device", de: "ist ein Ordner oder ein Gerät")
  package static let file = LocalizedText(en: "a file", de: "eine Datei")
  package static let nameTheFileItself = LocalizedText(en: "name the file itself", de: "die Datei selbst angeben")
  package static let link = LocalizedText(en: "is a symbolic link", de: "ist eine symbolische Verknüpfung")
  package static let usableByOthers = LocalizedText(
    en: "may be used by others than its owner", de: "ist anderen als dem Eigentümer zugänglich")
  package static let ownerOnly = LocalizedText(en: "the mode 0400", de: "die Zugriffsrechte 0400")
  package static func takeRightsAway(_ path: String) -> LocalizedText {
    LocalizedText(en: "run: chmod 0400 '\(path)'", de: "ausführen: chmod 0400 '\(path)'")
  }
  package static func size(_ size: Int) -> LocalizedText {
    LocalizedText(en: "has \(size) bytes", de: "hat \(size) Byte")
  }
  package static func atMostBytes(_ limit: Int) -> LocalizedText {
    LocalizedText(en: "at most \(limit) bytes", de: "höchstens \(limit) Byte")
  }
  package static let nameAnotherFile = LocalizedText(en: "name another file", de: "eine andere Datei angeben")
  package static let changed = LocalizedText(
    en: "was changed while it was read", de: "wurde während des Lesens geändert")
  package static let completeFile = LocalizedText(
    en: "a file that is completely written", de: "eine vollständig geschriebene Datei")
  package static let runAgainWhenWritten = LocalizedText(
    en: "run this again when it is written", de: "erneut ausführen, sobald die Datei vollständig ist")
  package static let checkTheDisk = LocalizedText(en: "check the disk", de: "den Datenträger prüfen")
  package static let notUTF8 = LocalizedText(en: "the file is not UTF-8", de: "Die Datei ist kein UTF-8")
  package static let utf8 = LocalizedText(en: "UTF-8 text", de: "Text in UTF-8")
  package static let saveInUTF8 = LocalizedText(en: "save it again in UTF-8", de: "die Datei in UTF-8 speichern")
  package static let emptyFile = LocalizedText(en: "the file is empty", de: "Die Datei ist leer")
  package static let keysAndValues = LocalizedText(
    en: "a mapping of keys and values", de: "eine Zuordnung aus Schlüsseln und Werten")
  package static let writeOrDeleteIt = LocalizedText(
    en: "write it, or delete the file", de: "die Datei ausfüllen oder löschen")
  package static func keyTwice(_ key: String) -> LocalizedText {
    LocalizedText(
      en: "the key \(key) occurs twice in one mapping", de: "Der Schlüssel \(key) kommt in einer Zuordnung zweimal vor")
  }
  package static let eachKeyOnce = LocalizedText(en: "each key once", de: "jeder Schlüssel einmal")
  package static let removeOneOfTwo = LocalizedText(
    en: "remove one of the two", de: "einen der beiden Einträge entfernen")
  package static func yamlUnreadable(_ problem: String) -> LocalizedText {
    LocalizedText(
      en: "the YAML cannot be read: \(problem)",
      de: "Das YAML lässt sich nicht lesen (Meldung der YAML-Bibliothek: \(problem))")
  }
  package static let yaml = LocalizedText(en: "YAML 1.2", de: "YAML 1.2")
  package static let correctOrQuote = LocalizedText(
    en: "correct the line, or put the text in quotation marks",
    de: "die Zeile berichtigen oder den Text in Anführungszeichen setzen")
  package static let notYAML = LocalizedText(en: "the YAML cannot be read", de: "Das YAML lässt sich nicht lesen")
  package static let yamlWithoutControls = LocalizedText(
    en: "YAML 1.2 without control characters", de: "YAML 1.2 ohne Steuerzeichen")
  package static let lookForHiddenCharacters = LocalizedText(
    en: "look for characters that do not show", de: "nach unsichtbaren Zeichen suchen")
  package static func isOfKind(_ what: LocalizedText, _ kind: LocalizedText) -> LocalizedText {
    LocalizedText(en: "\(what.en) is \(kind.en)", de: "\(what.de): gefunden: \(kind.de)")
  }
  package static func mapping(_ keys: String) -> LocalizedText {
    LocalizedText(en: "a mapping with the keys \(keys)", de: "eine Zuordnung mit den Schlüsseln \(keys)")
  }
  package static let writeKeysAndValues = LocalizedText(
    en: "write 'key: value' lines", de: "Zeilen der Form 'Schlüssel: Wert' schreiben")
  package static func unknownKey(_ name: String, _ what: LocalizedText) -> LocalizedText {
    LocalizedText(en: "unknown key \(name) in \(what.en)", de: "Unbekannter Schlüssel \(name) (\(what.de))")
  }
  package static func oneOf(_ words: String) -> LocalizedText {
    LocalizedText(en: "one of \(words)", de: "einer der Werte \(words)")
  }
  package static func writeInstead(_ key: String) -> LocalizedText {
    LocalizedText(
      en: "write '\(key)' instead, if it still holds",
      de: "stattdessen '\(key)' schreiben, falls die Angabe noch zutrifft")
  }
  package static let removeOrRenameKey = LocalizedText(
    en: "remove it or correct its name", de: "den Schlüssel entfernen oder seinen Namen berichtigen")
  package static let fileMissing = LocalizedText(en: "the file is missing", de: "Die Datei ist nicht vorhanden")
  package static let fileUnreadable = LocalizedText(
    en: "the file cannot be read", de: "Die Datei lässt sich nicht lesen")
  package static let isFolder = LocalizedText(en: "this is a folder", de: "Dies ist ein Ordner")
  package static let nameTheFileInIt = LocalizedText(
    en: "name the file itself, which may be in this folder", de: "die Datei selbst angeben, vielleicht liegt sie darin")
  package static let yamlFile = LocalizedText(en: "a readable YAML file", de: "eine lesbare YAML-Datei")
  package static let writeOrNameAnother = LocalizedText(
    en: "write it, or name another", de: "die Datei anlegen oder eine andere angeben")
  package static let emptyValue = LocalizedText(en: "the value is empty", de: "Der Wert ist leer")
  package static let valueAsInFile = LocalizedText(
    en: "a value as it would be written in the file", de: "ein Wert, wie er in der Datei stünde")
  package static let giveOrUnset = LocalizedText(
    en: "give one, or unset the variable", de: "einen Wert angeben oder die Variable entfernen")
  package static func list(_ items: LocalizedText) -> LocalizedText {
    LocalizedText(en: "a list of \(items.en)", de: "eine Liste (\(items.de))")
  }
  package static func keyIsOfKind(_ key: String, _ what: LocalizedText, _ kind: LocalizedText) -> LocalizedText {
    LocalizedText(en: "'\(key)' of \(what.en) is \(kind.en)", de: "'\(key)' (\(what.de)): gefunden: \(kind.de)")
  }
  package static let writeItems = LocalizedText(
    en: "write one '- item' line for each", de: "je Eintrag eine Zeile der Form '- Eintrag' schreiben")
  package static func keyEmpty(_ key: String, _ what: LocalizedText) -> LocalizedText {
    LocalizedText(en: "'\(key)' of \(what.en) is empty", de: "'\(key)' (\(what.de)) ist leer")
  }
  package static func atLeastOneOf(_ items: LocalizedText) -> LocalizedText {
    LocalizedText(en: "at least one of: \(items.en)", de: "mindestens ein Eintrag (\(items.de))")
  }
  package static let addOne = LocalizedText(en: "add one", de: "einen Eintrag ergänzen")
  package static func itemOf(_ key: String) -> LocalizedText {
    LocalizedText(en: "an item of '\(key)'", de: "Ein Eintrag von '\(key)'")
  }
  package static func keyOf(_ key: String, _ what: LocalizedText) -> LocalizedText {
    LocalizedText(en: "'\(key)' of \(what.en)", de: "'\(key)' (\(what.de))")
  }
  package static func keyIs(_ key: String, _ what: LocalizedText, _ value: String) -> LocalizedText {
    LocalizedText(en: "'\(key)' of \(what.en) is \(value)", de: "'\(key)' (\(what.de)) hat den Wert \(value)")
  }
  package static let correctTheValue = LocalizedText(en: "correct the value", de: "den Wert berichtigen")
  package static func valueIs(_ name: LocalizedText, _ value: String) -> LocalizedText {
    LocalizedText(en: "\(name.en) is \(value)", de: "\(name.de) hat den Wert \(value)")
  }
  package static let chooseOne = LocalizedText(en: "choose one of them", de: "einen dieser Werte wählen")
  package static let trueOrFalse = LocalizedText(en: "true or false", de: "true oder false")
  package static let englishText = LocalizedText(en: "the English text", de: "der englische Text")
  package static let germanText = LocalizedText(en: "the German text", de: "der deutsche Text")
  package static func keyWithoutText(_ key: String, _ what: LocalizedText) -> LocalizedText {
    LocalizedText(en: "'\(key)' of \(what.en) has no text", de: "'\(key)' (\(what.de)) enthält keinen Text")
  }
  package static let addALanguage = LocalizedText(
    en: "add 'de:' or 'en:', or write the text alone", de: "'de:' oder 'en:' ergänzen oder nur den Text schreiben")
  package static let formatOne = LocalizedText(
    en: "1, the only format this program reads", de: "1, das einzige Format, das dieses Programm liest")
  package static let writeOneValue = LocalizedText(en: "write one value", de: "einen einzelnen Wert schreiben")
  package static func valueEmpty(_ name: LocalizedText) -> LocalizedText {
    LocalizedText(en: "\(name.en) is empty", de: "\(name.de) ist leer")
  }
  package static let fillIn = LocalizedText(en: "fill it in", de: "den Wert ergänzen")
  package static func controlCharacter(_ name: LocalizedText) -> LocalizedText {
    LocalizedText(
      en: "\(name.en) has a line break or another control character",
      de: "\(name.de) enthält einen Zeilenumbruch oder ein anderes Steuerzeichen")
  }
  package static let oneLine = LocalizedText(en: "one line of text", de: "eine Zeile Text")
  package static let foldText = LocalizedText(en: "fold long text with '>-'", de: "langen Text mit '>-' umbrechen")
  package static func keyMissing(_ what: LocalizedText, _ key: String) -> LocalizedText {
    LocalizedText(en: "\(what.en) has no key '\(key)'", de: "\(what.de): Der Schlüssel '\(key)' fehlt")
  }
  package static func addKey(_ key: String) -> LocalizedText {
    LocalizedText(en: "add '\(key):'", de: "'\(key):' ergänzen")
  }
  package static func singleValue(_ value: String) -> LocalizedText {
    LocalizedText(en: "the single value \(value)", de: "der Einzelwert \(value)")
  }
  package static let empty = LocalizedText(en: "empty", de: "nichts")
  package static let aMapping = LocalizedText(en: "a mapping", de: "eine Zuordnung")
  package static let aList = LocalizedText(en: "a list", de: "eine Liste")
  package static let anAlias = LocalizedText(en: "an alias", de: "ein Alias")
  package static let groups = LocalizedText(en: "groups", de: "Gruppen")
  package static let oneOfTwo = LocalizedText(en: "one of the two", de: "nur eines von beiden")
  package static let checkPathAndPermissions = LocalizedText(
    en: "check the path and its permissions", de: "Pfad und Zugriffsrechte prüfen")

  /// A date in the form of `example`.
  package static func date(_ example: String) -> LocalizedText {
    LocalizedText(en: "a date such as \(example)", de: "ein Datum wie \(example)")
  }
  package static func wholeNumber(from lowest: some BinaryInteger, to highest: some BinaryInteger) -> LocalizedText {
    LocalizedText(en: "a whole number from \(lowest) to \(highest)", de: "eine ganze Zahl von \(lowest) bis \(highest)")
  }
  /// Words that are the same in both languages.
  package static func words(_ words: String) -> LocalizedText { LocalizedText(en: words, de: words) }
  package static let regularFile = LocalizedText(en: "a regular file", de: "eine gewöhnliche Datei")
  package static let divideFile = LocalizedText(
    en: "divide it into several files", de: "sie auf mehrere Dateien aufteilen")
  package static let fileChanged = LocalizedText(
    en: "the file was changed while it was read", de: "Die Datei wurde während des Lesens geändert")

  /// `file:line:column`.
  static func place(_ file: String, line: Int, column: Int) -> LocalizedText { words("\(file):\(line):\(column)") }

  /// `file, row 12, column "Status"`; nil is left out.
  static func place(_ file: String, row: Int?, column: String?) -> LocalizedText {
    let parts = [
      words(file), row.map { LocalizedText(en: "row \($0)", de: "Zeile \($0)") },
      column.map { LocalizedText(en: "column \"\($0)\"", de: "Spalte „\($0)“") },
    ]
    return parts.compactMap(\.self).joined(separator: ", ")
  }

  /// `place: what is wrong; expected …; next step`.
  static func fault(_ fault: FileFault) -> LocalizedText {
    let (place, problem) = (fault.place, fault.problem)
    let (expected, nextStep) = (fault.expected, fault.nextStep)
    let isWarning = fault.severity == .warning
    return LocalizedText(
      en: "\(place.en): \(isWarning ? "warning: " : "")\(problem.en); expected \(expected.en); \(nextStep.en)",
      de: "\(place.de): \(isWarning ? "Warnung: " : "")\(problem.de); erwartet: \(expected.de); \(nextStep.de)")
  }

  static func didYouMean(_ candidate: String) -> LocalizedText {
    LocalizedText(en: "did you mean '\(candidate)'?", de: "ist '\(candidate)' gemeint?")
  }
}
