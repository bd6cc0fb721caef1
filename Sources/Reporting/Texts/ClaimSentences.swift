import Model
import Store

/// What is said of a claim in one language.
struct ClaimWords: SpeaksOneLanguage {
  let language: Language

  static func both(_ text: (ClaimWords) -> String) -> LocalizedText {
    LocalizedText(en: text(ClaimWords(language: .english)), de: text(ClaimWords(language: .german)))
  }

  static func list(_ texts: (ClaimWords) -> [String]) -> [LocalizedText] {
    zip(texts(ClaimWords(language: .english)), texts(ClaimWords(language: .german))).map {
      LocalizedText(en: $0, de: $1)
    }
  }

  private func percent(_ hundredths: Int) -> String { Texts.percent(hundredths: hundredths, language) }

  private func date(_ date: LocalDate) -> String { Texts.date(date.description, language) }

  // MARK: Why

  /// The sentence of a claim that held, what got through, or every need that is not met.
  func why(_ assessment: ClaimAssessment) -> String {
    var sentences: [String]
    switch assessment.verdict {
    case .held: sentences = held(assessment)
    case .notHeld:
      sentences = [
        say(
          "Contact was seen; that stands whatever else could not be seen.",
          "Es gab Kontakt; das gilt, was immer sonst nicht zu sehen war.")
      ]
      if !assessment.gaps.isEmpty {
        sentences.append(
          say("How much more there was is not known: ", "Wie viel darüber hinaus, ist nicht bekannt: ")
            + gaps(assessment) + ".")
      }
    case .notAssessable:
      sentences = [
        say("Nothing was seen, but that proves nothing: ", "Gesehen wurde nichts, doch das beweist nichts: ")
          + gaps(assessment) + "."
      ]
    }
    if assessment.figures.blockedAttempts > 0 {
      let count = assessment.figures.blockedAttempts
      sentences.append(
        say(
          count == 1 ? "Attempted, but blocked: 1 time." : "Attempted, but blocked: \(count) times.",
          "Versucht, aber blockiert: \(count)-mal."))
    }
    if assessment.verdict == .held, let period = assessment.period, pendingDays(period) > 0 {
      let days = pendingDays(period)
      sentences.append(
        say(
          "The last observed days are not judged yet (\(days)): fewer than \(period.groupMinimum) devices were there, or a day is still observed.",
          "Die letzten beobachteten Tage sind noch nicht bewertet (\(days)): Es waren weniger als \(period.groupMinimum) Geräte da, oder ein Tag wird noch beobachtet."
        ))
    }
    if let end = end(assessment.statement.end) { sentences.append(end) }
    return sentences.joined(separator: " ")
  }

  private func held(_ assessment: ClaimAssessment) -> [String] {
    let figures = assessment.figures
    let isTelemetry = assessment.claim.purpose == .telemetry
    let days = figures.deviceDays
    return [
      say(
        "In \(days) device-days on which \(isTelemetry ? "telemetry" : "contact") would have been seen, none was; with 95 % confidence \(fewer(figures.boundOverDeviceDays, "device-days", ("Gerätetagen", "Gerätetage"))) had any, if device-days are independent of each other.",
        "An \(days) Gerätetagen, an denen \(isTelemetry ? "Telemetrie" : "Kontakt") zu sehen gewesen wäre, gab es keine\(isTelemetry ? "" : "n"); mit 95 % Sicherheit \(fewer(figures.boundOverDeviceDays, "device-days", ("Gerätetagen", "Gerätetage"))) \(isTelemetry ? "welche" : "welchen"), wenn Gerätetage voneinander unabhängig sind."
      ),
      say(
        "Devices set up from one image are not independent; over the \(figures.devices) devices alone, \(fewer(figures.boundOverDevices, "devices", ("Geräten", "Geräte"))) had any.",
        "Geräte aus einem Abbild sind das nicht; über die \(figures.devices) Geräte allein gerechnet \(fewer(figures.boundOverDevices, "devices", ("Geräten", "Geräte"))) \(isTelemetry ? "welche" : "welchen")."
      ),
      say(
        "Both are widened by the probability with which contact would have been seen, at least \(percent(Int(figures.detectionFloor * 10_000))): canaries sent \(figures.canaries.expected), seen \(figures.canaries.seen); assessable hours \(figures.assessableHours) of \(figures.hours).",
        "Beide sind um die Wahrscheinlichkeit erweitert, mit der Kontakt zu sehen gewesen wäre, mindestens \(percent(Int(figures.detectionFloor * 10_000))): Kontrollflüsse gesendet \(figures.canaries.expected), gesehen \(figures.canaries.seen); bewertbare Stunden \(figures.assessableHours) von \(figures.hours)."
      ),
    ]
  }

