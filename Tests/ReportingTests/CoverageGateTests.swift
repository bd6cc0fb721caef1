import Model
import ReportTestSupport
import Store
import Testing

@testable import Reporting

@Suite struct CoverageGateTests {
  private let gate = CoverageGate(limits: GateLimits())

  private func failures(_ change: (inout CoverageHour) -> Void, age: Int? = 10) -> [GateFailure] {
    let row = Example.sensorHour(Example.hour("2026-05-11", 6), change)
    return gate.failures(CoverageTotals(row.coverage, ruleAgeDays: age))
  }

  @Test("Good coverage misses no limit")
  func passes() { #expect(failures { _ in } == []) }

  @Test("Each limit is missed just beyond it and kept just on it")
  func limits() {
    #expect(failures { ($0.packetsSeen, $0.packetsDroppedKernel) = (99, 1) } == [])
    #expect(failures { ($0.packetsSeen, $0.packetsDroppedKernel) = (98, 2) } == [.loss(200, limit: 100)])
    #expect(failures { ($0.tcpBytes, $0.tcpMissedBytes) = (9_899, 101) } == [.loss(101, limit: 100)])
    #expect(failures { ($0.outboundFlows, $0.recordsLost) = (9, 1) } == [.loss(1000, limit: 100)])
    #expect(failures { ($0.outboundFlows, $0.flowsEvicted) = (99, 1) } == [])
    #expect(failures { ($0.outboundFlows, $0.flowsEvicted) = (98, 2) } == [.givenUp(200, limit: 100)])
    #expect(
      failures { ($0.outboundFlows, $0.anomalies) = (90, [.beginningEvicted: 6, .messageNotRead: 4]) }
        == [.givenUp(1000, limit: 100)])
    // Forgotten DNS answers appear as bytes without a name.
    #expect(failures { ($0.outboundFlows, $0.anomalies) = (90, [.dnsForgotten: 10]) } == [])
    #expect(failures { $0.gaps = [.interfaceDown: 72] } == [])
    #expect(failures { $0.gaps = [.interfaceDown: 73] } == [.gap(203, limit: 200)])
    #expect(failures { ($0.canariesExpected, $0.canariesSeen) = (100, 95) } == [])
    #expect(failures { ($0.canariesExpected, $0.canariesSeen) = (1000, 949) } == [.canaries(9490, limit: 9500)])
    #expect(failures { $0.bytesOutByClass = [.a: 40, .b: 30, .c: 10, .d: 20] } == [])
    #expect(failures { $0.bytesOutByClass = [.a: 799, .d: 200, .e: 1] } == [.named(7990, limit: 8000)])
    #expect(failures({ _ in }, age: 180) == [])
    #expect(failures({ _ in }, age: 181) == [.ruleAge(181, limit: 180)])
    #expect(failures({ _ in }, age: nil) == [.ruleAge(nil, limit: 180)])
  }

  private func sight(_ change: (inout CoverageSight) -> Void, flows: UInt64 = 20, packets: UInt64 = 10_000)
    -> [GateFailure]
  {
    failures {
      ($0.outboundFlows, $0.packetsSeen, $0.packetsDroppedKernel) = (flows, packets, 0)
      change(&$0.sight!)
    }
  }

