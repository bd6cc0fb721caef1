import Model
import Privacy
import Store
import Testing

/// 2^53 - 1, the greatest count that the store accepts.
private let greatest: UInt64 = 9_007_199_254_740_991

@Suite("Aggregates")
struct AggregateTests {
  let folder: Folder
  let database: AuditDatabase

  init() throws {
    folder = try Folder()
    database = try AuditDatabase(path: folder.store, mode: .capture)
  }

  @Test(
    "of usage count sessions, attempts and ECH once for each flow, bytes for each part, and no bytes down if blocked")
  func counts() throws {
    let session = try database.begin()
    try database.append(
      [
        flow { $0.name = "b.events.example" },
        flow {
          $0.part = 1
          $0.ech = .offered
        },
        flow {
          $0.ech = .outerKnown
          $0.name = "a.events.example"
          $0.identifiers = [.cookie, .userAgent]
        },
        flow { $0.outcome = .noAnswer },
        flow {
          $0.outcome = .refused
          $0.isRetry = true
          $0.identifiers = [.emailAddress]
        },
        flow {
          $0.outcome = .noAnswer
          $0.part = 1
          $0.name = nil
        },
      ], to: session)
    #expect(
      try database.usage() == [
        RuleUsage(
          sensor: "gw1", hour: Hour(sinceEpoch: 1_000), group: "office", device: pseudonym(1),
          ruleSetHash: exampleRuleSet.hash, ruleID: "example-events", matchedPattern: "*.events.example",
          namingClass: .a, encryption: .tls13, sessions: 2, blockedAttempts: 1, echFlows: 1,
          traffic: Traffic(bytesUp: 6_000, bytesDown: 600, packetsUp: 54, packetsDown: 24, missedBytes: 18),
          cleartextIdentifierClasses: [.cookie, .userAgent, .emailAddress], exampleName: "a.events.example")
      ])
  }

  @Test("of usage and networks contain flows without a row of evidence, whatever batch they come in")
  func withoutRow() throws {
    let session = try database.begin()
    var batch = AuditBatch()
    batch.flows = [flow()]
    batch.flowsWithoutRow = [flow(), flow { $0.device = 2 }]
    try database.append(batch, to: session)
    batch.flows = []
    try database.append(batch, to: session)
    #expect(try database.usage().map(\.sessions) == [3, 2])
    #expect(try database.networks(in: always).count == 1)
    #expect(try database.evidence().count == 1)
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
    let other = try Folder()
    let summed = try AuditDatabase(path: other.store, mode: .capture)
    try summed.append([flow(), flow(), flow(), flow { $0.device = 2 }, flow { $0.device = 2 }], to: summed.begin())
    #expect(try database.usage() == summed.usage())
  }

  @Test("of usage show no answer in an hour of refused attempts alone, and that of a flow that began earlier")
  func answers() throws {
    let session = try database.begin()
    func row() throws -> [UInt64] {
      let usage = try #require(try database.usage().first)
      return [usage.sessions, usage.blockedAttempts, usage.traffic.bytesDown, usage.traffic.packetsDown]
    }
    let reset = Traffic(bytesUp: 24, bytesDown: 20, packetsUp: 1, packetsDown: 1)
    let retry = flow {
      $0.outcome = .refused
      $0.isRetry = true
      $0.traffic = reset
    }
    try database.append([retry], to: session)
    #expect(try row() == [0, 0, 0, 0])
    let attempt = flow {
      $0.outcome = .refused
      $0.traffic = reset
    }
    try database.append([attempt], to: session)
    #expect(try row() == [0, 1, 0, 0])
    try database.append([flow { $0.part = 3 }], to: session)
    #expect(try row() == [0, 1, 200, 8])
  }

  static let mixed: [PseudonymousFlow] = (0..<240).map { (index: Int) -> PseudonymousFlow in
    flow {
      $0.device = UInt64(index % 3)
      $0.hour = 1_000 + Int64(index % 4)
      $0.group = ["office", "ämter", "Z"][index % 3]
      $0.rule = ["b", "a", "ab"][index % 3]
      $0.pattern = ["x.example", "*.example"][index / 3 % 2]
      $0.name = index % 5 == 0 ? nil : "host\(index % 7).example"
      $0.namingClass = index % 2 == 0 ? .a : .c
      $0.encryption = index % 8 < 4 ? .tls13 : .quic
      $0.outcome = index % 11 == 0 ? .dnsBlocked : .established
      $0.identifiers = index % 13 == 0 ? [.cookie] : []
    }
  }

  @Test("of usage are the same for any order and any cut into batches")
  func anyCut() throws {
    try database.append(Self.mixed, to: database.begin())
    let whole = try database.usage()
    #expect(whole.reduce(0) { $0 + $1.sessions + $1.blockedAttempts } == 240)

    let other = try AuditDatabase(path: folder.path + "/other.sqlite", mode: .capture)
    let session = try other.begin()
    let reversed = Array(Self.mixed.reversed())
    for start in stride(from: 0, to: reversed.count, by: 7) {
      try other.append(Array(reversed[start..<min(start + 7, reversed.count)]), to: session)
    }
    #expect(try other.usage() == whole)
  }

  @Test("of usage are read by rule, group, hour and device, within the period")
  func order() throws {
    try database.append(Self.mixed, to: database.begin())
    let all = try database.usage()
    let keys = all.map { "\($0.ruleID) \($0.group) \($0.hour.sinceEpoch)" }
    #expect(keys == keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    #expect(Set(all.map(\.ruleID)) == ["a", "ab", "b"])
    let period = Hour(sinceEpoch: 1_001)..<Hour(sinceEpoch: 1_003)
    #expect(try database.usage(in: period) == all.filter { period.contains($0.hour) })
  }

  @Test("distinguish sensors and rule sets")
  func apart() throws {
    let other = RuleSetStamp(version: "2", hash: "sha256:" + String(repeating: "01", count: 32), date: "2026-12-01")
    try database.append([flow()], to: database.begin(sensor: "gw2"))
    try database.append([flow()], to: database.begin(sensor: "gw1"))
    try database.append([flow()], to: database.begin(sensor: "gw1", ruleSet: other))
    try database.append([flow()], to: database.begin(sensor: "gw1", ruleSet: other))
    #expect(
      try database.usage().map { [$0.sensor, $0.ruleSetHash, "\($0.sessions)"] } == [
        ["gw1", other.hash, "2"], ["gw1", exampleRuleSet.hash, "1"], ["gw2", exampleRuleSet.hash, "1"],
      ])
  }

  @Test("stop at the greatest count that spreadsheets keep exactly")
  func clamped() throws {
    let session = try database.begin()
    let huge = flow { $0.traffic = Traffic(bytesUp: .max, bytesDown: 1 << 52, packetsUp: 1, packetsDown: 0) }
    let expected: [Traffic] = [
      Traffic(bytesUp: greatest, bytesDown: 1 << 52, packetsUp: 1, packetsDown: 0),
      Traffic(bytesUp: greatest, bytesDown: greatest, packetsUp: 2, packetsDown: 0),
      Traffic(bytesUp: greatest, bytesDown: greatest, packetsUp: 4, packetsDown: 0),
    ]
    try database.append([huge], to: session)
    #expect(try database.usage().map(\.traffic) == [expected[0]])
    #expect(try database.evidence().map(\.flow.traffic) == [expected[0]])
    try database.append([huge], to: session)
    #expect(try database.usage().map(\.traffic) == [expected[1]])
    try database.append([huge, huge], to: session)
    #expect(try database.usage().map(\.traffic) == [expected[2]])
  }

  @Test("of coverage add up over batches and sessions, and keep the worse clock state")
  func coverage() throws {
    var first = CoverageHour(hour: Hour(sinceEpoch: 1_000))
    first.packetsSeen = 10
    first.packetsDroppedKernel = 1
    first.tcpBytes = 2
    first.tcpMissedBytes = 3
    first.gaps = [.interfaceDown: 4, .stopped: 18]
    first.clockSteps = 19
    first.restarts = 5
    first.clock = .notSynchronised
    first.clockOffsetMilliseconds = -40
    first.bytesOutByClass = [.a: 6, .e: 7]
    first.outboundFlows = 8
    first.flowsWithoutDNS = 17
    first.echFlows = 9
    first.dohFlows = 10
    first.vpnFlows = 11
    first.canariesExpected = 12
    first.canariesSeen = 13
    first.flowsEvicted = 14
    first.recordsLost = 15
    first.anomalies = [.ipFragmentInvalid: 16]
    var second = CoverageHour(hour: Hour(sinceEpoch: 1_000))
    second.packetsSeen = 100
    second.clock = .synchronised
    second.clockOffsetMilliseconds = 39
    second.bytesOutByClass = [.a: 1, .b: 2]
    second.anomalies = [.ipFragmentInvalid: 1, .timeWentBack: 2]
    second.gaps = [.stopped: 1, .suspended: 2]
    var batch = AuditBatch()
    batch.coverage = [first]
    let session = try database.begin()
    try database.append(batch, to: session)
    #expect(
      try database.coverage(in: always) == [
        SensorHour(
          sensor: "gw1", captureMode: "replay", toolVersion: "1.0", ruleSetHash: exampleRuleSet.hash, coverage: first)
      ])

    batch.coverage = [second, second]
    try database.append(batch, to: database.begin())
    first.merge(second)
    first.merge(second)
    let stored = try database.coverage(in: always)
    #expect(stored.map(\.coverage) == [first])
    #expect(stored[0].coverage.packetsSeen == 210)
    #expect(stored[0].coverage.clock == .notSynchronised)
    #expect(stored[0].coverage.bytesOutByClass == [.a: 8, .b: 4, .e: 7])
    #expect(stored[0].coverage.anomalies == [.ipFragmentInvalid: 18, .timeWentBack: 4])
  }

  @Test("of coverage stop at the greatest count that spreadsheets keep exactly")
  func coverageClamped() throws {
    var hour = CoverageHour(hour: Hour(sinceEpoch: 1_000))
    hour.packetsSeen = .max
    hour.bytesOutByClass = [.d: .max]
    hour.anomalies = [.frameTruncated: .max]
    var batch = AuditBatch()
    batch.coverage = [hour, hour]
    try database.append(batch, to: database.begin())
    let stored = try #require(try database.coverage(in: always).first?.coverage)
    #expect(stored.packetsSeen == greatest)
    #expect(stored.bytesOutByClass == [.d: greatest])
    #expect(stored.anomalies == [.frameTruncated: greatest])
  }

  @Test("of coverage are read by hour and sensor, and distinguish program versions")
  func coverageOrder() throws {
    for (sensor, version) in [("gw2", "1.0"), ("gw1", "1.1"), ("gw1", "1.0")] {
      let session = try database.begin(sensor: sensor, toolVersion: version)
      var batch = AuditBatch()
      batch.coverage = [1_001, 1_000].map { CoverageHour(hour: Hour(sinceEpoch: $0)) }
      try database.append(batch, to: session)
    }
    let all = try database.coverage(in: always)
    #expect(
      all.map { "\($0.coverage.hour.sinceEpoch) \($0.sensor) \($0.toolVersion)" } == [
        "1000 gw1 1.0", "1000 gw1 1.1", "1000 gw2 1.0", "1001 gw1 1.0", "1001 gw1 1.1", "1001 gw2 1.0",
      ])
    #expect(try database.coverage(in: Hour(sinceEpoch: 1_001)..<Hour(sinceEpoch: 1_002)).count == 3)
    #expect(try database.period() == Hour(sinceEpoch: 1_000)..<Hour(sinceEpoch: 1_002))
  }

  @Test("of presence contain each device of a group once a day")
  func presence() throws {
    let session = try database.begin()
    var batch = AuditBatch()
    batch.presence = [
      DevicePresence(day: 41, group: "office", device: pseudonym(1)),
      DevicePresence(day: 42, group: "office", device: pseudonym(1)),
      DevicePresence(day: 42, group: "office", device: pseudonym(2)),
    ]
    try database.append(batch, to: session)
    batch.presence.insert(DevicePresence(day: 42, group: "archive", device: pseudonym(1)))
    try database.append(batch, to: session)

    let office = [pseudonym(1), pseudonym(2)].sorted().map { DevicePresence(day: 42, group: "office", device: $0) }
    let day42 = [DevicePresence(day: 42, group: "archive", device: pseudonym(1))] + office
    let hours = { (from: Int64, to: Int64) in Hour(sinceEpoch: from)..<Hour(sinceEpoch: to) }
    #expect(try database.presence(in: hours(42 * 24, 43 * 24)) == day42)
    #expect(try database.presence(in: hours(42 * 24 + 23, 44 * 24)) == day42)
    #expect(try database.presence(in: hours(41 * 24 + 23, 42 * 24 + 1)).count == 4)
    #expect(try database.presence(in: hours(43 * 24, 44 * 24)) == [])
    #expect(try database.presence(in: hours(42 * 24, 42 * 24)) == [])
  }
}
