import Model
import Privacy

/// Sentences of the papers, in one language.
package struct PaperWords: SpeaksOneLanguage, Sendable {
  package let facts: PaperFacts
  package let language: Language

  package init(_ facts: PaperFacts, _ language: Language) {
    self.facts = facts
    self.language = language
  }

  package func paper(_ kind: PaperKind) -> Paper {
    let (title, sections) =
      switch kind {
      case .record: record
      case .assessment: assessment
      case .agreement: agreement
      case .notice: notice
      case .measures: measures
      }
    return Paper(kind: kind, title: title + ": " + facts.settings.site, sections: preface + sections)
  }

  /// Text before a place that people must fill.
  package var fillMark: String { say("TO BE COMPLETED:", "ZU ERGÄNZEN:") }
  /// Text before an open question of law.
  package var openMark: String { say("LEGALLY OPEN:", "RECHTLICH OFFEN:") }

  func fact(_ english: String, _ german: String) -> Paper.Line { .fact(say(english, german)) }
  func fill(_ english: String, _ german: String) -> Paper.Line { .fill(say(english, german)) }
  func open(_ english: String, _ german: String) -> Paper.Line { .open(say(english, german)) }
  func section(_ english: String, _ german: String, _ blocks: Paper.Block...) -> Paper.Section {
    Paper.Section(heading: say(english, german), blocks: blocks)
  }

  // MARK: Parts that several papers share

  private var preface: [Paper.Section] {
    var lines = [
      fact(
        "Draft, made by egressaudit \(facts.toolVersion) from the configuration \(facts.stored == nil ? "file" : "that is in force")\(hash). What the program knows is stated; what only people know is marked \"\(fillMark)\", and what somebody qualified in law must decide \"\(openMark)\".",
        "Entwurf, erstellt von egressaudit \(facts.toolVersion) aus der \(facts.stored == nil ? "Konfigurationsdatei" : "geltenden Konfiguration")\(hash). Was das Programm weiß, ist angegeben; was nur Menschen wissen, ist mit „\(fillMark)“ gekennzeichnet, was eine juristisch befähigte Person entscheiden muss, mit „\(openMark)“."
      )
    ]
    if facts.settings.isTrial {
      lines.append(
        fact(
          "The configuration is a trial: it declares that nobody works at the observed devices.",
          "Die Konfiguration ist ein Probebetrieb: Sie erklärt, dass an den beobachteten Geräten niemand arbeitet."))
    }
    if let stored = facts.stored { lines += state(stored) }
    return [Paper.Section(heading: say("About this paper", "Zu diesem Papier"), blocks: lines.map { .line($0) })]
  }

  private var hash: String { facts.settings.configurationHash.map { " (\($0))" } ?? "" }

  private func state(_ stored: PaperFacts.Stored) -> [Paper.Line] {
    let rules = stored.ruleSetVersion ?? say("unknown", "unbekannt")
    let days = stored.days.map { days in
      language == .german
        ? "vom \(days.lowerBound.germanText) bis \(days.upperBound.germanText)"
        : "from \(days.lowerBound) to \(days.upperBound)"
    }
    var lines = [
      fact(
        "The store holds observations \(days ?? "of no day yet"), made with rule set \(rules); it has \(stored.deletions) records of deletions.",
        "Der Speicher enthält Beobachtungen \(days ?? "noch von keinem Tag"), erhoben mit dem Regelsatz \(rules); er hat \(stored.deletions) Löschprotokolle."
      )
    ]
    if !stored.isConfiguredAlike {
      lines.append(
        fill(
          "The latest audit of the store was made with another configuration than this one. Make this paper from the configuration that the service uses, or restart the service.",
          "Die letzte Auswertung im Speicher erfolgte mit einer anderen Konfiguration als dieser. Dieses Papier aus der Konfiguration erstellen, die der Dienst verwendet, oder den Dienst neu starten."
        ))
    }
    return lines
  }

  var purposes: [Paper.Line] {
    [
      fact(
        "To show which services of vendors the site's devices send data to, how much, and by which encryption, so that the data protection officer can assess these transmissions.",
        "Feststellen, an welche Dienste von Anbietern die Geräte der Dienststelle Daten senden, wie viel und wie verschlüsselt, damit die oder der Datenschutzbeauftragte diese Übermittlungen beurteilen kann."
      ),
      fact(
        "To check whether settings against transmissions, such as policies and blocks, have the effect that was intended.",
        "Prüfen, ob Einstellungen gegen Übermittlungen, etwa Richtlinien und Sperren, wie beabsichtigt wirken."),
      fact(
        "To prove both later, with the coverage of the measurement.",
        "Beides später nachweisen, zusammen mit der Abdeckung der Messung."),
    ]
  }

  var notPurposes: Paper.Line {
    fact(
      "It is no purpose to monitor the conduct or performance of employees, to establish working hours, or to see which websites somebody visits.",
      "Nicht Zweck ist, Verhalten oder Leistung von Beschäftigten zu überwachen, Arbeitszeiten festzustellen oder zu sehen, welche Webseiten jemand besucht."
    )
  }

  var subjects: Paper.Line {
    fact(
      "Persons who use devices in the observed networks: employees, and others if guests or the public use these networks.",
      "Personen, die Geräte in den beobachteten Netzen benutzen: Beschäftigte, und andere, wenn Gäste oder die Öffentlichkeit diese Netze benutzen."
    )
  }

  /// Classes of data, with what each holds and how long it is kept.
  var data: Paper.Block {
    .table(
      caption: say("Stored data and time of deletion", "Gespeicherte Daten und Löschfristen"),
      headings: [say("Data", "Daten"), say("Content", "Inhalt"), say("Kept for", "Aufbewahrung")],
      rows: [
        [
          fact("Single flows (evidence)", "Einzelne Datenflüsse (Nachweis)"),
          fact(
            "pseudonym and group of the device, full hour, destination that a rule describes, bytes and packets, encryption, outcome",
            "Pseudonym und Gruppe des Geräts, volle Stunde, Ziel, das eine Regel beschreibt, Bytes und Pakete, Verschlüsselung, Ergebnis"
          ), kept(facts.evidenceDays),
        ],
        [
          fact("Sums and presence", "Summen und Anwesenheit"),
          fact(
            "the same, summed by device and hour; that a device of a group was present on a day; classes of identifiers seen unencrypted, without their values",
            "dasselbe, summiert je Gerät und Stunde; dass ein Gerät einer Gruppe an einem Tag da war; Klassen unverschlüsselt gesehener Kennungen, ohne deren Werte"
          ), kept(facts.usageDays),
        ],
        [
          fact("Coverage", "Abdeckung"),
          fact(
            "packets, losses and gaps of the whole site by hour; no device",
            "Pakete, Verluste und Lücken des ganzen Standorts je Stunde; kein Gerät"), kept(facts.coverageDays),
        ],
        [
          fact("Destinations without a rule", "Ziele ohne Regel"),
          facts.listsUndescribed
            ? fact(
              "registered domain or network by day, if at least \(facts.settings.groupMinimum) devices contacted it on that day; no device, no group",
              "registrierte Domain oder Netz je Tag, wenn an dem Tag mindestens \(facts.settings.groupMinimum) Geräte dorthin Kontakt hatten; kein Gerät, keine Gruppe"
            ) : fact("not listed (switched off)", "werden nicht aufgelistet (abgeschaltet)"),
          facts.listsUndescribed ? kept(facts.undescribedDays) : fact("not stored", "wird nicht gespeichert"),
        ],
        facts.settings.sealedPart == nil
          ? nil
          : [
            fact("Sealed part", "Versiegelter Teil"),
            fact(
              "exact times, addresses of the device and the full name of the destination of single flows, in two envelopes that the data protection officer and the works council open together; nothing of groups with special secrecy",
              "genaue Zeiten, Adressen des Geräts und der volle Name des Ziels einzelner Datenflüsse, in zwei Umschlägen, die Datenschutzbeauftragte und Personalvertretung gemeinsam öffnen; nichts von Gruppen mit besonderer Verschwiegenheit"
            ), kept(facts.sealedDays),
          ],
        [
          fact("Settings, decisions and records of deletions", "Einstellungen, Entscheidungen und Löschprotokolle"),
          fact(
            "settings of each audit, phases, baselines, imported lists of recipients, entries of people in tables with their role; no device",
            "Einstellungen jeder Auswertung, Phasen, Vergleichsbasen, eingelesene Listen von Empfängern, Einträge von Menschen in Tabellen mit ihrer Rolle; kein Gerät"
          ),
          fact(
            "not deleted by retention; baselines and lists when they are removed, the rest with the store",
            "keine Löschung durch Fristen; Vergleichsbasen und Listen, wenn sie entfernt werden, das Übrige mit dem Speicher"
          ),
        ],
      ].compactMap(\.self))
  }

  func kept(_ days: Int?) -> Paper.Line {
    guard let days else {
      return fill(
        "no time of deletion is configured, so nothing is deleted; agree on one and enter it under 'retention'",
        "keine Löschfrist eingestellt, es wird nichts gelöscht; Frist vereinbaren und unter 'retention' eintragen")
    }
    return days == 1
      ? fact("1 day after the day of observation", "1 Tag nach dem Tag der Beobachtung")
      : fact("\(days) days after the day of observation", "\(days) Tage nach dem Tag der Beobachtung")
  }

  /// Of each class, because the longest time counts.
  var keptInAll: Paper.Line {
    let classes: [(en: String, de: String, days: Int?)] = [
      ("single flows", "einzelne Datenflüsse", facts.evidenceDays),
      ("sums by device and hour", "Summen je Gerät und Stunde", facts.usageDays),
      ("coverage", "Abdeckung", facts.coverageDays),
    ]
    guard classes.allSatisfy({ $0.days != nil }) else {
      return fill(
        "not each class of data has a time of deletion; agree on one and enter it under 'retention'",
        "nicht jede Klasse von Daten hat eine Löschfrist; Frist vereinbaren und unter 'retention' eintragen")
    }
    let times = { (name: (_ text: (en: String, de: String, days: Int?)) -> String) in
      classes.map { "\(name($0)) \($0.days ?? 0)" }.joined(separator: ", ")
    }
    return fact(
      "days from observation to erasure: \(times(\.en)); the program does not erase reports, tables, captures and backups",
      "Tage von der Beobachtung bis zur Löschung: \(times(\.de)); Berichte, Tabellen, Aufzeichnungen und Sicherungen löscht das Programm nicht"
    )
  }

  /// What the smallest group does not hide.
  var countsWithinGroups: Paper.Line {
    fact(
      "Within a group that is reported, tables may also say that a single device had contact (\"1 of 12\"); they do not say which.",
      "Innerhalb einer ausgewiesenen Gruppe können Tabellen auch nennen, dass ein einzelnes Gerät Kontakt hatte („1 von 12“); welches, nennen sie nicht."
    )
  }

  var neverStored: Paper.Line {
    guard facts.settings.sealedPart == nil else {
      return fact(
        "Stored nowhere but in the sealed part: network and hardware addresses of devices, exact times, and parts of a destination's name that look like an identifier. Not stored at all: contents, values of identifiers, and flows that no rule describes.",
        "Nur im versiegelten Teil gespeichert: Netz- und Hardwareadressen der Geräte, genaue Uhrzeiten und Teile eines Zielnamens, die wie eine Kennung aussehen. Gar nicht gespeichert: Inhalte, Werte von Kennungen und Datenflüsse, die keine Regel beschreibt."
      )
    }
    return fact(
      "Not stored: network and hardware addresses of devices, user names as such, exact times, contents, values of identifiers, and flows that no rule describes. Parts of a destination's name that look like an identifier are replaced.",
      "Nicht gespeichert: Netz- und Hardwareadressen der Geräte, Benutzernamen als solche, genaue Uhrzeiten, Inhalte, Werte von Kennungen und Datenflüsse, die keine Regel beschreibt. Teile eines Zielnamens, die wie eine Kennung aussehen, werden ersetzt."
    )
  }

  var exclusions: Paper.Line {
    let (devices, networks) = (facts.excludedHardwareAddresses, facts.excludedNetworks)
    guard devices + networks > 0 else {
      return fill(
        "no device is excluded. Decide whether devices of the works council, the company doctor, counselling and others are to be excluded (key 'exclusions').",
        "kein Gerät ist ausgenommen. Entscheiden, ob Geräte der Personalvertretung, des betriebsärztlichen Dienstes, von Beratungsstellen und andere auszunehmen sind (Schlüssel 'exclusions')."
      )
    }
    return fact(
      "Excluded, so that nothing is counted or stored: \(count(devices, "hardware address", "hardware addresses", "", "")) and \(count(networks, "address range", "address ranges", "", "")). The configuration file names them; this paper does not.",
      "Ausgenommen, sodass nichts gezählt oder gespeichert wird: \(count(devices, "", "", "Hardwareadresse", "Hardwareadressen")) und \(count(networks, "", "", "Adressbereich", "Adressbereiche")). Die Konfigurationsdatei nennt sie; dieses Papier nicht."
    )
  }

  var minimum: Paper.Line {
    let k = facts.settings.groupMinimum
    return k >= AuditSettings().groupMinimum
      ? fact(
        "A group is reported on its own only on days on which at least \(k) of its devices were present; otherwise its figures are in a collecting group.",
        "Eine Gruppe wird nur an Tagen einzeln ausgewiesen, an denen mindestens \(k) ihrer Geräte da waren; sonst stehen ihre Zahlen in einer Sammelgruppe."
      )
      : fill(
        "the smallest group has \(k == 1 ? "1 device" : "\(k) devices"), fewer than the default of \(AuditSettings().groupMinimum). State the reason and that the works council agreed.",
        "die kleinste Gruppe hat \(k == 1 ? "1 Gerät" : "\(k) Geräte"), weniger als die Vorgabe von \(AuditSettings().groupMinimum). Grund und Zustimmung der Personalvertretung angeben."
      )
  }

  /// What the smallest group protects: a statement from the default on, below it a place at which people must say how
  /// persons are protected.
  func protection(_ english: String, _ german: String) -> Paper.Line {
    let k = facts.settings.groupMinimum
    return k >= AuditSettings().groupMinimum
      ? fact(english, german)
      : fill(
        "how persons are protected although the smallest group has \(k == 1 ? "1 device" : "\(k) devices")",
        "wie Personen geschützt werden, obwohl die kleinste Gruppe \(k == 1 ? "1 Gerät" : "\(k) Geräte") hat")
  }

  var recipients: [Paper.Line] {
    [
      fact(
        "The program itself transmits data to nobody; in the systemd unit that comes with it, its service cannot open an Internet connection.",
        "Das Programm selbst übermittelt niemandem Daten; in der mitgelieferten systemd-Einheit kann sein Dienst keine Internetverbindung öffnen."
      ),
      fill(
        "recipients outside the organisation, if there are any, such as supervisory authorities, courts or experts who receive reports or tables",
        "Empfänger außerhalb der Organisation, falls es welche gibt, etwa Aufsichtsbehörden, Gerichte oder Sachverständige, die Berichte oder Tabellen erhalten"
      ),
      fill(
        "processors with their contract (Art. 28), if there are any, such as whoever administers the machine or keeps its backups",
        "Auftragsverarbeiter mit Vertrag (Art. 28), falls es welche gibt, etwa wer den Rechner betreut oder Sicherungen aufbewahrt"
      ),
      fill(
        "transfers to third countries or international organisations with their basis (Art. 44 to 49), or that there are none",
        "Übermittlungen in Drittländer oder an internationale Organisationen mit ihrer Grundlage (Art. 44 bis 49), oder dass keine stattfinden"
      ),
      fill(
        "who inside the organisation receives report and tables (names of functions), and who only receives 'flows'",
        "welche Stellen in der Organisation Bericht und Tabellen erhalten (Funktionen), und wer als Einzige 'flows' erhält"
      ),
    ]
  }

  private var keyChange: String {
    switch facts.keyInterval {
    case nil: say("never", "nie")
    case .month: say("each month", "jeden Monat")
    case .quarter: say("each quarter", "jedes Quartal")
    case .year: say("each year", "jedes Jahr")
    }
  }

  /// Settings that decide what is processed, for an annex.
  /// Who can open the sealed part, by the digests of their public keys.
  private var sealedPart: String {
    guard let keys = facts.settings.sealedPart else { return say("none", "keiner") }
    return say(
      "data protection officer \(keys.dataProtectionOfficer), works council \(keys.worksCouncil)",
      "Datenschutzbeauftragte \(keys.dataProtectionOfficer), Personalvertretung \(keys.worksCouncil)")
      + (keys.emergency.map { say(", emergency \($0)", ", Notfall \($0)") } ?? "")
  }

  var configuration: Paper.Block {
    let settings = facts.settings
    let none = say("none", "keine")
    let yes = { (value: Bool) in value ? say("yes", "ja") : say("no", "nein") }
    let rows: [(String, String, String)] = [
      ("Site, sensor", "Standort, Sensor", "\(settings.site), \(settings.sensor)"),
      ("Time zone", "Zeitzone", settings.timeZone),
      ("Working hours", "Arbeitszeiten", workingHours),
      ("Declared campaign", "Angegebene Messkampagne", campaign),
      (
        "Captured interfaces", "Mitgelesene Schnittstellen",
        facts.interfaces.isEmpty
          ? say("none; capture files are read", "keine; gelesen werden Aufzeichnungen")
          : facts.interfaces.joined(separator: ", ")
      ),
      (
        "Frames that are not addressed to the gateway too", "Auch nicht an das Gateway gerichtete Rahmen",
        yes(facts.isPromiscuous)
      ),
      ("Filter of the capture", "Filter beim Mitlesen", facts.filter ?? say("none", "keiner")),
      ("Sealed part", "Versiegelter Teil", sealedPart),
      ("Networks of the site", "Netze des Standorts", settings.insideNetworks.joined(separator: ", ")),
      (
        "Addresses to which the resolver leads blocked names", "Adressen, auf die der Resolver gesperrte Namen lenkt",
        facts.sinkholes.isEmpty ? none : facts.sinkholes.joined(separator: ", ")
      ),
      (
        "Location databases (owner and country of destinations)",
        "Adressdatenbanken (Inhaber und Land von Zielen)",
        facts.locationDatabases.isEmpty ? none : facts.locationDatabases.joined(separator: ", ")
      ),
      ("Excluded hardware addresses", "Ausgenommene Hardwareadressen", "\(facts.excludedHardwareAddresses)"),
      ("Excluded address ranges", "Ausgenommene Adressbereiche", "\(facts.excludedNetworks)"),
      ("Smallest group (devices)", "Kleinste Gruppe (Geräte)", "\(settings.groupMinimum)"),
      ("List of destinations without a rule", "Liste der Ziele ohne Regel", yes(facts.listsUndescribed)),
      ("Host for canaries", "Gegenstelle für Kontrollflüsse", facts.canarySink ?? none),
      ("Local overrides of the rules", "Lokale Abweichungen von den Regeln", facts.ruleOverrides ?? none),
      (
        "Languages of the monthly reports", "Sprachen der Monatsberichte",
        facts.reportLanguages.map { $0 == .german ? say("German", "Deutsch") : say("English", "Englisch") }
          .joined(separator: ", ")
      ),
      (
        "Monthly reports about the days of updates too", "Monatsberichte auch über die Updatetage",
        yes(facts.reportsPatchDays)
      ),
      ("Metrics file", "Datei mit Betriebszahlen", yes(facts.writesMetrics)),
      ("Only signed rules", "Nur signierte Regeln", yes(facts.requiresSignedRules)),
      ("File of the pseudonym key", "Datei des Pseudonymschlüssels", facts.pseudonymKeyFile),
      (
        "Change of the pseudonym key, and destruction of the earlier one",
        "Wechsel des Pseudonymschlüssels und Vernichtung des früheren",
        keyChange
      ),
      ("Trial", "Probebetrieb", yes(settings.isTrial)),
      (
        "Hash of the configuration file", "Prüfsumme der Konfigurationsdatei",
        settings.configurationHash ?? say("no file", "keine Datei")
      ),
    ]
    let measures = settings.measures.map { measure in
      let concerns = [
        measure.purpose.map { Texts.word(.purpose, $0.rawValue, language) }, measure.recipient, measure.service,
        measure.rule,
      ].compactMap(\.self).joined(separator: ", ")
      let title = measure.title ?? concerns
      return (
        "Measure of \(measure.date)", "Maßnahme vom \(LocalDate(measure.date)?.germanText ?? measure.date)", title
      )
    }
    let claims = settings.claims.map { ("Claim", "Zusicherung", $0.says[language]) }
    return .table(
      caption: facts.stored == nil
        ? say("Configuration file", "Konfigurationsdatei") : say("Configuration in force", "Geltende Konfiguration"),
      headings: [say("Setting", "Einstellung"), say("Value", "Wert")],
      rows: (rows + measures + claims).map { [fact($0.0, $0.1), .fact($0.2)] })
  }

  var groupTable: Paper.Block {
    guard !facts.groups.isEmpty else {
      return .line(
        fact(
          "No groups are defined: all devices of the site are reported together.",
          "Es sind keine Gruppen festgelegt: Alle Geräte des Standorts werden zusammen ausgewiesen."))
    }
    return .table(
      caption: say("Groups", "Gruppen"),
      headings: [
        say("Group", "Gruppe"), say("Networks", "Netze"), "VLAN", say("Special secrecy", "Besonderes Geheimnis"),
      ],
      rows: facts.groups.map { group in
        [
          .fact(group.name), .fact(group.networks.isEmpty ? "–" : group.networks.joined(separator: ", ")),
          .fact(group.vlans.isEmpty ? "–" : group.vlans.map(String.init).joined(separator: ", ")),
          group.isSecrecyZone ? fact("yes", "ja") : fact("no", "nein"),
        ]
      })
  }

  private var workingHours: String {
    facts.settings.workingHours.map(hours) ?? say("none agreed", "keine vereinbart")
  }

  private var campaign: String {
    guard let campaign = facts.settings.campaign else { return say("none", "keine") }
    let (first, last) = (LocalDate(day: campaign.firstDay), LocalDate(day: campaign.lastDay))
    return say("\(first) to \(last)", "\(first.germanText) bis \(last.germanText)") + "; " + hours(campaign.hours)
  }

  private func hours(_ hours: WorkingHours) -> String {
    let names = DocumentWords(language).weekdays
    let days = hours.weekdays.map { names[$0 - 1] }.joined(separator: ", ")
    return say("\(days), \(hours.from):00 to \(hours.to):00", "\(days), \(hours.from) bis \(hours.to) Uhr")
  }

  func count(_ count: Int, _ one: String, _ many: String, _ eine: String, _ mehrere: String) -> String {
    "\(count) " + (count == 1 ? say(one, eine) : say(many, mehrere))
  }
}
