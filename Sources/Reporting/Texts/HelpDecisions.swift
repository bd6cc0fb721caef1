package import Model

extension HelpTexts {
  /// The `review` verb.
  package enum Review {
    package static let abstract = LocalizedText(
      en: "Takes back what people decided in the tables, and says what is open.",
      de: "Übernimmt, was Menschen in den Tabellen entschieden haben, und nennt, was offen ist.")
    package static let importAbstract = LocalizedText(
      en: "Records the decisions of a table that people filled in, each in the evidence chain.",
      de: "Übernimmt die Entscheidungen einer ausgefüllten Tabelle, jede in die Nachweiskette.")
    package static let importDiscussion = LocalizedText(
      en:
        "Reads CSV in whatever form an office program saved it; xlsx and ods by LibreOffice. The table is compared with what the store gives for the same days: only the columns for people may differ. If anything else does, nothing is recorded, and row, column, found and expected value are printed. Rows may be sorted or left out, columns hidden or added. Exit code 3 means refused.",
      de:
        "Liest CSV in jeder Form, in der ein Office-Programm sie speichert; xlsx und ods mit LibreOffice. Die Tabelle wird mit dem verglichen, was der Speicher für dieselben Tage ergibt: Nur die Spalten für Menschen dürfen abweichen. Weicht etwas anderes ab, wird nichts übernommen; genannt werden Zeile, Spalte, gefundener und erwarteter Wert. Zeilen dürfen sortiert oder weggelassen, Spalten ausgeblendet oder hinzugefügt sein. Rückgabewert 3 bedeutet abgelehnt."
    )
    package static let file = LocalizedText(
      en: "Table as it was saved: findings, transfers or undescribed, or a workbook with them.",
      de: "Tabelle, wie sie gespeichert wurde: findings, transfers oder undescribed, oder eine Arbeitsmappe mit ihnen.")
    package static let importStore = LocalizedText(
      en: "Store that the table was exported from.",
      de: "Speicher, aus dem die Tabelle stammt.")
    package static let role = LocalizedText(
      en: "Role of the person who decided, for rows that name none: one line of at most 200 characters, and no name.",
      de:
        "Rolle der Person, die entschieden hat, für Zeilen, die keine nennen: eine Zeile von höchstens 200 Zeichen, kein Name."
    )
    package static let reclassified = LocalizedText(
      en: "The classification by another rule set that the table was exported with.",
      de: "Nummer der Zuordnung nach einem anderen Regelsatz, mit der die Tabelle ausgegeben wurde.")
    package static let dryRun = LocalizedText(
      en: "Only check the file, and print how many decisions would be recorded.",
      de: "Die Datei nur prüfen und nennen, wie viele Entscheidungen zu übernehmen wären.")
    package static let statusAbstract = LocalizedText(
      en: "Lists what is open, what changed since it was decided, and what is to be reviewed again.",
      de: "Nennt, was offen ist, was sich seit der Entscheidung geändert hat und was erneut zu prüfen ist.")
    package static let statusDiscussion = LocalizedText(
      en: "Exit code 1 means that something is open, changed or due.",
      de: "Rückgabewert 1: Etwas ist offen, geändert oder fällig.")
    package static let changedShare = LocalizedText(
      en: "A row has changed since its decision if a figure moved by more than this share.",
      de: "Eine Zeile gilt seit ihrer Entscheidung als geändert, wenn eine Zahl um mehr als diesen Anteil abweicht.")
    package static let dueAfter = LocalizedText(
      en: "Days after which a decision is to be made again.",
      de: "Tage, nach denen erneut zu entscheiden ist.")
    package static let changedShareFault = LocalizedText(
      en: "--changed-share is a share such as 0.5, not below 0.",
      de: "--changed-share ist ein Anteil wie 0.5, nicht unter 0.")
    package static let dueAfterFault = LocalizedText(
      en: "--due-after is a number of days from 0.",
      de: "--due-after ist eine Zahl von Tagen ab 0.")
    package static let interrupted = LocalizedText(
      en: "Interrupted. Either all decisions of the table were recorded, or none.",
      de: "Abgebrochen. Entweder wurden alle Entscheidungen der Tabelle übernommen oder keine.")
  }