  /// `fewer than 1 in 133 device-days`, in German with its verb; rounded so that it claims no more than the bound.
  private func fewer(_ bound: Double, _ english: String, _ german: (dative: String, genitive: String)) -> String {
    let number = Int((1 / bound).rounded(.down))
    let share = percent(Int((bound * 10_000).rounded(.up)))
    return number > 1
      ? say("fewer than 1 in \(number) \(english)", "hatte weniger als 1 von \(number) \(german.dative)")
      : say("at most \(share) of the \(english)", "hatten höchstens \(share) der \(german.genitive)")
  }

  private func end(_ end: ClaimStatement.End) -> String? {
    switch end {
    case .none: nil
    case .reworded(let day):
      say(
        "The scope was changed later; this row is about the scope that was stated to \(date(day)).",
        "Der Umfang wurde später geändert; diese Zeile gilt dem Umfang, der bis \(date(day)) erklärt war.")
    case .withdrawn(let day):
      say(
        "The claim was withdrawn later; it is judged to \(date(day)), when it was stated last.",
        "Die Zusicherung wurde später zurückgenommen; bewertet ist sie bis \(date(day)), als sie zuletzt erklärt war.")
    }
  }

  /// Days at the end of what is stored with so few devices, or so lately observed, that only a later report may show
  /// them.
  private func pendingDays(_ period: AuditPeriod) -> Int64 {
    period.heldBack.reduce(0) { count, run in
      run.toldOn == nil ? count + max(period.lastStoredDay.day - run.first.day + 1, 0) : count
    }
  }

  // MARK: Needs that are not met

  private func gaps(_ assessment: ClaimAssessment) -> String {
    assessment.gaps.map(gap).joined(separator: "; ")
  }

