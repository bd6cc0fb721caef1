import Model

extension Texts {
  /// Columns of `flows.csv` in their order; ids are the public interface.
  static let flows: [Column] = [
    column(
      "start_bucket", "Begin (hour)", "Beginn (Stunde)", .instant,
      en:
        "Hour in which the record begins; exact times are not exported. For a day with too few devices: the first hour of the day with which it is reported.",
      de:
        "Stunde, in der der Eintrag beginnt; genaue Zeiten werden nicht ausgegeben. Bei einem Tag mit zu wenigen Geräten: die erste Stunde des Tages, mit dem er ausgegeben wird."
    ),
    column(
      "time_zone", "Time zone", "Zeitzone", .text,
      en: "IANA name of the zone of local times and days.",
      de: "IANA-Name der Zeitzone der Ortszeiten und Tage."),
    column(
      "group", "Group", "Gruppe", .word(.group),
      en: "Organisational group; groups below the smallest number of devices are in the collecting group.",
      de: "Organisatorische Gruppe; Gruppen unter der Mindestzahl an Geräten stehen in der Sammelgruppe."),
    column(
      "device_token", "Device (pseudonym)", "Gerät (Pseudonym)", .text,
      en:
        "Pseudonym that is valid in this export only, and for one week (Monday to Sunday); unknown for days with too few devices.",
      de:
        "Pseudonym, das nur in dieser Ausgabe und für eine Woche (Montag bis Sonntag) gilt; unbekannt an Tagen mit zu wenigen Geräten."
    ),
    column(
      "dst_name", "Destination name", "Zielname", .text,
      en: "Observed name, personal parts replaced by tokens.",
      de: "Beobachteter Name, personenbezogene Teile durch Platzhalter ersetzt."),
    column(
      "dst_ip", "Destination IP", "Ziel-IP", .text,
      en: "Address of the recipient; does not apply if the attempt ended at the name.",
      de: "Adresse des Empfängers; entfällt, wenn der Versuch schon beim Namen endete."),
    column(
      "proto", "Transport protocol", "Transportprotokoll", .text,
      en: "tcp, udp, or ip- and the IANA number; does not apply if the attempt ended at the name.",
      de: "tcp, udp oder ip- und die IANA-Nummer; entfällt, wenn der Versuch schon beim Namen endete."),
    column(
      "dst_port", "Destination port", "Zielport", .integer,
      en: "Port of the destination; does not apply if the attempt ended at the name, or the protocol has no ports.",
      de:
        "Port des Ziels; entfällt, wenn der Versuch schon beim Namen endete oder das Protokoll keine Ports kennt."
    ),
    column(
      "outcome", "Outcome", "Ergebnis", .word(.outcome),
      en: "How the flow ended, as seen at the gateway.",
      de: "Wie der Datenfluss endete, aus Sicht des Gateways."),
    column(
      "opens_flow", "Opens a flow", "eröffnet Datenfluss", .word(.yesNo),
      en:
        "The record is the first of its flow; a long flow has a further record for each hour. Sessions are the rows that open a flow and were established.",
      de:
        "Der Eintrag ist der erste seines Datenflusses; ein langer Datenfluss hat je Stunde einen weiteren. Verbindungen sind die Zeilen, die einen Datenfluss eröffnen und zustande kamen."
    ),
    column(
      "is_retry", "Repeat", "Wiederholung", .word(.yesNo),
      en:
        "A blocked attempt of the same device for the same rule within 60 s of the one before. Blocked attempts are the rows that open a flow, were not established and are not a repeat.",
      de:
        "Ein blockierter Versuch desselben Geräts bei derselben Regel binnen 60 s nach dem vorigen. Blockierte Versuche sind die Zeilen, die einen Datenfluss eröffnen, nicht zustande kamen und keine Wiederholung sind."
    ),
    column(
      "bytes_up", "Bytes up", "Bytes hin", .integer, unit: ("byte", "Byte"),
      en: "IP payload from inside to outside.",
      de: "IP-Nutzlast von innen nach außen."),
    column(
      "bytes_down", "Bytes down", "Bytes zurück", .integer, unit: ("byte", "Byte"),
      en: "IP payload from outside to inside.",
      de: "IP-Nutzlast von außen nach innen."),
    column(
      "packets_up", "Packets up", "Pakete hin", .integer,
      en: "Packets from inside to outside.",
      de: "Pakete von innen nach außen."),
    column(
      "packets_down", "Packets down", "Pakete zurück", .integer,
      en: "Packets from outside to inside.",
      de: "Pakete von außen nach innen."),
    column(
      "duration_s", "Duration (class)", "Dauer (Klasse)", .integer, unit: ("s", "s"),
      en: "Duration rounded down to 0, 1, 10, 60, 600 or 3600.",
      de: "Dauer, abgerundet auf 0, 1, 10, 60, 600 oder 3600."),
    column(
      "purpose_class", "Purpose class", "Zweckklasse", .word(.purpose),
      en: "Purpose of the endpoint according to the sources of the rule.",
      de: "Wofür der Endpunkt laut den Quellen der Regel da ist."),
    column(
      "tls_version", "Encryption", "Verschlüsselung", .word(.encryption),
      en: "Encryption of the content, according to the handshake.",
      de: "Schutz der Inhalte, wie die Verbindungsaufnahme ihn zeigt."),
    column(
      "alpn", "Application protocol", "Anwendungsprotokoll", .text,
      en: "First application protocol that the device offered.",
      de: "Erstes Anwendungsprotokoll, das das Gerät anbot."),
    column(
      "ech", "Encrypted ClientHello", "Verschlüsseltes ClientHello", .word(.ech),
      en: "Whether the flow offered to hide its name.",
      de: "Ob der Datenfluss anbot, seinen Namen zu verbergen."),
    column(
      "name_method", "Origin of the name", "Namensherkunft", .word(.nameMethod),
      en: "Where the name comes from.",
      de: "Woher der Name stammt."),
    column(
      "name_class", "Naming class", "Namensklasse", .word(.namingClass),
      en: "A seen in the flow, B HTTP host or proxy, C DNS answer to this client, D ambiguous, E unnamed.",
      de: "A im Datenfluss gesehen, B HTTP-Host oder Proxy, C DNS-Antwort an diesen Client, D mehrdeutig, E unbenannt."),
    column(
      "matched_by", "Matched by", "Zugeordnet durch", .word(.matchBasis),
      en:
        "Evidence by which the rule was found. Alias: the name that the device asked for has no rule, but DNS led from it to a name that has one, which is dst_name. DNS answer: the flow shows a name without a rule, but DNS had led the device to the address by the name in dst_name. In both cases the other name is not kept. Unknown if the flow was stored by a version that did not look for these.",
      de:
        "Wodurch die Regel gefunden wurde. Aliasname: Für den erfragten Namen gibt es keine Regel, aber DNS führte das Gerät über einen Namen weiter, für den es eine gibt; dst_name ist dieser Name. DNS-Antwort: Der Datenfluss zeigt einen Namen ohne Regel, DNS hatte das Gerät aber unter dem Namen in dst_name zu dieser Adresse geführt. In beiden Fällen wird der andere Name nicht gespeichert. Unbekannt, wenn eine Version den Datenfluss gespeichert hat, die danach nicht suchte."
    ),
    column(
      "is_contradicted", "Name contradicts DNS", "Name widerspricht DNS", .word(.yesNo),
      en:
        "The flow shows one name, and DNS had led the device to this address only by names of another service. It may be a disguise, or an address that several services share without the registers knowing it.",
      de:
        "Der Datenfluss zeigt einen Namen, DNS hatte das Gerät aber nur unter Namen eines anderen Dienstes zu dieser Adresse geführt. Das kann Tarnung sein oder eine Adresse, die sich mehrere Dienste teilen, ohne dass die Verzeichnisse es wissen."
    ),
    column(
      "dns_age_s", "Age of the DNS answer", "Alter der DNS-Antwort", .integer, unit: ("s", "s"),
      en: "Time from the DNS answer to the flow; does not apply if DNS played no part.",
      de: "Zeit von der DNS-Antwort bis zum Datenfluss; entfällt, wo DNS keine Rolle spielte."),
    column(
      "complete", "Complete", "vollständig", .word(.completeness),
      en: "Which part of the flow was seen.",
      de: "Welcher Teil des Datenflusses gesehen wurde."),
    column(
      "missed_bytes", "Missed bytes", "fehlende Bytes", .integer, unit: ("byte", "Byte"),
      en: "TCP bytes that were sent but not captured.",
      de: "TCP-Bytes, die gesendet, aber nicht erfasst wurden."),
    column(
      "direction_inferred", "Direction inferred", "Richtung erschlossen", .word(.yesNo),
      en: "The beginning was not seen, so the side that opened the flow is inferred.",
      de: "Der Anfang fehlte, daher ist erschlossen, wer den Datenfluss begann."),
    column(
      "sensor", "Sensor", "Sensor", .text,
      en: "Sensor that saw the flow.",
      de: "Sensor, der den Datenfluss sah."),
    column(
      "interface", "Interface", "Schnittstelle", .text,
      en: "Network interface, or file.",
      de: "Netzschnittstelle oder Datei."),
    column(
      "finding_id", "Finding", "Feststellung", .text,
      en: "Row of findings.csv for which the flow counts.",
      de: "Zeile der findings.csv, zu der der Datenfluss zählt."),
    column(
      "flow_id", "Flow", "Datenfluss", .text,
      en:
        "Name of the row, valid in this export only. egressaudit evidence finds its place in the evidence chain of the store.",
      de:
        "Bezeichnung der Zeile, die nur in dieser Ausgabe gilt. egressaudit evidence findet ihren Platz in der Nachweiskette des Speichers."
    ),
    column(
      "rule_id", "Rule", "Regel", .text,
      en:
        "Rule that matched. After a + is the local override that changed the rule; the legend has its reason.",
      de:
        "Regel, die zutraf. Hinter einem + steht die lokale Abweichung, welche die Regel geändert hat; die Legende nennt ihren Grund."
    ),
    column(
      "ruleset_hash", "Rule set hash", "Regelsatz-Prüfsumme", .text,
      en: "SHA-256 of the rule set that classified.",
      de: "SHA-256 des Regelsatzes, der zugeordnet hat."),
    column(
      "phase", "Phase", "Phase", .text,
      en: "Phase of an experiment.",
      de: "Phase eines Versuchs."),
    column(
      "sample_ref", "Sample", "Probe", .text,
      en: "Header-only packet of the evidence package.",
      de: "Paketkopf im Nachweispaket."),
  ]
}