  /// The `register` verb.
  package enum Register {
    package static let abstract = LocalizedText(
      en: "Compares the recipients with those that contracts and the record of processing (Art. 30) name.",
      de:
        "Vergleicht die Empfänger mit denen, die Verträge und das Verzeichnis von Verarbeitungstätigkeiten (Art. 30) nennen."
    )
    package static let discussion = LocalizedText(
      en:
        "The table 'register' of 'export', and chapter 4 of 'report', show what is observed and not documented, and what is documented and not observed; 'transfers' shows for each recipient whether a list names it. What may be the same under another spelling is listed as doubtful until a person confirms it.",
      de:
        "Die Tabelle 'register' von 'export' und Kapitel 4 von 'report' zeigen, was beobachtet und nicht dokumentiert ist, und was dokumentiert und nicht beobachtet ist; 'transfers' zeigt zu jedem Empfänger, ob eine Liste ihn nennt. Was unter anderer Schreibweise dasselbe sein kann, gilt als zweifelhaft, bis ein Mensch es bestätigt."
    )
    package static let importAbstract = LocalizedText(
      en: "Imports a list of recipients, and records that in the evidence chain.",
      de: "Liest eine Liste von Empfängern ein und vermerkt das in der Nachweiskette.")
    package static let importDiscussion = LocalizedText(
      en: """
        Reads CSV in whatever form an office program saved it; xlsx and ods by LibreOffice. The column 'recipient' (Empfänger, Auftragsverarbeiter, \
        Dienstleister, processor, vendor, …) must be there; 'other names', 'reference' (contract or processing activity) and 'confirmed recipient' may be. \
        All other columns are ignored and not stored. A list takes the place of the one of the same kind before it.

        'confirmed recipient' settles a doubtful name: the recipient as the tables spell it, or none. Exit code 3 means refused.
        """,
      de: """
        Liest CSV in jeder Form, in der ein Office-Programm sie speichert; xlsx und ods mit LibreOffice. Die Spalte 'recipient' (Empfänger, \
        Auftragsverarbeiter, Dienstleister, processor, vendor, …) muss vorhanden sein; 'weitere Namen', 'Vertrag' oder 'Verarbeitungstätigkeit' und \
        'bestätigter Empfänger' dürfen es. Alle anderen Spalten werden übergangen und nicht gespeichert. Eine Liste ersetzt die frühere derselben Art.

        'bestätigter Empfänger' klärt einen zweifelhaften Namen: der Empfänger, wie ihn die Tabellen schreiben, oder keiner. Rückgabewert 3 bedeutet \
        abgelehnt.
        """)
    package static let contract = LocalizedText(
      en: "List of contracts.",
      de: "Liste der Verträge.")
    package static let art30 = LocalizedText(
      en: "Record of processing activities (Art. 30 GDPR).",
      de: "Verzeichnis von Verarbeitungstätigkeiten (Art. 30 DSGVO).")
    package static let noFile = LocalizedText(
      en: "Name a file with --contract, with --art30, or one with each.",
      de: "Mit --contract oder --art30 eine Datei nennen, oder mit beiden je eine.")
    package static let listAbstract = LocalizedText(
      en: "Lists what was imported, and which names a person has to confirm.",
      de: "Zeigt, was eingelesen wurde und welche Namen ein Mensch bestätigen muss.")
    package static let removeAbstract = LocalizedText(
      en: "Deletes what a list holds, and records that in the evidence chain.",
      de: "Löscht den Inhalt einer Liste und vermerkt das in der Nachweiskette.")
    package static let list = LocalizedText(
      en: "contract or art30.",
      de: "contract oder art30.")
    package static let interrupted = LocalizedText(
      en: "Interrupted. A list whose import was not reported may not be in the store.",
      de: "Abgebrochen. Eine Liste, deren Einlesen nicht gemeldet wurde, ist vielleicht nicht im Speicher.")
    package static func withoutRecipient(_ count: Int) -> LocalizedText {
      LocalizedText(
        en: "Rows without a recipient, which do not count: \(count)",
        de: "Zeilen ohne Empfänger, die nicht zählen: \(count)")
    }
  }

