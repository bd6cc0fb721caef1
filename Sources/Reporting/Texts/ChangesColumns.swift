import Model

extension Texts {
  static let newSinceBaseline = LocalizedText(
    en:
      "Compared with the baseline: new (not in it nor before it), returned (seen, silent for at least seven observed days and longer than any pause in the baseline, seen again), gone (contact in it and none since, although enough was observed), attempts_only (the same, but with attempts that got no answer), else known; unknown without a baseline, does not apply if the period ends before the baseline does.",
    de:
      "Verglichen mit der Vergleichsbasis: neu (weder in ihr noch davor), wieder da (gesehen, mindestens sieben beobachtete Tage und länger als jede Pause in der Vergleichsbasis still, wieder gesehen), nicht mehr gesehen (in ihr Kontakt und seither keiner, obwohl genügend beobachtet wurde), kein beantworteter Kontakt mehr (ebenso, aber mit Versuchen ohne Antwort), sonst wie zuvor; unbekannt ohne Vergleichsbasis, entfällt, wenn der Zeitraum vor ihr endet."
  )
  static let baselineDay = LocalizedText(
    en: "Local day on which it was first seen since the baseline, or seen again; UTC for destinations without a rule.",
    de:
      "Kalendertag, an dem es seit der Vergleichsbasis zuerst oder wieder gesehen wurde; bei Zielen ohne Regel Tag nach UTC."
  )
  static let baselineName = LocalizedText(
    en: "Name of the baseline that the period is compared with.",
    de: "Name der Vergleichsbasis, mit der der Zeitraum verglichen wird.")

  /// Columns of `changes.csv` in their order; ids are the public interface.
  static let changes: [Column] = [
    column(
      "change", "Change", "Änderung", .word(.baselineState), en: newSinceBaseline.en, de: newSinceBaseline.de),
    column(
      "kind", "Kind", "Art", .word(.changeSubject), en: "What the row is about.", de: "Wovon die Zeile handelt."),
    column(
      "name", "Service or destination", "Dienst oder Ziel", .text,
      en: "Title of the service, registered domain, or AS and the number of a network.",
      de: "Titel des Dienstes, registrierte Domain oder AS und Nummer eines Netzes."),
    column(
      "recipient", "Recipient", "Empfänger", .text, en: "Legal entity that receives the data of the service.",
      de: "Rechtsträger, der die Daten des Dienstes empfängt."),
    column(
      "purpose_class", "Purpose", "Zweckklasse", .word(.purpose), en: "Purpose of the service in the rules.",
      de: "Zweck des Dienstes in den Regeln."),
    column(
      "group", "Group", "Gruppe", .word(.group),
      en: "Group of devices, as in the findings; destinations without a rule are those of the site.",
      de: "Gerätegruppe wie in den Feststellungen; Ziele ohne Regel gelten für den Standort."),
    column("day", "Day of the change", "Tag der Änderung", .date, en: baselineDay.en, de: baselineDay.de),
    column(
      "devices", "Devices since the baseline", "Geräte seit der Vergleichsbasis", .integer, unit: ("devices", "Geräte"),
      en: "Devices with answered contact since the baseline; of a destination without a rule, on the day with most.",
      de:
        "Geräte mit beantwortetem Kontakt seit der Vergleichsbasis; bei einem Ziel ohne Regel am Tag mit den meisten."),
    column(
      "in_baseline", "In the baseline", "In der Vergleichsbasis", .word(.baselineContact),
      en: "What the baseline has of it; none if nothing.",
      de: "Was die Vergleichsbasis davon enthält; keine, wenn nichts."),
    column(
      "why", "Why not assessable", "Warum nicht bewertbar", .text,
      en: "What prevents the answer.", de: "Was der Antwort entgegensteht."),
    column(
      "finding_id", "Finding", "Feststellung", .text,
      en: "Id of the row in the findings; the same for every period.",
      de: "Kennung der Zeile in den Feststellungen; für jeden Zeitraum dieselbe."),
    column("rule_id", "Rules", "Regeln", .list, en: "Ids of the rules.", de: "Kennungen der Regeln."),
    column("baseline", "Baseline", "Vergleichsbasis", .text, en: baselineName.en, de: baselineName.de),
    column(
      "baseline_start", "First day of the baseline", "Erster Tag der Vergleichsbasis", .date,
      en: "First local day of the baseline.", de: "Erster Kalendertag der Vergleichsbasis."),
    column(
      "baseline_end", "Last day of the baseline", "Letzter Tag der Vergleichsbasis", .date,
      en: "Last local day of the baseline.", de: "Letzter Kalendertag der Vergleichsbasis."),
    column(
      "patch_days", "Patch days", "Updatetage", .list,
      en: "Days on which updates are installed, as stated with the baseline.",
      de: "Tage, an denen Updates eingespielt werden, wie mit der Vergleichsbasis angegeben."),
    column("site", "Site", "Standort", .text, en: "Site of the store.", de: "Standort des Datenbestands."),
    column(
      "compared_start", "First compared day", "Erster verglichener Tag", .date,
      en: "First local day after the baseline that is compared with it.",
      de: "Erster Kalendertag nach der Vergleichsbasis, der mit ihr verglichen wird."),
    column(
      "compared_end", "Last compared day", "Letzter verglichener Tag", .date,
      en: "Last local day that is compared.", de: "Letzter Kalendertag, der verglichen wird."),
    column(
      "time_zone", "Time zone", "Zeitzone", .text, en: "Time zone of local days.", de: "Zeitzone der Kalendertage."),
  ]
}
