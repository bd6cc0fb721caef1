import Model

// Draft of an agreement with the works council, with the configuration as annex.
extension PaperWords {
  var agreement: (String, [Paper.Section]) {
    (
      say("Works agreement (draft)", "Dienstvereinbarung oder Betriebsvereinbarung (Entwurf)"),
      [
        section(
          "Parties and basis", "Parteien und Grundlage",
          .line(
            fact(
              "The sections are proposals. What they say about data, groups and times of deletion, the program keeps as it is configured in the annex; §§ 3, 8, 9 and 10 bind people.",
              "Die Paragrafen sind Vorschläge. Was sie über Daten, Gruppen und Fristen sagen, hält das Programm in der Konfiguration der Anlage ein; die §§ 3, 8, 9 und 10 verpflichten Menschen."
            )),
          .line(
            fill(
              "parties: management and works council or staff council; the title accordingly",
              "Parteien: Dienststelle und Personalvertretung (Dienstvereinbarung) oder Arbeitgeber und Betriebsrat (Betriebsvereinbarung); danach den Titel wählen"
            )),
          .line(
            open(
              "which law gives the right of co-determination: in Germany the staff representation act of the federation (§ 80(1) No. 21 BPersVG) or of the state, or § 87(1) No. 6 BetrVG, for technical devices that are designed (in case law: objectively suited) to monitor conduct or performance",
              "welches Recht die Mitbestimmung regelt: das Bundespersonalvertretungsgesetz (§ 80 Abs. 1 Nr. 21 BPersVG), das Landesrecht oder § 87 Abs. 1 Nr. 6 BetrVG, für technische Einrichtungen, die dazu bestimmt (nach der Rechtsprechung: objektiv geeignet) sind, Verhalten oder Leistung zu überwachen"
            ))),
        section(
          "§ 1 Subject", "§ 1 Gegenstand",
          .line(
            fact(
              "Introduction and use of egressaudit at the site \(facts.settings.site), at the sensor \(facts.settings.sensor). The annex holds the settings that it names and the hash of the whole configuration file, and is part of this agreement.",
              "Einführung und Betrieb von egressaudit am Standort \(facts.settings.site), Sensor \(facts.settings.sensor). Die Anlage enthält die dort genannten Einstellungen und die Prüfsumme der ganzen Konfigurationsdatei; sie ist Bestandteil dieser Vereinbarung."
            )),
          .line(fill("first and last day of the use", "erster und letzter Tag des Betriebs"))),
        section("§ 2 Purposes", "§ 2 Zwecke", .list(purposes), .line(notPurposes)),
        section(
          "§ 3 No monitoring of conduct and performance", "§ 3 Keine Verhaltens- und Leistungskontrolle",
          .list([
            fact(
              "Results are not used to judge, control or sanction employees, nor as evidence in proceedings under labour or service law.",
              "Ergebnisse werden nicht verwendet, um Beschäftigte zu beurteilen, zu kontrollieren oder zu maßregeln, und nicht als Beweis in arbeits- oder dienstrechtlichen Verfahren."
            ),
            facts.settings.sealedPart == nil
              ? fact(
                "Pseudonyms are not traced to devices or persons. No command of the program does so.",
                "Pseudonyme werden nicht auf Geräte oder Personen zurückgeführt. Kein Befehl des Programms tut das.")
              : fact(
                "Pseudonyms are not traced to devices or persons, but for single flows that the data protection officer and the works council open together in the sealed part (§ 7).",
                "Pseudonyme werden nicht auf Geräte oder Personen zurückgeführt, außer bei einzelnen Datenflüssen, die Datenschutzbeauftragte und Personalvertretung im versiegelten Teil gemeinsam öffnen (§ 7)."
              ),
            fact(
              "Tables are not joined with time recording, presence lists or logs of other systems.",
              "Tabellen werden nicht mit Zeiterfassung, Anwesenheitslisten oder Protokollen anderer Systeme verknüpft."),
          ]),
          .line(
            open(
              "consequences of a use against this agreement (prohibition of use as evidence, further rights)",
              "Folgen einer Verwendung entgegen dieser Vereinbarung (Verwertungsverbot, weitere Rechte)"))),
        section("§ 4 Excluded devices", "§ 4 Ausgenommene Geräte", .line(exclusions)),
        section(
          "§ 5 Groups and smallest number", "§ 5 Gruppen und Mindestgröße", groupTable, .line(minimum),
          .line(countsWithinGroups),
          .line(
            fact(
              "The smallest number applies to each day. Lowering it later does not change how earlier days are reported.",
              "Die Mindestgröße gilt für jeden Tag. Wird sie später gesenkt, ändert das nicht, wie frühere Tage ausgewiesen werden."
            ))),
        section(
          "§ 6 Data and erasure", "§ 6 Daten und Löschung", data, .line(copiesKept), .line(neverStored),
          .line(pseudonymous)),
        section(
          "§ 7 Keys and access", "§ 7 Schlüssel und Zugriff", .line(keyHolder),
          .line(
            fill(
              "who administers the machine with the store", "wer den Rechner mit dem Speicher betreut")),
          .list(recipients + controls + sealedPartRules),
          .line(
            fact(
              "Monthly reports and tables without devices are for members of the group egressaudit-dpo. The table 'flows', which shows the hours of pseudonyms, is made only if it is named.",
              "Monatliche Berichte und Tabellen ohne Geräte sind für Mitglieder der Gruppe egressaudit-dpo bestimmt. Die Tabelle 'flows', die Stunden von Pseudonymen zeigt, entsteht nur, wenn sie ausdrücklich verlangt wird."
            ))),
        section(
          "§ 8 Control by the works council", "§ 8 Kontrolle durch die Personalvertretung",
          .list([
            fact(
              "The works council receives the same reports as management, and may compare the hash of the configuration in this annex with those that the legend of the tables and the chapter on methods of each report name, at any time.",
              "Die Personalvertretung erhält dieselben Berichte wie die Dienststelle und kann die Prüfsumme der Konfiguration in der Anlage jederzeit mit denen vergleichen, die die Legende der Tabellen und das Kapitel zur Methode in jedem Bericht nennen."
            ),
            fact(
              "'egressaudit retention list' shows each deletion, 'egressaudit verify' whether evidence chain and signatures hold.",
              "'egressaudit retention list' zeigt jede Löschung, 'egressaudit verify', ob Nachweiskette und Signaturen unversehrt sind."
            ),
          ]),
          .line(
            fill(
              "who of the works council inspects, and how often",
              "wer von der Personalvertretung Einsicht nimmt, und wie oft"))),
        section(
          "§ 9 Changes", "§ 9 Änderungen",
          .line(
            fact(
              "Whoever changes a setting of the annex needs the agreement of the works council first, and attaches a new annex with the new hash.",
              "Wer eine Einstellung der Anlage ändert, braucht vorher die Zustimmung der Personalvertretung und fügt eine neue Anlage mit der neuen Prüfsumme bei."
            ))),
        section(
          "§ 10 Entry into force and end", "§ 10 Inkrafttreten und Ende",
          .line(
            fill(
              "day, period of notice, effect after the end, signatures",
              "Tag, Kündigungsfrist, Nachwirkung, Unterschriften")),
          .line(
            fact(
              "When the agreement ends, store, key, reports and copies are deleted.",
              "Endet die Vereinbarung, werden Speicher, Schlüssel, Berichte und Kopien gelöscht."))),
        section(
          "Annex: configuration", "Anlage: Konfiguration", configuration,
          .list(Texts.gateLimits(facts.settings).map { .fact($0[language]) })),
      ]
    )
  }

