import Foundation
import Model
import Privacy
import ReportTestSupport
import Store
import TestSupport
import Testing

@testable import Reporting

/// Two weeks of two groups with six devices each, then two weeks more; all hours are covered.
private struct Month {
  static let first = LocalDate("2026-05-04")!.day
  static let otherHash = "sha256:" + String(repeating: "cd", count: 32)

  var source = MemorySource()

  init(groups: [String] = ["Sozialamt", "Bürgeramt"], days: Int64 = 28) {
    var settings = Example.settings()
    settings.measureDate = nil
    source.storedSessions = [Example.session(settings)]
    source.facts = [Example.hash: ["windows-diag": Example.rule()]]
    for day in 0..<days {
      for hour in 0..<24 {
        // Days of Berlin.
        source.rows.append(Example.sensorHour(Hour(sinceEpoch: (Month.first + day) * 24 - 2 + Int64(hour))))
      }
      for (index, group) in groups.enumerated() {
        source.present += (1...6).map {
          DevicePresence(day: Month.first + day, group: group, device: Example.device(UInt8(index * 10 + $0)))
        }
      }
    }
    // Something is listed on each day, so that an empty list means something.
    destination("daily.example", days: Array(0..<days))
  }

  static func date(_ day: Int64) -> LocalDate { LocalDate(day: first + day) }

  mutating func rule(_ id: String, service: String? = nil, revision: Int = 1, hash: String = Example.hash) {
    var facts = Example.rule(
      id: id, service: service ?? id, title: LocalizedText(en: "Service \(id)", de: "Dienst \(id)"))
    facts.revision = revision
    source.facts[hash, default: [:]][id] = facts
  }

  mutating func use(
    _ rule: String, days: some Sequence<Int64>, devices: ClosedRange<UInt8> = 1...1, group: String = "Sozialamt",
    pattern: String? = nil, blocked: Bool = false, hash: String = Example.hash
  ) {
    if source.facts[hash]?[rule] == nil { self.rule(rule, hash: hash) }
    for day in days {
      for device in devices {
        var row = Example.use(
          Hour(sinceEpoch: (Month.first + day) * 24 + 10), device: device, group: group, rule: rule,
          pattern: pattern ?? "\(rule).example", sessions: blocked ? 0 : 1, blocked: blocked ? 1 : 0)
        row.ruleSetHash = hash
        source.usage.append(row)
      }
    }
  }

  mutating func destination(_ name: String, days: [Int64], devices: UInt64 = 6) {
    source.undescribed += days.map { day in
      UndescribedDestination(
        identity: UndescribedDestination.Identity(text: name), day: Month.first + day, devices: devices, flows: 10,
        flowsOutsideHours: 0, bytesUp: 100, bytesDown: 200, namingClass: .a, systemNumber: 64_500,
        systemName: "Beispielnetz", period: nil)
    }
  }

  /// Another rule set judges the days from `day` on.
  mutating func changeRules(from day: Int64) {
    let begin = (Month.first + day) * 24 - 2
    var session = source.storedSessions[0]
    session.id = 2
    session.ruleSet = RuleSetStamp(version: "2026.5.1", hash: Month.otherHash, date: "2026-05-01")
    source.storedSessions.append(session)
    for index in source.rows.indices where source.rows[index].coverage.hour.sinceEpoch >= begin {
      source.rows[index].ruleSetHash = Month.otherHash
    }
  }

  func baseline(
    from: Int64 = 0, to: Int64 = 13, patchDays: [Int64] = [8, 15]
  ) throws -> Baseline {
    try Baseline(source, from: Month.date(from), to: Month.date(to), patchDays: patchDays.map(Month.date))
  }

  mutating func setBaseline(_ name: String = "april", from: Int64 = 0, to: Int64 = 13) throws {
    source.storedBaselines.append(
      StoredBaseline(
        id: Int64(source.storedBaselines.count + 1), name: BaselineName(name)!, day: Month.first + to + 1,
        toolVersion: "1.0", content: try baseline(from: from, to: to)))
  }

