package import Model
package import Store

extension HelpTexts {
  /// The `reidentify` verb.
  package enum Reidentify {
    package static let abstract = LocalizedText(
      en: "Opens exact times, addresses and names of single flows, with both keys, and lists each opening.",
      de:
        "Öffnet genaue Zeiten, Adressen und Namen einzelner Datenflüsse mit beiden Schlüsseln und listet jede Öffnung auf."
    )
    package static let openAbstract = LocalizedText(
      en: "Opens the exact values of the flows that are named, after an entry in the evidence chain.",
      de: "Öffnet die genauen Werte der genannten Datenflüsse, nach einem Eintrag in die Nachweiskette.")
    package static let openDiscussion = LocalizedText(
      en: """
        The sealed part is there only if the site agreed on it (section 'sealed_part' of the configuration). The data protection officer and the works \
        council each bring a private key; one alone opens nothing.

        What is asked for: flows (flow_id in flows.csv), all flows of a finding (evidence_ref in findings.csv), or the flows of a device token \
        (device_token in flows.csv) in the hours that --hour names. At most 1000 flows at a time. Nothing else of the store is printed.

        Before anything is opened, the opening is entered into the evidence chain: role, time, purpose, file reference, number of flows and their days. \
        No name and no free text: the reason itself belongs into the file that is named. 'reidentify list' shows all entries.

        In an emergency, the holder of the third key can open without the two, if the site agreed on such a key: --emergency and --emergency-key. The list \
        shows such openings first.

        Lines have the columns flow (place in the evidence chain), start, end (both UTC), device, client, client_port, server, server_port, transport, name.
        """,
      de: """
        Den versiegelten Teil gibt es nur, wenn die Stelle ihn vereinbart hat (Abschnitt 'sealed_part' der Konfiguration). Datenschutzbeauftragte und \
        Personalvertretung bringen je einen privaten Schlüssel mit; einer allein öffnet nichts.

        Gefragt werden kann nach Datenflüssen (flow_id in flows.csv), allen Datenflüssen einer Feststellung (evidence_ref in findings.csv) oder denen \
        eines Gerätekennzeichens (device_token in flows.csv) in den Stunden, die --hour nennt. Höchstens 1000 Datenflüsse auf einmal. Sonst wird nichts \
        aus dem Speicher ausgegeben.

        Bevor etwas geöffnet wird, kommt die Öffnung in die Nachweiskette: Rolle, Zeit, Zweck, Aktenzeichen, Zahl der Datenflüsse und ihre Tage. Kein Name \
        und kein freier Text: Der Grund selbst gehört in die genannte Akte. 'reidentify list' zeigt alle Einträge.

        Im Notfall kann der Verwahrer des dritten Schlüssels ohne die beiden öffnen, wenn die Stelle einen solchen vereinbart hat: --emergency und \
        --emergency-key. Die Liste zeigt solche Öffnungen zuerst.

        Die Zeilen haben die Spalten flow (Platz in der Nachweiskette), start, end (beide UTC), device, client, client_port, server, server_port, transport, \
        name.
        """)
    package static let listAbstract = LocalizedText(
      en: "Lists all openings of the sealed part, those by the key for emergencies first, and who can open it.",
      de: "Listet alle Öffnungen des versiegelten Teils auf, Notfälle zuerst, und wer ihn öffnen kann.")
    package static let references = LocalizedText(
      en: "Flows (L-…), evidence of findings (E-…), or device tokens (D-…) of an export.",
      de: "Datenflüsse (L-…), Nachweise von Feststellungen (E-…) oder Gerätekennzeichen (D-…) einer Ausgabe.")
    package static let store = LocalizedText(
      en: "Store of the service, which gets the entry; not a copy.",
      de: "Speicher des Dienstes, der den Eintrag erhält; keine Kopie.")
    package static let hour = LocalizedText(
      en: "Hour in UTC, such as 2026-05-11T07:00:00Z; needed for device tokens. Can be given several times.",
      de: "Stunde in UTC, etwa 2026-05-11T07:00:00Z; nötig bei Gerätekennzeichen. Mehrfach möglich.")
    package static let dpoKey = LocalizedText(
      en: "Private key of the data protection officer (PEM, mode 0400).",
      de: "Privater Schlüssel der Datenschutzbeauftragten (PEM, Rechte 0400).")
    package static let dpoPassphrase = LocalizedText(
      en: "Its passphrase, if nobody can type it.", de: "Dessen Passphrase, wenn niemand sie eingeben kann.")
    package static let councilKey = LocalizedText(
      en: "Private key of the works council (PEM, mode 0400).",
      de: "Privater Schlüssel der Personalvertretung (PEM, Rechte 0400).")
    package static let councilPassphrase = dpoPassphrase
    package static let emergency = LocalizedText(
      en: "Declare an emergency: the third key opens, and the list says so.",
      de: "Einen Notfall erklären: Der dritte Schlüssel öffnet, und die Liste sagt das.")
    package static let emergencyKey = LocalizedText(
      en: "Private key for emergencies (PEM, mode 0400).", de: "Privater Schlüssel für Notfälle (PEM, Rechte 0400).")
    package static let emergencyPassphrase = dpoPassphrase
    package static let purpose = LocalizedText(
      en: "Why the flows are opened.", de: "Wozu die Datenflüsse geöffnet werden.")
    package static let fileReference = LocalizedText(
      en:
        "Sign of the file that tells the reason: 1 to 40 letters, digits and '-._/', with a digit; no name of a person.",
      de:
        "Aktenzeichen, unter dem der Grund steht: 1 bis 40 Buchstaben, Ziffern und '-._/', mit einer Ziffer; kein Personenname."
    )
    package static let output = LocalizedText(
      en: "New file for the lines, readable by you alone. Default: standard output.",
      de: "Neue Datei für die Zeilen, nur für Sie lesbar. Vorgabe: Standardausgabe.")

    package static let noReference = LocalizedText(
      en: "Name at least one reference such as L-0011223344556677.",
      de: "Mindestens eine Bezeichnung angeben, etwa L-0011223344556677.")
    package static let noSuchForm = LocalizedText(
      en:
        "A reference is L- or E- and 16 hexadecimal digits, or D- and 12, as in an export; one of those given is not.",
      de:
        "Eine Bezeichnung besteht aus L- oder E- und 16 Hexadezimalziffern oder D- und 12, wie in einer Ausgabe; eine der angegebenen ist keine."
    )
    package static let hourMissing = LocalizedText(
      en: "A device token needs --hour: name each hour that is asked for, as start_bucket of flows.csv has it.",
      de:
        "Ein Gerätekennzeichen braucht --hour: jede gefragte Stunde so angeben, wie start_bucket in flows.csv sie nennt."
    )
    package static let keysMissing = LocalizedText(
      en:
        "Both keys are needed: --dpo-key and --works-council-key; or, in an emergency, --emergency and --emergency-key alone.",
      de:
        "Beide Schlüssel sind nötig: --dpo-key und --works-council-key; oder, im Notfall, allein --emergency und --emergency-key."
    )
    package static let referenceFault = LocalizedText(
      en: "--file-reference is 1 to 40 letters, digits and '-._/', of which one is a digit, such as 2026-17/DSB.",
      de:
        "--file-reference besteht aus 1 bis 40 Buchstaben, Ziffern und '-._/', darunter eine Ziffer, etwa 2026-17/DSB.")

    package static func unknown(_ reference: String) -> LocalizedText {
      LocalizedText(
        en:
          "\(reference) belongs to no row of such an export, or not in these hours. Give the same --from and --to as for the export. Nothing was opened.",
        de:
          "\(reference) gehört zu keiner Zeile einer solchen Ausgabe oder nicht in diese Stunden. --from und --to so angeben wie bei der Ausgabe. Es wurde nichts geöffnet."
      )
    }

    package static func prompt(_ holder: LocalizedText) -> LocalizedText {
      LocalizedText(en: "Passphrase of \(holder.en): ", de: "Passphrase \(holder.de): ")
    }

    package static let dpo = LocalizedText(en: "the data protection officer", de: "der Datenschutzbeauftragten")
    package static let council = LocalizedText(en: "the works council", de: "der Personalvertretung")
    package static let emergencyHolder = LocalizedText(en: "the key for emergencies", de: "des Notfallschlüssels")

    /// What was opened, and what could not be.
    package static func opened(_ rows: Int, notKept: Int, deleted: Int) -> LocalizedText {
      LocalizedText(
        en: "\(rows) flows opened." + (notKept > 0 ? " Of \(notKept) no exact values were kept." : "")
          + (deleted > 0 ? " Those of \(deleted) were deleted." : ""),
        de: "\(rows) Datenflüsse geöffnet."
          + (notKept > 0 ? " Zu \(notKept) wurden keine genauen Werte aufbewahrt." : "")
          + (deleted > 0 ? " Die von \(deleted) sind gelöscht." : ""))
    }

    package static func nothingSealed(deleted: Int, notKept: Int) -> LocalizedText {
      LocalizedText(
        en:
          "none of these flows can be opened: of \(notKept) no exact values were kept (no sealed part, a group with special secrecy, or a service that was killed before it sealed them), those of \(deleted) were deleted. No entry was made",
        de:
          "Keiner dieser Datenflüsse lässt sich öffnen: Zu \(notKept) wurden keine genauen Werte aufbewahrt (kein versiegelter Teil, eine Gruppe mit besonderer Verschwiegenheit oder ein Dienst, der vor dem Versiegeln abgebrochen wurde), die von \(deleted) sind gelöscht. Es entstand kein Eintrag"
      )
    }

    package static func tooMany(_ flows: Int, limit: Int) -> LocalizedText {
      LocalizedText(
        en:
          "\(flows) flows are asked for, expected at most \(limit); ask for fewer: name single flows or fewer hours. Nothing was opened",
        de:
          "Gefragt ist nach \(flows) Datenflüssen, erlaubt sind \(limit); weniger erfragen: einzelne Datenflüsse oder weniger Stunden nennen. Es wurde nichts geöffnet"
      )
    }

    package static let notRecordable = LocalizedText(
      en:
        "the opening could not be entered, since this user may not write to the store; run as the service's account or as root. Nothing was opened",
      de:
        "Die Öffnung ließe sich nicht eintragen, denn dieser Benutzer darf nicht in den Speicher schreiben; unter dem Konto des Dienstes oder als root ausführen. Es wurde nichts geöffnet"
    )
    package static let exchanged = LocalizedText(
      en:
        "the two keys are exchanged: --dpo-key names the key of the works council, and --works-council-key that of the data protection officer; name them the other way round. Nothing was opened",
      de:
        "Die beiden Schlüssel sind vertauscht: --dpo-key nennt den der Personalvertretung, --works-council-key den der Datenschutzbeauftragten; umgekehrt angeben. Es wurde nichts geöffnet"
    )

    package static func otherKey(option: String, found: String, expected: String) -> LocalizedText {
      LocalizedText(
        en:
          "\(option) has the public key \(found), but these flows are sealed to \(expected); name the private key that was valid at the time. Nothing was opened",
        de:
          "\(option) hat den öffentlichen Schlüssel \(found), diese Datenflüsse sind aber für \(expected) versiegelt; den damals gültigen privaten Schlüssel nennen. Es wurde nichts geöffnet"
      )
    }

    package static let noEmergencyKey = LocalizedText(
      en: "these flows were sealed without a key for emergencies; both other keys are needed. Nothing was opened",
      de:
        "Diese Datenflüsse wurden ohne Notfallschlüssel versiegelt; die beiden anderen Schlüssel sind nötig. Es wurde nichts geöffnet"
    )

    package static func damaged(block: Int64) -> LocalizedText {
      LocalizedText(
        en:
          "block \(block) of the sealed part does not open with the keys that it is addressed to: it was not made by this program; run 'egressaudit verify'. The opening is entered",
        de:
          "Block \(block) des versiegelten Teils lässt sich mit den Schlüsseln, für die er bestimmt ist, nicht öffnen: Dieses Programm hat ihn nicht erzeugt; 'egressaudit verify' ausführen. Die Öffnung ist eingetragen"
      )
    }

    package static func notWritten(_ path: String, reason: String) -> LocalizedText {
      LocalizedText(
        en:
          "\(path): the lines cannot be written (\(reason)); expected a new file in a folder of yours. The opening is entered",
        de:
          "\(path): Die Zeilen lassen sich nicht schreiben (\(reason)); erwartet: eine neue Datei in einem eigenen Ordner. Die Öffnung ist eingetragen"
      )
    }
  }
}

