import Model
import Store

extension Texts {
  /// Why a row of a comparison cannot be assessed.
  static func comparisonGap(_ gap: ComparisonGap) -> LocalizedText {
    func part(_ part: ComparisonPart) -> LocalizedText {
      part == .before ? LocalizedText(en: "before", de: "vorher") : LocalizedText(en: "after", de: "nachher")
    }
    switch gap {
    case .gate(let side, let failure):
      return LocalizedText(
        en: "\(part(side).en): \(Texts.failure(failure, .english))",
        de: "\(part(side).de): \(Texts.failure(failure, .german))")
    case .noRule(let side):
      return LocalizedText(
        en: "\(part(side).en): the rules in use did not know this service",
        de: "\(part(side).de): die benutzten Regeln kannten diesen Dienst nicht")
    case .noGroup(let side):
      return LocalizedText(
        en: "\(part(side).en): the group does not stand on its own on any day",
        de: "\(part(side).de): die Gruppe steht an keinem Tag für sich")
    case .proof(let side, let gaps):
      return LocalizedText(
        en:
          "\(part(side).en): attempts, and no proof that an answer would have been seen (\(Texts.proofGaps(gaps, .english)))",
        de:
          "\(part(side).de): Versuche, ohne Beleg, dass eine Antwort zu sehen gewesen wäre (\(Texts.proofGaps(gaps, .german)))"
      )
    }
  }
}

/// What is said of a comparison in one language.
struct ComparisonWords: SpeaksOneLanguage {
  let comparison: Comparison
  let language: Language

  private var sides: BeforeAfter<ComparisonPeriod> { comparison.sides }

  private func name(_ part: ComparisonPart) -> String {
    part == .before ? say("before", "vorher") : say("after", "nachher")
  }

  /// Both periods, a sentence for each purpose, what else differs, and what the table does not show.
  var lines: [String] {
    var lines = [period(.before, sides.before), period(.after, sides.after)]
    if comparison.isAssessable {
      lines += comparison.totals.map(sentence)
      if comparison.totals.isEmpty {
        lines.append(
          say(
            "No contact and no attempt with a described destination was seen in either period.",
            "In keinem der Zeiträume war Kontakt mit einem beschriebenen Ziel oder ein Versuch zu sehen."))
      }
    } else {
      lines.append(notAssessable)
    }
    lines.append(
      say(
        "The comparison does not show that the setting is the cause: whatever else changed between the periods may have the same effect.",
        "Der Vergleich zeigt nicht, dass die Einstellung die Ursache ist: Was sich sonst zwischen den Zeiträumen änderte, kann ebenso wirken."
      ))
    lines += comparison.differences.map(difference)
    if sides.both.contains(where: { $0.phase?.end == nil }) {
      lines.append(
        say(
          "Note: a period was chosen by its days, or its phase is still running. If two comparisons have overlapping days, withheld figures can follow from their difference; use stopped phases, or pass on only one of the comparisons.",
          "Hinweis: Ein Zeitraum wurde nach Tagen gewählt, oder seine Phase läuft noch. Überschneiden sich die Tage zweier Vergleiche, können sich nicht ausgewiesene Zahlen aus ihrer Differenz ergeben; verwenden Sie beendete Phasen, oder geben Sie nur einen der Vergleiche weiter."
        ))
    }
    lines.append(many)
    return lines.map(CSVFormat.safeText)
  }

  // MARK: Periods

  private func period(_ part: ComparisonPart, _ side: ComparisonPeriod) -> String {
    let (first, end) = (side.period.hours.lowerBound, side.period.hours.upperBound)
    let clock = side.period.clock
    let time =
      say(
        "\(SiteClock.isoText(first)) to \(SiteClock.isoText(end))",
        "\(clock.germanText(first)) bis \(clock.germanText(end)) (\(side.period.settings.timeZone))")
    let setting = side.phase?.setting.map { ", \"\($0)\"" } ?? ""
    let devices =
      side.period.groups.isSiteTooSmall
      ? say("too few devices", "zu wenige Geräte")
      : say(
        "\(side.period.groups.site.devices) devices, \(side.period.groups.site.deviceDays) device-days",
        "\(side.period.groups.site.devices) Geräte, \(side.period.groups.site.deviceDays) Gerätetage")
    let label = part == .before ? say("Before", "Vorher") : say("After", "Nachher")
    return "\(label): \(side.label)\(setting), \(time), \(devices)."
  }

