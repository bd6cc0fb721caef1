import Model
import Reporting

/// The chapters between first page and evidence, in the order of an impact assessment.
struct Chapters {
  let period: ReportedPeriod
  let figures: Figures
  let words: DocumentWords
  let supplements: ReportSupplements

  /// Most rows of a table outside the evidence; the CSV files contain all.
  private static let rowLimit = 12

  var all: [Chapter] {
    [scope, data, traffic, recipients, choices, methods, priority, measures, people]
  }

  private var sentences: ReportedPeriod.Sentences { period.sentences(words.language) }
  private var language: Language { words.language }

  // MARK: 1 Scope

  private var scope: Chapter {
    let sensors = distinct(period.coverage.map { $0.text(.sensor, language) })
    let modes = distinct(period.coverage.map { $0.text(.captureMode, language) })
    let versions = distinct(period.findings.flatMap { $0.parts(.rulesetVersion, language) })
    let hours =
      period.workingHours.map { hours in
        hours.weekdays.filter { (1...7).contains($0) }.map { words.weekdays[$0 - 1] }.joined(separator: ", ")
          + words.say(", \(hours.from):00 to \(hours.to):00", ", \(hours.from) bis \(hours.to) Uhr")
      } ?? words.say("none", "keine")
    let facts = [
      [words.say("Site", "Standort"), period.site],
      [
        words.say("Period", "Zeitraum"),
        "\(words.date(period.days.lowerBound)) \(words.say("to", "bis")) \(words.date(period.days.upperBound)) (\(period.timeZone))",
      ],
      [words.say("Sensors", "Sensoren"), "\(sensors.joined(separator: ", ")) (\(modes.joined(separator: ", ")))"],
      [words.say("Agreed working hours", "Vereinbarte Arbeitszeit"), hours],
      [
        words.say("Rule set", "Regelsatz"),
        versions.isEmpty ? words.say("unknown", "unbekannt") : versions.joined(separator: ", "),
      ],
      [
        words.say("Smallest group", "Kleinste Gruppe"),
        words.say(
          "\(period.groupMinimum) devices; this report shows no smaller number of devices with contact, the tables findings and transfers do",
          "\(period.groupMinimum) Geräte; dieser Bericht zeigt keine kleinere Zahl von Geräten mit Kontakt, die Tabellen findings und transfers zeigen sie"
        ),
      ],
    ]
    let groups = Dictionary(
      period.findings.map { ($0.text(.group, language), $0.count(.devicesObserved)) },
      uniquingKeysWith: { first, _ in first })
    return Chapter(
      id: "scope", heading: words.say("1 Topic and scope", "1 Gegenstand und Umfang"),
      content: [
        DataTable(
          caption: words.say("What was watched", "Was beobachtet wurde"),
          headings: [.init(text: words.say("Item", "Angabe")), .init(text: words.say("Value", "Wert"))], rows: facts,
          nothing: ""
        ).markup,
        .paragraph(sentences.observed),
        DataTable(
          caption: words.say("Groups with findings", "Gruppen mit Feststellungen"),
          headings: [.init(text: words.say("Group", "Gruppe")), .number(words.say("Devices", "Geräte"))],
          rows: groups.sorted { $0.key < $1.key }.map {
            [$0.key, words.devices($0.value, minimum: period.groupMinimum)]
          },
          nothing: words.say("none", "keine")
        ).markup,
        .paragraph(
          words.say(
            "A device counts in each group in which it was on some day, so the sum may be greater than the number of devices.",
            "Ein Gerät zählt in jeder Gruppe, in der es an einem Tag war; die Summe kann größer sein als die Zahl der Geräte."
          )),
        sentences.smallGroups.isEmpty ? .all([]) : .list(sentences.smallGroups),
        .element(.h3, .text(words.say("What this report does not claim", "Was dieser Bericht nicht behauptet"))),
        .list(sentences.notClaimed),
      ])
  }

  // MARK: 2 Data