  @Test("Each limit of visibility is missed just beyond it and kept just on it")
  func sightLimits() {
    #expect(sight { $0.unexaminableFlows = 2 } == [])
    #expect(sight { $0.unexaminableFlows = 3 } == [.unexaminable(1500, limit: 1000)])
    // 100 bytes went out.
    #expect(sight { $0.unexaminableBytes = 10 } == [])
    #expect(sight { $0.unexaminableBytes = 11 } == [.unexaminable(1100, limit: 1000)])
    #expect(sight { ($0.oneSidedFlows, $0.twoSidedFlows) = (1, 9) } == [])
    #expect(sight { ($0.oneSidedFlows, $0.twoSidedFlows) = (2, 9) } == [.oneSided(1819, limit: 1000)])
    #expect(sight { ($0.webFlows, $0.namesResolved, $0.namesContacted) = (1, 9, 0) } == [])
    #expect(sight { ($0.webFlows, $0.namesResolved, $0.namesContacted) = (1, 12, 3) } == [])
    #expect(
      sight { ($0.webFlows, $0.namesResolved, $0.namesContacted) = (1, 12, 2) } == [.neverContacted(1666, limit: 2500)])
    #expect(sight { ($0.namesResolved, $0.namesContacted) = (9, 5) } == [])
    #expect(sight { ($0.namesResolved, $0.namesContacted) = (9, 4) } == [.portMissing])
    // Contacted in this hour, but resolved in the hour before.
    #expect(sight { ($0.namesResolved, $0.namesContacted) = (2, 7) } == [])
    #expect(sight { $0.framesCapturedShort = 100 } == [])
    #expect(sight { $0.framesCapturedShort = 101 } == [.capturedShort(101, limit: 100)])
  }

  @Test("An unsynchronised clock misses the gate, an unknown clock state does not")
  func clock() {
    #expect(failures { $0.clock = .notSynchronised } == [.clock(10_000, limit: 200)])
    #expect(failures { $0.clock = .unknown } == [])
    let first = Example.hour("2026-05-11", 6)
    let rows = (0..<50).map { number in
      Example.sensorHour(Hour(sinceEpoch: first.sinceEpoch + number)) {
        $0.clock = number == 7 ? .notSynchronised : number == 8 ? .unknown : .synchronised
      }
    }
    let totals = CoverageTotals(rows, period: first..<Hour(sinceEpoch: first.sinceEpoch + 50), ruleAgeDays: 0)
    #expect(totals.clockUnknownHours == 1)
    #expect(gate.failures(totals) == [])
    let shorter = CoverageTotals(
      Array(rows.prefix(49)), period: first..<Hour(sinceEpoch: first.sinceEpoch + 49), ruleAgeDays: 0)
    #expect(gate.failures(shorter) == [.clock(205, limit: 200)])
  }

  @Test("Hours of the first version count its hidden flows as a minimum, and are reported as not measured")
  func unmeasured() {
    let row = Example.sensorHour(Example.hour("2026-05-11", 6)) {
      ($0.sight, $0.vpnFlows, $0.dohFlows) = (nil, 2, 1)
    }
    let totals = CoverageTotals(row.coverage, ruleAgeDays: 0)
    #expect(totals.unmeasuredHours == 1)
    #expect(totals.sight.unexaminableFlows == 3)
    #expect(totals.sight.unexaminableBytes == 1)
    #expect(gate.failures(totals) == [.unexaminable(1500, limit: 1000)])
  }

  @Test("A group that hides more than the site is judged by its own share")
  func groupShare() {
    let totals = CoverageTotals(Example.sensorHour(Example.hour("2026-05-11", 6)).coverage, ruleAgeDays: 0)
    var sums = GroupHour(hour: Example.hour("2026-05-11", 6), group: "Sozialamt")
    (sums.outboundFlows, sums.unexaminableFlows, sums.bytesOut, sums.unexaminableBytes) = (10, 1, 100, 10)
    let group = ReportedGroups.Group(devices: 5, deviceDays: 10, secrecyZone: .none)
    let failures = { gate.failures(totals, group: group, isSiteTooSmall: false, groupMinimum: 5, sums: $0) }
    #expect(failures(sums) == [])
    sums.unexaminableBytes = 11
    #expect(failures(sums) == [.unexaminable(1100, limit: 1000)])
  }

  @Test("Figures are rounded towards the miss, so that none reads like its limit")
  func rounding() {
    #expect(
      failures { ($0.packetsSeen, $0.packetsDroppedKernel) = (98_999_999, 1_000_001) } == [.loss(101, limit: 100)])
    #expect(Texts.failure(.loss(101, limit: 100), .german) == "Verlust 1,01 % (Grenze 1 %)")
  }

  @Test("No traffic at all is neither a loss nor a missing name")
  func emptyHour() {
    let empty = CoverageTotals(CoverageHour(hour: Example.hour("2026-05-11", 6)), ruleAgeDays: 0)
    #expect(gate.failures(empty) == [])
  }

  @Test("Gaps of one sensor add up over the rows of an hour in which rules or program changed, to an hour at most")
  func gapsOfOneSensor() {
    let first = Example.hour("2026-05-11", 6)
    func total(_ seconds: [UInt64]) -> UInt64 {
      let rows = seconds.map { gap in Example.sensorHour(first) { $0.gaps = [.stopped: gap] } }
      return CoverageTotals(rows, period: first..<first.next, ruleAgeDays: 0).gapSeconds
    }
    #expect(total([10, 36]) == 46)
    #expect(total([3_000, 3_000]) == 3_600)
  }

  @Test("A canary in an interrupted hour does not compensate for one missing in a whole hour")
  func canariesOfOtherHours() {
    let first = Example.hour("2026-05-11", 6)
    let period = first..<Hour(sinceEpoch: first.sinceEpoch + 20)
    func totals(_ canaries: [(hour: Int64, sensor: String, expected: UInt64, seen: UInt64)]) -> CoverageTotals {
      let rows = canaries.map { row in
        Example.sensorHour(Hour(sinceEpoch: first.sinceEpoch + row.hour), sensor: row.sensor) {
          ($0.canariesExpected, $0.canariesSeen) = (row.expected, row.seen)
        }
      }
      return CoverageTotals(rows, period: period, ruleAgeDays: 0)
    }
    #expect(totals([(0, "gw1", 1, 0), (1, "gw1", 0, 1)]).canaries == CanaryCounts(expected: 1, seen: 0))
    #expect(totals([(0, "gw1", 1, 0), (0, "gw2", 1, 2)]).canaries == CanaryCounts(expected: 2, seen: 1))
    // Rules were reloaded between the canary and the end of its hour.
    #expect(totals([(0, "gw1", 0, 1), (0, "gw1", 1, 0)]).canaries == CanaryCounts(expected: 1, seen: 1))
    // Expected in 18 hours, missing in the first of them; two came late, when none were expected.
    let broken = (0..<20).map { (hour: Int64) -> (hour: Int64, sensor: String, expected: UInt64, seen: UInt64) in
      (hour, "gw1", hour < 18 ? 1 : 0, hour > 0 ? 1 : 0)
    }
    #expect(gate.failures(totals(broken)).contains(.canaries(9444, limit: 9500)))
  }

  @Test("A row does not miss the canary that is in the other row of its hour")
  func canaryInOtherRow() throws {
    var source = Example.smallMorning()
    source.rows = [
      Example.sensorHour(Example.hour("2026-05-11", 6)) { ($0.canariesExpected, $0.canariesSeen) = (0, 1) },
      Example.sensorHour(Example.hour("2026-05-11", 6)) { ($0.canariesExpected, $0.canariesSeen) = (1, 0) },
      Example.sensorHour(Example.hour("2026-05-11", 7)) { ($0.canariesExpected, $0.canariesSeen) = (1, 0) },
    ]
    let rows = try table(.coverage, source)
    #expect(rows.map { $0["why_not"]!.contains("canaries") } == [false, false, true])
  }

  @Test("Hours without a row are gaps; of several sensors the longest gap counts")
  func gaps() {
    let first = Example.hour("2026-05-11", 6)
    let rows = [
      Example.sensorHour(first) { $0.gaps = [.interfaceDown: 10] },
      Example.sensorHour(first, sensor: "gw2") { $0.gaps = [.interfaceDown: 36] },
    ]
    let totals = CoverageTotals(rows, period: first..<Hour(sinceEpoch: first.sinceEpoch + 2), ruleAgeDays: 0)
    #expect(totals.gapSeconds == 3636)
    #expect(totals.seconds == 7200)
    #expect(gate.failures(totals) == [.gap(5050, limit: 200)])
  }

  @Test("Too few device-days are given as a number, but never if the site is too small to show devices")
  func devices() {
    let totals = CoverageTotals(Example.sensorHour(Example.hour("2026-05-11", 6)).coverage, ruleAgeDays: 0)
    let group = { ReportedGroups.Group(devices: 5, deviceDays: $0, secrecyZone: .none) }
    #expect(gate.failures(totals, group: group(10), isSiteTooSmall: false, groupMinimum: 5) == [])
    #expect(
      gate.failures(totals, group: group(9), isSiteTooSmall: false, groupMinimum: 5) == [.deviceDays(9, limit: 10)])
    #expect(
      gate.failures(totals, group: group(9), isSiteTooSmall: true, groupMinimum: 5) == [.tooFewDevices(limit: 5)])
  }

  @Test("Every hour's row says which limits it missed")
  func hourRows() throws {
    var source = Example.smallMorning()
    source.rows = [
      Example.sensorHour(Example.hour("2026-05-11", 6)) {
        $0.packetsDroppedKernel = 1000
        $0.gaps = [.interfaceDown: 300]
        $0.canariesExpected = 10
        $0.canariesSeen = 9
        $0.bytesOutByClass = [.a: 70, .e: 30]
      }
    ]
    source.storedSessions = [Example.session(Example.settings(), date: "2025-01-01")]
    let row = try table(.coverage, source)[0]
    #expect(row["assessable"] == "no")
    #expect(
      row["why_not"]
        == "loss 9.1 % (limit 1 %)|gaps 8.34 % (limit 2 %)|canaries 90 % (minimum 95 %)|named bytes 70 % (minimum 80 %)|rule set 495 days old (limit 180)"
    )
    #expect(row["loss_estimate"] == "0.090909")
    let german = try table(.coverage, source, .officeGerman)[0]
    #expect(german["assessable"] == "nein")
    #expect(
      german["why_not"]
        == "Verlust 9,1 % (Grenze 1 %)|Lücken 8,34 % (Grenze 2 %)|Kontrollflüsse 90 % (mindestens 95 %)|benannte Bytes 70 % (mindestens 80 %)|Regelsatz 495 Tage alt (Grenze 180)"
    )
    #expect(german["hour_utc"] == "11.05.2026 06:00:00")
  }

  @Test("An hour has evictions, losses and each kind of anomaly with its count")
  func anomalies() throws {
    var source = Example.smallMorning()
    source.rows = [
      Example.sensorHour(Example.hour("2026-05-11", 6)) {
        $0.flowsWithoutDNS = 7
        $0.flowsEvicted = 3
        $0.recordsLost = 1
        $0.anomalies = [.timeWentBack: 2, .ipFragmentsOverlap: 41]
      }
    ]
    let row = try table(.coverage, source)[0]
    #expect(row["outbound_flows"] == "20")
    #expect(row["flows_without_dns"] == "7")
    #expect(row["flows_evicted"] == "3")
    #expect(row["records_lost"] == "1")
    #expect(row["anomalies"] == "ip_fragments_overlap: 41|time_went_back: 2")
    let german = try table(.coverage, source, .officeGerman)[0]
    #expect(german["anomalies"] == "IP-Fragmente überlappen: 41|Zeit sprang zurück: 2")
    source.rows = [Example.sensorHour(Example.hour("2026-05-11", 6))]
    #expect(try table(.coverage, source)[0]["anomalies"] == "none")
  }
}

