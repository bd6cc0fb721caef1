package import Model
package import Store

/// The sentences and headings of the report, in one language.
package struct DocumentWords: SpeaksOneLanguage, Sendable {
  package let language: Language

  package init(_ language: Language) { self.language = language }

  /// A count with the word for one or for several.
  package func count(_ count: Int, _ english: (one: String, many: String), _ german: (one: String, many: String))
    -> String
  {
    "\(count) " + (count == 1 ? say(english.one, german.one) : say(english.many, german.many))
  }

  package func date(_ date: LocalDate) -> String { Texts.date(date.description, language) }

  /// The part of the whole in per cent to a tenth, rounded up, so that 0 % stands for nothing.
  package func percentRoundedUp(_ part: UInt64, of whole: UInt64) -> String {
    guard whole > 0 else { return Texts.percent(hundredths: 0, language) }
    let (tenths, rest) = whole.dividingFullWidth(min(part, whole).multipliedFullWidth(by: 1_000))
    return Texts.percent(hundredths: (Int(tenths) + (rest > 0 ? 1 : 0)) * 10, language)
  }

  /// 10^6 byte with three decimals, as `mb_up` has them with six.
  package func megabytes(_ bytes: UInt64) -> String {
    FixedDecimal(bytes, dividedBy: 1_000_000, places: 3)?.text(decimalMark: language == .german ? "," : ".")
      ?? say("unknown", "unbekannt")
  }

  /// Per cent to a tenth, rounded down, so that 100 % stands for all.
  package func percent(_ share: Double) -> String {
    guard share.isFinite else { return say("unknown", "unbekannt") }
    return Texts.percent(hundredths: Int((min(max(share, 0), 1) * 1_000 + 1e-9).rounded(.down)) * 10, language)
  }

  /// Per cent to a hundredth, rounded up, of a share with so many decimal places.
  package func percentRoundedUp(units: UInt64, places: Int) -> String {
    guard (4...18).contains(places) else { return say("unknown", "unbekannt") }
    let divisor = (4..<places).reduce(UInt64(1)) { value, _ in value * 10 }
    let (whole, rest) = units.quotientAndRemainder(dividingBy: divisor)
    return Texts.percent(hundredths: Int(clamping: whole) + (rest > 0 ? 1 : 0), language)
  }

  /// A number of devices; below `minimum` only that it is below.
  package func devices(_ count: UInt64?, minimum: Int) -> String {
    guard let count else { return say("unknown", "unbekannt") }
    return count > 0 && count < minimum ? say("fewer than \(minimum)", "weniger als \(minimum)") : String(count)
  }

  /// Short names, Monday first.
  package var weekdays: [String] {
    language == .german
      ? ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"] : ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
  }

  package func title(_ site: String, _ days: ClosedRange<LocalDate>) -> String {
    say(
      "Measurement report: \(site), \(date(days.lowerBound)) to \(date(days.upperBound))",
      "Messbericht: \(site), \(date(days.lowerBound)) bis \(date(days.upperBound))")
  }

  // MARK: First page

  package var notApplicable: String { Texts.word(.absent, "not_applicable", language) }

  package func word(_ purpose: String) -> String { Texts.word(.purpose, purpose, language) }

  /// In the keys of pictures.
  package var notKnown: String { say("not known", "nicht bekannt") }

  /// Rows beyond those that are shown, and where they stand.
  package func more(_ count: Int, file: String) -> String {
    say(
      "\(count) more \(count == 1 ? "is" : "are") in \(file).",
      "\(count) \(count == 1 ? "weitere steht" : "weitere stehen") in \(file).")
  }

  /// What the class `not_inspected` among the identifiers means.
  package var notInspected: String {
    say(
      "“Not inspected” is no identifier: findings that sent something which is not known to be encrypted, and which the program did not inspect. Identifiers may be in it.",
      "„Nicht untersucht“ ist keine Kennung: Bei diesen Feststellungen wurde etwas gesendet, das nicht erkennbar verschlüsselt war und das das Programm nicht untersucht hat. Darin können Kennungen stehen."
    )
  }

  /// Why the numbers of findings by encryption are not parts of a whole.
  package var encryptionCounts: String {
    say(
      "A finding counts at each kind of encryption that its sessions had. The counts may therefore sum to more than the number of findings, and shares of them to more than 100 %.",
      "Eine Feststellung zählt bei jeder Art der Verschlüsselung, die ihre Verbindungen hatten. Die Zahlen können deshalb zusammen mehr ergeben als die Zahl der Feststellungen, Anteile daraus mehr als 100 %."
    )
  }

  package func encryption(_ id: String) -> String { Texts.word(.encryption, id, language) }

  package func window(_ site: String, from: String, to: String, zone: String) -> String {
    say(
      "The site \(site) was observed from \(from) to \(to) (\(zone)).",
      "Beobachtet wurde der Standort \(site) vom \(from) bis \(to) (\(zone)).")
  }

  package func watched(_ devices: Int?, minimum: Int, days: Int, observed: Int) -> String {
    let seen = devices.map(String.init) ?? say("fewer than \(minimum)", "weniger als \(minimum)")
    return say(
      "\(seen) devices were seen; \(observed) of \(count(days, ("day", "days"), ("", ""))) \(observed == 1 ? "has" : "have") coverage.",
      "Gesehen wurden \(seen) Geräte; für \(observed) von \(count(days, ("", ""), ("Tag", "Tagen"))) gibt es Abdeckung."
    )
  }

  /// `all`: bytes sent to anywhere; nil if only some rows are shown.
  package func where1(_ recipients: Int, bytes: UInt64, of all: UInt64?) -> String {
    let known = say(
      recipients == 1 ? "1 known recipient" : "\(recipients) known recipients",
      recipients == 1 ? "1 bekannten Empfänger" : "\(recipients) bekannte Empfänger")
    guard let all, all > 0, all >= bytes else {
      return say(
        "Data went to \(known), \(megabytes(bytes)) MB in all.",
        "Daten gingen an \(known), insgesamt \(megabytes(bytes)) MB.")
    }
    let share = percent(Double(bytes) / Double(all))
    return say(
      "Of \(megabytes(all)) MB sent, \(megabytes(bytes)) MB (\(share)) went to \(known); what is left is attributed to no recipient.",
      "Von \(megabytes(all)) MB gesendeten Daten gingen \(megabytes(bytes)) MB (\(share)) an \(known); der Rest ist keinem Empfänger zugeordnet."
    )
  }

  /// The values, each once and, if there are several, with its number of rows, most frequent first.
  package func counted(_ values: [String]) -> String {
    let counts = Dictionary(grouping: values, by: \.self).mapValues(\.count)
    guard counts.count > 1 else { return values.first ?? "" }
    return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) (\($0.value))" }
      .joined(separator: ", ")
  }

  package func where2(largest: String, share: String, third: Int) -> String {
    say(
      "The largest part of it, \(share), went to \(largest); \(third == 1 ? "1 recipient has its seat or its parent company" : "\(third) recipients have their seat or their parent company") outside the EU and the EEA.",
      "Davon ging der größte Teil, \(share), an \(largest); \(third == 1 ? "1 Empfänger hat" : "\(third) Empfänger haben") den Sitz oder die Konzernmutter außerhalb von EU und EWR."
    )
  }

  package var whereNothing: String {
    say(
      "No flow matched a rule. This holds only for the observed path and period.",
      "Kein Datenfluss traf eine Regel. Das gilt nur für den beobachteten Weg und Zeitraum.")
  }

  /// Instead of sums by recipient if none was reached.
  package func whereNothing(isAttempted: Bool) -> String {
    isAttempted
      ? say(
        "Nothing reached a known recipient; only blocked or unanswered attempts were seen.",
        "Kein bekannter Empfänger wurde erreicht; es gab nur blockierte oder unbeantwortete Versuche.")
      : whereNothing
  }

  /// Instead of shares if no bytes are shown that were sent.
  package var noBytes: String {
    say(
      "No bytes sent are shown for this period, so there is no share of them.",
      "Für diesen Zeitraum sind keine gesendeten Bytes ausgewiesen; Anteile daran gibt es darum nicht.")
  }

  package func ways1(named: String, hidden: String) -> String {
    say(
      "For \(named) of the bytes sent, the connection itself showed the name of the destination; \(hidden) of the flows could not be examined.",
      "Für \(named) der gesendeten Bytes zeigte die Verbindung selbst den Namen des Ziels; \(hidden) der Datenflüsse waren nicht einsehbar."
    )
  }

  package func ways2(clear: Int, contacted: Int) -> String {
    say(
      "\(clear) of \(contacted) findings with contact sent something without encryption.",
      "Bei \(clear) von \(contacted) Feststellungen mit Kontakt ging etwas unverschlüsselt hinaus.")
  }

  package func safety1(services: Int, unchecked: Int, parents: Int) -> String {
    say(
      "Of \(count(services, ("service", "services"), ("", ""))) with a recipient outside the EU and the EEA, \(unchecked) \(unchecked == 1 ? "has" : "have") no transfer tool that was checked first hand; \(parents) more \(parents == 1 ? "belongs" : "belong") to recipients inside with a parent company outside.",
      "Von \(count(services, ("", ""), ("Dienst", "Diensten"))) mit Empfänger außerhalb von EU und EWR ist für \(unchecked) kein selbst geprüftes Übermittlungsinstrument bekannt; \(parents == 1 ? "1 weiterer gehört" : "\(parents) weitere gehören") Empfängern innerhalb mit Konzernmutter außerhalb."
    )
  }

  package var safety2: String {
    say(
      "What recipients do with the data cannot be measured; the sources of the rules document what they state.",
      "Was Empfänger mit den Daten tun, lässt sich nicht messen; die Quellen der Regeln dokumentieren, was sie erklären."
    )
  }

  package func newSince(_ day: LocalDate, findings: Int, listed: Int) -> String {
    let services = count(findings, ("finding", "findings"), ("Feststellung", "Feststellungen"))
    let destinations = count(
      listed, ("destination without a rule", "destinations without a rule"), ("Ziel ohne Regel", "Ziele ohne Regel"))
    return say(
      "In this period first seen on or after the patch day \(date(day)): \(services), \(destinations). Whether the findings were there before the period is not compared.",
      "In diesem Zeitraum erstmals gesehen am oder nach dem Updatetag, dem \(date(day)): \(services), \(destinations). Ob es die Feststellungen schon vor dem Zeitraum gab, ist nicht verglichen."
    )
  }

  package func newInPeriod(listed: Int) -> String {
    let destinations = count(
      listed, ("destination without a rule is", "destinations without a rule are"),
      ("Ziel ohne Regel ist", "Ziele ohne Regel sind"))
    return say(
      "No patch day lies between the first and the last day, so findings cannot be compared with the time before it; \(destinations) new in the period.",
      "Zwischen dem ersten und dem letzten Tag liegt kein Updatetag; Feststellungen lassen sich darum nicht mit der Zeit davor vergleichen. \(destinations) neu im Zeitraum."
    )
  }

  package var noBaseline: String {
    say(
      "No baseline was set before these days, so nothing is compared with one. Set one with egressaudit baseline set.",
      "Vor diesen Tagen wurde keine Vergleichsbasis festgelegt; ein Vergleich entfällt. Festlegen mit egressaudit baseline set."
    )
  }

  package var comparison: String { say("Two periods compared", "Zwei Zeiträume im Vergleich") }

  package var noClaims: String {
    say(
      "The configuration of these days states no claim (key claims), so none is judged.",
      "Die Konfiguration dieser Tage erklärt keine Zusicherung (Schlüssel claims); bewertet wird darum keine.")
  }

  package var noDocumentedList: String {
    say(
      "Neither a list of contracts nor the record of processing was imported, so the recipients are not compared with either (egressaudit register import).",
      "Weder eine Vertragsliste noch das Verzeichnis der Verarbeitungstätigkeiten ist eingelesen; die Empfänger sind darum mit keinem von beiden abgeglichen (egressaudit register import)."
    )
  }

  package func documentedList(_ list: StoredDocumentedList) -> String {
    let (title, day) = (Texts.word(.documentedList, list.kind.rawValue, language), date(LocalDate(day: list.day)))
    let count = list.content.entries.count
    return say(
      "\(title): \(count) recipients, imported on \(day)", "\(title): \(count) Empfänger, eingelesen am \(day)")
  }

  package func documentedLimits(minimum: Int) -> String {
    say(
      "Not observed means that no device, or fewer than \(minimum), had answered contact; so a recipient of the table above may be here too. A recipient that no rule knows cannot be recognised; register.csv lists such entries as without a rule.",
      "Nicht beobachtet heißt, dass kein Gerät oder weniger als \(minimum) beantworteten Kontakt hatten; darum kann hier auch ein Empfänger der Tabelle oben stehen. Ein Empfänger, den keine Regel kennt, kann nicht erkannt werden; register.csv führt solche Einträge als „ohne Regel“."
    )
  }

  package func task(_ failure: String, _ remedy: String) -> String {
    say(
      "Improve the measurement: \(failure). Remedy: \(remedy).", "Messung verbessern: \(failure). Abhilfe: \(remedy).")
  }

  package func task(claim: String) -> String {
    say(
      "Find out why this claim did not hold: \(claim)", "Klären, warum diese Zusicherung nicht gehalten hat: \(claim)")
  }

  package func task(rank: String, service: String, group: String, priority: String, id: String, because: [String])
    -> String
  {
    let reasons =
      because.isEmpty ? "" : say(" What counted: ", " Ausschlaggebend: ") + because.joined(separator: ", ") + "."
    return say(
      "Review \(service), \(group) (rank \(rank), priority \(priority), \(id)).\(reasons)",
      "\(service), \(group) prüfen (Rang \(rank), Vorrang \(priority), \(id)).\(reasons)")
  }

  package func task(undescribed: Int) -> String {
    let destinations = count(
      undescribed, ("destination", "destinations"), ("Ziel", "Ziele"))
    return say(
      "Decide about \(destinations) that no rule describes (undescribed.csv).",
      "Über \(destinations) ohne Regel entscheiden (undescribed.csv).")
  }

  package var noTask: String {
    say("Nothing needs to be done first.", "Es gibt nichts, was zuerst zu tun wäre.")
  }

  /// Of the findings, with those of them that have the proposed priority high, are decided, and whose figures moved
  /// since.
  package func openDecisions(_ findings: Int, high: Int, decided: Int, changed: Int) -> String {
    let counted = say(
      "\(count(findings, ("finding", "findings"), ("", ""))) in this period, \(high) of them with the proposed priority high",
      "\(count(findings, ("", ""), ("Feststellung", "Feststellungen"))) in diesem Zeitraum, davon \(high) mit vorgeschlagenem Prüfvorrang hoch"
    )
    guard decided > 0 else {
      return counted
        + say(
          ". The store holds no decision about them; egressaudit review import reads your copy of findings.csv back.",
          ". Der Speicher enthält keine Entscheidung dazu; egressaudit review import liest Ihre Fassung von findings.csv zurück."
        )
    }
    return counted
      + say(
        ". Decided: \(decided); of these the figures of \(changed) have changed since. egressaudit review status lists them.",
        ". Entschieden: \(decided); davon haben sich bei \(changed) die Zahlen seither geändert. egressaudit review status führt sie auf."
      )
  }

  package func undescribedSpot(_ listed: Int, minimum: Int) -> String {
    say(
      "\(count(listed, ("destination", "destinations"), ("", ""))) without a rule had contact with at least \(minimum) devices on one day; what fewer devices contacted is not stored.",
      "\(count(listed, ("", ""), ("Ziel", "Ziele"))) ohne Regel \(listed == 1 ? "hatte" : "hatten") an einem Tag Kontakt mit mindestens \(minimum) Geräten; was weniger Geräte kontaktierten, ist nicht gespeichert."
    )
  }

  package func hoursSpot(missing: Int, notAssessable: Int, of hours: Int) -> String {
    say(
      "Hours not captured: \(missing) of \(hours); captured, but not assessable: \(notAssessable).",
      "Nicht erfasste Stunden: \(missing) von \(hours); erfasst, aber nicht bewertbar: \(notAssessable).")
  }

  package func priority(_ id: String) -> String { Texts.word(.priority, id, language) }

  /// Where a name of a naming class comes from (docs/naming.md).
  package func namingClass(_ id: String) -> String {
    switch id {
    case "A": say("the connection's own ClientHello", "ClientHello der Verbindung selbst")
    case "B": say("HTTP request or proxy CONNECT", "HTTP-Anfrage oder Proxy-CONNECT")
    case "C": say("DNS answer to the same device, one name only", "DNS-Antwort an dasselbe Gerät, nur ein Name")
    case "D": say("ambiguous, certificate, or address range", "mehrdeutig, Zertifikat oder Adressbereich")
    default: say("no name", "ohne Namen")
    }
  }

  // MARK: Descriptions of pictures

  package func kind(_ purposes: [PurposeClass]) -> String {
    purposes.map { Texts.word(.purpose, $0.rawValue, language) }.joined(separator: ", ")
  }

  package var operation: String {
    say("operation (updates, licences, settings, required)", "Betrieb (Updates, Lizenzen, Einstellungen, erforderlich)")
  }

  /// `most`: the hour in which most was sent; nil if no bytes are shown.
  package func weekDescription(_ most: (weekday: String, hour: Int, megabytes: String)?, agreed: Bool) -> String {
    let frame =
      agreed
      ? say(" The frame marks the agreed working hours.", " Der Rahmen markiert die vereinbarte Arbeitszeit.")
      : say(" No working hours are agreed.", " Es ist keine Arbeitszeit vereinbart.")
    let greatest =
      most.map { most in
        say(
          "Most were sent on \(most.weekday) from \(most.hour):00 on, \(most.megabytes) MB in the hour on average.",
          "Am meisten ging am \(most.weekday) ab \(most.hour) Uhr hinaus, im Mittel \(most.megabytes) MB in der Stunde."
        )
      }
      ?? say(
        "No hour is shown in which bytes were sent.", "Keine Stunde ist ausgewiesen, in der etwas gesendet wurde.")
    return say(
      "One square for each hour of the week; the darker, the more bytes were sent. ",
      "Ein Quadrat je Stunde der Woche; je dunkler, desto mehr wurde gesendet. ") + greatest + frame
  }

  /// `most`: the day on which most was sent; nil if no bytes are shown.
  package func daysDescription(_ days: Int, most: (day: LocalDate, megabytes: String)?, marks: [String]) -> String {
    let columns =
      days == 1
      ? say("One column for the only day. ", "Eine Säule für den einzigen Tag. ")
      : say("One column for each of \(days) days. ", "Eine Säule für jeden von \(days) Tagen. ")
    let greatest =
      most.map { most in
        say(
          "Most was sent on \(date(most.day)): \(most.megabytes) MB.",
          "Am meisten ging am \(date(most.day)) hinaus: \(most.megabytes) MB.")
      }
      ?? say("No day is shown on which bytes were sent.", "Kein Tag ist ausgewiesen, an dem etwas gesendet wurde.")
    return columns + greatest
      + (marks.isEmpty ? "" : " " + marks.joined(separator: " "))
  }

  package func measureMark(_ day: LocalDate) -> String {
    say("M marks the measure of \(date(day)).", "M markiert die Maßnahme vom \(date(day)).")
  }

  package func patchMark(_ day: LocalDate) -> String {
    say("P marks the patch day \(date(day)).", "P markiert den Updatetag \(date(day)).")
  }

  package func coverageDescription(assessable: Int, notAssessable: Int, missing: Int) -> String {
    say(
      "One column for each day with its hours: \(assessable) assessable, \(notAssessable) captured but not assessable, \(missing) not captured.",
      "Eine Säule je Tag mit ihren Stunden: \(assessable) bewertbar, \(notAssessable) erfasst, aber nicht bewertbar, \(missing) nicht erfasst."
    )
  }
}

