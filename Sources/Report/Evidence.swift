import Model
import Reporting

/// The last part: every finding with its ID, the figures of the pictures, and what is needed to verify and repeat the
/// audit.
struct Evidence {
  let period: ReportedPeriod
  let figures: Figures
  let words: DocumentWords

  /// Most rows of one table; the CSV files contain all.
  private static let rowLimit = 200

  private var language: Language { words.language }

  var section: Chapter {
    let sentences = period.sentences(language)
    return Chapter(
      id: "evidence", heading: words.say("Evidence", "Nachweise"),
      content: [
        .paragraph(
          words.say(
            "This part repeats what findings.csv, coverage.csv and undescribed.csv of the same store and days hold. With the store, egressaudit evidence and the name E-… (column evidence_ref of findings.csv) find the single flows in the chain and verify it.",
            "Dieser Teil wiederholt, was findings.csv, coverage.csv und undescribed.csv desselben Speichers und derselben Tage enthalten. Wer den Speicher hat, findet mit egressaudit evidence und der Bezeichnung E-… (Spalte evidence_ref in findings.csv) die einzelnen Datenflüsse in der Nachweiskette und prüft sie."
          )),
        findings, undescribed, days, week, ruleSets,
        list(
          words.say("Sources of statements about addresses", "Quellen der Angaben zu Adressen"),
          sentences.locationSources),
        list(
          words.say("Deletions after the retention time", "Löschungen nach Ablauf der Speicherfrist"),
          sentences.deletions),
        list(words.say("Replaced and refused audits", "Ersetzte und abgelehnte Auswertungen"), sentences.takenOut),
        list(words.say("How to read the tables", "So sind die Tabellen zu lesen"), sentences.reading),
      ])
  }

  private func list(_ heading: String, _ items: [String]) -> Markup {
    items.isEmpty ? .all([]) : .all([.element(.h3, .text(heading)), .list(items)])
  }

  private var findings: Markup {
    .all([
      DataTable(
        caption: words.say("Findings by rank", "Feststellungen nach Rang"),
        headings: [
          .date(words.say("Finding", "Feststellung")), .init(text: words.say("Service", "Dienst")),
          .init(text: words.say("Purpose class", "Zweckklasse")),
          .init(text: words.say("Group", "Gruppe")),
          .number(words.say("Sessions", "Verbindungen")), .number(words.say("Blocked", "Blockiert")),
          .number(words.say("MB up", "MB hin")),
          .date(words.say("First day (contact or attempt)", "Erster Tag (Kontakt oder Versuch)")),
          .date(words.say("Last day (contact or attempt)", "Letzter Tag (Kontakt oder Versuch)")),
          .code(words.say("Rule", "Regel")),
        ],
        rows: period.findings.prefix(Self.rowLimit).map { row in
          [
            row.text(.findingID, language), row.text(.service, language), row.text(.purposeClass, language),
            row.text(.group, language), row.text(.sessions, language), row.text(.blockedAttempts, language),
            words.megabytes(row.count(.bytesUp) ?? 0), row.day(.firstSeen).map(words.date) ?? "",
            row.day(.lastSeen).map(words.date) ?? "", row.text(.ruleID, language),
          ]
        }, nothing: words.whereNothing
      ).markup,
      more(period.findings.count, file: "findings.csv"),
    ])
  }

  private var undescribed: Markup {
    .all([
      DataTable(
        caption: words.say("Destinations without a rule", "Ziele ohne Regel"),
        headings: [
          .code(words.say("Destination", "Ziel")), .number(words.say("Devices on one day", "Geräte an einem Tag")),
          .number(words.say("Days", "Tage")),
          .date(words.say("First day (contact or attempt)", "Erster Tag (Kontakt oder Versuch)")),
          .number(words.say("MB up", "MB hin")), .init(text: words.say("Reasons", "Gründe")),
        ],
        rows: period.undescribed.prefix(Self.rowLimit).map { row in
          [
            row.text(.destination, language), words.devices(row.count(.devices), minimum: period.groupMinimum),
            row.text(.days, language), row.text(.firstSeen, language),
            words.megabytes(row.decimal(.mbUp).map { $0.places == 6 ? $0.units : 0 } ?? 0),
            row.text(.reasons, language),
          ]
        },
        nothing: words.say(
          "none that enough devices contacted on one day", "keines, zu dem an einem Tag genügend Geräte Kontakt hatten")
      ).markup,
      more(period.undescribed.count, file: "undescribed.csv"),
    ])
  }

  private var days: Markup {
    DataTable(
      caption: words.say("Days: bytes sent and hours", "Tage: gesendete Bytes und Stunden"),
      headings: [
        .init(text: words.say("Day", "Tag")), .number(words.say("MB sent", "MB gesendet")),
        .number(words.say("Assessable hours", "Bewertbare Stunden")),
        .number(words.say("Hours not assessable", "Nicht bewertbare Stunden")),
        .number(words.say("Hours not captured", "Nicht erfasste Stunden")),
      ],
      rows: figures.days.map { day in
        [
          words.date(day.date), day.bytes.map(words.megabytes) ?? words.say("unknown", "unbekannt"),
          String(day.assessable), String(day.notAssessable), String(day.missing),
        ]
      }, nothing: words.say("none", "keine")
    ).markup
  }

  private var week: Markup {
    DataTable(
      caption: words.say(
        "Hours of the week: mean MB sent in an hour", "Stunden der Woche: im Mittel gesendete MB je Stunde"),
      headings: [.init(text: words.say("Hour", "Stunde"))] + words.weekdays.map { .number($0) },
      rows: (0..<24).map { hour in
        [words.say("\(hour):00", "\(hour) Uhr")]
          + figures.week.map { $0[hour].mean.map(words.megabytes) ?? words.say("unknown", "unbekannt") }
      }, nothing: ""
    ).markup
  }

  private var ruleSets: Markup {
    let hashes = Set(period.coverage.map { $0.text(.rulesetHash, language) }.filter { $0.hasPrefix("sha256:") })
    let tools = Set(period.coverage.map { $0.text(.toolVersion, language) })
    return list(
      words.say("Rule sets and program versions", "Regelsätze und Programmversionen"),
      hashes.sorted() + tools.sorted().map { "egressaudit \($0)" })
  }

  private func more(_ count: Int, file: String) -> Markup {
    guard count > Self.rowLimit else { return .all([]) }
    return .paragraph(
      words.say(
        "\(count - Self.rowLimit) more are in \(file).", "\(count - Self.rowLimit) weitere stehen in \(file)."))
  }
}
