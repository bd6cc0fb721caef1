import Model
import Reporting

/// The first page, which takes two minutes to read.
struct Summary {
  let period: ReportedPeriod
  let figures: Figures
  let words: DocumentWords

  private static let taskLimit = 5
  /// Most new destinations that are named.
  private static let namedLimit = 3

  var section: Markup {
    let sentences = period.sentences(words.language)
    return .element(
      .section, [.id("summary"), .init("aria-label", words.say("Summary", "Zusammenfassung"))],
      [
        .all(sentences.warnings.map { .element(.p, .element(.strong, .text($0))) }),
        verdict(sentences.verdict), chosen,
        .paragraph(
          sentences.window + " "
            + words.watched(
              period.devices, minimum: period.groupMinimum, days: figures.days.count,
              observed: figures.days.count { $0.assessable + $0.notAssessable > 0 })),
        .element(.h2, .text(words.say("Three answers", "Drei Antworten"))),
        .element(.div, [.kind("answers")], answers),
        claims,
        .element(
          .div, [.kind("columns")],
          [
            .element(.div, .element(.h2, .text(words.say("What is new", "Was neu ist"))), .all(news)),
            .element(
              .div, .element(.h2, .text(words.say("What to do first", "Was zuerst zu tun ist"))), .all(tasks)),
          ]),
        .element(.h2, .text(words.say("Blind spots", "Blinde Flecken"))),
        .list(blindSpots(sentences)),
      ])
  }

  private func verdict(_ lines: [String]) -> Markup {
    .element(
      .div, [.kind("verdict")],
      [.text(lines.first ?? "")] + (lines.count > 1 ? [.list(Array(lines.dropFirst()))] : []))
  }

  /// The rows on which the report is based, if not all.
  private var chosen: Markup {
    let sentences = period.filter.sentences(ExportTable.withoutDevices, words.language)
    return sentences.isEmpty
      ? .all([])
      : .element(
        .div, [.kind("verdict")],
        [.element(.strong, .text(words.say("Not all rows.", "Nicht alle Zeilen."))), .list(sentences)])
  }

  private var answers: [Markup] {
    let hidden =
      figures.hiddenFlows.map { words.percentRoundedUp($0, of: figures.outboundFlows) }
      ?? words.say("an unknown share", "ein unbekannter Anteil")
    // Without bytes there are no shares.
    let named =
      figures.bytesOut > 0
      ? words.percent(figures.namingShares.prefix(2).reduce(0, +)) : words.say("No share", "Kein Anteil")
    let clear = figures.encryptions.first { $0.id == "none" }?.rows ?? 0
    let third = figures.thirdCountry
    let goes: [String] =
      figures.recipients.first.map { largest in
        [
          words.where1(
            figures.recipients.count, bytes: figures.bytesUp, of: period.filter.isEmpty ? figures.bytesOut : nil),
          words.where2(
            largest: largest.name,
            share: words.percent(Double(largest.total) / Double(max(figures.bytesUp, 1))),
            third: figures.thirdCountryRecipients),
        ]
      } ?? [words.whereNothing(isAttempted: !period.transfers.isEmpty)]
    return [
      answer(
        words.say("Where do our data go?", "Wohin gehen unsere Daten?"), String(figures.recipients.count),
        words.say("recipients", "Empfänger"), goes),
      answer(
        words.say("Which ways do they take?", "Welche Wege nehmen sie?"), named,
        words.say("of the bytes with a name seen", "der Bytes mit gesehenem Namen"),
        [
          figures.bytesOut > 0 ? words.ways1(named: named, hidden: hidden) : words.noBytes,
          words.ways2(clear: clear, contacted: figures.contacted),
        ]),
      answer(
        words.say("How safe are they there?", "Wie sicher sind sie dort?"),
        words.say(
          "\(third.withoutCheckedTool) of \(third.services)", "\(third.withoutCheckedTool) von \(third.services)"),
        words.say(
          third.services == 1
            ? "service without a transfer tool that was checked at its source"
            : "services without a transfer tool that was checked at its source",
          third.services == 1
            ? "Dienst ohne an der Quelle geprüftes Übermittlungsinstrument"
            : "Diensten ohne an der Quelle geprüftes Übermittlungsinstrument"),
        [
          words.safety1(
            services: third.services, unchecked: third.withoutCheckedTool, parents: figures.foreignParents),
          words.safety2,
        ]),
    ]
  }

  private func answer(_ question: String, _ figure: String, _ unit: String, _ sentences: [String]) -> Markup {
    .element(
      .div, .element(.h3, .text(question)),
      .element(.p, .element(.span, [.kind("figure-value")], [.text(figure)]), .text(unit)),
      .paragraph(sentences.joined(separator: " ")))
  }

