import Model
public import Store

/// Sentences of the verb that traces exported rows back to the evidence chain.
public enum EvidenceTexts {
  public static func sentence(_ place: EvidencePlace, _ language: Language) -> String {
    let german = language == .german
    switch place {
    case .flow(let sequence, let hash):
      return german
        ? "Eintrag \(sequence) der Nachweiskette, \(hash)" : "entry \(sequence) of the evidence chain, \(hash)"
    case .finding(let id, 1, let first, _):
      return german
        ? "1 Datenfluss der Feststellung \(id), Eintrag \(first) der Nachweiskette"
        : "1 flow of finding \(id), entry \(first) of the evidence chain"
    case .finding(let id, let flows, let first, let last):
      return german
        ? "\(flows) Datenflüsse der Feststellung \(id), vom Eintrag \(first) bis zum Eintrag \(last) der Nachweiskette"
        : "\(flows) flows of finding \(id), from entry \(first) to entry \(last) of the evidence chain"
    case .unknown:
      return german
        ? "zu keiner Zeile einer solchen Ausgabe; geben Sie mit --from, --to und --reclassified dasselbe an wie bei der Ausgabe"
        : "belongs to no row of such an export; give the same --from, --to and --reclassified as for the export"
    }
  }

  public static func sentence(_ verification: ChainVerification, _ language: Language) -> String {
    let german = language == .german
    switch verification {
    case .intact(let head), .knownHeadDeleted(let head):
      return german
        ? "Die Nachweiskette ist unversehrt, bis Eintrag \(head.sequence)."
        : "The evidence chain is intact, up to entry \(head.sequence)."
    case .broken(let sequence, let because):
      return german
        ? "Die Nachweiskette ist bei Eintrag \(sequence) gebrochen: \(reason(because, .german))."
        : "The evidence chain is broken at entry \(sequence): \(because)."
    }
  }

  /// Why an entry of the chain does not hold, without a full stop.
  static func reason(_ because: ChainBreak, _ language: Language) -> String {
    guard language == .german else { return because.description }
    return switch because {
    case .entryMissing: "Der Eintrag fehlt"
    case .entryChanged: "Der Eintrag wurde geändert, verschoben oder eingefügt"
    case .rowMissing: "Die Zeile fehlt, für die der Eintrag steht"
    case .rowChanged: "Die Zeile wurde geändert, nachdem sie geschrieben war"
    case .rowUnchained: "Die Zeile wurde eingefügt: Kein Eintrag steht für sie"
    case .headMissing:
      "Die Kette reicht nicht bis zum bekannten Kopf: Ihr Ende wurde abgeschnitten oder neu geschrieben"
    }
  }
}
