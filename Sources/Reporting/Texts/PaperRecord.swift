import Model

// Entry of the record of processing activities (Art. 30(1) GDPR), and the notice to employees (Art. 13 and 14 GDPR).
extension PaperWords {
  var record: (String, [Paper.Section]) {
    (
      say(
        "Record of processing activities (Art. 30(1) GDPR)",
        "Verzeichnis von Verarbeitungstätigkeiten (Art. 30 Abs. 1 DSGVO)"),
      [
        section(
          "Name of the processing activity", "Bezeichnung der Verarbeitungstätigkeit",
          .line(
            fact(
              "Measurement of outgoing data flows to vendors (egressaudit)",
              "Messung ausgehender Datenflüsse an Anbieter (egressaudit)"))),
        section(
          "Controller (a)", "Verantwortlicher (a)", .line(controller), .line(officer),
          .line(fill("joint controllers, if there are any", "gemeinsam Verantwortliche, falls es welche gibt"))),
        section(
          "Purposes (b)", "Zwecke (b)", .list(purposes), .line(notPurposes), .line(legalBasis)),
        section(
          "Data subjects and data (c)", "Betroffene und Daten (c)", .line(subjects), data, .line(neverStored),
          .line(pseudonymous)),
        section(
          "Recipients (d) and transfers (e)", "Empfänger (d) und Übermittlungen (e)", .list(recipients + controls)),
        section(
          "Time limits for erasure (f)", "Löschfristen (f)",
          .line(
            fact(
              "The table above gives the time of each class. A record of each deletion is part of the evidence chain.",
              "Die Tabelle oben nennt die Frist jeder Klasse. Über jede Löschung bleibt ein Protokoll, das Teil der Nachweiskette ist."
            )),
          .line(copiesKept)),
        section(
          "Security of processing (g)", "Sicherheit der Verarbeitung (g)",
          .line(
            fact(
              "See the paper on measures by protection goal, made from the same configuration.",
              "Siehe das Papier zu den Maßnahmen nach Gewährleistungszielen, erstellt aus derselben Konfiguration."))),
        section("Configuration", "Konfiguration", groupTable, .line(minimum), .line(exclusions), configuration),
      ]
    )
  }

