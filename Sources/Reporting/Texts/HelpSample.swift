package import Model

extension HelpTexts {
  /// The `sample` verb.
  package enum Sample {
    package static let abstract = LocalizedText(
      en: "Draws flows for a check by hand, and shows how often their classification is right.",
      de: "Zieht Datenflüsse zur Prüfung von Hand und zeigt, wie oft ihre Zuordnung richtig ist.")

    package static let drawAbstract = LocalizedText(
      en: "Draws flows at random, as many of each naming class, and writes them as a table to fill in.",
      de: "Zieht zufällig gleich viele Datenflüsse je Namensklasse und schreibt sie als Tabelle zum Ausfüllen.")
    package static let drawDiscussion = LocalizedText(
      en: """
        A naming class says how a destination got its name: A seen in the flow, B HTTP host or proxy, C DNS answer, D ambiguous or address range only, E \
        unnamed. Each class errs in its own way and has its own share of right ones.

        The rows name no device and no exact time. Only flows that a rule describes are stored singly, so the sample shows what was attributed \
        wrongly, and not what was overlooked.

        Prints the paths of the files: table, its description for programs, legend.
        """,
      de: """
        Die Namensklasse gibt an, woher der Name eines Ziels stammt: A im Datenfluss gesehen, B HTTP-Host oder Proxy, C DNS-Antwort, D mehrdeutig oder \
        nur Adressbereich, E unbenannt. Jede Klasse irrt auf eigene Weise und hat ihren eigenen Anteil richtiger Zuordnungen.

        Die Zeilen nennen kein Gerät und keine genaue Zeit. Einzeln gespeichert sind nur Datenflüsse, die eine Regel beschreibt: Die Stichprobe zeigt, \
        was falsch zugeordnet wurde, nicht, was übersehen wurde.

        Gibt die Pfade der Dateien aus: Tabelle, ihre Beschreibung für Programme, Legende.
        """)
    package static let perClass = LocalizedText(
      en: "Flows to draw of each naming class.", de: "Zahl der Datenflüsse je Namensklasse.")
    package static let seed = LocalizedText(
      en:
        "Number from which the draw follows, 0 to 4294967295; the same gives the same rows. Default: a random one, which is printed.",
      de:
        "Zahl, aus der die Ziehung folgt, 0 bis 4294967295; dieselbe ergibt dieselben Zeilen. Vorgabe: eine zufällige, die genannt wird."
    )
    package static func perClassRange(_ range: ClosedRange<Int>) -> LocalizedText {
      LocalizedText(
        en: "--per-class is a number from \(range.lowerBound) to \(range.upperBound).",
        de: "--per-class ist eine Zahl von \(range.lowerBound) bis \(range.upperBound).")
    }

    package static let evaluateAbstract = LocalizedText(
      en: "Reads a filled-in sample, and prints the share of right ones of each naming class with its 95 % interval.",
      de:
        "Liest eine ausgefüllte Stichprobe und nennt je Namensklasse den Anteil richtiger Zuordnungen mit 95-%-Intervall."
    )
    package static let evaluateDiscussion = LocalizedText(
      en: """
        Reads CSV in whatever form an office program saved it; xlsx and ods by LibreOffice. Rows may be sorted, columns hidden or added. \
        Verdicts are right, wrong and unsure; unsure ones count on both sides of the interval. A cell that is at fault is named with row and \
        column, and nothing is printed. Exit code 3 means refused.
        """,
      de: """
        Liest CSV in jeder Form, in der ein Office-Programm sie speichert; xlsx und ods mit LibreOffice. Zeilen dürfen sortiert, Spalten ausgeblendet \
        oder hinzugefügt sein. Urteile sind richtig, falsch und unsicher; unsichere zählen auf beiden Seiten des Intervalls. Eine fehlerhafte Zelle wird \
        mit Zeile und Spalte genannt, dann erscheint kein Ergebnis. Rückgabewert 3 bedeutet abgelehnt.
        """)
    package static let file = LocalizedText(
      en: "Table as it was saved.", de: "Tabelle, wie sie gespeichert wurde.")
    package static let evaluateStore = LocalizedText(
      en: "Store that the sample was drawn from: repeats the draw, and points out rows that are not of it.",
      de: "Speicher, aus dem gezogen wurde: wiederholt die Ziehung und weist auf Zeilen hin, die nicht dazugehören.")
    package static func kept(_ path: String) -> LocalizedText {
      LocalizedText(
        en: "A file of this name with other content existed, perhaps with your verdicts. It was renamed to \(path)",
        de:
          "Eine Datei dieses Namens mit anderem Inhalt war vorhanden, vielleicht mit Ihren Urteilen. Sie heißt jetzt \(path)"
      )
    }
  }
}
