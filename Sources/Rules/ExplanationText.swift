import Model

extension Explanation {
  /// The explanation as plain text for a terminal, one fact in each line; control characters as `\xNN`.
  ///
  /// - Parameter words: how tables write the words of rules.
  public func text(in language: Language, words: RuleWords = RuleWords()) -> String {
    ExplanationText(language: language, words: words).render(self)
  }
}

extension RuleFacts {
  /// The facts of a rule as in `Explanation.text`: indented lines, the last without a line end. `patterns`: the
  /// patterns that matched.
  public func explanation(in language: Language, patterns: Set<String>, words: RuleWords = RuleWords()) -> String {
    ExplanationText(language: language, words: words).facts(self, patterns: patterns).map { Model.printable($0) }
      .joined(separator: "\n")
  }
}

/// How the words of rules are written for people, in the language of a text.
public struct RuleWords {
  /// Purpose and role by their id.
  public var purpose: (String) -> String = { $0 }
  public var role: (String) -> String = { $0 }

  public init() {}
}

private struct ExplanationText: SpeaksOneLanguage {
  let language: Language
  let words: RuleWords

  func render(_ explanation: Explanation) -> String {
    var lines = [subject(explanation.destination), ""]
    if let winner = explanation.winner {
      lines.append(
        say(
          "Rule \(winner.verdict.facts.id) wins, through \(pattern(of: winner)).",
          "Regel \(winner.verdict.facts.id) gewinnt, durch \(pattern(of: winner))."))
      lines += facts(
        winner.verdict.facts, patterns: [winner.verdict.matchedPattern], match: winner,
        contained: explanation.contained)
    } else {
      lines.append(say("No rule fits.", "Keine Regel passt."))
      lines += neighbour(explanation)
    }
    if !explanation.others.isEmpty {
      lines += ["", say("These rules also fit and lose:", "Diese Regeln passen auch und verlieren:")]
      lines += explanation.others.map { "  \(name(of: $0.match)): \(reason($0.lostBy))" }
    }
    let otherFlows = explanation.excluded.filter { !$0.ports.isEmpty || $0.transport != nil }
    if !otherFlows.isEmpty {
      lines += [
        "",
        say(
          "These rules know the destination, but not this port or transport:",
          "Diese Regeln kennen das Ziel, aber nicht diesen Port oder Transport:"),
      ]
      lines += otherFlows.map { "  \(name(of: $0.match)): \(condition($0))" }
    }
    let otherDays = explanation.excluded.filter { $0.ports.isEmpty && $0.transport == nil }
    if !otherDays.isEmpty {
      lines += ["", say("These rules do not hold on this day:", "Diese Regeln gelten an diesem Tag nicht:")]
      lines += otherDays.map { excluded in
        let isVariant = !excluded.match.verdict.facts.localOverrides.isEmpty
        return "  \(name(of: excluded.match)): "
          + excluded.overrides.map { effect(of: $0, isVariant: isVariant) + text(of: $0) }.joined(separator: "; ")
      }
    }
    return printable(lines: lines)
  }

  private func subject(_ destination: Destination) -> String {
    let place = [destination.name, destination.address?.description].compactMap { $0 }.joined(separator: ", ")
    return "\(place), \(destination.transport) \(say("port", "Port")) \(destination.port)"
  }

