import Model

extension Texts {
  /// `hundredths` of a per cent as `3.12 %`, without needless zeros.
  static func percent(hundredths: Int, _ language: Language) -> String {
    let mark = language == .german ? "," : "."
    let fraction = hundredths % 100
    let digits = fraction == 0 ? "" : mark + (fraction % 10 == 0 ? String(fraction / 10) : padded(Int64(fraction), 2))
    return String(hundredths / 100) + digits + " %"
  }

  package static func date(_ text: String, _ language: Language) -> String {
    language == .german ? LocalDate(text)?.germanText ?? text : text
  }

  /// `1 May`, with the year if it is not `year`.
  static func dayAndMonth(_ date: LocalDate, year: Int64, _ language: Language) -> String {
    let civil = date.civil
    let months =
      language == .german
      ? [
        "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
        "Dezember",
      ]
      : [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
      ]
    let day = "\(civil.dayOfMonth)\(language == .german ? "." : "") \(months[Int(civil.month) - 1])"
    return civil.year == year ? day : day + " \(civil.year)"
  }

  /// The missed limit, with the value and the limit.
  static func failure(_ failure: GateFailure, _ language: Language) -> String {
    let share = { (hundredths: Int) in percent(hundredths: hundredths, language) }
    let german = language == .german
    switch failure {
    case .loss(let value, let limit):
      return german
        ? "Verlust \(share(value)) (Grenze \(share(limit)))" : "loss \(share(value)) (limit \(share(limit)))"
    case .givenUp(let value, let limit):
      return german
        ? "unter Last aufgegebene Datenflüsse \(share(value)) (Grenze \(share(limit)))"
        : "flows evicted under load \(share(value)) (limit \(share(limit)))"
    case .gap(let value, let limit):
      return german
        ? "Lücken \(share(value)) (Grenze \(share(limit)))" : "gaps \(share(value)) (limit \(share(limit)))"
    case .canaries(let value, let limit):
      return german
        ? "Kontrollflüsse \(share(value)) (mindestens \(share(limit)))"
        : "canaries \(share(value)) (minimum \(share(limit)))"
    case .named(let value, let limit):
      return german
        ? "benannte Bytes \(share(value)) (mindestens \(share(limit)))"
        : "named bytes \(share(value)) (minimum \(share(limit)))"
    case .ruleAge(let days?, let limit):
      return german ? "Regelsatz \(days) Tage alt (Grenze \(limit))" : "rule set \(days) days old (limit \(limit))"
    case .ruleAge(nil, let limit):
      return german
        ? "Alter des Regelsatzes unbekannt (Grenze \(limit) Tage)" : "age of the rule set unknown (limit \(limit) days)"
    case .deviceDays(let value, let limit):
      return german ? "\(value) Gerätetage (mindestens \(limit))" : "\(value) device-days (minimum \(limit))"
    case .tooFewDevices(let limit):
      return german ? "weniger als \(limit) Geräte am Standort" : "fewer than \(limit) devices at the site"
    case .unfinished(let count):
      return german
        ? (count == 1 ? "1 Auswertung nicht abgeschlossen" : "\(count) Auswertungen nicht abgeschlossen")
        : (count == 1 ? "1 audit not finished" : "\(count) audits not finished")
    case .seenTwice(let value, let limit):
      return german
        ? "in zwei Netzen gesehene Pakete \(share(value)) (Grenze \(share(limit)))"
        : "packets seen in two networks \(share(value)) (limit \(share(limit)))"
    case .unexaminable(let value, let limit):
      return german
        ? "nicht einsehbar \(share(value)) der Datenflüsse oder Bytes (Grenze \(share(limit)))"
        : "hidden \(share(value)) of the flows or bytes (limit \(share(limit)))"
    case .oneSided(let value, let limit):
      return german
        ? "nur eine Richtung gesehen bei \(share(value)) der Datenflüsse (Grenze \(share(limit)))"
        : "only one direction of \(share(value)) of the flows (limit \(share(limit)))"
    case .neverContacted(let value, let limit):
      return german
        ? "von den aufgelösten Namen wurden nur \(share(value)) kontaktiert (mindestens \(share(limit)))"
        : "of the names resolved only \(share(value)) were then contacted (minimum \(share(limit)))"
    case .portMissing:
      return german
        ? "nichts zum TCP-Port 443, obwohl Namen aufgelöst wurden"
        : "nothing to TCP port 443 although names were resolved"
    case .capturedShort(let value, let limit):
      return german
        ? "gekürzt erfasste Pakete \(share(value)) (Grenze \(share(limit)))"
        : "truncated packets \(share(value)) (limit \(share(limit)))"
    case .clock(let value, let limit):
      return german
        ? "Uhr des Sensors nicht synchron in \(share(value)) der Stunden (Grenze \(share(limit)))"
        : "clock of the sensor not synchronised in \(share(value)) of the hours (limit \(share(limit)))"
    case .nothingSeen:
      return german ? "kein einziger Datenfluss nach außen gesehen" : "not one outbound flow was seen"
    }
  }

