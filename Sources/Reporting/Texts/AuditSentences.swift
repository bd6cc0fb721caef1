import Model
public import Store

extension Texts {
  /// One sentence for each unfinished audit.
  static func unfinished(_ sessions: [CaptureSession], _ language: Language) -> [String] {
    sessions.filter(\.isUnfinished).map { session in
      let german = language == .german
      if !session.isClosed {
        // An older version stored its audit in parts.
        let counts = session.lastHour != nil
        return german
          ? "Auswertung \(session.id) wurde nicht abgeschlossen (abgebrochen oder noch im Gang); \(counts ? "gezählt ist nur ein Teil" : "nichts davon ist gezählt"). Dieselbe Aufzeichnung noch einmal mit replay auswerten."
          : "Audit \(session.id) was not finished (interrupted, or still under way); \(counts ? "only part of it is counted" : "nothing of it is counted"). Replay the same capture again."
      }
      return german
        ? "Auswertung \(session.id) konnte nicht alle genannten Aufzeichnungen bis zu ihrem Ende lesen; gezählt ist nur, was lesbar war. Die ganzen Dateien noch einmal mit replay auswerten."
        : "Audit \(session.id) could not read all its captures to their end; only the readable part is counted. Replay the whole files."
    }
  }

  /// One sentence for each audit that was removed from the store.
  static func takenOut(_ audits: [TakenOutAudit], _ language: Language) -> [String] {
    audits.map { audit in
      let german = language == .german
      let on = date(LocalDate(day: audit.day).description, language)
      guard let successor = audit.successor else {
        return german
          ? "\(on): Auswertung \(audit.session) abgelehnt: eine andere zählt dieselben Verbindungen"
          : "\(on): audit \(audit.session) refused: another counts the same connections"
      }
      return german
        ? "\(on): Auswertung \(audit.session) durch Auswertung \(successor) ersetzt"
        : "\(on): audit \(audit.session) replaced by audit \(successor)"
    }
  }
}

/// The unfinished audits of a store, in plain sentences.
public enum UnfinishedAudits {
  /// One for each.
  public static func sentences(_ sessions: [CaptureSession], language: Language) -> [String] {
    Texts.unfinished(sessions, language)
  }
}