  private var data: Chapter {
    let purposes = Dictionary(grouping: period.findings) { $0.text(.purposeClass, language) }
    let observed = purposes.map { purpose, rows in
      (
        bytes: rows.compactMap { $0.count(.bytesUp) }.saturatingSum,
        row: [
          purpose, String(rows.count), String(rows.compactMap { $0.count(.sessions) }.saturatingSum),
          String(rows.compactMap { $0.count(.blockedAttempts) }.saturatingSum),
          words.megabytes(rows.compactMap { $0.count(.bytesUp) }.saturatingSum),
          words.megabytes(rows.compactMap { $0.count(.bytesDown) }.saturatingSum),
        ]
      )
    }.sorted { ($1.bytes, $0.row[0]) < ($0.bytes, $1.row[0]) }
    let identifiers = counted(period.findings.flatMap { $0.parts(.cleartextIdentifierClasses, language) })
    let categories = Dictionary(
      grouping: period.transfers.flatMap { row in
        row.parts(.dataCategoriesDocumented, language).map { ($0, row.text(.recipient, language)) }
      }, by: \.0
    ).map { category, rows in
      (count: rows.count, row: [category, String(rows.count), distinct(rows.map(\.1)).joined(separator: ", ")])
    }.sorted { ($1.count, $0.row[0]) < ($0.count, $1.row[0]) }
    return Chapter(
      id: "data", heading: words.say("2 Data", "2 Daten"),
      content: [
        .element(.h3, .text(words.say("Observed", "Beobachtet"))),
        DataTable(
          caption: words.say("Traffic by purpose class", "Verkehr je Zweckklasse"),
          headings: [
            .init(text: words.say("Purpose class", "Zweckklasse")), .number(words.say("Findings", "Feststellungen")),
            .number(words.say("Sessions", "Verbindungen")),
            .number(words.say("Blocked attempts", "Blockierte Versuche")),
            .number(words.say("MB up", "MB hin")), .number(words.say("MB down", "MB zurück")),
          ], rows: observed.map(\.row), nothing: words.whereNothing
        ).markup,
        DataTable(
          caption: words.say("Identifiers seen in clear text", "Im Klartext gesehene Kennungen"),
          headings: [
            .init(text: words.say("Class of identifier", "Klasse der Kennung")),
            .number(words.say("Findings", "Feststellungen")),
          ], rows: identifiers.map { [$0.text, String($0.count)] },
          nothing: words.say(
            "none seen; encrypted content was not read", "keine gesehen; verschlüsselter Inhalt wurde nicht gelesen")
        ).markup,
        period.findings.contains { $0.words(.cleartextIdentifierClasses).contains("not_inspected") }
          ? .paragraph(words.notInspected) : .all([]),
        .element(
          .h3,
          .text(words.say("Documented by the sources, not observed", "Von den Quellen dokumentiert, nicht beobachtet"))),
        DataTable(
          caption: words.say("Categories of data by number of services", "Datenkategorien nach Zahl der Dienste"),
          headings: [
            .init(text: words.say("Category", "Kategorie")), .number(words.say("Services", "Dienste")),
            .init(text: words.say("Recipients", "Empfänger")),
          ], rows: categories.prefix(Self.rowLimit).map(\.row),
          nothing: words.say("none documented", "keine dokumentiert")
        ).markup,
        more(categories.count, file: "transfers.csv"),
      ])
  }

  // MARK: 3 Traffic

  private var traffic: Chapter {
    let transfers = period.transfers.sorted {
      ($1.decimal(.mbUp)?.units ?? 0, $0.text(.transferID, language))
        < ($0.decimal(.mbUp)?.units ?? 0, $1.text(.transferID, language))
    }
    var content: [Markup] = [
      .element(.div, [.kind("figures")], [daysChart, weekChart]),
      DataTable(
        caption: words.say("Services by upload", "Dienste nach Upload"),
        headings: [
          .init(text: words.say("Service", "Dienst")), .init(text: words.say("Purpose class", "Zweckklasse")),
          .init(text: words.say("Recipient", "Empfänger")), .number(words.say("Devices", "Geräte")),
          .number(words.say("Sessions", "Verbindungen")), .number(words.say("MB up", "MB hin")),
        ],
        rows: transfers.prefix(Self.rowLimit).map { row in
          [
            row.text(.service, language), row.text(.purposeClass, language), row.text(.recipient, language),
            words.devices(row.count(.devicesSeen), minimum: period.groupMinimum), row.text(.sessions, language),
            megabytes(row.decimal(.mbUp)),
          ]
        }, nothing: words.whereNothing
      ).markup,
      more(transfers.count, file: "transfers.csv"),
    ]
    if !sentences.baseline.isEmpty {
      content.append(.element(.h3, .text(words.say("Compared with the baseline", "Vergleich mit der Vergleichsbasis"))))
      content += sentences.baseline.map { .paragraph($0) }
      content.append(changes)
      content.append(more(period.changes.count, file: "changes.csv"))
    }
    return Chapter(
      id: "traffic", heading: words.say("3 Outgoing traffic", "3 Ausgehender Datenverkehr"), content: content)
  }

