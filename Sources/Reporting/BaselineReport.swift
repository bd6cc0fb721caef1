public import Model
import Privacy
public import Store

/// Baselines in plain sentences for a terminal or the mail of a timer.
public struct BaselineReport: Sendable {
  public enum Verdict: Sendable, Equatable {
    case nothingNew
    /// At least one service or destination is new or back; this holds regardless of what could not be seen.
    case somethingNew
    /// Nothing new was seen, and it is not known that it would have been.
    case notAssessable
  }

  public let verdict: Verdict
  public let text: String

  /// Sets a baseline of the local days `from` to `to`, inclusive, and returns the sentences about it.
  ///
  /// - Parameters:
  ///   - patchDays: days on which updates are installed, within the baseline or after it.
  ///   - day: today, in UTC since 1970.
  ///
  /// Throws `ReportingError`: also if the coverage gate does not pass; or what the database throws.
  public static func set(
    _ name: BaselineName, from: LocalDate, to: LocalDate, patchDays: [LocalDate], database: AuditDatabase, day: Int64,
    toolVersion: String, language: Language
  ) throws -> String {
    let content = try Baseline(database, from: from, to: to, patchDays: patchDays)
    let stored = try database.setBaseline(content, name: name, day: day, toolVersion: toolVersion)
    let german = language == .german
    var lines = [line(stored, language)]
    let blind = content.groups.filter { !$0.value }.keys.sorted()
    if !blind.isEmpty {
      let names = blind.map { CSVFormat.safeText(Texts.word(.group, $0, language)) }.joined(separator: ", ")
      lines.append(
        german
          ? "Für diese Gruppen reichte die Abdeckung nicht aus, ihre neuen Dienste werden nicht bewertbar sein: \(names)."
          : "Coverage was not sufficient for these groups, whose new services will not be assessable: \(names).")
    }
    if !content.listsDestinations {
      lines.append(
        german
          ? "Ziele ohne Regel enthält sie nicht oder nicht alle, also werden neue nicht bewertbar sein."
          : "It lists no destinations without a rule, or not all, so that new ones will not be assessable.")
    }
    if !content.patchDays.contains(where: (content.firstDay...content.lastDay).contains) {
      lines.append(
        german
          ? "In ihr liegt kein Updatetag: Was nur an Updatetagen läuft, wird neu aussehen."
          : "No patch day lies in it: what runs only on patch days will look new.")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// One line for each baseline, in the order in which they were set.
  public static func list(_ database: AuditDatabase, language: Language) throws -> String {
    let all = try database.baselines()
    guard !all.isEmpty else {
      return language == .german ? "Keine Vergleichsbasis.\n" : "No baseline.\n"
    }
    return all.map { line($0, language) + "\n" }.joined()
  }

  /// Compares the days after a baseline with it.
  ///
  /// - Parameters:
  ///   - from: first day whose changes are counted; nil means the latest patch day after the baseline, or else the day
  ///     after the baseline.
  ///   - to: last day, inclusive; nil means the last stored day.
  ///
  /// Throws `ReportingError`, or what the database throws.
  public init(
    _ baseline: BaselineName, database: AuditDatabase, from: LocalDate? = nil, to: LocalDate? = nil, language: Language
  ) throws {
    try self.init(baseline, source: database, from: from, to: to, language: language)
  }

  init(
    _ name: BaselineName, source: some AuditSource, from: LocalDate?, to: LocalDate?, language: Language
  ) throws {
    if let from, let to, from > to { throw ReportingError.daysReversed(from: from, to: to) }
    let period = try AuditPeriod(source: source, from: nil, to: to, sumsUsage: false, baseline: .named(name))
    guard let comparison = period.comparison, comparison.days != nil else {
      verdict = .notAssessable
      text = period.comparison.map { Self.conditions($0, language).joined(separator: "\n") + "\n" } ?? ""
      return
    }
    var lines = Self.conditions(comparison, language)
    lines += Self.counts(comparison, period, from: from, language)
    lines += ChangesTable(period: period).changes.map { "  " + Self.line($0, period, language) }
    text = lines.joined(separator: "\n") + "\n"
    verdict =
      if comparison.changes.contains(where: { $0.isNewOrBack == true && $0.isNotBefore(from) }) {
        .somethingNew
      } else if !comparison.comparesAllDays(since: from) {
        .notAssessable
      } else if !comparison.failures.isEmpty || comparison.changes.contains(where: \.mayBeNew) {
        .notAssessable
      } else {
        .nothingNew
      }
  }

  /// The sentence of a summary; nil without a baseline to compare with.
  static func sentence(_ period: AuditPeriod, _ language: Language) -> String? {
    guard let comparison = period.comparison, comparison.days != nil else { return nil }
    return counts(comparison, period, from: nil, language).first
  }

  /// Which periods are compared, and what limits the answer.
  static func conditions(_ comparison: BaselineComparison, _ language: Language) -> [String] {
    let german = language == .german
    var lines = [line(comparison.stored, language)]
    guard let days = comparison.days else {
      lines.append(
        german
          ? "Nach ihr hat der Zeitraum keinen Tag, der verglichen werden kann."
          : "After it, the period has no day that can be compared.")
      return lines
    }
    lines.append(
      german ? "Verglichen wird \(span(days, language)) mit ihr." : "\(span(days, language)) is compared with it.")
    if comparison.rulesDiffer {
      lines.append(
        german
          ? "Der Regelsatz ist ein anderer als in der Vergleichsbasis; verglichen wird über die Kennungen und Muster der Regeln."
          : "The rule set is not the one of the baseline; rules are compared by their ids and patterns.")
    }
    if comparison.hasHole {
      lines.append(
        german
          ? "Die Tage zwischen ihr und den verglichenen sind nicht mehr vollständig gespeichert; was an ihnen neu war, ist nicht bewertbar."
          : "The days between it and those compared are no longer stored in full; what was new on them is not assessable."
      )
    }
    if !comparison.newGroups.isEmpty {
      let names = comparison.newGroups.map { CSVFormat.safeText(Texts.word(.group, $0, language)) }
        .joined(separator: ", ")
      lines.append(
        german
          ? "Diese Gruppen gab es in der Vergleichsbasis nicht; verglichen werden sie mit dem ganzen Standort: \(names)."
          : "The baseline does not have these groups, which are compared with the whole site: \(names).")
    }
    if !comparison.failures.isEmpty {
      let failures = comparison.failures.map { Texts.failure($0, language) }.joined(separator: ", ")
      lines.append(
        german
          ? "Was nicht zu sehen war, ist nicht bewertbar: \(failures)."
          : "What was not seen is not assessable: \(failures).")
    }
    return lines
  }

  /// The baseline of a period, and what is new since it, without numbers of devices; nothing if the period has none.
  static func sentences(_ period: AuditPeriod, _ language: Language) -> [String] {
    guard let comparison = period.comparison else { return [] }
    let conditions = conditions(comparison, language)
    return comparison.days == nil
      ? conditions : conditions + counts(comparison, period, from: nil, hidesDevices: true, language)
  }

  /// Changes from a day on, then those before it, since the baseline.
  private static func counts(
    _ comparison: BaselineComparison, _ period: AuditPeriod, from: LocalDate?, hidesDevices: Bool = false,
    _ language: Language
  ) -> [String] {
    let german = language == .german
    let name = comparison.stored.name.description
    let hides = hidesDevices || period.groups.isSiteTooSmall
    let begin = from ?? comparison.patchDay
    let dated = comparison.changes.filter { $0.state.day != nil }
    let later = dated.filter { $0.isNotBefore(begin) }
    let earlier = dated.filter { !$0.isNotBefore(begin) }
    let compared = comparison.days.map { span($0, language) } ?? ""
    let sinceBaseline =
      switch (comparison.hasHole, german) {
      case (true, true): "an den verglichenen Tagen, \(compared)"
      case (true, false): "on the days compared, \(compared)"
      case (false, true): "seit der Vergleichsbasis \(name)"
      case (false, false): "since the baseline \(name)"
      }
    var lines: [String] = []
    if let begin, let days = comparison.days, begin > days.upperBound {
      let date = Texts.date(begin.description, language)
      lines.append(
        german
          ? "Vom \(date) an gibt es keinen Tag, der verglichen werden kann."
          : "There is no day from \(date) on that can be compared.")
    } else {
      var since = sinceBaseline.prefix(1).uppercased() + sinceBaseline.dropFirst()
      if let begin, comparison.comparesAllDays(since: begin) {
        let date = Texts.date(begin.description, language)
        let isPatchDay = comparison.stored.content.patchDays.contains(begin.day)
        since =
          german
          ? (isPatchDay ? "Seit dem Updatetag \(date)" : "Seit \(date)")
          : (isPatchDay ? "Since patch day \(date)" : "Since \(date)")
      }
      lines.append(
        since + ": "
          + (Texts.newAndBack(later, hidesDevices: hides, period.reporting.epochs, language)
            ?? (german ? "nichts Neues" : "nothing new"))
          + ".")
    }
    if let text = Texts.newAndBack(earlier, hidesDevices: hides, period.reporting.epochs, language) {
      lines.append((german ? "Zuvor, " : "Before that, ") + sinceBaseline + ": " + text + ".")
    }
    let gone = comparison.changes.count { $0.state == .gone }
    let open = comparison.changes.count { if case .notAssessable = $0.state { true } else { false } }
    let attempted = comparison.changes.count { $0.state == .attemptsOnly }
    if gone > 0 { lines.append(german ? "Nicht mehr gesehen: \(gone)." : "Gone: \(gone).") }
    if attempted > 0 {
      lines.append(
        german
          ? "Kein beantworteter Kontakt mehr, nur Versuche: \(attempted)."
          : "No answered contact any more, only attempts: \(attempted).")
    }
    if open > 0 { lines.append(german ? "Nicht bewertbar: \(open)." : "Not assessable: \(open).") }
    return lines
  }

  private static func line(_ change: BaselineChange, _ period: AuditPeriod, _ language: Language) -> String {
    let german = language == .german
    let subject =
      switch change.subject {
      case .service(let key, let title, _, _):
        CSVFormat.safeText(title[language]) + ", " + CSVFormat.safeText(Texts.word(.group, key.group, language))
          + " (\(period.identifier(of: key)))"
      case .destination(let identity):
        identity == .unnamed
          ? (german ? "ohne Namen in unbekannte Netze" : "without a name into unknown networks")
          : printable(identity.text)
      }
    var text = Texts.word(.baselineState, change.state.word, language) + ": " + subject
    if let day = change.state.day { text += (german ? ", am " : ", on ") + Texts.date(day.description, language) }
    if change.devices > 0, !period.groups.isSiteTooSmall {
      text +=
        german
        ? ", \(change.devices) \(change.devices == 1 ? "Gerät" : "Geräte")"
        : ", \(change.devices) \(change.devices == 1 ? "device" : "devices")"
    }
    if case .notAssessable(let doubt) = change.state { text += ": " + Texts.baselineDoubt(doubt, language) }
    return text
  }

  private static func line(_ stored: StoredBaseline, _ language: Language) -> String {
    let content = stored.content
    let services = content.services.count { $0.contact == .inBaseline }
    let destinations = content.destinations.count { $0.contact == .inBaseline }
    let set = Texts.date(LocalDate(day: stored.day).description, language)
    let patchDays = content.patchDays.map { Texts.date(LocalDate(day: $0).description, language) }
      .joined(separator: ", ")
    return language == .german
      ? "Vergleichsbasis \(stored.name): \(span(content.days, language)), festgelegt am \(set); beobachtete Tage: \(content.observedDays); Feststellungen mit Kontakt: \(services); Ziele ohne Regel: \(destinations)"
        + (patchDays.isEmpty ? "." : "; Updatetage: \(patchDays).")
      : "Baseline \(stored.name): \(span(content.days, language)), set on \(set); observed days: \(content.observedDays); findings with contact: \(services); destinations without a rule: \(destinations)"
        + (patchDays.isEmpty ? "." : "; patch days: \(patchDays).")
  }

  private static func span(_ days: ClosedRange<LocalDate>, _ language: Language) -> String {
    let first = Texts.date(days.lowerBound.description, language)
    let last = Texts.date(days.upperBound.description, language)
    return first + (language == .german ? " bis " : " to ") + last
  }
}

extension BaselineChange {
  fileprivate func isNotBefore(_ day: LocalDate?) -> Bool {
    day.map { day in state.day.map { $0 >= day } ?? false } ?? true
  }

  /// It cannot be determined whether it is new.
  fileprivate var mayBeNew: Bool { if case .notAssessable(let doubt) = state { doubt.mayBeNew } else { false } }
}
