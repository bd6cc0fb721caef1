public import Model
import Privacy
public import Store

/// The destinations without a rule, as lines for a terminal.
public enum UndescribedText {
  /// - Parameters:
  ///   - from, to: local days, inclusive; nil means the first and the last stored day.
  ///   - limit: maximum number of destinations; the others are only counted.
  ///   - baseline: with which the period is compared.
  public static func text(
    database: AuditDatabase, from: LocalDate?, to: LocalDate?, limit: Int, baseline: BaselineChoice = .newest,
    language: Language
  ) throws -> String {
    let period = try AuditPeriod(source: database, from: from, to: to, sumsUsage: false, baseline: baseline)
    return Texts.warnings(period, language).map { $0 + "\n" }.joined()
      + text(
        try period.undescribed(database), comparison: period.comparison, minimum: period.groupMinimum, limit: limit,
        language: language)
  }

  static func text(
    _ summaries: [UndescribedSummary], comparison: BaselineComparison? = nil, minimum: Int, limit: Int,
    language: Language
  ) -> String {
    let german = language == .german
    guard !summaries.isEmpty else {
      return german
        ? "Kein Ziel ohne Regel, zu dem an einem Tag mindestens \(minimum) Geräte Kontakt hatten.\n"
        : "No destination without a rule that at least \(minimum) devices contacted on one day.\n"
    }
    var text = ""
    for (index, summary) in summaries.prefix(limit).enumerated() {
      text += "\(index + 1). \(name(summary, german)): \(facts(summary, german))\n"
      let reasons = summary.reasons.map { Texts.word(.undescribedReason, $0.rawValue, language) }
      if let state = comparison?.change(of: summary.identity)?.state, let day = state.day, let comparison {
        let word = Texts.word(.baselineState, state.word, language)
        let date = Texts.date(day.description, language)
        text +=
          german
          ? "   \(word) seit der Vergleichsbasis \(comparison.stored.name), am \(date)\n"
          : "   \(word) since the baseline \(comparison.stored.name), on \(date)\n"
      }
      if !reasons.isEmpty { text += "   \(reasons.joined(separator: ", "))\n" }
    }
    if summaries.count > limit {
      let rest = summaries.count - limit
      text += german ? "… und \(rest) weitere (--limit)\n" : "… and \(rest) more (--limit)\n"
    }
    return text
  }

  private static func name(_ summary: UndescribedSummary, _ german: Bool) -> String {
    switch summary.identity {
    case .domain(let name): printable(name)
    case .network: german ? "ohne Namen in \(network(summary))" : "without a name into \(network(summary))"
    case .unnamed: german ? "ohne Namen in unbekannte Netze" : "without a name into unknown networks"
    }
  }

  private static func network(_ summary: UndescribedSummary) -> String {
    printable(summary.networks.first ?? summary.identity.text)
  }

  private static func facts(_ summary: UndescribedSummary, _ german: Bool) -> String {
    let sent =
      FixedDecimal(summary.bytesUp, dividedBy: 1_000_000, places: 3).map { $0.text(decimalMark: german ? "," : ".") }
      ?? "?"
    var facts =
      german
      ? [
        "\(summary.devices) Geräte", "\(summary.days) \(summary.days == 1 ? "Tag" : "Tage")",
        "zuerst \(Texts.date(summary.firstSeen.description, .german))", "gesendet \(sent) MB",
      ]
      : [
        "\(summary.devices) devices", "\(summary.days) \(summary.days == 1 ? "day" : "days")",
        "first on \(summary.firstSeen.description)", "\(sent) MB sent",
      ]
    if let period = summary.period { facts.append(german ? "alle \(period) s" : "every \(period) s") }
    if let domain = summary.resembles { facts.append(german ? "ähnelt \(domain)" : "resembles \(domain)") }
    return facts.joined(separator: ", ")
  }
}
