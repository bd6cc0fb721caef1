import Model

extension Texts {
  /// `hundredths` of a per cent as `3.12 %`, without needless zeros.
  static func percent(hundredths: Int, _ language: ReportLanguage) -> String {
    let mark = language == .german ? "," : "."
    let fraction = hundredths % 100
    let digits = fraction == 0 ? "" : mark + (fraction % 10 == 0 ? String(fraction / 10) : padded(Int64(fraction), 2))
    return String(hundredths / 100) + digits + " %"
  }

  static func date(_ text: String, _ language: ReportLanguage) -> String {
    language == .german ? LocalDate(text)?.germanText ?? text : text
  }

  /// `1 May`, with the year where it is not `year`.
  static func dayAndMonth(_ date: LocalDate, year: Int64, _ language: ReportLanguage) -> String {
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

  /// The missed limit with number and limit.
  static func failure(_ failure: GateFailure, _ language: ReportLanguage) -> String {
    let share = { (hundredths: Int) in percent(hundredths: hundredths, language) }
    let german = language == .german
    switch failure {
    case .loss(let value, let limit):
      return german
        ? "Verlust \(share(value)) (Grenze \(share(limit)))" : "loss \(share(value)) (limit \(share(limit)))"
    case .givenUp(let value, let limit):
      return german
        ? "unter Last aufgegebene Datenflüsse \(share(value)) (Grenze \(share(limit)))"
        : "flows given up under load \(share(value)) (limit \(share(limit)))"
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
    }
  }

  /// What to do about a missed limit.
  static func remedy(_ failure: GateFailure, _ language: ReportLanguage) -> String {
    let german = language == .german
    switch failure {
    case .loss:
      return german ? "Sensor entlasten" : "relieve the sensor"
    case .givenUp:
      return german
        ? "in coverage.csv nachsehen, was überflutet wurde; memory.budget_megabytes erhöhen, wenn es gewöhnlicher Verkehr war"
        : "look in coverage.csv for what was flooded; raise memory.budget_megabytes where it was ordinary traffic"
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
      return german ? "denselben Mitschnitt noch einmal mit replay auswerten" : "replay the same capture again"
    case .seenTwice:
      return german
        ? "nur eine Seite des Routers spiegeln, oder den Mitschnitt auf ein VLAN filtern"
        : "mirror one side of the router only, or filter the capture to one VLAN"
    }
  }
}
