import Foundation
import Model
import Report
import Reporting
import Testing

@Suite("papers about the tool itself")
struct ToolPaperTests {
  private static func facts(_ change: (inout PaperFacts) -> Void = { _ in }) -> PaperFacts {
    var settings = AuditSettings()
    settings.site = "rathaus"
    settings.sensor = "gw1"
    settings.insideNetworks = ["10.0.0.0/8"]
    settings.configurationHash = "sha256:" + String(repeating: "ab", count: 32)
    settings.workingHours = WorkingHours(weekdays: [1, 2], from: 7, to: 18)
    settings.measures = [Measure(date: "2026-05-01", title: "GPO 12", purpose: .telemetry)]
    settings.claims = [
      Claim(
        id: "a", says: LocalizedText(en: "No telemetry leaves.", de: "Es geht keine Telemetrie hinaus."),
        purpose: .telemetry)
    ]
    var facts = PaperFacts(
      toolVersion: "0.1.0", settings: settings,
      groups: [.init(name: "Sozialamt", networks: ["10.20.2.0/24"], vlans: [20], isSecrecyZone: true)],
      excludedHardwareAddresses: 2, excludedNetworks: 1, evidenceDays: 91, usageDays: 402, coverageDays: 1_103,
      undescribedDays: 94, listsUndescribed: true, interfaces: ["eth1"], isPromiscuous: true, filter: "not port 9100",
      canarySink: "canary.rathaus.example", writesMetrics: true, requiresSignedRules: true,
      pseudonymKeyFile: "/var/lib/egressaudit/audit.sqlite.key", ruleOverrides: "/etc/egressaudit/local.yaml",
      reportsPatchDays: true, reportLanguages: [.german, .english], sinkholes: ["10.20.0.53/32"],
      locationDatabases: ["/var/lib/location/database.db"],
      stored: .init(
        days: LocalDate("2026-05-04")!...LocalDate("2026-05-17")!, ruleSetVersion: "2026.4.1", deletions: 3,
        isConfiguredAlike: true))
    change(&facts)
    return facts
  }

  /// Nothing is decided: each place that people must fill is in the paper.
  private static func bare() -> PaperFacts {
    facts {
      $0.settings = AuditSettings()
      $0.settings.site = "rathaus"
      $0.settings.isTrial = true
      $0.settings.groupMinimum = 1
      $0.groups = []
      $0.excludedHardwareAddresses = 0
      $0.excludedNetworks = 0
      $0.evidenceDays = nil
      $0.usageDays = nil
      $0.coverageDays = nil
      $0.undescribedDays = nil
      $0.listsUndescribed = false
      $0.interfaces = []
      $0.canarySink = nil
      $0.filter = nil
      $0.ruleOverrides = nil
      $0.reportsPatchDays = false
      $0.requiresSignedRules = false
      $0.stored = .init(days: nil, ruleSetVersion: nil, deletions: 0, isConfiguredAlike: false)
    }
  }

  private func page(_ kind: PaperKind, _ language: Language = .german, _ facts: PaperFacts) -> String {
    String(decoding: ToolPaper(kind, facts: facts, language: language).html, as: UTF8.self)
  }

  private func lines(_ paper: Paper) -> [Paper.Line] {
    paper.sections.flatMap(\.blocks).flatMap { block -> [Paper.Line] in
      switch block {
      case .line(let line): [line]
      case .list(let lines): lines
      case .table(_, _, let rows): rows.flatMap(\.self)
      }
    }
  }

  private func headings(_ paper: Paper) -> [String] {
    [paper.title] + paper.sections.map(\.heading)
      + paper.sections.flatMap(\.blocks).flatMap { block -> [String] in
        if case .table(let caption, let headings, _) = block { [caption] + headings } else { [] }
      }
  }

  private func text(_ line: Paper.Line) -> String {
    switch line {
    case .fact(let text), .fill(let text), .open(let text): text
    }
  }

