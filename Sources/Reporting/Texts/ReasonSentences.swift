import Model
import Rules

/// Why a finding has its class: one sentence about what was seen, then facts as `key: value`, made from the inputs and
/// nothing else.
struct Reason {
  let finding: Finding
  let period: AuditPeriod

  /// Most hosts that are named if hosts behave differently; `rules explain` names all.
  private static let hostLimit = 6

  var text: LocalizedText { LocalizedText(en: text(.english), de: text(.german)) }

  func text(_ language: Language) -> String {
    let words = ReasonWords(language: language, year: period.year)
    let facts = facts(words).map { "\($0.key): \($0.value)." }
    return ([lead(words)] + facts).joined(separator: " ")
  }

  private typealias Fact = (key: String, value: String)

  // MARK: The sentence

  private func lead(_ words: ReasonWords) -> String {
    if finding.proposal == nil { return notAssessable(words) }
    let service = service(words)
    let inputs = finding.inputs
    if finding.isOnlyBlocked {
      return words.onlyBlocked(
        attempts: finding.totals.blockedAttempts, devices: inputs.devicesObserved, service: service)
    }
    if let block = finding.throughBlock {
      return words.throughBlock(
        block, since: period.clock.date(of: block.since), devicesObserved: inputs.devicesObserved, service: service)
    }
    return words.contact(inputs, service: service)
  }

  private func notAssessable(_ words: ReasonWords) -> String {
    let language = words.language
    let failures = finding.failures.map { Texts.failure($0, language) }.joined(separator: "; ")
    let remedies = finding.failures.map { Texts.remedy($0, language) }.joined(separator: "; ")
    return words.say("Not assessable: ", "Nicht bewertbar: ") + failures + "."
      + (remedies.isEmpty ? "" : words.say(" To fix it: ", " Abhilfe: ") + remedies + ".")
  }

  /// The party whose statement of the purpose is repeated.
  private func service(_ words: ReasonWords) -> String {
    words.service(
      finding.key.service.purpose, attribution: finding.rules.attribution(of: finding.totals.patterns))
  }

  // MARK: The facts

  private func facts(_ words: ReasonWords) -> [Fact] {
    let hidesDevices = period.groups.isSiteTooSmall
    var facts: [Fact] = []
    if !hidesDevices { facts += effects(words) }
    facts += blocked(words)
    if !finding.proofGaps.isEmpty {
      facts.append(
        (
          words.say("Not proven that nothing got through", "Nicht bewiesen, dass nichts durchkam"),
          Texts.proofGaps(finding.proofGaps, words.language)
        ))
    }
    facts += hosts(words)
    if !finding.isOnlyBlocked { facts += times(words) }
    facts += content(words)
    facts += names(words)
    facts += zone(words)
    facts += rules(words)
    if !finding.thirdPartyFlags.isEmpty {
      facts.append(
        (
          words.say("Access by third parties (E3)", "Zugriff Dritter (E3)"),
          finding.thirdPartyFlags.map { words.flag($0, finding.standing) }.joined(separator: ", ")
        ))
    }
    if let proposal = finding.proposal {
      facts.append((words.say("Proposed priority", "Vorgeschlagener Vorrang"), words.priority(proposal)))
    }
    return facts
  }

  private func effects(_ words: ReasonWords) -> [Fact] {
    var facts: [Fact] = []
    if finding.throughBlock != nil, finding.proposal != nil {
      facts.append(
        (words.say("Whole period", "Ganzer Zeitraum"), words.extent(finding.inputs)))
    }
    if let effect = finding.measureEffect {
      facts.append((words.measure(effect), words.effect(effect, devicesObserved: finding.inputs.devicesObserved)))
    }
    return facts
  }

  private func blocked(_ words: ReasonWords) -> [Fact] {
    let attempts = finding.totals.blockedAttempts
    guard attempts > 0 else { return [] }
    let counts = finding.flows?.total ?? OutcomeCounts()
    return [(words.say("Blocked", "Blockiert"), words.blocked(attempts, counts))]
  }