  private var changes: Markup {
    DataTable(
      caption: words.say("Not as in the baseline", "Anders als in der Vergleichsbasis"),
      headings: [
        .init(text: words.say("Service or destination", "Dienst oder Ziel")),
        .init(text: words.say("Change", "Änderung")), .init(text: words.say("Group", "Gruppe")),
        .date(words.say("Day", "Tag")), .number(words.say("Devices", "Geräte")),
        .init(text: words.say("Why it is not assessable", "Warum nicht bewertbar")),
      ],
      rows: period.changes.prefix(Self.rowLimit).map { row in
        [
          row.text(.name, language), row.text(.change, language), row.text(.group, language),
          row.text(.day, language), words.devices(row.count(.devices), minimum: period.groupMinimum),
          row.text(.why, language),
        ]
      }, nothing: words.say("nothing", "nichts")
    ).markup
  }

  private var daysChart: Markup {
    let known = figures.days.filter { $0.bytes != nil }
    let greatest = known.max { ($0.bytes ?? 0) < ($1.bytes ?? 0) }
    let measures = Set(period.measures.compactMap(\.day)).filter(period.days.contains)
    let patches = figures.patchDays
    let marks = measures.sorted().map(words.measureMark) + patches.map(words.patchMark)
    return Chart.days(
      id: "days", title: words.say("Bytes sent on each day", "Gesendete Bytes je Tag"),
      description: words.daysDescription(
        figures.days.count,
        most: greatest.flatMap { day in
          day.bytes.flatMap { $0 > 0 ? (day: day.date, megabytes: words.megabytes($0)) : nil }
        }, marks: marks),
      figures.days.map { day in
        Chart.Day(
          name: words.date(day.date), parts: day.bytes.map { [(.first, Double($0))] },
          mark: [
            measures.contains(day.date) ? "M" : nil, patches.contains(day.date) ? "P" : nil,
          ].compactMap(\.self).joined(separator: "/").nilIfEmpty)
      }, greatest: Double(greatest?.bytes ?? 0), unit: words.megabytes(greatest?.bytes ?? 0) + " MB", key: [],
      unknown: words.notKnown
    ).markup(note: marks)
  }

  private var weekChart: Markup {
    let greatest = figures.greatestWeekHour
    var place = (day: 0, hour: 0)
    for (day, row) in figures.week.enumerated() {
      for (hour, value) in row.enumerated() where value.mean == greatest { place = (day, hour) }
    }
    // The greatest number times five would not fit.
    let bounds = (1...5).map { (step: UInt64) in greatest / 5 * step + greatest % 5 * step / 5 }
    let keys =
      ["0"] + bounds.map { words.say("up to ", "bis ") + words.megabytes($0) }
    return Chart.week(
      id: "week",
      title: words.say(
        "Hours of the week: mean MB sent in an hour", "Stunden der Woche: im Mittel gesendete MB je Stunde"),
      description: words.weekDescription(
        greatest > 0
          ? (weekday: words.weekdays[place.day], hour: place.hour, megabytes: words.megabytes(greatest)) : nil,
        agreed: period.workingHours != nil), steps: figures.weekSteps, weekdays: words.weekdays,
      agreed: period.workingHours.map { hours in
        (
          hours.weekdays.filter { (1...7).contains($0) }.map { $0 - 1 },
          min(max(hours.from, 0), 23)..<min(max(hours.to, min(max(hours.from, 0), 23) + 1), 24)
        )
      }, key: keys, unknown: words.notKnown
    ).markup(
      note: [
        words.say(
          "The figures of both pictures are in tables of the evidence part.",
          "Die Zahlen beider Bilder stehen als Tabellen im Nachweisteil."),
        period.workingHours == nil
          ? words.say("No working hours are agreed.", "Es ist keine Arbeitszeit vereinbart.")
          : words.say("The frame marks the agreed working hours.", "Der Rahmen markiert die vereinbarte Arbeitszeit."),
      ])
  }

