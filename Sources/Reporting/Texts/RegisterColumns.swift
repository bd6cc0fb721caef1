import Model

extension Texts {
  /// Columns of `register.csv` in their order; ids are the public interface.
  static let register: [Column] = [
    column(
      "result", "Result", "Ergebnis", .word(.registerResult),
      en:
        "Observed and not documented: the smallest group or more devices had answered contact, and the list names no such recipient. Documented and not observed: no device, or fewer than the smallest group, had answered contact in the period, and enough was observed to say so. Doubtful: the list has a name that may mean this recipient, and a person has to confirm it. Without a rule: no rule of the period knows the recipient, so it could not have been recognised, or the list confirms that it is no recipient of the rules. Documented and observed: both. Not assessable: it was not observed, and too little was observed to say that it was not contacted.",
      de:
        "Beobachtet und nicht dokumentiert: mindestens so viele Geräte wie die kleinste Gruppe hatten beantworteten Kontakt, und die Liste nennt keinen solchen Empfänger. Dokumentiert und nicht beobachtet: kein Gerät oder weniger als die kleinste Gruppe hatten im Zeitraum beantworteten Kontakt, und es wurde genug beobachtet, um das zu sagen. Zweifelhaft: Die Liste enthält einen Namen, der diesen Empfänger meinen kann; ein Mensch muss es bestätigen. Ohne Regel: Keine Regel des Zeitraums kennt den Empfänger, er hätte also nicht erkannt werden können, oder die Liste bestätigt, dass es kein Empfänger der Regeln ist. Dokumentiert und beobachtet: beides. Nicht bewertbar: Er wurde nicht beobachtet, und es wurde zu wenig beobachtet, um zu sagen, dass es keinen Kontakt gab."
    ),
    column(
      "list", "List", "Liste", .word(.documentedList),
      en: "The imported list that is compared.", de: "Die eingelesene Liste, mit der verglichen wird."),
    column(
      "documented_name", "Name in the list", "Name in der Liste", .text,
      en: "As the list spells it; none if the list does not name the recipient.",
      de: "In der Schreibweise der Liste; keine, wenn die Liste den Empfänger nicht nennt."),
    column(
      "recipient", "Recipient", "Empfänger", .text,
      en: "Legal entity as the rules and the other tables spell it; none if no rule knows it.",
      de: "Rechtsträger in der Schreibweise der Regeln und der anderen Tabellen; keine, wenn keine Regel ihn kennt."),
    column(
      "doubt", "Why doubtful", "Grund des Zweifels", .word(.matchDoubt),
      en:
        "Why both names may mean the same, and why that is not certain. To settle it, write the recipient, or none, into the column confirmed_recipient of the list, and import it again.",
      de:
        "Warum beide Namen dasselbe meinen können und warum das nicht sicher ist. Zur Klärung den Empfänger oder „keiner“ in die Spalte „bestätigter Empfänger“ der Liste schreiben und sie erneut einlesen."
    ),
    column(
      "observed", "Observed", "beobachtet", .word(.yesNo),
      en:
        "yes: the smallest group or more devices had answered contact. no: none had, or fewer; both look the same here on purpose.",
      de:
        "ja: mindestens so viele Geräte wie die kleinste Gruppe hatten beantworteten Kontakt. nein: keines oder weniger; beides sieht hier mit Absicht gleich aus."
    ),
    column(
      "reference", "Reference", "Fundstelle", .list,
      en: "Contracts or processing activities in which the list names the recipient.",
      de: "Verträge oder Verarbeitungstätigkeiten, bei denen die Liste den Empfänger nennt."),
    column(
      "imported_on", "List imported on", "Liste eingelesen am", .date,
      en: "Day of the import, in UTC.", de: "Tag des Einlesens, in UTC."),
    column(
      "transfers", "Transfers", "Übermittlungen", .list,
      en: "Rows of transfers.csv of a recipient that is observed.",
      de: "Zeilen der transfers.csv eines Empfängers, der beobachtet wurde."),
    column(
      "group_minimum", "Smallest group", "kleinste Gruppe", .integer, unit: ("devices", "Geräte"),
      en: "Fewer devices count as none in this table.", de: "Weniger Geräte zählen in dieser Tabelle wie keines."),
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
  ]

  /// Columns of a list of recipients that people import; ids and titles are headings that are understood.
  package static let documentedList: [Column] = [
    column(
      "recipient", "Recipient", "Empfänger", .human(.text), en: "Name of the legal entity.",
      de: "Name des Rechtsträgers."),
    column(
      "aliases", "Other names", "weitere Namen", .human(.text), en: "Other spellings, divided by ; or line ends.",
      de: "Weitere Schreibweisen, getrennt durch ; oder Zeilenenden."),
    column(
      "reference", "Reference", "Fundstelle", .human(.text), en: "Contract or processing activity.",
      de: "Vertrag oder Verarbeitungstätigkeit."),
    column(
      "confirmed_recipient", "Confirmed recipient", "bestätigter Empfänger", .human(.text),
      en: "Recipient of the tables that is meant, as these spell it; none if it is none of them.",
      de: "Gemeinter Empfänger in der Schreibweise der Tabellen; keiner, wenn es keiner von ihnen ist."),
  ]

  /// Further headings for the columns of a list, in lower case; as tools for records of processing call them.
  package static let documentedHeadings: [String: [String]] = [
    "recipient": [
      "empfänger (name)", "name des empfängers", "auftragsverarbeiter", "auftragnehmer", "dienstleister",
      "vertragspartner",
      "kategorien von empfängern", "firma", "processor", "vendor", "supplier", "contractor", "recipients",
      "legal entity",
      "name of the recipient",
    ],
    "aliases": ["alias", "aliase", "marke", "marken", "weitere schreibweisen", "brand", "brands", "also known as"],
    "reference": [
      "vertrag", "vertragsnummer", "aktenzeichen", "verarbeitungstätigkeit", "bezeichnung der verarbeitungstätigkeit",
      "verfahren", "contract", "contract number", "processing activity", "activity",
    ],
    "confirmed_recipient": ["empfänger laut bericht", "recipient in the report"],
  ]
}