  /// What to do about a missed limit.
  static func remedy(_ failure: GateFailure, _ language: Language) -> String {
    let german = language == .german
    switch failure {
    case .loss:
      return german ? "Sensor entlasten" : "relieve the sensor"
    case .givenUp:
      return german
        ? "in coverage.csv nachsehen, was überflutet wurde; memory.budget_megabytes erhöhen, wenn es gewöhnlicher Verkehr war"
        : "look in coverage.csv for what was flooded; raise memory.budget_megabytes if it was ordinary traffic"
    case .gap:
      return german ? "ohne Unterbrechung beobachten" : "observe without breaks"
    case .canaries:
      return german ? "Spiegelport prüfen" : "check the mirror port"
    case .named:
      return german ? "DoH, VPN und ECH in coverage.csv ansehen" : "look at DoH, VPN and ECH in coverage.csv"
    case .ruleAge:
      return german ? "aktuellen Regelsatz laden" : "load a current rule set"
    case .deviceDays:
      return german ? "länger beobachten" : "observe longer"
    case .tooFewDevices:
      return german ? "mit weiteren Geräten zusammen beobachten" : "observe together with more devices"
    case .unfinished:
      return german ? "dieselbe Aufzeichnung noch einmal mit replay auswerten" : "replay the same capture again"
    case .seenTwice:
      return german
        ? "nur eine Seite des Routers spiegeln, oder nur ein VLAN erfassen (Filter)"
        : "mirror one side of the router only, or filter the capture to one VLAN"
    case .unexaminable:
      return german
        ? "VPN, Relay und verschlüsseltes DNS abschalten oder dort messen, wo sie enden"
        : "switch off VPN, relay and encrypted DNS, or measure where they end"
    case .oneSided:
      return german ? "beide Richtungen erfassen" : "capture both directions"
    case .neverContacted, .portMissing:
      return german
        ? "Filter der Erfassung und Ort des Sensors prüfen"
        : "check the filter of the capture and the place of the sensor"
    case .capturedShort:
      return german ? "ganze Pakete erfassen (snap length)" : "capture whole packets (snap length)"
    case .clock:
      return german ? "Uhr synchronisieren (NTP)" : "synchronise the clock (NTP)"
    case .nothingSeen:
      return german
        ? "inside_networks und Ort des Sensors prüfen" : "check inside_networks and the place of the sensor"
    }
  }

  /// The reasons why it is not proven that nothing got through.
  static func proofGaps(_ gaps: [ProofGap], _ language: Language) -> String {
    gaps.map { proofGap($0, language) }.joined(separator: "; ")
  }

  private static func proofGap(_ gap: ProofGap, _ language: Language) -> String {
    let german = language == .german
    let hours = { (count: Int) in
      german ? (count == 1 ? "in 1 Stunde" : "in \(count) Stunden") : (count == 1 ? "in 1 hour" : "in \(count) hours")
    }
    switch gap {
    case .notMeasured(let count):
      return german
        ? "\(hours(count)) hat eine ältere Version das nicht gemessen"
        : "\(hours(count)) an older version did not measure it"
    case .hoursNotAssessable(let count):
      return german
        ? "\(hours(count)) ist die Abdeckung nicht bewertbar" : "\(hours(count)) the coverage is not assessable"
    case .oneDirection(let count):
      return german
        ? "\(hours(count)) mit Versuchen war kein Datenfluss in beiden Richtungen zu sehen"
        : "\(hours(count)) with attempts no flow was seen in both directions"
    case .noWebFlow(let count):
      return german
        ? "\(hours(count)) mit Versuchen ging nichts zum TCP-Port 443"
        : "\(hours(count)) with attempts nothing went to TCP port 443"
    case .noQUICFlow:
      return german ? "nie ging etwas zum UDP-Port 443" : "nothing ever went to UDP port 443"
    case .groupReachedNothing(let count):
      return german
        ? "an \(count) \(count == 1 ? "Tag" : "Tagen") mit Versuchen erreichte die Gruppe auch sonst nichts"
        : "on \(count) \(count == 1 ? "day" : "days") with attempts the group reached nothing else either"
    case .canaryMissing(let count):
      return german
        ? "\(hours(count)) mit Versuchen fehlte der Kontrollfluss"
        : "\(hours(count)) with attempts the canary was missing"
    }
  }

  /// The gate's result with its reasons: the first lines of every summary of a period.
  static func verdict(_ failures: [GateFailure], isPartial: Bool, _ language: Language) -> [String] {
    let german = language == .german
    guard !failures.isEmpty else {
      return [
        german
          ? "Bewertbar: Die Abdeckung hält alle Grenzen ein." : "Assessable: the coverage keeps all limits."
      ]
    }
    let head =
      isPartial
      ? (german ? "Teilweise nicht bewertbar, weil:" : "Partly not assessable because:")
      : (german ? "Nicht bewertbar, weil:" : "Not assessable because:")
    return [head] + failures.map { "  \(failure($0, language)): \(remedy($0, language))" }
  }
}
