import Model
public import Store

/// What an audit found, in plain sentences for a data protection officer at a terminal.
public enum AuditSummary {
  /// Findings that are named one by one.
  private static let topCount = 5

  /// Sentences about the stored hours of the local days `from` to `to`, inclusive; nil means all.
  public static func text(
    database: AuditDatabase, language: Language, from: LocalDate? = nil, to: LocalDate? = nil
  ) throws -> String {
    try text(source: database, language: language, from: from, to: to)
  }

  static func text(
    source: some AuditSource, language: Language, from: LocalDate?, to: LocalDate?
  ) throws -> String {
    let period = try AuditPeriod(source: source, from: from, to: to)
    let findings = try period.findings()
    let totals = period.coverageTotals
    let german = language == .german
    let verdict = period.verdict(findings, totals)
    var lines =
      Texts.warnings(period, language) + Texts.verdict(verdict.failures, isPartial: verdict.isPartial, language)
    lines.append(window(period, german))
    lines += Texts.unfinished(period.unfinishedAudits, language)
    lines.append(observed(period, totals, language))
    lines += hidden(totals, language) + clock(period, totals, language)
    lines += losses(totals, language) + withoutRow(totals, language)
    lines += Texts.smallGroups(period, language)
    lines += ClaimReport.lines(try ClaimAssessment.all(source, period), language)
    if let sentence = BaselineReport.sentence(period, language) { lines.append(sentence) }
    guard !findings.isEmpty else {
      lines.append(
        german
          ? "Kein Datenfluss traf eine Regel. Das gilt nur für den beobachteten Weg und Zeitraum."
          : "No flow matched a rule. This holds only for the observed path and period.")
      return lines.joined(separator: "\n") + "\n"
    }
    let rated = findings.filter { $0.proposal != nil }
    lines.append(counts(findings, rated: rated, language))
    let flows = try EvidenceOfFindings(source, period).flows
    lines += rated.prefix(topCount).map { finding in
      var finding = finding
      finding.flows = flows[finding.key]
      return "  " + line(finding, period, language)
    }
    lines.append(nextStep(isAnyRated: !rated.isEmpty, german))
    return lines.joined(separator: "\n") + "\n"
  }

  static func window(_ period: AuditPeriod, _ german: Bool) -> String {
    let from = period.clock.germanText(period.hours.lowerBound)
    let to = period.clock.germanText(period.hours.upperBound)
    let zone = period.settings.timeZone
    return german
      ? "Beobachtet wurde der Standort \(period.settings.site) vom \(from.dropLast(3)) bis \(to.dropLast(3)) (\(zone))."
      : "Site \(period.settings.site) was observed from \(SiteClock.isoText(period.hours.lowerBound)) to \(SiteClock.isoText(period.hours.upperBound))."
  }

  static func observed(_ period: AuditPeriod, _ totals: CoverageTotals, _ language: Language) -> String {
    let german = language == .german
    let shown = totals.shown
    let devices =
      period.groups.isSiteTooSmall
      ? (german ? "weniger als \(period.groupMinimum)" : "Fewer than \(period.groupMinimum)")
      : String(period.groups.site.devices)
    let flows =
      german
      ? "Gesehen wurden \(devices) Geräte und \(shown.flows) Datenflüsse nach außen"
      : "\(devices) devices and \(shown.flows) outbound flows were seen"
    let minimum = period.groupMinimum
    let left =
      totals.withoutHeldBack.isEmpty
      ? ""
      : german
        ? " Datenflüsse und Bytes der Tage mit weniger als \(minimum) Geräten sind hier nicht mitgezählt."
        : " Flows and bytes of days with fewer than \(minimum) devices are not counted here."
    // Rounded down: 100 % appears only if it is all of it.
    guard shown.bytesOut > 0 else { return flows + "." + left }
    let named = shown.bytesOut.dividingFullWidth(shown.bytesNamed.multipliedFullWidth(by: 100)).quotient
    return flows
      + (german
        ? "; das Ziel ist für \(named) % der gesendeten Bytes benannt."
        : "; the destination is named for \(named) % of the bytes sent.") + left
  }

  /// How much of what was sent could not be inspected; stated also if that is nothing.
  static func hidden(_ all: CoverageTotals, _ language: Language) -> [String] {
    let totals = all.shown
    guard totals.flows > 0 else { return [] }
    let german = language == .german
    // Rounded up: 0 % appears only if it is nothing.
    let words = DocumentWords(language)
    let flows = words.percentRoundedUp(totals.sight.unexaminableFlows, of: totals.flows)
    let bytes = words.percentRoundedUp(totals.sight.unexaminableBytes, of: totals.bytesOut)
    let least = totals.unmeasuredHours > 0 ? (german ? "mindestens " : "at least ") : ""
    return [
      german
        ? "Nicht einsehbar (VPN, Relay, Tor, verschlüsseltes DNS, ECH oder ohne Namen): \(least)\(flows) der Datenflüsse, \(least)\(bytes) der Bytes nach außen."
        : "Hidden (VPN, relay, Tor, encrypted DNS, ECH, or without a name): \(least)\(flows) of the outbound flows, \(least)\(bytes) of the bytes sent."
    ]
  }

