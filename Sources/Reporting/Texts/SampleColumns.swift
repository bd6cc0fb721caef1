import Model

extension Texts {
  package static let sampleTitle = LocalizedText(
    en: "Sample for a check by hand", de: "Stichprobe zur Prüfung von Hand")

  static let sampleSortKey = LocalizedText(
    en:
      "One row for each drawn flow; sorted by naming class, then in the order in which the flows were drawn. That order is random, so the first rows of a class are a sample too: whoever has time for fewer rows judges the first ones of each class and leaves out none. The sample shows how often a name was attributed to the wrong service. It cannot show what no rule describes, because such flows are not stored singly.",
    de:
      "Eine Zeile je gezogenem Datenfluss; sortiert nach Namensklasse, dann in der Reihenfolge der Ziehung. Diese Reihenfolge ist zufällig, daher sind auch die ersten Zeilen einer Klasse eine Stichprobe: Wer nur Zeit für weniger Zeilen hat, beurteilt die ersten jeder Klasse und lässt keine davon aus. Die Stichprobe zeigt, wie oft ein Name dem falschen Dienst zugeordnet wurde. Was keine Regel beschreibt, kann sie nicht zeigen, denn solche Datenflüsse werden nicht einzeln gespeichert."
  )

  /// Columns of the sample in their order; ids are the public interface. Most are those of other tables.
  package static let sample: [Column] = SampleColumn.allCases.flatMap { column in
    sampleOnly.filter { $0.id == column.rawValue }.prefix(1)
      + (flows + findings).filter { $0.id == column.rawValue }.prefix(1)
  }

  private static let sampleOnly: [Column] = [
    column(
      "draw", "Draw", "Ziehung", .integer, en: "Place in the naming class in the order in which the flows were drawn.",
      de: "Platz in der Namensklasse in der Reihenfolge der Ziehung."),
    column(
      "verdict", "Verdict", "Urteil", .human(.word(.sampleVerdict)),
      en:
        "Right if the flow went to this service of this recipient, and the sources say that it has this purpose. Wrong if one of the three is another. Unsure if that cannot be found out. Empty if nobody looked at the row.",
      de:
        "Richtig, wenn der Datenfluss zu diesem Dienst dieses Empfängers ging und die Quellen ihm diesen Zweck zuschreiben. Falsch, wenn eines davon nicht stimmt. Unsicher, wenn es sich nicht klären lässt. Leer, wenn niemand die Zeile geprüft hat."
    ),
    column(
      "verdict_note", "Note", "Anmerkung", .human(.text),
      en: "Why the verdict is so, and what would be right. Name no person.",
      de: "Begründung des Urteils und was richtig wäre. Bitte keine Person nennen."),
    column(
      "seed", "Seed", "Startwert", .integer,
      en: "Number from which the draw follows: the same store, days, number and seed give the same rows.",
      de:
        "Zahl, aus der die Ziehung folgt: Derselbe Speicher, dieselben Tage, dieselbe Anzahl und derselbe Startwert ergeben dieselben Zeilen."
    ),
    column(
      "per_class", "Rows per class", "Zeilen je Klasse", .integer,
      en: "How many flows of each naming class were asked for.",
      de: "Wie viele Datenflüsse jeder Namensklasse verlangt waren."),
    column(
      "flows_in_class", "Flows of the class", "Datenflüsse der Klasse", .integer,
      en:
        "Flows of this naming class in the period from which the rows were drawn: one for each flow, without repeated attempts.",
      de:
        "Datenflüsse dieser Namensklasse im Zeitraum, aus denen gezogen wurde: je Datenfluss einer, ohne wiederholte Versuche."
    ),
  ]
}