  private func hosts(_ words: ReasonWords) -> [Fact] {
    guard let flows = finding.flows, flows.hostsDiffer else { return [] }
    let hosts = flows.sortedHosts
    // Those that were only blocked must not be pushed out by those that got through.
    let open = hosts.filter { $0.counts.established > 0 }
    let closed = hosts.filter { $0.counts.established == 0 }
    let shownClosed = min(closed.count, max(Self.hostLimit / 2, Self.hostLimit - open.count))
    let shown = open.prefix(Self.hostLimit - shownClosed) + closed.prefix(shownClosed)
    var parts = shown.map { words.host($0.name, $0.counts) }
    if shown.count < hosts.count { parts.append(words.moreHosts(hosts.count - shown.count)) }
    return [(words.say("Hosts that differ", "Hosts mit unterschiedlichem Ergebnis"), parts.joined(separator: "; "))]
  }

  private func times(_ words: ReasonWords) -> [Fact] {
    var facts: [Fact] = []
    if let idle = finding.inputs.bytesUpIdle,
      // Places 2 make hundredths of the whole: per cent.
      let share = FixedDecimal(idle, dividedBy: finding.inputs.bytesUp, places: 2)
    {
      facts.append(
        (
          words.say("Outside agreed hours", "Außerhalb der vereinbarten Arbeitszeit"),
          words.say("\(share.units) % of the bytes sent", "\(share.units) % der gesendeten Bytes")
        ))
    }
    if let days = finding.inputs.workingDays {
      facts.append(
        (
          words.say("Working days", "Arbeitstage"),
          words.say("\(days.active) of \(days.observed)", "\(days.active) von \(days.observed)")
        ))
    }
    return facts
  }

  /// Facts about the certainty of the attribution to the service.
  private func names(_ words: ReasonWords) -> [Fact] {
    let all = UInt64.saturatingSum(finding.totals.sessions, finding.totals.blockedAttempts)
    func share(_ count: UInt64) -> String {
      words.say(
        "\(count) of \(all) sessions and blocked attempts", "\(count) von \(all) Verbindungen und blockierten Versuchen"
      )
    }
    var facts: [Fact] = []
    if let count = finding.totals.aliasFlows, count > 0 {
      facts.append((words.say("Attributed by an alias", "Über einen Aliasnamen zugeordnet"), share(count)))
    }
    if let count = finding.totals.contradictedFlows, count > 0 {
      facts.append((words.say("Name contradicts DNS", "Name widerspricht DNS"), share(count)))
    }
    return facts
  }

  private func content(_ words: ReasonWords) -> [Fact] {
    var facts: [Fact] = []
    if finding.isOnlyBlocked {
      facts.append(
        (words.say("Applies to", "Gilt für"), words.say("the observed path only", "nur den beobachteten Weg")))
    } else {
      facts.append(
        (
          words.say("Content", "Inhalte"),
          finding.totals.encryptions.contains(.none)
            ? words.say("in part not encrypted, and not kept", "teilweise unverschlüsselt, nicht gespeichert")
            : words.say("not seen", "nicht gesehen")
        ))
    }
    let classes =
      finding.totals.identifierClasses.sorted() + (finding.totals.hasUninspectedClearText ? [.notInspected] : [])
    if !classes.isEmpty {
      facts.append(
        (
          words.say("In clear text", "Im Klartext"),
          classes.map { Texts.word(.identifier, $0.rawValue, words.language) }.joined(separator: ", ")
        ))
    }
    return facts
  }

  private func zone(_ words: ReasonWords) -> [Fact] {
    let place: String
    switch finding.group.secrecyZone {
    case .none: return []
    case .whole: place = words.say("yes", "ja")
    case .contained: place = words.say("within the collecting group", "in der Sammelgruppe enthalten")
    }
    let isWithoutEffect = finding.proposal.map { !$0.severity.isLiftedByZone } ?? false
    let note =
      isWithoutEffect
      ? words.say(", does not raise the severity of this purpose", ", erhöht die Schwere bei diesem Zweck nicht") : ""
    return [(words.say("Secrecy zone", "Geheimnisschutz"), place + note)]
  }

