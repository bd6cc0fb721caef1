package import Model

extension HelpTexts {
  /// Help of the verb `fleet`.
  package enum Fleet {
    package static let abstract = LocalizedText(
      en: "Day files of aggregates, by which a centre sees many gateways.",
      de: "Tagesdateien mit Summen, durch die eine zentrale Stelle viele Gateways sieht.")
    package static let discussion = LocalizedText(
      en:
        "The centre is a ClickHouse server, or one SQLite file for few gateways. docs/fleet.md describes the columns, the set-up, and what is refused.",
      de:
        "Die zentrale Stelle betreibt einen ClickHouse-Server oder, bei wenigen Gateways, eine SQLite-Datei. docs/fleet.md beschreibt Spalten, Einrichtung und was abgelehnt wird."
    )
    package static let export = LocalizedText(
      en: "Writes one signed file for each day that is over: sums by service, coverage and claims, without devices.",
      de:
        "Schreibt je abgeschlossenem Tag eine signierte Datei: Summen nach Dienst, Abdeckung und Zusicherungen, ohne Geräte."
    )
    package static let exportDiscussion = LocalizedText(
      en: """
        A day with too few devices is in the file of the day with which it is told. A file is never changed. The files are to be fetched by the \
        administrator's own transport; this command opens no connection.

        Prints the path of each file that was written, and to standard error the cursor after the last one.
        """,
      de: """
        Ein Tag mit zu wenigen Geräten steht in der Datei des Tages, mit dem er zusammengefasst wird. Eine Datei wird nie geändert. Abgeholt werden die \
        Dateien auf dem Weg, den die Administration dafür einrichtet; dieser Befehl öffnet keine Verbindung.

        Gibt den Pfad jeder geschriebenen Datei aus, und auf der Standardfehlerausgabe die Marke hinter der letzten.
        """)
    package static let since = LocalizedText(
      en:
        "Writes the days after this cursor, as an earlier run printed it, or all with 'start'. Default: after the last file in the folder.",
      de:
        "Schreibt die Tage nach dieser Marke, wie ein früherer Lauf sie ausgegeben hat, oder alle mit 'start'. Vorgabe: nach der letzten Datei im Ordner."
    )
    package static let output = LocalizedText(
      en: "Folder for the files, created if it does not exist.",
      de: "Ordner für die Dateien; er wird angelegt, wenn er fehlt.")
    package static let signingKey = LocalizedText(
      en:
        "Key that signs the files (Ed25519, PEM), readable by its owner alone. Default: the store's own, STORE.signing-key.",
      de:
        "Schlüssel, der die Dateien signiert (Ed25519, PEM), lesbar nur für seinen Eigentümer. Vorgabe: der des Speichers, SPEICHER.signing-key."
    )
    package static let gateway = LocalizedText(
      en: "Name of the gateway at the centre. Default: the site of the configuration.",
      de: "Name des Gateways bei der zentralen Stelle. Vorgabe: der Standort aus der Konfiguration.")
    package static let reports = LocalizedText(
      en:
        "Also packs each finished month that 'deliver' wrote into this folder, as it is: report and tables by group, for a centre that may see them.",
      de:
        "Packt außerdem jeden abgeschlossenen Monat, den 'deliver' in diesen Ordner geschrieben hat, unverändert ein: Bericht und Tabellen nach Gruppen, für eine zentrale Stelle, die sie sehen darf."
    )
    package static let noCursor = LocalizedText(
      en:
        "--since is no cursor. Expected 'start', or number, day and hash such as 12:2026-05-04: and 64 hexadecimal digits, as an earlier run printed it.",
      de:
        "--since ist keine Marke. Erwartet wird 'start' oder Nummer, Tag und Prüfsumme wie 12:2026-05-04: und 64 Hexadezimalziffern, wie ein früherer Lauf sie ausgegeben hat."
    )
    package static let interrupted = LocalizedText(
      en: "Interrupted. Files that were complete are in place; nothing is left of the one under way.",
      de: "Abgebrochen. Fertige Dateien liegen an ihrem Platz; von der begonnenen bleibt nichts zurück.")

    package static func written(_ gateway: String, _ cursor: String) -> LocalizedText {
      LocalizedText(
        en: "Day files of \(gateway) are written up to the cursor \(cursor).",
        de: "Die Tagesdateien von \(gateway) sind bis zur Marke \(cursor) geschrieben.")
    }
  }
}