  @Test(
    "each paper states the times of deletion that are configured",
    arguments: [
      PaperKind.record, .agreement, .notice, .measures, .assessment,
    ])
  func retention(kind: PaperKind) {
    let before = page(kind, .german, Self.facts())
    for days in ["91", "402", "1103", "94"] {
      #expect(before.contains("\(days) Tage nach dem Tag der Beobachtung"), "\(days)")
    }
    let after = page(kind, .german, Self.facts { $0.evidenceDays = 30 })
    #expect(after.contains("30 Tage nach dem Tag der Beobachtung") && !after.contains("91 Tage"))
    let without = page(kind, .german, Self.facts { $0.evidenceDays = nil })
    #expect(
      without.contains("<strong>ZU ERGÄNZEN:</strong> keine Löschfrist eingestellt") && !without.contains("91 Tage"))
    #expect(!before.contains("keine Löschfrist eingestellt"))
  }

  @Test(
    "a changed smallest group changes every paper, and one below five asks for the reason",
    arguments: PaperKind.allCases)
  func minimum(kind: PaperKind) {
    let before = page(kind, .english, Self.facts())
    let eight = page(kind, .english, Self.facts { $0.settings.groupMinimum = 8 })
    #expect(before.contains("at least 5") && eight.contains("at least 8") && !eight.contains("at least 5"))
    let three = page(kind, .english, Self.facts { $0.settings.groupMinimum = 3 })
    #expect(three.contains("<strong>TO BE COMPLETED:</strong> the smallest group has 3 devices"))
  }

  @Test("a changed exclusion changes every paper, which gives numbers and no address", arguments: PaperKind.allCases)
  func exclusions(kind: PaperKind) {
    let before = page(kind, .german, Self.facts())
    #expect(before.contains("2 Hardwareadressen und 1 Adressbereich."))
    let after = page(
      kind, .german,
      Self.facts {
        $0.excludedHardwareAddresses = 1; $0.excludedNetworks = 4
      })
    #expect(after.contains("1 Hardwareadresse und 4 Adressbereiche."))
    let none = page(
      kind, .german,
      Self.facts {
        $0.excludedHardwareAddresses = 0; $0.excludedNetworks = 0
      })
    #expect(none.contains("<strong>ZU ERGÄNZEN:</strong> kein Gerät ist ausgenommen."))
  }

  @Test(
    "a changed group changes the papers that describe groups", arguments: [PaperKind.record, .agreement, .assessment])
  func groups(kind: PaperKind) {
    let before = page(kind, .german, Self.facts())
    #expect(before.contains("Sozialamt") && before.contains("10.20.2.0/24"))
    let after = page(
      kind, .german,
      Self.facts {
        $0.groups = [.init(name: "Bauamt <b>", networks: ["10.20.9.0/24"], vlans: [], isSecrecyZone: false)]
      })
    #expect(after.contains("Bauamt &#60;b&#62;") && after.contains("10.20.9.0/24") && !after.contains("Sozialamt"))
    #expect(page(kind, .german, Self.facts { $0.groups = [] }).contains("Es sind keine Gruppen festgelegt"))
  }

  @Test(
    "a sealed part is named with its time of deletion, and no paper promises that nothing exact is stored",
    arguments: [PaperKind.record, .agreement, .notice, .assessment])
  func sealedPart(kind: PaperKind) {
    let promise = "Nicht gespeichert: Netz- und Hardwareadressen der Geräte"
    let without = page(kind, .german, Self.facts())
    #expect(without.contains(promise) && !without.contains("genaue Zeiten, Adressen des Geräts"))
    let facts = Self.facts {
      $0.settings.sealedPart = SealedPartKeys(
        dataProtectionOfficer: String(repeating: "1", count: 64), worksCouncil: String(repeating: "2", count: 64),
        emergency: nil)
      $0.sealedDays = 17
    }
    let german = page(kind, .german, facts)
    #expect(!german.contains(promise) && german.contains("Nur im versiegelten Teil gespeichert"))
    #expect(german.contains("17 Tage nach dem Tag der Beobachtung"))
    let english = page(kind, .english, facts)
    #expect(english.contains("Stored nowhere but in the sealed part"))
    guard kind == .agreement else { return }
    #expect(
      !german.contains("Kein Befehl des Programms tut das") && !english.contains("No command of the program does so"))
    #expect(german.contains(String(repeating: "2", count: 64)), "the annex has the digests of the keys")
    #expect(german.contains("Einen Notfallschlüssel gibt es nicht"))
    #expect(page(.agreement, .german, Self.facts()).contains("Kein Befehl des Programms tut das"))
  }

  @Test("the agreement's annex holds the configuration with its hash, the claims and the measures")
  func annex() throws {
    let page = page(.agreement, .german, Self.facts())
    let rows = try #require(page.components(separatedBy: "<caption>Geltende Konfiguration</caption>").last)
    for value in [
      "sha256:abab", "gw1", "eth1", "Mo, Di, 7 bis 18 Uhr", "canary.rathaus.example", "GPO 12", "01.05.2026",
      "10.20.0.53/32", "/var/lib/location/database.db", "Deutsch, Englisch",
      "Es geht keine Telemetrie hinaus.", "/var/lib/egressaudit/audit.sqlite.key", "not port 9100",
      "/etc/egressaudit/local.yaml",
    ] {
      #expect(rows.contains(value), "\(value)")
    }
  }

  @Test("a measure without a title is named in the annex by what it concerns")
  func untitledMeasures() {
    let page = page(
      .agreement, .german,
      Self.facts {
        $0.settings.measures = [
          Measure(date: "2026-05-02", recipient: "microsoft"), Measure(date: "2026-05-03", service: "edge", rule: "r7"),
          Measure(date: "2026-05-04", purpose: .telemetry),
        ]
      })
    for (day, value) in [("02", "microsoft"), ("03", "edge, r7"), ("04", "Telemetrie")] {
      let row = page.components(separatedBy: "Maßnahme vom \(day).05.2026").dropFirst().first?.prefix(60)
      #expect(row?.contains(">\(value)<") == true, "\(row ?? "no row")")
    }
  }

  @Test("without a store, a paper is made from the configuration file, of which it is not known whether it is in force")
  func fileOnly() {
    let page = page(.agreement, .german, Self.facts { $0.stored = nil })
    #expect(page.contains("aus der Konfigurationsdatei (sha256:") && page.contains("<caption>Konfigurationsdatei<"))
    #expect(!page.contains("geltenden Konfiguration") && !page.contains("Geltende Konfiguration"))
  }

  @Test("the annex states the declared campaign")
  func campaign() throws {
    let day = try #require(LocalDate("2026-05-04")).day
    let page = page(
      .agreement, .german,
      Self.facts {
        $0.settings.campaign = Campaign(
          firstDay: day, lastDay: day + 4, hours: WorkingHours(weekdays: [1], from: 8, to: 12))
      })
    #expect(page.contains("04.05.2026 bis 08.05.2026; Mo, 8 bis 12 Uhr"))
  }

  @Test(
    "both languages say the same in the same places, and none has a text of the other", arguments: PaperKind.allCases)
  func languages(kind: PaperKind) {
    for facts in [Self.facts(), Self.bare()] {
      let (english, german) = (PaperWords(facts, .english).paper(kind), PaperWords(facts, .german).paper(kind))
      let pairs =
        zip(lines(english), lines(german)).map { (text($0), text($1)) } + zip(headings(english), headings(german))
      #expect(lines(english).count == lines(german).count && headings(english).count == headings(german).count)
      // Names, numbers and values of the configuration are the same in both.
      let values = [
        "rathaus, gw1", "rathaus, sensor", "Europe/Berlin", "eth1", "10.0.0.0/8", "", "–", "VLAN", "Sozialamt",
        "10.20.2.0/24", "GPO 12",
        "not port 9100", "/etc/egressaudit/local.yaml",
        "canary.rathaus.example", facts.pseudonymKeyFile, facts.settings.configurationHash ?? "",
        "Name", "Filter", "10.20.0.53/32", "/var/lib/location/database.db",
      ]
      for (english, german) in pairs where english == german {
        #expect(values.contains(english) || Int(english) != nil, "\(english)")
      }
      for (english, german) in pairs {
        let words = { (text: String) in Set(text.lowercased().split { !$0.isLetter }.map(String.init)) }
        #expect(words(english).isDisjoint(with: ["der", "und", "wird", "nicht", "ist", "eine"]), "\(english)")
        #expect(words(german).isDisjoint(with: ["the", "and", "of", "is", "which", "by"]), "\(german)")
      }
    }
  }

  @Test("whatever is left open is marked on the page, and nothing else is", arguments: PaperKind.allCases)
  func placeholders(kind: PaperKind) {
    for facts in [Self.facts(), Self.bare()] {
      for language in Language.allCases {
        let words = PaperWords(facts, language)
        let all = lines(words.paper(kind))
        let fills = all.count { if case .fill = $0 { true } else { false } }
        let opens = all.count { if case .open = $0 { true } else { false } }
        let page = page(kind, language, facts)
        #expect(page.components(separatedBy: "<strong>\(words.fillMark)</strong>").count - 1 == fills)
        #expect(page.components(separatedBy: "<strong>\(words.openMark)</strong>").count - 1 == opens)
        for line in all {
          #expect(
            text(line).isEmpty || text(line).wholeMatch(of: /.*(\.\.\.|…|___|TODO|XXX|\?\?).*/) == nil, "\(text(line))")
        }
      }
    }
  }

  @Test(
    "external recipients, processors and transfers are left to people, because the program knows only what it does itself",
    arguments: [PaperKind.record, .assessment, .agreement, .notice])
  func recipients(kind: PaperKind) {
    let page = page(kind, .german, Self.facts())
    for missing in [
      "Empfänger außerhalb der Organisation, falls es welche gibt", "Auftragsverarbeiter mit Vertrag (Art. 28)",
      "Übermittlungen in Drittländer oder an internationale Organisationen mit ihrer Grundlage",
    ] {
      #expect(page.contains("<strong>ZU ERGÄNZEN:</strong> \(missing)"), "\(missing)")
    }
    #expect(page.contains("Das Programm selbst übermittelt niemandem Daten; in der mitgelieferten systemd-Einheit"))
    #expect(!page.contains(": keine."))
  }

  @Test(
    "record, notice and agreement leave the storage period of reports, captures and backups to people",
    arguments: [PaperKind.record, .notice, .agreement])
  func copies(kind: PaperKind) {
    let mark = "<strong>ZU ERGÄNZEN:</strong> Löschfrist für Berichte, Tabellen, Aufzeichnungen, Kopien und Sicherungen"
    #expect(page(kind, .german, Self.facts()).contains(mark))
  }

  @Test("telecommunications secrecy is an open question of law", arguments: [PaperKind.record, .notice, .assessment])
  func secrecy(kind: PaperKind) {
    let open = lines(PaperWords(Self.facts(), .german).paper(kind)).filter {
      if case .open = $0 { true } else { false }
    }
    #expect(open.contains { text($0).contains("ob das Fernmeldegeheimnis (§ 3 TDDDG) gilt") })
  }

  @Test("the agreement quotes the law's word and suits works councils of both kinds")
  func codetermination() {
    let page = page(.agreement, .german, Self.facts())
    #expect(page.contains("die dazu bestimmt (nach der Rechtsprechung: objektiv geeignet) sind"))
    #expect(page.contains("Dienstvereinbarung oder Betriebsvereinbarung (Entwurf)"))
  }

  @Test("a smallest group below five is praised nowhere as protection", arguments: PaperKind.allCases)
  func praise(kind: PaperKind) {
    let praise = [
      "nie einzelne Personen", "Gruppen statt Personen", "Geräten gilt für jeden Tag", "Ziele ohne Regel: nur solche",
    ]
    let five = page(kind, .german, Self.facts())
    let expected: [PaperKind: [Int]] = [.notice: [0], .assessment: [1, 2], .measures: [3]]
    #expect(praise.indices.filter { five.contains(praise[$0]) } == expected[kind, default: []])
    let four = page(kind, .german, Self.facts { $0.settings.groupMinimum = 4 })
    #expect(!praise.contains { four.contains($0) })
    let places = "ZU ERGÄNZEN:</strong> wie Personen geschützt werden, obwohl die kleinste Gruppe 4 Geräte hat"
    #expect(four.components(separatedBy: places).count - 1 == expected[kind, default: []].count)
  }

  @Test("no paper states a legal basis or rates a risk, and each that must have one leaves it open")
  func nothingInvented() {
    for kind in [PaperKind.record, .assessment, .notice] {
      let open = lines(PaperWords(Self.facts(), .english).paper(kind)).filter {
        if case .open = $0 { true } else { false }
      }
      #expect(open.contains { text($0).hasPrefix("the legal basis. The program does not state one.") })
    }
    let fills = lines(PaperWords(Self.facts(), .english).paper(.assessment)).filter {
      if case .fill = $0 { true } else { false }
    }
    #expect(fills.contains { text($0).hasPrefix("severity and likelihood of each risk") })
  }

  @Test(
    "a trial, and a store that was filled with another configuration, are said at the beginning of every paper",
    arguments: PaperKind.allCases)
  func beginning(kind: PaperKind) {
    let bare = page(kind, .german, Self.bare())
    #expect(bare.contains("Die Konfiguration ist ein Probebetrieb"))
    #expect(
      bare.contains(
        "<strong>ZU ERGÄNZEN:</strong> Die letzte Auswertung im Speicher erfolgte mit einer anderen Konfiguration"))
    let whole = page(kind, .german, Self.facts())
    #expect(
      !whole.contains("Die Konfiguration ist ein Probebetrieb") && !whole.contains("mit einer anderen Konfiguration"))
    #expect(whole.contains("vom 04.05.2026 bis 17.05.2026, erhoben mit dem Regelsatz 2026.4.1"))
  }
}