  // MARK: 4 Recipients

  private var kinds: [(kind: Figures.PurposeKind, text: String)] {
    [
      (.telemetry, words.kind([.telemetry])), (.advertising, words.kind([.advertising])),
      (.userFunction, words.kind([.userFunction])), (.unknown, words.kind([.unknown])), (.operation, words.operation),
    ]
  }

  private var recipients: Chapter {
    let shown = figures.recipients.prefix(8)
    let facts = Dictionary(grouping: period.transfers) { $0.text(.recipient, .english) }
    let chart = Chart.bars(
      id: "recipients-picture",
      title: words.say("Recipients by upload and purpose", "Empfänger nach Upload und Zweck"),
      description: shown.map { "\($0.name): \(words.megabytes($0.total)) MB" }.joined(separator: "; "),
      shown.map { recipient in
        Chart.Bar(
          name: recipient.name, parts: kinds.map { ($0.kind.area, Double(recipient.bytes[$0.kind] ?? 0)) },
          label: words.megabytes(recipient.total) + " MB")
      }, key: kinds.map { ($0.kind.area, $0.text) })
    return Chapter(
      id: "recipients", heading: words.say("4 Recipients and transfers", "4 Empfänger und Übermittlungen"),
      content: [
        figures.recipients.isEmpty ? .all([]) : chart.markup(),
        DataTable(
          caption: words.say("MB up by recipient and purpose", "MB hin je Empfänger und Zweck"),
          headings: [.init(text: words.say("Recipient", "Empfänger"))] + kinds.map { .number($0.text) }
            + [.number(words.say("all", "gesamt"))],
          rows: figures.recipients.prefix(Self.rowLimit).map { recipient in
            [recipient.name] + kinds.map { words.megabytes(recipient.bytes[$0.kind] ?? 0) }
              + [words.megabytes(recipient.total)]
          }, nothing: words.whereNothing(isAttempted: !period.transfers.isEmpty)
        ).markup,
        DataTable(
          caption: words.say(
            "Seat, parent company and transfer tool", "Sitz, Konzernmutter und Übermittlungsinstrument"),
          headings: [
            .init(text: words.say("Recipient", "Empfänger")), .init(text: words.say("Seat", "Sitz")),
            .init(text: words.say("Parent company", "Konzernmutter")),
            .init(text: words.say("Third country", "Drittland")),
            .init(text: words.say("Transfer tool", "Übermittlungsinstrument")),
            .init(text: words.say("Role (assumed)", "Rolle (Annahme)")),
          ],
          rows: figures.recipients.prefix(Self.rowLimit).compactMap { recipient in
            facts[recipient.name].map { rows in
              func all(_ value: (TableRow<TransferColumn>) -> String) -> String { words.counted(rows.map(value)) }
              return [
                recipient.name, all { $0.text(.recipientSeat, language) },
                all { row in
                  let (parent, seat) = (row.text(.groupParent, language), row.text(.parentSeat, language))
                  return parent == seat ? parent : "\(parent) (\(seat))"
                }, all { $0.text(.thirdCountry, language) }, all { $0.text(.transferToolState, language) },
                all { $0.text(.roleAssumed, language) },
              ]
            }
          }, nothing: words.whereNothing(isAttempted: !period.transfers.isEmpty)
        ).markup,
        more(figures.recipients.count, file: "transfers.csv"),
      ] + documented)
  }

