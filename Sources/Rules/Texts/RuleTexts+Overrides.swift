import Model

/// Faults of left-out names and of local overrides, and notices about overrides.
extension RuleTexts {
  static let list = LocalizedText(en: "the list", de: "Liste")
  static func noRule(_ rule: String) -> LocalizedText {
    LocalizedText(en: "no rule \(rule)", de: "Es gibt keine Regel \(rule)")
  }
  static let recognisingRule = LocalizedText(
    en: "the id of a rule that recognises the names", de: "die Kennung einer Regel, die diese Namen erkennt")
  static let correctTheID = LocalizedText(en: "correct the id", de: "die Kennung berichtigen")
  static func alsoInLine(_ name: String, _ line: Int) -> LocalizedText {
    LocalizedText(en: "\(name) is also in line \(line)", de: "\(name) steht auch in Zeile \(line)")
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
      en: "\(pattern) is already in the rule '\(rule)' on these days",
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
  static func reservedForContainedNames(_ id: String) -> LocalizedText {
    LocalizedText(
      en: "the id \(id) is what results call names that another name contains",
      de: "Mit der Kennung \(id) bezeichnen die Ergebnisse Namen, die ein anderer Name enthält")
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
  static let sayWhatChanges = LocalizedText(en: "state what is to be different", de: "angeben, was anders sein soll")

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
