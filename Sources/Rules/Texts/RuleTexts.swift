import Model

/// Faults of rule files, registers, overrides and bundles.
enum RuleTexts {
  static let list = LocalizedText(en: "the list", de: "Liste")
  static func noRule(_ rule: String) -> LocalizedText {
    LocalizedText(en: "no rule \(rule)", de: "Es gibt keine Regel \(rule)")
  }
  static let recognisingRule = LocalizedText(
    en: "the id of a rule that recognises the names", de: "die Kennung einer Regel, die diese Namen erkennt")
  static let correctTheID = LocalizedText(en: "correct the id", de: "die Kennung berichtigen")
  static func alsoInLine(_ name: String, _ line: Int) -> LocalizedText {
    LocalizedText(en: "\(name) also stands in line \(line)", de: "\(name) steht auch in Zeile \(line)")
  }
  static let eachNameOnce = LocalizedText(en: "each name once", de: "jeder Name einmal")
  static let removeOne = LocalizedText(en: "remove one", de: "einen Eintrag entfernen")
  static func leftOutAndPattern(_ name: String, _ rule: String) -> LocalizedText {
    LocalizedText(
      en: "\(name) is left out, and '\(rule)' has it as a pattern",
      de: "\(name) gilt als ausgelassen, ist aber ein Muster der Regel '\(rule)'")
  }
  static let removeHereOrThere = LocalizedText(
    en: "remove it here or there", de: "den Eintrag hier oder dort entfernen")
  static func wonBy(_ name: String, _ rule: String) -> LocalizedText {
    LocalizedText(en: "\(name) is won by '\(rule)'", de: "Für \(name) gilt die Regel '\(rule)'")
  }
  static let nameRuleOrMoveName = LocalizedText(
    en: "name that rule in 'covered_by', or move the name",
    de: "diese Regel in 'covered_by' nennen oder den Namen verschieben")
  static func recognisedByNoRule(_ name: String) -> LocalizedText {
    LocalizedText(en: "\(name) is recognised by no rule", de: "Keine Regel erkennt \(name)")
  }
  static let moveToOutside = LocalizedText(
    en: "move it to a group whose state is 'outside'",
    de: "den Namen in eine Gruppe mit dem Zustand 'outside' verschieben")
  static func leftOutButWon(_ name: String, _ state: String, _ rule: String) -> LocalizedText {
    LocalizedText(
      en: "\(name) is left out as \(state), but '\(rule)' wins it",
      de: "\(name) gilt als ausgelassen (\(state)), doch die Regel '\(rule)' gilt dafür")
  }
  static let unknownName = LocalizedText(en: "a name that no rule knows", de: "ein Name, den keine Regel kennt")
  static let moveToCovered = LocalizedText(
    en: "move it to a group whose state is 'covered'",
    de: "den Namen in eine Gruppe mit dem Zustand 'covered' verschieben")
  static let group = LocalizedText(en: "the group", de: "Gruppe")
  static let ruleIDs = LocalizedText(en: "rule ids", de: "Kennungen von Regeln")
  static let namesOfSource = LocalizedText(
    en: "host names or patterns as the source has them", de: "Hostnamen oder Muster, wie die Quelle sie nennt")
  static let sources = LocalizedText(en: "sources", de: "Quellen")
  static let coveredWithoutRule = LocalizedText(
    en: "a covered group without 'covered_by'", de: "Eine Gruppe mit dem Zustand 'covered' hat kein 'covered_by'")
  static let ruleWithoutCovered = LocalizedText(
    en: "'covered_by' in a group that is not covered",
    de: "'covered_by' in einer Gruppe mit anderem Zustand als 'covered'")
  static let coveredByExpected = LocalizedText(
    en: "'covered_by' with rule ids where the state is 'covered', and only there",
    de: "'covered_by' mit Kennungen von Regeln genau dann, wenn der Zustand 'covered' ist")
  static let addOrRemoveKey = LocalizedText(en: "add or remove the key", de: "den Schlüssel ergänzen oder entfernen")
  static let overridesFile = LocalizedText(en: "the file of overrides", de: "Datei der lokalen Abweichungen")
  static let overrides = LocalizedText(en: "overrides", de: "Abweichungen")
  static func overrideCount(_ count: Int) -> LocalizedText {
    LocalizedText(en: "the file has \(count) overrides", de: "Die Datei enthält \(count) Abweichungen")
  }
  static func atMost(_ count: Int) -> LocalizedText {
    LocalizedText(en: "at most \(count)", de: "höchstens \(count)")
  }
  static let writeOwnRules = LocalizedText(
    en: "write rules of your own instead", de: "stattdessen eigene Regeln schreiben")
  static func idTwiceFirstAt(_ id: String, _ line: Int) -> LocalizedText {
    LocalizedText(
      en: "the id \(id) is used twice, first at line \(line)",
      de: "Die Kennung \(id) wird zweimal verwendet, zuerst in Zeile \(line)")
  }
  static let eachIDOnce = LocalizedText(en: "each id once", de: "jede Kennung einmal")
  static let giveAnotherID = LocalizedText(
    en: "give one of the two another id", de: "einem der beiden eine andere Kennung geben")
  static func overridesContradict(_ earlier: String, _ later: String, _ key: String) -> LocalizedText {
    LocalizedText(
      en: "the overrides '\(earlier)' and '\(later)' contradict each other in '\(key)' on the same days",
      de: "Die Abweichungen '\(earlier)' und '\(later)' widersprechen einander in '\(key)' an denselben Tagen")
  }
  static let oneOverride = LocalizedText(
    en: "one override for each fact of a rule on a day", de: "je Tag eine Abweichung für jede Angabe einer Regel")
  static let endOneFirst = LocalizedText(
    en: "let one end before the other starts, or remove one",
    de: "die eine enden lassen, bevor die andere beginnt, oder eine entfernen")
  static func alreadyInRule(_ pattern: String, _ rule: String) -> LocalizedText {
    LocalizedText(
      en: "\(pattern) already stands in the rule '\(rule)' on these days",
      de: "\(pattern) steht an diesen Tagen bereits in der Regel '\(rule)'")
  }
  static let newPattern = LocalizedText(
    en: "a pattern or range that no rule has", de: "ein Muster oder Bereich, den keine Regel enthält")
  static let overrideThatRule = LocalizedText(
    en: "change that rule by an override of its own, or remove it here",
    de: "jene Regel durch eine eigene Abweichung ändern oder den Eintrag hier entfernen")
  static let override = LocalizedText(en: "the override", de: "Abweichung")
  static func reservedID(_ id: String) -> LocalizedText {
    LocalizedText(
      en: "the id \(id) is what results call names that suggest telemetry",
      de: "Mit der Kennung \(id) bezeichnen die Ergebnisse Namen, die auf Telemetrie hindeuten")
  }
  static let anotherID = LocalizedText(en: "another id", de: "eine andere Kennung")
  static let renameOverride = LocalizedText(en: "rename the override", de: "die Abweichung umbenennen")
  static let ruleID = LocalizedText(en: "the id of a rule", de: "die Kennung einer Regel")
  static let ruleIDOfSet = LocalizedText(
    en: "the id of a rule of this rule set", de: "die Kennung einer Regel dieses Regelsatzes")
  static let correctIDOrRemoveOverride = LocalizedText(
    en: "correct the id or remove the override", de: "die Kennung berichtigen oder die Abweichung entfernen")
  static let reason = LocalizedText(
    en: "why, in a sentence that results may show", de: "der Grund in einem Satz, den die Ergebnisse zeigen dürfen")
  static let author = LocalizedText(
    en: "who answers for it: a role or a name", de: "wer dafür verantwortlich ist: eine Funktion oder ein Name")
  static func overrideEndsFirst(_ expires: String, _ starts: String) -> LocalizedText {
    LocalizedText(
      en: "the override expires on \(expires), before it starts on \(starts)",
      de: "Die Abweichung endet am \(expires), bevor sie am \(starts) beginnt")
  }
  static let lastDay = LocalizedText(
    en: "a last day that is not before the first", de: "ein letzter Tag, der nicht vor dem ersten liegt")
  static let correctExpiresOrStarts = LocalizedText(
    en: "correct 'expires' or 'starts'", de: "'expires' oder 'starts' berichtigen")
  static let change = LocalizedText(en: "'change' of the override", de: "'change' (Abweichung)")
  static let disabledFalse = LocalizedText(
    en: "'disabled' is false, which changes nothing", de: "'disabled' ist false und ändert damit nichts")
  static let trueOrNothing = LocalizedText(en: "true, or no such key", de: "true oder kein solcher Schlüssel")
  static let removeTheKey = LocalizedText(en: "remove the key", de: "den Schlüssel entfernen")
  static func idsFrom(_ file: String) -> LocalizedText {
    LocalizedText(en: "ids from \(file)", de: "Kennungen aus \(file)")
  }
  static func idFrom(_ file: String) -> LocalizedText {
    LocalizedText(en: "an id from \(file)", de: "eine Kennung aus \(file)")
  }
  static let recipientEntry = LocalizedText(en: "recipient", de: "Empfänger")
  static let hostNamePatterns = LocalizedText(en: "host name patterns", de: "Muster von Hostnamen")
  static let personalLabelNotNeeded = LocalizedText(
    en: "'personal_label' of an override that adds no '*', or whose rule has the key",
    de: "'personal_label' in einer Abweichung, die kein '*' hinzufügt oder deren Regel den Schlüssel schon hat")
  static let personalLabelOnce = LocalizedText(
    en: "the key only with the first '*' of a rule", de: "der Schlüssel nur beim ersten '*' einer Regel")
  static func personalLabelMissing(_ pattern: String) -> LocalizedText {
    LocalizedText(
      en: "nothing states who assigns the labels under '*' in \(pattern)",
      de: "Es ist nicht angegeben, wer in \(pattern) die Namensteile anstelle von '*' vergibt")
  }
  static func personalLabelInChange(_ words: String) -> LocalizedText {
    LocalizedText(
      en: "'personal_label' in the change, one of \(words)",
      de: "'personal_label' in 'change', einer der Werte \(words)")
  }
  static let addPersonalLabel = LocalizedText(
    en: "add 'personal_label: tenant' if customers choose them, 'personal_label: none' if only the vendor does",
    de:
      "'personal_label: tenant' ergänzen, wenn Kunden sie wählen, 'personal_label: none', wenn nur der Hersteller sie vergibt"
  )
  static let disablingChangesMore = LocalizedText(
    en: "an override that disables its rule changes more",
    de: "Eine Abweichung, die ihre Regel abschaltet, ändert noch anderes")
  static let overrideWithoutChange = LocalizedText(
    en: "the override changes nothing", de: "Die Abweichung ändert nichts")
  static let changeExpected = LocalizedText(
    en: "'disabled: true' alone, or at least one of purpose, recipient, patterns, addresses, shared",
    de: "'disabled: true' allein, oder mindestens eines von purpose, recipient, patterns, addresses, shared")
  static let removeOtherKeys = LocalizedText(en: "remove the other keys", de: "die übrigen Schlüssel entfernen")
  static let sayWhatChanges = LocalizedText(en: "say what shall be otherwise", de: "angeben, was anders sein soll")
  static let hostNamePattern = LocalizedText(
    en: "a host name in lower case such as 'v10.events.data.microsoft.com', with '*' for one label or part of one",
    de:
      "ein Hostname in Kleinbuchstaben, etwa 'v10.events.data.microsoft.com', mit '*' für einen Namensteil oder ein Stück davon"
  )
  static func pattern(_ pattern: String, _ problem: LocalizedText) -> LocalizedText {
    LocalizedText(en: "pattern \(pattern) \(problem.en)", de: "Muster \(pattern): \(problem.de)")
  }
  static let hasCapitals = LocalizedText(en: "has capital letters", de: "enthält Großbuchstaben")
  static func write(_ text: String) -> LocalizedText {
    LocalizedText(en: "write \(text)", de: "\(text) schreiben")
  }
  static let hostOnly = LocalizedText(
    en: "name the host only; ports go to 'ports', address ranges to 'addresses'",
    de: "nur den Host nennen; Ports gehören zu 'ports', Adressbereiche zu 'addresses'")
  static let removeTheCharacter = LocalizedText(en: "remove the character", de: "das Zeichen entfernen")
  static let writeASCIIForm = LocalizedText(
    en: "write the name in its ASCII form (punycode, 'xn--…')",
    de: "den Namen in seiner ASCII-Form schreiben (Punycode, 'xn--…')")
  static func hasCharacter(_ character: String) -> LocalizedText {
    LocalizedText(en: "has the character \(character)", de: "enthält das Zeichen \(character)")
  }
  static let hasEmptyLabel = LocalizedText(en: "has an empty label", de: "enthält einen leeren Namensteil")
  static let removeDot = LocalizedText(en: "remove the superfluous dot", de: "den überzähligen Punkt entfernen")
  static let isTooLong = LocalizedText(en: "is too long", de: "ist zu lang")
  static let lengthExpected = LocalizedText(
    en: "at most 63 characters a label and 253 in all", de: "höchstens 63 Zeichen je Namensteil und 253 insgesamt")
  static let shorten = LocalizedText(en: "shorten it", de: "kürzen")
  static let hasDoubleStar = LocalizedText(en: "has '*' twice in a row", de: "enthält '*' zweimal hintereinander")
  static let writeOneStar = LocalizedText(en: "write one '*'", de: "ein einziges '*' schreiben")
  static let isAddress = LocalizedText(en: "is an address", de: "ist eine Adresse")
  static func moveToAddresses(_ address: String) -> LocalizedText {
    LocalizedText(
      en: "move it to 'addresses' as '\(address)/32'",
      de: "den Eintrag als '\(address)/32' nach 'addresses' verschieben")
  }
  static let namesNoLabel = LocalizedText(en: "names no label", de: "nennt keinen festen Namensteil")
  static let oneFixedLabel = LocalizedText(
    en: "at least one label without '*'", de: "mindestens ein Namensteil ohne '*'")
  static let nameTheDomain = LocalizedText(en: "name the domain it is meant for", de: "die gemeinte Domäne nennen")
  static let entries = LocalizedText(en: "entries", de: "Einträge")
  static let entry = LocalizedText(en: "the entry", de: "Eintrag")
  static let operatorExpected = LocalizedText(en: "who runs it", de: "wer das Netz oder den Dienst betreibt")
  static let namesWithoutStar = LocalizedText(
    en: "host names or domains, without '*'", de: "Hostnamen oder Domänen ohne '*'")
  static func resolverWithRange(_ range: String) -> LocalizedText {
    LocalizedText(
      en: "a resolver has the address range '\(range)'", de: "Ein Namensauflöser hat den Adressbereich '\(range)'")
  }
  static let singleAddresses = LocalizedText(
    en: "single addresses, as /32 or /128", de: "einzelne Adressen, als /32 oder /128")
  static let nameAddressesOfSource = LocalizedText(
    en: "name the addresses that the source states", de: "die Adressen nennen, die die Quelle angibt")
  static let entryWithoutNames = LocalizedText(
    en: "the entry has neither names nor addresses", de: "Der Eintrag hat weder Namen noch Adressen")
  static let oneOfThem = LocalizedText(en: "at least one of them", de: "mindestens eines davon")
  static let addNames = LocalizedText(en: "add 'names:'", de: "'names:' ergänzen")
  static func noEntryName(_ name: String) -> LocalizedText {
    LocalizedText(en: "\(name) is no name of an entry", de: "\(name) ist kein zulässiger Name eines Eintrags")
  }
  static let hostOrDomain = LocalizedText(
    en: "a host name or a domain of two labels, without '*'",
    de: "ein Hostname oder eine Domäne mit zwei Namensteilen, ohne '*'")
  static let nameDomainItself = LocalizedText(
    en: "name the domain itself: it stands for all names under it",
    de: "die Domäne selbst nennen: Sie steht für alle Namen darunter")
  static func toolEnded(_ tool: String, _ day: String) -> LocalizedText {
    LocalizedText(
      en: "the transfer tool '\(tool)' ended on \(day), before the rule set's date",
      de: "Das Übermittlungsinstrument '\(tool)' endete am \(day), vor dem Datum des Regelsatzes")
  }
  static func toolsThatHold(_ day: String) -> LocalizedText {
    LocalizedText(en: "tools that hold on \(day)", de: "Instrumente, die am \(day) gelten")
  }
  static let lookForSuccessor = LocalizedText(
    en: "look for its successor, then remove it or correct the date",
    de: "nach einem Nachfolger suchen, dann den Eintrag entfernen oder das Datum berichtigen")
  static func recipientWithoutSeat(_ id: String) -> LocalizedText {
    LocalizedText(en: "the recipient \(id) has no seat", de: "Für den Empfänger \(id) fehlt der Sitz")
  }
  static let countryOfSeat = LocalizedText(en: "the country of establishment", de: "das Land der Niederlassung")
  static let addSeat = LocalizedText(
    en: "add 'seat:' and a source that states it", de: "'seat:' und eine Quelle dafür ergänzen")
  static func parentWithoutSeat(_ recipient: String) -> LocalizedText {
    LocalizedText(
      en: "the parent of the recipient \(recipient) has no seat",
      de: "Für die Muttergesellschaft des Empfängers \(recipient) fehlt der Sitz")
  }
  static let countryOfParent = LocalizedText(en: "the country of its establishment", de: "das Land ihrer Niederlassung")
  static let addParentSeat = LocalizedText(en: "add 'parent_seat:'", de: "'parent_seat:' ergänzen")
  static func noLegalForm(_ name: String) -> LocalizedText {
    LocalizedText(
      en: "\(name) names no legal form and may be a brand",
      de: "\(name) nennt keine Rechtsform und ist vielleicht eine Marke")
  }
  static let registeredName = LocalizedText(
    en: "the registered name of a legal entity, such as 'Example Corporation'",
    de: "der eingetragene Name einer juristischen Person, etwa 'Example Corporation'")
  static let writeRegisteredName = LocalizedText(
    en: "write the name as the register or the imprint has it",
    de: "den Namen so schreiben, wie er im Register oder im Impressum steht")
  static let onceInRegister = LocalizedText(en: "each once in a register", de: "jeder Eintrag einmal im Register")
  static let noBundle = LocalizedText(
    en: "the file is no rule bundle that this program reads",
    de: "Die Datei ist kein Regelpaket, das dieses Programm liest")
  static func firstLineExpected(_ line: String) -> LocalizedText {
    LocalizedText(en: "'\(line)' in its first line", de: "'\(line)' in der ersten Zeile")
  }
  static let nameRulesOrBundle = LocalizedText(
    en: "name a rule directory, or a file that 'egressaudit rules pack' wrote",
    de: "ein Regelverzeichnis angeben oder eine Datei, die 'egressaudit rules pack' geschrieben hat")
  static func signedWith(_ key: String) -> LocalizedText {
    LocalizedText(en: "the bundle is signed with the key \(key)", de: "Das Paket ist mit dem Schlüssel \(key) signiert")
  }
  static func theKey(_ key: String) -> LocalizedText {
    LocalizedText(en: "the key \(key)", de: "der Schlüssel \(key)")
  }
  static let getOtherBundleOrKey = LocalizedText(
    en: "get the bundle from whom the key belongs to, or the public key that belongs to the bundle",
    de:
      "das Paket von der Stelle beziehen, der der Schlüssel gehört, oder den öffentlichen Schlüssel zum Paket beschaffen"
  )
  static let filesUnsorted = LocalizedText(
    en: "the list of files is not sorted, or too long", de: "Die Dateiliste ist nicht sortiert oder zu lang")
  static func filesByPath(_ count: Int) -> LocalizedText {
    LocalizedText(en: "at most \(count) files, by path", de: "höchstens \(count) Dateien, nach Pfad sortiert")
  }
  static let packAgain = LocalizedText(
    en: "make the bundle again with 'egressaudit rules pack'",
    de: "das Paket mit 'egressaudit rules pack' neu erstellen"
  )
  static let signatureWrong = LocalizedText(
    en: "the signature does not fit: the bundle was changed after it was signed",
    de: "Die Signatur stimmt nicht: Das Paket wurde nach dem Signieren verändert")
  static let listAsSigned = LocalizedText(en: "the list as it was signed", de: "die Liste, wie sie signiert wurde")
  static let fetchAgain = LocalizedText(
    en: "fetch the bundle again from its publisher", de: "das Paket erneut vom Herausgeber beziehen")
  static func contentsDiffer(_ path: String) -> LocalizedText {
    LocalizedText(
      en: "the contents of \(path) are not those that were signed", de: "Der Inhalt von \(path) ist nicht der signierte"
    )
  }
  static let wholeContents = LocalizedText(
    en: "its bytes, whole and unchanged", de: "der vollständige, unveränderte Inhalt")
  static let bytesBehindEnd = LocalizedText(
    en: "bytes follow behind the last file", de: "Hinter der letzten Datei folgen weitere Bytes")
  static let theEnd = LocalizedText(en: "the end", de: "das Ende")
  static func versionNotComparable(_ version: String) -> LocalizedText {
    LocalizedText(
      en: "the version \(version) of a bundle cannot be compared with others",
      de: "Die Version \(version) eines Pakets lässt sich nicht mit anderen vergleichen")
  }
  static let versionNumbers = LocalizedText(
    en: "one to four whole numbers with dots between, such as 2026.11.1",
    de: "ein bis vier ganze Zahlen mit Punkten dazwischen, etwa 2026.11.1")
  static let correctVersion = LocalizedText(en: "correct 'version'", de: "'version' berichtigen")
  static func lineDamaged(_ word: String) -> LocalizedText {
    LocalizedText(
      en: "the line of the \(word) is damaged or missing", de: "Die Zeile '\(word)' ist beschädigt oder fehlt")
  }
  static func wordAndDigits(_ word: String, _ count: Int) -> LocalizedText {
    LocalizedText(
      en: "'\(word)' and \(count) hexadecimal digits in lower case",
      de: "'\(word)' und \(count) hexadezimale Ziffern in Kleinschreibung")
  }
  static let fileLineDamaged = LocalizedText(
    en: "the line of a file is damaged", de: "Die Zeile einer Datei ist beschädigt")
  static let fileLineExpected = LocalizedText(
    en: "'file', its length, its SHA-256 and its path", de: "'file', Länge, SHA-256 und Pfad der Datei")
  static let fileNameIllegal = LocalizedText(
    en: "a bundle cannot hold a file of this name", de: "Ein Paket kann keine Datei dieses Namens enthalten")
  static let fileNameExpected = LocalizedText(
    en: "lower-case letters, digits and '-' before '.yaml'", de: "Kleinbuchstaben, Ziffern und '-' vor '.yaml'")
  static let renameIt = LocalizedText(en: "rename it", de: "die Datei umbenennen")
  static func bundleSize(_ count: Int) -> LocalizedText {
    LocalizedText(en: "the bundle would have \(count) bytes", de: "Das Paket hätte \(count) Byte")
  }
  static let splitRules = LocalizedText(
    en: "split the rules into several sets", de: "die Regeln auf mehrere Regelsätze verteilen")
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
    en: "where it stands in the document: a heading, a table row, a line",
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
  static let privateKey = LocalizedText(en: "the private key of the rules", de: "der private Schlüssel der Regeln")
  static let publicKey = LocalizedText(en: "the public key of the rules", de: "der öffentliche Schlüssel der Regeln")
  static func thisIs(_ what: LocalizedText) -> LocalizedText {
    LocalizedText(en: "this is \(what.en)", de: "Dies ist \(what.de)")
  }
  static let noKey = LocalizedText(
    en: "the file holds no Ed25519 key, or an encrypted one",
    de: "Die Datei enthält keinen Ed25519-Schlüssel oder einen verschlüsselten")
  static func keyExpected(_ what: LocalizedText, _ line: String) -> LocalizedText {
    LocalizedText(
      en: "\(what.en): a PEM file that begins with '\(line)'",
      de: "\(what.de): eine PEM-Datei, die mit '\(line)' beginnt")
  }
  static let nameOtherOfPair = LocalizedText(
    en: "name the other file of the pair", de: "die andere Datei des Schlüsselpaars angeben")
  static let makeKeyPair = LocalizedText(
    en: "make a pair with 'egressaudit rules key new FILE'",
    de: "mit 'egressaudit rules key new FILE' ein Schlüsselpaar erzeugen")
  static let fileExists = LocalizedText(
    en: "there is a file of this name", de: "Eine Datei dieses Namens ist bereits vorhanden")
  static let keyNotWritten = LocalizedText(
    en: "the key file cannot be written", de: "Die Schlüsseldatei lässt sich nicht schreiben")
  static let newFile = LocalizedText(
    en: "a new file in a folder that is yours to write", de: "eine neue Datei in einem Ordner mit Schreibrecht")
  static let nameAnotherKeyFile = LocalizedText(
    en: "name another; a key is never written over",
    de: "einen anderen Namen angeben; ein Schlüssel wird nie überschrieben")
  static let checkFolder = LocalizedText(
    en: "check the folder and its permissions", de: "den Ordner und seine Zugriffsrechte prüfen")
  static func itemTwice(_ list: String, _ item: String) -> LocalizedText {
    LocalizedText(en: "'\(list)' has \(item) twice", de: "'\(list)' enthält \(item) zweimal")
  }
  static let eachItemOnce = LocalizedText(en: "each item once", de: "jeder Eintrag einmal")
  static func unsorted(_ list: String, _ later: String, _ earlier: String) -> LocalizedText {
    LocalizedText(
      en: "'\(list)' is not sorted: \(later) stands after \(earlier)",
      de: "'\(list)' ist nicht sortiert: \(later) steht hinter \(earlier)")
  }
  static let ascending = LocalizedText(
    en: "ascending order, texts by ASCII code", de: "aufsteigende Reihenfolge, Texte nach ASCII-Code")
  static let moveUp = LocalizedText(en: "move it up", de: "den Eintrag nach oben verschieben")
  static let registeredDomain = LocalizedText(
    en: "a registered domain at its end, without '*'", de: "eine registrierte Domäne am Ende, ohne '*'")
  static func endsInStar(_ pattern: String) -> LocalizedText {
    LocalizedText(
      en: "the pattern \(pattern) is too broad: it ends in a label with '*'",
      de: "Das Muster \(pattern) ist zu weit: Es endet mit einem Namensteil mit '*'")
  }
  static let nameVendorDomain = LocalizedText(
    en: "name the vendor's own domain", de: "die eigene Domäne des Herstellers nennen")
  static func onlySuffix(_ pattern: String, _ suffix: String) -> LocalizedText {
    LocalizedText(
      en:
        "the pattern \(pattern) is too broad: all that is fixed in it is the public suffix \(suffix), under which strangers register names",
      de:
        "Das Muster \(pattern) ist zu weit: Fest ist darin nur die öffentliche Endung \(suffix), unter der Fremde Namen registrieren"
    )
  }
  static func customerNames(_ pattern: String, _ suffix: String) -> LocalizedText {
    LocalizedText(
      en:
        "the pattern \(pattern) stands for names that a provider gives its customers under the public suffix \(suffix)",
      de:
        "Das Muster \(pattern) steht für Namen, die ein Anbieter seinen Kunden unter der öffentlichen Endung \(suffix) gibt"
    )
  }
  static let sharedOrOneCustomer = LocalizedText(
    en: "'shared: true' in the rule, or one customer's names",
    de: "'shared: true' in der Regel oder die Namen eines einzigen Kunden")
  static let addSharedOrHosts = LocalizedText(
    en: "add 'shared: true', or name the hosts that the source lists",
    de: "'shared: true' ergänzen oder die Hosts nennen, die die Quelle aufführt")
  static func almost(_ pattern: String, _ domain: String, _ meant: String) -> LocalizedText {
    LocalizedText(
      en: "the pattern \(pattern) names \(domain), which is almost '\(meant)' (edit distance 1)",
      de: "Das Muster \(pattern) nennt \(domain), also fast '\(meant)' (Editierdistanz 1)")
  }
  static let domainAsSpelt = LocalizedText(
    en: "a domain as its owner spells it", de: "eine Domäne in der Schreibweise ihres Inhabers")
  static func correctIfMeant(_ meant: String) -> LocalizedText {
    LocalizedText(
      en: "if '\(meant)' was meant, correct it; else leave it",
      de: "falls '\(meant)' gemeint war, berichtigen; sonst so lassen")
  }
  static func rangeTooBroad(_ range: String) -> LocalizedText {
    LocalizedText(
      en: "the address range '\(range)' is too broad: it speaks for networks of strangers",
      de: "Der Adressbereich '\(range)' ist zu weit: Er spricht für Netze Fremder")
  }
  static let narrowPrefix = LocalizedText(
    en: "a prefix of at least /8 (IPv4) or /16 (IPv6)", de: "ein Präfix von mindestens /8 (IPv4) oder /16 (IPv6)")
  static let nameRangesOfSource = LocalizedText(
    en: "name the ranges that the source lists", de: "die Bereiche nennen, die die Quelle aufführt")
  static func suggestsTelemetry(_ label: String, _ pattern: String, _ purpose: String) -> LocalizedText {
    LocalizedText(
      en: "\(label) in \(pattern) suggests telemetry, but the purpose is '\(purpose)'",
      de: "\(label) in \(pattern) deutet auf Telemetrie hin, der Zweck ist aber '\(purpose)'")
  }
  static let telemetryOrReason = LocalizedText(
    en: "a rule of its own with the purpose telemetry, or the reason for another one",
    de: "eine eigene Regel mit dem Zweck telemetry, oder der Grund für einen anderen")
  static let addPurposeReason = LocalizedText(
    en: "add 'purpose_reason:' with the reason, or move the pattern",
    de: "'purpose_reason:' mit dem Grund ergänzen oder das Muster verschieben")
  static let dataWithoutSource = LocalizedText(
    en: "no source of the rule states which data are sent",
    de: "Keine Quelle der Regel gibt an, welche Daten übermittelt werden")
  static let supportingSource = LocalizedText(
    en: "a source with 'supports: [data_categories]'", de: "eine Quelle mit 'supports: [data_categories]'")
  static let addSourceOrRemoveData = LocalizedText(
    en: "add the source and its place, or remove 'data_categories'",
    de: "die Quelle mit ihrer Stelle ergänzen oder 'data_categories' entfernen")
  static let patternWord = LocalizedText(en: "pattern", de: "Muster")
  static let addressRangeWord = LocalizedText(en: "address range", de: "Adressbereich")
  static func ruleAt(_ rule: String, _ file: String, _ line: Int) -> LocalizedText {
    LocalizedText(en: "rule '\(rule)' (\(file):\(line))", de: "Regel '\(rule)' (\(file):\(line))")
  }
  static let oneRule = LocalizedText(
    en: "one rule for a destination, or 'shared: true' in both rules of two services",
    de: "eine Regel je Ziel, oder 'shared: true' in beiden Regeln zweier Dienste")
  static let removeOrShare = LocalizedText(
    en: "remove it from one of them, or mark both as shared",
    de: "den Eintrag aus einer Regel entfernen oder beide als gemeinsam genutzt kennzeichnen")
  static func alsoIn(_ what: LocalizedText, _ text: String, _ other: LocalizedText) -> LocalizedText {
    LocalizedText(
      en: "the \(what.en) \(text) also stands in \(other.en)", de: "\(what.de) \(text) steht auch hier: \(other.de)")
  }
  static func neverWins(_ what: LocalizedText, _ text: String, _ other: LocalizedText) -> LocalizedText {
    LocalizedText(
      en: "the \(what.en) \(text) can never win: \(other.en) has it for the same ports and more",
      de: "\(what.de) \(text) kommt nie zum Zug: Dieselben Ports und weitere hat \(other.de)")
  }
  static func meets(_ what: LocalizedText, _ text: String, _ other: LocalizedText) -> LocalizedText {
    LocalizedText(
      en: "the \(what.en) \(text) meets \(other.en) on some of its ports",
      de: "\(what.de) \(text) überschneidet sich an einigen Ports mit: \(other.de)")
  }
  static func sourceOld(_ date: String, _ days: Int) -> LocalizedText {
    LocalizedText(
      en: "the source of \(date) is older than \(days) days", de: "Die Quelle vom \(date) ist älter als \(days) Tage")
  }
  static let sourceReadAgain = LocalizedText(
    en: "a source that was read again", de: "eine Quelle, die erneut gelesen wurde")
  static let checkDocument = LocalizedText(
    en: "check the document and set its new date", de: "das Dokument prüfen und sein neues Datum eintragen")
  static func explainExample(_ example: String) -> LocalizedText {
    LocalizedText(
      en: "run 'egressaudit rules explain \(example)', then correct the pattern or the example",
      de: "'egressaudit rules explain \(example)' ausführen, dann das Muster oder das Beispiel berichtigen")
  }
  static func exampleUnmatched(_ example: String) -> LocalizedText {
    LocalizedText(
      en: "the example \(example) is matched by no rule", de: "Auf das Beispiel \(example) passt keine Regel")
  }
  static func toWin(_ rule: String) -> LocalizedText {
    LocalizedText(en: "'\(rule)' to win it", de: "dass die Regel '\(rule)' gilt")
  }
  static func exampleWonBy(_ example: String, _ rule: String, _ pattern: String) -> LocalizedText {
    LocalizedText(
      en: "the example \(example) is won by '\(rule)' through \(pattern)",
      de: "Für das Beispiel \(example) gilt '\(rule)' wegen \(pattern)")
  }
  static func counterExampleWon(_ example: String, _ pattern: String) -> LocalizedText {
    LocalizedText(
      en: "the counter-example \(example) is won by this rule through \(pattern)",
      de: "Für das Gegenbeispiel \(example) gilt diese Regel wegen \(pattern)")
  }
  static let anotherToWin = LocalizedText(
    en: "another rule or none to win it", de: "dass eine andere Regel gilt oder keine")
  static let unsigned = LocalizedText(en: "these rules are not signed", de: "Diese Regeln sind nicht signiert")
  static func bundleSignedWith(_ key: String) -> LocalizedText {
    LocalizedText(
      en: "a bundle that is signed with the key of \(key)",
      de: "ein Paket, das mit dem Schlüssel aus \(key) signiert ist")
  }
  static let nameBundleOrAccept = LocalizedText(
    en: "name a bundle (made by 'egressaudit rules pack'), or accept unsigned rules with --accept-unsigned-rules",
    de:
      "ein Paket angeben (erzeugt von 'egressaudit rules pack') oder unsignierte Regeln mit --accept-unsigned-rules zulassen"
  )
  static let noPublicKey = LocalizedText(
    en: "no public key is named for this bundle", de: "Zu diesem Paket ist kein öffentlicher Schlüssel angegeben")
  static let publicKeyFile = LocalizedText(
    en: "the file with the public key that it is signed with",
    de: "die Datei mit dem öffentlichen Schlüssel zur Signatur")
  static let nameKey = LocalizedText(
    en: "name it with 'rules.public_key' in the configuration, or on the command line",
    de: "sie mit 'rules.public_key' in der Konfiguration oder auf der Befehlszeile angeben")
  static let bundle = LocalizedText(en: "the rule bundle", de: "das Regelpaket")
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