  /// Recipients in contracts and the record of processing, compared with those observed.
  private var documented: [Markup] {
    let heading = Markup.element(
      .h3, .text(words.say("Contracts and record of processing (Art. 30)", "Verträge und Verzeichnis (Art. 30)")))
    guard !period.documentedLists.isEmpty else { return [heading, .paragraph(words.noDocumentedList)] }
    let known = period.documentedLists.map { words.documentedList($0) }
    // If the coverage is not sufficient, nothing is known about recipients without a row.
    let isOpen = !period.failures.isEmpty
    let table = { (result: String, caption: String, isPair: Bool) -> Markup in
      let rows = period.register.filter { $0.words(.result) == [result] }
      let columns: [(heading: String, column: RegisterColumn)] =
        [
          isPair || result == "observed_not_documented" ? (words.say("Recipient", "Empfänger"), .recipient) : nil,
          result == "observed_not_documented"
            ? nil : (words.say("Name in the list", "Name in der Liste"), .documentedName),
          (words.say("List", "Liste"), .list),
          isPair ? (words.say("Why doubtful", "Grund des Zweifels"), .doubt) : nil,
          result == "observed_not_documented" ? nil : (words.say("Reference", "Fundstelle"), .reference),
        ].compactMap(\.self)
      return .all([
        DataTable(
          caption: caption, headings: columns.map { .init(text: $0.heading) },
          rows: rows.prefix(Self.rowLimit).map { row in columns.map { row.text($0.column, language) } },
          nothing: isOpen && result.contains("observed")
            ? words.say("not assessable", "nicht bewertbar") : words.say("none", "keine")
        ).markup,
        more(rows.count, file: "register.csv"),
      ])
    }
    return [heading, .list(known)] + [
      table(
        "observed_not_documented", words.say("Observed and not documented", "Beobachtet und nicht dokumentiert"), false),
      table(
        "documented_not_observed", words.say("Documented and not observed", "Dokumentiert und nicht beobachtet"), false),
      table(
        "doubtful",
        words.say("Doubtful: a person has to confirm the name", "Zweifelhaft: Ein Mensch muss den Namen bestätigen"),
        true),
    ]
      + (period.register.contains { $0.words(.result) == ["not_assessable"] }
        ? [
          table(
            "not_assessable",
            words.say(
              "Documented; whether observed is not assessable", "Dokumentiert; ob beobachtet, ist nicht bewertbar"),
            false)
        ] : []) + [
        .paragraph(words.documentedLimits(minimum: period.groupMinimum))
      ]
  }

  // MARK: 5 Privacy choices

  private var choices: Chapter {
    var content: [Markup] = [
      .element(.h3, .text(words.say("Measures and what was seen after them", "Maßnahmen und was danach zu sehen war"))),
      period.measures.isEmpty
        ? .paragraph(
          words.say(
            "The configuration declares no measure (key measures).",
            "Die Konfiguration nennt keine Maßnahme (Schlüssel measures)."))
        : .list(period.measures.map { $0.sentence[language] }),
    ]
    content += effects
    content += result(supplements.phases)
    content.append(.element(.h3, .text(words.say("Claims in detail", "Zusicherungen im Einzelnen"))))
    if period.claims.isEmpty { content.append(.paragraph(words.noClaims)) }
    for claim in period.claims {
      content.append(
        .element(
          .p, .element(.strong, .text("\(claim.text(.says, language)) – \(claim.text(.verdict, language)).")),
          .text(" " + claim.text(.why, language))))
      let through = claim.parts(.gotThrough, language)
      if !through.isEmpty {
        content.append(.list(Array(through.prefix(4))))
        content.append(more(through.count, shown: 4, file: "claims.csv"))
      }
    }
    return Chapter(
      id: "choices",
      heading: words.say(
        "5 Privacy choices and their measured effect", "5 Datenschutzeinstellungen und ihre gemessene Wirkung"),
      content: content)
  }

