import Model
import Mustache
import Store

/// A table as the explanations present it.
struct DescribedTable {
  /// As in file names.
  let name: String
  let title: LocalizedText
  let sortKey: LocalizedText
  let columns: [Column]

  init(_ table: ExportTable) {
    self.init(
      name: table.rawValue, title: Texts.title(table), sortKey: Texts.sortKey(table), columns: Texts.columns(of: table))
  }

  init(name: String, title: LocalizedText, sortKey: LocalizedText, columns: [Column]) {
    (self.name, self.title, self.sortKey, self.columns) = (name, title, sortKey, columns)
  }
}

/// Explains the tables of an export to people: a page in German and English, and a sheet of a workbook.
struct Legend {
  /// A piece of the explanations.
  enum Part: Sendable, Equatable {
    case heading(String)
    case paragraph(String)
    case list([String])
    /// Each row has as many cells as there are headings, at least one; the first names the row.
    case table(caption: String, headings: [String], rows: [[String]])
  }

  let period: AuditPeriod
  let profile: ExportProfile
  let tables: [ExportTable]
  var filter = RowFilter()
  /// Tables beside those of an export.
  var further: [DescribedTable] = []

  func html() throws -> [UInt8] {
    let languages: [Language] = profile == .officeGerman ? [.german, .english] : [.english, .german]
    let page: [String: Any] = [
      "language": profile.language.rawValue,
      "title": title(profile.language),
      "sections": try languages.map { language in
        [
          "language": language.rawValue, "title": title(language), "parts": try parts(language).map(values),
        ] as [String: Any]
      },
    ]
    // In every value: invisible characters could reverse the direction of the text, or end it.
    return Array(printable(try MustacheTemplate(string: Self.template).render(page), keepingLines: true).utf8)
  }

  func title(_ language: Language) -> String {
    let days = [period.days.lowerBound, period.days.upperBound].map { Texts.date($0.description, language) }
    return language == .german
      ? "Legende zu den Tabellen: \(period.settings.site), \(days[0]) bis \(days[1])"
      : "Legend of the tables: \(period.settings.site), \(days[0]) to \(days[1])"
  }

  /// Everything that the legend explains, in the order in which it is read.
  func parts(_ language: Language) throws -> [Part] {
    let german = language == .german
    var parts = try (Texts.warnings(period, language) + verdict(language)).map(Part.paragraph)
    if !filter.isEmpty {
      parts += list(german ? "Auswahl der Zeilen" : "Chosen rows", filter.sentences(tables, language))
    }
    parts += list(
      german ? "So sind die Tabellen zu lesen" : "How to read the tables", Texts.readingRules.map { $0[language] })
    parts += list(
      german ? "Was die Tabellen nicht behaupten" : "What the tables do not claim",
      Texts.notClaimed.map { $0[language] })
    parts += list(
      german ? "Mindestanforderungen an die Messung: Grenzen dieser Ausgabe" : "Gate: limits of this export",
      Texts.gateLimits(period.settings).map { $0[language] })
    parts += configurations(language)
    parts += list(
      german ? "Kleine Gruppen und Tage mit wenigen Geräten" : "Small groups, and days with few devices",
      Texts.smallGroupRules(period.groupMinimum).map { $0[language] }
        + Texts.smallGroups(period, language))
    parts += list(
      german ? "Quellen der Angaben zu Adressen" : "Sources of what is said of addresses",
      Texts.locationSources(period.locationDatabases, language))
    parts += list(
      german ? "Löschungen nach Ablauf der Speicherfrist" : "Deletions after the retention time",
      Texts.deletions(period.deletions, period.clock, language))
    parts += audits(language) + overrides(language) + measures(language) + baseline(language)
    if !tables.isEmpty { parts += proposals(language) }
    for table in tables.map(DescribedTable.init) + further {
      parts.append(.heading(table.title[language]))
      parts.append(.paragraph(table.sortKey[language]))
      parts.append(
        .table(
          caption: (german ? "Spalten der Tabelle " : "Columns of the table ") + table.name,
          headings: german ? ["Spalte", "Kennung", "Art", "Bedeutung"] : ["Column", "Id", "Kind", "Meaning"],
          rows: table.columns.map { column in
            [
              column.title[language], column.id,
              [Texts.kind(column.kind)[language], column.unit?[language]].compactMap(\.self).joined(separator: ", "),
              column.meaning[language] + " " + words(column.kind, language),
            ]
          }))
    }
    return parts
  }