@Suite("Unfinished audits")
struct UnfinishedGateTests {
  private static func session(
    _ id: Int64, mode: String = "replay", isClosed: Bool = true, isWhole: Bool? = true, isTakenOut: Bool = false,
    hours: ClosedRange<Int64>? = 6...7
  ) -> CaptureSession {
    CaptureSession(
      id: id, sensor: "gw1", captureMode: mode, toolVersion: "1.0",
      ruleSet: RuleSetStamp(version: "1", hash: Example.hash, date: "2026-05-01"), settings: AuditSettings(),
      firstHour: hours.map { Example.hour("2026-05-11", $0.lowerBound) },
      lastHour: hours.map { Example.hour("2026-05-11", $0.upperBound) }, packets: 1, isClosed: isClosed,
      isWhole: isWhole, isTakenOut: isTakenOut)
  }

  @Test("are those that ended early or could not read all files; live ones have a gap instead")
  func which() {
    #expect(!Self.session(1).isUnfinished)
    #expect(!Self.session(1, isWhole: nil).isUnfinished)
    #expect(Self.session(1, isClosed: false, isWhole: nil).isUnfinished)
    #expect(Self.session(1, isWhole: false).isUnfinished)
    #expect(!Self.session(1, isWhole: false, isTakenOut: true).isUnfinished)
    #expect(!Self.session(1, mode: "live", isClosed: false, isWhole: nil).isUnfinished)
  }