  /// The `baseline` verb.
  package enum Baseline {
    package static let abstract = LocalizedText(
      en: "Keeps what a site contacted in a period, and shows what is new, back or gone since.",
      de:
        "Hält fest, wozu ein Standort in einem Zeitraum Kontakt hatte, und zeigt, was seither neu, wieder da oder verschwunden ist."
    )
    package static let discussion = LocalizedText(
      en:
        "A baseline holds the services and the destinations without a rule of a period that people have looked at; no device, and nothing that fewer devices contacted than the smallest group has. It stays in the store until it is removed, also after the retention times.",
      de:
        "Eine Vergleichsbasis enthält die Dienste und die Ziele ohne Regel eines Zeitraums, den Menschen geprüft haben; kein Gerät, und nichts, wozu weniger Geräte Kontakt hatten, als die kleinste Gruppe hat. Sie bleibt im Speicher, bis sie entfernt wird, auch nach Ablauf der Speicherfristen."
    )
    package static let setAbstract = LocalizedText(
      en: "Sets a baseline of a period.",
      de: "Legt eine Vergleichsbasis aus einem Zeitraum an.")
    package static let setDiscussion = LocalizedText(
      en:
        "The period should be two weeks at least, with a patch day, a restart and a weekend. It is refused if the coverage gate does not pass for the site: what was not seen then would look new later.",
      de:
        "Der Zeitraum sollte mindestens zwei Wochen umfassen, mit einem Updatetag, einem Neustart und einem Wochenende. Er wird abgelehnt, wenn er die Mindestanforderungen an die Messung nicht erfüllt: Was damals nicht gesehen wurde, sähe später neu aus."
    )
    package static let newName = LocalizedText(
      en: "Name: letters, digits, '-', '_' and '.'.",
      de: "Name: Buchstaben, Ziffern, '-', '_' und '.'.")
    package static let patchDay = LocalizedText(
      en: "Day on which updates are installed, in the baseline or after it; may be given several times.",
      de: "Tag, an dem Aktualisierungen eingespielt werden, in der Vergleichsbasis oder danach; mehrfach möglich.")
    package static let listAbstract = LocalizedText(
      en: "Lists the baselines of a store.",
      de: "Listet die Vergleichsbasen eines Speichers auf.")
    package static let removeAbstract = LocalizedText(
      en: "Deletes what a baseline holds, and records that in the evidence chain.",
      de: "Löscht den Inhalt einer Vergleichsbasis und vermerkt das in der Nachweiskette.")
    package static let name = LocalizedText(
      en: "Name of the baseline.",
      de: "Name der Vergleichsbasis.")
    package static let compareAbstract = LocalizedText(
      en: "Shows what is new, back or gone since a baseline.",
      de: "Zeigt, was seit einer Vergleichsbasis neu, wieder da oder verschwunden ist.")
    package static let compareDiscussion = LocalizedText(
      en: """
        A timer can run it after each patch day. The table 'changes' of 'export' has a row for each line.

        Exit codes: 0 nothing new, 1 something is new or back, 3 that cannot be assessed.
        """,
      de: """
        Ein Timer kann den Befehl nach jedem Updatetag ausführen. Die Tabelle 'changes' von 'export' hat zu jeder Angabe eine Zeile.

        Rückgabewerte: 0 nichts Neues, 1 etwas ist neu oder wieder da, 3 nicht bewertbar.
        """)
    package static let from = LocalizedText(
      en:
        "First day, local, from which changes count. Default for the sentence: the latest patch day after the baseline, else the day after it.",
      de:
        "Erster Tag (Ortszeit), ab dem Änderungen zählen. Vorgabe für den Satz: der letzte Updatetag nach der Vergleichsbasis, sonst der Tag danach."
    )
  }

  /// The `phase` verb.
  package enum Phase {
    package static let abstract = LocalizedText(
      en: "Records in a store when a phase of an experiment began and ended, such as before and after a policy.",
      de: "Hält im Speicher fest, wann eine Phase eines Versuchs begann und endete, etwa vor und nach einer Richtlinie."
    )
    package static let discussion = LocalizedText(
      en: """
        Each beginning and each end is an entry of the evidence chain and cannot be changed afterwards. A service may write to the store meanwhile. \
        'compare' compares two phases.

        Name and setting are printed in reports. Write what was set, and name no person, device or address.
        """,
      de: """
        Jeder Beginn und jedes Ende ist ein Eintrag der Nachweiskette und lässt sich danach nicht ändern. Ein Dienst darf währenddessen in den Speicher \
        schreiben. 'compare' vergleicht zwei Phasen.

        Name und Einstellung erscheinen in Berichten. Angeben, was eingestellt wurde, und keine Person, kein Gerät und keine Adresse nennen.
        """)
    package static let startAbstract = LocalizedText(
      en: "Begins a phase.",
      de: "Beginnt eine Phase.")
    package static let startDiscussion = LocalizedText(
      en: "The phase counts from the first hour that lies wholly in it. A group is in one phase at a time.",
      de: "Die Phase zählt ab der ersten Stunde, die ganz in ihr liegt. Eine Gruppe ist immer nur in einer Phase.")
    package static let newName = LocalizedText(
      en: "Name of the phase: letters, digits, - and _, such as level-0. A name is used once.",
      de: "Name der Phase: Buchstaben, Ziffern, - und _, etwa stufe-0. Ein Name wird nur einmal verwendet.")
    package static let setting = LocalizedText(
      en: "What is set while it lasts, in one line.",
      de: "Was währenddessen eingestellt ist, in einer Zeile.")
    package static let groups = LocalizedText(
      en: "Groups that it concerns, separated by commas. Default: the whole site.",
      de: "Betroffene Gruppen, durch Kommas getrennt. Vorgabe: der ganze Standort.")
    package static let stopAbstract = LocalizedText(
      en: "Ends a phase.",
      de: "Beendet eine Phase.")
    package static let stopDiscussion = LocalizedText(
      en: "The hour in which it ends does not count.",
      de: "Die Stunde, in der sie endet, zählt nicht.")
    package static let name = LocalizedText(
      en: "Name of the phase. Default: the only one that is running.",
      de: "Name der Phase. Vorgabe: die einzige laufende.")
    package static let listAbstract = LocalizedText(
      en: "Lists the phases of a store: time, groups, setting, and the entries of the evidence chain.",
      de: "Listet die Phasen eines Speichers auf: Zeit, Gruppen, Einstellung und die Einträge der Nachweiskette.")
    package static let at = LocalizedText(
      en: "When it was, if not now: local time of the site such as 2026-05-04T10:30, a day, or UTC with Z.",
      de: "Zeitpunkt, falls nicht jetzt: Ortszeit des Standorts wie 2026-05-04T10:30, ein Tag, oder UTC mit Z.")
  }