  private func rules(_ words: ReasonWords) -> [Fact] {
    var facts: [Fact] = []
    let overrides = Set(finding.rules.all.flatMap(\.localOverrides)).sorted { $0.id < $1.id }
    if !overrides.isEmpty {
      facts.append(
        (words.say("Local override", "Lokale Abweichung"), overrides.map(words.override).joined(separator: "; ")))
    }
    let doubted = Set(finding.rules.all.compactMap(\.doubtedPurpose)).sorted { $0.rawValue < $1.rawValue }
    if !doubted.isEmpty {
      facts.append(
        (
          words.say("A label of a name suggests telemetry", "Ein Teil eines Namens deutet auf Telemetrie"),
          words.doubt(doubted, example: finding.totals.exampleName)
        ))
    }
    if finding.rules.all.contains(where: \.isForContainedName) {
      facts.append(
        (
          words.say("Contained name", "Enthaltener Name"),
          words.say(
            "the name of a content network contains a name of this service; its customers choose such names, so this is only a hint",
            "der Name eines Content-Netzes enthält einen Namen dieses Dienstes; solche Namen wählen die Kunden des Netzes, der Name ist daher nur ein Hinweis"
          )
        ))
    }
    let patterns = finding.totals.patterns
    let sources = finding.rules.sources(of: patterns)
    facts.append(
      (
        words.say("Source", "Quelle"),
        sources.isEmpty
          ? words.say("none", "keine")
          : sources.map { words.source($0, of: patterns) }.joined(separator: "; ")
      ))
    if finding.rules.isDisputed {
      facts.append(
        (words.say("Disputed", "Strittig"), words.say("yes, sources disagree", "ja, Quellen widersprechen sich")))
    }
    return facts
  }
}

/// Phrases of the reasons in one language, in singular or plural.
struct ReasonWords: SpeaksOneLanguage {
  let language: Language
  /// The year that dates do not repeat.
  let year: Int64

  func day(_ date: LocalDate) -> String { Texts.dayAndMonth(date, year: year, language) }

  /// Nominative.
  func attempts(_ count: UInt64) -> String {
    count == 1 ? say("1 attempt", "ein Versuch") : say("\(count) attempts", "\(count) Versuche")
  }

  /// Nominative.
  func sessions(_ count: UInt64) -> String {
    count == 1 ? say("1 session", "eine Verbindung") : say("\(count) sessions", "\(count) Verbindungen")
  }

  /// Nominative or accusative in English; German nominative.
  private func devices(_ seen: Int, of all: Int) -> String {
    guard seen == all else {
      return say("\(seen) of \(all) devices of the group", "\(seen) von \(all) Geräten der Gruppe")
    }
    return all == 1
      ? say("The only device of the group", "Das einzige Gerät der Gruppe")
      : say("All \(all) devices of the group", "Alle \(all) Geräte der Gruppe")
  }

  /// After a preposition; German dative.
  private func fromDevices(_ seen: Int, of all: Int) -> String {
    guard seen == all else {
      return say("\(seen) of \(all) devices of the group", "\(seen) von \(all) Geräten der Gruppe")
    }
    return all == 1
      ? say("the only device of the group", "dem einzigen Gerät der Gruppe")
      : say("all \(all) devices of the group", "allen \(all) Geräten der Gruppe")
  }

  private func onDays(_ active: Int, of all: Int) -> String {
    if all == 1, active == 1 { return say("on the only day observed", "am einzigen beobachteten Tag") }
    let tail = all == 1 ? say("day", "Tag") : say("days", "Tagen")
    return say("on \(active) of \(all) \(tail)", "an \(active) von \(all) \(tail)")
  }

  // MARK: Leading sentences

  func contact(_ inputs: LikelihoodInputs, service: String) -> String {
    let who = devices(inputs.devicesSeen, of: inputs.devicesObserved)
    let days = onDays(inputs.activeDays, of: inputs.daysObserved)
    let verb = inputs.devicesSeen == 1 ? "sendete" : "sendeten"
    return say(
      "\(who) sent data at least once, \(days), to a service \(service).",
      "\(who) \(verb) mindestens einmal, \(days), Daten an einen Dienst, \(service).")
  }

  func throughBlock(_ block: BlockEffect, since: LocalDate, devicesObserved: Int, service: String) -> String {
    let came = block.sessions == 1 ? "kam" : "kamen"
    let who = fromDevices(block.devices, of: devicesObserved)
    return say(
      "Although \(attempts(block.blocked)) have been blocked since \(day(since)), \(sessions(block.sessions)) got through, from \(who), to a service \(service).",
      "Obwohl seit dem \(day(since)) \(attempts(block.blocked)) blockiert wurden, \(came) \(sessions(block.sessions)) von \(who) durch, zu einem Dienst, \(service)."
    )
  }

