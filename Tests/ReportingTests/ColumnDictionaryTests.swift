import Foundation
import Model
import Testing

@testable import Reporting

@Suite struct ColumnDictionaryTests {
  @Test("docs/columns.md agrees with the catalogue; UPDATE_SNAPSHOTS=1 rewrites it")
  func document() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("docs/columns.md")
    let expected = ColumnDictionary.markdown
    if ProcessInfo.processInfo.environment["UPDATE_SNAPSHOTS"] == "1" {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(expected.utf8).write(to: file)
      Issue.record("docs/columns.md was rewritten; run again without UPDATE_SNAPSHOTS")
      return
    }
    let stored = try String(contentsOf: file, encoding: .utf8)
    #expect(stored == expected, "run UPDATE_SNAPSHOTS=1 swift test --filter ColumnDictionaryTests, then read the diff")
  }
}

/// The column dictionary as one page in both languages.
enum ColumnDictionary {
  static var markdown: String {
    ([head] + ExportTable.allCases.map(table) + [
      comparison, sample, words, confidence, gate, severity, likelihood, score, measures,
    ])
    .joined(separator: "\n")
  }

  private static let head = """
    # Columns of the exports

    This page is generated from the texts in `Sources/Reporting/Texts`; do not edit it by hand.
    `UPDATE_SNAPSHOTS=1 swift test --filter ColumnDictionaryTests` rewrites this page.

    Two profiles have the same rows: `rfc4180` for programs (`,`, decimal point, ISO 8601 in UTC, ids as header and
    words), `office-de` for German office programs (`;`, byte order mark, decimal comma, local times, German header and
    words). Both end lines with CR LF and quote every cell, numbers too: a fresh LibreOffice offers comma and semicolon as
    separators, and would split an unquoted `0,010` into two cells.

    - `unknown` is a result. An empty cell is to be filled in by people.
    - Text from the network: letters, digits, `-`, `.`, `_` and tokens such as `{tenant}` are unchanged; everything else,
      and a leading `-`, becomes `\\xNN`. Other text: control characters, the backslash, and a leading `=`, `+`, `-` or `@`
      become `\\xNN`.
    - Parts of a list are separated by `|`; within a part that character is `\\x7c`.
    - `office-de` writes IPv4 addresses as `IP 192.0.2.1`, because German Excel takes some of them for numbers, and a
      month without a day as `Stand 2024-10`.
    - All times of a table are in one zone: local times of the site in `office-de`, with the column `time_zone`,
      UTC in `rfc4180`; `coverage.csv` is in UTC in both. `period_end` is exclusive. Days and day counts are local days of the site's time zone.
    - A workbook (`--format xlsx` or `ods`) has the same cells as the CSV files of its profile, under titles in the language of the profile. Numbers and times are
      such; an integer of more than 15 digits, and a day before March 1900, is text, because a spreadsheet would round the one and does not know the other.

    """

  private static func table(_ table: ExportTable) -> String {
    section(table.rawValue, Texts.title(table), sortKey: Texts.sortKey(table), Texts.columns(of: table))
  }

  private static var comparison: String {
    section("comparison", Texts.comparisonTitle, sortKey: Texts.comparisonSortKey, Texts.comparison)
  }

  private static var sample: String {
    section("sample", Texts.sampleTitle, sortKey: Texts.sampleSortKey, Texts.sample)
  }

