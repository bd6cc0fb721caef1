import Model

extension Texts {
  /// Columns of `undescribed.csv` in their order; ids are the public interface.
  static let undescribed = measuredUndescribed + latestDecision(.word(.undescribedDecision)) + reviewedUndescribed

  private static let measuredUndescribed: [Column] = [
    column(
      "rank", "Rank", "Rang", .integer,
      en: "Order in which to look: most points first, then most devices.",
      de: "Reihenfolge für die Durchsicht: zuerst die meisten Punkte, dann die meisten Geräte."),
    column(
      "destination", "Destination", "Ziel", .text,
      en:
        "Registered domain (one label more than the public suffix); AS and a number for flows without a name into that network; unknown if neither is known.",
      de:
        "Registrierte Domain (eine Stufe unter der öffentlichen Endung); AS und Nummer bei Datenflüssen ohne Namen in dieses Netz; unbekannt, wenn beides nicht bekannt ist."
    ),
    column(
      "destination_kind", "Kind of destination", "Art des Ziels", .word(.destinationKind),
      en: "By what the destination is known.", de: "Wodurch das Ziel bekannt ist."),
    column(
      "points", "Points", "Punkte", .integer, unit: ("points", "Punkte"),
      en:
        "Sum of the points of the reasons: outside agreed hours, upload and steady period 3 each; many devices, new and resembles a vendor 2 each; without a name 1. They order the list and mean nothing else.",
      de:
        "Summe der Punkte der Gründe: außerhalb der vereinbarten Arbeitszeit, Upload und fester Takt je 3; viele Geräte, neu und Ähnlichkeit mit einem Anbieter je 2; ohne Namen 1. Sie ordnen die Liste und bedeuten sonst nichts."
    ),
    column(
      "reasons", "Reasons", "Gründe", .words(.undescribedReason),
      en:
        "Why the destination is worth a look. Many devices: at least four times the smallest group. Outside hours: at least half of the flows. Upload: more sent than received. A person must find out what the destination is.",
      de:
        "Warum sich ein Blick lohnt. Viele Geräte: mindestens das Vierfache der kleinsten Gruppe. Außerhalb der Arbeitszeit: mindestens die Hälfte der Datenflüsse. Upload: mehr gesendet als empfangen. Was das Ziel ist, muss ein Mensch herausfinden."
    ),
    column(
      "devices", "Devices with contact", "Geräte mit Kontakt", .integer, unit: ("devices", "Geräte"),
      en: "Devices on the day with most of them, at least the smallest group; a restart of the service may lower it.",
      de:
        "Geräte am Tag mit den meisten, mindestens die kleinste Gruppe; ein Neustart des Dienstes kann die Zahl senken."
    ),
    column(
      "days", "Days with contact", "Tage mit Kontakt", .integer, unit: ("days", "Tage"),
      en: "Days (UTC) on which at least as many devices as the smallest group had contact; other days are not stored.",
      de:
        "Tage (UTC), an denen mindestens so viele Geräte Kontakt hatten, wie die kleinste Gruppe zählt; andere Tage werden nicht gespeichert."
    ),
    column(
      "first_seen", "First seen", "Zuerst gesehen", .date,
      en: "First such day in the store, which may lie before the period.",
      de: "Erster solcher Tag im Datenbestand, auch vor dem Zeitraum."),
    column(
      "last_seen", "Last seen", "Zuletzt gesehen", .date, en: "Last such day in the period.",
      de: "Letzter solcher Tag im Zeitraum."),
    column(
      "new_in_period", "New in the period", "Neu im Zeitraum", .word(.yesNo),
      en: "yes if the first such day lies in the period; unknown if the store holds fewer than seven days before it.",
      de:
        "ja, wenn der erste solche Tag im Zeitraum liegt; unbekannt, wenn der Datenbestand weniger als sieben Tage davor umfasst."
    ),
    column(
      "new_since_baseline", "New since baseline", "neu seit Basis", .word(.baselineState),
      en: Texts.newSinceBaseline.en, de: Texts.newSinceBaseline.de),
    column(
      "baseline_day", "Day of the change", "Tag der Änderung", .date,
      en: Texts.baselineDay.en, de: Texts.baselineDay.de),
    column(
      "baseline", "Baseline", "Vergleichsbasis", .text, en: Texts.baselineName.en, de: Texts.baselineName.de),
    column(
      "flows", "Flows", "Datenflüsse", .integer, unit: ("flows", "Datenflüsse"),
      en: "Answered flows on these days.", de: "Beantwortete Datenflüsse an diesen Tagen."),
    column(
      "outside_hours_share", "Share outside agreed hours", "Anteil außerhalb der Arbeitszeit", .decimal,
      en: "Share of the flows that began outside the agreed working hours; unknown if none were agreed.",
      de:
        "Anteil der Datenflüsse, die außerhalb der vereinbarten Arbeitszeit begannen; unbekannt, wenn keine vereinbart ist."
    ),
    column(
      "mb_up", "Sent MB", "Gesendet MB", .decimal, unit: ("MB", "MB"),
      en: "IP payload sent, in megabytes (10^6).", de: "Gesendete IP-Nutzlast in Megabyte (10^6)."),
    column(
      "mb_down", "Received MB", "Empfangen MB", .decimal, unit: ("MB", "MB"),
      en: "IP payload received, in megabytes (10^6).", de: "Empfangene IP-Nutzlast in Megabyte (10^6)."),
    column(
      "upload_ratio", "Upload share", "Upload-Anteil", .decimal,
      en: "Sent divided by sent and received.", de: "Gesendetes geteilt durch Gesendetes und Empfangenes."),
    column(
      "steady_period_s", "Steady period", "Fester Takt", .integer, unit: ("seconds", "Sekunden"),
      en:
        "Seconds between two contacts, if most of the devices that were looked at (at most eight a day) kept it within 10 %; none if there was no such period.",
      de:
        "Sekunden zwischen zwei Kontakten, wenn die meisten der betrachteten Geräte (höchstens acht je Tag) sie auf 10 % genau einhielten; keine, wenn es keinen solchen Takt gab."
    ),
    column(
      "resembles", "Resembles", "Ähnelt", .text,
      en:
        "A vendor's domain that the name is one slip away from, or whose name it contains. It may be another company.",
      de:
        "Domain eines Anbieters, von welcher der Name um ein Zeichen abweicht oder deren Namen er enthält. Es kann ein anderes Unternehmen sein."
    ),
    column(
      "network_owner", "Network", "Netz", .list,
      en: "Networks that announced the addresses, from the location databases.",
      de: "Netze, aus denen die Adressen stammen, laut den Adressdatenbanken."),
    column(
      "naming_class", "Naming class", "Namensklasse", .word(.namingClass),
      en: "Best class by which a flow was named.", de: "Beste Klasse, mit der ein Datenfluss benannt wurde."),
  ]

