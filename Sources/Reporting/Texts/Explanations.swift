import Model
import Store

/// Longer texts of the legend and the column dictionary.
extension Texts {
  package static func title(_ table: ExportTable) -> LocalizedText {
    switch table {
    case .findings: LocalizedText(en: "Findings", de: "Feststellungen")
    case .transfers: LocalizedText(en: "Transfers", de: "Übermittlungen")
    case .flows: LocalizedText(en: "Flows (evidence)", de: "Datenflüsse (Nachweis)")
    case .coverage: LocalizedText(en: "Coverage", de: "Abdeckung")
    case .undescribed: LocalizedText(en: "Destinations without a rule", de: "Ziele ohne Regel")
    case .claims: LocalizedText(en: "Claims", de: "Zusicherungen")
    case .changes: LocalizedText(en: "Changes since the baseline", de: "Änderungen zur Vergleichsbasis")
    case .register: LocalizedText(en: "Contracts and record", de: "Verträge und Verzeichnis")
    }
  }

  /// The sort order of the rows, so that two exports can be compared line by line.
  static func sortKey(_ table: ExportTable) -> LocalizedText {
    switch table {
    case .findings:
      LocalizedText(
        en:
          "One row for each recipient, service, purpose class and group; sorted by rank.",
        de: "Eine Zeile je Empfänger, Dienst, Zweckklasse und Gruppe; nach dem Rang sortiert."
      )
    case .transfers:
      LocalizedText(
        en: "One row for each recipient, service and purpose class; sorted by their ids in the rules.",
        de: "Eine Zeile je Empfänger, Dienst und Zweckklasse; sortiert nach deren Kennungen in den Regeln.")
    case .flows:
      LocalizedText(
        en: "One row for each stored flow record; sorted by its place in the evidence chain.",
        de: "Eine Zeile je gespeichertem Flusseintrag; sortiert nach dem Platz in der Nachweiskette.")
    case .coverage:
      LocalizedText(
        en:
          "One row for each sensor and observed hour; sorted by sensor, hour, rule set hash, program version, capture mode.",
        de:
          "Eine Zeile je Sensor und beobachteter Stunde; sortiert nach Sensor, Stunde, Regelsatz-Prüfsumme, Programmversion, Art der Erfassung."
      )
    case .undescribed:
      LocalizedText(
        en:
          "One row for each destination that no rule describes and that at least as many devices contacted on one day as the smallest group has; sorted by rank. What fewer contacted is not stored. Devices of groups with special secrecy are left out, and so are a day that is still observed and the day before.",
        de:
          "Eine Zeile je Ziel, das keine Regel beschreibt und zu dem an einem Tag mindestens so viele Geräte Kontakt hatten, wie die kleinste Gruppe zählt; nach dem Rang sortiert. Was weniger Geräte kontaktierten, wird nicht gespeichert. Geräte von Bereichen mit Geheimnisschutz bleiben außer Betracht, ebenso ein Tag, der noch beobachtet wird, und der Tag davor."
      )
    case .claims:
      LocalizedText(
        en: "One row for each claim and scope that was stated; sorted by id, then by the order in which it was stated.",
        de:
          "Eine Zeile je Zusicherung und erklärtem Umfang; sortiert nach Kennung, dann in der Reihenfolge der Erklärung."
      )
    case .changes:
      LocalizedText(
        en:
          "One row for each service and group, and for each destination without a rule, that is new since the baseline, back, gone, or of which that cannot be told; in this order, then by day. There is none without a baseline.",
        de:
          "Eine Zeile je Dienst und Gruppe sowie je Ziel ohne Regel, die seit der Vergleichsbasis neu, wieder da oder nicht mehr zu sehen sind oder für die sich das nicht sagen lässt; in dieser Reihenfolge, dann nach Tag. Ohne Vergleichsbasis gibt es keine Zeile."
      )
    case .register:
      LocalizedText(
        en:
          "One row for each recipient that the devices contacted and a list does not name, and for each entry of a list, with each recipient that it names or may name; by list, result, recipient, then name in the list. There is none until a list is imported (egressaudit register import).",
        de:
          "Eine Zeile je Empfänger, zu dem Geräte Kontakt hatten und den eine Liste nicht nennt, sowie je Eintrag einer Liste und Empfänger, den er nennt oder meinen kann; nach Liste, Ergebnis, Empfänger, dann Name in der Liste. Solange keine Liste eingelesen ist (egressaudit register import), gibt es keine Zeile."
      )
    }
  }