  /// `match`: nil if only the stored facts of the rule are known.
  func facts(
    _ facts: RuleFacts, patterns: Set<String>, match: Explanation.Match? = nil,
    contained: Explanation.Contained? = nil
  ) -> [String] {
    let sources = facts.sources(of: patterns)
    // If only a local override names the pattern, no source documents data for it.
    let documented = (sources.isEmpty ? [] : facts.categories).map { category in
      say(category.title) + (category.isPersonal ? say(" (personal)", " (personenbezogen)") : "")
    }
    var rows: [(String, String)] = [
      (
        say("Service", "Dienst"),
        "\(say(facts.serviceTitle)) (\(facts.service))" + (match.map { ", \($0.rule.vendor)" } ?? "")
      ),
      (
        say("Purpose class", "Zweckklasse"),
        "\(words.purpose(facts.purpose.rawValue)) (\(facts.kind))\(purposeOverrides(facts))"
      ),
    ]
    if let purpose = facts.doubtedPurpose {
      let label = match?.tellingLabel.map { " '\($0)'" } ?? ""
      rows.append(
        (
          say("Not established", "Nicht geklärt"),
          say(
            "the label\(label) of the name suggests telemetry, and for other names the rule describes \(words.purpose(purpose.rawValue))",
            "der Namensteil\(label) deutet auf Telemetrie, und für andere Namen beschreibt die Regel \(words.purpose(purpose.rawValue))"
          )
        ))
    }
    if facts.isForContainedName {
      rows.append((say("Contained name", "Enthaltener Name"), containedName(contained)))
    }
    if let reason = facts.purposeReason { rows.append((say("Reason", "Begründung"), reason)) }
    if match?.rule.isImported == true {
      rows.append(
        (
          say("Origin", "Herkunft"),
          say(
            "an imported list; a rule written by hand wins over it if both name the destination alike",
            "eine eingelesene Liste; eine von Hand geschriebene Regel gewinnt gegen sie, wenn beide das Ziel gleich benennen"
          )
        ))
    }
    if match?.verdict.basis == .addressRange {
      rows.append(
        (
          say("Certainty", "Verlässlichkeit"),
          say(
            "weak: only the address is known, and others may use it too (naming class D)",
            "schwach: nur die Adresse ist bekannt, auch andere können sie nutzen (Namensklasse D)")
        ))
    }
    if let level = facts.dataLevel {
      rows.append((say("Data level", "Datenstufe"), say(level, Self.germanLevel(level))))
    }
    if let products = facts.products, !products.isEmpty {
      rows.append((say("Products", "Produkte"), products.joined(separator: "; ")))
    }
    if let label = match?.verdict.personalLabel {
      rows.append((say("Under '*'", "Unter '*'"), say("personal: \(label)", "personenbezogen: \(label)")))
    }
    rows += recipient(facts.recipient, note: match?.rule.roleNote)
    rows.append(
      (
        say("Documented data", "Daten laut Quelle"),
        documented.isEmpty ? say("none named", "keine genannt") : documented.joined(separator: "; ")
      ))
    rows += (sources.isEmpty ? [say("none", "keine")] : sources.map(source)).map { (say("Source", "Quelle"), $0) }
    // Sources that name no host, but state what is done there.
    rows += facts.sources.filter { $0.patterns == nil && $0.supports != nil }.map {
      (say("Source", "Quelle"), source($0))
    }
    if let compared = facts.compared { rows.append((say("Compared", "Verglichen"), date(compared))) }
    rows += facts.disputes.map { (say("Disputed", "Strittig"), $0) }
    if facts.isShared {
      rows.append(
        (
          say("Shared", "Mitbenutzt"),
          say("the endpoint also serves other ends", "der Endpunkt dient auch anderen Zwecken")
        ))
    }
    for use in facts.sharedNetworks where !patterns.isDisjoint(with: use.patterns) {
      rows.append((say("Shared network", "Verteiltes Netz"), use.network.operatorName))
    }
    rows.append(
      (say("Essential", "Unentbehrlich"), facts.isEssential ? say("yes", "ja") : say("no", "nein")))
    rows.append(
      (say("If blocked", "Bei Sperrung"), facts.blockingEffect.map { say($0) } ?? say("unknown", "unbekannt")))
    if let overrides = match?.rule.overrides, !facts.localOverrides.isEmpty {
      rows += overrides.map { (say("Local override", "Lokale Abweichung"), text(of: $0)) }
    } else if match == nil {
      rows += facts.localOverrides.map { (say("Local override", "Lokale Abweichung"), text(of: $0)) }
    }
    let width = (rows.map { $0.0.count }.max() ?? 0) + 2
    return rows.map { "  " + $0.0 + String(repeating: " ", count: width - $0.0.count) + $0.1 }
  }