  private func gap(_ gap: ClaimGap) -> String {
    switch gap {
    case .gate(let failure): return Texts.failure(failure, language)
    case .beginsLater(let day):
      return say(
        "the claim begins on \(date(day)), after the period",
        "die Zusicherung beginnt am \(date(day)), nach dem Zeitraum")
    case .noFigures:
      return say(
        "none of its days can be reported: nothing is stored of them, or too few devices were there",
        "keiner ihrer Tage kann ausgegeben werden: Nichts davon ist gespeichert, oder es waren zu wenige Geräte da")
    case .notStored(let days):
      return say(
        "of the days asked for, \(days) lie before or after all that is stored",
        "von den gewählten Tagen liegen \(days) vor oder nach allem, was gespeichert ist")
    case .noRules(let hours):
      return say(
        "the rules of \(hours) hours do not know all that the claim is about",
        "die Regeln von \(hours) Stunden kennen nicht alles, worum es in der Zusicherung geht")
    case .notMeasured(let hours):
      return say(
        "in \(hours) hours an older version did not measure what could be seen",
        "in \(hours) Stunden hat eine ältere Version nicht gemessen, was zu sehen war")
    case .transit(let flows?):
      return say(
        "\(flows) flows have no inside end and were not assessed (inside_networks lacks a network, perhaps of IPv6)",
        "\(flows) Datenflüsse haben kein inneres Ende und sind nicht bewertet (inside_networks fehlt ein Netz, vielleicht IPv6)"
      )
    case .transit(nil):
      return say(
        "an older version did not count flows without an inside end",
        "eine ältere Version hat Datenflüsse ohne inneres Ende nicht gezählt")
    case .noCanary:
      return say(
        "no canary was set up, so nobody knows what would have been seen (set up canary)",
        "kein Kontrollfluss war eingerichtet, darum weiß niemand, was zu sehen gewesen wäre (canary einrichten)")
    case .control(let path, let share, let limit):
      let way = Texts.word(.controlPath, path.rawValue, language)
      return say(
        "controls by \(way) seen \(percent(share)) (minimum \(percent(limit)))",
        "Kontrollflüsse auf dem Weg \(way) gesehen \(percent(share)) (mindestens \(percent(limit)))")
    case .hours(let share, let limit):
      return say(
        "hours in which the canary was seen and nothing was lost \(percent(share)) (minimum \(percent(limit)))",
        "Stunden, in denen der Kontrollfluss zu sehen war und nichts verloren ging: \(percent(share)) (mindestens \(percent(limit)))"
      )
    case .hidden(let days, let share, let limit):
      return say(
        "up to \(days) device-days with flows whose destination cannot be seen, \(percent(share)) (limit \(percent(limit)))",
        "bis zu \(days) Gerätetage mit Datenflüssen, deren Ziel nicht zu sehen ist, \(percent(share)) (Grenze \(percent(limit)))"
      )
    case .contradicted(let flows?):
      return say(
        "\(flows) flows show the name of one service while DNS gave the address for another",
        "\(flows) Datenflüsse zeigen den Namen eines Dienstes, während DNS die Adresse für einen anderen nannte")
    case .contradicted(nil):
      return say(
        "an older version did not look whether names contradict DNS",
        "eine ältere Version hat nicht geprüft, ob Namen dem DNS widersprechen")
    case .noQUIC:
      return say(
        "nothing ever went to UDP port 443 (set gate.expects_quic to false if no program uses QUIC)",
        "nie ging etwas zum UDP-Port 443 (gate.expects_quic auf false setzen, wenn kein Programm QUIC nutzt)")
    case .overridden(let count):
      return say(
        "local overrides changed what rules of the claim recognise: \(count)",
        "lokale Abweichungen haben geändert, was Regeln der Zusicherung erkennen: \(count)")
    case .collected(let sessions):
      return say(
        "\(sessions) sessions in the collecting group, in which groups of the claim are on some days",
        "\(sessions) Verbindungen in der Sammelgruppe, in der Gruppen der Zusicherung an einigen Tagen stehen")
    case .bound(let share, let limit, let days, let needed):
      let english = needed.map { "; at this coverage, \($0) device-days suffice" } ?? ""
      let german = needed.map { "; bei dieser Abdeckung genügen \($0) Gerätetage" } ?? ""
      return say(
        "too few device-days for the agreed bound: up to \(percent(share)) of the \(days) could have had contact (limit \(percent(limit)))\(english)",
        "zu wenige Gerätetage für die vereinbarte Schranke: Bis zu \(percent(share)) der \(days) könnten Kontakt gehabt haben (Grenze \(percent(limit)))\(german)"
      )
    }
  }

  // MARK: What got through

  func gotThrough(_ assessment: ClaimAssessment) -> [String] {
    guard let period = assessment.period else { return [] }
    return assessment.breaches.map { breach($0, period) }
  }

  private func breach(_ breach: ClaimBreach, _ period: AuditPeriod) -> String {
    let service = breach.rules.leading.serviceTitle[language]
    let group = Texts.word(.group, breach.key.group, language)
    let isFew = period.groups.isSiteTooSmall || breach.devices < period.groupMinimum
    let devices =
      isFew ? say("fewer than \(period.groupMinimum)", "weniger als \(period.groupMinimum)") : "\(breach.devices)"
    let bytes = FixedDecimal(breach.bytesUp, dividedBy: 1_000_000, places: 6)?
      .text(decimalMark: language == .german ? "," : ".")
    var parts = [
      "\(service), \(group)", breach.patterns.joined(separator: " "),
      say(
        breach.sessions == 1 ? "1 session" : "\(breach.sessions) sessions",
        breach.sessions == 1 ? "1 Verbindung" : "\(breach.sessions) Verbindungen"),
      say("devices: \(devices)", "Geräte: \(devices)"), say("days: \(breach.days)", "Tage: \(breach.days)"),
      say("\(bytes ?? "unknown") MB up", "\(bytes ?? "unbekannt") MB hin"),
    ]
    if let hours = breach.hours {
      parts.append(
        say(
          "first in the hour from \(SiteClock.isoText(hours.lowerBound)), last in the hour from \(SiteClock.isoText(hours.upperBound))",
          "zuerst in der Stunde ab \(period.clock.germanText(hours.lowerBound)), zuletzt in der Stunde ab \(period.clock.germanText(hours.upperBound))"
        ))
    }
    if let measure = breach.measure {
      let title = measure.title.map { " (\($0))" } ?? ""
      let day = Texts.date(measure.date, language)
      parts.append(say("in spite of the measure of \(day)\(title)", "trotz der Maßnahme vom \(day)\(title)"))
    }
    parts.append(say("evidence: finding \(breach.findingID)", "Nachweis: Feststellung \(breach.findingID)"))
    return parts.joined(separator: "; ")
  }