  static func kind(_ kind: Column.Kind) -> LocalizedText {
    switch kind {
    case .text: LocalizedText(en: "text", de: "Text")
    case .list: LocalizedText(en: "list, separated by |", de: "Liste, getrennt durch |")
    case .integer: LocalizedText(en: "integer", de: "Ganzzahl")
    case .decimal: LocalizedText(en: "decimal number", de: "Dezimalzahl")
    case .instant: LocalizedText(en: "date and time", de: "Datum und Uhrzeit")
    case .instantUTC: LocalizedText(en: "date and time in UTC", de: "Datum und Uhrzeit in UTC")
    case .date: LocalizedText(en: "date", de: "Datum")
    case .word: LocalizedText(en: "word", de: "Wort")
    case .words: LocalizedText(en: "list of words, separated by |", de: "Liste von Wörtern, getrennt durch |")
    case .counts:
      LocalizedText(
        en: "list of words with their counts, separated by |", de: "Liste von Wörtern mit Anzahl, getrennt durch |")
    case .human: LocalizedText(en: "to be filled in by people", de: "von Menschen auszufüllen")
    }
  }

  /// Notes that every reader must know before the first row.
  static let readingRules: [LocalizedText] = [
    LocalizedText(
      en:
        "Observed and documented are different things: bytes, devices and hours were observed; data categories and purposes are documented by the named sources.",
      de:
        "Beobachtet und dokumentiert sind zweierlei: Bytes, Geräte und Stunden wurden beobachtet; Datenkategorien und Zwecke sind von den genannten Quellen dokumentiert."
    ),
    LocalizedText(
      en: "\"unknown\" is a result. An empty cell is to be filled in by people.",
      de: "„unbekannt“ ist ein Ergebnis. Eine leere Zelle ist von Menschen auszufüllen."),
    LocalizedText(
      en:
        "Severity, likelihood and review priority are proposals. People decide; legal basis and decision are never filled in.",
      de:
        "Schwere, Eintrittswahrscheinlichkeit und Prüfvorrang sind Vorschläge. Menschen entscheiden; Rechtsgrundlage und Entscheidung werden nie ausgefüllt."
    ),
    LocalizedText(
      en:
        "Characters that a spreadsheet could take for a command, and unusual characters from the network, are written as \\xNN (their byte in hexadecimal digits).",
      de:
        "Zeichen, die eine Tabellenkalkulation als Befehl verstehen könnte, und ungewöhnliche Zeichen aus dem Netz stehen als \\xNN (ihr Byte in Hexadezimalziffern)."
    ),
  ]

  /// Name of the sheet of a workbook that explains the others.
  static let explanationsSheet = LocalizedText(en: "Explanations", de: "Erklärungen")

  /// What is to be known of a workbook beyond its tables.
  static let workbookRules: [LocalizedText] = [
    LocalizedText(
      en:
        "Columns with a yellow heading are to be filled in by people. Where only certain values are allowed, the cell offers them.",
      de:
        "Spalten mit gelber Überschrift sind von Menschen auszufüllen. Wo nur bestimmte Werte zulässig sind, bietet die Zelle sie an."
    ),
    LocalizedText(
      en:
        "The last columns of each sheet are folded: period, ids and hashes, which programs need. The button above the columns unfolds them. Do not change or delete them: a decision finds its row by its id.",
      de:
        "Die letzten Spalten jedes Blattes sind eingeklappt: Zeitraum, Kennungen und Prüfsummen, die Programme brauchen. Die Schaltfläche über den Spalten klappt sie auf. Bitte nicht ändern oder löschen: Über die Kennung findet eine Entscheidung ihre Zeile."
    ),
    LocalizedText(
      en: "A CSV file of the same profile holds the same values; if they differ, the CSV file is the reference.",
      de: "Eine CSV-Datei desselben Profils enthält dieselben Werte; bei Abweichungen gilt die CSV-Datei."),
  ]

  /// Title of the message below; Excel allows 32 characters, which is less than some titles of columns have.
  static let entryRefused = LocalizedText(en: "Entry not allowed", de: "Eingabe nicht zulässig")