  private func containedName(_ contained: Explanation.Contained?) -> String {
    let name = contained.map { " " + $0.name } ?? say(" of the rule", " aus der Regel")
    let network = contained.map { " (\($0.network.operatorName))" } ?? ""
    let instead = contained?.ofNetwork.map {
      say(
        "; the rule of the whole network is \($0.verdict.facts.baseID)",
        "; die Regel des ganzen Netzes ist \($0.verdict.facts.baseID)")
    }
    return say(
      "the name of a content network\(network) contains the name\(name); its customers choose such names, so this is only a hint",
      "der Name eines Content-Netzes\(network) enthält den Namen\(name); solche Namen wählen die Kunden des Netzes, der Name ist daher nur ein Hinweis"
    ) + (instead ?? "")
  }

  private func effect(of override: AuthoredOverride, isVariant: Bool) -> String {
    if isVariant { return say("only by local override ", "nur durch die lokale Abweichung ") }
    return override.facts.disablesRule
      ? say("switched off by local override ", "abgeschaltet durch die lokale Abweichung ")
      : say("changed by local override ", "geändert durch die lokale Abweichung ")
  }

  private func text(of override: AuthoredOverride) -> String {
    span(of: override.facts) + " (\(override.author), \(date("\(override.facts.created)")))"
  }

  private func text(of override: LocalOverride) -> String {
    span(of: override) + " (\(date("\(override.created)")))"
  }

  private func span(of override: LocalOverride) -> String {
    override.id + ", "
      + "\(date("\(override.firstDay)")) \(say("to", "bis")) \(date("\(override.lastDay)"))"
      + ": \(override.reason)"
  }

  /// The local overrides that set the purpose instead of the sources.
  private func purposeOverrides(_ facts: RuleFacts) -> String {
    let ids = facts.localOverrides.filter { $0.changes(.purpose) }.map(\.id).joined(separator: ", ")
    return ids.isEmpty ? "" : say(", by local override \(ids)", ", durch die lokale Abweichung \(ids)")
  }

  private func recipient(_ recipient: Recipient, note: LocalizedText?) -> [(String, String)] {
    let unknown = say("unknown", "unbekannt")
    var rows = [
      (
        say("Recipient", "Empfänger"),
        "\(recipient.legalEntity), \(say("seat", "Sitz")) \(recipient.seat ?? unknown)"
      )
    ]
    if let aliases = recipient.aliases, !aliases.isEmpty {
      rows.append((say("Also known as", "Auch bekannt als"), aliases.joined(separator: "; ")))
    }
    if let parent = recipient.parent {
      rows.append(
        (say("Parent", "Konzernmutter"), "\(parent), \(say("seat", "Sitz")) \(recipient.parentSeat ?? unknown)"))
    }
    let role = words.role(recipient.roleAssumed) + (note.map { ": " + say($0) } ?? "")
    rows.append((say("Role as claimed", "Rolle laut Angabe"), role))
    let tools = recipient.transferTools.map { say($0.text) + " (\(date($0.asOf)))" }
    rows += (tools.isEmpty ? [unknown] : tools).map { (say("Transfer tool", "Übermittlungsinstrument"), $0) }
    return rows
  }

  private func source(_ source: SourceReference) -> String {
    let revision = source.revision.map { say(", revision \($0)", ", Revision \($0)") } ?? ""
    let place = source.place.map { ", " + $0 } ?? ""
    let author = source.kind.map { ", " + say($0.text) } ?? ""
    let supported = (source.supports ?? []).map { statement in
      switch statement {
      case .dataCategories: say("data", "Daten")
      case .effect: say("effect of blocking", "Wirkung einer Sperrung")
      case .level: say("data level", "Datenstufe")
      case .purpose: say("purpose", "Zweck")
      }
    }
    let statements = supported.isEmpty ? "" : say(", for: ", ", zu: ") + supported.joined(separator: "; ")
    return "\(source.document)\(place), \(date(source.date))\(revision)\(author)\(statements)"
  }