  static func notice(_ notice: OverrideNotice) -> LocalizedText {
    let (id, rule, lastDay) = (notice.id, notice.ruleID, notice.lastDay)
    return switch notice.state {
    case .expired:
      LocalizedText(
        en:
          "the override '\(id)' of the rule '\(rule)' expired on \(lastDay): flows of later days are judged as the rule says; remove it, or write down why it goes on and set a new 'expires'",
        de:
          "Die lokale Abweichung '\(id)' der Regel '\(rule)' endete am \(lastDay): Datenflüsse späterer Tage werden nach der Regel eingestuft; sie entfernen, oder begründen, warum sie weiter gilt, und ein neues 'expires' setzen"
      )
    case .expiresSoon(let days):
      LocalizedText(
        en:
          "the override '\(id)' of the rule '\(rule)' expires on \(lastDay), \(days == 0 ? "today" : days == 1 ? "in 1 day" : "in \(days) days"); renew it if its reason still holds",
        de:
          "Die lokale Abweichung '\(id)' der Regel '\(rule)' endet am \(lastDay), \(days == 0 ? "heute" : days == 1 ? "in 1 Tag" : "in \(days) Tagen"); sie verlängern, wenn ihr Grund fortbesteht"
      )
    }
  }

  static func line(of override: AuthoredOverride) -> LocalizedText {
    let facts = override.facts
    let end = "\(facts.reason) (\(override.author), \(facts.created))"
    return LocalizedText(
      en:
        "\(facts.id): \(facts.disablesRule ? "switches off" : "changes") \(override.rule), \(facts.firstDay) to \(facts.lastDay): \(end)",
      de:
        "\(facts.id): \(facts.disablesRule ? "schaltet ab:" : "ändert:") \(override.rule), \(facts.firstDay) bis \(facts.lastDay): \(end)"
    )
  }
}