  @Test("may lack data in their hours, and in all hours after their first if they stored nothing")
  func hours() {
    let noon = Example.hour("2026-05-11", 12)
    let early = Example.hour("2026-05-11", 0)..<Example.hour("2026-05-11", 6)
    let day = Example.hour("2026-05-11", 0)..<noon
    let cut = Self.session(1, isWhole: false)
    #expect(cut.mayLack(in: day) && !cut.mayLack(in: early) && !cut.mayLack(in: noon..<noon.next))
    var open = Self.session(1, isClosed: false, isWhole: nil)
    open.lastHour = nil
    #expect(open.mayLack(in: day) && !open.mayLack(in: early) && open.mayLack(in: noon..<noon.next))
    open.firstHour = nil
    #expect(open.mayLack(in: early))
    #expect(!Self.session(1).mayLack(in: day))
  }

  @Test("miss the gate, with what to do")
  func gate() {
    let gate = CoverageGate(limits: GateLimits())
    var totals = CoverageTotals(Example.sensorHour(Example.hour("2026-05-11", 6)) { _ in }.coverage, ruleAgeDays: 1)
    totals.unfinishedAudits = 2
    #expect(gate.failures(totals) == [.unfinished(2)])
    #expect(Texts.failure(.unfinished(2), .german) == "2 Auswertungen nicht abgeschlossen")
    #expect(Texts.failure(.unfinished(1), .english) == "1 audit not finished")
    #expect(Texts.remedy(.unfinished(1), .english) == "replay the same capture again")
  }