  /// State and day of the rows of `changes.csv` by name; group after a stroke unless it is the first.
  func changes(from: Int64? = nil, to: Int64? = nil) throws -> [String: String] {
    let rows = try csvRows(.changes, source, from: from.map(Month.date), to: to.map(Month.date))
    return Dictionary(
      uniqueKeysWithValues: rows.map { row in
        let name = row["name"]!.replacing("Service ", with: "")
        let group = ["Sozialamt", "not_applicable"].contains(row["group"]!) ? "" : "/" + row["group"]!
        return (name + group, row["change"]! + (row["day"] == "not_applicable" ? "" : " " + row["day"]!))
      })
  }

  func report(from: Int64? = nil, to: Int64? = nil, _ language: Language = .english) throws -> BaselineReport {
    try BaselineReport(
      BaselineName("april")!, source: source, from: from.map(Month.date), to: to.map(Month.date), language: language)
  }
}

@Suite("Baselines")
struct BaselineTests {
  @Test("the findings of two weeks have the ids of the two weeks before, all of them")
  func stableIDs() throws {
    var month = Month()
    for number in 1...40 {
      month.use("service-\(number)", days: [Int64(number % 7), 14 + Int64(number % 5)])
      month.use("service-\(number)", days: [3, 20], devices: 11...12, group: "Bürgeramt")
    }
    let ids = { (from: Int64, to: Int64) in
      Set(try csvRows(.findings, month.source, from: Month.date(from), to: Month.date(to)).map { $0["finding_id"] })
    }
    #expect(try ids(0, 13).count == 80)
    #expect(try ids(0, 13) == ids(14, 27))
  }