  /// How confidence and review priority are derived from what was measured.
  private func proposals(_ language: Language) -> [Part] {
    let german = language == .german
    let valueHeadings = german ? ["Wert", "Bedingung"] : ["Value", "Condition"]
    var parts: [Part] = []
    parts.append(
      .table(
        caption: german ? "Feste Tabelle der Verlässlichkeit der Zuordnung" : "Fixed table of confidence",
        headings: german ? ["Wort", "Bedingung"] : ["Word", "Condition"],
        rows: Texts.confidenceTable.map { row in
          [Texts.word(.confidence, row.word, language), row.condition[language]]
        }))
    parts += [
      (
        german ? "Vorgeschlagene Schwere: Ausgangswert" : "Proposed severity: start value", Texts.severityTable,
        Texts.severityRises
      ),
      (
        german ? "Vorgeschlagene Eintrittswahrscheinlichkeit" : "Proposed likelihood", Texts.likelihoodTable,
        Texts.likelihoodTerms
      ),
      (german ? "Punkte für den Rang" : "Points for the rank", Texts.scoreTable, Texts.scoreTerms),
    ].flatMap { caption, rows, note in
      [
        Part.table(
          caption: caption, headings: valueHeadings, rows: rows.map { [String($0.value), $0.condition[language]] }),
        .paragraph(note[language]),
      ]
    }
    parts.append(
      .table(
        caption: german
          ? "Vorgeschlagener Prüfvorrang aus Schwere (S) und Eintrittswahrscheinlichkeit (L)"
          : "Proposed review priority from severity (S) and likelihood (L)",
        headings: [german ? "Schwere" : "Severity"] + (1...4).map { "L\($0)" },
        rows: (1...4).reversed().map { severity in
          ["S\(severity)"]
            + (1...4).map {
              Texts.word(.priority, Priority(severity: severity, likelihood: $0).rawValue, language)
            }
        }))
    parts.append(.paragraph(Texts.stability[language]))
    return parts
  }

  private func list(_ heading: String, _ items: [String]) -> [Part] { [.heading(heading), .list(items)] }

  /// A part as the template reads it: one member, whose name is the kind of the part.
  private func values(_ part: Part) -> [String: Any] {
    func cells(_ row: [String]) -> [String: Any] { ["first": row[0], "others": Array(row.dropFirst())] }
    switch part {
    case .heading(let text): return ["heading": text]
    case .paragraph(let text): return ["paragraph": text]
    case .list(let items): return ["list": ["items": items]]
    case .table(let caption, let headings, let rows):
      return ["table": ["caption": caption, "headings": headings, "rows": rows.map(cells)] as [String: Any]]
    }
  }

  /// Empty if no audit has stored an hour of the period.
  private func configurations(_ language: Language) -> [Part] {
    let items = Texts.configurations(period, language)
    guard !items.isEmpty else { return [] }
    return list(language == .german ? "Konfiguration der Auswertungen" : "Configuration of the audits", items)
  }

  /// Empty if all audits are complete and none was removed.
  private func audits(_ language: Language) -> [Part] {
    let items = Texts.unfinished(period.unfinishedAudits, language) + Texts.takenOut(period.takenOutAudits, language)
    guard !items.isEmpty else { return [] }
    return list(
      language == .german ? "Nicht abgeschlossene und ersetzte Auswertungen" : "Unfinished and replaced audits", items)
  }