  /// A recording does not show how accurate the clock of its recorder was.
  static func clock(
    _ period: AuditPeriod, _ totals: CoverageTotals, _ language: Language
  ) -> [String] {
    guard totals.clockUnknownHours > 0 else { return [] }
    let count = totals.clockUnknownHours
    return [
      language == .german
        ? "Die Uhr des aufzeichnenden Rechners ist für \(count) \(count == 1 ? "Stunde" : "Stunden") nicht bekannt; Zeiten gelten, soweit sie richtig ging."
        : "The recorder's clock is not known for \(count) \(count == 1 ? "hour" : "hours"); times hold as far as it was right."
    ]
  }

  /// What was malformed, truncated or lost; empty if nothing was.
  static func losses(_ totals: CoverageTotals, _ language: Language) -> [String] {
    let german = language == .german
    let parts = [
      (totals.gapSeconds, german ? "Sekunden ohne Erfassung" : "seconds without capture"),
      (totals.packetsDropped, german ? "vom Kern verworfene Pakete" : "packets dropped by the kernel"),
      (totals.shown.tcpMissedBytes, german ? "fehlende TCP-Bytes" : "missed TCP bytes"),
      (totals.recordsLost, german ? "verlorene Flusseinträge" : "flow records lost"),
      (totals.flowsEvicted, german ? "verdrängte Datenflüsse" : "flows evicted"),
      (totals.shown.anomalies, german ? "Auffälligkeiten" : "anomalies"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    guard !parts.isEmpty else { return [] }
    let all = parts.joined(separator: ", ")
    return [
      german
        ? "Nicht alles war zu sehen: \(all). Je Stunde in coverage.csv."
        : "Not everything could be seen: \(all). By the hour in coverage.csv."
    ]
  }

  /// How many flows only the sums contain; nothing if there are none.
  static func withoutRow(_ totals: CoverageTotals, _ language: Language) -> [String] {
    let count = totals.shown.evidenceNotKept
    guard count > 0 else { return [] }
    return [
      language == .german
        ? "Zu viele Datenflüsse in kurzer Zeit: \(count) sind in allen Summen enthalten, aber nicht einzeln als Beleg gespeichert."
        : "Too many flows in a short time: \(count) are in all sums, but were not stored singly as evidence."
    ]
  }

  static func counts(_ findings: [Finding], rated: [Finding], _ language: Language) -> String {
    let german = language == .german
    let classes = [Priority.high, .medium, .low].compactMap { priority -> String? in
      let count = rated.count { $0.proposal?.priority == priority }
      return count == 0 ? nil : "\(count) \(Texts.word(.priority, priority.rawValue, language))"
    }
    let unrated = findings.count - rated.count
    let all =
      classes + (unrated == 0 ? [] : ["\(unrated) \(Texts.word(.priority, "not_assessable", language))"])
    return german
      ? "Feststellungen: \(findings.count), vorgeschlagener Prüfvorrang: \(all.joined(separator: ", "))."
      : "Findings: \(findings.count), proposed review priority: \(all.joined(separator: ", "))."
  }

  private static func line(_ finding: Finding, _ period: AuditPeriod, _ language: Language) -> String {
    let priority = finding.proposal.map { Texts.word(.priority, $0.priority.rawValue, language) } ?? ""
    let service = CSVFormat.safeText(finding.rules.leading.serviceTitle[language])
    let group = CSVFormat.safeText(Texts.word(.group, finding.key.group, language))
    return
      "\(priority): \(service), \(group) (\(finding.id)). \(Reason(finding: finding, period: period).text(language))"
  }

  private static func nextStep(isAnyRated: Bool, _ german: Bool) -> String {
    if isAnyRated {
      return german
        ? "Nächster Schritt: coverage.csv prüfen, dann findings.csv von Rang 1 an durchgehen und die leeren Spalten ausfüllen."
        : "Next step: check coverage.csv, then go through findings.csv from rank 1 on and fill the empty columns."
    }
    return german
      ? "Nächster Schritt: die genannten Punkte beheben und erneut beobachten; die Messwerte stehen in findings.csv."
      : "Next step: fix the points above and observe again; the measured figures are in findings.csv."
  }
}

extension AuditPeriod {
  /// The gate's result for the period, and whether some groups are rated nonetheless.
  func verdict(_ findings: [Finding], _ totals: CoverageTotals) -> (failures: [GateFailure], isPartial: Bool) {
    let ofSite = CoverageGate(limits: settings.gate).failures(
      totals, group: groups.site, isSiteTooSmall: groups.isSiteTooSmall, groupMinimum: groupMinimum)
    let all = (findings.isEmpty ? [ofSite] : findings.map(\.failures)).joined().reduce(into: [GateFailure]()) {
      if !$0.contains($1) { $0.append($1) }
    }
    return (all, findings.contains { $0.failures.isEmpty })
  }
}
