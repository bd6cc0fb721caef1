import Model

/// Faults and warnings of the lint.
extension RuleTexts {
  static func itemTwice(_ list: String, _ item: String) -> LocalizedText {
    LocalizedText(en: "'\(list)' has \(item) twice", de: "'\(list)' enthält \(item) zweimal")
  }
  static let eachItemOnce = LocalizedText(en: "each item once", de: "jeder Eintrag einmal")
  static func unsorted(_ list: String, _ later: String, _ earlier: String) -> LocalizedText {
    LocalizedText(
      en: "'\(list)' is not sorted: \(later) comes after \(earlier)",
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
      en: "the \(what.en) \(text) is also in \(other.en)", de: "\(what.de) \(text) steht auch hier: \(other.de)")
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
}