  private var notAssessable: String {
    var gaps = comparison.gaps
    if gaps.isEmpty { gaps = comparison.totals.flatMap(\.gaps) }
    let reasons = gaps.map { Texts.comparisonGap($0)[language] }
    let all =
      reasons.isEmpty
      ? say(
        "none of the chosen groups stands on its own in both periods",
        "keine der gewählten Gruppen steht in beiden Zeiträumen für sich")
      : reasons.joined(separator: "; ")
    return say("Not assessable because: \(all).", "Nicht bewertbar, weil: \(all).")
  }

  // MARK: Sums

  /// Names the setting, or else the phase after.
  private var lead: String {
    guard let phase = sides.after.phase else { return say("", "Im Vergleich ") }
    let setting = phase.setting.map { "\"\($0)\"" } ?? phase.name.description
    return say("with \(setting), ", "Mit \(setting) ")
  }

  private func sentence(_ row: ComparisonRow) -> String {
    let purpose = Texts.word(.purpose, row.key.purpose.rawValue, language)
    var subject = purpose.prefix(1).uppercased() + purpose.dropFirst()
    if case .group(let name) = row.key.scope { subject += ", " + Texts.word(.group, name, language) }
    guard row.state != .notAssessable else {
      let reasons = row.gaps.map { Texts.comparisonGap($0)[language] }.joined(separator: "; ")
      return say("\(subject): not assessable because: \(reasons).", "\(subject): nicht bewertbar, weil: \(reasons).")
    }
    var sentences: [String] = []
    if let rates = shown(.sessions, row) {
      let noun = say("sessions per device-day", "die Verbindungen je Gerätetag")
      sentences.append("\(subject): " + lead + change(.sessions, row, rates, noun: noun))
    } else {
      sentences.append(
        "\(subject): " + withheld(.sessions, row, noun: say("sessions per device-day", "Verbindungen je Gerätetag")))
    }
    if let bound = row.bound { sentences.append(absence(row, bound)) }
    if let blocked = shown(.blockedAttempts, row) {
      if blocked.before > 0 || blocked.after > 0 {
        let text = change(
          .blockedAttempts, row, blocked,
          noun: say("blocked attempts per device-day", "die blockierten Versuche je Gerätetag"))
        sentences.append(language == .german ? "Dabei " + text : text.prefix(1).uppercased() + text.dropFirst())
      }
    } else {
      sentences.append(
        withheld(
          .blockedAttempts, row, noun: say("Blocked attempts per device-day", "Blockierte Versuche je Gerätetag")))
    }
    return sentences.joined(separator: " ")
  }

  /// Nil if one of the two figures is withheld.
  private func shown(_ measure: ComparedMeasure, _ row: ComparisonRow) -> BeforeAfter<UInt64>? {
    guard let before = row.figures.before[measure], let after = row.figures.after[measure] else { return nil }
    return BeforeAfter(before: before, after: after)
  }

  private func withheld(_ measure: ComparedMeasure, _ row: ComparisonRow, noun: String) -> String {
    let rates = [
      (ComparisonPart.before, row.figures.before, row.present.before.days),
      (.after, row.figures.after, row.present.after.days),
    ]
    .map { part, figures, days in
      "\(name(part)) "
        + (figures[measure].map { rate($0, days) }
          ?? say(
            "not shown, because fewer than \(comparison.minimum) devices contributed or their figures would follow from it",
            "nicht ausgewiesen, weil weniger als \(comparison.minimum) Geräte dazu beitrugen oder deren Zahlen daraus folgten"
          ))
    }
    return "\(noun): " + rates.joined(separator: "; ") + "."
  }

  private func change(
    _ measure: ComparedMeasure, _ row: ComparisonRow, _ events: BeforeAfter<UInt64>, noun: String
  ) -> String {
    let (before, after) = (rate(events.before, row.present.before.days), rate(events.after, row.present.after.days))
    guard events.before > 0 || events.after > 0 else {
      return say("\(noun) were 0 before and after.", "waren \(noun) vorher und nachher 0.")
    }
    guard let change = row.changes[measure], let percent = change.percent else {
      return say("\(noun) rose from 0 to \(after).", "stiegen \(noun) von 0 auf \(after).")
    }
    guard let interval = row.intervals[measure] else {
      return say(
        "\(noun) \(percent < 0 ? "fell" : "changed") from \(before) to \(after) (\(signed(percent)) %).",
        "\(percent < 0 ? "fielen" : "änderten sich") \(noun) von \(before) auf \(after) (\(signed(percent)) %).")
    }
    let low = interval.lowPercent.map(signed) ?? say("without bound", "ohne Schranke")
    let high = interval.highPercent.map(signed) ?? say("without bound", "ohne Schranke")
    let range = say(
      "(\(signed(percent)) %, 95 % interval \(low) to \(high))",
      "(\(signed(percent)) %, 95-%-Intervall \(low) bis \(high))")
    if interval.holdsNoChange {
      return say(
        "\(noun) were \(before) before and \(after) after \(range); the interval holds 0, so a change is not shown.",
        "lagen \(noun) vorher bei \(before) und nachher bei \(after) \(range); das Intervall enthält 0, eine Änderung ist also nicht belegt."
      )
    }
    return percent < 0
      ? say("\(noun) fell from \(before) to \(after) \(range).", "fielen \(noun) von \(before) auf \(after) \(range).")
      : say("\(noun) rose from \(before) to \(after) \(range).", "stiegen \(noun) von \(before) auf \(after) \(range).")
  }