  private static func section(
    _ name: String, _ title: LocalizedText, sortKey: LocalizedText, _ columns: [Column]
  ) -> String {
    var lines = ["## \(name).csv: \(title.en) / \(title.de)", ""]
    lines += [sortKey.en, "", sortKey.de, ""]
    lines += ["| Id | Titel | Title | Kind, unit | Meaning | Bedeutung |", "|---|---|---|---|---|---|"]
    for column in columns {
      let kind = [Texts.kind(column.kind).en, column.unit?.en].compactMap(\.self).joined(separator: ", ")
      let cells = [
        "`\(column.id)`", column.title.de, column.title.en, kind + vocabulary(column.kind), column.meaning.en,
        column.meaning.de,
      ]
      lines.append("| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func vocabulary(_ kind: Column.Kind) -> String {
    switch kind {
    case .word(let vocabulary), .words(let vocabulary), .human(.word(let vocabulary)): " (`\(vocabulary.rawValue)`)"
    default: ""
    }
  }

  private static var words: String {
    var lines = ["## Words", "", "Ids are used in `rfc4180`, German words in `office-de`.", ""]
    lines += ["| Vocabulary | Id | German | English |", "|---|---|---|---|"]
    for vocabulary in Vocabulary.allCases {
      for word in Texts.words(vocabulary) {
        lines.append("| `\(vocabulary.rawValue)` | `\(word.id)` | \(word.text.de) | \(word.text.en) |")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static var confidence: String {
    var lines = ["## Confidence", "", "| Word | Condition | Bedingung |", "|---|---|---|"]
    lines += Texts.confidenceTable.map { "| `\($0.word)` | \($0.condition.en) | \($0.condition.de) |" }
    return lines.joined(separator: "\n") + "\n"
  }

  private static var gate: String {
    var lines = ["## Gate", "", "Defaults; a period that misses one limit is not assessable.", ""]
    lines += Texts.gateLimits(AuditSettings()).map { "- \($0.en) / \($0.de)" }
    return lines.joined(separator: "\n") + "\n"
  }

  private static var severity: String {
    proposal("Proposed severity", Texts.severityTable, Texts.severityRises)
  }

  private static var score: String { proposal("Points for the rank", Texts.scoreTable, Texts.scoreTerms) }

  private static var likelihood: String {
    var lines = [
      proposal("Proposed likelihood", Texts.likelihoodTable, Texts.likelihoodTerms), "## Proposed review priority",
    ]
    lines += ["", "| | L1 | L2 | L3 | L4 |", "|---|---|---|---|---|"]
    for severity in (1...4).reversed() {
      let classes = (1...4).map { Priority(severity: severity, likelihood: $0).rawValue }
      lines.append("| S\(severity) | " + classes.joined(separator: " | ") + " |")
    }
    return (lines + ["", Texts.stability.en, "", Texts.stability.de]).joined(separator: "\n") + "\n"
  }

  private static func proposal(
    _ title: String, _ rows: [(value: Int, condition: LocalizedText)], _ note: LocalizedText
  ) -> String {
    var lines = ["## \(title)", "", "| Value | Condition | Bedingung |", "|---|---|---|"]
    lines += rows.map { "| \($0.value) | \($0.condition.en) | \($0.condition.de) |" }
    return (lines + ["", note.en, "", note.de]).joined(separator: "\n") + "\n"
  }

  private static let measures = """
    ## Definitions

    - A device counts as *with* where it had an established session, or, in an hour that only continues an earlier flow,
      an answer. `bytes_up` counts every byte, blocked attempts included, so that it equals the sum over `flows.csv`.
    - Devices in all: devices of the group whose presence is stored for a day of which at least half is observed, and
      all devices that contacted a service. Presence is kept by UTC day, without hour and destination.
    - Device-days: pairs of device and such day. `up_per_device_day` = `bytes_up` / 1000 / device-days.
    - Loss: the largest of packets dropped / (seen + dropped), TCP bytes missed / (captured + missed), flow records lost
      / (flows + lost).
    - Gap: seconds without capture, of the declared campaign or, without one, of the stored hours. Where several sensors have a row for an hour, the
      longest gap counts.
    - `dsk_case`: `1_prevented` where only blocked attempts were seen, the gate is kept, and the capture would have
      shown a success: in each hour with attempts flows in both directions and to TCP port 443, each canary, no missed limit; on each day with
      attempts the group reached something; in the period something went to UDP port 443. Else `open`, and `reason` says what is missing; `3_not_minimised` where
      telemetry was answered and no measure is declared; `open` otherwise. `2_minimised` is for people to state.
    - `third_country_hint`: the recipient's seat outside EU and EEA is yes; only its parent's is possible; both inside, or
      no parent named, is no. `third_country` in `transfers.csv` is made from the same judgement.
    - Transfer tools are judged on all days from the first to the last flow of a service, in all groups. `valid_checked`:
      in force by its own text on each of these days, and read where it is written; an entry in a list also at most the
      limit of days from the last flow. `entered_unchecked`: read at second hand, only stated by the recipient, or looked
      up too long ago. `expired`: by its own text not in force on each of the days. The best entry counts.
    - `parent_access`: the recipient is in the EU or EEA, or its seat is not known, and its parent is in a third country.
      No tool is asked for then; that the parent may have access is a risk of its own.
    - Why the classes are as they are: `docs/decisions/0038-review-priority.md`. On a site where most devices send
      telemetry on most days the first matrix called two thirds of the rows high, so that the class told nobody where to
      begin. Now telemetry that is broad, steady and not small is high; what is broad but small, or neither, is medium;
      updates, licences and what the product requires are never above medium; and what was blocked, and did not get
      through, is low. What speaks against the site's own decision, contact after its measure or through its block, is
      always at the top of the likelihood.
    - Texts of a row with several rules come from the youngest rule set, there from the first rule id.
    - The latest stored settings decide about groups, limits and time zone of the whole export.
    - Groups below the smallest number of devices: see `docs/decisions/0004-small-groups.md`.

    """
}
