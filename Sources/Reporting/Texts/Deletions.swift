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
    case .sealed: LocalizedText(en: "the sealed part", de: "der versiegelte Teil")
    }
  }

  /// One sentence for each data class of which something was deleted, or one sentence if nothing was.
  ///
  /// Not how many rows, nor each deletion with its place in the chain: the service deletes a day at a time, and both
  /// would show how much happened on a single day, also on one that no table reports. Those who have the store see them
  /// with `deletionRecords`.
  static func deletions(_ deletions: [Deletion], _ clock: SiteClock, _ language: Language) -> [String] {
    let german = language == .german
    let sentences = DataClass.allCases.compactMap { dataClass -> String? in
      let records = deletions.filter { $0.dataClass == dataClass }
      guard let before = records.map(\.before).max(), let day = records.map(\.day).max() else { return nil }
      let (on, name) = (date(LocalDate(day: day).description, language), text(dataClass)[language])
      return german
        ? "\(name), beobachtet vor \(clock.germanText(before)): gelöscht, zuletzt am \(on)"
        : "\(name), observed before \(SiteClock.isoText(before)): deleted, last on \(on)"
    }
    return sentences.isEmpty ? [nothingDeleted(language)] : sentences
  }

  /// One sentence for each data class and day of deletion, or one sentence if nothing was deleted.
  static func deletionRecords(_ deletions: [Deletion], _ clock: SiteClock, _ language: Language) -> [String] {
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
    return sentences.isEmpty ? [nothingDeleted(language)] : sentences
  }

  private static func nothingDeleted(_ language: Language) -> String {
    language == .german ? "keine: alles Gespeicherte ist noch da" : "none: no stored row was deleted"
  }
}