  /// Message of an office program that refuses what somebody entered.
  ///
  /// - Parameter words: what is allowed; empty if a date is.
  static func allowedEntries(_ words: [String]) -> LocalizedText {
    words.isEmpty
      ? LocalizedText(
        en: "Please enter a date such as 2026-05-31, or leave the cell empty.",
        de: "Bitte ein Datum wie 31.05.2026 eintragen oder die Zelle leer lassen.")
      : LocalizedText(
        en: "Please choose one of these values, or leave the cell empty: \(words.joined(separator: ", ")).",
        de: "Bitte einen dieser Werte wählen oder die Zelle leer lassen: \(words.joined(separator: ", ")).")
  }

  static let notClaimed: [LocalizedText] = [
    LocalizedText(
      en:
        "that personal data were sent, if the content is encrypted: only that a service with this description was contacted, and how much was uploaded",
      de:
        "dass personenbezogene Daten gesendet wurden, wo der Inhalt verschlüsselt ist: nur dass ein so beschriebener Dienst kontaktiert wurde und wie viel hinausging"
    ),
    LocalizedText(
      en: "that nothing was sent outside the observed path and period",
      de: "dass außerhalb des beobachteten Weges und Zeitraums nichts gesendet wurde"),
    LocalizedText(
      en: "where data are processed or stored, or who used a computer",
      de: "wo Daten verarbeitet oder gespeichert werden, oder wer an einem Gerät saß"),
    LocalizedText(
      en:
        "that anything is lawful, unlawful, a breach, a high risk in the sense of Art. 35 GDPR, or against a contract",
      de:
        "dass etwas rechtmäßig, rechtswidrig, eine Verletzung, ein hohes Risiko im Sinne von Art. 35 DSGVO oder vertragswidrig ist"
    ),
    LocalizedText(
      en:
        "that a service called required is necessary under Art. 6 GDPR or § 25 TDDDG, or that blocking is free of side effects",
      de:
        "dass ein als erforderlich bezeichneter Dienst nach Art. 6 DSGVO oder § 25 TDDDG notwendig ist, oder dass Sperren ohne Nebenwirkung bleibt"
    ),
    LocalizedText(
      en: "that offices with different coverage can be compared",
      de: "dass Standorte mit unterschiedlicher Abdeckung vergleichbar sind"),
  ]

  /// The fixed table of `confidence`, from best to worst.
  static let confidenceTable: [(word: String, condition: LocalizedText)] = [
    (
      "high",
      LocalizedText(
        en: "at least 90 % of the bytes named by class A or B, and no rule marks the endpoint as shared",
        de:
          "mindestens 90 % der Bytes durch Klasse A oder B benannt, und keine Regel kennzeichnet den Endpunkt als geteilt"
      )
    ),
    (
      "medium",
      LocalizedText(
        en: "as high, but the endpoint is shared; or at least 80 % named by class A, B or C and not shared",
        de:
          "wie hoch, aber der Endpunkt ist geteilt; oder mindestens 80 % durch Klasse A, B oder C benannt und nicht geteilt"
      )
    ),
    (
      "low",
      LocalizedText(
        en:
          "everything else; class D alone is always low, and so is a row with a name that suggests telemetry while its rule describes another purpose",
        de:
          "alles Übrige; Klasse D allein ist immer niedrig, ebenso eine Zeile mit einem Namen, der auf Telemetrie deutet, während seine Regel einen anderen Zweck beschreibt"
      )
    ),
    (
      "not_assessable",
      LocalizedText(en: "the gate fails", de: "die Mindestanforderungen an die Messung sind nicht erfüllt")
    ),
  ]