extension Texts {
  /// What only people can add, in the order in which an assessment asks for it.
  package static let leftToPeople: [LocalizedText] = [
    LocalizedText(
      en: "purposes of the processing, and the interests of the controller",
      de: "Zwecke der Verarbeitung und berechtigte Interessen des Verantwortlichen"),
    LocalizedText(
      en: "legal basis for each transmission (Art. 6 GDPR), and the assessment under § 25 TDDDG",
      de: "Rechtsgrundlage jeder Übermittlung (Art. 6 DSGVO) und Bewertung nach § 25 TDDDG"),
    LocalizedText(
      en: "role of each recipient, contract, and transfer tool (Art. 26, 28, 44 to 49 GDPR)",
      de: "Rolle jedes Empfängers, Vertrag und Übermittlungsinstrument (Art. 26, 28, 44 bis 49 DSGVO)"),
    LocalizedText(
      en: "necessity and proportionality (Art. 35(7)(b) GDPR)",
      de: "Notwendigkeit und Verhältnismäßigkeit (Art. 35 Abs. 7 lit. b DSGVO)"),
    LocalizedText(
      en: "severity and likelihood of each risk, with the reason; the program only proposes an order of review",
      de:
        "Schwere und Eintrittswahrscheinlichkeit jedes Risikos mit Begründung; das Programm schlägt nur eine Reihenfolge der Prüfung vor"
    ),
    LocalizedText(
      en: "decision on each finding, and measures with person responsible and date",
      de: "Entscheidung zu jeder Feststellung; Maßnahmen mit Zuständigkeit und Frist"),
    LocalizedText(
      en:
        "views of the persons concerned, of the works council, and advice of the data protection officer (Art. 35(2) and (9) GDPR)",
      de:
        "Standpunkt der betroffenen Personen und der Personalvertretung, Rat der oder des Datenschutzbeauftragten (Art. 35 Abs. 2 und 9 DSGVO)"
    ),
  ]
}
