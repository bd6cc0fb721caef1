import Model

extension Texts {
  static func sampleDrawn(
    _ classes: [ClassificationSample.ClassSize], seed: UInt32, _ language: Language
  ) -> [String] {
    let german = language == .german
    guard !classes.isEmpty else {
      return [
        german
          ? "Für diese Tage ist kein einzelner Datenfluss gespeichert; es wurde nichts gezogen."
          : "No single flow is stored for these days; nothing was drawn."
      ]
    }
    return [german ? "Gezogen mit dem Startwert \(seed):" : "Drawn with seed \(seed):"]
      + classes.map { size in
        german
          ? "  Namensklasse \(size.namingClass.rawValue): \(size.drawn) von \(size.flows) Datenflüssen"
          : "  Naming class \(size.namingClass.rawValue): \(size.drawn) of \(size.flows) flows"
      }
  }

  static let sampleNextStep = LocalizedText(
    en:
      "Next step: write right, wrong or unsure into the column 'verdict' of each row, save the table, and run 'egressaudit sample evaluate' on it.",
    de:
      "Nächster Schritt: in jeder Zeile richtig, falsch oder unsicher in die Spalte „Urteil“ schreiben, die Tabelle speichern und mit 'egressaudit sample evaluate' auswerten."
  )
}

/// How often people found the classification of a naming class right.
package struct SamplePrecision: Sendable, Equatable {
  package var namingClass: NamingClass
  package var right = 0
  package var wrong = 0
  package var unsure = 0
  /// Rows without a verdict.
  package var empty = 0
  /// A flow that has no verdict, or whose row was removed, was drawn before one that has a verdict.
  package var isChosen = false
  /// Flows from which the rows were drawn.
  package var flows: UInt64

  package init(_ namingClass: NamingClass, flows: UInt64) {
    self.namingClass = namingClass
    self.flows = flows
  }

  package var judged: Int { right + wrong + unsure }

  /// The share of right ones, 0 to 1, if all that are unsure were wrong, and if they were right; nil without a verdict.
  package var share: ClosedRange<Double>? {
    judged > 0 ? Double(right) / Double(judged)...Double(right + unsure) / Double(judged) : nil
  }

  /// Exact 95 % interval of the share among all flows of the class: its lower end with the unsure ones as wrong, its
  /// upper end with them as right (Clopper and Pearson). O(judged).
  package var interval: ClosedRange<Double> {
    let low = BinomialBounds.lower(right, of: judged, error: 0.025)
    return low...max(low, BinomialBounds.upper(right + unsure, of: judged, error: 0.025))
  }

  /// Every flow of the class was judged, so that nothing is left to chance.
  package var isComplete: Bool { judged > 0 && UInt64(judged) >= flows }
}