  private func absence(_ row: ComparisonRow, _ bound: (deviceDays: Double, devices: Double)) -> String {
    let isAfter = row.state == .onlyBefore || row.state == .attemptsAfter
    let silent = isAfter ? row.present.after : row.present.before
    let part = name(isAfter ? .after : .before)
    let shares = [bound.deviceDays, bound.devices].map {
      Texts.percent(hundredths: Int(($0 * 10_000).rounded(.up)), language)
    }
    if row.state == .attemptsAfter || row.state == .attemptsBefore {
      let kind =
        isAfter
        ? say("no answered contact any more, only attempts", "kein beantworteter Kontakt mehr zu sehen, nur Versuche")
        : say("no answered contact yet, only attempts", "noch kein beantworteter Kontakt zu sehen, nur Versuche")
      return say(
        "On \(silent.days) device-days \(part) there was \(kind); with 95 % confidence at most \(shares[0]) of the device-days and \(shares[1]) of the devices had answered contact, if it would have been seen.",
        "\(part.prefix(1).uppercased() + part.dropFirst()) war an \(silent.days) Gerätetagen \(kind); mit 95 % Sicherheit hatten höchstens \(shares[0]) der Gerätetage und \(shares[1]) der Geräte beantworteten Kontakt, wenn er zu sehen gewesen wäre."
      )
    }
    return say(
      "No contact was seen \(part) on \(silent.days) device-days; with 95 % confidence at most \(shares[0]) of the device-days and \(shares[1]) of the devices had any, if contact would have been seen.",
      "\(part.prefix(1).uppercased() + part.dropFirst()) war an \(silent.days) Gerätetagen kein Kontakt zu sehen; mit 95 % Sicherheit hatten höchstens \(shares[0]) der Gerätetage und \(shares[1]) der Geräte welchen, wenn er zu sehen gewesen wäre."
    )
  }

  /// As many decimals, at least one, as give two digits that are not leading zeros or the exact value.
  private func rate(_ events: UInt64, _ days: UInt64) -> String {
    guard events > 0 else { return "0" }
    let decimals = (1...6).compactMap { FixedDecimal(events, dividedBy: days, places: $0) }
    let enough = decimals.first { decimal in
      decimal.units >= 10
        || FixedDecimal(events, dividedBy: days, places: decimal.places + 3)?.units == decimal.units * 1_000
    }
    return (enough ?? decimals.last)?.text(decimalMark: language == .german ? "," : ".") ?? "?"
  }

  private func signed(_ number: Int64) -> String {
    number < 0 ? "\u{2212}\(number.magnitude)" : number > 0 ? "+\(number)" : "0"
  }

  // MARK: What else

  private static func days(_ days: [LocalDate], _ language: Language) -> String {
    days.map { language == .german ? $0.germanText : $0.description }
      .joined(separator: language == .german ? " und am " : " and on ")
  }

