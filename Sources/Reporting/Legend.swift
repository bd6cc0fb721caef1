import Model
import Mustache
import Store

/// The page that explains the files of an export to people, in German and English.
struct Legend {
  let period: AuditPeriod
  let profile: ExportProfile
  let tables: [ExportTable]

  func html() throws -> [UInt8] {
    let languages: [Language] = profile == .officeGerman ? [.german, .english] : [.english, .german]
    let page: [String: Any] = [
      "language": profile.language.rawValue,
      "title": title(profile.language),
      "sections": try languages.map(section),
    ]
    // Whatever value it stands in: what is hidden could turn the direction of the text, or end it.
    return Array(printable(try MustacheTemplate(string: Self.template).render(page), keepingLines: true).utf8)
  }

  private func title(_ language: Language) -> String {
    let days = [period.days.lowerBound, period.days.upperBound].map { Texts.date($0.description, language) }
    return language == .german
      ? "Legende zu den Tabellen: \(period.settings.site), \(days[0]) bis \(days[1])"
      : "Legend of the tables: \(period.settings.site), \(days[0]) to \(days[1])"
  }

  private func section(_ language: Language) throws -> [String: Any] {
    let german = language == .german
    return [
      "language": language.rawValue,
      "title": title(language),
      "verdict": try verdict(language),
      "readingTitle": german ? "So sind die Tabellen zu lesen" : "How to read the tables",
      "reading": Texts.readingRules.map { $0[language] },
      "notClaimedTitle": german ? "Was die Tabellen nicht behaupten" : "What the tables do not claim",
      "notClaimed": Texts.notClaimed.map { $0[language] },
      "gateTitle": german
        ? "Mindestanforderungen an die Messung: Grenzen dieser Ausgabe" : "Gate: limits of this export",
      "gate": Texts.gateLimits(period.settings).map { $0[language] },
      "confidenceTitle": german ? "Feste Tabelle der Verlässlichkeit der Zuordnung" : "Fixed table of confidence",
      "confidence": Texts.confidenceTable.map { row in
        ["word": Texts.word(.confidence, row.word, language), "condition": row.condition[language]]
      },
      "proposals": [
        proposal(
          german ? "Vorgeschlagene Schwere: Ausgangswert" : "Proposed severity: start value", Texts.severityTable,
          Texts.severityRises, language),
        proposal(
          german ? "Vorgeschlagene Eintrittswahrscheinlichkeit" : "Proposed likelihood", Texts.likelihoodTable,
          Texts.likelihoodTerms,
          language),
        proposal(
          german ? "Punkte für den Rang" : "Points for the rank", Texts.scoreTable, Texts.scoreTerms, language),
      ],
      "smallGroupsTitle": german
        ? "Kleine Gruppen und Tage mit wenigen Geräten" : "Small groups, and days with few devices",
      "smallGroups": Texts.smallGroupRules(period.groupMinimum).map { $0[language] }
        + Texts.smallGroups(period, language),
      "sourcesTitle": german ? "Quellen der Angaben zu Adressen" : "Sources of what is said of addresses",
      "sources": Texts.locationSources(period.locationDatabases, language),
      "deletionsTitle": german ? "Löschungen nach Ablauf der Speicherfrist" : "Deletions after the retention time",
      "deletions": Texts.deletions(period.deletions, period.clock, language),
      "audits": audits(language),
      "overrides": overrides(language) + measures(language),
      "valueHeader": german ? "Wert" : "Value",
      "matrixTitle": german
        ? "Vorgeschlagener Prüfvorrang aus Schwere (S) und Eintrittswahrscheinlichkeit (L)"
        : "Proposed review priority from severity (S) and likelihood (L)",
      "likelihoods": (1...4).map { "L\($0)" },
      "matrix": (1...4).reversed().map { severity in
        [
          "severity": "S\(severity)",
          "classes": (1...4).map {
            Texts.word(.priority, Priority(severity: severity, likelihood: $0).rawValue, language)
          },
        ] as [String: Any]
      },
      "stability": Texts.stability[language],
      "wordHeader": german ? "Wort" : "Word",
      "conditionHeader": german ? "Bedingung" : "Condition",
      "columnHeader": german ? "Spalte" : "Column",
      "idHeader": german ? "Kennung" : "Id",
      "kindHeader": german ? "Art" : "Kind",
      "meaningHeader": german ? "Bedeutung" : "Meaning",
      "tables": tables.map { table in
        [
          "title": Texts.title(table)[language],
          "caption": (german ? "Spalten von " : "Columns of ") + table.rawValue + ".csv",
          "sort": Texts.sortKey(table)[language],
          "columns": Texts.columns(of: table).map { column in
            [
              "title": column.title[language],
              "id": column.id,
              "kind": [Texts.kind(column.kind)[language], column.unit?[language]].compactMap(\.self)
                .joined(separator: ", "),
              "meaning": column.meaning[language],
              "words": words(column.kind, language),
            ]
          },
        ] as [String: Any]
      },
    ]
  }

  /// Nothing where all audits are whole and none was taken out.
  private func audits(_ language: Language) -> [[String: Any]] {
    let items = Texts.unfinished(period.unfinishedAudits, language) + Texts.takenOut(period.takenOutAudits, language)
    guard !items.isEmpty else { return [] }
    return [
      [
        "title": language == .german
          ? "Nicht abgeschlossene und ersetzte Auswertungen" : "Unfinished and replaced audits",
        "items": items,
      ]
    ]
  }