  // MARK: Controls

  /// The matrix of ways: expected, seen, and from which groups.
  func controls(_ assessment: ClaimAssessment) -> [String] {
    assessment.figures.controls.map { control in
      let groups = control.groups.map { Texts.word(.group, $0, language) }.joined(separator: ", ")
      let counts = say(
        "expected \(control.counts.expected), seen \(control.counts.seen)",
        "erwartet \(control.counts.expected), gesehen \(control.counts.seen)")
      return "\(Texts.word(.controlPath, control.path.rawValue, language)): \(counts)"
        + (groups.isEmpty ? "" : say(", from \(groups)", ", aus \(groups)"))
    }
  }

  /// Ways and groups of which no control tells whether they would have been seen.
  private func withoutControl(_ assessment: ClaimAssessment, _ period: AuditPeriod) -> [String] {
    let controls = assessment.figures.controls
    let ways = ControlPath.allCases.filter { path in !controls.contains { $0.path == path && $0.counts.seen > 0 } }
      .map { Texts.word(.controlPath, $0.rawValue, language) }
    let seen = Set(controls.flatMap(\.groups))
    let all = assessment.claim.groups.isEmpty ? period.groups.groups.keys.sorted() : assessment.claim.groups
    let groups = all.filter { !seen.contains($0) }.map { Texts.word(.group, $0, language) }
    return [
      ways.isEmpty
        ? nil
        : say(
          "ways without a control: \(ways.joined(separator: ", "))",
          "Wege ohne Kontrollfluss: \(ways.joined(separator: ", "))"),
      groups.isEmpty
        ? nil
        : say(
          "groups without a control from their network: \(groups.joined(separator: ", "))",
          "Gruppen ohne Kontrollfluss aus ihrem Netz: \(groups.joined(separator: ", "))"),
    ].compactMap(\.self)
  }

  // MARK: Blind spots