  /// From the first column for people on.
  private static let reviewedUndescribed: [Column] = [
    column(
      "service_assumed", "Service", "Dienst", .human(.text), en: "What it is, as far as found out.",
      de: "Um welchen Dienst es sich handelt, soweit ermittelt."),
    column(
      "decision", "Decision", "Entscheidung", .human(.word(.undescribedDecision)),
      en: "What shall be done: rule, block, ask, ignore.",
      de: "Was geschehen soll: Regel, Sperre, Nachfrage, nichts."),
    column(
      "decided_by_role", "Decided by (role)", "Entschieden durch (Rolle)", .human(.text), en: "Role, not a name.",
      de: "Rolle, kein Name."),
    column("decided_on", "Decided on", "Entschieden am", .human(.date), en: "Date.", de: "Datum."),
    column(
      "site", "Site", "Standort", .text, en: "Name of the site from the configuration.",
      de: "Name des Standorts aus der Konfiguration."),
    column(
      "period_start", "Period from", "Zeitraum von", .instant, en: "Beginning of the period.",
      de: "Beginn des Zeitraums."),
    column(
      "period_end", "Period to", "Zeitraum bis", .instant, en: "End of the period, exclusive.",
      de: "Ende des Zeitraums, ausschließlich."),
    column(
      "time_zone", "Time zone", "Zeitzone", .text, en: "Zone of local times.", de: "Zone der Ortszeiten."),
  ]
}