  private func neighbour(_ explanation: Explanation) -> [String] {
    if let neighbour = explanation.neighbour {
      let name = name(of: neighbour.match)
      return [
        say(
          "Nearest is \(name); it shares the ending \(neighbour.sharedEnding).",
          "Am nächsten ist \(name); gemeinsam ist die Endung \(neighbour.sharedEnding).")
      ]
    }
    guard explanation.excluded.isEmpty, explanation.destination.name != nil else { return [] }
    return [
      say(
        "No rule shares its last two labels either.", "Auch seine letzten zwei Namensteile stehen in keiner Regel.")
    ]
  }

  private func name(of match: Explanation.Match) -> String {
    let facts = match.verdict.facts
    return "\(facts.id) (\(say(facts.serviceTitle)), \(words.purpose(facts.purpose.rawValue))), \(pattern(of: match))"
  }

  private func pattern(of match: Explanation.Match) -> String {
    match.verdict.basis == .name
      ? say("the pattern \(match.verdict.matchedPattern)", "das Muster \(match.verdict.matchedPattern)")
      : say("the address range \(match.verdict.matchedPattern)", "den Adressbereich \(match.verdict.matchedPattern)")
  }

  private func condition(_ excluded: Explanation.Excluded) -> String {
    var parts: [String] = []
    if !excluded.ports.isEmpty {
      parts.append("\(say("port", "Port")) \(excluded.ports.map(String.init).joined(separator: ", "))")
    }
    if let transport = excluded.transport { parts.append(transport.description) }
    return say("only ", "nur ") + parts.joined(separator: ", ")
  }

  private func reason(_ step: DecidingStep) -> String {
    switch step {
    case .nameBeforeAddress:
      say("a name says more than an address range", "ein Name sagt mehr als ein Adressbereich")
    case .exactBeforePattern:
      say("the winner names this host without '*'", "die Siegerin nennt den Host ohne '*'")
    case .fixedDepthBeforeAnyDepth:
      say(
        "the winner fixes the number of labels, a leading '*.' does not",
        "die Siegerin legt die Zahl der Namensteile fest, ein '*.' am Anfang nicht")
    case .moreLabels:
      say("the winner has more labels without '*'", "die Siegerin hat mehr Namensteile ohne '*'")
    case .port:
      say("the winner asks for this port", "die Siegerin verlangt diesen Port")
    case .longerPrefix:
      say("the winner's address range is narrower", "der Adressbereich der Siegerin ist enger")
    case .transport:
      say("the winner asks for this transport", "die Siegerin verlangt diesen Transport")
    case .moreCharacters:
      say("the winner fixes more characters", "die Siegerin legt mehr Zeichen fest")
    case .fewerStars:
      say("the winner has fewer '*'", "die Siegerin hat weniger '*'")
    case .curatedBeforeImported:
      say(
        "equal in all; the winner is written by hand, the other comes from an imported list",
        "in allem gleich; die Siegerin ist von Hand geschrieben, die andere stammt aus einer eingelesenen Liste")
    case .ruleID:
      say(
        "equal in all; the winner's id comes first in the alphabet",
        "in allem gleich; die Kennung der Siegerin steht im Alphabet vorn")
    }
  }

  private func say(_ text: LocalizedText) -> String { text[language] }

  /// ISO 8601 in English; a date without a day, such as `2024-10`, is unchanged.
  private func date(_ text: String) -> String {
    language == .german ? LocalDate(text)?.germanText ?? text : text
  }

  /// With the ID that rule files and sources use in parentheses.
  private static func germanLevel(_ level: String) -> String {
    switch level {
    case "security": "Sicherheit (security)"
    case "required": "erforderlich (required)"
    case "required-diagnostic": "erforderliche Diagnosedaten (required-diagnostic)"
    case "required-service": "für den Dienst erforderlich (required-service)"
    case "optional": "optional"
    case "connected-experience": "verbundene Erfahrung (connected-experience)"
    default: level
    }
  }

  private func printable(lines: [String]) -> String {
    lines.map { Model.printable($0) + "\n" }.joined()
  }
}