  /// Start values of the proposed severity; the highest of the rules behind a row counts.
  static var severityTable: [(value: Int, condition: LocalizedText)] {
    let list = { (ids: Set<String>) in ids.sorted().joined(separator: ", ") }
    return [
      (
        1,
        LocalizedText(
          en:
            "negligible: kinds \(list(Severity.harmlessKinds)), and no category documented except \(list(Severity.unavoidableCategories))",
          de:
            "geringfügig: Arten \(list(Severity.harmlessKinds)), und keine Kategorie dokumentiert außer \(list(Severity.unavoidableCategories))"
        )
      ),
      (
        2,
        LocalizedText(
          en: "limited: everything that is in no other line", de: "überschaubar: alles, was keine andere Zeile nennt")
      ),
      (
        3,
        LocalizedText(
          en:
            "important: telemetry or advertising; unknown purpose with upload on at least half of the observed days; kinds \(list(Severity.usageKinds)); data levels \(list(Severity.optionalLevels)); categories \(list(Severity.usageCategories))",
          de:
            "substanziell: Telemetrie oder Werbung; unbekannter Zweck mit Upload an mindestens der Hälfte der beobachteten Tage; Arten \(list(Severity.usageKinds)); Datenstufen \(list(Severity.optionalLevels)); Kategorien \(list(Severity.usageCategories))"
        )
      ),
      (
        4,
        LocalizedText(
          en: "maximum: categories \(list(Severity.contentCategories))",
          de: "groß: Kategorien \(list(Severity.contentCategories))")
      ),
    ]
  }

  static let severityRises = LocalizedText(
    en:
      "Plus 1 for a secrecy zone (the reported group is one, or the collecting group contains one) if the row is about people: telemetry, advertising, functions that users call, and uploads of unknown purpose, the last two not of the kinds \(Severity.impersonalKinds.sorted().joined(separator: ", ")). Plus 1 for an identifier class seen in clear text; program identification does not count. At most 4.",
    de:
      "Plus 1 für einen Bereich mit Geheimnisschutz (die Gruppe ist einer, oder die Sammelgruppe enthält einen), wenn es um Menschen geht: Telemetrie, Werbung, Nutzerfunktionen und Uploads mit unbekanntem Zweck, die beiden letzten nicht bei den Arten \(Severity.impersonalKinds.sorted().joined(separator: ", ")). Plus 1 für eine im Klartext gesehene Kennungsklasse; eine Programmkennung ist keine. Höchstens 4."
  )

  /// r, d and u are named in `likelihoodTerms`.
  static let likelihoodTable: [(value: Int, condition: LocalizedText)] = [
    (
      1,
      LocalizedText(
        en: "no answered contact, and 3 divided by the device-days is below the agreed limit (default 0.05)",
        de:
          "kein beantworteter Kontakt, und 3 geteilt durch die Gerätetage liegt unter der vereinbarten Grenze (Vorgabe 0,05)"
      )
    ),
    (
      2,
      LocalizedText(
        en:
          "d < 0.2, or r < 0.1 and d < 0.8; and u < 10; and at most half of the upload outside the agreed hours; or no answered contact with fewer device-days",
        de:
          "d < 0,2, oder r < 0,1 und d < 0,8; und u < 10; und höchstens die Hälfte des Uploads außerhalb der vereinbarten Arbeitszeit; oder kein beantworteter Kontakt bei weniger Gerätetagen"
      )
    ),
    (3, LocalizedText(en: "everything between", de: "alles dazwischen")),
    (
      4,
      LocalizedText(
        en:
          "contact on a day after a declared measure that concerns it; or contact although most attempts are blocked; or u >= 1000; or r >= 0.5 and d >= 0.8 and (u >= 10 or more than half of the upload outside the agreed hours)",
        de:
          "Kontakt an einem Tag nach einer erklärten Maßnahme, die ihm galt; oder Kontakt, obwohl die meisten Versuche blockiert werden; oder u >= 1000; oder r >= 0,5 und d >= 0,8 und (u >= 10 oder mehr als die Hälfte des Uploads außerhalb der vereinbarten Arbeitszeit)"
      )
    ),
  ]

  static let likelihoodTerms = LocalizedText(
    en:
      "r is devices with contact / devices in all, d is days with contact / days observed (only agreed working days, if working hours are agreed), u is upload per device-day in kB. Attempts count as mostly blocked from the hour on that explains them best (fewest blocked before it and answered from it on), if at least 10 are blocked, at least 4 for each that gets through, and some are blocked after an answer as well. Rows with only blocked attempts are low, whatever the matrix says.",
    de:
      "r ist Geräte mit Kontakt / Geräte gesamt, d ist Tage mit Kontakt / Tage beobachtet, und zwar der vereinbarten Arbeitstage, wo Arbeitszeiten vereinbart sind, u ist Upload je Gerätetag in kB. Als meist blockiert gelten Versuche ab der Stunde, die sie am besten erklärt (am wenigsten blockierte davor und beantwortete danach), wenn mindestens 10 blockiert werden, mindestens 4 je durchgekommenem, und auch nach einer Antwort noch welche. Zeilen mit ausschließlich blockierten Versuchen sind niedrig, was immer die Matrix sagt."
  )