  /// The gate's result; empty beside tables that do not depend on it.
  private func verdict(_ language: Language) throws -> [String] {
    guard tables.contains(where: \.restsOnUsage) else { return [] }
    let verdict = period.verdict(try period.findings(), period.coverageTotals)
    return Texts.verdict(verdict.failures, isPartial: verdict.isPartial, language)
      .map { $0.trimmingPrefix("  ") }.map(String.init)
  }

  /// Empty if there are none.
  private func overrides(_ language: Language) -> [Part] {
    let all = period.register.localOverrides(Set(period.coverage.lazy.filter { !$0.isMissing }.map(\.ruleSetHash)))
    guard !all.isEmpty else { return [] }
    return list(
      language == .german ? "Lokale Abweichungen von den Regeln" : "Local overrides of the rules",
      all.map { Texts.localOverride($0, language) })
  }

  /// Empty if there are none, or beside tables without findings.
  private func measures(_ language: Language) -> [Part] {
    guard !period.settings.measures.isEmpty, tables.contains(where: \.restsOnUsage) else {
      return []
    }
    return list(
      language == .german ? "Maßnahmen des Standorts" : "Measures of the site",
      period.settings.measures.map { Texts.measure($0, rows: period.findingCount(of: $0), language) })
  }

  /// Empty without a baseline, or beside tables that are not compared with it.
  private func baseline(_ language: Language) -> [Part] {
    guard let comparison = period.comparison, tables.contains(where: \.isCompared) else { return [] }
    return list(
      language == .german ? "Vergleichsbasis" : "Baseline", BaselineReport.conditions(comparison, language))
  }

  private func words(_ kind: Column.Kind, _ language: Language) -> String {
    switch kind {
    case .word(let vocabulary), .words(let vocabulary), .counts(let vocabulary), .human(.word(let vocabulary)):
      Texts.words(vocabulary).map { $0.id == $0.text[language] ? $0.id : "\($0.id) = \($0.text[language])" }
        .joined(separator: "; ")
    case .text, .list, .integer, .decimal, .instant, .instantUTC, .date, .human: ""
    }
  }

  /// Values are escaped by the engine; colours keep a contrast above 7:1 and carry no meaning.
  private static let template = """
    <!DOCTYPE html>
    <html lang="{{language}}">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>{{title}}</title>
    <style>
    body { font-family: sans-serif; line-height: 1.5; max-width: 72rem; margin: 1rem auto; padding: 0 1rem; color: #1a1a1a; background: #ffffff; }
    table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
    caption { text-align: left; font-weight: bold; padding: 0.5rem 0; }
    th, td { border: 1px solid #595959; padding: 0.3rem 0.5rem; text-align: left; vertical-align: top; }
    thead th { background: #ececec; }
    @media (max-width: 40rem) { body { padding: 0 0.5rem; } table { font-size: 0.8rem; } th, td { padding: 0.2rem; } h1, h2, p, li, th, td { overflow-wrap: anywhere; } }
    section + section { margin-top: 4rem; border-top: 3px solid #595959; }
    </style>
    </head>
    <body>
    <main>
    {{#sections}}
    <section lang="{{language}}">
    <h1>{{title}}</h1>
    {{#parts}}
    {{#heading}}
    <h2>{{.}}</h2>
    {{/heading}}
    {{#paragraph}}
    <p>{{.}}</p>
    {{/paragraph}}
    {{#list}}
    <ul>
    {{#items}}
    <li>{{.}}</li>
    {{/items}}
    </ul>
    {{/list}}
    {{#table}}
    <table>
    <caption>{{caption}}</caption>
    <thead><tr>{{#headings}}<th scope="col">{{.}}</th>{{/headings}}</tr></thead>
    <tbody>
    {{#rows}}
    <tr><th scope="row">{{first}}</th>{{#others}}<td>{{.}}</td>{{/others}}</tr>
    {{/rows}}
    </tbody>
    </table>
    {{/table}}
    {{/parts}}
    </section>
    {{/sections}}
    </main>
    </body>
    </html>

    """
}
