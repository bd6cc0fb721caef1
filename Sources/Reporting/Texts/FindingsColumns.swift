import Model

extension Texts {
  /// Columns of `findings.csv` in their order; ids are the public interface.
  static let findings = measuredFindings + latestDecision(.word(.reviewStatus)) + reviewedFindings

  private static let measuredFindings: [Column] = [
    column(
      "rank", "Rank", "Rang", .integer,
      en:
        "Place in the whole table, 1 = look here first: by class, then by the points below, then severity and likelihood; rows that are not assessable come last.",
      de:
        "Platz in der ganzen Tabelle, 1 = hier zuerst hinsehen: nach Klasse, dann nach den Punkten unten, dann Schwere und Eintrittswahrscheinlichkeit; nicht bewertbare Zeilen stehen am Ende."
    ),
    column(
      "priority", "Proposed review priority", "Vorgeschlagener Prüfvorrang", .word(.priority),
      en: "Order in which to review. Not the risk of the processing.",
      de: "Was zuerst anzusehen ist. Nicht das Risiko der Verarbeitung."),
    column(
      "group", "Group", "Gruppe", .word(.group),
      en: "Organisational group; groups below the smallest number of devices are in the collecting group.",
      de: "Organisatorische Gruppe; Gruppen unter der Mindestzahl an Geräten stehen in der Sammelgruppe."),
    column(
      "service", "Service", "Dienst", .text,
      en: "Service behind the destination, named in the rules.",
      de: "Dienst hinter dem Ziel, wie die Regeln ihn nennen."),
    column(
      "recipient", "Recipient", "Empfänger", .text,
      en: "Legal entity that receives the data, from the register.",
      de: "Rechtsträger, der die Daten empfängt, laut Register."),
    column(
      "purpose_class", "Purpose class", "Zweckklasse", .word(.purpose),
      en: "Purpose of the endpoint according to the sources of the rule; an endpoint is not a purpose.",
      de: "Wofür der Endpunkt laut den Quellen der Regel da ist; ein Endpunkt ist kein Zweck."),
    column(
      "devices_seen", "Devices with contact", "Geräte mit Kontakt", .integer, unit: ("devices", "Geräte"),
      en: "Devices of the group whose contact was answered at least once; unknown if the whole site is too small.",
      de:
        "Geräte der Gruppe, deren Kontakt mindestens einmal beantwortet wurde; unbekannt, wenn der ganze Standort zu klein ist."
    ),
    column(
      "devices_observed", "Devices in all", "Geräte gesamt", .integer, unit: ("devices", "Geräte"),
      en:
        "Devices of the group that were seen at all in the period, by their hardware address or because they got an answer; unknown if the whole site is too small.",
      de:
        "Geräte der Gruppe, die im Zeitraum überhaupt gesehen wurden, an ihrer Hardware-Adresse oder mit einer Antwort, die sie erhielten; unbekannt, wenn der ganze Standort zu klein ist."
    ),
    column(
      "sessions", "Sessions", "Verbindungen", .integer,
      en: "Established flows.",
      de: "Zustande gekommene Datenflüsse."),
    column(
      "blocked_attempts", "Blocked attempts", "blockierte Versuche", .integer,
      en: "Attempts that were refused, not answered, or ended at the name; repetitions within 60 s count once.",
      de:
        "Versuche, die abgelehnt, nicht beantwortet oder schon beim Namen beendet wurden; Wiederholungen binnen 60 s zählen einmal."
    ),
    column(
      "mb_up", "MB up", "MB hin", .decimal, unit: ("10^6 byte", "10^6 Byte"),
      en: "Bytes up, for reading.",
      de: "Bytes hin, zum Lesen."),
    column(
      "new_since_baseline", "New since baseline", "neu seit Basis", .word(.baselineState),
      en: Texts.newSinceBaseline.en, de: Texts.newSinceBaseline.de),
    column(
      "reason", "Reason", "Begründung", .text,
      en: "One sentence about what was seen, then the inputs of the proposal as facts, each with its name.",
      de: "Ein Satz über das Gesehene, dann die Eingaben des Vorschlags als Angaben, jede mit ihrem Namen."),
  ]