  /// The `compare` verb.
  package enum Compare {
    package static let abstract = LocalizedText(
      en:
        "Compares two phases or periods: services, devices, sessions, blocked attempts and bytes, each with its change and interval.",
      de:
        "Vergleicht zwei Phasen oder Zeiträume: Dienste, Geräte, Verbindungen, blockierte Versuche und Bytes, jeweils mit Veränderung und Intervall."
    )
    package static let discussion = LocalizedText(
      en: """
        A period is the name of a phase ('egressaudit phase list') or a first and a last local day, such as 2026-05-04..2026-05-08. Only whole local days \
        count. Rates refer to device-days; intervals come from a bootstrap over devices with a fixed seed.

        The comparison claims no cause.

        Exit codes: 0 compared, 2 a period or group that there is not, 3 the coverage of one of the periods does not allow it.
        """,
      de: """
        Ein Zeitraum ist der Name einer Phase ('egressaudit phase list') oder ein erster und letzter Tag (Ortszeit), etwa 2026-05-04..2026-05-08. Nur ganze \
        Tage zählen. Raten beziehen sich auf Gerätetage; die Intervalle stammen aus einem Bootstrap über Geräte mit festem Startwert.

        Der Vergleich behauptet keine Ursache.

        Rückgabewerte: 0 verglichen, 2 Zeitraum oder Gruppe nicht vorhanden, 3 die Abdeckung eines der Zeiträume lässt es nicht zu.
        """)
    package static let beforeStore = LocalizedText(
      en: "Store that holds the period before, if it is another one.",
      de: "Speicher mit dem Zeitraum davor, falls es ein anderer ist.")
    package static let before = LocalizedText(
      en: "Period before: a phase, or first and last day.",
      de: "Zeitraum davor: eine Phase oder erster und letzter Tag.")
    package static let after = LocalizedText(
      en: "Period after: a phase, or first and last day.",
      de: "Zeitraum danach: eine Phase oder erster und letzter Tag.")
    package static let group = LocalizedText(
      en: "Show only these reported groups, separated by commas. Default: all, and the site.",
      de: "Nur diese ausgewiesenen Gruppen zeigen, durch Kommas getrennt. Vorgabe: alle und der Standort.")
    package static let reclassified = LocalizedText(
      en: "Compare by another rule set: number of a classification that 'rules reclassify' stored.",
      de: "Nach einem anderen Regelsatz vergleichen: Nummer einer Zuordnung, die 'rules reclassify' gespeichert hat.")
    package static let profile = LocalizedText(
      en: "rfc4180 or office-de. Default: office-de if the language is German, else rfc4180.",
      de: "rfc4180 oder office-de. Vorgabe: office-de bei deutscher Sprache, sonst rfc4180.")
    package static let oneStore = LocalizedText(
      en:
        "--reclassified names a classification of one store. Leave out --before-store, or compare without --reclassified.",
      de:
        "--reclassified nennt eine Zuordnung eines einzelnen Speichers. --before-store weglassen oder ohne --reclassified vergleichen."
    )
  }
}
