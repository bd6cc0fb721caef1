import Model

extension Texts {
  /// Columns of `transfers.csv` in their order; ids are the public interface.
  static let transfers = measuredTransfers + latestDecision(.text) + reviewedTransfers

  private static let measuredTransfers: [Column] = [
    column(
      "recipient", "Recipient", "Empfänger", .text,
      en: "Legal entity that receives the data, from the register.",
      de: "Rechtsträger, der die Daten empfängt, laut Register."),
    column(
      "recipient_seat", "Seat", "Sitz", .text,
      en: "ISO 3166 code of the country of establishment, from the register.",
      de: "ISO-3166-Code des Landes der Niederlassung, laut Register."),
    column(
      "group_parent", "Parent company", "Konzernmutter", .text,
      en: "Parent company; access from its country is possible even with servers in the EU.",
      de: "Konzernmutter; Zugriff aus ihrem Land ist auch bei Servern in der EU möglich."),
    column(
      "parent_seat", "Seat of the parent", "Sitz der Konzernmutter", .text,
      en: "ISO 3166 code of the parent's country.",
      de: "ISO-3166-Code des Landes der Konzernmutter."),
    column(
      "third_country", "Third country", "Drittland", .word(.thirdCountry),
      en:
        "yes: seat outside EU and EEA. possible: only the parent's seat is outside. Says nothing about where data are processed.",
      de:
        "ja: Sitz außerhalb von EU und EWR. möglich: nur der Sitz der Konzernmutter liegt außerhalb. Sagt nichts über den Ort der Verarbeitung."
    ),
    column(
      "transfer_tool_state", "Transfer tool", "Übermittlungsinstrument", .word(.transferTool),
      en:
        "State of the best tool in the register, on all days of the flows; does not apply if the recipient's seat is in EU or EEA, unknown if the seat is unknown.",
      de:
        "Stand des besten Instruments, welches das Register vermerkt, an allen Tagen der Datenflüsse; entfällt, wo der Sitz des Empfängers in EU oder EWR liegt, unbekannt, wo der Sitz es ist."
    ),
    column(
      "transfer_tool_register", "Transfer tool according to register", "Übermittlungsinstrument lt. Register", .text,
      en:
        "Entries of the register of transfer tools for the recipient or its parent: tool, name in the list, status, and whether the list itself was read; entries separated by ';'. Noted, not examined.",
      de:
        "Was das Register der Übermittlungsinstrumente zum Empfänger oder seiner Konzernmutter vermerkt: Instrument, Name wie dort, Stand, und ob die Liste selbst gelesen wurde; Einträge durch ';' getrennt. Vermerkt, nicht geprüft."
    ),
    column(
      "register_date", "Register as of", "Stand des Registers", .date,
      en: "Day for which the source of each entry is valid, in the same order.",
      de: "Tag, zu dem die Quelle jedes Eintrags dies sagt, in derselben Reihenfolge."),
    column(
      "service", "Service", "Dienst", .text,
      en: "Service behind the destination, named in the rules.",
      de: "Dienst hinter dem Ziel, wie die Regeln ihn nennen."),
    column(
      "purpose_class", "Purpose class", "Zweckklasse", .word(.purpose),
      en: "Purpose of the endpoint according to the sources of the rule; an endpoint is not a purpose.",
      de: "Wofür der Endpunkt laut den Quellen der Regel da ist; ein Endpunkt ist kein Zweck."),
    column(
      "groups", "Groups", "Gruppen", .integer,
      en: "Number of groups from which devices were in contact.",
      de: "Zahl der Gruppen, aus denen Geräte in Kontakt waren."),
    column(
      "devices_seen", "Devices", "Geräte", .integer, unit: ("devices", "Geräte"),
      en: "Devices whose contact was answered at least once; unknown if the whole site is too small.",
      de: "Geräte, deren Kontakt mindestens einmal beantwortet wurde; unbekannt, wenn der ganze Standort zu klein ist."),
    column(
      "sessions", "Sessions", "Verbindungen", .integer,
      en: "Established flows.",
      de: "Zustande gekommene Datenflüsse."),
    column(
      "mb_up", "MB up", "MB hin", .decimal, unit: ("10^6 byte", "10^6 Byte"),
      en: "IP payload from inside to outside.",
      de: "IP-Nutzlast von innen nach außen."),
    column(
      "mb_down", "MB down", "MB zurück", .decimal, unit: ("10^6 byte", "10^6 Byte"),
      en: "IP payload from outside to inside, blocked attempts not included.",
      de: "IP-Nutzlast von außen nach innen, blockierte Versuche nicht eingeschlossen."),
    column(
      "data_categories_documented", "Data categories according to sources", "Datenkategorien laut Quellen", .list,
      en:
        "Data that are sent according to the sources of the matched patterns, which need not be the vendor's. Documented, not observed.",
      de:
        "Was laut den Quellen der zutreffenden Muster gesendet wird; sie müssen nicht vom Anbieter sein. Dokumentiert, nicht beobachtet."
    ),
  ]

