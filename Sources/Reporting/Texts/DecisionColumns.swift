import Model

extension Texts {
  /// What people last decided about a row; ids are the public interface.
  ///
  /// - Parameter kind: of the decision itself.
  static func latestDecision(_ kind: Column.Kind) -> [Column] {
    [
      column(
        DecisionColumn.latestDecision.rawValue, "Latest decision", "letzte Entscheidung", kind,
        en:
          "What people last decided about this row in any period, as it was read back from a table; none if nothing is decided.",
        de:
          "Was Menschen zuletzt in irgendeinem Zeitraum zu dieser Zeile entschieden haben, wie es aus einer Tabelle zurückgelesen wurde; keine, wenn nichts entschieden ist."
      ),
      column(
        DecisionColumn.latestDecisionOn.rawValue, "Decided on (latest)", "letzte Entscheidung am", .date,
        en: "Day of that decision.", de: "Tag dieser Entscheidung."),
      column(
        DecisionColumn.latestDecisionState.rawValue, "State of the decision", "Stand der Entscheidung",
        .word(.decisionState),
        en:
          "Whether the figures are still those on which the decision rests: changed if the share of devices, or sessions, flows or volume for each day, moved by more than the set share (half, if not chosen otherwise), or became unknown or withheld, or known; none if nothing is decided.",
        de:
          "Ob die Zahlen noch die sind, auf denen die Entscheidung beruht: geändert, wenn der Anteil der Geräte oder Verbindungen, Datenflüsse oder Menge je Tag um mehr als den eingestellten Anteil abweichen (ohne Angabe die Hälfte) oder unbekannt, zurückgehalten oder bekannt wurden; keine, wenn nichts entschieden ist."
      ),
      column(
        DecisionColumn.reviewAgainBy.rawValue, "Review again by", "erneut zu prüfen bis", .date,
        en:
          "Day by which the decision is to be made again, a year after it if not chosen otherwise; none if nothing is decided.",
        de:
          "Tag, bis zu dem erneut zu entscheiden ist, ohne andere Angabe ein Jahr danach; keine, wenn nichts entschieden ist."
      ),
    ]
  }
}
