package import Model

extension HelpTexts {
  /// The `export` verb.
  package enum Export {
    package static let abstract = LocalizedText(
      en:
        "Writes findings, transfers, coverage, destinations without a rule, claims, changes and the register as CSV files or one workbook; flows only if named.",
      de:
        "Schreibt Feststellungen, Übermittlungen, Abdeckung, Ziele ohne Regel, Zusicherungen, Änderungen und Verzeichnisvergleich als CSV-Dateien oder eine Arbeitsmappe; Datenflüsse nur, wenn sie genannt werden."
    )
    package static let discussion = LocalizedText(
      en: """
        findings   one row per service, purpose and group: the DPO's working list
        transfers  one row per recipient, service and purpose: the transfer map
        coverage   one row per hour: what was seen, what was lost, what can be assessed
        undescribed  one row per destination that no rule describes and many devices contacted
        claims     one row per claim of the site: whether it held, with its bound and blind spots
        changes    one row per service or destination that is new, back or gone since the baseline
        register   one row per recipient that contracts or the record of processing (Art. 30) name, or do not name
        all        these seven
        dpia       no table: a file for the CNIL's PIA tool, with what was measured as comments, and no gauge set
        flows      the evidence, for auditors: one row per flow, hours instead of times, a token for each device

        Each CSV file comes with a description for programs (-metadata.json, W3C CSVW), and each export with a legend for people (HTML). With --format xlsx \
        or ods there is one file instead: a workbook with a sheet for each table and one that explains them. The profile office-de opens with a double click \
        in German Excel and LibreOffice; rfc4180 is for programs.

        --group, --service, --recipient, --purpose, --priority and --only choose rows of those tables that have such a column. The figures of a row do not \
        change, and the names of the files contain the choice.
        """,
      de: """
        findings   eine Zeile je Dienst, Zweck und Gruppe: die Arbeitsliste der oder des Datenschutzbeauftragten
        transfers  eine Zeile je Empfänger, Dienst und Zweck: die Übersicht der Übermittlungen
        coverage   eine Zeile je Stunde: was gesehen wurde, was fehlt, was bewertbar ist
        undescribed  eine Zeile je Ziel, das keine Regel beschreibt und zu dem viele Geräte Kontakt hatten
        claims     eine Zeile je Zusicherung: ob sie gehalten hat, mit Schranke und blinden Flecken
        changes    eine Zeile je Dienst oder Ziel, das seit der Vergleichsbasis neu, wieder da oder verschwunden ist
        register   eine Zeile je Empfänger, den Verträge oder das Verzeichnis von Verarbeitungstätigkeiten (Art. 30) nennen oder nicht nennen
        all        diese sieben
        dpia       keine Tabelle: eine Datei für das PIA-Werkzeug der CNIL, mit dem Gemessenen als Kommentaren und ohne gesetzte Einstufung
        flows      die Nachweise, für Prüfende: eine Zeile je Datenfluss, Stunden statt Zeitpunkten, ein Pseudonym je Gerät

        Zu jeder CSV-Datei gehört eine Beschreibung für Programme (-metadata.json, W3C CSVW), zu jeder Ausgabe eine Legende für Menschen (HTML). Mit \
        --format xlsx oder ods entsteht stattdessen eine Datei: eine Arbeitsmappe mit einem Blatt je Tabelle und einem mit Erläuterungen. Das Profil \
        office-de öffnet sich in deutschem Excel und LibreOffice mit einem Doppelklick; rfc4180 ist für Programme.

        --group, --service, --recipient, --purpose, --priority und --only wählen Zeilen der Tabellen aus, die eine solche Spalte haben. Die Zahlen einer \
        Zeile ändern sich dadurch nicht; die Dateinamen nennen die Auswahl.
        """)
    package static let table = LocalizedText(
      en: "findings, transfers, coverage, undescribed, claims, changes, register, all, flows, or dpia.",
      de: "findings, transfers, coverage, undescribed, claims, changes, register, all, flows oder dpia.")
    package static let format = LocalizedText(
      en: "csv, xlsx (one workbook with all tables and their explanations) or ods (the same; needs LibreOffice).",
      de:
        "csv, xlsx (eine Arbeitsmappe mit allen Tabellen und ihren Erläuterungen) oder ods (ebenso; braucht LibreOffice)."
    )
    package static let output = LocalizedText(
      en: "Folder for the files, created if it does not exist; - writes one table to standard output.",
      de:
        "Ordner für die Dateien; er wird angelegt, wenn er fehlt. - schreibt eine einzelne Tabelle auf die Standardausgabe."
    )
    package static let reclassified = LocalizedText(
      en: "Classify by another rule set: number of a classification that 'rules reclassify' stored.",
      de: "Nach einem anderen Regelsatz zuordnen: Nummer einer Zuordnung, die 'rules reclassify' gespeichert hat.")
    package static let oneTable = LocalizedText(
      en:
        "Standard output takes only one table. Name one of findings, transfers, flows, coverage, undescribed, claims, changes, register.",
      de:
        "Auf die Standardausgabe passt nur eine Tabelle. Eine von findings, transfers, flows, coverage, undescribed, claims, changes, register nennen."
    )
    package static let dpiaAlone = LocalizedText(
      en:
        "dpia is one JSON file in a folder, of the stored classification. Leave out --format and --reclassified, and name a folder with --output.",
      de:
        "dpia ist eine JSON-Datei in einem Ordner, nach der gespeicherten Zuordnung. --format und --reclassified weglassen und mit --output einen Ordner nennen."
    )
    package static let onlyCSV = LocalizedText(
      en: "Standard output takes only CSV. Name a folder with --output, or leave out --format.",
      de: "Auf die Standardausgabe geht nur CSV. Mit --output einen Ordner nennen oder --format weglassen.")
    package static func kept(_ kept: String) -> LocalizedText {
      LocalizedText(
        en: "A file of this name with other content existed, perhaps with your notes. It was renamed to \(kept)",
        de:
          "Eine Datei dieses Namens mit anderem Inhalt war vorhanden, vielleicht mit Ihren Vermerken. Sie heißt jetzt \(kept)"
      )
    }
  }