  func blindSpots(_ assessment: ClaimAssessment) -> [String] {
    guard let period = assessment.period else { return [] }
    let figures = assessment.figures
    let megabytes = FixedDecimal(figures.unexaminableBytes, dividedBy: 1_000_000, places: 3)?
      .text(decimalMark: language == .german ? "," : ".")
    let uncertain = FixedDecimal(figures.uncertainBytes, dividedBy: 1_000_000, places: 3)?
      .text(decimalMark: language == .german ? "," : ".")
    var spots = [
      say(
        "flows that cannot be examined: \(figures.unexaminableFlows) of \(figures.flows), with \(megabytes ?? "unknown") MB up",
        "nicht einsehbare Datenflüsse: \(figures.unexaminableFlows) von \(figures.flows), mit \(megabytes ?? "unbekannt") MB hin"
      ),
      say(
        "hours not assessable: \(figures.hours - figures.assessableHours) of \(figures.hours)",
        "nicht bewertbare Stunden: \(figures.hours - figures.assessableHours) von \(figures.hours)"),
      say(
        "flows to destinations without a rule: at most \(figures.flowsWithoutRule) of \(figures.flows); of the destinations that enough devices contacted on one day, \(figures.undescribed.listed) are listed in the table undescribed, \(figures.undescribed.new) of them new \(figures.undescribedSince.map { "since the baseline \($0)" } ?? "in the period"), \(figures.undescribed.undated) of unknown age; names that fewer devices contacted are not stored",
        "Datenflüsse zu Zielen ohne Regel: höchstens \(figures.flowsWithoutRule) von \(figures.flows); von den Zielen, zu denen an einem Tag genügend Geräte Kontakt hatten, stehen \(figures.undescribed.listed) in der Tabelle undescribed, davon \(figures.undescribed.new) neu \(figures.undescribedSince.map { "seit der Vergleichsbasis \($0)" } ?? "im Zeitraum") und \(figures.undescribed.undated) von unbekanntem Alter; Namen, zu denen weniger Geräte Kontakt hatten, werden nicht gespeichert"
      ),
      say(
        "flows of the site that offered an encrypted ClientHello, or one that looks the same: \(figures.encryptedHellos); under a public name that no register knows, the true name would be hidden",
        "Datenflüsse des Standorts, die ein verschlüsseltes ClientHello anboten oder eines, das so aussieht: \(figures.encryptedHellos); unter einem öffentlichen Namen, den kein Verzeichnis kennt, wäre der wahre Name verborgen"
      ),
      say(
        "sessions with a known vendor for an unknown purpose: \(figures.unknownPurposeSessions)",
        "Verbindungen mit bekanntem Anbieter zu unbekanntem Zweck: \(figures.unknownPurposeSessions)"),
      say(
        "flows that only an address range or an uncertain name attributes to other services: \(uncertain ?? "unknown") MB in both directions at most",
        "Datenflüsse, die nur ein Adressbereich oder ein unsicherer Name anderen Diensten zuordnet: höchstens \(uncertain ?? "unbekannt") MB in beiden Richtungen"
      ),
      say(
        "established flows of the site of which one direction alone was seen: \(figures.oneSided.flows) of \(figures.oneSided.all)",
        "zustande gekommene Datenflüsse des Standorts, von denen nur eine Richtung zu sehen war: \(figures.oneSided.flows) von \(figures.oneSided.all)"
      ),
    ]
    if !period.groups.isSiteTooSmall {
      spots.append(
        say(
          "device-days without the device: \(figures.absentDeviceDays); what it sent elsewhere (switched off, home office) is not measured",
          "Gerätetage ohne das Gerät: \(figures.absentDeviceDays); was es anderswo sendete (ausgeschaltet, Heimarbeit), ist nicht gemessen"
        ))
    }
    let pending = pendingDays(period)
    if pending > 0 {
      spots.append(
        say(
          "last observed days that are not judged yet: \(pending)",
          "letzte beobachtete Tage, die noch nicht bewertet sind: \(pending)"))
    }
    if !figures.unseenGroups.isEmpty {
      let groups = figures.unseenGroups.joined(separator: ", ")
      spots.append(
        say(
          "configured groups of which no device was seen: \(groups)",
          "eingerichtete Gruppen, von denen kein Gerät zu sehen war: \(groups)"))
    }
    if figures.recordedHours > 0 {
      spots.append(
        say(
          "hours from capture files, which do not state short gaps, dropped packets or their clock: \(figures.recordedHours)",
          "Stunden aus Aufzeichnungen, die kurze Lücken, verworfene Pakete und ihre Uhr nicht angeben: \(figures.recordedHours)"
        ))
    }
    if figures.unansweredBytes > 0 {
      let unanswered = FixedDecimal(figures.unansweredBytes, dividedBy: 1_000_000, places: 3)?
        .text(decimalMark: language == .german ? "," : ".")
      spots.append(
        say(
          "attempts without an answer carried \(unanswered ?? "unknown") MB up: openings of connections, unless something outside takes data without answering",
          "unbeantwortete Versuche trugen \(unanswered ?? "unbekannt") MB hin: Eröffnungen von Verbindungen, es sei denn, draußen nimmt etwas Daten an, ohne zu antworten"
        ))
    }
    if figures.overrides > 0 {
      spots.append(
        say(
          "local overrides that changed rules: \(figures.overrides)",
          "lokale Abweichungen, die Regeln geändert haben: \(figures.overrides)"))
    }
    return spots + withoutControl(assessment, period) + [
      say(
        "devices that never sent anything, and excluded devices: not stored",
        "Geräte, die nie etwas sendeten, und ausgenommene Geräte: nicht gespeichert"),
      say(
        "destinations of the claim behind a host that passes data on (an allowed service, a content network, the resolver with data in questions): not measured",
        "Ziele der Zusicherung hinter einem Host, der Daten weiterreicht (ein erlaubter Dienst, ein Inhaltsnetz, der Resolver mit Daten in Fragen): nicht gemessen"
      ),
      say(
        "product builds in use: not measured; the rules know the destinations that their sources name",
        "eingesetzte Produktstände: nicht gemessen; die Regeln kennen die Ziele, die ihre Quellen nennen"),
    ]
  }
}
