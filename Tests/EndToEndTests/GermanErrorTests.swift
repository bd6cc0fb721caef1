import Foundation
import TestSupport
import Testing

@Suite("Errors in German")
struct GermanErrorTests {
  let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func said(_ arguments: [String], code: Int32, store: String? = nil) throws -> String {
    let run = try Program.run(arguments, environment: ["LANG": "de_DE.UTF-8"])
    #expect(run.code == code, "\(arguments): \(run)")
    return (run.said + run.output).replacing(folder.url.path, with: "ORDNER")
  }

  private func file(_ name: String, _ text: String) throws -> String { try folder.write(Array(text.utf8), to: name) }

  @Test("a configuration tells each fault with its place, what is expected and what to do")
  func configuration() throws {
    let path = try file(
      "a.yaml",
      "site: { nam: x, time_zone: Berlin }\nprivacy: { group_minimum: 1 }\nretention: [1]\nclaims:\n  - { id: a, says: b }\n"
    )
    #expect(
      try said(["replay", Project.sample, "--store", folder.path("a.sqlite"), "--config", path], code: 3) == """
        egressaudit: ORDNER/a.yaml:1:9: Unbekannter Schlüssel 'nam' ('site'); erwartet: einer der Werte name, sensor, time_zone, working_hours; ist 'name' gemeint?
        ORDNER/a.yaml:1:28: 'time_zone' ('site') hat den Wert 'Berlin'; erwartet: eine IANA-Zeitzone, etwa Europe/Berlin; den Wert berichtigen
        ORDNER/a.yaml:2:27: Eine Gruppe aus einem einzigen Gerät ist eine Person; erwartet: 2 oder mehr, wie mit der Personalvertretung vereinbart; die Vorgabe ist 5; den Wert erhöhen; für einen Test-PC, an dem niemand arbeitet, schreibt 'egressaudit init --single-pc' einen Probebetrieb
        ORDNER/a.yaml:3:12: 'retention': gefunden: eine Liste; erwartet: eine Zuordnung mit den Schlüsseln evidence_days, usage_days, coverage_days, undescribed_days, sealed_days; Zeilen der Form 'Schlüssel: Wert' schreiben
        ORDNER/a.yaml:5:5: Die Zusicherung gibt nicht an, was den Standort nicht verlässt; erwartet: mindestens eines von purpose und services; 'purpose: telemetry' ergänzen oder die Dienste, um die es geht

        """)
  }

  @Test("so do captures, rules, saved tables, phases, comparisons, filters and heads")
  func others() throws {
    let store = folder.path("b.sqlite")
    _ = try Program.run(["replay", Project.sample, "--store", store, "--config", Project.sampleConfiguration])
    let none = folder.path("none.pcap")
    #expect(
      try said(["replay", none, "--store", folder.path("c.sqlite")], code: 3).hasPrefix(
        "egressaudit: ORDNER/none.pcap: lässt sich nicht öffnen (Meldung des Systems: No such file or directory). Pfad und Zugriffsrechte prüfen.\nKein Paket war lesbar: Es wurde nichts gespeichert."
      ))
    try FileManager.default.createDirectory(atPath: folder.path("rules"), withIntermediateDirectories: true)
    #expect(
      try said(["rules", "lint", folder.path("rules")], code: 1).contains(
        "ruleset.yaml:1:1: Die Datei ist nicht vorhanden; erwartet: eine lesbare YAML-Datei, die mit 'format: 1' beginnt; die Datei anlegen; docs/rule-format.md zeigt, was hineingehört\n"
      ))
    #expect(
      try said(["review", "import", file("t.csv", "a;b\n"), "--store", store], code: 3)
        == "egressaudit: ORDNER/t.csv, Zeile 1: Die Überschriften lauten 'a', 'b'; erwartet: die Überschriften der Tabelle findings, transfers oder undescribed, wie 'export' sie schreibt; die ausgefüllte Tabelle angeben\n"
    )
    #expect(
      try said(["review", "import", file("u.csv", "\n"), "--store", store], code: 3)
        == "egressaudit: ORDNER/u.csv: Die Datei ist leer; erwartet: eine Arbeitsmappe, die LibreOffice öffnet, oder eine Textdatei mit Trennzeichen (CSV); die Tabelle noch einmal speichern oder eine andere Datei angeben\n"
    )
    #expect(
      try said(["review", "import", file("v.pdf", "%PDF-1.7\n"), "--store", store], code: 3).hasPrefix(
        "egressaudit: ORDNER/v.pdf: Die Datei ist ein PDF-Dokument; erwartet: "))
    #expect(
      try said(["papers", "--config", folder.url.path, "--output", folder.path("o")], code: 3)
        == "egressaudit: ORDNER:1:1: Dies ist ein Ordner; erwartet: eine lesbare YAML-Datei; die Datei selbst angeben, vielleicht liegt sie darin\n"
    )
    #expect(
      try said(["export", "coverage", "--store", store, "--output", file("o.txt", "")], code: 3)
        == "egressaudit: ORDNER/o.txt ist eine Datei; an dieser Stelle wird ein Ordner gebraucht, in den mehrere Dateien geschrieben werden. Einen anderen Ordner angeben oder die Datei verschieben.\n"
    )
    #expect(
      try said(["help", "reprot"], code: 2)
        == "egressaudit: egressaudit hat keinen Befehl 'reprot'; ist 'report' gemeint?\n")
    #expect(
      try said(["phase", "stop", "x", "--store", store], code: 2)
        == "egressaudit: Der Speicher hat keine Phase 'x'. Er hat überhaupt keine: mit 'egressaudit phase start' eine beginnen.\n"
    )
    #expect(
      try said(["compare", "--store", store, "--before", "a/b", "--after", "c", "--output", folder.path("o")], code: 2)
        .hasPrefix(
          "egressaudit: Ein Zeitraum ist der Name einer Phase, wie 'egressaudit phase list' ihn zeigt, oder"))
    #expect(
      try said(["export", "findings", "--store", store, "--service", "zzz", "--output", folder.path("o")], code: 2)
        .contains("egressaudit: Keine Zeile dieser Tage hat 'zzz' als --service. Am nächsten kommen: "))
    #expect(
      try said(["verify", store, "--head", file("x.heads", "nothing\n")], code: 3)
        == "egressaudit: ORDNER/x.heads:1:1: Dies ist keine Aufzeichnung eines Kopfs der Nachweiskette; erwartet: die Zeile 'egressaudit evidence head v1'; eine Datei angeben, die egressaudit geschrieben hat, oder SIEGEL:PRÜFSUMME\n"
    )
  }
}
