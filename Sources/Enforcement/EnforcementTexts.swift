import Model
import Privacy
import Reporting
import Rules

extension EnforcementList {
  /// Lines for people about what is on the list, what is not and why, and what to consider before it is loaded.
  public func report(_ language: Language) -> String {
    EnforcementText(list: self, language: language).report.joined(separator: "\n") + "\n"
  }

  /// Lines for people about what the list would have blocked in the last days of the stored evidence; nil without it.
  public func dryRun(_ language: Language) -> String? {
    evidence.map { evidence in
      let text = EnforcementText(list: self, language: language)
      return text.dryRun(DryRun(self, evidence: evidence)).joined(separator: "\n") + "\n"
    }
  }
}

private struct EnforcementText: SpeaksOneLanguage {
  let list: EnforcementList
  let language: Language

  private var selection: EnforcementSelection { list.selection }

  var report: [String] {
    var lines = [
      say(
        "\(list.count) entries as \(list.format.rawValue), from \(selection.confirmed) confirmed findings.",
        "\(list.count) Einträge als \(list.format.rawValue), aus \(selection.confirmed) bestätigten Feststellungen.")
    ]
    lines += section(
      say("Not confirmed, so not on the list:", "Nicht bestätigt, also nicht auf der Liste:"),
      selection.others.map { other in "\(other.file), \(say("row", "Zeile")) \(other.row.row): \(row(other.row))" })
    lines += section(
      say("Confirmed, but not on the list:", "Bestätigt, aber nicht auf der Liste:"), leftOut)
    lines += section(say("Please note:", "Zu beachten:"), warnings)
    lines.append(
      say(
        "egressaudit itself blocks nothing; loading the list does. Run --dry-run with --store first.",
        "egressaudit sperrt nichts. Das tut, wer die Liste lädt; vorher --dry-run mit --store ausführen."))
    return lines
  }

  func dryRun(_ run: DryRun) -> [String] {
    let (from, to) = (day(run.evidence.days.lowerBound), day(run.evidence.days.upperBound))
    var lines = [
      say(
        "Dry run as \(list.format.rawValue): \(from) to \(to), \(run.evidence.daysObserved) of \(RecentEvidence.length) days are stored. Nothing was blocked or written.",
        "Probelauf als \(list.format.rawValue): \(from) bis \(to), \(run.evidence.daysObserved) von \(RecentEvidence.length) Tagen sind gespeichert. Nichts wurde gesperrt oder geschrieben."
      ),
      say("Would have been blocked in total: ", "Getroffen worden wären insgesamt: ")
        + figures(run.total, run.evidence),
    ]
    let origins = Set(list.chosenRules.map(\.id))
    for hit in run.hits {
      lines.append("  \(CSVFormat.safeText(hit.entry)): \(figures(hit.contacts, run.evidence))")
      lines += hit.rules.sorted().map { rule in
        "    \(title(of: rule))" + (origins.contains(rule) ? "" : say(", NOT CONFIRMED", ", NICHT BESTÄTIGT"))
      }
    }
    let hitRules = run.hits.reduce(into: Set<String>()) { $0.formUnion($1.rules) }
    let facts = EnforcementList.facts(list.rules).filter { origins.contains($0.id) || hitRules.contains($0.id) }
    lines += section(
      say("Documented side effects:", "Dokumentierte Nebenwirkungen:"), facts.map { "\($0.id): \(effect($0))" })
    lines.append(
      say(
        "Only flows that a rule describes are stored. Other uses of the same names or addresses are not known here.",
        "Gespeichert sind nur Datenflüsse, die eine Regel beschreibt. Wozu dieselben Namen oder Adressen sonst dienen, ist hier nicht bekannt."
      ))
    return lines
  }

  private var leftOut: [String] {
    selection.leftOut.map { gone in
      let what = CSVFormat.safeText(gone.what) + (gone.rule.map { " (\($0))" } ?? "")
      return "\(what): \(reason(gone.reason))"
    }.sorted()
  }

  private var warnings: [String] {
    var lines = list.chosenRules.filter { $0.isEssential || $0.blockingEffect != nil }.map { "\($0.id): \(effect($0))" }
    lines += list.chosenRules.filter(\.isShared).map { facts in
      "\(facts.id): "
        + say("the endpoint also serves other purposes", "der Endpunkt dient auch anderen Zwecken")
    }
    for (rule, rows) in selection.contested.sorted(by: { $0.key < $1.key }) {
      lines.append(
        say(
          "\(rule): a list does not distinguish groups, and the rule is not confirmed for all of them: ",
          "\(rule): eine Liste kennt keine Gruppen, und bestätigt ist die Regel nicht überall: ")
          + rows.map { row($0.row) }.joined(separator: "; "))
    }
    if case .names(let policy) = list.content {
      lines += policy.alsoBlocked.map { endpoint in
        say(
          "\(endpoint.pattern) (\(endpoint.facts.id)) is not confirmed and cannot be kept reachable",
          "\(endpoint.pattern) (\(endpoint.facts.id)) ist nicht bestätigt und kann nicht ausgenommen werden")
      }
    }
    lines += selection.otherRuleSets.map { hash in
      let safe = CSVFormat.safeText(hash)
      return say(
        "findings were made with another rule set, \(safe); purpose and effect come from today's",
        "Feststellungen entstanden mit einem anderen Regelsatz, \(safe); Zweck und Wirkung nennt der heutige")
    }
    return lines
  }