  func onlyBlocked(attempts count: UInt64, devices: Int, service: String) -> String {
    let who = devices == 1 ? say("1 device", "ein Gerät") : say("\(devices) devices", "\(devices) Geräte")
    let were = count == 1 ? say("was", "wurde") : say("were", "wurden")
    let start = attempts(count)
    return say(
      "\(start) of the group (\(who)) to reach a service \(service) \(were) blocked; none was seen to get through.",
      "\(count == 1 ? "Ein Versuch" : start) der Gruppe (\(who)), einen Dienst zu erreichen, \(service), \(were) blockiert; keiner kam sichtbar durch."
    )
  }

  func extent(_ inputs: LikelihoodInputs) -> String {
    let days = onDays(inputs.activeDays, of: inputs.daysObserved)
    let who = fromDevices(inputs.devicesSeen, of: inputs.devicesObserved)
    return say("contact from \(who), \(days)", "Kontakt von \(who), \(days)")
  }

  /// Such as `that its vendor documents as diagnostic data`.
  func service(_ purpose: PurposeClass, attribution: PurposeAuthor) -> String {
    if case .localOverride(let ids) = attribution {
      let names = ids.joined(separator: ", ")
      return say(
        "that this site itself classifies as \(phrase(purpose)) (local override \(names))",
        "den diese Stelle selbst einordnet als: \(phrase(purpose)) (lokale Abweichung \(names))")
    }
    if attribution == .doubted {
      return say(
        "whose purpose is not established: a label of its name suggests telemetry",
        "dessen Zweck nicht feststeht: ein Teil seines Namens deutet auf Telemetrie")
    }
    guard purpose != .unknown, attribution != .nobody else {
      return say("whose purpose no source names", "dessen Zweck keine Quelle nennt")
    }
    switch attribution {
    case .vendor:
      return say(
        "that its vendor documents as \(phrase(purpose))", "den sein Anbieter dokumentiert als: \(phrase(purpose))")
    case .others:
      return say(
        "that others than its vendor describe as \(phrase(purpose))",
        "den andere als sein Anbieter beschreiben als: \(phrase(purpose))")
    case .namedSources, .localOverride, .doubted, .nobody:
      return say(
        "that the sources named below describe as \(phrase(purpose))",
        "den die unten genannten Quellen beschreiben als: \(phrase(purpose))")
    }
  }

  /// Such as `measure; for other names the rule describes a function that users call`.
  func doubt(_ purposes: [PurposeClass], example: String?) -> String {
    let label = example.flatMap { TellingLabel.first(in: $0) }.map { CSVFormat.safeText($0) + "; " } ?? ""
    let phrases = purposes.map(phrase).joined(separator: ", ")
    return label
      + say("for other names the rule describes \(phrases)", "für andere Namen beschreibt die Regel: \(phrases)")
  }

  private func phrase(_ purpose: PurposeClass) -> String {
    switch purpose {
    case .telemetry: say("diagnostic data", "Diagnosedaten")
    case .configFetch: say("a fetch of settings", "Abruf von Einstellungen")
    case .requiredService: say("a service that the product requires", "für den Betrieb erforderlicher Dienst")
    case .updateSecurity: say("update or security", "Aktualisierung oder Sicherheit")
    case .licence: say("licence check", "Lizenzprüfung")
    case .userFunction: say("a function that users call", "von Nutzenden aufgerufene Funktion")
    case .advertising: say("advertising", "Werbung")
    case .unknown: say("of unknown purpose", "unbekannter Zweck")
    }
  }

  // MARK: Facts

  func measure(_ effect: MeasureEffect) -> String {
    let title = effect.measure.title.map { " (\(CSVFormat.safeText($0)))" } ?? ""
    return say("After the measure of \(day(effect.date))\(title)", "Nach der Maßnahme vom \(day(effect.date))\(title)")
  }

  func effect(_ effect: MeasureEffect, devicesObserved: Int) -> String {
    let days =
      effect.daysAfter == 1
      ? say("1 observed day", "einem beobachteten Tag")
      : say("\(effect.daysAfter) observed days", "\(effect.daysAfter) beobachteten Tagen")
    let before = effect.devicesBefore.map(String.init) ?? say("not observed", "nicht beobachtet")
    guard effect.devicesAfter > 0 else {
      return say(
        "no answered contact seen on \(days) (devices before: \(before))",
        "kein beantworteter Kontakt gesehen an \(days) (Geräte vorher: \(before))")
    }
    return say(
      "still contact from \(effect.devicesAfter) of \(devicesObserved) devices (before: \(before)), \(sessions(effect.sessionsAfter)) on \(days)",
      "weiter Kontakt von \(effect.devicesAfter) von \(devicesObserved) Geräten (vorher: \(before)), \(sessions(effect.sessionsAfter)) an \(days)"
    )
  }

