import Foundation
import Model
import Privacy
import ReportTestSupport
import Store
import Testing

@testable import Report
@testable import Reporting

@Suite("The report of a period")
struct ReportDocumentTests {
  private static let languages: [Language] = [.english, .german]

  private func page(_ source: MemorySource, _ language: Language = .english) throws -> PageReader {
    PageReader(ReportDocument(try ReportedPeriod(source: source), language).html)
  }

  /// Rows of the CSV file for programs, by column id.
  private func csv(_ table: ExportTable, _ source: MemorySource) throws -> [[String: String]] {
    var bytes: [UInt8] = []
    try Exporter.write(table, profile: .rfc4180, from: nil, to: nil, source: source) { bytes += $0 }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n").map { line in
      line.dropFirst().dropLast().components(separatedBy: "\",\"").map { $0.replacing("\"\"", with: "\"") }
    }
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
  }

  /// 10^6 byte with three decimals, half up.
  private func megabytes(_ bytes: Int) -> String {
    let thousands = (bytes + 500) / 1000
    return "\(thousands / 1000)." + String(format: "%03d", thousands % 1000)
  }

  /// The worked example with two groups, a second recipient, clear text and destinations without a rule.
  private static func office() -> MemorySource {
    var source = Example.workedExample()
    let other = Recipient(
      id: "mozilla", legalEntity: "Mozilla Corporation", seat: "US", parent: nil, parentSeat: nil,
      roleAssumed: "controller", transferTools: [], source: SourceReference(document: "register", date: "2026-04-01"))
    source.facts[Example.hash]?["firefox"] = Example.rule(
      id: "firefox", service: "firefox", purpose: .userFunction, recipient: other,
      title: LocalizedText(en: "Firefox", de: "Firefox"))
    for number in UInt8(1)...7 {
      source.usage.append(
        Example.use(
          Example.hour("2026-05-06", 8), device: number, rule: "firefox", pattern: "*.mozilla.org", encryption: .none,
          sessions: 3, blocked: 2, up: 1_234_567, identifiers: [.cookie], name: "a.mozilla.org"))
    }
    source.undescribed = [
      UndescribedDestination(
        identity: .domain("beispiel.example"), day: LocalDate("2026-05-13")!.day, devices: 9, flows: 12,
        flowsOutsideHours: 0, bytesUp: 2_000_500, bytesDown: 10, namingClass: .a, systemNumber: nil, systemName: nil,
        period: nil)
    ]
    return source
  }

  @Test("the first page says how many new destinations it does not name, and where they are", arguments: languages)
  func furtherNews(_ language: Language) throws {
    var source = Self.office()
    let one = source.undescribed[0]
    source.undescribed = (1...5).map { number in
      var other = one
      other.identity = .domain("beispiel-\(number).example")
      return other
    }
    let summary = try #require(
      page(source, language).html.components(separatedBy: "id=\"summary\"").last?
        .components(separatedBy: "id=\"scope\"").first)
    let named = (1...5).count { summary.contains("beispiel-\($0).example") }
    let isMore = summary.contains(
      language == .german ? "2 weitere stehen in undescribed.csv." : "2 more are in undescribed.csv.")
    #expect(named == 3 && isMore, "\(named)")
  }

  @Test("a report of a store without a seal says so on its first page", arguments: languages)
  func neverSealed(_ language: Language) throws {
    var source = Self.office()
    let sentence = language == .german ? "NICHT VERSIEGELT: Kein Siegel bindet " : "NOT SEALED: no seal binds "
    #expect(try !page(source, language).html.contains(sentence))
    source.neverSealed = true
    #expect(try page(source, language).html.contains(sentence))
  }

  @Test("classes of identifiers and kinds of encryption that could be misread have a note", arguments: languages)
  func notes(_ language: Language) throws {
    var source = Self.office()
    let german = language == .german
    let notInspected = german ? "„Nicht untersucht“ ist keine Kennung: " : "“Not inspected” is no identifier: "
    let encryption =
      german
      ? "Eine Feststellung zählt bei jeder Art der Verschlüsselung, " : "A finding counts at each kind of encryption "
    #expect(try page(source, language).html.contains(encryption))
    #expect(try !page(source, language).html.contains(notInspected))
    source.usage = source.usage.map {
      var usage = $0
      if !usage.cleartextIdentifierClasses.isEmpty { usage.cleartextIdentifierClasses = [.notInspected] }
      return usage
    }
    #expect(try page(source, language).html.contains(notInspected))
  }

  @Test(
    "the chapter on methods names the configuration by its hash, as the works agreement promises", arguments: languages)
  func configuration(_ language: Language) throws {
    var source = Self.office()
    let hash = "sha256:" + String(repeating: "ab", count: 32)
    source.storedSessions[0].settings.configurationHash = hash
    source.storedSessions[0].firstHour = source.period()?.lowerBound
    let page = String(
      decoding: ReportDocument(try ReportedPeriod(source: source), language).html, as: UTF8.self)
    let methods = try #require(
      page.components(separatedBy: "id=\"methods\"").last?.components(separatedBy: "id=\"priority\"").first)
    #expect(methods.contains(hash))
  }

  @Test("every finding stands in the evidence part with the figures of findings.csv")
  func findings() throws {
    let rows = try csv(.findings, Self.office())
    let table = try #require(try page(Self.office()).table("Findings by rank"))
    let words = ["telemetry": "telemetry", "user_function": "function that a user calls"]
    #expect(rows.count == 2)
    #expect(
      table.map { Array($0.prefix(7)) }
        == rows.map {
          [
            $0["finding_id"]!, $0["service"]!, words[$0["purpose_class"]!]!, $0["group"]!, $0["sessions"]!,
            $0["blocked_attempts"]!,
            megabytes(Int($0["bytes_up"]!)!),
          ]
        })
  }

  @Test("the sums by recipient and purpose are those of transfers.csv")
  func recipients() throws {
    let rows = try csv(.transfers, Self.office())
    let table = try #require(try page(Self.office()).table("MB up by recipient and purpose"))
    #expect(table.map { $0[0] } == ["Microsoft Ireland Operations Limited", "Mozilla Corporation"])
    for row in rows {
      let bytes = Int((Double(row["mb_up"]!)! * 1_000_000).rounded())
      let shown = try #require(table.first { $0[0] == row["recipient"] })
      #expect(shown.last == megabytes(bytes))
      #expect(shown[row["purpose_class"] == "telemetry" ? 1 : 3] == megabytes(bytes))
    }
  }

  @Test("bytes and hours of each day, and the hours of the week, are those of coverage.csv")
  func coverage() throws {
    let source = Self.office()
    let rows = try csv(.coverage, source)
    let page = try page(source)
    let days = try #require(page.table("Days: bytes sent and hours"))
    // The example begins at midnight of Berlin in summer, two hours before that of UTC.
    let local = { (row: [String: String]) -> Date in
      ISO8601DateFormatter().date(from: row["hour_utc"]!)!.addingTimeInterval(7200)
    }
    let byDay = Dictionary(grouping: rows) { ISO8601DateFormatter().string(from: local($0)).prefix(10) }
    #expect(days.count == 14)
    #expect(
      days
        == byDay.sorted { $0.key < $1.key }.map { day, rows in
          [
            String(day), megabytes(rows.map { Int($0["bytes_out"]!)! }.reduce(0, +)),
            "\(rows.count { $0["assessable"] == "yes" })", "\(rows.count { $0["assessable"] == "no" })", "0",
          ]
        })
    let week = try #require(page.table("Hours of the week: mean MB sent in an hour"))
    #expect(week.count == 24)
    #expect(week.allSatisfy { $0.count == 8 && $0.dropFirst().allSatisfy { $0 == "0.000" } })
  }

  @Test("the mean of an hour of the week is that of the same hour of all weeks, and the picture is darkest there")
  func week() throws {
    var source = Self.office()
    // Monday 10 to 11 in Berlin, in both weeks: 3 and 5 MB.
    for (day, bytes) in [("2026-05-04", UInt64(3_000_000)), ("2026-05-11", 5_000_000)] {
      let index = try #require(source.rows.firstIndex { $0.coverage.hour == Example.hour(day, 8) })
      source.rows[index].coverage.bytesOutByClass = [.a: bytes]
    }
    let table = try #require(try page(source).table("Hours of the week: mean MB sent in an hour"))
    #expect(table[10][1] == "4.000")
    #expect(table.joined().count { $0 == "4.000" } == 1)
    let figures = Figures(try ReportedPeriod(source: source))
    #expect(figures.weekSteps[0][10] == 5)
    #expect(figures.weekSteps.joined().count { $0 == 5 } == 1)
  }

  @Test("no number of devices below the smallest group is shown, before and after a measure included")
  func fewDevices() throws {
    var source = Example.workedExample()
    // The measure is meant for what nearly all devices end; two go on.
    source.storedSessions[0].settings.measureDate = "2026-05-08"
    let day = LocalDate("2026-05-08")!.day
    source.usage.removeAll { usage in
      usage.hour.sinceEpoch / 24 > day && usage.device != Example.device(1) && usage.device != Example.device(2)
    }
    #expect(try csv(.findings, source)[0]["reason"]!.contains("still contact from 2 of 40 devices"))
    let page = try page(source)
    let effects = try #require(
      page.table("Findings before and after the latest measure that was meant for them"))
    #expect(effects[0][2...3] == ["38", "fewer than 5"])
    // What goes on from two devices alone.
    source.usage.removeAll { $0.hour.sinceEpoch / 24 <= day }
    let alone = try self.page(source)
    #expect(try csv(.findings, source)[0]["devices_seen"] == "2")
    #expect(alone.table("First findings by rank")?[0][7] == "fewer than 5 of 40")
    #expect(alone.table("Services by upload")?[0][3] == "fewer than 5")
  }

  @Test(
    "what cannot be assessed is said in the first line of the page, with the reason and what to do",
    arguments: languages)
  func notAssessable(language: Language) throws {
    let page = try page(Example.smallMorning(), language)
    let section = try #require(page.html.range(of: "<section id=\"summary\""))
    let text = page.html[section.upperBound...].replacing(/<[^>]*>/, with: "\n").split(separator: "\n").dropFirst()
    #expect(text.first == (language == .german ? "Nicht bewertbar, weil:" : "Not assessable because:"))
    #expect(
      text.contains(
        language == .german
          ? "5 Gerätetage (mindestens 10): länger beobachten" : "5 device-days (minimum 10): observe longer"))
  }

  @Test("hostile names, titles and settings stay text, without what would turn or hide it", arguments: languages)
  func hostile(language: Language) throws {
    let hostile =
      "</td><script>alert(\"1\")</script>'&\u{202e}\u{0}\u{1b}]0;x\u{7}\u{200b}</style><img src=x onerror=alert(1)>"
    var source = Self.office()
    source.storedSessions[0].settings.site = hostile
    source.storedSessions[0].settings.measures = [Measure(date: "2026-05-08", title: hostile, service: hostile)]
    source.storedSessions[0].settings.claims = [
      Claim(id: "c", says: LocalizedText(en: hostile, de: hostile), purpose: .telemetry)
    ]
    source.facts[Example.hash]?["windows-diag"] = Example.rule(
      categories: [DataCategory(id: "x", title: LocalizedText(en: hostile, de: hostile), isPersonal: true)],
      sources: [SourceReference(document: hostile, date: hostile)],
      recipient: Recipient(
        id: "r", legalEntity: hostile, seat: hostile, parent: hostile, parentSeat: hostile, roleAssumed: hostile,
        transferTools: [], source: SourceReference(document: "register", date: "2026-04-01")),
      title: LocalizedText(en: hostile, de: hostile))
    for index in source.usage.indices {
      source.usage[index].group = hostile
      source.usage[index].matchedPattern = hostile
      source.usage[index].exampleName = hostile
    }
    for index in source.present.indices { source.present[index].group = hostile }
    source.undescribed[0].identity = .domain(hostile)
    let document = ReportDocument(try ReportedPeriod(source: source), language)
    let page = PageReader(document.html)
    let (names, unbalanced) = page.elements
    #expect(unbalanced.isEmpty)
    #expect(
      Set(names).isDisjoint(with: ["script", "img", "link", "iframe", "object", "form", "input", "use", "image"]))
    #expect(names.count { $0 == "style" } == 1)
    #expect(page.values(of: "onerror").isEmpty)
    #expect(page.values(of: "href").allSatisfy { $0.hasPrefix("#") })
    #expect(page.html.unicodeScalars.allSatisfy { $0 == "\n" || !$0.isHidden })
    #expect(page.html.contains("&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62;"))
    #expect(!document.fileName.contains("/") && !document.fileName.contains("<"))
  }

  @Test(
    "the page has one heading of the first level, no level is left out, ids differ, and each link has its place",
    arguments: languages)
  func structure(language: Language) throws {
    let page = try page(Self.office(), language)
    let levels = page.elements.names.compactMap { ["h1": 1, "h2": 2, "h3": 3][$0] }
    #expect(levels.count { $0 == 1 } == 1)
    #expect(zip(levels, levels.dropFirst()).allSatisfy { $1 <= $0 + 1 })
    let ids = page.values(of: "id")
    #expect(Set(ids).count == ids.count)
    #expect(page.values(of: "href").allSatisfy { ids.contains(String($0.dropFirst())) })
    for reference in page.values(of: "aria-labelledby").flatMap({ $0.split(separator: " ") }) {
      #expect(ids.contains(String(reference)))
    }
    #expect(page.html.contains("<html lang=\"\(language.rawValue)\">"))
  }

  @Test("the greatest possible counts and absurd hours trap nowhere", arguments: languages)
  func greatestCounts(language: Language) throws {
    var source = Self.office()
    source.storedSessions[0].settings.workingHours = WorkingHours(weekdays: [0, 3, 9], from: .max, to: .min)
    for index in source.rows.indices {
      source.rows[index].coverage.bytesOutByClass = [.a: .max, .b: .max]
      source.rows[index].coverage.outboundFlows = .max
      source.rows[index].coverage.gaps = [.stopped: .max]
      source.rows[index].coverage.dohFlows = .max
    }
    for index in source.usage.indices {
      source.usage[index].sessions = .max
      source.usage[index].traffic = Traffic(bytesUp: .max, bytesDown: .max, packetsUp: .max, packetsDown: .max)
    }
    let html = try page(source, language).html
    #expect(html.contains(language == .german ? "18446744073709,552" : "18446744073709.552"))
    #expect(!html.contains("NaN") && !html.contains("inf\""))
  }

  @Test("the same store, days and language give the same bytes")
  func deterministic() throws {
    let first = ReportDocument(try ReportedPeriod(source: Self.office()), .german)
    #expect(first.html == ReportDocument(try ReportedPeriod(source: Self.office()), .german).html)
    #expect(first.fileName == "report_rathaus-gw1_2026-05-04_2026-05-17_de.html")
  }

  @Test("what was seen first on or after the patch day is new, and what was seen before is not")
  func news() throws {
    var source = Self.office()
    let figures = Figures(try ReportedPeriod(source: source))
    #expect(figures.patchDay == LocalDate("2026-05-12"))
    // Diagnostic data are older; Firefox is seen on the sixth, the destination without a rule on the thirteenth.
    let words = "In this period first seen on or after the patch day 2026-05-12: "
    let rest = " without a rule. Whether the findings were there before the period is not compared."
    #expect(try page(source).html.contains(words + "0 findings, 1 destination" + rest))
    for index in source.usage.indices where source.usage[index].ruleID == "firefox" {
      source.usage[index].hour = Example.hour("2026-05-12", 8)
    }
    #expect(try page(source).html.contains(words + "1 finding, 1 destination" + rest))
  }

  @Test(
    "of services that were only blocked, no recipient is named, and nothing is a share of no bytes",
    arguments: languages)
  func onlyBlocked(language: Language) throws {
    var source = Self.office()
    for index in source.usage.indices {
      source.usage[index].sessions = 0
      source.usage[index].blockedAttempts = 3
    }
    for index in source.rows.indices { source.rows[index].coverage.bytesOutByClass = [:] }
    let page = try page(source, language)
    let german = language == .german
    #expect(
      page.html.contains(
        german
          ? "Kein bekannter Empfänger wurde erreicht; es gab nur blockierte oder unbeantwortete Versuche."
          : "Nothing reached a known recipient; only blocked or unanswered attempts were seen."))
    #expect(!page.html.contains(german ? "Daten gingen an" : "Data went to"))
    #expect(!page.html.contains(german ? "Der größte Anteil" : "The largest share"))
    let period = try ReportedPeriod(source: source)
    let figures = Figures(period)
    #expect(figures.recipients.isEmpty && figures.bytesUp == 0 && figures.thirdCountry == (0, 0))
    #expect(
      page.html.contains(
        german
          ? "Für diesen Zeitraum sind keine gesendeten Bytes ausgewiesen; Anteile daran gibt es darum nicht."
          : "No bytes sent are shown for this period, so there is no share of them."))
    #expect(
      page.html.contains(
        german
          ? "Keine Stunde ist ausgewiesen, in der etwas gesendet wurde." : "No hour is shown in which bytes were sent.")
    )
    #expect(
      page.html.contains(
        german ? "Kein Tag ist ausgewiesen, an dem etwas gesendet wurde." : "No day is shown on which bytes were sent.")
    )
  }

  @Test("one recipient that answered is named without those that were only blocked")
  func oneAnswered() throws {
    var source = Self.office()
    for index in source.usage.indices where source.usage[index].ruleID == "firefox" {
      source.usage[index].sessions = 0
    }
    #expect(
      Figures(try ReportedPeriod(source: source)).recipients.map(\.name) == ["Microsoft Ireland Operations Limited"])
  }

  @Test("the share that cannot be examined is rounded up, so that 0 % stands for nothing")
  func hiddenShare() throws {
    var source = Self.office()
    for index in source.rows.indices {
      source.rows[index].coverage.outboundFlows = 10
      source.rows[index].coverage.bytesOutByClass = [.a: 10]
      source.rows[index].coverage.sight = CoverageSight()
    }
    #expect(try page(source).html.contains("; 0 % of the flows could not be examined."))
    source.rows[0].coverage.sight?.unexaminableFlows = 1
    #expect(try page(source).html.contains("; 0.1 % of the flows could not be examined."))
    let words = DocumentWords(.english)
    #expect(words.percentRoundedUp(1, of: 1_000) == "0.1 %")
    #expect(words.percentRoundedUp(1_001, of: 1_000_000) == "0.2 %")
    #expect(words.percentRoundedUp(.max, of: .max) == "100 %")
    #expect(words.percentRoundedUp(0, of: 0) == "0 %")
  }

  @Test(
    "beside a claim that did not hold, no number of devices stands that looks like that of the devices with contact")
  func claimDevices() throws {
    var source = Self.office()
    source.storedSessions[0].settings.claims = [
      Claim(id: "c", says: LocalizedText(en: "No telemetry.", de: "Keine Telemetrie."), purpose: .telemetry)
    ]
    let page = try page(source)
    #expect(page.html.contains(">Devices whose contact would have been seen</th>"))
    #expect(
      page.table("Claims: held or not") == [["No telemetry.", "not held", "does not apply", "does not apply"]])
  }

  @Test("one day, one service and one destination are singular", arguments: languages)
  func singular(language: Language) {
    let words = DocumentWords(language)
    let german = language == .german
    let day = words.daysDescription(1, most: nil, marks: [])
    #expect(day.hasPrefix(german ? "Eine Säule für den einzigen Tag. " : "One column for the only day. "))
    let safety = words.safety1(services: 1, unchecked: 1, parents: 1)
    #expect(
      safety.hasPrefix(german ? "Von 1 Dienst mit Empfänger " : "Of 1 service with a recipient ")
        && safety.contains(german ? "; 1 weiterer gehört Empf" : ", 1 has no transfer tool"))
    #expect(
      words.undescribedSpot(1, minimum: 5).contains(german ? "1 Ziel ohne Regel hatte an" : "1 destination without"))
  }

  @Test("a result of another part of the program is printed in its chapter, and its absence is said otherwise")
  func supplements() throws {
    let period = try ReportedPeriod(source: Self.office())
    #expect(PageReader(ReportDocument(period, .english).html).html.contains("No baseline was set before these days"))
    let result = ReportSupplements.Result(
      sentences: ["The phase ended it."], caption: "Phases", headings: ["Service", "Sessions"], rows: [["A", "3"]])
    let with = PageReader(ReportDocument(period, .english, supplements: .init(phases: result)).html)
    #expect(with.table("Phases") == [["A", "3"]])
    #expect(with.html.components(separatedBy: "The phase ended it.").count == 2)
  }

  @Test(
    "the second Tuesday of each month is its patch day",
    arguments: [
      ("2026-01-01", "2026-04-30", ["2026-01-13", "2026-02-10", "2026-03-10", "2026-04-14"]),
      ("2026-09-08", "2026-09-08", ["2026-09-08"]), ("2026-12-09", "2027-01-11", []),
    ])
  func patchDays(first: String, last: String, days: [String]) throws {
    let period = try #require(LocalDate(first))...#require(LocalDate(last))
    #expect(Figures.secondTuesdays(in: period).map(\.description) == days)
  }
}
