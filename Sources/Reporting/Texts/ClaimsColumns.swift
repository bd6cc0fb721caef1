import Model

extension Texts {
  /// Columns of `claims.csv` in their order; ids are the public interface.
  static let claims: [Column] = [
    column(
      "claim_id", "Claim", "Zusicherung", .text,
      en: "Id of the claim in the configuration. It stands in several rows if its scope was changed.",
      de: "Kennung der Zusicherung in der Konfiguration. Sie steht in mehreren Zeilen, wenn ihr Umfang geändert wurde."),
    column(
      "verdict", "Verdict", "Ergebnis", .word(.claimVerdict),
      en:
        "held: nothing was seen, and it would have been. not held: contact was seen, whatever else could not be seen. not assessable: nothing was seen, but at least one need of held is not met.",
      de:
        "gehalten: Nichts war zu sehen, und es wäre zu sehen gewesen. nicht gehalten: Es gab Kontakt, was immer sonst nicht zu sehen war. nicht bewertbar: Nichts war zu sehen, doch mindestens eine Bedingung für gehalten fehlt."
    ),
    column(
      "says", "Says", "Wortlaut", .text, en: "The claim as the site words it.",
      de: "Die Zusicherung in den Worten des Standorts."),
    column(
      "why", "Why", "Begründung", .text,
      en:
        "If held, the sentence with its bounds; if not assessable, every need that is not met, with its figure and limit.",
      de:
        "Wenn gehalten, der Satz mit seinen Schranken; wenn nicht bewertbar, jede fehlende Bedingung mit Messwert und Grenze."
    ),
    column(
      "got_through", "Got through", "Durchgekommen", .list,
      en:
        "Each service and group with contact: patterns of the rules, sessions, devices (a number below group_minimum is not given), days, volume, first and last hour, the measure in force, and the finding that leads to the evidence.",
      de:
        "Jeder Dienst und jede Gruppe mit Kontakt: Muster der Regeln, Verbindungen, Geräte (eine Zahl unter group_minimum wird nicht genannt), Tage, Umfang, erste und letzte Stunde, die geltende Maßnahme und die Feststellung, die zum Nachweis führt."
    ),
    column(
      "blind_spots", "Blind spots", "Blinde Flecken", .list,
      en: "What the capture could not show, with its size; what the store does not know is said to be not measured.",
      de: "Was die Erfassung nicht zeigen konnte, mit Größe; was der Speicher nicht weiß, heißt nicht gemessen."),
    column(
      "device_days", "Device-days", "Gerätetage", .integer,
      en:
        "Days times devices of the claim's groups that were seen at work, on days with assessable hours, without hidden_device_days; unknown if the whole site is too small.",
      de:
        "Tage mal Geräte der Gruppen, die bei der Arbeit gesehen wurden, an Tagen mit bewertbaren Stunden, ohne hidden_device_days; unbekannt, wenn der ganze Standort zu klein ist."
    ),
    column(
      "devices", "Devices", "Geräte", .integer, unit: ("devices", "Geräte"),
      en: "Devices behind these device-days.", de: "Geräte hinter diesen Gerätetagen."),
    column(
      "upper_bound_device_day", "Upper bound, device-days", "Obere Schranke Gerätetage", .decimal,
      en:
        "If held: with 95 % confidence a smaller share of the device-days had contact (one-sided exact bound, widened by the detection floor).",
      de:
        "Wenn gehalten: Mit 95 % Sicherheit hatte ein kleinerer Anteil der Gerätetage Kontakt (einseitige exakte Schranke, um die Mindestentdeckung erweitert)."
    ),
    column(
      "upper_bound_device", "Upper bound, devices", "Obere Schranke Geräte", .decimal,
      en: "The same over devices, which needs no independence of the days of one device.",
      de: "Dasselbe über Geräte; dafür müssen die Tage eines Geräts nicht unabhängig sein."),
    column(
      "detection_floor", "Detection floor", "Mindestentdeckung", .decimal,
      en:
        "Least probability with which contact would have been seen: lower bound of the share of canaries seen (97.5 %), times the share of assessable hours.",
      de:
        "Wahrscheinlichkeit, mit der Kontakt mindestens zu sehen gewesen wäre: untere Schranke des Anteils gesehener Kontrollflüsse (97,5 %), mal Anteil der bewertbaren Stunden."
    ),
    column(
      "controls_sent", "Canaries expected", "Kontrollflüsse erwartet", .integer,
      en: "Canaries expected in the hours of the period.", de: "In den Stunden des Zeitraums erwartete Kontrollflüsse."),
    column(
      "controls_seen", "Canaries seen", "Kontrollflüsse gesehen", .integer, en: "Those of them that were seen.",
      de: "Davon gesehene."),
    column(
      "controls", "Controls by way", "Kontrollflüsse nach Weg", .list,
      en:
        "Each configured way of naming with the controls expected and seen, and the groups whose machines sent them; none if no way is configured.",
      de:
        "Jeder eingerichtete Weg der Benennung mit erwarteten und gesehenen Kontrollflüssen und den Gruppen, deren Rechner sie sendeten; keine, wenn kein Weg eingerichtet ist."
    ),
    column(
      "assessable_hours", "Assessable hours", "Bewertbare Stunden", .integer, unit: ("hours", "Stunden"),
      en: "Hours in which the canary was seen and nothing was lost.",
      de: "Stunden, in denen der Kontrollfluss zu sehen war und nichts verloren ging."),
    column(
      "hours", "Hours", "Stunden", .integer, unit: ("hours", "Stunden"),
      en: "Hours that were to be observed, without a first or last one that was observed in part.",
      de: "Stunden, die zu beobachten waren, ohne eine nur teilweise beobachtete erste oder letzte."),
    column(
      "unexaminable_share", "Hidden share", "Nicht einsehbarer Anteil", .decimal,
      en:
        "Of the flows of the claim's groups, or of their bytes, those whose true destination cannot be seen: the larger.",
      de:
        "Anteil der Datenflüsse der Gruppen, oder ihrer Bytes, deren wahres Ziel nicht zu sehen ist: der größere von beiden."
    ),
    column(
      "hidden_device_days", "Hidden device-days", "Verdeckte Gerätetage", .integer,
      en: "Device-days, at most, with such a flow.", de: "Gerätetage, höchstens, mit einem solchen Datenfluss."),
    column(
      "sessions", "Sessions", "Verbindungen", .integer, en: "Established flows that got through.",
      de: "Zustande gekommene Datenflüsse, die durchkamen."),
    column(
      "blocked_attempts", "Attempted, blocked", "Versucht, blockiert", .integer,
      en: "Attempts that got nothing out; they do not make the claim fail.",
      de: "Versuche, die nichts hinausbrachten; an ihnen scheitert die Zusicherung nicht."),
    column(
      "mb_up", "MB up", "MB hin", .decimal, unit: ("10^6 byte", "10^6 Byte"),
      en: "IP payload of what got through, from inside to outside.",
      de: "IP-Nutzlast des Durchgekommenen von innen nach außen."),
    column(
      "first_seen", "First seen", "Zuerst gesehen", .instant, en: "First hour with contact.",
      de: "Erste Stunde mit Kontakt."),
    column(
      "last_seen", "Last seen", "Zuletzt gesehen", .instant, en: "Last hour with contact.",
      de: "Letzte Stunde mit Kontakt."),
    column(
      "purpose_class", "Purpose class", "Zweckklasse", .word(.purpose),
      en: "Purpose of the destinations that the claim is about; does not apply if it names services alone.",
      de: "Zweck der Ziele, um die es geht; entfällt, wenn nur Dienste genannt sind."),
    column(
      "services", "Services", "Dienste", .list,
      en: "Ids of the services that the claim is about; does not apply if it is about all of the purpose.",
      de: "Kennungen der Dienste, um die es geht; entfällt, wenn es um alle des Zwecks geht."),
    column(
      "groups", "Groups", "Gruppen", .list,
      en: "Groups that the claim is about; does not apply if it is about the whole site.",
      de: "Gruppen, um die es geht; entfällt, wenn es um den ganzen Standort geht."),
    column(
      "from", "From", "Gilt ab", .date, en: "First day for which it is stated; does not apply to all observed days.",
      de: "Erster Tag, für den sie erklärt ist; entfällt, wenn es alle beobachteten Tage sind."),
    column(
      "stated", "Stated since", "Erklärt seit", .date,
      en: "Day of the first audit that stated this scope. Earlier days are judged by what was stored of them.",
      de:
        "Tag der ersten Auswertung, die diesen Umfang erklärte. Frühere Tage sind nach dem bewertet, was von ihnen gespeichert ist."
    ),
    column(
      "site", "Site", "Standort", .text, en: "Gateway or organisation that was observed.",
      de: "Beobachtetes Gateway oder Dienststelle."),
    column(
      "period_start", "Period from", "Zeitraum von", .instant,
      en: "Beginning of what is judged: the chosen days from the claim's first day on.",
      de: "Beginn des Bewerteten: die gewählten Tage ab dem ersten der Zusicherung."),
    column(
      "period_end", "Period to", "Zeitraum bis", .instant, en: "End of what is judged, exclusive.",
      de: "Ende des Bewerteten, nicht eingeschlossen."),
    column(
      "time_zone", "Time zone", "Zeitzone", .text, en: "IANA name of the zone of local times and days.",
      de: "IANA-Name der Zeitzone der Ortszeiten und Tage."),
    column(
      "findings", "Findings", "Feststellungen", .list,
      en: "Rows of findings.csv for what got through; their evidence_ref leads to the evidence chain.",
      de: "Zeilen der findings.csv zu dem, was durchkam; deren Nachweis führt zur Nachweiskette."),
    column(
      "coverage_ref", "Coverage", "Abdeckung", .list,
      en:
        "Rows of coverage.csv for what was seen and lost: sensor, then the begin of the first hour and the end of the last.",
      de:
        "Zeilen der coverage.csv, die sagen, was gesehen und verloren wurde: Sensor, dann Beginn der ersten und Ende der letzten Stunde."
    ),
    column(
      "ruleset_version", "Rule set version", "Regelsatz-Version", .list, en: "Versions of the rule sets in use.",
      de: "Versionen der benutzten Regelsätze."),
    column(
      "ruleset_hash", "Rule set hash", "Regelsatz-Prüfsumme", .list, en: "SHA-256 of the rule sets in use.",
      de: "SHA-256 der benutzten Regelsätze."),
  ]
}
