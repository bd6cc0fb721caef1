import Model

/// Faults of patterns of host names, and of the registers of networks and recipients.
extension RuleTexts {
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
  static let customerSuffixes = LocalizedText(
    en: "suffixes of names of customers", de: "Endungen von Namen der Kunden")
  static let customerSuffix = LocalizedText(en: "the suffix", de: "die Endung")
  static func suffixOfNoName(_ suffix: String) -> LocalizedText {
    LocalizedText(
      en: "\(suffix) is none of the names of the network", de: "\(suffix) ist keiner der Namen des Netzes")
  }
  static let suffixOfName = LocalizedText(
    en: "one of its 'names', or a domain below one", de: "einer seiner 'names' oder eine Domäne darunter")
  static let addNameOrCorrect = LocalizedText(
    en: "add the domain to 'names', or correct the suffix",
    de: "die Domäne bei 'names' ergänzen oder die Endung berichtigen")
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
}