  var notice: (String, [Paper.Section]) {
    (
      say("Notice to employees (Art. 13 and 14 GDPR)", "Information der Beschäftigten (Art. 13 und 14 DSGVO)"),
      [
        section(
          "What happens", "Was geschieht",
          .line(
            fact(
              "In the network of the site \(facts.settings.site), the program egressaudit measures to which services of vendors devices send data. It assigns flows to devices and vendors. Because mostly one person uses a device, the data are personal data.",
              "Im Netz des Standorts \(facts.settings.site) misst das Programm egressaudit, an welche Dienste von Anbietern Geräte Daten senden. Es ordnet Datenflüsse Geräten und Anbietern zu. Weil ein Gerät meist von einer Person benutzt wird, sind die Daten personenbezogen."
            )),
          .line(
            fact(
              "It does not decrypt contents, and stores none. Of what is sent unencrypted, it examines at most 8 KiB of each flow and hour in memory for identifiers, such as e-mail addresses, user names and cookies, and stores only which class was there. It stores pseudonyms in place of device addresses, full hours in place of exact times, and only flows to destinations that a rule describes.",
              "Es entschlüsselt keine Inhalte und speichert keine. Von unverschlüsselt Gesendetem prüft es im Arbeitsspeicher höchstens 8 KiB je Datenfluss und Stunde darauf, ob Kennungen vorkommen, etwa E-Mail-Adressen, Benutzernamen und Cookies, und speichert nur, welche Klasse vorkam. Es speichert Pseudonyme statt Geräteadressen, volle Stunden statt genauer Uhrzeiten und nur Datenflüsse zu Zielen, die eine Regel beschreibt."
            ))),
        section("Who is responsible", "Wer verantwortlich ist", .line(controller), .line(officer)),
        section(
          "Purposes and legal basis", "Zwecke und Rechtsgrundlage", .list(purposes), .line(notPurposes),
          .line(legalBasis)),
        section(
          "Which data", "Welche Daten", data, .line(copiesKept), .line(neverStored),
          .line(countsWithinGroups),
          .line(
            fact(
              "The data come from the network traffic of the devices, not from a question to you (Art. 14(2)(f)).",
              "Die Daten stammen aus dem Netzverkehr der Geräte, nicht aus einer Befragung (Art. 14 Abs. 2 Buchst. f).")
          ),
          .line(
            open(
              "whether the data count as collected from the data subject (Art. 13) or not (Art. 14). This notice has the contents of both.",
              "ob die Daten als bei der betroffenen Person erhoben gelten (Art. 13) oder nicht (Art. 14). Diese Information enthält die Angaben für beide Fälle."
            ))),
        section("Who receives them", "Wer sie erhält", .list(recipients + controls)),
        section(
          "How groups protect you", "Wie Gruppen Sie schützen", .line(minimum), .line(exclusions),
          .line(
            protection(
              "Reports name groups of devices, never single persons.",
              "Berichte nennen Gruppen von Geräten, nie einzelne Personen.")),
          .line(
            fact(
              "If pseudonym key and store came together with a list of devices, a device could be identified. Therefore this applies to the key:",
              "Kämen Pseudonymschlüssel und Speicher mit einer Geräteliste zusammen, wäre ein Gerät bestimmbar. Für den Schlüssel gilt deshalb:"
            )), .line(keyHolder)),
        section(
          "Your rights", "Ihre Rechte",
          .list([
            fact(
              "You have the rights of access (Art. 15), rectification (Art. 16), erasure (Art. 17) and restriction (Art. 18) under the conditions of these articles.",
              "Sie haben unter den Voraussetzungen dieser Artikel das Recht auf Auskunft (Art. 15), Berichtigung (Art. 16), Löschung (Art. 17) und Einschränkung der Verarbeitung (Art. 18)."
            ),
            fact(
              "You may object on grounds relating to your particular situation (Art. 21) if the processing is based on Art. 6(1)(e) or (f).",
              "Sie können aus Gründen, die sich aus Ihrer besonderen Situation ergeben, widersprechen (Art. 21), wenn die Verarbeitung auf Art. 6 Abs. 1 Buchst. e oder f beruht."
            ),
            fact(
              "You may lodge a complaint with a supervisory authority (Art. 77).",
              "Sie können sich bei einer Aufsichtsbehörde beschweren (Art. 77)."),
          ]),
          .line(fill("name and contact of the supervisory authority", "Name und Kontakt der Aufsichtsbehörde")),
          .line(rightsInPractice),
          .line(
            fact(
              "There is no automated decision-making about persons, and no profiling of them (Art. 22). The program proposes in which order services are reviewed; people decide.",
              "Es gibt keine automatisierte Entscheidung über Personen und kein Profiling (Art. 22). Das Programm schlägt vor, in welcher Reihenfolge Dienste geprüft werden; Menschen entscheiden."
            )),
          .line(
            open(
              "whether you are obliged to tolerate the measurement, and what follows if you do not (Art. 13(2)(e)); the works agreement may say so",
              "ob Sie die Messung dulden müssen und was andernfalls folgt (Art. 13 Abs. 2 Buchst. e); die Dienstvereinbarung kann dies regeln"
            ))),
      ]
    )
  }

  // MARK: Lines of several papers

  var controller: Paper.Line {
    fill(
      "name, address and contact of the controller", "Name, Anschrift und Kontakt des Verantwortlichen")
  }

  var officer: Paper.Line {
    fill(
      "contact of the data protection officer", "Kontakt der oder des Datenschutzbeauftragten")
  }

