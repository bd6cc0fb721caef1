import Model

// Draft of an impact assessment of the tool itself (Art. 35(7) GDPR), and its measures by protection goal.
extension PaperWords {
  var assessment: (String, [Paper.Section]) {
    (
      say(
        "Data protection impact assessment (draft, Art. 35 GDPR)",
        "Datenschutz-Folgenabschätzung (Entwurf, Art. 35 DSGVO)"),
      [
        section(
          "0 Is an assessment required?", "0 Ist eine Folgenabschätzung erforderlich?",
          .line(
            open(
              "whether Art. 35(1) or (3) or the list of the supervisory authority (Art. 35(4)) requires it. Facts for the answer: systematic observation of network traffic of employees, pseudonymous, reported by groups.",
              "ob Art. 35 Abs. 1 oder 3 oder die Liste der Aufsichtsbehörde (Art. 35 Abs. 4) sie verlangt. Tatsachen dazu: systematische Beobachtung des Netzverkehrs von Beschäftigten, pseudonym, nach Gruppen ausgewiesen."
            )),
          .line(
            fill(
              "advice of the data protection officer (Art. 35(2))",
              "Rat der oder des Datenschutzbeauftragten (Art. 35 Abs. 2)")),
          .line(
            fill(
              "view of the data subjects or their representatives (Art. 35(9))",
              "Standpunkt der Betroffenen oder ihrer Vertretung (Art. 35 Abs. 9)"))),
        section(
          "1 Description of the processing (a)", "1 Beschreibung der Verarbeitung (a)", .list(purposes),
          .line(notPurposes),
          .line(
            fact(
              "Packets are read at the sensor and held in memory; what is stored follows from rules that document what a destination is for. Of what a device sends unencrypted, at most 8 KiB of each flow and hour are in memory; they are examined for classes of identifiers and not written.",
              "Am Sensor werden Pakete gelesen und im Arbeitsspeicher gehalten; was gespeichert wird, folgt aus Regeln, die dokumentieren, wofür ein Ziel da ist. Von dem, was ein Gerät unverschlüsselt sendet, sind höchstens 8 KiB je Datenfluss und Stunde im Arbeitsspeicher; sie werden auf Klassen von Kennungen geprüft und nicht geschrieben."
            )), .line(subjects), data, .line(neverStored), groupTable, .list(recipients + controls), configuration),
        section(
          "2 Necessity and proportionality (b)", "2 Notwendigkeit und Verhältnismäßigkeit (b)", .line(legalBasis),
          .line(terminalsUntouched),
          .list([
            fact(
              "Hours in place of times, pseudonyms in place of devices; flows without a rule are only counted.",
              "Stunden statt Uhrzeiten, Pseudonyme statt Geräte; Datenflüsse ohne Regel werden nur gezählt."
            ),
            protection("Groups in place of persons.", "Gruppen statt Personen."), minimum, exclusions,
          ]),
          .line(
            fill(
              "why a milder means, such as a measurement on test PCs or vendors' statements alone, is not enough",
              "warum ein milderes Mittel, etwa eine Messung an Test-PCs oder allein Angaben der Anbieter, nicht genügt")
          )),
        section("3 Risks to data subjects (c)", "3 Risiken für die Betroffenen (c)", risks, .line(rating)),
        section(
          "4 Measures against the risks (d)", "4 Abhilfemaßnahmen (d)",
          .line(
            fact(
              "See the paper on measures by protection goal, made from the same configuration.",
              "Siehe das Papier zu den Maßnahmen nach Gewährleistungszielen, erstellt aus derselben Konfiguration.")),
          .line(fill("remaining risk after the measures", "verbleibendes Risiko nach den Maßnahmen")),
          .line(
            open(
              "whether the supervisory authority must be consulted first (Art. 36)",
              "ob vorher die Aufsichtsbehörde zu konsultieren ist (Art. 36)"))),
        section(
          "5 Decision and review", "5 Entscheidung und Überprüfung",
          .line(fill("decision of the controller, name and day", "Entscheidung des Verantwortlichen, Name und Tag")),
          .line(
            fact(
              "The assessment is reviewed when a setting of the configuration changes (its hash shows it), and with each new version of the program.",
              "Die Folgenabschätzung wird überprüft, wenn sich eine Einstellung der Konfiguration ändert (ihre Prüfsumme zeigt es), und bei jeder neuen Version des Programms."
            ))),
      ]
    )
  }