  private var claims: Markup {
    let title = words.say("Claims", "Zusicherungen")
    guard !period.claims.isEmpty else {
      return .all([.element(.h2, .text(title)), .paragraph(words.noClaims)])
    }
    return DataTable(
      caption: words.say("Claims: held or not", "Zusicherungen: gehalten oder nicht"),
      headings: [
        .init(text: words.say("Claim", "Zusicherung")), .init(text: words.say("Verdict", "Urteil")),
        .number(
          words.say("Devices whose contact would have been seen", "Geräte, bei denen Kontakt zu sehen gewesen wäre")),
        .number(words.say("Device-days with contact at most", "Gerätetage mit Kontakt höchstens")),
      ],
      rows: period.claims.map { claim in
        [
          claim.text(.says, words.language), claim.text(.verdict, words.language),
          // For a claim that did not hold, the number would be taken for that of devices with contact.
          claim.words(.verdict) == ["not_held"]
            ? words.notApplicable
            : words.devices(claim.count(.devices), minimum: period.groupMinimum),
          claim.decimal(.upperBoundDeviceDay).map { words.percentRoundedUp(units: $0.units, places: $0.places) }
            ?? claim.text(.upperBoundDeviceDay, words.language),
        ]
      }, nothing: words.noClaims
    ).markup
  }

  /// Findings, within the period, and listed destinations that were first seen on or after the latest patch day.
  var newRows: (findings: [TableRow<FindingColumn>], undescribed: [TableRow<UndescribedColumn>]) {
    guard let patchDay = figures.patchDay else {
      return ([], period.undescribed.filter { $0.words(.newInPeriod) == ["yes"] })
    }
    return (
      period.findings.filter { $0.day(.firstSeen).map { $0 >= patchDay } ?? false },
      period.undescribed.filter { $0.day(.firstSeen).map { $0 >= patchDay } ?? false }
    )
  }

  /// Since the baseline if there is one, else since the latest patch day.
  private var news: [Markup] {
    let baseline = period.sentences(words.language).baseline
    guard baseline.isEmpty else {
      let new = period.changes.filter { ["new", "returned"].contains($0.words(.change).first) }
      let names = new.prefix(2 * Self.namedLimit).map { row in
        [row.text(.change, words.language) + ": " + row.text(.name, words.language)]
          + (row.words(.group).isEmpty ? [] : [row.text(.group, words.language)])
      }
      return baseline.map { .paragraph($0) }
        + (names.isEmpty ? [] : [.list(names.map { $0.joined(separator: ", ") })])
        + more(new.count, shown: names.count, file: "changes.csv")
    }
    let new = newRows
    let names =
      new.findings.prefix(Self.namedLimit).map {
        "\($0.text(.service, words.language)), \($0.text(.group, words.language))"
      }
      + new.undescribed.prefix(Self.namedLimit).map { $0.text(.destination, words.language) }
    return [
      .paragraph(
        figures.patchDay.map {
          words.newSince($0, findings: new.findings.count, listed: new.undescribed.count)
        } ?? words.newInPeriod(listed: new.undescribed.count))
    ] + (names.isEmpty ? [] : [.list(names)])
      + more(new.findings.count, shown: Self.namedLimit, file: "findings.csv")
      + more(new.undescribed.count, shown: Self.namedLimit, file: "undescribed.csv") + [.paragraph(words.noBaseline)]
  }

  private func more(_ count: Int, shown: Int, file: String) -> [Markup] {
    count > shown ? [.paragraph(words.more(count - shown, file: file))] : []
  }

  private var tasks: [Markup] {
    var tasks = period.failures.map { words.task($0.text[words.language], $0.remedy[words.language]) }
    tasks += period.claims.filter { $0.words(.verdict) == ["not_held"] }
      .map { words.task(claim: $0.text(.says, words.language)) }
    let reserved = period.undescribed.isEmpty ? 0 : 1
    let first = period.findings.filter {
      !$0.words(.priority).isEmpty && $0.words(.latestDecisionState) != ["holds"]
    }
    for row in first.prefix(max(Self.taskLimit - reserved - tasks.count, 0)) {
      let id = row.text(.findingID, words.language)
      tasks.append(
        words.task(
          rank: row.text(.rank, words.language), service: row.text(.service, words.language),
          group: row.text(.group, words.language), priority: row.text(.priority, words.language), id: id,
          because: (period.rankReasons[id] ?? []).prefix(2).map { $0[words.language] }))
    }
    if reserved > 0 { tasks.append(words.task(undescribed: period.undescribed.count)) }
    let items = tasks.prefix(Self.taskLimit).map { Markup.element(.li, .text($0)) }
    return [items.isEmpty ? .paragraph(words.noTask) : .element(.ol, [], items)]
  }

  private func blindSpots(_ sentences: ReportedPeriod.Sentences) -> [String] {
    let hours = figures.days.reduce((0, 0, 0)) { ($0.0 + $1.assessable, $0.1 + $1.notAssessable, $0.2 + $1.missing) }
    return sentences.limits + [
      words.hoursSpot(missing: hours.2, notAssessable: hours.1, of: hours.0 + hours.1 + hours.2),
      words.undescribedSpot(period.undescribed.count, minimum: period.groupMinimum),
      words.openDecisions(
        period.findings.count, high: period.findings.count { $0.words(.priority) == ["high"] },
        decided: period.findings.count { !$0.words(.latestDecisionState).isEmpty },
        changed: period.findings.count { $0.words(.latestDecisionState) == ["changed"] }),
    ]
  }
}
