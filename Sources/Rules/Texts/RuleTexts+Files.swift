import Model

/// Faults of rule files, of their folder and of the transfer tools.
extension RuleTexts {
  static let rulesChanged = LocalizedText(
    en: "the rules changed while they were packed", de: "Die Regeln änderten sich, während sie gepackt wurden")
  static let restingFiles = LocalizedText(en: "files that rest", de: "Dateien, die sich nicht ändern")
  static let runAgain = LocalizedText(en: "run it again", de: "erneut ausführen")
  static let folderUnreadable = LocalizedText(
    en: "the rule directory cannot be read", de: "Das Regelverzeichnis lässt sich nicht lesen")
  static func readableFolder(_ file: String) -> LocalizedText {
    LocalizedText(en: "a readable directory with '\(file)'", de: "ein lesbares Verzeichnis mit '\(file)'")
  }
  static let wrongEnding = LocalizedText(
    en: "the file ends in .yml and is not read", de: "Die Datei endet auf .yml und wird nicht gelesen")
  static let yamlEnding = LocalizedText(en: "the ending .yaml", de: "die Endung .yaml")
  static func renameTo(_ name: String) -> LocalizedText {
    LocalizedText(en: "rename it to \(name)", de: "die Datei in \(name) umbenennen")
  }
  static let ruleSet = LocalizedText(en: "the rule set", de: "Regelsatz")
  static let version = LocalizedText(en: "a version such as 2026.11.1", de: "eine Version, etwa 2026.11.1")
  static let recipients = LocalizedText(en: "recipients", de: "Empfänger")
  static let dataCategories = LocalizedText(en: "data categories", de: "Datenkategorien")
  static let service = LocalizedText(en: "the service", de: "Dienst")
  static func serviceUnlikeFile(_ service: String, _ file: String) -> LocalizedText {
    LocalizedText(
      en: "the service is \(service) but its file is \(file)",
      de: "Der Dienst heißt \(service), seine Datei aber \(file)")
  }
  static let fileNameOfService = LocalizedText(en: "the file's name without .yaml", de: "der Name der Datei ohne .yaml")
  static let renameServiceOrFile = LocalizedText(
    en: "rename the service or the file", de: "den Dienst oder die Datei umbenennen")
  static let vendorName = LocalizedText(en: "the vendor's name", de: "der Name des Herstellers")
  static let rules = LocalizedText(en: "rules", de: "Regeln")
  static let rule = LocalizedText(en: "the rule", de: "Regel")
  static func ruleIDExpected(_ service: String) -> LocalizedText {
    LocalizedText(
      en: "the service, a dot and a name: '\(service).event-upload'",
      de: "der Dienst, ein Punkt und ein Name: '\(service).event-upload'")
  }
  static let wholeNumberFromOne = LocalizedText(en: "a whole number from 1", de: "eine ganze Zahl ab 1")
  static let englishSentence = LocalizedText(en: "one English sentence", de: "ein englischer Satz")
  static let productNames = LocalizedText(en: "product names", de: "Namen von Produkten")
  static let ruleWithoutPatterns = LocalizedText(
    en: "the rule has neither patterns nor addresses", de: "Die Regel hat weder Muster noch Adressen")
  static let oneOfTheTwo = LocalizedText(en: "at least one of the two", de: "mindestens eines von beiden")
  static let addPatterns = LocalizedText(
    en: "add 'patterns:' with the host names it is about", de: "'patterns:' mit den Hostnamen ergänzen, um die es geht")
  static func personalLabelInRule(_ words: String) -> LocalizedText {
    LocalizedText(
      en: "'personal_label' in the rule, one of \(words)", de: "'personal_label' in der Regel, einer der Werte \(words)"
    )
  }
  static let personalLabelWithoutStar = LocalizedText(
    en: "'personal_label' of a rule without '*' in a pattern",
    de: "'personal_label' in einer Regel ohne '*' in einem Muster")
  static let patternWithStar = LocalizedText(
    en: "a pattern whose '*' stands for it", de: "ein Muster, in dem '*' dafür steht")
  static let removeKeyOrCorrectPattern = LocalizedText(
    en: "remove the key or correct the pattern", de: "den Schlüssel entfernen oder das Muster berichtigen")
  static let dataCategoryEntry = LocalizedText(en: "data category", de: "Datenkategorie")
  static func noSourceNames(_ target: String) -> LocalizedText {
    LocalizedText(en: "no source names \(target)", de: "Keine Quelle nennt \(target)")
  }
  static let sourceForEach = LocalizedText(
    en: "a source for each pattern and range", de: "eine Quelle für jedes Muster und jeden Bereich")
  static let addToSource = LocalizedText(
    en: "add it to 'patterns:' of the source that names it",
    de: "den Eintrag bei der Quelle, die ihn nennt, unter 'patterns:' ergänzen")
  static let sentences = LocalizedText(en: "sentences", de: "Sätze")
  static let blocking = LocalizedText(en: "'blocking' of the rule", de: "'blocking' (Regel)")
  static let examples = LocalizedText(en: "'examples' of the rule", de: "'examples' (Regel)")
  static func ruleIDWithoutService(_ id: String) -> LocalizedText {
    LocalizedText(
      en: "the rule id \(id) does not begin with its service",
      de: "Die Kennung \(id) der Regel beginnt nicht mit ihrem Dienst")
  }
  static func idBeginsWith(_ service: String) -> LocalizedText {
    LocalizedText(en: "an id that begins with '\(service).'", de: "eine Kennung, die mit '\(service).' beginnt")
  }
  static func prefixService(_ service: String) -> LocalizedText {
    LocalizedText(
      en: "put '\(service).' in front of the rule's own name",
      de: "'\(service).' vor den eigenen Namen der Regel setzen")
  }
  static func ruleIDIs(_ id: String) -> LocalizedText {
    LocalizedText(en: "the rule id is \(id)", de: "Die Kennung der Regel lautet \(id)")
  }
  static func serviceAnd(_ service: String, _ rest: LocalizedText) -> LocalizedText {
    LocalizedText(en: "'\(service).' and \(rest.en)", de: "'\(service).' und \(rest.de)")
  }
  static func noAddressRange(_ text: String) -> LocalizedText {
    LocalizedText(en: "\(text) is no address range", de: "\(text) ist kein Adressbereich")
  }
  static func notCanonical(_ range: String) -> LocalizedText {
    LocalizedText(
      en: "the address range \(range) is not in its canonical form",
      de: "Der Adressbereich \(range) steht nicht in seiner kanonischen Form")
  }
  static let canonicalForm = LocalizedText(
    en: "host bits zero and the shortest text (RFC 5952)", de: "Hostbits null und die kürzeste Schreibweise (RFC 5952)")
  static func writeRange(_ range: String) -> LocalizedText {
    LocalizedText(en: "write '\(range)'", de: "'\(range)' schreiben")
  }
  static func portIs(_ text: String) -> LocalizedText {
    LocalizedText(en: "an item of 'ports' is \(text)", de: "Ein Eintrag von 'ports' hat den Wert \(text)")
  }
  static func noHostName(_ example: String) -> LocalizedText {
    LocalizedText(en: "the example \(example) is no host name", de: "Das Beispiel \(example) ist kein Hostname")
  }
  static let writeAskableName = LocalizedText(
    en: "write one name that a device could ask for", de: "einen Namen schreiben, den ein Gerät abfragen könnte")
  static let recipient = LocalizedText(en: "the recipient", de: "Empfänger")
  static func leaveKeyOut(_ expected: LocalizedText) -> LocalizedText {
    LocalizedText(
      en: "\(expected.en); leave the key out where it is unknown",
      de: "\(expected.de); den Schlüssel weglassen, wo das Land nicht bekannt ist")
  }
  static let legalEntityName = LocalizedText(en: "the name of the legal entity", de: "der Name der juristischen Person")
  static let otherNames = LocalizedText(en: "other names of the recipient", de: "andere Namen des Empfängers")
  static let parentName = LocalizedText(en: "the name of the parent company", de: "der Name der Muttergesellschaft")
  static let source = LocalizedText(en: "the source", de: "Quelle")
  static let dataCategory = LocalizedText(en: "the data category", de: "Datenkategorie")
  static let placeInDocument = LocalizedText(
    en: "where it is in the document: a heading, a table row, a line",
    de: "die Stelle im Dokument: eine Überschrift, eine Tabellenzeile, eine Zeile")
  static let patternsAndRanges = LocalizedText(
    en: "patterns and address ranges of the rule", de: "Muster und Adressbereiche der Regel")
  static let whatSourceStates = LocalizedText(
    en: "what the source states of the rule", de: "was die Quelle zur Regel aussagt")
  static let sourceNamesNothing = LocalizedText(
    en: "the source does not state what it names", de: "Die Quelle gibt nicht an, was sie nennt")
  static let patternsOrSupports = LocalizedText(
    en: "'patterns', 'supports' or both", de: "'patterns', 'supports' oder beides")
  static let addPatternsOrSupports = LocalizedText(
    en: "add 'patterns:' with what this place names, or 'supports:' with what else it states",
    de: "'patterns:' mit dem ergänzen, was diese Stelle nennt, oder 'supports:' mit dem, was sie sonst aussagt")
  static func ruleHasNot(_ text: String) -> LocalizedText {
    LocalizedText(en: "the rule has no \(text)", de: "Die Regel enthält \(text) nicht")
  }
  static let patternOfRule = LocalizedText(
    en: "a pattern or an address range of this rule", de: "ein Muster oder ein Adressbereich dieser Regel")
  static let correctOrAddToRule = LocalizedText(
    en: "correct it or add it to the rule", de: "den Eintrag berichtigen oder in die Regel aufnehmen")
  static let itemOfSupports = LocalizedText(en: "an item of 'supports'", de: "Ein Eintrag von 'supports'")
  static let comparedExpected = LocalizedText(
    en: "the day of the last comparison with the sources, such as 2026-11-30",
    de: "der Tag des letzten Abgleichs mit den Quellen, etwa 2026-11-30")
  static let documentExpected = LocalizedText(
    en: "title or address of the document", de: "Titel oder Adresse des Dokuments")
  static let revisionRead = LocalizedText(en: "the revision that was read", de: "die gelesene Fassung")
  static func notInRegister(_ entry: LocalizedText, _ id: String, _ file: String) -> LocalizedText {
    LocalizedText(en: "no \(entry.en) \(id) in \(file)", de: "\(entry.de) \(id) steht nicht in \(file)")
  }
  static let idOfThatFile = LocalizedText(en: "an id of that file", de: "eine Kennung aus dieser Datei")
  static func addEntryOrCorrect(_ entry: LocalizedText) -> LocalizedText {
    LocalizedText(
      en: "add the \(entry.en) there or correct the id",
      de: "dort einen Eintrag (\(entry.de)) ergänzen oder die Kennung berichtigen")
  }
  static let register = LocalizedText(en: "the register", de: "Register")
  static let identifier = LocalizedText(
    en: "lower-case letters, digits and '-'", de: "Kleinbuchstaben, Ziffern und '-'")
  static let country = LocalizedText(
    en: "an ISO 3166 code of two capital letters such as DE",
    de: "ein Ländercode nach ISO 3166 aus zwei Großbuchstaben, etwa DE")
  static let dateOrMonth = LocalizedText(
    en: "a date such as 2024-03-06, 2024-03 or 2024", de: "ein Datum wie 2024-03-06, 2024-03 oder 2024")
  static let addressRanges = LocalizedText(
    en: "address ranges such as 40.76.0.0/14 or 2603:1000::/24",
    de: "Adressbereiche, etwa 40.76.0.0/14 oder 2603:1000::/24")
  static let ports = LocalizedText(en: "port numbers from 1 to 65535", de: "Portnummern von 1 bis 65535")
  static let namesOrAddresses = LocalizedText(
    en: "host names without '*', or addresses", de: "Hostnamen ohne '*' oder Adressen")
  static let yamlFileOfFormat = LocalizedText(
    en: "a readable YAML file that begins with 'format: 1'", de: "eine lesbare YAML-Datei, die mit 'format: 1' beginnt")
  static let writeRuleFile = LocalizedText(
    en: "write it; docs/rule-format.md shows what belongs there",
    de: "die Datei anlegen; docs/rule-format.md zeigt, was hineingehört")
  static let folderDeviceOrPipe = LocalizedText(
    en: "this is a folder, a device or a pipe", de: "Dies ist ein Ordner, ein Gerät oder eine Pipe")
  static let removeOrWriteFile = LocalizedText(
    en: "remove it, or write a file instead", de: "den Eintrag entfernen oder durch eine Datei ersetzen")
  static let linkOutOfFolder = LocalizedText(
    en: "a symbolic link leads out of the rule directory, and is not followed",
    de: "Eine symbolische Verknüpfung führt aus dem Regelverzeichnis hinaus; ihr wird nicht gefolgt")
  static let fileInFolder = LocalizedText(en: "a file in the directory", de: "eine Datei im Verzeichnis")
  static let copyIntoFolder = LocalizedText(
    en: "copy the file into the directory", de: "die Datei in das Verzeichnis kopieren")
  static func fileSize(_ count: Int) -> LocalizedText {
    LocalizedText(en: "the file has \(count) bytes", de: "Die Datei hat \(count) Byte")
  }
  static let folderTooLarge = LocalizedText(
    en: "with this file, the rule directory is too large", de: "Mit dieser Datei ist das Regelverzeichnis zu groß")
  static func atMostBytesTogether(_ count: Int) -> LocalizedText {
    LocalizedText(
      en: "at most \(count) bytes in all files together", de: "höchstens \(count) Byte in allen Dateien zusammen")
  }
  static let transferTools = LocalizedText(en: "transfer tools", de: "Übermittlungsinstrumente")
  static func idTwice(_ id: String) -> LocalizedText {
    LocalizedText(en: "the id \(id) is used twice", de: "Die Kennung \(id) wird zweimal verwendet")
  }
  static let transferTool = LocalizedText(en: "the transfer tool", de: "Übermittlungsinstrument")
  static func noCountry(_ text: String) -> LocalizedText {
    LocalizedText(en: "\(text) is no country", de: "\(text) ist kein Land")
  }
  static let adequacyWithoutCountries = LocalizedText(
    en: "an adequacy decision without countries", de: "Ein Angemessenheitsbeschluss ohne Länder")
  static let coveredCountries = LocalizedText(en: "the countries that it covers", de: "die Länder, für die er gilt")
  static let addCountries = LocalizedText(en: "add 'countries:'", de: "'countries:' ergänzen")
  static func toolEndsFirst(_ expires: String, _ starts: String) -> LocalizedText {
    LocalizedText(
      en: "the tool expires on \(expires), before it starts on \(starts)",
      de: "Das Instrument endet am \(expires), bevor es am \(starts) beginnt")
  }
  static let toolID = LocalizedText(en: "the id of a transfer tool", de: "die Kennung eines Übermittlungsinstruments")
  static let transferToolEntry = LocalizedText(en: "transfer tool", de: "Übermittlungsinstrument")
  static let nameInList = LocalizedText(
    en: "the name that the list or the contract gives", de: "der Name, den die Liste oder der Vertrag angibt")
}