  /// `counts`: outcomes of single attempts, as far as they are stored.
  func blocked(_ attempts: UInt64, _ counts: OutcomeCounts) -> String {
    let known = [
      (counts.nameBlocked, say("at the name, by the resolver", "schon beim Namen, durch den Resolver")),
      (counts.refused, say("refused, by a firewall or the destination", "abgelehnt, durch Firewall oder Ziel")),
      (counts.noAnswer, say("without any answer", "ohne jede Antwort")),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    // Kinds are known only of attempts whose flows are stored, and only where those were read.
    guard !known.isEmpty else { return self.attempts(attempts) }
    let rest = attempts - min(attempts, counts.blocked)
    let unknown =
      rest == 0 ? [] : ["\(rest) " + say("whose kind is not stored", "ohne gespeicherte Art")]
    return "\(self.attempts(attempts)) (" + (known + unknown).joined(separator: ", ") + ")"
  }

  func host(_ name: String, _ counts: OutcomeCounts) -> String {
    let name = name.isEmpty ? say("no name", "ohne Namen") : CSVFormat.safeText(name)
    return say(
      "\(name): \(counts.blocked) blocked, \(counts.established) got through",
      "\(name): \(counts.blocked) blockiert, \(counts.established) durchgekommen")
  }

  func moreHosts(_ count: Int) -> String {
    count == 1 ? say("1 more host", "ein weiterer Host") : say("\(count) more hosts", "\(count) weitere Hosts")
  }

  func override(_ override: LocalOverride) -> String {
    guard let parts = override.parts, !parts.isEmpty else {
      return override.id + say(", what it changes is not stored", ", was sie ändert, ist nicht gespeichert")
    }
    return "\(override.id) (" + parts.map(part).joined(separator: ", ") + ")"
  }

  private func part(_ part: LocalOverride.Part) -> String {
    switch part {
    case .disabled: say("switched off", "abgeschaltet")
    case .purpose: say("purpose class", "Zweckklasse")
    case .recipient: say("recipient", "Empfänger")
    case .patterns: say("patterns added", "Muster ergänzt")
    case .addresses: say("address ranges added", "Adressbereiche ergänzt")
    case .shared: say("shared or not", "geteilt oder nicht")
    }
  }

  /// The source with its owner, and with the matched `patterns` that it names unless it names all.
  func source(_ source: SourceReference, of patterns: Set<String>) -> String {
    let named = Set(source.patterns ?? []).intersection(patterns)
    let facts: [String?] = [
      Texts.date(source.date, language), source.revision,
      source.kind.map { say($0.text.en, $0.text.de) },
      named.isEmpty || named == patterns ? nil : say("for ", "zu ") + named.sorted().joined(separator: ", "),
    ]
    return source.document + (source.place.map { ", \($0)" } ?? "") + " ("
      + facts.compactMap(\.self).joined(separator: "; ") + ")"
  }

  func flag(_ flag: ThirdPartyFlag, _ standing: TransferStanding) -> String {
    let dates = standing.toolDates.map { Texts.date($0, language) }.joined(separator: ", ")
    let word = Texts.word(.thirdPartyAccess, flag.rawValue, language)
    return flag == .toolEnteredUnchecked || flag == .toolExpired
      ? word + say(" (as of \(dates))", " (Stand \(dates))") : word
  }

  func priority(_ proposal: RiskProposal) -> String {
    let word = Texts.word(.priority, proposal.priority.rawValue, language)
    let held =
      proposal.isHeldBack
      ? say(
        "; the matrix says high, but at most a third of the rows are high, and others come first",
        "; nach der Matrix hoch, doch höchstens ein Drittel der Zeilen ist hoch, und andere gehen vor") : ""
    let stable =
      proposal.isStable ? say("class stable", "Klasse stabil") : say("class not stable", "Klasse nicht stabil")
    return say(
      "\(word) (severity \(proposal.severity.value), likelihood \(proposal.likelihood), \(stable))\(held)",
      "\(word) (Schwere \(proposal.severity.value), Eintrittswahrscheinlichkeit \(proposal.likelihood), \(stable))\(held)"
    )
  }
}