  var legalBasis: Paper.Line {
    open(
      "the legal basis. The program does not state one. To be examined are Art. 6(1)(c) or (e) GDPR with the law that lays down the task (Art. 6(3)), for others than public authorities in the performance of their tasks also (f), the law on employees' data that applies (Art. 88) in the light of the judgment of the Court of Justice of 30 March 2023 (C-34/21), whether Art. 9 is touched by groups with special secrecy, and whether telecommunications secrecy (§ 3 TDDDG) applies, because private use is permitted or guests use the network.",
      "die Rechtsgrundlage. Das Programm gibt keine vor. Zu prüfen sind Art. 6 Abs. 1 Buchst. c oder e DSGVO mit dem Recht, das die Aufgabe festlegt (Art. 6 Abs. 3), bei anderen als Behörden in Erfüllung ihrer Aufgaben auch Buchst. f, das anwendbare Beschäftigtendatenschutzrecht (Art. 88) im Licht des Urteils des EuGH vom 30.03.2023 (C-34/21), ob Gruppen mit besonderem Geheimnis Art. 9 berühren und ob das Fernmeldegeheimnis (§ 3 TDDDG) gilt, weil private Nutzung erlaubt ist oder Gäste das Netz benutzen."
    )
  }

  /// What § 25 TDDDG is about, and the program does not do.
  var terminalsUntouched: Paper.Line {
    fact(
      "The program stores nothing in terminal equipment and reads nothing that is stored there (§ 25 TDDDG); it reads packets in the network. What the observed services do in the devices is another question.",
      "Das Programm speichert nichts in Endeinrichtungen und greift auf nichts zu, was dort gespeichert ist (§ 25 TDDDG); es liest Pakete im Netz. Was die beobachteten Dienste in den Geräten tun, ist eine andere Frage."
    )
  }

  var copiesKept: Paper.Line {
    fill(
      "time of deletion of reports, tables, captures, copies and backups, which the program does not delete",
      "Löschfrist für Berichte, Tabellen, Aufzeichnungen, Kopien und Sicherungen, die das Programm nicht löscht")
  }

  var pseudonymous: Paper.Line {
    fact(
      "A pseudonym remains personal data (Art. 4 No. 5). It is made with a key of the office; without the key, no calculation leads from it to the device.",
      "Ein Pseudonym bleibt ein personenbezogenes Datum (Art. 4 Nr. 5). Es entsteht mit einem Schlüssel der Dienststelle; ohne den Schlüssel führt keine Berechnung vom Pseudonym zum Gerät."
    )
  }

  var keyHolder: Paper.Line {
    fill(
      "who keeps the pseudonym key (\(facts.pseudonymKeyFile)) and copies of it; not who reads the tables",
      "wer den Pseudonymschlüssel (\(facts.pseudonymKeyFile)) und Kopien davon aufbewahrt; nicht, wer die Tabellen liest"
    )
  }

  /// Controls that are sent to a host of the site, if any.
  var controls: [Paper.Line] {
    facts.canarySink.map { sink in
      [
        fact(
          "A unit of its own sends canaries to the site's host \(sink); they carry nothing about persons.",
          "Ein eigener Dienst sendet Kontrollflüsse an die eigene Gegenstelle \(sink); sie enthalten nichts über Personen."
        )
      ]
    } ?? []
  }

  var rightsInPractice: Paper.Line {
    open(
      "how requests are answered. No command of the program finds the rows of a person: with key, store and a list of devices the office could. Whether Art. 11(2) applies, and whether further processing for an answer is proportionate, must be examined.",
      "wie Anträge beantwortet werden. Kein Befehl des Programms findet die Zeilen einer Person; mit Schlüssel, Speicher und Geräteliste könnte die Dienststelle es. Ob Art. 11 Abs. 2 gilt und ob eine weitere Verarbeitung für die Antwort verhältnismäßig ist, ist zu prüfen."
    )
  }
}
