import Model
import Privacy
import ReportTestSupport
import Store
import Testing

@testable import Reporting

@Suite("Order of the findings")
struct PriorityTests {
  /// Contacts by hour: sessions and blocked attempts of each device.
  private func contacts(_ rows: [(hour: Int64, device: UInt8, sessions: UInt64, blocked: UInt64)]) -> Contacts {
    var totals = UsageTotals()
    for row in rows {
      let hour = Hour(sinceEpoch: row.hour)
      totals.add(
        Example.use(hour, device: row.device, sessions: row.sessions, blocked: row.blocked),
        date: LocalDate(day: hour.dayUTC), isIdle: false)
    }
    return totals.contacts.values.reduce(into: Contacts()) { $0.add($1) }
  }

  @Test("284 attempts blocked and 7 got through, one a day from one device: the block and the leak are found")
  func throughBlock() throws {
    var rows: [(hour: Int64, device: UInt8, sessions: UInt64, blocked: UInt64)] = []
    // In the seven days before the block every device is answered, with an occasional failure.
    for day in Int64(0)..<7 {
      for device in UInt8(1)...14 { rows.append((day * 24 + 8, device, 2, device == 3 ? 1 : 0)) }
    }
    for day in Int64(7)..<14 {
      for device in UInt8(1)...14 { rows.append((day * 24 + 9, device, 0, device < 5 ? 3 : 2)) }
      rows.append((day * 24 + 15, 9, 1, 0))
      for device in UInt8(1)...4 { rows.append((day * 24 + 17, device, 0, 2)) }
    }
    let effect = try #require(contacts(rows).throughBlock())
    #expect(effect == BlockEffect(since: Hour(sinceEpoch: 177), blocked: 280, sessions: 7, devices: 1))
  }