  private func reason(_ reason: EnforcementSelection.LeftOut.Reason) -> String {
    switch reason {
    case .notInRules:
      say(
        "the rules of the finding have no such pattern today",
        "die Regeln der Feststellung haben dieses Muster heute nicht")
    case .containedName:
      say(
        "a content network's customer chose this name, and no rule has it",
        "diesen Namen wählte ein Kunde eines Content-Netzes, und keine Regel enthält ihn")
    case .sharedRule:
      say(
        "also serves other purposes; --include-shared includes it",
        "dient auch anderen Zwecken; --include-shared nimmt es auf")
    case .samePattern(let rule):
      say(
        "rule \(rule), which is not confirmed, has the same; --include-shared includes it",
        "die nicht bestätigte Regel \(rule) hat dasselbe; --include-shared nimmt es auf")
    case .notExpressible(let hasEvidence):
      say(
        "\(list.format.rawValue) cannot express it; ", "\(list.format.rawValue) kann es nicht ausdrücken; ")
        + (hasEvidence
          ? say(
            "no whole name was seen in the last \(RecentEvidence.length) days",
            "in den letzten \(RecentEvidence.length) Tagen wurde kein vollständiger Name gesehen")
          : say(
            "--store adds the names that were seen", "--store nimmt die Namen auf, die gesehen wurden"))
    case .noName:
      say("a list of names cannot contain addresses", "eine Liste von Namen kann keine Adressen ausdrücken")
    case .noAddress(let hasEvidence):
      hasEvidence
        ? say(
          "no address was seen in the last \(RecentEvidence.length) days",
          "in den letzten \(RecentEvidence.length) Tagen wurde keine Adresse gesehen")
        : say(
          "a name has no address of its own; --store adds those that were seen",
          "ein Name hat keine eigene Adresse; --store nimmt die auf, die gesehen wurden")
    case .addressServes(let rule):
      say(
        "the address was also seen for rule \(rule), which is not confirmed; --include-shared includes it",
        "die Adresse wurde auch für die nicht bestätigte Regel \(rule) gesehen; --include-shared nimmt sie auf")
    case .sharedNetwork:
      say(
        "belongs to an anycast or content network that also serves others; --include-shared includes it",
        "liegt in einem Anycast- oder Verteilnetz, das auch anderen dient; --include-shared nimmt sie auf")
    }
  }

  /// Counts of stored contacts, without devices if the whole site is smaller than the smallest group.
  private func figures(_ contacts: RecentEvidence.Contacts, _ evidence: RecentEvidence) -> String {
    let devices =
      evidence.devicesObserved.map { all in
        say(
          "\(evidence.count(contacts.devices)) of \(all) devices",
          "\(evidence.count(contacts.devices)) von \(all) Geräten")
      } ?? say("devices unknown (site too small)", "Geräte unbekannt (Standort zu klein)")
    let flows = say("\(contacts.flows) flows", "\(contacts.flows) Datenflüsse")
    let blocked = say(
      "\(contacts.blockedAttempts) attempts already blocked", "\(contacts.blockedAttempts) schon blockierte Versuche")
    return [flows, devices, blocked].joined(separator: ", ")
  }

  private func effect(_ facts: RuleFacts) -> String {
    let essential = facts.isEssential ? say("ESSENTIAL. ", "UNENTBEHRLICH. ") : ""
    return essential
      + (facts.blockingEffect.map { say("If blocked: ", "Bei Sperrung: ") + CSVFormat.safeText($0[language]) }
        ?? say("No effect of blocking is documented.", "Keine Wirkung einer Sperrung dokumentiert."))
  }

  private func title(of rule: String) -> String {
    guard let facts = list.rules.first(where: { $0.facts.id == rule })?.facts else {
      return "\(rule) " + say("(not in today's rules)", "(nicht in den heutigen Regeln)")
    }
    let title = CSVFormat.safeText(facts.serviceTitle[language])
    return "\(rule) (\(title), \(Texts.word(.purpose, facts.purpose.rawValue, language)))"
  }

  private func row(_ row: ReviewedFindings.Row) -> String {
    let status = Texts.word(.reviewStatus, row.status.rawValue, language)
    return [row.finding, CSVFormat.safeText(row.service), CSVFormat.safeText(row.group), status].joined(separator: ", ")
  }

  private func section(_ head: String, _ lines: [String]) -> [String] {
    lines.isEmpty ? [] : [head] + lines.map { "  " + $0 }
  }

  private func day(_ date: LocalDate) -> String { language == .german ? date.germanText : date.description }
}
