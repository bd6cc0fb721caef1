public import Model
public import Store

/// The claims of a store and whether they held, in plain sentences for a terminal or the mail of a timer.
public struct ClaimReport: Sendable {
  /// Of each claim and scope, in the order of the text.
  public let verdicts: [ClaimVerdict]
  public let text: String

  /// Judges all claims that sessions of the store stated, for the local days `from` to `to`, inclusive; nil means all.
  ///
  /// Throws `ReportingError`, or what the database throws.
  public init(
    database: AuditDatabase, language: Language, from: LocalDate? = nil, to: LocalDate? = nil,
    baseline: BaselineChoice = .newest
  ) throws {
    try self.init(source: database, language: language, from: from, to: to, baseline: baseline)
  }

  init(
    source: some AuditSource, language: Language, from: LocalDate?, to: LocalDate?, baseline: BaselineChoice = .newest
  ) throws {
    let observed = try AuditPeriod(source: source, from: from, to: to, baseline: baseline)
    let claims = try ClaimAssessment.all(source, observed)
    verdicts = claims.map(\.verdict)
    let words = ClaimWords(language: language)
    var lines: [String] = []
    for claim in claims {
      lines += ClaimReport.lines([claim], language)
      lines += ClaimReport.days(claim, language)
      lines += words.gotThrough(claim).map { "  - " + CSVFormat.safeText($0) }
      let controls = words.controls(claim)
      if !controls.isEmpty {
        lines.append(language == .german ? "  Kontrollflüsse:" : "  Controls:")
        lines += controls.map { "  - " + CSVFormat.safeText($0) }
      }
      let spots = words.blindSpots(claim)
      guard !spots.isEmpty else { continue }
      lines.append(language == .german ? "  Blinde Flecken:" : "  Blind spots:")
      lines += spots.map { "  - " + $0 }
    }
    if claims.isEmpty {
      lines = [
        language == .german
          ? "Keine Verbindung des Speichers erklärt eine Zusicherung für diese Tage. Nächster Schritt: 'claims' in die Konfiguration schreiben und beobachten."
          : "No session of the store states a claim for these days. Next step: write 'claims' into the configuration and observe."
      ]
    }
    text = (Texts.warnings(observed, language) + lines).joined(separator: "\n") + "\n"
  }

  /// One line for each claim.
  static func lines(_ claims: [ClaimAssessment], _ language: Language) -> [String] {
    let words = ClaimWords(language: language)
    return claims.map { claim in
      let says = CSVFormat.safeText(claim.claim.says[language])
      let verdict = Texts.word(.claimVerdict, claim.verdict.rawValue, language)
      let label = language == .german ? "Zusicherung" : "Claim"
      return "\(label) \(claim.claim.id): \(verdict). \"\(says)\" \(words.why(claim))"
    }
  }

  private static func days(_ claim: ClaimAssessment, _ language: Language) -> [String] {
    guard let period = claim.period else { return [] }
    let groups = claim.claim.groups.map { CSVFormat.safeText(Texts.word(.group, $0, language)) }
    let scope =
      groups.isEmpty
      ? (language == .german ? "ganzer Standort" : "whole site")
      : (language == .german ? "Gruppen: " : "groups: ") + groups.joined(separator: ", ")
    return [
      language == .german
        ? "  Bewertet: \(period.clock.germanText(period.hours.lowerBound)) bis \(period.clock.germanText(period.hours.upperBound)) (\(period.settings.timeZone)), \(scope)."
        : "  Judged: \(SiteClock.isoText(period.hours.lowerBound)) to \(SiteClock.isoText(period.hours.upperBound)), \(scope)."
    ]
  }
}