  private var effects: [Markup] {
    guard !period.effects.isEmpty else {
      return [
        .paragraph(
          words.say(
            "No finding was observed on days after a measure that was meant for it.",
            "Zu keiner Feststellung gibt es beobachtete Tage nach einer Maßnahme, die ihr galt."))
      ]
    }
    let rows = Dictionary(period.findings.map { ($0.text(.findingID, language), $0) }) { first, _ in first }
    let minimum = period.groupMinimum
    // A number below the smallest is drawn as zero, and labelled.
    let length = { (count: Int?) in Double(count.map { $0 < minimum ? 0 : $0 } ?? 0) }
    let label = { (count: Int?) in
      count.map { words.devices(UInt64($0), minimum: minimum) } ?? words.say("not observed", "nicht beobachtet")
    }
    let named = period.effects.map { effect in
      let row = rows[effect.finding]
      return (
        effect: effect,
        name: "\(row?.text(.service, language) ?? ""), \(row?.text(.group, language) ?? "")"
      )
    }
    let before = words.say("devices before", "Geräte vorher")
    let after = words.say("devices after", "Geräte nachher")
    let bars = named.prefix(6).flatMap { name in
      [
        Chart.Bar(
          name: name.name, parts: [(.third, length(name.effect.devicesBefore))],
          label: "\(before): \(label(name.effect.devicesBefore))"),
        Chart.Bar(
          name: "", parts: [(.first, length(name.effect.devicesAfter))],
          label: "\(after): \(label(name.effect.devicesAfter))"),
      ]
    }
    return [
      Chart.bars(
        id: "effects",
        title: words.say(
          "Devices with contact before and after the measure", "Geräte mit Kontakt vor und nach der Maßnahme"),
        description: named.prefix(6).map {
          "\($0.name): \(before) \(label($0.effect.devicesBefore)), \(after) \(label($0.effect.devicesAfter))"
        }.joined(separator: "; "), bars, key: [(.third, before), (.first, after)]
      ).markup(),
      DataTable(
        caption: words.say(
          "Findings before and after the latest measure that was meant for them",
          "Feststellungen vor und nach der letzten Maßnahme, die ihnen galt"),
        headings: [
          .init(text: words.say("Service and group", "Dienst und Gruppe")),
          .init(text: words.say("Measure", "Maßnahme")),
          .number(before), .number(after), .number(words.say("Sessions after", "Verbindungen nachher")),
          .number(words.say("Days observed after", "Beobachtete Tage nachher")),
        ],
        rows: named.prefix(Self.rowLimit).map { name in
          [
            name.name,
            words.date(name.effect.measureDay) + (name.effect.measureTitle.map { ": \($0)" } ?? ""),
            label(name.effect.devicesBefore), label(name.effect.devicesAfter), String(name.effect.sessionsAfter),
            String(name.effect.daysAfter),
          ]
        }, nothing: ""
      ).markup,
      more(named.count, file: "findings.csv"),
    ]
  }

  // MARK: 6 Methods