  private var rating: Paper.Line {
    fill(
      "severity and likelihood of each risk, by the controller. The program does not rate them.",
      "Schwere und Eintrittswahrscheinlichkeit jedes Risikos, durch den Verantwortlichen. Das Programm bewertet sie nicht."
    )
  }

  private var risks: Paper.Block {
    .table(
      caption: say("Risks", "Risiken"),
      headings: [
        say("Event", "Ereignis"), say("How it could come about", "Wie es dazu kommen könnte"),
        say("What the program does against it", "Was das Programm dagegen tut"),
      ],
      rows: [
        [
          fact("Monitoring of employees", "Überwachung von Beschäftigten"),
          fact(
            "somebody who has 'flows' and knows the office guesses from the hours whose pseudonym a token is",
            "jemand, der 'flows' hat und die Dienststelle kennt, errät an den Stunden, wessen Pseudonym eine Bezeichnung ist"
          ),
          fact(
            "'flows' is written only if it is named; tokens change with each export period and each week",
            "'flows' entsteht nur auf ausdrückliches Verlangen; Bezeichnungen wechseln mit jedem Ausgabezeitraum und jeder Woche"
          ),
        ],
        [
          fact("Identification of a device", "Identifizierung eines Geräts"),
          fact(
            "key, store and a list of devices come together",
            "Schlüssel, Speicher und Geräteliste kommen zusammen"),
          fact(
            "the key is in a file of its own, readable by its owner alone; no command reverses a pseudonym",
            "der Schlüssel liegt in einer eigenen Datei, lesbar nur für ihren Besitzer; kein Befehl kehrt ein Pseudonym um"
          ),
        ],
        [
          fact("A person in a small group", "Eine Person in einer kleinen Gruppe"),
          fact(
            "few devices are present, or two exports are subtracted from each other",
            "wenige Geräte sind anwesend, oder zwei Ausgaben werden voneinander abgezogen"),
          protection(
            "the smallest number of \(facts.settings.groupMinimum) devices applies to each day, not to the period of an export",
            "die Mindestzahl von \(facts.settings.groupMinimum) Geräten gilt für jeden Tag, nicht für den Zeitraum einer Ausgabe"
          ),
        ],
        [
          fact("Use for another purpose", "Zweckentfremdung"),
          fact(
            "store or tables are used in a dispute with an employee, or joined with other logs",
            "Speicher oder Tabellen werden in einer Auseinandersetzung mit Beschäftigten verwendet oder mit anderen Protokollen verknüpft"
          ),
          fact(
            "technically only in part: hours and tokens make joining harder. The works agreement must exclude it.",
            "technisch nur zum Teil: Stunden und Bezeichnungen erschweren eine Verknüpfung. Die Dienstvereinbarung muss sie ausschließen."
          ),
        ],
        [
          fact("Attack on the gateway", "Angriff auf das Gateway"),
          fact(
            "hostile packets take control of the program that reads them",
            "Angriffspakete bringen das Programm, das sie liest, unter fremde Kontrolle"),
          fact(
            "in the systemd unit that comes with the program, a user of its own with one capability and no Internet sockets; limits for everything that senders can lengthen",
            "in der mitgelieferten systemd-Einheit ein eigener Benutzer mit einem einzigen Recht und ohne Internet-Sockets; Grenzen für alles, was Absender verlängern können"
          ),
        ],
        [
          fact("Data kept too long", "Zu lange Speicherung"),
          fact(
            "no or long times of deletion; copies and backups", "keine oder lange Löschfristen; Kopien und Sicherungen"),
          keptInAll,
        ],
      ])
  }

