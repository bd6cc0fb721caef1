package import Model

/// Help, usage faults, progress and questions of the verbs, in the language of the run.
package enum HelpTexts {
  package static let storeToRead = LocalizedText(en: "Store to read.", de: "Speicher, der gelesen wird.")
  package static let unverified = LocalizedText(
    en: "Do not verify the evidence first; a warning and the names of all files say so.",
    de: "Die Nachweise vorher nicht prüfen; ein Hinweis und die Namen aller Dateien sagen es.")
  package static let firstDay = LocalizedText(
    en: "First day, local, such as 2026-05-01.", de: "Erster Tag (Ortszeit), etwa 2026-05-01.")
  package static let firstDayOrStored = LocalizedText(
    en: "First day, local, such as 2026-05-01. Default: the first stored day.",
    de: "Erster Tag (Ortszeit), etwa 2026-05-01. Vorgabe: der erste gespeicherte Tag.")
  package static let lastDay = LocalizedText(en: "Last day, inclusive.", de: "Letzter Tag, einschließlich.")
  package static let lastDayOrStored = LocalizedText(
    en: "Last day, inclusive. Default: the last stored day.",
    de: "Letzter Tag, einschließlich. Vorgabe: der letzte gespeicherte Tag.")
  package static let language = LocalizedText(
    en: "en or de. Default: de if the locale is German, else en.",
    de: "en oder de. Vorgabe: de bei deutscher Spracheinstellung, sonst en.")
  package static let baseline = LocalizedText(
    en: "Baseline to compare with. Default: the newest that ends before the last day.",
    de: "Vergleichsbasis. Vorgabe: die neueste, die vor dem letzten Tag endet.")
  package static let configuration = LocalizedText(
    en: "Configuration of the site (YAML).", de: "Konfiguration des Standorts (YAML).")
  package static let storeToWrite = LocalizedText(
    en: "Store to write to.", de: "Speicher, in den geschrieben wird.")
  package static let filesInterrupted = LocalizedText(
    en: "Interrupted. Files that were complete are in place; nothing is left of the one under way.",
    de: "Abgebrochen. Vollständige Dateien sind vorhanden; von der begonnenen bleibt nichts zurück.")
  /// Progress of a table.
  package static func rows(_ table: String, _ count: String) -> LocalizedText {
    LocalizedText(en: "\(table): \(count) rows", de: "\(table): \(count) Zeilen")
  }
  package static let profile = LocalizedText(
    en: "rfc4180 or office-de. Default: office-de if the locale is German, else rfc4180.",
    de: "rfc4180 oder office-de. Vorgabe: office-de bei deutscher Spracheinstellung, sonst rfc4180.")
  package static let folderForFiles = LocalizedText(
    en: "Folder for the files, created if it does not exist.",
    de: "Ordner für die Dateien; er wird angelegt, wenn er fehlt.")

  /// Which rows are wanted.
  package enum Rows {
    package static let group = LocalizedText(
      en: "Only rows of this group; may be given several times.",
      de: "Nur Zeilen dieser Gruppe; mehrfach möglich.")
    package static let service = LocalizedText(
      en: "Only rows of this service, by its title; may be given several times.",
      de: "Nur Zeilen dieses Dienstes (Bezeichnung); mehrfach möglich.")
    package static let recipient = LocalizedText(
      en: "Only rows of this recipient; may be given several times.",
      de: "Nur Zeilen dieses Empfängers; mehrfach möglich.")
    package static let purpose = LocalizedText(
      en: "Only rows of this purpose class, such as telemetry; may be given several times.",
      de: "Nur Zeilen dieser Zweckklasse, etwa telemetry; mehrfach möglich.")
    package static let priority = LocalizedText(
      en: "Only rows of this priority, such as high; may be given several times.",
      de: "Nur Zeilen mit diesem Prüfvorrang, etwa high; mehrfach möglich.")
    package static let only = LocalizedText(
      en: "Only rows that are 'new' or back since the baseline, or 'open': without a decision.",
      de: "Nur Zeilen, die seit der Vergleichsbasis neu oder wieder da sind ('new'), oder ohne Entscheidung ('open').")
  }

  /// The `report` verb.
  package enum Report {
    package static let abstract = LocalizedText(
      en: "Writes one page (HTML) for people: first page, chapters of an impact assessment, pictures, evidence.",
      de:
        "Schreibt eine Seite (HTML) für Menschen: Übersicht, Kapitel einer Folgenabschätzung, Bilder, Nachweise.")
    package static let discussion = LocalizedText(
      en: """
        The figures are those of the tables that 'export all' writes for the same days. The page loads nothing and runs nothing, so it can be \
        opened anywhere, printed and filed.

        Without --from and --to it covers the last finished calendar month of the store, or all stored days if no month is finished, and names \
        which of them it chose.
        """,
      de: """
        Die Zahlen sind die der Tabellen, die 'export all' für dieselben Tage schreibt. Die Seite lädt nichts nach und führt nichts aus; sie lässt \
        sich überall öffnen, drucken und ablegen.

        Ohne --from und --to umfasst sie den letzten abgeschlossenen Kalendermonat des Speichers oder, wenn keiner abgeschlossen ist, alle \
        gespeicherten Tage, und nennt, was gewählt wurde.
        """)
    package static let before = LocalizedText(
      en: "Also compare this phase or period, such as 2026-05-04..2026-05-08, with that of --after.",
      de: "Auch diese Phase oder diesen Zeitraum, etwa 2026-05-04..2026-05-08, mit dem von --after vergleichen.")
    package static let after = LocalizedText(
      en: "Phase or period to compare with that of --before.",
      de: "Phase oder Zeitraum, der mit dem von --before verglichen wird.")
    package static let sample = LocalizedText(
      en: "Sample of this store with the verdicts of people; chapter 6 shows the precision of each naming class.",
      de:
        "Stichprobe aus diesem Speicher mit den Urteilen von Menschen; Kapitel 6 zeigt, wie oft die Zuordnung je Namensklasse stimmt."
    )
    package static let output = LocalizedText(
      en: "Folder for the file, created if it does not exist.",
      de: "Ordner für die Datei; er wird angelegt, wenn er fehlt.")
    package static let markdown = LocalizedText(
      en: "Also write it as Markdown, without the pictures.",
      de: "Zusätzlich als Markdown schreiben, ohne die Bilder.")
    package static let pdf = LocalizedText(
      en: "Also make a PDF of it, tagged and with page numbers, by Chromium.",
      de: "Zusätzlich mit Chromium ein PDF erzeugen, barrierefrei und mit Seitenzahlen.")
    package static let odt = LocalizedText(
      en: "Also make an ODT of it, without the pictures, by LibreOffice.",
      de: "Zusätzlich mit LibreOffice ein ODT erzeugen, ohne die Bilder.")
    package static let docx = LocalizedText(
      en: "Also make a DOCX of it, without the pictures, by LibreOffice.",
      de: "Zusätzlich mit LibreOffice ein DOCX erzeugen, ohne die Bilder.")
    package static let bothPeriods = LocalizedText(
      en: "A comparison needs both periods: name one with --before and one with --after.",
      de: "Ein Vergleich braucht beide Zeiträume: einen mit --before und einen mit --after nennen.")
    /// Ended by a signal, after or before the page was complete.
    package static func interrupted(isWritten: Bool) -> LocalizedText {
      isWritten
        ? LocalizedText(
          en: "Interrupted. No further file was written.",
          de: "Abgebrochen. Es wurde keine weitere Datei geschrieben.")
        : LocalizedText(
          en: "Interrupted. No report was written.", de: "Abgebrochen. Es wurde kein Bericht geschrieben.")
    }
  }

  /// The `claims` verb.
  package enum Claims {
    package static let abstract = LocalizedText(
      en: "Says of each claim of the site whether it held: held, not held, or not assessable.",
      de: "Nennt zu jeder Zusicherung, ob sie gehalten hat: gehalten, nicht gehalten oder nicht bewertbar.")
    package static let discussion = LocalizedText(
      en: """
        The claims are those that the configuration stated when the store was filled; none is needed here. A timer can run it, for example after \
        each patch day.

        Exit codes: 0 all claims held, 1 one did not, 3 one cannot be assessed, or there is none.
        """,
      de: """
        Die Zusicherungen sind die der Konfiguration, mit der der Speicher gefüllt wurde; hier braucht es keine. Ein Timer kann den Befehl ausführen, \
        etwa nach jedem Updatetag.

        Rückgabewerte: 0 alle gehalten, 1 eine nicht gehalten, 3 eine nicht bewertbar oder keine vorhanden.
        """)
  }

  /// The `deliver` verb.
  package enum Deliver {
    package static let abstract = LocalizedText(
      en:
        "Writes report and tables of each finished month into a folder of its own, once; a timer of the package runs it.",
      de:
        "Schreibt Bericht und Tabellen jedes abgeschlossenen Monats einmalig in einen eigenen Ordner; ein Timer des Pakets ruft es auf."
    )
    package static let discussion = LocalizedText(
      en: """
        Each period gets a folder of its own, such as 2026-05, with the report in German and English and the tables of 'export all'. A folder that \
        is there is left as it is. With 'reports: { patch_day: true }' in the configuration there is also one for each patch day, the second \
        Tuesday of a month: the week before it and the week that begins with it, such as 2026-05-12_patch-day.

        Prints the path of each folder that was written.
        """,
      de: """
        Jeder Zeitraum erhält einen eigenen Ordner, etwa 2026-05, mit dem Bericht auf Deutsch und Englisch und den Tabellen von 'export all'. Ein \
        vorhandener Ordner bleibt, wie er ist. Mit 'reports: { patch_day: true }' in der Konfiguration gibt es auch einen zu jedem Updatetag, dem \
        zweiten Dienstag eines Monats: die Woche davor und die Woche ab diesem Tag, etwa 2026-05-12_patch-day.

        Gibt den Pfad jedes geschriebenen Ordners aus.
        """)
    package static let configuration = LocalizedText(
      en: "Configuration of the site (YAML): 'reports' says in which languages, and whether patch days are delivered.",
      de:
        "Konfiguration des Standorts (YAML): 'reports' legt die Sprachen fest, und ob zu Updatetagen geliefert wird."
    )
    package static let output = LocalizedText(
      en: "Folder for the folders of the periods, created if it does not exist.",
      de: "Ordner für die Ordner der Zeiträume; er wird angelegt, wenn er fehlt.")
    package static let interrupted = LocalizedText(
      en: "Interrupted. Folders that were complete are in place; nothing is left of the one under way.",
      de: "Abgebrochen. Vollständige Ordner sind vorhanden; von dem begonnenen bleibt nichts zurück.")
  }

  /// The `papers` verb.
  package enum Papers {
    package static let abstract = LocalizedText(
      en: "Writes drafts of the papers that an office needs about the tool itself, from the configuration.",
      de:
        "Schreibt aus der Konfiguration Entwürfe der Unterlagen, die eine Dienststelle über das Werkzeug selbst braucht."
    )
    package static let discussion = LocalizedText(
      en: """
        record-of-processing  entry of the record of processing activities (Art. 30 GDPR)
        impact-assessment     draft of a data protection impact assessment (Art. 35)
        works-agreement       draft of an agreement with the works council, with the configuration as annex
        notice                notice to employees (Art. 13 and 14)
        measures              measures by protection goal of the Standard Data Protection Model

        They state what the configuration says: times of deletion, groups, exclusions, keys, smallest group. What only people know or decide, and \
        questions of law, are marked and left open. Each is an HTML file that Word and LibreOffice open; a file that somebody changed is kept.
        """,
      de: """
        record-of-processing  Eintrag im Verzeichnis von Verarbeitungstätigkeiten (Art. 30 DSGVO)
        impact-assessment     Entwurf einer Datenschutz-Folgenabschätzung (Art. 35)
        works-agreement       Entwurf einer Dienstvereinbarung mit der Konfiguration als Anlage
        notice                Information der Beschäftigten (Art. 13 und 14)
        measures              Maßnahmen nach Gewährleistungszielen des Standard-Datenschutzmodells

        Sie geben an, was in der Konfiguration steht: Löschfristen, Gruppen, Ausnahmen, Schlüssel, Mindestgröße. Was nur Menschen wissen oder \
        entscheiden, und Rechtsfragen, sind gekennzeichnet und offengelassen. Jede ist eine HTML-Datei, die Word und LibreOffice öffnen; eine \
        geänderte Datei bleibt erhalten.
        """)
    package static let store = LocalizedText(
      en: "Store of the service: adds what it holds, and whether it was filled with this configuration.",
      de: "Speicher des Dienstes: ergänzt, was er enthält, und ob er mit dieser Konfiguration gefüllt wurde.")
    package static let odt = LocalizedText(
      en: "Also make an ODT of each, by LibreOffice.", de: "Von jeder zusätzlich mit LibreOffice ein ODT erzeugen.")
    package static let docx = LocalizedText(
      en: "Also make a DOCX of each, by LibreOffice.", de: "Von jeder zusätzlich mit LibreOffice ein DOCX erzeugen.")
    package static func kept(_ path: String) -> LocalizedText {
      LocalizedText(
        en: "A file of this name with other content existed, perhaps with your entries. It was renamed to \(path)",
        de:
          "Eine Datei dieses Namens mit anderem Inhalt war vorhanden, vielleicht mit Ihren Einträgen. Sie heißt jetzt \(path)"
      )
    }
  }

  /// Headings and set phrases of the argument parser, which speaks English only; each with what stands for it.
  private static let parser: [(english: String, german: String)] = [
    ("OVERVIEW: ", "ÜBERSICHT: "), ("USAGE: ", "AUFRUF: "), ("\nARGUMENTS:\n", "\nARGUMENTE:\n"),
    ("\nOPTIONS:\n", "\nOPTIONEN:\n"), ("\nSUBCOMMANDS:\n", "\nUNTERBEFEHLE:\n"),
    ("Show the version.", "Version anzeigen."), ("Show help information.", "Diese Hilfe anzeigen."),
    ("Show subcommand help information.", "Hilfe zu einem Unterbefehl anzeigen."),
    ("(default:", "(Vorgabe:"), (" (default) ", " (Vorgabe) "), ("(values:", "(Werte:"), ("default: ", "Vorgabe: "),
    ("Error: Missing expected argument ", "Fehler: Es fehlt "),
    ("Error: Missing one of: ", "Fehler: Es fehlt eines von: "),
    ("Error: Missing required subcommand.", "Fehler: Es fehlt ein Unterbefehl."),
    ("Error: Missing value for ", "Fehler: Es fehlt ein Wert für "),
    ("Error: Unknown option ", "Fehler: Unbekannte Option "), ("'. Did you mean '", "'. Gemeint ist vielleicht '"),
    ("Error: Unexpected argument ", "Fehler: Überzähliges Argument "),
    (" unexpected arguments: ", " überzählige Argumente: "), ("Error: The option ", "Fehler: Die Option "),
    (" does not take any value, but ", " nimmt keinen Wert an, angegeben ist "), (" was specified.", "."),
    ("Error: The value ", "Fehler: Der Wert "), (" is invalid for ", " passt nicht zu "),
    (". Please provide one of the following:", ". Möglich sind:"), (". Please provide one of ", ". Möglich sind "),
    ("' and '", "' und '"), ("' or '", "' oder '"), ("Error: ", "Fehler: "),
    ("\nHelp:  ", "\nHilfe:  "), ("\nUsage: ", "\nAufruf: "), ("\n  See '", "\n  Mehr dazu: '"),
    ("' for more information.", "'"), ("' for detailed help.", "'"),
  ]

  /// A text of the argument parser in a language.
  package static func localized(_ text: String, _ language: Language) -> String {
    language == .german ? parser.reduce(text) { $0.replacing($1.english, with: $1.german) } : text
  }
}