  static let stability = LocalizedText(
    en:
      "A class is stable if it stays the same when severity or likelihood moves by one. At most a third of the rated rows are high, and five in a short table: if more rows reach it, those with the lowest rank are medium and say so, since a class with most of the rows does not show where to begin.",
    de:
      "Eine Klasse ist stabil, wenn sie gleich bleibt, sobald sich Schwere oder Eintrittswahrscheinlichkeit um eins ändert. Höchstens ein Drittel der bewerteten Zeilen ist hoch, in einer kurzen Tabelle fünf: Erreichen es mehr, sind die mit dem hintersten Rang mittel und sagen es, denn eine Klasse mit den meisten Zeilen sagt niemandem, wo anzufangen ist."
  )

  /// Points that order the rows of a class.
  static var scoreTable: [(value: Int, condition: LocalizedText)] {
    ReviewScore.Part.allCases.map { ($0.maximum, scoreCondition($0)) }
  }

  static let scoreTerms = LocalizedText(
    en:
      "Each part gives at most the points listed with it; their sum orders the rows of a class. Rows with only blocked attempts have none. No part considers whether something is allowed.",
    de:
      "Jeder Teil gibt höchstens die Punkte daneben; ihre Summe ordnet die Zeilen einer Klasse. Zeilen mit ausschließlich blockierten Versuchen haben keine. Kein Teil weiß, ob etwas erlaubt ist."
  )

  /// Short name of a part of the score.
  static func scorePart(_ part: ReviewScore.Part) -> LocalizedText {
    switch part {
    case .throughBlock: LocalizedText(en: "gets through a block", de: "kommt trotz Sperre durch")
    case .afterMeasure: LocalizedText(en: "continues after a measure", de: "geht nach einer Maßnahme weiter")
    case .cleartextIdentifier: LocalizedText(en: "identifiers in clear text", de: "Kennungen im Klartext")
    case .documentedCategories: LocalizedText(en: "documented categories", de: "dokumentierte Kategorien")
    case .outsideHours: LocalizedText(en: "outside agreed hours", de: "außerhalb der vereinbarten Arbeitszeit")
    case .recurring: LocalizedText(en: "recurring", de: "wiederkehrend")
    case .volume: LocalizedText(en: "upload per device", de: "Upload je Gerät")
    case .newSinceBaseline: LocalizedText(en: "new since the baseline", de: "neu seit der Basis")
    case .fewDevices: LocalizedText(en: "few devices of many", de: "wenige Geräte von vielen")
    case .secrecyZone: LocalizedText(en: "secrecy zone", de: "Geheimnisschutz")
    }
  }