  @Test("Attempts of two series stand by hour, and those of one hour are added up, in whatever order they come")
  func hourlyAttempts() {
    func series(_ entries: [(hour: Int64, sessions: UInt64, blocked: UInt64)]) -> HourlyAttempts {
      entries.reduce(into: HourlyAttempts()) {
        $0.add(.init(hour: Hour(sinceEpoch: $1.hour), sessions: $1.sessions, blocked: $1.blocked))
      }
    }
    let odd = series([(1, 1, 0), (3, 2, 0), (3, 0, 5), (9, 1, 1)])
    #expect(odd == series([(9, 1, 1), (3, 2, 5), (1, 1, 0)]))
    var sum = odd
    sum.add(series([(0, 7, 0), (3, .max, 1), (4, 1, 0), (12, 0, 2)]))
    #expect(
      sum == series([(0, 7, 0), (1, 1, 0), (3, .max, 6), (4, 1, 0), (9, 1, 1), (12, 0, 2)]))
    var empty = HourlyAttempts()
    empty.add(odd)
    #expect(empty == odd)
    empty.add(HourlyAttempts())
    #expect(empty == odd)
  }

  @Test("A fault that ends, a broken second path, a few failures and a complete block are not a leak")
  func noLeak() {
    // One hour with a fault in the middle.
    #expect(contacts([(1, 1, 100, 0), (2, 1, 0, 50), (3, 1, 100, 0)]).throughBlock() == nil)
    // A fault of the last days that ends with answers.
    #expect(contacts([(1, 1, 5, 0), (20, 1, 0, 50), (21, 1, 10, 0)]).throughBlock() == nil)
    // Each attempt by IPv6 fails, and the next by IPv4 is answered.
    #expect(contacts((1...20).map { ($0, 1, 5, 6) }).throughBlock() == nil)
    // Fewer than ten.
    #expect(contacts([(1, 1, 0, 5), (2, 1, 1, 0), (3, 1, 0, 4)]).throughBlock() == nil)
    // The block holds from its first hour on.
    #expect(contacts([(1, 1, 50, 0), (2, 1, 0, 60), (3, 1, 0, 60)]).throughBlock() == nil)
    #expect(contacts([]).throughBlock() == nil)
    #expect(contacts([(1, 1, 5, 0)]).throughBlock() == nil)
  }

  @Test("Of two patterns of a row, a leak in one is found although the other is open and busy")
  func leakBesideOpenPattern() {
    var totals = UsageTotals()
    for hour in Int64(1)...10 {
      let date = LocalDate(day: 0)
      totals.add(
        Example.use(Hour(sinceEpoch: hour), device: 1, pattern: "open.example", sessions: 500), date: date,
        isIdle: false)
      totals.add(
        Example.use(
          Hour(sinceEpoch: hour), device: 2, pattern: "shut.example", sessions: hour == 5 ? 1 : 0, blocked: 9),
        date: date, isIdle: false)
    }
    #expect(
      totals.throughBlock(.none) == BlockEffect(since: Hour(sinceEpoch: 1), blocked: 90, sessions: 1, devices: 1))
  }

  /// A site with several services: telemetry that a measure should end on day 7 but one device continues, and others.
  private func site() -> MemorySource {
    var source = Example.workedExample()
    source.storedSessions[0].settings.measureDate = nil
    source.storedSessions[0].settings.workingHours = WorkingHours(weekdays: [1, 2, 3, 4, 5], from: 7, to: 18)
    source.storedSessions[0].settings.measures = [
      Measure(date: "2026-05-10", title: "GPO", service: "windows-diagnostic-data")
    ]
    source.usage = []
    source.facts = [Example.hash: ["windows-diag": Example.rule(categories: [])]]
    let first = LocalDate("2026-05-04")!.day
    let working = (0..<14).filter { $0 % 7 < 5 }.map { first + Int64($0) }
    for day in working {
      for number in UInt8(1)...40 where day < first + 7 {
        source.usage.append(Example.use(Hour(sinceEpoch: day * 24 + 8), device: number, up: 20_000))
      }
      if day >= first + 7 { source.usage.append(Example.use(Hour(sinceEpoch: day * 24 + 9), device: 3, up: 900)) }
    }
    for index in 0..<20 {
      let id = "service-\(index)"
      source.facts[Example.hash]?[id] = Example.rule(id: id, service: id, purpose: index < 12 ? .telemetry : .licence)
      for day in working {
        for number in UInt8(1)...40 {
          source.usage.append(Example.use(Hour(sinceEpoch: day * 24 + 8), device: number, rule: id, up: 50_000))
        }
      }
    }
    return source
  }

  @Test("One device that continues after the measure comes first, before twelve services that all devices use daily")
  func afterMeasureComesFirst() throws {
    let rows = try table(.findings, site())
    #expect(rows.count == 21)
    #expect(rows.map { $0["rank"] } == (1...21).map(String.init))
    #expect(rows[0]["service"] == "Windows diagnostic data")
    #expect(rows[0]["rule_id"] == "windows-diag")
    #expect(
      rows[0]["reason"]?.contains(
        "After the measure of 10 May (GPO): still contact from 1 of 40 devices (before: 40), 5 sessions on 7 observed days."
      ) == true)
    #expect(rows.dropFirst().allSatisfy { $0["reason"]?.contains("After the measure") == false })
  }

  @Test("At most a third of the rows are high; a row that is held back says so, keeps its place and is not stable")
  func thirdIsHigh() throws {
    let rows = try table(.findings, site())
    // Thirteen rows of telemetry in a secrecy zone are high by the matrix.
    #expect(rows.count { $0["priority"] == "high" } == 7)
    #expect(rows.prefix(7).allSatisfy { $0["priority"] == "high" })
    #expect(rows[7..<13].allSatisfy { $0["priority"] == "medium" })
    #expect(
      rows[7..<13].allSatisfy {
        $0["reason"]?.contains("class not stable); the matrix says high, but at most a third of the rows are high")
          == true
      })
    #expect((1...100).allSatisfy { RiskProposal.highLimit(rated: $0) == max(5, $0 / 3) })
  }

  @Test("The order does not depend on the order of the store's rows")
  func order() throws {
    let source = site()
    let ids = try table(.findings, source).map { $0["finding_id"] }
    var turned = source
    turned.usage.reverse()
    #expect(try table(.findings, turned).map { $0["finding_id"] } == ids)
    #expect(Set(ids).count == 21)
  }

  @Test("A measure for another recipient, service, purpose class or rule has no effect and raises nothing")
  func measureOfOthers() throws {
    var source = site()
    let measured = { (measure: Measure) in
      source.storedSessions[0].settings.measures = [measure]
      return try table(.findings, source).filter { $0["reason"]?.contains("After the measure") == true }
        .compactMap { $0["rule_id"] }.sorted()
    }
    #expect(try measured(Measure(date: "2026-05-10", recipient: "someone-else")) == [])
    #expect(try measured(Measure(date: "2026-05-10", service: "other")) == [])
    #expect(try measured(Measure(date: "2026-05-10", purpose: .advertising)) == [])
    #expect(try measured(Measure(date: "2026-05-10", rule: "windows")) == [])
    #expect(try measured(Measure(date: "2026-05-10", rule: "windows-diag")) == ["windows-diag"])
    #expect(try measured(Measure(date: "2026-05-10", purpose: .licence, rule: "windows-diag")) == [])
    #expect(try measured(Measure(date: "2026-05-10", purpose: .licence)).count == 8)
    #expect(try measured(Measure(date: "2026-05-10", recipient: "microsoft-ireland")).count == 21)
    #expect(try measured(Measure(date: "2026-05-17", recipient: "microsoft-ireland")) == [])
  }

  @Test("Settings of version 0.1 with a date of a measure mean telemetry; settings without one mean none")
  func oldSettings() {
    var settings = AuditSettings()
    #expect(settings.measures == [])
    settings.measureDate = "2026-05-01"
    #expect(settings.measures == [Measure(date: "2026-05-01", purpose: .telemetry)])
    settings.measures = [Measure(date: "2026-06-01", rule: "a.b")]
    #expect(settings.measureDate == nil)
    #expect(settings.measures == [Measure(date: "2026-06-01", rule: "a.b")])
  }

  @Test("Each part of the score gives the points of the table, and at most its maximum")
  func score() {
    var inputs = ReviewScore.Inputs(
      likelihood: LikelihoodInputs(
        devicesSeen: 1, devicesObserved: 40, activeDays: 5, daysObserved: 10, bytesUp: 5_000_000,
        bytesUpIdle: 2_500_000, deviceDays: 400, seenAfterMeasure: false),
      hasCleartextIdentifier: false, categories: [], isLiftedByZone: false)
    #expect(ReviewScore(inputs).points == [.outsideHours: 5, .recurring: 5, .volume: 10, .fewDevices: 8])
    inputs.likelihood.devicesSeen = 5
    #expect(ReviewScore(inputs).points == [.outsideHours: 5, .recurring: 5, .volume: 7])
    inputs.likelihood.bytesUpIdle = nil
    inputs.likelihood.bytesUp = 0
    #expect(ReviewScore(inputs).points == [.recurring: 5])
    inputs.hasCleartextIdentifier = true
    inputs.categories = [Example.appUsage]
    inputs.isLiftedByZone = true
    inputs.isNewSinceBaseline = true
    inputs.throughBlock = BlockEffect(since: Hour(sinceEpoch: 1), blocked: 10, sessions: 1, devices: 1)
    let measure = Measure(date: "2026-05-01", purpose: .telemetry)
    for (before, after, points) in [(40, 4, 30), (40, 5, 20), (nil, 1, 20), (4, 1, 20), (5, 1, 30), (40, 0, nil)]
      as [(Int?, Int, Int?)]
    {
      inputs.measure = MeasureEffect(
        measure: measure, date: LocalDate(measure.date)!, devicesBefore: before, devicesAfter: after,
        sessionsAfter: 1, daysAfter: 1)
      #expect(ReviewScore(inputs).points[.afterMeasure] == points)
    }
    #expect(
      ReviewScore(inputs).points == [
        .throughBlock: 40, .cleartextIdentifier: 20, .documentedCategories: 8, .recurring: 5, .newSinceBaseline: 10,
        .secrecyZone: 8,
      ])
    inputs.likelihood.devicesSeen = 0
    #expect(ReviewScore(inputs).points == [:])
  }

  @Test("Hosts of one row that behave differently are listed separately, and blocked attempts with their kind")
  func hosts() throws {
    var source = Example.workedExample()
    source.usage[0].blockedAttempts = 4
    let hour = Example.hour("2026-05-05", 8)
    source.evidence = [
      Example.flow(hour, device: 1, sequence: 1, name: "open.example"),
      Example.flow(hour, device: 1, sequence: 2, name: "shut.example", outcome: .dnsBlocked),
      Example.flow(hour, device: 1, sequence: 3, name: "shut.example", outcome: .refused),
      Example.flow(hour, device: 1, sequence: 4, name: "shut.example", outcome: .noAnswer),
    ]
    let reason = try #require(try table(.findings, source)[0]["reason"])
    #expect(
      reason.contains(
        "Blocked: 4 attempts (1 at the name, by the resolver, 1 refused, by a firewall or the destination, 1 without any answer, 1 whose kind is not stored)."
      ))
    #expect(
      reason.contains(
        "Hosts that differ: open.example: 0 blocked, 1 got through; shut.example: 3 blocked, 0 got through."))
    let german = try #require(try table(.findings, source, .officeGerman)[0]["reason"])
    #expect(german.contains("Blockiert: 4 Versuche (1 schon beim Namen, durch den Resolver, "))
    source.evidence[0] = Example.flow(hour, device: 1, sequence: 1, name: "open.example", outcome: .noAnswer)
    #expect(try table(.findings, source)[0]["reason"]?.contains("Hosts that differ") == false)
  }

  @Test("Counts have the correct singular or plural in both languages")
  func plurals() {
    let english = ReasonWords(language: .english, year: 2026)
    let german = ReasonWords(language: .german, year: 2026)
    #expect([1, 2].map(english.attempts) == ["1 attempt", "2 attempts"])
    #expect([1, 2].map(german.attempts) == ["ein Versuch", "2 Versuche"])
    #expect([1, 2].map(german.sessions) == ["eine Verbindung", "2 Verbindungen"])
    func inputs(_ seen: Int, _ all: Int, _ active: Int, _ days: Int) -> LikelihoodInputs {
      LikelihoodInputs(
        devicesSeen: seen, devicesObserved: all, activeDays: active, daysObserved: days, bytesUp: 1, bytesUpIdle: nil,
        deviceDays: 1, seenAfterMeasure: false)
    }
    #expect(
      english.contact(inputs(14, 14, 10, 14), service: "x")
        == "All 14 devices of the group sent data at least once, on 10 of 14 days, to a service x.")
    #expect(
      german.contact(inputs(14, 14, 10, 14), service: "x")
        == "Alle 14 Geräte der Gruppe sendeten mindestens einmal, an 10 von 14 Tagen, Daten an einen Dienst, x.")
    #expect(
      german.contact(inputs(1, 14, 1, 1), service: "x")
        == "1 von 14 Geräten der Gruppe sendete mindestens einmal, am einzigen beobachteten Tag, Daten an einen Dienst, x."
    )
    #expect(
      german.contact(inputs(1, 1, 0, 1), service: "x")
        == "Das einzige Gerät der Gruppe sendete mindestens einmal, an 0 von 1 Tag, Daten an einen Dienst, x.")
    #expect(
      english.onlyBlocked(attempts: 1, devices: 1, service: "x")
        == "1 attempt of the group (1 device) to reach a service x was blocked; none was seen to get through.")
    #expect(
      german.onlyBlocked(attempts: 1, devices: 5, service: "x")
        == "Ein Versuch der Gruppe (5 Geräte), einen Dienst zu erreichen, x, wurde blockiert; keiner kam sichtbar durch."
    )
    let block = BlockEffect(since: Hour(sinceEpoch: 0), blocked: 284, sessions: 7, devices: 1)
    #expect(
      english.throughBlock(block, since: LocalDate("2026-05-08")!, devicesObserved: 14, service: "x")
        == "Although 284 attempts have been blocked since 8 May, 7 sessions got through, from 1 of 14 devices of the group, to a service x."
    )
    #expect(
      german.throughBlock(block, since: LocalDate("2026-05-08")!, devicesObserved: 14, service: "x")
        == "Obwohl seit dem 8. Mai 284 Versuche blockiert wurden, kamen 7 Verbindungen von 1 von 14 Geräten der Gruppe durch, zu einem Dienst, x."
    )
  }
}

extension UsageTotals {
  /// Adds one row of a day.
  fileprivate mutating func add(_ row: RuleUsage, date: LocalDate, isIdle: Bool) {
    var sums = LabelTotals()
    let names = UsageNames(scanning: [row]) { usage, _ in
      sums.add(usage, at: row.hour, told: (row.hour, date), isIdle: isIdle)
    }
    add(UsageTotals(sums, of: names.labels[0], devices: names.devices))
  }
}
