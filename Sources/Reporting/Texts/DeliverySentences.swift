import Model

extension Texts {
  /// Which days a report covers that nobody chose; nil if no month is finished.
  package static func chosenPeriod(_ month: FinishedPeriod?, _ language: Language) -> String {
    guard let days = month?.days else {
      return language == .german
        ? "Noch ist kein Monat des Speichers abgeschlossen; der Bericht umfasst alle gespeicherten Tage."
        : "No month of the store is finished yet; the report covers all stored days."
    }
    return language == .german
      ? "Der Bericht umfasst \(span(days, language)), den letzten abgeschlossenen Monat des Speichers."
      : "The report covers \(span(days, language)), the last finished month of the store."
  }

  /// What became of the delivery of a period.
  package static func delivery(_ kind: FinishedPeriod.Kind, _ outcome: DeliveryOutcome, _ language: Language) -> String
  {
    let german = language == .german
    let what =
      switch kind {
      case .month: german ? "Monat" : "Month"
      case .patchDay: german ? "Patch-Tag" : "Patch day"
      }
    return switch outcome {
    case .nothingFinished: german ? "\(what): noch keiner abgeschlossen." : "\(what): none is finished yet."
    case .alreadyThere(let days, let path):
      german
        ? "\(what), \(span(days, language)): liegt schon in \(path)."
        : "\(what), \(span(days, language)): already in \(path)."
    case .written(let days, let path):
      german
        ? "\(what), \(span(days, language)): Bericht und Tabellen liegen in \(path)."
        : "\(what), \(span(days, language)): report and tables are in \(path)."
    }
  }

  private static func span(_ days: ClosedRange<LocalDate>, _ language: Language) -> String {
    language == .german
      ? "\(days.lowerBound.germanText) bis \(days.upperBound.germanText)" : "\(days.lowerBound) to \(days.upperBound)"
  }
}

/// What a delivery of a finished period came to.
package enum DeliveryOutcome: Sendable, Equatable {
  case nothingFinished
  case alreadyThere(ClosedRange<LocalDate>, path: String)
  case written(ClosedRange<LocalDate>, path: String)
}