  private static func scoreCondition(_ part: ReviewScore.Part) -> LocalizedText {
    let name = scorePart(part)
    let rule: LocalizedText
    switch part {
    case .throughBlock:
      rule = LocalizedText(
        en: "contact although most attempts are blocked", de: "Kontakt, obwohl die meisten Versuche blockiert werden")
    case .afterMeasure:
      rule = LocalizedText(
        en:
          "all if most devices stopped and at most a tenth of them, or one, continues; \(ReviewScore.measureWithoutEffect) if more continue",
        de:
          "alle, wenn die meisten Geräte aufhörten und höchstens ein Zehntel, oder eines, weitermacht; \(ReviewScore.measureWithoutEffect), wenn mehr weitermachen"
      )
    case .cleartextIdentifier:
      rule = LocalizedText(
        en: "an identifier class was seen; program identification does not count",
        de: "eine Kennungsklasse wurde gesehen; eine Programmkennung ist keine")
    case .documentedCategories:
      let points = ReviewScore.categoryPoints
      rule = LocalizedText(
        en:
          "\(points.content) for content, \(points.usage) for use by a person, \(points.personal) for other personal data (see proposed severity)",
        de:
          "\(points.content) für Inhalte, \(points.usage) für Nutzung durch eine Person, \(points.personal) für andere personenbezogene Daten (siehe vorgeschlagene Schwere)"
      )
    case .outsideHours:
      rule = LocalizedText(
        en: "times the share of the upload outside them; none if no hours are agreed",
        de: "mal Anteil des Uploads außerhalb; keine, wo keine Arbeitszeit vereinbart ist")
    case .recurring: rule = LocalizedText(en: "times d of the likelihood", de: "mal d der Eintrittswahrscheinlichkeit")
    case .volume:
      let steps = ReviewScore.volumeSteps.map { "\($0.kilobytes) kB: \($0.points)" }.joined(separator: ", ")
      rule = LocalizedText(
        en: "upload divided by devices with and days with, from \(steps)",
        de: "Upload geteilt durch Geräte mit Kontakt und Tage mit Kontakt, ab \(steps)")
    case .newSinceBaseline:
      rule = LocalizedText(
        en: "new since the baseline, or back; none if that cannot be told, or while there is no baseline",
        de: "neu seit der Basis oder wieder da; keine, wenn sich das nicht sagen lässt oder solange es keine Basis gibt"
      )
    case .fewDevices:
      rule = LocalizedText(
        en: "on several days, from one of at least five devices or from at most a tenth of them",
        de: "an mehreren Tagen, von einem von mindestens fünf Geräten oder höchstens einem Zehntel")
    case .secrecyZone:
      rule = LocalizedText(en: "if it raised the severity", de: "wo er die Schwere erhöht hat")
    }
    return LocalizedText(en: "\(name.en): \(rule.en)", de: "\(name.de): \(rule.de)")
  }

  /// A measure of the site, and the number of findings that it concerns.
  static func measure(_ measure: Measure, rows: Int, _ language: Language) -> String {
    let german = language == .german
    let targets = [
      measure.recipient, measure.service, measure.purpose.map { word(.purpose, $0.rawValue, language) }, measure.rule,
    ].compactMap(\.self).joined(separator: ", ")
    let title = measure.title.map { ": " + $0 } ?? ""
    let count =
      german
      ? (rows == 1 ? "betrifft 1 Feststellung" : "betrifft \(rows) Feststellungen")
      : (rows == 1 ? "concerns 1 finding" : "concerns \(rows) findings")
    return "\(date(measure.date, language))\(title) (\(targets)); \(count)"
  }

  /// Full citation of each database, as licences such as CC BY-SA ask for it.
  static func locationSources(_ databases: [LocationDatabaseStamp], _ language: Language) -> [String] {
    let german = language == .german
    guard !databases.isEmpty else {
      return [
        german
          ? "keine Adressdatenbank: Netzbetreiber und Land der Adressen sind unbekannt"
          : "no address database: network operator and country of addresses are unknown"
      ]
    }
    return databases.map { stamp in
      let facts: [String?] = [
        stamp.name, (german ? "Stand " : "as of ") + date(stamp.date, language),
        (german ? "Lizenz: " : "licence: ") + (stamp.licence ?? (german ? "nicht genannt" : "not stated")),
        german ? "ausgewertet für Netzbetreiber und Land" : "evaluated for network operator and country",
        stamp.description, stamp.hash,
      ]
      return facts.compactMap(\.self).joined(separator: "; ")
    }
  }

  /// The change of a rule by an administrator, with its reason.
  static func localOverride(_ entry: RuleOverride, _ language: Language) -> String {
    let german = language == .german
    let override = entry.override
    let days = [override.firstDay, override.lastDay].map { date($0, language) }
    let effect =
      override.disablesRule
      ? (german
        ? "Regel abgeschaltet; was nur sie kannte, wurde nicht gespeichert"
        : "rule switched off; flows that only it matched were not stored")
      : (german ? "Regel geändert" : "rule changed")
    return german
      ? "\(override.id) (Regel \(entry.rule)): \(effect); für Datenflüsse vom \(days[0]) bis \(days[1]) (UTC); geschrieben am \(date(override.created, language)); Grund: \(override.reason)"
      : "\(override.id) (rule \(entry.rule)): \(effect); for flows from \(days[0]) to \(days[1]) (UTC); written on \(date(override.created, language)); reason: \(override.reason)"
  }