  var measures: (String, [Paper.Section]) {
    (
      say(
        "Measures by protection goal (Standard Data Protection Model)",
        "Maßnahmen nach Gewährleistungszielen (Standard-Datenschutzmodell)"),
      [
        goal(
          "Data minimisation", "Datenminimierung",
          [
            fact(
              "full hours, classes of duration, pseudonyms, groups; no contents, no addresses of devices, no user names",
              "volle Stunden, Dauerklassen, Pseudonyme, Gruppen; keine Inhalte, keine Geräteadressen, keine Benutzernamen"
            ),
            minimum, exclusions,
            facts.listsUndescribed
              ? protection(
                "destinations without a rule: only those of at least \(facts.settings.groupMinimum) devices on a day",
                "Ziele ohne Regel: nur solche von mindestens \(facts.settings.groupMinimum) Geräten an einem Tag")
              : fact("destinations without a rule are not listed", "Ziele ohne Regel werden nicht aufgelistet"),
          ]),
        goal(
          "Confidentiality", "Vertraulichkeit",
          [
            fact(
              "as the package installs them, store and configuration are readable by the service's user and its group alone, and the key by its owner alone",
              "so, wie das Paket sie einrichtet, sind Speicher und Konfiguration nur für den Benutzer des Dienstes und dessen Gruppe lesbar, der Schlüssel nur für seinen Besitzer"
            ),
            fact(
              "log, metrics and messages name no device, address or user; a crash writes no memory",
              "Protokoll, Betriebszahlen und Meldungen nennen kein Gerät, keine Adresse, keinen Benutzer; ein Absturz schreibt keinen Speicherinhalt"
            ),
            fact(
              "deleted rows are overwritten in the file", "gelöschte Zeilen werden in der Datei überschrieben"),
            fill("encryption of the disk and of backups", "Verschlüsselung des Datenträgers und der Sicherungen"),
          ]),
        goal(
          "Integrity", "Integrität",
          [
            fact(
              "evidence, settings, decisions and deletions are entries of a hash chain that anybody can check",
              "Nachweise, Einstellungen, Entscheidungen und Löschungen sind Einträge einer Hash-Kette, die jeder prüfen kann"
            ),
            facts.requiresSignedRules
              ? fact(
                "rules are accepted only with a valid signature", "Regeln werden nur mit gültiger Signatur angenommen")
              : fill(
                "unsigned rules are accepted. State the reason, or name the signed rules and their public key.",
                "unsignierte Regeln werden angenommen. Grund angeben, oder die signierten Regeln und ihren öffentlichen Schlüssel eintragen."
              ),
            fill(
              "where the head of the chain is kept outside the gateway, and how often",
              "wo der Kopf der Kette außerhalb des Gateways aufbewahrt wird, und wie oft"),
          ]),
        goal(
          "Availability", "Verfügbarkeit",
          [
            fact(
              "a fault of the program does not hold up traffic: it reads copies of packets and blocks nothing",
              "ein Fehler des Programms hält keinen Verkehr auf: Es liest Kopien der Pakete und sperrt nichts"),
            fact(
              "losses and gaps are counted and shown; a period with too many is not rated",
              "Verluste und Lücken werden gezählt und gezeigt; ein Zeitraum mit zu vielen wird nicht bewertet"),
            fill("backup of the store, and who restores it", "Sicherung des Speichers, und wer ihn wiederherstellt"),
          ]),
        goal(
          "Unlinkability", "Nichtverkettung",
          [
            fact(
              "exports of different periods share no token of a device, and those of the same days the same ones; tokens change each week",
              "Ausgaben verschiedener Zeiträume haben keine Bezeichnung eines Geräts gemeinsam, solche derselben Tage dieselben; Bezeichnungen wechseln jede Woche"
            ),
            fact(
              "pseudonyms of two sites differ, because each has a key of its own",
              "Pseudonyme zweier Standorte unterscheiden sich, weil jede einen eigenen Schlüssel hat"),
            keyHolder,
          ]),
        goal(
          "Transparency", "Transparenz",
          [
            fact(
              "each rule names its source and date; each report its coverage and limits",
              "jede Regel nennt Quelle und Datum, jeder Bericht Abdeckung und Grenzen"),
            fact(
              "settings are stored with each audit, with the hash of the configuration; the legend of the tables and each report name it",
              "Einstellungen werden mit jeder Auswertung gespeichert, mit der Prüfsumme der Konfiguration; Legende und Berichte nennen sie"
            ),
            fill("when and where employees were informed", "wann und wo die Beschäftigten informiert wurden"),
          ]),
        goal(
          "Intervenability", "Intervenierbarkeit",
          [
            fact(
              "devices can be excluded at any time, without a restart; that does not delete earlier rows",
              "Geräte lassen sich jederzeit ohne Neustart ausnehmen; frühere Zeilen löscht das nicht"),
            fact(
              "times of deletion can be shortened at any time; 'egressaudit retention delete' applies them at once",
              "Löschfristen lassen sich jederzeit verkürzen; 'egressaudit retention delete' wendet sie sofort an"),
            rightsInPractice,
          ]),
        section("Times of deletion", "Löschfristen", data),
        section("Configuration", "Konfiguration", configuration),
      ]
    )
  }

  private func goal(_ english: String, _ german: String, _ lines: [Paper.Line]) -> Paper.Section {
    Paper.Section(heading: say(english, german), blocks: [.list(lines)])
  }
}