  @Test("packets that were seen in two networks miss it above the limit of losses")
  func seenTwice() {
    let gate = CoverageGate(limits: GateLimits())
    func failures(_ twice: UInt64) -> [GateFailure] {
      gate.failures(
        CoverageTotals(
          Example.sensorHour(Example.hour("2026-05-11", 6)) {
            $0.packetsSeen = 1_000
            $0.anomalies = [.frameInTwoNetworks: twice, .frameDuplicated: 500, .frameInTwoFiles: 500]
          }.coverage, ruleAgeDays: 1))
    }
    #expect(failures(10) == [])
    #expect(failures(500) == [.seenTwice(5_000, limit: 100)])
    #expect(Texts.failure(.seenTwice(5_000, limit: 100), .german) == "in zwei Netzen gesehene Pakete 50 % (Grenze 1 %)")
  }

  @Test("and removed ones are listed, without a number of rows or a place in the chain")
  func sentences() {
    let day = LocalDate("2026-06-01")!.day
    let audits = [
      TakenOutAudit(id: 1, chainSequence: 9, session: 1, successor: 2, rows: 1, day: day, toolVersion: "1.0"),
      TakenOutAudit(id: 2, chainSequence: 12, session: 3, successor: nil, rows: 0, day: day, toolVersion: "1.0"),
    ]
    #expect(
      Texts.takenOut(audits, .english) == [
        "2026-06-01: audit 1 replaced by audit 2",
        "2026-06-01: audit 3 refused: another counts the same connections",
      ])
    #expect(
      Texts.takenOut(audits, .german)[0]
        == "01.06.2026: Auswertung 1 durch Auswertung 2 ersetzt")
  }
}