  /// Limits of the gate with the values of `settings`.
  /// The time to be observed.
  private static func observed(_ settings: AuditSettings) -> LocalizedText {
    guard let campaign = settings.campaign else {
      return LocalizedText(
        en: "the chosen days, limited to the stored hours, since no campaign is declared",
        de: "die gewählten Tage, begrenzt auf die gespeicherten Stunden, da keine Messkampagne angegeben ist")
    }
    let days = [campaign.firstDay, campaign.lastDay].map { LocalDate(day: $0) }
    let names = (
      en: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], de: ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"]
    )
    let weekdays = { (names: [String]) in
      campaign.hours.weekdays.filter { (1...7).contains($0) }.map { names[$0 - 1] }.joined(separator: ", ")
    }
    let hours = "\(campaign.hours.from):00-\(campaign.hours.to):00"
    return LocalizedText(
      en: "the declared campaign from \(days[0]) to \(days[1]), \(weekdays(names.en)), \(hours)",
      de:
        "die angegebene Messkampagne vom \(days[0].germanText) bis \(days[1].germanText), \(weekdays(names.de)), \(hours) Uhr"
    )
  }

  /// The configurations of the period's audits, each once, in the order of their first audits: hash of the file, number
  /// of audits, their days, smallest number of devices (k), and whether it declares a trial.
  static func configurations(_ period: AuditPeriod, _ language: Language) -> [String] {
    struct Configuration: Hashable {
      var hash: String?
      var groupMinimum: Int
      var isTrial: Bool

      init(_ settings: AuditSettings) {
        (hash, groupMinimum, isTrial) = (settings.configurationHash, settings.groupMinimum, settings.isTrial)
      }
    }
    let german = language == .german
    var order: [Configuration] = []
    var audits: [Configuration: [CaptureSession]] = [:]
    for audit in period.audits {
      let configuration = Configuration(audit.settings)
      if audits[configuration] == nil { order.append(configuration) }
      audits[configuration, default: []].append(audit)
    }
    return order.map { configuration in
      let used = audits[configuration] ?? []
      let first = max(used.compactMap(\.firstHour).min() ?? period.hours.lowerBound, period.hours.lowerBound)
      let last = min(used.map { $0.lastHour ?? period.lastHour }.max() ?? period.lastHour, period.lastHour)
      let days = [first, last].map { date(period.clock.date(of: $0).description, language) }
      let k = configuration.groupMinimum
      if german {
        return
          (configuration.hash.map { "Prüfsumme der Konfigurationsdatei \(printable($0))" }
          ?? "keine Konfigurationsdatei")
          + ": \(used.count == 1 ? "1 Auswertung" : "\(used.count) Auswertungen") vom \(days[0]) bis \(days[1]), "
          + "kleinste Gruppe (group_minimum) \(k), Probebetrieb (trial): \(configuration.isTrial ? "ja" : "nein")"
      }
      return (configuration.hash.map { "hash of the configuration file \(printable($0))" } ?? "no configuration file")
        + ": \(used.count == 1 ? "1 audit" : "\(used.count) audits") from \(days[0]) to \(days[1]), "
        + "smallest group (group_minimum) \(k), trial: \(configuration.isTrial ? "yes" : "no")"
    }
  }

  static func gateLimits(_ settings: AuditSettings) -> [LocalizedText] {
    let limits = settings.gate
    let share = { (value: Double, language: Language) in
      percent(hundredths: Int((value * 10_000).rounded()), language)
    }
    return [
      LocalizedText(
        en: "loss at most \(share(limits.maximumLoss, .english))",
        de: "Verlust höchstens \(share(limits.maximumLoss, .german))"),
      LocalizedText(
        en:
          "gaps at most \(share(limits.maximumGap, .english)) of the time to be observed: \(observed(settings).en)",
        de:
          "Lücken höchstens \(share(limits.maximumGap, .german)) der Zeit, die zu beobachten war: \(observed(settings).de)"
      ),
      LocalizedText(
        en: "canaries seen at least \(share(limits.minimumCanaries, .english)), if canaries are configured",
        de:
          "Kontrollflüsse mindestens zu \(share(limits.minimumCanaries, .german)) gesehen, wo welche eingerichtet sind"),
      LocalizedText(
        en: "bytes out named by class A, B or C at least \(share(limits.minimumNamed, .english))",
        de: "Bytes nach außen durch Klasse A, B oder C benannt: mindestens \(share(limits.minimumNamed, .german))"),
      LocalizedText(
        en:
          "hidden flows, and bytes, at most \(share(limits.maximumUnexaminable, .english)), of the site and of the group: VPN, relay, Tor, encrypted DNS, ECH with a public name, class E",
        de:
          "nicht einsehbare Datenflüsse und Bytes höchstens \(share(limits.maximumUnexaminable, .german)), am Standort und in der Gruppe: VPN, Relay, Tor, verschlüsseltes DNS, ECH mit öffentlichem Namen, Klasse E"
      ),
      LocalizedText(
        en: "only one direction seen of at most \(share(limits.maximumOneSided, .english)) of the established flows",
        de:
          "nur eine Richtung gesehen bei höchstens \(share(limits.maximumOneSided, .german)) der zustande gekommenen Datenflüsse"
      ),
      LocalizedText(
        en:
          "names resolved and then contacted at least \(share(limits.minimumContacted, .english)), from 10 names on; flows to TCP port 443 if 5 names were resolved and not contacted",
        de:
          "mindestens \(share(limits.minimumContacted, .german)) der aufgelösten Namen danach kontaktiert, geprüft ab 10 Namen; wo 5 aufgelöste Namen nie kontaktiert wurden, Datenflüsse zum TCP-Port 443"
      ),
      LocalizedText(
        en: "truncated packets at most \(share(limits.maximumLoss, .english))",
        de: "gekürzt erfasste Pakete höchstens \(share(limits.maximumLoss, .german))"),
      LocalizedText(
        en:
          "clock not synchronised in at most \(share(limits.maximumGap, .english)) of the hours; a recording does not state its clock: unknown misses no limit",
        de:
          "Uhr nicht synchron in höchstens \(share(limits.maximumGap, .german)) der Stunden; eine Aufzeichnung sagt nichts über ihre Uhr: unbekannt verfehlt keine Grenze"
      ),
      LocalizedText(
        en: limits.expectsQUIC
          ? "case \"1 prevented\" of the data protection conference (column of findings.csv) only if a flow to UDP port 443 was seen"
          : "case \"1 prevented\" of the data protection conference (column of findings.csv) also if no flow to UDP port 443 was seen: the site declares that its programs do not use QUIC",
        de: limits.expectsQUIC
          ? "DSK-Fall „1 verhindert“ (Spalte in findings.csv) nur, wo je ein Datenfluss zum UDP-Port 443 zu sehen war"
          : "DSK-Fall „1 verhindert“ (Spalte in findings.csv) auch, wo nie ein Datenfluss zum UDP-Port 443 zu sehen war: Der Standort gibt an, dass seine Programme QUIC nicht nutzen"
      ),
      LocalizedText(
        en:
          "claims: device-days with a hidden flow at most \(share(limits.maximumHiddenDeviceDays, .english)), upper bound over device-days at most \(share(limits.negativeProofLimit, .english))",
        de:
          "Zusicherungen: Gerätetage mit nicht einsehbarem Datenfluss höchstens \(share(limits.maximumHiddenDeviceDays, .german)), obere Schranke über Gerätetage höchstens \(share(limits.negativeProofLimit, .german))"
      ),
      LocalizedText(
        en: "rule set at most \(limits.maximumRuleAgeDays) days old at the end of the period",
        de: "Regelsatz am Ende des Zeitraums höchstens \(limits.maximumRuleAgeDays) Tage alt"),
      LocalizedText(
        en:
          "entries in lists of recipients looked up at most \(settings.maximumListAgeDays) days from the flow (transfer tools)",
        de:
          "Einträge in Listen von Empfängern höchstens \(settings.maximumListAgeDays) Tage vom Datenfluss entfernt eingesehen (Übermittlungsinstrumente)"
      ),
      LocalizedText(
        en: "at least \(limits.minimumDeviceDays) device-days of the group (not for a single hour)",
        de: "mindestens \(limits.minimumDeviceDays) Gerätetage der Gruppe (nicht für eine einzelne Stunde)"),
      LocalizedText(
        en: "at least \(settings.groupMinimum) devices at the site (not for a single hour)",
        de: "mindestens \(settings.groupMinimum) Geräte am Standort (nicht für eine einzelne Stunde)"),
    ]
  }
}