  @Test("a service is as before, new with its first day, back with the day of its return, or gone")
  func states() throws {
    var month = Month()
    month.use("steady", days: 0..<28)
    month.use("back", days: [0, 1, 16, 17])
    month.use("weekly", days: [0, 7, 14, 21])
    month.use("fresh", days: [18, 20])
    month.use("ended", days: 0..<10)
    month.use("fortnightly", days: [12])
    month.use("steady", days: [19], devices: 11...11, group: "Bürgeramt")
    try month.setBaseline()
    let changes = try month.changes()
    #expect(
      changes == [
        "back": "returned 2026-05-20", "fresh": "new 2026-05-22", "ended": "gone", "fortnightly": "gone",
        "steady/Bürgeramt": "new 2026-05-23",
      ])
    let findings = try csvRows(.findings, month.source, from: Month.date(14), to: nil)
    let states = Dictionary(
      uniqueKeysWithValues: findings.map {
        ($0["rule_id"]! + "/" + $0["group"]!, [$0["new_since_baseline"], $0["baseline_day"], $0["baseline"]])
      })
    #expect(
      states == [
        "steady/Sozialamt": ["known", "not_applicable", "april"],
        "back/Sozialamt": ["returned", "2026-05-20", "april"],
        "weekly/Sozialamt": ["known", "not_applicable", "april"], "fresh/Sozialamt": ["new", "2026-05-22", "april"],
        "steady/Bürgeramt": ["new", "2026-05-23", "april"],
      ])
  }

  @Test("the sentence names the latest patch day, counts services and devices once, in both languages")
  func sentence() throws {
    var month = Month()
    month.use("back", days: [0, 15], devices: 1...6)
    month.use("back", days: [0, 16], devices: 11...16, group: "Bürgeramt")
    month.use("early", days: [14], devices: 1...2)
    for name in ["one.example", "two.example", "three.example"] { month.destination(name, days: [17]) }
    try month.setBaseline()
    let report = try month.report()
    #expect(report.verdict == .somethingNew)
    #expect(
      report.text.contains(
        "Since patch day 2026-05-19: 3 new destinations without a rule, 1 telemetry service back on 12 devices.\n"),
      "\(report.text)")
    #expect(
      report.text.contains("Before that, since the baseline april: 1 telemetry service new on 2 devices.\n"))
    #expect(report.text.contains("  new: one.example, on 2026-05-21, 6 devices\n"))
    let german = try month.report(.german).text
    #expect(
      german.contains(
        "Seit dem Updatetag 19.05.2026: 3 neue Ziele ohne Regel, 1 Telemetriedienst wieder da auf 12 Geräten.\n"),
      "\(german)")
    #expect(try month.report(from: 18).text.contains("Since 2026-05-22: nothing new.\n"))
    #expect(try month.report(from: 18).verdict == .nothingNew)
    #expect(try month.report(from: 17).verdict == .somethingNew)
    let summary = try AuditSummary.text(source: month.source, language: .english, from: nil, to: nil)
    #expect(summary.contains("Since patch day 2026-05-19: 3 new destinations without a rule, 1 telemetry service back"))
  }

  @Test("destinations without a rule have the same states, and claims count those new since the baseline")
  func destinations() throws {
    var month = Month()
    month.destination("fresh.example", days: [16, 18])
    month.destination("back.example", days: [1, 20])
    month.destination("ended.example", days: [0, 1, 2, 3])
    try month.setBaseline()
    #expect(
      try month.changes() == [
        "fresh.example": "new 2026-05-20", "back.example": "returned 2026-05-24", "ended.example": "gone",
      ])
    let rows = try csvRows(.undescribed, month.source, from: Month.date(14), to: nil)
    #expect(
      Set(rows.map { [$0["destination"], $0["new_since_baseline"], $0["baseline_day"]] }) == [
        ["fresh.example", "new", "2026-05-20"], ["back.example", "returned", "2026-05-24"],
        ["daily.example", "known", "not_applicable"],
      ])
    let period = try AuditPeriod(source: month.source, from: nil, to: nil)
    let text = UndescribedText.text(
      try period.undescribed(month.source), comparison: period.comparison, minimum: 5, limit: 9, language: .english)
    #expect(text.contains("   new since the baseline april, on 2026-05-20\n"))
    month.use("steady", days: 0..<28)
    month.source.showsSuccess()
    month.source.storedSessions[0].settings.claims = [
      Claim(
        id: "none", says: LocalizedText(en: "None.", de: "Keine."), purpose: .advertising, services: [], groups: [],
        from: nil)
    ]
    let claims = try ClaimReport(source: month.source, language: .english, from: nil, to: nil)
    #expect(claims.text.contains("4 are listed in the table undescribed, 1 of them new since the baseline april, 0 of"))
  }

  @Test("the baseline outlives hourly sums, and days whose sums were deleted are no silence")
  func retention() throws {
    var month = Month()
    month.use("steady", days: 0..<28)
    month.use("ended", days: 0..<10)
    month.use("fresh", days: [20])
    month.use("missed", days: [0, 15])
    try month.setBaseline()
    let kept = Hour(sinceEpoch: (Month.first + 18) * 24 - 2)
    month.source.deleted = [
      Deletion(
        id: 1, chainSequence: 9, dataClass: .usage, before: kept, rows: 1, day: Month.first + 28, toolVersion: "1.0")
    ]
    month.source.usage.removeAll { $0.hour < kept }
    month.source.present.removeAll { $0.day < Month.first + 18 }
    #expect(try month.changes() == ["fresh": "new 2026-05-24", "ended": "gone", "missed": "gone"])
    #expect(try month.report().text.contains("2026-05-22 to 2026-05-31 is compared with it."))
    month.source.usage.removeAll { $0.hour >= kept }
    month.use("steady", days: [26])
    #expect(try month.changes() == ["ended": "gone", "missed": "gone", "steady": "returned 2026-05-30"])
  }

  @Test("nothing new is said only of days that were compared")
  func unseenDays() throws {
    var month = Month()
    month.use("steady", days: 0..<28)
    month.use("back", days: [0, 1, 2, 22])
    month.use("before", days: [0, 22])
    month.use("ended", days: 3..<6)
    try month.setBaseline(from: 1, to: 14)
    // Everything was seen until 21 May, then deleted.
    let kept = Hour(sinceEpoch: (Month.first + 18) * 24 - 2)
    month.source.deleted = [
      Deletion(
        id: 1, chainSequence: 9, dataClass: .usage, before: kept, rows: 1, day: Month.first + 28, toolVersion: "1.0")
    ]
    month.source.usage.removeAll { $0.hour < kept }
    month.source.present.removeAll { $0.day < Month.first + 18 }
    // On the deleted days, contact with "back" may have been daily; "before" had none in the baseline.
    #expect(
      try month.changes(to: 24) == ["before": "returned 2026-05-26", "ended": "gone"])
    month.source.usage.removeAll { $0.ruleID == "before" }
    // The silence at the end of the baseline does not count.
    #expect(try month.changes(to: 23)["ended"] == "not_assessable")
    let report = try month.report()
    #expect(report.verdict == .notAssessable)
    #expect(
      report.text.contains(
        "The days between it and those compared are no longer stored in full; what was new on them is not assessable.\n"
      ))
    #expect(report.text.contains("\nOn the days compared, 2026-05-22 to 2026-05-31: nothing new.\n"), "\(report.text)")
    #expect(
      try month.report(.german).text.contains("An den verglichenen Tagen, 22.05.2026 bis 31.05.2026: nichts Neues."))
    #expect(try month.report(from: 17).verdict == .notAssessable)
    #expect(try month.report(from: 17).text.contains("On the days compared, 2026-05-22 to 2026-05-31: nothing new."))
    #expect(try month.report(from: 18).verdict == .nothingNew)
    #expect(try month.report(from: 18).text.contains("Since 2026-05-22: nothing new."))
    #expect(try month.report(from: 27).verdict == .nothingNew)
    let later = try month.report(from: 28)
    #expect(later.verdict == .notAssessable)
    #expect(later.text.contains("\nThere is no day from 2026-06-01 on that can be compared.\n"))
    #expect(!later.text.contains("nothing new"))
    month.use("fresh", days: [20])
    #expect(try month.report().verdict == .somethingNew)
    #expect(try month.report().text.contains("On the days compared, 2026-05-22 to 2026-05-31: 1 telemetry service new"))
    #expect(
      try month.report(from: 28).text.contains(
        "Before that, on the days compared, 2026-05-22 to 2026-05-31: 1 telemetry service new on 1 device.\n"))
  }

  @Test("days on which nothing is listed are no silence: the list was deleted, or switched off")
  func listSwitchedOff() throws {
    var month = Month()
    month.source.undescribed = []
    month.destination("daily.example", days: Array(0..<14) + [25, 26, 27])
    month.destination("ended.example", days: [12])
    try month.setBaseline()
    #expect(try month.changes() == ["ended.example": "not_assessable"])
    #expect(try month.report().text.contains("not assessable: ended.example: 3 of the "))
  }

  @Test("a table alone is the same as beside others, and the legend says what was compared")
  func oneTable() throws {
    var month = Month()
    month.destination("described.example", days: [0, 1, 2])
    month.use("described", days: 14..<28, pattern: "*.telemetry.described.example")
    try month.setBaseline()
    #expect(try month.changes() == ["described": "new 2026-05-18"])
    let row = try #require(try table(.undescribed, month.source).first { $0["destination"] == "described.example" })
    #expect(row["new_since_baseline"] == "known")
    let folder = try TemporaryDirectory()
    let files = try Exporter.run(
      ExportRequest(profile: .rfc4180, outputDirectory: folder.path("report")), source: month.source
    ) { _ in }
    let list = try #require(files.first { $0.content == .table(.undescribed) })
    let written = try [UInt8](Data(contentsOf: URL(fileURLWithPath: list.path)))
    #expect(try written == bytes(.undescribed, month.source))
    let legend = try #require(files.first { $0.content == .legend })
    let html = try String(contentsOfFile: legend.path, encoding: .utf8)
    #expect(html.contains("2026-05-18 to 2026-05-31 is compared with it.") && html.contains("Vergleichsbasis april"))
  }

  @Test(
    "attempts alone are no contact: what was blocked in the baseline and gets through is new, what is blocked now is not back"
  )
  func attempts() throws {
    var month = Month()
    month.use("through", days: [2, 3], blocked: true)
    month.use("through", days: [18])
    month.use("blocked", days: [2])
    month.use("blocked", days: [18], blocked: true)
    month.use("tried", days: [19], blocked: true)
    try month.setBaseline()
    let changes = try month.changes()
    #expect(changes["through"] == "new 2026-05-22" && changes["tried"] == "new 2026-05-23")
    // Without proof that the attempt failed, contact is not called gone.
    #expect(changes["blocked"] == "not_assessable")
    month.source.showsSuccess()
    #expect(try month.changes()["blocked"] == "attempts_only")
    let text = try month.report().text
    #expect(text.contains("no answered contact any more, only attempts: "), "\(text)")
    #expect(text.contains("2 telemetry services new on 1 device"), "\(text)")
  }

  @Test("what was contacted before the baseline and not in it is back, not new")
  func before() throws {
    var month = Month()
    month.use("old", days: [0, 20])
    month.destination("old.example", days: [0, 20])
    try month.setBaseline(from: 3, to: 13)
    #expect(try month.changes() == ["old": "returned 2026-05-24", "old.example": "returned 2026-05-24"])
  }

  @Test("gone takes more observed days than any pause of the baseline, and coverage")
  func gone() throws {
    var month = Month()
    month.use("daily", days: 0..<14)
    month.use("rare", days: [0, 12])
    try month.setBaseline()
    #expect(try month.changes(to: 19) == ["daily": "not_assessable", "rare": "not_assessable"])
    #expect(try month.report(to: 19).text.contains("6 of the 7 days that it takes were observed"))
    #expect(try month.report(to: 19).verdict == .nothingNew)
    #expect(try month.changes(to: 20) == ["daily": "gone", "rare": "not_assessable"])
    #expect(try month.changes(to: 26) == ["daily": "gone", "rare": "not_assessable"])
    #expect(try month.report(to: 26).text.contains("13 of the 14 days that it takes were observed"))
    #expect(try month.changes(to: 27) == ["daily": "gone", "rare": "gone"])
    for index in month.source.rows.indices where index > 14 * 24 {
      month.source.rows[index].coverage.packetsDroppedKernel = 1_000
    }
    #expect(try month.changes() == ["daily": "not_assessable", "rare": "not_assessable"])
    #expect(try month.report().verdict == .notAssessable)
    #expect(try month.report().text.contains("What was not seen is not assessable: loss 9."))
  }

  @Test(
    "days that miss the coverage gate cannot be a baseline; a group that misses it makes its new services not assessable"
  )
  func blindBaseline() throws {
    var month = Month()
    for index in 0..<24 { month.source.rows[index].coverage.packetsDroppedKernel = 100_000 }
    #expect(throws: ReportingError.self) { try month.baseline() }
    do { _ = try month.baseline() } catch {
      #expect("\(error)".contains("cannot be a baseline") && "\(error)".contains("loss "), "\(error)")
    }
    var quiet = Month(groups: ["Sozialamt"])
    quiet.source.storedSessions[0].settings.gate.minimumDeviceDays = 30
    for day in 0..<28 as Range<Int64> {
      // Five devices on few days of the baseline.
      if day < 14 && day > 3 { continue }
      quiet.source.present += (11...15).map {
        DevicePresence(day: Month.first + day, group: "Bürgeramt", device: Example.device($0))
      }
    }
    quiet.use("fresh", days: [20], devices: 11...12, group: "Bürgeramt")
    try quiet.setBaseline()
    #expect(quiet.source.storedBaselines[0].content.groups == ["Sozialamt": true, "Bürgeramt": false])
    #expect(try quiet.changes() == ["fresh/Bürgeramt": "not_assessable"])
    #expect(try quiet.report().verdict == .notAssessable)
  }

  @Test("an empty baseline makes everything new; without listed destinations, new ones are not assessable")
  func empty() throws {
    var month = Month()
    month.source.undescribed = []
    month.destination("fresh.example", days: [20])
    month.use("fresh", days: [20])
    try month.setBaseline()
    #expect(month.source.storedBaselines[0].content.services == [])
    #expect(try month.changes() == ["fresh": "new 2026-05-24", "fresh.example": "not_assessable"])
  }

  @Test("k: what reaches the smallest group of the period but not that of the baseline is not called new")
  func smallestGroup() throws {
    var month = Month()
    month.destination("few.example", days: [16], devices: 5)
    month.destination("later.example", days: [16], devices: 5)
    month.destination("later.example", days: [19], devices: 6)
    month.destination("few-before.example", days: [3, 4], devices: 5)
    var content = try month.baseline()
    #expect(content.destinations.map(\.destination) == ["daily.example", "few-before.example"])
    content.groupMinimum = 6
    month.source.storedBaselines = [
      StoredBaseline(id: 1, name: BaselineName("april")!, day: 0, toolVersion: "1", content: content)
    ]
    let changes = try month.changes()
    #expect(changes["few.example"] == "not_assessable")
    // The day is the first with enough devices, not the first with any.
    #expect(changes["later.example"] == "new 2026-05-23")
    month.source.storedSessions[0].settings.groupMinimum = 6
    #expect(try month.changes()["few-before.example"] == "not_assessable")
    #expect(try month.changes()["few.example"] == nil)
  }

  @Test("a baseline names no device, no day of contact, and no destination or group below the smallest group")
  func content() throws {
    var month = Month()
    month.source.present += (0..<14).map {
      DevicePresence(day: Month.first + $0, group: "Personalrat", device: Example.device(99))
    }
    month.use("service", days: [5], devices: 99...99, group: "Personalrat")
    month.use("single", days: [6])
    month.destination("few.example", days: [3], devices: 4)
    let content = try month.baseline()
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let text = String(decoding: try encoder.encode(content), as: UTF8.self)
    #expect(!text.contains("Personalrat") && !text.contains("few.example"))
    #expect(!text.contains(String(Month.first + 5)) && !text.contains(String(Month.first + 6)))
  }

  @Test(
    "no day of contact can be computed from the pauses that a baseline keeps, whatever days there were",
    arguments: 2...15)
  func rhythm(days count: Int) {
    let observed = (0..<count).map { Month.date(Int64($0)) }
    var shared: [Baseline.Rhythm: Int] = [:]
    var last: [Baseline.Rhythm: Set<Int>] = [:]
    // Each bit stands for a day.
    for contact in 1..<(1 << count) {
      let days = (0..<count).filter { contact >> $0 & 1 == 1 }
      let rhythm = Baseline.Rhythm(of: Set(days.map { observed[$0] }), within: observed)
      shared[rhythm] = (shared[rhythm] ?? contact) & contact
      last[rhythm, default: []].insert(days.last!)
    }
    #expect(shared.values.allSatisfy { $0 == 0 })
    #expect(last.values.allSatisfy { $0.count >= min(count, 7) })
  }

  @Test(
    "the day of a single visit shows neither in the baseline nor in how many days gone takes", arguments: [28, 29, 33])
  func singleVisit(days count: Int64) throws {
    var kept: [Baseline.Rhythm: Int] = [:]
    let observed = (0..<count).map { Month.date($0) }
    for day in observed { kept[Baseline.Rhythm(of: [day], within: observed), default: 0] += 1 }
    #expect(kept.count == 4 && kept.values.allSatisfy { $0 >= 7 })
    #expect(kept.keys.allSatisfy { $0.longestPause % 7 == 0 && $0.silence % 7 == 0 })
    // A baseline of an earlier program holds the pause exactly.
    #expect(
      (14...20).map { Baseline.Rhythm(longestPause: $0, silence: 7).unusualSilence } == Array(repeating: 21, count: 7))
  }

  @Test("a pause that is as long as one of the baseline is neither back nor gone", arguments: [5, 6, 7, 12])
  func sameRhythm(pause: Int64) throws {
    var month = Month()
    month.use("regular", days: stride(from: 0, to: 28, by: Int(pause) + 1).map { Int64($0) })
    try month.setBaseline()
    #expect(try month.changes() == [:])
  }

  @Test("another name of service, recipient or rule is neither new nor gone; a rule that is new leaves it open")
  func changedRules() throws {
    var month = Month()
    month.rule("kept", service: "old-name")
    month.rule("kept", service: "new-name", revision: 2, hash: Month.otherHash)
    month.use("kept", days: 0..<14, pattern: "kept.example")
    month.use("kept", days: 14..<28, pattern: "kept-more.example", hash: Month.otherHash)
    month.use("before", days: 0..<14, pattern: "*.moved.example")
    month.use("after", days: 14..<28, pattern: "*.moved.example", hash: Month.otherHash)
    // Listed without a rule in the baseline, and with one since.
    month.destination("described.example", days: Array(0..<14))
    month.use("described", days: 14..<28, pattern: "*.telemetry.described.example", hash: Month.otherHash)
    // The reverse: the rule was taken out.
    month.use("undescribed", days: 0..<14, pattern: "*.undescribed.example")
    month.destination("undescribed.example", days: Array(14..<28))
    month.use("unheard", days: [20], hash: Month.otherHash)
    month.rule("reworked", revision: 1)
    month.rule("reworked", revision: 2, hash: Month.otherHash)
    month.use("reworked", days: [20], hash: Month.otherHash)
    month.rule("there", hash: Month.otherHash)
    month.rule("there")
    month.use("there", days: [20], hash: Month.otherHash)
    month.changeRules(from: 14)
    try month.setBaseline()
    let changes = try month.changes()
    #expect(
      changes == [
        "unheard": "not_assessable", "reworked": "not_assessable", "there": "new 2026-05-24",
        "undescribed": "not_assessable",
      ])
    #expect(try month.report().text.contains("The rule set is not the one of the baseline"))
  }

  @Test("another name of a group is neither new nor gone, and the comparison says with what it was compared")
  func renamedGroup() throws {
    var month = Month(groups: ["Sozialamt", "Bürgeramt"])
    month.use("steady", days: 0..<14, devices: 1...6)
    for index in month.source.present.indices
    where month.source.present[index].day >= Month.first + 14 && month.source.present[index].group == "Sozialamt" {
      month.source.present[index].group = "Amt für Soziales"
    }
    month.use("steady", days: 14..<28, devices: 1...6, group: "Amt für Soziales")
    month.use("fresh", days: [20], group: "Amt für Soziales")
    try month.setBaseline()
    #expect(try month.changes() == ["fresh/Amt für Soziales": "new 2026-05-24"])
    #expect(
      try month.report().text.contains(
        "The baseline does not have these groups, which are compared with the whole site: Amt für Soziales.\n"))
  }

  @Test(
    "what a group contacts is neither new, back nor gone because it has too few devices on one day",
    arguments: [[3], [17], [25], [3, 17, 25], [13], Array(6..<14)] as [[Int64]])
  func collectedGroup(days: [Int64]) throws {
    var month = Month(groups: ["Sozialamt", "Bürgeramt", "Bauamt"])
    // Three devices stand in the collecting group on all days, and one group with them.
    month.source.present += (0..<28).flatMap { day in
      (31...33).map { DevicePresence(day: Month.first + day, group: "Archiv", device: Example.device($0)) }
    }
    month.use("steady", days: 0..<28)
    month.use("started", days: 15..<28, devices: 31...31, group: "Archiv")
    month.use("started", days: 0..<28, devices: 11...11, group: "Bürgeramt")
    try month.setBaseline()
    let before = try month.changes()
    #expect(before.keys.filter { $0.hasPrefix("steady") } == [], "\(before)")
    let collected = Set(days.map { Month.first + $0 })
    month.source.present.removeAll {
      $0.group == "Sozialamt" && collected.contains($0.day) && $0.device != Example.device(1)
        && $0.device != Example.device(2)
    }
    month.source.storedBaselines = []
    try month.setBaseline()
    let changes = try month.changes()
    #expect(changes == before, "\(changes)")
  }

  @Test("what a group of the collecting group contacts does not hide what another group contacts no longer")
  func collectingGroupHidesNothing() throws {
    var month = Month()
    month.source.present += (0..<28).flatMap { day in
      (31...35).map {
        DevicePresence(day: Month.first + day, group: $0 < 34 ? "Archiv" : "Bad", device: Example.device($0))
      }
    }
    month.use("ended", days: 0..<14)
    month.use("ended", days: 0..<28, devices: 31...31, group: "Archiv")
    month.use("spreading", days: 0..<28)
    month.use("spreading", days: [20], devices: 31...31, group: "Archiv")
    try month.setBaseline()
    #expect(try month.changes() == ["ended": "gone", "spreading/collecting_group": "new 2026-05-24"])
  }

  @Test("a period that overlaps the baseline is compared by its later days, one that ends with it not at all")
  func overlap() throws {
    var month = Month()
    month.use("steady", days: 0..<28)
    month.use("fresh", days: [20])
    month.use("ended", days: 0..<10)
    try month.setBaseline()
    let whole = try table(.findings, month.source)
    #expect(
      Dictionary(uniqueKeysWithValues: whole.map { ($0["rule_id"]!, $0["new_since_baseline"]!) }) == [
        "steady": "known", "fresh": "new", "ended": "gone",
      ])
    let within = try csvRows(.findings, month.source, from: Month.date(2), to: Month.date(9))
    // The newest baseline must end before the period does.
    #expect(within.map { $0["new_since_baseline"] } == ["unknown", "unknown"])
    #expect(within.map { $0["baseline"] } == ["none", "none"])
    #expect(try month.report(to: 13).verdict == .notAssessable)
    #expect(throws: ReportingError.baselineUnknown(BaselineName("may")!, known: [BaselineName("april")!])) {
      try AuditPeriod(source: month.source, from: nil, to: nil, baseline: .named(BaselineName("may")!))
    }
  }

  @Test(
    "the newest baseline that ends before the period counts, so that a later one leaves earlier exports as they were")
  func newest() throws {
    var month = Month()
    month.use("fresh", days: [16, 20])
    month.use("steady", days: 0..<28)
    try month.setBaseline()
    let export = { (source: MemorySource) in try csvRows(.findings, source, from: Month.date(14), to: Month.date(20)) }
    let before = try export(month.source)
    try month.setBaseline("may", from: 14, to: 22)
    #expect(try export(month.source) == before)
    let later = try csvRows(.findings, month.source, from: Month.date(14), to: Month.date(27))
    #expect(Set(later.map { $0["baseline"] }) == ["may"])
    #expect(Set(later.map { $0["new_since_baseline"] }) == ["known", "not_assessable"])
  }

  @Test("what is new or back ranks higher, what is known does not")
  func score() throws {
    var month = Month()
    month.use("steady", days: 0..<28, devices: 1...3)
    month.use("fresh", days: 14..<28, devices: 1...3)
    try month.setBaseline()
    let period = try AuditPeriod(source: month.source, from: Month.date(14), to: nil)
    let points = Dictionary(
      uniqueKeysWithValues: try period.findings().map { ($0.rules.ids[0], $0.score.points[.newSinceBaseline] ?? 0) })
    #expect(points == ["steady": 0, "fresh": 10])
  }
}