  private var methods: Chapter {
    let sums = figures.days.reduce((0, 0, 0)) { ($0.0 + $1.assessable, $0.1 + $1.notAssessable, $0.2 + $1.missing) }
    let keys: [(area: Chart.Area, text: String)] = [
      (.first, words.say("assessable", "bewertbar")), (.second, words.say("not assessable", "nicht bewertbar")),
      (.fifth, words.say("not captured", "nicht erfasst")),
    ]
    let strip = Chart.days(
      id: "coverage-strip", title: words.say("Coverage: hours of each day", "Abdeckung: Stunden je Tag"),
      description: words.coverageDescription(assessable: sums.0, notAssessable: sums.1, missing: sums.2),
      figures.days.map { day in
        Chart.Day(
          name: words.date(day.date),
          parts: [
            (.first, Double(day.assessable)), (.second, Double(day.notAssessable)), (.fifth, Double(day.missing)),
          ])
      }, greatest: Double(max(figures.days.map { $0.assessable + $0.notAssessable + $0.missing }.max() ?? 24, 24)),
      unit: "24 h", key: keys, unknown: words.notKnown)
    let classes = zip(["A", "B", "C", "D", "E"], figures.namingShares).map { ($0, $1, words.namingClass($0)) }
    let naming = Chart.bars(
      id: "naming", title: words.say("Ways: how the destination was named", "Wege: woher der Name des Ziels kam"),
      description: classes.map { "\($0.0): \(words.percent($0.1))" }.joined(separator: "; "),
      classes.map { Chart.Bar(name: "\($0.0): \($0.2)", parts: [(.first, $0.1)], label: words.percent($0.1)) }, key: [])
    return Chapter(
      id: "methods", heading: words.say("6 Techniques and methods", "6 Techniken und Methoden"),
      content: [
        .element(.div, [.kind("figures")], [strip.markup(), classes.isEmpty ? .all([]) : naming.markup()]),
        DataTable(
          caption: words.say("Bytes sent by naming class", "Gesendete Bytes je Namensklasse"),
          headings: [
            .init(text: words.say("Class", "Klasse")),
            .init(text: words.say("Origin of the name", "Herkunft des Namens")),
            .number(words.say("Share", "Anteil")),
          ], rows: classes.map { [$0.0, $0.2, words.percent($0.1)] },
          nothing: words.say("nothing was sent", "es wurde nichts gesendet")
        ).markup,
        DataTable(
          caption: words.say("Ways that show or hide the destination", "Wege, die das Ziel zeigen oder verbergen"),
          headings: [.init(text: words.say("Way", "Weg")), .number(words.say("Count", "Anzahl"))],
          rows: figures.encryptions.map {
            [
              words.say("findings, encryption: ", "Feststellungen, Verschlüsselung: ") + words.encryption($0.id),
              String($0.rows),
            ]
          } + [
            [words.say("outbound flows", "Datenflüsse nach außen"), String(figures.outboundFlows)],
            [
              words.say("flows that cannot be examined", "nicht einsehbare Datenflüsse"),
              figures.hiddenFlows.map(String.init) ?? words.say("unknown", "unbekannt"),
            ],
            [
              words.say("of them encrypted DNS (DoH, DoT)", "davon verschlüsseltes DNS (DoH, DoT)"),
              String(figures.dnsOverHTTPSFlows),
            ],
            [words.say("of them VPN, relay or Tor", "davon VPN, Relay oder Tor"), String(figures.vpnFlows)],
          ], nothing: ""
        ).markup,
        figures.encryptions.isEmpty ? .all([]) : .paragraph(words.encryptionCounts),
        .element(.h3, .text(words.say("Limits of the gate", "Mindestanforderungen an die Messung"))),
        .list(sentences.gate),
        sentences.configurations.isEmpty
          ? .all([])
          : .all([
            .element(.h3, .text(words.say("Configuration of the audits", "Konfiguration der Auswertungen"))),
            .list(sentences.configurations),
          ]),
        supplements.sample.isEmpty
          ? .all([])
          : .all([
            .element(.h3, .text(words.say("Judged sample of flows", "Beurteilte Stichprobe von Datenflüssen"))),
            .list(supplements.sample),
          ]),
        .element(.h3, .text(words.say("Losses and limits of sight", "Verluste und Grenzen der Sicht"))),
        .list(sentences.limits + sentences.unfinished),
        sentences.overrides.isEmpty
          ? .all([])
          : .all([
            .element(.h3, .text(words.say("Local overrides of the rules", "Lokale Abweichungen von den Regeln"))),
            .list(sentences.overrides),
          ]),
      ])
  }

  // MARK: 7 Priority

  private var priority: Chapter {
    let classes = ["high", "medium", "low"].map { id in
      (id, period.findings.count { $0.words(.priority) == [id] })
    }
    let unrated = period.findings.count { $0.words(.priority).isEmpty }
    return Chapter(
      id: "priority", heading: words.say("7 Proposed review priority", "7 Vorgeschlagener Prüfvorrang"),
      content: [
        .paragraph(
          words.say(
            "The program proposes an order of review from severity (S) and likelihood (L), 1 to 4 each. It is not the risk of the processing; people assess that.",
            "Das Programm schlägt aus Schwere (S) und Eintrittswahrscheinlichkeit (L), je 1 bis 4, eine Reihenfolge der Prüfung vor. Sie ist nicht das Risiko der Verarbeitung; das bewerten Menschen."
          )),
        DataTable(
          caption: words.say("Findings by proposed priority", "Feststellungen nach vorgeschlagenem Vorrang"),
          headings: [.init(text: words.say("Priority", "Vorrang")), .number(words.say("Findings", "Feststellungen"))],
          rows: classes.map { [words.priority($0.0), String($0.1)] }
            + [[words.say("not assessable", "nicht bewertbar"), String(unrated)]], nothing: ""
        ).markup,
        DataTable(
          caption: words.say("First findings by rank", "Erste Feststellungen nach Rang"),
          headings: [
            .date(words.say("Rank", "Rang")), .date(words.say("Priority", "Vorrang")), .number("S"),
            .number("L"), .init(text: words.say("Service", "Dienst")), .init(text: words.say("Group", "Gruppe")),
            .init(text: words.say("Purpose class", "Zweckklasse")), .number(words.say("Devices", "Geräte")),
            .number(words.say("Days", "Tage")), .number(words.say("MB up", "MB hin")),
            .init(text: words.say("Decision", "Entscheidung")),
          ],
          rows: period.findings.prefix(Self.rowLimit).map { row in
            let seen = words.devices(row.count(.devicesSeen), minimum: period.groupMinimum)
            let all = words.devices(row.count(.devicesObserved), minimum: period.groupMinimum)
            return [
              row.text(.rank, language), row.text(.priority, language), row.text(.severityProposed, language),
              row.text(.likelihoodProposed, language), row.text(.service, language), row.text(.group, language),
              row.text(.purposeClass, language), words.say("\(seen) of \(all)", "\(seen) von \(all)"),
              words.say(
                "\(row.text(.activeDays, language)) of \(row.text(.daysObserved, language))",
                "\(row.text(.activeDays, language)) von \(row.text(.daysObserved, language))"),
              megabytes(row.decimal(.mbUp)), decision(row),
            ]
          }, nothing: words.whereNothing
        ).markup,
        more(period.findings.count, file: "findings.csv"),
      ])
  }