  /// The gate's result; nothing beside tables that do not rest on it.
  private func verdict(_ language: Language) throws -> [String] {
    guard tables.contains(where: \.restsOnUsage) else { return [] }
    let verdict = period.verdict(try period.findings(), period.coverageTotals)
    return Texts.verdict(verdict.failures, isPartial: verdict.isPartial, language)
      .map { $0.trimmingPrefix("  ") }.map(String.init)
  }

  /// Nothing where there are none.
  private func overrides(_ language: Language) -> [[String: Any]] {
    let all = period.register.localOverrides(Set(period.coverage.lazy.filter { !$0.isMissing }.map(\.ruleSetHash)))
    guard !all.isEmpty else { return [] }
    return [
      [
        "title": language == .german ? "Lokale Abweichungen von den Regeln" : "Local overrides of the rules",
        "items": all.map { Texts.localOverride($0, language) },
      ]
    ]
  }

  /// Nothing where there are none, or beside tables without findings. A measure that is meant for no row may name what
  /// no rule has.
  private func measures(_ language: Language) -> [[String: Any]] {
    guard !period.settings.measures.isEmpty, tables.contains(where: \.restsOnUsage) else {
      return []
    }
    return [
      [
        "title": language == .german ? "Maßnahmen des Standorts" : "Measures of the site",
        "items": period.settings.measures.map { measure in
          let rows = period.usage.values.count { totals in
            totals.rules.contains { rule in
              // A rule that the store does not know has already stopped the tables.
              (try? period.register.facts(rule)).map(measure.isMeant) ?? false
            }
          }
          return Texts.measure(measure, rows: rows, language)
        },
      ]
    ]
  }

  private func proposal(
    _ caption: String, _ rows: [(value: Int, condition: LocalizedText)], _ note: LocalizedText,
    _ language: Language
  ) -> [String: Any] {
    [
      "caption": caption,
      "rows": rows.map { ["value": String($0.value), "condition": $0.condition[language]] },
      "note": note[language],
    ]
  }

  private func words(_ kind: Column.Kind, _ language: Language) -> String {
    switch kind {
    case .word(let vocabulary), .words(let vocabulary), .counts(let vocabulary):
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
    section + section { margin-top: 4rem; border-top: 3px solid #595959; }
    </style>
    </head>
    <body>
    <main>
    {{#sections}}
    <section lang="{{language}}">
    <h1>{{title}}</h1>
    {{#verdict}}
    <p>{{.}}</p>
    {{/verdict}}
    <h2>{{readingTitle}}</h2>
    <ul>
    {{#reading}}
    <li>{{.}}</li>
    {{/reading}}
    </ul>
    <h2>{{notClaimedTitle}}</h2>
    <ul>
    {{#notClaimed}}
    <li>{{.}}</li>
    {{/notClaimed}}
    </ul>
    <h2>{{gateTitle}}</h2>
    <ul>
    {{#gate}}
    <li>{{.}}</li>
    {{/gate}}
    </ul>
    <h2>{{smallGroupsTitle}}</h2>
    <ul>
    {{#smallGroups}}
    <li>{{.}}</li>
    {{/smallGroups}}
    </ul>
    <h2>{{sourcesTitle}}</h2>
    <ul>
    {{#sources}}
    <li>{{.}}</li>
    {{/sources}}
    </ul>
    <h2>{{deletionsTitle}}</h2>
    <ul>
    {{#deletions}}
    <li>{{.}}</li>
    {{/deletions}}
    </ul>
    {{#audits}}
    <h2>{{title}}</h2>
    <ul>
    {{#items}}
    <li>{{.}}</li>
    {{/items}}
    </ul>
    {{/audits}}
    {{#overrides}}
    <h2>{{title}}</h2>
    <ul>
    {{#items}}
    <li>{{.}}</li>
    {{/items}}
    </ul>
    {{/overrides}}
    <table>
    <caption>{{confidenceTitle}}</caption>
    <thead><tr><th scope="col">{{wordHeader}}</th><th scope="col">{{conditionHeader}}</th></tr></thead>
    <tbody>
    {{#confidence}}
    <tr><th scope="row">{{word}}</th><td>{{condition}}</td></tr>
    {{/confidence}}
    </tbody>
    </table>
    {{#proposals}}
    <table>
    <caption>{{caption}}</caption>
    <thead><tr><th scope="col">{{valueHeader}}</th><th scope="col">{{conditionHeader}}</th></tr></thead>
    <tbody>
    {{#rows}}
    <tr><th scope="row">{{value}}</th><td>{{condition}}</td></tr>
    {{/rows}}
    </tbody>
    </table>
    <p>{{note}}</p>
    {{/proposals}}
    <table>
    <caption>{{matrixTitle}}</caption>
    <thead><tr><td></td>{{#likelihoods}}<th scope="col">{{.}}</th>{{/likelihoods}}</tr></thead>
    <tbody>
    {{#matrix}}
    <tr><th scope="row">{{severity}}</th>{{#classes}}<td>{{.}}</td>{{/classes}}</tr>
    {{/matrix}}
    </tbody>
    </table>
    <p>{{stability}}</p>
    {{#tables}}
    <h2>{{title}}</h2>
    <p>{{sort}}</p>
    <table>
    <caption>{{caption}}</caption>
    <thead><tr><th scope="col">{{columnHeader}}</th><th scope="col">{{idHeader}}</th><th scope="col">{{kindHeader}}</th><th scope="col">{{meaningHeader}}</th></tr></thead>
    <tbody>
    {{#columns}}
    <tr><th scope="row">{{title}}</th><td>{{id}}</td><td>{{kind}}</td><td>{{meaning}} {{words}}</td></tr>
    {{/columns}}
    </tbody>
    </table>
    {{/tables}}
    </section>
    {{/sections}}
    </main>
    </body>
    </html>

    """
}
