import Model

/// The sentence that says why a finding has its class, made from the inputs and nothing else.
struct Reason {
  /// Longest text in signs.
  static let limit = 300

  let finding: Finding
  /// Year that dates need not repeat.
  let year: Int64

  var text: LocalizedText { LocalizedText(en: text(.english), de: text(.german)) }

  func text(_ language: ReportLanguage) -> String {
    guard let proposal = finding.proposal else { return notAssessable(language) }
    var tails = tails(proposal, language)
    let compose = { (source: String?, tails: [Tail]) in
      self.observation(source, language) + tails.map(\.text).joined()
    }
    let document = finding.rules.leading.sources.first?.document
    let whole = compose(document, tails)
    if whole.count <= Self.limit { return whole }
    if let document, document.count - (whole.count - Self.limit) - 1 >= 12 {
      return compose(document.prefix(document.count - (whole.count - Self.limit) - 1) + "…", tails)
    }
    while compose(nil, tails).count > Self.limit, let least = tails.indices.min(by: { tails[$0].rank < tails[$1].rank })
    {
      tails.remove(at: least)
    }
    let short = compose(nil, tails)
    return short.count <= Self.limit ? short : short.prefix(Self.limit - 1) + "…"
  }

  private func notAssessable(_ language: ReportLanguage) -> String {
    let german = language == .german
    let failures = finding.failures.map { Texts.failure($0, language) }.joined(separator: "; ")
    let first = (german ? "Nicht bewertbar: " : "Not assessable: ") + failures + "."
    var remedies = finding.failures.map { Texts.remedy($0, language) }
    while !remedies.isEmpty {
      let text = first + (german ? " Abhilfe: " : " To mend: ") + remedies.joined(separator: "; ") + "."
      if text.count <= Self.limit { return text }
      remedies.removeLast()
    }
    return first
  }

  /// What was measured, and how its source describes it: two things, kept apart by the words.
  private func observation(_ document: String?, _ language: ReportLanguage) -> String {
    let german = language == .german
    let inputs = finding.inputs
    let service = service(document, language)
    guard !finding.isOnlyBlocked else {
      let attempts = finding.totals.blockedAttempts
      let who =
        german
        ? "\(attempts) Versuche der Gruppe (\(inputs.devicesObserved) Geräte)"
        : "\(attempts) attempts of the group (\(inputs.devicesObserved) devices)"
      return german
        ? "\(who) an einen Dienst, \(service), blieben ohne Antwort"
        : "\(who) to reach a service \(service) got no answer"
    }
    let days = "\(inputs.activeDays) \(german ? "von" : "of") \(inputs.daysObserved)"
    let devices = "\(inputs.devicesSeen) \(german ? "von" : "of") \(inputs.devicesObserved)"
    return german
      ? "An \(days) Tagen \(inputs.devicesSeen == 1 ? "sendete" : "sendeten") \(devices) Geräten Daten an einen Dienst, \(service)"
      : "On \(days) days \(devices) devices of the group sent data to a service \(service)"
  }

  private func service(_ document: String?, _ language: ReportLanguage) -> String {
    let german = language == .german
    let purpose = finding.key.service.purpose
    guard let source = finding.rules.leading.sources.first else {
      return german ? "dessen Zweck keine Quelle nennt" : "whose purpose no source names"
    }
    let name = document ?? (german ? "die Quelle der Regel" : "the source of the rule")
    let dated = [Texts.date(source.date, language), document == nil ? nil : source.revision].compactMap(\.self)
      .joined(separator: ", ")
    guard purpose != .unknown else {
      return german ? "für den \(name) (\(dated)) keinen Zweck nennt" : "for which \(name) (\(dated)) names no purpose"
    }
    let phrase = Self.phrase(purpose)[language]
    return german
      ? "den \(name) (\(dated)) als \(phrase) beschreibt" : "that \(name) describes (\(dated)) as \(phrase)"
  }