  /// The latest decision with its day, and that the figures have changed since if they have.
  private func decision(_ row: TableRow<FindingColumn>) -> String {
    guard !row.words(.latestDecisionState).isEmpty else { return words.say("open", "offen") }
    let decided = "\(row.text(.latestDecision, language)), \(row.text(.latestDecisionOn, language))"
    return row.words(.latestDecisionState) == ["changed"]
      ? "\(decided) (\(row.text(.latestDecisionState, language)))" : decided
  }

  // MARK: 8 and 9 People

  private var measures: Chapter {
    Chapter(
      id: "measures", heading: words.say("8 Measures", "8 Maßnahmen"),
      content: [
        .paragraph(
          words.say(
            "The measures that the site declared are in chapter 5. People add what follows from this report: measure, person responsible, date.",
            "Die erklärten Maßnahmen des Standorts stehen in Kapitel 5. Was aus diesem Bericht folgt, ergänzen Menschen: Maßnahme, Zuständigkeit, Frist."
          )),
        period.failures.isEmpty
          ? .all([])
          : .all([
            .element(.h3, .text(words.say("Measures for the measurement itself", "Maßnahmen für die Messung selbst"))),
            .list(period.failures.map { "\($0.text[language]): \($0.remedy[language])" }),
          ]),
      ])
  }

  private var people: Chapter {
    Chapter(
      id: "people", heading: words.say("9 What people must add", "9 Was Menschen ergänzen müssen"),
      content: [.element(.div, [.kind("fill-in")], [.list(Texts.leftToPeople.map { $0[language] })])])
  }

  // MARK: Parts

  private func megabytes(_ number: FixedDecimal?) -> String {
    number.map { words.megabytes($0.places == 6 ? $0.units : 0) } ?? words.say("unknown", "unbekannt")
  }

  private func result(_ result: ReportSupplements.Result?) -> [Markup] {
    guard let result else { return [] }
    return [.element(.h3, .text(result.caption))] + result.sentences.map { .paragraph($0) } + [
      DataTable(
        caption: result.caption, headings: result.headings.map { .init(text: $0) },
        rows: Array(result.rows.prefix(Self.rowLimit)), nothing: words.say("none", "keine")
      ).markup,
      more(result.rows.count, file: "comparison.csv"),
    ]
  }

  private func more(_ count: Int, shown: Int = rowLimit, file: String) -> Markup {
    guard count > shown else { return .all([]) }
    return .paragraph(words.more(count - shown, file: file))
  }

  /// Most frequent first.
  private func counted(_ texts: [String]) -> [(text: String, count: Int)] {
    Dictionary(grouping: texts, by: \.self).map { ($0.key, $0.value.count) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
  }

  private func distinct(_ texts: [String]) -> [String] { Set(texts).sorted() }
}

extension String {
  fileprivate var nilIfEmpty: String? { isEmpty ? nil : self }
}
