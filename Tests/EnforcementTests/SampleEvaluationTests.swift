import Documents
import Foundation
import Model
import Reporting
import TestSupport
import Testing

@testable import Enforcement

@Suite("Verdicts on a sample, as office programs save them")
struct SampleEvaluationTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private static let german =
    "Namensklasse;Ziehung;Urteil;Zweckklasse;Zeitraum von;Zeitraum bis;Datenfluss;Regel;Regelsatz-Prüfsumme;Startwert;Zeilen je Klasse;Datenflüsse der Klasse"

  /// A row of class A with this place and verdict.
  private static func row(_ draw: Int, _ verdict: String, namingClass: String = "A", hash: String = "sha256:aa")
    -> String
  {
    let id =
      "L-" + String(repeating: "0", count: 14 - namingClass.count) + "\(namingClass == "A" ? "a" : "c")"
      + (draw < 10 ? "0\(draw)" : "\(draw)")
    return
      "\(namingClass);\(draw);\(verdict);Telemetrie;11.05.2026 08:00;11.05.2026 10:00;\(id);windows-diag;\(hash);7;50;400"
  }

  private func read(_ rows: [String], headings: String = german) throws -> SampleEvaluation {
    let path = try folder.write(Array(([headings] + rows).joined(separator: "\r\n").utf8), to: "sample.csv")
    return try SampleEvaluation(path: path)
  }

  private func faults(_ rows: [String]) -> [String] {
    do {
      _ = try read(rows)
      return []
    } catch let error as FileLoadError {
      return error.faults.map { $0.description.replacing(folder.path("sample.csv"), with: "sample.csv") }
    } catch { return ["\(error)"] }
  }

  @Test("verdicts are counted by naming class, whatever the language and the order of the rows")
  func counted() throws {
    let evaluation = try read([
      Self.row(3, "unsicher"), Self.row(1, "RICHTIG"), Self.row(2, "wrong"), Self.row(1, "right", namingClass: "C"),
      ";;;;;;;;;;;", "Summe;4;;;;;;;;;;",
    ])
    var (first, second) = (SamplePrecision(.a, flows: 400), SamplePrecision(.c, flows: 400))
    (first.right, first.wrong, first.unsure) = (1, 1, 1)
    second.right = 1
    #expect(evaluation.precisions == [first, second])
    #expect(
      evaluation.text(.english) == """
        Naming class A: 1 of 3 right, 1 wrong, 1 unsure. Share of right ones: 33.3 % to 66.7 %.
          95 % interval for all 400 flows of the class: 0.8 % to 99.2 %.
        Naming class C: 1 of 1 right, 0 wrong, 0 unsure. Share of right ones: 100 %.
          95 % interval for all 400 flows of the class: 2.5 % to 100 %.
        Unsure ones count on both sides: as wrong for the lower end, as right for the upper end.
        The share is that of flows which a rule describes and which are stored singly. What no rule describes is not in it.
        Not compared with a store (--store): whether the rows are unchanged was not checked.

        """)
  }

  @Test(
    "rows without a verdict behind the judged ones are only counted; before them they raise a caution, removed ones too"
  )
  func stopped() throws {
    let stopped = try read([Self.row(1, "richtig"), Self.row(2, ""), Self.row(3, "")]).text(.english)
    #expect(stopped.contains("Without a verdict and not counted: 2.") && !stopped.contains("Caution"), "\(stopped)")
    let skipped = try read([Self.row(1, ""), Self.row(2, "richtig")]).text(.german)
    #expect(skipped.contains("Achtung: Vor beurteilten Zeilen sind andere ohne Urteil oder entfernt."), "\(skipped)")
    let removed = try read([Self.row(1, "richtig"), Self.row(4, "richtig")]).text(.english)
    #expect(removed.contains("Caution: rows that were drawn before judged ones"), "\(removed)")
  }

  @Test("rows of two rule sets raise a caution")
  func ruleSets() throws {
    let mixed = try read([Self.row(1, "richtig"), Self.row(2, "richtig", hash: "sha256:bb")]).text(.english)
    #expect(mixed.contains("Caution: the rows were classified by several rule sets; the share mixes them."), "\(mixed)")
  }

  @Test("each cell at fault is named with file, row, column and what may stand there")
  func refused() {
    #expect(
      faults([
        Self.row(1, "stimmt"), Self.row(2, "richtig").replacing("L-", with: "X-"), Self.row(3, "richtig"),
        Self.row(3, "richtig"), Self.row(4, "richtig").replacing(";7;50;", with: ";8;50;"),
        Self.row(5, "richtig").replacing("A;5;", with: "F;5;"),
        Self.row(6, "richtig").replacing(";400", with: ";viele"),
      ]) == [
        "sample.csv, row 2, column \"Urteil\": 'stimmt' is not allowed here; expected one of \"richtig\" (right), \"falsch\" (wrong), \"unsicher\" (unsure); write one of these words, or leave the cell empty",
        "sample.csv, row 3, column \"Datenfluss\": 'X-0000000000000a02' names no flow; expected L- and 16 hexadecimal digits; restore the cell from the table that was drawn",
        "sample.csv, row 5, column \"Datenfluss\": 'L-0000000000000a03' is in row 4 too; expected one row for each flow; remove one of the two",
        "sample.csv, row 6, column \"Startwert\": the number differs from that of row 4; expected the rows of one sample; evaluate each sample by itself",
        "sample.csv, row 7, column \"Namensklasse\": 'F' is not allowed here; expected one of \"A\" (A), \"B\" (B), \"C\" (C), \"D\" (D), \"E\" (E); restore the cell from the table that was drawn",
        "sample.csv, row 8, column \"Datenflüsse der Klasse\": 'viele' is no such number; expected a whole number from 1 to 9007199254740992; restore the cell from the table that was drawn",
      ])
    #expect(
      faults([]) == [
        "sample.csv: the table has no row; expected the rows of the sample; name the table that 'egressaudit sample' wrote"
      ])
  }
}