/// Sentences about verdicts that came back.
package struct SampleSentences: Sendable {
  let language: Language
  private var german: Bool { language == .german }

  package init(_ language: Language) { self.language = language }

  package func precision(_ of: SamplePrecision) -> [String] {
    let name = (german ? "Namensklasse " : "Naming class ") + of.namingClass.rawValue
    guard let share = of.share else {
      return [
        german
          ? "\(name): Keine der \(of.empty) Zeilen wurde beurteilt."
          : "\(name): none of the \(of.empty) rows has a verdict."
      ]
    }
    var lines = [
      german
        ? "\(name): \(of.right) von \(of.judged) richtig, \(of.wrong) falsch, \(of.unsure) unsicher. Anteil richtiger Zuordnungen: \(text(share))."
        : "\(name): \(of.right) of \(of.judged) right, \(of.wrong) wrong, \(of.unsure) unsure. Share of right ones: \(text(share))."
    ]
    if of.isComplete {
      lines.append(
        german
          ? "  Alle Datenflüsse der Klasse wurden beurteilt; der Anteil ist keine Schätzung."
          : "  All flows of the class were judged; the share is no estimate.")
    } else {
      lines.append(
        german
          ? "  95-%-Intervall für alle \(of.flows) Datenflüsse der Klasse: \(bounds(of.interval))."
          : "  95 % interval for all \(of.flows) flows of the class: \(bounds(of.interval)).")
    }
    if of.empty > 0 {
      lines.append(
        german ? "  Ohne Urteil und nicht gezählt: \(of.empty)." : "  Without a verdict and not counted: \(of.empty).")
    }
    if of.isChosen {
      lines.append(
        german
          ? "  Achtung: Vor beurteilten Zeilen sind andere ohne Urteil oder entfernt. Wurden sie ausgelassen, weil sie schwierig sind, ist der Anteil zu hoch; dann „unsicher“ eintragen."
          : "  Caution: rows that were drawn before judged ones have no verdict or were removed. If they were left out because they are hard, the share is too high; write 'unsure' then."
      )
    }
    return lines
  }

  package func days(_ days: ClosedRange<LocalDate>) -> String {
    let (first, last) = (days.lowerBound, days.upperBound)
    return german
      ? "Datenflüsse vom \(first.germanText) bis \(last.germanText) wurden zufällig gezogen und von Menschen beurteilt, für jede Namensklasse getrennt."
      : "Flows of \(first) to \(last) were drawn at random and judged by people, for each naming class by itself."
  }

  package var unsureRule: String {
    german
      ? "Unsichere zählen auf beiden Seiten: für das untere Ende als falsch, für das obere als richtig."
      : "Unsure ones count on both sides: as wrong for the lower end, as right for the upper end."
  }

  package var scope: String {
    german
      ? "Der Anteil gilt für Datenflüsse, die eine Regel beschreibt und die einzeln gespeichert sind. Was keine Regel beschreibt, ist nicht darin."
      : "The share is that of flows which a rule describes and which are stored singly. What no rule describes is not in it."
  }

  /// Share of the bytes sent that have no name, which no verdict can be about.
  package func unnamed(_ share: Double) -> String {
    german
      ? "Ohne Namen blieben in diesen Tagen \(percent(share, roundsUp: true)) der Bytes nach außen."
      : "In these days \(percent(share, roundsUp: true)) of the bytes sent had no name."
  }

  package func strangers(_ count: Int, of rows: Int) -> String {
    german
      ? "Achtung: \(count) von \(rows) Zeilen hat dieser Speicher für diese Tage und diesen Startwert nicht gezogen. Die Tabelle stammt aus einem anderen Speicher, oder er hat sich seither geändert, etwa durch Löschung nach Fristablauf."
      : "Caution: this store did not draw \(count) of the \(rows) rows for these days and this seed. The table comes from another store, or the store has changed since, such as by deletion after the retention time."
  }

  package var severalRuleSets: String {
    german
      ? "Achtung: Die Zeilen wurden nach mehreren Regelsätzen zugeordnet; der Anteil vermengt sie."
      : "Caution: the rows were classified by several rule sets; the share mixes them."
  }

  package var otherRuleSet: String {
    german
      ? "Achtung: Der Speicher ordnet inzwischen nach einem anderen Regelsatz zu; der Anteil gilt für den der Tabelle. Eine neue Stichprobe gilt für den jetzigen."
      : "Caution: the store is now classified by another rule set; the share is that of the table's. Draw a new sample for the present one."
  }

  package var notCompared: String {
    german
      ? "Nicht mit einem Speicher verglichen (--store): Ob die Zeilen unverändert sind, ist nicht geprüft."
      : "Not compared with a store (--store): whether the rows are unchanged was not checked."
  }

  private func text(_ share: ClosedRange<Double>) -> String {
    share.lowerBound == share.upperBound
      ? percent(share.lowerBound, roundsUp: false)
      : bounds(share)
  }

  private func bounds(_ range: ClosedRange<Double>) -> String {
    percent(range.lowerBound, roundsUp: false) + (german ? " bis " : " to ") + percent(range.upperBound, roundsUp: true)
  }

  /// To a tenth.
  private func percent(_ share: Double, roundsUp: Bool) -> String {
    let thousandths = min(max(share, 0), 1) * 1_000
    // A product such as 0.58 * 1000 lies beside the number that is meant.
    let rounded = roundsUp ? (thousandths - 1e-9).rounded(.up) : (thousandths + 1e-9).rounded(.down)
    return Texts.percent(hundredths: Int(rounded) * 10, language)
  }
}