/// The list of openings for the works council.
package enum ReidentificationTexts {
  /// Sentences, one a line.
  package static func list(
    _ openings: [Reidentification], keys: [SealedPartKeys], _ language: Language
  ) -> String {
    let german = language == .german
    var lines = openings.filter(\.isEmergency).map { sentence($0, language) }
    lines += openings.filter { !$0.isEmergency }.map { sentence($0, language) }
    if openings.isEmpty {
      lines.append(german ? "Der versiegelte Teil wurde nie geöffnet." : "The sealed part was never opened.")
    }
    for key in keys {
      let third = key.emergency.map { german ? ", Notfall \($0)" : ", emergency \($0)" } ?? ""
      lines.append(
        german
          ? "Versiegelt für: Datenschutzbeauftragte \(key.dataProtectionOfficer), Personalvertretung \(key.worksCouncil)\(third)"
          : "Sealed to: data protection officer \(key.dataProtectionOfficer), works council \(key.worksCouncil)\(third)"
      )
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private static func sentence(_ opening: Reidentification, _ language: Language) -> String {
    let german = language == .german
    let time = opening.time.isoText
    let (first, last) = (LocalDate(day: opening.days.lowerBound), LocalDate(day: opening.days.upperBound))
    let (role, purpose) = (role(opening.role)[language], purpose(opening.purpose)[language])
    return german
      ? "\(opening.isEmergency ? "NOTFALL " : "")\(time): \(opening.flows) Datenflüsse vom \(first) bis \(last), Rolle: \(role), Zweck: \(purpose), Aktenzeichen \(opening.fileReference)"
      : "\(opening.isEmergency ? "EMERGENCY " : "")\(time): \(opening.flows) flows of \(first) to \(last), role: \(role), purpose: \(purpose), file \(opening.fileReference)"
  }

  private static func role(_ role: AccessEntry.Role) -> LocalizedText {
    switch role {
    case .administrator: LocalizedText(en: "administrator", de: "Administration")
    case .dataProtectionOfficer: LocalizedText(en: "data protection officer", de: "Datenschutzbeauftragte")
    case .auditor: LocalizedText(en: "auditor", de: "Prüfstelle")
    case .worksCouncil: LocalizedText(en: "works council", de: "Personalvertretung")
    case .unknown: LocalizedText(en: "unknown", de: "unbekannt")
    }
  }

  private static func purpose(_ purpose: Reidentification.Purpose) -> LocalizedText {
    switch purpose {
    case .securityIncident: LocalizedText(en: "security incident", de: "Sicherheitsvorfall")
    case .dataSubjectRequest:
      LocalizedText(en: "request of a data subject", de: "Antrag einer betroffenen Person")
    case .disputedFinding: LocalizedText(en: "disputed finding", de: "strittige Feststellung")
    case .legalObligation: LocalizedText(en: "legal obligation", de: "rechtliche Verpflichtung")
    case .test: LocalizedText(en: "test", de: "Probe")
    }
  }
}