  private func difference(_ difference: ComparisonDifference) -> String {
    switch difference {
    case .sites:
      say(
        "Note: the two stores belong to different sites.",
        "Hinweis: Die beiden Speicher gehören zu verschiedenen Standorten.")
    case .ruleSets:
      say(
        "Note: the periods were classified by different rule sets; a destination that only one of them describes shows as a change of its purpose.",
        "Hinweis: Die Zeiträume wurden nach verschiedenen Regelsätzen eingestuft; ein Ziel, das nur einer beschreibt, erscheint als Änderung seines Zwecks."
      )
    case .insideNetworks:
      say(
        "Note: the inside networks were configured differently, so other flows counted as outbound.",
        "Hinweis: Die inneren Netze waren verschieden eingestellt, also galten andere Datenflüsse als ausgehend.")
    case .groups:
      say("Note: the groups were configured differently.", "Hinweis: Die Gruppen waren verschieden eingestellt.")
    case .configuration:
      say("Note: the configuration file differed.", "Hinweis: Die Konfigurationsdatei war eine andere.")
    case .groupMinimum(let minimum):
      say(
        "Note: the smallest group was \(minimum.before) before and \(minimum.after) after; the greater number holds for both.",
        "Hinweis: Die Mindestzahl an Geräten war vorher \(minimum.before) und nachher \(minimum.after); für beide gilt die größere."
      )
    case .sensors: say("Note: the sensors differed.", "Hinweis: Die Sensoren waren verschieden.")
    case .programs:
      say("Note: the versions of egressaudit differed.", "Hinweis: Die Versionen von egressaudit waren verschieden.")
    case .reportedGroups:
      say(
        "Note: other groups were reported on their own, or combined with others for lack of devices; compare the site rather than the groups.",
        "Hinweis: Andere Gruppen standen für sich oder waren mangels Geräten zusammengefasst; vergleichen Sie eher den Standort als die Gruppen."
      )
    case .weekdays:
      say(
        "Note: the periods hold different weekdays, on which people work differently.",
        "Hinweis: Die Zeiträume enthalten verschiedene Wochentage, an denen verschieden gearbeitet wird.")
    case .pseudonyms:
      say(
        "Note: the stores have different pseudonym keys, so devices were drawn for each store on its own; the intervals are wider than for the same devices.",
        "Hinweis: Die Speicher haben verschiedene Pseudonymschlüssel, darum wurden die Geräte je Speicher gezogen; die Intervalle sind weiter als bei denselben Geräten."
      )
    case .keyChanged(let days):
      say(
        "Note: another pseudonym key began on \(Self.days(days, .english)) (UTC), so nobody can tell which devices before and after are the same: one with traffic on both sides of such a day counts twice, and devices were drawn for each period on its own. Figures are shown only where enough devices contributed in any case.",
        "Hinweis: Am \(Self.days(days, .german)) (UTC) begann ein anderer Pseudonymschlüssel; welche Geräte davor und danach dieselben sind, kann niemand feststellen: Ein Gerät mit Datenverkehr vor und nach einem solchen Tag zählt doppelt, und die Geräte wurden je Zeitraum gezogen. Werte stehen nur da, wo in jedem Fall genug Geräte beigetragen haben."
      )
    case .sharedDays(let days):
      say(
        "Note: both periods hold \(days == 1 ? "one day" : "\(days) days") in common.",
        "Hinweis: Beide Zeiträume haben \(days == 1 ? "einen Tag" : "\(days) Tage") gemeinsam.")
    case .partialDays(let days):
      say(
        "Note: \(days == 1 ? "one day on which a phase began or ended counts" : "\(days) days on which a phase began or ended count") on neither side.",
        "Hinweis: \(days == 1 ? "Ein Tag, an dem eine Phase begann oder endete, zählt" : "\(days) Tage, an denen eine Phase begann oder endete, zählen") auf keiner Seite."
      )
    case .running(let part):
      say(
        "Note: the phase \(name(part)) is still running; later days will change the figures.",
        "Hinweis: Die Phase \(name(part)) läuft noch; spätere Tage ändern die Zahlen.")
    case .drift(let part, let purpose, let isFall):
      say(
        "Note: sessions for \(Texts.word(.purpose, purpose.rawValue, language)) \(isFall ? "fell" : "rose") within the period \(name(part)) already, from its first to its second half; the order of the periods alone may explain a change.",
        "Hinweis: Verbindungen für \(Texts.word(.purpose, purpose.rawValue, language)) \(isFall ? "fielen" : "stiegen") schon innerhalb des Zeitraums \(name(part)), von der ersten zur zweiten Hälfte; die Reihenfolge der Zeiträume allein kann eine Änderung erklären."
      )
    }
  }

  private var many: String {
    let count = comparison.rows.map(\.intervals.count).reduce(0, +)
    return say(
      "The table holds \(count) intervals, each for itself with 95 % confidence and none corrected for their number: about one in twenty misses by chance, so a single row that stands out proves nothing. Bootstrap over devices: \(ClusterBootstrap.draws) draws, seed \(ComparisonTable.seed).",
      "Die Tabelle enthält \(count) Intervalle, jedes für sich mit 95 % Sicherheit und keines um ihre Anzahl berichtigt: Etwa eines von zwanzig verfehlt durch Zufall, eine einzelne auffällige Zeile belegt also nichts. Bootstrap über Geräte: \(ClusterBootstrap.draws) Ziehungen, Startwert \(ComparisonTable.seed)."
    )
  }
}