  /// The `unknown` verb.
  package enum Unknown {
    package static let abstract = LocalizedText(
      en: "Lists destinations that no rule describes, those most worth a look first.",
      de: "Listet Ziele auf, die keine Regel beschreibt; zuerst die, bei denen sich ein Blick am meisten lohnt.")
    package static let discussion = LocalizedText(
      en: """
        Only what at least as many devices contacted on one day as the smallest group has (privacy.group_minimum) is stored, by registered domain and day, \
        and nothing about a single device. A destination that fewer devices contact leaves no trace here.

        The same list with all columns is the table 'undescribed' of 'export'. 'rules draft NAME' writes a rule to fill in.
        """,
      de: """
        Gespeichert ist nur, wozu an einem Tag mindestens so viele Geräte Kontakt hatten, wie die kleinste Gruppe hat (privacy.group_minimum): nach \
        registrierter Domain und Tag, und nichts über ein einzelnes Gerät. Ein Ziel, zu dem weniger Geräte Kontakt haben, hinterlässt hier keine Spur.

        Dieselbe Liste mit allen Spalten ist die Tabelle 'undescribed' von 'export'. 'rules draft NAME' schreibt eine Regel zum Ausfüllen.
        """)
    package static let limit = LocalizedText(
      en: "Most destinations to print.",
      de: "Höchstzahl der Ziele.")
    package static func limitFault(_ limit: Int) -> LocalizedText {
      LocalizedText(
        en: "--limit is \(limit); give a number from 1 on.",
        de: "--limit ist \(limit); eine Zahl ab 1 angeben.")
    }
  }

  /// The `evidence` verb.
  package enum Evidence {
    package static let abstract = LocalizedText(
      en: "Finds the flows of an exported row in the evidence chain of the store, and verifies the chain.",
      de: "Findet die Datenflüsse einer ausgegebenen Zeile in der Nachweiskette des Speichers und prüft die Kette.")
    package static let discussion = LocalizedText(
      en: """
        Names of flows (flow_id in flows.csv, such as L-0011223344556677) and of the evidence of a finding (evidence_ref in findings.csv, such as \
        E-0011223344556677) are valid in one export only. With the store and the days of the export, this verb finds their entries in the chain.

        Exit code 1 means that a name belongs to no row of such an export, or that the chain is broken.
        """,
      de: """
        Bezeichnungen von Datenflüssen (flow_id in flows.csv, etwa L-0011223344556677) und vom Nachweis einer Feststellung (evidence_ref in findings.csv, \
        etwa E-0011223344556677) gelten nur in einer Ausgabe. Mit dem Speicher und den Tagen der Ausgabe findet der Befehl ihre Einträge in der Kette.

        Rückgabewert 1: Eine Bezeichnung gehört zu keiner Zeile einer solchen Ausgabe, oder die Kette ist unterbrochen.
        """)
    package static let references = LocalizedText(
      en: "Names from the export.",
      de: "Bezeichnungen aus der Ausgabe.")
    package static let store = LocalizedText(
      en: "Store from which the export was made.",
      de: "Speicher, aus dem die Ausgabe stammt.")
    package static let from = LocalizedText(
      en: "First day of the export, if it named one.",
      de: "Erster Tag der Ausgabe, falls dort angegeben.")
    package static let to = LocalizedText(
      en: "Last day of the export, if it named one.",
      de: "Letzter Tag der Ausgabe, falls dort angegeben.")
    package static let reclassified = LocalizedText(
      en: "Number of the reclassification, if the export named one.",
      de: "Nummer der erneuten Zuordnung, falls bei der Ausgabe angegeben.")
    package static let noReference = LocalizedText(
      en: "Name at least one reference such as L-0011223344556677.",
      de: "Mindestens eine Bezeichnung angeben, etwa L-0011223344556677.")
    package static let noSuchForm = LocalizedText(
      en:
        "A reference is L- or E- and 16 hexadecimal digits, as in flow_id or evidence_ref; one of those given is not.",
      de:
        "Eine Bezeichnung besteht aus L- oder E- und 16 Hexadezimalziffern, wie in flow_id oder evidence_ref; eine der angegebenen ist keine."
    )
  }