  /// From the first column for people on.
  private static let reviewedTransfers: [Column] = [
    column(
      "legal_basis", "Legal basis", "Rechtsgrundlage", .human(.text),
      en: "Decided by people.",
      de: "Von Menschen festzulegen."),
    column(
      "transfer_tool_confirmed", "Confirmed transfer tool", "Übermittlungsinstrument bestätigt", .human(.text),
      en: "Decided by people.",
      de: "Von Menschen festzulegen."),
    column(
      "supplementary_measures", "Supplementary measures", "zusätzliche Maßnahmen", .human(.text),
      en: "Decided by people.",
      de: "Von Menschen festzulegen."),
    column(
      "tdddg25_assessment", "Assessment § 25 TDDDG", "Bewertung § 25 TDDDG", .human(.text),
      en: "Decided by people.",
      de: "Von Menschen festzulegen."),
    column(
      "decision", "Decision", "Entscheidung", .human(.text),
      en: "Decided by people.",
      de: "Von Menschen festzulegen."),
    column(
      "decided_by_role", "Decided by (role)", "entschieden durch (Rolle)", .human(.text),
      en: "Role of the person who decided; no name.",
      de: "Rolle der entscheidenden Person; kein Name."),
    column(
      "decided_on", "Decided on", "entschieden am", .human(.date),
      en: "Date of the decision.",
      de: "Datum der Entscheidung."),
    column(
      "role_assumed", "Role (assumption)", "Rolle (Annahme)", .word(.role),
      en: "Role according to the register; the DPO confirms.",
      de: "Rolle, wie das Register sie angibt; die oder der Datenschutzbeauftragte bestätigt."),
    column(
      "data_subjects_assumed", "Data subjects (assumption)", "Betroffene (Annahme)", .words(.dataSubjects),
      en: "People whom the data concern; an assumption that the DPO confirms.",
      de: "Wen die Daten betreffen; eine Annahme, die die oder der Datenschutzbeauftragte bestätigt."),
    column(
      "documented_source", "Source", "Quelle", .list,
      en: "Documents that name the patterns that matched, with the place; unknown if only a local override does.",
      de:
        "Dokumente, welche die zutreffenden Muster nennen, mit Fundstelle; unbekannt, wo nur eine lokale Abweichung das tut."
    ),
    column(
      "documented_date", "Source as of", "Stand", .date,
      en: "Date of each source, in the order of the sources.",
      de: "Datum jeder Quelle, in der Reihenfolge der Quellen."),
    column(
      "in_contract_list", "Named in contract", "im Vertrag genannt", .word(.documentedStanding),
      en:
        "Whether the imported contract list names the recipient; doubtful: it has a name that may mean it, which a person has to confirm.",
      de:
        "Ob die eingelesene Vertragsliste den Empfänger nennt; zweifelhaft: Sie enthält einen Namen, der ihn meinen kann, was ein Mensch bestätigen muss."
    ),
    column(
      "in_art30_record", "In the record", "im Verzeichnis", .word(.documentedStanding),
      en: "The same for the imported record of processing (Art. 30).",
      de: "Dasselbe für das eingelesene Verzeichnis der Verarbeitungstätigkeiten (Art. 30)."),
    column(
      "confidence", "Confidence", "Verlässlichkeit der Zuordnung", .word(.confidence),
      en: "How certain the attribution to the service is, by the fixed table below.",
      de: "Wie sicher die Zuordnung zum Dienst ist, nach der festen Tabelle unten."),
    column(
      "destinations", "Destinations", "Ziele", .list,
      en: "Number of patterns, then the patterns of the rules that matched.",
      de: "Zahl der Muster, dann die Muster der Regeln, die zutrafen."),
    column(
      "asn_list", "Network operators", "Netzbetreiber", .list,
      en:
        "Autonomous systems that announced the addresses of established flows, with number and name in the address database, by number. Addresses without an entry are left out.",
      de:
        "Autonome Systeme, die die Adressen zustande gekommener Datenflüsse ankündigten; Nummer und Name, wie die Adressdatenbank sie schreibt, nach Nummer. Adressen ohne Eintrag fehlen."
    ),
    column(
      "ip_country_hint", "Country of the IP (hint)", "Land der IP (Hinweis)", .words(.countryHint),
      en:
        "A hint, not the place of processing. ISO 3166 code of the country that the address database gives; for several, all in EU and EEA, EU/EEA mix; if others are among them, all codes in order. unknown in addition: for some addresses no country is known. not_determinable: at least one address is used in many places (anycast, CDN), or is reached by satellite or an anonymous proxy.",
      de:
        "Ein Hinweis, nicht der Ort der Verarbeitung. ISO-3166-Code des Landes laut Adressdatenbank; bei mehreren, die alle in EU und EWR liegen, EU/EWR gemischt; sind andere darunter, alle Codes in ihrer Reihenfolge. unbekannt daneben: für einige Adressen ist kein Land bekannt. nicht bestimmbar: Mindestens eine Adresse steht für viele Orte (Anycast, CDN) oder ist über Satellit oder einen Anonymisierungsdienst erreichbar."
    ),
    column(
      "anycast_or_cdn", "Anycast/CDN", "Anycast/CDN", .word(.yesNo),
      en:
        "yes: an address or a pattern belongs to a network that is used in many places, according to the location database or the register of shared networks; then the country is not determinable. Neither is complete: without a mark it is unknown, not no.",
      de:
        "ja: Eine Adresse oder ein Muster liegt laut Adressdatenbank oder Register verteilter Netze in einem Netz, das für viele Orte steht; dann ist das Land nicht bestimmbar. Beide sind unvollständig: Ohne Kennzeichen ist es unbekannt, nicht nein."
    ),
    column(
      "geo_db", "Address database", "Adressdatenbank", .list,
      en:
        "Offline databases that were used when the flows were seen, with licence if they state one; none if none was configured. The legend cites them in full.",
      de:
        "Lokale Datenbanken, die bei der Beobachtung befragt wurden, mit Lizenz, soweit sie eine nennen; keine, wenn keine eingerichtet war. Die Legende nennt sie vollständig."
    ),
    column(
      "geo_db_date", "Address database as of", "Stand der Adressdatenbank", .date,
      en:
        "Date on which each database was made, in the order of the databases. The older it is, the less reliable are its facts: networks change hands.",
      de:
        "Datum, an dem jede Datenbank erstellt wurde, in deren Reihenfolge. Je älter, desto weniger wiegen ihre Angaben: Netze wechseln den Inhaber."
    ),
    column(
      "site", "Site", "Standort", .text,
      en: "Gateway or organisation that was observed.",
      de: "Beobachtetes Gateway oder Dienststelle."),
    column(
      "period_start", "Period from", "Zeitraum von", .instant,
      en: "Beginning of the observation: the chosen days, limited to the stored hours.",
      de: "Beginn der Beobachtung: die gewählten Tage, begrenzt auf die gespeicherten Stunden."),
    column(
      "period_end", "Period to", "Zeitraum bis", .instant,
      en: "End of the observation, exclusive.",
      de: "Ende der Beobachtung, nicht eingeschlossen."),
    column(
      "time_zone", "Time zone", "Zeitzone", .text,
      en: "IANA name of the zone of local times and days.",
      de: "IANA-Name der Zeitzone der Ortszeiten und Tage."),
    column(
      "transfer_id", "Transfer", "Übermittlung", .text,
      en:
        "Stable name of the row: T- and 12 hexadecimal digits of the SHA-256 over site, recipient, service and purpose class, the same in each period.",
      de:
        "Feste Bezeichnung der Zeile: T- und 12 Hexadezimalziffern des SHA-256 über Standort, Empfänger, Dienst und Zweckklasse, in jedem Zeitraum dieselbe."
    ),
    column(
      "findings", "Findings", "Feststellungen", .list,
      en: "Rows of findings.csv that this transfer summarises.",
      de: "Zeilen der findings.csv, die diese Übermittlung zusammenfasst."),
    column(
      "coverage_ref", "Coverage", "Abdeckung", .list,
      en:
        "Rows of coverage.csv for what was seen and lost: sensor, then the begin of the first hour and the end of the last.",
      de:
        "Zeilen der coverage.csv, die sagen, was gesehen und verloren wurde: Sensor, dann Beginn der ersten und Ende der letzten Stunde."
    ),
    column(
      "ruleset_hash", "Rule set hash", "Regelsatz-Prüfsumme", .list,
      en: "SHA-256 of the rule sets that classified.",
      de: "SHA-256 der Regelsätze, die zugeordnet haben."),
  ]
}