  /// From the first column for people on.
  private static let reviewedFindings: [Column] = [
    column(
      "status", "Status", "Status", .human(.word(.reviewStatus)),
      en:
        "State of the review: open, confirmed, rejected or deferred; empty is open. Only confirmed rows are used in lists for firewalls and resolvers.",
      de:
        "Stand der Prüfung: offen, bestätigt, verworfen oder zurückgestellt; leer ist offen. Nur bestätigte Zeilen gehen in Listen für Firewalls und Resolver ein."
    ),
    column(
      "dpo_note", "Note of the DPO", "Vermerk DSB", .human(.text),
      en: "Note of the data protection officer.",
      de: "Vermerk der oder des Datenschutzbeauftragten."),
    column(
      "severity_confirmed", "Confirmed severity", "Schwere bestätigt", .human(.level),
      en: "Severity decided by people.",
      de: "Schwere, wie Menschen sie festgelegt haben."),
    column(
      "likelihood_confirmed", "Confirmed likelihood", "Eintrittswahrscheinlichkeit bestätigt", .human(.level),
      en: "Likelihood decided by people.",
      de: "Eintrittswahrscheinlichkeit, wie Menschen sie festgelegt haben."),
    column(
      "confirmed_by_role", "Confirmed by (role)", "bestätigt durch (Rolle)", .human(.text),
      en: "Role of the person who decided; no name.",
      de: "Rolle der entscheidenden Person; kein Name."),
    column(
      "confirmed_on", "Confirmed on", "bestätigt am", .human(.date),
      en: "Date of the decision.",
      de: "Datum der Entscheidung."),
    column(
      "measure", "Measure", "Maßnahme", .human(.text),
      en: "What is to be done.",
      de: "Was zu tun ist."),
    column(
      "dsk_case", "DSK case", "DSK-Fall", .word(.dskCase),
      en: "Case in the scheme of the German data protection conference that the observation suggests.",
      de: "Fall des Schemas der Datenschutzkonferenz, auf den die Beobachtung deutet."),
    column(
      "confidence", "Confidence", "Verlässlichkeit der Zuordnung", .word(.confidence),
      en: "How certain the attribution to the service is, by the fixed table below.",
      de: "Wie sicher die Zuordnung zum Dienst ist, nach der festen Tabelle unten."),
    column(
      "severity_proposed", "Proposed severity", "Vorschlag Schwere", .integer,
      en: "1 negligible, 2 limited, 3 important, 4 maximum; a proposal for people.",
      de: "1 geringfügig, 2 überschaubar, 3 substanziell, 4 groß; ein Vorschlag für Menschen."),
    column(
      "likelihood_proposed", "Proposed likelihood", "Vorschlag Eintrittswahrscheinlichkeit", .integer,
      en: "1 to 4; a proposal for people.",
      de: "1 bis 4; ein Vorschlag für Menschen."),
    column(
      "active_days", "Days with contact", "Tage mit Kontakt", .integer, unit: ("days", "Tage"),
      en: "Local days on which contact was answered.",
      de: "Kalendertage, an denen Kontakt beantwortet wurde."),
    column(
      "days_observed", "Days observed", "Tage beobachtet", .integer, unit: ("days", "Tage"),
      en: "Local days with at least one observed hour.",
      de: "Kalendertage mit mindestens einer beobachteten Stunde."),
    column(
      "first_seen", "First seen", "erstmals", .instant,
      en: "Hour of the first contact or attempt in the period.",
      de: "Stunde des ersten Kontakts oder Versuchs im Zeitraum."),
    column(
      "last_seen", "Last seen", "zuletzt", .instant,
      en: "Hour of the last contact or attempt in the period.",
      de: "Stunde des letzten Kontakts oder Versuchs im Zeitraum."),
    column(
      "baseline_day", "Day of the change", "Tag der Änderung", .date,
      en: Texts.baselineDay.en, de: Texts.baselineDay.de),
    column(
      "baseline", "Baseline", "Vergleichsbasis", .text, en: Texts.baselineName.en, de: Texts.baselineName.de),
    column(
      "idle_share", "Share outside working hours", "Anteil außerhalb der Arbeitszeit", .decimal,
      unit: ("share 0 to 1", "Anteil 0 bis 1"),
      en: "Share of the bytes up outside the agreed working hours; unknown if none are agreed.",
      de: "Anteil der Bytes hin außerhalb der vereinbarten Arbeitszeit; unbekannt, wenn keine vereinbart ist."),
    column(
      "up_per_device_day", "Upload per device-day", "Upload je Gerätetag", .decimal,
      unit: ("kB (1000 byte)", "kB (1000 Byte)"),
      en: "Bytes up divided by the device-days of the group: devices times the days on which each was seen at all.",
      de: "Bytes hin, geteilt durch die Gerätetage der Gruppe: Geräte mal Tage, an denen jedes überhaupt gesehen wurde."
    ),
    column(
      "upload_ratio", "Upload share", "Uploadanteil", .decimal, unit: ("share 0 to 1", "Anteil 0 bis 1"),
      en: "Bytes up divided by all bytes.",
      de: "Bytes hin, geteilt durch alle Bytes."),
    column(
      "data_categories_documented", "Data categories according to sources", "Datenkategorien laut Quellen", .list,
      en:
        "Data that are sent according to the sources of the matched patterns, which need not be the vendor's. Documented, not observed.",
      de:
        "Was laut den Quellen der zutreffenden Muster gesendet wird; sie müssen nicht vom Anbieter sein. Dokumentiert, nicht beobachtet."
    ),
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
      "products", "Products", "Produkte", .list,
      en:
        "Products and builds to which the sources of the matched patterns refer; for others the statements need not hold.",
      de:
        "Produkte und Versionen, auf die sich die Quellen der zutreffenden Muster beziehen; für andere müssen die Angaben nicht gelten."
    ),
    column(
      "class_disputed", "Disputed", "strittig", .word(.yesNo),
      en: "Sources disagree about the endpoint.",
      de: "Quellen sehen den Endpunkt unterschiedlich."),
    column(
      "cleartext_identifier_classes", "Identifiers in clear text", "Kennungen im Klartext", .words(.identifier),
      en:
        "Classes of identifiers that were seen unencrypted; the values are never kept. \"Not inspected\" means that something was sent that is not known to be encrypted and was not inspected; \"none\" that everything sent was encrypted or inspected.",
      de:
        "Klassen von Kennungen, die unverschlüsselt gesehen wurden; die Werte werden nie gespeichert. „Nicht untersucht“ steht, wo etwas gesendet wurde, das nicht erkennbar verschlüsselt war und in das niemand hineingesehen hat; „keine“ nur, wo alles Gesendete verschlüsselt war oder untersucht wurde."
    ),
    column(
      "third_country_hint", "Third country hint", "Drittlandhinweis", .word(.thirdCountryHint),
      en:
        "Yes if the recipient's seat is outside EU and EEA, possible if only its parent's is, from the register. Says nothing about where data are processed.",
      de:
        "Ja, wenn der Sitz des Empfängers außerhalb von EU und EWR liegt, möglich, wenn nur der seiner Konzernmutter, laut Register. Sagt nichts über den Ort der Verarbeitung."
    ),
    column(
      "third_party_access", "Access by third parties (E3)", "Zugriff Dritter (E3)", .words(.thirdPartyAccess),
      en:
        "Circumstances that could give third parties access: clear text, a seat in a third country, with the state of the transfer tool on the days of the flows; or a parent in a third country. It never changes the class.",
      de:
        "Was Dritten Zugriff geben könnte: Klartext, ein Sitz im Drittland und dort der Stand des Übermittlungsinstruments an den Tagen der Datenflüsse; oder eine Konzernmutter im Drittland. Es ändert die Klasse nie."
    ),
    column(
      "encryption", "Encryption", "Verschlüsselung", .words(.encryption),
      en:
        "Encryption of the content, according to the handshakes: each kind that a session of the row had. Shares of rows by kind may therefore sum to more than 100 %.",
      de:
        "Schutz der Inhalte, wie die Verbindungsaufnahmen ihn zeigen: jede Art, die eine Verbindung der Zeile hatte. Anteile der Zeilen je Art können deshalb zusammen mehr als 100 % ergeben."
    ),
    column(
      "naming_share_A_B", "Named with certainty", "sicher benannt", .decimal, unit: ("share 0 to 1", "Anteil 0 bis 1"),
      en: "Share of the bytes whose destination was named in the flow itself (classes A and B).",
      de: "Anteil der Bytes, deren Ziel im Datenfluss selbst benannt war (Klassen A und B)."),
    column(
      "ech_share", "ECH share", "ECH-Anteil", .decimal, unit: ("share 0 to 1", "Anteil 0 bis 1"),
      en: "Share of the sessions that offered an encrypted ClientHello.",
      de: "Anteil der Verbindungen, die ein verschlüsseltes ClientHello anboten."),
    column(
      "alias_flows", "Sessions by alias", "Verbindungen über Aliasnamen", .integer,
      en:
        "Sessions and blocked attempts whose own name has no rule, and that are attributed because DNS led the device from that name to an alias of the service. Weak evidence: naming class D. Unknown if some of them were stored by a version that did not look for aliases.",
      de:
        "Von den Verbindungen und blockierten Versuchen: die, für deren eigenen Namen es keine Regel gibt und die hierher gehören, weil DNS das Gerät von dort über einen Aliasnamen des Dienstes weiterführte. Ein schwacher Hinweis: Namensklasse D. Unbekannt, wenn einige davon eine Version gespeichert hat, die nicht nach Aliasnamen suchte."
    ),
    column(
      "contradicted_flows", "Sessions that contradict DNS", "Verbindungen im Widerspruch zu DNS", .integer,
      en:
        "Sessions and blocked attempts that show the name of one service, although DNS had led the device to the address by the name of another. If their own name has no rule, they are attributed to the service from DNS, in naming class D. Unknown if some of them were stored by a version that did not check this.",
      de:
        "Von den Verbindungen und blockierten Versuchen: die, die den Namen eines Dienstes zeigen, während DNS das Gerät unter dem Namen eines anderen zu der Adresse geführt hatte. Gibt es für den eigenen Namen keine Regel, stehen sie hier für den Dienst, den DNS nannte, in Namensklasse D. Unbekannt, wenn einige davon eine Version gespeichert hat, die nicht danach suchte."
    ),
    column(
      "destination_pattern", "Destination (pattern)", "Ziel (Muster)", .list,
      en: "Patterns of the rules that matched.",
      de: "Muster der Regeln, die zutrafen."),
    column(
      "destination_example", "Destination (example)", "Ziel (Beispiel)", .text,
      en: "Alphabetically first observed name, personal parts replaced by tokens.",
      de: "Alphabetisch erster beobachteter Name, personenbezogene Teile durch Platzhalter ersetzt."),
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
      "bytes_up", "Bytes up", "Bytes hin", .integer, unit: ("byte", "Byte"),
      en: "IP payload from inside to outside, blocked attempts included.",
      de: "IP-Nutzlast von innen nach außen, blockierte Versuche eingeschlossen."),
    column(
      "bytes_down", "Bytes down", "Bytes zurück", .integer, unit: ("byte", "Byte"),
      en: "IP payload from outside to inside; blocked attempts not included.",
      de: "IP-Nutzlast von außen nach innen; blockierte Versuche nicht eingeschlossen."),
    column(
      "finding_id", "Finding", "Feststellung", .text,
      en:
        "Stable name of the row: F- and 12 hexadecimal digits of the SHA-256 over site, recipient, service, purpose class and group, the same in each period.",
      de:
        "Feste Bezeichnung der Zeile: F- und 12 Hexadezimalziffern des SHA-256 über Standort, Empfänger, Dienst, Zweckklasse und Gruppe, in jedem Zeitraum dieselbe."
    ),
    column(
      "coverage_ref", "Coverage", "Abdeckung", .list,
      en:
        "Rows of coverage.csv for what was seen and lost: sensor, then the begin of the first hour and the end of the last.",
      de:
        "Zeilen der coverage.csv, die sagen, was gesehen und verloren wurde: Sensor, dann Beginn der ersten und Ende der letzten Stunde."
    ),
    column(
      "evidence_ref", "Evidence", "Nachweis", .list,
      en:
        "Name of all evidence of the row in this export, by which egressaudit evidence finds it in the store, and the finding by which flows.csv is filtered.",
      de:
        "Bezeichnung aller Nachweise der Zeile in dieser Ausgabe, mit der egressaudit evidence sie im Speicher findet, und die Feststellung, nach der flows.csv gefiltert wird."
    ),
    column(
      "rule_id", "Rules", "Regeln", .list,
      en:
        "Rules that matched. After a + is the local override that changed the rule; the legend has its reason.",
      de:
        "Regeln, die zutrafen. Hinter einem + steht die lokale Abweichung, welche die Regel geändert hat; die Legende nennt ihren Grund."
    ),
    column(
      "ruleset_version", "Rule set version", "Regelsatz-Version", .list,
      en: "Versions of the rule sets that classified.",
      de: "Versionen der Regelsätze, die zugeordnet haben."),
    column(
      "ruleset_hash", "Rule set hash", "Regelsatz-Prüfsumme", .list,
      en: "SHA-256 of these rule sets.",
      de: "SHA-256 dieser Regelsätze."),
  ]
}