  /// The `inspect` verb.
  package enum Inspect {
    package static let abstract = LocalizedText(
      en: "Shows the names and flows in a capture of your own; nothing is stored.",
      de: "Zeigt Namen und Datenflüsse in einer eigenen Aufzeichnung; gespeichert wird nichts.")
    package static let discussion = LocalizedText(
      en: """
        Prints one line per distinct name (or flow, or anomaly) as tab-separated values with a header line.
        The output holds real addresses and names: treat it as personal data.
        Of the rules, only the registers of outer names, relays and resolvers are read, if they exist.
        """,
      de: """
        Gibt je Name (oder Datenfluss oder Auffälligkeit) eine Zeile mit Tabulatoren aus, davor eine Kopfzeile.
        Die Ausgabe enthält echte Adressen und Namen: Sie ist als personenbezogen zu behandeln.
        Von den Regeln werden nur die Verzeichnisse der äußeren Namen, Relays und Resolver gelesen, wenn es sie gibt.
        """)
    package static let captures = LocalizedText(
      en: "Capture files (pcap, pcapng); - for standard input.",
      de: "Aufzeichnungen (pcap, pcapng); - für die Standardeingabe.")
    package static let flows = LocalizedText(
      en: "One line per flow: 5-tuple, packets, bytes, missed bytes, outcome, name, class.",
      de: "Eine Zeile je Datenfluss: Endpunkte, Pakete, Bytes, fehlende Bytes, Ergebnis, Name, Klasse.")
    package static let anomalies = LocalizedText(
      en: "One line per kind of anomaly with its count.",
      de: "Eine Zeile je Art von Auffälligkeit mit ihrer Anzahl.")
    package static let rows = LocalizedText(
      en: "Most rows of the table, from 1 to 50000000.",
      de: "Höchstzahl der Zeilen, von 1 bis 50000000.")
    package static let format = LocalizedText(
      en: "Format of the output: tsv or json.",
      de: "Form der Ausgabe: tsv oder json.")
    package static func rowsFault(_ rows: Int) -> LocalizedText {
      LocalizedText(
        en: "--rows is \(rows). Expected a number from 1 to 50000000.",
        de: "--rows ist \(rows). Erwartet: eine Zahl von 1 bis 50000000.")
    }
    package static let noRules = LocalizedText(
      en:
        "egressaudit: no rule directory found, so public names of ECH are known from DNS answers only. Name the directory with --rules.",
      de:
        "egressaudit: Kein Ordner mit Regeln gefunden; öffentliche Namen von ECH sind nur aus DNS-Antworten bekannt. Den Ordner mit --rules nennen."
    )
    package static let reading = LocalizedText(
      en: "reading",
      de: "lese")
    package static func leftOut(_ count: some BinaryInteger, ofFlows: Bool, rows: Int) -> LocalizedText {
      LocalizedText(
        en:
          "egressaudit: the table has \(rows) rows, the most that --rows allows; \(count) \(ofFlows ? "flow records" : "sightings of names") got no row. Split the capture, or raise --rows: a row takes about 200 bytes of memory.",
        de:
          "egressaudit: Die Tabelle hat \(rows) Zeilen, so viele --rows zulässt; \(count) \(ofFlows ? "Einträge von Datenflüssen" : "Sichtungen von Namen") sind nicht darin. Die Aufzeichnung teilen oder --rows erhöhen: Eine Zeile braucht rund 200 Byte Speicher."
      )
    }
  }
}
