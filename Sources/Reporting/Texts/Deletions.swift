import Model
import Privacy
import Store

extension Texts {
  static let dataClasses: [(key: DataClass, value: LocalizedText)] = DataClass.allCases.map { ($0, text($0)) }

  private static func text(_ dataClass: DataClass) -> LocalizedText {
    switch dataClass {
    case .evidence: LocalizedText(en: "single flows", de: "einzelne Datenflüsse")
    case .usage: LocalizedText(en: "sums by device and hour", de: "Summen je Gerät und Stunde")
    case .coverage: LocalizedText(en: "coverage by hour", de: "Abdeckung je Stunde")
    case .undescribed:
      LocalizedText(en: "destinations without a rule, by day", de: "Ziele ohne Regel je Tag")
    }
  }

  /// One sentence for each data class and day of deletion, or one sentence if nothing was deleted.
  static func deletions(_ deletions: [Deletion], _ clock: SiteClock, _ language: Language) -> [String] {
    let german = language == .german
    let days = Dictionary(grouping: deletions) { $0.day }.sorted { $0.key < $1.key }
    let sentences = days.flatMap { day, deletions in
      DataClass.allCases.compactMap { dataClass -> String? in
        let records = deletions.filter { $0.dataClass == dataClass }
        guard let before = records.map(\.before).max(), let last = records.last else { return nil }
        let rows = records.map(\.rows).saturatingSum
        let (on, name) = (date(LocalDate(day: day).description, language), text(dataClass)[language])
        return german
          ? "\(on): \(name), beobachtet vor \(clock.germanText(before)): \(rows) Zeilen gelöscht (Nachweiskette, Eintrag \(last.chainSequence))"
          : "\(on): \(name), observed before \(SiteClock.isoText(before)): \(rows) rows deleted (evidence chain, entry \(last.chainSequence))"
      }
    }
    guard sentences.isEmpty else { return sentences }
    return [german ? "keine: alles Gespeicherte ist noch da" : "none: no stored row was deleted"]
  }
}
