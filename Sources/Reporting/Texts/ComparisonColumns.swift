import Model

extension Texts {
  static let comparisonTitle = LocalizedText(en: "Comparison", de: "Vergleich")

  /// In a document, in place of the service of a row that sums a purpose up.
  static let comparisonSum = LocalizedText(en: "all services of the purpose", de: "alle Dienste des Zwecks")

  static let comparisonSortKey = LocalizedText(
    en:
      "One row for each purpose, group and service; sums come before what they sum up. Telemetry comes first, then the other purposes; groups and services are sorted by their ids.",
    de:
      "Eine Zeile je Zweck, Gruppe und Dienst; Summen stehen vor ihren Teilen. Telemetrie steht zuerst, dann die übrigen Zwecke; Gruppen und Dienste sind nach ihren Kennungen sortiert."
  )

  /// Columns of `comparison.csv` in their order; ids are the public interface.
  static let comparison: [Column] = [
    column(
      "purpose_class", "Purpose class", "Zweckklasse", .word(.purpose), en: "Purpose of the destinations.",
      de: "Zweck der Ziele."),
    column(
      "group", "Group", "Gruppe", .word(.group),
      en: "Reported group; does not apply to sums over the whole site.",
      de: "Ausgewiesene Gruppe; entfällt bei Summen über den ganzen Standort."),
    column(
      "recipient", "Recipient", "Empfänger", .text,
      en: "Legal entity that receives the data; does not apply to the sum of a purpose.",
      de: "Rechtsträger, der die Daten empfängt; entfällt bei der Summe eines Zwecks."),
    column(
      "service", "Service", "Dienst", .text, en: "Service; does not apply to the sum of a purpose.",
      de: "Dienst; entfällt bei der Summe eines Zwecks."),
    column(
      "state", "State", "Zustand", .word(.comparisonState),
      en:
        "Which period had answered contact. Only before and only after mean that the coverage gate holds in the other period, where nothing was seen.",
      de:
        "Welcher Zeitraum beantworteten Kontakt hatte. Nur vorher und nur nachher setzt voraus, dass der andere Zeitraum, in dem nichts zu sehen war, die Mindestanforderungen an die Messung erfüllt."
    ),
    column(
      "why", "Why", "Begründung", .list, en: "If not assessable, each need that is not met; otherwise does not apply.",
      de: "Wenn nicht bewertbar, jede fehlende Bedingung; sonst entfällt die Angabe."),
    column(
      "devices_before", "Devices before", "Geräte vorher", .integer, unit: ("devices", "Geräte"),
      en:
        "Devices with answered contact, in the period before. Withheld if fewer devices than group_minimum contributed, or if the number would show what those did.",
      de:
        "Geräte mit beantwortetem Kontakt, im Zeitraum vorher. Nicht ausgewiesen, wenn weniger Geräte als group_minimum beitrugen oder die Zahl zeigen würde, was diese taten."
    ),
    column(
      "devices_after", "Devices after", "Geräte nachher", .integer, unit: ("devices", "Geräte"),
      en:
        "Devices with answered contact, in the period after. Withheld if fewer devices than group_minimum contributed, or if the number would show what those did.",
      de:
        "Geräte mit beantwortetem Kontakt, im Zeitraum nachher. Nicht ausgewiesen, wenn weniger Geräte als group_minimum beitrugen oder die Zahl zeigen würde, was diese taten."
    ),
    column(
      "devices_change", "Devices, change", "Geräte, Änderung", .integer, unit: ("per cent", "Prozent"),
      en:
        "Change of the share of the devices present, relative to before, rounded to whole per cent; does not apply if there was nothing before.",
      de:
        "Änderung des Anteils der anwesenden Geräte gegenüber vorher, auf ganze Prozent gerundet; entfällt, wenn vorher nichts war."
    ),
    column(
      "devices_change_low", "Devices, change at least", "Geräte, Änderung von", .integer, unit: ("per cent", "Prozent"),
      en:
        "Lower end of the 95 % interval of the change by a bootstrap over devices, rounded down; does not apply if nothing is left, if there was nothing before, or with fewer than 5 devices.",
      de:
        "Unteres Ende des 95-%-Intervalls der Änderung nach einem Bootstrap über Geräte, abgerundet; entfällt, wenn nichts blieb, vorher nichts war oder bei weniger als 5 Geräten."
    ),
    column(
      "devices_change_high", "Devices, change at most", "Geräte, Änderung bis", .integer, unit: ("per cent", "Prozent"),
      en: "Upper end of the same interval, rounded up; does not apply if the devices do not bound it.",
      de: "Oberes Ende desselben Intervalls, aufgerundet; entfällt, wenn die Geräte es nicht begrenzen."),
    column(
      "sessions_before", "Sessions before", "Verbindungen vorher", .integer,
      en:
        "Sessions, in the period before. Withheld if fewer devices than group_minimum contributed, or if the number would show what those did.",
      de:
        "Verbindungen, im Zeitraum vorher. Nicht ausgewiesen, wenn weniger Geräte als group_minimum beitrugen oder die Zahl zeigen würde, was diese taten."
    ),
    column(
      "sessions_after", "Sessions after", "Verbindungen nachher", .integer,
      en:
        "Sessions, in the period after. Withheld if fewer devices than group_minimum contributed, or if the number would show what those did.",
      de:
        "Verbindungen, im Zeitraum nachher. Nicht ausgewiesen, wenn weniger Geräte als group_minimum beitrugen oder die Zahl zeigen würde, was diese taten."
    ),
    column(
      "sessions_per_device_day_before", "Sessions per device-day before", "Verbindungen je Gerätetag vorher", .decimal,
      en: "The same divided by the device-days of the scope, in the period before.",
      de: "Dasselbe geteilt durch die Gerätetage des Umfangs, im Zeitraum vorher."),
    column(
      "sessions_per_device_day_after", "Sessions per device-day after", "Verbindungen je Gerätetag nachher", .decimal,
      en: "The same divided by the device-days of the scope, in the period after.",
      de: "Dasselbe geteilt durch die Gerätetage des Umfangs, im Zeitraum nachher."),
    column(
      "sessions_change", "Sessions, change", "Verbindungen, Änderung", .integer, unit: ("per cent", "Prozent"),
      en:
        "Change of the rate per device-day, relative to before, rounded to whole per cent; does not apply if there was nothing before.",
      de:
        "Änderung der Rate je Gerätetag gegenüber vorher, auf ganze Prozent gerundet; entfällt, wenn vorher nichts war."
    ),
    column(
      "sessions_change_low", "Sessions, change at least", "Verbindungen, Änderung von", .integer,
      unit: ("per cent", "Prozent"),
      en:
        "Lower end of the 95 % interval of the change by a bootstrap over devices, rounded down; does not apply if nothing is left, if there was nothing before, or with fewer than 5 devices.",
      de:
        "Unteres Ende des 95-%-Intervalls der Änderung nach einem Bootstrap über Geräte, abgerundet; entfällt, wenn nichts blieb, vorher nichts war oder bei weniger als 5 Geräten."
    ),
    column(
      "sessions_change_high", "Sessions, change at most", "Verbindungen, Änderung bis", .integer,
      unit: ("per cent", "Prozent"),
      en: "Upper end of the same interval, rounded up; does not apply if the devices do not bound it.",
      de: "Oberes Ende desselben Intervalls, aufgerundet; entfällt, wenn die Geräte es nicht begrenzen."),
    column(
      "blocked_attempts_before", "Blocked attempts before", "Blockierte Versuche vorher", .integer,
      en:
        "Attempts that got nothing out; repetitions within 60 seconds count as one, in the period before. Withheld if fewer devices than group_minimum contributed, or if the number would show what those did.",
      de:
        "Versuche, die nichts hinausbrachten; Wiederholungen innerhalb von 60 Sekunden zählen als einer, im Zeitraum vorher. Nicht ausgewiesen, wenn weniger Geräte als group_minimum beitrugen oder die Zahl zeigen würde, was diese taten."
    ),
    column(
      "blocked_attempts_after", "Blocked attempts after", "Blockierte Versuche nachher", .integer,
      en:
        "Attempts that got nothing out; repetitions within 60 seconds count as one, in the period after. Withheld if fewer devices than group_minimum contributed, or if the number would show what those did.",
      de:
        "Versuche, die nichts hinausbrachten; Wiederholungen innerhalb von 60 Sekunden zählen als einer, im Zeitraum nachher. Nicht ausgewiesen, wenn weniger Geräte als group_minimum beitrugen oder die Zahl zeigen würde, was diese taten."
    ),
    column(
      "blocked_per_device_day_before", "Blocked attempts per device-day before",
      "Blockierte Versuche je Gerätetag vorher", .decimal,
      en: "The same divided by the device-days of the scope, in the period before.",
      de: "Dasselbe geteilt durch die Gerätetage des Umfangs, im Zeitraum vorher."),
    column(
      "blocked_per_device_day_after", "Blocked attempts per device-day after",
      "Blockierte Versuche je Gerätetag nachher", .decimal,
      en: "The same divided by the device-days of the scope, in the period after.",
      de: "Dasselbe geteilt durch die Gerätetage des Umfangs, im Zeitraum nachher."),
    column(
      "blocked_change", "Blocked attempts, change", "Blockierte Versuche, Änderung", .integer,
      unit: ("per cent", "Prozent"),
      en:
        "Change of the rate per device-day, relative to before, rounded to whole per cent; does not apply if there was nothing before.",
      de:
        "Änderung der Rate je Gerätetag gegenüber vorher, auf ganze Prozent gerundet; entfällt, wenn vorher nichts war."
    ),
    column(
      "blocked_change_low", "Blocked attempts, change at least", "Blockierte Versuche, Änderung von", .integer,
      unit: ("per cent", "Prozent"),
      en:
        "Lower end of the 95 % interval of the change by a bootstrap over devices, rounded down; does not apply if nothing is left, if there was nothing before, or with fewer than 5 devices.",
      de:
        "Unteres Ende des 95-%-Intervalls der Änderung nach einem Bootstrap über Geräte, abgerundet; entfällt, wenn nichts blieb, vorher nichts war oder bei weniger als 5 Geräten."
    ),
    column(
      "blocked_change_high", "Blocked attempts, change at most", "Blockierte Versuche, Änderung bis", .integer,
      unit: ("per cent", "Prozent"),
      en: "Upper end of the same interval, rounded up; does not apply if the devices do not bound it.",
      de: "Oberes Ende desselben Intervalls, aufgerundet; entfällt, wenn die Geräte es nicht begrenzen."),
    column(
      "bytes_up_before", "Bytes up before", "Bytes hin vorher", .integer, unit: ("byte", "Byte"),
      en:
        "IP payload from inside to outside, in the period before. Withheld if fewer devices than group_minimum contributed, or if the number would show what those did.",
      de:
        "IP-Nutzlast von innen nach außen, im Zeitraum vorher. Nicht ausgewiesen, wenn weniger Geräte als group_minimum beitrugen oder die Zahl zeigen würde, was diese taten."
    ),
    column(
      "bytes_up_after", "Bytes up after", "Bytes hin nachher", .integer, unit: ("byte", "Byte"),
      en:
        "IP payload from inside to outside, in the period after. Withheld if fewer devices than group_minimum contributed, or if the number would show what those did.",
      de:
        "IP-Nutzlast von innen nach außen, im Zeitraum nachher. Nicht ausgewiesen, wenn weniger Geräte als group_minimum beitrugen oder die Zahl zeigen würde, was diese taten."
    ),
    column(
      "bytes_up_per_device_day_before", "Bytes up per device-day before", "Bytes hin je Gerätetag vorher", .decimal,
      en: "The same divided by the device-days of the scope, in the period before.",
      de: "Dasselbe geteilt durch die Gerätetage des Umfangs, im Zeitraum vorher."),
    column(
      "bytes_up_per_device_day_after", "Bytes up per device-day after", "Bytes hin je Gerätetag nachher", .decimal,
      en: "The same divided by the device-days of the scope, in the period after.",
      de: "Dasselbe geteilt durch die Gerätetage des Umfangs, im Zeitraum nachher."),
    column(
      "bytes_up_change", "Bytes up, change", "Bytes hin, Änderung", .integer, unit: ("per cent", "Prozent"),
      en:
        "Change of the rate per device-day, relative to before, rounded to whole per cent; does not apply if there was nothing before.",
      de:
        "Änderung der Rate je Gerätetag gegenüber vorher, auf ganze Prozent gerundet; entfällt, wenn vorher nichts war."
    ),
    column(
      "bytes_up_change_low", "Bytes up, change at least", "Bytes hin, Änderung von", .integer,
      unit: ("per cent", "Prozent"),
      en:
        "Lower end of the 95 % interval of the change by a bootstrap over devices, rounded down; does not apply if nothing is left, if there was nothing before, or with fewer than 5 devices.",
      de:
        "Unteres Ende des 95-%-Intervalls der Änderung nach einem Bootstrap über Geräte, abgerundet; entfällt, wenn nichts blieb, vorher nichts war oder bei weniger als 5 Geräten."
    ),
    column(
      "bytes_up_change_high", "Bytes up, change at most", "Bytes hin, Änderung bis", .integer,
      unit: ("per cent", "Prozent"),
      en: "Upper end of the same interval, rounded up; does not apply if the devices do not bound it.",
      de: "Oberes Ende desselben Intervalls, aufgerundet; entfällt, wenn die Geräte es nicht begrenzen."),
    column(
      "absence_bound_device_day", "Absence, bound over device-days", "Ausbleiben, Schranke Gerätetage", .decimal,
      en:
        "If one period had no contact: with 95 % confidence at most this share of its device-days had any (exact one-sided bound), if device-days are independent and all contact would have been seen.",
      de:
        "Wenn ein Zeitraum keinen Kontakt hatte: Mit 95 % Sicherheit hatte höchstens dieser Anteil seiner Gerätetage welchen (exakte einseitige Schranke), wenn Gerätetage unabhängig sind und jeder Kontakt zu sehen gewesen wäre."
    ),
    column(
      "absence_bound_device", "Absence, bound over devices", "Ausbleiben, Schranke Geräte", .decimal,
      en: "The same over devices, which needs no independence of the days of one device.",
      de: "Dasselbe über Geräte; dafür müssen die Tage eines Geräts nicht unabhängig sein."),
    column(
      "devices_present_before", "Devices present before", "Anwesende Geräte vorher", .integer,
      en: "Devices of the scope that sent anything in the period before; unknown if the whole site is too small.",
      de:
        "Geräte des Umfangs, die im Zeitraum vorher irgendetwas sendeten; unbekannt, wenn der ganze Standort zu klein ist."
    ),
    column(
      "devices_present_after", "Devices present after", "Anwesende Geräte nachher", .integer,
      en: "The same in the period after.",
      de: "Dasselbe im Zeitraum nachher."),
    column(
      "device_days_before", "Device-days before", "Gerätetage vorher", .integer,
      en: "Days times devices present in the period before: the denominator of the rates.",
      de: "Tage mal anwesende Geräte im Zeitraum vorher: der Nenner der Raten."),
    column(
      "device_days_after", "Device-days after", "Gerätetage nachher", .integer,
      en: "The same in the period after.",
      de: "Dasselbe im Zeitraum nachher."),
    column(
      "before", "Before", "Vorher", .text,
      en: "Name of the phase before, or its first and last day.",
      de: "Name der Phase vorher oder deren erster und letzter Tag."),
    column(
      "after", "After", "Nachher", .text,
      en: "Name of the phase after, or its first and last day.",
      de: "Name der Phase nachher oder deren erster und letzter Tag."),
    column(
      "setting_before", "Setting before", "Einstellung vorher", .text,
      en: "Setting of the phase before, in the words of the site; unknown if none was given.",
      de: "Einstellung der Phase vorher in den Worten des Standorts; unbekannt, wenn keine angegeben ist."),
    column(
      "setting_after", "Setting after", "Einstellung nachher", .text,
      en: "Setting of the phase after.",
      de: "Einstellung der Phase nachher."),
    column(
      "before_start", "Before from", "Vorher von", .instant,
      en: "First hour of the whole days that count as before.",
      de: "Erste Stunde der ganzen Tage, die als vorher zählen."),
    column(
      "before_end", "Before to", "Vorher bis", .instant,
      en: "Their end, exclusive.",
      de: "Deren Ende, nicht eingeschlossen."),
    column(
      "after_start", "After from", "Nachher von", .instant,
      en: "First hour of the whole days that count as after.",
      de: "Erste Stunde der ganzen Tage, die als nachher zählen."),
    column(
      "after_end", "After to", "Nachher bis", .instant,
      en: "Their end, exclusive; hours between both periods count on neither side.",
      de: "Deren Ende, nicht eingeschlossen; Stunden zwischen den Zeiträumen zählen auf keiner Seite."),
    column(
      "time_zone", "Time zone", "Zeitzone", .text,
      en: "IANA name of the zone of local times and days.",
      de: "IANA-Name der Zeitzone der Ortszeiten und Tage."),
    column(
      "site", "Site", "Standort", .text,
      en: "Gateway or organisation that was observed.",
      de: "Beobachtetes Gateway oder Dienststelle."),
    column(
      "group_minimum", "Smallest group", "Mindestzahl", .integer,
      en: "Smallest number of devices that a figure may stand for (k): the greater of those of both periods.",
      de: "Mindestzahl an Geräten, für die ein Wert stehen darf (k): die größere der beiden Zeiträume."),
    column(
      "ruleset_hash_before", "Rule set hash before", "Regelsatz-Prüfsumme vorher", .list,
      en: "SHA-256 of the rule sets in use before.",
      de: "SHA-256 der vorher benutzten Regelsätze."),
    column(
      "ruleset_hash_after", "Rule set hash after", "Regelsatz-Prüfsumme nachher", .list,
      en: "SHA-256 of the rule sets in use after.",
      de: "SHA-256 der nachher benutzten Regelsätze."),
    column(
      "bootstrap_draws", "Bootstrap draws", "Bootstrap-Ziehungen", .integer,
      en: "Draws of devices with replacement behind each interval.",
      de: "Ziehungen von Geräten mit Zurücklegen hinter jedem Intervall."),
    column(
      "bootstrap_seed", "Bootstrap seed", "Bootstrap-Startwert", .text,
      en: "Start of the pseudo-random numbers (SplitMix64), so that the intervals can be repeated.",
      de: "Beginn der Pseudozufallszahlen (SplitMix64), damit sich die Intervalle wiederholen lassen."),
  ]
}