  private static func phrase(_ purpose: PurposeClass) -> LocalizedText {
    switch purpose {
    case .telemetry: LocalizedText(en: "diagnostic data", de: "Diagnosedaten")
    case .configFetch: LocalizedText(en: "a fetch of settings", de: "Abruf von Einstellungen")
    case .requiredService: LocalizedText(en: "a service that the product requires", de: "vom Produkt benötigt")
    case .updateSecurity: LocalizedText(en: "update or security", de: "Aktualisierung oder Sicherheit")
    case .licence: LocalizedText(en: "licence check", de: "Lizenzprüfung")
    case .userFunction: LocalizedText(en: "a function that users call", de: "von Nutzenden aufgerufene Funktion")
    case .advertising: LocalizedText(en: "advertising", de: "Werbung")
    case .unknown: LocalizedText(en: "unknown", de: "unbekannt")
    }
  }

  private struct Tail {
    let text: String
    /// Lowest goes first where the sentence is too long.
    let rank: Int
  }

  private func tails(_ proposal: RiskProposal, _ language: ReportLanguage) -> [Tail] {
    let german = language == .german
    var tails: [Tail] = []
    if let idle = finding.inputs.bytesUpIdle, !finding.isOnlyBlocked,
      // Places 2 make hundredths of the whole: per cent.
      let share = FixedDecimal(idle, dividedBy: finding.inputs.bytesUp, places: 2)
    {
      let text =
        german ? "; \(share.units) % davon außerhalb der Arbeitszeit" : "; \(share.units) % of it while nobody worked"
      tails.append(Tail(text: text, rank: 4))
    }
    if finding.inputs.seenAfterMeasure, let date = finding.measureDate {
      let day = Texts.dayAndMonth(date, year: year, language)
      let text = german ? "; die Einstellung vom \(day) beendete das nicht" : "; the setting of \(day) did not end it"
      tails.append(Tail(text: text, rank: 9))
    }
    tails.append(Tail(text: ".", rank: 10))
    tails.append(Tail(text: " " + content(german), rank: 3))
    if !finding.totals.identifierClasses.isEmpty {
      let classes = finding.totals.identifierClasses.sorted().map { Texts.word(.identifier, $0.rawValue, language) }
      let text = (german ? " Im Klartext: " : " In clear text: ") + classes.joined(separator: ", ") + "."
      tails.append(Tail(text: text, rank: 6))
    }
    switch proposal.severity.zone {
    case .none: break
    case .whole: tails.append(Tail(text: german ? " Geheimnisschutz." : " Secrecy zone.", rank: 8))
    case .contained:
      let text = german ? " Sammelgruppe enthält Geheimnisschutz." : " Collecting group holds a secrecy zone."
      tails.append(Tail(text: text, rank: 8))
    }
    if !finding.rules.localOverrides.isEmpty {
      let ids = finding.rules.localOverrides.joined(separator: ", ")
      tails.append(Tail(text: (german ? " Lokale Abweichung: " : " Local override: ") + ids + ".", rank: 8))
    }
    if !finding.thirdPartyFlags.isEmpty {
      let flags = finding.thirdPartyFlags.map { Self.flag($0)[language] }.joined(separator: ", ")
      tails.append(Tail(text: " E3: \(flags).", rank: 7))
    }
    let stable =
      proposal.isStable
      ? (german ? " Klasse stabil." : " Class stable.") : (german ? " Klasse nicht stabil." : " Class not stable.")
    tails.append(Tail(text: stable, rank: 5))
    return tails
  }

  private func content(_ german: Bool) -> String {
    if finding.isOnlyBlocked {
      return german ? "Gilt nur für den beobachteten Weg." : "Holds for the observed path only."
    }
    return finding.totals.encryptions.contains(.none)
      ? (german ? "Inhalte nicht gespeichert." : "Content was not kept.")
      : (german ? "Inhalte nicht gesehen." : "Content was not seen.")
  }

  private static func flag(_ flag: ThirdPartyFlag) -> LocalizedText {
    switch flag {
    case .cleartext: LocalizedText(en: "clear text", de: "Klartext")
    case .seatThirdCountry: LocalizedText(en: "seat in third country", de: "Sitz Drittland")
    case .parentThirdCountry: LocalizedText(en: "parent in third country", de: "Mutter Drittland")
    case .toolMissingOrOutdated:
      LocalizedText(en: "transfer tool missing or outdated", de: "Übermittlungsinstrument fehlt/veraltet")
    }
  }
}
