import Model
import Privacy
import Store

extension Texts {
  /// Which days a report covers that nobody chose; nil if no month is finished.
  package static func chosenPeriod(_ month: FinishedPeriod?, _ language: Language) -> String {
    guard let days = month?.days else {
      return language == .german
        ? "Noch ist kein Monat des Speichers abgeschlossen; der Bericht umfasst alle gespeicherten Tage."
        : "No month of the store is finished yet; the report covers all stored days."
    }
    let cut = month.map { Self.cut($0, language) } ?? ""
    return language == .german
      ? "Der Bericht umfasst \(span(days, language)), den letzten abgeschlossenen Monat des Speichers.\(cut)"
      : "The report covers \(span(days, language)), the last finished month of the store.\(cut)"
  }

  /// What became of the delivery of a period.
  package static func delivery(_ kind: FinishedPeriod.Kind, _ outcome: DeliveryOutcome, _ language: Language) -> String
  {
    let german = language == .german
    let what =
      switch kind {
      case .month: german ? "Monat" : "Month"
      case .patchDay: german ? "Updatetag" : "Patch day"
      }
    func name(_ period: FinishedPeriod) -> String { "\(what), \(span(period.days, language))" }
    func end(_ day: LocalDate?) -> String {
      guard let day else { return german ? "der Speicher ist leer" : "the store is empty" }
      return german ? "der Speicher endet am \(day.germanText)" : "the store ends on \(day)"
    }
    return switch outcome {
    case .nothingFinished(let day):
      german ? "\(what): noch keiner abgeschlossen; \(end(day))." : "\(what): none is finished yet; \(end(day))."
    case .alreadyThere(let period, let path, let day):
      german
        ? "\(name(period)): liegt schon in \(path); \(end(day))."
        : "\(name(period)): already in \(path); \(end(day))."
    case .written(let period, let path):
      (german
        ? "\(name(period)): Bericht und Tabellen liegen in \(path)."
        : "\(name(period)): report and tables are in \(path).") + cut(period, language)
    case .failed(let period, let reason):
      german ? "\(name(period)): nicht geschrieben. \(reason)" : "\(name(period)): not written. \(reason)"
    }
  }

  private static func cut(_ period: FinishedPeriod, _ language: Language) -> String {
    guard period.isCutByDeletion else { return "" }
    return language == .german
      ? " Die Tage davor sind nach Ablauf der Speicherfrist (usage_days) gelöscht."
      : " The days before were deleted after their retention time (usage_days)."
  }

  /// That the first day which was asked for is the first one that retention left; empty if it is another.
  static func firstKeptDay(_ period: AuditPeriod, _ language: Language) -> [String] {
    let kept = period.deletions.lazy.filter { $0.dataClass == .usage }.map(\.before).max()
    guard let first = kept.map(period.clock.firstWholeDay), period.asked.from == first else { return [] }
    return [
      language == .german
        ? "Der Bericht beginnt am \(first.germanText), weil die Summen früherer Tage nach Ablauf der Speicherfrist (usage_days) gelöscht sind."
        : "The report begins on \(first), because the sums of earlier days were deleted after their retention time (usage_days)."
    ]
  }

  private static func span(_ days: ClosedRange<LocalDate>, _ language: Language) -> String {
    language == .german
      ? "\(days.lowerBound.germanText) bis \(days.upperBound.germanText)" : "\(days.lowerBound) to \(days.upperBound)"
  }
}

/// What a delivery of a finished period came to.
package enum DeliveryOutcome: Sendable, Equatable {
  case nothingFinished(lastStoredDay: LocalDate?)
  case alreadyThere(FinishedPeriod, path: String, lastStoredDay: LocalDate?)
  case written(FinishedPeriod, path: String)
  case failed(FinishedPeriod, reason: String)
}
