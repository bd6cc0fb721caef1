import Model

extension Texts {
  /// Columns of `coverage.csv` in their order; ids are the public interface.
  static let coverage: [Column] = [
    column(
      "hour_utc", "Hour (UTC)", "Stunde (UTC)", .instantUTC,
      en:
        "Full hour in UTC, so that no hour occurs twice when clocks change. An hour without capture has a row with its gap and no other values; only a gap of more than a year is one row.",
      de:
        "Volle Stunde in UTC, damit bei der Zeitumstellung keine Stunde doppelt steht. Eine Stunde, in der nichts erfasst wurde, hat eine Zeile mit ihrer Lücke, in der sonst nichts bekannt ist; nur eine Folge von mehr als einem Jahr steht in einer Zeile."
    ),
    column(
      "sensor", "Sensor", "Sensor", .text,
      en: "Sensor of the row.",
      de: "Sensor der Zeile."),
    column(
      "assessable", "Assessable", "bewertbar", .word(.yesNo),
      en: "The hour keeps all limits of the gate that apply to an hour.",
      de: "Die Stunde hält alle Mindestanforderungen an die Messung ein, die für eine Stunde gelten."),
    column(
      "why_not", "Why not", "warum nicht", .list,
      en: "Each missed limit, with the value and the limit.",
      de: "Jede verfehlte Grenze mit Zahl und Grenze."),
    column(
      "outbound_flows", "Outbound flows", "Datenflüsse nach außen", .integer,
      en: "Flows from inside to outside that sent at least one packet.",
      de: "Datenflüsse von innen nach außen, die mindestens ein Paket sendeten."),
    column(
      "bytes_out", "Bytes out", "Bytes nach außen", .integer, unit: ("byte", "Byte"),
      en: "IP payload from inside to outside, of all flows.",
      de: "IP-Nutzlast von innen nach außen, aller Datenflüsse."),
    column(
      "share_A", "Share A", "Anteil A", .decimal, unit: ("share 0 to 1", "Anteil 0 bis 1"),
      en: "Share of the bytes out named in the flow's own handshake.",
      de: "Anteil der Bytes nach außen, benannt in der eigenen Verbindungsaufnahme."),
    column(
      "share_B", "Share B", "Anteil B", .decimal, unit: ("share 0 to 1", "Anteil 0 bis 1"),
      en: "Share of the bytes out named by HTTP host or proxy.",
      de: "Anteil der Bytes nach außen, benannt durch HTTP-Host oder Proxy."),
    column(
      "share_C", "Share C", "Anteil C", .decimal, unit: ("share 0 to 1", "Anteil 0 bis 1"),
      en: "Share of the bytes out named by a DNS answer to this client.",
      de: "Anteil der Bytes nach außen, benannt durch eine DNS-Antwort an diesen Client."),
    column(
      "share_D", "Share D", "Anteil D", .decimal, unit: ("share 0 to 1", "Anteil 0 bis 1"),
      en: "Share of the bytes out whose name is ambiguous.",
      de: "Anteil der Bytes nach außen mit mehrdeutigem Namen."),
    column(
      "share_E", "Share E", "Anteil E", .decimal, unit: ("share 0 to 1", "Anteil 0 bis 1"),
      en: "Share of the bytes out without a name.",
      de: "Anteil der Bytes nach außen ohne Namen."),
    column(
      "ech_share", "ECH share", "ECH-Anteil", .decimal, unit: ("share 0 to 1", "Anteil 0 bis 1"),
      en: "Share of the outbound flows that offered an encrypted ClientHello.",
      de: "Anteil der ausgehenden Datenflüsse, die ein verschlüsseltes ClientHello anboten."),
    column(
      "doh_flows", "DoH flows", "DoH-Flüsse", .integer,
      en: "Flows of encrypted DNS (over TLS, QUIC or HTTPS), where names are hidden.",
      de: "Datenflüsse mit verschlüsseltem DNS (über TLS, QUIC oder HTTPS), bei denen Namen verborgen sind."),
    column(
      "vpn_flows", "VPN flows", "VPN-Flüsse", .integer,
      en: "Flows of tunnels, whose inside is hidden.",
      de: "Datenflüsse von Tunneln, deren Inneres verborgen ist."),
    column(
      "unexaminable_flows", "Hidden flows", "nicht einsehbare Flüsse", .integer,
      en:
        "Outbound flows whose true destination cannot be seen: VPN, relay, Tor, encrypted DNS, ECH under a provider's public name, or no name (class E).",
      de:
        "Datenflüsse nach außen, deren wahres Ziel nicht zu sehen ist: VPN, Relay, Tor, verschlüsseltes DNS, ECH unter dem öffentlichen Namen eines Anbieters oder ohne Namen (Klasse E)."
    ),
    column(
      "unexaminable_bytes", "Hidden bytes", "nicht einsehbare Bytes", .integer, unit: ("byte", "Byte"),
      en:
        "Bytes out of these flows. They never count as named: what the flow itself shows is the carrier's name, class D.",
      de:
        "Bytes dieser Datenflüsse nach außen. Sie gelten nie als benannt: Was der Datenfluss selbst zeigt, ist der Name des Trägers, Klasse D."
    ),
    column(
      "flows_without_dns", "Flows without DNS", "Datenflüsse ohne DNS", .integer,
      en:
        "Outbound flows to an address that no DNS answer seen here gave to their device: because of encrypted DNS, a fixed address, an answer before the capture began, or a proxy that resolves names.",
      de:
        "Datenflüsse nach außen zu einer Adresse, die keine hier gesehene DNS-Antwort ihrem Gerät gab: verschlüsseltes DNS, eine feste Adresse, eine Antwort vor Beginn der Erfassung oder ein Proxy, der für sie fragt."
    ),
    column(
      "two_sided_flows", "Flows seen both ways", "in beiden Richtungen gesehen", .integer,
      en: "Established outbound flows of which both directions were seen.",
      de: "Zustande gekommene Datenflüsse nach außen, von denen beide Richtungen zu sehen waren."),
    column(
      "one_sided_flows", "Flows seen one way", "in einer Richtung gesehen", .integer,
      en: "Established outbound flows of which only one direction was seen; the other may be missing in the capture.",
      de:
        "Zustande gekommene Datenflüsse nach außen, von denen nur eine Richtung zu sehen war: Die andere kann unerfasst geblieben sein."
    ),
    column(
      "web_flows", "Flows to TCP 443", "Flüsse zu TCP 443", .integer,
      en: "Outbound flows and attempts to TCP port 443, or through a proxy.",
      de: "Datenflüsse nach außen und Versuche zum TCP-Port 443 oder über einen Proxy."),
    column(
      "quic_flows", "Flows to UDP 443", "Flüsse zu UDP 443", .integer,
      en: "Outbound flows and attempts to UDP port 443.",
      de: "Datenflüsse nach außen und Versuche zum UDP-Port 443."),
    column(
      "names_resolved", "Names resolved", "aufgelöste Namen", .integer,
      en: "Names for which DNS gave an address; each counts once in half an hour.",
      de: "Namen, für die DNS eine Adresse gab, jeder einmal in einer halben Stunde."),
    column(
      "names_contacted", "Names contacted", "kontaktierte Namen", .integer,
      en:
        "Resolved names to one of whose addresses a packet was then sent. If they are few, the capture does not show what devices do.",
      de:
        "Davon: Namen, zu deren Adresse danach ein Paket ging. Sind es wenige, zeigt die Erfassung nicht, was Geräte tun."
    ),
    column(
      "frames_captured_short", "Truncated packets", "gekürzte Pakete", .integer,
      en: "Truncated packets of which fewer than 1514 bytes were captured; names may be missing.",
      de: "Pakete, von denen weniger als 1514 Byte und nicht alle erfasst wurden: Namen können fehlen."),
    column(
      "transit_flows", "Flows without an inside end", "Datenflüsse ohne inneres Ende", .integer,
      en:
        "Established flows of which neither end is inside; they are not assessed. If there are many, inside_networks lacks a network, perhaps of IPv6.",
      de:
        "Zustande gekommene Datenflüsse, von denen kein Ende innen ist; sie sind nicht bewertet. Sind es viele, fehlt in inside_networks ein Netz, vielleicht für IPv6."
    ),
    column(
      "packets_seen", "Packets seen", "Pakete gesehen", .integer,
      en: "Packets that the program received.",
      de: "Pakete, die das Programm erhielt."),
    column(
      "packets_dropped_kernel", "Packets dropped by the kernel", "Pakete vom Kern verworfen", .integer,
      en:
        "Packets lost before they reached the program. For a recording: the number in its statistics (pcapng), in the hour of the statistics; unknown without them.",
      de:
        "Vor dem Programm verlorene Pakete. Bei einer Aufzeichnung: was ihre Statistik angibt (pcapng), in der Stunde der Angabe; unbekannt, wenn sie nichts angibt."
    ),
    column(
      "tcp_missed_bytes", "Missed TCP bytes", "fehlende TCP-Bytes", .integer, unit: ("byte", "Byte"),
      en: "TCP bytes that were sent but not captured.",
      de: "TCP-Bytes, die gesendet, aber nicht erfasst wurden."),
    column(
      "loss_estimate", "Loss estimate", "Verlustschätzung", .decimal, unit: ("share 0 to 1", "Anteil 0 bis 1"),
      en: "Largest of three shares: packets dropped, TCP bytes missed, flow records lost.",
      de: "Größter von drei Anteilen: verworfene Pakete, fehlende TCP-Bytes, verlorene Flusseinträge."),
    column(
      "gap_seconds", "Gap", "Lücke", .integer, unit: ("s", "s"),
      en:
        "Time in which nothing was captured although it should have been. A quiet period is not a gap: a file covers the time from its first to its last packet.",
      de:
        "Zeit, in der nichts erfasst wurde, obwohl es hätte sein sollen. Stille ist keine Lücke: Zwischen dem ersten und dem letzten Paket einer Datei wurde erfasst."
    ),
    column(
      "gap_causes", "Causes of the gap", "Ursachen der Lücke", .counts(.gapCause), unit: ("s", "s"),
      en: "Why nothing was captured, each cause with its seconds.",
      de: "Warum nichts erfasst wurde, je Ursache mit Sekunden."),
    column(
      "restarts", "Restarts", "Neustarts", .integer,
      en: "Starts of the program within the hour after an earlier run.",
      de: "Starts des Programms in der Stunde nach einem früheren Lauf."),
    column(
      "flows_evicted", "Flows evicted", "Datenflüsse verdrängt", .integer,
      en:
        "Flows that were evicted from the full flow table; their later packets count as new flows, which may have no name.",
      de:
        "Datenflüsse, die die volle Flusstabelle vorzeitig schloss; was sie danach senden, zählt als neue Datenflüsse, denen der Name fehlen kann."
    ),
    column(
      "records_lost", "Flow records lost", "Flusseinträge verloren", .integer,
      en: "Finished flow records that could not be stored.",
      de: "Fertige Flusseinträge, die nicht gespeichert werden konnten."),
    column(
      "anomalies", "Anomalies", "Auffälligkeiten", .counts(.anomaly),
      en: "Malformed or odd traffic, each kind with its count; no single packet is kept.",
      de: "Fehlerhafter oder ungewöhnlicher Verkehr, je Art mit Anzahl; kein einzelnes Paket wird aufbewahrt."),
    column(
      "clock_sync", "Clock synchronised", "Uhr synchron", .word(.clock),
      en: "State of the sensor's clock; unknown for a recording.",
      de: "Zustand der Uhr des Sensors; eine Aufzeichnung sagt ihn nicht."),
    column(
      "clock_offset_ms", "Clock offset", "Uhrabweichung", .integer, unit: ("ms", "ms"),
      en: "Largest offset of the clock in the hour.",
      de: "Größte Abweichung der Uhr in der Stunde."),
    column(
      "clock_steps", "Clock steps", "Uhrsprünge", .integer,
      en: "How often the sensor's clock was set instead of slewed; around a step, hours are less certain.",
      de:
        "Wie oft die Uhr des Sensors gestellt statt angeglichen wurde; um einen Sprung herum sind Stunden weniger sicher."
    ),
    column(
      "canaries_expected", "Canaries expected", "Kontrollflüsse erwartet", .integer,
      en: "Test flows that should have been seen; 0 if none are configured.",
      de: "Kontrollflüsse, die zu sehen sein mussten; 0, wenn keine eingerichtet sind."),
    column(
      "canaries_seen", "Canaries seen", "Kontrollflüsse gesehen", .integer,
      en: "Test flows that were seen.",
      de: "Kontrollflüsse, die gesehen wurden."),
    column(
      "controls", "Controls by way", "Kontrollflüsse nach Weg", .counts(.controlPath),
      en: "Ways of naming by which a control of the site was seen, each once an hour; none if none was seen.",
      de:
        "Wege der Benennung, auf denen ein Kontrollfluss des Standorts zu sehen war, je Stunde einmal; keine, wenn keiner zu sehen war."
    ),
    column(
      "capture_mode", "Capture mode", "Art der Erfassung", .word(.captureMode),
      en: "Live capture, or replay of a file.",
      de: "Laufend am Netz oder aus einer Aufzeichnung."),
    column(
      "tool_version", "Program version", "Programmversion", .text,
      en: "Version of the program, with the letter v before it.",
      de: "Version des Programms, mit dem Buchstaben v davor."),
    column(
      "ruleset_hash", "Rule set hash", "Regelsatz-Prüfsumme", .text,
      en: "SHA-256 of the rule set that classified.",
      de: "SHA-256 des Regelsatzes, der zugeordnet hat."),
  ]
}