  /// What holds for the sealed part; empty if there is none.
  private var sealedPartRules: [Paper.Line] {
    guard let keys = facts.settings.sealedPart else { return [] }
    return [
      fact(
        "The sealed part is opened only with both private keys, for named flows (at most 1,000 at a time). Each opening is entered into the evidence chain beforehand: role, time, purpose, file reference, number of flows and days. 'egressaudit reidentify list' shows all entries to the works council.",
        "Der versiegelte Teil wird nur mit beiden privaten Schlüsseln geöffnet, für benannte Datenflüsse (höchstens 1000 auf einmal). Jede Öffnung wird vorher in die Nachweiskette eingetragen: Rolle, Zeit, Zweck, Aktenzeichen, Zahl der Datenflüsse und Tage. 'egressaudit reidentify list' zeigt der Personalvertretung alle Einträge."
      ),
      fact(
        "Each party compares the digest of its key in the annex with 'egressaudit check' and the list.",
        "Jede Seite vergleicht die Prüfsumme ihres Schlüssels in der Anlage mit 'egressaudit check' und der Liste."),
      fill(
        "for which purposes the sealed part may be opened; who brings the keys, and where they are kept; what applies if a key is lost",
        "zu welchen Zwecken der versiegelte Teil geöffnet werden darf; wer die Schlüssel mitbringt und wo sie liegen; was gilt, wenn ein Schlüssel verloren geht"
      ),
      keys.emergency == nil
        ? fact(
          "There is no key for emergencies: if a key is lost, what was sealed is lost.",
          "Einen Notfallschlüssel gibt es nicht: Geht ein Schlüssel verloren, ist verloren, was versiegelt wurde.")
        : fill(
          "who keeps the key for emergencies, when it may be used, and how the parties are told",
          "wer den Notfallschlüssel verwahrt, wann er verwendet werden darf und wie die Parteien davon erfahren"),
    ]
  }
}
